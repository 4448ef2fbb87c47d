"""Edges of unruled columns from their heads: heads stand in the middle of cells that adjoin each other.

Where a column is blank in every row, figures at the right of their cells may stand nearer to a neighbour's head than
to their own. Heads centred in adjoining cells leave one unknown: with the left edge of the first cell every other
follows, since each middle is half way between two edges. A reading counts only where all text keeps within its cells.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from ingest.readers.pdf_tables import DraftTable

Extent = tuple[float, float]
"""Left and right end, in points."""

_SLACK = 0.3
"""Text may reach so far over its cell's edge, in em."""
_MARGIN = 2.0
"""The outer edges lie at most so far, in em, beyond what is printed; a blank last column may be wide."""
_STEP = 0.1
_MIDDLE = 0.4
"""A word stands in the middle of columns whose middle is no further off, in em."""


def cell_edges(heads: Sequence[Extent], texts: Sequence[Extent], em: float) -> list[float] | None:
    """Edges of the cells under ``heads`` (in order), None where they do not fit or allow two readings.

    ``texts`` are the parts of the rows below. They must keep within the cells, and all left edges that let them must
    agree on which cell each is in.
    """
    left = min([extent[0] for extent in (*heads, *texts)])
    right = max([extent[1] for extent in (*heads, *texts)])
    fitting: list[tuple[list[float], list[int]]] = []
    steps = round((_MARGIN + _SLACK) / _STEP)
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


def groups_columns(extent: Extent, edges: Sequence[float], em: float) -> bool:
    """Whether a word stands in the middle of two adjoining columns or more."""
    middle = (extent[0] + extent[1]) / 2
    return any(
        abs((edges[first] + edges[end]) / 2 - middle) <= _MIDDLE * em
        for first in range(len(edges))
        for end in range(first + 2, len(edges))
    )


def span_by_middle(table: DraftTable, edges: Sequence[float], leaf_row: int, em: float) -> None:
    """Spread words above the heads over the columns they are printed in the middle of; in place.

    Only where one reach fits: two columns or more, each with a head below, none under another word of the row.
    """
    leaves = {cell.column for cell in table.cells if cell.row == leaf_row}
    for row in range(leaf_row):
        cells = [cell for cell in table.cells if cell.row == row]
        for cell in cells:
            middle = (cell.box[0] + cell.box[2]) / 2
            taken = {
                column
                for other in cells
                if other is not cell
                for column in range(other.column, other.column + other.column_span)
            }
            own = range(cell.column, cell.column + cell.column_span)
            reaches = [
                (first, last)
                for first in range(table.column_count)
                for last in range(first + 1, table.column_count)
                if first <= own[0] and own[-1] <= last
                and abs((edges[first] + edges[last + 1]) / 2 - middle) <= _MIDDLE * em
                and leaves.issuperset(range(first, last + 1)) and taken.isdisjoint(range(first, last + 1))
            ]  # fmt: skip
            if len(reaches) == 1:
                cell.column, cell.column_span = reaches[0][0], reaches[0][1] - reaches[0][0] + 1
