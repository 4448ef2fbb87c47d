"""All measurements with one command; writes docs/benchmarks.md.

    python -m benchmarks [--short] [--only fixed,parsing,…] [--sizes 1000,10000,100000] [--folder FOLDER]

``--short`` takes minutes: few documents, sizes 200 and 1,000, no refreshes. The full form takes hours and some 100 GB
of disk for 100,000 documents. Sections measured earlier in the same folder are kept, so that one can be run alone
(``--only``) and the page still holds all; each says when it was measured and how busy the machine was.
"""

from __future__ import annotations

import argparse
import json
import re
import shlex
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from benchmarks import by_hand, fixed_costs, parsing, scale  # noqa: E402
from benchmarks.measure import load, machine, run, table  # noqa: E402

PAGE = ROOT / "docs" / "benchmarks.md"
_MEASURED = "<!-- measured: "
_HEAD = """# 性能 · Benchmarks

Made by `python -m benchmarks`, never by hand; `python -m benchmarks --short` takes minutes. Processor time is user and
system time of all processes; wall time is given beside it, because other work on the machine stretches it (the load at
the start of each section is told). Sizes, formats and seeds are options, see `--help` of each script in `benchmarks/`.
"""


@dataclass(frozen=True, slots=True)
class Section:
    """One part of the page."""

    title: str
    about: str
    make: Callable[[argparse.Namespace], str]


def _script(*arguments: str) -> str:
    """Output of one of the scripts, as a block. Raises SystemExit where it fails."""
    command = [sys.executable, *arguments]
    used = run(command)
    if used.status != 0:
        raise SystemExit(f"{shlex.join(command)} ended with {used.status}:\n{used.errors[-4000:]}")
    said = used.output.strip()
    return said if said.startswith("|") or "\n|" in said else f"```\n{said}\n```"


def _parsing(given: argparse.Namespace) -> str:
    return parsing.report(given.folder, 120 if given.short else 240, "light", 11)


def _pdf(given: argparse.Namespace) -> str:
    found = parsing.documents(given.folder, 120 if given.short else 240, "light", 11)["pdf"]
    chosen = [str(path) for path in found[: 4 if given.short else 12]]
    return _script(
        "benchmarks/pdf_reading.py", *chosen, "--rounds", "2", "--batch-pages", "0" if given.short else "1000"
    )


def _fidelity(given: argparse.Namespace) -> str:
    return _script("benchmarks/fidelity.py", "--documents", "60" if given.short else "540", "--worst", "0")


def _findings(given: argparse.Namespace) -> str:
    return _script("benchmarks/findings.py", "--units", "6" if given.short else "30")


def _reconciliation(given: argparse.Namespace) -> str:
    size = ("--documents", "200", "--units", "10") if given.short else ("--documents", "10000")
    return _script("benchmarks/reconciliation.py", *size, "--folder", str(given.folder))


def _refresh(given: argparse.Namespace) -> str:
    return _script("benchmarks/refresh.py", "--counts", "100" if given.short else "500,2000,8000")


def _queries(given: argparse.Namespace) -> str:
    star = given.folder / "queried.duckdb"
    stars = sorted(given.folder.glob("home-*/gongkai.duckdb"), key=lambda path: int(path.parent.name.split("-")[1]))
    if not stars:
        raise SystemExit("no published star yet: run the section scale first")
    try:
        count = "5000" if given.short else "100000"
        told = _script("benchmarks/star_at_scale.py", str(stars[0]), str(star), "--documents", count)
        return "\n\n".join((told, *_true_queries(given.folder / "scale.json")))
    finally:
        star.unlink(missing_ok=True)


def _true_queries(path: Path) -> list[str]:
    """The same queries on the largest star that was built, as far as the section before has been measured."""
    held = json.loads(path.read_text(encoding="utf-8")).values() if path.exists() else ()
    asked = sorted(
        (one["documents"], one["queries"]) for one in held if "error" not in one.get("queries", {"error": ""})
    )
    if not asked:
        return ["**Not measured on a star that was built.**"]
    documents, queries = asked[-1]
    rows = [[name, f"{told['median_ms']:.0f}", f"{told['cpu_ms']:.0f}"] for name, told in queries.items()]
    return [
        f"On the star built of {documents:,} documents, where the rows of a body lie apart:",
        table(("query", "median ms", "ms CPU"), rows),
    ]


def _scale(given: argparse.Namespace) -> str:
    if given.short:
        given.sizes, given.units, given.years, given.without = "200,1000", 10, (2021, 2022, 2023), "incremental"
    sizes = sorted(map(int, given.sizes.split(",")))
    held = {documents: scale.Held(given.folder / "scale.json", documents) for documents in sizes}
    for documents in sizes:
        if "build" not in held[documents].found or not given.keep:
            one = held[documents]
            one.put(scale.measure(documents, given, documents == sizes[-1], one.put, one.found))
    return scale.report([held[documents].found for documents in sizes])


SECTIONS = {
    "fixed": Section(
        "固定开销 · Fixed costs",
        "What every run pays, whatever it finds.",
        lambda given: fixed_costs.report(None, 3 if given.short else 7),
    ),
    "parsing": Section(
        "读取 · Parsing",
        "Synthetic documents, lightly damaged, of every dialect and kind, from bytes to Arrow tables, prose included;"
        " one process on one core. 25 documents per second and core of the text formats are asked for.",
        _parsing,
    ),
    "pdf": Section(
        "PDF，与 pdfplumber 相比 · PDF beside pdfplumber",
        "From bytes to landing rows, and pdfplumber's bare `extract_tables` of the same pages, which is only the first"
        " step of it.",
        _pdf,
    ),
    "scale": Section(
        "从落地层到星型 · From landing to star",
        "Landings made by `benchmarks/landing_at_scale.py`. *Build*: `gongkai build`, dbt with its tests and seeds,"
        " reconciliation included, sealing included. *By hand*: `benchmarks/handwritten.sql`, one process, no layers,"
        " no checks; a test holds its tables to the built ones. It leaves out, all of it to its advantage:\n\n- "
        + ";\n- ".join(by_hand.LEFT_OUT)
        + ".\n\n*pandas*: `benchmarks/with_pandas.py`, a small part of it, within 8 GiB.",
        _scale,
    ),
    "queries": Section(
        "分析查询 · Queries",
        "The queries of `benchmarks/queries/` on a built star multiplied by `benchmarks/star_at_scale.py`. Each on a"
        " connection of its own with two threads: the first run, the median and the least of the next five,"
        " milliseconds of the clock; and processor time of one run, both threads together. 300 ms are asked for. Copies"
        " of a document lie side by side, which flatters look-ups by key (06, 07); the last table asks true ones.",
        _queries,
    ),
    "reconciliation": Section(
        "勾稽 · Reconciliation",
        "All rules over a landing made by `benchmarks/landing_at_scale.py`, model by model in one process: from the"
        " facts to one row per rule and place with its status, what is wrong beyond arithmetic and sums of leaves too."
        " A full scan of `fct_statement_amount` reads every column of every row of the file as published: *least* keeps"
        " one value of each column (`max`), *checksum* adds up a hash of each value. Two of the first per family"
        " (`rule_kind`) are asked for. Seconds of the processor, all threads.",
        _reconciliation,
    ),
    "refresh": Section("更新 · Refresh", "Synthetic documents: all new, one new, nothing new.", _refresh),
    "fidelity": Section("读取准确度 · Fidelity", "Against the truth of synthetic documents.", _fidelity),
    "findings": Section("差错发现 · Findings", "Planted errors: found, named, invented.", _findings),
}


def main() -> None:
    """Measure what is asked for, and write the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, default=ROOT / "build" / "benchmarks", help="where data is put")
    parser.add_argument("--only", default=",".join(SECTIONS), help=f"of {', '.join(SECTIONS)}")
    parser.add_argument("--short", action="store_true", help="minutes instead of hours")
    parser.add_argument("--keep", action="store_true", help="measure only sizes that have not been measured")
    parser.add_argument("--page", type=Path, default=PAGE)
    scale.arguments(parser)
    given = parser.parse_args()
    given.folder = given.folder.resolve()
    given.folder.mkdir(parents=True, exist_ok=True)
    wanted = given.only.split(",")
    if unknown := set(wanted) - SECTIONS.keys():
        parser.error(f"--only: {', '.join(sorted(unknown))} is not among {', '.join(SECTIONS)}")
    texts = _written(given.page)
    for name in wanted:
        busy = load()
        print(f"{name} …", file=sys.stderr, flush=True)
        body = SECTIONS[name].make(given)
        form = "short form" if given.short else "full form"
        stamp = f"{_MEASURED}{name} -->\n*{time.strftime('%Y-%m-%d')}, {form}, load {busy:.1f}; {machine()}.*"
        texts[name] = f"{stamp}\n\n{body.strip()}"
        given.page.write_text(_page(texts), encoding="utf-8")
    print(given.page, file=sys.stderr)


def _written(page: Path) -> dict[str, str]:
    """Section → text that stands on the page already."""
    if not page.exists():
        return {}
    parts = re.split(rf"(?m)^{re.escape(_MEASURED)}(\w+) -->$", page.read_text(encoding="utf-8"))
    return {
        name: f"{_MEASURED}{name} -->{body.split(chr(10) + '## ')[0].rstrip()}"
        for name, body in zip(parts[1::2], parts[2::2], strict=True)
        if name in SECTIONS
    }


def _page(texts: dict[str, str]) -> str:
    told = [
        f"## {section.title}\n\n{section.about}\n\n{texts[name]}" for name, section in SECTIONS.items() if name in texts
    ]
    return "\n\n".join([_HEAD.strip(), *told]) + "\n"


if __name__ == "__main__":
    main()
