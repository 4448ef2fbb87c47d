"""Mechanical handling of printed Chinese text: folding labels to keys, finding numbers. No dictionary, no meaning."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

_BLANK = re.compile(r"[\s\u200b\u200c\u200d\ufeff\u00ad]+")
_PUNCTUATION = re.compile(r"[\s\-—–―_、，,。.:：;；“”\"'‘’「」『』()（）\[\]【】〔〕<>《》〈〉*·・…/／+]+")
_CHINESE_ORDINAL = r"[一二三四五六七八九十百]{1,4}"
_ORDINAL = re.compile(
    rf"^(?:\({_CHINESE_ORDINAL}\)[、.．]?|{_CHINESE_ORDINAL}[、.．]|\(\d{{1,2}}\)[、.．]?|\d{{1,2}}[、.．)](?!\d)|[①-⑳])"
)
_OF_WHICH = re.compile(r"^其中[:：]?")
NUMBER = re.compile(r"(?<!\d)(?<!\d[.,])[-−–+]?(?:\d{1,3}(?:[,，]\s?\d{3})+|\d+)(?:\.\s?\d+)?(?![\d])")
"""A number as printed: thousands separators (also with a blank after them), decimals, an attached sign.

A comma before it belongs to it only after a digit: 共3项，100万元 holds two numbers, also once the comma is folded.
"""

UNIT_WORD = re.compile(
    r"亿元|万元|千元|百元|元(?!月)|%|％|‰|百分比|百分点|平方米|㎡|平米|台\(套\)|台（套）|台\(辆\)|辆|台套|台|套|人次|批次|"
    r"人|个|批|次|件|户|家|项|份|条|天|分钟|小时|年|月|日|期|场|篇|部|间|栋|处|亩|公里|吨|公顷|分"
)


_NOTE_MARK = re.compile(r"(?<=\d)[①-⑳❶-❿⁰¹²³⁴-⁹]+")
_CACHED = 65536
"""Entries of each cache below: cells repeat within a document and between documents, and are folded many times."""


@lru_cache(maxsize=_CACHED)
def _fold(text: str) -> str:
    # A note's mark behind a number (80.5①, 80.5²) is none of its digits.
    return unicodedata.normalize("NFKC", _NOTE_MARK.sub(lambda mark: " " * len(mark[0]), text))


def fold_width(text: str) -> str:
    """Compatibility-fold ``text`` (full width to half width) without touching its blanks."""
    return text if text.isascii() else _fold(text)


@lru_cache(maxsize=_CACHED)
def squeeze(text: str) -> str:
    """Remove all blanks, also zero-width ones; the printed characters stay as they are."""
    return _BLANK.sub("", text)


@lru_cache(maxsize=_CACHED)
def label_key(text: str) -> str:
    """A label folded for look-up: width folded, blanks, punctuation, leading ordinals and 其中 removed.

    ``一、一般公共预算财政拨款收入`` and ``(一) 一般公共预算财政拨款收入`` give the same key.
    """
    folded = squeeze(fold_width(text))
    while True:
        shorter = _OF_WHICH.sub("", _ORDINAL.sub("", folded, count=1), count=1).lstrip(":：、.")
        if shorter == folded or not shorter:
            break
        folded = shorter
    return _PUNCTUATION.sub("", folded)


@lru_cache(maxsize=_CACHED)
def plain_key(text: str) -> str:
    """Like :func:`label_key`, but ordinals and 其中 stay: for header cells and titles."""
    return _PUNCTUATION.sub("", fold_width(text))


@lru_cache(maxsize=_CACHED)
def has_ordinal(text: str) -> bool:
    """Whether a label begins with an ordinal such as 一、 （二） 3. ①."""
    return bool(_ORDINAL.match(squeeze(fold_width(text)).removeprefix("其中:").removeprefix("其中")))


@lru_cache(maxsize=_CACHED)
def is_of_which(text: str) -> bool:
    """Whether a label is introduced by 其中, with or without an ordinal before it."""
    folded = _ORDINAL.sub("", squeeze(fold_width(text)), count=1)
    return folded.startswith("其中")


@dataclass(frozen=True, slots=True)
class PrintedNumber:
    """One number inside a text: offsets in that text, printed form, separators removed, decimals, unit behind it."""

    start: int
    end: int
    printed: str
    value_text: str
    decimals: int
    unit: str | None


_NUMBER_MARKS = str.maketrans(
    {",": None, " ": None, "\t": None, "\n": None, "\r": None, "−": "-", "–": "-", "△": "-", "▲": "-", "¥": None}
)


def clean_number(printed: str) -> str:
    """``1, 537.4`` → ``1537.4``; ``−3.51`` → ``-3.51``; leading zeros and decimals stay as printed."""
    # Any blank that a pattern calls one (a vertical tab, a file separator) goes.
    return "".join(fold_width(printed).translate(_NUMBER_MARKS).split()).removeprefix("+")


def decimals_of(value_text: str) -> int:
    """Number of printed decimals."""
    return len(value_text.partition(".")[2])


@lru_cache(maxsize=_CACHED)
def find_numbers(text: str) -> tuple[PrintedNumber, ...]:
    """All numbers in ``text`` in order, each with the unit word printed directly behind it (or None)."""
    folded = fold_width(text)
    if len(folded) != len(text):  # a compatibility character grew: offsets would lie
        folded = text
    found = []
    for match in NUMBER.finditer(folded):
        start = match.start()
        printed = match.group()
        before = folded[start - 1] if start else ""
        if printed[0] in "-−–+" and before and ((before.isascii() and before.isalnum()) or before in "年月日)）〕]"):
            printed, start = printed[1:], start + 1  # a dash between two numbers is a range, not a sign
        end = match.end()
        unit = UNIT_WORD.match(folded[end : end + 8].lstrip())
        value = clean_number(printed)
        found.append(
            PrintedNumber(start, end, text[start:end], value, decimals_of(value), unit.group() if unit else None)
        )
    return tuple(found)


_WHOLE_NUMBER = re.compile(
    r"^\s*(?:[-−–+△▲]\s*¥?|¥\s*[-−–]?)?\s*(?:\d{1,3}(?:[,，]\s?\d{3})+|\d+)(?: ?\.\s?\d+)?\s*"
    r"(亿元|万元|千元|元|%|‰|辆|人次|批次|人|个|台\(套\)|台|套|平方米|㎡|次|批|分|件|家)?\s*$"
)
_BRACKET_NEGATIVE = re.compile(r"^\s*\(((?:\d{1,3}(?:,\d{3})+|\d+)\.\d+)\)\s*$")
_NOTHING = re.compile(r"^[\s\-—–―_─－/\\·*无¥￥]*$")


@lru_cache(maxsize=_CACHED)
def whole_number(text: str) -> PrintedNumber | None:
    """The number a cell consists of (a unit word may follow it), or None where there is other text or none.

    Decimals in brackets are a negative amount, as accountants print it; a bare number in brackets is an ordinal.
    """
    folded = fold_width(text)
    match = _WHOLE_NUMBER.match(folded)
    if match is None:
        bracket = _BRACKET_NEGATIVE.match(folded)
        if bracket is None:
            return None
        value = "-" + clean_number(bracket.group(1))
        return PrintedNumber(bracket.start(1), bracket.end(1), folded.strip(), value, decimals_of(value), None)
    unit = match.group(1)
    printed = folded.strip()
    if unit:
        printed = printed[: printed.rfind(unit)].strip()
    value = clean_number(printed)
    start = text.find(text.strip()[0]) if text.strip() else 0
    return PrintedNumber(start, start + len(printed), printed, value, decimals_of(value), unit)


_SPOILED = re.compile(
    r"\s*[-−]?(?=[^\d]*\d)(?:[\dOoIl|SBZ,，]{0,20}[\dOoIl|SBZ] ?[.·。,，'’‘`•…]{1,2} ?[\dOoIl|SBZ]{1,6}"
    r"|(?=\d*[OoIl|])[\dOoIl|]{2,20}"
    r"|(?!(?:19|20)\d\d\.\d{1,2}\.\d{1,2}\s*\Z)\d[\d,]{1,18}\.[\d,]{1,16}[.,]\d{2,6}"
    r"|\d{1,16}\.\d{1,6}[?*#])\s*"
)


@lru_cache(maxsize=_CACHED)
def is_spoiled_number(text: str) -> bool:
    """Whether a cell was a number before something spoiled it: 112O.50, 1l20.5, 1100·50, 1100,50, 12..50."""
    if len(text) > 40:
        return False
    return whole_number(text) is None and _SPOILED.fullmatch(fold_width(text)) is not None


@lru_cache(maxsize=_CACHED)
def is_nothing(text: str) -> bool:
    """Whether a cell says that there is no amount: blank, dashes, a slash, 无."""
    return bool(_NOTHING.match(text))


_CJK_BREAK = re.compile(r"\s*\n\s*")
_CJK_BLANK = re.compile(r"(?<=[^\x00-\x7f])[ \u3000\xa0]+(?=[^\x00-\x7f])")


@lru_cache(maxsize=_CACHED)
def join_lines(text: str) -> str:
    """Join the wrapped lines of one cell and drop blanks between Chinese characters (合 计 → 合计)."""
    return _CJK_BLANK.sub("", _CJK_BREAK.sub("", text)).strip()
