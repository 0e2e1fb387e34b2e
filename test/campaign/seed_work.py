"""All that is done with one history: the clean walk, the checks along it, and the cases."""

import collections
import dataclasses
import pathlib
import random
import re
import shutil
import tempfile
import time
import traceback

import psycopg2

import corruptions
import dump
import judge
import observed
from databases import Server, Session
from histories import generated
from history import ENV, History
from project import OPAQUE, Project
from walk import Walk

HANDWRITTEN = pathlib.Path(__file__).parent / "handwritten"
QUICKLY_OBSERVED = ("shop", "0", "1")  # of what --quick runs
STATIONS = 4  # states of a history at which databases are damaged


@dataclasses.dataclass
class Options:
    modes: tuple
    only: tuple = ()
    keep: bool = False
    kinds_per_seed: int = None
    deadline: float = None


@dataclasses.dataclass
class Done:
    """What came of one history. `wrong`: texts; `counts`: (mode or kind, outcome)."""

    name: str
    counts: collections.Counter = dataclasses.field(default_factory=collections.Counter)
    wrong: list = dataclasses.field(default_factory=list)
    complete: bool = True

    def fail(self, mode, text):
        self.counts[mode, "wrong"] += 1
        self.wrong.append(text)


def work(job):
    """(name, options): the Done. The name is a seed, or that of a history written by hand."""
    name, options = job
    done = Done(name)
    server = Server(f"campaign_{name}")
    try:
        with tempfile.TemporaryDirectory() as directory:
            SeedWork(name, options, server, pathlib.Path(directory), done).run()
    except OutOfTime:
        done.complete = False
    except Exception:  # a history that does not run, or a fault of the harness: neither may be passed over
        done.fail("histories", f"WRONG history {name}: {traceback.format_exc()}")
    finally:
        server.close(options.keep)
    return done


class OutOfTime(Exception):
    pass


class FromFiles(History):
    """A history whose files stand in a directory."""

    def __init__(self, history, path):
        super().__init__(history.name, history.revisions)
        self.path = path

    def scripts(self, only=None):
        return "".join(
            f"# file: {file.name}\n{file.read_text()}"
            for file in sorted((self.path / "versions").glob("*.py"))
            if only is None or re.search(r'^revision = "(.*)"', file.read_text(), re.MULTILINE)[1] in only
        )


class SeedWork:
    def __init__(self, name, options, server, directory, done):
        self.name, self.options, self.server, self.done = name, options, server, done
        self.number = int(name) if name.isdigit() else sum(map(ord, name))
        self.watched = self.number % 2 == 1
        self.by_sql = self.number % 3 == 2
        if name.isdigit():
            history, path = generated(self.number), directory / "project"
            history.write(path)
        else:
            path = directory / "project"
            shutil.copytree(HANDWRITTEN / name, path)
            (path / "env.py").write_text(ENV)
            history = FromFiles(Project(path).history(name), path)
        self.walk = Walk(history, path)
        self.by_sql = self.by_sql and self.walk.project.tells_dependencies(history)
        self.rng = random.Random(f"work {name}")
        self.templates = {}
        self.baselines = {}

    def stop_if_late(self):
        if self.options.deadline is not None and time.monotonic() > self.options.deadline:
            raise OutOfTime

    def run(self):
        walk = self.walk
        length = len(walk.order)
        able = [index for index in range(1, length + 1) if corruptions.can_leave_enum(walk, index)]
        self.stations = set(self.rng.sample(range(length + 1), min(length + 1, STATIONS - 1)))
        self.stations |= {self.rng.choice(able)} if able else set()
        dbname = self.server.create()
        if self.watched:
            self.install(dbname)
        walk.run(dbname, self.visit_clean(dbname))
        checks = [mode for mode in ("verify", "infer") if mode in self.options.modes]
        if checks and not self.watched:
            again = self.server.create()
            self.install(again)
            for index in range(length + 1):
                if index:
                    walk.project.upgrade(again, walk.order[index - 1])
                self.stop_if_late()
                self.check(again, index)
            self.server.drop(again)
        if "histories" in self.options.modes:
            self.check_history(dbname)
        if "observed" in self.options.modes and (not self.options.kinds_per_seed or self.name in QUICKLY_OBSERVED):
            self.check_observed()
        if "repair" in self.options.modes:
            self.cases()

    def install(self, dbname):
        with Session(dbname) as session:
            session.sql("CREATE EXTENSION migfix")
            for row in judge.load(session, self.walk, self.by_sql):
                if row["state"] not in ("added", "notice"):
                    self.done.fail("histories", f"WRONG history {self.name}: it is not loaded: {dict(row)}")

    def visit_clean(self, dbname):
        def visit(index):
            self.stop_if_late()
            if self.watched:
                self.check(dbname, index)
            if index in self.stations and "repair" in self.options.modes:
                self.templates[index] = self.server.create(dbname)

        return visit

    # --- verify and infer, at each state of a clean upgrade

    def check(self, dbname, index):
        if not index:
            return
        with Session(dbname) as session:
            for mode in ("verify", "infer"):
                if mode in self.options.modes:
                    try:
                        outcome, text = getattr(self, mode)(session, index)
                    except psycopg2.Error as error:
                        outcome, text = "wrong", f"{error.pgcode} {error}"
                    self.done.counts[mode, outcome] += 1
                    if outcome == "wrong":
                        self.done.wrong.append(f"WRONG {mode}, seed {self.name}, state {index} "
                                               f"{self.walk.heads(index)}\n  {text}")

    def verify(self, session, index):
        """No false alarm."""
        applied = self.walk.applied(index)
        opaque = any(OPAQUE.match(text) for one in applied for text in self.walk.project.statements[one])
        found = session.sql("SELECT * FROM migfix_verify()")
        # What is written by hand holds statements that are not modelled; the generated ones hold none.
        opaque = opaque or (not self.name.isdigit() and any(row["state"] == "opaque" for row in found))
        alarming = ("missing", "different") if opaque else ("missing", "different", "unexplained")
        wrong = [row for row in found if row["state"] in alarming]
        if not any(row["state"] == "present" for row in found) and any(self.walk.dumps[index].blocks):
            return "wrong", "it reports nothing that is present"
        return ("wrong", "\n  ".join(str(dict(row)) for row in wrong)) if wrong else ("right", "")

    def infer(self, session, index):
        """The true heads are among what fits, the rows being away."""
        session.sql("BEGIN")
        session.sql("DELETE FROM alembic_version")
        try:
            found = session.sql("SELECT * FROM migfix_infer()")
        finally:
            session.sql("ROLLBACK")
        truth = set(self.walk.heads(index))
        at = {row["revision"] for row in found if row["place"] == "at"}
        either = {row["revision"] for row in found if row["place"] == "or"}
        if not truth <= at | either:
            told = [dict(row) for row in found if row["revision"] in truth or row["place"] in ("at", "or")]
            return "wrong", f"at {sorted(at)}, or {sorted(either)}\n  {told}"
        if at == truth and not either:
            return "exact", ""
        alike = self.walk.look_alikes(self.walk.dumps[index]) if index == len(self.walk.order) else None
        return ("contained, though the schema tells" if alike == [self.walk.applied(index)] else "contained"), ""

    # --- the harness itself

    def check_history(self, dbname):
        """In one run the history ends as step by step; both ways of loading take it; a damage is one."""
        walk = self.walk
        one_go = self.server.create()
        walk.project.upgrade(one_go)
        self.expect(not dump.dump(one_go).difference(walk.clean), "one run ends in another schema")
        self.expect(not dump.dump(dbname).difference(walk.clean), "a schema differs from itself")
        with Session(one_go) as session:
            self.expect(dump.rows(session) == walk.rows[-1], "one run leaves other rows")
            session.sql("CREATE EXTENSION migfix")
            self.expect(not dump.dump(one_go).difference(walk.clean), "migfix shows in the dump")
            loaded = session.sql("SELECT * FROM migfix_load_sql(%s, 'sql')", walk.project.offline_sql)
            counts = {row["revision"]: row["statements"] for row in loaded if row["state"] == "added"}
            said = {one: len(texts) for one, texts in walk.project.statements.items()}
            self.expect(all(counts.get(one, 0) >= said[one] for one in walk.order), f"offline SQL: {loaded}")
        self.server.drop(one_go)
        self.expect(walk.look_alikes(walk.clean) is None or frozenset(walk.order) in walk.look_alikes(walk.clean),
                    "the clean schema is not the sum of its revisions")
        self.check_downgrade(dbname)
        self.done.counts["histories", "right"] += 1

    def check_observed(self):
        """What was seen to run and what was loaded agree, object by object."""
        self.stop_if_late()
        wrong, count = observed.agree(self.server, self.walk, one_run=self.number % 2 == 0)
        self.done.counts["observed", "objects"] += count
        self.done.counts["observed", "wrong" if wrong else "right"] += 1
        self.done.wrong += [f"WRONG observed, seed {self.name}: {text}" for text in wrong[:10]]

    def check_downgrade(self, dbname):
        """From the end down as far as the revisions can be taken back."""
        walk = self.walk
        for index in range(len(walk.order), 0, -1):
            revision = walk.graph.revisions[walk.order[index - 1]]
            if not self.name.isdigit() or revision.downgrade is None or len(revision.parents) > 1:
                return
            if walk.heads(index) != [revision.id]:
                return
            walk.project.downgrade(dbname, (revision.down or ("base",))[0])
            here, before = dump.dump(dbname).items, walk.dumps[index - 1].items
            changed = {where for where, _ in [*(here - before), *(before - here)]}
            left = {where for where in changed if where.startswith("TYPE ")}
            self.expect(changed == left and bool(left) == revision.leaves_enum, f"downgrade of {revision.id}: {changed}")
            if left:
                return

    def expect(self, condition, text):
        if not condition:
            self.done.fail("histories", f"WRONG history {self.name}: {text}")

    # --- repair

    def cases(self):
        kinds = [kind for kind in corruptions.KINDS if not self.options.only or kind in self.options.only]
        if self.options.kinds_per_seed and not self.options.only:
            # In turn, so that a few seeds have all of them.
            begin = self.number * self.options.kinds_per_seed
            kinds = [kinds[(begin + turn) % len(kinds)] for turn in range(min(len(kinds), self.options.kinds_per_seed))]
        for kind in kinds:
            self.stop_if_late()
            places = [index for index in sorted(self.templates) if corruptions.fits(kind, self.walk, index)]
            self.rng.shuffle(places)
            for index in places:  # the first one where it can be done
                verdict = judge.Case(
                    self.walk, index, kind, self.server, self.templates[index], self.watched, self.by_sql,
                    self.baseline(index), f"{self.name} {kind} {index}",
                ).run(self.options.keep)
                if verdict is not None:
                    self.done.counts[kind, verdict.outcome] += 1
                    if verdict.text:
                        self.done.wrong.append(verdict.text)
                    break

    def baseline(self, index):
        if index not in self.baselines:
            dbname = self.server.create(self.templates[index])
            with Session(dbname) as session:
                if not self.watched:
                    session.sql("CREATE EXTENSION migfix")
                    judge.load(session, self.walk, self.by_sql)
                self.baselines[index] = judge.findings(session)
            self.server.drop(dbname)
        return self.baselines[index]
