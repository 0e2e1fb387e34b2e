"""The schema as the generator believes it to be after each revision: enough to write a next one that runs."""

import copy
import re
from dataclasses import dataclass, field

RESERVED = {"order", "user", "group", "table", "select", "check", "references", "default", "end", "all"}


def ident(name):
    """The name as SQL writes it."""
    if re.fullmatch(r"[a-z_][a-z0-9_]*", name) and name not in RESERVED:
        return name
    return '"' + name.replace('"', '""') + '"'


@dataclass
class Column:
    name: str
    type: object  # of column_types.py; an Enum for a column of one
    nullable: bool = True
    default: str = None  # Python source
    special: str = ""  # serial, identity, computed, domain, sequence
    frozen: bool = False  # a view, a trigger or an expression reads it: neither dropped nor given another type

    @property
    def is_enum(self):
        return isinstance(self.type, Enum)

    @property
    def family(self):
        return "enum" if self.is_enum else self.type.family

    def plain(self):
        return not (self.special or self.frozen)


@dataclass
class Enum:
    name: str
    labels: list
    fresh: set = field(default_factory=set)  # added within a transaction: not to be used by what follows
    fixed: bool = False  # something besides columns depends on it

    def usable(self):
        return [label for label in self.labels if label not in self.fresh]

    def source(self, create):
        labels = ", ".join(map(repr, self.labels))
        if create:
            return f"sa.Enum({labels}, name={self.name!r})"
        return f"postgresql.ENUM({labels}, name={self.name!r}, create_type=False)"


@dataclass
class Table:
    name: str
    columns: dict = field(default_factory=dict)
    primary_key: list = field(default_factory=list)
    primary_key_name: str = None
    indexes: dict = field(default_factory=dict)  # name -> columns
    uniques: dict = field(default_factory=dict)
    foreign_keys: dict = field(default_factory=dict)  # name -> (columns, table, columns there)
    checks: dict = field(default_factory=dict)
    triggers: dict = field(default_factory=dict)  # name -> function
    single: set = field(default_factory=set)  # columns of unique indexes
    rows: int = 0
    deferred: bool = False  # what changes its rows leaves triggers for the end of the transaction
    shared: bool = False  # several branches add to it at a time

    def used_columns(self):
        used = set(self.primary_key)
        for columns in (*self.indexes.values(), *self.uniques.values(), *self.checks.values()):
            used |= set(columns)
        for columns, _, _ in self.foreign_keys.values():
            used |= set(columns)
        return used

    def forget_column(self, name):
        del self.columns[name]
        for kept in (self.indexes, self.uniques, self.checks):
            for key in [key for key, columns in kept.items() if name in columns]:
                del kept[key]
        for key in [key for key, (columns, _, _) in self.foreign_keys.items() if name in columns]:
            del self.foreign_keys[key]

    def rename_column(self, old, new):
        def renamed(columns):
            return [new if column == old else column for column in columns]

        self.columns = {new if key == old else key: column for key, column in self.columns.items()}
        self.columns[new].name = new
        self.primary_key = renamed(self.primary_key)
        self.single = set(renamed(self.single))
        for kept in (self.indexes, self.uniques, self.checks):
            for key in kept:
                kept[key] = renamed(kept[key])
        for key, (columns, table, there) in self.foreign_keys.items():
            self.foreign_keys[key] = (renamed(columns), table, there)


class Model:
    """What one branch may touch. `names` is shared by all branches, so that no two choose the same name."""

    def __init__(self, names):
        self.names = names
        self.tables, self.enums, self.views = {}, {}, {}
        self.functions, self.sequences = [], []

    def open_tables(self):
        """Those that are this branch's alone."""
        return [table for table in self.tables.values() if not table.shared]

    def references_to(self, name):
        return [
            (table, key)
            for table in self.tables.values()
            for key, (_, there, _) in table.foreign_keys.items()
            if there == name
        ]

    def views_of(self, name):
        return [view for view, (tables, _) in self.views.items() if name in tables]

    def columns_of_enum(self, name):
        return [
            (table, column)
            for table in self.tables.values()
            for column in table.columns.values()
            if column.is_enum and column.type.name == name
        ]

    def rename_table(self, old, new):
        self.tables = {new if key == old else key: table for key, table in self.tables.items()}
        self.tables[new].name = new
        for table in self.tables.values():
            for key, (columns, there, others) in table.foreign_keys.items():
                if there == old:
                    table.foreign_keys[key] = (columns, new, others)
        for view, (tables, materialized) in self.views.items():
            self.views[view] = ([new if table == old else table for table in tables], materialized)

    # --- branches

    def groups(self):
        """The tables in groups that must stay together: by foreign keys, views and enums."""
        group = {name: {name} for name in self.tables}

        def join(names):
            names = [name for name in names if name in group]
            merged = set().union(*(group[name] for name in names)) if names else set()
            for name in merged:
                group[name] = merged

        for table in self.tables.values():
            join([table.name, *(there for _, there, _ in table.foreign_keys.values())])
        for tables, _ in self.views.values():
            join(tables)
        for enum in self.enums:
            join([table.name for table, _ in self.columns_of_enum(enum)])
        return list({id(members): members for members in group.values()}.values())

    def split(self, rng, count):
        """Models for `count` branches, each with tables of its own, some with one that they share; and the
        part that no branch touches."""
        groups = self.groups()
        rng.shuffle(groups)
        shared = None
        if groups and rng.random() < 0.5:
            alone = [group for group in groups if len(group) == 1 and not self.tables[next(iter(group))].shared]
            if alone:
                group = rng.choice(alone)
                name = next(iter(group))
                if not self.views_of(name) and not any(c.is_enum for c in self.tables[name].columns.values()):
                    shared = name
                    groups.remove(group)
        branches = [Model(self.names) for _ in range(count)]
        for index, group in enumerate(groups):
            branch = branches[index % count]
            for name in group:
                branch.tables[name] = copy.deepcopy(self.tables[name])
            for enum in self.enums:
                if any(table.name in group for table, _ in self.columns_of_enum(enum)):
                    branch.enums[enum] = copy.deepcopy(self.enums[enum])
            for view, (tables, materialized) in self.views.items():
                if set(tables) & set(group):
                    branch.views[view] = (list(tables), materialized)
            branch.join_enums()
        if shared:
            for branch in branches:
                branch.tables[shared] = copy.deepcopy(self.tables[shared])
                branch.tables[shared].shared = True
        used = {enum for branch in branches for enum in branch.enums}
        rest = Model(self.names)
        rest.enums = {name: enum for name, enum in self.enums.items() if name not in used}
        rest.functions, rest.sequences = list(self.functions), list(self.sequences)
        was_shared = bool(shared and self.tables[shared].shared)
        return branches, rest, (shared, was_shared)

    def join_enums(self):
        """Columns of one enum have one Enum object again after a copy."""
        for table in self.tables.values():
            for column in table.columns.values():
                if column.is_enum:
                    column.type = self.enums.setdefault(column.type.name, column.type)

    @staticmethod
    def merged(branches, rest, shared):
        """The branches' ends in one model."""
        name, was_shared = shared
        result = Model(rest.names)
        result.enums.update(rest.enums)
        result.functions += rest.functions
        result.sequences += rest.sequences
        for branch in branches:
            for key, table in branch.tables.items():
                known = result.tables.get(key)
                if known is None:
                    result.tables[key] = table
                    continue
                for mine, theirs in ((known.columns, table.columns), (known.indexes, table.indexes)):
                    for more in theirs:
                        mine.setdefault(more, theirs[more])
            result.enums.update(branch.enums)
            result.views.update(branch.views)
            result.functions += [one for one in branch.functions if one not in result.functions]
            result.sequences += [one for one in branch.sequences if one not in result.sequences]
        if name:
            result.tables[name].shared = was_shared
        result.join_enums()
        return result
