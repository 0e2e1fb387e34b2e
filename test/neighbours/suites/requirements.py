"""What PostgreSQL can do, so that the suites leave nothing of it out."""

from alembic.testing.requirements import SuiteRequirements as AlembicRequirements
from sqlalchemy.testing import exclusions
from sqlalchemy.testing.requirements import SuiteRequirements

OFFERED = """
    schemas comments comments_api sequences sequences_as_server_defaults identity_columns identity_columns_standard
    identity_columns_alter identity_columns_api computed_columns computed_columns_api computed_columns_stored
    computed_reflects_normally computed_reflects_as_computed_default unique_constraint_reflection
    check_constraint_reflection check_constraints_w_enforcement foreign_key_constraint_reflection
    fk_initially fk_deferrable fk_deferrable_is_reflected fk_ondelete_restrict fk_ondelete_noaction
    fk_ondelete_is_reflected fk_onupdate fk_onupdate_restrict fk_onupdate_is_reflected
    foreign_key_constraint_option_reflection_ondelete foreign_key_constraint_option_reflection_onupdate
    index_reflection index_ddl_if_exists table_ddl_if_exists covering_indexes indexes_with_expressions
    reflects_indexes_w_sorting autoincrement_without_sequence autocommit_isolation
    views view_column_reflection view_reflection materialized_views temp_table_reflection temp_table_names
    table_reflection schema_reflection primary_key_constraint_reflection implicitly_named_constraints
    comment_reflection array_type json_type datetime_timezone insert_returning update_returning delete_returning
    ctes ctes_with_update_delete ctes_on_dml cross_schema_fk_reflection
""".split()


class Requirements(AlembicRequirements, SuiteRequirements):
    """Closed where both classes have it closed, but for what PostgreSQL offers."""


for name in OFFERED:
    setattr(Requirements, name, property(lambda self: exclusions.open()))
