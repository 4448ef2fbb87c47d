"""Figures that a conversion spoiled: said to be unread, never lost among the words, never read as another figure."""

from __future__ import annotations

import pytest

from ingest.pipeline import ParsedDocument, parse_bytes
from ingest.text import is_spoiled_number, whole_number


@pytest.mark.parametrize(
    "text", ["112O.50", "1l20.50", "S0.50", "1100·50", "1100。50", "1,10050", "1100,50", "12..50", "20.OO",
             "1,234.5,67", "8B.1", "12O5", "2197.6?"]
)  # fmt: skip
def test_spoiled_numbers_are_known(text: str) -> None:
    assert is_spoiled_number(text)


@pytest.mark.parametrize(
    "text", ["1,120.50", "1100 .50", "20.00%", "2023.12.31", "2023-2025", "1-1", "3.", "12:30", "第5项", "A02010105",
             "合计", "—", "0", "", "Oo", "30 40", "《办法》3条", "l" * 50]
)  # fmt: skip
def test_other_texts_are_not(text: str) -> None:
    assert not is_spoiled_number(text)


def test_a_blank_before_the_point_is_no_other_number() -> None:
    number = whole_number("1100 .50")
    assert number is not None and number.value_text == "1100.50"


def _read(*cells: str) -> ParsedDocument:
    first, second, third = cells
    text = (
        "某县某局2022年度部门决算\n\n支出决算表\n\n公开03表\n金额单位：万元\n\n"
        "科目编码\t科目名称\t本年支出合计\t基本支出\t项目支出\n"
        f"合计\t\t1120.50\t{first}\t20.00\n"
        f"201\t一般公共服务支出\t1120.50\t{second}\t20.00\n"
        f"20103\t政府办公厅（室）及相关机构事务\t1120.50\t{third}\t20.00\n"
        "2010301\t行政运行\t1100.50\t1100.50\t\n"
        "2010302\t一般行政管理事务\t20.00\t\t20.00\n"
    )
    return parse_bytes(text.encode(), "a.txt")


def test_what_is_spoiled_is_said_to_be_unread() -> None:
    parsed = _read("110O.50", "1100·50", "1l00.50")
    unread = [number for number in parsed.rows["cell_numbers"] if number["role"] == "unmapped"]
    assert {number["row_ordinal"] for number in unread} == {2, 3, 4}
    assert {number["column_ordinal"] for number in unread} == {4}
    assert all("读不成数" in number["reason"] for number in unread)


def test_its_neighbours_stay_figures() -> None:
    parsed = _read("110O.50", "1100·50", "1l00.50")
    basic = [figure.value_text for figure in parsed.figures() if figure.column_label == "基本支出"]
    assert basic == ["1100.50"]
    assert len(parsed.figures()) == 10
