"""Group words over blocks of columns that repeat, where no ruling says how far they reach.

人员经费 | 公用经费 over 编码 名称 金额 | 编码 名称 金额 | 编码 名称 金额: a word printed once in the middle of its
cell stands over one column of it. The heads below repeat, so a group's edges are edges of their blocks, and its middle
says which.
"""

from __future__ import annotations

import itertools
import re

from ingest.readers.pdf_tables import DraftCell, DraftTable

_NUMBER = re.compile(r"[-+]?[\d,]+(?:\.\d+)?%?")
_CLEAR = 0.5
"""A reading is taken where its words stand off the middle of their blocks less than half as far as in any other."""
_MOST_BLOCKS = 8


def span_groups(table: DraftTable) -> None:
    """Give the words over repeated blocks of columns the blocks they are printed in the middle of; in place."""
    first = min((cell.row for cell in table.cells if _NUMBER.fullmatch(cell.text)), default=0)
    for row in range(first - 1):
        groups = sorted((cell for cell in table.cells if cell.row == row), key=lambda cell: cell.column)
        width = _block(table, row + 1, first)
        blocks = table.column_count // width if width else 0
        if 2 <= len(groups) <= blocks <= _MOST_BLOCKS:
            edges = _edges(table, width, blocks)
            starts = _starts(groups, edges)
            if starts is not None:
                for group, (start, end) in zip(groups, itertools.pairwise([*starts, blocks]), strict=True):
                    group.column, group.column_span = start * width, (end - start) * width
            return
        if len(groups) > 1:
            return


def _block(table: DraftTable, first: int, end: int) -> int | None:
    """How many columns the heads in these rows repeat after; None where they do not, or some column has no head."""
    heads = [""] * table.column_count
    for cell in sorted(table.cells, key=lambda cell: cell.row):
        if first <= cell.row < end:
            if cell.column_span > 1:
                return None
            heads[cell.column] += cell.text.replace("\n", "")
    for width in range(2, table.column_count // 2 + 1):
        block = heads[:width]
        is_whole = table.column_count % width == 0 and all(block) and len(set(block)) == width
        if is_whole and heads == block * (table.column_count // width):
            return width
    return None


def _edges(table: DraftTable, width: int, blocks: int) -> list[float]:
    """Where the blocks begin and end: half way between what is printed in neighbouring ones."""
    left = [float("inf")] * blocks
    right = [float("-inf")] * blocks
    for cell in table.cells:
        if cell.column // width == (cell.column + cell.column_span - 1) // width:
            place = cell.column // width
            left[place] = min(left[place], cell.box[0])
            right[place] = max(right[place], cell.box[2])
    between = [(end + start) / 2 for end, start in zip(right[:-1], left[1:], strict=True)]
    return [left[0], *between, right[-1]]


def _starts(groups: list[DraftCell], edges: list[float]) -> list[int] | None:
    """The block each group begins with; None where two readings fit about equally well."""
    readings: list[tuple[float, tuple[int, ...]]] = []
    for cuts in itertools.combinations(range(1, len(edges) - 1), len(groups) - 1):
        bounds = (0, *cuts, len(edges) - 1)
        off = sum(
            abs((group.box[0] + group.box[2]) / 2 - (edges[start] + edges[end]) / 2)
            for group, (start, end) in zip(groups, itertools.pairwise(bounds), strict=True)
        )
        readings.append((off, bounds[:-1]))
    readings.sort()
    if len(readings) > 1 and readings[0][0] >= _CLEAR * readings[1][0]:
        return None
    return list(readings[0][1])
