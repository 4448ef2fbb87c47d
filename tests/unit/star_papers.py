"""Invented documents that the tests of the star are built from: few figures, each there for a reason."""

from __future__ import annotations

from datetime import UTC, datetime

from landing_pages import Page, Paper, Row

BUREAU = "桐溪县林业局"
STATION = "桐溪县林业工作站"

EXPENDITURE = ("本年支出合计", "基本支出", "项目支出")

DEPARTMENT = Paper(
    name="department-2022",
    unit=BUREAU,
    year=2022,
    kind="final_account",
    scope="consolidated",
    announced=("final_general_expenditure", "final_fund", "final_state_capital", "final_statistics"),
    declared_empty=("final_state_capital",),
    unmapped=("77",),
    pages=(
        Page(
            "final_expenditure",
            EXPENDITURE,
            (
                Row("合计", "", ("15.00", "12.00", "3.00")),
                Row("农林水支出", "213", ("15.00", "12.00", "3.00")),
                Row("林业和草原", "21302", ("15.00", "12.00", "3.00")),
                Row("行政运行", "2130201", ("12.00", "12.00", "")),
                Row("其他林业和草原支出", "2130299", ("3.00", "", "3.00")),
            ),
        ),
        Page(
            "final_general_expenditure",
            EXPENDITURE,
            (
                Row("合计", "", ("10.00", "10.00", "")),
                Row("农林水支出", "213", ("10.00", "10.00", "")),
                Row("林业和草原", "21302", ("10.00", "10.00", "")),
                Row("行政运行", "2130201", ("10.00", "10.00", "")),
            ),
        ),
        Page(
            "final_fund",
            ("本年收入", "本年支出/小计", "本年支出/基本支出", "本年支出/项目支出"),
            (
                Row("合计", "", ("2.00", "2.00", "", "2.00")),
                Row("农林水支出", "213", ("2.00", "2.00", "", "2.00")),
                Row("林业和草原", "21302", ("2.00", "2.00", "", "2.00")),
                Row("其他林业和草原支出", "2130299", ("2.00", "2.00", "", "2.00")),
            ),
        ),
        Page(
            "final_income",
            ("本年收入合计", "财政拨款收入", "事业收入", "其中：教育收费", "其他收入"),
            (
                Row("合计", "", ("15.50", "12.00", "3.00", "1.00", "0.50")),
                Row("农林水支出", "213", ("15.50", "12.00", "3.00", "1.00", "0.50")),
                Row("林业和草原", "21302", ("15.50", "12.00", "3.00", "1.00", "0.50")),
                Row("行政运行", "2130201", ("13.50", "10.00", "3.00", "1.00", "0.50")),
                Row("其他林业和草原支出", "2130299", ("2.00", "2.00", "", "", "")),
            ),
        ),
        Page(
            "final_appropriation_summary",
            ("金额",),
            (
                Row("一、一般公共预算财政拨款", "", ("10.00",)),
                Row("二、政府性基金预算财政拨款", "", ("2.00",)),
                Row("本年收入合计", "", ("12.00",)),
                Row("年初财政拨款结转和结余", "", ("0.40",)),
                Row("总计", "", ("12.40",)),
            ),
            side="income",
        ),
        Page(
            "final_three_public",
            (
                "决算数/合计",
                "决算数/因公出国（境）费",
                "决算数/公务用车购置及运行费/小计",
                "决算数/公务用车购置及运行费/公务用车购置费",
                "决算数/公务用车购置及运行费/公务用车运行费",
                "决算数/公务接待费",
            ),
            (Row("", "", ("1.26", "0.00", "1.00", "0.30", "0.70", "0.26")),),
        ),
    ),
)
"""All money 15, general 10, funds 2: non-fiscal is 2 basic and 1 project. Appropriations 12, of which funds 2."""

OWN = Paper(
    name="own-2022",
    unit=BUREAU,
    year=2022,
    kind="final_account",
    scope="own",
    pages=(
        Page(
            "final_expenditure",
            EXPENDITURE,
            (
                Row("合计", "", ("6.00", "6.00", "")),
                Row("农林水支出", "213", ("6.00", "6.00", "")),
                Row("林业和草原", "21302", ("6.00", "6.00", "")),
                Row("行政运行", "2130201", ("6.00", "6.00", "")),
            ),
        ),
    ),
)

BASIC_BESIDE_ALL = Page(
    "final_general_basic_economic",
    ("金额", "其中：基本支出"),
    (
        Row("工资福利支出", "301", ("50000.00", "48000.00")),
        Row("基本工资", "30101", ("50000.00", "48000.00")),
        Row("商品和服务支出", "302", ("9000.00", "4000.00")),
        Row("办公费", "30201", ("4000.00", "4000.00")),
        Row("印刷费", "30202", ("5000.00", "")),
    ),
    unit="元",
)
"""All expenditure of a subject with basic expenditure told by 其中: what it leaves is project expenditure."""

CHILD = Paper(
    name="station-2022",
    unit=STATION,
    year=2022,
    kind="final_account",
    scope="unit",
    parent=BUREAU,
    pages=(
        Page(
            "final_expenditure",
            EXPENDITURE,
            (
                Row("合计", "", ("9.00", "6.00", "3.00")),
                Row("农林水支出", "213", ("9.00", "6.00", "3.00")),
                Row("林业和草原", "21302", ("9.00", "6.00", "3.00")),
                Row("其他林业和草原支出", "2130299", ("9.00", "6.00", "3.00")),
            ),
        ),
        BASIC_BESIDE_ALL,
        Page(
            "final_statistics",
            ("统计数",),
            (
                Row("车辆数合计", "", ("3 辆",)),
                Row("机要通信用车", "", ("1 辆",)),
                Row("其他用车", "", ("2 辆",)),
            ),
        ),
        Page(
            "final_statistics",
            ("采购金额",),
            (
                Row("合计", "", ("5.00",)),
                Row("货物", "", ("2.00",)),
                Row("服务", "", ("3.00",)),
            ),
        ),
    ),
)

BUDGET_COLUMNS = ("合计", "基本支出/小计", "基本支出/人员经费", "基本支出/公用经费", "项目支出")

BUDGET_DRAFT = Paper(
    name="budget-2023-draft",
    unit=STATION,
    year=2023,
    kind="budget",
    scope="unit",
    pages=(
        Page(
            "budget_general_expenditure",
            BUDGET_COLUMNS,
            (
                Row("合计", "", ("7.00", "5.00", "4.00", "1.00", "2.00")),
                Row("农林水支出", "213", ("7.00", "5.00", "4.00", "1.00", "2.00")),
                Row("林业和草原", "21302", ("7.00", "5.00", "4.00", "1.00", "2.00")),
                Row("其他林业和草原支出", "2130299", ("7.00", "5.00", "4.00", "1.00", "2.00")),
            ),
        ),
    ),
)
BUDGET = Paper(
    name="budget-2023",
    unit=f"云南省{STATION}",
    year=2023,
    kind="budget",
    scope="unit",
    ingested=datetime(2026, 2, 1, tzinfo=UTC),
    pages=(
        Page(
            "budget_general_expenditure",
            BUDGET_COLUMNS,
            (
                Row("合计", "", ("8.00", "5.00", "4.00", "1.00", "3.00")),
                Row("农林水支出", "213", ("8.00", "5.00", "4.00", "1.00", "3.00")),
                Row("林业和草原", "21302", ("8.00", "5.00", "4.00", "1.00", "3.00")),
                Row("其他林业和草原支出", "2130299", ("8.00", "5.00", "4.00", "1.00", "3.00")),
            ),
        ),
    ),
)
"""Printed again later, with a correction: this one is current."""

NAMES_ONLY = Paper(
    name="names-2023",
    unit="桐溪县统计局",
    year=2023,
    kind="budget",
    scope="unit",
    pages=(
        Page(
            "budget_expenditure",
            ("合计", "基本支出", "项目支出"),
            (
                Row("合计", "", ("30.00", "20.00", "10.00")),
                Row("一般公共服务支出", "", ("25.00", "15.00", "10.00")),
                Row("统计信息事务", "", ("25.00", "15.00", "10.00")),
                Row("行政运行", "", ("15.00", "15.00", "")),
                Row("一般行政管理事务", "", ("10.00", "", "10.00")),
                Row("住房保障支出", "", ("5.00", "5.00", "")),
                Row("住房改革支出", "", ("5.00", "5.00", "")),
                Row("住房公积金", "", ("5.00", "5.00", "")),
            ),
        ),
    ),
)
"""Subjects by name alone: 行政运行 is an item of most groups, and only the rows above say of which."""

PROJECT = Paper(
    name="project-2022",
    unit=STATION,
    year=2022,
    kind="performance",
    pages=(
        Page(
            "perf_project_self",
            ("年初预算数", "全年预算数", "全年执行数", "分值", "得分"),
            (
                Row("年度资金总额", "", ("60", "50", "45.80", "10", "9.16")),
                Row("其中：当年财政拨款", "", ("40", "40", "40.00", "", "")),
                Row("其他资金", "", ("20", "10", "5.80", "", "")),
            ),
            project="防火巡护",
        ),
    ),
    indicators=(
        {
            "origin": "table",
            "table_ordinal": 1,
            "row_ordinal": 12,
            "statement_code": "perf_project_self",
            "level1": "产出指标",
            "level2": "数量指标",
            "level3": "巡护次数",
            "target_printed": "≥12次",
            "actual_printed": "14次",
            "weight_printed": "20",
            "score_printed": "20",
        },
    ),
    narrative=(
        {
            "section": "一、收入支出情况",
            "sentence": "支出9.00万元。",
            "subject_printed": "本年支出合计",
            "subject_key": "本年支出合计",
            "role": "amount",
            "stage_code": "final",
            "value_printed": "9.00",
            "value_text": "9.00",
            "decimals": 2,
            "unit_of_measure": "万元",
            "is_implied": False,
        },
        {
            "section": "二、功能科目",
            "sentence": "农林水支出（类）林业和草原（款）行政运行（项）6.00万元。",
            "subject_printed": "农林水支出（类）林业和草原（款）行政运行（项）",
            "subject_key": "农林水支出林业和草原行政运行",
            "class_name": "农林水支出",
            "group_name": "林业和草原",
            "item_name": "行政运行",
            "role": "amount",
            "stage_code": "final",
            "value_printed": "6.00",
            "value_text": "6.00",
            "decimals": 2,
            "unit_of_measure": "万元",
            "is_implied": False,
        },
    ),
)

PAPERS = (DEPARTMENT, OWN, CHILD, BUDGET_DRAFT, BUDGET, NAMES_ONLY, PROJECT)
