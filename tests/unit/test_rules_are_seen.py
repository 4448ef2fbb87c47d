"""Every rule is seen passing, failing, rounding and not applying: a rule of seeds/rules.csv without its cases fails.

The cases themselves run where they stand: linear identities are made from their own terms, all others are listed.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))

import test_leaf_sums
import test_reconciliation
import test_reconciliation_across
import test_reconciliation_observations
import test_reconciliation_prose
from reconciliation_bench import ROOT

with (ROOT / "seeds" / "rules.csv").open(encoding="utf-8", newline="") as _file:
    RULES = {row["rule_id"]: row for row in csv.DictReader(_file)}

# What is counted has no tolerance: persons, indicators, weights in whole points, words against signs.
WITHOUT_TOLERANCE = {
    "R068", "R071", "R074A", "R074B", "R074C", "R127", "R084G", "R084K", "R087C", "R118", "R118C", "R119N", "R120",
    "R125",
}  # fmt: skip
FOUR = {"pass", "round", "fail", "absent"}
LISTED = {
    **test_reconciliation_prose.TOLD_CASES,
    **test_reconciliation_prose.SHEET_CASES,
    **test_reconciliation_across.CASES,
    **test_leaf_sums.CASES,
}
LINEAR = {rule_id for rule_id, _ in test_reconciliation.BRANCHES}


def cases_of(rule_id: str) -> set[str]:
    """What a rule is seen doing."""
    if rule_id in test_reconciliation_observations.CASES:
        return {"finds", "finds nothing"}
    if rule_id in LINEAR:
        return set(test_reconciliation.CASES)
    return set(LISTED.get(rule_id, ()))


@pytest.mark.parametrize("rule_id", RULES)
def test_every_rule_is_seen(rule_id: str) -> None:
    wanted = FOUR - {"round"} if rule_id in WITHOUT_TOLERANCE else FOUR
    if RULES[rule_id]["evidence"] == "observation":
        wanted = {"finds", "finds nothing"}
    assert cases_of(rule_id) >= wanted


def test_no_case_is_for_a_rule_that_is_gone() -> None:
    assert LISTED.keys() | LINEAR | test_reconciliation_observations.CASES.keys() == RULES.keys()


def test_every_branch_of_a_linear_rule_is_seen() -> None:
    with (ROOT / "seeds" / "rule_terms.csv").open(encoding="utf-8", newline="") as file:
        branches = {(row["rule_id"], row["branch"]) for row in csv.DictReader(file)}
    assert set(test_reconciliation.BRANCHES) == branches
