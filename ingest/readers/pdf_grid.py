"""From ruling lines to grids: which rectangles of a page are cells, and which cells are merged.

Lines that touch form one grid. Its line positions cut the plane into unit cells; two unit cells with no ruling
between them belong to one printed cell. So merged cells come out with their spans, outer borders may be missing,
lines may stop short, and every point of a grid lies in exactly one cell: no character can fall between two cells.
"""

from __future__ import annotations

import itertools
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ingest.readers.pdf_characters import Run
from ingest.readers.pdf_rulings import Rectangle, Rulings, Segment

_SAME_LINE = 0.1
"""Pieces of one line lie within this share of an em across it."""
_LINE_GAP = 0.32
"""Largest gap, in em, bridged within a line (corners, dashes). A merged cell's missing piece is far wider."""
_TOUCH = 0.32
"""A line that ends this close, in em, to another touches it."""
_SNAP = 0.36
"""Rulings closer than this, in em, are one ruling drawn double: no character fits between them."""
_PRESENT = 0.6
"""Share of a unit cell's side that must be ruled for the ruling to separate."""
_OPEN_SIDE = 0.8
"""Lines running further than this, in em, beyond the last crossing ruling show an open side."""
_STRIPE = 2.2
"""A row between two rows with backgrounds is at most so many times as high as the one below it: lines wrap."""
_MAX_LINES = 3000
_MAX_MASKS = 60


@dataclass(slots=True)
class Region:
    """One printed cell: a rectangle of unit cells."""

    row: int
    column: int
    row_span: int
    column_span: int


@dataclass(slots=True)
class Grid:
    """A ruled grid: positions of its rulings, its cells, and which cell each unit cell belongs to."""

    xs: list[float]
    ys: list[float]
    regions: list[Region]
    owner: list[list[int]]
    """Index into ``regions`` by row and column."""

    @property
    def box(self) -> Rectangle:
        return self.xs[0], self.ys[0], self.xs[-1], self.ys[-1]

    @property
    def row_count(self) -> int:
        return len(self.ys) - 1

    @property
    def column_count(self) -> int:
        return len(self.xs) - 1

    def region_at(self, x: float, y: float, slack: float) -> int | None:
        """Index of the cell at a point, None outside the grid by more than ``slack``."""
        xs, ys = self.xs, self.ys
        if not (xs[0] - slack <= x <= xs[-1] + slack and ys[0] - slack <= y <= ys[-1] + slack):
            return None
        column = min(max(bisect_right(xs, x) - 1, 0), len(xs) - 2)
        row = min(max(bisect_right(ys, y) - 1, 0), len(ys) - 2)
        return self.owner[row][column]

    def region_box(self, index: int) -> Rectangle:
        region = self.regions[index]
        return (
            self.xs[region.column],
            self.ys[region.row],
            self.xs[region.column + region.column_span],
            self.ys[region.row + region.row_span],
        )


@dataclass(slots=True)
class Lines:
    """The page's rulings with pieces joined."""

    horizontals: list[Segment]
    verticals: list[Segment]
    is_cut: bool = False


def join_lines(rulings: Rulings, em: float, runs: Sequence[Run] = ()) -> Lines:
    """Join pieces of lines, dashes and dots; take backgrounds' edges where a page has no other rulings.

    ``runs`` are the page's text: a last row without background is told by its numbers.
    """
    horizontals, verticals = list(rulings.horizontals), list(rulings.verticals)
    if rulings.masks and len(rulings.masks) <= _MAX_MASKS:
        horizontals, verticals = _unmasked(horizontals, verticals, rulings.masks, em)
    dotted_h: list[Segment] = []
    dotted_v: list[Segment] = []
    if rulings.dots:
        dotted_h = _join([((t + b) / 2, x0, x1) for x0, t, x1, b in rulings.dots], em)
        dotted_v = _join([((x0 + x1) / 2, t, b) for x0, t, x1, b in rulings.dots], em)
    horizontals += [line for line in dotted_h if line[2] - line[1] >= 2 * em]
    verticals += [line for line in dotted_v if line[2] - line[1] >= 1.2 * em]
    joined_h, joined_v = _join(horizontals, em), _join(verticals, em)
    if len(joined_v) < 2 and len(rulings.fills) >= 4:
        edges_h = [(y, x0, x1) for x0, top, x1, bottom in rulings.fills for y in (top, bottom)]
        edges_v = [(x, top, bottom) for x0, top, x1, bottom in rulings.fills for x in (x0, x1)]
        more_h, more_v = _between_stripes(rulings.fills, em, runs)
        edges_h, edges_v = edges_h + more_h, edges_v + more_v
        joined_h, joined_v = _join(horizontals + edges_h, em), _join(verticals + edges_v, em)
    if len(joined_h) > _MAX_LINES or len(joined_v) > _MAX_LINES:
        return Lines([], [], True)
    return Lines(joined_h, joined_v)


def _between_stripes(fills: list[Rectangle], em: float, runs: Sequence[Run]) -> tuple[list[Segment], list[Segment]]:
    """Sides of the rows without background beside rows that have one, level and upright.

    Every other row has a background, so what is missing is about as high as a row. The last row may be one without:
    amounts stand below the lowest background. So may the only row, below a head with a background.
    """
    by_side: dict[tuple[int, int], list[Rectangle]] = {}
    for fill in fills:
        by_side.setdefault((round(fill[0] / em), round(fill[2] / em)), []).append(fill)
    uprights: list[Segment] = []
    lowest: list[Rectangle] = []
    heads: list[Rectangle] = []
    for stack in by_side.values():
        stack.sort(key=lambda fill: fill[1])
        is_striped = False
        for upper, lower in itertools.pairwise(stack):
            gap = lower[1] - upper[3]
            if 0.5 * em < gap <= _STRIPE * max(lower[3] - lower[1], em):
                uprights += [(x, upper[3], lower[1]) for x in (lower[0], lower[2])]
                is_striped = True
        (lowest if is_striped else heads).append(stack[-1])
    foot = max((fill[3] for fill in lowest or heads), default=0.0)
    last = [fill for fill in lowest or heads if foot - fill[3] <= 0.3 * em]
    height = max((fill[3] - fill[1] for fill in last), default=0.0)
    under = [
        run.center
        for run in runs
        if foot < run.center < foot + 3 * height
        and run.glyphs[-1].ch.isdigit()
        and any(fill[0] <= run.x0 and run.x1 <= fill[2] for fill in last)
    ]
    below = [center for center in under if center < foot + height]
    if not below or (not lowest and (len(below) < 3 or len(below) < len(under))):
        return [], uprights
    end = 2 * max(below) - foot
    uprights += [(x, foot, end) for fill in last for x in (fill[0], fill[2])]
    return [(end, fill[0], fill[2]) for fill in last], uprights


def _unmasked(
    horizontals: list[Segment], verticals: list[Segment], masks: list[tuple[Rectangle, int, int]], em: float
) -> Iterator[list[Segment]]:
    """Take away what a white surface drawn later covers. Lines along its edge stay: they border it."""
    edge = _SNAP * em
    for (x0, top, x1, bottom), count_h, count_v in masks:
        if x1 - x0 <= 2 * edge or bottom - top <= 2 * edge:
            continue
        for lines, count, low, high, start, end in (
            (horizontals, count_h, top + edge, bottom - edge, x0, x1),
            (verticals, count_v, x0 + edge, x1 - edge, top, bottom),
        ):
            for index in range(count):
                across, a, b = lines[index]
                if low < across < high and b > start and a < end:
                    # Appended pieces are past every count: no later mask covers them, which errs on the seen side.
                    lines[index] = (across, a, max(a, start - 0.5))
                    lines.append((across, min(b, end + 0.5), b))
    return [line for line in horizontals if line[2] - line[1] > 1], [
        line for line in verticals if line[2] - line[1] > 1
    ]


def _join(segments: list[Segment], em: float) -> list[Segment]:
    """Join collinear pieces that touch, overlap or leave a small gap."""
    if not segments:
        return []
    segments = sorted(segments)
    across_limit, gap_limit = max(_SAME_LINE * em, 0.3), _LINE_GAP * em
    joined: list[Segment] = []
    group: list[Segment] = [segments[0]]
    for segment in segments[1:]:
        if segment[0] - group[-1][0] <= across_limit and segment[0] - group[0][0] <= 2.5 * across_limit:
            group.append(segment)
        else:
            joined.extend(_join_group(group, gap_limit))
            group = [segment]
    joined.extend(_join_group(group, gap_limit))
    return joined


def _join_group(group: list[Segment], gap_limit: float) -> list[Segment]:
    if len(group) == 1:
        return group
    group.sort(key=lambda segment: segment[1])
    lines: list[Segment] = []
    weight = moment = 0.0
    start = end = None
    for across, a, b in group:
        if end is None or a > end + gap_limit:
            if end is not None:
                lines.append((moment / weight, start, end))
            start, end, weight, moment = a, b, 0.0, 0.0
        length = max(b - a, 0.01)
        weight += length
        moment += across * length
        end = max(end, b)
    lines.append((moment / weight, start, end))
    return lines


def find_grids(lines: Lines, em: float) -> list[Grid]:
    """Return the grids of a page, smallest first. A single box is a grid of one cell."""
    grids = []
    for horizontals, verticals in _components(lines, em):
        grid = _grid(horizontals, verticals, em)
        if grid is not None:
            grids.append(grid)
    grids.sort(key=lambda grid: (grid.xs[-1] - grid.xs[0]) * (grid.ys[-1] - grid.ys[0]))
    return grids


def _components(lines: Lines, em: float) -> list[tuple[list[Segment], list[Segment]]]:
    """Group lines that touch or run double; a grid drawn in two halves close above each other is one."""
    horizontals, verticals = sorted(lines.horizontals), sorted(lines.verticals)
    count_h = len(horizontals)
    parent = list(range(count_h + len(verticals)))

    def root(index: int) -> int:
        while parent[index] != index:
            parent[index] = parent[parent[index]]
            index = parent[index]
        return index

    touch = _TOUCH * em
    levels = [line[0] for line in horizontals]
    for number, (x, top, bottom) in enumerate(verticals):
        for index in range(bisect_left(levels, top - touch), bisect_right(levels, bottom + touch)):
            if horizontals[index][1] - touch <= x <= horizontals[index][2] + touch:
                parent[root(index)] = root(count_h + number)
    for family, offset in ((horizontals, 0), (verticals, count_h)):
        for index, (across, start, end) in enumerate(family):
            other = index + 1
            while other < len(family) and family[other][0] - across <= touch:
                if family[other][1] < end and family[other][2] > start:
                    parent[root(offset + other)] = root(offset + index)
                other += 1
    groups: dict[int, tuple[list[Segment], list[Segment]]] = {}
    for index, line in enumerate(horizontals):
        groups.setdefault(root(index), ([], []))[0].append(line)
    for index, line in enumerate(verticals):
        groups.setdefault(root(count_h + index), ([], []))[1].append(line)
    return [group for group in groups.values() if group[0] and group[1]]


def _positions(lines: list[Segment], em: float) -> list[float]:
    """Cluster line positions: double rules become one position, weighted by length."""
    snap = _SNAP * em
    positions: list[float] = []
    first = last = moment = weight = 0.0
    for across, start, end in sorted(lines):
        length = max(end - start, 0.01)
        if weight and across - last <= snap and across - first <= 1.6 * snap:
            moment += across * length
            weight += length
        else:
            if weight:
                positions.append(moment / weight)
            first, moment, weight = across, across * length, length
        last = across
    if weight:
        positions.append(moment / weight)
    return positions


def _with_open_ends(positions: list[float], crossing: list[Segment], em: float) -> list[float]:
    """Add the ends of crossing lines that run on beyond the last position: a side without its own ruling."""
    if not crossing:
        return positions
    reach = _OPEN_SIDE * em
    start, end = min(line[1] for line in crossing), max(line[2] for line in crossing)
    near = 0.5 * em
    if not positions:
        return [start, end]
    if start < positions[0] - reach and (
        sum(1 for line in crossing if line[1] <= start + near) >= 2 or len(crossing) == 1
    ):
        positions = [start, *positions]
    if end > positions[-1] + reach and (
        sum(1 for line in crossing if line[2] >= end - near) >= 2 or len(crossing) == 1
    ):
        positions = [*positions, end]
    return positions


def _grid(horizontals: list[Segment], verticals: list[Segment], em: float) -> Grid | None:
    xs = _with_open_ends(_positions(verticals, em), horizontals, em)
    ys = _with_open_ends(_positions(horizontals, em), verticals, em)
    if len(xs) < 2 or len(ys) < 2:
        return None
    level_ruled = _coverage(horizontals, ys, xs, em)
    upright_ruled = _coverage(verticals, xs, ys, em)
    # A position no unit side of which is ruled comes from a stub: it separates nothing.
    keep_y = [0, *(j for j in range(1, len(ys) - 1) if any(level_ruled[j])), len(ys) - 1]
    keep_x = [0, *(i for i in range(1, len(xs) - 1) if any(upright_ruled[i])), len(xs) - 1]
    if len(keep_y) < len(ys) or len(keep_x) < len(xs):
        xs, ys = [xs[i] for i in keep_x], [ys[j] for j in keep_y]
        level_ruled = _coverage(horizontals, ys, xs, em)
        upright_ruled = _coverage(verticals, xs, ys, em)
    rows, columns = len(ys) - 1, len(xs) - 1
    owner = [[-1] * columns for _ in range(rows)]
    regions: list[Region] = []
    for row in range(rows):
        for column in range(columns):
            if owner[row][column] < 0:
                units = _flood(row, column, owner, level_ruled, upright_ruled, len(regions))
                _settle(units, owner, regions)
    return Grid(xs, ys, regions, owner)


def _coverage(lines: list[Segment], positions: list[float], crossing: list[float], em: float) -> list[list[bool]]:
    """For each position and each unit between crossing positions: is that unit side ruled?"""
    covered = [[0.0] * (len(crossing) - 1) for _ in positions]
    snap = _SNAP * em * 1.6
    for across, start, end in lines:
        right = bisect_left(positions, across)
        nearest = min(
            (index for index in (right - 1, right) if 0 <= index < len(positions)),
            key=lambda index: abs(positions[index] - across),
        )
        if abs(positions[nearest] - across) > snap:
            continue
        row = covered[nearest]
        unit = max(0, bisect_right(crossing, start) - 1)
        while unit < len(row) and crossing[unit] < end:
            row[unit] += min(end, crossing[unit + 1]) - max(start, crossing[unit])
            unit += 1
    return [
        [length >= _PRESENT * (crossing[unit + 1] - crossing[unit]) for unit, length in enumerate(row)]
        for row in covered
    ]


def _flood(
    row: int,
    column: int,
    owner: list[list[int]],
    level_ruled: list[list[bool]],
    upright_ruled: list[list[bool]],
    label: int,
) -> list[tuple[int, int]]:
    """All unit cells reachable without crossing a ruling."""
    rows, columns = len(owner), len(owner[0])
    owner[row][column] = label
    units = [(row, column)]
    for r, c in units:
        if c + 1 < columns and owner[r][c + 1] < 0 and not upright_ruled[c + 1][r]:
            owner[r][c + 1] = label
            units.append((r, c + 1))
        if r + 1 < rows and owner[r + 1][c] < 0 and not level_ruled[r + 1][c]:
            owner[r + 1][c] = label
            units.append((r + 1, c))
        if c > 0 and owner[r][c - 1] < 0 and not upright_ruled[c][r]:
            owner[r][c - 1] = label
            units.append((r, c - 1))
        if r > 0 and owner[r - 1][c] < 0 and not level_ruled[r][c]:
            owner[r - 1][c] = label
            units.append((r - 1, c))
    return units


def _settle(units: list[tuple[int, int]], owner: list[list[int]], regions: list[Region]) -> None:
    """Make cells of connected units: one where they form a rectangle, else one for each band of equal width."""
    top, bottom = min(r for r, _ in units), max(r for r, _ in units)
    left, right = min(c for _, c in units), max(c for _, c in units)
    if len(units) == (bottom - top + 1) * (right - left + 1):
        regions.append(Region(top, left, bottom - top + 1, right - left + 1))
        return
    bands: list[list[int]] = []
    by_row: dict[int, list[int]] = {}
    for r, c in units:
        by_row.setdefault(r, []).append(c)
    open_bands: dict[tuple[int, int], list[int]] = {}
    for r in sorted(by_row):
        spans = _intervals(sorted(by_row[r]))
        now: dict[tuple[int, int], list[int]] = {}
        for span in spans:
            band = open_bands.get(span)
            if band is not None and band[1] == r - 1:
                band[1] = r
            else:
                band = [r, r, span[0], span[1]]
                bands.append(band)
            now[span] = band
        open_bands = now
    for first, last, start, end in bands:
        for r in range(first, last + 1):
            for c in range(start, end + 1):
                owner[r][c] = len(regions)
        regions.append(Region(first, start, last - first + 1, end - start + 1))


def _intervals(columns: list[int]) -> list[tuple[int, int]]:
    spans: list[tuple[int, int]] = []
    start = previous = columns[0]
    for column in columns[1:]:
        if column != previous + 1:
            spans.append((start, previous))
            start = column
        previous = column
    spans.append((start, previous))
    return spans
