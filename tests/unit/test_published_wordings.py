# ruff: noqa: E501  (a sentence is easier to judge on one line)
"""Wordings and page forms met in published disclosures, re-told with invented bodies and figures; the notation is that of
test_prose_forms."""

from __future__ import annotations

import pytest
from test_prose_forms import BUDGET, check, read

from ingest.pipeline import ParsedDocument, parse_bytes

FINAL_FORMS = [
    # a reason has figures of its own: its rates are of what it speaks of
    ("财政拨款支出100万元，比上年增加10万元，增长11.11%，主要原因是人员经费增加5万元，增长10%，项目支出增加5万元，增长12.5%。",
     ["财政拨款支出 amount 100 万元", "财政拨款支出 change 10 万元 dir=1", "财政拨款支出 change_rate 11.11 %", "人员经费 change 5 万元 dir=1",
      "人员经费 change_rate 10 % dir=1", "项目支出 change 5 万元 dir=1", "项目支出 change_rate 12.5 % dir=1"]),
    ("因公出国（境）费5万元，下降20%，主要是出国人次从10人降为6人，下降40%。因公出国（境）费占25%。",
     ["因公出国（境）费 amount 5 万元", "因公出国（境）费 change_rate 20 % dir=-1", "出国人次 count 10 人", "出国人次 count 6 人",
      "出国人次 change_rate 40 % dir=-1", "因公出国（境）费 share 25 %"]),
    ("财政拨款支出100万元，主要用于人员经费支出80万元，占80%，较上年增长5%。",
     ["财政拨款支出 amount 100 万元", "人员经费支出 amount 80 万元", "人员经费支出 share 80 %", "财政拨款支出 change_rate 5 % base=prior_final"]),
    # what the last item of a list compares with is of that item, not of the whole
    ("其中，因公出国支出决算比预算无增减变化；公务用车运行维护费支出决算比预算无增减变化，比去年增加1.2万元，增长30%；公务接待费比去年增加0.5万元。",
     ["因公出国支出 change ~ ~ dir=0 base=initial_budget implied", "公务用车运行维护费 change ~ ~ dir=0 implied",
      "公务用车运行维护费 change 1.2 万元 dir=1 base=prior_final", "公务用车运行维护费 change_rate 30 %", "公务接待费 change 0.5 万元 dir=1"]),
    # the names of 分别 stand in the sentence before; a numbered point is of no list before it
    ("“三公”经费8万元中，因公出国（境）费2万元，公务接待费6万元。与2021年决算数相比，分别减少0.3万元、0.6万元。",
     ["“三公”经费 amount 8 万元", "因公出国（境）费 amount 2 万元", "公务接待费 amount 6 万元",
      "因公出国（境）费 change 0.3 万元 dir=-1 base=prior_final", "公务接待费 change 0.6 万元 dir=-1 base=prior_final"]),
    ("“三公”经费16万元：一、因公出国（境）费5万元，二、公务用车购置及运行费9万元，其中公务用车运行费9万元，三、公务接待费2万元。",
     ["“三公”经费 amount 16 万元", "因公出国（境）费 amount 5 万元", "公务用车购置及运行费 amount 9 万元", "公务用车运行费 amount 9 万元 in=公务用车购置及运行费", "公务接待费 amount 2 万元 in=~"]),
    # one number for each side
    ("2022年度收、支总计各是125.49，143.91万元。与2021年相比，收、支总计各减少12.5、25.9万元，各下降9.06%、15.25%。",
     ["收入总计 amount 125.49 万元", "支出总计 amount 143.91 万元", "收入总计 change 12.5 万元 dir=-1", "支出总计 change 25.9 万元 dir=-1",
      "收入总计 change_rate 9.06 % dir=-1", "支出总计 change_rate 15.25 % dir=-1"]),
    ("2022年度收、支总计均为125.49万元，各增加10万元、8.66%。",
     ["收入总计 amount 125.49 万元", "支出总计 amount 125.49 万元 implied", "收入总计 change 10 万元", "支出总计 change 10 万元 implied",
      "收入总计 change_rate 8.66 %", "支出总计 change_rate 8.66 % implied"]),
    ("车辆运行维护费用2.94万元，比去年3.01万元少0.07万元。",
     ["车辆运行维护费用 amount 2.94 万元", "车辆运行维护费用 amount 3.01 万元 stage=prior_final",
      "车辆运行维护费用 change 0.07 万元 dir=-1 base=prior_final"]),
    ("公务接待费4万元，接待74批（次）813人（次），同比去年1.05万元增加2.95万元。",
     ["公务接待费 amount 4 万元", "接待 count 74 批次", "接待 count 813 人次", "_ amount 1.05 万元 stage=prior_final", "_ change 2.95 万元 dir=1"]),
    # nothing, without digits: of vehicles and persons it is a count
    ("公务用车保有量为2辆，无新购车辆。", ["公务用车保有量 count 2 辆", "新购车辆 count 0 辆 implied"]),
    ("外事接待费支出为零。无因公出国（境）人数。", ["外事接待费支出 amount 0 万元 implied", "因公出国（境）人数 count 0 人 implied"]),
    ("无因公出国费用、无车辆购置费支出。", ["因公出国费用 amount 0 万元 implied", "车辆购置费支出 amount 0 万元 implied"]),
    ("公务用车购置及运行费9万元。其中，公务用车购置费2022年未安排预算；公务用车运行维护费9万元。",
     ["公务用车购置及运行费 amount 9 万元", "公务用车购置费 amount 0 万元 implied in=公务用车购置及运行费", "公务用车运行维护费 amount 9 万元"]),
    ("行政单位72个，较上年无变化事业单位124个，较上年增加7个。",
     ["行政单位 count 72 个", "事业单位 count 124 个", "事业单位 change 7 个 dir=1 base=prior_year_count"]),
    # names before and inside labels
    ("某镇人民政府国内公务接待共15批次（其中外事接待0批次），105人次。",
     ["国内公务接待 count 15 批次", "外事接待 count 0 批次 in=国内公务接待", "国内公务接待 count 105 人次"]),
    ("行政及事业单位编制88名，其中，参公编制6人、全额事业单位编制45名。",
     ["编制 count 88 名", "参公编制 count 6 人 in=编制", "全额事业单位编制 count 45 名 in=编制"]),
    ("2022年某局用财政拨款开支的出国（境）经费、车辆购置及运行费、公务接待费（简称“三公”经费）支出合计24.75万元。",
     ["“三公”经费支出合计 amount 24.75 万元"]),
    ("2022年度部门决算公开公务接待费1.58万元。其“三公”经费决算总额为5万元，所以机关运行经费为0。",
     ["公务接待费 amount 1.58 万元", "“三公”经费 amount 5 万元", "机关运行经费 amount 0 万元"]),
    ("公务用车购置及运行维护费5.28万元，各部门严格控制经费支出，主要包括：（1）公务用车购置费0万元；（2）公务车保有量3辆。",
     ["公务用车购置及运行维护费 amount 5.28 万元", "公务用车购置费 amount 0 万元 in=公务用车购置及运行维护费", "公务车保有量 count 3 辆"]),
]

BUDGET_FORMS = [
    # nothing then says nothing of now
    ("2022年政府采购预算17000元，同比增加17000元，上年无该预算。",
     ["政府采购 amount 17000 元 stage=initial_budget", "政府采购 change 17000 元 dir=1", "政府采购 amount 0 元 stage=prior_budget implied"]),
    ("对个人和家庭补助支出4800元，2021年无此项预算。",
     ["对个人和家庭补助支出 amount 4800 元 stage=initial_budget", "对个人和家庭补助支出 amount 0 元 stage=prior_budget implied"]),
]


@pytest.mark.parametrize(("sentence", "expected"), FINAL_FORMS, ids=[sentence[:14] for sentence, _ in FINAL_FORMS])
def test_wordings_of_final_accounts(sentence: str, expected: list[str]) -> None:
    check(read(sentence), expected)


@pytest.mark.parametrize(("sentence", "expected"), BUDGET_FORMS, ids=[sentence[:14] for sentence, _ in BUDGET_FORMS])
def test_wordings_of_budgets(sentence: str, expected: list[str]) -> None:
    check(read(sentence, kind=BUDGET), expected)


def test_half_width_commas_do_not_tear_wrapped_lines() -> None:
    parsed = parsed_text(
        "某市某站2024年单位预算公开说明",
        "资本性支出 31500 元,占项目支出预算 6.71%,同比增",
        "加21500 元,增长 215%。",
    )
    rows = [(row["role"], row["value_text"], row["direction"]) for row in parsed.rows["narrative_amounts"]]
    assert rows == [("amount", "31500", None), ("share", "6.71", None), ("change", "21500", 1), ("change_rate", "215", 1)]


def test_lines_wrapped_at_one_width_go_on_without_a_comma_and_over_page_numbers() -> None:
    parsed = parsed_text(
        "某市某检测中心2020年度单位决算",
        "公务接待费支出决算 1.5 万元，严格按照有关规定执行，接",
        "待对象范围、标准和审批手续都符合要求，符合既有的标准和",
        "要求，费用列支合乎规定，全年接待了来自多个县的业务",
        "人员，保障了检测业务的开展，接待费用比较平稳，没有出",
        "现大的波动，基本满足了单位开展业务工作需要。",
        "2020年度一般公共预算财政拨款安排的“三公”经费支出决",
        "—10—",
        "算总额为 5.48 万元，比去年增加 1.55 万元，增长 39.44%",
        "，主要是检测任务增加，下乡采集样品的次数增多，车辆使",
        "用频繁，燃油费和维修费相应增加，其中有两台车辆使用年",
        "限较长，维修次数较多，其余车辆情况良好，能够正常使用",
        "，没有发生大的维修费用。",
    )
    rows = [(row["subject_printed"], row["value_text"]) for row in parsed.rows["narrative_amounts"]]
    subject = "一般公共预算财政拨款安排的“三公”经费"
    assert rows[:1] == [("公务接待费", "1.5")]
    assert rows[1:4] == [(subject, "5.48"), (subject, "1.55"), (subject, "39.44")]
    assert [row["value_printed"] for row in parsed.rows["prose_skipped"]] == ["10"]


THREE_PUBLIC = [
    ("项 目", "预 算 数", "决 算 数"), ("合 计", "12.5", "9.4"), ("因公出国（境）费", "0", "0"), ("公务接待费", "4.5", "3"),
    ("公务用车购置及运行维护费", "8", "6.4"), ("其中：公务用车运行维护费", "8", "6.4"), ("公务用车购置费", "0", "0"),
]


@pytest.mark.parametrize("form", ["{} |", "{}\n|", "{} |\n|"])
def test_pages_with_a_cell_and_a_pipe_a_line_are_tables(form: str) -> None:
    """Pages made text print the end of each cell as a pipe: no column of a Markdown table."""
    cells = [form.format(cell) for row in THREE_PUBLIC for cell in row]
    parsed = parsed_text("某镇人民政府2020年度“三公”经费支出决算表", "单位：万元", *cells)
    found = [(figure.row_label, figure.column_label, figure.value_text) for figure in parsed.figures()]
    assert found == [
        (row[0].replace(" ", ""), head, value)
        for row in THREE_PUBLIC[1:]
        for head, value in zip(("预算数", "决算数"), row[1:], strict=True)
    ]


def test_a_list_with_one_amount_column_is_a_table() -> None:
    cells = [cell for row in THREE_PUBLIC for cell in (row[0], row[2])]
    parsed = parsed_text("某办2013年“三公”经费财政拨款支出决算表", "单位：万元", *cells)
    assert [figure.value_text for figure in parsed.figures()] == [row[2] for row in THREE_PUBLIC[1:]]


@pytest.mark.parametrize(
    ("title", "unit"),
    [
        ("某区机关事务管理中心2021年度一般公共预算财政拨款“三公”经费支出决算情况说明", "某区机关事务管理中心"),
        ("关于某市某区司法局2017年度一般公共预算财政拨款“三公”经费支出决算情况说明", "某市某区司法局"),
        ("官塘镇2015年“三公”经费支出说明", "官塘镇"),
        ("某县教育局（乡镇学校）2018年度部门决算", "某县教育局(乡镇学校)"),
        ("某市2025年财政拨款“三公”经费预算汇总情况", None),
    ],
)
def test_the_body_stands_before_the_year_or_the_subject_of_a_title(title: str, unit: str | None) -> None:
    claims = parsed_text(title, "公务接待费支出决算3万元。").rows["claims"]
    assert next((claim["value"] for claim in claims if claim["claim_kind"] == "unit_name"), None) == unit


def test_the_year_compared_with_is_no_vote_on_the_year() -> None:
    parsed = parsed_text(
        "某市某所2021年度单位决算", *["事业收入5万元，较2020年度决算数减少1万元，比2020年度收入减少多。"] * 6
    )
    years = {claim["value"] for claim in parsed.rows["claims"] if claim["claim_kind"] == "fiscal_year"}
    assert years == {"2021"}


@pytest.mark.parametrize(
    ("lines", "kind"),
    [
        (("某局2016年“三公经费”预算对比增减说明", "2016年公务接待费8万元。"), "budget"),
        (("官塘镇2015年“三公”经费支出说明", "2015年公务接待费9.95万元，较2014年决算数下降5.5%。"), "final_account"),
        (("某局2017年“三公”经费增减情况说明", "公务接待费5万元。"), None),
    ],
)
def test_a_page_on_the_three_expenses_is_of_the_kind_its_words_are_of(lines: tuple[str, ...], kind: str | None) -> None:
    claims = parsed_text(*lines).rows["claims"]
    assert next((claim["value"] for claim in claims if claim["claim_kind"] == "document_kind"), None) == kind


@pytest.mark.parametrize(
    ("lines", "state"),
    [
        (("某州2022年州本级“三公”经费决算情况", "经某州财政局汇总，2022年“三公”经费支出总额为8237.23万元。"), "government_level"),
        (("2017年某中区“三公”经费情况", "经汇总，2017年某中区“三公”经费5834万元。"), "government_level"),
        (("某县水务局2018年“三公”经费预算", "2018年“三公”经费支出合计24.75万元。"), "disclosure"),
        (("某市委党校关于2017年度项目绩效评价结果的说明", "绩效自评见我校2017年财政决算公开信息。"), "disclosure"),
        (("某中心2018年度部门整体支出绩效评价自评报告", "实有人数21人。"), "disclosure"),
        (("某中心2024年度项目支出绩效单位自评报告", "年初批复预算985万元。"), "disclosure"),
        (("某市财政局关于印发某市项目支出绩效评价管理办法的通知", "单位自评总分一般设置为100分，产出指标50%。"), "not_disclosure"),
        (("“三公”经费去年支出4亿元", "全省地方一般公共预算收入3061.1亿元，“三公”经费支出4亿元。"), "government_level"),
        (("某镇人民政府关于2020年本级决算的报告", "全镇一般公共预算收入5409万元，其中税收收入5403万元。"), "government_level"),
        (("某县2016年“三公”经费决算情况统计表 | |||", "单位：万元 | |||", "项目 | 上年决算数 | 本年决算数 |",
          "合计 | 2911.47 | 2706.86 |", "公务接待费 | 1679.69 | 1590.94 |"), "government_level"),
        (("全市政府采购简要情况", "全市政府采购规模为300亿元，较上年减少5亿元。"), "not_disclosure"),
    ],
)
def test_what_a_page_turns_out_to_be(lines: tuple[str, ...], state: str) -> None:
    assert parsed_text(*lines).rows["documents"][0]["state"] == state


def parsed_text(*lines: str) -> ParsedDocument:
    return parse_bytes("\n".join(lines).encode(), "page.txt")


def test_blank_cells_that_vanished_from_two_sided_rows_are_found_by_the_row_numbers() -> None:
    """A page made text prints the filled cells of a row and pads behind them: blank amounts move all that follows."""
    parsed = parsed_text(
        "某市某医院2017年度部门决算",
        "收入支出决算总表",
        "单位：万元",
        "收入 | 支出 | ||||",
        "项目 | 行次 | 金额 | 项目 | 行次 | 金额 |",
        "栏次 | 1 | 栏次 | 2 | ||",
        "一、财政拨款收入 | 1 | 625.58 | 一、一般公共服务支出 | 28 | |",
        "二、上级补助收入 | 2 | 二、外交支出 | 29 | ||",
        "三、事业收入 | 3 | 4221.23 | 三、国防支出 | 30 | |",
        "六、其他收入 | 6 | 六、科学技术支出 | 33 | ||",
        "7 | 九、医疗卫生与计划生育支出 | 36 | 4846.81 | ||",
        "8 | 37 | ||||",
        "本年收入合计 | 23 | 4846.81 | 本年支出合计 | 50 | 4846.81 |",
        "总计 | 27 | 4846.81 | 总计 | 54 | 4846.81 |",
    )
    found = [(figure.side, figure.row_label, figure.value_text) for figure in parsed.figures()]
    assert found == [
        ("income", "一、财政拨款收入", "625.58"),
        ("income", "三、事业收入", "4221.23"),
        ("expenditure", "九、医疗卫生与计划生育支出", "4846.81"),
        ("income", "本年收入合计", "4846.81"),
        ("expenditure", "本年支出合计", "4846.81"),
        ("income", "总计", "4846.81"),
        ("expenditure", "总计", "4846.81"),
    ]


def test_sheets_whose_merged_cells_vanished_keep_their_funds_and_stand_apart() -> None:
    """A page made text prints sheets below each other, each row from the left: the frame's first column is gone below."""
    sheet = [
        "部门预算项目支出绩效自评表（2023年度） | ||||||||||",
        "项目名称 | {} | |||||||||",
        "主管部门 | 某县某局部门 | 实施单位 | 某县某局 | |||||||",
        "项目基本情况 | 1.项目年度目标完成情况 | 项目年度目标 | 年度目标完成情况 | |||||||",
        "按要求支付项目资金。 | 完成 | |||||||||",
        "预算执行情况（10分） | 年度预算数（万元） | 年初预算 | 调整后预算数 | 预算执行数 | 预算执行率 | 权重 | 得分 | 原因 | ||",
        "总额 | 0.00 | {} | {} | 100.00% | 10 | 10 | 未达到90%的需说明原因 | |||",
        "其中：财政资金 | 0.00 | {} | {} | 100.00% | / | / | ||||",
        "其他资金 | / | / | ||||||||",
        "绩效指标（90分） | 一级指标 | 二级指标 | 三级指标 | 指标性质 | 指标值 | 度量单位 | 完成值 | 权重 | 得分 | 未完成原因分析 |",
        "产出指标 | 数量指标 | 购买电脑 | = | 13 | 台 | 13 | 90 | 90 | ||",
        "合计 | 100 | |||||||||",
    ]
    lines = [line.replace("{}", value) for value in ("30.00", "3.36") for line in sheet]
    parsed = parsed_text("某县某局2023年度部门决算", *lines)
    found: dict[int, list[tuple[str, str, str | None]]] = {}
    for figure in parsed.figures():
        if figure.row_label == "总额":
            found.setdefault(figure.table_ordinal, []).append(
                (figure.column_label, figure.value_text, figure.unit_of_measure)
            )
    assert list(found.values()) == [
        [("年初预算", "0.00", "万元"), ("调整后预算数", money, "万元"), ("预算执行数", money, "万元"),
         ("预算执行率", "100.00", "%"), ("权重", "10", "分"), ("得分", "10", "分")]
        for money in ("30.00", "3.36")
    ]  # fmt: skip
    assert [table["project_name"] for table in parsed.rows["tables"]] == ["30.00", "3.36"]
    assert [row["level3"] for row in parsed.rows["indicators"]] == ["购买电脑"] * 2


def test_columns_headed_by_two_expenses_are_left_unread() -> None:
    """Blank amounts and merged heads vanished from one row: no number has a sure column, and none is guessed."""
    parsed = parsed_text(
        "某区司法局2017年度“三公”经费及机关运行经费支出决算表",
        "单位：万元",
        "“三公”经费 | 机关运行 经费决算数 | |||||||||||",
        "合计 | 因公出国（境）费 | 公务用车购置及运行费 | 公务接待费 | |||||||||",
        "小计 | 公务用车购置费 | 公务用车运行费 | ||||||||||",
        "预算数 | 决算数 | 预算数 | 决算数 | 预算数 | 决算数 | 预算数 | 决算数 | 预算数 | 决算数 | 预算数 | 决算数 | 325.88 |",
        "22.00 | 8.77 | 14.00 | 8.47 | 14.00 | 8.47 | 8.00 | 0.30 |",
    )
    assert parsed.figures() == []
    unread = [row for row in parsed.rows["cell_numbers"] if row["role"] == "unmapped"]
    assert len(unread) == 9 and all(row["reason"] for row in unread)
    assert [table["state"] for table in parsed.rows["tables"]] == ["present"]  # what is unread is not empty


def test_a_last_head_that_is_divided_keeps_its_parts_where_spans_were_lost() -> None:
    parsed = parsed_text(
        "某局2016年“三公”经费决算情况表",
        "单位：万元",
        "项目 | 上年决算数 | 本年决算数 | 比上年增、减情况 | |",
        "增、减金额 | 增、减幅度 | |||",
        "合计 | 29.47 | 27.86 | -1.61 | -5.46% |",
        "公务接待费 | 16.69 | 15.94 | -0.75 | -4.49% |",
        "公务用车购置及运行费 | 12.78 | 11.92 | -0.86 | -6.73% |",
    )
    found = [(figure.column_label, figure.value_text, figure.unit_of_measure) for figure in parsed.figures()[:4]]
    assert found == [
        ("上年决算数", "29.47", "万元"),
        ("本年决算数", "27.86", "万元"),
        ("比上年增、减情况/增、减金额", "-1.61", "万元"),
        ("比上年增、减情况/增、减幅度", "-5.46", "%"),
    ]
