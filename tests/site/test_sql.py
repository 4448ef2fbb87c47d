"""The SQL page: left out with a word where duckdb-wasm was not fetched, working and offline where it was."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb
import pytest

from gongkai import site as building
from gongkai.home import Home

ROOT = Path(__file__).resolve().parents[2]


def test_the_page_is_left_out_without_its_assets(
    site_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(building, "SQL_ASSETS", tmp_path / "none")
    report = building.build_site(Home(site_home.resolve()), tmp_path / "out", jobs=1, data=False, pictures="none")
    assert report.has_sql is False
    assert not (tmp_path / "out" / "sql.html").exists()
    assert "sql.html" not in (tmp_path / "out" / "data.html").read_text(encoding="utf-8")


def test_a_query_runs_in_the_browser(site: Path, served: str, site_home: Path, watch: Any) -> None:
    if not (site / "sql.html").is_file():
        pytest.skip("duckdb-wasm was not fetched: make site-assets")
    seen = watch()
    page = seen.page
    page.set_default_timeout(120_000)
    page.goto(f"{served}/sql.html")
    page.fill("#sql", "select sum(amount_yuan) as yuan, count(*) as rows from fct_expenditure where not is_rollup")
    page.click("#run")
    page.wait_for_selector("#table-sql tbody td")
    with duckdb.connect(str(site_home / "gongkai.duckdb"), read_only=True) as connection:
        [(yuan, count)] = connection.execute(
            "select sum(amount_yuan), count(*) from fct_expenditure where not is_rollup"
        ).fetchall()
    assert page.locator("#table-sql tbody td").all_inner_texts() == [str(yuan), str(count)]
    page.fill("#sql", "select * from read_csv('https://example.com/x.csv')")
    page.click("#run")
    page.locator("#sql-note", has_text="Error").wait_for()
    assert page.locator("#table-sql td").count() == 0
    assert seen.outside(served) == []


def test_the_lock_names_no_registry() -> None:
    lock = json.loads((ROOT / "site" / "sql" / "package-lock.json").read_text(encoding="utf-8"))
    packages = {name: entry for name, entry in lock["packages"].items() if name}
    assert "node_modules/@duckdb/duckdb-wasm" in packages
    assert not any("resolved" in entry for entry in packages.values())
    assert all(entry.get("integrity") for entry in packages.values())
