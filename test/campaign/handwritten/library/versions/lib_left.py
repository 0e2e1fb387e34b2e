"""the left branch: partitions come and go"""

import sqlalchemy as sa  # noqa: F401
from alembic import op

revision = "lib_left"
down_revision = "lib_rows"
branch_labels = None
depends_on = None


def upgrade():
    op.execute("CREATE TABLE loan_2024 (id bigint NOT NULL, book text NOT NULL, taken date NOT NULL, fee numeric(8, 2) DEFAULT 0, reader uuid)")
    op.execute("ALTER TABLE loan ATTACH PARTITION loan_2024 FOR VALUES FROM ('2024-01-01') TO ('2025-01-01')")
    op.execute("ALTER TABLE loan DETACH PARTITION loan_2022")


def downgrade():
    raise NotImplementedError("written by hand, one way")
