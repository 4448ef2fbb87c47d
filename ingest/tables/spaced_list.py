"""Lists of subjects or lines, and a single row of amounts, on lines whose columns only blanks keep apart (单栏列表)."""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from itertools import pairwise

from ingest.dictionaries import economic_names, functional_names
from ingest.document import Paragraph
from ingest.tables.grid import code_text, header_terms_of, is_subject_code
from ingest.tables.spaced_fill import Row, fill, holds
from ingest.tables.spaced_head import Head, heads_of
from ingest.tables.spaced_words import (
    Cells,
    Line,
    Token,
    caption_lines,
    counted,
    is_known,
    is_marker,
    is_page,
    raw_words,
)
from ingest.text import has_ordinal, label_key, squeeze, whole_number

MIN_ROWS = 2
"""Fewest lines with numbers that make a list."""
MAX_LABEL = 45
"""Longest label of a row."""
_PART = re.compile(r"\d{2}")


def single_row(lines: list[Line], codes: tuple[str, ...]) -> tuple[Cells, int] | None:
    """A table of one row without a label (三公): a line of numbers under the words of its columns."""
    at = next((at for at, line in enumerate(lines) if len(line.tokens) >= MIN_SINGLE
               and line.numbers == len(line.tokens) and not counted(line)), None)  # fmt: skip
    if at is None or not at:
        return None
    top = caption_lines(lines, at)
    words = [line for line in lines[top:at] if not is_marker(line) and not is_page(line)]
    row = made_row("", "", lines[at].tokens, lines[at].paragraph)
    count = len(row.numbers)
    for head in heads_of([raw_words(line) for line in words], codes, count, count):
        if head.sums and holds(row, list(range(count)), head):
            place = words[0].paragraph
            grid: Cells = [[(column, text, place) for column, text in cells] for cells in head.rows(0)]
            grid.append([(column, text, row.place) for column, text in enumerate(row.numbers)])
            return grid, at + 1
    return None


MIN_SINGLE = 4
"""Fewest amounts of a table of one row."""


def list_table(lines: list[Line], top: int, start: int, codes: tuple[str, ...]) -> tuple[Cells, int] | None:
    """Rows of one list: a code or a label, and numbers in the order of the columns."""
    body, used = _list_rows(lines, start)
    counters = _take_counters(body) if "行次" in squeeze("".join(map(_joined_text, lines[top:start]))) else {}
    counts = Counter(len(row.numbers) for row in body)
    if sum(bool(row.numbers) for row in body) < MIN_ROWS or not _is_sound(body):
        return None
    marked = max((len(counted(line)) for line in lines[top:start] if is_marker(line)), default=0)
    widest = max(counts)
    words = [line for line in lines[top:start] if not is_marker(line) and not is_page(line)]
    texts = [raw_words(line) for line in words]
    head = next((head for head in heads_of(texts, codes, marked or None, widest) if _fits(head, body)), None)
    if head is None:
        return None
    lead = (2 if any(row.code for row in body) else 1) + bool(counters)
    named = lead - 1 - bool(counters)
    _under_heads(body, head, lines[top:start])
    fill(body, head)
    place = (words or lines[top:start] or [lines[start]])[0].paragraph
    grid: Cells = []
    for depth, row in enumerate(head.rows(lead)):
        grid.append([(column, text, place) for column, text in row])
        if depth == 0 and not row:
            grid.pop()
    if marked:
        source = next(line for line in lines[top:start] if is_marker(line))
        grid.append([(named, "栏次", source.paragraph)]
                    + [(lead + at, str(at + 1), source.paragraph) for at in range(marked)])  # fmt: skip
    for row in body:
        cells = [(0, row.code, row.place)] if row.code else []
        if row.label:
            cells.append((named, row.label, row.place))
        if id(row) in counters:
            cells.append((lead - 1, counters[id(row)], row.place))
        if row.columns is not None:
            cells += [(lead + column, text, row.place) for column, text in zip(row.columns, row.numbers, strict=True)]
        elif row.numbers:
            cells.append((lead, " ".join(row.numbers), row.place))
        if cells:
            grid.append(cells)
    return grid, used


def _under_heads(body: list[Row], head: Head, lines: list[Line]) -> None:
    """Place the numbers of text that keeps the page's columns (wide gaps) under the words or numbers of the columns."""
    gaps = [row.starts[at + 1] - row.ends[at] for row in body for at in range(len(row.ends) - 1)]
    if not gaps or sum(gap >= WIDE for gap in gaps) < 0.9 * len(gaps):
        return
    for width in (2, 1):
        for line in reversed(lines):
            last = line.tokens[-head.width :]
            anchors = [_middle(line.paragraph.text, token.start, token.end, width) for token in last]
            if len(anchors) < head.width or any(after <= before for before, after in pairwise(anchors)):
                continue
            found = [_nearest(row, anchors, width) for row in body]
            placed = [(row, columns) for row, columns in zip(body, found, strict=True) if row.numbers]
            if all(columns is not None and holds(row, columns, head) for row, columns in placed):
                for row, columns in placed:
                    row.columns = columns
                return


WIDE = 2
"""Fewest blanks between the columns of text that keeps the page's columns."""


def _middle(text: str, start: int, end: int, width: int) -> float:
    """The middle of a word in columns of print; a Chinese letter is ``width`` columns wide."""
    left = start + (width - 1) * sum(ord(letter) > 0x2E7F for letter in text[:start])
    return left + (end - start + (width - 1) * sum(ord(letter) > 0x2E7F for letter in text[start:end])) / 2


def _nearest(row: Row, anchors: list[float], width: int) -> list[int] | None:
    """The columns whose heads the numbers of a row stand nearest to, left to right; None where that is not clear."""
    columns: list[int] = []
    for start, end in zip(row.starts, row.ends, strict=True):
        middle = _middle(row.place.text, start, end, width)
        apart = sorted((abs(anchor - middle), column) for column, anchor in enumerate(anchors))
        if len(apart) > 1 and apart[0][0] > 0.7 * apart[1][0]:
            return None
        columns.append(apart[0][1])
    return columns if columns == sorted(set(columns)) else None


def _is_sound(body: list[Row]) -> bool:
    """Whether rows are those of a list: every one is named, most by known names, and no code stands among amounts."""
    rows = [row for row in body if row.numbers]
    if any(not row.code and len(row.label) <= MAX_REST and not is_known(row.label) for row in rows):
        return False
    named = sum(names_code(row, row.label) or is_known(row.label) for row in body)
    if named < 0.6 * len(body):
        return False
    numbers = [number for row in rows for text in row.numbers if (number := whole_number(text)) is not None]
    decimals = sum(number.decimals > 0 for number in numbers)
    bare = [number for number in numbers if not number.decimals and number.value_text.strip("0")]
    return decimals < 0.8 * len(numbers) or not any(is_subject_code(number.value_text) for number in bare)


def _joined_text(line: Line) -> str:
    return line.paragraph.text


def _take_counters(body: list[Row]) -> dict[int, str]:
    """Take the row numbers (行次) out of the rows that count: row → its number as printed."""
    found: dict[int, str] = {}
    expected = 1
    for row in body:
        if row.numbers and code_text(row.numbers[0]) == str(expected):
            found[id(row)] = row.numbers.pop(0)
            row.starts.pop(0)
            row.ends.pop(0)
            expected += 1
    return found


def _fits(head: Head, body: list[Row]) -> bool:
    """Whether the sums along whole rows hold under a reading of the header."""
    whole = [row for row in body if len(row.numbers) == head.width]
    held = sum(holds(row, list(range(head.width)), head) for row in whole)
    return not head.sums or not whole or held >= 0.7 * len(whole)


def _list_rows(lines: list[Line], start: int) -> tuple[list[Row], int]:
    """Rows of the body, labels that were wrapped put together, and how many lines were used."""
    rows: list[Row] = []
    gap: list[Line] = []
    used = start
    for at in range(start, len(lines)):
        line = lines[at]
        if is_page(line) or (rows and is_marker(line)):
            continue
        row = _row_of(line)
        if row is None:
            if rows and is_header(line):
                continue
            if any(token.is_number and whole_number(token.text) is not None for token in line.tokens):
                break  # numbers among words: no row of this list
            gap.append(line)
            if sum(not _may_be_bare(line) for line in gap) > MAX_WRAPPED:
                break
            continue
        used = at + 1
        rest = "".join(squeeze(piece.paragraph.text) for piece in gap) + row.label
        if rows and _continues(rows[-1], row, rest):
            rows[-1].label += rest
            gap = []
            rows[-1].numbers, rows[-1].starts, rows[-1].ends = row.numbers, row.starts, row.ends
            continue
        bare, gap = _bare_rows(gap, row)
        rows += bare
        _share(rows[-1] if rows and not bare else None, row, gap)
        gap = []
        rows.append(row)
    if rows and gap:
        joined = rows[-1].label + squeeze(gap[0].paragraph.text)
        if not names_code(rows[-1], rows[-1].label) and names_code(rows[-1], joined):
            rows[-1].label = joined
            used += 1
    return rows, used


MAX_WRAPPED = 4
"""Most lines that wrapped labels leave between two rows."""


def _may_be_bare(line: Line) -> bool:
    """Whether a line without numbers may be a row whose amounts are blank."""
    text = squeeze(line.paragraph.text)
    return has_ordinal(text) or is_known(text)


def _bare_rows(gap: list[Line], below: Row) -> tuple[list[Row], list[Line]]:
    """(rows without amounts, lines left) of the lines above a row that has its own whole label.

    Nothing is bare where the row below still lacks a label or its beginning.
    """
    if not gap or not below.label or not (has_ordinal(below.label) or names_code(below, below.label)):
        return [], gap
    if not all(map(_may_be_bare, gap)):
        return [], gap
    return [made_row("", squeeze(line.paragraph.text), [], line.paragraph) for line in gap], []


def _continues(above: Row, below: Row, rest: str) -> bool:
    """Whether a line is the end of the one above: that has no numbers, and its label and the ``rest`` make its name."""
    if above.numbers or below.code or not below.numbers or not (above.code or above.label):
        return False
    return not rest or names_code(above, above.label + rest) or (bool(above.code) and len(rest) <= MAX_REST)


MAX_REST = 3
"""Longest rest of a name that is nothing by itself."""


def is_header(line: Line) -> bool:
    """Whether a line in the body is of the header, printed again on the next page."""
    return len(line.tokens) > 1 and all(header_terms_of(token.text) for token in line.tokens)


def made_row(code: str, label: str, numbers: list[Token], place: Paragraph) -> Row:
    return Row(code, label, [token.text for token in numbers], [token.start for token in numbers],
               [token.end for token in numbers], place)  # fmt: skip


def _row_of(line: Line) -> Row | None:
    """A line as a row: code, label, numbers; None where it has no number."""
    tokens = list(line.tokens)
    code = ""
    if is_subject_code(tokens[0].text) and (len(tokens) > 1):
        code = code_text(tokens.pop(0).text)
        while len(code) in (3, 5) and tokens and _PART.fullmatch(code_text(tokens[0].text)) and len(tokens) > 1:
            code += code_text(tokens.pop(0).text)
    numbers: list[Token] = []
    while tokens and tokens[-1].is_number:
        numbers.insert(0, tokens.pop())
    if not numbers and not code:
        return None
    if any(token.is_number for token in tokens):
        return None
    label = "".join(token.text for token in tokens)
    if len(label) > MAX_LABEL:
        return None
    return made_row(code, label, numbers, line.paragraph)


def names_code(row: Row, label: str) -> bool:
    """Whether a label is a known name, the one of the row's code where that has any."""
    key = label_key(label)
    codes = functional_names().get(key, frozenset()) | economic_names().get(key, frozenset())
    if not row.code:
        return is_known(label)
    return row.code in codes or (bool(codes) and row.code not in _coded())


@lru_cache(maxsize=1)
def _coded() -> frozenset[str]:
    """All codes that have a name."""
    return frozenset().union(*functional_names().values(), *economic_names().values())


def _share(above: Row | None, below: Row, gap: list[Line]) -> None:
    """Give the lines without numbers between two rows to the labels they belong to.

    They end the label above, begin the one below, or both; known names decide, then what has no label yet.
    """
    pieces = [squeeze(line.paragraph.text) for line in gap]
    if not pieces:
        return
    best: tuple[int, int] | None = None
    for cut in range(len(pieces) + 1):
        head, tail = "".join(pieces[:cut]), "".join(pieces[cut:])
        if cut and above is None:
            continue
        first = (above.label + head) if above is not None else ""
        second = tail + below.label
        score = 0
        if above is not None:
            score += 3 * names_code(above, first) - 4 * (not first)
        score += 3 * names_code(below, second) - 4 * (not second)
        score -= cut > 0 and above is not None and names_code(above, above.label)
        if best is None or score > best[0]:
            best = (score, cut)
    assert best is not None
    cut = best[1]
    if above is not None:
        above.label += "".join(pieces[:cut])
    below.label = "".join(pieces[cut:]) + below.label
