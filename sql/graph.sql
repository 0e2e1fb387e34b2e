-- Walking the revisions, and stamping by them.
SELECT migfix_heads();
SELECT * FROM migfix_heads('default');
SELECT * FROM migfix_history();
SELECT count(*) FROM migfix_load_scripts($scripts$
"""start"""
revision = 'a1b2c3'
down_revision = None
branch_labels = 'app'

"""left"""
revision = 'b1left'
down_revision = 'a1b2c3'

"""right"""
revision = 'b2right'
down_revision = 'a1b2c3'

"""merge"""
revision = 'c1merge'
down_revision = ('b1left', 'b2right')

"""top"""
revision = 'd1top'
down_revision = 'c1merge'
depends_on = 'e1lib'

"""library"""
revision = 'e1lib'
down_revision = None
branch_labels = 'lib'

"""library, more"""
revision = 'e2lib'
down_revision = 'e1lib'
$scripts$);

SELECT * FROM migfix_heads();
SELECT revision, down_revision, depends_on, branch_labels, message, head, branch_point, merge_point FROM migfix_history();
SELECT string_agg(revision, ' ') FROM migfix_history('b1left:d1top');
SELECT string_agg(revision, ' ') FROM migfix_history('-2:');
SELECT string_agg(revision, ' ') FROM migfix_history('lib@base:lib@head');
SELECT migfix_history('b1left');
SELECT migfix_history('b1left:b2right');
SELECT migfix_history('b1left:nowhere');
SELECT migfix_history(NULL, 'other');

-- Every identifier that Alembic's stamp takes, and relative ones.
SELECT operation, old_version, new_version FROM migfix_stamp('head');
SELECT operation, old_version, new_version FROM migfix_stamp('heads');
SELECT operation, old_version, new_version FROM migfix_stamp('b1left', purge => true);
SELECT operation, old_version, new_version FROM migfix_stamp('+1');
SELECT operation, old_version, new_version FROM migfix_stamp('lib');
SELECT operation, old_version, new_version FROM migfix_stamp('lib@+1');
SELECT operation, old_version, new_version FROM migfix_stamp('d1');
SELECT operation, old_version, new_version FROM migfix_stamp('lib@base');
SELECT operation, old_version, new_version FROM migfix_stamp(ARRAY['d1top', 'e2lib']);
SELECT operation, old_version, new_version FROM migfix_stamp(ARRAY['c1merge', 'b2right']);
SELECT operation, old_version, new_version FROM migfix_stamp('d1tpo');
SELECT operation, old_version, new_version FROM migfix_stamp('f1newer', force => true, reason => 'its file is not loaded yet');
SELECT operation, old_version, new_version FROM migfix_stamp('c1merge');
SELECT operation, old_version, new_version FROM migfix_stamp(ARRAY['c1merge', 'e1lib'], purge => true);
SELECT version_table, revision, known, head, behind, environment FROM migfix_current();
SELECT string_agg(revision, ' ') FROM migfix_history('current:');
SELECT * FROM migfix_graph();
SELECT * FROM migfix_graph('dot');
SELECT * FROM migfix_graph('mermaid');
SELECT migfix_graph('svg');

-- The guard judges by the graph when the transaction commits.
INSERT INTO alembic_version VALUES ('b1left');
SELECT operation, old_version, new_version FROM migfix_stamp(ARRAY['c1merge', 'e1lib'], purge => true);
BEGIN;
INSERT INTO alembic_version VALUES ('b1left'), ('b2right');
DELETE FROM alembic_version WHERE version_num = 'c1merge';
COMMIT;
UPDATE alembic_version SET version_num = 'e9unknown' WHERE version_num = 'e1lib';

-- A table of another project.
SELECT count(*) FROM migfix_register('x1', environment => 'other');
SELECT migfix_bind('alembic_version', 'other');
SELECT version_table, revision, known, environment FROM migfix_current() ORDER BY revision;
ALTER TABLE alembic_version RENAME TO other_version;
SELECT * FROM migfix.version_table_environment;
SELECT migfix_bind('other_version', NULL);
SELECT version_table, revision, known, environment FROM migfix_current() ORDER BY revision;

DELETE FROM migfix.revision;
DELETE FROM migfix.revision_statement;
DROP TABLE other_version;

-- An empty log for the tests that follow.
TRUNCATE migfix.version_log;
ALTER SEQUENCE migfix.version_log_log_id_seq RESTART;
