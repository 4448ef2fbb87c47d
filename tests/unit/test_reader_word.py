"""Word: spans, tables inside tables, text boxes, numbering, revisions, embedded sheets; old files by LibreOffice."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import docx
import openpyxl
import pytest

from ingest.document import Document, Paragraph, Table
from ingest.errors import UnsupportedFormat
from ingest.readers import legacy_doc, read_document
from ingest.readers.word_numbering import chinese, counted, roman

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
KIND = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
OFFICE_RELATION = f'<Relationship Id="r" Type="{KIND}/officeDocument" Target="word/document.xml"/>'


def package(body: str, parts: dict[str, bytes] | None = None, relations: str = "") -> bytes:
    """A .docx with this body, further parts, and further relations of the document."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        new.writestr("[Content_Types].xml", "<Types/>")
        new.writestr(
            "_rels/.rels",
            f"<Relationships>{OFFICE_RELATION}</Relationships>",
        )
        new.writestr("word/_rels/document.xml.rels", f"<Relationships>{relations}</Relationships>")
        new.writestr(
            "word/document.xml", f'<w:document xmlns:w="{W}" xmlns:r="{R}"><w:body>{body}</w:body></w:document>'
        )
        for name, content in (parts or {}).items():
            new.writestr(name, content)
    return buffer.getvalue()


def p(text: str, properties: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"


def tc(text: str, properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{p(text)}</w:tc>"


def tbl(*rows: str) -> str:
    return "<w:tbl>" + "".join(f"<w:tr>{row}</w:tr>" for row in rows) + "</w:tbl>"


def texts(document: Document) -> list[str]:
    return [block.text for block in document.blocks if isinstance(block, Paragraph)]


def tables(document: Document) -> list[Table]:
    return [block for block in document.blocks if isinstance(block, Table)]


def test_a_file_of_word_itself_is_read() -> None:
    source = docx.Document()
    source.add_heading("公开说明", 1)
    source.add_paragraph("收入情况")
    grid = source.add_table(4, 4)
    grid.cell(0, 0).merge(grid.cell(0, 3)).text = "收入总表"
    grid.cell(1, 0).merge(grid.cell(2, 0)).text = "项目"
    grid.cell(1, 1).merge(grid.cell(1, 3)).text = "本年"
    for column, text in enumerate(("合计", "基本", "其他"), 1):
        grid.cell(2, column).text = text
    for column, text in enumerate(("201", "1.00", "2.00", "")):
        grid.cell(3, column).text = text
    source.add_paragraph("后文")
    buffer = io.BytesIO()
    source.save(buffer)
    document = read_document(buffer.getvalue(), file_name="a.xls")
    assert document.file_format == "docx"
    assert texts(document) == ["公开说明", "收入情况", "收入总表", "后文"]
    assert document.blocks[0] == Paragraph("公开说明", level=1)
    (table,) = tables(document)
    assert table.has_spans
    assert [(c.text, c.row, c.column, c.row_span, c.column_span) for c in table.cells] == [
        ("项目", 0, 0, 2, 1),
        ("本年", 0, 1, 1, 3),
        ("合计", 1, 1, 1, 1),
        ("基本", 1, 2, 1, 1),
        ("其他", 1, 3, 1, 1),
        ("201", 2, 0, 1, 1),
        ("1.00", 2, 1, 1, 1),
        ("2.00", 2, 2, 1, 1),
    ]


def test_merges_of_neighbouring_columns_do_not_mix() -> None:
    restart, goes_on = '<w:vMerge w:val="restart"/>', "<w:vMerge/>"
    span = '<w:gridSpan w:val="2"/>'
    body = tbl(
        tc("甲", restart) + tc("乙", span + restart) + tc("丙"),
        tc("", goes_on) + tc("", span + goes_on) + tc("1"),
        tc("", goes_on) + tc("2") + tc("3") + tc("4"),
    )
    (table,) = tables(read_document(package(body)))
    assert [(c.text, c.row, c.column, c.row_span, c.column_span) for c in table.cells] == [
        ("甲", 0, 0, 3, 1),
        ("乙", 0, 1, 2, 2),
        ("丙", 0, 3, 1, 1),
        ("1", 1, 3, 1, 1),
        ("2", 2, 1, 1, 1),
        ("3", 2, 2, 1, 1),
        ("4", 2, 3, 1, 1),
    ]


def test_an_empty_merged_cell_does_not_lend_its_span_to_its_neighbour() -> None:
    restart, goes_on = '<w:vMerge w:val="restart"/>', "<w:vMerge/>"
    body = tbl(tc("甲") + tc("", restart) + tc("乙"), tc("1") + tc("", goes_on) + tc("2"))
    (table,) = tables(read_document(package(body)))
    assert {cell.text: cell.row_span for cell in table.cells} == {"甲": 1, "乙": 1, "1": 1, "2": 1}


def test_rows_that_begin_later_keep_their_columns() -> None:
    late = f'<w:trPr><w:gridBefore w:val="1"/></w:trPr>{tc("1")}{tc("2")}'
    (table,) = tables(read_document(package(tbl(tc("甲") + tc("乙") + tc("丙"), late))))
    assert [(cell.text, cell.column) for cell in table.cells if cell.row == 1] == [("1", 1), ("2", 2)]


def test_a_table_inside_a_cell_follows_its_table() -> None:
    inner = tbl(tc("a") + tc("1"), tc("b") + tc("2"))
    body = tbl(tc("甲") + tc("乙"), tc("丙") + f"<w:tc>{p('丁')}{inner}{p('戊')}</w:tc>")
    document = read_document(package(body))
    assert [[cell.text for cell in table.cells] for table in tables(document)] == [
        ["甲", "乙", "丙", "丁\n戊"],
        ["a", "1", "b", "2"],
    ]


def test_text_boxes_are_read_once() -> None:
    box = f"<w:txbxContent>{p('单位：万元')}{tbl(tc('甲') + tc('1'))}</w:txbxContent>"
    mc = "http://schemas.openxmlformats.org/markup-compatibility/2006"
    drawing = (
        f'<w:p><w:r><w:t>正文</w:t></w:r><w:r><mc:AlternateContent xmlns:mc="{mc}"><mc:Choice Requires="wps">'
        f"<w:drawing>{box}</w:drawing></mc:Choice><mc:Fallback><w:pict>{box}</w:pict></mc:Fallback>"
        "</mc:AlternateContent></w:r></w:p>"
    )
    document = read_document(package(drawing + p("后文")))
    assert texts(document) == ["正文", "单位：万元", "后文"]
    assert [[cell.text for cell in table.cells] for table in tables(document)] == [["甲", "1"]]


def test_deleted_hidden_and_field_code_text_is_left_out() -> None:
    body = (
        "<w:p><w:r><w:t>留</w:t></w:r><w:del><w:r><w:delText>删</w:delText></w:r></w:del>"
        "<w:ins><w:r><w:t>增</w:t></w:r></w:ins><w:r><w:rPr><w:vanish/></w:rPr><w:t>藏</w:t></w:r>"
        "<w:r><w:instrText>PAGEREF _Toc1 h</w:instrText></w:r><w:r><w:t>3</w:t><w:br/><w:t>行</w:t></w:r></w:p>"
    )
    assert texts(read_document(package(body))) == ["留增3", "行"]


def test_automatic_numbers_are_printed() -> None:
    numbering = (
        f'<w:numbering xmlns:w="{W}"><w:abstractNum w:abstractNumId="0">'
        '<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="chineseCountingThousand"/>'
        '<w:lvlText w:val="%1、"/></w:lvl>'
        '<w:lvl w:ilvl="1"><w:numFmt w:val="decimal"/><w:lvlText w:val="%2."/></w:lvl>'
        '<w:lvl w:ilvl="2"><w:numFmt w:val="bullet"/><w:lvlText w:val="*"/></w:lvl></w:abstractNum>'
        '<w:num w:numId="5"><w:abstractNumId w:val="0"/></w:num></w:numbering>'
    ).encode()

    def item(text: str, level: int) -> str:
        return p(text, f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="5"/></w:numPr>')

    body = item("概况", 0) + item("职责", 1) + item("机构", 1) + item("点", 2) + item("报表", 0) + item("收入", 1)
    document = read_document(package(body, {"word/numbering.xml": numbering}))
    assert texts(document) == ["一、概况", "1.职责", "2.机构", "点", "二、报表", "1.收入"]


@pytest.mark.parametrize(
    ("number", "text"), [(1, "一"), (10, "十"), (12, "十二"), (20, "二十"), (101, "一百〇一"), (110, "一百一十")]
)
def test_chinese_numbers(number: int, text: str) -> None:
    assert chinese(number) == text


def test_other_numbers() -> None:
    assert roman(1994) == "MCMXCIV"
    assert [counted(28, "lowerLetter"), counted(3, "decimalZero"), counted(0, "chineseCounting")] == ["bb", "03", "0"]


def test_lines_with_tabs_are_read_like_text_files() -> None:
    def line(*cells: str) -> str:
        return "<w:p><w:r>" + "<w:tab/>".join(f"<w:t>{cell}</w:t>" for cell in cells) + "</w:r></w:p>"

    body = line("一、总表......", "3") + p("中间") + line("项目", "金额") + line("甲", "1.00")
    document = read_document(package(body))
    assert texts(document) == ["一、总表......\t3", "中间"]
    (table,) = tables(document)
    assert [cell.text for cell in table.cells] == ["项目", "金额", "甲", "1.00"]
    assert table.line is None


def test_embedded_sheets_are_read_where_they_stand_and_pictures_reported() -> None:
    workbook = openpyxl.Workbook()
    workbook.active.append(["甲", 1])
    buffer = io.BytesIO()
    workbook.save(buffer)
    body = (
        p("前")
        + '<w:p><w:r><w:object><o:OLEObject xmlns:o="urn:o" r:id="r7"/></w:object></w:r></w:p>'
        + '<w:p><w:r><w:drawing><pic:pic xmlns:pic="urn:pic"/></w:drawing></w:r></w:p>'
        + p("后")
    )
    relation = f'<Relationship Id="r7" Type="{KIND}/package" Target="embeddings/a.xlsx"/>'
    document = read_document(package(body, {"word/embeddings/a.xlsx": buffer.getvalue()}, relation))
    assert [type(block).__name__ for block in document.blocks] == ["Paragraph", "Table", "Paragraph"]
    assert [problem.code for problem in document.problems] == ["picture_not_read"]


def test_notes_and_attachments_are_read() -> None:
    notes = (
        f'<w:footnotes xmlns:w="{W}"><w:footnote w:type="separator">{p("x")}</w:footnote>'
        f"<w:footnote>{p('脚注一')}</w:footnote></w:footnotes>"
    ).encode()
    body = '<w:p><w:hyperlink r:id="r9"><w:r><w:t>附件</w:t></w:r></w:hyperlink></w:p>'
    relation = f'<Relationship Id="r9" Type="{KIND}/hyperlink" Target="http://h/a.xls" TargetMode="External"/>'
    document = read_document(package(body, {"word/footnotes.xml": notes}, relation))
    assert texts(document) == ["附件", "脚注一"]
    assert [(link.url, link.text) for link in document.links] == [("http://h/a.xls", "附件")]


def rtf() -> bytes:
    return (
        rb"{\rtf1\ansi\ansicpg936\deff0 Head\par"
        rb"\trowd\cellx2000\cellx4000 A\intbl\cell 1.00\intbl\cell\row"
        rb"\trowd\cellx2000\cellx4000 B\intbl\cell 2.00\intbl\cell\row\pard Tail\par}"
    )


SPREADSHEET_2003 = (
    b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>'
    b'<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" '
    b'xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="S"><Table>'
    b'<Row><Cell><Data ss:Type="String">A</Data></Cell><Cell><Data ss:Type="String">B</Data></Cell></Row>'
    b'<Row><Cell><Data ss:Type="String">C</Data></Cell><Cell><Data ss:Type="Number">1.5</Data></Cell></Row>'
    b"</Table></Worksheet></Workbook>"
)


@pytest.mark.parametrize(
    ("source", "file_format", "cells"),
    [
        (rtf, "doc", ["A", "1.00", "B", "2.00"]),
        (lambda: SPREADSHEET_2003, "xls", ["A", "B", "C", "1.5"]),
    ],
)
def test_old_files_go_through_libreoffice_or_are_refused(
    source: Callable[[], bytes], file_format: str, cells: list[str]
) -> None:
    """Where LibreOffice is installed the file is read, elsewhere the message says what to install."""
    if legacy_doc.converter() is None:
        with pytest.raises(UnsupportedFormat) as caught:
            read_document(source())
        assert caught.value.code == "converter_missing"
        return
    document = read_document(source())
    assert document.file_format == file_format
    assert document.reader == "legacy_doc"
    assert [cell.text for table in tables(document) for cell in table.cells] == cells


def test_without_libreoffice_the_message_says_exactly_that(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(legacy_doc, "converter", lambda: None)
    with pytest.raises(UnsupportedFormat) as caught:
        read_document(rtf(), file_name="a.doc")
    assert caught.value.code == "converter_missing"
    assert "LibreOffice" in caught.value.reason
    assert "没有安装" in caught.value.reason
    assert caught.value.place == "a.doc"
