"""A cluster of any major version that is here, made by its initdb, and its upgrade by pg_upgrade."""

import os
import pathlib
import pwd
import shutil
import subprocess
import tempfile

from conftest import TIMEOUT, run
from server_copy import ServerCopy, as_server_user, free_port, server_environment


def major_of(bin_directory):
    return int(run([bin_directory / "postgres", "--version"]).out.split()[2].split(".")[0].rstrip("betarcdvl"))


def give_to_server(directory):
    """As root, the server runs as postgres."""
    if os.geteuid() == 0:
        user = pwd.getpwnam("postgres")
        os.chown(directory, user.pw_uid, user.pw_gid)


class Cluster(ServerCopy):
    """A new one. Runs from the start of a `with` to its end; what it has is gone after leave()."""

    def __init__(self, bin_directory, superuser, locale="C.UTF-8"):
        self.bin = bin_directory
        self.superuser = superuser
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="migfix-cluster-", dir="/tmp"))
        give_to_server(self.directory)
        self.data = self.directory / "data"
        self.port = str(free_port())
        self.configuration = {
            "config_file": self.data / "postgresql.conf",
            "hba_file": self.data / "pg_hba.conf",
            "ident_file": self.data / "pg_ident.conf",
            "data_directory": self.data,
            "port": self.port,
            "unix_socket_directories": self.directory,
            "fsync": "off",
        }
        self.log = open(self.directory / "log", "w+", encoding="utf-8")
        self.process = None
        self.run("initdb", "-D", self.data, "-U", superuser, "-A", "trust", "-E", "UTF8", f"--locale={locale}",
                 "--no-sync", "--data-checksums")

    def run(self, program, *arguments, check=True):
        """One of the programs of its version, as the user that the server runs as."""
        env = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
        env.update(server_environment(), HOME=str(self.directory), LC_ALL="C.UTF-8")
        command = [str(word) for word in as_server_user(self.bin / program, *arguments)]
        done = subprocess.run(command, env=env, cwd=self.directory, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, universal_newlines=True, timeout=5 * TIMEOUT, check=False)
        assert not check or done.returncode == 0, done.stdout[-3000:]
        return done

    def __exit__(self, *_):
        """In good order: else pg_upgrade would not have it."""
        if self.process.poll() is None:
            self.run("pg_ctl", "-D", self.data, "-m", "fast", "-w", "stop", check=False)
            self.process.wait(TIMEOUT)

    def leave(self):
        if self.process is not None:
            self.stop()
        self.log.close()
        shutil.rmtree(self.directory, ignore_errors=True)

    def upgrade_from(self, old):
        """What is in the old cluster; neither runs."""
        done = self.run("pg_upgrade", "-b", old.bin, "-B", self.bin, "-d", old.data, "-D", self.data, "-U", self.superuser,
                        "-p", old.port, "-P", self.port, "-s", self.directory, check=False)
        logs = "".join(f"\n--- {path.name}\n{path.read_text(errors='replace')[-2500:]}"
                       for path in self.directory.rglob("*.log"))
        assert done.returncode == 0, done.stdout[-3000:] + logs


def server_with_module(bin_directory, destination):
    """The programs of a server copied below `destination`, where the module has been installed as DESTDIR: they look
    for all that is theirs beside themselves. Since 18 pg_upgrade looks for a library nowhere else."""
    for what in ("bindir", "pkglibdir", "sharedir"):
        directory = pathlib.Path(run([bin_directory / "pg_config", f"--{what}"]).out.strip())
        shutil.copytree(directory, destination / directory.relative_to("/"), dirs_exist_ok=True)
    return destination / bin_directory.relative_to("/")
