"""The guard's own failure is its smallest failure: whatever is broken in migfix, writes and DDL go on."""

import time

import psycopg2
import pytest

from conftest import Background

PLEASE_REPORT = "This is a failure of migfix itself; the statement goes on without it."

# What a superuser may do to the log with the guard off; no error of the server's own makes any of it harmless.
BREAKAGES = {
    "table renamed": "ALTER TABLE migfix.version_log RENAME TO other_log",
    "table moved": "ALTER EXTENSION migfix DROP TABLE migfix.version_log; ALTER TABLE migfix.version_log SET SCHEMA public",
    "table dropped": "ALTER EXTENSION migfix DROP TABLE migfix.version_log; DROP TABLE migfix.version_log",
    "column dropped": "ALTER TABLE migfix.version_log DROP COLUMN statement",
    "column renamed": "ALTER TABLE migfix.version_log RENAME COLUMN new_version TO newer_version",
    "column of another type": "ALTER TABLE migfix.version_log ALTER COLUMN statement TYPE int USING 0",
    "column added that must not be null": "ALTER TABLE migfix.version_log ADD COLUMN more int NOT NULL DEFAULT 0;"
    " ALTER TABLE migfix.version_log ALTER COLUMN more DROP DEFAULT",
    "constraint that nothing passes": "ALTER TABLE migfix.version_log ADD CHECK (log_id < 0) NOT VALID",
    "sequence renamed": "ALTER SEQUENCE migfix.version_log_log_id_seq RENAME TO other_seq",
    "sequence at its end": "ALTER SEQUENCE migfix.version_log_log_id_seq MAXVALUE 100 RESTART 100 NO CYCLE;"
    " SELECT nextval('migfix.version_log_log_id_seq')",
    "trigger on the log that raises": "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql"
    " AS 'BEGIN RAISE ''not today''; END';"
    " CREATE TRIGGER refuse BEFORE INSERT ON migfix.version_log FOR EACH ROW EXECUTE FUNCTION refuse()",
    "log a view": "ALTER EXTENSION migfix DROP TABLE migfix.version_log;"
    " ALTER TABLE migfix.version_log RENAME TO real_log;"
    " CREATE VIEW migfix.version_log AS SELECT log_id + 0 AS log_id FROM migfix.real_log",
    "schema renamed": "ALTER SCHEMA migfix RENAME TO other",
    "owner without rights": "CREATE ROLE {role}; ALTER TABLE migfix.version_log OWNER TO {role};"
    " REVOKE ALL ON migfix.version_log FROM {role}",
}


@pytest.fixture
def role(database):
    name = "lifecycle_powerless"
    yield name
    exists = database.values("SELECT 1 FROM pg_roles WHERE rolname = %s", name)
    if exists:
        database.sql(f"REASSIGN OWNED BY {name} TO postgres; DROP OWNED BY {name}; DROP ROLE {name}")


def warnings(session):
    return [notice for notice in session.notices() if notice.startswith("WARNING:  migfix could not ")]


@pytest.mark.parametrize("breakage", BREAKAGES)
def test_version_writes_and_ddl_go_on(database, role, breakage):
    database.sql("CREATE EXTENSION migfix")
    database.version_table("alembic_version", "001")
    database.sql("CREATE SCHEMA tenant")
    backend = database.value("SELECT pg_backend_pid()")
    database.sql("SET migfix.guard = off")
    database.sql("BEGIN")
    database.sql(BREAKAGES[breakage].format(role=role))
    database.sql("COMMIT")
    database.sql("RESET migfix.guard")
    database.notices()

    # In this session, which has plans of the log, and in one that has none.
    for session, first, second in ((database, "002", "003"), (database.session(), "004", "005")):
        session.sql("UPDATE alembic_version SET version_num = %s", first)
        said = warnings(session)
        assert said and PLEASE_REPORT in said[0], breakage
        session.sql("INSERT INTO alembic_version VALUES ('other')")
        assert warnings(session)
        session.sql("BEGIN")
        session.sql("DELETE FROM alembic_version WHERE version_num = 'other'")
        session.sql("UPDATE alembic_version SET version_num = %s", second)
        session.sql("CREATE TABLE people (id int)")
        session.sql("COMMIT")
        assert warnings(session)
        assert session.values("SELECT version_num FROM alembic_version") == [second]
        session.sql("DROP TABLE people")

        # Verdicts need no log.
        error = session.error("INSERT INTO alembic_version VALUES (%s)", second)
        assert error.pgcode == "23505", error
        assert session.error("INSERT INTO alembic_version VALUES ('head')").pgcode in ("23514", "23505")
        session.notices()

        session.sql("ALTER TABLE alembic_version RENAME TO alembic_version_2")
        session.sql("ALTER TABLE alembic_version_2 RENAME TO alembic_version")
        session.sql("CREATE TABLE tenant.alembic_version (version_num varchar(32) PRIMARY KEY)")
        session.sql("INSERT INTO tenant.alembic_version VALUES ('t1')")
        session.sql("TRUNCATE tenant.alembic_version")
        session.sql("DROP TABLE tenant.alembic_version")
        assert warnings(session)
    assert database.value("SELECT pg_backend_pid()") == backend

    # What is asked for by name may fail, but says why and changes nothing.
    rows = database.values("SELECT version_num FROM alembic_version")
    for call in ("migfix_stamp('x', purge => true)", "migfix_undo(1)", "migfix_diagnose()", "migfix_findings()",
                 "migfix_current()", "migfix_assert('error')", "migfix_protect('alembic_version')",
                 "migfix_unprotect('alembic_version')", "migfix_duplicates()"):
        database.sql("BEGIN")
        try:
            database.sql(f"SELECT * FROM {call}")
        except Exception as error:
            assert error.pgcode not in (None, "XX000"), (call, error)
        database.sql("ROLLBACK")
    assert database.value("SELECT pg_backend_pid()") == backend
    assert database.values("SELECT version_num FROM alembic_version") == rows


def test_one_warning_says_what_and_why(database):
    database.sql("CREATE EXTENSION migfix")
    database.version_table("alembic_version", "001")
    database.sql("SET migfix.guard = off; ALTER TABLE migfix.version_log RENAME TO other_log; RESET migfix.guard")
    database.notices()
    database.sql("UPDATE alembic_version SET version_num = '002'")
    (said,) = database.notices()
    assert said == (
        "WARNING:  migfix could not log a version: relation migfix.version_log does not exist\n"
        f"DETAIL:  {PLEASE_REPORT}\n"
        "HINT:  Please report it, with what SELECT migfix_diagnose(); says.\n"
    )


def test_a_sequence_behind_the_log(database):
    """One write may find its number taken; the next ones are logged again."""
    database.sql("CREATE EXTENSION migfix")
    database.version_table("alembic_version", "001")
    database.sql("ALTER SEQUENCE migfix.version_log_log_id_seq RESTART 1")
    database.notices()
    database.sql("UPDATE alembic_version SET version_num = '002'")
    (said,) = warnings(database)
    assert "duplicate key value" in said
    database.sql("UPDATE alembic_version SET version_num = '003'")
    assert warnings(database) == []
    assert [(entry["log_id"], entry["new_version"]) for entry in database.log()] == [(1, "001"), (2, "003")]


def test_the_role_of_the_writer_does_not_matter(database, role):
    """Who may write the version table need not know of the log, broken or not."""
    database.sql("CREATE EXTENSION migfix")
    database.version_table("alembic_version", "001")
    database.sql(f"CREATE ROLE {role}; GRANT SELECT, INSERT, UPDATE, DELETE ON alembic_version TO {role}")
    database.sql("REVOKE ALL ON SCHEMA migfix FROM PUBLIC")
    database.notices()
    database.sql(f"SET ROLE {role}")
    database.sql("UPDATE alembic_version SET version_num = '002'")
    assert database.notices() == []
    database.sql("RESET ROLE")
    (entry,) = database.sql('SELECT "current_role", new_version FROM migfix.version_log ORDER BY log_id DESC LIMIT 1')
    assert entry == {"current_role": role, "new_version": "002"}


def test_a_broken_version_table(database):
    """The guard stays on a table whose column is gone or of another type: nothing to judge, nothing to break."""
    database.sql("CREATE EXTENSION migfix")
    database.version_table("alembic_version", "001")
    database.sql("ALTER TABLE alembic_version ADD COLUMN id int DEFAULT 1")
    database.sql("INSERT INTO alembic_version VALUES ('002', 2)")
    database.sql("ALTER TABLE alembic_version DROP COLUMN version_num")
    database.sql("INSERT INTO alembic_version VALUES (3)")
    database.sql("UPDATE alembic_version SET id = 4 WHERE id = 3")
    database.sql("DELETE FROM alembic_version WHERE id = 4")
    database.sql("ALTER TABLE alembic_version ADD COLUMN version_num int")
    database.sql("INSERT INTO alembic_version VALUES (5, 5)")
    database.sql("TRUNCATE alembic_version")
    database.sql("SELECT migfix_diagnose()")
    database.sql("DROP TABLE alembic_version")


def test_a_function_of_the_guard_replaced(database):
    """A trigger function that has become SQL of somebody's own: nothing of migfix runs, nothing crashes."""
    database.sql("CREATE EXTENSION migfix")
    database.version_table("alembic_version", "001")
    database.sql("CREATE OR REPLACE FUNCTION migfix_log_row() RETURNS trigger LANGUAGE plpgsql AS"
                 " 'BEGIN RETURN NULL; END'")
    database.sql("UPDATE alembic_version SET version_num = '002'")
    database.sql("SELECT migfix_diagnose(), migfix_duplicates()")
    database.sql("DROP TABLE alembic_version")


def test_guard_functions_called_by_hand(database):
    database.sql("CREATE EXTENSION migfix")
    database.sql("CREATE TABLE plain (id int, version_num text)")
    for function in ("migfix_guard_row", "migfix_log_row", "migfix_log_truncate"):
        assert database.error(f"SELECT {function}()").pgcode == "39P01"
        for timing in ("BEFORE INSERT OR UPDATE OR DELETE ON plain FOR EACH ROW",
                       "AFTER INSERT OR UPDATE OR DELETE ON plain FOR EACH ROW",
                       "BEFORE INSERT OR UPDATE OR DELETE ON plain",
                       "AFTER TRUNCATE ON plain"):
            database.sql(f"CREATE TRIGGER wrong {timing} EXECUTE FUNCTION {function}()")
            for statement in ("INSERT INTO plain VALUES (1, 'a')", "UPDATE plain SET version_num = 'b'",
                              "DELETE FROM plain", "TRUNCATE plain"):
                try:
                    database.sql(statement)
                except Exception as error:
                    assert error.pgcode not in (None, "XX000"), (function, timing, statement, error)
            database.sql("DROP TRIGGER wrong ON plain")
    for function in ("migfix_ddl_start", "migfix_ddl_end", "migfix_ddl_drop"):
        assert database.error(f"SELECT {function}()").pgcode == "39P03"


# The same of the other log, of which DDL alone depends.
DDL_BREAKAGES = {
    "table renamed": "ALTER TABLE migfix.ddl_log RENAME TO other_log",
    "table moved": "ALTER EXTENSION migfix DROP TABLE migfix.ddl_log; ALTER TABLE migfix.ddl_log SET SCHEMA public",
    "column dropped": "ALTER TABLE migfix.ddl_log DROP COLUMN statement",
    "column of another type": "ALTER TABLE migfix.ddl_log ALTER COLUMN pid TYPE bigint",
    "column added that must not be null": "ALTER TABLE migfix.ddl_log ADD COLUMN more int NOT NULL DEFAULT 0;"
    " ALTER TABLE migfix.ddl_log ALTER COLUMN more DROP DEFAULT",
    "no key": "ALTER TABLE migfix.ddl_log DROP CONSTRAINT ddl_log_pkey",
    "index on an expression that raises": "CREATE FUNCTION refuse(text) RETURNS int LANGUAGE plpgsql IMMUTABLE"
    " AS 'BEGIN RAISE ''not today''; END'; CREATE INDEX ON migfix.ddl_log (refuse(statement)) WHERE log_id > 1000000",
    "unique index": "DELETE FROM migfix.ddl_log; CREATE UNIQUE INDEX ON migfix.ddl_log (pid)",
    "sequence renamed": "ALTER SEQUENCE migfix.ddl_log_log_id_seq RENAME TO other_seq",
    "sequence at its end": "ALTER SEQUENCE migfix.ddl_log_log_id_seq MAXVALUE 100 RESTART 100 NO CYCLE;"
    " SELECT nextval('migfix.ddl_log_log_id_seq')",
    "log a view": "ALTER EXTENSION migfix DROP TABLE migfix.ddl_log;"
    " ALTER TABLE migfix.ddl_log RENAME TO real_log;"
    " CREATE VIEW migfix.ddl_log AS SELECT log_id + 0 AS log_id FROM migfix.real_log",
    "schema renamed": "ALTER SCHEMA migfix RENAME TO other",
}


@pytest.mark.parametrize("breakage", DDL_BREAKAGES)
def test_ddl_goes_on(database, breakage):
    database.sql("CREATE EXTENSION migfix")
    database.version_table("alembic_version", "001")
    database.sql("SET migfix.guard = off")
    database.sql(DDL_BREAKAGES[breakage])
    database.sql("RESET migfix.guard")
    database.notices()
    for session in (database, database.session()):
        session.sql("BEGIN")
        session.sql("CREATE TABLE people (id serial PRIMARY KEY)")
        said = warnings(session)
        assert said and said[0].startswith("WARNING:  migfix could not log a DDL command: "), said
        assert PLEASE_REPORT in said[0]
        session.sql("UPDATE alembic_version SET version_num = '002'")
        session.sql("COMMIT")
        session.sql("ALTER TABLE people ADD COLUMN name text")
        session.sql("DROP TABLE people")
        session.sql("UPDATE alembic_version SET version_num = '001'")
        assert warnings(session)


def test_the_ddl_log_takes_what_a_superuser_adds(database):
    """More columns and plain indexes are no reason not to log; what would run code or refuse an entry is not asked."""
    database.sql("CREATE EXTENSION migfix")
    database.sql("ALTER TABLE migfix.ddl_log ADD COLUMN seen boolean")
    database.sql("CREATE INDEX ON migfix.ddl_log (logged_at)")
    database.sql("ALTER TABLE migfix.ddl_log ADD CHECK (pid < 0) NOT VALID")
    database.sql("CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE ''not today''; END'")
    database.sql("CREATE TRIGGER refuse BEFORE INSERT ON migfix.ddl_log FOR EACH ROW EXECUTE FUNCTION refuse()")
    database.sql("SELECT migfix_forget_log('infinity')")
    database.sql("CREATE TABLE people (id int)")
    assert not warnings(database)
    assert database.values("SELECT object_identity FROM migfix.ddl_log") == ["public.people"]


def test_a_sequence_behind_the_ddl_log(database):
    """A number that is taken costs an entry, and the next ones are logged again."""
    database.sql("CREATE EXTENSION migfix")
    database.sql("CREATE TABLE one (id int)")
    last = database.value("SELECT max(log_id) FROM migfix.ddl_log")
    database.sql(f"SELECT setval('migfix.ddl_log_log_id_seq', {last}, false)")
    database.notices()
    database.sql("CREATE TABLE two (id int)")
    (said,) = warnings(database)
    assert f"log_id {last} is taken: the sequence is behind migfix.ddl_log" in said
    database.sql("CREATE TABLE three (id int)")
    assert not warnings(database)
    assert database.values("SELECT object_identity FROM migfix.ddl_log ORDER BY log_id") == ["public.one", "public.three"]

    # Of a command whose second number is taken nothing is left, and what comes after finds it by the index too.
    last = database.value("SELECT max(log_id) FROM migfix.ddl_log")
    database.sql(f"SELECT setval('migfix.ddl_log_log_id_seq', {last - 1})")
    database.sql(f"UPDATE migfix.ddl_log SET log_id = {last + 1} WHERE log_id = {last}")
    database.sql("CREATE TABLE four (id int PRIMARY KEY, name text UNIQUE)")
    (said,) = warnings(database)
    assert f"log_id {last + 1} is taken" in said
    database.sql("CREATE TABLE five (id int)")
    assert not warnings(database)
    for plan in ("on", "off"):
        database.sql(f"SET enable_seqscan = {plan}")
        logged = database.values("SELECT object_identity FROM migfix.ddl_log WHERE log_id > 0 ORDER BY log_id")
        assert logged == ["public.one", "public.three", "public.five"]


def test_a_role_that_is_dropped_while_its_session_goes_on(database, role):
    """The server lets it go on under another role; so does the log."""
    database.sql("CREATE EXTENSION migfix")
    database.sql(f"CREATE ROLE {role} IN ROLE postgres")
    oid = database.value("SELECT oid FROM pg_roles WHERE rolname = %s", role)
    session = database.session()
    session.sql(f"SET SESSION AUTHORIZATION {role}")
    session.sql("SET ROLE postgres")
    database.sql(f"DROP ROLE {role}")
    session.sql("CREATE TABLE people (id int)")
    assert not warnings(session)
    assert database.sql(
        'SELECT session_role, "current_role" FROM migfix.ddl_log WHERE object_identity = %s', "public.people"
    ) == [{"session_role": str(oid), "current_role": "postgres"}]


WAITS = {
    "migfix.version_log": ["UPDATE alembic_version SET version_num = '002'", "DROP TABLE alembic_version",
                           "ALTER TABLE alembic_version RENAME TO old",
                           "CREATE TABLE tenant.alembic_version (version_num text)"],
    "migfix.ddl_log": ["CREATE TABLE people (id int)", "DROP TABLE plain"],
    # What the commit is judged by: without it the overlap of two rows would be let through.
    "migfix.revision": ["INSERT INTO alembic_version VALUES ('002')"],
    "migfix.version_table_environment": ["INSERT INTO alembic_version VALUES ('002')"],
}


@pytest.mark.parametrize("setting, sqlstate", [("lock_timeout", "55P03"), ("statement_timeout", "57014")])
def test_a_timeout_stays_one(database, setting, sqlstate):
    """What somebody set a limit for is not done without the guard or the log because of it."""
    database.sql("CREATE EXTENSION migfix")
    database.version_table("alembic_version", "001")
    database.sql("CREATE SCHEMA tenant; CREATE TABLE plain (id int)")
    database.sql("SELECT migfix_register('001'), migfix_register('002', '{001}')")
    log = database.log()
    ddl_log = "SELECT count(*) FROM migfix.ddl_log"
    logged = database.value(ddl_log)
    holder = database.session()
    for table, statements in WAITS.items():
        if setting == "statement_timeout" and "log" not in table:
            continue  # PostgreSQL takes that timeout off before it commits
        holder.sql("BEGIN")
        holder.sql(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
        for statement in statements:
            session = database.session(options=f"-c {setting}=150ms")
            error = session.error(statement)
            assert error.pgcode == sqlstate, (table, statement, error)
            assert not warnings(session)
            session.close()
        holder.sql("ROLLBACK")
    assert database.values("SELECT version_num FROM alembic_version") == ["001"]
    assert (database.log(), database.value(ddl_log)) == (log, logged)


def test_a_version_table_dropped_while_a_runner_waits_for_it(database):
    """It has read the rows, and its DDL waits for whom the table is dropped by: told as by the first DDL of any
    runner that was overtaken, and no failure of migfix."""
    database.sql("CREATE EXTENSION migfix")
    database.version_table("alembic_version", "001")
    runner = database.session()
    runner.sql("LOAD 'migfix'; SELECT 1")
    runner.sql("SELECT alembic_version.version_num \nFROM alembic_version")
    database.sql("BEGIN")
    database.sql("DROP TABLE alembic_version")
    waits = Background(lambda: runner.sql("CREATE TABLE people (id int)"))
    time.sleep(0.5)
    assert waits.is_alive()
    database.sql("COMMIT")
    with pytest.raises(psycopg2.Error) as raised:
        waits.finish()
    assert raised.value.pgcode == "40001"
    assert not warnings(runner)
    runner.sql("CREATE TABLE people (id int)")


def test_what_the_server_refuses_is_no_failure_of_migfix(database, role):
    """Commands on what the role may not look at, and on names that are none: one error, the server's own."""
    database.sql("CREATE EXTENSION migfix")
    database.sql(f"CREATE ROLE {role}; CREATE SCHEMA hidden; CREATE TABLE hidden.t (id int)")
    database.version_table("hidden.alembic_version")
    database.sql(f"SET ROLE {role}")
    for statement, sqlstate in {
        "ALTER TABLE hidden.t RENAME TO u": "42501",
        "ALTER TABLE hidden.alembic_version RENAME TO u": "42501",
        "ALTER TABLE hidden.t SET SCHEMA public": "42501",
        "ALTER TABLE hidden.t DROP COLUMN id": "42501",
        "ALTER TRIGGER migfix_log_row ON hidden.t RENAME TO x": "42501",
        "CREATE TRIGGER migfix_log_row AFTER INSERT ON hidden.t EXECUTE FUNCTION migfix_log_row()": "42501",
        "ALTER FUNCTION hidden.migfix_x() RENAME TO y": "42501",
        "ALTER TABLE other_database.public.t RENAME TO u": "0A000",
        "ALTER TABLE other_database.public.alembic_version RENAME TO u": "0A000",
    }.items():
        error = database.error(statement)
        assert error.pgcode == sqlstate, (statement, error)
        assert not warnings(database), statement
    database.sql("RESET ROLE")
