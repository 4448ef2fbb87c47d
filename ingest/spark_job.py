"""Reading a source tree as a Spark job: the same parsing, spread over a cluster (分布式读入).

    spark-submit ingest/spark_job.py SOURCE... --landing LANDING

``SOURCE`` is a folder or file, or a URI that Arrow opens (``s3://bucket/prefix``); ``LANDING`` is a path or URI that
Spark writes (``s3a://bucket/landing``). Both must look the same from every machine. Executors fetch, hash, unpack and
parse with the functions of the ordinary run, in a process with limits, so that one document can neither stop nor
change the others; the driver only decides which documents are to be read.

Layout: ``LANDING/<table>/bucket=<first digits of document_id>/*.parquet``. Documents read again, or gone, replace the
buckets they are in; ``landed`` is written last, so a run that dies is finished by the next one. The models read such a
landing as they read the ordinary one; each of the two runs continues only its own.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import pyarrow as pa

from ingest.landing.schemas import SCHEMAS, SIDE_TABLES
from ingest.landing.writer import LANDED, polars_schema
from ingest.names import Name, first_names
from ingest.reading import EXPANDER, ExpandTask, Expansion, ReadOutcome, ReadTask, reject_row, to_ipc
from ingest.run import IngestOptions, all_readers, chunked, failure_row, is_reader_current, reading_version
from ingest.sources import HashedFile, SourceError, SourceFile, SourceStore, StatCache, discover, hash_files
from ingest.workers import WorkerLimits, run_chunks

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

TABLES = {**SCHEMAS, **SIDE_TABLES, "landed": LANDED}
"""Written in this order: what has a row in ``landed`` is complete everywhere else."""
NO_BUCKET = "-"
"""Holds an empty file with all columns, so that a table without rows can be read."""


@dataclass(frozen=True, slots=True)
class JobOptions:
    """Settings of a run; they travel to the executors."""

    partition_documents: int = 64
    """Documents per Spark task. A task holds their bytes on its disk and starts one worker process."""
    bucket_digits: int = 1
    """Hex digits of the document's hash that name its bucket: 1 gives 16 buckets, 2 give 256."""
    max_bytes: int = 256 * 2**20
    """Largest file read, in bytes."""
    limits: WorkerLimits = field(default_factory=WorkerLimits)
    retry: bool = False
    """Read documents again that the same reading version rejected."""
    prune: bool = False
    """The sources are complete: documents they no longer hold are taken out."""


@dataclass(frozen=True, slots=True)
class Found:
    """One file: its names, and where any machine of the cluster finds it."""

    source: str
    name: str
    """Path below the source."""
    path: str
    """Path of the file, in the file system of ``source`` where that is a URI."""

    def fetch(self, folder: Path) -> SourceFile:
        """The file on this machine; remote bytes are copied to ``folder``. Raises ``OSError``."""
        if "://" not in self.source:
            return SourceFile(self.source, self.name, Path(self.path))
        from pyarrow import fs

        system, _ = fs.FileSystem.from_uri(self.source)
        target = folder / "fetched"
        with system.open_input_stream(self.path) as incoming, target.open("wb") as copy:
            shutil.copyfileobj(incoming, copy)
        return SourceFile(self.source, self.name, target)


@dataclass(frozen=True, slots=True)
class Identified:
    """What stage one found out about a file."""

    found: Found
    hashed: HashedFile
    """``path`` inside is of the executor and means nothing elsewhere."""
    expansion: Expansion | None
    """What a container holds, None for a document."""


@dataclass(frozen=True, slots=True)
class Report:
    """What a run did, in documents."""

    read: int
    rejected: int
    unchanged: int
    removed: int


def list_files(source: str) -> list[Found]:
    """All files under a source, in the order of names; hidden ones (a leading dot) are left out.

    Raises ``SourceError`` where there is no such source.
    """
    if "://" not in source:
        return [Found(file.source, file.name, str(file.path)) for file in discover(Path(source))]
    from pyarrow import fs

    system, root = fs.FileSystem.from_uri(source)
    root = root.rstrip("/")
    try:
        listed = system.get_file_info(fs.FileSelector(root, recursive=True))
    except FileNotFoundError as error:
        raise SourceError("source_missing", source) from error
    names = {held.path: held.path.removeprefix(root).lstrip("/") for held in listed if held.type is fs.FileType.File}
    shown = {path: name for path, name in names.items() if not any(part.startswith(".") for part in name.split("/"))}
    return [Found(source, name, path) for path, name in sorted(shown.items(), key=lambda each: each[1])]


# On the executors ---------------------------------------------------------------------------------------------------


def identify(files: Iterable[Found], options: JobOptions) -> Iterator[Identified]:
    """Stage one: hash each file, look into containers. Bytes stay on the executor and are dropped."""
    for found in files:
        with tempfile.TemporaryDirectory(prefix="gongkai-") as folder:
            yield _identify(found, SourceStore(Path(folder) / "store"), Path(folder), options)


def _identify(found: Found, store: SourceStore, folder: Path, options: JobOptions) -> Identified:
    hashed = _hashed(found, store, folder, options)
    expansion = None
    if hashed.is_archive:
        expansion = _expand(hashed, store, options)
    return Identified(found, hashed, expansion if expansion is not None and expansion.is_container else None)


def _hashed(found: Found, store: SourceStore, folder: Path, options: JobOptions) -> HashedFile:
    try:
        file = found.fetch(folder)
    except OSError:
        # Nothing stands there: hash_files says what it says of any file that cannot be read.
        file = SourceFile(found.source, found.name, folder / "missing")
    return next(hash_files([file], store, StatCache(folder / "cache.json"), options.max_bytes, 0))


def _expand(hashed: HashedFile, store: SourceStore, options: JobOptions) -> Expansion | None:
    task = ExpandTask(hashed.document_id, hashed.file.file_name, str(store.folder), EXPANDER)
    for result in run_chunks("ingest.reading:expand_chunk", [(task,)], jobs=1, limits=options.limits):
        if result.failure is not None:
            return Expansion(task.document_id, True, (), (failure_row(task, result),))
        if not result.is_postponed:
            return result.value[0]
    return None


def parse(tasks: Iterable[tuple[Found, ReadTask]], options: JobOptions, version: str) -> Iterator[tuple[str, bytes]]:
    """Stage two: parse documents; yields (landing table, its rows as Arrow IPC)."""
    with tempfile.TemporaryDirectory(prefix="gongkai-") as folder:
        store = SourceStore(Path(folder) / "store")
        wanted = []
        for found, task in tasks:
            hashed = _hashed(found, store, Path(folder), options)
            if hashed.is_archive and not store.has(task.document_id):
                _expand(hashed, store, options)
            # Bytes that are gone or changed since stage one leave a reject that the next run tries again.
            wanted.append(replace(task, store=str(store.folder)))
        for result in run_chunks(
            "ingest.reading:read_chunk", chunked(wanted, options.partition_documents), jobs=1, limits=options.limits
        ):
            if result.is_postponed:
                continue
            if result.failure is not None:
                row = failure_row(result.tasks[0], result)
                yield "rejects", to_ipc([_frame("rejects", [row])])
                outcomes: Sequence[ReadOutcome] = [ReadOutcome(row["document_id"], "rejected", row["code"], 1)]
            else:
                yield from result.value.tables.items()
                outcomes = result.value.outcomes
            yield "landed", to_ipc([_landed(outcomes, version)])


def _frame(table: str, rows: list[dict[str, Any]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=polars_schema(table))


def _landed(outcomes: Iterable[ReadOutcome], version: str) -> pl.DataFrame:
    rows = [
        {
            "document_id": held.document_id,
            "reading_version": _version_of(held.state, version),
            "state": held.state,
            "code": held.code,
            "figures": held.figures,
        }
        for held in outcomes
    ]
    return _frame("landed", rows)


def _version_of(state: str, version: str) -> str:
    """Version a document is landed with; which reader would turn a rejected one down is not known."""
    return version if state == "read" else f"{version}+{all_readers()}"


# On the driver ------------------------------------------------------------------------------------------------------


def run(
    spark: SparkSession,
    sources: Sequence[str],
    landing: str,
    options: JobOptions | None = None,
    now: datetime | None = None,
) -> Report:
    """Bring a landing up to date with the sources; see the module's docstring.

    ``now`` becomes ``ingested_at`` of what is read for the first time. Raises ``ingest.sources.SourceError`` where a
    source does not exist, and what Spark raises where the landing cannot be written.
    """
    options, version = options or JobOptions(), reading_version(IngestOptions())
    spark.conf.set("spark.sql.session.timeZone", "UTC")
    spark.conf.set("spark.sql.parquet.outputTimestampType", "TIMESTAMP_MICROS")
    _ensure_tables(spark, landing)
    before = {
        row[0]: row[1:]
        for row in _existing(spark, landing, "landed")
        .select("document_id", "reading_version", "state")
        .toLocalIterator()
    }
    files = [found for source in sources for found in list_files(source)]
    context = spark.sparkContext
    stage = context.parallelize(files, _tasks(len(files), options))
    identified = stage.mapPartitions(lambda part: identify(part, options)).collect()

    names, where, direct = _names(identified)
    first = first_names(names)
    documents = {
        row[0]: row[1:]
        for row in _existing(spark, landing, "documents")
        .select("document_id", "file_name", "archive_name", "reader", "reader_version")
        .toLocalIterator()
    }
    is_done = {
        key
        for key, (held, state) in before.items()
        if held == _version_of(state, version)
        and not (options.retry and state == "rejected")
        and (key not in documents or _stands(documents[key], first.get(key)))
    }
    todo = [
        (where[name[:4]], ReadTask(key, name.file_name, 0, "", name.archive_name))
        for key, name in sorted(first.items())
        if key not in direct and key not in is_done
    ]
    direct = {key: held for key, held in direct.items() if key not in is_done}
    removed = set(before) - set(first) - set(direct) if options.prune else set()

    parsed = context.parallelize(todo, _tasks(len(todo), options)).mapPartitions(
        lambda part: parse(part, options, version)
    )
    rows = context.parallelize(list(_direct_rows(direct, version)), 1).union(parsed)
    written = spark.createDataFrame(rows, "name string, rows binary").persist(_disk_only())
    try:
        gone = removed | {task.document_id for _, task in todo} | set(direct)
        if gone:
            for table in TABLES:
                if table not in SIDE_TABLES:
                    _replace(
                        spark, landing, table, written, gone & set(before), gone, options, now or datetime.now(UTC)
                    )
        outcomes = _rows_of(spark, written, "landed").select("state").collect()
    finally:
        written.unpersist()
    read = sum(row[0] == "read" for row in outcomes)
    return Report(
        read,
        sum(row[0] != "read" and row[0] != "archive" for row in outcomes),
        len(first.keys() & is_done),
        len(removed),
    )


def _stands(landed: tuple[str | None, ...], name: Name | None) -> bool:
    """Whether a landed document is what a clean run would make of it: same name, and a reader that has not changed."""
    file_name, archive_name, reader, reader_version = landed
    is_named = name is None or (file_name, archive_name) == (name.file_name, name.archive_name)
    return is_named and is_reader_current(reader, reader_version)


def _names(identified: Iterable[Identified]) -> tuple[set[Name], dict[tuple, Found], dict[str, tuple]]:
    """Names of documents, where each stands, and documents no parser sees: id → (state, rows for rejects)."""
    names: set[Name] = set()
    where: dict[tuple, Found] = {}
    direct: dict[str, tuple[str, list[dict[str, Any]]]] = {}
    for each in identified:
        hashed, expansion = each.hashed, each.expansion
        name = each.found.name
        own = Name(each.found.source, name, "", hashed.document_id, None, False)
        names.add(own)
        where[own[:4]] = each.found
        if hashed.error_code:
            state = "unreadable" if hashed.error_code == "unreadable_source" else "rejected"
            row = reject_row(hashed.document_id, name.rsplit("/", 1)[-1], hashed.error_code, hashed.error)
            direct[hashed.document_id] = (state, [row])
        elif expansion is not None:
            direct[hashed.document_id] = ("archive" if expansion.members else "rejected", list(expansion.problems))
            for member, document_id in expansion.members:
                inner = Name(each.found.source, name, member, document_id, hashed.document_id, False)
                names.add(inner)
                where[inner[:4]] = each.found
    return names, where, direct


def _direct_rows(direct: dict[str, tuple], version: str) -> Iterator[tuple[str, bytes]]:
    outcomes = [
        ReadOutcome(key, state, rows[0]["code"] if rows else None, len(rows)) for key, (state, rows) in direct.items()
    ]
    rejects = [row for _, rows in direct.values() for row in rows]
    if rejects:
        yield "rejects", to_ipc([_frame("rejects", rejects)])
    if outcomes:
        yield "landed", to_ipc([_landed(outcomes, version)])


def _tasks(count: int, options: JobOptions) -> int:
    return max(1, -(-count // options.partition_documents))


def _disk_only() -> Any:
    from pyspark import StorageLevel

    return StorageLevel.DISK_ONLY


def _spark_schema(table: str) -> Any:
    from pyspark.sql.pandas.types import from_arrow_schema

    return from_arrow_schema(pa.schema([pa.field(each.name, each.type) for each in TABLES[table]]))


def _rows_of(spark: SparkSession, written: DataFrame, table: str) -> DataFrame:
    """The rows of one landing table among the results."""
    schema = pa.schema([pa.field(each.name, each.type) for each in TABLES[table]])

    def decode(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            for held in batch.column(0):
                yield from pa.ipc.open_file(held.as_buffer()).read_all().select(schema.names).cast(schema).to_batches()

    return written.where(written["name"] == table).select("rows").mapInArrow(decode, _spark_schema(table))


def _existing(spark: SparkSession, landing: str, table: str) -> DataFrame:
    return spark.read.schema(_spark_schema(table)).parquet(f"{landing}/{table}")


def _ensure_tables(spark: SparkSession, landing: str) -> None:
    """Give every table its empty file, which makes it readable and its bucket column text."""
    for table in TABLES:
        empty = spark.createDataFrame([], _spark_schema(table)).coalesce(1)
        empty.write.mode("overwrite").parquet(f"{landing}/{table}/bucket={NO_BUCKET}")


def _replace(
    spark: SparkSession,
    landing: str,
    table: str,
    written: DataFrame,
    struck: set[str],
    touched: set[str],
    options: JobOptions,
    now: datetime,
) -> None:
    """Write the buckets of ``touched`` documents anew: what they held but for ``struck``, and the rows just read."""
    from pyspark.sql import functions as f

    bucket = f.substring("document_id", 1, options.bucket_digits)
    fresh = _rows_of(spark, written, table)
    old = _existing(spark, landing, table)
    if table == "documents":
        known = old.select("document_id", f.col("ingested_at").alias("known"))
        fresh = (
            fresh.join(f.broadcast(known), "document_id", "left")
            .withColumn("ingested_at", f.coalesce("known", "ingested_at", f.lit(now)))
            .select(*SCHEMAS[table].names)
        )
    buckets = sorted({key[: options.bucket_digits] for key in touched})
    kept = old.where(f.col("bucket").isin(buckets))
    if struck:
        gone = spark.createDataFrame([(key,) for key in sorted(struck)], "document_id string")
        kept = kept.join(f.broadcast(gone), "document_id", "left_anti")
    keys = [each.name for each in TABLES[table] if not each.nullable and each.type != pa.bool_()]
    whole = kept.select(*fresh.columns).unionByName(fresh).withColumn("bucket", bucket)
    # Overwriting by partition leaves alone what gets no rows: a bucket whose last rows go is removed.
    left = {row[0] for row in whole.select("bucket").distinct().collect()} if struck else set(buckets)
    (
        whole.repartition(len(buckets), "bucket")
        .sortWithinPartitions("bucket", *keys)
        .write.mode("overwrite")
        .option("partitionOverwriteMode", "dynamic")
        .option("compression", "zstd")
        .partitionBy("bucket")
        .parquet(f"{landing}/{table}")
    )
    for emptied in sorted(set(buckets) - left):
        _delete(spark, f"{landing}/{table}/bucket={emptied}")


def _delete(spark: SparkSession, folder: str) -> None:
    """Remove a folder through Spark's own file systems; nothing happens where there is none."""
    path = spark._jvm.org.apache.hadoop.fs.Path(folder)
    path.getFileSystem(spark._jsc.hadoopConfiguration()).delete(path, True)


# Command line -------------------------------------------------------------------------------------------------------


def main(arguments: Sequence[str] | None = None) -> int:
    """``spark-submit ingest/spark_job.py SOURCE... --landing LANDING``; returns an exit code."""
    parser = argparse.ArgumentParser(prog="ingest.spark_job", description="来源 → 落地层，以 Spark 作业运行")
    parser.add_argument("sources", nargs="+", metavar="SOURCE", help="文件夹、文件，或 s3://桶/前缀")
    parser.add_argument("--landing", required=True, help="Spark 可写的路径，如 s3a://桶/landing")
    parser.add_argument("--partition-documents", type=int, default=64, help="每个任务的文档数")
    parser.add_argument("--bucket-digits", type=int, choices=(1, 2, 3), default=1, help="分区位数：1 为 16 个分区")
    parser.add_argument("--retry", action="store_true", help="重读本版本未能读入的文件")
    parser.add_argument("--prune", action="store_true", help="来源齐全：移除来源中已没有的文件")
    given = parser.parse_args(arguments)
    # Executors need this Python, with this project in it; where they have it elsewhere, the caller says so.
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    from pyspark.sql import SparkSession

    spark = SparkSession.builder.appName("gongkai-ingest").getOrCreate()
    options = JobOptions(
        partition_documents=given.partition_documents,
        bucket_digits=given.bucket_digits,
        retry=given.retry,
        prune=given.prune,
    )
    try:
        report = run(spark, given.sources, given.landing, options)
    except SourceError as error:
        print(f"[{error.code}] {error.path}", file=sys.stderr)
        return 1
    print(f"读入 {report.read}，未变 {report.unchanged}，移除 {report.removed}，未读入 {report.rejected}（文档）。")
    return 0


if __name__ == "__main__":
    sys.exit(main())
