"""pg_upgrade of a cluster with a guarded database: of this major version to a new one, and to each newer major that is
here with its headers; and of each older one that is here with its migfix."""

import os
import pathlib
import shutil
import subprocess
import tempfile

import pytest

from cluster import Cluster, major_of, server_with_module
from conftest import bin_dir, without_key
from older_server import OLDER, older_or_skip, unknown_parameter
from test_dump_restore import fill, graph_works, guard_works, report, same

ROOT = pathlib.Path(__file__).resolve().parents[2]

HERE = bin_dir()
NEWER = [directory for directory in sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"))
         if (directory / "initdb").exists() and major_of(directory) > major_of(HERE)]


def with_module(bin_directory, tmp):
    """A server of that version with the module in place."""
    config = bin_directory / "pg_config"
    if not config.exists():
        pytest.skip(f"no headers of PostgreSQL {major_of(bin_directory)}: its server-dev package is missing")
    source, destination = ROOT, tmp / "stage"
    if bin_directory != HERE:
        source = tmp / "source"
        shutil.copytree(ROOT, source, ignore=shutil.ignore_patterns("*.o", "*.d", "*.so", "*.gch", ".git", "build*"))
    env = {name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL")}
    made = subprocess.run(["make", "-s", "-C", source, f"PG_CONFIG={config}", "install", f"DESTDIR={destination}"],
                          env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, universal_newlines=True, check=False)
    assert made.returncode == 0, made.stdout[-3000:]
    return server_with_module(bin_directory, destination)


@pytest.fixture
def tmp():
    """A directory that the server can read, too."""
    with tempfile.TemporaryDirectory(prefix="migfix-upgrade-", dir="/tmp") as name:
        os.chmod(name, 0o755)
        yield pathlib.Path(name)


def upgrade(old_bin, new_bin, make_database=None):
    """A filled database goes from the one to the other, and is there what it was."""
    superuser = os.environ["PGUSER"]
    name = "dump 'source' \"x\""
    old, new = Cluster(old_bin, superuser), Cluster(new_bin, superuser)
    try:
        with old:
            unknown = unknown_parameter(old, make_database) if make_database else None
            if unknown:
                pytest.skip(f"pg_upgrade cannot move any table here: {unknown} of PostgreSQL {major_of(old_bin)} is"
                            " unknown to the new one")
            maintenance = old.session("postgres")
            maintenance.sql('CREATE DATABASE "dump \'source\' ""x"""')
            maintenance.close()
            source = old.session(name)
            fill(source)
            source.close()
        new.upgrade_from(old)
        # The files were copied, so that both can be asked.
        with old, new:
            source, target = old.session(name), new.session(name)
            same(source, target)
            assert report(target) == report(source)
            if major_of(old_bin) == major_of(new_bin):
                assert without_key(target.dump()) == without_key(source.dump())
            guard_works(target)
            graph_works(target)
            target.sql("ALTER EXTENSION migfix UPDATE")
            target.sql("CREATE TABLE after (id int); DROP TABLE after")
            assert target.guarded() == source.guarded()
            target.sql("DROP EXTENSION migfix")
            source.close()
            target.close()
        for cluster in (old, new):
            assert "PANIC" not in cluster.said() and "was terminated by signal" not in cluster.said()
    finally:
        old.leave()
        new.leave()


@pytest.mark.parametrize("bin_directory", [HERE, *NEWER], ids=lambda directory: directory.parent.name)
def test_pg_upgrade(bin_directory, tmp):
    old = with_module(HERE, tmp)
    upgrade(old, old if bin_directory == HERE else with_module(bin_directory, tmp))


@pytest.mark.parametrize("older", OLDER, ids=lambda directory: directory.parent.name if directory else "older")
def test_pg_upgrade_of_an_older_major(older, tmp, make_database):
    upgrade(older_or_skip(older), with_module(HERE, tmp), make_database)
