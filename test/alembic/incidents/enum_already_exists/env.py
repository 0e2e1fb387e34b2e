from logging.config import fileConfig

import sqlalchemy as sa
from alembic import context

from models import Base

fileConfig(context.config.config_file_name)


def run_offline():
    context.configure(url="postgresql+psycopg2://", target_metadata=Base.metadata, literal_binds=True)
    with context.begin_transaction():
        context.run_migrations()


def run_online():
    engine = sa.create_engine("postgresql+psycopg2://", poolclass=sa.pool.NullPool)
    with engine.connect() as connection:
        context.configure(connection=connection, target_metadata=Base.metadata)
        with context.begin_transaction():
            context.run_migrations()


if context.is_offline_mode():
    run_offline()
else:
    run_online()
