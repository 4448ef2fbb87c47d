"""Invented documents whose pages invite counting money twice, or losing it."""

from __future__ import annotations

from datetime import UTC, datetime

from landing_pages import Page, Paper, Row

THREE_PUBLIC = (
    "“三公”经费/合计",
    "“三公”经费/因公出国（境）费",
    "“三公”经费/公务用车购置及运行维护费/小计",
    "“三公”经费/公务用车购置及运行维护费/公务用车购置费",
    "“三公”经费/公务用车购置及运行维护费/公务用车运行维护费",
    "“三公”经费/公务接待费",
)


def _final(name: str, unit: str, *pages: Page, year: int = 2022) -> Paper:
    return Paper(name=name, unit=unit, year=year, kind="final_account", scope="unit", pages=pages)


UPRIGHT = _final(
    "upright-2022",
    "桐溪县档案局",
    Page(
        "final_three_public",
        THREE_PUBLIC,
        (
            Row("上年决算数", "", ("14.00", "0.00", "12.00", "0.00", "12.00", "2.00")),
            Row("预算数", "", ("13.07", "0.00", "11.43", "0.00", "11.43", "1.64")),
            Row("决算数", "", ("12.01", "0.00", "10.48", "0.00", "10.48", "1.53")),
        ),
    ),
)
"""三公 stood upright: the stages are rows."""

YEARS = _final(
    "years-2022",
    "桐溪县气象局",
    Page(
        "final_three_public",
        ("公务接待费/预算数", "公务接待费/决算数"),
        (Row("上年", "", ("1.00", "2.00")), Row("本年", "", ("3.00", "4.00"))),
    ),
)

WORDED = _final(
    "worded-2022",
    "桐溪县水文站",
    Page(
        "final_three_public",
        ("金额",),
        (Row("公务接待费预算数", "", ("2.00",)), Row("公务接待费决算数", "", ("1.00",))),
    ),
)

WORDED_HEADS = _final(
    "worded-heads-2022",
    "桐溪县地方志办公室",
    Page(
        "final_three_public",
        ("三公经费预算数", "三公经费决算数"),
        (Row("", "", ("7.00", "6.00")),),
    ),
)



def _spent(total: str) -> Page:
    """支出决算表 of one item."""
    columns = ("本年支出合计", "基本支出", "项目支出")
    return Page(
        "final_expenditure",
        columns,
        (
            Row("合计", "", (total, total, "")),
            Row("教育支出", "205", (total, total, "")),
            Row("普通教育", "20502", (total, total, "")),
            Row("小学教育", "2050202", (total, total, "")),
        ),
    )


def _hosted(total: str) -> Page:
    """三公 with 接待 alone."""
    return Page("final_three_public", ("决算数/合计", "决算数/公务接待费"), (Row("", "", (total, total)),))


SCHOOLS = Paper("schools-2022", "桐溪县教育局", 2022, "final_account", (_spent("100.00"),), scope="consolidated")
SCHOOLS_OWN = Paper(
    "schools-own-2022", "桐溪县教育局", 2022, "final_account", (_spent("40.00"), _hosted("1.00")), scope="own"
)
SCHOOL = Paper(
    "school-2022", "桐溪县实验小学", 2022, "final_account", (_spent("35.00"), _hosted("0.50")), scope="unit",
    parent="桐溪县教育局",
)  # fmt: skip
"""A department of 100.00 whose own 40.00 and one school of 35.00 are published: 25.00 of others are nowhere else.

Its consolidated papers print no 三公.
"""

CLINICS = Paper(
    "clinics-2022", "桐溪县卫生局", 2022, "final_account", (_spent("100.00"), _hosted("1.50")), scope="consolidated"
)
CLINICS_OWN = Paper(
    "clinics-own-2022", "桐溪县卫生局", 2022, "final_account", (_spent("40.00"), _hosted("1.00")), scope="own"
)
CLINIC = Paper(
    "clinic-2022", "桐溪县中心卫生院", 2022, "final_account", (_spent("60.00"), _hosted("0.50")), scope="unit",
    parent="桐溪县卫生局",
)  # fmt: skip
"""A department all of whose parts are published."""

FARMS = _final(
    "farms-2022",
    "桐溪县农业局",
    _spent("150.00"),
    Page(
        "final_general_expenditure",
        ("年初预算数/合计", "决算数/合计"),
        (
            Row("合计", "", ("90.00", "100.00")),
            Row("教育支出", "205", ("90.00", "100.00")),
            Row("普通教育", "20502", ("90.00", "100.00")),
            Row("小学教育", "2050202", ("90.00", "100.00")),
        ),
    ),
)
"""All money 150.00; a budget of the general budget alone."""

SLUICES = _final(
    "sluices-2022",
    "桐溪县水利局",
    Page(
        "final_expenditure",
        ("本年支出合计", "基本支出", "项目支出"),
        (
            Row("合计", "", ("50.00", "50.00", "")),
            Row("农林水支出", "213", ("50.00", "50.00", "")),
            Row("水利", "21303", ("50.00", "50.00", "")),
            Row("行政运行", "2130301", ("59.00", "59.00", "")),
        ),
    ),
)
"""Items that do not add up to what is printed over them."""

def _scored() -> Page:
    """项目支出绩效自评表 with its total row: 10 points for the money are no indicator."""
    return Page(
        "perf_project_self",
        ("年初预算数", "全年预算数", "全年执行数", "分值", "执行率", "得分"),
        (
            Row("年度资金总额", "", ("60.00", "50.00", "40.00", "10 分", "80.00 %", "8.00 分")),
            Row("总分", "", ("", "", "", "100 分", "", "96.62 分")),
        ),
        project="堤防加固",
    )


SHEET = Paper("sheet-2022", "桐溪县河道管理所", 2022, "performance", (_scored(),), scope="unit")
SHEET_AGAIN = _final("sheet-again-2022", "桐溪县河道管理所", _spent("40.00"), _scored())
"""One sheet printed by two documents."""

PLANNED = Paper(
    "planned-2022",
    "桐溪县林业站",
    2022,
    "budget",
    (
        Page(
            "budget_income",
            ("合计", "一般公共预算拨款", "上年结转"),
            (Row("合计", "", ("105.00", "100.00", "5.00")), Row("林业草原", "2130201", ("105.00", "100.00", "5.00"))),
        ),
        Page(
            "budget_summary",
            ("收入/预算数",),
            (Row("本年收入合计", "", ("100.00",)), Row("收入总计", "", ("105.00",))),
            side="income",
        ),
        Page(
            "budget_three_public",
            ("一般公共预算", "政府性基金预算", "合计"),
            (Row("合计", "", ("8.00", "1.00", "9.00")), Row("公务接待费", "", ("8.00", "1.00", "9.00"))),
        ),
    ),
    scope="unit",
)
PLAN_TOLD_AGAIN = _final(
    "plan-told-again-2022",
    "桐溪县林业站",
    Page(
        "final_three_public",
        ("预算数/合计", "预算数/公务接待费", "决算数/合计", "决算数/公务接待费"),
        (Row("", "", ("8.90", "8.90", "7.00", "7.00")),),
    ),
)
"""A budget with carried-over money in 收入表, three-public money of two funds, and a final account that rounds it."""


def _assessed(project: str, score: str, whole: str) -> tuple[Page, ...]:
    columns = ("全年预算数", "全年执行数", "分值", "得分")
    return tuple(
        Page(
            statement,
            columns,
            (
                Row("年度资金总额", "", (money, money, "10 分", "10.00 分")),
                Row("总分", "", ("", "", "100 分", f"{score} 分")),
            ),
            project=named,
        )
        for statement, money, named in (("perf_project_self", "20.00", project), ("perf_unit_self", whole, None))
    )  # fmt: skip


ROADS = Paper("roads-2022", "桐溪县公路局", 2022, "final_account", (_spent("90.00"),), scope="consolidated")
ROADS_OWN = tuple(
    Paper(f"roads-own-{year}", "桐溪县公路局", year, "final_account", (_spent("30.00"),), scope="own")
    for year in (2021, 2022, 2023)
)
ROADS_REPORT = Paper("roads-report-2022", "桐溪县公路局", 2022, "performance", _assessed("桥梁检测", "91.00", "90.00"))
ROADS_OWN_REPORT = Paper(
    "roads-own-report-2022", "桐溪县公路局", 2022, "performance", _assessed("桥梁检测", "91.00", "30.00"), scope="own"
)
"""A department and its own office report on one project and each on itself; the department's does not say so."""

FERRY_REPORT = Paper(
    "ferry-report-2022", "桐溪县渡口管理所", 2022, "performance", _assessed("码头维修", "92.00", "50.00"), scope="unit"
)
FERRY_SECOND_REPORT = Paper(
    "ferry-second-2022", "桐溪县渡口管理所", 2022, "performance", _assessed("航标更新", "93.00", "50.00"), scope="unit"
)
"""Two reports of one year, each with a project of its own and the sheet of the whole body."""

def _by_body(statement: str, columns: tuple[str, ...], *rows: Row) -> Page:
    side = "收入" if statement == "final_income" else "支出"
    return Page(statement, columns, rows, title=f"{side}决算表（按单位列示）")


_EARNED = ("本年收入合计", "财政拨款收入", "其他收入")
_EARNED_CELLS = ("80.00", "75.00", "5.00")
BY_BODY = _final(
    "by-body-2022",
    "桐溪县民政局",
    Page(
        "final_income",
        _EARNED,
        (
            Row("合计", "", _EARNED_CELLS),
            Row("教育支出", "205", _EARNED_CELLS),
            Row("普通教育", "20502", _EARNED_CELLS),
            Row("小学教育", "2050202", _EARNED_CELLS),
        ),
    ),
    _spent("80.00"),
    _by_body(
        "final_income",
        _EARNED,
        Row("合计", "", _EARNED_CELLS),
        Row("桐溪县民政局机关", "", ("50.00", "50.00", "")),
        Row("桐溪县救助站", "", ("30.00", "25.00", "5.00")),
    ),
    _by_body(
        "final_expenditure",
        ("本年支出合计", "基本支出", "项目支出"),
        Row("合计", "", ("80.00", "80.00", "")),
        Row("桐溪县民政局机关", "", ("50.00", "50.00", "")),
        Row("桐溪县救助站", "", ("30.00", "30.00", "")),
    ),
)
"""Income and expenditure twice: by subject and by body."""

NAMES_ALONE = _final(
    "names-alone-2022",
    "桐溪县司法所",
    Page(
        "final_general_basic_economic",
        ("合计", "人员经费", "公用经费"),
        (
            Row("合计", "", ("33.00", "30.00", "3.00")),
            Row("工资福利支出", "", ("30.00", "30.00", "")),
            Row("基本工资", "", ("20.00", "20.00", "")),
            Row("住房公积金", "", ("10.00", "10.00", "")),
            Row("商品和服务支出", "", ("3.00", "", "3.00")),
            Row("会议费", "", ("1.00", "", "1.00")),
            Row("维修（护）费", "", ("2.00", "", "2.00")),
        ),
    ),
)
"""Economic subjects by name alone; 住房公积金 and 会议费 are names of the government's scheme too."""

HEAD_LOST = _final(
    "head-lost-2022",
    "桐溪县信访局",
    Page(
        "final_general_basic_economic",
        ("公用经费/金额",),
        (
            Row("工资福利支出", "301", ("20.00",)),
            Row("基本工资", "30101", ("20.00",)),
            Row("商品和服务支出", "302", ("3.00",)),
            Row("办公费", "30201", ("3.00",)),
            Row("人员经费合计", "", ("20.00",)),
            Row("公用经费合计", "", ("3.00",)),
        ),
    ),
)
"""The head over personnel is lost: all stands under the word for public running costs."""



_ITEMS = tuple(path.removeprefix("“三公”经费/") for path in THREE_PUBLIC)
_ALL = ("9.00", "1.00", "5.00", "0.00", "5.00", "3.00")
_OFFICE = ("6.00", "1.00", "3.00", "0.00", "3.00", "2.00")
_STATION = ("3.00", "0.00", "2.00", "0.00", "2.00", "1.00")
THREE_BY_BODY = (
    _final(
        "three-by-body-2022", "桐溪县畜牧局",
        Page("final_three_public", _ITEMS, (Row("", "", _ALL),)),
        Page("final_three_public", _ITEMS, (
            Row("合计", "", _ALL), Row("桐溪县畜牧局机关", "", _OFFICE), Row("桐溪县兽医站", "", _STATION)
        )),
    ),
    _final(
        "three-by-body-alone-2022", "桐溪县农机局",
        Page("final_three_public", _ITEMS, (
            Row("合计", "", _ALL), Row("桐溪县农机局机关", "", _OFFICE), Row("桐溪县农机站", "", _STATION)
        )),
    ),
    _final(
        "three-by-body-bare-2022", "桐溪县种子局",
        Page("final_three_public", _ITEMS, (
            Row("桐溪县种子局机关", "", _OFFICE), Row("桐溪县种子站", "", _STATION)
        )),
    ),
)  # fmt: skip
"""三公 by body: beside the plain table, alone, and without a row of sums."""

_BASIC = Page(
    "final_general_basic_economic",
    ("人员经费/金额",),
    (
        Row("工资福利支出", "301", ("20.00",)),
        Row("基本工资", "30101", ("8.00",)),
        Row("津贴补贴", "30102", ("7.00",)),
        Row("奖金", "30103", ("5.00",)),
    ),
)
PRINTED_TWICE = _final(
    "printed-twice-2022", "桐溪县供销社", _spent("40.00"), _hosted("2.00"), _BASIC, _scored(),
    _spent("40.00"), _hosted("2.00"), _BASIC, _scored(),
)  # fmt: skip
"""Statements and a sheet printed in the text and once more behind it."""

HEARD = Paper(
    "heard-2022", "桐溪县妇联", 2022, "final_account", (_hosted("1.00"),), scope="unit",
    narrative=tuple(
        {
            "section": section, "sentence": f"{subject}{value}万元。", "subject_printed": subject,
            "subject_key": subject, "role": "amount", "stage_code": "final", "value_printed": value,
            "value_text": value, "decimals": 2, "unit_of_measure": "万元", "is_implied": False,
        }
        for section, subject, value in (
            ("收入支出决算总体情况说明", "收入总计", "60.00"),
            ("一般公共预算财政拨款基本支出决算情况说明", "一般公共预算财政拨款基本支出", "33.00"),
        )
    ),
)  # fmt: skip
"""Basic expenditure of the general budget is told in the text alone."""


def _reported(name: str, ingested: datetime, *projects: tuple[str, str]) -> Paper:
    sheets = tuple(_assessed(project, score, "50.00")[0] for project, score in projects)
    return Paper(name, "桐溪县港航所", 2022, "performance", sheets, scope="unit", ingested=ingested)


PORTS = (
    _reported("ports-2022", datetime(2026, 1, 1, tzinfo=UTC), ("码头维修", "92.00"), ("航标更新", "93.00")),
    _reported("ports-again-2022", datetime(2026, 2, 1, tzinfo=UTC), ("码头维修", "92.50"), ("航标更新工程", "93.00")),
)
"""A report published again with a project under its full name."""


def _member(name: str, total: str, year: int = 2022, **more: object) -> Paper:
    return Paper(f"{name}-{year}", name, year, "final_account", (_spent(total),), scope="unit", **more)  # type: ignore[arg-type]


MUSEUMS = Paper(
    "museums-2022", "桐溪县文化局", 2022, "final_account", (_spent("100.00"),), scope="consolidated",
    members=("桐溪县文化局(本级)", "桐溪县文化馆", "博物馆"),
)  # fmt: skip
MUSEUMS_OWN = Paper("museums-own-2022", "桐溪县文化局", 2022, "final_account", (_spent("40.00"),), scope="own")
MUSEUM_UNITS = (
    _member("桐溪县文化馆", "35.00"),
    _member("桐溪县博物馆", "25.00", members=("桐溪县文化局(本级)", "桐溪县文化馆", "桐溪县博物馆")),
)
"""A department lists its units, one without the county; one unit prints its department's list."""

CLERKS = Paper(
    "clerks-2022", "桐溪县机关事务中心", 2022, "final_account", (_spent("100.00"),),
    members=("桐溪县机关车队", "桐溪县机关食堂管理站"),
)  # fmt: skip
CLERK_UNITS = (_member("桐溪县机关车队", "35.00"),)
"""A body that does not say whether its accounts are a department's, but lists its units; one publishes nothing."""

WARDS = Paper(
    "wards-2022", "桐溪县民宗局", 2022, "final_account", (_spent("70.00"),), scope="consolidated",
    members=("桐溪县民宗局", "桐溪县宗教事务服务中心"), members_table=1,
)  # fmt: skip
WARD_UNITS = (
    _member("桐溪县宗教事务服务中心", "30.00", members=("桐溪县民宗局", "桐溪县宗教事务服务中心"), members_table=1),
)
"""A column of units in the department's table, and in the unit's, which names the superior above it."""

GRANTS = (
    Paper("grants-2022", "桐溪县发改局", 2022, "final_account", (_spent("70.00"),), scope="consolidated",
          members=("桐溪县侨联", "桐溪县科协"), members_table=1),
    Paper("overseas-2022", "桐溪县侨联", 2022, "final_account", (_spent("30.00"),), scope="consolidated"),
    Paper("science-2022", "桐溪县科协", 2022, "final_account", (_spent("20.00"),), scope="consolidated"),
)
"""A department that prints to which other departments it hands money on."""

MOVED = (
    Paper("forests-2021", "桐溪县林草局", 2021, "final_account", (_spent("100.00"),), scope="consolidated",
          members=("桐溪县湿地管理站",)),
    Paper("waters-2021", "桐溪县水务局", 2021, "final_account", (_spent("60.00"),), scope="consolidated"),
    Paper("forests-2022", "桐溪县林草局", 2022, "final_account", (_spent("80.00"),), scope="consolidated"),
    Paper("waters-2022", "桐溪县水务局", 2022, "final_account", (_spent("90.00"),), scope="consolidated",
          members=("桐溪县湿地管理站",)),
    Paper("waters-2023", "桐溪县水务局", 2023, "final_account", (_spent("90.00"),), scope="consolidated",
          members=("桐溪县湿地管理站",)),
    *(_member("桐溪县湿地管理站", "20.00", year) for year in (2021, 2022, 2023)),
)  # fmt: skip
"""A unit that went from one department to another."""

PAPERS = (
    *THREE_BY_BODY,
    PRINTED_TWICE,
    HEARD,
    *PORTS,
    MUSEUMS,
    MUSEUMS_OWN,
    *MUSEUM_UNITS,
    CLERKS,
    *CLERK_UNITS,
    WARDS,
    *WARD_UNITS,
    *MOVED,
    *GRANTS,
    HEAD_LOST,
    BY_BODY,
    NAMES_ALONE,
    PLANNED,
    PLAN_TOLD_AGAIN,
    ROADS,
    *ROADS_OWN,
    ROADS_REPORT,
    ROADS_OWN_REPORT,
    FERRY_REPORT,
    FERRY_SECOND_REPORT,
    SHEET,
    SHEET_AGAIN,
    FARMS,
    SLUICES,
    UPRIGHT,
    YEARS,
    WORDED,
    WORDED_HEADS,
    SCHOOLS,
    SCHOOLS_OWN,
    SCHOOL,
    CLINICS,
    CLINICS_OWN,
    CLINIC,
)
