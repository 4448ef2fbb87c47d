# ruff: noqa: E501  (a sentence is easier to judge on one line)
"""Tokens of prose: every digit of a text is a number, a year, a code, or skipped with its reason; places are kept."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.prose import ProseParagraph, extract
from ingest.prose.compact import Compact
from ingest.prose.lexer import lexer
from ingest.prose.terms import load, trie


def kinds(text: str) -> list[tuple[str, str]]:
    return [(token.kind, text[token.start : token.end]) for token in lexer().tokens(text) if token.kind != "mark"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("财预〔2021〕101号", "document_number"),
        ("（沪商规（2024）2号）", "document_number"),
        ("2022年12月31日", "date"),
        ("2023.1.1", "date"),
        ("3月份", "date"),
        ("第12条", "ordinal"),
        ("附件3", "ordinal"),
        ("公开01表", "ordinal"),
        ("财决08-1表", "ordinal"),
        ("3年", "duration"),
        ("6个月", "duration"),
        ("单价100万元（含）以上", "threshold"),
        ("50万元以下", "threshold"),
        ("≥95%", "target"),
        ("“321”", "name"),
        ("12345热线", "name"),
        ("5G", "name"),
        ("电话：010-12345678", "phone"),
        ("统一社会信用代码：91650100MA7752X18P", "code"),
        ("100字以内", "instruction"),
        ("×100%", "formula"),
    ],
)
def test_digits_that_are_no_figures_say_why(text: str, reason: str) -> None:
    tokens = lexer().tokens(text)
    assert [token.code for token in tokens if token.kind == "skip"] == [reason]
    assert not [token for token in tokens if token.kind == "number"]


@pytest.mark.parametrize(
    ("text", "value", "unit", "kind"),
    [
        ("1,234.50万元", "1234.50", "万元", "money"),
        ("12万", "12", "万元", "money"),
        ("16.3万件", "16.3", "万件", "count"),
        ("0.5亿元", "0.5", "亿元", "money"),
        ("3台（套）", "3", "台（套）", "count"),
        ("1300元/张", "1300", "元/张", "per"),
        ("2909元/月/人", "2909", "元/月/人", "per"),
        ("1.5个百分点", "1.5", "个百分点", "points"),
        ("95百分比", "95", "%", "rate"),
        ("94.44分，", "94.44", "分", "score"),
        ("20余人", "20", "人", "count"),
        ("8970平方米", "8970", "平方米", "area"),
        ("1，234.5元", "1234.5", "元", "money"),
    ],
)
def test_numbers_and_their_units(text: str, value: str, unit: str, kind: str) -> None:
    numbers = [token.number for token in lexer().tokens(text) if token.number is not None]
    assert [(number.text, number.unit, number.unit_kind) for number in numbers] == [(value, unit, kind)]


def test_a_unit_does_not_reach_into_the_next_word() -> None:
    numbers = [token.number for token in lexer().tokens("5部门3个月10分钟8家庭") if token.number is not None]
    assert [number.unit for number in numbers] == ["", "分钟", ""]


def test_the_longest_term_wins() -> None:
    assert kinds("年初结转和结余") == []
    assert ("base", "年初预算") in kinds("年初预算")
    assert ("opening", "年初") in kinds("较年初增加")


def test_brackets_with_numbers_open_a_group_and_others_belong_to_the_name() -> None:
    tokens = lexer().tokens("因公出国（境）费5万元（其中：住宿费1万元）")
    assert [token.kind for token in tokens if token.code in "（）" and token.code] == [
        "text_bracket", "text_bracket", "open", "close",
    ]


def test_places_point_into_the_original() -> None:
    text = "本年收入 1, 234.50 万元，占 ９９ ％。"
    result = extract([ProseParagraph(1, text)], fiscal_year=2022, document_kind="final_account")
    assert [text[row.char_start : row.char_end] for row in result.amounts] == ["1, 234.50 万元", "９９ ％"]
    assert [row.value_text for row in result.amounts] == ["1234.50", "99"]


def test_sentences_are_cut_from_the_original() -> None:
    text = "收入总计 5 万元。支出总计 6 万元，其中基本支出 2 万元。"
    result = extract([ProseParagraph(1, text)], fiscal_year=2022, document_kind="final_account")
    assert [row.sentence for row in result.amounts] == ["收入总计 5 万元。"] + ["支出总计 6 万元，其中基本支出 2 万元。"] * 2


@given(st.text(alphabet="收入支出占比较上年增加，。：（）其中0123456789.,％% 　万元人年月第号〔〕", max_size=80))
def test_every_digit_is_accounted_for(text: str) -> None:
    compact = Compact(text)
    covered = set()
    for token in lexer().tokens(compact.text):
        if token.kind in ("number", "year", "code", "skip"):
            covered.update(range(token.start, token.end))
    missing = [hit.start() for hit in re.finditer(r"\d", compact.text) if hit.start() not in covered]
    assert missing == []


@given(st.text(max_size=60))
def test_any_text_folds_to_places_of_its_own(text: str) -> None:
    compact = Compact(text)
    for position in range(len(compact.text)):
        start, end = compact.span(position, position + 1)
        assert 0 <= start < end <= len(text)


def test_trie_matches_like_the_longest_alternative() -> None:
    pattern = re.compile(trie({"上年": "", "上年决算": "", "上年决算数": "", "年初": "(?!结)"}))
    assert [hit.group() for hit in pattern.finditer("上年决算数年初结上年决年初预")] == ["上年决算数", "上年", "年初"]


def test_every_term_is_found_whole() -> None:
    terms = load()
    pattern = re.compile(terms.term_pattern)
    for text in terms.terms:
        hit = pattern.match(text)
        assert hit is not None
        assert hit.group() == text
