"""Groups of code, name and amount side by side on lines whose columns only blanks keep apart (并列栏组)."""

from __future__ import annotations

from dataclasses import dataclass

from ingest.dictionaries import economic_names
from ingest.document import Paragraph
from ingest.tables.grid import code_text, is_subject_code
from ingest.tables.lines_rows import group_of
from ingest.tables.spaced_head import Words, unspaced
from ingest.text import is_nothing, label_key, squeeze, whole_number

MIN_ENTRIES = 8
"""Fewest coded entries of such a table."""
MAX_GROUPS = 4

Cells = list[list[tuple[int, str, Paragraph]]]


@dataclass(slots=True)
class Entry:
    """One code with its name and amount, in the group it stands in."""

    code: str
    label: str
    amount: str
    group: int = 0


def groups_table(lines: list[Paragraph]) -> tuple[Cells, int, int] | None:
    """(rows, first line, lines used) of groups of economic subjects side by side; None where there are none."""
    rows: list[tuple[Paragraph, list[Entry]]] = []
    pieces: list[tuple[int, Paragraph]] = []
    totals: list[tuple[int, str, Paragraph]] = []
    first = used = 0
    for at, line in enumerate(lines):
        words = line.text.split()
        entries = _entries(words)
        if entries:
            if not rows:
                first = at
            rows.append((line, entries))
            used = at + 1
            continue
        if not any(_is_amount(word) for word in words):
            pieces.append((len(rows), line))
            continue
        found = _totals(words, line) if rows else None
        if not rows:
            pieces = []
            continue
        if found is None:
            break
        totals += found
        used = at + 1
        if len(totals) >= 4:
            break
    return _by_lines(lines, rows, pieces, totals, first, used) or _by_stream(lines)


def _by_lines(
    lines: list[Paragraph],
    rows: list[tuple[Paragraph, list[Entry]]],
    pieces: list[tuple[int, Paragraph]],
    totals: list[tuple[int, str, Paragraph]],
    first: int,
    used: int,
) -> tuple[Cells, int, int] | None:
    """The table where each line is a row and the rest of a wrapped name stands on a line of its own."""
    count = max((len(entries) for _, entries in rows), default=0)
    if not 2 <= count <= MAX_GROUPS or sum(len(entries) for _, entries in rows) < MIN_ENTRIES:
        return None
    if not _settle(rows, count):
        return None
    for at, line in pieces:
        if line.line is not None and lines[used - 1].line is not None and line.line < lines[used - 1].line:
            _give(rows, at, line)
    if not _is_named(rows):
        return None
    grid = _header(lines[:first], rows, count)
    for line, entries in rows:
        cells: list[tuple[int, str, Paragraph]] = []
        for entry in entries:
            cells.append((3 * entry.group, entry.code, line))
            if entry.label:
                cells.append((3 * entry.group + 1, entry.label, line))
            if entry.amount:
                cells.append((3 * entry.group + 2, entry.amount, line))
        grid.append(cells)
    if totals:
        places = (0, 2, 3, 3 * count - 1)
        grid.append([(place, text, line) for place, (_, text, line) in zip(places, totals, strict=False)])
    return grid, first, used


def _is_named(rows: list[tuple[Paragraph, list[Entry]]]) -> bool:
    """Whether nearly all entries bear the names of their codes: the amounts then stand beside their own codes."""
    entries = [entry for _, row in rows for entry in row]
    known = sum(label_key(entry.label) in economic_names() for entry in entries)
    return known >= 0.8 * len(entries)


def _by_stream(lines: list[Paragraph]) -> tuple[Cells, int, int] | None:
    """The table where wrapped names break the lines: codes, names and amounts in one stream."""
    entries: list[tuple[Paragraph, Entry]] = []
    totals: list[tuple[int, str, Paragraph]] = []
    first = used = 0
    for at, line in enumerate(lines):
        words = line.text.split()
        found = _totals(words, line) if entries else None
        if found and len(found) > 1:
            totals += found
            used = at + 1
            continue
        for word in words:
            if _is_code(word) and (not entries or entries[-1][1].label or entries[-1][1].amount):
                first = first if entries else at
                entries.append((line, Entry(code_text(word), "", "")))
            elif not entries:
                continue
            elif totals or (entries[-1][1].amount and _is_amount(word)):
                return None
            elif _is_amount(word):
                entries[-1][1].amount = word
            elif entries[-1][1].amount:
                return None
            else:
                entries[-1][1].label += word
        used = at + 1 if entries and not totals else used
    count = len({entry.code[:3] for _, entry in entries[:MAX_GROUPS]})
    if not 2 <= count <= MAX_GROUPS or len(entries) < MIN_ENTRIES or not entries[-1][1].amount:
        return None
    rows: list[tuple[Paragraph, list[Entry]]] = []
    last = [""] * count
    turn = count
    for line, entry in entries:
        group = group_of(entry.code, last, -1 if turn >= count - 1 else turn)
        if group is None:
            return None
        if group <= turn or not rows:
            rows.append((line, []))
        entry.group = turn = group
        last[group] = entry.code
        rows[-1][1].append(entry)
    if not _is_named(rows):
        return None
    grid = _header(lines[:first], rows, count)
    by_code = {id(entry): line for line, entry in entries}
    for _, row in rows:
        grid.append([
            (3 * entry.group + place, text, by_code[id(entry)])
            for entry in row
            for place, text in enumerate((entry.code, entry.label, entry.amount))
            if text
        ])  # fmt: skip
    if totals:
        grid.append([(place, text, line) for place, (_, text, line)
                     in zip((0, 2, 3, 3 * count - 1), totals, strict=False)])  # fmt: skip
    return grid, first, used


def _is_amount(word: str) -> bool:
    return whole_number(word) is not None or is_nothing(word)


def _is_code(word: str) -> bool:
    return is_subject_code(word) and len(code_text(word)) <= 5 and code_text(word)[0] in "35"


def _entries(words: list[str]) -> list[Entry]:
    """The entries of a line, [] where it does not begin with a code or holds more than entries."""
    found: list[Entry] = []
    for word in words:
        if _is_code(word) and (not found or found[-1].label or found[-1].amount):
            found.append(Entry(code_text(word), "", ""))
        elif not found:
            return []
        elif _is_amount(word):
            if found[-1].amount:
                return []
            found[-1].amount = word
        elif found[-1].amount:
            return []
        else:
            found[-1].label += word
    return found


def _totals(words: list[str], line: Paragraph) -> list[tuple[int, str, Paragraph]] | None:
    """人员经费合计 … 公用经费合计 …: words and amounts in turn."""
    found: list[tuple[int, str, Paragraph]] = []
    label = ""
    for word in words:
        if not _is_amount(word):
            label += word
            continue
        if not label.endswith("合计"):
            return None
        found += [(0, label, line), (1, word, line)]
        label = ""
    return None if label else found


def _settle(rows: list[tuple[Paragraph, list[Entry]]], count: int) -> bool:
    """Give each entry its group: whole lines in order, the others by the codes they continue."""
    last = [""] * count
    for _, entries in rows:
        if len(entries) == count:
            for group, entry in enumerate(entries):
                entry.group = group
        else:
            turn = -1
            for entry in entries:
                group = group_of(entry.code, last, turn)
                if group is None or group <= turn:
                    return False
                entry.group = turn = group
        for entry in entries:
            last[entry.group] = entry.code
    return True


def _give(rows: list[tuple[Paragraph, list[Entry]]], at: int, line: Paragraph) -> None:
    """A piece of a wrapped name: it ends one of the row above, or begins one of the row below."""
    for piece in line.text.split():
        above = rows[at - 1][1] if at else []
        below = rows[at][1] if at < len(rows) else []
        closes = next((entry for entry in above if _names(entry.code, entry.label + piece)), None)
        if closes is not None:
            closes.label += piece
            continue
        opens = next((entry for entry in below if _may_begin(entry, piece)), None)
        if opens is not None:
            opens.label = piece + opens.label


def _names(code: str, label: str) -> bool:
    return code in economic_names().get(label_key(label), ())


def _may_begin(entry: Entry, piece: str) -> bool:
    return not _names(entry.code, entry.label) and any(
        entry.code in codes and name.startswith(label_key(piece)) and name.endswith(label_key(entry.label))
        for name, codes in economic_names().items()
    )


def _header(head: list[Paragraph], rows: list[tuple[Paragraph, list[Entry]]], count: int) -> Cells:
    """人员经费 | 公用经费 over 科目编码 科目名称 金额, once for each group."""
    place = head[-1] if head else rows[0][0]
    words = Words([unspaced(line.text.split()) for line in head])

    def word(code: str, other: str) -> str:
        form = words.form((code,), words.letters)
        return form[0] if form is not None and form[1] else other

    text = squeeze("".join(line.text for line in head))
    upper: list[tuple[int, str, Paragraph]] = []
    public = [entry.group for _, entries in rows for entry in entries if entry.code == "302"]
    if "人员经费" in text:
        upper.append((0, "人员经费", place))
    if "公用经费" in text and public:
        upper.append((3 * public[0], "公用经费", place))
    amount = next((name for name in ("决算数", "预算数", "金额") if name in text), "金额")
    names = (word("subject_code", "科目编码"), word("subject_name", "科目名称"), amount)
    lower = [(3 * group + at, name, place) for group in range(count) for at, name in enumerate(names)]
    return [upper, lower] if upper else [lower]
