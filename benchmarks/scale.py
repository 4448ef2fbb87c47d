"""Landing → star at many sizes, beside a hand-written script, pandas, and ten queries.

    python benchmarks/scale.py --folder FOLDER [--sizes 1000,10000,100000] [--threads 2] [--memory-gb 6]
        [--without hand,pandas,incremental,check] [--json FILE]

For every size: the landing is made (``landing_at_scale``); ``handwritten.sql`` runs over it in one process;
``gongkai build``, ``check`` and ``publish`` run as anybody would run them; the queries of ``queries/`` run on the
published file, each once cold and five times warm; pandas does a small part of it within 8 GiB; at the largest size
100 new documents are refreshed into the home. Ratios are of processor time in the same run: other work on a machine
stretches wall time only. The exponent is log(time ratio) / log(size ratio).
"""

from __future__ import annotations

import argparse
import json
import math
import os
import re
import shutil
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb

ROOT = Path(__file__).resolve().parents[1]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from benchmarks import by_hand  # noqa: E402
from benchmarks.landing_at_scale import make  # noqa: E402
from benchmarks.measure import Usage, load, machine, run, table  # noqa: E402
from gongkai.home import Home  # noqa: E402

QUERIES = sorted((ROOT / "benchmarks" / "queries").glob("*.sql"))
ASKED = (1_000, 10_000, 100_000)
"""Sizes the limits are asked for at."""
NEW_DOCUMENTS = 100
_OF_RULES = re.compile(r"recon|fct_finding|fct_rule_coverage|dim_rule")
"""Models of the reconciliation."""
_PARTS = ("hand", "build", "pandas", "incremental", "check", "queries")


def queries(path: Path, threads: int) -> dict[str, Any]:
    """Milliseconds of every query on a built file, each on a connection of its own: first run, median of five more."""
    found = {}
    for query in QUERIES:
        sql = query.read_text(encoding="utf-8")
        with duckdb.connect(str(path), read_only=True, config={"threads": threads}) as connection:
            times, spent = [], []
            for _ in range(6):
                began, processor = time.perf_counter(), time.process_time()
                rows = len(connection.execute(sql).fetchall())
                times.append(1000 * (time.perf_counter() - began))
                spent.append(1000 * (time.process_time() - processor))
        title = sql.splitlines()[0].removeprefix("-- ")
        found[query.stem] = {
            "title": title,
            "rows": rows,
            "first_ms": times[0],
            "median_ms": statistics.median(times[1:]),
            "least_ms": min(times),
            # Both threads together: on a machine that does nothing else the clock shows half of it or more.
            "cpu_ms": statistics.median(spent[1:]),
        }
    return found


def newcomers(folder: Path, jobs: int) -> Path:
    """A folder of 100 documents that no landing holds."""
    from synth.choices import FORMATS, KINDS
    from synth.write import Order, write

    target = folder / "new"
    if not target.exists():
        made = folder / "new-synthetic"
        shutil.rmtree(made, ignore_errors=True)
        write(Order(17, (2023, 2024), 4711, FORMATS, "light", KINDS), made, jobs)
        target.mkdir()
        for number, path in enumerate(sorted((made / "documents").rglob("*.*"))[:NEW_DOCUMENTS]):
            shutil.copyfile(path, target / f"{number:03d}-{path.name}")
        # The cache of hashes does not trust files younger than two seconds.
        time.sleep(2.5)
    return target


def gongkai(home: Home, environment: dict[str, str], *arguments: str) -> Usage:
    """Run the command line; raises SystemExit with its words where it fails."""
    used = run(
        [sys.executable, "-m", "gongkai", *arguments, "--home", str(home.root)], environment, home.root / "build"
    )
    if used.status != 0:
        raise SystemExit(f"gongkai {' '.join(arguments)} ended with {used.status}:\n{used.errors[-2000:]}")
    return used


def nodes(home: Home) -> dict[str, Any]:
    """Seconds dbt spent on models, tests and seeds in the last run that built, and the five slowest models."""
    path = sorted(home.runs.glob("*/run_results.json"))[-1]
    held = json.loads(path.read_text(encoding="utf-8"))["results"]
    spent: dict[str, float] = {}
    for node in held:
        kind = node["unique_id"].split(".")[0]
        spent[kind] = spent.get(kind, 0.0) + node["execution_time"]
    models = [node for node in held if node["unique_id"].startswith("model.")]
    slowest = sorted(models, key=lambda node: -node["execution_time"])[:5]
    of_rules = sum(node["execution_time"] for node in models if _OF_RULES.search(node["unique_id"].split(".")[-1]))
    return {
        "kinds": spent,
        "rules": of_rules,
        "slowest": {node["unique_id"].split(".")[-1]: node["execution_time"] for node in slowest},
    }


def landing_size(home: Home) -> dict[str, int]:
    """Bytes, figures and numbers of a landing."""
    held = json.loads((home.landing / "manifest.json").read_text(encoding="utf-8"))["batches"].values()
    size = sum(sum(batch["files"].values()) for batch in held)
    with duckdb.connect() as connection:
        numbers, figures = connection.execute(
            f"select count(*), count(*) filter (role = 'figure') from '{home.landing}/cell_numbers/*.parquet'"
        ).fetchone()
        cells = connection.execute(f"select count(*) from '{home.landing}/cells/*.parquet'").fetchone()[0]
    return {"bytes": size, "numbers": numbers, "figures": figures, "cells": cells}


def measure(
    documents: int,
    given: argparse.Namespace,
    is_largest: bool,
    keep: Callable[[dict[str, Any]], None] = lambda found: None,
    before: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """Everything at one size; ``keep`` is handed what is known after every step, because the next may take hours.

    ``before``: what was measured earlier; a part that is left out this time stays as it was.
    """
    skipped = given.without.split(",") if given.without else []
    jobs = len(os.sched_getaffinity(0))
    began = time.process_time()
    home = make(given.folder, documents, given.units, given.years, given.seed, jobs)
    found: dict[str, Any] = (before or {}) | {"documents": documents, "landing": landing_size(home), "load": load(),
                             "made_cpu": time.process_time() - began}  # fmt: skip
    environment = {"GONGKAI_THREADS": str(given.threads), "GONGKAI_MEMORY": f"{given.memory_gb}GB"}
    own = [sys.executable, str(Path(__file__).resolve()), "--folder", str(home.root), "--threads", str(given.threads),
           "--memory-gb", str(given.memory_gb)]  # fmt: skip
    if "hand" not in skipped:
        used = run([*own, "--only", "hand"])
        found["hand"] = _cost(used) | (json.loads(used.output) if used.status == 0 else {"error": used.errors[-400:]})
        keep(found)
        # Disks that hold one star may not hold two.
        (home.root / "handwritten.duckdb").unlink(missing_ok=True)
    if "build" not in skipped:
        used = gongkai(home, environment, "build")
        found["build"] = _cost(used) | nodes(home) | {"bytes": home.build_file.stat().st_size, "disk": used.disk}
        keep(found)
    star = home.build_file if home.build_file.exists() else home.database
    if "check" not in skipped:
        found["check"] = _cost(gongkai(home, environment, "check"))
        found["publish"] = _cost(gongkai(home, environment, "publish"))
        star = home.database
        keep(found)
    if "queries" not in skipped and star.exists():
        found["queries_load"] = load()
        used = run([*own, "--only", "queries", "--star", str(star)])
        found["queries"] = json.loads(used.output) if used.status == 0 else {"error": used.errors[-400:]}
        keep(found)
    if "pandas" not in skipped:
        used = run([sys.executable, "benchmarks/with_pandas.py", str(home.landing)])
        found["pandas"] = _cost(used) | {"said": (used.output or used.errors).strip().splitlines()[-1:]}
    if is_largest and not {"incremental", "check"} & set(skipped):
        inbox = newcomers(given.folder, jobs)
        used = gongkai(home, environment, "refresh", str(inbox), "--json", "--jobs", str(jobs))
        found["incremental"] = _cost(used) | {"steps": json.loads(used.output)["seconds"]}
        used = gongkai(home, environment, "refresh", str(inbox), "--json", "--jobs", str(jobs))
        found["nothing_new"] = _cost(used)
    return found


def _cost(used: Usage) -> dict[str, float]:
    return {"wall": used.wall, "cpu": used.cpu, "peak_mb": used.peak_mb}


class Held:
    """What is known of one size, kept in a JSON file beside the other sizes."""

    def __init__(self, path: Path | None, documents: int) -> None:
        self.path, self.documents = path, documents
        self.found: dict[str, Any] = self._all().get(str(documents), {})

    def put(self, found: dict[str, Any]) -> None:
        """Keep it, and tell how far things are."""
        self.found = found
        costs = {key: part for key, part in found.items() if isinstance(part, dict) and "cpu" in part}
        said = ", ".join(f"{key} {part['cpu']:.0f} s CPU, {part['peak_mb']:.0f} MB" for key, part in costs.items())
        print(f"{self.documents} documents: {said}", file=sys.stderr, flush=True)
        if self.path:
            held = json.dumps(self._all() | {str(self.documents): found}, indent=1)
            self.path.write_text(held, encoding="utf-8")

    def _all(self) -> dict[str, Any]:
        if self.path is None or not self.path.exists():
            return {}
        return json.loads(self.path.read_text(encoding="utf-8"))


def exponent(first: dict[str, Any], last: dict[str, Any], part: str) -> float:
    """Growth of a part's processor time between two sizes."""
    return math.log(last[part]["cpu"] / first[part]["cpu"]) / math.log(last["documents"] / first["documents"])


def report(found: list[dict[str, Any]]) -> str:
    """The tables in Markdown; a step that has not been measured has no line."""
    landings = [
        [f"{one['documents']:,}", *(f"{one['landing'][name]:,}" for name in ("cells", "numbers", "figures")),
         f"{one['landing']['bytes'] / 2**20:,.0f}", f"{one['landing']['bytes'] / one['landing']['figures']:.1f}",
         f"{one['landing']['bytes'] / one['landing']['numbers']:.1f}"]
        for one in found
    ]  # fmt: skip
    head = ("documents", "printed cells", "numbers in tables", "figures", "landing MiB", "bytes a figure",
            "bytes a number")  # fmt: skip
    lines = [table(head, landings), _costs(found)]
    if unmeasured := [f"{size:,}" for size in ASKED if size > found[-1]["documents"]]:
        lines.append(f"**Not measured: {', '.join(unmeasured)} documents.**")
    for part in ("build", "hand"):
        held = [one for one in found if part in one]
        pairs = [(held[0], held[-1]), *([(held[-2], held[-1])] if len(held) > 2 else [])] if len(held) > 1 else []
        told = [
            f"{exponent(*pair, part):.2f} from {pair[0]['documents']:,} to {pair[1]['documents']:,}" for pair in pairs
        ]
        if told:
            lines.append(f"Growth of *{_WORDS[part]}*, exponent of processor time: {'; '.join(told)}.")
    for one in found:
        if "build" in one:
            told = ", ".join(f"`{name}` {seconds:.1f} s" for name, seconds in one["build"]["slowest"].items())
            kinds = ", ".join(f"{kind}s {seconds:.0f} s" for kind, seconds in one["build"]["kinds"].items())
            rules = one["build"].get("rules", 0.0) / one["build"]["kinds"]["model"]
            share = f"; of the models {rules:.0%} for reconciliation" if rules else ""
            lines.append(
                f"Wall time of dbt's nodes at {one['documents']:,} documents: {kinds}{share}; slowest: {told}."
            )
    asked = [one for one in found if "error" not in one.get("queries", {"error": ""})]
    if asked:
        rows = [
            [name, told["title"], f"{told['first_ms']:.0f}", f"{told['median_ms']:.0f}", f"{told['least_ms']:.0f}",
             f"{told['cpu_ms']:.0f}"]
            for name, told in asked[-1]["queries"].items()
        ]  # fmt: skip
        busy = f", load {asked[-1]['queries_load']:.1f}" if "queries_load" in asked[-1] else ""
        lines.append(f"Queries on {asked[-1]['documents']:,} documents, milliseconds, two threads{busy}:")
        lines.append(table(("query", "asks", "first", "median of 5 more", "least", "CPU"), rows))
    lines.append(table(("asked for", "at most", "measured", "at documents", ""), _verdicts(found)))
    return "\n\n".join(lines)


def _verdicts(found: list[dict[str, Any]]) -> list[list[str]]:
    """What was asked for beside what was measured, each at the largest size where it was."""
    rows = []

    def say(asked: str, most: float, measured: float, one: dict[str, Any], unit: str = "") -> None:
        verdict = "met" if measured <= most else "**not met**"
        if one["documents"] < ASKED[-1]:
            verdict += f" at this size, asked at {ASKED[-1]:,}"
        rows.append([asked, f"{most:g}{unit}", f"{measured:,.2f}{unit}", f"{one['documents']:,}", verdict])

    compared = [one for one in found if "build" in one and "cpu" in one.get("hand", {})]
    if compared:
        one = compared[-1]
        say("build, times the hand-written script, CPU", 2, one["build"]["cpu"] / one["hand"]["cpu"], one)
    built = [one for one in found if "build" in one]
    if len(built) > 1:
        say(f"exponent of the build from {built[0]['documents']:,}", 1.05, exponent(built[0], built[-1], "build"),
            built[-1])  # fmt: skip
    if built:
        costs = [built[-1][part]["peak_mb"] for part in ("build", "check", "incremental") if part in built[-1]]
        say("memory of any process", 8, max(costs) / 1024, built[-1], " GiB")
    renewed = [one for one in found if "incremental" in one]
    if renewed:
        used = renewed[-1]["incremental"]
        say(f"{NEW_DOCUMENTS} new documents, in all", 60, used["wall"], renewed[-1], " s")
        say(f"{NEW_DOCUMENTS} new documents, processor time", 60, used["cpu"], renewed[-1], " s")
    asked = [one for one in found if "error" not in one.get("queries", {"error": ""})]
    if asked:
        told = asked[-1]["queries"].values()
        say("slowest query, median", 300, max(query["median_ms"] for query in told), asked[-1], " ms")
        say("slowest query, processor time of both threads", 300, max(query["cpu_ms"] for query in told), asked[-1],
            " ms")  # fmt: skip
    return rows


_WORDS = {
    "hand": "by hand",
    "build": "build",
    "check": "checks before publishing",
    "publish": "publishing",
    "pandas": "pandas",
    "incremental": f"refresh with {NEW_DOCUMENTS} new documents",
    "nothing_new": "refresh with nothing new",
}


def _costs(found: list[dict[str, Any]]) -> str:
    rows = []
    for one in found:
        for part, words in _WORDS.items():
            if part in one:
                cost = one[part]
                is_compared = part == "build" and "hand" in one
                ratio = f"{cost['cpu'] / one['hand']['cpu']:.1f}" if is_compared else ""
                size = f"{cost['bytes'] / 2**20:,.0f}" if "bytes" in cost else ""
                disk = f"{cost['disk'] / 2**20:,.0f}" if "disk" in cost else ""
                said = "; ".join(cost.get("said", ())) or cost.get("error", "")
                rows.append([f"{one['documents']:,}", words, f"{cost['wall']:,.1f}", f"{cost['cpu']:,.1f}",
                             f"{cost['peak_mb']:,.0f}", size, disk, ratio, said])  # fmt: skip
    head = ("documents", "what", "s wall", "s CPU", "peak MB", "file MiB", "disk MiB at most",
            "times by hand (CPU)", "")  # fmt: skip
    return table(head, rows)


def arguments(parser: argparse.ArgumentParser) -> None:
    """Options shared with ``python -m benchmarks``."""
    parser.add_argument("--sizes", default="1000,10000", help="documents, with commas")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--memory-gb", type=float, default=6.0, help="DuckDB's limit; a process needs 1 GB more")
    parser.add_argument("--units", type=int, default=120, help="bodies of the base that is really read")
    parser.add_argument("--years", type=_years, default=(2021, 2022, 2023, 2024))
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--without", default="", help=f"of {', '.join(_PARTS)}")


def _years(text: str) -> tuple[int, ...]:
    first, last = map(int, text.split("-"))
    return tuple(range(first, last + 1))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, required=True)
    arguments(parser)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--only", choices=("hand", "queries"), help=argparse.SUPPRESS)
    parser.add_argument("--star", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.only == "hand":
        print(json.dumps(by_hand.write(Home(given.folder), given.threads, given.memory_gb)))
        return
    if given.only == "queries":
        print(json.dumps(queries(given.star, given.threads)))
        return
    given.folder = given.folder.resolve()
    sizes = sorted(map(int, given.sizes.split(",")))
    held = {documents: Held(given.json, documents) for documents in sizes}
    for documents in sizes:
        one = held[documents]
        one.put(measure(documents, given, documents == sizes[-1], one.put, one.found))
    print(machine() + "\n\n" + report([held[documents].found for documents in sizes]))


if __name__ == "__main__":
    main()
