"""the right branch: inheritance ends"""

import sqlalchemy as sa  # noqa: F401
from alembic import op

revision = "lib_right"
down_revision = "lib_rows"
branch_labels = None
depends_on = None


def upgrade():
    op.execute("ALTER TABLE film NO INHERIT medium")
    op.execute("CREATE TABLE record (speed smallint DEFAULT 33, LIKE medium INCLUDING CONSTRAINTS)")
    op.execute("ALTER TABLE record INHERIT medium")
    op.execute("CREATE TABLE review (id serial PRIMARY KEY, stars smallint NOT NULL, CONSTRAINT stars_range CHECK (stars BETWEEN 1 AND 5))")


def downgrade():
    raise NotImplementedError("written by hand, one way")
