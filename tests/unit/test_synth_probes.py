"""What the invented country showed of the reading, as the smallest page that shows it."""

from __future__ import annotations

import importlib.util
import io
import sys
from collections import Counter
from pathlib import Path

import openpyxl
import pytest

from ingest.pipeline import ParsedDocument, parse_bytes
from synth.choices import LOSSY_FORMATS
from synth.dialects import DIALECTS
from synth.files import make
from synth.samples import SAMPLES

_PATH = Path(__file__).resolve().parents[2] / "benchmarks" / "fidelity.py"
_SPEC = importlib.util.spec_from_file_location("benchmark_of_fidelity_probed", _PATH)
assert _SPEC is not None and _SPEC.loader is not None
fidelity = importlib.util.module_from_spec(_SPEC)
sys.modules[_SPEC.name] = fidelity
_SPEC.loader.exec_module(fidelity)


def _read(*lines: str) -> ParsedDocument:
    return parse_bytes("\n".join(lines).encode(), "a.txt")


def _cells(*cells: str) -> ParsedDocument:
    """A page on which every cell is a paragraph of its own."""
    body = "".join(f"<p>{cell}</p>" for cell in cells)
    return parse_bytes(f"<html><body><h1>某局2023年度部门决算</h1>{body}</body></html>".encode(), "a.html")


def test_a_project_number_of_twenty_digits_is_a_code_and_the_project_names_its_row() -> None:
    parsed = _read(
        "某局2023年部门预算", "", "基本支出预算表（人员类、运转类公用经费项目）", "", "单位：万元", "",
        "单位名称\t项目代码\t项目名称\t功能科目编码\t功能科目名称\t经济科目编码\t经济科目名称\t合计\t一般公共预算",
        "某局\t530100210000000001100\t人员工资\t2010101\t行政运行\t30101\t基本工资\t386.26\t386.26",
        "某局\t530100210000000001101\t办公经费\t2010101\t行政运行\t30201\t办公费\t172.50\t172.50",
    )  # fmt: skip
    figures = parsed.figures()
    assert {(figure.row_code, figure.row_label, figure.value_text) for figure in figures} == {
        ("2010101", "人员工资", "386.26"), ("2010101", "办公经费", "172.50"),
    }  # fmt: skip
    assert sum(row["role"] == "code" for row in parsed.rows["cell_numbers"]) == 6


def test_an_indicator_called_like_a_fund_column_is_an_indicator() -> None:
    parsed = _read(
        "部门整体支出绩效自评表", "", "（2023年度）", "",
        "部门名称\t某局\t\t\t\t\t\t",
        "预算执行情况（万元）\t\t年初预算数\t全年预算数\t全年执行数\t分值\t执行率\t得分",
        "年度资金总额\t\t100.00\t110.00\t99.00\t10\t90.00%\t9",
        "一级指标\t二级指标\t三级指标\t年度指标值\t实际完成值\t分值\t得分\t偏差原因分析及改进措施",
        "管理效率\t管理效率指标\t预算执行率\t≥95%\t97%\t40\t40\t",
        "\t\t政府采购规范性\t规范\t规范\t50\t49\t",
        "总分\t\t\t\t\t100\t98\t",
    )  # fmt: skip
    read = [
        (row["level1"], row["level3"], row["target_printed"], row["weight_printed"])
        for row in parsed.rows["indicators"]
    ]
    assert read == [("管理效率", "预算执行率", "≥95%", "40"), ("管理效率", "政府采购规范性", "规范", "50")]


def test_codes_beside_a_bodys_number_are_read_below_a_head_that_closed_up() -> None:
    parsed = _read(
        "某局2023年部门预算", "", "部门支出总表", "", "单位：万元", "",
        "项目\t合计\t基本支出\t项目支出",
        "科目编码\t单位代码\t单位名称（科目）",
        "类\t款\t项\t\t\t\t\t",
        "合计\t\t\t\t\t30.00\t20.00\t10.00",
        "\t\t\t316301\t某局\t30.00\t20.00\t10.00",
        "201\t01\t01\t316301\t行政运行\t20.00\t20.00\t",
        "201\t01\t02\t316301\t一般行政管理事务\t10.00\t\t10.00",
    )  # fmt: skip
    read = {(figure.row_code, figure.row_label, figure.column_label, figure.value_text) for figure in parsed.figures()}
    assert {("2010101", "行政运行", "合计", "20.00"), ("2010102", "一般行政管理事务", "项目支出", "10.00")} <= read
    assert not any(figure.value_text == "316301" for figure in parsed.figures())


def test_one_cell_a_line_keeps_groups_of_codes_side_by_side() -> None:
    head = ["一般公共预算财政拨款基本支出决算表", "金额单位：万元", "人员经费", "公用经费"]
    head += ["科目编码", "科目名称", "金额"] * 3
    rows = [
        ("301", "工资福利支出", "30.00", "302", "商品和服务支出", "12.00", "307", "债务利息及费用支出", "0.00"),
        ("30101", "基本工资", "20.00", "30201", "办公费", "7.00", "310", "资本性支出", "1.00"),
        ("30102", "津贴补贴", "10.00", "30202", "印刷费", "5.00", "31002", "办公设备购置", "1.00"),
        ("303", "对个人和家庭的补助", "2.00"), ("30302", "退休费", "2.00"),
    ]  # fmt: skip
    tail = ["人员经费合计", "32.00", "公用经费合计", "13.00"]
    figures = _cells(*head, *(cell for row in rows for cell in row), *tail).figures()
    read = {
        (figure.row_code or figure.row_label, figure.column_label.split("/")[0], figure.value_text)
        for figure in figures
    }
    assert {
        ("301", "人员经费", "30.00"), ("30302", "人员经费", "2.00"), ("30202", "公用经费", "5.00"),
        ("31002", "公用经费", "1.00"), ("公用经费合计", "公用经费", "13.00"),
    } <= read  # fmt: skip


def test_one_cell_a_line_reads_three_public_in_one_row() -> None:
    items = ["合计", "因公出国（境）费", "公务用车购置及运行维护费", "公务接待费"]
    parts = ["小计", "公务用车购置费", "公务用车运行维护费"]
    amounts = ["9.10", "0.00", "8.00", "0.00", "8.00", "1.10", "7.35", "0.00", "6.85", "0.00", "6.85", "0.50"]
    parsed = _cells(
        "财政拨款“三公”经费支出决算表", "金额单位：万元", "预算数", "决算数", *items, *items, *parts, *parts,
        *map(str, range(1, 13)), *amounts,
    )  # fmt: skip
    assert [figure.value_text for figure in parsed.figures()] == amounts
    assert {(f.column_label, f.value_text) for f in parsed.figures()} >= {
        ("预算数/公务接待费", "1.10"),
        ("决算数/公务接待费", "0.50"),
    }


def test_one_cell_a_line_never_guesses_the_columns_of_a_short_row() -> None:
    rows = ["合计", "30.00", "20.00", "10.00", "201", "一般公共服务支出", "30.00", "20.00", "10.00",
            "20101", "人大事务", "30.00", "20.00", "10.00", "2010101", "行政运行", "20.00", "20.00",
            "2010102", "一般行政管理事务", "10.00", "10.00"]  # fmt: skip
    parsed = _cells("部门支出总表", "单位：万元", "科目编码", "科目名称", "合计", "基本支出", "项目支出", *rows)
    assert [figure.value_text for figure in parsed.figures()] == ["30.00", "20.00", "10.00"] * 3
    unmapped = Counter(row["value_text"] for row in parsed.rows["cell_numbers"] if row["role"] == "unmapped")
    assert unmapped == Counter({"20.00": 2, "10.00": 2})


def test_a_hidden_sheet_is_no_publication() -> None:
    book = openpyxl.Workbook()
    rows = [
        ["部门收支总表"],
        ["单位：万元"],
        ["收入", None, "支出", None],
        ["项目", "预算数", "项目", "预算数"],
        ["一、一般公共预算拨款收入", 10.5, "一、一般公共服务支出", 10.5],
        ["收入总计", 10.5, "支出总计", 10.5],
    ]
    for name, state in (("收支总表", "visible"), ("旧表", "hidden")):
        sheet = book.create_sheet(name)
        sheet.sheet_state = state
        for row in rows:
            sheet.append(row)
    book.remove(book["Sheet"])
    buffer = io.BytesIO()
    book.save(buffer)
    parsed = parse_bytes(buffer.getvalue(), "a.xlsx")
    assert len(parsed.figures()) == 4
    hidden = [row for row in parsed.rows["cell_numbers"] if row["role"] == "unmapped"]
    assert len(hidden) == 4 and all("隐藏" in row["reason"] for row in hidden)


def test_a_department_prints_both_its_scopes() -> None:
    place = next(at for at, dialect in enumerate(DIALECTS) if dialect.final.both_scopes)
    parsed = parse_bytes(make(1, place * 10, 2022, "final_account", "html").data, "a.html")
    scopes = Counter((row["part_ordinal"], row["scope_code"]) for row in parsed.rows["tables"] if row["statement_code"])
    assert scopes[(1, "consolidated")] == 9 and scopes[(2, "own")] >= 9
    assert set(scopes) == {(1, "consolidated"), (2, "own")}


@pytest.mark.parametrize(("kind", "share"), [("final_account", 0.7), ("budget", 0.55)])
def test_pages_with_a_cell_a_line_are_read_or_said_to_be_unread(kind: str, share: float) -> None:
    total = fidelity.Score()
    for place in range(0, len(DIALECTS), 3):
        number = place * 10
        total.add(fidelity.judge(make(1, number, 2023, kind, LOSSY_FORMATS[0]), number, kind).score)
    assert total.found >= share * total.figures
    assert total.columns >= 0.99 * total.found and total.subjects >= 0.99 * total.found
    assert total.reported >= 0.85 * (total.figures - total.found)


def test_the_samples_hold_every_kind_and_format() -> None:
    assert {sample.kind for sample in SAMPLES} == {"final_account", "budget", "performance"}
    assert {sample.file_format for sample in SAMPLES} == {"text", "markdown", "html", "docx", "xlsx", "pdf"}
