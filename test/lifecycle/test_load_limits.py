"""Loading what is far too much, and stopping it: quick, bounded in memory, and nothing is left behind."""

import pathlib
import threading
import time

import psycopg2
import pytest

from conftest import Database

MEGABYTE = 1_000_000
HUGE = 100_000  # revisions
# What a cancelled statement may go on for. It is far less; this is no measurement.
SOON = 20


def script(number, parents):
    return (
        f'"""message {number}"""\nfrom alembic import op\nrevision = "r{number:06d}"\n'
        f"down_revision = {parents}\n"
        f'def upgrade():\n    op.execute("CREATE TABLE t{number} (a int)")\n'
    )


def project(count):
    """One line of revisions, with a branch and its merge in every ten of them."""

    def parents(number):
        if number == 0:
            return None
        if number % 10 == 5:
            return repr(f"r{number - 2:06d}")
        if number % 10 == 6:
            return repr((f"r{number - 1:06d}", f"r{number - 2:06d}"))
        return repr(f"r{number - 1:06d}")

    return "".join(script(number, parents(number)) for number in range(count))


@pytest.fixture(scope="module")
def huge():
    return project(HUGE)


def peak_memory(session):
    """Bytes that the backend's private and shared pages have come to at most, as the kernel counts them."""
    status = pathlib.Path(f"/proc/{session.connection.get_backend_pid()}/status").read_text()
    (line,) = [line for line in status.splitlines() if line.startswith("VmHWM:")]
    return int(line.split()[1]) * 1024


def cancelled(session, statement, *values, after):
    """Runs a statement that ends by statement_timeout, `after` so many milliseconds."""
    session.sql(f"SET statement_timeout = {after}")
    began = time.monotonic()
    error = session.error(statement, *values)
    assert error.pgcode == "57014", error
    assert time.monotonic() - began < after / 1000 + SOON
    session.sql("SET statement_timeout = 0")


LOAD = "SELECT count(*) FROM migfix_load_scripts(%s)"


def test_a_hundred_thousand_revisions(database, huge):
    database.sql("CREATE EXTENSION migfix")
    database.version_table("alembic_version", "r000000")
    before = peak_memory(database)

    # Stopped at any time, it has loaded nothing.
    for after in (20, 300, 1500, 3000):
        cancelled(database, LOAD, huge, after=after)
        assert database.value("SELECT count(*) FROM migfix.revision") == 0
        assert database.error("SELECT migfix_heads('default')").pgcode == "42704"

    assert database.value(LOAD, huge) == HUGE
    loading = peak_memory(database) - before
    # The text itself, what was read from it, the rows to be written: so many times the text.
    assert loading < 60 * len(huge), loading
    assert database.value("SELECT count(*) FROM migfix.revision_statement") == HUGE

    # It can be walked, and stamped.
    last = f"r{HUGE - 1:06d}"
    assert database.values("SELECT revision FROM migfix_heads()") == [last]
    history = database.values("SELECT revision FROM migfix_history()")
    assert len(history) == HUGE and history[0] == last and history[-1] == "r000000"
    assert len(database.values(f"SELECT migfix_history('r0{HUGE // 2}:{last}')")) == HUGE // 2
    few = database.values("SELECT revision FROM migfix_history('r000010:r000010+2')")
    assert few == ["r000012", "r000011", "r000010"]
    drawn = database.values("SELECT migfix_graph()")
    assert sum(1 for line in drawn if " r0" in line) == HUGE
    for form in ("dot", "mermaid"):
        assert len(database.values("SELECT migfix_graph(%s)", form)) > HUGE
    for identifier, row in (("head", last), ("r000003-3", "r000000"), ("r000010+3", "r000013")):
        database.sql("SELECT * FROM migfix_stamp(%s)", identifier)
        assert database.values("SELECT version_num FROM alembic_version") == [row]
    assert database.error("SELECT migfix_stamp('r00001')").pgcode == "42704"
    (current,) = database.sql("SELECT * FROM migfix_current()")
    assert (current["known"], current["head"]) == (True, False) and current["behind"] > HUGE - 20
    database.sql("UPDATE alembic_version SET version_num = 'r000020'")
    assert database.error("INSERT INTO alembic_version VALUES ('r000019')").pgcode == "23514"
    assert peak_memory(database) - before < 60 * len(huge)

    # The same again in the same session takes no more.
    twice = [database.value(LOAD, huge) and peak_memory(database) for _ in range(2)]
    assert twice[1] - twice[0] < 3 * len(huge), twice

    # Stopped while the graph is read, drawn, walked.
    for statement in ("SELECT migfix_heads()", "SELECT migfix_history()", "SELECT migfix_graph()",
                      "SELECT migfix_graph('dot')", "SELECT migfix_stamp('head')", "SELECT migfix_current()"):
        cold = database.session()
        cancelled(cold, statement, after=30)
        assert database.values("SELECT version_num FROM alembic_version") == ["r000020"], statement
    for statement in ("SELECT migfix_history()", "SELECT migfix_graph('dot')"):
        warm = database.session()
        warm.sql("SELECT migfix_heads()")
        cancelled(warm, statement, after=20)


def test_ctrl_c(database, huge):
    """pg_cancel_backend, as psql's Ctrl-C; the session goes on."""
    database.sql("CREATE EXTENSION migfix")
    other = database.session()
    pid = database.connection.get_backend_pid()

    def cancel(delay):
        # The text takes its time to arrive; before that there is nothing to cancel.
        running = "SELECT state = 'active' FROM pg_stat_activity WHERE pid = %s"
        while not next(iter(other.sql(running, pid)[0].values())):
            time.sleep(0.02)
        time.sleep(delay)
        other.sql("SELECT pg_cancel_backend(%s)", pid)

    for delay in (0.2, 1.0):
        timer = threading.Thread(target=cancel, args=(delay,))
        timer.start()
        began = time.monotonic()
        assert database.error(LOAD, huge).pgcode == "57014"
        assert time.monotonic() - began < delay + SOON
        timer.join()
    assert database.value(LOAD, project(10)) == 10


# What stands in 100 MB, and what is said of it.
LARGE = {
    "brackets": ("repeat('(', {size})", "syntax"),
    "statements": (r"repeat(E'x = 1\n', {size} / 6)", "syntax"),
    "control characters": (r"repeat(E'\x01\x7f$& ', {size} / 5)", "syntax"),
    "an open string": ("repeat('\"', {size})", "syntax"),
    "one literal": (
        "E'from alembic import op\\nrevision = \"a\"\\ndown_revision = None\\ndef upgrade():\\n  op.execute(\"'"
        " || repeat('x', {size}) || E'\")\\n'",
        "added",
    ),
    "a long list": (
        "E'revision = \"a\"\\ndown_revision = [' || repeat('\"b\",', {size} / 4) || ']'",
        "syntax",
    ),
}


@pytest.mark.parametrize("what", LARGE)
def test_a_hundred_megabytes(database, what):
    text, state = LARGE[what]
    size = 100 * MEGABYTE
    database.sql("CREATE EXTENSION migfix")
    database.sql("SET statement_timeout = '120s'")
    # A value that the server makes, so that neither the client nor a table takes part.
    (answer,) = database.sql(f"SELECT * FROM migfix_load_scripts({text.format(size=size)})")
    assert answer["state"] == state, answer
    assert len(answer["reason"] or "") < 1000
    assert peak_memory(database) < 12 * size, peak_memory(database)
    if what != "brackets":  # the end of those comes first
        cancelled(database, f"SELECT * FROM migfix_load_scripts({text.format(size=size)})", after=300)


def test_a_long_list_of_small_problems(database):
    """Every file is said something of, and no more than that."""
    database.sql("CREATE EXTENSION migfix")
    text = "".join(f"# file: {number}.py\nrevision = {number}\ndown_revision = None\n" for number in range(20_000))
    answers = database.sql("SELECT * FROM migfix_load_scripts(%s)", text)
    assert [answer["file"] for answer in answers] == [f"{number}.py" for number in range(20_000)]
    assert {answer["state"] for answer in answers} == {"invalid"}


@pytest.fixture
def encoded():
    """A function from an encoding to a session in a database that has it."""
    maintenance = psycopg2.connect(dbname="postgres")
    maintenance.autocommit = True
    cursor = maintenance.cursor()
    made = []

    def make(encoding):
        name = f"lifecycle_{encoding.lower()}"
        cursor.execute(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING '{encoding}' LOCALE 'C'")
        made.append(Database(name))
        made[-1].sql("CREATE EXTENSION migfix")
        return made[-1]

    yield make
    for database in made:
        database.close()
        cursor.execute(f"DROP DATABASE {database.name} WITH (FORCE)")
    maintenance.close()


ESCAPED = r'''
"""Größe"""
from alembic import op
revision = "gr\u00f6\u00dfe"
down_revision = None
def upgrade():
    op.execute("SELECT '\u00e4'")
    op.execute("SELECT '\u65e5\u672c'")
    op.execute("SELECT 'plain'")
'''
OUT_OF_REACH = 'revision = "\\u65e5\\u672c"\ndown_revision = None\n'


@pytest.mark.parametrize("encoding", ["LATIN1", "SQL_ASCII", "UTF8"])
def test_other_encodings(encoded, encoding):
    """What a script says by escapes is kept as far as the database has the characters."""
    database = encoded(encoding)
    # Bytes in and bytes out, and those are UTF-8.
    database.connection.set_client_encoding("SQL_ASCII" if encoding == "SQL_ASCII" else "UTF8")

    def rows(statement, text=b""):
        with database.connection.cursor() as cursor:
            cursor.execute(statement.encode() + (b"($script$" + text + b"$script$)" if text else b""))
            return [tuple(bytes(value).decode() if value is not None else None for value in row) for row in cursor]

    load = "SELECT textsend(state), textsend(revision), textsend(reason) FROM migfix_load_scripts"
    assert rows(load, ESCAPED.encode()) == [("added", "größe", None)]
    assert rows("SELECT textsend(revision), textsend(message) FROM migfix.revision") == [("größe", "Größe")]
    lacks = "op.execute: its SQL has a character that the database cannot hold" if encoding == "LATIN1" else None
    assert rows("SELECT textsend(statement), textsend(opaque) FROM migfix.revision_statement ORDER BY position") == [
        ("SELECT 'ä'", None),
        (None, lacks) if lacks else ("SELECT '日本'", None),
        ("SELECT 'plain'", None),
    ]
    assert rows(load, OUT_OF_REACH.encode()) == [
        ("invalid", None, "a name in it has a character that the database cannot hold") if lacks
        else ("added", "日本", None)
    ]
    assert rows(load, ESCAPED.encode()) == [("unchanged", "größe", None)]
    assert rows("SELECT textsend(revision) FROM migfix_heads()") == [("größe",)] + ([] if lacks else [("日本",)])
    assert rows("SELECT textsend(new_version) FROM migfix_stamp('gr', true)") == [("größe",)]
    assert rows("SELECT textsend(l) FROM migfix_graph() AS l")[0] == (
        "*  größe (head), Größe  <- public.alembic_version",
    )


def test_bytes_that_are_no_utf8(encoded):
    """A database without an encoding takes any bytes; a script of other ones than UTF-8 is refused as a whole."""
    database = encoded("SQL_ASCII")
    database.connection.set_client_encoding("SQL_ASCII")
    with database.connection.cursor() as cursor, pytest.raises(psycopg2.Error) as raised:
        cursor.execute(b"SELECT migfix_load_scripts($$revision = 'gr\xf6\xdfe'$$)")
    assert raised.value.pgcode == "22021"
    assert database.value("SELECT count(*) FROM migfix.revision") == 0
