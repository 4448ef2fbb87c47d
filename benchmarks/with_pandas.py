"""The same work as people do it today: pandas over the landing, all of it in memory.

    python benchmarks/with_pandas.py LANDING [--memory-mb 8192]

Printed figures with statement, unit, year and yuan; which rows are parents of others; sums of parents against their
children; expenditure by unit, year and subject. Far less than the star: no columns' meaning, no precedence, no prose.
Prints rows and seconds, or where memory ended.
"""

from __future__ import annotations

import argparse
import resource
import sys
import time
from pathlib import Path

FIGURES = ("document_id", "table_ordinal", "row_ordinal", "column_ordinal", "role", "row_code", "row_label",
           "column_label", "value_text", "decimals", "unit_of_measure")  # fmt: skip


def work(landing: Path) -> str:
    """Do it; returns a line of what came out."""
    import pandas as pd

    factors = {"元": 1, "千元": 1_000, "万元": 10_000, "亿元": 100_000_000}
    figures = pd.read_parquet(landing / "cell_numbers", columns=list(FIGURES))
    figures = figures[figures["role"] == "figure"].drop(columns="role")
    tables = pd.read_parquet(landing / "tables", columns=["document_id", "table_ordinal", "statement_code"])
    claims = pd.read_parquet(landing / "claims", columns=["document_id", "claim_kind", "value"])
    claims = claims[claims["claim_kind"].isin(["fiscal_year", "unit_name"])]
    votes = claims.value_counts().reset_index().drop_duplicates(["document_id", "claim_kind"])
    identity = votes.pivot(index="document_id", columns="claim_kind", values="value").reset_index()
    figures = figures.merge(tables, on=["document_id", "table_ordinal"]).merge(identity, on="document_id")
    figures["amount"] = pd.to_numeric(figures["value_text"], errors="coerce") * figures["unit_of_measure"].map(factors)
    figures["half"] = 0.5 / 10 ** figures["decimals"] * figures["unit_of_measure"].map(factors)
    place = ["document_id", "table_ordinal", "column_ordinal"]
    coded = figures[figures["row_code"].notna()].copy()
    coded["parent"] = coded["row_code"].str[:-2]
    children = coded.groupby([*place, "parent"], as_index=False)[["amount", "half"]].sum()
    checked = coded.merge(
        children, left_on=[*place, "row_code"], right_on=[*place, "parent"], suffixes=("", "_of_children")
    )
    differing = ((checked["amount"] - checked["amount_of_children"]).abs() > checked["half"]
                 + checked["half_of_children"]).sum()  # fmt: skip
    parents = checked[[*place, "row_code"]].drop_duplicates()
    leaves = coded.merge(parents, on=[*place, "row_code"], how="left", indicator=True)
    leaves = leaves[leaves["_merge"] == "left_only"]
    spent = leaves.groupby(["unit_name", "fiscal_year", "statement_code", "row_code"], as_index=False)["amount"].sum()
    return f"{len(figures)} figures, {len(checked)} sums checked, {differing} differing, {len(spent)} totals"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("landing", type=Path)
    parser.add_argument("--memory-mb", type=int, default=8192)
    given = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_AS, (given.memory_mb * 2**20,) * 2)
    began = time.process_time()
    try:
        print(work(given.landing), f"{time.process_time() - began:.1f} s CPU")
    except (MemoryError, OSError) as error:
        print(f"out of memory: {type(error).__name__}")
        return 3
    except Exception as error:  # pandas and Arrow wrap allocation failures in errors of their own
        if "alloc" not in str(error).lower() and "memory" not in str(error).lower():
            raise
        print(f"out of memory: {type(error).__name__}")
        return 3
    return 0


if __name__ == "__main__":
    sys.exit(main())
