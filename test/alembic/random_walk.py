#!/usr/bin/python3
"""Walks on one random project with the real Alembic in two databases, one of them with migfix.

random_walk.py --seed SEED --plain DBNAME --guarded DBNAME --path DIR [--steps N] [--reuse] [--per-migration]
               [--older]

The plain database says what is legal: a step that Alembic ends with rows of which none is an ancestor of another.
Such a step must end in the guarded database with the same rows and without a WARNING; one that leaves an overlap
must be rejected there; one that fails must fail in the same way. With --older, only half of the revisions are
loaded: then a WARNING says which row is not known. PYTHONHASHSEED must be set, so that a seed says everything.
"""

import argparse
import collections
import pathlib
import random
import sys

import psycopg2

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "differential"))

from in_process import Alembic, scripts, write_project
from random_cases import random_graph
from right_rule import Graph

LARGEST = 40


def sound_graph(rng):
    """A random graph without redundant parents and dependencies, on which Alembic itself breaks."""
    while True:
        graph = random_graph(rng)
        if 2 <= len(graph) <= LARGEST:
            break
    right = Graph(graph)
    result = []
    for revision, down, deps, labels in graph:
        named = [right.carrier.get(dep, dep) for dep in deps]

        def needed(parent):
            return not any(parent in right.below[other] for other in (*down, *named))

        own_down = tuple(parent for parent in down if needed(parent))
        seen = set(own_down)
        own_deps = []
        for dep, name in zip(deps, named):
            if needed(name) and name not in seen:
                seen.add(name)
                own_deps.append(dep)
        result.append((revision, own_down, tuple(own_deps), labels))
    return result


class Side:
    """One of the databases: Alembic's own sessions in it, and one that looks."""

    def __init__(self, options, dbname, guarded):
        self.guarded = guarded
        self.alembic = Alembic(options.path, dbname, options.reuse, options.per_migration)
        self.connection = psycopg2.connect(dbname=dbname, application_name="walk")
        self.connection.autocommit = True
        self.sql("CREATE TABLE alembic_version (version_num varchar(32) NOT NULL"
                 " CONSTRAINT alembic_version_pkc PRIMARY KEY)")
        if guarded:
            self.sql("SET migfix.guard = off")  # of this session, which puts rows back

    def sql(self, statement, *values):
        with self.connection.cursor() as cursor:
            cursor.execute(statement, values or None)
            return cursor.fetchall() if cursor.description else []

    def rows(self):
        """In the table's own order, which Alembic reads them in."""
        return [row for (row,) in self.sql("SELECT version_num FROM alembic_version")]

    def set_rows(self, rows):
        self.sql("DELETE FROM alembic_version")
        for row in rows:
            self.sql("INSERT INTO alembic_version VALUES (%s)", row)


class Walk:
    def __init__(self, options):
        self.rng = random.Random(options.seed)
        self.options = options
        self.graph = sound_graph(self.rng)
        self.right = Graph(self.graph)
        self.labels = list(self.right.carrier)
        write_project(options.path, self.graph)
        self.counts = collections.Counter()
        self.plain = Side(options, options.plain, False)
        self.guarded = Side(options, options.guarded, True)
        self.known = self.loaded()
        for _, _, state, _, _, _, reason in self.guarded.sql(
            "SELECT * FROM migfix_load_scripts(%s)", scripts(options.path, self.known)
        ):
            assert state == "added" or (options.older and state.startswith("missing")), (state, reason)
        ((count,),) = self.guarded.sql("SELECT count(*) FROM migfix.revision")
        assert count == len(self.known), (count, self.known)

    def loaded(self):
        ids = set(self.right.revisions)
        if not self.options.older:
            return ids
        known = set()
        while len(known) < len(ids) / 2:
            one = self.rng.choice(sorted(ids - known))
            known |= {one} | self.right.below[one]
            if known == ids:
                known -= self.right.maximal(ids)
                break
        return known

    # --- what to type

    def one(self):
        return self.rng.choice(self.right.revisions)

    def label(self):
        return self.rng.choice(self.labels or [self.one()])

    def upgrade(self, rows):
        label = self.label()
        above = sorted({x for row in rows for x in self.right.above[row]}) or [self.one()]
        return self.rng.choice(
            ["heads", "heads", "head", "+1", "+1", "+2", self.one(), self.one(), self.rng.choice(above), label,
             label + "@head", label + "@heads", label + "@+1", self.rng.choice(above)[:-1], self.one() + "+1"]
        )

    def downgrade(self, rows):
        label = self.label()
        below = sorted({x for row in rows for x in self.right.below[row]} | set(rows)) or [self.one()]
        some = self.rng.choice(below)
        return self.rng.choice(
            ["base", "-1", "-1", "-2", some, some, some, some, self.one(), label + "@base", label + "@-1",
             some + "-1", some[:-1]]
        )

    def stamp(self):
        label = self.label()
        if self.rng.random() < 0.15:
            some = set(self.rng.sample(self.right.revisions, 2))
            if self.rng.random() < 0.7:
                some = self.right.maximal(some)
            return [revision for revision in self.right.revisions if revision in some]
        return [
            self.rng.choice(
                [self.one(), self.one(), self.one(), "heads", "head", "base", label, label + "@head",
                 label + "@base"]
            )
        ]

    # --- a step

    def step(self):
        before = self.plain.rows()
        kind = self.rng.choice(["upgrade", "upgrade", "upgrade", "downgrade", "downgrade", "stamp"])
        purge = False
        if kind == "stamp":
            words = self.stamp()
            purge = self.rng.random() < 0.25
        else:
            words = [self.upgrade(before) if kind == "upgrade" else self.downgrade(before)]
        keys = {"purge": True} if purge else {}
        theirs = getattr(self.plain.alembic, kind)(*words, **keys)
        ours = getattr(self.guarded.alembic, kind)(*words, **keys)
        rows, mine = self.plain.rows(), self.guarded.rows()
        self.counts[kind + " " + theirs.kind] += 1
        told = (
            f"{kind} {words} {keys or ''} from {before}\n"
            f"  without migfix {theirs}: {rows}\n  with migfix    {ours}: {mine}"
        )
        if self.options.verbose:
            print(told)
        if theirs.kind == "ok" and not self.right.is_antichain(rows):
            self.counts["overlap made by Alembic"] += 1
            rejected = ours.pgcode == "23514" and "overlaps with version" in ours.text
            known = [row for row in rows if row in self.known]
            if not rejected and (not self.options.older or not self.right.is_antichain(known)):
                self.fail("an overlap was not rejected", told)
            self.plain.set_rows(before)
            self.guarded.set_rows(before)
            return
        if (ours.kind, sorted(mine)) != (theirs.kind, sorted(rows)):
            self.fail("another outcome", told)
        if theirs.kind == "error" and sorted(ours.text) != sorted(theirs.text):  # sets have no order
            self.fail("another message", told)
        if mine != rows:
            self.guarded.set_rows(rows)  # the same ones in another order
        # With a transaction for each migration, Alembic commits the empty table of --purge.
        may_be_empty = kind == "stamp" and before and (not rows or (purge and self.options.per_migration))
        self.judge_warnings(may_be_empty, before, rows, ours.warned, told)

    def judge_warnings(self, may_be_empty, before, rows, warned, told):
        emptied = [said for said in warned if "records no version any more" in said]
        # Of a revision that is not loaded; "x_1" may be the beginning of one that is, "x_11".
        unknown = [said for said in warned if " known here" in said or "only the beginning of" in said]
        if len(emptied) + len(unknown) != len(warned) or (emptied and not may_be_empty):
            self.fail("a WARNING that says what is not so", told)
        strange = [row for row in rows if row not in self.known]
        if unknown and not strange and not self.options.per_migration:
            self.fail("a WARNING of what is known", told)
        if unknown and not self.options.older:
            self.fail("a WARNING of what is known", told)
        if not unknown and set(strange) - set(before):
            self.fail("no WARNING of what is not known", told)
        self.counts["warned of an unknown revision"] += bool(unknown)
        self.counts["warned of empty rows"] += bool(emptied)

    def fail(self, why, told):
        print(f"{why}\n  {told}\n  graph {self.graph}\n  loaded {sorted(self.known)}\n  seed {self.options.seed}")
        sys.exit(1)

    def walk(self):
        for _ in range(self.options.steps):
            self.step()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", required=True)
    parser.add_argument("--plain", required=True)
    parser.add_argument("--guarded", required=True)
    parser.add_argument("--path", required=True, type=pathlib.Path)
    parser.add_argument("--steps", type=int, default=40)
    for flag in "--reuse", "--per-migration", "--older", "--verbose":
        parser.add_argument(flag, action="store_true")
    walk = Walk(parser.parse_args())
    walk.walk()
    print("; ".join(f"{count} {what}" for what, count in sorted(walk.counts.items())))


if __name__ == "__main__":
    main()
