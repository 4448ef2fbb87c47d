"""A disclosure as workbook (.xlsx, .xls) and as Word document."""

from __future__ import annotations

import io
from dataclasses import dataclass

import openpyxl
from docx import Document as WordDocument
from openpyxl.styles import Alignment, Border, Side

from synth.model import Cell, Printed, PrintedDisclosure
from synth.render.plain import caption


@dataclass(frozen=True, slots=True)
class SheetStyle:
    """How the workbook is made."""

    one_sheet: bool = False
    """All statements under each other on one sheet."""
    amounts_as_text: bool = False
    codes_as_numbers: bool = False
    has_hidden: bool = False
    """A hidden sheet with working figures, and hidden rows inside the tables (they print, so they count)."""
    number_format: str = "#,##0.00"
    offset: int = 0
    """Empty rows above and empty columns left of everything."""


def _captions(statement: Printed, width: int) -> list[list[tuple[int, int, str]]]:
    """Rows above a table inside the sheet: (column, columns, text); body, period and unit share one row."""
    rows = [[(0, width, statement.title)]]
    if statement.number:
        rows.append([(0, width, statement.number)])
    line = [(0, max(width - 2, 1), statement.body or statement.period)]
    if width >= 3:
        line += [(width - 2, 1, statement.period if statement.body else ""), (width - 1, 1, statement.unit_line)]
        rows.append([part for part in line if part[2]])
    else:
        rows += [[(0, width, text)] for text in (statement.body, statement.period, statement.unit_line) if text]
    return [row for row in rows if row]


def _value(cell: Cell, style: SheetStyle) -> str | float | int:
    """What the program stores: amounts as binary numbers with a format, codes as text unless asked otherwise."""
    if cell.kind == "amount" and not style.amounts_as_text and not cell.text.endswith("%"):
        return float(cell.text.replace(",", ""))
    if cell.kind == "code" and style.codes_as_numbers and not cell.text.startswith("0"):
        return int(cell.text) if cell.text.isdigit() else cell.text
    if cell.kind == "row_number":
        return int(cell.text) if cell.text.isdigit() else cell.text
    return cell.text


def _decimals(text: str) -> int:
    return len(text.partition(".")[2])


def _format(cell: Cell, style: SheetStyle) -> str:
    decimals = _decimals(cell.text)
    if decimals == 2:
        return style.number_format
    return "0" if not decimals else "0." + "0" * decimals


def _names(disclosure: PrintedDisclosure) -> list[str]:
    return [f"{number:02d}{statement.title[:20]}".replace("“", "").replace("”", "")
            for number, statement in enumerate(disclosure.statements, 1)]  # fmt: skip


def xlsx(disclosure: PrintedDisclosure, style: SheetStyle | None = None) -> bytes:
    """A workbook: a sheet of prose, then the statements."""
    style = style or SheetStyle()
    book = openpyxl.Workbook()
    prose = book.active
    prose.title = "说明"
    prose.append([disclosure.title])
    for block in disclosure.blocks:
        if isinstance(block, str):
            prose.append([block])
    sheet = None
    top = 1
    thin = Side(style="thin")
    for name, statement in zip(_names(disclosure), disclosure.statements, strict=True):
        if sheet is None or not style.one_sheet:
            sheet = book.create_sheet("报表" if style.one_sheet else name)
            top = 1 + style.offset
        width = len(statement.rows()[0])
        for line in _captions(statement, width):
            for column, columns, text in line:
                column += style.offset
                sheet.cell(top, column + 1, text)
                if columns > 1:
                    sheet.merge_cells(start_row=top, start_column=column + 1, end_row=top, end_column=column + columns)
            top += 1
        for cell in statement.cells():
            place = sheet.cell(top + cell.row, cell.column + style.offset + 1)
            if cell.text:
                place.value = _value(cell, style)
                if isinstance(place.value, str):
                    place.data_type = "s"  # a target of =100% is no formula
            place.border = Border(left=thin, right=thin, top=thin, bottom=thin)
            place.alignment = Alignment(wrap_text=True, vertical="center")
            if cell.kind == "amount":
                place.number_format = _format(cell, style)
            if cell.rows > 1 or cell.columns > 1:
                left = cell.column + style.offset
                sheet.merge_cells(
                    start_row=top + cell.row, start_column=left + 1, end_row=top + cell.row + cell.rows - 1,
                    end_column=left + cell.columns,
                )  # fmt: skip
        if style.has_hidden and statement.head:
            sheet.row_dimensions[top + statement.head + 1].hidden = True
        top += len(statement.rows())
        for note in statement.notes:
            sheet.cell(top, 1, note)
            sheet.merge_cells(start_row=top, start_column=1, end_row=top, end_column=max(width, 2))
            top += 1
        top += 2
    if style.has_hidden:
        hidden = book.create_sheet("取数")
        hidden.sheet_state = "hidden"
        for row in (["校验项", "系统数", "差额"], ["甲", 123.45, 0], ["乙", 67.89, 0.01], ["丙", 5, 5]):
            hidden.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def xls(disclosure: PrintedDisclosure, style: SheetStyle | None = None) -> bytes:
    """The same in the format of 1997; needs xlwt."""
    import xlwt

    style = style or SheetStyle()
    book = xlwt.Workbook(encoding="utf-8")
    prose = book.add_sheet("说明")
    for row, text in enumerate([disclosure.title, *(block for block in disclosure.blocks if isinstance(block, str))]):
        prose.write(row, 0, text)
    formats: dict[str, xlwt.XFStyle] = {}

    def styled(number_format: str) -> xlwt.XFStyle:
        if number_format not in formats:
            formats[number_format] = xlwt.XFStyle()
            formats[number_format].num_format_str = number_format
        return formats[number_format]

    plain = xlwt.XFStyle()
    for name, statement in zip(_names(disclosure), disclosure.statements, strict=True):
        sheet = book.add_sheet(name)
        width = len(statement.rows()[0])
        top = 0
        for line in _captions(statement, width):
            for column, columns, text in line:
                sheet.write_merge(top, top, column, column + columns - 1, text)
            top += 1
        for cell in statement.cells():
            look = styled(_format(cell, style)) if cell.kind == "amount" and not style.amounts_as_text else plain
            value = _value(cell, style) if cell.text else ""
            if cell.rows > 1 or cell.columns > 1:
                sheet.write_merge(
                    top + cell.row, top + cell.row + cell.rows - 1, cell.column, cell.column + cell.columns - 1, value,
                    look,
                )  # fmt: skip
            elif cell.text:
                sheet.write(top + cell.row, cell.column, value, look)
        top += len(statement.rows())
        for note in statement.notes:
            sheet.write_merge(top, top, 0, max(width - 1, 1), note)
            top += 1
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


@dataclass(frozen=True, slots=True)
class WordStyle:
    """How the Word document is made."""

    caption_in_grid: bool = False
    text_between: bool = False
    """A sentence of prose between every two tables."""


def docx(disclosure: PrintedDisclosure, style: WordStyle | None = None) -> bytes:
    """A Word document: captions as paragraphs, tables with merged cells."""
    style = style or WordStyle()
    document = WordDocument()
    document.add_heading(disclosure.title, 0)
    for block in disclosure.blocks:
        if isinstance(block, str):
            document.add_paragraph(block)
            continue
        if not style.caption_in_grid:
            for line in caption(block):
                document.add_paragraph(line)
        _word_table(document, block, style)
        for note in block.notes:
            document.add_paragraph(note)
        if style.text_between:
            document.add_paragraph(f"以上为{block.title.strip('表')}情况，数据取自批复口径，与账簿核对一致。")
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def _word_table(document, statement: Printed, style: WordStyle) -> None:
    rows = statement.rows()
    width = len(rows[0])
    lines = _captions(statement, width) if style.caption_in_grid else []
    table = document.add_table(len(lines) + len(rows), width)
    table.style = "Table Grid"
    places = [list(row.cells) for row in table.rows]
    for number, line in enumerate(lines):
        for column, columns, text in line:
            place = places[number][column]
            if columns > 1:
                place = place.merge(places[number][column + columns - 1])
            place.text = text
    for cell in statement.cells():
        place = places[len(lines) + cell.row][cell.column]
        if cell.rows > 1 or cell.columns > 1:
            place = place.merge(places[len(lines) + cell.row + cell.rows - 1][cell.column + cell.columns - 1])
        if cell.text:
            place.text = cell.text
