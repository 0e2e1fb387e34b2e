"""`python3 -m alembic` without its start: most of a second goes into importing Alembic and SQLAlchemy, which one
process does once; each command is a fork of it, with its own directory, environment and output.
"""

import multiprocessing
import os
import runpy
import sys
import tempfile
import traceback

# A forked process hashes as the first one does: this is the order in which Alembic walks its sets.
os.environ.setdefault("PYTHONHASHSEED", "0")

FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(["alembic.config", "alembic.command", "sqlalchemy.dialects.postgresql", "psycopg2"])


def main(arguments, env, directory, output):
    """In the fork: what `python3 -m alembic ARGUMENTS` does, both streams into the file `output`."""
    to = os.open(output, os.O_WRONLY)
    for stream in (1, 2):
        os.dup2(to, stream)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.chdir(directory)
    os.environ.clear()
    os.environ.update(env)
    sys.path.insert(0, str(directory))
    sys.argv = ["alembic", *arguments]
    status = 1
    try:
        runpy.run_module("alembic", run_name="__main__", alter_sys=True)
        status = 0
    except SystemExit as end:
        if isinstance(end.code, str):
            print(end.code, file=sys.stderr)
        else:
            status = end.code or 0
    except BaseException:
        traceback.print_exc()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


class AlembicProcess:
    """A command of Alembic on its way."""

    def __init__(self, arguments, env, directory):
        handle, self.output = tempfile.mkstemp(prefix="alembic")
        os.close(handle)
        words = [str(word) for word in arguments]
        self.process = FORKS.Process(target=main, args=(words, env, directory, self.output), daemon=True)
        self.process.start()

    def wait(self, timeout):
        """Its exit status, None if it had to be ended after `timeout` seconds, and what it printed."""
        self.process.join(timeout)
        status = self.process.exitcode
        if status is None:
            self.process.kill()
            self.process.join()
        with open(self.output) as file:
            printed = file.read()
        os.unlink(self.output)
        return status, printed
