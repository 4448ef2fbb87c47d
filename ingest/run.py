"""One ingestion run: files in, landing Parquet out; only what is new or changed is parsed (读入).

Order of a run: bring the bytes of every file into the store by hash, open containers, decide which documents must be
read, read them in batches over processes, record the names, strike out what is gone, settle. A run killed at any
point leaves a landing that the next one completes.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib
import io
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

import polars as pl

from ingest import readers
from ingest.landing.writer import MANIFEST, Landing, Recovery, polars_schema, schema_fingerprint
from ingest.names import Name, first_names, names_after
from ingest.reading import EXPANDER, PARSER, ExpandTask, Expansion, ReadOutcome, ReadTask, reject_row
from ingest.sources import HashedFile, SourceError, SourceStore, StatCache, discover, hash_files
from ingest.workers import ChunkResult, WorkerLimits, run_chunks

_AGAIN = frozenset({"store_damaged"})
"""Rejects that say nothing about the document: it is read again in the next run."""
_CHUNK_DOCUMENTS = 16
_CHUNK_BYTES = 4 * 2**20


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a run stands."""

    step: str
    """``hash``, ``expand`` or ``read``."""
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class IngestOptions:
    """Settings of a run."""

    jobs: int = 1
    """Worker processes."""
    batch_documents: int = 200
    """Documents per batch of landing files; about two batches are held in memory at a time."""
    small_batches: int = 16
    """More batches than this with less than half of ``batch_documents`` are merged."""
    max_bytes: int = 256 * 2**20
    """Largest file read, in bytes."""
    limits: WorkerLimits = field(default_factory=WorkerLimits)
    retry: bool = False
    """Read documents again that the same reading version rejected."""
    prune: bool = False
    """The sources given are complete: a document that is under none of its names any more is removed."""
    allow_shrink: bool = False
    """A source that had files and now lists none is taken at its word. Otherwise it counts as a disk not mounted."""
    parser: str = PARSER
    expander: str = EXPANDER
    version: str | None = None
    """Reading version; None takes ``READING_VERSION`` of the parser's module."""
    progress: Callable[[Progress], None] = lambda _: None


@dataclass(frozen=True, slots=True)
class FileOutcome:
    """What became of one name in this run; also of names that are gone."""

    source: str
    name: str
    document_id: str | None
    action: str
    """read · unchanged · duplicate (its bytes came under an earlier name) · opened (a container) · rejected ·
    unreadable · removed · missing (a remembered source that is gone)."""
    code: str | None = None
    """Code of the reject, see docs/messages.md."""


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What a run did."""

    files: tuple[FileOutcome, ...]
    documents: tuple[ReadOutcome, ...]
    """Outcome of every document that was parsed in this run."""
    unchanged: int
    """Documents that were here already."""
    removed: int
    """Documents taken out (``prune``)."""
    recovery: Recovery
    reading_version: str
    seconds: dict[str, float]
    """Seconds of the clock per step."""
    is_changed: bool
    """Whether the landing changed."""

    @property
    def rejected(self) -> tuple[FileOutcome, ...]:
        """Names whose bytes could not be read, now or in an earlier run by the same version."""
        return tuple(file for file in self.files if file.action in ("rejected", "unreadable", "missing"))


def ingest(
    sources: Sequence[Path],
    landing_folder: Path,
    store_folder: Path,
    options: IngestOptions | None = None,
    now: datetime | None = None,
    *,
    also: Sequence[Path] = (),
    side: Mapping[str, Sequence[Mapping[str, Any]]] | None = None,
) -> IngestReport:
    """Bring the landing up to date with the sources; see the module's docstring.

    With no ``sources`` those of earlier runs are looked at again; ``also`` are looked at in either case. ``now``
    becomes ``ingested_at`` of what is read for the first time. ``side`` gives rows of side tables (``schemas``).
    Raises ``SourceError`` where a source named here does not exist, or any is empty that was not (see
    ``IngestOptions.allow_shrink``); a remembered one that is gone is only reported.
    """
    landing = Landing(landing_folder)
    run = _Run(landing, SourceStore(store_folder), options or IngestOptions(), now or datetime.now(UTC))
    return run.run(sources, also, side or {})


@dataclass(slots=True)
class _Run:
    landing: Landing
    store: SourceStore
    options: IngestOptions
    now: datetime
    version: str = ""
    listed: set[str] = field(default_factory=set)
    """sources that could be listed"""
    hashed: list[HashedFile] = field(default_factory=list)
    missing: list[FileOutcome] = field(default_factory=list)
    members: dict[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    """container → (path inside, document_id) of its members"""
    outcomes: dict[str, ReadOutcome] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    lap_start: float = field(default_factory=time.monotonic)
    read_by: dict[str, tuple[str, str]] | None = None
    """reader and its version of the documents that were here before this run"""
    all_readers: str = ""
    """digest of all readers' versions, once it is asked for"""
    first_read: pl.DataFrame | None = None
    """when the documents that were here before this run were first read"""

    def run(
        self, sources: Sequence[Path], also: Sequence[Path], side: Mapping[str, Sequence[Mapping[str, Any]]]
    ) -> IngestReport:
        self.version = reading_version(self.options)
        recovery = self.landing.recover()
        self.store.clear_partial()
        manifest = self.landing.folder / MANIFEST
        before, held = manifest.read_bytes(), self.landing.names()
        self._find(sources, also, held)
        self._lap("hash")
        self._open_containers(held)
        self._reject_unread()
        self._lap("expand")
        names = self._names(held)
        first = first_names(names)
        self._read(self._to_read(first))
        if self._fetch_damaged():
            self._read(self._to_read(first))
        self._lap("read")
        removed = self.landing.remove(self.landing.landed().keys() - first.keys())
        self.landing.set_names(names)
        for table, rows in side.items():
            self.landing.set_side(table, rows)
        self.landing.settle(self.options.batch_documents, self.options.small_batches)
        self._lap("settle")
        return IngestReport(
            files=tuple(self._file_outcomes(held, names, first)),
            documents=tuple(self.outcomes[key] for key in sorted(self.outcomes)),
            unchanged=len(self.landing.landed().keys() - self.outcomes.keys()),
            removed=removed,
            recovery=recovery,
            reading_version=self.version,
            seconds=self.seconds,
            is_changed=manifest.read_bytes() != before,
        )

    def _lap(self, step: str) -> None:
        now = time.monotonic()
        self.seconds[step], self.lap_start = round(now - self.lap_start, 3), now

    # Finding ------------------------------------------------------------------------------------------------------

    def _find(self, sources: Sequence[Path], also: Sequence[Path], held: list[Name]) -> None:
        """List the sources and bring the bytes of their files into the store."""
        files = {}
        remembered = {name.source for name in held}
        named = sources or [Path(source) for source in sorted(remembered)]
        for source in dict.fromkeys([*named, *also]):
            try:
                found = discover(source)
                if not found and not self.options.allow_shrink and str(source.resolve()) in remembered:
                    raise SourceError("source_emptied", str(source))
                files.update(((file.source, file.name), file) for file in found)
                self.listed.add(str(source.resolve()))
            except SourceError as error:
                if source in sources or error.code == "source_emptied":
                    raise
                self.missing.append(FileOutcome(str(source), "", None, "missing", error.code))
        wanted = [files[key] for key in sorted(files)]
        cache = StatCache(self.landing.folder.parent / "cache" / "files.json")
        for found in hash_files(wanted, self.store, cache, self.options.max_bytes, time.time_ns()):
            self.hashed.append(found)
            self.options.progress(Progress("hash", len(self.hashed), len(wanted)))
        cache.save()

    def _is_current(self, document_id: str) -> bool:
        """Whether the landing holds what this version reads in the document.

        A reader that has changed reads its own documents again, and what could not be read or was opened; no others.
        """
        landed = self.landing.landed().get(document_id)
        if landed is None or landed.reading_version != self._version_of(landed.state) or landed.code in _AGAIN:
            return False
        if landed.state == "read" and not self._is_reader_current(document_id):
            return False
        return not (self.options.retry and landed.state == "rejected")

    def _version_of(self, state: str) -> str:
        """Version a document in this state is landed with: which reader would turn a rejected one down is not known."""
        if state == "read" or self.options.parser != PARSER:
            return self.version
        if not self.all_readers:
            self.all_readers = all_readers()
        return f"{self.version}+{self.all_readers}"

    def _is_reader_current(self, document_id: str) -> bool:
        if self.options.parser != PARSER:
            return True
        if self.read_by is None:
            held = self.landing.read_table("documents").select("document_id", "reader", "reader_version")
            self.read_by = {row[0]: (row[1], row[2]) for row in held.iter_rows()}
        return is_reader_current(*(self.read_by.get(document_id) or ("", "")))

    def _is_container(self, document_id: str) -> bool:
        landed = self.landing.landed().get(document_id)
        return landed is not None and landed.state == "archive"

    def _open_containers(self, held: list[Name]) -> None:
        """Find the members of containers; one opened before by the same version is not opened again."""
        inside: dict[str, set[tuple[str, str]]] = {}
        for name in held:
            if name.archive_id is not None:
                inside.setdefault(name.archive_id, set()).add((name.member, name.document_id))
        tasks = {}
        for found in self.hashed:
            if not found.is_archive:
                continue
            known = tuple(sorted(inside.get(found.document_id, ())))
            # A run that died between landing a container and writing the names leaves one that seems to hold nothing.
            is_lost = not known and self._is_container(found.document_id)
            if self._is_current(found.document_id) and not is_lost:
                self.members[found.document_id] = known
            else:
                tasks[found.document_id] = self._expand_task(found)
        opened = self._expand(tasks)
        damaged = {each.document_id for each in opened if any(row["code"] in _AGAIN for row in each.problems)}
        if damaged:
            self._keep_again(damaged)
            opened = [each for each in opened if each.document_id not in damaged]
            opened += self._expand({key: tasks[key] for key in sorted(damaged)})
        containers = [expansion for expansion in opened if expansion.is_container]
        self.members |= {expansion.document_id: expansion.members for expansion in containers}
        self._commit_direct(
            {
                expansion.document_id: ("archive" if expansion.members else "rejected", list(expansion.problems))
                for expansion in containers
            }
        )

    def _expand_task(self, found: HashedFile) -> ExpandTask:
        return ExpandTask(found.document_id, found.file.file_name, str(self.store.folder), self.options.expander)

    def _expand(self, tasks: Mapping[str, ExpandTask]) -> list[Expansion]:
        """Open containers in worker processes; their members go into the store."""
        chunks = ((tasks[key],) for key in sorted(tasks))
        jobs = min(self.options.jobs, len(tasks))
        opened: list[Expansion] = []
        for result in run_chunks("ingest.reading:expand_chunk", chunks, jobs=jobs, limits=self.options.limits):
            if result.failure is not None:
                task = result.tasks[0]
                opened.append(Expansion(task.document_id, True, (), (failure_row(task, result),)))
            elif not result.is_postponed:
                opened += result.value
            self.options.progress(Progress("expand", len(opened), len(tasks)))
        return opened

    def _reject_unread(self) -> None:
        """Files without bytes in the store leave their row in rejects."""
        unread = {}
        for found in self.hashed:
            landed = self.landing.landed().get(found.document_id)
            if found.error_code and (landed is None or landed.code != found.error_code):
                state = "unreadable" if found.error_code == "unreadable_source" else "rejected"
                row = reject_row(found.document_id, found.file.file_name, found.error_code, found.error)
                unread[found.document_id] = (state, [row])
        self._commit_direct(unread)

    def _commit_direct(self, entries: dict[str, tuple[str, list[dict[str, Any]]]]) -> None:
        """Land documents that no parser sees: document_id → (state, rows for rejects)."""
        if not entries:
            return
        rejects = [row for _, rows in entries.values() for row in rows]
        outcomes = []
        for document_id, (state, rows) in entries.items():
            outcomes.append(ReadOutcome(document_id, state, rows[0]["code"] if rows else None, len(rows)))
            self.outcomes[document_id] = outcomes[-1]
        frame = pl.DataFrame(rejects, schema=polars_schema("rejects"))
        self.landing.commit({"rejects": frame}, self._landed_frame(outcomes))

    def _landed_frame(self, outcomes: Iterable[ReadOutcome]) -> pl.DataFrame:
        rows = [
            (held.document_id, self._version_of(held.state), held.state, held.code, held.figures, None)
            for held in outcomes
        ]
        return pl.DataFrame(rows, schema=polars_schema("landed"), orient="row")

    # Names --------------------------------------------------------------------------------------------------------

    def _names(self, held: list[Name]) -> set[Name]:
        fresh = []
        for found in self.hashed:
            source, file = found.file.source, found.file.name
            fresh.append(Name(source, file, "", found.document_id, None, False))
            for member, document_id in self.members.get(found.document_id, ()):
                fresh.append(Name(source, file, member, document_id, found.document_id, False))
        unreadable = {key for key, landed in self.landing.landed().items() if landed.state == "unreadable"}
        return names_after(held, fresh, unreadable=unreadable, listed=self.listed, prune=self.options.prune)

    def _file_outcomes(self, held: list[Name], names: set[Name], first: dict[str, Name]) -> Iterator[FileOutcome]:
        listed = {(found.file.source, found.file.name) for found in self.hashed}
        for name in sorted(name for name in names if name[:2] in listed and not name.is_replaced):
            yield self._file_outcome(name, first)
        kept = {name[:4] for name in names}
        for name in held:
            if name[:4] not in kept and name[:2] not in listed:
                yield FileOutcome(name.source, name.display, name.document_id, "removed")
        yield from self.missing

    def _file_outcome(self, name: Name, first: dict[str, Name]) -> FileOutcome:
        landed, document_id = self.landing.landed().get(name.document_id), name.document_id
        if landed is None:
            return FileOutcome(name.source, name.display, document_id, "unreadable", "store_damaged")
        if landed.state in ("rejected", "unreadable"):
            return FileOutcome(name.source, name.display, document_id, landed.state, landed.code)
        if landed.state == "archive":
            action = "opened" if document_id in self.outcomes else "unchanged"
        elif name != first[document_id]:
            action = "duplicate"
        else:
            action = "read" if document_id in self.outcomes else "unchanged"
        return FileOutcome(name.source, name.display, document_id, action, landed.code)

    # Reading ------------------------------------------------------------------------------------------------------

    def _to_read(self, first: dict[str, Name]) -> list[ReadTask]:
        """Documents without a reading by this version, in the order of their ids, whatever source they came from.

        One that goes by another name now is read again too, so that the landing is what a clean run would make of
        the sources. One whose bytes are no longer in the store keeps the reading it has.
        """
        tasks, known_as = [], self._known_as()
        for document_id in sorted(first.keys() - self.members.keys() - self.outcomes.keys()):
            name = first[document_id]
            label = (name.file_name, name.archive_name)
            is_renamed = known_as.get(document_id, label) != label
            is_done = self._is_current(document_id) and not is_renamed
            if not self._is_container(document_id) and not is_done and self.store.has(document_id):
                size = self.store.path(document_id).stat().st_size
                folder, parser = str(self.store.folder), self.options.parser
                tasks.append(ReadTask(document_id, name.file_name, size, folder, name.archive_name, parser))
        return tasks

    def _known_as(self) -> dict[str, tuple[str, str | None]]:
        """(file name, archive) each document was read under; rejected documents are left out."""
        documents = self.landing.read_table("documents").select("document_id", "file_name", "archive_name")
        return {row[0]: row[1:] for row in documents.iter_rows()}

    def _fetch_damaged(self) -> bool:
        """Take documents whose kept bytes turned out damaged from their source once more; whether any came."""
        damaged = {key for key, outcome in self.outcomes.items() if outcome.code in _AGAIN}
        spoiled = {key for key, members in self.members.items() if damaged & {member for _, member in members}}
        archives = [found for found in self.hashed if found.document_id in spoiled]
        self._expand({found.document_id: self._expand_task(found) for found in archives})
        self._keep_again(damaged)
        back = {key for key in damaged if self.store.has(key)}
        self.outcomes = {key: outcome for key, outcome in self.outcomes.items() if key not in back}
        return bool(back)

    def _keep_again(self, document_ids: set[str]) -> None:
        for found in self.hashed:
            if found.document_id in document_ids and not self.store.has(found.document_id):
                # The source may be gone meanwhile; then the next run tells.
                with contextlib.suppress(OSError):
                    self.store.keep_file(found.file.path, self.options.max_bytes)

    def _read(self, tasks: list[ReadTask]) -> None:
        """Parse in worker processes; a batch is committed as soon as all its documents are through."""
        size = self.options.batch_documents
        batch_of = {task.document_id: index // size for index, task in enumerate(tasks)}
        waiting = [len(tasks[start : start + size]) for start in range(0, len(tasks), size)]
        held: dict[int, _Batch] = {}
        late, done = _Batch(), 0
        jobs, limits = min(self.options.jobs, len(tasks)), self.options.limits
        for result in run_chunks("ingest.reading:read_chunk", chunked(tasks, size), jobs=jobs, limits=limits):
            index = batch_of[result.tasks[0].document_id]
            if not result.is_postponed:
                done += len(result.tasks)
                self.options.progress(Progress("read", done, len(tasks)))
            if result.failure is not None:
                late.fail(result)
            elif result.is_postponed:
                late.expected.add(result.tasks[0].document_id)
                waiting[index] -= 1
            elif result.tasks[0].document_id in late.expected:
                late.add(result)
            else:
                held.setdefault(index, _Batch()).add(result)
                waiting[index] -= len(result.tasks)
            if waiting[index] == 0 and index in held:
                self._commit(held.pop(index))
        self._commit(late)

    def _commit(self, batch: _Batch) -> None:
        if not batch.outcomes:
            return
        tables = {name: pl.concat(frames) for name, frames in batch.frames.items()}
        if "documents" in tables:
            tables["documents"] = self._dated(tables["documents"])
        self.landing.commit(tables, self._landed_frame(batch.outcomes), self.options.batch_documents)
        self.outcomes |= {outcome.document_id: outcome for outcome in batch.outcomes}

    def _dated(self, documents: pl.DataFrame) -> pl.DataFrame:
        """Documents with the time they were first read, which a later reading of the same bytes keeps.

        Which of two versions is the newer may hang on it, so a new reader must not make them all equally old.
        """
        if self.first_read is None:
            self.first_read = self.landing.read_table("documents").select("document_id", known="ingested_at")
        now = pl.lit(self.now).cast(pl.Datetime("us", "UTC"))
        dated = documents.join(self.first_read, on="document_id", how="left", maintain_order="left")
        return dated.with_columns(ingested_at=pl.coalesce("known", "ingested_at", now)).drop("known")


@dataclass(slots=True)
class _Batch:
    """Results gathered until their batch is complete."""

    frames: dict[str, list[pl.DataFrame]] = field(default_factory=dict)
    outcomes: list[ReadOutcome] = field(default_factory=list)
    expected: set[str] = field(default_factory=set)

    def add(self, result: ChunkResult) -> None:
        for name, data in result.value.tables.items():
            self.frames.setdefault(name, []).append(pl.read_ipc(io.BytesIO(data)))
        self.outcomes += result.value.outcomes

    def fail(self, result: ChunkResult) -> None:
        task = result.tasks[0]
        row = failure_row(task, result)
        self.frames.setdefault("rejects", []).append(pl.DataFrame([row], schema=polars_schema("rejects")))
        self.outcomes.append(ReadOutcome(task.document_id, "rejected", row["code"], 1))


def reading_version(options: IngestOptions) -> str:
    """Version of the reading as a whole: the parser's own and the shape of the landing tables."""
    own = options.version
    if own is None:
        module, _, _ = options.parser.partition(":")
        own = importlib.import_module(module).READING_VERSION
    return f"{own}+{schema_fingerprint()}"


def is_reader_current(reader: str | None, reader_version: str | None) -> bool:
    """Whether a document's ``reader`` and ``reader_version`` are those of today's reader."""
    # As the pipeline writes it: reader-version/reading version.
    return readers.is_current(reader or "", (reader_version or "").partition("/")[0].removeprefix(f"{reader}-"))


def all_readers() -> str:
    """Digest of all readers' versions: what could not be read, or was opened, is landed with it."""
    return hashlib.sha256(readers.versions().encode()).hexdigest()[:12]


def failure_row(task: ReadTask | ExpandTask, result: ChunkResult) -> dict[str, Any]:
    if result.failure.code == "time_limit":
        reason = f"读取超过时间上限（{result.failure.detail} 秒），已中止；可用 --time-limit 放宽并加 --retry 重试。"
    else:
        reason = f"读取该文件的进程两次异常退出（退出码 {result.failure.detail}），文件未读入。"
    return reject_row(task.document_id, task.file_name, result.failure.code, reason)


def chunked(tasks: Sequence[ReadTask], batch_documents: int) -> Iterator[tuple[ReadTask, ...]]:
    """Tasks in chunks of few documents and few bytes; none spans two batches."""
    rest = iter(tasks)
    while batch := list(islice(rest, batch_documents)):
        chunk: list[ReadTask] = []
        byte_count = 0
        for task in batch:
            if chunk and (len(chunk) >= _CHUNK_DOCUMENTS or byte_count + task.byte_count > _CHUNK_BYTES):
                yield tuple(chunk)
                chunk, byte_count = [], 0
            chunk.append(task)
            byte_count += task.byte_count
        yield tuple(chunk)
