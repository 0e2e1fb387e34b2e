"""labels, renames and moves"""

import sqlalchemy as sa  # noqa: F401
from alembic import op

revision = "shop_06"
down_revision = "shop_05"
branch_labels = None
depends_on = None


def upgrade():
    op.execute("ALTER TYPE sales.state ADD VALUE 'draft' BEFORE 'new'")
    op.execute("ALTER TYPE sales.state ADD VALUE IF NOT EXISTS 'returned' AFTER 'paid'")
    op.execute("ALTER TYPE sales.state ADD VALUE 'lost'")
    op.execute("ALTER TYPE sales.state RENAME VALUE 'it''s sent' TO 'sent'")
    op.execute("ALTER TYPE sales.state RENAME TO invoice_state")
    op.execute("ALTER TABLE plain RENAME TO simple")
    op.execute("ALTER TABLE simple RENAME COLUMN a TO amount")
    op.execute("ALTER INDEX plain_once RENAME TO simple_once")
    op.execute("ALTER TABLE sales.invoice RENAME CONSTRAINT positive TO net_is_positive")
    op.execute("ALTER TABLE sales.invoice RENAME CONSTRAINT one_number TO number_once")
    op.execute("ALTER SEQUENCE sales.invoice_number RENAME TO invoice_numbers")
    op.execute("ALTER VIEW sales.paid RENAME TO settled")
    op.execute("ALTER MATERIALIZED VIEW sales.best RENAME TO best_buyers")
    op.execute("ALTER FUNCTION add_tax(numeric, numeric) RENAME TO with_tax")
    op.execute("ALTER TRIGGER touch ON sales.customer RENAME TO touch_customer")
    op.execute("ALTER DOMAIN percent RENAME TO percentage")
    op.execute("ALTER TABLE simple SET SCHEMA sales")
    op.execute("ALTER TYPE sales.money_pair SET SCHEMA public")
    op.execute("ALTER SEQUENCE sales.invoice_numbers SET SCHEMA public")
    op.execute("ALTER SCHEMA \"Archive 1\" RENAME TO archive")
    op.execute('ALTER TABLE "Order" SET SCHEMA archive')
    op.execute("ALTER DOMAIN percentage SET SCHEMA sales")


def downgrade():
    raise NotImplementedError("written by hand, one way")
