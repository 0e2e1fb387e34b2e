"""What Alembic passes over without a word: a revision put in below the recorded head, a branch moved onto
another. Only the server's memory of what was applied can tell."""

import shlex

import pytest


def load(project):
    """As a person does it, in psql."""
    database = project.database
    script = project.path / "load.sql"
    script.write_text("\\set scripts `cat versions/*.py`\nSELECT * FROM migfix_load_scripts(:'scripts');\n")
    result = database.psql("-f", script)
    assert result.rc == 0, result
    return result


@pytest.fixture
def applied(project, monkeypatch):
    """1 <- 2 applied and loaded, with the guard in enforce."""
    monkeypatch.chdir(project.path)
    project.database.install()
    revision(project, "r1")
    revision(project, "r2", "r1")
    project.good("upgrade", "head")
    load(project)
    assert not project.database.findings("MF115")
    return project


def revision(project, name, down_revision=None, **more):
    """A revision that creates the table t_NAME."""
    project.revision(
        name, down_revision, f"op.execute('CREATE TABLE IF NOT EXISTS t_{name} (a int)')", f"op.execute('DROP TABLE IF EXISTS t_{name}')", **more
    )


def has_table(database, name):
    return database.values("SELECT to_regclass(%s) IS NOT NULL", f"t_{name}")[0]


def follow(project, fix):
    """Runs the commands for a shell that a fix tells, in their order."""
    commands = [line.removeprefix("-- ") for line in fix.splitlines() if line.startswith("-- alembic ")]
    assert commands
    for command in commands:
        project.good(*shlex.split(command)[1:])


def acknowledge(database, fix):
    """Runs the statement that a fix tells, for who knows that nothing is missing."""
    calls = [line.removeprefix("-- ") for line in fix.splitlines() if line.startswith("-- SELECT ")]
    assert len(calls) == 1
    database.paste(calls[0])


def put_in_below(project):
    revision(project, "x", "r1")
    revision(project, "r2", "x")
    revision(project, "r3", "r2")


def test_a_revision_put_in_below_the_recorded_head(applied):
    database = applied.database
    put_in_below(applied)
    load(applied)
    message = 'revision "x" is below what public.alembic_version records, but was never applied here'
    assert database.finding("MF115")["message"] == message

    # Alembic says nothing and does not run it, now or ever.
    applied.good("upgrade", "head")
    assert database.versions() == ["r3"]
    assert has_table(database, "r3") and not has_table(database, "x")
    finding = database.finding("MF115")
    assert (finding["message"], finding["severity"]) == (message, "warning")
    assert '"r2" stood on "r1" when it was applied, and stands on "x" since.' in finding["detail"]

    follow(applied, finding["fix"])
    assert has_table(database, "x")
    assert database.versions() == ["r3"]
    assert not database.findings("MF115")
    assert not [found for found in database.findings() if found["severity"] == "error"]


def test_upgraded_before_the_files_were_loaded_again(applied):
    database = applied.database
    put_in_below(applied)
    applied.good("upgrade", "head")
    load(applied)
    assert 'revision "x"' in database.finding("MF115")["message"]
    assert not has_table(database, "x")


def test_a_person_says_that_nothing_is_missing(applied):
    database = applied.database
    put_in_below(applied)
    load(applied)
    database.sql("CREATE TABLE t_x (a int)")
    acknowledge(database, database.finding("MF115")["fix"])
    assert database.versions() == ["r2"]
    assert not database.findings("MF115")
    assert database.log("reason IS NOT NULL")[-1]["reason"] == "x is applied"
    # What comes in later is another matter.
    revision(applied, "y", "r1")
    revision(applied, "x", "y")
    load(applied)
    assert 'revision "y"' in database.finding("MF115")["message"]


def test_a_branch_moved_onto_another(project, monkeypatch):
    database = project.database
    monkeypatch.chdir(project.path)
    database.install()
    revision(project, "base0")
    revision(project, "a", "base0")
    revision(project, "b", "base0")
    project.good("upgrade", "b")
    load(project)
    assert database.finding("MF113")["fix"].endswith('\n-- alembic merge -m "merge heads" a b')
    assert not database.findings("MF115")
    revision(project, "b", "a")
    load(project)
    assert not database.findings("MF113")
    project.good("upgrade", "head")
    assert not has_table(database, "a")
    finding = database.finding("MF115")
    assert finding["message"].startswith('revision "a" is below')
    follow(project, finding["fix"])
    assert has_table(database, "a")
    assert database.versions() == ["b"]
    assert not database.findings("MF115")


def test_both_branches_recorded_and_then_moved(project, monkeypatch):
    """The same edit where both were applied: nothing is missing, but the rows overlap."""
    database = project.database
    monkeypatch.chdir(project.path)
    database.install()
    revision(project, "base0")
    revision(project, "a", "base0")
    revision(project, "b", "base0")
    project.good("upgrade", "heads")
    load(project)
    revision(project, "b", "a")
    load(project)
    assert not database.findings("MF115")
    assert project.alembic("upgrade", "head").rc != 0
    database.paste(database.finding("MF104")["fix"])
    project.good("upgrade", "head")
    assert database.versions() == ["b"]
    assert not database.findings("MF115")


def test_a_dependency_added_later(project, monkeypatch):
    database = project.database
    monkeypatch.chdir(project.path)
    database.install()
    revision(project, "lib1", branch_labels=("lib",))
    revision(project, "app1", branch_labels=("app",))
    revision(project, "app2", "app1")
    project.good("upgrade", "app@head")
    load(project)
    assert not database.findings("MF115")
    revision(project, "app1", branch_labels=("app",), depends_on=("lib1",))
    load(project)
    project.good("upgrade", "heads")
    assert not has_table(database, "lib1")
    finding = database.finding("MF115")
    follow(project, finding["fix"])
    assert has_table(database, "lib1")
    assert database.versions() == ["app2"]
    assert not database.findings("MF115")


def test_nothing_is_missing_where_alembic_ran_it(applied):
    """The files are loaded again beside every kind of step; nothing is ever said to be missing."""
    database = applied.database

    def good(*arguments):
        for state in ("before", "after"):
            if state == "after":
                applied.good(*arguments)
            assert not database.findings("MF115"), (state, arguments)

    good("downgrade", "r1")
    put_in_below(applied)
    good("upgrade", "x")
    load(applied)
    good("upgrade", "head")
    good("downgrade", "x")
    good("upgrade", "head")
    revision(applied, "left", "r3")
    revision(applied, "right", "r3")
    revision(applied, "merge", ("left", "right"))
    good("upgrade", "left")
    load(applied)
    good("upgrade", "merge")
    good("downgrade", "left")
    good("upgrade", "heads")
    good("downgrade", "base")
    good("stamp", "r2")
    good("stamp", "merge")
    good("stamp", "--purge", "r3")
    good("downgrade", "base")
    good("upgrade", "head")
    assert database.versions() == ["merge"]


def test_migfix_comes_to_a_database_at_head(project, monkeypatch):
    """Nothing is known of what was before: what is recorded speaks for all below it."""
    database = project.database
    monkeypatch.chdir(project.path)
    revision(project, "r1")
    revision(project, "r2", "r1")
    project.good("upgrade", "head")
    database.install()
    load(project)
    assert not database.findings("MF115")
    put_in_below(project)
    load(project)
    assert 'revision "x"' in database.finding("MF115")["message"]
