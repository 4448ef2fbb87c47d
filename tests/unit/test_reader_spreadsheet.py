"""Spreadsheets: shown numbers, spans, several tables a sheet, hidden sheets, dates, and old formats."""

from __future__ import annotations

import datetime
import io
import time
import zipfile
from collections.abc import Callable

import openpyxl
import pytest
import xlwt

from ingest.document import Document, Paragraph, Table
from ingest.errors import LimitExceeded, UnreadableFile
from ingest.readers import ReaderLimits, read_document
from ingest.readers.number_format import shown
from ingest.readers.spreadsheet import address_of

SHEET = "xl/worksheets/sheet1.xml"


def saved(fill: Callable[[openpyxl.Workbook], None]) -> bytes:
    workbook = openpyxl.Workbook()
    fill(workbook)
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


def with_part(data: bytes, name: str, content: bytes) -> bytes:
    """The package with one part replaced or added."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            if entry.filename != name:
                new.writestr(entry.filename, old.read(entry))
        new.writestr(name, content)
    return buffer.getvalue()


def sheet_xml(rows: str, rest: str = "") -> bytes:
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return f'<worksheet xmlns="{space}"><sheetData>{rows}</sheetData>{rest}</worksheet>'.encode()


def texts(document: Document) -> list[str]:
    return [block.text for block in document.blocks if isinstance(block, Paragraph)]


def tables(document: Document) -> list[Table]:
    return [block for block in document.blocks if isinstance(block, Table)]


@pytest.mark.parametrize(
    ("value", "code", "text"),
    [
        (45.8, "0.00", "45.80"),
        (1537.4, "#,##0.00", "1,537.40"),
        (1.005, "0.00", "1.01"),
        (0.1 + 0.2, "General", "0.3"),
        ("185.62000000000001", "General", "185.62"),
        (2010101.0, "General", "2010101"),
        (1e20, "General", "100000000000000000000"),
        (1e-7, "General", "0.0000001"),
        (-3.5, "0.00_);[Red]\\(0.00\\)", "-3.50"),
        (-3.5, "0.00;[Red]0.00", "-3.50"),
        (-1537.4, "#,##0.00;(#,##0.00)", "-1,537.40"),
        (0, '_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * "-"??_ ;_ @_ ', "-"),
        (12.5, '_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * "-"??_ ;_ @_ ', "12.50"),
        (0, "0.00;-0.00;;@", ""),
        (0, '[=0]"";0.00', ""),
        (7, '[=0]"";0.00', "7.00"),
        (0.4567, "0.00%", "45.67%"),
        (12345678, "#,##0,", "12,346"),
        (3, "000", "003"),
        (3.1, "0.0#", "3.1"),
        (2023, '0"年度"', "2023年度"),
        (5, 'General"年"', "5年"),
        (44986, 'yyyy"年"m"月"d"日"', "2023-03-01"),
        (44986, "[$-804]yyyy/m/d;@", "2023-03-01"),
        (44986.5, "yyyy-mm-dd hh:mm", "2023-03-01 12:00:00"),
        (0.5, "h:mm", "12:00:00"),
        (12.5, "# ?/?", "12.5"),
        (123456, '0!.0,"万"', "123456"),
        (12.5, "@", "12.5"),
        (12.5, "0.00E+00", "12.5"),
        ("甲", "0.00", "甲"),
        (float("inf"), "0.00", "inf"),
    ],
)
def test_numbers_read_as_shown(value: float | str, code: str, text: str) -> None:
    assert shown(value, code) == text


def test_addresses() -> None:
    assert [address_of(0, 0), address_of(11, 2), address_of(0, 26), address_of(9, 701)] == ["A1", "C12", "AA1", "ZZ10"]


def statement(workbook: openpyxl.Workbook) -> None:
    sheet = workbook.active
    sheet.title = "收入"
    sheet["A1"] = "收入总表"
    sheet.merge_cells("A1:D1")
    sheet["A2"], sheet["D2"] = "编制单位：甲局", "单位：万元"
    sheet["A3"], sheet["C3"], sheet["D3"] = "科目", "合计", "基本"
    sheet.merge_cells("A3:B3")
    sheet["A4"], sheet["B4"], sheet["C4"], sheet["D4"] = 2010101, "运行", 45.8, 0.1 + 0.2
    sheet["C4"].number_format = "0.00"
    sheet["A5"], sheet["C5"], sheet["D5"] = "2010102", -1537.4, datetime.date(2023, 3, 1)
    sheet["C5"].number_format = "#,##0.00"
    sheet["A6"] = "注：本表反映情况。"


def test_a_statement_with_title_unit_line_and_note() -> None:
    document = read_document(saved(statement), file_name="wrong.pdf")
    assert document.file_format == "xlsx"
    assert texts(document) == ["收入总表", "编制单位：甲局", "单位：万元", "注：本表反映情况。"]
    (table,) = tables(document)
    assert (table.sheet, table.has_spans, table.is_hidden) == ("收入", True, False)
    assert [(c.text, c.row, c.column, c.column_span, c.address) for c in table.cells] == [
        ("科目", 0, 0, 2, "A3"),
        ("合计", 0, 2, 1, "C3"),
        ("基本", 0, 3, 1, "D3"),
        ("2010101", 1, 0, 1, "A4"),
        ("运行", 1, 1, 1, "B4"),
        ("45.80", 1, 2, 1, "C4"),
        ("0.3", 1, 3, 1, "D4"),
        ("2010102", 2, 0, 1, "A5"),
        ("-1,537.40", 2, 2, 1, "C5"),
        ("2023-03-01", 2, 3, 1, "D5"),
    ]


def test_all_sheets_in_order_hidden_ones_marked_and_hidden_rows_read() -> None:
    def fill(workbook: openpyxl.Workbook) -> None:
        for name, state in (("一", "visible"), ("二", "hidden"), ("三", "veryHidden")):
            sheet = workbook.create_sheet(name)
            sheet.sheet_state = state
            sheet.append(["项目", "金额"])
            sheet.append(["甲", 1])
            sheet.row_dimensions[2].hidden = True
            sheet.column_dimensions["B"].hidden = True

    found = tables(read_document(saved(fill)))
    assert [(table.sheet, table.is_hidden, len(table.cells)) for table in found] == [
        ("一", False, 4),
        ("二", True, 4),
        ("三", True, 4),
    ]


def test_tables_set_apart_on_one_sheet_are_several() -> None:
    def fill(workbook: openpyxl.Workbook) -> None:
        sheet = workbook.active
        for row in (
            ["表一"],
            ["项目", "金额"],
            ["甲", 1],
            [],
            ["表二"],
            ["项目", "金额"],
            ["乙", 2],
            [],
            [],
            ["丙", 3],
        ):
            sheet.append(row)

    document = read_document(saved(fill))
    assert [[cell.text for cell in table.cells] for table in tables(document)] == [
        ["项目", "金额", "甲", "1"],
        ["项目", "金额", "乙", "2"],
        ["丙", "3"],
    ]
    assert texts(document) == ["表一", "表二"]


def test_one_blank_row_inside_a_table_does_not_part_it() -> None:
    def fill(workbook: openpyxl.Workbook) -> None:
        for row in (["项目", "金额"], ["甲", 1], [], ["乙", 2]):
            workbook.active.append(row)

    (table,) = tables(read_document(saved(fill)))
    assert (table.row_count, [cell.row for cell in table.cells]) == (4, [0, 0, 1, 1, 3, 3])


def test_cells_under_a_merged_cell_are_not_shown() -> None:
    data = with_part(
        saved(statement),
        SHEET,
        sheet_xml(
            '<row r="1"><c r="A1"><v>1</v></c><c r="B1"><v>2</v></c><c r="C1"><v>3</v></c></row>'
            '<row r="2"><c r="A2"><v>4</v></c><c r="B2"><v>5</v></c><c r="C2"><v>6</v></c></row>',
            '<mergeCells count="1"><mergeCell ref="A1:B2"/></mergeCells>',
        ),
    )
    (table,) = tables(read_document(data))
    assert [(cell.text, cell.row_span, cell.column_span) for cell in table.cells] == [
        ("1", 2, 2),
        ("3", 1, 1),
        ("6", 1, 1),
    ]


def test_cached_values_of_formulas_are_read_and_missing_ones_reported() -> None:
    rows = (
        '<row><c><f>1+1</f><v>2</v></c><c t="str"><f>A1</f><v>甲</v></c><c t="b"><v>1</v></c>'
        '<c t="e"><v>#REF!</v></c></row>'
        '<row><c r="B2"><f>SUM(A1)</f></c><c t="inlineStr"><is><r><t>富</t></r><r><t>文本</t></r></is></c></row>'
    )
    document = read_document(with_part(saved(statement), SHEET, sheet_xml(rows)))
    (table,) = tables(document)
    assert [(cell.text, cell.address) for cell in table.cells] == [
        ("2", "A1"),
        ("甲", "B1"),
        ("TRUE", "C1"),
        ("#REF!", "D1"),
        ("富文本", "C2"),
    ]
    (problem,) = document.problems
    assert (problem.code, problem.place) == ("formula_without_value", "收入!B2")


def test_zeros_that_the_sheet_hides_are_blank() -> None:
    view = '<sheetViews><sheetView showZeros="0" workbookViewId="0"/></sheetViews>'
    rows = '<row><c t="str"><v>甲</v></c><c><v>0</v></c><c><v>5</v></c></row>'
    xml = sheet_xml(rows).replace(b"<sheetData>", view.encode() + b"<sheetData>")
    (table,) = tables(read_document(with_part(saved(statement), SHEET, xml)))
    assert [cell.text for cell in table.cells] == ["甲", "5"]


def test_a_million_empty_rows_cost_little() -> None:
    rows = '<row r="1"><c r="A1"><v>1</v></c><c r="B1"><v>2</v></c></row>' + "".join(
        f'<row r="{number}"/>' for number in range(2, 1_000_001)
    )
    rows += '<row r="1048576"><c r="A1048576"><v>3</v></c><c r="B1048576"><v>4</v></c></row>'
    data = with_part(saved(statement), SHEET, sheet_xml(rows))
    started = time.perf_counter()
    found = tables(read_document(data))
    assert time.perf_counter() - started < 20
    assert [[cell.address for cell in table.cells] for table in found] == [["A1", "B1"], ["A1048576", "B1048576"]]


def test_limits_of_rows_columns_and_cells() -> None:
    data = saved(lambda workbook: [workbook.active.append(["甲", number]) for number in range(50)] and None)
    for limits in (ReaderLimits(max_rows=10), ReaderLimits(max_cells=20)):
        with pytest.raises(LimitExceeded):
            read_document(data, limits=limits)
    far = with_part(data, SHEET, sheet_xml('<row r="1"><c r="XFD1"><v>1</v></c></row>'))
    with pytest.raises(LimitExceeded) as caught:
        read_document(far)
    assert caught.value.place == "Sheet!XFD1"


def test_a_truncated_sheet_keeps_what_was_read_and_says_so() -> None:
    xml = sheet_xml(
        '<row r="1"><c r="A1"><v>1</v></c><c r="B1"><v>2</v></c></row><row r="2"><c r="A2"><v>3</v></c></row>'
    )
    document = read_document(with_part(saved(statement), SHEET, xml[: xml.index(b'<row r="2">') + 20]))
    assert [cell.text for table in tables(document) for cell in table.cells] == ["1", "2"]
    assert [problem.code for problem in document.problems] == ["damaged_sheet"]


def test_strict_files_and_dates_from_1904() -> None:
    data = saved(statement)
    strict = "http://purl.oclc.org/ooxml/spreadsheetml/main"
    book = (
        f'<workbook xmlns="{strict}" xmlns:r="http://purl.oclc.org/ooxml/officeDocument/relationships">'
        '<workbookPr date1904="1"/><sheets><sheet name="甲" sheetId="1" r:id="rId1"/></sheets></workbook>'
    )
    styles = f'<styleSheet xmlns="{strict}"><cellXfs><xf numFmtId="14"/></cellXfs></styleSheet>'
    rows = '<row><c s="0"><v>1</v></c><c t="str"><v>x</v></c></row>'
    for name, part in (
        ("xl/workbook.xml", book.encode()),
        ("xl/styles.xml", styles.encode()),
        (SHEET, sheet_xml(rows)),
    ):
        data = with_part(data, name, part)
    (table,) = tables(read_document(data))
    assert [cell.text for cell in table.cells] == ["1904-01-02", "x"]


def test_old_workbooks_read_the_same_cells() -> None:
    workbook = xlwt.Workbook()
    sheet = workbook.add_sheet("收入")
    sheet.write_merge(0, 0, 0, 2, "收入总表")
    for column, text in enumerate(("科目", "合计", "基本")):
        sheet.write(1, column, text)
    for column, value in enumerate((2010101, 185.62, 0.1 + 0.2)):
        sheet.write(2, column, value)
    sheet.write(3, 0, datetime.datetime(2023, 3, 1), xlwt.easyxf(num_format_str="yyyy-mm-dd"))
    sheet.write(3, 1, xlwt.Formula("B3*2"))
    hidden = workbook.add_sheet("隐")
    hidden.visibility = 1
    hidden.write(0, 0, "甲")
    hidden.write(0, 1, 1)
    buffer = io.BytesIO()
    workbook.save(buffer)
    document = read_document(buffer.getvalue(), file_name="a.xlsx")
    assert document.file_format == "xls"
    assert texts(document) == ["收入总表"]
    first, second = tables(document)
    assert [(cell.text, cell.address) for cell in first.cells][:7] == [
        ("科目", "A2"),
        ("合计", "B2"),
        ("基本", "C2"),
        ("2010101", "A3"),
        ("185.62", "B3"),
        ("0.3", "C3"),
        ("2023-03-01", "A4"),
    ]
    assert second.is_hidden
    assert not first.is_hidden


def test_an_empty_workbook_is_refused() -> None:
    with pytest.raises(UnreadableFile) as caught:
        read_document(saved(lambda workbook: None))
    assert caught.value.code == "no_content"


def old_workbook(fill: Callable[[xlwt.Workbook], None]) -> bytes:
    workbook = xlwt.Workbook()
    fill(workbook)
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


def test_old_workbooks_show_numbers_by_their_formats() -> None:
    def fill(workbook: xlwt.Workbook) -> None:
        sheet = workbook.add_sheet("一")
        values = ((45.8, "0.00"), (1537.4, "#,##0.00"), (-2.5, "0.00;[Red]0.00"), (0.4567, "0.00%"), (7, "General"))
        for column, (value, code) in enumerate(values):
            sheet.write(0, column, value, xlwt.easyxf(num_format_str=code))
        sheet.write(0, 5, True)
        sheet.write(1, 0, "甲")

    (table,) = tables(read_document(old_workbook(fill)))
    assert [cell.text for cell in table.cells] == ["45.80", "1,537.40", "-2.50", "45.67%", "7", "TRUE", "甲"]


def test_old_workbooks_hide_zeros_where_the_sheet_says_so() -> None:
    def fill(workbook: xlwt.Workbook) -> None:
        sheet = workbook.add_sheet("一")
        sheet.show_zero_values = False
        for column, value in enumerate(("甲", 0, 5, 0.0)):
            sheet.write(0, column, value)

    (table,) = tables(read_document(old_workbook(fill)))
    assert [cell.text for cell in table.cells] == ["甲", "5"]


def test_old_workbooks_agree_with_another_reader_on_every_cell() -> None:
    """Thousands of strings, so that they run over many records; calamine is the oracle."""
    import random

    import python_calamine

    chance = random.Random(5)

    def fill(workbook: xlwt.Workbook) -> None:
        sheet = workbook.add_sheet("一")
        for row in range(1500):
            letters = chance.choice(("abcdefgh", "甲乙丙丁戊己", "甲a乙b"))
            sheet.write(row, 0, "".join(chance.choice(letters) for _ in range(chance.randrange(1, 60))))
            sheet.write(row, 1, chance.choice((chance.randrange(10**6), chance.random() * 1000, row / 100)))

    data = old_workbook(fill)
    wanted = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()
    (table,) = tables(read_document(data))
    read = {(cell.row, cell.column): cell.text for cell in table.cells}
    assert len(read) == 3000
    for row, (text, number) in enumerate(wanted):
        assert read[row, 0] == text
        assert float(read[row, 1]) == pytest.approx(number, rel=1e-14)


def test_open_document_sheets_are_read_in_a_process_of_their_own() -> None:
    def ods(repeat: int) -> bytes:
        names = " ".join(
            f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{short}:1.0"'
            for short in ("office", "table", "text")
        )

        def cell(kind: str, text: str) -> str:
            value = f'office:value="{text}"' if kind == "float" else ""
            return f'<table:table-cell office:value-type="{kind}" {value}><text:p>{text}</text:p></table:table-cell>'

        rows = (
            f"<table:table-row>{cell('string', '甲')}{cell('float', '1.5')}</table:table-row>"
            f'<table:table-row table:number-rows-repeated="{repeat}"><table:table-cell '
            f'table:number-columns-repeated="{repeat // 64}"/>{cell("string", "乙")}</table:table-row>'
        )
        content = (
            f"<office:document-content {names}><office:body><office:spreadsheet>"
            f'<table:table table:name="一">{rows}</table:table></office:spreadsheet></office:body>'
            "</office:document-content>"
        )
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as package:
            package.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
            package.writestr("content.xml", content)
            package.writestr("META-INF/manifest.xml", "<manifest/>")
        return buffer.getvalue()

    document = read_document(ods(1))
    assert document.file_format == "ods"
    assert [cell.text for table in tables(document) for cell in table.cells] == ["甲", "1.5", "乙"]
    started = time.perf_counter()
    with pytest.raises((UnreadableFile, LimitExceeded)):
        read_document(ods(1_000_000))
    assert time.perf_counter() - started < 60
