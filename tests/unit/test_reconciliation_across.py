"""Identities over two documents, each seen passing, failing, rounding and not applying; and rules bound to years."""

from __future__ import annotations

import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))

from reconciliation_bench import ACROSS, FIGURE, LISTS, TOLD, Bench, figure, insert, told

DOCUMENTS = {
    # document: (kind, unit, year)
    "now": ("final_account", "u", 2023),
    "before": ("final_account", "u", 2022),
    "budget": ("budget", "u", 2023),
    "budgetbefore": ("budget", "u", 2022),
    "whole": ("final_account", "d", 2023),
    "own": ("final_account", "d", 2023),
    "part": ("final_account", "p", 2023),
}
YEARS = {document: year for document, (_, _, year) in DOCUMENTS.items()}
Rows = dict[str, list[dict[str, Any]]]


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    return Bench(tmp_path_factory.mktemp("bench"))


def cell(document: str, value: str, **given: Any) -> dict[str, Any]:
    """A figure of a document in 万元, of that document's year where nothing else is said."""
    key = f"{document}-{given.get('line_code', '')}{given.get('functional_code', '')}{given.get('measure_code', '')}"
    return figure(key, Decimal(value) * 10000, **({"fiscal_year": YEARS[document]} | given))


def balance(document: str, line: str, value: str, **given: Any) -> dict[str, Any]:
    return cell(document, value, statement_code="final_summary", line_code=line, fund_code="all", **given)


def item(document: str, statement: str, value: str, **given: Any) -> dict[str, Any]:
    row = {"statement_code": statement, "row_kind": "func", "functional_code": "2010301", "measure_code": "total"}
    return cell(document, value, **(row | {"fund_code": "general"} | given))


def said(value: str, stage: str) -> dict[str, Any]:
    given = {"stage_stated": stage, "functional_code": "2010301", "is_own_amount": False}
    return told("now-t", value, **given)


def members(whole: str, own: str, part: str, **given: Any) -> Rows:
    """支出决算表, 合计 · 基本支出 of a department and of the bodies it is made of."""
    row = {"statement_code": "final_expenditure", "row_kind": "total", "measure_code": "basic", "fund_code": "all"}
    bodies = [("whole", "consolidated", whole), ("own", "own", own), ("part", "unit", part)]
    return {"figures": [cell(body, value, **(row | {"scope_code": scope} | given)) for body, scope, value in bodies]}


def grown(document: str, base: str, change: str) -> list[dict[str, Any]]:
    """收入总计100.00万元，比上年增加…万元。"""
    line = {"line_code": "income_grand_total", "subject_key": "收入总计", "label": "收入总计"}
    moved = told(f"{document}-c", change, role="change", direction=1, base_code=base, char_start=20, **line)
    return [told(f"{document}-o", "100.00", **line), moved]


def project(value: str, sheet: str, name: str = "p1") -> Rows:
    """A project in the table of projects of the budget, and on its sheet."""
    row = {"row_kind": "project", "measure_code": "total", "project_key": name, "stage_code": "budget_unspecified"}
    fund = {"statement_code": "perf_project_self", "line_code": "perf_fund_total", "stage_code": "initial_budget"}
    listed = cell("budget", value, statement_code="budget_general_project", **row)
    return {"figures": [listed, cell("now", sheet, project_key="p1", **fund)]}


CASES: dict[str, dict[str, Rows]] = {
    "R095B": {
        case: {
            "told": grown("now", base, change),
            "figures": [balance("before", "income_grand_total", "90.00")],
        }
        for case, base, change in (
            ("pass", "prior_final", "10.00"),
            ("round", "prior_final", "10.01"),
            ("fail", "prior_final", "12.00"),
            # last year's account says nothing of last year's budget
            ("absent", "prior_budget", "12.00"),
        )
    },
    "R099": {
        case: {
            "told": grown("budget", base, change),
            "figures": [
                cell(
                    "budgetbefore",
                    "90.00",
                    statement_code="budget_summary",
                    line_code="income_grand_total",
                    fund_code="all",
                    stage_code="budget_unspecified",
                )
            ],
        }
        for case, base, change in (
            ("pass", "prior_budget", "10.00"),
            ("round", "prior_budget", "10.01"),
            ("fail", "prior_budget", "12.00"),
            # what was spent is not what was planned
            ("absent", "prior_execution", "12.00"),
        )
    },
    "R098": {
        "pass": project("60.00", "60.00"),
        "round": project("60.00", "60.01"),
        "fail": project("60.00", "66.00"),
        "absent": project("60.00", "66.00", name="p2"),
    },
    "R094": {
        case: {
            "figures": [
                balance("now", "opening_balance", opening),
                balance("before", "closing_balance", closing, **closed),
            ]
        }
        for case, opening, closing, closed in (
            ("pass", "49.14", "49.14", {}),
            ("round", "49.14", "49.135", {}),
            ("fail", "49.14", "55.00", {}),
            ("absent", "49.14", "55.00", {"scope_code": "consolidated"}),
        )
    },
    "R095": {
        case: {
            "told": [said(stated, stage)],
            "figures": [
                item("before", "final_general_expenditure", "5.19"),
                item("budgetbefore", "budget_fund", "1.00"),
            ],
        }
        for case, stated, stage in (
            ("pass", "5.19", "prior_final"),
            ("round", "5.2", "prior_final"),
            ("fail", "6.19", "prior_final"),
            # last year's account says nothing of last year's budget
            ("absent", "6.19", "prior_budget"),
        )
    },
    "R097": {
        case: {
            "told": [said(stated, stage)],
            "figures": [item("budget", "budget_general_expenditure", "80.00", stage_code="budget_unspecified")],
        }
        for case, stated, stage in (
            ("pass", "80.00", "initial_budget"),
            ("round", "80", "initial_budget"),
            ("fail", "95.00", "initial_budget"),
            # 全年预算数 is no figure of the budget document
            ("absent", "95.00", "full_year_budget"),
        )
    },
    "R067": {
        "pass": members("300.00", "200.00", "100.00"),
        "round": members("300.01", "200.00", "100.00"),
        "fail": members("280.00", "200.00", "100.00"),
        # subsidies inside the group are eliminated: only basic and project spending must add up
        "absent": members("280.00", "200.00", "100.00", measure_code="subsidy"),
    },
}
CASES["R097"]["round"]["told"] = [said("80.0", "initial_budget")]
CASES["R097"]["round"]["figures"] = [
    item("budget", "budget_general_expenditure", "80.04", stage_code="budget_unspecified")
]


def statuses(bench: Bench, rows: Rows, without: str | None = None) -> dict[str, set[str]]:
    """Rule → verdicts over the documents, one of which may be missing."""
    with bench.connect() as connection:
        connection.execute(
            "create or replace table dim_document (document_key varchar, document_kind varchar, unit_key varchar,"
            " fiscal_year integer, is_current boolean)"
        )
        held = {document: facts for document, facts in DOCUMENTS.items() if document != without}
        connection.executemany(
            "insert into dim_document values (?, ?, ?, ?, true)", [(name, *facts) for name, facts in held.items()]
        )
        connection.execute("create or replace table int_unit__parent as select 'p' as unit_key, 'd' as parent_unit_key")
        insert(connection, "int_recon__figure", FIGURE, rows.get("figures", []))
        insert(connection, "int_recon__told", TOLD, rows.get("told", []))
        bench.run(connection, *ACROSS)
        found = connection.execute("select rule_id, difference, tolerance from int_recon__across").fetchall()
    verdicts: dict[str, set[str]] = {}
    for rule_id, difference, tolerance in found:
        status = "exact" if difference == 0 else "rounding" if abs(difference) <= tolerance else "discrepant"
        verdicts.setdefault(rule_id, set()).add(status)
    return verdicts


@pytest.mark.parametrize("case", ["pass", "round", "fail", "absent"])
@pytest.mark.parametrize("rule_id", CASES)
def test_identity_over_two_documents(bench: Bench, rule_id: str, case: str) -> None:
    wanted = {"pass": {"exact"}, "round": {"rounding"}, "fail": {"discrepant"}, "absent": set()}[case]
    assert statuses(bench, CASES[rule_id][case]).get(rule_id, set()) == wanted


def test_a_column_of_the_year_before_is_held_to_that_years_document(bench: Bench) -> None:
    earlier = item("before", "final_general_expenditure", "5.19")
    for value, status in (("5.19", "exact"), ("6.00", "discrepant")):
        row = item("now", "final_general_expenditure", value, stage_code="prior_final", fiscal_year=2022)
        assert statuses(bench, {"figures": [earlier, row]}) == {"R095": {status}}


@pytest.mark.parametrize("missing", ["own", "part"])
def test_a_department_is_compared_only_where_every_body_is_there(bench: Bench, missing: str) -> None:
    rows = members("280.00", "200.00", "100.00")
    assert statuses(bench, rows)["R067"] == {"discrepant"}
    assert statuses(bench, rows, without=missing) == {}


def test_a_department_rests_on_its_own_body_and_all_its_units(bench: Bench) -> None:
    with bench.connect() as connection:
        connection.execute(
            "create or replace table dim_document (document_key varchar, document_kind varchar, unit_key varchar,"
            " fiscal_year integer, is_current boolean)"
        )
        held = [*DOCUMENTS.items(), ("other", ("final_account", "q", 2023))]
        connection.executemany(
            "insert into dim_document values (?, ?, ?, ?, true)", [(name, *facts) for name, facts in held]
        )
        connection.execute(
            "create or replace table int_unit__parent as select unnest(['p', 'q']) as unit_key, 'd' as parent_unit_key"
        )
        rows = members("280.00", "200.00", "100.00")["figures"]
        rows.append(rows[-1] | {"amount_key": "other-basic", "document_key": "other", "compared_value": Decimal(50000)})
        insert(connection, "int_recon__figure", FIGURE, rows)
        parts = ("int_recon__compared_in_prose", "int_recon__share", *LISTS, "int_recon__listed")
        bench.run(connection, "int_recon__address_term", "int_recon__matched", "int_recon__linear", *parts)
        bench.run(connection, "int_recon__reported", "int_recon__performance", *ACROSS, "int_recon__result")
        bench.run(connection, "int_recon__used")
        [(number, right, count)] = connection.execute(
            "select result_number, right_value, part_count from int_recon__result where rule_id = 'R067'"
        ).fetchall()
        used = connection.execute(
            "select amount_key, coefficient from int_recon__used where result_number = ? order by all", [number]
        ).fetchall()
    assert (right, count) == (Decimal(3050000), 3)
    assert used == [("other-basic", -1), ("own-basic", -1), ("part-basic", -1), ("whole-basic", 1)]


def test_a_budget_of_the_three_public_expenses_is_the_budget_documents(bench: Bench) -> None:
    row = {"three_public_code": "hospitality", "row_kind": "other"}
    planned = cell("budget", "5.00", statement_code="budget_three_public", stage_code="budget_unspecified", **row)
    for value, status in (("5.00", "exact"), ("6.00", "discrepant")):
        printed = cell("now", value, statement_code="final_three_public", stage_code="initial_budget", **row)
        assert statuses(bench, {"figures": [planned, printed]}) == {"R097": {status}}
    adjusted = cell("now", "6.00", statement_code="final_three_public", stage_code="full_year_budget", **row)
    assert statuses(bench, {"figures": [planned, adjusted]}) == {}


def test_last_years_document_must_be_there(bench: Bench) -> None:
    rows = CASES["R094"]["fail"]
    assert statuses(bench, rows)["R094"] == {"discrepant"}
    assert statuses(bench, rows, without="before") == {}


@pytest.mark.parametrize(
    ("valid_from", "valid_to", "applies"), [(None, None, 1), ("2022", None, 1), ("2023", None, 0), (None, "2021", 0)]
)
def test_a_rule_is_evaluated_in_its_years_only(
    bench: Bench, valid_from: str | None, valid_to: str | None, applies: int
) -> None:
    """A document of 2022 and an identity that holds from one year's forms to another's."""
    parts = ("int_recon__compared_in_prose", "int_recon__share", *LISTS, "int_recon__listed")
    with bench.connect() as connection:
        connection.execute(
            "create or replace table dim_document as select 'doc' as document_key, 'final_account' as document_kind,"
            " 'u' as unit_key, 2022 as fiscal_year, true as is_current"
        )
        connection.execute("create or replace table int_unit__parent as select 'p' as unit_key, 'd' as parent_unit_key")
        lines = {"income_grand_total": 100, "expenditure_grand_total": 90}
        rows = [
            figure(f"doc-{line}", Decimal(value) * 10000, statement_code="final_summary", line_code=line)
            for line, value in lines.items()
        ]
        insert(connection, "int_recon__figure", FIGURE, rows)
        connection.execute(
            "update rules set valid_from_year = ?, valid_to_year = ? where rule_id = 'R005'", [valid_from, valid_to]
        )
        bench.run(connection, "int_recon__address_term", "int_recon__matched", "int_recon__linear", *parts)
        bench.run(connection, "int_recon__reported", "int_recon__performance", *ACROSS, "int_recon__result")
        found = connection.execute("select status_as_read from int_recon__result where rule_id = 'R005'").fetchall()
        connection.execute("update rules set valid_from_year = null, valid_to_year = null")
    assert found == [("discrepant",)] * applies
