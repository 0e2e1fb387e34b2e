-- What the guard says to people. Times, process ids and addresses differ from run to run, so what is
-- attributed is shown in the suites that look for its parts; here it is the messages and the rows.
\set VERBOSITY terse
SET timezone = 'UTC';
SET application_name = 'regress';

-- A version table gets the guard as soon as it is created, as Alembic creates it.
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
SELECT tgname, tgtype, tgdeferrable, tginitdeferred, tgenabled
FROM pg_trigger WHERE tgrelid = 'alembic_version'::regclass ORDER BY tgname;
SELECT migfix_protect('alembic_version') AS anything_was_missing;

-- What Alembic writes passes.
INSERT INTO alembic_version (version_num) VALUES ('001') RETURNING alembic_version.version_num;
UPDATE alembic_version SET version_num='002' WHERE alembic_version.version_num = '001';
INSERT INTO alembic_version (version_num) VALUES ('b');

-- A version that is recorded already, by INSERT and by UPDATE.
INSERT INTO alembic_version (version_num) VALUES ('002');
UPDATE alembic_version SET version_num='002' WHERE version_num = 'b';
UPDATE alembic_version SET version_num='one';
COPY alembic_version FROM stdin;
002
\.
-- A statement that handles the conflict itself keeps its meaning.
INSERT INTO alembic_version (version_num) VALUES ('002') ON CONFLICT DO NOTHING;
UPDATE alembic_version SET version_num = version_num;
SELECT version_num FROM alembic_version ORDER BY 1;

-- What can never be a revision.
INSERT INTO alembic_version VALUES ('');
INSERT INTO alembic_version VALUES (' 003');
INSERT INTO alembic_version VALUES ('003	');
INSERT INTO alembic_version VALUES ('head');
INSERT INTO alembic_version VALUES ('heads');
INSERT INTO alembic_version VALUES ('base');
INSERT INTO alembic_version VALUES ('+1');
INSERT INTO alembic_version VALUES ('-1');
INSERT INTO alembic_version VALUES ('lib@head');
INSERT INTO alembic_version VALUES ('a:b');
INSERT INTO alembic_version VALUES (NULL);
UPDATE alembic_version SET version_num = 'head' WHERE version_num = 'b';

-- heal lets the migration go on: the INSERT is passed over, for the UPDATE the other row gives way.
SET migfix.guard = heal;
INSERT INTO alembic_version (version_num) VALUES ('002');
UPDATE alembic_version SET version_num='002' WHERE version_num = 'b';
SELECT version_num FROM alembic_version ORDER BY 1;
INSERT INTO alembic_version VALUES ('head');

-- observe only logs, off does nothing.
SET migfix.guard = observe;
INSERT INTO alembic_version VALUES ('head');
INSERT INTO alembic_version VALUES ('002');
SET migfix.guard = off;
DELETE FROM alembic_version WHERE version_num = 'head';
RESET migfix.guard;

-- An emptied table is warned of at the end of the transaction, unless DDL ran with it.
BEGIN;
DELETE FROM alembic_version;
INSERT INTO alembic_version VALUES ('003');
COMMIT;
BEGIN;
DELETE FROM alembic_version;
COMMIT;
INSERT INTO alembic_version VALUES ('003');
BEGIN;
CREATE TABLE ddl (id int);
DELETE FROM alembic_version;
COMMIT;
INSERT INTO alembic_version VALUES ('003');
BEGIN;
SAVEPOINT s;
DROP TABLE ddl;
ROLLBACK TO s;
DELETE FROM alembic_version;
COMMIT;
INSERT INTO alembic_version VALUES ('003');
TRUNCATE alembic_version;

-- All of it is in the log.
SELECT log_id, change_id, operation, old_version, new_version FROM migfix.version_log ORDER BY log_id;
SELECT count(*), count(DISTINCT transaction_id) > 5 AS transactions, min(version_table) AS version_table,
       bool_and(session_role = session_user AND "current_role" = current_user) AS roles,
       bool_and(application_name = 'regress') AS application, bool_and(pid = pg_backend_pid()) AS pid
FROM migfix.version_log;
SELECT statement FROM migfix.version_log WHERE log_id IN (1, 2) ORDER BY log_id;

-- A drop is logged with the rows, under any way to drop.
INSERT INTO alembic_version VALUES ('003');
DROP TABLE alembic_version, ddl;
CREATE SCHEMA tenant CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY);
INSERT INTO tenant.alembic_version VALUES ('a'), ('b');
DROP SCHEMA tenant CASCADE;
CREATE TABLE alembic_version AS SELECT 'x'::varchar(32) AS version_num;
INSERT INTO alembic_version VALUES ('x');
ALTER TABLE alembic_version RENAME TO old_version;
DROP TABLE old_version;
SELECT version_table, operation, old_version, new_version, former_name
FROM migfix.version_log WHERE log_id > 17 ORDER BY log_id;
TRUNCATE migfix.version_log;
ALTER SEQUENCE migfix.version_log_log_id_seq RESTART;
