"""The header of a table whose columns only blanks keep apart: words torn over lines, put together again (表头还原).

Three readings are offered, the surest first: words that stand whole, in their order; the statement's known columns, all
of whose words the header has letters for and whose order no line contradicts; and fragments that lie above each other,
joined where they make a known word.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from ingest.dictionaries import column_sums, find_terms, read_seed, templates, terms
from ingest.document import Paragraph
from ingest.tables.grid import header_terms_of
from ingest.tables.headers import AMOUNT_KINDS, concept, make_path, stage_key
from ingest.tables.lines_rows import header_columns
from ingest.text import fold_width, is_nothing, plain_key, squeeze, whole_number

_YEAR = re.compile(r"(?:(?:19|20)\d{2})?年?度?")
_LEVELS = ("类", "款", "项")
MAX_WORDS = 60
"""More words than any header has."""


@dataclass(slots=True)
class Head:
    """The columns of amounts, left to right, each with its path of words, and the words over codes and names."""

    paths: list[tuple[str, ...]]
    names: list[str]
    sums: list[tuple[int, tuple[int, ...]]]
    """(column of a total, columns of its parts)."""

    @property
    def width(self) -> int:
        """How many columns of amounts there are."""
        return len(self.paths)

    def rows(self, lead: int) -> list[list[tuple[int, str]]]:
        """The header as rows of (column, word) over a table whose amounts begin at column ``lead``."""
        depth = max(len(path) for path in self.paths)
        rows: list[list[tuple[int, str]]] = [[] for _ in range(depth)]
        for place, name in enumerate(self.names[-lead:] if lead else ()):
            rows[0].append((place if len(self.names) >= lead else lead - 1, name))
        for place, path in enumerate(self.paths):
            before = self.paths[place - 1] if place else ()
            for level, word in enumerate(path):
                if before[: level + 1] != path[: level + 1] or level + 1 == len(path):
                    rows[level].append((lead + place, word))
        return rows


def heads_of(lines: list[list[str]], codes: tuple[str, ...], marked: int | None, widest: int) -> Iterator[Head]:
    """Readings of a header's lines for ``marked`` numbered columns, or for at least ``widest``."""
    lines = [_without_levels(unspaced(line)) for line in lines]
    lines = [line for line in lines if any(map(_is_piece, line)) and not any(map(_is_of_caption, line))]
    if not lines or sum(map(len, lines)) > MAX_WORDS:
        return
    names = _names(lines)
    amounts = [kept for line in lines if (kept := _amount_words(line))]
    if not amounts:
        return
    readings = (_under_one(amounts), _whole(amounts), _torn(amounts), *_known(lines, codes, marked, widest))
    readings += (_streamed(lines),)
    # Of readings that the sums cannot tell apart, one with as many columns as the widest row has numbers comes first.
    for paths in sorted(filter(None, readings), key=lambda paths: len(paths) != (marked or widest)):
        if (marked is not None and len(paths) != marked) or len(paths) < widest or not paths:
            continue
        yield Head(paths, names, _sums(paths))


def _without_levels(line: list[str]) -> list[str]:
    """A line without 类 款 项, which stand together; a 款 alone is the end of 拨款."""
    if sum(word in line for word in _LEVELS) < 2:
        return line
    return [word for word in line if word not in _LEVELS]


def _sums(paths: list[tuple[str, ...]]) -> list[tuple[int, tuple[int, ...]]]:
    """(column of a total, columns of its parts) of the sums that hold along a row with these columns."""
    whole = [make_path((word, "printed") for word in path) for path in paths]
    by_key: dict[tuple[str, str], dict[str, int]] = {}
    for column, path in enumerate(whole):
        name = concept(path)
        if name is not None:
            by_key.setdefault(stage_key(path), {}).setdefault(name, column)
    found: dict[int, tuple[int, ...]] = {}
    for columns in by_key.values():
        for rule in column_sums():
            total = next((columns[name] for name in rule.total if name in columns and name not in rule.parts), None)
            parts = tuple(columns[name] for name in rule.parts if name in columns)
            if total is not None and len(parts) > max(1, len(found.get(total, ()))):
                found[total] = parts
    return list(found.items())


_Paths = list[tuple[str, ...]]


@lru_cache(maxsize=1)
def _amount_pieces() -> frozenset[str]:
    """All pieces of two letters and more, and the first letters, of words that head amounts or groups of them."""
    return frozenset(
        form[start:end]
        for code, forms in _labels().items()
        if terms()[code].kind in (*AMOUNT_KINDS, "group")
        for form in map(plain_key, forms)
        for start in range(len(form))
        for end in range(start + 1, len(form) + 1)
        if end - start > 1 or end == len(form)
    )


def _amount_words(line: list[str]) -> list[str]:
    """The words of a line over amounts: 项目 is one only behind others, where it may be the first half of 项目支出."""
    kept: list[str] = []
    for word in line:
        if _may_head_amounts(word) or (kept and word in _amount_pieces()):
            kept.append(word)
    return kept


@lru_cache(maxsize=65536)
def _may_head_amounts(word: str) -> bool:
    """Whether a word, or a piece of one, is of a head of amounts rather than of codes and names."""
    return (
        not _names_rows(word)
        and plain_key(word) != "码"
        and (plain_key(word) in _amount_pieces() or bool(find_terms(word)))
    )


def _under_one(lines: list[list[str]]) -> _Paths | None:
    """One word (本年支出) over all columns, a total first among them."""
    if len(lines) != 2 or len(lines[0]) != 1 or len(lines[1]) < 2 or not all(map(heads_amounts, lines[1])):
        return None
    if not find_terms(lines[0][0]) or not any(term.is_total for term in header_terms_of(lines[1][0])):
        return None
    return [(lines[0][0], word) for word in lines[1]]


def _whole(lines: list[list[str]]) -> _Paths | None:
    """Words that stand whole in the order of the columns, in one row or in two."""
    words = [Paragraph(word, at) for at, word in enumerate(word for line in lines for word in line)]
    if not all(header_terms_of(word.text) for word in words):
        return None
    _, paths = header_columns(words)
    if not paths or any(not heads_amounts(path[-1].text) for path in paths):
        return None
    return [tuple(word.text for word in path) for path in paths]


def heads_amounts(word: str) -> bool:
    return any(term.kind in AMOUNT_KINDS for term in header_terms_of(word))


# Known columns


@lru_cache(maxsize=1)
def _labels() -> dict[str, tuple[str, ...]]:
    """Printed forms of each term, longest first."""
    found = {}
    for row in read_seed("header_terms"):
        forms = {squeeze(form) for form in (row["label"], *row["variants"].split("|")) if form}
        found[row["term_code"]] = tuple(sorted(forms, key=len, reverse=True))
    return found


def _known(lines: list[list[str]], codes: tuple[str, ...], marked: int | None, widest: int) -> Iterator[_Paths]:
    """The statement's known sequences of columns, all of whose words have their letters in the header."""
    words = Words(lines)
    found: list[tuple[int, int, _Paths]] = []
    for template in templates():
        width = len(template.columns)
        if not set(codes) & set(template.statement_codes) or width < max(2, widest) or (marked and width != marked):
            continue
        spelled = words.spell(template.columns)
        if spelled is None:
            continue
        paths, sure = spelled
        if all(_in_order(line, paths) for line in lines):
            found.append((sure, width, paths))
    for _, _, paths in sorted(found, key=lambda entry: (-entry[0], entry[1])):
        yield paths


class Words:
    """The words of a header, for finding the printed forms of terms in them."""

    def __init__(self, lines: list[list[str]]) -> None:
        self.lines = [[plain_key(word) for word in line] for line in lines]
        self.printed = {plain_key(word): word for line in lines for word in line}
        self.letters = Counter("".join(word for line in self.lines for word in line))
        self.text = "".join(word for line in self.lines for word in line)

    def spell(self, columns: tuple[tuple[str, ...], ...]) -> tuple[list[tuple[str, ...]], int] | None:
        """Printed words for paths of term codes, each letter used once, and how sure they are; None if one lacks."""
        letters = Counter(self.letters)
        known: dict[tuple[str, ...], str] = {}
        sure = 0
        for codes in columns:
            for level in range(len(codes)):
                prefix = codes[: level + 1]
                if prefix in known:
                    continue
                best = self.form(prefix, letters)
                if best is None:
                    return None
                known[prefix], worth = best
                letters -= Counter(plain_key(known[prefix]))
                sure += worth
        return [tuple(known[codes[: level + 1]] for level in range(len(codes))) for codes in columns], sure

    def form(self, codes: tuple[str, ...], letters: Counter[str]) -> tuple[str, int] | None:
        """The printed form of the last term of a path: a whole word, else words above each other, else letters."""
        is_part = len(codes) > 1 and codes[-1] in ("total", "subtotal")
        if codes[-1] == "subtotal":
            forms = ("小计", "合计")
        else:
            forms = ("合计", "小计") if is_part else _labels().get(codes[-1], ())
        own = terms()[codes[-1]].label if codes[-1] in terms() else ""
        best: tuple[tuple[int, int], str, int] | None = None
        for form in forms:
            key = plain_key(form)
            if Counter(key) - letters:
                continue
            is_whole = key in self.printed and not _names_rows(key)
            worth = 3 if is_whole else 2 if self._is_stacked(key) else 1 if key in self.text else 0
            # 其他 over 收入 is 其他收入: of words that stand there the longer one.
            is_total = codes[-1] in ("total", "subtotal")
            rank = (min(worth, 2), 0 if is_total else len(key) if worth > 1 else int(form == own))
            if best is None or rank > best[0]:
                best = (rank, self.printed.get(key, form), worth)
        return None if best is None else (best[1], best[2])

    def best(self, codes: tuple[str, ...], other: str) -> str:
        """The printed form of the term that the header says most surely; ``other`` where it says none."""
        found = [form for code in codes if (form := self.form((code,), self.letters)) is not None]
        return max(found, key=lambda form: form[1])[0] if found else other

    def _is_stacked(self, key: str, after: int = -1, above: str = "") -> bool:
        """Whether a word is made of words of several lines, from top to bottom; 小计 under 本年支出 are two words."""
        for at in range(after + 1, len(self.lines)):
            for word in self.lines[at]:
                if not key.startswith(word) or (above and are_two(above, word)):
                    continue
                if (above and key == word) or (key != word and self._is_stacked(key[len(word) :], at, word)):
                    return True
        return False


def are_two(upper: str, lower: str) -> bool:
    """Whether of two words above each other the lower is a column's own (小计), and no rest of the upper (支出, 款)."""
    above = find_terms(upper)[:1]
    return any(term.kind == "group" for term in above) or (
        bool(above) and any(term.is_total for term in find_terms(lower)[:1])
    )


def _names_rows(word: str) -> bool:
    """Whether a word stands over codes and names rather than amounts (项目)."""
    return any(term.kind in ("code", "label") for term in find_terms(word)[:1])


def _in_order(line: list[str], paths: list[tuple[str, ...]]) -> bool:
    """Whether the words of one line stand in the order of the columns that they are (pieces of) heads of."""
    at = 0
    for word in line:
        if len(word) < 2:
            continue
        holders = [place for place, path in enumerate(paths) if any(word in part for part in path)]
        if not holders:
            continue
        later = [place for place in holders if place >= at]
        if not later:
            return False
        at = later[0]
    return True


def _names(lines: list[list[str]]) -> list[str]:
    """The words over codes and names that stand whole."""
    found = []
    for line in lines:
        for word in line:
            kinds = [term.kind for term in header_terms_of(word)[:1]]
            if kinds and kinds[0] in ("code", "label") and word not in found:
                found.append(word)
    return found


# Torn words


@lru_cache(maxsize=1)
def _beginnings() -> frozenset[str]:
    """All beginnings of header words."""
    return frozenset(
        form[:length]
        for forms in _labels().values()
        for form in map(plain_key, forms)
        for length in range(1, len(form) + 1)
    )


@lru_cache(maxsize=1)
def _inner() -> frozenset[str]:
    """All pieces of header words of two letters and more."""
    return frozenset(
        form[start:end]
        for forms in _labels().values()
        for form in map(plain_key, forms)
        for start in range(len(form))
        for end in range(start + 2, len(form) + 1)
    )


@lru_cache(maxsize=65536)
def _is_piece(word: str) -> bool:
    """Whether a word is one of a header or a piece of one."""
    key = plain_key(word)
    return key in _inner() or key in _beginnings() or key in _amount_pieces() or bool(find_terms(word))


def _is_of_caption(word: str) -> bool:
    """Whether a word is the end of a wrapped caption: half a bracket, a bare year."""
    folded = fold_width(word)
    return folded.count("(") != folded.count(")") or bool(_YEAR.fullmatch(folded))


def _worth(word: str) -> int:
    """How much a (joined) piece says that it is a header word, or may become one."""
    if find_terms(word):
        return 3
    return 0 if plain_key(word) in _beginnings() else -4


def _torn(lines: list[list[str]]) -> _Paths | None:
    """Pieces above each other joined, line by line, where they make known words in the order of the columns."""
    columns: list[str] = []
    for line in lines:
        if any(whole_number(word) is not None or is_nothing(word) for word in line):
            return None
        joined = _joined(columns, line)
        if joined is None:
            return None
        columns = joined
    if not all(find_terms(word) for word in columns):
        return None
    words = [Paragraph(word, at) for at, word in enumerate(columns)]
    _, paths = header_columns(words)
    if not paths or any(not heads_amounts(path[-1].text) for path in paths):
        return None
    return [tuple(word.text for word in path) for path in paths]


def _streamed(lines: list[list[str]]) -> _Paths | None:
    """Pieces that follow each other, cell by cell, joined to the fewest known words."""
    words = [word for line in lines for word in line]
    best: list[list[list[str]]] = [[[]]]
    for end in range(1, len(words) + 1):
        ways = [
            [*before, "".join(words[start:end])]
            for start in range(max(0, end - MAX_PIECES), end)
            for before in best[start]
            if _is_joined(words[start:end])
        ]
        fewest = min(map(len, ways), default=0)
        best.append([way for way in ways if len(way) == fewest][:MAX_TIES])
    if len(best[-1]) != 1:
        return None
    found = best[-1][0]
    _, paths = header_columns([Paragraph(word, at) for at, word in enumerate(found)])
    if not paths or any(not heads_amounts(path[-1].text) for path in paths):
        return None
    return [tuple(word.text for word in path) for path in paths]


MAX_PIECES = 4
"""Most pieces a header word is broken into."""


def _is_joined(pieces: list[str]) -> bool:
    return bool(header_terms_of("".join(pieces))) and not any(
        are_two("".join(pieces[:at]), "".join(pieces[at:])) for at in range(1, len(pieces))
    )


def _joined(upper: list[str], lower: list[str]) -> list[str] | None:
    """The best way to lay a line of pieces under those above, keeping both orders: the joined pieces, left to right.

    None where two ways are as good: then the lines alone do not tell which word stands left of which.
    """
    best: dict[tuple[int, int], tuple[int, list[list[str]]]] = {(0, 0): (0, [[]])}
    for at in range(len(upper) + 1):
        for below in range(len(lower) + 1):
            here = best.get((at, below))
            if here is None:
                continue
            steps = []
            if at < len(upper) and below < len(lower):
                word = upper[at] + lower[below]
                if not are_two(upper[at], lower[below]):
                    steps.append((at + 1, below + 1, word, 2 * _worth(word) + 1))
            if at < len(upper):
                steps.append((at + 1, below, upper[at], _worth(upper[at])))
            if below < len(lower):
                steps.append((at, below + 1, lower[below], _worth(lower[below])))
            for next_at, next_below, word, worth in steps:
                score = here[0] + worth
                known = best.get((next_at, next_below))
                made = [[*words, word] for words in here[1]]
                if known is None or score > known[0]:
                    best[next_at, next_below] = (score, made)
                elif score == known[0]:
                    both = [*known[1], *(words for words in made if words not in known[1])]
                    best[next_at, next_below] = (score, both[:MAX_TIES])
    found = best[len(upper), len(lower)][1]
    return found[0] if len(found) == 1 else None


MAX_TIES = 3
"""Equally good ways that are kept apart."""


def unspaced(words: list[str]) -> list[str]:
    """The words of a header's line, letters of spaced-out words (基 本 支 出) joined where they make known pieces."""
    found: list[str] = []
    run: list[str] = []
    for word in [*words, ""]:
        if len(word) == 1 and not word.isdigit():
            run.append(word)
            continue
        found += _pieces("".join(run)) if len(run) > 1 else run
        run = []
        if word:
            found.append(word)
    return found


def _pieces(letters: str) -> list[str]:
    """Letters cut into the fewest pieces that begin known words; the letters themselves where that cannot be."""
    best: list[tuple[int, list[str]]] = [(0, [])]
    for end in range(1, len(letters) + 1):
        ways = [(best[end - 1][0] + _LOOSE, [*best[end - 1][1], letters[end - 1]])]
        ways += [
            (best[start][0] + 1, [*best[start][1], letters[start:end]])
            for start in range(end - 1)
            if letters[start:end] in _beginnings()
        ]
        best.append(min(ways))
    return best[-1][1]


_LOOSE = 3
"""What a letter that belongs to no piece costs, in pieces."""
