"""What migfix is made of keeps its names while the guard is on, and others' DDL works where it lost them."""

import pytest

from conftest import without_key

SCRIPTS = """# file: 001.py
revision = "001"
down_revision = None
from alembic import op
def upgrade():
    op.execute("CREATE TYPE mood AS ENUM ('good')")
# file: 002.py
revision = "002"
down_revision = "001"
"""

# What it did to everybody else is in the test below.
REFUSED = {
    "schema": "ALTER SCHEMA migfix RENAME TO other",
    "sequence": "ALTER SEQUENCE migfix.version_log_log_id_seq RENAME TO other",
    "sequence, as a table": "ALTER TABLE migfix.ddl_log_log_id_seq RENAME TO other",
    "sequence to another schema": "ALTER SEQUENCE migfix.ddl_log_log_id_seq SET SCHEMA public",
    "type of a column": "ALTER TABLE migfix.ddl_log ALTER COLUMN pid TYPE bigint",
    "constraint": "ALTER TABLE migfix.ddl_log DROP CONSTRAINT ddl_log_pkey",
    "second of two columns": "ALTER TABLE migfix.version_log ADD COLUMN more int, DROP COLUMN statement",
    "member": "ALTER EXTENSION migfix DROP TABLE migfix.version_log",
    **{f"table {table}": f"ALTER TABLE migfix.{table} RENAME TO other"
       for table in ("version_log", "ddl_log", "revision", "revision_statement", "observed_revision",
                     "version_table_environment")},
    **{f"schema of table {table}": f"ALTER TABLE migfix.{table} SET SCHEMA public"
       for table in ("version_log", "ddl_log", "revision", "version_table_environment")},
    **{f"column {table}.{column}": f"ALTER TABLE migfix.{table} RENAME COLUMN {column} TO other"
       for table, column in (("version_log", "new_version"), ("ddl_log", "object_identity"), ("revision", "revision"))},
    **{f"dropped column {table}.{column}": f"ALTER TABLE migfix.{table} DROP COLUMN {column}"
       for table, column in (("version_log", "statement"), ("ddl_log", "statement"), ("revision", "down_revision"),
                             ("observed_revision", "revision"))},
    **{f"function {function}": f"ALTER FUNCTION migfix_{function}() RENAME TO other"
       for function in ("ddl_start", "ddl_end", "ddl_drop", "guard_row", "log_row", "log_truncate",
                        "revision_changed")},
    "function without arguments": "ALTER FUNCTION migfix_ddl_end RENAME TO other",
    "function as a routine": "ALTER ROUTINE migfix_ddl_end() RENAME TO other",
    "schema of a function": "ALTER FUNCTION migfix_log_row() SET SCHEMA app",
}


@pytest.fixture
def installed(database):
    database.sql("CREATE EXTENSION migfix")
    database.sql("CREATE SCHEMA app")
    database.version_table("alembic_version", "001")
    database.sql("SELECT * FROM migfix_load_scripts(%s)", SCRIPTS)
    return database


def test_refused_while_the_guard_is_on(installed):
    before = without_key(installed.dump()), installed.sql("SELECT * FROM migfix_findings()")
    for what, command in REFUSED.items():
        error = installed.error(command)
        assert error.pgcode == "0A000", (what, error)
        assert "migfix.guard = off" in error.diag.message_hint and "DROP EXTENSION" in error.diag.message_hint
        assert "extension migfix" in error.diag.message_primary
    assert (without_key(installed.dump()), installed.sql("SELECT * FROM migfix_findings()")) == before
    error = installed.error("ALTER TABLE migfix.version_log RENAME TO other")
    assert error.diag.message_primary == (
        "cannot rename table migfix.version_log because extension migfix requires it")

    # The owner of a table is no superuser, and told the same.
    installed.sql("CREATE ROLE lifecycle_owner; GRANT ALL ON SCHEMA migfix TO lifecycle_owner")
    try:
        installed.sql("ALTER TABLE migfix.version_log OWNER TO lifecycle_owner; SET ROLE lifecycle_owner")
        assert installed.error("ALTER TABLE migfix.version_log RENAME TO other").pgcode == "0A000"
        assert installed.error("SET migfix.guard = off").pgcode == "42501"
    finally:
        installed.sql("RESET ROLE; REASSIGN OWNED BY lifecycle_owner TO postgres; DROP OWNED BY lifecycle_owner;"
                      " DROP ROLE lifecycle_owner")

    # What takes nothing from it is nobody's business, nor what only looks like it.
    for command in ("ALTER TABLE migfix.version_log ADD COLUMN more int", "CREATE INDEX ON migfix.ddl_log (logged_at)",
                    "ALTER TABLE migfix.revision DISABLE TRIGGER ALL", "ALTER TABLE migfix.revision ENABLE TRIGGER ALL",
                    "CREATE TABLE version_log (log_id int, statement text)", "ALTER TABLE version_log RENAME TO ddl_log",
                    "ALTER TABLE ddl_log DROP COLUMN statement", "ALTER TABLE ddl_log SET SCHEMA app",
                    "CREATE FUNCTION app.migfix_mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
                    "ALTER FUNCTION app.migfix_mine() RENAME TO migfix_ddl_end", "ALTER SCHEMA app RENAME TO migfix2",
                    "COMMENT ON SCHEMA migfix IS 'ours'", "DROP EXTENSION migfix"):
        installed.sql(command)


# The rest is in test_failure_is_small.py, one by one.
DONE = [what for what in REFUSED if what.startswith(("function ddl", "function guard", "function log_row", "schema"))
        and "version_log" not in what and "ddl_log" not in what or what in (
            "sequence", "table revision", "table version_table_environment", "dropped column revision.down_revision",
            "dropped column observed_revision.revision")]


@pytest.mark.parametrize("what", DONE)
def test_ddl_goes_on_where_it_was_done(installed, what):
    """With the guard off it can be done. Then there are warnings, and nobody's statement fails: not in a session that
    has plans of what there was, not in a new one, not as a runner."""
    used = installed.session()
    plain = installed.session()
    for session in (used, plain, installed):
        session.sql("CREATE TABLE warm (id int); DROP TABLE warm; UPDATE alembic_version SET version_num = '002';"
                    " UPDATE alembic_version SET version_num = '001'")
    installed.sql("SET migfix.guard = off")
    installed.sql(REFUSED[what])
    installed.sql("RESET migfix.guard")
    for number, session in enumerate((installed, used, installed.session())):
        session.sql("BEGIN")
        session.sql("SELECT alembic_version.version_num \nFROM alembic_version")
        session.sql(f"CREATE TABLE people_{number} (id serial PRIMARY KEY, name text)")
        session.sql("UPDATE alembic_version SET version_num = '002'")
        session.sql("COMMIT")
        for command in (f"ALTER TABLE people_{number} ADD COLUMN age int", f"DROP TABLE people_{number}",
                        "CREATE TYPE mood AS ENUM ('good')", "DROP TYPE mood",
                        "UPDATE alembic_version SET version_num = '001'",
                        "CREATE TABLE app.alembic_version (version_num varchar(32) PRIMARY KEY)",
                        "INSERT INTO app.alembic_version VALUES ('001')", "DROP TABLE app.alembic_version",
                        "ALTER TABLE alembic_version RENAME TO old", "ALTER TABLE old RENAME TO alembic_version"):
            session.sql(command)
        # PostgreSQL's own errors stay what they are.
        session.sql("CREATE TABLE twice (id int)")
        assert session.error("CREATE TABLE twice (id int)").pgcode == "42P07"
        session.sql("DROP TABLE twice")
    for session in (plain, installed.session()):
        session.sql("ALTER TABLE alembic_version RENAME TO old")
        session.sql("ALTER TABLE old RENAME TO alembic_version")
        session.sql("ALTER SCHEMA app RENAME TO other_app; ALTER SCHEMA other_app RENAME TO app")
    # What is left of it does not keep the rest from being dropped.
    installed.sql("DROP EXTENSION migfix CASCADE")
    installed.sql("CREATE TABLE people (id int)")
