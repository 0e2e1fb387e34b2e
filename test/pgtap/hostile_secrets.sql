-- What one team's revisions say, its version rows and its log are not told to a role that could not read them itself.
BEGIN;
SELECT plan(32);
SET LOCAL client_min_messages = error;
CREATE ROLE tap_spy;
CREATE SCHEMA tap_own AUTHORIZATION tap_spy;
CREATE SCHEMA tap_team;
GRANT USAGE ON SCHEMA tap_team TO tap_spy;
-- All that a role is told, in one text.
CREATE FUNCTION tap_own.told(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  answer text;
  detail text;
  hint text;
BEGIN
  EXECUTE format('SELECT coalesce(string_agg(t::text, chr(10)), '''') FROM (%s) AS t', query) INTO answer;
  RETURN answer;
EXCEPTION WHEN OTHERS THEN
  GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
  RETURN concat_ws(chr(10), SQLSTATE, SQLERRM, detail, hint);
END $$;
SELECT migfix_load_sql('BEGIN;
CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL, CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num));
-- Running upgrade  -> x1
CREATE TABLE accounts (id integer, token text DEFAULT ''hunter2'');
INSERT INTO alembic_version (version_num) VALUES (''x1'') RETURNING version_num;
-- Running upgrade x1 -> x2
CREATE TABLE hunter2 (id integer);
INSERT INTO accounts VALUES (1, ''hunter2'');
UPDATE alembic_version SET version_num=''x2'' WHERE version_num = ''x1'';
COMMIT;');
CREATE TABLE tap_team.alembic_version (version_num varchar(32) NOT NULL CONSTRAINT alembic_version_pkc PRIMARY KEY);
INSERT INTO tap_team.alembic_version VALUES ('x1');

SET LOCAL SESSION AUTHORIZATION tap_spy;
CREATE TABLE tap_own.alembic_version (version_num varchar(32) NOT NULL CONSTRAINT alembic_version_pkc PRIMARY KEY);
INSERT INTO tap_own.alembic_version VALUES ('x1');
CREATE TABLE tap_own.hunter (id integer);
SELECT t FROM unnest(ARRAY[$$SELECT migfix_verify('x2', 'tap_own.alembic_version', true)$$, $$SELECT migfix_infer('tap_own.alembic_version')$$,
                    $$SELECT migfix_plan(version_table => 'tap_own.alembic_version')$$,
                    $$SELECT migfix_repair('x2', 'tap_own.alembic_version', true)$$,
                    $$SELECT migfix_upgrade(version_table => 'tap_own.alembic_version')$$, $$SELECT migfix_export()$$,
                    $$SELECT migfix_observed()$$]) AS query,
    LATERAL (VALUES (matches(tap_own.told(query), '^42501', 'refused: ' || query)), (doesnt_match(tap_own.told(query), 'hunter2', 'tells nothing: ' || query))) AS t (t);
SELECT doesnt_match(tap_own.told(query), 'hunter2', 'tells nothing: ' || query)
  FROM unnest(ARRAY[$$SELECT migfix_diagnose()$$, $$SELECT migfix_diagnose('json')$$, $$SELECT migfix_findings('tap_own.alembic_version')$$,
                    $$SELECT migfix_findings()$$, $$SELECT migfix_current()$$, $$SELECT migfix_history()$$, $$SELECT migfix_graph()$$,
                    $$SELECT migfix_duplicates()$$, $$SELECT migfix_assert()$$,
                    $$SELECT migfix_stamp('x2', true, 'tap_own.alembic_version')$$]) AS query;
SELECT set_config('tap.fix', (SELECT fix FROM migfix_findings('tap_own.alembic_version') WHERE code = 'MF905' AND object = 'migfix.revision_statement'), true);
SELECT is(current_setting('tap.fix'), 'GRANT SELECT ON migfix.revision_statement TO tap_spy;', 'MF905 says what was not compared');
SELECT is(tap_own.told($$SELECT revision FROM migfix_current('tap_team.alembic_version') WHERE revision IS NOT NULL$$), '', 'rows of another table are not told');
SELECT is(tap_own.told($$SELECT recorded_by FROM migfix_current('tap_own.alembic_version') WHERE recorded_by IS NOT NULL$$), '', 'nor who wrote them');

-- The fix lets it; and so does what a role needs that loads revisions.
RESET SESSION AUTHORIZATION;
SELECT lives_ok(current_setting('tap.fix'), 'the fix of MF905');
SET LOCAL SESSION AUTHORIZATION tap_spy;
SELECT matches(tap_own.told($$SELECT migfix_verify('x2', 'tap_own.alembic_version', true)$$), 'hunter2', 'with it migfix_verify tells');
SELECT is((SELECT count(*) FROM migfix_findings('tap_own.alembic_version') WHERE object = 'migfix.revision_statement'), 0::bigint, 'and MF905 is gone');
RESET SESSION AUTHORIZATION;
REVOKE SELECT ON migfix.revision_statement FROM tap_spy;
GRANT EXECUTE ON FUNCTION migfix_load_sql(text, text) TO tap_spy;
SET LOCAL SESSION AUTHORIZATION tap_spy;
SELECT matches(tap_own.told($$SELECT migfix_verify('x2', 'tap_own.alembic_version', true)$$), 'hunter2', 'a role that may load revisions');

-- A table that was dropped: the log is for who may make it again.
RESET SESSION AUTHORIZATION;
SELECT set_config('tap.log', (SELECT max(log_id)::text FROM migfix.version_log WHERE version_table = 'tap_team.alembic_version'), true);
DROP TABLE tap_team.alembic_version;
SET LOCAL SESSION AUTHORIZATION tap_spy;
SELECT is(split_part(tap_own.told(format('SELECT migfix_undo(%s)', current_setting('tap.log'))), chr(10), 1), '42501', 'migfix_undo of a table that is gone');

SELECT * FROM finish();
ROLLBACK;
