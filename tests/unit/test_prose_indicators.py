# ruff: noqa: E501  (a sentence is easier to judge on one line)
"""Performance indicators stated in sentences, and sentences inside table cells."""

from __future__ import annotations

import dataclasses

import pytest

from ingest.landing import schemas
from ingest.prose import ProseParagraph, extract, extract_cell, is_prose_cell
from ingest.prose.model import NarrativeAmount, ProseIndicator


def read(text: str, section: str = "") -> tuple:
    result = extract([ProseParagraph(1, text, section=section)], fiscal_year=2022, document_kind="performance")
    return result.indicators, result.amounts, result.skipped


def test_target_actual_and_completion() -> None:
    indicators, amounts, skipped = read(
        "“日均接件量”指标：预期指标值为≥ 80 件，实际完成指标值为92件，指标完成率为115.00%；",
        "（二）年度绩效指标完成情况/1. 产出指标完成情况分析/（1）数量指标",
    )
    [item] = indicators
    assert (item.level1, item.level2, item.level3) == ("产出指标", "数量指标", "日均接件量")
    assert (item.target_printed, item.actual_printed, item.completion_printed) == ("≥80件", "92件", "115.00%")
    [row] = amounts
    assert (row.subject_printed, row.role, row.base_code, row.value_text) == (
        "日均接件量", "completion_rate", "target", "115.00",
    )
    assert [item.value_printed for item in skipped] == ["80件", "92件"]


def test_monitoring_deviation_and_reason() -> None:
    indicators, amounts, _ = read(
        "指标①：走访企业次数，指标值：≥10次，年中监控完成值：6次；自评完成值：12次，指标完成率120%，指标成效分析：全年走访企业35家。"
        "偏差率20%，偏差原因及改进措施：走访需求增加。",
        "（一）指标三：履职效能/1. 数量指标：",
    )
    [item] = indicators
    assert (item.level1, item.level2, item.level3) == ("履职效能", "数量指标", "走访企业次数")
    assert (item.target_printed, item.actual_printed) == ("≥10次", "12次")
    assert item.deviation_reason == "走访需求增加"
    assert [(row.role, row.value_text, row.base_code) for row in amounts] == [
        ("count", "6", None), ("completion_rate", "120", "target"), ("count", "35", None),
        ("difference_rate", "20", "target"),
    ]


def test_qualitative_targets_and_formulas_of_markup() -> None:
    indicators, _, _ = read(
        "“提升服务水平，优化环境”指标：预期指标值为提升服务水平，优化环境，实际完成指标值为100.00%，指标完成率为100.00%；\n"
        "“合格率”指标：预期指标值为 $\\geq 95.00\\%$ ，实际完成指标值为96.00%，指标完成率为101.05%；"
    )
    assert [(item.level3, item.target_printed, item.actual_printed) for item in indicators] == [
        ("提升服务水平，优化环境", "提升服务水平，优化环境", "100.00%"), ("合格率", "≥95.00%", "96.00%"),
    ]


def test_several_in_one_sentence() -> None:
    indicators, _, _ = read("指标1：培训人次，目标值≥200人次，实际完成值210人次，完成率105%，得分10分；指标2：培训合格率，目标值≥95%，实际完成值96%。")
    assert [(item.level3, item.target_printed, item.actual_printed, item.score_printed) for item in indicators] == [
        ("培训人次", "≥200人次", "210人次", "10分"), ("培训合格率", "≥95%", "96%", None),
    ]


@pytest.mark.parametrize("text", ["今后将合理设置指标值。", "指标值和完成值偏差在合理范围内。", "年度目标任务已完成。"])
def test_talk_about_indicators_is_none(text: str) -> None:
    assert read(text)[0] == ()


def test_the_satisfaction_level_stands_alone() -> None:
    [item] = read("“群众满意度”指标：预期指标值为≥90%，实际完成指标值为99%。", "3. 满意度指标完成情况分析")[0]
    assert (item.level1, item.level2) == ("满意度指标", None)


@pytest.mark.parametrize("heading", ["（2）社会效益", "(2) 社会效益", "2.社会效益", "②社会效益："])
def test_the_second_level_in_any_numbering(heading: str) -> None:
    [item] = read("“公信力”指标：预期指标值为持续提升，实际完成指标值为100%。", "2. 效益指标完成情况分析/" + heading)[0]
    assert (item.level1, item.level2) == ("效益指标", "社会效益")


def test_a_cell_is_read_like_a_sentence_and_keeps_its_place() -> None:
    result = extract_cell(
        "目标1、聘请热线人员7名,日接线量每日1600通,接通率100%,处置时间24小时内。", table_ordinal=4, row_ordinal=3,
        column_ordinal=2, source_line=88, section="热线运维项目",
    )
    assert [(row.role, row.value_text, row.unit_of_measure) for row in result.amounts] == [
        ("count", "7", "名"), ("count", "1600", "通"), ("other", "100", "%"), ("other", "24", "小时"),
    ]
    row = result.amounts[0]
    assert (row.table_ordinal, row.row_ordinal, row.column_ordinal, row.source_line) == (4, 3, 2, 88)
    assert row.paragraph_ordinal is None


def test_the_project_named_by_the_caller_is_the_subject() -> None:
    result = extract_cell("年初预算55万元，实际使用52.5万元，占比95.45%。", table_ordinal=1, row_ordinal=1, column_ordinal=1, section="系统维护费")
    assert [row.subject_printed for row in result.amounts] == ["系统维护费"] * 3
    assert [row.role for row in result.amounts] == ["amount", "amount", "completion_rate"]


@pytest.mark.parametrize(
    ("text", "is_prose"),
    [
        ("完成3次节日慰问,开展2次宣传工作。", True),
        ("原因：年底1人辞职。措施：科学安排预算。", True),
        ("≥95%", False),
        ("185.62", False),
        ("一般公共服务支出", False),
        ("2022年度整体支出绩效目标表", False),
        ("≤125000元/次", False),
    ],
)
def test_which_cells_hold_prose(text: str, is_prose: bool) -> None:
    assert is_prose_cell(text) is is_prose


def test_rows_have_the_columns_of_the_landing() -> None:
    for row, schema in ((NarrativeAmount, schemas.NARRATIVE_AMOUNTS), (ProseIndicator, schemas.INDICATORS)):
        assert [field.name for field in dataclasses.fields(row)] == [name for name in schema.names if name != "document_id"]
