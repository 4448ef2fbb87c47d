"""A disclosure as PDF, drawn the ways office programs draw: ruled tables with merged cells, wrapped labels centred
around their amounts, tables over several pages, turned and scaled pages, letter-spaced and doubled text.

Coordinates are points from the page's top left; the canvas counts from the bottom.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from synth.model import Cell, Printed, PrintedDisclosure, squeeze
from synth.render.plain import caption

CID_FONT = "STSong-Light"
"""A font the viewer has to bring: nothing is embedded."""
_FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts")
_TRUETYPE_NAMES = ("wqy-zenhei.ttc", "wqy-microhei.ttc", "uming.ttc", "NotoSerifSC-Regular.ttf")
_MARGIN = 36.0
_MIN_PITCH = 1.25
_SMALLEST = 2.5
"""Points of the smallest type a table is set in to fit its page."""
_DRAWN_FIRST = {"amount": 0, "label": 1}


def truetype_font(*folders: str) -> Path | None:
    """A Chinese TrueType font of this machine, for embedding; None where there is none."""
    for folder in (*folders, *_FONT_FOLDERS):
        for name in _TRUETYPE_NAMES:
            for found in sorted(Path(folder).rglob(name)) if Path(folder).is_dir() else ():
                return found
    return None


@dataclass(frozen=True, slots=True)
class PdfStyle:
    """How the PDF is made."""

    font_file: Path | None = None
    """TrueType font to embed; None for a font the viewer brings."""
    size: float = 8.0
    lying: bool = False
    """Every page lies on its side; otherwise wide statements only."""
    rotate: int = 0
    """/Rotate of every page: the content is drawn turned back, so that it stands upright in a viewer."""
    scale: float = 1.0
    """Everything drawn smaller or larger by a matrix, as print drivers do."""
    page_height: float | None = None
    """Height of a page in points, so that tables run over several pages; None for A4."""
    repeat_header: bool = False
    share_pages: bool = False
    """Statements follow each other on a page as far as they fit."""
    letter_spaced: bool = False
    """Short labels without figures set with blanks between their characters, as 合 计."""
    fake_bold: bool = False
    """Header text printed twice, a quarter point apart."""
    caption_in_grid: bool = False
    """Title and unit line as ruled rows of the table."""
    ruling: str = "lines"
    """lines: strokes per cell side; rects: thin filled rectangles; level: no upright ones; none: no rulings at all."""
    scrambled: bool = False
    """Text of a table is drawn in the order of amounts, labels, heads instead of row by row."""
    by_character: bool = False
    """Every character is drawn by itself."""
    amounts_centred: bool = False
    padding: float = 2.5
    """Blank between a cell's side and its text."""


class _Writer:
    def __init__(self, style: PdfStyle) -> None:
        self.style = style
        self.buffer = io.BytesIO()
        self.canvas = Canvas(self.buffer, invariant=1)
        self.font = CID_FONT
        if style.font_file is None:
            pdfmetrics.registerFont(UnicodeCIDFont(CID_FONT))
        else:
            self.font = style.font_file.stem
            pdfmetrics.registerFont(TTFont(self.font, str(style.font_file)))
        self.width, self.height = 595.0, 842.0
        self.top = _MARGIN
        self.is_open = False
        self.wide = False

    # Pages

    def open_page(self, wide: bool) -> None:
        self.close_page()
        self.wide = wide
        style = self.style
        long, short = 842.0, 595.0
        self.width, self.height = (long, short) if wide or style.lying else (short, long)
        if style.page_height is not None:
            self.height = style.page_height
        width, height = self.width * style.scale, self.height * style.scale
        self.canvas.setPageSize((width, height))
        self.canvas.setPageRotation(style.rotate)
        self.canvas.saveState()
        if style.rotate == 90:
            self.canvas.transform(0, 1, -1, 0, height, 0)
        elif style.rotate == 270:
            self.canvas.transform(0, -1, 1, 0, 0, width)
        elif style.rotate == 180:
            self.canvas.transform(-1, 0, 0, -1, width, height)
        if style.scale != 1.0:
            self.canvas.scale(style.scale, style.scale)
        self.top = _MARGIN
        self.is_open = True

    def close_page(self) -> None:
        if self.is_open:
            self.canvas.restoreState()
            self.canvas.showPage()
            self.is_open = False

    @property
    def room(self) -> float:
        return self.height - _MARGIN - self.top

    def pdf(self) -> bytes:
        self.close_page()
        self.canvas.save()
        return self.buffer.getvalue()

    # Text

    def text_width(self, text: str, size: float) -> float:
        return pdfmetrics.stringWidth(text, self.font, size)

    def put(self, x: float, base: float, text: str, size: float, align: str = "l", bold: bool = False) -> None:
        x -= {"l": 0.0, "c": self.text_width(text, size) / 2, "r": self.text_width(text, size)}[align]
        self.canvas.setFont(self.font, size)
        if self.style.by_character:
            for char in text:
                self.canvas.drawString(x, self.height - base, char)
                x += self.text_width(char, size)
            return
        self.canvas.drawString(x, self.height - base, text)
        if bold:
            self.canvas.drawString(x + 0.25, self.height - base, text)

    def wrapped(self, text: str, width: float, size: float) -> list[str]:
        """Lines no wider than ``width``; a number is never broken."""
        if self.text_width(text, size) <= width or not any(char >= "\u3400" for char in text):
            return [text]
        lines, line = [], ""
        for char in text:
            if line and self.text_width(line + char, size) > width:
                lines.append(line)
                line = ""
            line += char
        return [*lines, line]

    def paragraph(self, text: str, size: float, align: str = "l", bold: bool = False) -> None:
        lines = self.wrapped(text, self.width - 2 * _MARGIN, size)
        while lines:
            if not self.is_open or self.room < size * 2:
                self.open_page(False)
                # an upright page is narrower than the lying one before it
                lines = self.wrapped("".join(lines), self.width - 2 * _MARGIN, size)
            line, *lines = lines
            self.top += size * 1.6
            x = {"l": _MARGIN, "c": self.width / 2, "r": self.width - _MARGIN}[align]
            self.put(x, self.top, line, size, align, bold)

    def level(self, parts: list[tuple[str, str]], size: float) -> None:
        """Several pieces of text on one line: (text, align)."""
        self.top += size * 1.6
        for text, align in parts:
            x = {"l": _MARGIN, "c": self.width / 2, "r": self.width - _MARGIN}[align]
            self.put(x, self.top, text, size, align)


@dataclass(slots=True)
class _Placed:
    cell: Cell
    lines: list[str]
    size: float


def render(disclosure: PrintedDisclosure, style: PdfStyle | None = None) -> bytes:
    """The PDF's bytes."""
    style = style or PdfStyle()
    writer = _Writer(style)
    writer.open_page(False)
    writer.paragraph(disclosure.title, 16, "c")
    for block in disclosure.blocks:
        if isinstance(block, str):
            writer.paragraph(block, 10.5)
        else:
            _statement(writer, block)
    return writer.pdf()


def _statement(writer: _Writer, statement: Printed) -> None:
    style = writer.style
    cells = statement.cells()
    head = statement.head
    if style.caption_in_grid:
        cells, extra = _with_caption(statement, cells)
        head += extra
    count = max(cell.row + cell.rows for cell in cells)
    turned = statement.is_wide and writer.width < 800
    if not style.share_pages or turned:
        writer.open_page(statement.is_wide)
    widths, placed, heights = _measured(writer, statement, cells, count)
    if style.share_pages:
        needed = sum(heights[: head + 2]) + 80
        if not writer.is_open or writer.room < needed:
            writer.open_page(statement.is_wide)
            widths, placed, heights = _measured(writer, statement, cells, count)
    if not style.caption_in_grid:
        _caption(writer, statement)
    writer.top += 4
    first = 0
    while first < count:
        repeated = head if style.repeat_header and first else 0
        room = writer.room - sum(heights[:repeated])
        last = first
        while last < count and sum(heights[first : last + 1]) <= room:
            last += 1
        last = max(last, first + 1)
        if first == 0 and last < count:
            last = max(last, head + 1)
        rows = [*range(repeated), *range(first, last)]
        _draw(writer, placed, widths, heights, rows)
        first = last
        if first < count:
            writer.open_page(writer.wide)
    for note in statement.notes:
        writer.paragraph(note, 8)
    writer.top += 14


def _caption(writer: _Writer, statement: Printed) -> None:
    writer.paragraph(statement.title, 13, "c", writer.style.fake_bold)
    if statement.number:
        writer.paragraph(statement.number, 8, "r")
    parts = [(statement.body, "l"), (statement.period, "c"), (statement.unit_line, "r")]
    if any(text for text, _ in parts):
        writer.level([(text, align) for text, align in parts if text], 8)


def _with_caption(statement: Printed, cells: list[Cell]) -> tuple[list[Cell], int]:
    """Caption lines as first rows of the grid: the title over the full width, body and unit sharing a row."""
    width = len(statement.rows()[0])
    rows: list[list[Cell]] = []
    lines = caption(statement)
    rows.append([Cell(lines[0], 0, 0, 1, width, "title")])
    if statement.number:
        rows.append([Cell(statement.number, len(rows), 0, 1, width, "title")])
    if statement.body:
        at, half = len(rows), width // 2
        left = f"{statement.body}　　{statement.period}".rstrip("　")
        rows.append([Cell(left, at, 0, 1, half, "title"),
                     Cell(statement.unit_line, at, half, 1, width - half, "title")])  # fmt: skip
    elif statement.period:
        rows.append([Cell(statement.period, len(rows), 0, 1, width, "title")])
    extra = len(rows)
    moved = [Cell(c.text, c.row + extra, c.column, c.rows, c.columns, c.kind) for c in cells]
    return [cell for row in rows for cell in row] + moved, extra


def _least_and_wish(
    writer: _Writer, statement: Printed, cells: list[Cell], size: float
) -> tuple[list[float], list[float]]:
    """The widths, in points, that columns need for their numbers and that they would like for their texts."""
    columns = len(statement.rows()[0])
    least, wish = [size * 2.4] * columns, [size * 2.6] * columns
    for cell in cells:
        if cell.columns > 1:
            continue
        own = writer.text_width(cell.text, size) + 2 * writer.style.padding + 1
        if cell.kind in ("amount", "code", "row_number"):
            least[cell.column] = max(least[cell.column], own)
        wish[cell.column] = max(wish[cell.column], min(own, 150.0))
    return least, [max(pair) for pair in zip(least, wish, strict=True)]


def _measured(writer: _Writer, statement: Printed, cells: list[Cell], count: int):
    """Column widths that fill the page, texts wrapped to them, row heights.

    Where the columns do not fit, the type is made smaller, as printing to the width of a page does it.
    """
    style, size = writer.style, writer.style.size
    available = writer.width - 2 * _MARGIN
    least, wish = _least_and_wish(writer, statement, cells, size)
    while sum(least) > available:
        size -= 0.5
        if size < _SMALLEST:
            raise ValueError(f"{statement.title}: columns need {sum(least):.0f} of {available:.0f} points")
        least, wish = _least_and_wish(writer, statement, cells, size)
    spare = available - sum(least)
    wanted = sum(wish) - sum(least)
    share = min(1.0, spare / wanted) if wanted else 0.0
    widths = [low + (high - low) * share for low, high in zip(least, wish, strict=True)]
    placed: list[_Placed] = []
    heights = [size * 1.9] * count
    for cell in cells:
        inner = sum(widths[cell.column : cell.column + cell.columns]) - 2 * style.padding
        text = _spaced(cell) if style.letter_spaced else cell.text
        lines = writer.wrapped(text, inner, size) if text else []
        placed.append(_Placed(cell, lines, size))
        if cell.rows == 1:
            heights[cell.row] = max(heights[cell.row], len(lines) * size * _MIN_PITCH + 5)
    for item in placed:
        cell = item.cell
        lack = len(item.lines) * size * _MIN_PITCH + 5 - sum(heights[cell.row : cell.row + cell.rows])
        if cell.rows > 1 and lack > 0:
            for row in range(cell.row, cell.row + cell.rows):
                heights[row] += lack / cell.rows
    return widths, placed, heights


def _spaced(cell: Cell) -> str:
    text = squeeze(cell.text)
    is_short = 2 <= len(text) <= 4 and all("\u3400" <= char <= "\u9fff" for char in text)
    return "　".join(text) if is_short and cell.kind in ("head", "label") else cell.text


def _draw(writer: _Writer, placed: list[_Placed], widths: list[float], heights: list[float], rows: list[int]) -> None:
    """The given rows as one piece of table at the writer's place; a cell cut by the page keeps its text above."""
    edges = [_MARGIN + (writer.width - 2 * _MARGIN - sum(widths)) / 2]
    for width in widths:
        edges.append(edges[-1] + width)
    tops: dict[int, float] = {}
    top = writer.top
    for row in rows:
        tops[row] = top
        top += heights[row]
    shown = set(rows)
    if writer.style.scrambled:
        placed = sorted(placed, key=lambda item: _DRAWN_FIRST.get(item.cell.kind, 2))
    for item in placed:
        cell, size = item.cell, item.size
        own = [row for row in range(cell.row, cell.row + cell.rows) if row in shown]
        if not own:
            continue
        x0, x1 = edges[cell.column], edges[cell.column + cell.columns]
        y0, y1 = tops[own[0]], tops[own[-1]] + heights[own[-1]]
        _rule(writer, x0, y0, x1, y1)
        if cell.row not in shown or not item.lines:
            continue
        pitch = size * _MIN_PITCH
        base = (y0 + y1) / 2 - pitch * (len(item.lines) - 1) / 2 + 0.36 * size
        align = {"label": "l", "amount": "c" if writer.style.amounts_centred else "r"}.get(cell.kind, "c")
        x = {"l": x0 + writer.style.padding, "c": (x0 + x1) / 2, "r": x1 - writer.style.padding}[align]
        for number, line in enumerate(item.lines):
            writer.put(x, base + number * pitch, line, size, align, writer.style.fake_bold and cell.kind == "head")
    writer.top = top


def _rule(writer: _Writer, x0: float, y0: float, x1: float, y1: float) -> None:
    canvas, height = writer.canvas, writer.height
    if writer.style.ruling == "none":
        return
    sides = ((x0, y0, x1, y0), (x0, y1, x1, y1), (x0, y0, x0, y1), (x1, y0, x1, y1))
    for left, upper, right, lower in sides:
        if writer.style.ruling == "level" and left == right:
            continue
        if writer.style.ruling == "rects":
            canvas.rect(left - 0.25, height - lower - 0.25, right - left + 0.5, lower - upper + 0.5, stroke=0, fill=1)
        else:
            canvas.setLineWidth(0.5)
            canvas.line(left, height - upper, right, height - lower)
