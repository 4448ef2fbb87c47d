"""The gate keeps to its share of the memory, on every connection, and runs what is costly once."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from expectations import gate, scoped
from expectations.keys import standing_twice, without_home
from expectations.limits import limiting, memory_limit
from expectations.suites import Expectation

_SETTINGS = ("memory_limit", "temp_directory", "preserve_insertion_order")


@pytest.fixture
def built(tmp_path: Path) -> tuple[Path, Path]:
    """(landing, database) with next to nothing in them."""
    (tmp_path / "landing").mkdir()
    database = tmp_path / "built.duckdb"
    with duckdb.connect(str(database)) as connection:
        connection.execute("create table held as select 1 as number")
    return tmp_path / "landing", database


def _claim(name: str, sql: str) -> Expectation:
    return Expectation(name, "held", "…", no_rows=sql)


def test_every_query_of_the_gate_is_held_to_the_limit(
    built: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GONGKAI_MEMORY", "128MiB")
    wanted = ("128.0 MiB", f"{built[1]}.tmp", "false")
    claims = tuple(
        _claim(name, f"select held from (select current_setting('{name}')::varchar as held) where held <> '{value}'")
        for name, value in zip(_SETTINGS, wanted, strict=True)
    )
    outcomes = gate.run_gate(*built, suites={"limits": claims})
    assert [(outcome.name, outcome.success, outcome.sample) for outcome in outcomes] == [
        (name, True, ()) for name in _SETTINGS
    ]


def test_the_digests_are_held_to_a_limit_of_their_own(
    built: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []

    def table_digests(connection: duckdb.DuckDBPyConnection, _columns: object) -> dict:
        seen.append(connection.execute("select current_setting('memory_limit')").fetchone()[0])
        return {}

    monkeypatch.setattr(scoped, "table_digests", table_digests)
    scoped.file_digests(built[1])
    assert seen == ["953.6 MiB"]


def test_what_does_not_fit_goes_beside_the_file(tmp_path: Path) -> None:
    """A million different keys of 40 bytes in 64 MiB: they are counted, and part of them went to the disk."""
    script = f"""
import duckdb, pathlib, threading, time
connection = duckdb.connect()
for statement in {limiting(tmp_path / "built.duckdb", "64MiB")!r}:
    connection.execute(statement)
seen, ended = set(), threading.Event()
def watch():
    while not ended.wait(0.005):
        seen.update(path.parent.name for path in pathlib.Path({str(tmp_path)!r}).rglob("*.tmp") if path.is_file())
threading.Thread(target=watch).start()
try:
    keys = "select hash(i)::varchar || hash(i + 1)::varchar as k from range(1000000) t(i) group by k"
    print(connection.execute("select count(*) from (" + keys + ")").fetchone()[0])
finally:
    ended.set()
print(*seen)
"""
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert ran.stdout.split() == ["1000000", "built.duckdb.tmp"]


def test_without_a_word_half_of_a_small_machine_and_no_more_than_a_build_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GONGKAI_MEMORY", raising=False)
    size = {"SC_PAGE_SIZE": 4096, "SC_PHYS_PAGES": 2**20}
    monkeypatch.setattr("os.sysconf", lambda name: size[name])
    assert memory_limit() == "2048MiB"
    size["SC_PHYS_PAGES"] = 2**24
    assert memory_limit() == "6144MiB"


def test_the_query_of_a_claim_runs_once(built: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """Great Expectations asks for the rows and for their number: each claim here counts how often it is evaluated."""
    monkeypatch.setattr(gate, "statements", lambda *given: [*scoped.statements(*given), "create sequence ran"])
    sql = "select * from (select nextval('ran') as number) as counted where number > 4"
    claims = tuple(_claim(f"claim_{number}", f"{sql} and number <> {number}99") for number in range(5))
    outcomes = gate.run_gate(*built, suites={"once": claims})
    assert sum(outcome.success for outcome in outcomes) == 4
    (broken,) = [outcome for outcome in outcomes if not outcome.success]
    # The first look found it broken; the rows were asked for once more.
    assert (broken.unexpected, broken.sample) in ((1, ("{'number': 5}",)), (1, ("{'number': 6}",)))


def test_a_query_that_cannot_run_is_told_of(built: tuple[Path, Path]) -> None:
    (outcome,) = gate.run_gate(*built, suites={"once": (_claim("amiss", "select nothing from held"),)})
    assert not outcome.success
    assert outcome.reason.startswith("无法检查：") and "nothing" in outcome.reason


def test_keys_in_two_rows_are_found_by_value_not_by_hash_alone() -> None:
    rows = "(select * from (values ('a', 1), ('a', 1), ('a', 2), ('b', null), ('b', null), (null, 1)) as t(k, n))"
    found = duckdb.sql(standing_twice(rows, ("k", "n")) + " order by all").fetchall()
    assert found == [("a", 1), ("b", None)]


def test_keys_without_a_home_are_found_and_missing_ones_refer_to_nothing() -> None:
    rows = "(select * from (values ('a', 1), ('a', 2), ('b', null), ('c', 1), ('c', 1)) as t(k, n))"
    home = "(select * from (values ('a', 1), ('d', 4)) as t(k, n))"
    found = duckdb.sql(without_home(rows, ("k", "n"), home, ("k", "n")) + " order by all").fetchall()
    assert found == [("a", 2), ("c", 1)]
