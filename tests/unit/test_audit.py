"""The check sheet: what it says of the samples, and how it is shown on the terminal, in a workbook and on a page."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

from gongkai.audit import ABSENT, AGREES, DIFFERS, PARTLY, UNCHECKED, Finding, Line, Quote, Sheet, Unread, audit
from gongkai.audit_render import as_html, as_text, neutral, write_xlsx
from gongkai.home import Home
from gongkai.messages import GongkaiError

FINDING = Finding(
    number=1,
    severity="重要",
    place="收入支出决算总表·收入总计（第12行）",
    printed="=1+1",
    expected="100.02万元",
    rules=("收入总计等于支出总计（收入总计 = 支出总计）",),
    basis=(),
    details=("收入总计 100.00万元，支出总计 100.02万元，相差-0.02万元，容差0.01万元",),
    quotes=(Quote("第12行", "收入总计 | 【100.00】 | <script>alert(1)</script>"),),
    mend="将收入总计核实",
)
SHEET = Sheet(
    document_key="0123456789abcdef",
    file_name="某局<2022>.txt",
    title="某局2022年度部门决算",
    unit_name="某局",
    fiscal_year=2022,
    lines=(Line("收入支出决算总表", DIFFERS, 3, 1, 1, 0), Line("支出决算表", ABSENT, 0, 0, 0, 0, "目录列出，文中未见")),
    findings=(FINDING,),
    rules_applied=10,
    rules_not_evaluable=2,
    rules_not_applicable=90,
    unread=(Unread("表内数字", "第40行，表内第 2 行第 3 列", "城东站 · 甲栏：=8.00", "未识别的表"),),
)


def test_terminal_sheet_says_verdict_figures_quote_and_mend() -> None:
    shown = as_text([SHEET])
    for words in (
        "结论：不符合（问题 1 项",
        "[不符合] 收入支出决算总表：相符 3，四舍五入 1，不符 1", "[未公开] 支出决算表：目录列出",
        "应为 100.02万元", "容差0.01万元", "原文（第12行）：收入总计 | 【100.00】", "更正：将收入总计核实",
        "没有核对的内容 1 处", "〔表内数字〕第40行，表内第 2 行第 3 列 城东站 · 甲栏：=8.00：未识别的表",
    ):  # fmt: skip
        assert words in shown, words


def test_page_is_one_file_with_everything_escaped() -> None:
    page = as_html([SHEET])
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "某局&lt;2022&gt;.txt" in page
    assert not re.search(r"(src|href)=", page), "the page must ask for nothing outside itself"
    assert "default-src 'none'" in page


def test_workbook_opens_and_holds_no_formula(tmp_path: Path) -> None:
    write_xlsx(tmp_path / "sheet.xlsx", [SHEET])
    book = openpyxl.load_workbook(tmp_path / "sheet.xlsx")
    assert book.sheetnames == ["总览", "问题", "未读内容", "1"]
    cells = [cell for page in book for row in page.iter_rows() for cell in row if cell.value is not None]
    assert all(cell.data_type != "f" for cell in cells)
    values = {cell.value for cell in cells}
    assert "'=1+1" in values and "某局<2022>.txt" in values
    assert book["问题"].max_row == 2
    assert [cell.value for cell in book["未读内容"][2]][3:] == [
        "表内数字", "第40行，表内第 2 行第 3 列", "城东站 · 甲栏：=8.00", "未识别的表",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "expected"),
    [("=SUM(A1)", "'=SUM(A1)"), ("@x", "'@x"), ("-12.5", "-12.5"), ("-1,234.50", "-1,234.50"), ("+cmd", "'+cmd"),
     ("正常", "正常"), ("-2+3", "'-2+3"), ("a\x0bb", "ab"), ("", "")],
)  # fmt: skip
def test_neutral_texts(text: str, expected: str) -> None:
    assert neutral(text) == expected


def test_a_sheet_with_a_table_nobody_could_check_says_so() -> None:
    line = Line("收入决算表", UNCHECKED, 0, 0, 0, 3)
    sheet = replace(SHEET, findings=(), lines=(line,))
    assert sheet.verdict == PARTLY
    assert replace(sheet, lines=()).verdict == AGREES


def test_samples_are_audited(samples_home: Path) -> None:
    sheets = audit(Home(samples_home), None)
    assert len(sheets) > 10
    assert sum(line.exact for sheet in sheets for line in sheet.lines) > 1000
    assert all(sheet.rules_applied + sheet.rules_not_evaluable + sheet.rules_not_applicable > 100 for sheet in sheets)
    by_verdict = {sheet.verdict for sheet in sheets}
    assert AGREES in by_verdict


def test_one_document_is_picked_by_part_of_its_name(samples_home: Path) -> None:
    whole = audit(Home(samples_home), None)
    [sheet] = audit(Home(samples_home), whole[0].document_key)
    assert sheet == whole[0]
    assert {held.unit_name for held in audit(Home(samples_home), whole[0].unit_name)} >= {whole[0].unit_name}


def test_an_unknown_document_is_said(samples_home: Path) -> None:
    with pytest.raises(GongkaiError) as caught:
        audit(Home(samples_home), "没有这个单位")
    assert caught.value.code == "unknown_document"


def test_command_writes_all_three(samples_home: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "gongkai", "audit", "--home", str(samples_home)]
    files = ["--xlsx", str(tmp_path / "a.xlsx"), "--html", str(tmp_path / "a.html")]
    run = subprocess.run([*command, *files, "--json"], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    held = json.loads(run.stdout)
    assert {"findings", "lines", "verdict", "title"} <= held[0].keys()
    assert (tmp_path / "a.xlsx").stat().st_size > 0 and "审核表" in (tmp_path / "a.html").read_text(encoding="utf-8")
