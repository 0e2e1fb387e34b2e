"""Steps of a revision on tables and their columns. Each takes the generator's random numbers and the model,
changes the model, and answers a Step, or None where it finds nothing to work on."""

from dataclasses import dataclass, field

from column_types import BIGINT, CONVERTED, INTEGER, NARROWER, TEXT, TYPES, UUID, WIDER
from model import Column, Enum, Table, ident


@dataclass
class Step:
    up: list
    down: list = field(default_factory=list)  # None: it cannot be taken back
    leaves_enum: bool = False


WORDS = ("account audio batch budget channel company contract device document event invoice job label ledger member "
         "message note order parcel payment plan project region report route sample session shift site tag task "
         "team ticket token user vehicle visit").split()
COLUMNS = ("amount body city code color comment count country created email external_ref height info kind level "
           "locale name note number owner payload phone place position price priority rank reason score size slug "
           "source status summary title total updated url weight zone").split()
STATES = ["new", "open", "held", "done", "failed", "archived", "it's", "In Progress", "PENDING", "x-1"]


def new_name(rng, model, words, kind=""):
    """A name that stands nowhere else, some of them awkward."""
    while True:
        name = f"{rng.choice(words)}{kind}_{rng.randrange(1000)}"
        chance = rng.random()
        if chance < 0.05:
            name = "".join(part.capitalize() for part in name.split("_"))
        elif chance < 0.07:
            name = f"straße {name}"
        elif chance < 0.10:
            name = (name + "_with_a_rather_long_name_that_people_choose_at_times")[:50]
        if name.lower() not in model.names:
            model.names.add(name.lower())
            return name


def default_source(rng, column_type, chance):
    if isinstance(column_type, Enum):
        labels = [label for label in column_type.usable() if "'" not in label]
        return repr(rng.choice(labels)) if labels and rng.random() < chance else None
    if column_type.defaults and rng.random() < chance:
        return rng.choice(column_type.defaults)
    return None


def column_source(column, *more, create_enum=False):
    parts = [repr(column.name), column.type.source(create_enum) if column.is_enum else column.type.source, *more]
    if column.default:
        parts.append(f"server_default={column.default}")
    if not column.nullable:
        parts.append("nullable=False")
    return f"sa.Column({', '.join(parts)})"


def key_name(rng, prefix, table, columns):
    """The name of a constraint as source, and as it will stand in the catalogs; None: the server's choice."""
    name = f"{prefix}_{table}_{'_'.join(columns)}"[:60]
    style = rng.random()
    if style < 0.35:
        return None, None
    if style < 0.7:
        return f"op.f({name!r})", name
    return repr(name), name


def server_name(table, columns, suffix):
    """The name that the server chooses, where it does not have to cut it."""
    name = "_".join([table, *columns, suffix])
    return name if len(name.encode()) < 60 else None


def some_column(rng, model, table, types=TYPES):
    """A column of a plain type that may be anything."""
    names = [name for name in COLUMNS if name not in table.columns]
    name = rng.choice(names) if names and rng.random() < 0.85 else new_name(rng, model, COLUMNS)
    column = Column(name, rng.choice(types), nullable=rng.random() < 0.6)
    column.default = default_source(rng, column.type, 0.35)
    return column


def primary_key(rng, table, parts):
    """Puts the key's columns into a table that has none yet; `parts` are the arguments of create_table. Answers
    the constraint's source, where it stands for itself."""
    style = rng.choice(["serial", "serial", "big", "identity", "always", "uuid", "natural", "pair", "none"])
    named = rng.random() < 0.5
    inline = ", primary_key=True" if not named else ", nullable=False"

    def add(name, column_type, *more, special="", default=None):
        table.columns[name] = Column(name, column_type, False, default, special)
        table.primary_key.append(name)
        given = "".join(f", {one}" for one in more)
        server = f", server_default={default}" if default else ""
        parts.append(f"sa.Column({name!r}, {column_type.source}{given}{server}{inline})")

    if style in ("serial", "big"):
        more = ["autoincrement=True"] if named else []
        add("id", INTEGER if style == "serial" else BIGINT, *more, special="serial")
    elif style in ("identity", "always"):
        options = "always=True" if style == "always" else rng.choice(["", "start=100, increment=5"])
        add("id", BIGINT, f"sa.Identity({options})", special="identity")
    elif style == "uuid":
        add("id", UUID, default=UUID.defaults[0])
    elif style == "natural":
        add("code", next(one for one in TYPES if one.source == "sa.String(50)"))
    elif style == "pair":
        add("left_id", INTEGER, *([] if named else ["autoincrement=False"]))
        add("right_id", INTEGER, *([] if named else ["autoincrement=False"]))
    else:
        column = Column("ref", INTEGER)
        table.columns["ref"] = column
        parts.append(column_source(column))
        return None
    table.primary_key_name = f"pk_{table.name}"[:60] if named else f"{table.name}_pkey"
    columns = ", ".join(map(repr, table.primary_key))
    return f"sa.PrimaryKeyConstraint({columns}, name=op.f({table.primary_key_name!r}))" if named else None


def foreign_key_target(rng, model, table):
    """A table with a key of one column that a column of the same type can refer to, and that column."""
    able = [
        other
        for other in model.open_tables()
        if len(other.primary_key) == 1 and other.columns[other.primary_key[0]].family in ("int", "uuid", "text")
    ]
    if not able:
        return None
    target = rng.choice(able)
    there = target.columns[target.primary_key[0]]
    stem = target.name.lower().replace(" ", "_")[:30]
    name = next(f"{stem}_ref{n or ''}" for n in range(99) if f"{stem}_ref{n or ''}" not in table.columns)
    return target, there, Column(name, there.type)


def create_table(rng, model):
    table = Table(new_name(rng, model, WORDS))
    parts, enum = [], None
    key = primary_key(rng, table, parts)
    before = []
    for _ in range(rng.randint(1, 5)):
        column = some_column(rng, model, table)
        more = []
        if column.family in ("text", "int", "uuid") and rng.random() < 0.12:
            more.append("index=True")
            table.indexes[f"ix_{table.name}_{column.name}"] = [column.name]
        elif column.family in ("text", "int") and rng.random() < 0.12:
            more.append("unique=True")
            name = server_name(table.name, [column.name], "key")
            if name:
                table.uniques[name] = [column.name]
            else:
                column.frozen = True
        elif column.family in ("text", "moment") and rng.random() < 0.08:
            more.append("comment='what it is: it''s said here'")
        table.columns[column.name] = column
        parts.append(column_source(column, *more))
    if rng.random() < 0.35:
        enum = Enum(new_name(rng, model, COLUMNS, "_state").lower().replace(" ", "_"), rng.sample(STATES, rng.randint(2, 5)))
        column = Column("state", enum, rng.random() < 0.5)
        table.columns["state"] = column
        column.default = default_source(rng, enum, 0.5)
        model.enums[enum.name] = enum
        inline = rng.random() < 0.6
        if not inline:
            before.append(f"postgresql.ENUM({', '.join(map(repr, enum.labels))}, name={enum.name!r})"
                          f".create(op.get_bind(), checkfirst={rng.random() < 0.5})")
        parts.append(column_source(column, create_enum=inline))
    elif model.enums and rng.random() < 0.2:
        used = model.enums[rng.choice(sorted(model.enums))]
        table.columns["state"] = Column("state", used)
        parts.append(column_source(table.columns["state"]))
    if rng.random() < 0.15 and any(column.family == "int" for column in table.columns.values()):
        source = rng.choice([column for column in table.columns.values() if column.family == "int"])
        source.frozen = True
        table.columns["doubled"] = Column("doubled", BIGINT, special="computed")
        parts.append(f"sa.Column('doubled', sa.BigInteger(), sa.Computed({ident(source.name) + ' * 2'!r}))")
    if key:
        parts.append(key)
    parts += table_constraints(rng, model, table, parts)
    if rng.random() < 0.1:
        parts.append("comment=\"what this table is for; it's long\"")
    model.tables[table.name] = table
    body = [f"op.create_table({table.name!r},", *(f"    {part}," for part in parts), ")"]
    leaves = enum is not None and rng.random() < 0.6
    down = [f"op.drop_table({table.name!r})"]
    if enum is not None and not leaves:
        down.append(f"op.execute({'DROP TYPE ' + ident(enum.name)!r})")
    return Step(before + body, down, leaves)


def table_constraints(rng, model, table, columns):
    """Constraints that stand for themselves in a CREATE TABLE, as source; a foreign key adds its column."""
    result = []
    while rng.random() < 0.3:
        found = foreign_key_target(rng, model, table)
        if not found:
            break
        target, there, column = found
        more = rng.choice(["", ", ondelete='CASCADE'", ", ondelete='SET NULL'", ", deferrable=True, initially='DEFERRED'"])
        if "DEFERRED" in more:
            table.deferred = target.deferred = True
        columns.append(column_source(column))
        table.columns[column.name] = column
        source, name = key_name(rng, "fk", table.name, [column.name, target.name])
        given = f", name={source}" if source else ""
        result.append(f"sa.ForeignKeyConstraint([{column.name!r}], [{target.name + '.' + there.name!r}]{given}{more})")
        name = name or server_name(table.name, [column.name], "fkey") or f"?{column.name}"
        table.foreign_keys[name] = ([column.name], target.name, [there.name])
    plain = [one.name for one in table.columns.values() if one.family in ("int", "text", "uuid") and not one.special]
    if len(plain) > 1 and rng.random() < 0.2:
        pair = rng.sample(plain, 2)
        source, name = key_name(rng, "uq", table.name, pair)
        given = f", name={source}" if source else ""
        result.append(f"sa.UniqueConstraint({', '.join(map(repr, pair))}{given})")
        name = name or server_name(table.name, pair, "key")
        # One that is the primary key again is none for the server.
        if pair != table.primary_key:
            table.uniques[name or f"?{'_'.join(pair)}"] = pair
    numbers = [one.name for one in table.columns.values() if one.family in ("int", "numeric") and not one.special]
    if numbers and rng.random() < 0.25:
        column = rng.choice(numbers)
        source, name = key_name(rng, "ck", table.name, [column])
        given = f", name={source}" if source else ""
        expression = f"{ident(column)} >= 0"
        result.append(f"sa.CheckConstraint({expression!r}{given})")
        name = name or server_name(table.name, [column], "check")
        table.checks[name or f"?{column}"] = [column]
    return result


def add_column(rng, model):
    tables = list(model.tables.values())
    if not tables:
        return None
    table = rng.choice(tables)
    column = some_column(rng, model, table)
    if table.shared:
        column.name = new_name(rng, model, COLUMNS)
    up, down, more, leaves = [], [f"op.drop_column({table.name!r}, {column.name!r})"], [], False
    chance = rng.random()
    if chance < 0.15 and not table.shared:
        enum = Enum(new_name(rng, model, COLUMNS, "_kind").lower().replace(" ", "_"), rng.sample(STATES, rng.randint(2, 5)))
        model.enums[enum.name] = enum
        column.type = enum
        labels = ", ".join(map(repr, enum.labels))
        up.append(f"postgresql.ENUM({labels}, name={enum.name!r}).create(op.get_bind())")
        leaves = rng.random() < 0.6
        if not leaves:
            down.append(f"postgresql.ENUM(name={enum.name!r}).drop(op.get_bind())")
    elif chance < 0.22 and model.enums and not table.shared:
        column.type = model.enums[rng.choice(sorted(model.enums))]
    elif chance < 0.32 and not table.shared:
        found = foreign_key_target(rng, model, table)
        if found:
            target, there, column = found
            down = [f"op.drop_column({table.name!r}, {column.name!r})"]
            source, name = key_name(rng, "fk", table.name, [column.name, target.name])
            given = f", name={source}" if source else ""
            more.append(f"sa.ForeignKey({target.name + '.' + there.name!r}{given})")
            name = name or server_name(table.name, [column.name], "fkey") or f"?{column.name}"
            table.foreign_keys[name] = ([column.name], target.name, [there.name])
    if column.is_enum or more:
        column.default = None
    if column.is_enum:
        column.default = default_source(rng, column.type, 0.4)
    if not column.nullable and not column.default:
        if column.is_enum or not column.type.defaults:
            column.nullable = True
        else:
            column.default = rng.choice(column.type.defaults)
    table.columns[column.name] = column
    up.append(f"op.add_column({table.name!r}, {column_source(column, *more)})")
    if not column.nullable and column.default and rng.random() < 0.3 and not table.shared:
        # The usual way to add a column that every row must fill.
        up.append(f"op.alter_column({table.name!r}, {column.name!r}, server_default=None)")
        column.default = None
    return Step(up, down, leaves)


def drop_column(rng, model):
    able = [
        (table, column)
        for table in model.open_tables()
        for column in table.columns.values()
        if not column.frozen and column.name not in table.primary_key and len(table.columns) > 2
        and column.special not in ("sequence",)
    ]
    if not able:
        return None
    table, column = rng.choice(able)
    table.forget_column(column.name)
    return Step([f"op.drop_column({table.name!r}, {column.name!r})"], None)


def drop_table(rng, model):
    able = [
        table
        for table in model.open_tables()
        if not model.references_to(table.name) and not model.views_of(table.name) and len(model.tables) > 2
    ]
    if not able:
        return None
    table = rng.choice(able)
    del model.tables[table.name]
    up = [f"op.drop_table({table.name!r})"]
    for enum in {column.type.name for column in table.columns.values() if column.is_enum}:
        if not model.columns_of_enum(enum) and not model.enums[enum].fixed and rng.random() < 0.5:
            del model.enums[enum]
            up.append(f"op.execute({'DROP TYPE ' + ident(enum)!r})")
    return Step(up, None)


def rename_table(rng, model):
    able = model.open_tables()
    if not able:
        return None
    old = rng.choice(able).name
    new = new_name(rng, model, WORDS)
    model.rename_table(old, new)
    return Step([f"op.rename_table({old!r}, {new!r})"], [f"op.rename_table({new!r}, {old!r})"])


def alter_column(rng, model):
    able = [(table, column) for table in model.open_tables() for column in table.columns.values() if column.plain()]
    if not able:
        return None
    table, column = rng.choice(able)
    change = rng.choice(["type", "type", "nullable", "default", "rename", "rename", "comment"])
    call = f"op.alter_column({table.name!r}, {column.name!r}, "
    if change == "type":
        return alter_type(rng, model, table, column, call)
    if change == "nullable":
        if column.name in table.primary_key or (column.nullable and table.rows):
            return None
        column.nullable = not column.nullable
        return Step([f"{call}nullable={column.nullable})"], [f"{call}nullable={not column.nullable})"])
    if change == "default":
        old = column.default
        column.default = default_source(rng, column.type, 0.7)
        if column.default == old:
            return None
        return Step([f"{call}server_default={column.default})"], [f"{call}server_default={old})"])
    if change == "rename":
        old, new = column.name, new_name(rng, model, COLUMNS)
        table.rename_column(old, new)
        return Step([f"{call}new_column_name={new!r})"],
                    [f"op.alter_column({table.name!r}, {new!r}, new_column_name={old!r})"])
    return Step([f"{call}comment={'how ' + column.name + ' is meant'!r})"], [f"{call}comment=None)"])


def alter_type(rng, model, table, column, call):
    if column.is_enum or any(column.name in columns for columns, _, _ in table.foreign_keys.values()):
        return None
    if any(column.name in there for other, key in model.references_to(table.name)
           for there in [other.foreign_keys[key][2]]):
        return None
    if any(column.name in columns for columns in table.indexes.values()) and column.family == "json":
        return None
    old = column.type
    choices = [(new, None) for new in WIDER.get(old.source, ())]
    if not table.rows:
        choices += [(new, None) for new in NARROWER.get(old.source, ())]
        used = column.name in table.used_columns()
        choices += [] if used or column.default else list(CONVERTED.get(old.source, ()))
    if not choices:
        return None
    new, using = rng.choice(choices)
    if column.default and new.family != old.family:
        return None
    column.type = new
    more = f", postgresql_using={using.format(ident(column.name))!r}" if using else ""
    existing = f"existing_type={old.source}, " if rng.random() < 0.5 else ""
    return Step([f"{call}{existing}type_={new.source}{more})"], None)


ALL = [(create_table, 14), (add_column, 22), (drop_column, 5), (drop_table, 2), (rename_table, 3), (alter_column, 16)]
