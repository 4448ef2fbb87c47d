"""Tables in the document model: joining over pages, captions, what announces what, lines under balances.

The pages are drawn here as a PDF reader would hand them over: cells with boxes and merged cells, a table per page.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ingest.document import Box, Cell, Document, Paragraph, Table
from ingest.pipeline import ParsedDocument, parse_document


def table(page: int, text: str, edges: Sequence[int] = ()) -> Table:
    """A table from rows of cells divided by |: ``<`` continues the cell to the left, ``^`` the cell above.

    ``edges`` are the positions of the column borders, in columns of the first page; by default one each.
    """
    rows = [[cell.strip() for cell in line.strip().split("|")] for line in text.strip().splitlines()]
    width = max(len(row) for row in rows)
    border = list(edges) or list(range(width + 1))
    cells = []
    for top, row in enumerate(rows):
        for left, word in enumerate(row):
            if word in ("<", "^", ""):
                continue
            right = left + 1
            while right < len(row) and row[right] == "<":
                right += 1
            bottom = top + 1
            while bottom < len(rows) and left < len(rows[bottom]) and rows[bottom][left] == "^":
                bottom += 1
            box = Box(50.0 * border[left], 20.0 * top, 50.0 * border[right], 20.0 * bottom)
            cells.append(Cell(word, top, left, bottom - top, right - left, page=page, box=box))
    return Table(tuple(cells), len(rows), width, page=page, has_spans=True)


def parse(*blocks: Paragraph | Table) -> ParsedDocument:
    """The document as parsed."""
    return parse_document(Document("1" * 64, "pdf", "test", "1", blocks), "x")


def line(text: str, page: int = 1) -> Paragraph:
    """A line of a page."""
    return Paragraph(text, page=page)


EXPENDITURE = """
    项目|<|<|<|本年支出合计|基本支出|项目支出
    功能分类科目编码|<|<|科目名称|^|^|^
    类|款|项|^|^|^|^
    208|<|<|社会保障和就业支出|30.00|30.00|
    20805|<|<|行政事业单位养老支出|30.00|30.00|
"""


def test_a_code_in_one_wide_cell_continues_three_columns() -> None:
    """A later page without the 类 款 项 borders: the code still stands in the code column, nothing shifts."""
    parsed = parse(
        line("支出决算表"),
        line("单位：万元"),
        table(1, EXPENDITURE),
        table(2, "2080505|养老保险缴费|30.00|30.00|\n221|住房保障支出|12.00|12.00|", (0, 3, 4, 5, 6, 7)),
    )
    assert len(parsed.rows["tables"]) == 1
    rows = [(figure.row_code, figure.column_label, figure.value_text, figure.page) for figure in parsed.figures()]
    assert ("221", "本年支出合计", "12.00", 2) in rows
    assert ("221", "基本支出", "12.00", 2) in rows
    assert {code for code, *_ in rows} == {"208", "20805", "2080505", "221"}


def test_a_title_repeated_on_each_page_announces_nothing() -> None:
    """Title, unit line and header printed again: one table, its numbers once, no statement announced."""
    parsed = parse(
        line("支出决算表"),
        line("单位：万元"),
        table(1, EXPENDITURE),
        line("支出决算表", 2),
        line("单位：万元", 2),
        table(2, EXPENDITURE.replace("208|", "221|").replace("20805|", "22102|")),
    )
    assert [row["statement_code"] for row in parsed.rows["tables"]] == ["final_expenditure"]
    assert parsed.rows["announcements"] == []
    assert {figure.row_code for figure in parsed.figures()} == {"208", "20805", "221", "22102"}


def test_a_running_head_and_a_word_of_continuation_join_pages() -> None:
    """The document's name on top of every page, 续表 behind the title or alone: one table over three pages."""
    head = "云汀县水利局2022年度部门决算公开"
    parsed = parse(
        line(head),
        line("正文。"),
        line(head, 2),
        line("收入决算表", 2),
        line("单位：万元", 2),
        table(2, "单位名称|本年收入合计|财政拨款收入|其他收入\n云汀县水利局|9.00|8.00|1.00"),
        line("支出决算表", 2),
        line("单位：万元", 2),
        table(2, EXPENDITURE),
        line(head, 3),
        line("支出决算表（续表）", 3),
        table(3, EXPENDITURE.replace("208|", "221|").replace("20805|", "22102|")),
        line(head, 4),
        line("续表", 4),
        table(4, "213|<|<|农林水支出|70.00|50.00|20.00"),
    )
    assert [row["statement_code"] for row in parsed.rows["tables"]] == ["final_income", "final_expenditure"]
    codes = [figure.row_code for figure in parsed.figures() if figure.statement_code == "final_expenditure"]
    assert list(dict.fromkeys(codes)) == ["208", "20805", "221", "22102", "213"]


def test_sheets_of_one_title_stay_apart() -> None:
    """项目支出绩效目标表 on top of every page is the title of each sheet, not a running head."""
    sheet = """
        项目名称|<|{name}|<
        项目资金（万元）|<|年度资金总额|{amount}
        绩效指标|一级指标|二级指标|三级指标|指标值
        ^|产出指标|数量指标|{name}次数|≥2次
    """
    blocks: list[Paragraph | Table] = []
    for page, (name, amount) in enumerate((("巡查", "3.00"), ("监测", "4.00"), ("培训", "5.00")), 1):
        blocks += [line("项目支出绩效目标表", page), table(page, sheet.format(name=name, amount=amount))]
    parsed = parse(*blocks)
    assert [row["project_name"] for row in parsed.rows["tables"]] == ["巡查", "监测", "培训"]
    assert {row["statement_code"] for row in parsed.rows["tables"]} == {"perf_project_target"}


def test_contents_of_a_pdf_announce_each_statement() -> None:
    """Lines without line numbers, equal to the titles of the tables, are announcements all the same."""
    parsed = parse(
        line("云汀县水利局2023年度部门决算"),
        line("第二部分 2023年度部门决算表"),
        line("一、收入支出决算总表"),
        line("三、支出决算表"),
        line("支出决算表", 3),
        table(3, EXPENDITURE),
    )
    announced = [(row["announcement_kind"], row["statement_code"]) for row in parsed.rows["announcements"]]
    assert announced == [("announced", "final_summary"), ("announced", "final_expenditure")]


def test_a_heading_that_names_the_whole_set_announces_no_statement() -> None:
    """决算公开表 and 部门决算表 with a scope or a note in brackets head a set of statements; 项目支出决算表 is one."""
    parsed = parse(
        line("云汀县水利局2023年度部门决算"),
        line("第二部分 2023年度部门决算表（汇总）"),
        line("一、云汀县水利局（汇总）决算公开表"),
        line("二、云汀县水利局部门决算表（详见附件）"),
        line("三、项目支出决算表"),
    )
    assert [row["statement_code"] for row in parsed.rows["announcements"]] == ["final_other"]


def test_contents_drawn_as_a_table_announce_in_the_kind_of_the_document() -> None:
    """A frame round the contents; 政府性基金预算支出 in a budget is the budget's statement."""
    parsed = parse(
        line("云汀县水利局2025年部门预算"),
        table(1, "目 录\n2. 2025年部门收入预算总表 ……………\n6．2025年部门政府性基金预算支出功能分类预算表 ……………"),
    )
    codes = [row["statement_code"] for row in parsed.rows["announcements"]]
    assert codes == ["budget_income", "budget_fund"]


def test_a_list_of_empty_statements_declares_them_empty() -> None:
    """关于空表的说明 printed as a table of its own."""
    parsed = parse(
        line("云汀县水利局2025年部门预算"),
        line("表十一 关于空表的说明", 2),
        table(2, "序号|表名|空表原因\n1|国有资本经营预算支出总体情况表|本单位没有国有资本经营预算支出"),
    )
    declared = [(row["announcement_kind"], row["statement_code"]) for row in parsed.rows["announcements"]]
    assert declared == [("declared_empty", "budget_state_capital")]


def test_a_list_of_units_below_prose_is_no_statement() -> None:
    """The contents on the page before give no title to a list of bodies on this one."""
    parsed = parse(
        line("九、国有资本经营预算财政拨款收入支出决算表"),
        line("从预算单位构成看，本部门决算包括：本级决算、下属单位决算。", 2),
        table(2, "序号|单位名称|备注\n1|云汀县水利局（本级）|\n2|云汀县水文站|"),
    )
    assert parsed.rows["tables"][0]["statement_code"] is None


def test_funds_below_an_opening_balance_are_parts_of_it() -> None:
    """一般公共预算财政拨款 is income above 年初财政拨款结转和结余 and a part of the balance below it."""
    parsed = parse(
        line("财政拨款收入支出决算总表"),
        line("单位：万元"),
        table(
            1,
            """
            收入|<|支出|<|<|<
            项目|决算数|项目|合计|一般公共预算财政拨款|政府性基金预算财政拨款
            一、一般公共预算财政拨款|80.00|一、农林水支出|85.00|83.00|2.00
            二、政府性基金预算财政拨款|2.00|二、住房保障支出|3.00|3.00|
            本年收入合计|82.00|本年支出合计|88.00|86.00|2.00
            年初财政拨款结转和结余|6.00|年末财政拨款结转和结余|||
            一、一般公共预算财政拨款|6.00||||
            总计|88.00|总计|88.00|86.00|2.00
            """,
        ),
    )
    items = [
        (number["line_item_code"], number["value_text"])
        for number in parsed.rows["cell_numbers"]
        if number["role"] == "figure" and number["side"] == "income"
    ]
    assert items == [
        ("income_general", "80.00"),
        ("income_gov_fund", "2.00"),
        ("income_this_year", "82.00"),
        ("opening_balance", "6.00"),
        ("opening_general", "6.00"),
        ("income_grand_total", "88.00"),
    ]


def test_total_beside_level_words_has_no_row_above() -> None:
    """类 款 项 beside 合计: a header on the left, the total on the right."""
    parsed = parse(
        line("支出决算表"),
        table(1, EXPENDITURE.replace("类|款|项|^|^|^|^", "类|款|项|合计|30.00|30.00|")),
    )
    total = [number for number in parsed.rows["cell_numbers"] if number.get("row_label") == "合计"]
    assert [number["column_label"] for number in total] == ["本年支出合计", "基本支出"]
    assert all(number.get("row_path") is None for number in total)


def test_target_sheets_with_an_unlisted_word_for_the_target() -> None:
    """年度(/项目)指标值 is in no dictionary; the indicators are read by what the word says."""
    parsed = parse(
        line("财政项目支出绩效目标申报表"),
        table(
            1,
            """
            项目名称|<|河道巡查|<
            项目资金（元）|<|年度资金申请总额|300,000.00
            绩效指标|一级指标|二级指标|三级指标|年度(/项目)指标值
            ^|产出指标|数量指标|巡查里程|≥120.00(公里)
            ^|效益指标|社会效益指标|群众知晓度|≥90.00(%)
            """,
        ),
    )
    found = [(row["level1"], row["level3"], row["target_printed"]) for row in parsed.rows["indicators"]]
    assert found == [("产出指标", "巡查里程", "≥120.00(公里)"), ("效益指标", "群众知晓度", "≥90.00(%)")]


def test_the_body_is_named_on_the_cover_and_by_its_first_part() -> None:
    """Where the title names only the district, cover and part headings say whose document it is."""
    parsed = parse(
        line("东澜市白沙区2026年区级单位预算"),
        line("预算单位：东澜市白沙区人民政府柳荫街道办事处（本级）"),
        line("第一部分 东澜市白沙区人民政府柳荫街道办事处概况", 2),
    )
    claims = {(row["claim_kind"], row["value"], row["place"]) for row in parsed.rows["claims"]}
    assert ("unit_name", "东澜市白沙区人民政府柳荫街道办事处(本级)", "cover") in claims
    assert ("unit_name", "东澜市白沙区人民政府柳荫街道办事处", "heading") in claims
    assert ("scope", "own", "cover") in claims
    assert ("fiscal_year", "2026", "title") in claims


def test_a_word_above_begins_a_group_of_its_own() -> None:
    """公务接待费 over 预算数 and 决算数, with no word between: the 运行费 to the left is not carried under it."""
    drawn = table(
        1,
        """
        合计||公务用车购置及运行费||||公务接待费|
        ||购置费||运行费|||
        预算数|决算数|预算数|决算数|预算数|决算数|预算数|决算数
        12.00|8.00|1.00|2.00|7.00|3.00|4.00|3.00
        """,
    )
    parsed = parse(line("财政拨款“三公”经费支出决算表"), line("单位：万元"), replace(drawn, has_spans=False))
    heads = {number["column_ordinal"]: number["column_label"] for number in parsed.rows["cell_numbers"]
             if number["role"] == "figure"}  # fmt: skip
    assert heads[6] == "公务用车购置及运行费/运行费/决算数"
    assert (heads[7], heads[8]) == ("公务接待费/预算数", "公务接待费/决算数")


def test_a_lost_header_cell_gives_no_column_its_neighbours_name() -> None:
    """The cells keep their places: what stands under no word has no name, though sums would hold with another's."""
    parsed = parse(
        line("2023年一般公共预算项目支出情况表"),
        line("单位：万元"),
        table(1, """
            科目编码|科目名称|项目支出合计|工资福利支出|商品和服务支出|
            2010507|专项普查|276.43||193.50|82.93
            2010508|统计抽样调查|335.00||234.50|100.50
            合计|<|611.43||428.00|183.43
        """),
    )  # fmt: skip
    columns = {figure.value_text: figure.column_label for figure in parsed.figures()}
    assert (columns["193.50"], columns["82.93"]) == ("商品和服务支出", "")
    assert columns["611.43"] == "项目支出合计"


def test_a_lone_subtotal_beside_lost_words_is_no_total() -> None:
    parsed = parse(
        line("收入决算表"),
        line("2023年度 金额单位：万元"),
        table(1, """
            功能分类科目编码|科目名称|本年收入合计|财政拨款收入|上级补助收入|事业收入|<|其他收入
            ^|^|^|^|^|小计||^
            合计|<|30.00|20.00|0.00|10.00|4.00|0.00
            205|教育支出|30.00|20.00|0.00|10.00|4.00|0.00
        """),
    )  # fmt: skip
    assert {figure.column_label for figure in parsed.figures() if figure.value_text == "10.00"} == {"事业收入/小计"}
    assert not any(figure.column_label == "事业收入" for figure in parsed.figures())


def test_the_last_lines_of_a_summary_continue_it_though_their_labels_head_columns_elsewhere() -> None:
    parsed = parse(
        line("2017年部门收支总表"),
        line("单位：万元"),
        table(1, """
            收入|<|支出|<
            项目|预算数|项目|预算数
            一、一般公共预算拨款收入|17.68|一、一般公共服务支出|17.68
            本年收入合计|17.68|本年支出合计|17.68
        """),
        table(2, """
            上年结转||结转下年|
            收入总计|17.68|支出总计|17.68
        """),
    )  # fmt: skip
    sides = {(figure.row_label, figure.column_label) for figure in parsed.figures()}
    assert {("收入总计", "收入/预算数"), ("支出总计", "支出/预算数")} <= sides
