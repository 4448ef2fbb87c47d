"""Ways to spoil a document: as damaged disks and web editors do, and as somebody with ill will would."""

from __future__ import annotations

import io
import random
import re
import zipfile
import zlib
from collections.abc import Callable

Mutation = Callable[[bytes, random.Random], bytes]
_CELLS = re.compile(rb"(?:\t|\n|,|\||<td>|</td>|<t>|</t>|<v>|</v>|<w:t>|</w:t>)")
_DIGITS = re.compile(rb"\d[\d.,]*")
_PACKAGES = (b"PK\x03\x04",)
_NASTY = (
    b"9" * 400, b"1e999999", b"-", b"--1", b"1.2.3.4", b"\xef\xbc\x91\xef\xbc\x92", b"0x1F", b"NaN", b"Infinity",
    b"=cmd|'/c calc'!A1", b"@SUM(1)", b"'; drop table x; --", b"<script>alert(1)</script>", b"\x00", b"\xff\xfe",
    b"\xed\xa0\x80", "٣٤٥".encode(), "½".encode(), "①".encode(), "億".encode(), "\u202e12.5".encode(), b"%s%n{0}",
    b"../../etc/passwd", b"&xxe;", b"]]>", b"{{ 7*7 }}",
)  # fmt: skip


def flip(data: bytes, chance: random.Random) -> bytes:
    """Some bytes become others."""
    spoiled = bytearray(data)
    for _ in range(chance.choice((1, 3, 20))):
        spoiled[chance.randrange(len(spoiled))] = chance.randrange(256)
    return bytes(spoiled)


def truncate(data: bytes, chance: random.Random) -> bytes:
    """The end is missing."""
    return data[: chance.randrange(len(data))]


def behead(data: bytes, chance: random.Random) -> bytes:
    """The beginning is missing."""
    return data[chance.randrange(len(data)) :]


def cut(data: bytes, chance: random.Random) -> bytes:
    """A piece is missing in the middle."""
    start = chance.randrange(len(data))
    return data[:start] + data[start + chance.randrange(1, 400) :]


def repeat(data: bytes, chance: random.Random) -> bytes:
    """A piece stands there many times."""
    start = chance.randrange(len(data))
    piece = data[start : start + chance.randrange(1, 200)]
    return data[:start] + piece * chance.choice((2, 10, 200)) + data[start:]


def move_cells(data: bytes, chance: random.Random) -> bytes:
    """Cells change places, separators stay."""
    separators, cells = _CELLS.findall(data), _CELLS.split(data)
    if len(cells) < 3:
        return flip(data, chance)
    for _ in range(chance.choice((1, 5, 50))):
        one, other = chance.randrange(len(cells)), chance.randrange(len(cells))
        cells[one], cells[other] = cells[other], cells[one]
    return b"".join(cell + separator for cell, separator in zip(cells, [*separators, b""], strict=True))


def move_separators(data: bytes, chance: random.Random) -> bytes:
    """Separators vanish, double, or become others."""
    pieces = _CELLS.split(data)
    separators = _CELLS.findall(data)
    for _ in range(chance.choice((1, 5, 30))):
        if separators:
            place = chance.randrange(len(separators))
            separators[place] = chance.choice((b"", separators[place] * 2, b"\t", b"\n", b"|", b"</td><td>"))
    return b"".join(piece + separator for piece, separator in zip(pieces, [*separators, b""], strict=True))


def nasty_numbers(data: bytes, chance: random.Random) -> bytes:
    """Numbers become what no number should be."""
    rate = chance.choice((0.02, 0.2, 1.0))
    return _DIGITS.sub(lambda match: chance.choice(_NASTY) if chance.random() < rate else match.group(), data)


def insert_nasty(data: bytes, chance: random.Random) -> bytes:
    """Something nasty stands anywhere."""
    place = chance.randrange(len(data))
    return data[:place] + chance.choice(_NASTY) * chance.choice((1, 3)) + data[place:]


def mix_encodings(data: bytes, chance: random.Random) -> bytes:
    """A part is in another encoding than the rest."""
    text = data.decode("utf-8", "surrogateescape")
    middle = chance.randrange(len(text) + 1)
    other = chance.choice(("gb18030", "utf-16-le", "big5", "latin-1", "utf-7"))
    return text[:middle].encode("utf-8", "surrogateescape") + text[middle:].encode(other, "replace")


def nest(data: bytes, chance: random.Random) -> bytes:
    """Marks are opened again and again."""
    mark = chance.choice((b"<table><tr><td>", b"<div>", b"<b>", b"[", b"((", b"<<", "（".encode(), b"\xef\xbc\x88"))
    place = chance.randrange(len(data))
    return data[:place] + mark * chance.choice((10, 300, 3000)) + data[place:]


MUTATIONS: tuple[Mutation, ...] = (
    flip, truncate, behead, cut, repeat, move_cells, move_separators, nasty_numbers, insert_nasty, mix_encodings, nest,
)  # fmt: skip


def mutate(data: bytes, others: list[bytes], chance: random.Random) -> bytes:
    """One to three mutations, of a package more often inside its members; now and then two files in one."""
    if chance.random() < 0.03:
        other = chance.choice(others)
        return data[: chance.randrange(len(data))] + other[chance.randrange(len(other)) :]
    for _ in range(chance.choice((1, 1, 2, 3))):
        if not data:
            break
        inside = data.startswith(_PACKAGES) and chance.random() < 0.7
        data = _inside(data, chance) if inside else chance.choice(MUTATIONS)(data, chance)
    return data


def _inside(data: bytes, chance: random.Random) -> bytes:
    """One member of a package is spoiled, the package is whole again."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            members = {name: package.read(name) for name in package.namelist()}
    except (zipfile.BadZipFile, zlib.error, ValueError, KeyError, EOFError, OSError, RuntimeError, NotImplementedError):
        return flip(data, chance)
    filled = [name for name, held in members.items() if held]
    if not filled:
        return flip(data, chance)
    name = chance.choice(filled)
    members[name] = chance.choice(MUTATIONS)(members[name], chance)
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as package:
        for member, held in members.items():
            package.writestr(member, held)
    return sink.getvalue()
