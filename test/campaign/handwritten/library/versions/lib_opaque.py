"""what SQL hides"""

import sqlalchemy as sa  # noqa: F401
from alembic import op

revision = "lib_opaque"
down_revision = "lib_merge"
branch_labels = None
depends_on = None


def upgrade():
    op.execute("DO $$ BEGIN EXECUTE 'CREATE TABLE made_in_a_block (id integer PRIMARY KEY)'; END $$")
    op.execute("GRANT SELECT ON reader TO PUBLIC")
    op.execute("ALTER TABLE reader ENABLE ROW LEVEL SECURITY")
    op.execute("CREATE POLICY everyone ON reader USING (true)")
    op.execute("CREATE STATISTICS loan_stats ON book, fee FROM loan_rest")
    op.execute("ALTER TABLE reader ALTER COLUMN name SET STATISTICS 500")
    op.execute("CREATE RULE no_delete AS ON DELETE TO review DO INSTEAD NOTHING")


def downgrade():
    raise NotImplementedError("written by hand, one way")
