"""A cell of several numbers that belong to no column is told number by number, and keeps no document back."""

from __future__ import annotations

import duckdb

from expectations.suites import SUITES

_CLAIM = next(claim for claim in SUITES["star"] if claim.name == "every_figure_is_a_fact")
_PLACES = ("table_ordinal", "row_ordinal", "column_ordinal", "number_ordinal")


def _broken(told: tuple[int, ...]) -> int:
    """Rows that break the claim where a cell holds numbers 1 and 2, and those in ``told`` are listed as unread."""
    place = ", ".join(f"1 as {name}" for name in _PLACES[:3])
    with duckdb.connect() as connection:
        connection.execute("create table dim_document as select 'key' as document_key, 'id' as document_id")
        numbers = " union all ".join(
            f"select 'id' as document_id, {place}, {number} as number_ordinal, 'unmapped' as role" for number in (1, 2)
        )
        connection.execute(f"create table landing_cell_numbers as {numbers}")
        for table, kept in (("fct_statement_amount", ()), ("mart_unmapped_cell", told)):
            columns = ", ".join(f"{name} integer" for name in _PLACES)
            connection.execute(f"create table {table} (document_key text, {columns})")
            for number in kept:
                connection.execute(f"insert into {table} values ('key', 1, 1, 1, {number})")
        return len(connection.execute(_CLAIM.no_rows or "").fetchall())


def test_two_numbers_of_one_cell_are_told_each() -> None:
    assert _broken((1, 2)) == 0


def test_one_of_them_left_out_or_told_twice_is_seen() -> None:
    assert _broken((1,)) == 1
    assert _broken((1, 1, 2)) == 1
