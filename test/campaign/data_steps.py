"""Steps that change rows and nothing that a schema shows. The same rules as in table_steps.py."""

from model import ident
from table_steps import Step


def fillable(model):
    """Tables that can take a row, with the columns that a row must or may fill."""
    result = []
    for table in model.open_tables():
        if table.deferred:
            continue  # the server alters no table with triggers to come
        chosen = []
        single = set(table.primary_key).union(table.single, *table.uniques.values())
        for column in table.columns.values():
            given = column.nullable and not column.default and not column.special
            must = not column.nullable and not column.default and not column.special
            if column.default and column.name in single and column.family != "uuid":
                must = True  # the default would stand twice
            if column.default and not column.is_enum and any(column.name in them for them in table.checks.values()):
                must = True  # the default may be what the check refuses
            value = None if column.is_enum or column.special else column.type.value(1)
            in_key = any(column.name in columns for columns, _, _ in table.foreign_keys.values())
            if must and in_key:
                break
            if column.is_enum:
                if must and not column.type.usable():
                    break
                if must:
                    chosen.append(column)
            elif (must and value is None) or (column.family == "bool" and column.name in single):
                break
            elif (must or given) and value is not None and not in_key:
                chosen.append(column)
        else:
            if chosen:
                result.append((table, chosen))
    return result


def insert_rows(rng, model):
    able = fillable(model)
    if not able:
        return None
    table, columns = rng.choice(able)
    count = rng.randint(1, 3)
    rows = []
    for _ in range(count):
        model.names.add(f" row {len(model.names)}")
        number = len(model.names)
        row = []
        for column in columns:
            if column.is_enum:
                label = rng.choice(column.type.usable())
                row.append((column.name, repr(label), "'" + label.replace("'", "''") + "'"))
            else:
                row.append((column.name, *column.type.value(number)))
        rows.append(row)
    table.rows += count
    for column in columns:
        column.frozen = column.frozen or column.family == "text"
    down = [f"op.execute({'DELETE FROM ' + ident(table.name)!r})"]
    if rng.random() < 0.5:
        sa_type = {"int": "sa.Integer", "numeric": "sa.Numeric", "bool": "sa.Boolean"}
        listed = ", ".join(f"sa.column({c.name!r}, {sa_type.get(c.family, 'sa.String')})" for c in columns
                           if not c.is_enum) 
        if not any(column.is_enum for column in columns):
            values = [f"    {{{', '.join(f'{name!r}: {value}' for name, value, _ in row)}}}," for row in rows]
            return Step([f"op.bulk_insert(sa.table({table.name!r}, {listed}), [", *values, "])"], down)
    names = ", ".join(ident(column.name) for column in columns)
    values = ", ".join(f"({', '.join(sql for _, _, sql in row)})" for row in rows)
    return Step([f"op.execute({f'INSERT INTO {ident(table.name)} ({names}) VALUES {values}'!r})"], down)


def update_rows(rng, model):
    able = [
        (table, column)
        for table in model.open_tables()
        for column in table.columns.values()
        if table.rows and not table.deferred and column.family in ("text", "int") and column.name not in table.used_columns()
        and not column.special and column.type.source not in ("sa.String(12)", "sa.CHAR(3)", "sa.SmallInteger()")
    ]
    if not able:
        return None
    table, column = rng.choice(able)
    name = ident(column.name)
    value = f"{name} || '+'" if column.family == "text" else f"{name} + 1"
    return Step([f"op.execute({f'UPDATE {ident(table.name)} SET {name} = {value} WHERE {name} IS NOT NULL'!r})"], [])


ALL = [(insert_rows, 3), (update_rows, 2)]
