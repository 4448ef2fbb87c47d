"""The hand-read document that announces nine statements and carries none has them in the star from its prose."""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

pytestmark = pytest.mark.real


def test_the_document_without_statement_tables(shared: Path, real_home: Path) -> None:
    with (shared / "gold" / "files.csv").open(encoding="utf-8", newline="") as handle:
        files = {row["doc"]: row["file_name"] for row in csv.DictReader(handle)}
    with duckdb.connect(str(real_home / "gongkai.duckdb"), read_only=True) as connection:
        found = connection.execute(
            """
            select facts.functional_code, facts.amount_yuan, facts.half_unit_yuan, facts.origin
            from fct_expenditure as facts inner join dim_document as documents using (document_key)
            where documents.file_name = ? and facts.stage_code = 'final'
            """,
            [files["urumqi24"]],
        ).fetchall()
        (told, half), = connection.execute(
            """
            select distinct amounts.amount_yuan, amounts.half_unit_yuan
            from fct_narrative_amount as amounts inner join dim_document as documents using (document_key)
            where documents.file_name = ? and amounts.line_item_code = 'expenditure_this_year'
                and amounts.fund_code = 'general' and amounts.role = 'amount' and amounts.stage_code = 'final'
            """,
            [files["urumqi24"]],
        ).fetchall()
    assert found and {origin for *_, origin in found} == {"prose"}
    assert all(code is not None and len(code) == 7 for code, *_ in found)
    interval = half + sum((half_unit for _, _, half_unit, _ in found), Decimal(0))
    assert abs(sum(amount for _, amount, *_ in found) - told) <= interval
