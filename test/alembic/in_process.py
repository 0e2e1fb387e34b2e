"""The real Alembic, by its API within one process: its command line takes most of a second to start."""

import io
import os
import warnings

import psycopg2
import sqlalchemy
from alembic import command, util
from alembic.config import Config
from alembic.script import Script, ScriptDirectory

warnings.filterwarnings("ignore", module="alembic")

ENV = """
from alembic import context

attributes = context.config.attributes
with attributes["engine"].connect() as connection:
    context.configure(connection=connection, transaction_per_migration=attributes["per_migration"])
    with context.begin_transaction():
        context.run_migrations()
"""

# Any DDL: rows that go without DDL are warned about.
BODY = """
def upgrade():
    op.execute("COMMENT ON SCHEMA public IS 'up {0}'")
def downgrade():
    op.execute("COMMENT ON SCHEMA public IS 'down {0}'")
"""


def script(revision, down_revision=(), depends_on=(), branch_labels=()):
    """The text of a revision file."""

    def written(items):
        return repr(items[0] if len(items) == 1 else tuple(items) or None)

    return (
        f'"""message of {revision}"""\nfrom alembic import op\nrevision = {revision!r}\n'
        f"down_revision = {written(down_revision)}\nbranch_labels = {written(branch_labels)}\n"
        f"depends_on = {written(depends_on)}\n{BODY.format(revision)}"
    )


def write_project(path, graph):
    """A project with the revisions of `graph`: (revision, down_revision, depends_on, branch_labels)."""
    (path / "versions").mkdir(parents=True)
    (path / "env.py").write_text(ENV)
    for revision, down, deps, labels in graph:
        (path / "versions" / f"{revision}_.py").write_text(script(revision, down, deps, labels))


def file_names(path):
    """In the order in which this Alembic reads them: older ones as the directory has them, newer ones by name."""
    listed = Script._list_py_dir(ScriptDirectory(str(path)), path / "versions")
    return [os.path.basename(name) for name in listed]


def scripts(path, only=None):
    """The text of the files, or of those of some revisions, in the order in which this Alembic reads them."""
    text = ""
    for name in file_names(path):
        if name.endswith("_.py") and (only is None or name[: -len("_.py")] in only):
            text += f"# file: {name}\n{(path / 'versions' / name).read_text()}"
    return text


class Notices:
    """What the server says below ERROR. No list, which SQLAlchemy would empty after each statement."""

    def __init__(self):
        self.said = []

    def append(self, notice):
        self.said.append(notice)


class Outcome:
    """How a command ended: "ok", "error" with Alembic's message, "database" with the server's, or "crash" with a
    Python exception; and the WARNINGs that the server sent meanwhile."""

    def __init__(self, kind, text="", pgcode=None):
        self.kind, self.text, self.pgcode = kind, text, pgcode
        self.warned = []

    def __repr__(self):
        return f"{self.kind} {self.pgcode or ''} {self.text!r} {self.warned or ''}"


class Alembic:
    """One project against one database. `reuse`: all commands in one session, else each in its own."""

    def __init__(self, path, dbname, reuse=True, per_migration=False):
        self.out = io.StringIO()
        self.config = Config(stdout=self.out)
        self.config.set_main_option("script_location", str(path))
        self.notices = Notices()

        def connect():
            connection = psycopg2.connect(dbname=dbname, application_name="alembic")
            connection.notices = self.notices
            return connection

        pool = sqlalchemy.pool.QueuePool if reuse else sqlalchemy.pool.NullPool
        size = {"pool_size": 1, "max_overflow": 0} if reuse else {}
        self.engine = sqlalchemy.create_engine("postgresql+psycopg2://", creator=connect, poolclass=pool, **size)
        self.config.attributes.update(engine=self.engine, per_migration=per_migration)

    def _run(self, function, *arguments, **options):
        del self.notices.said[:]
        self.out.seek(0)
        self.out.truncate()
        try:
            function(self.config, *arguments, **options)
            outcome = Outcome("ok")
        except util.CommandError as error:
            outcome = Outcome("error", str(error))
        except sqlalchemy.exc.DBAPIError as error:
            outcome = Outcome("database", str(error.orig), error.orig.pgcode)
        except (AssertionError, KeyError, AttributeError, TypeError, ValueError) as error:
            outcome = Outcome("crash", type(error).__name__)
        outcome.warned = [notice for notice in self.notices.said if notice.startswith("WARNING")]
        return outcome

    def upgrade(self, revision):
        return self._run(command.upgrade, revision)

    def downgrade(self, revision):
        return self._run(command.downgrade, revision)

    def stamp(self, *revisions, purge=False):
        return self._run(command.stamp, list(revisions), purge=purge)

    def history(self, text):
        """The outcome; where it is "ok", with the ids that were listed as its text."""
        outcome = self._run(command.history, text)
        if outcome.kind == "ok":
            lines = [line.partition(" -> ")[2] for line in self.out.getvalue().splitlines()]
            outcome.text = [line.replace(",", " ").split()[0] for line in lines]
        return outcome

    def close(self):
        self.engine.dispose()
