from logging.config import fileConfig

import sqlalchemy as sa
from alembic import context

fileConfig(context.config.config_file_name)


def hold_after_read(connection, key):
    """`alembic -x hold=KEY upgrade ...` waits for the advisory lock KEY right after Alembic's one read of
    the version table: so the moment in which a second runner changes it can be chosen."""

    @sa.event.listens_for(connection, "after_cursor_execute")
    def wait(conn, cursor, statement, parameters, context, executemany):
        if statement.startswith("SELECT alembic_version.version_num"):
            conn.exec_driver_sql(f"SELECT pg_advisory_xact_lock_shared({int(key)})")


def run_offline():
    context.configure(url="postgresql+psycopg2://", literal_binds=True)
    with context.begin_transaction():
        context.run_migrations()


def run_online():
    engine = sa.create_engine("postgresql+psycopg2://", poolclass=sa.pool.NullPool)
    with engine.connect() as connection:
        key = context.get_x_argument(as_dictionary=True).get("hold")
        if key is not None:
            hold_after_read(connection, key)
        context.configure(connection=connection)
        with context.begin_transaction():
            context.run_migrations()


if context.is_offline_mode():
    run_offline()
else:
    run_online()
