"""CREATE EXTENSION and DROP EXTENSION, over and over, in any schema, with tables of any age."""

import time

import pytest

from conftest import Background, without_key

GUARDED = ['"Old One".alembic_version', "alembic_version"]


def users_tables(database):
    database.version_table("alembic_version", "001")
    database.sql('CREATE SCHEMA "Old One"')
    database.version_table('"Old One".alembic_version', "o1", "o2")
    database.sql("CREATE TABLE people (id int PRIMARY KEY, name text)")
    database.sql("CREATE FUNCTION mine() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END'")
    database.sql("CREATE TRIGGER mine BEFORE INSERT ON alembic_version FOR EACH ROW EXECUTE FUNCTION mine()")
    database.sql("GRANT SELECT ON alembic_version TO PUBLIC")
    database.sql("COMMENT ON TABLE alembic_version IS 'the state of this database'")


def described(database):
    """What \\d says of every table, and the whole dump."""
    tables = database.run("psql", "-X", "-c", r"\d *.alembic_version", "-c", r"\d people", "-c", r"\dn").out
    return tables, without_key(database.dump())


def test_leaves_the_tables_as_they_were(database):
    users_tables(database)
    before = described(database)
    database.sql("CREATE EXTENSION migfix")
    assert database.guarded() == GUARDED
    assert described(database) != before
    database.sql("DROP EXTENSION migfix")
    assert described(database) == before
    database.sql("INSERT INTO alembic_version VALUES ('head')")
    database.sql("TRUNCATE alembic_version")
    database.sql("DROP TABLE alembic_version")


def test_leaves_tables_that_came_later(database):
    database.sql("CREATE EXTENSION migfix")
    users_tables(database)
    database.sql("CREATE TABLE by_hand (version_num text PRIMARY KEY)")
    database.sql("SELECT migfix_protect('by_hand')")
    database.sql("SELECT migfix_stamp('base')")
    database.sql("SELECT migfix_undo((SELECT max(log_id) FROM migfix.version_log))")
    assert database.guarded() == [*GUARDED, "by_hand"]
    database.sql("DROP EXTENSION migfix")
    tables, dump = described(database)
    assert "migfix" not in tables + dump
    assert database.values("SELECT version_num FROM alembic_version") == ["001"]


def test_again_in_the_same_session(database):
    """Plans that a session keeps are not of the objects that are gone."""
    users_tables(database)
    other = database.session()
    for round_number in range(3):
        database.sql("CREATE EXTENSION migfix")
        assert database.guarded() == GUARDED
        for session in (database, other):
            assert session.error("INSERT INTO alembic_version VALUES ('001')").pgcode == "23505"
            session.sql("UPDATE alembic_version SET version_num = '002'")
            session.sql("SELECT migfix_undo((SELECT max(log_id) FROM migfix.version_log))")
            session.sql("SELECT migfix_diagnose()")
        assert [entry["log_id"] for entry in database.log()] == [1, 2, 3, 4]
        database.sql("DROP EXTENSION migfix")
        for session in (database, other):
            session.sql("CREATE TABLE later (id int); ALTER TABLE later RENAME TO latest; DROP TABLE latest")
            session.sql("UPDATE alembic_version SET version_num = '001'")


SCRIPTS = """# file: 001.py
revision = "001"
down_revision = None
# file: 002.py
revision = "002"
down_revision = "001"
from alembic import op
def upgrade():
    op.execute("CREATE TABLE later (id int)")
"""
# Whatever keeps something for its session: plans, numbers of objects, the graph, the normal forms.
USES = ["SELECT migfix_diagnose()", "SELECT * FROM migfix_current()", "SELECT * FROM migfix_history()",
        "SELECT migfix_graph()", "SELECT * FROM migfix_verify()", "SELECT * FROM migfix_infer()",
        "SELECT * FROM migfix_plan()", "SELECT migfix_duplicates()", "SELECT * FROM migfix_observed()",
        "SELECT * FROM migfix_stamp('002')", "SELECT migfix_undo((SELECT max(log_id) FROM migfix.version_log))",
        "SELECT migfix_register('003', '{002}')", "SELECT migfix_forget('003')", "SELECT migfix_lock()",
        "SELECT migfix_bind('alembic_version', 'default')", "SELECT * FROM migfix_upgrade('001')",
        "SELECT migfix_protect()"]


def test_again_in_another_session(database):
    """The sessions that go on keep plans, prepared statements and what they know of objects that are gone: each finds
    the new ones."""
    users_tables(database)
    maker = database.session()
    sessions = [database.session(), database.session(), database]
    watcher = sessions[0]
    watcher.sql("LOAD 'migfix'")
    for round_number in range(3):
        maker.sql("CREATE EXTENSION migfix")
        maker.sql("SELECT migfix_load_scripts(%s)", SCRIPTS)
        maker.sql("SELECT migfix_stamp('001', purge => true, version_table => '\"Old One\".alembic_version')")
        for session in sessions:
            if round_number == 0:
                session.sql("PREPARE up(text) AS UPDATE alembic_version SET version_num = $1")
                session.sql("PREPARE report AS SELECT count(*) FROM migfix_diagnose()")
            for use in USES:
                session.sql(use)
            for _ in range(6):  # a plan is kept for all values from the sixth on
                for version in ("002", "001"):
                    session.sql(f"EXECUTE up('{version}')")
                session.sql("EXECUTE report")
            assert session.error("INSERT INTO alembic_version VALUES ('001')").pgcode == "23505"
            session.sql("BEGIN; INSERT INTO alembic_version VALUES ('002')")
            assert session.error("COMMIT").pgcode == "23514"  # an ancestor beside its descendant
            session.sql("SELECT alembic_version.version_num \nFROM alembic_version")
            session.sql("BEGIN; CREATE TABLE later (id int)")
            session.sql("EXECUTE up('002')")
            session.sql("COMMIT")
            assert database.value("SELECT revision FROM migfix.ddl_log WHERE object_identity = 'public.later'"
                                  " ORDER BY log_id DESC LIMIT 1") == "002"
            session.sql("BEGIN; DROP TABLE later")
            session.sql("EXECUTE up('001')")
            session.sql("COMMIT")
            assert not [notice for notice in session.notices() if "migfix could not" in notice]
        maker.sql("DROP EXTENSION migfix")
        for session in sessions:
            session.sql("EXECUTE up('002')")
            session.sql("EXECUTE up('001')")
            assert session.error("EXECUTE report").pgcode == "42883"
            session.sql("CREATE TABLE later (id int); ALTER TABLE later RENAME TO latest; DROP TABLE latest")
            assert session.notices() == []


@pytest.mark.parametrize("pending", ["CREATE TABLE later (id int)", "DROP TABLE people", "ALTER TABLE people ADD COLUMN x int",
                                     "SELECT migfix_register('009')", "SELECT migfix_lock()",
                                     "UPDATE alembic_version SET version_num = '002'"])
def test_waits_for_what_is_pending_elsewhere(database, pending):
    """Or the log of a transaction would be gone before it commits. Then that one ends as ever, and another begins."""
    users_tables(database)
    database.sql("CREATE EXTENSION migfix")
    other = database.session()
    other.sql("BEGIN")
    other.sql(pending)
    if not pending.startswith("SELECT migfix_lock"):
        database.sql("SET lock_timeout = '200ms'")
        assert database.error("DROP EXTENSION migfix").pgcode == "55P03"
        database.sql("RESET lock_timeout")
    drop = Background(lambda: database.sql("DROP EXTENSION migfix"))
    time.sleep(0.2)
    other.sql("CREATE TYPE kind AS ENUM ('a')")
    other.sql("COMMIT")
    drop.finish()
    other.sql("DROP TYPE kind; CREATE TABLE still (id int); UPDATE alembic_version SET version_num = '003'")
    assert not [notice for notice in other.notices() if "migfix could not" in notice]
    other.sql("CREATE EXTENSION migfix")
    assert database.guarded() == GUARDED


def test_a_drop_that_is_taken_back(database):
    """By a savepoint: the guard, the log and what is pending are as they were before it."""
    users_tables(database)
    database.sql("CREATE EXTENSION migfix")
    database.sql("SELECT migfix_load_scripts(%s)", SCRIPTS)
    database.sql("BEGIN; CREATE TABLE early (id int); SAVEPOINT s")
    database.sql("UPDATE alembic_version SET version_num = '002'")
    database.sql("DROP EXTENSION migfix")
    database.sql("CREATE TABLE between (id int); UPDATE alembic_version SET version_num = '003'")
    database.sql("CREATE EXTENSION migfix")
    database.sql("SELECT migfix_register('other')")
    assert database.values("SELECT revision FROM migfix_heads()") == ["other"]
    database.sql("ROLLBACK TO s")
    assert database.values("SELECT revision FROM migfix_heads()") == ["002"]
    database.sql("CREATE TABLE late (id int)")
    database.sql("UPDATE alembic_version SET version_num = '002'")
    database.sql("COMMIT")
    assert not [notice for notice in database.notices() if "migfix could not" in notice]
    assert database.guarded() == GUARDED
    assert [entry["new_version"] for entry in database.log()] == ["002"]
    assert database.values("SELECT object_identity FROM migfix.ddl_log WHERE revision = '002' ORDER BY log_id") == [
        "public.early", "public.late"]


def test_the_module_without_the_extension(database):
    """As session_preload_libraries leaves it in every database: nothing is looked up, nothing is said."""
    session = database.session()
    session.sql("LOAD 'migfix'")
    session.sql("SET migfix.existing_object = skip_identical")
    for statement in (
            "CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY)", "BEGIN",
            "SELECT alembic_version.version_num \nFROM alembic_version", "CREATE TYPE kind AS ENUM ('a')",
            "CREATE TABLE \"Kind\" (kind kind)", "INSERT INTO alembic_version VALUES ('001')", "COMMIT",
            "ALTER TABLE alembic_version RENAME TO old", "ALTER TABLE old RENAME TO alembic_version",
            "CREATE SCHEMA migfix", "ALTER SCHEMA migfix RENAME TO mine", "CREATE TABLE mine.version_log (log_id int)",
            "ALTER TABLE mine.version_log DROP COLUMN log_id", "CREATE FUNCTION migfix_ddl_end() RETURNS int LANGUAGE sql AS"
            " 'SELECT 1'", "ALTER FUNCTION migfix_ddl_end() RENAME TO migfix_mine", "TRUNCATE alembic_version",
            "DROP TABLE alembic_version, mine.version_log", "DROP SCHEMA mine"):
        session.sql(statement)
    assert session.error("CREATE TYPE kind AS ENUM ('a')").pgcode == "42710"
    assert session.notices() == []


def test_while_transactions_are_open_elsewhere(database):
    """A session with a snapshot and a session that has used migfix do not keep it here, and live on."""
    users_tables(database)
    before = described(database)
    database.sql("CREATE EXTENSION migfix")
    reader = database.session()
    reader.sql("BEGIN ISOLATION LEVEL REPEATABLE READ")
    reader.sql("SELECT * FROM people")
    user = database.session()
    user.sql("UPDATE alembic_version SET version_num = '002'")
    user.sql("UPDATE alembic_version SET version_num = '001'")
    user.sql("BEGIN")
    user.sql("SELECT * FROM people")
    database.sql("SET lock_timeout = '5s'")
    database.sql("DROP EXTENSION migfix")
    assert described(database) == before
    assert user.error("SELECT migfix_diagnose()").pgcode == "42883"
    user.sql("ROLLBACK")
    user.sql("BEGIN")
    user.sql("UPDATE alembic_version SET version_num = '003'")
    user.sql("CREATE TABLE alembic_version_2 (version_num text)")
    user.sql("DROP TABLE alembic_version_2")
    user.sql("COMMIT")
    reader.sql("COMMIT")
    assert database.values("SELECT version_num FROM alembic_version") == ["003"]


def test_waits_for_who_writes_the_version(database):
    users_tables(database)
    before = described(database)
    database.sql("CREATE EXTENSION migfix")
    writer = database.session()
    writer.sql("BEGIN")
    writer.sql("UPDATE alembic_version SET version_num = '002'")
    database.sql("SET lock_timeout = '200ms'")
    assert database.error("DROP EXTENSION migfix").pgcode == "55P03"
    assert database.guarded() == GUARDED
    database.sql("RESET lock_timeout")
    drop = Background(lambda: database.sql("DROP EXTENSION migfix"))
    time.sleep(0.3)
    assert drop.is_alive()
    writer.sql("UPDATE alembic_version SET version_num = '001'")
    writer.sql("COMMIT")
    drop.finish()
    assert described(database) == before


@pytest.mark.parametrize("end", ["COMMIT", "ROLLBACK"])
def test_within_a_transaction(database, end):
    users_tables(database)
    before = described(database)
    database.sql("BEGIN")
    database.sql("CREATE EXTENSION migfix")
    database.sql("UPDATE alembic_version SET version_num = '002'")
    database.sql("UPDATE alembic_version SET version_num = '001'")
    database.sql("DROP EXTENSION migfix")
    database.sql(end)
    assert described(database) == before


def test_with_a_judgement_pending(database):
    """A table that the same transaction has changed would be judged at its end; by then nobody is there to."""
    users_tables(database)
    before = described(database)
    database.sql("CREATE EXTENSION migfix")
    database.sql("BEGIN")
    database.sql("UPDATE alembic_version SET version_num = '002'")
    database.sql("UPDATE alembic_version SET version_num = '001'")
    database.sql("DROP EXTENSION migfix")
    database.sql("COMMIT")
    assert described(database) == before


def test_drop_schema_of_the_log_is_refused(database):
    database.sql("CREATE EXTENSION migfix")
    assert database.error("DROP SCHEMA migfix CASCADE").pgcode == "2BP01"
    assert database.error("DROP TABLE migfix.version_log").pgcode == "2BP01"
    assert database.error("DROP FUNCTION migfix_guard_row() CASCADE").pgcode == "2BP01"


def test_tables_that_are_there_already(database):
    database.sql("CREATE SCHEMA tenant; CREATE SCHEMA other")
    database.sql("""ALTER DATABASE lifecycle SET migfix.version_tables = 'alembic_version, "My, ""own"" versions"'""")
    database.reconnect()
    database.version_table("alembic_version", "001")
    database.version_table("tenant.alembic_version", "t1")
    database.sql('CREATE TABLE tenant."My, ""own"" versions" (version_num text)')
    database.sql("CREATE TABLE other.alembic_version (number int)")
    database.sql("CREATE TABLE other.versions (version_num varchar(32))")
    database.sql("CREATE EXTENSION migfix")
    assert database.guarded() == ["alembic_version", 'tenant."My, ""own"" versions"', "tenant.alembic_version"]
    assert database.error("INSERT INTO tenant.alembic_version VALUES ('t1')").pgcode == "23505"
    assert database.log() == []


@pytest.mark.parametrize("schema", ["ops", '"Ops & Dev"'])
def test_in_another_schema(database, schema):
    """Nothing needs the schema on the search_path, and every printed fix names it."""
    database.sql(f"CREATE SCHEMA {schema}")
    database.version_table("alembic_version", "001")
    database.sql("CREATE TABLE people (id int)")
    database.sql(f"CREATE EXTENSION migfix SCHEMA {schema}")
    assert database.guarded() == ["alembic_version"]
    error = database.error("INSERT INTO alembic_version VALUES ('001')")
    assert error.pgcode == "23505"
    assert f"SELECT {schema}.migfix_diagnose();" in error.diag.message_hint

    database.notices()
    database.sql("DELETE FROM alembic_version")
    (warning,) = database.notices()
    assert f"SELECT * FROM {schema}.migfix_undo(" in warning
    (finding,) = database.sql(f"SELECT * FROM {schema}.migfix_findings() WHERE code = 'MF102'")
    assert f"{schema}.migfix_undo(" in finding["fix"]
    database.run("psql", "-X", "-v", "ON_ERROR_STOP=1", "-c", finding["fix"])
    assert database.values("SELECT version_num FROM alembic_version") == ["001"]

    refused = database.error(f"SELECT {schema}.migfix_stamp('002')")
    call = refused.diag.message_hint.splitlines()[1]
    assert f"{schema}.migfix_stamp('002', purge => true" in call
    database.sql(call)
    assert database.values("SELECT version_num FROM alembic_version") == ["002"]

    database.sql(f"SELECT {schema}.migfix_unprotect('alembic_version')")
    (off,) = [one for one in database.sql(f"SELECT * FROM {schema}.migfix_findings()") if one["code"].startswith("MF9")]
    assert f"{schema}.migfix_protect(" in off["fix"]
    database.run("psql", "-X", "-v", "ON_ERROR_STOP=1", "-c", off["fix"])
    assert database.guarded() == ["alembic_version"]
    assert database.sql(f"SELECT * FROM {schema}.migfix_current()")[0]["guard"] == "on"
    database.sql(f"SELECT {schema}.migfix_diagnose('json'), {schema}.migfix_duplicates()")
    database.sql(f"SELECT {schema}.migfix_assert()")
    database.sql("DROP EXTENSION migfix")
    assert database.guarded() == []


def test_dump_of_another_schema(database, make_database):
    database.sql("CREATE SCHEMA ops")
    database.sql("CREATE EXTENSION migfix SCHEMA ops")
    database.version_table("alembic_version", "001")
    target = make_database("lifecycle_target")
    target.restore(database.dump())
    assert target.guarded() == ["alembic_version"]
    assert target.log() == database.log()
    assert target.error("INSERT INTO alembic_version VALUES ('001')").pgcode == "23505"


def test_does_not_move(database):
    """The schema migfix stands where it is, so ALTER EXTENSION … SET SCHEMA has to say no."""
    database.version_table("alembic_version", "001")
    database.sql("CREATE EXTENSION migfix")
    database.sql("CREATE SCHEMA ops")
    assert database.error("ALTER EXTENSION migfix SET SCHEMA ops").pgcode == "0A000"
    assert database.error("INSERT INTO alembic_version VALUES ('001')").pgcode == "23505"
