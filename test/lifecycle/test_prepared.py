"""PREPARE TRANSACTION: what it did is judged then, and its log comes with COMMIT PREPARED, from any session."""

import contextlib

import pytest

from conftest import Database
from server_copy import ServerCopy

SCRIPTS = "".join(f'# file: {revision}.py\nrevision = "{revision}"\ndown_revision = {parent!r}\n'
                  for revision, parent in [("001", None), ("002", "001"), ("003", "002")])

# Whatever writes.
WORK = {
    "a migration": ["SELECT alembic_version.version_num \nFROM alembic_version", "CREATE TYPE mood AS ENUM ('good')",
                    "CREATE TABLE people (id serial PRIMARY KEY, mood mood)", "SAVEPOINT s",
                    "UPDATE alembic_version SET version_num = '003'", "ROLLBACK TO s",
                    "UPDATE alembic_version SET version_num = '002'", "DROP TABLE plain",
                    "UPDATE alembic_version SET version_num = '003'"],
    "stamp and undo": ["SELECT migfix_lock()", "SELECT * FROM migfix_stamp('003')",
                       "SELECT migfix_undo((SELECT max(log_id) FROM migfix.version_log))",
                       "SELECT * FROM migfix_stamp('002')"],
    "revisions": ["SELECT migfix_register('004', '{003}')", "SELECT migfix_bind('alembic_version', 'default')"],
    "a version table": ["CREATE SCHEMA tenant", "CREATE TABLE tenant.alembic_version (version_num varchar(32) PRIMARY KEY)",
                        "INSERT INTO tenant.alembic_version VALUES ('001')"],
    "a rename": ["ALTER TABLE alembic_version RENAME TO alembic_version_2"],
    "a drop": ["DROP TABLE alembic_version"],
    "a guard": ["SELECT migfix_unprotect('alembic_version')"],
    "the extension": ["DROP EXTENSION migfix", "CREATE EXTENSION migfix", "CREATE TABLE people (id int)"],
}


@pytest.fixture(scope="module")
def server():
    original = Database("postgres")
    copy = ServerCopy(original)
    copy.configuration["max_prepared_transactions"] = "5"
    with copy as server:
        yield server
    original.close()


@pytest.fixture
def make(server):
    maintenance = server.session("postgres")
    made = []

    def make(name, template="template1"):
        maintenance.sql(f"CREATE DATABASE {name} TEMPLATE {template}")
        made.append(server.session(name))
        return made[-1]

    yield make
    maintenance.close()
    for database in made:
        database.close()
        with contextlib.closing(server.session(database.name)) as session:
            for transaction in session.values("SELECT gid FROM pg_prepared_xacts WHERE database = %s", database.name):
                session.sql("ROLLBACK PREPARED %s", transaction)
    with contextlib.closing(server.session("postgres")) as session:
        for database in made:
            session.sql(f"DROP DATABASE {database.name} WITH (FORCE)")


@pytest.fixture
def database(make):
    database = make("prepared")
    database.sql("CREATE EXTENSION migfix")
    database.version_table("alembic_version", "001")
    database.sql("UPDATE alembic_version SET version_num = '002'; UPDATE alembic_version SET version_num = '001'")
    database.sql("CREATE TABLE plain (id int)")
    database.sql("SELECT * FROM migfix_load_scripts(%s)", SCRIPTS)
    return database


def state(session):
    """All that a transaction could leave halfway, but for what differs from run to run."""
    there = "version_num FROM alembic_version" if session.value("SELECT to_regclass('alembic_version') IS NOT NULL") \
        else "1 WHERE false"
    return {
        "rows": session.values(f"SELECT {there}"),
        "guard": session.guarded(),
        "version log": session.sql("SELECT version_table, operation, old_version, new_version, former_name,"
                                   " statement FROM migfix.version_log ORDER BY log_id"),
        "DDL log": session.sql("SELECT command_tag, object_identity, version_table, revision"
                               " FROM migfix.ddl_log ORDER BY log_id"),
        "heads": session.values("SELECT revision FROM migfix_heads()"),
        "tables": session.values("SELECT oid::regclass::text FROM pg_class WHERE relkind = 'r'"
                                 " AND relnamespace NOT IN ('pg_catalog'::regnamespace,"
                                 " 'information_schema'::regnamespace) ORDER BY 1"),
        # MF404 says that the one that is prepared holds the runner lock.
        "findings": session.sql("SELECT code, severity, object FROM migfix_findings() WHERE code <> 'MF404'"
                                " ORDER BY 1, 2, 3"),
    }


def works(session):
    """Nothing of it is in the way: no lock, no state of the session that did it."""
    assert session.value("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid IS NULL") == 0
    session.sql("SET lock_timeout = '5s'")
    if session.value("SELECT to_regclass('alembic_version') IS NOT NULL"):
        (version,) = session.values("SELECT alembic_version.version_num \nFROM alembic_version")
        session.sql("BEGIN; CREATE TABLE next (id int); UPDATE alembic_version SET version_num = '003'; COMMIT")
        session.sql("BEGIN; DROP TABLE next")
        session.sql("UPDATE alembic_version SET version_num = %s", version)
        session.sql("COMMIT")
    session.sql("CREATE TABLE later (id int); DROP TABLE later")


def test_ends_as_any_transaction(database, make, server):
    """Committed elsewhere it is what COMMIT would have left; rolled back elsewhere it left nothing."""
    source = database.name
    before = state(database)
    database.connection.close()  # a template has no sessions
    for number, (what, statements) in enumerate(WORK.items()):
        plain = make(f"plain_{number}", source)
        for statement in ["BEGIN", *statements, "COMMIT"]:
            plain.sql(statement)
        known = {"ROLLBACK": before, "COMMIT": state(plain)}
        plain.close()
        prepared = make(f"prepared_{number}", source)
        elsewhere = server.session(prepared.name)
        for end in known:
            for statement in ["BEGIN", *statements, "PREPARE TRANSACTION 'it'"]:
                prepared.sql(statement)
            assert prepared.values("SELECT gid FROM pg_prepared_xacts") == ["it"]
            if what not in ("a drop", "a rename", "a guard", "the extension"):
                # Reports do not wait for it and see nothing of it; nor does DDL wait that has nothing to do with it.
                elsewhere.sql("SET statement_timeout = '5s'")
                assert state(elsewhere) == before, what
                elsewhere.sql("CREATE TEMPORARY TABLE unlike (id int); DROP TABLE unlike; RESET statement_timeout")
            elsewhere.sql(f"{end} PREPARED 'it'")
            for session in (prepared, elsewhere):
                assert state(session) == known[end], (what, end)
        for session in (prepared, elsewhere):
            works(session)
            session.close()


def test_judged_when_it_is_prepared(database):
    """Later nobody could be told."""
    database.sql("BEGIN; INSERT INTO alembic_version VALUES ('003')")
    assert database.error("PREPARE TRANSACTION 'overlap'").pgcode == "23514"
    database.sql("ROLLBACK")
    assert database.values("SELECT gid FROM pg_prepared_xacts") == []
    database.notices()
    database.sql("BEGIN; DELETE FROM alembic_version")
    database.sql("PREPARE TRANSACTION 'emptied'")
    assert any("records no version any more" in notice for notice in database.notices())
    database.sql("ROLLBACK PREPARED 'emptied'")
    assert database.values("SELECT version_num FROM alembic_version") == ["001"]


def test_a_restart_between(database, server):
    """It outlives the server's end, and so does what it logged."""
    database.sql("BEGIN; CREATE TABLE people (id int); UPDATE alembic_version SET version_num = '002'")
    database.sql("PREPARE TRANSACTION 'kept'")
    name = database.name
    server.stop()
    server.start()
    session = server.session(name)
    database.connection = session.connection
    assert session.values("SELECT version_num FROM alembic_version") == ["001"]
    session.sql("COMMIT PREPARED 'kept'")
    assert session.values("SELECT version_num FROM alembic_version") == ["002"]
    assert session.values("SELECT new_version FROM migfix.version_log ORDER BY log_id")[-1] == "002"
    assert session.values("SELECT revision FROM migfix.ddl_log WHERE object_identity = 'public.people'") == ["002"]
    works(session)
