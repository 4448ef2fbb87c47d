"""Spreadsheets (.xlsx, .xlsm, .xls, .xlsb, .ods): every sheet's cells with address, span and shown text.

``.xlsx`` is read from its XML and ``.xls`` from its records: only there are the number formats within reach, and a
figure must read as printed (45.80, not 45.8); and a dense grid of an almost empty sheet would take all memory. The
rare ``.xlsb`` and ``.ods`` go through calamine, which gives numbers without formats: they read at their shortest.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache
from hashlib import sha256

from ingest.document import Cell, Document, Paragraph, Problem, Table
from ingest.errors import LimitExceeded, UnreadableFile
from ingest.readers.detect import detect
from ingest.readers.grid import table_blocks
from ingest.readers.limits import DEFAULT, ReaderLimits

READER = "spreadsheet"
READER_VERSION = "1"


@dataclass(slots=True)
class Sheet:
    """One sheet as a parser hands it over. Rows and columns count from 0."""

    name: str
    is_hidden: bool = False
    cells: dict[tuple[int, int], str] = field(default_factory=dict)
    """Shown text by (row, column), blanks left out, in row order."""
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    """(first row, first column, last row, last column), all inclusive."""
    texts: list[str] = field(default_factory=list)
    """Text boxes drawn on the sheet."""
    pictures: list[Paragraph | Table] = field(default_factory=list)
    """What recognition read in pictures on the sheet."""
    problems: list[Problem] = field(default_factory=list)


def read(data: bytes, *, limits: ReaderLimits = DEFAULT) -> Document:
    """Bytes of a workbook as a document.

    Raises ``UnreadableFile`` (``encrypted_file``, ``damaged_file``, ``no_content``) and ``LimitExceeded``.
    """
    if len(data) > limits.max_bytes:
        raise LimitExceeded(f"表格文件有{len(data)}字节，超过上限{limits.max_bytes}字节。")
    kind = detect(data)
    if kind == "encrypted_office":
        raise UnreadableFile("表格文件已加密，没有密码无法读取。请取消密码后再导入。", code="encrypted_file")
    if kind == "xlsx":
        from ingest.readers.xlsx import sheets

        found: Iterable[Sheet] = sheets(data, limits)
    elif kind in ("xlsb", "ods"):
        found = _calamine_sheets(data, limits)
    else:
        from ingest.readers.xls import sheets as xls_sheets

        found = xls_sheets(data, limits)
    blocks: list[Paragraph | Table] = []
    problems: list[Problem] = []
    cell_count = 0
    for sheet in found:
        cell_count += len(sheet.cells)
        if cell_count > limits.max_cells:
            raise LimitExceeded(f"工作簿的非空单元格超过上限{limits.max_cells}个。请拆分后再试。", place=sheet.name)
        blocks += _blocks(sheet, limits)
        problems += sheet.problems
    if not blocks and not problems:
        raise UnreadableFile("工作簿里没有任何内容。", code="no_content")
    return Document(
        document_id=sha256(data).hexdigest(),
        file_format=kind if kind in ("xlsx", "xlsb", "ods") else "xls",
        reader=READER,
        reader_version=READER_VERSION,
        blocks=tuple(blocks),
        byte_count=len(data),
        problems=tuple(problems),
    )


def address_of(row: int, column: int) -> str:
    """``C12`` for row 11, column 2 (both from 0)."""
    return f"{_letters(column)}{row + 1}"


@lru_cache(maxsize=20_000)
def _letters(column: int) -> str:
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _blocks(sheet: Sheet, limits: ReaderLimits) -> list[Paragraph | Table]:
    blocks: list[Paragraph | Table] = []
    cells = _cells(sheet, limits)
    if cells:
        rows = max(cell.row for cell in cells) + 1
        columns = max(cell.column for cell in cells) + 1
        blocks += table_blocks(
            cells, rows, columns, sheet=sheet.name, is_hidden=sheet.is_hidden, split_at_blank_rows=True
        )
    blocks += [Paragraph(text, sheet=sheet.name) for text in sheet.texts]
    blocks += [replace(block, sheet=sheet.name) for block in sheet.pictures]
    return blocks


def _cells(sheet: Sheet, limits: ReaderLimits) -> list[Cell]:
    """Cells with spans; what lies under a merged cell is not shown and left out. Spans end at the used range."""
    if not sheet.cells:
        return []
    places = sorted(sheet.cells)
    last_row = places[-1][0]
    last_column = max(column for _, column in places)
    spans: dict[tuple[int, int], tuple[int, int]] = {}
    waiting = sorted(sheet.merged, reverse=True)
    active: list[tuple[int, int, int, int]] = []
    cells: list[Cell] = []
    for top, left, bottom, right in sheet.merged:
        if (top, left) in sheet.cells:
            spans[top, left] = (min(bottom, last_row) - top + 1, min(right, last_column) - left + 1)
    row_before = -1
    for row, column in places:
        if row != row_before:
            row_before = row
            while waiting and waiting[-1][0] <= row:
                active.append(waiting.pop())
            active = [area for area in active if area[2] >= row]
            if len(active) > limits.max_columns:
                raise LimitExceeded(f"工作表“{sheet.name}”第{row + 1}行的合并单元格超过上限{limits.max_columns}个。")
        if active and any(a[1] <= column <= a[3] and (row, column) != (a[0], a[1]) for a in active):
            continue
        down, across = spans.get((row, column), (1, 1)) if spans else (1, 1)
        text = sheet.cells[row, column]
        address = f"{_letters(column)}{row + 1}"
        cells.append(Cell(text, row, column, max(down, 1), max(across, 1), None, None, None, address))
    return cells


def _calamine_sheets(data: bytes, limits: ReaderLimits) -> Iterator[Sheet]:
    from ingest.readers.calamine_process import raw_sheets

    for name, is_hidden, cells, merged in raw_sheets(data, limits):
        yield Sheet(name, is_hidden, {(row, column): clean(text) for row, column, text in cells}, merged)


def clean(text: str) -> str:
    """Text of a cell with line feeds only and no blanks around its lines."""
    if "\n" not in text and "\r" not in text and "_x" not in text:
        return text.strip()
    text = text.replace("_x000D_", "").replace("\r\n", "\n").replace("\r", "\n")
    return "\n".join(part for line in text.split("\n") if (part := line.strip()))
