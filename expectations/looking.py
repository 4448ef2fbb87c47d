"""What the suites look at, and the query behind each claim: plain SQL in DuckDB (检查所见).

One in-memory DuckDB holds a view for each table of the built file, one named ``landing_<table>`` for each folder of
Parquet files, and a few about the file itself: ``star_columns``, ``star_tables``, ``star_views`` (中文视图),
``star_storage``, ``contract_columns``, ``used_amount_keys``.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import duckdb

from expectations.keys import standing_twice, without_home
from expectations.limits import limiting
from expectations.suites import CONTRACT_COLUMNS, REFERENCES, Expectation

AMOUNTS = ("fct_statement_amount", "fct_narrative_amount")
"""Tables whose rows are the printed numbers that ``used_amount_keys`` refers to."""
_HELPERS = {
    "contract_columns": "select * from (values {contract}) as wanted(table_name, column_name)",
    "star_columns": """
        select table_name, column_name, data_type, comment from duckdb_columns()
        where database_name = 'star' and schema_name = 'main'
        union all
        select table_name, '', '', comment from duckdb_tables()
        where database_name = 'star' and schema_name = 'main'
    """,
    "star_tables": """
        select table_schema, table_name, table_type from information_schema.tables where table_catalog = 'star'
    """,
    "star_views": """
        select view_name, column_count, comment from duckdb_views()
        where database_name = 'star' and schema_name = 'zh' and not internal
    """,
    "star_storage": """
        select tags['storage_version'] as storage_version from duckdb_databases() where database_name = 'star'
    """,
}


def statements(landing: Path, database: Path, kind: str = "view") -> list[str]:
    """SQL that puts everything before a fresh connection: as views, or, for tests, as tables in a fixed order.

    It begins with the limits of what the connection may hold.
    """
    order = " order by all" if kind == "table" else ""
    made = [*limiting(database), f"attach '{_quoted(database)}' as star (read_only)"]
    with duckdb.connect(str(database), read_only=True) as connection:
        columns = connection.execute(
            "select table_name, column_name from information_schema.columns where table_schema = 'main' order by all"
        ).fetchall()
    tables = sorted({table for table, _ in columns})
    made += [f'create {kind} "{table}" as select * from star.main."{table}"{order}' for table in tables]
    for folder in sorted(path for path in landing.iterdir() if path.is_dir() and any(path.glob("*.parquet"))):
        files = f"read_parquet('{_quoted(folder)}/*.parquet', union_by_name = true)"
        made.append(f'create {kind} "landing_{folder.name}" as select * from {files}{order}')
    contract = ", ".join(f"('{table}', '{column}')" for table, column in CONTRACT_COLUMNS)
    made += [f"create {kind} {name} as {query.format(contract=contract)}" for name, query in _HELPERS.items()]
    users = [table for table, column in columns if column == "amount_key" and table not in AMOUNTS]
    used = [f'select amount_key from "{table}"' for table in users]
    if used:
        # Every use, not every key: telling the keys apart would cost more than looking each one up.
        made.append(
            f"create view used_amount_keys as select * from ({' union all '.join(used)}) where amount_key is not null"
        )
    return made


def columns_of(connection: duckdb.DuckDBPyConnection) -> dict[str, list[str]]:
    """Columns of everything a prepared connection can look at, by table or view."""
    columns: dict[str, list[str]] = {}
    rows = connection.execute(
        "select table_name, column_name from duckdb_columns()"
        " where database_name = 'memory' and schema_name = 'main' and not internal"
    ).fetchall()
    for table, column in rows:
        columns.setdefault(table, []).append(column)
    return columns


def query_of(claim: Expectation, columns: Mapping[str, list[str]]) -> str:
    """The query whose rows break the claim."""
    table = claim.table
    if claim.unique:
        return standing_twice(table, claim.unique)
    if claim.filled:
        return f"select * from (select count(*) as empty from {table} where {claim.filled} is null) where empty > 0"
    if claim.among:
        column, values = claim.among
        known = ", ".join(f"'{value}'" for value in values)
        return f"select distinct {column} from {table} where {column} not in ({known})"
    if claim.reference:
        return reference_query(claim.reference, columns)
    return claim.no_rows


def reference_query(column: str, columns: Mapping[str, list[str]], home_schema: str = "") -> str:
    """Values of a column, in any table of the star that has it, which stand in no row of its home.

    ``home_schema``: where the home is to be looked for, with its dot; else where the other tables are.
    """
    home, key = REFERENCES[column]
    # Dictionaries (seeds) stand in the file too; dbt's own tests look after those.
    star = [table for table in columns if table.startswith(("dim_", "fct_", "mart_", "bridge_"))]
    holders = [table for table in star if column in columns[table] and (table, column) != (home, key)]
    if not holders:
        return f"select {key} from {home_schema}{home} where false"
    if home.startswith("fct_") and not home_schema:
        # As many keys as the home has rows; where the home is looked for elsewhere, few rows refer to it.
        return " union all ".join(
            f"select '{table}' as holder, value from ("
            + without_home(f"(select {column} as value from {table})", ("value",), home_schema + home, (key,))
            + ") as used"
            for table in sorted(holders)
        )
    used = " union ".join(f"select '{table}' as holder, {column} as value from {table}" for table in sorted(holders))
    return (
        f"select used.holder, used.value from ({used}) as used left join {home_schema}{home} as home"
        f" on used.value = home.{key} where used.value is not null and home.{key} is null"
    )


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
