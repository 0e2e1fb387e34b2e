-- What the owner of a version table attaches to it runs with the owner's rights when somebody mightier calls
-- migfix_stamp, migfix_undo or the diagnosis; or it does not run at all.
SET client_min_messages = error;
CREATE ROLE tap_owner;
CREATE SCHEMA tap_app AUTHORIZATION tap_owner;
SELECT plan(32);
SET ROLE tap_owner;
CREATE TABLE tap_app.ran (what text, who name);
CREATE TABLE tap_app.alembic_version (version_num varchar(32) NOT NULL CONSTRAINT alembic_version_pkc PRIMARY KEY);
CREATE FUNCTION tap_app.note(what text) RETURNS void LANGUAGE sql AS 'INSERT INTO tap_app.ran VALUES (what, current_user)';
CREATE FUNCTION tap_app.trap() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM tap_app.note(TG_NAME);
  IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
  RETURN NEW;
END $$;
CREATE FUNCTION tap_app.trap_check(text) RETURNS boolean LANGUAGE plpgsql AS 'BEGIN PERFORM tap_app.note(''check''); RETURN true; END';
CREATE FUNCTION tap_app.trap_index(text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS 'BEGIN PERFORM tap_app.note(''index''); RETURN $1; END';
CREATE FUNCTION tap_app.trap_default() RETURNS text LANGUAGE plpgsql AS 'BEGIN PERFORM tap_app.note(''default''); RETURN ''x''; END';
CREATE FUNCTION tap_app.trap_policy() RETURNS boolean LANGUAGE plpgsql AS 'BEGIN PERFORM tap_app.note(''policy''); RETURN true; END';
-- A trap that says whether it could do what only a superuser can.
CREATE FUNCTION tap_app.grab() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  BEGIN
    EXECUTE 'ALTER ROLE tap_owner SUPERUSER';
    PERFORM tap_app.note('grabbed');
  EXCEPTION WHEN OTHERS THEN
    PERFORM tap_app.note('denied ' || SQLSTATE);
  END;
  BEGIN
    EXECUTE 'RESET ROLE';
    EXECUTE 'SET SESSION AUTHORIZATION DEFAULT';
    PERFORM tap_app.note('escaped');
  EXCEPTION WHEN OTHERS THEN
    PERFORM tap_app.note('held ' || SQLSTATE);
  END;
  RETURN NULL;
END $$;
CREATE TRIGGER a_before BEFORE INSERT OR UPDATE OR DELETE ON tap_app.alembic_version FOR EACH ROW EXECUTE FUNCTION tap_app.trap();
CREATE TRIGGER a_after AFTER INSERT OR UPDATE OR DELETE ON tap_app.alembic_version FOR EACH ROW EXECUTE FUNCTION tap_app.trap();
CREATE TRIGGER a_statement AFTER INSERT OR UPDATE OR DELETE ON tap_app.alembic_version FOR EACH STATEMENT EXECUTE FUNCTION tap_app.grab();
ALTER TABLE tap_app.alembic_version ADD CONSTRAINT a_check CHECK (tap_app.trap_check(version_num)),
  ADD COLUMN note text DEFAULT tap_app.trap_default();
CREATE INDEX a_index ON tap_app.alembic_version (tap_app.trap_index(version_num)) WHERE tap_app.trap_index(version_num) <> '';
ALTER TABLE tap_app.alembic_version ENABLE ROW LEVEL SECURITY;
CREATE POLICY a_policy ON tap_app.alembic_version USING (tap_app.trap_policy()) WITH CHECK (tap_app.trap_policy());
TRUNCATE tap_app.ran;
RESET ROLE;
CREATE FUNCTION tap_app.steps(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE answer text;
BEGIN
  EXECUTE 'SELECT string_agg(concat_ws('' '', operation, old_version, new_version), '', '') FROM ' || statement INTO answer;
  RETURN answer;
END $$;
-- What ran, and as whom; then forgets it.
CREATE FUNCTION tap_app.who_ran() RETURNS text LANGUAGE plpgsql AS $$
DECLARE answer text;
BEGIN
  SELECT string_agg(DISTINCT who::text, ',') INTO answer FROM tap_app.ran;
  TRUNCATE tap_app.ran;
  RETURN answer;
END $$;

SELECT isnt((SELECT rolsuper FROM pg_roles WHERE rolname = 'tap_owner'), true, 'the owner is no superuser');
SELECT ok((SELECT rolsuper FROM pg_roles WHERE rolname = current_user), 'who calls is one');

SELECT is(tap_app.steps($$migfix_stamp('s1', version_table => 'tap_app.alembic_version')$$), 'insert s1', 'migfix_stamp: an INSERT');
SELECT set_has($$SELECT what FROM tap_app.ran$$, $$VALUES ('a_before'), ('a_after'), ('check'), ('index'), ('default')$$,
               'migfix_stamp: an INSERT: what is attached to the table ran');
SELECT bag_has($$SELECT what FROM tap_app.ran$$, $$VALUES ('denied 42501')$$, 'migfix_stamp: a trap cannot make its owner a superuser');
SELECT bag_hasnt($$SELECT what FROM tap_app.ran$$, $$VALUES ('grabbed'), ('escaped')$$, 'migfix_stamp: nor get out of its rights');
SELECT is(tap_app.who_ran(), 'tap_owner', 'migfix_stamp: an INSERT: everything ran as the owner');
SELECT is(current_user, session_user, 'migfix_stamp: the caller is who it was');
SELECT is(tap_app.steps($$migfix_stamp('s2', true, 'tap_app.alembic_version')$$), 'update s1 s2', 'migfix_stamp: an UPDATE');
SELECT is(tap_app.who_ran(), 'tap_owner', 'migfix_stamp: an UPDATE: everything ran as the owner');
SELECT is(tap_app.steps($$migfix_stamp('base', true, 'tap_app.alembic_version')$$), 'delete s2', 'migfix_stamp: a DELETE');
SELECT is(tap_app.who_ran(), 'tap_owner', 'migfix_stamp: a DELETE: everything ran as the owner');
SELECT is(tap_app.steps($$migfix_undo((SELECT max(log_id) FROM migfix.version_log))$$), 'insert s2', 'migfix_undo');
SELECT is(tap_app.who_ran(), 'tap_owner', 'migfix_undo: everything ran as the owner');
SELECT is((SELECT "current_role"::text FROM migfix.version_log ORDER BY log_id DESC LIMIT 1), current_user::text,
          'the log says who called, not who the traps ran as');

-- Reading runs nothing at all.
SELECT is((SELECT string_agg(revision, ',') FROM migfix_current('tap_app.alembic_version')), 's2', 'migfix_current');
SELECT ok((SELECT count(*) FROM migfix_findings('tap_app.alembic_version')) IS NOT NULL, 'migfix_findings');
SELECT ok((SELECT count(*) FROM migfix_diagnose('json')) = 1, 'migfix_diagnose');
SELECT is(tap_app.who_ran(), NULL, 'diagnosis runs nothing that is attached to the table');
CREATE SCHEMA tap_view AUTHORIZATION tap_owner;
SET ROLE tap_owner;
CREATE VIEW tap_view.alembic_version AS SELECT 'x'::varchar(32) AS version_num WHERE tap_app.trap_policy();
RESET ROLE;
SELECT ok((SELECT count(*) FROM migfix_findings('tap_view.alembic_version') WHERE code = 'MF905') = 1, 'migfix_findings does not read a view');
SELECT is(tap_app.who_ran(), NULL, 'and runs nothing of it');

-- A deferred trigger would run at commit, as who commits: it is refused.
SET ROLE tap_owner;
DROP TRIGGER a_statement ON tap_app.alembic_version;
CREATE CONSTRAINT TRIGGER a_deferred AFTER INSERT OR UPDATE OR DELETE ON tap_app.alembic_version
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION tap_app.trap();
RESET ROLE;
SELECT throws_ok($$SELECT migfix_stamp('s3', true, 'tap_app.alembic_version')$$, '42501',
                 'cannot fire deferred trigger within security-restricted operation', 'a deferred trigger of the owner: migfix_stamp is refused');
SELECT is((SELECT string_agg(version_num, ',') FROM tap_app.alembic_version), 's2', 'a deferred trigger of the owner: nothing has changed');
SELECT is((SELECT string_agg(DISTINCT who::text, ',') FROM tap_app.ran WHERE who <> 'tap_owner'), NULL,
          'a deferred trigger of the owner: nothing ran as another');
SET ROLE tap_owner;
DROP TRIGGER a_deferred ON tap_app.alembic_version;

-- A trigger or a rule that keeps the change from happening is noticed.
CREATE FUNCTION tap_app.swallow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
CREATE TRIGGER b_swallow BEFORE UPDATE ON tap_app.alembic_version FOR EACH ROW EXECUTE FUNCTION tap_app.swallow();
RESET ROLE;
SELECT throws_ok($$SELECT migfix_stamp('s3', true, 'tap_app.alembic_version')$$, '27000',
                 'update of one row in tap_app.alembic_version changed 0 rows', 'a trigger that swallows the row');
SET ROLE tap_owner;
DROP TRIGGER b_swallow ON tap_app.alembic_version;
CREATE RULE b_rule AS ON UPDATE TO tap_app.alembic_version DO INSTEAD SELECT tap_app.note('rule');
TRUNCATE tap_app.ran;
RESET ROLE;
SELECT throws_ok($$SELECT migfix_stamp('s3', true, 'tap_app.alembic_version')$$, '27000', NULL, 'a rule instead of the update');
SELECT is((SELECT string_agg(version_num, ',') FROM tap_app.alembic_version), 's2', 'after all of that the row is as it was');
SET ROLE tap_owner;
DROP RULE b_rule ON tap_app.alembic_version;
CREATE RULE b_rule AS ON UPDATE TO tap_app.alembic_version DO ALSO INSERT INTO tap_app.ran VALUES ('rule', current_user);
RESET ROLE;
SELECT lives_ok($$SELECT migfix_stamp('s3', true, 'tap_app.alembic_version')$$, 'a rule beside the update');
SELECT bag_has('SELECT what, who::text FROM tap_app.ran', $$VALUES ('rule', 'tap_owner')$$, 'a rule beside the update runs as the owner');
SELECT is(tap_app.who_ran(), 'tap_owner', 'and nothing else as another');
-- Operators and functions of the owner's that stand in front of PostgreSQL's own on the path are not used.
SET ROLE tap_owner;
CREATE FUNCTION tap_app.unequal(varchar, varchar) RETURNS boolean LANGUAGE plpgsql AS 'BEGIN PERFORM tap_app.note(''operator''); RETURN false; END';
CREATE OPERATOR tap_app.= (LEFTARG = varchar, RIGHTARG = varchar, FUNCTION = tap_app.unequal);
RESET ROLE;
SET search_path = tap_app, public, pg_catalog;
SELECT lives_ok($$SELECT migfix_stamp('s4', true)$$, 'operators of the owner''s on the path');
SELECT is((SELECT count(*) FROM tap_app.ran WHERE what OPERATOR(pg_catalog.=) 'operator')::int, 0, 'they were not used');
RESET search_path;

SELECT * FROM finish();
DROP SCHEMA tap_view, tap_app CASCADE;
DROP ROLE tap_owner;
TRUNCATE migfix.version_log;
