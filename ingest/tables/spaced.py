"""Tables whose columns only blanks keep apart (空格分栏的表): text taken out of a PDF, line by line.

Below a statement's title the lines that end in numbers are its rows. A row begins with a code or a label and its
numbers stand in the order of the columns; labels that were wrapped stand on lines of their own around it. Blank cells
leave no trace in a line, so that a row is placed only where it has as many numbers as there are columns, where its
numbers stand under the heads of columns, or where sums over rows and columns leave one way to place it. All others
stay together in one cell, which the ledger reports. What keeps no such rhythm stays text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from ingest.dictionaries import functional_names
from ingest.document import Cell, Paragraph, Table
from ingest.tables.captions import Caption, read_line
from ingest.tables.grid import header_terms_of, is_note, is_subject_code
from ingest.tables.spaced_groups import groups_table
from ingest.tables.spaced_head import are_two
from ingest.tables.spaced_list import list_table, single_row
from ingest.tables.spaced_sides import two_lists, two_sides
from ingest.tables.spaced_words import (
    Cells,
    Line,
    caption_lines,
    is_known,
    is_marker,
    is_page,
    line_of,
    text_of,
)
from ingest.text import fold_width, has_ordinal, is_nothing, label_key, squeeze, whole_number

MIN_ROWS = 2
"""Fewest lines with numbers that make a table."""
MAX_TEXT = 90
"""Longest line without a number at its end that may belong to a table."""
_ENDS_IN_NUMBER = re.compile(r"(?:^|[\s　])(?:[-−–(（]?\d[\d,，]*(?:\.\d+)?%?[)）]?|[-—–─/]{1,4})[\s　]*$")
_SENTENCE = re.compile(r"[。；;]|，.*，")
_YEAR = re.compile(r"(?:19|20)\d{2}年?度?")


@dataclass(frozen=True, slots=True)
class Found:
    """A table found below a title."""

    captions: list[Paragraph]
    table: Table
    used: int
    """How many lines below the title it took."""
    rest: list[Paragraph]
    """Lines among these that bear digits and are in no cell: page numbers, headers printed again."""


def is_spaced(paragraphs: list[Paragraph]) -> bool:
    """Whether some lines of a run look like rows: words or codes, blanks and a number at the end."""
    rows = 0
    for paragraph in paragraphs:
        text = paragraph.text
        if (" " in text or "　" in text) and _ENDS_IN_NUMBER.search(text) and not _SENTENCE.search(text):
            rows += 1
            if rows >= MIN_ROWS:
                return True
    return False


def run_end(paragraphs: list[Paragraph]) -> int:
    """How many lines below a title may belong to its table: up to the first sentence or note."""
    seen = False
    for at, paragraph in enumerate(paragraphs):
        text = paragraph.text
        compact = squeeze(text)
        seen = seen or bool(_ENDS_IN_NUMBER.search(text))
        if is_note(text) or (_SENTENCE.search(compact) and not read_line(Caption(), text, None)):
            return at
        if len(compact) > MAX_TEXT and not _ENDS_IN_NUMBER.search(text):
            return at
    return len(paragraphs)


def table_of(paragraphs: list[Paragraph], codes: tuple[str, ...]) -> Found | None:
    """The table in the lines below a title, or None where they are none.

    ``codes`` are the statements that the title may name.
    """
    if not is_spaced(paragraphs) or all(code.startswith("perf_") for code in codes):
        return None
    paragraphs = paragraphs[: run_end(paragraphs)]
    lines = [line_of(paragraph) for paragraph in paragraphs]
    grouped = groups_table(paragraphs)
    if grouped is not None:
        rows, first, used = grouped
        return _found(rows, lines, first, used)
    start = _body_start(lines)
    if start is not None:
        while start and _begins_label(lines[start - 1]):
            start -= 1
        top = caption_lines(lines, start)
        built = (
            two_sides(lines, top, start) or two_lists(lines, top, start, codes) or list_table(lines, top, start, codes)
        )
        if built is not None:
            return _found(built[0], lines, start, built[1])
    single = single_row(lines, codes)
    return None if single is None else _found(single[0], lines, single[1] - 1, single[1])


def _found(rows: Cells, lines: list[Line], start: int, used: int) -> Found:
    top = caption_lines(lines, start)
    placed = {id(paragraph) for row in rows for _, _, paragraph in row}
    rest = [
        line.paragraph
        for line in lines[top:used]
        if id(line.paragraph) not in placed and any(map(str.isdigit, line.paragraph.text))
    ]
    return Found([line.paragraph for line in lines[:top]], _made(rows, lines[top].paragraph), used, rest)


def _made(rows: Cells, first: Paragraph) -> Table:
    cells = [
        Cell(text, at, column, line=paragraph.line, page=paragraph.page)
        for at, row in enumerate(rows)
        for column, text, paragraph in row
    ]
    width = max(cell.column for cell in cells) + 1
    return Table(tuple(cells), len(rows), width, first.line, first.page)


def _body_start(lines: list[Line]) -> int | None:
    """The first line of the body: one that ends in numbers that are neither of the columns nor of pages."""
    for at, line in enumerate(lines):
        if is_marker(line) or is_page(line):
            continue
        first = line.tokens[0].text
        if has_ordinal(first) and is_known(first) and any(token.is_number for token in line.tokens):
            return at
        if not line.numbers:
            continue
        if _YEAR.fullmatch(fold_width(line.tokens[-1].text)) and not is_known(text_of(line.tokens[:-1])):
            continue
        if line.numbers == len(line.tokens) and not is_subject_code(first) and not _has_row_numbers(line):
            continue
        if any(header_terms_of(token.text) for token in line.tokens[:1]) and not is_known(first):
            continue
        return at
    return None


def _begins_label(line: Line) -> bool:
    """Whether a line without numbers begins the wrapped label of the first row."""
    text = squeeze(line.paragraph.text)
    if line.numbers or any(header_terms_of(token.text) for token in line.tokens):
        return False
    return has_ordinal(text) or label_key(text) in functional_names()


def _has_row_numbers(line: Line) -> bool:
    return line.tokens[0].text == "1"


def words_of(paragraphs: list[Paragraph]) -> list[Paragraph]:
    """The words and numbers of a run below a title as a paragraph each, in reading order: one cell a line."""
    if not is_spaced(paragraphs):
        return []
    words = [
        replace(paragraph, text=text)
        for paragraph in paragraphs[: run_end(paragraphs)]
        if not is_page(line := line_of(paragraph))
        for text in [token.text for token in line.tokens]
    ]
    return _rejoined(words)


MAX_PIECES = 4
"""Most pieces a name or a header word is broken into."""


def _rejoined(words: list[Paragraph]) -> list[Paragraph]:
    """Words of a stream with the pieces of broken names put together, the longest known name first."""
    found: list[Paragraph] = []
    at = 0
    while at < len(words):
        width = 1
        if whole_number(words[at].text) is None and not is_nothing(words[at].text):
            width = next((width for width in range(min(MAX_PIECES, len(words) - at), 1, -1)
                          if _is_broken([word.text for word in words[at : at + width]])), 1)  # fmt: skip
        pieces = words[at : at + width]
        found.append(replace(pieces[0], text="".join(piece.text for piece in pieces)) if width > 1 else pieces[0])
        at += width
    return found


def _is_broken(pieces: list[str]) -> bool:
    """Whether words that follow each other are pieces of one name; 本年支出 and 小计 are two words."""
    if any(whole_number(piece) is not None or is_nothing(piece) or has_ordinal(piece) for piece in pieces[1:]):
        return False
    name = "".join(pieces)
    if header_terms_of(name):
        return not any(are_two("".join(pieces[:at]), "".join(pieces[at:])) for at in range(1, len(pieces)))
    return is_known(name) and not all(is_known(piece) for piece in pieces)
