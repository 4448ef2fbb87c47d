"""What is wrong without being arithmetic: each rule seen finding something, and finding nothing."""

from __future__ import annotations

import csv
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))

from reconciliation_bench import FIGURE, ROOT, TOLD, Bench, figure, insert, told

_PLACE = "page integer, source_line integer, sheet varchar, address varchar"
TABLES = {
    "dim_document": "document_key varchar, document_kind varchar, fiscal_year integer, is_current boolean",
    "mart_statement_presence": "document_key varchar, scope_code varchar, statement_code varchar,"
    " title_printed varchar, state varchar, is_announced boolean, is_found boolean",
    "stg_landing__announcements": "document_key varchar, announcement_kind varchar, statement_code varchar,"
    f" title_printed varchar, scope_code varchar, {_PLACE}",
    "stg_landing__tables": "document_key varchar, table_ordinal integer, title_printed varchar, year_printed integer,"
    f" statement_code varchar, {_PLACE}",
    "stg_landing__paragraphs": f"document_key varchar, paragraph_ordinal integer, text varchar, {_PLACE}",
    "stg_landing__prose_residue": "document_key varchar, residue_ordinal integer, residue_code varchar,"
    f" text_printed varchar, {_PLACE}",
    "stg_landing__cells": "document_key varchar, table_ordinal integer, row_ordinal integer, column_ordinal integer,"
    f" text_printed varchar, cell_role varchar, is_ocr boolean, {_PLACE}",
    "dim_functional_subject": "functional_code varchar, functional_name varchar, valid_from_year integer,"
    " valid_to_year integer, is_official boolean",
    "dim_economic_subject": "economic_code varchar, economic_name varchar, valid_from_year integer,"
    " valid_to_year integer, is_official boolean",
    "int_recon__compared_in_prose": "rule_id varchar, left_amount_key varchar, left_value decimal(24, 6),"
    " missing varchar",
}
PRESENCE = "mart_statement_presence"
PARAGRAPHS = "stg_landing__paragraphs"


def presence(state: str, code: str = "final_income", announced: bool = True, found: bool = False) -> dict[str, Any]:
    return {"scope_code": "unit", "statement_code": code, "title_printed": "收入决算表", "state": state,
            "is_announced": announced, "is_found": found}  # fmt: skip


def subject_row(code: str, name: str) -> list[dict[str, Any]]:
    given = {"table_ordinal": 1, "row_ordinal": 5, "is_ocr": False}
    return [given | {"column_ordinal": 1, "text_printed": code, "cell_role": "code"},
            given | {"column_ordinal": 2, "text_printed": name, "cell_role": "label"}]  # fmt: skip


def paragraph(text: str) -> dict[str, list[dict[str, Any]]]:
    return {PARAGRAPHS: [{"paragraph_ordinal": 1, "text": text, "source_line": 7}]}


FUND_TOLD = told("a-1", "5.00", line_code="expenditure_this_year", fund_code="gov_fund")
ITEM = {"statement_code": "final_expenditure", "row_kind": "func"}
TOLD_ITEM = told("a-1", "5.00", functional_code="2010301")
DECLARED = {"announcement_kind": "declared_empty", "statement_code": "final_fund", "title_printed": "为空表",
            "scope_code": "unit", "source_line": 3}  # fmt: skip
RESIDUE = {"residue_ordinal": 1, "residue_code": "both_directions", "text_printed": "增加（减少）"}
ZERO_BASE = {"rule_id": "R087B", "left_amount_key": "a-1", "left_value": Decimal(100), "missing": "基数为零"}

CASES: dict[str, tuple[dict[str, list[dict[str, Any]]], dict[str, list[dict[str, Any]]]]] = {
    # rule: (rows it finds something in, rows it finds nothing in)
    "R201": ({PRESENCE: [presence("missing")]}, {PRESENCE: [presence("present", found=True)]}),
    "R202": ({PRESENCE: [presence("empty", found=True)]}, {PRESENCE: [presence("declared_empty", found=True)]}),
    "R203": (
        {PRESENCE: [presence("declared_empty", "final_fund", found=True)], "int_recon__told": [FUND_TOLD]},
        {PRESENCE: [presence("present", "final_fund", found=True)], "int_recon__told": [FUND_TOLD]},
    ),
    "R082E": (
        {"stg_landing__announcements": [DECLARED],
         "int_recon__figure": [figure("a-1", Decimal(50000), statement_code="final_fund")]},
        {"stg_landing__announcements": [DECLARED],
         "int_recon__figure": [figure("a-1", Decimal(0), statement_code="final_fund")]},
    ),
    "R204": (
        {"stg_landing__tables": [{"table_ordinal": 1, "statement_code": "final_income", "year_printed": 2023}],
         **paragraph("纳入某局2021年部门预算编制范围的单位")},
        {"stg_landing__tables": [{"table_ordinal": 1, "statement_code": "final_income", "year_printed": 2022}],
         **paragraph("纳入某局 2022 年部门预算编制范围的单位，比2021年增加一个")},
    ),
    "R206": ({"stg_landing__prose_residue": [RESIDUE]}, {"stg_landing__prose_residue": []}),
    "R208": (paragraph("比上年增加3万元，主要原因是：。"), paragraph("比上年增加3万元，主要原因是人员增加。")),
    "R207": (
        {"stg_landing__cells": subject_row("21305", "扶贫")},
        {"stg_landing__cells": subject_row("21305", "巩固脱贫衔接乡村振兴")},
    ),
    "R079": (
        {"int_recon__told": [TOLD_ITEM],
         "int_recon__figure": [figure("a-9", Decimal(70000), **ITEM, functional_code="2010399")]},
        {"int_recon__told": [TOLD_ITEM],
         "int_recon__figure": [figure("a-9", Decimal(50000), **ITEM, functional_code="2010301")]},
    ),
    "R088": (
        {"int_recon__told": [told("a-1", "100%")], "int_recon__compared_in_prose": [ZERO_BASE]},
        {"int_recon__told": [told("a-1", "0%")],
         "int_recon__compared_in_prose": [ZERO_BASE | {"left_value": Decimal(0)}]},
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    return Bench(tmp_path_factory.mktemp("bench"))


def observed(bench: Bench, rows: dict[str, list[dict[str, Any]]]) -> dict[str, int]:
    """Rule → how often it finds something in the rows of one document of 2022."""
    with bench.connect() as connection:
        for table, columns in TABLES.items():
            connection.execute(f"create or replace table {table} ({columns})")
        connection.execute("insert into dim_document values ('a', 'final_account', 2022, true)")
        names = [("21305", "扶贫", 2013, 2021), ("21305", "巩固脱贫衔接乡村振兴", 2022, 9999)]
        connection.executemany("insert into dim_functional_subject values (?, ?, ?, ?, true)", names)
        for table, given in rows.items():
            columns = {"int_recon__told": TOLD, "int_recon__figure": FIGURE}.get(table)
            for row in given:
                held = (
                    row if columns else row if table == "int_recon__compared_in_prose" else {"document_key": "a"} | row
                )
                insert(connection, table, columns or held, [held])
        bench.run(connection, "int_recon__observation")
        found = connection.execute("select rule_id, count(*) from int_recon__observation group by 1").fetchall()
    return dict(found)


@pytest.mark.parametrize("rule_id", CASES)
def test_observation(bench: Bench, rule_id: str) -> None:
    finds, nothing = CASES[rule_id]
    assert observed(bench, finds).get(rule_id, 0) >= 1
    assert observed(bench, nothing).get(rule_id, 0) == 0


def test_every_observation_has_its_cases() -> None:
    with (ROOT / "seeds" / "rules.csv").open(encoding="utf-8", newline="") as file:
        rules = {row["rule_id"] for row in csv.DictReader(file) if row["evidence"] == "observation"}
    assert rules == CASES.keys()


def test_a_spelling_that_merely_differs_accuses_nobody(bench: Bench) -> None:
    assert observed(bench, {"stg_landing__cells": subject_row("21305", "巩固脱贫（衔接乡村振兴）支出")}) == {}
