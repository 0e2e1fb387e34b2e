"""The installed Alembic's own classes, fed with revisions in memory."""

import types
import warnings

from alembic import util
from alembic.runtime.migration import HeadMaintainer
from alembic.script import ScriptDirectory
from alembic.script.revision import Revision, RevisionError, RevisionMap

warnings.simplefilter("ignore")


class Version:
    """The column version_num, as far as HeadMaintainer uses it."""

    def __eq__(self, literal):
        return literal

    __hash__ = None


class Statement:
    def __init__(self, kind):
        self.kind, self.new, self.old = kind, None, None

    def values(self, version_num):
        self.new = version_num.name[1:-1]
        return self

    def where(self, literal):
        self.old = literal.name[1:-1]
        return self


class VersionTable:
    """Rows in a list; stands for the Table, the connection and the context of a HeadMaintainer."""

    def __init__(self, rows):
        self.rows = list(rows)
        self.steps = []
        self.impl = self._version = self
        self.c = types.SimpleNamespace(version_num=Version())
        self.as_sql = False
        self.dialect = types.SimpleNamespace(supports_sane_rowcount=True)
        self.version_table = "alembic_version"

    def insert(self):
        return Statement("insert")

    def update(self):
        return Statement("update")

    def delete(self):
        return Statement("delete")

    def _exec(self, statement):
        found = self.rows.count(statement.old)
        self.steps.append((statement.kind, statement.old or "", statement.new or ""))
        if statement.kind == "insert":
            self.rows.append(statement.new)
        elif statement.kind == "update":
            self.rows = [statement.new if row == statement.old else row for row in self.rows]
        else:
            self.rows = [row for row in self.rows if row != statement.old]
        return types.SimpleNamespace(rowcount=found)


class Alembic:
    """Results are ("ok", value), ("error", message) of a CommandError, or ("crash", text) of a traceback."""

    def __init__(self, graph):
        """`graph`: (revision, down_revision, depends_on, branch_labels), the last three tuples."""
        revisions = [Revision(r, down or None, deps or None, labels or None) for r, down, deps, labels in graph]
        self.map = RevisionMap(lambda: revisions)
        self.script = ScriptDirectory.__new__(ScriptDirectory)
        self.script.revision_map = self.map
        self.map._revision_map

    def run(self, function):
        try:
            return "ok", function()
        except util.CommandError as error:
            return "error", str(error)
        except (AssertionError, KeyError, AttributeError, TypeError, ValueError, RecursionError) as error:
            return "crash", repr(error)

    def caught(self, function, **words):
        def inner():
            with self.script._catch_revision_errors(**words):
                return function()

        return self.run(inner)

    def stamp(self, rows, destinations, purge):
        table = VersionTable(rows)

        def inner():
            if purge:
                table.rows = []
            heads = tuple(table.rows)
            maintainer = HeadMaintainer(table, heads)
            for step in self.script._stamp_revs(tuple(destinations), heads):
                maintainer.update_to_step(step)
            return table.rows, table.steps

        return self.run(inner)

    def revisions(self, identifier):
        return self.run(lambda: [r.revision for r in self.script.get_revisions(identifier)])

    def upgrade_target(self, rows, identifier):
        return self.caught(
            lambda: [r.revision for r in self.map._parse_upgrade_target(tuple(rows), identifier, True)],
            end=identifier,
        )

    def downgrade_target(self, rows, identifier):
        def inner():
            _, target = self.map._parse_downgrade_target(tuple(rows), identifier, True)
            return [] if target is None or target == "base" else [target.revision]

        return self.caught(inner, end=identifier)

    def history(self, rows, text):
        base, head = text.strip().split(":")
        if head == "current":
            head = tuple(rows)
        elif base == "current":
            base = tuple(rows)
        return self.run(lambda: [r.revision for r in self.script.walk_revisions(base or "base", head or "heads")])

    def ancestors(self, ids, dependencies):
        nodes = self.map._get_ancestor_nodes(self.map.get_revisions(ids), include_dependencies=dependencies)
        return {r.revision for r in nodes}

    def descendants(self, ids, dependencies):
        nodes = self.map._get_descendant_nodes(self.map.get_revisions(ids), include_dependencies=dependencies)
        return {r.revision for r in nodes}
