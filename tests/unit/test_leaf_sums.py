"""Sums of leaves against the totals a document prints: each rule seen passing, failing, rounding and not applying."""

from __future__ import annotations

import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))

from reconciliation_bench import Bench, insert

_CELL = {"unit_key": "varchar", "fiscal_year": "integer", "scope_code": "varchar", "stage_code": "varchar"}
_MONEY = {"amount_yuan": "decimal(20, 2)", "half_unit_yuan": "decimal(20, 6)"}
_SOURCE = {"document_key": "varchar", "statement_code": "varchar"}
_SUBJECT = {"fund_code": "varchar", "measure_code": "varchar", "functional_code": "varchar", "economic_code": "varchar"}
TABLES: dict[str, dict[str, str]] = {
    "fct_statement_amount": _CELL | _MONEY | _SOURCE | _SUBJECT | {
        "amount_key": "varchar", "line_item_code": "varchar", "flow": "varchar", "is_ocr": "boolean",
        "alignment_confidence": "integer", "row_code": "varchar", "row_label": "varchar", "column_label": "varchar",
        "page": "integer", "source_line": "integer", "is_current": "boolean", "is_total": "boolean", "role": "varchar",
        "project_key": "varchar", "row_kind": "varchar",
    },
    "int_expenditure__candidate": _CELL | _MONEY | _SOURCE | _SUBJECT | {"is_chosen": "boolean"},
    "fct_expenditure": _CELL | _MONEY | _SUBJECT,
    "int_income__chosen": _CELL | _SOURCE,
    "fct_income": _CELL | _MONEY | _SUBJECT,
    "int_economic_expenditure__chosen": _CELL | _SOURCE,
    "fct_economic_expenditure": _CELL | _MONEY | _SUBJECT | {"scheme": "varchar", "measure_group_code": "varchar"},
}  # fmt: skip
HERE = {"unit_key": "u", "fiscal_year": 2023, "scope_code": "unit", "stage_code": "final", "document_key": "a"}
# rule → statement of its total, what its leaves are, and the tables they stand in
KINDS: dict[str, dict[str, Any]] = {
    "leaf_sum_expenditure": {
        "statement": "final_general_expenditure", "given": {"fund_code": "general"}, "flow": "expenditure",
        "codes": ("2010301", "2080505"), "column": "functional_code",
        "facts": ("fct_expenditure", "int_expenditure__candidate"),
    },
    "leaf_sum_income": {
        "statement": "final_income", "given": {"fund_code": "all"}, "flow": "income",
        "codes": ("2010301", "2080505"), "column": "functional_code", "facts": ("fct_income", "int_income__chosen"),
    },
    "leaf_sum_economic": {
        "statement": "final_general_basic_economic", "given": {"fund_code": "general", "scheme": "department"},
        "flow": "expenditure", "codes": ("30101", "30201"), "column": "economic_code",
        "facts": ("fct_economic_expenditure", "int_economic_expenditure__chosen"),
    },
}  # fmt: skip
# total printed, and the statement the leaves were taken from: the total's own, or another
CASES: dict[str, dict[str, tuple[str, bool]]] = {
    rule_id: {
        "pass": ("30.00", True), "round": ("30.01", True), "fail": ("33.00", True), "absent": ("33.00", False),
    }
    for rule_id in KINDS
}  # fmt: skip


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    return Bench(tmp_path_factory.mktemp("bench"))


def _money(value: str) -> dict[str, Decimal]:
    return {"amount_yuan": Decimal(value) * 10000, "half_unit_yuan": Decimal(50)}


def statuses(bench: Bench, rule_id: str, printed: str, is_own: bool) -> list[str]:
    """Verdicts on one printed total over two leaves of 10.00 and 20.00 万元."""
    kind = KINDS[rule_id]
    source = kind["statement"] if is_own else "budget_other"
    total = {
        "amount_key": "a-t", "statement_code": kind["statement"], "flow": kind["flow"], "measure_code": "total",
        "is_current": True, "is_total": True, "role": "amount", "row_kind": "total", "row_label": "合计",
        "is_ocr": False, "alignment_confidence": 100,
    }  # fmt: skip
    fact, chosen = kind["facts"]
    with bench.connect() as connection:
        for name, columns in TABLES.items():
            declared = ", ".join(f"{column} {sort}" for column, sort in columns.items())
            connection.execute(f"create or replace table {name} ({declared})")
        rows = [HERE | kind["given"] | total | _money(printed)]
        insert(connection, "fct_statement_amount", TABLES["fct_statement_amount"], rows)
        for code, value in zip(kind["codes"], ("10.00", "20.00"), strict=True):
            leaf = HERE | kind["given"] | _money(value)
            leaf |= {kind["column"]: code, "measure_code": "personnel", "measure_group_code": "basic"}
            insert(connection, fact, TABLES[fact], [leaf])
            row = leaf | {"statement_code": source, "is_chosen": True}
            insert(connection, chosen, TABLES[chosen], [row])
        bench.run(connection, "int_reconciliation__leaf_sum")
        found = connection.execute(
            "select left_value - right_value, tolerance from int_reconciliation__leaf_sum where rule_id = ?", [rule_id]
        ).fetchall()
    return [
        "exact" if difference == 0 else "rounding" if abs(difference) <= tolerance else "discrepant"
        for difference, tolerance in found
    ]


@pytest.mark.parametrize(("rule_id", "case"), [(rule_id, case) for rule_id, cases in CASES.items() for case in cases])
def test_leaves_add_up(bench: Bench, rule_id: str, case: str) -> None:
    wanted = {"pass": ["exact"], "round": ["rounding"], "fail": ["discrepant"], "absent": []}[case]
    assert statuses(bench, rule_id, *CASES[rule_id][case]) == wanted
