"""merge all heads"""

revision = "pg_merge_all_heads"
down_revision = ("pg_add_companies", "pg_add_departments")
branch_labels = None
depends_on = None


def upgrade():
    pass


def downgrade():
    pass
