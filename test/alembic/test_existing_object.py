"""What a person reads whose migration meets what is there already; and unedited migrations that go on with
migfix.existing_object = skip_identical."""

import pathlib
import re
import sys

import psycopg2
import pytest

from test_enum_already_exists import assert_at_002
from test_repair_incidents import clean  # noqa: F401

sys.path.append(str(pathlib.Path(__file__).parent.parent / "campaign"))
import dump  # noqa: E402


@pytest.fixture
def stuck(incident):
    """The project after init_db.py, with `alembic upgrade head` still to come."""
    project = incident("enum_already_exists")
    project.database.install()
    project.python("init_db.py")
    return project


def skip(database):
    """Identical objects are passed over from the next session on."""
    database.sql(f'ALTER DATABASE "{database.name}" SET migfix.existing_object = skip_identical')
    return database.values("SELECT migfix_preload(true)")[0]


def pasted(out):
    """The statements of the hint in a traceback, as a person copies them: whole lines."""
    hint = out[out.index("HINT:") :]
    return [line for line in hint.splitlines() if line.startswith(("SELECT", "\\set", "ALTER DATABASE", "DROP"))]


def test_the_traceback_explains(stuck):
    result = stuck.alembic("upgrade", "head")
    assert result.rc != 0
    error = result.out[result.out.index("sqlalchemy.exc") :]
    assert '(psycopg2.errors.DuplicateObject) type "processingstatus" already exists' in error
    assert "DETAIL:  " in error
    assert re.search(
        r'DETAIL:  It was created \d+-\d+-\d+ \d+:\d+:\d+\+00 by role postgres \(application "init_db.py", pid \d+.*\), '
        r"outside any migration\. It is identical to what is being created\.",
        error,
    ), error
    assert pasted(error)[:3] == [
        "\\set scripts `cat alembic/versions/*.py`",
        "SELECT * FROM migfix_load_scripts(:'scripts');",
        "SELECT * FROM migfix_repair(version_table => 'public.alembic_version');",
    ]


def test_what_the_hint_says_works(stuck, clean, tmp_path):  # noqa: F811
    """Pasted into psql where alembic.ini is; the revisions are where Alembic's template puts them."""
    lines = pasted(stuck.alembic("upgrade", "head").out)[:3]
    (stuck.path / "alembic").mkdir()
    (stuck.path / "alembic" / "versions").symlink_to(stuck.path / "versions")
    script = tmp_path / "pasted.sql"
    script.write_text("\n".join(lines) + "\n")
    from conftest import Running

    command = ["psql", "-X", "-v", "ON_ERROR_STOP=1", "-f", script]
    result = Running(command, stuck.database.env("psql"), stuck.path).wait()
    assert result.rc == 0, result
    stuck.good("upgrade", "head")
    assert_at_002(stuck)
    assert dump.dump(stuck.database.name).difference(clean(stuck)) == ""


def test_with_revisions_loaded_one_call_is_enough(stuck):
    database = stuck.database
    text = "".join(file.read_text() for file in sorted((stuck.path / "versions").glob("*.py")))
    database.sql("SELECT * FROM migfix_load_scripts(%s)", text)
    lines = pasted(stuck.alembic("upgrade", "head").out)
    assert lines[0] == "SELECT * FROM migfix_repair(version_table => 'public.alembic_version');"
    database.paste(lines[0])
    stuck.good("upgrade", "head")
    assert_at_002(stuck)


def test_a_difference_is_said(stuck):
    stuck.database.sql("ALTER TYPE processingstatus ADD VALUE 'LOST'")
    out = stuck.alembic("upgrade", "head").out
    assert 'It differs: label "LOST" is one too many.' in out


def test_skip_identical_ends_at_002(stuck, clean):  # noqa: F811
    """Nothing else is needed: neither an edit of a migration nor a stamp."""
    assert "migfix_preload(false)" in skip(stuck.database)
    out = stuck.good("upgrade", "head").out
    assert "Running upgrade 001 -> 002" in out
    assert_at_002(stuck)
    assert dump.dump(stuck.database.name).difference(clean(stuck)) == ""
    assert [finding for finding in stuck.database.findings() if finding["severity"] == "error"] == []


def test_skip_identical_without_preload(stuck):
    """Alembic's first DDL brings the module here, the version table; so even the enum is passed over."""
    stuck.database.sql(f'ALTER DATABASE "{stuck.database.name}" SET migfix.existing_object = skip_identical')
    stuck.good("upgrade", "head")
    assert_at_002(stuck)


def test_first_statement_of_a_session(stuck):
    """Where the enum comes first, the module comes too late without preload, and says so."""
    database = stuck.database
    stuck.good("ensure_version")
    database.sql(f'ALTER DATABASE "{database.name}" SET migfix.existing_object = skip_identical')
    out = stuck.alembic("upgrade", "head").out
    assert 'type "processingstatus" already exists' in out
    lines = pasted(out)
    assert lines[0] == "SELECT migfix_preload(true);"
    database.paste(lines[0])
    stuck.good("upgrade", "head")
    assert_at_002(stuck)


def test_different_is_never_skipped(stuck):
    database = stuck.database
    skip(database)
    database.sql("ALTER TABLE audio_files ALTER COLUMN filename TYPE text")
    before = dump.dump(database.name)
    result = stuck.alembic("upgrade", "head")
    assert result.rc != 0
    assert 'DuplicateTable) relation "audio_files" already exists' in result.out
    assert "column audio_files.filename: varchar(255) expected, text found" in result.out
    assert dump.dump(database.name).difference(before) == ""


def test_columns_that_are_there(incident, clean):  # noqa: F811
    """Incident 2's other half: columns of a revision that were added by hand, with the rest still to come."""
    project = incident("enum_already_exists")
    database = project.database
    database.install()
    project.good("upgrade", "001")
    database.sql("ALTER TABLE audio_files ADD COLUMN tag varchar(100)")
    out = project.alembic("upgrade", "head").out
    assert '(psycopg2.errors.DuplicateColumn) column "tag" of relation "audio_files" already exists' in out
    assert "It is identical to what is being created." in out
    skip(database)
    project.good("upgrade", "head")
    assert_at_002(project)
    assert dump.dump(database.name).difference(clean(project)) == ""


def test_preloaded_where_the_extension_is_not_there(database):
    """The library alone does nothing."""
    database.sql(f'ALTER DATABASE "{database.name}" SET session_preload_libraries = migfix')
    database.sql(f'ALTER DATABASE "{database.name}" SET migfix.existing_object = skip_identical')
    connection = psycopg2.connect(dbname=database.name)
    connection.autocommit = True
    cursor = connection.cursor()
    cursor.execute("CREATE TYPE mood AS ENUM ('sad')")
    with pytest.raises(psycopg2.errors.DuplicateObject) as error:
        cursor.execute("CREATE TYPE mood AS ENUM ('sad')")
    assert (error.value.diag.message_detail, error.value.diag.message_hint) == (None, None)
    connection.close()


def test_preload_keeps_what_else_is_preloaded(database):
    database.install()
    # Since 18 what is staged is found by its plain name alone, by which functions are looked for then too.
    migfix = 'migfix' if database.connection.server_version >= 180000 else '"$libdir/migfix"'
    setting = "SELECT setconfig::text FROM pg_db_role_setting WHERE setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database()) AND setrole = 0"
    before = database.values(setting)
    database.sql(f'ALTER DATABASE "{database.name}" SET session_preload_libraries = auto_explain, \'$libdir/plpgsql\'')
    entry = "SELECT c FROM pg_db_role_setting, unnest(setconfig) AS c WHERE setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database()) AND c LIKE 'session_preload%'"
    database.sql("SELECT migfix_preload(true)")
    assert database.values(entry) == [f'session_preload_libraries=auto_explain, "$libdir/plpgsql", {migfix}']
    database.sql("SELECT migfix_preload(true)")
    assert database.values(entry) == [f'session_preload_libraries=auto_explain, "$libdir/plpgsql", {migfix}']
    psycopg2.connect(dbname=database.name).close()
    database.sql("SELECT migfix_preload(false)")
    assert database.values(entry) == ['session_preload_libraries=auto_explain, "$libdir/plpgsql"']
    database.sql(f'ALTER DATABASE "{database.name}" RESET session_preload_libraries')
    database.sql("SELECT migfix_preload(true)")
    assert database.values(entry) == [f'session_preload_libraries={migfix}']
    database.sql("SELECT migfix_preload(false)")
    assert database.values(setting) == before


def test_preload_is_not_for_everybody(database, role):
    database.install()
    role("somebody")
    database.sql("GRANT EXECUTE ON FUNCTION migfix_preload(boolean) TO somebody")
    connection = psycopg2.connect(dbname=database.name, user="somebody")
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        connection.cursor().execute("SELECT migfix_preload(true)")
    connection.close()
