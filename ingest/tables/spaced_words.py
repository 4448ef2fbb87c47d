"""Lines whose columns only blanks keep apart, as tokens, and what such a line says of itself (空格分栏的行)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from ingest.dictionaries import economic_names, functional_names, is_line_label
from ingest.document import Paragraph
from ingest.tables.captions import Caption, read_line
from ingest.tables.grid import code_text, header_terms_of
from ingest.text import fold_width, has_ordinal, is_nothing, label_key, plain_key, whole_number

Cells = list[list[tuple[int, str, Paragraph]]]
"""Rows of (column, text, line)."""
_TOKEN = re.compile(r"[^\s　]+(?:(?<=[,，])[ 　]\d{3}(?:\.\d+)?(?!\d))?")
_PAGE_LINE = re.compile(r"\s*(?:第\s*)?[-—–]?\s*\d{1,4}\s*[-—–]?\s*(?:页)?(?:[,，]?\s*共\s*\d+\s*页)?\s*")
MAX_GAP = 2
"""Most blanks between the letters of one word."""
_LEVELS = frozenset("类款项")
MARKERS = frozenset(("栏次", "栏目"))
"""Words before the numbers of the columns."""


@dataclass(slots=True)
class Token:
    """One word or number of a line, with the columns of print it takes."""

    text: str
    start: int
    end: int
    is_loose: bool = False
    """Whether it was put together from single letters."""

    @property
    def is_number(self) -> bool:
        return whole_number(self.text) is not None or is_nothing(self.text)


@dataclass(slots=True)
class Line:
    """One printed line as tokens."""

    paragraph: Paragraph
    tokens: list[Token] = field(default_factory=list)

    @property
    def numbers(self) -> int:
        """How many numbers end the line."""
        count = 0
        for token in reversed(self.tokens):
            if not token.is_number:
                break
            count += 1
        return count


def line_of(paragraph: Paragraph) -> Line:
    """The tokens of a line; letters of a word that was spaced out (合 计) are joined, two labels are not."""
    line = Line(paragraph)
    text = paragraph.text
    for match in _TOKEN.finditer(text):
        token = Token(match.group(), match.start(), match.end())
        before = line.tokens[-1] if line.tokens else None
        if before is not None and joins(before, token):
            before.is_loose = len(token.text) == 1 and (before.is_loose or len(before.text) == 1)
            before.text += token.text
            before.end = token.end
            continue
        line.tokens.append(token)
    line.tokens = [part for token in line.tokens for part in parted(token)]
    return line


def parted(token: Token) -> list[Token]:
    """Two spaced-out labels beside each other (上 年 结 转 结 转 下 年) as two."""
    text = token.text
    if token.end - token.start <= len(text) or token.is_number or is_known(text):
        return [token]
    for at in range(2, len(text) - 1):
        if is_known(text[:at]) and is_known(text[at:]):
            middle = token.start + (token.end - token.start) * at // len(text)
            return [Token(text[:at], token.start, middle), Token(text[at:], middle, token.end)]
    return [token]


def joins(before: Token, token: Token) -> bool:
    """Whether two words beside each other are one: a spaced-out one, or two that make a known name."""
    if before.is_number or token.is_number or before.text in _LEVELS or token.text in _LEVELS:
        return False
    if token.start - before.end > MAX_GAP or has_ordinal(token.text):
        return False
    if len(token.text) == 1 and (before.is_loose or len(before.text) == 1):
        return True
    if header_terms_of(before.text):
        return False
    return min(len(before.text), len(token.text)) == 1 or is_known(before.text + token.text)


def is_known(label: str) -> bool:
    """Whether a label is the name of a subject, of a line or of a total."""
    key = label_key(label)
    return key in functional_names() or key in economic_names() or is_line_label(label) or key in _TOTALS


_TOTALS = ("合计", "总计", "小计", "收入总计", "支出总计", "本年收入合计", "本年支出合计")


def text_of(tokens: list[Token]) -> str:
    """The words of a label."""
    return "".join(token.text for token in tokens)


def caption_lines(lines: list[Line], start: int) -> int:
    """How many of the lines before ``start`` are captions."""
    top = 0
    while top < start and is_caption(lines[top]):
        top += 1
    return top


def raw_words(line: Line) -> list[str]:
    """The words of a line as the blanks part them."""
    return line.paragraph.text.split()


def is_caption(line: Line) -> bool:
    """Whether a line is a caption's: unit, body, year, number of the table."""
    text = line.paragraph.text
    words = [token for token in line.tokens if header_terms_of(token.text)]
    return len(words) < 2 and read_line(Caption(), text, None)


def is_marker(line: Line) -> bool:
    """Whether a line numbers the columns: 栏次 1 2 3, or 类 款 项 栏次 1 2 3."""
    words = [token.text for token in line.tokens if not token.is_number]
    if any(plain_key(word) in MARKERS for word in words):
        return True
    return len(counted(line)) >= 2 and all(plain_key(word) in _LEVELS for word in words)


def counted(line: Line) -> list[int]:
    """The numbers 1 2 3 … of a line that numbers the columns."""
    found = [int(text) for token in line.tokens if (text := code_text(token.text)).isdigit() and len(text) <= 2]
    return found if found == list(range(1, len(found) + 1)) else []


def is_page(line: Line) -> bool:
    return bool(_PAGE_LINE.fullmatch(fold_width(line.paragraph.text)))
