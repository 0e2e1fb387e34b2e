"""and on after that"""

import sqlalchemy as sa  # noqa: F401
from alembic import op

revision = "lib_after"
down_revision = "lib_opaque"
branch_labels = None
depends_on = None


def upgrade():
    op.execute("ALTER TABLE review ADD COLUMN said text COLLATE \"C\"")
    op.execute("CREATE INDEX review_said ON review (said COLLATE \"C\", stars DESC)")
    op.execute("ALTER TABLE loan ALTER COLUMN fee TYPE numeric(10, 2)")
    op.execute("ALTER TABLE loan RENAME COLUMN taken TO taken_on")
    op.execute("ALTER TABLE loan RENAME TO lending")
    op.execute("DROP TABLE loan_2022")


def downgrade():
    raise NotImplementedError("written by hand, one way")
