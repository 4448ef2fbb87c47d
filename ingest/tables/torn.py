"""Rows that a page break cut through: their lines stand at the foot of one page and at the head of the next (跨页断行).

Word processors break a row of several lines where the page ends, so that one cell's text, even one number, comes in
two pieces: 88. below 63, 2101 below 102. Nothing but what the pieces say together tells such a row from two.
"""

from __future__ import annotations

import re
from dataclasses import replace

from ingest.dictionaries import economic_names, find_terms, functional_names, is_line_label
from ingest.document import Cell
from ingest.tables.grid import Grid, is_subject_code, split_glued_code
from ingest.text import fold_width, label_key, squeeze, whole_number

_BROKEN_AMOUNT = re.compile(r"-?[\d,]*\d[.,]|-?[\d,]*\d\.\d")
"""The first piece of an amount: it ends with its point, or with one decimal."""
_AMOUNT = re.compile(r"-?(?:\d{1,3}(?:,\d{3})+|\d+)\.\d{2,6}%?")
_CLASS = re.compile(r"[235]\d\d")
_CODE = re.compile(r"[235]\d\d(?:\d\d){0,2}")
_DIGITS = re.compile(r"[-\d.,]+")
_EXTENT = 3.0
"""Points by which the edges of the pieces of one table differ at most."""


def join_row(previous: Grid, grid: Grid, first_row: int) -> Grid:
    """``grid`` without the rest of the last row of ``previous``, which is put back there; else unchanged."""
    if not (len(previous) and first_row < len(grid) and previous.has_spans and grid.has_spans):
        return grid
    if grid.column_count != previous.column_count:
        return grid
    last = len(previous) - 1
    upper = {cell.column: cell for cell in previous.cells(last)}
    lower = grid.cells(first_row)
    if not lower or any(cell.column not in upper or cell.row_span > 1 for cell in lower):
        return grid
    pairs = [(upper[cell.column], cell) for cell in lower]
    if any(_are_two(above.text, below.text, _heads_codes(previous, below.column)) for above, below in pairs):
        return grid
    if not (_are_rests(pairs) or any(_are_one(above.text, below.text) for above, below in pairs)):
        return grid
    for above, below in pairs:
        between = "" if _DIGITS.fullmatch(squeeze(above.text + below.text)) else "\n"
        _put(previous, last, above, above._replace(text=above.text + between + below.text))
    return replace(
        grid,
        rows=grid.rows[:first_row] + grid.rows[first_row + 1 :],
        covered=grid.covered[:first_row] + grid.covered[first_row + 1 :],
    )


def is_torn_head(previous: Grid, grid: Grid) -> bool:
    """Whether ``previous`` is the upper part of a header and ``grid`` goes on with it on the next page."""
    if not (previous.has_spans and grid.has_spans) or not 1 <= len(previous) <= 3 or len(grid) < 2:
        return False
    if previous.page is None or grid.page != previous.page + 1:
        return False
    first = grid.cells(0)
    printed = [cell for row in range(len(previous)) for cell in previous.cells(row)] + first
    if not any(cell.column for cell in first) or any(ch.isdigit() for cell in printed for ch in cell.text):
        return False
    edges = [
        (min(cell.box.x0 for cell in cells), max(cell.box.x1 for cell in cells))
        for part in (previous, grid)
        if (cells := [cell for row in part.rows for cell in row if cell is not None and cell.box is not None])
    ]
    return len(edges) == 2 and all(abs(one - other) <= _EXTENT for one, other in zip(*edges, strict=True))


def join_head(upper: Grid, lower: Grid) -> None:
    """Put the pieces of head cells together that stand one over the other: both grids have the same columns.

    A head that goes on below is one cell over the rows of both pieces. What stands under a wider head is its part.
    """
    last = len(upper) - 1
    for below in lower.cells(0):
        standing = (cell for cell in upper.covered[last] if cell is not None)
        above = next((cell for cell in standing if _same_extent(cell, below)), None)
        if above is None or (find_terms(below.text) and not find_terms(above.text + below.text)):
            continue
        _put(upper, last, above, above._replace(text=f"{above.text}\n{below.text}", row_span=above.row_span + 1))
        joined = upper.covered[last][above.column]
        for column in range(below.column, min(below.column + below.column_span, lower.column_count)):
            lower.rows[0][column] = None
            lower.covered[0][column] = joined
    lower._begun = None


def _same_extent(above: Cell, below: Cell) -> bool:
    if above.box is None or below.box is None:
        return False
    return abs(above.box.x0 - below.box.x0) <= _EXTENT and abs(above.box.x1 - below.box.x1) <= _EXTENT


def _put(grid: Grid, row: int, old: Cell, new: Cell) -> None:
    """Set ``new`` in the place of ``old``, wherever that cell reaches."""
    grid._begun = None
    for line in (grid.rows, grid.covered):
        for at in range(max(0, row - old.row_span), row + 1):
            line[at] = [new if cell is old else cell for cell in line[at]]


def _are_rests(pairs: list[tuple[Cell, Cell]]) -> bool:
    """Whether a row without a label holds nothing but the last decimals of the amounts above."""
    texts = [(squeeze(fold_width(above.text)), squeeze(fold_width(below.text))) for above, below in pairs]
    return all("." in first and second.isdigit() and _AMOUNT.fullmatch(first + second) for first, second in texts)


def _heads_codes(grid: Grid, column: int) -> bool:
    """Whether the row above the torn one has a subject's code in a column: no column of scores or counts."""
    before = grid.rows[-2][column] if len(grid) > 1 else None
    return before is not None and bool(_CODE.fullmatch(squeeze(before.text)))


def _are_two(above: str, below: str, among_codes: bool) -> bool:
    """Whether both pieces are whole in themselves: codes, amounts, counts and scores, or names that are known.

    ``among_codes``: codes of subjects stand above the pieces.
    """
    first, second = squeeze(fold_width(above)), squeeze(fold_width(below))
    if first.isdigit() and second.isdigit():
        # 20 over 8 may be the class 208, where something else of the row shows that it is one; so may 2101 over 102.
        is_class = among_codes and bool(_CLASS.fullmatch(first + second))
        return not is_class and not (len(first) in (4, 6) and is_subject_code(first + second))
    if _AMOUNT.fullmatch(first) and _AMOUNT.fullmatch(second):
        return True
    if is_subject_code(above) and is_subject_code(below):
        return len(squeeze(above + below)) > 7 or len(squeeze(above + below)) == 6
    return _is_known(above) and _is_known(below) and not _is_known(above + below)


def _are_one(above: str, below: str) -> bool:
    """Whether the pieces make a whole that neither is: an amount, a subject's code, a name."""
    first, second = squeeze(fold_width(above)), squeeze(fold_width(below))
    if first[:1].isdigit() or first[:1] == "-":
        if second[:1] == ".":
            return first.isdigit() and bool(_AMOUNT.fullmatch(first + second))
        if not second[:1].isdigit():
            return False
        if _BROKEN_AMOUNT.fullmatch(first) and _AMOUNT.fullmatch(first + second):
            return True
        return len(first) in (4, 6) and is_subject_code(first + second) and whole_number(second) is not None
    return _is_known(above + below) and not (_is_known(above) and _is_known(below))


def _is_known(text: str) -> bool:
    glued = split_glued_code(text)
    key = label_key(glued[1] if glued else text)
    return bool(key) and (key in functional_names() or key in economic_names() or is_line_label(text))
