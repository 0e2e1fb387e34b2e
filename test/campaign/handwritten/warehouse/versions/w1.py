"""tables by Alembic's own calls"""

import sqlalchemy as sa  # noqa: F401
from alembic import op

revision = "w1"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "part",
        sa.Column("id", sa.Integer(), sa.Identity(start=5, cycle=True), primary_key=True),
        sa.Column("kind", sa.Enum("screw", "nut", name="part_kind"), nullable=False, server_default="screw"),
        sa.Column("length", sa.Numeric(8, 3), sa.CheckConstraint("length > 0", name="length_is_positive")),
        sa.Column("doubled", sa.Numeric(9, 3), sa.Computed("length * 2", persisted=True)),
        sa.Column("label", sa.String(40, collation="C"), unique=True),
        sa.Column("made", sa.DateTime(timezone=True), server_default=sa.func.now(), index=True),
        sa.UniqueConstraint("kind", "length", name=op.f("uq_part_kind"), deferrable=True, initially="IMMEDIATE"),
        comment="what is on the shelves",
    )
    op.create_table(
        "place",
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("shelf", sa.String(3), nullable=False),
        sa.Column("part_id", sa.Integer(), sa.ForeignKey("part.id", ondelete="CASCADE", onupdate="SET NULL")),
        sa.PrimaryKeyConstraint("row", "shelf"),
    )


def downgrade():
    raise NotImplementedError("written by hand, one way")
