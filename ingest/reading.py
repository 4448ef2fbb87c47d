"""What a worker does: open archives, parse documents, hand back Arrow tables (工作进程).

Results travel as Arrow IPC bytes, one table for a whole chunk of documents, so that the parent never builds rows.
"""

from __future__ import annotations

import importlib
import io
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any

import polars as pl

from ingest.errors import IngestError
from ingest.landing.schemas import SCHEMAS
from ingest.landing.writer import polars_schema
from ingest.sources import DamagedSource, SourceStore

PARSER = "ingest.pipeline:parse_bytes"
EXPANDER = "ingest.readers:expand"
STORE_DAMAGED = "保存的源文件已损坏，已删除；请重新运行以从来源再次读取。"


@dataclass(frozen=True, slots=True)
class ReadTask:
    """One document to parse."""

    document_id: str
    file_name: str
    byte_count: int
    store: str
    """Folder of the source store."""
    archive_name: str | None = None
    parser: str = PARSER
    """``module:function`` of ``parse_bytes``."""


@dataclass(frozen=True, slots=True)
class ExpandTask:
    """One container to open; its members go into the store."""

    document_id: str
    file_name: str
    store: str
    expander: str = EXPANDER


@dataclass(frozen=True, slots=True)
class ReadOutcome:
    """How the reading of one document ended."""

    document_id: str
    state: str
    """``read`` (it has a row in documents) or ``rejected`` (it has only a row in rejects)."""
    code: str | None = None
    """Code of the reject, None where it was read."""
    rejects: int = 0
    """Rows in rejects, parts that could not be read included."""
    figures: int = 0
    """Rows of cell_numbers whose role is figure."""


@dataclass(frozen=True, slots=True)
class ReadChunk:
    """What came of a chunk: IPC bytes per landing table (tables without rows left out) and an outcome each."""

    tables: dict[str, bytes]
    outcomes: tuple[ReadOutcome, ...]


@dataclass(frozen=True, slots=True)
class Expansion:
    """What came of opening one container. ``members`` is empty where the bytes are a document after all."""

    document_id: str
    is_container: bool
    members: tuple[tuple[str, str], ...] = ()
    """(name inside, document_id) of each member, in order."""
    problems: tuple[dict[str, Any], ...] = field(default=())
    """Rows for rejects."""


def reject_row(document_id: str, file_name: str, code: str, reason: str, **more: Any) -> dict[str, Any]:
    """A row of ``rejects``; ``more`` may give reject_ordinal, stage, place, page, source_line."""
    row = dict.fromkeys(SCHEMAS["rejects"].names)
    row.update(document_id=document_id, reject_ordinal=1, file_name=file_name, stage="file", code=code, reason=reason)
    return row | more


def read_chunk(tasks: tuple[ReadTask, ...], started: Callable[[int], None]) -> ReadChunk:
    """Parse the documents of a chunk; one that fails leaves a row in rejects and never stops the others."""
    frames: dict[str, list[pl.DataFrame]] = {}
    outcomes = []
    for index, task in enumerate(tasks):
        started(index)
        read, outcome = _read(task)
        outcomes.append(outcome)
        for name, frame in read.items():
            frames.setdefault(name, []).append(frame)
    return ReadChunk({name: to_ipc(held) for name, held in frames.items()}, tuple(outcomes))


def _read(task: ReadTask) -> tuple[dict[str, pl.DataFrame], ReadOutcome]:
    store = SourceStore(Path(task.store))
    try:
        data = store.read(task.document_id)
        rows = _resolve(task.parser)(data, task.file_name).rows
        return to_frames(task, rows)
    except (FileNotFoundError, DamagedSource):
        # The next run finds no bytes under this hash and takes them from the source again.
        store.remove(task.document_id)
        return _rejected(task, "store_damaged", STORE_DAMAGED)
    except IngestError as error:
        return _rejected(task, error.code, error.reason, place=error.place or None)
    except MemoryError:
        return _rejected(task, "memory_limit", "解析所需内存超过上限，未读入。")
    except RecursionError:
        return _rejected(task, "limit_exceeded", "文件结构嵌套过深，未读入。")
    except Exception as error:  # A fault of ours in one document must not cost the others.
        return _rejected(task, "internal_error", f"解析程序出错（{_where(error)}），请将该文件报告给维护者。")


def to_frames(task: ReadTask, rows: dict[str, list[dict[str, Any]]]) -> tuple[dict[str, pl.DataFrame], ReadOutcome]:
    """Rows as frames; raises where the parser broke its promise, before anything reaches the landing."""
    unknown = set(rows) - set(SCHEMAS)
    if unknown:
        raise ValueError(f"unknown landing tables {sorted(unknown)}")
    documents, rejects = rows.get("documents", []), rows.get("rejects", [])
    if len(documents) > 1 or (not documents and not rejects):
        raise ValueError(f"{len(documents)} rows in documents, {len(rejects)} in rejects")
    if documents and task.archive_name is not None:
        documents[0]["archive_name"] = task.archive_name
    frames = {name: _frame(name, held) for name, held in rows.items() if held}
    for name, frame in frames.items():
        if (frame["document_id"] != task.document_id).any():
            raise ValueError(f"{name} holds rows of another document")
    if not documents:
        return frames, ReadOutcome(task.document_id, "rejected", rejects[0]["code"], len(rejects))
    figures = sum(row["role"] == "figure" for row in rows.get("cell_numbers", ()))
    return frames, ReadOutcome(task.document_id, "read", None, len(rejects), figures)


def _rejected(task: ReadTask, code: str, reason: str, **more: Any) -> tuple[dict[str, pl.DataFrame], ReadOutcome]:
    row = reject_row(task.document_id, task.file_name, code, reason, **more)
    return {"rejects": _frame("rejects", [row])}, ReadOutcome(task.document_id, "rejected", code, 1)


def _frame(name: str, rows: list[dict[str, Any]]) -> pl.DataFrame:
    """Rows as a frame with exactly the columns of the schema; raises on an unknown column or a wrong type."""
    schema = polars_schema(name)
    if unknown := set(chain.from_iterable(rows)) - schema.keys():
        raise ValueError(f"{name} has no column {sorted(unknown)}")
    return pl.DataFrame(rows, schema=schema)


def to_ipc(frames: list[pl.DataFrame]) -> bytes:
    sink = io.BytesIO()
    pl.concat(frames).write_ipc(sink)
    return sink.getvalue()


def _where(error: Exception) -> str:
    """Kind of the error and the line of our code it came from, without paths of this machine."""
    place, trace = "", error.__traceback__
    while trace is not None:
        module = trace.tb_frame.f_globals.get("__name__", "")
        place, trace = f"{module}:{trace.tb_lineno}", trace.tb_next
    return f"{type(error).__name__}: {str(error)[:200]} @ {place}"


def _resolve(target: str) -> Callable[..., Any]:
    module, _, function = target.partition(":")
    return getattr(importlib.import_module(module), function)


def expand_chunk(tasks: tuple[ExpandTask, ...], started: Callable[[int], None]) -> tuple[Expansion, ...]:
    """Open containers; members go into the store. Bytes that only look like a container (xlsx) are left alone."""
    expansions = []
    for index, task in enumerate(tasks):
        started(index)
        expansions.append(_expand(task))
    return tuple(expansions)


def _expand(task: ExpandTask) -> Expansion:
    store = SourceStore(Path(task.store))

    def failed(code: str, reason: str, place: str | None = None) -> Expansion:
        row = reject_row(task.document_id, task.file_name, code, reason, place=place)
        return Expansion(task.document_id, True, problems=(row,))

    try:
        found = _resolve(task.expander)(store.read(task.document_id), task.file_name)
    except IngestError as error:
        return failed(error.code, error.reason, error.place or None)
    except (FileNotFoundError, DamagedSource):
        store.remove(task.document_id)
        return failed("store_damaged", STORE_DAMAGED)
    except Exception as error:  # As in _read: one file's failure stays with it.
        return failed("internal_error", f"解压程序出错（{_where(error)}），请将该文件报告给维护者。")
    kept, problems = [], []
    for member in found:
        name = _member_name(member, task.file_name)
        if member.error is None:
            kept.append((name, store.keep_bytes(member.data)))
            continue
        row = reject_row(
            task.document_id, name, member.error.code, member.error.reason, place=member.error.place or None
        )
        problems.append(row | {"reject_ordinal": len(problems) + 1})
    if [document_id for _, document_id in kept] == [task.document_id]:
        return Expansion(task.document_id, False)
    return Expansion(task.document_id, True, tuple(kept), tuple(problems))


def _member_name(member: Any, file_name: str) -> str:
    """Path of a member below the outermost container, through the containers between."""
    inner = (member.archive_name or file_name).removeprefix(file_name).strip("/")
    return f"{inner}/{member.name}" if inner else member.name
