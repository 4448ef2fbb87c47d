"""What every run pays: starting the command line, and a refresh that finds nothing new (固定开销).

    python benchmarks/fixed_costs.py [--home HOME] [--rounds 5]

Without ``--home`` the samples are refreshed into a temporary one first.
"""

from __future__ import annotations

import argparse
import re
import statistics
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from benchmarks.measure import Usage, run, table  # noqa: E402


def import_seconds(module: str) -> tuple[float, float]:
    """(wall, CPU) seconds a fresh interpreter takes to import a module; ``-X importtime`` shows its parts."""
    clock = "time.perf_counter(), time.process_time()"
    code = f"import time; began = ({clock}); import {module}; ended = ({clock}); print(began, ended)"
    told = run([sys.executable, "-c", code]).output
    wall, cpu, wall_after, cpu_after = map(float, re.findall(r"[0-9.e+-]+", told))
    return wall_after - wall, cpu_after - cpu


def repeated(rounds: int, *arguments: str) -> tuple[float, float]:
    """(median wall, median CPU) seconds of a command of the command line. Raises SystemExit where it fails."""
    costs: list[Usage] = []
    for _ in range(rounds):
        used = run([sys.executable, "-m", "gongkai", *arguments])
        if used.status != 0:
            raise SystemExit(f"gongkai {' '.join(arguments)} ended with {used.status}:\n{used.errors}")
        costs.append(used)
    return statistics.median(used.wall for used in costs), statistics.median(used.cpu for used in costs)


def report(home: Path | None, rounds: int) -> str:
    """The table in Markdown."""
    walls, cpus = zip(*(import_seconds("gongkai.cli") for _ in range(rounds)), strict=True)
    rows = [["import of `gongkai.cli`, median", f"{statistics.median(walls):.3f}", f"{statistics.median(cpus):.3f}",
             "0.3"]]  # fmt: skip
    wall, cpu = repeated(rounds, "--help")
    rows.append(["`gongkai --help`, interpreter included", f"{wall:.2f}", f"{cpu:.2f}", ""])
    with tempfile.TemporaryDirectory(prefix="gongkai-fixed-") as temporary:
        if home is None:
            home = Path(temporary) / "home"
            wall, cpu = repeated(1, "refresh", str(ROOT / "samples"), "--home", str(home))
            rows.append(["refresh of the samples from nothing", f"{wall:.1f}", f"{cpu:.1f}", ""])
        repeated(1, "refresh", "--home", str(home))
        wall, cpu = repeated(rounds, "refresh", "--home", str(home))
        rows.append(["refresh that finds nothing new, median", f"{wall:.2f}", f"{cpu:.2f}", "3"])
    return table(("what", "s wall", "s CPU", "at most"), rows)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--home", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    print(report(given.home, given.rounds))


if __name__ == "__main__":
    main()
