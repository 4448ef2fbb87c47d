"""Findings: which figure is named, what is gathered under one cause."""

from __future__ import annotations

import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))

from reconciliation_bench import FIGURE, FINDING, Bench, figure, insert

RESULT = {
    "reconciliation_key": "varchar", "rule_id": "varchar", "document_key": "varchar", "place": "varchar",
    "left_value": "decimal(24, 6)", "right_value": "decimal(24, 6)", "difference": "decimal(24, 6)",
    "tolerance": "decimal(24, 6)", "unit_of_measure": "varchar", "left_amount_key": "varchar",
    "is_truncation": "boolean", "status": "varchar",
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
        "tolerance": Decimal(50 * len(used)),
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
            " source_line integer, sheet varchar)"
        )
        connection.execute("insert into stg_landing__tables values ('a', 1, null, 1, null), ('a', 2, null, 2, null)")
        for fact in ("fct_statement_amount", "fct_narrative_amount"):
            connection.execute(
                f"create or replace table {fact} (amount_key varchar, page integer, source_line integer)"
            )
        connection.execute("insert into fct_statement_amount values ('a-two', 3, 17)")
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
        bench.run(connection, *FINDING)
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
    assert (found["page"], found["source_line"]) == (3, 17)


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


def test_an_amount_is_said_to_be_an_amount_though_a_rate_tells_more_exactly(bench: Bench) -> None:
    told = result("r1", "R078", "245.53", "257.14", "a-told", "a-table")
    row, bridge = result("r2", "R090A", "93.57", "89.34", "a-rate", "a-told", "a-budget")
    row |= {"unit_of_measure": "%", "left_value": Decimal("93.57"), "right_value": Decimal("89.3421"),
            "difference": Decimal("4.2279"), "tolerance": Decimal("0.0084")}  # fmt: skip
    kept = result("r3", "R045", "257.14", "257.14", "a-table", "a-other")
    figures = {"a-told": "245.53", "a-table": "257.14", "a-budget": "274.82", "a-rate": "0.0093", "a-other": "257.14"}
    tables = {"a_rate": {"unit_code": "%", "unit_printed": "%", "value_printed": "93.57"}}
    [found] = findings(bench, figures, told, (row, bridge), kept, **tables)
    assert (found["amount_key"], found["expected"]) == ("a-told", "257.14万元")


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


def test_a_form_whose_own_sums_break_as_well_holds_one_wrong_figure(bench: Bench) -> None:
    figures = {"a-cell": "50000.00", "a-one": "5.00", "a-two": "5.00", "a-three": "5.00"}
    tables = {f"a_{name}": {"table_ordinal": number} for number, name in enumerate(("one", "two", "three"), 2)}
    results = [
        result(f"r{name}", "R048", "50000.00", "5.00", "a-cell", f"a-{name}") for name in ("one", "two", "three")
    ]
    [found] = findings(bench, figures, *results, **tables)
    assert (found["kind"] != "unit", found["amount_key"], found["expected"]) == (True, "a-cell", "5万元")


def test_what_a_wrong_unit_breaks_besides_goes_with_it(bench: Bench) -> None:
    figures, results, tables = {"a-less": "0.0009", "a-part": "2.00"}, [], {"a_less": {"table_ordinal": 2}}
    for number in range(3):
        figures |= {f"a-x{number}": f"{number + 1}.00", f"a-y{number}": f"0.000{number + 1}"}
        tables |= {f"a_y{number}": {"table_ordinal": 2, "unit_printed": "元"}}
        results.append(
            result(f"r{number}", "R048", f"{number + 1}.00", f"0.000{number + 1}", f"a-x{number}", f"a-y{number}")
        )
    tables |= {"a_less": {"table_ordinal": 2, "unit_printed": "元"}}
    # 2.00 of 9.00 is no more than a part of it: the ratio is not ten thousand, but the unit mends it
    results.append(result("r8", "R053", "2.00", "0.0009", "a-part", "a-less"))
    [found] = findings(bench, figures, *results, **tables)
    assert (found["kind"], found["result_count"]) == ("unit", 4)


def test_a_row_wrong_in_two_columns_is_one_finding(bench: Bench) -> None:
    figures = {"a-sum": "70.00", "a-part": "70.00", "a-all": "100.00", "a-other": "40.00", "a-allpart": "90.00",
               "a-otherpart": "30.00"}  # fmt: skip
    rows = {"a_sum": 5, "a_part": 5, "a_all": 1, "a_allpart": 1, "a_other": 6, "a_otherpart": 6}
    tables = {key: {"row_ordinal": row} for key, row in rows.items()}
    tables["a_sum"] |= {"column_label": "合计"}
    results = [
        result("r1", "R013", "100.00", "110.00", "a-all", "a-sum", "a-other"),
        result("r2", "R013", "90.00", "100.00", "a-allpart", "a-part", "a-otherpart"),
        result("r3", "R010", "70.00", "70.00", "a-sum", "a-part"),
        result("r4", "R010", "100.00", "100.00", "a-all", "a-allpart", "a-ten"),
        result("r5", "R010", "40.00", "40.00", "a-other", "a-otherpart", "a-ten"),
        result("r6", "R047", "100.00", "100.00", "a-all", "a-far"),
        result("r7", "R047", "90.00", "90.00", "a-allpart", "a-far"),
        result("r8", "R047", "40.00", "40.00", "a-other", "a-far"),
        result("r9", "R047", "30.00", "30.00", "a-otherpart", "a-far"),
    ]
    [found] = findings(bench, figures | {"a-ten": "10.00", "a-far": "1.00"}, *results, **tables)
    assert (found["amount_key"], found["result_count"], found["mends_all"]) == ("a-part", 2, True)
    assert found["expected"].startswith("60万元（同行 合计")


def test_of_parts_as_likely_the_one_with_exchanged_digits_is_named(bench: Bench) -> None:
    broken = result("r1", "R033", "100.00", "118.00", "a-total", "a-one", "a-two", "a-row")
    figures = {"a-total": "100.00", "a-one": "31.77", "a-two": "55.55", "a-row": "30.68"}
    [found] = findings(bench, figures, broken)
    assert (found["amount_key"], found["expected"]) == ("a-one", "13.77万元")
    # two that fit alike tell nothing
    [found] = findings(bench, figures | {"a-two": "53.55"}, broken)
    assert found["amount_key"] == "a-total"


def rate(left: str, right: str, *used: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    row, bridge = result("r1", "R087B", left, right, *used)
    values = {"left_value": Decimal(left), "right_value": Decimal(right), "difference": Decimal(left) - Decimal(right)}
    return row | values | {"unit_of_measure": "%", "tolerance": Decimal("0.01")}, bridge


def test_an_amount_one_digit_off_is_blamed_before_the_rate_taken_of_it(bench: Bench) -> None:
    figures = {"a-rate": "0", "a-own": "1953.26", "a-change": "0"}
    told = {"origin": "prose", "table_ordinal": None, "row_ordinal": None}
    tables = {
        "a_rate": told | {"unit_code": "%", "unit_printed": "%", "value_printed": "2.23",
                          "compared_value": Decimal("2.23"), "compared_half_unit": Decimal("0.005"), "char_start": 30},
        "a_own": told | {"char_start": 1},
        "a_change": told | {"role": "change", "value_printed": "54.56", "compared_value": Decimal("-545600"),
                            "compared_half_unit": Decimal(50), "char_start": 20},
    }  # fmt: skip
    # 54.56 / (1953.26 + 54.56); the rate is that of 44.56
    [found] = findings(bench, figures, rate("2.23", "2.717375", "a-rate", "a-own", "a-change"), **tables)
    assert (found["amount_key"], found["expected"]) == ("a-change", "44.56万元")
    # a rate one digit away from the right one is itself what is wrong
    [found] = findings(bench, figures, rate("2.73", "2.717375", "a-rate", "a-own", "a-change"), **tables)
    assert found["amount_key"] == "a-rate"


def test_a_word_of_the_wrong_direction_is_named(bench: Bench) -> None:
    figures = {"a-rate": "0", "a-own": "1868.75", "a-change": "0"}
    told = {"origin": "prose", "table_ordinal": None, "row_ordinal": None}
    tables = {
        "a_rate": told | {"unit_code": "%", "unit_printed": "%", "value_printed": "38.28",
                          "compared_value": Decimal("38.28"), "compared_half_unit": Decimal("0.005"), "char_start": 30},
        "a_own": told | {"char_start": 1},
        "a_change": told | {"role": "change", "value_printed": "517.31", "compared_value": Decimal("-5173100"),
                            "compared_half_unit": Decimal(50), "char_start": 20},
    }  # fmt: skip
    [found] = findings(bench, figures, rate("38.28", "21.680511", "a-rate", "a-own", "a-change"), **tables)
    assert (found["printed"], found["expected"]) == ("减少517.31万元", "增加517.31万元")


def test_a_part_that_cannot_be_told_breaks_two_sums_and_is_one_finding(bench: Bench) -> None:
    figures = {"a-year": "100.00", "a-grand": "100.00", "a-one": "40.50", "a-two": "71.50"}
    broken = [
        result("r1", "R102B", "100.00", "112.00", "a-year", "a-one", "a-two"),
        result("r2", "R102E", "100.00", "112.00", "a-grand", "a-one", "a-two"),
    ]
    kept = [result(f"r{key}", "R048", "1.00", "1.00", f"a-{key}", "a-far") for key in ("year", "grand")]
    [found] = findings(bench, figures | {"a-far": "1.00"}, *broken, *kept)
    assert (found["result_count"], found["mends_all"]) == (2, False)
