"""SQLAlchemy's and Alembic's own suites for dialects, as their Debian packages have them."""

import pytest

pytest.register_assert_rewrite("sqlalchemy.testing.assertions")

from sqlalchemy.testing.plugin.pytestplugin import *  # noqa: E402, F401, F403
