-- What revisions did where Alembic ran them: recorded, exported, imported; rights, precedence, hostile documents.
-- What changed rows before the module came would be unknown.
LOAD 'migfix';
BEGIN;
SELECT no_plan();

SELECT throws_ok('SELECT migfix_export()', '55000', NULL, 'nothing was observed yet');

CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL, CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num));
CREATE TABLE t (id integer PRIMARY KEY, a integer);
SAVEPOINT s;
CREATE TABLE rolled_back (id integer);
ROLLBACK TO s;
DO $$ BEGIN
  CREATE TYPE kind AS ENUM ('x', 'y');
  BEGIN
    CREATE TABLE rolled_back (id integer);
    DROP TABLE t;
    RAISE EXCEPTION 'no';
  EXCEPTION WHEN raise_exception THEN NULL;
  END;
  ALTER TABLE t ADD COLUMN k kind NOT NULL DEFAULT 'x';
END $$;
INSERT INTO alembic_version (version_num) VALUES ('001') RETURNING alembic_version.version_num;
CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$ BEGIN
  ALTER TABLE t RENAME COLUMN a TO b;
  UPDATE t SET b = 1;
END $$;
SELECT f();
CREATE POLICY p ON t USING (true);
CREATE TEMP TABLE passing (a integer);
UPDATE alembic_version SET version_num='002' WHERE alembic_version.version_num = '001';

SELECT results_eq('SELECT revision, down_revision, opaque, imported, used FROM migfix_observed()',
  $$ VALUES ('001', '{}'::text[], 0, false, false), ('002', '{001}'::text[], 1, false, false) $$,
  'two revisions, with what they follow');
SELECT set_config('test.document', migfix_export()::text, true);
SELECT results_eq(
  $$ SELECT o ->> 'type', coalesce(o ->> 'table', ''), o ->> 'name' FROM json_array_elements(current_setting('test.document')::json
       #> '{revisions,0,statements}') AS s, json_array_elements(s -> 'objects') AS o ORDER BY 1, 2, 3 $$,
  $$ VALUES ('column', 't', 'a'), ('column', 't', 'id'), ('column', 't', 'k'), ('constraint', 't', 't_pkey'),
            ('enum', '', 'kind'), ('table', '', 't') $$,
  'a savepoint and a handled exception leave nothing');
SELECT is(current_setting('test.document')::json #>> '{revisions,1,statements,1,renames}' IS NOT NULL
          AND (current_setting('test.document')::json #>> '{revisions,1,statements,1,changes_rows}')::boolean, true,
  'a function''s rename and its rows are its caller''s');
SELECT is(current_setting('test.document')::json #>> '{revisions,1,statements,2,beyond,0}', 'policy', 'what has no definition is named');

-- Into the same database: the graph is learnt, and what was observed is used.
SELECT results_eq($$ SELECT revision, state FROM migfix_import(current_setting('test.document')::json) WHERE statements IS NOT NULL $$, $$ VALUES ('001', 'unchanged'), ('002', 'unchanged') $$, 'the same is no change');
SELECT results_eq('SELECT source, down_revision FROM migfix.revision ORDER BY revision',
  $$ VALUES ('observed', '{}'::text[]), ('observed', '{001}'::text[]) $$, 'it is in the graph');
SELECT is_empty($$ SELECT * FROM migfix_verify() WHERE state NOT IN ('present', 'opaque')
  AND object <> '_time_trial_type' $$, 'all is as it should be, but for a type of pgTAP itself');
SELECT migfix_forget_observed();
SELECT results_eq($$ SELECT revision, state FROM migfix_import(current_setting('test.document')::json) WHERE statements IS NOT NULL $$, $$ VALUES ('001', 'added'), ('002', 'added') $$, 'imported');
SELECT is(migfix_export()::text, current_setting('test.document'), 'an import exports as it came');

-- Precedence.
SELECT count(*) FROM migfix_load_sql($$-- Running upgrade  -> 001

CREATE TABLE t (id integer PRIMARY KEY);

INSERT INTO alembic_version (version_num) VALUES ('001') RETURNING alembic_version.version_num;
$$);
SELECT results_eq($$ SELECT state FROM migfix_verify('001') WHERE object = 'kind' $$, $$ VALUES ('present') $$,
  'what was observed counts for more than loaded SQL');
SELECT migfix_forget_observed('001');
SELECT results_eq($$ SELECT state FROM migfix_verify('001') WHERE object = 'kind' $$, $$ VALUES ('unexplained') $$,
  'which counts again without it');
SELECT results_eq($$ SELECT revision, state FROM migfix_import(current_setting('test.document')::json) WHERE statements IS NOT NULL $$, $$ VALUES ('001', 'added'), ('002', 'unchanged') $$, 'once more');
SELECT count(*) FROM migfix_load_sql($$-- Running upgrade  -> 001

CREATE TABLE t (id integer PRIMARY KEY, other integer);

INSERT INTO alembic_version (version_num) VALUES ('001') RETURNING alembic_version.version_num;
$$);
SELECT results_eq($$ SELECT used FROM migfix_observed() WHERE revision = '001' $$, $$ VALUES (false) $$,
  'other statements from the same source are newer');
SELECT results_eq($$ SELECT state FROM migfix_verify('001') WHERE object = 't.other' $$, $$ VALUES ('missing') $$, 'and count');
SELECT migfix_register('002', '{}');
SELECT matches((SELECT reason FROM migfix_import(current_setting('test.document')::json) WHERE revision = '002'),
  'it follows 001 there, and nothing by what is loaded', 'a place that is loaded stays');
SELECT is((SELECT down_revision FROM migfix.revision WHERE revision = '002'), '{}', 'it does');

-- Off.
SET LOCAL migfix.learn = off;
CREATE TABLE unseen (a integer);
UPDATE alembic_version SET version_num='003' WHERE alembic_version.version_num = '002';
SELECT is_empty($$ SELECT * FROM migfix_observed() WHERE revision = '003' $$, 'nothing is recorded with migfix.learn off');

-- Documents that are none.
SELECT throws_ok($$ SELECT * FROM migfix_import(NULL) $$, '22004');
SELECT throws_ok(format('SELECT * FROM migfix_import(%L)', document), state, NULL, left(document, 60)) FROM (VALUES
  ('[]', '22023'), ('{}', '22023'), ('1', '22023'), ('{"migfix_export": 1', '22P02'),
  ('{"migfix_export": 2, "environment": "e", "revisions": []}', '22023'),
  ('{"migfix_export": 1.5, "environment": "e", "revisions": []}', '22023'),
  ('{"migfix_export": 1, "migfix_export": 1, "environment": "e", "revisions": []}', '22023'),
  ('{"migfix_export": 1, "environment": "", "revisions": []}', '22023'),
  ('{"migfix_export": 1, "environment": "e", "revisions": [], "more": 1}', '22023'),
  ('{"migfix_export": 1, "environment": "e", "revisions": {}}', '22023'),
  ('{"migfix_export": 1, "environment": "e\u0000", "revisions": []}', '22P05'),
  ('{"migfix_export": 1, "environment": "e", "revisions": [{"revision": "head", "down_revision": [], "server_version": 150000, "statements": []}]}', '22023'),
  ('{"migfix_export": 1, "environment": "e", "revisions": [{"revision": "a", "down_revision": 1, "server_version": 150000, "statements": []}]}', '22023'),
  ('{"migfix_export": 1, "environment": "e", "revisions": [{"revision": "a", "down_revision": [], "server_version": 150000, "statements": [{}]}]}', '22023'),
  ('{"migfix_export": 1, "environment": "e", "revisions": [{"revision": "a", "down_revision": [], "server_version": 150000, "statements": [{"statement": "x", "objects": [{"type": "table"}]}]}]}', '22023')
  ) AS v (document, state);
SELECT throws_ok(format('SELECT * FROM migfix_import(%L)', '{"migfix_export": ' || repeat('[', 3000) || repeat(']', 3000) || '}'),
  '22023', NULL, 'nested too deep');

-- Rights.
CREATE ROLE observed_nobody;
SET LOCAL ROLE observed_nobody;
SELECT throws_ok('SELECT migfix_export()', '42501');
SELECT throws_ok($$ SELECT * FROM migfix_import('{}') $$, '42501');
SELECT throws_ok('SELECT * FROM migfix_observed()', '42501');
SELECT throws_ok('SELECT migfix_forget_observed()', '42501');
SELECT throws_ok('SELECT * FROM migfix.observed_revision', '42501');
RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
