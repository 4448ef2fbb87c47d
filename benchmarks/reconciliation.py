"""Evaluating all rules over many documents, beside plain scans of the fact of printed figures (勾稽的代价).

    python benchmarks/reconciliation.py [--documents 10000] [--folder FOLDER] [--threads 2] [--memory 6GB]
        [--seconds 1800]

A landing of as many documents is made (``landing_at_scale``), the facts are built from it by dbt, and then every model
between the facts and the results of all rules runs, one after the other in one process: from the facts to one row per
rule and place with its status, to what is wrong beyond arithmetic, and to the sums of leaves. Which models these are is
read from dbt's graph, so none is left out. Steps lie in memory, as they do in a build of this size.

Seconds are of the processor, all threads added up, so that a busy machine does not matter. They are held against scans
of ``fct_statement_amount``:

- *least*: every column of every row is read and decompressed and one value of each is kept, ``max`` of each column. No
  query that reads the fact can cost less, and it is what two scans are asked of.
- *checksum*: every value is looked at, a hash of each is added up; told beside it.

A family of rules is a ``rule_kind`` of ``dim_rule``; all of them are evaluated and all of them count. Making the
figures ready for the rules (their addresses, runs of prose) is shown apart and added. What is not done after
``--seconds`` is interrupted and named, and then there is no total and no ratio.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

ROOT = Path(__file__).resolve().parents[1]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from benchmarks.landing_at_scale import make  # noqa: E402
from gongkai.build import STORAGE_VERSION  # noqa: E402

RESULTS = ("int_recon__result", "int_recon__observation", "int_reconciliation__leaf_sum")
"""Where all rules end: what is compared, what is looked at, what is added up from the additive facts."""
PREPARED = ("int_recon__subject", "int_recon__figure", "int_recon__told")
"""What figures are to the rules; made once, whatever the rules."""
ALLOWED = 2
"""Scans a family may cost."""


@dataclass(frozen=True, slots=True)
class Model:
    """One model of the rules."""

    name: str
    relation: str
    """Quoted, with database and schema."""
    sql: str
    is_view: bool


def models(manifest: dict[str, Any]) -> list[Model]:
    """The models of the rules, each after those it reads."""
    nodes = {key: node for key, node in manifest["nodes"].items() if node["resource_type"] == "model"}
    wanted: dict[str, Model] = {}

    def visit(key: str) -> None:
        node = nodes.get(key)
        if node is None or node["name"] in wanted or not _is_of_rules(node):
            return
        for read in node["depends_on"]["nodes"]:
            visit(read)
        is_view = node["config"]["materialized"] == "view"
        wanted[node["name"]] = Model(node["name"], node["relation_name"], node["compiled_code"], is_view)

    for name in RESULTS:
        visit(f"model.gongkai.{name}")
    return list(wanted.values())


def _is_of_rules(node: dict[str, Any]) -> bool:
    return "reconciliation" in node["fqn"] or node["name"] in RESULTS


def build(landing: Path, folder: Path) -> dict[str, Any]:
    """Build all that the rules read into ``bench.duckdb`` and ``scratch.duckdb`` in ``folder``; dbt's manifest."""
    for stale in ("bench.duckdb", "scratch.duckdb"):
        (folder / stale).unlink(missing_ok=True)
    with duckdb.connect() as connection:
        # As published: how long a scan takes depends on how the file keeps its columns.
        connection.execute(f"attach '{folder / 'bench.duckdb'}' as bench (storage_version '{STORAGE_VERSION}')")
    environment = os.environ | {
        "GONGKAI_LANDING": str(landing),
        "GONGKAI_DATABASE": str(folder / "bench.duckdb"),
        "GONGKAI_SCRATCH": str(folder / "scratch.duckdb"),
        "GONGKAI_PASSING": "memory",
        "PYTHONPATH": str(ROOT),
    }
    shared = ["--project-dir", str(ROOT), "--profiles-dir", str(ROOT), "--target-path", str(folder / "target")]
    before = [f"+{name}" for name in RESULTS]
    kept = ["--exclude-resource-type", "unit_test", "--exclude-resource-type", "test"]
    of_rules = ["path:models/intermediate/reconciliation", "int_reconciliation__leaf_sum"]
    for arguments in (
        ["build", *shared, *kept, "--select", *before, "dim_rule", "--exclude", *of_rules],
        ["compile", *shared, "--select", *before],
    ):
        command = [sys.executable, "-m", "dbt.cli.main", "--log-level", "error", "--log-path", str(folder), *arguments]
        # Compiling says what it has compiled.
        subprocess.run(command, check=True, env=environment, cwd=folder, stdout=subprocess.DEVNULL)
    return json.loads((folder / "target" / "manifest.json").read_text(encoding="utf-8"))


def spent(connection: duckdb.DuckDBPyConnection, sql: str) -> float:
    """Processor seconds a statement takes, over all threads."""
    began = time.process_time()
    connection.execute(sql)
    return time.process_time() - began


def scans(connection: duckdb.DuckDBPyConnection) -> dict[str, float]:
    """Processor seconds of a full scan of the fact, the least of three, by way of scanning."""
    columns = [row[0] for row in connection.execute("describe fct_statement_amount").fetchall()]
    ways = {"least": "max({})", "checksum": "sum(hash({}))"}
    return {
        way: min(
            spent(connection, f"select {', '.join(map(kept.format, columns))} from fct_statement_amount")
            for _ in range(3)
        )
        for way, kept in ways.items()
    }


def report(taken: dict[str, float], families: int, scanned: dict[str, float]) -> Iterable[str]:
    """Lines: what all rules take, in scans a family, without and with making the figures ready."""
    ready = sum(seconds for name, seconds in taken.items() if name in PREPARED)
    whole = sum(taken.values())
    for what, seconds in (("all rules", whole - ready), ("figures made ready and all rules", whole)):
        ratios = "; ".join(
            f"{seconds / families / scan:.2f} scans a family"
            f" ({way}, {ALLOWED} allowed: {ALLOWED * families * scan:.2f} s)"
            for way, scan in scanned.items()
        )
        yield f"{what} {seconds:.2f} s: {ratios}"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, default=10_000)
    parser.add_argument("--folder", type=Path, help="where landings are made and kept; else a temporary one")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--memory", default="6GB")
    parser.add_argument("--seconds", type=float, default=1800, help="by the clock, for the rules alone")
    parser.add_argument("--units", type=int, default=120, help="bodies of the base that is really read")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        base = (options.folder or Path(temporary)).resolve()
        base.mkdir(parents=True, exist_ok=True)
        jobs = len(os.sched_getaffinity(0))
        landing = make(base, options.documents, options.units, (2021, 2022, 2023, 2024), 7, jobs).landing
        folder = Path(temporary) / "rules"
        folder.mkdir()
        wanted = models(build(landing, folder))
        with duckdb.connect(str(folder / "bench.duckdb")) as connection:
            connection.execute(f"set threads to {options.threads}")
            connection.execute(f"set memory_limit = '{options.memory}'")
            connection.execute("set preserve_insertion_order = false")
            connection.execute(f"attach '{folder / 'scratch.duckdb'}' as scratch")
            connection.execute("attach ':memory:' as passing")
            limit = threading.Timer(options.seconds, connection.interrupt)
            limit.daemon = True
            limit.start()
            evaluate(connection, wanted, options.documents)
            limit.cancel()


def evaluate(connection: duckdb.DuckDBPyConnection, wanted: list[Model], documents: int) -> None:
    """Run the models and print what each takes; ends the program where they are interrupted."""
    figures = connection.execute("select count(*) from fct_statement_amount").fetchone()[0]
    scanned = scans(connection)
    said = ", ".join(f"{way} {seconds:.2f} s" for way, seconds in scanned.items())
    print(f"{documents} documents, {figures} printed figures; one scan of all columns: {said}", flush=True)
    taken: dict[str, float] = {}
    try:
        for model in wanted:
            kind = "view" if model.is_view else "table"
            taken[model.name] = spent(connection, f"create {kind} {model.relation} as {model.sql}")
            rows = "" if model.is_view else connection.execute(f"select count(*) from {model.relation}").fetchone()[0]
            print(f"{model.name:<32}{taken[model.name]:8.2f} s {rows:>12}", flush=True)
    except duckdb.InterruptException:
        left = [model.name for model in wanted if model.name not in taken]
        sys.exit(f"stopped, no ratio; not evaluated: {', '.join(left)}")
    families, rules = connection.execute("select count(distinct rule_kind), count(*) from dim_rule").fetchone()
    print(f"{rules} rules of {families} families")
    for line in report(taken, families, scanned):
        print(line)


if __name__ == "__main__":
    main()
