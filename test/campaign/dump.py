"""A schema as `pg_dump --schema-only` writes it, in a form in which two can be compared.

Three things are left out of the comparison. The order of a table's columns: PostgreSQL has no statement that puts
a column before another, so a column that was dropped by hand and is added again stands last; nothing but the
order of the lines in CREATE TABLE shows it, so those lines are sorted. The names that NOT NULL has since PostgreSQL 18,
which migfix takes for the same by any name. And migfix itself, with the version table, which the harness compares by
its rows.
"""

import collections
import functools
import hashlib
import re
import subprocess

from databases import BINARIES

HEADER = re.compile(r"^-- (?:Data for )?Name: (?P<name>.*?); Type: (?P<type>[^;]*); Schema: (?P<schema>[^;]*); Owner: .*\n--\n",
                    re.MULTILINE)
# They say nothing of the schema: the settings that pg_dump changes between objects.
SETTINGS = re.compile(r"^(SET default_tablespace = .*|SET default_table_access_method = .*|\\(?:un)?restrict .*|"
                      r"-- PostgreSQL database dump complete|--)\n?", re.MULTILINE)


def dump_text(dbname):
    """pg_dump's own output."""
    return subprocess.run(
        [BINARIES / "pg_dump", "--schema-only", "--no-owner", "--no-privileges", "--exclude-table=alembic_version",
         dbname],
        check=True, capture_output=True, text=True, timeout=120,
    ).stdout


# The server writes them in the order of the table's columns.
STATISTICS_ON = re.compile(r"(CREATE STATISTICS .* ON )(.*)( FROM )")

NAME_OF_NOT_NULL = re.compile(r' CONSTRAINT (?:"(?:[^"]|"")*"|\w+) NOT NULL')


def in_order(match):
    return match.group(1) + ", ".join(sorted(match.group(2).split(", "))) + match.group(3)


class Block:
    """One object of a dump: `kind` is pg_dump's (TABLE, INDEX, FK CONSTRAINT ...)."""

    def __init__(self, name, kind, schema, text):
        self.name, self.kind, self.schema, self.text = name, kind, schema, text

    @property
    def lines(self):
        """What is compared: of a table, each line for itself."""
        if self.kind != "TABLE":
            return [STATISTICS_ON.sub(in_order, self.text)]
        head, *rest = self.text.split("\n")
        return sorted([head, *(NAME_OF_NOT_NULL.sub(" NOT NULL", line.rstrip(",")) for line in rest)])

    def __repr__(self):
        return f"{self.kind} {self.schema}.{self.name}"


class Dump:
    def __init__(self, text):
        self.blocks = []
        places = list(HEADER.finditer(text))
        for match, following in zip(places, [*places[1:], None]):
            body = SETTINGS.sub("", text[match.end() : following.start() if following else len(text)]).strip("\n")
            block = Block(match["name"], match["type"], match["schema"], body)
            if block.kind in ("EXTENSION", "COMMENT") and re.search(r"\bEXTENSION (IF NOT EXISTS )?migfix\b", body):
                continue
            self.blocks.append(block)

    @functools.cached_property
    def items(self):
        """Counted facts: (object, line). Those of two branches that do not touch each other add up."""
        return collections.Counter((repr(block), line) for block in self.blocks for line in block.lines)

    @functools.cached_property
    def digest(self):
        return hashlib.sha256(repr(sorted(self.items.items())).encode()).hexdigest()

    def of_kind(self, *kinds):
        return [block for block in self.blocks if block.kind in kinds]

    def difference(self, other, mine="here", theirs="clean"):
        """In words; empty where the two are equal."""
        lines = [f"  only {mine}: {where}: {line}" for (where, line) in sorted((self.items - other.items))]
        lines += [f"  only {theirs}: {where}: {line}" for (where, line) in sorted((other.items - self.items))]
        return "\n".join(lines)


def dump(dbname):
    return Dump(dump_text(dbname))


# Columns whose values differ from run to run: of a type of time or uuid, or given by a sequence.
ROWS = """
SELECT c.oid::regclass::text AS table_name,
       array_remove(array_agg(quote_literal(a.attname) ORDER BY a.attname)
         FILTER (WHERE t.typcategory IN ('D', 'T') OR t.typname = 'uuid' OR a.attidentity <> ''
                 OR pg_get_expr(d.adbin, d.adrelid) LIKE 'nextval(%'), NULL) AS passed_over
FROM pg_class c
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
JOIN pg_type t ON t.oid = a.atttypid
LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
WHERE c.relkind = 'r' AND c.relname <> 'alembic_version'
  AND c.relnamespace NOT IN (SELECT oid FROM pg_namespace WHERE nspname IN ('pg_catalog', 'information_schema', 'migfix'))
  AND c.relnamespace::regnamespace::text NOT LIKE 'pg\\_%'
GROUP BY c.oid
"""


def rows(session):
    """The rows of every user table, as far as they are the same in each run: {table: sorted texts}; tables
    without rows are left out."""
    result = {}
    for table in session.sql(ROWS):
        passed_over = f" - ARRAY[{', '.join(table['passed_over'])}]" if table["passed_over"] else ""
        found = session.values(f"SELECT (to_jsonb(t){passed_over})::text FROM {table['table_name']} t")
        if found:
            result[table["table_name"]] = sorted(found)
    return result
