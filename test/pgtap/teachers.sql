-- What is known of revisions is run by others when they repair, superusers too: only who may load it may teach it.
LOAD 'migfix';
BEGIN;
SELECT plan(1);

CREATE ROLE observed_pupil;
CREATE ROLE observed_teacher;
CREATE SCHEMA observed_school;
GRANT ALL ON SCHEMA observed_school TO observed_pupil, observed_teacher;
GRANT EXECUTE ON FUNCTION migfix_load_sql(text, text) TO observed_teacher;
SET LOCAL search_path = observed_school, public;
SET LOCAL migfix.guard = observe;  -- revisions that nobody has loaded
SET LOCAL SESSION AUTHORIZATION observed_pupil;
CREATE TABLE observed_school.alembic_version (version_num varchar(32) PRIMARY KEY);
CREATE TABLE observed_school.planted (id integer);
INSERT INTO alembic_version (version_num) VALUES ('by_pupil') RETURNING alembic_version.version_num;
DROP TABLE observed_school.planted, observed_school.alembic_version;
RESET SESSION AUTHORIZATION;
SET LOCAL ROLE observed_pupil;
CREATE TABLE observed_school.alembic_version (version_num varchar(32) PRIMARY KEY);
CREATE TABLE observed_school.planted (id integer);
INSERT INTO alembic_version (version_num) VALUES ('as_pupil') RETURNING alembic_version.version_num;
DROP TABLE observed_school.planted, observed_school.alembic_version;
RESET ROLE;
SET LOCAL SESSION AUTHORIZATION observed_teacher;
CREATE TABLE observed_school.alembic_version (version_num varchar(32) PRIMARY KEY);
CREATE TABLE observed_school.planted (id integer);
INSERT INTO alembic_version (version_num) VALUES ('by_teacher') RETURNING alembic_version.version_num;
DROP TABLE observed_school.planted, observed_school.alembic_version;
RESET SESSION AUTHORIZATION;
-- A table that was watched with the right is written without it.
CREATE TABLE observed_school.alembic_version (version_num varchar(32) PRIMARY KEY);
GRANT ALL ON observed_school.alembic_version TO observed_pupil;
CREATE TABLE observed_school.planted (id integer);
SET LOCAL ROLE observed_pupil;
INSERT INTO alembic_version (version_num) VALUES ('then_pupil') RETURNING alembic_version.version_num;
RESET ROLE;
SELECT results_eq($$ SELECT revision FROM migfix.observed_revision WHERE revision ~ 'pupil|teacher' $$, $$ VALUES ('by_teacher') $$,
  'who may not load revisions teaches nothing');

SELECT * FROM finish();
ROLLBACK;
