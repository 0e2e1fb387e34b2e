-- What the guard does in each of its modes, with each way to write a version row.
BEGIN;
SELECT plan(81);
SET LOCAL client_min_messages = error;
CREATE SCHEMA tap_modes;
SET LOCAL search_path = tap_modes, public;
CREATE TABLE alembic_version (version_num varchar(32) NOT NULL CONSTRAINT alembic_version_pkc PRIMARY KEY);
CREATE SCHEMA tap_keyless CREATE TABLE alembic_version (version_num varchar(32));

-- The rows of a version table, and what the log has got since the last call of start().
CREATE FUNCTION rows_of(version_table regclass DEFAULT 'tap_modes.alembic_version') RETURNS text LANGUAGE plpgsql AS $$
DECLARE answer text;
BEGIN
  EXECUTE format('SELECT coalesce(string_agg(coalesce(version_num, ''NULL''), '' '' ORDER BY version_num), '''') FROM %s',
                 version_table) INTO answer;
  RETURN answer;
END $$;
CREATE TEMP TABLE started AS SELECT 0::bigint AS log_id;
CREATE FUNCTION start(mode text, VARIADIC versions text[]) RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
  PERFORM set_config('migfix.guard', 'off', true);
  DELETE FROM tap_modes.alembic_version;
  DELETE FROM tap_keyless.alembic_version;
  INSERT INTO tap_modes.alembic_version SELECT unnest(versions);
  INSERT INTO tap_keyless.alembic_version SELECT unnest(versions);
  UPDATE started SET log_id = (SELECT coalesce(max(l.log_id), 0) FROM migfix.version_log AS l);
  PERFORM set_config('migfix.guard', mode, true);
END $$;
CREATE FUNCTION logged() RETURNS text LANGUAGE sql AS $$
  SELECT coalesce(string_agg(concat_ws(' ', operation, old_version, new_version), ', ' ORDER BY l.log_id), '')
    FROM migfix.version_log AS l, started WHERE l.log_id > started.log_id
$$;

-- Sent by the client -----------------------------------------------------------------------------------

-- Inside a function the unique key judges (the guard cannot see whether there is an ON CONFLICT), so the
-- guard's own answer to an INSERT is looked at here, as the client meets it.
\set ON_ERROR_STOP off
\set ON_ERROR_ROLLBACK on
\set VERBOSITY sqlstate
SELECT start('enforce', 'a');
INSERT INTO alembic_version VALUES ('a');
SELECT is(:'SQLSTATE' || ' ' || :'LAST_ERROR_MESSAGE', '23505 version "a" is already recorded in tap_modes.alembic_version',
          'enforce, INSERT of a recorded version: the guard says it, not the key');
INSERT INTO alembic_version VALUES ('b'), ('c'), ('b');
SELECT is(:'SQLSTATE' || ' ' || :'LAST_ERROR_MESSAGE', '23505 version "b" is already recorded in tap_modes.alembic_version',
          'enforce, one INSERT with a version twice');
SELECT is(rows_of(), 'a', 'enforce, one INSERT with a version twice: nothing is kept');
INSERT INTO alembic_version SELECT version_num FROM alembic_version;
SELECT is(:'SQLSTATE' || ' ' || :'LAST_ERROR_MESSAGE', '23505 version "a" is already recorded in tap_modes.alembic_version',
          'enforce, INSERT … SELECT');
COPY alembic_version FROM stdin;
x
x
\.
SELECT is(rows_of(), 'a', 'enforce, COPY FROM STDIN: nothing is kept');
-- psql sets no variables for a COPY FROM STDIN that fails.
COPY alembic_version FROM PROGRAM 'echo x; echo x';
SELECT is(:'SQLSTATE' || ' ' || :'LAST_ERROR_MESSAGE', '23505 version "x" is already recorded in tap_modes.alembic_version',
          'enforce, COPY');
SELECT is(rows_of(), 'a', 'enforce, COPY: nothing is kept');
WITH written AS (INSERT INTO tap_keyless.alembic_version VALUES ('a') RETURNING 1) SELECT count(*) FROM written;
SELECT is(:'SQLSTATE' || ' ' || :'LAST_ERROR_MESSAGE', '23505 version "a" is already recorded in tap_keyless.alembic_version',
          'enforce, INSERT in a WITH, on a table without key');
PREPARE again (text) AS INSERT INTO alembic_version VALUES ($1);
EXECUTE again('a');
SELECT is(:'SQLSTATE'::text, '23505', 'enforce, a prepared INSERT');
SELECT is(logged(), '', 'enforce: what was rejected is not logged as done');

SELECT start('heal', 'a');
INSERT INTO alembic_version VALUES ('a') RETURNING version_num;
SELECT is(:'ROW_COUNT'::text, '0', 'heal, INSERT of a recorded version: passed over');
SELECT is(rows_of(), 'a', 'heal, INSERT of a recorded version: one row');
INSERT INTO alembic_version VALUES ('b'), ('c'), ('b');
SELECT is(:'ROW_COUNT'::text, '2', 'heal, one INSERT with a version twice: both versions go in');
COPY alembic_version FROM stdin;
d
a
e
\.
SELECT is(rows_of(), 'a b c d e', 'heal, COPY: what is new goes in');
SELECT is(logged(), 'skip a, skip b, insert b, insert c, skip a, insert d, insert e', 'heal: the log has what was passed over');

SELECT start('heal', 'a', 'b');
UPDATE alembic_version SET version_num = 'b' WHERE version_num = 'a';
SELECT is(:'ROW_COUNT'::text, '1', 'heal, UPDATE to a recorded version: Alembic sees its one row matched');
SELECT is(rows_of(), 'b', 'heal, UPDATE to a recorded version: the twin is gone');
SELECT is(logged(), 'delete b, update a b', 'heal, UPDATE to a recorded version: both in the log');

SELECT start('observe', 'a');
INSERT INTO alembic_version VALUES ('a');
SELECT is(:'SQLSTATE' || ' ' || :'LAST_ERROR_MESSAGE', '23505 duplicate key value violates unique constraint "alembic_version_pkc"',
          'observe: the key alone judges');
COPY tap_keyless.alembic_version FROM stdin;
a
head
\.
SELECT is(rows_of('tap_keyless.alembic_version'), 'a a head', 'observe, COPY: nothing is rejected');
SELECT is(logged(), 'insert a, insert head', 'observe: everything is logged');

SELECT start('off', 'a');
COPY tap_keyless.alembic_version FROM stdin;
a
head
\.
SELECT is(rows_of('tap_keyless.alembic_version'), 'a a head', 'off, COPY: nothing is rejected');
SELECT is(logged(), '', 'off: nothing is logged');
\set ON_ERROR_STOP on
\set ON_ERROR_ROLLBACK off
\set VERBOSITY default

-- ON CONFLICT keeps its meaning in every mode, from a client and inside a function ----------------------

SELECT start('enforce', 'a');
INSERT INTO alembic_version VALUES ('a') ON CONFLICT DO NOTHING;
SELECT is(:'ROW_COUNT'::text, '0', 'enforce, ON CONFLICT DO NOTHING');
INSERT INTO alembic_version VALUES ('a') ON CONFLICT (version_num) DO UPDATE SET version_num = 'b';
SELECT is(rows_of(), 'b', 'enforce, ON CONFLICT DO UPDATE');
SELECT lives_ok($$INSERT INTO alembic_version VALUES ('b') ON CONFLICT DO NOTHING$$,
                'enforce, ON CONFLICT DO NOTHING inside a function');
SELECT throws_ok($$INSERT INTO alembic_version VALUES ('head') ON CONFLICT DO NOTHING$$, '23514', NULL,
                 'enforce, ON CONFLICT: what can never be a revision is rejected all the same');
SELECT throws_ok($$INSERT INTO alembic_version VALUES ('b') ON CONFLICT (version_num) DO UPDATE SET version_num = 'head'$$,
                 '23514', NULL, 'enforce, ON CONFLICT DO UPDATE to what can never be a revision');
SELECT is(rows_of(), 'b', 'enforce, ON CONFLICT: the rows are as they were');
SELECT start('heal', 'a');
INSERT INTO alembic_version VALUES ('a'), ('c') ON CONFLICT DO NOTHING;
SELECT is(rows_of(), 'a c', 'heal, ON CONFLICT DO NOTHING');
SELECT start('observe', 'a');
INSERT INTO alembic_version VALUES ('a') ON CONFLICT (version_num) DO UPDATE SET version_num = 'd';
SELECT is(logged(), 'update a d', 'observe, ON CONFLICT DO UPDATE: logged as what it did');

-- Inside a function: the key judges an INSERT, the guard where there is no key --------------------------

SELECT start('enforce', 'a');
SELECT throws_ok($$INSERT INTO alembic_version VALUES ('a')$$, '23505', NULL, 'enforce, INSERT inside a function');
SELECT throws_ok($$INSERT INTO tap_keyless.alembic_version VALUES ('a')$$, '23505',
                 'version "a" is already recorded in tap_keyless.alembic_version',
                 'enforce, INSERT inside a function, no key');
SELECT throws_ok($$INSERT INTO tap_keyless.alembic_version VALUES ('x'), ('x')$$, '23505',
                 'version "x" is already recorded in tap_keyless.alembic_version',
                 'enforce, a multi-row INSERT that doubles its own row, no key');
SELECT start('heal', 'a');
SELECT lives_ok($$INSERT INTO alembic_version VALUES ('a')$$, 'heal, INSERT inside a function');
SELECT is(rows_of(), 'a', 'heal, INSERT inside a function: passed over');

-- UPDATE -----------------------------------------------------------------------------------------------

SELECT start('enforce', 'a', 'b', 'c');
SELECT throws_ok($$UPDATE alembic_version SET version_num = 'b' WHERE version_num = 'a'$$, '23505',
                 'version "b" is already recorded in tap_modes.alembic_version', 'enforce, UPDATE to a recorded version');
SELECT throws_ok($$UPDATE alembic_version SET version_num = 'z'$$, '23505',
                 'version "z" is already recorded in tap_modes.alembic_version',
                 'enforce, UPDATE of several rows to one version');
SELECT throws_ok($$UPDATE tap_keyless.alembic_version SET version_num = 'z'$$, '23505', NULL,
                 'enforce, UPDATE of several rows to one version, no key');
SELECT throws_ok($$UPDATE alembic_version SET version_num = 'head' WHERE version_num = 'a'$$, '23514', NULL,
                 'enforce, UPDATE to what can never be a revision');
SELECT is(rows_of(), 'a b c', 'enforce, UPDATE: the rows are as they were');
SELECT lives_ok($$UPDATE alembic_version SET version_num = version_num$$, 'enforce, UPDATE that changes nothing');
SELECT lives_ok($$UPDATE alembic_version SET version_num = 'd' WHERE version_num = 'a'$$, 'enforce, UPDATE to a new version');
SELECT is(rows_of(), 'b c d', 'enforce, UPDATE to a new version: written');
SELECT lives_ok($$DELETE FROM alembic_version WHERE version_num = 'b'$$, 'enforce, DELETE of one row');
SELECT lives_ok($$INSERT INTO alembic_version VALUES ('b')$$, 'enforce, a version that is gone may come again');
SELECT lives_ok($$MERGE INTO alembic_version AS v USING (VALUES ('d', 'e'), ('n', 'n')) AS s (id, now) ON v.version_num = s.id
                  WHEN MATCHED THEN UPDATE SET version_num = s.now WHEN NOT MATCHED THEN INSERT VALUES (s.now)$$,
                'enforce, MERGE');
SELECT is(rows_of(), 'b c e n', 'enforce, MERGE: written');
SELECT throws_ok($$MERGE INTO alembic_version AS v USING (VALUES ('e')) AS s (id) ON v.version_num = s.id
                   WHEN MATCHED THEN UPDATE SET version_num = 'n'$$, '23505',
                 'version "n" is already recorded in tap_modes.alembic_version', 'enforce, MERGE to a recorded version');

SELECT start('heal', 'a', 'b', 'c');
SELECT lives_ok($$UPDATE alembic_version SET version_num = 'z'$$, 'heal, UPDATE of several rows to one version');
SELECT is(rows_of(), 'z', 'heal, UPDATE of several rows to one version: one row is left');
SELECT start('observe', 'a', 'b');
SELECT throws_ok($$UPDATE alembic_version SET version_num = 'b' WHERE version_num = 'a'$$, '23505',
                 'duplicate key value violates unique constraint "alembic_version_pkc"', 'observe, UPDATE: the key alone judges');
SELECT lives_ok($$UPDATE tap_keyless.alembic_version SET version_num = 'b' WHERE version_num = 'a'$$, 'observe, UPDATE, no key');
SELECT is(logged(), 'update a b', 'observe, UPDATE: logged');

-- What can never be a revision -------------------------------------------------------------------------

SELECT start('enforce', 'a');
SELECT throws_ok(format('INSERT INTO alembic_version VALUES (%L)', odd), '23514',
                 format('"%s" can never be a revision in tap_modes.alembic_version', odd), format('enforce: "%s"', odd))
  FROM unnest(ARRAY['', ' a2', 'a2 ', E'a2\t', 'head', 'heads', 'base', '+1', '-1', 'ae10+2@head', 'lib@heads', 'a:b', ':'])
       AS odd WHERE odd NOT LIKE E'%\t';
SELECT throws_ok(format('INSERT INTO alembic_version VALUES (%L)', E'a2\t'), '23514', NULL, 'enforce: a trailing tab');
SELECT throws_ok('INSERT INTO alembic_version VALUES (NULL)', '23502',
                 'a version in tap_modes.alembic_version cannot be NULL', 'enforce: NULL');
SELECT start('heal', 'a');
SELECT throws_ok($$INSERT INTO alembic_version VALUES ('base')$$, '23514', NULL, 'heal rejects it too: nothing can be healed there');
SELECT throws_ok($$INSERT INTO tap_keyless.alembic_version VALUES (NULL)$$, '23502', NULL, 'heal rejects NULL too');
SELECT is(logged(), '', 'what can never be a revision: nothing was written');
SELECT start('enforce', 'a');
SELECT lives_ok(format('INSERT INTO alembic_version VALUES (%L)', id), format('a revision may be %s', id))
  FROM unnest(ARRAY['HEAD', 'Base', 'header', 'a-1', 'a+1', 'it''s', 'ä', '0']) AS id;

-- The guard goes with the table, not with the session's path, names or schema ---------------------------

SELECT start('enforce', 'a');
SET LOCAL search_path = public;
SELECT throws_ok($$UPDATE tap_modes.alembic_version SET version_num = 'head'$$, '23514', NULL, 'under another search_path');
SET LOCAL search_path = tap_modes, public;
CREATE VIEW window_on_versions AS SELECT version_num FROM alembic_version;
SELECT throws_ok($$INSERT INTO window_on_versions VALUES ('head')$$, '23514', NULL, 'through a view');

SELECT * FROM finish();
ROLLBACK;
