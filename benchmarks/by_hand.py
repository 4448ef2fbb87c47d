"""The star written by hand (``handwritten.sql``): running it, what it leaves out, and holding it to the built star.

    python benchmarks/by_hand.py HOME [--star FILE] [--threads 2] [--memory-gb 6]

With ``--star`` the result is compared with a built file, table by table; it ends with 1 where a claim does not hold.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

ROOT = Path(__file__).resolve().parents[1]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from gongkai.home import Home  # noqa: E402

SCRIPT = ROOT / "benchmarks" / "handwritten.sql"
_JUDGED = "(rule_id like 'leaf_sum%' or rule_id in (select rule_id from rule_terms))"
"""Rules that the script judges: sums of leaves, and all that are made of terms."""
_NOT_READ_BACK = (
    "reconciliation_key not in"
    " (select reconciliation_key from built.main.fct_reconciliation where reason like '按位置回读原文%')"
)

LEFT_OUT = (
    "a region that a name leaves open is not read from the document's other names (`dim_unit.region_key`)",
    "`dim_document.fetched_at`, corrections by hand, expected disclosures",
    "facts that prose tells where no table does: `fct_expenditure`, `fct_income`, `fct_three_public`,"
    " `fct_unit_statistic` hold those of tables",
    "`fct_reconciliation`, `bridge_reconciliation_amount`: the rules of `seeds/rule_terms.csv` and sums of leaves (19"
    " of 20 rows); not the shares, rates, lists and repetitions told in prose, scores of performance sheets, other"
    " years and other documents",
    "places, reasons and messages are as many and as long as the models', not letter by letter the same",
    "whether a sum takes a department's consolidated figures or their parts (`is_counted`), which weighs prose too",
    "nothing is read back from the source (a few accusations stay that would be withdrawn)",
    "`fct_rule_coverage`: every document and rule, but rules that are not judged are told as not applicable",
    "`fct_finding`, `dim_unit_history`, all `mart_` tables, descriptions of columns, checks",
)
"""What the script does not do and the models do: all of it would make the script slower, none faster."""


@dataclass(frozen=True, slots=True)
class Claim:
    """Rows of a table are the same in both stars, in all columns but some."""

    table: str
    where: str = "true"
    """Of which rows; SQL over the table's columns and the seeds."""
    but: tuple[str, ...] = ()
    rows_only: bool = False
    """The keys are the same, what stands beside them is not claimed."""


_OF_TABLES = "origin = 'table'"
_WEIGHED = ("is_counted",)
CLAIMS = (
    *(
        Claim(name)
        for name in (
            "meta_contract", "dim_scope", "dim_fund", "dim_stage", "dim_measure", "dim_statement", "dim_line_item",
            "dim_region", "dim_rule", "dim_fiscal_year", "dim_functional_subject", "dim_economic_subject",
            "dim_project", "fct_statement_amount", "fct_narrative_amount", "fct_performance_indicator",
        )
    ),
    *(Claim(name, but=_WEIGHED) for name in ("fct_balance", "fct_economic_expenditure", "fct_project_funding")),
    Claim("dim_document", but=("fetched_at",)),
    Claim("dim_unit", but=("region_key",)),
    Claim("fct_expenditure", _OF_TABLES, but=_WEIGHED),
    Claim("fct_income", _OF_TABLES, but=_WEIGHED),
    Claim("fct_three_public", _OF_TABLES, but=_WEIGHED),
    Claim("fct_unit_statistic", _OF_TABLES, but=_WEIGHED),
    Claim("fct_reconciliation", f"{_JUDGED} and {_NOT_READ_BACK}", ("place", "reason", "message_zh", "message_en")),
    Claim(
        "bridge_reconciliation_amount",
        f"reconciliation_key in (select reconciliation_key from fct_reconciliation where {_JUDGED})",
    ),
    Claim("fct_rule_coverage", rows_only=True),
)  # fmt: skip
_KEYS = {"fct_rule_coverage": ("document_key", "rule_id")}
COUNTED = ("fct_statement_amount", "fct_expenditure", "fct_income", "fct_narrative_amount", "fct_reconciliation",
           "bridge_reconciliation_amount", "fct_rule_coverage")  # fmt: skip


def write(home: Home, threads: int, memory_gb: float) -> dict[str, Any]:
    """Run the script over the home's landing, into ``handwritten.duckdb`` there; returns rows by table, and bytes."""
    path, scratch, spill = (home.root / name for name in ("handwritten.duckdb", "scratch.duckdb", "spill"))
    for stale in (path, scratch):
        stale.unlink(missing_ok=True)
        stale.with_name(stale.name + ".wal").unlink(missing_ok=True)
    sql = SCRIPT.read_text(encoding="utf-8")
    sql = sql.replace("{landing}", str(home.landing)).replace("{seeds}", str(ROOT / "seeds"))
    with duckdb.connect() as connection:
        connection.execute(f"set threads = {threads}")
        connection.execute(f"set memory_limit = '{memory_gb}GB'")
        connection.execute(f"set temp_directory = '{spill}'")
        connection.execute("set preserve_insertion_order = false")
        connection.execute(f"attach '{path}' as star (storage_version 'v1.0.0')")
        connection.execute(f"attach '{scratch}' as scratch")
        connection.execute("set search_path = 'star.main,scratch.main'")
        for statement in duckdb.extract_statements(sql):
            connection.execute(statement.query).fetchall()
        rows = {name: connection.execute(f"select count(*) from {name}").fetchone()[0] for name in COUNTED}
    scratch.unlink()
    shutil.rmtree(spill, ignore_errors=True)
    return {"rows": rows, "bytes": path.stat().st_size}


def compare(written: Path, built: Path) -> list[str]:
    """What differs between the two stars against what is claimed; one line per table."""
    found = []
    with duckdb.connect() as connection:
        connection.execute(f"attach '{written}' as hand (read_only)")
        connection.execute(f"attach '{built}' as built (read_only)")
        connection.execute("set search_path = 'built.main'")
        for claim in CLAIMS:
            connection.execute("use built.main")
            columns = [row[0] for row in connection.execute(f"describe {claim.table}").fetchall()]
            if claim.rows_only:
                columns = list(_KEYS[claim.table])
            wanted = ", ".join(name for name in columns if name not in claim.but)
            for kind, name in (("hand", "of_hand"), ("built", "of_built")):
                # The seeds are in the built file; what a condition says of the table's own rows is said of this star.
                condition = claim.where.replace("from rule", "from built.main.rule")
                connection.execute(f"use {kind}.main")
                connection.execute(
                    f"create or replace temp table {name} as select {wanted} from {claim.table} where {condition}"
                )
            rows = connection.execute(
                "select (select count(*) from of_hand), (select count(*) from of_built)"
            ).fetchone()
            differing = connection.execute("select count(*) from (from of_hand except all from of_built)").fetchone()[0]
            if differing or rows[0] != rows[1]:
                found.append(f"{claim.table}: {rows[0]} rows by hand, {rows[1]} built, {differing} of them differ")
    return found


def main() -> None:
    """Run it, and compare where a built file is given."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("home", type=Path)
    parser.add_argument("--star", type=Path)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--memory-gb", type=float, default=6.0)
    given = parser.parse_args()
    home = Home(given.home.resolve())
    print(json.dumps(write(home, given.threads, given.memory_gb)))
    if given.star:
        found = compare(home.root / "handwritten.duckdb", given.star)
        print("\n".join(found), file=sys.stderr)
        sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
