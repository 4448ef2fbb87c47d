"""Tables that arrive as one cell per line (网页每格一行): put together again from their header and the rhythm of rows.

A run of short lines below a statement title is read against the header words at its start. A row begins with a code
or a label and takes as many numbers as the header has amount columns; row numbers (行次) are lines of their own.
Runs that keep no such rhythm stay paragraphs, so that nothing is guessed.
"""

from __future__ import annotations

from dataclasses import dataclass

from ingest.dictionaries import statements
from ingest.document import Cell, Paragraph, Table
from ingest.tables import spaced
from ingest.tables.captions import Caption, looks_like_title, match_statements, read_line, strip_caption_parts
from ingest.tables.closed_rows import divided_heads, in_columns
from ingest.tables.grid import code_text, header_terms_of, is_note, is_subject_code
from ingest.tables.layout import is_body_label
from ingest.tables.lines_rows import (
    PARENTS,
    group_rows,
    header_columns,
    header_rows,
    is_number,
    is_stage,
    list_rows,
    single_row,
    two_sided_rows,
)
from ingest.text import fold_width, is_nothing, plain_key, squeeze, whole_number

MAX_CELL = 40
"""Longest text of a label cell; a longer line is prose and ends the run."""
MAX_TITLE_LINE = 120
"""Longest line that may be a title, its unit words included."""
MIN_LINES = 12
"""Shorter runs are lists, not tables."""
MAX_ROW_NUMBER = 100
"""More rows than any statement numbers."""


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
            if (kept := _spaced(blocks, index)) is not None:
                found += [block, *kept.captions, kept.table, *kept.rest]
                index += 1 + kept.used
                continue
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
        found.append(divided_heads(in_columns(block)) if isinstance(block, Table) else block)
        index += 1
    return found


def _spaced(blocks: tuple[Paragraph | Table, ...], index: int) -> spaced.Found | None:
    """The table below a title, where its columns are kept apart by blanks only."""
    run: list[Paragraph] = []
    for block in blocks[index + 1 :]:
        if not isinstance(block, Paragraph) or block.box is not None or "\t" in block.text or _is_title(block):
            break
        run.append(block)
    if len(run) < MIN_SPACED or not spaced.is_spaced(run):
        return None
    title = blocks[index]
    assert isinstance(title, Paragraph)
    codes = tuple(statement.code for statement, _ in match_statements(strip_caption_parts(title.text)))
    found = spaced.table_of(run, codes)
    if found is not None or not {statements()[code].family for code in codes} & _STREAMED:
        return found
    words = spaced.words_of(run)
    built = _table(words)
    if built is None:
        return None
    _, table, used = built
    if used < len(words) and words[used].line == words[used - 1].line:
        return None  # a line is never taken in part
    first, last = table.line or 0, words[used - 1].line or 0
    before = [line for line in run if (line.line or 0) < first]
    return spaced.Found(before, table, sum((line.line or 0) <= last for line in run), [])


MIN_SPACED = 3
"""Fewest lines below a title that are looked at for columns that blanks keep apart."""
_STREAMED = {"summary", "appropriation_summary", "three_public"}
"""Statements whose rows the words alone keep apart: two sides, or one row of amounts."""


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
        text = lines[end].text
        if not header_terms_of(text) and not is_number(text) and plain_key(text) not in _LEVELS:
            break
        end += 1
    if end >= len(lines) or not _begins_body(lines, end):
        built = _single(lines, start, end)
        return None if built is None else (lines[:start], *built)
    markers = [line for line in lines[start:end] if whole_number(line.text) is not None or _is_marker(line)]
    levels = [line for line in lines[start:end] if plain_key(line.text) in _LEVELS]
    header = [line for line in lines[start:end] if line not in markers and line not in levels]
    if len(header) < 2:
        return None
    built = _shaped(lines, end, header, levels, markers)
    if built is None:
        return None
    cells, width, used = built
    return lines[:start], _made(cells, width, lines[start]), used


_Cells = list[tuple[int, int, list[Paragraph]]]
"""(column, row, lines) of cells; several lines where numbers without a sure column stay together."""


def _made(cells: _Cells, width: int, first: Paragraph) -> Table:
    found = [
        Cell(" ".join(line.text.strip() for line in held), row, column, line=held[0].line, page=held[0].page)
        for column, row, held in cells
    ]
    width = max(width, *(cell.column + 1 for cell in found))
    return Table(tuple(found), max(cell.row for cell in found) + 1, width, first.line, first.page)


def _single(lines: list[Paragraph], start: int, end: int) -> tuple[Table, int] | None:
    """A table of one row without a label (三公): header words, numbers of the columns, amounts."""
    labelled = _by_stage(lines, start, end)
    if labelled is not None:
        return labelled
    last = max((at for at in range(start, end) if not is_number(lines[at].text)), default=start)
    words = [line for line in lines[start : last + 1] if not _is_marker(line)]
    codes = {term.code for line in words for term in header_terms_of(line.text)}
    found = single_row(lines[last + 1 : end])
    if found is None or len(codes & _THREE_PUBLIC) < 2:
        return None
    markers, amounts = found
    rows = [*header_rows(words), *([markers] if markers else []), amounts]
    cells: _Cells = [(column, row, [line]) for row, held in enumerate(rows) for column, line in enumerate(held)]
    return _made(cells, len(amounts), lines[start]), end


def _by_stage(lines: list[Paragraph], start: int, end: int) -> tuple[Table, int] | None:
    """三公 with a row a stage: 预算数 and its amounts, 决算数 and its amounts."""
    first = next((at for at in range(start, end) if is_number(lines[at].text)), end)
    words = lines[start : first - 1]
    codes = {term.code for line in words for term in header_terms_of(line.text)}
    if first >= end or len(codes & _THREE_PUBLIC) < 2 or not is_stage(lines[first - 1].text):
        return None
    rows: list[list[Paragraph]] = []
    for line in lines[first - 1 : end]:
        if not is_number(line.text):
            rows.append([])
        rows[-1].append(line)
    if len({len(row) for row in rows}) != 1 or len(rows) < 2:
        return None
    split = header_rows(words)
    cells: _Cells = [(column, row, [line]) for row, held in enumerate([*split, *rows])
                     for column, line in enumerate(held)]  # fmt: skip
    return _made(cells, len(rows[0]), lines[start]), end


_THREE_PUBLIC = {"tp_overseas", "tp_vehicle", "tp_vehicle_purchase", "tp_vehicle_operation", "tp_hospitality"}


def _shaped(
    lines: list[Paragraph], end: int, header: list[Paragraph], levels: list[Paragraph], markers: list[Paragraph]
) -> tuple[_Cells, int, int] | None:
    """Cells, width and lines used of a table whose body begins at ``end``."""
    kinds = [next((term.kind for term in header_terms_of(line.text)), "") for line in header]
    counted = sum(not _is_marker(line) for line in markers)
    groups = kinds.count("code")
    if groups >= 2 and kinds.count("label") == groups == sum(_is_amount(line) for line in header):
        return _grouped(lines, end, header, kinds, groups)
    sides = _sides(header)
    if sides is not None and len(sides) == 2 and not any(side.has_row_number or side.has_code for side in sides):
        return _two_sided(lines, end, header, sides)
    placed = _head(header, counted)
    if placed is not None and (len(placed[0]) > 1 or placed[0][0].has_row_number):
        return _rhythmic(lines, end, placed, levels, markers)
    if "row_number" in kinds or kinds.count("label") > 2 + bool(levels) or not set(kinds) & {"code", "label"}:
        return None
    return _listed(lines, end, header, levels, markers)


def _is_amount(line: Paragraph) -> bool:
    """Whether a word heads amounts of no particular kind (金额)."""
    return any(term.code in ("amount", "final_amount", "budget_amount") for term in header_terms_of(line.text))


def _grouped(
    lines: list[Paragraph], end: int, header: list[Paragraph], kinds: list[str], groups: int
) -> tuple[_Cells, int, int] | None:
    found = group_rows(lines, end, groups)
    if found is None:
        return None
    rows, used = found
    first = kinds.index("code")
    classes = [{code_text(line.text)[:3] for row in rows for column, [line, *_] in row if column == 3 * at}
               for at in range(groups)]  # fmt: skip
    public = next((at for at in range(groups) if not classes[at] & {"301", "303"}), 1)
    cells: _Cells = [(3 * public * at, 0, [line]) for at, line in enumerate(header[:first][:2])]
    depth = 1 if first else 0
    cells += [(column, depth, [line]) for column, line in enumerate(header[first:])]
    cells += [(column, row, held) for row, entries in enumerate(rows, depth + 1) for column, held in entries]
    return cells, 3 * groups, used


def _two_sided(
    lines: list[Paragraph], end: int, header: list[Paragraph], sides: list[_Side]
) -> tuple[_Cells, int, int] | None:
    found = two_sided_rows(lines, end, (_width(sides[0]), _width(sides[1])), (sides[0].amounts, sides[1].amounts))
    if found is None:
        return None
    rows, used = found
    cells: _Cells = [(column, row, [line]) for column, row, line in _header_cells(header, sides)]
    cells += [(column, row, held) for row, entries in enumerate(rows, 2) for column, held in entries]
    return cells, sum(map(_width, sides)), used


def _listed(
    lines: list[Paragraph], end: int, header: list[Paragraph], levels: list[Paragraph], markers: list[Paragraph]
) -> tuple[_Cells, int, int] | None:
    """One list of rows, with a code in one cell or in several, or with labels only."""
    counted = sum(not _is_marker(line) for line in markers)
    has_code = any(term.kind == "code" for line in header for term in header_terms_of(line.text)[:1])
    parts = len(levels) if has_code and len(levels) in (2, 3) else int(has_code)
    names, amounts = header_columns(header)
    if amounts is None or (counted and counted != len(amounts)):
        return None
    found = list_rows(lines, end, len(amounts), parts)
    if found is not None and parts > 1 and all(column in (0, parts) for row in found[0] for column, _ in row[:2]):
        parts = 1  # the code stands in one cell over 类 款 项
        found = list_rows(lines, end, len(amounts), parts)
    if found is None:
        return None
    rows, used = found
    lead = parts + 1
    cells: _Cells = []
    # 项目 above 编码 and 名称; the name stands over the last of the columns before the amounts.
    depth = max(len(path) for path in amounts)
    cells += [(place, 0, [line]) for place, line in enumerate(names[: max(0, len(names) - min(lead, 2))][:1])]
    own = names[-min(lead, 2) :]
    top = 1 if cells else 0
    cells += [(0 if line is not own[-1] else lead - 1, top, [line]) for line in own]
    for place, path in enumerate(amounts):
        for row, line in enumerate(path):
            if place and row < len(amounts[place - 1]) and amounts[place - 1][row] is line:
                continue  # merged with the column to the left
            cells.append((lead + place, row, [line]))
    depth = max(depth, top + 1)
    cells += [(place if parts > 1 else 0, depth if parts > 1 else depth + place, [line])
              for place, line in enumerate(levels)]  # fmt: skip
    depth += 0 if parts > 1 else len(levels)
    if markers:
        start = lead if not _is_marker(markers[0]) else lead - 1
        cells += [(start + place, depth, [line]) for place, line in enumerate(markers)]
    depth += bool(markers) or parts > 1
    cells += [(column, row, held) for row, entries in enumerate(rows, depth) for column, held in entries]
    return cells, lead + len(amounts), used


def _rhythmic(
    lines: list[Paragraph], end: int, placed: tuple[list[_Side], list[tuple[int, int, Paragraph]]],
    levels: list[Paragraph], markers: list[Paragraph],
) -> tuple[_Cells, int, int] | None:  # fmt: skip
    """Rows that their row numbers (行次) keep apart."""
    sides, head = placed
    rows = _rows(lines, end, sides)
    if rows is None:
        return None
    cells: _Cells = [(column, row, [line]) for column, row, line in head]
    depth = max(row for _, row, _ in cells) + 1
    cells += [(0, depth + place, [line]) for place, line in enumerate(levels)]
    depth += len(levels)
    if markers:
        cells += [(column, depth, [line]) for column, line in _marker_cells(markers, sides)]
        depth += 1
    body, used = rows
    cells += [(column, row, [line]) for row, entries in enumerate(body, depth) for column, line in entries]
    return cells, sum(_width(side) for side in sides), used


_LEVELS = ("类", "款", "项")


def _is_marker(line: Paragraph) -> bool:
    return plain_key(line.text) in ("栏次", "栏目")


def _marker_cells(markers: list[Paragraph], sides: list[_Side]) -> list[tuple[int, Paragraph]]:
    """(column, line) of 栏次 and the numbers behind it, side by side."""
    placed: list[tuple[int, Paragraph]] = []
    side, column = -1, 0
    for line in markers:
        if _is_marker(line) or side < 0:
            side = min(side + 1, len(sides) - 1)
            start = sum(_width(other) for other in sides[:side])
            column = start + _width(sides[side]) - sides[side].amounts
            if _is_marker(line):
                placed.append((start, line))
                continue
        placed.append((column, line))
        column += 1
    return placed


def _head(header: list[Paragraph], counted: int) -> tuple[list[_Side], list[tuple[int, int, Paragraph]]] | None:
    """The sides of a header and its cells as (column, row, line); ``counted`` columns are numbered below it."""
    sides = _sides(header)
    if sides is not None and (not counted or counted == sum(side.amounts for side in sides)):
        return sides, _header_cells(header, sides)
    return _split_head(header, counted)


def _split_head(header: list[Paragraph], counted: int) -> tuple[list[_Side], list[tuple[int, int, Paragraph]]] | None:
    """A header of two rows, printed row by row: the words that divide an amount follow the code and name columns."""
    kinds = [next((term.kind for term in header_terms_of(line.text)), "") for line in header]
    first = next((place for place, kind in enumerate(kinds) if kind == "amount"), len(kinds))
    second = next((place for place in range(first, len(kinds)) if kinds[place] in ("code", "label")), None)
    if second is None or any(kind == "group" for kind in kinds):
        return None
    names = [line for line, kind in zip(header, kinds, strict=True) if kind in ("code", "label")]
    upper = [line for line, kind in zip(header[:second], kinds, strict=False) if kind == "amount"]
    lower = [line for line, kind in zip(header[second:], kinds[second:], strict=True) if kind == "amount"]
    side = _Side("code" in kinds, False, counted)
    start = _width(side) - counted
    if not lower and len(upper) == counted:
        cells = [(place, 1, line) for place, line in enumerate(names[-start:])]
        cells += [(0, 0, line) for line in names[:-start][:1]]
        return [side], cells + [(start + place, 0, line) for place, line in enumerate(upper)]
    if len(upper) + len(lower) != counted + 1:
        return None
    wanted = {parent for line in lower for term in header_terms_of(line.text) for parent in PARENTS.get(term.code, ())}
    divided = next((line for line in upper if any(term.code in wanted for term in header_terms_of(line.text))), None)
    if divided is None:
        return None
    cells = [(place, 1, line) for place, line in enumerate(names[-start:])]
    cells += [(0, 0, line) for line in names[:-start][:1]]
    column = start
    for line in upper:
        cells.append((column, 0, line))
        if line is divided:
            cells += [(column + place, 1, below) for place, below in enumerate(lower)]
            column += len(lower)
        else:
            column += 1
    return [side], cells


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
    numbers = [number for line in lines[start:] if (number := whole_number(line.text)) is not None]
    has_decimals = any(number.decimals > 0 for number in numbers)
    while index < len(lines):
        side = sides[position]
        offset = sum(_width(other) for other in sides[:position])
        taken = _row_side(lines, index, side, offset, has_decimals)
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
    lines: list[Paragraph], index: int, side: _Side, offset: int, has_decimals: bool
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
        if side.has_row_number and place == 0 and _next_is_row_number(lines, at, entries, has_decimals):
            break
        entries.append((column + place, lines[at]))
        at += 1
    return entries, at - index


def _next_is_row_number(
    lines: list[Paragraph], at: int, entries: list[tuple[int, Paragraph]], has_decimals: bool
) -> bool:
    """Whether a bare number counts rows instead of being this row's amount, which then is blank.

    It continues the counting, or it is the number of the other side's row: a small whole number among amounts with
    decimals.
    """
    own = whole_number(entries[-1][1].text)
    other = whole_number(lines[at].text)
    return (
        own is not None
        and other is not None
        and other.decimals == 0
        and own.value_text.isdigit()
        and other.value_text.isdigit()
        and (
            int(other.value_text) == int(own.value_text) + 1
            or (has_decimals and int(own.value_text) < int(other.value_text) < MAX_ROW_NUMBER)
        )
    )
