"""What is typed to `alembic stamp` and `alembic history -r`, and the same typed to migfix_stamp and
migfix_history, on the same rows in the same database: the same rows, the same list, the same words. What may
differ is in doc/deviations.md alone; the rules of test/differential say which input falls under it, and what is
right there.
"""

import collections
import pathlib
import random
import sys
import warnings

import psycopg2
import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "differential"))

import alembic_oracle
from compare import Comparison
from in_process import Alembic, file_names, scripts, write_project
from random_cases import random_graph, random_relative, random_rows
from right_rule import Graph

# A branch point, labels, several bases, and a dependency that spares its revision the place of a head.
SAMPLE = [
    ("aaaa0001", (), (), ()),
    ("aaaa0002", ("aaaa0001",), (), ()),
    ("aaaa0003", ("aaaa0002",), (), ("left",)),
    ("bbbb0003", ("aaaa0002",), (), ("right",)),
    ("cccc0001", (), (), ("lib",)),
    ("cccc0002", ("cccc0001",), (), ()),
    ("dddd0001", (), ("cccc0001",), ("dep",)),
]
SAMPLE_ROWS = [
    [],
    ["aaaa0001"],
    ["aaaa0003"],
    ["bbbb0003", "aaaa0003"],
    ["aaaa0002", "cccc0001"],
    ["dddd0001", "bbbb0003"],
    ["cccc0002", "dddd0001", "aaaa0003"],
]
LABELS = ["left", "right", "lib", "dep"]
IDENTIFIERS = [
    *("head", "heads", "base"),
    *(revision for revision, _, _, _ in SAMPLE),
    *LABELS,
    *(f"{label}@{end}" for label in [*LABELS, "aaaa0001", "bbbb", "nope"] for end in ("head", "heads", "base")),
    *("left@aaaa0003", "left@aaaa0001", "right@aaaa0003", "lib@dddd0001", "lib@cccc", "left@bbbb", "lib@nope"),
    *("aaaa", "aaaa000", "bbb", "bb", "cccc", "cccc0002x", "dddd", "d", "lef"),
    *("nope", "AAAA0001", " aaaa0001", "aaaa0001 ", "HEAD", "heads@head", "left@", "@head", "left@right@head"),
    *("a:b", "aaaa0001:aaaa0002", "%", "aaaa%", "aaaa_001", "'", '"', "aaaa0001, cccc0001", "ä", "\\"),
]
RELATIVE = [
    *("+1", "+2", "+3", "+9", "-1", "-2", "-9", "head-1", "heads-1", "base+1", "nope+1"),
    *(f"{revision}{step}" for revision, _, _, _ in SAMPLE for step in ("+1", "+2", "-1", "-2")),
    *(f"{label}@{step}" for label in [*LABELS, "nope"] for step in ("+1", "+2", "-1", "-2", "head-1", "base+1")),
    *("left@aaaa0001+1", "left@aaaa0001+2", "right@aaaa0001+2", "left+1", "lib+1", "aaaa000+1", "bbb-1", "dddd-1"),
]
RANGES = [
    *(":", "base:", ":head", ":heads", "base:heads", "base:head", "aaaa0001:aaaa0003", "aaaa0001:", ":aaaa0002"),
    *("aaaa0002:aaaa0002", "aaaa0003:aaaa0001", "aaaa0001:cccc0002", "aaaa0003:bbbb0003", "cccc0001:dddd0001"),
    *("left@base:left@head", "left@head:", ":lib", "lib:", "lib@base:heads", ":left@heads", "aaaa:bbbb", "bbb:"),
    *("current:", ":current", "aaaa0001:current", "current:heads", "current:left@head", "current:+1"),
    *("current:current", "-1:current"),
    *("-1:", "-2:", "-3:", "-9:", ":+1", ":+2", "aaaa0001:+1", "aaaa0002:+2", "-1:aaaa0003", "-2:aaaa0003"),
    *("-2:left@head", "left@-1:", "left@-2:left@head", "aaaa0001:aaaa0001+1", "nope:", ":nope", "head:base"),
]


def in_alembics_order(graph, path):
    """As this Alembic meets the files, which decides between equals."""
    place = {name[: -len("_.py")]: i for i, name in enumerate(file_names(path))}
    return sorted(graph, key=lambda revision: place[revision[0]])


class RealAlembic(alembic_oracle.Alembic):
    """Stamps and histories by Alembic's commands against the server; what else is asked, in memory."""

    def __init__(self, graph, path, database):
        super().__init__(graph)
        self.database = database
        self.real = Alembic(path, database.name)

    def answered(self, outcome, value):
        if outcome.kind == "ok":
            return "ok", value()
        assert outcome.kind != "database", outcome
        return outcome.kind, outcome.text

    def stamp(self, rows, destinations, purge):
        outcome = self.real.stamp(*destinations, purge=purge)
        after = self.database.values("SELECT version_num FROM alembic_version")
        if after != rows:
            put_rows(self.database, rows)
        return self.answered(outcome, lambda: (after, []))

    def history(self, rows, text):
        outcome = self.real.history(text)
        return self.answered(outcome, lambda: outcome.text)


def put_rows(database, rows):
    with database.connection.cursor() as cursor:
        cursor.execute("TRUNCATE alembic_version")
        for row in rows:
            cursor.execute("INSERT INTO alembic_version VALUES (%s)", (row,))


class ServerComparison(Comparison):
    """migfix's answers come from the server's SQL functions."""

    def __init__(self, database, path, graph, seed=0):
        write_project(path, graph)
        self.database = database
        self.graph = in_alembics_order(graph, path)
        self.right = Graph(self.graph)
        self.alembic = RealAlembic(self.graph, path, database)
        self.rng = random.Random(seed)
        self.counts = collections.Counter()
        self.failures = []
        database.sql("DELETE FROM migfix.revision")
        loaded = database.sql("SELECT * FROM migfix_load_scripts(%s)", scripts(path))
        assert [row["revision"] for row in loaded if row["state"] == "added"] == [r for r, _, _, _ in self.graph]
        self.stand([])

    def stand(self, rows):
        self.rows = rows
        put_rows(self.database, rows)

    def undone(self, statement, *values):
        """The rows of a statement, the rows of the version table after it, and back again; or the error."""
        database = self.database
        database.sql("BEGIN")
        try:
            answer = database.sql(statement, *values)
            return answer, database.values("SELECT version_num FROM alembic_version"), None
        except psycopg2.Error as error:
            assert error.pgcode and not error.pgcode.startswith("XX"), error
            return None, None, error.diag.message_primary
        finally:
            database.sql("ROLLBACK")

    def ask(self, what, *words):
        """The fields that test/differential's driver answers."""
        if what == "stamp":
            purge, *destinations = words
            statement = "SELECT * FROM migfix_stamp(%s::text[], purge => %s)"
            _, rows, error = self.undone(statement, destinations, purge == "1")
            return ["error", "", error] if error is not None else ["ok", ",".join(rows), ""]
        assert what == "history"
        answer, _, error = self.undone("SELECT revision FROM migfix_history(%s)", *words)
        return ["error", "", error] if error is not None else ["ok", ",".join(row["revision"] for row in answer)]

    def compare_relative(self, text):
        """To the revision that `alembic upgrade` and `alembic downgrade` would go to, by `alembic stamp` of
        that one; the forms that deviate as in the comparison of the core."""
        number = text.rpartition("@")[2]
        up = "+" in number
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            theirs = (self.alembic.upgrade_target if up else self.alembic.downgrade_target)(self.rows, text)
        answer, rows, error = self.undone("SELECT * FROM migfix_stamp(%s)", text)
        ours = ("error", error) if error is not None else ("ok", sorted(rows))
        what = f"relative {text}"
        self.counts["relative"] += 1
        refused = theirs[0] == "crash" or number.startswith("base-") or (
            text.startswith("-") and len(self.rows) > 1
        )
        if refused:
            self.counts["relative that is refused"] += 1
            if ours[0] == "ok":
                self.fail(what, ours, theirs)
        elif theirs[0] == "error":
            message = theirs[1]
            if message.startswith("Multiple head revisions"):
                message = "Multiple heads are present; please specify a single target revision"
            self.counts["relative with an error"] += 1
            if ours != ("error", message):
                self.fail(what, ours, ("error", message))
        elif not theirs[1]:
            # A walk to base: that of the lineage, as far as it is told.
            root = self.root_of(text)
            expected = sorted(row for row in self.rows if root and not self.right.related(row, root))
            self.counts["relative to base"] += 1
            if ours != ("ok", expected):
                self.fail(what, ours, expected)
        elif len(theirs[1]) > 1:
            expected = self.right.stamped(self.rows, set(theirs[1]))
            self.counts["relative to several"] += 1
            if ours != ("ok", sorted(expected)):
                self.fail(what, ours, expected)
        else:
            stamped = self.alembic.stamp(self.rows, theirs[1], False)
            self.counts["relative to one"] += 1
            if ours != ("ok", sorted(stamped[1][0])):
                self.fail(what, ours, stamped)
            if up and ours[0] == "ok":
                self.compare_upgrade(what, text, ours[1])

    def root_of(self, text):
        """The last revision of a walk down to base."""
        identifier = text[: text.rindex("-")].rstrip("@")
        root = self.alembic.revisions(identifier)[1][0] if identifier else self.rows[0] if self.rows else None
        while root and self.right.down[root]:
            (root,) = self.right.down[root]
        return root

    def compare_upgrade(self, what, text, stamped):
        """`alembic upgrade` itself: it ends where one stands who adds the stamped revision to the rows."""
        outcome = self.alembic.real.upgrade(text)
        rows = set(self.database.values("SELECT version_num FROM alembic_version"))
        self.counts["relative upgrade"] += 1
        reached = set(stamped).union(*(self.right.below[revision] for revision in stamped))
        if outcome.kind == "crash" and self.right.merges_related(reached):
            # Its own way with redundant merges; that the rows are as they were is all there is to compare.
            self.counts["relative upgrade over a redundant merge"] += 1
            if rows != set(self.rows):
                self.fail(what + " by upgrade", self.rows, (outcome, rows))
        elif outcome.kind != "ok" or rows != self.right.maximal(set(self.rows) | set(stamped)):
            self.fail(what + " by upgrade", stamped, (outcome, rows))
        self.stand(self.rows)

    def replay(self, what, steps, rows_after):
        """The rows were read from the table; the steps to them are migfix's own."""

    def done(self, **at_least):
        assert not self.failures, "\n".join(self.failures)
        for what, count in at_least.items():
            assert self.counts[what] >= count, self.counts


@pytest.fixture
def compare(database, tmp_path):
    """A function from a graph to its comparison. Without the guard: Alembic shows all that it does."""
    database.install(guard="off")
    # Without a primary key: copies of a row, and NULL, are among what people have.
    database.sql("CREATE TABLE alembic_version (version_num varchar(32))")
    database.sql("SET migfix.guard = off")
    made = []

    def make(graph, seed=0):
        made.append(ServerComparison(database, tmp_path / f"project{len(made)}", graph, seed))
        return made[-1]

    yield make
    for comparison in made:
        comparison.alembic.real.close()


def test_every_form_of_a_destination(compare):
    comparison = compare(SAMPLE)
    for rows in SAMPLE_ROWS:
        comparison.stand(rows)
        for identifier in IDENTIFIERS:
            comparison.compare_stamp([identifier], False)
        for identifier in ("heads", "base", "aaaa0002", "lib@head", "nope"):
            comparison.compare_stamp([identifier], True)
    comparison.done(stamp=len(SAMPLE_ROWS) * len(IDENTIFIERS))


def test_relative_destinations(compare):
    comparison = compare(SAMPLE)
    for rows in SAMPLE_ROWS:
        comparison.stand(rows)
        for text in RELATIVE:
            comparison.compare_relative(text)
    comparison.done(**{"relative to one": 30, "relative with an error": 30, "relative upgrade": 20})


def test_ranges_of_the_history(compare):
    comparison = compare(SAMPLE)
    for rows in SAMPLE_ROWS:
        comparison.stand(rows)
        for text in RANGES:
            comparison.compare_history(text)
    comparison.done(**{"history equal in order": 100})


def test_random_graphs(compare, seed):
    print(f"MIGFIX_SEED={seed}")
    rng = random.Random(seed)
    for _ in range(4):
        graph = random_graph(rng)
        while not 4 <= len(graph) <= 20:
            graph = random_graph(rng)
        comparison = compare(graph, rng.random())
        for _ in range(8):
            rows = random_rows(rng, comparison.graph, comparison.right)
            comparison.stand(rows)
            for _ in range(5):
                comparison.stamp()
            for _ in range(3):
                comparison.history()
            sound = all(row in comparison.right.below for row in rows) and len(set(rows)) == len(rows)
            if sound and comparison.right.is_antichain(set(rows)):
                for _ in range(3):
                    comparison.compare_relative(random_relative(rng, comparison.graph, comparison.right))
        comparison.done(stamp=40)
