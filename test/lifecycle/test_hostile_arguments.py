"""Every function of the extension, with what nobody should give it in every argument place, as a superuser and as the
owner of the version table: an ordinary error or an ordinary result, within the time, and the session goes on.
"""

import json
import random
import time

import psycopg2
import pytest

from conftest import Database

MEGABYTE = 1_000_000
# Far more than any of these calls takes. One that does not end by itself is a defect.
TIMEOUT_MS = 30_000
SLACK = 10  # seconds that a cancelled statement may go on for on a busy machine
RANDOM_CALLS = 12  # of each function: several odd arguments at once

# Classes of SQLSTATE that say what is wrong with an argument: data, constraint, no such thing, rights, limits, state.
ORDINARY = ("0A", "22", "23", "39", "3F", "42", "54", "55")
# Codes of other classes, for the functions that are documented to raise them.
ALSO = {"migfix_assert": {"P0001"}}

AWKWARD_NAME = """it's "a" \\ %s $1 ;--\n\té"""

# Texts by the name under which a failure is shown.
TEXTS = {
    "empty": "",
    "blank": " ",
    "plain": "r2",
    "unknown": "no such thing",
    "quote": "'",
    "double quote": '"',
    "backslash": "\\",
    "format": "%s%n%d%%{}{0}{",
    "parameter": "$1",
    "comment": ";-- /* $$",
    "injection": "x'; DROP TABLE alembic_version; --",
    "newline": "r1\nr2\r\n",
    "controls": "".join(map(chr, range(1, 32))) + "\x7f",
    "non-ASCII": "ревизия été 版本 🐘",
    "combining": "e\u0301\u200b\u202e\ufeff\ufffe\U0010ffff",
    "64 bytes": "x" * 64,
    "63 bytes and a half": "x" * 62 + "éé",
    "huge": "x" * (3 * MEGABYTE),
    "huge lines": "a b\n" * (MEGABYTE // 4),
    "huge nesting": "(" * MEGABYTE,
    "huge walk": "+" + "9" * 1000,
    "head": "heads",
    "base": "base",
    "current": "current",
    "relative": "r1+1",
    "far below": "-9223372036854775809",
    "branch": "@head",
    "branches": "a@b@c",
    "range": "r1:r2",
    "open range": ":",
    "star": "*",
    "dotted": "a.b.c.d.e",
    "open identifier": 'public."',
    "view": "a_view",
    "catalog": "pg_catalog.pg_class",
    "own table": "migfix.revision",
    "awkward table": '"it\'s ""a"" \\ %s $1 ;--\n\té"',
    "format dot": "dot",
    "format json": "json",
    "notice": "notice",
    "script": 'revision = "x"\ndown_revision = "\'; DROP TABLE t; --"\ndef upgrade():\n    op.execute("\\0")\n',
    "offline": "-- Running upgrade  -> r1\nSELECT 'it''s\n",
    "JSON": "[[[",
}

# For a database of encoding SQL_ASCII, which takes any bytes. Here a character is a byte.
NOT_UTF8 = {
    "LATIN1": "\xe9t\xe9",
    "never UTF-8": "\xff\xfe\x80",
    "broken off": "r1\xf0\x9f",
    "surrogate": "\xed\xa0\x80",
    "many bytes": "\xff" * (MEGABYTE // 10),
    "script": 'revision = "\xff"\ndown_revision = None\ndef upgrade():\n    op.execute("\xe9")\n',
    "offline": "-- Running upgrade  -> \xff\n\nSELECT '\xe9';\n",
}

DOCUMENTS = {
    "null": "null",
    "true": "true",
    "number": "1e999999",
    "text": '"x"',
    "array": "[]",
    "empty object": "{}",
    "other": '{"migfix_export": 99}',
    "escapes": '{"migfix_export": "\\u0000\\ud800"}',
    "doubled": '{"migfix_export": 1, "migfix_export": 2}',
    "deep": '{"migfix_export": ' + "[" * 3000 + "]" * 3000 + "}",
    "wide": "[" + ",".join(["{}"] * 100_000) + "]",
    "huge": json.dumps({"migfix_export": "x" * (3 * MEGABYTE)}),
}

ARRAYS = {
    "empty": [],
    "one": ["r1"],
    "NULL": [None],
    "empty text": [""],
    "awkward": [AWKWARD_NAME, "'", '"', "\\", "{", "}", ","],
    "same twice": ["r1", "r1"],
    "both": ["r1", "r2"],
    "huge": [f"r{number}" for number in range(100_000)],
    "huge and the same": ["r1"] * 100_000,
    "long": ["x" * MEGABYTE],
}
# Written as the server reads them.
ARRAY_TEXTS = {"two dimensions": "{{r1,r2},{r3,r4}}", "other bounds": "[-5:-4]={r1,r2}"}

# Numbers of what is there are asked of the database.
TABLES = {
    "version table": "SELECT 'alembic_version'::regclass",
    "awkward table": "SELECT oid FROM pg_class WHERE relname LIKE 'it''s %' AND relkind = 'r'",
    "none": "SELECT 0",
    "dropped": "SELECT oid FROM dropped",
    "highest": "SELECT 4294967295",
    "view": "SELECT 'a_view'::regclass",
    "matview": "SELECT 'a_matview'::regclass",
    "index": "SELECT 'alembic_version_pkc'::regclass",
    "sequence": "SELECT 'a_sequence'::regclass",
    "partitioned": "SELECT 'partitioned'::regclass",
    "partition": "SELECT 'a_partition'::regclass",
    "type": "SELECT 'a_type'::regclass",
    "foreign table": "SELECT 'a_foreign_table'::regclass",
    "catalog": "SELECT 'pg_catalog.pg_class'::regclass",
    "shared catalog": "SELECT 'pg_catalog.pg_authid'::regclass",
    "toast": "SELECT reltoastrelid FROM pg_class WHERE relname = 'pg_proc'",
    "own table": "SELECT 'migfix.version_log'::regclass",
    "no columns": "SELECT 'no_columns'::regclass",
    "a domain": "SELECT 'with_domain'::regclass",
    "temporary": "SELECT 'own_temporary'::regclass",
    "somebody's temporary": "SELECT oid FROM pg_class WHERE relname = 'others_temporary'",
}

INTEGERS = [0, 1, -1, 2**31 - 1, -(2**31), 2**63 - 1, -(2**63)]
TIMES = ["infinity", "-infinity", "4714-11-24 00:00:00+00 BC", "294276-12-31 23:59:59+00", "epoch"]

SETUP = f"""
CREATE EXTENSION migfix;
CREATE ROLE hostile_owner;
CREATE TABLE alembic_version (version_num varchar(32) NOT NULL CONSTRAINT alembic_version_pkc PRIMARY KEY);
CREATE SCHEMA tenant;
CREATE TABLE tenant.alembic_version (version_num varchar(32) PRIMARY KEY);
CREATE TABLE "{AWKWARD_NAME.replace('"', '""')}" (version_num text);
CREATE VIEW a_view AS SELECT version_num FROM alembic_version;
CREATE MATERIALIZED VIEW a_matview AS SELECT version_num FROM alembic_version;
CREATE SEQUENCE a_sequence;
CREATE TYPE a_type AS (version_num varchar(32));
CREATE TABLE partitioned (version_num varchar(32)) PARTITION BY LIST (version_num);
CREATE TABLE a_partition PARTITION OF partitioned DEFAULT;
CREATE FOREIGN DATA WRAPPER nothing;
CREATE SERVER nowhere FOREIGN DATA WRAPPER nothing;
CREATE FOREIGN TABLE a_foreign_table (version_num varchar(32)) SERVER nowhere;
CREATE TABLE no_columns ();
CREATE DOMAIN version AS varchar(32) CHECK (value <> 'r3');
CREATE TABLE with_domain (version_num version);
CREATE TABLE goes (version_num text);
CREATE TABLE dropped AS SELECT 'goes'::regclass::oid AS oid;
DROP TABLE goes;
CREATE TABLE t1 (a int);
GRANT SELECT ON dropped TO hostile_owner;
GRANT ALL ON SCHEMA public TO hostile_owner;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO hostile_owner;
ALTER TABLE alembic_version OWNER TO hostile_owner;
SELECT migfix_load_sql($sql$
BEGIN;
-- Running upgrade  -> r1
CREATE TABLE t1 (a int);
INSERT INTO alembic_version (version_num) VALUES ('r1');
-- Running upgrade r1 -> r2
CREATE TABLE "{AWKWARD_NAME.replace('"', '""')} 2" (a int DEFAULT 1, b text);
UPDATE alembic_version SET version_num='r2' WHERE alembic_version.version_num = 'r1';
COMMIT;
$sql$);
INSERT INTO alembic_version VALUES ('r1');
"""

FUNCTIONS = """
SELECT p.oid::regprocedure::text AS signature, p.proname AS name, p.pronargdefaults AS defaults,
       p.prorettype IN ('trigger'::regtype, 'event_trigger'::regtype) AS is_trigger,
       ARRAY(SELECT format_type(type, NULL) FROM unnest(p.proargtypes) WITH ORDINALITY AS a(type, n) ORDER BY n) AS types
FROM pg_proc p JOIN pg_depend d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
JOIN pg_extension e ON d.refclassid = 'pg_extension'::regclass AND e.oid = d.refobjid
WHERE e.extname = 'migfix'
ORDER BY 1
"""


def odd_values(session, type_name, bytewise, huge):
    """Odd values of a type, as (how it is shown, the value). A type that no function had so far needs its own here."""
    if type_name in ("text", "name"):
        found = list(TEXTS.items())
    elif type_name == "text[]":
        found = [*ARRAYS.items(), *ARRAY_TEXTS.items()]
    elif type_name == "regclass":
        found = [(shown, str(session.value(query))) for shown, query in TABLES.items()]
    elif type_name == "json":
        exported = '{"migfix_export": 1, "environment": "default", "revisions": []}'
        found = [*DOCUMENTS.items(), ("empty export", exported)]
    elif type_name == "bigint":
        found = [(str(value), str(value)) for value in INTEGERS]
    elif type_name == "timestamp with time zone":
        found = [(value, value) for value in TIMES]
    elif type_name == "boolean":
        found = [("true", "true"), ("false", "false")]
    else:
        raise AssertionError(f"no odd values of type {type_name} are known here")
    if not huge:
        found = [(shown, value) for shown, value in found if not shown.startswith("huge")]
    if bytewise:
        found = [(shown, as_bytes(value)) for shown, value in found]
        if type_name == "text":
            found += NOT_UTF8.items()
    return [("NULL", None), *found]


def as_bytes(value):
    """The same in UTF-8, each byte as a character of LATIN1, in which it is sent."""
    if isinstance(value, list):
        return [as_bytes(each) for each in value]
    return value.encode().decode("latin1") if value is not None else None


# What stands in the other places while one is odd.
SOUND = {
    "text": "r1",
    "name": "postgres",
    "text[]": ["r1"],
    "json": "{}",
    "bigint": "1",
    "timestamp with time zone": "epoch",
    "boolean": "false",
}


class Caller:
    """Calls functions in transactions that are rolled back, and remembers what was not in order."""

    def __init__(self, connect):
        self.connect = connect
        self.session = connect()
        self.offences = []

    def call(self, function, arguments, in_from):
        """Arguments by place; those left out at the end take their defaults."""
        places = ", ".join(f"%s::{type_name}" for type_name, _ in zip(function["types"], arguments))
        shown = f"{function['signature']} with {', '.join(shown for shown, _ in arguments)}"
        began = time.monotonic()
        try:
            self.session.sql("BEGIN")
            start = "SELECT * FROM" if in_from else "SELECT"
            self.session.sql(f"{start} {function['name']}({places})", *[value for _, value in arguments])
        except psycopg2.Error as error:
            code = error.pgcode or "no SQLSTATE"
            if not code.startswith(ORDINARY) and code not in ALSO.get(function["name"], ()):
                self.offences.append(f"{shown}: {code} {str(error)[:300]}")
        took = time.monotonic() - began
        if took > TIMEOUT_MS / 1000 + SLACK:
            self.offences.append(f"{shown}: took {took:.0f} s")
        try:
            self.session.sql("ROLLBACK")
        except psycopg2.Error as error:
            self.offences.append(f"{shown}: the session was lost: {error}")
            self.session = self.connect()


def argument_lists(function, values, chance):
    """Each odd value alone, in its place; then several at once."""
    types = function["types"]
    sound = [("sound", SOUND[name]) if name in SOUND else values[name][1] for name in types]
    required = len(types) - function["defaults"]
    yield sound[:required]
    for place, type_name in enumerate(types):
        for value in values[type_name]:
            yield sound[:place] + [value] + sound[place + 1 : required]
    for _ in range(RANDOM_CALLS if len(types) > 1 else 0):
        yield [chance.choice(values[type_name]) for type_name in types]


@pytest.fixture
def hostile(make_database, request):
    database = make_database("hostile arguments", *request.param)
    if request.param is SQL_ASCII:
        database.connection.set_client_encoding("LATIN1")  # and so the awkward name is no UTF-8
    database.session().sql("CREATE TEMP TABLE others_temporary (version_num text)")
    database.sql(SETUP)
    yield database
    database.sql("DROP OWNED BY hostile_owner CASCADE")
    database.sql("DROP ROLE hostile_owner")


UTF8 = ("template1",)
SQL_ASCII = ("template0", "SQL_ASCII")


@pytest.mark.parametrize(
    "hostile, role", [(UTF8, "postgres"), (UTF8, "hostile_owner"), (SQL_ASCII, "postgres")], indirect=["hostile"]
)
def test_odd_arguments(hostile, role):
    bytewise = hostile.value("SHOW server_encoding") == "SQL_ASCII"
    huge = role == "postgres" and not bytewise  # once is enough

    def connect():
        session = hostile.session()
        if bytewise:
            session.connection.set_client_encoding("LATIN1")
        session.sql("CREATE TEMP TABLE own_temporary (version_num text)")
        session.sql(f"SET statement_timeout = {TIMEOUT_MS}")
        session.sql("SET client_min_messages = error")
        session.sql(f"SET SESSION AUTHORIZATION {role}")
        return session

    def state():
        return hostile.sql("SELECT (SELECT array_agg(version_num) FROM alembic_version) AS versions,"
                           " (SELECT count(*) FROM migfix.revision) AS revisions,"
                           " (SELECT count(*) FROM migfix.version_log) AS logged")

    before = state()
    caller = Caller(connect)
    functions = hostile.sql(FUNCTIONS)
    values = {type_name: odd_values(caller.session, type_name, bytewise, huge)
              for function in functions for type_name in function["types"]}
    chance = random.Random(1)
    for function in functions:
        for number, arguments in enumerate(argument_lists(function, values, chance)):
            caller.call(function, arguments, in_from=number % 4 and not function["is_trigger"])
    assert caller.offences == []
    assert state() == before
