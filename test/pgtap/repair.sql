-- migfix_verify, migfix_infer, migfix_plan, migfix_repair and migfix_upgrade: who may call what, that nothing is
-- gained by it, and that all of it happens or nothing.
BEGIN;
SELECT plan(141);
SET LOCAL client_min_messages = error;
CREATE ROLE tap_owner;
CREATE ROLE tap_writer;
CREATE ROLE tap_reader;
CREATE ROLE tap_nobody;
CREATE SCHEMA tap_tools;
GRANT USAGE ON SCHEMA tap_tools TO PUBLIC;

-- Loads a history in which each revision is above the one before it, from pairs of an id and its statements.
CREATE FUNCTION tap_tools.load(environment text, VARIADIC revisions text[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  script text := E'BEGIN;\n\nCREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL);\n\n';
  id text;
  below text := '';
BEGIN
  FOR i IN 1 .. cardinality(revisions) BY 2 LOOP
    id := revisions[i];
    script := script || format(E'-- Running upgrade %s -> %s\n\n%s\n\n', below, id, revisions[i + 1]) ||
      CASE WHEN below = '' THEN format(E'INSERT INTO alembic_version (version_num) VALUES (%L);\n\n', id)
           ELSE format(E'UPDATE alembic_version SET version_num=%L WHERE alembic_version.version_num = %L;\n\n', id, below) END;
    below := id;
  END LOOP;
  IF (SELECT count(*) FILTER (WHERE state IN ('added', 'replaced')) * 2 <> cardinality(revisions) FROM migfix_load_sql(script || 'COMMIT;', environment)) THEN
    RAISE 'the history is not what it should be';
  END IF;
END $$;
-- What a call answers: its steps as "run statement, rows, upgrade".
CREATE FUNCTION tap_tools.steps(call text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE answer text;
BEGIN
  EXECUTE 'SELECT coalesce(string_agg(concat_ws('' '', action, CASE action WHEN ''run'' THEN statement END), ''; '' ORDER BY step), '''') FROM ' || call INTO answer;
  RETURN answer;
END $$;
-- What is not as the recorded revisions leave it.
CREATE FUNCTION tap_tools.wrong(version_table text) RETURNS text LANGUAGE sql AS $$
  SELECT coalesce(string_agg(concat_ws(' ', object, state), ', '), '') FROM migfix_verify(version_table => version_table) WHERE state <> 'present'
$$;
CREATE FUNCTION tap_tools.rows(version_table text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE answer text;
BEGIN
  EXECUTE 'SELECT coalesce(string_agg(version_num, '' '' ORDER BY 1), '''') FROM ' || version_table INTO answer;
  RETURN answer;
END $$;
CREATE FUNCTION tap_tools.logged() RETURNS text LANGUAGE sql SECURITY DEFINER AS $$
  SELECT concat_ws(' ', operation, old_version, new_version, 'by', session_role, 'as', "current_role", reason)
    FROM migfix.version_log ORDER BY log_id DESC LIMIT 1
$$;

SELECT tap_tools.load('default',
  'r1', 'CREATE TABLE users (id INTEGER NOT NULL, email VARCHAR(64), PRIMARY KEY (id));',
  'r2', E'ALTER TABLE users ADD COLUMN name VARCHAR(20);\n\nCREATE INDEX ix_users_name ON users (name);',
  'r3', 'CREATE TABLE posts (id INTEGER NOT NULL, PRIMARY KEY (id));');

-- Who may call what --------------------------------------------------------------------------------------

CREATE SCHEMA tap_app AUTHORIZATION tap_owner;
SET LOCAL ROLE tap_owner;
CREATE TABLE tap_app.alembic_version (version_num varchar(32) NOT NULL CONSTRAINT alembic_version_pkc PRIMARY KEY);
CREATE TABLE tap_app.users (id int PRIMARY KEY, email varchar(64), name varchar(20));
CREATE INDEX ix_users_name ON tap_app.users (name);
GRANT USAGE ON SCHEMA tap_app TO tap_writer, tap_reader, tap_nobody;
GRANT SELECT ON tap_app.alembic_version TO tap_reader;
GRANT SELECT, INSERT, UPDATE, DELETE ON tap_app.alembic_version TO tap_writer;
INSERT INTO tap_app.alembic_version VALUES ('r1');
RESET ROLE;
GRANT SELECT ON migfix.revision_statement TO tap_owner, tap_writer, tap_reader, tap_nobody;

SET LOCAL SESSION AUTHORIZATION tap_nobody;
SELECT throws_ok(format('SELECT * FROM %s', call), '42501', NULL, 'a role with nothing: ' || call)
  FROM unnest(ARRAY['migfix_verify(version_table => ''tap_app.alembic_version'')', 'migfix_verify(''r3'', ''tap_app.alembic_version'')',
                    'migfix_infer(''tap_app.alembic_version'')', 'migfix_plan(version_table => ''tap_app.alembic_version'')',
                    'migfix_repair(version_table => ''tap_app.alembic_version'')', 'migfix_repair(''r2'', ''tap_app.alembic_version'', force => true)',
                    'migfix_upgrade(version_table => ''tap_app.alembic_version'')']) AS call;
SET LOCAL SESSION AUTHORIZATION tap_reader;
SELECT is(tap_tools.wrong('tap_app.alembic_version'), 'users.name unexplained, ix_users_name unexplained', 'a role that may read the rows: migfix_verify');
SELECT is((SELECT string_agg(revision || ' ' || place, ', ') FROM migfix_infer('tap_app.alembic_version')), 'r1 below, r2 at, r3 above', 'and migfix_infer');
SELECT throws_ok(format('SELECT * FROM %s', call), '42501', 'permission denied for version table tap_app.alembic_version', 'a role that may only read: ' || call)
  FROM unnest(ARRAY['migfix_plan(version_table => ''tap_app.alembic_version'')', 'migfix_plan(''r3'', ''tap_app.alembic_version'')',
                    'migfix_repair(version_table => ''tap_app.alembic_version'')', 'migfix_upgrade(version_table => ''tap_app.alembic_version'')']) AS call;

SET LOCAL SESSION AUTHORIZATION tap_writer;
SELECT is(tap_tools.steps('migfix_plan(version_table => ''tap_app.alembic_version'')'), 'rows; upgrade', 'a role that may write the rows: migfix_plan');
SELECT is(tap_tools.steps('migfix_repair(version_table => ''tap_app.alembic_version'', reason => ''why'')'), 'rows; upgrade', 'and migfix_repair, of rows');
SELECT is(tap_tools.logged(), 'update r1 r2 by tap_writer as tap_writer why', 'the log says who called');
SELECT throws_ok('SELECT * FROM migfix_upgrade(version_table => ''tap_app.alembic_version'')', '42501', NULL, 'migfix_upgrade makes nothing where the role may not');
RESET SESSION AUTHORIZATION;
SELECT is(tap_tools.rows('tap_app.alembic_version'), 'r2', 'and the rows stay');
-- What another owns cannot be altered, and then the rows stay as they are too.
SET LOCAL ROLE tap_owner;
DROP INDEX tap_app.ix_users_name;
UPDATE tap_app.alembic_version SET version_num = 'r1';
RESET ROLE;
SET LOCAL SESSION AUTHORIZATION tap_writer;
SELECT is(tap_tools.steps('migfix_plan(version_table => ''tap_app.alembic_version'')'), 'run CREATE INDEX ix_users_name ON users (name); rows; upgrade',
          'a role that may write the rows, and does not own the table: migfix_plan');
SELECT throws_ok('SELECT * FROM migfix_repair(version_table => ''tap_app.alembic_version'')', '42501', 'must be owner of table users', 'migfix_repair has the rights of its caller');
RESET SESSION AUTHORIZATION;
SELECT is(tap_tools.rows('tap_app.alembic_version'), 'r1', 'and changes nothing');
SET LOCAL ROLE tap_owner;
SELECT is(tap_tools.steps('migfix_repair(version_table => ''tap_app.alembic_version'')'), 'run CREATE INDEX ix_users_name ON users (name); rows; upgrade', 'the owner repairs it');
SELECT is(tap_tools.wrong('tap_app.alembic_version'), '', 'as it should be');
SELECT is(tap_tools.steps('migfix_upgrade(version_table => ''tap_app.alembic_version'')'), 'run CREATE TABLE posts (id INTEGER NOT NULL, PRIMARY KEY (id)); rows', 'the owner upgrades it');
RESET ROLE;
SELECT is((SELECT relowner::regrole::text FROM pg_class WHERE oid = to_regclass('tap_app.posts')), 'tap_owner', 'in the schema of the version table, and as its own');
SELECT is(current_setting('search_path'), '"$user", public', 'the search_path is what it was');
SELECT throws_ok('SELECT migfix_repair(''r1'', ''tap_app.alembic_version'')', '55000', NULL, 'a superuser too needs force to lose what is there');
SELECT is(current_setting('search_path'), '"$user", public', 'the search_path is what it was after an error');

-- A transaction that may not write, one that fails in part -----------------------------------------------

DELETE FROM tap_app.alembic_version;
SELECT throws_ok(format($q$DO $do$ BEGIN SET LOCAL transaction_read_only = on; PERFORM %s; END $do$ $q$, call), '25006', NULL, 'read-only: ' || call)
  FROM unnest(ARRAY['migfix_repair(version_table => ''tap_app.alembic_version'')', 'migfix_upgrade(version_table => ''tap_app.alembic_version'')']) AS call;
SELECT lives_ok(format($q$DO $do$ BEGIN SET LOCAL transaction_read_only = on; PERFORM * FROM %s; RAISE SQLSTATE 'TAP01'; EXCEPTION WHEN SQLSTATE 'TAP01' THEN END $do$ $q$, call), 'read-only: ' || call)
  FROM unnest(ARRAY['migfix_verify(''r3'', ''tap_app.alembic_version'')', 'migfix_infer(''tap_app.alembic_version'')', 'migfix_plan(version_table => ''tap_app.alembic_version'')']) AS call;

SET LOCAL ROLE tap_owner;
DROP INDEX tap_app.ix_users_name;
DO $$
BEGIN
  PERFORM migfix_repair(version_table => 'tap_app.alembic_version');
  RAISE SQLSTATE 'TAP01';
EXCEPTION WHEN SQLSTATE 'TAP01' THEN
END $$;
SELECT is(tap_tools.rows('tap_app.alembic_version'), '', 'a subtransaction that is rolled back: the rows');
SELECT is(to_regclass('tap_app.ix_users_name'), NULL, 'and the schema');
SELECT is(current_setting('search_path'), '"$user", public', 'and the search_path');
SELECT is(tap_tools.steps('migfix_repair(version_table => ''tap_app.alembic_version'')'), 'run CREATE INDEX ix_users_name ON users (name); rows', 'the next call repairs it');
SELECT is(tap_tools.rows('tap_app.alembic_version') || tap_tools.wrong('tap_app.alembic_version'), 'r3', 'wholly');
-- The second of two statements fails: foreign tables are in no model.
ALTER TABLE tap_app.users DROP COLUMN name;
RESET ROLE;
CREATE FOREIGN DATA WRAPPER tap_far;
CREATE SERVER tap_far FOREIGN DATA WRAPPER tap_far;
CREATE FOREIGN TABLE tap_app.ix_users_name () SERVER tap_far;
SET LOCAL ROLE tap_owner;
SELECT throws_ok('SELECT * FROM migfix_repair(version_table => ''tap_app.alembic_version'', force => true)', '42P07', 'relation "ix_users_name" already exists', 'a statement that fails');
SELECT is(tap_tools.wrong('tap_app.alembic_version'), 'users.name missing, ix_users_name missing', 'takes back those before it');
RESET ROLE;
DROP FOREIGN DATA WRAPPER tap_far CASCADE;
SET LOCAL ROLE tap_owner;
SELECT is(tap_tools.steps('migfix_repair(version_table => ''tap_app.alembic_version'')'),
          'run ALTER TABLE users ADD COLUMN name VARCHAR(20); run CREATE INDEX ix_users_name ON users (name)', 'what was in the way is gone');
RESET ROLE;

-- The guard in each of its modes --------------------------------------------------------------------------

CREATE FUNCTION tap_tools.in_mode(mode text, before text[], after text) RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
  PERFORM set_config('migfix.guard', 'off', true);
  DELETE FROM tap_app.alembic_version;
  ALTER TABLE tap_app.alembic_version DROP CONSTRAINT IF EXISTS alembic_version_pkc;
  INSERT INTO tap_app.alembic_version SELECT unnest(before);
  PERFORM set_config('migfix.guard', mode, true);
  PERFORM migfix_repair(version_table => 'tap_app.alembic_version', reason => mode);
  RETURN NEXT is(tap_tools.rows('tap_app.alembic_version'), after, format('%s, rows %s: the rows', mode, before));
  RETURN NEXT ok(tap_tools.logged() LIKE '% ' || mode, format('%s, rows %s: the log', mode, before));
  RETURN NEXT is((SELECT count(*)::int FROM pg_constraint WHERE conrelid = 'tap_app.alembic_version'::regclass AND contype = 'p'), 1,
                 format('%s, rows %s: the key', mode, before));
  PERFORM set_config('migfix.guard', 'enforce', true);
END $$;
SELECT tap_tools.in_mode(mode, before, 'r3')
  FROM unnest('{enforce,heal,observe,off}'::text[]) AS mode,
       (VALUES ('{}'::text[]), ('{r1}'), ('{r3,r3}'), ('{r1,r2,r3}'), ('{gone}'), ('{r3,gone}')) AS rows (before);

-- Names that need quotes, and a schema that is none of the search_path's -----------------------------------

CREATE SCHEMA "Ten ant";
CREATE TABLE "Ten ant".alembic_version (version_num varchar(32) NOT NULL CONSTRAINT alembic_version_pkc PRIMARY KEY);
SELECT tap_tools.load('odd',
  'r"1', 'CREATE TABLE "a b" (id INTEGER NOT NULL, "co""l" VARCHAR(20), PRIMARY KEY (id));',
  'r"2', E'CREATE TYPE "Ki nd" AS ENUM (''it''''s'', ''x"y'');\n\nALTER TABLE "a b" ADD COLUMN "Kind" "Ki nd";\n\nCREATE INDEX "i x" ON "a b" ("co""l");',
  '$migfix$', E'ALTER TABLE "a b" RENAME COLUMN "co""l" TO "select";');
SELECT is((SELECT count(*)::int FROM migfix_bind('"Ten ant".alembic_version', 'odd')), 1, 'bound to its environment');
SELECT is(tap_tools.steps($$migfix_upgrade(version_table => '"Ten ant".alembic_version')$$),
          'run CREATE TABLE "a b" (id INTEGER NOT NULL, "co""l" VARCHAR(20), PRIMARY KEY (id)); run CREATE TYPE "Ki nd" AS ENUM (''it''''s'', ''x"y''); '
          'run ALTER TABLE "a b" ADD COLUMN "Kind" "Ki nd"; run CREATE INDEX "i x" ON "a b" ("co""l"); run ALTER TABLE "a b" RENAME COLUMN "co""l" TO "select"; rows',
          'odd names: migfix_upgrade');
SELECT is(tap_tools.rows('"Ten ant".alembic_version'), '$migfix$', 'odd names: the rows');
SELECT is(tap_tools.wrong('"Ten ant".alembic_version'), '', 'odd names: migfix_verify');
SELECT is(to_regclass('public."a b"'), NULL, 'nothing came to another schema');
ALTER TABLE "Ten ant"."a b" ALTER "select" TYPE varchar(10), ALTER "select" SET NOT NULL, ALTER "Kind" SET DEFAULT 'it''s';
DROP INDEX "Ten ant"."i x";
SELECT is(tap_tools.wrong('"Ten ant".alembic_version'), '"a b"."Kind" different, "a b".select different, "i x" missing', 'odd names: what differs');
DELETE FROM "Ten ant".alembic_version;
SELECT lives_ok($$SELECT * FROM migfix_repair(version_table => '"Ten ant".alembic_version')$$, 'odd names: migfix_repair');
SELECT is(tap_tools.rows('"Ten ant".alembic_version') || tap_tools.wrong('"Ten ant".alembic_version'), '$migfix$', 'odd names: all is as it should be');
SELECT lives_ok($$SELECT * FROM migfix_repair('r"1', '"Ten ant".alembic_version', force => true)$$, 'odd names: down to an older revision');
SELECT is(tap_tools.rows('"Ten ant".alembic_version') || tap_tools.wrong('"Ten ant".alembic_version'), 'r"1', 'odd names: all is as it was there');
SELECT is((SELECT string_agg(typname, ',') FROM pg_type WHERE typnamespace = '"Ten ant"'::regnamespace AND typtype = 'e'), NULL, 'odd names: the enum went with it');
-- The plan's own words work as typed.
DELETE FROM "Ten ant".alembic_version;
CREATE FUNCTION tap_tools.run_rows(version_table text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE call text;
BEGIN
  SELECT statement INTO STRICT call FROM migfix_plan(version_table => version_table) WHERE action = 'rows';
  EXECUTE call;
END $$;
SELECT lives_ok($$SELECT tap_tools.run_rows('"Ten ant".alembic_version')$$, 'odd names: the statement of the rows, as printed');
SELECT is(tap_tools.rows('"Ten ant".alembic_version'), 'r"1', 'does it');

-- A hostile owner ----------------------------------------------------------------------------------------

CREATE SCHEMA tap_evil AUTHORIZATION tap_owner;
SELECT tap_tools.load('evil',
  'e1', 'CREATE TABLE users (id INTEGER NOT NULL, email VARCHAR(64) DEFAULT lower(''X''), CHECK (length(email) > 1), PRIMARY KEY (id));',
  'e2', 'CREATE INDEX ix_users_email ON users (lower(email)) WHERE email <> '''';');
SET LOCAL ROLE tap_owner;
CREATE TABLE tap_evil.ran (what text, who name);
GRANT INSERT ON tap_evil.ran TO PUBLIC;
CREATE FUNCTION tap_evil.note(what text) RETURNS void LANGUAGE sql AS 'INSERT INTO tap_evil.ran VALUES (what, current_user)';
CREATE FUNCTION tap_evil.lower(varchar) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN PERFORM tap_evil.note('lower'); RETURN $1::text; END $$;
CREATE FUNCTION tap_evil.lower(text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN PERFORM tap_evil.note('lower'); RETURN $1; END $$;
CREATE FUNCTION tap_evil.length(varchar) RETURNS int LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN PERFORM tap_evil.note('length'); RETURN 2; END $$;
CREATE FUNCTION tap_evil.differ(varchar, varchar) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN PERFORM tap_evil.note('<>'); RETURN true; END $$;
CREATE OPERATOR tap_evil.<> (FUNCTION = tap_evil.differ, LEFTARG = varchar, RIGHTARG = varchar);
CREATE DOMAIN tap_evil.text AS pg_catalog.text CHECK (tap_evil.lower(VALUE) IS NOT NULL);
CREATE DOMAIN tap_evil.varchar AS pg_catalog.varchar CHECK (tap_evil.lower(VALUE) IS NOT NULL);
CREATE FUNCTION tap_evil.trap() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM tap_evil.note(TG_NAME); RETURN NULL; END $$;
CREATE TABLE tap_evil.alembic_version (version_num varchar(32) NOT NULL CONSTRAINT alembic_version_pkc PRIMARY KEY);
CREATE TRIGGER trap AFTER INSERT OR UPDATE OR DELETE ON tap_evil.alembic_version FOR EACH ROW EXECUTE FUNCTION tap_evil.trap();
CREATE TABLE tap_evil.users (id int PRIMARY KEY, email varchar(64) DEFAULT tap_evil.lower('X'::pg_catalog.text), CHECK (tap_evil.length(email) > 1));
CREATE INDEX evil ON tap_evil.users (tap_evil.lower(email)) WHERE tap_evil.differ(email, '');
RESET ROLE;
SELECT is((SELECT count(*)::int FROM migfix_bind('tap_evil.alembic_version', 'evil')), 1, 'the owner''s schema is bound to its environment');
SELECT is((SELECT rolsuper FROM pg_roles WHERE rolname = current_user), true, 'who calls is a superuser');
SELECT ok((SELECT count(*) > 0 FROM migfix_verify('e2', 'tap_evil.alembic_version')), 'migfix_verify on the owner''s schema');
SELECT ok((SELECT count(*) > 0 FROM migfix_infer('tap_evil.alembic_version')), 'migfix_infer');
SELECT ok((SELECT count(*) > 0 FROM migfix_plan('e2', 'tap_evil.alembic_version')), 'migfix_plan');
SELECT ok((SELECT count(*) >= 0 FROM migfix_findings('tap_evil.alembic_version')), 'migfix_findings');
SELECT bag_eq('SELECT what, who::text FROM tap_evil.ran', 'SELECT ''''::text AS what, ''''::text AS who LIMIT 0', 'none of them runs anything of the owner''s');
SET LOCAL search_path = tap_evil, pg_catalog, public;
SELECT ok((SELECT pg_catalog.count(*) OPERATOR(pg_catalog.>) 0 FROM public.migfix_verify('e2', 'tap_evil.alembic_version')), 'migfix_verify with the owner''s schema before pg_catalog');
SELECT ok((SELECT pg_catalog.count(*) OPERATOR(pg_catalog.>) 0 FROM public.migfix_infer('tap_evil.alembic_version')), 'migfix_infer likewise');
SELECT ok((SELECT pg_catalog.count(*) OPERATOR(pg_catalog.>) 0 FROM public.migfix_plan('e2', 'tap_evil.alembic_version')), 'migfix_plan likewise');
SET LOCAL search_path = "$user", public;
SELECT bag_eq('SELECT what, who::text FROM tap_evil.ran', 'SELECT ''''::text AS what, ''''::text AS who LIMIT 0', 'none of these either');
-- Rows are written with the owner's rights.
SELECT lives_ok($$SELECT * FROM migfix_repair('e1', 'tap_evil.alembic_version', force => true)$$, 'migfix_repair by a superuser');
SELECT bag_eq('SELECT what, who::text FROM tap_evil.ran', $$VALUES ('trap', 'tap_owner')$$, 'runs the trigger of the version table as its owner, and nothing else');
TRUNCATE tap_evil.ran;
-- Statements mean what they mean for Alembic with the same search_path: the index is of the owner's function, which
-- the server runs with the owner's rights.
INSERT INTO tap_evil.users VALUES (1, 'a@b');
TRUNCATE tap_evil.ran;
SELECT lives_ok($$SELECT * FROM migfix_upgrade('e2', 'tap_evil.alembic_version')$$, 'migfix_upgrade by a superuser');
SELECT is((SELECT string_agg(DISTINCT who::text, ',') FROM tap_evil.ran), 'tap_owner', 'what runs of the owner''s runs as the owner');

SELECT * FROM finish();
ROLLBACK;
