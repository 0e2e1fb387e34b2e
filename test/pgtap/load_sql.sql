-- migfix_load_sql given what is no output of Alembic, or nearly one: each gives a clear error or row, soon, and
-- in memory that the text bounds.
BEGIN;
SELECT plan(60);
SET LOCAL client_min_messages = error;

-- A script of one revision "a" with `body`, and what follows it.
CREATE FUNCTION script(body text, tail text DEFAULT
    E'\n\nINSERT INTO alembic_version (version_num) VALUES (''a'') RETURNING alembic_version.version_num;\n\nCOMMIT;\n\n')
RETURNS text LANGUAGE sql AS $$
  SELECT E'BEGIN;\n\nCREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL);\n\n-- Running upgrade  -> a\n\n' || body || tail
$$;
-- The answer as texts: "added a 5" for a revision and its line, "syntax a 7: reason" for a problem; and the
-- statements of "a". Each time from an empty graph.
CREATE FUNCTION answer(sql text) RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
  TRUNCATE migfix.revision, migfix.revision_statement;
  RETURN QUERY SELECT concat_ws(' ', state, revision, line) || coalesce(': ' || reason, '') FROM migfix_load_sql(sql);
  RETURN QUERY SELECT coalesce(statement, 'no SQL') FROM migfix.revision_statement ORDER BY position;
END
$$;

-- Arguments
SELECT throws_ok('SELECT * FROM migfix_load_sql(NULL)', '22004', 'sql must not be NULL', 'NULL');
SELECT throws_ok($$SELECT * FROM migfix_load_sql('', NULL)$$, '22004', 'environment must not be NULL', 'no environment');
SELECT throws_ok($$SELECT * FROM migfix_load_sql('', '')$$, '22023', 'environment must not be empty', 'an environment without a name');
SELECT throws_ok(format('SELECT * FROM migfix_load_sql(%L)', text), '22023', 'the text is no output of "alembic upgrade --sql"', left(text, 40))
  FROM unnest(ARRAY['', ' ', ';;;', 'SELECT 1;', 'this is prose, and it''s long', 'revision = "a"', E'\x01\x02\x7f;', '-- Running',
                    E'SELECT $$\n-- Running upgrade  -> a\n$$;', E'/*\n-- Running upgrade  -> a\n*/', 'BEGIN; COMMIT;',
                    E'INFO  [alembic.runtime.migration] Running upgrade  -> a', repeat('x', 1000000)]) AS text;
SELECT throws_ok($$SELECT * FROM migfix_load_sql(E'BEGIN;\n\n-- Running downgrade a -> \n')$$, '22023',
                 'the text is a downgrade script, which does not tell what an upgrade does', 'a downgrade script');
SELECT throws_ok($$SELECT * FROM migfix_load_sql(E'BEGIN;\n\n-- Running stamp_revision a -> b\n')$$, '22023',
                 'the text is a stamp script, which does not tell what revisions do', 'a stamp script');

-- Where a statement ends
SELECT results_eq(format('SELECT * FROM answer(script(%L))', body), ARRAY['added a 5'] || expected, body)
  FROM (VALUES ('', '{}'::text[]), (';;', '{}'), ('SELECT 1;', '{SELECT 1}'), ('SELECT 1;;SELECT 2;', '{SELECT 1,SELECT 2}'),
               ('SELECT '';'', ";", $$;$$, $a$;$$;$a$;', ARRAY['SELECT '';'', ";", $$;$$, $a$;$$;$a$']),
               (E'SELECT E''\\'';'';', ARRAY[E'SELECT E''\\'';''']),
               (E'SELECT 1 /* ; /* ; */ ; */ + -- ;\n 2;', ARRAY[E'SELECT 1 /* ; /* ; */ ; */ + -- ;\n 2']),
               (E'-- why\n/* and */ SELECT 1; -- gone\nSELECT 2;', ARRAY[E'-- why\n/* and */ SELECT 1', 'SELECT 2']),
               ('CREATE RULE r AS ON INSERT TO t DO ALSO (SELECT 1; SELECT 2);', '{CREATE RULE r AS ON INSERT TO t DO ALSO (SELECT 1; SELECT 2)}'),
               ('create function f() returns int begin atomic select 1; select case when true then 1 end; end;',
                '{create function f() returns int begin atomic select 1; select case when true then 1 end; end}'),
               ('CREATE OR REPLACE PROCEDURE f() BEGIN ATOMIC SELECT 1; END; SELECT 2;', '{CREATE OR REPLACE PROCEDURE f() BEGIN ATOMIC SELECT 1; END,SELECT 2}'),
               ('CREATE TABLE beginning (create_function int); SELECT 1;', '{CREATE TABLE beginning (create_function int),SELECT 1}'),
               (E'SELECT 1 -- hides its semicolon;\n\nSELECT 2;', ARRAY['SELECT 1 -- hides its semicolon', 'SELECT 2']),
               ('SAVEPOINT s; ROLLBACK TO s; BEGIN ISOLATION LEVEL SERIALIZABLE; SET x = 1;',
                '{SAVEPOINT s,ROLLBACK TO s,BEGIN ISOLATION LEVEL SERIALIZABLE,SET x = 1}')) AS v (body, expected);

-- What cannot be parsed costs that statement alone
SELECT results_eq(format('SELECT * FROM answer(script(%L))', body), ARRAY['added a 5', 'syntax a 7: ' || reason, 'no SQL', 'SELECT 2'], body)
  FROM (VALUES (E'SELEC 1;\nSELECT 2;', 'syntax error at or near "SELEC"'),
               (E'SELECT 1a;\nSELECT 2;', 'trailing junk after numeric literal at or near "1a"'),
               (E'SELECT U&''\\zzzz'';\nSELECT 2;', 'invalid Unicode escape'),
               (E'SELECT "";\nSELECT 2;', 'zero-length delimited identifier at or near """"'),
               (E'SELECT (1;\nSELECT 2;', 'syntax error at end of input'),
               (E'SELECT ''x'' ''y'';\nSELECT 2;', 'syntax error at or near "''y''"'),
               (E'CREATE ASSERTION x CHECK (true);\nSELECT 2;', 'CREATE ASSERTION is not yet implemented')) AS v (body, reason);
SELECT results_eq(format('SELECT * FROM answer(script(%L))', 'SELECT ' || quote || 'abc;'),
                  ARRAY['added a 5', 'syntax a 7: unterminated ' || what || ' at or near "' || quote || 'abc"', 'no SQL'], 'unterminated ' || what)
  FROM (VALUES ('''', 'quoted string'), ('"', 'quoted identifier'), ('$$', 'dollar-quoted string'), ('/*', '/* comment')) AS v (quote, what);
SELECT results_eq(format('SELECT * FROM answer(script(%L, %L))', 'SELECT ' || quote || 'abc', ''),
                  ARRAY['broken off a 5: not loaded: the text ends within the statement on line 7; it was cut off, or Alembic stopped with an error, as it does where a migration reads from the database'],
                  'cut off within ' || quote)
  FROM unnest(ARRAY['''', '"', '$$', '/*', '(', '']) AS quote;

-- Nesting and size
SELECT results_eq(format('SELECT * FROM answer(script(%L || repeat(%L, 1000000) || %L || repeat(%L, 1000000) || %L))', 'SELECT ', item, 1, counterpart, ';'),
                  ARRAY['added a 5', 'syntax a 7: memory exhausted at or near "' || trim(item) || '"', 'no SQL'], '1,000,000 of ' || item)
  FROM (VALUES ('(', ')'), ('(', ''), ('- ', '')) AS v (item, counterpart);
SELECT throws_ok(format('SELECT * FROM answer(script(%L || repeat(%L, 1000000) || %L))', 'SELECT ', item, '1;'), '54000',
                 'the text would take the server''s scanner too long', '1,000,000 of ' || item)
  FROM unnest(ARRAY['/*', '+-']) AS item;
SELECT results_eq($$SELECT left(answer, 40) FROM answer(script('SELECT ''' || repeat('x', 20000000) || ''';')) AS answer$$,
                  ARRAY['added a 5', 'SELECT ''xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx'], '20 MB in one literal');
SELECT results_eq($$SELECT left(answer, 110) FROM answer(script(repeat('x;', 1000000))) AS answer WHERE answer NOT LIKE '%near "x"'$$,
                  ARRAY['broken off a 5: not loaded: so much cannot be parsed that the text was not read to its end',
                        'syntax 7: so much cannot be parsed that the text was not read from here on', 'syntax: and 901 more'],
                  '1,000,000 statements that are none');
SELECT results_eq($$SELECT left(answer, 40) FROM answer(repeat(E'-- Running upgrade a -> b\n', 300000)) AS answer$$,
                  ARRAY['broken off b 1: not loaded: the text end'], '300,000 markers');
SELECT results_eq($$SELECT left(answer, 40) FROM answer('-- Running upgrade ' || repeat('a, ', 1000000) || '-> b') AS answer$$,
                  ARRAY['broken off b 1: not loaded: the text end'], '1,000,000 parents');
SELECT results_eq($$SELECT left(answer, 60) FROM answer(script(repeat(E'\\x\n', 200000))) AS answer WHERE answer NOT LIKE 'not SQL a %'$$,
                  ARRAY['added a 5', 'not SQL: and 199900 more'], '200,000 commands of psql');

SET LOCAL transaction_read_only = on;
SELECT throws_ok($$SELECT * FROM migfix_load_sql(script('SELECT 1;'))$$, '25006', NULL, 'read-only');

SELECT * FROM finish();
ROLLBACK;
