"""A workbench for identities: the models' SQL as dbt compiles it, over rows a test writes.

Only tables the models read are made; nothing of the landing or of the readers is involved.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

ROOT = Path(__file__).resolve().parent.parent.parent
FINDING = (
    "int_recon__accused",
    "int_recon__accused_use",
    "int_recon__suspect",
    "int_recon__rated",
    "int_recon__rate_slip",
    "int_recon__candidate",
    "int_recon__wrong_unit",
    "int_recon__cause",
    "fct_finding",
)
"""From results to findings, in order."""
LISTS = ("int_recon__share_list", "int_recon__enumerated", "int_recon__subject_list", "int_recon__list_member")
ACROSS = ("int_recon__department_part", "int_recon__across")
OBSERVING = (
    "int_recon__naming",
    "int_recon__statement_gap",
    "int_recon__other_year",
    "int_recon__unfinished",
    "int_recon__subject_name",
    "int_recon__exceeding",
    "int_recon__observation",
)
"""Models in order: lists told in prose, two documents, what is wrong without being arithmetic."""
MODELS = (
    "int_recon__address_term",
    "int_recon__matched",
    "int_recon__linear",
    "int_recon__compared_in_prose",
    "int_recon__share",
    *LISTS,
    "int_recon__listed",
    "int_recon__reported",
    "int_recon__performance",
    *OBSERVING,
    *ACROSS,
    "int_recon__result",
    "int_recon__used",
    "int_reconciliation__leaf_sum",
    *FINDING,
)
FIGURE = {
    "amount_key": "varchar", "document_key": "varchar", "scope_code": "varchar", "origin": "varchar",
    "statement_code": "varchar", "table_ordinal": "integer", "row_ordinal": "integer", "column_ordinal": "integer",
    "column_label": "varchar", "paragraph_ordinal": "integer", "char_start": "integer", "section": "varchar",
    "label": "varchar", "place": "varchar", "project_key": "varchar", "fiscal_year": "integer", "line_code": "varchar",
    "row_kind": "varchar", "functional_code": "varchar", "parent_functional_code": "varchar",
    "economic_code": "varchar", "parent_economic_code": "varchar", "measure_code": "varchar", "fund_code": "varchar",
    "stage_code": "varchar", "three_public_code": "varchar", "flow": "varchar", "column_role": "varchar",
    "role": "varchar", "direction": "integer", "base_code": "varchar", "sum_flag": "varchar",
    "value_printed": "varchar", "unit_printed": "varchar", "unit_code": "varchar",
    "compared_value": "decimal(24, 6)", "compared_half_unit": "decimal(24, 6)", "doubt": "varchar",
    "address": "varchar",
}  # fmt: skip
TOLD = {
    "amount_key": "varchar", "document_key": "varchar", "scope_code": "varchar", "paragraph_number": "integer",
    "char_start": "integer", "section": "varchar", "sentence": "varchar", "subject_printed": "varchar",
    "parent_printed": "varchar", "subject_key": "varchar", "parent_key": "varchar", "functional_code": "varchar",
    "role": "varchar", "direction": "integer", "base_code": "varchar", "stage_stated": "varchar",
    "line_code": "varchar", "fund_code": "varchar", "stage_code": "varchar", "label": "varchar", "place": "varchar",
    "unit_code": "varchar", "value_printed": "varchar", "value": "decimal(24, 6)", "signed_value": "decimal(24, 6)",
    "half_unit": "decimal(24, 6)", "has_digits": "boolean", "is_own_amount": "boolean", "run_ordinal": "integer",
    "budget_word": "varchar",
}  # fmt: skip
INDICATOR = {
    "document_key": "varchar", "unit_key": "varchar", "fiscal_year": "integer", "indicator_key": "varchar",
    "statement_code": "varchar", "table_ordinal": "integer", "row_ordinal": "integer", "origin": "varchar",
    "level3": "varchar",
    "weight": "decimal(24, 6)", "score": "decimal(24, 6)", "prior_actual_printed": "varchar",
    "actual_printed": "varchar", "target_printed": "varchar", "target_operator": "varchar",
    "target_value": "decimal(24, 6)", "actual_value": "decimal(24, 6)", "page": "integer", "source_line": "integer",
    "is_current": "boolean",
}  # fmt: skip

NARRATIVE = {
    "amount_key": "varchar", "document_key": "varchar", "table_ordinal": "integer", "column_ordinal": "integer",
    "subject_printed": "varchar",
    "role": "varchar", "value": "decimal(24, 6)", "unit_of_measure": "varchar", "is_implied": "boolean",
    "is_current": "boolean", "functional_code": "varchar", "class_name": "varchar", "group_name": "varchar",
    "item_name": "varchar", "page": "integer", "source_line": "integer", "sheet": "varchar", "address": "varchar",
}  # fmt: skip


class Bench:
    """A DuckDB file with the seeds in it, and the compiled models to run over rows of one's own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.database = folder / "bench.duckdb"
        self.sql = self._compile()

    def _compile(self) -> dict[str, str]:
        arguments = ["--log-level", "warn", "--no-use-colors", "--log-path", str(self.folder)]
        selected = ["rules", "rule_terms", "rule_subjects", "units_of_measure", "statements"]
        for step in (["seed", "--select", *selected], ["compile", "--select", *MODELS]):
            command = [sys.executable, "-m", "dbt.cli.main", *arguments, *step]
            command += ["--project-dir", str(ROOT), "--profiles-dir", str(ROOT)]
            command += ["--target-path", str(self.folder / "target")]
            environment = os.environ | {"GONGKAI_DATABASE": str(self.database)}
            run = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=self.folder, check=False)
            assert run.returncode == 0, run.stdout[-3000:]
        compiled = self.folder / "target" / "compiled"
        return {path.stem: path.read_text(encoding="utf-8") for path in compiled.rglob("*.sql")}

    def connect(self) -> duckdb.DuckDBPyConnection:
        """The file, with empty tables of figures, told numbers and indicators."""
        connection = duckdb.connect(str(self.database))
        for name, columns in (
            ("int_recon__figure", FIGURE), ("int_recon__told", TOLD), ("fct_performance_indicator", INDICATOR),
            ("fct_narrative_amount", NARRATIVE),
            ("dim_document", {"document_key": "varchar"}),
        ):  # fmt: skip
            declared = ", ".join(f"{column} {kind}" for column, kind in columns.items())
            connection.execute(f"create or replace table {name} ({declared})")
        return connection

    def run(self, connection: duckdb.DuckDBPyConnection, *models: str) -> None:
        """Make tables of models, in order."""
        for model in models:
            connection.execute(f"create or replace table {model} as {self.sql[model]}")


def insert(
    connection: duckdb.DuckDBPyConnection, table: str, columns: Iterable[str], rows: Iterable[Mapping[str, Any]]
) -> None:
    names = list(columns)
    values = [[row.get(name) for name in names] for row in rows]
    if values:
        marks = ", ".join("?" * len(names))
        connection.executemany(f"insert into {table} ({', '.join(names)}) values ({marks})", values)


def figure(key: str, value: Decimal, **given: Any) -> dict[str, Any]:
    """A row of int_recon__figure; what is not given is what a plain money cell in 万元 with two decimals has."""
    row = {
        "amount_key": key, "document_key": key.split("-")[0], "scope_code": "unit", "origin": "table",
        "fiscal_year": 2022, "row_kind": "line", "parent_functional_code": "", "parent_economic_code": "",
        "stage_code": "final", "column_role": "plain", "role": "amount", "sum_flag": "leaf", "unit_code": "元",
        "unit_printed": "万元", "compared_value": value,
        "compared_half_unit": Decimal(50) if value else Decimal(0), "table_ordinal": 1, "row_ordinal": 1,
        "column_ordinal": 1, "column_label": "金额", "paragraph_ordinal": 1, "char_start": 0, "section": "第二部分",
        "label": "某项", "place": "第1行", "value_printed": str(value),
    } | given  # fmt: skip
    parts = (
        "statement_code", "line_code", "row_kind", "functional_code", "parent_functional_code", "economic_code",
        "parent_economic_code", "measure_code", "fund_code", "stage_code", "three_public_code", "flow", "column_role",
        "role", "sum_flag",
    )  # fmt: skip
    return row | {"address": "|".join(str(row.get(part) or "") for part in parts)}


def told(key: str, value: str, **given: Any) -> dict[str, Any]:
    """A row of int_recon__told; what is not given is what an amount of the document's own stage in 万元 has."""
    number = Decimal(value.replace("%", ""))
    is_rate = value.endswith("%")
    decimals = len(value.rstrip("%").partition(".")[2])
    half = Decimal(5) / Decimal(10) ** (decimals + 1)
    row = {
        "amount_key": key, "document_key": key.split("-")[0], "scope_code": "unit", "paragraph_number": 1,
        "char_start": 0, "section": "第二部分", "sentence": "其中：", "subject_key": "甲项", "subject_printed": "甲项",
        "role": "share" if is_rate else "amount", "base_code": "", "stage_stated": "final", "stage_code": "own",
        "fund_code": "all", "label": "甲项", "place": "第1行", "unit_code": "%" if is_rate else "元",
        "value_printed": value, "value": number if is_rate else number * 10000,
        "signed_value": number if is_rate else number * 10000,
        "half_unit": (half if is_rate else half * 10000) if number else Decimal(0), "has_digits": True,
        "is_own_amount": not is_rate, "run_ordinal": 1,
    } | given  # fmt: skip
    if row["role"] != "amount":
        row["is_own_amount"] = False
    if row["role"] == "change" and row.get("direction") == -1:
        row["signed_value"] = -row["value"]
    return row


def words(name: str) -> str:
    """A name folded like label keys are."""
    return re.sub(r"[（）()“”\s]", "", name)
