#!/usr/bin/python3
"""Runs the examples of doc/deviations.md: deviations.py DRIVER DOCUMENT"""

import subprocess
import sys

sys.dont_write_bytecode = True

from alembic_oracle import Alembic


def graph(text):
    """'x2(x1 x0)[lab]+d' is x2 with down_revision x1, x0, the label lab and a dependency on d."""
    result = []
    for word in text.split(", "):
        rest, _, dependency = word.partition("+")
        rest, _, label = rest.rstrip("]").partition("[")
        name, _, down = rest.rstrip(")").partition("(")
        result.append((name, tuple(down.split()), (dependency,) if dependency else (), (label,) if label else ()))
    return result


TWO = "x1, x2(x1), y1, y2(y1)"
LINE = "p, q(p), r(q)"
OVERLAP = "Requested revision q overlaps with other requested revisions p"
THREE = "1, 2(1), 3(2)"
# heading; graph; rows; question; Alembic's answer; migfix's answer. Rows are written in order of name, a history
# in its own order; CRASH is a traceback.
CRASH = "CRASH"
EXAMPLES = [
    ("several destinations", TWO, ["x1", "y2"], ("stamp", "heads"), "x2", "x2 y2"),
    ("several destinations", "p, q(p), r(p), m(q r)", ["m"], ("stamp", "q", "r"), CRASH, "q r"),
    ("destinations that overlap", "p, q(p)", [], ("stamp", "p", "q"), "p q", OVERLAP),
    ("overlapping rows", LINE, ["p", "r"], ("stamp", "r"), "p r", "r"),
    ("overlapping rows", LINE, ["p", "r"], ("stamp", "q"), CRASH, "q"),
    ("odd rows", "abcd0001", ["abcd"], ("stamp", "abcd0001"), "abcd", "abcd0001"),
    ("odd rows", "p, q(p)", ["p", "p"], ("stamp", "q"),
     "Online migration expected to match one row when updating 'p' to 'q' in 'alembic_version'; 2 found", "q"),
    ("odd rows", "p, q(p)", [None], ("stamp", "p"), "None p", "p"),
    ("odd rows", "p, q(p)", ["head"], ("stamp", "q"), "head",
     "a version row cannot be read: \"head\" is a word of Alembic's command line, not a revision"),
    ("row of the label alone", "l[lab], o, d(l o), r+l", ["r", "o"], ("stamp", "lab@head"), "d", "d r"),
    ("label@prefix", "one1[left], abcd(one1), abce", ["abce"], ("stamp", "left@abc"),
     "Can't locate revision identified by 'abc'", "abcd abce"),
    ("label@prefix", "one1[left], abcd(one1), abce", [], ("stamp", "left@abc"), "abcd", "abcd"),
    ("label@base without rows", "p", [], ("stamp", "nope@base"), "", "Can't locate revision identified by 'nope'"),
    ("empty identifier", "p", [], ("stamp", ""), CRASH, "Can't locate revision identified by ''"),
    ("relative identifiers", "p, q(p), r(p)", ["q", "r"], ("downgrade", "-1"), "p", '"-1" from multiple heads is ambiguous'),
    ("relative identifiers", "p, q(p)", [], ("downgrade", "base-1"), "q", "Walked too far"),
    ("relative identifiers", "p, q(p)", [], ("upgrade", "q+1"), CRASH, "Walked too far"),
    ("-N reaches base", THREE, [], ("history", "-3:"),
     "Requested range -3:heads does not refer to ancestor/descendant revisions along the same branch", "3 2 1"),
    ("-N reaches base", THREE, [], ("history", "-9:"), "Can't locate revision identified by 'heads'", "3 2 1"),
    ("to current without rows", THREE, [], ("history", ":current"), "3 2 1", ""),
    ("current at both ends", THREE, ["2"], ("history", "current:current"),
     "Can't locate revision identified by 'current'", "2"),
    ("both ends relative", THREE, [], ("history", "-2:+1"), "Can't locate revision identified by '-2'", "2 1"),
    ("ranges that Alembic fails on", "a, b(a), x(b), y+x", [], ("history", "b:"), CRASH, "x b"),
]


def core(driver, revisions, rows, question):
    lines = ["graph\t%d" % len(revisions)]
    lines += ["\t".join([r, ",".join(d), ",".join(n), ",".join(ls)]) for r, d, n, ls in revisions]
    lines.append("\t".join(["rows"] + ["\\N" if row is None else row for row in rows]))
    kind, *arguments = question
    head = {"stamp": ["stamp", "0"], "history": ["history"]}.get(kind, ["destination"])
    lines.append("\t".join(head + arguments))
    answer = subprocess.run([driver], input="\n".join(lines) + "\n", capture_output=True, text=True, check=True)
    fields = answer.stdout.splitlines()[-1].split("\t")
    if fields[0] == "error":
        return fields[2]
    words = [word for word in fields[1].split(",") if word]
    return " ".join(sorted(words) if kind == "stamp" else words)


def alembic(revisions, rows, question):
    oracle = Alembic(revisions)
    kind, *arguments = question
    if kind == "stamp":
        state, value = oracle.stamp(rows, arguments, False)
        value = sorted(map(str, value[0])) if state == "ok" else value
    elif kind == "history":
        state, value = oracle.history(rows, arguments[0])
    elif kind == "upgrade":
        state, value = oracle.upgrade_target(rows, arguments[0])
    else:
        state, value = oracle.downgrade_target(rows, arguments[0])
    return CRASH if state == "crash" else value if state == "error" else " ".join(value)


def main():
    driver, document = sys.argv[1:]
    headings = {line[4:].strip() for line in open(document, encoding="utf-8") if line.startswith("### ")}
    failed = 0
    for heading, text, rows, question, theirs, ours in EXAMPLES:
        revisions = graph(text)
        found = alembic(revisions, rows, question), core(driver, revisions, rows, question)
        if found != (theirs, ours) or heading not in headings:
            failed += 1
            print("FAILED %s: %s %s %s\n  expected %r\n  found    %r" % (heading, text, rows, question, (theirs, ours), found))
    for heading in headings - {example[0] for example in EXAMPLES} - {"no revision loaded"}:
        failed += 1
        print("FAILED: no example for " + heading)
    print("%s: %d examples of deviations" % ("FAILED" if failed else "ok", len(EXAMPLES)))
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
