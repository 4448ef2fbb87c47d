"""Exports (导出): workbook, CSV, Parquet and Fiscal Data Package hold what the file holds, and no formulas."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import duckdb
import frictionless
import openpyxl
import pytest
from pyarrow import parquet

from gongkai import export as exporting
from gongkai.chinese_views import described_tables, views_of
from gongkai.export import export, write_csv, write_workbook
from gongkai.home import Home
from gongkai.messages import GongkaiError
from gongkai.reader import open_published

_HOSTILE = ["=1+1", "+cmd", "-2+3", "@SUM(A1)", "\tx", "\r=x", '=HYPERLINK("http://x.invalid")']


@pytest.fixture(scope="module")
def published(samples_home: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with open_published(Home(samples_home)) as connection:
        yield connection


def test_csv_holds_the_rows_of_the_view(
    samples_home: Path, published: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    [path] = export(Home(samples_home), tmp_path, "csv", ["单位年度概况"])
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    with path.open(encoding="utf-8-sig", newline="") as source:
        rows = list(csv.DictReader(source))
    expected = published.execute("select 单位名称, 本年支出决算数_元 from zh.单位年度概况").fetchall()
    assert sorted((row["单位名称"], row["本年支出决算数_元"]) for row in rows) == sorted(
        (name, "" if amount is None else f"{amount:f}") for name, amount in expected
    )


def test_parquet_keeps_types(samples_home: Path, published: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    [path] = export(Home(samples_home), tmp_path, "parquet", ["fct_expenditure"])
    table = parquet.read_table(path)
    assert str(table.schema.field("amount_yuan").type) == "decimal128(20, 2)"
    [(rows, total)] = published.execute("select count(*), sum(amount_yuan) from fct_expenditure").fetchall()
    assert table.num_rows == rows and sum(table["amount_yuan"].to_pylist()) == total


def test_a_workbook_opens_with_the_facts_asked_for(
    samples_home: Path, published: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    chosen = ["功能科目支出", "三公经费", "main.dim_unit"]
    [path] = export(Home(samples_home), tmp_path, "xlsx", chosen)
    book = openpyxl.load_workbook(path, read_only=True)
    assert book.sheetnames == ["功能科目支出", "三公经费", "dim_unit"]
    head, *rows = book["功能科目支出"].iter_rows(values_only=True)
    amounts = [Decimal(str(row[head.index("金额_元")])) for row in rows]
    [(expected,)] = published.execute("select sum(amount_yuan) from fct_expenditure").fetchall()
    assert sum(amounts) == expected


def test_without_a_choice_all_facts_and_marts_are_taken(published: duckdb.DuckDBPyConnection) -> None:
    taken = {source.name for source in exporting.sources(published, ())}
    views = views_of(described_tables(published))
    assert taken == {view.name for view in views if view.table.startswith(("fct_", "mart_"))}


def test_no_cell_of_a_workbook_is_a_formula(tmp_path: Path) -> None:
    rows = [(text, Decimal("12345678901234567.89"), Decimal("0.50"), None, True, 7) for text in _HOSTILE]
    write_workbook(tmp_path / "x.xlsx", [("=坏/名[称]", ["=head", "b", "c", "d", "e", "f"], rows)])
    sheet = openpyxl.load_workbook(tmp_path / "x.xlsx").worksheets[0]
    cells = [cell for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n", "b", "inlineStr"}
    assert sheet["A2"].value == "=1+1" and sheet["B2"].value == "12345678901234567.89"
    assert sheet["C2"].value == 0.5 and sheet["D2"].value is None and sheet["E2"].value is True


def test_no_cell_of_a_csv_is_a_formula(tmp_path: Path) -> None:
    write_csv(tmp_path / "x.csv", ["=a", "b"], [(text, Decimal("-3.50")) for text in _HOSTILE])
    with (tmp_path / "x.csv").open(encoding="utf-8-sig", newline="") as source:
        rows = list(csv.reader(source))
    assert len(rows) == len(_HOSTILE) + 1
    assert all(row[0].startswith("'") for row in rows)
    assert {row[1] for row in rows[1:]} == {"-3.50"}, "a negative number stays a number"


def test_rows_beyond_a_worksheet_go_on_in_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "_MOST_ROWS", 4)
    counts = write_workbook(
        tmp_path / "x.xlsx", [("长表", ["n"], ((number,) for number in range(10))), ("空", ["n"], [])]
    )
    assert counts == {"长表": 4, "长表 (2)": 4, "长表 (3)": 2, "空": 0}
    book = openpyxl.load_workbook(tmp_path / "x.xlsx")
    assert [cell.value for sheet in book.worksheets for cell in sheet["A"][1:]] == list(range(10))


def _validated(folder: Path) -> frictionless.Report:
    """Descriptor, schemas and every row held against each other.

    frictionless would fetch the JSON schema behind the profile fiscal-data-package, and tests have no network: the
    profile it builds on stands in for it. What the fiscal profile adds is asserted beside.
    """
    package = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    package["profile"] = "tabular-data-package"
    offline = folder / "offline.json"
    offline.write_text(json.dumps(package), encoding="utf-8")
    return frictionless.validate(str(offline))


def test_the_fiscal_package_is_valid_and_complete(
    samples_home: Path, published: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    export(Home(samples_home), tmp_path, "fiscal")
    report = _validated(tmp_path)
    assert len(report.tasks) == 3
    assert report.valid, report.flatten(["type", "note"])
    package = json.loads((tmp_path / "datapackage.json").read_text(encoding="utf-8"))
    assert package["profile"] == "fiscal-data-package"
    for resource, table in (("expenditure", "fct_expenditure"), ("income", "fct_income")):
        with (tmp_path / f"{resource}.csv").open(encoding="utf-8", newline="") as source:
            rows = list(csv.DictReader(source))
        sums: dict[str, Decimal] = {}
        for row in rows:
            sums[row["stage_code"]] = sums.get(row["stage_code"], Decimal(0)) + Decimal(row["amount_yuan"])
        expected = published.execute(
            f"select stage_code, sum(amount_yuan) from {table} where is_counted group by 1"
        ).fetchall()
        assert sums == dict(expected)
        [described] = [held for held in package["resources"] if held["name"] == resource]
        kinds = {field.get("columnType") for field in described["schema"]["fields"]}
        assert {"value", "date:fiscal-year", "phase:id", "functional-classification:cofog:division:code"} <= kinds


def test_a_damaged_package_is_seen(samples_home: Path, tmp_path: Path) -> None:
    export(Home(samples_home), tmp_path, "fiscal")
    lines = (tmp_path / "income.csv").read_text(encoding="utf-8").splitlines()
    lines[1] = lines[1].replace(lines[1].split(",")[0], "去年", 1)
    (tmp_path / "income.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    kinds = {kind for [kind] in _validated(tmp_path).flatten(["type"])}
    assert kinds == {"type-error"}


def test_an_unknown_table_is_said(samples_home: Path, tmp_path: Path) -> None:
    with pytest.raises(GongkaiError) as raised:
        export(Home(samples_home), tmp_path, "csv", ["没有的表"])
    assert raised.value.code == "unknown_table"
