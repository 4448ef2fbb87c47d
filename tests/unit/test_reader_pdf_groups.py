"""Group words over blocks of columns that repeat, in tables without upright rulings, drawn by code."""

from __future__ import annotations

import pytest
from pdf_drawing import Drawing

from ingest.document import Table
from ingest.pipeline import parse_bytes
from ingest.readers import pdf
from ingest.readers.limits import ReaderLimits

WIDTH = 170
ROWS = (
    ("301", "工资福利支出", "90.00", "302", "商品和服务支出", "12.30", "307", "债务利息支出", "0.00"),
    ("30101", "基本工资", "60.00", "30201", "办公费", "7.30", "30701", "国内债务付息", "0.00"),
    ("30102", "津贴补贴", "30.00", "30202", "印刷费", "5.00", "310", "资本性支出", "0.00"),
    ("人员经费合计", "", "90.00", "公用经费合计", "", "", "", "", "12.30"),
)


def _page(groups: tuple[tuple[float, str], ...]) -> Drawing:
    """Three blocks of code, name and amount; ``groups`` are the words above them with their middles, in blocks."""
    drawing = Drawing()
    drawing.text(300, 70, "一般公共预算财政拨款基本支出决算表", 14, "c")
    drawing.text(40, 86, "编制单位：某某县档案馆")
    drawing.text(550, 86, "金额单位：万元", align="r")
    for middle, word in groups:
        drawing.text(40 + WIDTH * middle, 104, word, align="c")
    for block in range(3):
        for x, head in ((18, "编码"), (75, "名称"), (140, "金额")):
            drawing.text(40 + WIDTH * block + x, 118, head, align="c")
    for number, row in enumerate(ROWS):
        for block in range(3):
            code, label, amount = row[3 * block : 3 * block + 3]
            left, base = 40 + WIDTH * block, 132 + 14 * number
            drawing.text(left + 2, base, code)
            drawing.text(left + 40, base, label)
            drawing.text(left + 160, base, amount, align="r")
    return drawing


def _labels(drawing: Drawing) -> dict[str, tuple[str, str]]:
    """Column label and amount by row label."""
    return {f.row_label: (f.column_label, f.value_text) for f in parse_bytes(drawing.pdf(), "x.pdf").figures()}


@pytest.mark.parametrize(
    ("groups", "of_302", "of_307"),
    [
        (((0.5, "人员经费"), (2.0, "公用经费")), "公用经费/金额", "公用经费/金额"),
        (((1.0, "人员经费"), (2.5, "公用经费")), "人员经费/金额", "公用经费/金额"),
    ],
)
def test_a_group_reaches_over_the_blocks_it_is_the_middle_of(
    groups: tuple[tuple[float, str], ...], of_302: str, of_307: str
) -> None:
    found = _labels(_page(groups))
    assert found["工资福利支出"] == ("人员经费/金额", "90.00")
    assert found["商品和服务支出"] == (of_302, "12.30")
    assert found["债务利息支出"] == (of_307, "0.00")
    assert found["公用经费合计"] == ("公用经费/金额", "12.30")


def test_a_group_between_two_readings_is_left_where_it_stands() -> None:
    drawing = _page(((0.75, "人员经费"), (2.25, "公用经费")))
    (table,) = (b for b in pdf.read(drawing.pdf(), limits=ReaderLimits()).blocks if isinstance(b, Table))
    assert [cell.column_span for cell in table.cells if cell.row == 0] == [1, 1]
