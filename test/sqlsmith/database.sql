-- The database that script/sqlsmith writes statements against: version tables, revisions, both logs, and functions
-- that lead to those of migfix more often than their share among PostgreSQL's three thousand.
\set ON_ERROR_STOP on
SET client_min_messages = warning;
CREATE EXTENSION migfix;
CREATE ROLE smith_user LOGIN PASSWORD :'password';
CREATE ROLE smith_super LOGIN SUPERUSER PASSWORD :'password';
-- Not through migfix_register and the like: an ordinary role may load where it has been granted that.
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO smith_user;
GRANT ALL ON ALL TABLES IN SCHEMA migfix TO smith_user;
GRANT CREATE ON SCHEMA public TO smith_user;
CREATE SCHEMA tenant AUTHORIZATION smith_user;
CREATE SCHEMA other_tenant AUTHORIZATION smith_user;  -- sqlsmith quotes no names

-- What statements take their values from: there are no others of these types.
CREATE TABLE word (script text, revision text, environment text, place text, format text, revisions text[],
                   document json, version_table regclass, role name, log_id bigint, number integer, moment timestamptz,
                   yes boolean);
INSERT INTO word VALUES
('from alembic import op
import sqlalchemy as sa
revision = "001"
down_revision = None
def upgrade():
    op.create_table("audio", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("name", sa.String(50)))
    op.execute("CREATE TYPE mood AS ENUM (''sad'', ''ok'')")
', '001', 'default', 'public.alembic_version', 'text', '{001}', '{}', NULL, 'smith_user', 1, 0, 'epoch', true),
('from alembic import op
import sqlalchemy as sa
revision = "002"
down_revision = "001"
branch_labels = ("left",)
def upgrade():
    op.add_column("audio", sa.Column("mood", sa.Enum("sad", "ok", name="mood"), server_default="ok"))
    op.create_index("ix_audio_name", "audio", ["name"], unique=True)
', 'left@head', 'other', 'tenant.alembic_version', 'dot', '{002,003}', '{"migfix_export": 1}', NULL, 'postgres', 2, 1,
 'infinity', false),
('from alembic import op
import sqlalchemy as sa
revision = "003"
down_revision = "001"
def upgrade():
    with op.batch_alter_table("audio") as batch_op:
        batch_op.alter_column("name", type_=sa.Text(), nullable=False)
', '-1', 'ö "x"', 'other_tenant.alembic_version', 'mermaid', '{}',
 '{"migfix_export": 1, "environment": "default", "revisions": []}', NULL, 'nobody', -1, 2147483647, '-infinity', NULL),
('from alembic import op
import sqlalchemy as sa
revision = "004"
down_revision = ("002", "003")
depends_on = "003"
def upgrade():
    op.rename_table("audio", "sound")
    op.execute("UPDATE sound SET name = ''x'' WHERE name IS NULL")
', '002:head', '', 'pg_catalog.pg_class', 'json', '{heads,NULL}', '[[[[[[1]]]]]]', NULL, NULL, 9223372036854775807, -1,
 now(), true),
('BEGIN;
CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL, CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num));
-- Running upgrade  -> 001
CREATE TABLE audio (id SERIAL NOT NULL, PRIMARY KEY (id));
INSERT INTO alembic_version (version_num) VALUES (''001'') RETURNING alembic_version.version_num;
COMMIT;
', '00', repeat('e', 1001), 'nowhere.at_all', 'error', '{{001},{002}}', 'null', NULL, '', 0, -2147483648, NULL, false),
('revision = f"{1}', 'head-1', E'a\tb', 'word', 'warning', NULL, NULL, NULL, 'pg_monitor', NULL, NULL, NULL, NULL),
(repeat('(', 3000), 'heads', NULL, NULL, NULL, array_fill('001'::text, '{40}'), '"text"', NULL, NULL, 3, 4, NULL, true),
('from alembic import op
import sqlalchemy as sa
revision = "005"
def upgrade():
    for name in names:
        op.drop_table(name)
    op.execute("DO $$ BEGIN PERFORM 1; END $$")
', '001@head+99999999999', 'default', 'alembic_version', 'notice', '{base,"",head}', '{"revisions": {}}', NULL, NULL, 5,
 6, NULL, true),
(NULL, repeat('x', 5000), 'default', '"', '', '{left@base}', '1e400', NULL, NULL, 7, 8, NULL, true);

-- What Alembic itself would do, with the DDL log watching.
SELECT count(*) FROM migfix_load_scripts((SELECT string_agg('# file: ' || number || E'.py\n' || script, E'\n' ORDER BY revision)
                                            FROM word WHERE script LIKE 'from alembic%down_revision%'));
SELECT count(*) FROM migfix_register('o1', environment => 'other');
SELECT count(*) FROM migfix_register('o2', '{o1}', environment => 'other');
SET application_name = 'alembic';
CREATE TABLE alembic_version (version_num varchar(32) NOT NULL CONSTRAINT alembic_version_pkc PRIMARY KEY);
BEGIN;
CREATE TABLE audio (id serial PRIMARY KEY, name varchar(50));
CREATE TYPE mood AS ENUM ('sad', 'ok');
INSERT INTO alembic_version (version_num) VALUES ('001') RETURNING alembic_version.version_num;
COMMIT;
UPDATE word SET document = migfix_export() WHERE revision = '001';
CREATE TABLE other_tenant.alembic_version (version_num varchar(32) NOT NULL PRIMARY KEY);
INSERT INTO other_tenant.alembic_version VALUES ('o1');
RESET application_name;
GRANT SELECT ON alembic_version TO smith_user;
SET ROLE smith_user;
CREATE TABLE tenant.alembic_version (LIKE alembic_version INCLUDING ALL);
INSERT INTO tenant.alembic_version VALUES ('001');
SELECT count(*) FROM migfix_stamp('{002,003}'::text[], version_table => 'tenant.alembic_version');
SELECT count(*) FROM migfix_stamp('001', purge => true, version_table => 'tenant.alembic_version', reason => 'back');
RESET ROLE;
CREATE TABLE tenant.audio (id integer);
CREATE TABLE tenant.sound (id serial PRIMARY KEY, name text NOT NULL, mood mood);
GRANT ALL ON alembic_version, audio, other_tenant.alembic_version, word, tenant.audio, tenant.sound TO smith_user;
CREATE VIEW seen AS SELECT * FROM alembic_version;
GRANT ALL ON seen TO smith_user;
-- Statements take the 1st to the 100th row of a table.
INSERT INTO word SELECT word.* FROM word, generate_series(1, 11);
UPDATE word SET version_table = to_regclass(place) WHERE place <> '"';

-- sqlsmith calls no function that returns a set, and seldom one of a few among many. So each function of migfix gets
-- callers: with each number of its arguments, for each type that is in demand, and several times.
CREATE FUNCTION pg_temp.callers() RETURNS void LANGUAGE plpgsql AS $$
DECLARE f record; answer text; given int; copy int;
BEGIN
  CREATE SCHEMA smith;
  GRANT USAGE ON SCHEMA smith TO PUBLIC;
  FOR f IN SELECT p.*, pronargs - pronargdefaults AS required FROM pg_proc p, pg_depend d, pg_extension e
            WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e' AND d.refobjid = e.oid
              AND e.extname = 'migfix' AND prorettype NOT IN ('trigger'::regtype, 'event_trigger'::regtype) LOOP
    FOREACH answer IN ARRAY '{text,integer,bigint,boolean,name,oid,json,timestamptz}'::text[] LOOP
      FOR given IN f.required .. f.pronargs LOOP
        FOR copy IN 1 .. 12 LOOP
          EXECUTE format('CREATE FUNCTION smith.%I(%s) RETURNS %s LANGUAGE plpgsql AS %L',
            f.proname || '_' || answer || '_' || copy,
            (SELECT coalesce(string_agg(format_type(type, NULL), ', ' ORDER BY n), '')
               FROM unnest(f.proargtypes) WITH ORDINALITY a(type, n) WHERE n <= given),
            answer,
            format('BEGIN PERFORM * FROM %s(%s); RETURN NULL; END', f.oid::regproc,
                   (SELECT coalesce(string_agg('$' || n, ', '), '') FROM generate_series(1, given) n)));
        END LOOP;
      END LOOP;
    END LOOP;
  END LOOP;
END $$;
SET migfix.log_ddl = off;
SELECT pg_temp.callers();

ANALYZE;
