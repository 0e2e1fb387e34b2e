"""Databases made by copying others, and sessions in them."""

import os
import pathlib
import subprocess

import psycopg2
import psycopg2.extras

BINARIES = pathlib.Path(
    subprocess.run(
        [os.environ.get("PG_CONFIG", "pg_config"), "--bindir"], check=True, capture_output=True, text=True
    ).stdout.strip()
)


class Server:
    """Makes databases under a prefix of its own and drops them again."""

    def __init__(self, prefix):
        self.prefix = prefix
        self.count = 0
        self.kept = set()
        self.connection = psycopg2.connect(dbname="postgres", application_name="campaign")
        self.connection.autocommit = True

    def sql(self, statement):
        with self.connection.cursor() as cursor:
            cursor.execute(statement)

    def create(self, template="template0"):
        """Nobody may be connected to the template."""
        self.count += 1
        name = f"{self.prefix}_{self.count}"
        self.sql(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        self.kept.add(name)
        return name

    def drop(self, name):
        self.sql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        self.kept.discard(name)

    def close(self, keep=False):
        for name in [] if keep else sorted(self.kept):
            self.drop(name)
        self.connection.close()


class Session:
    """A superuser's session that commits each statement, with the guard off: it does the damage."""

    def __init__(self, dbname, guard="off"):
        self.dbname = dbname
        self.connection = psycopg2.connect(dbname=dbname, application_name="campaign session")
        self.connection.autocommit = True
        self.notices = self.connection.notices
        if guard:
            self.sql(f"SET migfix.guard = {guard}")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.connection.close()

    def sql(self, statement, *values):
        """The rows, as dictionaries."""
        with self.connection.cursor(cursor_factory=psycopg2.extras.RealDictCursor) as cursor:
            # Without values, a percent sign is one.
            cursor.execute(statement, values or None)
            return [dict(row) for row in cursor.fetchall()] if cursor.description else []

    def values(self, statement, *values):
        return [next(iter(row.values())) for row in self.sql(statement, *values)]

    def versions(self):
        """The version rows, sorted; None where there is no version table."""
        if self.values("SELECT to_regclass('alembic_version')") == [None]:
            return None
        return sorted(self.values("SELECT version_num FROM alembic_version"))

    def set_versions(self, rows):
        self.sql("DELETE FROM alembic_version")
        for row in rows:
            self.sql("INSERT INTO alembic_version VALUES (%s)", row)
