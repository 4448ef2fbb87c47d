"""How provinces print the same accounts: statement sets, titles, units of money, code layouts, header wordings.

A dialect is data; :mod:`synth.final`, :mod:`synth.budget` and :mod:`synth.narrative` read it. Wordings are those of
public forms; each dialect stands for what was seen in a place, none copies a document.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Money:
    """How amounts are printed."""

    unit: str = "万元"
    decimals: int = 2
    """Decimals of 万元; 元 always has two."""
    separators: bool = False
    zero: str = "0.00"
    """What stands for nothing: 0.00, "" or a dash."""

    def text(self, cents: int, *, zero: str | None = None) -> str:
        """The amount as printed, rounded half up to the last printed digit."""
        if not cents:
            blank = self.zero if zero is None else zero
            return (
                blank if blank != "0.00" or self.unit == "元" else f"0.{'0' * self.decimals}" if self.decimals else "0"
            )
        decimals = 2 if self.unit == "元" else self.decimals
        scale = 100 if self.unit == "元" else 1_000_000
        units = (abs(cents) * 10**decimals * 2 + scale) // (2 * scale)
        whole, part = divmod(units, 10**decimals)
        digits = f"{whole:,}" if self.separators else str(whole)
        sign = "-" if cents < 0 and units else ""
        return f"{sign}{digits}.{part:0{decimals}d}" if decimals else f"{sign}{digits}"


@dataclass(frozen=True, slots=True)
class Form:
    """One kind of document, budget or final account, in a dialect."""

    money: Money = field(default_factory=Money)
    three_public_money: Money | None = None
    """Where the 三公 table has a unit of its own."""
    number: str = "公开{n:02d}表"
    """Form number; {n} the ordinal, {cn} in Chinese numerals; "" for none."""
    titles: dict[str, str] = field(default_factory=dict)
    """Statement code → title; {year} and {body} are filled in."""
    codes: str = "one"
    """one · four (code over three columns) · three (类 款 项) · glued · dash · indent · indent_code"""
    code_head: str = "功能分类科目编码"
    name_head: str = "科目名称"
    has_item_row: bool = True
    """A row 项目 above code and name."""
    total: str = "first"
    """Place of the total row: first, last, both."""
    total_label: str = "合计"
    total_at_name: bool = False
    """The label of the total row stands in the name column."""
    row_numbers: str = "int"
    """行次 and 栏次: int, float (32.00), none."""
    amount: str = "决算数"
    """Head of the amount columns of two-sided tables."""
    classes: str = "all"
    """Expenditure side of totals: all, or nonzero (used classes only, renumbered)."""
    three_public: str = "twelve"
    """Final: twelve, pairs, vertical, meeting, stages. Budget: six, funds, vertical, operating, year_over_year."""
    basic: str = "groups3"
    """06 table: groups3, groups2, groups4, columns (合计 人员 公用), single."""
    order: str = "by_year"
    """Order of 三公, fund and capital tables: by_year, old (三公 first), new; budget also appropriation_first."""
    caption: str = "stacked"
    """Lines above a table: stacked, one_line, code_first, unit_in_parentheses."""
    body_word: str = "部门"
    unit_word: str = "金额单位"
    extras: tuple[str, ...] = ()
    """Further tables: statistics, assets, projects, procurement, economic_gov, general_flow."""
    notes: bool = True
    tables_first: bool = False
    contents: str = "numbered"
    """List of tables: numbered, bulleted, dotted, none."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """A province's ways."""

    code: str
    province: str
    final: Form
    budget: Form
    prose: str = "national"
    """Wording of sentences: national, shanghai, chongqing, zhejiang."""
    title_final: str = "{body}{year}年度{level}决算"
    title_budget: str = "{body}{year}年{level}预算"


_WAN, _YUAN = Money(), Money("元", separators=True, zero="")
_BLANK = Money(zero="")

_BUDGET_SITUATION = {
    "budget_summary": "{level}收支总体情况表",
    "budget_income": "{level}收入总体情况表",
    "budget_expenditure": "{level}支出总体情况表",
    "budget_appropriation_summary": "财政拨款收支总体情况表",
    "budget_general_expenditure": "一般公共预算支出情况表",
    "budget_general_basic_economic": "一般公共预算基本支出情况表",
    "budget_general_project": "一般公共预算项目支出情况表",
    "budget_three_public": "财政拨款“三公”经费支出情况表",
    "budget_fund": "政府性基金预算支出情况表",
    "budget_state_capital": "国有资本经营预算支出情况表",
}
_BUDGET_SHANGHAI = {
    "budget_summary": "{year}年{level}财务收支预算总表",
    "budget_income": "{year}年{level}收入预算总表",
    "budget_expenditure": "{year}年{level}支出预算总表",
    "budget_appropriation_summary": "{year}年{level}财政拨款收支预算总表",
    "budget_general_expenditure": "{year}年{level}一般公共预算支出功能分类预算表",
    "budget_general_basic_economic": "{year}年{level}一般公共预算基本支出部门预算经济分类预算表",
    "budget_fund": "{year}年{level}政府性基金预算支出功能分类预算表",
    "budget_state_capital": "{year}年{level}国有资本经营预算支出功能分类预算表",
    "budget_three_public": "{year}年{level}“三公”经费和机关运行经费预算表",
}

DIALECTS: tuple[Dialect, ...] = (
    Dialect(
        "xinjiang",
        "新疆维吾尔自治区",
        Form(codes="four", code_head="支出功能分类科目编码", row_numbers="int", body_word="编制单位"),
        Form(
            _BLANK,
            number="表{n}：",
            titles=_BUDGET_SITUATION,
            codes="three",
            three_public="funds",
            basic="columns",
            total_label="合计",
            caption="code_first",
            body_word="编制单位",
            unit_word="单位",
            amount="预算数",
            extras=("projects",),
            notes=False,
            row_numbers="none",
        ),
    ),
    Dialect(
        "shanghai",
        "上海市",
        Form(
            Money(zero=""),
            number="",
            codes="three",
            total="last",
            row_numbers="none",
            three_public="pairs",
            order="old",
            basic="groups2",
            caption="one_line",
            body_word="单位",
            unit_word="单位",
            notes=False,
            amount="金额",
        ),
        Form(
            _YUAN,
            Money(zero=""),
            "",
            _BUDGET_SHANGHAI,
            "three",
            total="last",
            total_label="合 计",
            row_numbers="none",
            classes="nonzero",
            three_public="operating",
            basic="columns",
            caption="one_line",
            body_word="编制部门",
            unit_word="单位",
            amount="预算数",
            notes=False,
        ),
        prose="shanghai",
    ),
    Dialect(
        "shanxi",
        "山西省",
        Form(
            Money("元", zero=""),
            codes="one",
            row_numbers="float",
            basic="groups4",
            extras=("statistics",),
            code_head="科目编码",
            total_at_name=False,
            body_word="部门名称",
        ),
        Form(
            Money("元"),
            number="预算公开{n:02d}表",
            codes="one",
            has_item_row=False,
            code_head="科目编码",
            basic="single",
            three_public="vertical",
            body_word="部门名称",
            unit_word="单位",
            amount="金额",
            row_numbers="none",
            extras=("procurement",),
        ),
    ),
    Dialect(
        "chongqing",
        "重庆市",
        Form(
            codes="one",
            code_head="功能分类科目编码",
            has_item_row=False,
            row_numbers="none",
            three_public="twelve",
            body_word="公开部门",
            unit_word="单位",
            contents="none",
            extras=("assets",),
        ),
        Form(
            _BLANK,
            number="表{cn}",
            codes="one",
            has_item_row=False,
            three_public="six",
            basic="columns",
            total_label="合计",
            body_word="公开部门",
            unit_word="单位",
            amount="预算数",
            row_numbers="none",
            contents="none",
            extras=("procurement",),
        ),
        prose="chongqing",
    ),
    Dialect(
        "yunnan",
        "云南省",
        Form(
            Money(separators=True),
            number="财决公开{n:02d}表",
            codes="four",
            extras=("general_flow", "statistics"),
            three_public="stages",
            basic="groups3",
            body_word="编制单位",
            titles={
                "final_summary": "收入支出决算表",
                "final_general_expenditure": "一般公共预算财政拨款收入支出决算表",
            },
        ),
        Form(
            Money("元", separators=True),
            number="预算{n:02d}-1表",
            codes="indent_code",
            three_public="year_over_year",
            basic="columns",
            body_word="单位名称",
            unit_word="单位",
            amount="预算数",
            caption="code_first",
            extras=("projects", "economic_gov"),
            row_numbers="none",
        ),
    ),
    Dialect(
        "jiangsu",
        "江苏省",
        Form(
            Money(separators=True),
            number="公开{n:02d}表",
            codes="one",
            total="first",
            three_public="meeting",
            basic="columns",
            body_word="部门名称",
            unit_word="单位",
            notes=True,
            extras=("procurement",),
            titles={"final_general_basic_economic": "一般公共预算财政拨款基本支出决算表（经济科目）"},
        ),
        Form(
            Money(separators=True),
            number="公开{n:02d}表",
            codes="one",
            three_public="six",
            basic="columns",
            body_word="部门",
            unit_word="单位",
            amount="预算数",
            extras=("procurement",),
            row_numbers="none",
        ),
    ),
    Dialect(
        "sichuan",
        "四川省",
        Form(
            number="表{n}",
            codes="three",
            row_numbers="int",
            tables_first=True,
            contents="dotted",
            basic="groups3",
            extras=("projects",),
            body_word="部门",
            caption="stacked",
        ),
        Form(
            _BLANK,
            number="表{n}-1",
            codes="three",
            three_public="six",
            basic="columns",
            unit_word="金额单位",
            amount="预算数",
            body_word="部门",
            caption="code_first",
            contents="dotted",
            row_numbers="none",
        ),
    ),
    Dialect(
        "hebei",
        "河北省",
        Form(number="公开{n:02d}表", codes="one", row_numbers="int", order="old", body_word="编制单位"),
        Form(
            Money(zero=""),
            number="",
            codes="indent_code",
            total="first",
            classes="all",
            three_public="funds",
            basic="single",
            caption="one_line",
            body_word="部门名称",
            unit_word="单位",
            amount="预算金额",
            titles={
                "budget_summary": "部门预算收支总表",
                "budget_income": "部门预算收入总表",
                "budget_expenditure": "部门预算支出总表",
                "budget_appropriation_summary": "部门预算财政拨款收支总表",
            },
            row_numbers="none",
        ),
    ),
    Dialect(
        "hunan",
        "湖南省",
        Form(codes="one", three_public="twelve", order="by_year", tables_first=True, total_label="合计", notes=True),
        Form(
            _BLANK,
            number="部门公开表{n}",
            codes="glued",
            three_public="vertical",
            basic="columns",
            body_word="单位",
            amount="本年预算",
            unit_word="单位",
            caption="code_first",
            extras=("economic_gov", "procurement"),
            row_numbers="none",
        ),
    ),
    Dialect(
        "guangxi",
        "广西壮族自治区",
        Form(
            number="表{cn}",
            codes="one",
            has_item_row=False,
            row_numbers="none",
            three_public="vertical",
            basic="single",
            contents="bulleted",
            body_word="单位名称",
            unit_word="单位",
        ),
        Form(
            Money(),
            number="预算公开{n:02d}表",
            codes="one",
            order="appropriation_first",
            three_public="vertical",
            basic="columns",
            unit_word="单位",
            amount="预算数",
            body_word="单位名称",
            total="both",
            row_numbers="none",
            titles={
                "budget_summary": "单位收支预算总体情况表",
                "budget_income": "单位收入预算总体情况表",
                "budget_expenditure": "单位支出预算总体情况表",
            },
        ),
    ),
    Dialect(
        "neimenggu",
        "内蒙古自治区",
        Form(
            Money(decimals=6),
            codes="four",
            extras=("statistics",),
            body_word="编制单位",
            basic="groups3",
            titles={"final_statistics": "机构运行信息表"},
        ),
        Form(
            Money(decimals=6),
            number="公开{n:02d}表",
            codes="one",
            three_public="six",
            basic="columns",
            amount="预算数",
            unit_word="单位",
            row_numbers="none",
        ),
    ),
    Dialect(
        "anhui",
        "安徽省",
        Form(
            codes="indent",
            row_numbers="none",
            has_item_row=False,
            three_public="vertical",
            basic="groups2",
            number="公开{n:02d}表",
            unit_word="单位",
            notes=False,
        ),
        Form(
            _BLANK,
            number="表{n}",
            codes="indent",
            has_item_row=False,
            three_public="vertical",
            basic="columns",
            unit_word="单位",
            amount="预算数",
            notes=False,
            row_numbers="none",
        ),
    ),
    Dialect(
        "shaanxi",
        "陕西省",
        Form(
            codes="dash",
            row_numbers="none",
            three_public="meeting",
            basic="columns",
            number="表{n}",
            titles={
                "final_income": "收入决算总表",
                "final_expenditure": "支出决算总表",
                "final_three_public": "一般公共预算财政拨款“三公”经费及会议费、培训费支出决算表",
            },
            unit_word="单位",
            caption="stacked",
            body_word="编制部门",
        ),
        Form(
            Money(),
            number="表{n}",
            codes="dash",
            three_public="vertical",
            basic="single",
            unit_word="单位",
            amount="预算数",
            body_word="编制部门",
            extras=("projects",),
            row_numbers="none",
        ),
    ),
    Dialect(
        "guangdong",
        "广东省",
        Form(
            number="附表{n}",
            codes="one",
            three_public="twelve",
            total="first",
            unit_word="单位",
            caption="unit_in_parentheses",
            basic="groups3",
            extras=("assets",),
        ),
        Form(
            Money(),
            number="预算{n:02d}表",
            codes="glued",
            three_public="funds",
            basic="columns",
            unit_word="单位",
            amount="金额",
            caption="unit_in_parentheses",
            extras=("economic_gov",),
            row_numbers="none",
        ),
    ),
    Dialect(
        "zhejiang",
        "浙江省",
        Form(
            Money("元", separators=True),
            number="",
            codes="one",
            order="new",
            three_public="pairs",
            basic="groups3",
            tables_first=False,
            caption="one_line",
            row_numbers="int",
            body_word="编制单位",
            contents="none",
        ),
        Form(
            Money(),
            number="",
            codes="one",
            three_public="six",
            basic="columns",
            caption="one_line",
            amount="金额",
            unit_word="单位",
            body_word="编制单位",
            contents="none",
            row_numbers="none",
        ),
        prose="zhejiang",
    ),
)

BY_PROVINCE = {dialect.province: dialect for dialect in DIALECTS}
PROVINCES = tuple(dialect.province for dialect in DIALECTS)
