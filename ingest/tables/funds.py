"""Columns of the fund rows on a performance sheet, and the cells that stand under them (绩效表的资金栏)."""

from __future__ import annotations

from functools import lru_cache

from ingest.dictionaries import find_terms, terms
from ingest.document import Cell
from ingest.tables.grid import Grid
from ingest.tables.headers import clean_label
from ingest.text import PrintedNumber, find_numbers, squeeze, whole_number

MAX_LABEL = 24
"""Longest label printed in one cell with its amount."""

FUND_COLUMNS = {
    "initial_budget",
    "full_year_budget",
    "final_amount",
    "perf_weight",
    "perf_execution_rate",
    "completion_rate",
    "perf_score",
    "perf_carry",
    "budget_amount",
    "perf_request",
    "perf_compiled",
}


@lru_cache(maxsize=65536)
def fund_words(text: str) -> frozenset[str]:
    """The fund columns a header cell may head; none for a number."""
    if whole_number(text) is not None:
        return frozenset()
    return frozenset(term.code for term in find_terms(clean_label(text)) if term.code in FUND_COLUMNS)
_STANDARD_FUNDS = ("initial_budget", "full_year_budget", "final_amount", "perf_weight", "completion_rate", "perf_score")


def labelled_amounts(text: str) -> list[tuple[str, PrintedNumber]]:
    """Labels and amounts of a cell that prints both (一般公共预算：1180.00 万元); empty where it says anything else."""
    numbers = find_numbers(text)
    found: list[tuple[str, PrintedNumber]] = []
    end = 0
    for number in numbers:
        label = text[end : number.start].strip(" \t\n;；,，")
        if not label.endswith((":", "：")) or len(label) > MAX_LABEL:
            return []
        found.append((squeeze(label).rstrip(":："), number))
        end = number.end + len(number.unit or "")
    return [] if text[end:].strip(" \t\n;；,，。") else found


def header_columns(grid: Grid, header: int) -> list[tuple[int, str]]:
    """(column, label path) of the fund columns; a second header row below (目标申报数 | 预算编制数) is joined in."""
    found: list[tuple[int, str]] = []
    for cell in grid.cells(header):
        label = clean_label(cell.text)
        term = next((term for term in find_terms(label) if term.code in FUND_COLUMNS), None)
        # Where cells keep their places, a word that no dictionary knows still heads its own column: without it, its
        # amounts would go to the head on its left.
        is_own = grid.has_spans and bool(found) and bool(label) and whole_number(cell.text) is None
        if term is not None or (is_own and not find_terms(label)):
            found.append((cell.column, label))
    codes = [next((term.code for term in find_terms(label) if term.code in FUND_COLUMNS), None) for _, label in found]
    if codes[:1] == ["budget_amount"] and {"initial_budget", "full_year_budget"} <= set(codes[1:]):
        # 年度预算数（万元） | 年初预算 | 调整后预算数: the first stands over the names of the funds.
        found = found[1:]
    below = header + 1
    if below < len(grid):
        lower = [
            cell
            for cell in grid.cells(below)
            if any(term.code in ("perf_request", "perf_compiled") for term in find_terms(clean_label(cell.text)))
        ]
        if lower:
            split: list[tuple[int, str]] = []
            used = set()
            for column, label in found:
                following = min([other for other, _ in found if other > column], default=grid.column_count)
                inside = [cell for cell in lower if column <= cell.column < following and id(cell) not in used]
                if not inside and not split:
                    inside = [cell for cell in lower if id(cell) not in used]
                used.update(id(cell) for cell in inside)
                split += [(cell.column, f"{label}/{clean_label(cell.text)}") for cell in inside] or [(column, label)]
            found = split
    return found


def pair(grid: Grid, marks: list[Cell], columns: list[tuple[int, str]]) -> list[tuple[Cell, str | None]]:
    """Cells of a row with the columns they belong to: by position where they stand under them, else in order."""
    at = dict(columns)
    if all(cell.column in at for cell in marks):
        return [(cell, at[cell.column]) for cell in marks]
    if grid.has_spans:
        pairs = []
        for cell in marks:
            span = range(cell.column, cell.column + cell.column_span)
            under = [path for column, path in columns if column in span or _covers(column, cell.column, columns)]
            pairs.append((cell, under[-1] if under else None))
        if all(path is not None for _, path in pairs):
            return pairs
    if len(marks) == len(columns):
        return [(cell, path) for cell, (_, path) in zip(marks, columns, strict=True)]
    standard = _standard(columns)
    if len(marks) > len(columns) and standard is not None and len(marks) == len(standard):
        return list(zip(marks, standard, strict=True))
    if len(marks) < len(columns):
        shift = {cell.column - column for cell in marks for column, _ in columns}
        for move in sorted(shift, key=abs):
            if all(cell.column - move in at for cell in marks):
                return [(cell, at[cell.column - move]) for cell in marks]
        return [(cell, path) for cell, (_, path) in zip(marks, columns, strict=False)]
    return [(cell, at.get(cell.column)) for cell in marks]


def _standard(columns: list[tuple[int, str]]) -> list[str] | None:
    """The fund columns of the national form with the printed labels; None where the header is of another form.

    A header cell that is wholly lost (得分 behind 执行率) is filled from here.
    """
    printed = {next(iter(find_terms(path))).code: path for _, path in columns if find_terms(path)}
    order = [
        code for _, path in columns for code in _STANDARD_FUNDS if code in {term.code for term in find_terms(path)}
    ]
    if len(order) != len(columns) or order != [code for code in _STANDARD_FUNDS if code in order]:
        return None
    labels = {code: path for (_, path), code in zip(columns, order, strict=True)}
    return [labels.get(code) or printed.get(code) or terms()[code].label for code in _STANDARD_FUNDS]


def _covers(column: int, place: int, columns: list[tuple[int, str]]) -> bool:
    """Whether a header cell at ``column`` reaches over ``place``: nearest header cell to the left."""
    left = [other for other, _ in columns if other <= place]
    return bool(left) and max(left) == column
