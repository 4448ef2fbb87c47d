"""Statements printed without figures or rulings: title, unit line and column heads stand on a page as lines of text.

Nothing on such a page looks like a table to a reader: no ruling, no number. What stands there is told by its words.
A title with its caption (编制单位, 金额单位) below the contents list is the statement itself: printed blank where no
figures follow, printed but not read where they do. Neither is a statement left out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from ingest.document import Cell, Paragraph, Problem, Table
from ingest.tables.captions import (
    Caption,
    is_contents_line,
    looks_like_title,
    match_statements,
    read_line,
    strip_caption_parts,
)
from ingest.tables.grid import header_terms_of, is_note
from ingest.text import fold_width, has_ordinal, plain_key, squeeze

BLANK, UNREAD = "blank", "unread"
"""A statement that stands there without a figure; one that stands there with what could not be read."""
_CAPTION_LINES = 3
"""The caption stands in one of so many lines below the title, or above it."""
_GAP = re.compile(r"\s{2,}|\t")
_AMOUNT = re.compile(r"[-+]?\d[\d,]*(?:\.\d+)?%?")
_DECLARED = re.compile(r"空表|无数据|无此项|没有.{0,40}(?:收入|支出|收支|拨款|数据)|未安排|不涉及")
_MONEY_CAPTION = re.compile(r"单位[:：]|部门[:：]|(?:万|亿|千)元|^\(?元\)?$")
_HEADS = 2
"""So many known column heads make lines below a caption the head of a table."""


def with_blank_tables(
    blocks: Sequence[Paragraph | Table], problems: Sequence[Problem] = ()
) -> tuple[list[Paragraph | Table], dict[int, str]]:
    """The blocks with the heads of blank statements as tables, and what other titles of statements stand for.

    The second is ``id`` of the title's paragraph → ``BLANK`` (title and caption over nothing at all) or ``UNREAD``
    (what stands below, or a picture on the page, was not read as a table). Only documents with pages are looked at.
    """
    troubled = {problem.page for problem in problems if problem.code != "duplicate_page"}
    made: list[Paragraph | Table] = []
    states: dict[int, str] = {}
    index = 0
    while index < len(blocks):
        block = blocks[index]
        made.append(block)
        index += 1
        if not isinstance(block, Paragraph) or block.page is None or not is_statement_title(block):
            continue
        below = _own_lines(blocks, index)
        if not _has_caption(block, blocks, index, below) or _is_head_of_table(blocks, index, below):
            continue
        lead, heads, is_read = _parted(below)
        if block.page in troubled or not is_read:
            states[id(block)] = UNREAD
            continue
        declared = any(_DECLARED.search(squeeze(line.text)) for line in below)
        if not declared and _may_go_on(blocks, index + len(below)):
            states[id(block)] = UNREAD
            continue
        if sum(bool(header_terms_of(part)) for line in heads for part in _parts(line)) < _HEADS:
            states[id(block)] = BLANK
            continue
        made += lead
        made.append(_head_table(heads))
        index += len(lead) + len(heads)
    return made, states


def is_statement_title(paragraph: Paragraph) -> bool:
    """Whether a line is the title of a statement and no entry of a contents list."""
    bare = strip_caption_parts(paragraph.text)
    return (
        "表" in bare
        and not is_contents_line(paragraph.text)
        and looks_like_title(bare)
        and bool(re.search(r"表(?:\([^()]{0,12}\))?$", squeeze(bare)))
        and bool(match_statements(bare))
    )


def _own_lines(blocks: Sequence[Paragraph | Table], start: int) -> list[Paragraph]:
    """The lines below a title on its page, up to the next title or table."""
    page = blocks[start - 1].page
    lines: list[Paragraph] = []
    for block in blocks[start:]:
        if not isinstance(block, Paragraph) or block.page != page or is_statement_title(block):
            break
        lines.append(block)
    return lines


def _has_caption(title: Paragraph, blocks: Sequence[Paragraph | Table], index: int, below: Sequence[Paragraph]) -> bool:
    """Whether unit of money or body stand with the title: a contents list or a heading of prose has neither."""
    near = [*below[:_CAPTION_LINES]]
    for block in reversed(blocks[max(0, index - 1 - _CAPTION_LINES) : index - 1]):
        if not isinstance(block, Paragraph) or block.page != title.page or is_statement_title(block):
            break
        near.append(block)
    return any(_is_caption(line) for line in near)


def _is_caption(line: Paragraph) -> bool:
    text = squeeze(fold_width(line.text))
    if len(text) > 90 or "。" in text or not _MONEY_CAPTION.search(text):
        return False
    caption = Caption()
    return read_line(caption, line.text, line.line) and bool(caption.unit or caption.organisation)


def _is_head_of_table(blocks: Sequence[Paragraph | Table], start: int, below: Sequence[Paragraph]) -> bool:
    """Whether the title is that of a table: of one on its page, or of one that opens the next."""
    end = start + len(below)
    if end >= len(blocks):
        return False
    after = blocks[end]
    if not isinstance(after, Table) or _has_own_title(after):
        return False
    return after.page == blocks[start - 1].page or not any(_DECLARED.search(squeeze(line.text)) for line in below)


def _has_own_title(table: Table) -> bool:
    first = [cell for cell in table.cells if cell.row == 0]
    return len(first) == 1 and looks_like_title(first[0].text) and bool(match_statements(first[0].text))


def _may_go_on(blocks: Sequence[Paragraph | Table], start: int) -> bool:
    """Whether a table without a title of its own comes next: it may be the rest of the statement."""
    for block in blocks[start:]:
        if isinstance(block, Table):
            return not _has_own_title(block)
        if is_statement_title(block) or "。" in block.text:
            return False
    return False


def _parted(below: Sequence[Paragraph]) -> tuple[list[Paragraph], list[Paragraph], bool]:
    """The caption's lines below a title, the lines of the head under them, and whether no figure stands there."""
    lead: list[Paragraph] = []
    heads: list[Paragraph] = []
    is_open = True
    for line in below:
        text = squeeze(fold_width(line.text))
        if is_note(line.text) or "。" in text or len(text) > 90 or _DECLARED.search(text):
            is_open = False
            continue
        parts = _parts(line)
        if _has_figures(parts):
            return lead, heads, False
        if not is_open:
            continue
        if not heads and (_is_caption(line) or read_line(Caption(), line.text, line.line)):
            lead.append(line)
        elif read_line(Caption(), line.text, line.line) or (has_ordinal(line.text) and len(parts) == 1):
            is_open = False
        else:
            heads.append(line)
    return lead, heads, True


def _has_figures(parts: Sequence[str]) -> bool:
    """Whether a line holds amounts or codes; the numbers of the columns (栏次 1 2 3) are neither."""
    numbers = [part for part in parts if _AMOUNT.fullmatch(part)]
    counted = [int(part) for part in numbers if part.isdigit() and len(part) <= 2]
    is_row = len(counted) == len(numbers) and all(after - before == 1 for before, after in pairwise(counted))
    return bool(numbers) and not (is_row and (len(numbers) > 1 or plain_key(parts[0]) in ("栏次", "行次")))


def _parts(line: Paragraph) -> list[str]:
    return [part for part in (squeeze(fold_width(part)) for part in _GAP.split(line.text)) if part]


def _head_table(lines: Sequence[Paragraph]) -> Table:
    """The lines as rows of a table. Without figures the column a head stands over is of no account."""
    rows = [[part for part in _GAP.split(line.text.strip()) if part.strip()] for line in lines]
    cells = tuple(
        Cell(text.strip(), row, column, line=lines[row].line, page=lines[row].page, box=lines[row].box,
             is_ocr=lines[row].is_ocr, confidence=lines[row].confidence)
        for row, texts in enumerate(rows)
        for column, text in enumerate(texts)
    )  # fmt: skip
    return Table(cells, len(rows), max(len(texts) for texts in rows), lines[0].line, lines[0].page, lines[0].sheet)
