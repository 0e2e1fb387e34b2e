"""One database at one state of a history, before it is damaged; and what a damage is."""

import random
from dataclasses import dataclass


class NotHere(Exception):
    """This damage cannot be done at this state."""


@dataclass
class Damage:
    """`told`: what was done, for people. `beside`: why no one could say from the database alone what is to be
    done, by a rule of the harness's own; None: where schema and rows decide. `decided_by_target`: a person who names
    the true revision decides it."""

    told: str
    beside: str = None
    decided_by_target: bool = True
    rows_unseen: bool = False  # what is missing of a revision is on rows alone, and seen in no schema
    loaded: frozenset = None  # the revisions that migfix gets to know; None: all


class Scene:
    """`index`: the state of the walk that the database is in. `watched`: migfix was there all the time, so that
    its log knows the past."""

    def __init__(self, walk, index, dbname, session, watched, seed):
        self.walk, self.index, self.dbname, self.session, self.watched = walk, index, dbname, session, watched
        self.rng = random.Random(seed)

    @property
    def project(self):
        return self.walk.project

    @property
    def heads(self):
        return self.walk.heads(self.index)

    def below(self):
        """An earlier state, mostly a near one."""
        return self.another(range(self.index - 1, -1, -1))

    def above(self):
        return self.another(range(self.index + 1, len(self.walk.order) + 1))

    def another(self, indexes):
        indexes = list(indexes)
        if not indexes:
            raise NotHere
        return self.rng.choice(indexes[:3] if self.rng.random() < 0.6 else indexes)

    def all_in_random_order(self, statement):
        """What a query finds, in an order that the seed alone decides."""
        found = sorted(self.session.sql(statement), key=str)
        self.rng.shuffle(found)
        return found

    def pick(self, statement):
        found = self.all_in_random_order(statement)
        if not found:
            raise NotHere
        return found[0]
