"""Web pages: reading order, real and layout tables, spans, charsets, what is left out, attachments."""

from __future__ import annotations

import base64

import pytest

from ingest.document import Document, Paragraph, Table
from ingest.errors import LimitExceeded, UnreadableFile
from ingest.readers import ReaderLimits, read_document
from ingest.readers.detect import detect
from ingest.readers.html import read


def shown(document: Document) -> list[object]:
    """Paragraph texts and, for tables, their rows as lists of (text, column, row span, column span)."""
    result: list[object] = []
    for block in document.blocks:
        if isinstance(block, Paragraph):
            result.append(block.text)
            continue
        rows: list[list[tuple[str, int, int, int]]] = [[] for _ in range(block.row_count)]
        for cell in block.cells:
            rows[cell.row].append((cell.text, cell.column, cell.row_span, cell.column_span))
        result.append(rows)
    return result


def table_of(markup: str) -> Table:
    (table,) = [block for block in read(f"<html><body>{markup}".encode()).blocks if isinstance(block, Table)]
    return table


def test_rowspan_and_colspan_put_cells_in_their_places() -> None:
    table = table_of(
        "<table><tr><th rowspan=2>项目</th><th colspan=2>本年支出</th><th rowspan='2'>备注</th></tr>"
        "<tr><td>基本</td><td>项目</td></tr><tr><td>甲</td><td>1.00</td><td></td><td>无</td></tr></table>"
    )
    assert table.has_spans
    assert [(c.text, c.row, c.column, c.row_span, c.column_span) for c in table.cells] == [
        ("项目", 0, 0, 2, 1),
        ("本年支出", 0, 1, 1, 2),
        ("备注", 0, 3, 2, 1),
        ("基本", 1, 1, 1, 1),
        ("项目", 1, 2, 1, 1),
        ("甲", 2, 0, 1, 1),
        ("1.00", 2, 1, 1, 1),
        ("无", 2, 3, 1, 1),
    ]


def test_breaks_and_blocks_inside_a_cell_are_line_feeds() -> None:
    table = table_of(
        "<table><tr><td>一般公共<br/>预算</td><td><p>甲</p><p>乙<b>丙</b></p></td></tr>"
        "<tr><td>1</td><td>2</td></tr></table>"
    )
    assert [cell.text for cell in table.cells[:2]] == ["一般公共\n预算", "甲\n乙丙"]


def test_spans_beyond_the_table_are_cut() -> None:
    table = table_of(
        "<table><tr><td rowspan=99>甲</td><td colspan=400>乙</td></tr><tr><td>1</td><td>2</td></tr></table>"
    )
    assert (table.row_count, table.column_count) == (2, 3)
    assert [(cell.row_span, cell.column_span) for cell in table.cells[:2]] == [(2, 1), (1, 2)]


def test_layout_tables_are_walked_and_data_tables_inside_them_found() -> None:
    page = (
        "<table width=100%><tr><td class='left'><a href='/a'>栏目一</a></td><td><table><tr><td>"
        "<h2>某单位公开</h2><p>正文第一段<br>第二行</p>"
        "<table border=1><tr><td>项目</td><td>金额</td></tr><tr><td>甲</td><td>1.00</td></tr>"
        "<tr><td>乙</td><td>2.00</td></tr></table><p>末段</p></td></tr></table></td></tr></table>"
    )
    assert shown(read(f"<html>{page}".encode())) == [
        "栏目一",
        "某单位公开",
        "正文第一段",
        "第二行",
        [
            [("项目", 0, 1, 1), ("金额", 1, 1, 1)],
            [("甲", 0, 1, 1), ("1.00", 1, 1, 1)],
            [("乙", 0, 1, 1), ("2.00", 1, 1, 1)],
        ],
        "末段",
    ]


def test_title_unit_line_and_notes_drawn_as_rows_become_paragraphs() -> None:
    page = (
        "<table><tr><td colspan=4>收入总表</td></tr>"
        "<tr><td colspan=2>编制单位：甲局</td><td></td><td>单位：万元</td></tr>"
        "<tr><td>项目</td><td>合计</td><td>本年</td><td>上年</td></tr>"
        "<tr><td>甲</td><td>3</td><td>2</td><td>1</td></tr><tr><td>乙</td><td></td><td></td><td></td></tr>"
        "<tr><td colspan=4>注：本表反映总体情况。</td></tr></table>"
    )
    document = read(f"<html>{page}".encode())
    assert [block.text for block in document.blocks if isinstance(block, Paragraph)] == [
        "收入总表",
        "编制单位：甲局",
        "单位：万元",
        "注：本表反映总体情况。",
    ]
    (table,) = [block for block in document.blocks if isinstance(block, Table)]
    assert (table.row_count, table.column_count) == (3, 4)
    assert document.blocks.index(table) == 3


def test_a_numeric_or_spanning_first_row_stays_in_the_table() -> None:
    table = table_of("<table><tr><td colspan=2>2023</td></tr><tr><td>甲</td><td>1</td></tr></table>")
    assert table.row_count == 2


def test_cell_per_line_pages_stay_paragraphs_in_order() -> None:
    page = "<div>" + "".join(f"<p>{text}</p>" for text in ("项目", "行次", "金额", "甲", "1", "2.00")) + "</div>"
    assert shown(read(f"<html>{page}".encode())) == ["项目", "行次", "金额", "甲", "1", "2.00"]


def test_what_no_reader_sees_is_left_out() -> None:
    page = (
        "<head><title> 某单位 决算 </title><style>p{}</style></head><nav><a href=/>首页</a></nav>"
        "<div class='top-nav'><a href=1>首页</a><a href=2>公开</a></div><ul id='menu'><li><a href=3>栏目</a></li></ul>"
        "<p>可见<span style='display: none'>藏</span>文字</p><p hidden>藏</p><!-- 藏 --><script>藏</script>"
        "<table><tr style='display:none'><td>藏</td><td>藏</td></tr><tr><td>甲</td><td>1</td></tr></table>"
        "<div class='footer'><a href=/>网站地图</a></div>"
    )
    document = read(f"<html>{page}".encode())
    assert shown(document) == ["可见文字", [[("甲", 0, 1, 1), ("1", 1, 1, 1)]]]
    assert document.title == "某单位 决算"


def test_a_header_that_holds_the_title_is_kept() -> None:
    page = "<div class='header'><h1>某单位公开</h1></div><div class='nav-box'>正文很长，没有链接，不是导航。</div>"
    assert shown(read(f"<html>{page}".encode())) == ["某单位公开", "正文很长，没有链接，不是导航。"]


def test_source_line_ends_between_chinese_characters_are_nothing() -> None:
    assert shown(read("<html><p>本年收入\n    合计 12\n 万元</p>".encode())) == ["本年收入合计 12 万元"]


@pytest.mark.parametrize("declared", ["", "<meta charset=gb2312>", "<meta charset='utf-8'>"])
@pytest.mark.parametrize("codec", ["utf-8", "gbk", "utf-16"])
def test_the_bytes_decide_the_charset(declared: str, codec: str) -> None:
    page = f"<html>{declared}<body><p>本单位的收入和其他说明，2023年。</p></body></html>"
    assert shown(read(page.encode(codec))) == ["本单位的收入和其他说明，2023年。"]


def test_attachments_are_recorded_once_and_never_fetched() -> None:
    page = (
        "<p>详见附件</p><a href='/f/%E8%A1%A8.XLSX'>附件1</a><a href='/f/%E8%A1%A8.XLSX'>附件1</a>"
        "<a href='down.aspx?id=3'>决算表.et</a><a href='get?file=a.zip&x=1'>包</a><a href='/index.html'>首页</a>"
        "<iframe src='/view/a.pdf'></iframe>"
    )
    links = read(f"<html>{page}".encode()).links
    assert [(link.url, link.text) for link in links] == [
        ("/f/%E8%A1%A8.XLSX", "附件1"),
        ("down.aspx?id=3", "决算表.et"),
        ("get?file=a.zip&x=1", "包"),
        ("/view/a.pdf", ""),
    ]


def test_a_page_of_attachments_only_says_so() -> None:
    document = read(b"<html><div style='display:none'>x</div><iframe src='a.pdf'></iframe></html>")
    assert [problem.code for problem in document.problems] == ["attachments_only"]
    assert document.blocks == ()


def test_headings_levels_and_preformatted_text() -> None:
    document = read("<html><h3>三级</h3><pre>项目\t金额\n甲\t1.00</pre>".encode())
    assert document.blocks[0] == Paragraph("三级", 1, level=3)
    assert isinstance(document.blocks[1], Table)
    assert [cell.text for cell in document.blocks[1].cells] == ["项目", "金额", "甲", "1.00"]


def test_cells_know_their_source_line() -> None:
    table = table_of("\n\n<table>\n<tr><td>甲</td>\n<td>1</td></tr>\n<tr><td>乙</td><td>2</td></tr></table>")
    assert [cell.line for cell in table.cells] == [4, 5, 6, 6]


def test_text_between_rows_is_not_lost() -> None:
    document = read(
        "<html><table><tr><td>甲</td><td>1</td></tr>散落的字<tr><td>乙</td><td>2</td></tr></table>".encode()
    )
    assert "散落的字" in [block.text for block in document.blocks if isinstance(block, Paragraph)]


def test_a_table_inside_a_data_cell_follows_its_table() -> None:
    rows = "".join(f"<tr><td>项目名称{n}</td><td>金额说明{n}</td></tr>" for n in range(6))
    page = f"<table>{rows}<tr><td>明细</td><td><table><tr><td>a</td><td>1</td></tr></table></td></tr></table>"
    document = read(f"<html>{page}".encode())
    assert [block.row_count for block in document.blocks if isinstance(block, Table)] == [7, 1]


def test_mhtml_is_read_as_the_page_inside() -> None:
    body = base64.encodebytes("<html><table><tr><td>甲</td><td>1</td></tr></table>说明".encode("gbk")).decode()
    data = (
        'MIME-Version: 1.0\nContent-Type: multipart/related; boundary="B"\n\n--B\n'
        f'Content-Type: text/html; charset="gb2312"\nContent-Transfer-Encoding: base64\n\n{body}\n--B--\n'
    ).encode()
    assert detect(data) == "mhtml"
    document = read_document(data)
    assert shown(document) == [[[("甲", 0, 1, 1), ("1", 1, 1, 1)]], "说明"]
    assert document.byte_count == len(data)


@pytest.mark.parametrize("page", ["<html><script>load()</script></html>", "<html></html>", "<html><body> </body>"])
def test_a_page_without_content_is_refused(page: str) -> None:
    with pytest.raises(UnreadableFile) as caught:
        read(page.encode())
    assert caught.value.code == "no_content"


@pytest.mark.parametrize(
    "markup", ["<div class='nav'>" * 30_000, "<table><tr><td>" * 20_000, "<b>" * 30_000, "<ul><li>" * 30_000]
)
def test_hostile_nesting_is_bounded_and_reported(markup: str) -> None:
    page = f"<html><p>开头</p>{markup}末尾".encode()
    document = read(page)
    text = [block.text for block in document.blocks if isinstance(block, Paragraph)]
    assert text[0] == "开头"
    assert "末尾" in text or [problem.code for problem in document.problems] == ["nested_too_deep"]


def test_wide_and_large_tables_meet_the_limits() -> None:
    wide = "<html><table><tr>" + "<td>1</td>" * 600 + "</tr><tr><td>1</td></tr></table>"
    with pytest.raises(LimitExceeded):
        read(wide.encode())
    long = "<html><table>" + "<tr><td>甲</td><td>1</td></tr>" * 100 + "</table>"
    with pytest.raises(LimitExceeded):
        read(long.encode(), limits=ReaderLimits(max_cells=150))
