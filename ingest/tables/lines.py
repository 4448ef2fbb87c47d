"""Tables that arrive as one cell per line (网页每格一行): put together again from their header and the rhythm of rows.

A run of short lines below a statement title is read against the header words at its start. A row begins with a code
or a label and takes as many numbers as the header has amount columns; row numbers (行次) are lines of their own.
Runs that keep no such rhythm stay paragraphs, so that nothing is guessed.
"""

from __future__ import annotations

from dataclasses import dataclass

from ingest.document import Cell, Paragraph, Table
from ingest.tables.captions import Caption, looks_like_title, match_statements, read_line, strip_caption_parts
from ingest.tables.grid import code_text, header_terms_of, is_note, is_subject_code
from ingest.tables.layout import is_body_label
from ingest.text import fold_width, is_nothing, plain_key, squeeze, whole_number

MAX_CELL = 40
"""Longest text of a label cell; a longer line is prose and ends the run."""
MAX_TITLE_LINE = 120
"""Longest line that may be a title, its unit words included."""
MIN_LINES = 12
"""Shorter runs are lists, not tables."""


@dataclass(frozen=True, slots=True)
class _Side:
    """One side of the header: which columns stand before the amounts."""

    has_code: bool
    has_row_number: bool
    amounts: int


def rebuild(blocks: tuple[Paragraph | Table, ...]) -> list[Paragraph | Table]:
    """Blocks with runs of cell-per-line paragraphs replaced by tables; everything else unchanged."""
    found: list[Paragraph | Table] = []
    index = 0
    while index < len(blocks):
        block = blocks[index]
        if isinstance(block, Paragraph) and _is_title(block):
            end = _run_end(blocks, index + 1)
            table = _table([item for item in blocks[index + 1 : end] if isinstance(item, Paragraph)])
            found.append(block)
            if table is not None:
                head, grid, used = table
                found += head
                found.append(grid)
                index = index + 1 + used
                continue
            index += 1
            continue
        found.append(block)
        index += 1
    return found


def _is_title(paragraph: Paragraph) -> bool:
    if len(paragraph.text) > MAX_TITLE_LINE:
        return False
    text = strip_caption_parts(paragraph.text)
    return looks_like_title(text) and bool(match_statements(text))


def _run_end(blocks: tuple[Paragraph | Table, ...], start: int) -> int:
    index = start
    while index < len(blocks):
        block = blocks[index]
        if not isinstance(block, Paragraph) or "\t" in block.text:
            break
        text = squeeze(block.text)
        if (
            (len(text) > MAX_CELL and not read_line(Caption(), block.text, None))
            or is_note(block.text)
            or _is_title(block)
        ):
            break
        index += 1
    return index


def _table(lines: list[Paragraph]) -> tuple[list[Paragraph], Table, int] | None:
    """(caption lines, table, lines used) of a run, or None where it is no table."""
    if len(lines) < MIN_LINES:
        return None
    start = 0
    while (
        start < len(lines) and not header_terms_of(lines[start].text) and read_line(Caption(), lines[start].text, None)
    ):
        start += 1
    end = start
    while end < len(lines) and not _begins_body(lines, end):
        if (
            not header_terms_of(lines[end].text)
            and whole_number(lines[end].text) is None
            and plain_key(lines[end].text) not in ("类", "款", "项")
        ):
            return None
        end += 1
    header = [
        line
        for line in lines[start:end]
        if whole_number(line.text) is None and plain_key(line.text) not in ("栏次", "栏目", "类", "款", "项")
    ]
    if len(header) < 3 or end >= len(lines):
        return None
    sides = _sides(header)
    if sides is None:
        return None
    rows = _rows(lines, end, sides)
    if rows is None:
        return None
    body, used = rows
    cells: list[Cell] = []
    for place, (column, row, paragraph) in enumerate(_header_cells(header, sides)):
        del place
        cells.append(Cell(paragraph.text.strip(), row, column, line=paragraph.line, page=paragraph.page))
    depth = 2 if len(sides) > 1 else 1
    for row, entries in enumerate(body, depth):
        for column, paragraph in entries:
            cells.append(Cell(paragraph.text.strip(), row, column, line=paragraph.line, page=paragraph.page))
    width = sum(_width(side) for side in sides)
    table = Table(tuple(cells), len(body) + depth, width, lines[start].line, lines[start].page)
    return lines[:start], table, used


def _begins_body(lines: list[Paragraph], index: int) -> bool:
    text = lines[index].text
    if is_subject_code(text):
        return index + 1 < len(lines) and whole_number(lines[index + 1].text) is None
    if is_body_label(text):
        return True
    if plain_key(text) in ("合计", "总计"):
        following = lines[index + 1].text if index + 1 < len(lines) else ""
        number = whole_number(following)
        return number is not None and (number.decimals > 0 or len(number.value_text) > 2)
    return False


def _sides(header: list[Paragraph]) -> list[_Side] | None:
    """The columns each side of the header has, in order."""
    sides: list[_Side] = []
    code = row_number = labelled = False
    amounts = 0
    for line in header:
        terms = header_terms_of(line.text)
        kinds = {term.kind for term in terms}
        first = terms[0].kind if terms else ""
        if first == "group" and plain_key(line.text) in ("收入", "支出"):
            continue
        if first in ("label", "code"):
            if amounts:
                sides.append(_Side(code, row_number, amounts))
                code = row_number = labelled = False
                amounts = 0
            code = code or first == "code"
            labelled = labelled or first == "label"
        elif first == "row_number":
            row_number = True
        elif kinds & {"amount", "rate", "change"}:
            amounts += 1
        elif first != "group":
            return None
    if not amounts:
        return None
    sides.append(_Side(code, row_number, amounts))
    return sides if len(sides) <= 2 else None


def _width(side: _Side) -> int:
    return side.has_code + 1 + side.has_row_number + side.amounts


def _header_cells(header: list[Paragraph], sides: list[_Side]) -> list[tuple[int, int, Paragraph]]:
    """(column, row, line) of each header word: group words above, the others in the order of the columns."""
    placed: list[tuple[int, int, Paragraph]] = []
    row = 1 if len(sides) > 1 else 0
    groups = [line for line in header if plain_key(line.text) in ("收入", "支出")]
    starts = [sum(_width(side) for side in sides[:position]) for position in range(len(sides))]
    for line, start in zip(groups, starts, strict=False):
        if row:
            placed.append((start, 0, line))
    column = 0
    for line in header:
        if line in groups:
            continue
        placed.append((column, row, line))
        column += 1
    return placed


def _rows(
    lines: list[Paragraph], start: int, sides: list[_Side]
) -> tuple[list[list[tuple[int, Paragraph]]], int] | None:
    """Body rows as (column, line) pairs and how many lines were used; None where the rhythm breaks at once."""
    body: list[list[tuple[int, Paragraph]]] = []
    index = start
    row: list[tuple[int, Paragraph]] = []
    position = 0
    good = 0
    while index < len(lines):
        side = sides[position]
        offset = sum(_width(other) for other in sides[:position])
        taken = _row_side(lines, index, side, offset)
        if taken is None:
            break
        entries, used = taken
        good += any(whole_number(paragraph.text) is not None for _, paragraph in entries)
        row += entries
        index += used
        position += 1
        if position == len(sides):
            body.append(row)
            row, position = [], 0
    if row:
        body.append(row)
    return (body, index) if good >= 3 else None


def _row_side(
    lines: list[Paragraph], index: int, side: _Side, offset: int
) -> tuple[list[tuple[int, Paragraph]], int] | None:
    entries: list[tuple[int, Paragraph]] = []
    at = index
    if side.has_code and is_subject_code(lines[at].text):
        entries.append((offset, lines[at]))
        at += 1
    label_column = offset + side.has_code
    if at < len(lines) and whole_number(lines[at].text) is None and not is_nothing(lines[at].text):
        entries.append((label_column, lines[at]))
        at += 1
    elif not (side.has_row_number and at < len(lines) and whole_number(lines[at].text) is not None and not entries):
        return None
    column = label_column + 1
    if side.has_row_number:
        number = whole_number(lines[at].text) if at < len(lines) else None
        if number is None or set(number.value_text.partition(".")[2]) - {"0"}:
            return None
        entries.append((column, lines[at]))
        at += 1
        column += 1
    for place in range(side.amounts):
        if at >= len(lines):
            break
        text = lines[at].text
        if whole_number(text) is None and not is_nothing(text):
            break
        if (
            not side.has_row_number
            and is_subject_code(text)
            and at + 1 < len(lines)
            and whole_number(lines[at + 1].text) is None
            and "." not in fold_width(code_text(text))
        ):
            break
        if side.has_row_number and place == 0 and _next_is_row_number(lines, at, entries):
            break
        entries.append((column + place, lines[at]))
        at += 1
    return entries, at - index


def _next_is_row_number(lines: list[Paragraph], at: int, entries: list[tuple[int, Paragraph]]) -> bool:
    """Whether a bare number continues the counting of rows instead of being this row's amount (a blank amount)."""
    own = whole_number(entries[-1][1].text)
    other = whole_number(lines[at].text)
    return (
        own is not None
        and other is not None
        and other.decimals == 0
        and own.value_text.isdigit()
        and other.value_text.isdigit()
        and int(other.value_text) == int(own.value_text) + 1
    )
