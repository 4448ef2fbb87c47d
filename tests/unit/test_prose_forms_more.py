# ruff: noqa: E501  (a sentence is easier to judge on one line)
"""More of the same facts said differently, as provinces and years vary; the notation is that of test_prose_forms."""

from __future__ import annotations

import pytest
from test_prose_forms import BUDGET, FINAL, PERFORMANCE, check, read

from ingest.document import Paragraph
from ingest.prose import build, extract

SENTENCES = [
    # what 决算数 exceeds is no subject
    ("本单位财政拨款支出总计812.4万元，完成年初预算100%，决算数大于预算数15.2万元。",
     ["财政拨款支出总计 amount 812.4 万元", "财政拨款支出总计 completion_rate 100 % base=initial_budget", "财政拨款支出总计 change 15.2 万元 dir=1 base=initial_budget"]),
    # the side named behind the base
    ("2022年部门收入5640006.18元，支出5231630.16元，比上年收入增加40.8%，支出比上年增加32.5%。",
     ["部门收入 amount 5640006.18 元", "支出 amount 5231630.16 元", "收入 change_rate 40.8 % dir=1 base=prior_final", "支出 change_rate 32.5 % dir=1 base=prior_final"]),
    ("一般公共预算财政拨款收入210万元，完成年初预算的105%；支出完成年初预算104%，比年初预算增加8.1万元。",
     ["一般公共预算财政拨款收入 amount 210 万元", "一般公共预算财政拨款收入 completion_rate 105 %", "支出 completion_rate 104 %", "支出 change 8.1 万元 dir=1 base=initial_budget"]),
    # a base with its figure, the comparing word behind it
    ("“三公”经费支出决算数2.1万元，与2022年预算数3万元相比，减少0.9万元。",
     ["“三公”经费 amount 2.1 万元 stage=final", "“三公”经费 amount 3 万元", "“三公”经费 change 0.9 万元 dir=-1 base=initial_budget"]),
    # 差值 compares with the budget stated before
    ("公务接待费支出1.05万元，年初预算为2万元，差值为0.95万元。",
     ["公务接待费支出 amount 1.05 万元", "公务接待费支出 amount 2 万元 stage=initial_budget", "公务接待费支出 change 0.95 万元 base=initial_budget"]),
    # what something is, is no label
    ("公务用车购置及运行费决算数29万元，全部为公务用车运行费，与年初预算数一致。",
     ["公务用车购置及运行费 amount 29 万元 stage=final", "公务用车购置及运行费 change ~ ~ dir=0 base=initial_budget implied"]),
    ("上级补助收入0万元，为事业单位从主管部门取得的收入。与上年决算数相同。",
     ["上级补助收入 amount 0 万元", "上级补助收入 change ~ ~ dir=0 base=prior_final implied"]),
    ("公务用车费用中含公车购置费0万元，公务用车运行维护费6.8万元。", ["公车购置费 amount 0 万元", "公务用车运行维护费 amount 6.8 万元"]),
    ("2022年“三公”经费决算数据比2021年“三公”经费决算数据减少1.5万元，下降18%。",
     ["“三公”经费 change 1.5 万元 dir=-1 base=prior_final", "“三公”经费 change_rate 18 % dir=-1 base=prior_final"]),
    ("2022年部门决算公开“三公”经费合计11.23万元，较2021年度部门决算公开“三公”经费合计6.08万元增加5.15万元。",
     ["“三公”经费合计 amount 11.23 万元", "“三公”经费合计 amount 6.08 万元 stage=prior_final", "“三公”经费合计 change 5.15 万元 dir=1"]),
    ("2022年度部门决算收入总计88.9万元，其中：年初结转和结余8.5万元；支出总计88.9万元，其中：结余分配0万元。",
     ["收入总计 amount 88.9 万元", "年初结转和结余 amount 8.5 万元 in=收入总计", "支出总计 amount 88.9 万元", "结余分配 amount 0 万元 in=支出总计"]),
    ("2210201（住房公积金）支出9.6万元，较上年持平。", ["住房公积金 amount 9.6 万元 code=2210201", "住房公积金 change ~ ~ dir=0 base=prior_final implied"]),
    ("2010301-行政运行支出860.5万元，较上年决算数增加45.2万元。", ["行政运行支出 amount 860.5 万元 code=2010301", "行政运行支出 change 45.2 万元 code=2010301"]),
    ("实有在职人数81人（含5名聘用制书记员）。", ["实有在职人数 count 81 人", "聘用制书记员 count 5 名"]),
    ("2022年本部门开支会议费3.2万元，人数300人；开支培训费1.5万元。", ["会议费 amount 3.2 万元", "人数 count 300 人", "培训费 amount 1.5 万元"]),
    ("本级财政“三公”经费预算执行比例为88.69%，其中：公务接待费8.27万元，预算执行比例为2.69%。",
     ["_ completion_rate 88.69 % base=full_year_budget", "公务接待费 amount 8.27 万元", "公务接待费 completion_rate 2.69 % base=full_year_budget"]),
    ("2022年共有4个项目，其中3个属经常性项目、1个属当年度新增项目。", ["项目 count 4 个", "经常性项目 count 3 个 in=项目", "新增项目 count 1 个 in=项目"]),
    ("部门预算是包括委本部以及下属1家预算单位的综合收支计划。", ["预算单位 count 1 家"]),
    ("1.某某区商务委员会机关设9个内设机构，包括：办公室、综合科。", ["内设机构 count 9 个"]),
    ("年初项目预算金额为60.00万元，截止到2022年12月31日，年初项目实际支出45.80万元，预算执行率为76.33%。",
     ["_ amount 60.00 万元 stage=initial_budget", "项目 amount 45.80 万元 stage=final", "项目 completion_rate 76.33 %"]),
    # names that end like a body's name and are none
    ("支出具体情况如下：城乡社区支出（类）国有土地使用权出让收入安排的支出（款）农村基础设施建设支出（项）120万元。",
     ["_ amount 120 万元 class=城乡社区支出 group=国有土地使用权出让收入安排的支出 item=农村基础设施建设支出"]),
    ("援助其他地区支出（类）12万元，占1.5%。", ["援助其他地区支出（类） amount 12 万元 class=援助其他地区支出", "_ share 1.5 % class=援助其他地区支出"]),
    ("其他支出（类）彩票公益金安排的支出（款）用于社会福利的彩票公益金支出（项）13.2万元。",
     ["_ amount 13.2 万元 class=其他支出 group=彩票公益金安排的支出 item=用于社会福利的彩票公益金支出"]),
    # a base with its figure after another base
    ("“三公”经费支出预算8.5万元，实际支出6.2万元，比预算减少2.3万元，比上年支出7.1万元减少0.9万元。",
     ["“三公”经费支出 amount 8.5 万元", "“三公”经费支出 amount 6.2 万元 stage=final", "“三公”经费支出 change 2.3 万元 dir=-1 base=initial_budget",
      "“三公”经费支出 amount 7.1 万元 stage=prior_final", "“三公”经费支出 change 0.9 万元 dir=-1 base=prior_final"]),
    # spent is the whole, not the last of its parts
    ("2022年安排扶持资金300万元，其中省级资金200万元、县级配套100万元，实际支出285.6万元，预算执行率95.2%。",
     ["_ amount 300 万元", "省级资金 amount 200 万元", "县级配套 amount 100 万元", "_ amount 285.6 万元 stage=final", "_ completion_rate 95.2 %"]),
    ("2022年部门预算收入总额560.8万元，其中：财政拨款550.8万元；2022年决算收入总额612.3万元，年末结转2.2万元。",
     ["预算收入总额 amount 560.8 万元 stage=budget_unspecified", "财政拨款 amount 550.8 万元 stage=budget_unspecified",
      "收入总额 amount 612.3 万元 stage=final", "年末结转 amount 2.2 万元 stage=final"]),
    ("支出合计866.2万元，比上年增长3.1%，收支差额-15.6万元。", ["支出合计 amount 866.2 万元", "支出合计 change_rate 3.1 % dir=1", "收支差额 amount -15.6 万元"]),
    # the figure reached is no change
    ("出国人次从29人降为16人，公务接待费由上年的5.2万元增加到8.1万元。",
     ["出国人次 count 29 人", "出国人次 count 16 人", "公务接待费 amount 5.2 万元", "公务接待费 amount 8.1 万元"]),
    ("“三公”经费公共财政拨款支出136.13万元，比上年减少支出61.80万元，下降31.2%。",
     ["_ amount 136.13 万元", "“三公”经费公共财政拨款支出 change 61.80 万元 dir=-1", "“三公”经费公共财政拨款支出 change_rate 31.2 % dir=-1"]),
    ("2022年全县“三公”经费支出决算汇总数为58.83万元。", ["“三公”经费 amount 58.83 万元 stage=final"]),
    ("公务用车购置费34.7万元，购置1辆中巴车，用于公务活动，与2021年相比，公务用车购置费减少79.4万元，下降69.6%。",
     ["公务用车购置费 amount 34.7 万元", "_ count 1 辆", "公务用车购置费 change 79.4 万元 dir=-1", "公务用车购置费 change_rate 69.6 % dir=-1"]),
    # a template's blank is passed over, its label is not
    ("本年度机关运行经费支出XX万元，比上年增加（减少）0万元，增长（下降）0%。",
     ["机关运行经费支出 change 0 万元 dir=0", "机关运行经费支出 change_rate 0 % dir=0"]),
    # functional subjects
    ("行政运行（项）。年初预算为88.5万元，支出决算为90.2万元，完成年初预算的101.92%。决算数大于年初预算数的主要原因是追加经费。",
     ["行政运行（项） amount 88.5 万元 stage=initial_budget item=行政运行", "行政运行（项） amount 90.2 万元 stage=final item=行政运行", "行政运行（项） completion_rate 101.92 % item=行政运行"]),
    ("1.社会保障和就业支出（类）行政事业单位养老支出（款）机关事业单位基本养老保险缴费支出（项）：主要用于单位缴纳的基本养老保险费支出。年初预算为42.15万元，支出决算为40.08万元。",
     ["_ amount 42.15 万元 stage=initial_budget item=机关事业单位基本养老保险缴费支出", "_ amount 40.08 万元 stage=final item=机关事业单位基本养老保险缴费支出"]),
    ("“财政事务”（款）2022年度决算39.3万元，比2022年年初预算增加1.3万元，增长3.42%。",
     ["“财政事务”（款） amount 39.3 万元 group=财政事务", "_ change 1.3 万元 dir=1 base=initial_budget group=财政事务", "_ change_rate 3.42 % dir=1 base=initial_budget group=财政事务"]),
]

BUDGETS = [
    ("2022年收支总预算447.2万元，含下属中心经费25万元，分院经费53.3万元；比2021年预算增加75.5万元，增长20.32%。",
     ["收入总预算 amount 447.2 万元", "支出总预算 amount 447.2 万元 implied", "下属中心经费 amount 25 万元", "分院经费 amount 53.3 万元",
      "收入总预算 change 75.5 万元 dir=1 base=prior_budget", "支出总预算 change 75.5 万元 implied", "收入总预算 change_rate 20.32 % dir=1", "支出总预算 change_rate 20.32 % implied"]),
    ("公务接待费预算5万元，主要原因是严控开支，三、2022年培训费预算20万元，与2021年预算相比持平，主要原因是工作需要。",
     ["公务接待费 amount 5 万元", "培训费 amount 20 万元", "培训费 change ~ ~ dir=0 base=prior_budget implied"]),
    ("因公出国费0元；公务用车运行维护费8.6万元，与上年持平，因车辆无变动；公务接待费4万元，比上年减少2万元。",
     ["因公出国费 amount 0 元", "公务用车运行维护费 amount 8.6 万元", "公务用车运行维护费 change ~ ~ dir=0 implied", "公务接待费 amount 4 万元", "公务接待费 change 2 万元 dir=-1 base=prior_budget"]),
    ("报刊征订12000元，同上年；", ["报刊征订 amount 12000 元", "报刊征订 change ~ ~ dir=0 base=prior_budget implied"]),
    ("文化旅游体育与传媒支出类科目85.3元，占支出总预算78.33%。", ["文化旅游体育与传媒支出 amount 85.3 元", "文化旅游体育与传媒支出 share 78.33 % in=支出总预算"]),
    ("对个人和家庭补助支出4800元，2021年无此项预算。", ["对个人和家庭补助支出 amount 4800 元", "对个人和家庭补助支出 amount 0 元 implied"]),
]


@pytest.mark.parametrize(("text", "expected"), SENTENCES)
def test_final_accounts(text: str, expected: list[str]) -> None:
    check(read(text), expected)


@pytest.mark.parametrize(("text", "expected"), BUDGETS)
def test_budgets(text: str, expected: list[str]) -> None:
    check(read(text, kind=BUDGET), expected)


def test_an_item_of_a_list_is_spoken_of_after_its_full_stop() -> None:
    check(
        read(
            "（一）收入总计321.5万元。包括：",
            "1.财政拨款收入310.1万元，为当年取得的拨款。与上年相比增加30万元，增长10.71%。",
            "2.其他收入11.4万元。与上年相比减少1万元，下降8.06%。",
        ),
        ["收入总计 amount 321.5 万元", "财政拨款收入 amount 310.1 万元 in=收入总计", "财政拨款收入 change 30 万元 dir=1",
         "财政拨款收入 change_rate 10.71 % dir=1", "其他收入 amount 11.4 万元", "其他收入 change 1 万元 dir=-1", "其他收入 change_rate 8.06 % dir=-1"],
    )


def test_a_heading_that_names_the_final_account_makes_last_years_figures_final() -> None:
    result = read("2021年度“三公”经费合计支出20.12万元，其中：公务接待费12.39万元。", kind=BUDGET, section="二、2021年“三公”经费决算情况")
    assert [row.stage_code for row in result.amounts] == ["prior_final", "prior_final"]
    result = read("2021年度“三公”经费20.12万元。", kind=BUDGET, section="二、“三公”经费预算情况")
    assert [row.stage_code for row in result.amounts] == ["prior_budget"]


def test_a_report_on_performance_after_the_account_is_of_its_own_kind() -> None:
    lines = [
        "第四部分 其他说明", "2022年收入总计35万元。", "部门整体支出绩效自评报告", "项目预算安排20万元，资金执行率96%。", "第五部分 附表", "支出总计35万元。",
    ]
    paragraphs = build([Paragraph(text=line, line=number) for number, line in enumerate(lines, 1)], kind=FINAL)
    kinds = {paragraph.text: paragraph.kind for paragraph in paragraphs}
    assert kinds["项目预算安排20万元，资金执行率96%。"] == PERFORMANCE
    assert kinds["2022年收入总计35万元。"] == kinds["支出总计35万元。"] == FINAL
    rows = extract(paragraphs, fiscal_year=2022, document_kind=FINAL).amounts
    assert [row.base_code for row in rows if row.role == "completion_rate"] == ["full_year_budget"]


def test_a_line_that_begins_with_a_year_is_not_glued_to_an_unfinished_one() -> None:
    lines = ["2022年部门收入56.2万元，支出52.1万元，主要原因是新增加了一个下属事业单位和一辆车", "2022年机关运行经费96万元，较2021年增加24万元。"]
    paragraphs = build([Paragraph(text=line, line=number) for number, line in enumerate(lines, 1)], kind=FINAL)
    assert len(paragraphs) == 2
    joined = build([Paragraph(text=line, line=number) for number, line in enumerate(["行政单位医疗（项）：主要用于", "在职人员医疗保险费。年初预算为6.2万元。"], 1)], kind=FINAL)
    assert len(joined) == 1


def test_what_money_is_for_may_stand_in_the_next_paragraph() -> None:
    check(
        read("9.卫生健康支出（类）行政事业单位医疗（款）行政单位医疗（项）。主要用于：", "在职人员医疗保险费。年初预算为6.29万元，支出决算为6.09万元。"),
        ["_ amount 6.29 万元 stage=initial_budget item=行政单位医疗", "_ amount 6.09 万元 stage=final item=行政单位医疗"],
    )
