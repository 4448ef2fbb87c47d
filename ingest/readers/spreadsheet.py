"""Spreadsheets (.xlsx, .xlsm, .xls, .xlsb, .ods): every sheet's cells with address, span and shown text.

``.xlsx`` is read from its XML, because only there the number formats are within reach: a figure must read as
printed (45.80, not 45.8), and because a dense grid of an almost empty sheet would take all memory. ``.xls``,
``.xlsb`` and ``.ods`` go through calamine, which gives numbers without their formats: they read at their shortest.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from hashlib import sha256

from ingest.document import Cell, Document, Paragraph, Problem, Table
from ingest.errors import IngestError, LimitExceeded, UnreadableFile
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
    else:
        found = _calamine_sheets(data, limits)
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
        file_format="xlsx" if kind == "xlsx" else "xls" if kind == "xls" else kind,
        reader=READER,
        reader_version=READER_VERSION,
        blocks=tuple(blocks),
        byte_count=len(data),
        problems=tuple(problems),
    )


def address_of(row: int, column: int) -> str:
    """``C12`` for row 11, column 2 (both from 0)."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row + 1}"


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
        if any(a[1] <= column <= a[3] and (row, column) != (a[0], a[1]) for a in active):
            continue
        down, across = spans.get((row, column), (1, 1))
        text = sheet.cells[row, column]
        cells.append(Cell(text, row, column, max(down, 1), max(across, 1), address=address_of(row, column)))
    return cells


def _calamine_sheets(data: bytes, limits: ReaderLimits) -> Iterator[Sheet]:
    """Sheets of an old or binary workbook through calamine, whose failures of any kind become ``UnreadableFile``."""
    import python_calamine

    try:
        workbook = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        described = [(item.name, str(item.visible), str(item.typ)) for item in workbook.sheets_metadata]
    except BaseException as error:
        raise _calamine_failure(error) from error
    for index, (name, visible, _) in enumerate(described):
        sheet = Sheet(name, is_hidden="Visible" not in visible.rpartition(".")[2])
        try:
            source = workbook.get_sheet_by_index(index)
            _fill(sheet, source, limits)
        except IngestError:
            raise
        except BaseException as error:
            failure = _calamine_failure(error)
            sheet.cells.clear()
            sheet.problems.append(
                Problem(code="damaged_sheet", reason=f"工作表“{name}”无法读取：{failure.reason}", place=name)
            )
        yield sheet


def _fill(sheet: Sheet, source: object, limits: ReaderLimits) -> None:
    start = source.start or (0, 0)
    row_count = 0
    for row, values in enumerate(source.to_python(skip_empty_area=True), start[0]):
        if len(values) > limits.max_columns and any(value != "" for value in values[limits.max_columns:]):
            raise LimitExceeded(f"工作表“{sheet.name}”的列数超过上限{limits.max_columns}列。")
        found = False
        for column, value in enumerate(values, start[1]):
            if value != "" and (text := _text(value)):
                sheet.cells[row, column] = text
                found = True
        row_count += found
        if row_count > limits.max_rows:
            raise LimitExceeded(f"工作表“{sheet.name}”的行数超过上限{limits.max_rows}行。")
    for first, last in source.merged_cell_ranges or ():
        sheet.merged.append((first[0], first[1], last[0], last[1]))


def _text(value: object) -> str:
    """A value of calamine as text: whole numbers without a point, dates as ISO."""
    from ingest.readers.number_format import shown

    if isinstance(value, str):
        return clean(value)
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return shown(value)
    if isinstance(value, datetime):
        return value.isoformat(sep=" ") if value.time() != time() else value.date().isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    return str(value)


def clean(text: str) -> str:
    """Text of a cell with line feeds only and no blanks around its lines."""
    if "\n" not in text and "\r" not in text and "_x" not in text:
        return text.strip()
    text = text.replace("_x000D_", "").replace("\r\n", "\n").replace("\r", "\n")
    return "\n".join(part for line in text.split("\n") if (part := line.strip()))


def _calamine_failure(error: BaseException) -> UnreadableFile:
    """The failure as an ``UnreadableFile``. Panics of the Rust library arrive outside ``Exception``."""
    if isinstance(error, KeyboardInterrupt | SystemExit | GeneratorExit | MemoryError):
        raise error
    name = type(error).__name__
    if "assword" in str(error) or "assword" in name:
        return UnreadableFile("表格文件已加密，没有密码无法读取。请取消密码后再导入。", code="encrypted_file")
    return UnreadableFile(f"表格文件已损坏或不完整，无法读取（{name}）。请重新获取原文件。", code="damaged_file")
