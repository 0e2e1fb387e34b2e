"""Incident 2: `duplicate key value violates unique constraint "alembic_version_pkc"`.

No static set of rows makes Alembic raise it: something writes the table between Alembic's one read and
its write. Each way to get there is a Situation below, run without migfix, under enforce, and under heal.
"""

import contextlib
import re
from dataclasses import dataclass
from typing import Callable

import pytest

HOLD = 4711  # the advisory lock of env.py's hold_after_read
NEW_COLUMNS = {
    "company_id": "uuid",
    "branch_id": "uuid",
    "department_id": "uuid",
    "request_method": "character varying",
    "request_path": "character varying",
    "error_code": "character varying",
    "duration_ms": "character varying",
}
BRANCHES = ["pg_add_companies", "pg_add_departments"]


@contextlib.contextmanager
def held_after_read(project, *arguments, **env):
    """A second runner that has read the version table and goes on when the block ends."""
    database = project.database
    database.sql("SELECT pg_advisory_lock(%s)", HOLD)
    try:
        runner = project.start("-x", f"hold={HOLD}", *arguments, **env)
        database.wait_for(
            "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))"
        )
        yield runner
    finally:
        database.sql("SELECT pg_advisory_unlock(%s)", HOLD)


def second_runner(project):
    """Two deploys start on an empty version table. One merges all heads; the other had read before that."""
    project.good("ensure_version")
    with held_after_read(project, "upgrade", "head", application_name="deploy-2") as late:
        project.good("upgrade", "pg_merge_all_heads", application_name="deploy-1")
    return late.wait()


def second_branch(project):
    """Two runners add the same branch, each with an INSERT."""
    project.good("upgrade", "pg_add_companies")
    with held_after_read(project, "upgrade", "head", application_name="deploy-2") as late:
        project.good("upgrade", "pg_add_departments", application_name="deploy-1")
    return late.wait()


def stamp_meanwhile(project):
    """A boot script stamps while an upgrade is on its way."""
    project.good("upgrade", "pg_add_companies")
    project.good("upgrade", "pg_add_departments")
    with held_after_read(project, "upgrade", "head", application_name="deploy-2") as late:
        project.database.psql(
            "-c", "INSERT INTO alembic_version VALUES ('pg_merge_all_heads')", application_name="deploy-1"
        )
    return late.wait()


def offline_script(project):
    """A script for one state is run on another."""
    script = project.path / "upgrade.sql"
    result = project.good("upgrade", "pg_initial:pg_merge_all_heads", "--sql")
    # The log lines went to the same place.
    script.write_text("\n".join(line for line in result.out.splitlines() if not line.startswith("INFO ")))
    for branch in BRANCHES:
        project.good("upgrade", branch, application_name="deploy-1")
    return project.database.psql("-q", "-f", script, application_name="deploy-2")


def body_writes_the_row(project):
    """A migration records itself, as a body does that loads a dump."""
    for branch in BRANCHES:
        project.good("upgrade", branch, application_name="deploy-1")
    project.revision(
        "pg_merge_all_heads",
        tuple(BRANCHES),
        upgrade="op.execute(\"INSERT INTO alembic_version VALUES ('pg_merge_all_heads')\")",
    )
    return project.alembic("upgrade", "head", application_name="deploy-2")


@dataclass
class Situation:
    play: Callable
    key: str  # the version that is there already, as a regular expression
    recorded_by: str  # the application that recorded it
    left: list  # the rows after the failure
    healed: list  # the rows where heal lets the late one through


SITUATIONS = {
    "second_runner": Situation(
        second_runner,
        key="pg_merge_all_heads",
        recorded_by="deploy-1",
        left=["pg_merge_all_heads"],
        healed=["pg_add_audit_org_fields"],
    ),
    "second_branch": Situation(
        second_branch,
        key="pg_add_departments",
        recorded_by="deploy-1",
        left=BRANCHES,
        healed=["pg_add_audit_org_fields"],
    ),
    "stamp_meanwhile": Situation(
        stamp_meanwhile,
        key="pg_merge_all_heads",
        recorded_by="deploy-1",
        left=[*BRANCHES, "pg_merge_all_heads"],
        healed=["pg_add_audit_org_fields"],
    ),
    "offline_script": Situation(
        offline_script,
        key="pg_add_companies|pg_add_departments",  # the branch that this Alembic writes last
        recorded_by="deploy-1",
        left=BRANCHES,
        healed=["pg_merge_all_heads"],
    ),
    "body_writes_the_row": Situation(
        body_writes_the_row,
        key="pg_merge_all_heads",
        recorded_by="deploy-2",
        left=BRANCHES,
        healed=["pg_add_audit_org_fields"],
    ),
}


@pytest.fixture
def project(incident):
    return incident("duplicate_version_key")


@pytest.fixture(params=SITUATIONS)
def situation(request):
    return SITUATIONS[request.param]


def new_columns(database):
    return {
        row["column_name"]: row["data_type"]
        for row in database.sql(
            "SELECT column_name, data_type FROM information_schema.columns"
            " WHERE table_name = 'audit_logs' AND column_name = ANY(%s)",
            list(NEW_COLUMNS),
        )
    }


def test_without_migfix(project, situation):
    result = situation.play(project)
    assert result.rc != 0
    assert 'duplicate key value violates unique constraint "alembic_version_pkc"' in result.out
    assert re.search(rf"Key \(version_num\)=\(({situation.key})\) already exists\.", result.out), result
    assert project.database.versions() == situation.left
    assert new_columns(project.database) == {}


def test_enforce(project, situation):
    database = project.database
    database.install("enforce")
    result = situation.play(project)
    assert result.rc != 0
    assert "Traceback" in result.out or "psql:" in result.out
    if "Traceback" in result.out:
        # Still the class that clients catch.
        assert "psycopg2.errors.UniqueViolation" in result.out
    assert database.versions() == situation.left
    assert new_columns(database) == {}

    detail = re.search(r"^DETAIL: +(.*)$", result.out, re.MULTILINE).group(1)
    hint = re.search(r"^HINT: +(.*?)(?:\n\n|\[SQL|\Z)", result.out, re.MULTILINE | re.DOTALL).group(1)
    assert re.search(rf'"({situation.key})"', result.out), result
    assert f'"{situation.recorded_by}"' in detail  # from which application
    assert "postgres" in detail or database.values("SELECT current_user")[0] in detail  # who
    assert re.search(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", detail)  # when
    assert re.search(r"migfix_\w+\(", hint)  # the call that mends it

    # What was refused has left no trace.
    assert database.replayed() == situation.left


def test_enforce_names_the_moment_and_the_session(project):
    """The DETAIL says what the log says of the entry that recorded the version."""
    database = project.database
    database.install("enforce")
    result = second_runner(project)
    (entry,) = database.log("new_version = 'pg_merge_all_heads'")
    assert entry["application_name"] == "deploy-1"
    detail = re.search(r"^DETAIL: +(.*)$", result.out, re.MULTILINE).group(1)
    assert entry["logged_at"].strftime("%Y-%m-%d %H:%M:%S") in detail
    assert str(entry["pid"]) in detail


def test_heal(project, situation):
    database = project.database
    database.install("heal")
    result = situation.play(project)
    assert result.rc == 0, result
    assert "duplicate key" not in result.out
    assert database.versions() == situation.healed
    assert database.replayed() == database.versions()

    # Alembic is content, and all that was to be done is done.
    project.good("upgrade", "head")
    assert database.versions() == ["pg_add_audit_org_fields"]
    assert new_columns(database) == NEW_COLUMNS
    assert "pg_add_audit_org_fields (head)" in project.good("current").out
    assert [code for code in database.values("SELECT code FROM migfix_findings()") if code < "MF2"] == []


def test_observe_changes_nothing(project, situation):
    database = project.database
    database.install("observe")
    result = situation.play(project)
    assert result.rc != 0
    assert 'duplicate key value violates unique constraint "alembic_version_pkc"' in result.out
    assert database.versions() == situation.left


@pytest.fixture
def mended_by_hand(project):
    """After the upgrade a person records the merge again, as the old instructions say."""
    database = project.database
    database.install()
    project.good("upgrade", "pg_merge_all_heads")
    project.good("upgrade", "head")
    result = database.psql(
        "-c", "INSERT INTO alembic_version VALUES ('pg_merge_all_heads')", application_name="by hand"
    )
    assert result.rc == 0, result
    return project


def test_overlapping_rows(mended_by_hand):
    project, database = mended_by_hand, mended_by_hand.database
    project.revision("next", "pg_add_audit_org_fields")
    result = project.alembic("upgrade", "head")
    assert result.rc != 0
    assert (
        "Requested revision pg_add_audit_org_fields overlaps with other requested revisions"
        " pg_merge_all_heads" in result.out
    )
    # Alembic itself shows nothing of it.
    assert "pg_merge_all_heads" not in project.good("current").out

    finding = database.finding("MF104")
    assert finding["severity"] == "error"
    assert "pg_merge_all_heads" in finding["message"] + finding["detail"]
    assert "by hand" in finding["detail"]
    database.paste(finding["fix"])

    assert database.findings("MF104") == []
    assert database.versions() == ["pg_add_audit_org_fields"]
    project.good("upgrade", "head")
    assert database.versions() == ["next"]
    project.good("downgrade", "base")
    assert database.versions() == []


def test_cleared_rows_come_back(project):
    database = project.database
    database.install()
    project.good("upgrade", "head")
    result = database.psql("-c", "DELETE FROM alembic_version", application_name="by hand")
    assert result.rc == 0, result
    assert "WARNING" in result.out and "migfix_undo(" in result.out

    finding = database.finding("MF102")
    assert finding["severity"] == "error"
    assert "by hand" in finding["detail"]
    assert "migfix_undo(" in finding["fix"]
    database.paste(finding["fix"])

    assert database.versions() == ["pg_add_audit_org_fields"]
    assert database.findings("MF102") == []
    project.good("upgrade", "head")


def test_cleared_branches_come_back(project):
    """Both rows of one DELETE are one change, brought back by one undo."""
    database = project.database
    database.install()
    for branch in BRANCHES:
        project.good("upgrade", branch)
    database.sql("DELETE FROM alembic_version")
    database.paste(database.finding("MF102")["fix"])
    assert database.versions() == BRANCHES
    project.good("upgrade", "head")
    assert new_columns(database) == NEW_COLUMNS


def test_stamp_ends_what_enforce_refused(project):
    """The document's five steps are one call: the rows are set, the late runner runs again and is content."""
    database = project.database
    database.install()
    second_runner(project)
    database.sql("SELECT * FROM migfix_stamp('pg_merge_all_heads', purge => true)")
    assert database.versions() == ["pg_merge_all_heads"]
    project.good("upgrade", "head", application_name="deploy-2")
    assert database.versions() == ["pg_add_audit_org_fields"]
    assert new_columns(database) == NEW_COLUMNS
