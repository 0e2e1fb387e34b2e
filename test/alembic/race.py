"""race.py N: N `alembic upgrade head` in the current directory, started at the same moment. Prints what became of
each, as JSON: its exit status, and what it printed. Alembic is imported before, so that none is ahead by its start."""

import json
import os
import sys
import tempfile
import traceback

import alembic.config
import psycopg2  # noqa: F401
import sqlalchemy.dialects.postgresql.psycopg2  # noqa: F401


def run(start, out):
    os.read(start, 1)  # ends when the parent closes its side
    os.dup2(out, 1)
    os.dup2(out, 2)
    try:
        alembic.config.main(["upgrade", "head"])
    except SystemExit as end:
        return end.code or 0
    except BaseException:
        traceback.print_exc()
        return 1
    return 0


def main(count):
    start, go = os.pipe()
    children = []
    for number in range(count):
        out = tempfile.TemporaryFile()
        child = os.fork()
        if child == 0:
            os.close(go)
            os.environ["PGAPPNAME"] = f"runner {number}"
            code = run(start, out.fileno())
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)
        children.append((child, out))
    os.close(go)
    results = []
    for child, out in children:
        _, status = os.waitpid(child, 0)
        out.seek(0)
        results.append({"rc": os.waitstatus_to_exitcode(status), "out": out.read().decode()})
    json.dump(results, sys.stdout)


main(int(sys.argv[1]))
