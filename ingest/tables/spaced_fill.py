"""Which columns the numbers of a line stand in where blank cells left no trace (空白栏的归位)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations

from ingest.dictionaries import economic_names, functional_names
from ingest.document import Paragraph
from ingest.tables.spaced_head import Head
from ingest.text import is_nothing, label_key, whole_number

MAX_WAYS = 64
"""Most ways to place the numbers of one row that are tried."""


@dataclass(slots=True)
class Row:
    """One row of a list: its numbers as printed, where each stands on the line, and the columns found for them."""

    code: str
    label: str
    numbers: list[str]
    starts: list[int]
    ends: list[int]
    place: Paragraph
    columns: list[int] | None = None
    tree: str = ""
    """The subject's code, told from its name where none is printed: which rows add up to which."""


def fill(rows: list[Row], head: Head, allowed: set[int] | None = None) -> None:
    """Set the columns of all rows whose place is certain; only ``allowed`` columns can hold amounts other than zero."""
    width = head.width
    for row in rows:
        if row.columns is None and len(row.numbers) == width:
            row.columns = list(range(width))
    open_rows = [row for row in rows if row.columns is None and row.numbers]
    if not open_rows:
        return
    rates = {
        column
        for row in rows
        if row.columns is not None
        for column, text in zip(row.columns, row.numbers, strict=True)
        if _is_rate(text)
    }
    _plant(rows)
    ways = {id(row): _ways(row, head, allowed, rates) for row in open_rows}
    for row in open_rows:
        if len(ways[id(row)]) == 1:
            row.columns = ways[id(row)][0]
    _by_parents(rows, ways)


def _plant(rows: list[Row]) -> None:
    """Set the code of each row's subject; a name that several subjects have is of the one below the subject above."""
    above = ""
    for row in rows:
        row.tree = row.code
        if not row.code and row.label:
            key = label_key(row.label)
            known = functional_names().get(key, frozenset()) | economic_names().get(key, frozenset())
            codes = [code for code in known if code[0] == (above[:1] or code[0])] or list(known)
            below = [code for code in codes if above and code[:3] == above[:3]]
            near = [code for code in below if code.startswith(above[: len(code) - 2])]
            own = near or below or [code for code in codes if len(code) == 3]
            row.tree = min(own) if len(own) == 1 or near else ""
        above = row.tree or above


def _value(text: str) -> Decimal:
    number = whole_number(text)
    return Decimal(0) if number is None or is_nothing(text) else Decimal(number.value_text)


def _is_rate(text: str) -> bool:
    number = whole_number(text)
    return number is not None and number.unit == "%"


def _ways(row: Row, head: Head, allowed: set[int] | None, rates: set[int]) -> list[list[int]]:
    """All ways to place the numbers of a row that break no sum along it."""
    values = [_value(text) for text in row.numbers]
    found = []
    for count, columns in enumerate(combinations(range(head.width), len(values))):
        if count > 20 * MAX_WAYS:
            return []
        if rates and any(
            _is_rate(text) != (column in rates) for column, text in zip(columns, row.numbers, strict=True)
        ):
            continue
        if allowed is not None and any(
            value and column not in allowed for column, value in zip(columns, values, strict=True)
        ):
            continue
        if _holds(dict(zip(columns, values, strict=True)), head) or (rates and not head.sums):
            found.append(list(columns))
            if len(found) > MAX_WAYS:
                return []
    return found


def holds(row: Row, columns: list[int], head: Head) -> bool:
    """Whether the sums along a row hold with its numbers in these columns."""
    return _holds(dict(zip(columns, map(_value, row.numbers), strict=True)), head)


def _holds(placed: dict[int, Decimal], head: Head) -> bool:
    """Whether the sums that must hold along a row do; a row in which no total is placed holds none."""
    for total, parts in head.sums:
        whole = placed.get(total)
        addends = [placed[part] for part in parts if part in placed]
        if whole is None and addends and any(addends):
            return False
        if whole is not None and abs(whole - sum(addends, Decimal(0))) > Decimal("0.02") * max(len(addends), 1):
            return False
    return bool(head.sums)


def _by_parents(rows: list[Row], ways: dict[int, list[list[int]]]) -> None:
    """Place the rows below a parent whose own columns are known: the sums of all columns leave one way."""
    for _ in range(3):
        changed = False
        for at, parent in enumerate(rows):
            if parent.columns is None or not (parent.tree or _is_total(parent)):
                continue
            children = _children(rows, at)
            waiting = [row for row in children if row.columns is None]
            if not waiting or any(not ways.get(id(row)) for row in waiting):
                continue
            found = _solve(parent, children, waiting, ways)
            if found is not None:
                for row, columns in zip(waiting, found, strict=True):
                    row.columns = columns
                changed = True
        changed = _upward(rows) or changed
        if not changed:
            return


def _children(rows: list[Row], at: int) -> list[Row]:
    code = rows[at].tree
    if not code:
        return [row for row in rows if len(row.tree) == 3]
    found = []
    for row in rows[at + 1 :]:
        if not row.tree.startswith(code) or len(row.tree) <= len(code):
            break
        if len(row.tree) == len(code) + 2:
            found.append(row)
    return found


def _is_total(row: Row) -> bool:
    return not row.tree and label_key(row.label) in ("合计", "总计", "本年支出合计", "本年支出")


def _cells(row: Row) -> dict[int, Decimal]:
    assert row.columns is not None
    return {column: _value(text) for column, text in zip(row.columns, row.numbers, strict=True)}


def _solve(
    parent: Row, children: list[Row], waiting: list[Row], ways: dict[int, list[list[int]]]
) -> list[list[int]] | None:
    """The one way to place the waiting rows so that the children add up to the parent in every column, if one."""
    wanted = _cells(parent)
    for row in children:
        if row.columns is not None:
            for column, value in _cells(row).items():
                wanted[column] = wanted.get(column, Decimal(0)) - value
    found: list[list[list[int]]] = []
    tries = 0

    def place(at: int, left: dict[int, Decimal], chosen: list[list[int]]) -> None:
        nonlocal tries
        tries += 1
        if tries > 4096 or len(found) > 1:
            return
        if at == len(waiting):
            if all(abs(value) <= Decimal("0.02") * len(children) for value in left.values()):
                found.append(chosen)
            return
        row = waiting[at]
        for columns in ways[id(row)]:
            rest = dict(left)
            for column, text in zip(columns, row.numbers, strict=True):
                rest[column] = rest.get(column, Decimal(0)) - _value(text)
            if all(value >= Decimal("-0.02") * len(children) for value in rest.values()):
                place(at + 1, rest, [*chosen, columns])

    if all(value >= 0 for value in wanted.values()):
        place(0, wanted, [])
    return found[0] if len(found) == 1 and tries <= 4096 else None


def _upward(rows: list[Row]) -> bool:
    """A parent whose numbers all its placed children hold in the same columns is placed like them."""
    changed = False
    for at, parent in enumerate(rows):
        if parent.columns is not None or not parent.numbers or not parent.tree:
            continue
        children = _children(rows, at)
        if not children or any(row.columns is None for row in children):
            continue
        sums: dict[int, Decimal] = {}
        for row in children:
            for column, value in _cells(row).items():
                sums[column] = sums.get(column, Decimal(0)) + value
        columns = sorted(sums)
        values = [_value(text) for text in parent.numbers]
        if len(columns) == len(values) and all(
            abs(sums[column] - value) <= Decimal("0.02") * len(children)
            for column, value in zip(columns, values, strict=True)
        ):
            parent.columns = columns
            changed = True
    return changed
