"""partitions and inheritance"""

import sqlalchemy as sa  # noqa: F401
from alembic import op

revision = "lib_base"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.execute("CREATE TABLE loan (id bigint GENERATED ALWAYS AS IDENTITY, book text NOT NULL, taken date NOT NULL, fee numeric(8, 2) DEFAULT 0, PRIMARY KEY (id, taken)) PARTITION BY RANGE (taken)")
    op.execute("CREATE TABLE loan_2022 PARTITION OF loan FOR VALUES FROM ('2022-01-01') TO ('2023-01-01')")
    op.execute("CREATE TABLE loan_2023 PARTITION OF loan FOR VALUES FROM ('2023-01-01') TO ('2024-01-01')")
    op.execute("CREATE TABLE loan_rest PARTITION OF loan DEFAULT")
    op.execute("CREATE TABLE medium (id serial PRIMARY KEY, title varchar(200) NOT NULL CHECK (title <> ''), year integer)")
    op.execute("CREATE TABLE film (minutes integer, CHECK (minutes > 0)) INHERITS (medium)")
    op.execute("CREATE TABLE shelf (code char(4) PRIMARY KEY, kind text) PARTITION BY LIST (code)")
    op.execute("CREATE TABLE shelf_a PARTITION OF shelf FOR VALUES IN ('a001', 'a002')")
    op.execute("CREATE TABLE reader (id uuid DEFAULT gen_random_uuid() NOT NULL, name text, CONSTRAINT reader_pk PRIMARY KEY (id))")


def downgrade():
    raise NotImplementedError("written by hand, one way")
