"""taken out and put in again"""

import sqlalchemy as sa  # noqa: F401
from alembic import op

revision = "w6"
down_revision = "w5"
branch_labels = None
depends_on = None


def upgrade():
    op.drop_index("ix_move_first", table_name="move")
    op.drop_constraint("uq_part_kind", "part", type_="unique")
    op.create_unique_constraint("uq_part_kind", "part", ["kind", "label"])
    op.drop_column("part", "doubled")
    op.add_column("part", sa.Column("doubled", sa.Float(), server_default=sa.text("pi()")))
    op.rename_table("move", "movement")
    op.alter_column("movement", "before", new_column_name="follows", existing_type=sa.BigInteger())
    op.alter_column("part", "label", type_=sa.Text(), existing_type=sa.String(40))
    op.create_table_comment("movement", "from here to there", existing_comment=None)
    op.drop_table_comment("part", existing_comment="what is on the shelves")


def downgrade():
    raise NotImplementedError("written by hand, one way")
