"""One page picture to blocks: which way up it lies, its ruled cells and lines of text, what they read (单页识别).

What could not be read comes back as problems that name its place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image

from ingest.document import Box, Cell, Paragraph, Problem, Table
from ingest.errors import LimitExceeded
from ingest.readers.grid import table_blocks
from ingest.readers.limits import DEFAULT, ReaderLimits
from ingest.readers.ocr_picture import (
    Area,
    Grey,
    Grid,
    Ink,
    grids,
    ink_of,
    levelled,
    rulings,
    straightened,
    text_lines,
    text_parts,
    usual_height,
)
from ingest.readers.ocr_reading import UNSURE_BELOW, Reading, legibility, read_areas
from ingest.readers.ocr_turn import SURE_LEAN, Turn, lean, turned

Block = Paragraph | Table
Found = Paragraph | Table | Problem
_READING_DPI = 200.0
"""Resolution pictures are brought to when they have less than 150 or more than 400 dots per inch."""
_DOUBTFUL_PAGE = 75.0
"""Median confidence in percent below which a page may lie upside down or sideways."""
_TRAILING_FIGURE = re.compile(r"(?:^|\s)\D?(\d[\d,]*\.\d+|\d[\d,]{2,})\s*$")
"""A line that is a figure, or ends with one set apart; a mark before it is a rest of a ruling."""
_CHINESE = re.compile("[㐀-鿿]")
_BETTER = 8.0
"""Percent by which another way up must read better to be taken."""


@dataclass(frozen=True, slots=True)
class _Placed:
    """A part of a line of text outside tables, with its reading."""

    area: Area
    reading: Reading


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A page picture taken apart, before anything is read."""

    cleaned: Grey
    """Without its ruling lines."""
    ink: Ink
    skew: float
    tables: list[Grid]
    slots: list[tuple[int, int, Area]]
    """(table, cell, line of text in it)."""
    lines: list[list[Area]]
    """Lines of text outside tables, in parts."""
    height: float
    """Usual height of a character in tables; ``free_height`` outside, in pixels."""
    free_height: float

    @property
    def areas(self) -> list[Area]:
        return [area for *_, area in self.slots] + [part for line in self.lines for part in line]


def ocr_page(image: Image.Image, dpi: float, *, page: int = 1, limits: ReaderLimits = DEFAULT) -> list[Found]:
    """Blocks of one page picture in reading order, then its problems; boxes are points from the picture's top left.

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
    grey = Image.fromarray(levelled(np.asarray(grey)))
    runs = _lean(grey, dpi)
    seconds = limits.ocr_page_seconds
    if runs * SURE_LEAN < 1:
        angle = _best_turn(grey, dpi, (90, 270), seconds)
        return _read_turned(grey, dpi, angle, page, limits)[0]
    found, quality = _read_turned(grey, dpi, 0, page, limits)
    if quality < _DOUBTFUL_PAGE and grey.width * grey.height > 90_000:
        angle = _best_turn(grey, dpi, (0, 180) if runs > SURE_LEAN else (0, 90, 180, 270), seconds)
        if angle:
            again, better = _read_turned(grey, dpi, angle, page, limits)
            if better > quality:
                return again
    return found


def _lean(grey: Image.Image, dpi: float) -> float:
    ink = ink_of(np.asarray(grey))
    *_, mask = rulings(ink, dpi)
    return lean(ink & ~mask, dpi)


def _best_turn(grey: Image.Image, dpi: float, angles: tuple[int, ...], seconds: float) -> int:
    """The turn by which a sample of the page's lines reads best; the first one unless another is clearly better."""
    best, top = angles[0], -_BETTER
    for angle in angles:
        sheet = _taken_apart(turned(grey, angle), dpi)
        score = legibility(sheet.cleaned, sheet.ink, sheet.areas, sheet.height, seconds=seconds)
        if score > top + _BETTER:
            best, top = angle, score
    return best


def _taken_apart(image: Image.Image, dpi: float) -> _Sheet:
    """Rulings, cells and lines of text of an upright, levelled picture."""
    image, skew = straightened(image)
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
    whole = Area(0, 0, *grey.shape[::-1])
    height = usual_height(ink, [area for areas in insides for area in areas] or [whole], dpi)
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
    free_height = usual_height(outside, [whole], dpi)
    lines = [
        [part for part in text_parts(outside, line, free_height) if part.y1 - part.y0 < dpi]
        for line in text_lines(outside, whole, free_height)
    ]
    return _Sheet(cleaned, ink, skew, tables, slots, [line for line in lines if line], height, free_height)


def _read_turned(
    grey: Image.Image, dpi: float, angle: int, page: int, limits: ReaderLimits
) -> tuple[list[Found], float]:
    """Blocks and problems of a levelled picture turned by ``angle``, and the median confidence (100 for a blank page).

    Boxes stand where the text stands on the picture before it was turned and straightened.
    """
    sheet = _taken_apart(turned(grey, angle), dpi)
    areas = sheet.areas
    heights = [sheet.height] * len(sheet.slots) + [sheet.free_height] * (len(areas) - len(sheet.slots))
    readings = read_areas(sheet.cleaned, sheet.ink, areas, heights, seconds=limits.ocr_page_seconds)
    scale = 72 / dpi
    turn = Turn(grey.width * scale, grey.height * scale, angle, sheet.skew)
    placed: list[tuple[float, list[Block]]] = []
    for number, table in enumerate(sheet.tables):
        own = [(index, area, reading) for (at, index, area), reading in zip(sheet.slots, readings, strict=False)
               if at == number]
        placed.append((table.area.y0, _table(table, own, page, scale)))
    rest = iter(readings[len(sheet.slots) :])
    read_lines = [[_Placed(part, next(rest)) for part in line] for line in sheet.lines]
    placed += _free_blocks(read_lines, sheet.free_height, page, scale)
    placed.sort(key=lambda item: item[0])
    confidences = [reading.confidence for reading in readings if reading.text]
    quality = float(np.median(confidences)) if confidences else (0.0 if areas else 100.0)
    blocks: list[Found] = [turn.placed(block) for _, found in placed for block in found]
    return [*blocks, *_unread(sheet, readings, heights, page, dpi), *_run_together(blocks, page)], quality


def _unread(
    sheet: _Sheet, readings: list[Reading], heights: list[float], page: int, dpi: float
) -> Iterator[Problem]:
    """A problem for each line that looks like text and read as nothing, with its cell or its place on the page."""
    for index, (area, reading, height) in enumerate(zip(sheet.areas, readings, heights, strict=True)):
        if reading.text or not _looks_written(area, sheet.ink, height):
            continue
        if index < len(sheet.slots):
            number, at, _ = sheet.slots[index]
            cell = sheet.tables[number].cells[at]
            place = f"第{page}页第{number + 1}个表第{cell.row + 1}行第{cell.column + 1}列"
        else:
            place = f"第{page}页距页顶{area.y0 / dpi * 2.54:.1f}厘米、距左边{area.x0 / dpi * 2.54:.1f}厘米处"
        yield Problem("ocr_text_unread", f"{place}有文字或数字未能识别：请看原件。", place=place, page=page)


def _run_together(blocks: Sequence[Found], page: int) -> Iterator[Problem]:
    """A problem for each merged cell that holds labels and figures in lines of their own, or a rest of a ruling.

    A seal or a fold has broken the lines between cells: what is in it are several rows, and no figure has its place.
    """
    tables = [block for block in blocks if isinstance(block, Table)]
    for number, table in enumerate(tables, 1):
        for cell in table.cells:
            lines = cell.text.split("\n")
            figures = [found[1] for line in lines if (found := _TRAILING_FIGURE.search(line)) is not None]
            if cell.row_span * cell.column_span == 1 or not _CHINESE.search(cell.text):
                continue
            if not figures and not _is_broken(cell):
                continue
            place = f"第{page}页第{number}个表第{cell.row + 1}行第{cell.column + 1}列"
            lost = f"，其中的数字（{'、'.join(figures)}）没有归位" if figures else ""
            reason = f"{place}的表格线不清，几格连成一格{lost}：请看原件。"
            yield Problem("ocr_cells_joined", reason, place=place, page=page)


def _looks_written(area: Area, ink: Ink, height: float) -> bool:
    """Whether a place is neither a speck nor the rest of a line."""
    high, wide = area.y1 - area.y0, area.x1 - area.x0
    if not 0.45 * height <= high <= 4 * height or wide < 0.2 * height:
        return False
    return float(ink[area.y0 : area.y1, area.x0 : area.x1].mean()) < 0.7


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
    cells = _doubted_below_breaks(cells)
    return table_blocks(cells, table.row_count, table.column_count, page=page) if cells else []


def _doubted_below_breaks(cells: list[Cell]) -> list[Cell]:
    """The cells with those unsure that stand under a merged cell in which a rest of a ruling was read.

    Several heads became one there, and the figures below may be counts of rows as well as amounts.
    """
    broken = [cell for cell in cells if _is_broken(cell)]
    if not broken:
        return cells
    return [
        cell._replace(confidence=min(cell.confidence or 0, UNSURE_BELOW - 5))
        if any(head.row < cell.row and head.column <= cell.column < head.column + head.column_span for head in broken)
        else cell
        for cell in cells
    ]


def _is_broken(cell: Cell) -> bool:
    return cell.row_span * cell.column_span > 1 and "|" in cell.text and len(cell.text) > 3


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
