"""A publication of a guarded database, to a subscriber that has migfix as well."""

import os
import time

import pytest

from conftest import TIMEOUT, Database
from server_copy import ServerCopy

SCRIPTS = "".join(f'# file: {revision}.py\nrevision = "{revision}"\ndown_revision = {parent!r}\n'
                  for revision, parent in [("001", None), ("002", "001"), ("003", "002")])


@pytest.fixture(scope="module")
def server():
    """A copy of the test server, which may publish and subscribe."""
    original = Database("postgres")
    copy = ServerCopy(original)
    copy.configuration.update(wal_level="logical", wal_retrieve_retry_interval="100ms")
    with copy as server:
        yield server
    original.close()


def eventually(what, condition):
    deadline = time.monotonic() + TIMEOUT
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.05)


class Pair:
    """Two databases of one server, and how the one follows the other."""

    def __init__(self, server):
        self.server = server
        self.maintenance = server.session("postgres")
        for name in ("publisher", "subscriber"):
            self.maintenance.sql(f"CREATE DATABASE {name}")
        self.publisher, self.subscriber = server.session("publisher"), server.session("subscriber")
        for database in (self.publisher, self.subscriber):
            database.sql("CREATE EXTENSION migfix")
            database.version_table("alembic_version")
            database.sql("CREATE TABLE people (id int PRIMARY KEY)")
        self.publisher.sql("INSERT INTO alembic_version VALUES ('001')")
        self.publisher.sql("SELECT * FROM migfix_load_scripts(%s)", SCRIPTS)

    def subscribe(self, publication):
        self.publisher.sql(f"CREATE PUBLICATION everything {publication}")
        # Both are of one server, where CREATE SUBSCRIPTION would wait for itself to make the slot.
        self.publisher.sql("SELECT pg_create_logical_replication_slot('follow', 'pgoutput')")
        password = f" password={os.environ['PGPASSWORD']}" if os.environ.get("PGPASSWORD") else ""
        self.subscriber.sql(
            f"CREATE SUBSCRIPTION follow CONNECTION 'host=localhost port={self.server.port} dbname=publisher"
            f" user={os.environ['PGUSER']}{password}' PUBLICATION everything"
            " WITH (create_slot = false, slot_name = 'follow')")
        eventually(f"the tables are not copied:\n{self.server.said()[-3000:]}", lambda: self.subscriber.value(
            "SELECT count(*) FILTER (WHERE srsubstate <> 'r') = 0 AND count(*) > 0 FROM pg_subscription_rel"))

    def in_step(self):
        """Until all that was published so far is applied."""
        position = self.publisher.value("SELECT pg_current_wal_lsn()::text")
        eventually("the subscriber does not follow", lambda: self.publisher.value(
            "SELECT bool_and(confirmed_flush_lsn >= %s::pg_lsn) FROM pg_replication_slots", position))

    def close(self):
        self.subscriber.sql("ALTER SUBSCRIPTION follow DISABLE")
        self.subscriber.sql("ALTER SUBSCRIPTION follow SET (slot_name = NONE)")
        self.subscriber.sql("DROP SUBSCRIPTION follow")
        eventually("the slot is still in use", lambda: self.publisher.value(
            "SELECT bool_and(NOT active) FROM pg_replication_slots"))
        self.publisher.sql("SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots")
        self.publisher.close()
        self.subscriber.close()
        for name in ("publisher", "subscriber"):
            self.maintenance.sql(f"DROP DATABASE {name} WITH (FORCE)")
        self.maintenance.close()


@pytest.fixture
def pair(server):
    pair = Pair(server)
    yield pair
    pair.close()


def own(database):
    """What migfix knows there, all of it."""
    return {table: database.sql(f"SELECT * FROM migfix.{table} ORDER BY 1, 2, 3") for table in (
        "version_log", "ddl_log", "revision", "revision_statement", "observed_revision")} | {
            "binding": database.sql("SELECT * FROM migfix.version_table_environment ORDER BY 1")}


@pytest.mark.parametrize("publication", ["FOR TABLE alembic_version, people", "FOR ALL TABLES",
                                         "FOR TABLES IN SCHEMA public, migfix"])
def test_each_keeps_its_own_log_and_revisions(pair, publication):
    pair.subscriber.sql("SELECT * FROM migfix_load_scripts(%s)", SCRIPTS)
    pair.subscriber.sql("SELECT migfix_register('004', '{003}')")
    pair.subscriber.sql("SELECT migfix_bind('alembic_version', 'default')")
    before = own(pair.subscriber)
    said = len(pair.server.said())
    pair.subscribe(publication)
    pair.publisher.sql("BEGIN; CREATE TABLE t2 (id int); UPDATE alembic_version SET version_num = '002'; COMMIT")
    pair.publisher.sql("INSERT INTO people VALUES (1)")
    pair.publisher.sql("SELECT migfix_register('other', '{003}')")
    pair.publisher.sql("SELECT migfix_forget('other')")
    pair.publisher.sql("SELECT migfix_forget('003')")
    pair.publisher.sql("SELECT migfix_forget_log('infinity')")
    pair.in_step()

    # What is published of the user's comes; the guard lets it through, and nothing of migfix's comes with it.
    assert pair.subscriber.values("SELECT version_num FROM alembic_version") == ["002"]
    assert pair.subscriber.values("SELECT id FROM people") == [1]
    assert "ERROR" not in pair.server.said()[said:]
    assert own(pair.subscriber) == before
    assert pair.subscriber.values("SELECT revision FROM migfix_heads()") == ["004"]
    assert pair.publisher.values("SELECT revision FROM migfix_heads()") == ["002"]

    # The guard and the log work there for whoever writes there.
    error = pair.subscriber.error("INSERT INTO alembic_version VALUES ('002')")
    assert error.pgcode == "23505"
    pair.subscriber.sql("UPDATE alembic_version SET version_num = '003'; CREATE TABLE here (id int)")
    assert [entry["new_version"] for entry in pair.subscriber.log()][len(before["version_log"]):] == ["003"]
    assert pair.subscriber.value("SELECT count(*) FROM migfix.ddl_log WHERE object_identity = 'public.here'") == 1
    pair.subscriber.sql("UPDATE alembic_version SET version_num = '002'")


def test_a_restore_as_replica_is_no_replication(pair):
    """session_replication_role = replica is what some tools load a dump under: the log comes then."""
    rows = pair.publisher.log()
    assert rows
    pair.subscribe("FOR TABLE people")
    pair.subscriber.sql("SET session_replication_role = replica")
    for row in rows:
        columns = ", ".join(f'"{name}"' for name in row)
        pair.subscriber.sql(f"INSERT INTO migfix.version_log ({columns}) VALUES ({', '.join(['%s'] * len(row))})",
                            *row.values())
    assert pair.subscriber.log() == rows
