"""Findings: which figure is named, what is gathered under one cause."""

from __future__ import annotations

import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))

from reconciliation_bench import FIGURE, Bench, figure, insert

RESULT = {
    "reconciliation_key": "varchar", "rule_id": "varchar", "document_key": "varchar", "place": "varchar",
    "left_value": "decimal(24, 6)", "right_value": "decimal(24, 6)", "difference": "decimal(24, 6)",
    "unit_of_measure": "varchar", "left_amount_key": "varchar", "is_truncation": "boolean", "status": "varchar",
    "message_zh": "varchar", "message_en": "varchar",
}  # fmt: skip
BRIDGE = {"reconciliation_key": "varchar", "amount_key": "varchar", "coefficient": "decimal(9, 4)"}


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    return Bench(tmp_path_factory.mktemp("bench"))


def result(key: str, rule_id: str, left: str, right: str, *used: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """A result, 万元 on both sides, and the figures it rests on: the left one, then the parts."""
    difference = (Decimal(left) - Decimal(right)) * 10000
    row = {
        "reconciliation_key": key, "rule_id": rule_id, "document_key": "a", "place": f"某处{key}",
        "left_value": Decimal(left) * 10000, "right_value": Decimal(right) * 10000, "difference": difference,
        "unit_of_measure": "元", "left_amount_key": used[0], "is_truncation": False,
        "status": "discrepant" if difference else "exact", "message_zh": key, "message_en": key,
    }  # fmt: skip
    bridge = [
        {"reconciliation_key": key, "amount_key": amount, "coefficient": 1 if number == 0 else -1}
        for number, amount in enumerate(used)
    ]
    return row, bridge


def findings(bench: Bench, figures: dict[str, str], *results: Any, **tables: dict[str, Any]) -> list[dict[str, Any]]:
    with bench.connect() as connection:
        for name, columns in (("fct_reconciliation", RESULT), ("bridge_reconciliation_amount", BRIDGE)):
            declared = ", ".join(f"{column} {kind}" for column, kind in columns.items())
            connection.execute(f"create or replace table {name} ({declared})")
        connection.execute(
            "create or replace table int_recon__observation (observation_key varchar, rule_id varchar,"
            " document_key varchar, place varchar, printed varchar, expected varchar)"
        )
        connection.execute(
            "create or replace table stg_landing__tables (document_key varchar, table_ordinal integer, page integer,"
            " source_line integer)"
        )
        connection.execute("insert into stg_landing__tables values ('a', 1, null, 1), ('a', 2, null, 2)")
        rows = [
            figure(key, Decimal(value) * 10000, statement_code="final_expenditure", label=key, place="", **(
                tables.get(key.replace("-", "_"), {})
            ))
            for key, value in figures.items()
        ]  # fmt: skip
        insert(connection, "int_recon__figure", FIGURE, rows)
        for row, bridge in results:
            insert(connection, "fct_reconciliation", RESULT, [row])
            insert(connection, "bridge_reconciliation_amount", BRIDGE, bridge)
        bench.run(connection, "fct_finding")
        cursor = connection.execute("select * from fct_finding order by finding_key")
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


FIGURES = {"a-total": "100.00", "a-one": "40.00", "a-two": "70.00", "a-row": "60.00"}


def test_a_figure_two_identities_meet_in_is_named_with_what_it_should_be(bench: Bench) -> None:
    broken = result("r1", "R011", "100.00", "110.00", "a-total", "a-one", "a-two")
    also = result("r2", "R010", "70.00", "60.00", "a-two", "a-row")
    [found] = findings(bench, FIGURES, broken, also)
    assert (found["amount_key"], found["expected"], found["rule_ids"]) == ("a-two", "60万元", "R010,R011")
    assert found["mends_all"]


def test_of_parts_as_likely_none_is_named_but_the_sum(bench: Bench) -> None:
    broken = result("r1", "R011", "100.00", "110.00", "a-total", "a-one", "a-two")
    # the total agrees with another table, and still no part can be told from the other
    kept = result("r2", "R045", "100.00", "100.00", "a-total", "a-row")
    [found] = findings(bench, FIGURES | {"a-row": "100.00"}, broken, kept)
    assert found["amount_key"] == "a-total"
    # changing it would break what agrees: nothing is proposed
    assert not found["mends_all"]


def test_a_rate_is_blamed_before_the_amounts_it_was_taken_of(bench: Bench) -> None:
    row, bridge = result("r1", "R086A", "4.45", "4.46", "a-share", "a-part", "a-whole")
    row |= {"unit_of_measure": "%", "left_value": Decimal("4.45"), "right_value": Decimal("4.46")}
    # the share also stands in a list that adds up, which speaks for it; the amount stands in nothing else
    kept = result("r2", "R086B", "100.00", "100.00", "a-share", "a-other")
    figures = {"a-share": "0", "a-part": "349.75", "a-whole": "7850.25", "a-other": "0"}
    tables = {"a_share": {"unit_code": "%", "unit_printed": "%", "value_printed": "4.45%"}}
    [found] = findings(bench, figures, (row, bridge), kept, **tables)
    assert found["amount_key"] == "a-share"


def test_no_figure_is_said_to_be_less_than_nothing(bench: Bench) -> None:
    figures = {"a-total": "100.00", "a-small": "0.50", "a-large": "110.00"}
    broken = result("r1", "R011", "100.00", "110.50", "a-total", "a-small", "a-large")
    kept = result("r2", "R045", "100.00", "100.00", "a-total", "a-other")
    [found] = findings(bench, figures, broken, kept)
    assert found["amount_key"] == "a-large"


def test_a_form_in_the_wrong_unit_is_one_finding(bench: Bench) -> None:
    figures, results, tables = {}, [], {}
    for number in range(3):
        figures |= {f"a-x{number}": f"{number + 1}.00", f"a-y{number}": f"0.000{number + 1}"}
        tables |= {f"a_x{number}": {"table_ordinal": 1}}
        tables |= {f"a_y{number}": {"table_ordinal": 2, "unit_printed": "元"}}
        results.append(
            result(f"r{number}", "R048", f"{number + 1}.00", f"0.000{number + 1}", f"a-x{number}", f"a-y{number}")
        )
    # one more form prints 万元
    figures |= {"a-z": "5.00"}
    tables |= {"a_z": {"table_ordinal": 3}}
    [found] = findings(bench, figures, *results, **tables)
    assert (found["kind"], found["printed"], found["expected"]) == ("unit", "金额单位：元", "金额单位：万元")
    assert "第2行" in found["place"] and found["result_count"] == 3
    # two forms that differ by ten thousand at one place only may hold one wrong figure
    assert [row["kind"] for row in findings(bench, figures, results[0], **tables)] != ["unit"]
