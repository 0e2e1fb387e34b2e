-- What loading, registering, forgetting and binding leave, and which version table belongs to which environment.
BEGIN;
SELECT plan(96);
SET LOCAL client_min_messages = error;
SET LOCAL migfix.version_tables = 'alembic_version, tap_a, tap_b, tap_c';

CREATE FUNCTION script(revision text, down_revision text DEFAULT 'None', more text DEFAULT '') RETURNS text LANGUAGE sql AS $$
  SELECT format(E'# file: %s.py\nrevision = %s\ndown_revision = %s\n%s\n', revision, '"' || revision || '"', down_revision, more)
$$;
-- What a load answers: revision and state of each row.
CREATE FUNCTION states(scripts text, environment text DEFAULT 'default') RETURNS text LANGUAGE sql AS $$
  SELECT string_agg(concat_ws(' ', revision, state), ', ') FROM (SELECT * FROM migfix_load_scripts(scripts, environment)) AS answer
$$;
CREATE FUNCTION reasons(scripts text, environment text DEFAULT 'default') RETURNS text LANGUAGE sql AS $$
  SELECT string_agg(concat_ws(' ', revision, state, reason), ', ') FROM (SELECT * FROM migfix_load_scripts(scripts, environment)) AS answer
   WHERE state <> 'unchanged'
$$;
CREATE FUNCTION heads(environment text DEFAULT 'default') RETURNS text LANGUAGE sql AS $$
  SELECT string_agg(revision, ' ') FROM migfix_heads(environment)
$$;
CREATE FUNCTION stored() RETURNS SETOF text LANGUAGE sql AS $$
  SELECT r::text FROM migfix.revision AS r UNION ALL SELECT s::text FROM migfix.revision_statement AS s
$$;
CREATE FUNCTION steps(call text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE answer text;
BEGIN
  EXECUTE format('SELECT string_agg(concat_ws('' '', operation, old_version, new_version), '', '') FROM migfix_stamp(%s)', call) INTO answer;
  RETURN answer;
END $$;
CREATE FUNCTION belongs(version_table text) RETURNS text LANGUAGE sql AS $$
  SELECT DISTINCT coalesce(environment, 'none') FROM migfix_current(version_table::regclass)
$$;

-- Loading -----------------------------------------------------------------------------------------------

CREATE TEMP TABLE input AS SELECT script('r1') || script('r2', '"r1"', 'branch_labels = "lab"') ||
  script('r3', '"r2"', E'from alembic import op\ndef upgrade():\n  op.drop_table("a")\n  op.drop_table(b)\n') AS first;
SELECT is((SELECT states(first) FROM input), 'r1 added, r2 added, r3 added', 'the first time: added');
SELECT is((SELECT array_agg(concat_ws(' ', revision, down_revision, depends_on, branch_labels, file, source, statements_source) ORDER BY position) FROM migfix.revision),
          ARRAY['r1 {} {} {} r1.py scripts scripts', 'r2 {r1} {} {lab} r2.py scripts scripts', 'r3 {r2} {} {} r3.py scripts scripts'], 'they are there, in order');
SELECT is((SELECT array_agg(concat_ws(' ', revision, statements, opaque, line)) FROM (SELECT (migfix_load_scripts(first)).* FROM input) AS answer),
          ARRAY['r1 0 0 1', 'r2 0 0 1', 'r3 1 1 1'], 'statements are counted, and places where it cannot be said');
SELECT is((SELECT array_agg(coalesce(statement, 'opaque') ORDER BY position) FROM migfix.revision_statement WHERE revision = 'r3'), ARRAY['DROP TABLE a', 'opaque'], 'and kept');
CREATE TEMP TABLE before AS SELECT stored() AS row;
SELECT is((SELECT states(first) FROM input), 'r1 unchanged, r2 unchanged, r3 unchanged', 'the same again: unchanged');
SELECT set_eq('SELECT stored()', 'SELECT row FROM before', 'and nothing is');
SELECT is(states((SELECT script('r3', '"r2"', E'from alembic import op\ndef upgrade():\n  op.drop_table("a")\n  op.drop_table(b)\n') ||
                  script('r2', '"r1"', 'branch_labels = "lab"') || script('r1'))), 'r3 unchanged, r2 unchanged, r1 unchanged', 'in another order: unchanged');
SELECT set_eq('SELECT stored()', 'SELECT row FROM before', 'and nothing is');
SELECT is(states(script('r4', '"r3"')), 'r4 added', 'a new one alone: added');
SELECT is(heads(), 'r4', 'the head is the new one');
SELECT is((SELECT count(*)::int FROM migfix.revision), 4, 'nothing else is lost');

SELECT is(reasons(script('r4', '"r2"')), 'r4 replaced down_revision was r3, is r2', 'replaced: another parent');
SELECT is((SELECT concat_ws(' ', former_parents, linked > added) FROM migfix.revision WHERE revision = 'r4'), '{r3} t', 'the former one is remembered');
SELECT is(heads(), 'r3 r4', 'there are two heads now');
SELECT is(reasons(script('r4', '"r2"', 'depends_on = "r3"')), 'r4 replaced depends_on was empty, is r3', 'replaced: a dependency');
SELECT is((SELECT former_parents FROM migfix.revision WHERE revision = 'r4'), '{r2}', 'what it was before that');
SELECT is(reasons(script('r4', '"r2"', E'depends_on = "r3"\nbranch_labels = ("x", "y")')), 'r4 replaced branch_labels were none, are x and y', 'replaced: labels');
SELECT is(reasons(E'# file: r4.py\n"""words"""' || substr(script('r4', '"r2"', E'depends_on = "r3"\nbranch_labels = ("x", "y")'), 14)), 'r4 replaced its message changed', 'replaced: the message');
SELECT matches(reasons(E'# file: r4.py\n"""words"""' || substr(script('r4', '"r2"', E'depends_on = "r3"\nbranch_labels = ("x", "y")\nfrom alembic import op\ndef upgrade():\n  op.drop_table("z")'), 14)),
               '^r4 replaced its statements', 'replaced: statements');
SELECT is((SELECT linked > added FROM migfix.revision WHERE revision = 'r4'), true, 'what changes no parents changes no link');
SELECT is((SELECT count(*)::int FROM migfix_load_scripts(script('r4', '("r2", "r3")')) WHERE state = 'replaced' AND reason LIKE 'its statements%down_revision was r2, is r2 and r3%'), 1, 'replaced: several things are all said');

-- Twice in one text: the last one counts, as in Alembic.
SELECT is(reasons(script('d1') || script('d1', '"r1"') || script('d2', '"d1"'), 'twice'),
          'd1 added, d2 added, d1 missing parent Revision r1 referenced from d1 is not present. Alembic refuses to load the scripts.', 'twice in one text: one of them is loaded');
SELECT is((SELECT down_revision FROM migfix.revision WHERE environment = 'twice' AND revision = 'd1'), '{r1}', 'the last one');

-- What is known, and not in the text.
SELECT is((SELECT string_agg(revision, ' ') FROM (SELECT (migfix_load_scripts(first)).* FROM input) AS answer WHERE state = 'absent'), 'r4', 'most of the revisions: those that lack are absent');
SELECT is((SELECT reason FROM (SELECT (migfix_load_scripts(first)).* FROM input) AS answer WHERE state = 'absent'),
          'known from an earlier load, not in this one; if its file is gone for good: SELECT migfix_forget(''r4'', environment => ''default'');', 'and how to forget them is said');
SELECT is(states(script('r1')), 'r1 unchanged', 'a few revisions: nothing is said of the others');
SELECT is((SELECT count(*)::int FROM migfix.revision WHERE environment = 'default'), 4, 'nothing is lost');

-- What is rolled back was never there; in the very session, too.
SAVEPOINT s;
SELECT is(states(script('r5', '"r4"')), 'r5 added', 'a load in a savepoint');
SELECT is(heads(), 'r5', 'its head is seen');
ROLLBACK TO s;
SELECT is(heads(), 'r4', 'after the rollback it is not');
SELECT is(states(script('r5', '"r4"')), 'r5 added', 'the same load is new again');
SELECT is(heads(), 'r5', 'and is seen');

-- By hand -----------------------------------------------------------------------------------------------

SELECT is((SELECT string_agg(concat_ws(' ', revision, state, statements), ', ') FROM migfix_register('h1', '{r5}', message => 'by hand')), 'h1 added 0', 'register: added');
SELECT is((SELECT concat_ws(' ', down_revision, message, source, coalesce(statements_source, 'no statements')) FROM migfix.revision WHERE revision = 'h1'), '{r5} by hand registered no statements', 'register: what is kept');
SELECT is((SELECT state FROM migfix_register('h1', '{r5}', message => 'by hand')), 'unchanged', 'register: the same again');
SELECT is((SELECT concat_ws(' ', state, reason) FROM migfix_register('h1', '{r5}', '{r1}', '{hand}', 'by hand')), 'replaced depends_on was empty, is r1; branch_labels were none, are hand', 'register: changed');
SELECT is(states(script('h1', '"r5"')), 'h1 replaced', 'its script comes later');
SELECT is((SELECT concat_ws(' ', source, statements_source, file) FROM migfix.revision WHERE revision = 'h1'), 'scripts scripts h1.py', 'and is where it is known from now');
SELECT is((SELECT string_agg(state, ' ') FROM migfix_register('r3', '{r2}')), 'replaced', 'register of what is known from its script');
SELECT is((SELECT count(*)::int FROM migfix.revision_statement WHERE revision = 'r3'), 2, 'its statements stay');
SELECT is((SELECT string_agg(concat_ws(' ', revision, state), ', ') FROM migfix_register('lost', '{gone}')), 'lost added, lost missing parent', 'register with a parent that is not there');
SELECT is(migfix_forget('lost'), true, 'forget it');

-- Forgetting --------------------------------------------------------------------------------------------

SELECT throws_ok($$SELECT migfix_forget('r5')$$, '55000', 'revision "r5" is still needed', 'a child follows: refused');
SELECT is((SELECT state FROM migfix_register('dep', depends_on => '{h1}')), 'added', 'another revision');
SELECT throws_ok($$SELECT migfix_forget('h1')$$, '55000', 'revision "h1" is still needed', 'one depends on it: refused');
SELECT is(migfix_forget('dep'), true, 'nothing needs it');
CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY);
SELECT is(steps('''h1'''), 'insert h1', 'it is recorded');
SELECT throws_ok($$SELECT migfix_forget('h1')$$, '55000', 'revision "h1" is still needed', 'a version row records it: refused');
SELECT is(steps('''r5'''), 'update h1 r5', 'it is not any more');
SELECT throws_ok($$SELECT migfix_forget('h1')$$, '55000', 'revision "h1" is still needed', 'the log knows it: refused');
SELECT is(heads(), 'h1', 'what is refused changes nothing');
SELECT is(migfix_forget('h1', force => true), true, 'with force it goes');
SELECT is(migfix_forget('h1', force => true), false, 'once');
SELECT is(heads(), 'r5', 'and the head is another');
SELECT is(migfix_forget('r3', force => true), true, 'from the middle, with force');
SELECT is((SELECT count(*)::int FROM migfix.revision_statement WHERE revision = 'r3'), 0, 'its statements go as well');
SELECT is((SELECT state FROM migfix_register('r3', '{r2}') LIMIT 1), 'added', 'and it can come back');
-- Without the guard a row is not logged: it counts all the same.
SAVEPOINT s;
SET LOCAL migfix.guard = off;
DELETE FROM alembic_version;
INSERT INTO alembic_version VALUES ('quiet');
RESET migfix.guard;
SELECT is((SELECT state FROM migfix_register('quiet', '{r5}')), 'added', 'a revision that is recorded, not logged');
SELECT throws_ok($$SELECT migfix_forget('quiet')$$, '55000', 'revision "quiet" is still needed', 'is needed');
ROLLBACK TO s;

-- Several environments ----------------------------------------------------------------------------------

DELETE FROM alembic_version;
DELETE FROM migfix.revision;
CREATE TABLE tap_a (version_num varchar(32) PRIMARY KEY);
CREATE TABLE tap_b (version_num varchar(32) PRIMARY KEY);
CREATE TABLE tap_c (version_num varchar(32) PRIMARY KEY);
SELECT is(states(script('a1') || script('a2', '"a1"') || script('both', '"a2"'), 'a'), 'a1 added, a2 added, both added', 'one environment');
INSERT INTO tap_a VALUES ('a1');
INSERT INTO tap_b VALUES ('b1');
SELECT is(belongs('tap_a'), 'a', 'the only environment: its own table');
SELECT is(states(script('both') || script('b1', '"both"') || script('b2', '"b1"'), 'b'), 'both added, b1 added, b2 added', 'another one, with an id that both have');
SELECT is((SELECT string_agg(concat_ws(' ', environment, revision), ', ') FROM migfix_heads()), 'a both, b b2', 'heads of all');
SELECT is((SELECT string_agg(revision, ' ') FROM migfix_history(environment => 'b')), 'b2 b1 both', 'history of one');
SELECT is(belongs('tap_a'), 'a', 'a table belongs to the environment whose revisions its rows are of');
SELECT is(belongs('tap_b'), 'b', 'and another to another');
SELECT is(steps($$'head', version_table => 'tap_a'$$), 'update a1 both', 'stamp by the graph of the one');
SELECT is(steps($$'head', version_table => 'tap_b'$$), 'update b1 b2', 'stamp by the graph of the other');
SELECT throws_ok($$SELECT migfix_stamp('a1', version_table => 'tap_b')$$, '42704', 'Can''t locate revision identified by ''a1''', 'what the other one has is not known here');
INSERT INTO tap_c VALUES ('both');
SELECT is(belongs('tap_c'), 'a', 'an id that both have: the first by name');
SELECT is((SELECT state FROM migfix_register('both', environment => 'default')), 'added', 'a third environment, with that id');
SELECT is(belongs('tap_c'), 'default', 'an id that all have: default before others');
SELECT is(migfix_forget('both', force => true), true, 'default is gone again');
DELETE FROM tap_c;
INSERT INTO tap_c VALUES ('both'), ('b1');
SELECT is(belongs('tap_c'), 'b', 'the one that knows most of the rows');
DELETE FROM tap_c;
INSERT INTO tap_c VALUES ('foreign');
SELECT is(belongs('tap_c'), 'none', 'the table of another project: no environment knows its row');
SELECT is((SELECT concat_ws(' ', revision, coalesce(known::text, 'not judged')) FROM migfix_current('tap_c')), 'foreign not judged', 'so it is not judged by them');
SELECT throws_ok($$SELECT migfix_stamp('head', version_table => 'tap_c')$$, '22023', '"head" is not the id of a revision', 'nor stamped by them');
SELECT is(steps($$'next', true, 'tap_c'$$), 'update foreign next', 'but by exact ids');

-- Bound to one
SELECT lives_ok($$SELECT migfix_bind('tap_c', 'b')$$, 'bind');
SELECT is(belongs('tap_c'), 'b', 'a bound table belongs to that environment, whatever its rows are');
SELECT is((SELECT concat_ws(' ', revision, known) FROM migfix_current('tap_c')), 'next f', 'its row is not one of them');
SELECT throws_ok($$SELECT migfix_stamp('head', version_table => 'tap_c')$$, '55000', 'Can''t locate revision identified by ''next''', 'stamp says so, as Alembic does');
SELECT is(steps($$'head', true, 'tap_c'$$), 'update next b2', 'purge takes it out');
SELECT lives_ok($$SELECT migfix_bind('tap_c', 'a')$$, 'bind to another');
SELECT is((SELECT count(*)::int FROM migfix.version_table_environment), 1, 'one binding for a table');
SELECT is((SELECT concat_ws(' ', environment, known) FROM migfix_current('tap_c')), 'a f', 'it belongs to that one now');
SELECT lives_ok($$SELECT migfix_bind('tap_c', NULL)$$, 'unbind');
SELECT is(belongs('tap_c'), 'b', 'it belongs again to the one that knows its row');
SELECT is((SELECT count(*)::int FROM migfix.version_table_environment), 0, 'no binding is left');
SELECT lives_ok($$SELECT migfix_bind('tap_c', 'future')$$, 'bind to an environment without revisions');
SELECT is(belongs('tap_c'), 'none', 'nothing is known of it yet');
SELECT is(steps($$'f1', true, 'tap_c'$$), 'update b2 f1', 'stamp by exact ids');
SELECT is(states(script('f1') || script('f2', '"f1"'), 'future'), 'f1 added, f2 added', 'its revisions come');
SELECT is(steps($$'head', version_table => 'tap_c'$$), 'update f1 f2', 'stamp by its graph');

-- A bound table keeps its environment under another name.
DELETE FROM tap_c;
ALTER TABLE tap_c RENAME TO "Odd Name";
CREATE SCHEMA "Odd Schema";
ALTER TABLE "Odd Name" SET SCHEMA "Odd Schema";
ALTER SCHEMA "Odd Schema" RENAME TO tap_schema;
SELECT is((SELECT concat_ws(' ', version_table, environment) FROM migfix.version_table_environment), 'tap_schema."Odd Name" future', 'a bound table is renamed: the binding is, too');
SELECT is(steps($$'head', version_table => 'tap_schema."Odd Name"'$$), 'insert f2', 'and holds');

SELECT * FROM finish();
ROLLBACK;
