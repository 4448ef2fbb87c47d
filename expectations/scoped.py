"""The gate of a file that documents were spliced into: what is new, and what splicing could break (并入后的检查).

The rows of bodies nothing changed in are those of a generation that passed the whole gate. So here

- every claim is evaluated on the rows of the touched bodies, in the very file and beside the whole landing;
- a key of theirs may stand nowhere else in the file, and nothing may still refer to a key that went away;
- claims that reach over bodies, and tables made again as a whole, are evaluated on the whole file;
- the rows not touched are held against the digest that was taken when the generation before passed its gate: each
  table has as many rows as before, less those taken out, plus those put in, and all other rows are equal to the bit.

A claim counts as reaching over bodies unless ``WITHIN`` says otherwise: a new one is evaluated on the whole file until
somebody has thought about it. Anything that fails here sends the refresh back to building all and checking all.
"""

from __future__ import annotations

import html
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb

from expectations.limits import limiting
from expectations.looking import columns_of, query_of, reference_query, statements
from expectations.outcome import MOST_ROWS, Outcome
from expectations.suites import REFERENCES, SUITES, Expectation
from expectations.thresholds import SUITE, THRESHOLDS
from expectations.unchanged import Digest, digest_after, digest_of

SPLICE = "splice"
"""Name of the suite of what splicing could break."""
OF_SPLICING = {
    "same_tables": "表、列、类型和说明与上一代相同",
    "dictionaries_unchanged": "不随文档变化的表与上一代逐行相同",
    "untouched_rows_unchanged": "没有触及的单位，各表的行与上一代逐行相同：行数 = 原有 - 移出 + 并入",
    "touched_rows_as_built": "触及的单位，各表的行就是新构建的那些，一行不多，一行不少",
    "nothing_refers_to_what_went": "没有任何行还引用已经移出的主键",
    "made_from_what_it_holds": "记录的来源文档与 dim_document 相同，文档与其单位的联系都在",
    "runs_are_remembered": "以前各次运行的记录都在",
}
"""Claim → what it protects."""
SEALED = ("meta_run", "meta_run_document", "meta_reject", "meta_landed", "meta_document_unit")
"""Tables written when a file is sealed, from the run and the whole landing."""
_SUITES: Mapping[str, tuple[Expectation, ...]] = {**SUITES, SUITE: THRESHOLDS}
_NOT_STAR = (*SEALED, "contract_columns", "used_amount_keys")

_MINE = """document_id in (select key from scope.ids) or document_id is null or document_id not in
    (select document_id from main.landing_documents where document_id is not null)"""
"""Rows of a touched document, and rows of no document that there is."""
_EXPENDITURE = ("fct_expenditure", "fct_income", "fct_economic_expenditure")
WITHIN = frozenset(
    {
        "landing_statement_code_known",
        "landing_unmapped_says_why",
        "landing_value_is_a_number",
        "landing_numbers_counted",
        "landing_figures_counted",
        *(
            f"{child}_in_{parent}"
            for child, parent in (
                *(
                    (child, "documents")
                    for child in (
                        *("tables", "table_columns", "cells", "cell_numbers", "indicators", "claims", "announcements"),
                        *("paragraphs", "narrative_amounts", "prose_residue", "prose_skipped"),
                    )
                ),
                *(("table_columns", "tables"), ("cells", "tables"), ("cell_numbers", "cells")),
                *(("indicators", "tables"), ("narrative_amounts", "paragraphs")),
            )
        ),
        "amount_key_whole",
        "no_amount_without_unit",
        "units_of_money_are_known",
        "money_is_in_yuan",
        *(
            f"{fact}_{claim}"
            for fact in _EXPENDITURE
            for claim in (
                *("holds_printed_leaves_only", "holds_no_prior_stage", "funds_add_up"),
                "holds_no_parent_beside_its_part",
            )
        ),
        "fct_expenditure_rows_equal_their_leaves",
        "fct_expenditure_leaves_none_out",
        "fct_expenditure_covers_every_fund",
        "every_number_in_a_text_cell_is_accounted_for",
        "no_fact_without_a_printed_number",
        "every_figure_is_a_fact",
        "rule_coverage_is_complete",
        "reconciliation_status_follows_tolerance",
        "applied_rules_have_results",
        "results_are_of_applied_rules",
    }
)
"""Claims of ``no_rows`` that rows of one document or one body break, beside dictionaries: rows of other bodies can
neither break nor mend them."""
_KEPT = ("fct_statement_amount", "fct_narrative_amount")
_TWICE = {
    "amount_key_names_one_amount": (_KEPT, ""),
    **{f"{fact}_holds_no_amount_twice": ((fact,), " where not is_derived") for fact in _EXPENDITURE},
}
"""Claims that no ``amount_key`` stands twice: (tables, condition)."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What a splice has touched."""

    documents: tuple[str, ...]
    """document_id of those built anew."""
    keys: tuple[str, ...]
    """Keys of these and of those taken out."""
    units: tuple[str, ...]
    """Bodies that these name, before and now."""
    owners: Mapping[str, str]
    """Table whose rows were replaced → column that tells whose a row is."""
    anew: tuple[str, ...]
    """Tables made again as a whole."""
    added: Mapping[str, Digest]
    """Table → digest of the rows that were built to be put in."""


def run_scoped(
    landing: Path, database: Path, before: Path, scope: Scope, digests: Mapping[str, Digest]
) -> tuple[list[Outcome], dict[str, Digest]]:
    """Evaluate the gate of a spliced file; also the digests of its tables.

    ``landing``: the whole landing it was made from. ``before``: the generation it was spliced into; ``digests``: of
    that generation's tables, taken when it passed its gate.
    """
    with duckdb.connect() as connection:
        for statement in statements(landing, database):
            connection.execute(statement)
        connection.execute(f"attach '{_quoted(before)}' as before (read_only)")
        return evaluate(connection, scope, digests, landing)


def evaluate(
    connection: duckdb.DuckDBPyConnection,
    scope: Scope,
    digests: Mapping[str, Digest],
    landing: Path | None = None,
    suites: Mapping[str, tuple[Expectation, ...]] = _SUITES,
) -> tuple[list[Outcome], dict[str, Digest]]:
    """As ``run_scoped``, on a connection that has all before it and the generation before attached as ``before``.

    ``landing``: where to find the rows of the touched documents at less cost than in the views over the whole of it.
    """
    columns = columns_of(connection)
    _restrict(connection, scope, columns, landing)
    now = _digests_after(connection, scope, columns, digests)
    broken = _Splice(connection, scope, columns, digests, now).broken()
    outcomes = [_outcome(SPLICE, name, why, broken[name]) for name, why in OF_SPLICING.items()]
    for suite, claims in suites.items():
        for claim in claims:
            if claim.table not in columns:
                reason = f"无法检查：没有表 {claim.table}。{claim.why}"
                outcomes.append(Outcome(suite, claim.name, False, 0, reason))
                continue
            path, sql = _scoped_query(claim, scope, columns)
            try:
                connection.execute(f"set search_path = '{path}'")
                rows = connection.execute(f"select * from ({sql}) limit {MOST_ROWS}").fetchall()
            except duckdb.Error as error:
                reason = f"无法检查：{str(error).splitlines()[0]}"
                outcomes.append(Outcome(suite, claim.name, False, 0, reason))
                continue
            finally:
                connection.execute("set search_path = 'main'")
            outcomes.append(_outcome(suite, claim.name, claim.why, rows))
    return outcomes, now


def _outcome(suite: str, name: str, why: str, rows: list[tuple]) -> Outcome:
    return Outcome(suite, name, not rows, len(rows), why, tuple(map(str, rows[:5])))


# What is looked at -------------------------------------------------------------------------------------------------


def _owned(scope: Scope, table: str) -> str:
    """Condition on a row of ``table``: it is of a touched body."""
    column = scope.owners[table]
    owner = "split_part(amount_key, '-', 1)" if column == "amount_key" else f'"{column}"'
    return f"{owner} in (select key from scope.{'units' if column == 'unit_key' else 'documents'})"


def _restrict(
    connection: duckdb.DuckDBPyConnection, scope: Scope, columns: Mapping[str, list[str]], landing: Path | None
) -> None:
    """Schema ``touched``: the rows of the touched bodies, under the names of their tables."""
    connection.execute("create schema scope")
    for name, keys in (("ids", scope.documents), ("documents", scope.keys), ("units", scope.units)):
        connection.execute(f"create table scope.{name} as select unnest(?::varchar[]) as key", [[*keys]])
    connection.execute("create schema touched")
    for table in scope.owners:
        if table in columns:
            places = _places(connection, scope, table, "now")
            kept = f"select * from {_base(connection, table)} where rowid in (select place from {places})"
            connection.execute(f'create table touched."{table}" as {kept}')
    batches = _batches(connection, landing) if landing else []
    for table in columns:
        # Files that could not be read at all leave rejects, and are no document that could be touched.
        if table.startswith("landing_") and table != "landing_rejects" and "document_id" in columns[table]:
            held = _files(landing, table.removeprefix("landing_"), batches) or f'main."{table}"'
            connection.execute(f'create table touched."{table}" as select * from {held} where {_MINE}')
    holders = [table for table in scope.owners if "amount_key" in columns.get(table, ())]
    if holders:
        used = " union ".join(f'select amount_key from touched."{table}"' for table in holders)
        connection.execute(
            f"create table touched.used_amount_keys as select * from ({used}) where amount_key is not null"
        )


def _batches(connection: duckdb.DuckDBPyConnection, landing: Path) -> list[str]:
    """Batches of the landing that hold the touched documents: each holds all rows of its documents."""
    if not any((landing / "landed").glob("*.parquet")):
        return []
    rows = connection.execute(
        f"select distinct filename from read_parquet('{_quoted(landing)}/landed/*.parquet', filename = true)"
        " where document_id in (select key from scope.ids)"
    ).fetchall()
    return [Path(name).name for (name,) in rows]


def _files(landing: Path | None, table: str, batches: Iterable[str]) -> str:
    """The files of a table in these batches, as DuckDB reads them; empty where not every one is there."""
    paths = [landing / table / batch for batch in batches] if landing else []
    if not paths or not all(path.exists() for path in paths):
        return ""
    listed = ", ".join(f"'{_quoted(path)}'" for path in paths)
    return f"read_parquet([{listed}], union_by_name = true)"


def _scoped_query(claim: Expectation, scope: Scope, columns: Mapping[str, list[str]]) -> tuple[str, str]:
    """(schemas to look in, query whose rows break the claim where splicing or what was spliced in could break it)."""
    near = "touched,main"
    if claim.reference:
        return near, reference_query(claim.reference, columns, home_schema="main.")
    if claim.unique:
        owner = scope.owners.get(claim.table)
        if owner is None or owner in claim.unique:
            # Rows of one owner only can share such a key.
            return near, query_of(claim, columns)
        return "main", _again(claim.table, claim.unique)
    if claim.name in _TWICE:
        tables, condition = _TWICE[claim.name]
        held = " union all ".join(f"select amount_key from main.{table}{condition}" for table in tables)
        mine = " union ".join(f"select amount_key from touched.{table}{condition}" for table in tables)
        return "main", (
            f"select amount_key from ({held}) as held semi join ({mine}) as mine using (amount_key)"
            " group by amount_key having count(*) > 1"
        )
    if claim.filled or claim.among or claim.name in WITHIN or claim in THRESHOLDS:
        return near, query_of(claim, columns)
    return "main", query_of(claim, columns)


def _again(table: str, key: Iterable[str]) -> str:
    """Keys of touched rows that stand in more than one row of the whole file, NULL counting as a value."""
    held = ", ".join(f"held.{column}" for column in key)
    same = " and ".join(f"held.{column} is not distinct from mine.{column}" for column in key)
    mine = f"select distinct {', '.join(key)} from touched.{table}"
    return (
        f"select {held} from main.{table} as held semi join ({mine}) as mine on {same}"
        f" group by {held} having count(*) > 1"
    )


# What splicing could break -----------------------------------------------------------------------------------------


def file_digests(database: Path) -> dict[str, Digest]:
    """Digests of all tables of a published file but those written at its sealing."""
    with duckdb.connect() as connection:
        # Sums need little, and the gate's own connection may still hold its share.
        for statement in limiting(database, "1GB"):
            connection.execute(statement)
        connection.execute(f"attach '{_quoted(database)}' as star (read_only)")
        held = connection.execute(
            "select table_name, column_name from duckdb_columns()"
            " where database_name = 'star' and schema_name = 'main' order by all"
        ).fetchall()
        columns: dict[str, list[str]] = {}
        for table, column in held:
            columns.setdefault(table, []).append(column)
        connection.execute("use star.main")
        return table_digests(connection, columns)


def table_digests(connection: duckdb.DuckDBPyConnection, columns: Mapping[str, list[str]]) -> dict[str, Digest]:
    """Digests of the star's tables, as they are named on the connection."""
    return {
        table: digest_of(connection, f'"{table}"', held)
        for table, held in sorted(columns.items())
        if table not in _NOT_STAR and not table.startswith(("landing_", "star_"))
    }


def _digests_after(
    connection: duckdb.DuckDBPyConnection,
    scope: Scope,
    columns: Mapping[str, list[str]],
    before: Mapping[str, Digest],
) -> dict[str, Digest]:
    """As ``table_digests``, reading only what a splice can have changed, where that can be told."""
    found = {}
    for table, held in sorted(columns.items()):
        if table in _NOT_STAR or table.startswith(("landing_", "star_")):
            continue
        is_known = table in before and table not in scope.anew
        if is_known:
            sides = (f'before.main."{table}"', _base(connection, table))
            owned = (_places(connection, scope, table, "before"), _places(connection, scope, table, "now"))
            found[table] = digest_after(connection, held, (int(before[table][0]), before[table][1]), sides, owned)
        else:
            found[table] = digest_of(connection, f'"{table}"', held)
    return found


def _base(connection: duckdb.DuckDBPyConnection, table: str) -> str:
    """The table itself, where a view stands before it."""
    is_view = connection.execute(
        "select count(*) from duckdb_views() where database_name = 'memory' and schema_name = 'main' and view_name = ?",
        [table],
    ).fetchone()[0]
    return f'{"star.main" if is_view else "main"}."{table}"'


def _places(connection: duckdb.DuckDBPyConnection, scope: Scope, table: str, side: str) -> str:
    """Name of a table with the ``rowid`` of every row of the touched bodies in a table ``now`` or ``before``.

    Made once: whose a row is, is told by one column, which is read for that; all others are then read only where such
    rows lie.
    """
    name = f'places."{side}_{table}"'
    connection.execute("create schema if not exists places")
    relation = _base(connection, table) if side == "now" else f'before.main."{table}"'
    if table in scope.owners:
        query = f"select rowid as place from {relation} where {_owned(scope, table)}"
    else:
        query = "select 0::bigint as place where false"
    connection.execute(f"create table if not exists {name} as {query}")
    return name


class _Splice:
    """The claims of ``OF_SPLICING``."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        scope: Scope,
        columns: Mapping[str, list[str]],
        before: Mapping[str, Digest],
        now: Mapping[str, Digest],
    ) -> None:
        self.connection, self.scope, self.columns = connection, scope, columns
        self.before = {table: (int(held[0]), held[1]) for table, held in before.items()}
        self.now = now

    def broken(self) -> dict[str, list[tuple]]:
        """Claim → what breaks it."""
        owned, anew = set(self.scope.owners), set(self.scope.anew)
        tables = self.before.keys() | self.now.keys()
        same = tables - owned - anew
        mine = {table: self._touched("touched", table) for table in sorted(owned)}
        return {
            "same_tables": self._rows(_COLUMNS),
            "dictionaries_unchanged": [(t,) for t in sorted(same) if self.before.get(t) != self.now.get(t)],
            "untouched_rows_unchanged": [(t,) for t in mine if not self._is_untouched_as_before(t, mine[t])],
            "touched_rows_as_built": [(t,) for t in mine if mine[t] != tuple(self.scope.added.get(t, ()))],
            "nothing_refers_to_what_went": list(self._dangling()),
            "made_from_what_it_holds": self._rows(_ORIGIN),
            "runs_are_remembered": self._rows(_FORGOTTEN),
        }

    def _rows(self, sql: str) -> list[tuple]:
        try:
            return self.connection.execute(f"select * from ({sql}) limit {MOST_ROWS}").fetchall()
        except duckdb.Error as error:
            return [(str(error).splitlines()[0],)]

    def _touched(self, side: str, table: str) -> Digest | None:
        """Digest of a table's touched rows, of now (``touched``) or ``before``."""
        if table not in self.columns:
            return None
        columns = self.columns[table]
        try:
            if side == "touched":
                return digest_of(self.connection, f'touched."{table}"', columns)
            places = _places(self.connection, self.scope, table, "before")
            where = f"rowid in (select place from {places})"
            return digest_of(self.connection, f'before.main."{table}"', columns, where)
        except duckdb.Error:
            return None

    def _is_untouched_as_before(self, table: str, mine: Digest | None) -> bool:
        """Sums of hashes can be subtracted: what is left of both tables without the touched rows must be equal."""
        sides = (self.before.get(table), self._touched("before", table), self.now.get(table))
        if mine is None or None in sides:
            return False
        before, gone, now = sides
        rows = before[0] - gone[0] == now[0] - mine[0]
        return rows and int(before[1]) - int(gone[1]) == int(now[1]) - int(mine[1])

    def _dangling(self) -> Iterator[tuple]:
        """(table, column, value) of rows that refer to a key that the generation before had and this one has not."""
        homes = {**REFERENCES, "amount_key": (_KEPT, "amount_key")}
        for column, (home, key) in homes.items():
            parts = home if isinstance(home, tuple) else (home,)
            if not all(part in self.columns for part in parts):
                continue
            self.connection.execute(f"create or replace temp table lost as {self._lost(parts, key)}")
            if not self.connection.execute("select count(*) from lost").fetchone()[0]:
                continue
            for table in sorted(self.columns):
                is_home = table in parts and column == key
                is_star = table.startswith(("dim_", "fct_", "mart_", "bridge_"))
                if is_star and not is_home and column in self.columns[table]:
                    held = f'select distinct "{column}" from main."{table}" where "{column}" in (select key from lost)'
                    for (value,) in self._rows(held):
                        yield table, column, value

    def _lost(self, parts: Iterable[str], key: str) -> str:
        before, now = [], []
        for part in parts:
            owned = part in self.scope.owners
            where = f" where {_owned(self.scope, part)}" if owned else ""
            before.append(f"select {key} as key from before.main.{part}{where}")
            now.append(f"select {key} from {'touched' if owned else 'main'}.{part}")
        return f"({' union all '.join(before)}) except ({' union all '.join(now)})"


_DESCRIBED = f"""
    select table_name, column_name, data_type, coalesce(comment, '') from {{}}
    where table_name not in {SEALED}
"""
_BEFORE = """(
    select table_name, column_name, data_type, comment from duckdb_columns()
    where database_name = 'before' and schema_name = 'main'
    union all
    select table_name, '', '', comment from duckdb_tables() where database_name = 'before' and schema_name = 'main'
) as described"""
_NOW_DESCRIBED, _BEFORE_DESCRIBED = _DESCRIBED.format("star_columns"), _DESCRIBED.format(_BEFORE)
_COLUMNS = f"""
    ({_NOW_DESCRIBED} except {_BEFORE_DESCRIBED}) union all ({_BEFORE_DESCRIBED} except {_NOW_DESCRIBED})
"""
_ORIGIN = """
    select coalesce(landed.document_id, held.document_id)
    from meta_landed as landed full join main.dim_document as held on landed.document_id = held.document_id
    where landed.document_id is null or held.document_id is null
    union all
    select held.document_id from main.dim_document as held
    left join meta_document_unit as named
        on held.document_key = named.document_key and held.unit_key = named.unit_key
    where held.unit_key is not null and named.unit_key is null
"""
_FORGOTTEN = "select run_id from before.main.meta_run except select run_id from meta_run"


# Its report --------------------------------------------------------------------------------------------------------


def page(outcomes: Iterable[Outcome], scope: Scope, style: str) -> str:
    """The report of a scoped gate, as a page by itself."""
    rows = "\n".join(
        f"<tr><td>{'✓' if held.success else '✗'}</td><td>{html.escape(f'{held.suite}.{held.name}')}</td>"
        f"<td>{html.escape(held.reason)}</td><td>{html.escape('；'.join(held.sample))}</td></tr>"
        for held in outcomes
    )
    return (
        f'<!doctype html>\n<html lang="zh"><head><meta charset="utf-8"><title>并入后的检查</title>'
        f"<style>{style}</style></head><body>\n<h1>并入后的检查</h1>\n"
        f"<p>新读入、改变或移除的文档所涉及的单位：{len(scope.documents)} 份文档，{len(scope.units)} 个单位。"
        "各项检查在这些单位的行上执行；没有触及的行与上一代逐行相同，由 splice 各项检查。"
        '<a href="index.html">最近一次全部检查的报告</a></p>\n'
        f"<table><tr><th></th><th>检查</th><th>保护什么</th><th>不符的行</th></tr>\n{rows}\n</table>\n</body></html>\n"
    )


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
