"""rows alone"""

import sqlalchemy as sa  # noqa: F401
from alembic import op

revision = "lib_rows"
down_revision = "lib_indexes"
branch_labels = None
depends_on = None


def upgrade():
    op.execute("INSERT INTO reader (name) VALUES ('Ada'), ('Grace')")
    op.execute("INSERT INTO medium (title, year) VALUES ('Emma', 1815), ('Dune', 1965)")
    op.execute("UPDATE reader SET name = upper(name) WHERE name = 'Ada'")


def downgrade():
    raise NotImplementedError("written by hand, one way")
