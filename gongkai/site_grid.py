"""Statements as printed: cells of a table laid out as HTML, each figure linked to its place in the source (原样报表).

Three kinds of source: the lines of a text, the pages of a PDF, and for everything else the grids themselves.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from markupsafe import Markup, escape

TEXT, PAGES, GRID = "text", "pages", "grid"

PERSON = re.compile(
    r"(?:项目|单位|部门|科室|填报|财务|分管)?(?:负责人|联系人|填报人|填表人|经办人|审核人|联系电话|电话)(?:及电话|姓名)?"
)
_PERSON_CELL = re.compile(rf"[（(]?{PERSON.pattern}[)）]?[:：]?\Z")
_PERSON_SAID = re.compile(rf"({PERSON.pattern})([:：])\s*([^:：，,。；;|\s]{{1,24}})")
HIDDEN_ZH, HIDDEN_EN = "（人名从略，见原文）", "(personal detail left out, see the source)"
_LONG = 36
"""Characters from which a text gets a column wide enough to read it."""
_BLANKS = re.compile(r"\s+")


class Cell(NamedTuple):
    """One cell of the landing, in the order of ``site_cell``; a tuple, because a country has tens of millions."""

    table: int
    row: int
    column: int
    page: int | None
    line: int | None
    sheet: str | None
    address: str | None
    x0: float | None
    top: float | None
    x1: float | None
    bottom: float | None
    row_span: int
    column_span: int
    text: str
    role: str


class Place(NamedTuple):
    """Where a figure stands in the source shown beside it."""

    target: str
    """Fragment of the page: ``L12`` a line, ``P3`` a page, ``g5-23-5`` a cell of a grid."""
    detail: str = ""
    """Characters of the line (``45-50``) or box on the page in points (``x0 top x1 bottom``)."""
    is_box: bool = False

    def attributes(self) -> str:
        """href and data of the link; nothing here comes from a document."""
        quoted = f'"{self.detail}"' if self.is_box else self.detail
        more = f" data-{'b' if self.is_box else 's'}={quoted}" if self.detail else ""
        return f"href=#{self.target}{more}"


Places = dict[int, dict[tuple[int, int], Place]]
"""Places of cells by table, then by row and column."""

Named = set[tuple[int, int, int]]
"""Cells that findings speak of: table, row, column."""

Flags = dict[tuple[int, int], tuple[int | None, bool]]
"""By row and column: number of the finding (None: of another document's), and whether it names this very figure."""


@lru_cache(maxsize=100_000)
def _escaped(text: str) -> str:
    """Escaped text; labels and small figures come again in every document."""
    return str(escape(text))


def persons_hidden(cells: Sequence[Cell]) -> dict[tuple[int, int], str]:
    """Texts of cells of one table without persons: the cell after 项目负责人, the column under it, 填报人：…"""
    if not any(PERSON.search(cell.text) for cell in cells):
        return {}
    hidden: dict[tuple[int, int], str] = {}
    columns: set[int] = set()
    previous: Cell | None = None
    previous_is_label = False
    for cell in cells:
        folded = _BLANKS.sub("", cell.text)
        is_label = _PERSON_CELL.match(folded) is not None
        follows = previous is not None and previous_is_label and previous.row == cell.row
        if cell.role == "header" and is_label:
            columns.add(cell.column)
        elif (cell.column in columns and cell.role not in ("header", "figure", "title")) or (follows and not is_label):
            hidden[cell.row, cell.column] = HIDDEN_ZH
        elif not is_label and PERSON.search(folded):
            said = _PERSON_SAID.sub(rf"\1\2{HIDDEN_ZH}", cell.text)
            if said != cell.text:
                hidden[cell.row, cell.column] = said
        previous, previous_is_label = cell, is_label
    return hidden


def without_persons(text: str) -> str:
    """A sentence or row quoted on a page, 填报人：… left out."""
    return _PERSON_SAID.sub(rf"\1\2{HIDDEN_ZH}", text) if PERSON.search(text) else text


@dataclass(frozen=True, slots=True)
class Laid:
    """One statement as rows of cells, ready to be written."""

    rows: list[list[Cell | None]]
    numbers: list[int]
    """``row`` of each of them: rows without any cell are not there."""
    head: int
    """How many rows from the top are header."""
    first: int
    """The leftmost column."""
    hidden: dict[tuple[int, int], str]


def lay(cells: Sequence[Cell]) -> Laid:
    """Cells of one table, in the order of the landing, as rows."""
    rows, numbers, first = _grid(cells)
    head = _head_rows(rows)
    if rows and not head:
        _lead(rows)
    return Laid(rows, numbers, head, first, persons_hidden(cells))


def _lead(rows: list[list[Cell | None]]) -> None:
    """In a form without header rows the first words of a row say what the row is of: readers aloud need that."""
    for row in rows:
        place = next((place for place, cell in enumerate(row) if cell is not None and cell.text.strip()), None)
        if place is not None and row[place].role not in ("figure", "title", "note", "row_number"):
            row[place] = row[place]._replace(role="label")


def laid_out(laid: Laid, places: dict[tuple[int, int], Place], flags: Flags) -> Markup:
    """Rows of one statement, without end tags that HTML can do without."""
    rows, head = laid.rows, laid.head
    parts = []
    for number, row in enumerate(rows):
        parts.append("<thead>" if head and number == 0 else "<tbody>" if number == head else "")
        parts.append("<tr>")
        for entry in row:
            if entry is None:
                parts.append("<td>")
                continue
            if number >= head and entry.role == "figure" and entry.row_span == 1 and entry.column_span == 1:
                key = (entry.row, entry.column)
                place = places.get(key)
                if place and key not in flags and key not in laid.hidden:
                    parts.append(
                        f"<td class=n><a id=t{entry.table}r{key[0]}c{key[1]} {place.attributes()}>"
                        f"{_escaped(entry.text.strip())}</a>"
                    )
                    continue
            most = (head - number) if number < head else len(rows) - number
            parts.append(_cell(entry, most, number < head, places, flags, laid.hidden))
        if head and number == head - 1:
            parts.append("</thead>")
    parts.append("</tbody>" if len(rows) > head else "")
    return Markup("".join(parts))


def as_part(laid: Laid, flags: Flags) -> list[list[Any]]:
    """The same rows in few characters, for pages that show a statement without its source (``gongkai.js`` draws them).

    A row is ``[number, cells]``, with the cells' columns as third member where they are not one after the other. A cell
    is 0 (none), its text (a figure), or ``[kind, text, rows, columns, finding, named]`` without what is usual at the
    end; kind is ``f`` figure, ``h`` header, ``l`` label, ``c`` code, ``x`` long text, else empty.
    """
    made = []
    for place, row in enumerate(laid.rows):
        most = (laid.head - place) if place < laid.head else len(laid.rows) - place
        entries: list[Any] = []
        is_regular = True
        for offset, cell in enumerate(row):
            if cell is None:
                entries.append(0)
                continue
            is_regular = is_regular and cell.column == laid.first + offset
            key = (cell.row, cell.column)
            text = (laid.hidden.get(key, cell.text) if laid.hidden else cell.text).strip()
            is_figure = place >= laid.head and (cell.role == "figure" or key in flags)
            if is_figure and cell.row_span == 1 and cell.column_span == 1 and key not in flags:
                entries.append(text)
                continue
            kind = "h" if place < laid.head else "f" if is_figure else _PART_KINDS.get(cell.role, "") if text else ""
            if not kind and len(text) > _LONG:
                kind = "x"
            entry: list[Any] = [kind, text, min(cell.row_span, most), cell.column_span]
            if is_figure and key in flags:
                number, is_named = flags[key]
                entry += [number or 0, int(is_named)]
            elif entry[3] == 1:
                del entry[3 if entry[2] > 1 else 2 :]
            entries.append(entry)
        made.append([laid.numbers[place], entries])
        if not is_regular:
            made[-1].append([0 if cell is None else cell.column for cell in row])
    return made


_PART_KINDS = {"label": "l", "code": "c"}


def _cell(
    cell: Cell, most_rows: int, in_head: bool, places: dict[tuple[int, int], Place],
    flags: Flags, hidden: dict[tuple[int, int], str],
) -> str:  # fmt: skip
    spans = f' rowspan="{min(cell.row_span, most_rows)}"' if min(cell.row_span, most_rows) > 1 else ""
    spans += f' colspan="{cell.column_span}"' if cell.column_span > 1 else ""
    key = (cell.row, cell.column)
    text = _escaped(hidden.get(key, cell.text).strip())
    if in_head:
        return f"<th scope=col{spans}>{text}"
    place = places.get(key)
    if cell.role == "figure" or key in flags:
        anchor = f"t{cell.table}r{cell.row}c{cell.column}"
        link = f"<a id={anchor} {place.attributes()}>{text}</a>" if place else f"<span id={anchor}>{text}</span>"
        if key not in flags:
            return f"<td class=n{spans}>{link}"
        number, is_named = flags[key]
        sign = "⚑" if is_named else "○"
        mark = (
            f'<a class="mark" href="#f{number}" aria-label="发现{number} / finding {number}">{sign}{number}</a>'
            if number is not None
            else '<span class="mark" title="另一份文档的发现 / finding of another document">○</span>'
        )
        return f'<td class="n {"flag" if is_named else "touched"}"{spans}>{mark}{link}'
    if cell.role in ("label", "code") and text:
        return f"<th scope=row class={cell.role}{spans}>{text}"
    kind = {"row_number": "no", "column_number": "no", "title": "title", "note": "note"}.get(
        cell.role, "long" if len(text) > _LONG else ""
    )
    return f"<td{f' class={kind}' if kind else ''}{spans}>{text}"


def _grid(cells: Sequence[Cell]) -> tuple[list[list[Cell | None]], list[int], int]:
    """Cells by row, with None where a row has no cell and none reaches in from above or from the left.

    With them the numbers of the rows and of the leftmost column. Rows without any cell are left out.
    """
    if not cells:
        return [], [], 1
    first = min([cell.column for cell in cells])
    last = max([cell.column + cell.column_span for cell in cells])
    by_row: dict[int, dict[int, Cell]] = {}
    for cell in cells:
        by_row.setdefault(cell.row, {})[cell.column] = cell
    order = sorted(by_row)
    columns = range(first, last)
    if all(cell.row_span == 1 and cell.column_span == 1 for cell in cells):
        return [[by_row[number].get(column) for column in columns] for number in order], order, first
    covered: dict[int, set[int]] = {}
    rows = []
    for number in order:
        held, taken = by_row[number], covered.get(number, ())
        row: list[Cell | None] = []
        column = first
        while column < last:
            cell = held.get(column)
            if cell is not None and column not in taken:
                for below in range(number + 1, number + cell.row_span):
                    covered.setdefault(below, set()).update(range(column, column + cell.column_span))
                row.append(cell)
                column += max(1, cell.column_span)
                continue
            if column not in taken:
                row.append(None)
            column += 1
        rows.append(row)
    return rows, order, first


def _head_rows(rows: Sequence[Sequence[Cell | None]]) -> int:
    """How many rows from the top are header; never all of them."""
    count = 0
    for row in rows:
        roles = {cell.role for cell in row if cell is not None and cell.text.strip()}
        if not roles or not roles <= {"header", "column_number", "title"} or not roles & {"header", "column_number"}:
            break
        count += 1
    return count if count < len(rows) else 0


# ---- where figures stand


def spans_in_lines(cells: Iterable[Cell], lines: Sequence[str], named: Named) -> Places:
    """Characters of figures and ``named`` cells in their lines; cells are found one after the other from the left."""
    at: dict[int, int] = {}
    found: Places = {}
    for cell in cells:
        if cell.line is None or not 0 < cell.line <= len(lines):
            continue
        line = lines[cell.line - 1]
        text = cell.text.strip()
        begin = line.find(text, at.get(cell.line, 0)) if text else -1
        if begin >= 0:
            at[cell.line] = begin + len(text)
        if cell.role != "figure" and cell[:3] not in named:
            continue
        detail = f"{begin}-{begin + len(text)}" if begin >= 0 else ""
        found.setdefault(cell.table, {})[cell.row, cell.column] = Place(f"L{cell.line}", detail)
    return found


def span_of_words(line: str, words: str, near: int | None) -> str:
    """Characters of ``words`` in a line: the occurrence nearest to ``near``; empty where it is not there."""
    begins, begin = [], line.find(words)
    while begin >= 0:
        begins.append(begin)
        begin = line.find(words, begin + 1)
    if not begins or not words:
        return ""
    best = min(begins, key=lambda one: abs(one - (near or 0)))
    return f"{best}-{best + len(words)}"


def boxes_on_pages(cells: Iterable[Cell], pages: set[int]) -> Places:
    """Boxes of cells on the pages that have a picture."""
    found: Places = {}
    for cell in cells:
        if cell.page not in pages:
            continue
        box = (cell.x0, cell.top, cell.x1, cell.bottom)
        detail = " ".join(f"{edge:.1f}" for edge in box if edge is not None) if None not in box else ""
        found.setdefault(cell.table, {})[cell.row, cell.column] = Place(f"P{cell.page}", detail, is_box=True)
    return found


def source_grid(laid: Laid, named: Named) -> Markup:
    """One table as the source holds it, rows and columns numbered as there.

    Figures and the ``named`` cells (table, row, column) can be pointed at.
    """
    rows, numbers, first = laid.rows, laid.numbers, laid.first
    if not rows:
        return Markup("")
    held = [cell for row in rows for cell in row if cell is not None]
    last = max([cell.column + cell.column_span - 1 for cell in held])
    lettered = any(cell.address for cell in held)
    heads = "".join(f'<th scope="col">{_column_name(column, lettered)}</th>' for column in range(first, last + 1))
    parts = [f"<thead><tr><td></td>{heads}</tr></thead><tbody>"]
    for index, row in enumerate(rows):
        address = next((cell.address for cell in row if cell is not None and cell.address), None)
        shown = re.sub(r"[^0-9]", "", address) if address else str(numbers[index])
        parts.append(f"<tr><th scope=row>{shown}")
        for cell in row:
            if cell is None:
                parts.append("<td>")
                continue
            down = min(cell.row_span, len(rows) - index)
            spans = f' rowspan="{down}"' if down > 1 else ""
            spans += f' colspan="{cell.column_span}"' if cell.column_span > 1 else ""
            is_figure = cell.role == "figure"
            name = ""
            if is_figure or (cell.table, cell.row, cell.column) in named:
                name = f" id=g{cell.table}-{cell.row}-{cell.column}"
            parts.append(f"<td{name}{' class=n' if is_figure else ''}{spans}>{_escaped(cell.text.strip())}")
    return Markup("".join([*parts, "</tbody>"]))


def _column_name(column: int, lettered: bool) -> str:
    if not lettered:
        return str(column)
    name = ""
    while column > 0:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def places_in_grid(cells: Iterable[Cell], named: Named) -> Places:
    """Figures and ``named`` cells of the grid shown as source."""
    found: Places = {}
    for cell in cells:
        if cell.role != "figure" and cell[:3] not in named:
            continue
        place = Place(f"g{cell.table}-{cell.row}-{cell.column}")
        found.setdefault(cell.table, {})[cell.row, cell.column] = place
    return found
