-- The settings, and who may change them.
\set VERBOSITY terse
SELECT count(*) FROM migfix_current();  -- loads the module
SELECT name, setting, vartype, context, enumvals FROM pg_settings WHERE name LIKE 'migfix.%' ORDER BY name;

SET migfix.guard = 'sometimes';
SET migfix.version_tables = '';
SET migfix.version_tables = 'a,,b';
SET migfix.version_tables = 'app.alembic_version';
SET migfix.no_such_setting = 1;
RESET migfix.version_tables;

CREATE ROLE regress_migfix_nobody;
CREATE ROLE regress_migfix_keeper;
GRANT SET ON PARAMETER "migfix.guard" TO regress_migfix_keeper;
SET ROLE regress_migfix_nobody;
SET migfix.guard = off;
SET migfix.version_tables = 'x';
ALTER ROLE regress_migfix_nobody SET migfix.guard = off;
SELECT set_config('migfix.guard', 'off', true);
SHOW migfix.guard;
SET ROLE regress_migfix_keeper;
SET migfix.guard = off;
SHOW migfix.guard;
RESET ROLE;
RESET migfix.guard;

-- Other names than Alembic's default.
SET migfix.version_tables = 'alembic_version, schema_version, "Odd Name"';
CREATE TABLE schema_version (version_num varchar(32) PRIMARY KEY);
CREATE TABLE "Odd Name" (version_num text);
CREATE TABLE other_version (version_num varchar(32) PRIMARY KEY);
CREATE TABLE no_version_at_all (id int);
ALTER TABLE no_version_at_all RENAME TO alembic_version;
SELECT tgrelid::regclass, count(*) FROM pg_trigger WHERE tgname LIKE 'migfix%' GROUP BY 1 ORDER BY tgrelid::regclass::text COLLATE "C";
SELECT * FROM migfix_stamp('001');
SELECT version_table, revision FROM migfix_current();
DROP TABLE alembic_version;
SELECT * FROM migfix_stamp('001');
SELECT version_table, revision, guard FROM migfix_current();
DROP TABLE schema_version, "Odd Name", other_version;
RESET migfix.version_tables;
REVOKE SET ON PARAMETER "migfix.guard" FROM regress_migfix_keeper;
DROP ROLE regress_migfix_nobody, regress_migfix_keeper;
TRUNCATE migfix.version_log;
ALTER SEQUENCE migfix.version_log_log_id_seq RESTART;
