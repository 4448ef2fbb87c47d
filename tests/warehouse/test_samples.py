"""The samples, from pages to published file: refresh again, query, explain, audit by an older client, the notebook."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from expectations.contract import CONTRACT
from gongkai.derivation import FACTS, of_fact, rows_of
from gongkai.derivation_unit_year import explained_columns, of_cell


def _gongkai(home: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "gongkai", *map(str, arguments), "--home", str(home)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def _ask(home: Path, sql: str) -> list[dict]:
    run = _gongkai(home, "query", sql, "--json")
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


def test_the_samples_make_a_rich_warehouse(samples_home: Path) -> None:
    [held] = _ask(
        samples_home,
        "select count(distinct unit_key) as units, count(distinct fiscal_year) as years, count(*) as documents"
        " from dim_document where is_current",
    )
    assert held["units"] >= 4 and held["years"] >= 3 and held["documents"] >= 6
    for table in (
        "fct_expenditure",
        "fct_income",
        "fct_economic_expenditure",
        "fct_three_public",
        "fct_reconciliation",
    ):
        assert _ask(samples_home, f"select count(*) as rows from {table}")[0]["rows"] > 0, table


def test_nothing_of_the_samples_is_rejected_unsaid(samples_home: Path) -> None:
    status = json.loads(_gongkai(samples_home, "status", "--json").stdout)
    assert status["landing"]["documents"] == sum(status["published"]["documents"].values())
    assert all(row["reason"] for row in status["landing"]["rejects"])


def test_every_table_of_the_contract_is_there_and_described(samples_home: Path) -> None:
    described = _ask(samples_home, "select table_name, comment from duckdb_tables() where schema_name = 'main'")
    comments = {row["table_name"]: row["comment"] for row in described}
    assert CONTRACT.keys() <= comments.keys()
    assert all(comments[table] for table in CONTRACT)


def test_the_published_file_stands_alone(samples_home: Path, tmp_path: Path) -> None:
    copied = shutil.copyfile(samples_home / "gongkai.duckdb", tmp_path / "copied.duckdb")
    with duckdb.connect(str(copied), read_only=True, config={"enable_external_access": "false"}) as connection:
        tables = connection.execute(
            "select table_schema, table_name, table_type from information_schema.tables"
        ).fetchall()
        assert {(schema, kind) for schema, _, kind in tables} == {("main", "BASE TABLE"), ("zh", "VIEW")}
        assert not [name for _, name, _ in tables if name.startswith(("stg_", "int_"))]
        for schema, name, _ in tables:
            connection.execute(f'select * from {schema}."{name}"').fetchall()


@pytest.mark.slow
def test_an_old_client_reads_every_table(samples_home: Path, tmp_path: Path) -> None:
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(tmp_path)]
    installed = subprocess.run([*install, "duckdb==1.0.0"], capture_output=True, text=True, check=False)
    if installed.returncode:
        pytest.skip(f"duckdb 1.0.0 cannot be installed here: {installed.stderr.strip()[-200:]}")
    script = (
        f"import sys; sys.path.insert(0, {str(tmp_path)!r}); import duckdb; assert duckdb.__version__ == '1.0.0'\n"
        f"c = duckdb.connect({str(samples_home / 'gongkai.duckdb')!r}, read_only=True)\n"
        # on a busy machine it draws a bar, on standard output
        "c.execute('set enable_progress_bar = false')\n"
        "tables = c.execute('select table_schema, table_name from information_schema.tables').fetchall()\n"
        "print(sum(len(c.execute(f'select * from {s}.\"{t}\"').fetchall()) > 0 for s, t in tables))"
    )
    run = subprocess.run([sys.executable, "-I", "-c", script], capture_output=True, text=True, check=False)
    assert run.returncode == 0 and int(run.stdout) > 10, run.stderr


def test_a_second_refresh_changes_nothing(samples_home: Path, repo_root: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    shutil.copytree(samples_home, home, symlinks=True)
    before = {path.relative_to(home): path.read_bytes() for path in (home / "landing").rglob("*") if path.is_file()}
    link = os.readlink(home / "gongkai.duckdb")
    run = _gongkai(home, "refresh", repo_root / "samples", "--json")
    assert run.returncode == 0 and "[nothing_new]" in run.stderr, run.stderr
    said = json.loads(run.stdout)
    assert said["read"] == 0 and not said["is_new"]
    assert before == {
        path.relative_to(home): path.read_bytes() for path in (home / "landing").rglob("*") if path.is_file()
    }
    assert os.readlink(home / "gongkai.duckdb") == link


def test_explain_shows_a_figures_whole_way(samples_home: Path) -> None:
    [figure] = _ask(
        samples_home,
        "select used.amount_key, printed.value_printed, printed.row_label, documents.file_name, printed.amount_yuan"
        " from fct_expenditure as used"
        " inner join fct_statement_amount as printed on used.amount_key = printed.amount_key"
        " inner join dim_document as documents on printed.document_key = documents.document_key"
        " where printed.functional_code is not null and printed.amount_yuan > 0 order by used.amount_key limit 1",
    )
    text = _gongkai(samples_home, "explain", figure["amount_key"]).stdout
    for shown in (figure["file_name"], f"【{figure['value_printed']}】", figure["row_label"], figure["amount_yuan"]):
        assert shown in text
    assert "用于：fct_expenditure" in text
    held = json.loads(_gongkai(samples_home, "explain", figure["amount_key"], "--json").stdout)
    assert held["table"]["title_printed"] and held["header"] and len(held["row"]) > 1
    assert [used["table"] for used in held["used_by"]].count("fct_expenditure") == 1


def test_explain_shows_the_paragraph_of_a_figure_in_prose(samples_home: Path) -> None:
    [figure] = _ask(
        samples_home,
        "select amount_key, sentence from fct_narrative_amount where not is_implied and amount_yuan is not null"
        " and table_ordinal is null order by amount_key limit 1",
    )
    held = json.loads(_gongkai(samples_home, "explain", figure["amount_key"], "--json").stdout)
    assert held["origin"] == "fct_narrative_amount" and figure["sentence"] in held["text"]


def test_every_reckoned_amount_is_told_by_its_inputs(samples_home: Path) -> None:
    with duckdb.connect(str(samples_home / "gongkai.duckdb"), read_only=True) as connection:
        told = 0
        for table in FACTS:
            for row in rows_of(connection, f"select * from {table} where is_derived or figure_count > 1", []):
                derivation = of_fact(connection, table, row)
                assert derivation.is_complete and derivation.inputs, (table, row, derivation)
                assert all(one.source_line or one.table_ordinal for one in derivation.inputs)
                # Where no appropriation touches a subject, what is left of its one figure is all of it.
                assert len(derivation.inputs) > 1 or derivation.inputs[0].amount_yuan == row["amount_yuan"]
                told += len(derivation.inputs) > 1
        assert told > 10
    [row] = _ask(
        samples_home,
        "select amount_key, amount_yuan from fct_expenditure where is_derived and amount_yuan > 0"
        " order by amount_key limit 1",
    )
    text = _gongkai(samples_home, "explain", row["amount_key"]).stdout
    for shown in ("【推算，没有印出】", "算式：非财政拨款 = 全部支出", f"＝ {row['amount_yuan']} 元"):
        assert shown in text


def test_every_cell_of_the_overview_is_told_by_its_inputs(samples_home: Path) -> None:
    with duckdb.connect(str(samples_home / "gongkai.duckdb"), read_only=True) as connection:
        sql = "select * from mart_unit_year order by unit_key, fiscal_year, scope_code limit 12"
        rows = rows_of(connection, sql, [])
        cells = [(row, name) for row in rows for name in explained_columns(row) if row[name] is not None]
        assert len(cells) > 100
        for row, name in cells:
            derivation = of_cell(connection, row, name)
            assert derivation.is_complete and derivation.inputs, (row["unit_name"], row["fiscal_year"], derivation)
    told = json.loads(_gongkai(samples_home, "explain", "青禾市水务局", "2023", "三公经费决算数", "--json").stdout)
    assert [cell["derivation"]["amount_yuan"] for cell in told] == ["79900.00"]
    run = _gongkai(samples_home, "explain", "青禾市水务局", "2023", "没有的列")
    assert run.returncode == 1 and run.stderr.startswith("[unknown_cell]") and "三公经费决算数_元" in run.stderr


def test_explain_of_no_figure_says_so(samples_home: Path) -> None:
    run = _gongkai(samples_home, "explain", "no-such-figure")
    assert run.returncode == 1 and run.stderr.startswith("[unknown_amount]")


def test_status_shows_units_and_years(samples_home: Path) -> None:
    text = _gongkai(samples_home, "status").stdout
    [unit] = _ask(samples_home, "select min(unit_name) as name from mart_unit_year")
    assert unit["name"] in text and "fct_statement_amount" in text and "第 1 代" in text


def test_the_run_is_on_record(samples_home: Path) -> None:
    [run] = _ask(samples_home, "select * from meta_run")
    assert run["generation"] == 1 and run["documents_read"] > 0 and run["reading_version"]
    documents = _ask(samples_home, "select count(*) as files from meta_run_document where action = 'read'")
    assert documents[0]["files"] == run["documents_read"]
    report = (samples_home / "docs" / "index.html").read_text(encoding="utf-8")
    assert "://" not in report.split("<body", 1)[1]


def test_the_notebook_runs_from_top_to_bottom(
    samples_home: Path, repo_root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GONGKAI_HOME", str(samples_home))
    spec = importlib.util.spec_from_file_location("first_steps", repo_root / "notebooks" / "first_steps.py")
    notebook = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(notebook)
    _, defined = notebook.app.run()
    assert len(defined["documents"]) >= 6 and defined["spending"] and defined["budget_and_final"]
    assert defined["largest"][0]["amount_yuan"] > 0
