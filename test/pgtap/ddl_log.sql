-- Who may read migfix.ddl_log, that nobody but migfix writes it, and whose names are in it.
BEGIN;
SELECT plan(29);
SET LOCAL client_min_messages = error;
CREATE ROLE tap_owner;
CREATE ROLE tap_maker;
CREATE ROLE tap_nobody NOINHERIT;  -- before it is granted one: since 16 that settles it
GRANT tap_maker TO tap_nobody;
CREATE SCHEMA tap_app;
GRANT USAGE, CREATE ON SCHEMA tap_app TO tap_owner, tap_maker;
CREATE FUNCTION tap_app.last() RETURNS text LANGUAGE sql SECURITY DEFINER AS $$
  SELECT concat_ws(' ', command_tag, object_identity, 'by', session_role, 'as', "current_role")
    FROM migfix.ddl_log ORDER BY log_id DESC LIMIT 1
$$;
GRANT USAGE ON SCHEMA tap_app TO tap_nobody;

-- Attribution --------------------------------------------------------------------------------------------

SET LOCAL SESSION AUTHORIZATION tap_maker;
CREATE TABLE tap_app.one (i int);
SELECT is(tap_app.last(), 'CREATE TABLE tap_app.one by tap_maker as tap_maker', 'the role that runs it');
SET LOCAL SESSION AUTHORIZATION tap_nobody;
SET LOCAL ROLE tap_maker;
CREATE TABLE tap_app.two (i int);
SELECT is(tap_app.last(), 'CREATE TABLE tap_app.two by tap_nobody as tap_maker', 'SET ROLE: both roles');
RESET ROLE;
RESET SESSION AUTHORIZATION;
SET LOCAL ROLE tap_owner;
CREATE FUNCTION tap_app.make() RETURNS void LANGUAGE sql SECURITY DEFINER AS 'CREATE TABLE tap_app.three (i int)';
CREATE FUNCTION tap_app.who() RETURNS text LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
  CREATE TABLE tap_app.four (i int);
  RETURN current_user;
END $$;
RESET ROLE;
SET LOCAL SESSION AUTHORIZATION tap_nobody;
SELECT lives_ok('SELECT tap_app.make()', 'SECURITY DEFINER');
SELECT is(tap_app.last(), 'CREATE TABLE tap_app.three by tap_nobody as tap_owner', 'SECURITY DEFINER: both roles');
SELECT is(tap_app.who(), 'tap_owner', 'who acts is the same after the log was written');
SELECT throws_ok('CREATE TABLE tap_app.five (i int)', '42501', NULL, 'nobody gets rights by it');
RESET SESSION AUTHORIZATION;

-- Reading and writing ------------------------------------------------------------------------------------

SET LOCAL SESSION AUTHORIZATION tap_maker;
SELECT throws_ok('SELECT * FROM migfix.ddl_log', '42501', NULL, 'reading needs a grant');
SELECT throws_ok($$SELECT nextval('migfix.ddl_log_log_id_seq')$$, '42501', NULL, 'so does the sequence');
SELECT throws_ok($$SELECT migfix_forget_log('infinity')$$, '42501', NULL, 'so does trimming');
RESET SESSION AUTHORIZATION;
GRANT SELECT ON migfix.ddl_log TO tap_maker;
SET LOCAL SESSION AUTHORIZATION tap_maker;
SELECT lives_ok('SELECT * FROM migfix.ddl_log', 'reading with a grant');
SELECT throws_ok('DELETE FROM migfix.ddl_log', '42501', NULL, 'a reader deletes nothing');
SELECT throws_ok('UPDATE migfix.ddl_log SET statement = NULL', '42501', NULL, 'a reader changes nothing');
SELECT throws_ok($$INSERT INTO migfix.ddl_log SELECT * FROM migfix.ddl_log$$, '42501', NULL, 'a reader adds nothing');
SELECT throws_ok('TRUNCATE migfix.ddl_log', '42501', NULL, 'a reader empties nothing');
RESET SESSION AUTHORIZATION;
GRANT EXECUTE ON FUNCTION migfix_forget_log(timestamptz) TO tap_maker;
SET LOCAL SESSION AUTHORIZATION tap_maker;
SELECT is(migfix_forget_log('-infinity'), 0::bigint, 'trimming with a grant');
SELECT throws_ok('SELECT migfix_forget_log(NULL)', '22004', NULL, 'NULL is no time');
RESET SESSION AUTHORIZATION;

-- What diagnosis tells to whom ---------------------------------------------------------------------------

CREATE SCHEMA tap_diagnosed;
SET LOCAL search_path = tap_diagnosed, public;
CREATE TABLE tap_diagnosed.alembic_version (version_num varchar(32) NOT NULL CONSTRAINT alembic_version_pkc PRIMARY KEY);
SELECT is(count(*), 1::bigint, 'a revision is loaded')
  FROM migfix_load_sql(E'BEGIN;\n\n-- Running upgrade  -> tap_001\n\nCREATE TABLE t (i INTEGER);\n\nINSERT INTO alembic_version (version_num) VALUES (''tap_001'');\n\nCOMMIT;\n', 'tap');
SELECT migfix_bind('tap_diagnosed.alembic_version', 'tap');
INSERT INTO tap_diagnosed.alembic_version VALUES ('tap_001');
CREATE TABLE tap_diagnosed.by_hand (i int);
GRANT USAGE ON SCHEMA tap_diagnosed TO tap_maker, tap_owner;
GRANT SELECT ON tap_diagnosed.alembic_version, migfix.version_log, migfix.revision_statement TO tap_maker, tap_owner;
CREATE FUNCTION tap_app.detail(wanted text) RETURNS text LANGUAGE sql AS $$
  SELECT detail FROM migfix_findings('tap_diagnosed.alembic_version') WHERE code = wanted
$$;
SELECT matches(tap_app.detail('MF205'), 'Table by_hand: created .* by role .*, outside any migration\.',
               'what no revision explains is attributed');
CREATE FUNCTION tap_app.unexplained() RETURNS text LANGUAGE sql AS $$
  SELECT object || ' ' || coalesce(detail, 'nobody') FROM migfix_verify(version_table => 'tap_diagnosed.alembic_version')
  WHERE state = 'unexplained'
$$;
SELECT matches(tap_app.unexplained(), '^by_hand created .* by role .*, outside any migration$', 'so it is by migfix_verify');
SET LOCAL SESSION AUTHORIZATION tap_maker;
SELECT matches(tap_app.detail('MF205'), 'Table by_hand: created', 'to a role that may read the log');
SET LOCAL SESSION AUTHORIZATION tap_owner;
SELECT doesnt_match(tap_app.detail('MF205'), 'created', 'not to a role that may not');
SELECT is(tap_app.unexplained(), 'by_hand nobody', 'nor by migfix_verify');
SELECT matches(tap_app.detail('MF205'), '^They were made by hand', 'which gets the finding all the same');
RESET SESSION AUTHORIZATION;

-- What a table's statements say of its parts -------------------------------------------------------------

CREATE TABLE tap_diagnosed.t (i int);
ALTER TABLE tap_diagnosed.t ADD COLUMN added int;
SELECT matches(tap_app.detail('MF205'), 'Column t\.added: ALTER TABLE .*, outside any migration', 'a column');
DROP TABLE tap_diagnosed.t;
DROP TABLE tap_diagnosed.by_hand;
SET LOCAL migfix.log_ddl = off;
CREATE TABLE tap_diagnosed.by_hand (i int);
SELECT doesnt_match(tap_app.detail('MF205'), 'created', 'what an object of the same name was before it was dropped says nothing');
DROP TABLE tap_diagnosed.by_hand;
SET LOCAL migfix.log_ddl = on;
SELECT is(tap_app.detail('MF205'), NULL, 'nothing left to explain');
SELECT matches(tap_app.detail('MF202'), 'Alembic takes it for done', 'recorded, and nothing of it is there');

-- A command that touches many objects ---------------------------------------------------------------------

CREATE FUNCTION tap_app.entries(tag text) RETURNS text LANGUAGE sql AS $$
  SELECT concat_ws(' ', count(*), count(DISTINCT log_id), count(DISTINCT object_identity)) FROM migfix.ddl_log
   WHERE command_tag = tag AND object_identity LIKE 'tap\_many%'
$$;
DO $$
BEGIN
  EXECUTE 'CREATE SCHEMA tap_many ' || (SELECT string_agg(format('CREATE TABLE t%s (i int)', i), ' ') FROM generate_series(1, 150) i);
END $$;
SELECT is(tap_app.entries('CREATE TABLE'), '150 150 150', 'each of them, once');
DROP SCHEMA tap_many CASCADE;
SELECT is(tap_app.entries('DROP SCHEMA'), '151 151 151', 'each that was dropped');
SELECT * FROM finish();
ROLLBACK;
