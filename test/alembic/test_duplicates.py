"""What a client is told at `alembic upgrade head`: nothing of what migrations ordinarily make, and what doubles
something."""

import pytest

ORDINARY = """\
import sqlalchemy as sa
op.create_table("users", sa.Column("id", sa.Integer, primary_key=True), sa.Column("name", sa.String(50)),
                sa.Column("status", sa.Enum("new", "done", name="status")), sa.Column("at", sa.DateTime))
op.create_table("orders", sa.Column("id", sa.Integer, primary_key=True), sa.Column("kind", sa.String(9)),
                sa.Column("user_id", sa.Integer, sa.ForeignKey("users.id")))
op.create_table("user_roles", sa.Column("user_id", sa.Integer), sa.Column("role_id", sa.Integer))
op.create_table("user_groups", sa.Column("user_id", sa.Integer), sa.Column("role_id", sa.Integer))
op.create_index("ix_users_name", "users", ["name"])
op.add_column("orders", sa.Column("amount", sa.Numeric(10, 2)))
with op.batch_alter_table("orders", recreate="always") as batch:
    batch.alter_column("amount", new_column_name="sum")
op.rename_table("user_groups", "group_users")
"""

DOUBLING = """\
op.execute("CREATE TYPE processing_status AS ENUM ('new', 'done')")
op.execute("CREATE TABLE customers (LIKE users)")
"""

# SQLAlchemy takes psycopg2's notices away after each statement, and logs them.
HEARD = """\
import logging, sys
logger = logging.getLogger("sqlalchemy.dialects.postgresql")
logger.propagate = False
logger.disabled = False  # by the fileConfig() of env.py
logger.setLevel(logging.INFO)
logger.addHandler(logging.StreamHandler(sys.stdout))
op.execute("DO $$ BEGIN RAISE NOTICE 'can be heard'; END $$")
"""


@pytest.mark.parametrize("preload", [False, True])
def test_ordinary_migrations_are_told_nothing(project, preload):
    project.database.install()
    if preload:
        project.database.values("SELECT migfix_preload(true)")
    project.revision("001", None, HEARD + ORDINARY)
    result = project.good("upgrade", "head")
    assert "NOTICE:  can be heard" in result.out, result
    assert result.out.count("NOTICE:") == 1, result


def test_what_doubles_something_is_told(project):
    project.database.install()
    project.revision("001", None, ORDINARY)
    project.good("upgrade", "head")
    project.revision("002", "001", HEARD + DOUBLING)
    result = project.good("upgrade", "head")
    assert "enum public.processing_status has the same labels as public.status" in result.out
    assert "table public.customers has the same columns as public.users" in result.out
    assert result.out.count("NOTICE:") == 3
