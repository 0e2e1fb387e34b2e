"""A fresh database and an Alembic project for each test. Run beside a server that has the extension:
script/with-server /usr/bin/python3 -m pytest test/alembic
"""

import os
import pathlib
import random
import re
import shutil
import subprocess
import time

import psycopg2
import psycopg2.extras
import pytest

from alembic_process import AlembicProcess

INCIDENTS = pathlib.Path(__file__).parent / "incidents"
TIMEOUT = 60  # seconds for anything that runs outside


def pytest_configure(config):
    if "PGHOST" not in os.environ:
        pytest.exit("no server: run script/test alembic", returncode=2)


class Result:
    """What a program did: its exit status, and what it printed on both streams."""

    def __init__(self, rc, out):
        self.rc = rc
        self.out = out

    def __repr__(self):
        return f"exit status {self.rc}\n{self.out}"


class Running:
    """A program on its way."""

    def __init__(self, command, env, cwd=None):
        self.process = subprocess.Popen(
            [str(word) for word in command],
            env=env,
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def wait(self):
        try:
            out, _ = self.process.communicate(timeout=TIMEOUT)
        except subprocess.TimeoutExpired:
            self.process.kill()
            out, _ = self.process.communicate()
            pytest.fail(f"still running after {TIMEOUT} s; so far:\n{out}")
        return Result(self.process.returncode, out)


class RunningAlembic:
    """The same for a command of Alembic."""

    def __init__(self, arguments, env, cwd):
        self.process = AlembicProcess(arguments, env, cwd)

    def wait(self):
        rc, out = self.process.wait(TIMEOUT)
        if rc is None:
            pytest.fail(f"still running after {TIMEOUT} s; so far:\n{out}")
        return Result(rc, out)


class Database:
    """A database of its own, and a superuser's session in it that commits each statement."""

    def __init__(self, name):
        self.name = name
        self.connection = psycopg2.connect(dbname=name, application_name="test session")
        self.connection.autocommit = True

    def env(self, application_name, **more):
        return {
            **os.environ,
            "PGDATABASE": self.name,
            "PGAPPNAME": application_name,
            # The order in which Alembic walks its sets.
            "PYTHONHASHSEED": "0",
            **more,
        }

    def sql(self, statement, *values):
        """The rows of a statement, as dictionaries."""
        with self.connection.cursor(cursor_factory=psycopg2.extras.RealDictCursor) as cursor:
            cursor.execute(statement, values or None)
            return [dict(row) for row in cursor.fetchall()] if cursor.description else []

    def values(self, statement, *values):
        """The first column of a statement's rows."""
        return [next(iter(row.values())) for row in self.sql(statement, *values)]

    def psql(self, *arguments, application_name="psql", **env):
        """psql as a person starts it, ending at the first error."""
        command = ["psql", "-X", "-v", "ON_ERROR_STOP=1", *arguments]
        return Running(command, self.env(application_name, **env)).wait()

    def paste(self, text):
        """Gives `text` to psql as it stands, as a person pastes a fix."""
        result = self.psql("-c", text, application_name="pasted fix")
        assert result.rc == 0, result
        return result

    def install(self, guard="enforce"):
        self.sql("CREATE EXTENSION migfix")
        self.sql(f'ALTER DATABASE "{self.name}" SET migfix.guard = {guard}')

    def versions(self, table="alembic_version"):
        return sorted(self.values(f"SELECT version_num FROM {table}"))

    def columns(self, table):
        return self.values(
            "SELECT attname FROM pg_attribute"
            " WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum",
            table,
        )

    def indexes(self, table):
        return self.values(
            "SELECT indexrelid::regclass::text FROM pg_index WHERE indrelid = %s::regclass AND indisvalid",
            table,
        )

    def log(self, where="true"):
        return self.sql(f"SELECT * FROM migfix.version_log WHERE {where} ORDER BY log_id")

    def replayed(self):
        """The rows that are there now if the log is right, sorted."""
        rows = set()
        for entry in self.log("operation IN ('insert', 'update', 'delete', 'truncate', 'drop')"):
            if entry["old_version"] is not None:
                rows.remove(entry["old_version"])
            if entry["new_version"] is not None:
                assert entry["new_version"] not in rows, entry
                rows.add(entry["new_version"])
        return sorted(rows)

    def findings(self, code=None):
        found = self.sql("SELECT * FROM migfix_findings()")
        return [finding for finding in found if code in (None, finding["code"])]

    def finding(self, code):
        """The one finding with that code."""
        found = self.findings(code)
        assert len(found) == 1, self.findings()
        return found[0]

    def report(self):
        return "\n".join(self.values("SELECT migfix_diagnose()"))

    def wait_for(self, condition, *values):
        """Waits until the query `condition` is true."""
        deadline = time.monotonic() + TIMEOUT
        while not self.values(condition, *values)[0]:
            assert time.monotonic() < deadline, f"never came true: {condition}"
            time.sleep(0.02)


class Project:
    """A directory with alembic.ini, env.py and versions, used against one database."""

    def __init__(self, path, database):
        self.path = path
        self.database = database

    def start(self, *arguments, application_name="alembic", **env):
        return RunningAlembic(arguments, self.database.env(application_name, **env), self.path)

    def alembic(self, *arguments, **env):
        return self.start(*arguments, **env).wait()

    def good(self, *arguments, **env):
        """The same, for what must succeed."""
        result = self.alembic(*arguments, **env)
        assert result.rc == 0, result
        return result

    def python(self, script):
        result = Running(["/usr/bin/python3", script], self.database.env("init_db.py"), self.path).wait()
        assert result.rc == 0, result
        return result

    def revision(self, name, down_revision=None, upgrade="pass", downgrade="pass", **more):
        """Writes a revision, in the place of an older one of that name; the bodies are Python statements."""
        text = "\n".join(
            [
                "from alembic import op",
                f"revision = {name!r}",
                f"down_revision = {down_revision!r}",
                *(f"{key} = {value!r}" for key, value in more.items()),
                "def upgrade():",
                *(f"    {line}" for line in upgrade.splitlines()),
                "def downgrade():",
                *(f"    {line}" for line in downgrade.splitlines()),
                "",
            ]
        )
        (self.path / "versions" / f"{name}.py").write_text(text)


@pytest.fixture(scope="session")
def seed():
    """The same each time, so that a failure is one of this change; MIGFIX_SEED takes another, or "random"."""
    seed = os.environ.get("MIGFIX_SEED", "20261122")
    return random.SystemRandom().randrange(10**9) if seed == "random" else int(seed)


@pytest.fixture
def database(request):
    name = re.sub(r"\W+", "_", request.node.name.lower())[:50].strip("_")
    maintenance = psycopg2.connect(dbname="postgres")
    maintenance.autocommit = True
    cursor = maintenance.cursor()
    cursor.execute(f'CREATE DATABASE "{name}"')
    database = Database(name)
    yield database
    database.connection.close()
    cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    maintenance.close()


@pytest.fixture
def incident(database, tmp_path):
    """A function from an incident's name to a copy of its project."""

    def copy(name):
        return Project(shutil.copytree(INCIDENTS / name, tmp_path / name), database)

    return copy


@pytest.fixture
def project(database, tmp_path):
    """A project without a revision: the same env.py as the incident's, and whatever revision() writes."""
    path = tmp_path / "project"
    shutil.copytree(INCIDENTS / "duplicate_version_key", path, ignore=shutil.ignore_patterns("versions"))
    (path / "versions").mkdir()
    return Project(path, database)


@pytest.fixture
def role(database):
    """A function that makes a login role without privileges; gone after the test."""
    made = []

    def make(name, *privileges):
        database.sql(f"CREATE ROLE {name} LOGIN PASSWORD %s", os.environ["PGPASSWORD"])
        made.append(name)
        for privilege in privileges:
            database.sql(f"GRANT {privilege} TO {name}")
        return name

    yield make
    for name in made:
        database.sql(f"DROP OWNED BY {name} CASCADE")
        database.sql(f"DROP ROLE {name}")
