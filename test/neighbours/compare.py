"""compare.py WITHOUT WITH: are the results of PostgreSQL's regression tests the same with migfix as without it?

Both are directories of `pg_regress`. What migfix adds on purpose is taken out first: its NOTICE about a double, what
it appends to the error of a CREATE whose object is there already, and its own objects in lists of all there is.
Prints a unified difference for each test that has another, and the line `N passed, N failed`.
"""

import difflib
import pathlib
import re
import sys

# A message that is migfix's own, up to the statement that its hint ends with.
NOTICE = re.compile(r"^NOTICE:  (table|type|enum) .*\n(?:(?!NOTICE|ERROR|WARNING).*\n)*?SELECT \* FROM migfix_duplicates\(\);\n",
                    re.MULTILINE)
# What follows PostgreSQL's message of an object that exists.
EXPLANATION = re.compile(
    r"(?<=already exists\n)DETAIL:  .*\nHINT:  If a migration ends here, .*\n"
    r"(?:.*\n)*?SELECT \* FROM migfix_repair\(.*\);\n"
    r"(?:Or let this database pass over .*\nALTER DATABASE .*\nSELECT migfix_preload\(true\);\n)?",
    re.MULTILINE)
# After DDL it tells of the numbers of migfix.ddl_log: doc/ddl_log.md.
LASTVAL = re.compile(r"(?<=SELECT lastval\(\);\n)(?:ERROR:.*\n| *lastval *\n-+\n.*\n\(1 row\)\n\n)", re.MULTILINE)
OWN_ROW = re.compile(r"^ +(ddl_log|ddl_log_log_id_seq|migfix_ddl_\w+) +\|.*\n", re.MULTILINE)
ROW_COUNT = re.compile(r"^\(\d+ rows?\)$", re.MULTILINE)


def without_own(text):
    return EXPLANATION.sub("", NOTICE.sub("", text))


def without_lastval(text):
    return LASTVAL.sub("", text)


def without_own_rows(text):
    """A table without migfix's objects is narrower, too, and shorter."""
    lines = ROW_COUNT.sub("(rows)", OWN_ROW.sub("", text))
    return re.sub(r"-+", "-", re.sub(r" +", " ", lines))


def difference(name, without, with_it):
    without, with_it = without_lastval(without), without_lastval(without_own(with_it))
    if OWN_ROW.search(with_it):
        without, with_it = without_own_rows(without), without_own_rows(with_it)
    return list(difflib.unified_diff(without.splitlines(), with_it.splitlines(), f"{name} without migfix",
                                     f"{name} with migfix", lineterm="", n=3))


def results(directory):
    return {path.name: path.read_text(errors="surrogateescape")
            for path in sorted(pathlib.Path(directory, "results").glob("*.out"))}


def main():
    without, with_it = (results(directory) for directory in sys.argv[1:3])
    failed = 0
    for name in sorted(without.keys() | with_it.keys()):
        lines = difference(name, without.get(name, ""), with_it.get(name, ""))
        failed += bool(lines)
        sys.stdout.buffer.write("".join(f"{line}\n" for line in lines).encode(errors="surrogateescape"))
    print(f"{len(without) - failed} passed, {failed} failed")
    return 1 if failed or not without else 0


if __name__ == "__main__":
    sys.exit(main())
