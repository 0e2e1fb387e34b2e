"""another enum in the place of the old one"""

import sqlalchemy as sa  # noqa: F401
from alembic import op

revision = "w5"
down_revision = "w4"
branch_labels = None
depends_on = None


def upgrade():
    op.execute("ALTER TYPE part_kind RENAME TO part_kind_old")
    op.execute("CREATE TYPE part_kind AS ENUM ('nut', 'screw', 'washer')")
    op.execute("ALTER TABLE part ALTER COLUMN kind DROP DEFAULT, ALTER COLUMN kind TYPE part_kind USING kind::text::part_kind, ALTER COLUMN kind SET DEFAULT 'nut'")
    op.execute("DROP TYPE part_kind_old")


def downgrade():
    raise NotImplementedError("written by hand, one way")
