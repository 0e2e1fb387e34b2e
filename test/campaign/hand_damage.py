"""What people drop and alter by hand. The same rules as in corruptions.py."""

import re

import psycopg2

from scene import Damage, NotHere

USERS = ("n.nspname <> 'migfix' AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%'"
         " AND c.relname NOT LIKE 'alembic\\_version%'"
         " AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.objid = c.oid AND e.deptype = 'e')")
COLUMN = f"""
SELECT c.oid::regclass::text AS on_table, quote_ident(a.attname) AS name, a.attname AS raw, a.attnum,
       format_type(a.atttypid, a.atttypmod) AS type, a.attnotnull, pg_get_expr(d.adbin, d.adrelid) AS value
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid
LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
WHERE {USERS} AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND a.attnum > 0 AND NOT a.attisdropped
  AND a.attinhcount = 0
"""


def first_that_works(scene, query, statements, told):
    """Tries what the query finds, in random order, until the server takes the statements."""
    for row in scene.all_in_random_order(query):
        chosen = statements(row)
        if chosen is None:
            continue
        try:
            scene.session.sql("BEGIN")
            for statement in chosen:
                scene.session.sql(statement)
            scene.session.sql("COMMIT")
        except psycopg2.Error:
            scene.session.sql("ROLLBACK")
            continue
        return Damage(told.format(**row) + ": " + "; ".join(chosen))
    raise NotHere


def has_rows(scene, table, condition="true"):
    return scene.session.values(f"SELECT EXISTS (SELECT FROM {table} WHERE {condition})")[0]


# --- dropped


def dropped_index(scene):
    return first_that_works(
        scene,
        f"SELECT c.oid::regclass::text AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        f" JOIN pg_index i ON i.indexrelid = c.oid"
        f" WHERE {USERS} AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = c.oid)",
        lambda row: [f"DROP INDEX {row['name']}"],
        "index dropped by hand",
    )


def dropped_constraint(scene):
    return first_that_works(
        scene,
        f"SELECT c.oid::regclass::text AS on_table, quote_ident(k.conname) AS name FROM pg_constraint k"
        f" JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace"
        f" WHERE {USERS} AND k.contype IN ('c', 'f', 'u', 'x', 'p') AND k.coninhcount = 0",
        lambda row: [f"ALTER TABLE {row['on_table']} DROP CONSTRAINT {row['name']}"],
        "constraint dropped by hand",
    )


def dropped_column(scene):
    """One that holds nothing, with what hangs on it."""

    def statements(row):
        if has_rows(scene, row["on_table"], "true" if row["attnotnull"] else f"{row['name']} IS NOT NULL"):
            return None
        return [f"ALTER TABLE {row['on_table']} DROP COLUMN {row['name']} CASCADE"]

    return first_that_works(scene, COLUMN, statements, "column dropped by hand")


def dropped_table(scene):
    """An empty one."""
    return first_that_works(
        scene,
        f"SELECT c.oid::regclass::text AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        f" WHERE {USERS} AND c.relkind = 'r'"
        f" AND NOT EXISTS (SELECT FROM pg_inherits h WHERE c.oid IN (h.inhrelid, h.inhparent))",
        lambda row: None if has_rows(scene, row["name"]) else [f"DROP TABLE {row['name']} CASCADE"],
        "table dropped by hand",
    )


def dropped_default(scene):
    return first_that_works(
        scene, COLUMN + " AND d.oid IS NOT NULL AND a.attgenerated = ''",
        lambda row: [f"ALTER TABLE {row['on_table']} ALTER COLUMN {row['name']} DROP DEFAULT"],
        "default dropped by hand",
    )


def dropped_view(scene):
    return first_that_works(
        scene,
        f"SELECT c.oid::regclass::text AS name, CASE c.relkind WHEN 'm' THEN 'MATERIALIZED ' ELSE '' END AS kind"
        f" FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE {USERS} AND c.relkind IN ('v', 'm')",
        lambda row: [f"DROP {row['kind']}VIEW {row['name']} CASCADE"],
        "view dropped by hand",
    )


def dropped_trigger(scene):
    return first_that_works(
        scene,
        f"SELECT c.oid::regclass::text AS on_table, quote_ident(t.tgname) AS name FROM pg_trigger t"
        f" JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace"
        f" WHERE {USERS} AND NOT t.tgisinternal AND t.tgparentid = 0",
        lambda row: [f"DROP TRIGGER {row['name']} ON {row['on_table']}"],
        "trigger dropped by hand",
    )


# --- altered


def altered_type(scene):
    """Narrowed, or widened; only where the server takes it."""

    def statements(row):
        target = {
            "integer": "smallint", "bigint": "integer", "text": "character varying(40)",
            "timestamp with time zone": "date", "double precision": "real",
        }.get(row["type"])
        length = re.fullmatch(r"character varying\((\d+)\)", row["type"])
        if length:
            target = f"character varying({int(length[1]) - 4})"
        elif re.fullmatch(r"numeric\([\d,]+\)", row["type"]):
            target = "numeric(10,1)"
        return target and [f"ALTER TABLE {row['on_table']} ALTER COLUMN {row['name']} TYPE {target}"]

    return first_that_works(scene, COLUMN + " AND a.attidentity = ''", statements, "type narrowed by hand, it was {type}")


def altered_default(scene):
    def statements(row):
        value = {
            "integer": "4242", "bigint": "4242", "text": "'by hand'", "boolean": "NULL", "jsonb": "'[1]'",
            "date": "'1999-12-31'",
        }.get(row["type"], "'by hand'" if row["type"].startswith("character varying") else None)
        return value and [f"ALTER TABLE {row['on_table']} ALTER COLUMN {row['name']} SET DEFAULT {value}"]

    return first_that_works(scene, COLUMN + " AND a.attidentity = '' AND a.attgenerated = ''", statements,
                            "default changed by hand, it was {value}")


def altered_not_null(scene):
    def statements(row):
        if not row["attnotnull"] and scene.rng.random() < 0.8:
            return None
        turn = "DROP" if row["attnotnull"] else "SET"
        return [f"ALTER TABLE {row['on_table']} ALTER COLUMN {row['name']} {turn} NOT NULL"]

    return first_that_works(scene, COLUMN, statements, "NOT NULL changed by hand")


def altered_enum(scene):
    """A label more. PostgreSQL has no statement that takes one out again: another type must take its place."""
    row = scene.pick(
        "SELECT t.oid::regtype::text AS name FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace"
        " WHERE t.typtype = 'e' AND n.nspname <> 'migfix'"
    )
    scene.session.sql(f"ALTER TYPE {row['name']} ADD VALUE 'added_by_hand'")
    return Damage(f"label added by hand to {row['name']}", beside="no statement takes a label out of an enum",
                  decided_by_target=False)


def altered_index(scene):
    """The same name on other columns."""

    def statements(row):
        return [f"DROP INDEX {row['qualified']}", f"CREATE INDEX {row['name']} ON {row['on_table']} ({row['other']})"]

    return first_that_works(
        scene,
        f"SELECT c.oid::regclass::text AS qualified, quote_ident(c.relname) AS name, i.indrelid::regclass::text AS on_table,"
        f" quote_ident(a.attname) AS other FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        f" JOIN pg_index i ON i.indexrelid = c.oid JOIN pg_attribute a ON a.attrelid = i.indrelid"
        f" WHERE {USERS} AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = c.oid) AND a.attnum > 0"
        f" AND NOT a.attisdropped AND NOT a.attnum = ANY (i.indkey)",
        statements,
        "index made anew by hand on other columns",
    )


def altered_check(scene):
    """The same name, another expression."""

    def statements(row):
        return [f"ALTER TABLE {row['on_table']} DROP CONSTRAINT {row['name']}",
                f"ALTER TABLE {row['on_table']} ADD CONSTRAINT {row['name']} CHECK (1 < 2)"]

    return first_that_works(
        scene,
        f"SELECT c.oid::regclass::text AS on_table, quote_ident(k.conname) AS name FROM pg_constraint k"
        f" JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace"
        f" WHERE {USERS} AND k.contype = 'c' AND k.coninhcount = 0",
        statements,
        "check altered by hand",
    )


KINDS = {
    function.__name__: function
    for function in (dropped_index, dropped_constraint, dropped_column, dropped_table, dropped_default, dropped_view,
                     dropped_trigger, altered_type, altered_default, altered_not_null, altered_enum, altered_index,
                     altered_check)
}
