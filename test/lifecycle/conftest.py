"""Databases that are made, dumped, restored and dropped. Run beside a server that has the extension:
script/with-server /usr/bin/python3 -m pytest test/lifecycle
"""

import os
import pathlib
import re
import subprocess
import threading

import psycopg2
import psycopg2.extras
import pytest

TIMEOUT = 60  # seconds for anything that runs outside


def pytest_configure(config):
    if "PGHOST" not in os.environ:
        pytest.exit("no server: run script/test lifecycle", returncode=2)


class Result:
    """What a program did: its exit status, and what it printed on each stream."""

    def __init__(self, rc, out, err):
        self.rc = rc
        self.out = out
        self.err = err

    def __repr__(self):
        return f"exit status {self.rc}\n{self.out}\n{self.err}"


def run(command, env=None, text=None, check=True):
    """Runs a program to its end; it must end well unless `check` is false."""
    process = subprocess.run(
        [str(word) for word in command],
        env=env,
        input=text,
        stdin=subprocess.DEVNULL if text is None else None,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        universal_newlines=True,
        timeout=TIMEOUT,
    )
    result = Result(process.returncode, process.stdout, process.stderr)
    assert not check or result.rc == 0, result
    return result


def without_key(script):
    """A dump without the key of its restrict command, which is another one every time."""
    return re.sub(r"^\\(un)?restrict .*$", "", script, flags=re.MULTILINE)


def bin_dir():
    """Where the server's own programs are; PATH has only some of them."""
    found = run([os.environ.get("PG_CONFIG", "pg_config"), "--bindir"])
    return pathlib.Path(found.out.strip())


class Session:
    """One connection that commits each statement."""

    def __init__(self, dbname, **connection):
        self.connection = psycopg2.connect(dbname=dbname, **{"application_name": "test session", **connection})
        self.connection.autocommit = True

    def sql(self, statement, *values):
        """The rows of a statement, as dictionaries."""
        with self.connection.cursor(cursor_factory=psycopg2.extras.RealDictCursor) as cursor:
            cursor.execute(statement, values or None)
            return [dict(row) for row in cursor.fetchall()] if cursor.description else []

    def values(self, statement, *values):
        """The first column of a statement's rows."""
        return [next(iter(row.values())) for row in self.sql(statement, *values)]

    def value(self, statement, *values):
        """The one value of a statement."""
        (answer,) = self.values(statement, *values)
        return answer

    def error(self, statement, *values):
        """The error that a statement must raise."""
        with pytest.raises(psycopg2.Error) as raised:
            self.sql(statement, *values)
        return raised.value

    def notices(self):
        """What the server has said below ERROR since the last call."""
        said = list(self.connection.notices)
        del self.connection.notices[:]
        return said

    def close(self):
        self.connection.close()


class Database(Session):
    """A database of its own, and a superuser's session in it."""

    def __init__(self, name):
        super().__init__(name)
        self.name = name
        self.sessions = []

    def session(self, **connection):
        """One more session; closed with the database."""
        self.sessions.append(Session(self.name, **connection))
        return self.sessions[-1]

    def reconnect(self):
        """So that what ALTER DATABASE … SET says holds."""
        self.connection.close()
        super().__init__(self.name)

    def env(self):
        return {**os.environ, "PGDATABASE": self.name, "PGAPPNAME": "outside"}

    def run(self, *command, text=None, check=True):
        """A program with this database as its own."""
        return run(command, self.env(), text, check)

    def dump(self, *options):
        return self.run("pg_dump", *options).out

    def restore(self, script, check=True):
        """Gives a script to psql, ending at the first error."""
        return self.run("psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", text=script, check=check)

    def log(self):
        return self.sql("SELECT * FROM migfix.version_log ORDER BY log_id")

    def findings(self):
        """The findings as a person sees them, without the numbers that every server makes up anew."""
        return self.sql("SELECT * FROM migfix_findings()")

    def codes(self):
        return [finding["code"] for finding in self.findings()]

    def version_table(self, name="alembic_version", *versions):
        """A version table as Alembic creates it, with rows."""
        key = name.split(".")[-1].strip('"')
        self.sql(f'CREATE TABLE {name} (version_num VARCHAR(32) NOT NULL, CONSTRAINT "{key}_pkc"'
                 " PRIMARY KEY (version_num))")
        for version in versions:
            self.sql(f"INSERT INTO {name} VALUES (%s)", version)

    def guarded(self):
        """The tables that carry the whole guard, enabled."""
        return self.values(
            "SELECT tgrelid::regclass::text FROM pg_trigger"
            " WHERE tgname IN ('migfix_guard_row', 'migfix_log_row', 'migfix_log_truncate')"
            "  AND tgenabled = 'O' GROUP BY tgrelid HAVING count(*) = 3 ORDER BY 1"
        )

    def close(self):
        for session in self.sessions:
            session.close()
        super().close()


@pytest.fixture
def make_database():
    """A function from a name to a new database; all are gone after the test."""
    maintenance = Session("postgres")
    made = []

    def quoted(name):
        return '"' + name.replace('"', '""') + '"'

    def make(name, template="template1", encoding="UTF8"):
        maintenance.sql(f"CREATE DATABASE {quoted(name)} TEMPLATE {quoted(template)} ENCODING {encoding}"
                        + (" LOCALE 'C'" if encoding != "UTF8" else ""))
        made.append(Database(name))
        return made[-1]

    yield make
    for database in made:
        database.close()
        maintenance.sql(f"DROP DATABASE {quoted(database.name)} WITH (FORCE)")
    maintenance.close()


@pytest.fixture
def database(make_database):
    return make_database("lifecycle")


class Background(threading.Thread):
    """A call that may have to wait; finish() gives its answer or raises its error."""

    def __init__(self, call):
        super().__init__(daemon=True)
        self.call = call
        self.answer = None
        self.trouble = None
        self.start()

    def run(self):
        try:
            self.answer = self.call()
        except Exception as trouble:  # handed over to finish()
            self.trouble = trouble

    def finish(self, timeout=TIMEOUT):
        self.join(timeout)
        assert not self.is_alive(), f"still waiting after {timeout} s"
        if self.trouble is not None:
            raise self.trouble
        return self.answer
