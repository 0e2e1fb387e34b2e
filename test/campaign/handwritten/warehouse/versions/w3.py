"""no name is given anywhere"""

import sqlalchemy as sa  # noqa: F401
from alembic import op

revision = "w3"
down_revision = "w2"
branch_labels = None
depends_on = None


def upgrade():
    op.execute("ALTER TABLE move ADD CHECK (id > 0)")
    op.execute("ALTER TABLE move ADD CHECK (row > 0 AND shelf <> '')")
    op.execute("ALTER TABLE move ADD CHECK (1 = 1)")
    op.execute("ALTER TABLE move ADD UNIQUE (row, before)")
    op.execute("ALTER TABLE place ADD UNIQUE (shelf, part_id), ADD FOREIGN KEY (part_id) REFERENCES part")
    op.execute("CREATE INDEX ON place (part_id)")
    op.execute("CREATE INDEX ON place (part_id)")
    op.execute("CREATE INDEX ON place ((row % 2), upper(shelf))")
    op.execute("CREATE TABLE a_table_whose_name_is_rather_long_so_that_the_server_must_cut (a_column_of_a_long_name_too integer UNIQUE CHECK (a_column_of_a_long_name_too > 0), another_column_of_a_long_name integer REFERENCES part)")
    op.execute("CREATE INDEX an_index_whose_name_is_longer_than_the_sixty_three_bytes_that_the_server_keeps ON part (label)")


def downgrade():
    raise NotImplementedError("written by hand, one way")
