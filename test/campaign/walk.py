"""A clean upgrade of one history, revision by revision, with what the schema looks like after each: what every
judgement of the harness rests on. Nothing here asks migfix."""

import hashlib
import random

import dump
from databases import Session
from history import Graph
from project import Project

MOST_DOWNSETS = 4000


class Walk:
    """`order`: the revisions as they are run. State i: the first i of them are applied. `dumps` and `rows`: of each
    state. `clean`: those of the last one."""

    def __init__(self, history, path):
        self.history = history
        self.graph = Graph(history.revisions)
        self.project = Project(path)
        self.project.read_offline()
        self.rng = random.Random(f"walk {history.name}")
        self.order = self.graph.walk_order(self.rng)
        self.dumps, self.rows = [], []

    def applied(self, index):
        return frozenset(self.order[:index])

    def heads(self, index):
        return self.graph.heads(self.applied(index))

    def run(self, dbname, visit=None):
        """Upgrades an empty database step by step; visit(index) is called at each state, with nobody connected."""
        for index in range(len(self.order) + 1):
            if index:
                self.project.upgrade(dbname, self.order[index - 1])
            self.dumps.append(dump.dump(dbname))
            with Session(dbname, guard=None) as session:
                self.rows.append(dump.rows(session))
                found = session.versions() or []
            assert found == sorted(self.heads(index)), (self.history.name, index, found)
            if visit:
                visit(index)

    @property
    def clean(self):
        return self.dumps[-1]

    # --- what the schema can tell

    def weights(self):
        """What each revision adds to the sum that stands for a schema. Branches do not touch each other, so the
        schema of any set of revisions is the sum of what each of them changed."""
        return {
            one: (self.sum_of(self.dumps[index + 1].items) - self.sum_of(self.dumps[index].items)) % 2**128
            for index, one in enumerate(self.order)
        }

    @staticmethod
    def sum_of(items):
        total = 0
        for item, count in items.items():
            total += count * int.from_bytes(hashlib.blake2b(repr(item).encode(), digest_size=16).digest(), "big")
        return total

    def look_alikes(self, dumped):
        """Every set of revisions whose schema is this one; None where the graph has too many sets to look at."""
        if not hasattr(self, "_by_sum"):
            downsets = self.graph.downsets(MOST_DOWNSETS)
            self._by_sum = None if downsets is None else {}
            weights = self.weights()
            base = self.sum_of(self.dumps[0].items)
            for downset in downsets or ():
                total = (base + sum(weights[one] for one in downset)) % 2**128
                self._by_sum.setdefault(total, []).append(downset)
        if self._by_sum is None:
            return None
        return self._by_sum.get(self.sum_of(dumped.items) % 2**128, [])

    def hides(self, revision):
        """Whether the revision changes rows, or does what SQL hides: running it twice, or not at all, matters and
        is not seen in the schema."""
        return bool(self.project.hidden(revision))

    def shown_objects(self, revision):
        """How many objects of a dump it makes, changes or takes away."""
        place = self.order.index(revision)
        before, after = self.dumps[place].items, self.dumps[place + 1].items
        return len({where for where, _ in [*(after - before), *(before - after)]})

    def hidden_between(self, sets):
        """The revisions that hide something and are in some of the sets and not in others."""
        sets = list(sets)
        if not sets:
            return []
        doubtful = set().union(*sets) - set.intersection(*map(set, sets))
        return [one for one in self.order if one in doubtful and self.hides(one)]
