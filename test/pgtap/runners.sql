-- The runner lock: who takes it, with which statement, for how long; and who may not.
SET client_min_messages = error;
LOAD 'migfix';
CREATE SCHEMA tap_r;
CREATE ROLE tap_runner;
CREATE ROLE tap_reader;
CREATE ROLE tap_none;
GRANT USAGE, CREATE ON SCHEMA tap_r TO tap_runner;
GRANT USAGE ON SCHEMA tap_r TO tap_reader, tap_none;
SET search_path = tap_r, public;
CREATE TABLE alembic_version (version_num varchar(32) NOT NULL CONSTRAINT alembic_version_pkc PRIMARY KEY);
INSERT INTO alembic_version VALUES ('001');
GRANT SELECT, INSERT, UPDATE, DELETE ON alembic_version TO tap_runner;
GRANT SELECT ON alembic_version TO tap_reader;
CREATE TABLE users (version_num text);
CREATE TABLE "My-Ver" (version_num varchar(32) PRIMARY KEY);
CREATE VIEW held AS SELECT count(*)::int AS locks FROM pg_locks
 WHERE locktype = 'advisory' AND objsubid = 28007 AND granted AND pid = pg_backend_pid();
GRANT SELECT ON held, users TO PUBLIC;

SELECT plan(39);

-- Alembic's statement, to the letter.
BEGIN;
SELECT alembic_version.version_num 
FROM alembic_version;
SELECT is(locks, 1, 'the read takes it') FROM held;
SELECT alembic_version.version_num 
FROM alembic_version;
SELECT is(locks, 1, 'the same read again: the same lock') FROM held;
SELECT is((SELECT runner_pid FROM migfix_current('alembic_version')), pg_backend_pid(), 'migfix_current: its own lock too');
SELECT is((SELECT count(*) FROM migfix_findings() WHERE code = 'MF404')::int, 0, 'no finding about the session that asks');
COMMIT;
SELECT is(locks, 0, 'it ends with its transaction') FROM held;
BEGIN;
SELECT tap_r.alembic_version.version_num 
FROM tap_r.alembic_version;
SELECT is(locks, 1, 'with the schema') FROM held;
SAVEPOINT s;
ROLLBACK TO s;
SELECT is(locks, 1, 'a later savepoint does not take it along') FROM held;
ROLLBACK;
BEGIN;
SAVEPOINT s;
SELECT alembic_version.version_num 
FROM alembic_version;
ROLLBACK TO s;
SELECT is(locks, 0, 'the savepoint that it was taken in does') FROM held;
CREATE TABLE before_it (id int);
SELECT is(locks, 1, 'the next DDL takes it again') FROM held;
ROLLBACK;
BEGIN;
SET LOCAL migfix.version_tables = 'alembic_version, "My-Ver"';
SELECT "My-Ver".version_num 
FROM "My-Ver";
SELECT is(locks, 1, 'a name that needs quotes') FROM held;
ROLLBACK;
BEGIN;
PREPARE by_name AS SELECT alembic_version.version_num 
FROM alembic_version;
EXECUTE by_name;
SELECT is(locks, 0, 'PREPARE and EXECUTE in SQL are no runner''s') FROM held;
ROLLBACK;
DEALLOCATE by_name;

-- Anybody else's.
BEGIN;
SELECT version_num FROM alembic_version;
SELECT * FROM alembic_version;
SELECT alembic_version.version_num FROM alembic_version;
SELECT alembic_version.version_num
FROM alembic_version;
SELECT alembic_version.version_num 
FROM alembic_version WHERE true;
SELECT alembic_version.version_num 
FROM alembic_version LIMIT 1;
EXPLAIN SELECT alembic_version.version_num 
FROM alembic_version;
SELECT users.version_num 
FROM users;
SELECT "My-Ver".version_num 
FROM "My-Ver";
CREATE TABLE no_runner (id int);
SELECT is(locks, 0, 'no other statement, and no other table') FROM held;
ROLLBACK;
BEGIN READ ONLY;
SELECT alembic_version.version_num 
FROM alembic_version;
SELECT is(locks, 0, 'not in a READ ONLY transaction') FROM held;
ROLLBACK;
BEGIN;
SET LOCAL migfix.runner_timeout = 0;
SELECT alembic_version.version_num 
FROM alembic_version;
CREATE TABLE turned_off (id int);
SELECT is(locks, 0, 'migfix.runner_timeout = 0 turns it off') FROM held;
ROLLBACK;
BEGIN;
SET LOCAL migfix.guard = off;
SELECT alembic_version.version_num 
FROM alembic_version;
SELECT is(locks, 0, 'and so does migfix.guard = off') FROM held;
ROLLBACK;

-- Who looks for a version table that is not there is a runner; who finds it is none yet.
BEGIN;
select relname from pg_class c join pg_namespace n on n.oid=c.relnamespace where pg_catalog.pg_table_is_visible(c.oid) and relname='alembic_version';
CREATE TABLE found_it (id int);
SELECT is(locks, 0, 'found: not yet') FROM held;
DROP TABLE alembic_version;
select relname from pg_class c join pg_namespace n on n.oid=c.relnamespace where pg_catalog.pg_table_is_visible(c.oid) and relname='alembic_version';
SELECT is(locks, 0, 'not found: nothing is locked for that') FROM held;
CREATE TABLE not_found (id int);
SELECT is(locks, 1, 'but with the first DDL') FROM held;
ROLLBACK;
BEGIN;
CREATE SCHEMA other;
select relname from pg_class c join pg_namespace n on n.oid=c.relnamespace where n.nspname='other' and relname='alembic_version';
CREATE TABLE other.t (id int);
SELECT is((SELECT classid FROM pg_locks WHERE objsubid = 28007 AND pid = pg_backend_pid()), 'other'::regnamespace::oid, 'in the schema that was asked about');
ROLLBACK;
BEGIN;
CREATE SCHEMA other;
CREATE TEMPORARY TABLE alembic_version (version_num text);
CREATE TABLE other.alembic_version_2 (id int);
SELECT is(locks, 0, 'a temporary version table, and another name, take none') FROM held;
CREATE TABLE other.alembic_version (version_num varchar(32) PRIMARY KEY);
SELECT is(locks, 1, 'who creates a version table takes it') FROM held;
SELECT lives_ok('CREATE TABLE IF NOT EXISTS other.alembic_version (version_num varchar(32))', 'IF NOT EXISTS');
ROLLBACK;

-- What a runner has done itself is no surprise.
BEGIN;
SELECT alembic_version.version_num 
FROM alembic_version;
UPDATE alembic_version SET version_num = '002' WHERE version_num = '001';
SELECT lives_ok('CREATE TABLE own_1 (id int)', 'DDL after its own write of a version');
SAVEPOINT s;
UPDATE alembic_version SET version_num = '003' WHERE version_num = '002';
ROLLBACK TO s;
SELECT lives_ok('CREATE TABLE own_2 (id int)', 'and after one that was taken back');
COMMIT;
SELECT lives_ok('CREATE TABLE own_3 (id int)', 'and in the next transaction');
UPDATE alembic_version SET version_num = '003' WHERE version_num = '002';
SELECT lives_ok('CREATE TABLE own_4 (id int)', 'and after a write that was committed alone, as in AUTOCOMMIT');
SELECT lives_ok('ALTER TABLE alembic_version RENAME TO versions', 'and the version table is renamed');
SELECT lives_ok('CREATE TABLE own_5 (id int)', 'and gone under its name');
SELECT lives_ok('ALTER TABLE versions RENAME TO alembic_version', 'and back');
BEGIN;
ROLLBACK;

-- Privileges.
SET ROLE tap_reader;
BEGIN;
SELECT alembic_version.version_num 
FROM alembic_version;
SELECT is(locks, 0, 'who may only read neither holds it nor waits') FROM held;
ROLLBACK;
SELECT throws_ok($$SELECT migfix_lock('alembic_version')$$, '42501', 'permission denied to lock version table tap_r.alembic_version', 'migfix_lock: not for whom may only read');
SET ROLE tap_none;
SELECT throws_ok($$SELECT alembic_version.version_num $$ || E'\nFROM alembic_version', '42501', NULL, 'the server''s own error for whom may not even that');
SET ROLE tap_runner;
BEGIN;
SELECT lives_ok($$SELECT migfix_lock('alembic_version')$$, 'migfix_lock: for whom may write');
SELECT is(locks, 1, 'migfix_lock takes it') FROM held;
ROLLBACK;
RESET ROLE;

-- migfix_lock with nothing, and with what is none.
BEGIN;
SELECT lives_ok('SELECT migfix_lock()', 'migfix_lock: the one on the search_path');
SELECT is((SELECT classid FROM pg_locks WHERE objsubid = 28007 AND pid = pg_backend_pid()), 'tap_r'::regnamespace::oid, 'which is this one');
ROLLBACK;
SELECT throws_ok($$SELECT migfix_lock('users'::regclass::oid + 0)$$, '42883', NULL, 'migfix_lock: takes a table');
SELECT throws_ok($$SELECT migfix_lock('held')$$, '42809', NULL, 'migfix_lock: no view');
BEGIN READ ONLY;
SELECT throws_ok('SELECT migfix_lock()', '25006', NULL, 'migfix_lock: not read-only');
ROLLBACK;

-- pg_prove counts: finish() does not see what was rolled back.
RESET search_path;
DROP SCHEMA tap_r CASCADE;
DELETE FROM migfix.version_log WHERE version_table LIKE 'tap\_r.%';
DROP ROLE tap_runner, tap_reader, tap_none;
