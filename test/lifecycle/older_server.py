"""The PostgreSQL of older majors that are here with a migfix of their own."""

import pathlib
import re

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


def unknown_parameter(server, make_database):
    """A parameter of columns that the older server sets by itself and this version does not know, nor leaves out of a
    dump: security fixes of November 2026 brought one to old majors. A plain table without migfix shows it."""
    maintenance = server.session("postgres")
    maintenance.sql("CREATE DATABASE control")
    control = server.session("control")
    control.sql("CREATE TABLE plain (id integer)")
    result = make_database("dump_control").restore(control.dump(), check=False)
    control.close()
    maintenance.sql("DROP DATABASE control")
    maintenance.close()
    found = re.search(r'unrecognized parameter "(\w+)"', result.err)
    assert result.rc == 0 or found, result
    return found[1] if found else None


def without_parameter(name, script):
    """A dump that this version can restore."""
    return re.sub(rf"^ALTER .* SET \({name}=\d+\);\n", "", script, flags=re.MULTILINE) if name else script
