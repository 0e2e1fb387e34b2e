"""A lock that somebody holds stops no report, and everything that waits can be cancelled."""

import time

import psycopg2
import psycopg2.extensions
import pytest

from conftest import Background

REPORTS = [
    "SELECT migfix_diagnose()",
    "SELECT migfix_diagnose('json')",
    "SELECT * FROM migfix_findings()",
    "SELECT * FROM migfix_current()",
    "SELECT * FROM migfix_duplicates()",
]
CHANGES = [
    "SELECT * FROM migfix_stamp('002', purge => true)",
    "SELECT * FROM migfix_undo((SELECT max(log_id) FROM log_ids))",
    "SELECT migfix_protect('alembic_version')",
    "SELECT migfix_unprotect('alembic_version')",
]


@pytest.fixture
def guarded(database):
    database.sql("CREATE EXTENSION migfix")
    database.version_table("alembic_version", "001")
    database.sql("CREATE TABLE people (id int)")
    database.sql("CREATE SCHEMA tenant")
    database.version_table("tenant.alembic_version", "t1")
    # A copy, as the log itself may be locked.
    database.sql("CREATE TABLE log_ids AS SELECT log_id FROM migfix.version_log WHERE version_table ="
                 " 'public.alembic_version'")
    return database


@pytest.fixture
def holder(guarded):
    """A function that locks a table in a session of its own."""
    session = guarded.session(application_name="slow deploy")

    def lock(table, mode="ACCESS EXCLUSIVE"):
        session.sql("BEGIN")
        session.sql(f"LOCK TABLE {table} IN {mode} MODE")
        return session

    return lock


@pytest.mark.parametrize("report", REPORTS)
@pytest.mark.parametrize("table", ["alembic_version", "people", "migfix.version_log"])
def test_reports_do_not_wait(guarded, holder, table, report):
    holder(table)
    asking = guarded.session(options="-c statement_timeout=10s")
    began = time.monotonic()
    asking.sql(report)
    assert time.monotonic() - began < 5


def test_says_which_version_table_it_could_not_read(guarded, holder):
    pid = holder("alembic_version").value("SELECT pg_backend_pid()")
    found = [one for one in guarded.findings() if one["code"] == "MF905"]
    assert [one["version_table"] for one in found] == ["public.alembic_version"]
    assert f"it is locked by pid {pid} (application \"slow deploy\")" in found[0]["message"] + (found[0]["detail"] or "")
    assert any("MF905" in line for line in guarded.values("SELECT migfix_diagnose()"))
    guarded.notices()
    (row, other) = guarded.sql("SELECT * FROM migfix_current()")
    assert (row["version_table"], row["revision"]) == ("public.alembic_version", None)
    assert other["revision"] == "t1"
    assert any("could not be read" in notice for notice in guarded.notices())
    error = guarded.error("SELECT migfix_assert()")
    assert error.pgcode == "P0001"
    assert "checked" in str(error)


def test_says_that_it_could_not_read_the_log(guarded, holder):
    pid = holder("migfix.version_log").value("SELECT pg_backend_pid()")
    asking = guarded.session(options="-c statement_timeout=10s")
    found = [one for one in asking.sql("SELECT * FROM migfix_findings()") if one["object"] == "migfix.version_log"]
    assert [one["code"] for one in found] == ["MF905"], found
    assert f"pid {pid} (application \"slow deploy\")" in found[0]["message"] + (found[0]["detail"] or "")
    rows = asking.sql("SELECT version_table, revision FROM migfix_current()")
    assert [row["revision"] for row in rows] == ["001", "t1"]


def test_a_writer_of_the_log_keeps_no_reader_off(guarded, holder):
    holder("alembic_version", "ROW EXCLUSIVE").sql("UPDATE alembic_version SET version_num = '002'")
    asking = guarded.session(options="-c statement_timeout=10s")
    assert "MF905" not in [one["code"] for one in asking.sql("SELECT * FROM migfix_findings()")]
    assert asking.values("SELECT revision FROM migfix_current('alembic_version')") == ["001"]


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("table", ["alembic_version", "migfix.version_log"])
@pytest.mark.parametrize("way", ["statement_timeout", "lock_timeout", "cancel"])
def test_changes_end_when_told(guarded, holder, table, change, way):
    locker = holder(table)
    asking = guarded.session()
    if way == "cancel":
        waiting = Background(lambda: asking.error(change))
        until = time.monotonic() + 20
        while not guarded.value("SELECT count(*) FROM pg_locks WHERE pid = %s AND NOT granted",
                                asking.connection.get_backend_pid()):
            assert time.monotonic() < until and waiting.is_alive()
            time.sleep(0.02)
        guarded.sql("SELECT pg_cancel_backend(%s)", asking.connection.get_backend_pid())
        error = waiting.finish(20)
    else:
        asking.sql(f"SET {way} = '200ms'")
        error = asking.error(change)
    assert error.pgcode == ("55P03" if way == "lock_timeout" else "57014"), error
    locker.sql("ROLLBACK")
    assert guarded.values("SELECT version_num FROM alembic_version") == ["001"]
    assert guarded.guarded() == ["alembic_version", "tenant.alembic_version"]


@pytest.mark.parametrize("way", ["statement_timeout", "cancel"])
def test_a_version_write_that_waits_for_the_log_can_be_cancelled(guarded, holder, way):
    """A cancel is no failure of migfix: it must not become a warning and let the write through."""
    locker = holder("migfix.version_log")
    asking = guarded.session()
    write = "UPDATE alembic_version SET version_num = '002'"
    if way == "cancel":
        waiting = Background(lambda: asking.error(write))
        until = time.monotonic() + 20
        while not guarded.value("SELECT count(*) FROM pg_locks WHERE pid = %s AND NOT granted",
                                asking.connection.get_backend_pid()):
            assert time.monotonic() < until and waiting.is_alive()
            time.sleep(0.02)
        guarded.sql("SELECT pg_cancel_backend(%s)", asking.connection.get_backend_pid())
        error = waiting.finish(20)
    else:
        asking.sql("SET statement_timeout = '200ms'")
        error = asking.error(write)
    assert error.pgcode == "57014"
    locker.sql("ROLLBACK")
    assert guarded.values("SELECT version_num FROM alembic_version") == ["001"]


def test_a_terminated_backend_ends(guarded, holder):
    holder("migfix.version_log")
    asking = guarded.session()
    waiting = Background(lambda: asking.error("UPDATE alembic_version SET version_num = '002'"))
    until = time.monotonic() + 20
    while not guarded.value("SELECT count(*) FROM pg_locks WHERE pid = %s AND NOT granted",
                            asking.connection.get_backend_pid()):
        assert time.monotonic() < until and waiting.is_alive()
        time.sleep(0.02)
    guarded.sql("SELECT pg_terminate_backend(%s)", asking.connection.get_backend_pid())
    assert isinstance(waiting.finish(20), psycopg2.OperationalError)
    assert asking.connection.closed
    assert guarded.values("SELECT version_num FROM alembic_version") == ["001"]


def test_a_long_report_can_be_cancelled(database):
    """Over many tables, in the reading and in the judging."""
    database.sql("CREATE EXTENSION migfix")
    database.sql("""
        DO $$ BEGIN FOR i IN 1 .. 400 LOOP
          EXECUTE format('CREATE SCHEMA t%s', i);
          EXECUTE format('CREATE TABLE t%s.alembic_version (version_num varchar(32) PRIMARY KEY)', i);
          EXECUTE format('CREATE TABLE t%s.people (id int, name%s text)', i, i);
        END LOOP; END $$""")
    for call in (*REPORTS, "SELECT migfix_assert('notice')"):
        for timeout in (1, 3, 10, 30):
            database.sql(f"SET statement_timeout = {timeout}")
            try:
                database.sql(call)
            except psycopg2.Error as error:
                assert error.pgcode in ("57014", "P0001"), (call, timeout, error)
    database.sql("RESET statement_timeout")
    database.sql("SELECT migfix_diagnose()")


def test_two_reports_at_once(guarded):
    """Nothing that a report locks is in another one's way, nor in a migration's."""
    reader = guarded.session()
    reader.sql("BEGIN")
    reader.sql("SELECT migfix_diagnose()")
    held = reader.values("SELECT mode FROM pg_locks WHERE locktype = 'relation' AND pid = pg_backend_pid()"
                         " AND relation IN ('alembic_version'::regclass, 'people'::regclass)")
    assert set(held) <= {"AccessShareLock"}
    guarded.sql("SET lock_timeout = '2s'")
    guarded.sql("ALTER TABLE alembic_version ALTER COLUMN version_num TYPE varchar(64)")
    guarded.sql("UPDATE alembic_version SET version_num = '002'")
