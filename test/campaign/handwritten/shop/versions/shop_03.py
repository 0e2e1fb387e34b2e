"""indexes of every kind"""

import sqlalchemy as sa  # noqa: F401
from alembic import op

revision = "shop_03"
down_revision = "shop_02"
branch_labels = None
depends_on = None


def upgrade():
    op.execute("CREATE INDEX ON plain (a, b DESC NULLS LAST)")
    op.execute("CREATE INDEX ON plain (lower(b), (a + 1))")
    op.execute("CREATE UNIQUE INDEX plain_once ON plain (b) INCLUDE (c, e) WHERE a > 10 AND b IS NOT NULL")
    op.execute("CREATE UNIQUE INDEX plain_nulls ON plain (a) NULLS NOT DISTINCT")
    op.execute("CREATE INDEX customer_tags ON sales.customer USING gin (tags)")
    op.execute("CREATE INDEX customer_name_trgm ON sales.customer USING gin (name gin_trgm_ops)")
    op.execute("CREATE INDEX customer_name_sorted ON sales.customer (name COLLATE \"POSIX\" text_pattern_ops)")
    op.execute("CREATE INDEX invoice_during ON sales.invoice USING gist (during)")
    op.execute("CREATE INDEX invoice_number_hash ON sales.invoice USING hash (number)")
    op.execute("CREATE INDEX plain_brin ON plain USING brin (a) WITH (pages_per_range = 16)")
    op.execute('CREATE INDEX "An Index" ON "Order" ("Größe", "Id")')
    with op.get_context().autocommit_block():
        op.execute("CREATE INDEX CONCURRENTLY plain_later ON plain (e)")


def downgrade():
    raise NotImplementedError("written by hand, one way")
