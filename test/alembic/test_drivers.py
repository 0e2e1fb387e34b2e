"""The other drivers that people give Alembic: asyncpg, with the env.py of `alembic init -t async`, and psycopg 3
where this SQLAlchemy knows it. Both prepare statements and send values apart from them, unlike psycopg2."""

import importlib.util
import re

import pytest

from conftest import Project, Running
from test_runners import migrated, preload, race

DRIVERS = ["asyncpg"]
if importlib.util.find_spec("sqlalchemy.dialects.postgresql.psycopg") and importlib.util.find_spec("psycopg"):
    DRIVERS.append("psycopg")

REVISIONS = {
    "001": (
        None,
        "op.create_table('files', sa.Column('id', sa.Integer, primary_key=True),\n"
        "    sa.Column('state', sa.Enum('new', 'done', name='status'), nullable=False))",
        "op.drop_table('files')\nop.execute('DROP TYPE status')",
    ),
    "002": (
        "001",
        "op.add_column('files', sa.Column('tag', sa.String(64), server_default='none'))\n"
        "op.get_bind().execute(sa.text('SELECT count(*) FROM files WHERE id > :low'), {'low': 5})",
        "op.drop_column('files', 'tag')",
    ),
    "003": ("002", "op.create_index('files_tag', 'files', ['tag'])", "op.drop_index('files_tag')"),
}


@pytest.fixture(params=DRIVERS)
def driven(request, database, tmp_path):
    """Three revisions that run through the driver, and a guarded database whose sessions have the module."""
    made = tmp_path / "made"
    template = "async" if request.param == "asyncpg" else "generic"
    command = ["/usr/bin/python3", "-m", "alembic", "-c", made / "alembic.ini", "init", "-t", template, made]
    result = Running(command, database.env("init"), tmp_path).wait()
    assert result.rc == 0, result
    ini = made / "alembic.ini"
    settings = {"script_location": "%(here)s", "sqlalchemy.url": f"postgresql+{request.param}://"}
    for name, value in settings.items():
        text, count = re.subn(rf"(?m)^{re.escape(name)} = .*$", lambda _: f"{name} = {value}", ini.read_text())
        assert count == 1, name
        ini.write_text(text)
    project = Project(made, database)
    for name, (down, upgrade, downgrade) in REVISIONS.items():
        project.revision(name, down, f"import sqlalchemy as sa\n{upgrade}", downgrade)
    database.install()
    preload(database)
    return project


def test_up_and_down(driven):
    """Each revision claims what it did, and the log of the version rows tells the way."""
    driven.good("upgrade", "head")
    database = driven.database
    assert database.versions() == ["003"]
    claimed = database.sql(
        "SELECT revision, array_agg(DISTINCT object_identity ORDER BY object_identity) AS objects FROM migfix.ddl_log"
        " WHERE object_type IN ('type', 'table', 'index', 'table column') AND object_identity !~ 'alembic_version'"
        " GROUP BY revision ORDER BY revision"
    )
    assert {row["revision"]: row["objects"] for row in claimed} == {
        "001": ["public.files", "public.files_pkey", "public.status"],
        "002": ["public.files"],
        "003": ["public.files_tag"],
    }
    assert driven.good("current").out.split() >= ["003"]
    driven.good("downgrade", "base")
    driven.good("stamp", "002")
    assert database.versions() == ["002"]
    assert database.replayed() == ["002"]


def test_what_it_did_is_learned(driven):
    """As through psycopg2: all of it, and nothing opaque."""
    driven.good("upgrade", "head")
    database = driven.database
    assert database.sql("SELECT revision, down_revision, opaque FROM migfix_observed()") == [
        {"revision": "001", "down_revision": [], "opaque": 0},
        {"revision": "002", "down_revision": ["001"], "opaque": 0},
        {"revision": "003", "down_revision": ["002"], "opaque": 0},
    ]
    database.sql("SELECT * FROM migfix_import(migfix_export())")
    assert database.sql("SELECT * FROM migfix_verify() WHERE state <> 'present'") == []
    database.sql("ALTER TABLE files DROP COLUMN tag")
    missing = database.sql("SELECT object_type, object FROM migfix_verify() WHERE state <> 'present'")
    assert missing == [
        {"object_type": "column", "object": "files.tag"},
        {"object_type": "index", "object": "files_tag"},
    ]


def test_what_is_there_already_is_explained(driven):
    driven.database.sql("CREATE TYPE status AS ENUM ('new', 'done')")
    result = driven.alembic("upgrade", "head")
    assert result.rc != 0
    assert 'type "status" already exists' in result.out
    assert "It is identical to what is being created." in result.out
    assert "migfix_load_scripts" in result.out
    driven.database.sql(f'ALTER DATABASE "{driven.database.name}" SET migfix.existing_object = skip_identical')
    driven.good("upgrade", "head")
    assert driven.database.versions() == ["003"]


def test_what_the_guard_refuses_is_said(driven):
    driven.good("upgrade", "head")
    driven.database.sql("INSERT INTO files (state) VALUES ('new')")
    driven.revision("004", "003", "op.execute(\"INSERT INTO alembic_version VALUES ('003')\")")
    result = driven.alembic("upgrade", "head")
    assert result.rc != 0
    assert "migfix" in result.out and "HINT" in result.out, result
    assert driven.database.versions() == ["003"]


@pytest.mark.parametrize("count", [2, 8])
def test_runners_at_once(driven, count):
    results = race(driven, count)
    assert driven.database.versions() == ["003"]
    assert driven.database.columns("files") == ["id", "state", "tag"]
    assert len([result for result in results if migrated(result)]) == 1, results
    for result in results:
        assert result["rc"] == 0 or "another" in result["out"], result
