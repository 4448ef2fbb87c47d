"""Scans: rulings and cells in pictures, figures read twice, messages where tesseract is missing.

Pictures are drawn here; they hold figures and Latin letters only, for Chinese typefaces are not everywhere.
"""

from __future__ import annotations

import io
import random

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from ingest.document import Box, Cell, Paragraph, Problem, Table
from ingest.errors import LimitExceeded, UnreadableFile, UnsupportedFormat
from ingest.readers import ReaderLimits, ocr, ocr_page, ocr_reading, ocr_tesseract, read_document
from ingest.readers.ocr_picture import (
    Area,
    Line,
    comparison,
    glyph_count,
    grids,
    ink_of,
    is_dash,
    levelled,
    rulings,
    straightened,
    text_lines,
    text_parts,
    without_seals,
)
from ingest.readers.ocr_tesseract import Word
from ingest.readers.ocr_turn import SURE_LEAN, Turn, lean, turned

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


def test_strokes_that_fill_a_low_row_are_no_rulings() -> None:
    """Text as high as its row, its strokes running into the lines above and below, with bars across them."""
    image = Image.new("L", (1000, 400), 255)
    draw = ImageDraw.Draw(image)
    for y in (100, 140, 180, 220):
        draw.line((50, y, 950, y), fill=0, width=3)
    for x in (50, 500, 950):
        draw.line((x, 100, x, 220), fill=0, width=3)
    for x in (120, 200):
        draw.line((x, 143, x, 176), fill=0, width=3)
        for y in (150, 160, 170):
            draw.line((x - 14, y, x + 14, y), fill=0, width=3)
    (grid,) = grids(*rulings(ink_of(np.asarray(image)), DPI)[:2], DPI)
    assert (grid.row_count, grid.column_count, len(grid.cells)) == (3, 2, 6)


@pytest.mark.parametrize("angle", [0, 90, 180, 270])
def test_lines_of_text_tell_which_way_a_page_lies(angle: int) -> None:
    image = turned(picture(figures(8)), angle)
    ink = ink_of(np.asarray(image))
    *_, mask = rulings(ink, DPI)
    runs = lean(ink & ~mask, DPI)
    assert runs > SURE_LEAN if angle % 180 == 0 else runs * SURE_LEAN < 1


@pytest.mark.parametrize("angle", [0, 90, 180, 270])
def test_boxes_return_to_the_picture_as_it_lay(angle: int) -> None:
    """A mark on the picture given is where the box found on the upright picture says."""
    given = Image.new("L", (300, 200), 255)
    ImageDraw.Draw(given).rectangle((40, 150, 79, 169), fill=0)
    upright = np.asarray(turned(given, angle))
    rows, columns = np.nonzero(upright < 128)
    box = Box(columns.min(), rows.min(), columns.max() + 1, rows.max() + 1)
    assert Turn(300, 200, angle).back(box) == Box(40, 150, 80, 170)


def test_boxes_of_a_skewed_page_return_to_it() -> None:
    given = Image.new("L", (800, 600), 255)
    ImageDraw.Draw(given).rectangle((690, 40, 709, 59), fill=0)
    straight = given.rotate(2.5, fillcolor=255)
    rows, columns = np.nonzero(np.asarray(straight) < 128)
    box = Turn(800, 600, 0, 2.5).back(Box(columns.min(), rows.min(), columns.max() + 1, rows.max() + 1))
    assert ((box.x0 + box.x1) / 2, (box.top + box.bottom) / 2) == pytest.approx((700, 50), abs=1.5)


@pytest.mark.parametrize("angle", [90, 180])
def test_a_page_on_its_side_or_head_is_read_with_its_boxes(angle: int) -> None:
    if ocr_tesseract.missing() is not None:
        assert ocr.recogniser() is None
        return
    rows = figures(6)
    image = picture(rows)
    given = turned(image, 360 - angle)
    found = ocr_page.ocr_page(given, DPI)
    (table,) = [block for block in found if isinstance(block, Table)]
    read = {(cell.row, cell.column): cell for cell in table.cells}
    wanted = {(r, c): text for r, line in enumerate(rows) for c, text in enumerate(line) if r > 1}
    assert sum(read[place].text == text for place, text in wanted.items() if place in read) >= len(wanted) * 0.93
    box = read[2, 1].box
    assert box is not None
    pixels = tuple(round(side * DPI / 72) for side in (box.x0, box.top, box.x1, box.bottom))
    cell = np.asarray(turned(given.crop(pixels), angle))
    drawn = np.asarray(image)[TOP + 2 * STEP : TOP + 3 * STEP, COLUMNS[1] : COLUMNS[2]]
    assert cell.shape == pytest.approx(drawn.shape, abs=8)
    assert abs(float((cell < 128).mean()) - float((drawn < 128).mean())) < 0.02


def test_what_reads_as_nothing_is_named_with_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every written cell, none of which is read, is one problem."""
    monkeypatch.setattr(ocr_reading, "read_strips", lambda grey, areas, **_: [[] for _ in areas])
    found = ocr_page.ocr_page(picture(figures(2)), DPI, page=3)
    problems = [item for item in found if isinstance(item, Problem)]
    assert len(problems) == len(found) == 15, "a title, six heads, eight codes and figures"
    assert {(problem.code, problem.page) for problem in problems} == {("ocr_text_unread", 3)}
    assert "第3页第1个表第4行第2列" in {problem.place for problem in problems}
    assert any("厘米" in problem.place for problem in problems)


def test_problems_of_a_picture_file_stand_beside_its_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ocr, "missing", lambda: None)
    problem = Problem("ocr_text_unread", "第1页有文字未能识别。", "第1页", 1)
    monkeypatch.setattr(ocr, "ocr_page", lambda *args, **keywords: [Paragraph("甲", page=1, is_ocr=True), problem])
    buffer = io.BytesIO()
    Image.new("L", (400, 400), 255).save(buffer, "PNG")
    document = ocr.read(buffer.getvalue())
    assert (len(document.blocks), document.problems) == (1, (problem,))


def test_cells_joined_by_a_broken_ruling_are_named() -> None:
    joined = Cell("本年支出合计\n204.10\n支出总计 |204.10", 7, 2, 2, 2, page=1, is_ocr=True)
    sentence = Cell("全年完成投资 208.00万元，\n按期完工。", 1, 1, 1, 3, page=1, is_ocr=True)
    (problem,) = ocr_page._run_together([Table((joined, sentence), 9, 4, page=1)], 1)
    assert (problem.code, problem.place) == ("ocr_cells_joined", "第1页第1个表第8行第3列")
    assert "204.10、204.10" in problem.reason


def test_figures_under_heads_that_became_one_are_unsure() -> None:
    head = Cell("支出\n项目 行次 |决算数", 0, 3, 2, 3, page=1, is_ocr=True, confidence=78)
    under = Cell("33", 2, 4, page=1, is_ocr=True, confidence=96)
    beside = Cell("5890.96", 2, 2, page=1, is_ocr=True, confidence=96)
    cells = ocr_page._doubted_below_breaks([head, under, beside])
    assert [cell.confidence for cell in cells] == [78, ocr_reading.UNSURE_BELOW - 5, 96]
    (problem,) = ocr_page._run_together([Table((head,), 3, 6, page=1)], 1)
    assert problem.code == "ocr_cells_joined"


def signs(*, broken_two: bool) -> tuple[np.ndarray, Area]:
    """≥ and three digits as drawn by hand; or a 2 whose stroke broke above its foot."""
    image = Image.new("L", (240, 60), 255)
    draw = ImageDraw.Draw(image)
    if broken_two:
        draw.arc((10, 10, 24, 26), 180, 60, fill=0, width=4)
        draw.line((22, 22, 14, 32), fill=0, width=4)
        draw.line((10, 38, 24, 38), fill=0, width=4)
    else:
        draw.line((10, 10, 34, 19, 10, 28), fill=0, width=4)
        draw.line((10, 37, 34, 37), fill=0, width=4)
    for x in (42, 62, 82):
        draw.rectangle((x, 10, x + 13, 38), outline=0, width=4)
    ink = ink_of(np.asarray(image))
    (area,) = text_lines(ink, Area(0, 0, 240, 60), 28)
    return ink, area


def test_the_sign_before_a_target_is_told_by_its_shape() -> None:
    ink, area = signs(broken_two=False)
    assert comparison(ink, area) == ("≥", 42)
    mirrored, width = ink[:, ::-1], ink.shape[1]
    assert comparison(mirrored, Area(width - 35, area.y0, width - 10, area.y1))[0] == "", "nothing follows it"
    ink, area = signs(broken_two=True)
    assert comparison(ink, area) == ("", area.x0)


def test_a_flat_stroke_alone_is_a_dash() -> None:
    ink = np.zeros((60, 200), dtype=bool)
    ink[28:32, 20:50] = True
    (area,) = text_lines(ink, Area(0, 0, 200, 60), 28)
    assert is_dash(ink, area, 28)
    assert not is_dash(ink, area, 8), "as high as it is thick: text of another size"
    (reading,) = ocr_reading.read_areas(np.where(ink, 0, 255).astype(np.uint8), ink, [area], [28.0], seconds=1)
    assert reading.text == "—"


def test_a_red_seal_goes_and_red_figures_stay() -> None:
    image = Image.new("RGB", (1000, 800), "white")
    draw = ImageDraw.Draw(image)
    draw.ellipse((500, 200, 820, 520), outline=(225, 60, 60), width=7)
    draw.rectangle((560, 340, 760, 346), fill=(20, 20, 20))
    draw.rectangle((60, 60, 160, 80), fill=(200, 20, 20))
    grey = without_seals(np.asarray(image), DPI)
    assert grey[360, 500:506].min() > 200, "the ring"
    assert grey[343, 600] < 40, "print below the seal"
    assert grey[70, 100] < 120, "red print elsewhere"
