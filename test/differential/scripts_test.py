#!/usr/bin/python3
"""The script reader against Alembic itself: the same files, the same calls on op, the same answers.

Usage: scripts_test.py DRIVER [SEED [CASES]]
"""

import collections
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import warnings

import sqlalchemy
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.script.base import Script
from sqlalchemy.dialects import postgresql

import operation_samples
import script_samples

warnings.simplefilter("ignore")

failures = []


def fail(what, *details):
    failures.append(what)
    if len(failures) <= 20:
        print("not ok -", what)
        for detail in details:
            print("    " + str(detail).replace("\n", "\n    "))


class Driver:
    def __init__(self, path):
        self.process = subprocess.Popen([path], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def read(self, text):
        data = text.encode() if isinstance(text, str) else text
        self.process.stdin.write(b"%d\n" % len(data) + data)
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())


# --- the graph ---------------------------------------------------------------------------------------------------


def script_of(directory, name):
    """The name of Alembic's own method has changed."""
    if hasattr(Script, "_from_path"):
        return Script._from_path(ScriptDirectory(directory), os.path.join(directory, name))
    return Script._from_filename(ScriptDirectory(directory), directory, name)


def alembic_reads(directory, name):
    """What Alembic makes of one file: its facts, None if it passes over it, or the exception."""
    try:
        script = script_of(directory, name)
        if not isinstance(script.revision, str):
            return TypeError("revision")
        as_tuple = lambda value: () if value is None else (value,) if isinstance(value, str) else tuple(value)
        return (script.revision, set(as_tuple(script.down_revision) if script.down_revision != "" else ()),
                set(script._orig_branch_labels), set(as_tuple(script.dependencies)), script.doc)
    except BaseException as problem:
        return problem


def facts(revision):
    return (revision["revision"], set(revision["down_revision"]), set(revision["branch_labels"]),
            set(revision["depends_on"]), revision["message"])


def check_files(driver):
    with tempfile.TemporaryDirectory() as directory:
        for name, text in script_samples.FILES:
            path = os.path.join(directory, name)
            with open(path, "w", newline="", encoding="utf-8") as file:
                file.write(text)
            expected = alembic_reads(directory, name)
            ours = driver.read("# file: %s\n%s" % (name, text))
            if isinstance(expected, BaseException):
                if ours["revisions"] or not ours["problems"]:
                    fail("%s is rejected" % name, repr(expected), ours)
                elif any(p["file"] != name for p in ours["problems"]):
                    fail("%s names the file" % name, ours)
            elif not ours["revisions"] or facts(ours["revisions"][0]) != expected:
                fail("%s is read as Alembic reads it" % name, expected, ours)
        for name, text in script_samples.COMPUTED:
            ours = driver.read("# file: %s\n%s" % (name, text))
            kinds = [p["kind"] for p in ours["problems"]]
            if ours["revisions"] or (kinds != ["not static"] and name != "globals.py"):
                fail("%s is not static" % name, ours)
    return len(script_samples.FILES) + len(script_samples.COMPUTED)


def random_id(rng):
    return rng.choice([lambda: "%012x" % rng.getrandbits(48), lambda: "%04d" % rng.randrange(10000),
                       lambda: "rev_%d" % rng.randrange(10 ** 6)])()


def literal(rng, values, scalar=False):
    """One of the ways to write None, one id, or several."""
    quote = lambda text: rng.choice(["'%s'", '"%s"', '"""%s"""', "u'%s'", "r'%s'"]) % text if rng.random() < 0.9 \
        else "'%s' '%s'" % (text[:3], text[3:]) if rng.random() < 0.5 else "'%s' + '%s'" % (text[:2], text[2:])
    if not values:
        return rng.choice(["None", "None", "()", "[]"])
    if scalar or len(values) == 1 and rng.random() < 0.8:
        return quote(values[0])
    items = ", ".join(quote(value) for value in values)
    comma = "," if len(values) == 1 else rng.choice(["", ",", ",\n"])
    return rng.choice(["(%s%s)", "[%s%s]", "(\n    %s%s\n)"]) % (items, comma)


def project(rng, size):
    """Revision files of a random project: [(name, text)] in the order of their making."""
    ids, labels, files = [], [], []
    for index in range(size):
        rev = random_id(rng)
        if rev in ids:
            continue
        parents = rng.sample(ids, min(len(ids), rng.choice([0, 1, 1, 1, 1, 2, 3] if ids else [0])))
        depends = [i for i in rng.sample(ids, min(len(ids), rng.choice([0, 0, 0, 1, 2]))) if i not in parents]
        if labels and rng.random() < 0.1:
            depends.append(rng.choice(labels))
        own = ["label%d" % index] if rng.random() < 0.1 else []
        age = rng.choice(list(script_samples.TEMPLATES))
        if age == "0.2":
            own, depends = [], []
        labels += own
        text = script_samples.TEMPLATES[age].format(
            message=rng.choice(["add a table", "it's \"quoted\"", "two\nlines", "\u00fcber", "", "revision = 'x'"]), rev=rev,
            revises=", ".join(parents), rev_repr=literal(rng, [rev], scalar=True), down=literal(rng, parents), labels=literal(rng, own),
            deps=literal(rng, depends), arrow=rng.choice(["", " -> None"]),
            up=rng.choice(["pass", "op.execute('SELECT 1')", "op.execute(\"\"\"\nrevision = 'no'\ndown_revision = 'no'\n\"\"\")",
                           "op.drop_table('t')\n    # revision = 'comment'"]))
        if rng.random() < 0.1:
            text = text.replace("\n", "\r\n")
        if rng.random() < 0.05:
            text = "\ufeff" + text
        if rng.random() < 0.05:
            text = text.rstrip("\n") + "\n\n\nif __name__ == '__main__':\n    upgrade()\n"
        if rng.random() < 0.05:
            text += "\n\ndef helper(x):\n    return x\n\nCONSTANT = 3\n"
        if rng.random() < 0.05:
            text = text.rstrip("\r\n") + rng.choice(["", "  # the end"])
        ids.append(rev)
        files.append(("%04d_%s.py" % (index, rev), text))
    return files


def check_projects(driver, rng, count):
    revisions = 0
    for number in range(count):
        files = project(rng, rng.randint(1, 12))
        with tempfile.TemporaryDirectory() as directory:
            os.mkdir(os.path.join(directory, "versions"))
            for name, text in files:
                with open(os.path.join(directory, "versions", name), "w", newline="", encoding="utf-8") as file:
                    file.write(text)
            expected = {}
            scripts = ScriptDirectory(directory)
            for name, _ in files:
                found = alembic_reads(os.path.join(directory, "versions"), name)
                assert not isinstance(found, BaseException), (name, found)
                expected[found[0]] = found
            walked = {script.revision for script in scripts.walk_revisions()}
            assert walked == set(expected), "Alembic's own walk"
        revisions += len(files)
        for how, text in (("joined", "".join(text for _, text in files)),
                          ("marked", "".join("# file: %s\n%s\n" % pair for pair in files)),
                          ("tail", "\n".join("==> versions/%s <==\n%s" % pair for pair in files))):
            ours = driver.read(text)
            got = {revision["revision"]: facts(revision) for revision in ours["revisions"]}
            if got != expected or ours["problems"]:
                fail("project %d, %s" % (number, how), [k for k in set(got) | set(expected) if got.get(k) != expected.get(k)],
                     ours["problems"], text if len(text) < 3000 else "")
            if how == "marked" and [r["file"] for r in ours["revisions"]] != [name for name, _ in files]:
                fail("project %d, file names" % number)
    return revisions


# --- what upgrade() does -----------------------------------------------------------------------------------------


def alembic_emits(text):
    """The statements of upgrade(), as `alembic upgrade --sql` prints them; or the exception that it raises."""
    dialect = postgresql.dialect(paramstyle="named")
    # An upgrade over a connection learns from the server that backslashes are plain; --sql does not ask, and doubles
    # them, so that its output says something else than what the upgrade does.
    dialect._backslash_escapes = False
    context = MigrationContext.configure(dialect=dialect, opts={"as_sql": True})
    statements = []
    context.impl.static_output = statements.append
    namespace = {"__name__": "sample"}
    try:
        exec(compile(text, "sample", "exec"), namespace)
        with Operations.context(context):
            namespace["upgrade"]()
    except Exception as problem:
        return problem
    return [statement[:-1] if statement.endswith(";") else statement for statement in statements]


def normal(statements):
    """White space as one blank; what Alembic keeps in a set, and so emits in any order, sorted. SQLAlchemy up to 1.4
    writes where a sequence starts also where nobody has said so."""
    result = [re.sub(r"\s+", " ", s.strip()).replace("( ", "(").replace(" )", ")") for s in statements]
    if not sqlalchemy.__version__.startswith("1."):
        result = [re.sub(r"^(CREATE SEQUENCE .*) START WITH 1\b", r"\1", s) for s in result]
    group = lambda s: "index" if re.match(r"CREATE (UNIQUE )?INDEX", s) else "add" if re.match(
        r"ALTER TABLE .+? ADD (CONSTRAINT|FOREIGN|UNIQUE)", s) else s
    out, run = [], []
    for statement in result + [""]:
        if run and (group(statement) != group(run[-1])):
            out += sorted(run)
            run = []
        run.append(statement)
    return out


def as_file(body):
    return operation_samples.HEADER + ("def upgrade():\n    " + body + "\n" if not body.startswith("\n") else body)


def check_operations(driver, rng, count):
    emitted = rejected = 0
    samples = [("literal sample %d" % i, body) for i, body in enumerate(operation_samples.LITERAL)]
    samples += [("rejected sample %d" % i, body) for i, body in enumerate(operation_samples.REJECTED)]
    samples += [("generated sample %d" % i, operation_samples.body(rng)) for i in range(count)]
    for what, body in samples:
        text = as_file(body)
        expected = alembic_emits(text)
        ours = driver.read("# file: s.py\n" + text)
        if len(ours["revisions"]) != 1:
            fail(what, ours, text)
            continue
        operations = ours["revisions"][0]["operations"]
        opaque = [o["opaque"] for o in operations if o["opaque"]]
        if isinstance(expected, Exception):
            rejected += 1
            if not opaque:
                fail(what + ": Alembic rejects it", repr(expected), body, ours["revisions"][0]["statements"])
        elif opaque:
            fail(what + ": it is literal", opaque, body, expected)
        elif normal(expected) != normal(ours["revisions"][0]["statements"]):
            fail(what, body, "Alembic: %s" % normal(expected), "ours:    %s" % normal(ours["revisions"][0]["statements"]))
        else:
            emitted += len(expected)
    if rejected < len(operation_samples.REJECTED):
        fail("Alembic rejects every rejected sample", rejected)
    for body, operations in operation_samples.OPAQUE:
        ours = driver.read("# file: s.py\n" + as_file(body))
        found = ours["revisions"][0]["operations"]
        if len(found) != operations or any(not o["opaque"] or o["sql"] for o in found):
            fail("opaque: " + body, found)
        elif any(o["line"] <= 1 for o in found):
            fail("opaque, with its line: " + body, found)
    return len(samples) + len(operation_samples.OPAQUE), emitted, rejected


def check_run(driver, rng, count):
    """Several revisions of one run: an enum type is created once, whichever table comes first."""
    for number in range(count):
        bodies = [operation_samples.table(rng) for _ in range(4)]
        dialect = postgresql.dialect(paramstyle="named")
        dialect._backslash_escapes = False
        context = MigrationContext.configure(dialect=dialect, opts={"as_sql": True})
        statements = []
        context.impl.static_output = statements.append
        try:
            for body in bodies:
                namespace = {"__name__": "sample"}
                exec(as_file(body), namespace)
                with Operations.context(context):
                    namespace["upgrade"]()
        except Exception:
            continue
        text = "".join("# file: %d.py\n%s" % (i, as_file(b).replace("'r1'", "'r%d'" % i)) for i, b in enumerate(bodies))
        ours = [s for r in driver.read(text)["revisions"] for s in r["statements"]]
        if normal(s[:-1] for s in statements) != normal(ours):
            fail("run %d" % number, text, normal(s[:-1] for s in statements), normal(ours))
    return count


def main():
    driver = Driver(sys.argv[1])
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else random.SystemRandom().randrange(10 ** 9)
    cases = int(sys.argv[3]) if len(sys.argv) > 3 else 3000
    print("seed %d, %d cases (Alembic against SQLAlchemy %s)" % (seed, cases, sqlalchemy.__version__))
    rng = random.Random(seed)
    print("files: %d" % check_files(driver))
    print("revisions of random projects, in three ways of joining: %d" % check_projects(driver, rng, cases // 40))
    print("upgrade() bodies: %d, statements equal: %d, rejected by both: %d" % check_operations(driver, rng, cases))
    print("runs: %d" % check_run(driver, rng, cases // 20))
    if failures:
        print("%d differences; seed %d" % (len(failures), seed))
        return 1
    print("ok")
    return 0


if __name__ == "__main__":
    sys.exit(main())
