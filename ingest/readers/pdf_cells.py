"""Which text stands in which cell of a ruled grid.

A run of characters inside one cell is easy. One that crosses a ruling is either one word or number too wide for its
cell, which must stay whole and belongs where most of it lies, or the texts of two neighbouring cells printed without
a gap, which must be parted at the ruling. The characters themselves tell: whether each side is a number of its own,
whether they were printed in one stroke, whether the ruling stands in a gap.
"""

from __future__ import annotations

import itertools
import re

from ingest.readers.pdf_characters import Glyph, Run, make_run
from ingest.readers.pdf_grid import Grid
from ingest.readers.pdf_lines import is_ideographic

_MIDDLE = 0.36
"""Height of the middle of a character above its baseline, in em."""
_SIDE_SLACK = 0.5
"""How far, in em, text may jut out of a grid's side and still be the cell's."""
_LEVEL_SLACK = 0.12
_TOUCHING = 0.07
"""A gap below this, in em, is none."""
_NUMBER = re.compile(r"[-+]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?%?")
_NUMERIC = frozenset("0123456789.,-+%")
OVERPRINT = 1.6
"""Type this much larger than the page's, higher than the cell it stands in, is printed over the table."""
_CUT_SEARCH = (0, -1, 1, -2, 2, -3, 3)

Place = tuple[int, int]
"""Index of the grid and of the cell in it."""


def place_runs(runs: list[Run], grids: list[Grid], em: float) -> tuple[dict[Place, list[Run]], list[Run], list[Run]]:
    """Put every run, cut at rulings where it must be, into a cell or among the free runs.

    Returns cells' runs, free runs and hidden runs: those that cannot be seen on the page (see ``Run.clip``). A line
    hidden by its own cell, which is too low for it, is still the cell's.
    """
    placed: dict[Place, list[Run]] = {}
    free: list[Run] = []
    hidden: list[Run] = []
    boxes = [(index, grid.box) for index, grid in enumerate(grids)]
    for run in runs:
        if run.turn == 9:
            free.append(run)
            continue
        if run.clip is not None:
            place = _clipping_cell(run, grids)
            if place is None:
                hidden.append(run)
            else:
                placed.setdefault(place, []).append(run)
            continue
        slack = _SIDE_SLACK * run.em
        middle = run.center if run.turn else run.base - _MIDDLE * run.em
        near = [
            index
            for index, (x0, top, x1, bottom) in boxes
            if run.x1 > x0 - slack
            and run.x0 < x1 + slack
            and top - _LEVEL_SLACK * run.em <= middle <= bottom + _LEVEL_SLACK * run.em
        ]
        if not near:
            free.append(run)
            continue
        for place, piece in _pieces(run, middle, near, grids):
            if place is None or (run.em > OVERPRINT * em and _is_overprint(run, place, grids)):
                free.append(piece)
            else:
                placed.setdefault(place, []).append(piece)
    return placed, free, hidden


def _is_overprint(run: Run, place: Place, grids: list[Grid]) -> bool:
    """True for a watermark set upright over a table: too high for the cell it falls into."""
    _, top, _, bottom = grids[place[0]].region_box(place[1])
    return grids[place[0]].column_count > 1 and bottom - top < 0.9 * run.em


def _clipping_cell(run: Run, grids: list[Grid]) -> Place | None:
    """The cell that hides a run printed for it, None where it is hidden by something larger than a cell."""
    x0, top, x1, bottom = run.clip
    slack = 0.5 * run.em
    if x1 <= x0 or bottom <= top:
        return None
    for index, grid in enumerate(grids):
        region = grid.region_at((x0 + x1) / 2, (top + bottom) / 2, 0.0) if grid.column_count > 1 else None
        if region is not None:
            left, high, right, low = grid.region_box(region)
            if x0 >= left - slack and x1 <= right + slack and top >= high - slack and bottom <= low + slack:
                return index, region
    return None


def _place_at(x: float, y: float, em: float, near: list[int], grids: list[Grid]) -> Place | None:
    for index in near:
        grid = grids[index]
        x0, _top, x1, _bottom = grid.box
        if x0 - _SIDE_SLACK * em <= x <= x1 + _SIDE_SLACK * em:
            region = grid.region_at(x, y, _SIDE_SLACK * em)
            if region is not None:
                return index, region
    return None


def _pieces(run: Run, middle: float, near: list[int], grids: list[Grid]) -> list[tuple[Place | None, Run]]:
    place = _place_at((run.x0 + run.x1) / 2, middle, run.em, near, grids)
    if run.turn or len(run.glyphs) == 1:
        return [(place, run)]
    if place is not None and len(near) == 1:
        x0, _, x1, _ = grids[place[0]].region_box(place[1])
        if run.x0 >= x0 - 0.05 * run.em and run.x1 <= x1 + 0.05 * run.em:
            return [(place, run)]
    glyphs = run.glyphs
    places = [_place_at((glyph.x0 + glyph.x1) / 2, middle, run.em, near, grids) for glyph in glyphs]
    cuts = [
        _best_cut(glyphs, index)
        for index in range(1, len(glyphs))
        if places[index] != places[index - 1] and not _is_one(glyphs, index)
    ]
    if not cuts:
        return [(_most(glyphs, places), run)]
    edges = [0, *sorted(set(cuts)), len(glyphs)]
    return [
        (_most(glyphs[start:end], places[start:end]), make_run(glyphs[start:end]))
        for start, end in itertools.pairwise(edges)
    ]


def _most(glyphs: list[Glyph], places: list[Place | None]) -> Place | None:
    """The cell in which most of a text's width lies."""
    widths: dict[Place | None, float] = {}
    for glyph, place in zip(glyphs, places, strict=True):
        widths[place] = widths.get(place, 0.0) + glyph.x1 - glyph.x0
    return max(widths, key=lambda place: widths[place])


def _is_one(glyphs: list[Glyph], cut: int) -> bool:
    """True where the characters on both sides of a ruling are one word or number."""
    last, first = glyphs[cut - 1], glyphs[cut]
    em = min(last.em, first.em)
    gap = first.x0 - last.x1
    in_one_stroke = first.order == last.order + 1 and not first.spaced
    if last.ch in _NUMERIC and first.ch in _NUMERIC:
        left, right = _number_before(glyphs, cut), _number_after(glyphs, cut)
        whole = bool(_NUMBER.fullmatch(left + right))
        if _NUMBER.fullmatch(left) and _NUMBER.fullmatch(right):
            return whole and in_one_stroke and abs(gap) <= _TOUCHING * em
        return whole or not (_NUMBER.fullmatch(left) or _NUMBER.fullmatch(right))
    if (last.ch.isdigit() and is_ideographic(first.ch)) or (first.ch.isdigit() and is_ideographic(last.ch)):
        return False
    gaps = sorted(glyph.x0 - before.x1 for before, glyph in itertools.pairwise(glyphs))
    usual = gaps[len(gaps) // 2]
    return in_one_stroke and gap <= max(usual, 0.0) + _TOUCHING * em


def _best_cut(glyphs: list[Glyph], cut: int) -> int:
    """Move a cut between two numbers by a character or two where only that leaves a number on each side."""
    if glyphs[cut - 1].ch not in _NUMERIC or glyphs[cut].ch not in _NUMERIC:
        return cut
    start, end = cut - len(_number_before(glyphs, cut)), cut + len(_number_after(glyphs, cut))
    fitting = []
    for shift in _CUT_SEARCH:
        if start < cut + shift < end:
            left = "".join([glyph.ch for glyph in glyphs[start : cut + shift]])
            right = "".join([glyph.ch for glyph in glyphs[cut + shift : end]])
            if _NUMBER.fullmatch(left) and _NUMBER.fullmatch(right):
                # Amounts side by side are printed with equally many decimals.
                alike = len(left.partition(".")[2]) == len(right.partition(".")[2])
                fitting.append((not alike, abs(shift), cut + shift))
    return min(fitting)[2] if fitting else cut


def _number_before(glyphs: list[Glyph], cut: int) -> str:
    start = cut
    while start > 0 and glyphs[start - 1].ch in _NUMERIC:
        start -= 1
    return "".join([glyph.ch for glyph in glyphs[start:cut]])


def _number_after(glyphs: list[Glyph], cut: int) -> str:
    end = cut
    while end < len(glyphs) and glyphs[end].ch in _NUMERIC:
        end += 1
    return "".join([glyph.ch for glyph in glyphs[cut:end]])
