"""The dialects of further provinces: what :mod:`synth.dialects` begins. Each stands for forms seen in a place."""

from __future__ import annotations

from synth.forms import Dialect, Form, Money

_YUAN = Money("元", separators=True, zero="")
_BLANK = Money(zero="")
_DASH = Money(zero="—")

_PREFIXED = {
    "budget_summary": "部门收支总体情况表", "budget_income": "部门收入总体情况表",
    "budget_expenditure": "部门支出总体情况表", "budget_appropriation_summary": "财政拨款收支总体情况表",
}  # fmt: skip

MORE: tuple[Dialect, ...] = (
    Dialect(
        "beijing", "北京市",
        Form(Money(decimals=6, zero=""), number="公开{n:02d}表", codes="one", code_head="功能分类科目编码",
             three_public="twelve", order="new", tables_first=True, body_word="公开部门", basic="groups2",
             extras=("procurement", "services"), performance="adjusted"),
        Form(Money(decimals=6, zero=""), number="预算{n:02d}表", codes="one", three_public="two_years",
             basic="columns", tables_first=True, body_word="部门名称", unit_word="单位", amount="预算数",
             row_numbers="none", extras=("project_list", "procurement", "services"), targets="list"),
    ),
    Dialect(
        "tianjin", "天津市",
        Form(number="", codes="three", total="last", three_public="twelve", order="new", row_numbers="none",
             unit_word="单位", extras=("income_by_body", "expenditure_by_body", "projects"), empty="listed"),
        Form(_BLANK, number="", codes="three", total="last", three_public="six", basic="columns", unit_word="单位",
             amount="预算数", row_numbers="none", extras=("project_list",), empty="listed",
             titles={**_PREFIXED, "budget_expenditure": "部门支出总体情况表",
                     "budget_general_expenditure": "一般公共预算支出情况表",
                     "budget_general_basic_economic": "一般公共预算基本支出情况表",
                     "budget_three_public": "一般公共预算“三公”经费支出情况表"}),
    ),
    Dialect(
        "liaoning", "辽宁省",
        Form(_DASH, number="公开{n:02d}表", codes="four", three_public="twelve", order="new", basic="groups3",
             titles={"final_appropriation_summary": "财政拨款收入支出决算表"}, extras=("statistics",)),
        Form(_BLANK, number="公开{n:02d}表", codes="indent_code", three_public="vertical", basic="columns",
             amount="预算数", unit_word="单位", row_numbers="none", spaced=True,
             extras=("project_list", "economic_gov", "economic_department", "debt", "procurement", "services"),
             targets="list"),
    ),
    Dialect(
        "jilin", "吉林省",
        Form(Money(separators=True), number="公开{n:02d}表", codes="one", three_public="twelve", basic="groups3",
             body_word="部门", title_prefix="{body}", contents="dotted"),
        Form(Money(separators=True), number="表{n}", codes="glued", three_public="six", basic="single",
             unit_word="单位", amount="预算数", row_numbers="none", title_prefix="{year}年", extras=("project_list",)),
    ),
    Dialect(
        "heilongjiang", "黑龙江省",
        Form(Money(), number="公开{n:02d}表", codes="one", three_public="twelve", basic="groups3", spaced=True,
             extras=("capital_flow",)),
        Form(_BLANK, number="表{n}", codes="one", three_public="vertical", basic="columns", unit_word="单位",
             amount="预算数", row_numbers="none", extras=("project_matrix", "project_list"), targets="list"),
    ),
    Dialect(
        "fujian", "福建省",
        Form(Money(), number="公开{n:02d}表", codes="one", three_public="vertical", basic="single",
             has_item_row=False, row_numbers="none", unit_word="单位", extras=("matrix", "statistics"),
             titles={"final_statistics": "机构运行信息表"}),
        Form(Money(separators=True), number="附表{n}", codes="one", has_item_row=False, three_public="vertical",
             basic="columns", unit_word="单位", amount="预算数", row_numbers="none",
             extras=("economic_department",), title_prefix="{year}年度"),
    ),
    Dialect(
        "jiangxi", "江西省",
        Form(Money(), number="公开{n:02d}表", codes="four", three_public="counts", basic="groups3",
             extras=("assets",), body_word="编制单位"),
        Form(_BLANK, number="公开表{n}", codes="one", three_public="vertical", basic="columns", amount="预算数",
             unit_word="单位", row_numbers="none", body_word="填报单位"),
    ),
    Dialect(
        "shandong", "山东省",
        Form(Money(zero=""), number="公开{n:02d}表", codes="one", three_public="twelve", basic="groups3",
             amount="金额", title_prefix="{year}年度", body_word="部门"),
        Form(Money(), number="", codes="three", total="last", three_public="six", basic="columns", amount="预算数",
             row_numbers="none", unit_word="单位", summary="four", caption="one_line"),
        prose="short",
    ),
    Dialect(
        "henan", "河南省",
        Form(Money(), number="公开{n:02d}表", codes="four", three_public="twelve", basic="groups3",
             titles={"final_summary": "收入支出决算批复表", "final_income": "收入决算批复表",
                     "final_expenditure": "支出决算批复表",
                     "final_appropriation_summary": "财政拨款收入支出决算批复表",
                     "final_general_expenditure": "一般公共预算财政拨款支出决算批复表",
                     "final_general_basic_economic": "一般公共预算财政拨款基本支出决算批复表"}),
        Form(Money(), number="预算{n:02d}表", codes="units", three_public="vertical", basic="columns",
             amount="金额", row_numbers="none", unit_word="单位", extras=("economic_both", "procurement")),
    ),
    Dialect(
        "hubei", "湖北省",
        Form(Money(), number="表{n}", codes="one", three_public="twelve", basic="groups3", both_scopes=True,
             contents="bulleted", unit_word="单位"),
        Form(Money(), number="表{n}", codes="one", three_public="six", basic="columns", amount="预算数",
             row_numbers="none", unit_word="单位", extras=("project_list", "services")),
        prose="hierarchy",
    ),
    Dialect(
        "hainan", "海南省",
        Form(Money(), number="财决公开{n:02d}表", codes="one", three_public="twelve", basic="groups3",
             extras=("balance_sheet", "fund_three_public"),
             titles={"final_summary": "收入支出决算公开表", "final_income": "收入决算公开表",
                     "final_expenditure": "支出决算公开表",
                     "final_appropriation_summary": "财政拨款收入支出决算公开表",
                     "final_general_expenditure": "一般公共预算财政拨款支出决算公开表",
                     "final_general_basic_economic": "一般公共预算财政拨款基本支出决算公开表"}),
        Form(Money(), number="表{n}", codes="one", three_public="two_years", basic="columns", amount="预算数",
             row_numbers="none", unit_word="单位", extras=("project_list",)),
    ),
    Dialect(
        "guizhou", "贵州省",
        Form(Money(), number="表{n}", codes="four", three_public="twelve", basic="groups3", contents="none",
             titles={"final_general_basic_economic": "一般公共预算财政拨款基本支出决算明细表"}),
        Form(Money(), number="表{n}", codes="units", three_public="six", basic="single", amount="预算数",
             row_numbers="none", unit_word="单位", contents="none", extras=("economic_gov",)),
        prose="short",
    ),
    Dialect(
        "xizang", "西藏自治区",
        Form(Money("元", separators=True), number="公开{n:02d}表", codes="four", three_public="operating",
             basic="groups3", extras=("fiscal_account",)),
        Form(Money(), number="表{n}", codes="one", order="appropriation_first", three_public="vertical",
             basic="columns", amount="预算数", row_numbers="none", unit_word="单位"),
    ),
    Dialect(
        "gansu", "甘肃省",
        Form(Money(), number="公开{n:02d}表", codes="one", three_public="meeting", basic="groups3",
             extras=("project_flow",), performance="nature"),
        Form(Money(), number="表{n}", codes="glued", three_public="meeting", basic="columns", amount="预算数",
             row_numbers="none", unit_word="单位", extras=("economic_department", "project_list"), targets="list"),
        prose="hierarchy",
    ),
    Dialect(
        "qinghai", "青海省",
        Form(_DASH, number="公开{n:02d}表", codes="three", total="first", three_public="change", basic="columns",
             row_numbers="int", performance="grouped"),
        Form(_YUAN, number="表{n}", codes="three", three_public="six", basic="columns", amount="预算数",
             row_numbers="none", unit_word="单位", extras=("new_assets", "basic_projects")),
    ),
    Dialect(
        "ningxia", "宁夏回族自治区",
        Form(Money(), number="公开{n:02d}表", codes="one", total="both", three_public="counts", basic="groups3",
             order="old", row_numbers="none"),
        Form(Money(), number="表{cn}", codes="dash", order="appropriation_first", three_public="vertical",
             basic="single", amount="预算数", row_numbers="none", unit_word="单位", extras=("basic_projects",)),
        prose="short",
    ),
)  # fmt: skip
