"""indexes and columns of partitioned tables"""

import sqlalchemy as sa  # noqa: F401
from alembic import op

revision = "lib_indexes"
down_revision = "lib_base"
branch_labels = None
depends_on = None


def upgrade():
    op.execute("CREATE INDEX loan_book ON loan (book)")
    op.execute("ALTER TABLE loan ADD COLUMN reader uuid REFERENCES reader (id) ON DELETE SET NULL")
    op.execute("ALTER TABLE medium ADD COLUMN isbn varchar(17)")
    op.execute("CREATE INDEX film_minutes ON film (minutes)")
    op.execute("ALTER TABLE film ADD COLUMN director text DEFAULT 'unknown'")


def downgrade():
    raise NotImplementedError("written by hand, one way")
