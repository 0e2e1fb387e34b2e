-- migfix_verify, migfix_infer, migfix_plan: the schema against the revisions. Nothing is changed.
\set VERBOSITY default
SET timezone = 'UTC';
SET migfix.log_ddl = off;  -- who made what is told with the hour: test/pgtap/ddl_log.sql
\pset null ~
\pset format unaligned

-- Nothing can be said without revisions, nor without what they do.
SELECT * FROM migfix_verify();
SELECT revision, state FROM migfix_register('001');
SELECT * FROM migfix_infer();
SELECT * FROM migfix_forget('001');

-- What "alembic upgrade head --sql" printed.
SELECT revision, state, statements FROM migfix_load_sql($script$BEGIN;

CREATE TABLE alembic_version (
    version_num VARCHAR(32) NOT NULL, 
    CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);

-- Running upgrade  -> 001

CREATE TYPE user_state AS ENUM ('new', 'active');

CREATE TABLE users (
    id SERIAL NOT NULL, 
    email VARCHAR(64) NOT NULL, 
    state user_state NOT NULL, 
    PRIMARY KEY (id)
);

INSERT INTO alembic_version (version_num) VALUES ('001') RETURNING alembic_version.version_num;

-- Running upgrade 001 -> 002

CREATE TABLE posts (
    id SERIAL NOT NULL, 
    author INTEGER, 
    title VARCHAR(200) DEFAULT 'none', 
    PRIMARY KEY (id), 
    FOREIGN KEY(author) REFERENCES users (id)
);

CREATE INDEX ix_posts_author ON posts (author);

UPDATE alembic_version SET version_num='002' WHERE alembic_version.version_num = '001';

-- Running upgrade 002 -> 003

ALTER TABLE users ADD COLUMN name VARCHAR(100);

ALTER TABLE users ADD COLUMN phone VARCHAR(20);

CREATE UNIQUE INDEX ix_users_email ON users (lower(email)) WHERE email <> '';

UPDATE alembic_version SET version_num='003' WHERE alembic_version.version_num = '002';

-- Running upgrade 003 -> 004

ALTER TABLE users ADD COLUMN greeting VARCHAR(100);

UPDATE users SET greeting = 'Hello';

ALTER TABLE users ALTER COLUMN greeting SET NOT NULL;

UPDATE alembic_version SET version_num='004' WHERE alembic_version.version_num = '003';

COMMIT;

$script$);

-- An empty database: nothing is recorded, nothing is there, and Alembic has it all before it.
SELECT * FROM migfix_verify();
SELECT * FROM migfix_infer();
SELECT * FROM migfix_plan();
-- What the last revision would leave there.
SELECT * FROM migfix_verify('head', show_structure => true);
-- Which revision is meant.
SELECT * FROM migfix_verify('005');
SELECT * FROM migfix_verify('002', version_table => 'nowhere.alembic_version');
SELECT * FROM migfix_plan('00');
SELECT count(*) FROM migfix_verify('head-1');

-- The schema of revision 003, made by hand as a script of ours would; the rows say nothing.
CREATE TYPE user_state AS ENUM ('new', 'active');
CREATE TABLE users (id serial PRIMARY KEY, email varchar(64) NOT NULL, state user_state NOT NULL, name varchar(100), phone varchar(20));
CREATE TABLE posts (id serial PRIMARY KEY, author integer REFERENCES users, title varchar(200) DEFAULT 'none');
CREATE INDEX ix_posts_author ON posts USING btree (author);
CREATE UNIQUE INDEX ix_users_email ON users (lower(email)) WHERE email <> '';
SELECT * FROM migfix_infer();
SELECT * FROM migfix_plan();
SELECT * FROM migfix_stamp('003');
SELECT * FROM migfix_infer();
SELECT * FROM migfix_plan();
SELECT DISTINCT state FROM migfix_verify();
SELECT code FROM migfix_findings();

-- Each kind of difference, in words.
ALTER TABLE users ALTER email TYPE varchar(32), ALTER state DROP NOT NULL, ALTER name SET DEFAULT 'x', DROP COLUMN phone;
ALTER TYPE user_state ADD VALUE 'gone' AFTER 'new';
DROP INDEX ix_users_email, ix_posts_author;
CREATE INDEX ix_users_email ON users (email);
ALTER TABLE posts DROP CONSTRAINT posts_author_fkey, ADD CONSTRAINT posts_author_fkey FOREIGN KEY (author) REFERENCES users ON DELETE CASCADE;
CREATE TABLE notes (id serial PRIMARY KEY, note text);
SELECT * FROM migfix_verify() WHERE state <> 'present';
SELECT * FROM migfix_verify(show_structure => true) WHERE state <> 'present' AND object_type IN ('enum', 'index', 'constraint', 'table');
SELECT * FROM migfix_plan();
\pset tuples_only on
SELECT message, detail FROM migfix_findings() WHERE code LIKE 'MF2%';
\pset tuples_only off
DROP TABLE notes, posts, users;
DROP TYPE user_state;
-- All is gone: what is recorded is not there.
SELECT * FROM migfix_verify() WHERE state <> 'missing' OR object_type IN ('table', 'enum');
SELECT * FROM migfix_infer();
SELECT * FROM migfix_plan();
SELECT * FROM migfix_plan('003');

-- What revisions alter by commands that are not modelled is there, and compared no further; names of attributes and of
-- views' columns follow.
SELECT revision, state, statements FROM migfix_load_sql($script$BEGIN;
-- Running upgrade  -> a1
CREATE TYPE address AS (street TEXT, zip VARCHAR(10));
CREATE TYPE pair AS (a INTEGER, b INTEGER);
CREATE TABLE people (id INTEGER NOT NULL, name TEXT);
CREATE VIEW names AS SELECT id, name FROM people;
CREATE VIEW ids AS SELECT id FROM people;
INSERT INTO alembic_version (version_num) VALUES ('a1');
-- Running upgrade a1 -> a2
ALTER TYPE address ADD ATTRIBUTE city TEXT;
ALTER TYPE pair RENAME ATTRIBUTE b TO c;
ALTER VIEW names RENAME COLUMN name TO title;
ALTER VIEW ids SET (security_barrier);
UPDATE alembic_version SET version_num='a2' WHERE alembic_version.version_num = 'a1';
COMMIT;
$script$, 'altered');
CREATE SCHEMA altered;
SET search_path = altered, public;
CREATE TABLE alembic_version (version_num varchar(32) NOT NULL CONSTRAINT alembic_version_pkc PRIMARY KEY);
SELECT migfix_bind('altered.alembic_version', 'altered');
SET client_min_messages = warning;
SELECT count(*) FROM migfix_upgrade(version_table => 'altered.alembic_version');
RESET client_min_messages;
SELECT object_type, object, state, detail FROM migfix_verify(version_table => 'altered.alembic_version')
 WHERE object_type IN ('composite type', 'view') OR object_type IS NULL;
SELECT * FROM migfix_plan(version_table => 'altered.alembic_version');
SET client_min_messages = warning;
DROP SCHEMA altered CASCADE;
RESET client_min_messages;
RESET search_path;
DELETE FROM migfix.version_table_environment;
DELETE FROM migfix.revision_statement WHERE environment = 'altered';
DELETE FROM migfix.revision WHERE environment = 'altered';

-- A revision of which a part is there.
SET client_min_messages = warning;
SELECT count(*) FROM migfix_repair('003', force => true);
RESET client_min_messages;
ALTER TABLE users ADD COLUMN greeting varchar(100);
SELECT * FROM migfix_infer();
SELECT * FROM migfix_plan();
\pset tuples_only on
SELECT code, message, detail, fix FROM migfix_findings() WHERE code ~ 'MF[23]';
\pset tuples_only off

-- The report ends with the one call that mends everything that needs no decision.
ALTER TABLE users DROP COLUMN greeting;
DELETE FROM alembic_version;
SELECT (array_agg(line))[count(*) - 1:] AS end FROM migfix_diagnose() AS line;

DROP TABLE posts, users, alembic_version;
DROP TYPE user_state;
TRUNCATE migfix.revision, migfix.revision_statement;
TRUNCATE migfix.version_log;
ALTER SEQUENCE migfix.version_log_log_id_seq RESTART;
