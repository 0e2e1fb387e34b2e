"""What fails leaves nothing behind: 20,000 failing calls of each kind beside a plpgsql control that raises as
often, in one session, judged by the memory contexts and by the process as the kernel sees it.
"""

import pathlib

import psycopg2
import pytest

CALLS = 20_000
WARM_UP = 500
TOP_LEVEL_CALLS = 1_000
# What a kind may grow by beyond its control: bytes for each call, and what malloc's own ways may add.
MARGIN_PER_CALL = 20
MARGIN = 200_000

# SQLSTATE and statement. An attempt that swallows an error succeeds; then the loop raises P0001 itself.
KINDS = {
    "version recorded already, by INSERT": ("23505", "INSERT INTO alembic_version VALUES ('001')"),
    "version recorded already, by UPDATE": (
        "23505",
        "UPDATE alembic_version SET version_num = '001' WHERE version_num = '002'",
    ),
    "impossible revision": ("23514", "INSERT INTO alembic_version VALUES ('head')"),
    "failing stamp": ("55000", "SELECT * FROM migfix_stamp('003')"),
    "failing undo": ("55000", "SELECT * FROM migfix_undo(1)"),
    "unknown format": ("22023", "SELECT * FROM migfix_diagnose('xml')"),
    "wrong version table": ("42809", "SELECT * FROM migfix_stamp('003', version_table => 'a_view')"),
    "error of the server in SPI": ("P0001", "SELECT * FROM migfix_stamp('003', version_table => 'refusing')"),
    "error of the server in a call": ("42704", "SELECT * FROM migfix_findings(role => 'nobody_at_all')"),
    "swallowed error": ("P0001", "UPDATE broken.alembic_version SET version_num = version_num || 'x'"),
}

SETUP = """
CREATE EXTENSION migfix;
CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY);
INSERT INTO alembic_version VALUES ('001');
CREATE VIEW a_view AS SELECT version_num FROM alembic_version;

CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'refused'; END $$;
CREATE TABLE refusing (version_num varchar(32) PRIMARY KEY);
CREATE TRIGGER refuse BEFORE INSERT ON refusing FOR EACH ROW EXECUTE FUNCTION refuse();

CREATE FUNCTION control(code text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  RAISE 'version "001" is already recorded in public.alembic_version' USING ERRCODE = code,
    DETAIL = 'It was recorded 2026-11-22 10:03:07+00 by role appuser (application "alembic", pid 4711).',
    HINT = 'What else is out of step: SELECT migfix_diagnose();';
END $$;

-- The control of a swallowed error: a trigger that swallows one.
CREATE TABLE control_table (version_num text);
INSERT INTO control_table VALUES ('001');
CREATE FUNCTION swallow() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  BEGIN
    PERFORM control('42703');
  EXCEPTION WHEN OTHERS THEN
    RAISE WARNING 'could not log a version: %', SQLERRM;
  END;
  RETURN new;
END $$;
CREATE TRIGGER swallow AFTER UPDATE ON control_table FOR EACH ROW EXECUTE FUNCTION swallow();

CREATE FUNCTION memory() RETURNS bigint LANGUAGE sql AS 'SELECT sum(total_bytes) FROM pg_backend_memory_contexts';

-- Runs the statement so many times, each in a block of its own; counts what it raised. What the contexts have
-- grown by is asked here, within the transaction, as what its end frees may still be a leak.
CREATE FUNCTION fail(statement text, times int, OUT caught int, OUT code text, OUT grown bigint)
LANGUAGE plpgsql AS $$
BEGIN
  caught := 0;
  grown := -memory();
  FOR i IN 1 .. times LOOP
    BEGIN
      EXECUTE statement;
      RAISE 'it went on';
    EXCEPTION WHEN OTHERS THEN
      caught := caught + 1;
      code := SQLSTATE;
    END;
  END LOOP;
  grown := grown + memory();
END $$;
"""


@pytest.fixture
def session(database):
    database.sql(SETUP)
    # The first change, which later ones keep from being undone.
    assert database.value("SELECT min(log_id) FROM migfix.version_log") == 1
    database.sql("INSERT INTO alembic_version VALUES ('002')")
    # A version table whose changes cannot be logged.
    database.sql("CREATE SCHEMA broken")
    database.sql("CREATE TABLE broken.alembic_version (version_num text)")
    database.sql("INSERT INTO broken.alembic_version VALUES ('b')")
    database.sql(
        "CREATE FUNCTION refuse_broken() RETURNS trigger LANGUAGE plpgsql AS"
        " 'BEGIN IF new.version_table LIKE ''broken.%%'' THEN RAISE ''refused''; END IF; RETURN new; END'"
    )
    database.sql(
        "CREATE TRIGGER refuse_broken BEFORE INSERT ON migfix.version_log"
        " FOR EACH ROW EXECUTE FUNCTION refuse_broken()"
    )
    database.sql("UPDATE broken.alembic_version SET version_num = 'b'")
    database.notices()
    database.sql("UPDATE broken.alembic_version SET version_num = 'c'")
    assert any(notice.startswith("WARNING:  migfix could not log a version: refused") for notice in database.notices())
    database.sql("SET client_min_messages = error; SET log_min_messages = fatal; SET log_min_error_statement = panic")
    return database


def anonymous_memory(database):
    """Bytes of the backend that no file stands behind, as the kernel counts them."""
    status = pathlib.Path(f"/proc/{database.connection.get_backend_pid()}/status").read_text()
    (line,) = [line for line in status.splitlines() if line.startswith("RssAnon:")]
    return int(line.split()[1]) * 1024


CONTROLS = {
    False: ("22000", "SELECT control('22000')"),
    True: ("P0001", "UPDATE control_table SET version_num = version_num || 'x'"),
}


def growth(database, measured):
    """What the call made grow: the contexts, and the process."""
    contexts, process = database.value("SELECT memory()"), anonymous_memory(database)
    measured()
    return {
        "contexts": database.value("SELECT memory()") - contexts,
        "process": anonymous_memory(database) - process,
    }


def leak_of(grow, control, margin):
    """What grows by more than the control and the margin each time: what malloc, or a cache that is built again,
    adds once is no leak."""
    for _ in range(3):
        leak = {what: size for what, size in grow().items() if size > control[what] + margin}
        if not leak:
            break
    return leak


def in_one_transaction(database, statement, code):
    answer = {}

    def measured():
        answer.update(database.sql("SELECT * FROM fail(%s, %s)", statement, CALLS)[0])

    database.sql("SELECT * FROM fail(%s, %s)", statement, WARM_UP)
    grown = growth(database, measured)
    assert (answer["caught"], answer["code"]) == (CALLS, code), statement
    return {**grown, "contexts within the transaction": answer["grown"]}


def at_the_top(database, statement, code):
    def times(count):
        with database.connection.cursor() as cursor:
            for _ in range(count):
                try:
                    cursor.execute(statement)
                    assert code == "P0001", statement  # a swallowed error
                except psycopg2.Error as error:
                    assert error.pgcode == code, statement

    times(100)
    return growth(database, lambda: times(TOP_LEVEL_CALLS))


@pytest.mark.parametrize("way", [in_one_transaction, at_the_top])
def test_nothing_is_left(session, way):
    leaks = {}
    margin = MARGIN + MARGIN_PER_CALL * (CALLS if way is in_one_transaction else TOP_LEVEL_CALLS)
    controls = {swallows: way(session, statement, code) for swallows, (code, statement) in CONTROLS.items()}
    for kind, (code, statement) in KINDS.items():
        control = controls[kind == "swallowed error"]
        leaks[kind] = leak_of(lambda: way(session, statement, code), control, margin)
        print(f"{kind}: {leaks[kind]}, control {control}")
    assert not any(leaks.values()), leaks
    assert session.values("SELECT version_num FROM alembic_version ORDER BY 1") == ["001", "002"]


def test_reports_leave_nothing(session):
    """Not only what fails: the reports themselves, and the assertion that raises for what they find."""
    session.sql("CREATE SCHEMA tenant; CREATE TABLE tenant.alembic_version (version_num text);"
                " CREATE TABLE tenant.people (id int); CREATE TYPE tenant.mood AS ENUM ('good')")
    # One call a transaction: a report's own memory may live until the statement ends.
    def times(count):
        for _ in range(count):
            session.sql("SELECT migfix_diagnose()")
            session.sql("SELECT * FROM migfix_current()")
            assert session.error("SELECT migfix_assert('notice')").pgcode == "P0001"

    times(20)
    assert not leak_of(lambda: growth(session, lambda: times(100)), {"contexts": 0, "process": 0}, MARGIN)
