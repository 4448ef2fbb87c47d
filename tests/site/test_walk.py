"""A person's way through the site in a browser: find, open, read, follow to the source, switch, download, compare."""

from __future__ import annotations

import csv
import io
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pyarrow.parquet as pq
import pytest

UNIT = "青禾市水务局"


def _rows(home: Path, sql: str, *values: Any) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(home / "gongkai.duckdb"), read_only=True) as connection:
        return connection.execute(sql, list(values)).fetchall()


def _unit_key(home: Path) -> str:
    return _rows(home, "select unit_key from dim_unit where unit_name = ?", UNIT)[0][0]


@pytest.mark.parametrize("how", ["from a folder", "from a server"])
def test_from_the_search_to_a_flagged_figure_in_its_source(
    how: str, site: Path, served: str, site_home: Path, watch: Any
) -> None:
    own = site.as_uri() if how == "from a folder" else served
    seen = watch()
    page = seen.page
    page.goto(f"{own}/index.html")
    page.fill("#q", "水务")
    page.locator("#found [role=option]", has_text=UNIT).first.click()
    page.wait_for_url("**/u/*.html")
    assert page.inner_text("h1").strip() == UNIT

    # a chart's values are those of the mart, in the picture and in its table
    finals = _rows(
        site_home,
        "select fiscal_year, expenditure_final_yuan from mart_unit_year where unit_key = ?"
        " and scope_code = 'consolidated' and expenditure_final_yuan is not null order by 1",
        _unit_key(site_home),
    )
    assert len(finals) >= 2
    drawn = page.locator("#chart-expenditure svg rect.s0").evaluate_all("bars => bars.map(b => b.dataset.v)")
    assert [Decimal(value) for value in drawn] == [yuan for _, yuan in finals]
    page.locator("#chart-expenditure summary").click()
    shown = page.locator("#table-expenditure tbody tr").evaluate_all(
        "rows => rows.map(r => [r.cells[0].innerText, r.cells[2].dataset.v])"
    )
    assert [(int(year), Decimal(value)) for year, value in shown if value] == list(finals)
    assert page.locator("#chart-expenditure svg").get_attribute("aria-label")

    # a year, its finding, both sides, and the figure's own place
    page.locator("nav.years a", has_text="2023").click()
    page.wait_for_url("**-2023.html")
    finding = page.locator(".finding", has_text="396.90").first
    quoted = finding.locator("blockquote mark").all_inner_texts()
    assert "396.90" in quoted and len(set(quoted)) >= 2
    finding.locator("blockquote", has_text="396.90").first.locator("a").click()
    page.wait_for_url("**/d/*.html#t*")
    figure = page.locator(".grid a.hit")
    assert figure.inner_text() == "396.90"
    assert page.locator("td.flag a.hit").count() == 1
    marked = page.locator("#source mark.here")
    assert marked.inner_text() == "396.90"
    assert marked.is_visible()
    line = page.locator("#source li.here")
    assert "水利工程建设\t396.90\t369.90" in line.inner_text()
    number = int(line.get_attribute("id")[1:])
    [[place]] = _rows(
        site_home,
        "select distinct source_line from fct_statement_amount where value_printed = '396.90' and unit_key = ?",
        _unit_key(site_home),
    )
    assert number == place
    box, outer = marked.bounding_box(), page.locator("#source-body").bounding_box()
    assert outer["y"] <= box["y"] <= outer["y"] + outer["height"], "the mark was not scrolled into view"

    # another figure: the old mark goes
    other = page.locator(".grid td.n a").nth(5)
    other.click()
    assert page.locator("#source mark.here").count() == 1
    assert page.locator("#source mark.here").inner_text() == other.inner_text()

    # the language, kept from page to page
    page.click("#lang")
    assert page.locator("h2", has_text="Statements as printed").first.is_visible()
    assert page.evaluate("document.documentElement.lang") == "en"
    page.locator(".brand").click()
    page.wait_for_url("**/index.html")
    assert page.locator("h2", has_text="Regions").is_visible()
    assert not page.locator("h2 .zh").first.is_visible()

    assert seen.complaints == []
    assert seen.outside(own) == []


def _texts(table: Any) -> list[list[str]]:
    return table.evaluate("t => Array.from(t.rows).map(r => Array.from(r.cells).map(c => c.innerText.trim()))")


@pytest.mark.parametrize("how", ["from a folder", "from a server"])
def test_statements_stand_in_the_units_pages_as_printed(
    how: str, site: Path, served: str, site_home: Path, watch: Any
) -> None:
    own = site.as_uri() if how == "from a folder" else served
    seen = watch()
    page = seen.page
    page.goto(f"{own}/u/{_unit_key(site_home)}.html")
    assert page.locator("#statement").is_hidden()
    assert not any(url.startswith(f"{own}/t/") for url in seen.requests)
    page.locator("#h-matrix").scroll_into_view_if_needed()
    page.locator("#statement table").first.wait_for()
    link = page.locator("#matrix a[data-code=final_income]", has_text="⚑").first
    link.click()
    page.locator("#statement h3", has_text="收入决算表").wait_for()
    assert link.get_attribute("aria-current") == "true" and page.url.endswith(".html")
    shown = _texts(page.locator("#statement table").first)
    flagged = page.locator("#statement td.flag")
    assert flagged.count() == 1 and flagged.locator("a").nth(1).inner_text() == "396.90"

    # the same rows as on the document's own page, to which every figure leads
    flagged.locator("a").nth(1).click()
    page.wait_for_url("**/d/*.html#t*")
    assert page.locator(".grid a.hit").inner_text() == "396.90"
    table = page.locator("table.grid", has=page.locator("a.hit"))
    assert _texts(table) == shown
    page.go_back()

    # a year's page: every table of its documents, folded until wanted
    page.goto(f"{own}/u/{_unit_key(site_home)}-2023.html")
    folded = page.locator("details.stm")
    tables = _rows(
        site_home,
        "select count(distinct (document_key, table_ordinal)) from fct_statement_amount"
        " where document_key in (select document_key from dim_document where unit_key = ? and fiscal_year = 2023)",
        _unit_key(site_home),
    )
    assert folded.count() >= tables[0][0] > 10 and page.locator("details.stm table").count() == 0
    page.click("#unfold")
    # the page forbids evaluating strings, so the wait is for the last fold to have its table
    for at in range(folded.count()):
        folded.nth(at).locator("table").first.wait_for(state="attached")
    assert page.locator("details.stm td.flag").count() >= 1
    with page.expect_download() as download:
        page.locator("details.stm", has_text="收入决算表").first.locator("button[data-as=csv]").click()
    lines = list(csv.reader(io.StringIO(Path(download.value.path()).read_text(encoding="utf-8-sig"))))
    assert any("396.90" in line for line in lines)
    assert seen.complaints == [] and seen.outside(own) == []


@pytest.mark.parametrize("file_format", ["pdf", "xlsx", "docx", "html"])
def test_a_figure_of_every_format_is_marked_in_its_source(
    file_format: str, site: Path, site_home: Path, watch: Any
) -> None:
    key, place, printed = _rows(
        site_home,
        "select figures.document_key, 't' || table_ordinal || 'r' || row_ordinal || 'c' || column_ordinal,"
        " value_printed from fct_statement_amount as figures inner join dim_document using (document_key)"
        " where file_format = ? and amount_yuan > 1000000 order by table_ordinal desc, row_ordinal, column_ordinal",
        file_format,
    )[0]
    seen = watch()
    page = seen.page
    page.goto(f"{site.as_uri()}/d/{key}.html")
    figure = page.locator(f"#{place}")
    figure.click()
    assert figure.inner_text() == printed
    if file_format == "pdf":
        box = page.locator("#source .box")
        assert box.count() == 1 and box.is_visible()
        picture = page.locator("#source .leaf.here img")
        picture.evaluate("image => image.decode()")
        inner, outer = box.bounding_box(), picture.bounding_box()
        assert outer["x"] - 4 <= inner["x"] and inner["x"] + inner["width"] <= outer["x"] + outer["width"] + 4
        assert 2 < inner["height"] < outer["height"] / 8
    else:
        marked = page.locator("#source .here")
        assert marked.count() == 1 and marked.inner_text() == printed
        assert marked.is_visible()
    assert seen.complaints == []


def test_what_is_on_the_page_comes_as_csv_workbook_and_parquet(site: Path, site_home: Path, watch: Any) -> None:
    key = _unit_key(site_home)
    mart = _rows(
        site_home,
        "select fiscal_year, expenditure_budget_yuan, expenditure_final_yuan from mart_unit_year where unit_key = ?"
        " order by fiscal_year desc, scope_code desc",
        key,
    )
    page = watch().page
    page.goto(f"{site.as_uri()}/u/{key}.html")
    bar = page.locator(f"[data-table='{key}-overview']")
    files = {}
    for kind in ("csv", "xlsx", "parquet"):
        with page.expect_download() as waiting:
            bar.locator(f"[data-as={kind}]").click()
        assert waiting.value.suggested_filename == f"{key}-overview.{kind}"
        files[kind] = Path(waiting.value.path()).read_bytes()
    names = ("年度", "支出预算（元）", "支出决算（元）")

    lines = list(csv.DictReader(io.StringIO(files["csv"].decode("utf-8-sig"))))
    got = [(int(r[names[0]]), *(Decimal(r[name]) if r[name] else None for name in names[1:])) for r in lines]
    assert got == mart

    sheet = openpyxl.load_workbook(io.BytesIO(files["xlsx"])).active
    head, *body = sheet.iter_rows(values_only=True)
    places = [head.index(name) for name in names]
    assert [tuple(row[p] for p in places) for row in body] == [
        (year, *(None if yuan is None else pytest.approx(float(yuan)) for yuan in amounts)) for year, *amounts in mart
    ]

    table = pq.read_table(io.BytesIO(files["parquet"]))
    assert str(table.schema.field(names[1]).type) == "decimal128(18, 2)"
    assert list(zip(*(table.column(name).to_pylist() for name in names), strict=True)) == mart
    assert table.num_rows == len(mart)


def test_a_statement_comes_as_printed(site: Path, site_home: Path, watch: Any) -> None:
    [[key]] = _rows(site_home, "select document_key from dim_document where file_name = 'final-2023.txt'")
    page = watch().page
    page.goto(f"{site.as_uri()}/d/{key}.html")
    with page.expect_download() as waiting:
        page.locator(f"[data-table='{key}-t2'] [data-as=csv]").click()
    text = Path(waiting.value.path()).read_text(encoding="utf-8-sig")
    cells = [cell for row in csv.reader(io.StringIO(text)) for cell in row]
    assert "396.90" in cells and "水利工程建设" in cells and not any("⚑" in cell for cell in cells)


def test_units_are_compared(site: Path, site_home: Path, watch: Any) -> None:
    seen = watch()
    page = seen.page
    page.goto(f"{site.as_uri()}/compare.html?u={_unit_key(site_home)}")
    page.fill("#pick", "展示馆")
    page.locator("#picked-found [role=option]").first.click()
    rows = page.locator("#table-compare tbody tr")
    rows.nth(1).wait_for()
    [[yuan]] = _rows(
        site_home,
        "select expenditure_final_yuan from mart_unit_year where unit_key = ? and fiscal_year = 2022",
        _unit_key(site_home),
    )
    years = page.locator("#table-compare thead th").all_inner_texts()
    cell = rows.first.locator("th, td").nth(years.index("2022"))
    assert Decimal(cell.get_attribute("data-v")) == yuan
    assert cell.inner_text().replace(",", "") == f"{yuan / 10000:.2f}"
    page.select_option("#measure", "staff")
    assert page.locator("#side").is_disabled()
    assert page.locator("#compare-chart svg rect").count() >= 1
    assert seen.complaints == []


def test_subjects_and_projects_are_found(site: Path, watch: Any) -> None:
    page = watch().page
    for words, kind, address in (
        ("2130305", "功能科目", "s/f-"),
        ("住房公积金", "经济科目", "s/e-"),
        ("免费开放", "项目", "#p-"),
    ):
        page.goto(f"{site.as_uri()}/search.html?q={words}")
        link = page.locator("#results a", has_text=kind).first
        link.wait_for()
        assert address in link.get_attribute("href")
        link.click()
        page.wait_for_load_state()
        assert page.locator("h1").is_visible()
        if "#p-" in page.url:
            assert page.locator(":target").is_visible()


def test_hostile_words_stay_words(site: Path, site_home: Path, watch: Any) -> None:
    hostile = _rows(site_home, "select document_key from dim_document where file_name like '%onerror%'")
    scripted = _rows(site_home, "select document_key from dim_document where file_name = 'final-2023.txt'")
    seen = watch()
    page = seen.page
    for [key] in (hostile[0], scripted[0]):
        page.goto(f"{site.as_uri()}/d/{key}.html")
        assert page.evaluate("window.pwned") is None
    assert "<script>window.pwned = 1</script>" in page.inner_text("#source")
    page.goto(f"{site.as_uri()}/d/{hostile[0][0]}.html")
    assert "<img src=x onerror=" in page.inner_text(".title")
    page.goto(f"{site.as_uri()}/search.html?q=%3Cimg%20src%3Dx%20onerror%3Dwindow.pwned%3D1%3E")
    page.locator("#results-note", has_text="<img").wait_for()
    assert page.evaluate("window.pwned") is None
    assert seen.complaints == []


def test_pages_read_without_script(site: Path, site_home: Path, watch: Any) -> None:
    [[key]] = _rows(site_home, "select document_key from dim_document where file_name = 'final-2023.txt'")
    page = watch(javascript=False).page
    page.goto(f"{site.as_uri()}/u/{_unit_key(site_home)}.html")
    assert page.locator("h2", has_text="报表原样").is_visible()
    assert not page.get_by_text("Statements as printed").first.is_visible()
    page.goto(f"{site.as_uri()}/d/{key}.html")
    assert page.locator(".grid a", has_text="396.90").first.is_visible()


_MAIN_PAGES = ("index.html", "findings.html", "compare.html?u={unit}", "data.html", "about.html", "search.html?q=水务",
               "unread.html", "u/{unit}.html", "u/{unit}-2023.html", "d/{text}.html", "d/{pdf}.html",
               "d/{xlsx}.html", "s/f-213.html", "r/none.html")  # fmt: skip


def _addresses(site: Path, home: Path) -> list[str]:
    keys = dict(_rows(home, "select file_format, min(document_key) from dim_document group by 1"))
    [[text]] = _rows(home, "select document_key from dim_document where file_name = 'final-2023.txt'")
    names = {"unit": _unit_key(home), "text": text, "pdf": keys["pdf"], "xlsx": keys["xlsx"]}
    return [f"{site.as_uri()}/{page.format(**names)}" for page in _MAIN_PAGES]


def test_no_page_is_wider_than_a_phone(site: Path, site_home: Path, watch: Any) -> None:
    seen = watch(width=390, height=844)
    for address in _addresses(site, site_home):
        seen.page.goto(address)
        wide = seen.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert wide <= 0, address
    assert seen.complaints == []


def test_every_main_page_is_accessible(site: Path, site_home: Path, watch: Any) -> None:
    axe = pytest.importorskip("axe_playwright_python", reason="axe-core is not installed: pip install -e .[dev]")
    script = (Path(axe.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
    seen = watch()
    faults = {}
    for address in _addresses(site, site_home):
        seen.page.goto(address)
        seen.page.evaluate(script)
        found = seen.page.evaluate(
            "axe.run(document, {resultTypes: ['violations']}).then(r => r.violations.map("
            "v => [v.id, v.impact, v.nodes.length, v.nodes[0].html.slice(0, 160)]))"
        )
        if found:
            faults[address.rsplit("/", 2)[-2:][-1]] = found
    assert faults == {}, json.dumps(faults, ensure_ascii=False, indent=1)
