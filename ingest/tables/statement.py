"""Reading the figures of a statement table: row label, subject code, side, header path, unit (读报表)."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace

from ingest.dictionaries import (
    LineItem,
    economic_names,
    find_line_item,
    functional_names,
    line_of_fund,
    statements,
    terms,
)
from ingest.tables.assemble import WholeTable
from ingest.tables.classify import Recognition
from ingest.tables.grid import Grid, code_text, header_terms_of, is_subject_code, split_glued_code
from ingest.tables.headers import Alignment, Path, align, clean_label
from ingest.tables.layout import Section, Segment, rank_labels, sections_of
from ingest.tables.reading import Ledger, TableReading, is_sentence, is_total_label, normal_unit, unit_in
from ingest.text import PrintedNumber, is_nothing, is_of_which, join_lines, label_key, plain_key, squeeze, whole_number

_EMPTY_DECLARED = re.compile(
    r"空表|无数据|无此项|没有(?:相关|此项)?数据|未安排.{0,20}(?:支出|预算|收入)|不涉及|无.{0,20}(?:收入|支出|拨款).{0,12}(?:故|，|,|。|$)"
)


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
        carried: dict[int, list[str]] = {}
        balances: dict[int, str] = {}
        alignments = []
        for section in sections:
            rank_labels(grid, segment, section)
            section_ordinal += 1
            alignment = align(grid, segment, section, code, len(sections))
            alignments.append((section_ordinal, alignment))
            if section.figures:
                confidences.append(alignment)
            _land_columns(ledger, section_ordinal, alignment)
        parent_unit: str | None = None
        for row in segment.body:
            rows = []
            for section, (ordinal, alignment) in zip(sections, alignments, strict=True):
                found = _read_row(
                    ledger,
                    segment,
                    row,
                    section,
                    ordinal,
                    alignment,
                    shifts.get(row, 0),
                    family,
                    carried,
                    sections,
                    balances,
                )
                rows += found
            for number, item_unit in rows:
                unit, origin, parent_unit = _unit(
                    ledger, number, item_unit, segment, document_unit, parent_unit, family
                )
                number["unit_of_measure"], number["unit_origin"] = unit, origin
                figure_count += 1
    ledger.rest()
    reading = ledger.reading
    reading.table.update(
        figure_count=figure_count,
        state=_state(whole, grid, segments, figure_count),
        alignment_method=confidences[0].method if confidences else None,
        alignment_confidence=min((alignment.confidence for alignment in confidences), default=None),
        alignment_reason="；".join(dict.fromkeys(alignment.reason for alignment in confidences)) or None,
    )
    return reading


def _header_cells(ledger: Ledger, segment: Segment) -> None:
    grid = ledger.grid
    for row in segment.header:
        for cell in grid.cells(row):
            ledger.other_numbers(
                row, cell.column, "year" if re.search(r"(?:19|20)\d{2}", cell.text) else "header", "栏目名中的数字"
            )
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
    targets = set(section.figures) | set(section.empties)
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


def _code_among_bodies(grid: Grid, row: int, section: Section, label: str) -> str:
    """The subject code in a column of codes of bodies (单位代码), told from a body's by the name beside it."""
    names = functional_names().get(label_key(label), frozenset()) if section.entity_codes and label else frozenset()
    return next((code for column in section.entity_codes if (code := code_text(grid.text(row, column))) in names), "")


def _naming(grid: Grid, row: int, section: Section, family: str) -> Section:
    """The columns that name a row, where two classifications stand side by side (部门经济分类 | 政府经济分类).

    The department's own class names the row; the other code is kept as a code.
    """
    groups: list[tuple[list[int], list[int]]] = []
    before = None
    for column in sorted(section.codes + section.labels):
        is_code = column in section.codes
        if is_code and before != "code":
            groups.append(([], []))
        if groups:
            groups[-1][not is_code].append(column)
        before = "code" if is_code else "label"
    groups = [group for group in groups if group[1]]
    if len(groups) < 2:
        return section
    coded = [group for group in groups if any(is_subject_code(grid.text(row, column)) for column in group[0])]
    if family in ("basic_economic", "economic_gov"):
        coded.sort(key=lambda group: not any(code_text(grid.text(row, column)).startswith("3") for column in group[0]))
    codes, labels = (coded or groups)[0]
    leading = [column for column in section.labels if column < groups[0][0][0]]
    return replace(section, codes=codes, labels=leading + labels)


def _row_code(grid: Grid, row: int, section: Section, carried: dict[int, list[str]]) -> str:
    """Subject code of a row: one cell, 类 款 项 cells joined and padded, or the parts above carried down."""
    texts = [code_text(grid.text(row, column)) if grid.text(row, column).strip() else "" for column in section.codes]
    digits = [text if text.isdigit() else "" for text in texts]
    if not any(digits):
        return ""
    whole = [text for text in digits if len(text) >= 5 and is_subject_code(text)]
    if whole:
        code = max(whole, key=len)
        carried[section.ordinal] = [code[:3], code[3:5], code[5:7]]
        return code
    if len(section.codes) == 1:
        return digits[0] if is_subject_code(digits[0]) else ""
    parts = digits[:3] + [""] * (3 - len(digits[:3]))
    above = carried.get(section.ordinal, ["", "", ""])
    depth = max(index for index, part in enumerate(parts) if part)
    full: list[str] = []
    for index in range(depth + 1):
        part = parts[index] or above[index]
        if not part:
            return ""
        full.append(part if index == 0 else part.zfill(2))
    if len(full[0]) != 3:
        return ""
    carried[section.ordinal] = full + [""] * (3 - len(full))
    return "".join(full)


def _labels(grid: Grid, row: int, section: Section, shift: int) -> tuple[str, str, str]:
    """(label, code glued to it, label of the row it details) of one row in one section."""
    texts: list[str] = []
    glued = ""
    for column in section.codes + section.labels:
        text = grid.text(row, column) or (
            grid.owner_text(row, column) if grid.has_spans and column in section.labels else ""
        )
        if not text.strip() or is_nothing(text) or (shift and whole_number(text) is not None):
            continue
        if column in section.codes and code_text(text).isdigit():
            continue
        split = split_glued_code(text)
        if split is not None:
            glued, text = split
        texts.append(squeeze(join_lines(text)))
    if not texts:
        # a total printed in a column of remarks or kinds left of the amounts still names its row
        first = min(section.figures, default=0)
        loose = [
            grid.text(row, column)
            for column in section.texts
            if column < first and is_total_label(grid.text(row, column))
        ]
        return (squeeze(join_lines(loose[0])) if loose else ""), glued, ""
    return texts[-1], glued, texts[0] if len(texts) > 1 else ""


def _read_row(
    ledger: Ledger,
    segment: Segment,
    row: int,
    section: Section,
    section_ordinal: int,
    alignment: Alignment,
    shift: int,
    family: str,
    carried: dict[int, list[str]],
    sections: list[Section],
    balances: dict[int, str],
) -> list[tuple[dict, str]]:
    grid = ledger.grid
    named = _naming(grid, row, section, family)
    code = (
        _row_code(grid, row, named, carried)
        if not shift
        else next(
            (code_text(grid.text(row, column)) for column in section.codes if is_subject_code(grid.text(row, column))),
            "",
        )
    )
    label, glued, outer = _labels(grid, row, named, shift)
    code = code or glued or _code_among_bodies(grid, row, section, label)
    if not code and label:
        code = _class_code(label, section, family)
    targets = {column - shift: column for column in section.figures + section.empties}
    if not label and not code and section.ordinal > 1 and any(grid.text(row, column).strip() for column in targets):
        label = _label_to_the_left(grid, row, section, sections)
    for column in section.codes:
        if code_text(grid.text(row, column)).isdigit() and not (shift and column in targets):
            ledger.other_numbers(row, column, "code", "科目编码")
    for column in section.row_numbers:
        if column not in targets:
            ledger.other_numbers(row, column, "row_number", "行次")
    for column in section.entity_codes:
        if column not in targets:
            ledger.other_numbers(row, column, "code", "单位或项目编码")
    found: list[tuple[dict, str]] = []
    item = find_line_item(label, family, section.side) if label and not code else None
    if item is None and label and not code and section.side is None and family in ("summary", "appropriation_summary"):
        item = find_line_item(label, family, "income") or find_line_item(label, family, "expenditure")
    item = _under_balance(item, section.ordinal, balances)
    for source, column in sorted(targets.items()):
        if not 0 <= source < grid.column_count:
            continue
        cell = grid.rows[row][source]
        if cell is None or is_nothing(cell.text):
            if cell is not None:
                ledger.cell(row, source, "figure")
            continue
        number = whole_number(cell.text)
        if number is None:
            continue
        path = alignment.paths.get(column, ())
        if not path and alignment.method == "none":
            ledger.other_numbers(row, source, "unmapped", alignment.reason)
            continue
        ledger.cell(row, source, "figure")
        own_item = item
        if (
            family in ("statistics", "procurement", "three_public")
            and path
            and (item is None or item.is_total or not label)
        ):
            own_item = next(
                (
                    found_item
                    for part in reversed(path)
                    if (found_item := find_line_item(part.label, family, "")) and not is_total_label(part.label)
                ),
                item,
            )
        ledger.number(
            row,
            source,
            1,
            number,
            "figure",
            section_ordinal=section_ordinal,
            side=section.side
            or (
                item.side
                if item is not None
                and item.side
                and family in ("summary", "appropriation_summary")
                and len(sections) == 1
                else None
            )
            or None,
            row_label=label,
            row_label_key=label_key(label),
            row_code=code or None,
            row_path="/".join(part for part in (segment.title, outer if outer != label else "") if part) or None,
            is_of_which=is_of_which(label),
            line_item_code=own_item.code if own_item is not None else None,
            column_label="/".join(part.label for part in path),
            column_term_code=path[-1].term if path else None,
            row_kind="total" if is_total_label(label) else "code" if code else "project" if outer else "line",
            reason=None if path else "栏目名缺失",
        )
        found.append((ledger.reading.numbers[-1], _item_unit(own_item, number, path, family)))
    for column in section.texts:
        if whole_number(grid.text(row, column)) is not None:
            ledger.other_numbers(row, column, "label", "说明栏中的数字")
    for column in section.labels + section.codes + section.texts:
        text = grid.text(row, column)
        if text and whole_number(text) is None:
            sentence = is_sentence(text)
            reason = "单元格内的文字叙述" if sentence else "行名中的数字"
            ledger.other_numbers(row, column, "prose" if sentence else "label", reason)
    return found


_BALANCES = ("opening_balance", "closing_balance")


def _under_balance(item: LineItem | None, section: int, balances: dict[int, str]) -> LineItem | None:
    """The line a row names, given the balance it stands under.

    一般公共预算财政拨款 is income at the top of the table and a part of 年初财政拨款结转和结余 below that row.
    """
    if item is None:
        return None
    if item.code in _BALANCES:
        balances[section] = item.code
        return item
    above = balances.get(section)
    part = line_of_fund(above, item.fund) if above and item.fund and not item.is_total else None
    if part is not None:
        return part
    if item.parent != above:
        balances.pop(section, None)
    return item


def _item_unit(item: LineItem | None, number: PrintedNumber, path: Path, family: str) -> str:
    """The unit an item is counted in; none for its value in money below 固定资产 (车辆 500,000.00)."""
    if item is None:
        return ""
    if item.unit and number.decimals and len(path) > 1:
        above = [find_line_item(part.label, family, "") for part in path[:-1]]
        if any(other is not None and other.statistic and not other.unit for other in above):
            return ""
    return item.unit


def _class_code(label: str, section: Section, family: str) -> str:
    """Nothing is guessed from a name here except in lists of economic subjects that print no codes at all."""
    if family != "basic_economic" or section.codes:
        return ""
    codes = economic_names().get(label_key(label), frozenset())
    return next(iter(codes)) if len(codes) == 1 and len(next(iter(codes))) == 5 else ""


def _label_to_the_left(grid: Grid, row: int, section: Section, sections: list[Section]) -> str:
    """The label of an amount that stands far to the right of it (公用经费合计 over three groups)."""
    for column in range(section.first - 1, -1, -1):
        text = grid.text(row, column)
        if text.strip():
            return squeeze(join_lines(text)) if whole_number(text) is None else ""
    return ""


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
    if term is not None and term.kind == "rate":
        return "%", "inferred", parent_unit
    if term is not None and term.code == "quantity":
        said = _unit_beside(grid, segment, number["row_ordinal"] - 1)
        return said or term.unit, "row" if said else "inferred", parent_unit
    label = number["row_label"]
    row_unit = unit_in(label)
    if row_unit and family in (
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
    if item_unit:
        return item_unit, "row", item_unit
    title_unit = unit_in(segment.title) if segment.title else None
    if title_unit:
        return title_unit, "section", parent_unit
    if ledger.whole.caption.unit:
        return ledger.whole.caption.unit, "table", parent_unit
    if document_unit:
        return document_unit, "document", parent_unit
    return None, None, parent_unit


def _state(whole: WholeTable, grid: Grid, segments: list[Segment], figures: int) -> str:
    if figures:
        return "present"
    texts = [paragraph.text for paragraph in whole.following]
    texts += [cell.text for segment in segments for row in segment.notes + segment.body for cell in grid.cells(row)]
    return "declared_empty" if any(_EMPTY_DECLARED.search(squeeze(text)) for text in texts) else "empty"
