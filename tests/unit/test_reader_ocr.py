"""Scans: rulings and cells in pictures, figures read twice, messages where tesseract is missing.

Pictures are drawn here; they hold figures and Latin letters only, for Chinese typefaces are not everywhere.
"""

from __future__ import annotations

import io
import random

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from ingest.document import Paragraph, Table
from ingest.errors import LimitExceeded, UnreadableFile, UnsupportedFormat
from ingest.readers import ReaderLimits, ocr, ocr_reading, ocr_tesseract, read_document
from ingest.readers.ocr_picture import (
    Area,
    Line,
    glyph_count,
    grids,
    ink_of,
    levelled,
    rulings,
    straightened,
    text_lines,
    text_parts,
)
from ingest.readers.ocr_tesseract import Word

DPI = 200
COLUMNS = (60, 460, 760, 1060, 1360)
TOP, STEP = 200, 60


def picture(rows: list[list[str]], *, merged_head: bool = True, ruled: bool = True) -> Image.Image:
    """A page with a title line and a table of four columns; the first row spans the columns from the second on."""
    image = Image.new("L", (1450, TOP + STEP * len(rows) + 120), 255)
    draw = ImageDraw.Draw(image)
    font = ImageFont.load_default(30)
    draw.text((500, 60), "ANNUAL REPORT", font=font, fill=0)
    bottom = TOP + STEP * len(rows)
    for index in range(len(rows) + 1):
        if ruled:
            draw.line((COLUMNS[0], TOP + STEP * index, COLUMNS[-1], TOP + STEP * index), fill=0, width=3)
    for index, x in enumerate(COLUMNS):
        start = TOP + STEP if merged_head and index in (2, 3) else TOP
        if ruled:
            draw.line((x, start, x, bottom), fill=0, width=3)
    for row, line in enumerate(rows):
        for column, text in enumerate(line):
            draw.text((COLUMNS[column] + 20, TOP + STEP * row + 12), text, font=font, fill=0)
    return image


def figures(count: int) -> list[list[str]]:
    chance = random.Random(7)
    rows = [["Item", "Amount", "", ""], ["Code", "Total", "Basic", "Other"]]
    for _ in range(count):
        rows.append(
            [str(chance.randint(2010000, 2299999)), *(f"{chance.randint(1, 99999999) / 100:,.2f}" for _ in "abc")]
        )
    return rows


def test_rulings_of_a_drawn_table_give_its_cells_with_spans() -> None:
    grey = np.asarray(picture(figures(3)))
    ink = ink_of(grey)
    (grid,) = grids(*rulings(ink, DPI)[:2], DPI)
    assert (grid.row_count, grid.column_count) == (5, 4)
    assert [(c.row, c.column, c.row_span, c.column_span) for c in grid.cells][:3] == [
        (0, 0, 1, 1),
        (0, 1, 1, 3),
        (1, 0, 1, 1),
    ]
    assert len(grid.cells) == 18


def test_strokes_of_characters_are_no_rulings() -> None:
    image = picture(figures(3), ruled=False)
    draw = ImageDraw.Draw(image)
    for x in range(100, 1300, 40):
        draw.line((x, 210, x, 245), fill=0, width=3)
    horizontal, vertical, _ = rulings(ink_of(np.asarray(image)), DPI)
    assert (horizontal, vertical) == ([], [])


def test_a_table_open_at_its_sides_has_its_outer_columns() -> None:
    horizontal = [Line(y, 100, 900) for y in (100, 150, 200)]
    vertical = [Line(x, 100, 200) for x in (300, 600)]
    (grid,) = grids(horizontal, vertical, DPI)
    assert (grid.row_count, grid.column_count, len(grid.cells)) == (2, 3, 6)


def test_a_turned_page_is_straightened() -> None:
    image = picture(figures(8)).rotate(1.5, fillcolor=255)
    straight, angle = straightened(image)
    assert angle == pytest.approx(-1.5, abs=0.15)
    assert straight.size == image.size
    (grid,) = grids(*rulings(ink_of(np.asarray(straight)), DPI)[:2], DPI)
    assert (grid.row_count, grid.column_count) == (10, 4)


def test_shades_of_the_paper_go() -> None:
    grey = np.asarray(picture(figures(3))).astype(float)
    shade = np.linspace(0.55, 0.95, grey.shape[1])
    flat = levelled((grey * shade).astype(np.uint8))
    assert np.percentile(flat, 60) > 240
    assert abs(float(ink_of(flat).mean()) - float(ink_of(np.asarray(picture(figures(3)))).mean())) < 0.005


def test_lines_parts_and_shapes_of_text() -> None:
    image = Image.new("L", (900, 200), 255)
    draw = ImageDraw.Draw(image)
    font = ImageFont.load_default(30)
    draw.text((20, 20), "1,234.50", font=font, fill=0)
    draw.text((20, 90), "12", font=font, fill=0)
    draw.text((600, 90), "34", font=font, fill=0)
    ink = ink_of(np.asarray(image))
    first, second = text_lines(ink, Area(0, 0, 900, 200), 24)
    assert glyph_count(ink, first) == 8
    assert [glyph_count(ink, part) for part in text_parts(ink, second, 24)] == [2, 2]


def test_a_page_is_read_into_a_table_or_the_message_names_what_is_missing() -> None:
    rows = figures(12)
    buffer = io.BytesIO()
    picture(rows).save(buffer, "PNG", dpi=(DPI, DPI))
    if ocr.missing_reason() is not None:
        with pytest.raises(UnsupportedFormat) as caught:
            read_document(buffer.getvalue())
        assert caught.value.code == "ocr_missing"
        assert "tesseract" in caught.value.reason
        return
    document = read_document(buffer.getvalue())
    assert (document.file_format, document.reader, document.page_count) == ("image", "ocr", 1)
    assert all(block.is_ocr for block in document.blocks if isinstance(block, Paragraph))
    (table,) = [block for block in document.blocks if isinstance(block, Table)]
    assert (table.row_count, table.column_count, table.has_spans, table.page) == (14, 4, True, 1)
    read = {(cell.row, cell.column): cell for cell in table.cells}
    assert read[0, 1].column_span == 3
    wanted = {(r, c): text for r, line in enumerate(rows) for c, text in enumerate(line) if r > 1}
    right = sum(read[place].text == text for place, text in wanted.items() if place in read)
    assert right >= len(wanted) * 0.93
    wrong_and_sure = [
        (text, read[place].text)
        for place, text in wanted.items()
        if place in read and read[place].text != text and (read[place].confidence or 0) >= ocr_reading.UNSURE_BELOW
    ]
    assert len(wrong_and_sure) <= len(wanted) * 0.005
    box = read[2, 1].box
    assert box is not None
    assert (box.x0, box.top) == pytest.approx((COLUMNS[1] * 72 / DPI, (TOP + 2 * STEP) * 72 / DPI), abs=1.5)


def test_a_noisy_turned_page_marks_what_it_is_unsure_of() -> None:
    if ocr_tesseract.missing() is not None:
        assert ocr.recogniser() is None
        return
    rows = figures(12)
    image = picture(rows).rotate(0.8, resample=Image.Resampling.BICUBIC, fillcolor=255)
    grey = np.asarray(image.filter(ImageFilter.GaussianBlur(0.9))).astype(float) * 0.8 + 20
    grey += np.random.default_rng(3).normal(0, 9, grey.shape)
    blocks = ocr.ocr_page(Image.fromarray(np.clip(grey, 0, 255).astype(np.uint8)), DPI)
    (table,) = [block for block in blocks if isinstance(block, Table)]
    wanted = {(r, c): text for r, line in enumerate(rows) for c, text in enumerate(line) if r > 1}
    read = {(cell.row, cell.column): cell for cell in table.cells}
    assert sum(read[place].text == text for place, text in wanted.items() if place in read) >= len(wanted) * 0.9
    assert not [
        cell.text
        for place, cell in read.items()
        if place in wanted and cell.text != wanted[place] and (cell.confidence or 0) >= ocr_reading.UNSURE_BELOW
    ]


def fake_models(monkeypatch: pytest.MonkeyPatch, chinese: str, digits: list[str]) -> None:
    """Models that read one strip as told: the Chinese one, then the digits' one each time it is asked."""
    answers = iter(digits)

    def read_strips(grey: object, areas: list[Area], *, language: str, **_: object) -> list[list[Word]]:
        text = chinese if language == "chi_sim" else next(answers) if areas else ""
        return [[Word(text, area, 90.0)] if text else [] for area in areas]

    monkeypatch.setattr(ocr_reading, "read_strips", read_strips)


@pytest.mark.parametrize(
    ("chinese", "digits", "text", "is_sure"),
    [
        ("12.30", ["12.30"], "12.30", True),
        ("12.80", ["12.30", "12.30"], "12.30", True),
        ("12.80", ["12.30", "12.80"], "12.30", False),
        ("1.30", ["1.30"], "1.30", True),
        ("1230", ["1.30"], "1.30", False),
        ("12.3", ["12.3.0"], "12.3", False),
        ("", ["12.30", "12.30"], "12.30", False),
        ("甲乙丙", [], "甲乙丙", True),
        ("——", [], "——", True),
    ],
)
def test_a_figure_is_sure_only_when_readings_and_shapes_agree(
    monkeypatch: pytest.MonkeyPatch, chinese: str, digits: list[str], text: str, is_sure: bool
) -> None:
    """The picture shows 12.30: five shapes."""
    image = Image.new("L", (200, 60), 255)
    ImageDraw.Draw(image).text((10, 10), "12.30", font=ImageFont.load_default(30), fill=0)
    grey = np.asarray(image)
    ink = ink_of(grey)
    (area,) = text_lines(ink, Area(0, 0, 200, 60), 24)
    fake_models(monkeypatch, chinese, [*digits, *digits[-1:]])
    (reading,) = ocr_reading.read_areas(grey, ink, [area], seconds=1)
    assert reading.text == text
    assert (reading.confidence >= ocr_reading.UNSURE_BELOW) is is_sure


def test_a_label_mark_read_badly_is_a_colon() -> None:
    assert ocr_reading._colon("单位; 元") == "单位: 元"
    assert ocr_reading._colon("甲，乙，丙") == "甲，乙，丙"
    assert ocr_reading._colon("项目") == "项目"
    assert ocr_reading._colon("1,234") == "1,234"


def test_without_tesseract_the_message_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ocr, "missing", lambda: "tesseract-ocr 和 tesseract-ocr-chi-sim")
    buffer = io.BytesIO()
    picture(figures(2)).save(buffer, "PNG")
    with pytest.raises(UnsupportedFormat) as caught:
        read_document(buffer.getvalue())
    assert caught.value.code == "ocr_missing"
    assert "tesseract-ocr-chi-sim" in caught.value.reason
    assert ocr.recogniser() is None


def test_a_scanned_pdf_without_tesseract_is_one_problem_that_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ocr, "missing", lambda: "tesseract-ocr")
    pages = [picture(figures(2)), picture(figures(3)), picture(figures(4))]
    buffer = io.BytesIO()
    pages[0].save(buffer, "PDF", save_all=True, append_images=pages[1:], resolution=DPI)
    document = read_document(buffer.getvalue())
    (problem,) = document.problems
    assert problem.code == "document_without_text"
    assert "tesseract-ocr" in problem.reason


def test_the_page_recogniser_stops_at_its_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ocr, "missing", lambda: None)
    asked: list[int] = []

    def ocr_page(image: Image.Image, dpi: float, *, page: int, limits: ReaderLimits) -> list[Paragraph]:
        asked.append(page)
        if page == 2:
            raise LimitExceeded("x")
        return [Paragraph("甲", page=page)]

    class Page:
        page, width, height, dpi, pixel_width, pixel_height, pixels = 1, 10.0, 10.0, 72.0, 10, 10, bytes(100)

    monkeypatch.setattr(ocr, "ocr_page", ocr_page)
    recognise = ocr.recogniser(ReaderLimits(max_ocr_pages=2))
    assert recognise is not None
    page = Page()
    assert recognise(page) == (Paragraph("甲", page=1),)
    page.page = 2
    assert recognise(page) is None
    page.page = 3
    assert recognise(page) is None
    assert asked == [1, 2]


def test_pictures_beyond_the_limits_and_without_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ocr, "missing", lambda: None)
    buffer = io.BytesIO()
    Image.new("L", (400, 400), 255).save(buffer, "PNG")
    with pytest.raises(LimitExceeded):
        ocr.read(buffer.getvalue(), limits=ReaderLimits(max_image_pixels=1000))
    monkeypatch.setattr(ocr, "ocr_page", lambda *args, **keywords: [])
    with pytest.raises(UnreadableFile) as caught:
        ocr.read(buffer.getvalue())
    assert caught.value.code == "no_content"
    with pytest.raises(UnreadableFile) as caught:
        ocr.read(buffer.getvalue()[:60])
    assert caught.value.code == "damaged_file"


def test_a_table_that_is_a_picture_in_an_office_file_is_read_or_reported() -> None:
    import docx
    import openpyxl
    from openpyxl.drawing.image import Image as SheetImage

    rows = figures(6)
    drawn = io.BytesIO()
    picture(rows).save(drawn, "PNG")
    word = docx.Document()
    word.add_paragraph("text")
    word.add_picture(drawn)
    word.add_paragraph("after")
    workbook = openpyxl.Workbook()
    workbook.active["A1"] = "text"
    workbook.active.add_image(SheetImage(drawn), "A3")
    for source in (word, workbook):
        buffer = io.BytesIO()
        source.save(buffer)
        document = read_document(buffer.getvalue())
        if ocr.missing_reason() is not None:
            assert [problem.code for problem in document.problems] == ["picture_not_read"]
            continue
        assert document.problems == ()
        (table,) = [block for block in document.blocks if isinstance(block, Table)]
        assert table.row_count == len(rows)
        assert all(cell.is_ocr and cell.box is None and cell.page is None for cell in table.cells)
        read = {(cell.row, cell.column): cell.text for cell in table.cells}
        assert sum(read.get((r, 1)) == rows[r][1] for r in range(2, len(rows))) >= 5


def test_small_pictures_are_decoration() -> None:
    drawn = io.BytesIO()
    Image.new("L", (100, 100), 0).save(drawn, "PNG")
    assert ocr.embedded_blocks(drawn.getvalue(), ReaderLimits()) is None
    assert ocr.embedded_blocks(b"\x89PNG\r\n\x1a\nxx", ReaderLimits()) is None
