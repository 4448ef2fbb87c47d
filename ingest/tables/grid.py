"""A table as a matrix, and the joining of tables that a page break cut in two."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, field
from functools import lru_cache

from ingest.dictionaries import economic_names, find_terms, functional_names
from ingest.document import Cell, Table
from ingest.text import fold_width, is_nothing, label_key, plain_key, squeeze, whole_number

_MARKER_CELL = re.compile(
    r"^(?:\d{1,2}(?:\.0+)?(?:=[\d+\-.()（）]+)?|[甲乙丙丁A-Za-z]|[一二三四五六七八九十]{1,3}|栏次)$"
)
MAX_MARKER = 30
"""Longest cell of a row of column numbers (1=2+3+…)."""
_SUBJECT_CODE = re.compile(r"^[1-9]\d{2}(?:\d{2}){0,3}$")
# 300万元 and 120人 are no codes; 2081002老年福利 and 20504成人教育 are.
_GLUED_CODE = re.compile(
    # a narrow column may wrap behind the first character of the name
    r"^\s*([1-9]\d{2}(?:\d{2}){0,2})\s*[-—–_ 　\n]*([^\d\s.,%年月日元件人\-—–_]\n?[^\d\s.,%月日元件].*)$", re.DOTALL
)
_COUNTED = re.compile(r"^\s*([1-9]\d{2}(?:\d{2}){0,2})\s*[-—–_ 　]*([年月日元件人].+)$", re.DOTALL)
_TORN_CODE = re.compile(r"^\s*([1-9]\d{0,5})\n(\d{1,6})\s*[-—–_ 　\n]*([^\d\s\-—–_].*)$", re.DOTALL)
"""A code over two lines of a narrow column, with its name."""
_CONTEXT_NOTE = re.compile(r"^(?:注|备注|说明|附注|注释)\s*[:：\d]|^[*＊]?注[:：]|此表为空表|本表无数据|本表为空")


CAPTION_ROW = "表头信息"
REPEATED_ROW = "续表重复的表头"


@dataclass(slots=True)
class Grid:
    """Cells of one table by row and column; ``owner`` also answers for places that a merged cell covers."""

    rows: list[list[Cell | None]]
    covered: list[list[Cell | None]]
    column_count: int
    has_spans: bool
    page: int | None
    line: int | None
    sheet: str | None
    lead: list[tuple[list[Cell | None], list[Cell | None]]] = field(default_factory=list)
    """Rows taken from the top, with their covered places: title and unit lines the source has as rows."""
    skipped: dict[int, str] = field(default_factory=dict)
    """Rows that are kept but not read as part of the table, with the reason: captions, repeated headers."""
    _begun: list[list[Cell]] | None = field(default=None, init=False, repr=False, compare=False)
    """The cells of each row, which is walked some twenty times; None until asked for and when rows have moved."""

    @classmethod
    def of(cls, table: Table) -> Grid:
        """The matrix of a document-model table."""
        rows: list[list[Cell | None]] = [[None] * table.column_count for _ in range(table.row_count)]
        covered: list[list[Cell | None]] = [[None] * table.column_count for _ in range(table.row_count)]
        for cell in table.cells:
            text, row, column, row_span, column_span, *_ = cell
            if not text or text.isspace():
                continue
            rows[row][column] = cell
            if row_span == column_span == 1:
                covered[row][column] = cell
                continue
            for row in range(cell.row, min(cell.row + cell.row_span, table.row_count)):
                for column in range(cell.column, min(cell.column + cell.column_span, table.column_count)):
                    covered[row][column] = cell
        return cls(rows, covered, table.column_count, table.has_spans, table.page, table.line, table.sheet)

    def __len__(self) -> int:
        return len(self.rows)

    def text(self, row: int, column: int) -> str:
        """Text printed at a place, "" where no cell begins."""
        cell = self.rows[row][column]
        return cell.text if cell is not None else ""

    def owner_text(self, row: int, column: int) -> str:
        """Text of the cell that covers a place."""
        cell = self.covered[row][column]
        return cell.text if cell is not None else ""

    def cells(self, row: int) -> list[Cell]:
        """Non-empty cells that begin in a row, left to right; not to be changed."""
        begun = self._begun
        if begun is None:
            begun = self._begun = [[cell for cell in line if cell is not None] for line in self.rows]
        return begun[row]

    def take_first_row(self) -> None:
        """Set the first row aside: a title or unit line that the source has as a row of the table."""
        self._begun = None
        self.lead.append((self.rows.pop(0), self.covered.pop(0)))

    def restore_lead(self) -> None:
        """Put the rows set aside back on top, so that rows count as in the source and no number in them is lost."""
        count = len(self.lead)
        if not count:
            return
        self._begun = None
        self._widen(max(len(row) for row, _ in self.lead))
        self.rows[:0] = [row + [None] * (self.column_count - len(row)) for row, _ in self.lead]
        self.covered[:0] = [row + [None] * (self.column_count - len(row)) for _, row in self.lead]
        self.skipped = {row + count: reason for row, reason in self.skipped.items()}
        self.skipped.update(dict.fromkeys(range(count), CAPTION_ROW))
        self.lead = []

    def _widen(self, width: int) -> None:
        missing = width - self.column_count
        if missing <= 0:
            return
        for rows in (self.rows, self.covered):
            for row in rows:
                row.extend([None] * missing)
        self.column_count = width

    def split(self, row: int, upper: set[int]) -> None:
        """Make two rows of one: the cells beginning in the ``upper`` columns above, the others below."""
        self._begun = None
        cells, covered = self.rows[row], self.covered[row]
        self.rows[row : row + 1] = [
            [cell if column in upper else None for column, cell in enumerate(cells)],
            [None if column in upper else cell for column, cell in enumerate(cells)],
        ]
        above = {id(cells[column]) for column in upper}
        below = {id(cell) for cell in cells if cell is not None} - above
        self.covered[row : row + 1] = [
            [None if id(cell) in below else cell for cell in covered],
            [None if id(cell) in above else cell for cell in covered],
        ]

    def append(self, other: Grid, first_row: int) -> None:
        """Add the rows of a continuation; what it repeats before ``first_row`` is kept and skipped.

        ``Cell.row`` stays the row in its own part.
        """
        self._begun = None
        self._widen(max(other.column_count, *(len(row) for row, _ in other.lead), 0))
        repeated = [*other.lead, *zip(other.rows[:first_row], other.covered[:first_row], strict=True)]
        for row, covered in [*repeated, *zip(other.rows[first_row:], other.covered[first_row:], strict=True)]:
            self.rows.append(row + [None] * (self.column_count - len(row)))
            self.covered.append(covered + [None] * (self.column_count - len(covered)))
        start = len(self.rows) - len(other.rows) - len(other.lead)
        self.skipped.update(dict.fromkeys(range(start, start + len(repeated)), REPEATED_ROW))


_MARKER_WORDS = ("栏次", "栏目", "行次栏次", "列次")


_SAYS_MARKER = "栏次"


@lru_cache(maxsize=65536)
def _marker(text: str) -> str | None:
    """What a cell is in a row of column numbers: the word for them, the folded number (1, 2=3+4, 甲), "" for a header
    word; None where no such row can hold it."""
    if plain_key(text) in _MARKER_WORDS:
        return _SAYS_MARKER
    folded = squeeze(fold_width(text)) if len(text) <= MAX_MARKER else ""
    if _MARKER_CELL.match(folded):
        return folded
    return "" if header_terms_of(text) else None


@lru_cache(maxsize=65536)
def is_subject_code(text: str) -> bool:
    """Whether a cell holds a subject code of three, five or seven digits (also nine, for 目 of some tables)."""
    return bool(_SUBJECT_CODE.match(code_text(text)))


@lru_cache(maxsize=65536)
def code_text(text: str) -> str:
    """A code as digits: blanks and the ``.0`` of spreadsheets removed."""
    folded = squeeze(fold_width(text))
    return folded[:-2] if folded.endswith(".0") else folded


@lru_cache(maxsize=65536)
def split_glued_code(text: str) -> tuple[str, str] | None:
    """``201一般公共服务支出`` → (``201``, ``一般公共服务支出``); None where no code is glued to a name."""
    folded = fold_width(text) if len(fold_width(text)) == len(text) else text
    match = _GLUED_CODE.match(folded)
    # 20801人力资源和社会保障管理事务 begins like 120人, 2050 over 302-中等职业教育 like two numbers: only a known name
    # tells them apart.
    if match is None and (counted := _COUNTED.match(folded)) is not None and _is_named(*counted.groups()):
        match = counted
    if match is None and (torn := _TORN_CODE.match(folded)) is not None:
        code = torn.group(1) + torn.group(2)
        return (code, text[torn.start(3) :].strip()) if _is_named(code, torn.group(3)) else None
    if match is None or find_terms(text):
        return None
    return match.group(1), text[match.start(2) :].strip()


def _is_named(code: str, name: str) -> bool:
    key = label_key(name)
    return code in functional_names().get(key, ()) or code in economic_names().get(key, ())


@lru_cache(maxsize=65536)
def is_note(text: str) -> bool:
    """Whether a row's first cell begins a note below the table."""
    return bool(_CONTEXT_NOTE.search(fold_width(text).strip()))


def is_marker_row(grid: Grid, row: int) -> bool:
    """Whether a row only numbers the columns (栏次 1 2 3, 1=2+3, 甲 乙)."""
    cells = grid.cells(row)
    if not cells:
        return False
    said = [_marker(cell.text) for cell in cells]
    if _SAYS_MARKER in said:
        numbers = [whole_number(squeeze(cell.text)) for cell in cells]
        return all(number is None or not set(number.value_text.partition(".")[2]) - {"0"} for number in numbers)
    if None in said:
        return False
    plain = [text for text in said if text]
    if len(plain) < 2:
        return False
    counted = [int(float(re.match(r"\d+", text).group())) for text in plain if text[0].isdigit()]
    if not counted:
        return len(plain) >= 2 and all(not text[0].isdigit() for text in plain) and "甲" in plain
    steps = [after - before for before, after in itertools.pairwise(counted)]
    restarts = sum(step <= 0 for step in steps)
    return (
        len(counted) >= 2
        and counted[0] <= 2
        and max(counted) <= 60
        and restarts <= 1
        and sum(step == 1 for step in steps) >= 0.7 * len(steps)
    )


@lru_cache(maxsize=65536)
def header_terms_of(text: str) -> tuple:
    """Header terms a cell may mean; two wrapped words (项目 科目名称) are tried as a whole and by their parts."""
    found = find_terms(text)
    if found:
        return found
    parts = [part for part in re.split(r"\s+", fold_width(text).strip()) if part]
    if 1 < len(parts) <= 4 and all(find_terms(part) for part in parts):
        return find_terms(parts[-1])
    return ()


def is_header_like(grid: Grid, row: int) -> bool:
    """Whether every cell of a row is a header word, and none holds an amount."""
    cells = grid.cells(row)
    if not cells:
        return False
    known = 0
    for cell in cells:
        if is_nothing(cell.text):
            continue
        if header_terms_of(cell.text):
            known += 1
        elif whole_number(cell.text) is not None:
            return False
    return known >= max(1, 0.6 * len(cells))


def header_signature(grid: Grid, rows: range) -> tuple[str, ...]:
    """The words of some rows, for telling a repeated header."""
    return tuple(plain_key(cell.text) for row in rows for cell in grid.cells(row))
