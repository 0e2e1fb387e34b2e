-- The notice about a CREATE that doubles something: each rule, and where nothing is said.
SELECT count(*) FROM migfix_current();  -- loads the module
SET migfix.log_ddl = off;
CREATE SCHEMA shop;
SET search_path = shop, public;

-- The same name on the search_path: it hides another, or is hidden; identical or not.
CREATE TYPE public.status AS ENUM ('new', 'done');
CREATE TYPE status AS ENUM ('new', 'done');
DROP TYPE shop.status;  -- as the hint says
CREATE TABLE shop.users (id int PRIMARY KEY, name text NOT NULL, mail varchar(64));
CREATE TABLE public.users (id int PRIMARY KEY, name text NOT NULL, mail varchar(32));
-- A type of the table's own schema counts by its name: these are copies.
CREATE TYPE shop.color AS ENUM ('red', 'blue');
CREATE TABLE shop.things (id int, color shop.color, size int);
CREATE TYPE public.color AS ENUM ('red', 'blue');
CREATE TABLE public.things (id int, color public.color, size int);
-- Silent: schemas that no search_path joins, as tenants' are.
CREATE SCHEMA tenant_1;
CREATE SCHEMA tenant_2;
CREATE TABLE tenant_1.users (id int PRIMARY KEY, name text NOT NULL, mail varchar(64));
CREATE TABLE tenant_2.users (id int PRIMARY KEY, name text NOT NULL, mail varchar(64));
CREATE TYPE tenant_1.status AS ENUM ('new', 'done');
SET search_path = tenant_1;
CREATE TABLE things (id int, color shop.color, size int);
SET search_path = shop, public;
-- Silent: another kind of object under the name, and a table on the path that is not the user's.
CREATE VIEW public.orders AS SELECT 1 AS id;
CREATE TABLE orders (id int);
CREATE TABLE pg_class_copy (id int);
CREATE TABLE shop.pg_am (id int);

-- Names that differ only in case or underscores, in one schema.
CREATE TYPE "Status" AS ENUM ('new', 'failed');
CREATE TABLE "Things" (id int, color shop.color, size int);
CREATE TABLE t_hings_ (id int);
-- Silent: in another schema; and names that differ by more.
CREATE TYPE tenant_2."Status" AS ENUM ('new', 'failed');
CREATE TABLE thing (id int);
CREATE TABLE things2 (id int);

-- The same labels or columns under another name, in one schema.
CREATE TYPE hue AS ENUM ('red', 'blue');
CREATE TABLE people (LIKE users INCLUDING ALL);
CREATE TABLE persons AS SELECT * FROM users;
CREATE TABLE persons_copy AS SELECT * FROM persons;
SELECT * INTO persons_again FROM persons;
-- Silent: another order, type, NOT NULL; fewer than three columns, one label; another schema.
CREATE TYPE hue_2 AS ENUM ('blue', 'red');
CREATE TYPE one AS ENUM ('red');
CREATE TYPE one_more AS ENUM ('red');
CREATE TABLE people_2 (id int PRIMARY KEY, mail varchar(64), name text NOT NULL);
CREATE TABLE people_3 (id int PRIMARY KEY, name text NOT NULL, mail varchar(63));
CREATE TABLE people_4 (id int PRIMARY KEY, name text, mail varchar(64));
CREATE TABLE pair (id int, name text);
CREATE TABLE pair_2 (id int, name text);
CREATE TABLE tenant_2.persons AS SELECT * FROM users;
-- A table that has lost a column is not compared with one that never had it; migfix_duplicates() tells of them.
CREATE TABLE lost (a int, gone int, b int, c int);
ALTER TABLE lost DROP COLUMN gone;
CREATE TABLE found (a int, b int, c int);
SELECT code, message FROM migfix_duplicates() WHERE message LIKE '%lost%';

-- One notice for all that a command makes.
CREATE SCHEMA two CREATE TABLE a (id int, b text, c text) CREATE TABLE b (id int, b text, c text)
  CREATE TABLE "A" (id int);

-- IF NOT EXISTS makes something, or nothing.
CREATE TABLE IF NOT EXISTS found_2 (a int, b int, c int);
CREATE TABLE IF NOT EXISTS found_2 (a int, b int, c int);
CREATE TABLE IF NOT EXISTS found_3 AS SELECT 1 AS a;

-- ALTER ... RENAME counts by the name, SET SCHEMA by everything.
ALTER TABLE pair RENAME TO "Pair_2";
ALTER TYPE one RENAME TO "Hue";
ALTER TABLE tenant_2.persons SET SCHEMA public;
ALTER TABLE tenant_2.users SET SCHEMA shop;  -- fails
ALTER TABLE tenant_2.users RENAME TO clients;
CREATE TABLE tenant_2.moved AS SELECT * FROM persons;
ALTER TABLE tenant_2.moved SET SCHEMA shop;
ALTER TABLE people RENAME COLUMN mail TO email;
ALTER VIEW public.orders RENAME TO people;

-- What changed since, or never came to be.
ALTER TABLE found ADD COLUMN d int;
ALTER TABLE found_2 ADD COLUMN d int;
CREATE TABLE found_4 (a int, b int, c int, d int);
DROP TABLE found, found_2;
BEGIN;
CREATE TABLE undone (k int, l int, m int);
CREATE TYPE undone_kind AS ENUM ('k', 'l');
ROLLBACK;
CREATE TABLE done (k int, l int, m int);
CREATE TYPE done_kind AS ENUM ('k', 'l');
BEGIN;
SAVEPOINT s;
ALTER TABLE done ADD COLUMN n int;
ALTER TYPE done_kind RENAME VALUE 'l' TO 'm';
ROLLBACK TO s;
CREATE TABLE done_2 (k int, l int, m int);
CREATE TYPE done_kind_2 AS ENUM ('k', 'l');
ROLLBACK;
ALTER TYPE done_kind ADD VALUE 'm';
CREATE TYPE done_kind_3 AS ENUM ('k', 'l');
CREATE TYPE done_kind_4 AS ENUM ('k', 'l', 'm');

-- Silent: temporary tables, partitions, children, version tables, and what belongs to migfix.
CREATE TEMP TABLE users (id int PRIMARY KEY, name text NOT NULL, mail varchar(64));
CREATE TABLE done_3 (LIKE users);
DROP TABLE pg_temp.users;
CREATE TABLE log (at date, k int, l int) PARTITION BY RANGE (at);
CREATE TABLE log_1 PARTITION OF log FOR VALUES FROM ('2026-01-01') TO ('2026-02-01');
CREATE TABLE log_2 PARTITION OF log FOR VALUES FROM ('2026-02-01') TO ('2026-03-01');
CREATE TABLE parent (p int, q int, r int);
CREATE TABLE child () INHERITS (parent);
CREATE TABLE child_2 () INHERITS (child);
CREATE TABLE like_parent (LIKE parent);
-- Silent: what has a partitioned table's columns, as it will be one of its partitions.
CREATE TABLE log_3 (LIKE log);
ALTER TABLE log ATTACH PARTITION log_3 FOR VALUES FROM ('2026-03-01') TO ('2026-04-01');
-- Silent: tables of Alembic itself.
CREATE TABLE _alembic_tmp_parent (LIKE parent);
DROP TABLE _alembic_tmp_parent;
CREATE TABLE public.alembic_version_shop (version_num varchar(32) NOT NULL);
CREATE TABLE alembic_version_shop (version_num varchar(32) NOT NULL);
CREATE TABLE alembic_versionshop (version_num varchar(32) NOT NULL);
CREATE TABLE public.alembic_version (version_num varchar(32) NOT NULL CONSTRAINT alembic_version_pkc PRIMARY KEY);
CREATE TABLE alembic_version (version_num varchar(32) NOT NULL CONSTRAINT alembic_version_pkc PRIMARY KEY);
CREATE TABLE "Alembic_Version" (version_num varchar(32));
SET search_path = shop, public, migfix;
CREATE TABLE version_log (id int);

-- Silent where it is set off, where nobody would hear it, and where a dump is restored.
SET migfix.report_duplicates = off;
CREATE TYPE hue_3 AS ENUM ('red', 'blue');
RESET migfix.report_duplicates;
SET migfix.guard = off;
CREATE TYPE hue_4 AS ENUM ('red', 'blue');
RESET migfix.guard;
SET client_min_messages = warning;
CREATE TYPE hue_5 AS ENUM ('red', 'blue');
RESET client_min_messages;
SET check_function_bodies = off;
SELECT set_config('search_path', '', false);
CREATE TYPE shop.hue_6 AS ENUM ('red', 'blue');
RESET check_function_bodies;
CREATE TYPE shop.hue_7 AS ENUM ('red', 'blue');
RESET search_path;

-- What stood there before the session began.
\c -
SET migfix.log_ddl = off;
CREATE TYPE shop.hue_8 AS ENUM ('b', 'l', 'u', 'e');
\c -
SET migfix.log_ddl = off;
CREATE TYPE shop.hue_9 AS ENUM ('b', 'l', 'u', 'e');
CREATE TYPE shop."HUE_9" AS ENUM ('b');
CREATE TABLE shop.like_lost AS SELECT * FROM shop.like_parent;
CREATE TABLE shop.likelost (id int);

-- A role that may look at nothing there is told no more than the catalogs tell everybody.
CREATE ROLE regress_migfix_maker;
GRANT CREATE, USAGE ON SCHEMA shop TO regress_migfix_maker;
SET ROLE regress_migfix_maker;
SET migfix.report_duplicates = off;
CREATE TYPE shop.mine AS ENUM ('red', 'blue');
RESET ROLE;

-- What fails in looking does not fail the command.
BEGIN;
REVOKE SELECT ON pg_catalog.pg_enum FROM PUBLIC;
SET LOCAL ROLE regress_migfix_maker;
CREATE TYPE shop."Mine" AS ENUM ('green');
SELECT 'shop."Mine"'::regtype;
ROLLBACK;

-- The findings agree: a table that inherits is not told of for its columns.
SELECT code, message FROM migfix_duplicates() WHERE message LIKE '%parent%' OR message LIKE '%child%';

\set VERBOSITY terse
SET client_min_messages = error;
DROP OWNED BY regress_migfix_maker;
DROP ROLE regress_migfix_maker;
DROP SCHEMA shop, tenant_1, tenant_2, two CASCADE;
DROP TABLE public.users, public.things, public.persons, public.alembic_version, public.alembic_version_shop;
DROP VIEW public.people;
DROP TYPE public.status, public.color;
TRUNCATE migfix.version_log;
ALTER SEQUENCE migfix.version_log_log_id_seq RESTART;
