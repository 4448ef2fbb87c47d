"""Evaluating all identities over many documents, beside plain scans of the fact of printed figures.

    python benchmarks/reconciliation.py [--documents 10000] [--folder FOLDER] [--threads 2] [--memory 6GB]
        [--seconds 1800]

Builds the samples once with dbt, multiplies the facts until there are as many documents as asked for, and runs the
compiled models of the reconciliation over them: from the facts to one row per rule and place with its status. Prints
processor seconds per model (of all threads, so that a busy machine does not matter), those of one full scan of
``fct_statement_amount`` (every column read), and what two scans per family of rules would allow. Making the figures
ready (addresses, runs of prose) is shown apart from holding them against the rules, and added. Steps lie in memory, as
they do in a build of this size. A scan reads and decompresses every column of every row and keeps one value of each:
the least that reading the fact can cost, and nothing is written. What is not done after ``--seconds`` is interrupted
and named, and then there is no total and no ratio.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import duckdb

ROOT = Path(__file__).resolve().parents[1]
PREPARED = ("int_recon__figure", "int_recon__told")
"""What figures are to the rules; made once, whatever the rules."""
EVALUATED = (
    "int_recon__address_term",
    "int_recon__matched",
    "int_recon__linear",
    "int_recon__compared_in_prose",
    "int_recon__share",
    "int_recon__share_list",
    "int_recon__enumerated",
    "int_recon__subject_list",
    "int_recon__list_member",
    "int_recon__listed",
    "int_recon__reported",
    "int_recon__performance",
    "int_recon__department_part",
    "int_recon__across",
    "int_recon__result",
)
VIEWS = ("int_recon__linear",)
STEPS = re.compile(rf'"[a-z_]+"[.]"main"[.]"({"|".join(PREPARED + EVALUATED)})"')
"""The steps as compiled SQL names them: they are made anew, beside those of the samples."""
MULTIPLIED = (
    "fct_statement_amount",
    "fct_narrative_amount",
    "fct_performance_indicator",
    "dim_document",
    "int_unit__parent",
)
_KEYS = ("amount_key", "document_key", "unit_key", "parent_unit_key", "project_key", "indicator_key")
"""Columns in which a copy differs from what it was copied from: the first six characters."""


def build(folder: Path) -> dict[str, str]:
    """Ingest and build the samples in ``folder``; the compiled SQL of the models by name."""
    run = [sys.executable, "-m", "gongkai", "ingest", str(ROOT / "samples"), "--home", str(folder / "home")]
    subprocess.run(run, check=True, capture_output=True)
    arguments = ["--log-level", "error", "build", "--project-dir", str(ROOT), "--profiles-dir", str(ROOT)]
    arguments += ["--target-path", str(folder / "target"), "--log-path", str(folder)]
    arguments += ["--exclude-resource-type", "unit_test", "--exclude-resource-type", "test"]
    environment = os.environ | {
        "GONGKAI_LANDING": str(folder / "home" / "landing"),
        "GONGKAI_DATABASE": str(folder / "bench.duckdb"),
    }
    subprocess.run([sys.executable, "-m", "dbt.cli.main", *arguments], check=True, env=environment, cwd=folder)
    compiled = (folder / "target" / "compiled").rglob("int_recon__*.sql")
    return {path.stem: path.read_text(encoding="utf-8") for path in compiled}


def multiply(connection: duckdb.DuckDBPyConnection, documents: int) -> int:
    """Copy the facts until there are ``documents`` documents, other bodies in every copy; how many there are then."""
    held = connection.execute("select count(*) from dim_document").fetchone()[0]
    copies = max(1, -(-documents // held))
    for table in MULTIPLIED:
        columns = [row[0] for row in connection.execute(f"describe {table}").fetchall()]
        shown = ", ".join(
            f"lpad(copy::varchar, 6, '0') || substr({column}, 7) as {column}" if column in _KEYS else column
            for column in columns
        )
        connection.execute(f"create table multiplied as select {shown} from range({copies}) as copies(copy), {table}")
        connection.execute(f"drop table {table}")
        connection.execute(f"alter table multiplied rename to {table}")
    connection.execute("checkpoint")
    return copies * held


def spent(connection: duckdb.DuckDBPyConnection, sql: str) -> float:
    """Processor seconds a statement takes, over all threads."""
    began = time.process_time()
    connection.execute(sql)
    return time.process_time() - began


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, default=10_000)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--memory", default="6GB")
    parser.add_argument("--seconds", type=float, default=1800, help="by the clock, for all but building the samples")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.folder or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        models = build(folder)
        with duckdb.connect(str(folder / "bench.duckdb")) as connection:
            connection.execute(f"set threads to {options.threads}")
            connection.execute(f"set memory_limit = '{options.memory}'")
            connection.execute("set preserve_insertion_order = false")
            connection.execute("attach ':memory:' as passing")
            limit = threading.Timer(options.seconds, connection.interrupt)
            limit.daemon = True
            limit.start()
            documents = multiply(connection, options.documents)
            figures = connection.execute("select count(*) from fct_statement_amount").fetchone()[0]
            columns = [row[0] for row in connection.execute("describe fct_statement_amount").fetchall()]
            scanned = f"select {', '.join(f'max({name})' for name in columns)} from fct_statement_amount"
            scan = min(spent(connection, scanned) for _ in range(3))
            print(f"{documents} documents, {figures} printed figures; one scan of all columns {scan:.2f} s", flush=True)
            taken: dict[str, float] = {}
            try:
                for name in PREPARED + EVALUATED:
                    taken[name] = report(connection, name, models[name])
            except duckdb.InterruptException:
                left = [name for name in PREPARED + EVALUATED if name not in taken]
                sys.exit(f"stopped after {options.seconds:.0f} s, no ratio; not evaluated: {', '.join(left)}")
            limit.cancel()
            results, families = connection.execute(
                "select count(*), count(distinct rule_kind) from passing.main.int_recon__result"
            ).fetchone()
    ready, ruled = (sum(taken[name] for name in names) for names in (PREPARED, EVALUATED))
    allowed = 2 * families * scan
    print(f"{results} results of {families} families of rules; two scans per family: {allowed:.2f} s")
    for what, total in (("all rules", ruled), ("figures made ready and all rules", ready + ruled)):
        print(f"{what} {total:.2f} s: {total / families / scan:.2f} scans a family")


def report(connection: duckdb.DuckDBPyConnection, name: str, sql: str) -> float:
    """Evaluate one model over the multiplied facts and print what it took; processor seconds."""
    step = f"passing.main.{name}"
    shown = STEPS.sub(r"passing.main.\1", sql)
    seconds = spent(connection, f"create {'view' if name in VIEWS else 'table'} {step} as {shown}")
    rows = connection.execute(f"select count(*) from {step}").fetchone()[0] if name not in VIEWS else ""
    print(f"{name:<32}{seconds:8.2f} s {rows:>12}", flush=True)
    return seconds


if __name__ == "__main__":
    main()
