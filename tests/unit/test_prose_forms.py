# ruff: noqa: E501  (a sentence is easier to judge on one line)
"""How the same fact is said: one sentence a form, with the rows that must come out of it.

A row is written as ``subject role value unit`` and what else matters (``dir=-1 base=prior_final stage=… in=parent``);
``implied`` marks a fact without its own digits, ``~`` a missing value or unit, ``_`` a subject that is not judged.
Sentences, names and figures are invented; only statutory labels are real.
"""

from __future__ import annotations

import pytest

from ingest.prose import ProseParagraph, extract
from ingest.prose.model import NarrativeAmount, ProseResult

FINAL, BUDGET, PERFORMANCE = "final_account", "budget", "performance"
_ATTRIBUTES = {
    "dir": "direction", "base": "base_code", "stage": "stage_code", "in": "parent_printed", "class": "class_name",
    "group": "group_name", "item": "item_name", "code": "code_printed", "year": "year_stated", "printed": "value_printed",
    "decimals": "decimals",
}


def read(*texts: str, kind: str | None = FINAL, year: int | None = 2022, section: str = "") -> ProseResult:
    """The result for paragraphs of one section."""
    paragraphs = [
        ProseParagraph(ordinal=position, text=text, section=section, kind=kind) for position, text in enumerate(texts, 1)
    ]
    return extract(paragraphs, fiscal_year=year, document_kind=kind)


def shown(row: NarrativeAmount) -> str:
    """A row in the notation of the tests, for messages."""
    words = [row.subject_printed or "_", row.role, row.value_text or "~", row.unit_of_measure or "~"]
    words += [f"{short}={getattr(row, name)}" for short, name in _ATTRIBUTES.items() if getattr(row, name) is not None]
    return " ".join(words + ["implied"] * row.is_implied)


def check(result: ProseResult, expected: list[str]) -> None:
    """All rows, in order, and nothing else."""
    found = "\n".join(shown(row) for row in result.amounts)
    assert len(result.amounts) == len(expected), f"{len(expected)} rows wanted, found:\n{found}"
    for row, wanted in zip(result.amounts, expected, strict=True):
        subject, role, value, unit, *rest = wanted.split()
        if subject != "_":
            assert row.subject_printed == subject, f"wanted {wanted}, found:\n{found}"
        assert row.role == role, f"wanted {wanted}, found {shown(row)}"
        assert (row.value_text or "~") == value, f"wanted {wanted}, found {shown(row)}"
        assert (row.unit_of_measure or "~") == unit, f"wanted {wanted}, found {shown(row)}"
        assert row.is_implied == ("implied" in rest), f"wanted {wanted}, found {shown(row)}"
        for word in rest:
            if word == "implied":
                continue
            short, _, text = word.partition("=")
            actual = getattr(row, _ATTRIBUTES[short])
            assert str("~" if actual is None else actual) == text, f"wanted {wanted}, found {shown(row)}"


# Totals of both sides (收入总计与支出总计)
TOTALS = [
    ("2022年度收入总计1286.40万元，支出总计1286.40万元。",
     ["收入总计 amount 1286.40 万元 stage=final decimals=2", "支出总计 amount 1286.40 万元 stage=final"]),
    ("2022年度收、支总计均为1286.4万元。", ["收入总计 amount 1286.4 万元", "支出总计 amount 1286.4 万元 implied"]),
    ("本年度收、支总计各905.18万元，与上年相比，收、支总计各增加25.30万元，增长2.88%。",
     ["收入总计 amount 905.18 万元", "支出总计 amount 905.18 万元 implied",
      "收入总计 change 25.30 万元 dir=1 base=prior_final", "支出总计 change 25.30 万元 dir=1 base=prior_final implied",
      "收入总计 change_rate 2.88 % dir=1 base=prior_final", "支出总计 change_rate 2.88 % dir=1 base=prior_final implied"]),
    ("2022年度收入、支出总计均为733.06万元。较2021年减少41.2万元，下降5.32%。",
     ["收入总计 amount 733.06 万元", "支出总计 amount 733.06 万元 implied",
      "收入总计 change 41.2 万元 dir=-1 base=prior_final", "支出总计 change 41.2 万元 dir=-1 implied",
      "收入总计 change_rate 5.32 % dir=-1", "支出总计 change_rate 5.32 % implied"]),
    ("2022年度收入支出总计512.77万元。", ["收入总计 amount 512.77 万元", "支出总计 amount 512.77 万元 implied"]),
    ("收入总计和支出总计均为88.5万元。", ["收入总计 amount 88.5 万元", "支出总计 amount 88.5 万元 implied"]),
    ("收支总计640万元，比上年决算减少12万元。",
     ["收入总计 amount 640 万元", "支出总计 amount 640 万元 implied", "收入总计 change 12 万元 dir=-1 base=prior_final",
      "支出总计 change 12 万元 implied"]),
    ("本年收入合计3,021.55万元；本年支出合计3,000.00万元。", ["本年收入合计 amount 3021.55 万元", "本年支出合计 amount 3000.00 万元"]),
    ("支出总计3666.34包括基本支出2100.10万元。", ["支出总计 amount 3666.34 万元", "基本支出 amount 2100.10 万元 in=支出总计"]),
    ("2022年度收入总计45.2亿元，其中本年收入41.07亿元。", ["收入总计 amount 45.2 亿元", "本年收入 amount 41.07 亿元 in=收入总计"]),
    ("此外，年初结转和结余15.6万元，不计入本年收入。", ["年初结转和结余 amount 15.6 万元"]),
    ("部门2022年收支决算总额为9,876,543.21元。", ["收入决算总额 amount 9876543.21 元", "支出决算总额 amount 9876543.21 元 implied"]),
    ("使用非财政拨款结余和专用结余0.00万元，结余分配3.2万元，年末结转和结余7.08万元。",
     ["使用非财政拨款结余和专用结余 amount 0.00 万元", "结余分配 amount 3.2 万元", "年末结转和结余 amount 7.08 万元"]),
    ("2022年度收入总计1,000.00万元，支出总计1,000.00万元。收支较上年决算数减少100.00万元、下降9.1%，主要原因是人员减少。",
     ["收入总计 amount 1000.00 万元", "支出总计 amount 1000.00 万元", "_ change 100.00 万元 dir=-1 base=prior_final", "_ change 100.00 万元 implied",
      "_ change_rate 9.1 % dir=-1", "_ change_rate 9.1 % implied"]),
    ("收入决算总计70万元，包括本年收入决算合计69万元，与上年相比减少1.2万元，减少1.7%，变动原因：项目减少；使用非财政拨款结余0万元，与上年决算数相同。",
     ["收入决算总计 amount 70 万元", "本年收入决算合计 amount 69 万元 in=收入决算总计", "本年收入决算合计 change 1.2 万元 dir=-1 base=prior_final",
      "本年收入决算合计 change_rate 1.7 % dir=-1", "使用非财政拨款结余 amount 0 万元", "使用非财政拨款结余 change ~ ~ dir=0 base=prior_final implied"]),
    ("收入支出总体与上年相比，减少18.3万元，下降4.2%。",
     ["收入总体 change 18.3 万元 dir=-1 base=prior_final", "支出总体 change 18.3 万元 implied", "收入总体 change_rate 4.2 %", "支出总体 change_rate 4.2 % implied"]),
    ("某中心2022年度收入合计9,100,000.00元。与上年相比，收入合计减少120,000.00元，下降1.3%。其中：财政拨款收入减少100,000.00元，下降1.1%；上级补助收入与上年持平。",
     ["收入合计 amount 9100000.00 元", "收入合计 change 120000.00 元 dir=-1 base=prior_final", "收入合计 change_rate 1.3 % dir=-1",
      "财政拨款收入 change 100000.00 元 dir=-1 in=收入合计 base=prior_final", "财政拨款收入 change_rate 1.1 % dir=-1",
      "上级补助收入 change ~ ~ dir=0 base=prior_final implied"]),
]

# Changes and what they are compared with
CHANGES = [
    ("项目支出200万元，比上年决算数增加15.5万元，增长8.40%。",
     ["项目支出 amount 200 万元", "项目支出 change 15.5 万元 dir=1 base=prior_final", "项目支出 change_rate 8.40 % dir=1 base=prior_final"]),
    ("项目支出200万元，较上年减少18.50万元(65.37%)。",
     ["项目支出 amount 200 万元", "项目支出 change 18.50 万元 dir=-1 base=prior_final", "项目支出 change_rate 65.37 % dir=-1 base=prior_final"]),
    ("公务接待费支出1.2万元，较上年减少8%。", ["公务接待费支出 amount 1.2 万元", "公务接待费支出 change_rate 8 % dir=-1 base=prior_final"]),
    ("基本支出较上年增加40万元，增437.7%。", ["基本支出 change 40 万元 dir=1", "基本支出 change_rate 437.7 % dir=1 base=prior_final"]),
    ("机关运行经费支出66.1万元，较年初预算数压减2.4万元，降低3.5%。",
     ["机关运行经费支出 amount 66.1 万元", "机关运行经费支出 change 2.4 万元 dir=-1 base=initial_budget",
      "机关运行经费支出 change_rate 3.5 % dir=-1 base=initial_budget"]),
    ("财政拨款支出比全年预算数减少6.7万元。", ["财政拨款支出 change 6.7 万元 dir=-1 base=full_year_budget"]),
    ("支出决算比调整预算数节约1.1万元，下降0.4%。", ["_ change 1.1 万元 dir=-1 base=full_year_budget", "_ change_rate 0.4 % base=full_year_budget"]),
    ("培训费支出3万元，与2021年度相比，增加0.6万元，增长25%。",
     ["培训费支出 amount 3 万元", "培训费支出 change 0.6 万元 dir=1 base=prior_final", "培训费支出 change_rate 25 % dir=1 base=prior_final"]),
    ("会议费较2015年下降30%。", ["会议费 change_rate 30 % dir=-1 base=prior_final"]),
    ("与年初预算相比，基本支出增加12.3万元，项目支出减少4.5万元。",
     ["基本支出 change 12.3 万元 dir=1 base=initial_budget", "项目支出 change 4.5 万元 dir=-1 base=initial_budget"]),
    ("行政运行（项）支出决算数为80.5万元，比上年决算数75万元增加5.5万元，增长7.33%。",
     ["_ amount 80.5 万元 stage=final item=行政运行", "_ amount 75 万元 stage=prior_final item=行政运行",
      "_ change 5.5 万元 dir=1 base=prior_final", "_ change_rate 7.33 % dir=1"]),
    ("“三公”经费支出4.1万元，较上年2.08减少，主要是接待减少。", ["“三公”经费支出 amount 4.1 万元", "“三公”经费支出 amount 2.08 万元 stage=prior_final"]),
    ("固定资产总额310万元，较年初增加20万元，增长6.9%。",
     ["固定资产总额 amount 310 万元", "固定资产总额 change 20 万元 dir=1 base=opening", "固定资产总额 change_rate 6.9 % dir=1 base=opening"]),
    ("事业收入50万元，同比增长11.2%。", ["事业收入 amount 50 万元", "事业收入 change_rate 11.2 % dir=1 base=prior_final"]),
    ("其他收入9万元，比上年同期减少1万元，降幅10%。",
     ["其他收入 amount 9 万元", "其他收入 change 1 万元 dir=-1 base=prior_final", "其他收入 change_rate 10 % dir=-1 base=prior_final"]),
    ("预决算差异率为-3.32%。", ["_ difference_rate -3.32 % dir=-1"]),
    ("财政拨款收入总计年初预算数200万元，决算数260万元，预决算差异率30.00%。",
     ["财政拨款收入总计 amount 200 万元 stage=initial_budget", "财政拨款收入总计 amount 260 万元 stage=final",
      "财政拨款收入总计 difference_rate 30.00 % base=initial_budget"]),
    ("与全年预算数相比情况：公务接待费全年预算数2万元，决算数1.5万元，预决算差异率-25%。",
     ["公务接待费 amount 2 万元 stage=full_year_budget", "公务接待费 amount 1.5 万元 stage=final",
      "公务接待费 difference_rate -25 % base=full_year_budget dir=-1"]),
    ("与上年决算数下降16.77%的是公务接待费。", ["_ change_rate 16.77 % dir=-1 base=prior_final"]),
    ("公务接待费2022年决算8万元，2021年决算12.5万元，对比减少4.5万元，减少率36%。",
     ["公务接待费 amount 8 万元 stage=final", "公务接待费 amount 12.5 万元 stage=prior_final", "公务接待费 change 4.5 万元 dir=-1 base=prior_final",
      "公务接待费 change_rate 36 % dir=-1 base=prior_final"]),
    ("社会满意率比上年提高1.5个百分点。", ["社会满意率 change 1.5 个百分点 dir=1 base=prior_final"]),
    ("年初预算调整金额+12.30万元，人员经费调整-1.05万元。",
     ["_ change 12.30 万元 dir=1 base=initial_budget", "_ change -1.05 万元 dir=-1 base=initial_budget"]),
    ("在职人员32人，比上年增加2人；退休人员15人，与上年相比减少1人。",
     ["在职人员 count 32 人", "在职人员 change 2 人 dir=1 base=prior_year_count", "退休人员 count 15 人",
      "退休人员 change 1 人 dir=-1 base=prior_year_count"]),
    ("住房公积金支出37.4万元，上年决算数为35万元，增加2.4万元。",
     ["住房公积金支出 amount 37.4 万元", "住房公积金支出 amount 35 万元 stage=prior_final", "住房公积金支出 change 2.4 万元 dir=1 base=prior_final"]),
    ("收入、支出决算总计各减少3.6万元，各下降1.2%。",
     ["收入决算总计 change 3.6 万元 dir=-1", "支出决算总计 change 3.6 万元 implied", "收入决算总计 change_rate 1.2 % dir=-1", "支出决算总计 change_rate 1.2 % implied"]),
    ("决算数10万元，比2022年度年初预算数12万元减少2万元。",
     ["_ amount 10 万元 stage=final", "_ amount 12 万元 stage=initial_budget", "_ change 2 万元 dir=-1 base=initial_budget"]),
    ("决算数小于年初预算数0.3万元，主要是人员减少。", ["_ change 0.3 万元 dir=-1 base=initial_budget"]),
    ("支出决算比年初预算多5.6万元，完成年初预算的103%。", ["_ change 5.6 万元 dir=1 base=initial_budget", "_ completion_rate 103 % base=initial_budget"]),
    ("培训费支出较2021年培训费减少0.31万元，减少原因主要是线上培训增多。", ["培训费支出 change 0.31 万元 dir=-1 base=prior_final"]),
    ("其中：因公出国（境）费用。2022年决算数0万元，与2022年度年初预算数持平。",
     ["因公出国（境）费用 amount 0 万元 stage=final", "因公出国（境）费用 change ~ ~ dir=0 base=initial_budget implied"]),
    ("主要原因是增加人员经费5万元，减少项目支出2万元。", ["人员经费 change 5 万元 dir=1", "项目支出 change 2 万元 dir=-1"]),
    ("主要原因是追加信息化建设经费22万元，新增工作人员3名。", ["_ amount 22 万元", "_ count 3 名"]),
    ("年末结转和结余较上年增加0.5万元。", ["年末结转和结余 change 0.5 万元 dir=1 base=prior_final"]),
    ("因公出国（境）费2022年财政拨款支出决算数为79.1万元，比2022年度预算数减少14.8万元，比2021年度决算数87.5万元减少8.4万元，下降9.6%。",
     ["因公出国（境）费财政拨款支出 amount 79.1 万元 stage=final", "_ change 14.8 万元 dir=-1 base=initial_budget", "_ amount 87.5 万元 stage=prior_final",
      "_ change 8.4 万元 dir=-1 base=prior_final", "_ change_rate 9.6 % dir=-1 base=prior_final"]),
    ("公务接待支出比去年减少9.21万元，公务用车运行维护费比去年减少23.32万元。",
     ["公务接待支出 change 9.21 万元 dir=-1 base=prior_final", "公务用车运行维护费 change 23.32 万元 dir=-1 base=prior_final"]),
    ("绩效项目减少4个项目，年中增加8个项目。", ["绩效项目 change 4 个 dir=-1 base=prior_year_count", "项目 change 8 个 dir=1 base=prior_year_count"]),
    ("与上年相比，财政拨款收、支总计各减少56.3万元，分别下降1.8%、1.9%。",
     ["财政拨款收入总计 change 56.3 万元 dir=-1 base=prior_final", "财政拨款支出总计 change 56.3 万元 implied",
      "财政拨款收入总计 change_rate 1.8 % dir=-1 base=prior_final", "财政拨款支出总计 change_rate 1.9 % dir=-1 base=prior_final"]),
    ("收入、支出较上年分别增加20万元和18万元。", ["收入 change 20 万元 dir=1 base=prior_final", "支出 change 18 万元 dir=1 base=prior_final"]),
    ("住房公积金支出决算为37.5万元，与年初预算37.5万元一致。",
     ["住房公积金支出 amount 37.5 万元", "住房公积金支出 amount 37.5 万元 stage=initial_budget", "住房公积金支出 change ~ ~ dir=0 base=initial_budget implied"]),
    ("培训费支出0.3万元，上年为0，增长100%。",
     ["培训费支出 amount 0.3 万元", "培训费支出 amount 0 万元 stage=prior_final", "培训费支出 change_rate 100 % dir=1"]),
]

# Budgets: prior budget, prior execution, current budget (预算公开)
BUDGETS = [
    ("2023年收支总预算1437万元。", ["收入总预算 amount 1437 万元 stage=initial_budget", "支出总预算 amount 1437 万元 stage=initial_budget implied"]),
    ("2023年收入预算820.16万元，比上年预算增加30.02万元，增长3.80%。",
     ["_ amount 820.16 万元 stage=initial_budget", "_ change 30.02 万元 dir=1 base=prior_budget", "_ change_rate 3.80 % dir=1 base=prior_budget"]),
    ("财政拨款收入500万元，比2022年预算执行数增加20万元。", ["财政拨款收入 amount 500 万元", "财政拨款收入 change 20 万元 dir=1 base=prior_execution"]),
    ("基本支出300万元，比上年执行数减少5万元，下降1.64%。",
     ["基本支出 amount 300 万元", "基本支出 change 5 万元 dir=-1 base=prior_execution", "基本支出 change_rate 1.64 % base=prior_execution"]),
    ("“三公”经费预算数为2.4万元，与2022年预算持平。", ["“三公”经费 amount 2.4 万元 stage=initial_budget", "“三公”经费 change ~ ~ dir=0 base=prior_budget implied"]),
    ("教育支出18.2万元，较2022年当年预算数增加1.2万元。", ["教育支出 amount 18.2 万元", "教育支出 change 1.2 万元 dir=1 base=prior_budget"]),
    ("商品和服务支出45万元，较上年增加3万元。", ["商品和服务支出 amount 45 万元", "商品和服务支出 change 3 万元 dir=1 base=prior_budget"]),
    ("政府采购预算120万元，比2022年决算数减少8万元。", ["政府采购 amount 120 万元 stage=initial_budget", "政府采购 change 8 万元 dir=-1 base=prior_final"]),
    ("其中：财政拨款支出预算90万元；政府性基金支出预算0万元。", ["财政拨款支出 amount 90 万元", "政府性基金支出 amount 0 万元"]),
    ("一般公共服务支出（类）财政事务（款）行政运行（项）：2023年预算数为722.2万元，比上年预算减少5.5万元，下降0.76%。",
     ["_ amount 722.2 万元 stage=initial_budget class=一般公共服务支出 group=财政事务 item=行政运行", "_ change 5.5 万元 dir=-1 base=prior_budget item=行政运行",
      "_ change_rate 0.76 % dir=-1 base=prior_budget item=行政运行"]),
    ("2023年预算安排购置车辆0辆，单价100万元（含）以上设备2台（套）。", ["_ count 0 辆", "单价100万元（含）以上设备 count 2 台（套）"]),
    ("预算安排规模：300万元", ["预算安排规模 amount 300 万元 stage=initial_budget"]),
    ("资金分配情况：平台运维费12万；线路租赁费8.5万；服务器续保费30万。", ["平台运维费 amount 12 万元", "线路租赁费 amount 8.5 万元", "服务器续保费 amount 30 万元"]),
    ("年度项目总预算170万，其中支持技术改造100万，支持品牌建设70万，合计170万。",
     ["项目总预算 amount 170 万元", "支持技术改造 amount 100 万元 in=项目总预算", "支持品牌建设 amount 70 万元", "合计 amount 170 万元"]),
    ("本年度预算绩效管理的项目6个，涉及预算金额410万元。", ["_ count 6 个", "涉及预算金额 amount 410 万元 stage=initial_budget"]),
    ("2023年编报绩效目标的项目共12个，涉及项目预算资金980.5万元。", ["编报绩效目标的项目 count 12 个", "_ amount 980.5 万元"]),
    ("面向中小企业预留政府采购项目预算金额80万元，其中：面向小微企业预留政府采购项目预算金额50万元。",
     ["面向中小企业预留政府采购项目预算金额 amount 80 万元", "面向小微企业预留政府采购项目预算金额 amount 50 万元"]),
    ("因公出国（境）费预算0万元，公务用车运行费预算6万元，公务接待费预算1.5万元。",
     ["因公出国（境）费 amount 0 万元", "公务用车运行费 amount 6 万元", "公务接待费 amount 1.5 万元"]),
    ("公务用车购置安排18万元，主要是更新执法车辆。", ["_ amount 18 万元"]),
    ("相应安排支出预算820.16万元。", ["_ amount 820.16 万元 stage=initial_budget"]),
    ("2016年三公经费预算拨入33万元，2015年三公经费预算拨入57.5万元。", ["三公经费 amount 33 万元", "三公经费 amount 57.5 万元"]),
    ("2023年会议费预算2万元，拟召开3次会议，人数200人；培训费预算3万元，拟开展2次培训，人数120人。",
     ["会议费 amount 2 万元 stage=initial_budget", "拟召开会议 count 3 次", "人数 count 200 人", "培训费 amount 3 万元", "拟开展培训 count 2 次", "人数 count 120 人"]),
    ("支出较去年增加100.2万元，其中基本支出增加80.2万元，项目支出增加20万元。",
     ["支出 change 100.2 万元 dir=1 base=prior_budget", "基本支出 change 80.2 万元 dir=1 base=prior_budget", "项目支出 change 20 万元 dir=1 base=prior_budget"]),
    ("年初预算安排基本支出50万元、项目支出20万元。", ["基本支出 amount 50 万元 stage=initial_budget", "项目支出 amount 20 万元"]),
    ("“三公”经费预算为332万元。同口径比2022年减少83万元，下降20%。其中：公务接待费同口径比2022年减少3.8万元。",
     ["“三公”经费 amount 332 万元", "“三公”经费 change 83 万元 dir=-1 base=prior_budget", "“三公”经费 change_rate 20 % dir=-1",
      "公务接待费 change 3.8 万元 dir=-1 base=prior_budget in=“三公”经费"]),
    ("公务用车购置及运行费50万元（公务用车购置费10万元，比上年增加0万元；公务用车运行维护费40万元，比上年增加0万元。）比上年增加0万元，增长0%。",
     ["公务用车购置及运行费 amount 50 万元", "公务用车购置费 amount 10 万元 in=公务用车购置及运行费", "公务用车购置费 change 0 万元 base=prior_budget",
      "公务用车运行维护费 amount 40 万元", "公务用车运行维护费 change 0 万元", "公务用车购置及运行费 change 0 万元 base=prior_budget", "公务用车购置及运行费 change_rate 0 %"]),
    ("本部门机关运行经费安排312.23万元，比上年增加15.18万元；公务接待费1万元，较上年无增减。",
     ["机关运行经费 amount 312.23 万元", "机关运行经费 change 15.18 万元 dir=1 base=prior_budget", "公务接待费 amount 1 万元",
      "公务接待费 change ~ ~ dir=0 base=prior_budget implied"]),
]

# Completion, stages
COMPLETION = [
    ("2022年度财政拨款支出年初预算为364.9万元，支出决算为412.3万元，完成年初预算的112.99%。",
     ["财政拨款支出 amount 364.9 万元 stage=initial_budget", "财政拨款支出 amount 412.3 万元 stage=final",
      "财政拨款支出 completion_rate 112.99 % base=initial_budget"]),
    ("“三公”经费支出年初预算为3万元，支出决算为1.8万元，完成预算的60%，决算数小于预算数的主要原因是接待减少。",
     ["“三公”经费支出 amount 3 万元 stage=initial_budget", "“三公”经费支出 amount 1.8 万元 stage=final", "“三公”经费支出 completion_rate 60 % base=initial_budget"]),
    ("公务接待费支出全年预算为2万元，支出决算为1万元，完成全年预算的50%。",
     ["公务接待费支出 amount 2 万元 stage=full_year_budget", "公务接待费支出 amount 1 万元 stage=final", "公务接待费支出 completion_rate 50 % base=full_year_budget"]),
    ("项目全年预算数为40万元，执行数为36.89万元，执行率为92.22%。",
     ["_ amount 40 万元 stage=full_year_budget", "_ amount 36.89 万元 stage=final", "_ completion_rate 92.22 % base=full_year_budget"]),
    ("培训支出（项）。年初预算为5.2万元，支出决算为4.9万元，完成年初预算的94.23%。",
     ["_ amount 5.2 万元 stage=initial_budget item=培训支出", "_ amount 4.9 万元 stage=final item=培训支出", "_ completion_rate 94.23 % base=initial_budget item=培训支出"]),
    ("年初预算55万元，实际使用52.59万元，占比95.62%。",
     ["_ amount 55 万元 stage=initial_budget", "_ amount 52.59 万元 stage=final", "_ completion_rate 95.62 % base=initial_budget"]),
    ("支出决算为98.2万元，占年初预算的98.2%。", ["_ amount 98.2 万元 stage=final", "_ completion_rate 98.2 % base=initial_budget"]),
    ("公务用车运行维护费支出决算2.1万元，为年初预算的70%。", ["公务用车运行维护费 amount 2.1 万元", "公务用车运行维护费 completion_rate 70 % base=initial_budget"]),
    ("预算执行比例为99.1%。", ["_ completion_rate 99.1 %"]),
    ("年初政府采购预算数为11.45万元，实际政府采购数为11.45万元，政府采购执行率为100%。",
     ["政府采购 amount 11.45 万元 stage=initial_budget", "_ amount 11.45 万元", "政府采购 completion_rate 100 % base=initial_budget"]),
    ("年初预算为0万元，支出决算为6.6万元，无法计算完成率。", ["_ amount 0 万元 stage=initial_budget", "_ amount 6.6 万元 stage=final"]),
    ("教育支出年初预算8.0万元，支出决算8.0万元，完成预算100%，决算数与预算数持平。",
     ["教育支出 amount 8.0 万元", "教育支出 amount 8.0 万元", "教育支出 completion_rate 100 % base=initial_budget", "教育支出 change ~ ~ dir=0 base=initial_budget implied"]),
    ("调整后预算总额199.8万元，其中年初预算金额145.3万元，调整预算金额54.5万元；实际支出185.6万元，预算总执行率为92.89%。",
     ["_ amount 199.8 万元 stage=full_year_budget", "_ amount 145.3 万元 stage=initial_budget", "_ change 54.5 万元 base=initial_budget",
      "_ amount 185.6 万元 stage=final", "_ completion_rate 92.89 % base=full_year_budget"]),
    ("卫生健康支出年初预算数12万元，全年预算数13万元，支出决算数12.5万元，完成全年预算的96.15%。",
     ["卫生健康支出 amount 12 万元 stage=initial_budget", "卫生健康支出 amount 13 万元 stage=full_year_budget", "卫生健康支出 amount 12.5 万元 stage=final",
      "卫生健康支出 completion_rate 96.15 % base=full_year_budget"]),
    ("“三公”经费财政拨款支出预算3.3万元，支出决算1.8万元，完成年初预算的54.5%。",
     ["“三公”经费财政拨款支出 amount 3.3 万元 stage=initial_budget", "“三公”经费财政拨款支出 amount 1.8 万元 stage=final", "_ completion_rate 54.5 % base=initial_budget"]),
    ("2022年财政拨款决算支出86.3万元，占本年支出合计的100%。", ["财政拨款支出 amount 86.3 万元 stage=final", "财政拨款支出 share 100 % in=本年支出合计"]),
]

# Shares and parts
SHARES = [
    ("本年收入合计600万元，其中：财政拨款收入580万元，占96.67%；事业收入12万元，占2%；其他收入8万元，占1.33%。",
     ["本年收入合计 amount 600 万元", "财政拨款收入 amount 580 万元 in=本年收入合计", "财政拨款收入 share 96.67 %", "事业收入 amount 12 万元 in=本年收入合计",
      "事业收入 share 2 %", "其他收入 amount 8 万元 in=本年收入合计", "其他收入 share 1.33 %"]),
    ("基本支出300万元，占本年支出合计的75.5%。", ["基本支出 amount 300 万元", "基本支出 share 75.5 % in=本年支出合计"]),
    ("基本支出300万元，占总支出的比重为75.5%。", ["基本支出 amount 300 万元", "基本支出 share 75.5 % in=总支出"]),
    ("公用经费20.5万元，占比12.30%。", ["公用经费 amount 20.5 万元", "公用经费 share 12.30 %"]),
    ("住房保障支出15万元，3.14%。", ["住房保障支出 amount 15 万元", "住房保障支出 share 3.14 %"]),
    ("农林水支出（类）30万元（4.2%）；", ["_ amount 30 万元 class=农林水支出", "_ share 4.2 % class=农林水支出"]),
    ("社会保障和就业支出（类）支出60万元，占76.23。", ["_ amount 60 万元 class=社会保障和就业支出", "_ share 76.23 % class=社会保障和就业支出"]),
    ("公务用车购置及运行费9万元（其中：公务用车购置费0万元，公务用车运行维护费9万元）、公务接待费1万元。",
     ["公务用车购置及运行费 amount 9 万元", "公务用车购置费 amount 0 万元 in=公务用车购置及运行费", "公务用车运行维护费 amount 9 万元 in=公务用车购置及运行费",
      "公务接待费 amount 1 万元 in=~"]),
    ("人员经费50万元，主要包括：基本工资20万元、津贴补贴15万元、奖金15万元。",
     ["人员经费 amount 50 万元", "基本工资 amount 20 万元 in=人员经费", "津贴补贴 amount 15 万元 in=人员经费", "奖金 amount 15 万元 in=人员经费"]),
    ("基本支出预算总额90万元（含：人员经费80万元，公用经费10万元），实际支出90万元。",
     ["基本支出 amount 90 万元", "人员经费 amount 80 万元 in=基本支出", "公用经费 amount 10 万元 in=基本支出", "_ amount 90 万元 stage=final"]),
    ("项目支出100万元——其中上级专项40万元，本级安排60万元。", ["项目支出 amount 100 万元", "上级专项 amount 40 万元 in=项目支出", "本级安排 amount 60 万元 in=项目支出"]),
    ("工会经费5.75万元，占比13.71%、公车运行维护费1.8万元，占比4.3%、其他交通费用17.9万元，占比42.76%",
     ["工会经费 amount 5.75 万元", "工会经费 share 13.71 %", "公车运行维护费 amount 1.8 万元", "公车运行维护费 share 4.3 %", "其他交通费用 amount 17.9 万元",
      "其他交通费用 share 42.76 %"]),
    ("一般公共预算财政拨款支出300万元，主要用于以下方面：教育支出（类）250万元，占83.33%；科学技术支出（类）50万元，占16.67%。",
     ["一般公共预算财政拨款支出 amount 300 万元", "教育支出（类） amount 250 万元 class=教育支出 in=一般公共预算财政拨款支出", "教育支出（类） share 83.33 %",
      "科学技术支出（类） amount 50 万元 class=科学技术支出", "科学技术支出（类） share 16.67 %"]),
    ("政府采购支出总额30万元，均为政府采购货物支出。", ["政府采购支出总额 amount 30 万元"]),
    ("占收入合计98.7%的是财政拨款收入。", ["_ share 98.7 % in=收入合计"]),
    ("2023年项目支出80万元，占支出预算的40%。", ["项目支出 amount 80 万元", "项目支出 share 40 %"]),
    ("包括财政拨款收入490万元（其中，一般公共预算480万元，政府性基金预算10万元，国有资本经营预算0万元），占收入合计98%。",
     ["财政拨款收入 amount 490 万元", "一般公共预算 amount 480 万元 in=财政拨款收入", "政府性基金预算 amount 10 万元 in=财政拨款收入",
      "国有资本经营预算 amount 0 万元 in=财政拨款收入", "财政拨款收入 share 98 % in=收入合计"]),
    ("包括基本工资、津贴补贴等人员经费支出54万元，占基本支出的90%；办公费、印刷费等公用经费6万元，占基本支出的10%。",
     ["人员经费支出 amount 54 万元", "人员经费支出 share 90 % in=基本支出", "公用经费 amount 6 万元", "公用经费 share 10 % in=基本支出"]),
    ("项目支出250.4万元，其中：1.宣传经费50万元；2.信息化运维费100.4万元；3.大型会议费100万元。",
     ["项目支出 amount 250.4 万元", "宣传经费 amount 50 万元 in=项目支出", "信息化运维费 amount 100.4 万元 in=项目支出", "大型会议费 amount 100 万元 in=项目支出"]),
    ("项目资金总额500万元，其中中央财政资金300万元，市县财政资金200万元。全年实际支出480万元。",
     ["项目资金总额 amount 500 万元", "中央财政资金 amount 300 万元 in=项目资金总额", "市县财政资金 amount 200 万元", "项目资金总额 amount 480 万元 stage=final in=~"]),
    ("按功能分类科目分，一般公共服务支出70万元，占70%，主要用于保障运转；卫生健康支出30万元，占30%。",
     ["一般公共服务支出 amount 70 万元", "一般公共服务支出 share 70 %", "卫生健康支出 amount 30 万元", "卫生健康支出 share 30 %"]),
]

# Functional subjects named in full, by code, by template
SUBJECTS = [
    ("1.一般公共服务支出（类）财政事务（款）行政运行（项）107.02万元。",
     ["_ amount 107.02 万元 class=一般公共服务支出 group=财政事务 item=行政运行"]),
    ("卫生健康支出（210类）行政事业单位医疗（11款）行政单位医疗（01项）7.3万元。",
     ["_ amount 7.3 万元 class=卫生健康支出 group=行政事业单位医疗 item=行政单位医疗 code=2101101"]),
    ("（210类）卫生健康支出（11款）行政事业单位医疗（01项）行政单位医疗7.3万元。",
     ["_ amount 7.3 万元 class=卫生健康支出 group=行政事业单位医疗 item=行政单位医疗 code=2101101"]),
    ("（类）教育支出（款）进修及培训（项）培训支出决算数为0.5万元。", ["_ amount 0.5 万元 class=教育支出 group=进修及培训 item=培训支出"]),
    ("2080505机关事业单位基本养老保险缴费支出16.9万元。", ["机关事业单位基本养老保险缴费支出 amount 16.9 万元 code=2080505"]),
    ("201-一般公共服务支出95万元，20106-财政事务95万元。", ["一般公共服务支出 amount 95 万元 code=201", "财政事务 amount 95 万元 code=20106"]),
    ("住房公积金（2210201）8.8万元。", ["住房公积金 amount 8.8 万元 code=2210201"]),
    ("一般公共服务支出(类)政府办公厅(室)及相关机构事务(款)事业运行(项): 支出决算数为 63.89 万元, 比上年决算增加 2.04 万元, 增长 3.30%。",
     ["_ amount 63.89 万元 group=政府办公厅（室）及相关机构事务 item=事业运行", "_ change 2.04 万元 dir=1 base=prior_final", "_ change_rate 3.30 % dir=1"]),
    ("“住房保障支出（类）住房改革支出（款）购房补贴（项）”148.80万元，主要用于每月房贴。",
     ["_ amount 148.80 万元 class=住房保障支出 group=住房改革支出 item=购房补贴"]),
    ("3、农林水支出（类）水利（款）水利工程运行与维护（项）。主要用于：泵站维护。年初预算为20万元，支出决算为18万元。",
     ["_ amount 20 万元 stage=initial_budget item=水利工程运行与维护", "_ amount 18 万元 stage=final item=水利工程运行与维护"]),
    ("社会保障和就业支出（类）行政事业单位养老支出（款）行政单位离退休（项）5万元，机关事业单位职业年金缴费支出（项）3万元。",
     ["_ amount 5 万元 item=行政单位离退休", "_ amount 3 万元 class=社会保障和就业支出 group=行政事业单位养老支出 item=机关事业单位职业年金缴费支出"]),
    ("主要用于：一、一般公共服务支出(类)70万元，占比89.7%；五、教育支出(类)8万元，占比10.3%。",
     ["一般公共服务支出（类） amount 70 万元", "一般公共服务支出（类） share 89.7 %", "教育支出（类） amount 8 万元", "教育支出（类） share 10.3 %"]),
    ("（1）工资福利支出（301类）45万元，商品和服务支出（302类）12万元。", ["_ amount 45 万元 class=工资福利支出", "_ amount 12 万元 class=商品和服务支出"]),
    ("文化体育与传媒支出（类）文化（款）图书馆（项）支出33.5万元。", ["_ amount 33.5 万元 class=文化体育与传媒支出 group=文化 item=图书馆"]),
    ("208社会保障和就业支出60.8万元，其中：2080505机关事业单位基本养老保险缴费支出40.5万元。",
     ["社会保障和就业支出 amount 60.8 万元 code=208", "机关事业单位基本养老保险缴费支出 amount 40.5 万元 code=2080505 in=社会保障和就业支出"]),
    ("社会保障和就业支出（208）行政事业单位养老支出（05）机关事业单位职业年金缴费支出（06）：支出决算20.5万元。",
     ["_ amount 20.5 万元 code=2080506 class=社会保障和就业支出 group=行政事业单位养老支出 item=机关事业单位职业年金缴费支出"]),
    ("行政单位医疗2101101年初预算数为12.00万元，支出决算数为11.50万元。",
     ["行政单位医疗 amount 12.00 万元 stage=initial_budget code=2101101", "行政单位医疗 amount 11.50 万元 stage=final code=2101101"]),
    ("2050202小学教育，支出决算300万元，占教育支出的80%。", ["小学教育 amount 300 万元 code=2050202", "小学教育 share 80 % in=教育支出"]),
    ("教育支出决算0.42万元，公务接待费支出决算1万元。", ["教育支出 amount 0.42 万元 stage=final", "公务接待费 amount 1 万元 stage=final"]),
]

# Nothing, unchanged, both
IMPLIED = [
    ("因公出国（境）费支出0万元，与上年持平。", ["因公出国（境）费支出 amount 0 万元", "因公出国（境）费支出 change ~ ~ dir=0 base=prior_final implied"]),
    ("公务接待费1.5万元，与上年相同。", ["公务接待费 amount 1.5 万元", "公务接待费 change ~ ~ dir=0 base=prior_final implied"]),
    ("公务接待费1.5万元，与上年相比无变化。", ["公务接待费 amount 1.5 万元", "公务接待费 change ~ ~ dir=0 base=prior_final implied"]),
    ("公务接待费与2021年度决算支出基本持平。", ["公务接待费 change ~ ~ dir=0 base=prior_final implied"]),
    ("本部门2022年度无政府性基金预算财政拨款收入。", ["政府性基金预算财政拨款收入 amount 0 万元 implied"]),
    ("我单位没有使用国有资本经营预算拨款安排的支出。", ["国有资本经营预算拨款安排的支出 amount 0 万元 implied"]),
    ("政府性基金预算未安排。", ["政府性基金预算 amount 0 万元 implied"]),
    ("2022年未安排会议费。", ["会议费 amount 0 万元 implied"]),
    ("本单位本年度无国有资本经营预算财政拨款收入、支出及结转和结余，此表为空表。",
     ["国有资本经营预算财政拨款收入 amount 0 万元 implied", "国有资本经营预算财政拨款支出 amount 0 万元 implied"]),
    ("公务接待费、会议费均为0万元。", ["公务接待费 amount 0 万元", "会议费 amount 0 万元 implied"]),
    ("公务用车购置数及保有量分别为1辆和13辆。", ["_ count 1 辆", "_ count 13 辆"]),
    ("人员经费和公用经费分别为80万元、12万元。", ["人员经费 amount 80 万元", "公用经费 amount 12 万元"]),
    ("支出增加的主要原因是与上年持平的项目未安排。", []),
]

# People, vehicles, assets, procurement, operating cost
STATISTICS = [
    ("编制数45，实有人数44人，其中：在职38人，离休1人，退休5人。",
     ["编制数 count 45 人", "实有人数 count 44 人", "在职 count 38 人 in=实有人数", "离休 count 1 人 in=实有人数", "退休 count 5 人 in=实有人数"]),
    ("核定行政编制12名，事业编制8名，工勤编制2名；实有在编人员20人，临聘人员6人，遗属3人。",
     ["_ count 12 名", "事业编制 count 8 名", "工勤编制 count 2 名", "实有在编人员 count 20 人", "临聘人员 count 6 人", "遗属 count 3 人"]),
    ("共有车辆5辆，其中：副部（省）级及以上领导用车0辆、主要领导干部用车0辆、机要通信用车1辆、应急保障用车1辆、执法执勤用车2辆、特种专业技术用车0辆、离退休干部用车0辆、其他用车1辆。",
     ["车辆 count 5 辆", "副部（省）级及以上领导用车 count 0 辆 in=车辆", "主要领导干部用车 count 0 辆", "机要通信用车 count 1 辆", "应急保障用车 count 1 辆",
      "执法执勤用车 count 2 辆", "特种专业技术用车 count 0 辆", "离退休干部用车 count 0 辆", "其他用车 count 1 辆"]),
    ("主要领导干部用车3机要通信用车0应急保障用车10", ["主要领导干部用车 count 3 辆", "机要通信用车 count 0 辆", "应急保障用车 count 10 辆"]),
    ("单价50万元以上通用设备3台（套），单价100万元以上专用设备1台（套）。", ["单价50万元以上通用设备 count 3 台（套）", "单价100万元以上专用设备 count 1 台（套）"]),
    ("单位价值100万元以上设备（不含车辆）0。", ["单位价值100万元以上设备（不含车辆） count 0 台"]),
    ("截至2022年12月31日，房屋1203.5平方米，价值88.2万元。车辆2辆，价值31.9万元。",
     ["房屋 area 1203.5 平方米", "房屋价值 amount 88.2 万元", "车辆 count 2 辆", "车辆价值 amount 31.9 万元"]),
    ("2022年度政府采购支出总额50万元，其中：政府采购货物支出20万元、政府采购工程支出0万元、政府采购服务支出30万元。授予中小企业合同金额45万元，占政府采购支出总额的90%，其中：授予小微企业合同金额30万元，占授予中小企业合同金额的66.7%。",
     ["政府采购支出总额 amount 50 万元", "政府采购货物支出 amount 20 万元 in=政府采购支出总额", "政府采购工程支出 amount 0 万元", "政府采购服务支出 amount 30 万元",
      "授予中小企业合同金额 amount 45 万元", "授予中小企业合同金额 share 90 % in=政府采购支出总额", "授予小微企业合同金额 amount 30 万元 in=授予中小企业合同金额",
      "授予小微企业合同金额 share 66.7 % in=授予中小企业合同金额"]),
    ("货物支出授予中小企业合同金额占货物支出金额的100%，工程支出授予中小企业合同金额占工程支出金额的0%。",
     ["货物支出授予中小企业合同金额 share 100 % in=货物支出金额", "工程支出授予中小企业合同金额 share 0 % in=工程支出金额"]),
    ("机关运行经费支出18.4万元，比2021年增加0.9万元，增长5.14%，主要原因是新增办公楼1处。",
     ["机关运行经费支出 amount 18.4 万元", "机关运行经费支出 change 0.9 万元 dir=1 base=prior_final", "机关运行经费支出 change_rate 5.14 % dir=1", "_ count 1 处"]),
    ("因公出国（境）团组2个，累计6人次。", ["因公出国（境）团组 count 2 个", "_ count 6 人次"]),
    ("国内公务接待32批次，256人次，共1.2万元。", ["国内公务接待 count 32 批次", "国内公务接待 count 256 人次", "_ amount 1.2 万元"]),
    ("公务接待220批次，人数2929人。", ["公务接待 count 220 批次", "人数 count 2929 人"]),
    ("国内公务接待批次为520个，接待人次为4,200人。", ["国内公务接待批次 count 520 个", "接待人次 count 4200 人"]),
    ("公务用车保有量为2辆，购置公务用车0辆。", ["公务用车保有量 count 2 辆", "_ count 0 辆"]),
    ("会议费支出2.1万元，召开会议6次，参会人数310人；培训费支出1.4万元，组织培训3次。",
     ["会议费支出 amount 2.1 万元", "_ count 6 次", "_ count 310 人", "培训费支出 amount 1.4 万元", "_ count 3 次"]),
    ("部门内设6个科室，下属事业单位3家。", ["_ count 6 个", "下属事业单位 count 3 家"]),
    ("车均运行维护费1.58万元。", ["_ amount 1.58 万元"]),
    ("国（境）外公务接待0批次，0人次。", ["_ count 0 批次", "_ count 0 人次"]),
    ("接待13,100批次、约1.5万人次。", ["_ count 13100 批次", "_ count 1.5 万人次"]),
    ("在面向中小企业预留的政府采购项目中，由中小企业供应商中标或成交的，采购金额24.6万元。",
     ["采购金额 amount 24.6 万元 in=在面向中小企业预留的政府采购项目中，由中小企业供应商中标或成交的"]),
    ("实有人员编制20人。其中：行政编制15人（含行政工勤编制2人），事业编制5人；离退休人员10人。其中：离休0人，退休10人。",
     ["实有人员编制 count 20 人", "行政编制 count 15 人 in=实有人员编制", "行政工勤编制 count 2 人 in=行政编制", "事业编制 count 5 人 in=实有人员编制",
      "离退休人员 count 10 人", "离休 count 0 人", "退休 count 10 人"]),
    ("资产总额1000.50元，其中，流动资产300元，固定资产600元（净值）。处置车辆1辆，账面原值80000元。",
     ["资产总额 amount 1000.50 元", "流动资产 amount 300 元 in=资产总额", "固定资产 amount 600 元 in=资产总额", "处置车辆 count 1 辆", "处置车辆账面原值 amount 80000 元"]),
    ("固定资产原值1,520.6万元，累计折旧620.3万元，净值900.3万元。",
     ["固定资产原值 amount 1520.6 万元", "固定资产累计折旧 amount 620.3 万元", "固定资产净值 amount 900.3 万元"]),
    ("国内公务接待3批次，20人次（不包括陪同人员），共计支出0.28万元。",
     ["国内公务接待 count 3 批次", "国内公务接待 count 20 人次", "国内公务接待 amount 0.28 万元"]),
    ("更新购置公务用车0辆，其中：轿车0辆、金额0万元，越野车0辆、金额0万元。",
     ["更新购置公务用车 count 0 辆", "轿车 count 0 辆", "轿车金额 amount 0 万元", "越野车 count 0 辆", "越野车金额 amount 0 万元"]),
    ("本部门人均接待费60.5元，车均购置费0万元，车均维护费3.2万元。", ["人均接待费 amount 60.5 元", "车均购置费 amount 0 万元", "车均维护费 amount 3.2 万元"]),
    ("车辆编制数10辆，实有8辆；办公用房面积2300平方米。", ["车辆编制数 count 10 辆", "_ count 8 辆", "办公用房面积 area 2300 平方米"]),
    ("房屋构筑物5000平方米、原值1200万元；土地35亩。", ["房屋构筑物 area 5000 平方米", "房屋构筑物原值 amount 1200 万元", "土地 area 35 亩"]),
    ("因公出国（境）团组729个，总计2143人次。", ["因公出国（境）团组 count 729 个", "因公出国（境）团组 count 2143 人次"]),
    ("某市政务服务中心设有7个科室：办公室、监督科。", ["科室 count 7 个"]),
    ("核定编制35名，实有在职32人（其中公务员20人，工勤2人，事业10人），退休15人。",
     ["核定编制 count 35 名", "实有在职 count 32 人", "公务员 count 20 人 in=实有在职", "工勤 count 2 人 in=实有在职", "事业 count 10 人 in=实有在职", "退休 count 15 人 in=~"]),
]

# Printing: widths, separators, units
PRINTING = [
    ("收入总计１２８．５万元，支出总计１２８．５万元。", ["收入总计 amount 128.5 万元", "支出总计 amount 128.5 万元"]),
    ("基本支出 1, 537.4 万元，占 80 ％。", ["基本支出 amount 1537.4 万元", "基本支出 share 80 %"]),
    ("2022 年度财政拨款收入 12.5 万 元。", ["财政拨款收入 amount 12.5 万元"]),
    ("上级补助收入0元，其他收入28.6万元。", ["上级补助收入 amount 0 元", "其他收入 amount 28.6 万元"]),
    ("项目支出1233.333865万元。", ["项目支出 amount 1233.333865 万元 decimals=6"]),
    ("机关运行经费12万，公务接待费3000元。", ["机关运行经费 amount 12 万元", "公务接待费 amount 3000 元"]),
    ("年末结转和结余0万。", ["年末结转和结余 amount 0 万元"]),
    ("聘用人员工资3900元/月/人，购置打印纸50件*160元/件=8000元。", ["_ other 3900 元/月/人", "购置打印纸 count 50 件", "购置打印纸 other 160 元/件", "购置打印纸 amount 8000 元"]),
    ("完成率≥100百分比的项目支出20万元。", ["_ amount 20 万元"]),
    ("基本支出１，２０５.６０万元。", ["基本支出 amount 1205.60 万元"]),
    ("资产价值1500.2 万元 ， 其中房屋占地35.5亩。", ["资产价值 amount 1500.2 万元", "_ area 35.5 亩"]),
    ("公務接待費支出１．２萬元，較上年減少0.3萬元。", ["公务接待费支出 amount 1.2 万元", "公务接待费支出 change 0.3 万元 dir=-1 base=prior_final"]),
    ("公務(wù)用車(chē)購(gòu)置費(fèi)5萬(wàn)元，占 20%。", ["公务用车购置费 amount 5 万元", "公务用车购置费 share 20 %"]),
]

# What is never an amount
NEVER = [
    ("根据财预〔2021〕101号、国办发〔2020〕8号文件要求开展工作。", []),
    ("截至2022年12月31日，工作已全部完成。", []),
    ("受理12345热线和“321”工作机制有关诉求。", []),
    ("第2号公告和第十三届第3次会议已召开。", []),
    ("联系电话：0991-2345678，传真：0991-2345679。", []),
    ("统一社会信用代码：91650100MA7752X18P。", []),
    ("索引号：11500228008652361T/2021-00209。", []),
    ("详见附件1，表1至表9。", []),
    ("2023年1月1日至2023年12月31日执行，实施周期2023.1.1-2023.12.31。", []),
    ("1.贯彻执行方针政策。（2）做好服务。3、其他工作。", []),
    ("对单价50万元以上的设备和100万元及以上的项目开展评价。", []),
    ("十四五期间计划用3年时间完成。", []),
    ("监督索引号53340000131801000，公开时间2023年9月26日。", []),
    ("采用5G、A4、GB2312等标准，推行“7*24小时”自助服务。", []),
    ("填报说明（100字以内）。", []),
]

# Template residue
RESIDUE = [
    ("公务接待费增加（减少）0万元，增长（下降）0%。", ["公务接待费 change 0 万元 dir=0", "公务接待费 change_rate 0 % dir=0"], ["both_directions", "both_directions"]),
    ("基本支出5万元，占 %。", ["基本支出 amount 5 万元"], ["blank_value"]),
    ("比上年减少 万元。", [], ["blank_value"]),
    ("XX部门2022年度收入总计10万元。", ["收入总计 amount 10 万元"], ["placeholder_name"]),
    ("××单位共有车辆0辆。", ["_ count 0 辆"], ["placeholder_name"]),
    ("决算数大于（小于）预算数的主要原因是人员变动。", [], ["both_directions"]),
]

# Performance
PERFORMANCES = [
    ("业务费项目绩效自评综述：根据年初设定的绩效目标，项目绩效自评得分为94.44分。项目全年预算数为40万元，执行数为36.89万元，执行率为92.22%。",
     ["业务费 score 94.44 分", "业务费 amount 40 万元 stage=full_year_budget", "业务费 amount 36.89 万元 stage=final",
      "业务费 completion_rate 92.22 % base=full_year_budget"]),
    ("绩效自评的项目4个，涉及预算金额598.4万元，平均得分99.43分（其中，绩效评级为“优”的项目3个；绩效评级为“良”的项目1个）。",
     ["绩效自评的项目 count 4 个", "涉及预算金额 amount 598.4 万元", "_ score 99.43 分", "绩效评级为“优”的项目 count 3 个", "绩效评级为“良”的项目 count 1 个"]),
    ("组织对2022年度一级项目0个、二级项目3个开展自评，共涉及资金105万元，占项目支出总额的24.7%。",
     ["_ count 0 个", "二级项目 count 3 个", "涉及资金 amount 105 万元", "涉及资金 share 24.7 % in=项目支出总额"]),
    ("1个项目自评等级为“优”，2个项目自评等级为“良”。", ["项目自评等级为“优” count 1 个", "项目自评等级为“良” count 2 个"]),
    ("年初批复预算数353.2万元，年中调整数241.9万元，调整后全年预算数595.1万元，预算调整率68.48%。",
     ["_ amount 353.2 万元 stage=initial_budget", "_ change 241.9 万元 base=initial_budget", "_ amount 595.1 万元 stage=full_year_budget",
      "_ difference_rate 68.48 % base=initial_budget"]),
    ("2022年共受理工单163780条，办结163526条，办结率99.84%，群众满意度达到99.5%。",
     ["_ count 163780 条", "_ count 163526 条", "办结率 other 99.84 %", "群众满意度 other 99.5 %"]),
    ("整体支出绩效自评综合得分96.5分，评价等级为优。", ["_ score 96.5 分"]),
    ("全年开展培训6期，累计办件16.3万件，惠及群众2300余人。", ["_ count 6 期", "_ count 16.3 万件", "_ count 2300 人"]),
    ("项目实施单位3家，完成投资1200万元，资金到位率100%。", ["_ count 3 家", "_ amount 1200 万元", "_ completion_rate 100 %"]),
    ("1.购买办公用品8.48万元；2.购置办公桌8张，1300元/张，合计1.04万元。",
     ["购买办公用品 amount 8.48 万元", "购置办公桌 count 8 张", "购置办公桌 other 1300 元/张", "合计 amount 1.04 万元"]),
    ("全年完成审批事项1.2万件，同比增长15.6%，按时办结率100%。", ["审批事项 count 1.2 万件", "审批事项 change_rate 15.6 % dir=1", "按时办结率 other 100 %"]),
    ("在职人员控制率=（在职人员数/编制数）×100%=45/50×100%=90%。", ["在职人员 completion_rate 90 %"]),
    ("部门评价得分为92.3分，其中：投入得9.5分，过程得28分。", ["_ score 92.3 分", "投入 score 9.5 分", "过程 score 28 分"]),
    ("预算资金90万元。其中：30万元用于项目预算编制；60万元用于工程审计。", ["_ amount 90 万元", "项目预算编制 amount 30 万元", "工程审计 amount 60 万元"]),
]


def test_without_a_fiscal_year_the_printed_year_is_the_year_before() -> None:
    check(read("支出50万元，与2021年相比增加2万元。", kind=None, year=None), [
        "支出 amount 50 万元 stage=~", "支出 change 2 万元 dir=1 base=prior_final",
    ])


def test_two_years_stated_side_by_side() -> None:
    check(read("2022年收入总计80万元，2021年收入总计75万元。"), [
        "收入总计 amount 80 万元 stage=final year=2022", "收入总计 amount 75 万元 stage=prior_final year=2021",
    ])


def test_what_is_owned_is_no_budget_figure() -> None:
    check(read("房屋7747平方米，价值129.91万元。办公家具价值15.4万元。", kind=BUDGET, year=2023), [
        "房屋 area 7747 平方米", "房屋价值 amount 129.91 万元 stage=~", "办公家具价值 amount 15.4 万元 stage=~",
    ])


def test_the_unit_of_the_document_fills_in() -> None:
    check(read("办公费61601元，占比14.66%、工会经费57590.84，占比13.71%。"), [
        "办公费 amount 61601 元", "办公费 share 14.66 %", "工会经费 amount 57590.84 元", "工会经费 share 13.71 %",
    ])


def test_a_paragraph_knows_its_own_kind() -> None:
    paragraphs = [
        ProseParagraph(1, "公务接待费1万元，比上年增加0.2万元。", section="决算", kind=FINAL),
        ProseParagraph(2, "公务接待费1万元，比上年增加0.2万元。", section="预算", kind=BUDGET),
    ]
    rows = extract(paragraphs, fiscal_year=2022, document_kind=FINAL).amounts
    assert [row.base_code for row in rows] == [None, "prior_final", None, "prior_budget"]


def _ids(cases: list) -> list[str]:
    return [case[0][:18] for case in cases]


@pytest.mark.parametrize(("text", "rows"), TOTALS, ids=_ids(TOTALS))
def test_totals_of_both_sides(text: str, rows: list[str]) -> None:
    check(read(text), rows)


@pytest.mark.parametrize(("text", "rows"), CHANGES, ids=_ids(CHANGES))
def test_changes_name_their_base(text: str, rows: list[str]) -> None:
    check(read(text), rows)


@pytest.mark.parametrize(("text", "rows"), BUDGETS, ids=_ids(BUDGETS))
def test_budget_prose(text: str, rows: list[str]) -> None:
    check(read(text, kind=BUDGET, year=2023), rows)


@pytest.mark.parametrize(("text", "rows"), COMPLETION, ids=_ids(COMPLETION))
def test_stages_and_completion(text: str, rows: list[str]) -> None:
    check(read(text), rows)


@pytest.mark.parametrize(("text", "rows"), SHARES, ids=_ids(SHARES))
def test_shares_and_parts(text: str, rows: list[str]) -> None:
    check(read(text), rows)


@pytest.mark.parametrize(("text", "rows"), SUBJECTS, ids=_ids(SUBJECTS))
def test_functional_subjects(text: str, rows: list[str]) -> None:
    check(read(text), rows)


@pytest.mark.parametrize(("text", "rows"), IMPLIED, ids=_ids(IMPLIED))
def test_facts_without_digits(text: str, rows: list[str]) -> None:
    check(read(text), rows)


@pytest.mark.parametrize(("text", "rows"), STATISTICS, ids=_ids(STATISTICS))
def test_statistics(text: str, rows: list[str]) -> None:
    check(read(text), rows)


@pytest.mark.parametrize(("text", "rows"), PRINTING, ids=_ids(PRINTING))
def test_printing(text: str, rows: list[str]) -> None:
    check(read(text), rows)


@pytest.mark.parametrize(("text", "rows"), NEVER, ids=_ids(NEVER))
def test_digits_that_are_never_amounts(text: str, rows: list[str]) -> None:
    result = read(text)
    check(result, rows)


@pytest.mark.parametrize(("text", "rows", "codes"), RESIDUE, ids=_ids(RESIDUE))
def test_template_residue(text: str, rows: list[str], codes: list[str]) -> None:
    result = read(text)
    check(result, rows)
    assert [item.residue_code for item in result.residue] == codes


@pytest.mark.parametrize(("text", "rows"), PERFORMANCES, ids=_ids(PERFORMANCES))
def test_performance_prose(text: str, rows: list[str]) -> None:
    check(read(text, kind=PERFORMANCE), rows)
