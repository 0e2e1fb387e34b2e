-- What diagnosis says, from a fresh database to a broken one and back.
SET timezone = 'UTC';
SET application_name = 'regress';
-- Times, pids and the database's state differ from run to run: this shows the report without them.
CREATE FUNCTION report(version_table regclass DEFAULT NULL, role name DEFAULT NULL) RETURNS SETOF text
  LANGUAGE sql AS $$
  SELECT regexp_replace(regexp_replace(regexp_replace(line,
           '\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\+\d\d', '<time>', 'g'),
           'pid \d+(, from [0-9.:a-f]+)?', 'pid <n>', 'g'),
           'role [a-z_]*( \(|$)', 'role <me>\1', 'g')
    FROM migfix_diagnose('text', version_table, role) AS line
$$;

-- Nothing there.
SELECT report();
SELECT migfix_assert();

-- Tables and enums, but no version: somebody ran create_all first.
CREATE TYPE processingstatus AS ENUM ('PENDING', 'PROCESSING', 'DONE');
CREATE TABLE audio_files (id int PRIMARY KEY, status processingstatus NOT NULL);
SELECT code, severity, object, message, fix FROM migfix_findings() ORDER BY code;
SELECT report();
SELECT migfix_assert();

-- Stamped: in step.
SELECT operation, new_version FROM migfix_stamp('001');
SELECT report();

-- Emptied: the fix is the undo.
DELETE FROM alembic_version;
SELECT code, severity, version_table, message, fix FROM migfix_findings();
SELECT fix FROM migfix_findings() WHERE code = 'MF102' \gexec
SELECT report();

-- Overlapping rows, known from the log: 001 became 002, and somebody put 001 back beside it.
UPDATE alembic_version SET version_num = '002' WHERE version_num = '001';
INSERT INTO alembic_version VALUES ('001');
SELECT code, severity, message, detail LIKE '%Requested revision 002 overlaps with other requested revisions 001%'
         AND detail LIKE '%"001" was recorded % by role % (application "regress", pid %' AS explained, fix
FROM migfix_findings('alembic_version');
SELECT fix FROM migfix_findings() WHERE code = 'MF104' \gexec
SELECT report('alembic_version');

-- Duplicates and leftovers.
CREATE TYPE processing_status AS ENUM ('PENDING', 'PROCESSING', 'DONE');
CREATE SCHEMA archive;
CREATE TYPE archive.processingstatus AS ENUM ('PENDING', 'DONE');
ALTER TABLE audio_files ADD CONSTRAINT small CHECK (id < 1000) NOT VALID;
SELECT code, severity, object, message FROM migfix_findings() ORDER BY code;
SELECT code, object, fix FROM migfix_duplicates() ORDER BY code, object;
SET search_path = public, archive;
SELECT code, message, detail FROM migfix_findings() WHERE code = 'MF302';
RESET search_path;
SELECT fix FROM migfix_findings() WHERE code = 'MF306' \gexec
SELECT fix FROM migfix_findings() WHERE code = 'MF402' \gexec
DROP SCHEMA archive CASCADE;

-- What a role lacks.
CREATE ROLE regress_migfix_app;
SELECT code, severity, replace(message, current_user, '<me>') AS message, fix
FROM migfix_findings(role => 'regress_migfix_app') ORDER BY code, message;
SELECT fix FROM migfix_findings(role => 'regress_migfix_app') WHERE code IN ('MF501', 'MF502') \gexec
SELECT code, fix FROM migfix_findings(role => 'regress_migfix_app');
SET ROLE regress_migfix_app;
SELECT code, object, detail, fix FROM migfix_findings() WHERE code = 'MF905';
RESET ROLE;
DROP OWNED BY regress_migfix_app;
DROP ROLE regress_migfix_app;

-- migfix itself.
ALTER TABLE alembic_version DISABLE TRIGGER migfix_guard_row;
ALTER EVENT TRIGGER migfix_ddl_end DISABLE;
SELECT code, severity, version_table, object, message, fix FROM migfix_findings() ORDER BY code;
SELECT fix FROM migfix_findings() WHERE code IN ('MF902', 'MF903') \gexec
DROP TRIGGER migfix_log_row ON alembic_version;
SELECT code, message, fix FROM migfix_findings();
SELECT fix FROM migfix_findings() WHERE code = 'MF901' \gexec
SELECT migfix_protect();
SET migfix.guard = observe;
SELECT code, message, fix FROM migfix_findings();
RESET migfix.guard;
SELECT migfix_unprotect('alembic_version');
ALTER TABLE alembic_version ADD COLUMN note text;
SELECT code, severity, message, fix FROM migfix_findings();
SELECT migfix_protect('alembic_version');

-- The shape of the version table.
ALTER TABLE alembic_version DROP CONSTRAINT alembic_version_pkc, ALTER COLUMN version_num DROP NOT NULL;
ALTER TABLE alembic_version ALTER COLUMN version_num TYPE varchar(8);
SET migfix.guard = off;
INSERT INTO alembic_version VALUES ('002'), ('head'), (NULL);
RESET migfix.guard;
SELECT code, severity, message, fix FROM migfix_findings();
SELECT fix FROM migfix_findings() WHERE code IN ('MF109', 'MF111') \gexec
SELECT fix FROM migfix_findings() WHERE code = 'MF108' \gexec
SELECT fix FROM migfix_findings() WHERE code = 'MF107' \gexec
SELECT report();

-- JSON for machines: the document is one row.
SELECT doc->>'status' AS status, doc->'version_tables' AS version_tables, jsonb_array_length(doc->'findings') AS findings,
       array(SELECT jsonb_object_keys(doc) ORDER BY 1) AS keys
FROM (SELECT migfix_diagnose('json')::jsonb AS doc) AS report;
SELECT migfix_diagnose('yaml');
SELECT migfix_diagnose(NULL);
SELECT migfix_assert('bad');
SELECT * FROM migfix_findings(role => 'no_such_role');
SELECT * FROM migfix_findings('no_such_table');

DROP FUNCTION report;
DROP TABLE alembic_version, audio_files;
DROP TYPE processingstatus;
DROP TYPE IF EXISTS processing_status;
TRUNCATE migfix.version_log;
ALTER SEQUENCE migfix.version_log_log_id_seq RESTART;
