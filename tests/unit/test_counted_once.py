"""Money is counted once: what the additive facts and the yearly overview make of pages that invite counting it twice.

The pages are invented; dbt builds the star from them once.
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

from counted_papers import PAPERS
from landing_pages import write_landing

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture(scope="session")
def star(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Path:
    """The star of the papers, built by the first worker that comes."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if hasattr(request.config, "workerinput") else base) / "star-counted-once"
    with (folder.parent / "star-counted-once.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "verdict.json").exists():
            folder.mkdir(exist_ok=True)
            arguments = ["--log-level", "warn", "--no-use-colors", "--log-path", str(folder), "build"]
            arguments += ["--project-dir", str(ROOT), "--profiles-dir", str(ROOT), "--target-path", str(folder)]
            arguments += ["--exclude-resource-type", "unit_test", "--exclude-resource-type", "test"]
            environment = os.environ | {
                "GONGKAI_LANDING": str(write_landing(folder / "landing", PAPERS)),
                "GONGKAI_DATABASE": str(folder / "star.duckdb"),
            }
            command = [sys.executable, "-m", "dbt.cli.main", *arguments]
            run = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=folder, check=False)
            verdict = {"code": run.returncode, "output": run.stdout[-6000:] + run.stderr[-2000:]}
            (folder / "verdict.json").write_text(json.dumps(verdict), encoding="utf-8")
    verdict = json.loads((folder / "verdict.json").read_text(encoding="utf-8"))
    if verdict["code"]:
        pytest.fail(f"dbt build ended with {verdict['code']}:\n{verdict['output']}", pytrace=False)
    return folder / "star.duckdb"


@pytest.fixture
def connection(star: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(star), read_only=True) as opened:
        yield opened


def rows(connection: duckdb.DuckDBPyConnection, sql: str, *values: Any) -> list[tuple[Any, ...]]:
    return connection.execute(sql, list(values)).fetchall()


def test_a_row_says_its_stage_as_a_column_head_does(connection: duckdb.DuckDBPyConnection) -> None:
    """A row 预算数 above a row 决算数 are two stages of one table, never one sum; 上年决算数 is of the year before."""
    found = rows(
        connection,
        "select stage_code, three_public_code, amount_yuan, figure_count from fct_three_public"
        " join dim_unit using (unit_key) where unit_name = '桐溪县档案局' order by all",
    )
    assert found == [
        ("budget_unspecified", "hospitality", Decimal(16400), 1),
        ("budget_unspecified", "overseas", Decimal(0), 1),
        ("budget_unspecified", "vehicle_operation", Decimal(114300), 1),
        ("budget_unspecified", "vehicle_purchase", Decimal(0), 1),
        ("final", "hospitality", Decimal(15300), 1),
        ("final", "overseas", Decimal(0), 1),
        ("final", "vehicle_operation", Decimal(104800), 1),
        ("final", "vehicle_purchase", Decimal(0), 1),
    ]
    before = rows(
        connection,
        "select distinct amounts.fiscal_year, stage_code from fct_statement_amount as amounts"
        " join dim_unit using (unit_key) where unit_name = '桐溪县档案局' and row_label = '上年决算数'",
    )
    assert before == [(2021, "prior_final")]


def test_a_row_of_the_year_before_makes_its_columns_so(connection: duckdb.DuckDBPyConnection) -> None:
    """Rows 上年 and 本年 under 预算数 and 决算数: the column says budget or final, the row which year."""
    found = rows(
        connection,
        "select row_label, column_label, amounts.fiscal_year, stage_code, value from fct_statement_amount as amounts"
        " join dim_unit using (unit_key) where unit_name = '桐溪县气象局' and three_public_code = 'hospitality'"
        " order by value",
    )
    assert [row[2:4] for row in found] == [
        (2021, "prior_budget"), (2021, "prior_final"), (2022, "budget_unspecified"), (2022, "final")
    ]


def test_a_word_of_the_stage_behind_an_item_is_read(connection: duckdb.DuckDBPyConnection) -> None:
    """公务接待费决算数 in a row and 三公经费预算数 in a head name the item and its stage in one word."""
    found = rows(
        connection,
        "select stage_code, three_public_code, sum(amount_yuan) from fct_three_public"
        " join dim_unit using (unit_key) where unit_name in ('桐溪县水文站', '桐溪县地方志办公室')"
        " group by all order by all",
    )
    assert found == [
        ("budget_unspecified", "hospitality", Decimal(20000)),
        ("budget_unspecified", "unsplit", Decimal(70000)),
        ("final", "hospitality", Decimal(10000)),
        ("final", "unsplit", Decimal(60000)),
    ]


SCHOOLS = "('桐溪县教育局', '桐溪县实验小学')"
CLINICS = "('桐溪县卫生局', '桐溪县中心卫生院')"


@pytest.mark.parametrize("fact", ["fct_expenditure", "fct_three_public"])
def test_parts_count_where_all_are_published(connection: duckdb.DuckDBPyConnection, fact: str) -> None:
    found = rows(
        connection,
        f"select scope_code, is_counted, is_rollup from {fact} join dim_unit using (unit_key)"
        f" where unit_name in {CLINICS} group by all order by all",
    )
    assert found == [("consolidated", False, True), ("own", True, False), ("unit", True, False)]


def test_the_consolidated_figure_counts_where_parts_are_missing(connection: duckdb.DuckDBPyConnection) -> None:
    """25.00 of units that publish nothing stand in the consolidated figure alone: a sum must not lose them."""
    found = rows(
        connection,
        "select scope_code, is_counted, is_rollup, sum(amount_yuan) from fct_expenditure join dim_unit using (unit_key)"
        f" where unit_name in {SCHOOLS} group by all order by all",
    )
    assert found == [
        ("consolidated", True, True, Decimal(1000000)),
        ("own", False, False, Decimal(400000)),
        ("unit", False, False, Decimal(350000)),
    ]


def test_what_only_the_parts_print_counts(connection: duckdb.DuckDBPyConnection) -> None:
    """The consolidated papers print no 三公: those of the parts are all there is."""
    found = rows(
        connection,
        "select scope_code, sum(amount_yuan) from fct_three_public join dim_unit using (unit_key)"
        f" where unit_name in {SCHOOLS} and is_counted group by all order by all",
    )
    assert found == [("own", Decimal(10000)), ("unit", Decimal(5000))]


def test_a_budget_of_less_money_is_not_set_against_all_of_it(connection: duckdb.DuckDBPyConnection) -> None:
    """年初预算 of the general budget beside a final account of all funds: the pair compared is the general budget's."""
    found = rows(
        connection,
        "select expenditure_budget_yuan, expenditure_final_yuan, general_expenditure_budget_yuan,"
        " general_expenditure_final_yuan, comparable_fund_code, comparable_budget_yuan, comparable_final_yuan"
        " from mart_unit_year where unit_name = '桐溪县农业局'",
    )
    assert found == [
        (None, Decimal(1500000), Decimal(900000), Decimal(1000000), "general", Decimal(900000), Decimal(1000000))
    ]


def test_the_printed_total_stands_where_items_add_up_otherwise(connection: duckdb.DuckDBPyConnection) -> None:
    """An item of 59.00 under a printed 合计 of 50.00: the year's figure is what is printed, the sum stands beside."""
    found = rows(
        connection,
        "select expenditure_final_yuan, expenditure_final_items_yuan from mart_unit_year"
        " where unit_name = '桐溪县水利局'",
    )
    assert found == [(Decimal(500000), Decimal(590000))]


def test_a_sheet_that_two_documents_print_is_one_result(connection: duckdb.DuckDBPyConnection) -> None:
    found = rows(
        connection,
        "select total_score, total_weight, full_year_budget_yuan, executed_yuan, execution_percent, sheets"
        " from mart_performance_result join dim_unit using (unit_key) where unit_name = '桐溪县河道管理所'",
    )
    assert found == [(Decimal("96.62"), 100, Decimal(500000), Decimal(400000), 80, 2)]


def test_a_budget_speaks_for_itself_before_a_final_account_repeats_it(connection: duckdb.DuckDBPyConnection) -> None:
    """本年收入 leaves carried-over money out; 三公 is the budget's own, of all funds, not what was rounded later."""
    found = rows(
        connection,
        "select income_budget_yuan, total_income_budget_yuan, three_public_budget_yuan, three_public_final_yuan"
        " from mart_unit_year where unit_name = '桐溪县林业站'",
    )
    assert found == [(Decimal(1000000), Decimal(1050000), Decimal(90000), Decimal(70000))]


def test_a_department_and_its_own_office_are_assessed_apart(connection: duckdb.DuckDBPyConnection) -> None:
    found = rows(
        connection,
        "select statement_code, results.scope_code, executed_yuan, sheets from mart_performance_result as results"
        " join dim_unit using (unit_key) where unit_name = '桐溪县公路局' and statement_code = 'perf_unit_self'"
        " order by all",
    )
    assert found == [
        ("perf_unit_self", "consolidated", Decimal(900000), 1), ("perf_unit_self", "own", Decimal(300000), 1)
    ]


def test_a_report_that_leaves_a_project_out_supersedes_nothing(connection: duckdb.DuckDBPyConnection) -> None:
    found = rows(
        connection,
        "select total_score, sheets from mart_performance_result join dim_unit using (unit_key)"
        " where unit_name = '桐溪县渡口管理所' and project_key is not null order by all",
    )
    assert found == [(Decimal(92), 1), (Decimal(93), 1)]


@pytest.mark.parametrize("fact", ["fct_income", "fct_expenditure"])
def test_a_table_by_body_adds_nothing_to_the_one_by_subject(connection: duckdb.DuckDBPyConnection, fact: str) -> None:
    found = rows(
        connection,
        f"select functional_code, sum(amount_yuan) from {fact} join dim_unit using (unit_key)"
        " where unit_name = '桐溪县民政局' group by all order by all",
    )
    assert found == [("2050202", Decimal(800000))]


def test_economic_names_alone_are_subjects_of_the_departments_scheme(connection: duckdb.DuckDBPyConnection) -> None:
    found = rows(
        connection,
        "select economic_code, measure_code, amount_yuan from fct_economic_expenditure join dim_unit using (unit_key)"
        " where unit_name = '桐溪县司法所' order by all",
    )
    assert found == [
        ("30101", "personnel", Decimal(200000)),
        ("30113", "personnel", Decimal(100000)),
        ("30213", "public", Decimal(20000)),
        ("30215", "public", Decimal(10000)),
    ]


def test_personnel_is_not_public_where_a_head_is_lost(connection: duckdb.DuckDBPyConnection) -> None:
    found = rows(
        connection,
        "select economic_code, measure_code, amount_yuan from fct_economic_expenditure join dim_unit using (unit_key)"
        " where unit_name = '桐溪县信访局' and amount_yuan <> 0 order by all",
    )
    assert found == [("30101", "personnel", Decimal(200000)), ("30201", "public", Decimal(30000))]


def _counted(connection: duckdb.DuckDBPyConnection, *names: str) -> list[tuple[Any, ...]]:
    """(unit, year, scope) of what a sum of expenditure takes of these bodies, mart and fact alike."""
    bodies = ", ".join("?" for _ in names)
    mart = rows(
        connection,
        f"select unit_name, fiscal_year, scope_code from mart_unit_year where unit_name in ({bodies})"
        " and is_counted_final order by all",
        *names,
    )
    fact = rows(
        connection,
        "select distinct unit_name, fiscal_year, scope_code from fct_expenditure join dim_unit using (unit_key)"
        f" where unit_name in ({bodies}) and is_counted order by all",
        *names,
    )
    assert mart == fact
    return mart


def _superiors(connection: duckdb.DuckDBPyConnection, *names: str) -> list[tuple[Any, ...]]:
    bodies = ", ".join("?" for _ in names)
    return rows(
        connection,
        "select units.unit_name, superiors.unit_name from dim_unit as units"
        " left join dim_unit as superiors on units.parent_unit_key = superiors.unit_key"
        f" where units.unit_name in ({bodies}) order by all",
        *names,
    )


def test_units_that_a_department_lists_are_its_own(connection: duckdb.DuckDBPyConnection) -> None:
    """No unit says whose it is; one is listed without its county, and one prints its department's list."""
    names = ("桐溪县文化局", "桐溪县文化馆", "桐溪县博物馆")
    assert _superiors(connection, *names) == [
        ("桐溪县博物馆", "桐溪县文化局"), ("桐溪县文化局", None), ("桐溪县文化馆", "桐溪县文化局")
    ]
    assert _counted(connection, *names) == [
        ("桐溪县博物馆", 2022, "unit"), ("桐溪县文化局", 2022, "own"), ("桐溪县文化馆", 2022, "unit")
    ]


def test_a_body_that_lists_units_is_a_department(connection: duckdb.DuckDBPyConnection) -> None:
    found = _counted(connection, "桐溪县机关事务中心", "桐溪县机关车队")
    assert found == [("桐溪县机关事务中心", 2022, "consolidated")]


def test_a_column_of_units_tells_whose_they_are(connection: duckdb.DuckDBPyConnection) -> None:
    """A unit's own tables name its superior first in that column: that makes nobody its part."""
    names = ("桐溪县民宗局", "桐溪县宗教事务服务中心")
    assert _superiors(connection, *names) == [("桐溪县宗教事务服务中心", "桐溪县民宗局"), ("桐溪县民宗局", None)]
    assert _counted(connection, *names) == [("桐溪县民宗局", 2022, "consolidated")]


def test_departments_in_a_column_of_a_table_are_nobodys_parts(connection: duckdb.DuckDBPyConnection) -> None:
    names = ("桐溪县侨联", "桐溪县发改局", "桐溪县科协")
    assert _superiors(connection, *names) == [(name, None) for name in names]
    assert len(_counted(connection, *names)) == 3


def test_a_listed_body_that_publishes_nothing_is_no_unit(connection: duckdb.DuckDBPyConnection) -> None:
    assert rows(connection, "select 1 from dim_unit where unit_name like '%机关食堂管理站'") == []


def test_a_unit_counts_below_the_department_of_the_year(connection: duckdb.DuckDBPyConnection) -> None:
    """In 2021 it is in the one department's figure, from 2022 on in the other's: it never counts beside them."""
    names = ("桐溪县林草局", "桐溪县水务局", "桐溪县湿地管理站")
    assert _counted(connection, *names) == [
        (name, year, "consolidated") for name, year in (
            ("桐溪县林草局", 2021), ("桐溪县林草局", 2022),
            ("桐溪县水务局", 2021), ("桐溪县水务局", 2022), ("桐溪县水务局", 2023),
        )
    ]


def test_three_public_expenses_by_body_are_those_of_all_bodies(connection: duckdb.DuckDBPyConnection) -> None:
    """Beside the plain table they add nothing; under a row of sums that row counts, without one the bodies do."""
    found = rows(
        connection,
        "select unit_name, three_public_final_yuan, three_public_final_items_yuan from mart_unit_year"
        " where unit_name in ('桐溪县畜牧局', '桐溪县农机局', '桐溪县种子局') order by all",
    )
    assert found == [
        (name, Decimal(90000), Decimal(90000)) for name in ("桐溪县农机局", "桐溪县畜牧局", "桐溪县种子局")
    ]
    items = rows(
        connection,
        "select distinct three_public_code, amount_yuan from fct_three_public join dim_unit using (unit_key)"
        " where unit_name in ('桐溪县畜牧局', '桐溪县农机局', '桐溪县种子局') and amount_yuan <> 0 order by all",
    )
    assert items == [
        ("hospitality", Decimal(30000)), ("overseas", Decimal(10000)), ("vehicle_operation", Decimal(50000))
    ]


@pytest.mark.parametrize(
    ("fact", "condition", "yuan"),
    [
        ("fct_expenditure", "true", 400000),
        ("fct_three_public", "true", 20000),
        ("fct_economic_expenditure", "true", 200000),
        ("fct_project_funding", "stage_code = 'final'", 400000),
    ],
)
def test_what_a_document_prints_twice_counts_once(
    connection: duckdb.DuckDBPyConnection, fact: str, condition: str, yuan: int
) -> None:
    found = rows(
        connection,
        f"select sum(amount_yuan) from {fact} join dim_document using (document_key)"
        f" where file_name = 'printed-twice-2022' and {condition}",
    )
    assert found == [(Decimal(yuan),)]


def test_what_no_statement_prints_comes_from_the_text(connection: duckdb.DuckDBPyConnection) -> None:
    found = rows(
        connection,
        "select general_basic_final_yuan, total_income_final_yuan, basic_final_yuan from mart_unit_year"
        " where unit_name = '桐溪县妇联'",
    )
    assert found == [(Decimal(330000), Decimal(600000), None)]


def test_a_report_with_a_project_renamed_supersedes_the_earlier(connection: duckdb.DuckDBPyConnection) -> None:
    found = rows(
        connection,
        "select file_name from dim_document where starts_with(file_name, 'ports-') and is_current",
    )
    assert found == [("ports-again-2022",)]
