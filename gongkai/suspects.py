"""Which documents a failed build or check is about (检查不通过的文档).

A failed dbt test or expectation is a query; its rows are asked for again, in the very file that failed, and followed to
the documents they come from: by their own columns, or by the rows of the looked-at table that share their values.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from gongkai.build import BuildRecord, landing_of, scratch_of
from gongkai.home import Home
from gongkai.messages import GongkaiError
from gongkai.runlog import Run

_DATA_ERRORS = ("Conversion Error", "Out of Range Error", "Invalid Input Error", "Constraint Error")
"""Kinds of DuckDB's errors that rows bring about. Binder, catalog and parser errors are the project's own."""
_NOT_ABOUT_ROWS = frozenset({"contract_columns", "star_columns", "star_tables", "meta_contract"})
"""What expectations look at that no document shapes."""
_UNEVALUABLE = "无法检查"
_TEST_COLUMNS = ("unique_field", "value_field", "from_field")
"""dbt's own tests call the tested column so."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A dbt test, a model or an expectation that rows of documents made fail."""

    name: str
    """As shown to people: name of the expectation, test or model."""
    source: str
    """dbt node, or suite and name of the expectation."""


def failures_of(home: Home, error: GongkaiError) -> tuple[Failure, ...]:
    """What documents made fail; empty where the error, or a part of it, has nothing to do with documents."""
    parts = error.values.get("failures") or ()
    if error.code == "build_failed":
        manifest = _artefact(home, "manifest.json")
        shaped = _shaped_by_documents(manifest)
        found = [
            Failure(part["node"].split(".")[2], part["node"])
            for part in parts
            if part["node"] in shaped
            and (part["status"] == "fail" or any(kind in part["message"] for kind in _DATA_ERRORS))
        ]
    elif error.code == "checks_failed":
        tables = _tables_of_documents(home)
        claims = _claims()
        found = [
            Failure(name, f"{suite}.{name}")
            for suite, name, reason in parts
            if not reason.startswith(_UNEVALUABLE)
            and (suite, name) in claims
            and (claims[suite, name].table in tables or claims[suite, name].table.startswith("landing_"))
        ]
    else:
        return ()
    return tuple(found) if len(found) == len(parts) else ()


def suspects_of(home: Home, run: Run, error: GongkaiError, failures: Iterable[Failure]) -> dict[str, set[str]]:
    """Document key → names of the failures its rows stand in. A failure that cannot be followed adds none."""
    look = _in_failed_build if error.code == "build_failed" else _in_checked_file
    found: dict[str, set[str]] = {}
    for failure in failures:
        try:
            keys = look(home, run, failure)
        except (duckdb.Error, OSError, KeyError) as problem:
            # What cannot be followed here is found by trying, see quarantine.py.
            run.log("suspects_unknown", check=failure.name, reason=str(problem).splitlines()[0])
            continue
        for key in keys:
            found.setdefault(key, set()).add(failure.name)
    return found


# A failed build ----------------------------------------------------------------------------------------------------


def _artefact(home: Home, name: str) -> dict[str, Any]:
    try:
        return json.loads((home.cache / "dbt" / name).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


def _shaped_by_documents(manifest: Mapping[str, Any]) -> set[str]:
    """Nodes of dbt that read the landing, directly or through others; the rest are dictionaries."""
    parents = manifest.get("parent_map", {})
    known: dict[str, bool] = {}

    def reads(node: str) -> bool:
        if node not in known:
            known[node] = node.startswith("source.") or any(reads(parent) for parent in parents.get(node, ()))
        return known[node]

    return {node for node in parents if reads(node)}


def _in_failed_build(home: Home, run: Run, failure: Failure) -> set[str]:
    """Keys of the documents in the rows of a failed test. A model that broke off has no rows."""
    compiled = {result["unique_id"]: result for result in _artefact(home, "run_results.json").get("results", ())}
    node = _artefact(home, "manifest.json")["nodes"][failure.source]
    sql = compiled.get(failure.source, {}).get("compiled_code") or ""
    if node["resource_type"] != "test" or not sql:
        return set()
    path = run.folder / "failed.duckdb"
    with duckdb.connect() as connection:
        connection.execute(f"attach '{_quoted(path)}' as gongkai")
        connection.execute("use gongkai.main")
        scratch = scratch_of(path)
        if scratch.exists():
            connection.execute(f"attach '{_quoted(scratch)}' as scratch")
            connection.execute("set search_path = 'gongkai.main,scratch.main'")
        rename = {name: node["column_name"] for name in _TEST_COLUMNS if node.get("column_name")}
        table = (node.get("attached_node") or "").split(".")[-1]
        return _documents_in(connection, sql, table, rename)


# A failed check ----------------------------------------------------------------------------------------------------


def _claims() -> dict[tuple[str, str], Any]:
    from expectations.suites import SUITES

    return {(suite, claim.name): claim for suite, claims in SUITES.items() for claim in claims}


def _tables_of_documents(home: Home) -> set[str]:
    """Tables of the published file that documents shape, by dbt's last manifest."""
    manifest = _artefact(home, "manifest.json")
    return {node.split(".")[-1] for node in _shaped_by_documents(manifest)} - _NOT_ABOUT_ROWS


def _in_checked_file(home: Home, _run: Run, failure: Failure) -> set[str]:
    """Keys of the documents in the rows that break an expectation."""
    from expectations.looking import columns_of, query_of, statements

    suite, name = failure.source.split(".", 1)
    claim = _claims()[suite, name]
    record = BuildRecord.read(home.build_record)
    with duckdb.connect() as connection:
        for statement in statements(landing_of(home, record.excluded if record else ()), home.build_file):
            connection.execute(statement)
        sql = query_of(claim, columns_of(connection))
        if claim.filled:
            sql = f'select * from "{claim.table}" where "{claim.filled}" is null'
        if not claim.reference:
            return _documents_in(connection, sql, claim.table, {})
        keys = set()
        for (holder,) in connection.execute(f"select distinct holder from ({sql})").fetchall():
            held = f"select value from ({sql}) where holder = '{holder}'"
            keys |= _documents_in(connection, held, holder, {"value": claim.reference})
        return keys


# Rows to documents -------------------------------------------------------------------------------------------------


def _documents_in(connection: duckdb.DuckDBPyConnection, sql: str, table: str, rename: Mapping[str, str]) -> set[str]:
    """Keys of the documents that the rows of a query come from; ``table`` is what the query looks at."""
    connection.execute(f"create or replace temp table failing as select * from ({sql}) as broken")
    columns = _columns(connection, "failing")
    for name in columns:
        if name in rename and rename[name] not in columns:
            connection.execute(f'alter table failing rename column "{name}" to "{rename[name]}"')
    keys = _keys(connection, "failing")
    if keys or not table:
        return keys
    shared = [name for name in _columns(connection, "failing") if name in _columns(connection, table)]
    if not shared:
        return set()
    on = " and ".join(f'held."{name}" is not distinct from failing."{name}"' for name in shared)
    connection.execute(
        f'create or replace temp table behind as select held.* from "{table}" as held where exists'
        f" (select 1 from failing where {on})"
    )
    return _keys(connection, "behind") or _keys_by_unit(connection, "behind")


def _keys(connection: duckdb.DuckDBPyConnection, table: str) -> set[str]:
    """Keys of documents by the columns that name one."""
    columns, queries = _columns(connection, table), []
    for name in columns:
        if name == "document_key":
            queries.append(f"select document_key from {table}")
        elif name == "document_id":
            # As macros/document_key.sql makes them.
            queries.append(f"select substr(document_id, 1, 16) from {table}")
        elif name.endswith("amount_key"):
            queries.append(f"""select split_part("{name}", '-', 1) from {table}""")
        elif name == "table_number":
            queries.append(
                f"select document_key from int_table__identity where table_number in (select table_number from {table})"
            )
        elif name in ("reconciliation_key", "finding_key"):
            fact = "fct_reconciliation" if name == "reconciliation_key" else "fct_finding"
            queries.append(f"select document_key from {fact} where {name} in (select {name} from {table})")
    found: set[str] = set()
    for query in queries:
        found |= {row[0] for row in connection.execute(query).fetchall() if row[0]}
    return found


def _keys_by_unit(connection: duckdb.DuckDBPyConnection, table: str) -> set[str]:
    """Documents of the units (and years) in rows that name no document, such as sums over several."""
    shared = [name for name in ("unit_key", "fiscal_year") if name in _columns(connection, table)]
    if "unit_key" not in shared:
        return set()
    on = " and ".join(f"documents.{name} = behind.{name}" for name in shared)
    query = f"select distinct document_key from dim_document as documents inner join {table} as behind on {on}"
    return {row[0] for row in connection.execute(query).fetchall()}


def _columns(connection: duckdb.DuckDBPyConnection, table: str) -> list[str]:
    return [row[0] for row in connection.execute(f'describe "{table}"').fetchall()]


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
