-- migfix_stamp and migfix_undo.
\set VERBOSITY default
SET timezone = 'UTC';
SET application_name = 'regress';

-- The version table is created where there is none, exactly as Alembic does.
SELECT * FROM migfix_stamp('001', reason => 'objects of 001 were made by init_db.py');
\d alembic_version

-- A revision that is recorded stays; so does a table that is stamped with what it has.
SELECT * FROM migfix_stamp('001');
-- Other rows are not replaced without being told.
SELECT * FROM migfix_stamp('002');
SELECT * FROM migfix_stamp('002', purge => true);
SELECT * FROM migfix_stamp('b', force => true);
SELECT * FROM migfix_stamp(ARRAY['c', 'd', 'c'], purge => true);
SELECT * FROM migfix_stamp('base', reason => 'start again');
SELECT * FROM migfix_stamp('base');
SELECT log_id, change_id, operation, old_version, new_version, reason FROM migfix.version_log ORDER BY log_id;

-- Undo puts rows back, change by change, and refuses when something moved since.
SELECT * FROM migfix_undo(7);
SELECT * FROM migfix_undo(8, reason => 'it was right after all');
\set VERBOSITY terse
SELECT * FROM migfix_undo(1);
\set VERBOSITY default
SELECT * FROM migfix_undo(11);
SELECT version_num FROM alembic_version ORDER BY 1;
DELETE FROM alembic_version;
SELECT u.* FROM (SELECT max(log_id) AS id FROM migfix.version_log) AS latest, migfix_undo(latest.id) AS u;
DROP TABLE alembic_version;
SELECT u.* FROM (SELECT max(log_id) AS id FROM migfix.version_log) AS latest, migfix_undo(latest.id) AS u;
\d alembic_version

-- Behind the guard's back the rows may change unseen; that too is noticed.
SELECT * FROM migfix_stamp('e', purge => true);
SET migfix.guard = off;
UPDATE alembic_version SET version_num = 'f';
RESET migfix.guard;
SELECT u.* FROM (SELECT max(log_id) AS id FROM migfix.version_log) AS latest, migfix_undo(latest.id) AS u;
-- A stamp is logged also where the guard is off.
SET migfix.guard = off;
SELECT operation, old_version, new_version FROM migfix_stamp('g', purge => true);
RESET migfix.guard;
SELECT operation, old_version, new_version FROM migfix.version_log ORDER BY log_id DESC LIMIT 1;

-- A rename is followed.
ALTER TABLE alembic_version RENAME TO renamed_version;
SELECT u.* FROM (SELECT max(log_id) AS id FROM migfix.version_log WHERE operation = 'update') AS latest,
  migfix_undo(latest.id) AS u;
SELECT migfix_unprotect('renamed_version'), migfix_unprotect('renamed_version');
DROP TABLE renamed_version;

-- Which table is meant.
CREATE SCHEMA app;
SELECT * FROM migfix_stamp('001', version_table => 'app.alembic_version');
SELECT * FROM migfix_stamp('002');
SELECT * FROM migfix_stamp('002', version_table => 'app.alembic_versoin');
SELECT * FROM migfix_stamp('002', version_table => 'nowhere.alembic_version');
SELECT * FROM migfix_stamp('002', version_table => '');
SET search_path = app, public;
SELECT * FROM migfix_stamp('002', purge => true);
RESET search_path;
DROP SCHEMA app CASCADE;
SET search_path = '';
SELECT * FROM public.migfix_stamp('002');
RESET search_path;

-- Bad input.
SELECT * FROM migfix_stamp(NULL::text);
SELECT * FROM migfix_stamp('{}'::text[]);
SELECT * FROM migfix_stamp(ARRAY['a', NULL]);
SELECT * FROM migfix_stamp('');
SELECT * FROM migfix_stamp('head');
SELECT * FROM migfix_stamp(ARRAY['base', 'a']);
SELECT * FROM migfix_stamp(repeat('x', 33));
SELECT * FROM migfix_stamp('it''s "odd" \ %s');
SELECT * FROM migfix_stamp(repeat('y', 33), purge => true);
SELECT * FROM migfix_undo(NULL);
SELECT * FROM migfix_undo(-1);
DROP TABLE alembic_version;
CREATE VIEW alembic_version AS SELECT 'x'::varchar(32) AS version_num;
SELECT * FROM migfix_stamp('001');
SELECT migfix_protect('alembic_version');
DROP VIEW alembic_version;
CREATE TABLE alembic_version (version_num int);
SELECT * FROM migfix_stamp('001');
ALTER TABLE alembic_version RENAME version_num TO id;
SELECT * FROM migfix_stamp('001');
DROP TABLE alembic_version;
BEGIN READ ONLY;
SELECT * FROM migfix_stamp('001');
ROLLBACK;
SELECT migfix_guard_row();
SELECT migfix_protect('no_such_table');
TRUNCATE migfix.version_log;
ALTER SEQUENCE migfix.version_log_log_id_seq RESTART;
