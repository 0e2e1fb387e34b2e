-- A superuser has migfix run statements over tables of a lesser role: nothing of that role's runs with a superuser's
-- rights. Who runs it as that role, or is no superuser, has PostgreSQL's own behaviour.
SET client_min_messages = error;
CREATE ROLE tap_app;
CREATE SCHEMA tap_work AUTHORIZATION tap_app;
SELECT plan(39);
SET ROLE tap_app;
-- A sequence keeps what is rolled back.
CREATE SEQUENCE tap_work.as_other;
CREATE SEQUENCE tap_work.as_owner;
CREATE FUNCTION tap_work.note() RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  PERFORM nextval(CASE WHEN current_user = 'tap_app' THEN 'tap_work.as_owner' ELSE 'tap_work.as_other' END::regclass);
  RETURN true;
END $$;
CREATE FUNCTION tap_work.trap() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM tap_work.note();
  RETURN NEW;
END $$;
CREATE FUNCTION tap_work.in_sql() RETURNS boolean LANGUAGE sql AS 'SELECT nextval(''tap_work.as_other'') > 0';
CREATE FUNCTION tap_work.folded() RETURNS text LANGUAGE plpgsql IMMUTABLE AS 'BEGIN PERFORM tap_work.note(); RETURN ''x''; END';
CREATE FUNCTION tap_work.upper(varchar) RETURNS text LANGUAGE plpgsql AS 'BEGIN PERFORM tap_work.note(); RETURN $1; END';
CREATE FUNCTION tap_work.unequal(varchar, varchar) RETURNS boolean LANGUAGE plpgsql AS 'BEGIN RETURN tap_work.note(); END';
CREATE OPERATOR tap_work.= (LEFTARG = varchar, RIGHTARG = varchar, FUNCTION = tap_work.unequal);
CREATE FUNCTION tap_work.kept(text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS 'BEGIN PERFORM tap_work.note(); RETURN $1; END';
CREATE FUNCTION tap_work.own_rights() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
  PERFORM tap_work.note();
  RETURN NEW;
END $$;
CREATE DOMAIN tap_work.trapped AS text CHECK (tap_work.note());
CREATE TABLE tap_work.t (id integer, s text, v varchar(9), w varchar(9));
INSERT INTO tap_work.t VALUES (1, 'a', 'b', 'c');
CREATE TABLE tap_work.alembic_version (version_num varchar(32) NOT NULL CONSTRAINT alembic_version_pkc PRIMARY KEY);
INSERT INTO tap_work.alembic_version VALUES ('w1');
RESET ROLE;

CREATE FUNCTION tap_work.ran() RETURNS integer LANGUAGE plpgsql AS $$
DECLARE answer integer;
BEGIN
  SELECT CASE WHEN is_called THEN last_value ELSE 0 END INTO answer FROM tap_work.as_other;
  ALTER SEQUENCE tap_work.as_other RESTART;
  RETURN answer;
END $$;
-- Revision "w2" with that statement is what comes next.
CREATE FUNCTION tap_work.next(statement text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM migfix_forget('w2', 'tap_work', true) FROM migfix.revision WHERE environment = 'tap_work' AND revision = 'w2';
  PERFORM migfix_load_sql(format('BEGIN;
CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL, CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num));
-- Running upgrade  -> w1
CREATE TABLE t (id integer, s text, v varchar(9), w varchar(9));
INSERT INTO alembic_version (version_num) VALUES (''w1'') RETURNING version_num;
-- Running upgrade w1 -> w2
%s;
UPDATE alembic_version SET version_num=''w2'' WHERE version_num = ''w1'';
COMMIT;', statement), 'tap_work');
END $$;
SELECT tap_work.next('SELECT 1');
GRANT SELECT ON migfix.revision_statement TO tap_app;
SELECT migfix_bind('tap_work.alembic_version', 'tap_work');

CREATE FUNCTION tap_work.refused(what text) RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
  UPDATE tap_work.alembic_version SET version_num = 'w1' WHERE version_num OPERATOR(pg_catalog.<>) 'w1';
  RETURN NEXT throws_like($x$SELECT migfix_upgrade(version_table => 'tap_work.alembic_version')$x$,
                          'function % belongs to role tap_app and is not called with a superuser''s rights', what || ': migfix_upgrade');
  RETURN NEXT is(tap_work.ran(), 0, what || ': nothing ran');
END $$;

SELECT tap_work.next($$UPDATE t SET s = s || 'b'$$);
SELECT lives_ok($$SELECT migfix_upgrade(version_table => 'tap_work.alembic_version')$$, 'a table without traps');
SELECT is((SELECT string_agg(s, ',') FROM tap_work.t), 'ab', 'is written');
UPDATE tap_work.alembic_version SET version_num = 'w1';

CREATE TRIGGER a BEFORE UPDATE ON tap_work.t FOR EACH ROW EXECUTE FUNCTION tap_work.trap();
SELECT tap_work.refused('a trigger');
SELECT throws_ok($$SELECT migfix_upgrade(version_table => 'tap_work.alembic_version')$$, '42501', NULL, 'its SQLSTATE');
-- With its owner's rights it runs.
SET ROLE tap_app;
SELECT lives_ok($$SELECT migfix_upgrade(version_table => 'tap_work.alembic_version')$$, 'as the owner it runs');
RESET ROLE;
SELECT is((SELECT is_called FROM tap_work.as_owner), true, 'and so does its trigger');
SELECT is(tap_work.ran(), 0, 'as nobody else');
UPDATE tap_work.alembic_version SET version_num = 'w1';
DROP TRIGGER a ON tap_work.t;

CREATE CONSTRAINT TRIGGER a AFTER UPDATE ON tap_work.t DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION tap_work.trap();
SELECT tap_work.refused('a deferred trigger');
DROP TRIGGER a ON tap_work.t;
CREATE TRIGGER a AFTER UPDATE ON tap_work.t FOR EACH STATEMENT EXECUTE FUNCTION tap_work.own_rights();
SELECT lives_ok($$SELECT migfix_upgrade(version_table => 'tap_work.alembic_version')$$, 'a trigger with its owner''s rights');
SELECT is(tap_work.ran(), 0, 'a trigger with its owner''s rights: nothing ran as another');
UPDATE tap_work.alembic_version SET version_num = 'w1';
DROP TRIGGER a ON tap_work.t;

ALTER TABLE tap_work.t ADD CONSTRAINT a CHECK (tap_work.note()) NOT VALID;
SELECT tap_work.refused('a check');
ALTER TABLE tap_work.t DROP CONSTRAINT a;
ALTER TABLE tap_work.t ADD CONSTRAINT a CHECK (tap_work.in_sql()) NOT VALID;
SELECT tap_work.refused('a check in SQL that the planner would write in');
ALTER TABLE tap_work.t DROP CONSTRAINT a;
SET ROLE tap_app;
CREATE INDEX a ON tap_work.t (tap_work.kept(s));
RESET ROLE;
SELECT tap_work.refused('an index');
DROP INDEX tap_work.a;
CREATE RULE a AS ON UPDATE TO tap_work.t DO ALSO SELECT tap_work.note();
SELECT tap_work.refused('a rule');
DROP RULE a ON tap_work.t;
SELECT tap_work.next($$INSERT INTO t (id) VALUES (2)$$);
ALTER TABLE tap_work.t ALTER COLUMN s SET DEFAULT tap_work.folded();
SELECT tap_work.refused('a default');
ALTER TABLE tap_work.t ALTER COLUMN s DROP DEFAULT;
SELECT tap_work.next($$ALTER TABLE t ADD COLUMN n trapped DEFAULT 'x'$$);
SELECT tap_work.refused('a domain');
SELECT throws_like($$SELECT migfix_repair('w2', 'tap_work.alembic_version', force => true)$$, '%belongs to role tap_app%', 'a domain: migfix_repair');
SELECT is(tap_work.ran(), 0, 'a domain: migfix_repair: nothing ran');
SELECT tap_work.next($$ALTER TABLE t ADD COLUMN n trapped[] DEFAULT '{x}'$$);
SELECT tap_work.refused('a domain within an array');
SELECT tap_work.next($$UPDATE t SET s = upper(v)$$);
SELECT tap_work.refused('a function in front of PostgreSQL''s own');
SELECT tap_work.next($$UPDATE t SET s = 'c' WHERE v = w$$);
SELECT tap_work.refused('an operator in front of PostgreSQL''s own');
SELECT tap_work.next($$UPDATE t SET s = 'c' WHERE s = folded()$$);
SELECT tap_work.refused('a function that the planner folds');

-- What a lesser role puts on a superuser's version table, with TRIGGER granted to it.
CREATE SCHEMA tap_super;
CREATE TABLE tap_super.alembic_version (version_num varchar(32) PRIMARY KEY);
GRANT USAGE ON SCHEMA tap_super TO tap_app;
GRANT TRIGGER ON tap_super.alembic_version TO tap_app;
SET ROLE tap_app;
CREATE TRIGGER a BEFORE INSERT ON tap_super.alembic_version FOR EACH ROW EXECUTE FUNCTION tap_work.trap();
RESET ROLE;
SELECT throws_like($$SELECT migfix_stamp('s1', version_table => 'tap_super.alembic_version', force => true)$$, '%belongs to role tap_app%', 'migfix_stamp');
ALTER TABLE tap_super.alembic_version DISABLE TRIGGER a;
INSERT INTO tap_super.alembic_version VALUES ('s1');
DELETE FROM tap_super.alembic_version;
ALTER TABLE tap_super.alembic_version ENABLE TRIGGER a;
SELECT throws_like($$SELECT migfix_undo((SELECT max(log_id) FROM migfix.version_log))$$, '%belongs to role tap_app%', 'migfix_undo');
SELECT is(tap_work.ran(), 0, 'migfix_stamp, migfix_undo: nothing ran');

-- Outside of those calls all is as ever.
SELECT lives_ok($$INSERT INTO tap_super.alembic_version VALUES ('s1')$$, 'a statement of one''s own');
SELECT cmp_ok(tap_work.ran(), '>', 0, 'fires triggers of others, as PostgreSQL does');

SELECT * FROM finish();
DROP SCHEMA tap_super, tap_work CASCADE;
DROP OWNED BY tap_app;
DROP ROLE tap_app;
SELECT migfix_forget(revision, environment, true) FROM migfix.revision WHERE environment = 'tap_work' ORDER BY revision DESC;
DELETE FROM migfix.version_table_environment;
TRUNCATE migfix.version_log, migfix.ddl_log;
