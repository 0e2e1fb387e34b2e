"""A generated history of revisions and what it comes to: revision files, and the models that they lead to.

Half of the revisions create a table each, the others change one: so many revisions have half as many tables.
"""

import pathlib
import sys

import sqlalchemy as sa

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))
import project  # noqa: E402

CREATE_TABLE = """\
op.create_table('item_{n}',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('owner_id', sa.BigInteger(), nullable=True),
    sa.Column('parent_id', sa.Integer(), nullable=True),
    sa.Column('status', sa.Enum('new', 'busy', 'done_{n}', name='status_{n}'), server_default='new', nullable=False),
    sa.Column('total', sa.Numeric(precision=12, scale=2), server_default='0', nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint('total >= 0', name='item_{n}_total_check'),
    sa.ForeignKeyConstraint(['parent_id'], ['item_{parent}.id'], name='item_{n}_parent_id_fkey'),
    sa.PrimaryKeyConstraint('id', name='item_{n}_pkey'),
    sa.UniqueConstraint('name', name='item_{n}_name_key')
)
op.create_index('ix_item_{n}_owner_id', 'item_{n}', ['owner_id'], unique=False)"""

# What is changed, in turn.
CHANGES = [
    "op.add_column('item_{n}', sa.Column('note', sa.Text(), nullable=True))",
    "op.create_index('ix_item_{n}_created_at', 'item_{n}', ['created_at', 'name'], unique=True)",
    "op.alter_column('item_{n}', 'name', existing_type=sa.VARCHAR(length=120), type_=sa.String(length=255),\n"
    "    existing_nullable=False)",
    "op.alter_column('item_{n}', 'owner_id', existing_type=sa.BigInteger(), nullable=False)",
]


def tables_of(revisions):
    return (revisions + 1) // 2


def script(number):
    """The text of the revision that comes as number `number`, counted from 0."""
    n, changes = divmod(number, 2)
    upgrade = (CHANGES[n % len(CHANGES)] if changes else CREATE_TABLE).format(n=n, parent=n // 2)
    above = project.revision_id(number - 1) if number else None
    return project.SCRIPT.format(
        message=("change" if changes else "create") + f" item_{n}", revision=project.revision_id(number),
        revises=above or "", down_revision=above, month=1, day=1, hour=number % 24, number=number,
        upgrade=upgrade.replace("\n", "\n    ").join(["    ", ""]), downgrade="    pass")


def models(revisions):
    """The tables as the revisions leave them, as an application's models would say it."""
    metadata = sa.MetaData()
    for n in range(tables_of(revisions)):
        change = n % len(CHANGES) if 2 * n + 1 < revisions else None
        name = f"item_{n}"
        columns = [
            sa.Column("id", sa.Integer(), nullable=False),
            sa.Column("name", sa.String(length=255 if change == 2 else 120), nullable=False),
            sa.Column("owner_id", sa.BigInteger(), nullable=change != 3),
            sa.Column("parent_id", sa.Integer(), nullable=True),
            sa.Column("status", sa.Enum("new", "busy", f"done_{n}", name=f"status_{n}"), server_default="new", nullable=False),
            sa.Column("total", sa.Numeric(precision=12, scale=2), server_default="0", nullable=False),
            sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        ]
        if change == 0:
            columns.append(sa.Column("note", sa.Text(), nullable=True))
        table = sa.Table(
            name, metadata, *columns, sa.CheckConstraint("total >= 0", name=f"{name}_total_check"),
            sa.ForeignKeyConstraint(["parent_id"], [f"item_{n // 2}.id"], name=f"{name}_parent_id_fkey"),
            sa.PrimaryKeyConstraint("id", name=f"{name}_pkey"), sa.UniqueConstraint("name", name=f"{name}_name_key"))
        sa.Index(f"ix_{name}_owner_id", table.c.owner_id)
        if change == 1:
            sa.Index(f"ix_{name}_created_at", table.c.created_at, table.c.name, unique=True)
    return metadata
