"""OLE compound files (.doc, .xls, encrypted Office): the streams at their top, and the bytes of one."""

from __future__ import annotations

import struct
from dataclasses import dataclass

OLE_MARK = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

_LAST = 0xFFFFFFFA
"""Sector numbers from here on are marks (free, end of chain), not sectors."""
_MOST_ENTRIES = 20_000
DAMAGE = (struct.error, IndexError, ValueError, OverflowError)
"""What reading a damaged compound file raises."""


@dataclass(frozen=True, slots=True)
class _Entry:
    name: str
    left: int
    right: int
    child: int
    start: int
    size: int


class CompoundFile:
    """A compound file's directory; streams are read on demand. Raises one of ``DAMAGE`` where it is broken."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._sector = 1 << struct.unpack_from("<H", data, 30)[0]
        if self._sector not in (512, 4096):
            raise ValueError("sector size")
        count, directory = struct.unpack_from("<I", data, 44)[0], struct.unpack_from("<I", data, 48)[0]
        self._cutoff = struct.unpack_from("<I", data, 56)[0]
        self._mini_start = struct.unpack_from("<I", data, 60)[0]
        self._fat = self._read_fat(count)
        self._entries = self._directory(directory)
        self.top = self._top()
        """Entries below the root by name in lower case."""

    def _place(self, sector: int) -> int:
        return (sector + 1) * self._sector

    def _read_fat(self, count: int) -> list[int]:
        width = self._sector // 4
        sectors = list(struct.unpack_from("<109I", self._data, 76))
        more, seen = struct.unpack_from("<I", self._data, 68)[0], set()
        while more < _LAST and more not in seen and self._place(more) + self._sector <= len(self._data):
            seen.add(more)
            block = struct.unpack_from(f"<{width}I", self._data, self._place(more))
            sectors += block[:-1]
            more = block[-1]
        fat: list[int] = []
        for sector in sectors[: min(count, len(self._data) // self._sector + 1)]:
            if sector < _LAST and self._place(sector) + self._sector <= len(self._data):
                fat.extend(struct.unpack_from(f"<{width}I", self._data, self._place(sector)))
        return fat

    def _chain(self, start: int) -> bytes:
        """Bytes of a chain of sectors; a chain that bites its tail or leaves the file ends there."""
        parts: list[bytes] = []
        seen: set[int] = set()
        while start < _LAST and start not in seen and self._place(start) < len(self._data):
            seen.add(start)
            parts.append(self._data[self._place(start) : self._place(start) + self._sector])
            start = self._fat[start] if start < len(self._fat) else _LAST
        return b"".join(parts)

    def _directory(self, start: int) -> list[_Entry]:
        raw = self._chain(start)
        entries: list[_Entry] = []
        for offset in range(0, min(len(raw), _MOST_ENTRIES * 128) - 127, 128):
            length = min(struct.unpack_from("<H", raw, offset + 64)[0], 64)
            name = raw[offset : offset + max(length - 2, 0)].decode("utf-16-le", "replace")
            left, right, child = struct.unpack_from("<III", raw, offset + 68)
            first, size = struct.unpack_from("<II", raw, offset + 116)
            entries.append(_Entry(name, left, right, child, first, size))
        return entries

    def _top(self) -> dict[str, _Entry]:
        found: dict[str, _Entry] = {}
        waiting, visited = [self._entries[0].child], set()
        while waiting:
            index = waiting.pop()
            if index >= len(self._entries) or index in visited:
                continue
            visited.add(index)
            entry = self._entries[index]
            found[entry.name.lower()] = entry
            waiting += (entry.left, entry.right)
        return found

    def stream(self, name: str) -> bytes:
        """Bytes of a stream at the top; shorter than stated where the file is cut off. ``KeyError`` if missing."""
        entry = self.top[name.lower()]
        if entry.size >= self._cutoff:
            return self._chain(entry.start)[: entry.size]
        # Small streams live in pieces of 64 bytes inside the root's own stream.
        pieces = self._chain(self._entries[0].start)
        raw = self._chain(self._mini_start)
        fat = struct.unpack(f"<{len(raw) // 4}I", raw[: len(raw) // 4 * 4])
        parts: list[bytes] = []
        start, seen = entry.start, set()
        while start < len(fat) and start not in seen:
            seen.add(start)
            parts.append(pieces[start * 64 : start * 64 + 64])
            start = fat[start]
        return b"".join(parts)[: entry.size]


def top_names(data: bytes) -> frozenset[str]:
    """Names (lower case) of the streams and storages at the top of a compound file; empty when damaged."""
    try:
        return frozenset(CompoundFile(data).top)
    except DAMAGE:
        return frozenset()
