"""Creates the tables and enums of the models directly, past Alembic: the cause of the incident."""

import sqlalchemy as sa

from models import Base

if __name__ == "__main__":
    engine = sa.create_engine("postgresql+psycopg2://")
    Base.metadata.create_all(engine)
    for table in Base.metadata.sorted_tables:
        print(f"created {table.name}")
