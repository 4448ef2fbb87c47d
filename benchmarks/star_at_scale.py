"""Queries on a star of as many documents as wanted, without building it (大规模查询).

    python benchmarks/star_at_scale.py PUBLISHED.duckdb TARGET.duckdb --documents 100000

Rows of a built star are copied under other keys of documents, units, projects and figures until there are as many
documents as asked for; dimensions without such keys stay. Tables that no query reads, and the sentences of
reconciliation (``message_zh``, ``message_en``), are left out to save time. Then the queries of ``queries/`` run on it.
"""

from __future__ import annotations

import argparse
import re
import sys
import time
from pathlib import Path

import duckdb

ROOT = Path(__file__).resolve().parents[1]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from benchmarks.measure import load, machine, table  # noqa: E402
from benchmarks.scale import QUERIES, queries  # noqa: E402

_HASHED = ("document_key", "amount_key", "unit_key", "parent_unit_key", "project_key", "left_amount_key",
           "right_amount_key", "document_id")  # fmt: skip
_SPOKEN = ("reconciliation_key", "finding_key")
_LEFT_OUT = ("message_zh", "message_en")


def multiply(source: Path, target: Path, documents: int, threads: int, memory_gb: float) -> int:
    """Write the multiplied star; returns how many documents it holds."""
    target.unlink(missing_ok=True)
    with duckdb.connect(config={"threads": threads, "memory_limit": f"{memory_gb}GB"}) as connection:
        connection.execute("set preserve_insertion_order = false")
        connection.execute(f"attach '{source}' as built (read_only)")
        connection.execute(f"attach '{target}' as star (storage_version 'v1.0.0')")
        held = connection.execute("select count(*) from built.main.dim_document").fetchone()[0]
        copies = -(-documents // held)
        names = [row[0] for row in connection.execute(
            "select table_name from duckdb_tables() where database_name = 'built' and schema_name = 'main'"
        ).fetchall()]  # fmt: skip
        asked = set(re.findall(r"\w+", " ".join(query.read_text(encoding="utf-8") for query in QUERIES)))
        for name in sorted(asked.intersection(names)):
            columns = [row[0] for row in connection.execute(f"describe built.main.{name}").fetchall()]
            is_copied = any(column in (*_HASHED, *_SPOKEN) for column in columns)
            shown = ", ".join(_shown(column) for column in columns if column not in _LEFT_OUT)
            many = f", range({copies}) as copies(copy)" if is_copied else ", (select 0 as copy)"
            # Copy by copy, as a build lands document after document: not every row beside its copies.
            order = "order by copy" if is_copied and name.startswith("dim_") else ""
            connection.execute(f"create table star.main.{name} as select {shown} from built.main.{name}{many} {order}")
        connection.execute("checkpoint star")
    return copies * held


def _shown(column: str) -> str:
    if column in _HASHED:
        # Inside the hash, not before it: keys of every copy spread over the whole range, as those of true documents do.
        return f"substr({column}, 1, 12) || printf('%04x', copy) || substr({column}, 17) as {column}"
    if column in _SPOKEN:
        return f"{column} || '/' || copy as {column}"
    return column


def main() -> None:
    """Multiply, ask, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", type=Path)
    parser.add_argument("target", type=Path)
    parser.add_argument("--documents", type=int, default=100_000)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--memory-gb", type=float, default=6.0)
    given = parser.parse_args()
    began = time.process_time()
    documents = multiply(given.source, given.target, given.documents, given.threads, given.memory_gb)
    size = given.target.stat().st_size / 2**20
    print(f"{machine()}, load {load():.1f}; {documents:,} documents, {size:,.0f} MiB,"
          f" made in {time.process_time() - began:.0f} s CPU\n")  # fmt: skip
    rows = [
        [name, told["title"], f"{told['first_ms']:.0f}", f"{told['median_ms']:.0f}", f"{told['least_ms']:.0f}",
         f"{told['cpu_ms']:.0f}"]
        for name, told in queries(given.target, given.threads).items()
    ]  # fmt: skip
    print(table(("query", "asks", "first", "median of 5 more", "least", "CPU"), rows))


if __name__ == "__main__":
    main()
