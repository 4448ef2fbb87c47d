"""A document that carries its statements only in sentences is in the star all the same, and tables win elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

WITHOUT_TABLES = "白杨县妇女联合会2022年度部门决算公开说明.txt"


@pytest.fixture(scope="module")
def star(samples_home: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(samples_home / "gongkai.duckdb"), read_only=True) as connection:
        yield connection


def rows(star: duckdb.DuckDBPyConnection, select: str) -> list[tuple]:
    """Rows of a query over the document without tables; ``documents`` is its row of dim_document."""
    return star.execute(
        f"with documents as (select * from dim_document where file_name = '{WITHOUT_TABLES}') {select}"
    ).fetchall()


def test_functional_expenditure_to_item_level_adds_up_to_the_total_told(star: duckdb.DuckDBPyConnection) -> None:
    found = rows(
        star,
        """
        select facts.functional_code, facts.amount_yuan, facts.origin, facts.fund_code
        from fct_expenditure as facts
        inner join documents using (document_key)
        where facts.stage_code = 'final'
        """,
    )
    assert len(found) >= 5
    assert {origin for _, _, origin, _ in found} == {"prose"}
    assert {fund for _, _, _, fund in found} == {"general"}
    assert all(code is not None and len(code) == 7 for code, *_ in found)
    assert sum(amount for _, amount, *_ in found) == Decimal("1889400.00")


def test_income_three_public_and_statistics_come_from_prose(star: duckdb.DuckDBPyConnection) -> None:
    income = rows(star, "select measure_code, amount_yuan from fct_income inner join documents using (document_key)")
    assert income == [("appropriation", Decimal("1889400.00"))]
    public = dict(
        rows(
            star,
            """
            select three_public_code, amount_yuan from fct_three_public as facts
            inner join documents using (document_key) where facts.stage_code = 'final'
            """,
        )
    )
    assert public["hospitality"] == Decimal("1200.00")
    assert public["overseas"] == 0
    statistics = dict(
        rows(star, "select statistic_code, value from fct_unit_statistic inner join documents using (document_key)")
    )
    assert statistics["staff_on_post"] == 9


def test_unit_year_is_filled_from_prose(star: duckdb.DuckDBPyConnection) -> None:
    (found,) = rows(
        star,
        """
        select income_final_yuan, expenditure_final_yuan, basic_final_yuan, project_final_yuan, staff_on_post
        from mart_unit_year inner join documents using (unit_key, fiscal_year, scope_code)
        """,
    )
    assert found == (
        Decimal("1889400.00"), Decimal("1889400.00"), Decimal("1739400.00"), Decimal("150000.00"), 9
    )


@pytest.mark.parametrize("fact", ["fct_expenditure", "fct_income", "fct_three_public"])
def test_prose_never_stands_beside_a_table(star: duckdb.DuckDBPyConnection, fact: str) -> None:
    mixed = star.execute(
        f"""
        select unit_key, fiscal_year, scope_code, stage_code from {fact}
        group by all having count(distinct origin) > 1
        """
    ).fetchall()
    assert mixed == []
    origins = {origin for (origin,) in star.execute(f"select distinct origin from {fact}").fetchall()}
    assert origins == {"table", "prose"}


def test_every_fact_of_prose_is_in_the_ledger(star: duckdb.DuckDBPyConnection) -> None:
    (facts, listed, unresolved), = star.execute(
        """
        select (select count(*) from fct_narrative_amount), sum(facts), sum(unresolved) from mart_prose_coverage
        """
    ).fetchall()
    assert facts == listed
    assert 0 < unresolved < facts
