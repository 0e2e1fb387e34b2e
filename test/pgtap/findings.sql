-- Every finding that one session can provoke: its severity, its words, and that its fix, run as it is printed,
-- ends it; or, where the fix is words, that running them harms nothing. See doc/findings.md.
BEGIN;
SELECT plan(211);
SET LOCAL client_min_messages = error;
CREATE ROLE tap_app;
CREATE ROLE tap_owner;
CREATE SCHEMA tap_tools;
CREATE SCHEMA tap_f;

-- The finding of that code whose message has these words; an error where there are several.
CREATE FUNCTION tap_tools.found(code text, about text, role name DEFAULT NULL, OUT severity text, OUT message text, OUT detail text, OUT fix text)
  LANGUAGE plpgsql AS $$
BEGIN
  SELECT f.severity, f.message, f.detail, f.fix INTO severity, message, detail, fix
    FROM migfix_findings(role => found.role) AS f WHERE f.code = found.code AND position(about IN f.message) > 0;
  IF (SELECT count(*) FROM migfix_findings(role => found.role) AS f WHERE f.code = found.code AND position(about IN f.message) > 0) > 1 THEN
    RAISE EXCEPTION 'several findings % about %', code, about;
  END IF;
END $$;
-- Four tests: severity, message, fix, and that the finding is gone when the fix has been run.
CREATE FUNCTION tap_tools.mends(code text, severity text, message text, fix text, role name DEFAULT NULL) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE f record;
BEGIN
  f := tap_tools.found(code, message, role);
  RETURN NEXT is(f.message, message, code || ': ' || message);
  RETURN NEXT is(f.severity, severity, code || ': its severity');
  RETURN NEXT is(f.fix, fix, code || ': its fix');
  BEGIN
    IF f.fix LIKE '--%' THEN RAISE EXCEPTION 'the fix is words'; END IF;
    EXECUTE f.fix;
    RETURN NEXT is((tap_tools.found(code, message, role)).message, NULL, code || ': gone after its fix');
  EXCEPTION WHEN OTHERS THEN
    RETURN NEXT fail(code || ': the fix fails: ' || SQLERRM);
  END;
END $$;
-- Three tests: severity, message, and that the fix is words that change nothing when they are run.
CREATE FUNCTION tap_tools.tells(code text, severity text, message text, fix text DEFAULT NULL, role name DEFAULT NULL) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE f record;
BEGIN
  f := tap_tools.found(code, message, role);
  RETURN NEXT is(f.message, message, code || ': ' || message);
  RETURN NEXT is(f.severity, severity, code || ': its severity');
  BEGIN
    EXECUTE f.fix;
    RETURN NEXT ok(f.fix LIKE '--%' AND position(coalesce(fix, '') IN f.fix) > 0 AND (tap_tools.found(code, message, role)).message = message,
                   code || ': its fix is words, which change nothing');
    IF f.fix NOT LIKE '--%' OR position(coalesce(fix, '') IN f.fix) = 0 THEN RETURN NEXT diag(f.fix); END IF;
  EXCEPTION WHEN OTHERS THEN
    RETURN NEXT fail(code || ': the fix fails: ' || SQLERRM);
  END;
END $$;
CREATE FUNCTION tap_tools.silent(code text, about text, what text) RETURNS text LANGUAGE sql
  AS $$SELECT is((tap_tools.found(code, about)).message, NULL, code || ': not for ' || what)$$;

-- MF1xx: version rows ----------------------------------------------------------------------------------

-- A database without a version table, as create_all leaves it.
SAVEPOINT s;
CREATE TYPE tap_f.processingstatus AS ENUM ('pending', 'done');
CREATE TABLE tap_f.audio_files (id int, status tap_f.processingstatus);
SELECT tap_tools.tells('MF101', 'error', '1 table and 1 enum stand in schema tap_f, but no version table records a revision',
                       $$SELECT * FROM migfix_stamp('<its id>');$$);
CREATE TABLE tap_f.alembic_version (version_num varchar(32) PRIMARY KEY);
SELECT tap_tools.silent('MF101', 'tap_f', 'a database with a version table');
SELECT tap_tools.tells('MF102', 'error', 'tap_f.alembic_version is empty, although 1 table and 1 enum stand in schema tap_f',
                       $$migfix_stamp('<its id>', version_table => 'tap_f.alembic_version')$$);
INSERT INTO tap_f.alembic_version VALUES ('001');
SELECT tap_tools.silent('MF102', 'tap_f', 'a version table with a row');
SELECT max(log_id) AS id FROM migfix.version_log \gset
-- What one transaction does is one change; a savepoint that is rolled back ends it here.
SAVEPOINT t;
ROLLBACK TO t;
DROP TABLE tap_f.alembic_version;
SELECT max(log_id) AS id FROM migfix.version_log \gset
SELECT tap_tools.mends('MF101', 'error', '1 table and 1 enum stand in schema tap_f, but no version table records a revision',
                       format('SELECT * FROM migfix_undo(%s);', :id));
SELECT is((SELECT string_agg(version_num, ',') FROM tap_f.alembic_version), '001', 'MF101: the version row is back');
SAVEPOINT t;
ROLLBACK TO t;
DELETE FROM tap_f.alembic_version;
SELECT max(log_id) AS id FROM migfix.version_log \gset
SELECT tap_tools.mends('MF102', 'error', 'tap_f.alembic_version is empty, although 1 table and 1 enum stand in schema tap_f',
                       format('SELECT * FROM migfix_undo(%s);', :id));
ROLLBACK TO s;

-- Rows that overlap, in the order that upgrades have taught.
CREATE TABLE tap_f.alembic_version (version_num varchar(32) NOT NULL CONSTRAINT alembic_version_pkc PRIMARY KEY);
SELECT tap_tools.silent('MF102', 'tap_f', 'a version table alone in its schema');
INSERT INTO tap_f.alembic_version VALUES ('001');
UPDATE tap_f.alembic_version SET version_num = '002' WHERE version_num = '001';
UPDATE tap_f.alembic_version SET version_num = '003' WHERE version_num = '002';
SELECT tap_tools.silent('MF105', 'tap_f', 'one row');
INSERT INTO tap_f.alembic_version VALUES ('001');
SELECT tap_tools.mends('MF104', 'error', 'tap_f.alembic_version records "001" beside its descendant "003"',
                       $$SELECT * FROM migfix_stamp('003', purge => true, version_table => 'tap_f.alembic_version');$$);
SELECT is((SELECT string_agg(version_num, ',') FROM tap_f.alembic_version), '003', 'MF104: the descendant is kept');
INSERT INTO tap_f.alembic_version VALUES ('b');
SELECT tap_tools.tells('MF105', 'notice', 'tap_f.alembic_version records 2 versions: "003" and "b"',
                       $$SELECT * FROM migfix_stamp('<id to keep>', purge => true, version_table => 'tap_f.alembic_version');$$);
INSERT INTO tap_f.alembic_version VALUES ('001');
SELECT tap_tools.mends('MF104', 'error', 'tap_f.alembic_version records "001" beside its descendant "003"',
                       $$SELECT * FROM migfix_stamp(ARRAY['003', 'b'], purge => true, version_table => 'tap_f.alembic_version');$$);

-- No key, duplicates, NULL
ALTER TABLE tap_f.alembic_version DROP CONSTRAINT alembic_version_pkc;
SELECT tap_tools.mends('MF107', 'warning', 'tap_f.alembic_version has no primary key or unique index on version_num',
                       'ALTER TABLE tap_f.alembic_version ADD CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num);');
ALTER TABLE tap_f.alembic_version DROP CONSTRAINT alembic_version_pkc;
SET LOCAL migfix.guard = observe;
INSERT INTO tap_f.alembic_version VALUES ('b'), ('b');
RESET migfix.guard;
SELECT tap_tools.mends('MF108', 'error', 'tap_f.alembic_version records "b" 3 times',
  'DELETE FROM tap_f.alembic_version a USING tap_f.alembic_version b WHERE a.version_num = b.version_num AND a.ctid > b.ctid;');
SELECT is((SELECT string_agg(version_num, ',' ORDER BY 1) FROM tap_f.alembic_version), '003,b', 'MF108: one of each is kept');
SET LOCAL migfix.guard = observe;
ALTER TABLE tap_f.alembic_version ALTER version_num DROP NOT NULL;
INSERT INTO tap_f.alembic_version VALUES ('b'), (NULL);
RESET migfix.guard;
SELECT tap_tools.mends('MF107', 'warning', 'tap_f.alembic_version has no primary key or unique index on version_num',
  E'DELETE FROM tap_f.alembic_version WHERE version_num IS NULL;\n'
  'DELETE FROM tap_f.alembic_version a USING tap_f.alembic_version b WHERE a.version_num = b.version_num AND a.ctid > b.ctid;\n'
  'ALTER TABLE tap_f.alembic_version ADD CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num);');

-- The column
ALTER TABLE tap_f.alembic_version ALTER version_num TYPE varchar(12);
SELECT tap_tools.mends('MF109', 'warning', $$tap_f.alembic_version.version_num is character varying(12), narrower than Alembic's character varying(32)$$,
                       'ALTER TABLE tap_f.alembic_version ALTER COLUMN version_num TYPE character varying(32);');
ALTER TABLE tap_f.alembic_version ALTER version_num TYPE char(40);
SELECT tap_tools.mends('MF109', 'warning', 'tap_f.alembic_version.version_num is character(40), which pads versions with blanks',
                       'ALTER TABLE tap_f.alembic_version ALTER COLUMN version_num TYPE character varying(40);');
SELECT is((SELECT string_agg(version_num, ',' ORDER BY 1) FROM tap_f.alembic_version), '003,b', 'MF109: the padding is gone');

-- Rows that can never be revisions
SET LOCAL migfix.guard = off;
INSERT INTO tap_f.alembic_version VALUES ('head'), ('lib@head'), ('base'), ('-1'), ('it''s '), ('');
RESET migfix.guard;
SELECT tap_tools.mends('MF111', 'error', 'tap_f.alembic_version holds a row that can never be a revision: ' || why,
                       format('DELETE FROM tap_f.alembic_version WHERE version_num = %L;', id))
  FROM (VALUES ('head', '"head" is a word of Alembic''s command line, not a revision'), ('lib@head', '"lib@head" names a branch and a target on it, not a revision'),
               ('base', '"base" is a word of Alembic''s command line, not a revision'), ('-1', '"-1" is a step of Alembic''s command line, not a revision'),
               ('it''s ', '"it''s " has blanks round it, which no revision has'), ('', 'the empty string is not a revision')) AS odd (id, why);
SET LOCAL migfix.guard = off;
DELETE FROM tap_f.alembic_version;
INSERT INTO tap_f.alembic_version VALUES ('head');
RESET migfix.guard;
SELECT tap_tools.tells('MF111', 'error', 'tap_f.alembic_version holds a row that can never be a revision: "head" is a word of Alembic''s command line, not a revision',
                       $$migfix_stamp('<its id>', purge => true, version_table => 'tap_f.alembic_version')$$);
SET LOCAL migfix.guard = off;
UPDATE tap_f.alembic_version SET version_num = '003';
SET LOCAL migfix.guard = observe;
SAVEPOINT t;
ROLLBACK TO t;
UPDATE tap_f.alembic_version SET version_num = 'head';
RESET migfix.guard;
SELECT max(log_id) AS id FROM migfix.version_log \gset
SELECT tap_tools.mends('MF111', 'error', 'tap_f.alembic_version holds a row that can never be a revision: "head" is a word of Alembic''s command line, not a revision',
                       format('SELECT * FROM migfix_undo(%s);', :id));
SELECT is((SELECT string_agg(version_num, ',') FROM tap_f.alembic_version), '003', 'MF111: the version before is back');

-- Two version tables on one search_path
SAVEPOINT s;
CREATE SCHEMA tap_g CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY);
ALTER ROLE tap_app SET search_path = tap_f, tap_g;
SELECT tap_tools.mends('MF110', 'warning', 'tap_g.alembic_version stands behind tap_f.alembic_version on the search_path of role tap_app',
                       'DROP TABLE tap_g.alembic_version;');
CREATE TABLE tap_g.alembic_version (version_num varchar(32) PRIMARY KEY);
INSERT INTO tap_g.alembic_version VALUES ('g');
SELECT tap_tools.tells('MF110', 'warning', 'tap_g.alembic_version stands behind tap_f.alembic_version on the search_path of role tap_app', 'version_table_schema');
ROLLBACK TO s;

-- What is no version table
CREATE SCHEMA tap_g CREATE TABLE alembic_version (version_num int);
SELECT tap_tools.mends('MF112', 'error', 'tap_g.alembic_version has a column version_num of type integer, not of a text type',
                       'ALTER TABLE tap_g.alembic_version ALTER COLUMN version_num TYPE character varying(32) USING version_num::text;');
DROP SCHEMA tap_g CASCADE;
CREATE SCHEMA tap_g CREATE TABLE alembic_version (version_num int);
INSERT INTO tap_g.alembic_version VALUES (1);
SELECT tap_tools.tells('MF112', 'error', 'tap_g.alembic_version has a column version_num of type integer, not of a text type');
DROP SCHEMA tap_g CASCADE;
CREATE SCHEMA tap_g CREATE TABLE alembic_version (id int);
SELECT tap_tools.tells('MF112', 'error', 'tap_g.alembic_version has no column version_num', 'env.py');
DROP SCHEMA tap_g CASCADE;
CREATE SCHEMA tap_g CREATE VIEW alembic_version AS SELECT version_num FROM tap_f.alembic_version;
SELECT tap_tools.tells('MF112', 'warning', 'tap_g.alembic_version is a view, which the guard cannot cover');
SELECT tap_tools.tells('MF905', 'warning', 'the rows of tap_g.alembic_version could not be checked: it is a view, and migfix runs no query of others');
DROP SCHEMA tap_g CASCADE;
CREATE SCHEMA tap_g;
CREATE MATERIALIZED VIEW tap_g.alembic_version AS SELECT version_num FROM tap_f.alembic_version WITH NO DATA;
SELECT tap_tools.tells('MF112', 'error', 'tap_g.alembic_version is a materialized view, which cannot be written', 'env.py');
SELECT tap_tools.mends('MF905', 'warning', 'the rows of tap_g.alembic_version could not be checked: it is a materialized view that has not been populated',
                       'REFRESH MATERIALIZED VIEW tap_g.alembic_version;');
DROP SCHEMA tap_g CASCADE;

-- MF3xx: duplicates ------------------------------------------------------------------------------------

CREATE SCHEMA tap_g;
CREATE TYPE tap_g.status AS ENUM ('on', 'off');
SELECT tap_tools.mends('MF306', 'warning', 'enum tap_g.status is used by nothing', 'DROP TYPE tap_g.status;');
CREATE TYPE tap_g.status AS ENUM ('on', 'off');
CREATE TABLE tap_g.uses (s tap_g.status[]);
SELECT tap_tools.silent('MF306', 'tap_g.status', 'an enum that an array uses');
CREATE TYPE tap_g."Status" AS ENUM ('on');
SELECT tap_tools.mends('MF305', 'warning', 'enums tap_g."Status" and tap_g.status differ in name only by case or underscores', 'DROP TYPE IF EXISTS tap_g."Status";');
CREATE TABLE tap_g.audio_files (a int);
CREATE TABLE tap_g."AudioFiles" (a text);
SELECT tap_tools.tells('MF305', 'warning', 'tables tap_g."AudioFiles" and tap_g.audio_files differ in name only by case or underscores');
CREATE TYPE tap_g.switch AS ENUM ('on', 'off');
SELECT tap_tools.mends('MF304', 'notice', 'enums tap_g.status and tap_g.switch have the same labels', 'DROP TYPE IF EXISTS tap_g.switch;');
CREATE TABLE tap_g.one (a int, b int, c int);
CREATE TABLE tap_g.two (a int, b int, c int);
SELECT tap_tools.tells('MF304', 'notice', 'tables tap_g.one and tap_g.two have the same columns');
CREATE SCHEMA tap_h;
CREATE TYPE tap_h.status AS ENUM ('on', 'off');
ALTER ROLE tap_app SET search_path = tap_h, tap_g;
SELECT tap_tools.mends('MF302', 'warning', 'enum tap_h.status hides tap_g.status on one search_path', 'DROP TYPE tap_h.status;');
CREATE TABLE tap_h.one (a int, b int, c text);
SELECT tap_tools.tells('MF302', 'warning', 'table tap_h.one hides tap_g.one on one search_path', 'search_path');
SELECT matches((tap_tools.found('MF302', 'tap_h.one')).detail, 'The search_path of role tap_app is tap_h and tap_g\. They differ', 'MF302: whose path, and how they differ');
ALTER ROLE tap_app RESET search_path;
SELECT tap_tools.tells('MF303', 'notice', 'table "one" stands in 2 schemas: tap_g and tap_h, and differ');
SELECT is((SELECT count(*) FROM migfix_duplicates() AS d JOIN migfix_findings() AS f USING (code, severity, message, fix))::int,
          (SELECT count(*) FROM migfix_findings() WHERE code LIKE 'MF3%')::int, 'migfix_duplicates has the same findings');
DROP SCHEMA tap_g, tap_h CASCADE;

-- MF4xx: leftovers -------------------------------------------------------------------------------------

CREATE TABLE tap_f.companies (id int PRIMARY KEY);
CREATE TABLE tap_f.audit_logs (company_id int);
ALTER TABLE tap_f.audit_logs ADD CONSTRAINT positive CHECK (company_id > 0) NOT VALID;
SELECT tap_tools.mends('MF402', 'warning', 'constraint positive on tap_f.audit_logs is not validated',
                       'ALTER TABLE tap_f.audit_logs VALIDATE CONSTRAINT positive;');
ALTER TABLE tap_f.audit_logs ADD CONSTRAINT of_company FOREIGN KEY (company_id) REFERENCES tap_f.companies NOT VALID;
SELECT tap_tools.mends('MF402', 'warning', 'constraint of_company on tap_f.audit_logs is not validated',
                       'ALTER TABLE tap_f.audit_logs VALIDATE CONSTRAINT of_company;');
CREATE DOMAIN tap_f.amount AS int;
ALTER DOMAIN tap_f.amount ADD CONSTRAINT positive CHECK (VALUE > 0) NOT VALID;
SELECT tap_tools.mends('MF402', 'warning', 'constraint positive on domain tap_f.amount is not validated',
                       'ALTER DOMAIN tap_f.amount VALIDATE CONSTRAINT positive;');
CREATE TABLE tap_f.parted (id int) PARTITION BY RANGE (id);
CREATE TABLE tap_f.part PARTITION OF tap_f.parted DEFAULT;
CREATE INDEX ix_parted ON ONLY tap_f.parted (id);
SELECT tap_tools.mends('MF401', 'warning', 'index tap_f.ix_parted on tap_f.parted is invalid', 'DROP INDEX tap_f.ix_parted;');

-- MF5xx: privileges ------------------------------------------------------------------------------------

SELECT tap_tools.mends('MF501', 'error', 'role tap_app has no USAGE and CREATE privilege on schema tap_f', 'GRANT USAGE, CREATE ON SCHEMA tap_f TO tap_app;', 'tap_app');
SELECT tap_tools.mends('MF502', 'error', 'role tap_app has no SELECT, INSERT, UPDATE and DELETE privilege on tap_f.alembic_version',
                       'GRANT SELECT, INSERT, UPDATE, DELETE ON tap_f.alembic_version TO tap_app;', 'tap_app');
REVOKE INSERT, DELETE ON tap_f.alembic_version FROM tap_app;
SELECT tap_tools.mends('MF502', 'error', 'role tap_app has no INSERT and DELETE privilege on tap_f.alembic_version',
                       'GRANT INSERT, DELETE ON tap_f.alembic_version TO tap_app;', 'tap_app');
SET LOCAL ROLE tap_app;
SELECT is((SELECT count(*) FROM migfix_findings() WHERE code IN ('MF501', 'MF502'))::int, 0, 'MF501, MF502: asked by the role itself');
RESET ROLE;
-- Objects of a superuser: handed over, one by one up to five, else by one block.
DROP TABLE tap_f.parted, tap_f.audit_logs;
DROP DOMAIN tap_f.amount;
SELECT tap_tools.mends('MF503', 'warning', format('role tap_app does not own 1 object in schema tap_f, which role %I owns', current_user),
                       'ALTER TABLE tap_f.companies OWNER TO tap_app;', 'tap_app');
CREATE TABLE tap_f.many1 (id serial); CREATE TABLE tap_f.many2 (id int); CREATE VIEW tap_f.many3 AS SELECT 1 AS one;
CREATE TYPE tap_f.many4 AS ENUM ('x'); CREATE SEQUENCE tap_f.many5; CREATE DOMAIN tap_f.many6 AS int;
SELECT matches((tap_tools.found('MF503', 'tap_f', 'tap_app')).fix, '^DO \$migfix\$', 'MF503: many objects are handed over by one block');
SELECT lives_ok((tap_tools.found('MF503', 'tap_f', 'tap_app')).fix, 'MF503: the block runs');
SELECT is((tap_tools.found('MF503', 'tap_f', 'tap_app')).message, NULL, 'MF503: gone after its fix');
ALTER TABLE tap_f.companies OWNER TO tap_owner;
SELECT tap_tools.mends('MF503', 'warning', 'role tap_app does not own 1 object in schema tap_f, which role tap_owner owns', 'GRANT tap_owner TO tap_app;', 'tap_app');
SELECT is((SELECT count(*) FROM migfix_findings() WHERE code LIKE 'MF5%')::int, 0, 'MF5xx: not for a superuser');

-- MF9xx: migfix itself (MF901 and MF902 stand in bypass.sql, MF904 in settings.sql) ---------------------

ALTER EVENT TRIGGER migfix_ddl_end DISABLE;
SELECT tap_tools.mends('MF903', 'error', 'event trigger migfix_ddl_end is disabled', 'ALTER EVENT TRIGGER migfix_ddl_end ENABLE;');
SET LOCAL migfix.guard = off;
ALTER EXTENSION migfix DROP EVENT TRIGGER migfix_ddl_drop;
SET LOCAL migfix.guard = enforce;
DROP EVENT TRIGGER migfix_ddl_drop;
SELECT tap_tools.mends('MF903', 'error', 'event trigger migfix_ddl_drop is missing',
  E'CREATE EVENT TRIGGER migfix_ddl_drop ON sql_drop EXECUTE FUNCTION public.migfix_ddl_drop();\nALTER EXTENSION migfix ADD EVENT TRIGGER migfix_ddl_drop;');
ALTER EVENT TRIGGER migfix_ddl_start ENABLE REPLICA;
SELECT tap_tools.mends('MF903', 'error', 'event trigger migfix_ddl_start is disabled', 'ALTER EVENT TRIGGER migfix_ddl_start ENABLE;');
SAVEPOINT s;
UPDATE pg_extension SET extversion = '9.9.9' WHERE extname = 'migfix';
SELECT tap_tools.tells('MF906', 'warning', 'the loaded library of migfix is version 0.1.0, its SQL objects are version 9.9.9', 'connect again');
UPDATE pg_extension SET extversion = '0.0.9' WHERE extname = 'migfix';
SELECT is((tap_tools.found('MF906', '0.0.9')).fix, 'ALTER EXTENSION migfix UPDATE;', 'MF906: SQL objects that are older');
ROLLBACK TO s;

-- MF905: what a role cannot check
CREATE ROLE tap_nobody;
GRANT USAGE ON SCHEMA tap_tools TO tap_nobody;
SET LOCAL ROLE tap_nobody;
SELECT is((tap_tools.found('MF905', 'tap_f.alembic_version')).message,
          'the rows of tap_f.alembic_version could not be checked: role tap_nobody has no USAGE privilege on schema tap_f and no SELECT privilege on the table',
          'MF905: a role with nothing');
SELECT is((tap_tools.found('MF905', 'tap_f.alembic_version')).fix,
          E'GRANT USAGE ON SCHEMA tap_f TO tap_nobody;\nGRANT SELECT ON tap_f.alembic_version TO tap_nobody;', 'MF905: the fix for a role with nothing');
SELECT isnt((tap_tools.found('MF905', 'version_log')).message, NULL, 'MF905: the log');
SELECT throws_ok('SELECT migfix_assert()', 'P0001', NULL, 'migfix_assert does not pass what could not be checked');
SELECT (tap_tools.found('MF905', 'tap_f.alembic_version')).fix AS rows_fix, (tap_tools.found('MF905', 'version_log')).fix AS log_fix \gset
RESET ROLE;
SELECT lives_ok(:'rows_fix', 'MF905: the fix for the rows runs');
SELECT lives_ok(:'log_fix', 'MF905: the fix for the log runs');
SET LOCAL ROLE tap_nobody;
SELECT is((SELECT string_agg(message, '; ') FROM migfix_findings() WHERE code = 'MF905'), NULL, 'MF905: gone after its fixes');
SELECT is((SELECT string_agg(revision, ',') FROM migfix_current()), '003', 'MF905: the rows can be read then');
RESET ROLE;

SELECT * FROM finish();
ROLLBACK;

