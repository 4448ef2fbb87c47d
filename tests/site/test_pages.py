"""The files of the site without a browser: every figure, every link, every place, persons, escaping, rebuilding."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from collections import defaultdict
from decimal import Decimal
from pathlib import Path
from urllib.parse import unquote

import duckdb
import pypdfium2
import pytest
from selectolax.lexbor import LexborHTMLParser

from gongkai.home import Home
from gongkai.messages import GongkaiError
from gongkai.metrics import ask
from gongkai.site import MARKER, build_site
from gongkai.site_chart import Series, chart
from gongkai.site_grid import (
    HIDDEN_ZH,
    Cell,
    Place,
    as_part,
    laid_out,
    lay,
    persons_hidden,
    span_of_words,
    without_persons,
)
from gongkai.site_overview import fold, pairs_of, shard_of
from gongkai.site_reuse import KEPT
from gongkai.site_text import amount_link, page_name, wan, web_address

PERSON, TELEPHONE = "欧阳测试", "0578-7654321"


def _rows(home: Path, sql: str) -> list[tuple]:
    with duckdb.connect(str(home / "gongkai.duckdb"), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def _page(path: Path) -> LexborHTMLParser:
    return LexborHTMLParser(path.read_text(encoding="utf-8"))


def test_every_figure_stands_on_its_documents_page_as_printed(site: Path, site_home: Path) -> None:
    by_document = defaultdict(list)
    for key, amount, printed in _rows(
        site_home, "select document_key, amount_key, value_printed from fct_statement_amount"
    ):
        by_document[key].append((amount_link(amount, "").partition("#")[2], printed))
    assert len(by_document) >= 8
    missing = []
    for key, figures in by_document.items():
        shown = {node.id: node.text() for node in _page(site / f"d/{key}.html").css("[id]") if node.id[0] == "t"}
        missing += [(key, place) for place, printed in figures if printed not in shown.get(place, "")]
    assert missing == []


def test_places_in_texts_hold_the_figure(site: Path, site_home: Path) -> None:
    checked = 0
    for (key,) in _rows(site_home, "select document_key from dim_document where file_format in ('text', 'markdown')"):
        page = _page(site / f"d/{key}.html")
        lines = {node.id: node.text() for node in page.css("ol.lines li")}
        for link in page.css(".grid td.n a[data-s]"):
            begin, end = map(int, link.attributes["data-s"].split("-"))
            assert lines[link.attributes["href"][1:]][begin:end] == link.text(), (key, link.id)
            checked += 1
        figures = page.css(".grid td.n a[href^='#L']")
        assert len(page.css(".grid td.n a[data-s]")) >= 0.99 * len(figures)
    assert checked > 1000


def test_boxes_on_pdf_pages_hold_the_figure(site: Path, site_home: Path) -> None:
    [(key, document_id)] = _rows(
        site_home, "select document_key, document_id from dim_document where file_format = 'pdf'"
    )
    document = pypdfium2.PdfDocument(site_home / "sources" / document_id[:2] / document_id)
    links = _page(site / f"d/{key}.html").css(".grid td.n a[data-b]")
    assert len(links) > 100
    pages = {}
    for link in links:
        number = int(link.attributes["href"].removeprefix("#P"))
        if number not in pages:
            page = document[number - 1]
            pages[number] = (page.get_textpage(), page.get_height())
        text, height = pages[number]
        left, top, right, bottom = map(float, link.attributes["data-b"].split())
        inside = text.get_text_bounded(left - 1, height - bottom - 1, right + 1, height - top + 1)
        assert link.text().strip() in inside, (link.id, inside)
        assert (site / f"p/{page_name(document_id[:24])}-{number}-1.webp").stat().st_size > 1000


def test_every_link_leads_somewhere(site: Path) -> None:
    anchors: dict[Path, set[str]] = {}
    broken, followed = [], 0

    def anchors_of(path: Path) -> set[str]:
        if path not in anchors:
            anchors[path] = {node.id for node in _page(path).css("[id]")}
        return anchors[path]

    for path in sorted(site.rglob("*.html")):
        for node in _page(path).css("a[href], link[href], script[src], img[src]"):
            address = node.attributes.get("href") or node.attributes.get("src")
            if address.startswith("data:"):
                continue
            assert not re.match(r"[a-z]+:|//", address), f"{path.name}: {address} leads out"
            target, _, place = address.partition("#")
            file = path if not target else (path.parent / unquote(target.partition("?")[0])).resolve()
            followed += 1
            if not file.is_file() or (place and file.suffix == ".html" and place not in anchors_of(file)):
                broken.append((path.name, address))
    assert followed > 2000
    assert broken == []


def test_every_page_forbids_what_is_not_the_sites_own(site: Path) -> None:
    for path in site.rglob("*.html"):
        page = _page(path)
        policy = page.css_first("meta[http-equiv='Content-Security-Policy']").attributes["content"]
        assert policy.startswith("default-src 'none'") and "unsafe-inline" not in policy and "http" not in policy
        assert all(node.attributes.get("src") for node in page.css("script")), path
        assert not page.css("[style], [onclick], [onerror], [onload], style, iframe"), path


def test_persons_stand_only_in_the_source(site: Path, site_home: Path) -> None:
    [(key,)] = _rows(site_home, "select document_key from dim_document where file_name = 'performance.txt'")
    page = _page(site / f"d/{key}.html")
    assert PERSON in page.css_first("#source").text()
    statements = page.css_first(".statements").text()
    assert "项目负责人" in statements and HIDDEN_ZH in statements
    for path in [*site.rglob("*.html"), *site.rglob("*.js")]:
        text = path.read_text(encoding="utf-8")
        if path.name == f"{key}.html":
            text = statements
        assert PERSON not in text and TELEPHONE not in text, path


def _cell(row: int, column: int, text: str, role: str = "text", **more: object) -> Cell:
    held: dict[str, object] = dict.fromkeys(("page", "line", "sheet", "address", "x0", "top", "x1", "bottom"))
    held |= {"row_span": 1, "column_span": 1} | more
    return Cell(table=1, row=row, column=column, text=text, role=role, **held)


@pytest.mark.parametrize(
    ("cells", "hidden"),
    [
        (
            [_cell(1, 1, "项目负责人"), _cell(1, 3, "张三"), _cell(1, 4, "联系电话"), _cell(1, 5, "123")],
            {(1, 3), (1, 5)},
        ),
        ([_cell(1, 1, "负责人", "header"), _cell(2, 1, "李四"), _cell(3, 1, "5.00", "figure")], {(2, 1)}),
        ([_cell(9, 1, "填报人：王五　联系电话：010-1")], {(9, 1)}),
        ([_cell(1, 1, "主要负责人用车"), _cell(1, 2, "3", "figure")], set()),
        ([_cell(1, 1, "项目负责人"), _cell(2, 1, "主管部门")], set()),
    ],
)
def test_cells_that_name_persons(cells: list[Cell], hidden: set[tuple[int, int]]) -> None:
    found = persons_hidden(cells)
    assert set(found) == hidden
    assert not any(name in text for name in ("张三", "李四", "王五", "010") for text in found.values())


def test_a_quoted_sentence_names_nobody() -> None:
    assert without_persons("填报人：王五，金额3万元") == f"填报人：{HIDDEN_ZH}，金额3万元"
    assert without_persons("主要负责人用车3辆") == "主要负责人用车3辆"


def test_a_grid_keeps_spans_and_escapes() -> None:
    cells = [
        _cell(1, 1, "<b>项目</b>", "header", row_span=2),
        _cell(1, 2, "金额", "header", column_span=2),
        _cell(2, 2, "预算", "header"),
        _cell(2, 3, "决算", "header"),
        _cell(3, 1, '"><script>x</script>', "label"),
        _cell(3, 3, "5.00", "figure"),
    ]
    grid = str(laid_out(lay(cells), {(3, 3): Place("L7", "2-6")}, {(3, 3): (2, True)}))
    table = LexborHTMLParser(f"<table>{grid}</table>")
    assert [[cell.text() for cell in row.css("th, td")] for row in table.css("tr")] == [
        ["<b>项目</b>", "金额"], ["预算", "决算"], ["\"><script>x</script>", "", "⚑25.00"],
    ]  # fmt: skip
    assert not table.css("script, b")
    assert table.css_first("th[rowspan]").attributes["rowspan"] == "2"
    assert table.css_first("a#t1r3c3").attributes["href"] == "#L7"
    assert table.css_first("a.mark").attributes["href"] == "#f2"


def test_a_part_of_a_statement_says_only_what_is_not_usual() -> None:
    cells = [
        _cell(1, 2, "项目", "header", row_span=2),
        _cell(1, 3, "金额", "header", column_span=2),
        _cell(2, 3, "预算", "header"),
        _cell(2, 4, "决算", "header"),
        _cell(5, 2, "水利", "label"),
        _cell(5, 3, "5.00", "figure"),
        _cell(5, 4, "6.00", "figure"),
        _cell(6, 2, "项目负责人", "label"),
        _cell(6, 4, "张三"),
        _cell(7, 2, "说明", "label", column_span=2),
        _cell(7, 4, "长" * 50),
    ]
    laid = lay(cells)
    assert (laid.first, laid.head) == (2, 2)
    assert as_part(laid, {(5, 4): (3, True)}) == [
        [1, [["h", "项目", 2], ["h", "金额", 1, 2]]],
        [2, [["h", "预算"], ["h", "决算"]], [3, 4]],
        [5, [["l", "水利"], "5.00", ["f", "6.00", 1, 1, 3, 1]]],
        [6, [["l", "项目负责人"], 0, ["", HIDDEN_ZH]]],
        [7, [["l", "说明", 1, 2], ["x", "长" * 50]], [2, 4]],
    ]


def test_every_figure_stands_in_the_part_its_unit_loads(site: Path, site_home: Path) -> None:
    missing, seen = [], 0
    held: dict[str, dict[tuple[int, int, int], str]] = {}
    for key, table, row, column, printed in _rows(
        site_home,
        "select document_key, table_ordinal, row_ordinal, column_ordinal, value_printed from fct_statement_amount",
    ):
        if key not in held:
            text = (site / f"t/{key}.js").read_text(encoding="utf-8")
            tables = json.loads(text[text.index(",") + 1 : text.rindex(")")])
            held[key] = {
                (one["table"], line[0], line[2][place] if len(line) > 2 else one["first"] + place): cell
                for one in tables
                for line in one["rows"]
                for place, cell in enumerate(line[1])
                if cell != 0
            }
        cell = held[key].get((table, row, column), "")
        seen += 1
        if printed not in (cell if isinstance(cell, str) else cell[1] if cell[0] == "f" else ""):
            missing.append((key, table, row, column, printed))
    assert seen > 1000 and missing == []


def test_a_chart_says_every_value_and_joins_the_small_ones() -> None:
    series = [Series(f"类{n}", "", (Decimal(100 - n), None), 0) for n in range(9)]
    made = chart("key", ("图", "Chart"), ["2023", "2024"], series, stacked=True)
    assert [one.name_zh for one in made.legend] == [*(f"类{n}" for n in range(6)), "其他3类"]
    drawn = [Decimal(value) for value in re.findall(r'data-v="([^"]+)"', made.picture)]
    assert sum(drawn) == sum(100 - n for n in range(9))
    assert len(made.series) == 9
    assert chart("key", ("图", "Chart"), ["2023"], [Series("空", "", (None,), 0)]) is None


def test_an_axis_has_room_for_its_numbers() -> None:
    for yuan, word in ((Decimal("999999999.00"), "万元"), (Decimal("158916900200.00"), "亿元")):
        made = chart("key", ("图", "Chart"), ["2023"], [Series("决算", "Final", (yuan,), 0)])
        ticks = re.findall(r'class="tick"[^>]*>([^<]+)<', made.picture)
        assert word in made.picture and max(map(len, ticks)) <= 7, ticks
        assert Decimal(ticks[-1].replace(",", "")) * (10**4 if word == "万元" else 10**8) >= yuan


def test_small_words() -> None:
    assert wan(Decimal("12345.00")) == "1.23" and wan(Decimal("12350.00")) == "1.24"
    assert wan(Decimal("-98765432.10")) == "-9,876.54" and wan(None) == "–"
    assert web_address("javascript:alert(1)") is None and web_address('http://a"onclick=x') is None
    assert web_address("https://www.example.gov.cn/a.html")
    assert amount_link("ab12-t5r23c5n2") == "../d/ab12.html#t5r23c5" and amount_link("ab-p7") == "../d/ab.html#p7"
    assert page_name("ab/..<") == "ab~2f~2e~2e~3c"
    assert span_of_words("3.00 与 3.00", "3.00", 8) == "7-11" and span_of_words("无", "3", None) == ""
    assert fold("Ａ 水务\u3000局") == "a水务局" and pairs_of("水务局") == {"水务", "务局"}
    assert shard_of("水务", 7) == (ord("水") * 31 + ord("务")) % 7


def _digest(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != MARKER and path.suffix not in (".parquet", ".duckdb")
    }


def test_a_site_is_built_again_the_same_and_by_more_processes(site: Path, site_home: Path, tmp_path: Path) -> None:
    again = tmp_path / "again"
    shutil.copytree(site, again)
    (again / KEPT).unlink()
    inode = next((again / "p").iterdir()).stat().st_ino
    report = build_site(Home(site_home.resolve()), again, jobs=2)
    assert report.kept == 0
    assert _digest(again) == _digest(site)
    assert report.pictures > 0 and next((again / "p").iterdir()).stat().st_ino == inode, "pictures were drawn again"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["again"], "something was left beside the site"


def test_only_units_about_which_something_changed_are_written_again(
    site: Path, site_home: Path, tmp_path: Path
) -> None:
    again, changed = tmp_path / "again", tmp_path / "changed"
    shutil.copytree(site, again)
    before = {path.relative_to(again): path.stat().st_ino for path in again.rglob("*.*") if path.is_file()}
    changed.mkdir()
    for name in ("landing", "sources", "cache"):
        (changed / name).symlink_to(site_home.resolve() / name)
    database = changed / "gongkai.duckdb"
    shutil.copyfile(site_home / "gongkai.duckdb", database)
    database.chmod(0o644)
    with duckdb.connect(str(database)) as connection:
        [(unit,)] = connection.execute("select unit_key from dim_unit where unit_name = '青禾市水务局'").fetchall()
        connection.execute("update mart_unit_year set staff_on_post = 4321 where unit_key = ?", [unit])
        connection.execute("update meta_run set generation = generation + 1")
        mine = {
            f"{kind}/{name}"
            for (key,) in connection.execute(
                "select document_key from dim_document where unit_key = ?", [unit]
            ).fetchall()
            for kind, name in (("d", f"{key}.html"), ("t", f"{key}.js"))
        }
    report = build_site(Home(changed), again, jobs=1)
    assert report.kept == report.units - 1 > 2
    kept = {path for path in before if (again / path).stat().st_ino == before[path]}
    written = {str(path) for path in set(before) - kept if path.parts[0] in ("u", "d", "t", "c", "p")}
    assert written == mine | {str(path) for path in before if path.parts[0] in ("u", "c") and unit in path.name}
    assert "4321" in (again / f"u/{unit}.html").read_text(encoding="utf-8")

    # the same as if everything had been written anew
    fresh = tmp_path / "fresh"
    assert build_site(Home(changed), fresh, jobs=1).kept == 0
    assert _digest(again) == _digest(fresh)

    # a page that is gone is made again
    (again / "u" / f"{unit}.html").unlink()
    assert build_site(Home(changed), again, jobs=1).kept == report.units - 1
    assert _digest(again) == _digest(fresh)


def test_metrics_of_a_unit_are_those_declared(site: Path, site_home: Path) -> None:
    [(unit,)] = _rows(site_home, "select unit_key from dim_unit where unit_name = '青禾市水务局'")
    home = Home(site_home.resolve())
    answer = ask(home, ["expenditure_per_staff", "execution_rate"], ["年度"], {"单位名称": "青禾市水务局"})
    expected = {str(year): (yuan, share) for year, yuan, share in answer.rows if yuan is not None or share is not None}
    table = _page(site / f"u/{unit}.html").css_first("#table-metrics")
    heads = [node.css_first(".zh").text() if node.css_first(".zh") else node.text() for node in table.css("thead th")]
    per_staff, share = heads.index("人均支出"), heads.index("预算执行率")
    rows = {cells[0].text(): cells for line in table.css("tbody tr") if (cells := line.css("th, td"))}
    assert rows.keys() == expected.keys() and len(rows) >= 1
    for year, (yuan, rate) in expected.items():
        if yuan is not None:
            assert Decimal(rows[year][per_staff].attributes["data-v"]) == yuan.quantize(Decimal("0.01"))
        if rate is not None:
            assert rows[year][share].text() == f"{rate * 100:.1f}%"


def test_a_folder_with_other_things_is_left_alone(site_home: Path, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("keep", encoding="utf-8")
    with pytest.raises(GongkaiError, match="不是空的") as refused:
        build_site(Home(site_home.resolve()), tmp_path, jobs=1)
    assert refused.value.code == "site_out_not_empty"
    assert os.listdir(tmp_path) == ["mine.txt"]


def test_a_build_that_fails_leaves_the_site_that_is_there(
    site: Path, site_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    shutil.copy(site / MARKER, out)
    (out / "index.html").write_text("earlier", encoding="utf-8")

    def broken(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("gongkai.site.export_tables", broken)
    with pytest.raises(OSError, match="No space"):
        build_site(Home(site_home.resolve()), out, jobs=1)
    assert (out / "index.html").read_text(encoding="utf-8") == "earlier"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_without_landing_and_sources_the_figures_are_still_there(site_home: Path, tmp_path: Path) -> None:
    alone = tmp_path / "alone"
    alone.mkdir()
    shutil.copy((site_home / "gongkai.duckdb").resolve(), alone / "gongkai.duckdb")
    out = tmp_path / "out"
    build_site(Home(alone), out, jobs=1, data=False)
    [(key,)] = _rows(site_home, "select document_key from dim_document where file_name = 'final-2023.txt'")
    shown = _page(out / f"d/{key}.html").css_first(".statements").text()
    assert "396.90" in shown and "水利工程建设" in shown and "财政拨款收入" in shown


def test_a_home_without_publication_is_refused(tmp_path: Path) -> None:
    with pytest.raises(GongkaiError) as refused:
        build_site(Home(tmp_path / "nothing"), tmp_path / "out", jobs=1)
    assert refused.value.code == "not_published"
    assert not (tmp_path / "out").exists()
