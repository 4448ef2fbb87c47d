"""Statements known by the words of their heads: economic items as columns, expenses under a closed head."""

from __future__ import annotations

from ingest.pipeline import parse_bytes

_HEAD = (
    "某市某区某局2025年部门预算公开\n\n一般公共预算基本支出表--人员经费（工资福利支出）\n"
    "单位：506_某局\t金额单位：万元\n\n"
)
_TABLE = (
    "单位代码\t单位名称\t总计\t工资福利支出\t\t\t\n"
    "\t\t\t合计\t基本工资\t津贴补贴\t奖金\n"
    "\t合计\t600.00\t600.00\t300.00\t200.00\t100.00\n"
    "506001\t某局本级\t600.00\t600.00\t300.00\t200.00\t100.00\n"
)


def test_items_in_the_head_make_a_statement_of_basic_expenditure() -> None:
    parsed = parse_bytes((_HEAD + _TABLE).encode(), "a.txt")
    assert [table["statement_code"] for table in parsed.rows["tables"]] == ["budget_general_basic_economic"]
    assert [(figure.row_label, figure.column_label, figure.value_text) for figure in parsed.figures()][5:] == [
        ("某局本级", "总计", "600.00"),
        ("某局本级", "工资福利支出/合计", "600.00"),
        ("某局本级", "工资福利支出/基本工资", "300.00"),
        ("某局本级", "工资福利支出/津贴补贴", "200.00"),
        ("某局本级", "工资福利支出/奖金", "100.00"),
    ]


def test_a_head_that_closed_up_over_the_three_public_expenses_goes_by_its_words() -> None:
    text = (
        "某市某局2023年部门预算\n\n表7 一般公共预算“三公”经费支出表\n部门：某市某局 单位：元\n"
        "“三公”经费合计|因公出国（境）费|公务用车购置及运行费|公务接待费\n小计|公务用车购置费|公务用车运行费\n"
        "12,000.00|0.00|7,000.00|3,000.00|4,000.00|5,000.00\n"
    )
    assert [(figure.column_label, figure.value_text) for figure in parse_bytes(text.encode(), "a.txt").figures()] == [
        ("“三公”经费合计", "12000.00"),
        ("因公出国（境）费", "0.00"),
        ("公务用车购置及运行费/小计", "7000.00"),
        ("公务用车购置及运行费/公务用车购置费", "3000.00"),
        ("公务用车购置及运行费/公务用车运行费", "4000.00"),
        ("公务接待费", "5000.00"),
    ]
