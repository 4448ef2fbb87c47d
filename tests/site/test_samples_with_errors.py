"""What samples-with-errors/ is for: published errors that are found, and what cannot be read, shown with its reason."""

from __future__ import annotations

import csv
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
from selectolax.lexbor import LexborHTMLParser

from gongkai.audit import audit
from gongkai.audit_render import as_text
from gongkai.chinese_views import UNREAD_KINDS
from gongkai.home import Home
from gongkai.site_text import UNREAD, page_name

ROOT = Path(__file__).resolve().parents[2]
TRUTH = ROOT / "samples-with-errors" / "真值.csv"


def _rows(home: Path, sql: str) -> list[tuple]:
    with duckdb.connect(str(home / "gongkai.duckdb"), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def _truth() -> list[dict[str, str]]:
    with TRUTH.open(encoding="utf-8", newline="") as source:
        return list(csv.DictReader(source))


def test_there_are_a_handful_of_errors() -> None:
    named = {row["文件"] for row in _truth()}
    assert len(named) >= 5
    assert named <= {path.name for path in (TRUTH.parent / "公开文件").iterdir()}


@pytest.mark.parametrize("error", _truth(), ids=lambda error: error["文件"])
def test_every_published_error_is_named(error: dict[str, str], site_home: Path) -> None:
    found = _rows(
        site_home,
        "select findings.printed, findings.rule_ids, findings.expected from fct_finding as findings"
        " inner join dim_document as documents on findings.document_key = documents.document_key"
        f" where documents.file_name like '%{error['文件']}'",
    )
    named = [(rules, expected) for printed, rules, expected in found if printed == error["印出的数"] + error["单位"]]
    assert len(named) == 1, found
    rules, expected = named[0]
    assert set(error["破坏的规则"].split("、")) & set(rules.split(","))
    assert expected == error["应为"] + error["单位"]


def test_all_that_was_not_read_stands_in_one_view(site_home: Path) -> None:
    kinds = dict(
        _rows(
            site_home,
            "select 未读种类, count(*) from zh.未读内容 where 文件名 like '%竹汀市%' and 未读种类 <> 'link' group by 1",
        )
    )
    numbers = kinds.pop("table_number")
    assert kinds == {"prose_number": 1, "template": 2, "table": kinds["table"], "file": 1, "document": 1}
    assert numbers >= 5
    wordless = "select count(*) from zh.未读内容 where coalesce(原因, '') = '' or 未读种类名称 is null"
    assert _rows(site_home, wordless) == [(0,)]
    assert _rows(site_home, "select cell_key from mart_unmapped_cell except select unread_key from mart_unread") == []
    [(name, reason, code)] = _rows(site_home, "select 文件名, 原因, 原因代码 from zh.未读内容 where 未读种类 = 'file'")
    assert name.endswith("竹汀市司法局2023年度部门决算.xlsx") and code == "damaged_file" and "重新获取" in reason
    [(context, line)] = _rows(site_home, "select 所在文字, 行号 from zh.未读内容 where 未读种类 = 'prose_number'"
                                         " and 文件名 like '%竹汀市%'")  # fmt: skip
    assert "满意度调查得到96.4" in context and line > 0


def test_kinds_have_words_in_both_languages() -> None:
    assert UNREAD.keys() == UNREAD_KINDS.keys()
    assert all(words and english.isascii() for words, english in UNREAD.values())


def test_site_check_sheet_and_status_show_it(site: Path, site_home: Path) -> None:
    page = LexborHTMLParser((site / "unread.html").read_text(encoding="utf-8"))
    assert "竹汀市司法局2023年度部门决算.xlsx" in page.css_first("#table-files").text()
    [(key,)] = _rows(
        site_home, "select document_key from dim_document where file_name like '%竹汀市民政局2022年度部门决算.txt'"
    )
    assert page.css_first(f'a[href="d/{page_name(key)}.html#unread"]') is not None
    shown = LexborHTMLParser((site / f"d/{page_name(key)}.html").read_text(encoding="utf-8"))
    items = {item.css_first("code").text(): item for item in shown.css("#unread li") if item.css_first("code")}
    assert {"96.4", "12.50", "8.00"} <= items.keys()
    place = items["12.50"].css_first("a").attributes["href"]
    assert "12.50" in shown.css_first(f'[id="{place[1:]}"]').text()

    sheet = as_text(audit(Home(site_home), "竹汀市民政局2022"))
    assert "没有核对的内容" in sheet and "〔表内数字〕" in sheet and "城东站 · 甲栏：12.50" in sheet

    command = [sys.executable, "-m", "gongkai", "status", "--home", str(site_home)]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert "未读内容：" in said and "zh.未读内容" in said and "表内数字" in said
