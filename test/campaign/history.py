"""A history of revisions: its graph, its sets of applied revisions, and its files."""

import pathlib
import textwrap
from dataclasses import dataclass, field

ENV = """
from alembic import context

attributes = context.config.attributes
if context.is_offline_mode():
    context.configure(dialect_name="postgresql", literal_binds=True)
    with context.begin_transaction():
        context.run_migrations()
else:
    with attributes["engine"].connect() as connection:
        context.configure(connection=connection)
        with context.begin_transaction():
            context.run_migrations()
"""


@dataclass
class Revision:
    """`upgrade` and `downgrade` are lines of Python; downgrade is None where it cannot be taken back."""

    id: str
    down: tuple = ()
    depends_on: tuple = ()
    message: str = ""
    upgrade: list = field(default_factory=list)
    downgrade: list = field(default_factory=list)
    leaves_enum: bool = False  # downgrade() forgets a type that upgrade() makes

    @property
    def parents(self):
        return (*self.down, *self.depends_on)

    def text(self):
        def written(items):
            return repr(items[0] if len(items) == 1 else tuple(items) or None)

        body = textwrap.indent("\n".join(self.upgrade) or "pass", "    ")
        back = ["raise NotImplementedError('this cannot be taken back')"] if self.downgrade is None else self.downgrade
        back = textwrap.indent("\n".join(back) or "pass", "    ")
        return (
            f'"""{self.message}"""\n\nimport sqlalchemy as sa\nfrom alembic import op\n'
            f"from sqlalchemy.dialects import postgresql\n\nrevision = {self.id!r}\n"
            f"down_revision = {written(self.down)}\nbranch_labels = None\n"
            f"depends_on = {written(self.depends_on)}\n\n\ndef upgrade():\n{body}\n\n\ndef downgrade():\n{back}\n"
        )


class Graph:
    """Which revisions stand below which. Revisions are given parents first."""

    def __init__(self, revisions):
        self.revisions = {revision.id: revision for revision in revisions}
        self.order = [revision.id for revision in revisions]
        self.below = {}
        for revision in revisions:
            below = set(revision.parents)
            for parent in revision.parents:
                below |= self.below[parent]
            self.below[revision.id] = frozenset(below)

    def heads(self, applied):
        """The rows that Alembic keeps for these applied revisions, in order."""
        lower = set()
        for one in applied:
            lower |= self.below[one]
        return [one for one in self.order if one in applied and one not in lower]

    def closure(self, ids):
        applied = set(ids)
        for one in ids:
            applied |= self.below[one]
        return frozenset(applied)

    def walk_order(self, rng):
        """One of the orders in which `alembic upgrade` may run them all."""
        result, left = [], list(self.order)
        while left:
            ready = [one for one in left if not set(self.revisions[one].parents) - set(result)]
            # Mostly on along the same branch, as people deploy.
            after = [one for one in ready if result and result[-1] in self.revisions[one].parents]
            one = rng.choice(after if after and rng.random() < 0.6 else ready)
            result.append(one)
            left.remove(one)
        return result

    def downsets(self, limit):
        """Every set that can be applied at a time, or None where there are more than `limit`."""
        known = {frozenset()}
        front = [frozenset()]
        while front:
            applied = front.pop()
            for one in self.order:
                if one in applied or set(self.revisions[one].parents) - applied:
                    continue
                further = applied | {one}
                if further not in known:
                    known.add(further)
                    if len(known) > limit:
                        return None
                    front.append(further)
        return known


@dataclass
class History:
    """`name` is the seed of a generated history, or the name of one that was written by hand."""

    name: str
    revisions: list

    def write(self, path):
        """An Alembic project in a new directory."""
        path = pathlib.Path(path)
        (path / "versions").mkdir(parents=True)
        (path / "env.py").write_text(ENV)
        for revision in self.revisions:
            (path / "versions" / f"{revision.id}_.py").write_text(revision.text())

    def scripts(self, only=None):
        """The files' text as migfix_load_scripts takes it."""
        return "".join(
            f"# file: {revision.id}_.py\n{revision.text()}"
            for revision in self.revisions
            if only is None or revision.id in only
        )
