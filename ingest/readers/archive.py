"""Archives (.zip): members one by one, an archive inside an archive once, within limits of size, count and ratio.

Member names are labels only: nothing is written to disk, so a name that climbs out of its folder reaches nothing.
Chinese Windows tools write names in GBK without saying so; they are turned back.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from dataclasses import dataclass, field

from ingest.errors import IngestError, LimitExceeded, UnreadableFile
from ingest.readers.detect import ZIP_MARKS, detect
from ingest.readers.limits import DEFAULT, ReaderLimits

READER = "archive"
READER_VERSION = "1"

_CHUNK = 1 << 20
_IGNORED = re.compile(r"(?:^|/)(?:__MACOSX/|\.DS_Store$|Thumbs\.db$|desktop\.ini$|~\$)", re.IGNORECASE)
DAMAGE = (zipfile.BadZipFile, zlib.error, struct.error, OSError, EOFError, ValueError, KeyError, RuntimeError,
          NotImplementedError, OverflowError, IndexError, LookupError)
"""What the standard library raises on damaged, encrypted or exotic packages."""


@dataclass(frozen=True, slots=True)
class Member:
    """One file to read: as delivered, or out of an archive."""

    name: str
    """The file's name, or its path inside the archive; a label, never a path to open."""
    data: bytes
    """The bytes; empty where ``error`` says why they could not be had."""
    archive_name: str | None = None
    """Name of the archive it came in (outer/inner for a nested one), None for a file of its own."""
    error: IngestError | None = None
    """Why this member could not be unpacked; it becomes a row of ``rejects`` while the others go on."""


@dataclass(slots=True)
class _Budget:
    """What is left of the limits, over all levels of one archive."""

    limits: ReaderLimits
    members: int = 0
    unpacked: int = 0
    found: list[Member] = field(default_factory=list)


def expand(data: bytes, file_name: str = "", limits: ReaderLimits = DEFAULT) -> list[Member]:
    """Members of an archive, or the file itself as the only member when it is none.

    A member that cannot be unpacked (encrypted, damaged, too large, nested too deep) comes with ``error`` set and
    empty ``data``. Raises ``UnreadableFile`` for a damaged or empty archive and ``LimitExceeded`` for one with too
    many members or too many bytes in all.
    """
    if not data.startswith(ZIP_MARKS) or detect(data) != "zip":
        return [Member(file_name, data)]
    if len(data) > limits.max_bytes:
        raise LimitExceeded(f"压缩包有{len(data)}字节，超过上限{limits.max_bytes}字节。请拆分后再试。", place=file_name)
    budget = _Budget(limits)
    _expand(data, file_name, 0, budget)
    if not budget.found:
        raise UnreadableFile("压缩包里没有文件。", code="empty_archive", place=file_name)
    return budget.found


def _expand(data: bytes, archive_name: str, depth: int, budget: _Budget) -> None:
    limits = budget.limits
    try:
        package = zipfile.ZipFile(io.BytesIO(data))
        entries = package.infolist()
    except DAMAGE as error:
        raise UnreadableFile(
            f"压缩包已损坏或不完整，无法打开（{type(error).__name__}）。请重新获取原文件。",
            code="damaged_archive", place=archive_name,
        ) from error
    with package:
        for entry in entries:
            name = member_name(entry)
            if entry.filename.endswith(("/", "\\")) or _IGNORED.search(name):
                continue
            budget.members += 1
            if budget.members > limits.max_members:
                raise LimitExceeded(f"压缩包里的文件超过上限{limits.max_members}个。请拆分后再试。", place=archive_name)
            try:
                content = read_member(package, entry, limits, spent=budget.unpacked, name=name)
            except IngestError as error:
                error.place = error.place or f"{archive_name}/{name}"
                if error.code == "archive_too_large":
                    raise
                budget.found.append(Member(name, b"", archive_name, error))
                continue
            budget.unpacked += len(content)
            _take(name, content, archive_name, depth, budget)


def _take(name: str, content: bytes, archive_name: str, depth: int, budget: _Budget) -> None:
    """One unpacked member: kept, or opened when it is an archive itself and the nesting allows."""
    if not content.startswith(ZIP_MARKS) or detect(content) != "zip":
        budget.found.append(Member(name, content, archive_name))
        return
    place = f"{archive_name}/{name}"
    try:
        if depth >= budget.limits.max_nesting:
            raise LimitExceeded(
                f"压缩包嵌套超过{budget.limits.max_nesting}层，未再展开。请解压后再导入。",
                code="archive_nested",
                place=place,
            )
        _expand(content, place, depth + 1, budget)
    except UnreadableFile as error:
        budget.found.append(Member(name, b"", archive_name, error))
    except LimitExceeded as error:
        if error.code != "archive_nested":
            raise
        budget.found.append(Member(name, b"", archive_name, error))


def member_name(entry: zipfile.ZipInfo) -> str:
    """Name of a member with GBK names turned back, separators made ``/`` and climbing parts taken out."""
    name = entry.filename
    if not entry.flag_bits & 0x800:
        try:
            raw = name.encode("cp437")
        except UnicodeEncodeError:
            raw = b""
        for codec in ("ascii", "utf-8", "gb18030"):
            try:
                name = raw.decode(codec) if raw else name
                break
            except UnicodeDecodeError:
                continue
    parts = [part for part in re.split(r"[\\/]+", name.replace("\x00", "")) if part not in ("", ".", "..")]
    return "/".join(parts) or "未命名"


def read_member(
    package: zipfile.ZipFile, entry: zipfile.ZipInfo, limits: ReaderLimits, *, spent: int = 0, name: str = ""
) -> bytes:
    """Bytes of one member, read in pieces so that what it claims about its size need not be true.

    ``spent`` is what other members already unpacked to. Raises ``UnreadableFile`` (``encrypted_file``,
    ``damaged_archive``) and ``LimitExceeded`` (``member_too_large``, ``archive_bomb``, ``archive_too_large``).
    """
    name = name or entry.filename
    if entry.flag_bits & 0x1:
        raise UnreadableFile(f"压缩包中的“{name}”已加密，没有密码无法读取。", code="encrypted_file")
    pieces: list[bytes] = []
    size = 0
    packed = max(entry.compress_size, 1)
    try:
        with package.open(entry) as stream:
            while piece := stream.read(_CHUNK):
                size += len(piece)
                if size > limits.max_member_bytes:
                    raise LimitExceeded(
                        f"压缩包中的“{name}”解压后超过上限{limits.max_member_bytes}字节。", code="member_too_large"
                    )
                if size > limits.ratio_floor_bytes and size > packed * limits.max_ratio:
                    raise LimitExceeded(
                        f"压缩包中的“{name}”解压后超过压缩前的{limits.max_ratio}倍，疑为压缩炸弹，未读取。",
                        code="archive_bomb",
                    )
                if spent + size > limits.max_unpacked_bytes:
                    raise LimitExceeded(
                        f"压缩包解压后合计超过上限{limits.max_unpacked_bytes}字节。请拆分后再试。",
                        code="archive_too_large",
                    )
                pieces.append(piece)
    except DAMAGE as error:
        raise UnreadableFile(
            f"压缩包中的“{name}”已损坏，无法解压（{type(error).__name__}）。", code="damaged_archive"
        ) from error
    return b"".join(pieces)
