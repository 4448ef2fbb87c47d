"""Two tables of what seems one statement: 财政拨款… beside 一般公共预算… is another table; alone it stands for it."""

from __future__ import annotations

from ingest.pipeline import parse_bytes

_ROWS = (
    "项目\t\t本年支出合计\t基本支出\t项目支出\n"
    "功能分类科目编码\t科目名称\t\t\t\n"
    "合计\t\t120.50\t100.50\t20.00\n"
    "201\t一般公共服务支出\t120.50\t100.50\t20.00\n"
    "20103\t政府办公厅（室）及相关机构事务\t120.50\t100.50\t20.00\n"
    "2010301\t行政运行\t100.50\t100.50\t\n"
    "2010302\t一般行政管理事务\t20.00\t\t20.00\n"
)


def _read(*titles: str) -> dict[str, tuple[str, int]]:
    text = "某县某局2022年度部门决算\n\n"
    for number, title in enumerate(titles, 5):
        text += f"{title}\n\n公开{number:02}表\n部门名称：某县某局\n金额单位：万元\n\n{_ROWS}\n"
    tables = parse_bytes(text.encode(), "a.txt").rows["tables"]
    return {table["title_printed"]: (table["statement_code"], table["figure_count"]) for table in tables}


def test_what_all_budgets_pay_is_not_what_the_general_budget_pays() -> None:
    read = _read("财政拨款支出决算表（功能科目）", "一般公共预算支出决算表（功能科目）")
    assert list(read.values()) == [("final_other", 13), ("final_general_expenditure", 13)], read


def test_a_statement_of_appropriations_alone_stands_for_the_general_budget() -> None:
    assert list(_read("财政拨款支出决算表").values()) == [("final_general_expenditure", 13)]


def test_two_statements_of_the_general_budget_stay_what_they_are() -> None:
    read = _read("一般公共预算财政拨款支出决算表", "一般公共预算支出决算表")
    assert {code for code, _ in read.values()} == {"final_general_expenditure"}
