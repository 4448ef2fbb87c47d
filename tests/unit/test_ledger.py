"""The ledger of numbers in tables: whatever a table looks like, each number printed in it is landed exactly once.

Grids are made of header words, subject codes, labels, amounts, notes and junk, with and without merged cells, in
several tables that may join, swallow their own captions or be taken apart. Nothing is said here about what the
numbers mean, only that none is lost, none doubled, and that reading always ends.
"""

from __future__ import annotations

from collections import Counter

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.document import Box, Cell, Document, Paragraph, Table
from ingest.pipeline import parse_document
from ingest.text import find_numbers

ROLES = {
    "figure",
    "code",
    "row_number",
    "column_number",
    "ordinal",
    "year",
    "page",
    "label",
    "indicator",
    "prose",
    "header",
    "unmapped",
}
HEADERS = (
    "收入",
    "支出",
    "项目",
    "行次",
    "栏次",
    "金额",
    "决算数",
    "预算数",
    "2024年预算数",
    "科目编码",
    "科目名称",
    "功能分类科目编码",
    "类",
    "款",
    "项",
    "合计",
    "小计",
    "基本支出",
    "项目支出",
    "本年收入",
    "本年支出",
    "年初结转和结余",
    "一般公共预算财政拨款",
    "人员经费",
    "公用经费",
    "因公出国（境）费",
    "公务接待费",
    "一级指标",
    "二级指标",
    "三级指标",
    "年度指标值",
    "实际完成值",
    "分值",
    "得分",
    "年初预算数",
    "全年执行数",
    "执行率",
    "单位名称",
    "项目名称",
    "按收入性质分",
    "按支出性质分",
    "序号",
    "备注",
    "车辆（辆）",
    "比上年增减%",
)
LABELS = (
    "一、一般公共预算财政拨款收入",
    "二十六、其他支出",
    "年初结转和结余",
    "本年收入合计",
    "总计",
    "合 计",
    "行政运行",
    "201一般公共服务支出",
    "其中：财政拨款",
    "年度资金总额",
    "产出指标",
    "数量指标",
    "培训次数",
    "≥12次",
    "公用经费合计",
    "（一）车辆数合计（辆）",
    "单价50万元（含）以上设备",
    "项目资金（万元）",
    "总分",
    "2023年度",
    "单位：万元",
    "公开01表",
    "部门：某市某局",
    "收入支出决算总表",
    "注：本表为空表，2023年无收支。",
    "项目支出绩效自评表",
    "第3页",
    "完成3项任务，支出12.5万元，比上年增加2.1%，详见说明第4条。",
)
NUMBERS = (
    "0",
    "0.00",
    "12",
    "1,234.56",
    "1, 537.4",
    "-3.51",
    "(3.20)",
    "44万元",
    "76.3%",
    "１２３",
    "10.00 分",
    "31",
    "32.00",
    "1=2+3",
    "3-4",
    "12.5.6",
)
CODES = ("201", "20103", "2010301", "01", "03", "301", "30101", "501", "302088")
JUNK = (
    "",
    " ",
    "—",
    "/",
    "无",
    "*",
    "\n",
    "12\n34",
    "甲",
    "①",
    "㈠",
    "½",
    "3\n,\n4",
    "１，２３４．５",
    "−5",
    "…12",
    "a1b2",
    "１２年３月",
)
ROWS = (
    ("一级指标", "二级指标", "三级指标", "年度指标值", "实际完成值", "分值", "得分", "偏差原因分析及改进措施"),
    ("项目资金（万元）", "年初预算数", "全年预算数", "全年执行数", "分值", "执行率", "得分"),
    ("年度资金总额", "10.00", "10.00", "9.50", "10", "95.00%", "9.50"),
    ("产出指标", "数量指标", "培训次数", "≥12次", "13次", "10", "10"),
    ("总分", "", "", "", "", "100", "98.6"),
    ("类", "款", "项", "合计", "4,733.14", "3,365.38", "1,367.76"),
    ("合计", "", "105.00", "合计", "基本支出", "项目支出"),
    ("栏次", "1", "2", "3", "4", "5", "6", "7"),
    ("科目编码", "科目名称", "合计", "基本支出", "项目支出", "备注"),
    ("2010301", "行政运行", "12.50", "10.00", "2.50", "见第3页"),
    ("项目", "行次", "金额", "项目", "行次", "金额"),
    ("一、一般公共预算财政拨款收入", "1", "12.50", "一、一般公共服务支出", "31", "12.50"),
)
"""Whole rows of real forms, which single words drawn at random would hardly make."""
TEXT = st.one_of(
    st.sampled_from(HEADERS),
    st.sampled_from(LABELS),
    st.sampled_from(NUMBERS),
    st.sampled_from(CODES),
    st.sampled_from(JUNK),
    st.decimals(min_value=-99999, max_value=99999, places=2).map(str),
    st.text(max_size=6),
)


@st.composite
def tables(draw: st.DrawFn, page: int) -> Table:
    """One table of up to nine rows and eight columns; merged cells only where the source would know them."""
    rows, columns = draw(st.integers(1, 9)), draw(st.integers(1, 8))
    has_spans = draw(st.booleans())
    taken: set[tuple[int, int]] = set()
    cells = []
    for row in range(rows):
        kind = draw(st.sampled_from((HEADERS, LABELS, NUMBERS, None, None)))
        form = draw(st.sampled_from(ROWS)) if draw(st.booleans()) else ()
        for column in range(columns):
            if (row, column) in taken:
                continue
            if form:
                text = form[column] if column < len(form) else ""
            else:
                text = draw(TEXT if kind is None or column == 0 else st.sampled_from(kind))
            height = draw(st.integers(1, min(3, rows - row))) if has_spans and draw(st.booleans()) else 1
            width = draw(st.integers(1, min(4, columns - column))) if has_spans and draw(st.booleans()) else 1
            place = {(row + down, column + right) for down in range(height) for right in range(width)}
            if place & taken:
                height = width = 1
                place = {(row, column)}
            taken |= place
            if text.strip():
                box = Box(50.0 * column, 20.0 * row, 50.0 * (column + width), 20.0 * (row + height))
                cells.append(Cell(text, row, column, height, width, page=page, box=box))
    return Table(tuple(cells), rows, columns, page=page, has_spans=has_spans)


@st.composite
def documents(draw: st.DrawFn) -> Document:
    """Up to three tables with lines between them."""
    blocks: list[Paragraph | Table] = []
    for page in range(1, draw(st.integers(1, 3)) + 1):
        for text in draw(st.lists(st.sampled_from(LABELS + HEADERS), max_size=3)):
            blocks.append(Paragraph(text, page=page))
        blocks.append(draw(tables(page)))
    return Document("0" * 64, "pdf", "test", "1", tuple(blocks))


@settings(max_examples=150, deadline=2000, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(documents())
def test_every_number_is_landed_once(document: Document) -> None:
    """Tokens printed in the cells of the source = rows of the ledger, cell by cell."""
    parsed = parse_document(document, "x")
    printed = Counter(
        cell.text for block in document.blocks if isinstance(block, Table) for cell in block.cells if cell.text.strip()
    )
    cells = {
        (cell["table_ordinal"], cell["row_ordinal"], cell["column_ordinal"]): cell for cell in parsed.rows["cells"]
    }
    assert len(cells) == len(parsed.rows["cells"])
    assert Counter(cell["text_printed"] for cell in cells.values()) == printed
    numbers = parsed.rows["cell_numbers"]
    keys = Counter(
        (number["table_ordinal"], number["row_ordinal"], number["column_ordinal"], number["number_ordinal"])
        for number in numbers
    )
    assert not keys or max(keys.values()) == 1
    landed = Counter(key[:3] for key in keys)
    for place, cell in cells.items():
        assert landed.pop(place, 0) == len(find_numbers(cell["text_printed"])), cell
    assert not landed
    for number in numbers:
        assert number["role"] in ROLES
        assert number["role"] == "figure" or number["reason"], number
