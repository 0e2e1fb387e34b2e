-- What only PostgreSQL 18 has, and migfix's definitions have not: never passed over as identical, never mended by what
-- cannot work.
SELECT current_setting('server_version_num')::int < 180000 AS before_18 \gset
\if :before_18
\echo 1..0 # SKIP virtual columns, and constraints that are not enforced or of periods, are of PostgreSQL 18
\quit
\endif
SET client_min_messages = error;
CREATE SCHEMA tap_new;
SET search_path = tap_new, public;
SELECT no_plan();

SET migfix.existing_object = skip_identical;
CREATE TABLE checked (id integer, CONSTRAINT positive CHECK (id > 0) NOT ENFORCED);
SELECT throws_ok('CREATE TABLE checked (id integer, CONSTRAINT positive CHECK (id > 0))', '42P07', NULL,
                 'a constraint that is not enforced is not one that is');
CREATE TABLE spans (of int4range, at daterange, CONSTRAINT spans_pk PRIMARY KEY (of, at WITHOUT OVERLAPS));
SELECT throws_ok('CREATE TABLE spans (of int4range, at daterange, CONSTRAINT spans_pk PRIMARY KEY (of, at))', '42P07', NULL,
                 'a key without overlaps is not one');
CREATE TABLE computed (id integer, twice integer GENERATED ALWAYS AS (id * 2) VIRTUAL);
SELECT throws_ok('CREATE TABLE computed (id integer, twice integer GENERATED ALWAYS AS (id * 2) STORED)', '42P07', NULL,
                 'a virtual column is not a stored one');
SELECT throws_ok('ALTER TABLE computed ADD COLUMN twice integer GENERATED ALWAYS AS (id * 2) STORED', '42701', NULL,
                 'nor where it is added');
CREATE TABLE plain (id integer CONSTRAINT there NOT NULL);
SELECT lives_ok('CREATE TABLE plain (id integer NOT NULL)', 'NOT NULL is the same by any name');
RESET migfix.existing_object;

SELECT is((SELECT string_agg(message, '; ') FROM migfix_findings() WHERE code = 'MF402'), NULL,
          'MF402: what is not enforced cannot be validated');
ALTER TABLE plain ADD CONSTRAINT small CHECK (id < 9) NOT VALID;
SELECT is((SELECT string_agg(message, '; ') FROM migfix_findings() WHERE code = 'MF402'),
          'constraint small on tap_new.plain is not validated', 'MF402: what is, can be');

SELECT * FROM finish();
DROP SCHEMA tap_new CASCADE;
