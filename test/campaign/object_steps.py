"""Steps of a revision on what is neither table nor column: indexes, constraints, enums, and what has to be
written as SQL. The same rules as in table_steps.py."""

from column_types import INTEGER, JSONB, PERIOD, TEXT
from model import Column, Enum, ident
from table_steps import COLUMNS, STATES, WORDS, Step, foreign_key_target, key_name, new_name, server_name

INDEXED = ("int", "text", "uuid", "moment", "day", "numeric", "bool", "enum", "net")


def execute(sql):
    return f"op.execute({sql!r})"


def create_index(rng, model):
    tables = [t for t in model.tables.values() if any(c.family in (*INDEXED, "json") for c in t.columns.values())]
    if not tables:
        return None
    table = rng.choice(tables)
    able = [column for column in table.columns.values() if column.family in INDEXED]
    documents = [column for column in table.columns.values() if column.family == "json"]
    texts = [column for column in able if column.family == "text"]
    name = new_name(rng, model, WORDS, "_idx").replace(" ", "_")
    more, fragments, used = [], [], []
    style = rng.choice(["plain", "plain", "plain", "unique", "expression", "partial", "include", "gin", "raw", "hash"])
    if table.shared and style in ("unique", "partial"):
        style = "plain"
    if style == "gin" and documents:
        used = [rng.choice(documents).name]
        fragments = [repr(used[0])]
        more.append("postgresql_using='gin'")
        if rng.random() < 0.4:
            more.append(f"postgresql_ops={{{used[0]!r}: 'jsonb_path_ops'}}")
    elif style == "expression" and texts:
        column = rng.choice(texts)
        column.frozen = True
        used = [column.name]
        fragments = [f"sa.text({'lower(' + ident(column.name) + ')'!r})"]
        if rng.random() < 0.3:
            fragments.append(repr(rng.choice(able).name))
    elif able:
        chosen = rng.sample(able, min(len(able), 1 if style == "hash" else rng.choice([1, 1, 2, 3])))
        used = [column.name for column in chosen]
        fragments = [repr(one) for one in used]
        if style == "unique" and not table.rows:
            more.append("unique=True")
            table.single |= set(used)
        elif style == "partial":
            column = rng.choice(able)
            column.frozen = True
            more.append(f"postgresql_where=sa.text({ident(column.name) + ' IS NOT NULL'!r})")
        elif style == "include" and len(able) > len(used):
            extra = rng.choice([column.name for column in able if column.name not in used])
            more.append(f"postgresql_include=[{extra!r}]")
            used.append(extra)
        elif style == "hash":
            more.append("postgresql_using='hash'")
    else:
        return None
    table.indexes[name] = used
    down = [f"op.drop_index({name!r}, table_name={table.name!r})"]
    if style == "raw":
        columns = ", ".join(ident(one) + rng.choice(["", " DESC", " DESC NULLS LAST"]) for one in used)
        return Step([execute(f"CREATE INDEX {ident(name)} ON {ident(table.name)} ({columns})")], down)
    call = f"op.create_index({name!r}, {table.name!r}, [{', '.join(fragments)}]"
    if style == "plain" and rng.random() < 0.06:
        return Step(["with op.get_context().autocommit_block():", f"    {call}, postgresql_concurrently=True)"], down)
    given = "".join(f", {one}" for one in more) if more or rng.random() < 0.5 else ", unique=False"
    return Step([f"{call}{given})"], down)


def drop_index(rng, model):
    able = [(table, name) for table in model.open_tables() for name in table.indexes]
    if not able:
        return None
    table, name = rng.choice(able)
    del table.indexes[name]
    return Step([f"op.drop_index({name!r}, table_name={table.name!r})"], None)


def add_constraint(rng, model):
    tables = [table for table in model.open_tables() if not table.rows]
    if not tables:
        return None
    table = rng.choice(tables)
    kind = rng.choice(["unique", "check", "foreign key", "exclusion", "key"])
    if kind == "unique":
        able = [column.name for column in table.columns.values() if column.family in ("int", "text", "uuid", "day")]
        if not able:
            return None
        columns = rng.sample(able, min(len(able), rng.randint(1, 2)))
        name = server_name(table.name, columns, "uq")
        if not name or name in table.uniques:
            return None
        table.uniques[name] = columns
        more = ", deferrable=True, initially='DEFERRED'" if rng.random() < 0.15 else ""
        table.deferred = table.deferred or bool(more)
        return Step([f"op.create_unique_constraint({name!r}, {table.name!r}, {columns!r}{more})"],
                    [f"op.drop_constraint({name!r}, {table.name!r}, type_='unique')"])
    if kind == "check":
        able = [c for c in table.columns.values() if c.family in ("int", "numeric", "text") and not c.special]
        if not able:
            return None
        column = rng.choice(able)
        column.frozen = True
        name = new_name(rng, model, COLUMNS, "_ck").replace(" ", "_")
        quoted = ident(column.name)
        if column.family == "text":
            expressions = [f"length({quoted}) > 0", f"{quoted} <> ''", f"{quoted} IS NOT NULL OR true"]
        else:
            expressions = [f"{quoted} > 0", f"{quoted} BETWEEN 0 AND 1000000", f"{quoted} NOT IN (-1, -2)"]
        table.checks[name] = [column.name]
        return Step([f"op.create_check_constraint({name!r}, {table.name!r}, {rng.choice(expressions)!r})"],
                    [f"op.drop_constraint({name!r}, {table.name!r})"])
    if kind == "foreign key":
        found = foreign_key_target(rng, model, table)
        if not found:
            return None
        target, there, column = found
        table.columns[column.name] = column
        source, name = key_name(rng, "fk", table.name, [column.name])
        name = name or server_name(table.name, [column.name], "fkey") or f"?{column.name}"
        table.foreign_keys[name] = ([column.name], target.name, [there.name])
        more = rng.choice(["", ", ondelete='CASCADE'", ", onupdate='RESTRICT'", ", deferrable=True"])
        return Step([f"op.add_column({table.name!r}, sa.Column({column.name!r}, {column.type.source}))",
                     f"op.create_foreign_key({source}, {table.name!r}, {target.name!r}, [{column.name!r}], "
                     f"[{there.name!r}]{more})"],
                    [f"op.drop_column({table.name!r}, {column.name!r})"])
    if kind == "key":
        able = [c.name for c in table.columns.values() if c.family == "int" and not c.special and not c.nullable]
        if table.primary_key or not able:
            return None
        name = f"pk_{table.name}"[:60]
        table.primary_key, table.primary_key_name = [able[0]], name
        return Step([f"op.create_primary_key({name!r}, {table.name!r}, [{able[0]!r}])"],
                    [f"op.drop_constraint({name!r}, {table.name!r}, type_='primary')"])
    name, column = new_name(rng, model, WORDS, "_excl").replace(" ", "_"), new_name(rng, model, COLUMNS, "_period")
    table.columns[column] = Column(column, PERIOD, frozen=True)
    return Step([f"op.add_column({table.name!r}, sa.Column({column!r}, postgresql.TSTZRANGE()))",
                 execute(f"ALTER TABLE {ident(table.name)} ADD CONSTRAINT {ident(name)} EXCLUDE USING gist "
                         f"({ident(column)} WITH &&)")],
                [f"op.drop_column({table.name!r}, {column!r})"])


def drop_constraint(rng, model):
    able = []
    for table in model.open_tables():
        for kept, kind in ((table.uniques, "unique"), (table.foreign_keys, "foreignkey"), (table.checks, "check")):
            able += [(table, kept, name, kind) for name in kept if not name.startswith("?")]
    if not able:
        return None
    table, kept, name, kind = rng.choice(able)
    del kept[name]
    return Step([f"op.drop_constraint({name!r}, {table.name!r}, type_={kind!r})"], None)


def change_enum(rng, model):
    able = [enum for enum in model.enums.values() if not enum.fixed]
    if not able:
        return None
    enum = rng.choice(able)
    quoted = ident(enum.name)
    change = rng.choice(["add", "add", "add", "rename", "replace", "rename type"])
    if change == "add":
        label = next((one for one in rng.sample(STATES, len(STATES)) if one not in enum.labels), None)
        if label is None:
            return None
        sql = f"ALTER TYPE {quoted} ADD VALUE {rng.choice(['', '', 'IF NOT EXISTS '])}" + "'" + label.replace("'", "''") + "'"
        place = rng.choice(["", "", "before", "after"])
        if place:
            at = rng.randrange(len(enum.labels))
            sql += f" {place.upper()} '" + enum.labels[at].replace("'", "''") + "'"
            enum.labels.insert(at if place == "before" else at + 1, label)
        else:
            enum.labels.append(label)
        if rng.random() < 0.5:
            return Step(["with op.get_context().autocommit_block():", f"    {execute(sql)}"], None)
        enum.fresh.add(label)
        return Step([execute(sql)], None)
    if change == "rename":
        old = rng.choice(enum.labels)
        new = f"{old.replace(chr(39), '')}_{rng.randrange(100)}"
        if old in enum.fresh or new in enum.labels:
            return None
        enum.labels[enum.labels.index(old)] = new
        texts = [one.replace("'", "''") for one in (old, new)]
        rename_defaults(model, enum, old, new)
        return Step([execute(f"ALTER TYPE {quoted} RENAME VALUE '{texts[0]}' TO '{texts[1]}'")],
                    [execute(f"ALTER TYPE {quoted} RENAME VALUE '{texts[1]}' TO '{texts[0]}'")])
    if change == "rename type":
        new = new_name(rng, model, COLUMNS, "_type").lower().replace(" ", "_")
        del model.enums[enum.name]
        old, enum.name = enum.name, new
        model.enums[new] = enum
        return Step([execute(f"ALTER TYPE {quoted} RENAME TO {ident(new)}")],
                    [execute(f"ALTER TYPE {ident(new)} RENAME TO {ident(old)}")])
    return replace_enum(model, enum, quoted)


def rename_defaults(model, enum, old, new):
    for _, column in model.columns_of_enum(enum.name):
        if column.default == repr(old):
            column.default = repr(new)


def replace_enum(model, enum, quoted):
    """Another type in the place of the old one, with a label more: the way that works in one transaction."""
    using = model.columns_of_enum(enum.name)
    if any(column.frozen or table.shared for table, column in using):
        return None
    label = f"extra_{len(enum.labels)}"
    if label in enum.labels or enum.fresh:
        return None
    old = ident(enum.name + "_old")
    enum.labels.append(label)
    up = [execute(f"ALTER TYPE {quoted} RENAME TO {old}"),
          f"{enum.source(True).replace('sa.Enum(', 'postgresql.ENUM(')}.create(op.get_bind(), checkfirst=False)"]
    for table, column in using:
        target = f"ALTER TABLE {ident(table.name)} ALTER COLUMN {ident(column.name)}"
        if column.default:
            up.append(f"op.alter_column({table.name!r}, {column.name!r}, server_default=None)")
            column.default = None
        up.append(execute(f"{target} TYPE {quoted} USING {ident(column.name)}::text::{quoted}"))
    up.append(execute(f"DROP TYPE {old}"))
    return Step(up, None)


def view(rng, model):
    if model.views and rng.random() < 0.3:
        name = rng.choice(sorted(model.views))
        _, materialized = model.views.pop(name)
        return Step([execute(f"DROP {'MATERIALIZED ' if materialized else ''}VIEW {ident(name)}")], None)
    tables = [table for table in model.open_tables() if len(table.columns) > 1]
    if not tables:
        return None
    table = rng.choice(tables)
    columns = rng.sample(sorted(table.columns), rng.randint(1, min(3, len(table.columns))))
    for column in columns:
        table.columns[column].frozen = True
    name = new_name(rng, model, WORDS, "_view")
    materialized = rng.random() < 0.35
    listed = ", ".join(ident(column) for column in columns)
    condition = f" WHERE {ident(columns[0])} IS NOT NULL" if rng.random() < 0.4 else ""
    model.views[name] = ([table.name], materialized)
    kind = "MATERIALIZED VIEW" if materialized else rng.choice(["VIEW", "OR REPLACE VIEW"])
    return Step([execute(f"CREATE {kind} {ident(name)} AS SELECT {listed} FROM {ident(table.name)}{condition}")],
                [execute(f"DROP {'MATERIALIZED ' if materialized else ''}VIEW {ident(name)}")])


def function_or_trigger(rng, model):
    tables = model.open_tables()
    if model.functions and tables and rng.random() < 0.6:
        table, function = rng.choice(tables), rng.choice(model.functions)
        name = new_name(rng, model, WORDS, "_trg").replace(" ", "_")
        table.triggers[name] = function
        when = rng.choice(["BEFORE UPDATE", "BEFORE INSERT OR UPDATE"])
        return Step([execute(f"CREATE TRIGGER {ident(name)} {when} ON {ident(table.name)} FOR EACH ROW "
                             f"EXECUTE FUNCTION {ident(function)}()")],
                    [execute(f"DROP TRIGGER {ident(name)} ON {ident(table.name)}")])
    name = new_name(rng, model, WORDS, "_fn").replace(" ", "_")
    model.functions.append(name)
    sql = (f"CREATE {rng.choice(['', 'OR REPLACE '])}FUNCTION {ident(name)}() RETURNS trigger AS $body$\n"
           "BEGIN\n  -- it's all; as it was\n  RETURN NEW;\nEND\n$body$ LANGUAGE plpgsql")
    return Step([execute(sql)], [execute(f"DROP FUNCTION {ident(name)}()")])


def sequence_or_domain(rng, model):
    kind = rng.choice(["sequence", "domain", "enum", "comment", "composite"])
    tables = model.open_tables()
    if kind == "sequence":
        name = new_name(rng, model, WORDS, "_seq").replace(" ", "_")
        options = rng.choice(["", " START 100", " INCREMENT BY 5 MINVALUE 5", " AS integer CYCLE"])
        up, down = [execute(f"CREATE SEQUENCE {ident(name)}{options}")], [execute(f"DROP SEQUENCE {ident(name)}")]
        model.sequences.append(name)
        return Step(up, down)
    if kind == "domain" and tables:
        name = new_name(rng, model, WORDS, "_domain").replace(" ", "_").lower()
        table = rng.choice(tables)
        column = new_name(rng, model, COLUMNS)
        table.columns[column] = Column(column, TEXT, special="domain", frozen=True)
        return Step([execute(f"CREATE DOMAIN {ident(name)} AS text CHECK (VALUE <> '')"),
                     execute(f"ALTER TABLE {ident(table.name)} ADD COLUMN {ident(column)} {ident(name)}")],
                    [f"op.drop_column({table.name!r}, {column!r})", execute(f"DROP DOMAIN {ident(name)}")])
    if kind == "composite":
        name = new_name(rng, model, WORDS, "_pair").replace(" ", "_").lower()
        return Step([execute(f"CREATE TYPE {ident(name)} AS (a integer, b varchar(20))")],
                    [execute(f"DROP TYPE {ident(name)}")])
    if kind == "comment" and tables:
        table = rng.choice(tables)
        text = f"kept {rng.randrange(1000)} days"
        if rng.random() < 0.5:
            return Step([f"op.create_table_comment({table.name!r}, {text!r})"], None)
        column = rng.choice(sorted(table.columns))
        return Step([execute(f"COMMENT ON COLUMN {ident(table.name)}.{ident(column)} IS '{text}'")], None)
    name = new_name(rng, model, WORDS, "_level").lower().replace(" ", "_")
    model.enums[name] = Enum(name, ["low", "high"])
    return Step([execute(f"CREATE TYPE {ident(name)} AS ENUM ('low', 'high')")], [execute(f"DROP TYPE {ident(name)}")])


def sequence_column(rng, model):
    """A column whose default is the next value of a sequence of its own."""
    tables = model.open_tables()
    if not tables or not model.sequences:
        return None
    table, sequence = rng.choice(tables), rng.choice(model.sequences)
    name = new_name(rng, model, COLUMNS)
    table.columns[name] = Column(name, INTEGER, special="sequence")
    default = "nextval('" + ident(sequence) + "')"
    column = f"sa.Column({name!r}, sa.BigInteger(), server_default=sa.text({default!r}))"
    return Step([f"op.add_column({table.name!r}, {column})"],
                [f"op.drop_column({table.name!r}, {name!r})"])


def json_index(rng, model):
    """A document, and what one looks for in it."""
    tables = model.open_tables()
    if not tables:
        return None
    table = rng.choice(tables)
    column = new_name(rng, model, COLUMNS, "_doc")
    table.columns[column] = Column(column, JSONB)
    index = new_name(rng, model, WORDS, "_gin").replace(" ", "_")
    table.indexes[index] = [column]
    return Step([f"op.add_column({table.name!r}, sa.Column({column!r}, postgresql.JSONB()))",
                 f"op.create_index({index!r}, {table.name!r}, [{column!r}], postgresql_using='gin')"],
                [f"op.drop_column({table.name!r}, {column!r})"])


ALL = [(create_index, 14), (drop_index, 3), (add_constraint, 9), (drop_constraint, 3), (change_enum, 9), (view, 6),
       (function_or_trigger, 5), (sequence_or_domain, 5), (sequence_column, 2), (json_index, 3)]
