"""A streaming standby: reports answer there, changes are refused, and after a promotion the guard works."""

import time

import pytest

from conftest import TIMEOUT
from server_copy import ServerCopy


@pytest.fixture
def primary(make_database):
    database = make_database("standby")
    database.sql("CREATE EXTENSION migfix")
    database.version_table("alembic_version", "001")
    database.sql("UPDATE alembic_version SET version_num = '002'")
    database.sql("CREATE TABLE people (id int); CREATE TYPE unused AS ENUM ('a', 'b')")
    database.sql("SELECT migfix_load_scripts(%s)", SCRIPTS)
    return database


@pytest.fixture
def standby(primary):
    with ServerCopy(primary, "-R") as server:
        yield server


def in_step(primary, there):
    """Waits until the standby has all that the primary has written."""
    position = primary.value("SELECT pg_current_wal_lsn()::text")
    deadline = time.monotonic() + TIMEOUT
    while not there.value("SELECT pg_last_wal_replay_lsn() >= %s::pg_lsn", position):
        assert time.monotonic() < deadline, "the standby does not follow"
        time.sleep(0.05)


SCRIPTS = "".join(
    f'# file: {revision}.py\nrevision = "{revision}"\ndown_revision = {parent!r}\n'
    for revision, parent in [("001", None), ("002", "001"), ("003", "002"), ("004", "003")]
)

CHANGES = [
    "SELECT * FROM migfix_stamp('003', purge => true)",
    "SELECT * FROM migfix_stamp(ARRAY['003'], version_table => 'public.new_table')",
    "SELECT * FROM migfix_undo(2)",
    "SELECT migfix_protect('alembic_version')",
    "SELECT migfix_unprotect('alembic_version')",
    "SELECT * FROM migfix_load_scripts('x = 1')",
    "SELECT * FROM migfix_load_sql('x')",
    "SELECT * FROM migfix_register('005', '{004}')",
    "SELECT migfix_forget('004')",
    "SELECT migfix_bind('alembic_version', 'default')",
]


def test_standby(primary, standby):
    there = standby.session(primary.name)
    in_step(primary, there)
    assert there.value("SELECT pg_is_in_recovery()")

    # What can be asked is answered as on the primary.
    for report in ("SELECT * FROM migfix_findings()", "SELECT * FROM migfix_current()",
                   "SELECT * FROM migfix_duplicates()", "SELECT * FROM migfix_findings('alembic_version')",
                   "SELECT * FROM migfix_heads()", "SELECT * FROM migfix_history()",
                   "SELECT * FROM migfix_history('current:')", "SELECT migfix_graph()",
                   "SELECT migfix_graph('dot')"):
        assert there.sql(report) == primary.sql(report), report
    assert len(there.sql("SELECT * FROM migfix_duplicates()")) == 1
    assert there.values("SELECT revision FROM migfix_heads()") == ["004"]
    assert len(there.sql("SELECT * FROM migfix_history()")) == 4
    first, *rest = there.values("SELECT migfix_diagnose()")
    assert rest == primary.values("SELECT migfix_diagnose()")[1:]
    assert there.value("SELECT count(*) FROM migfix_diagnose('json')") == 1
    there.sql("SELECT migfix_assert()")
    assert there.error("SELECT migfix_assert('notice')").pgcode == "P0001"
    assert there.log() == primary.log()

    # What would change something says why it cannot, and by its own name.
    for change in CHANGES:
        error = there.error(change)
        assert error.pgcode == "25006", change
        name = change.split("(")[0].split()[-1]
        assert f"cannot execute {name}()" in str(error), error
    for write in ("INSERT INTO alembic_version VALUES ('head')", "DELETE FROM alembic_version",
                  "TRUNCATE alembic_version", "DROP TABLE alembic_version", "CREATE TABLE other (id int)"):
        assert there.error(write).pgcode == "25006"

    # A session that waits on the standby while the primary drops what it reports on.
    primary.sql("UPDATE alembic_version SET version_num = '003'")
    in_step(primary, there)
    assert there.values("SELECT revision FROM migfix_current()") == ["003"]

    # A graph that the session has read is read again once the primary has changed it.
    primary.sql("SELECT migfix_register('005', '{004}')")
    in_step(primary, there)
    assert there.values("SELECT revision FROM migfix_heads()") == ["005"]
    assert there.sql("SELECT * FROM migfix_history()") == primary.sql("SELECT * FROM migfix_history()")

    # The promoted server guards, and its log goes on; in the session that was there before, too.
    there.sql("SELECT pg_promote()")
    assert not there.value("SELECT pg_is_in_recovery()")
    for session in (there, standby.session(primary.name)):
        assert session.error("INSERT INTO alembic_version VALUES ('003')").pgcode == "23505"
        assert session.error("INSERT INTO alembic_version VALUES ('head')").pgcode == "23514"
    before = len(there.log())
    there.sql("UPDATE alembic_version SET version_num = '004'")
    there.sql("SELECT * FROM migfix_undo((SELECT max(log_id) FROM migfix.version_log))")
    assert [entry["new_version"] for entry in there.log()[before:]] == ["004", "003"]
    assert there.error("INSERT INTO alembic_version VALUES ('002')").pgcode == "23514"
    there.sql("SELECT migfix_register('006', '{005}')")
    assert [row["new_version"] for row in there.sql("SELECT * FROM migfix_stamp('+2')")] == ["005"]
    there.sql("SELECT * FROM migfix_undo((SELECT max(log_id) FROM migfix.version_log))")
    there.version_table("tenant_version")
    there.sql("CREATE SCHEMA tenant")
    there.version_table("tenant.alembic_version", "t1")
    assert there.guarded() == ["alembic_version", "tenant.alembic_version"]
    assert "PANIC" not in standby.said() and "was terminated by signal" not in standby.said()
