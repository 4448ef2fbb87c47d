"""Input that is no disclosure, or only half of one: a clear reject, or a partial result that says what is missing."""

from __future__ import annotations

import pytest

from ingest.errors import IngestError, UnreadableFile
from ingest.pipeline import parse_bytes

HALF = """青禾市水务局2023年度部门决算公开说明

收入支出决算总表
公开01表
编制单位：青禾市水务局 2023年度 金额单位：万元

收入			支出
项目	行次	决算数	项目(按功能分类)	行次	决算数
一、一般公共预算财政拨款收入	1	120.50	一、一般公共服务支出	31	0.00
二、政府性基金预算财政拨款收入	2	0.00	十二、农林水支出	42	12"""

GOVERNMENT = """桃岭县2023年财政预算执行情况和2024年财政预算草案的报告

2023年一般公共预算收入决算表
单位：万元

项目	预算数	决算数
一、税收收入	52000	53110
增值税	21000	21560
企业所得税	8000	8120
土地增值税	1200	1190
二、非税收入	13000	12800
转移性收入	150000	152300
"""

NEWS = """我市召开春季绿化工作会议

3月12日，市林业局召开会议，部署全年造林任务。会议指出，全年计划造林1200亩，义务植树30万株。
与会人员还参观了苗圃基地。
"""

UNTITLED = """2022年度部门决算

单位：万元

科目编码	科目名称	本年支出合计	基本支出	项目支出	上缴上级支出	经营支出	对附属单位补助支出
合计		86.40	60.00	26.40
206	科学技术支出	86.40	60.00	26.40
20607	科学技术普及	86.40	60.00	26.40
2060701	机构运行	60.00	60.00
2060702	科普活动	26.40		26.40
"""

UNKNOWN_TABLE = """青禾市水务局2023年度部门决算公开说明

水库蓄水情况

水库	库容	蓄水量
东湖	1200.5	830.2
西湖	900.0	610.7
"""


def test_an_empty_file_is_named_as_such() -> None:
    with pytest.raises(UnreadableFile) as caught:
        parse_bytes(b"", "空.txt")
    assert caught.value.code == "empty_file"


@pytest.mark.parametrize(
    "data", [bytes(range(256)) * 40, b"\x00\x01\x02\x03" * 500, b"\x7fELF\x02\x01\x01" + b"\x00" * 300]
)
def test_binary_junk_is_rejected(data: bytes) -> None:
    with pytest.raises(IngestError) as caught:
        parse_bytes(data, "报表.txt")
    assert caught.value.reason


def test_bytes_of_no_known_encoding_are_rejected() -> None:
    with pytest.raises(IngestError):
        parse_bytes(b"\xff\x81\x30\xff\xfe\xfd\x80\xff" * 50, "决算.txt")


def test_half_a_document_keeps_what_it_prints() -> None:
    parsed = parse_bytes(HALF.encode(), "a")
    assert parsed.rows["documents"][0]["state"] == "disclosure"
    values = {(figure.row_label, figure.value_text) for figure in parsed.figures()}
    assert ("一、一般公共预算财政拨款收入", "120.50") in values
    assert ("十二、农林水支出", "12") in values


def test_a_government_level_budget_is_gated() -> None:
    parsed = parse_bytes(GOVERNMENT.encode(), "部门决算.txt")
    assert parsed.rows["documents"][0]["state"] == "government_level"
    assert not parsed.figures()
    codes = {reject["code"] for reject in parsed.rows["rejects"]}
    assert "government_level" in codes
    lost = [number for number in parsed.rows["cell_numbers"] if number["role"] == "unmapped"]
    assert len(lost) == 12
    assert all("政府" in number["reason"] for number in lost)


def test_a_news_page_is_no_disclosure() -> None:
    parsed = parse_bytes(NEWS.encode(), "2023年部门决算.txt")
    assert parsed.rows["documents"][0]["state"] == "not_disclosure"
    assert [reject["code"] for reject in parsed.rows["rejects"]] == ["not_disclosure"]
    assert parsed.rows["rejects"][0]["file_name"] == "2023年部门决算.txt"


def test_a_table_without_title_is_known_by_its_columns() -> None:
    parsed = parse_bytes(UNTITLED.encode(), "a")
    assert {figure.statement_code for figure in parsed.figures()} == {"final_expenditure"}
    assert len(parsed.figures()) == 13
    assert "栏目" in parsed.rows["tables"][0]["recognition_reason"]


def test_an_unknown_table_is_listed_number_by_number() -> None:
    parsed = parse_bytes(UNKNOWN_TABLE.encode(), "a")
    assert not parsed.figures()
    lost = [number for number in parsed.rows["cell_numbers"] if number["role"] == "unmapped"]
    assert [number["value_printed"] for number in lost] == ["1200.5", "830.2", "900.0", "610.7"]
    assert all(number["reason"].startswith("未识别的表") for number in lost)
    rejects = [reject for reject in parsed.rows["rejects"] if reject["code"] == "table_not_recognised"]
    assert len(rejects) == 1
    assert "4个数字" in rejects[0]["reason"]


def test_the_name_of_a_file_means_nothing() -> None:
    first = parse_bytes(UNTITLED.encode(), "2019年预算.pdf")
    second = parse_bytes(UNTITLED.encode(), "e3b0c44298fc")
    for name, rows in first.rows.items():
        others = second.rows[name]
        assert [dict(row, file_name=None) for row in rows] == [dict(row, file_name=None) for row in others]


def test_the_same_bytes_give_the_same_rows() -> None:
    assert parse_bytes(HALF.encode(), "a").rows == parse_bytes(HALF.encode(), "a").rows
