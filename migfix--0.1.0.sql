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

CREATE SEQUENCE migfix.ddl_log_log_id_seq;
COMMENT ON SEQUENCE migfix.ddl_log_log_id_seq IS 'numbers the entries of migfix.ddl_log';
CREATE TABLE migfix.ddl_log (
  log_id bigint PRIMARY KEY,
  logged_at timestamptz NOT NULL,
  transaction_id xid8 NOT NULL,
  command_tag text NOT NULL,
  object_type text NOT NULL,
  object_identity text COLLATE "C",
  version_table text,
  former_revision text,
  revision text,
  session_role name NOT NULL,
  "current_role" name NOT NULL,
  application_name text NOT NULL,
  client_address inet,
  pid integer NOT NULL,
  statement text NOT NULL
);
CREATE INDEX ddl_log_object_identity_idx ON migfix.ddl_log (object_identity, log_id);
REVOKE ALL ON migfix.ddl_log FROM PUBLIC;
REVOKE ALL ON SEQUENCE migfix.ddl_log_log_id_seq FROM PUBLIC;

COMMENT ON TABLE migfix.ddl_log IS 'DDL on objects of users, an entry for each object that a command touched, written by migfix alone; migfix_forget_log trims it';
COMMENT ON COLUMN migfix.ddl_log.log_id IS 'number of the entry, ascending';
COMMENT ON COLUMN migfix.ddl_log.logged_at IS 'when it happened, by the clock';
COMMENT ON COLUMN migfix.ddl_log.transaction_id IS 'the transaction that did it';
COMMENT ON COLUMN migfix.ddl_log.command_tag IS 'CREATE TABLE, ALTER TABLE, DROP TYPE ...: of the object, which is a part of the command for CREATE SCHEMA with elements and for serial columns';
COMMENT ON COLUMN migfix.ddl_log.object_type IS 'table, index, type, table column ...: as pg_identify_object says it';
COMMENT ON COLUMN migfix.ddl_log.object_identity IS 'the object, schema-qualified, as SQL writes it; NULL for GRANT and REVOKE';
COMMENT ON COLUMN migfix.ddl_log.version_table IS 'the version table whose change claimed it; NULL: outside any migration, or not committed with one';
COMMENT ON COLUMN migfix.ddl_log.former_revision IS 'what the claiming row said before; NULL where there was none';
COMMENT ON COLUMN migfix.ddl_log.revision IS 'what the claiming row says: the revision within which it was done, in a downgrade the one that was gone back to; NULL where the row was taken out';
COMMENT ON COLUMN migfix.ddl_log.session_role IS 'role of the session';
COMMENT ON COLUMN migfix.ddl_log."current_role" IS 'role that acted: differs after SET ROLE and in SECURITY DEFINER functions';
COMMENT ON COLUMN migfix.ddl_log.application_name IS 'application_name of the session; empty where the client gave none';
COMMENT ON COLUMN migfix.ddl_log.client_address IS 'address of the client; NULL for a Unix socket';
COMMENT ON COLUMN migfix.ddl_log.pid IS 'process id of the server process';
COMMENT ON COLUMN migfix.ddl_log.statement IS 'statement that the client sent, its own part where it sent several, its first 4,000 bytes';
SELECT pg_catalog.pg_extension_config_dump('migfix.ddl_log', '');
SELECT pg_catalog.pg_extension_config_dump('migfix.ddl_log_log_id_seq', '');

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

-- Revisions --------------------------------------------------------------------------------------------

CREATE TABLE migfix.revision (
  environment text NOT NULL,
  revision text NOT NULL,
  down_revision text[] NOT NULL,
  depends_on text[] NOT NULL,
  branch_labels text[] NOT NULL,
  message text,
  file text,
  source text NOT NULL CHECK (source IN ('sql', 'scripts', 'registered', 'observed')),
  statements_source text CHECK (statements_source IN ('sql', 'scripts')),
  statements_digest text,
  position bigint NOT NULL,
  added bigint NOT NULL,
  linked bigint NOT NULL,
  former_parents text[] NOT NULL,
  loaded_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
  loaded_by name NOT NULL,
  PRIMARY KEY (environment, revision)
);
REVOKE ALL ON migfix.revision FROM PUBLIC;
GRANT SELECT ON migfix.revision TO PUBLIC;

COMMENT ON TABLE migfix.revision IS 'the revisions of each environment, as they were loaded or registered';
COMMENT ON COLUMN migfix.revision.environment IS 'the environment: one graph of revisions, one Alembic script directory';
COMMENT ON COLUMN migfix.revision.revision IS 'id of the revision';
COMMENT ON COLUMN migfix.revision.down_revision IS 'ids of its parents; empty for a base';
COMMENT ON COLUMN migfix.revision.depends_on IS 'ids or branch labels that it depends on besides';
COMMENT ON COLUMN migfix.revision.branch_labels IS 'branch labels that it carries itself';
COMMENT ON COLUMN migfix.revision.message IS 'first paragraph of its docstring; NULL where it is not known';
COMMENT ON COLUMN migfix.revision.file IS 'name of its file; NULL where it is not known';
COMMENT ON COLUMN migfix.revision.source IS 'where its place in the graph is known from: sql (migfix_load_sql), scripts (migfix_load_scripts), registered (migfix_register), observed (migfix_import)';
COMMENT ON COLUMN migfix.revision.statements_source IS 'where its statements are known from: sql, scripts; NULL: they are not known';
COMMENT ON COLUMN migfix.revision.statements_digest IS 'digest of its statements, to tell whether they have changed';
COMMENT ON COLUMN migfix.revision.position IS 'place in the order of loading, which decides ties as in Alembic';
COMMENT ON COLUMN migfix.revision.added IS 'number of the load that brought it, out of the numbering of migfix.version_log: entries with a smaller log_id are older';
COMMENT ON COLUMN migfix.revision.linked IS 'number of the load that changed its parents last';
COMMENT ON COLUMN migfix.revision.former_parents IS 'down_revision and depends_on before that change';
COMMENT ON COLUMN migfix.revision.loaded_at IS 'when it was loaded last with a change';
COMMENT ON COLUMN migfix.revision.loaded_by IS 'role that loaded it then';

CREATE TABLE migfix.revision_statement (
  environment text NOT NULL,
  revision text NOT NULL,
  position integer NOT NULL,
  operation text,
  object text,
  statement text,
  once text,
  check_first boolean NOT NULL,
  opaque text,
  line integer,
  PRIMARY KEY (environment, revision, position),
  CHECK ((statement IS NULL) <> (opaque IS NULL))
);
REVOKE ALL ON migfix.revision_statement FROM PUBLIC;

COMMENT ON TABLE migfix.revision_statement IS 'what the upgrade of each revision does, statement by statement';
COMMENT ON COLUMN migfix.revision_statement.environment IS 'the environment of the revision';
COMMENT ON COLUMN migfix.revision_statement.revision IS 'id of the revision';
COMMENT ON COLUMN migfix.revision_statement.position IS 'place of the statement in the revision, from 1';
COMMENT ON COLUMN migfix.revision_statement.operation IS 'what it does: create table, add column, create type, execute, data ...; NULL where that is not known';
COMMENT ON COLUMN migfix.revision_statement.object IS 'what it does that to, as SQL writes it; NULL where that is not known';
COMMENT ON COLUMN migfix.revision_statement.statement IS 'SQL without a final semicolon; NULL where it is opaque';
COMMENT ON COLUMN migfix.revision_statement.once IS 'Alembic sends it only where no earlier statement of the same run had this key: the type of an enum that two tables use';
COMMENT ON COLUMN migfix.revision_statement.check_first IS 'sent only where the type is absent (CREATE TYPE) or present (DROP TYPE)';
COMMENT ON COLUMN migfix.revision_statement.opaque IS 'why it cannot be said what is done here; NULL where the statement is known';
COMMENT ON COLUMN migfix.revision_statement.line IS 'line in its file; of loaded SQL, from the marker of its revision on; NULL where it is not known';

CREATE TABLE migfix.observed_revision (
  environment text NOT NULL,
  revision text NOT NULL,
  down_revision text[],
  server_version integer NOT NULL,
  statements json NOT NULL,
  digest text NOT NULL,
  loaded_statements text NOT NULL,
  imported boolean NOT NULL,
  observed_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
  observed_by name NOT NULL,
  PRIMARY KEY (environment, revision)
);
REVOKE ALL ON migfix.observed_revision FROM PUBLIC;

COMMENT ON TABLE migfix.observed_revision IS 'what each revision did where Alembic ran it: here, or in the database that an import came from; counts for more than what was loaded';
COMMENT ON COLUMN migfix.observed_revision.environment IS 'the environment of the revision';
COMMENT ON COLUMN migfix.observed_revision.revision IS 'id of the revision';
COMMENT ON COLUMN migfix.observed_revision.down_revision IS 'ids of what it follows, as the version rows told it; empty for a base, NULL where they did not tell';
COMMENT ON COLUMN migfix.observed_revision.server_version IS 'server_version_num of the server that it ran on';
COMMENT ON COLUMN migfix.observed_revision.statements IS 'its statements in their order, each with the objects that it touched as it left them';
COMMENT ON COLUMN migfix.observed_revision.digest IS 'digest of these, to tell whether they have changed';
COMMENT ON COLUMN migfix.observed_revision.loaded_statements IS 'source and digest of the statements that were loaded for it then; once others are loaded from that source, those count; empty: none were';
COMMENT ON COLUMN migfix.observed_revision.imported IS 'it came with migfix_import; else it ran in this database';
COMMENT ON COLUMN migfix.observed_revision.observed_at IS 'when it ran here, or was imported';
COMMENT ON COLUMN migfix.observed_revision.observed_by IS 'role that ran or imported it';

CREATE TABLE migfix.version_table_environment (
  version_table text PRIMARY KEY,
  environment text NOT NULL
);
REVOKE ALL ON migfix.version_table_environment FROM PUBLIC;
GRANT SELECT ON migfix.version_table_environment TO PUBLIC;

COMMENT ON TABLE migfix.version_table_environment IS 'version tables that migfix_bind has bound to an environment; any other belongs to the one that knows its rows';
COMMENT ON COLUMN migfix.version_table_environment.version_table IS 'the version table, schema-qualified, as SQL writes it';
COMMENT ON COLUMN migfix.version_table_environment.environment IS 'the environment that it belongs to';

SELECT pg_catalog.pg_extension_config_dump('migfix.revision', '');
SELECT pg_catalog.pg_extension_config_dump('migfix.revision_statement', '');
SELECT pg_catalog.pg_extension_config_dump('migfix.observed_revision', '');
SELECT pg_catalog.pg_extension_config_dump('migfix.version_table_environment', '');

CREATE FUNCTION @extschema@.migfix_revision_changed() RETURNS trigger
  LANGUAGE c AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION @extschema@.migfix_revision_changed() IS 'trigger of migfix.revision and migfix.version_table_environment: tells every session that the graph has changed';

CREATE TRIGGER revision_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON migfix.revision
  FOR EACH STATEMENT EXECUTE FUNCTION @extschema@.migfix_revision_changed();
CREATE TRIGGER revision_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON migfix.version_table_environment
  FOR EACH STATEMENT EXECUTE FUNCTION @extschema@.migfix_revision_changed();

-- Another database's log and revisions are not mixed in: a publication FOR ALL TABLES has these tables, too.
CREATE FUNCTION @extschema@.migfix_keep_own() RETURNS trigger
  LANGUAGE c AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION @extschema@.migfix_keep_own() IS 'trigger of the tables in schema migfix: passes over what logical replication brings for them';

CREATE TRIGGER keep_own BEFORE INSERT OR UPDATE OR DELETE ON migfix.version_log
  FOR EACH ROW EXECUTE FUNCTION @extschema@.migfix_keep_own();
ALTER TABLE migfix.version_log ENABLE REPLICA TRIGGER keep_own;
CREATE TRIGGER keep_own BEFORE INSERT OR UPDATE OR DELETE ON migfix.ddl_log
  FOR EACH ROW EXECUTE FUNCTION @extschema@.migfix_keep_own();
ALTER TABLE migfix.ddl_log ENABLE REPLICA TRIGGER keep_own;
CREATE TRIGGER keep_own BEFORE INSERT OR UPDATE OR DELETE ON migfix.revision
  FOR EACH ROW EXECUTE FUNCTION @extschema@.migfix_keep_own();
ALTER TABLE migfix.revision ENABLE REPLICA TRIGGER keep_own;
CREATE TRIGGER keep_own BEFORE INSERT OR UPDATE OR DELETE ON migfix.revision_statement
  FOR EACH ROW EXECUTE FUNCTION @extschema@.migfix_keep_own();
ALTER TABLE migfix.revision_statement ENABLE REPLICA TRIGGER keep_own;
CREATE TRIGGER keep_own BEFORE INSERT OR UPDATE OR DELETE ON migfix.observed_revision
  FOR EACH ROW EXECUTE FUNCTION @extschema@.migfix_keep_own();
ALTER TABLE migfix.observed_revision ENABLE REPLICA TRIGGER keep_own;
CREATE TRIGGER keep_own BEFORE INSERT OR UPDATE OR DELETE ON migfix.version_table_environment
  FOR EACH ROW EXECUTE FUNCTION @extschema@.migfix_keep_own();
ALTER TABLE migfix.version_table_environment ENABLE REPLICA TRIGGER keep_own;

CREATE FUNCTION @extschema@.migfix_load_scripts(scripts text, environment text DEFAULT 'default')
  RETURNS TABLE (file text, revision text, state text, line integer, statements integer, opaque integer, reason text)
  LANGUAGE c AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION @extschema@.migfix_load_scripts(text, text) IS 'learns revisions from the text of their files, one or many joined by cat; a line "# file: NAME" before each gives its name. Nothing of it is run. Answers a row for each revision (state: added, replaced, unchanged; how many statements its upgrade() has, and how many places where it cannot be said what is done), then one for each file that is no revision or cannot be read (syntax, no revision, not static, invalid, notice; with line and reason), for each revision that is known but not in the text (absent), and for each problem of the whole graph. Errors: 22004 NULL, 22023 no text, empty environment, 25006 read-only';

CREATE FUNCTION @extschema@.migfix_load_sql(sql text, environment text DEFAULT 'default')
  RETURNS TABLE (file text, revision text, state text, line integer, statements integer, opaque integer, reason text)
  LANGUAGE c AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION @extschema@.migfix_load_sql(text, text) IS 'learns revisions, and the statements of each, from the output of "alembic upgrade base:heads --sql", or of a range. Nothing of it is run. Answers a row for each revision (state: added, replaced, unchanged; the line of its marker; how many statements, and how many that the server cannot parse), then one for each problem of the text (broken off, invalid, syntax, not SQL, notice; with line and reason), for each revision that is known but not in the text (absent), and for each problem of the whole graph. Errors: 22004 NULL, 22023 empty environment, no output of "alembic upgrade --sql", a downgrade or stamp script, 54000 a run of operator characters that is too long, 25006 read-only';

CREATE FUNCTION @extschema@.migfix_register(revision text, down_revision text[] DEFAULT '{}',
    depends_on text[] DEFAULT '{}', branch_labels text[] DEFAULT '{}', message text DEFAULT NULL,
    environment text DEFAULT 'default')
  RETURNS TABLE (file text, revision text, state text, line integer, statements integer, opaque integer, reason text)
  LANGUAGE c AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION @extschema@.migfix_register(text, text[], text[], text[], text, text) IS 'adds one revision to the graph by hand, or changes its place. Answers as migfix_load_scripts does. Errors: 22004 NULL, 22023 what can never be a revision, 25006 read-only';

CREATE FUNCTION @extschema@.migfix_forget(revision text, environment text DEFAULT 'default', force boolean DEFAULT false)
  RETURNS boolean
  LANGUAGE c AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION @extschema@.migfix_forget(text, text, boolean) IS 'takes a revision out of the graph; true where it was there. force: also where another follows it, or a version row or the log has it. Errors: 22004 NULL, 55000 still needed, 25006 read-only';

CREATE FUNCTION @extschema@.migfix_forget_log(before timestamptz)
  RETURNS bigint
  LANGUAGE c AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION @extschema@.migfix_forget_log(timestamptz) IS 'deletes the entries of migfix.ddl_log that were logged before that time; answers how many. migfix.version_log stays: migfix_undo needs it. Errors: 22004 NULL, 25006 read-only';
REVOKE ALL ON FUNCTION @extschema@.migfix_forget_log(timestamptz) FROM PUBLIC;

CREATE FUNCTION @extschema@.migfix_bind(version_table regclass, environment text)
  RETURNS void
  LANGUAGE c AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION @extschema@.migfix_bind(regclass, text) IS 'binds a version table to an environment; with NULL it belongs again to the one that knows its rows. Errors: 22004 no version table, 22023 empty environment, 42809, 42703, 42804 no usable version table, 25006 read-only';

REVOKE ALL ON FUNCTION @extschema@.migfix_load_scripts(text, text) FROM PUBLIC;
REVOKE ALL ON FUNCTION @extschema@.migfix_load_sql(text, text) FROM PUBLIC;
REVOKE ALL ON FUNCTION @extschema@.migfix_register(text, text[], text[], text[], text, text) FROM PUBLIC;
REVOKE ALL ON FUNCTION @extschema@.migfix_forget(text, text, boolean) FROM PUBLIC;
REVOKE ALL ON FUNCTION @extschema@.migfix_bind(regclass, text) FROM PUBLIC;

CREATE FUNCTION @extschema@.migfix_export(environment text DEFAULT 'default')
  RETURNS json
  LANGUAGE c AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION @extschema@.migfix_export(text) IS 'what the revisions of an environment did where Alembic ran them, as one JSON document for migfix_import in another database. Errors: 22004 NULL, 22023 empty environment, 55000 nothing was observed';

CREATE FUNCTION @extschema@.migfix_import(document json, environment text DEFAULT NULL)
  RETURNS TABLE (revision text, state text, statements integer, opaque integer, objects integer, reason text)
  LANGUAGE c AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION @extschema@.migfix_import(json, text) IS 'takes what migfix_export gave in another database; the environment is that of the document unless named. Nothing of it is run. Answers a row for each revision (state: added, replaced, unchanged; its statements, how many of them are opaque, and the objects that they touched), then one for each problem of the whole graph. Where a revision is loaded, its place in the graph stays. Errors: 22004 NULL, 22023 no export of migfix, or not of this form, 22P02 no JSON, 25006 read-only';

CREATE FUNCTION @extschema@.migfix_observed(environment text DEFAULT 'default')
  RETURNS TABLE (revision text, down_revision text[], statements integer, opaque integer, objects integer,
    imported boolean, used boolean, server_version integer)
  LANGUAGE c AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION @extschema@.migfix_observed(text) IS 'the revisions of an environment that were observed, in their order: what each follows (NULL: the version rows did not tell), its statements, how many of them are opaque, the objects that they touched, whether it was imported, whether it is used (false: the graph does not have it, or other statements were loaded since), and the server_version_num of where it ran. Errors: 22004 NULL, 22023 empty environment';

CREATE FUNCTION @extschema@.migfix_forget_observed(revision text DEFAULT NULL, environment text DEFAULT 'default')
  RETURNS bigint
  LANGUAGE c AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION @extschema@.migfix_forget_observed(text, text) IS 'forgets what a revision did where it ran, or all of an environment; what was loaded counts again. Answers how many were forgotten. Errors: 22004 environment NULL, 22023 empty environment, 25006 read-only';

REVOKE ALL ON FUNCTION @extschema@.migfix_export(text) FROM PUBLIC;
REVOKE ALL ON FUNCTION @extschema@.migfix_import(json, text) FROM PUBLIC;
REVOKE ALL ON FUNCTION @extschema@.migfix_observed(text) FROM PUBLIC;
REVOKE ALL ON FUNCTION @extschema@.migfix_forget_observed(text, text) FROM PUBLIC;

CREATE FUNCTION @extschema@.migfix_heads(environment text DEFAULT NULL)
  RETURNS TABLE (environment text, revision text, branch_labels text[], message text, effective boolean)
  LANGUAGE c ROWS 10 AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION @extschema@.migfix_heads(text) IS 'the heads of one environment, or of each, as "alembic heads" lists them; effective: no other revision depends on it, so that "alembic upgrade heads" ends there. Errors: 42704 no revisions';

CREATE FUNCTION @extschema@.migfix_history(range text DEFAULT NULL, environment text DEFAULT 'default')
  RETURNS TABLE (environment text, revision text, down_revision text[], depends_on text[], branch_labels text[],
    message text, head boolean, branch_point boolean, merge_point boolean, current boolean)
  LANGUAGE c AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION @extschema@.migfix_history(text, text) IS 'the revisions of a range, newest first, as "alembic history -r" lists them: a:b, :b, a:, -3:, base:head, with identifiers, relative ones and current at either end; by default all. current: a version table stands there. Errors: 42704 no revisions, or cannot locate one, 22023 no range along one branch, several heads, ambiguous walk, 22004 environment NULL';

CREATE FUNCTION @extschema@.migfix_graph(format text DEFAULT 'text', environment text DEFAULT 'default')
  RETURNS SETOF text
  LANGUAGE c AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION @extschema@.migfix_graph(text, text) IS 'the graph drawn, a line a row: text, for a terminal; dot, for Graphviz; mermaid. Marks heads, branch points, merge points, labels and where each version table stands. Errors: 22023 unknown format, 22004 NULL, 42704 no revisions, 54000 over 100 branches side by side';

-- Changing version rows --------------------------------------------------------------------------------

CREATE FUNCTION @extschema@.migfix_stamp(revision text, purge boolean DEFAULT false,
    version_table text DEFAULT NULL, force boolean DEFAULT false, reason text DEFAULT NULL)
  RETURNS TABLE (version_table text, operation text, old_version text, new_version text, log_id bigint)
  LANGUAGE c AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION @extschema@.migfix_stamp(text, boolean, text, boolean, text) IS 'records that the database stands at a revision, as "alembic stamp" does, without running it. revision: where the revisions are loaded, all that "alembic stamp" takes (head, heads, base, a branch label, label@head, label@base, the beginning of an id) and relative identifiers (+1, -1, rev+2, label@head-1); else an id, or base for none. purge: takes every other row out. version_table: its name; by default the one on the search_path, created where there is none. force: records also an id that is not loaded, and beside rows whose relation to it is not known. reason: kept in the log. Answers what each row was and became (keep, insert, update, delete) and the log_id for migfix_undo. Errors: 42704 cannot locate it, 22004 and 22023 no revision, several heads, ambiguous, overlapping, 22001 too long, 55000 rows are there that it cannot be placed beside, 42501, 42P01, 42809, 42703, 42804 no usable version table, 25006 read-only';

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
  RETURNS TABLE (version_table text, revision text, known boolean, head boolean, behind integer, environment text,
    recorded_at timestamptz, recorded_by name, application_name text, guard text, runner_pid integer,
    runner_application_name text, runner_since timestamptz)
  LANGUAGE c ROWS 10 AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION @extschema@.migfix_current(regclass) IS 'every version table, or one, with a row for each version row, or one row with revision NULL where there is none; where the revisions of its environment are loaded: known, whether it is one of them, head, whether it is a head, behind, how many revisions "alembic upgrade heads" would run above it, and the environment; since when, by whom and by which application, where the caller may read migfix.version_log; guard: on, missing, disabled, taken off; runner_pid, runner_application_name, runner_since: the session that holds the runner lock of the table now, and since when its transaction runs, where the caller may see that. Warns where rows could not be read. Errors: 42P01 and 42809 no such table';

CREATE FUNCTION @extschema@.migfix_lock(version_table regclass DEFAULT NULL)
  RETURNS void
  LANGUAGE c AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION @extschema@.migfix_lock(regclass) IS 'takes the runner lock of a version table, by default of the one on the search_path, there or not, to the end of the transaction: for an env.py, before it runs the migrations. Waits at most migfix.runner_timeout. For whom may write the version rows, or create the table. Errors: 55P03 another runner holds it, 40001 this session is in the way of the one that holds it, 42501, 42P01, 42809, 42703, 42804 no usable version table, 3F000 no schema, 25006 read-only';

-- Schema against revisions ------------------------------------------------------------------------------

CREATE FUNCTION @extschema@.migfix_verify(revision text DEFAULT NULL, version_table text DEFAULT NULL,
    show_structure boolean DEFAULT false)
  RETURNS TABLE (revision text, object_type text, object text, state text, detail text, definition text)
  LANGUAGE c AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION @extschema@.migfix_verify(text, text, boolean) IS 'each object that should exist at a revision (what migfix_stamp takes; by default what is recorded), with the revision that made or changed it last. state: present, missing, different (detail says how), unexplained (there, and none of the revisions makes it; detail says who did, to roles that may read migfix.ddl_log), opaque (a statement of which it cannot be said what it does; no object). show_structure: the definition of each too. Errors: 55000 no revisions or no statements loaded, 42704 cannot locate it, 22023 ambiguous, 42501 rows not readable, 42P01, 42809 no such version table';

CREATE FUNCTION @extschema@.migfix_infer(version_table text DEFAULT NULL)
  RETURNS TABLE (version_table text, revision text, state text, place text, detail text)
  LANGUAGE c AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION @extschema@.migfix_infer(text) IS 'where the schema really is, whatever the rows say: a row for each revision, oldest first. state: applied, partial, absent, unknown (nothing of it can be seen in the schema). place: at (the schema is there), or (fits as well as the other rows with or: nothing tells them apart), below (under one of these), above (not applied). detail: the evidence. A row with the revision base where no revision fits as well. Errors: as migfix_verify';

CREATE FUNCTION @extschema@.migfix_plan(target text DEFAULT NULL, version_table text DEFAULT NULL)
  RETURNS TABLE (step integer, action text, statement text, reason text, safe boolean)
  LANGUAGE c AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION @extschema@.migfix_plan(text, text) IS 'the steps that bring rows and schema in step, in their order; none: they are. target: the revision to go to (what migfix_stamp takes), by default where the schema is, with all that was begun brought to its end. For whom may change the version rows: statements can hold data. action: run (a statement), rows (the version rows), person (what a person must decide or do), upgrade (left to "alembic upgrade"). safe: false where rows or values may be lost, NULL where that is for a person to say. Errors: as migfix_verify';

CREATE FUNCTION @extschema@.migfix_repair(target text DEFAULT NULL, version_table text DEFAULT NULL,
    force boolean DEFAULT false, transactional boolean DEFAULT false, reason text DEFAULT NULL)
  RETURNS TABLE (step integer, action text, statement text, reason text, safe boolean, outcome text)
  LANGUAGE c AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION @extschema@.migfix_repair(text, text, boolean, boolean, text) IS 'runs what migfix_plan says, all or nothing, with the rights of the caller, while nobody else writes the version table. force: also steps that are not safe, and without those that need a person. transactional: CREATE INDEX CONCURRENTLY as CREATE INDEX; without it such a statement is left, and said. reason: kept in the log. outcome: done, passed over, left. migfix_undo takes back the rows, not the statements. Errors: 55000 a step is not safe or needs a person, what the statements raise, and as migfix_stamp and migfix_verify';

CREATE FUNCTION @extschema@.migfix_upgrade(target text DEFAULT NULL, version_table text DEFAULT NULL,
    transactional boolean DEFAULT false, reason text DEFAULT NULL)
  RETURNS TABLE (step integer, action text, statement text, reason text, safe boolean, outcome text)
  LANGUAGE c AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION @extschema@.migfix_upgrade(text, text, boolean, text) IS 'runs the loaded statements of the revisions between what is recorded and target (what migfix_stamp takes; by default heads), all or nothing, and records them. What is there already and identical is passed over. transactional, reason: as of migfix_repair. outcome: done, passed over, left. Errors: 55000 something is there and not the same, or a statement is not known; what the statements raise; as migfix_stamp and migfix_verify';

-- What is there already, and what comes ----------------------------------------------------------------

CREATE FUNCTION @extschema@.migfix_preload(on_off boolean) RETURNS text
  LANGUAGE c AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION @extschema@.migfix_preload(boolean) IS 'puts migfix into session_preload_libraries of this database, behind what is there, or takes it out, and says what that means: only a session that has loaded migfix when a statement begins can leave that out (migfix.existing_object = skip_identical). For superusers, and who else may set that for the database. Errors: 22004 NULL, 42501, 25006 read-only';
REVOKE ALL ON FUNCTION @extschema@.migfix_preload(boolean) FROM PUBLIC;

CREATE FUNCTION @extschema@.migfix_ddl_start() RETURNS event_trigger
  LANGUAGE c AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION @extschema@.migfix_ddl_start() IS 'event trigger: explains why a CREATE fails whose object is there already (migfix.existing_object), and keeps the guard from being switched off by whom may not';

CREATE FUNCTION @extschema@.migfix_ddl_end() RETURNS event_trigger
  LANGUAGE c AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION @extschema@.migfix_ddl_end() IS 'event trigger: puts the guard on new version tables, logs renames, and reports what doubles something';

CREATE FUNCTION @extschema@.migfix_ddl_drop() RETURNS event_trigger
  LANGUAGE c AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION @extschema@.migfix_ddl_drop() IS 'event trigger: logs dropped version tables with their rows';

SELECT @extschema@.migfix_protect();

CREATE EVENT TRIGGER migfix_ddl_start ON ddl_command_start EXECUTE FUNCTION @extschema@.migfix_ddl_start();
COMMENT ON EVENT TRIGGER migfix_ddl_start IS 'migfix: explains what is there already, and keeps the guard on version tables';
CREATE EVENT TRIGGER migfix_ddl_end ON ddl_command_end EXECUTE FUNCTION @extschema@.migfix_ddl_end();
COMMENT ON EVENT TRIGGER migfix_ddl_end IS 'migfix: guards new version tables';
CREATE EVENT TRIGGER migfix_ddl_drop ON sql_drop EXECUTE FUNCTION @extschema@.migfix_ddl_drop();
COMMENT ON EVENT TRIGGER migfix_ddl_drop IS 'migfix: logs dropped version tables';
