-- Installs migfix. Objects are created, never replaced; the event triggers come last, because they fire on
-- what follows them.
\echo Use "CREATE EXTENSION migfix" to load this file. \quit

CREATE SCHEMA migfix;
COMMENT ON SCHEMA migfix IS 'tables and views of the extension migfix';
GRANT USAGE ON SCHEMA migfix TO PUBLIC;

-- The log of version rows ------------------------------------------------------------------------------

CREATE SEQUENCE migfix.version_log_log_id_seq;
COMMENT ON SEQUENCE migfix.version_log_log_id_seq IS 'numbers the entries of migfix.version_log';

CREATE TABLE migfix.version_log (
  log_id bigint PRIMARY KEY,
  change_id bigint NOT NULL,
  logged_at timestamptz NOT NULL,
  transaction_id xid8 NOT NULL,
  version_table text NOT NULL,
  operation text NOT NULL CHECK (operation IN ('insert', 'update', 'delete', 'truncate', 'drop', 'skip',
                                               'rename', 'protect', 'unprotect')),
  old_version text,
  new_version text,
  session_role name NOT NULL,
  "current_role" name NOT NULL,
  application_name text NOT NULL,
  client_address inet,
  pid integer NOT NULL,
  statement text NOT NULL,
  reason text,
  former_name text
);
CREATE INDEX version_log_version_table_idx ON migfix.version_log (version_table, log_id);
REVOKE ALL ON migfix.version_log FROM PUBLIC;
REVOKE ALL ON SEQUENCE migfix.version_log_log_id_seq FROM PUBLIC;

COMMENT ON TABLE migfix.version_log IS 'what happened to version rows, append-only, written by migfix alone';
COMMENT ON COLUMN migfix.version_log.log_id IS 'number of the entry, ascending';
COMMENT ON COLUMN migfix.version_log.change_id IS 'log_id of the first entry of the same change: all that one transaction, or one call of migfix_stamp or migfix_undo, did to one version table; migfix_undo undoes whole changes';
COMMENT ON COLUMN migfix.version_log.logged_at IS 'when it happened, by the clock';
COMMENT ON COLUMN migfix.version_log.transaction_id IS 'the transaction that did it';
COMMENT ON COLUMN migfix.version_log.version_table IS 'the version table, schema-qualified, as SQL writes it, under its name of then';
COMMENT ON COLUMN migfix.version_log.operation IS 'insert, update, delete, truncate, drop: of a row; skip: an INSERT that migfix.guard = heal passed over; rename: of the table; protect, unprotect: the guard put on or taken off by hand';
COMMENT ON COLUMN migfix.version_log.old_version IS 'version_num before; NULL where there was no row';
COMMENT ON COLUMN migfix.version_log.new_version IS 'version_num after; NULL where there is no row';
COMMENT ON COLUMN migfix.version_log.session_role IS 'role of the session';
COMMENT ON COLUMN migfix.version_log."current_role" IS 'role that acted: differs after SET ROLE and in SECURITY DEFINER functions';
COMMENT ON COLUMN migfix.version_log.application_name IS 'application_name of the session; empty where the client gave none';
COMMENT ON COLUMN migfix.version_log.client_address IS 'address of the client; NULL for a Unix socket';
COMMENT ON COLUMN migfix.version_log.pid IS 'process id of the server process';
COMMENT ON COLUMN migfix.version_log.statement IS 'statement that the client sent, its first 4,000 bytes';
COMMENT ON COLUMN migfix.version_log.reason IS 'the reason given to migfix_stamp or migfix_undo';
COMMENT ON COLUMN migfix.version_log.former_name IS 'for a rename: the name before';

SELECT pg_catalog.pg_extension_config_dump('migfix.version_log', '');
SELECT pg_catalog.pg_extension_config_dump('migfix.version_log_log_id_seq', '');

-- The guard --------------------------------------------------------------------------------------------

CREATE FUNCTION @extschema@.migfix_guard_row() RETURNS trigger
  LANGUAGE c AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION @extschema@.migfix_guard_row() IS 'trigger of the guard: judges a row of a version table before it is written';

CREATE FUNCTION @extschema@.migfix_log_row() RETURNS trigger
  LANGUAGE c AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION @extschema@.migfix_log_row() IS 'trigger of the guard: logs a change of a version row';

CREATE FUNCTION @extschema@.migfix_log_truncate() RETURNS trigger
  LANGUAGE c AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION @extschema@.migfix_log_truncate() IS 'trigger of the guard: logs the rows that a TRUNCATE takes away';

CREATE FUNCTION @extschema@.migfix_protect(version_table regclass) RETURNS boolean
  LANGUAGE c STRICT AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION @extschema@.migfix_protect(regclass) IS 'puts the guard on a version table; true where anything of it was missing. For the table''s owner. Errors: 42501, 42809 no ordinary table, 42703 no column version_num, 42804 that is no text';

CREATE FUNCTION @extschema@.migfix_protect() RETURNS integer
  LANGUAGE c AS 'MODULE_PATHNAME', 'migfix_protect_all';
COMMENT ON FUNCTION @extschema@.migfix_protect() IS 'puts the guard on every version table by name that lacks it, that the role owns and that migfix_unprotect was not called for; at most 1,000 at once, because each must be locked. Answers how many';

CREATE FUNCTION @extschema@.migfix_unprotect(version_table regclass) RETURNS boolean
  LANGUAGE c STRICT AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION @extschema@.migfix_unprotect(regclass) IS 'takes the guard off a version table until migfix_protect; true where there was any. For who may SET migfix.guard. Errors: 42501';
REVOKE ALL ON FUNCTION @extschema@.migfix_unprotect(regclass) FROM PUBLIC;

-- Changing version rows --------------------------------------------------------------------------------

CREATE FUNCTION @extschema@.migfix_stamp(revision text, purge boolean DEFAULT false,
    version_table text DEFAULT NULL, force boolean DEFAULT false, reason text DEFAULT NULL)
  RETURNS TABLE (version_table text, operation text, old_version text, new_version text, log_id bigint)
  LANGUAGE c AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION @extschema@.migfix_stamp(text, boolean, text, boolean, text) IS 'records that the database stands at a revision, as "alembic stamp" does, without running it. revision: an id, or base for none. purge: takes every other row out. version_table: its name; by default the one on the search_path, created where there is none. force: records it beside rows whose relation to it is not known. reason: kept in the log. Answers what each row was and became (keep, insert, update, delete) and the log_id for migfix_undo. Errors: 22004 and 22023 no revision, 22001 too long, 55000 other rows are there, 42501, 42P01, 42809, 42703, 42804 no usable version table, 25006 read-only';

CREATE FUNCTION @extschema@.migfix_stamp(revision text[], purge boolean DEFAULT false,
    version_table text DEFAULT NULL, force boolean DEFAULT false, reason text DEFAULT NULL)
  RETURNS TABLE (version_table text, operation text, old_version text, new_version text, log_id bigint)
  LANGUAGE c AS 'MODULE_PATHNAME', 'migfix_stamp_many';
COMMENT ON FUNCTION @extschema@.migfix_stamp(text[], boolean, text, boolean, text) IS 'the same for several revisions, the heads of separate branches';

CREATE FUNCTION @extschema@.migfix_undo(log_id bigint, reason text DEFAULT NULL)
  RETURNS TABLE (version_table text, operation text, old_version text, new_version text, log_id bigint)
  LANGUAGE c AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION @extschema@.migfix_undo(bigint, text) IS 'puts the version rows back as they were before the change that the entry log_id of migfix.version_log belongs to; a dropped version table is created again. Answers as migfix_stamp does. Errors: 55000 something has changed since (the detail says what), 42704 no such entry, 22023 the entry changed no rows, 42501, 42P01, 25006 read-only';

-- Diagnosis --------------------------------------------------------------------------------------------

CREATE FUNCTION @extschema@.migfix_diagnose(format text DEFAULT 'text', version_table regclass DEFAULT NULL,
    role name DEFAULT NULL)
  RETURNS SETOF text
  LANGUAGE c ROWS 50 AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION @extschema@.migfix_diagnose(text, regclass, name) IS 'the report on this database, or on one version table and its schema: format text, a line a row, or json, one document; with the privileges of role, by default the current one. Errors: 22023 unknown format, 22004 format NULL, 42704 unknown role, 42P01 and 42809 no such table';

CREATE FUNCTION @extschema@.migfix_findings(version_table regclass DEFAULT NULL, role name DEFAULT NULL)
  RETURNS TABLE (code text, severity text, version_table text, object text, message text, detail text, fix text)
  LANGUAGE c ROWS 50 AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION @extschema@.migfix_findings(regclass, name) IS 'the findings of migfix_diagnose, a row each, worst first. Errors: 42704 unknown role, 42P01 and 42809 no such table';

CREATE FUNCTION @extschema@.migfix_assert(severity text DEFAULT 'error', version_table regclass DEFAULT NULL)
  RETURNS void
  LANGUAGE c AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION @extschema@.migfix_assert(text, regclass) IS 'raises P0001 where a finding is as bad as severity (error, warning, notice) or worse, or where something could not be checked. Errors besides: 22023 unknown severity, 22004 severity NULL, 42P01 and 42809 no such table';

CREATE FUNCTION @extschema@.migfix_duplicates()
  RETURNS TABLE (code text, severity text, object text, message text, detail text, fix text)
  LANGUAGE c ROWS 50 AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION @extschema@.migfix_duplicates() IS 'enums and tables that stand twice, and enums that nothing uses: the findings MF3xx, a row each, worst first';

CREATE FUNCTION @extschema@.migfix_current(version_table regclass DEFAULT NULL)
  RETURNS TABLE (version_table text, revision text, recorded_at timestamptz, recorded_by name,
    application_name text, guard text)
  LANGUAGE c ROWS 10 AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION @extschema@.migfix_current(regclass) IS 'every version table, or one, with a row for each version row, or one row with revision NULL where there is none; since when, by whom and by which application, where the caller may read migfix.version_log; guard: on, missing, disabled, taken off. Warns where rows could not be read. Errors: 42P01 and 42809 no such table';

-- What is there already, and what comes ----------------------------------------------------------------

CREATE FUNCTION @extschema@.migfix_ddl_start() RETURNS event_trigger
  LANGUAGE c AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION @extschema@.migfix_ddl_start() IS 'event trigger: keeps the guard from being switched off by whom may not';

CREATE FUNCTION @extschema@.migfix_ddl_end() RETURNS event_trigger
  LANGUAGE c AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION @extschema@.migfix_ddl_end() IS 'event trigger: puts the guard on new version tables and logs renames';

CREATE FUNCTION @extschema@.migfix_ddl_drop() RETURNS event_trigger
  LANGUAGE c AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION @extschema@.migfix_ddl_drop() IS 'event trigger: logs dropped version tables with their rows';

SELECT @extschema@.migfix_protect();

CREATE EVENT TRIGGER migfix_ddl_start ON ddl_command_start EXECUTE FUNCTION @extschema@.migfix_ddl_start();
COMMENT ON EVENT TRIGGER migfix_ddl_start IS 'migfix: keeps the guard on version tables';
CREATE EVENT TRIGGER migfix_ddl_end ON ddl_command_end EXECUTE FUNCTION @extschema@.migfix_ddl_end();
COMMENT ON EVENT TRIGGER migfix_ddl_end IS 'migfix: guards new version tables';
CREATE EVENT TRIGGER migfix_ddl_drop ON sql_drop EXECUTE FUNCTION @extschema@.migfix_ddl_drop();
COMMENT ON EVENT TRIGGER migfix_ddl_drop IS 'migfix: logs dropped version tables';
