"""add organisation and request fields to audit_logs"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "pg_add_audit_org_fields"
down_revision = "pg_merge_all_heads"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("audit_logs", sa.Column("company_id", postgresql.UUID()))
    op.add_column("audit_logs", sa.Column("branch_id", postgresql.UUID()))
    op.add_column("audit_logs", sa.Column("department_id", postgresql.UUID()))
    op.add_column("audit_logs", sa.Column("request_method", sa.String(10)))
    op.add_column("audit_logs", sa.Column("request_path", sa.String(500)))
    op.add_column("audit_logs", sa.Column("error_code", sa.String(50)))
    op.add_column("audit_logs", sa.Column("duration_ms", sa.String(20)))


def downgrade():
    for column in (
        "duration_ms",
        "error_code",
        "request_path",
        "request_method",
        "department_id",
        "branch_id",
        "company_id",
    ):
        op.drop_column("audit_logs", column)
