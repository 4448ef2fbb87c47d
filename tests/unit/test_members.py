"""Which bodies a document names as parts of its department: sentences, lists, tables, and what only looks like them."""

from __future__ import annotations

import pytest

from ingest import prose
from ingest.document import Cell, Paragraph, Table
from ingest.members import members
from ingest.pipeline import parse_bytes
from ingest.tables.assemble import whole_tables
from synth.disclose import disclose
from synth.model import Disclosure, Prose


def listed(*lines: str) -> list[str]:
    blocks = [Paragraph(line, at) for at, line in enumerate(lines, 1)]
    return [member.name for member in members(prose.build(blocks), [], [])]


def in_table(*rows: tuple[str, ...], code: str | None = None) -> list[str]:
    cells = tuple(
        Cell(text, row, column) for row, line in enumerate(rows) for column, text in enumerate(line) if text
    )
    tables = whole_tables([Table(cells, len(rows), len(rows[0]), has_spans=True)])
    return [member.name for member in members([], tables, [code])]


@pytest.mark.parametrize(
    ("lines", "names"),
    [
        (
            (
                "从预算单位构成看，云岭县教育局部门预算包括：云岭县教育局本级预算、所属事业单位预算。",
                "纳入云岭县教育局2023年部门预算编制范围的二级预算单位包括：",
                "1.云岭县教育局本级",
                "2.云岭县第二中学",
                "3．实验小学（公益一类事业单位）",
                "第二部分 2023年部门预算表",
            ),
            ["云岭县教育局本级", "云岭县第二中学", "实验小学"],
        ),
        (
            (
                "三、部门决算单位构成",
                "从决算单位构成看，纳入本部门2022年部门汇总决算编制范围的预算单位共计3家，具体包括：云岭县文化和旅游局"
                "本级、云岭县图书馆和云岭县文化馆。",
            ),
            ["云岭县文化和旅游局本级", "云岭县图书馆", "云岭县文化馆"],
        ),
        (
            (
                "纳入2020年本部门决算编制范围的单位共3个，包括本级及所属2个二级预算单位：",
                "（一）云岭县教育局（本级）",
                "（二）云岭县第二",
                "中学",
                "（三）云岭县实验小学；",
            ),
            ["云岭县教育局(本级)", "云岭县第二中学", "云岭县实验小学"],
        ),
        (
            ("下属二级预算单位2个，其中：行政单位1个；事业单位1个。", "主要包括：", "1．云岭县第二中学"),
            ["云岭县第二中学"],
        ),
        (
            ("我局下属单位3个，其中行政单位1个：云岭县监察大队；事业单位2个：云岭县土地储备中心、县不动产登记中心。",),
            ["云岭县监察大队", "云岭县土地储备中心", "县不动产登记中心"],
        ),
        (
            ("三、部门预算单位构成", "云岭县水利局本级", "云岭县河道管理所", "云岭县水库管理站", "四、人员情况"),
            ["云岭县水利局本级", "云岭县河道管理所", "云岭县水库管理站"],
        ),
        (
            ("云岭县卫生健康局部门决算由局本级决算和云岭县中心卫生院决算、云岭县疾病预防控制中心决算组成。",),
            ["云岭县中心卫生院", "云岭县疾病预防控制中心"],
        ),
        (
            (
                "本部门中，行政单位1家，事业单位0家，纳入部门2022年部门预算编制范围的二级预算单位包括：",
                "云岭县第二中学",
                "云岭县教育局单位编制数45，实有人数45人。",
            ),
            ["云岭县第二中学"],
        ),
        (
            (
                "纳入2023年部门预算编制范围的预算单位共3家，其中：财政全额拨款单位3家。具体是：县第一中学、县第二中学、"
                "县幼儿园。",
            ),
            ["县第一中学", "县第二中学", "县幼儿园"],
        ),
        (("下属单位有：云岭县图书馆、云岭县文化馆等2家单位",), ["云岭县图书馆", "云岭县文化馆"]),
    ],
)
def test_units_are_read_as_they_are_listed(lines: tuple[str, ...], names: list[str]) -> None:
    assert listed(*lines) == names


@pytest.mark.parametrize(
    "lines",
    [
        ("本部门无下属单位，下设5个科室，分别为：办公室、人事教育科、计划财务科。",),
        ("云岭县档案馆内设机构包括：办公室、业务指导科、信息技术中心、保管利用室。",),
        ("二、机构设置", "本部门内设12个处室：规划财务处、政策法规处、行政审批处。"),
        ("单位内设机构4个，分别是：综合办公室、信息技术中心。", "信息技术中心"),
        ("收入预算包括：一般公共预算拨款。支出预算包括：一般公共服务支出、教育支出。",),
        ("纳入2023年度绩效评价范围的预算单位包括：云岭县第二中学。",),
        ("部门预算支出包括基本支出和项目支出，由县财政局批复。",),
        ("指导所属单位和部门的财务、资产管理工作，负责局机关及直属单位的机构编制，由县委编办承担。",),
        ("与上年相比，基层单位预算增加，主要是县图书馆增加人员。",),
        ("二、部门决算单位构成", "本部门没有下属预算单位。", "云岭县教育局"),
    ],
)
def test_sections_denials_and_other_sentences_name_no_unit(lines: tuple[str, ...]) -> None:
    assert listed(*lines) == []


def test_a_column_of_units_is_read() -> None:
    assert in_table(
        ("序号", "单位名称", "单位性质"),
        ("1", "云岭县教育局本级", "行政单位"),
        ("2", "云岭县第二中学", "公益一类事业单位"),
        ("合计", "", ""),
    ) == ["云岭县教育局本级", "云岭县第二中学"]  # fmt: skip


def test_subjects_among_units_are_none() -> None:
    """单位名称（科目） holds both: 图书馆 is a subject of the functional classification."""
    assert in_table(
        ("科目编码", "单位名称（科目）", "合计"),
        ("", "316301-云岭县文化局", "80.00"),
        ("2070104", "图书馆", "80.00"),
    ) == ["云岭县文化局"]  # fmt: skip


@pytest.mark.parametrize(
    ("head", "code"),
    [
        (("单位名称", "供应商名称", "合同金额"), None),
        (("主管部门", "项目名称", "金额"), None),
        (("单位名称", "项目名称", "金额"), "perf_project_self"),
        (("指标", "计量单位", "目标值"), None),
    ],
)
def test_columns_of_other_bodies_are_not_read(head: tuple[str, ...], code: str | None) -> None:
    assert in_table(head, ("云岭县第二中学", "云岭县供电公司", "1.00"), code=code) == []


def test_listed_units_are_landed_as_claims_with_their_place() -> None:
    text = "云岭县教育局2023年部门预算\n\n部门下属单位包括：云岭县第二中学、云岭县实验小学。\n"
    claims = [row for row in parse_bytes(text.encode(), "a.txt").rows["claims"] if row["claim_kind"] == "member_unit"]
    assert [(row["value"], row["place"], row["source_line"]) for row in claims] == [
        ("云岭县第二中学", "prose", 3), ("云岭县实验小学", "prose", 3)
    ]  # fmt: skip
    assert len({row["claim_ordinal"] for row in claims}) == 2


def _read(disclosure: Disclosure) -> set[str]:
    """Units read in the text of a disclosure, by full name, the own office apart."""
    texts = [block.text for block in disclosure.contents if isinstance(block, Prose)]
    names = {name.removesuffix("(本级)") for name in listed(*texts)} - {disclosure.unit_name}
    return {name if name.startswith(disclosure.region_name) else disclosure.region_name + name for name in names}


def test_what_generated_departments_list_is_read() -> None:
    """Every wording of the generator, in final accounts and budgets; what only looks like a list names nobody."""
    told = 0
    for seed in range(1, 25):
        for number in (0, 4, 10, 14):
            disclosure = disclose(seed, number, 2022, ("final_account", "budget")[seed % 2])
            assert _read(disclosure) == set(disclosure.members), (seed, number)
            told += bool(disclosure.members)
    assert told >= 30
