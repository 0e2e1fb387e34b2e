"""The PostgreSQL of older majors that are here with a migfix of their own."""

import pathlib

import pytest

from cluster import major_of
from conftest import bin_dir, run

OLDER = [directory for directory in sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"))
         if (directory / "initdb").exists() and 15 <= major_of(directory) < major_of(bin_dir())] or [None]


def older_or_skip(directory):
    """The directory of its programs. One of none is skipped, by name."""
    if directory is None:
        pytest.skip("no older PostgreSQL here (script/test-matrix brings one where it has one)")
    share = pathlib.Path(run([directory / "pg_config", "--sharedir"]).out.strip())
    if not (share / "extension" / "migfix.control").exists():
        pytest.skip(f"PostgreSQL {major_of(directory)} is here without migfix")
    return directory
