"""Text outside ruled tables: paragraphs, page furniture, columns found by alignment, what is left out on purpose."""

from __future__ import annotations

from collections import Counter

import pypdfium2.raw as pdfium
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pdf_drawing import RULING_STYLES, Drawing, Put, Ruled, fund_table

from ingest.document import Document, Paragraph, Table
from ingest.readers import pdf
from ingest.readers.limits import ReaderLimits

LIMITS = ReaderLimits()
SENTENCE = (
    "某某局二〇二四年度收入总计一千二百三十四万元，与上年相比增加五十六万元，增长百分之四点七，主要原因是人员增加。"
)


def read(data: bytes) -> Document:
    return pdf.read(data, limits=LIMITS)


def texts(document: Document) -> list[str]:
    return [block.text for block in document.blocks if isinstance(block, Paragraph)]


def tables(document: Document) -> list[list[list[str]]]:
    found = []
    for block in document.blocks:
        if isinstance(block, Table):
            rows: list[list[str]] = [[] for _ in range(block.row_count)]
            for cell in block.cells:
                rows[cell.row].append(cell.text)
            found.append(rows)
    return found


def flow(drawing: Drawing, text: str, base: float, size: float = 12.0, columns: int = 35) -> float:
    """Set a paragraph with an indent of two characters; return the baseline after it."""
    lines = [text[: columns - 2]]
    rest = text[columns - 2 :]
    while rest:
        lines.append(rest[:columns])
        rest = rest[columns:]
    for number, line in enumerate(lines):
        drawing.text(80 + (2 * size if number == 0 else 0), base + number * size * 1.6, line, size)
    return base + len(lines) * size * 1.6


def test_lines_join_to_paragraphs_and_headings_stay_apart() -> None:
    drawing = Drawing()
    drawing.text(297, 80, "第三部分 情况说明", 18, "c")
    drawing.text(104, 120, "一、收入情况", 12)
    base = flow(drawing, SENTENCE, 145)
    base = flow(drawing, "（一）" + SENTENCE, base)
    flow(drawing, SENTENCE[:70], base)
    assert texts(read(drawing.pdf())) == [
        "第三部分 情况说明", "一、收入情况", SENTENCE, "（一）" + SENTENCE, SENTENCE[:70],
    ]  # fmt: skip


def test_lines_are_read_by_place_not_by_order_in_the_file() -> None:
    """Values before their sentences, second line before the first, characters one by one and backwards."""
    drawing = Drawing()
    drawing.text(200, 100, "60.99")
    drawing.text(50, 118, "第二行的文字在文件里排在前面")
    drawing.text(50, 100, "卫生健康支出合计")
    drawing.text(260, 100, "万元")
    for index, ch in reversed(list(enumerate("逐字倒着写的一行"))):
        drawing.text(50 + 9 * index, 136, ch)
    assert texts(read(drawing.pdf())) == [
        "卫生健康支出合计  60.99  万元",
        "第二行的文字在文件里排在前面",
        "逐字倒着写的一行",
    ]


def test_sentences_run_on_over_the_page_break_and_page_numbers_are_counted() -> None:
    drawing = Drawing()
    flow(drawing, SENTENCE * 2, 100)
    drawing.text(297, 40, "某某局部门决算", 9, "c")
    drawing.text(297, 810, "- 1 -", 9, "c")
    drawing.next_page()
    text = SENTENCE * 2
    cut = 33 + 2 * 35
    drawing.text(297, 40, "某某局部门决算", 9, "c")
    drawing.text(80, 100, text[cut : cut + 9], 12)
    drawing.text(297, 810, "第 2 页 共 3 页", 9, "c")
    drawing.next_page()
    drawing.text(297, 40, "某某局部门决算", 9, "c")
    drawing.text(104, 100, "二、支出情况", 12)
    drawing.text(297, 810, "—3—", 9, "c")
    document, counts = pdf.read_counted(_first_lines_only(drawing, text, cut), limits=LIMITS)
    assert counts.page_numbers == 3
    assert texts(document) == ["某某局部门决算", text[: cut + 9], "某某局部门决算", "某某局部门决算", "二、支出情况"]


def _first_lines_only(finished: Drawing, text: str, cut: int) -> bytes:
    """The same three pages with page 1 holding three full lines only."""
    drawing = Drawing()
    drawing.text(297, 40, "某某局部门决算", 9, "c")
    flow(drawing, text[:cut], 100)
    drawing.text(297, 810, "- 1 -", 9, "c")
    drawing.next_page()
    drawing.text(297, 40, "某某局部门决算", 9, "c")
    drawing.text(80, 100, text[cut : cut + 9], 12)
    drawing.text(297, 810, "第 2 页 共 3 页", 9, "c")
    drawing.next_page()
    drawing.text(297, 40, "某某局部门决算", 9, "c")
    drawing.text(104, 100, "二、支出情况", 12)
    drawing.text(297, 810, "—3—", 9, "c")
    return drawing.pdf()


def test_columns_without_any_ruling() -> None:
    drawing = Drawing()
    drawing.text(297, 80, "部门收支总表", 16, "c")
    drawing.text(60, 105, "编制单位：某某局")
    drawing.text(500, 105, "单位：万元", 9, "r")
    drawing.text(60, 125, "项目")
    drawing.text(300, 125, "上年数", 9, "r")
    drawing.text(400, 125, "本年预算数", 9, "r")
    drawing.text(500, 125, "增减", 9, "r")
    body = [
        ("一般公共服务支出", "1,234.50", "2,000.00", "765.50"),
        ("其中：行政运行", "34.50", "", "-34.50"),
        ("社会保障和就业支出", "7.00", "17.00", "10.00"),
        ("合 计", "1,241.50", "2,017.00", "775.50"),
    ]
    for number, (label, *amounts) in enumerate(body):
        base = 145 + 20 * number
        drawing.text(60, base, label)
        for column, amount in enumerate(amounts):
            drawing.text(300 + 100 * column, base, amount, 9, "r")
    drawing.text(60, 240, "注：本表为总表，数据四舍五入。")
    document = read(drawing.pdf())
    assert tables(document) == [[["项目", "上年数", "本年预算数", "增减"], *([x for x in row if x] for row in body)]]
    assert texts(document) == ["部门收支总表", "编制单位：某某局  单位：万元", "注：本表为总表，数据四舍五入。"]
    table = next(block for block in document.blocks if isinstance(block, Table))
    assert not table.has_spans
    assert {cell.text: cell.column for cell in table.cells}["-34.50"] == 3


def test_columns_with_level_rulings_only() -> None:
    drawing = Drawing()
    for y in (100, 124, 160, 184, 208):
        drawing.line(60, y, 500, y)
    for x, text in ((65, "项目"), (320, "预算数"), (440, "决算数")):
        drawing.text(x, 116, text)
    drawing.text(65, 138, "机关事业单位基本养老保险")
    drawing.text(65, 151, "缴费支出")
    for x, text in ((360, "12.00"), (480, "11.90")):
        drawing.text(x, 145, text, 9, "r")
    for base, row in ((176, ("住房公积金", "3.00", "2.00")), (200, ("合计", "15.00", "13.90"))):
        drawing.text(65, base, row[0])
        drawing.text(360, base, row[1], 9, "r")
        drawing.text(480, base, row[2], 9, "r")
    assert tables(read(drawing.pdf())) == [
        [
            ["项目", "预算数", "决算数"],
            ["机关事业单位基本养老保险\n缴费支出", "12.00", "11.90"],
            ["住房公积金", "3.00", "2.00"],
            ["合计", "15.00", "13.90"],
        ]
    ]


def test_prose_with_numbers_lists_and_contents_are_no_tables() -> None:
    drawing = Drawing()
    base = flow(
        drawing, "2024年收入总计1,234.56万元，比上年增加12.30万元，增长1.01%，其中财政拨款1,000.00万元，占81%。", 80
    )
    for number in range(1, 6):
        drawing.text(104, base, f"{number}. 其他支出{number}.00万元，主要用于日常运转。", 12)
        base += 20
    drawing.text(297, base + 20, "目 录", 16, "c")
    base += 50
    for number, page in enumerate((3, 5, 5, 9, 12)):
        drawing.text(80, base, f"第{'一二三四五'[number]}部分 概况", 12)
        drawing.text(500, base, str(page), 12, "r")
        base += 20
    assert tables(read(drawing.pdf())) == []


def test_blanks_within_a_line_stay_modest() -> None:
    drawing = Drawing()
    drawing.text(60, 100, "合      计", 10)
    drawing.text(60, 120, "2024 年 Excel 2010 表", 10)
    drawing.text(60, 140, "支出1, 537.4万元", 10)
    drawing.text(60, 160, "目", 10)
    drawing.text(100, 160, "录", 10)
    lines = texts(read(drawing.pdf()))
    assert lines == ["合 计", "2024年Excel 2010表", "支出1, 537.4万元", "目  录"]


def test_radicals_print_the_ideographs_they_stand_for() -> None:
    from ingest.readers.pdf_characters import _as_ideograph

    assert "".join(chr(_as_ideograph(ord(ch))) for ch in "⼀⼈⾦⻋⻓⽉") == "一人金车长月"


def test_text_typed_into_form_fields_is_read() -> None:
    drawing = Drawing()
    drawing.text(60, 100, "收入总计")
    drawing.canvas.acroForm.textfield(name="x", value="123.45", x=150, y=735, width=80, height=16, fontSize=10)
    assert "123.45" in "".join(texts(read(drawing.pdf())))


def test_a_watermark_is_kept_apart_from_the_table() -> None:
    drawing, table = Drawing(), fund_table()
    drawing.ruled(table)
    drawing.canvas.saveState()
    drawing.canvas.translate(150, 500)
    drawing.canvas.rotate(40)
    drawing.canvas.setFont("STSong-Light", 40)
    drawing.canvas.drawString(0, 0, "仅供公开")
    drawing.canvas.restoreState()
    document = read(drawing.pdf())
    assert texts(document) == ["仅供公开"]
    assert len(next(block for block in document.blocks if isinstance(block, Table)).cells) == len(table.cells)


def _printed(data: bytes) -> Counter[str]:
    """Non-blank characters by pdfium's own account, independent of the reader."""
    document = pdfium.FPDF_LoadMemDocument64(data, len(data), None)
    found: Counter[str] = Counter()
    for number in range(pdfium.FPDF_GetPageCount(document)):
        page = pdfium.FPDF_LoadPage(document, number)
        text = pdfium.FPDFText_LoadPage(page)
        for index in range(pdfium.FPDFText_CountChars(text)):
            code = pdfium.FPDFText_GetUnicode(text, index)
            if code not in (2, 0xFFFE) and not chr(code).isspace():
                found[chr(code)] += 1
            elif code in (2, 0xFFFE):
                found["-"] += 1
        pdfium.FPDFText_ClosePage(text)
        pdfium.FPDF_ClosePage(page)
    pdfium.FPDF_CloseDocument(document)
    return found


def _in_blocks(document: Document) -> Counter[str]:
    found: Counter[str] = Counter()
    for block in document.blocks:
        for text in [block.text] if isinstance(block, Paragraph) else [cell.text for cell in block.cells]:
            found.update(ch for ch in text if not ch.isspace())
    return found


CELL_TEXTS = st.sampled_from(
    [
        "",
        "",
        "合计",
        "12.30",
        "1,234,567.89",
        "-3",
        "—",
        "201",
        "机关事业单位基本养老\n保险缴费",
        "0.00",
        "其 他",
        "100%",
        "项",
    ]
)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_every_character_of_a_page_lands_in_exactly_one_block(data: st.DataObject) -> None:
    columns = data.draw(st.integers(2, 6))
    rows = data.draw(st.integers(1, 8))
    widths = data.draw(st.lists(st.sampled_from([18, 40, 60, 80]), min_size=columns, max_size=columns))
    heights = data.draw(st.lists(st.sampled_from([14, 18, 30]), min_size=rows, max_size=rows))
    xs, ys = [80.0], [90.0]
    for step in widths:
        xs.append(xs[-1] + step)
    for step in heights:
        ys.append(ys[-1] + step)
    table = Ruled(xs, ys)
    for row in range(rows):
        for column in range(columns):
            text = data.draw(CELL_TEXTS)
            if text:
                table.cells[row, column] = Put(
                    text, data.draw(st.sampled_from("lcr")), data.draw(st.sampled_from([6.0, 9.0]))
                )
    drawing = Drawing()
    drawing.ruled(table, data.draw(st.sampled_from([*RULING_STYLES, "none"])))
    drawing.text(80, 60, data.draw(st.sampled_from(["决算总表", "单位：万元", "1.00 2.00"])), 14)
    drawing.text(80, 700, SENTENCE[:30], 12)
    content = drawing.pdf()
    document, counts = pdf.read_counted(content, limits=LIMITS)
    assert counts.off_page_characters == counts.page_numbers == 0
    assert sum(_in_blocks(document).values()) + counts.doubled_characters == sum(_printed(content).values())
    assert counts.doubled_characters or _in_blocks(document) == _printed(content)
    for block in document.blocks:
        if isinstance(block, Table):
            places = [
                (row, column)
                for cell in block.cells
                for row in range(cell.row, cell.row + cell.row_span)
                for column in range(cell.column, cell.column + cell.column_span)
            ]
            assert len(places) == len(set(places)), "two cells claim one place"
            assert all(row < block.row_count and column < block.column_count for row, column in places)


@pytest.mark.real
def test_every_character_of_the_real_pages_lands_in_a_block(shared) -> None:
    for path in sorted((shared / "real" / "pdf").glob("*.pdf")):
        content = path.read_bytes()
        document, counts = pdf.read_counted(content, limits=LIMITS)
        missing = _printed(content) - _in_blocks(document)
        assert sum(missing.values()) == counts.off_page_characters + counts.doubled_characters
        assert not _in_blocks(document) - _printed(content)
