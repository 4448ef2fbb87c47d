"""The star written by hand, which the build is measured against, holds what it claims to hold of the built one."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import duckdb
import pytest

from gongkai.home import Home

# The benchmarks are no part of the installed package.
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from benchmarks import by_hand


@pytest.fixture(scope="module")
def written(samples_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The script's star of the samples."""
    home = Home(tmp_path_factory.mktemp("by-hand"))
    (home.root / "landing").symlink_to(samples_home / "landing")
    by_hand.write(home, 1, 1.0)
    return home.root / "handwritten.duckdb"


def test_tables_are_those_of_the_build(written: Path, samples_home: Path) -> None:
    assert by_hand.compare(written, samples_home / "gongkai.duckdb") == []


def test_a_figure_that_differs_is_noticed(written: Path, samples_home: Path, tmp_path: Path) -> None:
    changed = tmp_path / "changed.duckdb"
    shutil.copyfile(written, changed)
    with duckdb.connect(str(changed)) as connection:
        connection.execute("update fct_expenditure set amount_yuan = amount_yuan + 0.01 where rowid = 0")
    found = by_hand.compare(changed, samples_home / "gongkai.duckdb")
    assert len(found) == 1 and found[0].startswith("fct_expenditure:")


def test_every_table_is_claimed_or_said_to_be_left_out(samples_home: Path) -> None:
    with duckdb.connect(str(samples_home / "gongkai.duckdb"), read_only=True) as connection:
        held = {
            name
            for (name,) in connection.execute(
                "select table_name from duckdb_tables() where schema_name = 'main'"
                " and regexp_matches(table_name, '^(dim|fct|bridge|mart)_')"
            ).fetchall()
        }
    said = " ".join(by_hand.LEFT_OUT)
    unclaimed = held - {claim.table for claim in by_hand.CLAIMS}
    assert [name for name in unclaimed if name not in said and not name.startswith("mart_")] == []
