"""Rows of two sides whose blank cells vanished (空格丢失): a page made text prints what is filled, and pads at the end.

三、事业收入 | 3 | 三、国防支出 | 30 | | has lost its blank amount: all that follows stands one column too far left. Row
numbers (行次) on both sides tell where each side begins; a row that does not fit their rhythm leaves the table alone.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import replace

from ingest.document import Cell, Table
from ingest.tables.grid import header_terms_of
from ingest.text import is_nothing, plain_key, squeeze, whole_number

_DIVIDED = re.compile(r"(?:情况|对比|比较|增减|变动|变化|其中)$")
"""Heads over a change told in money and in percent."""
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


def divided_heads(table: Table) -> Table:
    """The table with a second row of heads under the last head of the first, where the span between was lost.

    项目 | 上年决算数 | 本年决算数 | 比上年增减情况, then 增减金额 | 增减幅度 from the left: the last head is divided.
    """
    if table.has_spans or any(cell.box is not None for cell in table.cells):
        return table
    rows: dict[int, list[Cell]] = defaultdict(list)
    for cell in table.cells:
        rows[cell.row].append(cell)
    head = next((row for row in sorted(rows)[:_MAX_HEAD] if len(rows[row]) >= _SIDE), None)
    if head is None or head + 2 not in rows or head + 1 not in rows:
        return table
    upper, lower = (sorted(rows[row], key=lambda cell: cell.column) for row in (head, head + 1))
    body = [held for row, held in rows.items() if row > head + 1 and sum(map(_is_number, held)) > 1]
    if not _DIVIDED.search(squeeze(upper[-1].text)) or len(lower) < 2 or any(map(_is_number, upper + lower)):
        return table
    width = len(upper) + len(lower) - 1
    from_left = all([cell.column for cell in held] == list(range(len(held))) for held in (upper, lower))
    if not from_left or not body or any(cell.column >= width for held in body for cell in held):
        return table
    if max(len(held) for held in body) != width or plain_key(lower[0].text) == plain_key(upper[0].text):
        return table
    moved = tuple(
        cell._replace(column=cell.column + len(upper) - 1) if cell.row == head + 1 else cell for cell in table.cells
    )
    return replace(table, cells=moved, column_count=max(table.column_count, width))


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
