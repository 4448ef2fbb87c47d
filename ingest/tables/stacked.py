"""Rows of a table that were typed into one row, line below line within each cell (一格多行): taken apart again.

合计⏎公务接待费 | 8.00⏎2.00 | 6.50⏎1.30 are two rows. Only where every filled cell of the row has the same number of
lines and one of them holds numbers alone, so that a wrapped label or a wrapped head never makes a row.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from ingest.document import Cell, Paragraph, Table
from ingest.text import is_nothing, whole_number


def unstack(blocks: Sequence[Paragraph | Table]) -> list[Paragraph | Table]:
    """The blocks with such rows taken apart; a PDF is left alone, whose lines stand at places of their own."""
    return [_unstacked(block) if isinstance(block, Table) else block for block in blocks]


def _unstacked(table: Table) -> Table:
    rows: dict[int, list[Cell]] = defaultdict(list)
    for cell in table.cells:
        if cell.box is not None:
            return table
        if "\n" in cell.text:
            rows[cell.row] = []
    if not rows:
        return table
    spanned = {cell.row + down for cell in table.cells if cell.row_span > 1 for down in range(cell.row_span)}
    for cell in table.cells:
        if cell.row in rows:
            rows[cell.row].append(cell)
    lines = {row: _lines(cells) for row, cells in rows.items() if row not in spanned}
    added = {row: count - 1 for row, count in lines.items() if count > 1}
    if not added:
        return table
    cells: list[Cell] = []
    moved = {row: row + sum(more for before, more in added.items() if before < row) for row in range(table.row_count)}
    for cell in table.cells:
        parts = cell.text.split("\n") if cell.row in added else [cell.text]
        cells += [cell._replace(text=part, row=moved[cell.row] + down) for down, part in enumerate(parts)]
    cells.sort(key=lambda cell: (cell.row, cell.column))
    return replace(table, cells=tuple(cells), row_count=table.row_count + sum(added.values()))


def _lines(cells: list[Cell]) -> int:
    """Number of rows that stand in one; 1 where it is one row."""
    parts = [cell.text.split("\n") for cell in cells]
    count = len(parts[0])
    if count < 2 or len(parts) < 2 or any(len(lines) != count for lines in parts):
        return 1
    numeric = sum(
        sum(whole_number(line) is not None for line in lines) > 1
        and all(whole_number(line) is not None or is_nothing(line) for line in lines)
        for lines in parts
    )
    return count if numeric and numeric < len(parts) else 1
