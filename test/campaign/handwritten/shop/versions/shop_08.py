"""what falls with what"""

import sqlalchemy as sa  # noqa: F401
from alembic import op

revision = "shop_08"
down_revision = "shop_07"
branch_labels = None
depends_on = None


def upgrade():
    op.execute("DROP VIEW sales.settled CASCADE")
    op.execute("DROP TABLE archive.\"Order\"")
    op.execute("DROP SCHEMA archive")
    op.execute("ALTER TABLE sales.customer DROP COLUMN tags CASCADE")
    op.execute("DROP FUNCTION sales.touch() CASCADE")
    op.execute("DROP INDEX IF EXISTS sales.nothing_of_that_name, sales.plain_brin")
    op.execute("ALTER TABLE sales.customer DROP CONSTRAINT customer_pkey CASCADE")
    op.execute("ALTER TABLE sales.customer ADD PRIMARY KEY (id), ADD UNIQUE (name, born)")
    op.execute("DROP TABLE IF EXISTS nothing_either")
    op.execute("DROP TYPE money_pair CASCADE")
    op.execute("DROP EXTENSION pg_trgm CASCADE")
    op.execute("DROP TABLE scratch")


def downgrade():
    raise NotImplementedError("written by hand, one way")
