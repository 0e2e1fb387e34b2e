"""What a revision did where the real Alembic ran it: exported, imported elsewhere, and used there as loaded SQL is.
The project is one that cannot run offline: its bodies inspect the database, and hide what they do in DO blocks."""

import json
import subprocess
import sys

import psycopg2
import pytest

from conftest import Database

ENV = """\
from alembic import context
from sqlalchemy import create_engine
import sqlalchemy

engine = create_engine("postgresql+psycopg2://", poolclass=sqlalchemy.pool.NullPool)
with engine.connect() as connection:
    context.configure(connection=connection, {options})
    with context.begin_transaction():
        context.run_migrations()
"""

SCRIPT = '''\
"""{message}"""
import sqlalchemy as sa
from alembic import op

revision = {revision!r}
down_revision = {down!r}


def upgrade():
{body}


def downgrade():
{back}
'''

BODIES = [
    ("001", None, """\
    bind = op.get_bind()
    if "audio_files" not in sa.inspect(bind).get_table_names():
        op.create_table(
            "audio_files",
            sa.Column("id", sa.Integer, primary_key=True),
            sa.Column("status", sa.Enum("UPLOADED", "DONE", name="processingstatus"), nullable=False),
            sa.Column("name", sa.String(64)),
        )
    bind.execute(sa.text("INSERT INTO audio_files (status, name) VALUES ('DONE', 'first')"))""",
     '    op.drop_table("audio_files")\n    op.execute("DROP TYPE processingstatus")'),
    ("002", "001", '''\
    op.execute("""DO $$
    BEGIN
      IF NOT EXISTS (SELECT FROM pg_type WHERE typname = 'tagkind') THEN
        CREATE TYPE tagkind AS ENUM ('a', 'b');
      END IF;
      ALTER TABLE audio_files ADD COLUMN tag tagkind DEFAULT 'a';
      EXECUTE 'CREATE INDEX ix_tag ON audio_files (tag) WHERE tag IS NOT NULL';
    END $$""")''',
     '    op.drop_column("audio_files", "tag")\n    op.execute("DROP TYPE tagkind")'),
    ("003", "002", """\
    columns = [column["name"] for column in sa.inspect(op.get_bind()).get_columns("audio_files")]
    for column in columns:
        if column == "name":
            op.alter_column("audio_files", column, new_column_name="title", type_=sa.String(200))
    op.create_check_constraint("ck_title", "audio_files", "length(title) > 0")""",
     '    op.drop_constraint("ck_title", "audio_files")\n'
     '    op.alter_column("audio_files", "title", new_column_name="name", type_=sa.String(64))'),
    ("004", "003", "    pass", "    pass"),
]

OBJECTS = {
    "001": {"enum processingstatus", "table audio_files", "sequence audio_files_id_seq",
            "constraint audio_files.audio_files_pkey", "column audio_files.id", "column audio_files.status",
            "column audio_files.name"},
    "002": {"enum tagkind", "column audio_files.tag", "index ix_tag"},
    "003": {"column audio_files.name", "column audio_files.title", "constraint audio_files.ck_title"},
    "004": set(),
}


@pytest.fixture
def watched(tmp_path):
    return write(tmp_path / "project")


@pytest.fixture
def make_database(request):
    """A function that makes a database; gone after the test."""
    maintenance = psycopg2.connect(dbname="postgres")
    maintenance.autocommit = True
    cursor = maintenance.cursor()
    made = []

    def make():
        name = f"observed_{len(made)}_{abs(hash(request.node.name)) % 10**6}"
        cursor.execute(f'CREATE DATABASE "{name}"')
        made.append(Database(name))
        return made[-1]

    yield make
    for one in made:
        one.connection.close()
        cursor.execute(f'DROP DATABASE "{one.name}" WITH (FORCE)')
    maintenance.close()


def write(path, options="", bodies=BODIES):
    (path / "versions").mkdir(parents=True)
    (path / "env.py").write_text(ENV.format(options=options))
    (path / "alembic.ini").write_text("[alembic]\nscript_location = .\n")
    for revision, down, body, back in bodies:
        text = SCRIPT.format(message=f"revision {revision}", revision=revision, down=down, body=body, back=back)
        (path / "versions" / f"{revision}.py").write_text(text)
    return path


def alembic(path, database, *words, **env):
    """What `alembic` did, in the version that this Python has."""
    return subprocess.run([sys.executable, "-m", "alembic.config", *words], cwd=path,
                          env=database.env("alembic", **env), capture_output=True, text=True, timeout=60)


@pytest.fixture
def other_session():
    """A function that begins a session of its own, ended with the test."""
    begun = []

    def begin(database):
        begun.append(Database(database.name))
        begun[-1].sql("LOAD 'migfix'")
        return begun[-1]

    yield begin
    for one in begun:
        one.connection.close()


def upgrade(path, database, target="head"):
    done = alembic(path, database, "upgrade", target)
    assert done.returncode == 0, done.stderr
    return done


def export(database):
    return database.values("SELECT migfix_export()::text")[0]


def objects(document):
    return {
        revision["revision"]: {
            f"{each['type']} " + (f"{each['table']}." if "table" in each else "") + each["name"]
            for statement in revision["statements"]
            for each in statement.get("objects", [])
            if not each.get("gone")
        }
        for revision in document["revisions"]
    }


def states(database, revision=None):
    return {
        (row["object_type"], row["object"]): row["state"]
        for row in database.sql("SELECT * FROM migfix_verify(%s)", revision)
        if row["object_type"]
    }


def test_it_cannot_run_offline(database, watched):
    done = alembic(watched, database, "upgrade", "base:heads", "--sql")
    assert done.returncode != 0 or "CREATE TABLE audio_files" not in done.stdout


def test_what_ran_is_what_is_exported(database, watched):
    database.install()
    upgrade(watched, database)
    document = json.loads(export(database))
    assert [one["revision"] for one in document["revisions"]] == ["001", "002", "003", "004"]
    assert [one["down_revision"] for one in document["revisions"]] == [[], ["001"], ["002"], ["003"]]
    assert objects(document) == OBJECTS
    rows = [statement["statement"] for one in document["revisions"] for statement in one["statements"]
            if statement.get("changes_rows")]
    assert rows == ["INSERT INTO audio_files (status, name) VALUES ('DONE', 'first')"]


@pytest.mark.parametrize("options", ["", "transaction_per_migration=True"])
def test_the_three_lines(make_database, tmp_path, options):
    """createdb scratch, upgrade, export; import: and a damaged database is understood and mended."""
    project = write(tmp_path / "project", options)
    scratch, app = make_database(), make_database()
    scratch.install()
    upgrade(project, scratch)
    upgrade(project, app)
    app.install()
    (tmp_path / "revisions.json").write_text(scratch.psql("-At", "-c", "SELECT migfix_export()").out)
    script = tmp_path / "import.sql"
    script.write_text(f"\\set m `cat {tmp_path}/revisions.json`\nSELECT * FROM migfix_import(:'m');\n")
    done = app.psql("-At", "-f", str(script))
    assert done.rc == 0, done
    assert done.out.split("\n")[:4] == ["001|added|3|0|7|", "002|added|1|0|3|", "003|added|3|0|3|", "004|added|0|0|0|"]
    assert app.findings() == []
    assert set(states(app).values()) == {"present"}

    app.sql("DROP INDEX ix_tag")
    app.sql("ALTER TABLE audio_files DROP CONSTRAINT ck_title, ALTER COLUMN title TYPE varchar(99)")
    found = states(app)
    assert {what for what, state in found.items() if state == "missing"} == {
        ("index", "ix_tag"), ("constraint", "audio_files.ck_title")}
    assert {what for what, state in found.items() if state == "different"} == {("column", "audio_files.title")}
    app.sql("SELECT * FROM migfix_repair()")
    assert set(states(app).values()) == {"present"}
    assert app.findings() == []

    app.sql("DELETE FROM alembic_version")
    at = {row["revision"] for row in app.sql("SELECT * FROM migfix_infer()") if row["place"] in ("at", "or")}
    assert "004" in at or "003" in at


def test_a_block_of_code_that_has_not_run_is_run(make_database, tmp_path):
    """The state of init_db.py: recorded as 001, of 002 nothing is there."""
    project = write(tmp_path / "project")
    scratch, app = make_database(), make_database()
    scratch.install()
    upgrade(project, scratch)
    upgrade(project, app, "001")
    app.install()
    app.sql("SELECT * FROM migfix_import(%s)", export(scratch))
    app.sql("SELECT * FROM migfix_upgrade('002')")
    assert app.versions() == ["002"]
    assert set(states(app).values()) == {"present"}


def test_renames_keep_rows(make_database, tmp_path):
    """No plan drops a column that a revision renames."""
    project = write(tmp_path / "project")
    scratch, app = make_database(), make_database()
    scratch.install()
    upgrade(project, scratch)
    upgrade(project, app, "002")
    app.install()
    app.sql("SELECT * FROM migfix_import(%s)", export(scratch))
    steps = [row["statement"] for row in app.sql("SELECT * FROM migfix_plan('003')") if row["action"] == "run"]
    assert any("RENAME name TO title" in step for step in steps)
    assert not any("DROP" in step for step in steps)


def test_neither_stamp_nor_downgrade_nor_hand_is_a_revision(database, watched):
    database.install()
    assert alembic(watched, database, "stamp", "003").returncode == 0
    assert database.sql("SELECT * FROM migfix_observed()") == []
    database.sql("DELETE FROM alembic_version")
    upgrade(watched, database, "002")
    before = database.sql("SELECT revision, statements FROM migfix_observed()")
    assert [row["revision"] for row in before] == ["001", "002"]
    assert alembic(watched, database, "downgrade", "001").returncode == 0
    assert database.sql("SELECT revision, statements FROM migfix_observed()") == before
    database.sql("CREATE TABLE by_hand (a int)")
    database.sql("UPDATE alembic_version SET version_num = '003'")
    assert [row["revision"] for row in database.sql("SELECT * FROM migfix_observed()")] == ["001", "002"]


def test_a_failed_run_leaves_nothing(database, tmp_path):
    bodies = BODIES[:2] + [("003", "002", '    op.add_column("audio_files", sa.Column("x", sa.Integer))\n'
                            '    op.execute("SELECT 1/0")', "    pass")]
    project = write(tmp_path / "project", "transaction_per_migration=True", bodies)
    database.install()
    assert alembic(project, database, "upgrade", "head").returncode != 0
    assert [row["revision"] for row in database.sql("SELECT * FROM migfix_observed()")] == ["001", "002"]
    (project / "versions" / "003.py").write_text(SCRIPT.format(
        message="mended", revision="003", down="002", back="    pass",
        body='    op.add_column("audio_files", sa.Column("y", sa.Integer))'))
    upgrade(project, database)
    assert objects(json.loads(export(database)))["003"] == {"column audio_files.y"}


def test_what_a_revision_commits_on_the_way_is_its_own(database, tmp_path):
    bodies = BODIES[:1] + [("002", "001", '    op.add_column("audio_files", sa.Column("x", sa.Integer))\n'
                            '    with op.get_context().autocommit_block():\n'
                            '        op.create_index("ix_x", "audio_files", ["x"], postgresql_concurrently=True)\n'
                            '    op.add_column("audio_files", sa.Column("y", sa.Integer))', "    pass")]
    project = write(tmp_path / "project", "", bodies)
    database.install()
    upgrade(project, database)
    assert objects(json.loads(export(database)))["002"] == {
        "column audio_files.x", "index ix_x", "column audio_files.y"}


def test_what_a_function_renames(make_database, tmp_path):
    """The text of `SELECT f()` tells nothing: neither of what is renamed there, nor of what is made, renamed and
    dropped again."""
    make = """\
    op.execute("CREATE TABLE parts (id integer PRIMARY KEY, a integer, old_a integer, CONSTRAINT ck CHECK (a > 0))")
    op.execute("CREATE INDEX ix_a ON parts (a)")
    op.execute("CREATE TABLE others (id integer REFERENCES parts)")"""
    rename = '''\
    op.execute("""CREATE FUNCTION move() RETURNS void LANGUAGE plpgsql AS $$ BEGIN
      ALTER TABLE parts RENAME COLUMN a TO b;
      ALTER TABLE parts RENAME COLUMN old_a TO a;
      ALTER TABLE parts RENAME COLUMN b TO c;
      ALTER TABLE parts ADD COLUMN x integer;
      ALTER TABLE parts RENAME COLUMN x TO y;
      ALTER TABLE parts RENAME CONSTRAINT ck TO ck_c;
      ALTER INDEX ix_a RENAME TO ix_c;
      CREATE TABLE passing (p integer);
      ALTER TABLE passing RENAME COLUMN p TO q;
      ALTER TABLE passing RENAME TO staying;
      CREATE TABLE gone (p integer);
      ALTER TABLE gone RENAME TO going;
      DROP TABLE going;
      ALTER TABLE parts RENAME TO pieces;
      UPDATE pieces SET c = 1;
    END $$""")
    op.execute("SELECT move()")
    op.execute("DROP FUNCTION move()")'''
    project = write(tmp_path / "project", "", [("001", None, make, "    pass"), ("002", "001", rename, "    pass")])
    scratch, app = make_database(), make_database()
    scratch.install()
    upgrade(project, scratch)
    upgrade(project, app)
    app.install()
    app.sql("SELECT * FROM migfix_import(%s)", export(scratch))
    found = {(row["object_type"], row["object"]): row["state"] for row in app.sql("SELECT * FROM migfix_verify()")}
    assert {state for state in found.values()} == {"present", "opaque"}
    assert {name for kind, name in found if kind == "column"} == {
        "pieces.id", "pieces.a", "pieces.c", "pieces.y", "staying.q", "others.id"}
    assert {name for kind, name in found if kind in ("index", "table", "constraint")} == {
        "ix_c", "pieces", "staying", "others", "pieces.ck_c", "pieces.parts_pkey", "others.others_id_fkey"}
    assert found[None, None] == "opaque"  # it changes rows


def test_merges_and_branches(database, tmp_path):
    def table(name):
        return f'    op.create_table("{name}", sa.Column("id", sa.Integer, primary_key=True))'

    bodies = [("001", None, table("one"), "    pass"), ("a", "001", table("a"), "    pass"),
              ("b", "001", table("b"), "    pass"), ("m", ("a", "b"), "    pass", "    pass"),
              ("n", "m", table("n"), "    pass")]
    project = write(tmp_path / "project", "", bodies)
    database.install()
    upgrade(project, database)
    told = {row["revision"]: row["down_revision"] for row in database.sql("SELECT * FROM migfix_observed()")}
    second = "b" if told["a"] else "a"
    assert told == {"001": [], "a": told["a"], "b": told["b"], "m": ["a", "b"], "n": ["m"]}
    assert sorted([told["a"], told["b"]], key=str) == sorted([["001"], None], key=str)
    # What the rows do not tell, the import says that it lacks; with the scripts it is whole.
    document = export(database)
    database.sql("SELECT migfix_forget_observed()")
    answer = database.sql("SELECT * FROM migfix_import(%s)", document)
    lacking = {row["revision"] for row in answer if row["state"] == "added" and row["reason"]}
    assert lacking == {second}, answer
    scripts = "".join((project / "versions" / f"{one}.py").read_text() for one, *_ in bodies)
    database.sql("SELECT * FROM migfix_load_scripts(%s)", scripts)
    assert all(row["used"] for row in database.sql("SELECT * FROM migfix_observed()"))
    assert set(states(database).values()) == {"present"}
    assert {row["revision"]: row["down_revision"] for row in database.sql("SELECT * FROM migfix_observed()")}[second] == ["001"]


def test_tenants_observe_the_same(make_database, tmp_path):
    """Names of the version table's own schema are stored without it."""
    options = 'version_table_schema=engine.connect().exec_driver_sql("SHOW search_path").scalar()'
    project = write(tmp_path / "project", options, BODIES[:2])
    database = make_database()
    database.install()
    documents = []
    for tenant in ("one", "two"):
        database.sql(f"CREATE SCHEMA {tenant}")
        done = alembic(project, database, "upgrade", "001", PGOPTIONS=f"-c search_path={tenant}")
        assert done.returncode == 0, done.stderr
        documents.append(export(database))
        database.sql("SELECT migfix_forget_observed()")
    assert documents[0] == documents[1]
    assert '"schema"' not in documents[0]


def test_an_import_means_the_schema_of_the_version_table(make_database, tmp_path):
    """Seen in public, used in a schema that stands on nobody's search_path."""
    options = 'version_table_schema=engine.connect().exec_driver_sql("SHOW search_path").scalar().split(",")[-1].strip()'
    project = write(tmp_path / "project", options)
    scratch, app = make_database(), make_database()
    scratch.install()
    upgrade(project, scratch)
    app.install()
    app.sql("CREATE SCHEMA tenant")
    done = alembic(project, app, "upgrade", "head", PGOPTIONS="-c search_path=tenant")
    assert done.returncode == 0, done.stderr
    app.sql("SELECT migfix_forget_observed()")
    app.sql("SELECT * FROM migfix_import(%s)", export(scratch))
    found = app.sql("SELECT * FROM migfix_verify(version_table => 'tenant.alembic_version')")
    assert {row["state"] for row in found} == {"present", "opaque"}
    assert len([row for row in found if row["state"] == "present"]) == 11, found
    assert app.findings() == []
    app.sql("ALTER TABLE tenant.audio_files DROP CONSTRAINT ck_title")
    app.sql("SELECT * FROM migfix_repair(version_table => 'tenant.alembic_version')")
    assert {row["state"] for row in app.sql("SELECT * FROM migfix_verify(version_table => 'tenant.alembic_version')")} == {
        "present", "opaque"}


def test_an_application_is_not_watched(database, tmp_path, other_session):
    """What reads the version rows and works on records nothing, nor does DDL by hand, nor a rollback."""
    project = write(tmp_path / "project")
    database.install()
    upgrade(project, database, "002")
    database.sql("SELECT migfix_forget_observed()")
    application = other_session(database)
    application.sql("SELECT alembic_version.version_num FROM alembic_version")
    for _ in range(101):
        application.sql("INSERT INTO audio_files (status) VALUES ('DONE')")
    application.sql("CREATE TABLE by_hand (a int)")
    application.sql("UPDATE alembic_version SET version_num='003' WHERE alembic_version.version_num = '002'")
    assert database.sql("SELECT * FROM migfix_observed()") == []


def test_a_setting_may_still_come_first(database, other_session):
    """Nothing of migfix takes a snapshot before SET TRANSACTION."""
    database.install()
    session = other_session(database)
    session.sql("CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY)")
    session.sql("DO $$ BEGIN CREATE TABLE t (a int); END $$")
    session.sql("BEGIN")
    session.sql("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE")
    session.sql("ALTER TABLE t ADD COLUMN b int")
    session.sql("INSERT INTO alembic_version (version_num) VALUES ('001') RETURNING alembic_version.version_num")
    session.sql("COMMIT")
    assert objects(json.loads(export(database))) == {"001": {"table t", "column t.a", "column t.b"}}


def test_no_password_is_kept(database, other_session):
    database.install()
    session = other_session(database)
    session.sql("BEGIN")
    session.sql("CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY)")
    session.sql("CREATE ROLE observed_login PASSWORD 'secret'")
    session.sql("INSERT INTO alembic_version (version_num) VALUES ('001') RETURNING alembic_version.version_num")
    told = session.sql("SELECT migfix_export()::text AS document")[0]["document"]
    session.sql("ROLLBACK")
    assert "secret" not in told and "password" in told
