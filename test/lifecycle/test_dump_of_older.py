"""A guarded database of an older server, dumped by this version's pg_dump and restored here: it is what it was, and
Alembic goes on with it."""

import os
import re

import pytest

from cluster import Cluster
from conftest import without_key
from older_server import OLDER, older_or_skip, unknown_parameter, without_parameter
from test_dump_restore import STRANGE_SQL, fill, graph_works, guard_works, report, same, set_names

ENVIRONMENT = '''
from alembic import context
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

engine = create_engine("postgresql+psycopg2://", poolclass=NullPool)
with engine.connect() as connection:
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()
'''

REVISION = '''
from alembic import op
revision = "{0}"
down_revision = {1!r}
branch_labels = {2!r}
def upgrade():
    op.execute("CREATE TABLE made_by_{0} (id int PRIMARY KEY, mood mood)")
def downgrade():
    op.execute("DROP TABLE made_by_{0}")
'''


@pytest.fixture(params=OLDER, ids=lambda directory: directory.parent.name if directory else "older", scope="module")
def older(request):
    """A filled database of it."""
    server = Cluster(older_or_skip(request.param), os.environ["PGUSER"])
    try:
        with server:
            maintenance = server.session("postgres")
            maintenance.sql("CREATE DATABASE dump_source")
            maintenance.close()
            source = server.session("dump_source")
            fill(source)
            source.server = server
            yield source
            source.close()
        assert "PANIC" not in server.said() and "was terminated by signal" not in server.said()
    finally:
        server.leave()


@pytest.fixture
def target(make_database):
    database = make_database("dump_target")
    set_names(database)
    return database


@pytest.fixture
def unknown(older, make_database):
    return unknown_parameter(older.server, make_database)


def restored(older, target, unknown, tmp_path, form):
    if form == "plain":
        target.restore(without_parameter(unknown, older.dump()))
        return
    archive = tmp_path / "archive"
    older.dump("-F", form, "-f", archive)
    if unknown is None:
        target.run("pg_restore", "--exit-on-error", "-d", target.name, archive)
    else:
        target.restore(without_parameter(unknown, target.run("pg_restore", "-f", "-", archive).out))


@pytest.mark.parametrize("form", ["plain", "custom", "directory"])
def test_restore(older, target, unknown, tmp_path, form):
    assert older.value("SHOW server_version_num") < target.value("SHOW server_version_num")
    restored(older, target, unknown, tmp_path, form)
    same(older, target)
    assert report(target) == report(older)
    guard_works(target)
    graph_works(target)
    # The log reaches back over the move.
    dropped = target.value("SELECT min(log_id) FROM migfix.version_log WHERE operation = 'drop'")
    target.sql("SELECT migfix_undo(%s)", dropped)
    assert sorted(target.values("SELECT version_num FROM app.alembic_version")) == ["d1", "d2"]
    target.sql(f"DELETE FROM app.{STRANGE_SQL}")
    target.sql("SELECT migfix_undo((SELECT max(log_id) FROM migfix.version_log))")
    target.sql("DROP EXTENSION migfix")


def test_dump_of_what_was_restored(older, target, unknown, tmp_path):
    """It is the dump that was restored, but for the line that names the server."""
    def text(database):
        return re.sub(r"^-- Dumped .*$", "", without_parameter(unknown, without_key(database.dump())), flags=re.MULTILINE)
    restored(older, target, unknown, tmp_path, "plain")
    assert text(target) == text(older)


def test_alembic_goes_on(older, target, unknown, tmp_path):
    restored(older, target, unknown, tmp_path, "plain")
    versions = tmp_path / "migrations" / "versions"
    versions.mkdir(parents=True)
    (tmp_path / "alembic.ini").write_text("[alembic]\nscript_location = %(here)s/migrations\n")
    (tmp_path / "migrations" / "env.py").write_text(ENVIRONMENT)
    for revision, parent, labels in (("001", None, ("main", "it's")), ("002", "001", None), ("003", "002", None),
                                     ("004", "003", None), ("005", "004", None)):
        (versions / f"{revision}.py").write_text(REVISION.format(revision, parent, labels))

    def alembic(*arguments):
        return target.run("alembic", "-c", tmp_path / "alembic.ini", *arguments)

    assert "003" in alembic("current").out
    before = len(target.log())
    alembic("upgrade", "head")
    assert target.values("SELECT version_num FROM alembic_version") == ["005"]
    steps = [(entry["operation"], entry["old_version"], entry["new_version"]) for entry in target.log()[before:]]
    assert steps == [("update", "003", "004"), ("update", "004", "005")]
    assert target.value("SELECT count(*) FROM pg_class WHERE relname IN ('made_by_004', 'made_by_005')") == 2
    # The guard says no to what the old server's guard said no to.
    assert target.error("INSERT INTO alembic_version VALUES ('005')").pgcode == "23505"
    alembic("downgrade", "-1")
    assert target.values("SELECT version_num FROM alembic_version") == ["004"]
    assert target.value("SELECT to_regclass('made_by_005') IS NULL")
