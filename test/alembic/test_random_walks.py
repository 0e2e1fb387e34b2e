"""Random walks on random projects with the guard in enforce and the graph known: see random_walk.py."""

import collections
import pathlib
import re
import sys

import psycopg2
import pytest

from conftest import Running

STEPS = 40
# How many walks of a kind, and what is special in them.
KINDS = {
    "one session": (3, ["--reuse"]),
    "a session for each command": (1, []),
    "a transaction for each migration": (2, ["--reuse", "--per-migration"]),
    "half of the revisions loaded": (2, ["--reuse", "--older"]),
    "half of them, a transaction for each migration": (1, ["--older", "--per-migration"]),
}


@pytest.fixture
def plain():
    """A database without migfix."""
    maintenance = psycopg2.connect(dbname="postgres")
    maintenance.autocommit = True
    cursor = maintenance.cursor()
    cursor.execute("CREATE DATABASE walk_without_migfix")
    yield "walk_without_migfix"
    cursor.execute("DROP DATABASE walk_without_migfix WITH (FORCE)")
    maintenance.close()


WALKS = [(kind, number) for kind, (count, _) in KINDS.items() for number in range(count)]


@pytest.mark.parametrize("kind, number", WALKS)
def test_nothing_legal_is_rejected(database, plain, tmp_path, seed, kind, number):
    print(f"MIGFIX_SEED={seed}")
    database.install()
    walk = pathlib.Path(__file__).with_name("random_walk.py")
    result = Running(
        [sys.executable, walk, "--seed", f"{seed} {kind} {number}", "--plain", plain,
         "--guarded", database.name, "--path", tmp_path / "project", "--steps", STEPS, *KINDS[kind][1]],
        database.env("random walk"),
    ).wait()
    assert result.rc == 0, result
    # It went somewhere: most steps are legal, and they changed rows.
    counts = collections.Counter(
        {what: int(count) for count, what in re.findall(r"(\d+) ([a-z ]+)", result.out.splitlines()[-1])}
    )
    assert sum(counts[f"{command} {end}"] for command in ("upgrade", "downgrade", "stamp")
               for end in ("ok", "error", "crash", "database")) == STEPS, result
    assert sum(counts[f"{command} ok"] for command in ("upgrade", "downgrade", "stamp")) >= STEPS / 4, result
    assert len(database.log("operation IN ('insert', 'update', 'delete')")) >= STEPS / 4
    assert ("--older" in KINDS[kind][1]) or counts["warned of an unknown revision"] == 0
