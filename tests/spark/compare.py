"""Tables of two builds held against each other, row by row (逐行比对)."""

from __future__ import annotations

from pathlib import Path

import duckdb


def differences(
    connection: duckdb.DuckDBPyConnection, table: str, left: str, right: str, leave_out: frozenset[str] = frozenset()
) -> list[str]:
    """What differs between two relations: columns, types, rows; empty where nothing does.

    ``left`` and ``right`` are relations DuckDB can select from. Rows are compared as bags, whatever their order, and
    a row that stands twice on one side must stand twice on the other; nulls equal nulls. ``leave_out``: columns that
    may differ.
    """
    sides = [_columns(connection, relation, leave_out) for relation in (left, right)]
    if sides[0] != sides[1]:
        first, second = (set(side.items()) for side in sides)
        return [f"{table}: columns {sorted(first - second)} against {sorted(second - first)}"]
    names = ", ".join(f'"{name}"' for name in sides[0])
    found = []
    for what, here, there in (("left", left, right), ("right", right, left)):
        only = f"select {names} from {here} except all select {names} from {there}"
        rows = connection.execute(f"select * from ({only}) limit 3").fetchall()
        if rows:
            count = connection.execute(f"select count(*) from ({only})").fetchone()[0]
            shown = "\n    ".join(str(dict(zip(sides[0], row, strict=True))) for row in rows)
            found.append(f"{table}: {count} rows only on the {what}:\n    {shown}")
    return found


def _columns(connection: duckdb.DuckDBPyConnection, relation: str, leave_out: frozenset[str]) -> dict[str, str]:
    held = connection.execute(f"describe select * from {relation}").fetchall()
    return {row[0]: row[1] for row in sorted(held) if row[0] not in leave_out}


def parquet(folder: Path) -> str:
    """All Parquet files below a folder as a relation; their place is no column."""
    return f"read_parquet('{folder}/**/*.parquet', union_by_name=true, hive_partitioning=false)"
