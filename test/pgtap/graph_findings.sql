-- Every finding that needs the graph of revisions: its severity, its words, and that its fix, run as it is printed,
-- ends it; or, where the fix is words, that running them harms nothing. See doc/findings.md.
BEGIN;
SELECT plan(73);
SET LOCAL client_min_messages = error;
CREATE ROLE tap_app;
CREATE SCHEMA tap_tools;
CREATE SCHEMA tap_f;
CREATE TABLE tap_f.alembic_version (version_num varchar(32) NOT NULL CONSTRAINT alembic_version_pkc PRIMARY KEY);

-- The finding of that code; an error where there are several.
CREATE FUNCTION tap_tools.found(code text, OUT severity text, OUT object text, OUT message text, OUT detail text, OUT fix text)
  LANGUAGE plpgsql AS $$
DECLARE r record;
BEGIN
  FOR r IN SELECT * FROM migfix_findings('tap_f.alembic_version') AS f WHERE f.code = found.code LOOP
    IF message IS NOT NULL THEN RAISE EXCEPTION 'several findings %', code; END IF;
    SELECT r.severity, r.object, r.message, r.detail, r.fix INTO severity, object, message, detail, fix;
  END LOOP;
END $$;
-- Four tests: severity, message, fix, and that the finding is gone when the fix has been run.
CREATE FUNCTION tap_tools.mends(code text, severity text, message text, fix text) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE f record := tap_tools.found(code);
BEGIN
  RETURN NEXT is(f.message, message, code || ': ' || message);
  RETURN NEXT is(f.severity, severity, code || ': its severity');
  RETURN NEXT is(f.fix, fix, code || ': its fix');
  BEGIN
    IF f.fix LIKE '--%' THEN RAISE EXCEPTION 'the fix is words'; END IF;
    EXECUTE f.fix;
    RETURN NEXT is((tap_tools.found(code)).message, NULL, code || ': gone after its fix');
  EXCEPTION WHEN OTHERS THEN
    RETURN NEXT fail(code || ': the fix fails: ' || SQLERRM);
  END;
END $$;
-- Three tests: severity, message, and that the fix is words that change nothing when they are run.
CREATE FUNCTION tap_tools.tells(code text, severity text, message text, fix text) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE f record := tap_tools.found(code);
BEGIN
  RETURN NEXT is(f.message, message, code || ': ' || message);
  RETURN NEXT is(f.severity, severity, code || ': its severity');
  EXECUTE f.fix;
  RETURN NEXT ok(f.fix !~ '(^|\n)(?!--)' AND position(fix IN f.fix) > 0 AND (tap_tools.found(code)).message = message,
                 code || ': its fix is words, which change nothing');
  IF position(fix IN f.fix) = 0 THEN RETURN NEXT diag(f.fix); END IF;
END $$;
CREATE FUNCTION tap_tools.silent(code text, what text) RETURNS text LANGUAGE sql
  AS $$SELECT is((tap_tools.found(code)).message, NULL, code || ': not for ' || what)$$;
CREATE FUNCTION tap_tools.rows_are(rows text, what text) RETURNS text LANGUAGE sql
  AS $$SELECT is((SELECT string_agg(version_num, ' ' ORDER BY version_num) FROM tap_f.alembic_version), rows, what)$$;
CREATE FUNCTION tap_tools.learn(revision text, VARIADIC parents text[] DEFAULT '{}') RETURNS void LANGUAGE sql
  AS $$SELECT FROM migfix_register(revision, parents, environment => 'tap')$$;
-- Takes the rows out and puts others in, each in a change of its own.
CREATE PROCEDURE tap_tools.put(VARIADIC rows text[]) LANGUAGE plpgsql AS $$
DECLARE version text;
BEGIN
  DELETE FROM tap_f.alembic_version;
  FOREACH version IN ARRAY rows LOOP
    INSERT INTO tap_f.alembic_version VALUES (version);
  END LOOP;
END $$;

INSERT INTO tap_f.alembic_version VALUES ('old');
SELECT tap_tools.learn('001');
SELECT tap_tools.learn('a', '001');
SELECT tap_tools.learn('b', '001');
SELECT tap_tools.learn('m', 'a', 'b');
SELECT tap_tools.learn('h', 'm');
SELECT migfix_bind('tap_f.alembic_version', 'tap');

-- MF103: unknown. What was recorded before the load is an error, what came later may be newer.
SELECT tap_tools.tells('MF103', 'error', 'tap_f.alembic_version records "old", which is no revision in environment tap',
                       $$SELECT * FROM migfix_load_scripts(:'scripts', environment => 'tap');$$);
SELECT matches((tap_tools.found('MF103')).detail, $$Can't locate revision identified by 'old'.* "old" was recorded .* with INSERT of "old"\.$$, 'MF103: what it breaks, and who did it');
UPDATE tap_f.alembic_version SET version_num = 'newer';
SELECT tap_tools.tells('MF103', 'warning', 'tap_f.alembic_version records "newer", which is no revision in environment tap', 'migfix_undo');
CALL tap_tools.put('a');
SELECT tap_tools.silent('MF103', 'a known revision');
SAVEPOINT t;
ROLLBACK TO t;
UPDATE tap_f.alembic_version SET version_num = 'nonsense';
SELECT max(log_id) AS id FROM migfix.version_log \gset
SELECT tap_tools.mends('MF103', 'warning', 'tap_f.alembic_version records "nonsense", which is no revision in environment tap',
                       format('SELECT * FROM migfix_undo(%s);', :id));
SELECT tap_tools.rows_are('a', 'MF103: the version before is back');
CALL tap_tools.put('B', 'a');
SELECT tap_tools.mends('MF103', 'warning', 'tap_f.alembic_version records "B", which is no revision in environment tap',
                       $$SELECT * FROM migfix_stamp(ARRAY['a', 'b'], purge => true, version_table => 'tap_f.alembic_version');$$);
SELECT tap_tools.rows_are('a b', 'MF103: in the right case');

-- MF104 by the graph, MF105 no more
SELECT tap_tools.silent('MF105', 'rows of separate branches that are known');
CALL tap_tools.put('001', 'a', 'h');
SELECT tap_tools.mends('MF104', 'error',
  'tap_f.alembic_version records "001" beside its descendant "a", "001" beside its descendant "h" and "a" beside its descendant "h"',
  $$SELECT * FROM migfix_stamp('h', purge => true, version_table => 'tap_f.alembic_version');$$);
SELECT tap_tools.rows_are('h', 'MF104: the maximal row is kept');
CALL tap_tools.put('001', 'stranger', 'h');
SELECT tap_tools.mends('MF104', 'error', 'tap_f.alembic_version records "001" beside its descendant "h"',
                       $$DELETE FROM tap_f.alembic_version WHERE version_num IN ('001');$$);
SELECT tap_tools.rows_are('h stranger', 'MF104: what is unknown is kept');

-- MF106: behind
CALL tap_tools.put('a');
SELECT tap_tools.tells('MF106', 'notice', 'tap_f.alembic_version is 3 revisions behind head "h"', 'alembic upgrade head');
SELECT is((tap_tools.found('MF106')).detail, 'Still to run: "b", "m" and "h".', 'MF106: which');
CALL tap_tools.put('h');
SELECT tap_tools.silent('MF106', 'the head');

-- MF113: several heads
SELECT tap_tools.silent('MF113', 'one head');
SELECT tap_tools.learn('fix', 'm');
SELECT tap_tools.tells('MF113', 'warning', 'environment tap has 2 heads: "h" and "fix"', 'alembic merge -m "merge heads" h fix');
SELECT is((tap_tools.found('MF113')).object, 'tap', 'MF113: it is about the environment');
SELECT tap_tools.learn('merged', 'h', 'fix');
SELECT tap_tools.silent('MF113', 'heads that are merged');
SELECT tap_tools.learn('alone');
SELECT tap_tools.tells('MF113', 'notice', 'environment tap has 2 heads: "merged" and "alone"', 'alembic upgrade heads');
SELECT is(migfix_forget('alone', 'tap', force => true), true, 'alone is forgotten');

-- MF114: a prefix, a label
SELECT FROM migfix_register('cccc3333', '{merged}', branch_labels => '{lab}', environment => 'tap');
SELECT tap_tools.learn('dddd4444', 'cccc3333');
CALL tap_tools.put('cccc');
SELECT tap_tools.mends('MF114', 'warning', 'tap_f.alembic_version records "cccc", which is only the beginning of revision "cccc3333"',
                       $$SELECT * FROM migfix_stamp('cccc3333', purge => true, version_table => 'tap_f.alembic_version');$$);
CALL tap_tools.put('lab', 'dddd4444');
SELECT tap_tools.mends('MF114', 'warning', 'tap_f.alembic_version records "lab", which is a branch label, not a revision',
                       $$SELECT * FROM migfix_stamp('dddd4444', purge => true, version_table => 'tap_f.alembic_version');$$);
SELECT tap_tools.silent('MF104', 'what MF114 has mended');
CALL tap_tools.put('cccc');
SELECT tap_tools.learn('eeee5555', 'dddd4444');
SELECT is((tap_tools.found('MF114')).severity, 'error', 'MF114: an error where the graph is newer than the row');

-- MF115: put in below
CALL tap_tools.put('eeee5555');
SAVEPOINT t;
ROLLBACK TO t;
SELECT tap_tools.silent('MF115', 'what a stamp has skipped');
SELECT tap_tools.learn('x', 'cccc3333');
SELECT tap_tools.learn('dddd4444', 'x');
SELECT tap_tools.tells('MF115', 'warning', 'revision "x" is below what tap_f.alembic_version records, but was never applied here', 'alembic upgrade x');
SELECT matches((tap_tools.found('MF115')).detail, '^"dddd4444" stood on "cccc3333" when it was applied, and stands on "x" since\.', 'MF115: how it came');
GRANT USAGE ON SCHEMA tap_f, tap_tools TO tap_app;
GRANT SELECT ON tap_f.alembic_version TO tap_app;
SET LOCAL ROLE tap_app;
SELECT tap_tools.silent('MF115', 'whom may not read the log');
RESET ROLE;
SELECT regexp_replace((tap_tools.found('MF115')).fix, '.*\n-- ', '') AS acknowledge \gset
SELECT is(:'acknowledge'::text, $$SELECT * FROM migfix_stamp('eeee5555', purge => true, version_table => 'tap_f.alembic_version', reason => 'x is applied');$$, 'MF115: the statement that says so');
:acknowledge
SELECT tap_tools.silent('MF115', 'what somebody vouches for');
SELECT tap_tools.rows_are('eeee5555', 'MF115: the row stays');

-- MF116: an id that is too long
SELECT tap_tools.learn('2026_01_02_add_a_column_to_the_table_of_users', 'eeee5555');
SELECT tap_tools.mends('MF116', 'error',
  'revision id "2026_01_02_add_a_column_to_the_table_of_users" is longer than tap_f.alembic_version.version_num holds, which is character varying(32)',
  'ALTER TABLE tap_f.alembic_version ALTER COLUMN version_num TYPE character varying(45);');
ALTER TABLE tap_f.alembic_version ALTER version_num TYPE varchar(12);
SELECT tap_tools.silent('MF109', 'a column of which MF116 says more');
SELECT is((tap_tools.found('MF116')).fix, 'ALTER TABLE tap_f.alembic_version ALTER COLUMN version_num TYPE character varying(45);', 'MF116: wide enough for all');

-- MF117: what is wrong with the revisions
SELECT tap_tools.silent('MF117', 'revisions that are all right');
SELECT tap_tools.learn('orphan', 'lost');
SELECT tap_tools.tells('MF117', 'error', 'the revisions of environment tap have 1 problem: Revision lost referenced from orphan is not present', 'migfix_load_scripts');

SELECT * FROM finish();
ROLLBACK;
