"""Characters of a page and the runs they form.

Where a character stands is taken from its origin on the baseline and its advance width, never from the outline of
the glyph: outlines split Chinese words, and fonts lie about their ascent (the same digits come out 8 or 22 points
high). ``em`` is the size the type is really printed at, so every tolerance can be a share of it and a page printed
at half scale reads like any other.
"""

from __future__ import annotations

import ctypes
import math
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

import pypdfium2.raw as pdfium

from ingest.readers.pdf_library import Frame, Page

ASCENT = 0.86
"""Share of the em above the baseline a character is taken to fill; DESCENT below. Same for every font."""
DESCENT = 0.14
_FIRST_IDEOGRAPH = 0x2E80
_BLANKS = frozenset(
    (0x20, 0xA0, 0x09, 0x0A, 0x0D, 0x3000, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, *range(0x2000, 0x200B))
)
_RADICALS = {
    0x2EA0: "民", 0x2EC4: "西", 0x2EC5: "见", 0x2EC6: "角", 0x2EC9: "贝", 0x2ECB: "车", 0x2ED3: "长", 0x2ED4: "门",
    0x2ED8: "青", 0x2ED9: "韦", 0x2EDA: "页", 0x2EDB: "风", 0x2EDC: "飞", 0x2EDD: "食", 0x2EE0: "饣", 0x2EE2: "马",
    0x2EE3: "骨", 0x2EE5: "鱼", 0x2EE6: "鸟", 0x2EE8: "麦", 0x2EE9: "黄", 0x2EEC: "齐", 0x2EEE: "齿", 0x2EF0: "龙",
}  # fmt: skip
"""Radicals some fonts name instead of the character they print. Unicode folds only those from 2F00 on by itself."""
_HYPHENS = frozenset((0x02, 0xAD, 0xFFFE))
"""What pdfium makes of a hyphen at the end of a line."""
_TIGHT = 0.28
"""Largest gap, in em, inside one run. Letter-spacing of running text reaches about a fifth of an em."""
_OVERLAP = 0.55
"""How far, in em, a character may move back under its predecessor (compressed punctuation)."""
_SAME_PLACE = 0.3
"""Two equal characters closer than this share of their width are one character printed twice (fake bold)."""


class Glyph(NamedTuple):
    """One printed character in reading space."""

    ch: str
    x0: float
    x1: float
    base: float
    """Baseline, points from the top."""
    em: float
    order: int
    """Place in the content stream; neighbours differ by one."""
    spaced: bool
    """A blank was printed before it."""


@dataclass(slots=True)
class Run:
    """Characters printed one after the other without a gap: a word, a number, a piece of a sentence."""

    glyphs: list[Glyph]
    x0: float
    x1: float
    top: float
    bottom: float
    base: float
    em: float
    turn: int = 0
    """0 upright; 1 and 3 quarter turns (a label set sideways); 9 slanted (a watermark)."""
    clip: tuple[float, float, float, float] | None = None
    """Set where the run lies outside what may be seen of it: the box (x0, top, x1, bottom) that hides it."""
    is_inkless: bool = False
    """Set without ink: what a recogniser made of the picture below it, else no part of what is printed."""

    @property
    def text(self) -> str:
        return "".join([glyph.ch for glyph in self.glyphs])

    @property
    def center(self) -> float:
        """Height of the middle of the characters, points from the top."""
        return (self.top + self.bottom) / 2


@dataclass(slots=True)
class PageText:
    """All text of a page, in reading space."""

    frame: Frame
    runs: list[Run] = field(default_factory=list)
    em: float = 10.0
    """Median size of the page's type, points."""
    glyph_count: int = 0
    doubled: int = 0
    """Characters printed a second time at the same place and read once."""
    off_page: int = 0
    """Characters that stand outside the visible page or are clipped away: they are not printed."""
    unmapped: int = 0
    """Characters whose font does not say which character they are."""
    unmapped_words: int = 0
    """Those of them that stand beside another one or beside a digit: parts of words and numbers, no bullets."""
    invisible: int = 0
    """Characters printed without ink: over a scan they are what a recogniser made of it."""


_Raw = tuple[int, float, float, float, float, float, float, float, int, int, bool]
"""A character in PDF space: code, left, bottom, right, top, origin x and y, em, turn, order, spaced.

A plain tuple: one is made for every character, and a named one costs as much as a call to pdfium.
"""


def read_text(page: Page, limit: int) -> PageText | None:
    """Read the page's characters into runs; None where there are more than ``limit``."""
    count = pdfium.FPDFText_CountChars(page.text)
    if count > limit:
        return None
    raws, indexes, unmapped = _read_raw(page, count)
    turn = _main_turn(raws)
    frame = page.frame.turned(turn)
    result = PageText(frame, unmapped=unmapped, unmapped_words=_unmapped_words(raws) if unmapped else 0)
    upright: list[Glyph] = []
    turned: list[tuple[int, Glyph, tuple[float, float, float, float]]] = []
    a, b, c, d, e, f = frame.a, frame.b, frame.c, frame.d, frame.e, frame.f
    width, height = frame.width, frame.height
    for code, left, bottom, right, top, px, py, em, direction, order, spaced in raws:
        x0 = a * left + c * bottom + e
        x1 = a * right + c * top + e
        if x1 < x0:
            x0, x1 = x1, x0
        base = b * px + d * py + f
        if not (-2 <= (x0 + x1) / 2 <= width + 2 and -2 <= base <= height + 2 + em):
            result.off_page += 1
            continue
        glyph = Glyph(chr(code), x0, x1, base, em, order, spaced)
        if direction == turn:
            upright.append(glyph)
        else:
            y0 = b * left + d * bottom + f
            y1 = b * right + d * top + f
            relative = 9 if direction == 9 else (direction - turn) % 4
            turned.append((relative, glyph, (x0, min(y0, y1), x1, max(y0, y1))))
    result.glyph_count = len(upright) + len(turned)
    if upright:
        sizes = sorted([glyph.em for glyph in upright])
        result.em = max(1.0, sizes[len(sizes) // 2])
    result.runs, result.doubled = _stream_runs(upright)
    for run in result.runs:
        item = pdfium.FPDFText_GetTextObject(page.text, indexes[run.glyphs[0].order])
        if item:
            run.clip = _hiding_clip(frame, run, item)
            if pdfium.FPDFTextObj_GetTextRenderMode(item) == pdfium.FPDF_TEXTRENDERMODE_INVISIBLE:
                run.is_inkless = True
                result.invisible += len(run.glyphs)
    result.runs.extend(_turned_runs(turned))
    return result


def _hiding_clip(frame: Frame, run: Run, item: object) -> tuple[float, float, float, float] | None:
    """The clip box that hides a run, None where it can be seen.

    Spreadsheet programs print a cell cut by a page break whole on both pages and clip it: without this, its text
    would be read twice. Only the line's height decides; a label clipped at its right is still read whole.
    """
    path = pdfium.FPDFPageObj_GetClipPath(item)
    count = pdfium.FPDFClipPath_CountPaths(path) if path else 0
    if count <= 0:
        return None
    middle = run.base - 0.36 * run.em
    slack = 0.1 * run.em
    x, y = ctypes.c_float(), ctypes.c_float()
    seen = [-math.inf, -math.inf, math.inf, math.inf]
    for number in range(min(count, 8)):
        points = pdfium.FPDFClipPath_CountPathSegments(path, number)
        xs, ys = [], []
        # Of a rectangle two opposite corners are enough: clip boxes are asked for once a run.
        for place in (0, 2) if 4 <= points <= 5 else range(min(points, 40)):
            pdfium.FPDFPathSegment_GetPoint(pdfium.FPDFClipPath_GetPathSegment(path, number, place), x, y)
            xs.append(frame.a * x.value + frame.c * y.value + frame.e)
            ys.append(frame.b * x.value + frame.d * y.value + frame.f)
        if xs:
            seen = [max(seen[0], min(xs)), max(seen[1], min(ys)), min(seen[2], max(xs)), min(seen[3], max(ys))]
    if seen[1] - slack <= middle <= seen[3] + slack and run.x1 >= seen[0] and run.x0 <= seen[2]:
        return None
    return seen[0], seen[1], seen[2], seen[3]


def _read_raw(page: Page, count: int) -> tuple[list[_Raw], list[int], int]:
    """The hot loop: five or six calls to pdfium a character, nothing else.

    Returns the characters, pdfium's index of each, and how many have no known code.
    """
    text, frame = page.text, page.frame
    rect, matrix = pdfium.FS_RECTF(), pdfium.FS_MATRIX()
    px, py = ctypes.c_double(), ctypes.c_double()
    rect_ref, matrix_ref = ctypes.byref(rect), ctypes.byref(matrix)
    px_ref, py_ref = ctypes.byref(px), ctypes.byref(py)
    get_code, get_box = pdfium.FPDFText_GetUnicode, pdfium.FPDFText_GetLooseCharBox
    get_origin, get_matrix = pdfium.FPDFText_GetCharOrigin, pdfium.FPDFText_GetMatrix
    get_size, is_generated = pdfium.FPDFText_GetFontSize, pdfium.FPDFText_IsGenerated
    is_guess = pdfium.FPDFText_HasUnicodeMapError
    a, b, c, d = frame.a, frame.b, frame.c, frame.d
    raws: list[_Raw] = []
    indexes: list[int] = []
    unmapped = 0
    spaced = False
    high = 0
    order = 0
    for index in range(count):
        code = get_code(text, index)
        if code in _BLANKS:
            # Blanks pdfium invents at a gap say nothing that positions do not say better.
            if not spaced and not is_generated(text, index):
                spaced = True
            continue
        if code < 0x20 or 0xD800 <= code < 0xE000 or code >= 0xFFF0 or code == 0xAD:
            if code in _HYPHENS:
                code = 0x2D
            elif 0xD800 <= code < 0xDC00:
                high = code
                continue
            elif 0xDC00 <= code < 0xE000 and high:
                code = 0x10000 + ((high - 0xD800) << 10) + (code - 0xDC00)
                high = 0
            else:
                unmapped += 1
                code = 0xFFFD
        elif 0xE000 <= code < 0xF900:
            unmapped += 1
        elif 0x2E80 <= code < 0x2FE0 or 0xF900 <= code < 0xFB00:
            code = _as_ideograph(code)
        elif code < _FIRST_IDEOGRAPH and is_guess(text, index):
            # A font without a table of characters: pdfium gives the number of the glyph, and 205 may come out as 427.
            unmapped += 1
            code = 0xFFFD
        get_box(text, index, rect_ref)
        get_origin(text, index, px_ref, py_ref)
        get_matrix(text, index, matrix_ref)
        ma, mb, mc, md = matrix.a, matrix.b, matrix.c, matrix.d
        left, bottom, right, top = rect.left, rect.bottom, rect.right, rect.top
        size = abs(get_size(text, index))
        em = size * abs(md) if mb == 0.0 and mc == 0.0 else size * math.hypot(mc, md)
        dx, dy = a * ma + c * mb, b * ma + d * mb
        if dy == 0.0 or abs(dy) < 0.09 * abs(dx):
            turn = 0 if dx >= 0 else 2
            advance = right - left if b == 0.0 else top - bottom
        elif abs(dx) < 0.09 * abs(dy):
            turn = 1 if dy < 0 else 3
            advance = top - bottom if b == 0.0 else right - left
        else:
            turn, advance = 9, max(right - left, top - bottom)
        if not 0.05 < em < 5000.0:  # a damaged matrix, or a font size of nothing
            em = max(min(advance, 100.0), 1.0)
        if advance <= 0.01:
            left, bottom, right, top = _tight_box(text, index, px.value, py.value, em)
        elif code >= _FIRST_IDEOGRAPH and turn != 9 and not 0.4 * advance <= em <= 2.5 * advance:
            em = advance
        raws.append((code, left, bottom, right, top, px.value, py.value, em, turn, order, spaced))
        indexes.append(index)
        order += 1
        spaced = False
    return raws, indexes, unmapped


def _unmapped_words(raws: list[_Raw]) -> int:
    """Number of unknown characters beside another one or a digit, in the order printed."""
    kinds = [
        2 if raw[0] == 0xFFFD or 0xE000 <= raw[0] < 0xF900 else 1 if 0x2C <= raw[0] <= 0x39 or raw[0] == 0x25 else 0
        for raw in raws
    ]
    beside = zip(kinds, [0, *kinds], [*kinds[1:], 0], strict=False)
    return sum(kind == 2 and (before > 0 or after > 0) for kind, before, after in beside)


def _as_ideograph(code: int) -> int:
    """The ideograph a radical or compatibility character is printed for: same shape, other number."""
    text = _RADICALS.get(code) or unicodedata.normalize("NFKC", chr(code))
    return ord(text) if len(text) == 1 else code


def _tight_box(text: object, index: int, px: float, py: float, em: float) -> tuple[float, float, float, float]:
    """The outline, for the rare font that declares no advance widths."""
    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    pdfium.FPDFText_GetCharBox(text, index, left, right, bottom, top)
    if right.value - left.value > 0.01 or top.value - bottom.value > 0.01:
        return left.value, bottom.value, right.value, top.value
    return px, py, px + em / 2, py + em / 2


def _main_turn(raws: list[_Raw]) -> int:
    """The direction most text of the page runs in; slanted text has no say."""
    turns = Counter([raw[8] for raw in raws if raw[8] != 9])
    return max(turns, key=lambda turn: (turns[turn], -turn)) if turns else 0


def make_run(glyphs: list[Glyph], turn: int = 0) -> Run:
    """Build a run from upright glyphs of one line."""
    em = max([glyph.em for glyph in glyphs])
    base = glyphs[0].base
    return Run(
        glyphs,
        min([glyph.x0 for glyph in glyphs]),
        max([glyph.x1 for glyph in glyphs]),
        base - ASCENT * em,
        base + DESCENT * em,
        base,
        em,
        turn,
    )


def _stream_runs(glyphs: Iterable[Glyph]) -> tuple[list[Run], int]:
    """Cut the content stream where the pen jumps: text printed over other text is never mixed with it."""
    runs: list[Run] = []
    current: list[Glyph] = []
    doubled = 0
    last: Glyph | None = None
    for glyph in glyphs:
        if last is not None:
            em = glyph.em if glyph.em < last.em else last.em
            gap = glyph.x0 - last.x1
            level = abs(glyph.base - last.base)
            if (
                glyph.ch == last.ch
                and level < _SAME_PLACE * em
                and abs(glyph.x0 - last.x0) < _SAME_PLACE * max(last.x1 - last.x0, 0.1)
            ):
                doubled += 1
                continue
            if level > 0.15 * em or gap > _TIGHT * em or gap < -_OVERLAP * em or glyph.x0 < last.x0:
                runs.append(make_run(current))
                current = []
        current.append(glyph)
        last = glyph
    if current:
        runs.append(make_run(current))
    return runs, doubled


def _turned_runs(turned: list[tuple[int, Glyph, tuple[float, float, float, float]]]) -> list[Run]:
    """Runs of text set sideways or slanted, in the order printed; they are placed by their middle."""
    runs: list[Run] = []
    for turn, glyph, (x0, top, x1, bottom) in turned:
        if runs:
            run = runs[-1]
            previous = run.glyphs[-1]
            near = max(glyph.em, previous.em) * 1.6
            if (
                run.turn == turn
                and glyph.order == previous.order + 1
                and x0 <= run.x1 + near
                and x1 >= run.x0 - near
                and top <= run.bottom + near
                and bottom >= run.top - near
            ):
                run.glyphs.append(glyph)
                run.x0, run.top = min(run.x0, x0), min(run.top, top)
                run.x1, run.bottom = max(run.x1, x1), max(run.bottom, bottom)
                continue
        runs.append(Run([glyph], x0, x1, top, bottom, bottom, glyph.em, turn))
    return runs
