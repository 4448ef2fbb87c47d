# ruff: noqa: E501  (a sentence is easier to judge on one line)
"""Prose of any length is read in linear time: no text, however strange, makes the extractor hang."""

from __future__ import annotations

import time

import pytest

from ingest.document import Paragraph
from ingest.prose import ProseParagraph, build, extract

_UNITS = (
    "其中：", "1", "其中：5万元，", "1,", "111,", "（", "（1万元）", "（（1）", "比1", "比上年比较", "2022年", "各均为分别", "占%",
    "收入支出总计", "指标值为≥10次，实际完成值为10次，完成率100%，", "1.1.", "本年收入5万元占5%比上年增加3万元", "“12", "无未安排没有",
    " 1", "（项）支出（款）", "-1-", "甲、乙和", "电话：1", "2010301行", "$\\leq 1$", "增加（减少）", "20222022", "收入和支出、", "下降5",
)


def seconds(text: str) -> float:
    """CPU time of one paragraph, the better of two runs."""
    best = float("inf")
    for _ in range(2):
        start = time.process_time()
        extract([ProseParagraph(1, text)], fiscal_year=2022, document_kind="final_account")
        best = min(best, time.process_time() - start)
    return best


def repeated(unit: str, length: int) -> str:
    return (unit * (length // len(unit) + 1))[:length]


@pytest.mark.parametrize("unit", _UNITS)
def test_time_grows_with_the_text(unit: str) -> None:
    short, long = seconds(repeated(unit, 5_000)), seconds(repeated(unit, 40_000))
    # Eight times the text: quadratic work would take 64 times as long.
    assert long < 0.05 or long < 24 * max(short, 0.002)


@pytest.mark.slow
@pytest.mark.parametrize(("unit", "rows"), [("其中：", 0), ("1", 0), ("其中：5万元，", 142_857)])
def test_a_megabyte_is_read(unit: str, rows: int) -> None:
    start = time.process_time()
    result = extract([ProseParagraph(1, repeated(unit, 1_000_000))], fiscal_year=2022, document_kind="final_account")
    assert time.process_time() - start < 60
    assert len(result.amounts) == rows


def test_many_torn_lines_are_joined_in_linear_time() -> None:
    def run(count: int) -> float:
        blocks = [Paragraph("一行没有句号的文字，一直写下去没有结束的意思" * 2, line=line) for line in range(1, count)]
        start = time.process_time()
        build(blocks)
        return time.process_time() - start

    run(100)
    assert run(8_000) < 24 * max(run(1_000), 0.004)
