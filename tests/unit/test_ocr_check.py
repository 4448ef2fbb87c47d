"""Figures read from pictures against the sums of their table, and words against the dictionaries."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from ingest.document import Cell, Paragraph, Table
from ingest.pipeline import parse_document
from ingest.readers import read_document
from ingest.tables.ocr_check import CONTRADICTED, PROVEN, check
from ingest.tables.ocr_words import settle, settled_word

_COLUMNS = (("本年支出合计",), ("基本支出",), ("项目支出",))


def number(value: str, row: int, column: int, label: str, path: str, code: str = "", **more: Any) -> dict[str, Any]:
    return {
        "role": "figure", "section_ordinal": 1, "row_ordinal": row, "column_ordinal": column, "value_text": value,
        "value_printed": value, "decimals": len(value.partition(".")[2]), "row_label": label, "row_code": code or None,
        "column_label": path, "unit_of_measure": "万元", "row_kind": "code" if code else "total", "is_ocr": True,
        "confidence": 85, "reason": None, **more,
    }  # fmt: skip


def coded_table(**changed: str) -> dict[str, dict[str, Any]]:
    """合计, two classes of two items each, three columns; ``changed`` overrides values by row and column (``a1``)."""
    leaves = {"c": ("20101", "人大事务"), "d": ("20103", "政府办公厅（室）及相关机构事务"),
              "f": ("20801", "人力资源和社会保障管理事务"), "g": ("20805", "行政事业单位养老支出")}  # fmt: skip
    values = {"c": ("10.25", "3.10"), "d": ("41.07", "12.60"), "f": ("7.73", "0.00"), "g": ("25.94", "1.18")}
    rows = [("a", "", "合计", "cdfg"), ("b", "201", "一般公共服务支出", "cd"), ("c", *leaves["c"], "c"),
            ("d", *leaves["d"], "d"), ("e", "208", "社会保障和就业支出", "fg"), ("f", *leaves["f"], "f"),
            ("g", *leaves["g"], "g")]  # fmt: skip
    found: dict[str, dict[str, Any]] = {}
    for ordinal, (name, code, label, parts) in enumerate(rows, 4):
        basic = sum(Decimal(values[part][0]) for part in parts)
        project = sum(Decimal(values[part][1]) for part in parts)
        for column, amount in enumerate((basic + project, basic, project), 1):
            place = f"{name}{column}"
            path = "/".join(_COLUMNS[column - 1])
            found[place] = number(changed.get(place, f"{amount:.2f}"), ordinal, column + 4, label, path, code)
    return found


def test_sums_that_come_out_prove_their_figures() -> None:
    """Every figure stands in a sum of several parts, zeros too."""
    table = coded_table()
    check(list(table.values()))
    assert {item["confidence"] for item in table.values()} == {PROVEN}


def test_a_misread_figure_is_corrected_where_row_and_column_agree() -> None:
    """41.07 read as 47.07: the row and the class both want 41.07."""
    table = coded_table(d2="47.07")
    check(list(table.values()))
    wrong = table["d2"]
    assert (wrong["value_text"], wrong["confidence"]) == ("41.07", PROVEN)
    assert wrong["value_printed"] == "47.07"
    assert "47.07" in wrong["reason"]


def test_a_lost_point_is_set_again() -> None:
    """4107 for 41.07 differs in one character."""
    table = coded_table(d2="4107")
    check(list(table.values()))
    assert (table["d2"]["value_text"], table["d2"]["decimals"]) == ("41.07", 2)


def test_a_figure_that_looks_nothing_like_the_sum_is_only_marked() -> None:
    """98.36 is no misreading of 41.07: the document may say so; it is unsure, and nothing is changed."""
    table = coded_table(d2="98.36")
    check(list(table.values()))
    assert table["d2"]["value_text"] == "98.36"
    assert table["d2"]["confidence"] <= CONTRADICTED
    assert table["c2"]["value_text"] == "10.25"


def test_figures_proven_elsewhere_are_not_doubted() -> None:
    """The sums of other rows and columns keep their proof beside a broken one."""
    table = coded_table(d2="98.36")
    check(list(table.values()))
    assert all(table[place]["confidence"] == PROVEN for place in ("a3", "e1", "f1", "g2", "g3", "d3"))


def test_two_slips_in_one_sum_are_not_corrected() -> None:
    """Both figures of a row wrong: no two sums agree on either."""
    table = coded_table(d2="47.07", d3="12.90", c2="10.26")
    before = {place: item["value_text"] for place, item in table.items()}
    check(list(table.values()))
    assert {place: item["value_text"] for place, item in table.items()} == before
    assert all(table[place]["confidence"] <= CONTRADICTED for place in ("d2", "c2"))


def test_rounding_is_neither_proof_nor_contradiction() -> None:
    """A class off by one hundredth stays as it was read."""
    table = coded_table(b1="67.03")
    check(list(table.values()))
    assert table["b1"]["confidence"] == 85


def test_text_tables_are_left_alone() -> None:
    """No confidence appears where nothing was recognised from a picture."""
    table = coded_table(d2="47.07")
    for item in table.values():
        item.update(is_ocr=False, confidence=None)
    check(list(table.values()))
    assert {item["confidence"] for item in table.values()} == {None}
    assert table["d2"]["value_text"] == "47.07"


def test_figures_under_a_head_read_across_two_columns_are_doubted() -> None:
    """行次|决算数: what stands below may count the rows."""
    figures = [number(str(33 + at), 4 + at, 5, "外交支出", "支出/行次|决算数") for at in range(3)]
    figures.append(number("12.50", 7, 6, "外交支出", "支出/决算数"))
    check(figures)
    assert [item["confidence"] for item in figures] == [CONTRADICTED] * 3 + [85]


def test_a_repeated_figure_alone_proves_nothing() -> None:
    """合计 equal to its only part that is not zero: both may be misread alike."""
    figures = [number("13.86", 4, 5, "行政单位离退休", "合计", "2080501"),
               number("13.86", 4, 6, "行政单位离退休", "基本支出", "2080501"),
               number("0.00", 4, 7, "行政单位离退休", "项目支出", "2080501")]  # fmt: skip
    check(figures)
    assert {item["confidence"] for item in figures} == {85}


def test_header_groups_sum_within_themselves() -> None:
    """三公: 小计 over purchase and running costs, 合计 over 小计 and the other two items."""
    paths = ("决算数/合计", "决算数/因公出国（境）费", "决算数/公务用车购置及运行维护费/小计",
             "决算数/公务用车购置及运行维护费/公务用车购置费", "决算数/公务用车购置及运行维护费/公务用车运行维护费",
             "决算数/公务接待费")  # fmt: skip
    values = ("24.21", "0.00", "22.79", "18.92", "3.87", "1.42")
    figures = [number(value, 5, at, "", path) for at, (path, value) in enumerate(zip(paths, values, strict=True), 1)]
    check(figures)
    assert {item["confidence"] for item in figures} == {PROVEN}


def test_a_code_is_settled_by_its_name_and_group() -> None:
    """2080566 beside 机关事业单位职业年金缴费支出 is 2080506, the only code that bears the name."""
    rows = [("20805", "行政事业单位养老支出"), ("2080501", "行政单位离退休"),
            ("2080505", "机关事业单位基本养老保险缴费支出"), ("2080566", "机关事业单位职业年金缴费支出")]  # fmt: skip
    figures = [number("10.00", at, 5, name, "合计", code) for at, (code, name) in enumerate(rows)]
    check(figures)
    assert figures[3]["row_code"] == "2080506"
    assert [item["row_code"] for item in figures[:3]] == ["20805", "2080501", "2080505"]


@pytest.mark.parametrize(
    ("read", "settled"),
    [
        ("财政毛款收入", "财政拨款收入"),
        ("财政拨款收入", None),
        ("年未财政拨款结转和结余", "年末财政拨款结转和结余"),
        ("-般公共服务支出", "一般公共服务支出"),
        ("已、住房保障支出", "住房保障支出"),
        ("六、卫生健康文出", "六、卫生健康支出"),
        ("青山湖步道改造项目", None),
        ("款", None),
        ("1,204.50", None),
    ],
)
def test_words_one_character_off_are_settled(read: str, settled: str | None) -> None:
    """A word of the dictionaries, or nothing; what is known or far from all words stays."""
    assert settled_word(read) == settled


def ocr_table(rows: list[str], **more: Any) -> Table:
    cells = tuple(
        Cell(text, row, column, page=1, is_ocr=True, confidence=90)
        for row, line in enumerate(rows)
        for column, text in enumerate(line.split("|"))
        if text
    )
    return Table(cells, len(rows), rows[0].count("|") + 1, page=1, has_spans=True, **more)


def test_column_numbers_and_levels_are_settled() -> None:
    """工 2 3 也 5 counts columns; 类 歉 项 heads a code."""
    table = settle([ocr_table(["类|歉|项|科目名称|合计|甲|乙", "工|2|3|也|5|6|7", "201|01|02|人大事务|3.50"])])[0]
    assert isinstance(table, Table)
    texts = [cell.text for cell in table.cells]
    assert texts[:7] == ["类", "款", "项", "科目名称", "合计", "甲", "乙"]
    assert texts[7:14] == ["1", "2", "3", "4", "5", "6", "7"]
    assert texts[14:] == ["201", "01", "02", "人大事务", "3.50"]


def test_text_cells_are_never_settled() -> None:
    """A cell that was not recognised from a picture keeps its text, slips and all."""
    table = Table((Cell("财政毛款收入", 0, 0),), 1, 1)
    paragraph = Paragraph("财政毛款收入", is_ocr=True)
    assert settle([table, paragraph]) == (table, paragraph)


def test_a_recognised_statement_lands_with_proof() -> None:
    """End to end from the document model: words settled, sums checked, confidence landed."""
    document = read_document("支出决算表".encode())
    rows = [
        "项目||||本年支出合计|基本支出|项目支出", "类|歉|项|科目名称|||", "合计||||100.00|60.00|40.00",
        "201|||一般公共服务支出|70.00|45.00|25.00", "201|03||政府办公厅（室）及相关机构事务|70.00|45.00|25.00",
        "208|||社会保障和就业文出|30.00|15.00|15.00",
    ]  # fmt: skip
    title = [Paragraph("支出决算表", page=1, is_ocr=True), Paragraph("金额单位：万元", page=1, is_ocr=True)]
    parsed = parse_document(replace(document, blocks=(*title, ocr_table(rows))), "x")
    figures = [row for row in parsed.rows["cell_numbers"] if row["role"] == "figure"]
    assert {(row["row_label"], row["row_code"]) for row in figures if row["value_text"] == "30.00"} == {
        ("社会保障和就业支出", "208")
    }
    assert len(figures) == 12
    assert {row["confidence"] for row in figures} == {PROVEN}
