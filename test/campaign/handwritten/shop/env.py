from alembic import context

attributes = context.config.attributes
if context.is_offline_mode():
    context.configure(dialect_name="postgresql", literal_binds=True)
    with context.begin_transaction():
        context.run_migrations()
else:
    with attributes["engine"].connect() as connection:
        context.configure(connection=connection)
        with context.begin_transaction():
            context.run_migrations()
