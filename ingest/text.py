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
NUMBER = re.compile(
    r"(?<![\d.,])[-−–+]?(?:\d{1,3}(?:[,，] ?\d{3})+|\d+)(?:\. ?\d+)?(?![\d])"
)
"""A number as printed: thousands separators (also with a blank after them), decimals, an attached sign."""

UNIT_WORD = re.compile(
    r"亿元|万元|千元|百元|元(?!月)|%|％|‰|百分比|百分点|平方米|㎡|平米|台\(套\)|台（套）|台\(辆\)|辆|台套|台|套|人次|批次|"
    r"人|个|批|次|件|户|家|项|份|条|天|分钟|小时|年|月|日|期|场|篇|部|间|栋|处|亩|公里|吨|公顷|分"
)


def fold_width(text: str) -> str:
    """Compatibility-fold ``text`` (full width to half width) without touching its blanks."""
    return unicodedata.normalize("NFKC", text)


def squeeze(text: str) -> str:
    """Remove all blanks, also zero-width ones; the printed characters stay as they are."""
    return _BLANK.sub("", text)


@lru_cache(maxsize=65536)
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


@lru_cache(maxsize=65536)
def plain_key(text: str) -> str:
    """Like :func:`label_key`, but ordinals and 其中 stay: for header cells and titles."""
    return _PUNCTUATION.sub("", fold_width(text))


def has_ordinal(text: str) -> bool:
    """Whether a label begins with an ordinal such as 一、 （二） 3. ①."""
    return bool(_ORDINAL.match(squeeze(fold_width(text)).removeprefix("其中:").removeprefix("其中")))


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


def clean_number(printed: str) -> str:
    """``1, 537.4`` → ``1537.4``; ``−3.51`` → ``-3.51``; leading zeros and decimals stay as printed."""
    text = fold_width(printed).replace(",", "").replace(" ", "")
    return text.replace("−", "-").replace("–", "-").removeprefix("+")


def decimals_of(value_text: str) -> int:
    """Number of printed decimals."""
    return len(value_text.partition(".")[2])


def find_numbers(text: str) -> list[PrintedNumber]:
    """All numbers in ``text`` in order, each with the unit word printed directly behind it (or None)."""
    folded = fold_width(text)
    if len(folded) != len(text):  # a compatibility character grew: offsets would lie
        folded = text
    found = []
    for match in NUMBER.finditer(folded):
        start = match.start()
        printed = match.group()
        if printed[0] in "-−–+" and start and (folded[start - 1].isascii() and folded[start - 1].isalnum() or folded[start - 1] in "年月日)）〕]"):
            printed, start = printed[1:], start + 1  # a dash between two numbers is a range, not a sign
        rest = folded[match.end() : match.end() + 8].lstrip()
        unit = UNIT_WORD.match(rest)
        value = clean_number(printed)
        found.append(
            PrintedNumber(start, match.end(), text[start : match.end()], value, decimals_of(value), unit.group() if unit else None)
        )
    return found


_WHOLE_NUMBER = re.compile(
    r"^\s*[-−–+]?\s*(?:\d{1,3}(?:[,，]\s?\d{3})+|\d+)(?:\.\s?\d+)?\s*"
    r"(亿元|万元|千元|元|%|‰|辆|人次|批次|人|个|台\(套\)|台|套|平方米|㎡|次|批|分|件|家)?\s*$"
)
_BRACKET_NEGATIVE = re.compile(r"^\s*\((?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?\)\s*$")
_NOTHING = re.compile(r"^[\s\-—–―_─－/\\·*无]*$")


def whole_number(text: str) -> PrintedNumber | None:
    """The number a cell consists of (a unit word may follow it), or None where there is other text or none."""
    folded = fold_width(text)
    match = _WHOLE_NUMBER.match(folded)
    if match is None:
        return None
    unit = match.group(1)
    printed = folded.strip()
    if unit:
        printed = printed[: printed.rfind(unit)].strip()
    value = clean_number(printed.replace("\n", ""))
    start = text.find(text.strip()[0]) if text.strip() else 0
    return PrintedNumber(start, start + len(printed), printed, value, decimals_of(value), unit)


def is_nothing(text: str) -> bool:
    """Whether a cell says that there is no amount: blank, dashes, a slash, 无."""
    return bool(_NOTHING.match(text))


_CJK_BREAK = re.compile(r"\s*\n\s*")


def join_lines(text: str) -> str:
    """Join the wrapped lines of one cell and drop blanks between Chinese characters (合 计 → 合计)."""
    return re.sub(r"(?<=[^\x00-\x7f])[ \u3000\xa0]+(?=[^\x00-\x7f])", "", _CJK_BREAK.sub("", text)).strip()
