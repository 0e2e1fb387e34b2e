"""Dumps of a guarded database restore without an error, with the guard on and the logs as they were."""

import json

import pytest

from conftest import Database, Session, without_key

STRANGE = 'Strange "Versions"'
STRANGE_SQL = '"Strange ""Versions"""'
TENANT_SQL = '"Tenant\'s 1"'
GUARDED = sorted(
    [
        "alembic_version",
        f"{TENANT_SQL}.alembic_version",
        f"app.{STRANGE_SQL}",
        "by_hand.schema_migrations",
        "no_key.alembic_version",
        "new_name.alembic_version",
    ]
)
SETTING = f"'alembic_version, {STRANGE_SQL}'"


# Revisions of two environments, with what COPY, arrays and quotes could take for something else.
SCRIPTS = r'''# file: 001.py
"""the first
with a second line"""
revision = "001"
down_revision = None
branch_labels = ("main", "it's")
# file: 002.py
revision = "002"
down_revision = "001"
from alembic import op
def upgrade():
    op.execute("INSERT INTO t VALUES ('it''s', '\t\\N\n')")
    op.execute(computed())
# file: 003.py
revision = "003"
down_revision = "002"
'''
ODD = ["{a,b}", "NULL", 'q"q', "back\\slash", "ä"]
ODD_NAME = "odd 'one'"


# What a revision did elsewhere, with the same.
OBSERVED = json.dumps({
    "migfix_export": 1, "environment": "seen 'here'",
    "revisions": [{
        "revision": "seen_1", "down_revision": [], "server_version": 150000,
        "statements": [
            {"statement": "CREATE TYPE k AS ENUM ('it''s', '\\t\\N', 'ä\n')",
             "objects": [{"type": "enum", "name": "k", "definition": {"labels": ["it's", "\\t\\N", "ä\n"]}}]},
            {"unknown": "values were sent apart from its text", "changes_rows": True},
        ],
    }],
})


def load(database):
    (answer,) = [row for row in database.sql("SELECT * FROM migfix_import(%s)", OBSERVED) if row["statements"] is not None]
    assert answer["state"] == "added"
    database.sql("SELECT migfix_forget('seen_1', %s)", "seen 'here'")  # its place in the graph; what was seen stays
    assert len(database.sql("SELECT * FROM migfix_load_scripts(%s)", SCRIPTS)) == 3
    for revision in ODD:
        database.sql("SELECT migfix_register(%s, environment => %s)", revision, ODD_NAME)
    database.sql("SELECT migfix_register('top', %s, environment => %s)", ODD, ODD_NAME)
    database.sql("SELECT migfix_bind(%s, %s)", f"{TENANT_SQL}.alembic_version", ODD_NAME)


def revisions(database):
    tables = "revision ORDER BY environment, position", "revision_statement ORDER BY 1, 2, 3", "observed_revision ORDER BY 1, 2"
    return [database.sql(f"SELECT * FROM migfix.{table}") for table in (*tables, "version_table_environment")]


def graph_works(database):
    """Other sessions know the graph, it grows, and stamp and the guard go by it."""
    session = database.session()
    heads = "SELECT revision FROM migfix_heads() ORDER BY 1"
    assert session.values(heads) == ["003", "top"]
    assert session.values("SELECT state FROM migfix_load_scripts(%s)", SCRIPTS) == ["unchanged"] * 3
    tenant = session.sql("SELECT * FROM migfix_current(%s)", f"{TENANT_SQL}.alembic_version")
    assert {row["environment"] for row in tenant} == {ODD_NAME}
    session.sql("SET migfix.guard = enforce")
    assert session.error("INSERT INTO public.alembic_version VALUES ('001')").pgcode == "23514"
    (step,) = session.sql("SELECT * FROM migfix_stamp('main', version_table => 'public.alembic_version')")
    assert (step["old_version"], step["new_version"]) == ("003", "001")
    session.sql("SELECT migfix_undo(%s)", step["log_id"])
    before = session.value("SELECT max(added) FROM migfix.revision")
    session.sql("SELECT migfix_register('004', '{003}')")
    assert session.values(heads) == database.values(heads) == ["004", "top"]
    assert session.value("SELECT added FROM migfix.revision WHERE revision = '004'") > before
    session.sql("SELECT migfix_forget('004')")


def set_names(database):
    name = database.name.replace('"', '""')
    database.sql(f'ALTER DATABASE "{name}" SET migfix.version_tables = {SETTING}')
    database.reconnect()


def fill(database):
    """A database with every kind of version table and a log of every kind of entry."""
    set_names(database)
    database.sql("CREATE EXTENSION migfix")
    database.version_table("alembic_version", "001")
    database.sql("UPDATE alembic_version SET version_num = '002'")
    database.sql("CREATE TYPE mood AS ENUM ('good', 'bad'); CREATE TABLE people (name text, mood mood)")

    database.sql(f"CREATE SCHEMA {TENANT_SQL}; CREATE SCHEMA app; CREATE SCHEMA by_hand; CREATE SCHEMA off;"
                 " CREATE SCHEMA no_key; CREATE SCHEMA old_name")
    database.version_table(f"{TENANT_SQL}.alembic_version", "left", "right")
    database.sql(f"CREATE TABLE app.{STRANGE_SQL} (version_num text PRIMARY KEY)")
    database.sql(f"INSERT INTO app.{STRANGE_SQL} VALUES (%s)", "it's a \\ \"name\"")
    database.version_table("by_hand.schema_migrations", "m1")
    database.sql("SELECT migfix_protect('by_hand.schema_migrations')")
    database.sql("INSERT INTO by_hand.schema_migrations VALUES ('m2')")
    database.version_table("off.alembic_version", "o1")
    database.sql("SELECT migfix_unprotect('off.alembic_version')")
    database.sql("INSERT INTO off.alembic_version VALUES ('o2')")
    database.sql("CREATE TABLE no_key.alembic_version (version_num varchar(32))")
    database.sql("INSERT INTO no_key.alembic_version VALUES ('n1')")
    database.version_table("old_name.alembic_version", "r1")
    database.sql("ALTER SCHEMA old_name RENAME TO new_name")
    database.version_table("app.alembic_version", "d1", "d2")
    database.sql("DROP TABLE app.alembic_version")

    load(database)
    database.sql("SELECT migfix_stamp('003', purge => true, version_table => 'public.alembic_version',"
                 " reason => %s)", "tab\there,\nnew line, \\N and 'quotes'")
    database.sql("DELETE FROM alembic_version")
    database.sql("SELECT migfix_undo((SELECT max(log_id) FROM migfix.version_log))")
    assert database.guarded() == GUARDED
    operations = {entry["operation"] for entry in database.log()}
    assert operations == {"insert", "update", "delete", "drop", "rename", "protect", "unprotect"}


@pytest.fixture(scope="module")
def filled():
    """The name of a database to copy for each test."""
    maintenance = Session("postgres")
    maintenance.sql("CREATE DATABASE dump_filled")
    database = Database("dump_filled")
    fill(database)
    database.close()
    yield "dump_filled"
    maintenance.sql("DROP DATABASE dump_filled WITH (FORCE)")
    maintenance.close()


@pytest.fixture
def source(make_database, filled):
    database = make_database("dump 'source' \"x\"", template=filled)
    set_names(database)
    assert database.guarded() == GUARDED
    return database


@pytest.fixture
def target(make_database):
    database = make_database("dump_target")
    set_names(database)
    return database


def version_rows(database, tables=(*GUARDED, "off.alembic_version")):
    return {table: sorted(database.values(f"SELECT version_num FROM {table}")) for table in tables}


def sequence(database):
    return database.sql("SELECT last_value, is_called FROM migfix.version_log_log_id_seq")


def ddl_log(database):
    entries = database.sql("SELECT * FROM migfix.ddl_log ORDER BY log_id")
    assert len(entries) > 10
    return entries, database.sql("SELECT last_value, is_called FROM migfix.ddl_log_log_id_seq")


def last_log_id(database):
    return database.value("SELECT max(log_id) FROM migfix.version_log")


def guard_works(database, table="public.alembic_version", recorded="003"):
    """The guard judges, and the log goes on where it was."""
    before = last_log_id(database) or 0
    assert database.error(f"INSERT INTO {table} VALUES (%s)", recorded).pgcode == "23505"
    assert database.error(f"INSERT INTO {table} VALUES ('head')").pgcode == "23514"
    database.notices()
    database.sql(f"DELETE FROM {table}")
    assert any("migfix_undo" in notice for notice in database.notices())
    (entry,) = database.sql("SELECT * FROM migfix.version_log WHERE log_id > %s", before)
    assert (entry["operation"], entry["old_version"]) == ("delete", recorded)
    database.sql("SELECT migfix_undo(%s)", entry["log_id"])
    assert database.values(f"SELECT version_num FROM {table}") == [recorded]


def same(source, target):
    assert version_rows(target) == version_rows(source)
    assert target.guarded() == GUARDED
    assert target.log() == source.log()
    assert sequence(target) == sequence(source)
    assert ddl_log(target) == ddl_log(source)
    assert revisions(target) == revisions(source)
    assert target.findings() == source.findings()
    assert target.sql("SELECT * FROM migfix_current()") == source.sql("SELECT * FROM migfix_current()")


def test_plain(source, target):
    target.restore(source.dump())
    same(source, target)
    guard_works(target)
    graph_works(target)
    for table in GUARDED:
        recorded = target.values(f"SELECT version_num FROM {table}")[0]
        assert target.error(f"INSERT INTO {table} VALUES (%s)", recorded).pgcode == "23505", table
    target.sql("INSERT INTO off.alembic_version VALUES ('head')")


def test_undo_reaches_back_over_the_dump(source, target):
    target.restore(source.dump())
    dropped = target.value("SELECT min(log_id) FROM migfix.version_log WHERE operation = 'drop'")
    target.sql("SELECT migfix_undo(%s)", dropped)
    assert sorted(target.values("SELECT version_num FROM app.alembic_version")) == ["d1", "d2"]


def test_inserts_in_place_of_copy(source, target):
    target.restore(source.dump("--column-inserts"))
    same(source, target)
    guard_works(target)
    graph_works(target)


def test_twice(source, target, make_database):
    """What was restored dumps as what it was restored from."""
    first = source.dump()
    target.restore(first)
    assert without_key(target.dump()) == without_key(first)
    again = make_database("dump_again")
    set_names(again)
    again.restore(target.dump())
    same(source, again)


@pytest.mark.parametrize("options", [(), ("-j", "2"), ("--single-transaction",)])
@pytest.mark.parametrize("form", ["custom", "directory"])
def test_archive(source, target, tmp_path, form, options):
    archive = tmp_path / "archive"
    source.dump("-F", form, "-f", archive)
    target.run("pg_restore", "--exit-on-error", "-d", target.name, *options, archive)
    if "-j" in options and "off.alembic_version" in target.guarded():
        # One worker has added this table's constraint before another had restored the log, which says that
        # the guard was taken off: so it is on again. Anything else must be as it was, the log of DDL too.
        target.sql("SET migfix.log_ddl = off")
        for trigger in ("migfix_guard_row", "migfix_log_row", "migfix_log_truncate"):
            target.sql(f"DROP TRIGGER {trigger} ON off.alembic_version")
        target.sql("RESET migfix.log_ddl")
    same(source, target)
    guard_works(target)
    graph_works(target)


def test_clean_over_an_older_state(source, tmp_path):
    """pg_restore --clean into the very database that the dump is of."""
    archive = tmp_path / "archive"
    source.dump("-F", "custom", "-f", archive)
    log = source.log()
    rows = version_rows(source)
    source.sql("INSERT INTO alembic_version VALUES ('later')")
    # By parameters, as a name with a quote in it is none that -d takes.
    source.run("pg_restore", "--exit-on-error", "--clean", "-f", tmp_path / "script", archive)
    source.restore((tmp_path / "script").read_text())
    source.reconnect()
    assert source.log() == log
    assert version_rows(source) == rows
    assert source.guarded() == GUARDED
    graph_works(source)


def test_unguarded_dump_into_a_guarded_database(make_database):
    plain = make_database("dump_plain")
    plain.version_table("alembic_version", "001", "002")
    plain.sql("CREATE SCHEMA tenant")
    plain.version_table("tenant.alembic_version", "t1")
    target = make_database("dump_target")
    target.sql("CREATE EXTENSION migfix")
    target.restore(plain.dump())
    assert target.guarded() == ["alembic_version", "tenant.alembic_version"]
    assert version_rows(target, ("alembic_version", "tenant.alembic_version")) == {
        "alembic_version": ["001", "002"],
        "tenant.alembic_version": ["t1"],
    }
    assert target.error("INSERT INTO alembic_version VALUES ('001')").pgcode == "23505"


def test_data_only(source, target):
    """Over a schema with triggers PostgreSQL wants --disable-triggers: else they fire for what is restored."""
    target.restore(source.dump("--schema-only"))
    target.restore(source.dump("--data-only", "--disable-triggers"))
    assert version_rows(target) == version_rows(source)
    assert target.log() == source.log()
    assert revisions(target) == revisions(source)
    assert sequence(target) == sequence(source)
    # The schema alone does not say that somebody took the guard off this one.
    assert target.guarded() == sorted([*GUARDED, "off.alembic_version"])
    guard_works(target)
    graph_works(target)


def test_data_only_with_triggers_enabled(source, target):
    """Then the guard logs the rows that come, and the log of the dump does not fit beside: nothing is restored."""
    target.restore(source.dump("--schema-only"))
    result = target.run("psql", "-X", "-q", "--single-transaction", "-v", "ON_ERROR_STOP=1",
                        text=source.dump("--data-only"), check=False)
    assert result.rc != 0
    assert 'duplicate key value violates unique constraint "version_log_pkey"' in result.err
    assert all(rows == [] for rows in version_rows(target).values())
    assert target.log() == []


def test_schema_only(source, target):
    target.restore(source.dump("--schema-only"))
    assert set(target.guarded()) >= set(GUARDED)
    assert all(rows == [] for rows in version_rows(target).values())
    assert target.log() == []
    target.sql("INSERT INTO alembic_version VALUES ('003')")
    assert target.value("SELECT log_id FROM migfix.version_log") == 1
    guard_works(target)


def test_one_table_into_a_guarded_database(source, target):
    target.sql("CREATE EXTENSION migfix")
    target.restore(source.dump("-t", "public.alembic_version"))
    assert target.guarded() == ["alembic_version"]
    assert target.values("SELECT version_num FROM alembic_version") == ["003"]
    guard_works(target)


def test_one_table_without_the_extension_names_what_is_missing(source, target):
    """The dump has the guard's triggers: it needs the extension, and says so."""
    result = target.restore(source.dump("-t", "public.alembic_version"), check=False)
    assert result.rc != 0
    assert "function public.migfix_" in result.err and "does not exist" in result.err


def test_template(source, make_database):
    """CREATE DATABASE … TEMPLATE copies everything."""
    source.connection.close()
    copy = make_database("dump_copy", template=source.name)
    set_names(copy)
    source.reconnect()
    same(source, copy)
    guard_works(copy)
    graph_works(copy)


def report(database):
    """The whole report but for its first line, which names the database and the time."""
    return database.values("SELECT migfix_diagnose()")[1:]


@pytest.mark.parametrize("form", ["plain", "directory"])
def test_section_by_section(source, target, tmp_path, form):
    """As large databases are moved: what is made, then the rows, then indexes and triggers."""
    for section in ("pre-data", "data", "post-data"):
        if form == "plain":
            target.restore(source.dump(f"--section={section}"))
        else:
            archive = tmp_path / section
            source.dump("-F", form, f"--section={section}", "-f", archive)
            target.run("pg_restore", "--exit-on-error", "-d", target.name, f"--section={section}",
                       *(["-j", "2"] if form == "directory" and section == "data" else []), archive)
    same(source, target)
    assert report(target) == report(source)
    guard_works(target)
    graph_works(target)


def test_what_diagnose_says(source, target):
    """Before and after, word for word, and the dump of the one is the dump of the other."""
    assert len(report(source)) > 10
    target.restore(source.dump())
    assert report(target) == report(source)
    assert without_key(target.dump()) == without_key(source.dump())
    assert target.values("SELECT tgenabled::text FROM pg_trigger WHERE tgname = 'keep_own'") == ["R"] * 6


def test_clean_if_exists(source, target):
    """A dump that drops what is there first, over nothing and then over itself."""
    script = source.dump("--clean", "--if-exists")
    for _ in range(2):
        target.restore(script)
        same(source, target)
        assert report(target) == report(source)
    guard_works(target)


@pytest.mark.parametrize("form, what, tables", [
    ("custom", ("-n", "new_name", "-n", "app"), ["new_name.alembic_version", f"app.{STRANGE_SQL}"]),
    ("plain", ("-n", "by_hand", "-n", "no_key"), ["by_hand.schema_migrations", "no_key.alembic_version"]),
    ("plain", ("-t", f"{TENANT_SQL}.alembic_version"), [f"{TENANT_SQL}.alembic_version"]),
])
def test_a_part_into_a_guarded_database(source, target, tmp_path, form, what, tables):
    """Once, with the guard on, and what was there stays as it is."""
    target.sql("CREATE EXTENSION migfix")
    target.version_table("alembic_version", "001")
    target.sql("SELECT migfix_register('001')")
    if "-t" in what:
        target.sql(f"CREATE SCHEMA {TENANT_SQL}")
    before, known = target.log(), revisions(target)
    if form == "plain":
        target.restore(source.dump(*what))
    else:
        source.dump("-F", "custom", "-f", tmp_path / "part", *what)
        target.run("pg_restore", "--exit-on-error", "-d", target.name, tmp_path / "part")
    assert version_rows(target, tables) == version_rows(source, tables)
    assert target.guarded() == sorted(["alembic_version", *tables])
    # A part brings no log along, and the rows that it brings are no change of these tables.
    assert [entry for entry in target.log()[len(before):] if entry["operation"] not in ("protect",)] == []
    assert target.log()[:len(before)] == before and revisions(target) == known
    for table in tables:
        recorded = target.values(f"SELECT version_num FROM {table} ORDER BY 1")[0]
        assert target.error(f"INSERT INTO {table} VALUES (%s)", recorded).pgcode == "23505", table
        target.sql(f"DELETE FROM {table}")
        target.sql("SELECT migfix_undo(%s)", last_log_id(target))
    assert version_rows(target, tables) == version_rows(source, tables)
    target.sql("DROP EXTENSION migfix")


def test_rows_of_one_table_into_a_guarded_database(source, target):
    """Without the log, the rows are changes like any other: judged, logged, and undone by the log."""
    target.sql("CREATE EXTENSION migfix")
    target.sql("CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY)")
    target.restore(source.dump("--data-only", "-t", "public.alembic_version"))
    assert [(entry["operation"], entry["new_version"]) for entry in target.log()] == [("insert", "003")]
    result = target.restore(source.dump("--data-only", "-t", "public.alembic_version"), check=False)
    assert result.rc != 0 and "is already recorded" in result.err
    guard_works(target)
