"""Ruling lines of a page: everything drawn that separates cells for the eye, as straight segments.

Producers draw the same table in many ways: stroked lines, one segment a cell side, rectangles a fraction of a point
thin, stroked rectangles round every cell, frames as one rectangle cut out of another, dots and dashes, stretched
one-pixel images, all of it perhaps inside nested form objects. Here they all become horizontal and vertical segments
in reading space. White ink is no ruling; neither is the edge of a coloured background, except on a page that has
no other rulings (see ``fills``).
"""

from __future__ import annotations

import ctypes
import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field

import pypdfium2.raw as pdfium

from ingest.readers.pdf_library import Frame, Page

Segment = tuple[float, float, float]
"""(position across, start, end): y, x0, x1 of a horizontal; x, top, bottom of a vertical."""
Rectangle = tuple[float, float, float, float]
"""x0, top, x1, bottom."""

_WHITE = 250
"""Ink whose three components are at least this cannot be seen on paper. The lightest grid met is 212."""
_MAX_FORM_DEPTH = 8
_MAX_SEGMENTS = 4000
"""Points of one path looked at. A table drawn as a single path has some hundreds."""
_MAX_LINES = 20_000
_LARGE_PICTURE = 0.1
"""Share of the page from which a picture could hold a table; seals and emblems are smaller."""
_THIN_POLYGON_SHARE = 0.15
"""A filled outline that covers less of its box than this is a net of lines, not a surface."""


@dataclass(slots=True)
class Rulings:
    """What is drawn on a page apart from text."""

    horizontals: list[Segment] = field(default_factory=list)
    verticals: list[Segment] = field(default_factory=list)
    dots: list[Rectangle] = field(default_factory=list)
    fills: list[Rectangle] = field(default_factory=list)
    """Coloured surfaces: backgrounds of cells or rows."""
    masks: list[tuple[Rectangle, int, int]] = field(default_factory=list)
    """White surfaces, with the number of horizontals and verticals drawn before each."""
    image_area: float = 0.0
    """Share of the page covered by pictures; may exceed 1 where pictures overlap."""
    pictures: list[Rectangle] = field(default_factory=list)
    """Where the larger pictures stand: those that could hold a table."""
    curve_count: int = 0
    """Curved outlines: many of them and no text means type that was turned into drawings."""
    is_cut: bool = False
    """More was drawn than the limit allows, and the rest was not looked at."""


def read_rulings(page: Page, frame: Frame, thin: float, limit: int) -> Rulings:
    """Collect the rulings of a page. ``thin`` (points) is the thickness up to which a rectangle is a line."""
    collector = _Collector(frame, thin)
    for kind, item, to_page in _objects(page.handle, limit, collector.rulings):
        if kind == pdfium.FPDF_PAGEOBJ_PATH:
            collector.path(item, to_page)
        elif kind == pdfium.FPDF_PAGEOBJ_IMAGE:
            collector.image(item, to_page)
        if len(collector.rulings.horizontals) + len(collector.rulings.verticals) > _MAX_LINES:
            collector.rulings.is_cut = True
            break
    return collector.rulings


_Matrix = tuple[float, float, float, float, float, float]


def _objects(handle: object, limit: int, rulings: Rulings) -> Iterator[tuple[int, object, _Matrix | None]]:
    """Paths and pictures of the page in drawing order, those inside form objects with the form's matrix."""
    get_object, get_type = pdfium.FPDFPage_GetObject, pdfium.FPDFPageObj_GetType
    text, form = pdfium.FPDF_PAGEOBJ_TEXT, pdfium.FPDF_PAGEOBJ_FORM
    count = pdfium.FPDFPage_CountObjects(handle)
    budget = limit
    for index in range(min(count, limit)):
        item = get_object(handle, index)
        kind = get_type(item)
        if kind == text:
            continue
        if kind == form:
            for entry in _form_objects(item, None, 1, budget):
                budget -= 1
                yield entry
            continue
        yield kind, item, None
    rulings.is_cut = count > limit or budget <= 0


def _form_objects(
    form: object, outer: _Matrix | None, depth: int, budget: int
) -> Iterator[tuple[int, object, _Matrix | None]]:
    matrix = pdfium.FS_MATRIX()
    pdfium.FPDFPageObj_GetMatrix(form, matrix)
    own = (matrix.a, matrix.b, matrix.c, matrix.d, matrix.e, matrix.f)
    to_page = own if outer is None else _times(own, outer)
    for index in range(min(pdfium.FPDFFormObj_CountObjects(form), budget)):
        item = pdfium.FPDFFormObj_GetObject(form, index)
        kind = pdfium.FPDFPageObj_GetType(item)
        if kind == pdfium.FPDF_PAGEOBJ_FORM:
            if depth < _MAX_FORM_DEPTH:
                yield from _form_objects(item, to_page, depth + 1, budget)
        elif kind != pdfium.FPDF_PAGEOBJ_TEXT:
            yield kind, item, to_page


def _times(inner: _Matrix, outer: _Matrix) -> _Matrix:
    a, b, c, d, e, f = inner
    g, h, i, j, k, m = outer
    return (a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + m)


class _Collector:
    """Sorts drawn objects into lines, dots, surfaces and pictures."""

    def __init__(self, frame: Frame, thin: float) -> None:
        self.frame = frame
        self.thin = thin
        self.rulings = Rulings()
        self._sides = [ctypes.c_float() for _ in range(4)]
        self._side_refs = [ctypes.byref(side) for side in self._sides]
        self._fill, self._stroke = ctypes.c_int(), ctypes.c_int()
        self._ink = [ctypes.c_uint() for _ in range(4)]

    def path(self, item: object, to_page: _Matrix | None) -> None:
        if not pdfium.FPDFPath_GetDrawMode(item, self._fill, self._stroke):
            return
        filled, stroked = self._fill.value != 0, self._stroke.value != 0
        if stroked:
            stroked = self._ink_of(item, pdfium.FPDFPageObj_GetStrokeColor) == "dark"
        ink = self._ink_of(item, pdfium.FPDFPageObj_GetFillColor) if filled else "none"
        if not stroked and ink == "none":
            return
        box = self._bounds(item, to_page)
        if box is None:
            return
        x0, top, x1, bottom = box
        count = pdfium.FPDFPath_CountSegments(item)
        if (x1 - x0 <= self.thin or bottom - top <= self.thin) and count <= 6:
            if stroked or ink == "dark":
                self._line(box)
            return
        if count > _MAX_SEGMENTS:
            self.rulings.is_cut = True
            return
        outlines = self._outlines(item, count, to_page)
        if stroked:
            for points in outlines:
                self._edges(points)
        elif ink == "dark":
            self._filled(outlines)
        elif ink == "white" and count <= 6 and len(outlines) == 1:
            rulings = self.rulings
            rulings.masks.append((box, len(rulings.horizontals), len(rulings.verticals)))

    def image(self, item: object, to_page: _Matrix | None) -> None:
        box = self._bounds(item, to_page)
        if box is None:
            return
        x0, top, x1, bottom = box
        width, height = x1 - x0, bottom - top
        if min(width, height) <= self.thin and max(width, height) >= 5 * min(width, height):
            self._line(box)
            return
        page_area = max(1.0, self.frame.width * self.frame.height)
        inside_x = max(0.0, min(x1, self.frame.width) - max(x0, 0.0))
        inside_y = max(0.0, min(bottom, self.frame.height) - max(top, 0.0))
        share = inside_x * inside_y / page_area
        self.rulings.image_area += share
        if share >= _LARGE_PICTURE:
            self.rulings.pictures.append(box)

    def _ink_of(self, item: object, get_color: object) -> str:
        """``dark`` for visible ink, ``white`` for opaque white, ``none`` for transparent."""
        red, green, blue, alpha = self._ink
        if not get_color(item, red, green, blue, alpha):
            return "dark"
        if alpha.value < 10:
            return "none"
        if red.value >= _WHITE and green.value >= _WHITE and blue.value >= _WHITE:
            return "white" if alpha.value >= _WHITE else "none"
        return "dark"

    def _bounds(self, item: object, to_page: _Matrix | None) -> Rectangle | None:
        if not pdfium.FPDFPageObj_GetBounds(item, *self._side_refs):
            return None
        left, bottom, right, top = (side.value for side in self._sides)
        if to_page is not None:
            corners = [_apply(to_page, x, y) for x in (left, right) for y in (bottom, top)]
            left, right = min(x for x, _ in corners), max(x for x, _ in corners)
            bottom, top = min(y for _, y in corners), max(y for _, y in corners)
        frame = self.frame
        x0, y0 = frame.a * left + frame.c * bottom + frame.e, frame.b * left + frame.d * bottom + frame.f
        x1, y1 = frame.a * right + frame.c * top + frame.e, frame.b * right + frame.d * top + frame.f
        return (x0 if x0 < x1 else x1, y0 if y0 < y1 else y1, x1 if x0 < x1 else x0, y1 if y0 < y1 else y0)

    def _outlines(self, item: object, count: int, to_page: _Matrix | None) -> list[list[tuple[float, float]]]:
        """The path's outlines as points in reading space. Curves are counted and end the line before them."""
        matrix = pdfium.FS_MATRIX()
        pdfium.FPDFPageObj_GetMatrix(item, matrix)
        whole = (matrix.a, matrix.b, matrix.c, matrix.d, matrix.e, matrix.f)
        if to_page is not None:
            whole = _times(whole, to_page)
        frame = self.frame
        whole = _times(whole, (frame.a, frame.b, frame.c, frame.d, frame.e, frame.f))
        x, y = ctypes.c_float(), ctypes.c_float()
        outlines: list[list[tuple[float, float]]] = []
        for index in range(count):
            segment = pdfium.FPDFPath_GetPathSegment(item, index)
            kind = pdfium.FPDFPathSegment_GetType(segment)
            pdfium.FPDFPathSegment_GetPoint(segment, x, y)
            point = _apply(whole, x.value, y.value)
            if kind == pdfium.FPDF_SEGMENT_LINETO and outlines:
                outlines[-1].append(point)
            else:
                if kind == pdfium.FPDF_SEGMENT_BEZIERTO:
                    self.rulings.curve_count += 1
                outlines.append([point])
            if pdfium.FPDFPathSegment_GetClose(segment) and outlines[-1][0] != point:
                outlines[-1].append(outlines[-1][0])
        return [points for points in outlines if len(points) > 1]

    def _edges(self, points: list[tuple[float, float]]) -> None:
        """Every upright or level edge of an outline is a line; slanted ones (a crossed-out cell) are none."""
        rulings, slack = self.rulings, 0.5
        for (ax, ay), (bx, by) in itertools.pairwise(points):
            if abs(ay - by) <= slack < abs(ax - bx):
                rulings.horizontals.append(((ay + by) / 2, min(ax, bx), max(ax, bx)))
            elif abs(ax - bx) <= slack < abs(ay - by):
                rulings.verticals.append(((ax + bx) / 2, min(ay, by), max(ay, by)))

    def _filled(self, outlines: list[list[tuple[float, float]]]) -> None:
        surfaces: list[Rectangle] = []
        for points in outlines:
            xs, ys = [x for x, _ in points], [y for _, y in points]
            box = (min(xs), min(ys), max(xs), max(ys))
            width, height = box[2] - box[0], box[3] - box[1]
            if width <= self.thin or height <= self.thin:
                self._line(box)
            elif len(points) > 5 and _area(points) < _THIN_POLYGON_SHARE * width * height:
                self._edges(points)
            else:
                surfaces.append(box)
        for surface in surfaces:
            frame = [other for other in surfaces if other is not surface and _encloses(surface, other, self.thin)]
            if frame:
                x0, top, x1, bottom = surface
                self._edges([(x0, top), (x1, top), (x1, bottom), (x0, bottom), (x0, top)])
            elif not any(_encloses(other, surface, self.thin) for other in surfaces if other is not surface):
                self.rulings.fills.append(surface)

    def _line(self, box: Rectangle) -> None:
        x0, top, x1, bottom = box
        width, height = x1 - x0, bottom - top
        if max(width, height) <= self.thin or max(width, height) < 2 * min(width, height):
            self.rulings.dots.append(box)
        elif width > height:
            self.rulings.horizontals.append(((top + bottom) / 2, x0, x1))
        else:
            self.rulings.verticals.append(((x0 + x1) / 2, top, bottom))


def _apply(matrix: _Matrix, x: float, y: float) -> tuple[float, float]:
    a, b, c, d, e, f = matrix
    return a * x + c * y + e, b * x + d * y + f


def _area(points: list[tuple[float, float]]) -> float:
    total = 0.0
    for (ax, ay), (bx, by) in zip(points, points[1:] + points[:1], strict=True):
        total += ax * by - bx * ay
    return abs(total) / 2


def _encloses(outer: Rectangle, inner: Rectangle, thin: float) -> bool:
    """True where ``inner`` is ``outer`` without a thin border."""
    return all(
        0 <= gap <= thin for gap in (inner[0] - outer[0], inner[1] - outer[1], outer[2] - inner[2], outer[3] - inner[3])
    )
