"""A streaming standby: reports answer there, changes are refused, and after a promotion the guard works."""

import json
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
    database.sql(ITEMS)
    database.sql("SELECT migfix_load_scripts(%s)", SCRIPTS)
    database.sql("SELECT migfix_import(%s)", OBSERVED)
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


# With what has to be brought into the form that the server gives it before it can be compared.
ITEMS = ("CREATE TABLE items (id serial PRIMARY KEY, name varchar(20) DEFAULT 'none' || 'x',"
         " price numeric(8, 2) NOT NULL CHECK (price between 0 and 1000), UNIQUE (name, price))")
SCRIPTS = "".join(
    f'# file: {revision}.py\nrevision = "{revision}"\ndown_revision = {parent!r}\n'
    + (f'from alembic import op\ndef upgrade():\n    op.execute({statement!r})\n' if statement else "")
    for revision, parent, statement in [
        ("001", None, ITEMS), ("002", "001", None), ("003", "002", "CREATE INDEX items_price ON items (price)"),
        ("004", "003", "ALTER TABLE items ADD CONSTRAINT dear CHECK (price > 10 AND lower(name) <> 'x')")]
)
OBSERVED = json.dumps({"migfix_export": 1, "environment": "seen", "revisions": [
    {"revision": "seen_1", "down_revision": [], "server_version": 150000, "statements": [
        {"statement": "CREATE TYPE unused AS ENUM ('a', 'b')", "objects": [
            {"type": "enum", "name": "unused", "definition": {"labels": ["a", "b"]}}]}]}]})

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
    "SELECT migfix_protect()",
    "SELECT * FROM migfix_import('{}')",
    "SELECT migfix_forget_observed()",
    "SELECT migfix_forget_log('infinity')",
    "SELECT migfix_lock()",
    "SELECT migfix_preload(true)",
    "SELECT * FROM migfix_repair()",
    "SELECT * FROM migfix_repair('003', force => true)",
    "SELECT * FROM migfix_upgrade()",
]
REPORTS = ["migfix_findings()", "migfix_findings(role => 'postgres')", "migfix_findings('alembic_version')",
           "migfix_current()", "migfix_duplicates()", "migfix_heads()", "migfix_heads('seen')", "migfix_history()",
           "migfix_history('current:')", "migfix_graph()", "migfix_graph('dot')", "migfix_verify()", "migfix_verify('004')",
           "migfix_verify('004', show_structure => true)", "migfix_infer()", "migfix_plan()", "migfix_plan('003')",
           "migfix_observed('seen')", "migfix_export('seen')"]


def test_standby(primary, standby):
    there = standby.session(primary.name)
    in_step(primary, there)
    assert there.value("SELECT pg_is_in_recovery()")

    # What can be asked is answered as on the primary.
    for report in REPORTS:
        answer = primary.sql(f"SELECT * FROM {report}")
        assert there.sql(f"SELECT * FROM {report}") == answer != [], report
    assert {row["state"] for row in there.sql("SELECT state FROM migfix_verify('004')")} == {
        "present", "missing", "unexplained"}
    assert len(there.sql("SELECT * FROM migfix_duplicates()")) == 1
    assert there.values("SELECT revision FROM migfix_heads('default')") == ["004"]
    assert len(there.sql("SELECT * FROM migfix_history()")) == 4
    first, *rest = there.values("SELECT migfix_diagnose()")
    assert rest == primary.values("SELECT migfix_diagnose()")[1:]
    assert there.value("SELECT count(*) FROM migfix_diagnose('json')") == 1
    there.sql("SELECT migfix_assert()")
    assert there.error("SELECT migfix_assert('notice')").pgcode == "P0001"
    assert there.log() == primary.log()

    # Alembic's own read is no runner's there.
    runner = standby.session(primary.name)
    runner.sql("LOAD 'migfix'")
    assert runner.values("SELECT alembic_version.version_num \nFROM alembic_version") == ["002"]
    assert runner.notices() == []

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
    assert there.values("SELECT revision FROM migfix_heads('default')") == ["005"]
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
