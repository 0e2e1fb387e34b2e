-- Who may change the settings, also before the module is loaded. A placeholder can be set only in a session that
-- has not loaded the module, so what new connections meet is kept in psql variables and judged in the last one.
SET client_min_messages = error;
CREATE ROLE tap_nobody;
CREATE ROLE tap_owner;
CREATE ROLE tap_keeper;
GRANT SET ON PARAMETER "migfix.guard" TO tap_keeper;
CREATE SCHEMA tap_set AUTHORIZATION tap_owner;
GRANT USAGE, CREATE ON SCHEMA tap_set TO tap_nobody;
SELECT current_database() AS database \gset
\set ON_ERROR_STOP off
\set VERBOSITY sqlstate

-- DDL is what loads the module.
\c
SET client_min_messages = error;
SET ROLE tap_owner;
SELECT count(*) AS loaded FROM pg_settings WHERE name = 'migfix.guard' \gset
SET migfix.guard = off;
SET migfix.version_tables = 'something_else';
SELECT current_setting('migfix.guard') AS placeholder \gset
CREATE TABLE tap_set.alembic_version (version_num varchar(32) NOT NULL CONSTRAINT alembic_version_pkc PRIMARY KEY);
SELECT current_setting('migfix.guard') AS guard_after_ddl, current_setting('migfix.version_tables') AS names_after_ddl \gset
INSERT INTO tap_set.alembic_version VALUES ('head');
\set insert_after_ddl :SQLSTATE
INSERT INTO tap_set.alembic_version VALUES ('a');
GRANT SELECT, INSERT, UPDATE, DELETE ON tap_set.alembic_version TO tap_nobody;

-- A write is what loads the module.
\c
SET client_min_messages = error;
SET ROLE tap_nobody;
SET migfix.guard = off;
INSERT INTO tap_set.alembic_version VALUES ('head');
\set write :SQLSTATE
SELECT current_setting('migfix.guard') AS guard_after_write \gset

-- The same in one transaction, with the placeholder local to it.
\c
SET client_min_messages = error;
SET ROLE tap_nobody;
BEGIN;
SET LOCAL migfix.guard = off;
SAVEPOINT s;
UPDATE tap_set.alembic_version SET version_num = 'base';
\set local_write :SQLSTATE
ROLLBACK TO s;
UPDATE tap_set.alembic_version SET version_num = 'base';
\set local_write_again :SQLSTATE
ROLLBACK;
UPDATE tap_set.alembic_version SET version_num = 'base';
\set write_afterwards :SQLSTATE

-- A function's SET clause.
\c
SET client_min_messages = error;
SET ROLE tap_nobody;
CREATE FUNCTION tap_set.sneak() RETURNS void LANGUAGE plpgsql SET migfix.guard = off AS $$
BEGIN
  INSERT INTO tap_set.alembic_version VALUES ('head');
END $$;
CREATE FUNCTION tap_set.sneak_inside() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM set_config('migfix.guard', 'off', true);
  INSERT INTO tap_set.alembic_version VALUES ('head');
END $$;
\c
SET client_min_messages = error;
SET ROLE tap_nobody;
SELECT tap_set.sneak_inside();
\set sneak_inside :SQLSTATE
SELECT tap_set.sneak_inside();
\set sneak_inside_loaded :SQLSTATE

-- Stored for a role, or by the owner of a database, where the module is not loaded.
\c
SET client_min_messages = error;
CREATE DATABASE tap_settings OWNER tap_owner;
\c tap_settings
SET ROLE tap_owner;
ALTER DATABASE tap_settings SET migfix.guard = off;
\set stored_for_database :SQLSTATE
ALTER ROLE tap_owner SET migfix.guard = off;
\set stored_for_role :SQLSTATE
\c :database
SET client_min_messages = error;
DROP DATABASE tap_settings;
SELECT count(*) AS stored FROM pg_db_role_setting WHERE setconfig::text LIKE '%migfix%' \gset

\set VERBOSITY default
\set ON_ERROR_STOP on
SET client_min_messages = error;
BEGIN;
SELECT plan(45);
SELECT is(:'loaded'::text, '0', 'DDL: the module was not loaded before');
SELECT is(:'placeholder'::text, 'off', 'DDL: an unprivileged role can set a placeholder');
SELECT is(:'guard_after_ddl'::text, 'enforce', 'DDL: the module does not take the placeholder over');
SELECT is(:'names_after_ddl'::text, 'alembic_version', 'DDL: nor the one for the names');
SELECT is(:'insert_after_ddl'::text, '23514', 'DDL: the statement that loads the module is guarded too');
SELECT is(:'write'::text, '23514', 'a write: the guard enforces');
SELECT is(:'guard_after_write'::text, 'enforce', 'a write: the placeholder is gone');
SELECT is(:'local_write'::text, '23514', 'SET LOCAL: the guard enforces');
SELECT is(:'local_write_again'::text, '23514', 'SET LOCAL, after ROLLBACK TO: the guard enforces');
SELECT is(:'write_afterwards'::text, '23514', 'SET LOCAL, after the transaction: the guard enforces');
SELECT is(:'sneak_inside'::text, '23514', 'set_config in a function: the guard enforces');
SELECT is(:'sneak_inside_loaded'::text, '42501', 'set_config in a function, with the module loaded: refused');
SELECT is(:'stored_for_database'::text, '42501', 'ALTER DATABASE by its owner, where the module is not loaded');
SELECT is(:'stored_for_role'::text, '42501', 'ALTER ROLE of oneself, where the module is not loaded');
SELECT is(:'stored'::text, '0', 'nothing of that is stored');

SELECT is((SELECT string_agg(version_num, ',') FROM tap_set.alembic_version), 'a', 'and no row has changed');
SELECT is(current_setting('migfix.guard'), 'enforce', 'this session enforces');
SET LOCAL ROLE tap_nobody;
SELECT throws_ok('SELECT tap_set.sneak()', NULL, NULL, 'a function with SET migfix.guard does not write past the guard')
 WHERE to_regprocedure('tap_set.sneak()') IS NOT NULL
UNION ALL
SELECT pass('a function with SET migfix.guard cannot be made') WHERE to_regprocedure('tap_set.sneak()') IS NULL;
SELECT throws_ok('CREATE FUNCTION tap_set.sneak2() RETURNS void LANGUAGE sql SET migfix.guard = off AS ''''', '42501', NULL,
                 'CREATE FUNCTION … SET migfix.guard');
SELECT throws_ok('SET migfix.guard = ' || mode, '42501', 'permission denied to set parameter "migfix.guard"',
                 'SET migfix.guard = ' || mode || ' by an unprivileged role')
  FROM unnest('{enforce,heal,observe,off}'::text[]) AS mode;
SELECT throws_ok('SET ' || name || ' = ' || value, '42501', NULL, 'SET ' || name || ' by an unprivileged role')
  FROM (VALUES ('migfix.version_tables', 'x'), ('migfix.existing_object', 'off'), ('migfix.log_ddl', 'off'),
               ('migfix.report_duplicates', 'off'), ('migfix.runner_timeout', '0')) AS s (name, value);
SELECT throws_ok('SET LOCAL migfix.guard = heal', '42501', NULL, 'SET LOCAL by an unprivileged role');
SELECT throws_ok('SELECT set_config(''migfix.guard'', ''observe'', false)', '42501', NULL, 'set_config by an unprivileged role');
SELECT throws_ok('UPDATE pg_settings SET setting = ''off'' WHERE name = ''migfix.guard''', '42501', NULL,
                 'UPDATE pg_settings by an unprivileged role');
SELECT throws_ok('ALTER ROLE tap_nobody SET migfix.guard = off', '42501', NULL, 'ALTER ROLE of oneself');
SELECT throws_ok(format('ALTER ROLE tap_nobody IN DATABASE %I SET migfix.guard = off', current_database()), '42501', NULL,
                 'ALTER ROLE of oneself IN DATABASE');
SELECT throws_ok(format('ALTER DATABASE %I SET migfix.guard = off', current_database()), '42501', NULL, 'ALTER DATABASE');
RESET ROLE;
SELECT throws_ok('SET migfix.guard = ''none''', '22023', NULL, 'a value that is none');
SELECT throws_ok('SET migfix.no_such = 1', '42602', NULL, 'a setting that is none');

-- Who was granted SET may set it, and nothing else.
SET LOCAL ROLE tap_keeper;
SELECT lives_ok('SET LOCAL migfix.guard = heal', 'a role with SET ON PARAMETER "migfix.guard"');
SELECT is(current_setting('migfix.guard'), 'heal', 'a role with SET ON PARAMETER "migfix.guard": set');
SELECT throws_ok('SET LOCAL migfix.version_tables = ''x''', '42501', NULL, 'a role with SET ON PARAMETER "migfix.guard": not the names');
SELECT lives_ok('ALTER ROLE tap_keeper SET migfix.guard = heal', 'a role with SET ON PARAMETER "migfix.guard": ALTER ROLE of oneself');
RESET ROLE;
SELECT is((SELECT severity || ' ' || message || ': ' || fix FROM migfix_findings() WHERE code = 'MF904' AND message LIKE '%tap_keeper'),
          'notice migfix.guard is heal for role tap_keeper: ALTER ROLE tap_keeper RESET migfix.guard;', 'MF904 tells of it');
DO $$ BEGIN EXECUTE (SELECT fix FROM migfix_findings() WHERE code = 'MF904' AND message LIKE '%tap_keeper'); END $$;
SELECT is((SELECT count(*) FROM migfix_findings() WHERE code = 'MF904' AND message LIKE '%tap_keeper')::int, 0, 'MF904 is gone after its fix');
SELECT is((SELECT fix FROM migfix_findings() WHERE code = 'MF904' AND message = 'migfix.guard is heal for this session'),
          'RESET migfix.guard;', 'MF904 tells of the session itself');
SET LOCAL migfix.guard = off;
SELECT is((SELECT severity FROM migfix_findings() WHERE code = 'MF904' AND message = 'migfix.guard is off for this session'),
          'warning', 'MF904: off is a warning');
DO $$ BEGIN EXECUTE (SELECT fix FROM migfix_findings() WHERE code = 'MF904' AND message LIKE '%this session'); END $$;
SELECT is((SELECT count(*) FROM migfix_findings() WHERE code = 'MF904' AND message LIKE '% this session')::int, 0, 'MF904 is gone after its fix');

SELECT * FROM finish();
ROLLBACK;
SET client_min_messages = error;
DROP SCHEMA tap_set CASCADE;
REVOKE SET ON PARAMETER "migfix.guard" FROM tap_keeper;
DROP ROLE tap_nobody, tap_owner, tap_keeper;
TRUNCATE migfix.version_log;
