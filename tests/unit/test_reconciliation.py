"""Every linear identity seen passing, failing, rounding and not applying, on figures made from its own terms.

The figures are generated from seeds/rules.csv and seeds/rule_terms.csv: a new identity of a known kind is tested by
being there. All cases of all rules stand in one build, a document each.
"""

from __future__ import annotations

import csv
import sys
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))

from reconciliation_bench import FIGURE, ROOT, Bench, figure, insert

CASES = ("pass", "round", "fail", "absent")
LINEAR = ("sum", "pair", "rate")
SIDES = ("left", "right", "base", "factor", "or", "or_base")


def _csv(name: str) -> list[dict[str, str]]:
    with (ROOT / "seeds" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


RULES = {rule["rule_id"]: rule for rule in _csv("rules")}
TERMS: defaultdict[tuple[str, str], list[dict[str, str]]] = defaultdict(list)
for _term in _csv("rule_terms"):
    TERMS[_term["rule_id"], _term["branch"]].append(_term)
# rules that are switched off run when somebody switches them on; here they are, so that they are known to work
BRANCHES = [key for key in TERMS if RULES[key[0]]["method"] in LINEAR]


def _first(values: str) -> str | None:
    return values.split("|")[0] or None


def _code(level: str, parent_level: str, kind: str) -> tuple[str | None, str]:
    """(code, code of the row it hangs under) that a term's levels ask for."""
    codes = {"": None, "0": None, "3": "201", "5": "20101", "7": "2010101"}
    if kind == "economic":
        codes = {"": None, "0": None, "3": "301", "5": "30101"}
    if parent_level:
        parent = codes[parent_level] or ""
        below = {"0": "3", "3": "5", "5": "7"}[parent_level]
        return codes[below], parent
    return codes[level], ""


def _figure(rule: dict[str, str], term: dict[str, str], case_key: str, column: int, value: Decimal) -> dict[str, Any]:
    statement = _first(term["statements"]) or ""
    prose = statement == "prose"
    line = _first(term["lines"])
    functional, functional_parent = _code(term["functional_level"], term["parent_level"], "functional")
    economic, economic_parent = _code(term["economic_level"], term["economic_parent_level"], "economic")
    functional = _first(term["functional_codes"]) or functional
    economic = _first(term["economic_codes"]) or economic
    if line and line.startswith("class_"):
        functional = line[6:]
    row_kind = _first(term["row_kinds"]) or ("line" if line else "econ" if economic else "line")
    if row_kind == "func" and functional is None:
        functional = "201"
    if row_kind == "econ" and economic is None:
        economic = "30101"
    stage = _first(term["stages"]) or "final"
    if stage == "own" and not prose:
        stage = "budget_unspecified" if statement.startswith("budget") else "final"
    role = _first(term["roles"]) or "amount"
    counted = (line or "").startswith(("vehicles_", "hospitality_", "overseas_", "equipment_"))
    money = role in ("amount", "change", "balance") and not counted
    return figure(
        f"{case_key}-{term['term_ordinal']}",
        value,
        statement_code=statement,
        origin="prose" if prose else "table",
        line_code=line,
        row_kind=row_kind,
        functional_code=functional,
        parent_functional_code=functional_parent,
        economic_code=economic,
        parent_economic_code=economic_parent,
        measure_code=_first(term["measures"]),
        fund_code=_first(term["funds"]),
        stage_code=stage,
        three_public_code=_first(term["three_public_codes"]),
        flow=_first(term["flows"]),
        column_role=_first(term["column_roles"]) or "plain",
        sum_flag=_first(term["sum_flags"]) or "leaf",
        role=role,
        unit_code="元"
        if money
        else "分"
        if role in ("weight", "score")
        else "%"
        if role == "completion_rate"
        else "辆",
        compared_half_unit=(Decimal(50) if value else Decimal(0)) if money else Decimal("0.005"),
        # a rule that keeps the row compares columns, any other compares rows
        column_ordinal=column if "R" in rule["hold"] else 1,
        row_ordinal=1 if "R" in rule["hold"] else column,
    ) | ({} if money or role in ("weight", "score", "completion_rate", "change_rate") else {"compared_half_unit": 0})


def _values(rule: dict[str, str], terms: list[dict[str, str]], case: str) -> dict[str, Decimal]:
    """A value per term that makes the identity hold, hold by rounding, or break."""
    values: dict[str, Decimal] = {}
    for number, term in enumerate(terms, 1):
        values[term["term_ordinal"]] = Decimal(1_000_000 * number)
    by_side = {side: [term for term in terms if term["side"] == side] for side in SIDES}

    def total(side: str) -> Decimal:
        return sum(
            (Decimal(term["coefficient"]) * values[term["term_ordinal"]] for term in by_side[side]), start=Decimal(0)
        )

    move = {"pass": Decimal(0), "round": Decimal(40), "fail": Decimal(700_000)}[case]
    if rule["comparison"] in ("rate", "capped"):
        for side in ("base", "or_base"):
            for term in by_side[side]:
                values[term["term_ordinal"]] = total("right") * 2
        if rule["comparison"] == "capped":
            [factor] = by_side["factor"]
            values[factor["term_ordinal"]] = Decimal(10)
            holds = Decimal(5)
        else:
            base = total("base")
            if any(Decimal(term["coefficient"]) < 0 for term in by_side["right"]):
                # this year less the year before, over the year before
                before = next(term for term in by_side["right"] if Decimal(term["coefficient"]) < 0)
                this_year = next(term for term in by_side["right"] if Decimal(term["coefficient"]) > 0)
                values[before["term_ordinal"]] = values[by_side["base"][0]["term_ordinal"]] = Decimal(2_000_000)
                values[this_year["term_ordinal"]] = Decimal(3_000_000)
                base = total("base")
            holds = 100 * total("right") / base
        move = {"pass": Decimal(0), "round": Decimal("0.004"), "fail": Decimal(3)}[case]
    else:
        for term in by_side["or"]:
            values[term["term_ordinal"]] = total("right")
        holds = total("right")
    solved = next(
        (term for term in by_side["left"] if term["need"] == "required" and Decimal(term["coefficient"]) > 0),
        by_side["left"][0],
    )
    others = sum(
        (Decimal(term["coefficient"]) * values[term["term_ordinal"]] for term in by_side["left"] if term is not solved),
        start=Decimal(0),
    )
    values[solved["term_ordinal"]] = (holds + move - others) / Decimal(solved["coefficient"])
    return values


def _figures(rule_id: str, branch: str, case: str, document: str) -> list[dict[str, Any]]:
    rule = RULES[rule_id]
    terms = [term for term in TERMS[rule_id, branch] if term["side"] in SIDES]
    if rule["method"] == "pair":
        terms = [term for term in terms if term["side"] == "left"] + [
            next(term for term in terms if term["side"] == "right")
        ]
    if case == "absent":
        return [figure(f"{document}-0", Decimal(1), statement_code="none", line_code="nothing")]
    values = _values(rule, terms, case)
    made = [_figure(rule, term, document, number, values[term["term_ordinal"]]) for number, term in enumerate(terms, 1)]
    # two terms may take one and the same figure (the base of a rate is one of its own terms)
    held: dict[tuple[Any, ...], dict[str, Any]] = {}
    for row in made:
        held.setdefault((row["address"], row["compared_value"]), row)
    return list(held.values())


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    return Bench(tmp_path_factory.mktemp("bench"))


def _document(number: int, case: str) -> str:
    return f"d{number:04d}{case}"


@pytest.fixture(scope="module")
def verdicts(bench: Bench) -> dict[tuple[str, str, str], list[tuple[str, Any]]]:
    """Per rule, branch and case: (status, missing) of every result of that rule on its document."""
    with bench.connect() as connection:
        connection.execute("update rules set is_default = 'Y'")
        rows = [
            row
            for number, (rule_id, branch) in enumerate(BRANCHES)
            for case in CASES
            for row in _figures(rule_id, branch, case, _document(number, case))
        ]
        insert(connection, "int_recon__figure", FIGURE, rows)
        bench.run(connection, "int_recon__address_term", "int_recon__matched", "int_recon__linear")
        found = connection.execute(
            "select document_key, rule_id, branch, left_value, right_value, tolerance, comparison, missing"
            " from int_recon__linear"
        ).fetchall()
    by_document = defaultdict(list)
    for document, rule_id, branch, left, right, tolerance, comparison, missing in found:
        if missing:
            status = "incomplete"
        elif left == right or (comparison == "<=" and left <= right):
            status = "exact"
        else:
            status = "rounding" if abs(left - right) <= tolerance else "discrepant"
        by_document[document, rule_id, branch].append((status, missing))
    return {
        (rule_id, branch, case): by_document[_document(number, case), rule_id, branch]
        for number, (rule_id, branch) in enumerate(BRANCHES)
        for case in CASES
    }


def _ids() -> Iterator[str]:
    return (f"{rule_id}-{branch}" if branch else rule_id for rule_id, branch in BRANCHES)


@pytest.mark.parametrize(("rule_id", "branch"), BRANCHES, ids=list(_ids()))
def test_identity_passes_rounds_fails_and_stays_away(
    verdicts: dict[tuple[str, str, str], list[tuple[str, Any]]], rule_id: str, branch: str
) -> None:
    held = {case: verdicts[rule_id, branch, case] for case in CASES}
    counted = RULES[rule_id]["rule_kind"] == "count" or rule_id in ("R061P", "R083C")
    # what a rate makes of decimals need not be exact to the last place
    assert {status for status, _ in held["pass"]} <= {"exact", "rounding"} and held["pass"], held
    assert {status for status, _ in held["fail"]} == {"discrepant"}, held
    assert held["absent"] == []
    if counted:
        assert {status for status, _ in held["round"]} <= {"discrepant"}, "counts have no tolerance"
    elif RULES[rule_id]["comparison"] == "<=" and not any(t["side"] == "right" for t in TERMS[rule_id, branch]):
        assert {status for status, _ in held["round"]} <= {"rounding", "discrepant"}
    else:
        assert {status for status, _ in held["round"]} == {"rounding"}, held


def test_an_identity_is_added_by_rows_alone(bench: Bench) -> None:
    """A rule nobody has written yet: two rows of CSV, and it is evaluated."""
    new = {"rule_id": "R999", "source_number": "999", "rule_kind": "column_sum", "method": "sum", "comparison": "=",
           "hold": "TS", "document_kinds": "final_account", "severity": "major", "is_default": "Y", "evidence": "hard",
           "name_zh": "甲等于乙", "name_en": "A = B", "formula": "甲 = 乙"}  # fmt: skip
    terms = [
        {"rule_id": "R999", "term_ordinal": 9001, "side": "left", "coefficient": 1, "need": "required",
         "statements": "final_summary", "lines": "line_a", "roles": "amount"},
        {"rule_id": "R999", "term_ordinal": 9002, "side": "right", "coefficient": 1, "need": "required",
         "statements": "final_summary", "lines": "line_b", "roles": "amount"},
    ]  # fmt: skip
    with bench.connect() as connection:
        insert(connection, "rules", new, [new])
        insert(connection, "rule_terms", terms[0], terms)
        lines = [("e1", "line_a", 100), ("e1", "line_b", 100), ("e2", "line_a", 100), ("e2", "line_b", 90000)]
        rows = [
            figure(f"{document}-{line}", Decimal(value), statement_code="final_summary", line_code=line)
            for document, line, value in lines
        ]
        insert(connection, "int_recon__figure", FIGURE, rows)
        bench.run(connection, "int_recon__address_term", "int_recon__matched", "int_recon__linear")
        found = connection.execute(
            "select document_key, left_value = right_value from int_recon__linear where rule_id = 'R999' order by 1"
        ).fetchall()
        connection.execute("delete from rules where rule_id = 'R999'")
        connection.execute("delete from rule_terms where rule_id = 'R999'")
    assert found == [("e1", True), ("e2", False)]


def _sum_case(bench: Bench, rows: list[dict[str, Any]], rule_id: str = "R004") -> list[tuple[Any, ...]]:
    with bench.connect() as connection:
        insert(connection, "int_recon__figure", FIGURE, rows)
        bench.run(connection, "int_recon__address_term", "int_recon__matched", "int_recon__linear")
        return connection.execute(
            "select left_value, right_value, tolerance, missing, doubt from int_recon__linear where rule_id = ?",
            [rule_id],
        ).fetchall()


def _summary(line: str, value: int, **given: Any) -> dict[str, Any]:
    key = f"doc-{line}{given.get('row_ordinal', 1)}"
    return figure(key, Decimal(value), statement_code="final_summary", line_code=line, **given)


def test_tolerance_is_the_half_units_of_terms_that_are_not_zero(bench: Bench) -> None:
    rows = [
        _summary("expenditure_grand_total", 1000),
        _summary("expenditure_this_year", 1000, compared_half_unit=Decimal("0.005")),
        _summary("surplus_distribution", 0),
    ]
    [(left, right, tolerance, missing, _)] = _sum_case(bench, rows)
    assert (left, right, tolerance, missing) == (1000, 1000, Decimal("50.005"), None)


def test_money_beyond_what_a_float_holds_is_compared_to_the_cent(bench: Bench) -> None:
    total = Decimal("9876543210123456.79")
    parts = {"expenditure_grand_total": total, "expenditure_this_year": total - Decimal("0.03")}
    rows = [
        figure(f"doc-{line}", part, statement_code="final_summary", line_code=line, compared_half_unit=Decimal("0.005"))
        for line, part in parts.items()
    ]
    [(left, right, tolerance, missing, _)] = _sum_case(bench, rows)
    assert (left - right, tolerance, missing) == (Decimal("0.03"), Decimal("0.01"), None)


def test_a_blank_part_counts_as_nothing_a_blank_term_that_is_needed_does_not(bench: Bench) -> None:
    [(_, right, _, missing, _)] = _sum_case(
        bench, [_summary("expenditure_grand_total", 500), _summary("expenditure_this_year", 500)]
    )
    assert (right, missing) == (500, None)
    [(_, _, _, missing, _)] = _sum_case(
        bench, [_summary("expenditure_grand_total", 500), _summary("closing_balance", 20)]
    )
    assert missing == "缺少需要的数"


def test_two_figures_for_one_cell_decide_nothing_one_printed_twice_counts_once(bench: Bench) -> None:
    total = _summary("expenditure_grand_total", 500)
    twice = [_summary("expenditure_this_year", 500), _summary("expenditure_this_year", 500, row_ordinal=9)]
    [(_, right, _, missing, _)] = _sum_case(bench, [total, *twice])
    assert (right, missing) == (500, None)
    differing = [_summary("expenditure_this_year", 500), _summary("expenditure_this_year", 600, row_ordinal=9)]
    [(_, _, _, missing, _)] = _sum_case(bench, [total, *differing])
    assert missing == "同一位置有两个不同的数"


def test_a_doubtful_reading_is_carried_to_the_result(bench: Bench) -> None:
    rows = [
        _summary("expenditure_grand_total", 500),
        _summary("expenditure_this_year", 400, doubt="数字由光学识别读出"),
    ]
    assert [row[4] for row in _sum_case(bench, rows)] == ["数字由光学识别读出"]


def test_rows_nobody_could_name_stand_guard_over_sums(bench: Bench) -> None:
    def row(kind: str, value: int, number: int, **given: Any) -> dict[str, Any]:
        key = f"doc-{kind}{number}"
        return figure(
            key, Decimal(value), statement_code="final_expenditure", row_kind=kind, row_ordinal=number,
            measure_code="total", flow="expenditure", **given,
        )  # fmt: skip

    rows = [row("total", 500, 1), row("func", 300, 2, functional_code="201"), row("other", 200, 3)]
    [(left, right, _, _, doubt)] = _sum_case(bench, rows, "R011")
    assert (left, right, doubt) == (500, 300, "有未能识别的行，各部分可能不全")


@pytest.mark.parametrize("with_basic", [True, False])
def test_a_row_is_held_to_basic_expenditure_or_to_its_parts_never_to_both(bench: Bench, with_basic: bool) -> None:
    """合计 100 = 基本支出 60（人员 40、公用 20）+ 项目 40: a form may print 人员 and 公用 without 基本支出小计."""
    values = {"total": 100, "basic": 60, "personnel": 40, "public": 20, "project": 40}
    if not with_basic:
        del values["basic"]
    rows = [
        figure(
            f"doc-{measure}", Decimal(value), statement_code="final_expenditure", row_kind="func",
            functional_code="201", measure_code=measure, flow="expenditure", column_ordinal=number,
        )
        for number, (measure, value) in enumerate(values.items(), 1)
    ]  # fmt: skip
    [(left, right, _, missing, _)] = _sum_case(bench, rows, "R010")
    assert (left, right, missing) == (100, 100, None)
