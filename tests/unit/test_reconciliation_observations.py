"""What is wrong without being arithmetic: each rule seen finding something, and finding nothing."""

from __future__ import annotations

import csv
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))

from reconciliation_bench import FIGURE, OBSERVING, ROOT, TOLD, Bench, figure, insert, told

_PLACE = "page integer, source_line integer, sheet varchar, address varchar"
TABLES = {
    "dim_document": "document_key varchar, document_kind varchar, fiscal_year integer, is_current boolean,"
    " file_format varchar",
    "mart_statement_presence": "document_key varchar, scope_code varchar, statement_code varchar,"
    " title_printed varchar, state varchar, is_announced boolean, is_found boolean",
    "stg_landing__announcements": "document_key varchar, announcement_kind varchar, statement_code varchar,"
    f" title_printed varchar, scope_code varchar, {_PLACE}",
    "stg_landing__tables": "document_key varchar, table_ordinal integer, title_printed varchar, year_printed integer,"
    f" statement_code varchar, unit_name_printed varchar, alignment_method varchar, code_printed varchar, {_PLACE}",
    "stg_landing__table_columns": "document_key varchar, table_ordinal integer, column_ordinal integer,"
    " label_printed varchar, origin varchar, section_ordinal integer, part_ordinal integer",
    "fct_statement_amount": "document_key varchar, table_ordinal integer, row_code varchar, row_label varchar,"
    f" functional_code varchar, statement_code varchar, is_ocr boolean, is_current boolean, {_PLACE}",
    "stg_landing__paragraphs": f"document_key varchar, paragraph_ordinal integer, text varchar, {_PLACE}",
    "stg_landing__prose_residue": "document_key varchar, residue_ordinal integer, residue_code varchar,"
    f" text_printed varchar, {_PLACE}",
    "stg_landing__cells": "document_key varchar, table_ordinal integer, row_ordinal integer, column_ordinal integer,"
    f" text_printed varchar, cell_role varchar, is_ocr boolean, {_PLACE}",
    "dim_functional_subject": "functional_code varchar, functional_name varchar, valid_from_year integer,"
    " valid_to_year integer, is_official boolean",
    "dim_economic_subject": "economic_code varchar, economic_name varchar, valid_from_year integer,"
    " valid_to_year integer, is_official boolean",
    "int_recon__compared_in_prose": "rule_id varchar, document_key varchar, left_amount_key varchar,"
    " other_amount_key varchar, left_value decimal(24, 6), difference decimal(24, 6), tolerance decimal(24, 6),"
    " missing varchar",
}
PRESENCE = "mart_statement_presence"
PARAGRAPHS = "stg_landing__paragraphs"


def presence(state: str, code: str = "final_income", announced: bool = True, found: bool = False) -> dict[str, Any]:
    return {"scope_code": "unit", "statement_code": code, "title_printed": "收入决算表", "state": state,
            "is_announced": announced, "is_found": found}  # fmt: skip


def subject_row(code: str, name: str) -> list[dict[str, Any]]:
    given = {"table_ordinal": 1, "row_ordinal": 5, "is_ocr": False}
    return [given | {"column_ordinal": 1, "text_printed": code, "cell_role": "code"},
            given | {"column_ordinal": 2, "text_printed": name, "cell_role": "label"}]  # fmt: skip


def told_name(group: str) -> dict[str, list[dict[str, Any]]]:
    """一般公共服务支出（类）…（款） told of 20103, which the table prints under its name."""
    row = {"functional_code": "2010301", "class_name": "一般公共服务支出", "group_name": group, "is_current": True}
    printed = {"table_ordinal": 1, "row_code": "20103", "functional_code": "20103", "row_label": "档案与保管事务",
               "is_ocr": False, "is_current": True}  # fmt: skip
    return {"fct_narrative_amount": [row], "fct_statement_amount": [printed]}


def head(origin: str) -> dict[str, list[dict[str, Any]]]:
    table = {"table_ordinal": 1, "statement_code": "final_general_expenditure", "alignment_method": "template"}
    column = {"table_ordinal": 1, "column_ordinal": 7, "label_printed": "项目支出", "origin": origin}
    return {"stg_landing__tables": [table], "stg_landing__table_columns": [column]}


def sections(first: str, second: str) -> dict[str, list[dict[str, Any]]]:
    texts = [f"本单位下设2个科室，分别是：{first}。", f"某局内设 2 个科室，分别为：{second}。"]
    return {PARAGRAPHS: [{"paragraph_ordinal": n, "text": text} for n, text in enumerate(texts, 1)]}


def targets(prior: str) -> dict[str, list[dict[str, Any]]]:
    rows = [("≤300元/人", prior), ("≥5次", "4次"), ("=100%", "100%"), ("≥90%", "92%")]
    given = {"table_ordinal": 1, "origin": "table", "is_current": True}
    made = [
        given | {"indicator_key": f"a-{n}", "level3": f"指标{n}", "target_printed": goal, "prior_actual_printed": value}
        for n, (goal, value) in enumerate(rows)
    ]
    return {"fct_performance_indicator": made}


def beside_budget(initial: str, final: str, word: str | None) -> dict[str, list[dict[str, Any]]]:
    """年初预算X万元，支出决算Y万元。决算数大于（小于、等于）预算数。"""
    planned = told("a-1", initial, stage_stated="initial_budget", stage_code="initial_budget", budget_word=word)
    return {"int_recon__told": [planned | {"is_own_amount": False}, told("a-2", final, budget_word=word)]}


def forms(last: str) -> dict[str, list[dict[str, Any]]]:
    names = ["云杉县民政局"] * 4 + [last]
    given = {"statement_code": "final_income", "year_printed": 2022}
    return {"stg_landing__tables": [
        given | {"table_ordinal": n, "unit_name_printed": name} for n, name in enumerate(names)
    ]}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("本单位2022年度没有政府性基金预算财政拨款收入、支出，本表为空表。", 0),
        ("2022年度政府性基金预算财政拨款支出0.00万元。", 0),
        ("2022年度政府性基金预算财政拨款支出10.00万元。", 1),
        ("注：上述各表为空表。", 0),
        ("本单位没有国有资本经营预算财政拨款收支。", 1),
        ("本年度工作顺利。", 1),
    ],
)
def test_an_empty_table_may_be_explained_in_any_place(bench: Bench, text: str, found: int) -> None:
    empty = {PRESENCE: [presence("empty", "final_fund", found=True)]}
    assert observed(bench, empty | paragraph(text)).get("R202", 0) == found
    note = {"table_ordinal": 1, "row_ordinal": 9, "column_ordinal": 1, "text_printed": text, "cell_role": "note"}
    assert observed(bench, empty | {"stg_landing__cells": [note]}).get("R202", 0) == found


def test_an_empty_table_of_projects_is_explained_by_spending_of_nothing(bench: Bench) -> None:
    empty = {PRESENCE: [presence("empty", "budget_general_project", found=True)]}
    assert "R202" not in observed(bench, empty | paragraph("基本支出60.00万元；项目支出0.00万元，占0.00%。"))
    assert observed(bench, empty | paragraph("项目支出10.00万元。")) == {"R202": 1}


def numbered(third: str) -> dict[str, list[dict[str, Any]]]:
    """公开01表 to 公开06表 with or without 公开02表."""
    codes = ["公开01表", third, "公开 03 表", "公开04表", "公开05表", "公开06表"]
    return {"stg_landing__tables": [
        {"table_ordinal": n, "statement_code": "final_income", "year_printed": 2022, "code_printed": code}
        for n, code in enumerate(codes)
    ]}  # fmt: skip


def openings(year: int) -> dict[str, list[dict[str, Any]]]:
    said = ((2022, "收入"), (2022, "支出"), (2022, "财政拨款收入"), (year, "财政拨款支出"))
    texts = [f"{told_year}年度{what}总计100万元，与2021年相比增加3万元。" for told_year, what in said]
    return {PARAGRAPHS: [{"paragraph_ordinal": n, "text": text} for n, text in enumerate(texts)]}


def paragraph(text: str) -> dict[str, list[dict[str, Any]]]:
    return {PARAGRAPHS: [{"paragraph_ordinal": 1, "text": text, "source_line": 7}]}


FUND_TOLD = told("a-1", "5.00", line_code="expenditure_this_year", fund_code="gov_fund")
ITEM = {"statement_code": "final_expenditure", "row_kind": "func"}
TOLD_ITEM = told("a-1", "5.00", functional_code="2010301")
DECLARED = {"announcement_kind": "declared_empty", "statement_code": "final_fund", "title_printed": "为空表",
            "scope_code": "unit", "source_line": 3}  # fmt: skip
RESIDUE = {"residue_ordinal": 1, "residue_code": "both_directions", "text_printed": "增加（减少）"}
ZERO_BUDGET = {"rule_id": "R090A", "left_amount_key": "a-1", "other_amount_key": "a-2", "left_value": Decimal(100),
               "missing": "基数为零"}  # fmt: skip
ZERO_BASE = {"rule_id": "R087B", "left_amount_key": "a-1", "left_value": Decimal(100), "missing": "基数为零"}

CASES: dict[str, tuple[dict[str, list[dict[str, Any]]], dict[str, list[dict[str, Any]]]]] = {
    # rule: (rows it finds something in, rows it finds nothing in)
    "R201": ({PRESENCE: [presence("missing")]}, {PRESENCE: [presence("present", found=True)]}),
    "R213": (numbered("公开03表"), numbered("公开02表")),
    "R202": ({PRESENCE: [presence("empty", found=True)]}, {PRESENCE: [presence("declared_empty", found=True)]}),
    "R203": (
        {PRESENCE: [presence("declared_empty", "final_fund", found=True)], "int_recon__told": [FUND_TOLD]},
        {PRESENCE: [presence("present", "final_fund", found=True)], "int_recon__told": [FUND_TOLD]},
    ),
    "R082E": (
        {"stg_landing__announcements": [DECLARED],
         "int_recon__figure": [figure("a-1", Decimal(50000), statement_code="final_fund")]},
        {"stg_landing__announcements": [DECLARED],
         "int_recon__figure": [figure("a-1", Decimal(0), statement_code="final_fund")]},
    ),
    "R204": (
        {"stg_landing__tables": [{"table_ordinal": 1, "statement_code": "final_income", "year_printed": 2023}],
         **paragraph("纳入某局2021年部门预算编制范围的单位")},
        {"stg_landing__tables": [{"table_ordinal": 1, "statement_code": "final_income", "year_printed": 2022}],
         **paragraph("纳入某局 2022 年部门预算编制范围的单位，比2021年增加一个")},
    ),
    "R091B": (beside_budget("38.00", "36.22", "more"), beside_budget("38.00", "36.22", "less")),
    "R205": (forms("青松县教育局"), forms("云杉县民政局（本级）")),
    "R209": (told_name("档案与安全事务"), told_name("档案事务")),
    "R210": (head("filled"), head("printed")),
    "R211": (sections("办公室和督查科", "办公室、督办科"), sections("办公室和督查科", "督查科、办公室")),
    "R212": (targets("200000"), targets("280元/人")),
    "R206": ({"stg_landing__prose_residue": [RESIDUE]}, {"stg_landing__prose_residue": []}),
    "R208": (paragraph("比上年增加3万元，主要原因是：。"), paragraph("比上年增加3万元，主要原因是人员增加。")),
    "R207": (
        {"stg_landing__cells": subject_row("21305", "扶贫")},
        {"stg_landing__cells": subject_row("21305", "巩固脱贫衔接乡村振兴")},
    ),
    "R079": (
        {"int_recon__told": [TOLD_ITEM],
         "int_recon__figure": [figure("a-9", Decimal(70000), **ITEM, functional_code="2010399")]},
        {"int_recon__told": [TOLD_ITEM],
         "int_recon__figure": [figure("a-9", Decimal(50000), **ITEM, functional_code="2010301")]},
    ),
    "R088": (
        {"int_recon__told": [told("a-1", "100%")], "int_recon__compared_in_prose": [ZERO_BASE]},
        {"int_recon__told": [told("a-1", "0%")],
         "int_recon__compared_in_prose": [ZERO_BASE | {"left_value": Decimal(0)}]},
    ),
    "R090C": (
        {"int_recon__told": [told("a-1", "100%"), told("a-2", "5.00")], "int_recon__compared_in_prose": [ZERO_BUDGET]},
        {"int_recon__told": [told("a-1", "100%"), told("a-2", "0.00")], "int_recon__compared_in_prose": [ZERO_BUDGET]},
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    return Bench(tmp_path_factory.mktemp("bench"))


def observed(bench: Bench, rows: dict[str, list[dict[str, Any]]]) -> dict[str, int]:
    """Rule → how often it finds something in the rows of one document of 2022."""
    return observed_each(bench, [rows])[0]


def observed_each(bench: Bench, documents: list[dict[str, list[dict[str, Any]]]]) -> list[dict[str, int]]:
    """``observed`` of several documents in one run; rows that name their document themselves are of the first, a."""
    keys = [chr(ord("a") + at) for at in range(len(documents))]
    with bench.connect() as connection:
        for table, columns in TABLES.items():
            connection.execute(f"create or replace table {table} ({columns})")
        names = [("21305", "扶贫", 2013, 2019), ("21305", "巩固脱贫衔接乡村振兴", 2020, 9999),
                 ("21306", "农业综合开发", 2013, 2018), ("21306", "农业产业化", 2019, 2021),
                 ("21306", "农业产业发展", 2022, 9999), ("2130305", "水利工程建设", 2013, 9999),
                 ("2210201", "住房公积金", 2013, 9999), ("2210203", "购房补贴", 2013, 9999)]  # fmt: skip
        connection.executemany("insert into dim_functional_subject values (?, ?, ?, ?, true)", names)
        for key, rows in zip(keys, documents, strict=True):
            connection.execute("insert into dim_document values (?, 'final_account', 2022, true, 'text')", [key])
            for table, given in rows.items():
                columns = {"int_recon__told": TOLD, "int_recon__figure": FIGURE}.get(table)
                for row in given:
                    names_its_own = columns or table == "int_recon__compared_in_prose"
                    held = row if names_its_own else {"document_key": key} | row
                    insert(connection, table, columns or held, [held])
        bench.run(connection, *OBSERVING)
        found = connection.execute(
            "select document_key, rule_id, count(*) from int_recon__observation group by all"
        ).fetchall()
    return [{rule_id: count for document, rule_id, count in found if document == key} for key in keys]


@pytest.mark.parametrize("rule_id", CASES)
def test_observation(bench: Bench, rule_id: str) -> None:
    finds, nothing = CASES[rule_id]
    assert observed(bench, finds).get(rule_id, 0) >= 1
    assert observed(bench, nothing).get(rule_id, 0) == 0


def test_every_observation_has_its_cases() -> None:
    with (ROOT / "seeds" / "rules.csv").open(encoding="utf-8", newline="") as file:
        rules = {row["rule_id"] for row in csv.DictReader(file) if row["evidence"] == "observation"}
    assert rules == CASES.keys()


def test_a_reason_left_open_before_the_next_heading_is_cut_off(bench: Bench) -> None:
    def after(text: str) -> dict[str, list[dict[str, Any]]]:
        texts = ("收入支出总计增加3万元。主要原因：", text)
        return {PARAGRAPHS: [{"paragraph_ordinal": n, "text": told} for n, told in enumerate(texts)]}

    assert observed(bench, after("二、收入决算情况说明")) == {"R208": 1}
    assert observed(bench, after("基本支出中人员进出及退休变化。")) == {}


def test_a_form_announced_or_spoken_of_is_no_gap(bench: Bench) -> None:
    said = numbered("公开03表") | paragraph("公开02表不适用，本单位无此项收支。")
    assert "R213" not in observed(bench, said)
    announced = numbered("公开03表") | {PRESENCE: [presence("missing")]}
    assert "R213" not in observed(bench, announced)


@pytest.mark.parametrize("text", ["上述报表详见附件。", "2022年度部门决算表（详见附件）", "附件：某局决算公开表.xls"])
def test_statements_in_an_attachment_are_not_missing(bench: Bench, text: str) -> None:
    missing = {PRESENCE: [presence("missing")]}
    assert observed(bench, missing | paragraph("说明见下。")) == {"R201": 1}
    assert observed(bench, missing | paragraph(text)) == {}
    beside = {PRESENCE: [presence("missing"), presence("present", "final_fund", found=True)]}
    assert observed(bench, beside | paragraph(text)) == {"R201": 1}


def test_an_opening_of_another_year_differs_where_the_others_bear_the_right_one(bench: Bench) -> None:
    assert observed(bench, openings(2021)) == {"R204": 1}
    assert observed(bench, openings(2022)) == {}


def test_a_head_lost_with_the_one_above_it_is_found_once(bench: Bench) -> None:
    lost = head("filled")
    above, below = ({**lost["stg_landing__table_columns"][0], "part_ordinal": part, "label_printed": label}
                    for part, label in ((1, "本年支出合计"), (2, "基本支出")))  # fmt: skip
    assert observed(bench, lost | {"stg_landing__table_columns": [above, below]})["R210"] == 1


def test_a_title_in_brackets_is_no_instruction(bench: Bench) -> None:
    residue = {"residue_ordinal": 1, "residue_code": "instruction", "text_printed": "（按单位列示）"}
    assert observed(bench, {"stg_landing__prose_residue": [residue]}) == {}


def test_a_name_may_lag_its_catalogue_by_a_year(bench: Bench) -> None:
    rows = {"stg_landing__cells": subject_row("21306", "农业产业化")}
    assert observed(bench, rows) == {}
    rows = {"stg_landing__cells": subject_row("21306", "农业综合开发")}
    assert observed(bench, rows) == {"R207": 1}


def test_a_spelling_that_merely_differs_accuses_nobody(bench: Bench) -> None:
    assert observed(bench, {"stg_landing__cells": subject_row("21305", "巩固脱贫（衔接乡村振兴）支出")}) == {}


def labelled(
    *names: str, statement: str = "final_expenditure", beside: tuple[str, str] | None = None
) -> dict[str, Any]:
    """2210201 住房公积金 under these names, one in each table; beside: another row of the first table."""
    rows = [(number, "2210201", name) for number, name in enumerate(names, 1)]
    rows += [(1, *beside)] if beside else []
    given = {"statement_code": statement, "is_ocr": False, "is_current": True, "page": 5}
    return {"fct_statement_amount": [
        given | {"table_ordinal": table, "row_code": code, "functional_code": code, "row_label": name}
        for table, code, name in rows
    ]}  # fmt: skip


LABELS = [
    (labelled("水利工程建设", "住房公积金"), 1),
    # the table is all there is: a code of the place
    (labelled("水利工程建设"), 0),
    # whose name it is stands in the document: a label may have slipped
    (labelled("水利工程建设", "住房公积金", beside=("2130305", "住房公积金")), 0),
    (labelled("水利工程建设", "住房公积金", beside=("2130305", "水利工程建设")), 0),
    # shortened, wrapped, written out, a character misread
    (labelled("公积金", "住房公积金"), 0),
    (labelled("住房公", "住房公积金", "住房公积金"), 0),
    (labelled("缴纳住房公积金支出", "住房公积金", "住房公积金"), 0),
    (labelled("往房公积金", "住房公积金", "住房公积金"), 0),
    # a name of no catalogue: told only where two other tables agree, and never in a budget, which names projects
    (labelled("城市道路养护", "住房公积金", "住房公积金"), 1),
    (labelled("城市道路养护", "住房公积金"), 0),
    (labelled("城市道路养护", "住房公积金", "住房公积金", statement="budget_expenditure"), 0),
    (labelled("其他城市道路养护", "住房公积金", "住房公积金"), 0),
    # a torn label is part of another
    (labelled("城市道路养护", "住房公积金", "住房公积金", beside=("2120399", "其他城市道路养护支出")), 0),
]
SENTENCES = [
    ("2022年度本年支出合计1104.72万元，其中：基本支出608.17万元，占55.05%；项目支出", "四、财政拨款支出情况", 1),
    ("2022年度本年支出合计1104.72万元，其中：基本支出608.17万元，占", "四、财政拨款支出情况", 1),
    ("2022年度一般公共预算财政拨款支出874.07万元，占本年支出合计的", "（二）支出决算结构", 1),
    ("2022年度收入总计874.07万元，比上年增加10.00万元，", "第三部分 2022年度部门决算表", 1),
    ("基本支出1025.37万元，其中：人员经费892.25万元，主要包括基本工资、津贴补贴", "七、政府性基金预算情况", 1),
    ("2022年度财政拨款支出874.07万元，占本年支出合计的主要用于以下方面：教育支出3.00万元。", "七、其他", 1),
    # the rest stands in the next paragraph
    ("2022年度本年支出合计1104.72万元，其中：基本支出608.17万元，占55.05%；项目支出", "496.55万元，占44.95%。", 0),
    ("2022年度收入总计874.07万元，比上年增加10.00万元，", "主要原因是人员增加。", 0),
    ("基本支出1025.37万元，其中：人员经费892.25万元，主要包括基本工资", "（二）公用经费133.12万元", 0),
    # a list begins, a last 。 is forgotten
    ("2022年度支出合计1104.72万元，用于以下方面，", "一、教育支出", 0),
    ("2022年度支出合计1104.72万元，具体如下，", "（二）教育支出", 0),
    ("2022年度支出合计1104.72万元，其中：", "（二）教育支出", 0),
    ("2022年度支出合计1104.72万元，主要用于发放津贴补贴", "四、财政拨款支出情况", 0),
    ("2022年度支出合计1104.72万元，与上年持平", "四、财政拨款支出情况", 0),
    ("2022年度支出合计1104.72万元，其中基本支出608.17万元，占55.05%", "四、财政拨款支出情况", 0),
    ("人员经费占本年支出合计的主要部分，共608.17万元。", "四、财政拨款支出情况", 0),
    # nothing is left to tell, or it is told under another name
    ("基本支出892.25万元，其中：人员经费892.25万元，主要包括基本工资、津贴补贴", "七、政府性基金预算情况", 0),
    ("基本支出1025.37万元，其中：人员经费892.25万元，主要包括基本工资", "（二）商品和服务支出133.12万元", 0),
    # a word that ends in 占, the largest part
    ("加强耕地保护，严禁违规侵占。2022年度支出合计1104.72万元。", "四、财政拨款支出情况", 0),
    ("2022年度支出合计1104.72万元，占比最大的主要用于基础设施建设。", "四、财政拨款支出情况", 0),
    ("2022年度支出合计1104.72万元，其中占大头的主要用于学校建设。", "四、财政拨款支出情况", 0),
    ("2022年度教育支出3.00万元，占。", "四、财政拨款支出情况", 1),
]


def test_a_code_under_the_name_of_another_subject(bench: Bench) -> None:
    found = observed_each(bench, [rows for rows, _ in LABELS])
    assert [rules.get("R207", 0) for rules in found] == [expected for _, expected in LABELS]


def test_a_heading_at_the_top_of_a_page_cuts_no_sentence(bench: Bench) -> None:
    cut, head = "2022年度收入总计874.07万元，比上年增加10.00万元，", "第三部分 2022年度部门决算情况说明"
    behind = ["增长1.16%，主要是人员增加。", "12.50万元，增长1.16%。", "一、收入支出决算总体情况说明"]
    documents = [
        {PARAGRAPHS: [{"paragraph_ordinal": n, "text": said, "page": 2} for n, said in enumerate((cut, head, rest), 1)]}
        for rest in behind
    ]
    assert [rules.get("R208", 0) for rules in observed_each(bench, documents)] == [0, 0, 1]


def test_a_sentence_left_in_the_middle(bench: Bench) -> None:
    documents = [
        {PARAGRAPHS: [{"paragraph_ordinal": n, "text": said, "page": 2} for n, said in enumerate((text, following), 1)]}
        for text, following, _ in SENTENCES
    ]
    found = [rules.get("R208", 0) for rules in observed_each(bench, documents)]
    assert found == [expected for _, _, expected in SENTENCES]


def texts(*said: str) -> dict[str, list[dict[str, Any]]]:
    return {PARAGRAPHS: [{"paragraph_ordinal": n, "text": text} for n, text in enumerate(said, 1)]}


HEADINGS = ("一、2022年度收入决算情况说明", "二、2022年度支出决算情况说明", "三、2022年度财政拨款支出决算情况说明")
YEARS = [
    # a heading of another year, where the others bear the document's own
    (texts(*HEADINGS, "四、2021年度“三公”经费支出决算情况说明"), 1),
    (texts(*HEADINGS, "四、2022年度“三公”经费支出决算情况说明"), 0),
    # as many of another year as of its own: which is wrong cannot be told
    (texts(HEADINGS[0], HEADINGS[1], "四、2021年度“三公”经费支出决算情况说明"), 0),
    # what compares or looks back says so
    (texts(*HEADINGS, "四、2021年度“三公”经费支出执行情况说明"), 0),
    (texts(*HEADINGS, "四、2021年度支出绩效评价情况说明"), 0),
    # the part of the document, the bodies it covers: its own year only, whatever the others bear
    (texts("第二部分 2021年度部门决算表"), 1),
    (texts("第二部分 2022年度部门决算表"), 0),
    (texts("纳入本部门2021年度部门决算汇编范围的单位共2个。"), 1),
    (texts("比2021年增加3万元。"), 0),
]
UNFINISHED = [
    ("比上年增加3万元，原因是：；其中项目支出2万元。", 1),
    ("比上年增加3万元，主要是。", 1),
    ("公务接待费1万元，主要用于。", 1),
    ("项目支出3.00万元占。", 1),
    ("一般公共预算财政拨款支出占。", 1),
    ("财政拨款支出874.07万元，占主要用于以下方面：教育支出3.00万元。", 1),
    ("比上年增加3万元，主要是人员增加。", 0),
    ("公务接待费1万元，主要用于接待检查。", 0),
    ("项目支出3.00万元，占10.00%。", 0),
    ("基础设施支出占比较大，主要用于修路。", 0),
]


def test_a_place_of_another_year_is_told_where_it_cannot_be_meant(bench: Bench) -> None:
    found = observed_each(bench, [rows for rows, _ in YEARS])
    assert [rules.get("R204", 0) for rules in found] == [expected for _, expected in YEARS]


def test_a_sentence_that_breaks_off_before_its_stop(bench: Bench) -> None:
    found = observed_each(bench, [texts(text) for text, _ in UNFINISHED])
    assert [rules.get("R208", 0) for rules in found] == [expected for _, expected in UNFINISHED]


def test_a_statement_under_the_title_announced_is_there(bench: Bench) -> None:
    titled = {"table_ordinal": 1, "statement_code": "final_other", "year_printed": 2022}
    documents = [
        {PRESENCE: [presence("missing")], "stg_landing__tables": [titled | {"title_printed": title}]}
        for title in ("二、收入决算表", "支出决算表")
    ]
    assert [rules.get("R201", 0) for rules in observed_each(bench, documents)] == [0, 1]


def test_statements_nobody_announced_or_of_no_fixed_form_are_not_missing(bench: Bench) -> None:
    documents = [
        {PRESENCE: [presence("missing", code, announced=announced)]}
        for code, announced in (
            ("final_income", True), ("final_income", False), ("final_other", True), ("final_statistics", True),
            ("perf_unit_self", True),
        )
    ]  # fmt: skip
    assert [rules.get("R201", 0) for rules in observed_each(bench, documents)] == [1, 0, 0, 0, 0]


def test_of_a_department_and_its_office_one_may_have_the_fund(bench: Bench) -> None:
    empty = presence("declared_empty", "final_fund", found=True)
    filled = presence("present", "final_fund", found=True) | {"scope_code": "consolidated"}
    rows = {"int_recon__told": [FUND_TOLD]}
    assert observed(bench, rows | {PRESENCE: [empty]}) == {"R203": 1}
    assert observed(bench, rows | {PRESENCE: [empty, filled]}) == {}


def test_a_statement_declared_empty_is_held_to_its_own_scope(bench: Bench) -> None:
    declared = {"stg_landing__announcements": [DECLARED]}
    for scope, expected in (("unit", {"R082E": 1}), ("consolidated", {})):
        row = figure("a-1", Decimal(50000), statement_code="final_fund", scope_code=scope)
        assert observed(bench, declared | {"int_recon__figure": [row]}) == expected


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        (beside_budget("38.00", "38.00", "less"), 0),
        (beside_budget("38.00", "36.22", "equal"), 1),
        (beside_budget("38.00", "38.00", "equal"), 0),
        (beside_budget("38.00", "36.22", None), 0),
        ({"int_recon__told": [told("a-1", "95.55%", role="completion_rate", budget_word="more")]}, 1),
        ({"int_recon__told": [told("a-1", "95.55%", role="completion_rate", budget_word="less")]}, 0),
        # the figures contradict one another: that is the finding
        (beside_budget("38.00", "36.22", "more") | {"int_recon__compared_in_prose": [
            {"document_key": "a", "left_amount_key": "a-2", "difference": Decimal(5), "tolerance": Decimal(1)}]}, 0),
    ],
)  # fmt: skip
def test_words_on_final_account_and_budget(bench: Bench, rows: dict[str, list[dict[str, Any]]], found: int) -> None:
    assert observed(bench, rows).get("R091B", 0) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("截至2021年12月31日，本部门共有车辆6辆。", 1),
        ("截至2022年12月31日，本部门共有车辆6辆。", 0),
        ("截至2021年12月31日，本部门在职人员12人。", 0),
        ("截止2021年底，公务用车保有量为2辆。", 1),
    ],
)
def test_what_is_owned_is_counted_at_the_end_of_the_year(bench: Bench, text: str, found: int) -> None:
    assert observed(bench, paragraph(text)).get("R204", 0) == found


def test_the_amount_of_this_year_told_of_the_last(bench: Bench) -> None:
    printed = figure("a-1", Decimal(29600000), line_code="income_this_year", statement_code="final_income")
    said = figure(
        "a-2", Decimal(29600000), line_code="income_this_year", origin="prose", stage_code="prior", fiscal_year=2021
    )
    assert observed(bench, {"int_recon__figure": [printed, said]}) == {"R204": 1}
    other = said | {"compared_value": Decimal(28600000)}
    assert observed(bench, {"int_recon__figure": [printed, other]}) == {}
