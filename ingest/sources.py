"""Finding the files to read, and keeping their bytes by hash (来源文件).

A *source* is one file or folder the user names. Names of files are kept so that people recognise a document; they
never say what it is. Symbolic links are followed only inside the source, so that a link planted in a folder fetched
from the web cannot pull in a file of this machine.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

_CHUNK = 1 << 20
_RACY_NS = 2_000_000_000
"""A file changed less than this long before it was hashed may change again without a new time stamp."""

ARCHIVE_MAGIC = (
    (0, b"PK\x03\x04"),
    (0, b"PK\x05\x06"),
    (0, b"Rar!\x1a\x07"),
    (0, b"7z\xbc\xaf\x27\x1c"),
    (0, b"\x1f\x8b"),
    (0, b"BZh"),
    (0, b"\xfd7zXZ\x00"),
    (257, b"ustar"),
)
"""(offset, bytes) of containers; an xlsx or docx is one too, which the archive reader tells apart."""


class SourceError(Exception):
    """A source the user named does not exist or cannot be listed. ``code`` stands in docs/messages.md."""

    def __init__(self, code: str, path: str) -> None:
        super().__init__(path)
        self.code = code
        self.path = path


class DamagedSource(Exception):
    """Bytes in the store do not hash to their name any more."""


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file under a source."""

    source: str
    """Absolute path of the file or folder the user named."""
    name: str
    """Path below the source, parts joined by ``/``; the file's own name where the source is a file."""
    path: Path
    """Where the bytes are."""

    @property
    def file_name(self) -> str:
        """The last part of the name, as delivered."""
        return self.name.rsplit("/", 1)[-1]


@dataclass(frozen=True, slots=True)
class HashedFile:
    """A source file whose bytes are in the store, or the reason why they are not."""

    file: SourceFile
    document_id: str
    """SHA-256 of the bytes, hex; where they could not be read, of the name (``error_code`` is unreadable_source)."""
    byte_count: int
    is_archive: bool = False
    error_code: str | None = None
    """unreadable_source, limit_exceeded, or None."""
    error: str = ""


def discover(source: Path) -> list[SourceFile]:
    """All files under ``source``, in the order of their names.

    Hidden files and folders (a leading dot) are left out, and links that lead out of the source. Raises
    ``SourceError`` where the source does not exist or its folder cannot be listed.
    """
    root = source.resolve()
    if root.is_file():
        return [SourceFile(str(root), root.name, root)]
    if not root.is_dir():
        raise SourceError("source_missing", str(source))
    try:
        found = [(path.relative_to(root).as_posix(), path) for path in _walk(root, root, {root})]
    except OSError as error:
        raise SourceError("source_unlistable", f"{source}: {error.strerror}") from error
    return [SourceFile(str(root), name, path) for name, path in sorted(found)]


def _walk(folder: Path, root: Path, seen: set[Path]) -> Iterator[Path]:
    """Files below ``folder``; ``seen`` holds resolved folders, so that a link to a parent ends the walk there."""
    with os.scandir(folder) as entries:
        listed = sorted(entries, key=lambda entry: entry.name)
    for entry in listed:
        if entry.name.startswith("."):
            continue
        path = Path(entry.path)
        if entry.is_symlink():
            target = path.resolve()
            if not target.is_relative_to(root) or any(part.startswith(".") for part in target.relative_to(root).parts):
                continue
        if entry.is_dir():
            target = path.resolve()
            if target not in seen:
                seen.add(target)
                yield from _walk(path, root, seen)
        elif entry.is_file():
            yield path


class SourceStore:
    """Source bytes by hash: ``<folder>/<aa>/<sha256>``. A file in it is never changed, only added or removed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, document_id: str) -> Path:
        """Where the bytes of a document are, or would be."""
        return self.folder / document_id[:2] / document_id

    def keep_file(self, path: Path, max_bytes: int) -> tuple[str, int, bytes]:
        """Copy a file into the store; returns (hash, size, first bytes).

        The copy is what is read afterwards, so a source that changes or vanishes during a run does no harm. A file
        larger than ``max_bytes`` is hashed but not kept. Raises ``OSError`` where the file cannot be read.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        partial = self.folder / f".incoming-{os.getpid()}"
        digest, size, head = hashlib.sha256(), 0, b""
        try:
            with path.open("rb") as incoming, partial.open("wb") as copy:
                if not stat.S_ISREG(os.fstat(incoming.fileno()).st_mode):
                    raise OSError(0, "not a regular file")
                while chunk := incoming.read(_CHUNK):
                    size += len(chunk)
                    head = head or chunk[:512]
                    digest.update(chunk)
                    if size <= max_bytes:
                        copy.write(chunk)
            if size <= max_bytes:
                self._settle(partial, digest.hexdigest(), size)
        finally:
            partial.unlink(missing_ok=True)
        return digest.hexdigest(), size, head

    def keep_bytes(self, data: bytes) -> str:
        """Put bytes (a member of an archive) into the store; returns their hash."""
        document_id = hashlib.sha256(data).hexdigest()
        self.folder.mkdir(parents=True, exist_ok=True)
        partial = self.folder / f".incoming-{os.getpid()}-{document_id[:16]}"
        try:
            partial.write_bytes(data)
            self._settle(partial, document_id, len(data))
        finally:
            partial.unlink(missing_ok=True)
        return document_id

    def _settle(self, partial: Path, document_id: str, size: int) -> None:
        target = self.path(document_id)
        if target.exists() and target.stat().st_size == size:
            return
        target.parent.mkdir(exist_ok=True)
        partial.replace(target)

    def has(self, document_id: str) -> bool:
        """Whether the bytes are here."""
        return self.path(document_id).exists()

    def read(self, document_id: str) -> bytes:
        """The bytes of a document. Raises ``FileNotFoundError`` or ``DamagedSource``."""
        data = self.path(document_id).read_bytes()
        if hashlib.sha256(data).hexdigest() != document_id:
            raise DamagedSource(document_id)
        return data

    def remove(self, document_id: str) -> None:
        """Forget the bytes of a document."""
        self.path(document_id).unlink(missing_ok=True)

    def clear_partial(self) -> None:
        """Remove what an interrupted run left half copied; only while no other run uses the home."""
        if self.folder.is_dir():
            for partial in self.folder.glob(".incoming-*"):
                partial.unlink(missing_ok=True)


class StatCache:
    """Remembers the hash of a file by path, size and time stamp, so that an unchanged file is not read again.

    Only a cache: a lost or unreadable one costs time, never correctness. A file changed within the last two seconds
    is not remembered, because it may change again within the resolution of its time stamp.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            held = json.loads(path.read_text(encoding="utf-8"))
            self._held: dict[str, list] = held if isinstance(held, dict) else {}
        except (OSError, ValueError):
            self._held = {}
        self._changed = False

    def get(self, path: Path, status: os.stat_result) -> tuple[str, bool] | None:
        """(hash, is_archive) of the file where it has not changed since, else None."""
        held = self._held.get(str(path))
        if not isinstance(held, list) or len(held) != 5:
            return None
        if held[:3] != [status.st_size, status.st_mtime_ns, status.st_ino]:
            return None
        return held[3], bool(held[4])

    def put(self, path: Path, status: os.stat_result, document_id: str, is_archive: bool, now_ns: int) -> None:
        """Remember a hash; ``status`` is from before the file was read."""
        if status.st_mtime_ns + _RACY_NS > now_ns:
            return
        self._held[str(path)] = [status.st_size, status.st_mtime_ns, status.st_ino, document_id, is_archive]
        self._changed = True

    def save(self) -> None:
        """Write the cache beside and move it into place."""
        if not self._changed:
            return
        self.path.parent.mkdir(parents=True, exist_ok=True)
        partial = self.path.with_suffix(".tmp")
        partial.write_text(json.dumps(self._held, ensure_ascii=False), encoding="utf-8")
        partial.replace(self.path)


def is_archive(head: bytes) -> bool:
    """Whether the first bytes are those of a container (zip, rar, 7z, gz, bz2, xz, tar)."""
    return any(head[offset : offset + len(magic)] == magic for offset, magic in ARCHIVE_MAGIC)


def hash_files(
    files: Iterable[SourceFile], store: SourceStore, cache: StatCache, max_bytes: int, now_ns: int
) -> Iterator[HashedFile]:
    """Bring the bytes of each file into the store and say what they are; a file that cannot be read is said too."""
    for file in files:
        try:
            status = file.path.stat()
            known = cache.get(file.path, status)
            if known and store.has(known[0]) and store.path(known[0]).stat().st_size == status.st_size:
                yield HashedFile(file, known[0], status.st_size, known[1])
                continue
            document_id, size, head = store.keep_file(file.path, max_bytes)
            if size > max_bytes:
                reason = f"文件大小 {size / 2**20:.0f} MiB，超过上限 {max_bytes / 2**20:.0f} MiB，未读入。"
                yield HashedFile(file, document_id, size, False, "limit_exceeded", reason)
                continue
            archive = is_archive(head)
            cache.put(file.path, status, document_id, archive, now_ns)
            yield HashedFile(file, document_id, size, archive)
        except OSError as error:
            reason = f"文件无法读取（{error.strerror or error}），请检查权限或存储后重新运行。"
            yield HashedFile(file, _name_id(file.name), 0, False, "unreadable_source", reason)


def _name_id(name: str) -> str:
    """Stands in for the hash of bytes that nobody could read: the hash of the name."""
    return hashlib.sha256(f"unreadable\n{name}".encode()).hexdigest()
