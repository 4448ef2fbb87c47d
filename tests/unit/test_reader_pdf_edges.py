"""Columns of pages without upright rulings, some of them blank in every row, drawn by code as browsers print them."""

from __future__ import annotations

import itertools

import pytest
from pdf_drawing import Drawing, width

from ingest.document import Table
from ingest.pipeline import parse_bytes
from ingest.readers import pdf
from ingest.readers.limits import ReaderLimits
from ingest.readers.pdf_edges import cell_edges

EDGES = (36.0, 110.0, 260.0, 350.0, 440.0, 530.0)
HEADS = ("功能分类科目编码", "科目名称", "合计", "基本支出", "项目支出")
LABELS = (("", "合计"), ("223", "国有资本经营预算支出"), ("22301", "解决历史遗留问题"), ("2230105", "社会化管理补助"))


def _page(columns: tuple[str, ...], heads: tuple[str, ...] = HEADS) -> Drawing:
    """Heads in the middle of their cells under 项目 and 本年支出, labels at the left, ``columns`` at the right."""
    drawing = Drawing()
    drawing.text(290, 60, "国有资本经营预算财政拨款支出决算表", 14, "c")
    drawing.text(36, 76, "编制单位：某某县档案馆")
    drawing.text(530, 76, "金额单位：万元", align="r")
    drawing.text((EDGES[0] + EDGES[2]) / 2, 92, "项目", align="c")
    drawing.text((EDGES[2] + EDGES[5]) / 2, 92, "本年支出", align="c")
    for (left, right), head in zip(itertools.pairwise(EDGES), heads, strict=True):
        drawing.text((left + right) / 2, 106, head, 8, "c")
    for number, (code, label) in enumerate(LABELS):
        base = 120 + 13 * number
        drawing.text(EDGES[0] + 2, base, code or label)
        drawing.text(EDGES[1] + 2, base, label if code else "")
        for edge, text in zip(EDGES[3:], columns, strict=True):
            drawing.text(edge - 2, base, text, align="r")
    return drawing


@pytest.mark.parametrize(
    ("columns", "named"),
    [
        (("0.10", "", "0.10"), {"本年支出/合计", "本年支出/项目支出"}),
        (("0.10", "0.10", ""), {"本年支出/合计", "本年支出/基本支出"}),
        (("0.20", "0.10", "0.10"), {"本年支出/合计", "本年支出/基本支出", "本年支出/项目支出"}),
        (("", "0.10", "0.10"), {"本年支出/基本支出", "本年支出/项目支出"}),
    ],
)
def test_a_blank_column_keeps_its_head(columns: tuple[str, ...], named: set[str]) -> None:
    figures = parse_bytes(_page(columns).pdf(), "x.pdf").figures()
    assert {figure.column_label for figure in figures} == named
    assert len(figures) == len(LABELS) * len(named)


def test_heads_that_do_not_stand_in_the_middle_give_no_edges() -> None:
    texts = [(42.0, 100.0), (165.0, 178.0)]
    centred = [(70.0, 90.0), (140.0, 160.0), (220.0, 240.0)]
    assert cell_edges(centred, texts, 9.0) == pytest.approx([40, 120, 180, 280], abs=9.0)
    at_left = [(42.0, 60.0), (122.0, 140.0), (182.0, 200.0)]
    assert cell_edges(at_left, texts, 9.0) is None


def test_edges_that_leave_a_figure_to_two_columns_are_none() -> None:
    """A figure all but between two cells, which one depends on a margin nobody printed."""
    heads = [(70.0, 90.0), (140.0, 160.0), (190.0, 230.0)]
    texts = [(45.0, 80.0), (170.0, 179.5)]
    assert cell_edges(heads, texts, 9.0) is None


def test_long_lists_of_labels_without_amounts_stay_in_the_table() -> None:
    drawing = Drawing()
    drawing.text(120, 80, "项目", align="c")
    drawing.text(330, 80, "本年预算", align="c")
    labels = [f"{code}某类支出" for code in range(201, 224)]
    amounts = {201: "84.38", 203: "38.01", 205: "1.20", 219: "38.44"}
    for number, label in enumerate(labels):
        base = 94 + 11 * number
        drawing.text(60, base, label)
        drawing.text(360, base, amounts.get(201 + number, ""), align="r")
    drawing.text(60, 94 + 11 * len(labels), "支出总计")
    drawing.text(360, 94 + 11 * len(labels), "162.03", align="r")
    (table,) = (b for b in pdf.read(drawing.pdf(), limits=ReaderLimits()).blocks if isinstance(b, Table))
    body = {cell.text: cell.row for cell in table.cells}
    assert [body[label] for label in [*labels, "支出总计"]] == list(range(1, len(labels) + 2))
    assert {cell.row for cell in table.cells if cell.text in amounts.values()} == {1, 3, 5, 19}


def test_prose_below_a_table_does_not_go_on_with_it() -> None:
    drawing = Drawing()
    for number, label in enumerate(("一、教育支出", "二、卫生支出", "三、住房支出")):
        drawing.text(60, 94 + 14 * number, label)
        drawing.text(360, 94 + 14 * number, f"{number}.50", align="r")
    text = "本年度支出比上年度增加的主要原因是人员增加和项目增加以及其他原因"
    for number in range(6):
        drawing.text(60, 150 + 14 * number, text[: 24 + number])
    assert width(text[:24], 9) > 200
    (table,) = (b for b in pdf.read(drawing.pdf(), limits=ReaderLimits()).blocks if isinstance(b, Table))
    assert table.row_count == 3


def _table_of(data: bytes) -> list[list[str]]:
    (table,) = (b for b in pdf.read(data, limits=ReaderLimits()).blocks if isinstance(b, Table))
    rows = [[""] * table.column_count for _ in range(table.row_count)]
    for cell in table.cells:
        rows[cell.row][cell.column] = cell.text.replace("\n", "")
    return rows


def test_heads_of_one_line_beside_heads_of_two_are_heads_too() -> None:
    """One-line heads stand between the two lines of their neighbours: on a line of their own."""
    drawing = Drawing()
    heads = ("科目编码", "科目名称", "合计", "一般公共/预算拨款", "政府性基/金拨款")
    for (left, right), head in zip(itertools.pairwise(EDGES), heads, strict=True):
        lines = head.split("/")
        for place, line in enumerate(lines):
            drawing.text((left + right) / 2, 100 + 10 * place - 5 * (len(lines) - 1), line, 8, "c")
    rows = [
        ("合计", "", "9.00", "9.00", ""),
        ("208", "社会保障", "5.00", "5.00", ""),
        ("210", "卫生健康", "4.00", "4.00", ""),
    ]
    for number, row in enumerate(rows):
        for place, text in enumerate(row):
            x = EDGES[place] + 2 if place < 2 else EDGES[place + 1] - 2
            drawing.text(x, 120 + 13 * number, text, align="l" if place < 2 else "r")
    found = _table_of(drawing.pdf())
    assert found[-3:] == [list(row) for row in rows]
    assert ["".join(row[column] for row in found[:-3]) for column in range(5)] == [h.replace("/", "") for h in heads]


def test_levels_beside_the_column_numbers_leave_them_a_line_of_their_own() -> None:
    """类 款 项 and 栏次 1 2 3 on one line between two level rules of a table: no row of amounts."""
    drawing = Drawing()
    for y in (82, 124, 164):
        drawing.line(EDGES[0], y, EDGES[-1], y)
    drawing.text(148, 92, "项目", 8, "c")
    drawing.text(395, 92, "本年支出", 8, "c")
    for (left, right), head in zip(itertools.pairwise(EDGES), HEADS, strict=True):
        drawing.text((left + right) / 2, 105, head, 8, "c")
    for x, word in ((50, "类"), (73, "款"), (96, "项"), (185, "栏次"), (305, "1"), (395, "2"), (485, "3")):
        drawing.text(x, 119, word, 8, "c")
    rows = [
        ("合计", "", "9.00", "4.00", "5.00"),
        ("208", "社会保障", "5.00", "4.00", "1.00"),
        ("210", "卫生", "4.00", "", "4.00"),
    ]
    for number, row in enumerate(rows):
        for place, text in enumerate(row):
            x = EDGES[place] + 2 if place < 2 else EDGES[place + 1] - 2
            drawing.text(x, 134 + 13 * number, text, align="l" if place < 2 else "r")
    found = _table_of(drawing.pdf())
    assert found[-3:] == [list(row) for row in rows]
    assert found[-4][2:] == ["1", "2", "3"]


def test_a_group_of_code_levels_beside_wrapped_heads_is_no_head_of_figures() -> None:
    """Lines of wrapped neighbours lie between 科目编码 and 类 款 项: all drawn together, codes were read as figures."""
    drawing = Drawing()
    drawing.text(290, 60, "部门收入总表", 14, "c")
    drawing.text(36, 76, "部门：某某县档案馆")
    drawing.text(530, 76, "单位：万元", align="r")
    drawing.text(70, 94.5, "科目编码", 8, "c")
    for x, word in ((57, "类"), (70, "款"), (83, "项")):
        drawing.text(x, 106, word, 8, "c")
    for x, head in ((190, "科目名称"), (305, "合计"), (395, "一般公共预/算拨款"), (485, "政府性基金/预算拨款")):
        lines = head.split("/")
        for place, line in enumerate(lines):
            drawing.text(x, 95 + 10 * place - 5 * (len(lines) - 1) + 5 * (x == 190), line, 8, "c")
    rows = _rows_of_codes()
    for number, (code, name, *amounts) in enumerate(rows):
        base = 124 + 13 * number
        for x, part in zip((49, 66, 79), code.split("-"), strict=True):
            drawing.text(x, base, part)
        drawing.text(130, base, name)
        for edge, text in zip(EDGES[3:], amounts, strict=True):
            drawing.text(edge - 2, base, text, align="r")
    data = drawing.pdf()
    figures = parse_bytes(data, "x.pdf").figures()
    assert {figure.row_code for figure in figures} == {code.replace("-", "") for code, *_ in rows}
    assert [figure.value_text for figure in figures] == [text for _, _, *amounts in rows for text in amounts]
    assert {figure.column_label for figure in figures} == {"合计", "一般公共预算拨款", "政府性基金预算拨款"}
    assert ["类", "款", "项"] in [row[:3] for row in _table_of(data)]


def _rows_of_codes() -> list[tuple[str, ...]]:
    return [
        ("205-08-03", "培训支出", "2.32", "2.32", "0.00"),
        ("208-05-01", "行政单位离退休", "28.11", "28.11", "0.00"),
        ("210-11-01", "行政单位医疗", "76.01", "70.01", "6.00"),
        ("221-02-01", "住房公积金", "9.50", "9.50", "0.00"),
    ]
