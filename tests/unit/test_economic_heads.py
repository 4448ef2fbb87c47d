"""Basic expenditure with its economic items as columns and bodies as rows, as some provinces print it."""

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
