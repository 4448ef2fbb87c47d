"""Heads of tables without upright rulings: words over two columns, wrapped words, heads above the first ruling."""

from __future__ import annotations

import itertools

import pytest
from pdf_drawing import Drawing

from ingest.pipeline import parse_bytes

INCOME = (36.0, 90.0, 190.0, 260.0, 320.0, 365.0, 440.0, 500.0, 559.0)
HEADS = ("科目编码", "科目名称", "本年收入合计", "财政拨款收入", "小计", "其中：教育收费", "经营收入", "其他收入")
ROWS = (
    ("", "合计", "96.10", "80.00", "9.05", "2.01", "3.02", "4.03"),
    ("205", "教育支出", "96.10", "80.00", "9.05", "2.01", "3.02", "4.03"),
    ("20502", "普通教育", "60.10", "50.00", "4.05", "1.01", "2.02", "4.03"),
    ("2050202", "小学教育", "60.10", "50.00", "4.05", "1.01", "2.02", "4.03"),
)
NAMED = {
    "本年收入合计", "财政拨款收入", "事业收入/小计", "事业收入/其中：教育收费", "经营收入", "其他收入",
}  # fmt: skip


def _caption(drawing: Drawing, title: str) -> None:
    drawing.text(297, 50, title, 14, "c")
    drawing.text(36, 70, "部门：某某县实验小学")
    drawing.text(559, 70, "单位：万元", align="r")


def _rows(drawing: Drawing, edges: tuple[float, ...], rows: tuple[tuple[str, ...], ...], base: float) -> None:
    for number, row in enumerate(rows):
        for place, text in enumerate(row):
            at_left = place < 2
            x = edges[place] + 2 if at_left else edges[place + 1] - 2
            drawing.text(x, base + 13 * number, text, 8, "l" if at_left else "r")


def _labels(drawing: Drawing) -> set[str | None]:
    return {figure.column_label for figure in parse_bytes(drawing.pdf(), "x.pdf").figures()}


@pytest.mark.parametrize("lines", [1, 2])
def test_a_word_in_the_gap_between_two_heads_is_over_both(lines: int) -> None:
    drawing = Drawing()
    _caption(drawing, "收入决算表")
    drawing.text((INCOME[0] + INCOME[2]) / 2, 88, "项目", 8, "c")
    drawing.text((INCOME[4] + INCOME[6]) / 2, 88, "事业收入", 8, "c")
    for place, ((left, right), head) in enumerate(zip(itertools.pairwise(INCOME), HEADS, strict=True)):
        middle, is_low = (left + right) / 2, place in (0, 1, 4, 5)
        if is_low or lines == 1:
            drawing.text(middle, 100 if is_low else 94, head, 8, "c")
        else:  # wrapped: both lines round the middle of the head's height
            drawing.text(middle, 88, head[:-2], 8, "c")
            drawing.text(middle, 100, head[-2:], 8, "c")
    _rows(drawing, INCOME, ROWS, 115)
    assert _labels(drawing) == NAMED


GENERAL = (36.0, 120.0, 280.0, 380.0, 470.0, 559.0)
GENERAL_HEADS = ("功能分类科目编码", "科目名称", "合计", "基本支出", "项目支出")
GENERAL_ROWS = tuple((code, label, "9.05", "7.02", "2.03") for code, label, *_ in ROWS)


def _general(drawing: Drawing) -> None:
    for place, ((left, right), head) in enumerate(zip(itertools.pairwise(GENERAL), GENERAL_HEADS, strict=True)):
        drawing.text((left + right) / 2, 94 if place < 2 else 100, head, 8, "c")


def test_a_long_word_over_three_heads_is_no_line_of_the_middle_one() -> None:
    drawing = Drawing()
    _caption(drawing, "一般公共预算财政拨款支出决算表")
    drawing.text((GENERAL[2] + GENERAL[5]) / 2, 88, "本年一般公共预算支出", 8, "c")
    _general(drawing)
    _rows(drawing, GENERAL, GENERAL_ROWS, 115)
    over = "本年一般公共预算支出/"
    assert _labels(drawing) == {over + "合计", over + "基本支出", over + "项目支出"}


def test_a_head_above_the_uppermost_ruling_is_the_tables() -> None:
    drawing = Drawing()
    _caption(drawing, "一般公共预算财政拨款支出决算表")
    drawing.text((GENERAL[2] + GENERAL[5]) / 2, 88, "本年支出", 8, "c")
    _general(drawing)
    for number in range(len(GENERAL_ROWS) + 1):
        drawing.line(36, 105 + 13 * number, 559, 105 + 13 * number)
    _rows(drawing, GENERAL, GENERAL_ROWS, 115)
    figures = parse_bytes(drawing.pdf(), "x.pdf").figures()
    assert {figure.column_label for figure in figures} == {"本年支出/合计", "本年支出/基本支出", "本年支出/项目支出"}
    assert {figure.row_code or "" for figure in figures} == {code for code, *_ in GENERAL_ROWS}


def test_one_row_at_the_top_of_a_page_goes_on_with_the_table_before() -> None:
    drawing = Drawing()
    _caption(drawing, "收入决算表")
    drawing.text((INCOME[0] + INCOME[2]) / 2, 88, "项目", 8, "c")
    drawing.text((INCOME[4] + INCOME[6]) / 2, 88, "事业收入", 8, "c")
    for place, ((left, right), head) in enumerate(zip(itertools.pairwise(INCOME), HEADS, strict=True)):
        drawing.text((left + right) / 2, 100 if place in (0, 1, 4, 5) else 94, head, 8, "c")
    _rows(drawing, INCOME, ROWS, 115)
    drawing.canvas.showPage()
    _rows(drawing, INCOME, (("2050203", "初中教育", "36.00", "30.00", "5.00", "1.00", "1.00", "0.00"),), 60)
    figures = parse_bytes(drawing.pdf(), "x.pdf").figures()
    last = {figure.column_label: figure.value_text for figure in figures if figure.row_code == "2050203"}
    assert set(last) == NAMED
    assert last["事业收入/小计"] == "5.00"
    assert len(figures) == 6 * (len(ROWS) + 1)


def test_a_title_alone_at_the_foot_of_a_page_heads_the_table_on_the_next() -> None:
    drawing = Drawing()
    _caption(drawing, "财政拨款收入支出决算总表")
    drawing.text(297, 800, "一般公共预算财政拨款支出决算表", 14, "c")
    drawing.canvas.showPage()
    drawing.text(36, 70, "部门：某某县实验小学")
    drawing.text(559, 70, "单位：万元", align="r")
    drawing.text((GENERAL[2] + GENERAL[5]) / 2, 88, "本年支出", 8, "c")
    _general(drawing)
    _rows(drawing, GENERAL, GENERAL_ROWS, 115)
    figures = parse_bytes(drawing.pdf(), "x.pdf").figures()
    assert {figure.statement_code for figure in figures} == {"final_general_expenditure"}
    assert len(figures) == 3 * len(GENERAL_ROWS)
