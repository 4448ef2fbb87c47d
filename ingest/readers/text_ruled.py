"""Tables that plain text draws: frames of box characters, ASCII grids, and values kept apart by commas.

Old county sites and document services keep tables as ``│一、财政拨款收入│ 1 │860.3│`` between ``├───┼──┼───┤`` lines;
exports of spreadsheets come as comma-separated values. Both are told by their own shape alone, never by vocabulary.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence

Line = tuple[int, str]
Row = tuple[int, list[str]]

_BAR = re.compile("[│┃║┆┇┊┋|｜]")
_FRAME = frozenset("-=+:| 　\t") | {chr(code) for code in range(0x2500, 0x2580)}
_OPENING = re.compile("[│┃║┆┇┊┋┌┍┎┏╒╓╔├┝┠┣╞╟╠└┕┖┗╘╙╚]")
"""What only frames have: bars and corners of drawing characters. A long dash (``──``) is none."""
_ASCII_RULE = re.compile(r"[ \t]*\+(?:[-=]+\+)+[ \t]*")
_NUMBER = re.compile(r"[-△▲(（]?[¥￥]?\d[\d,]*(?:\.\d+)?%?[)）]?")
_SENTENCE = re.compile("[。；！？]")
_GROUPED = re.compile(r"\d\s+\d|[^\d\s]\s+\d{1,3},\d{3}(?!\d)")
"""Amounts with thousands separators kept apart by blanks (``合计 6,730,700.00 4,930,700.00``): no commas of values."""
_MIN_COMMA_ROWS = 3
"""Fewer lines that agree on their number of commas are a coincidence of prose."""
_MAX_QUOTED_LINES = 6
"""Most lines one quoted value may stretch over."""


def is_box_line(line: str) -> bool:
    """True for a line with a bar or corner of a drawn frame; pipes alone are a matter of Markdown."""
    return bool(_OPENING.search(line) or _ASCII_RULE.fullmatch(line))


def box_rows(lines: Sequence[Line], start: int) -> tuple[list[Row], int]:
    """Rows of the frame that begins at ``start``, and the index of the first line after it.

    Where rules stand between most of the rows, the lines between two rules are one row whose cells were wrapped, and
    are joined cell by cell; otherwise each line is a row. The first line number of a row is kept.
    """
    groups: list[list[Row]] = [[]]
    end = start
    while end < len(lines):
        number, line = lines[end]
        is_rule = bool(line.strip()) and all(character in _FRAME for character in line)
        if not (is_rule or is_box_line(line) or (end > start and _BAR.search(line))):
            break
        if is_rule:
            # A row of blank cells has bars and nothing to tell: like a rule, it only ends the row before it.
            if groups[-1]:
                groups.append([])
        else:
            groups[-1].append((number, _cells(line)))
        end += 1
    filled = [group for group in groups if group]
    if len(filled) >= 3 and len(filled) * 3 >= sum(len(group) for group in filled):
        return [_joined(group) for group in filled], end
    return [row for group in filled for row in group], end


def _cells(line: str) -> list[str]:
    text = line.strip()
    parts = _BAR.split(text)
    if len(parts) > 1 and _BAR.match(text[0]):
        parts = parts[1:]
    if len(parts) > 1 and _BAR.match(text[-1]):
        parts = parts[:-1]
    return [part.strip(" 　") for part in parts]


def _joined(group: list[Row]) -> Row:
    number, first = group[0]
    if any(len(cells) != len(first) for _, cells in group):
        widest = max(group, key=lambda row: len(row[1]))
        return number, widest[1] if len(group) == 1 else ["".join(part) for part in _padded(group)]
    return number, ["".join(parts) for parts in zip(*(cells for _, cells in group), strict=True)]


def _padded(group: list[Row]) -> list[list[str]]:
    width = max(len(cells) for _, cells in group)
    return [[cells[column] for _, cells in group if column < len(cells)] for column in range(width)]


def comma_rows(lines: Sequence[Line], start: int) -> tuple[list[Row], int]:
    """Rows of comma-separated values from ``start`` on, none where it is prose, and the index after the lines read.

    All rows have the same number of values, three at least; two rows or more hold a value that is nothing but a number,
    and no value holds a sentence. Amounts with thousands separators stand in quotation marks, as exports write them: a
    bare ``1,234.5`` would change the number of values of its line and end the run.
    """
    rows: list[Row] = []
    width, index, numeric = 0, start, 0
    while index < len(lines):
        taken = _record(lines, index)
        if taken is None:
            break
        values, after = taken
        if len(values) < 3 or (width and len(values) != width) or any(_SENTENCE.search(value) for value in values):
            break
        width = len(values)
        numeric += any(_NUMBER.fullmatch(value.strip()) for value in values)
        rows.append((lines[index][0], [value.strip() for value in values]))
        index = after
    if len(rows) < _MIN_COMMA_ROWS or numeric < 2:
        return [], index
    return rows, index


def _record(lines: Sequence[Line], index: int) -> tuple[list[str], int] | None:
    """(values, index after) of the record at ``index``; a quoted value may go on over the next lines."""
    text = lines[index][1]
    if "," not in text or ('"' not in text and _GROUPED.search(text)):
        return None
    after = index + 1
    while text.count('"') % 2 and after < len(lines) and after - index < _MAX_QUOTED_LINES:
        text += "\n" + lines[after][1]
        after += 1
    if text.count('"') % 2:
        return None
    try:
        record = next(csv.reader([text], strict=True))
    except (csv.Error, StopIteration):
        return None
    return [value.replace("\n", "") for value in record], after
