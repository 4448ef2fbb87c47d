"""Rows without rulings: below a ruled head, and between rows with a background."""

from __future__ import annotations

import itertools

from pdf_drawing import Drawing

from ingest.pipeline import parse_bytes

EDGES = (36.0, 200.0, 280.0, 470.0, 559.0)
HEADS = ("项目", "决算数", "项目", "决算数")
ROWS = (
    ("一、财政拨款收入", "5,064.53", "一、一般公共服务支出", "0.00"),
    ("二、上级补助收入", "0.00", "二、外交支出", "0.00"),
    ("三、事业收入", "71.88", "三、国防支出", "0.00"),
    ("", "", "四、公共安全支出", ""),
    ("", "", "五、教育支出", "2.63"),
    ("", "", "六、科学技术支出", ""),
    ("", "", "七、农林水支出", "5,133.78"),
    ("总计", "5,136.41", "总计", "5,136.41"),
)
PRINTED = sorted(text.replace(",", "") for row in ROWS for text in (row[1], row[3]) if text)


def _page() -> Drawing:
    drawing = Drawing()
    drawing.text(297, 50, "收入支出决算总表", 14, "c")
    drawing.text(36, 70, "部门：某某县农业农村局")
    drawing.text(559, 70, "单位：万元", align="r")
    for left, right, word in ((EDGES[0], EDGES[2], "收入"), (EDGES[2], EDGES[4], "支出")):
        drawing.text((left + right) / 2, 90, word, 8, "c")
    for (left, right), head in zip(itertools.pairwise(EDGES), HEADS, strict=True):
        drawing.text((left + right) / 2, 103, head, 8, "c")
    for number, row in enumerate(ROWS):
        for place, text in enumerate(row):
            # An amount at the right of its cell stands close before the label of the other side.
            x = EDGES[place] + 1 if place % 2 == 0 else EDGES[place + 1] - 1.5
            drawing.text(x, 117 + 13 * number, text, 8, "l" if place % 2 == 0 else "r")
    return drawing


def _check(drawing: Drawing) -> None:
    figures = parse_bytes(drawing.pdf(), "x.pdf").figures()
    assert sorted(figure.value_text or "" for figure in figures) == PRINTED
    sides = {(figure.row_label, figure.side): figure.value_text for figure in figures}
    assert sides[("总计", "income")] == sides[("总计", "expenditure")] == "5136.41"
    assert sides[("七、农林水支出", "expenditure")] == "5133.78"
    assert {figure.column_label for figure in figures} == {"收入/决算数", "支出/决算数"}


def test_a_body_without_rulings_goes_to_the_columns_of_its_ruled_head() -> None:
    drawing = _page()
    end = 117 + 13 * len(ROWS)
    for y in (80, 94, 107, end):
        drawing.line(36, y, 559, y)
    for x in EDGES:
        is_inner = x in (EDGES[1], EDGES[3])
        drawing.line(x, 94 if is_inner else 80, x, 107)
    for x in (36, 559):
        drawing.line(x, 107, x, end)
    _check(drawing)


def test_rows_between_rows_with_a_background_are_rows_of_one_table() -> None:
    drawing = Drawing()
    stripes = [(80.0, 94.0, (EDGES[0], EDGES[2], EDGES[4])), (94.0, 108.0, EDGES)]
    stripes += [(108.0 + 13 * number, 121.0 + 13 * number, EDGES) for number in range(0, len(ROWS) - 1, 2)]
    drawing.canvas.setFillGray(0.85)
    for top, bottom, xs in stripes:
        for left, right in itertools.pairwise(xs):
            drawing.rect(left, top, right, bottom)
    drawing.canvas.setFillGray(0)
    printed = _page()
    # The text is drawn over the backgrounds on the same page.
    printed.canvas._code[:0] = drawing.canvas._code
    _check(printed)
