"""What formats with real grids share: titles, unit lines and notes inside a grid become paragraphs around a table.

Web pages, spreadsheets and Word often draw title, unit line and notes as rows of the table itself. Only the shape
decides here: a row of one cell across the table, or a row whose cells all read ``label：value``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from ingest.document import Cell, Paragraph, Table

_LABELLED = re.compile(r"[^：:]{1,40}[：:]\s*\S")
_NUMBER = re.compile(r"[-+−(（]?[\d,，. ]*\d[\d,，. ]*[%％)）]?$")
_NOTE = re.compile(r"[（(【\[]?(?:注|附注|备注|说明|填报说明)\s*[】\])）]?\s*[\d一二三：:、.．]")


def table_blocks(
    cells: Iterable[Cell],
    row_count: int,
    column_count: int,
    *,
    line: int | None = None,
    page: int | None = None,
    sheet: str | None = None,
    is_hidden: bool = False,
    split_at_blank_rows: bool = False,
) -> list[Paragraph | Table]:
    """Blocks of one grid: leading and trailing caption rows as paragraphs, the rest as one table or several.

    ``split_at_blank_rows`` (spreadsheets) parts the grid where two or more rows are blank, or where a title row
    follows a blank row. Rows and columns of each table count from 0 again; a grid of one column is paragraphs.
    """
    rows: dict[int, list[Cell]] = {}
    for cell in cells:
        rows.setdefault(cell.row, []).append(cell)
    for row in rows.values():
        row.sort(key=lambda cell: cell.column)
    blocks: list[Paragraph | Table] = []
    numbers = sorted(number for number in rows if number < row_count)
    for part in _parts(numbers, rows, column_count) if split_at_blank_rows else [numbers]:
        blocks += _part_blocks(part, rows, column_count, line, page, sheet, is_hidden)
    return blocks


def _parts(numbers: list[int], rows: dict[int, list[Cell]], width: int) -> list[list[int]]:
    """Row numbers of each table on a sheet."""
    parts: list[list[int]] = []
    reach = -1
    for index, number in enumerate(numbers):
        gap = number - numbers[index - 1] - 1 if index else 0
        is_cut = bool(parts) and number > reach and (
            gap >= 2
            or (gap == 1 and _is_title(rows[number], width))
            or (_is_title(rows[number], width) and index + 1 < len(numbers) and _is_labelled(rows[numbers[index + 1]])
                and not _is_labelled(rows[number]) and len(parts[-1]) > 2 and not _is_caption(rows[numbers[index - 1]],
                                                                                              width))
        )
        if is_cut or not parts:
            parts.append([])
        parts[-1].append(number)
        reach = max(reach, *(number + cell.row_span - 1 for cell in rows[number]))
    return parts


def _part_blocks(
    numbers: list[int],
    rows: dict[int, list[Cell]],
    width: int,
    line: int | None,
    page: int | None,
    sheet: str | None,
    is_hidden: bool,
) -> list[Paragraph | Table]:
    if not numbers:
        return []
    used = max(cell.column + cell.column_span for number in numbers for cell in rows[number])
    left_edge = min(cell.column for number in numbers for cell in rows[number])
    width = min(width, used) - left_edge
    if left_edge:
        rows = {number: [cell._replace(column=cell.column - left_edge) for cell in rows[number]] for number in numbers}
    columns = {cell.column for number in numbers for cell in rows[number]}
    if len(columns) <= 1:
        return [_paragraph(cell, page, sheet) for number in numbers for cell in rows[number]]
    first = _leading(numbers, rows, width)
    last = _trailing(numbers, rows, width, first)
    blocks: list[Paragraph | Table] = []
    for number in numbers[:first]:
        blocks += [_paragraph(cell, page, sheet) for cell in rows[number]]
    inner = numbers[first:last]
    if inner:
        top = inner[0]
        kept = [cell for number in inner for cell in rows[number]]
        left = min(cell.column for cell in kept)
        bottom = inner[-1]
        moved = tuple(_moved(cell, top, left, bottom) for cell in kept)
        table_line = moved[0].line if moved[0].line is not None else line
        columns_used = max(cell.column + cell.column_span for cell in moved)
        blocks.append(
            Table(moved, bottom - top + 1, columns_used, table_line, page, sheet, has_spans=True, is_hidden=is_hidden)
        )
    for number in numbers[last:]:
        blocks += [_paragraph(cell, page, sheet) for cell in rows[number]]
    return blocks


def _moved(cell: Cell, top: int, left: int, bottom: int) -> Cell:
    """The cell with rows and columns counted from ``top`` and ``left``, its span ending at row ``bottom``."""
    down = min(cell.row_span, bottom - cell.row + 1)
    if top == left == 0 and down == cell.row_span:
        return cell
    return Cell(cell.text, cell.row - top, cell.column - left, down, cell.column_span, cell.line, cell.page, cell.box,
                cell.address, cell.is_ocr, cell.confidence)


def _paragraph(cell: Cell, page: int | None, sheet: str | None) -> Paragraph:
    return Paragraph(cell.text, cell.line, page if cell.page is None else cell.page, sheet, 0, cell.box, cell.is_ocr,
                     cell.confidence)


def _leading(numbers: list[int], rows: dict[int, list[Cell]], width: int) -> int:
    """How many rows from the top are captions: the longest run that ends in a row which is surely one."""
    surely = 0
    reach = -1
    for index, number in enumerate(numbers):
        row = rows[number]
        if number <= reach or not (_is_caption(row, width) or _is_lone_text(row)):
            break
        reach = max(reach, *(number + cell.row_span - 1 for cell in row))
        if _is_caption(row, width) and index + 1 < len(numbers):
            surely = index + 1
    return surely if surely < len(numbers) else 0


def _trailing(numbers: list[int], rows: dict[int, list[Cell]], width: int, first: int) -> int:
    """Index after the last row of the table proper: notes and signature lines below it are captions."""
    last = len(numbers)
    while last - 1 > first:
        number = numbers[last - 1]
        row = rows[number]
        covered = any(
            cell.row + cell.row_span > number for before in numbers[first : last - 1][-80:] for cell in rows[before]
        )
        is_note = len(row) == 1 and (
            bool(_NOTE.match(row[0].text)) or (_is_title(row, width) and len(row[0].text) > 12)
        )
        if covered or not (is_note or (_is_labelled(row) and not _NUMBER.match(row[-1].text))):
            break
        last -= 1
    return last


def _is_caption(row: list[Cell], width: int) -> bool:
    return _is_title(row, width) or _is_labelled(row)


def _is_title(row: list[Cell], width: int) -> bool:
    """One cell that is text and starts at the left edge or spans most of the table."""
    if not _is_lone_text(row):
        return False
    cell = row[0]
    return cell.column == 0 if cell.column_span == 1 else cell.column_span * 3 >= width * 2


def _is_lone_text(row: list[Cell]) -> bool:
    return len(row) == 1 and row[0].row_span <= 2 and not _NUMBER.match(row[0].text)


def _is_labelled(row: list[Cell]) -> bool:
    """``编制单位：甲局 | 2023年度 | 单位：万元``: the last cell reads label：value, and no cell is a bare number."""
    if not row or len(row) > 4 or any(cell.row_span > 1 or len(cell.text) > 60 for cell in row):
        return False
    labelled = sum(1 for cell in row if _LABELLED.match(cell.text))
    return labelled * 2 >= len(row) and labelled > 0 and not any(_NUMBER.match(cell.text) for cell in row)
