# ruff: noqa: E501  (a sentence is easier to judge on one line)
"""Forms met less often: units printed in labels, adjusted budgets, bases in brackets; the notation is that of test_prose_forms."""

from __future__ import annotations

import pytest
from test_prose_forms import BUDGET, check, read

SENTENCES = [
    # a label that holds a word of plain prose (保障) and no level mark
    ("社会保障和就业支出：2022年预算30万元，增加2万元。", ["社会保障和就业支出 amount 30 万元", "社会保障和就业支出 change 2 万元 dir=1"]),
    # the unit stands in the label only
    ("收入总计（万元）：1234.5", ["_ amount 1234.5 万元"]),
    ("年末实有人数（人）：35", ["_ count 35 人"]),
    ("“三公”经费支出共10.4万元：因公出国（境）0，公务用车运行5.5万元，公务接待4.9万元。",
     ["“三公”经费支出 amount 10.4 万元", "因公出国（境） amount 0 万元", "公务用车运行 amount 5.5 万元", "公务接待 amount 4.9 万元"]),
    # the budget reached by adjusting, and what the change is of
    ("本年度支出预算由年初的200万元调整为260万元，增加60万元。",
     ["支出预算 amount 200 万元 stage=initial_budget", "支出预算 amount 260 万元 stage=full_year_budget",
      "支出预算 change 60 万元 dir=1 base=initial_budget"]),
    # the base's own figure in a bracket
    ("财政拨款收入120.5万元，较上年数（110.5万元）增加10万元。",
     ["财政拨款收入 amount 120.5 万元 stage=final", "财政拨款收入 amount 110.5 万元 stage=prior_final", "财政拨款收入 change 10 万元 base=prior_final"]),
    ("公务接待费5万元，比年初预算（4.5万元）增加0.5万元（其中外事接待费0.3万元）。",
     ["公务接待费 amount 5 万元", "公务接待费 amount 4.5 万元 stage=initial_budget", "公务接待费 change 0.5 万元 base=initial_budget",
      "外事接待费 amount 0.3 万元 stage=final"]),
    # the whole's own figure between 占 or 完成 and the rate
    ("基本支出600万元，占总支出1000万元的60%，项目支出400万元，占总支出的40%。",
     ["基本支出 amount 600 万元", "总支出 amount 1000 万元", "基本支出 share 60 % in=总支出", "项目支出 amount 400 万元", "项目支出 share 40 % in=总支出"]),
    ("基本支出600万元，占本年支出（1000万元）的60%。",
     ["基本支出 amount 600 万元", "本年支出 amount 1000 万元", "基本支出 share 60 % in=本年支出"]),
    ("财政拨款支出8,015.06万元，完成年初预算7,200万元的111.32%。",
     ["财政拨款支出 amount 8015.06 万元", "财政拨款支出 amount 7200 万元 stage=initial_budget", "财政拨款支出 completion_rate 111.32 % base=initial_budget"]),
    ("财政拨款收入占总收入的98.5%，为282.4万元；其他收入占1.5%，为4.3万元。",
     ["财政拨款收入 share 98.5 %", "财政拨款收入 amount 282.4 万元", "其他收入 share 1.5 %", "其他收入 amount 4.3 万元"]),
    # the parts of a budget are of the stage that the rate behind them names, all of them
    ("公务接待费预算6万元（其中：一般公共预算支出4万元；政府性基金预算支出2万元），支出决算4.2万元（其中：一般公共预算支出4.2万元；政府性基金预算支出0万元），完成调整后预算的70%。",
     ["公务接待费 amount 6 万元 stage=full_year_budget", "一般公共预算支出 amount 4 万元 stage=full_year_budget in=公务接待费",
      "政府性基金预算支出 amount 2 万元 stage=full_year_budget in=公务接待费", "公务接待费 amount 4.2 万元 stage=final",
      "一般公共预算支出 amount 4.2 万元 stage=final", "政府性基金预算支出 amount 0 万元 stage=final",
      "公务接待费 completion_rate 70 % base=full_year_budget"]),
    # what explains a figure is not what is spoken of
    ("年末结转和结余37万元，结转和结余事项：主要为信息化项目资金。与上年相比，增加2万元，增长5.71%。",
     ["年末结转和结余 amount 37 万元", "年末结转和结余 change 2 万元 dir=1", "年末结转和结余 change_rate 5.71 % dir=1"]),
    # 总计 is no part of the copula
    ("收入总计为86.5万元，支出合计为85万元。", ["收入总计 amount 86.5 万元", "支出合计 amount 85 万元"]),
    # codes with a level behind them are no counts
    ("主要用于干部教育（2050802项）支出，共5万元。", ["_ amount 5 万元"]),
    ("教育支出（205类）高等教育（02款，05项）：决算35万元。", ["_ amount 35 万元 code=2050205"]),
    # grades of one character
    ("自评结果：“优”10个、“良”2个、“差”0个；平均得分92.3分。", ["优 count 10 个", "良 count 2 个", "差 count 0 个", "平均得分 score 92.3 分"]),
    # the rate of a difference that has just been told
    ("年初预算100万元，调整预算120万元，决算110万元，决算数比年初预算数多10万元，差异率10%。",
     ["_ amount 100 万元 stage=initial_budget", "_ amount 120 万元 stage=full_year_budget", "_ amount 110 万元 stage=final",
      "_ change 10 万元 dir=1 base=initial_budget", "_ difference_rate 10 % base=initial_budget"]),
    ("赴境外学术交流3人次，支出8.2万元。", ["赴境外学术交流 count 3 人次", "赴境外学术交流 amount 8.2 万元"]),
    ("培养骨干15人，完成年度指标的100%。", ["培养骨干 count 15 人", "培养骨干 completion_rate 100 % base=target"]),
    # posts and those who fill them
    ("行政编制15名，实有14名；工勤编制2名，实际2名；车辆编制3辆，实有2辆。",
     ["行政编制 count 15 名", "行政实有人数 count 14 名", "工勤编制 count 2 名", "工勤实有人数 count 2 名", "车辆编制 count 3 辆",
      "实有车辆 count 2 辆"]),
    ("核定编制45人，实有42人，其中：在职40人，退休2人。",
     ["核定编制 count 45 人", "实有人数 count 42 人", "在职 count 40 人 in=实有人数", "退休 count 2 人 in=实有人数"]),
    # a share of the budget is a rate of completion, and the figure between is the budget's
    ("“三公”经费支出86.35万元，占年初预算（156万元）的55.35%，占全年预算100万元的86.35%。",
     ["“三公”经费支出 amount 86.35 万元 stage=final", "“三公”经费支出 amount 156 万元 stage=initial_budget",
      "“三公”经费支出 completion_rate 55.35 % base=initial_budget", "“三公”经费支出 amount 100 万元 stage=full_year_budget",
      "“三公”经费支出 completion_rate 86.35 % base=full_year_budget"]),
    # a base is of what is named behind it
    ("本年无调出人员，经费5万元。与2021年度80万元相比，收、支总计各增加5万元。",
     ["_ amount 5 万元", "收入总计 amount 80 万元 stage=prior_final", "收入总计 change 5 万元 dir=1 base=prior_final", "支出总计 change 5 万元 implied"]),
    # lines of one level are no parts of each other
    ("基本支出50万元，其中人员经费40万元、公用经费10万元；项目支出30万元，较上年增加2万元。",
     ["基本支出 amount 50 万元", "人员经费 amount 40 万元 in=基本支出", "公用经费 amount 10 万元 in=基本支出", "项目支出 amount 30 万元 in=~",
      "项目支出 change 2 万元 in=~"]),
    # reasons in a list change nothing of what is spoken of
    ("收入80万元，主要原因是：①人员工资增加4万元；②新增采购项目3万元。其中：财政拨款收入70万元。",
     ["收入 amount 80 万元", "人员工资 change 4 万元", "新增采购项目 amount 3 万元", "财政拨款收入 amount 70 万元 in=收入"]),
    # what the bracket says is of what stands before it
    ("采购固定资产31万元，主要是记录仪20台（6万元）、检测设备5套（25万元）。",
     ["采购固定资产 amount 31 万元", "记录仪 count 20 台", "记录仪 amount 6 万元", "检测设备 count 5 套", "检测设备 amount 25 万元"]),
    # bounds are no amounts
    ("50万元（含）至100万元项目3个，金额215万元。", ["50万元（含）至100万元项目 count 3 个", "_ amount 215 万元"]),
    # tenths are no money
    ("公务接待费5万元，较2021年增加3成。", ["公务接待费 amount 5 万元"]),
]

IN_BUDGETS = [
    # the other side of the account is no part of the first
    ("2017年收入预算345.67万元，其中：财政补助收入145.67万元，其他收入200万元；支出预算345.67万元，其中：医疗支出345.67万元。",
     ["收入 amount 345.67 万元", "财政补助收入 amount 145.67 万元 in=收入", "其他收入 amount 200 万元 in=收入", "支出 amount 345.67 万元 in=~",
      "医疗支出 amount 345.67 万元 in=支出"]),
    # what is owned is of no budget
    ("2016年末固定资产总额321.5万元，其中车辆2台，价值45.6万元。",
     ["固定资产总额 amount 321.5 万元 stage=~", "车辆 count 2 台", "车辆价值 amount 45.6 万元 stage=~"]),
    ("2017年收入较上年预算增加10.2%，即25.6万元。",
     ["收入 change_rate 10.2 % dir=1 base=prior_budget", "收入 change 25.6 万元 dir=1 base=prior_budget"]),
]


@pytest.mark.parametrize(("sentence", "expected"), IN_BUDGETS, ids=[sentence[:12] for sentence, _ in IN_BUDGETS])
def test_rare_forms_of_budgets_are_read(sentence: str, expected: list[str]) -> None:
    check(read(sentence, kind=BUDGET, year=2017), expected)


@pytest.mark.parametrize(("sentence", "expected"), SENTENCES, ids=[sentence[:12] for sentence, _ in SENTENCES])
def test_rare_forms_are_read(sentence: str, expected: list[str]) -> None:
    check(read(sentence), expected)


def test_tenths_are_accounted_for() -> None:
    assert [(number.value_printed, number.reason_code) for number in read("较2021年增加3成。").skipped] == [("3成", "fraction")]


def test_a_stated_unit_holds_for_lines_of_label_and_number() -> None:
    lines = ["单位：万元", "收入总计：120.5", "公务接待费：1.2（其中：外事接待费0.3）", "公务用车保有量：2辆", "备注：3"]
    check(read(*lines), ["收入总计 amount 120.5 万元", "公务接待费 amount 1.2 万元", "外事接待费 amount 0.3 万元 in=公务接待费",
                         "公务用车保有量 count 2 辆"])
    check(read(*lines[1:2]), [])
