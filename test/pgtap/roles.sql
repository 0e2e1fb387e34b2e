-- What each role may do, who the log says did it, and that nobody but migfix writes the log.
BEGIN;
SELECT plan(69);
SET LOCAL client_min_messages = error;
CREATE ROLE tap_owner;
CREATE ROLE tap_writer;
CREATE ROLE tap_reader;
CREATE ROLE tap_nobody NOINHERIT;  -- before it is granted one: since 16 that settles it
CREATE ROLE tap_keeper;
GRANT SET ON PARAMETER "migfix.guard" TO tap_keeper;
GRANT tap_writer TO tap_nobody;
CREATE SCHEMA tap_app AUTHORIZATION tap_owner;
CREATE SCHEMA tap_tools;
GRANT USAGE ON SCHEMA tap_tools TO PUBLIC;
CREATE FUNCTION tap_tools.last() RETURNS text LANGUAGE sql SECURITY DEFINER AS $$
  SELECT concat_ws(' ', operation, old_version, new_version, 'by', session_role, 'as', "current_role")
    FROM migfix.version_log ORDER BY log_id DESC LIMIT 1
$$;
CREATE FUNCTION tap_tools.last_id() RETURNS bigint LANGUAGE sql SECURITY DEFINER AS 'SELECT max(log_id) FROM migfix.version_log';
CREATE FUNCTION tap_tools.steps(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE answer text;
BEGIN
  EXECUTE 'SELECT string_agg(concat_ws('' '', operation, old_version, new_version), '', '') FROM ' || statement INTO answer;
  RETURN answer;
END $$;

SET LOCAL SESSION AUTHORIZATION tap_owner;
CREATE TABLE tap_app.alembic_version (version_num varchar(32) NOT NULL CONSTRAINT alembic_version_pkc PRIMARY KEY);
GRANT USAGE ON SCHEMA tap_app TO tap_writer, tap_reader, tap_keeper;
GRANT SELECT, INSERT, UPDATE, DELETE ON tap_app.alembic_version TO tap_writer;
GRANT SELECT ON tap_app.alembic_version TO tap_reader;

-- Writing rows, and attribution -------------------------------------------------------------------------

INSERT INTO tap_app.alembic_version VALUES ('a');
SELECT is(tap_tools.last(), 'insert a by tap_owner as tap_owner', 'the owner');
SET LOCAL SESSION AUTHORIZATION tap_writer;
SELECT lives_ok($$UPDATE tap_app.alembic_version SET version_num = 'b'$$, 'a role with DML grants may write');
SELECT is(tap_tools.last(), 'update a b by tap_writer as tap_writer', 'a role with DML grants: attribution');
SELECT throws_ok($$INSERT INTO tap_app.alembic_version VALUES ('head')$$, '23514', NULL, 'a role with DML grants: the guard judges');
SELECT throws_ok('TRUNCATE tap_app.alembic_version', '42501', NULL, 'a role with DML grants: no TRUNCATE');
SET LOCAL SESSION AUTHORIZATION tap_reader;
SELECT throws_ok($$INSERT INTO tap_app.alembic_version VALUES ('c')$$, '42501', 'permission denied for table alembic_version',
                 'a role with SELECT alone: PostgreSQL refuses first');
SET LOCAL SESSION AUTHORIZATION tap_nobody;
SELECT throws_ok($$INSERT INTO tap_app.alembic_version VALUES ('c')$$, '42501', NULL, 'a role with nothing');
SET LOCAL ROLE tap_writer;
SELECT lives_ok($$INSERT INTO tap_app.alembic_version VALUES ('c')$$, 'SET ROLE to one with grants');
SELECT is(tap_tools.last(), 'insert c by tap_nobody as tap_writer', 'SET ROLE: both roles are in the log');
RESET SESSION AUTHORIZATION;
SET LOCAL ROLE tap_owner;
CREATE FUNCTION tap_app.move(old text, new text) RETURNS void LANGUAGE sql SECURITY DEFINER
  AS 'UPDATE tap_app.alembic_version SET version_num = new WHERE version_num = old';
GRANT EXECUTE ON FUNCTION tap_app.move TO PUBLIC;
GRANT USAGE ON SCHEMA tap_app TO tap_nobody;
RESET ROLE;
SET LOCAL SESSION AUTHORIZATION tap_nobody;
SELECT lives_ok($$SELECT tap_app.move('c', 'd')$$, 'a SECURITY DEFINER function may write for a role with nothing');
SELECT is(tap_tools.last(), 'update c d by tap_nobody as tap_owner', 'SECURITY DEFINER: both roles are in the log');
SELECT throws_ok($$SELECT tap_app.move('d', 'b')$$, '23505', NULL, 'SECURITY DEFINER: the guard judges');
RESET SESSION AUTHORIZATION;
SELECT is((SELECT DISTINCT concat_ws(' ', pid = pg_backend_pid(), application_name, transaction_id = pg_current_xact_id())
             FROM migfix.version_log WHERE version_table = 'tap_app.alembic_version' AND transaction_id = pg_current_xact_id()),
          't ' || current_setting('application_name') || ' t', 'the rest of the attribution');
SELECT is((SELECT statement FROM migfix.version_log WHERE operation = 'insert' AND new_version = 'a' AND transaction_id = pg_current_xact_id()),
          $$INSERT INTO tap_app.alembic_version VALUES ('a')$$, 'the statement that the client sent');

-- Nobody but migfix writes the log ---------------------------------------------------------------------

SELECT throws_ok(statement, '42501', NULL, role || ': ' || statement)
  FROM (SELECT set_config('role', role, true) AS set, role, statement
          FROM unnest('{tap_owner,tap_keeper,tap_nobody}'::text[]) AS role,
               unnest(ARRAY['INSERT INTO migfix.version_log SELECT * FROM migfix.version_log', 'UPDATE migfix.version_log SET pid = 0',
                            'DELETE FROM migfix.version_log', 'TRUNCATE migfix.version_log',
                            'SELECT nextval(''migfix.version_log_log_id_seq'')', 'SELECT setval(''migfix.version_log_log_id_seq'', 1)',
                            'ALTER TABLE migfix.version_log DISABLE TRIGGER ALL', 'DROP TABLE migfix.version_log',
                            'CREATE TABLE migfix.other (id int)', 'SELECT * FROM migfix.version_log']) AS statement OFFSET 0) AS calls;
RESET ROLE;
SET LOCAL ROLE tap_owner;
SELECT throws_ok('CREATE TRIGGER sneak BEFORE UPDATE ON migfix.version_log FOR EACH ROW EXECUTE FUNCTION migfix_log_row()',
                 '42501', NULL, 'the trigger function of the guard on the log');
SELECT throws_ok('SELECT migfix_log_row()', NULL, NULL, 'a trigger function called by hand');
-- The guard's trigger functions on a table of one's own write the log only of that table.
CREATE TABLE tap_app.mine (version_num text);
CREATE TRIGGER migfix_log_row AFTER INSERT ON tap_app.mine FOR EACH ROW EXECUTE FUNCTION migfix_log_row();
INSERT INTO tap_app.mine VALUES ('forged');
SELECT is(tap_tools.last(), format('insert forged by %s as tap_owner', session_user), 'what a trigger of one''s own logs is one''s own');
RESET ROLE;
SELECT is((SELECT count(*) FROM migfix.version_log WHERE new_version = 'forged' AND version_table <> 'tap_app.mine')::int, 0,
          'and under the name of that table');

-- migfix_stamp and migfix_undo -------------------------------------------------------------------------

SET LOCAL SESSION AUTHORIZATION tap_writer;
SELECT is(tap_tools.steps($$migfix_stamp('s1', true, 'tap_app.alembic_version', reason => 'because')$$), 'update b s1, delete d',
          'migfix_stamp by a role with DML grants');
SELECT is(tap_tools.last(), 'delete d by tap_writer as tap_writer', 'migfix_stamp: the role that called it is in the log, not the owner');
SELECT is(tap_tools.steps(format('migfix_undo(%s)', tap_tools.last_id())), 'update s1 b, insert d', 'migfix_undo by a role with DML grants');
SELECT is(tap_tools.last(), 'insert d by tap_writer as tap_writer', 'migfix_undo: the role that called it is in the log');
SET LOCAL SESSION AUTHORIZATION tap_reader;
SELECT throws_ok($$SELECT migfix_stamp('s2', true, 'tap_app.alembic_version')$$, '42501',
                 'permission denied for version table tap_app.alembic_version', 'migfix_stamp by a role with SELECT alone');
SELECT throws_ok(format('SELECT migfix_undo(%s)', tap_tools.last_id()), '42501',
                 'permission denied for version table tap_app.alembic_version', 'migfix_undo by a role with SELECT alone');
SET LOCAL SESSION AUTHORIZATION tap_nobody;
SELECT throws_ok($$SELECT migfix_stamp('s2', true, 'tap_app.alembic_version')$$, '42501', NULL, 'migfix_stamp by a role with nothing');
SELECT throws_ok($$SELECT migfix_stamp('s2', version_table => 'migfix.alembic_version')$$, '42501', NULL,
                 'migfix_stamp creates no table where the role may not');
SELECT throws_ok($$SELECT migfix_protect('tap_app.alembic_version')$$, '42501', NULL, 'migfix_protect by a role that is not the owner');
SELECT throws_ok($$SELECT migfix_unprotect('tap_app.alembic_version')$$, '42501', NULL, 'migfix_unprotect by a role with nothing');
RESET SESSION AUTHORIZATION;
SELECT throws_ok($$SELECT migfix_stamp('s1', version_table => 'migfix.version_log')$$, '42703', NULL, 'migfix_stamp on another table, by a superuser');
SELECT is(tap_tools.steps($$migfix_stamp('s3', true, 'tap_app.alembic_version')$$), 'update b s3, delete d', 'migfix_stamp by a superuser');
SELECT is(tap_tools.last(), format('delete d by %s as %s', session_user, current_user), 'migfix_stamp by a superuser: attribution');
GRANT EXECUTE ON FUNCTION migfix_unprotect TO tap_keeper;
SET LOCAL SESSION AUTHORIZATION tap_keeper;
SELECT lives_ok($$SELECT migfix_unprotect('tap_app.alembic_version')$$, 'migfix_unprotect by a role that may SET migfix.guard');
SELECT is(tap_tools.last(), 'unprotect by tap_keeper as tap_keeper', 'migfix_unprotect is logged');
RESET SESSION AUTHORIZATION;
SET LOCAL ROLE tap_owner;
SELECT lives_ok($$SELECT migfix_protect('tap_app.alembic_version')$$, 'migfix_protect by the owner');
RESET ROLE;

-- Row security: what a role does not see it neither stamps away nor brings back --------------------------

SET LOCAL ROLE tap_owner;
ALTER TABLE tap_app.alembic_version ENABLE ROW LEVEL SECURITY;
CREATE POLICY none ON tap_app.alembic_version TO tap_writer USING (version_num <> 's3');
RESET ROLE;
SET LOCAL SESSION AUTHORIZATION tap_writer;
SELECT throws_ok($$SELECT migfix_stamp('s4', true, 'tap_app.alembic_version')$$, '42501',
                 'permission denied for version table tap_app.alembic_version', 'row security: migfix_stamp');
SELECT is((SELECT count(*) FROM migfix_current('tap_app.alembic_version') WHERE revision IS NOT NULL)::int, 0,
          'row security: migfix_current shows no row that is hidden');
SELECT is((SELECT string_agg(severity || ' ' || message, '') FROM migfix_findings('tap_app.alembic_version') WHERE code = 'MF905'
              AND version_table IS NOT NULL),
          'warning the rows of tap_app.alembic_version could not be checked: row security hides rows of it from role tap_writer',
          'row security: MF905');
RESET SESSION AUTHORIZATION;
SET LOCAL ROLE tap_owner;
SELECT lives_ok($$SELECT migfix_stamp('s4', true, 'tap_app.alembic_version')$$, 'row security: not for the owner');
ALTER TABLE tap_app.alembic_version FORCE ROW LEVEL SECURITY;
SELECT throws_ok($$SELECT migfix_stamp('s5', true, 'tap_app.alembic_version')$$, '42501', NULL, 'row security: for the owner where it is forced');

SELECT * FROM finish();
ROLLBACK;
