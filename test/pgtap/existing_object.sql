-- What a CREATE is told whose object is there already, kind by kind: never another error than PostgreSQL's own.
SET client_min_messages = error;
SET migfix.log_ddl = off;  -- who made what is tested at the end
CREATE SCHEMA tap_there;
CREATE SCHEMA tap_far;
CREATE ROLE tap_maker;
CREATE ROLE tap_stranger;
GRANT ALL ON SCHEMA tap_there TO tap_maker;
GRANT USAGE ON SCHEMA tap_there TO tap_stranger;
SET search_path = tap_there, public;

CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE TYPE unused AS ENUM ('x');
CREATE DOMAIN posint AS integer NOT NULL DEFAULT 1 CONSTRAINT posint_check CHECK (VALUE > 0);
CREATE TYPE pair AS (a integer, b text);
CREATE SEQUENCE counter START 5;
CREATE TABLE users (id serial PRIMARY KEY, name varchar(64) NOT NULL DEFAULT 'x', feels mood,
  CONSTRAINT uq_name UNIQUE (name), CONSTRAINT name_long CHECK (length(name) > 1));
CREATE TABLE posts (id bigint GENERATED ALWAYS AS IDENTITY, user_id integer, body text, feels mood[],
  CONSTRAINT posts_pk PRIMARY KEY (id), CONSTRAINT posts_user FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE);
CREATE INDEX ix_body ON posts (lower(body)) WHERE body IS NOT NULL;
CREATE UNIQUE INDEX ix_unique ON posts (user_id, body);
CREATE VIEW names AS SELECT name FROM users;
CREATE MATERIALIZED VIEW stored AS SELECT name FROM users;
CREATE TABLE documents (body json);
CREATE TABLE parts (id integer, at date) PARTITION BY RANGE (at);
CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
CREATE TABLE base (at date);
CREATE TABLE child (more text) INHERITS (base);
CREATE TABLE rows_of_a_type OF pair;
CREATE TABLE checked (n integer CONSTRAINT positive CHECK (n > 0));
CREATE TABLE inherits_it () INHERITS (checked);
CREATE TABLE has_it_too (CONSTRAINT positive CHECK (n > 0)) INHERITS (checked);
CREATE TABLE checked_parts (n integer CONSTRAINT positive CHECK (n > 0)) PARTITION BY LIST (n);
CREATE TABLE checked_part PARTITION OF checked_parts DEFAULT;
INSERT INTO users (name) VALUES ('some'), ('rows');

SELECT no_plan();

-- What a statement ends in: SQLSTATE, message, whether there is a detail; or "passes", taken back.
CREATE FUNCTION tap_there.outcome(statement text, OUT state text, OUT message text, OUT detail text, OUT hint text)
LANGUAGE plpgsql AS $$
BEGIN
  BEGIN
    EXECUTE statement;
    RAISE SQLSTATE 'TAP00';
  EXCEPTION
    WHEN SQLSTATE 'TAP00' THEN
      state := '00000'; message := 'passes'; detail := ''; hint := '';
    WHEN OTHERS THEN
      GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL,
        hint = PG_EXCEPTION_HINT;
  END;
END $$;
GRANT EXECUTE ON FUNCTION tap_there.outcome(text) TO PUBLIC;

-- With it, and with migfix.existing_object = off: the same state and message. `expected`: how it compares.
CREATE FUNCTION tap_there.explained(statement text, expected text) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
  with_it record;
  without record;
BEGIN
  PERFORM set_config('migfix.existing_object', 'explain', false);
  with_it := tap_there.outcome(statement);
  PERFORM set_config('migfix.existing_object', 'off', false);
  without := tap_there.outcome(statement);
  PERFORM set_config('migfix.existing_object', 'explain', false);
  RETURN NEXT is(with_it.state || ' ' || with_it.message, without.state || ' ' || without.message, statement);
  RETURN NEXT is(with_it.detail, expected, 'detail of: ' || statement);
  IF expected <> '' AND without.detail <> expected THEN
    RETURN NEXT ok(with_it.hint LIKE '%migfix\_repair%', 'hint of: ' || statement);
  END IF;
END $$;

-- Passed over, and nothing has changed.
CREATE FUNCTION tap_there.skipped(statement text, expected boolean) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
  result record;
BEGIN
  PERFORM set_config('migfix.existing_object', 'skip_identical', false);
  result := tap_there.outcome(statement);
  PERFORM set_config('migfix.existing_object', 'explain', false);
  RETURN NEXT is(result.state = '00000', expected, 'skip_identical: ' || statement || ' ' || result.message);
END $$;

CREATE FUNCTION tap_there.same(statement text) RETURNS SETOF text LANGUAGE sql AS $$
  SELECT tap_there.explained(statement, 'It is identical to what is being created.')
  UNION ALL SELECT tap_there.skipped(statement, true)
$$;
CREATE FUNCTION tap_there.differs(statement text, how text) RETURNS SETOF text LANGUAGE sql AS $$
  SELECT tap_there.explained(statement, how) UNION ALL SELECT tap_there.skipped(statement, false)
$$;
-- What is PostgreSQL's to say, or nobody's.
CREATE FUNCTION tap_there.silent(statement text) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
  with_it record;
  without record;
BEGIN
  PERFORM set_config('migfix.existing_object', 'off', false);
  without := tap_there.outcome(statement);
  PERFORM set_config('migfix.existing_object', 'explain', false);
  with_it := tap_there.outcome(statement);
  RETURN NEXT is(with_it::text, without::text, 'left to PostgreSQL: ' || statement);
  PERFORM set_config('migfix.existing_object', 'skip_identical', false);
  with_it := tap_there.outcome(statement);
  PERFORM set_config('migfix.existing_object', 'explain', false);
  RETURN NEXT is(with_it::text, without::text, 'skip_identical leaves to PostgreSQL: ' || statement);
END $$;

-- Enums.
SELECT same($$CREATE TYPE mood AS ENUM ('sad', 'ok')$$);
SELECT same($$CREATE TYPE tap_there.mood AS ENUM ('sad', 'ok')$$);
SELECT differs($$CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy')$$, 'It differs: label "happy" missing after "ok".');
SELECT differs($$CREATE TYPE mood AS ENUM ('ok', 'sad')$$, $$It differs: labels in the order 'ok', 'sad' expected, 'sad', 'ok' found.$$);
SELECT differs($$CREATE TYPE users AS ENUM ('a')$$, 'It is the row type of a table, not what is being created.');
SELECT differs($$CREATE TYPE posint AS ENUM ('a')$$, 'It is a domain, not what is being created.');
SELECT is((outcome($$CREATE TYPE unused AS ENUM ('y')$$)).hint LIKE '%DROP TYPE tap_there.unused;', true, 'an enum that nothing uses may be dropped');
SELECT is((outcome($$CREATE TYPE mood AS ENUM ('y')$$)).hint LIKE '%DROP TYPE%', false, 'one that is used may not');
-- The array type of mood gives way.
SELECT silent($$CREATE TYPE _mood AS ENUM ('a')$$);
SELECT silent($$CREATE TYPE tap_far.mood AS ENUM ('sad', 'ok')$$);

-- Domains.
SELECT same($$CREATE DOMAIN posint AS integer NOT NULL DEFAULT 1 CONSTRAINT posint_check CHECK (VALUE > 0)$$);
SELECT same($$CREATE DOMAIN posint AS int4 DEFAULT 1 NOT NULL CHECK (value>0)$$);
SELECT differs($$CREATE DOMAIN posint AS bigint NOT NULL DEFAULT 1 CHECK (value > 0)$$, 'It differs: bigint expected, integer found.');

-- Composite types: said, never passed over.
SELECT differs($$CREATE TYPE pair AS (a integer, b text)$$, 'No difference was found, but that it is identical cannot be said: collations of its attributes are not compared.');
SELECT differs($$CREATE TYPE users AS (a integer)$$, 'It is the row type of a table, not what is being created.');

-- Sequences.
SELECT same($$CREATE SEQUENCE counter START 5$$);
SELECT same($$CREATE SEQUENCE counter AS bigint START WITH 5 INCREMENT 1$$);
SELECT differs($$CREATE SEQUENCE counter$$, 'It differs: default options expected, START WITH 5 found.');
SELECT differs($$CREATE SEQUENCE users$$, 'It is a table, not what is being created.');
SELECT differs($$CREATE SEQUENCE users_id_seq AS integer$$, 'It differs: no owner expected, owned by users.id found.');
SELECT differs($$CREATE SEQUENCE mood$$, 'It is an enum, not what is being created.');

-- Tables.
SELECT same($$CREATE TABLE users (id serial PRIMARY KEY, name varchar(64) NOT NULL DEFAULT 'x', feels mood,
  CONSTRAINT uq_name UNIQUE (name), CONSTRAINT name_long CHECK (length(name) > 1))$$);
SELECT same($$CREATE TABLE tap_there.users (id SERIAL NOT NULL, name VARCHAR(64) DEFAULT 'x' NOT NULL, feels tap_there.mood,
  PRIMARY KEY (id), CONSTRAINT uq_name UNIQUE (name), CONSTRAINT name_long CHECK (length(users.name) > 1))$$);
SELECT same($$CREATE TABLE posts (id bigint GENERATED ALWAYS AS IDENTITY, user_id integer, body text, feels mood[],
  CONSTRAINT posts_pk PRIMARY KEY (id), CONSTRAINT posts_user FOREIGN KEY (user_id) REFERENCES users ON DELETE CASCADE)$$);
SELECT differs($$CREATE TABLE users (id serial PRIMARY KEY, name varchar(32) NOT NULL, more text)$$,
  'It differs: column users.more is missing (text); column users.name: varchar(32) expected, varchar(64) found; column users.name: no default expected, DEFAULT ''x''::character varying found; column users.feels is one too many (mood); constraint users.name_long is one too many (CHECK (length((name)::text) > 1)); and 1 more.');
SELECT differs($$CREATE TABLE users (name varchar(64) NOT NULL DEFAULT 'x', id serial PRIMARY KEY, feels mood,
  CONSTRAINT uq_name UNIQUE (name), CONSTRAINT name_long CHECK (length(name) > 1))$$, 'It differs: columns in the order name, id and feels expected, id, name and feels found.');
CREATE TABLE steps (a integer GENERATED BY DEFAULT AS IDENTITY (START 5));
SELECT same($$CREATE TABLE steps (a int GENERATED BY DEFAULT AS IDENTITY (START WITH 5 INCREMENT BY 1))$$);
SELECT differs($$CREATE TABLE steps (a int GENERATED BY DEFAULT AS IDENTITY (START 6))$$, 'It differs: column steps.a: START WITH 6 expected, START WITH 5 found.');
SELECT differs($$CREATE TABLE steps (a int GENERATED BY DEFAULT AS IDENTITY (SEQUENCE NAME other START 5))$$,
  'No difference was found, but that it is identical cannot be said: a name is given for the sequence of an identity column.');
SELECT differs($$CREATE TABLE ix_body (a integer)$$, 'It is an index, not what is being created.');
SELECT differs($$CREATE TABLE names (a integer)$$, 'It is a view, not what is being created.');
SELECT differs($$CREATE TABLE mood (a integer)$$, 'It is an enum, not what is being created.');
SELECT differs($$CREATE TABLE fresh (a integer CONSTRAINT uq_name UNIQUE)$$, 'It is the index of a constraint, not what is being created.');
SELECT differs($$CREATE TABLE fresh (a integer, CONSTRAINT ix_body PRIMARY KEY (a))$$, 'It is an index, not what is being created.');
SELECT differs($$CREATE TABLE users AS SELECT 1 AS a$$, 'Whether it is the same could not be found out: CREATE TABLE ... AS is not modelled.');
SELECT differs($$SELECT 1 AS a INTO users$$, 'Whether it is the same could not be found out: CREATE TABLE ... AS is not modelled.');
SELECT differs($$CREATE TABLE posts (LIKE users)$$, 'Whether it is the same could not be found out: CREATE TABLE ... LIKE is not modelled.');
SELECT differs($$CREATE TABLE rows_of_a_type OF pair$$, 'Whether it is the same could not be found out: CREATE TABLE ... OF is not modelled.');
SELECT skipped($$CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')$$, false);
SELECT explained($$CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')$$,
  'No difference was found, but that it is identical cannot be said: a partition or child follows its parent; it is a partition or child; column id is inherited; column at is inherited.');
SELECT same($$CREATE TABLE parts (id integer, at date) PARTITION BY RANGE (at)$$);
SELECT silent($$CREATE TABLE IF NOT EXISTS users (a integer)$$);
SELECT silent($$CREATE TEMP TABLE users (a integer)$$);
-- PostgreSQL has another complaint first.
SELECT silent($$CREATE TABLE users (a no_such_type)$$);
SELECT silent($$CREATE TABLE users (a integer, PRIMARY KEY (b))$$);
SELECT silent($$CREATE TABLE users (a integer, a text)$$);
SELECT silent($$CREATE TABLE users (a varchar(0))$$);
SELECT silent($$CREATE TABLE users (a integer COLLATE "C")$$);
SELECT silent($$CREATE TABLE users (a text COLLATE no_such)$$);
SELECT silent($$CREATE TABLE users (a serial[])$$);
SELECT silent($$CREATE TABLE users (a integer) WITH (no_such = 1)$$);
SELECT silent($$CREATE TABLE users (a integer) TABLESPACE no_such$$);
SELECT silent($$CREATE TABLE users (a integer) USING no_such$$);
SELECT silent($$CREATE TABLE users (a integer DEFAULT 1 DEFAULT 2)$$);
SELECT silent($$CREATE TABLE users (a integer PRIMARY KEY, b integer PRIMARY KEY)$$);
SELECT silent($$CREATE TABLE users (a text GENERATED ALWAYS AS IDENTITY)$$);
SELECT silent($$CREATE TABLE users (a integer NULL NOT NULL)$$);
SELECT silent($$CREATE TABLE users (a integer) INHERITS (nowhere)$$);
SELECT silent($$CREATE TABLE users PARTITION OF users FOR VALUES IN (1)$$);
SELECT silent($$CREATE TABLE no_such_schema.users (a integer)$$);
SELECT silent($$CREATE TABLE fresh (a integer DEFAULT no_such(), CONSTRAINT uq_name UNIQUE (a))$$);

-- What a definition does not hold is a reason not to pass over it.
CREATE TABLE plain (a integer);
SELECT same('CREATE TABLE plain (a integer)');
SELECT differs('CREATE TABLE plain (a integer) WITH (fillfactor = 70)', 'No difference was found, but that it is identical cannot be said: storage parameters are given.');
SELECT differs('CREATE UNLOGGED TABLE plain (a integer)', 'It differs: unlogged expected, logged found.');
ALTER TABLE plain ENABLE ROW LEVEL SECURITY;
SELECT differs('CREATE TABLE plain (a integer)', 'No difference was found, but that it is identical cannot be said: it has row level security.');
ALTER TABLE plain DISABLE ROW LEVEL SECURITY;
ALTER TABLE plain SET (fillfactor = 70);
SELECT differs('CREATE TABLE plain (a integer)', 'No difference was found, but that it is identical cannot be said: it has storage parameters (fillfactor=70).');
ALTER TABLE plain RESET (fillfactor);
CREATE TRIGGER stop BEFORE UPDATE ON plain FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger();
SELECT differs('CREATE TABLE plain (a integer)', 'No difference was found, but that it is identical cannot be said: it has trigger stop.');
DROP TRIGGER stop ON plain;
CREATE RULE nothing AS ON DELETE TO plain DO INSTEAD NOTHING;
SELECT differs('CREATE TABLE plain (a integer)', 'No difference was found, but that it is identical cannot be said: it has rule nothing.');
DROP RULE nothing ON plain;
ALTER TABLE plain ALTER COLUMN a SET STATISTICS 100;
COMMENT ON TABLE plain IS 'something said later';
CREATE INDEX ix_plain ON plain (a);
SELECT same('CREATE TABLE plain (a integer)');

-- Columns.
SELECT same($$ALTER TABLE users ADD COLUMN name varchar(64) NOT NULL DEFAULT 'x'$$);
SELECT same($$ALTER TABLE posts ADD body text, ADD feels mood[]$$);
SELECT same($$ALTER TABLE posts ADD COLUMN user_id integer CONSTRAINT posts_user REFERENCES users ON DELETE CASCADE$$);
SELECT same($$ALTER TABLE users ADD COLUMN id serial PRIMARY KEY$$);
SELECT differs($$ALTER TABLE users ADD COLUMN name varchar(32) NOT NULL DEFAULT 'x'$$, 'It differs: varchar(32) expected, varchar(64) found.');
SELECT differs($$ALTER TABLE posts ADD COLUMN body text, ADD COLUMN fresh integer$$, 'It is identical to what is being created. The statement does more than that, which has not been done yet.');
SELECT differs($$ALTER TABLE posts ADD COLUMN fresh integer, ADD COLUMN body text$$, 'It is identical to what is being created. The statement does more than that, which has not been done yet.');
SELECT differs($$ALTER TABLE posts ADD COLUMN body text UNIQUE$$, 'It differs: constraint posts.posts_body_key is missing (UNIQUE (body)).');
SELECT silent($$ALTER TABLE posts ADD COLUMN IF NOT EXISTS body integer$$);
SELECT silent($$ALTER TABLE posts DROP COLUMN body, ADD COLUMN body text$$);
SELECT silent($$ALTER TABLE posts ADD COLUMN fresh no_such_type, ADD COLUMN body text$$);
SELECT silent($$ALTER TABLE nowhere ADD COLUMN body text$$);
SELECT silent($$ALTER TABLE parts_1 ADD COLUMN at date$$);
SELECT silent($$ALTER TABLE rows_of_a_type ADD COLUMN a integer$$);
SELECT silent($$ALTER TABLE users ADD COLUMN ctid text$$);
SELECT differs($$ALTER TABLE child ADD COLUMN at date$$, 'No difference was found, but that it is identical cannot be said: column at is inherited.');

-- Constraints.
SELECT same($$ALTER TABLE users ADD CONSTRAINT uq_name UNIQUE (name)$$);
SELECT same($$ALTER TABLE users ADD CONSTRAINT name_long CHECK (length(name) > 1)$$);
SELECT same($$ALTER TABLE posts ADD CONSTRAINT posts_user FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE$$);
SELECT differs($$ALTER TABLE posts ADD CONSTRAINT posts_user FOREIGN KEY (user_id) REFERENCES users (id)$$, 'It differs: ON DELETE NO ACTION expected, ON DELETE CASCADE found.');
SELECT differs($$ALTER TABLE users ADD CONSTRAINT name_long CHECK (length(name) > 2)$$, 'It differs: CHECK (length((name)::text) > 2) expected, CHECK (length((name)::text) > 1) found.');
SELECT differs($$ALTER TABLE users ADD CONSTRAINT ix_body UNIQUE (name)$$, 'It is an index, not what is being created.');
SELECT silent($$ALTER TABLE users ADD CONSTRAINT name_long CHECK (no_such(name))$$);
SELECT silent($$ALTER TABLE users ADD PRIMARY KEY (id)$$);
-- What comes from a parent is merged with, or is PostgreSQL's to refuse.
SELECT silent($$ALTER TABLE inherits_it ADD CONSTRAINT positive CHECK (n > 0)$$);
SELECT is((outcome($$ALTER TABLE inherits_it ADD CONSTRAINT positive CHECK (n > 0)$$)).message, 'passes', 'a check of a parent becomes its own');
SELECT silent($$ALTER TABLE inherits_it ADD CONSTRAINT positive CHECK (n > 1)$$);
SELECT silent($$ALTER TABLE inherits_it ADD CONSTRAINT positive UNIQUE (n), ADD CONSTRAINT positive CHECK (n > 0)$$);
SELECT silent($$ALTER TABLE checked_part ADD CONSTRAINT positive CHECK (n > 0)$$);
SELECT differs($$ALTER TABLE has_it_too ADD CONSTRAINT positive CHECK (n > 1)$$, 'It differs: CHECK (n > 1) expected, CHECK (n > 0) found.');
SELECT silent($$ALTER TABLE documents ADD CONSTRAINT uq_name UNIQUE (body)$$);
SELECT silent($$ALTER TABLE users ADD CONSTRAINT uq_name UNIQUE (no_such)$$);
-- Whatever their order, what needs an index comes before other constraints.
SELECT differs($$ALTER TABLE users ADD CONSTRAINT name_long CHECK (length(name) > 2), ADD CONSTRAINT uq_name UNIQUE (name)$$,
  'It is identical to what is being created. The statement does more than that, which has not been done yet.');
SELECT differs($$ALTER TABLE users ADD CONSTRAINT uq_name UNIQUE (name), ADD name text$$,
  'It differs: text expected, varchar(64) found; nullable expected, NOT NULL found; no default expected, DEFAULT ''x''::character varying found.');
ALTER TABLE posts ADD CONSTRAINT late CHECK (id > 0) NOT VALID;
SELECT differs($$ALTER TABLE posts ADD CONSTRAINT late CHECK (id > 0)$$, 'It differs: validated expected, NOT VALID found.');

-- Indexes.
SELECT same($$CREATE INDEX ix_body ON posts (lower(body)) WHERE body IS NOT NULL$$);
SELECT same($$CREATE INDEX ix_body ON tap_there.posts USING btree (lower(posts.body)) WHERE (body) IS NOT NULL$$);
SELECT same($$CREATE UNIQUE INDEX ix_unique ON posts (user_id, body)$$);
SELECT differs($$CREATE INDEX ix_unique ON posts (user_id, body)$$, 'It differs: not unique expected, UNIQUE found.');
SELECT differs($$CREATE UNIQUE INDEX ix_unique ON posts (body, user_id)$$, 'It differs: on (body, user_id) expected, on (user_id, body) found.');
SELECT differs($$CREATE INDEX ix_body ON users (lower(name)) WHERE name IS NOT NULL$$, $$It differs: of table users expected, of table posts found; on (lower((name)::text)) expected, on (lower(body)) found; WHERE (name IS NOT NULL) expected, WHERE (body IS NOT NULL) found.$$);
SELECT differs($$CREATE INDEX uq_name ON users (name)$$, 'It is the index of a constraint, not what is being created.');
SELECT differs($$CREATE INDEX users ON posts (body)$$, 'It is a table, not what is being created.');
SELECT silent($$CREATE INDEX IF NOT EXISTS ix_body ON posts (id)$$);
SELECT silent($$CREATE INDEX ix_body ON posts (no_such)$$);
SELECT silent($$CREATE INDEX ix_body ON posts (no_such(body))$$);
SELECT silent($$CREATE INDEX ix_body ON posts USING no_such (body)$$);
SELECT silent($$CREATE INDEX ix_body ON posts (body no_such_ops)$$);
SELECT silent($$CREATE INDEX ix_body ON posts (body int4_ops)$$);
SELECT silent($$CREATE UNIQUE INDEX ix_body ON posts USING hash (body)$$);
SELECT silent($$CREATE INDEX ix_body ON posts USING hash (body, id)$$);
SELECT silent($$CREATE INDEX ix_body ON posts (body) WITH (no_such = 1)$$);
SELECT silent($$CREATE INDEX ix_body ON documents (body)$$);
SELECT silent($$CREATE UNIQUE INDEX ix_body ON parts (id)$$);
SELECT silent($$CREATE INDEX CONCURRENTLY ix_body ON posts (lower(body)) WHERE body IS NOT NULL$$);
UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'ix_body'::regclass;
SELECT differs($$CREATE INDEX ix_body ON posts (lower(body)) WHERE body IS NOT NULL$$, 'It differs: valid expected, invalid, left by a build that failed found.');
UPDATE pg_index SET indisvalid = true WHERE indexrelid = 'ix_body'::regclass;

-- Views.
SELECT same($$CREATE VIEW names AS SELECT name FROM users$$);
SELECT same($$CREATE VIEW names AS SELECT users.name FROM tap_there.users$$);
SELECT skipped($$CREATE VIEW names AS SELECT name FROM users WHERE id > 0$$, false);
SELECT skipped($$CREATE VIEW names WITH (security_barrier) AS SELECT name FROM users$$, false);
SELECT differs($$CREATE VIEW stored AS SELECT name FROM users$$, 'It is a materialized view, not what is being created.');
SELECT skipped($$CREATE MATERIALIZED VIEW stored AS SELECT name FROM users$$, false);
SELECT explained($$CREATE MATERIALIZED VIEW stored AS SELECT name FROM users$$, 'No difference was found, but that it is identical cannot be said: what it holds is not compared.');
SELECT silent($$CREATE OR REPLACE VIEW names AS SELECT name FROM users$$);
SELECT silent($$CREATE VIEW names AS SELECT no_such FROM users$$);
CREATE TEMP TABLE passing (a integer);
SELECT silent($$CREATE VIEW names AS SELECT a FROM passing$$);

-- Schemas.
SELECT same($$CREATE SCHEMA tap_far$$);
SELECT differs($$CREATE SCHEMA tap_far CREATE TABLE x (a integer)$$, 'No difference was found, but that it is identical cannot be said: its elements are not compared.');
SELECT differs($$CREATE SCHEMA tap_far AUTHORIZATION tap_maker$$, 'It differs: owner tap_maker expected, postgres found.');
SELECT silent($$CREATE SCHEMA pg_catalog$$);
SELECT silent($$CREATE SCHEMA IF NOT EXISTS tap_far$$);

-- Names lead where the session's search_path leads.
CREATE TYPE tap_far.mood AS ENUM ('far');
CREATE TABLE tap_far.users (id integer, feels mood);
SET search_path = tap_far, tap_there, public;
SELECT differs($$CREATE TABLE tap_far.users (id integer, feels mood)$$, 'It differs: column users.feels: mood expected, tap_there.mood found.');
SET search_path = tap_there, public;
SELECT same($$CREATE TABLE tap_far.users (id integer, feels mood)$$);
SELECT differs($$CREATE TABLE tap_far.users (id integer, feels tap_far.mood)$$, 'It differs: column users.feels: mood expected, tap_there.mood found.');

-- Rights: who may not create reads PostgreSQL's own words, and so does who may not read the catalogs.
SET ROLE tap_stranger;
SET client_min_messages = error;
SELECT is((outcome($$CREATE TYPE tap_there.mood AS ENUM ('sad', 'ok')$$)).message, 'permission denied for schema tap_there', 'no right to create: PostgreSQL says so');
SELECT is((outcome($$CREATE TABLE tap_there.users (a integer)$$)).message, 'permission denied for schema tap_there', 'the same of a table');
SELECT is((outcome($$ALTER TABLE tap_there.users ADD COLUMN name text$$)).message, 'must be owner of table users', 'no right to alter: PostgreSQL says so');
SELECT is((outcome($$CREATE INDEX ix_body ON tap_there.posts (body)$$)).message, 'must be owner of table posts', 'the same of an index');
SELECT is((outcome($$CREATE SCHEMA tap_far$$)).message, 'permission denied for database ' || current_database(), 'the same of a schema');
RESET ROLE;
GRANT SET ON PARAMETER migfix.existing_object TO tap_maker;
SET ROLE tap_maker;
SELECT is((outcome($$CREATE TYPE tap_there.mood AS ENUM ('sad', 'ok')$$)).detail, 'It is identical to what is being created. It belongs to role postgres.', 'another role''s object is named as such');
SET migfix.existing_object = skip_identical;
SELECT is((outcome($$CREATE TYPE tap_there.mood AS ENUM ('sad', 'ok')$$)).state, '42710', 'and never passed over: what comes next would fail');
SET migfix.existing_object = explain;
RESET ROLE;
REVOKE SELECT ON pg_catalog.pg_enum FROM PUBLIC;
SET ROLE tap_maker;
SELECT is((outcome($$CREATE TYPE tap_there.mood AS ENUM ('sad', 'ok')$$)).detail, '', 'a role that may not read the catalogs is told nothing of them');
RESET ROLE;
GRANT SELECT ON pg_catalog.pg_enum TO PUBLIC;
-- Who is a member of the owner has the owner's rights.
CREATE ROLE tap_owner;
GRANT tap_owner TO tap_maker;
ALTER TYPE mood OWNER TO tap_owner;
SET ROLE tap_maker;
SELECT is((outcome($$CREATE TYPE tap_there.mood AS ENUM ('sad', 'ok')$$)).detail, 'It is identical to what is being created. It belongs to role tap_owner.', 'a member reads the same');
SET migfix.existing_object = skip_identical;
SELECT is((outcome($$CREATE TYPE tap_there.mood AS ENUM ('sad', 'ok')$$)).state, '00000', 'and may go on');
RESET ROLE;
RESET migfix.existing_object;

-- Read-only, and switched off.
SELECT is((outcome($$SET LOCAL transaction_read_only = on; CREATE TYPE tap_there.mood AS ENUM ('sad', 'ok')$$)).state, '25006', 'read-only comes first');
SET migfix.existing_object = off;
SELECT is((outcome($$CREATE TYPE mood AS ENUM ('sad', 'ok')$$)).hint, '', 'off says nothing');
RESET migfix.existing_object;

-- A prepared or repeated statement keeps its tree.
CREATE FUNCTION tap_there.twice() RETURNS text LANGUAGE plpgsql AS $$
DECLARE done text := '';
BEGIN
  FOR i IN 1..2 LOOP
    BEGIN
      CREATE TABLE tap_there.again (a integer);
      done := done || 'made ';
    EXCEPTION WHEN duplicate_table THEN done := done || 'there ';
    END;
  END LOOP;
  RETURN done;
END $$;
SELECT is(twice(), 'made there ', 'explained on the second run of a function''s statement');
SET migfix.existing_object = skip_identical;
DROP TABLE IF EXISTS again;
SELECT is(twice(), 'made made ', 'made, then passed over');
ALTER TABLE again ADD COLUMN b integer;
SELECT is(twice(), 'there there ', 'and the tree is the same as before');
DROP TABLE again;
SELECT is(twice(), 'made made ', 'also when it is to be made again');
RESET migfix.existing_object;

-- Who made it, for whom may read the log.
SET migfix.log_ddl = on;
CREATE TYPE logged AS ENUM ('a');
ALTER TABLE plain ADD COLUMN later integer;
SET migfix.log_ddl = off;
SELECT matches((outcome($$CREATE TYPE logged AS ENUM ('a')$$)).detail,
  '^It was created \d+-\d+-\d+ .* by role postgres .*outside any migration\. It is identical to what is being created\.$', 'who created it');
SELECT matches((outcome($$ALTER TABLE plain ADD COLUMN later integer$$)).detail,
  '^The log has it with ALTER TABLE .* by role postgres .*outside any migration\. It is identical to what is being created\.$', 'who added a column');
GRANT CREATE ON SCHEMA tap_there TO tap_stranger;
SET ROLE tap_stranger;
SELECT is((outcome($$CREATE TYPE tap_there.logged AS ENUM ('a')$$)).detail,
  'It is identical to what is being created. It belongs to role postgres.', 'who may not read the log is told nothing of it');
RESET ROLE;

SELECT * FROM finish();
RESET search_path;
DROP SCHEMA tap_there, tap_far CASCADE;
REVOKE ALL ON PARAMETER migfix.existing_object FROM tap_maker;
DROP OWNED BY tap_maker, tap_stranger, tap_owner;
DROP ROLE tap_maker, tap_stranger, tap_owner;
