"""Evaluating all identities over many documents, beside plain scans of the fact of printed figures.

    python benchmarks/reconciliation.py [--documents 10000] [--folder FOLDER] [--threads 2]

Builds the samples once with dbt, multiplies their figures until there are as many documents as asked for, and runs the
compiled models of the reconciliation over them. Prints seconds per model, the time of one full scan of
``fct_statement_amount`` (every column read), and what two scans per family of rules would allow.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import duckdb

ROOT = Path(__file__).resolve().parents[1]
EVALUATED = (
    "int_recon__address_term",
    "int_recon__matched",
    "int_recon__linear",
    "int_recon__compared_in_prose",
    "int_recon__share",
    "int_recon__listed",
)
MULTIPLIED = ("fct_statement_amount", "int_recon__figure", "int_recon__told", "dim_document")
_KEYS = ("amount_key", "document_key")


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
    """Copy the figures until there are ``documents`` documents; how many copies that took."""
    held = connection.execute("select count(distinct document_key) from int_recon__figure").fetchone()[0]
    copies = max(1, round(documents / held))
    for table in MULTIPLIED:
        columns = [row[0] for row in connection.execute(f"describe {table}").fetchall()]
        shown = ", ".join(
            f"lpad(copy::varchar, 6, '0') || substr({column}, 7) as {column}" if column in _KEYS else column
            for column in columns
        )
        connection.execute(f"create table multiplied as select {shown} from {table}, range({copies}) as copies(copy)")
        connection.execute(f"drop table {table}")
        connection.execute(f"alter table multiplied rename to {table}")
    connection.execute("checkpoint")
    return copies * held


def timed(connection: duckdb.DuckDBPyConnection, sql: str) -> float:
    """Seconds a statement takes."""
    began = time.perf_counter()
    connection.execute(sql)
    return time.perf_counter() - began


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, default=10_000)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.folder or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        models = build(folder)
        with duckdb.connect(str(folder / "bench.duckdb")) as connection:
            connection.execute(f"set threads to {options.threads}")
            documents = multiply(connection, options.documents)
            figures = connection.execute("select count(*) from fct_statement_amount").fetchone()[0]
            columns = [row[0] for row in connection.execute("describe fct_statement_amount").fetchall()]
            scan = min(
                timed(connection, f"select {', '.join(f'max({name})' for name in columns)} from fct_statement_amount")
                for _ in range(3)
            )
            families = connection.execute(
                "select count(distinct rule_kind) from rules where is_default = 'Y'"
            ).fetchone()[0]
            spent = {name: timed(connection, f"create or replace table {name} as {models[name]}") for name in EVALUATED}
            results = connection.execute("select count(*) from int_recon__linear").fetchone()[0]
    for name, seconds in spent.items():
        print(f"{name:<32}{seconds:8.2f} s")
    total = sum(spent.values())
    print(f"{documents} documents, {figures} printed figures, {results} linear results")
    print(
        f"one full scan of fct_statement_amount {scan:.2f} s; two per family of {families}: {2 * families * scan:.2f} s"
    )
    print(f"all rules {total:.2f} s, {total / families:.2f} s a family, {total / families / scan:.2f} scans a family")


if __name__ == "__main__":
    main()
