"""merge"""

import sqlalchemy as sa  # noqa: F401
from alembic import op

revision = "lib_merge"
down_revision = ("lib_left", "lib_right")
branch_labels = None
depends_on = None


def upgrade():
    pass


def downgrade():
    raise NotImplementedError("written by hand, one way")
