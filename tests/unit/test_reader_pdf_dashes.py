"""Dashes for no amount in tables without upright rulings: set at the left of cells whose amounts are at the right."""

from __future__ import annotations

import itertools

import pytest
from pdf_drawing import Drawing

from ingest.pipeline import parse_bytes

EDGES = (36.0, 90.0, 130.0, 170.0, 300.0, 400.0, 500.0, 600.0)
HEADS = ("类", "款", "项", "科目名称", "小计", "基本支出", "项目支出")
ROWS = (
    ("205", "", "", "教育支出", "50.27", "41.49", "8.78"),
    ("205", "01", "", "教育管理事务", "17.24", "13.82", "3.42"),
    ("205", "01", "01", "行政运行", "13.82", "13.82", "-"),
    ("205", "01", "99", "其他教育管理事务支出", "3.42", "-", "3.42"),
    ("205", "02", "", "普通教育", "33.03", "27.67", "5.36"),
    ("205", "02", "01", "学前教育", "12.34", "12.34", "-"),
    ("205", "02", "02", "小学教育", "15.33", "15.33", "-"),
    ("205", "02", "99", "其他普通教育支出", "5.36", "-", "5.36"),
)

MANY = (
    *ROWS[:3],
    *(("208", "05", f"{number:02d}", "社会福利", "9.13", "9.13", "7.12") for number in range(24)),
    ROWS[3],
)
"""So few dashes that they make no column of their own."""


def _page(rows: tuple[tuple[str, ...], ...], dash: str) -> Drawing:
    drawing = Drawing()
    drawing.text(318, 50, "一般公共预算财政拨款支出决算表", 14, "c")
    drawing.text(36, 70, "部门：某某县教育局")
    drawing.text(600, 70, "单位：万元", align="r")
    drawing.text((EDGES[0] + EDGES[3]) / 2, 88, "功能分类科目编码", 7, "c")
    drawing.text((EDGES[4] + EDGES[7]) / 2, 88, "本年支出", 7, "c")
    for (left, right), head in zip(itertools.pairwise(EDGES), HEADS, strict=True):
        drawing.text((left + right) / 2, 95 if head == "科目名称" else 101, head, 7, "c")
    for number, row in enumerate(rows):
        for place, text in enumerate(row):
            is_amount = place > 3 and text != "-"
            x = EDGES[place + 1] - 3 if is_amount else EDGES[place] + (2 if text == "-" else 6)
            drawing.text(x, 115 + 13 * number, dash if text == "-" else text, 7, "r" if is_amount else "l")
    return drawing


@pytest.mark.parametrize("dash", ["-", "—", "——"])
@pytest.mark.parametrize("rows", [ROWS, ROWS[:4], MANY], ids=["rows", "few", "many"])
def test_dashes_beside_the_amounts_of_a_column_are_of_that_column(rows: tuple[tuple[str, ...], ...], dash: str) -> None:
    read = parse_bytes(_page(rows, dash).pdf(), "x.pdf").figures()
    found = {(one.row_code, (one.column_label or "").split("/")[-1]): one.value_text for one in read}
    wanted = {
        ("".join(row[:3]), head): text
        for row in rows
        for head, text in zip(HEADS[4:], row[4:], strict=True)
        if text != "-"
    }
    assert found == wanted


def test_a_column_of_nothing_but_dashes_stays_one() -> None:
    """It has a dash in every row, also where the column beside it has an amount."""
    rows = tuple((*row[:5], "-", row[4]) for row in ROWS)
    read = parse_bytes(_page(rows, "-").pdf(), "x.pdf").figures()
    assert {(one.column_label or "").split("/")[-1] for one in read} == {"小计", "项目支出"}
    assert sorted(one.value_text or "" for one in read) == sorted(2 * [row[4] for row in ROWS])
