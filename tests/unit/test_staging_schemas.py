"""Staging reads every column of every landing table: a column added to a schema cannot be overlooked."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ingest.landing.schemas import SCHEMAS, SIDE_TABLES

LANDED = SCHEMAS | SIDE_TABLES

STAGING = Path(__file__).resolve().parent.parent.parent / "models" / "staging"


def staged_columns(table: str) -> list[str]:
    """Columns that the staging model of ``table`` selects, our document key left out."""
    sql = (STAGING / f"stg_landing__{table}.sql").read_text(encoding="utf-8")
    selected = sql.partition("select\n")[2].partition("\nfrom ")[0]
    names = [line.strip().rstrip(",") for line in selected.splitlines()]
    return [name for name in names if re.fullmatch(r"[a-z_0-9]+", name)]


@pytest.mark.parametrize("table", LANDED)
def test_staging_selects_every_landing_column(table: str) -> None:
    assert staged_columns(table) == LANDED[table].names


def test_every_landing_table_is_a_source() -> None:
    sources = re.findall(r"^      - name: (\w+)", (STAGING / "_staging.yml").read_text(encoding="utf-8"), re.M)
    assert sorted(sources) == sorted(LANDED)


def test_no_staging_model_without_a_landing_table() -> None:
    assert {path.stem.removeprefix("stg_landing__") for path in STAGING.glob("*.sql")} == set(LANDED)
