"""Splicing: what changed documents touch is built anew and put into a copy of the published file (并入).

Building the whole star costs as much for one new document as for all of them. But the star falls apart into groups
of documents that share no body (预算单位): no model joins figures of one group with figures of another. So the
documents of the groups that something changed in are built alone, with the very SQL that dbt compiled for the last
whole build, its tests included; in a copy of the published file their rows of before are deleted and their new rows
inserted. The few tables made over all documents are made again as a whole.

The result is the one a whole build makes, table by table; a test holds it to that. Where that is not certain (another
project or reading, too much changed, no compiled SQL left, a test that fails, many splices in a row) nothing is spliced
and the whole star is built.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import re
import shutil
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb
import polars as pl

from expectations.limits import limiting
from expectations.scoped import Scope, digest_of
from gongkai.home import Home
from ingest.landing.writer import EMPTY, Landing

MOST_SPLICES = 30
"""Spliced generations in a row; then the whole star is built once, which also packs the file."""
MOST_SHARE = 0.4
"""Share of the documents from which on building them alone saves too little."""

WHOLE = ("dim_functional_subject", "dim_economic_subject", "dim_fiscal_year", "dim_project")
"""Tables over all documents, made from tables of the star: made again in the spliced file."""
LISTED = ("mart_disclosure_gap",)
"""Tables over all documents, made from what documents say of themselves: made with the links."""
_SAID = ("int_document__identity", "int_document__unit_name", "int_table__identity", "int_unit__parent")
"""What all documents say of themselves: who names whom, and what ``WHOLE`` needs of it."""
_KEYS = ("document_key", "earlier_document_key", "amount_key", "unit_key")
"""Columns that tell whose a row is, the first that a table has."""
_LANDING = re.compile(r"read_parquet\('[^']*/(\w+)/\*\.parquet'")
_LINKS = """
    select distinct document_key, unit_key from (
        select document_key, unit_key from {schema}.int_document__unit_name
        union all
        select document_key, unit_key from {schema}.int_document__identity
        union all
        select document_key, unit_key from {schema}.int_table__identity
    ) as named
    where unit_key is not null
"""
_COMMENTS = {
    "meta_landed": "one row per document that this file was made from (来源文档)",
    "meta_landed.document_id": "SHA-256 of the bytes (文件哈希)",
    "meta_landed.content": "digest of all that was read in it; changes when it is read in another way (内容摘要)",
    "meta_document_unit": "one row per document and unit it names, superiors and table heads too (文档涉及的单位)",
    "meta_document_unit.document_key": "document, see dim_document (文档键)",
    "meta_document_unit.unit_key": "unit, see dim_unit where it discloses (单位键)",
}


_SHARE_BLOCKS = 0x40049409
"""FICLONE of Linux: XFS, btrfs and others; elsewhere the call fails."""


class NotSplicedError(Exception):
    """The whole star must be built; the message says why."""


@dataclass(frozen=True, slots=True)
class Node:
    """One model or test as dbt compiled it."""

    name: str
    kind: str
    """``model`` or ``test``."""
    materialized: str
    sql: str
    parents: tuple[str, ...]
    """Names of the models it reads."""
    is_shaped: bool
    """Whether documents shape it; the others are dictionaries."""


@dataclass(frozen=True, slots=True)
class Compiled:
    """The project as the last whole build ran it."""

    project: str
    """Fingerprint of the project."""
    seeds: tuple[str, ...]
    nodes: tuple[Node, ...]
    """In the order they can be run in."""

    def above(self, names: Iterable[str]) -> tuple[Node, ...]:
        """The models of these names and all they are made of, in order."""
        by_name = {node.name: node for node in self.nodes if node.kind == "model"}
        wanted: set[str] = set()
        waiting = [name for name in names if name in by_name]
        while waiting:
            name = waiting.pop()
            if name not in wanted:
                wanted.add(name)
                waiting += [parent for parent in by_name[name].parents if parent in by_name]
        return tuple(node for node in self.nodes if node.kind == "model" and node.name in wanted)


# What dbt compiled -------------------------------------------------------------------------------------------------


def keep_compiled(home: Home, project: str) -> None:
    """Keep the SQL of the whole build that dbt has just ended, for later splices."""
    _compiled_path(home).unlink(missing_ok=True)
    artefacts = home.cache / "dbt"
    try:
        manifest = json.loads((artefacts / "manifest.json").read_text(encoding="utf-8"))
        results = json.loads((artefacts / "run_results.json").read_text(encoding="utf-8"))["results"]
        parent_map = manifest["parent_map"]
    except (OSError, ValueError, KeyError):
        return
    sql = {result["unique_id"]: result.get("compiled_code") for result in results}
    shaped = _shaped(parent_map)
    held = []
    for key in _ordered(parent_map):
        node = manifest["nodes"].get(key)
        if node is None or node["resource_type"] not in ("model", "test") or not sql.get(key):
            continue
        parents = [parent.split(".")[2] for parent in parent_map[key] if parent.startswith("model.")]
        name = node["alias"] if node["resource_type"] == "model" else node["name"]
        made = node["config"]["materialized"]
        # A splice has no scratch file and nothing in memory: all it makes is small, and in one.
        text = re.sub(r'"(scratch|passing)"[.]"main"[.]', '"gongkai"."main".', sql[key])
        held.append([name, node["resource_type"], made, text, parents, key in shaped])
    seeds = sorted(node["alias"] for node in manifest["nodes"].values() if node["resource_type"] == "seed")
    partial = _compiled_path(home).with_suffix(".tmp")
    partial.write_text(json.dumps({"project": project, "seeds": seeds, "nodes": held}, ensure_ascii=False))
    partial.replace(_compiled_path(home))


def _compiled_path(home: Home) -> Path:
    return home.cache / "compiled.json"


def read_compiled(home: Home, project: str) -> Compiled:
    """The kept SQL. Raises ``NotSplicedError`` where there is none of this project."""
    try:
        held = json.loads(_compiled_path(home).read_text(encoding="utf-8"))
        nodes = tuple(Node(*node[:4], tuple(node[4]), node[5]) for node in held["nodes"])
        compiled = Compiled(held["project"], tuple(held["seeds"]), nodes)
    except (OSError, ValueError, KeyError, TypeError, IndexError) as error:
        raise NotSplicedError("no compiled SQL is kept") from error
    if compiled.project != project:
        raise NotSplicedError("the compiled SQL is of another project")
    return compiled


def _ordered(parents: Mapping[str, list[str]]) -> list[str]:
    """Nodes, each after those it reads."""
    order: dict[str, None] = {}

    def visit(key: str) -> None:
        if key not in order:
            for parent in sorted(parents.get(key, ())):
                visit(parent)
            order[key] = None

    for key in sorted(parents):
        visit(key)
    return list(order)


def _shaped(parents: Mapping[str, list[str]]) -> set[str]:
    """Nodes that read the landing, directly or through others."""
    found: set[str] = set()
    for key in _ordered(parents):
        if key.startswith("source.") or any(parent in found for parent in parents.get(key, ())):
            found.add(key)
    return found


# What has changed --------------------------------------------------------------------------------------------------


def contents(home: Home, excluded: Iterable[str]) -> dict[str, str]:
    """document_id → digest of all that the landing holds of it, for every document that was read and is not left out.

    What was landed before there were digests goes by the batch it lies in.
    """
    landing = Landing(home.landing)
    left_out = set(excluded)
    fetched: dict[str, list[str]] = defaultdict(list)
    for row in landing.side_rows("fetches"):
        fetched[row["document_id"]].append(repr([*row.values()]))
    found: dict[str, str] = {}
    for key, landed in landing.landed().items():
        if landed.state == "read" and key not in left_out:
            text = "\n".join([landed.content or f"batch {landed.batch}", *sorted(fetched.get(key, ()))])
            found[key] = hashlib.sha256(text.encode()).hexdigest()[:32]
    return found


@dataclass(frozen=True, slots=True)
class Touched:
    """What must be built anew."""

    documents: frozenset[str]
    """document_id of those to build: all of every group that something changed in."""
    keys: frozenset[str]
    """Keys of these and of the removed ones: their rows go."""
    units: frozenset[str]
    """Units of these groups, before and now."""


def _touched(
    now: Mapping[str, str],
    before: Mapping[str, str],
    links: Iterable[tuple[str, str]],
) -> Touched:
    """``links``: (document_key, unit_key), those of the published file and those of now. See ``Touched``."""
    ids = {_document_key(document_id): document_id for document_id in now}
    changed = {key for key, digest in now.items() if before.get(key) != digest}
    gone = before.keys() - now.keys()
    units_of: dict[str, set[str]] = defaultdict(set)
    documents_of: dict[str, set[str]] = defaultdict(set)
    for document_key, unit_key in links:
        units_of[document_key].add(unit_key)
        documents_of[unit_key].add(document_key)
    keys: set[str] = set()
    units: set[str] = set()
    waiting = [_document_key(document_id) for document_id in changed | gone]
    while waiting:
        key = waiting.pop()
        if key in keys:
            continue
        keys.add(key)
        for unit in units_of.get(key, set()) - units:
            units.add(unit)
            waiting += documents_of[unit]
    return Touched(frozenset(ids[key] for key in keys if key in ids), frozenset(keys), frozenset(units))


def _document_key(document_id: str) -> str:
    """As macros/document_key.sql makes it."""
    return document_id[:16]


# Splicing ----------------------------------------------------------------------------------------------------------


def splice(home: Home, project: str, landing: Path, now: Mapping[str, str]) -> Scope:
    """Make the star of ``landing`` at ``home.build_file`` from the published one; see the module's docstring.

    Returns what the gate has to look at.

    ``project`` made the published file and is still the same. ``landing`` is what a whole build would read (without the
    documents in quarantine), ``now`` its ``contents``. The file is not sealed.
    Raises ``NotSplicedError`` and ``duckdb.Error``; the whole star is to be built then.
    """
    compiled = read_compiled(home, project)
    part, part_landing = home.build_file.with_name("part.duckdb"), home.build_file.with_name("part")
    clear_part(home)
    try:
        touched = _build_part(home, compiled, landing, part, part_landing, now)
        return _merge(home, compiled, part, touched)
    finally:
        clear_part(home)


def clear_part(home: Home) -> None:
    """Remove what a splice works with, also one that was killed."""
    folder = home.build_file.parent
    for name in ("part.duckdb", "part.duckdb.wal"):
        (folder / name).unlink(missing_ok=True)
    shutil.rmtree(folder / "part", ignore_errors=True)


def _build_part(
    home: Home, compiled: Compiled, landing: Path, part: Path, part_landing: Path, now: Mapping[str, str]
) -> Touched:
    """Build what is touched into ``part``: schema ``main`` as dbt would, schema ``whole`` over all documents."""
    with duckdb.connect() as connection:
        for statement in limiting(home.build_file):
            connection.execute(statement)
        connection.execute(f"attach '{_quoted(home.database.resolve())}' as published (read_only)")
        connection.execute(f"attach '{_quoted(part)}' as gongkai")
        connection.execute("use gongkai.main")
        held = {name for (name,) in connection.execute(_TABLES.format(database="published")).fetchall()}
        if not {"meta_landed", "meta_document_unit", *compiled.seeds} <= held:
            raise NotSplicedError("the published file does not say what it was made from")
        for seed in compiled.seeds:
            connection.execute(f'create view "{seed}" as select * from published.main."{seed}"')
        first = compiled.above((*_SAID, *LISTED))
        _run_models(connection, first, landing)
        connection.execute("create schema whole")
        for name in (*LISTED, "int_document__identity", "stg_landing__expected_disclosures"):
            connection.execute(f"create table whole.{name} as select * from main.{name}")
        connection.execute(f"create table whole.meta_document_unit as {_LINKS.format(schema='main')}")
        links = "select * from whole.meta_document_unit union select * from published.main.meta_document_unit"
        before = dict(connection.execute("select document_id, content from published.main.meta_landed").fetchall())
        touched = _touched(now, before, connection.execute(links).fetchall())
        if len(touched.documents) > MOST_SHARE * len(now):
            raise NotSplicedError(f"{len(touched.documents)} of {len(now)} documents are touched")
        for node in reversed(first):
            kind = "view" if node.materialized == "view" else "table"
            connection.execute(f'drop {kind} "{node.name}" cascade')
        _part_landing(home, landing, part_landing, touched.documents)
        _run_models(connection, (node for node in compiled.nodes if node.kind == "model"), part_landing)
        for node in compiled.nodes:
            if node.kind == "test" and node.is_shaped:
                found = connection.execute(f"select count(*) from ({node.sql}\n) as broken").fetchone()[0]
                if found:
                    raise NotSplicedError(f"test {node.name} finds {found} rows")
        return touched


_TABLES = "select table_name from duckdb_tables() where database_name = '{database}' and schema_name = 'main'"


def _run_models(connection: duckdb.DuckDBPyConnection, nodes: Iterable[Node], landing: Path) -> None:
    for node in nodes:
        sql = _LANDING.sub(lambda found: f"read_parquet('{_quoted(landing)}/{found[1]}/*.parquet'", node.sql)
        kind = "view" if node.materialized == "view" else "table"
        connection.execute(f'create {kind} "{node.name}" as {sql}')


def _part_landing(home: Home, landing: Path, target: Path, document_ids: frozenset[str]) -> None:
    """The rows of these documents, table by table; side tables as they are."""
    wanted = pl.col("document_id").is_in(list(document_ids))
    whole = Landing(home.landing)
    # A document lies in one batch; the files of all others need not be opened.
    others = set(whole.batches()) - {whole.landed()[key].batch for key in document_ids}
    for folder in sorted(path for path in landing.iterdir() if path.is_dir()):
        copy = target / folder.name
        copy.mkdir(parents=True)
        for path in folder.glob("*.parquet"):
            if path.stem in others:
                continue
            if path.stem == EMPTY or folder.name == "expected_disclosures":
                shutil.copyfile(path, copy / path.name)
            elif "document_id" in pl.read_parquet_schema(path):
                rows = pl.scan_parquet(path, glob=False).filter(wanted).collect()
                if not rows.is_empty():
                    rows.write_parquet(copy / path.name)


def _merge(home: Home, compiled: Compiled, part: Path, touched: Touched) -> Scope:
    """Put the rows of ``part`` into a copy of the published file, in the place of those they succeed."""
    _copy(home.database.resolve(), home.build_file)
    models = {node.name: node for node in compiled.nodes if node.kind == "model"}
    owners, added = {}, {}
    with duckdb.connect(str(home.build_file)) as connection:
        for statement in limiting(home.build_file):
            connection.execute(statement)
        connection.execute(f"attach '{_quoted(part)}' as part (read_only)")
        connection.execute("drop schema if exists zh cascade")
        connection.execute("create temp table gone_documents as select unnest(?::varchar[]) as key", [[*touched.keys]])
        connection.execute("create temp table gone_units as select unnest(?::varchar[]) as key", [[*touched.units]])
        tables = {name for (name,) in connection.execute(_TABLES.format(database="gongkai")).fetchall()}
        replaced = _replaced(connection)
        for table in sorted(tables - {*compiled.seeds, *WHOLE, *LISTED}):
            if table.startswith("meta_") and table not in models:
                connection.execute(f'drop table "{table}"')
            elif table not in models:
                raise NotSplicedError(f"no model makes table {table}")
            elif models[table].is_shaped:
                owners[table], added[table] = _replace_rows(connection, table, replaced)
        for name in ("int_document__identity", "stg_landing__expected_disclosures", "meta_document_unit"):
            connection.execute(f"create table {name} as select * from part.whole.{name}")
        for table in LISTED:
            connection.execute(f'delete from "{table}"')
            connection.execute(f'insert into "{table}" by name select * from part.whole."{table}"')
        for table in WHOLE:
            connection.execute(f"create temp table fresh as {models[table].sql}")
            connection.execute(f'delete from "{table}"')
            connection.execute(f'insert into "{table}" by name select * from fresh')
            connection.execute("drop table fresh")
        connection.execute("drop table stg_landing__expected_disclosures")
        connection.execute("drop table int_document__identity")
    ids, keys, units = (tuple(sorted(held)) for held in (touched.documents, touched.keys, touched.units))
    return Scope(ids, keys, units, owners, (*WHOLE, *LISTED), added)


def _copy(source: Path, target: Path) -> None:
    """Copy a file; where the file system can, by sharing its blocks until one side changes them."""
    with source.open("rb") as held, target.open("wb") as made:
        try:
            fcntl.ioctl(made.fileno(), _SHARE_BLOCKS, held.fileno())
        except OSError:
            shutil.copyfile(source, target)


def _replaced(connection: duckdb.DuckDBPyConnection) -> set[str]:
    """Of the two tables of keys to take out, those of which the published file holds any; all its rows refer to these.

    Where it holds none, as of documents of new bodies, to look for rows to delete would only read every table.
    """
    homes = {"gone_documents": ("dim_document", "document_key"), "gone_units": ("dim_unit", "unit_key")}
    return {
        gone
        for gone, (home, key) in homes.items()
        if connection.execute(f"select count(*) from {home} where {key} in (select key from {gone})").fetchone()[0]
    }


def _replace_rows(
    connection: duckdb.DuckDBPyConnection, table: str, replaced: Collection[str]
) -> tuple[str, tuple[int, str]]:
    """Returns the column that tells whose a row is, and the digest of the rows put in.

    ``replaced``: what ``_replaced`` says; there is nothing to take out by other keys.
    """
    columns = [row[0] for row in connection.execute(f'describe "{table}"').fetchall()]
    key = next((name for name in _KEYS if name in columns), None)
    if key is None:
        raise NotSplicedError(f"rows of {table} do not say whose they are")
    owner = "split_part(amount_key, '-', 1)" if key == "amount_key" else key
    gone = "gone_units" if key == "unit_key" else "gone_documents"
    for held in (f'"{table}"', f'part.main."{table}"') if gone in replaced else (f'part.main."{table}"',):
        if connection.execute(f"select count(*) from {held} where {key} is null").fetchone()[0]:
            raise NotSplicedError(f"rows of {table} have no {key}")
    if gone in replaced:
        connection.execute(f'delete from "{table}" where {owner} in (select key from {gone})')
    connection.execute(f'insert into "{table}" by name select * from part.main."{table}"')
    return key, digest_of(connection, f'part.main."{table}"', columns)


def record_origin(connection: duckdb.DuckDBPyConnection, now: Mapping[str, str]) -> None:
    """Write into the file being sealed what it was made from, so that the next refresh can tell what is new.

    Called while the steps on the way are attached as ``scratch``; a star without them gets no links.
    """
    tables = {name for (name,) in connection.execute(_TABLES.format(database=_database(connection))).fetchall()}
    steps = {name for (name,) in connection.execute(_TABLES.format(database="scratch")).fetchall()}
    if "meta_document_unit" not in tables and "int_document__unit_name" in steps:
        connection.execute(f"create table meta_document_unit as {_LINKS.format(schema='scratch.main')}")
        tables.add("meta_document_unit")
    connection.execute("create table meta_landed (document_id varchar, content varchar)")
    keys = sorted(now)
    digests = [now[key] for key in keys]
    connection.execute("insert into meta_landed select unnest(?::varchar[]), unnest(?::varchar[])", [keys, digests])
    for name, comment in _COMMENTS.items():
        if name.split(".")[0] in tables | {"meta_landed"}:
            connection.execute(f"comment on {'column' if '.' in name else 'table'} {name} is '{comment}'")


def _database(connection: duckdb.DuckDBPyConnection) -> str:
    return connection.execute("select current_database()").fetchone()[0]


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
