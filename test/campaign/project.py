"""The real Alembic on one project, in this process. The files are read once: command.upgrade would read all of
them for every call."""

import re
import sys
import warnings

import psycopg2
import sqlalchemy
from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory

from history import History, Revision

warnings.filterwarnings("ignore")
# Each revision's file is loaded anew for each project, and never again.
sys.dont_write_bytecode = True

VERSION_TABLE = "alembic_version"
# What changes rows alone, and what SQL hides from whoever reads it.
DATA = re.compile(r"\s*(INSERT|UPDATE|DELETE|SELECT|TRUNCATE|REFRESH|COPY)\b", re.IGNORECASE)
OPAQUE = re.compile(
    r"\s*(DO\b|CALL\b|CREATE (UNLOGGED )?TABLE \S+ AS\b|CREATE TABLE \S+ \(.*\bLIKE\b|CREATE (RULE|POLICY|STATISTICS)\b)",
    re.IGNORECASE,
)


class Failed(Exception):
    """Alembic, or the server beneath it, refused."""


class Statements:
    """What offline mode writes, statement by statement."""

    def __init__(self):
        self.written = []

    def write(self, text):
        self.written.append(text)

    def flush(self):
        pass


class Project:
    """`statements`: of each revision, as offline mode writes them, without semicolon and version row."""

    def __init__(self, path):
        self.path = path
        self.config = Config()
        self.config.set_main_option("script_location", str(path))
        self.script = ScriptDirectory.from_config(self.config)
        self.script.get_revisions("heads")  # reads the files
        self.statements = None
        self.offline_sql = None

    def run(self, function, dbname=None, **options):
        engine = None
        if dbname is not None:
            engine = sqlalchemy.create_engine(
                "postgresql+psycopg2://",
                creator=lambda: psycopg2.connect(dbname=dbname, application_name="alembic"),
                poolclass=sqlalchemy.pool.NullPool,
            )
        self.config.attributes["engine"] = engine
        try:
            with EnvironmentContext(self.config, self.script, fn=function, **options):
                self.script.run_env()
        except Exception as error:  # all that Alembic, SQLAlchemy and a body may raise
            raise Failed(f"{type(error).__name__}: {error}") from error

    def upgrade(self, dbname, target="heads"):
        self.run(lambda rows, context: self.script._upgrade_revs(target, rows), dbname, destination_rev=target)

    def downgrade(self, dbname, target):
        self.run(lambda rows, context: self.script._downgrade_revs(target, rows), dbname, destination_rev=target)

    def read_offline(self):
        """`alembic upgrade base:heads --sql`."""
        out = Statements()
        self.run(
            lambda rows, context: self.script._upgrade_revs("heads", rows),
            as_sql=True, starting_rev=None, destination_rev="heads", output_buffer=out,
        )
        self.offline_sql = "".join(out.written)
        self.statements, here = {}, None
        for text in out.written:
            text = text.strip()
            marker = re.match(r"-- Running upgrade .*-> (\S+)$", text)
            if marker:
                here = self.statements.setdefault(marker.group(1), [])
            elif here is not None and text and not re.match(r"(BEGIN|COMMIT);$", text):
                if not re.match(rf"(INSERT INTO|UPDATE|DELETE FROM) {VERSION_TABLE}\b", text):
                    here.append(text.rstrip(";").rstrip())
        return self.offline_sql

    def tells_dependencies(self, history):
        """Whether offline SQL shows what each revision depends on: only where the row of that is replaced."""
        blocks = dict(re.findall(r"-- Running upgrade [^\n]*-> (\S+)\n(.*?)(?=-- Running|\Z)", self.offline_sql, re.DOTALL))
        return all(f"'{one}'" in blocks[revision.id] for revision in history.revisions for one in revision.depends_on)

    def hidden(self, revision):
        """Statements of the revision that a schema does not show: rows, and what SQL hides."""
        return [text for text in self.statements[revision] if is_data(text) or OPAQUE.match(text)]

    def history(self, name):
        """The graph of a project that stands in files, parents first; the revisions have no bodies."""
        found = []
        for script in reversed(list(self.script.walk_revisions("base", "heads"))):
            down = script.down_revision
            down = (down,) if isinstance(down, str) else tuple(down or ())
            found.append(Revision(script.revision, down, tuple(script._resolved_dependencies), script.doc))
        done, ordered = set(), []
        while found:
            ready = next(one for one in found if not set(one.parents) - done)
            found.remove(ready)
            done.add(ready.id)
            ordered.append(ready)
        return History(name, ordered)


def is_data(statement):
    return bool(DATA.match(statement))
