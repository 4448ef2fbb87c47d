"""On the samples, the additive facts add up to what the pages print: every unit, year, fund and class."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest


@pytest.fixture
def published(samples_home: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str((samples_home / "gongkai.duckdb").resolve()), read_only=True) as connection:
        yield connection


@pytest.mark.parametrize("fact", ["expenditure", "income", "economic"])
def test_leaves_add_up_to_every_printed_total(published: duckdb.DuckDBPyConnection, fact: str) -> None:
    results = published.execute(
        "select status, message_zh from fct_reconciliation where rule_id = ?", [f"leaf_sum_{fact}"]
    ).fetchall()
    assert len(results) > 30
    assert [message for status, message in results if status not in ("exact", "rounding")] == []


# What the pages print as 合计 of a statement, taken from the printed figures alone: the label, the code, the column.
PRINTED_TOTALS = """
    select unit_key, fiscal_year, scope_code, stage_code, fund_code, statement_code,
        coalesce(row_code, '') as class_code, min(amount_yuan) as printed_yuan, max(half_unit_yuan) as half_unit_yuan
    from fct_statement_amount
    where is_current and amount_yuan is not null and not is_detail and stage_code not like 'prior%'
        and statement_code in ('final_general_expenditure', 'final_fund', 'final_state_capital', 'final_expenditure',
            'budget_general_expenditure', 'budget_fund', 'budget_state_capital', 'budget_expenditure')
        and measure_code = 'total' and flow = 'expenditure' and economic_code is null
        and (row_label = '合计' or length(row_code) = 3)
    group by all
"""


def _cells(published: duckdb.DuckDBPyConnection) -> list[tuple]:
    return published.execute(
        f"""
        with printed as ({PRINTED_TOTALS}),
        facts as (
            select unit_key, fiscal_year, scope_code, stage_code, fund_code, source_statement_code, functional_code,
                amount_yuan, half_unit_yuan
            from fct_expenditure
        )
        select printed.statement_code, printed.class_code, printed.printed_yuan, sum(facts.amount_yuan),
            sum(facts.half_unit_yuan) + max(printed.half_unit_yuan) as tolerance, printed.fund_code
        from printed
        left join facts
            on printed.unit_key = facts.unit_key and printed.fiscal_year = facts.fiscal_year
            and printed.scope_code = facts.scope_code and printed.stage_code = facts.stage_code
            and (printed.fund_code = facts.fund_code or printed.fund_code = 'all')
            and (printed.class_code = '' or printed.class_code = left(facts.functional_code, 3))
        group by printed.unit_key, printed.fiscal_year, printed.scope_code, printed.stage_code, printed.statement_code,
            printed.class_code, printed.printed_yuan, printed.fund_code
        """
    ).fetchall()


def test_expenditure_equals_the_printed_totals_by_fund_and_class(published: duckdb.DuckDBPyConnection) -> None:
    cells = _cells(published)
    by_fund = {cell[-1] for cell in cells}
    assert len(cells) > 60 and {"general", "all"} <= by_fund
    apart = [
        cell for cell in cells if abs((cell[3] or Decimal(0)) - cell[2]) > (cell[4] or Decimal(0))
    ]
    assert apart == []


def test_funds_and_income_sources_are_never_counted_twice(published: duckdb.DuckDBPyConnection) -> None:
    """收入决算表's 本年收入合计 is the sum of the fact, 教育收费 left out."""
    cells = published.execute(
        """
        with printed as (
            select unit_key, fiscal_year, scope_code, stage_code, max(amount_yuan) as printed_yuan
            from fct_statement_amount
            where is_current and statement_code = 'final_income' and row_label = '合计' and measure_code = 'total'
                and fund_code = 'all' and stage_code = 'final'
            group by all
        )
        select printed.printed_yuan, sum(facts.amount_yuan), sum(facts.half_unit_yuan)
        from printed join fct_income as facts using (unit_key, fiscal_year, scope_code, stage_code)
        group by printed.unit_key, printed.fiscal_year, printed.scope_code, printed.printed_yuan
        """
    ).fetchall()
    assert len(cells) >= 4
    assert [cell for cell in cells if abs(cell[0] - cell[1]) > cell[2]] == []


def test_a_second_scope_is_told_apart_by_rollup(published: duckdb.DuckDBPyConnection) -> None:
    """Where a department prints 汇总 and 本级, only one of them counts in a sum over is_rollup = false."""
    both = published.execute(
        """
        select unit_key, fiscal_year, count(distinct scope_code) as scopes,
            count(distinct case when not is_rollup then scope_code end) as counted
        from fct_expenditure where stage_code = 'final' group by all having scopes > 1
        """
    ).fetchall()
    assert both, "no sample prints two scopes"
    assert {counted for _, _, _, counted in both} == {1}
