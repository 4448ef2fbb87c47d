"""A page publishes a budget, then a corrected one: fetched, refreshed, compared; and what the list still misses."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "unit"))

from misbehaving_server import Server, serving  # noqa: E402

BUDGET = ROOT / "samples" / "青禾市水务局2023年部门预算.txt"


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as running:
        yield running


def _gongkai(home: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "gongkai", *map(str, arguments), "--home", str(home)]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    return run


def _ask(home: Path, sql: str) -> list[dict]:
    return json.loads(_gongkai(home, "query", sql, "--json").stdout)


@pytest.mark.slow
def test_a_corrected_budget_is_fetched_and_compared_figure_by_figure(server: Server, tmp_path: Path) -> None:
    home, listed, text = tmp_path / "home", tmp_path / "sources.yml", BUDGET.read_text(encoding="utf-8")
    listed.write_text(
        f"""
version: 1
delay_seconds: 0
hosts: {{"{server.host}": {{allow_private: true}}}}
sources:
  - name: water
    address: {server.url("/budget.txt")}
    unit: 青禾市水务局
    expect:
      - {{year: 2023, kind: budget}}
      - {{year: 2021, kind: budget, due_on: 2021-03-01}}
      - {{year: 2023, kind: budget, unit: 从未露面的局}}
  - {{name: down, address: "{server.url("/none")}", expect: [{{unit: 青禾市水务局, year: 2020, kind: budget}}]}}
""",
        encoding="utf-8",
    )
    server.put("/budget.txt", text.encode())
    _gongkai(home, "fetch", "--sources", listed)
    _gongkai(home, "refresh")
    [first] = _ask(home, "select document_key, source_url, fetched_at, is_current, unit_key from dim_document")
    assert first["source_url"] == server.url("/budget.txt") and first["fetched_at"] and first["is_current"] is True
    assert _ask(home, "select count(*) as n from mart_document_revision") == [{"n": 0}]
    gaps = _ask(home, "select unit_name, unit_key, fiscal_year, state, is_late from mart_disclosure_gap order by all")
    water, nobody = {"unit_name": "青禾市水务局", "unit_key": first["unit_key"]}, {"unit_name": "从未露面的局"}
    assert gaps == [
        nobody | {"unit_key": None, "fiscal_year": 2023, "state": "missing", "is_late": None},
        water | {"fiscal_year": 2020, "state": "not_looked", "is_late": None},
        water | {"fiscal_year": 2021, "state": "missing", "is_late": True},
        water | {"fiscal_year": 2023, "state": "found", "is_late": None},
    ]

    [old] = _ask(
        home,
        "select value_printed, amount_yuan from fct_statement_amount where statement_code = 'budget_expenditure'"
        " and unit_of_measure = '万元' and not is_total and amount_yuan > 1000000 order by amount_key limit 1",
    )
    corrected = text.replace(old["value_printed"], "7654.32")
    assert corrected != text
    server.put("/budget.txt", corrected.encode())
    _gongkai(home, "fetch", "--sources", listed, "--force")
    _gongkai(home, "refresh")
    documents = _ask(home, "select document_key, is_current, source_url from dim_document order by is_current")
    assert [document["is_current"] for document in documents] == [False, True]
    assert documents[0]["document_key"] == first["document_key"]
    states = _ask(home, "select state, count(*) as n from mart_document_revision group by state order by state")
    counts = {row["state"]: row["n"] for row in states}
    assert counts.keys() == {"changed", "same"} and counts["same"] > 10 * counts["changed"]
    changed = _ask(
        home,
        "select distinct earlier_value_printed, later_value_printed, difference_yuan, earlier_document_key"
        " from mart_document_revision where state = 'changed'",
    )
    difference = f"{76543200 - float(old['amount_yuan']):.2f}"
    assert changed == [
        {
            "earlier_value_printed": old["value_printed"],
            "later_value_printed": "7654.32",
            "difference_yuan": difference,
            "earlier_document_key": first["document_key"],
        }
    ]
    facts = _ask(
        home,
        "select distinct documents.is_current from fct_expenditure as facts inner join fct_statement_amount as printed"
        " on facts.amount_key = printed.amount_key inner join dim_document as documents"
        " on printed.document_key = documents.document_key",
    )
    assert facts == [{"is_current": True}]
