"""Codes and names in one cell, as narrow columns wrap them (编码与名称同格)."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))

from test_tables import line, parse, table

from ingest.tables.grid import split_glued_code


@pytest.mark.parametrize(
    ("text", "code", "name"),
    [
        ("208社\n会保障\n和就业\n支出", "208", "社会保障和就业支出"),
        ("205-\n教\n育\n支\n出", "205", "教育支出"),
        ("2050\n3-职\n业\n教\n育", "20503", "职业教育"),
        ("2080\n506-\n机关事业单位职业年金缴费支出", "2080506", "机关事业单位职业年金缴费支出"),
        ("2080\n1人力资源和社会保障管理事务", "20801", "人力资源和社会保障管理事务"),
    ],
)
def test_a_code_and_its_name_wrapped_in_one_cell_are_told_apart(text: str, code: str, name: str) -> None:
    split = split_glued_code(text)
    assert split is not None and (split[0], split[1].replace("\n", "")) == (code, name)


@pytest.mark.parametrize("text", ["12\n30人", "2023\n1234职业教育", "2050\n3-没有这个科目", "120人", "100\n元", "208"])
def test_two_numbers_or_a_number_with_its_unit_are_no_code(text: str) -> None:
    assert split_glued_code(text) is None


PROJECTS = """
    单位名称|项目代码|项目名称|功能科目编码|功能科目名称|合计|一般公共预算
    某县林业局|530100210000000001100基本工资类经费||2130201|行政运行|135.2|135.2
    某县林业局||530100210000000001103绩效工资类经费|2130201|行政运行|35.0|35.0
    某县林业局|530100210000000001104|住房公积金类经费|2130201|行政运行|44.7|44.7
"""


def test_a_name_behind_a_long_code_that_runs_over_its_column_names_the_row() -> None:
    parsed = parse(line("项目支出预算表"), line("单位：万元"), table(1, PROJECTS))
    names = {figure.row_label for figure in parsed.figures()}
    assert names == {"基本工资类经费", "绩效工资类经费", "住房公积金类经费"}
