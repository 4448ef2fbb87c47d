"""Edges of unruled columns from their heads: heads stand in the middle of cells that adjoin each other.

Where a column is blank in every row, figures at the right of their cells may stand nearer to a neighbour's head than
to their own. Heads centred in adjoining cells leave one unknown: with the left edge of the first cell every other
follows, since each middle is half way between two edges. A reading counts only where all text keeps within its cells.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence

Extent = tuple[float, float]
"""Left and right end, in points."""

Fit = tuple[list[float], list[int]]
"""Edges of cells, and the cell each text is in."""

_SLACK = 0.3
"""Text may reach so far over its cell's edge, in em."""
_MARGIN = 2.0
"""The outer edges lie at most so far, in em, beyond what is printed; a blank last column may be wide."""
_STEP = 0.1
_PADDING = 1.5
"""Amounts at the right of their cell end at most so far from its edge, in em."""


def cell_edges(heads: Sequence[Extent], texts: Sequence[Extent], em: float) -> list[float] | None:
    """Edges of the cells under ``heads`` (in order), None where they do not fit or allow two readings."""
    return agreed_edges(fitting_edges(heads, texts, em))


def fitting_edges(heads: Sequence[Extent], texts: Sequence[Extent], em: float) -> list[Fit]:
    """Every reading of the cells under ``heads`` (in order), from the left.

    ``texts`` are the parts of the rows below, which must keep within the cells.
    """
    left = min([extent[0] for extent in (*heads, *texts)])
    right = max([extent[1] for extent in (*heads, *texts)])
    fitting: list[Fit] = []
    steps = round((max(_MARGIN, _first_margin(heads, texts, em)) + _SLACK) / _STEP)
    for step in range(steps + 1):
        edges = [left + (_SLACK - _STEP * step) * em]
        for x0, x1 in heads:
            edges.append(x0 + x1 - edges[-1])
        is_last_blank = not any(x1 > edges[-2] for _, x1 in texts)
        if edges[-1] < right - _SLACK * em or (edges[-1] > right + _MARGIN * em and not is_last_blank):
            continue
        if any(
            not (edges[place] - _SLACK * em <= x0 and x1 <= edges[place + 1] + _SLACK * em)
            for place, (x0, x1) in enumerate(heads)
        ):
            continue
        places = [_place(extent, edges, em) for extent in texts]
        if None not in places:
            fitting.append((edges, [place for place in places if place is not None]))
    return fitting


def _first_margin(heads: Sequence[Extent], texts: Sequence[Extent], em: float) -> float:
    """How far, in em, the first edge may lie left of the first head where nothing but amounts at the right is below it.

    The head stands in the middle of its cell, so there is as much room left of it as right of it.
    """
    below = [extent for extent in texts if len(heads) > 1 and (extent[0] + extent[1]) / 2 < heads[1][0]]
    if not below or min(extent[0] for extent in below) <= heads[0][0]:
        return 0.0
    return (max(extent[1] for extent in below) - heads[0][1]) / em + _PADDING


def agreed_edges(fitting: Sequence[Fit]) -> list[float] | None:
    """The middle one of the readings, None where there is none or they put a text into different cells."""
    if not fitting or any(places != fitting[0][1] for _, places in fitting):
        return None
    return fitting[len(fitting) // 2][0]


def _place(extent: Extent, edges: Sequence[float], em: float) -> int | None:
    """The cell a text keeps within, None where it reaches over an edge."""
    for place, (start, end) in enumerate(itertools.pairwise(edges)):
        if start <= (extent[0] + extent[1]) / 2 < end:
            within = start - _SLACK * em <= extent[0] and extent[1] <= end + _SLACK * em
            return place if within else None
    return None
