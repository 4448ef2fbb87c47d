"""Figures read from pictures, checked by the table's own sums (OCR数字的勾稽校验).

A recognised figure is only a reading. Where it stands in a sum that comes out to the last digit, the reading is
proven and its confidence becomes 100; where a sum that holds elsewhere in the table does not come out, the figures in
it that nothing else proves are marked unsure. Where two sums that do not come out ask for the same other value, and it
looks like the one read (one or two digits differ), the reading is corrected. Nothing else is ever changed: what the
document itself adds up wrongly stays as it is printed.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ingest.dictionaries import economic_names, functional_names
from ingest.tables.reading import is_total_label
from ingest.text import label_key, squeeze

PROVEN = 100
"""Confidence of a figure a sum proves, in percent."""
CONTRADICTED = 40
"""Highest confidence of a figure in a sum that does not come out."""
_MIN_AGREEING = 2
_AGREEING = Decimal("0.6")
"""Sums of one kind (a total column over its parts, a code over those below it) that must come out before one that does
not counts against its figures."""
_TOTAL_COLUMN = re.compile(r"(?:合计|小计|总计|总额)$")
_ORDINAL_STYLE = (
    re.compile(r"^[一二三四五六七八九十]{1,3}、"),
    re.compile(r"^[(（][一二三四五六七八九十]{1,3}[)）]"),
    re.compile(r"^\d{1,2}[.、．](?!\d)"),
    re.compile(r"^[(（]\d{1,2}[)）]"),
)

_BROKEN_HEAD = re.compile(r"\||行次|栏次")
"""A head read across two columns, with the rest of the ruling between them, or of row numbers: its figures may be
row numbers, and no amounts."""

Number = dict[str, Any]
"""A row of ``cell_numbers``."""


@dataclass(slots=True)
class _Sum:
    """``total`` should be the sum of ``parts``. ``kind`` names sums that stand or fall together."""

    total: Number
    parts: list[Number]
    kind: tuple | None
    """None for a sum that is only tried: it may prove, never speak against a figure."""

    @property
    def numbers(self) -> list[Number]:
        return [self.total, *self.parts]

    @property
    def gap(self) -> Decimal:
        return _value(self.total) - sum((_value(part) for part in self.parts), Decimal(0))

    @property
    def is_within_rounding(self) -> bool:
        half = sum((Decimal(1).scaleb(-number["decimals"]) / 2 for number in self.numbers), Decimal(0))
        return abs(self.gap) <= half

    @property
    def is_telling(self) -> bool:
        """Whether two parts at least are not zero: a figure repeated may be misread the same way twice."""
        return sum(bool(_value(part)) for part in self.parts) >= 2


def check(numbers: Sequence[Number]) -> None:
    """Set ``confidence`` of the recognised figures of one table by its sums; correct a reading that two sums settle.

    ``numbers`` are rows of ``cell_numbers`` and changed in place. Tables read from text are left alone.
    """
    figures = [number for number in numbers if number["role"] == "figure" and number.get("value_text")]
    if not any(number.get("is_ocr") for number in figures):
        return
    _settle_codes(figures)
    sums = list(_sums(figures))
    proven = _proven(sums)
    if _corrected(sums, proven):
        proven = _proven(sums)
    doubted = _doubted(sums, proven)
    for number in figures:
        if not number.get("is_ocr"):
            continue
        if id(number) in proven:
            number["confidence"] = PROVEN
        elif id(number) in doubted or _BROKEN_HEAD.search(number.get("column_label") or ""):
            number["confidence"] = min(number.get("confidence") or 0, CONTRADICTED)


def _value(number: Number) -> Decimal:
    return Decimal(number["value_text"])


def _settle_codes(figures: list[Number]) -> None:
    """Recognised codes against the names beside them and the groups above them.

    A code its row's name does not bear is taken for the one that looks like it, a lost one for the only one the name
    bears in the table's classification; 2010301 below 20113 is 2011301 where the name bears both.
    """
    sections: dict[int, dict[int, list[Number]]] = defaultdict(lambda: defaultdict(list))
    for number in figures:
        if number.get("is_ocr"):
            sections[number.get("section_ordinal") or 1][number["row_ordinal"]].append(number)
    for rows in sections.values():
        coded = [numbers[0]["row_code"] for numbers in rows.values() if numbers[0].get("row_code")]
        if 2 * len(coded) <= len(rows):
            continue
        functional = sum(code.startswith("2") for code in coded) * 2 > len(coded)
        names = functional_names() if functional else economic_names()
        group = ""
        for _, numbers in sorted(rows.items()):
            code = numbers[0].get("row_code") or ""
            right = _right_code(code, names.get(label_key(numbers[0].get("row_label") or ""), frozenset()), group)
            if right is not None and right != code:
                for number in numbers:
                    number["row_code"] = right
                    number["reason"] = f"OCR科目编码读作{code or '空白'}，按科目名称更正为{right}"
            code = right or code
            group = code[:5] if len(code) >= 5 else group


def _right_code(code: str, known: frozenset[str], group: str) -> str | None:
    """The code meant, None where the one read stands."""
    if not known:
        return None
    if len(code) == 7 and group and not code.startswith(group) and group + code[5:] in known:
        return group + code[5:]
    if code in known:
        return None
    if not code:
        below = {other for other in known if group and other.startswith(group)} or known
        return next(iter(below)) if len(below) == 1 else None
    near = [other for other in known if len(other) == len(code) and _looks_like(code, other)]
    near = near or [other for other in known if other.startswith(code)]
    return near[0] if len(near) == 1 else None


# Which sums come out


def _proven(sums: list[_Sum]) -> set[int]:
    """Identities of the figures in sums that come out exactly, and of those equal by rule to a proven one."""
    proven: set[int] = set()
    holding = [item for item in sums if not item.gap]
    for item in holding:
        if item.is_telling:
            proven.update(id(number) for number in item.numbers)
    grows = True
    while grows:
        before = len(proven)
        for item in holding:
            carried = [number for number in item.numbers if _value(number)]
            if any(id(number) in proven for number in carried):
                proven.update(id(number) for number in item.numbers)
        grows = len(proven) > before
    return proven


def _established(sums: list[_Sum]) -> set[tuple]:
    """Kinds of sums that come out nearly everywhere in the table."""
    counts: dict[tuple, list[int]] = defaultdict(lambda: [0, 0])
    for item in sums:
        if item.kind is not None:
            counts[item.kind][0] += item.is_within_rounding
            counts[item.kind][1] += 1
    return {kind for kind, (right, tried) in counts.items() if right >= _MIN_AGREEING and right >= _AGREEING * tried}


def _broken(sums: list[_Sum]) -> list[_Sum]:
    established = _established(sums)
    return [item for item in sums if item.kind in established and not item.is_within_rounding]


def _doubted(sums: list[_Sum], proven: set[int]) -> set[int]:
    """Identities of the figures in sums that do not come out, those proven elsewhere excepted."""
    return {id(number) for item in _broken(sums) for number in item.numbers} - proven


def _corrected(sums: list[_Sum], proven: set[int]) -> bool:
    """Correct figures that two broken sums want to be one and the same other value; two sums share one figure only."""
    wanted: dict[int, list[tuple[_Sum, Decimal]]] = defaultdict(list)
    by_id: dict[int, Number] = {}
    for item in _broken(sums):
        for number in item.numbers:
            if id(number) in proven or not number.get("is_ocr"):
                continue
            by_id[id(number)] = number
            shift = -item.gap if number is item.total else item.gap
            wanted[id(number)].append((item, _value(number) + shift))
    changed = False
    for key, wishes in wanted.items():
        number = by_id[key]
        values = {value for _, value in wishes}
        if len(wishes) < 2 or len(values) != 1 or not any(item.is_telling for item, _ in wishes):
            continue
        decimals = max(other["decimals"] for item, _ in wishes for other in item.numbers)
        text = f"{values.pop():.{decimals}f}"
        if Decimal(text) >= 0 and _looks_like(number["value_text"], text):
            number["reason"] = f"OCR读作{number['value_text']}，按两处合计关系更正为{text}"
            number["value_text"], number["decimals"] = text, decimals
            changed = True
    return changed


def _looks_like(read: str, wanted: str) -> bool:
    """Whether a misreading may have made one of the other: at most two digits differ, or one is lost or doubled."""
    if len(read) == len(wanted):
        return 1 <= sum(one != other for one, other in zip(read, wanted, strict=True)) <= 2
    short, long = sorted((read, wanted), key=len)
    return len(long) - len(short) == 1 and any(long[:at] + long[at + 1 :] == short for at in range(len(long)))


# Which sums a table has


def _sums(figures: list[Number]) -> Iterator[_Sum]:
    groups: dict[tuple, list[Number]] = defaultdict(list)
    for number in figures:
        groups[number.get("section_ordinal") or 1, number.get("unit_of_measure")].append(number)
    for (section, unit), members in groups.items():
        if unit == "%":
            continue
        if any(number.get("row_kind") in ("indicator", "score", "fund") for number in members):
            yield from _of_sheet(members, unit)
            continue
        rows: dict[int, list[Number]] = defaultdict(list)
        columns: dict[int, list[Number]] = defaultdict(list)
        for number in members:
            rows[number["row_ordinal"]].append(number)
            columns[number["column_ordinal"]].append(number)
        paths = {number["column_ordinal"]: tuple((number["column_label"] or "").split("/")) for number in members}
        for total, parts in _column_sums(sorted(paths.items())):
            yield from _across(rows, total, parts, (section, unit, total))
        for numbers in columns.values():
            numbers.sort(key=lambda number: number["row_ordinal"])
            yield from _down_codes(numbers, (section, unit, "codes"))
            yield from _down_lines(numbers)


def _across(rows: dict[int, list[Number]], total: int, parts: list[int], kind: tuple) -> Iterator[_Sum]:
    """A total column over its parts, row by row."""
    for numbers in rows.values():
        at = {number["column_ordinal"]: number for number in numbers}
        found = [at[column] for column in parts if column in at]
        if total in at and found:
            yield _Sum(at[total], found, kind)


def _column_sums(paths: list[tuple[int, tuple[str, ...]]]) -> Iterator[tuple[int, list[int]]]:
    """(total column, columns it sums) wherever a header group has one total column: 合计, 小计, 本年…合计."""
    yield from _group_sums(paths, 0)[1]


def _group_sums(paths: list[tuple[int, tuple[str, ...]]], depth: int) -> tuple[list[int], list[tuple[int, list[int]]]]:
    """(columns that stand for the group in the sum above it, sums within the group)."""
    children: list[tuple[str, list[tuple[int, tuple[str, ...]]]]] = []
    for column, path in paths:
        name = path[depth] if depth < len(path) else ""
        is_leaf = depth >= len(path) - 1
        if children and not is_leaf and children[-1][0] == name and len(children[-1][1][0][1]) > depth + 1:
            children[-1][1].append((column, path))
        else:
            children.append((name, [(column, path)]))
    totals: list[int] = []
    parts: list[int] = []
    sums: list[tuple[int, list[int]]] = []
    for name, members in children:
        column, path = members[0]
        if depth >= len(path) - 1:
            label = squeeze(name)
            if _TOTAL_COLUMN.search(label):
                totals.append(column)
            elif not label.startswith("其中"):
                parts.append(column)
            continue
        own, inner = _group_sums(members, depth + 1)
        parts += own
        sums += inner
    if len(totals) == 1 and parts:
        sums.append((totals[0], parts))
        return totals, sums
    return totals + parts, sums


def _down_codes(numbers: list[Number], kind: tuple) -> Iterator[_Sum]:
    """A code over the codes directly below it; the total row over the shortest codes."""
    coded = {number["row_code"]: number for number in numbers if number.get("row_code")}
    for code, number in coded.items():
        below = [other for other in coded if other.startswith(code) and len(other) > len(code)]
        nearest = min((len(other) for other in below), default=0)
        parts = [coded[other] for other in below if len(other) == nearest]
        if parts:
            yield _Sum(number, parts, kind)
    shortest = min((len(code) for code in coded), default=0)
    top = [number for code, number in coded.items() if len(code) == shortest]
    for number in numbers:
        if not number.get("row_code") and top and is_total_label(number.get("row_label") or ""):
            yield _Sum(number, top, None)


def _style(label: str) -> int | None:
    return next((level for level, style in enumerate(_ORDINAL_STYLE) if style.match(label)), None)


def _down_lines(numbers: list[Number]) -> Iterator[_Sum]:
    """Rows told apart by their ordinals only: 一、 over 1. 2.; totals over what stands above or below them."""
    lines = [number for number in numbers if not number.get("row_code")]
    labels = [squeeze(number.get("row_label") or "") for number in lines]
    styles = [_style(label) for label in labels]
    totals = [at for at, label in enumerate(labels) if _is_total(label)]
    for at, style in enumerate(styles):
        if style is None:
            continue
        end = at + 1
        while end < len(lines) and (styles[end] is None or styles[end] > style) and end not in totals:
            end += 1
        inner = [styles[place] for place in range(at + 1, end) if styles[place] is not None]
        if inner:
            parts = [lines[place] for place in range(at + 1, end) if styles[place] == min(inner)]
            yield _Sum(lines[at], parts, None)
    for order, at in enumerate(totals):
        start = totals[order - 1] + 1 if order else 0
        for parts in (_top(lines, styles, start, at), _top(lines, styles, at + 1, _next(totals, order, len(lines)))):
            if not parts:
                continue
            yield _Sum(lines[at], parts, None)
            if order:
                yield _Sum(lines[at], [lines[totals[order - 1]], *parts], None)


def _next(totals: list[int], order: int, end: int) -> int:
    return totals[order + 1] if order + 1 < len(totals) else end


def _top(lines: list[Number], styles: list[int | None], start: int, end: int) -> list[Number]:
    """The rows of a stretch that are not parts of others: those of its highest ordinals, and those without any."""
    span = range(start, end)
    highest = min((styles[at] for at in span if styles[at] is not None), default=None)
    kept: list[Number] = []
    inside = False
    for at in span:
        label = squeeze(lines[at].get("row_label") or "")
        if styles[at] is not None:
            inside = styles[at] == highest
        of_which = label.startswith("其中") or lines[at].get("is_of_which")
        if (styles[at] == highest if styles[at] is not None else highest is None or not inside) and not of_which:
            kept.append(lines[at])
    return kept


def _is_total(label: str) -> bool:
    return is_total_label(label) or bool(_TOTAL_COLUMN.search(label_key(label)))


def _of_sheet(numbers: list[Number], unit: str | None) -> Iterator[_Sum]:
    """A performance sheet: weights and scores add up to the total row, fund rows to 年度资金总额."""
    by_leaf: dict[str, list[Number]] = defaultdict(list)
    for number in numbers:
        by_leaf[squeeze((number["column_label"] or "").split("/")[-1])].append(number)
    for members in by_leaf.values():
        members.sort(key=lambda number: number["row_ordinal"])
        score = [number for number in members if number.get("row_kind") == "score"]
        indicators = [number for number in members if number.get("row_kind") == "indicator"]
        funds = [number for number in members if number.get("row_kind") == "fund"]
        for total in score:
            yield _Sum(total, indicators, None)
            if funds:
                yield _Sum(total, [funds[0], *indicators], None)
        whole = [number for number in funds if re.search("总额|合计", squeeze(number.get("row_label") or ""))]
        if unit != "分" and len(whole) == 1:
            yield _Sum(whole[0], [number for number in funds if number is not whole[0]], None)
