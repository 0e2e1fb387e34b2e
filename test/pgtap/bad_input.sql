-- Bad input: each gives an error with the right SQLSTATE and a sentence that names the thing, and changes nothing.
BEGIN;
SELECT plan(82);
SET LOCAL client_min_messages = error;
CREATE ROLE tap_nobody;
CREATE EXTENSION file_fdw;
CREATE SERVER tap_files FOREIGN DATA WRAPPER file_fdw;
CREATE SCHEMA tap_app;
SET LOCAL search_path = tap_app, public;
CREATE TABLE alembic_version (version_num varchar(32) NOT NULL CONSTRAINT alembic_version_pkc PRIMARY KEY);
INSERT INTO alembic_version VALUES ('a');
SET LOCAL migfix.version_tables = 'alembic_version';
CREATE VIEW a_view AS SELECT version_num FROM alembic_version;
CREATE MATERIALIZED VIEW a_matview AS SELECT version_num FROM alembic_version;
CREATE FOREIGN TABLE a_foreign_table (version_num varchar(32)) SERVER tap_files OPTIONS (filename '/dev/null');
CREATE TABLE a_partitioned_table (version_num varchar(32)) PARTITION BY LIST (version_num);
CREATE SEQUENCE a_sequence;
CREATE INDEX an_index ON alembic_version (version_num);
CREATE TYPE a_type AS (version_num varchar(32));
CREATE TABLE another_column (id varchar(32));
CREATE TABLE another_type (version_num int);
CREATE TABLE "Odd Name" (version_num bytea);

CREATE FUNCTION state() RETURNS text LANGUAGE sql AS $$
  SELECT concat_ws(' ', (SELECT string_agg(version_num, ',') FROM alembic_version), (SELECT max(log_id) FROM migfix.version_log),
                   (SELECT count(*) FROM pg_class), (SELECT count(*) FROM pg_trigger))
$$;
CREATE TEMP TABLE before AS SELECT state() AS state;

-- The revision
SELECT throws_ok('SELECT migfix_stamp(NULL::text)', '22004', 'a revision must not be NULL', 'a revision that is NULL');
SELECT throws_ok('SELECT migfix_stamp(NULL::text[])', '22004', 'a revision must not be NULL', 'revisions that are NULL');
SELECT throws_ok($$SELECT migfix_stamp(ARRAY['b', NULL])$$, '22004', 'a revision must not be NULL', 'revisions with a NULL');
SELECT throws_ok($$SELECT migfix_stamp('{}'::text[])$$, '22023', 'no revision is given', 'no revision');
SELECT throws_ok($$SELECT migfix_stamp('')$$, '22023', '"" is not the id of a revision', 'an empty revision');
SELECT throws_ok(format('SELECT migfix_stamp(%L)', odd), '22023', format('"%s" is not the id of a revision', odd), format('"%s" is not a revision', odd))
  FROM unnest(ARRAY[' b', 'b ', 'head', 'heads', '+1', '-1', 'b@head', 'a:b']) AS odd;
SELECT throws_ok($$SELECT migfix_stamp(ARRAY['base', 'b'])$$, '22023', '"base" cannot be stamped together with revisions', 'base and a revision');
SELECT throws_ok($$SELECT migfix_stamp(repeat('x', 33), true)$$, '22001',
                 format('revision "%s" has 33 characters, but tap_app.alembic_version.version_num holds 32', repeat('x', 33)), 'a revision that is too long');
SELECT throws_ok($$SELECT migfix_stamp(repeat('ä', 33), true)$$, '22001', NULL, 'too long is counted in characters');
SELECT throws_ok($$INSERT INTO alembic_version VALUES (repeat('x', 33))$$, '22001', NULL, 'a write that is too long: PostgreSQL''s own error');
SELECT throws_ok('SELECT migfix_stamp(1)', '42883', NULL, 'a revision that is no text: an integer');
SELECT throws_ok('SELECT migfix_stamp(ARRAY[1])', '42883', NULL, 'revisions that are no text');
SELECT throws_ok($$SELECT migfix_stamp(E'b\x80'::text)$$, '22021', NULL, 'a revision that is no text: bytes');
SELECT throws_ok($$SELECT migfix_stamp('b')$$, '55000', 'tap_app.alembic_version already records "a"', 'a revision beside others, without purge or force');

-- The version table
SELECT throws_ok(format(call, 'no_such_table'), '42P01', NULL, format(call, 'no_such_table'))
  FROM unnest(ARRAY['SELECT migfix_stamp(''b'', version_table => ''tap_app.%s'')', 'SELECT migfix_protect(''tap_app.%s'')',
                    'SELECT migfix_unprotect(''tap_app.%s'')', 'SELECT migfix_current(''tap_app.%s'')', 'SELECT migfix_findings(''tap_app.%s'')',
                    'SELECT migfix_diagnose(''text'', ''tap_app.%s'')', 'SELECT migfix_assert(''error'', ''tap_app.%s'')']) AS call;
SELECT throws_ok('SELECT migfix_stamp(''b'', version_table => ''tap_nowhere.alembic_version'')', '3F000', NULL, 'a schema that does not exist');
SELECT throws_ok(format('SELECT %s(0::regclass)', name), '42P01', NULL, name || ' of OID 0')
  FROM unnest('{migfix_protect,migfix_unprotect}'::text[]) AS name;
SELECT throws_ok('SELECT migfix_stamp(''b'', version_table => '''')', '42602', NULL, 'a version table without a name');
SELECT throws_ok(format(call, name), '42809', format('tap_app.%s is not an ordinary table', name), format(call, name))
  FROM unnest('{a_view,a_matview,a_foreign_table,a_partitioned_table,a_sequence}'::text[]) AS name,
       unnest(ARRAY['SELECT migfix_stamp(''b'', true, ''tap_app.%s'')', 'SELECT migfix_protect(''tap_app.%s'')']) AS call;
SELECT throws_ok('SELECT migfix_protect(''tap_app.an_index'')', '42809', NULL, 'an index');
SELECT throws_ok('SELECT migfix_protect(''tap_app.a_type'')', '42809', NULL, 'a composite type');
SELECT throws_ok(format('SELECT %s(''tap_app.%s'')', call, name), '42809', NULL, format('%s of %s', call, name))
  FROM unnest('{a_sequence,an_index,a_type}'::text[]) AS name, unnest('{migfix_current,migfix_findings}'::text[]) AS call;
SELECT throws_ok(format(call, 'another_column'), '42703', 'tap_app.another_column has no column "version_num"', format(call, 'another_column'))
  FROM unnest(ARRAY['SELECT migfix_stamp(''b'', true, ''tap_app.%s'')', 'SELECT migfix_protect(''tap_app.%s'')']) AS call;
SELECT throws_ok(format(call, 'another_type'), '42804', 'column "version_num" of tap_app.another_type is of type integer', format(call, 'another_type'))
  FROM unnest(ARRAY['SELECT migfix_stamp(''b'', true, ''tap_app.%s'')', 'SELECT migfix_protect(''tap_app.%s'')']) AS call;
SELECT throws_ok($$SELECT migfix_protect('tap_app."Odd Name"')$$, '42804', 'column "version_num" of tap_app."Odd Name" is of type bytea', 'a name that needs quotes');
SELECT throws_ok($$SELECT migfix_stamp('b', version_table => 'migfix.version_log')$$, '42703', NULL, 'migfix''s own log as a version table');

-- Undo
SELECT throws_ok('SELECT migfix_undo(' || id || ')', '42704', format('log entry %s does not exist', id), 'undo of an unknown id: ' || id)
  FROM unnest('{0,-1,9223372036854775807}'::bigint[]) AS id;
SELECT throws_ok('SELECT migfix_undo(NULL)', '22004', 'log_id must not be NULL', 'undo of NULL');
SELECT throws_ok('SELECT migfix_undo(''x'')', '22P02', NULL, 'undo of what is no number');

-- Format, severity, role
SELECT throws_ok('SELECT migfix_diagnose(''xml'')', '22023', 'unrecognized format "xml"', 'an unknown format');
SELECT throws_ok('SELECT migfix_diagnose('''')', '22023', 'unrecognized format ""', 'an empty format');
SELECT throws_ok('SELECT migfix_diagnose(NULL)', '22004', NULL, 'a format that is NULL');
SELECT throws_ok('SELECT migfix_assert(''fatal'')', '22023', 'unrecognized severity "fatal"', 'an unknown severity');
SELECT throws_ok('SELECT migfix_assert(NULL)', '22004', NULL, 'a severity that is NULL');
SELECT throws_ok('SELECT migfix_findings(role => ''tap_no_such_role'')', '42704', 'role "tap_no_such_role" does not exist', 'an unknown role');

-- Trigger functions called in other ways
SELECT throws_ok('SELECT migfix_guard_row()', '39P01', 'migfix_guard_row can only be called as a trigger', 'a trigger function called by SELECT');

SELECT is(state(), (SELECT state FROM before), 'nothing has changed');

-- A role without privileges
SET LOCAL ROLE tap_nobody;
SELECT throws_ok($$SELECT migfix_stamp('b', true, 'tap_app.alembic_version')$$, '42501', NULL, 'a role without privileges: migfix_stamp');
SELECT throws_ok($$SELECT migfix_stamp('b', version_table => 'public.alembic_version')$$, '42501', NULL, 'a role without privileges: migfix_stamp creates no table');
RESET ROLE;
SELECT is(state(), (SELECT state FROM before), 'nothing has changed');

-- A read-only transaction
SAVEPOINT s;
SET TRANSACTION READ ONLY;
SELECT throws_ok(statement, '25006', NULL, 'read-only: ' || statement)
  FROM unnest(ARRAY['SELECT migfix_stamp(''b'', true)', 'SELECT migfix_stamp(''a'')', 'SELECT migfix_undo(1)',
                    'SELECT migfix_protect(''tap_app.another_column'')', 'SELECT migfix_unprotect(''tap_app.alembic_version'')']) AS statement;
SELECT lives_ok(statement, 'read-only: ' || statement)
  FROM unnest(ARRAY['SELECT migfix_diagnose()', 'SELECT migfix_findings()', 'SELECT migfix_current()', 'SELECT migfix_duplicates()']) AS statement;
ROLLBACK TO s;
SELECT is(state(), (SELECT state FROM before), 'nothing has changed');

SELECT * FROM finish();
ROLLBACK;
