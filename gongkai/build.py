"""Building the star: an empty file of the old storage version, dbt, sealing (构建).

What must not be published (staging views over the landing, intermediate tables) lies in a scratch file beside it, which
goes when the build has ended. Sealing adds the record of the run, checkpoints and closes: afterwards the one file holds
everything, and nothing beside it.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from expectations.limits import limiting, memory_limit
from expectations.limits import most_bytes as _memory_limit
from gongkai import __version__
from gongkai.chinese_views import create_views
from gongkai.home import PROJECT, Home
from gongkai.messages import GongkaiError
from gongkai.runlog import Run
from gongkai.splice import (
    MOST_SPLICES,
    NotSplicedError,
    clear_part,
    contents,
    keep_compiled,
    record_origin,
    splice,
)
from ingest.landing.writer import Landing
from ingest.run import IngestReport

if TYPE_CHECKING:
    from expectations.scoped import Scope
    from gongkai.publish import Generation

STORAGE_VERSION = "v1.0.0"
"""DuckDB clients from 1.0 on open this; BI drivers lag behind the library."""
_PROJECT_PARTS = ("models", "seeds", "macros", "snapshots", "expectations", "dbt_project.yml", "profiles.yml")
_LEAST_FREE = 256 * 2**20
_OF_LANDING = 30
"""Space a build takes at most, in sizes of the landing: half of what was measured (docs/benchmarks.md), so that nobody
who has enough is refused; what matters when there is far too little, also for a first build."""
_STEPS_OF_LANDING = 64
"""Memory the steps of the identities take, in sizes of the landing: 450 bytes of it per figure were measured."""
_MOST_FREE = 0.2
"""Share of emptied blocks from which on a built file is copied into a compact one."""

_META_RUN = """
    create table meta_run (
        run_id varchar, generation integer, started_at timestamp with time zone, command varchar,
        gongkai_version varchar, reading_version varchar, duckdb_version varchar,
        documents_read integer, documents_unchanged integer, documents_removed integer, inputs_rejected integer,
        ingest_seconds double, build_seconds double, documents_spliced integer
    )
"""
_META_RUN_DOCUMENT = """
    create table meta_run_document (
        run_id varchar, document_id varchar, file_name varchar, action varchar, code varchar
    )
"""
_META_REJECT = """
    create table meta_reject as
    select document_id, reject_ordinal, file_name, stage, code, place, page, source_line, reason
    from read_parquet('{landing}/rejects/*.parquet', union_by_name = true)
    order by document_id, reject_ordinal
"""
_COMMENTS = {
    "meta_run": "one row per run that was published (运行记录)",
    "meta_run.run_id": "run, also the name of its folder under runs/ (运行编号)",
    "meta_run.generation": "number of the published file (代)",
    "meta_run.started_at": "when the run began (开始时间)",
    "meta_run.command": "command that ran: refresh or build (命令)",
    "meta_run.gongkai_version": "version of this project (项目版本)",
    "meta_run.reading_version": "version of reading and of the landing tables; null where nothing was read (读取版本)",
    "meta_run.duckdb_version": "DuckDB the file was built with (DuckDB版本)",
    "meta_run.documents_read": "documents parsed in this run (本次读入)",
    "meta_run.documents_unchanged": "documents that were here already (未变)",
    "meta_run.documents_removed": "documents taken out (移除)",
    "meta_run.inputs_rejected": "file names whose bytes could not be read (未读入)",
    "meta_run.ingest_seconds": "seconds reading took (读入用时)",
    "meta_run.build_seconds": "seconds building took (构建用时)",
    "meta_run.documents_spliced": "documents built anew and put in; null where all were built (并入文档)",
    "meta_run_document": "one row per file name that a published run read, rejected or took out (运行涉及的文件)",
    "meta_run_document.run_id": "run, see meta_run (运行编号)",
    "meta_run_document.document_id": "SHA-256 of the bytes (文件哈希)",
    "meta_run_document.file_name": "path below its source, archive and member joined by ! (文件名)",
    "meta_run_document.action": "read / duplicate / opened / rejected / unreadable / removed / missing (结果)",
    "meta_run_document.code": "code of the reject, see docs/messages.md (原因代码)",
    "meta_reject": "one row per file, page, table or number that could not be read, or is in quarantine (未读入与隔离)",
    "meta_reject.document_id": "SHA-256 of the bytes (文件哈希)",
    "meta_reject.reject_ordinal": "order in the document, from 1 (序号)",
    "meta_reject.file_name": "name of the file (文件名)",
    "meta_reject.stage": "file / page / table / number / link: how much is concerned (范围)",
    "meta_reject.code": "stable code, see docs/messages.md (原因代码)",
    "meta_reject.place": "where in the file (位置)",
    "meta_reject.page": "page, where there are pages (页)",
    "meta_reject.source_line": "line of the source, where there are lines (行)",
    "meta_reject.reason": "what was found and what to do (原因与处理)",
}


@dataclass(frozen=True, slots=True)
class BuildRecord:
    """What the built file was made from; kept beside it, and later beside the generation."""

    run_id: str
    number: int
    fingerprint: str
    """Hash of the landing's manifest and of everything in the project that shapes the star."""
    file: tuple[int, int, int]
    """Size, time stamp and inode of the sealed file: it is still the one that was checked."""
    figures: int
    documents: int
    excluded: tuple[str, ...] = ()
    """Documents in quarantine: the file was built from the filtered landing, without them."""
    project: str = ""
    """Fingerprint of the project."""
    spliced: int = 0
    """How many generations in a row were spliced into the last that was built whole."""
    scoped: int = 0
    """How many in a row were checked where they had changed, after the last that was checked wholly."""
    digests: Mapping[str, tuple[int, str]] = field(default_factory=dict)
    """Table → digest of its rows, taken when the file was checked."""

    @classmethod
    def read(cls, path: Path) -> BuildRecord | None:
        """The record at ``path``; None where there is none or it cannot be read."""
        try:
            held = json.loads(path.read_text(encoding="utf-8"))
            lists = {"file": tuple(held["file"]), "excluded": tuple(held.get("excluded", ()))}
            lists["digests"] = {table: tuple(digest) for table, digest in held.get("digests", {}).items()}
            return cls(**(held | lists))
        except (OSError, ValueError, TypeError, KeyError):
            return None


def fingerprint(home: Home, excluded: Iterable[str] = (), project: str | None = None) -> str:
    """Hash of all that a build depends on: the landing, the documents kept out of it, the project."""
    digest = hashlib.sha256((project or project_fingerprint()).encode())
    digest.update(Landing(home.landing).state().encode())
    for document_id in sorted(excluded):
        digest.update(b"without " + document_id.encode())
    return digest.hexdigest()


def project_fingerprint() -> str:
    """Hash of the project's files and of the libraries' versions."""
    digest = hashlib.sha256(f"{__version__} duckdb {duckdb.__version__}".encode())
    for path in sorted(_project_files()):
        digest.update(path.relative_to(PROJECT).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def _project_files() -> Iterable[Path]:
    for part in _PROJECT_PARTS:
        path = PROJECT / part
        if path.is_file():
            yield path
        elif path.is_dir():
            yield from (file for file in path.rglob("*") if file.is_file() and "__pycache__" not in file.parts)


def build(
    home: Home,
    run: Run,
    ingested: IngestReport | None = None,
    progress: Callable[[int, int, str], None] = lambda done, total, node: None,
    excluded: Mapping[str, str] | None = None,
) -> BuildRecord:
    """Build the star beside the published one; see the module's docstring.

    ``excluded``: document_id → file name of documents in quarantine, which the filtered landing lacks (隔离); without
    any, the whole landing is built. ``progress`` hears (nodes begun, nodes in all, node). Raises ``GongkaiError``
    disk_space, build_failed, build_crashed, seal_failed or wal_left; the half-built file of a failed build is moved
    into the run's folder.
    """
    began = time.monotonic()
    _check_space(home)
    clear_part(home)
    for record in (home.build_record, home.check_record):
        record.unlink(missing_ok=True)
    _clear_scratch(home)
    _empty_database(home.build_file)
    excluded = excluded or {}
    project = project_fingerprint()
    made_from = fingerprint(home, excluded, project)
    artefacts = home.cache / "dbt"
    try:
        _run_dbt(home, run, landing_of(home, excluded), artefacts, progress)
        figures, documents = _seal(home, run, ingested, excluded, began)
    except GongkaiError:
        _keep_failed(home, run)
        raise
    finally:
        _clear_scratch(home)
        for name in ("manifest.json", "run_results.json"):
            if (artefacts / name).exists():
                shutil.copyfile(artefacts / name, run.folder / name)
    keep_compiled(home, project)
    identity = file_identity(home.build_file)
    left_out = tuple(sorted(excluded))
    record = BuildRecord(run.run_id, run.number, made_from, identity, figures, documents, left_out, project)
    write_record(home.build_record, record)
    return record


def build_spliced(
    home: Home, run: Run, ingested: IngestReport, excluded: Mapping[str, str], published: Generation
) -> tuple[BuildRecord, Scope]:
    """Build by splicing what is new into the published generation; arguments as of ``build``.

    The scope is what the gate has to look at. Raises ``NotSplicedError`` where the whole star must be built,
    ``duckdb.Error``, and ``GongkaiError`` disk_space, seal_failed or wal_left.
    """
    began = time.monotonic()
    _check_space(home, is_spliced=True)
    for record in (home.build_record, home.check_record, home.build_file, wal_of(home.build_file)):
        record.unlink(missing_ok=True)
    project = project_fingerprint()
    if published.project != project or not home.database.exists():
        raise NotSplicedError("nothing of this project is published")
    if published.spliced >= MOST_SPLICES:
        raise NotSplicedError("many splices in a row")
    made_from, now = fingerprint(home, excluded, project), contents(home, excluded)
    if not now:
        raise NotSplicedError("the landing holds no document")
    scope = splice(home, project, landing_of(home, excluded), now)
    run.log("spliced", documents=len(scope.documents), units=len(scope.units), seconds=_since(began))
    figures, documents = _seal(home, run, ingested, excluded, began, len(scope.documents))
    identity, left_out = file_identity(home.build_file), tuple(sorted(excluded))
    record = BuildRecord(
        run.run_id, run.number, made_from, identity, figures, documents, left_out, project, published.spliced + 1
    )
    write_record(home.build_record, record)
    return record, scope


def _since(began: float) -> float:
    return round(time.monotonic() - began, 3)


def landing_of(home: Home, excluded: Iterable[str]) -> Path:
    """The landing that a build without these documents reads."""
    return home.filtered_landing if any(excluded) else home.landing


def write_record(path: Path, record: Any) -> None:
    """Write a frozen dataclass as JSON, beside and then into place."""
    held = {name: getattr(record, name) for name in record.__slots__}
    partial = path.with_suffix(".tmp")
    partial.write_text(json.dumps(held, ensure_ascii=False, indent=1), encoding="utf-8")
    partial.replace(path)


def file_identity(path: Path) -> tuple[int, int, int]:
    """(size, time stamp in ns, inode): changes when the file is written or replaced."""
    status = path.stat()
    return status.st_size, status.st_mtime_ns, status.st_ino


def _check_space(home: Home, *, is_spliced: bool = False) -> None:
    """Raises ``GongkaiError`` disk_space; a splice takes a copy of the published file, and one to make it compact."""
    current = home.database.stat().st_size if home.database.exists() else 0
    landed = sum(path.stat().st_size for path in home.landing.glob("*/*.parquet"))
    needed = max(_LEAST_FREE, 2 * current) if is_spliced else max(_LEAST_FREE, 3 * current, _OF_LANDING * landed)
    free = shutil.disk_usage(home.root).free
    if free < needed:
        raise GongkaiError("disk_space", home=home.root, free=_megabytes(free), needed=_megabytes(needed))


def _megabytes(count: int) -> str:
    return f"{count / 2**20:.0f} MiB"


def _empty_database(path: Path) -> None:
    for stale in (path, wal_of(path)):
        stale.unlink(missing_ok=True)
    shutil.rmtree(f"{path}.tmp", ignore_errors=True)
    # The storage version is fixed when a file is made; whoever opens it afterwards keeps it.
    try:
        with duckdb.connect() as connection:
            connection.execute(f"attach '{_quoted(path)}' as fresh (storage_version '{STORAGE_VERSION}')")
            connection.execute("create table fresh.begun as select 1 as one")
            connection.execute("drop table fresh.begun")
            connection.execute("checkpoint fresh")
            connection.execute("detach fresh")
    except duckdb.IOException as error:
        raise GongkaiError("storage_failed", reason=str(error).splitlines()[0]) from error


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")


def scratch_of(path: Path) -> Path:
    """The file of the steps on the way, beside the one being built; see macros/generate_database_name.sql."""
    return path.with_name(f"{path.stem}-scratch.duckdb")


def _clear_scratch(home: Home) -> None:
    scratch = scratch_of(home.build_file)
    for path in (scratch, wal_of(scratch)):
        path.unlink(missing_ok=True)


def wal_of(path: Path) -> Path:
    """The write-ahead log DuckDB keeps beside a file."""
    return path.with_name(path.name + ".wal")


def _run_dbt(home: Home, run: Run, landing: Path, artefacts: Path, progress: Callable[[int, int, str], None]) -> None:
    arguments = ["--no-use-colors", "--log-level", "none", "--log-level-file", "info", "--log-path", str(run.folder)]
    arguments += ["build", "--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT)]
    # Unit tests check the models, not this build; `make test` runs them.
    arguments += ["--target-path", str(artefacts), "--exclude-resource-type", "unit_test"]
    environment = os.environ | {
        "GONGKAI_LANDING": str(landing),
        "GONGKAI_DATABASE": str(home.build_file),
        "GONGKAI_SCRATCH": str(scratch_of(home.build_file)),
        "GONGKAI_PASSING": "memory" if _steps_fit_in_memory(landing) else "",
        "GONGKAI_MEMORY": memory_limit(),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    command = [sys.executable, "-m", "gongkai.dbt_child", json.dumps(arguments)]
    errors = run.folder / "dbt-stderr.log"
    verdict: dict[str, Any] | None = None
    with (
        errors.open("wb") as error_file,
        subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=error_file, env=environment, cwd=home.build_file.parent
        ) as child,
    ):
        for line in child.stdout:
            try:
                event = json.loads(line)
            except ValueError:
                continue
            if "success" in event:
                verdict = event
            elif "index" in event:
                progress(event["index"], event["total"], event["node"])
    if verdict is None:
        raise GongkaiError("build_crashed", status=child.returncode, log=home.shown(errors))
    if not verdict["success"]:
        run.log("dbt_failed", failed=verdict["failed"])
        nodes = "；".join(map(_failure_text, verdict["failed"][:4]))
        log = home.shown(run.folder / "dbt.log")
        raise GongkaiError("build_failed", nodes=nodes or "?", log=log, failures=tuple(verdict["failed"]))


def _steps_fit_in_memory(landing: Path) -> bool:
    """Whether the steps of the identities may lie in memory during a build; else they go to the scratch file."""
    limit, asked = _memory_limit(), os.environ.get("GONGKAI_MEMORY")
    if asked:
        size = re.fullmatch(r"([0-9]+)(?:[.][0-9]+)? *([MG])i?B", asked)
        limit = int(size[1]) * 2 ** (20 if size[2] == "M" else 30) if size else 0
    landed = sum(path.stat().st_size for path in landing.glob("*/*.parquet"))
    return landed * _STEPS_OF_LANDING <= limit


def _failure_text(failure: dict[str, str]) -> str:
    """A failed node and the first line of its message that says more than where it is."""
    lines = [line.strip() for line in failure["message"].splitlines() if line.strip()]
    return f"{failure['node'].split('.', 2)[-1]}（{(lines[1:2] or lines or ['?'])[0][:200]}）"


def _seal(
    home: Home,
    run: Run,
    ingested: IngestReport | None,
    excluded: Mapping[str, str],
    began: float,
    spliced: int | None = None,
) -> tuple[int, int]:
    """Finish the file; returns (printed figures, documents) in it."""
    connection = duckdb.connect(str(home.build_file))
    try:
        _limit(connection, home.build_file)
        if scratch_of(home.build_file).exists():
            connection.execute(f"attach '{_quoted(scratch_of(home.build_file))}' as scratch (read_only)")
        record_origin(connection, contents(home, excluded))
        _write_meta(connection, home, run, ingested, excluded, _since(began), spliced)
        create_views(connection)
        figures = connection.execute("select count(*) from main.fct_statement_amount").fetchone()[0]
        documents = connection.execute("select count(*) from main.dim_document").fetchone()[0]
        connection.execute("checkpoint")
        connection.close()
        _compact(home.build_file)
    except duckdb.Error as error:
        raise GongkaiError("seal_failed", reason=str(error).splitlines()[0]) from error
    finally:
        connection.close()
    if wal_of(home.build_file).exists():
        raise GongkaiError("wal_left", path=home.shown(wal_of(home.build_file)))
    return figures, documents


def _limit(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    for statement in limiting(path):
        connection.execute(statement)


def _compact(path: Path) -> None:
    """Copy the file into a fresh one where much of it is the emptied place of intermediate tables."""
    with duckdb.connect(str(path), read_only=True) as connection:
        total, free = connection.execute("select total_blocks, free_blocks from pragma_database_size()").fetchone()
    if free < _MOST_FREE * total:
        return
    fresh = path.with_name("compact.duckdb")
    _empty_database(fresh)
    with duckdb.connect() as connection:
        _limit(connection, path)
        connection.execute(f"attach '{_quoted(path)}' as built (read_only)")
        connection.execute(f"attach '{_quoted(fresh)}' as fresh")
        connection.execute("copy from database built to fresh")
        connection.execute("checkpoint fresh")
    if wal_of(fresh).exists():
        raise GongkaiError("wal_left", path=wal_of(fresh).name)
    fresh.replace(path)


def _write_meta(
    connection: duckdb.DuckDBPyConnection,
    home: Home,
    run: Run,
    ingested: IngestReport | None,
    excluded: Mapping[str, str],
    build_seconds: float,
    spliced: int | None,
) -> None:
    """The record of this run, after those of the runs published before."""
    connection.execute(_META_RUN)
    connection.execute(_META_RUN_DOCUMENT)
    connection.execute(_META_REJECT.format(landing=_quoted(landing_of(home, excluded))))
    for name, comment in _COMMENTS.items():
        kind = "column" if "." in name else "table"
        connection.execute(f"comment on {kind} {name} is '{comment}'")
    for path in _generations(home):
        try:
            _take_runs(connection, path)
            break
        except duckdb.Error as error:
            # A published file that cannot be read must not keep the next from being made.
            run.log("published_damaged", file=path.name, reason=str(error).splitlines()[0])
    counts = [None] * 6
    if ingested is not None:
        counts = [
            ingested.reading_version,
            len(ingested.documents),
            ingested.unchanged,
            ingested.removed,
            len(ingested.rejected),
            run.seconds.get("ingest"),
        ]
    reading_version, read, unchanged, removed, rejected, ingest_seconds = counts
    row = [run.run_id, run.number, run.started, run.command, __version__, reading_version, duckdb.__version__]
    row += [read, unchanged, removed, rejected, ingest_seconds, build_seconds, spliced]
    connection.execute(f"insert into meta_run values ({', '.join('?' * len(row))})", row)
    touched = [
        (run.run_id, file.document_id, file.name, file.action, file.code)
        for file in (ingested.files if ingested else ())
        if file.action != "unchanged" and file.document_id not in excluded
    ]
    touched += [(run.run_id, key, name, "rejected", "quarantined") for key, name in sorted(excluded.items())]
    if touched:
        connection.executemany("insert into meta_run_document values (?, ?, ?, ?, ?)", touched)


def _generations(home: Home) -> list[Path]:
    """The published file, then the others that are kept, newest first."""
    current = [home.database.resolve()] if home.database.exists() else []
    others = sorted((path.resolve() for path in home.generations.glob("gongkai-*.duckdb")), reverse=True)
    return current + [path for path in others if path not in current]


def _take_runs(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Copy the record of the runs before from a generation: all of it, or nothing where that fails."""
    connection.execute(f"attach '{_quoted(path)}' as published (read_only)")
    try:
        connection.execute("begin")
        for table in ("meta_run", "meta_run_document"):
            columns = connection.execute(
                "select string_agg(column_name, ', ') from information_schema.columns"
                " where table_catalog = 'published' and table_schema = 'main' and table_name = ?"
                " and column_name in (select column_name from information_schema.columns"
                " where table_catalog <> 'published' and table_name = ?)",
                [table, table],
            ).fetchone()[0]
            if columns:
                connection.execute(f"insert into {table} ({columns}) select {columns} from published.main.{table}")
        connection.execute("commit")
    except duckdb.Error:
        connection.execute("rollback")
        raise
    finally:
        connection.execute("detach published")


def _keep_failed(home: Home, run: Run) -> None:
    """Move a failed build aside, to be looked into; the next build starts afresh."""
    scratch = scratch_of(home.build_file)
    for path in (home.build_file, wal_of(home.build_file), scratch, wal_of(scratch)):
        if path.exists():
            path.replace(run.folder / path.name.replace("gongkai", "failed"))
