#!/usr/bin/python3
"""The proof that repair is right: histories out of seeds, damaged in every way that is known, mended by migfix and
judged by pg_dump and by the real Alembic. Run beside a server that has the extension:

script/with-server /usr/bin/python3 test/campaign/campaign.py [option...]

  --seeds A..B        generated histories of these seeds, or A,B,C (default 0..299 and those of handwritten/)
  --time-limit SEC    begins nothing after so many seconds, and says how much was run
  --only KIND         one corruption (may be given again); no other mode
  --modes M,M         of verify, infer, observed, repair, histories; default all. histories: the harness itself;
                      observed: what was seen of an upgrade against the loaded SQL, object by object
  --handwritten NAME  only that history
  --quick             what `make test` runs: fewer seeds, some corruptions of each, within 100 seconds
  --keep              leaves the database of each wrong case for a look, while the server stands
  -j N                processes
"""

import argparse
import collections
import multiprocessing
import os
import sys
import time

sys.dont_write_bytecode = True

import corruptions
import seed_work

MODES = ("histories", "verify", "infer", "observed", "repair")


def arguments():
    parser = argparse.ArgumentParser(usage=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", default=None)
    parser.add_argument("--time-limit", type=float)
    parser.add_argument("--only", action="append", choices=sorted(corruptions.KINDS))
    parser.add_argument("--modes", default=",".join(MODES))
    parser.add_argument("--handwritten")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--keep", action="store_true")
    parser.add_argument("-j", type=int, default=os.cpu_count())
    given = parser.parse_args()
    given.modes = ("repair",) if given.only else tuple(given.modes.split(","))
    if set(given.modes) - set(MODES):
        parser.error(f"modes are {', '.join(MODES)}")
    return given


def names(given):
    """Which histories, those written by hand first."""
    by_hand = sorted(path.name for path in seed_work.HANDWRITTEN.iterdir() if (path / "versions").is_dir())
    if given.handwritten:
        return [given.handwritten]
    seeds = []
    for part in (given.seeds or "0..299").split(","):
        lowest, _, highest = part.partition("..")
        seeds += [str(seed) for seed in range(int(lowest), int(highest or lowest) + 1)]
    return ([] if given.seeds else by_hand) + seeds


def jobs(given, deadline):
    options = seed_work.Options(
        modes=given.modes,
        only=tuple(given.only or ()),
        keep=given.keep,
        kinds_per_seed=8 if given.quick else None,
        deadline=deadline,
    )
    for name in names(given):
        if deadline is not None and time.monotonic() > deadline:
            return
        yield name, options


def run(given):
    """(Dones, seconds)."""
    limit = given.time_limit or (85 if given.quick else None)
    begun = time.monotonic()
    deadline = begun + limit if limit else None
    results = []
    with multiprocessing.Pool(given.j, maxtasksperchild=20) as pool:
        # Handed out one at a time: so the deadline ends it.
        waiting = collections.deque()
        for job in jobs(given, deadline):
            waiting.append(pool.apply_async(seed_work.work, (job,)))
            while len(waiting) >= given.j or (waiting and waiting[0].ready()):
                collect(waiting, results)
        while waiting:
            collect(waiting, results)
    return results, time.monotonic() - begun


def collect(waiting, results):
    for one in list(waiting):
        if one.ready():
            waiting.remove(one)
            results.append(one.get())
            for text in results[-1].wrong:
                print(text, flush=True)
            if len(results) % 20 == 0:
                tell(results)
            return
    time.sleep(0.01)


def tell(results):
    """So far."""
    counts = sum((done.counts for done in results), collections.Counter())
    cases = sum(count for (one, outcome), count in counts.items() if one in corruptions.KINDS and outcome != "not judged")
    wrong = sum(count for (_, outcome), count in counts.items() if outcome == "wrong")
    print(f"{len(results)} histories, {cases} cases, wrong {wrong}", flush=True)


def report(given, results, seconds):
    counts = sum((done.counts for done in results), collections.Counter())
    total = len(names(given))
    unfinished = sum(not done.complete for done in results)
    print(f"{len(results)} of {total} histories in {seconds:.0f} s"
          + (f", {unfinished} of them not to the end" if unfinished else "")
          + (", time limit" if len(results) < total else ""))
    for mode in ("histories", "verify", "infer", "observed"):
        said = {outcome: count for (one, outcome), count in sorted(counts.items()) if one == mode}
        if mode in given.modes:
            print(f"{mode}: " + (", ".join(f"{outcome} {count}" for outcome, count in said.items()) or "nothing was run"))
    silent = []
    if "repair" in given.modes:
        print(f"{'corruption':22} {'cases':>6} {'repaired':>9} {'refused':>8} {'wrong':>6}")
        for kind in corruptions.KINDS:
            repaired, refused, wrong = (counts[kind, outcome] for outcome in ("repaired", "refused", "wrong"))
            print(f"{kind:22} {repaired + refused + wrong:6} {repaired:9} {refused:8} {wrong:6}")
            # A few cases prove nothing; many without one repaired say that it is always refused.
            never = refused + wrong > 5 and not repaired
            if never and kind not in corruptions.MAY_ALWAYS_BE_REFUSED:
                silent.append(kind)
    untold = sum(count for (_, outcome), count in counts.items() if outcome == "not judged")
    if untold:
        print(f"not judged, the damaged objects being made within DO blocks: {untold}")
    for kind in silent:
        print(f"FAILED {kind} is never repaired")
    in_kinds = {
        outcome: sum(counts[kind, outcome] for kind in corruptions.KINDS) for outcome in ("repaired", "refused", "wrong")
    }
    failed = sum(count for (_, outcome), count in counts.items() if outcome == "wrong") + len(silent)
    passed = sum(count for (_, outcome), count in counts.items() if outcome not in ("wrong", "not judged", "objects"))
    print(f"cases {sum(in_kinds.values())}, repaired {in_kinds['repaired']}, truthfully refused {in_kinds['refused']}, "
          f"wrong {in_kinds['wrong']}")
    print(f"{passed} passed, {failed} failed")
    return failed == 0 and passed > 0


def main():
    if "PGHOST" not in os.environ:
        sys.exit("no server: run script/campaign")
    given = arguments()
    sys.exit(0 if report(given, *run(given)) else 1)


if __name__ == "__main__":
    main()
