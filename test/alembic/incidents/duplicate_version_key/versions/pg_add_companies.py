"""companies: one of the two branches"""

from alembic import op

revision = "pg_add_companies"
down_revision = "pg_initial"
branch_labels = None
depends_on = None


def upgrade():
    op.execute(
        """
        CREATE TABLE IF NOT EXISTS companies (
            id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
            name varchar(255) NOT NULL
        )
        """
    )


def downgrade():
    op.execute("DROP TABLE companies")
