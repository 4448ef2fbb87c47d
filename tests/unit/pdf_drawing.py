"""Draws pages the ways office programs draw them, for tests of the PDF reader.

Coordinates are points from the page's top left, like the reader's. Text is set in a Chinese font that PDF viewers
supply themselves, so nothing is embedded. No text here comes from a real document.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, field

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

FONT = "STSong-Light"
pdfmetrics.registerFont(UnicodeCIDFont(FONT))

RULING_STYLES = (
    "lines", "segments", "rects", "boxes", "frames", "dashes", "dots", "double", "one_path", "hairlines", "form",
    "images", "gray", "polygons",
)  # fmt: skip

Merge = tuple[int, int, int, int]
"""row, column, rows, columns of a merged cell."""


@dataclass
class Put:
    """Text of one cell. ``align``: l, c, r; lines are set one over the other, centred in the cell's height."""

    text: str
    align: str = "c"
    size: float = 9.0


@dataclass
class Ruled:
    """A ruled table: positions of its lines, merged cells, text by cell."""

    xs: list[float]
    ys: list[float]
    merges: list[Merge] = field(default_factory=list)
    cells: dict[tuple[int, int], Put] = field(default_factory=dict)
    open_sides: bool = False
    """No ruling at the left and right edge."""


class Drawing:
    """A PDF under construction."""

    def __init__(self, width: float = 595.0, height: float = 842.0, **canvas_options) -> None:
        self.buffer = io.BytesIO()
        self.width, self.height = width, height
        self.canvas = Canvas(self.buffer, pagesize=(width, height), invariant=1, **canvas_options)

    def text(self, x: float, base: float, text: str, size: float = 9.0, align: str = "l", spread: float = 0.0) -> None:
        """One line; ``spread`` adds blank width after every character (letter-spacing), each character by itself."""
        self.canvas.setFont(FONT, size)
        if spread:
            for ch in text:
                self.canvas.drawString(x, self.height - base, ch)
                x += width(ch, size) + spread
            return
        x -= {"l": 0.0, "c": width(text, size) / 2, "r": width(text, size)}[align]
        self.canvas.drawString(x, self.height - base, text)

    def line(self, x0: float, y0: float, x1: float, y1: float, thickness: float = 0.5) -> None:
        self.canvas.setLineWidth(thickness)
        self.canvas.line(x0, self.height - y0, x1, self.height - y1)

    def rect(self, x0: float, y0: float, x1: float, y1: float, stroke: int = 0, fill: int = 1) -> None:
        self.canvas.rect(x0, self.height - y1, x1 - x0, y1 - y0, stroke=stroke, fill=fill)

    def ruled(self, table: Ruled, style: str = "lines") -> None:
        """Draw the rulings in a style, then the text."""
        draw_rulings(self, table, style)
        self.fill(table)

    def fill(self, table: Ruled) -> None:
        for (row, column), put in table.cells.items():
            rows, columns = _span(table, row, column)
            x0, x1 = table.xs[column], table.xs[column + columns]
            top, bottom = table.ys[row], table.ys[row + rows]
            lines = put.text.split("\n")
            pitch = put.size * 1.2
            base = (top + bottom) / 2 - pitch * (len(lines) - 1) / 2 + 0.36 * put.size
            x = {"l": x0 + 2, "c": (x0 + x1) / 2, "r": x1 - 1.5}[put.align]
            for number, line in enumerate(lines):
                self.text(x, base + number * pitch, line, put.size, put.align)

    def next_page(self) -> None:
        self.canvas.showPage()

    def pdf(self) -> bytes:
        self.canvas.showPage()
        self.canvas.save()
        return self.buffer.getvalue()


def width(text: str, size: float) -> float:
    return pdfmetrics.stringWidth(text, FONT, size)


def _span(table: Ruled, row: int, column: int) -> tuple[int, int]:
    for top, left, rows, columns in table.merges:
        if (top, left) == (row, column):
            return rows, columns
    return 1, 1


def _sides(table: Ruled) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """Unit sides that are ruled: (line, unit) for level and upright lines."""
    rows, columns = len(table.ys) - 1, len(table.xs) - 1
    owner = {(row, column): (row, column) for row in range(rows) for column in range(columns)}
    for top, left, height, breadth in table.merges:
        for row in range(top, top + height):
            for column in range(left, left + breadth):
                owner[row, column] = (top, left)
    level = [
        (line, unit)
        for line in range(rows + 1)
        for unit in range(columns)
        if owner.get((line - 1, unit)) != owner.get((line, unit))
    ]
    upright = [
        (line, unit)
        for line in range(columns + 1)
        for unit in range(rows)
        if owner.get((unit, line - 1)) != owner.get((unit, line)) and not (table.open_sides and line in (0, columns))
    ]
    return level, upright


def _whole(sides: list[tuple[int, int]]) -> list[tuple[int, int, int]]:
    """Adjacent unit sides joined: (line, first unit, last unit)."""
    joined: list[tuple[int, int, int]] = []
    for line, unit in sorted(sides):
        if joined and joined[-1][0] == line and joined[-1][2] == unit - 1:
            joined[-1] = (line, joined[-1][1], unit)
        else:
            joined.append((line, unit, unit))
    return joined


def draw_rulings(drawing: Drawing, table: Ruled, style: str) -> None:
    """Draw the rulings of a table in one of ``RULING_STYLES``, or not at all (``none``)."""
    canvas, xs, ys = drawing.canvas, table.xs, table.ys
    level, upright = _sides(table)
    if style == "none":
        return
    canvas.saveState()
    if style == "form":
        canvas.beginForm("rulings")
    unit_lines = [(xs[u], ys[j], xs[u + 1], ys[j]) for j, u in level] + [
        (xs[i], ys[u], xs[i], ys[u + 1]) for i, u in upright
    ]
    whole_lines = [(xs[a], ys[j], xs[b + 1], ys[j]) for j, a, b in _whole(level)]
    whole_lines += [(xs[i], ys[a], xs[i], ys[b + 1]) for i, a, b in _whole(upright)]
    if style in ("lines", "hairlines", "gray", "form", "dashes"):
        if style == "gray":
            canvas.setStrokeGray(0.83)
        if style == "dashes":
            canvas.setDash(2, 1.5)
        for x0, y0, x1, y1 in whole_lines:
            drawing.line(x0, y0, x1, y1, 0.0 if style == "hairlines" else 0.75)
    elif style == "segments":
        for x0, y0, x1, y1 in unit_lines:
            drawing.line(x0, y0, x1, y1, 0.5)
    elif style == "rects":
        for x0, y0, x1, y1 in whole_lines:
            drawing.rect(x0 - 0.3, y0 - 0.3, x1 + 0.3, y1 + 0.3)
    elif style == "images":
        for x0, y0, x1, y1 in whole_lines:
            drawing.canvas.drawImage(_black_pixel(), x0, drawing.height - y1 - 0.3, x1 - x0 + 0.6, y1 - y0 + 0.6)
    elif style == "dots":
        for x0, y0, x1, y1 in whole_lines:
            steps = int(max(x1 - x0, y1 - y0) / 2)
            for step in range(steps + 1):
                x, y = x0 + (x1 - x0) * step / steps, y0 + (y1 - y0) * step / steps
                drawing.rect(x - 0.4, y - 0.4, x + 0.4, y + 0.4)
    elif style == "double":
        for x0, y0, x1, y1 in whole_lines:
            dx, dy = (0.0, 0.9) if y0 == y1 else (0.9, 0.0)
            drawing.line(x0 - dx, y0 - dy, x1 - dx, y1 - dy, 0.4)
            drawing.line(x0 + dx, y0 + dy, x1 + dx, y1 + dy, 0.4)
    elif style == "one_path":
        path = canvas.beginPath()
        for x0, y0, x1, y1 in unit_lines:
            path.moveTo(x0, drawing.height - y0)
            path.lineTo(x1, drawing.height - y1)
        canvas.drawPath(path, stroke=1, fill=0)
    elif style == "polygons":
        # A mitred border: each side a trapezium, as browsers print them.
        for x0, y0, x1, y1 in unit_lines:
            path = canvas.beginPath()
            dx, dy = (0.5, 0.5) if y0 == y1 else (0.5, -0.5)
            points = [(x0, y0), (x1, y1), (x1 - dx, y1 + abs(dy)), (x0 + dx, y0 + dy)]
            if y0 != y1:
                points = [(x0, y0), (x1, y1), (x1 + dx, y1 - 0.5), (x0 + dx, y0 + 0.5)]
            path.moveTo(points[0][0], drawing.height - points[0][1])
            for x, y in points[1:]:
                path.lineTo(x, drawing.height - y)
            path.close()
            canvas.drawPath(path, stroke=0, fill=1)
    else:
        _cell_rectangles(drawing, table, style)
    if style == "form":
        canvas.endForm()
        canvas.doForm("rulings")
    canvas.restoreState()


def _cell_rectangles(drawing: Drawing, table: Ruled, style: str) -> None:
    """Every cell as a stroked rectangle, or as one rectangle cut out of another."""
    rows, columns = len(table.ys) - 1, len(table.xs) - 1
    hidden = {
        (row, column)
        for top, left, height, breadth in table.merges
        for row in range(top, top + height)
        for column in range(left, left + breadth)
        if (row, column) != (top, left)
    }
    for row in range(rows):
        for column in range(columns):
            if (row, column) in hidden:
                continue
            height, breadth = _span(table, row, column)
            x0, x1 = table.xs[column], table.xs[column + breadth]
            top, bottom = table.ys[row], table.ys[row + height]
            if style == "boxes":
                drawing.rect(x0, top, x1, bottom, stroke=1, fill=0)
                continue
            path = drawing.canvas.beginPath()
            for inset in (0.0, 0.7):
                path.rect(x0 + inset, drawing.height - bottom + inset, x1 - x0 - 2 * inset, bottom - top - 2 * inset)
            drawing.canvas.drawPath(path, stroke=0, fill=1, fillMode=0)


def _black_pixel():
    from PIL import Image
    from reportlab.lib.utils import ImageReader

    return ImageReader(Image.new("L", (1, 1), 0))


def fund_table(left: float = 40.0, top: float = 120.0, rows: int = 6) -> Ruled:
    """A table with a header of five levels, codes in three columns, wrapped labels, an empty ruled row, a total."""
    xs = [left + x for x in (0, 26, 50, 74, 184, 246, 308, 370, 432, 494)]
    heads = [top + 16 * level for level in range(6)]
    ys = heads + [heads[-1] + 26 * row for row in range(1, rows + 1)]
    merges = [
        (0, 0, 1, 4), (1, 0, 3, 3), (1, 3, 4, 1), (0, 4, 1, 5),
        (1, 4, 4, 1), (1, 5, 1, 4), (2, 5, 3, 1), (2, 6, 1, 3), (3, 6, 1, 2), (3, 8, 2, 1),
        (5 + rows - 1, 0, 1, 4),
    ]  # fmt: skip
    cells = {
        (0, 0): Put("项目"), (1, 0): Put("科目编码"), (1, 3): Put("科目名称"), (0, 4): Put("本年支出"),
        (4, 0): Put("类"), (4, 1): Put("款"), (4, 2): Put("项"),
        (1, 4): Put("合计"), (1, 5): Put("其中"), (2, 5): Put("基本支出"), (2, 6): Put("项目支出"),
        (3, 6): Put("本级项目"), (3, 8): Put("其他"), (4, 6): Put("经常性"), (4, 7): Put("一次性"),
    }  # fmt: skip
    body = [
        ("301", "", "", "工资福利支出", "1,234,567.89", "1,234,567.89", "", "", ""),
        ("301", "01", "", "机关事业单位基本养老\n保险缴费支出", "98,765.40", "98,765.40", "", "", "-3.51"),
        ("301", "01", "02", "其他社会保障和就业支\n出（含临时聘用人员的\n补助）", "0.00", "", "12.30", "1,000.00", ""),
        ("", "", "", "", "", "", "", "", ""),
        ("302", "", "", "商品和服务支出", "20,240.00", "", "20,240.00", "", ""),
    ]  # fmt: skip
    for number, record in enumerate(body[: rows - 1]):
        for column, text in enumerate(record):
            if text:
                size = 8.0 if column == 3 else 9.0
                cells[5 + number, column] = Put(text, "c" if column < 3 else "l" if column == 3 else "r", size)
    cells[5 + rows - 1, 0] = Put("合计")
    cells[5 + rows - 1, 4] = Put("1,353,573.29", "r")
    return Ruled(xs, ys, merges, cells)
