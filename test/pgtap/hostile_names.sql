-- Names that hold line ends, control characters, quotes, backslashes: a report of one line for each finding, and fixes
-- that work as printed.
BEGIN;
SELECT plan(15);
SET LOCAL client_min_messages = error;
CREATE ROLE tap_namer;
CREATE SCHEMA tap_names AUTHORIZATION tap_namer;
SET LOCAL ROLE tap_namer;
CREATE TYPE tap_names.U&"e\000A0 errors, 0 warnings, 0 notices" AS ENUM ('a', 'b');
CREATE TYPE tap_names.U&"c\001B[31m\000D%s\\n'""q" AS ENUM ('c', U&'d\000Ae');
CREATE TYPE tap_names."e01234567890123456789012345678901234567890123456789012345678901" AS ENUM ('f');
CREATE TYPE tap_names.U&"\00FCb\2028er" AS ENUM ('g');
CREATE TABLE tap_names.U&"t\000AERROR MF999 fake\000A  fix:\000A       DROP DATABASE postgres;" (id integer);
CREATE TABLE tap_names.U&"T\000AERROR MF999 fake\000A  fix:\000A       DROP DATABASE postgres;" (id integer);
RESET ROLE;
CREATE SCHEMA U&"tap\000AERROR MF999 fake" AUTHORIZATION tap_namer;
SET LOCAL ROLE tap_namer;
CREATE TABLE U&"tap\000AERROR MF999 fake".alembic_version (version_num varchar(32));
INSERT INTO U&"tap\000AERROR MF999 fake".alembic_version VALUES (E'a\nERROR MF999 fake');
RESET ROLE;

SELECT cmp_ok((SELECT count(*) FROM migfix_findings()), '>=', 3::bigint, 'there are findings');
SELECT is((SELECT string_agg(message, ' ') FROM migfix_findings() WHERE message ~ E'[\x01-\x1f\x7f\u2028]'), NULL, 'a message has no control character');
SELECT is((SELECT string_agg(detail, ' ') FROM migfix_findings() WHERE detail ~ E'[\x01-\x1f\x7f\u2028]'), NULL, 'nor has a detail');
SELECT is((SELECT string_agg(fix, ' ') FROM migfix_findings() WHERE fix ~ E'[\x01-\x09\x0b-\x1f\x7f]'), NULL, 'nor a fix, but between its lines');
SELECT is((SELECT string_agg(line, chr(10)) FROM migfix_diagnose() AS line WHERE line ~ '^(ERROR MF999|0 errors, 0 warn| +DROP DATABASE)'), NULL, 'no line of the report is faked');
SELECT is((SELECT string_agg(line, ' ') FROM migfix_diagnose() AS line WHERE line ~ E'[\x01-\x1f\x7f]'), NULL, 'nor does one turn a terminal''s colours');
SELECT set_config('tap.fix', (SELECT string_agg(fix, chr(10)) FROM migfix_findings() WHERE code = 'MF306'), true);
SELECT lives_ok(current_setting('tap.fix'), 'the fixes of MF306 work as printed');
SELECT is((SELECT count(*) FROM pg_type WHERE typnamespace = 'tap_names'::regnamespace AND typtype = 'e'), 0::bigint, 'and drop each of them');
SELECT matches((SELECT fix FROM migfix_findings() WHERE code = 'MF107'), '^ALTER TABLE U&"tap\\000AERROR MF999 fake"\.alembic_version', 'MF107');
DELETE FROM U&"tap\000AERROR MF999 fake".alembic_version;
SELECT lives_ok((SELECT fix FROM migfix_findings() WHERE code = 'MF107'), 'the fix of MF107 works as printed');
SELECT is((SELECT count(*) FROM migfix_findings() WHERE code = 'MF107'), 0::bigint, 'MF107 is gone');
SELECT throws_ok($$SELECT migfix_stamp('a', version_table => E'"tap\nERROR MF999 fake".nothing')$$, '42P01', NULL, 'an error that names it');
CREATE FUNCTION tap_names.message(statement text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE statement;
  RETURN NULL;
EXCEPTION WHEN OTHERS THEN
  RETURN SQLERRM;
END $$;
SELECT doesnt_match(tap_names.message($$SELECT migfix_stamp('a', version_table => E'"tap\nERROR MF999 fake".nothing')$$), '\n', 'is one line');
SELECT ok((SELECT json_typeof(string_agg(line, chr(10))::json) FROM migfix_diagnose('json') AS line) = 'object', 'as JSON too');
SELECT is((SELECT count(*) FROM migfix_current(E'"tap\nERROR MF999 fake".alembic_version')), 1::bigint, 'migfix_current');

SELECT * FROM finish();
ROLLBACK;
