"""Pictures of pages (scans) to the document model, by tesseract with Debian's simplified-Chinese data.

Ruling lines are found in the picture first and taken out of it; their grid gives the cells, the recogniser only what
is written in them. Everything comes back marked ``is_ocr`` with a confidence; figures below
``ocr_reading.UNSURE_BELOW`` percent are unsure. Tesseract is an extra: where it is missing the message says so.
"""

from __future__ import annotations

import io
import struct
import warnings
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Protocol

import numpy as np
from PIL import Image, ImageOps

from ingest.document import Box, Cell, Document, Paragraph, Problem, Table
from ingest.errors import IngestError, LimitExceeded, UnreadableFile, UnsupportedFormat
from ingest.readers.grid import table_blocks
from ingest.readers.limits import DEFAULT, ReaderLimits
from ingest.readers.ocr_picture import (
    Area,
    Grid,
    grids,
    ink_of,
    levelled,
    rulings,
    straightened,
    text_lines,
    text_parts,
    usual_height,
)
from ingest.readers.ocr_reading import Reading, read_areas
from ingest.readers.ocr_tesseract import missing, turned

READER = "ocr"
READER_VERSION = "1"

Block = Paragraph | Table
_A4_INCHES = (8.27, 11.69)
_PICTURE_WIDTH, _PICTURE_HEIGHT = 400, 120
"""Pixels; pictures inside office files smaller than this are logos and seals."""
_PICTURE_DAMAGE = (
    OSError, ValueError, SyntaxError, TypeError, LookupError, EOFError, Image.DecompressionBombError, ArithmeticError,
    NotImplementedError, AttributeError, struct.error,
)
"""What Pillow raises on damaged pictures."""
_READING_DPI = 200.0
"""Resolution pictures are brought to when they have less than 150 or more than 400 dots per inch."""


class Picture(Protocol):
    """A rendered page as the PDF reader hands it over."""

    page: int
    width: float
    height: float
    dpi: float
    pixel_width: int
    pixel_height: int
    pixels: bytes


@dataclass(frozen=True, slots=True)
class _Placed:
    """A part of a line of text outside tables, with its reading."""

    area: Area
    reading: Reading


Recogniser = Callable[[Picture], tuple[Block, ...] | None]
"""Reads page pictures of one document; None for a page it cannot read."""


def missing_reason() -> str | None:
    """A Chinese sentence on what must be installed before scans can be read; None when all is there."""
    lacking = missing()
    return None if lacking is None else f"识别图片和扫描件需要 tesseract，本机缺少 {lacking}。请安装后重新导入。"


def recogniser(limits: ReaderLimits = DEFAULT) -> Recogniser | None:
    """A function that reads page pictures of one document; None where tesseract is missing.

    The function gives None for pages beyond ``max_ocr_pages``, too slow ones and ones without any text.
    """
    if missing() is not None:
        return None
    left = [limits.max_ocr_pages]

    def recognise(picture: Picture) -> tuple[Block, ...] | None:
        if left[0] <= 0:
            return None
        left[0] -= 1
        grey = np.frombuffer(picture.pixels, dtype=np.uint8).reshape(picture.pixel_height, picture.pixel_width)
        try:
            return tuple(ocr_page(Image.fromarray(grey), picture.dpi, page=picture.page, limits=limits)) or None
        except LimitExceeded:
            return None

    return recognise


def read(data: bytes, *, limits: ReaderLimits = DEFAULT) -> Document:
    """Bytes of a picture file (PNG, JPEG, TIFF of several pages, BMP, GIF, WebP) as a document.

    Raises ``UnsupportedFormat`` (``ocr_missing``), ``UnreadableFile`` (``damaged_file``, ``no_content``) and
    ``LimitExceeded``.
    """
    if len(data) > limits.max_bytes:
        raise LimitExceeded(f"图片有{len(data)}字节，超过上限{limits.max_bytes}字节。")
    reason = missing_reason()
    if reason is not None:
        raise UnsupportedFormat(reason, code="ocr_missing")
    blocks: list[Block] = []
    problems: list[Problem] = []
    frames = 0
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            image = Image.open(io.BytesIO(data))
            frames = getattr(image, "n_frames", 1)
    except _PICTURE_DAMAGE as error:
        raise _damaged(error) from error
    if frames > limits.max_ocr_pages:
        raise LimitExceeded(f"图片有{frames}页，超过上限{limits.max_ocr_pages}页。请拆分后再试。")
    for number in range(1, frames + 1):
        try:
            frame, dpi = _frame(image, number - 1, limits)
            found = ocr_page(frame, dpi, page=number, limits=limits)
        except LimitExceeded as error:
            if frames == 1:
                raise
            problems.append(Problem(error.code, error.reason, f"第{number}页", number))
            continue
        except UnreadableFile as error:
            if frames == 1:
                raise
            problems.append(Problem(error.code, f"第{number}页：{error.reason}", f"第{number}页", number))
            continue
        blocks += found
        if not found and frames > 1:
            problems.append(Problem("page_without_text", f"第{number}页没有可识别的文字。", f"第{number}页", number))
    if not blocks:
        raise UnreadableFile("图片中没有可识别的文字。请确认图片是否清晰、完整。", code="no_content")
    return Document(
        document_id=sha256(data).hexdigest(),
        file_format="image",
        reader=READER,
        reader_version=READER_VERSION,
        blocks=tuple(blocks),
        byte_count=len(data),
        page_count=frames,
        problems=tuple(problems),
    )


def embedded_blocks(data: bytes, limits: ReaderLimits) -> list[Block] | None:
    """Blocks of a picture inside an office file; None for decoration, unreadable kinds, and without tesseract.

    Only pictures of some size are read, and only figures or a fair amount of text make them more than decoration.
    """
    if missing() is not None:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            size = Image.open(io.BytesIO(data)).size
        if size[0] < _PICTURE_WIDTH or size[1] < _PICTURE_HEIGHT:
            return None
        blocks = read(data, limits=limits).blocks
    except (IngestError, *_PICTURE_DAMAGE):
        return None
    blocks = [replace(block, page=None) for block in _without_pages(blocks)]
    size_of_text = sum(
        len(block.text) if isinstance(block, Paragraph) else sum(len(cell.text) for cell in block.cells)
        for block in blocks
    )
    return blocks if size_of_text >= 20 else None


def _without_pages(blocks: Iterable[Block]) -> list[Block]:
    """The blocks without boxes and pages: inside an office file a picture's own positions mean nothing."""
    return [
        replace(block, cells=tuple(cell._replace(page=None) for cell in block.cells))
        if isinstance(block, Table) else block
        for block in map(_without_boxes, blocks)
    ]


def _frame(image: Image.Image, index: int, limits: ReaderLimits) -> tuple[Image.Image, float]:
    """One page of a picture file in grey, and its resolution, stated or guessed from the size of A4."""
    try:
        image.seek(index)
        width, height = image.size
        if width * height > limits.max_image_pixels:
            raise LimitExceeded(f"图片有{width}×{height}像素，超过上限{limits.max_image_pixels}像素。请缩小后再试。")
        frame = ImageOps.exif_transpose(image) or image
        if frame.mode in ("RGBA", "LA", "PA") or "transparency" in frame.info:
            frame = frame.convert("RGBA")
            white = Image.new("RGBA", frame.size, "white")
            frame = Image.alpha_composite(white, frame)
        grey = frame.convert("L")
        grey.load()
    except LimitExceeded:
        raise
    except _PICTURE_DAMAGE as error:
        raise _damaged(error) from error
    if min(grey.size) < 16:
        raise UnreadableFile("图片太小，没有可识别的文字。", code="no_content")
    stated = image.info.get("dpi", (0, 0))
    try:
        dpi = float(stated[0])
    except (TypeError, ValueError, IndexError, ZeroDivisionError):
        dpi = 0.0
    short, long = sorted(grey.size)
    guessed = max(short / _A4_INCHES[0], long / _A4_INCHES[1])
    if not 100 <= dpi <= 1200 or not 0.4 <= guessed / dpi <= 2.5:
        dpi = min(max(guessed, 72.0), 600.0)
    return grey, dpi


def ocr_page(image: Image.Image, dpi: float, *, page: int = 1, limits: ReaderLimits = DEFAULT) -> list[Block]:
    """Blocks of one page picture in reading order; boxes are points from the page's top left.

    Raises ``LimitExceeded`` for a picture too large and a page too slow.
    """
    if image.width * image.height > limits.max_image_pixels:
        raise LimitExceeded(f"图片超过上限{limits.max_image_pixels}像素。请缩小后再试。")
    grey = image.convert("L")
    if not 150 <= dpi <= 400:
        factor = _READING_DPI / dpi
        size = (max(round(grey.width * factor), 1), max(round(grey.height * factor), 1))
        if size[0] * size[1] <= limits.max_image_pixels:
            grey, dpi = grey.resize(size, Image.Resampling.LANCZOS), _READING_DPI
    blocks, quality = _read_upright(grey, dpi, page, limits)
    if quality < 45 and grey.width * grey.height > 90_000:
        angle = turned(np.asarray(grey), dpi=dpi, seconds=limits.ocr_page_seconds)
        if angle:
            again, better = _read_upright(grey.rotate(angle, expand=True, fillcolor=255), dpi, page, limits)
            if better > quality:
                blocks = [_without_boxes(block) for block in again]
    return blocks


def _read_upright(image: Image.Image, dpi: float, page: int, limits: ReaderLimits) -> tuple[list[Block], float]:
    """Blocks, and the median confidence of what was read (100 for a blank page)."""
    image, _ = straightened(Image.fromarray(levelled(np.asarray(image))))
    grey = np.asarray(image)
    ink = ink_of(grey)
    horizontal, vertical, mask = rulings(ink, dpi)
    tables = grids(horizontal, vertical, dpi)
    ink = ink & ~mask
    cleaned = np.where(mask, 255, grey).astype(np.uint8)
    inset = max(round(dpi * 0.018), 2)
    insides = [
        [Area(cell.area.x0 + inset, cell.area.y0 + inset, max(cell.area.x1 - inset, cell.area.x0 + inset),
              max(cell.area.y1 - inset, cell.area.y0 + inset)) for cell in table.cells]
        for table in tables
    ]
    height = usual_height(ink, [area for areas in insides for area in areas] or [Area(0, 0, *grey.shape[::-1])], dpi)
    slots: list[tuple[int, int, Area]] = [
        (number, index, line)
        for number, areas in enumerate(insides)
        for index, area in enumerate(areas)
        for line in text_lines(ink, area, height)
    ]
    outside = ink.copy()
    for table in tables:
        area = table.area
        outside[max(area.y0 - inset, 0) : area.y1 + inset, max(area.x0 - inset, 0) : area.x1 + inset] = False
    free_height = usual_height(outside, [Area(0, 0, *grey.shape[::-1])], dpi)
    lines = [
        [part for part in text_parts(outside, line, free_height) if part.y1 - part.y0 < dpi]
        for line in text_lines(outside, Area(0, 0, *grey.shape[::-1]), free_height)
    ]
    lines = [line for line in lines if line]
    areas = [area for *_, area in slots] + [part for line in lines for part in line]
    readings = read_areas(cleaned, ink, areas, seconds=limits.ocr_page_seconds)
    scale = 72 / dpi
    placed: list[tuple[float, list[Block]]] = []
    for number, table in enumerate(tables):
        own = [(index, area, reading) for (at, index, area), reading in zip(slots, readings, strict=False)
               if at == number]
        placed.append((table.area.y0, _table(table, own, page, scale)))
    rest = iter(readings[len(slots) :])
    read_lines = [[_Placed(part, next(rest)) for part in line] for line in lines]
    placed += _free_blocks(read_lines, free_height, page, scale)
    placed.sort(key=lambda item: item[0])
    confidences = [reading.confidence for reading in readings if reading.text]
    quality = float(np.median(confidences)) if confidences else (0.0 if areas else 100.0)
    return [block for _, found in placed for block in found], quality


def _table(table: Grid, readings: list[tuple[int, Area, Reading]], page: int, scale: float) -> list[Block]:
    """A ruled table: each cell's lines from top to bottom, its confidence the lowest of them."""
    by_cell: dict[int, list[Reading]] = {}
    for index, _, reading in readings:
        if reading.text:
            by_cell.setdefault(index, []).append(reading)
    cells: list[Cell] = []
    for index, found in by_cell.items():
        cell = table.cells[index]
        cells.append(
            Cell(
                "\n".join(reading.text for reading in found), cell.row, cell.column, cell.row_span, cell.column_span,
                page=page, box=_box(cell.area, scale), is_ocr=True,
                confidence=min(reading.confidence for reading in found),
            )
        )
    return table_blocks(cells, table.row_count, table.column_count, page=page) if cells else []


def _free_blocks(
    lines: list[list[_Placed]], height: float, page: int, scale: float
) -> list[tuple[float, list[Block]]]:
    """Text outside ruled tables: paragraphs, and tables without ruling lines where columns of figures align."""
    placed: list[tuple[float, list[Block]]] = []
    index = 0
    while index < len(lines):
        end = index
        while end < len(lines) and len(lines[end]) > 1 and (
            end == index or lines[end][0].area.y0 - lines[end - 1][0].area.y1 < height * 2.5
        ):
            end += 1
        figures = sum(1 for line in lines[index:end] if any(_is_figure(part.reading.text) for part in line[1:]))
        if end - index >= 3 and figures * 2 >= end - index:
            placed.append((lines[index][0].area.y0, [_aligned(lines[index:end], page, scale)]))
            index = end
            continue
        for part in lines[index]:
            if part.reading.text:
                block = Paragraph(part.reading.text, page=page, box=_box(part.area, scale), is_ocr=True,
                                  confidence=part.reading.confidence)
                placed.append((part.area.y0, [block]))
        index += 1
    return placed


def _aligned(lines: list[list[_Placed]], page: int, scale: float) -> Table:
    """A table without ruling lines: parts that stand above each other are one column."""
    widest = max(len(line) for line in lines)
    columns: list[list[int]] = []
    for part in sorted((part for line in lines if len(line) == widest for part in line), key=lambda p: p.area.x0):
        if columns and part.area.x0 < columns[-1][1]:
            columns[-1][1] = max(columns[-1][1], part.area.x1)
        else:
            columns.append([part.area.x0, part.area.x1])
    cells: list[Cell] = []
    for row, line in enumerate(lines):
        for part in line:
            if not part.reading.text:
                continue
            overlaps = [min(part.area.x1, end) - max(part.area.x0, start) for start, end in columns]
            cells.append(
                Cell(part.reading.text, row, int(np.argmax(overlaps)), page=page, box=_box(part.area, scale),
                     is_ocr=True, confidence=part.reading.confidence)
            )
    return Table(tuple(cells), len(lines), len(columns), page=page, has_spans=False)


def _is_figure(text: str) -> bool:
    return any(character.isdigit() for character in text) and not any("\u3400" <= c <= "\u9fff" for c in text)


def _box(area: Area, scale: float) -> Box:
    return Box(area.x0 * scale, area.y0 * scale, area.x1 * scale, area.y1 * scale)


def _without_boxes(block: Block) -> Block:
    """The block without boxes: on a page that was turned they would point at the wrong places."""
    if isinstance(block, Table):
        return replace(block, cells=tuple(cell._replace(box=None) for cell in block.cells))
    return replace(block, box=None)


def _damaged(error: BaseException) -> UnreadableFile:
    return UnreadableFile(f"图片已损坏或不完整，无法打开（{type(error).__name__}）。", code="damaged_file")
