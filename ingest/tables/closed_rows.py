"""Rows of two sides whose blank cells vanished (空格丢失): a page made text prints what is filled, and pads at the end.

三、事业收入 | 3 | 三、国防支出 | 30 | | has lost its blank amount: all that follows stands one column too far left. Row
numbers (行次) on both sides tell where each side begins; a row that does not fit their rhythm leaves the table alone.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

from ingest.document import Cell, Table
from ingest.tables.grid import header_terms_of
from ingest.text import is_nothing, plain_key, whole_number

_SIDE = 3
"""Columns of a side: label, row number, amount."""
_MAX_HEAD = 4
"""Rows from the top among which the head stands."""
_MIN_MOVED = 3
"""Fewest rows that prove the loss."""


def in_columns(table: Table) -> Table:
    """The table with each cell in the column of its head; the same table where nothing was lost or it is not sure."""
    # A pipe behind the last cell of each line makes one column more.
    if table.column_count not in (2 * _SIDE, 2 * _SIDE + 1) or any(cell.box is not None for cell in table.cells):
        return table
    rows: dict[int, list[Cell]] = defaultdict(list)
    for cell in table.cells:
        rows[cell.row].append(cell)
    for held in rows.values():
        held.sort(key=lambda cell: cell.column)
        if [cell.column for cell in held] != list(range(len(held))):
            return table
    head = next((row for row in sorted(rows)[:_MAX_HEAD] if _is_head(rows[row])), None)
    if head is None:
        return table
    placed: list[Cell] = []
    last = [0, 0]
    moved = 0
    for row, held in rows.items():
        columns = list(range(len(held))) if row == head else _columns(held, row < head)
        if columns is None:
            return table
        for side in range(2):
            numbers = [cell for cell, column in zip(held, columns, strict=True) if column == side * _SIDE + 1]
            if row > head and numbers:
                number = whole_number(numbers[0].text)
                if number is None or not number.value_text.isdigit() or int(number.value_text) <= last[side]:
                    return table
                last[side] = int(number.value_text)
        placed += [cell._replace(column=column) for cell, column in zip(held, columns, strict=True)]
        moved += row > head and columns != list(range(len(held)))
    return replace(table, cells=tuple(placed)) if moved >= _MIN_MOVED else table


def _is_head(cells: list[Cell]) -> bool:
    kinds = [{term.kind for term in header_terms_of(cell.text)} for cell in cells]
    return (
        len(cells) == 2 * _SIDE
        and all("row_number" in kinds[column] for column in (1, 1 + _SIDE))
        and all("label" in kinds[column] for column in (0, _SIDE))
    )


def _columns(cells: list[Cell], is_above: bool) -> list[int] | None:
    """The column of each cell of a row; None where the row does not keep the rhythm of label, row number, amount."""
    if is_above:
        # 收入 | 支出: the words over the sides
        return [0, _SIDE] if len(cells) == 2 else list(range(len(cells)))
    is_marker = plain_key(cells[0].text) in ("栏次", "栏目")
    columns: list[int] = []
    at = 0
    for side in (0, _SIDE):
        if at < len(cells) and not _is_number(cells[at]):
            columns.append(side)
            at += 1
        if is_marker:
            if at < len(cells) and _is_number(cells[at]):
                columns.append(side + 2)
                at += 1
            continue
        if at < len(cells) and _is_number(cells[at]):
            columns.append(side + 1)
            at += 1
            # An amount, unless it is the row number of the other side, whose label is blank: 22 | 49.
            rest = len(cells) - at
            if rest and _is_number(cells[at]) and not (side == 0 and rest == 1):
                columns.append(side + 2)
                at += 1
    return columns if at == len(cells) else None


def _is_number(cell: Cell) -> bool:
    return whole_number(cell.text) is not None or is_nothing(cell.text)
