"""a self reference, a key of two columns"""

import sqlalchemy as sa  # noqa: F401
from alembic import op

revision = "w2"
down_revision = "w1"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "move",
        sa.Column("id", sa.BigInteger(), primary_key=True),
        sa.Column("row", sa.Integer()),
        sa.Column("shelf", sa.String(3)),
        sa.Column("before", sa.BigInteger(), sa.ForeignKey("move.id")),
        sa.ForeignKeyConstraint(["row", "shelf"], ["place.row", "place.shelf"], match="FULL"),
    )
    op.create_index("ix_move_place", "move", ["row", "shelf"])
    op.create_index("ix_move_first", "move", [sa.text("coalesce(before, 0)")], postgresql_where=sa.text("shelf <> ''"))


def downgrade():
    raise NotImplementedError("written by hand, one way")
