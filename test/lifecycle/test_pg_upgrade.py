"""pg_upgrade of a server with a guarded database: to a new cluster of the same major version, and to each newer one
that is there with its headers, which the module is built for then."""

import os
import pathlib
import pwd
import shutil
import subprocess
import tempfile

import pytest

from conftest import Database, bin_dir, run, without_key
from server_copy import ServerCopy, as_server_user
from test_dump_restore import fill, graph_works, guard_works, same

ROOT = pathlib.Path(__file__).resolve().parents[2]


def major_of(bin_directory):
    return int(run([bin_directory / "postgres", "--version"]).out.split()[2].split(".")[0].rstrip("betarcdvl"))


HERE = bin_dir()
NEWER = [directory for directory in sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"))
         if (directory / "initdb").exists() and major_of(directory) > major_of(HERE)]


TRUST = "local all all trust\nhost all all 127.0.0.1/32 trust\nhost all all ::1/128 trust\n"


class Cluster(ServerCopy):
    """One that has its configuration in its own directory, beside the copy that is upgraded."""

    def __init__(self, bin_directory, data, destination, old):
        self.bin = bin_directory
        self.directory = old.directory
        self.data = data
        self.port = old.port
        self.configuration = {"config_file": data / "postgresql.conf", "hba_file": data / "pg_hba.conf",
                              "ident_file": data / "pg_ident.conf", "data_directory": data}
        self.log = open(self.directory / "new.log", "w+", encoding="utf-8")
        self.process = None
        self.destination = destination

    def configure(self):
        library = run([self.bin / "pg_config", "--pkglibdir"]).out.strip()
        settings = {
            "port": self.port,
            "unix_socket_directories": self.directory,
            "extension_destdir": self.destination,
            "dynamic_library_path": f"{self.destination}{library}:$libdir",
            "fsync": "off",
        }
        lines = "".join(f"{name} = '{value}'\n" for name, value in settings.items())
        for name, text in (("postgresql.conf", lines), ("pg_hba.conf", TRUST), ("pg_ident.conf", "")):
            (self.data / name).write_text(text)
            os.chmod(self.data / name, 0o644)

    def said(self):
        self.log.flush()
        return (self.directory / "new.log").read_text(encoding="utf-8")


def built_for(bin_directory, tmp):
    """A directory with the module of that server in place, as DESTDIR."""
    if bin_directory == HERE:
        found = Database("postgres")
        destination = found.value("SELECT current_setting('extension_destdir', true)")
        found.close()
        if not destination:
            pytest.skip("this server has no extension directory of its own (extension_destdir)")
        return pathlib.Path(destination)
    config = bin_directory / "pg_config"
    include = pathlib.Path(run([config, "--includedir-server"]).out.strip()) if config.exists() else None
    if include is None or not (include / "postgres.h").exists():
        pytest.skip(f"no headers of PostgreSQL {major_of(bin_directory)}: its server-dev package is missing")
    source, destination = tmp / "source", tmp / "stage"
    shutil.copytree(ROOT, source, ignore=shutil.ignore_patterns("*.o", "*.d", "*.so", ".git", "build*"))
    for target in ([], ["install", f"DESTDIR={destination}"]):
        made = subprocess.run(["make", "-s", "-C", source, f"PG_CONFIG={config}", *target], stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, universal_newlines=True, check=False)
        assert made.returncode == 0, made.stdout[-3000:]
    return destination


@pytest.mark.parametrize("bin_directory", [HERE, *NEWER], ids=lambda directory: directory.parent.name)
def test_pg_upgrade(bin_directory, make_database):
    source = make_database("dump 'source' \"x\"")
    fill(source)
    with tempfile.TemporaryDirectory(prefix="migfix-upgrade-", dir="/tmp") as tmp:
        os.chmod(tmp, 0o755)
        destination = built_for(bin_directory, pathlib.Path(tmp))
        upgrade(source, bin_directory, destination)


def upgrade(source, bin_directory, destination):
    old = ServerCopy(source)
    with old:
        copy = old.session(source.name)
        for other in ("postgres", "template1"):
            session = old.session(other)
            assert session.value("SELECT count(*) FROM pg_extension WHERE extname = 'migfix'") == 0
            session.close()
        locale = copy.sql("SELECT datcollate, datctype, pg_encoding_to_char(encoding) AS encoding FROM pg_database"
                          " WHERE datname = 'template0'")[0]
        superuser = copy.value("SELECT rolname FROM pg_roles WHERE oid = 10")
        checksums = copy.value("SHOW data_checksums")
        copy.close()
        run(as_server_user(old.bin / "pg_ctl", "-D", old.data, "-m", "fast", "-w", "stop"))
        old.process.wait()

        Cluster(HERE, old.data, source.value("SELECT current_setting('extension_destdir', true)"), old).configure()
        new = Cluster(bin_directory, old.directory / "new", destination, old)
        env = {**os.environ, "HOME": str(old.directory), "LC_ALL": "C.UTF-8"}
        run(as_server_user(new.bin / "initdb", "-D", new.data, "-U", superuser, "-A", "trust", "-E", locale["encoding"],
                           f"--lc-collate={locale['datcollate']}", f"--lc-ctype={locale['datctype']}",
                           "--no-sync", *(["--data-checksums"] if checksums == "on" else [])), env=env)
        new.configure()
        # pg_upgrade writes into the directory that it runs in.
        scratch = old.directory / "upgrade"
        scratch.mkdir()
        if os.geteuid() == 0:
            user = pwd.getpwnam("postgres")
            os.chown(scratch, user.pw_uid, user.pw_gid)
        command = as_server_user(
            new.bin / "pg_upgrade", "-b", old.bin, "-B", new.bin, "-d", old.data, "-D", new.data, "-U", superuser,
            "-p", old.port, "-P", str(int(old.port) + 1 if int(old.port) < 65000 else int(old.port) - 1),
            "-s", old.directory)
        done = subprocess.run([str(word) for word in command], env={
            name: value for name, value in env.items() if not name.startswith("PG") or name == "PG_CONFIG"},
            cwd=scratch, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            universal_newlines=True, timeout=300, check=False)
        logs = "".join(f"\n--- {path.name}\n{path.read_text(errors='replace')[-2500:]}"
                       for path in scratch.rglob("*.log")) + "".join(
            f"\n--- {path.name}\n{path.read_text(errors='replace')[-2500:]}"
            for path in pathlib.Path(new.data).glob("pg_upgrade_output.d/**/*.log"))
        assert done.returncode == 0, done.stdout[-3000:] + logs

        with new:
            target = new.session(source.name)
            same(source, target)
            if major_of(bin_directory) == major_of(HERE):
                assert without_key(target.dump()) == without_key(source.dump())
            guard_works(target)
            graph_works(target)
            target.sql("ALTER EXTENSION migfix UPDATE")
            target.sql("CREATE TABLE after (id int); DROP TABLE after")
            assert target.guarded() == source.guarded()
            target.sql("DROP EXTENSION migfix")
            target.close()
            assert "PANIC" not in new.said() and "was terminated by signal" not in new.said()

