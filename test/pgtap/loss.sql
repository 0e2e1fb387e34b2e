-- Version rows that are taken away, and how they come back: DELETE, TRUNCATE, DROP, rename. Each statement is a
-- transaction of its own here, because what one transaction does to one table is one change and undone together.
SELECT plan(45);
SET client_min_messages = error;
SET timezone = 'UTC';
CREATE ROLE tap_owner;
CREATE SCHEMA tap_app AUTHORIZATION tap_owner;
CREATE SCHEMA tap_tools;
GRANT USAGE ON SCHEMA tap_tools TO tap_owner;

CREATE TEMP TABLE started AS SELECT coalesce(max(l.log_id), 0) AS log_id FROM migfix.version_log AS l;
CREATE PROCEDURE tap_tools.start() LANGUAGE sql SECURITY DEFINER AS $$
  UPDATE pg_temp.started SET log_id = (SELECT coalesce(max(l.log_id), 0) FROM migfix.version_log AS l)
$$;
-- What the log has got since then: each change in brackets.
CREATE FUNCTION tap_tools.logged() RETURNS text LANGUAGE sql SECURITY DEFINER AS $$
  SELECT string_agg(entries, ' ' ORDER BY change_id) FROM (
    SELECT l.change_id, '[' || string_agg(concat_ws(' ', l.operation, l.old_version, l.new_version), ', ' ORDER BY l.log_id) || ']'
      FROM migfix.version_log AS l, pg_temp.started WHERE l.log_id > started.log_id GROUP BY l.change_id) AS c (change_id, entries)
$$;
CREATE FUNCTION tap_tools.latest() RETURNS bigint LANGUAGE sql SECURITY DEFINER AS 'SELECT max(log_id) FROM migfix.version_log';
CREATE FUNCTION tap_tools.rows_of(version_table text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE answer text;
BEGIN
  EXECUTE format('SELECT coalesce(string_agg(version_num, '' '' ORDER BY version_num), '''') FROM %s', version_table) INTO answer;
  RETURN answer;
END $$;
-- What an undo did, without the rows that it kept.
CREATE FUNCTION tap_tools.undo(log_id bigint) RETURNS text LANGUAGE sql AS $$
  SELECT string_agg(concat_ws(' ', version_table, operation, old_version, new_version), ', ') FROM migfix_undo(log_id) WHERE operation <> 'keep'
$$;

SET ROLE tap_owner;
CREATE TABLE tap_app.alembic_version (version_num varchar(32) NOT NULL CONSTRAINT alembic_version_pkc PRIMARY KEY);
INSERT INTO tap_app.alembic_version VALUES ('a'), ('b');

-- DELETE without WHERE
CALL tap_tools.start();
DELETE FROM tap_app.alembic_version;
SELECT is(tap_tools.logged(), '[delete a, delete b]', 'DELETE without WHERE: one change, each row');
SELECT is(tap_tools.undo(tap_tools.latest()), 'tap_app.alembic_version insert a, tap_app.alembic_version insert b',
          'DELETE without WHERE: any entry of the change undoes all of it');
SELECT is(tap_tools.rows_of('tap_app.alembic_version'), 'a b', 'DELETE without WHERE: the rows are back');
SELECT throws_ok(format('SELECT migfix_undo(%s)', tap_tools.latest() - 2), '55000',
                 format('cannot undo log entry %s: tap_app.alembic_version has changed since', tap_tools.latest() - 2),
                 'what is undone cannot be undone again');
SELECT is(tap_tools.undo(tap_tools.latest()), 'tap_app.alembic_version delete a, tap_app.alembic_version delete b',
          'an undo can be undone');
SELECT is(tap_tools.undo(tap_tools.latest()), 'tap_app.alembic_version insert a, tap_app.alembic_version insert b',
          'and that too');

-- TRUNCATE
CALL tap_tools.start();
TRUNCATE tap_app.alembic_version;
SELECT is(tap_tools.logged(), '[truncate a, truncate b]', 'TRUNCATE: one change, each row');
SELECT is(tap_tools.rows_of('tap_app.alembic_version'), '', 'TRUNCATE: it is done all the same');
SELECT is((SELECT count(*) FROM migfix_findings('tap_app.alembic_version') WHERE code = 'MF102')::int, 0,
          'TRUNCATE: an empty version table alone in its schema is a fresh database');
CREATE TABLE tap_app.audio_files (id int);
RESET ROLE;
SELECT is((SELECT fix FROM migfix_findings('tap_app.alembic_version') WHERE code = 'MF102'),
          format('SELECT * FROM migfix_undo(%s);', tap_tools.latest()), 'TRUNCATE: MF102 names the undo');
SELECT matches((SELECT detail FROM migfix_findings('tap_app.alembic_version') WHERE code = 'MF102'),
               format('It was emptied by TRUNCATE with "b" at [0-9-]+ [0-9:]+\+00 by role %s as tap_owner \(.*pid %s',
                      session_user, pg_backend_pid()), 'TRUNCATE: MF102 says who did it');
SET ROLE tap_owner;
SELECT is(tap_tools.undo(tap_tools.latest()), 'tap_app.alembic_version insert a, tap_app.alembic_version insert b', 'TRUNCATE: undo');
SELECT is(tap_tools.rows_of('tap_app.alembic_version'), 'a b', 'TRUNCATE: the rows are back');
CALL tap_tools.start();
TRUNCATE tap_app.audio_files, tap_app.alembic_version RESTART IDENTITY CASCADE;
SELECT is(tap_tools.logged(), '[truncate a, truncate b]', 'TRUNCATE of several tables');
SELECT is(tap_tools.undo(tap_tools.latest()), 'tap_app.alembic_version insert a, tap_app.alembic_version insert b', 'TRUNCATE of several tables: undo');

-- DROP TABLE
CALL tap_tools.start();
DROP TABLE tap_app.alembic_version;
SELECT is(tap_tools.logged(), '[drop a, drop b]', 'DROP TABLE: logged with its rows');
SELECT is(tap_tools.undo(tap_tools.latest()), 'tap_app.alembic_version insert a, tap_app.alembic_version insert b', 'DROP TABLE: undo');
SELECT is(tap_tools.rows_of('tap_app.alembic_version'), 'a b', 'DROP TABLE: table and rows are back');
SELECT col_is_pk('tap_app', 'alembic_version', 'version_num', 'DROP TABLE: the key is back');
SELECT is((SELECT string_agg(DISTINCT guard, ',') FROM migfix_current('tap_app.alembic_version')), 'on', 'DROP TABLE: the guard is back');

-- Rename of the table and of the schema, and the move to another schema
CALL tap_tools.start();
INSERT INTO tap_app.alembic_version VALUES ('c');
SELECT tap_tools.latest() AS before \gset
ALTER TABLE tap_app.alembic_version RENAME TO versions_of_old;
RESET ROLE;
SELECT is((SELECT former_name || ' -> ' || version_table FROM migfix.version_log ORDER BY log_id DESC LIMIT 1),
          'tap_app.alembic_version -> tap_app.versions_of_old', 'a rename of the table is logged');
SET ROLE tap_owner;
INSERT INTO tap_app.versions_of_old VALUES ('d');
SELECT throws_ok('INSERT INTO tap_app.versions_of_old VALUES (''head'')', '23514', NULL, 'a renamed table keeps its guard');
SELECT throws_ok(format('SELECT migfix_undo(%s)', :before), '55000',
                 format('cannot undo log entry %s: tap_app.versions_of_old has changed since', :before), 'undo looks past the rename');
SELECT is(tap_tools.undo(tap_tools.latest()), 'tap_app.versions_of_old delete d', 'undo under the new name');
RESET ROLE;
ALTER SCHEMA tap_app RENAME TO tap_moved;
SELECT is((SELECT former_name || ' -> ' || version_table FROM migfix.version_log ORDER BY log_id DESC LIMIT 1),
          'tap_app.versions_of_old -> tap_moved.versions_of_old', 'a rename of the schema is logged');
CREATE SCHEMA tap_other AUTHORIZATION tap_owner;
ALTER TABLE tap_moved.versions_of_old SET SCHEMA tap_other;
SELECT is((SELECT former_name || ' -> ' || version_table FROM migfix.version_log ORDER BY log_id DESC LIMIT 1),
          'tap_moved.versions_of_old -> tap_other.versions_of_old', 'SET SCHEMA is logged');
ALTER TABLE tap_other.versions_of_old RENAME TO alembic_version;
SET ROLE tap_owner;
DELETE FROM tap_other.alembic_version WHERE version_num = 'c';
SELECT tap_tools.latest() AS before \gset
RESET ROLE;
ALTER SCHEMA tap_other RENAME TO tap_app;
SET ROLE tap_owner;
SELECT is(tap_tools.undo(:before), 'tap_app.alembic_version insert c', 'undo of a change under an earlier name');
SELECT is(tap_tools.rows_of('tap_app.alembic_version'), 'a b c', 'undo of a change under an earlier name: the row is back');
-- A table that takes over the old name is another table.
DELETE FROM tap_app.alembic_version WHERE version_num = 'b';
SELECT tap_tools.latest() AS before \gset
ALTER TABLE tap_app.alembic_version RENAME TO versions_of_old;
CREATE TABLE tap_app.alembic_version (version_num varchar(32) PRIMARY KEY);
SELECT is(tap_tools.undo(:before), 'tap_app.versions_of_old insert b', 'undo goes where the rows went, not to a new table of the old name');
SELECT is(tap_tools.rows_of('tap_app.alembic_version'), '', 'the new table of the old name is as it was');
DROP TABLE tap_app.alembic_version;
ALTER TABLE tap_app.versions_of_old RENAME TO alembic_version;
RESET ROLE;
DROP SCHEMA tap_moved CASCADE;

-- DROP SCHEMA CASCADE, DROP OWNED
CREATE SCHEMA tap_tenant AUTHORIZATION tap_owner;
SET ROLE tap_owner;
CREATE TABLE tap_tenant.alembic_version (version_num varchar(32) PRIMARY KEY);
CREATE TABLE tap_tenant.t (id int);
INSERT INTO tap_tenant.alembic_version VALUES ('t1');
CALL tap_tools.start();
DROP SCHEMA tap_tenant CASCADE;
SELECT is(tap_tools.logged(), '[drop t1]', 'DROP SCHEMA CASCADE: logged with its rows');
SELECT throws_ok(format('SELECT migfix_undo(%s)', tap_tools.latest()), '3F000', NULL, 'DROP SCHEMA CASCADE: there is no place to undo it to');
RESET ROLE;
CREATE SCHEMA tap_tenant AUTHORIZATION tap_owner;
SET ROLE tap_owner;
SELECT is(tap_tools.undo(tap_tools.latest()), 'tap_tenant.alembic_version insert t1', 'DROP SCHEMA CASCADE: with the schema there, undo works');
CALL tap_tools.start();
DROP TABLE tap_app.alembic_version, tap_tenant.alembic_version;
SELECT is(tap_tools.logged(), '[drop t1] [drop a, drop c, drop b]', 'DROP TABLE of two version tables: a change each');
SELECT tap_tools.latest() AS one, tap_tools.latest() - 3 AS other \gset
SELECT is(tap_tools.undo(:one), 'tap_app.alembic_version insert a, tap_app.alembic_version insert c, tap_app.alembic_version insert b',
          'DROP TABLE of two version tables: the one comes back');
SELECT is(tap_tools.undo(:other), 'tap_tenant.alembic_version insert t1', 'DROP TABLE of two version tables: the other comes back');
CALL tap_tools.start();
RESET ROLE;
DROP OWNED BY tap_owner;
SELECT is(tap_tools.logged(), '[drop a, drop c, drop b] [drop t1]', 'DROP OWNED: logged with the rows');
SELECT is(to_regclass('tap_tenant.alembic_version')::text, NULL, 'DROP OWNED: it is done all the same');

-- An empty version table, and rows that were NULL
CREATE SCHEMA tap_empty CREATE TABLE alembic_version (version_num varchar(32));
CALL tap_tools.start();
DROP TABLE tap_empty.alembic_version;
SELECT is(tap_tools.logged(), '[drop]', 'DROP of an empty version table: one entry without a version');
SELECT is(tap_tools.undo(tap_tools.latest()), NULL, 'DROP of an empty version table: undo brings an empty one');
SELECT has_table('tap_empty', 'alembic_version', 'DROP of an empty version table: it is back');
SET migfix.guard = observe;
INSERT INTO tap_empty.alembic_version VALUES ('x');
CALL tap_tools.start();
DROP TABLE tap_empty.alembic_version;
SELECT is(tap_tools.logged(), '[drop x]', 'observe logs a drop with its rows');
SELECT is(tap_tools.undo(tap_tools.latest()), 'tap_empty.alembic_version insert x', 'observe: undo works');
SET migfix.guard = off;
CALL tap_tools.start();
DROP TABLE tap_empty.alembic_version;
SELECT is(tap_tools.logged(), NULL, 'off logs no drop');

-- A drop that is rolled back leaves no entry.
RESET migfix.guard;
CREATE TABLE tap_empty.alembic_version (version_num varchar(32));
INSERT INTO tap_empty.alembic_version VALUES ('y');
CALL tap_tools.start();
BEGIN;
SAVEPOINT s;
DROP TABLE tap_empty.alembic_version;
ROLLBACK TO s;
COMMIT;
TRUNCATE tap_empty.alembic_version;
SELECT is(tap_tools.logged(), '[truncate y]', 'a drop that is rolled back is not logged');

SELECT * FROM finish();
DROP SCHEMA tap_empty, tap_tools CASCADE;
DROP ROLE tap_owner;
TRUNCATE migfix.version_log;
