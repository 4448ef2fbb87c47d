"""The share of broken identities is watched per rule: silent with few documents, a warning where one jumps."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from expectations.gate import ALL_SUITES
from expectations.looking import columns_of, query_of
from expectations.suites import SUITES
from expectations.thresholds import LEAST_DOCUMENTS, THRESHOLDS

CLAIMS = {claim.name: claim for claim in THRESHOLDS}
MISREAD = "按位置回读原文，数字与读入的不同"


@pytest.fixture
def star() -> Iterator[duckdb.DuckDBPyConnection]:
    """Results of one rule of tables and one of prose, as many documents as are needed, all exact."""
    with duckdb.connect() as connection:
        connection.execute(
            "create table dim_rule as select * from (values ('T', 'row_sum'), ('P', 'rate')) as t(rule_id, rule_kind)"
        )
        connection.execute(
            "create table fct_reconciliation as select rule_id || n as reconciliation_key, rule_id, 'd' || n as"
            " document_key, 'exact' as status, cast(null as varchar) as reason, n"
            f" from dim_rule, range({LEAST_DOCUMENTS}) as t(n)"
        )
        yield connection


def _named(connection: duckdb.DuckDBPyConnection) -> dict[str, set[str]]:
    """Claim → rules it names."""
    columns = columns_of(connection)
    return {
        name: {row[0] for row in connection.execute(query_of(claim, columns)).fetchall()}
        for name, claim in CLAIMS.items()
    }


def _break(connection: duckdb.DuckDBPyConnection, rule: str, percent: int, status: str, reason: str | None) -> None:
    connection.execute(
        "update fct_reconciliation set status = ?, reason = ? where rule_id = ? and n < ?",
        [status, reason, rule, percent * LEAST_DOCUMENTS // 100],
    )


CASES = {
    "rules_of_tables_seldom_break": ("T", 20, "discrepant", None),
    "rules_of_prose_do_not_mostly_break": ("P", 50, "discrepant", None),
    "figures_are_found_where_they_were_read": ("T", 50, "incomplete", MISREAD),
}


@pytest.mark.parametrize("name", CASES)
def test_a_jump_is_named_and_a_common_share_is_not(star: duckdb.DuckDBPyConnection, name: str) -> None:
    rule, percent, status, reason = CASES[name]
    _break(star, rule, percent, status, reason)
    assert _named(star)[name] == set(), "at the line nothing is said"
    _break(star, rule, percent + 1, status, reason)
    named = _named(star)
    assert named[name] == {rule}
    assert all(not rules for other, rules in named.items() if other != name)


@pytest.mark.parametrize("name", CASES)
def test_few_documents_say_nothing(star: duckdb.DuckDBPyConnection, name: str) -> None:
    rule, _, status, reason = CASES[name]
    _break(star, rule, 100, status, reason)
    assert _named(star)[name] == {rule}
    star.execute("delete from fct_reconciliation where n = 0")
    assert _named(star)[name] == set()


def test_every_threshold_is_seen_and_none_is_hard() -> None:
    assert CLAIMS.keys() == CASES.keys()
    assert set(ALL_SUITES) - set(SUITES) == {"thresholds"}


def test_a_breach_warns_and_does_not_stop(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The gate's process says that a threshold failed and nothing else: checked, with a warning that has a code."""
    from gongkai import check
    from gongkai.home import Home
    from gongkai.runlog import start_run

    home = Home(tmp_path / "home")
    for folder in (home.root, home.runs, home.generations):
        folder.mkdir(parents=True, exist_ok=True)
    run = start_run(home, "check")
    home.build_file.parent.mkdir(parents=True, exist_ok=True)
    home.build_file.write_bytes(b"built")
    outcome = (
        '{"suite": "thresholds", "name": "x", "success": false, "unexpected": 1,'
        ' "reason": "大面积不符", "sample": ["R011"]}'
    )
    script = f"import pathlib, sys; pathlib.Path(sys.argv[-1]).write_text('[{outcome}]', encoding='utf-8'); sys.exit(1)"
    record = check.BuildRecord(run.run_id, run.number, "made from", file=(5, 0, 0), figures=0, documents=0)
    monkeypatch.setattr(check.BuildRecord, "read", classmethod(lambda cls, path: record))
    monkeypatch.setattr(check, "file_identity", lambda path: record.file)
    monkeypatch.setattr(check, "landing_of", lambda home, excluded: home.root)
    monkeypatch.setattr(check, "write_record", lambda path, record: None)
    real_run = check.subprocess.run
    monkeypatch.setattr(
        check.subprocess, "run", lambda command, **given: real_run([sys.executable, "-c", script, command[-1]], **given)
    )
    outcomes = check.check(home, run)
    assert [held.success for held in outcomes] == [False]
    assert "[rules_jump] 大面积不符：R011" in capsys.readouterr().err
