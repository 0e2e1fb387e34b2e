"""schemas, extensions, types, a collation"""

import sqlalchemy as sa  # noqa: F401
from alembic import op

revision = "shop_01"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.execute("CREATE SCHEMA sales")
    op.execute("CREATE SCHEMA IF NOT EXISTS \"Archive 1\"")
    op.execute("CREATE EXTENSION citext")
    op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    op.execute("CREATE EXTENSION IF NOT EXISTS btree_gist WITH SCHEMA public")
    op.execute("CREATE TYPE sales.state AS ENUM ('new', 'paid', 'it''s sent')")
    op.execute("CREATE TYPE sales.money_pair AS (net numeric(12, 2), gross numeric(12, 2))")
    op.execute("CREATE DOMAIN sales.email AS citext CHECK (VALUE ~ '@') NOT NULL")
    op.execute("CREATE DOMAIN percent AS numeric(5, 2) DEFAULT 0 CONSTRAINT percent_range CHECK (VALUE BETWEEN 0 AND 100)")
    op.execute("CREATE SEQUENCE sales.invoice_number AS bigint INCREMENT BY 10 MINVALUE 10 START WITH 1000 CACHE 5 CYCLE")


def downgrade():
    raise NotImplementedError("written by hand, one way")
