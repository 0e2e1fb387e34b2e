-- Loading revision files: what is learnt from them, and what is said of those that cannot be read.
SELECT * FROM migfix_load_scripts($scripts$# file: versions/001_users.py
"""users

Revision ID: 001
Revises:

"""
import sqlalchemy as sa
from alembic import op

revision: str = "001"
down_revision = None
branch_labels = ("app",)
depends_on = None


def upgrade() -> None:
    op.create_table(
        "users",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("state", sa.Enum("new", "active", name="user_state"), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("users")
# file: versions/002_email.py
revision, down_revision = '002', '001'

import sqlalchemy as sa
from alembic import op

def upgrade():
    op.add_column("users", sa.Column("email", sa.String(100)))
    for name in names():
        op.drop_column("users", name)
    op.execute("UPDATE users SET email = ''")
# file: versions/helpers.py
def names():
    return []
# file: versions/003_computed.py
from app import ids
revision = ids.NEXT
down_revision = "002"
# file: versions/broken.py
revision = "004
$scripts$);

SELECT revision, down_revision, branch_labels, message, file, source, statements_source FROM migfix.revision ORDER BY position;
SELECT revision, position, operation, object, statement, opaque, line FROM migfix.revision_statement ORDER BY 1, 2;

-- The same again changes nothing; a changed one replaces, and says what.
SELECT revision, state, reason FROM migfix_load_scripts($scripts$# file: versions/001_users.py
"""users"""
revision = "001"
down_revision = None
branch_labels = ("app",)
def upgrade():
    pass
# file: versions/002_email.py
revision = "002"
down_revision = ()
depends_on = "app"
def upgrade():
    pass
$scripts$);
SELECT revision, state, reason FROM migfix_load_scripts($$revision = "005"
down_revision = "004"
$$);

-- By hand.
SELECT revision, state, reason FROM migfix_register('004', '{002}', message => 'by hand');
SELECT revision, state, reason FROM migfix_register('004', '{002}', message => 'by hand');
SELECT revision, state, reason FROM migfix_register('head');
SELECT revision, state, reason FROM migfix_register('006', '{005,006}');
SELECT migfix_forget('006');

-- What is still needed stays.
SELECT migfix_forget('004');
SELECT operation, old_version, new_version FROM migfix_stamp('005');
SELECT migfix_forget('005');
SELECT migfix_forget('005', force => true);
SELECT migfix_forget('005');

-- No text, no name.
SELECT migfix_load_scripts(NULL);
SELECT migfix_load_scripts('', '');
SELECT migfix_load_scripts('x = 1', NULL);
SELECT * FROM migfix_load_scripts('');
SELECT * FROM migfix_load_scripts('SELECT 1;');

DELETE FROM migfix.revision;
DELETE FROM migfix.revision_statement;
DROP TABLE alembic_version;

-- An empty log for the tests that follow.
TRUNCATE migfix.version_log;
ALTER SEQUENCE migfix.version_log_log_id_seq RESTART;
