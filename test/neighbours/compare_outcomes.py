"""compare_outcomes.py WITHOUT WITH: has each test the same outcome with migfix as without it?

Both are reports of pytest (--junitxml). Prints each test that has another, and the line `N passed, N failed`; a test
that fails in both, for a reason of its own, is the same.
"""

import sys
import xml.etree.ElementTree as ElementTree

OUTCOMES = ("error", "failure", "skipped")


def outcomes(path):
    found = {}
    for case in ElementTree.parse(path).iter("testcase"):
        outcome = next((tag for tag in OUTCOMES if case.find(tag) is not None), "passed")
        found[f"{case.get('classname')}::{case.get('name')}"] = outcome
    return found


def main():
    without, with_it = (outcomes(path) for path in sys.argv[1:3])
    failed = 0
    for name in sorted(without.keys() | with_it.keys()):
        if without.get(name) != with_it.get(name):
            failed += 1
            print(f"{name}: {without.get(name)} without migfix, {with_it.get(name)} with it")
    ran = sum(outcome == "passed" for outcome in without.values())
    print(f"{ran} of {len(without)} pass without migfix")
    print(f"{len(without) - failed} passed, {failed} failed")
    return 1 if failed or not ran else 0


if __name__ == "__main__":
    sys.exit(main())
