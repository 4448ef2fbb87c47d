"""What reading one table yields, and how every number of it is accounted for (读表结果与数字台账)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from ingest.document import Cell
from ingest.tables.assemble import WholeTable
from ingest.tables.classify import Recognition
from ingest.text import (
    PrintedNumber,
    find_numbers,
    fold_width,
    has_ordinal,
    is_spoiled_number,
    label_key,
    squeeze,
    whole_number,
)

_YEAR = re.compile(r"^(?:19|20)\d{2}$")
_BRACKET_UNIT = re.compile(
    r"[(（](?:金额)?(?:单位[:：])?(亿元|万元|千元|元|%|％|辆|台[、，,]?[（(]?套[)）]?|台|套|人次|人|个|批次|批|次|平方米|㎡|分|件|家|户|项)[)）]"
)
_TAIL_UNIT = re.compile(r"[—\-_:：](亿元|万元|千元|元|辆|人|平方米|台)$")


@dataclass(slots=True)
class TableReading:
    """One table as landed: its row of ``tables`` and the rows hanging on it, without ``document_id``."""

    table: dict[str, Any]
    columns: list[dict[str, Any]] = field(default_factory=list)
    cells: list[dict[str, Any]] = field(default_factory=list)
    numbers: list[dict[str, Any]] = field(default_factory=list)
    indicators: list[dict[str, Any]] = field(default_factory=list)
    prose_cells: list[tuple[int, int, str, Cell]] = field(default_factory=list)
    """Cells whose text is a sentence that may state numbers: (row, column, text, cell), row and column from 1."""


class Ledger:
    """Collects cells and numbers of one table; every numeric token is written exactly once."""

    def __init__(self, whole: WholeTable, recognition: Recognition) -> None:
        self.whole = whole
        self.grid = whole.grid
        caption = whole.caption
        self.reading = TableReading(
            {
                "table_ordinal": whole.ordinal,
                "page": self._page(),
                "source_line": self.grid.line,
                "sheet": self.grid.sheet,
                "title_printed": caption.title,
                "code_printed": caption.code,
                "statement_code": recognition.statement_code,
                "recognition_confidence": recognition.confidence,
                "recognition_reason": recognition.reason,
                "unit_printed": caption.unit,
                "year_printed": caption.year,
                "unit_name_printed": caption.organisation,
                "scope_code": caption.scope,
                "row_count": len(self.grid),
                "column_count": self.grid.column_count,
            }
        )
        self._ordinal = whole.ordinal
        self._sheet = self.grid.sheet
        self._grid_page = self.grid.page
        self._done: set[tuple[int, int]] = set()
        self._numbered: set[tuple[int, int]] = set()
        self._entries: dict[tuple[int, int, int], dict[str, Any]] = {}
        """what was written of each number: row, column, ordinal → its row of cell_numbers"""

    def _page(self) -> int | None:
        for row in self.grid.rows:
            for cell in row:
                if cell is not None:
                    return cell.page or self.grid.page
        return self.grid.page

    def cell(self, row: int, column: int, role: str) -> None:
        """Write the cell at a grid place (from 0) with its role, once."""
        cell = self.grid.rows[row][column]
        if cell is not None and (row, column) not in self._done:
            self._write(row, column, role, cell)

    def _write(self, row: int, column: int, role: str, cell: Cell) -> None:
        self._done.add((row, column))
        text, _, _, row_span, column_span, line, page, box, address, is_ocr, _ = cell
        entry = {
            "table_ordinal": self._ordinal,
            "row_ordinal": row + 1,
            "column_ordinal": column + 1,
            "row_span": row_span,
            "column_span": column_span,
            "text_printed": text,
            "cell_role": role,
            "source_line": line,
            "sheet": self._sheet,
            "is_ocr": is_ocr,
        }
        if not (page is box is address is self._grid_page is None):
            entry.update(self._place(cell))
        self.reading.cells.append(entry)

    def _place(self, cell: Cell) -> dict[str, Any]:
        """Where a cell stands on its page or sheet, beside its line; a text source has no more than that."""
        box = cell.box
        return {
            "page": cell.page or self._grid_page,
            "address": cell.address,
            "box_x0": box.x0 if box else None,
            "box_top": box.top if box else None,
            "box_x1": box.x1 if box else None,
            "box_bottom": box.bottom if box else None,
            "confidence": cell.confidence,
        }

    def number(self, row: int, column: int, ordinal: int, number: PrintedNumber, role: str, **more: Any) -> None:
        """Write one number of the cell at a grid place."""
        self.entry(row, column, ordinal, number, role, more)

    def entry(
        self, row: int, column: int, ordinal: int, number: PrintedNumber, role: str, more: dict[str, Any]
    ) -> None:
        """Write one number of the cell at a grid place; ``more`` are its other columns.

        A number has one entry: in a spoiled table a row may claim a cell that was taken for a label. The later claim
        stands, but nothing takes a figure back.
        """
        cell = self.grid.rows[row][column]
        assert cell is not None
        known = self._entries.get((row, column, ordinal))
        if known is not None:
            if known["role"] == "figure" and role != "figure":
                return
            self.reading.numbers[:] = [entry for entry in self.reading.numbers if entry is not known]
        entry = {
            "table_ordinal": self._ordinal,
            "row_ordinal": row + 1,
            "column_ordinal": column + 1,
            "number_ordinal": ordinal,
            "char_start": number.start,
            "char_end": number.end,
            "value_printed": number.printed,
            "value_text": number.value_text,
            "decimals": number.decimals,
            "role": role,
            "source_line": cell.line,
            "sheet": self._sheet,
            "is_ocr": cell.is_ocr,
            **more,
        }
        if not (cell.page is cell.box is cell.address is self._grid_page is None):
            entry.update(self._place(cell))
        self._entries[row, column, ordinal] = entry
        self._numbered.add((row, column))
        self.reading.numbers.append(entry)

    def other_numbers(self, row: int, column: int, role: str, reason: str) -> None:
        """Write the cell and all its numbers under one role; ordinals and years are told apart from it."""
        cell = self.grid.rows[row][column]
        if cell is None or (row, column) in self._done:
            return
        is_spoiled = False
        if role in ("label", "header") and "." in cell.text and _SEVERAL_NUMBERS.fullmatch(fold_width(cell.text)):
            role, reason = "unmapped", "一格中有几个数字，分不出各属哪一栏"
        elif role in ("label", "header", "code") and is_spoiled_number(cell.text):
            is_spoiled = True
            role, reason = "unmapped", "像一个数而读不成数（转换、识别时混入别的字符或丢了小数点）"
        self._write(row, column, _CELL_ROLE.get(role, "text"), cell)
        for ordinal, number in enumerate(find_numbers(cell.text), 1):
            own, why = ("label" if role == "header" else role), reason
            if role in ("label", "prose", "indicator", "unmapped", "header") and not is_spoiled:
                if (
                    number.start <= 2
                    and ordinal == 1
                    and has_ordinal(cell.text)
                    and number.decimals == 0
                    and len(number.printed) <= 2
                ):
                    own, why = "ordinal", "行首序号"
                elif _YEAR.match(number.printed) and squeeze(
                    fold_width(cell.text[number.end : number.end + 3])
                ).startswith("年"):
                    own, why = "year", "年度"
                elif role == "header" and _AMOUNT.fullmatch(number.printed):
                    own, why = "unmapped", "栏目名中的数字像是金额"
            self.number(row, column, ordinal, number, own, reason=why)
        if role == "prose":
            self.reading.prose_cells.append((row + 1, column + 1, cell.text, cell))

    def rest(self) -> None:
        """Account for every cell nobody claimed: its whole numbers are unmapped, numbers inside text are label text."""
        for row in range(len(self.grid)):
            skipped = self.grid.skipped.get(row)
            for cell in self.grid.cells(row):
                place = row, cell.column
                if place in self._done:
                    if place not in self._numbered:
                        self._account(row, cell)
                    continue
                if skipped is not None:
                    self.other_numbers(row, cell.column, "header", skipped)
                    continue
                if whole_number(cell.text) is not None:
                    self.other_numbers(row, cell.column, "unmapped", "数字不在任何已知的金额列或行")
                elif is_sentence(cell.text):
                    self.other_numbers(row, cell.column, "prose", "单元格内的文字叙述")
                else:
                    self.other_numbers(row, cell.column, "label", "文字中的数字")

    def _account(self, row: int, cell: Cell) -> None:
        """List the numbers of a cell that was placed but whose numbers nobody took."""
        for ordinal, number in enumerate(find_numbers(cell.text), 1):
            self.number(row, cell.column, ordinal, number, "unmapped", reason="单元格已读，其中的数字没有对应的栏目")


_AMOUNT = re.compile(r"-?\d{1,3}(?:,\d{3})+(?:\.\d+)?|-?\d{3,}\.\d+")
"""What no head holds: a row of figures that passed for a head must not go unnoticed."""
_SEVERAL_NUMBERS = re.compile(r"\s*-?[\d,]*\d(?:\.\d+)?(?:\s+-?[\d,]*\d(?:\.\d+)?)+\s*")
"""Nothing but two or more amounts: neighbours that a reader glued, or a row whose blank cells left no trace."""

_CELL_ROLE = {
    "code": "code",
    "row_number": "row_number",
    "column_number": "column_number",
    "label": "label",
    "prose": "text",
    "indicator": "text",
    "year": "header",
    "unmapped": "text",
    "header": "header",
}


@lru_cache(maxsize=65536)
def is_sentence(text: str) -> bool:
    """Whether a cell's text is prose rather than a label."""
    folded = squeeze(fold_width(text))
    return len(folded) > 30 or (len(folded) > 15 and bool(re.search(r"[。；;，,]", folded)))


@lru_cache(maxsize=65536)
def unit_in(text: str) -> str | None:
    """A unit printed in brackets or at the end of a label: （万元）, (辆)."""
    match = _BRACKET_UNIT.search(text) or _TAIL_UNIT.search(squeeze(text))
    return normal_unit(match.group(1)) if match else None


def normal_unit(unit: str) -> str:
    """One spelling a unit: ％ → %, ㎡ → 平方米, 台套 → 台（套）."""
    folded = fold_width(unit)
    if re.sub(r"[()（）、,，]", "", folded) == "台套":
        return "台（套）"
    return {"㎡": "平方米", "m2": "平方米"}.get(folded, folded)


def is_total_label(text: str) -> bool:
    """Whether a row label names a total."""
    return label_key(text) in (
        "合计",
        "总计",
        "小计",
        "收入总计",
        "支出总计",
        "本年收入合计",
        "本年支出合计",
        "总分",
        "基本支出合计",
        "收入合计",
        "支出合计",
    )
