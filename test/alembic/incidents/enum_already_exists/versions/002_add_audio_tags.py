"""add tag and category to audio_files"""

import sqlalchemy as sa
from alembic import op

revision = "002"
down_revision = "001"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("audio_files", sa.Column("tag", sa.String(100)))
    op.add_column("audio_files", sa.Column("category", sa.String(100)))
    op.create_index("ix_audio_files_tag", "audio_files", ["tag"])
    op.create_index("ix_audio_files_category", "audio_files", ["category"])


def downgrade():
    op.drop_index("ix_audio_files_category", table_name="audio_files")
    op.drop_index("ix_audio_files_tag", table_name="audio_files")
    op.drop_column("audio_files", "category")
    op.drop_column("audio_files", "tag")
