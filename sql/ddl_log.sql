-- migfix.ddl_log: what DDL did, and within which revision.
\set VERBOSITY terse
\pset null ~
\pset format unaligned
CREATE FUNCTION logged() RETURNS TABLE (tag text, type text, object text, revision text) LANGUAGE plpgsql AS $$
BEGIN
  RETURN QUERY SELECT command_tag, object_type, object_identity,
      CASE WHEN version_table IS NULL THEN 'outside'
           ELSE concat_ws(' ', version_table, coalesce(former_revision, 'base'), 'to', coalesce(l.revision, 'base')) END
    FROM migfix.ddl_log AS l WHERE object_identity IS DISTINCT FROM 'public.logged()' ORDER BY log_id;
  PERFORM migfix_forget_log('infinity');
END $$;
SELECT migfix_forget_log('infinity') IS NOT NULL;

-- Once each, and nothing that stands and falls with another.
CREATE TABLE people (id serial PRIMARY KEY, name text UNIQUE, age int DEFAULT 1);
CREATE TYPE color AS ENUM ('red', 'green');
CREATE DOMAIN short AS varchar(8);
CREATE VIEW names AS SELECT name FROM people;
CREATE MATERIALIZED VIEW ages AS SELECT age FROM people;
CREATE FUNCTION f(int) RETURNS int LANGUAGE sql AS 'SELECT 1';
SELECT * FROM logged();
ALTER TABLE people ADD COLUMN height int, ADD COLUMN shirt color;
ALTER TABLE people RENAME COLUMN age TO years;
ALTER TABLE people ADD CONSTRAINT tall CHECK (height > 0);
COMMENT ON TABLE people IS 'all of them';
GRANT SELECT ON people TO PUBLIC;
CREATE INDEX CONCURRENTLY ON people (height);
ALTER TYPE color ADD VALUE 'blue';
SELECT * FROM logged();
ALTER TABLE people DROP COLUMN shirt, DROP CONSTRAINT tall;
DROP TABLE people CASCADE;
SELECT * FROM logged();

-- Schemas with elements, partitions, tables from queries, blocks, functions.
CREATE SCHEMA app CREATE TABLE a (id int PRIMARY KEY) CREATE VIEW av AS SELECT id FROM a CREATE INDEX ON a (id);
CREATE TABLE parts (at date) PARTITION BY RANGE (at);
CREATE TABLE part_1 PARTITION OF parts FOR VALUES FROM ('2026-01-01') TO ('2026-02-01');
CREATE TABLE child (more int) INHERITS (app.a);
CREATE TABLE copied AS SELECT 1 AS one;
SELECT 1 AS one INTO copied_too;
CREATE TABLE IF NOT EXISTS copied (one int);
DO $$BEGIN CREATE TABLE in_block (i int); EXECUTE 'CREATE TABLE executed (i int)'; END$$;
CREATE FUNCTION makes() RETURNS void LANGUAGE plpgsql AS 'BEGIN CREATE TABLE made (i int); END';
SELECT FROM makes();
ALTER TABLE made SET SCHEMA app;
ALTER TABLE app.made RENAME TO made_2;
SELECT * FROM logged();
DROP SCHEMA app CASCADE;
DROP TABLE parts, copied, copied_too, in_block, executed;
SELECT * FROM logged();

-- Nothing of temporary objects, of extensions' members, of what failed or was rolled back.
CREATE TEMP TABLE passing (id serial PRIMARY KEY);
ALTER TABLE passing ADD COLUMN x int;
DROP TABLE passing;
CREATE SCHEMA ext;
CREATE EXTENSION citext SCHEMA ext;
CREATE TABLE uses (c ext.citext, d int);
DROP EXTENSION citext CASCADE;
CREATE EXTENSION citext SCHEMA ext;
DROP SCHEMA ext CASCADE;
DROP TABLE uses;
CREATE TABLE fails (x nothing);
BEGIN;
CREATE TABLE undone (i int);
ROLLBACK;
SELECT * FROM logged();

-- Nothing that is made with a password.
CREATE FOREIGN DATA WRAPPER wrapper;
CREATE SERVER remote FOREIGN DATA WRAPPER wrapper OPTIONS (password 'secret');
ALTER SERVER remote OPTIONS (SET password 'secret');
CREATE USER MAPPING FOR CURRENT_USER SERVER remote OPTIONS (password 'secret');
ALTER USER MAPPING FOR CURRENT_USER SERVER remote OPTIONS (SET password 'secret');
GRANT USAGE ON FOREIGN SERVER remote TO CURRENT_USER;
DROP USER MAPPING FOR CURRENT_USER SERVER remote;
DROP FOREIGN DATA WRAPPER wrapper CASCADE;
SELECT count(*) FROM migfix.ddl_log WHERE statement LIKE '%secret%';
SELECT * FROM logged();

-- Within a revision: what was logged since the last version change.
CREATE TABLE alembic_version (version_num varchar(32) NOT NULL CONSTRAINT alembic_version_pkc PRIMARY KEY);
SELECT * FROM logged();
BEGIN;
CREATE TABLE t1 (i int);
INSERT INTO alembic_version (version_num) VALUES ('1');
CREATE TABLE t2 (i int);
CREATE INDEX t2_i ON t2 (i);
UPDATE alembic_version SET version_num='2' WHERE alembic_version.version_num = '1';
UPDATE alembic_version SET version_num='3' WHERE alembic_version.version_num = '2';
CREATE TABLE t4 (i int);
COMMIT;
SELECT * FROM logged();
-- A savepoint that takes a claim back gives the DDL back too.
BEGIN;
CREATE TABLE t5 (i int);
SAVEPOINT s;
UPDATE alembic_version SET version_num='5' WHERE alembic_version.version_num = '3';
ROLLBACK TO s;
CREATE TABLE t6 (i int);
UPDATE alembic_version SET version_num='6' WHERE alembic_version.version_num = '3';
COMMIT;
SELECT * FROM logged();
-- A merge takes a row in, and is left for its parents: the DDL belongs to the step.
SELECT count(*) FROM (VALUES ('6', NULL), ('a', '6'), ('b', '6'), ('m', 'a,b')) AS r(id, down),
  migfix_register(r.id, string_to_array(r.down, ','));
UPDATE alembic_version SET version_num='a' WHERE alembic_version.version_num = '6';
INSERT INTO alembic_version (version_num) VALUES ('b');
BEGIN;
CREATE TABLE merged (i int);
DELETE FROM alembic_version WHERE alembic_version.version_num = 'b';
UPDATE alembic_version SET version_num='m' WHERE alembic_version.version_num = 'a';
COMMIT;
SELECT * FROM logged();
BEGIN;
DROP TABLE merged;
INSERT INTO alembic_version (version_num) VALUES ('a');
UPDATE alembic_version SET version_num='b' WHERE alembic_version.version_num = 'm';
COMMIT;
SELECT * FROM logged();
-- Two downgrades, of which the second runs no DDL, are two steps.
BEGIN;
DROP TABLE t6;
DELETE FROM alembic_version WHERE alembic_version.version_num = 'a';
UPDATE alembic_version SET version_num='6' WHERE alembic_version.version_num = 'b';
DROP TABLE t5;
DELETE FROM alembic_version WHERE alembic_version.version_num = '6';
COMMIT;
SELECT * FROM logged();

-- The statement is the client's, its own part.
CREATE TABLE s1 (i int)\; CREATE TABLE s2 (i int);
SELECT statement, application_name = current_setting('application_name') AS application, pid = pg_backend_pid() AS pid,
  session_role = session_user AS role, logged_at BETWEEN now() - interval '1 min' AND now() AS at
  FROM (SELECT * FROM migfix.ddl_log WHERE object_identity LIKE 'public.s_' ORDER BY log_id) AS entries;

-- Off, and no guard.
SET migfix.log_ddl = off;
CREATE TABLE unseen (i int);
SET migfix.log_ddl = on;
SET migfix.guard = off;
CREATE TABLE seen (i int);
RESET migfix.guard;
SELECT * FROM logged();

-- Trimming.
CREATE TABLE old (i int);
SELECT migfix_forget_log(now() - interval '1 day');
SELECT migfix_forget_log(NULL);
SELECT migfix_forget_log('infinity') > 0;

DROP TABLE alembic_version, t1, t2, t4, s1, s2, unseen, seen, old;
DROP FUNCTION makes, f, logged;
DROP TYPE color;
DROP DOMAIN short;
SELECT count(migfix_forget(r, force => true)) FROM unnest(ARRAY['m', 'a', 'b', '6']) AS r;
DELETE FROM migfix.version_log;
SELECT setval('migfix.version_log_log_id_seq', 1, false);
SELECT migfix_forget_log('infinity') > 0;
