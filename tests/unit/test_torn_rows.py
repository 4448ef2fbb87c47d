"""Rows and headers that a page break cuts through, and numbers that a narrow cell breaks into lines."""

from __future__ import annotations

import pytest
from pdf_drawing import Drawing, Put, Ruled

from ingest.pipeline import parse_bytes

_XS = [40.0, 85.0, 180.0, 250.0, 320.0, 390.0]
_HEAD = ["科目编码", "科目名称", "本年支出合计", "基本支出", "项目支出"]


def _piece(drawing: Drawing, top: float, rows: list[list[str]]) -> None:
    """A ruled piece of the table; every row is as high as its longest cell, text begins at the top."""
    ys = [top]
    for row in rows:
        ys.append(ys[-1] + 6 + 11 * max(text.count("/") + 1 for text in row))
    drawing.ruled(Ruled(_XS, ys))
    for row, texts in enumerate(rows):
        for column, text in enumerate(texts):
            for number, line in enumerate(text.split("/") if text else []):
                drawing.text(_XS[column] + 3, ys[row] + 11 + 11 * number, line, 9)


def _figures(first: list[list[str]], second: list[list[str]]) -> dict[tuple[str | None, str, str], str]:
    """(code, label, last part of the column) → value of a table printed on two pages."""
    drawing = Drawing()
    drawing.text(200, 60, "支出决算表", 14)
    drawing.text(40, 90, "编制单位：某某县图书馆", 9)
    drawing.text(390, 90, "金额单位：万元", 9, "r")
    _piece(drawing, 100, first)
    drawing.next_page()
    _piece(drawing, 60, second)
    read = parse_bytes(drawing.pdf(), "a.pdf").figures()
    assert {figure.statement_code for figure in read} == {"final_expenditure"}
    return {
        (figure.row_code, figure.row_label, figure.column_label.split("/")[-1]): figure.value_text for figure in read
    }


_ABOVE = [
    _HEAD,
    ["合计", "", "1602.77", "1514.14", "88.63"],
    ["207", "文化旅游体育与/传媒支出", "1514.14", "1514.14", "0.00"],
]
_BELOW = ["221", "住房保障支出", "0.00", "0.00", "0.00"]


@pytest.mark.parametrize(
    ("upper", "lower"),
    [
        (["208", "社会保障和就/业支出", "88.", "0.00", "88."], ["", "", "63", "", "63"]),
        (["208", "社会保障和就/业支出", "88", "0", "88"], ["", "", ".63", ".00", ".63"]),
        (["208", "社会保障和就/业支出", "88.6", "0.0", "88.6"], ["", "", "3", "0", "3"]),
        (["208", "社会保障和就", "88.63", "0.00", "88.63"], ["", "业支出", "", "", ""]),
        (["20", "社会保障和就", "88.", "0.00", "88."], ["8", "业支出", "63", "", "63"]),
    ],
    ids=["amount", "decimals", "decimal", "name", "class"],
)
def test_the_pieces_of_a_row_are_one_row(upper: list[str], lower: list[str]) -> None:
    figures = _figures([*_ABOVE, upper], [lower, _BELOW])
    assert figures["208", "社会保障和就业支出", "项目支出"] == "88.63"
    assert figures["208", "社会保障和就业支出", "本年支出合计"] == "88.63"
    assert len(figures) == 12


def test_a_code_in_two_pieces_is_one_code() -> None:
    upper, lower = ["2080", "事业单位", "88.63", "0.00", "88.63"], ["502", "离退休", "", "", ""]
    assert _figures([*_ABOVE, upper], [lower, _BELOW])["2080502", "事业单位离退休", "项目支出"] == "88.63"


def test_rows_that_are_whole_stay_two_though_the_second_has_no_amounts() -> None:
    upper, lower = ["208", "社会保障和就业支出", "88.63", "0.00", "88.63"], ["210", "卫生健康支出", "", "", ""]
    figures = _figures([*_ABOVE, upper], [lower, _BELOW])
    assert figures["208", "社会保障和就业支出", "项目支出"] == "88.63"
    upper, lower = (
        ["208", "社会保障和就业支出", "88.63", "0.00", "88.63"],
        ["210", "卫生健康支出", "7.10", "7.10", "0.00"],
    )
    figures = _figures([*_ABOVE, upper], [lower, _BELOW])
    assert figures["210", "卫生健康支出", "本年支出合计"] == "7.10"
    assert len(figures) == 15


def test_scores_of_two_rows_are_not_one_amount() -> None:
    """14.5 over 5 could be 14.55; the weights 15 and 5 beside them are whole."""
    upper, lower = ["", "馆舍修缮", "15", "14.5", "0.5"], ["", "图书购置", "5", "5", "0"]
    figures = _figures([*_ABOVE, upper], [lower, _BELOW])
    assert (figures[None, "馆舍修缮", "基本支出"], figures[None, "图书购置", "基本支出"]) == ("14.5", "5")


def test_a_header_in_two_pieces_names_its_columns() -> None:
    first = [["科目", "科目", "本年支出", "基本", "项目"]]
    second = [["编码", "名称", "合计", "支出", "支出"], *_ABOVE[1:], _BELOW]
    figures = _figures(first, second)
    assert figures["207", "文化旅游体育与传媒支出", "本年支出合计"] == "1514.14"
    assert figures[None, "合计", "项目支出"] == "88.63"
    assert {column for _, _, column in figures} == {"本年支出合计", "基本支出", "项目支出"}


def test_a_number_broken_by_its_cell_is_one_number_and_numbers_below_each_other_are_not() -> None:
    xs = [40.0, 70.0, 130.0, 200.0]
    drawing = Drawing()
    cells = {(0, 0): Put("2080\n505"), (0, 1): Put("机关事业"), (0, 2): Put("141.70"),
             (1, 0): Put("20805"), (1, 1): Put("行政"), (1, 2): Put("12.50\n13.70")}  # fmt: skip
    drawing.ruled(Ruled(xs, [100.0, 130.0, 160.0], cells=cells))
    table = next(block for block in _blocks(drawing) if hasattr(block, "cells"))
    assert [cell.text for cell in table.cells] == ["2080505", "机关事业", "141.70", "20805", "行政", "12.50\n13.70"]
    drawing = Drawing()
    narrow = [40.0, 60.0, 84.0, 200.0]
    cells = {(0, 0): Put("合计"), (0, 1): Put("1602.\n77", size=7), (1, 0): Put("甲"), (1, 1): Put("224.\n28", size=7)}
    drawing.ruled(Ruled(narrow, [100.0, 130.0, 160.0], cells=cells))
    table = next(block for block in _blocks(drawing) if hasattr(block, "cells"))
    assert [cell.text for cell in table.cells] == ["合计", "1602.77", "甲", "224.28"]


def _blocks(drawing: Drawing):
    from ingest.readers import read_document

    return read_document(drawing.pdf()).blocks


def test_a_row_of_numbers_broken_into_three_lines_stays_one_row() -> None:
    drawing = Drawing()
    above, below = ("207\n010\n9", "群众\n文化", "491.\n290\n000", "8.10\n000\n0"), ("208", "社会", "1.00", "0.00")
    cells = {(row, column): Put(text) for row, texts in enumerate((above, below)) for column, text in enumerate(texts)}
    drawing.ruled(Ruled([40.0, 62.0, 90.0, 114.0, 138.0], [100.0, 140.0, 160.0], cells=cells))
    table = next(block for block in _blocks(drawing) if hasattr(block, "cells"))
    assert table.row_count == 2
    assert [cell.text for cell in table.cells if cell.row == 0] == ["2070109", "群众\n文化", "491.290000", "8.100000"]


def test_a_title_among_the_rows_of_a_grid_begins_a_table() -> None:
    """Word prints tables that follow each other without a line between as one grid."""
    drawing = Drawing()
    xs, top = [40.0, 110.0, 220.0, 300.0, 380.0], 100.0
    for title, heads in (("2021年部门收入总表", "合计 财政拨款收入"), ("2021年部门支出总表", "合计 基本支出")):
        rows = [["科目编码", "科目名称", *heads.split()], ["207", "文化旅游体育与传媒支出", "20.00", "20.00"],
                ["20701", "文化和旅游", "20.00", "20.00"], ["合计", "", "20.00", "20.00"]]  # fmt: skip
        cells = {(0, 0): Put(title), (1, 0): Put("单位：万元", "r")}
        cells |= {
            (row + 2, column): Put(text, size=8) for row, texts in enumerate(rows) for column, text in enumerate(texts)
        }
        ys = [top + 16 * row for row in range(7)]
        drawing.ruled(Ruled(xs, ys, [(0, 0, 1, 4), (1, 0, 1, 4)], cells))
        top = ys[-1]
    read = parse_bytes(drawing.pdf(), "a.pdf").figures()
    assert {(figure.statement_code, figure.column_label) for figure in read} == {
        ("budget_income", "合计"), ("budget_income", "财政拨款收入"),
        ("budget_expenditure", "合计"), ("budget_expenditure", "基本支出"),
    }  # fmt: skip
    assert len(read) == 12


def test_a_table_below_a_title_of_the_contents_is_no_rest_of_the_table_above() -> None:
    """The list of contents stands over the first table, so it names the title of the second; it is no caption."""
    drawing = Drawing()
    for place, line in enumerate(["目录", "一、财政拨款收支总表", "二、一般公共预算支出表"]):
        drawing.text(60, 80 + 24 * place, line, 12)
    drawing.next_page()
    drawing.text(200, 60, "财政拨款收支总表", 14)
    drawing.text(390, 90, "单位：万元", 9, "r")
    _piece(
        drawing,
        100,
        [
            ["收入", "预算数", "支出", "合计", "一般公共预算"],
            ["一、本年收入", "100.00", "一、本年支出", "100.00", "100.00"],
            ["一般公共预算拨款", "100.00", "社会保障和就业支出", "40.00", "40.00"],
            ["", "", "卫生健康支出", "60.00", "60.00"],
            ["收入总计", "100.00", "支出总计", "100.00", "100.00"],
        ],
    )
    drawing.next_page()
    drawing.text(200, 60, "一般公共预算支出表", 14)
    drawing.text(390, 90, "单位：万元", 9, "r")
    rows = [["208", "社会保障和就业支出", "40.00", "40.00", "0.00"], ["210", "卫生健康支出", "60.00", "0.00", "60.00"]]
    _piece(drawing, 100, [["项目", "", "本年一般公共预算支出", "", ""], ["科目编码", "科目名称", *_HEAD[2:]], *rows])
    figures = parse_bytes(drawing.pdf(), "a.pdf").figures()
    below = {(figure.row_code, figure.value_text) for figure in figures if figure.row_code in ("208", "210")}
    assert {figure.statement_code for figure in figures if figure.row_code} == {"budget_general_expenditure"}
    assert below == {("208", "40.00"), ("208", "0.00"), ("210", "60.00"), ("210", "0.00")}
