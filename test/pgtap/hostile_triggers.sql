-- The guard's functions where anybody may put them: on what is no table, as triggers of another kind, called by hand.
-- Each gives a plain error; the server stays up.
BEGIN;
SELECT plan(34);
SET LOCAL client_min_messages = error;
CREATE ROLE tap_user;
CREATE SCHEMA tap_odd AUTHORIZATION tap_user;
SET LOCAL SESSION AUTHORIZATION tap_user;
CREATE TABLE tap_odd.t (version_num varchar(32), x integer);
INSERT INTO tap_odd.t VALUES ('a');
CREATE VIEW tap_odd.v AS SELECT * FROM tap_odd.t;
CREATE TABLE tap_odd.p (version_num varchar(32), x integer) PARTITION BY LIST (version_num);
CREATE TABLE tap_odd.p1 (x integer, version_num varchar(32));
ALTER TABLE tap_odd.p ATTACH PARTITION tap_odd.p1 FOR VALUES IN ('a', 'head');

-- The trigger, then a statement that fires it.
CREATE FUNCTION tap_odd.refused(state text, shape text, calls text, statement text) RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('CREATE TRIGGER odd %s EXECUTE FUNCTION %s', shape, calls);
  RETURN NEXT throws_ok(statement, state, NULL, format('%s, %s: %s', shape, calls, statement));
  EXECUTE format('DROP TRIGGER odd ON %s', substring(shape FROM 'ON (\S+)'));
END $$;
SELECT tap_odd.refused('42809', 'INSTEAD OF INSERT OR UPDATE OR DELETE ON tap_odd.v FOR EACH ROW', calls || '()', statement)
  FROM unnest(ARRAY['migfix_guard_row', 'migfix_log_row', 'migfix_log_truncate']) AS calls,
       unnest(ARRAY[$$INSERT INTO tap_odd.v VALUES ('b')$$, $$UPDATE tap_odd.v SET version_num = 'b'$$, 'DELETE FROM tap_odd.v']) AS statement;
SELECT tap_odd.refused('39P01', kind || ' ON tap_odd.t FOR EACH ' || level, calls, $$UPDATE tap_odd.t SET version_num = 'b'$$)
  FROM (VALUES ('AFTER UPDATE', 'ROW', 'migfix_guard_row()'), ('BEFORE UPDATE', 'STATEMENT', 'migfix_guard_row()'), ('AFTER UPDATE', 'STATEMENT', 'migfix_guard_row()'),
               ('BEFORE UPDATE', 'ROW', 'migfix_log_row()'), ('BEFORE UPDATE', 'STATEMENT', 'migfix_log_row()'), ('AFTER UPDATE', 'STATEMENT', 'migfix_log_row()'),
               ('BEFORE UPDATE', 'ROW', 'migfix_log_truncate()'), ('AFTER UPDATE', 'ROW', 'migfix_log_truncate()'), ('BEFORE UPDATE', 'STATEMENT', 'migfix_log_truncate()'))
    AS odd (kind, level, calls);
SELECT tap_odd.refused('39P01', 'BEFORE DELETE ON tap_odd.t FOR EACH ROW', 'migfix_guard_row()', 'DELETE FROM tap_odd.t');
SELECT tap_odd.refused('39P01', 'AFTER TRUNCATE ON tap_odd.t FOR EACH STATEMENT', 'migfix_log_truncate()', 'TRUNCATE tap_odd.t');
SELECT tap_odd.refused('39P01', 'BEFORE TRUNCATE ON tap_odd.t FOR EACH STATEMENT', 'migfix_log_row()', 'TRUNCATE tap_odd.t');
SELECT tap_odd.refused('42809', 'BEFORE TRUNCATE ON tap_odd.p FOR EACH STATEMENT', 'migfix_log_truncate()', 'TRUNCATE tap_odd.p');
SELECT tap_odd.refused('23514', 'BEFORE INSERT ON tap_odd.p FOR EACH ROW', 'migfix_guard_row()', $$INSERT INTO tap_odd.p VALUES ('head')$$);
SELECT tap_odd.refused('23514', 'BEFORE INSERT ON tap_odd.t FOR EACH ROW', $$migfix_guard_row('an', 'argument')$$, $$INSERT INTO tap_odd.t VALUES ('head')$$);
CREATE CONSTRAINT TRIGGER odd AFTER INSERT ON tap_odd.t DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION migfix_guard_row();
SELECT throws_ok($$INSERT INTO tap_odd.t VALUES ('c'); SET CONSTRAINTS ALL IMMEDIATE$$, '39P01', NULL, 'a constraint trigger');
DROP TRIGGER odd ON tap_odd.t;

SELECT throws_ok(format('SELECT %s()', calls), state, NULL, calls || ' by hand')
  FROM (VALUES ('migfix_guard_row', '39P01'), ('migfix_log_row', '39P01'), ('migfix_log_truncate', '39P01'), ('migfix_revision_changed', '39P01'),
               ('migfix_ddl_start', '39P03'), ('migfix_ddl_end', '39P03'), ('migfix_ddl_drop', '39P03')) AS hand (calls, state);
SELECT throws_ok('CREATE EVENT TRIGGER tap_event ON ddl_command_end EXECUTE FUNCTION migfix_ddl_end()', '42501', NULL, 'an event trigger is for superusers');
SELECT is((SELECT string_agg(version_num, ',') FROM tap_odd.t), 'a', 'nothing has changed');

SELECT * FROM finish();
ROLLBACK;
