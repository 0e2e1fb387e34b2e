-- The server analyses what revisions and statements write, with a superuser's rights. A literal of a type that has a
-- function of its owner's in its input must not be read there.
SET client_min_messages = error;
CREATE ROLE tap_maker;
CREATE SCHEMA tap_types AUTHORIZATION tap_maker;
SELECT plan(25);
SET ROLE tap_maker;
-- A sequence keeps what a subtransaction takes back.
CREATE SEQUENCE tap_types.as_other;
CREATE SEQUENCE tap_types.as_owner;
CREATE FUNCTION tap_types.trap() RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  PERFORM nextval(CASE WHEN current_user = 'tap_maker' THEN 'tap_types.as_owner' ELSE 'tap_types.as_other' END::regclass);
  RETURN true;
END $$;
CREATE DOMAIN tap_types.trapped AS text CHECK (tap_types.trap());
CREATE DOMAIN tap_types.many AS tap_types.trapped[];
CREATE TYPE tap_types.pair AS (a tap_types.trapped, b integer);
CREATE TYPE tap_types.span AS RANGE (subtype = tap_types.trapped, collation = "C");
CREATE TYPE tap_types.mood AS ENUM ('good', 'bad');
CREATE DOMAIN tap_types.short AS text CHECK (length(VALUE) < 9);
CREATE FUNCTION tap_types.takes(tap_types.trapped[]) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT 1';
CREATE FUNCTION tap_types.gives(integer) RETURNS tap_types.pair LANGUAGE sql IMMUTABLE AS 'SELECT NULL::tap_types.pair';
CREATE FUNCTION tap_types.same(tap_types.trapped[], tap_types.trapped[]) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT true';
CREATE OPERATOR tap_types.=== (LEFTARG = tap_types.trapped[], RIGHTARG = tap_types.trapped[], FUNCTION = tap_types.same);
CREATE TABLE tap_types.t (id integer, a tap_types.trapped[]);
CREATE VIEW tap_types.v AS SELECT id FROM tap_types.t;
RESET ROLE;

-- How often it ran with rights that are not its owner's.
CREATE FUNCTION tap_types.ran() RETURNS integer LANGUAGE sql SECURITY DEFINER AS
  'SELECT CASE WHEN is_called THEN last_value ELSE 0 END::integer FROM tap_types.as_other';

SELECT lives_ok($$SELECT '{x}'::tap_types.trapped[]$$, 'the trap works');
SELECT cmp_ok(tap_types.ran(), '>', 0, 'and counts');
ALTER SEQUENCE tap_types.as_other RESTART;

-- By whoever creates what is there already; as the owner, because PostgreSQL itself analyses some of it.
SET ROLE tap_maker;
SELECT throws_ok($$CREATE TABLE tap_types.t (id integer, a tap_types.trapped[] DEFAULT '{x}', b tap_types.many DEFAULT '{x}',
                     c tap_types.pair DEFAULT '(x,1)', d tap_types.span DEFAULT '[a,b)')$$, '42P07', NULL, 'CREATE TABLE: defaults');
SELECT is(tap_types.ran(), 0, 'nothing ran: defaults');
SELECT throws_ok($$CREATE TABLE tap_types.t (id integer DEFAULT tap_types.takes('{x}'), a tap_types.trapped[] DEFAULT CAST ('{x}' AS tap_types.trapped[]))$$,
                 '42P07', NULL, 'CREATE TABLE: an argument and a cast');
SELECT is(tap_types.ran(), 0, 'nothing ran: an argument and a cast');
SELECT throws_ok($$CREATE TABLE tap_types.t (id integer, a tap_types.trapped[], CHECK (a OPERATOR(tap_types.===) '{x}'), CHECK (a IN ('{x}', '{y}')),
                     CHECK (tap_types.gives(id) = '(x,1)'), CHECK (a = tap_types.many '{x}'))$$, '42P07', NULL, 'CREATE TABLE: checks');
SELECT is(tap_types.ran(), 0, 'nothing ran: checks');
SELECT throws_ok($$CREATE TABLE tap_types.t (id integer, a tap_types.trapped[] GENERATED ALWAYS AS (CASE WHEN id > 1 THEN '{x}' ELSE tap_types.many '{y}' END) STORED)$$,
                 '42P07', NULL, 'CREATE TABLE: a generated column');
SELECT is(tap_types.ran(), 0, 'nothing ran: a generated column');
SELECT throws_ok($$CREATE VIEW tap_types.v AS SELECT id FROM tap_types.t WHERE a = '{x}' UNION SELECT 1 FROM (VALUES ('{x}'::tap_types.trapped[])) AS w$$,
                 '42P07', NULL, 'CREATE VIEW');
SELECT is(tap_types.ran(), 0, 'nothing ran: a view');
SELECT throws_ok($$CREATE VIEW tap_types.v AS WITH RECURSIVE q(a) AS (SELECT 1 UNION ALL SELECT a + 1 FROM q WHERE a < 3)
                     CYCLE a SET c TO tap_types.many '{x}' DEFAULT '{y}' USING p SELECT a FROM q$$, '42P07', NULL, 'CREATE VIEW with CYCLE');
SELECT is(tap_types.ran(), 0, 'nothing ran: a view with CYCLE');
SELECT throws_ok($$CREATE INDEX v ON tap_types.t (id) WHERE a = '{x}'$$, '42P07', NULL, 'CREATE INDEX');
SELECT is(tap_types.ran(), 0, 'nothing ran: an index');
RESET ROLE;
SELECT throws_ok($$CREATE TABLE tap_types.t (id integer, a tap_types.trapped[] DEFAULT '{x}', c tap_types.pair DEFAULT '(x,1)')$$,
                 '42P07', NULL, 'CREATE TABLE by a superuser');
SELECT is(tap_types.ran(), 0, 'nothing ran: by a superuser');

-- By whoever asks what revisions make.
SELECT lives_ok($$SELECT migfix_load_sql('BEGIN;
CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL, CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num));
-- Running upgrade  -> t1
CREATE TABLE t (id integer, a trapped[] DEFAULT ''{x}'', m mood[] DEFAULT ''{good}'', s short DEFAULT ''x'', CHECK (a = ''{x}''));
CREATE VIEW v AS SELECT id FROM t WHERE a = ''{x}'';
INSERT INTO alembic_version (version_num) VALUES (''t1'') RETURNING version_num;
COMMIT;', 'tap_types')$$, 'revisions that have such literals');
CREATE TABLE tap_types.alembic_version (version_num varchar(32) PRIMARY KEY);
SELECT migfix_bind('tap_types.alembic_version', 'tap_types');
INSERT INTO tap_types.alembic_version VALUES ('t1');
SELECT ok((SELECT count(*) FROM migfix_verify(version_table => 'tap_types.alembic_version')) > 0, 'migfix_verify');
SELECT lives_ok($$SELECT migfix_infer('tap_types.alembic_version')$$, 'migfix_infer');
SELECT lives_ok($$SELECT migfix_plan(version_table => 'tap_types.alembic_version')$$, 'migfix_plan');
SELECT lives_ok($$SELECT migfix_diagnose()$$, 'migfix_diagnose');
SELECT is(tap_types.ran(), 0, 'nothing ran: functions that look');

-- What can do no harm is read as before.
DROP TABLE tap_types.t CASCADE;
CREATE TABLE tap_types.t (id integer DEFAULT '5', m tap_types.mood[] DEFAULT '{good}', s tap_types.short DEFAULT 'x'::tap_types.short, i interval day DEFAULT interval '2' day,
  j json DEFAULT json_build_object('a', 'b'), CHECK (id IN ('1', '2') AND s LIKE 'x%' ESCAPE '!' AND i <> interval '3 days'), CHECK (s <> U&'\0041' AND s <> $x$a$x$ AND s <> E'\n'));
SET client_min_messages = notice;
CREATE FUNCTION tap_types.detail(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE answer text;
BEGIN
  EXECUTE statement;
  RETURN NULL;
EXCEPTION WHEN duplicate_table THEN
  GET STACKED DIAGNOSTICS answer = PG_EXCEPTION_DETAIL;
  RETURN answer;
END $$;
SELECT matches(tap_types.detail($$CREATE TABLE tap_types.t (id integer DEFAULT '5', m tap_types.mood[] DEFAULT '{good}', s tap_types.short DEFAULT 'x'::tap_types.short, i interval day DEFAULT interval '2' day,
  j json DEFAULT json_build_object('a', 'b'), CHECK (id IN ('1', '2') AND s LIKE 'x%' ESCAPE '!' AND i <> interval '3 days'), CHECK (s <> U&'\0041' AND s <> $x$a$x$ AND s <> E'\n'))$$),
               'It is identical', 'literals of other types are compared');

SELECT * FROM finish();
DROP SCHEMA tap_types CASCADE;
DROP ROLE tap_maker;
SELECT migfix_forget(revision, environment, true) FROM migfix.revision WHERE environment = 'tap_types';
DELETE FROM migfix.version_table_environment;
TRUNCATE migfix.version_log, migfix.ddl_log;
