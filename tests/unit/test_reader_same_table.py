"""One statement in every format gives the same grid: what stands where must not depend on the file it came in."""

from __future__ import annotations

import io
from collections.abc import Callable

import docx
import openpyxl
import pytest
import xlwt

from ingest.document import Paragraph, Table
from ingest.readers import read_document

TITLE, LABELS = "某项支出总表", ("编制单位：甲局", "单位：万元")
NOTE = "注：本表反映本年度的支出情况。"
HEAD = [["项目", "", "本年支出", "", ""], ["编码", "名称", "合计", "基本", "其他"]]
BODY = [
    ["201", "一般服务", "1,537.40", "45.80", "1,491.60"],
    ["20101", "运行", "45.80", "45.80", ""],
    ["合计", "", "1,537.40", "45.80", "1,491.60"],
]
SPANS = {(0, 0): (1, 2), (0, 2): (1, 3)}
ROWS = HEAD + BODY


def text() -> bytes:
    lines = [TITLE, *LABELS, *("\t".join(row) for row in ROWS), NOTE]
    return "\n".join(lines).encode("gb18030")


def markdown() -> bytes:
    lines = [f"## **{TITLE}**", *LABELS, "", *("| " + " | ".join(row) + " |" for row in ROWS), "", NOTE]
    return "\n".join(lines).encode()


def _html_rows() -> str:
    rows = []
    for r, row in enumerate(ROWS):
        cells, column = [], 0
        while column < len(row):
            _, across = SPANS.get((r, column), (1, 1))
            cells.append(f"<td colspan={across}>{row[column]}</td>")
            column += across
        rows.append("<tr>" + "".join(cells) + "</tr>")
    return "".join(rows)


def html() -> bytes:
    page = f"<html><h3>{TITLE}</h3><p>{LABELS[0]}</p><p>{LABELS[1]}</p><table>{_html_rows()}</table><p>{NOTE}</p>"
    return page.encode("gbk")


def html_with_all_in_the_table() -> bytes:
    title = f"<tr><td colspan=5>{TITLE}</td></tr>"
    labels = f"<tr><td colspan=2>{LABELS[0]}</td><td></td><td></td><td>{LABELS[1]}</td></tr>"
    note = f"<tr><td colspan=5>{NOTE}</td></tr>"
    return f"<html><table>{title}{labels}{_html_rows()}{note}</table>".encode()


def _number(printed: str) -> float | None:
    return float(printed.replace(",", "")) if "." in printed else None


def xlsx() -> bytes:
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    sheet["A1"] = TITLE
    sheet.merge_cells("A1:E1")
    sheet["A2"], sheet["E2"] = LABELS
    for r, row in enumerate(ROWS):
        for c, printed in enumerate(row):
            cell = sheet.cell(r + 3, c + 1)
            cell.value = _number(printed) if _number(printed) is not None else printed or None
            cell.number_format = "#,##0.00" if _number(printed) is not None else "General"
    for (r, c), (down, across) in SPANS.items():
        sheet.merge_cells(start_row=r + 3, start_column=c + 1, end_row=r + 2 + down, end_column=c + across)
    sheet.cell(len(ROWS) + 3, 1).value = NOTE
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


def xls() -> bytes:
    workbook = xlwt.Workbook()
    sheet = workbook.add_sheet("一")
    sheet.write_merge(0, 0, 0, 4, TITLE)
    sheet.write(1, 0, LABELS[0])
    sheet.write(1, 4, LABELS[1])
    style = xlwt.easyxf(num_format_str="#,##0.00")
    for r, row in enumerate(ROWS):
        for c, printed in enumerate(row):
            if (r, c) in SPANS:
                down, across = SPANS[r, c]
                sheet.write_merge(r + 2, r + 1 + down, c, c + across - 1, printed)
            elif _number(printed) is not None:
                sheet.write(r + 2, c, _number(printed), style)
            elif printed:
                sheet.write(r + 2, c, printed)
    sheet.write(len(ROWS) + 2, 0, NOTE)
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


def word() -> bytes:
    document = docx.Document()
    for line in (TITLE, *LABELS):
        document.add_paragraph(line)
    table = document.add_table(len(ROWS), len(ROWS[0]))
    for (r, c), (down, across) in SPANS.items():
        table.cell(r, c).merge(table.cell(r + down - 1, c + across - 1))
    for r, row in enumerate(ROWS):
        for c, printed in enumerate(row):
            if printed:
                table.cell(r, c).text = printed
    document.add_paragraph(NOTE)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


@pytest.mark.parametrize("render", [text, markdown, html, html_with_all_in_the_table, xlsx, xls, word])
def test_a_statement_reads_the_same_in_every_format(render: Callable[[], bytes]) -> None:
    document = read_document(render())
    (table,) = [block for block in document.blocks if isinstance(block, Table)]
    wanted = {(r, c): printed for r, row in enumerate(ROWS) for c, printed in enumerate(row) if printed}
    assert {(cell.row, cell.column): cell.text for cell in table.cells} == wanted
    assert (table.row_count, table.column_count) == (len(ROWS), len(ROWS[0]))
    if table.has_spans:
        spans = {(cell.row, cell.column): (cell.row_span, cell.column_span) for cell in table.cells}
        assert {place: span for place, span in spans.items() if span != (1, 1)} == SPANS
    around = [block.text for block in document.blocks if isinstance(block, Paragraph)]
    assert around == [TITLE, *LABELS, NOTE]
    assert document.blocks.index(table) == 3
