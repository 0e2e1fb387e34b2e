"""rows between objects"""

import sqlalchemy as sa  # noqa: F401
from alembic import op

revision = "w4"
down_revision = "w3"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("part", sa.Column("weight", sa.Integer()))
    op.execute("INSERT INTO part (kind, length, label) VALUES ('nut', 1.5, 'm3'), ('screw', 20, 'm3x20')")
    op.alter_column("part", "weight", server_default="1")
    op.execute("UPDATE part SET weight = 7 WHERE weight IS NULL")
    op.alter_column("part", "weight", nullable=False)


def downgrade():
    raise NotImplementedError("written by hand, one way")
