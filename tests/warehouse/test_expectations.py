"""Every expectation of the gate is seen failing: the samples' warehouse with one thing broken fails that one claim.

Claims hang together (an amount that stands twice is also in its fact twice), so a case names the other claims that the
same break must show, and nothing else may fail.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from expectations.looking import columns_of, query_of, statements
from expectations.suites import SUITES, Expectation
from expectations.thresholds import THRESHOLDS

CLAIMS = {claim.name: claim for claims in SUITES.values() for claim in claims}
_FIRST = "rowid = (select min(rowid) from {table}{where})"


@dataclass(frozen=True)
class Break:
    """SQL that breaks one claim, and the claims that must fail with it."""

    sql: tuple[str, ...]
    also: frozenset[str] = frozenset()


def _change(table: str, setting: str, where: str = "") -> str:
    """Change the first row of a table (that meets a condition)."""
    first = _FIRST.format(table=table, where=f" where {where}" if where else "")
    return f"update {table} set {setting} where {first}"


def _drop(table: str, where: str = "") -> str:
    """Delete the first row of a table (that meets a condition)."""
    first = _FIRST.format(table=table, where=f" where {where}" if where else "")
    return f"delete from {table} where {first}"


def _again(table: str, where: str = "", replace: str = "") -> str:
    """Add a copy of the first row of a table (that meets a condition), with some columns replaced."""
    star = f"* replace ({replace})" if replace else "*"
    return f"insert into {table} select {star} from {table}{f' where {where}' if where else ''} order by rowid limit 1"


@pytest.fixture(scope="module")
def copied(samples_home: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Everything the suites look at, as tables of an in-memory database that may be broken and mended again."""
    with duckdb.connect() as connection:
        for statement in statements(samples_home / "landing", samples_home / "gongkai.duckdb", "table"):
            connection.execute(statement)
        yield connection


def _failing(connection: duckdb.DuckDBPyConnection) -> set[str]:
    columns = columns_of(connection)
    return {
        name
        for name, claim in CLAIMS.items()
        if connection.execute(f"select 1 from ({query_of(claim, columns)}) limit 1").fetchall()
    }


def test_the_samples_meet_every_expectation(copied: duckdb.DuckDBPyConnection) -> None:
    assert _failing(copied) == set()


def test_names_of_expectations_are_unique() -> None:
    assert len(CLAIMS) == sum(len(claims) for claims in SUITES.values())


def _breaks() -> dict[str, Break]:
    """One break for each claim: families first, then those that stand alone."""
    breaks: dict[str, Break] = {}
    for name, claim in CLAIMS.items():
        if claim.unique:
            breaks[name] = Break((_again(claim.table),))
        elif claim.filled:
            breaks[name] = Break((_again(claim.table, replace=f"null as {claim.filled}"),))
        elif claim.among:
            breaks[name] = Break((_change(claim.table, f"{claim.among[0]} = 'nonsense'"),))
        elif claim.reference:
            breaks[name] = Break((_change(_HOLDERS[claim.reference], f"{claim.reference} = {_nowhere(claim)}"),))
        elif name.endswith("_in_documents"):
            breaks[name] = Break((_change(claim.table, "document_id = 'nowhere'"),))
    return breaks | _ALONE


def _nowhere(claim: Expectation) -> str:
    return "1066" if claim.reference == "fiscal_year" else "'nowhere'"


_HOLDERS = {
    "document_key": "mart_statement_presence",
    "unit_key": "fct_three_public",
    "parent_unit_key": "dim_unit",
    "region_key": "dim_unit",
    "fiscal_year": "fct_three_public",
    "functional_key": "fct_income",
    "economic_key": "fct_economic_expenditure",
    "project_key": "fct_project_funding",
    "scope_code": "fct_three_public",
    "fund_code": "fct_three_public",
    "stage_code": "fct_three_public",
    "measure_code": "fct_economic_expenditure",
    "statement_code": "mart_statement_presence",
    "line_item_code": "fct_statement_amount",
    "rule_id": "fct_reconciliation",
    "reconciliation_key": "bridge_reconciliation_amount",
}
"""A table in which each reference is broken."""


def _break(*sql: str, also: tuple[str, ...] = ()) -> Break:
    return Break(sql, frozenset(also))


_RESIDUE = (
    "insert into landing_prose_residue by name select {document} as document_id, 1 as residue_ordinal"
    " from landing_documents limit 1"
)
_REJECT = (
    "insert into landing_rejects by name select 'x' as document_id, 1 as reject_ordinal, '{stage}' as stage,"
    " '{code}' as code, 'why' as reason"
)
_FINDING = "insert into fct_finding by name select {key} as finding_key, document_key from dim_document limit 1"
_PRINTED = "landing_cell_numbers"
_USED = "select amount_key from bridge_reconciliation_amount"
_OF_EXPENDITURE = "origin = 'table' and not is_derived"


def _additive(fact: str) -> dict[str, Break]:
    """Breaks of the claims that each additive fact has."""
    is_expenditure = fact == "fct_expenditure"
    unequal = ("fct_expenditure_rows_equal_their_leaves",) if is_expenditure else ()
    subject = ", null as economic_key" if fact == "fct_economic_expenditure" else ""
    code = "economic_code" if fact == "fct_economic_expenditure" else "functional_code"
    given = f"{_OF_EXPENDITURE} and length({code}) > 3"
    return {
        f"{fact}_holds_printed_leaves_only": _break(
            "update fct_statement_amount set is_total = true where amount_key ="
            f" (select min(amount_key) from {fact} where {_OF_EXPENDITURE})",
        ),
        f"{fact}_holds_no_prior_stage": _break(
            _change(fact, "stage_code = 'prior_final'", _OF_EXPENDITURE),
            also=(*unequal, *(("fct_expenditure_leaves_none_out",) if is_expenditure else ())),
        ),
        f"{fact}_funds_add_up": _break(
            _again(fact, replace="'all' as fund_code, true as is_derived"),
        ),
        f"{fact}_holds_no_amount_twice": _break(
            _again(fact, given, "'operating' as measure_code"),
            also=unequal,
        ),
        f"{fact}_holds_no_parent_beside_its_part": _break(
            _again(fact, given, f"left({code}, 3) as {code}, amount_key || '-parent' as amount_key{subject}"),
            also=("amount_key_whole", f"{fact}_holds_printed_leaves_only", *unequal),
        ),
    }


_ALONE: dict[str, Break] = {
    # Landing
    "landing_documents_key_filled": _break(
        _again("landing_documents", replace="null as document_id"),
        also=("every_document_is_in_the_star", "landing_numbers_counted"),
    ),
    "landing_cell_numbers_key": _break(
        _again(_PRINTED),
        also=("every_figure_is_a_fact", "landing_figures_counted", "landing_numbers_counted"),
    ),
    "landing_prose_residue_key": _break(*[_RESIDUE.format(document="document_id")] * 2),
    "prose_residue_in_documents": _break(_RESIDUE.format(document="'nowhere'")),
    "landing_rejects_key": _break(*[_REJECT.format(stage="file", code="x")] * 2),
    "landing_rejects_stage_known": _break(_REJECT.format(stage="nonsense", code="x")),
    "landing_reject_has_code_and_reason": _break(_REJECT.format(stage="file", code="")),
    "tables_in_documents": _break(
        _again("landing_tables", replace="'nowhere' as document_id, 0 as figure_count"),
    ),
    "table_columns_in_documents": _break(
        _change("landing_table_columns", "document_id = 'nowhere'"), also=("table_columns_in_tables",)
    ),
    "cells_in_documents": _break(
        _again("landing_cells", replace="'nowhere' as document_id"), also=("cells_in_tables",)
    ),
    "cell_numbers_in_documents": _break(
        _again(_PRINTED, replace="'nowhere' as document_id"), also=("cell_numbers_in_cells",)
    ),
    "indicators_in_documents": _break(
        _again("landing_indicators", "table_ordinal is null", "'nowhere' as document_id"),
    ),
    "narrative_amounts_in_documents": _break(
        _again("landing_narrative_amounts", "paragraph_ordinal is not null", "'nowhere' as document_id"),
        also=("narrative_amounts_in_paragraphs",),
    ),
    "table_columns_in_tables": _break(_change("landing_table_columns", "table_ordinal = 9999")),
    "cells_in_tables": _break(_again("landing_cells", replace="9999 as table_ordinal")),
    "cell_numbers_in_cells": _break(
        _again(_PRINTED, "role = 'code'", "9999 as table_ordinal"), also=("landing_numbers_counted",)
    ),
    "indicators_in_tables": _break(
        _again("landing_indicators", replace="9999 as table_ordinal, 9999 as indicator_ordinal")
    ),
    "narrative_amounts_in_paragraphs": _break(
        _change("landing_narrative_amounts", "paragraph_ordinal = 99999", "paragraph_ordinal is not null")
    ),
    "landing_cell_numbers_role_known": _break(_change(_PRINTED, "role = 'nonsense'", "role = 'code'")),
    "landing_statement_code_known": _break(
        _change("landing_tables", "statement_code = 'nonsense'", "statement_code is not null")
    ),
    "landing_unmapped_says_why": _break(
        _change(_PRINTED, "role = 'unmapped', reason = ' '", "role = 'code'"), also=("every_figure_is_a_fact",)
    ),
    "landing_value_is_a_number": _break(_change(_PRINTED, "value_text = '1.2.3'", "role = 'figure'")),
    "landing_numbers_counted": _break(_change("landing_documents", "cell_number_count = cell_number_count + 1")),
    "landing_figures_counted": _break(_change("landing_tables", "figure_count = figure_count + 1")),
    # The file
    "contract_columns_present": _break("insert into contract_columns values ('dim_unit', 'shoe_size')"),
    "everything_is_described": _break(
        _change("star_columns", "comment = null", "table_name = 'dim_unit' and column_name = 'unit_name'")
    ),
    "no_binary_fractions": _break(
        "insert into star_columns values ('mart_unit_year', 'new_yuan', 'DOUBLE', 'a new column')"
    ),
    "codes_are_text": _break(
        "insert into star_columns values ('mart_unit_year', 'new_code', 'INTEGER', 'a new column')"
    ),
    "amounts_are_decimal": _break(
        _change("star_columns", "data_type = 'DECIMAL(18,3)'", "column_name = 'amount_yuan'")
    ),
    "no_views_published": _break("insert into star_tables values ('main', 'stg_landing__cells', 'VIEW')"),
    "chinese_view_for_every_mart": _break(_drop("star_views", "contains(comment, '[main.mart_unit_year]')")),
    "storage_opens_in_old_clients": _break("update star_storage set storage_version = 'v2.0.0+'"),
    "contract_version_stated": _break(_again("meta_contract")),
    # Keys and references
    "dim_document_key": _break(_again("dim_document"), also=("every_figure_is_a_fact",)),
    "dim_document_key_filled": _break(
        _again("dim_document", replace="null as document_key"),
        also=("every_figure_is_a_fact", "rule_coverage_is_complete"),
    ),
    "dim_rule_key_filled": _break(_again("dim_rule", replace="null as rule_id"), also=("rule_coverage_is_complete",)),
    "fct_statement_amount_key": _break(
        _again("fct_statement_amount", "is_total", "number_ordinal + 90 as number_ordinal"),
        also=("amount_key_names_one_amount", "no_fact_without_a_printed_number"),
    ),
    "fct_statement_amount_key_filled": _break(
        _again("fct_statement_amount", "is_total", "null as amount_key, number_ordinal + 90 as number_ordinal"),
        also=("no_fact_without_a_printed_number",),
    ),
    "fct_narrative_amount_key": _break(_again("fct_narrative_amount"), also=("amount_key_names_one_amount",)),
    # A sound set of documents has no findings: these are made up.
    "fct_finding_key": _break(*[_FINDING.format(key="'twice'")] * 2),
    "fct_finding_key_filled": _break(_FINDING.format(key="null")),
    "line_item_code_whole": _break(_change("fct_statement_amount", "line_item_code = 'nowhere'", "not is_total")),
    "amount_key_whole": _break(_change("bridge_reconciliation_amount", "amount_key = 'nowhere'")),
    "amount_key_names_one_amount": _break(
        "update fct_narrative_amount set amount_key = (select min(amount_key) from fct_statement_amount)"
        " where rowid = (select min(rowid) from fct_narrative_amount)"
    ),
    # Amounts
    "no_amount_without_unit": _break(_change("fct_narrative_amount", "unit_of_measure = ''", "amount_yuan is null")),
    "units_of_money_are_known": _break(
        _change("fct_narrative_amount", "unit_of_measure = '欧元'", "amount_yuan is null and unit_of_measure <> ''")
    ),
    "money_is_in_yuan": _break(_change("fct_narrative_amount", "amount_yuan = amount_yuan + 1", "amount_yuan > 0")),
    # Additive facts
    **{
        name: case
        for fact in ("fct_expenditure", "fct_income", "fct_economic_expenditure")
        for name, case in _additive(fact).items()
    },
    **{
        f"{fact}_key": _break(_again(fact, _OF_EXPENDITURE), also=(f"{fact}_holds_no_amount_twice",))
        for fact in ("fct_expenditure", "fct_income", "fct_economic_expenditure")
    },
    "fct_expenditure_rows_equal_their_leaves": _break(
        _change("fct_expenditure", "amount_yuan = amount_yuan + 0.01", _OF_EXPENDITURE)
    ),
    "fct_expenditure_leaves_none_out": _break(
        _drop("fct_expenditure", f"{_OF_EXPENDITURE} and measure_code = 'basic' and stage_code <> 'prior_final'")
    ),
    "fct_expenditure_covers_every_fund": _break("delete from fct_expenditure where fund_code = 'gov_fund'"),
    # The ledger
    "every_number_in_a_text_cell_is_accounted_for": _break(
        _again(_PRINTED, "role = 'code'", "'prose' as role, 99 as number_ordinal"), also=("landing_numbers_counted",)
    ),
    "no_fact_without_a_printed_number": _break(
        _again(
            "fct_statement_amount",
            "is_total",
            "amount_key || '-more' as amount_key, number_ordinal + 90 as number_ordinal",
        )
    ),
    "every_figure_is_a_fact": _break(_drop("fct_statement_amount", f"is_total and amount_key not in ({_USED})")),
    "every_document_is_in_the_star": _break(
        _again("landing_documents", replace="'new' as document_id, 0 as cell_number_count")
    ),
    "rule_coverage_is_complete": _break(_drop("fct_rule_coverage", "rowid > 0")),
    "reconciliation_status_follows_tolerance": _break(
        _change("fct_reconciliation", "status = 'discrepant'", "difference = 0 and rowid > 0")
    ),
    "rule_id_whole": _break(_again("fct_rule_coverage", replace="'nowhere' as rule_id, 'not_applicable' as state")),
    "results_are_of_applied_rules": _break(
        "update fct_rule_coverage set state = 'not_evaluable' where (document_key, rule_id) in"
        " (select (document_key, rule_id) from fct_reconciliation where status = 'exact' order by all limit 1)"
    ),
    "applied_rules_have_results": _break(
        "update fct_rule_coverage set state = 'applied' where state = 'not_applicable'"
        " and rule_id in (select rule_id from dim_rule where evidence <> 'observation')"
        " and (document_key, rule_id) not in (select document_key, rule_id from fct_reconciliation)"
    ),
}
"""Breaks of claims that stand alone, or whose family's break would break more than it should."""

BREAKS = _breaks()


@pytest.mark.parametrize("name", CLAIMS)
def test_an_expectation_fails_when_its_claim_is_broken(copied: duckdb.DuckDBPyConnection, name: str) -> None:
    copied.execute("begin")
    try:
        for statement in BREAKS[name].sql:
            copied.execute(statement)
        assert _failing(copied) == {name} | BREAKS[name].also
    finally:
        copied.execute("rollback")


def _gate(landing: Path, database: Path, folder: Path) -> list[dict]:
    """Outcomes of the gate as it runs before a publication: in a process of its own, its report in ``folder``/docs."""
    command = [sys.executable, "-m", "expectations", str(landing), str(database), str(folder / "docs")]
    subprocess.run([*command, str(folder / "result.json")], capture_output=True, check=False)
    return json.loads((folder / "result.json").read_text(encoding="utf-8"))


def test_great_expectations_sees_every_break(samples_home: Path, tmp_path: Path) -> None:
    """Everything broken at once; where one break hid another, what was hidden is broken again by itself."""
    hidden = set(CLAIMS)
    for attempt in range(3):
        folder = tmp_path / str(attempt)
        with duckdb.connect() as connection:
            for statement in statements(samples_home / "landing", samples_home / "gongkai.duckdb", "table"):
                connection.execute(statement)
            breaks = [statement for name in CLAIMS if name in hidden for statement in BREAKS[name].sql]
            # Copies last, so that no later change to a first row makes its copy another row.
            for statement in sorted(breaks, key=lambda sql: sql.startswith("insert")):
                connection.execute(statement)
            _export(connection, folder / "landing", folder / "broken.duckdb")
        outcomes = _gate(folder / "landing", folder / "broken.duckdb", folder)
        # the shares of broken identities say nothing of so few documents; they have tests of their own
        assert [outcome["name"] for outcome in outcomes] == [*CLAIMS, *(claim.name for claim in THRESHOLDS)]
        failed = [outcome for outcome in outcomes if not outcome["success"]]
        assert all(outcome["unexpected"] and outcome["sample"] for outcome in failed), (
            "evaluated, not merely impossible"
        )
        hidden -= {outcome["name"] for outcome in failed}
        if not hidden:
            break
    assert hidden == set()
    pages = list((tmp_path / "0" / "docs").rglob("*.html"))
    assert pages and not [page for page in pages if "https://" in page.read_text(encoding="utf-8")]


def _export(connection: duckdb.DuckDBPyConnection, landing: Path, database: Path) -> None:
    """Write broken tables where the gate looks: a file of the newest storage version, without any description."""
    landing.mkdir(parents=True)
    connection.execute(f"attach '{database}' as broken")
    for table in columns_of(connection):
        if table.startswith("landing_"):
            folder = landing / table.removeprefix("landing_")
            folder.mkdir()
            connection.execute(f"copy {table} to '{folder}/all.parquet' (format parquet)")
        elif not table.startswith("star_") and table not in ("contract_columns", "used_amount_keys"):
            connection.execute(f"create table broken.{table} as select * from {table}")
    connection.execute("create view broken.stg_landing__cells as select 1 as one")
    connection.execute("alter table broken.dim_region drop column prefecture_name")
    connection.execute("alter table broken.mart_unit_year add column new_code integer")
    connection.execute("alter table broken.mart_unit_year add column new_yuan double")
    connection.execute("alter table broken.fct_three_public alter column amount_yuan type decimal(18, 3)")
    connection.execute("detach broken")


def test_a_claim_about_a_table_that_is_not_there_has_failed(samples_home: Path, tmp_path: Path) -> None:
    with duckdb.connect(str(tmp_path / "empty.duckdb")) as connection:
        connection.execute("create table dim_unit (unit_key varchar)")
    outcomes = _gate(samples_home / "landing", tmp_path / "empty.duckdb", tmp_path)
    failed = {outcome["name"]: outcome["reason"] for outcome in outcomes if not outcome["success"]}
    assert "没有表 dim_document" in failed["dim_document_key"]
    assert "无法检查" in failed["every_figure_is_a_fact"]
    assert "dim_unit_key" not in failed


def test_a_failing_check_keeps_the_last_good_generation(samples_home: Path, tmp_path: Path) -> None:
    """A fault that is no document's stops the publication; one document's rows would send it into quarantine."""
    home = tmp_path / "home"
    shutil.copytree(samples_home, home, symlinks=True)
    published = (home / "gongkai.duckdb").resolve()
    built = home / "build" / "gongkai.duckdb"
    shutil.copyfile(published, built)
    built.chmod(0o644)
    with duckdb.connect(str(built)) as connection:
        connection.execute("delete from meta_contract")
    status = built.stat()
    record = {"run_id": "x", "number": 9, "fingerprint": "x", "figures": 1, "documents": 1}
    record["file"] = [status.st_size, status.st_mtime_ns, status.st_ino]
    (home / "build" / "build.json").write_text(json.dumps(record))
    command = [sys.executable, "-m", "gongkai", "{}", "--home", str(home)]
    checked, after = (
        subprocess.run([*command[:3], step, *command[4:]], capture_output=True, text=True, check=False)
        for step in ("check", "publish")
    )
    assert checked.returncode == 1 and checked.stderr.startswith("[checks_failed]")
    assert "contract_version_stated" in checked.stderr
    assert after.returncode == 1 and after.stderr.startswith("[not_checked]")
    assert (home / "gongkai.duckdb").resolve() == published
    assert (home / "docs" / "index.html").exists()
