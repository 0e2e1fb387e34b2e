"""N unmodified `alembic upgrade head` at the same moment on one database. MIGFIX_ROUNDS=50 repeats each race so often."""

import ctypes
import json
import os
import pathlib
import threading
import time

import psycopg2
import pytest

from conftest import TIMEOUT, Running

ROUNDS = int(os.environ.get("MIGFIX_ROUNDS", "1"))
RACE = pathlib.Path(__file__).parent / "race.py"
READ = "SELECT alembic_version.version_num \nFROM alembic_version"
VERSION_TABLE = "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL, CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))"
ENV = """
from logging.config import fileConfig
import sqlalchemy as sa
from alembic import context
fileConfig(context.config.config_file_name)
engine = sa.create_engine("postgresql+psycopg2://", poolclass=sa.pool.NullPool)
with engine.connect() as connection:
    context.configure(connection=connection{options})
    with context.begin_transaction():
        context.run_migrations()
"""


@pytest.fixture
def runners(project):
    """Three revisions that take a moment, and a database whose sessions have the module from their start."""
    project.revision(
        "001",
        upgrade="op.execute(\"CREATE TYPE status AS ENUM ('new', 'done')\")\n"
        "op.execute('CREATE TABLE files (id int PRIMARY KEY, state status)')",
    )
    project.revision("002", "001", "op.execute('ALTER TABLE files ADD COLUMN tag text')\nop.execute('SELECT pg_sleep(0.03)')")
    project.revision("003", "002", "op.execute('CREATE INDEX files_tag ON files (tag)')")
    project.database.install()
    return project


def preload(database):
    database.sql(f"ALTER DATABASE \"{database.name}\" SET session_preload_libraries = 'migfix'")


def begin_from(state, project):
    database = project.database
    if state == "behind head":
        project.good("upgrade", "001")
    elif state == "empty version table":
        database.sql(VERSION_TABLE)


def clear(database):
    database.sql("DROP TABLE IF EXISTS files, alembic_version; DROP TYPE IF EXISTS status; TRUNCATE migfix.version_log")


def race(project, count):
    began = time.monotonic()
    result = Running(["/usr/bin/python3", RACE, count], project.database.env("race"), project.path).wait()
    assert result.rc == 0, result
    assert time.monotonic() - began < TIMEOUT
    return json.loads(result.out)


def is_right(database):
    assert database.versions() == ["003"]
    assert database.columns("files") == ["id", "state", "tag"]
    assert sorted(database.indexes("files")) == ["files_pkey", "files_tag"]
    assert database.replayed() == ["003"]
    # A session that was closed ends a moment later.
    database.wait_for("SELECT count(*) = 0 FROM pg_locks WHERE locktype = 'advisory'")


def migrated(result):
    return result["rc"] == 0 and "Running upgrade" in result["out"]


@pytest.mark.parametrize("count", [2, 8, 16])
@pytest.mark.parametrize("state", ["no version table", "empty version table", "behind head"])
def test_one_migrates(runners, state, count):
    database = runners.database
    preload(database)
    for _ in range(ROUNDS):
        begin_from(state, runners)
        results = race(runners, count)
        is_right(database)
        assert sum(map(migrated, results)) == 1, results
        for result in results:
            assert "deadlock" not in result["out"]
            if result["rc"] != 0:
                assert "another runner" in result["out"] and "Run it again" in result["out"], result["out"]
        if state != "no version table":  # all of them have read, so none has anything to fail on
            assert all(result["rc"] == 0 for result in results), results
        clear(database)


@pytest.mark.parametrize("options", ["transaction_per_migration=True", "transactional_ddl=False"])
@pytest.mark.parametrize("state", ["no version table", "behind head"])
def test_a_commit_between_revisions(runners, state, options):
    """The lock is given up there, so that several may do a part each; no revision runs twice or by half."""
    database = runners.database
    preload(database)
    (runners.path / "env.py").write_text(ENV.format(options=f", {options}"))
    for _ in range(ROUNDS):
        begin_from(state, runners)
        results = race(runners, 4)
        for result in results:
            assert "deadlock" not in result["out"]
            if result["rc"] != 0:
                assert "another runner" in result["out"] or "nother runner migrated" in result["out"], result["out"]
        runners.good("upgrade", "head")
        is_right(database)
        clear(database)


@pytest.mark.parametrize("state", ["no version table", "empty version table", "behind head"])
def test_without_preload(runners, state):
    """The module comes with the first DDL, after the read: the guard and the server keep the rows right."""
    database = runners.database
    for _ in range(ROUNDS):
        begin_from(state, runners)
        results = race(runners, 8)
        is_right(database)
        assert sum(map(migrated, results)) == 1, results
        for result in results:
            if result["rc"] != 0:
                assert "already exists" in result["out"] or "nother runner" in result["out"], result["out"]
        clear(database)


def holding(project, key=4711):
    """An upgrade that waits right after its read, and the session that lets it go on."""
    keeper = psycopg2.connect(dbname=project.database.name)
    cursor = keeper.cursor()
    cursor.execute("SELECT pg_advisory_xact_lock(%s)", (key,))
    running = project.start("-x", f"hold={key}", "upgrade", "head", application_name="first")
    project.database.wait_for(
        "SELECT EXISTS (SELECT FROM pg_stat_activity JOIN pg_locks USING (pid) WHERE application_name = 'first'"
        " AND locktype = 'advisory' AND NOT granted)"
    )
    return running, keeper


def test_who_holds_it_is_seen_and_its_death_frees_it(runners):
    database = runners.database
    preload(database)
    begin_from("behind head", runners)
    first, keeper = holding(runners)
    (row,) = database.sql("SELECT *, runner_since <= now() AS since FROM migfix_current()")
    assert (row["runner_application_name"], row["since"]) == ("first", True)
    assert database.finding("MF404")["message"].startswith("a runner is migrating public.alembic_version now (pid ")
    second = runners.start("upgrade", "head", application_name="second")
    database.wait_for(
        "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE application_name = 'second'"
        " AND cardinality(pg_blocking_pids(pid)) > 0)"
    )
    database.sql("SELECT pg_terminate_backend(%s)", row["runner_pid"])
    assert first.wait().rc != 0
    result = second.wait()
    assert result.rc == 0 and "Running upgrade 001 -> 002" in result.out, result
    keeper.close()
    is_right(database)
    assert database.findings("MF404") == []


def test_past_the_timeout(runners):
    database = runners.database
    preload(database)
    begin_from("behind head", runners)
    first, keeper = holding(runners)
    database.sql(f"ALTER DATABASE \"{database.name}\" SET migfix.runner_timeout = '300ms'")
    second = runners.alembic("upgrade", "head", application_name="second")
    assert second.rc != 0
    assert "LockNotAvailable" in second.out and "another runner is migrating public.alembic_version" in second.out
    assert 'application "first"' in second.out and "Run it again" in second.out, second
    keeper.close()
    assert first.wait().rc == 0
    is_right(database)


def test_current_waits_and_other_readers_do_not(runners):
    database = runners.database
    preload(database)
    begin_from("behind head", runners)
    first, keeper = holding(runners)
    assert database.psql("-c", "SELECT * FROM alembic_version", PGOPTIONS="-c statement_timeout=5s").rc == 0
    current = runners.start("current")
    database.wait_for(
        "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE application_name = 'alembic'"
        " AND cardinality(pg_blocking_pids(pid)) > 0)"
    )
    keeper.close()
    assert first.wait().rc == 0
    assert "003 (head)" in current.wait().out


def test_a_reader_without_rights_neither_waits_nor_holds(runners, role):
    database = runners.database
    preload(database)
    begin_from("behind head", runners)
    role("watcher", "SELECT ON alembic_version")
    watcher = psycopg2.connect(dbname=database.name, user="watcher", options="-c statement_timeout=5s")
    watcher.cursor().execute(READ)
    assert database.findings("MF404") == []
    runners.good("upgrade", "head")
    watcher.close()
    is_right(database)


def test_an_application_that_has_read_is_no_runner_for_ever(runners):
    """It asks for its version at its start, and works on in the same session."""
    database = runners.database
    preload(database)
    begin_from("behind head", runners)
    application = psycopg2.connect(dbname=database.name)
    application.cursor().execute(READ)
    application.rollback()
    runners.good("upgrade", "head")
    application.cursor().execute("CREATE TABLE partition_1 (id int)")
    application.commit()
    application.close()


@pytest.mark.parametrize("table, schema", [("my_version", None), ("My-Ver", None), ("alembic_version", "App")])
def test_other_names(runners, table, schema):
    database = runners.database
    preload(database)
    database.sql(f'ALTER DATABASE "{database.name}" SET migfix.version_tables = \'alembic_version, my_version, "My-Ver"\'')
    if schema:
        database.sql(f'CREATE SCHEMA "{schema}"')
    options = f", version_table={table!r}, version_table_schema={schema!r}"
    (runners.path / "env.py").write_text(ENV.format(options=options))
    runners.good("upgrade", "001")
    results = race(runners, 4)
    assert sum(map(migrated, results)) == 1 and all(result["rc"] == 0 for result in results), results
    name = f'"{schema}"."{table}"' if schema else f'"{table}"'
    assert database.versions(name) == ["003"]
    clear(database)
    if not schema:
        database.sql(f"DROP TABLE {name}")
        results = race(runners, 4)
        assert sum(map(migrated, results)) == 1, results
        assert database.versions(name) == ["003"]


def test_lock_by_hand(runners):
    """In an env.py, without preload."""
    database = runners.database
    begin_from("behind head", runners)
    env = ENV.format(options="").replace(
        "        context.run_migrations()", '        connection.exec_driver_sql("SELECT migfix_lock()")\n        context.run_migrations()'
    )
    (runners.path / "env.py").write_text(env)
    results = race(runners, 4)
    assert sum(map(migrated, results)) == 1 and all(result["rc"] == 0 for result in results), results
    is_right(database)


@pytest.mark.parametrize("way", ["cancel", "terminate", "statement_timeout"])
@pytest.mark.parametrize("waits", ["read", "ddl"])
def test_a_wait_ends_when_told(runners, waits, way):
    """A cancel is no failure of migfix: it must neither become a warning nor let the statement through."""
    database = runners.database
    begin_from("behind head", runners)
    first = psycopg2.connect(dbname=database.name)
    first.cursor().execute("LOAD 'migfix'; SELECT migfix_lock()")
    second = psycopg2.connect(dbname=database.name, application_name="second")
    cursor = second.cursor()
    cursor.execute("LOAD 'migfix'")
    statement = READ
    if waits == "ddl":
        cursor.execute("SET LOCAL migfix.runner_timeout = 1")
        cursor.execute(READ)
        cursor.execute("SET LOCAL migfix.runner_timeout = '1min'")
        statement = "CREATE TABLE more (id int)"
    failed = []

    def wait():
        try:
            cursor.execute(statement)
        except psycopg2.Error as error:
            failed.append(error.pgcode)

    if way == "statement_timeout":
        cursor.execute("SET LOCAL statement_timeout = '900ms'")
    thread = threading.Thread(target=wait)
    thread.start()
    if way != "statement_timeout":
        database.wait_for(
            "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE application_name = 'second'"
            " AND cardinality(pg_blocking_pids(pid)) > 0)"
        )
        database.sql(f"SELECT pg_{way}_backend(%s)", second.get_backend_pid())
    thread.join(20)
    assert failed == [None if way == "terminate" else "57014"]  # of a connection that is gone psycopg2 has no code
    second.close()
    first.close()
    assert database.columns("files") == ["id", "state"]
    assert database.values("SELECT to_regclass('more') IS NULL") == [True]
    runners.good("upgrade", "head")
    is_right(database)


def test_a_database_without_the_extension(runners):
    """The library alone does nothing."""
    database = runners.database
    database.sql("DROP EXTENSION migfix")
    preload(database)
    runners.good("upgrade", "001")
    session = psycopg2.connect(dbname=database.name)
    session.cursor().execute(READ)
    # A session that was closed ends a moment later.
    database.wait_for("SELECT count(*) = 0 FROM pg_locks WHERE locktype = 'advisory'")
    runners.good("upgrade", "head")
    session.close()
    assert database.versions() == ["003"]


class Extended:
    """A session that speaks the extended protocol, as psycopg 3 and asyncpg do; Debian's psycopg2 does not."""

    def __init__(self, database):
        self.libpq = ctypes.CDLL("libpq.so.5")
        for function in ("PQconnectdb", "PQexec", "PQprepare", "PQexecParams", "PQexecPrepared"):
            getattr(self.libpq, function).restype = ctypes.c_void_p
        for function in ("PQgetvalue", "PQresultErrorMessage"):
            getattr(self.libpq, function).restype = ctypes.c_char_p
        self.connection = ctypes.c_void_p(
            self.libpq.PQconnectdb(f"dbname='{database.name}' application_name=extended".encode())
        )

    def answer(self, result):
        result = ctypes.c_void_p(result)
        error = self.libpq.PQresultErrorMessage(result).decode()
        value = None
        if not error and self.libpq.PQntuples(result) > 0:
            value = self.libpq.PQgetvalue(result, 0, 0).decode()
        self.libpq.PQclear(result)
        assert not error, error
        return value

    def simple(self, statement):
        return self.answer(self.libpq.PQexec(self.connection, statement.encode()))

    def execute(self, statement):
        return self.answer(
            self.libpq.PQexecParams(self.connection, statement.encode(), 0, None, None, None, None, 0)
        )

    def prepare(self, name, statement):
        self.answer(self.libpq.PQprepare(self.connection, name.encode(), statement.encode(), 0, None))

    def execute_prepared(self, name):
        return self.answer(
            self.libpq.PQexecPrepared(self.connection, name.encode(), 0, None, None, None, 0)
        )

    def close(self):
        self.libpq.PQfinish(self.connection)


@pytest.mark.parametrize("way", ["unnamed", "prepared", "cached plan"])
def test_the_extended_protocol(runners, way):
    """What is read after the wait is what the first one has committed. A plan that is kept from before is not planned
    anew: there the read may be old, and the first DDL says so."""
    database = runners.database
    preload(database)
    begin_from("behind head", runners)
    second = Extended(database)
    if way != "unnamed":
        second.prepare("read", READ)
    if way == "cached plan":
        assert second.execute_prepared("read") == "001"
    first, keeper = holding(runners)
    read = []
    second.simple("BEGIN")
    thread = threading.Thread(
        target=lambda: read.append(second.execute(READ) if way == "unnamed" else second.execute_prepared("read"))
    )
    thread.start()
    database.wait_for(
        "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE application_name = 'extended'"
        " AND cardinality(pg_blocking_pids(pid)) > 0)"
    )
    keeper.close()
    assert first.wait().rc == 0
    thread.join(TIMEOUT)
    if way == "cached plan" and read == ["001"]:
        with pytest.raises(AssertionError, match="another runner has migrated"):
            second.simple("CREATE TABLE more (id int)")
    else:
        assert read == ["003"]
        second.simple("CREATE TABLE more (id int)")
    second.close()
    is_right(database)
