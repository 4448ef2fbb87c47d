"""Words printed over a table: watermarks set slanted, seals; and heads of expenses in pairs without rulings."""

from __future__ import annotations

import itertools

import pytest
from pdf_drawing import Drawing

from ingest.pipeline import parse_bytes

EDGES = (36.0, 100.0, 300.0, 400.0, 500.0)
ROWS = tuple(
    (f"20805{number:02d}", "事业单位离退休", f"{number + 2}.50", f"{number + 1}.50", "1.00") for number in range(12)
)


def _page(is_ruled: bool = False) -> Drawing:
    drawing = Drawing()
    drawing.text(268, 50, "支出决算表", 14, "c")
    drawing.text(36, 70, "部门：某某县档案馆")
    drawing.text(560, 70, "单位：万元", align="r")
    edges = (*EDGES, 560.0)
    for (left, right), head in zip(
        itertools.pairwise(edges), ("科目编码", "科目名称", "本年支出合计", "基本支出", "项目支出"), strict=True
    ):
        drawing.text((left + right) / 2, 90, head, 8, "c")
    for number, row in enumerate(ROWS):
        for place, text in enumerate(row):
            x = edges[place] + 2 if place < 2 else edges[place + 1] - 2
            drawing.text(x, 104 + 13 * number, text, 8, "l" if place < 2 else "r")
    if is_ruled:
        for number in range(len(ROWS) + 2):
            drawing.line(36, 81 + 13 * number, 560, 81 + 13 * number)
        for x in edges:
            drawing.line(x, 81, x, 81 + 13 * (len(ROWS) + 1))
    return drawing


def _read(drawing: Drawing) -> list[tuple[str | None, str, str | None]]:
    figures = parse_bytes(drawing.pdf(), "x.pdf").figures()
    return sorted((one.row_code, one.row_label, one.value_text) for one in figures)


WANTED = sorted((row[0], row[1], text) for row in ROWS for text in row[2:])


@pytest.mark.parametrize("is_ruled", [False, True], ids=["plain", "ruled"])
def test_a_slanted_watermark_with_digits_does_not_cut_a_table(is_ruled: bool) -> None:
    drawing = _page(is_ruled)
    drawing.canvas.saveState()
    drawing.canvas.translate(80, 842 - 215)
    drawing.canvas.rotate(12)
    drawing.canvas.setFont("STSong-Light", 30)
    drawing.canvas.drawString(0, 0, "2023年部门决算公开9876.54")
    drawing.canvas.restoreState()
    assert _read(drawing) == WANTED


@pytest.mark.parametrize("is_ruled", [False, True], ids=["plain", "ruled"])
def test_the_words_of_a_seal_over_amounts_are_no_part_of_them(is_ruled: bool) -> None:
    drawing = _page(is_ruled)
    drawing.text(450, 175, "财务专用章", 15, "c")
    assert _read(drawing) == WANTED


PAIRS = (36.0, 96.0, 156.0, 226.0, 290.0, 354.0, 414.0, 478.0, 536.0, 614.0, 682.0, 746.0, 806.0)
AMOUNTS = ("73.72", "59.46", "0.00", "0.00", "63.34", "50.83", "18.00", "17.98", "45.34", "32.85", "10.38", "8.63")


def test_pairs_of_budget_and_account_stand_under_the_expense_in_their_middle() -> None:
    drawing = Drawing(842, 595)
    drawing.text(421, 50, "财政拨款“三公”经费支出决算表", 14, "c")
    drawing.text(36, 70, "部门：某某县教育局")
    drawing.text(806, 70, "单位：万元", align="r")
    for first, last, base, word in (
        (0, 2, 90, "合计"), (2, 4, 90, "因公出国（境）费"), (4, 10, 90, "公务用车购置及运行维护费"),
        (10, 12, 90, "公务接待费"), (4, 6, 103, "小计"), (6, 8, 103, "公务用车购置费"),
        (8, 10, 103, "公务用车运行维护费"),
    ):  # fmt: skip
        drawing.text((PAIRS[first] + PAIRS[last]) / 2, base, word, 7, "c")
    for place, (left, right) in enumerate(itertools.pairwise(PAIRS)):
        base = 116 if 4 <= place < 10 else 110
        drawing.text((left + right) / 2, base, "决算数" if place % 2 else "预算数", 7, "c")
        drawing.text(right - 6, 129, AMOUNTS[place], 7, "r")
    read = {one.value_text: one.column_label or "" for one in parse_bytes(drawing.pdf(), "x.pdf").figures()}
    assert read["73.72"] == "合计/预算数"
    assert read["63.34"] == "公务用车购置及运行维护费/小计/预算数"
    assert read["50.83"] == "公务用车购置及运行维护费/小计/决算数"
    assert read["32.85"] == "公务用车购置及运行维护费/公务用车运行维护费/决算数"
    assert read["8.63"] == "公务接待费/决算数"
