"""The landing folder: Parquet files in batches, and a manifest that says which of them count (落地层).

Layout, below the folder: ``<table>/<batch>.parquet`` for every table of ``schemas.SCHEMAS`` and for ``landed`` (which
documents the batch holds, read by which version), ``<table>/empty.parquet`` so that a table without rows can still be
read by its columns, ``names/<hash>.parquet`` (under which names documents were seen), ``<side table>/<hash>.parquet``
(``schemas.SIDE_TABLES``: where documents were fetched from, what the list expects), ``rejects/<hash>.parquet`` (rows of
documents in quarantine, beside those of the batches), ``manifest.json``.

A batch is named for the hash of its own files. Files are written beside and renamed, then the manifest is swapped in
one step; what the manifest does not list is debris of an interrupted run and is removed by ``recover``. Rows that are
to go (a document read again, or removed) are first struck out in the manifest, in the same swap that brings their
successors, and taken out of the files by ``settle``. So whenever a run dies, the next ``recover`` finds one state or
the other. One writer at a time: the caller holds the home's lock.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from ingest.landing.schemas import LANDING_VERSION, REJECTS, SCHEMAS, SIDE_TABLES
from ingest.names import Name

MANIFEST = "manifest.json"
EMPTY = "empty"
LANDED = pa.schema(
    [
        pa.field("document_id", pa.string(), False),
        pa.field("reading_version", pa.string(), False),
        pa.field("state", pa.string(), False),
        pa.field("code", pa.string()),
        pa.field("figures", pa.int64(), False),
        pa.field("content", pa.string()),
    ]
)
"""Which documents a batch holds. ``state``: read, rejected, archive (a container, whose members
are documents), or unreadable (no bytes: the id stands for the name). ``content``: digest of the document's rows in all
tables, null in batches of before there was one; equal digests mean equal rows, whatever batch they lie in."""
NAMES = pa.schema(
    [
        pa.field("source", pa.string(), False),
        pa.field("file", pa.string(), False),
        pa.field("member", pa.string(), False),
        pa.field("document_id", pa.string(), False),
        pa.field("archive_id", pa.string()),
        pa.field("is_replaced", pa.bool_(), False),
    ]
)
"""Under which names documents were seen: see ``ingest.names.Name``."""

_ALL = {**SCHEMAS, "landed": LANDED}
_SIDE = {**SIDE_TABLES, "rejects": REJECTS}
"""Replaced as a whole: side tables, and the rows of ``rejects`` that documents in quarantine have."""
_POLARS = {
    pa.string(): pl.String,
    pa.int32(): pl.Int32,
    pa.int64(): pl.Int64,
    pa.float32(): pl.Float32,
    pa.bool_(): pl.Boolean,
    pa.timestamp("us", tz="UTC"): pl.Datetime("us", "UTC"),
}
_ROW_GROUP = 131_072


def polars_schema(table: str) -> dict[str, pl.DataType]:
    """Columns of a landing table and their polars types."""
    return {column.name: _POLARS[column.type] for column in _ALL[table]}


def schema_fingerprint() -> str:
    """Short hash of all columns and types: rows of another shape are read again, not mixed in."""
    text = LANDING_VERSION + repr([(n, [(c.name, str(c.type)) for c in s]) for n, s in sorted(SCHEMAS.items())])
    return hashlib.sha256(text.encode()).hexdigest()[:12]


@dataclass(frozen=True, slots=True)
class Recovery:
    """What ``recover`` found."""

    removed_files: tuple[str, ...] = ()
    """Files the manifest did not list, relative to the folder."""
    damaged_batches: tuple[str, ...] = ()
    """Batches with a file missing or of the wrong size; their documents must be read again."""
    rebuilt_manifest: bool = False
    """The manifest itself was unreadable and was made again from the files."""


@dataclass(frozen=True, slots=True)
class Landed:
    """One document that is here."""

    reading_version: str
    state: str
    """read, rejected, archive or unreadable (see ``LANDED``)."""
    code: str | None
    """Code of the reject, None where it was read."""
    batch: str
    content: str | None = None
    """Digest of its rows; None where it was never taken."""


@dataclass(slots=True)
class _Manifest:
    schema: str = ""
    batches: dict[str, dict] = field(default_factory=dict)
    """batch → {"documents": count, "files": {table: size in bytes}}"""
    struck: dict[str, list[str]] = field(default_factory=dict)
    """batch → documents in it that no longer count"""
    names: str | None = None
    """hash of the names file"""
    side: dict[str, str] = field(default_factory=dict)
    """side table → hash of its file"""

    def to_json(self) -> str:
        parts = {
            "landing_version": LANDING_VERSION,
            "schema": self.schema,
            "batches": {key: self.batches[key] for key in sorted(self.batches)},
            "struck": {key: sorted(self.struck[key]) for key in sorted(self.struck)},
            "names": self.names,
            "side": {key: self.side[key] for key in sorted(self.side)},
        }
        return json.dumps(parts, ensure_ascii=False, indent=1)


class Landing:
    """One landing folder. Reading methods work at any time, writing ones only after ``recover``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._manifest = self._load() or _Manifest()
        self._index: dict[str, Landed] | None = None

    # Reading ------------------------------------------------------------------------------------------------------

    def _load(self) -> _Manifest | None:
        try:
            held = json.loads((self.folder / MANIFEST).read_text(encoding="utf-8"))
            # A manifest of before there were side tables has none.
            return _Manifest(held["schema"], held["batches"], held["struck"], held["names"], dict(held.get("side", {})))
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def path(self, table: str, batch: str) -> Path:
        """File of one table of one batch."""
        return self.folder / table / f"{batch}.parquet"

    def batches(self) -> list[str]:
        """The batches that count, in order."""
        return sorted(self._manifest.batches)

    def state(self) -> str:
        """All of the landing that shapes a star, as text: the same text, the same star.

        Left out are the rows of quarantine (they follow from building) and, of what the list of sources expects, the
        day it was last looked at where only that day moved: before or after the last day the law allows is what counts.
        """
        held = json.loads(self._manifest.to_json())
        held["side"].pop("rejects", None)
        expected = held["side"].get("expected_disclosures")
        if expected is not None:
            rows = self.side_rows("expected_disclosures")
            for row in rows:
                looked, due = row.pop("looked_on"), row["due_on"]
                row["looked"] = looked is not None and (due is None or looked > due or "in time")
            held["side"]["expected_disclosures"] = sorted(repr([*row.items()]) for row in rows)
        return json.dumps(held, ensure_ascii=False, sort_keys=True)

    def read_table(self, table: str, batches: Iterable[str] | None = None) -> pl.DataFrame:
        """All rows that count of one table (of some batches): struck ones left out, and those of quarantine."""
        frames = [pl.DataFrame(schema=polars_schema(table))]
        for batch in self.batches() if batches is None else batches:
            if table in self._manifest.batches[batch]["files"]:
                frame = _conform(pl.read_parquet(self.path(table, batch)), table)
                struck = self._manifest.struck.get(batch)
                frames.append(frame.filter(~pl.col("document_id").is_in(struck)) if struck else frame)
        return pl.concat(frames)

    def landed(self) -> Mapping[str, Landed]:
        """Every document that is here, by document_id."""
        if self._index is None:
            self._index = {}
            for batch in self.batches():
                rows = self.read_table("landed", [batch]).drop("figures")
                self._index.update((row[0], Landed(*row[1:4], batch, row[4])) for row in rows.iter_rows())
        return self._index

    def side_rows(self, table: str) -> list[dict[str, object]]:
        """Rows of a side table, as ``set_side`` was given them; none where it never was."""
        digest = self._manifest.side.get(table)
        return pq.read_table(self.path(table, digest)).to_pylist() if digest is not None else []

    def names(self) -> list[Name]:
        """Under which names documents were seen, in order."""
        if self._manifest.names is None:
            return []
        return [Name(*row) for row in pl.read_parquet(self.folder / "names" / f"{self._manifest.names}.parquet").rows()]

    # Writing ------------------------------------------------------------------------------------------------------

    def recover(self) -> Recovery:
        """Bring the folder to the state its manifest tells of, and make it readable by every table."""
        self.folder.mkdir(parents=True, exist_ok=True)
        had_manifest = (self.folder / MANIFEST).exists()
        loaded = self._load()
        rebuilt = loaded is None and had_manifest
        self._manifest = loaded or (self._rebuilt() if rebuilt else _Manifest())
        damaged = tuple(batch for batch in self.batches() if not self._is_whole(batch))
        for batch in damaged:
            self._manifest.batches.pop(batch)
            self._manifest.struck.pop(batch, None)
        names = self._manifest.names
        if names is not None and _digest(self.folder / "names" / f"{names}.parquet") != names:
            self._manifest.names = None
        side = dict(self._manifest.side)
        for table, digest in side.items():
            if _digest(self.path(table, digest)) != digest:
                self._manifest.side.pop(table)
        fingerprint = schema_fingerprint()
        for table, schema in (_ALL | SIDE_TABLES).items():
            target = self.path(table, EMPTY)
            if self._manifest.schema != fingerprint or not _has_columns(target, schema):
                target.parent.mkdir(exist_ok=True)
                _write(target, schema.empty_table(), schema)
        changed = damaged or rebuilt or not had_manifest or names != self._manifest.names or side != self._manifest.side
        if changed or self._manifest.schema != fingerprint:
            self._manifest.schema = fingerprint
            self._swap()
        self._index = None
        return Recovery(self._sweep(), damaged, rebuilt)

    def commit(
        self, tables: Mapping[str, pl.DataFrame], landed: pl.DataFrame, batch_documents: int | None = None
    ) -> list[str]:
        """Add documents with their rows; rows of the same documents from before are struck out.

        ``landed`` has one row per document (``LANDED``); every row of ``tables`` is of one of them. Written as one
        batch, or as several of at most ``batch_documents``. Returns the names of the new batches.
        """
        before = self.landed()
        landed = _with_content(tables, landed)
        ids = landed["document_id"].sort().to_list()
        size = batch_documents or max(len(ids), 1)
        new = [self._write_batch(tables, landed, ids[start : start + size]) for start in range(0, len(ids), size)]
        self._strike(key for key in ids if key in before and before[key].batch not in new)
        self._swap()
        return new

    def remove(self, document_ids: Iterable[str]) -> int:
        """Strike documents out; returns how many were here."""
        gone = sorted(set(document_ids) & self.landed().keys())
        if gone:
            self._strike(gone)
            self._swap()
        return len(gone)

    def _strike(self, document_ids: Iterable[str]) -> None:
        landed = self.landed()
        for document_id in document_ids:
            self._manifest.struck.setdefault(landed[document_id].batch, []).append(document_id)

    def set_names(self, names: Iterable[Name]) -> bool:
        """Replace the names; returns whether anything changed."""
        columns = list(zip(*sorted(set(names), key=lambda name: (*name[:4], name.is_replaced)), strict=True))
        table = pa.table(columns or [[]] * len(NAMES), schema=NAMES)
        folder = self.folder / "names"
        folder.mkdir(exist_ok=True)
        partial = folder / "new.tmp"
        _write(partial, table, NAMES)
        digest = _digest(partial)
        if digest == self._manifest.names:
            partial.unlink()
            return False
        partial.replace(folder / f"{digest}.parquet")
        _sync_folder(folder)
        self._manifest.names = digest
        self._swap()
        self._sweep()
        return True

    def set_side(self, table: str, rows: Iterable[Mapping[str, object]]) -> bool:
        """Replace a side table; returns whether anything changed. The order of ``rows`` does not matter.

        Of ``rejects`` the rows that documents in quarantine have.
        """
        schema = _SIDE[table]
        whole = ({name: row.get(name) for name in schema.names} for row in rows)
        held = sorted(whole, key=lambda row: repr([*row.values()]))
        partial = self.path(table, "new").with_suffix(".tmp")
        _write(partial, pa.Table.from_pylist(held, schema=schema), schema)
        digest = _digest(partial)
        if digest == self._manifest.side.get(table) or not (held or table in self._manifest.side):
            partial.unlink()
            return False
        partial.replace(self.path(table, digest))
        _sync_folder(partial.parent)
        self._manifest.side[table] = digest
        self._swap()
        self._sweep()
        return True

    def settle(self, batch_documents: int, small_batches: int = 16) -> None:
        """Take struck rows out of the files, and merge small batches where there are more than ``small_batches``.

        Each affected batch is written anew once; merged batches hold ``batch_documents`` documents, the last fewer.
        Small is what holds less than half of that: a few documents taken out of every batch are no reason to write the
        whole landing anew, in this run and, because of what is left over from merging, in the next ones.
        """
        affected = set(self._manifest.struck)
        struck = {batch: len(documents) for batch, documents in self._manifest.struck.items()}
        counts = {batch: held["documents"] - struck.get(batch, 0) for batch, held in self._manifest.batches.items()}
        small = {key for key, count in counts.items() if 2 * count < batch_documents}
        merged = sorted(small) if len(small) > small_batches else []
        for batch in sorted(affected - set(merged)):
            self._rewrite([batch], counts[batch])
        group: list[str] = []
        for batch in merged:
            group.append(batch)
            if sum(counts[key] for key in group) >= batch_documents:
                self._rewrite(group, batch_documents)
                group = []
        if len(group) > 1 or (group and group[0] in affected):
            self._rewrite(group, batch_documents)
        self._sweep()

    def _rewrite(self, batches: list[str], batch_documents: int) -> None:
        """Write the rows that count of some batches as new ones, in the batches' place."""
        landed = self.read_table("landed", batches)
        tables = {table: self.read_table(table, batches) for table in SCHEMAS}
        ids = landed["document_id"].sort().to_list()
        size = max(batch_documents, 1)
        new = [self._write_batch(tables, landed, ids[start : start + size]) for start in range(0, len(ids), size)]
        for batch in batches:
            if batch not in new:
                self._manifest.batches.pop(batch)
            self._manifest.struck.pop(batch, None)
        self._swap()

    def _write_batch(self, tables: Mapping[str, pl.DataFrame], landed: pl.DataFrame, ids: list[str]) -> str:
        """Write the files of one batch under the name of their hash and enter it into the manifest in memory."""
        wanted = pl.col("document_id").is_in(ids)
        partials: dict[str, Path] = {}
        for table in sorted(_ALL):
            frame = landed if table == "landed" else tables.get(table)
            if frame is None or (frame := _conform(frame.filter(wanted), table)).is_empty():
                continue
            keys = [column.name for column in _ALL[table] if not column.nullable and column.type != pa.bool_()]
            ordered = frame.sort(keys, maintain_order=True)
            partials[table] = self.path(table, "new").with_suffix(".tmp")
            _write(partials[table], ordered.to_arrow(), _ALL[table])
        batch = _batch_name({table: _digest(path) for table, path in partials.items()})
        files = {}
        for table, partial in partials.items():
            files[table] = partial.stat().st_size
            partial.replace(self.path(table, batch))
            _sync_folder(partial.parent)
        self._manifest.batches[batch] = {"documents": len(ids), "files": files}
        return batch

    def _swap(self) -> None:
        partial = self.folder / f"{MANIFEST}.tmp"
        with partial.open("w", encoding="utf-8") as handle:
            handle.write(self._manifest.to_json())
            handle.flush()
            os.fsync(handle.fileno())
        partial.replace(self.folder / MANIFEST)
        _sync_folder(self.folder)
        self._index = None

    def _is_whole(self, batch: str) -> bool:
        files = self._manifest.batches[batch]["files"]
        return all(_size(self.path(table, batch)) == size for table, size in files.items())

    def _sweep(self) -> tuple[str, ...]:
        """Remove what the manifest does not list; returns the removed files."""
        removed = []
        for table in _ALL:
            known = {f"{EMPTY}.parquet"}
            known |= {f"{key}.parquet" for key, held in self._manifest.batches.items() if table in held["files"]}
            known.add(f"{self._manifest.side.get(table)}.parquet")
            removed += [path for path in (self.folder / table).glob("*") if path.name not in known]
        for table in SIDE_TABLES:
            known = {f"{EMPTY}.parquet", f"{self._manifest.side.get(table)}.parquet"}
            removed += [path for path in (self.folder / table).glob("*") if path.name not in known]
        names = {f"{self._manifest.names}.parquet"}
        removed += [path for path in (self.folder / "names").glob("*") if path.name not in names]
        removed += list(self.folder.glob("*.tmp"))
        for path in removed:
            path.unlink(missing_ok=True)
        return tuple(sorted(path.relative_to(self.folder).as_posix() for path in removed))

    def _rebuilt(self) -> _Manifest:
        """A manifest from the files alone: a batch is whole when its files hash to its name.

        Of a document found in two batches (the manifest that struck it out is lost) the later written one counts.
        """
        manifest = _Manifest(schema_fingerprint())
        found: dict[str, str] = {}
        written = (self.folder / "landed").glob("*.parquet")
        for path in sorted(written, key=lambda path: (path.stat().st_mtime_ns, path.name)):
            batch = path.stem
            files = {table: self.path(table, batch) for table in _ALL if self.path(table, batch).exists()}
            if batch == EMPTY or _batch_name({table: _digest(file) for table, file in files.items()}) != batch:
                continue
            ids = pl.read_parquet(path)["document_id"].to_list()
            manifest.batches[batch] = {
                "documents": len(ids),
                "files": {table: file.stat().st_size for table, file in files.items()},
            }
            for document_id in ids:
                if document_id in found:
                    manifest.struck.setdefault(found[document_id], []).append(document_id)
                found[document_id] = batch
        names = [path for path in (self.folder / "names").glob("*.parquet") if _digest(path) == path.stem]
        manifest.names = max(names, key=lambda path: path.stat().st_mtime_ns).stem if names else None
        for table in _SIDE:
            whole = [path for path in (self.folder / table).glob("*.parquet") if _digest(path) == path.stem]
            if whole:
                manifest.side[table] = max(whole, key=lambda path: path.stat().st_mtime_ns).stem
        return manifest


def _conform(frame: pl.DataFrame, table: str) -> pl.DataFrame:
    """The frame with exactly the table's columns; a batch written before a column came holds null in it."""
    wanted = polars_schema(table)
    if dict(frame.schema) == wanted:
        return frame
    missing = [pl.lit(None, dtype=kind).alias(name) for name, kind in wanted.items() if name not in frame.columns]
    return frame.with_columns(missing).select(pl.col(name).cast(kind) for name, kind in wanted.items())


def _with_content(tables: Mapping[str, pl.DataFrame], landed: pl.DataFrame) -> pl.DataFrame:
    """``landed`` with the digest of each document's rows: of every table how many, and the sum of their hashes."""
    found: dict[str, list[str]] = {document_id: [] for document_id in landed["document_id"]}
    for table, frame in sorted(tables.items()):
        # Without the lowest bits a million hashes add up without overflowing.
        hashed = _conform(frame, table).select("document_id", part=_conform(frame, table).hash_rows() // 2**20)
        sums = hashed.group_by("document_id").agg(pl.len().alias("rows"), pl.col("part").sum())
        for document_id, rows, part in sums.iter_rows():
            if document_id in found:
                found[document_id].append(f"{table} {rows} {part}")
    digests = [hashlib.sha256("\n".join(found[key]).encode()).hexdigest()[:32] for key in landed["document_id"]]
    return landed.with_columns(pl.Series("content", digests, dtype=pl.String))


def _write(path: Path, table: pa.Table, schema: pa.Schema) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as handle:
        pq.write_table(table.cast(schema), handle, compression="zstd", use_dictionary=True, row_group_size=_ROW_GROUP)
        handle.flush()
        os.fsync(handle.fileno())


def _has_columns(path: Path, schema: pa.Schema) -> bool:
    """Whether a Parquet file can be opened and has these columns; one that lost its end cannot."""
    try:
        return pq.read_schema(path).equals(schema)
    except (OSError, pa.ArrowInvalid):
        return False


def _batch_name(digests: Mapping[str, str]) -> str:
    text = "\n".join(f"{table} {digest}" for table, digest in sorted(digests.items()))
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def _digest(path: Path) -> str | None:
    """SHA-256 of a file, hex; None where there is no such file."""
    try:
        with path.open("rb") as handle:
            return hashlib.file_digest(handle, "sha256").hexdigest()
    except OSError:
        return None


def _size(path: Path) -> int | None:
    try:
        return path.stat().st_size
    except OSError:
        return None


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
