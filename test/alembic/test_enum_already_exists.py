"""Incident 1: init_db.py has made what revision 001 makes, and Alembic does not know."""

import pytest


@pytest.fixture
def stuck(incident):
    """The project after init_db.py, with `alembic upgrade head` still to come."""
    project = incident("enum_already_exists")
    project.python("init_db.py")
    return project


def assert_collides(project):
    result = project.alembic("upgrade", "head")
    assert result.rc != 0
    assert '(psycopg2.errors.DuplicateObject) type "processingstatus" already exists' in result.out


def assert_at_002(project):
    database = project.database
    assert database.versions() == ["002"]
    assert {"tag", "category"} <= set(database.columns("audio_files"))
    assert {"ix_audio_files_tag", "ix_audio_files_category"} <= set(database.indexes("audio_files"))
    assert "002 (head)" in project.good("current").out


def test_without_migfix(stuck):
    assert_collides(stuck)
    assert stuck.database.values("SELECT to_regclass('alembic_version')") == [None]
    # Nothing heals by itself: the second try ends as the first.
    assert_collides(stuck)
    stuck.good("stamp", "001")
    stuck.good("upgrade", "head")
    assert_at_002(stuck)


@pytest.mark.parametrize("installed", ["before", "after"])
def test_with_migfix(incident, installed):
    project = incident("enum_already_exists")
    database = project.database
    if installed == "before":
        database.install()
    project.python("init_db.py")
    assert_collides(project)
    if installed == "after":
        database.install()

    finding = database.finding("MF101")
    assert finding["severity"] == "error"
    assert "audio_files" in finding["message"] + finding["detail"]
    assert "migfix_stamp" in finding["fix"]
    report = database.report()
    assert "MF101" in report
    assert "processingstatus" in report

    stamped = database.sql("SELECT * FROM migfix_stamp('001')")
    assert [(row["operation"], row["old_version"], row["new_version"]) for row in stamped] == [
        ("insert", None, "001")
    ]
    assert database.findings("MF101") == []
    project.good("upgrade", "head")
    assert_at_002(project)

    assert [(row["operation"], row["old_version"], row["new_version"]) for row in database.log()] == [
        ("insert", None, "001"),
        ("update", "001", "002"),
    ]
    assert [row["application_name"] for row in database.log()] == ["test session", "alembic"]


def test_stamp_makes_the_table_alembic_makes(stuck):
    """The version table that migfix_stamp creates has the same definition as Alembic's."""
    database = stuck.database
    shape = """
        SELECT attname, format_type(atttypid, atttypmod) AS type, attnotnull,
               (SELECT string_agg(conname || ' ' || pg_get_constraintdef(oid), ', ') FROM pg_constraint
                WHERE conrelid = attrelid AND contype = 'p') AS key
        FROM pg_attribute WHERE attrelid = 'alembic_version'::regclass AND attnum > 0
    """
    stuck.good("stamp", "001")
    from_alembic = database.sql(shape)
    database.sql("DROP TABLE alembic_version")
    database.install()
    database.sql("SELECT * FROM migfix_stamp('001')")
    assert database.sql(shape) == from_alembic


def test_stamp_can_be_taken_back(stuck):
    database = stuck.database
    database.install()
    (stamped,) = database.sql("SELECT * FROM migfix_stamp('001', reason => 'made by init_db.py')")
    undone = database.sql("SELECT * FROM migfix_undo(%s, reason => 'wrong database')", stamped["log_id"])
    assert [(row["operation"], row["old_version"], row["new_version"]) for row in undone] == [
        ("delete", "001", None)
    ]
    assert database.versions() == []
    assert [row["reason"] for row in database.log()] == ["made by init_db.py", "wrong database"]
    assert_collides(stuck)
