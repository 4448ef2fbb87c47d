"""PDFs that cannot be read, or not wholly: bounded time and memory, a clear reason, nothing lost in silence."""

from __future__ import annotations

import csv
import io
import time
import unicodedata
from collections import Counter, defaultdict
from pathlib import Path

import pypdfium2.raw as pdfium
import pytest
from pdf_drawing import Drawing, Put, Ruled, fund_table
from PIL import Image
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.lib.utils import ImageReader

from ingest.document import Document, Paragraph, Table
from ingest.errors import LimitExceeded, UnreadableFile
from ingest.readers import pdf
from ingest.readers.limits import ReaderLimits
from ingest.readers.pdf_image import PageImage

LIMITS = ReaderLimits()


def read(data: bytes, **limits) -> Document:
    return pdf.read(data, limits=ReaderLimits(**limits))


def codes(document: Document) -> list[tuple[str, int | None]]:
    return [(problem.code, problem.page) for problem in document.problems]


def one_page() -> bytes:
    drawing = Drawing()
    drawing.ruled(fund_table())
    return drawing.pdf()


def many_pages(count: int) -> bytes:
    drawing = Drawing()
    for number in range(count):
        if number:
            drawing.next_page()
        drawing.text(60, 100, f"第{number}项支出")
    return drawing.pdf()


def scan(drawing: Drawing) -> None:
    picture = Image.effect_noise((120, 160), 60)
    drawing.canvas.drawImage(ImageReader(picture), 0, 0, drawing.width, drawing.height)


def test_a_password_is_asked_for_and_an_empty_one_is_tried() -> None:
    locked = Drawing(encrypt=StandardEncryption("secret", ownerPassword="owner"))
    locked.text(60, 100, "保密")
    with pytest.raises(UnreadableFile) as caught:
        read(locked.pdf())
    assert caught.value.code == "encrypted_file"
    assert "加密" in caught.value.reason
    guarded = Drawing(encrypt=StandardEncryption("", ownerPassword="owner", canPrint=0, canCopy=0))
    guarded.text(60, 100, "公开")
    assert [block.text for block in read(guarded.pdf()).blocks] == ["公开"]


@pytest.mark.parametrize("data", [b"", b"%PDF-1.4\n", b"%PDF-1.7\n" + b"\x00" * 4000, b"not a pdf at all"])
def test_damaged_files_are_refused_with_a_reason(data: bytes) -> None:
    with pytest.raises(UnreadableFile) as caught:
        read(data)
    assert "损坏" in caught.value.reason


@pytest.mark.parametrize("share", [0.1, 0.35, 0.6, 0.8, 0.95, 0.999])
def test_truncated_files_are_refused_or_read_with_a_notice(share: float) -> None:
    whole = one_page()
    try:
        document = read(whole[: int(len(whole) * share)])
    except UnreadableFile as error:
        assert "损坏" in error.reason or "没有任何页面" in error.reason
    else:
        assert "file_truncated" in [problem.code for problem in document.problems]


def test_a_file_without_pages() -> None:
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [] /Count 0 >>"]
    body, offsets = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        offsets.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"xref\n0 3\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    body += table + b"trailer << /Size 3 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(body))
    with pytest.raises(UnreadableFile) as caught:
        read(body)
    assert caught.value.code == "no_pages"


def test_two_thousand_pages_are_refused_at_once() -> None:
    data = many_pages(2000)
    began = time.monotonic()
    with pytest.raises(LimitExceeded, match="2000页"):
        read(data)
    assert time.monotonic() - began < 2


def test_limits_of_bytes_cells_characters_and_time() -> None:
    data = one_page()
    with pytest.raises(LimitExceeded, match="字节"):
        read(data, max_bytes=100)
    with pytest.raises(LimitExceeded, match="单元格"):
        read(data, max_cells=5)
    with pytest.raises(LimitExceeded, match="秒"):
        read(many_pages(40), max_seconds=1e-9)
    dense = read(data, max_page_characters=10)
    assert codes(dense) == [("page_too_dense", 1)]
    assert dense.blocks == ()


def test_a_page_of_a_hundred_thousand_lines_stays_bounded() -> None:
    drawing = Drawing()
    drawing.text(60, 100, "图")
    path = drawing.canvas.beginPath()
    for number in range(100_000):
        path.moveTo(number % 590, (number * 7) % 840)
        path.lineTo(number % 590 + 3, (number * 7) % 840)
        if number % 50 == 49:
            drawing.canvas.drawPath(path)
            path = drawing.canvas.beginPath()
    began = time.monotonic()
    document = read(drawing.pdf())
    assert time.monotonic() - began < 8
    assert codes(document) == [("page_rulings_cut", 1)]
    assert [block.text for block in document.blocks] == ["图"]


def test_a_full_mesh_of_rulings_stays_bounded() -> None:
    drawing = Drawing()
    drawing.text(60, 100, "网")
    for number in range(1, 800):
        drawing.line(0.7 * number, 0, 0.7 * number, 842, 0.1)
        drawing.line(0, number, 595, number, 0.1)
    began = time.monotonic()
    read(drawing.pdf())
    assert time.monotonic() - began < 8


def test_a_duplicated_page_is_read_once() -> None:
    drawing = Drawing()
    for top in (120, 120, 200):
        drawing.ruled(fund_table(top=top))
        drawing.next_page()
    drawing.text(60, 100, "完")
    document, counts = pdf.read_counted(drawing.pdf(), limits=LIMITS)
    assert codes(document) == [("duplicate_page", 2)]
    assert counts.duplicate_pages == 1
    assert [block.page for block in document.blocks] == [1, 3, 4]
    assert document.page_count == 4


def test_pages_without_text_are_reported_or_recognised() -> None:
    drawing = Drawing()
    drawing.text(60, 100, "有字的一页")
    drawing.next_page()
    scan(drawing)
    drawing.text(297, 820, "- 2 -", 9, "c")
    drawing.next_page()
    drawing.rect(60, 100, 200, 120, stroke=1, fill=0)
    data = drawing.pdf()
    document = read(data)
    assert codes(document) == [("page_without_text", 2)], "an empty ruled page has nothing to recognise"
    assert "OCR" in document.problems[0].reason

    seen: list[PageImage] = []

    def recognise(image: PageImage) -> tuple[Paragraph, ...]:
        seen.append(image)
        return (Paragraph("认出的字", page=image.page, is_ocr=True, confidence=80),)

    document = pdf.read(data, limits=LIMITS, ocr_page=recognise)
    assert codes(document) == []
    assert [block.text for block in document.blocks] == ["有字的一页", "认出的字"]
    [image] = seen
    assert (image.page, image.width, image.height) == (2, 595, 842)
    assert len(image.pixels) == image.pixel_width * image.pixel_height
    assert image.pixel_width == pytest.approx(595 * 200 / 72, abs=1)
    assert len(set(image.pixels)) > 10, "a real picture, not an empty sheet"


def test_a_picture_beside_text_is_reported_and_a_background_is_not() -> None:
    for background in (False, True):
        drawing = Drawing()
        picture = ImageReader(Image.effect_noise((60, 40), 60))
        place = (0, 0, 595, 842) if background else (100, 300, 300, 250)
        drawing.canvas.drawImage(picture, *place)
        drawing.text(60, 100, "一般公共预算财政拨款基本支出决算表见下图，金额单位为万元，其余事项说明如下所述。")
        drawing.text(60, 120, "另有说明。")
        assert codes(read(drawing.pdf())) == ([] if background else [("picture_not_read", 1)])


def test_an_invisible_text_layer_over_a_scan_counts_as_recognised() -> None:
    drawing = Drawing()
    scan(drawing)
    table = fund_table()
    text = drawing.canvas.beginText(60, 700)
    text.setTextRenderMode(3)
    text.setFont("STSong-Light", 9)
    for (row, column), put in table.cells.items():
        text.setTextOrigin(table.xs[column] + 2, drawing.height - table.ys[row] - 11)
        text.textOut(put.text.split("\n")[0])
    drawing.canvas.drawText(text)
    document = read(drawing.pdf())
    assert document.blocks
    for block in document.blocks:
        assert block.is_ocr if isinstance(block, Paragraph) else all(cell.is_ocr for cell in block.cells)
    assert codes(document) == []


def test_recognition_does_not_use_up_the_readers_own_time() -> None:
    drawing = Drawing()
    for _ in range(3):
        scan(drawing)
        drawing.next_page()
    drawing.text(60, 100, "末页")

    def slow(image: PageImage) -> tuple[Paragraph, ...]:
        time.sleep(0.4)
        return (Paragraph("慢", page=image.page, is_ocr=True),)

    document = pdf.read(drawing.pdf(), limits=ReaderLimits(max_seconds=1.0), ocr_page=slow)
    assert [block.text for block in document.blocks] == ["慢", "慢", "慢", "末页"]


def test_a_scan_throughout_is_one_problem() -> None:
    drawing = Drawing()
    for _ in range(5):
        scan(drawing)
        drawing.next_page()
    scan(drawing)
    document = read(drawing.pdf())
    assert codes(document) == [("document_without_text", None)]
    assert document.blocks == ()


def test_text_converted_to_outlines_is_reported() -> None:
    drawing = Drawing()
    path = drawing.canvas.beginPath()
    for number in range(200):
        x, y = 60 + number % 40 * 10, 100 + number // 40 * 20
        path.moveTo(x, y)
        path.curveTo(x + 2, y + 5, x + 4, y + 5, x + 6, y)
        path.curveTo(x + 4, y - 5, x + 2, y - 5, x, y)
    drawing.canvas.drawPath(path, fill=1, stroke=0)
    assert codes(read(drawing.pdf())) == [("page_without_text", 1)]


def test_text_hidden_by_its_clip_box_is_not_read_twice() -> None:
    """A cell cut by the page break is printed whole on both pages and clipped."""
    drawing = Drawing()
    canvas = drawing.canvas
    for shown in (0, 1):
        canvas.saveState()
        clip = canvas.beginPath()
        clip.rect(50, 842 - 140, 300, 100 - 40 * shown)
        canvas.clipPath(clip, stroke=0, fill=0)
        for number in range(4):
            drawing.text(60, 100 + 30 * number - 60 * shown, f"第{number}行文字")
        canvas.restoreState()
        drawing.next_page()
    drawing.text(60, 100, "完")
    document, counts = pdf.read_counted(drawing.pdf(), limits=LIMITS)
    assert [(block.text, block.page) for block in document.blocks] == [
        ("第0行文字", 1), ("第1行文字", 1), ("第2行文字", 2), ("第3行文字", 2), ("完", 3),
    ]  # fmt: skip
    assert counts.off_page_characters == 4 * len("第0行文字")


def test_a_line_clipped_by_its_own_cell_stays_in_that_cell() -> None:
    table = Ruled([50, 150, 220], [100, 118, 136, 154], [], {})
    table.cells = {(number, 1): Put(f"{number}.00", "r") for number in range(3)}
    drawing = Drawing()
    drawing.ruled(table)
    drawing.text(53, 131, "其他支出")
    drawing.text(53, 149, "办公费")
    canvas = drawing.canvas
    canvas.saveState()
    clip = canvas.beginPath()
    clip.rect(50, 842 - 118, 100, 18)
    canvas.clipPath(clip, stroke=0, fill=0)
    drawing.text(53, 112, "机关事业单位基本")
    drawing.text(53, 123, "养老保险缴费支出")
    canvas.restoreState()
    [found] = [block for block in read(drawing.pdf()).blocks if isinstance(block, Table)]
    assert [cell.text for cell in found.cells if cell.column == 0] == [
        "机关事业单位基本\n养老保险缴费支出",
        "其他支出",
        "办公费",
    ]


def test_embedded_files_are_listed_as_links() -> None:
    document = pdfium.FPDF_CreateNewDocument()
    pdfium.FPDFPage_New(document, 0, 200, 200)
    name = "附表.xlsx".encode("utf-16-le") + b"\0\0"
    buffer = (pdfium.FPDF_WCHAR * (len(name) // 2)).from_buffer_copy(name)
    attachment = pdfium.FPDFDoc_AddAttachment(document, buffer)
    pdfium.FPDFAttachment_SetFile(attachment, document, b"data", 4)
    out = io.BytesIO()

    class Writer(pdfium.FPDF_FILEWRITE):
        pass

    writer = Writer(version=1)
    block_type = dict(pdfium.FPDF_FILEWRITE._fields_)["WriteBlock"]
    writer.WriteBlock = block_type(lambda _w, data, size: out.write(_bytes_at(data, size)) and 1)
    pdfium.FPDF_SaveAsCopy(document, writer, 0)
    pdfium.FPDF_CloseDocument(document)
    assert [link.text for link in read(out.getvalue()).links] == ["附表.xlsx"]


def _bytes_at(address: int, size: int) -> bytes:
    import ctypes

    return ctypes.string_at(address, size)


def test_reading_leaves_nothing_open() -> None:
    """Memory stays flat: the same file read again and again."""
    data = many_pages(30)
    read(data)
    before = _resident_kilobytes()
    for _ in range(20):
        read(data)
    assert _resident_kilobytes() - before < 12_000


def _resident_kilobytes() -> int:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1])
    pytest.skip("no /proc on this system to read memory from")


def _folded(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


@pytest.mark.real
@pytest.mark.parametrize("short", ["finance24", "commerce25"])
def test_every_gold_figure_has_a_cell_of_its_own_in_the_right_row(shared: Path, short: str) -> None:
    with (shared / "gold" / "files.csv").open(encoding="utf-8") as handle:
        names = {next(iter(row.values())): row for row in csv.DictReader(handle)}
    name = next(value for value in names[short].values() if value.endswith(".pdf"))
    document = read(next((shared / "real").rglob(Path(name).name)).read_bytes())
    rows: dict[tuple[int, int, int], list[str]] = defaultdict(list)
    for number, block in enumerate(document.blocks):
        if isinstance(block, Table):
            for cell in block.cells:
                rows[cell.page, number, cell.row].append(_folded(cell.text))
    lost = []
    with (shared / "gold" / f"{short}.csv").open(encoding="utf-8") as handle:
        gold = list(csv.DictReader(handle))
    for figure in gold:
        label, code = _folded(figure["row_label"]), figure["row_code"]
        found = any(
            page == int(figure["page"])
            and figure["value"] in [text.replace(",", "") for text in texts]
            and (not label or label in texts or (code and code in "".join(text for text in texts if text.isdigit())))
            for (page, _, _), texts in rows.items()
        )
        if not found:
            lost.append(figure)
    assert len(gold) > 100
    assert lost == []


@pytest.mark.real
@pytest.mark.slow
def test_the_same_cells_as_pdfplumber_on_every_real_page(shared: Path) -> None:
    """pdfplumber is the oracle: every row of its grids with two cells or more is a row of ours."""
    import pdfplumber

    for path in sorted((shared / "real" / "pdf").glob("*.pdf")):
        ours: dict[int, Counter[tuple[str, ...]]] = defaultdict(Counter)
        for block in read(path.read_bytes()).blocks:
            if isinstance(block, Table):
                rows: dict[int, list[str]] = defaultdict(list)
                for cell in block.cells:
                    rows[cell.row].append(_folded(cell.text))
                ours[block.page].update(tuple(row) for row in rows.values())
        with pdfplumber.open(path) as document:
            for page in document.pages:
                grids = page.extract_tables()
                theirs = Counter(
                    tuple(_folded(text) for text in row if text and _folded(text))
                    for grid in grids
                    for row in grid
                    if max(map(len, grid)) > 1
                )
                theirs.pop((), None)
                assert ours[page.page_number] == theirs, f"{path.name} page {page.page_number}"
