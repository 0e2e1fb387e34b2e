-- migfix_repair, migfix_upgrade: what brings rows and schema in step, run.
\set VERBOSITY default
SET timezone = 'UTC';
\pset null ~
\pset format unaligned

-- Nothing can be run without revisions.
SELECT * FROM migfix_repair();
SELECT * FROM migfix_upgrade();

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

-- Running upgrade 004 -> 005

COMMIT;

CREATE INDEX CONCURRENTLY ix_posts_title ON posts (title);

BEGIN;

UPDATE alembic_version SET version_num='005' WHERE alembic_version.version_num = '004';

-- Running upgrade 005 -> 006

ALTER TABLE users DROP COLUMN phone;

CREATE TABLE audit (id INTEGER NOT NULL, note TEXT, PRIMARY KEY (id));

UPDATE alembic_version SET version_num='006' WHERE alembic_version.version_num = '005';

COMMIT;

$script$);

-- migfix_upgrade: from nothing, over what is there and identical.
CREATE TYPE user_state AS ENUM ('new', 'active');
SELECT * FROM migfix_upgrade('002', reason => 'first day');
SELECT * FROM migfix_verify() WHERE state <> 'present';
\d posts
SELECT log_id, operation, old_version, new_version, reason FROM migfix.version_log ORDER BY log_id;
-- Nothing to do, and nothing below.
SELECT * FROM migfix_upgrade('002');
SELECT * FROM migfix_upgrade('001');
SELECT * FROM migfix_upgrade('base');
SELECT * FROM migfix_upgrade('nowhere');
-- What is there and different stops it; nothing has changed.
ALTER TABLE users ADD COLUMN phone varchar(10);
SELECT * FROM migfix_upgrade('003');
SELECT revision, head, behind FROM migfix_current();
SELECT * FROM migfix_verify('003') WHERE state <> 'present';
-- So does what would fail on rows.
ALTER TABLE users DROP COLUMN phone;
INSERT INTO users (email, state) VALUES ('a@b', 'new'), ('A@B', 'new');
SELECT * FROM migfix_upgrade('003');
SELECT * FROM migfix_verify('003') WHERE state <> 'present';
DELETE FROM users;
-- What a transaction does not take is said before anything is run.
SELECT * FROM migfix_upgrade();
SELECT revision, head, behind FROM migfix_current();
BEGIN;
SELECT * FROM migfix_upgrade(transactional => true);
\d posts
SELECT * FROM migfix_plan();
ROLLBACK;

-- migfix_repair: rows that were lost.
DELETE FROM alembic_version;
SELECT * FROM migfix_repair();
SELECT * FROM migfix_repair();
SELECT r.* FROM (SELECT max(log_id) AS id FROM migfix.version_log) AS latest, migfix_undo(latest.id) AS r;
SELECT * FROM migfix_repair(reason => 'rows lost in the restore');
SELECT operation, old_version, new_version, reason FROM migfix.version_log ORDER BY log_id DESC LIMIT 1;

-- A revision of which a part is there is brought to its end.
ALTER TABLE users ADD COLUMN phone varchar(20);
SELECT * FROM migfix_repair();
SELECT * FROM migfix_verify() WHERE state <> 'present';
-- What was altered by hand goes back, and the version table has its key again.
ALTER TABLE users ALTER email TYPE varchar(32), ALTER phone SET DEFAULT '0';
DROP INDEX ix_posts_author;
ALTER TABLE alembic_version DROP CONSTRAINT alembic_version_pkc;
SELECT * FROM migfix_repair();
SELECT * FROM migfix_plan();
-- A table that was dropped comes back without its rows.
DROP TABLE posts;
SELECT * FROM migfix_repair();

-- A step that may lose something is not run without force: neither are the others.
ALTER TABLE users ALTER email TYPE text;
DROP INDEX ix_posts_author;
SELECT * FROM migfix_repair();
SELECT * FROM migfix_plan();
INSERT INTO users (email, state) VALUES (repeat('x', 65), 'new');
SELECT * FROM migfix_repair(force => true);
SELECT * FROM migfix_plan();
DELETE FROM users;
SELECT * FROM migfix_repair(force => true);

-- Nor one that needs a person.
ALTER TABLE users ADD COLUMN greeting varchar(100);
SELECT * FROM migfix_repair();
SELECT revision, head, behind FROM migfix_current();
SELECT * FROM migfix_repair(force => true);
SELECT revision, head, behind FROM migfix_current();
SELECT count(*) FROM migfix_plan() WHERE action <> 'upgrade';

-- CREATE INDEX CONCURRENTLY is left to somebody else, or runs in the form that a transaction takes.
BEGIN;
SELECT * FROM migfix_repair('005');
SELECT * FROM migfix_verify() WHERE state <> 'present' AND state <> 'opaque';
SELECT * FROM migfix_repair('005', transactional => true);
SELECT * FROM migfix_verify() WHERE state <> 'present' AND state <> 'opaque';
ROLLBACK;

-- Down to an older revision: what later ones made goes, and that is not safe.
SELECT * FROM migfix_repair('003');
SELECT * FROM migfix_repair('003', force => true);
SELECT * FROM migfix_verify() WHERE state <> 'present';
SELECT * FROM migfix_repair('head-7');

-- A statement that fails takes everything back.
ALTER TABLE users DROP COLUMN name, DROP COLUMN phone;
DROP INDEX ix_users_email;
INSERT INTO users (email, state) VALUES ('a@b', 'new'), ('A@B', 'new');
SELECT * FROM migfix_repair('003');
\d users
DELETE FROM users;

-- A revision that is known nowhere.
DELETE FROM alembic_version;
\set VERBOSITY terse
INSERT INTO alembic_version VALUES ('fffff');
\set VERBOSITY default
SELECT * FROM migfix_repair();
SELECT * FROM migfix_upgrade();
SELECT * FROM migfix_repair('002', force => true);

-- Privileges and row security are compared with nothing; they are set with the rest of a revision that has not come so
-- far.
SELECT revision, state, statements FROM migfix_load_sql($script$BEGIN;
-- Running upgrade 002 -> 103
ALTER TABLE users ADD COLUMN tenant INTEGER;
ALTER TABLE users ADD COLUMN note TEXT;
ALTER TABLE users ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON users TO PUBLIC;
UPDATE alembic_version SET version_num='103' WHERE alembic_version.version_num = '002';
COMMIT;
$script$);
ALTER TABLE users ADD COLUMN tenant integer;
SELECT * FROM migfix_repair();
SELECT relrowsecurity, has_table_privilege('public', oid, 'SELECT') FROM pg_class WHERE relname = 'users';

-- In a transaction that may not write.
BEGIN READ ONLY;
SELECT * FROM migfix_repair();
ROLLBACK;

DROP TABLE posts, users, alembic_version;
DROP TYPE user_state;
TRUNCATE migfix.revision, migfix.revision_statement;
-- An empty log for the tests that follow.
TRUNCATE migfix.version_log;
ALTER SEQUENCE migfix.version_log_log_id_seq RESTART;
