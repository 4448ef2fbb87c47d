"""The long form: ``python -m tests.fuzz --count 50000``. Prints what became of the inputs; ends with 1 at a failure."""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter

from ingest.workers import WorkerLimits, run_chunks

_CHUNK = 50


def main() -> int:
    """Read many spoiled inputs in worker processes; 0 where each was read or rejected, in time."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--count", type=int, default=50_000)
    parser.add_argument("--start", type=int, default=0, help="number of the first input")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=30.0, help="longest time for one input")
    options = parser.parse_args()
    numbers = range(options.start, options.start + options.count)
    chunks = (
        tuple((number, options.seed) for number in numbers[at : at + _CHUNK]) for at in range(0, len(numbers), _CHUNK)
    )
    verdicts: Counter[str] = Counter()
    failures, began = [], time.monotonic()
    limits = WorkerLimits(seconds=options.seconds, memory_bytes=4 * 2**30)
    for result in run_chunks("tests.fuzz.judge:try_chunk", chunks, jobs=options.jobs, limits=limits):
        if result.failure is not None:
            failures.append(f"{result.tasks[0][0]}: {result.failure.code} {result.failure.detail}")
        for number, verdict, wrong in result.value or ():
            verdicts[verdict] += 1
            if verdict == "BROKEN":
                failures.append(f"{number}: {wrong}")
    for verdict, count in verdicts.most_common():
        print(f"{count:>7}  {verdict}")
    for failure in failures[:50]:
        print("FAILED", failure)
    seconds = time.monotonic() - began
    print(f"{options.count} inputs in {seconds:.0f} s, {len(failures)} failures (seed {options.seed})")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
