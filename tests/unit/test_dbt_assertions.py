"""The star built from a few invented documents: what the figures mean, and every dbt test seen failing on bad rows.

dbt builds once, with all its data tests; its compiled tests then run again over the same file with one thing broken,
inside a transaction that is rolled back.
"""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))

from landing_pages import write_landing
from star_papers import BUDGET, BUDGET_DRAFT, CHILD, DEPARTMENT, PAPERS

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture(scope="session")
def star(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Path:
    """Folder with star.duckdb and the compiled tests; built by the first worker that comes."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if hasattr(request.config, "workerinput") else base) / "star-of-papers"
    with (folder.parent / "star-of-papers.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "verdict.json").exists():
            folder.mkdir(exist_ok=True)
            run = _build(folder)
            verdict = {"code": run.returncode, "output": run.stdout[-6000:] + run.stderr[-2000:]}
            (folder / "verdict.json").write_text(json.dumps(verdict), encoding="utf-8")
    verdict = json.loads((folder / "verdict.json").read_text(encoding="utf-8"))
    if verdict["code"]:
        pytest.fail(f"dbt build ended with {verdict['code']}:\n{verdict['output']}", pytrace=False)
    return folder


def _build(folder: Path) -> subprocess.CompletedProcess[str]:
    arguments = ["--log-level", "warn", "--no-use-colors", "--log-path", str(folder), "build"]
    arguments += ["--project-dir", str(ROOT), "--profiles-dir", str(ROOT), "--target-path", str(folder)]
    arguments += ["--exclude-resource-type", "unit_test"]
    environment = os.environ | {
        "GONGKAI_LANDING": str(write_landing(folder / "landing", PAPERS)),
        "GONGKAI_DATABASE": str(folder / "star.duckdb"),
    }
    command = [sys.executable, "-m", "dbt.cli.main", *arguments]
    return subprocess.run(command, capture_output=True, text=True, env=environment, cwd=folder, check=False)


@pytest.fixture
def connection(star: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The built star, writable; whatever a test does to it is rolled back."""
    with duckdb.connect(str(star / "star.duckdb")) as opened:
        opened.execute("begin")
        yield opened
        opened.execute("rollback")


def rows(connection: duckdb.DuckDBPyConnection, sql: str, *values: Any) -> list[tuple[Any, ...]]:
    return connection.execute(sql, list(values)).fetchall()


def compiled(star: Path, name: str) -> str:
    """SQL of a data test as dbt ran it; a row it returns is a failure."""
    found = sorted((star / "compiled").rglob(f"{name}*.sql"))  # dbt shortens long names with a hash
    assert len(found) == 1, f"{name}: {found}"
    return found[0].read_text(encoding="utf-8")


# What breaks each test. Statements run in order inside one transaction.
SOME_TOTAL = "(select min(amount_key) from fct_statement_amount where is_total)"
ADDITIVE = (
    "fct_expenditure",
    "fct_income",
    "fct_economic_expenditure",
    "fct_three_public",
    "fct_project_funding",
    "fct_balance",
)
BREAKS: list[tuple[str, str]] = [
    ("assert_ledger_complete", "update mart_document_coverage set unaccounted = 1 where numbers_printed > 0"),
    ("assert_ledger_complete", "update mart_document_coverage set unaccounted = null where numbers_printed > 0"),
    (
        "assert_amount_keys_unique_across_facts",
        "update fct_narrative_amount set amount_key = (select min(amount_key) from fct_statement_amount)",
    ),
    *(("assert_additive_facts_hold_no_totals", f"update {fact} set amount_key = {SOME_TOTAL}") for fact in ADDITIVE),
    *(("assert_additive_facts_hold_no_totals", f"update {fact} set amount_key = 'nowhere'") for fact in ADDITIVE),
    *(("assert_no_figure_in_two_rows", f"insert into {fact} select * from {fact}") for fact in ADDITIVE),
    ("assert_every_leaf_is_used_once", "update fct_expenditure set figure_count = figure_count + 1"),
    ("assert_every_leaf_is_used_once", "update fct_expenditure set amount_yuan = amount_yuan + 1 where not is_derived"),
    (
        "assert_every_leaf_is_used_once",
        "delete from fct_expenditure where amount_key = "
        "(select min(amount_key) from fct_expenditure where not is_derived and measure_code = 'public')",
    ),
    (
        "assert_three_public_items_are_added_once",
        "insert into fct_statement_amount select * from fct_statement_amount where three_public_code = 'overseas'",
    ),
    (
        "assert_three_public_items_are_added_once",
        "insert into fct_statement_amount select * replace ('某站' as row_label)"
        " from fct_statement_amount where three_public_code = 'hospitality'",
    ),
    ("assert_funds_add_up_to_all_expenditure", "delete from fct_expenditure where is_derived"),
    ("assert_funds_add_up_to_all_expenditure", "delete from fct_expenditure"),
    ("assert_funds_add_up_to_all_expenditure", "update fct_expenditure set amount_yuan = amount_yuan * 2"),
    (
        "assert_money_is_converted",
        "update fct_statement_amount set amount_yuan = null where unit_of_measure = '万元'",
    ),
    ("assert_money_is_converted", "update fct_statement_amount set amount_yuan = 1 where unit_of_measure = '辆'"),
    (
        "assert_subject_keys_fit_codes",
        "update fct_statement_amount set functional_key = (select min(functional_key) from dim_functional_subject)",
    ),
    ("assert_subject_keys_fit_codes", "update fct_statement_amount set economic_key = 'none@2018'"),
    ("assert_subject_keys_fit_codes", "update dim_functional_subject set valid_to_year = 2001"),
    ("assert_reconciled_figures_exist", "update bridge_reconciliation_amount set amount_key = 'nowhere'"),
    ("assert_rules_covered_for_every_document", "delete from fct_rule_coverage"),
    (
        "assert_corrections_found",
        "insert into corrections values"
        f" ('{DEPARTMENT.document_id}', 't1r99c2n1', '15.00', '16.00', '测试', '2026-01-01')",
    ),
    ("no_ancestor_cycle_dim_unit", "update dim_unit set parent_unit_key = unit_key"),
    (
        "unique_over_fct_unit_statistic",
        "insert into fct_unit_statistic select * from fct_unit_statistic limit 1",
    ),
    ("never_null_dim_document", "update dim_document set scope_code = null"),
]


@pytest.mark.parametrize(("name", "damage"), BREAKS, ids=[f"{name}-{n}" for n, (name, _) in enumerate(BREAKS)])
def test_a_data_test_fails_on_bad_rows(
    star: Path, connection: duckdb.DuckDBPyConnection, name: str, damage: str
) -> None:
    sql = compiled(star, name)
    assert rows(connection, sql) == []
    connection.execute(damage)
    assert rows(connection, sql), f"{name} does not see: {damage}"


def test_every_assertion_is_seen_failing() -> None:
    written = {path.stem for path in (ROOT / "tests" / "singular").glob("assert_*.sql")}
    assert written - {name for name, _ in BREAKS} == set()


def test_a_figure_missing_from_the_star_shows_in_the_ledger(star: Path, connection: duckdb.DuckDBPyConnection) -> None:
    ledger = compiled(star, "mart_document_coverage")
    connection.execute("delete from fct_statement_amount where row_label = '行政运行'")
    lost = dict(rows(connection, f"select document_key, unaccounted from ({ledger})"))
    assert lost[DEPARTMENT.document_key] == 9  # two of all expenditure, two of the general budget, five of income


def test_the_remainder_beyond_the_appropriations_is_non_fiscal(connection: duckdb.DuckDBPyConnection) -> None:
    found = rows(
        connection,
        "select fund_code, functional_code, measure_code, amount_yuan, is_derived, source_statement_code"
        " from fct_expenditure where document_key = ? order by all",
        DEPARTMENT.document_key,
    )
    assert found == [
        ("general", "2130201", "basic", Decimal(100000), False, "final_general_expenditure"),
        ("gov_fund", "2130299", "project", Decimal(20000), False, "final_fund"),
        ("non_fiscal", "2130201", "basic", Decimal(20000), True, "final_expenditure"),
        ("non_fiscal", "2130299", "project", Decimal(10000), True, "final_expenditure"),
    ]


def test_appropriation_income_is_split_by_the_funds_own_table(connection: duckdb.DuckDBPyConnection) -> None:
    found = rows(
        connection,
        "select fund_code, measure_code, functional_code, amount_yuan from fct_income where document_key = ?"
        " and amount_yuan <> 0 order by all",
        DEPARTMENT.document_key,
    )
    assert found == [
        ("general", "appropriation", "2130201", Decimal(100000)),
        ("gov_fund", "appropriation", "2130299", Decimal(20000)),
        ("non_fiscal", "other_income", "2130201", Decimal(5000)),
        ("non_fiscal", "undertaking", "2130201", Decimal(30000)),
    ]


def test_opening_balances_are_balances_not_income(connection: duckdb.DuckDBPyConnection) -> None:
    assert rows(connection, "select balance_code, coverage, fund_code, amount_yuan from fct_balance") == [
        ("opening", "appropriation", "appropriation", Decimal(4000))
    ]


def test_three_public_parts_stand_for_their_sums(connection: duckdb.DuckDBPyConnection) -> None:
    found = rows(connection, "select three_public_code, fund_code, amount_yuan from fct_three_public order by all")
    assert found == [
        ("hospitality", "unsplit", Decimal(2600)),
        ("overseas", "unsplit", Decimal(0)),
        ("vehicle_operation", "unsplit", Decimal(7000)),
        ("vehicle_purchase", "unsplit", Decimal(3000)),
    ]


def test_a_department_is_a_rollup_where_its_units_are_here(connection: duckdb.DuckDBPyConnection) -> None:
    found = rows(
        connection,
        "select scope_code, is_rollup, sum(amount_yuan) from fct_expenditure where stage_code = 'final'"
        " group by scope_code, is_rollup order by all",
    )
    assert found == [
        ("consolidated", True, Decimal(150000)),
        ("own", False, Decimal(60000)),
        ("unit", False, Decimal(90000)),
    ]


def test_superiors_come_from_documents(connection: duckdb.DuckDBPyConnection) -> None:
    found = rows(
        connection,
        "select child.unit_name, parent.unit_name, child.unit_level, parent.unit_level from dim_unit as child"
        " join dim_unit as parent on child.parent_unit_key = parent.unit_key",
    )
    assert found == [("桐溪县林业工作站", "桐溪县林业局", "unit", "department")]


def test_a_province_before_an_unlisted_county_names_the_same_unit(connection: duckdb.DuckDBPyConnection) -> None:
    found = rows(connection, "select document_key from dim_document where unit_key ="
                 " (select unit_key from dim_document where document_key = ?)", CHILD.document_key)
    assert (BUDGET_DRAFT.document_key,) in found


def test_a_later_print_supersedes_the_earlier(connection: duckdb.DuckDBPyConnection) -> None:
    current = dict(rows(connection, "select document_key, is_current from dim_document where document_kind = 'budget'"))
    assert current[BUDGET_DRAFT.document_key] is False
    assert current[BUDGET.document_key] is True
    kept = rows(connection, "select distinct document_key from fct_statement_amount where document_key = ?",
                BUDGET_DRAFT.document_key)
    assert kept, "superseded figures stay readable"
    used = rows(connection, "select distinct document_key from fct_expenditure where document_key = ?",
                BUDGET_DRAFT.document_key)
    assert used == []


def test_basic_expenditure_is_found_under_one_group_whatever_the_form(connection: duckdb.DuckDBPyConnection) -> None:
    found = rows(
        connection,
        "select measure_group_code, measure_code, amount_yuan from fct_expenditure where document_key = ? order by all",
        BUDGET.document_key,
    )
    assert found == [
        ("basic", "personnel", Decimal(40000)),
        ("basic", "public", Decimal(10000)),
        ("project", "project", Decimal(30000)),
    ]


def test_names_without_codes_are_read_under_the_names_above(connection: duckdb.DuckDBPyConnection) -> None:
    found = rows(
        connection,
        "select distinct row_label, functional_code, row_kind from fct_statement_amount"
        " where row_label in ('行政运行', '住房公积金', '统计信息事务', '一般行政管理事务') and row_code is null"
        " order by all",
    )
    assert found == [
        ("一般行政管理事务", "2010502", "subject"),
        ("住房公积金", "2210201", "subject"),
        ("统计信息事务", "20105", "subject"),
        ("行政运行", "2010501", "subject"),
    ]
    total = rows(connection, "select sum(amount_yuan) from fct_expenditure where functional_code like '20105%'")
    assert total == [(Decimal(250000),)]


def test_basic_told_by_of_which_leaves_project_expenditure(connection: duckdb.DuckDBPyConnection) -> None:
    found = rows(
        connection,
        "select economic_code, measure_code, amount_yuan, is_derived from fct_economic_expenditure"
        " where document_key = ? order by all",
        CHILD.document_key,
    )
    assert found == [
        ("30101", "basic", Decimal(48000), False),
        ("30101", "project", Decimal(2000), True),
        ("30201", "basic", Decimal(4000), False),
        ("30202", "project", Decimal(5000), False),
    ]


def test_statistics_keep_whole_and_parts(connection: duckdb.DuckDBPyConnection) -> None:
    found = rows(connection, "select statistic_code, value, unit_of_measure from fct_unit_statistic order by all")
    assert found == [
        ("procurement_goods", Decimal(2), "万元"),
        ("procurement_services", Decimal(3), "万元"),
        ("procurement_total", Decimal(5), "万元"),
        ("vehicles_confidential", Decimal(1), "辆"),
        ("vehicles_other", Decimal(2), "辆"),
        ("vehicles_total", Decimal(3), "辆"),
    ]


def test_statements_are_present_declared_empty_or_missing(connection: duckdb.DuckDBPyConnection) -> None:
    state = dict(
        rows(connection, "select statement_code, state from mart_statement_presence where document_key = ?",
             DEPARTMENT.document_key)
    )
    assert state["final_fund"] == "present"
    assert state["final_state_capital"] == "declared_empty"
    assert state["final_statistics"] == "missing"


def test_project_money_is_told_by_source(connection: duckdb.DuckDBPyConnection) -> None:
    found = rows(
        connection,
        "select p.project_name, f.stage_code, f.fund_source_code, f.amount_yuan from fct_project_funding as f"
        " join dim_project as p using (project_key) order by all",
    )
    assert found == [
        ("防火巡护", "final", "appropriation", Decimal(400000)),
        ("防火巡护", "final", "other", Decimal(58000)),
        ("防火巡护", "full_year_budget", "appropriation", Decimal(400000)),
        ("防火巡护", "full_year_budget", "other", Decimal(100000)),
        ("防火巡护", "initial_budget", "appropriation", Decimal(400000)),
        ("防火巡护", "initial_budget", "other", Decimal(200000)),
    ]


def test_a_number_nobody_could_place_is_listed_with_its_reason(connection: duckdb.DuckDBPyConnection) -> None:
    assert rows(connection, "select value_printed, reason from mart_unmapped_cell") == [("77", "无法归列")]


def test_prose_subjects_are_resolved_by_class_group_and_item(connection: duckdb.DuckDBPyConnection) -> None:
    found = rows(
        connection, "select functional_code, line_item_code, amount_yuan from fct_narrative_amount order by all"
    )
    assert found == [("2130201", None, Decimal(60000)), (None, "expenditure_this_year", Decimal(90000))]


def test_printed_totals_reconcile(connection: duckdb.DuckDBPyConnection) -> None:
    assert rows(connection, "select message_zh from fct_reconciliation where status = 'discrepant'") == []
    leaf_sums = "from fct_reconciliation where rule_id like 'leaf_sum%'"
    assert rows(connection, f"select status, count(*) > 20 {leaf_sums} group by status") == [("exact", True)]


def test_unit_year_gathers_budget_and_final(connection: duckdb.DuckDBPyConnection) -> None:
    found = rows(
        connection,
        "select expenditure_final_yuan, basic_final_yuan, project_final_yuan, income_final_yuan,"
        " appropriation_final_yuan, three_public_final_yuan, is_rollup from mart_unit_year"
        " where unit_name = '桐溪县林业局' and scope_code = 'consolidated'",
    )
    assert found == [
        (Decimal(150000), Decimal(120000), Decimal(30000), Decimal(155000), Decimal(120000), Decimal(12600), True)
    ]
