"""The site of a large country: time, size and how fast its pages open (网站规模测试).

    python benchmarks/site_at_scale.py HOME WORK --units 10000 --years 2022-2023 [--chunks 6]

The rows of a small home (``gongkai synth`` and ``gongkai refresh``) are repeated under new keys, with regions of the
whole country, straight into a published file and a landing below WORK. Then the site is built, or, with ``--chunks``,
only that many chunks of its units and documents and all pages above them, for machines that have other things to do.
Prints processor seconds and bytes. Sources are repeated for texts only: PDFs are shown as grids.
"""

from __future__ import annotations

import argparse
import hashlib
import shutil
import time
from pathlib import Path

import duckdb
import pyarrow as pa

from gongkai import site
from gongkai.home import Home
from gongkai.site_document import DocumentOptions
from gongkai.site_overview import OverviewWriter
from gongkai.site_store import make_store
from gongkai.site_text import ASSETS, environment
from gongkai.site_unit import ChunkTask, shared_names, write_chunk

_OF_DOCUMENT = ("amount_key", "left_amount_key", "right_amount_key", "finding_key", "indicator_key",
                "reconciliation_key")  # fmt: skip


def make_country(source: Path, home: Path, units: int, years: tuple[int, int]) -> None:
    """A published file and landing of about ``units`` units below ``home``, from those of ``source``."""
    shutil.rmtree(home, ignore_errors=True)
    (home / "landing").mkdir(parents=True)
    connection = duckdb.connect(str(home / "gongkai.duckdb"), config={"memory_limit": "4GB", "threads": 2})
    database = str((source / "gongkai.duckdb").resolve())
    connection.execute(f"attach '{database}' as s (read_only)")
    connection.execute(
        "create temp table d as select * from s.dim_document where is_current and unit_key is not null"
        f" and fiscal_year between {years[0]} and {years[1]}"
    )
    base = connection.execute("select count(distinct unit_key) from d").fetchall()[0][0]
    copies = -(-units // base)
    _repeat_sources(connection, source, home, copies)
    connection.execute(
        f"create temp table uk as select unit_key, i, md5(unit_key || '-' || i) as nu"
        f" from (select distinct unit_key from d), range({copies}) t(i)"
    )
    connection.execute(
        "create temp table r as select region_key as r, row_number() over (order by region_key) - 1 as n,"
        " count(*) over () as total from s.dim_region where region_level = 'county' and is_current"
    )
    tables = connection.execute(
        "select table_name, list(column_name order by column_index) from duckdb_columns()"
        " where database_name = 's' and schema_name = 'main' and not internal group by 1 order by 1"
    ).fetchall()
    for table, columns in tables:
        connection.execute(f"create table main.{table} as {_repeated(table, columns)}")
    for table in ("documents", "tables", "cells", "paragraphs"):
        (home / "landing" / table).mkdir()
        files = f"read_parquet('{source}/landing/{table}/*.parquet', union_by_name = true)"
        connection.execute(
            f"copy (select x.* replace (k.nid as document_id) from {files} as x inner join k on x.document_id = k.did)"
            f" to '{home}/landing/{table}/all.parquet' (format parquet)"
        )
    connection.close()


def _repeat_sources(connection: duckdb.DuckDBPyConnection, source: Path, home: Path, copies: int) -> None:
    """Texts with a line more each, so that they hash differently; table k holds old and new keys."""
    rows = []
    for key, document, kind in connection.execute("select document_key, document_id, file_format from d").fetchall():
        data = (source / "sources" / document[:2] / document).read_bytes()
        for number in range(copies):
            fresh = data + b"\n" + str(number).encode()
            name = hashlib.sha256(fresh).hexdigest()
            if kind in ("text", "markdown"):
                folder = home / "sources" / name[:2]
                folder.mkdir(parents=True, exist_ok=True)
                (folder / name).write_bytes(fresh)
            rows.append((key, number, name[:16], name, document))
    names = ("document_key", "i", "nk", "nid", "did")
    frame = pa.table(dict(zip(names, map(list, zip(*rows, strict=True)), strict=True)))
    connection.register("frame", frame)
    connection.execute("create temp table k as select * from frame")


def _repeated(table: str, columns: list[str]) -> str:
    """A select that repeats the rows of a table under the new keys."""
    if table == "bridge_reconciliation_amount":
        own = "split_part(x.amount_key, '-', 1)"
        return (
            f"select replace(x.reconciliation_key, {own}, k.nk) as reconciliation_key,"
            f" replace(x.amount_key, {own}, k.nk) as amount_key, x.coefficient from s.{table} as x"
            f" inner join k on {own} = k.document_key"
        )
    has_document, has_unit = "document_key" in columns, "unit_key" in columns
    if not has_document and not has_unit:
        return f"from s.{table}"
    number = "k.i" if has_document else "uk.i"
    new = {"document_key": "k.nk", "document_id": "k.nid", "unit_key": "uk.nu",
           "unit_name": f"x.unit_name || '第' || ({number} + 1) || '所'",
           "project_key": f"md5(x.project_key || '-' || {number})"}  # fmt: skip
    if has_document:
        new |= {name: f"replace(x.{name}, x.document_key, k.nk)" for name in _OF_DOCUMENT}
    joins = " inner join k on x.document_key = k.document_key" if has_document else ""
    if has_unit:
        joins += " inner join uk on x.unit_key = uk.unit_key" + (" and uk.i = k.i" if has_document else "")
    if table == "dim_unit":
        new |= {"region_key": "r.r", "parent_unit_key": "cast(null as varchar)"}
        joins += " left join r on r.n = (uk.i * 37) % r.total"
    picked = ", ".join(f"{new[name]} as {name}" if name in new else f"x.{name}" for name in columns)
    return f"select {picked} from s.{table} as x{joins}"


def main() -> None:
    """Make the country, build its site, say what it took."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("home", type=Path)
    parser.add_argument("work", type=Path)
    parser.add_argument("--units", type=int, default=10_000)
    parser.add_argument("--years", default="2022-2023")
    parser.add_argument("--chunks", type=int)
    given = parser.parse_args()
    first, last = map(int, given.years.split("-"))
    home, out = given.work / "country", given.work / "site"
    make_country(given.home.resolve(), home.resolve(), given.units, (first, last))
    shutil.rmtree(out, ignore_errors=True)
    if given.chunks is None:
        print(site.build_site(Home(home.resolve()), out, jobs=2, data=False))
        return
    for folder in site._FOLDERS:
        (out / folder).mkdir(parents=True)
    for asset in ASSETS.iterdir():
        shutil.copyfile(asset, out / "a" / asset.name)
    store = given.work / "store.duckdb"
    store.unlink(missing_ok=True)
    begun = time.process_time()
    make_store(Home(home.resolve()), store)
    print("store", round(time.process_time() - begun, 1), "s", store.stat().st_size, "bytes", flush=True)
    connection = duckdb.connect(str(store), read_only=True, config={"memory_limit": "1GB", "threads": 1})
    chunks = [row[0] for row in connection.execute("select distinct chunk from site_document order by 1").fetchall()]
    connection.close()
    options = DocumentOptions("none", home / "sources", out.resolve(), None)
    begun, counts = time.process_time(), []
    for chunk in chunks[:: max(1, len(chunks) // given.chunks)][: given.chunks]:
        counts.append(write_chunk(ChunkTask(store, chunk, options)))
    files, size = site._measure(out)
    print("chunks", len(counts), "of", len(chunks), "units", sum(c.units for c in counts), "documents",
          sum(c.documents for c in counts), round(time.process_time() - begun, 1), "s", files, "files", size, "bytes",
          flush=True)  # fmt: skip
    begun = time.process_time()
    connection = duckdb.connect(str(store), read_only=True, config={"memory_limit": "2GB", "threads": 1})
    writer = OverviewWriter(connection, environment(), out, shared_names(connection))
    writer.write(has_sql=False, exports=[])
    print("above", round(time.process_time() - begun, 1), "s", site._measure(out)[1] - size, "bytes")


if __name__ == "__main__":
    main()
