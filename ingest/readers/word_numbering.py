"""Automatic numbering of Word paragraphs: the ``一、`` that is printed but stands in no run of text."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from lxml import etree

from ingest.readers.package import attribute, local

_DIGITS = "〇一二三四五六七八九"
_MAX_NUMBER = 9_999


@dataclass(frozen=True, slots=True)
class Level:
    """How one level of a list is numbered."""

    kind: str = "decimal"
    text: str = "%1."
    start: int = 1


@dataclass(slots=True)
class Numbering:
    """The lists of a document, and how far each has been counted. Labels must be asked for in document order."""

    levels: dict[str, dict[int, Level]] = field(default_factory=dict)
    """List (numId) → level (from 0) → how it is numbered."""
    _groups: dict[str, str] = field(default_factory=dict)
    _counts: dict[str, dict[int, int]] = field(default_factory=lambda: defaultdict(dict))

    def label(self, list_id: str, level: int) -> str:
        """The printed number of the next paragraph of this list, e.g. ``（一）``; empty for bullets."""
        levels = self.levels.get(list_id)
        if not levels or level not in levels:
            return ""
        counts = self._counts[self._groups.get(list_id, list_id)]
        for deeper in [number for number in counts if number > level]:
            del counts[deeper]
        counts[level] = counts.get(level, levels[level].start - 1) + 1
        own = levels[level]
        if own.kind in ("bullet", "none"):
            return ""
        text = own.text
        for number in range(9):
            mark = f"%{number + 1}"
            if mark in text:
                shape = levels.get(number, Level())
                text = text.replace(mark, counted(counts.get(number, shape.start), shape.kind))
        return text.strip()


def numbering_of(root: etree._Element) -> Numbering:
    """The lists described by ``word/numbering.xml``."""
    shapes: dict[str, dict[int, Level]] = {}
    numbering = Numbering()
    for item in root:
        if local(item) == "abstractNum":
            shapes[attribute(item, "abstractNumId") or ""] = _levels(item)
        elif local(item) == "num":
            list_id = attribute(item, "numId") or ""
            shape = next((attribute(child, "val") or "" for child in item if local(child) == "abstractNumId"), "")
            levels = dict(shapes.get(shape, {}))
            for child in item:
                if local(child) == "lvlOverride":
                    levels.update(_levels(child))
            numbering.levels[list_id] = levels
            has_override = any(local(child) == "lvlOverride" for child in item)
            numbering._groups[list_id] = f"{list_id}!" if has_override else f"shape {shape}"
    return numbering


def _levels(parent: etree._Element) -> dict[int, Level]:
    levels: dict[int, Level] = {}
    for item in parent:
        if local(item) != "lvl":
            continue
        number = attribute(item, "ilvl") or "0"
        values = {local(child): attribute(child, "val") or "" for child in item}
        start = values.get("start", "1")
        levels[int(number) if number.isdigit() else 0] = Level(
            values.get("numFmt", "decimal"), values.get("lvlText", ""), int(start) if start.isdigit() else 1
        )
    return levels


def counted(number: int, kind: str) -> str:
    """The number in the notation Word names ``kind``; what is not known reads as digits."""
    if not 0 < number <= _MAX_NUMBER:
        return str(number)
    if kind in ("chineseCounting", "chineseCountingThousand", "japaneseCounting", "taiwaneseCountingThousand",
                "ideographDigital", "taiwaneseCounting"):
        return chinese(number)
    if kind in ("upperLetter", "lowerLetter"):
        letter = chr(65 + (number - 1) % 26) * ((number - 1) // 26 + 1)
        return letter if kind == "upperLetter" else letter.lower()
    if kind in ("upperRoman", "lowerRoman"):
        return roman(number) if kind == "upperRoman" else roman(number).lower()
    if kind in ("decimalEnclosedCircle", "decimalEnclosedCircleChinese") and number <= 20:
        return chr(0x2460 + number - 1)
    return f"{number:02d}" if kind == "decimalZero" else str(number)


def chinese(number: int) -> str:
    """1 → 一, 12 → 十二, 120 → 一百二十."""
    text, is_gap = "", False
    for power, unit in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // power % 10
        if digit:
            text += ("〇" if is_gap and text else "") + _DIGITS[digit] + unit
            is_gap = False
        else:
            is_gap = bool(text)
    return text[1:] if text.startswith("一十") else text


def roman(number: int) -> str:
    """4 → IV."""
    text = ""
    for value, letters in ((1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"),
                           (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")):
        text += letters * (number // value)
        number %= value
    return text
