#!/usr/bin/python3
"""Compares the core with the installed Alembic on random graphs, rows and destinations.

compare.py DRIVER [--cases N] [--seed S] [--jobs J]

Every difference is a failure, unless the input, by its form alone and before any result is looked at,
falls under one of the rules of doc/deviations.md; then the core's answer must be what right_rule.py says.
"""

import argparse
import collections
import multiprocessing
import os
import random
import subprocess
import sys
import time

sys.dont_write_bytecode = True

from alembic_oracle import Alembic
from random_cases import random_graph, random_identifier, random_range, random_relative, random_rows
from right_rule import Graph

STAMPS_PER_GRAPH = 70


class Comparison:
    def __init__(self, driver, seed):
        self.rng = random.Random(seed)
        self.seed = seed
        self.counts = collections.Counter()
        self.failures = []
        self.driver = subprocess.Popen([driver], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, *fields):
        self.driver.stdin.write("\t".join("\\N" if f is None else f for f in fields) + "\n")
        return self.answer()

    def answer(self):
        self.driver.stdin.flush()
        line = self.driver.stdout.readline()
        if not line:
            raise SystemExit("the driver has died, seed %r" % self.seed)
        return line.rstrip("\n").split("\t")

    def fail(self, what, ours, theirs):
        self.counts["FAILED"] += 1
        if len(self.failures) < 20:
            self.failures.append(
                "%s\n  core    %r\n  alembic %r\n  rows    %r\n  graph   %r" % (what, ours, theirs, self.rows, self.graph)
            )

    def expect(self, what, ours, theirs):
        self.counts[what.split()[0]] += 1
        if ours != theirs:
            self.fail(what, ours, theirs)

    def one_graph(self):
        self.graph = random_graph(self.rng)
        self.rows = []
        self.right = Graph(self.graph)
        self.alembic = Alembic(self.graph)
        self.driver.stdin.write("graph\t%d\n" % len(self.graph))
        for r, down, deps, labels in self.graph:
            self.driver.stdin.write("\t".join([r, ",".join(down), ",".join(deps), ",".join(labels)]) + "\n")
        self.expect("load", self.answer(), ["ok", str(len(self.graph))])
        self.facts()
        for _ in range(STAMPS_PER_GRAPH // 5):
            self.rows = random_rows(self.rng, self.graph, self.right)
            self.ask("rows", *self.rows)
            self.judge()
            for _ in range(5):
                self.stamp()
            for _ in range(2):
                self.identifier()
                self.relative()
                self.history()

    def facts(self):
        map_ = self.alembic.map
        names = self.right.revisions
        revisions = {r: map_._revision_map[r] for r in names}
        ours = self.ask("facts")
        self.expect(
            "facts",
            ours[1:],
            [
                ",".join(map_.heads),
                ",".join(map_._real_heads),
                ",".join(map_.bases),
                ",".join(r for r in names if revisions[r].is_branch_point),
                ",".join(r for r in names if revisions[r].is_merge_point),
            ],
        )
        spread = dict(item.split("=") for item in self.ask("labels")[1].split(";") if item)
        self.expect(
            "labels",
            {r: set(ls.split(",")) - {""} for r, ls in spread.items()},
            {r: revisions[r].branch_labels for r in names},
        )
        for relation, dependencies in ("down", False), ("all", True):
            some = self.rng.sample(names, min(len(names), self.rng.choice([1, 1, 2, 3])))
            for question, theirs in ("ancestors", self.alembic.ancestors), ("descendants", self.alembic.descendants):
                ours = self.ask(question, relation, ",".join(some))
                self.expect(question, set(ours[1].split(",")), theirs(some, dependencies))
            for _ in range(5):
                a, b = self.rng.choice(names), self.rng.choice(names)
                below = self.right.below if dependencies else self.right.below_down
                self.expect("is_ancestor", self.ask("is_ancestor", relation, a, b)[1], "1" if a in below[b] else "0")
        for _ in range(5):
            one = self.rng.choice(names)
            self.expect(
                "immediate",
                set(self.ask("immediate", one)[1].split(",")) - {""},
                set(revisions[one]._normalized_down_revisions),
            )

    def judge(self):
        read = {row: self.right.reading(row) for row in self.rows if row is not None}
        nodes = {node for node in read.values() if node}
        ours = self.ask("judge")
        if len(set(self.rows)) == len(self.rows) and len(nodes) == len(read):
            pairs = {"%s<%s" % (a, b) for a in read for b in read if read[a] in self.right.below[read[b]]}
            if len(pairs) <= 100:
                self.expect("judge", set(ours[1].split(";")) - {""}, pairs)
        self.expect("maximal", set(ours[2].split(",")) - {""}, self.right.maximal(nodes))
        # Alembic's own verdict: it raises on the same rows.
        if all(row in self.right.below for row in self.rows) and len(set(self.rows)) == len(self.rows):
            theirs = self.alembic.caught(lambda: list(self.alembic.map.iterate_revisions("heads", tuple(self.rows), implicit_base=True)))
            overlaps = theirs[0] == "error" and theirs[1].startswith("Requested revision")
            self.expect("verdict", bool(ours[1]), overlaps)

    def deviation(self, destinations, purge):
        """The rule of doc/deviations.md that the input falls under, judged by its form alone."""
        rows = [] if purge else self.rows
        read = [self.right.reading(row) if row is not None else None for row in rows]
        if "" in destinations:
            return "empty identifier"
        if any(row is None or row not in self.right.below for row in rows) or len(set(rows)) < len(rows):
            return "odd rows"
        if not self.right.is_antichain(set(read)):
            return "overlapping rows"
        if len(destinations) > 1:
            return "several destinations"
        label, at, what = destinations[0].rpartition("@")
        found = self.alembic.revisions(destinations[0])
        if found[0] == "ok" and len(found[1]) > 1:
            return "several destinations"
        if at and what == "base" and not rows:
            return "label@base without rows"
        if at and what not in ("head", "heads", "base") and what not in self.right.below and what not in self.right.carrier:
            return "label@prefix"
        if at and found[0] == "ok" and found[1] and label:
            branch = self.alembic.revisions(label)
            if branch[0] == "ok" and any(
                self.right.related(r, branch[1][0]) and not self.right.related(r, found[1][0]) for r in read
            ):
                return "row of the label alone"
        return None

    def targets(self, destinations):
        """(revisions, base_of, all_to_base) by Alembic's own resolution, each identifier reduced to its
        maximal revisions; None where one does not resolve."""
        revisions, base_of, all_to_base = [], None, False
        for text in destinations:
            if text == "":
                return None
            found = self.alembic.revisions(text)
            if found[0] != "ok":
                return None
            if not found[1]:
                label = text.rpartition("@")[0]
                if label:
                    branch = self.alembic.revisions(label)
                    if branch[0] != "ok" or not branch[1]:
                        return None
                    base_of = branch[1][0] if base_of in (None, branch[1][0]) else "several"
                else:
                    all_to_base = True
            kept = self.right.maximal(set(found[1]))
            revisions += [r for r in found[1] if r in kept and r not in revisions]
        return revisions, base_of, all_to_base

    def stamp(self):
        count = 1 if self.rng.random() < 0.85 else self.rng.choice([2, 2, 3])
        destinations = [random_identifier(self.rng, self.graph, self.right) for _ in range(count)]
        self.compare_stamp(destinations, self.rng.random() < 0.1)

    def compare_stamp(self, destinations, purge):
        theirs = self.alembic.stamp(self.rows, destinations, purge)
        ours = self.ask("stamp", "1" if purge else "0", *destinations)
        rule = self.deviation(destinations, purge)
        what = "stamp %r purge=%r rule=%r" % (destinations, purge, rule)
        self.counts["stamp"] += 1
        rows_after = []
        if ours[0] == "ok":
            rows_after = [r for r in ours[1].split(",") if r]
            steps = [tuple(s.replace(">", ":").split(":")) for s in ours[2].split(";") if s]
            self.replay(what, steps, rows_after)
            answer = "ok", (sorted(rows_after), steps)
        else:
            answer = "error", ours[2]
        if theirs[0] == "ok":
            theirs = "ok", (sorted(r for r in theirs[1][0] if r is not None), theirs[1][1])
        if purge and answer[0] == theirs[0] == "ok":
            answer, theirs = ("ok", answer[1][0]), ("ok", theirs[1][0])
        if answer == theirs:
            self.counts["stamp equal (" + theirs[0] + ")"] += 1
            if rule is None or answer[0] != "ok":
                return
        if rule is None:
            self.fail(what, answer, theirs)
            return
        if answer != theirs:
            self.counts["stamp deviates: " + rule] += 1
        if rule == "overlapping rows" and len(destinations) == 1 and theirs[0] == "ok" and answer != theirs:
            # Alembic's answer stands wherever it leaves no overlap.
            found = self.alembic.revisions(destinations[0])
            if len(found[1]) == 1 and "@" not in destinations[0] and self.right.is_antichain(set(theirs[1][0])):
                self.fail(what + " differs without need", answer, theirs)
        targets = self.targets(destinations)
        if targets and targets[1] == "several":
            self.counts["stamp with several label@base"] += 1
            return
        expected = targets and self.right.stamped([] if purge else self.rows, *targets)
        if (answer[0] == "error") != (expected is None) or (
            answer[0] == "ok" and set(rows_after) != expected
        ):
            self.fail(what + " is not right", answer, ("right rule", expected))

    def replay(self, what, steps, rows_after):
        """The steps themselves must lead to the rows that are promised, and never meet a key."""
        rows = list(self.rows)
        for kind, old, new in steps:
            old = None if old == "\\N" else old
            count = rows.count(old)
            if kind == "insert":
                rows.append(new)
            elif kind == "update":
                rows = [new if row == old else row for row in rows]
            else:
                rows = [row for row in rows if row != old] + ([old] if kind == "delete copies" else [])
            legal = {"insert": True, "update": count == 1, "delete": count >= 1, "delete copies": count > 1}[kind]
            if not legal or (new and rows.count(new) != 1):
                self.fail(what + " has an illegal step", steps, None)
        if sorted(rows, key=str) != sorted(rows_after):
            self.fail(what + " promises other rows", rows_after, rows)

    def identifier(self):
        text = random_identifier(self.rng, self.graph, self.right)
        theirs = self.alembic.revisions(text)
        ours = self.ask("resolve", text)
        ours = ("ok", [r for r in ours[1].split(",") if r]) if ours[0] == "ok" else ("error", ours[2])
        if theirs[0] == "crash":
            self.counts["identifier crashes Alembic"] += 1
            if ours[0] == "ok":
                self.fail("identifier " + text, ours, theirs)
            return
        self.expect("identifier " + text, ours, theirs)

    def relative(self):
        if any(row not in self.right.below for row in self.rows) or not self.right.is_antichain(set(self.rows)):
            return
        rows = list(dict.fromkeys(self.rows))
        if rows != self.rows:
            return
        text = random_relative(self.rng, self.graph, self.right)
        number = text.rpartition("@")[2]
        up = "+" in number
        theirs = (self.alembic.upgrade_target if up else self.alembic.downgrade_target)(rows, text)
        ours = self.ask("destination", text)
        ours = ("ok", [r for r in ours[1].split(",") if r]) if ours[0] == "ok" else ("error", ours[2])
        what = "relative %s" % text
        if theirs[0] == "crash":
            # A walk off the end, or label@-N where the branch has no row or several.
            self.counts["relative crashes Alembic"] += 1
            if ours[0] == "ok":
                self.fail(what, ours, theirs)
        elif not up and number.startswith("-") and number == text and len(rows) > 1:
            self.counts["relative from several rows is refused"] += 1
            if ours[0] == "ok":
                self.fail(what, ours, theirs)
        elif number.startswith("base-"):
            self.counts["relative base-N is refused"] += 1
            if ours[0] == "ok":
                self.fail(what, ours, theirs)
        elif theirs[0] == "error" and theirs[1].startswith("Multiple head revisions"):
            self.expect(what, ours, ("error", "Multiple heads are present; please specify a single target revision"))
        else:
            self.expect(what, ours, theirs)

    def history(self):
        if any(row not in self.right.below for row in self.rows) or len(set(self.rows)) < len(self.rows):
            return
        self.compare_history(random_range(self.rng, self.graph, self.right))

    def compare_history(self, text):
        low, high = text.split(":")
        theirs = self.alembic.history(self.rows, text)
        ours = self.ask("history", text)
        ours = ("ok", [r for r in ours[1].split(",") if r]) if ours[0] == "ok" else ("error", ours[2])
        what = "history %s" % text
        self.counts["history"] += 1
        if high == "current" and not self.rows:
            self.counts["history to current without rows"] += 1
            if ours != ("ok", []):
                self.fail(what, ours, theirs)
        elif theirs[0] == "crash":
            self.counts["history crashes Alembic"] += 1
            self.sane(what, ours, theirs)
        elif ours != theirs and theirs[0] == "error" and self.steps_to_base(low):
            self.counts["history deviates: -N reaches base"] += 1
            self.sane(what, ours, theirs)
        elif ours != theirs and theirs[0] == "error" and low[low.rfind("@") + 1 :][:1] == "-" and high.rpartition("@")[2][:1] == "+":
            self.counts["history deviates: both ends relative"] += 1
            self.sane(what, ours, theirs)
        elif ours != theirs and theirs[0] == "error" and low == high == "current":
            self.counts["history deviates: current:current"] += 1
            self.sane(what, ours, theirs)
        elif theirs[0] == "ok":
            # The order of two dependencies of one revision depends on Python's hash seed.
            plain = all(len(self.alembic.map._revision_map[r]._normalized_resolved_dependencies) < 2 for r in self.right.revisions)
            self.counts["history equal in order" if plain else "history equal as a set"] += 1
            if not plain and ours[0] == "ok":
                self.sane(what, ours, theirs)
                ours, theirs = (("ok", sorted(x[1])) for x in (ours, theirs))
            if ours != theirs:
                self.fail(what, ours, theirs)
        elif ours[0] == "error" and theirs[1].startswith("Requested re") and theirs[1].split()[1] == "revision":
            # Which of several overlaps is named depends on the order of Python's sets.
            if not ours[1].startswith("Requested revision"):
                self.fail(what, ours, theirs)
        elif ours[0] == "error" and "current" in (low, high) and "('" in theirs[1]:
            # Alembic prints the rows as a Python tuple here.
            if ours[1].split()[:2] != theirs[1].split()[:2]:
                self.fail(what, ours, theirs)
        elif ours != theirs:
            self.fail(what, ours, theirs)

    def steps_to_base(self, low):
        number = low.rpartition("@")[2]
        if not number.startswith("-"):
            return False
        heads = self.alembic.map._real_heads
        label = low.rpartition("@")[0]

        def depth(head):
            steps = 0
            while True:
                down = self.right.down[head]
                if len(down) != 1:
                    return steps + 1 if not down else 10**9
                head, steps = next(iter(down)), steps + 1

        revisions = self.alembic.map._revision_map
        return any(depth(h) <= -int(number) for h in heads if not label or label in revisions[h].branch_labels)

    def right_range(self, low, high):
        """The revisions of a range by sets; None where an end is relative or does not resolve."""

        def end(text, default):
            if text == "current":
                return list(self.rows)
            if text and text.rpartition("@")[2][0] in "+-" or "@" in low:
                return None
            found = self.alembic.revisions(text or default)
            return found[1] if found[0] == "ok" else None

        if low.startswith("-") and high not in ("", "heads"):
            return None  # may count from the upper end
        targets = end(high, "heads")
        starts = [] if self.steps_to_base(low) else end(low, "base")
        if targets is None or starts is None or "@" in low:
            return None
        wanted = set(targets).union(*(self.right.below[t] for t in targets))
        if starts:
            implied = set(starts).union(*(self.right.below[r] for r in starts))
            above = set(starts).union(*(self.right.above_down[r] for r in starts))
            wanted = (wanted - implied | set(starts)) & above
        return wanted

    def sane(self, what, ours, theirs):
        """What is listed where Alembic lists nothing: the right revisions, children before parents."""
        if ours[0] != "ok":
            return
        low, high = what.split()[1].split(":") if len(what.split()) > 1 else ("", "")
        wanted = self.right_range(low, high)
        if wanted is not None:
            self.counts["history checked by the right rule"] += 1
            if set(ours[1]) != wanted:
                self.fail(what + " is not right", ours, wanted)
        seen = set()
        for r in ours[1]:
            if r in seen or seen & self.right.below[r]:
                self.fail(what + " is out of order", ours, theirs)
                return
            seen.add(r)


def work(arguments):
    driver, seed, cases = arguments
    comparison = Comparison(driver, seed)
    while comparison.counts["stamp"] < cases:
        comparison.one_graph()
    comparison.driver.stdin.close()
    if comparison.driver.wait() != 0:
        comparison.failures.append("the driver ended with status %d" % comparison.driver.returncode)
    return comparison.counts, comparison.failures


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("driver")
    parser.add_argument("--cases", type=int, default=21000, help="stamps to compare")
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--jobs", type=int, default=min(2, os.cpu_count() or 1))
    options = parser.parse_args()
    seed = options.seed if options.seed is not None else random.SystemRandom().randrange(10**9)
    print("seed %d (repeat with --seed %d --jobs %d)" % (seed, seed, options.jobs), flush=True)
    started = time.time()
    parts = [(options.driver, "%d/%d" % (seed, i), -(-options.cases // options.jobs)) for i in range(options.jobs)]
    with multiprocessing.Pool(options.jobs) as pool:
        results = pool.map(work, parts)
    counts, failures = collections.Counter(), []
    for part_counts, part_failures in results:
        counts += part_counts
        failures += part_failures
    for what in sorted(counts):
        print("%8d  %s" % (counts[what], what))
    for failure in failures[:20]:
        print("\nDIFFERENCE " + failure)
    ok = not failures and not counts["FAILED"] and counts["stamp"] >= options.cases
    print("%s: %d stamps in %.0f s" % ("ok" if ok else "FAILED", counts["stamp"], time.time() - started))
    sys.exit(0 if ok else 1)


if __name__ == "__main__":
    main()
