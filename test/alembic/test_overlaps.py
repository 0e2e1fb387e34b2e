"""All 32 sets of rows over 001 <- a, 001 <- b, m(a, b) <- h: what the real Alembic makes of them, what diagnosis
says, what its fix does, and which of them the guard lets come about."""

import itertools
import re

import psycopg2
import pytest

PARENTS = {"001": (), "a": ("001",), "b": ("001",), "m": ("a", "b"), "h": ("m",)}
SUBSETS = [rows for count in range(6) for rows in itertools.combinations(PARENTS, count)]
LEGAL = [(), ("001",), ("a",), ("b",), ("m",), ("h",), ("a", "b")]


def ancestors(revision):
    below = set(PARENTS[revision])
    return below.union(*map(ancestors, below))


def overlaps(rows):
    return {(low, high) for low in rows for high in rows if low in ancestors(high)}


def name(rows):
    return "-".join(rows) or "none"


@pytest.fixture
def diamond(project):
    """The files, loaded; the version table without a row; a session in which the guard only watches."""
    for revision, parents in PARENTS.items():
        project.revision(revision, parents[0] if len(parents) == 1 else parents or None)
    database = project.database
    database.install()
    scripts = "".join(path.read_text() for path in sorted((project.path / "versions").glob("*.py")))
    answers = database.sql("SELECT revision, state FROM migfix_load_scripts(%s)", scripts)
    assert {(row["revision"], row["state"]) for row in answers} == {(revision, "added") for revision in PARENTS}
    database.sql(
        "CREATE TABLE alembic_version (version_num varchar(32) NOT NULL CONSTRAINT alembic_version_pkc PRIMARY KEY)"
    )
    database.sql("SET migfix.guard = observe")
    return project


def named_pairs(detail):
    """The overlaps that MF104 names: "001" is an ancestor of "a" and "h"; ..."""
    return {
        (low, high)
        for low, others in re.findall(r'"(\w+)" is an ancestor of ((?:"\w+"(?:, | and )?)+)', detail)
        for high in re.findall(r'"(\w+)"', others)
    }


def overlap_message(text):
    found = re.search(r"Requested revision (\w+) overlaps with other requested revisions (\w+(?:, \w+)*)", text)
    return found and (found[1], set(found[2].split(", ")))


@pytest.mark.parametrize("rows", SUBSETS, ids=name)
def test_diagnosis_names_each_overlap_and_its_fix_mends_them(diamond, rows):
    database = diamond.database
    for row in rows:
        database.sql("INSERT INTO alembic_version VALUES (%s)", row)
    first = diamond.alembic("upgrade", "head")
    if rows in LEGAL:
        assert first.rc == 0, first
        assert database.versions() == ["h"]
        assert not database.findings("MF104")
        return

    assert first.rc != 0
    assert database.versions() == sorted(rows)
    finding = database.finding("MF104")
    assert finding["severity"] == "error"
    assert named_pairs(finding["detail"]) == overlaps(rows)
    assert overlap_message(finding["detail"]) == overlap_message(first.out)
    assert '"001" was recorded ' in finding["detail"] or "001" not in rows
    assert 'application "test session"' in finding["detail"]

    database.paste(finding["fix"])
    assert not overlaps(database.versions())
    assert not database.findings("MF104")
    diamond.good("upgrade", "head")
    assert database.versions() == ["h"]
    assert not database.findings("MF104")


@pytest.mark.parametrize("rows", SUBSETS, ids=name)
def test_the_guard_lets_only_antichains_come_about(diamond, rows):
    database = diamond.database
    database.sql("SET migfix.guard = enforce")
    database.connection.autocommit = False
    with database.connection.cursor() as cursor:
        for row in rows:
            cursor.execute("INSERT INTO alembic_version VALUES (%s)", [row])
        if rows in LEGAL:
            database.connection.commit()
        else:
            with pytest.raises(psycopg2.Error) as rejected:
                database.connection.commit()
            assert rejected.value.pgcode == "23514"
            low, high = re.search(r'version "(\w+)" overlaps with version "(\w+)"', str(rejected.value)).group(2, 1)
            assert (low, high) in overlaps(rows)
            assert "SELECT * FROM migfix_stamp(" in rejected.value.diag.message_hint
    database.connection.rollback()
    database.connection.autocommit = True
    assert database.versions() == (sorted(rows) if rows in LEGAL else [])


@pytest.mark.parametrize("row, into", [("001", ("h",)), ("h", ("001",)), ("m", ("a", "b"))])
def test_the_hint_works_as_printed(diamond, row, into):
    """A row beside what was there; then what the hint says, which leaves a state that Alembic starts from."""
    database = diamond.database
    database.sql("SET migfix.guard = enforce")
    for version in into:
        database.sql("INSERT INTO alembic_version VALUES (%s)", version)
    with pytest.raises(psycopg2.Error) as rejected:
        database.sql("INSERT INTO alembic_version VALUES (%s)", row)
    assert rejected.value.pgcode == "23514"
    assert database.versions() == sorted(into)
    database.paste(rejected.value.diag.message_hint.splitlines()[-1])
    assert not database.findings("MF104")
    diamond.good("upgrade", "head")
    assert database.versions() == ["h"]


def test_an_overlap_from_before_does_not_stop_others(diamond):
    """The guard warns of what it finds, and rejects only what the transaction itself does."""
    database = diamond.database
    diamond.revision("z")
    database.sql("SELECT * FROM migfix_register('z')")
    for row in ("001", "h"):
        database.sql("INSERT INTO alembic_version VALUES (%s)", row)
    result = database.psql("-c", "INSERT INTO alembic_version VALUES ('z')")
    assert result.rc == 0, result
    assert 'WARNING:  version "h" overlaps with version "001" in public.alembic_version, as before' in result.out
    call = re.search(r"SELECT \* FROM migfix_stamp\(.*;", result.out)[0]
    database.paste(call)
    assert database.versions() == ["h", "z"]
    diamond.good("upgrade", "heads")
