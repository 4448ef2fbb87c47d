"""Words read from pictures, settled by the dictionaries (OCR文字按字典校正).

Recognition takes 拨 for 毛 and 款 for 歉; one such slip in a header would take its whole column out of the statement.
A recognised cell that is no known word, but one character away from exactly one word of ``seeds/`` (header terms, line
items, subjects), is taken to print that word. Figures are never touched here,
nor cells that were not recognised.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

from ingest.dictionaries import economic_names, find_terms, functional_names, is_line_label, read_seed
from ingest.document import Cell, Paragraph, Table
from ingest.text import fold_width, join_lines, label_key, plain_key, squeeze

_LEVELS = ("类", "款", "项")
_MIN_LENGTH = 3
"""Shorter words are one character away from too much."""
_MIN_LENGTH_LOST = 4
"""A lost or added character needs a longer word to be sure."""
_PREFIX = re.compile(
    r"^(?:其中[:：]?|[(（][一二三四五六七八九十]{1,3}[)）]|[一二三四五六七八九十]{1,3}[、.．]|[(（]?\d{1,2}[)）]?[、.．]?(?!\d))"
)
_MIN_COUNTED = 5
_MARKED = re.compile(r"^\S{1,2}[、,，.．:：]")
"""An ordinal that was misread (已、 for 七、): what stands before the mark says nothing any more."""
_LOOK_ALIKES = frozenset(
    frozenset(pair)
    for pair in ("末未", "已己", "入人", "大太", "士土", "日曰", "拨毛", "款歉", "支文", "算祯", "出册", "本木", "收攻")
)
"""Characters taken for one another: they decide between words that are one character away."""
_CHINESE = re.compile("[㐀-鿿]")


def settle(blocks: Sequence[Paragraph | Table]) -> tuple[Paragraph | Table, ...]:
    """The blocks with the words of recognised table cells settled; other blocks are handed on as they are."""
    return tuple(_settled(block) if isinstance(block, Table) else block for block in blocks)


def _settled(table: Table) -> Table:
    if not any(cell.is_ocr for cell in table.cells):
        return table
    words = {id(cell): word for cell in table.cells if cell.is_ocr and (word := settled_word(cell.text)) is not None}
    words.update(_levels(table.cells))
    words.update(_column_numbers(table.cells))
    if not words:
        return table
    return replace(
        table,
        cells=tuple(cell._replace(text=words[id(cell)]) if id(cell) in words else cell for cell in table.cells),
    )


@lru_cache(maxsize=65536)
def settled_word(text: str) -> str | None:
    """The dictionary's word a recognised text stands for; None where the text is known as it is, or nothing is near.

    ``财政毛款收入`` → ``财政拨款收入``; an ordinal or 其中 in front stays.
    """
    joined = squeeze(join_lines(text))
    if len(joined) < _MIN_LENGTH or _CHINESE.search(joined) is None or _is_known(joined):
        return None
    marked = _MARKED.match(joined)
    if marked is not None and _PREFIX.match(joined) is None and _is_known(joined[marked.end() :]):
        return joined[marked.end() :]
    prefix = _PREFIX.match(joined)
    starts = {0, prefix.end()} if prefix is not None else {0}
    for start in sorted(starts, reverse=True):
        core = joined[start:]
        if start and _is_known(core):
            return f"{joined[:start]}.{core}" if joined[start - 1].isdigit() else None
        word = _nearest(fold_width(core))
        if word is not None:
            return joined[:start] + word
    return None


def _is_known(text: str) -> bool:
    key = label_key(text)
    return bool(find_terms(text)) or is_line_label(text) or key in functional_names() or key in economic_names()


def _nearest(text: str) -> str | None:
    """The one word of the dictionaries that differs in one character, or, of longer words, by one lost or added."""
    exchanged, shortened = _index()
    if len(text) >= _MIN_LENGTH:
        found = {word for mask in _masks(text) for word in exchanged.get(mask, ())}
        if len(found) > 1:
            found = {word for word in found if _is_look_alike(text, word)}
            return found.pop() if len(found) == 1 else None
        if found:
            return found.pop()
    if len(text) < _MIN_LENGTH_LOST:
        return None
    longer = set(shortened.get(text, ()))
    shorter = {text[:at] + text[at + 1 :] for at in range(len(text))} & _words()
    found = longer | {word for word in shorter if len(word) >= _MIN_LENGTH_LOST}
    return found.pop() if len(found) == 1 else None


def _is_look_alike(text: str, word: str) -> bool:
    return all(one == other or frozenset((one, other)) in _LOOK_ALIKES for one, other in zip(text, word, strict=True))


def _masks(word: str) -> Iterator[str]:
    return (f"{word[:at]}\0{word[at + 1:]}" for at in range(len(word)))


@lru_cache(maxsize=1)
def _words() -> frozenset[str]:
    """Words a table cell may consist of, width folded, of three characters and more."""
    raw: list[str] = []
    for row in read_seed("header_terms"):
        raw += [row["label"], *row["variants"].split("|")]
    for row in read_seed("line_items"):
        raw += [row["name_zh"], *row["variants"].split("|")]
    raw += [row["functional_name"] for row in read_seed("functional_subjects")]
    raw += [row["economic_name"] for row in read_seed("economic_subjects")]
    raw += [row["label"] for row in read_seed("indicator_levels")]
    words = (fold_width(squeeze(word)) for word in raw)
    return frozenset(word for word in words if len(word) >= _MIN_LENGTH and _CHINESE.search(word))


@lru_cache(maxsize=1)
def _index() -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """Words by their shape with one character left open, and by what is left of them when one is lost."""
    exchanged: dict[str, list[str]] = {}
    shortened: dict[str, list[str]] = {}
    for word in sorted(_words()):
        for mask in _masks(word):
            exchanged.setdefault(mask, []).append(word)
        if len(word) > _MIN_LENGTH_LOST:
            for short in {word[:at] + word[at + 1 :] for at in range(len(word))}:
                shortened.setdefault(short, []).append(word)
    return exchanged, shortened


def _levels(cells: Iterable[Cell]) -> dict[int, str]:
    """类 款 项 over the three columns of a code: where one or two of them are read right, the rest is too."""
    rows: dict[int, dict[int, Cell]] = {}
    for cell in cells:
        rows.setdefault(cell.row, {})[cell.column] = cell
    found: dict[int, str] = {}
    for row in rows.values():
        for column, cell in row.items():
            if plain_key(cell.text) not in _LEVELS:
                continue
            at = _LEVELS.index(plain_key(cell.text))
            group = [row.get(column - at + step) for step in range(3)]
            for level, other in zip(_LEVELS, group, strict=True):
                if other is not None and other.is_ocr and _is_slip(other.text):
                    found[id(other)] = level
    return found


def _column_numbers(cells: Iterable[Cell]) -> dict[int, str]:
    """The row that counts the columns (1 2 3 …): a place that was misread is what its neighbours count it to be."""
    rows: dict[int, list[Cell]] = {}
    for cell in cells:
        rows.setdefault(cell.row, []).append(cell)
    found: dict[int, str] = {}
    for row in rows.values():
        row.sort(key=lambda cell: cell.column)
        texts = [squeeze(cell.text) for cell in row]
        if len(row) < _MIN_COUNTED or any(len(text) > 2 for text in texts):
            continue
        starts = Counter(int(text) - at for at, text in enumerate(texts) if text.isdigit())
        if not starts:
            continue
        start, agreeing = starts.most_common(1)[0]
        if start not in (1, 2) or agreeing < 0.7 * len(row):
            continue
        for at, (cell, text) in enumerate(zip(row, texts, strict=True)):
            if cell.is_ocr and text != str(start + at):
                found[id(cell)] = str(start + at)
    return found


def _is_slip(text: str) -> bool:
    """Whether a cell holds one character that is none of the three."""
    bare = squeeze(text)
    return len(bare) == 1 and bare not in _LEVELS and not bare.isdigit()
