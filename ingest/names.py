"""Under which names the bytes of a document were seen (文件名登记).

The same bytes under two names are one document; one name may hold other bytes tomorrow.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple


class Name(NamedTuple):
    """One name of one document."""

    source: str
    """Absolute path of the file or folder the user named."""
    file: str
    """Path of the file below the source."""
    member: str
    """Path inside the container where ``file`` is one, else empty."""
    document_id: str
    archive_id: str | None
    """Hash of the container's bytes for a member, else None."""
    is_replaced: bool
    """Other bytes stand under this name now; the document stays, as an earlier version."""

    @property
    def display(self) -> str:
        """The name as shown to people."""
        return f"{self.file}!{self.member}" if self.member else self.file

    @property
    def file_name(self) -> str:
        """Last part of the name, as delivered."""
        return (self.member or self.file).rsplit("/", 1)[-1]

    @property
    def archive_name(self) -> str | None:
        """Last part of the container's name for a member, else None."""
        return self.file.rsplit("/", 1)[-1] if self.member else None


def names_after(
    held: Iterable[Name], fresh: Iterable[Name], *, unreadable: set[str], listed: set[str], prune: bool
) -> set[Name]:
    """The names after a run that found ``fresh``.

    ``unreadable`` are the ids, held or fresh, that stand for bytes nobody could read: found again or forgotten, and
    never a reason to call the document read before under the name replaced. ``listed`` are the sources this run
    listed; with ``prune`` their names that were not found are dropped, earlier versions under them included.
    """
    after = set(fresh)
    exact = {name[:4] for name in after}
    found = {name[:2] for name in after}
    has_bytes = {name[:2] for name in after if name.document_id not in unreadable}
    for name in held:
        is_listed = name.source in listed
        if name[:4] in exact or (is_listed and name.document_id in unreadable):
            continue
        if prune and is_listed and name[:2] not in found:
            continue
        after.add(name._replace(is_replaced=name.is_replaced or name[:2] in has_bytes))
    return after


def first_names(names: Iterable[Name]) -> dict[str, Name]:
    """The name each document is read under: the first in order, one that still holds it before a replaced one."""
    first: dict[str, Name] = {}
    for name in sorted(names, key=lambda name: (name.is_replaced, name.file, name.member, name.source)):
        first.setdefault(name.document_id, name)
    return first
