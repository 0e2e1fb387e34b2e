"""Everything legal that Alembic does, with the guard in enforce: never rejected, all of it in the log."""

import pytest

BRANCHES = ["pg_add_companies", "pg_add_departments"]


@pytest.fixture
def merged(incident):
    """The graph with a branch point, two branches and a merge, nothing applied, the guard on."""
    project = incident("duplicate_version_key")
    project.database.install()
    return project


def changes(database):
    return [(row["operation"], row["old_version"], row["new_version"]) for row in database.log()]


def no_complaint(result):
    assert result.rc == 0, result
    assert "WARNING" not in result.out and "ERROR" not in result.out, result
    return result


def test_linear_up_and_down(project):
    database = project.database
    database.install()
    project.revision("001", None, 'op.execute("CREATE TABLE t (a int)")', 'op.execute("DROP TABLE t")')
    project.revision("002", "001")
    project.revision("003", "002")
    for arguments, rows in [
        (("upgrade", "+1"), ["001"]),
        (("upgrade", "head"), ["003"]),
        (("downgrade", "-1"), ["002"]),
        (("downgrade", "001"), ["001"]),
        (("upgrade", "003"), ["003"]),
        (("downgrade", "base"), []),
    ]:
        no_complaint(project.alembic(*arguments))
        assert database.versions() == rows
    assert changes(database) == [
        ("insert", None, "001"),
        ("update", "001", "002"),
        ("update", "002", "003"),
        ("update", "003", "002"),
        ("update", "002", "001"),
        ("update", "001", "002"),
        ("update", "002", "003"),
        ("update", "003", "002"),
        ("update", "002", "001"),
        ("delete", "001", None),
    ]


@pytest.mark.parametrize("seed", range(4))
def test_over_a_merge_and_back(merged, seed):
    """The order of a merge's and an unmerge's statements depends on Python's hash seed."""
    database = merged.database
    env = {"PYTHONHASHSEED": str(seed)}
    for arguments, rows in [
        (("upgrade", "head"), ["pg_add_audit_org_fields"]),
        (("downgrade", "pg_merge_all_heads"), ["pg_merge_all_heads"]),
        (("downgrade", "pg_add_companies"), BRANCHES),
        (("upgrade", "head"), ["pg_add_audit_org_fields"]),
        (("downgrade", "pg_initial"), ["pg_initial"]),
        (("upgrade", "pg_add_companies"), ["pg_add_companies"]),
        (("upgrade", "pg_add_departments"), BRANCHES),
        (("downgrade", "base"), []),
        (("upgrade", "head"), ["pg_add_audit_org_fields"]),
    ]:
        no_complaint(merged.alembic(*arguments, **env))
        assert database.versions() == rows
        assert database.replayed() == rows


def test_stamp_and_purge(merged):
    database = merged.database
    for arguments, rows in [
        (("stamp", "head"), ["pg_add_audit_org_fields"]),
        (("stamp", "pg_initial"), ["pg_initial"]),
        (("stamp", "pg_add_companies"), ["pg_add_companies"]),
        (("stamp", "pg_add_departments"), BRANCHES),
        (("stamp", "pg_merge_all_heads"), ["pg_merge_all_heads"]),
        (("stamp", "--purge", "pg_add_departments"), ["pg_add_departments"]),
        (("stamp", "base"), []),
        (("stamp", *BRANCHES), BRANCHES),
    ]:
        result = merged.alembic(*arguments)
        # `stamp base` may well be told about by a WARNING; it is never rejected.
        assert result.rc == 0, result
        assert database.versions() == rows
        assert database.replayed() == rows


def test_dependencies_and_labels(project):
    """A dependency's row goes when what depends on it comes, and comes back when that goes."""
    database = project.database
    database.install()
    project.revision("lib1", branch_labels=("lib",))
    project.revision("lib2", "lib1")
    project.revision("app1", branch_labels=("app",))
    project.revision("app2", "app1", depends_on=("lib1",))
    for arguments, rows in [
        (("upgrade", "app@head"), ["app2"]),
        (("upgrade", "heads"), ["app2", "lib2"]),
        (("downgrade", "app@base"), ["lib2"]),
        (("upgrade", "heads"), ["app2", "lib2"]),
        (("downgrade", "base"), []),
    ]:
        no_complaint(project.alembic(*arguments))
        assert database.versions() == rows
        assert database.replayed() == rows


def test_reading_leaves_no_trace(merged):
    database = merged.database
    merged.good("upgrade", "head")
    before = database.log()
    for command in ["current", "current --verbose", "history -i", "heads", "branches", "show head"]:
        no_complaint(merged.alembic(*command.split()))
    no_complaint(merged.alembic("upgrade", "head"))
    no_complaint(merged.alembic("upgrade", "pg_initial"))
    assert database.log() == before


def test_a_failed_upgrade_leaves_no_trace(project):
    database = project.database
    database.install()
    project.revision("001")
    project.good("upgrade", "head")
    project.revision("002", "001", upgrade='op.execute("SELECT 1/0")')
    before = database.log()
    result = project.alembic("upgrade", "head")
    assert result.rc != 0 and "division by zero" in result.out
    assert database.log() == before
    assert database.versions() == ["001"]


def test_own_name_and_schema(project):
    """A version table of another schema is guarded from the moment Alembic creates it."""
    database = project.database
    database.install()
    database.sql("CREATE SCHEMA app")
    env = project.path / "env.py"
    text = env.read_text()
    env.write_text(
        text.replace(
            "context.configure(connection=connection)",
            'context.configure(connection=connection, version_table_schema="app")',
        )
    )
    assert env.read_text() != text
    project.revision("001")
    project.revision("002", "001")
    no_complaint(project.alembic("upgrade", "head"))
    assert [row["version_table"] for row in database.log()] == ["app.alembic_version"] * 2
    refused = database.psql("-c", "INSERT INTO app.alembic_version VALUES ('002')")
    assert refused.rc != 0
    assert "HINT" in refused.out
    no_complaint(project.alembic("downgrade", "base"))


def test_one_transaction_per_revision(merged):
    env = merged.path / "env.py"
    text = env.read_text()
    env.write_text(
        text.replace(
            "context.configure(connection=connection)",
            "context.configure(connection=connection, transaction_per_migration=True)",
        )
    )
    assert env.read_text() != text
    no_complaint(merged.alembic("upgrade", "head"))
    no_complaint(merged.alembic("downgrade", "base"))
    log = merged.database.log()
    assert len({row["transaction_id"] for row in log}) == 10  # five revisions, up and down
    assert merged.database.replayed() == []


def test_offline_script(merged):
    database = merged.database
    script = merged.path / "upgrade.sql"
    out = merged.good("upgrade", "head", "--sql").out
    script.write_text("\n".join(line for line in out.splitlines() if not line.startswith("INFO ")))
    result = database.psql("-q", "-f", script, application_name="dba")
    assert result.rc == 0, result
    assert database.versions() == ["pg_add_audit_org_fields"]
    assert {row["application_name"] for row in database.log()} == {"dba"}
    assert database.replayed() == database.versions()


def test_who(merged, role):
    """The log names who was logged in, as whom they acted, and from which application."""
    database = merged.database
    role("app_owner", "CREATE, USAGE ON SCHEMA public")
    role("deployer", "app_owner")
    acting = {"PGUSER": "deployer", "PGOPTIONS": "-c role=app_owner", "PGAPPNAME": "release 42"}
    no_complaint(merged.alembic("upgrade", "pg_merge_all_heads", **acting))
    no_complaint(merged.alembic("upgrade", "head", PGUSER="app_owner", PGAPPNAME="release 43"))
    who = [
        (row["session_role"], row["current_role"], row["application_name"], row["new_version"])
        for row in database.log()
    ]
    assert {row[:3] for row in who[:-1]} == {("deployer", "app_owner", "release 42")}
    assert who[-1] == ("app_owner", "app_owner", "release 43", "pg_add_audit_org_fields")
    last = database.log()[-1]
    assert last["client_address"] is not None
    assert last["statement"].startswith("UPDATE alembic_version SET version_num='pg_add_audit_org_fields'")
    owner = "SELECT tableowner::text FROM pg_tables WHERE tablename = 'alembic_version'"
    assert database.values(owner) == ["app_owner"]


def test_findings_are_quiet(merged):
    """A database in good order has no finding about its version rows."""
    merged.good("upgrade", "head")
    assert [finding for finding in merged.database.findings() if finding["severity"] == "error"] == []
    merged.database.sql("SELECT migfix_assert()")


def test_a_migration_that_widens_the_version_column(project):
    """All revisions run in one transaction: rows are written before and after the ALTER TABLE."""
    database = project.database
    database.install()
    long_id = "a_revision_id_of_more_than_thirty_two_characters"
    project.revision("001", None)
    project.revision("002", "001", 'op.execute("ALTER TABLE alembic_version ALTER version_num TYPE varchar(255)")')
    project.revision(long_id, "002")
    no_complaint(project.alembic("upgrade", "head"))
    assert database.versions() == [long_id]
    assert changes(database) == [("insert", None, "001"), ("update", "001", "002"), ("update", "002", long_id)]
