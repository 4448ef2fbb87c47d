"""``gongkai site``: a static site from the home, for any host or none (静态网站).

The site is built beside the one that is there and takes its place in one step; a build that fails changes nothing.
Pages of units and documents are written by processes, each a chunk of units at a time.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import shutil
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import duckdb

from gongkai.home import PROJECT, Home
from gongkai.messages import GongkaiError
from gongkai.site_document import DocumentOptions
from gongkai.site_overview import OverviewWriter, export_tables
from gongkai.site_reuse import basis_of, reuse
from gongkai.site_store import make_store
from gongkai.site_text import ASSETS, environment
from gongkai.site_unit import ChunkTask, shared_names, write_chunk

MARKER = ".gongkai-site.json"
"""Says that a folder is a site made by this command, which may be replaced."""
SQL_ASSETS = PROJECT / "build" / "site-assets"
"""Where ``make site-assets`` leaves duckdb-wasm; without it the SQL page is left out."""
_FOLDERS = ("a", "c", "d", "data", "k", "p", "r", "s", "t", "u")


@dataclass(frozen=True, slots=True)
class SiteReport:
    """What was built."""

    out: str
    units: int
    years: int
    documents: int
    pictures: int
    kept: int
    """Units whose pages are those of the site that was there: nothing about them has changed."""
    files: int
    bytes: int
    has_sql: bool
    seconds: float

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


def build_site(
    home: Home, out: Path, *, jobs: int, pictures: str = "tables", data: bool = True,
    progress: Callable[[int, int], None] | None = None,
) -> SiteReport:  # fmt: skip
    """Build the site of ``home`` at ``out``.

    Raises ``GongkaiError`` not_published, warehouse_damaged or site_out_not_empty.
    """
    started = time.monotonic()
    out = out.resolve()
    if out.exists() and any(out.iterdir()) and not (out / MARKER).is_file():
        raise GongkaiError("site_out_not_empty", out=home.shown(out))
    if not home.database.exists():
        raise GongkaiError("not_published", home=home.shown(home.root))
    out.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent))
    try:
        counts, has_sql = _build(home, fresh, out if (out / MARKER).is_file() else None, jobs, pictures, data, progress)
        files, size = _measure(fresh)
        report = SiteReport(
            home.shown(out), **counts, files=files, bytes=size, has_sql=has_sql,
            seconds=round(time.monotonic() - started, 1),
        )  # fmt: skip
        (fresh / MARKER).write_text(json.dumps(report.as_dict() | {"out": ""}, indent=1), encoding="utf-8")
        fresh.chmod(0o755)
        _swap(fresh, out)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return report


def _build(
    home: Home, fresh: Path, earlier: Path | None, jobs: int, pictures: str, data: bool,
    progress: Callable[[int, int], None] | None,
) -> tuple[dict[str, int], bool]:  # fmt: skip
    for folder in _FOLDERS:
        (fresh / folder).mkdir()
    for asset in sorted(ASSETS.iterdir()):
        shutil.copyfile(asset, fresh / "a" / asset.name)
    has_sql = _copy_sql(fresh)
    with tempfile.TemporaryDirectory(prefix=".gongkai-site-", dir=fresh.parent) as work:
        store = Path(work) / "site.duckdb"
        make_store(home, store)
        exports = export_tables(home, fresh) if data else []
        options = DocumentOptions(pictures, home.sources, fresh, earlier)
        connection = duckdb.connect(str(store), read_only=True, config={"memory_limit": "1GB", "threads": 1})
        try:
            chunks = [
                row[0]
                for row in connection.execute(
                    "select distinct chunk from site_unit union select distinct chunk from site_document order by 1"
                ).fetchall()
            ]
            shared = shared_names(connection)
        finally:
            connection.close()
        basis = basis_of(store, shared, pictures, home.sources)
        kept = reuse(store, basis, earlier, fresh)
        of_chunks = kept.of_chunks(store)
        tasks = [ChunkTask(store, chunk, options, *of_chunks.get(chunk, ())) for chunk in chunks]
        counts = _write_chunks(tasks, jobs, progress)
        for name, more in (("units", len(kept.units)), ("years", kept.years), ("documents", len(kept.documents)),
                           ("pictures", kept.pictures)):  # fmt: skip
            counts[name] += more
        counts["kept"] = len(kept.units)
        basis.save(fresh)
        connection = duckdb.connect(str(store), read_only=True, config={"memory_limit": "1GB", "threads": 1})
        try:
            OverviewWriter(connection, environment(), fresh, shared).write(has_sql=has_sql, exports=exports)
        finally:
            connection.close()
    if has_sql:
        _copy_serving(home, fresh)
    return counts, has_sql


def _write_chunks(tasks: list[ChunkTask], jobs: int, progress: Callable[[int, int], None] | None) -> dict[str, int]:
    counts = {"units": 0, "years": 0, "documents": 0, "pictures": 0}

    def count(outcome: Any, done: int) -> None:
        for name in counts:
            counts[name] += getattr(outcome, name)
        if progress is not None:
            progress(done, len(tasks))

    if jobs <= 1 or len(tasks) <= 1:
        for done, task in enumerate(tasks, 1):
            count(write_chunk(task), done)
        return counts
    # Fresh processes: a fork of one that has used DuckDB's threads may hang.
    with ProcessPoolExecutor(min(jobs, len(tasks)), mp_context=multiprocessing.get_context("spawn")) as pool:
        running = [pool.submit(write_chunk, task) for task in tasks]
        for done, future in enumerate(as_completed(running), 1):
            count(future.result(), done)
    return counts


def _copy_sql(fresh: Path) -> bool:
    """duckdb-wasm, where ``make site-assets`` has brought it."""
    if not (SQL_ASSETS / "sql.js").is_file():
        return False
    (fresh / "w").mkdir()
    for asset in sorted(SQL_ASSETS.iterdir()):
        if asset.is_file():
            shutil.copyfile(asset, fresh / "w" / asset.name)
    return True


def _copy_serving(home: Home, fresh: Path) -> None:
    """A small database for the SQL page: the marts and additive facts, without figures of single cells."""
    from gongkai.site_overview import EXPORTED

    connection = duckdb.connect(config={"memory_limit": "1GB", "threads": 2})
    try:
        database = str(home.database.resolve()).replace("'", "''")
        target = str(fresh / "w" / "gongkai.duckdb").replace("'", "''")
        connection.execute("set autoinstall_known_extensions = false")
        connection.execute(f"attach '{database}' as pub (read_only)")
        connection.execute(f"attach '{target}' as serving (storage_version 'v1.0.0')")
        for table in EXPORTED:
            connection.execute(f"create table serving.main.{table} as from pub.main.{table}")
        connection.execute("detach serving")
    finally:
        connection.close()


def _measure(folder: Path) -> tuple[int, int]:
    files = size = 0
    for path in folder.rglob("*"):
        if path.is_file():
            files += 1
            size += path.stat().st_size
    return files, size


def _swap(fresh: Path, out: Path) -> None:
    """The new site takes the old one's place; between two renames there is none, for less than a blink."""
    if not out.exists():
        fresh.rename(out)
        return
    old = out.with_name(f".{out.name}-old-{os.getpid()}")
    out.rename(old)
    fresh.rename(out)
    shutil.rmtree(old, ignore_errors=True)
