"""Rows of a table that came as one cell per line: coded lists, groups of codes side by side, two sides, a single row.

Blank cells leave no line. A row that has as many numbers as there are columns is certain; a shorter one is not, so its
numbers stay together in one cell, where the ledger reports them instead of guessing their columns.
"""

from __future__ import annotations

import re

from ingest.dictionaries import find_line_item, functional_names
from ingest.document import Paragraph
from ingest.tables.grid import code_text, header_terms_of, is_subject_code
from ingest.text import is_nothing, label_key, plain_key, whole_number

Entries = list[tuple[int, list[Paragraph]]]
"""(column, lines): more than one line where the numbers' columns are not known."""
_PART = re.compile(r"\d{2}")
_STAGES = frozenset(
    {"budget_amount", "final_amount", "initial_budget", "full_year_budget", "prior_final", "prior_budget"}
)


def is_number(text: str) -> bool:
    """Whether a line is a cell of an amount column: a number, or a mark for nothing."""
    return whole_number(text) is not None or (bool(text.strip()) and is_nothing(text))


_NAMES = ("code", "label", "entity_code")


def is_stage(text: str) -> bool:
    """Whether a word says a stage: 预算数, 决算数."""
    return bool({term.code for term in header_terms_of(text)} & _STAGES)


def header_rows(words: list[Paragraph]) -> list[list[Paragraph]]:
    """Header words, printed row by row, cut into their rows."""
    rows: list[list[Paragraph]] = [[]]
    kinds: list[str] = []
    for line in words:
        terms = header_terms_of(line.text)
        kind = terms[0].kind if terms else ""
        key = plain_key(line.text)
        has_amount = any(item in ("amount", "group", "stage", "rate", "change") for item in kinds)
        all_stages = bool(kinds) and set(kinds) <= {"stage", "label"} and kinds.count("stage") >= 2
        opens = (
            (kind in ("code", "label") and has_amount)
            or (key == "小计" and has_amount and "subtotal" not in kinds and not _follows_names(kinds))
            or (key == "合计" and (all_stages or kinds[-1:] == ["amount"] == [k for k in kinds if k not in _NAMES]))
        )
        if opens:
            rows.append([])
            kinds = []
        rows[-1].append(line)
        kinds.append("subtotal" if key == "小计" else "stage" if is_stage(line.text) else kind)
    return rows


Path = tuple[Paragraph, ...]


def header_columns(words: list[Paragraph]) -> tuple[list[Paragraph], list[Path] | None]:
    """(words over codes and names, path of every amount column); None where rows above each other cannot be told."""
    kinds = [next((term.kind for term in header_terms_of(line.text)), "") for line in words]
    names = [line for line, kind in zip(words, kinds, strict=True) if kind in _NAMES]
    rows = [[line for line in row if line not in names] for row in header_rows(words)]
    rows = [row for row in rows if row]
    if len(rows) == 1:
        return names, [(line,) for line in rows[0]]
    if len(rows) != 2:
        return names, None
    upper, lower = rows
    starts = [at for at, line in enumerate(lower) if plain_key(line.text) in ("小计", "合计")] or [0]
    if starts[0] != 0:
        return names, None
    pieces = [lower[at:until] for at, until in zip(starts, [*starts[1:], len(lower)], strict=True)]
    parents = _parents(upper, pieces)
    if parents is None:
        return names, None
    paths: list[Path] = []
    for line in upper:
        paths += [(line, below) for below in pieces[parents.index(line)]] if line in parents else [(line,)]
    return names, paths


def _parents(upper: list[Paragraph], pieces: list[list[Paragraph]]) -> list[Paragraph] | None:
    """The words of the upper row over the pieces of the lower one, in order."""
    if len(pieces) == len(upper):
        return upper
    divisible = [line for line in upper if not any(term.is_total for term in header_terms_of(line.text)[:1])]
    if len(pieces) == len(divisible):
        return divisible
    if len(pieces) > 1:
        return None
    below = {term.code for line in pieces[0] for term in header_terms_of(line.text)}
    wanted = {parent for code in below for parent in PARENTS.get(code, ())}
    found = [line for line in upper if {term.code for term in header_terms_of(line.text)} & wanted]
    return found if len(found) == 1 else None


PARENTS = {
    "education_fee": ("undertaking",),
    "personnel": ("basic",),
    "basic": ("expenditure_total", "total"),
    "tp_vehicle_purchase": ("tp_vehicle",),
    "closing_carry": ("closing_balance",),
}
"""Words of a lower header row → the words of the upper row that they divide."""


def _follows_names(kinds: list[str]) -> bool:
    """Whether a row has only the heads of codes and names so far."""
    return bool(kinds) and set(kinds) <= set(_NAMES)


def single_row(lines: list[Paragraph]) -> tuple[list[Paragraph], list[Paragraph]] | None:
    """(numbers of the columns, amounts) behind a header without row labels; None where their counts differ."""
    numbers = [line for line in lines if is_number(line.text)]
    if len(numbers) != len(lines) or not numbers:
        return None
    count = 0
    while count < len(numbers) and code_text(numbers[count].text) == str(count + 1):
        count += 1
    markers, amounts = (numbers[:count], numbers[count:]) if count >= 3 else ([], numbers)
    return (markers, amounts) if not markers or len(markers) == len(amounts) else None


def list_rows(lines: list[Paragraph], start: int, columns: int, parts: int) -> tuple[list[Entries], int] | None:
    """Rows of one list with codes or labels: (rows, lines used).

    ``columns`` is the number of amount columns; ``parts`` the cells a code is printed in.
    """
    found: list[tuple[list[Paragraph], list[Paragraph], list[Paragraph]]] = []
    at = start
    while at < len(lines):
        codes: list[Paragraph] = []
        while at < len(lines) and len(codes) < max(parts, 1) and _is_code(lines, at, codes):
            codes.append(lines[at])
            at += 1
        if at >= len(lines) or is_number(lines[at].text):
            break
        label = lines[at]
        at += 1
        amounts: list[Paragraph] = []
        while at < len(lines) and is_number(lines[at].text) and not (amounts and _is_code(lines, at, [])):
            if len(amounts) == columns:
                break
            amounts.append(lines[at])
            at += 1
        found.append((codes, [label], amounts))
    if sum(bool(amounts) for _, _, amounts in found) < 3:
        return None
    while found and not found[-1][2]:
        at -= len(found[-1][0]) + 1
        found.pop()
    rows = []
    for codes, label, amounts in found:
        entries: Entries = [(place, [line]) for place, line in enumerate(codes)]
        entries.append((parts, label) if codes or not parts else (0, label))
        entries += _amounts(amounts, parts + 1, columns)
        rows.append(entries)
    return rows, at


def _amounts(amounts: list[Paragraph], first: int, columns: int) -> Entries:
    if len(amounts) == columns:
        return [(first + place, [line]) for place, line in enumerate(amounts)]
    return [(first, amounts)] if amounts else []


def _is_code(lines: list[Paragraph], at: int, before: list[Paragraph]) -> bool:
    """Whether a line is (a part of) a subject code: what follows it, further parts aside, is a name."""
    text = code_text(lines[at].text)
    if before:
        return _PART.fullmatch(text) is not None
    if not is_subject_code(text):
        return False
    follow = at + 1
    while follow < len(lines) and follow <= at + 2 and _PART.fullmatch(code_text(lines[follow].text)):
        follow += 1
    return follow < len(lines) and not is_number(lines[follow].text)


def group_rows(lines: list[Paragraph], start: int, groups: int) -> tuple[list[Entries], int] | None:
    """Rows of groups of code, name and amount side by side: (rows, lines used).

    The stream goes row by row; a code belongs to the next group, in turn, whose codes it continues.
    """
    rows: list[Entries] = []
    last = [""] * groups
    turn, at = -1, start
    while at < len(lines):
        text = code_text(lines[at].text)
        if not is_subject_code(text) or at + 1 >= len(lines) or is_number(lines[at + 1].text):
            break
        group = group_of(text, last, turn)
        if group is None:
            return None
        entries: Entries = [(3 * group, [lines[at]]), (3 * group + 1, [lines[at + 1]])]
        at += 2
        if at < len(lines) and is_number(lines[at].text) and not _is_code(lines, at, []):
            entries.append((3 * group + 2, [lines[at]]))
            at += 1
        if group <= turn or not rows:
            rows.append([])
        rows[-1] += entries
        last[group], turn = text, group
    if sum(map(len, rows)) < 12:
        return None
    totals: Entries = []
    ends = (0, 3 * groups - 1)
    for place in ends:
        if at + 1 < len(lines) and plain_key(lines[at].text).endswith("合计") and is_number(lines[at + 1].text):
            label = 0 if place == 0 else 3
            amount = 2 if place == 0 else ends[1]
            totals += [(label, [lines[at]]), (amount, [lines[at + 1]])]
            at += 2
    return ([*rows, totals] if totals else rows), at


def group_of(code: str, last: list[str], turn: int) -> int | None:
    """The group right of ``turn``, in turn, that a code continues; ``last`` are the last codes of the groups."""
    count = len(last)
    for step in range(1, count + 1):
        group = (turn + step) % count
        held = last[group]
        if not held:
            if len(code) == 3 and code not in {text[:3] for text in last if text}:
                return group
            continue
        if code > held and (code[:3] == held[:3] or (len(code) == 3 and _opens(code, group, last))):
            return group
    return None


def _opens(code: str, group: int, last: list[str]) -> bool:
    """A class follows another in its group where the class of the group to the right does not come before it."""
    others = {text[:3] for at, text in enumerate(last) if at != group}
    return code[:3] not in others


def two_sided_rows(
    lines: list[Paragraph], start: int, widths: tuple[int, int], amounts: tuple[int, int]
) -> tuple[list[Entries], int] | None:
    """Rows with an income and an expenditure side and no row numbers: the label tells its side."""
    rows: list[Entries] = []
    at, side = start, 1
    seen: set[str] = set()
    while at < len(lines):
        label = lines[at]
        if is_number(label.text):
            break
        placed = _side_of(label.text, seen)
        if not placed:
            seen.add(label_key(label.text))
        at += 1
        numbers: list[Paragraph] = []
        while at < len(lines) and is_number(lines[at].text) and len(numbers) < amounts[placed]:
            numbers.append(lines[at])
            at += 1
        if placed <= side or not rows:
            rows.append([])
        first = widths[0] if placed else 0
        rows[-1].append((first, [label]))
        rows[-1] += _amounts(numbers, first + 1, amounts[placed])
        side = placed
    return (rows, at) if len(rows) >= 3 else None


def _side_of(text: str, seen: set[str]) -> int:
    """0 for income, 1 for expenditure; a line of either side (总计) stands on the left first."""
    if label_key(text) in functional_names():
        return 1
    sides = set()
    for at, name in enumerate(("income", "expenditure")):
        if any(find_line_item(text, family, name) is not None for family in ("summary", "appropriation_summary")):
            sides.add(at)
    return sides.pop() if len(sides) == 1 else int(label_key(text) in seen)
