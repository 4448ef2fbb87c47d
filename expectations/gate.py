"""Running the suites with Great Expectations inside DuckDB (检查的执行).

Everything is looked at through one in-memory DuckDB: the built file attached read-only, a view for each of its tables,
a view ``landing_<table>`` for each folder of Parquet files. No rows leave DuckDB but those that break a claim.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import great_expectations as gx
import great_expectations.expectations as gxe
from sqlalchemy import event
from sqlalchemy.engine import Engine
from sqlalchemy.engine.cursor import FullyBufferedCursorFetchStrategy

from expectations.offline import make_offline
from expectations.suites import CONTRACT_COLUMNS, REFERENCES, SUITES, Expectation

_MOST_ROWS = 1000
"""Rows fetched of those that break a claim; more are not counted."""
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
        select table_name, table_type from information_schema.tables where table_catalog = 'star'
    """,
    "star_storage": """
        select tags['storage_version'] as storage_version from duckdb_databases() where database_name = 'star'
    """,
    "used_amount_keys": "{used_amount_keys}",
}
"""Views the suites look at beside the tables themselves."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one expectation fared."""

    suite: str
    name: str
    success: bool
    unexpected: int
    """Rows that break it, at most 1000; 0 where it holds or could not be evaluated."""
    reason: str
    """What it protects, or why it could not be evaluated."""
    sample: tuple[str, ...] = ()
    """A few of the rows that break it: keys and codes."""


def run_gate(
    landing: Path,
    database: Path,
    docs: Path | None = None,
    suites: Mapping[str, tuple[Expectation, ...]] = SUITES,
) -> list[Outcome]:
    """Evaluate all expectations; an expectation that cannot be evaluated (a table is missing) has failed.

    ``landing`` is the landing folder, ``database`` the DuckDB file, ``docs`` where the report goes (None: no report).
    """
    with _looking_at(landing, database):
        context = gx.get_context(mode="ephemeral")
        context.variables.progress_bars = {"globally": False, "metric_calculations": False}
        source = context.data_sources.add_sql("warehouse", connection_string="duckdb:///:memory:")
        columns = _columns(landing, database)
        missing = {claim.table for claims in suites.values() for claim in claims} - columns.keys()
        outcomes, definitions = [], []
        for suite, claims in suites.items():
            outcomes += [_unevaluated(suite, claim) for claim in claims if claim.table in missing]
            tables: dict[str, list[Expectation]] = {}
            for claim in claims:
                if claim.table not in missing:
                    tables.setdefault(claim.table, []).append(claim)
            for table, held in tables.items():
                definitions.append(_definition(context, source, suite, table, held, columns))
        outcomes += _evaluate(context, definitions, docs)
    order = {(suite, claim.name): place for suite, claims in suites.items() for place, claim in enumerate(claims)}
    return sorted(outcomes, key=lambda outcome: (list(suites).index(outcome.suite), order[outcome.suite, outcome.name]))


def _unevaluated(suite: str, claim: Expectation) -> Outcome:
    return Outcome(suite, claim.name, False, 0, f"无法检查：没有表 {claim.table}。{claim.why}")


def _definition(
    context: Any, source: Any, suite: str, table: str, claims: Iterable[Expectation], columns: Mapping[str, list[str]]
) -> Any:
    """A validation of one table by those claims of one suite that are about it."""
    name = f"{suite}.{table}"
    held = context.suites.add(gx.ExpectationSuite(name))
    for claim in claims:
        held.add_expectation(_as_gx(claim, suite, columns))
    try:
        asset = source.get_asset(table)
    except LookupError:
        asset = source.add_table_asset(table, table_name=table)
    batch = asset.add_batch_definition_whole_table(name)
    return context.validation_definitions.add(gx.ValidationDefinition(name=name, data=batch, suite=held))


def _as_gx(claim: Expectation, suite: str, columns: Mapping[str, list[str]]) -> Any:
    """A claim in the words of Great Expectations."""
    more = {"meta": {"suite": suite, "name": claim.name, "why": claim.why}, "description": f"{claim.name}：{claim.why}"}
    if claim.unique:
        return gxe.ExpectColumnValuesToBeUnique(column=claim.unique, **more)
    if claim.filled:
        return gxe.ExpectColumnValuesToNotBeNull(column=claim.filled, **more)
    if claim.among:
        column, values = claim.among
        return gxe.ExpectColumnValuesToBeInSet(column=column, value_set=list(values), **more)
    query = _reference_query(claim.reference, columns) if claim.reference else claim.no_rows
    return gxe.UnexpectedRowsExpectation(unexpected_rows_query=_within_batch(query), **more)


def _within_batch(query: str) -> str:
    """The query as Great Expectations wants it: it warns of one that does not mention the table it was given."""
    return f"with looked_at as (select * from {{batch}} limit 0) select * from ({query}) limit {_MOST_ROWS}"


def _reference_query(column: str, columns: Mapping[str, list[str]]) -> str:
    """Values of a column, in any table of the star that has it, which stand in no row of its home."""
    home, key = REFERENCES[column]
    # Dictionaries (seeds) stand in the file too; dbt's own tests look after those.
    star = [table for table in columns if table.startswith(("dim_", "fct_", "mart_", "bridge_"))]
    holders = [table for table in star if column in columns[table] and (table, column) != (home, key)]
    if not holders:
        return f"select {key} from {home} where false"
    used = " union ".join(f"select '{table}' as holder, {column} as value from {table}" for table in sorted(holders))
    return (
        f"select used.holder, used.value from ({used}) as used left join {home} as home on used.value = home.{key}"
        f" where used.value is not null and home.{key} is null"
    )


def _evaluate(context: Any, definitions: list[Any], docs: Path | None) -> list[Outcome]:
    form = {"result_format": "COMPLETE", "partial_unexpected_count": 20}
    checkpoint = gx.Checkpoint(name="gate", validation_definitions=definitions, result_format=form)
    result = context.checkpoints.add(checkpoint).run()
    if docs is not None:
        _report(context, docs)
    return [_outcome(held) for validation in result.run_results.values() for held in validation.results]


def _report(context: Any, docs: Path) -> None:
    """Write Data Docs of the run beside, then put them in the place of the last ones."""
    fresh = docs.with_name(docs.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    site = {
        "class_name": "SiteBuilder",
        "show_how_to_buttons": False,
        "site_index_builder": {"class_name": "DefaultSiteIndexBuilder"},
        "store_backend": {"class_name": "TupleFilesystemStoreBackend", "base_directory": str(fresh)},
    }
    context.add_data_docs_site(site_name="report", site_config=site)
    context.build_data_docs(site_names=["report"])
    make_offline(fresh)
    shutil.rmtree(docs, ignore_errors=True)
    fresh.rename(docs)


def _outcome(held: Any) -> Outcome:
    meta, result = held.expectation_config.meta, held.result or {}
    failure = (held.exception_info or {}).get("exception_message")
    if failure is None and any(isinstance(part, dict) for part in (held.exception_info or {}).values()):
        failure = "；".join(str(part.get("exception_message")) for part in held.exception_info.values())
    unexpected = result.get("unexpected_count", result.get("observed_value", 0))
    rows = result.get("partial_unexpected_list") or (result.get("details") or {}).get("unexpected_rows") or []
    return Outcome(
        meta["suite"],
        meta["name"],
        bool(held.success),
        unexpected if isinstance(unexpected, int) else 0,
        f"无法检查：{failure}" if failure else meta["why"],
        () if held.success else tuple(str(row) for row in rows[:5]),
    )


# Looking into DuckDB -----------------------------------------------------------------------------------------------


@contextmanager
def _looking_at(landing: Path, database: Path) -> Iterator[None]:
    """While this lasts, every new DuckDB connection of SQLAlchemy sees the built file and the landing."""

    def prepare(connection: Any, _record: Any) -> None:
        for statement in _views(landing, database):
            connection.execute(statement)

    event.listen(Engine, "connect", prepare)
    event.listen(Engine, "after_cursor_execute", _fetch_at_once)
    try:
        yield
    finally:
        event.remove(Engine, "connect", prepare)
        event.remove(Engine, "after_cursor_execute", _fetch_at_once)


def _fetch_at_once(_connection: Any, cursor: Any, _sql: str, _values: Any, context: Any, _many: bool) -> None:
    """Take the rows before duckdb-engine closes the cursor under SQLAlchemy (an open fault of both)."""
    if cursor.description:
        context.cursor_fetch_strategy = FullyBufferedCursorFetchStrategy(
            cursor, alternate_description=cursor.description, initial_buffer=cursor.fetchall()
        )


def _views(landing: Path, database: Path) -> list[str]:
    """Statements that bring everything in front of one connection."""
    statements = [f"attach '{_quoted(database)}' as star (read_only)"]
    with duckdb.connect(str(database), read_only=True) as connection:
        tables = connection.execute(
            "select table_name from information_schema.tables where table_schema = 'main' order by table_name"
        ).fetchall()
        holders = connection.execute(
            "select table_name from information_schema.columns where table_schema = 'main'"
            " and column_name = 'amount_key' order by table_name"
        ).fetchall()
    statements += [f'create view "{table}" as select * from star.main."{table}"' for (table,) in tables]
    for folder in sorted(path for path in landing.iterdir() if path.is_dir() and any(path.glob("*.parquet"))):
        files = f"read_parquet('{_quoted(folder)}/*.parquet', union_by_name = true)"
        statements.append(f'create view "landing_{folder.name}" as select * from {files}')
    contract = ", ".join(f"('{table}', '{column}')" for table, column in CONTRACT_COLUMNS)
    used = " union ".join(f'select amount_key from "{table}" where amount_key is not null' for (table,) in holders)
    filled = {"contract": contract, "used_amount_keys": used or "select null as amount_key where false"}
    statements += [f"create view {name} as {query.format(**filled)}" for name, query in _HELPERS.items()]
    return statements


def _columns(landing: Path, database: Path) -> dict[str, list[str]]:
    """Columns of everything the suites can look at, by table or view."""
    columns: dict[str, list[str]] = {}
    with duckdb.connect() as connection:
        for statement in _views(landing, database):
            connection.execute(statement)
        rows = connection.execute(
            "select table_name, column_name from duckdb_columns() where database_name = 'memory' and not internal"
        ).fetchall()
    for table, column in rows:
        columns.setdefault(table, []).append(column)
    return columns


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
