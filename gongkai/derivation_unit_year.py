"""How a cell of 单位年度概况 (mart_unit_year) came about: the total as printed, or the sum of which facts (概况的推算).

The choice is the model's (models/marts/reporting/mart_unit_year.sql); here it is told again from the published file,
and the result is compared with the cell.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import duckdb

from gongkai.derivation import FACTS, Derivation, amounts_of, rows_of
from gongkai.messages import GongkaiError

_ECONOMIC = (
    "fct_economic_expenditure as facts inner join dim_economic_subject as subjects"
    " on facts.economic_key = subjects.economic_key"
)
_GENERAL_BASIC = "facts.scheme = 'department' and facts.measure_group_code = 'basic' and"
_STATISTIC = "fct_unit_statistic as facts"
ITEMS: dict[str, tuple[str, str, str]] = {
    "income": ("收入各项（不含结转）", "fct_income as facts", "measure_code <> 'carry_over'"),
    "appropriation": ("财政拨款收入各项", "fct_income as facts", "measure_code = 'appropriation'"),
    "expenditure": ("支出各项", "fct_expenditure as facts", "true"),
    "basic": ("支出各项中的基本支出", "fct_expenditure as facts", "measure_group_code = 'basic'"),
    "project": ("支出各项中的项目支出", "fct_expenditure as facts", "measure_group_code = 'project'"),
    "general_expenditure": ("一般公共预算支出各项", "fct_expenditure as facts", "fund_code = 'general'"),
    "general_basic": (
        "一般公共预算基本支出各项", "fct_expenditure as facts",
        "fund_code = 'general' and measure_group_code = 'basic'",
    ),
    "personnel": ("基本支出经济科目中的人员经费", _ECONOMIC, f"{_GENERAL_BASIC} subjects.is_personnel"),
    "public": ("基本支出经济科目中的公用经费", _ECONOMIC, f"{_GENERAL_BASIC} not subjects.is_personnel"),
    "three_public": ("“三公”经费各项", "fct_three_public as facts", "true"),
    "opening_carry_over": ("年初结转和结余", "fct_balance as facts", "balance_code = 'opening' and coverage = 'all'"),
    "closing_carry_over": ("年末结转和结余", "fct_balance as facts", "balance_code = 'closing' and coverage = 'all'"),
    "procurement": ("政府采购支出", _STATISTIC, "statistic_code = 'procurement_total'"),
    "operating_cost": ("机关运行经费", _STATISTIC, "statistic_code = 'operating_cost'"),
    "total_income": ("收入总计", "fct_income as facts", "false"),
    "total_expenditure": ("支出总计", "fct_expenditure as facts", "false"),
}  # fmt: skip
"""Item of the cell → its parts in words, the fact and which rows of it."""
_COUNTS = {"staff_on_post": "staff_on_post", "vehicles": "vehicles_total"}
_STAGES = {"final": ("final",), "budget": ("budget_unspecified", "initial_budget", "full_year_budget")}
_CELL = ("unit_key", "fiscal_year", "scope_code")
# What may stand for a whole, as models/intermediate/int_unit_year__printed.sql has it: the cell's own value picks one.
_WHOLES = {
    "income": "line_item_code = 'income_this_year' or (row_kind = 'total' and flow = 'income')",
    "expenditure": "line_item_code = 'expenditure_this_year'"
    " or (row_kind = 'total' and flow = 'expenditure' and measure_code = 'total')",
    "basic": "row_kind = 'total' and flow = 'expenditure' and measure_code = 'basic'",
    "project": "row_kind = 'total' and flow = 'expenditure' and measure_code = 'project'",
    "general_expenditure": "row_kind = 'total' and fund_code = 'general' and measure_code = 'total'",
    "general_basic": "row_kind = 'total' and fund_code = 'general' and measure_code = 'basic'",
    "three_public": "statement_code like '%three_public' and is_total",
    "total_income": "line_item_code = 'income_grand_total'",
    "total_expenditure": "line_item_code = 'expenditure_grand_total'",
}


def of_unit_year(
    connection: duckdb.DuckDBPyConnection, unit: str, year: str, column: str, chinese: dict[str, str]
) -> list[tuple[dict[str, Any], Derivation]]:
    """(row of mart_unit_year, derivation) for every scope of the unit and year.

    ``unit`` is the name, or part of one that names a single unit; ``column`` a column's English or Chinese name,
    ``chinese`` Chinese → English. Raises ``GongkaiError`` unknown_cell.
    """
    name = chinese.get(column, chinese.get(f"{column}_元", column))
    rows = rows_of(
        connection,
        "select * from mart_unit_year where (unit_name = ? or contains(unit_name, ?))"
        " and cast(fiscal_year as varchar) = ? order by unit_name <> ?, unit_name, scope_code",
        [unit, unit, year, unit],
    )
    exact = [row for row in rows if row["unit_name"] == unit]
    rows = exact or rows
    kinds = explained_columns(rows[0]) if rows else []
    if not rows:
        remedy = "单位与年度见 gongkai status 或 zh.单位年度概况"
        raise GongkaiError("unknown_cell", what=f"{unit} {year}", remedy=remedy)
    if len({row["unit_key"] for row in rows}) > 1:
        names = "、".join(dict.fromkeys(row["unit_name"] for row in rows))
        raise GongkaiError("unknown_cell", what=unit, remedy=f"这几个单位的名称里都有它，请写全：{names}")
    if name not in kinds:
        known = [word for word, english in chinese.items() if english in kinds]
        # 支出决算 for 本年支出决算数_元: what holds all its characters is what was meant
        meant = [word for word in known if set(column) <= set(word)]
        words = "、".join(meant or known)
        raise GongkaiError("unknown_cell", what=column, remedy=f"{'是不是' if meant else '能说明的列'}：{words}")
    return [(row, of_cell(connection, row, name)) for row in rows]


def explained_columns(row: dict[str, Any]) -> list[str]:
    """Columns of mart_unit_year that can be told about."""
    return [name for name in row if _item(name) or name in _COUNTS]


def _item(column: str) -> tuple[str, str, bool] | None:
    """(item, budget or final, whether the sum of items is asked for) of a column."""
    stem = column.removesuffix("_yuan")
    is_items = stem.endswith("_items")
    stem = stem.removesuffix("_items")
    for side in _STAGES:
        item = stem.removesuffix(f"_{side}")
        if stem.endswith(f"_{side}") and (item in ITEMS or item == "comparable"):
            return item, side, is_items
    return None


def of_cell(connection: duckdb.DuckDBPyConnection, row: dict[str, Any], column: str) -> Derivation:
    """The derivation of one column of a row of mart_unit_year."""
    value = row[column]
    if value is None:
        return Derivation("空：没有公开，或范围小于另一边的数，不能相比", (), None, True)
    if column in _COUNTS:
        return _count(connection, row, _COUNTS[column], value)
    item, side, is_items = _item(column)
    if item == "comparable":
        both = row["expenditure_budget_yuan"] is not None and row["expenditure_final_yuan"] is not None
        item = "expenditure" if both else "general_expenditure"
    found = None
    for stage in _STAGES[side]:
        held = _of_stage(connection, row, item, stage, value, is_items)
        if held is not None and held.is_complete:
            return held
        found = found or held
    return _told(connection, row, value) or found or Derivation("没有找到它的来处", (), value, False)


def _of_stage(
    connection: duckdb.DuckDBPyConnection, row: dict[str, Any], item: str, stage: str, value: Decimal, is_items: bool
) -> Derivation | None:
    """The printed total of that value, or the sum of the items; None where the stage says nothing."""
    cell = [*(row[name] for name in _CELL), stage]
    if item in _WHOLES and not is_items:
        keys = rows_of(
            connection,
            "select amount_key from fct_statement_amount where unit_key = ? and fiscal_year = ? and scope_code = ?"
            f" and stage_code = ? and ({_WHOLES[item]}) and amount_yuan = ? and functional_code is null and is_current"
            " order by statement_code not like '%summary', amount_key",
            [*cell, value],
        )
        if keys:
            more = f"（另有 {len(keys) - 1} 处印着同一个数）" if len(keys) > 1 else ""
            inputs = amounts_of(connection, {keys[0]["amount_key"]: 1})
            return Derivation(f"取印出的合计{more}", inputs, value, sum(one.amount_yuan for one in inputs) == value)
    words, source, condition = ITEMS[item]
    table = source.split()[0]
    derived = "facts.is_derived" if table in FACTS else "false"
    facts = rows_of(
        connection,
        f"select facts.amount_key, facts.amount_yuan, {derived} as is_derived from {source}"
        " where facts.unit_key = ? and facts.fiscal_year = ? and facts.scope_code = ? and facts.stage_code = ?"
        f" and {condition} and facts.amount_yuan is not null order by facts.amount_key",
        cell,
    )
    if not facts:
        return None
    total = sum((fact["amount_yuan"] for fact in facts), Decimal(0))
    printed = {one.amount_key: one for one in amounts_of(connection, {fact["amount_key"]: 1 for fact in facts})}
    inputs = tuple(
        replace(printed[fact["amount_key"]], amount_yuan=fact["amount_yuan"], is_derived=fact["is_derived"])
        for fact in facts
        if fact["amount_key"] in printed
    )
    formula = f"{words}相加（{table} {len(facts)} 行）"
    return Derivation(formula, inputs, value, total == value)


def _told(connection: duckdb.DuckDBPyConnection, row: dict[str, Any], value: Decimal) -> Derivation | None:
    """Where no table says it, the prose does."""
    keys = rows_of(
        connection,
        "select amount_key from fct_narrative_amount where unit_key = ? and fiscal_year = ? and amount_yuan = ?"
        " and role = 'amount' and is_current order by amount_key limit 1",
        [row["unit_key"], row["fiscal_year"], value],
    )
    if not keys:
        return None
    return Derivation("没有报表印出，取文字说明里的数", amounts_of(connection, {keys[0]["amount_key"]: 1}), value, True)


def _count(connection: duckdb.DuckDBPyConnection, row: dict[str, Any], statistic: str, value: Any) -> Derivation:
    keys = rows_of(
        connection,
        "select amount_key from fct_unit_statistic where unit_key = ? and fiscal_year = ? and scope_code = ?"
        " and statistic_code = ? and round(value, 0) = ? order by stage_code <> 'final', amount_key limit 1",
        [*(row[name] for name in _CELL), statistic, value],
    )
    inputs = amounts_of(connection, {held["amount_key"]: 1 for held in keys})
    return Derivation("取决算印出的数，没有决算取预算", inputs, value, bool(inputs))
