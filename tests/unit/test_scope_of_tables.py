"""Whose accounts the tables of a document are: what headings above them say, and what only looks like one (口径)."""

from __future__ import annotations

import pytest

from ingest.document import Cell, Table
from ingest.pipeline import parse_bytes
from ingest.tables.assemble import whole_tables
from ingest.tables.captions import scope_above

_CAPTION = ["收入支出决算总表", "公开01表　　部门：松浦县教育局", "单位：万元"]


@pytest.mark.parametrize(
    ("above", "scope"),
    [
        # a department's list of the units its accounts are made of
        (["纳入编制范围的单位包括：", "1.松浦县教育局（本级）", "2.第一中学", "第二部分　2023年部门决算表"], None),
        (["松浦县教育局（本级）", "松浦县第一中学"], None),
        (["1.松浦县第一中学", "2.松浦县教育局（本级）", "第二部分　2023年部门决算表"], None),
        # headings over one of two sets of statements
        (["一、松浦县教育局（汇总）决算公开表", "说明见后"], "consolidated"),
        (["二、松浦县教育局（本级）决算公开表"], "own"),
        (["松浦县教育局（本级）"], "own"),
        (["一、松浦县教育局（汇总）决算公开表", "二、松浦县教育局（本级）决算公开表", "第四部分　名词解释"], None),
        (["1.松浦县教育局（本级）", "2.第一中学", "二、松浦县教育局（汇总）决算公开表"], "consolidated"),
    ],
)
def test_a_listed_body_is_no_heading(above: list[str], scope: str | None) -> None:
    assert scope_above([*above, *_CAPTION]) == scope


def test_a_department_that_lists_its_own_office_stays_consolidated() -> None:
    text = "\n".join(
        [
            "松浦县教育局2023年度部门决算", "", "纳入松浦县教育局2023年度部门决算编制范围的单位包括：",
            "1.松浦县教育局（本级）", "2.松浦县第一中学", "", "第二部分　2023年度部门决算表", "",
            "收入支出决算总表", "公开01表　　部门：松浦县教育局　　单位：万元",
            "收入\t\t\t支出\t\t", "项目\t行次\t决算数\t项目\t行次\t决算数", "栏次\t\t1\t栏次\t\t2",
            "一、一般公共预算财政拨款收入\t1\t100.00\t一、教育支出\t30\t98.00",
            "本年收入合计\t27\t100.00\t本年支出合计\t58\t98.00",
            "年初结转和结余\t29\t0.00\t年末结转和结余\t60\t2.00", "总计\t31\t100.00\t总计\t62\t100.00",
        ]
    )  # fmt: skip
    parsed = parse_bytes(text.encode(), "决算.txt")
    assert [(row["statement_code"], row["scope_code"]) for row in parsed.rows["tables"]] == [("final_summary", None)]
    said = [row["value"] for row in parsed.rows["claims"] if row["claim_kind"] == "scope"]
    assert said == ["consolidated"]


def test_a_titled_page_opens_a_table_of_its_own() -> None:
    """A title with a long bracket in the first row of a page's grid: what follows is no rest of the table before."""

    def page(number: int, *rows: tuple[str, ...]) -> Table:
        width = max(map(len, rows))
        cells = [
            Cell(text, at, column, column_span=width if len(row) == 1 else 1, page=number)
            for at, row in enumerate(rows) for column, text in enumerate(row)
        ]  # fmt: skip
        return Table(tuple(cells), len(rows), width, page=number)

    first = page(
        1, ("国有资本经营预算支出表",), ("单位：万元",), ("功能分类科目", "合计", "基本支出", "项目支出"),
        ("合计", "0.00", "0.00", "0.00"), ("223-国有资本经营预算支出", "0.00", "0.00", "0.00"),
    )  # fmt: skip
    second = page(
        2, ("基本支出预算表（人员类、运转类公用经费项目）",), ("单位：万元",),
        ("单位名称", "项目名称", "功能科目编码", "功能科目名称", "合计"),
        ("松浦县图书馆", "基本工资类经费", "2070104", "图书馆", "516.92"),
        ("松浦县图书馆", "办公费类经费", "2070104", "图书馆", "17.38"),
    )  # fmt: skip
    titles = [table.caption.title for table in whole_tables([first, second])]
    assert titles == ["国有资本经营预算支出表", "基本支出预算表(人员类、运转类公用经费项目)"]
