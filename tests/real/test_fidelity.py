"""Every figure of the hand-read documents is in the warehouse, in its place and with its meaning."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

pytestmark = pytest.mark.real

TEXTS = "korla22,karamay23,urumqi24,korlaoffice23,changzhi22"
_LINE = re.compile(
    r"^(statements|performance|prose): (\d+)/(\d+) found, recall ([\d.]+)%, precision ([\d.]+)%"
    r"(?:, column ([\d.]+)%)?(?:, meaning ([\d.]+)%)?",
    re.MULTILINE,
)


def score(shared: Path, home: Path, *options: str) -> tuple[dict[str, dict[str, float]], str]:
    """Percentages per part of the shared scorer's report, and the report itself."""
    command = [
        sys.executable,
        str(shared / "tools" / "fidelity"),
        str(home / "gongkai.duckdb"),
        str(shared / "gold"),
        *options,
    ]
    report = subprocess.run(command, capture_output=True, text=True, check=False)
    parts = {}
    for match in _LINE.finditer(report.stdout):
        names = ("recall", "precision", "column", "meaning")
        parts[match.group(1)] = {
            name: float(value) for name, value in zip(names, match.groups()[3:], strict=True) if value
        }
    assert parts, report.stdout + report.stderr
    return parts, report.stdout


@pytest.mark.parametrize("documents", [TEXTS, None])
def test_statement_figures(shared: Path, real_home: Path, documents: str | None) -> None:
    parts, report = score(shared, real_home, "--no-narrative", *(("--docs", documents) if documents else ()))
    assert min(parts["statements"].values()) >= 99.5, report
    assert len(parts["statements"]) == 4
    assert min(parts["performance"].values()) >= 97, report


def test_prose(shared: Path, real_home: Path) -> None:
    parts, report = score(shared, real_home)
    assert parts["prose"]["recall"] >= 97, report
    assert parts["prose"]["precision"] >= 97, report
    assert parts["prose"]["meaning"] >= 92, report


def test_no_number_of_a_table_is_lost(shared: Path, real_home: Path) -> None:
    with duckdb.connect(str(real_home / "gongkai.duckdb"), read_only=True) as connection:
        unmapped = connection.execute("select count(*) from mart_unmapped_cell where reason is null").fetchone()
        assert unmapped == (0,)
