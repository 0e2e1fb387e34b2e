"""One case: a damaged database, what migfix says and does about it, and whether that is right. The judgement rests
on the clean walk alone: on pg_dump, on the rows of the tables, and on what the real Alembic does next."""

import re
from dataclasses import dataclass

import psycopg2

import corruptions
import dump
from databases import Session
from project import OPAQUE, Failed
from scene import NotHere, Scene

ROUNDS = 4  # of repair, where statements were left that cannot run in a transaction
ALARMING = ("error", "warning")
# The old name in a statement that renames or moves something.
NAME = r'(?:"([^"]+)"|(\w+))'
RENAMED = re.compile(
    rf'ALTER [A-Z ]+ (?:IF EXISTS )?(?:"?\w+"?\.)?{NAME} (?:RENAME TO|SET SCHEMA)|RENAME (?:COLUMN )?{NAME} TO'
)
INHERITS = re.compile(r"\s*ALTER TABLE \S+ (NO )?INHERIT\b", re.IGNORECASE)  # makes nothing
MAKES = re.compile(r"\s*CREATE (OR REPLACE )?(MATERIALIZED )?(VIEW|(CONSTRAINT )?TRIGGER|FUNCTION)", re.IGNORECASE)


class Wrong(Exception):
    """migfix did not do what it must."""


@dataclass
class Verdict:
    kind: str
    outcome: str  # repaired, refused, wrong
    text: str = ""


def load(session, walk, by_sql, only=None):
    """Makes the revisions known to migfix."""
    if by_sql and only is None:
        return session.sql("SELECT * FROM migfix_load_sql(%s)", walk.project.offline_sql)
    return session.sql("SELECT * FROM migfix_load_scripts(%s)", walk.history.scripts(only))


def findings(session):
    """Those that alarm, as comparable texts."""
    return {
        f"{one['severity']} {one['code']} {one['message']}"
        for one in session.sql("SELECT * FROM migfix_findings()")
        if one["severity"] in ALARMING
    }


def steps(plan):
    """What migfix itself is to do; the rest is named for the reader."""
    return [(step["action"], step["statement"]) for step in plan if step["action"] != "upgrade"]


class Case:
    """`baseline`: what migfix_findings reports at that state before any damage."""

    def __init__(self, walk, index, kind, server, template, watched, by_sql, baseline, seed):
        self.walk, self.index, self.kind, self.server = walk, index, kind, server
        self.template, self.watched, self.by_sql, self.baseline = template, watched, by_sql, baseline
        self.seed = seed
        self.plan, self.damage, self.told = [], None, []

    def run(self, keep=False):
        """The Verdict; None where this damage cannot be done here, or changes nothing."""
        dbname = self.server.create(self.template)
        verdict = None
        try:
            with Session(dbname) as self.session:
                self.session.sql("SET statement_timeout = '60s'")
                verdict = self.judged(dbname)
        finally:
            if not (keep and verdict and verdict.outcome == "wrong"):
                self.server.drop(dbname)
        if verdict and verdict.outcome == "wrong":
            verdict.text = self.explained(verdict.text, dbname if keep else None)
        return verdict

    def judged(self, dbname):
        self.dbname = dbname
        scene = Scene(self.walk, self.index, dbname, self.session, self.watched, self.seed)
        before = self.session.versions()
        try:
            self.damage = corruptions.damage(self.kind, scene)
        except NotHere:
            return None
        self.observed = dump.dump(dbname)
        self.rows = self.session.versions()
        if self.damage.loaded is None and self.rows == before and self.observed.items == self.walk.dumps[self.index].items:
            return None
        if self.within_blocks():
            return Verdict(self.kind, "not judged")
        # From here on it is a person's session: what is made in it is guarded.
        self.session.sql("RESET migfix.guard")
        try:
            if not self.watched:
                self.session.sql("CREATE EXTENSION migfix")
                load(self.session, self.walk, self.by_sql, self.damage.loaded)
            return Verdict(self.kind, self.outcome())
        except Wrong as wrong:
            return Verdict(self.kind, "wrong", str(wrong))
        except Failed as error:
            return Verdict(self.kind, "wrong", f"alembic upgrade heads fails: {error}")
        except psycopg2.Error as error:
            return Verdict(self.kind, "wrong", f"{error.pgcode} {error}")

    # --- what the harness knows by itself

    def within_blocks(self):
        """Whether all that was damaged was made within DO blocks: what they make cannot be known to anyone."""
        state = self.walk.dumps[self.index].items
        touched = {where for where, _ in [*(state - self.observed.items), *(self.observed.items - state)]}
        hidden = set()
        for place, revision in enumerate(self.walk.order[: self.index]):
            texts = self.walk.project.statements[revision]
            if any(map(OPAQUE.match, texts)):
                made = self.walk.dumps[place + 1].items - self.walk.dumps[place].items
                said = " ".join(text for text in texts if not OPAQUE.match(text) and not INHERITS.match(text))
                hidden |= {where for where, _ in made if where.split(".")[-1].split(" ")[0] not in said}
        return bool(touched) and touched <= hidden

    def recorded(self):
        """The revisions that the rows claim; None where they claim nothing that is sound."""
        rows = self.rows or []
        graph = self.walk.graph
        if set(rows) - set(graph.order) or len(rows) != len(set(rows)):
            return None
        applied = graph.closure(rows)
        return applied if sorted(graph.heads(applied)) == rows else None

    def in_step(self):
        """Whether rows and schema agree, whatever has been done to them."""
        alike = self.walk.look_alikes(self.observed)
        if self.recorded() is None or self.damage.loaded is not None:
            return False
        return alike is None or self.recorded() in alike

    def may_refuse(self):
        """Why the truth cannot be read from the database, or None."""
        if self.damage.beside:
            return self.damage.beside
        renamed = self.made_under_old_names()
        if renamed:
            return f"no revision has a statement that makes {', '.join(renamed)} as it stood: it names what was renamed since"
        applied = self.walk.order[: self.index]
        if self.kind == "rows_unknown" and any(
            OPAQUE.match(text) for revision in applied for text in self.walk.project.statements[revision]
        ):
            return "what a statement made that cannot be read stands beside an unknown row"
        alike = self.walk.look_alikes(self.observed)
        truth = self.walk.applied(self.index)
        if alike is None:
            alike = [frozenset(), truth]  # too many to look at: every revision may be in doubt
        if self.recorded() in alike:
            return None
        if self.watched and self.kind in ("rows_lost", "rows_cleared"):
            return None  # the log knows the rows
        hidden = self.walk.hidden_between([*alike, truth] if alike else [])
        # Rows against schema, and but one object speaks against the rows: who drops it leaves the same.
        claimed = (self.recorded() or frozenset()) - frozenset().union(*alike)
        if sum(map(self.walk.shown_objects, claimed)) == 1:
            hidden += filter(self.walk.hides, claimed)
        return f"whether {', '.join(hidden)} ran is seen in no schema" if hidden else None

    def made_under_old_names(self):
        """Views, triggers and functions that are gone, and that a statement made which runs no more, because it names
        what was renamed or moved."""
        def written(dumped):
            return {block.name.split(" ")[-1].split("(")[0].strip('"')
                    for block in dumped.blocks if block.kind.endswith(("VIEW", "TRIGGER", "FUNCTION"))}

        texts = [text for revision in self.walk.order[: self.index] for text in self.walk.project.statements[revision]]
        old_names = {name for text in texts for found in RENAMED.findall(text) for name in found if name}
        return sorted(
            name for name in written(self.walk.dumps[self.index]) - written(self.observed)
            if not (makers := [text for text in texts if MAKES.match(text) and name in text])
            or any(old in text for text in makers for old in old_names)
        )

    # --- what migfix does

    def outcome(self):
        alarm = findings(self.session) - self.baseline
        in_step = self.in_step()
        if not alarm and not in_step:
            raise Wrong("no finding speaks of it")
        self.plan = self.session.sql("SELECT * FROM migfix_plan()")
        if not in_step and not steps(self.plan):
            raise Wrong("the plan is empty")
        reason = self.may_refuse()
        if self.kind in corruptions.NEVER_REPAIRED:
            if self.refused() is None:
                raise Wrong(f"it was repaired, although there are {reason}")
            return "refused"
        error = self.refused()
        if error is None:
            self.check_end(in_step)
            return "repaired"
        if any(step["action"] == "person" for step in self.plan):
            if not reason:
                raise Wrong(f"it asks for a person, although all can be told: {error}")
            decided = self.damage.decided_by_target and not self.made_under_old_names()
            if decided and len(self.walk.heads(self.index)) == 1:
                self.repair_to(self.walk.heads(self.index)[0])
                self.check_end(in_step)
            return "refused"
        if not any(step["safe"] is False for step in self.plan):
            raise Wrong(f"it raises, although every step of its plan is safe: {error}")
        error = self.refused(force=True)
        if error is not None:
            raise Wrong(f"it raises although force is given: {error}")
        self.check_end(in_step)
        return "repaired"

    def refused(self, target=None, force=False):
        """Repairs; what was raised, or None. What cannot run in a transaction is run here, as it was left."""
        transactional = self.seed.endswith("1")
        left_before = None
        for turn in range(ROUNDS):
            plan = self.session.sql("SELECT * FROM migfix_plan(%s)", target)
            before = self.session.versions()
            try:
                done = self.session.sql(
                    "SELECT * FROM migfix_repair(%s, force => %s, transactional => %s)", target, force, transactional
                )
            except psycopg2.Error as error:
                if error.pgcode != "55000":
                    raise Wrong(f"migfix_repair raises {error.pgcode}: {error}") from error
                if turn:
                    raise Wrong(f"it raises after what it left was run: {error}") from error
                if self.session.versions() != before:
                    raise Wrong("it raised and changed rows")
                return str(error)
            self.told += [f"{step['outcome']}: {step['statement']}" for step in done]
            if not transactional and steps(plan) != steps(done):
                raise Wrong(f"it did not do what was planned: {done}")
            left = [step["statement"] for step in done if step["outcome"] == "left" and step["action"] == "run"]
            if not left:
                return None
            if left == left_before:
                raise Wrong(f"it leaves again what was run: {left}")
            left_before = left
            for statement in left:
                self.session.sql(statement)
        raise Wrong("it leaves something each time")

    def repair_to(self, revision):
        error = self.refused(revision)
        if error is not None:
            error = self.refused(revision, force=True)
        if error is not None:
            raise Wrong(f"it raises although the true revision, {revision}, is named: {error}")
        if self.session.versions() != [revision]:
            raise Wrong(f"{revision} was named and {self.session.versions()} recorded")

    def check_end(self, in_step):
        graph, walk = self.walk.graph, self.walk
        rows = self.session.versions()
        applied = graph.closure(rows or [])
        # No table is a state too, where nothing is applied: the next upgrade makes it.
        if (rows or []) != sorted(graph.heads(applied)):
            raise Wrong(f"the rows after the repair are {rows}")
        mended = dump.dump(self.dbname)
        alike = walk.look_alikes(mended)
        if alike is not None and applied not in alike:
            raise Wrong(f"rows {rows} are recorded after the repair, and the schema is not theirs\n"
                        + self.nearest_difference(mended, applied))
        walk.project.upgrade(self.dbname)
        if applied != frozenset(graph.order):
            mended = dump.dump(self.dbname)
        different = mended.difference(walk.clean)
        if different:
            raise Wrong(f"after alembic upgrade heads the schema is not that of a clean upgrade\n{different}")
        if self.session.versions() != sorted(graph.heads(graph.order)):
            raise Wrong(f"after alembic upgrade heads the rows are {self.session.versions()}")
        # Where rows were moved over revisions that no schema shows, nobody can know that.
        unseen = in_step and self.recorded() != walk.applied(self.index)
        broken_off_unseen = self.kind == "half_applied" and (in_step or self.damage.rows_unseen)
        # A downgrade takes values away, and does not take back what its upgrade did to rows.
        no_rows_to_compare = self.kind == "leftover_enum"
        # Objects made past Alembic may be all that the schema shows of a later state: rows are not among them.
        if self.kind == "create_all" and self.damage.beside:
            no_rows_to_compare = True
        there = dump.rows(self.session)
        if there != walk.rows[-1] and not unseen and not broken_off_unseen and not no_rows_to_compare:
            raise Wrong(f"the tables hold other rows than after a clean upgrade\n  here: {there}\n  clean: {walk.rows[-1]}")
        remaining = {one for one in findings(self.session) if one.startswith("error")} - self.baseline
        if remaining:
            raise Wrong(f"errors are still reported: {sorted(remaining)}")

    def nearest_difference(self, mended, applied):
        for index, state in enumerate(self.walk.dumps):
            if self.walk.applied(index) == applied:
                return mended.difference(state)
        return "  (a state that the walk did not pass)"

    def explained(self, why, dbname):
        lines = [
            f"WRONG {self.kind}, seed {self.walk.history.name}, state {self.index} {self.walk.heads(self.index)}"
            f"{', watched' if self.watched else ''}{', loaded from SQL' if self.by_sql else ''}",
            f"  damage: {self.damage.told if self.damage else '?'}; rows {getattr(self, 'rows', None)}",
            f"  {why}",
            *(f"  plan {step['step']}: {step['action']} safe={step['safe']} {step['statement']}  -- {step['reason']}"
              for step in self.plan),
            *(f"  {line}" for line in self.told),
        ]
        return "\n".join(lines + ([f"  database {dbname}"] if dbname else []))
