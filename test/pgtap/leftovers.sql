-- The findings that need more than one transaction: an index whose CONCURRENTLY failed half-way, and a session that
-- holds a version table. Their fixes are run as they are printed.
SET client_min_messages = error;
SELECT plan(14);
CREATE SCHEMA tap_f;
CREATE TABLE tap_f.audio_files (tag text);
INSERT INTO tap_f.audio_files VALUES ('x'), ('x');
CREATE TABLE tap_f.alembic_version (version_num varchar(32) NOT NULL CONSTRAINT alembic_version_pkc PRIMARY KEY);
INSERT INTO tap_f.alembic_version VALUES ('a');

\set ON_ERROR_STOP off
\set VERBOSITY sqlstate
CREATE UNIQUE INDEX CONCURRENTLY ix_audio_files_tag ON tap_f.audio_files (tag);
\set VERBOSITY default
\set ON_ERROR_STOP on
SELECT is((SELECT severity || ' ' || message FROM migfix_findings() WHERE code = 'MF401'),
          'warning index tap_f.ix_audio_files_tag on tap_f.audio_files is invalid', 'MF401: an index that was built half-way');
SELECT is((SELECT object FROM migfix_findings() WHERE code = 'MF401'), 'tap_f.ix_audio_files_tag', 'MF401: its object');
SELECT fix FROM migfix_findings() WHERE code = 'MF401' \gset
SELECT is(:'fix'::text, 'DROP INDEX CONCURRENTLY tap_f.ix_audio_files_tag;', 'MF401: its fix');
:fix
SELECT is((SELECT count(*) FROM migfix_findings() WHERE code = 'MF401')::int, 0, 'MF401: gone after its fix');

-- An index of a constraint is built again.
DELETE FROM tap_f.audio_files;
ALTER TABLE tap_f.audio_files ADD CONSTRAINT audio_files_key UNIQUE (tag);
UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'tap_f.audio_files_key'::regclass;
SELECT fix FROM migfix_findings() WHERE code = 'MF401' \gset
SELECT is(:'fix'::text, 'REINDEX INDEX CONCURRENTLY tap_f.audio_files_key;', 'MF401: the fix for an index of a constraint');
:fix
SELECT is((SELECT count(*) FROM migfix_findings() WHERE code = 'MF401')::int, 0, 'MF401: gone after its fix');

-- Another session has written and gone idle.
\setenv PGAPPNAME tap_holder
SELECT current_database() AS database \gset
\setenv PGDATABASE :database
\! psql -Xq -c BEGIN -c "INSERT INTO tap_f.alembic_version VALUES ('b')" -c '\! sleep 5' </dev/null >/dev/null 2>&1 &
DO $$
BEGIN
  FOR i IN 1..300 LOOP
    PERFORM pg_stat_clear_snapshot();
    EXIT WHEN EXISTS (SELECT FROM pg_stat_activity AS a JOIN pg_locks AS l USING (pid)
                       WHERE a.application_name = 'tap_holder' AND a.state = 'idle in transaction' AND l.mode = 'RowExclusiveLock'
                         AND l.relation = 'tap_f.alembic_version'::regclass);
    PERFORM pg_sleep(0.01);
  END LOOP;
END $$;
SELECT pid FROM pg_stat_activity WHERE application_name = 'tap_holder' \gset
SELECT is((SELECT severity FROM migfix_findings() WHERE code = 'MF403'), 'warning', 'MF403: a session that has written');
SELECT matches((SELECT message FROM migfix_findings() WHERE code = 'MF403'),
               format('^a session holds RowExclusiveLock on tap_f.alembic_version \(pid %s, role %s, application "tap_holder".*\) since \d', :pid, current_user),
               'MF403: pid, role, application and since when');
SELECT matches((SELECT detail FROM migfix_findings() WHERE code = 'MF403'), 'Its state is "idle in transaction"', 'MF403: its state');
CREATE ROLE tap_nobody;
SET ROLE tap_nobody;
SELECT matches((SELECT fix FROM migfix_findings() WHERE code = 'MF403'), '^--', 'MF403: a role that may not end that session is given words');
RESET ROLE;
SELECT fix FROM migfix_findings() WHERE code = 'MF403' \gset
SELECT is(:'fix'::text, format('SELECT pg_terminate_backend(%s);', :pid), 'MF403: its fix');
\o /dev/null
:fix
\o
DO $$
BEGIN
  FOR i IN 1..300 LOOP
    PERFORM pg_stat_clear_snapshot();
    EXIT WHEN NOT EXISTS (SELECT FROM pg_stat_activity WHERE application_name = 'tap_holder');
    PERFORM pg_sleep(0.01);
  END LOOP;
END $$;
SELECT is((SELECT count(*) FROM migfix_findings() WHERE code = 'MF403')::int, 0, 'MF403: gone after its fix');
SELECT is((SELECT string_agg(version_num, ',') FROM tap_f.alembic_version), 'a', 'MF403: what it wrote is rolled back');
SELECT is((SELECT count(*) FROM migfix.version_log WHERE new_version = 'b')::int, 0, 'MF403: and not in the log');

SELECT * FROM finish();
DROP ROLE tap_nobody;
DROP SCHEMA tap_f CASCADE;
TRUNCATE migfix.version_log;
