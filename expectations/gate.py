"""Running the suites with Great Expectations inside DuckDB (检查的执行).

No rows leave DuckDB but those that break a claim.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
from sqlalchemy import event
from sqlalchemy.engine import Engine
from sqlalchemy.engine.cursor import FullyBufferedCursorFetchStrategy
from sqlalchemy.pool import StaticPool

from expectations.great import UnexpectedRowsExpectation, gx
from expectations.looking import columns_of, query_of, statements
from expectations.offline import make_offline
from expectations.outcome import MOST_ROWS, Outcome
from expectations.suites import SUITES, Expectation
from expectations.thresholds import SUITE, THRESHOLDS

_MARK = "with looked_at as"
"""How the query of a claim begins."""

ALL_SUITES: Mapping[str, tuple[Expectation, ...]] = {**SUITES, SUITE: THRESHOLDS}
"""The hard ones, and the one that only warns."""


def run_gate(
    landing: Path,
    database: Path,
    docs: Path | None = None,
    suites: Mapping[str, tuple[Expectation, ...]] = ALL_SUITES,
) -> list[Outcome]:
    """Evaluate all expectations; an expectation that cannot be evaluated (a table is missing) has failed.

    ``landing`` is the landing folder, ``database`` the DuckDB file, ``docs`` where the report goes (None: no report).
    """
    prepared = statements(landing, database)
    with duckdb.connect() as connection:
        for statement in prepared:
            connection.execute(statement)
        columns = columns_of(connection)
    with _looking_at(prepared):
        context = gx.get_context(mode="ephemeral")
        context.variables.progress_bars = {"globally": False, "metric_calculations": False}
        # One connection for all: each has a DuckDB of its own in memory, with a limit of its own.
        source = context.data_sources.add_sql(
            "warehouse", connection_string="duckdb:///:memory:", kwargs={"poolclass": StaticPool}
        )
        outcomes, definitions = [], []
        for suite, claims in suites.items():
            tables: dict[str, list[Expectation]] = {}
            for claim in claims:
                if claim.table in columns:
                    tables.setdefault(claim.table, []).append(claim)
                else:
                    reason = f"无法检查：没有表 {claim.table}。{claim.why}"
                    outcomes.append(Outcome(suite, claim.name, False, 0, reason))
            for table, held in tables.items():
                definitions.append(_definition(context, source, suite, table, held, columns))
        outcomes += _evaluate(context, definitions, docs)
    order = [(suite, claim.name) for suite, claims in suites.items() for claim in claims]
    return sorted(outcomes, key=lambda outcome: order.index((outcome.suite, outcome.name)))


def _definition(
    context: Any, source: Any, suite: str, table: str, claims: Iterable[Expectation], columns: Mapping[str, list[str]]
) -> Any:
    """A validation of one table by those claims of one suite that are about it."""
    name = f"{suite}.{table}"
    held = context.suites.add(gx.ExpectationSuite(name))
    for claim in claims:
        # Great Expectations warns of a query that does not mention the table it was given; ours look at several.
        query = (
            f"{_MARK} (select * from {{batch}} limit 0) select * from ({query_of(claim, columns)}) limit {MOST_ROWS}"
        )
        meta = {"suite": suite, "name": claim.name, "why": claim.why}
        description = f"{claim.name}：{claim.why}"
        held.add_expectation(UnexpectedRowsExpectation(unexpected_rows_query=query, meta=meta, description=description))
    try:
        asset = source.get_asset(table)
    except LookupError:
        asset = source.add_table_asset(table, table_name=table)
    batch = asset.add_batch_definition_whole_table(name)
    return context.validation_definitions.add(gx.ValidationDefinition(name=name, data=batch, suite=held))


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
    unexpected = result.get("observed_value")
    rows = (result.get("details") or {}).get("unexpected_rows") or []
    return Outcome(
        meta["suite"],
        meta["name"],
        bool(held.success),
        unexpected if isinstance(unexpected, int) else 0,
        f"无法检查：{failure}" if failure else meta["why"],
        () if held.success else tuple(str(row) for row in rows[:5]),
    )


@contextmanager
def _looking_at(prepared: list[str]) -> Iterator[None]:
    """While this lasts, every new DuckDB connection of SQLAlchemy sees the built file and the landing."""

    def prepare(connection: Any, _record: Any) -> None:
        for statement in prepared:
            connection.execute(statement)

    once = _Once()
    event.listen(Engine, "connect", prepare)
    event.listen(Engine, "before_cursor_execute", once.before, retval=True)
    event.listen(Engine, "after_cursor_execute", once.after)
    try:
        yield
    finally:
        event.remove(Engine, "connect", prepare)
        event.remove(Engine, "before_cursor_execute", once.before)
        event.remove(Engine, "after_cursor_execute", once.after)


class _Once:
    """Runs a claim's query once, though Great Expectations asks for its rows and for their number.

    Whichever it asks for first, the rows are counted; a query that is known to have none is not run again. (Where a
    claim is broken, its rows are asked for a second time: that is seldom, and nothing is published then.)
    """

    _COUNTING = re.compile(r"\s*SELECT COUNT\(\*\) as unexpected_row_count FROM \((.*)\)[^()]*", re.DOTALL)

    def __init__(self) -> None:
        self._rows: dict[str, int] = {}

    def before(
        self, _connection: Any, cursor: Any, sql: str, values: Any, _context: Any, _many: bool
    ) -> tuple[str, Any]:
        """The statement to run in the place of ``sql``."""
        counting = self._COUNTING.fullmatch(sql)
        query = (counting[1] if counting else sql).strip()
        if not query.startswith(_MARK):
            return sql, values
        if counting and query not in self._rows:
            cursor.execute(query, values)
            self._rows[query] = len(cursor.fetchall())
        if counting:
            return f"select {self._rows[query]} as unexpected_row_count", ()
        return (f"select * from ({query}) as held limit 0" if self._rows.get(query) == 0 else sql), values

    def after(self, _connection: Any, cursor: Any, sql: str, _values: Any, context: Any, _many: bool) -> None:
        """Take the rows before duckdb-engine closes the cursor under SQLAlchemy (an open fault of both)."""
        if cursor.description:
            rows = cursor.fetchall()
            if sql.strip().startswith(_MARK):
                self._rows[sql.strip()] = len(rows)
            context.cursor_fetch_strategy = FullyBufferedCursorFetchStrategy(
                cursor, alternate_description=cursor.description, initial_buffer=rows
            )
