"""Crashes amid what migfix writes: afterwards all of it is there, or nothing, and the logs agree with the schema.

The moments are drawn from a seed. MIGFIX_CRASHES says how many, otherwise one of each work; `make crash` has 200.
"""

import json
import os
import pprint
import random
import re
import signal
import time

import psycopg2
import pytest

from conftest import TIMEOUT, Background
from server_copy import ServerCopy

SEED = os.environ.get("MIGFIX_SEED", "20261122")
REVISIONS = 8
TABLES = 4  # of each revision


def statements(revision):
    """What a revision does: tables with keys, columns, enums, indexes."""
    made = [f"CREATE TYPE state_{revision} AS ENUM ('new', 'done')"]
    for number in range(TABLES):
        name = f"t{revision}_{number}"
        made += [
            f"CREATE TABLE {name} (id serial PRIMARY KEY, name varchar(40) NOT NULL, state state_{revision})",
            f"ALTER TABLE {name} ADD COLUMN note text DEFAULT 'none'",
            f"CREATE INDEX {name}_name ON {name} (name)",
        ]
    return made


def script(revision):
    parent = f"{revision - 1:03}" if revision > 1 else None
    lines = [f"# file: {revision:03}.py", f"revision = '{revision:03}'", f"down_revision = {parent!r}",
             "from alembic import op", "def upgrade():"]
    lines += [f"    op.execute({statement!r})" for statement in statements(revision)]
    return "\n".join(lines) + "\n"


def document():
    """What migfix_export gives of revisions that were seen to run elsewhere."""
    return json.dumps({"migfix_export": 1, "environment": "default", "revisions": [
        {"revision": f"{revision:03}", "down_revision": [f"{revision - 1:03}"] if revision > 1 else [],
         "server_version": 150000, "statements": [
             {"statement": f"CREATE TYPE seen_{revision}_{number} AS ENUM ('new')", "objects": [
                 {"type": "enum", "name": f"seen_{revision}_{number}", "definition": {"labels": ["new"]}}]}
             for number in range(20)]}
        for revision in range(1, 4 * REVISIONS)]})


# What is done, and what the database has before it beside the revisions: 001 and 002 are there.
WORK = {
    "migration": ([], ";\n".join(["BEGIN", *statements(3), "UPDATE alembic_version SET version_num = '003'", "COMMIT"])),
    "migfix_upgrade": ([], "SELECT * FROM migfix_upgrade()"),
    "migfix_repair": ([*statements(3)[:7], *statements(4)[:3], "DELETE FROM alembic_version"],
                      "SELECT * FROM migfix_repair()"),
    "migfix_stamp": ([], "SELECT * FROM migfix_stamp('head')"),
    "migfix_undo": (["DELETE FROM alembic_version"],
                    "SELECT * FROM migfix_undo((SELECT max(log_id) FROM migfix.version_log))"),
    "migfix_load_scripts": ([], "SELECT * FROM migfix_load_scripts($script$" +
                            "".join(script(revision) for revision in range(REVISIONS + 1, 4 * REVISIONS)) + "$script$)"),
    "migfix_forget_log": ([], "SELECT migfix_forget_log('infinity')"),
    "migfix_import": ([], f"SELECT * FROM migfix_import($document${document()}$document$)"),
    # As Alembic sends it; what the revision did is recorded with its row.
    "learning": ([], ["LOAD 'migfix'", "SELECT alembic_version.version_num \nFROM alembic_version", "BEGIN",
                      *statements(3), "UPDATE alembic_version SET version_num='003'"
                      " WHERE alembic_version.version_num = '002'", "COMMIT"]),
}

CRASHES = int(os.environ.get("MIGFIX_CRASHES", len(WORK)))

# Everything that a crash could leave halfway, without what differs from run to run.
STATE = {
    "rows": "SELECT version_num FROM alembic_version ORDER BY 1",
    "columns": "SELECT table_name, column_name, data_type, is_nullable, column_default FROM information_schema.columns"
               " WHERE table_schema = 'public' ORDER BY 1, 2",
    "indexes": "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1",
    "labels": "SELECT enumtypid::regtype, enumlabel FROM pg_enum ORDER BY 1, 2",
    # A sequence may leave numbers out after a crash.
    "version log": "SELECT to_jsonb(l) - '{log_id,change_id,logged_at,transaction_id,pid,client_address}'::text[] AS entry,"
                   " dense_rank() OVER (ORDER BY change_id) AS change FROM migfix.version_log l ORDER BY log_id",
    "DDL log": "SELECT to_jsonb(l) - '{log_id,logged_at,transaction_id,pid,client_address}'::text[] AS entry"
               " FROM migfix.ddl_log l ORDER BY log_id",
    "revisions": "SELECT to_jsonb(r) - '{position,added,linked,loaded_at}'::text[] AS entry FROM migfix.revision r ORDER BY position",
    "statements": "SELECT to_jsonb(s) AS entry FROM migfix.revision_statement s ORDER BY environment, revision, position",
    "observed": "SELECT to_jsonb(o) - 'observed_at' AS entry FROM migfix.observed_revision o ORDER BY environment, revision",
    "findings": "SELECT code, severity, object FROM migfix_findings() ORDER BY 1, 2, 3",
}


def state(session):
    assert session.value("SELECT migfix_diagnose() IS NOT NULL LIMIT 1")
    return {what: session.sql(query) for what, query in STATE.items()}


def difference(known, found):
    """What is in one of two states and not in the other."""
    return {what: [row for row in known[what] + found[what] if (row in known[what]) != (row in found[what])]
            for what in STATE if known[what] != found[what]}


def run_all(session, work):
    for statement in [work] if isinstance(work, str) else work:
        session.sql(statement)


class Crasher:
    """A server to be crashed, and a database for each kind of work as it is before."""

    def __init__(self, server):
        self.server = server
        self.control = None
        self.number = 0
        self.before, self.after, self.seconds = {}, {}, {}
        for work in WORK:
            self.prepare(work)

    def again(self, call):
        """What a control session answers, once the server has recovered."""
        deadline = time.monotonic() + TIMEOUT
        while True:
            try:
                if self.control is None:
                    self.control = self.server.session("postgres")
                return call(self.control)
            except (psycopg2.OperationalError, psycopg2.InterfaceError):
                self.control = None
                assert time.monotonic() < deadline, self.server.said()

    def create(self, name, template):
        self.again(lambda control: control.sql(f"DROP DATABASE IF EXISTS {name}"))
        self.again(lambda control: control.sql(f"CREATE DATABASE {name} TEMPLATE {template}"))
        return self.server.session(name)

    def prepare(self, work):
        first, statement = WORK[work]
        source = self.create(f"{work}_source", "template1")
        source.sql("CREATE EXTENSION migfix")
        source.version_table("alembic_version", "001")
        source.sql("SELECT * FROM migfix_load_scripts(%s)",
                   "".join(script(revision) for revision in range(1, REVISIONS + 1)))
        source.sql(";".join([*statements(1), *statements(2), "UPDATE alembic_version SET version_num = '002'"]))
        for more in first:
            source.sql(more)
        self.before[work] = state(source)
        source.close()
        whole = self.create(f"{work}_whole", f"{work}_source")
        began = time.monotonic()
        run_all(whole, statement)
        self.seconds[work] = time.monotonic() - began
        self.after[work] = state(whole)
        whole.close()
        assert self.before[work] != self.after[work], work
        assert bool(self.after[work]["observed"]) == (work in ("migfix_import", "learning")), work

    def crash(self, work, kind, share):
        """Ends the server after that share of the time that the work takes. What became of it: before or after."""
        self.number += 1
        name = f"crash_{self.number}"
        victim = self.create(name, f"{work}_source")
        pid = victim.value("SELECT pg_backend_pid()")
        done = Background(lambda: run_all(victim, WORK[work][1]))
        time.sleep(self.seconds[work] * share)
        if kind == "backend":
            os.kill(pid, signal.SIGKILL)
        elif kind == "postmaster":
            self.server.kill()
        else:
            self.server.stop()
        done.join(TIMEOUT)
        assert not done.is_alive()
        victim.connection.close()
        if kind != "backend":
            self.server.start()
        found = self.again(lambda _: self.look(name))
        was = {"before": self.before[work], "after": self.after[work]}
        unlike = {name: difference(known, found) for name, known in was.items()}
        assert not all(unlike.values()), pprint.pformat(unlike)
        became = "before" if not unlike["before"] else "after"
        if done.trouble is None:
            assert became == "after", "what was committed is lost"
        else:
            assert isinstance(done.trouble, psycopg2.Error), done.trouble
        self.again(lambda control: control.sql(f"DROP DATABASE {name} WITH (FORCE)"))
        return became

    def look(self, name):
        session = self.server.session(name)
        try:
            return state(session)
        finally:
            session.close()


@pytest.fixture
def crasher(make_database):
    with ServerCopy(make_database("crash_original")) as server:
        crasher = Crasher(server)
        yield crasher
        if crasher.control is not None:
            crasher.control.close()
        # Nobody but this test has ended a process, and nothing was unforeseen.
        strange = [line for line in server.said().splitlines()
                   if re.search(r"PANIC:|terminated by signal (?!9:)|exited with exit code (?!2)|\] XX000 ", line)]
        assert not strange


def test_crashes(crasher):
    draw = random.Random(SEED)
    ends = {}
    for number in range(CRASHES):
        work = list(WORK)[number % len(WORK)]
        kind = ("backend", "postmaster", "immediate")[number % 3]
        share = draw.uniform(0, 1.2)
        print(f"{work}, {kind} ended after {share:.3f} of its time")
        became = crasher.crash(work, kind, share)
        ends[became] = ends.get(became, 0) + 1
    print(f"seed {SEED}: {CRASHES} crashes; the state was then the one of {ends}")
