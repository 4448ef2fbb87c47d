"""How a figure of a fact or of 单位年度概况 came about that is printed nowhere itself (推算): formula and inputs.

The warehouse keeps one printed figure with each derived row; the others are looked up again here, by what the models
say a derivation is made of, and added up. ``is_complete`` says whether they come to the row's amount: where they do
not, the inputs are shown as candidates, never as the reckoning.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import duckdb

FACTS = ("fct_expenditure", "fct_income", "fct_economic_expenditure")
"""Facts with derived rows."""
_CELL = ("unit_key", "fiscal_year", "scope_code", "stage_code")
_FUNDS = ("general", "gov_fund", "state_capital")
_PRINTED = """
    select printed.amount_key, printed.amount_yuan, printed.value_printed, printed.unit_of_measure,
        concat_ws(' · ', coalesce(statements.name_zh, printed.title_printed), nullif(concat_ws(' ', printed.row_code,
            printed.row_label), ''), printed.column_label) as words,
        documents.file_name, printed.page, printed.source_line, printed.sheet, printed.table_ordinal,
        printed.row_ordinal, printed.column_ordinal
    from ({figures}) as printed
    left join dim_statement as statements on printed.statement_code = statements.statement_code
    left join dim_document as documents on printed.document_key = documents.document_key
"""
_FIGURES = """
    select amount_key, amount_yuan, value_printed, unit_of_measure, row_code, row_label, column_label, document_key,
        statement_code, page, source_line, sheet, table_ordinal, row_ordinal, column_ordinal, null as title_printed
    from fct_statement_amount
    union all
    select amount_key, amount_yuan, value_printed, unit_of_measure, null, subject_printed, null, document_key, null,
        page, source_line, null, table_ordinal, null, null, '文字说明'
    from fct_narrative_amount
"""


@dataclass(frozen=True, slots=True)
class Input:
    """One printed figure of a derivation, with its place."""

    sign: int
    """1 added, -1 taken away."""
    amount_key: str
    amount_yuan: Decimal | None
    """Null for counts."""
    words: str
    """Statement, row and column."""
    value_printed: str
    unit_of_measure: str
    file_name: str
    page: int | None
    source_line: int | None
    sheet: str | None
    table_ordinal: int | None
    row_ordinal: int | None
    column_ordinal: int | None
    is_derived: bool = False
    """The amount is itself reckoned; the place is that of the figure it rests on."""


@dataclass(frozen=True, slots=True)
class Derivation:
    """What a figure was reckoned from."""

    formula: str
    inputs: tuple[Input, ...]
    amount_yuan: Decimal | None
    is_complete: bool
    """Whether the inputs come to the amount."""


def of_fact(connection: duckdb.DuckDBPyConnection, table: str, row: dict[str, Any]) -> Derivation | None:
    """The derivation of a row of one of ``FACTS``; None where the row is one printed figure."""
    if table not in FACTS or not (row["is_derived"] or (row.get("figure_count") or 1) > 1):
        return None
    if not row["is_derived"]:
        keys = _same_place(connection, row)
        return _made(connection, "同一处印出的几个数相加", [(1, key) for key in keys], row["amount_yuan"])
    if table == "fct_expenditure":
        formula = "非财政拨款 = 全部支出 − 一般公共预算 − 政府性基金 − 国有资本经营（同一科目、同一支出类型）"
        whole = [row["amount_key"]] if row["origin"] == "prose" else _whole(connection, row)
        taken = _siblings(connection, table, row, "fund_code in ('general', 'gov_fund', 'state_capital')")
    elif table == "fct_income":
        formula = "一般公共预算的部分 = 印出的财政拨款 − 其他预算的部分（同一科目）"
        whole = [row["amount_key"]]
        taken = _siblings(connection, table, row, "fund_code in ('gov_fund', 'state_capital')")
    else:
        formula = "项目支出 = 印出的合计 − 基本支出（同一经济科目）"
        whole = [row["amount_key"]]
        taken = _siblings(connection, table, row, "measure_group_code = 'basic'")
    signed = [(1, key) for key in whole] + [(-1, key) for key in taken if key not in whole]
    return _made(connection, formula, signed, row["amount_yuan"])


def _made(
    connection: duckdb.DuckDBPyConnection, formula: str, signed: list[tuple[int, str]], amount: Decimal
) -> Derivation:
    found = amounts_of(connection, {key: sign for sign, key in signed})
    inputs = tuple(one for one in found if one.amount_yuan is not None)
    total = sum((one.sign * one.amount_yuan for one in inputs), Decimal(0))
    return Derivation(formula, inputs, amount, bool(inputs) and total == amount)


def amounts_of(connection: duckdb.DuckDBPyConnection, sign_of: dict[str, int]) -> tuple[Input, ...]:
    """The printed figures of these keys with their places, what is added before what is taken away."""
    figures = f"select * from ({_FIGURES}) as every where list_contains(?, amount_key)"
    found = rows_of(connection, _PRINTED.format(figures=figures), [list(sign_of)])
    found.sort(key=lambda row: (-sign_of[row["amount_key"]], row["amount_key"]))
    return tuple(Input(sign=sign_of[row["amount_key"]], **row) for row in found)


def _whole(connection: duckdb.DuckDBPyConnection, row: dict[str, Any]) -> list[str]:
    """Leaves of all expenditure that the statement prints for the row's subject and kind."""
    measure = row["measure_code"]
    measures = {"unsplit": None, "basic": ["basic", "personnel", "public"]}.get(measure, [measure])
    return _keys(
        connection,
        "select amount_key from fct_statement_amount where document_key = ? and statement_code = ?"
        " and fund_code = 'all' and not is_total and amount_yuan <> 0 and project_key is null"
        " and starts_with(functional_code, ?)"
        f" and {_equal(_CELL)} and (? is null or list_contains(?, measure_code))",
        [row["document_key"], row["source_statement_code"], row["functional_code"] or "",
         *(row[name] for name in _CELL), measures, measures],
    )  # fmt: skip


def _siblings(connection: duckdb.DuckDBPyConnection, table: str, row: dict[str, Any], which: str) -> list[str]:
    """Printed figures behind the other rows of the cell that the row is what is left of."""
    values = [row[name] for name in _CELL]
    conditions = [_equal(_CELL), which, "not is_derived"]
    if table == "fct_economic_expenditure":
        conditions.append("scheme = ? and economic_code = ?")
        values += [row["scheme"], row["economic_code"]]
    else:
        conditions.append("(? = '' or starts_with(functional_code, ?))")
        values += [row["functional_code"] or ""] * 2
    if table == "fct_expenditure" and row["measure_code"] != "unsplit":
        conditions.append("measure_group_code = ?")
        values.append(row["measure_group_code"])
    return _keys(connection, f"select amount_key from {table} where {' and '.join(conditions)}", values)


def _same_place(connection: duckdb.DuckDBPyConnection, row: dict[str, Any]) -> list[str]:
    """Figures of the same statement, subject and kind: where a table prints a subject in several rows."""
    shared = [*_CELL, "document_key", "fund_code", "functional_code", "economic_code", "measure_code"]
    names = [name for name in shared if name in row]
    return _keys(
        connection,
        f"select amount_key from fct_statement_amount where statement_code = ? and {_equal(names)}"
        " and not is_total and amount_yuan is not null",
        [row["source_statement_code"], *(row[name] for name in names)],
    )


def _equal(names: Any) -> str:
    return " and ".join(f"{name} is not distinct from ?" for name in names)


def _keys(connection: duckdb.DuckDBPyConnection, sql: str, values: list[Any]) -> list[str]:
    return sorted({row[0] for row in connection.execute(sql, values).fetchall()})


def rows_of(connection: duckdb.DuckDBPyConnection, sql: str, values: list[Any]) -> list[dict[str, Any]]:
    """Rows as dicts."""
    cursor = connection.execute(sql, values)
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
