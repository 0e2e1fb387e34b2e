"""A copy of the test server in a directory of its own, with a port of its own: to follow it, or to be crashed."""

import os
import pathlib
import pwd
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time

import psycopg2

from conftest import TIMEOUT, Database, bin_dir, run


def as_server_user(*command):
    """root may not run a server: then as postgres, who runs the one that is copied."""
    if os.geteuid() == 0:
        return ["runuser", "-u", "postgres", "--preserve-environment", "--", *command]
    return list(command)


def server_environment():
    """What script/with-server gives its server's processes besides, and its copies need as well."""
    path = os.environ.get("MIGFIX_SERVER_ENVIRONMENT")
    return dict(re.findall(r"^(\w+) = '(.*)'$", pathlib.Path(path).read_text(encoding="utf-8"), re.M)) if path else {}


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class ServerCopy:
    """Runs from the start of a `with` to its end."""

    def __init__(self, original, *basebackup):
        """A base backup of the server of the session `original`, with these options of pg_basebackup more."""
        self.bin = bin_dir()
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="migfix-server-", dir="/tmp"))
        if os.geteuid() == 0:
            user = pwd.getpwnam("postgres")
            os.chown(self.directory, user.pw_uid, user.pw_gid)
        self.data = self.directory / "data"
        self.port = str(free_port())
        run(as_server_user(self.bin / "pg_basebackup", "-D", self.data, "-X", "stream", "-c", "fast", *basebackup),
            env={**os.environ, "HOME": str(self.directory)})
        # The original's own configuration, wherever that is, with another place.
        self.configuration = {
            "config_file": original.value("SHOW config_file"),
            "data_directory": self.data,
            "port": self.port,
            "unix_socket_directories": self.directory,
            "external_pid_file": self.directory / "pid",
            "hot_standby": "on",
            "logging_collector": "off",
            "cluster_name": "copy",
        }
        self.log = open(self.directory / "log", "w+", encoding="utf-8")
        self.process = None

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()
        self.log.close()
        shutil.rmtree(self.directory, ignore_errors=True)

    def start(self):
        added = [f"{name}={value}" for name, value in server_environment().items()]
        command = as_server_user("env", *added, self.bin / "postgres")
        for name, value in self.configuration.items():
            command += ["-c", f"{name}={value}"]
        self.process = subprocess.Popen([str(word) for word in command], stdin=subprocess.DEVNULL, stdout=self.log,
                                        stderr=subprocess.STDOUT)

    def said(self):
        self.log.flush()
        return (self.directory / "log").read_text(encoding="utf-8")

    def session(self, name):
        """A session there, once it can be had: also while the server starts, recovers, or waits for what is left
        of a server that was killed."""
        deadline = time.monotonic() + TIMEOUT
        while True:
            try:
                return CopySession(name, self)
            except psycopg2.OperationalError as error:
                assert time.monotonic() < deadline, f"{error}\n{self.said()}"
                if self.process.poll() is not None:
                    assert "pre-existing shared memory block" in self.said(), self.said()
                    self.start()
                time.sleep(0.05)

    def kill(self):
        """The postmaster, as by a power cut; what it has started finds out by itself."""
        os.kill(int((self.data / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)
        self.process.wait(TIMEOUT)

    def stop(self):
        """Without a checkpoint, so that the next start recovers."""
        if self.process.poll() is None:
            subprocess.run([str(word) for word in as_server_user(
                self.bin / "pg_ctl", "-D", self.data, "-m", "immediate", "stop")], stdout=subprocess.DEVNULL,
                check=False)
            try:
                self.process.wait(TIMEOUT)
            except subprocess.TimeoutExpired:
                self.process.kill()


class CopySession(Database):
    def __init__(self, name, server):
        self.name = name
        self.sessions = []
        self.port = server.port
        self.connect()

    def connect(self):
        self.connection = psycopg2.connect(dbname=self.name, host="localhost", port=self.port,
                                           application_name="copy session")
        self.connection.autocommit = True

    def reconnect(self):
        self.connection.close()
        self.connect()

    def session(self, **connection):
        return super().session(**{"host": "localhost", "port": self.port, **connection})

    def env(self):
        return {**super().env(), "PGHOST": "localhost", "PGPORT": self.port}
