-- Bad input to loading and walking: an error with the right SQLSTATE that changes nothing, or a row that says what is wrong.
BEGIN;
SELECT plan(174);
SET LOCAL client_min_messages = error;
CREATE ROLE tap_nobody;
CREATE ROLE tap_loader;

CREATE FUNCTION state() RETURNS text LANGUAGE sql AS $$
  SELECT concat_ws(' ', (SELECT md5(string_agg(r::text, ',' ORDER BY environment, revision)) FROM migfix.revision AS r),
                   (SELECT md5(string_agg(s::text, ',' ORDER BY environment, revision, position)) FROM migfix.revision_statement AS s),
                   (SELECT string_agg(b::text, ',') FROM migfix.version_table_environment AS b),
                   (SELECT max(log_id) FROM migfix.version_log), (SELECT count(*) FROM pg_class))
$$;
-- What a load says: state, line and reason of each row, in order.
CREATE FUNCTION said(scripts text, environment text DEFAULT 'bad') RETURNS text LANGUAGE sql AS $$
  SELECT string_agg(concat_ws(' ', state, revision, line, '- ' || reason), E'\n')
    FROM (SELECT * FROM migfix_load_scripts(scripts, environment)) AS answer
$$;
-- The same in an environment without other revisions.
CREATE FUNCTION alone(scripts text) RETURNS text LANGUAGE sql AS $$
  DELETE FROM migfix.revision WHERE environment = 'alone';
  DELETE FROM migfix.revision_statement WHERE environment = 'alone';
  SELECT said(scripts, 'alone')
$$;

SELECT lives_ok($$SELECT migfix_load_scripts(E'revision = "a"\ndown_revision = None\n')$$, 'one revision that is good');
CREATE TABLE tap_version (version_num varchar(32) PRIMARY KEY);
CREATE TEMP TABLE before AS SELECT state() AS state;

-- Arguments
SELECT throws_ok('SELECT migfix_load_scripts(NULL)', '22004', 'scripts must not be NULL', 'scripts that are NULL');
SELECT throws_ok(format('SELECT migfix_load_scripts(%L)', odd), '22023', 'the text holds no script', format('no script: %s characters', length(odd)))
  FROM unnest(ARRAY['', '   ', E'\n\n']) AS odd;
SELECT throws_ok('SELECT migfix_load_scripts(''x = 1'', NULL)', '22004', 'environment must not be NULL', 'load: an environment that is NULL');
SELECT throws_ok('SELECT migfix_load_scripts(''x = 1'', '''')', '22023', 'environment must not be empty', 'load: an environment without a name');
SELECT throws_ok('SELECT migfix_load_scripts(''x = 1'', repeat(''e'', 1001))', '22023', 'the name of the environment is longer than 1000 bytes', 'load: an environment with a long name');
SELECT throws_ok($$SELECT migfix_load_scripts('x = 1', E'a\nb')$$, '22023', 'the name of the environment has a control character', 'load: an environment with a control character');
SELECT throws_ok('SELECT migfix_load_scripts(1)', '42883', NULL, 'scripts that are no text: an integer');
SELECT throws_ok($$SELECT migfix_load_scripts('\x00ff'::bytea)$$, '42883', NULL, 'scripts that are no text: bytea');
SELECT throws_ok($$SELECT migfix_load_scripts(E'revision = "\x80"')$$, '22021', NULL, 'scripts that are no text: bytes');
SELECT throws_ok('SELECT migfix_register(NULL)', '22004', 'revision must not be NULL', 'register: NULL');
SELECT throws_ok(format('SELECT migfix_register(%L)', odd), '22023', format('"%s" is not the id of a revision', odd), format('register: "%s"', odd))
  FROM unnest(ARRAY['', ' b', 'b ', 'head', 'heads', 'base', '+1', '-1', 'b@head', 'a:b']) AS odd;
SELECT throws_ok($$SELECT migfix_register(E'a\x01b')$$, '22023', '"a\x01b" has a control character', 'register: a control character');
SELECT throws_ok('SELECT migfix_register(repeat(''x'', 1001))', '22023', NULL, 'register: a long id');
SELECT throws_ok(format('SELECT migfix_register(''b'', %I => %L)', argument, odd::text), code, format(message, argument), format('register: %s => %s', argument, odd::text))
  FROM unnest('{down_revision,depends_on,branch_labels}'::text[]) AS argument,
       (VALUES (ARRAY[NULL], '22004', '%s must not hold NULL'), (ARRAY['a', NULL], '22004', '%s must not hold NULL'),
               (ARRAY['a', ''], '22023', '%s must not hold an empty text'), (ARRAY[E'a\x01c'], '22023', '"a\x01c" has a control character')) AS v (odd, code, message);
SELECT throws_ok('SELECT migfix_register(''b'', environment => '''')', '22023', 'environment must not be empty', 'register: an environment without a name');
SELECT throws_ok('SELECT migfix_forget(NULL)', '22004', 'revision must not be NULL', 'forget: NULL');
SELECT throws_ok('SELECT migfix_forget(''a'', NULL)', '22004', 'environment must not be NULL', 'forget: an environment that is NULL');
SELECT is(migfix_forget(odd), false, format('forget: "%s" is not there', odd)) FROM unnest(ARRAY['', 'nope', 'A', E'\x01', repeat('x', 100000)]) AS odd;
SELECT is(migfix_forget('a', 'elsewhere'), false, 'forget: not in that environment');
SELECT throws_ok('SELECT migfix_bind(NULL, ''default'')', '22004', 'version_table must not be NULL', 'bind: no table');
SELECT throws_ok('SELECT migfix_bind(''tap_version'', '''')', '22023', 'environment must not be empty', 'bind: an environment without a name');
SELECT throws_ok('SELECT migfix_bind(''before'', ''default'')', '42703', NULL, 'bind: a table that is no version table');
SELECT throws_ok('SELECT migfix_bind(''pg_roles'', ''default'')', '42809', NULL, 'bind: a view');
SELECT throws_ok('SELECT migfix_bind(0::regclass, ''default'')', '22004', NULL, 'bind: OID 0');
SELECT throws_ok(format(call, 'elsewhere'), '42704', 'environment "elsewhere" has no revisions', format(call, 'elsewhere'))
  FROM unnest('{SELECT migfix_heads(%L),"SELECT migfix_history(NULL, %L)","SELECT migfix_graph(environment => %L)"}'::text[]) AS call;
SELECT throws_ok('SELECT migfix_history(NULL, NULL)', '22004', 'environment must not be NULL', 'history: an environment that is NULL');
SELECT throws_ok('SELECT migfix_graph(NULL)', '22004', 'format must not be NULL', 'graph: a format that is NULL');
SELECT throws_ok(format('SELECT migfix_graph(%L)', odd), '22023', format('unrecognized format "%s"', odd), format('graph: format "%s"', odd))
  FROM unnest(ARRAY['', 'svg', 'TEXT', ' text']) AS odd;
SELECT throws_ok(format('SELECT migfix_history(%L)', odd), '42704', NULL, format('history: "%s"', odd))
  FROM unnest(ARRAY['nope:', ':nope', 'A:', 'nope:nope', 'nope@head:', E'\x01:']) AS odd;
SELECT throws_ok(format('SELECT migfix_history(%L)', odd), '22023', NULL, format('history: "%s"', odd))
  FROM unnest(ARRAY['a', 'a:a:a', '::']) AS odd;
SELECT throws_ok(format('SELECT migfix_stamp(%L, version_table => ''tap_version'')', odd), code, message, format('stamp: "%s"', left(odd, 20)))
  FROM (VALUES ('', '42704', 'Can''t locate revision identified by '''''), ('nope', '42704', 'Can''t locate revision identified by ''nope'''),
               ('a:a', '42704', 'Can''t locate revision identified by ''a:a'''), (repeat('+', 1000), '42704', NULL),
               (repeat('a@', 100000), '42704', NULL), (E'\x01', '42704', NULL)) AS v (odd, code, message);
SELECT throws_matching(format('SELECT migfix_stamp(%L, version_table => ''tap_version'')', odd), 'revision|walk|Walked', format('stamp: "%s"', odd))
  FROM unnest(ARRAY['+99999999999999999999', '-99999999999999999999', '+9223372036854775807', 'a-2147483648', 'a+4294967297']) AS odd;
SELECT is(state(), (SELECT state FROM before), 'nothing has changed');

-- Texts that are no revisions
SELECT is(said(text), answer, format('no revision: %L', left(split_part(text, E'\n', 1), 40)))
  FROM (VALUES ('this is no python at all', 'syntax 1 - the statement does not end here'),
               (E'\x01\x02\x7f', 'syntax 1 - an unexpected character stands here'),
               ('SELECT 1;', 'syntax 1 - the statement does not end here'),
               ('revision = "b', 'syntax 1 - a string is not closed'),
               ('def f(): pass', 'no revision 1 - this is no revision: neither revision nor down_revision is assigned'),
               (E'revision = 1\ndown_revision = None', 'invalid 1 - revision holds something that is no string'),
               (E'revision = ""\ndown_revision = None', 'invalid 1 - revision is an empty string'),
               (E'revision = "a@b"\ndown_revision = None', 'invalid 1 - character "@" is not allowed in revision identifier "a@b"'),
               (E'revision = "s"\ndown_revision = "s"', 'invalid 1 - revision "s" refers to itself'),
               (E'revision = "new\\nline"\ndown_revision = None', 'invalid 1 - a name in it has a control character'),
               (E'revision = "x\\x7f"\ndown_revision = None', 'invalid 1 - a name in it has a control character'),
               (E'revision = "x"\ndown_revision = "a\\x01b"', 'invalid 1 - a name in it has a control character'),
               (E'revision = "' || repeat('x', 1001) || E'"\ndown_revision = None', 'invalid 1 - a name in it is longer than 1000 bytes'),
               (E'revision = "x"\ndown_revision = "' || repeat('x', 1001) || '"', 'invalid 1 - a name in it is longer than 1000 bytes')) AS v (text, answer);
SELECT matches(said(text), '^not static [0-9]+ - ', format('computed: %L', left(split_part(text, E'\n', 1), 40)))
  FROM unnest(ARRAY[E'import os\nrevision = os.environ["X"]\ndown_revision = None', E'revision = "nul\\0"\ndown_revision = None',
                    E'revision = "\\ud800"\ndown_revision = None', E'revision = f"{x}"\ndown_revision = None',
                    E'revision = "r" * 1000000000\ndown_revision = None',
                    'a = "xxxxxxxx"' || repeat(E'\na = a + a', 60) || E'\nrevision = a\ndown_revision = None']) AS text;
SELECT is(state(), (SELECT state FROM before), 'nothing has changed');

-- Nesting
SELECT matches(said(text), '^syntax [0-9]+ - (expressions are nested too deeply|calls and attributes are chained too deeply|too many levels of indentation|the file is too large to be read as a revision)$',
               what || ', a million deep')
  FROM (VALUES ('brackets', 'revision = ' || repeat('(', 1000000)), ('lists', 'revision = ' || repeat('[', 500000) || repeat(']', 500000)),
               ('mappings', 'revision = ' || repeat('{1:', 333333)), ('not', 'revision = ' || repeat('not ', 1000000)), ('minus', 'x = ' || repeat('-', 1000000) || '1'),
               ('attributes', 'revision = x' || repeat('.y', 1000000)), ('calls', 'revision = x' || repeat('()', 1000000)),
               ('lambda', 'x = ' || repeat('lambda: ', 1000000) || '1'), ('conditions', 'x = ' || repeat('1 if 1 else ', 1000000) || '1'),
               ('powers', 'x = ' || repeat('1 ** ', 1000000) || '1'),
               ('blocks', (SELECT string_agg(repeat(' ', i) || 'if x:', E'\n') FROM generate_series(0, 2000) AS i))) AS v (what, text);
SELECT is(state(), (SELECT state FROM before), 'nothing has changed');

-- Names that are strange, but names
SELECT matches(alone(format(E'revision = %s\ndown_revision = None\n', literal)), '^added ' || name || ' 1' || coalesce(E'\n' || problem || ' ' || name || ' - ', '') , 'the id ' || name)
  FROM (VALUES ('"0123456789012345678901234567890123456789"', '0123456789012345678901234567890123456789', 'too long'),
               ('"it''s"', 'it''s', 'quote'), ('"a\"b"', 'a"b', NULL), ('"ärger_日本"', 'ärger_日本', NULL), ('"\u00e4"', 'ä', NULL),
               ('"head"', 'head', 'reserved word'), ('"a b"', 'a b', NULL), ('"{}"', '\{\}', NULL),
               ('"{a,b}"', '\{a,b\}', NULL), ('"NULL"', 'NULL', NULL), ('"a\\b"', 'a\\b', NULL), ('"%s"', '%s', NULL)) AS v (literal, name, problem);
SELECT matches(alone($$revision = "\N{LATIN SMALL LETTER A}"
down_revision = None
$$), '^not static 1 - ', 'a name by its Unicode name');
SELECT is((SELECT string_agg(revision, ' | ' ORDER BY position) FROM migfix.revision WHERE environment = 'names'), NULL, 'no names yet');
SELECT lives_ok($$SELECT migfix_load_scripts(string_agg(format(E'# file: %s.py\nrevision = %s\ndown_revision = None\n', i, name), ''), 'names')
                    FROM unnest(ARRAY['"{}"', '"{a,b}"', '"NULL"', '"a\\b"', '"\"q\""', '"''"', '"$1"', '"a,b"']) WITH ORDINALITY AS n (name, i)$$, 'names that arrays could take for something else');
SELECT set_eq($$SELECT revision FROM migfix.revision WHERE environment = 'names'$$, ARRAY['{}', '{a,b}', 'NULL', 'a\b', '"q"', '''', '$1', 'a,b'], 'they are kept as they are');
SELECT set_eq($$SELECT revision FROM migfix_heads('names')$$, ARRAY['{}', '{a,b}', 'NULL', 'a\b', '"q"', '''', '$1', 'a,b'], 'and answered so');
SELECT is((SELECT count(*)::int FROM migfix_load_scripts(E'revision = "top"\ndown_revision = ("{a,b}", "NULL", "a\\\\b", "\\"q\\"", "{}", "''", "a,b", "$1")\n', 'names') WHERE state <> 'added' AND revision = 'top'), 0,
          'as parents, too');
SELECT is((SELECT string_agg(revision, ' ') FROM migfix_heads('names')), 'top', 'the parents were found');

-- Statements that hold what a database cannot
SELECT is(alone($$from alembic import op
revision = "s"
down_revision = None
def upgrade():
    op.execute("SELECT '\0'")
    op.execute("SELECT '\ud800'")
    op.execute("SELECT '\x00\udfff'")
    op.execute("SELECT '\u00e4'")
    op.drop_table("t\0")
    op.execute("SELECT 'it''s', $x$ \\ \" $x$")
$$), 'added s 1', 'escapes that make no character: loaded all the same');
SELECT is((SELECT string_agg(coalesce(statement, 'opaque'), ', ' ORDER BY position) FROM migfix.revision_statement WHERE environment = 'alone'),
          $x_$opaque, opaque, opaque, SELECT 'ä', opaque, SELECT 'it''s', $x$ \ " $x$$x_$, 'what they stand in is opaque, the rest is known');

-- Graphs that Alembic refuses
SELECT is(alone($$# file: a.py
revision = "c1"
down_revision = "c2"
# file: b.py
revision = "c2"
down_revision = "c1"
$$), E'added c1 1\nadded c2 1\ncycle c1 - Cycle is detected in revisions (c1, c2). Alembic refuses to load the scripts.', 'a cycle');
SELECT is((SELECT string_agg(revision, ' ' ORDER BY revision) FROM migfix_history(environment => 'alone')), 'c1 c2', 'a cycle: all revisions are listed');
SELECT lives_ok(format('SELECT migfix_graph(%L, ''alone'')', format), 'a cycle: ' || format) FROM unnest('{text,dot,mermaid}'::text[]) AS format;
SELECT is(alone($$revision = "m"
down_revision = "gone"
depends_on = "away"
$$), $$added m 1
missing parent m - Revision gone referenced from m is not present. Alembic refuses to load the scripts.
missing dependency m - Revision away referenced from m is not present. It stands in depends_on. Alembic refuses to load the scripts.$$, 'a missing parent and a missing dependency');
SELECT is(alone($$revision = "n"
down_revision = None
def upgrade(): pass
"""other"""
revision = "l"
down_revision = None
branch_labels = ("n",)
$$), $$added n 1
added l 4
label taken l - Branch name 'n' in revision l already used by revision n. Alembic refuses to load the scripts.$$, 'a label that is an id');
SELECT is(alone($$revision = "dup"
down_revision = None
def upgrade(): pass
"""other"""
revision = "dup"
down_revision = "other"
$$), $$unchanged dup 1 - stands again further on, and the last one counts
added dup 4
missing parent dup - Revision other referenced from dup is not present. Alembic refuses to load the scripts.$$, 'an id that stands twice');
SELECT is((SELECT count(*)::int FROM migfix_register('self', '{self}', environment => 'alone') WHERE state = 'self loop'), 1, 'a self-loop by hand');
DELETE FROM migfix.revision WHERE environment <> 'default';
DELETE FROM migfix.revision_statement WHERE environment <> 'default';
UPDATE before SET state = state();

-- Roles
SELECT throws_ok(format('SET LOCAL ROLE tap_nobody; SELECT %s', call), '42501', NULL, 'a role without EXECUTE: ' || call)
  FROM unnest(ARRAY['migfix_load_scripts(''x = 1'')', 'migfix_register(''x'')', 'migfix_forget(''a'')', 'migfix_bind(''tap_version'', NULL)']) AS call;
RESET ROLE;
SET LOCAL ROLE tap_nobody;
SELECT throws_ok('SELECT * FROM migfix.revision_statement', '42501', NULL, 'a role without privileges: what revisions do');
SELECT throws_ok('DELETE FROM migfix.revision', '42501', NULL, 'a role without privileges: the graph');
SELECT is((SELECT string_agg(revision, ' ') FROM migfix_heads()), 'a', 'a role without privileges: heads');
SELECT is((SELECT string_agg(revision, ' ') FROM migfix_history()), 'a', 'a role without privileges: history');
SELECT is((SELECT string_agg(l, ' ') FROM migfix_graph() AS l), '*  a (head)', 'a role without privileges: graph');
RESET ROLE;
SELECT is(state(), (SELECT state FROM before), 'nothing has changed');
GRANT EXECUTE ON FUNCTION migfix_load_scripts, migfix_register, migfix_forget, migfix_bind TO tap_loader;
SET LOCAL ROLE tap_loader;
SELECT is((SELECT string_agg(state, ' ') FROM migfix_load_scripts(E'revision = "b"\ndown_revision = "a"\n')), 'added', 'a role with EXECUTE: load');
SELECT is((SELECT string_agg(state, ' ') FROM migfix_register('c', '{b}')), 'added', 'a role with EXECUTE: register');
SELECT is((SELECT string_agg(loaded_by, ' ') FROM migfix.revision WHERE revision IN ('b', 'c')), 'tap_loader tap_loader', 'a role with EXECUTE: its name is kept');
SELECT is(migfix_forget('c'), true, 'a role with EXECUTE: forget');
SELECT throws_ok('SELECT migfix_forget(''a'')', '55000', 'revision "a" is still needed', 'a role with EXECUTE: forget refuses');
SELECT lives_ok('SELECT migfix_bind(''tap_version'', ''default'')', 'a role with EXECUTE: bind');
SELECT throws_ok('DELETE FROM migfix.revision', '42501', NULL, 'a role with EXECUTE: not the table itself');
RESET ROLE;
UPDATE before SET state = state();

-- A read-only transaction
SAVEPOINT s;
SET TRANSACTION READ ONLY;
SELECT throws_ok(format('SELECT %s', call), '25006', format('cannot execute %s() in a read-only transaction', split_part(call, '(', 1)), 'read-only: ' || call)
  FROM unnest(ARRAY['migfix_load_scripts(''x = 1'')', 'migfix_load_scripts(NULL)', 'migfix_register(''x'')', 'migfix_forget(''a'', force => true)', 'migfix_bind(''tap_version'', NULL)']) AS call;
SELECT lives_ok(format('SELECT %s', call), 'read-only: ' || call)
  FROM unnest(ARRAY['migfix_heads()', 'migfix_history()', 'migfix_history(''current:'')', 'migfix_graph()', 'migfix_current()']) AS call;
ROLLBACK TO s;
SELECT is(state(), (SELECT state FROM before), 'nothing has changed');

-- Trigger functions called in other ways
SELECT throws_ok('SELECT migfix_revision_changed()', '39P01', 'migfix_revision_changed can only be called as a trigger', 'a trigger function called by SELECT');
SELECT throws_ok('SELECT migfix_keep_own()', '39P01', 'migfix_keep_own can only be called as a trigger', 'a trigger function called by SELECT');

SELECT * FROM finish();
ROLLBACK;
