"""Reading the figures of a statement table: row label, subject code, side, header path, unit (读报表)."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from dataclasses import dataclass, replace
from typing import Any

from ingest.dictionaries import LineItem, find_line_item, statements, terms
from ingest.document import Cell
from ingest.tables.assemble import WholeTable
from ingest.tables.classify import Recognition
from ingest.tables.grid import Grid, code_text, header_terms_of, is_subject_code
from ingest.tables.headers import Alignment, Path, align, clean_label, names_two_expenses
from ingest.tables.layout import Section, Segment, rank_labels, sections_of
from ingest.tables.reading import Ledger, TableReading, is_sentence, is_total_label, normal_unit, unit_in
from ingest.tables.rows import TWO_SIDED, RowName, RowNames
from ingest.text import PrintedNumber, is_nothing, is_of_which, label_key, plain_key, squeeze, whole_number

_EMPTY_DECLARED = re.compile(
    r"空表|无数据|无此项|没有(?:相关|此项)?数据|未安排.{0,20}(?:支出|预算|收入)|不涉及|无.{0,20}(?:收入|支出|拨款).{0,12}(?:故|，|,|。|$)"
)


_YEAR = re.compile(r"(?:19|20)\d{2}")


_TWO_EXPENSES = "表头合并单元格丢失，同一栏有两项“三公”经费名称，数值所属栏目不明"


@dataclass(frozen=True, slots=True)
class _Part:
    """One section of a segment, ready to be read."""

    ordinal: int
    """Number of the section in the table, from 1."""
    section: Section
    alignment: Alignment
    shifts: dict[int, int]
    """Row → columns its cells slipped to the left."""
    is_alone: bool
    """Whether the segment has no other section beside it."""
    columns: list[int]
    """Columns of amounts, left to right."""
    heads: dict[int, str]
    """Column → its header path as printed."""


def read_statement(
    whole: WholeTable, segments: list[Segment], recognition: Recognition, document_unit: str | None
) -> TableReading:
    """Figures of a recognised statement; also used for unrecognised tables, whose figures the caller marks unmapped."""
    ledger = Ledger(whole, recognition)
    grid = whole.grid
    code = recognition.statement_code
    family = statements()[code].family if code else ""
    section_ordinal = 0
    confidences: list[Alignment] = []
    figure_count = 0
    for segment in segments:
        _header_cells(ledger, segment)
        sections = sections_of(grid, segment)
        _sides(grid, segment, sections, family)
        shifts = _row_shifts(grid, segment, sections)
        sides = _side_shifts(grid, segment, sections)
        names = RowNames(grid, family)
        parts = []
        for section in sections:
            rank_labels(grid, segment, section)
            section_ordinal += 1
            alignment = align(grid, segment, section, code, len(sections))
            is_text = grid.page is None and not grid.has_spans  # no place on a page tells what stands under what
            if family == "three_public" and is_text and any(map(names_two_expenses, alignment.paths.values())):
                # Merged heads vanished and what is left stands over other columns: no number has a sure one.
                alignment = replace(alignment, paths={}, method="none", confidence=0, reason=_TWO_EXPENSES)
            heads = {column: "/".join(word.label for word in path) for column, path in alignment.paths.items()}
            columns = sorted({*section.figures, *section.empties})
            parts.append(_Part(section_ordinal, section, alignment, shifts, len(sections) == 1, columns, heads))
            if section.figures:
                confidences.append(alignment)
            _land_columns(ledger, section_ordinal, alignment)
        parent_unit: str | None = None
        for row in segment.body:
            rows = []
            for part in parts:
                aside, begins = sides.get(row, (0, 0))
                if part.section.first >= begins:
                    slipped = _slipped(part, row, aside)
                else:  # what slipped into this side is none of its own
                    slipped = replace(part, columns=[column for column in part.columns if column < begins - aside])
                name = names.name(row, slipped.section, shifts.get(row, 0))
                rows += _read_row(ledger, segment, row, slipped, name, family)
            for number, item_unit in rows:
                unit, origin, parent_unit = _unit(
                    ledger, number, item_unit, segment, document_unit, parent_unit, family
                )
                number["unit_of_measure"], number["unit_origin"] = unit, origin
                figure_count += 1
    ledger.rest()
    reading = ledger.reading
    reading.table.update(
        state=_state(
            whole, grid, segments, figure_count, sum(number["role"] == "unmapped" for number in reading.numbers)
        ),
        alignment_method=confidences[0].method if confidences else None,
        alignment_confidence=min((alignment.confidence for alignment in confidences), default=None),
        alignment_reason="；".join(dict.fromkeys(alignment.reason for alignment in confidences)) or None,
    )
    return reading


def _header_cells(ledger: Ledger, segment: Segment) -> None:
    grid = ledger.grid
    for row in segment.header:
        for cell in grid.cells(row):
            ledger.other_numbers(row, cell.column, "year" if _YEAR.search(cell.text) else "header", "栏目名中的数字")
    for row in segment.markers:
        for cell in grid.cells(row):
            ledger.other_numbers(row, cell.column, "column_number", "栏次")
    for row in segment.notes:
        for cell in grid.cells(row):
            ledger.other_numbers(row, cell.column, "prose" if is_sentence(cell.text) else "label", "表内说明文字")


def _sides(grid: Grid, segment: Segment, sections: list[Section], family: str) -> None:
    """Which side of a two-sided table each section is: by the words over it, else income first."""
    if family not in ("summary", "appropriation_summary") or len(sections) < 2:
        return
    for section in sections:
        said: str | None = None
        for row in segment.header:
            for column in range(section.first, max(section.figures + section.empties + [section.first]) + 1):
                text = clean_label(grid.owner_text(row, column))
                if not text:
                    continue
                side = next((term.side for term in header_terms_of(text) if term.side), None)
                if side is None:
                    side = (
                        "expenditure"
                        if "支出" in text and "收" not in text
                        else "income"
                        if "收入" in text and "支" not in text
                        else None
                    )
                if side is not None:
                    said = side
                    break
            if said:
                break
        section.side = said
    known = [section.side for section in sections]
    if "expenditure" not in known or known[0] is None:
        for position, section in enumerate(sections):
            votes = Counter(
                side
                for row in segment.body
                for column in section.labels
                for side in ("income", "expenditure")
                if find_line_item(grid.text(row, column), family, side) and not is_total_label(grid.text(row, column))
            )
            if section.side is None or "expenditure" not in known:
                section.side = votes.most_common(1)[0][0] if votes else ("income" if position == 0 else "expenditure")
    else:
        for position, section in enumerate(sections):
            section.side = section.side or ("income" if position == 0 else "expenditure")


def _row_shifts(grid: Grid, segment: Segment, sections: list[Section]) -> dict[int, int]:
    """Rows whose cells slipped sideways in a source without spans, and by how many columns they are moved back."""
    if grid.has_spans or len(sections) != 1:
        return {}
    section = sections[0]
    targets = _headed(grid, segment, section)
    fixed = set(section.codes) | set(section.row_numbers)
    shifts: dict[int, int] = {}
    for row in segment.body:
        numbers = [
            cell.column
            for cell in grid.cells(row)
            if whole_number(cell.text) is not None and cell.column not in section.entity_codes
        ]
        amounts = [
            column
            for column in numbers
            if not (
                column in fixed
                and (
                    is_subject_code(grid.text(row, column))
                    or (len(code_text(grid.text(row, column))) <= 2 and "." not in grid.text(row, column))
                )
            )
        ]
        if not amounts or set(amounts) <= targets:
            continue
        for shift in (1, 2, 3, 4, -1, -2, -3):
            if {column + shift for column in amounts} <= targets:
                shifts[row] = shift
                break
    return shifts


def _headed(grid: Grid, segment: Segment, section: Section) -> set[int]:
    """The columns of amounts; one that no word heads and few rows reach holds the end of rows that slipped right."""
    columns = set(section.figures) | set(section.empties)
    last = max(columns, default=0)
    if len(columns) < 3 or any(grid.owner_text(row, last) for row in segment.header + segment.markers):
        return columns
    reaching = sum(bool(grid.text(row, last).strip()) for row in segment.body)
    return columns - {last} if reaching <= 0.2 * len(segment.body) else columns


def _side_shifts(grid: Grid, segment: Segment, sections: list[Section]) -> dict[int, tuple[int, int]]:
    """Rows of a table of several sides whose left ones are blank and whose right ones slipped into them.

    Row → (how far, first column of the sides that slipped).
    """
    if grid.has_spans or len(sections) < 2:
        return {}
    codes = {column for section in sections for column in section.codes}
    numbers = {column for section in sections for column in section.figures + section.empties + section.row_numbers}
    names = {column for section in sections for column in section.labels + section.texts} | codes
    counted = {column for section in sections for column in section.row_numbers}
    shifts: dict[int, tuple[int, int]] = {}
    for row in segment.body:
        cells = grid.cells(row)

        def fits(shift: int, cells: list[Cell]) -> bool:
            return all(
                cell.column + shift
                in (numbers | codes if is_nothing(cell.text) or whole_number(cell.text) is not None else names)
                for cell in cells
            )

        if fits(0, cells):
            continue
        for section, shift in itertools.product(sections[:0:-1], (1, 2)):
            # Left of a slipped right side nothing but 行次 may stand.
            right = [cell for cell in cells if cell.column not in counted or cell.column >= section.first]
            if len(right) > 1 and right[0].column + shift >= section.first and fits(shift, right):
                shifts[row] = shift, section.first
                break
    return shifts


def _slipped(part: _Part, row: int, shift: int) -> _Part:
    """The part as it lies in a row that slipped: names and row numbers stand ``shift`` columns to the left."""
    if not shift:
        return part
    section = part.section
    moved = {
        name: [column - shift for column in getattr(section, name) if column >= shift]
        for name in ("codes", "labels", "entity_codes", "row_numbers", "texts")
    }
    return replace(part, section=replace(section, **moved), shifts={row: shift})


def _land_columns(ledger: Ledger, ordinal: int, alignment: Alignment) -> None:
    for column, path in sorted(alignment.paths.items()):
        for position, part in enumerate(path, 1):
            ledger.reading.columns.append(
                {
                    "table_ordinal": ledger.whole.ordinal,
                    "section_ordinal": ordinal,
                    "column_ordinal": column + 1,
                    "part_ordinal": position,
                    "label_printed": part.label,
                    "term_code": part.term,
                    "origin": part.origin,
                }
            )


def _read_row(
    ledger: Ledger, segment: Segment, row: int, part: _Part, name: RowName, family: str
) -> list[tuple[dict[str, Any], str]]:
    """Land one row of one section: (figure as landed, unit its line is counted in) of each amount."""
    grid, section, shift = ledger.grid, part.section, part.shifts.get(row, 0)
    _account_codes(ledger, row, section, part.columns, shift)
    side = section.side or (name.item.side if part.is_alone and name.item is not None and family in TWO_SIDED else None)
    kind = "total" if is_total_label(name.label) else "code" if name.code else "project" if name.outer else "line"
    key, row_of_which = label_key(name.label), is_of_which(name.label)
    row_path = "/".join(word for word in (segment.title, name.outer) if word) or None
    cells = grid.rows[row]
    found: list[tuple[dict[str, Any], str]] = []
    for column in part.columns:
        source = column - shift
        cell = cells[source] if 0 <= source < grid.column_count else None
        if cell is None:
            continue
        if is_nothing(cell.text):
            ledger.cell(row, source, "figure")
            continue
        number = whole_number(cell.text)
        if number is None:
            continue
        path = part.alignment.paths.get(column, ())
        if not path and part.alignment.method == "none":
            ledger.other_numbers(row, source, "unmapped", part.alignment.reason)
            continue
        ledger.cell(row, source, "figure")
        item = _item_of(name, path, family)
        more = {
            "section_ordinal": part.ordinal,
            "header_column_ordinal": column + 1,
            "side": side or None,
            "row_label": name.label,
            "row_label_key": key,
            "row_code": name.code or None,
            "row_path": row_path,
            "is_of_which": row_of_which,
            "line_item_code": item.code if item is not None else None,
            "column_label": part.heads.get(column, ""),
            "column_term_code": path[-1].term if path else None,
            "row_kind": kind,
            "reason": None if path else "栏目名缺失",
        }
        ledger.entry(row, source, 1, number, "figure", more)
        found.append((ledger.reading.numbers[-1], _item_unit(item, number, path, family)))
    return found


def _account_codes(ledger: Ledger, row: int, section: Section, amounts: list[int], shift: int) -> None:
    """The numbers of a row that are no amounts: codes, row numbers, numbers in remarks and names."""
    grid = ledger.grid
    targets = amounts if not shift else [column - shift for column in amounts]
    cells = grid.rows[row]
    for column in section.codes:
        cell = cells[column]
        if cell is not None and code_text(cell.text).isdigit() and not (shift and column in targets):
            ledger.other_numbers(row, column, "code", "科目编码")
    for columns, role, reason in (
        (section.row_numbers, "row_number", "行次"),
        (section.entity_codes, "code", "单位或项目编码"),
    ):
        for column in columns:
            if column not in targets:
                ledger.other_numbers(row, column, role, reason)
    for column in section.texts:
        cell = cells[column]
        if cell is not None and whole_number(cell.text) is not None:
            ledger.other_numbers(row, column, "label", "说明栏中的数字")
    for column in section.labels + section.codes + section.texts:
        cell = cells[column]
        if cell is not None and whole_number(cell.text) is None:
            sentence = is_sentence(cell.text)
            reason = "单元格内的文字叙述" if sentence else "行名中的数字"
            ledger.other_numbers(row, column, "prose" if sentence else "label", reason)


def _item_of(name: RowName, path: Path, family: str) -> LineItem | None:
    """The line a figure is of: the row's, or the column's where the row is a body or a total (车辆数 of 某局)."""
    if family not in ("statistics", "procurement", "three_public") or name.code:
        return name.item
    if name.label and name.item is not None and not name.item.is_total:
        return name.item
    words = [part.label for part in reversed(path) if not is_total_label(part.label)]
    return next((item for word in words if (item := find_line_item(word, family, ""))), name.item)


def _item_unit(item: LineItem | None, number: PrintedNumber, path: Path, family: str) -> str:
    """The unit an item is counted in; none for its value in money below 固定资产 (车辆 500,000.00)."""
    if item is None:
        return ""
    if item.unit and number.decimals and len(path) > 1:
        above = [find_line_item(part.label, family, "") for part in path[:-1]]
        if any(other is not None and other.statistic and not other.unit for other in above):
            return ""
    return item.unit


_IN_PERCENT = re.compile(r"[%％][)）]?$")
"""A column that says of itself that it holds rates: 完成年初预算%."""


def _has_quantities(grid: Grid, segment: Segment) -> bool:
    """Whether a column of its own holds the quantities (数量 | 原值): the unit in a row's name is that column's."""
    return any(
        term.code == "quantity"
        for row in segment.header
        for cell in grid.cells(row)
        for term in header_terms_of(cell.text)[:1]
    )


def _unit_beside(grid: Grid, segment: Segment, row: int) -> str | None:
    """The unit a row prints in a column of its own (计量单位 | 台)."""
    for header in segment.header:
        for cell in grid.cells(header):
            if plain_key(cell.text) in ("计量单位", "单位") and (text := grid.text(row, cell.column).strip()):
                return normal_unit(text) if len(text) <= 6 and whole_number(text) is None else None
    return None


def _unit(
    ledger: Ledger,
    number: dict,
    item_unit: str,
    segment: Segment,
    document_unit: str | None,
    parent_unit: str | None,
    family: str,
) -> tuple[str | None, str | None, str | None]:
    """(unit, where it came from, unit that the next rows of the same kind inherit)."""
    grid = ledger.grid
    cell = grid.rows[number["row_ordinal"] - 1][number["column_ordinal"] - 1]
    own = whole_number(cell.text) if cell is not None else None
    if own is not None and own.unit:
        return normal_unit(own.unit), "cell", parent_unit
    term = terms().get(number.get("column_term_code") or "")
    if (term is not None and term.kind == "rate") or _IN_PERCENT.search(number.get("column_label") or ""):
        return "%", "inferred", parent_unit
    label = number["row_label"]
    row_unit = unit_in(label)
    if term is not None and term.code == "quantity":
        said = _unit_beside(grid, segment, number["row_ordinal"] - 1) or row_unit or item_unit
        return said or term.unit, "row" if said else "inferred", parent_unit
    is_value = bool(row_unit or item_unit) and _has_quantities(grid, segment)
    if row_unit and not is_value and family in (
        "statistics",
        "three_public",
        "procurement",
        "summary",
        "appropriation_summary",
        "other",
    ):
        return row_unit, "row", row_unit
    for part in reversed((number.get("column_label") or "").split("/")):
        unit = unit_in(part)
        if unit:
            return unit, "column", parent_unit
    if term is not None and term.unit:
        return term.unit, "inferred", parent_unit
    if item_unit and not is_value:
        return item_unit, "row", item_unit
    title_unit = unit_in(segment.title) if segment.title else None
    if title_unit:
        return title_unit, "section", parent_unit
    if ledger.whole.caption.unit:
        return ledger.whole.caption.unit, "table", parent_unit
    if document_unit:
        return document_unit, "document", parent_unit
    return None, None, parent_unit


def _state(whole: WholeTable, grid: Grid, segments: list[Segment], figures: int, unread: int) -> str:
    if figures or unread:
        return "present"
    texts = [paragraph.text for paragraph in whole.following]
    texts += [cell.text for segment in segments for row in segment.notes + segment.body for cell in grid.cells(row)]
    return "declared_empty" if any(_EMPTY_DECLARED.search(squeeze(text)) for text in texts) else "empty"
