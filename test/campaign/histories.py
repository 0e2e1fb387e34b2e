"""Alembic projects out of a seed: 3 to 60 revisions, on one line or with branches, merges, several bases and
dependencies. Each revision runs after those below it, in any order that the graph allows."""

import random

import data_steps
import object_steps
import table_steps
from history import History, Revision
from model import Model

SIZES = [(3, 8, 35), (9, 20, 40), (21, 40, 17), (41, 60, 8)]


class Generator:
    def __init__(self, seed):
        self.rng = random.Random(f"history {seed}")
        self.seed = seed
        lowest, highest, _ = self.rng.choices(SIZES, [weight for *_, weight in SIZES])[0]
        self.size = self.rng.randint(lowest, highest)
        self.branchy = self.rng.random() < 0.55
        self.data = self.rng.choice([0, 0, 0.06, 0.15])
        self.revisions = []
        self.names = set()
        self.ids = self.rng.choice(["hex", "numbers", "words"])

    def new_id(self):
        number = len(self.revisions) + 1
        if self.ids == "hex":
            return f"{self.rng.getrandbits(48):012x}"
        if self.ids == "numbers":
            return f"{number:03d}"
        return f"{self.rng.choice(['add', 'change', 'fix', 'drop'])}_{number:02d}"

    def revision(self, down, model, depends_on=()):
        """Writes one more revision, which does something to the model."""
        steps = []
        chance = self.rng.random()
        if chance < 0.05 and down:
            message = "nothing to be done"
        elif chance < 0.05 + self.data:
            message = "rows alone"
            steps = self.some_steps(model, data_steps.ALL, 1)
        else:
            message = "schema"
            count = self.rng.choice([1, 1, 1, 2, 2, 3, 4, 6])
            steps = self.some_steps(model, table_steps.ALL + object_steps.ALL, count)
            if self.data and self.rng.random() < self.data:
                steps += self.some_steps(model, data_steps.ALL, 1)
                message = "schema and rows"
        upgrade = [line for step in steps for line in step.up]
        reversible = all(step.down is not None for step in steps)
        revision = Revision(
            self.new_id(), tuple(down), tuple(depends_on), f"{message} ({len(self.revisions) + 1})", upgrade,
            [line for step in reversed(steps) for line in step.down] if reversible else None,
            reversible and any(step.leaves_enum for step in steps),
        )
        self.revisions.append(revision)
        return revision.id

    def some_steps(self, model, choices, count):
        steps = []
        if not model.tables and choices is not data_steps.ALL:
            steps.append(table_steps.create_table(self.rng, model))
        for _ in range(8 * count):
            if len(steps) >= count:
                break
            step = self.rng.choices([one for one, _ in choices], [weight for _, weight in choices])[0](self.rng, model)
            if step is not None:
                steps.append(step)
        return steps

    def line(self, down, model, count):
        """`count` revisions one after the other; the last one's id."""
        for _ in range(count):
            down = (self.revision(down, model),)
        return down[0]

    def branches(self, tip, model, left):
        """Branches above `tip`, with or without a revision that merges them: the ids of the heads, the model."""
        count = self.rng.choice([2, 2, 3])
        models, rest, shared = model.split(self.rng, count)
        lengths = [self.rng.randint(1, max(1, min(5, left // count))) for _ in range(count)]
        own_base = [count == 2 and self.rng.random() < 0.15 and index for index in range(count)]
        tips, inner = [(tip,) for _ in range(count)], [[] for _ in range(count)]
        for index in range(count):
            if own_base[index]:
                tips[index] = ()
        turns = [index for index, length in enumerate(lengths) for _ in range(length)]
        self.rng.shuffle(turns)
        depended = False
        for place, index in enumerate(turns):
            depends_on = ()
            # On a revision of the other branch that is not its last one, or a merge would be redundant.
            if not depended and self.rng.random() < 0.2:
                other = (index + 1) % count
                if inner[other] and turns[place + 1 :].count(other):
                    depends_on, depended = (inner[other][-1],), True
            if own_base[index] and not tips[index]:
                depends_on = (tip,)
            tips[index] = (self.revision(tips[index], models[index], depends_on),)
            inner[index].append(tips[index][0])
        ends = [one for (one,) in tips]
        return ends, Model.merged(models, rest, shared)

    def history(self):
        model = Model(self.names)
        tip = self.line((), model, min(self.size, self.rng.randint(1, 3)))
        while len(self.revisions) < self.size:
            left = self.size - len(self.revisions)
            if self.branchy and left >= 3 and self.rng.random() < 0.35:
                ends, model = self.branches(tip, model, left - 1)
                if len(self.revisions) >= self.size - 1 and self.rng.random() < 0.4:
                    break  # several heads are left
                tip = self.merge(ends, model)
            else:
                tip = self.line((tip,), model, self.rng.randint(1, min(4, left)))
        return History(f"{self.seed}", self.revisions)

    def merge(self, ends, model):
        if self.rng.random() < 0.75:
            revision = Revision(self.new_id(), tuple(ends), (), "merge heads", [], [])
            self.revisions.append(revision)
            return revision.id
        return self.revision(ends, model)


def generated(seed):
    return Generator(seed).history()
