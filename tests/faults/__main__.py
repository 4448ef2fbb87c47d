"""The long form: ``python -m tests.faults --kills 200``. Prints faults tried and survived; ends with 1 at a failure."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

from .harness import FaultFound, World
from .readers import read_through


def main() -> int:
    """Run the faults; 0 where all were survived."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--kills", type=int, default=200, help="kills at random moments")
    parser.add_argument("--others", type=int, default=10, help="times each other fault is tried")
    parser.add_argument("--refreshes", type=int, default=50, help="refreshes under readers")
    parser.add_argument("--star", choices=("small", "full"), default="small", help="a few tables, or the whole star")
    parser.add_argument("--seed", type=int, default=int(time.time()), help="to repeat a run")
    options = parser.parse_args()
    print(f"seed {options.seed}", flush=True)
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="gongkai-faults-") as folder:
        world = World(Path(folder) / "world", options.star == "small", options.seed)
        try:
            world.build_clean()
            print(f"an undisturbed refresh takes {world.seconds:.1f} s", flush=True)
            for number in range(1, options.kills + 1):
                world.kill()
                if number % 20 == 0:
                    print(f"{number} kills, {time.monotonic() - began:.0f} s", flush=True)
            for name, fault in world.faults().items():
                for _ in range(options.others):
                    fault()
                print(f"{name}: {world.tried[name]}, {time.monotonic() - began:.0f} s", flush=True)
            seen = read_through(world, options.refreshes)
        except FaultFound as found:
            print(f"{world.report()}\nNOT SURVIVED (seed {options.seed}): {found}")
            return 1
        print(world.report())
        print(seen)
    print(f"{time.monotonic() - began:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
