"""Text and Markdown: encodings, lines, headings, contents, tables of tabs, pipes and HTML."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.document import Document, Paragraph, Table
from ingest.errors import IngestError, LimitExceeded, UnreadableFile
from ingest.readers import ReaderLimits, read_document
from ingest.readers.text import read

PLAIN = "某某单位决算公开说明\n项目\t行次\t决算数\n一、事业收入\t5\t1,537.40\n"


def texts(document: Document) -> list[str]:
    return [block.text for block in document.blocks if isinstance(block, Paragraph)]


def grid(table: Table) -> list[list[str]]:
    rows = [[""] * table.column_count for _ in range(table.row_count)]
    for cell in table.cells:
        rows[cell.row][cell.column] = cell.text
    return rows


def tables(document: Document) -> list[list[list[str]]]:
    return [grid(block) for block in document.blocks if isinstance(block, Table)]


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (PLAIN.encode(), "utf-8"),
        (codecs.BOM_UTF8 + PLAIN.encode(), "utf-8-sig"),
        (PLAIN.encode("gb18030"), "gb18030"),
        (PLAIN.encode("utf-16-le"), "utf-16-le"),
        (PLAIN.encode("utf-16-be"), "utf-16-be"),
        (codecs.BOM_UTF16_LE + PLAIN.encode("utf-16-le"), "utf-16-le"),
        (codecs.BOM_UTF16_BE + PLAIN.encode("utf-16-be"), "utf-16-be"),
    ],
)
def test_every_encoding_gives_the_same_blocks(data: bytes, encoding: str) -> None:
    document = read(data)
    assert document.encoding == encoding
    assert document.blocks == read(PLAIN.encode()).blocks
    assert document.problems == ()


def test_a_short_gbk_line_is_not_taken_for_anything_else() -> None:
    assert texts(read("甲局\n".encode("gbk"))) == ["甲局"]


def test_damaged_characters_are_reported_with_their_line() -> None:
    data = ("这是一个单位的公开说明。\n" * 40).encode()
    broken = data[:100] + b"\xff" + data[101:]
    document = read(broken)
    assert document.encoding == "utf-8"
    (problem,) = document.problems
    assert problem.code == "broken_characters"
    assert problem.line == 3
    assert "\ufffd" in texts(document)[2]


def test_lines_of_all_systems_are_counted_alike() -> None:
    document = read("甲\r\n乙\r丙\n\n丁".encode())
    assert [(block.text, block.line) for block in document.blocks] == [("甲", 1), ("乙", 2), ("丙", 3), ("丁", 5)]
    assert document.line_count == 5


def test_a_form_feed_is_a_blank_line_without_a_number() -> None:
    document = read("甲\t1\n乙\t2\f丙\t3\n丁\t4\n".encode())
    assert tables(document) == [[["甲", "1"], ["乙", "2"]], [["丙", "3"], ["丁", "4"]]]
    assert [block.line for block in document.blocks] == [1, 2]


def test_markdown_marks_give_levels_and_leave_the_text() -> None:
    document = read("# 题\n### **一、概况** ##\n##二、说明\n#1楼\n正文 **重点**。\n- 条目\n".encode())
    assert [(block.text, block.level) for block in document.blocks] == [
        ("题", 1),
        ("一、概况", 3),
        ("二、说明", 2),
        ("#1楼", 0),
        ("正文 重点。", 0),
        ("- 条目", 0),
    ]
    assert document.file_format == "markdown"


def test_blank_lines_part_a_table_and_rows_count_from_zero_again() -> None:
    document = read("项目\t金额\n甲\t1.00\n\n\n乙\t2.00\n".encode())
    assert tables(document) == [[["项目", "金额"], ["甲", "1.00"]], [["乙", "2.00"]]]
    assert [block.line for block in document.blocks] == [1, 5]
    assert not any(block.has_spans for block in document.blocks if isinstance(block, Table))


def test_empty_cells_and_trailing_tabs_keep_their_columns() -> None:
    (table,) = read("收入\t\t\t支出\t\t\n甲\t1\t\t乙\t\t3\n".encode()).blocks
    assert isinstance(table, Table)
    assert (table.row_count, table.column_count) == (2, 6)
    assert [(cell.text, cell.row, cell.column, cell.line) for cell in table.cells] == [
        ("收入", 0, 0, 1),
        ("支出", 0, 3, 1),
        ("甲", 1, 0, 2),
        ("1", 1, 1, 2),
        ("乙", 1, 3, 2),
        ("3", 1, 5, 2),
    ]


def test_a_broken_last_cell_is_left_as_it_stands() -> None:
    document = read("编制单位：甲\t2023年度\t金额单位：\n元\n项目\t金额\n甲\t1\n".encode())
    assert [type(block).__name__ for block in document.blocks] == ["Table", "Paragraph", "Table"]
    assert texts(document) == ["元"]


@pytest.mark.parametrize(
    "contents",
    [
        "一、收入总表......\t3\n二、支出总表……\t4\n",
        "目  录\n\n第一部分 概况\t1\n一、职责\t1\n第二部分 报表\t12\n",
        "第一部分 概况\t1\n一、主要职责\t1\n二、机构设置\t2\n三、人员\t3\n第二部分 报表\t5\n",
        "一、收入总表......3\n二、支出总表......4\n",
    ],
)
def test_contents_lines_are_paragraphs(contents: str) -> None:
    document = read((contents + "\n正文。\n").encode())
    assert tables(document) == []
    assert texts(document) == [line for line in contents.split("\n") if line] + ["正文。"]


@pytest.mark.parametrize(
    "rows",
    [
        "一、事业收入\t153\n二、其他收入\t0\n三、上级补助\t2\n四、经营收入\t9\n",
        "项目\t行次\n一、基本支出\t1\n二、项目支出\t2\n",
        "甲\t1\n乙\t2\n丙\t3\n丁\t4\n戊\t5\n",
    ],
)
def test_a_narrow_table_is_not_taken_for_contents(rows: str) -> None:
    document = read(rows.encode())
    assert texts(document) == []
    assert sum(len(table) for table in tables(document)) == rows.count("\n")


def test_a_table_right_after_the_contents_is_a_table() -> None:
    document = read("目录\n一、概况\t1\n二、报表\t2\n\n收入总表\n项目\t行次\t金额\n甲\t1\t2.00\n".encode())
    assert tables(document) == [[["项目", "行次", "金额"], ["甲", "1", "2.00"]]]


def test_tabs_that_only_indent_are_no_table() -> None:
    document = read("\t本单位职责如下。\n\t第一，负责日常。\n".encode())
    assert tables(document) == []
    assert texts(document) == ["本单位职责如下。", "第一，负责日常。"]


def test_pipe_tables_with_and_without_outer_pipes() -> None:
    source = "| 项目 | 金额 |\n|:---|---:|\n| 甲\\|乙 | **1.00** |\n| 丙 | |\n\n项目 | 金额\n甲 | 2.00\n"
    document = read(source.encode())
    assert tables(document) == [
        [["项目", "金额"], ["甲|乙", "1.00"], ["丙", ""]],
        [["项目", "金额"], ["甲", "2.00"]],
    ]


def test_pipe_rows_set_apart_by_blank_lines_stay_rows() -> None:
    document = read("项目 | 行次 | 金额\n\n甲 | 1 | 2.00\n".encode())
    assert tables(document) == [[["项目", "行次", "金额"]], [["甲", "1", "2.00"]]]


def test_an_empty_first_cell_is_no_frame() -> None:
    assert tables(read("项目 | 行次 | 金额\n| 1 | 2.00\n乙 | 2 |\n".encode())) == [
        [["项目", "行次", "金额"], ["", "1", "2.00"], ["乙", "2", ""]]
    ]
    assert tables(read("|项目|金额|\n|甲||\n||2.00|\n".encode())) == [[["项目", "金额"], ["甲", ""], ["", "2.00"]]]


def test_a_breadcrumb_is_a_paragraph() -> None:
    assert texts(read("首页 | 政务公开 | 部门\n\n正文\n".encode())) == ["首页 | 政务公开 | 部门", "正文"]


def test_html_table_inside_markdown_has_spans_and_lines() -> None:
    source = (
        "# 表\n前<table><tr><td rowspan=2>项目</td><td colspan=2>金额</td></tr>\n"
        "<tr><td>上年</td><td>本年</td></tr>\n<tr><td>甲</td><td>1</td><td>2<br>3</td></tr></table>后\n"
    )
    document = read(source.encode())
    assert texts(document) == ["表", "前", "后"]
    (table,) = [block for block in document.blocks if isinstance(block, Table)]
    assert table.has_spans
    assert grid(table) == [["项目", "金额", ""], ["", "上年", "本年"], ["甲", "1", "2\n3"]]
    assert {cell.text: (cell.row_span, cell.column_span) for cell in table.cells if cell.row == 0} == {
        "项目": (2, 1),
        "金额": (1, 2),
    }
    assert next(cell.line for cell in table.cells if cell.text == "上年") == 3


def test_inline_html_and_entities_of_a_cell_are_taken_off() -> None:
    document = read("目标\t<p>第一</p> <p>第二</p>\t&lt;=3&nbsp;个\t<=24小时\n".encode())
    assert tables(document) == [[["目标", "第一\n第二", "<=3\xa0个", "<=24小时"]]]


def test_links_of_markdown_are_recorded() -> None:
    document = read("见[附件1](files/a.xls)和正文\n".encode())
    assert texts(document) == ["见附件1和正文"]
    assert [(link.url, link.text, link.line) for link in document.links] == [("files/a.xls", "附件1", 1)]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty_file"),
        (b" \r\n\t\n", "empty_file"),
        (codecs.BOM_UTF8, "empty_file"),
        (codecs.BOM_UTF16_LE + " \n".encode("utf-16-le"), "empty_file"),
        (bytes(range(256)) * 8, "binary_content"),
        ("说明".encode() + b"\x00\x01\x02" * 50, "binary_content"),
        (bytes(range(0x80, 0x100)) * 9, "unknown_encoding"),
    ],
)
def test_what_is_no_text_is_refused_with_a_code(data: bytes, code: str) -> None:
    with pytest.raises(UnreadableFile) as caught:
        read(data)
    assert caught.value.code == code
    assert caught.value.reason


def test_limits_of_cells_and_blocks_are_kept() -> None:
    with pytest.raises(LimitExceeded):
        read(("甲\t1\n" * 50).encode(), limits=ReaderLimits(max_cells=40))
    with pytest.raises(LimitExceeded):
        read(("甲\n" * 50).encode(), limits=ReaderLimits(max_blocks=40))


LINE = st.text(alphabet=st.sampled_from(list("甲乙丙表一、1.0，\t|#* -<>p/table&;()[]年月单位：")), max_size=30)


@settings(max_examples=300, deadline=None)
@given(st.lists(LINE, max_size=25))
def test_no_character_of_a_line_is_lost(lines: list[str]) -> None:
    """Everything but marks and blanks is in a block again, whatever the lines look like."""
    source = "\n".join(lines)
    if not source.strip():
        return
    document = read(source.encode())
    marks = set("\t|#* -<>/&;()[]p" + "table")
    kept = "".join(
        block.text if isinstance(block, Paragraph) else "".join(cell.text for cell in block.cells)
        for block in document.blocks
    )
    wanted = [character for character in source if character not in marks and not character.isspace()]
    found = [character for character in kept if character not in marks and not character.isspace()]
    if "](" not in source and "<" not in source:
        assert found == wanted


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        document = read(data)
    except IngestError as error:
        assert error.code
    else:
        assert document.byte_count == len(data)


@settings(max_examples=100, deadline=None)
@given(
    st.binary(max_size=300),
    st.sampled_from([b"%PDF-1.4 ", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"<html>", b"GIF89a", b""]),
)
def test_any_bytes_behind_any_mark_are_read_or_refused(data: bytes, mark: bytes) -> None:
    try:
        read_document(mark + data, file_name="x.txt")
    except IngestError as error:
        assert error.reason
        assert error.place


def test_a_frame_drawn_with_box_characters_is_a_table() -> None:
    text = (
        "单位：千元\n┌────┬──┬────┐\n│ 项　目 │行次│ 决算数 │\n├────┼──┼────┤\n"
        "│一、事业收入│ 1 │1,860.3│\n│二、其他收入│ 2 │  20.0 │\n└────┴──┴────┘\n注：略。\n"
    )
    document = read(text.encode())
    assert texts(document) == ["单位：千元", "注：略。"]
    assert tables(document) == [
        [["项　目", "行次", "决算数"], ["一、事业收入", "1", "1,860.3"], ["二、其他收入", "2", "20.0"]]
    ]
    assert [block.cells[3].line for block in document.blocks if isinstance(block, Table)] == [5]


def test_lines_between_two_rules_of_a_frame_are_one_row() -> None:
    drawn = "┌──┬──┐\n│项目│金额│\n├──┼──┤\n│公务用│3.5 │\n│车费  │    │\n├──┼──┤\n│接待费│1.2 │\n└──┴──┘"
    rule = "+----+----+\n"
    ascii_grid = f"{rule}| 项目 | 金额 |\n+====+====+\n| 公务用 | 3.5 |\n| 车费 | |\n{rule}| 接待费 | 1.2 |\n{rule}"
    for text in (drawn, ascii_grid):
        assert tables(read(text.encode())) == [[["项目", "金额"], ["公务用车费", "3.5"], ["接待费", "1.2"]]]


def test_long_dashes_and_rules_of_prose_draw_no_frame() -> None:
    assert texts(read("预算──决算\n────────\n正文".encode())) == ["预算──决算", "────────", "正文"]


def test_comma_separated_values_are_a_table() -> None:
    text = (
        "2021年收支总表\n收入,,支出,\n项目,预算数,项目,预算数\n"
        '一、事业收入,"1,266.80","一、教育\n支出",256.80\n收入总计,"1,266.80",支出总计,256.80\n'
    )
    document = read(text.encode("gb18030"))
    assert texts(document) == ["2021年收支总表"]
    assert tables(document)[0][2:] == [
        ["一、事业收入", "1,266.80", "一、教育支出", "256.80"],
        ["收入总计", "1,266.80", "支出总计", "256.80"],
    ]


@pytest.mark.parametrize(
    "text",
    [
        "收入1,234,567元,支出1,\n下一行,二,三\n又一行,四,五",
        "一,二,3\n四,五,6",
        "甲,乙,1。\n丙,丁,2。\n戊,己,3。",
    ],
)
def test_prose_with_commas_stays_prose(text: str) -> None:
    assert texts(read(text.encode())) == text.split("\n")
