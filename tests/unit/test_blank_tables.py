"""Statements printed blank or not read as a table, on pages drawn by code: none of them is a statement left out."""

from __future__ import annotations

import pytest
from pdf_drawing import Drawing

from ingest.pipeline import ParsedDocument, parse_bytes

TITLE = "政府性基金预算财政拨款收入支出决算表"
SAID = "说明：本单位本年度没有政府性基金预算财政拨款收支，本表为空表。"


def _contents() -> Drawing:
    drawing = Drawing()
    drawing.text(300, 80, "某某县档案馆2023年度部门决算", 16, "c")
    for place, title in enumerate(("一、收入支出决算总表", "二、收入决算表", f"八、{TITLE}", "九、支出决算表")):
        drawing.text(80, 130 + 20 * place, title, 11)
    drawing.next_page()
    return drawing


def _head(drawing: Drawing, *, unit: bool = True) -> None:
    drawing.text(300, 80, TITLE, 14, "c")
    if unit:
        drawing.text(540, 100, "公开08表", 9, "r")
        drawing.text(60, 114, "编制单位：某某县档案馆")
        drawing.text(540, 114, "金额单位：万元", 9, "r")


def _columns(drawing: Drawing) -> None:
    drawing.text(120, 132, "项目", align="c")
    drawing.text(430, 132, "本年支出", align="c")
    for x, text in ((90, "科目编码"), (170, "科目名称"), (250, "年初结转和结余"), (330, "本年收入"), (400, "基本支出")):
        drawing.text(x, 146, text, align="c")
    drawing.text(470, 146, "项目支出", align="c")
    drawing.text(120, 160, "栏次", align="c")
    for number, x in enumerate((250, 330, 400, 470), 1):
        drawing.text(x, 160, str(number), align="c")
    drawing.text(120, 174, "合计", align="c")


def _standing(drawing: Drawing) -> tuple[list[tuple[str, str, str | None]], list[str]]:
    """Tables of the statement (state, code, number of the form), and what else is said of it."""
    parsed = parse_bytes(drawing.pdf(), "x.pdf")
    assert _figures(parsed) == []
    tables = [(row["state"], row["statement_code"], row["code_printed"]) for row in parsed.rows["tables"]]
    said = [row for row in parsed.rows["announcements"] if row["statement_code"] == "final_fund"]
    return tables, [row["announcement_kind"] for row in said]


def _figures(parsed: ParsedDocument) -> list[str]:
    return [figure.value_text for figure in parsed.figures()]


@pytest.mark.parametrize(("note", "state"), [(SAID, "declared_empty"), ("", "empty")])
def test_heads_without_rulings_and_figures_are_an_empty_table(note: str, state: str) -> None:
    drawing = _contents()
    _head(drawing)
    _columns(drawing)
    drawing.text(60, 192, note)
    assert _standing(drawing) == ([(state, "final_fund", "公开08表")], ["announced"])


def test_a_title_and_caption_over_nothing_are_a_blank_statement() -> None:
    drawing = _contents()
    _head(drawing)
    assert _standing(drawing) == ([], ["announced", "blank"])


def test_a_title_without_a_caption_is_a_line_of_a_list() -> None:
    drawing = _contents()
    _head(drawing, unit=False)
    assert _standing(drawing) == ([], ["announced", "announced"])


def test_figures_that_made_no_table_are_not_an_empty_statement() -> None:
    drawing = _contents()
    _head(drawing)
    for x, text in ((90, "科目编码"), (170, "科目名称"), (330, "本年收入"), (400, "本年支出")):
        drawing.text(x, 146, text, align="c")
    drawing.text(60, 172, "合计")
    drawing.text(420, 190, "12.30", align="r")
    parsed = parse_bytes(drawing.pdf(), "x.pdf")
    assert [row["state"] for row in parsed.rows["tables"]] in ([], ["present"])
    kinds = [row["announcement_kind"] for row in parsed.rows["announcements"] if row["statement_code"] == "final_fund"]
    assert ("unread" in kinds) != bool(parsed.rows["tables"])


def test_a_table_on_the_next_page_takes_the_title_and_leaves_no_blank_one() -> None:
    drawing = _contents()
    _head(drawing)
    drawing.next_page()
    for x, text in ((90, "科目编码"), (170, "科目名称"), (330, "本年收入"), (400, "基本支出"), (470, "项目支出")):
        drawing.text(x, 80, text, align="c")
    rows = (("208", "社会保障和就业支出", "12.30", "7.30", "5.00"), ("212", "城乡社区支出", "2.70", "1.70", "1.00"),
            ("", "合计", "15.00", "9.00", "6.00"))  # fmt: skip
    for number, (code, label, *amounts) in enumerate(rows):
        drawing.text(80, 96 + 14 * number, code)
        drawing.text(130, 96 + 14 * number, label)
        for x, amount in zip((350, 420, 490), amounts, strict=True):
            drawing.text(x, 96 + 14 * number, amount, align="r")
    parsed = parse_bytes(drawing.pdf(), "x.pdf")
    assert [(row["state"], row["statement_code"]) for row in parsed.rows["tables"]] == [("present", "final_fund")]
    assert [row["announcement_kind"] for row in parsed.rows["announcements"]] == ["announced"] * 4


def test_a_picture_below_the_caption_is_not_an_empty_statement() -> None:
    from PIL import Image
    from reportlab.lib.utils import ImageReader

    drawing = _contents()
    _head(drawing)
    picture = ImageReader(Image.new("L", (300, 200), 128))
    drawing.canvas.drawImage(picture, 60, drawing.height - 600, 480, 450)
    assert _standing(drawing) == ([], ["announced", "unread"])
