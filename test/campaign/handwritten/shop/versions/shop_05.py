"""comments on everything"""

import sqlalchemy as sa  # noqa: F401
from alembic import op

revision = "shop_05"
down_revision = "shop_04"
branch_labels = None
depends_on = None


def upgrade():
    op.execute("COMMENT ON SCHEMA sales IS 'what is sold; it''s here'")
    op.execute("COMMENT ON TABLE sales.customer IS 'who buys'")
    op.execute("COMMENT ON COLUMN sales.customer.name IS E'as they\\nwrite it'")
    op.execute("COMMENT ON INDEX sales.customer_tags IS 'for searching'")
    op.execute("COMMENT ON CONSTRAINT positive ON sales.invoice IS 'no refunds'")
    op.execute("COMMENT ON TYPE sales.state IS 'of an invoice'")
    op.execute("COMMENT ON DOMAIN percent IS 'of hundred'")
    op.execute("COMMENT ON SEQUENCE sales.invoice_number IS 'tens'")
    op.execute("COMMENT ON VIEW sales.paid IS 'money that came'")
    op.execute("COMMENT ON MATERIALIZED VIEW sales.best IS 'top ten'")
    op.execute("COMMENT ON FUNCTION add_tax(numeric, numeric) IS 'nineteen per cent'")
    op.execute("COMMENT ON TRIGGER touch ON sales.customer IS 'moment of change'")
    op.execute("COMMENT ON EXTENSION citext IS 'letters of either case'")
    op.execute("COMMENT ON TABLE plain IS 'soon gone'")
    op.execute("COMMENT ON TABLE plain IS NULL")


def downgrade():
    raise NotImplementedError("written by hand, one way")
