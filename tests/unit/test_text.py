"""Folding labels and finding numbers in printed Chinese text."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.text import clean_number, find_numbers, is_nothing, is_of_which, join_lines, label_key, whole_number


@pytest.mark.parametrize(
    ("printed", "key"),
    [
        ("一、一般公共预算财政拨款收入", "一般公共预算财政拨款收入"),
        ("(一) 一般公共预算 财政拨款收入", "一般公共预算财政拨款收入"),
        ("二十六、抗疫特别国债安排的支出", "抗疫特别国债安排的支出"),
        ("其中：（1）公务用车购置费", "公务用车购置费"),
        ("　合　计", "合计"),
        ("１．因公出国（境）费", "因公出国境费"),
        ("1.00", "100"),
        ("12345热线", "12345热线"),
        ("其中", "其中"),
    ],
)
def test_label_key_drops_what_does_not_identify(printed: str, key: str) -> None:
    assert label_key(printed) == key


@pytest.mark.parametrize("text", ["其中：教育收费", "（一）其中：一般财力", "其中公务用车购置费"])
def test_of_which_is_seen_behind_an_ordinal(text: str) -> None:
    assert is_of_which(text)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("收入总计1, 537.4万元", [("1, 537.4", "1537.4", "万元")]),
        ("8,638,621.12元，占100.00%", [("8,638,621.12", "8638621.12", "元"), ("100.00", "100.00", "%")]),
        ("2016-2017年", [("2016", "2016", None), ("2017", "2017", "年")]),
        ("减少-3.51万元", [("-3.51", "-3.51", "万元")]),
        ("用车3机要通信用车0", [("3", "3", None), ("0", "0", None)]),
        ("１２．５０％", [("１２．５０", "12.50", "%")]),
        ("无数字", []),
    ],
)
def test_numbers_are_found_with_their_units(text: str, values: list[tuple[str, str, str | None]]) -> None:
    assert [(number.printed, number.value_text, number.unit) for number in find_numbers(text)] == values


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("44万元", "44", "万元"),
        (" 1, 302, 000 ", "1302000", None),
        ("10.00 分", "10.00", "分"),
        ("76.3%", "76.3", "%"),
        ("-3.5", "-3.5", None),
    ],
)
def test_a_cell_that_is_one_number(text: str, value: str, unit: str | None) -> None:
    number = whole_number(text)
    assert number is not None
    assert (number.value_text, number.unit) == (value, unit)


@pytest.mark.parametrize("text", ["≥70通", "20162020年", "88 100", "12.3.4", "一", "", "3人次/天", "2022年度"])
def test_a_cell_that_is_not_one_number(text: str) -> None:
    assert whole_number(text) is None


@pytest.mark.parametrize("text", ["", " ", "—", "———", "/", "-", "无", "\\"])
def test_signs_of_nothing(text: str) -> None:
    assert is_nothing(text)


@pytest.mark.parametrize("text", ["0", "0.00", "无机关运行经费", "-3"])
def test_a_zero_is_something(text: str) -> None:
    assert not is_nothing(text)


def test_wrapped_lines_of_one_cell_are_joined() -> None:
    assert join_lines("政府办公厅（室）\n及相关机构 事务") == "政府办公厅（室）及相关机构事务"


@given(st.decimals(min_value=-(10**12), max_value=10**12, places=2, allow_nan=False))
def test_thousands_separators_change_no_value(value: Decimal) -> None:
    for printed in (f"{value:,.2f}", f"{value:.2f}", f"{value:,.2f}".replace(",", ", ")):
        assert Decimal(clean_number(printed)) == value
        number = whole_number(printed)
        assert number is not None
        assert Decimal(number.value_text) == value


@given(st.text(max_size=200))
def test_any_text_is_handled(text: str) -> None:
    for number in find_numbers(text):
        Decimal(number.value_text)
        assert 0 <= number.start < number.end <= len(text)
    label_key(text)


@pytest.mark.parametrize("text", ["合计,100.00", "合计，100.00", "三公经费.100.00", ",100.00"])
def test_a_number_behind_a_comma_or_point_of_the_text_is_a_number(text: str) -> None:
    assert [number.value_text for number in find_numbers(text)] == ["100.00"]


@pytest.mark.parametrize("blank", [" ", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u3000", "\xa0"])
def test_no_blank_stays_in_a_number(blank: str) -> None:
    assert clean_number(f"1,{blank}234.{blank}5") == "1234.5"


@pytest.mark.parametrize("printed", ["80.5①", "80.5²", "80.5 ", "８０．５①"])
def test_a_notes_mark_behind_a_number_is_none_of_its_digits(printed: str) -> None:
    number = whole_number(printed)
    assert number is not None and number.value_text == "80.5"
    assert [found.value_text for found in find_numbers(printed)] == ["80.5"]


@pytest.mark.parametrize(
    ("printed", "value"), [("￥9,800.00", "9800.00"), ("¥ -5.00", "-5.00"), ("-¥5.00", "-5.00"), ("△¥3.1", "-3.1")]
)
def test_a_sign_of_money_before_a_number_is_none_of_it(printed: str, value: str) -> None:
    number = whole_number(printed)
    assert number is not None and number.value_text == value and is_nothing("¥ -")
