"""Runs statements that sqlsmith wrote, each in a transaction that is rolled back, and judges the errors.

    run.py FILE ROLE

An error is what a statement of that kind mostly is; what must not be is the end of the server, and an error that nobody
foresaw (XX000). PostgreSQL's planner has a few of the latter of its own, which sqlsmith finds without migfix as well.
The last line is "N passed, N failed".
"""

import collections
import os
import re
import sys
import time

import psycopg2

# src/backend/optimizer
PLANNER = """
allpaths clausesel costsize equivclass indxpath joinpath joinrels pathkeys tidpath analyzejoins createplan initsplan
planagg planmain planner setrefs subselect prepjointree prepqual preptlist prepunion appendinfo clauses inherit
joininfo orclauses paramassign pathnode placeholder plancat predtest relnode restrictinfo tlist var
""".split()
SESSION_LENGTH = 250  # statements; then another session, which has to load and to read everything again


def statements_of(path):
    """sqlsmith ends each with a semicolon at the end of a line, and has none there elsewhere."""
    with open(path, encoding="utf-8") as file:
        return [statement for statement in re.split(r";\n", file.read()) if statement.strip()]


def connect(role):
    """A server that has crashed comes back by itself."""
    for _ in range(60):
        try:
            session = psycopg2.connect(user=role, application_name="sqlsmith")
            with session.cursor() as cursor:
                cursor.execute("SET statement_timeout = '1s'; SET lock_timeout = '1s'; SET client_min_messages = error")
            session.commit()
            return session
        except psycopg2.OperationalError as error:
            last = error
            time.sleep(1)
    raise last


def run(session, statement):
    """The error, or None. Deferred triggers have their turn although nothing is committed."""
    try:
        with session.cursor() as cursor:
            cursor.execute(statement)
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    except psycopg2.Error as error:
        return error
    finally:
        if not session.closed:
            session.rollback()
    return None


def place_of(error):
    return f"{error.diag.source_function}, {error.diag.source_file}:{error.diag.source_line}"


def main(path, role):
    statements = statements_of(path)
    states = collections.Counter()
    planner = collections.Counter()
    failures = []
    session = None
    for number, statement in enumerate(statements, 1):
        if session is None or session.closed or number % SESSION_LENGTH == 0:
            if session is not None:
                session.close()
            session = connect(role)
        error = run(session, statement)
        states[error.pgcode or "lost" if error else "00000"] += 1
        if session.closed:
            failures.append(("the session is lost", number, error, statement))
        elif error is not None and error.pgcode == "XX000":
            if os.path.splitext(os.path.basename(error.diag.source_file or ""))[0] in PLANNER:
                planner[place_of(error)] += 1
            else:
                failures.append((place_of(error), number, error, statement))
    for why, number, error, statement in failures[:20]:
        print(f"\nstatement {number}: {why}\n{str(error).strip()}\n{statement.strip()};")
    succeeded = states.pop("00000", 0)
    print(f"{role}: {len(statements)} statements, {succeeded} without an error; errors:",
          ", ".join(f"{count} {state}" for state, count in states.most_common()))
    print(f"XX000 of PostgreSQL's planner, left out: {sum(planner.values())}", *planner, sep="\n  ")
    print(f"{len(statements) - len(failures)} passed, {len(failures)} failed")
    return not failures and bool(statements)


if __name__ == "__main__":
    sys.exit(0 if main(*sys.argv[1:]) else 1)
