"""The layout of a statement table: header rows, stacked segments, side-by-side sections, what each column is."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

from ingest.dictionaries import economic_names, functional_names, is_line_label
from ingest.tables.grid import (
    Grid,
    code_text,
    header_terms_of,
    is_header_like,
    is_marker_row,
    is_note,
    is_subject_code,
    split_glued_code,
)
from ingest.text import fold_width, has_ordinal, is_nothing, is_spoiled_number, label_key, squeeze, whole_number

_SHORT_CODE = re.compile(r"^\d{2}$")
_LONG_CODE = re.compile(r"\d{16,30}")
"""Digits that are no amount whatever heads them: projects are numbered with about twenty."""
_MISREAD = 0.2
"""Share of the codes of a recognised column that may be misread."""
_TOTAL_LABEL = re.compile(
    r"^(?:合计|总计|小计|本年合计|收入合计|支出合计|收入总计|支出总计|总合计|人员经费合计|公用经费合计|基本支出合计)$"
)


@dataclass(slots=True)
class Section:
    """Columns that share one set of row labels (左右并列的一栏组)."""

    ordinal: int
    codes: list[int] = field(default_factory=list)
    labels: list[int] = field(default_factory=list)
    entity_codes: list[int] = field(default_factory=list)
    """Codes of bodies or projects: numbers that are neither subjects nor amounts."""
    row_numbers: list[int] = field(default_factory=list)
    figures: list[int] = field(default_factory=list)
    empties: list[int] = field(default_factory=list)
    """Columns without any body text that a header word of an amount heads."""
    texts: list[int] = field(default_factory=list)
    side: str | None = None

    @property
    def amounts_from(self) -> int:
        """Leftmost column of amounts; 0 where there is none."""
        return min(self.figures + self.empties, default=0)

    @property
    def first(self) -> int:
        """Leftmost column."""
        return min(
            self.codes + self.entity_codes + self.labels + self.row_numbers + self.figures + self.empties + self.texts
        )


@dataclass(slots=True)
class Segment:
    """Rows under one header (上下堆叠的一段)."""

    header: list[int]
    markers: list[int]
    body: list[int]
    notes: list[int]
    title: str | None = None
    sections: list[Section] = field(default_factory=list)


def is_body_label(text: str) -> bool:
    """Whether a text is the label of a line rather than a header word."""
    if split_glued_code(text) is not None or is_subject_code(text):
        return True
    key = label_key(text)
    if has_ordinal(text) and (is_line_label(text) or key in functional_names() or key in economic_names()):
        return True
    if is_line_label(text) and not header_terms_of(text):
        return True
    return (key in functional_names() or key in economic_names()) and not header_terms_of(text)


def segments_of(grid: Grid) -> list[Segment]:
    """Rows of a grid sorted into segments, each with its header, numbered-columns rows, body and notes."""
    segments: list[Segment] = []
    current = Segment([], [], [], [])
    pending_title: str | None = None
    in_notes = False
    for row in range(len(grid)):
        cells = grid.cells(row)
        if not cells or row in grid.skipped:
            continue
        first = cells[0].text
        if is_note(first) and (len(cells) <= 2 or not any(whole_number(cell.text) for cell in cells[1:])):
            current.notes.append(row)
            in_notes = bool(current.body) or in_notes
            continue
        if in_notes and len(cells) == 1 and whole_number(first) is None and not is_body_label(first):
            current.notes.append(row)
            continue
        if is_marker_row(grid, row):
            current.markers.append(row)
            continue
        if not current.body:
            if _is_header_row(grid, row) or _is_under_header(grid, row, current.header):
                current.header.append(row)
                continue
            lone = len(cells) == 1 and whole_number(first) is None and row + 1 < len(grid)
            if lone and not current.header and not current.markers and not _TOTAL_LABEL.match(label_key(first)):
                following = _next_row(grid, row)
                if following is not None and is_header_like(grid, following):
                    pending_title = squeeze(first)
                    current.notes.append(row)
                    continue
        elif _restarts(grid, row):
            segments.append(current)
            current = Segment([row], [], [], [], title=pending_title)
            pending_title = None
            in_notes = False
            continue
        elif len(cells) == 1 and whole_number(first) is None and has_ordinal(first):
            following = _next_row(grid, row)
            if following is not None and _restarts(grid, following):
                pending_title = squeeze(first)
                current.notes.append(row)
                continue
        if current.title is None and pending_title is not None:
            current.title, pending_title = pending_title, None
        current.body.append(row)
    segments.append(current)
    whole = [segment for segment in segments if segment.body or segment.header]
    for position in range(1, len(whole)):
        _inherit_repeated_header(grid, whole[position - 1], whole[position])
    merged: list[Segment] = []
    for segment in whole:
        if merged and segment.header == merged[-1].header:
            merged[-1].body.extend(segment.body)
            merged[-1].notes.extend(segment.notes)
            merged[-1].markers.extend(segment.markers)
        else:
            merged.append(segment)
    return merged


def _inherit_repeated_header(grid: Grid, before: Segment, after: Segment) -> None:
    """A header printed again in the middle of a table opens no new segment."""

    def words(rows: list[int]) -> list[str]:
        return [label_key(cell.text) for row in rows for cell in grid.cells(row)]

    if after.header and words(after.header) == words(before.header) and after.title is None:
        after.notes.extend(after.header)
        after.header = before.header


def _next_row(grid: Grid, row: int) -> int | None:
    for following in range(row + 1, min(row + 3, len(grid))):
        if grid.cells(following) and following not in grid.skipped:
            return following
    return None


def _restarts(grid: Grid, row: int) -> bool:
    """Whether a header stands in the middle of the body: header words only, one of them naming the label column."""
    cells = grid.cells(row)
    if len(cells) < 2 or not is_header_like(grid, row):
        return False
    kinds = {term.kind for cell in cells for term in header_terms_of(cell.text)[:1]}
    return bool(kinds & {"label", "code", "entity_code", "row_number", "marker"}) and bool(
        kinds & {"amount", "group", "row_number"}
    )


def _is_header_row(grid: Grid, row: int) -> bool:
    """Whether a row at the top of a segment still belongs to its header."""
    cells = grid.cells(row)
    if has_ordinal(cells[0].text) and any(is_nothing(cell.text) for cell in cells):
        return False
    for cell in cells:
        text = cell.text
        if is_subject_code(text) or split_glued_code(text) is not None:
            return False
        if whole_number(text) is not None and not re.fullmatch(r"\s*(?:19|20)\d{2}\s*年?度?\s*", fold_width(text)):
            return False
    if _heads_numbers(grid, row):
        return True
    if is_header_like(grid, row):
        return len(cells) > 2 or not all(_TOTAL_LABEL.match(label_key(cell.text)) for cell in cells)
    if not (len(cells) == 1 and has_ordinal(cells[0].text)):
        following = _next_row(grid, row)
        if following is not None and len(grid.cells(following)) >= 2 and _heads_numbers(grid, following):
            return True
    if any(is_body_label(cell.text) for cell in cells):
        return False
    if any(header_terms_of(cell.text) for cell in cells):
        return True
    for following in range(row + 1, min(row + 5, len(grid))):
        if is_marker_row(grid, following) or is_header_like(grid, following):
            return True
    return len(cells) >= 3 and not any(has_ordinal(cell.text) for cell in cells)


def _is_under_header(grid: Grid, row: int, header: list[int]) -> bool:
    """Whether words of the header above reach down over most of a row: what stands beside them is header too.

    Where the names beside it are lost, a lone 小计 would pass for the label of a total.
    """
    if not header or not grid.has_spans or any(whole_number(cell.text) is not None for cell in grid.cells(row)):
        return False
    pairs = zip(grid.covered[header[-1]], grid.covered[row], strict=True)
    return sum(upper is not None and upper is lower for upper, lower in pairs) > grid.column_count / 2


def _heads_numbers(grid: Grid, row: int) -> bool:
    """Whether the words of a row stand over columns of numbers, as only header words do."""
    over = 0
    rows = grid.rows[row + 1 : row + 12]
    for cell in grid.cells(row):
        column = cell.column
        balance = sum([_speaks_for_amounts(below.text) for line in rows if (below := line[column]) is not None])
        over += balance > 0 and not has_ordinal(cell.text)
        if over >= 2:
            return True
    return False


@lru_cache(maxsize=65536)
def _speaks_for_amounts(text: str) -> int:
    """1 where a cell under a word says that it heads amounts, -1 where it speaks against, 0 where it says nothing."""
    if is_nothing(text):
        return 0
    if whole_number(text) is not None and not is_subject_code(text):
        return 1
    return 0 if header_terms_of(text) else -1


def sections_of(grid: Grid, segment: Segment) -> list[Section]:
    """Side-by-side sections of a segment, each with the role of its columns, decided by content before header."""
    roles = [_column_role(grid, segment, column) for column in range(grid.column_count)]
    _promote_codes(grid, segment, roles)
    _drop_gaps(grid, segment, roles)
    marked = _marked_columns(grid, segment)
    if marked:
        for column, role in enumerate(roles):
            if role in ("figure", "empty") and column not in marked:
                roles[column] = "code" if header_kind(grid, segment, column) == "code" else "label"
    sections: list[Section] = []
    current = Section(1)
    seen_figures = False
    for column, role in enumerate(roles):
        if role == "none":
            continue
        opens = role in ("code", "entity_code", "label") and seen_figures
        if opens and role == "label" and not _labels_lines(grid, segment, column):
            role, opens = "text", False
        if opens:
            sections.append(current)
            current = Section(len(sections) + 1)
            seen_figures = False
        {
            "code": current.codes,
            "entity_code": current.entity_codes,
            "label": current.labels,
            "row_number": current.row_numbers,
            "figure": current.figures,
            "empty": current.empties,
            "text": current.texts,
        }[role].append(column)
        seen_figures = seen_figures or role == "figure" or (role == "empty")
    sections.append(current)
    sections = [section for section in sections if section.figures or section.empties or section.labels]
    if len(sections) > 1 and not (sections[-1].figures or sections[-1].empties):
        extra = sections.pop()
        sections[-1].texts.extend(extra.labels)
    for ordinal, section in enumerate(sections, 1):
        section.ordinal = ordinal
    return sections


def _drop_gaps(grid: Grid, segment: Segment, roles: list[str]) -> None:
    """Blank columns between code and name are no amounts, even where a header that closed up has one above them."""
    if grid.has_spans or "code" not in roles:
        return
    code = roles.index("code")
    first = next((at for at, role in enumerate(roles) if at > code and role == "figure"), len(roles))
    name = next((at for at in range(first - 1, code, -1) if roles[at] == "label"), None)
    for column in range(code + 1, name or 0):
        if roles[column] == "empty" and not any(grid.text(row, column).strip() for row in segment.body):
            roles[column] = "none"


def _marked_columns(grid: Grid, segment: Segment) -> set[int]:
    """The columns that the row of column numbers counts (栏次 1 2 3 …), where all amounts can be brought under it.

    Only sources without spans need it: there a code printed in one cell instead of 类 款 项 draws its row to the left.
    """
    if grid.has_spans or len(segment.markers) != 1:
        return set()
    counted = [(cell.column, whole_number(cell.text)) for cell in grid.cells(segment.markers[0])]
    columns = [column for column, number in counted if number is not None]
    values = [number.value_text for _, number in counted if number is not None]
    if (
        len(columns) < 3
        or values != [str(value) for value in range(1, len(values) + 1)]
        or columns[-1] - columns[0] != len(columns) - 1
    ):
        return set()
    marked = set(columns)
    moved = False
    for row in segment.body:
        amounts = {
            cell.column
            for cell in grid.cells(row)
            if (number := whole_number(cell.text)) is not None
            and not (is_subject_code(cell.text) and not number.decimals)
        }
        shift = next((shift for shift in (0, 1, 2, 3, 4) if {column + shift for column in amounts} <= marked), None)
        if shift is None:
            return set()
        moved = moved or shift > 0
    return marked if moved else set()


def header_kind(grid: Grid, segment: Segment, column: int) -> str | None:
    """Kind of the lowest header word over a column, by position."""
    for row in reversed(segment.header):
        text = grid.owner_text(row, column)
        if text:
            found = header_terms_of(text)
            if found:
                return found[0].kind
    return None


_LABEL_RANK = {"project_name": 3, "subject_name": 2, "item_label": 2, "unit_name": 0}


def rank_labels(grid: Grid, segment: Segment, section: Section) -> None:
    """Order the label columns so that the one that names the row comes last: project, subject, body."""

    def rank(column: int) -> tuple[int, int]:
        for row in reversed(segment.header):
            for term in header_terms_of(grid.owner_text(row, column)) if grid.owner_text(row, column) else ():
                if term.code in _LABEL_RANK:
                    return _LABEL_RANK[term.code], column
        return 1, column

    if len(section.labels) > 1:
        section.labels.sort(key=rank)


def _column_role(grid: Grid, segment: Segment, column: int) -> str:
    lines = grid.rows
    texts = [cell.text for row in segment.body if (cell := lines[row][column]) is not None]
    filled = [text for text in texts if not is_nothing(text)]
    kind = header_kind(grid, segment, column)
    if not filled:
        if kind in ("amount", "rate", "score", "change"):
            return "empty"
        if kind == "group" and texts:
            return "empty"
        if kind == "code":
            return "code"
        if kind in ("label", "entity_code"):
            return "label"
        return "empty" if texts else "none"
    numbers = [
        text for text in filled
        if whole_number(text) is not None or is_subject_code(text) or is_spoiled_number(text)
    ]
    codes = [text for text in numbers if is_subject_code(text)]
    if kind == "text" and (grid.has_spans or all(re.fullmatch(r"\d{1,3}", code_text(text)) for text in numbers)):
        return "text"
    if not grid.has_spans and (role := _between_codes(grid, segment, column, filled)):
        return role
    if len(numbers) >= 0.5 * len(filled):
        if _counts_rows(numbers, kind):
            return "row_number"
        if kind == "entity_code" and all(re.fullmatch(r"\d{2,30}", code_text(text)) for text in numbers):
            return "entity_code"
        if all(_LONG_CODE.fullmatch(code_text(text)) for text in numbers):
            return "entity_code"
        slips = [text for text in numbers if not is_subject_code(text) and not _SHORT_CODE.match(code_text(text))]
        if kind == "code" and (not slips or (len(slips) <= _MISREAD * len(numbers) and _is_recognised(grid, segment))):
            return "code"
        if len(slips) < 0.5 * len(numbers) and _is_code_part(grid, segment, column):
            return "code"  # a few rows slipped to the left put other numbers here
        if (
            len(codes) >= 0.8 * len(numbers)
            and kind not in ("amount", "rate", "score")
            and _label_follows(grid, segment, column)
        ):
            return "code"
        if (
            len(codes) >= 0.8 * len(numbers)
            and len(codes) >= 2
            and _label_follows(grid, segment, column)
            and _ascending(codes)
            and (kind not in ("amount", "rate", "score") or _is_named_as_coded(grid, segment, column))
        ):
            return "code"
        return "figure"
    if codes and len(codes) + sum(bool(_TOTAL_LABEL.match(label_key(text))) for text in filled) >= len(filled):
        return "code"
    if numbers and kind in ("amount", "rate") and len(numbers) >= 2 and not any(is_body_label(text) for text in filled):
        return "figure"
    if kind == "amount" and len(numbers) >= 3 and _holds_slipped_names(grid, segment, column):
        return "figure"
    return "text" if kind in ("text", "group") and _is_named(grid, segment, column) else "label"


def _between_codes(grid: Grid, segment: Segment, column: int, texts: list[str]) -> str | None:
    """code for 款 or 项 right of a class, entity_code for a body's number between them and the names; else None.

    Only the contents tell where a header closed up and other words stand over these columns; of the rows a few may have
    slipped aside.
    """
    if column == 0 or not _mostly(code_text(text).isdigit() for text in texts):
        return None
    if not _mostly(_has_name_right(grid, row, column) for row in segment.body if grid.text(row, column).strip()):
        return None  # amounts of three digits and of two stand side by side as well
    before = [text for row in segment.body if (text := code_text(grid.text(row, column - 1)))]
    if not before:
        return None
    numbers = [code_text(text) for text in texts if code_text(text).isdigit()]
    if _mostly(map(_SHORT_CODE.match, numbers)):
        is_class = all(re.fullmatch(r"[235]\d\d", text) for text in before)
        further = (
            column > 1
            and all(map(_SHORT_CODE.match, before))
            and any(re.fullmatch(r"[235]\d\d", code_text(grid.text(row, column - 2))) for row in segment.body)
        )
        return "code" if is_class or further else None
    if column + 1 < grid.column_count and _mostly(map(_SHORT_CODE.match, before)):
        names = [text for row in segment.body if (text := grid.text(row, column + 1)).strip()]
        is_named = _mostly(whole_number(text) is None for text in names)
        return "entity_code" if is_named and all(re.fullmatch(r"\d{3,12}", text) for text in numbers) else None
    return None


def _has_name_right(grid: Grid, row: int, column: int) -> bool:
    return any(
        cell.column > column and whole_number(cell.text) is None and not is_nothing(cell.text)
        for cell in grid.cells(row)
    )


def _mostly(said: Iterable[object]) -> bool:
    """Whether four of five hold, of at least one."""
    found = [bool(one) for one in said]
    return bool(found) and sum(found) >= 0.8 * len(found)


def _holds_slipped_names(grid: Grid, segment: Segment, column: int) -> bool:
    """Whether the names under an amount's head are those of a right side that slipped into blank left ones.

    Every number then has a name to its left, and every name nothing.
    """
    if grid.has_spans or column == 0:
        return False
    counted = [place for place in range(column) if header_kind(grid, segment, place) == "row_number"]
    for row in segment.body:
        text = grid.text(row, column)
        if text.strip() and not is_nothing(text):
            named = any(grid.text(row, left).strip() for left in range(column) if left not in counted)
            if named != (whole_number(text) is not None):
                return False
    return True


def _is_code_part(grid: Grid, segment: Segment, column: int) -> bool:
    """Whether 类, 款 or 项 stands over a column, beside the numbers of the columns."""
    return any(squeeze(grid.text(row, column)) in ("类", "款", "项") for row in segment.markers)


def _is_recognised(grid: Grid, segment: Segment) -> bool:
    """Whether the body was read from a picture, where a code may have lost a digit."""
    return any(cell.is_ocr for row in segment.body for cell in grid.cells(row))


def _is_named(grid: Grid, segment: Segment, column: int) -> bool:
    """Whether a column left of this one names the rows, so that 备注 or 资金来源 here is a remark on them."""
    return header_kind(grid, segment, column) == "text" or any(
        header_kind(grid, segment, left) in ("label", "code") for left in range(column)
    )


def _ascending(codes: list[str]) -> bool:
    values = [code_text(code).ljust(9, "0") for code in codes]
    rising = sum(before <= after for before, after in itertools.pairwise(values))
    return rising >= 0.8 * max(len(values) - 1, 1)


def _counts_rows(numbers: list[str], kind: str | None) -> bool:
    """Whether numbers count the rows (行次): whole, one more from row to row."""
    if kind == "row_number":
        whole = [text for text in numbers if "." not in text]
        if 0.6 * len(numbers) <= len(whole) < len(numbers):
            numbers = whole  # amounts of a few rows slipped under 行次
    values = []
    for text in numbers:
        count = _count(text)
        if count is None:
            return False
        values.append(count)
    steps = sum(after - before in (1, 2) for before, after in itertools.pairwise(values))
    if kind == "row_number":
        rising = all(after > before for before, after in itertools.pairwise(values))  # rows of zeros may be left out
        return steps >= 0.5 * (len(values) - 1) or (rising and max(values) <= 200)
    return len(values) >= 4 and steps >= 0.9 * (len(values) - 1) and max(values) <= 200


@lru_cache(maxsize=65536)
def _count(text: str) -> int | None:
    """The whole number from 0 a cell holds (also as 3.00), without a unit."""
    number = whole_number(text)
    if number is None or number.unit or number.value_text.startswith("-"):
        return None
    whole, _, decimals = number.value_text.partition(".")
    return None if decimals.strip("0") else int(whole)


def _label_follows(grid: Grid, segment: Segment, column: int) -> bool:
    """Whether the next filled cell to the right is a name in most rows: then a number here is a code."""
    follows = rows = 0
    for row in segment.body:
        if not is_subject_code(grid.text(row, column)):
            continue
        rows += 1
        for right in range(column + 1, grid.column_count):
            text = grid.text(row, right)
            if text.strip():
                follows += whole_number(text) is None and not is_nothing(text)
                break
    return rows > 0 and follows >= 0.7 * rows


def _is_named_as_coded(grid: Grid, segment: Segment, column: int) -> bool:
    """Whether half of the codes of a column stand before the names they have: amounts of three digits never do."""
    named = coded = 0
    for row in segment.body:
        code = code_text(grid.text(row, column))
        if not is_subject_code(code):
            continue
        coded += 1
        text = next((cell.text for cell in grid.cells(row) if cell.column > column), "")
        named += any(code in names.get(label_key(text), ()) for names in (functional_names(), economic_names()))
    return named >= 0.5 * coded


def _promote_codes(grid: Grid, segment: Segment, roles: list[str]) -> None:
    """Columns of two-digit 款 and 项 between a class column and the name are codes too."""
    for column, role in enumerate(roles):
        if role not in ("figure", "row_number", "none", "empty"):
            continue
        left = next((other for other in range(column - 1, -1, -1) if roles[other] != "none"), None)
        if left is None or roles[left] != "code":
            continue
        texts = [code_text(grid.text(row, column)) for row in segment.body if grid.text(row, column).strip()]
        if texts and all(_SHORT_CODE.match(text) or is_subject_code(text) for text in texts):
            if any(other == "label" for other in roles[column + 1 :]) and header_kind(grid, segment, column) not in (
                "amount",
                "rate",
            ):
                roles[column] = "code"
        elif not texts and header_kind(grid, segment, column) in ("code", None) and role != "empty":
            roles[column] = "code" if header_kind(grid, segment, column) == "code" else roles[column]


def _labels_lines(grid: Grid, segment: Segment, column: int) -> bool:
    """Whether a text column right of figures labels lines of its own (second side) rather than commenting."""
    if header_kind(grid, segment, column) == "text":
        return False
    texts = [grid.text(row, column) for row in segment.body if grid.text(row, column).strip()]
    known = sum(
        is_body_label(text) or is_line_label(text) or bool(_TOTAL_LABEL.match(label_key(text))) for text in texts
    )
    to_right = any(
        whole_number(grid.text(row, right)) is not None
        for row in segment.body
        for right in range(column + 1, grid.column_count)
    )
    header_says = header_kind(grid, segment, column) in ("label", "code", "group")
    return to_right and (known >= 0.4 * len(texts) or header_says)
