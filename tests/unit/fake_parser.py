"""A parser and an archive reader of a few lines, for tests of what runs around parsing.

Imported by worker processes under its module name ``fake_parser`` (pytest puts this folder on the path).
"""

from __future__ import annotations

import hashlib
import os
import time
from dataclasses import dataclass
from pathlib import Path

from ingest.errors import UnreadableFile
from ingest.landing.schemas import SCHEMAS

READING_VERSION = "fake-1"


@dataclass(frozen=True)
class Parsed:
    """Stands for ``ParsedDocument``."""

    rows: dict[str, list[dict]]


@dataclass(frozen=True)
class Member:
    """Stands for a member of an archive."""

    name: str
    data: bytes
    archive_name: str | None = None
    error: UnreadableFile | None = None


def _row(table: str, **values: object) -> dict:
    return dict.fromkeys(SCHEMAS[table].names) | values


def parse_bytes(data: bytes, file_name: str, *, limits: object = None) -> Parsed:
    """One cell number per number in the text; the text may ask for trouble by its first word."""
    document_id = hashlib.sha256(data).hexdigest()
    text = data.decode()
    order, _, rest = text.partition(" ")
    if order == "unreadable":
        raise UnreadableFile("无法识别的内容", place="第1行")
    if order == "bug":
        raise KeyError("a fault of ours")
    if order == "die":
        os._exit(3)
    if order == "die-once":
        mark = Path(rest.strip())
        if not mark.exists():
            mark.write_text("seen")
            os._exit(3)
    if order == "hang":
        time.sleep(60)
    if order == "greedy":
        bytearray(8 * 2**30)
    if order == "stranger":
        return Parsed({"documents": [_row("documents", document_id="0" * 64)]})
    if order == "mistyped":
        return Parsed({"documents": [_row("documents", document_id=document_id, byte_count="many")]})
    if order == "extra":
        return Parsed({"documents": [_row("documents", document_id=document_id, colour="red")]})
    numbers = [word for word in text.split() if word.isdigit()]
    cells = [
        _row(
            "cell_numbers",
            document_id=document_id,
            table_ordinal=1,
            row_ordinal=position,
            column_ordinal=1,
            number_ordinal=1,
            value_text=number,
            role="figure",
        )
        for position, number in enumerate(numbers, 1)
    ]
    documents = [_row("documents", document_id=document_id, file_name=file_name, byte_count=len(data))]
    return Parsed({"documents": documents, "cell_numbers": cells})


def expand(data: bytes, file_name: str) -> list[Member]:
    """A file that starts like a zip and then holds ``name:text|name:text``; without a colon it is no container.

    A name ``inner>name`` is in a container inside; the text ``locked`` cannot be unpacked.
    """
    body = data.removeprefix(b"PK\x03\x04").decode()
    if body.startswith("broken"):
        raise UnreadableFile("压缩包损坏")
    if ":" not in body:
        return [Member(file_name, data)]
    members = []
    for path, _, text in (part.partition(":") for part in body.split("|")):
        inner, _, name = path.rpartition(">")
        archive = f"{file_name}/{inner}" if inner else file_name
        if text == "locked":
            members.append(Member(name, b"", archive, UnreadableFile("已加密", code="encrypted_file")))
        else:
            members.append(Member(name, text.encode(), archive))
    return members
