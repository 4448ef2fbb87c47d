"""Headers whose upper rows closed up to the left when merged cells were lost (合并表头丢失后左移的栏目).

The lowest row still stands over its own columns; of the rows above only the words are left, one after the other::

    预算数   决算数
    合计     因公出国  公务用车  公务接待  合计  因公出国  公务用车  公务接待
                      小计  购置费  运行费                  小计  购置费  运行费

Each word above belongs to one blank place of the row below, or to one group of words in it; where there are as many
words as places, every word has its place.
"""

from __future__ import annotations

from collections.abc import Sequence

from ingest.document import Cell
from ingest.tables.grid import Grid
from ingest.text import plain_key

_OPENING = ("合计", "小计")
"""Words that begin a group wherever they stand."""

Placed = list[tuple[int, int, Cell | None]]
"""(first column, column after the last, word) from left to right over all columns of a table; None for a blank."""


def unfolded(grid: Grid, header: Sequence[int]) -> dict[int, list[Cell]] | None:
    """Column → its header words, top to bottom, where upper rows closed up; None where nothing has moved, or where the
    words do not fit the places below them.
    """
    if grid.has_spans or len(header) < 2:
        return None
    lowest = grid.cells(header[-1])
    if not lowest or lowest[0].column == 0:
        return None  # nothing tells that this row itself did not close up
    placed: Placed = []
    at = 0
    for cell in lowest:
        placed += [(column, column + 1, None) for column in range(at, cell.column)]
        placed.append((cell.column, cell.column + 1, cell))
        at = cell.column + 1
    placed += [(column, column + 1, None) for column in range(at, grid.column_count)]
    rows = [placed]
    has_moved = False
    for row in reversed(header[:-1]):
        words = grid.cells(row)
        places = _places(rows[-1])
        if len(words) != len(places) or [cell.column for cell in words] != list(range(len(words))):
            return None
        has_moved |= any(cell.column != first for cell, (first, _) in zip(words, places, strict=True))
        rows.append([(first, end, cell) for cell, (first, end) in zip(words, places, strict=True)])
    if not has_moved:
        return None
    paths: dict[int, list[Cell]] = {column: [] for column in range(grid.column_count)}
    for line in reversed(rows):
        for first, end, word in line:
            if word is not None:
                for column in range(first, end):
                    paths[column].append(word)
    return paths


def _places(below: Placed) -> list[tuple[int, int]]:
    """What the words of the row above may head: each blank of the row below, and each group of words in it."""
    found: list[tuple[int, int]] = []
    openers: set[str] = set()
    is_open = False
    for first, end, word in below:
        if word is None:
            found.append((first, end))
            is_open = False
            continue
        key = plain_key(word.text)
        if is_open and key not in _OPENING and key not in openers:
            found[-1] = (found[-1][0], end)
            continue
        openers.add(key)
        found.append((first, end))
        is_open = True
    return found
