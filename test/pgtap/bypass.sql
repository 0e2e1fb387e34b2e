-- Ways past the guard: who is kept from them, and what diagnosis says of those that a superuser may take.
BEGIN;
SELECT plan(71);
SET LOCAL client_min_messages = error;
-- No pending trigger events: ALTER TABLE would stop at them before it comes to the guard.
CREATE ROLE tap_owner;
CREATE ROLE tap_keeper;
CREATE ROLE tap_writer;
GRANT SET ON PARAMETER "migfix.guard" TO tap_keeper;
CREATE SCHEMA tap_app AUTHORIZATION tap_owner;
CREATE SCHEMA tap_later AUTHORIZATION tap_owner;
SET LOCAL ROLE tap_owner;
CREATE TABLE tap_app.alembic_version (version_num varchar(32) NOT NULL CONSTRAINT alembic_version_pkc PRIMARY KEY);
INSERT INTO tap_app.alembic_version VALUES ('a'), ('b');
GRANT SELECT, INSERT, UPDATE, DELETE, TRIGGER ON tap_app.alembic_version TO tap_writer;
GRANT USAGE ON SCHEMA tap_app TO tap_writer;
CREATE FUNCTION tap_app.harmless() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE FUNCTION tap_app.migfix_guard_row() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
RESET ROLE;

CREATE FUNCTION tap_app.guards() RETURNS text LANGUAGE sql AS $$
  SELECT coalesce(string_agg(tgname || '=' || tgenabled::text, ' ' ORDER BY tgname), '')
    FROM pg_trigger WHERE tgrelid = 'tap_app.alembic_version'::regclass AND NOT tgisinternal
$$;
CREATE FUNCTION tap_app.found(code text) RETURNS text LANGUAGE sql AS $$
  SELECT string_agg(severity || ' ' || f.message, '; ') FROM migfix_findings('tap_app.alembic_version') AS f
   WHERE f.code = $1
$$;
-- Runs the fix of a finding as it is printed.
CREATE FUNCTION tap_app.mend(code text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE fix text;
BEGIN
  SELECT f.fix INTO STRICT fix FROM migfix_findings('tap_app.alembic_version') AS f WHERE f.code = $1;
  EXECUTE fix;
  RETURN fix;
END $$;
SELECT is(tap_app.guards(), 'migfix_guard_row=O migfix_log_row=O migfix_log_truncate=O',
          'the guard of a table that its owner created');

-- The owner ---------------------------------------------------------------------------------------------

SET LOCAL ROLE tap_owner;
SELECT throws_ok('ALTER TABLE tap_app.alembic_version DISABLE TRIGGER ' || trigger, '42501',
                 'must be allowed to set migfix.guard to disable the guard on tap_app.alembic_version',
                 'the owner: DISABLE TRIGGER ' || trigger)
  FROM unnest('{USER,migfix_guard_row,migfix_log_row,migfix_log_truncate}'::text[]) AS trigger;
SELECT throws_ok('ALTER TABLE tap_app.alembic_version DISABLE TRIGGER ALL', '42501', NULL, 'the owner: DISABLE TRIGGER ALL');
SELECT throws_ok('ALTER TABLE tap_app.alembic_version ENABLE REPLICA TRIGGER migfix_guard_row', '42501', NULL,
                 'the owner: ENABLE REPLICA TRIGGER');
SELECT throws_ok('ALTER TABLE ONLY tap_app.alembic_version ADD COLUMN note text, DISABLE TRIGGER USER', '42501', NULL,
                 'the owner: DISABLE TRIGGER behind another subcommand');
SELECT throws_ok('ALTER TABLE IF EXISTS tap_app.alembic_version DISABLE TRIGGER USER', '42501', NULL,
                 'the owner: DISABLE TRIGGER, IF EXISTS');
SELECT throws_ok(format('DROP TRIGGER %s ON tap_app.alembic_version', trigger), '42501',
                 format('must be allowed to set migfix.guard to drop trigger "%s" on tap_app.alembic_version', trigger),
                 'the owner: DROP TRIGGER ' || trigger)
  FROM unnest('{migfix_guard_row,migfix_log_row,migfix_log_truncate}'::text[]) AS trigger;
SELECT throws_ok('CREATE OR REPLACE TRIGGER migfix_guard_row BEFORE INSERT OR UPDATE ON tap_app.alembic_version
                  FOR EACH ROW EXECUTE FUNCTION tap_app.harmless()', '42501',
                 'must be allowed to set migfix.guard to replace the guard on tap_app.alembic_version',
                 'the owner: CREATE OR REPLACE TRIGGER with another function');
SELECT throws_ok('ALTER TRIGGER migfix_log_row ON tap_app.alembic_version RENAME TO harmless', NULL,
                 'cannot rename trigger "migfix_log_row" on tap_app.alembic_version', 'the owner: ALTER TRIGGER RENAME');
SELECT throws_ok('SELECT migfix_unprotect(''tap_app.alembic_version'')', '42501', NULL, 'the owner: migfix_unprotect');
SELECT throws_ok('SET LOCAL session_replication_role = replica', '42501', NULL, 'the owner: session_replication_role');
SELECT throws_ok('SET LOCAL migfix.version_tables = ''other''', '42501', NULL, 'the owner: SET migfix.version_tables');
SELECT throws_ok('SET LOCAL migfix.guard = off', '42501', NULL, 'the owner: SET migfix.guard');
SELECT throws_ok('DROP EXTENSION migfix', '42501', NULL, 'the owner: DROP EXTENSION');
SELECT throws_ok('ALTER EVENT TRIGGER migfix_ddl_start DISABLE', '42501', NULL, 'the owner: ALTER EVENT TRIGGER');
SELECT throws_ok('DROP FUNCTION migfix_guard_row() CASCADE', NULL, NULL, 'the owner: DROP FUNCTION');
SELECT lives_ok('ALTER TABLE tap_app.alembic_version ENABLE TRIGGER USER', 'the owner may enable it');
SELECT lives_ok('CREATE TRIGGER harmless BEFORE INSERT ON tap_app.alembic_version
                 FOR EACH ROW EXECUTE FUNCTION tap_app.harmless()', 'the owner may have triggers of his own');
SELECT lives_ok('ALTER TABLE tap_app.alembic_version DISABLE TRIGGER harmless', 'the owner may disable his own');
SELECT lives_ok('ALTER TRIGGER harmless ON tap_app.alembic_version RENAME TO renamed', 'the owner may rename his own');
SELECT lives_ok('DROP TRIGGER renamed ON tap_app.alembic_version', 'the owner may drop his own');
SELECT throws_ok('CREATE OR REPLACE TRIGGER migfix_guard_row BEFORE INSERT OR UPDATE ON tap_app.alembic_version
                  FOR EACH ROW WHEN (false) EXECUTE FUNCTION public.migfix_guard_row()', '42501', NULL,
                 'the owner: CREATE OR REPLACE TRIGGER with the guard''s own function, but WHEN (false)');
SELECT throws_ok('CREATE OR REPLACE TRIGGER migfix_guard_row BEFORE INSERT OR UPDATE ON tap_app.alembic_version
                  FOR EACH ROW EXECUTE FUNCTION tap_app.migfix_guard_row()', '42501', NULL,
                 'the owner: CREATE OR REPLACE TRIGGER with a function of the same name in another schema');
SELECT throws_ok('CREATE OR REPLACE TRIGGER migfix_guard_row BEFORE INSERT ON tap_app.alembic_version
                  FOR EACH ROW EXECUTE FUNCTION public.migfix_guard_row()', '42501', NULL,
                 'the owner: CREATE OR REPLACE TRIGGER for fewer events');
SELECT throws_ok('CREATE OR REPLACE TRIGGER migfix_guard_row BEFORE INSERT OR UPDATE OF version_num ON tap_app.alembic_version
                  FOR EACH ROW EXECUTE FUNCTION public.migfix_guard_row()', '42501', NULL,
                 'the owner: CREATE OR REPLACE TRIGGER for one column');
SELECT lives_ok('CREATE TRIGGER migfix_guard_row BEFORE INSERT OR UPDATE ON tap_app.alembic_version
                 FOR EACH ROW EXECUTE FUNCTION public.migfix_guard_row()',
                'the owner may put the guard''s own trigger where it is, as a dump does');
-- Triggers that look like the guard, on a table that becomes a version table later.
CREATE TABLE tap_later.later (version_num varchar(32) PRIMARY KEY);
CREATE TRIGGER migfix_guard_row BEFORE INSERT OR UPDATE ON tap_later.later
  FOR EACH ROW WHEN (false) EXECUTE FUNCTION public.migfix_guard_row();
CREATE TRIGGER migfix_log_row AFTER INSERT ON tap_later.later FOR EACH ROW EXECUTE FUNCTION tap_app.harmless();
CREATE TRIGGER migfix_log_truncate BEFORE TRUNCATE ON tap_later.later EXECUTE FUNCTION public.migfix_log_truncate();
ALTER TABLE tap_later.later RENAME TO alembic_version;
SELECT throws_ok('INSERT INTO tap_later.alembic_version VALUES (''head'')', '23514', NULL,
                 'the owner: triggers that only look like the guard give way to it');
SELECT throws_ok('INSERT INTO tap_app.alembic_version VALUES (''head'')', '23514', NULL, 'after all of that the guard stands');
RESET ROLE;
SELECT is(tap_app.guards(), 'migfix_guard_row=O migfix_log_row=O migfix_log_truncate=O',
          'after all of that the guard is as it was');

SET LOCAL ROLE tap_writer;
SELECT throws_ok('ALTER TABLE tap_app.alembic_version DISABLE TRIGGER ALL', '42501', NULL, 'a role with DML grants: DISABLE TRIGGER');
SELECT throws_ok('DROP TRIGGER migfix_log_row ON tap_app.alembic_version', '42501', NULL, 'a role with DML grants: DROP TRIGGER');
SELECT throws_ok('CREATE OR REPLACE TRIGGER migfix_log_row BEFORE INSERT ON tap_app.alembic_version
                  FOR EACH ROW EXECUTE FUNCTION tap_app.harmless()', '42501', NULL,
                 'a role with the TRIGGER privilege: CREATE OR REPLACE TRIGGER');
RESET ROLE;

-- Who was granted SET on the guard ----------------------------------------------------------------------

SAVEPOINT keeper;
ALTER SCHEMA tap_app OWNER TO tap_keeper;
ALTER TABLE tap_app.alembic_version OWNER TO tap_keeper;
SET LOCAL ROLE tap_keeper;
SELECT lives_ok('ALTER TABLE tap_app.alembic_version DISABLE TRIGGER USER', 'an owner who may SET migfix.guard: DISABLE TRIGGER USER');
SELECT lives_ok('ALTER TABLE tap_app.alembic_version ENABLE TRIGGER USER', 'an owner who may SET migfix.guard: ENABLE TRIGGER USER');
SELECT lives_ok('DROP TRIGGER migfix_log_row ON tap_app.alembic_version', 'an owner who may SET migfix.guard: DROP TRIGGER');
SELECT lives_ok('SELECT migfix_protect(''tap_app.alembic_version'')', 'an owner puts the guard back');
RESET ROLE;
SELECT is(tap_app.guards(), 'migfix_guard_row=O migfix_log_row=O migfix_log_truncate=O',
          'migfix_protect puts back what was dropped');
ROLLBACK TO keeper;

-- A superuser -------------------------------------------------------------------------------------------

SELECT lives_ok('ALTER TABLE tap_app.alembic_version DISABLE TRIGGER ALL', 'a superuser: DISABLE TRIGGER ALL');
SELECT lives_ok('INSERT INTO tap_app.alembic_version VALUES (''head'')', 'with disabled triggers nothing judges');
SELECT is(tap_app.found('MF902'), 'error the guard on tap_app.alembic_version is disabled (triggers migfix_guard_row, '
          'migfix_log_row and migfix_log_truncate)', 'MF902: the guard is disabled');
SELECT is((SELECT string_agg(DISTINCT guard, ',') FROM migfix_current('tap_app.alembic_version')), 'disabled', 'migfix_current says it');
SELECT matches(tap_app.found('MF111'), '^error tap_app.alembic_version holds a row that can never be a revision: "head"',
               'MF111: what came in meanwhile is found');
SELECT is(tap_app.mend('MF902'), E'ALTER TABLE tap_app.alembic_version ENABLE TRIGGER migfix_guard_row;\n'
          'ALTER TABLE tap_app.alembic_version ENABLE TRIGGER migfix_log_row;\n'
          'ALTER TABLE tap_app.alembic_version ENABLE TRIGGER migfix_log_truncate;', 'MF902: the fix');
SELECT is(tap_app.found('MF902'), NULL, 'MF902: gone after its fix');
SELECT is(tap_app.mend('MF111'), $$DELETE FROM tap_app.alembic_version WHERE version_num = 'head';$$, 'MF111: the fix');
SELECT is(tap_app.found('MF111'), NULL, 'MF111: gone after its fix');

SELECT lives_ok('ALTER TABLE tap_app.alembic_version ENABLE REPLICA TRIGGER migfix_guard_row', 'a superuser: ENABLE REPLICA TRIGGER');
SELECT is(tap_app.found('MF902'), 'error the guard on tap_app.alembic_version is disabled (trigger migfix_guard_row)',
          'MF902: a trigger that fires on replicas only is none');
SELECT lives_ok($$SELECT tap_app.mend('MF902')$$, 'MF902: the fix');

SELECT lives_ok('DROP TRIGGER migfix_guard_row ON tap_app.alembic_version', 'a superuser: DROP TRIGGER');
SELECT is(tap_app.found('MF901'), 'error the guard is missing on tap_app.alembic_version', 'MF901: a trigger of the guard is missing');
SELECT is(tap_app.mend('MF901'), $$SELECT migfix_protect('tap_app.alembic_version');$$, 'MF901: the fix');
SELECT is(tap_app.found('MF901'), NULL, 'MF901: gone after its fix');
SELECT lives_ok('CREATE OR REPLACE TRIGGER migfix_log_row AFTER INSERT ON tap_app.alembic_version
                 FOR EACH ROW EXECUTE FUNCTION tap_app.harmless()', 'a superuser: CREATE OR REPLACE TRIGGER with another function');
SELECT is(tap_app.found('MF901'), 'error the guard is missing on tap_app.alembic_version',
          'MF901: a trigger of the right name with another function is none');
SELECT lives_ok($$SELECT tap_app.mend('MF901')$$, 'MF901: the fix puts the guard''s own in its place');
SELECT is(tap_app.found('MF901'), NULL, 'MF901: gone after its fix');

-- A superuser takes the guard off on purpose.
SELECT ok(migfix_unprotect('tap_app.alembic_version'), 'migfix_unprotect: there was a guard');
SELECT is(tap_app.found('MF901'), 'warning the guard was taken off tap_app.alembic_version', 'MF901: taken off is only a warning');
SELECT lives_ok($$SELECT tap_app.mend('MF901')$$, 'MF901: the fix');
SELECT is(tap_app.found('MF901'), NULL, 'MF901: gone after its fix');

-- The replica role passes over the guard: that is how replication and restores work, and it leaves no trace.
SET LOCAL session_replication_role = replica;
SELECT lives_ok('INSERT INTO tap_app.alembic_version VALUES (''heads'')', 'a superuser as replica: nothing judges');
SELECT lives_ok('CREATE SCHEMA tap_replica CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY)',
                'a superuser as replica: nothing guards a new version table');
RESET session_replication_role;
SELECT isnt(tap_app.found('MF111'), NULL, 'the row that came by the replica role is found');
SELECT is((SELECT severity FROM migfix_findings('tap_replica.alembic_version') WHERE code = 'MF901'), 'error',
          'the table that came by the replica role is found');
SELECT is((SELECT count(*) FROM migfix.version_log WHERE new_version = 'heads')::int, 0, 'what came by the replica role is in no log');

SELECT * FROM finish();
ROLLBACK;
