"""A stand-in for Chinese fonts that a PDF names without embedding them.

pdfium leaves out text whose characters have no outline. Where a PDF relies on the viewer's own SimSun and the machine
has no Chinese font, as servers do, every character printed by itself (a code's 款, a lone 项) would be lost without a
word. So pdfium is offered a font of one glyph, a little box, for every Chinese font it cannot find; widths and
characters come from the PDF itself. Only positions are read, so the box is never seen except in rendered pictures.
"""

from __future__ import annotations

import ctypes
import struct

import pypdfium2.raw as pdfium

_CHINESE_CHARSETS = frozenset((128, 129, 134, 136))
"""Shift-JIS, Hangul, GB2312, Big5: the charsets of fonts with ideographs, as Windows numbers them."""
_HANDLE = 0x60F6
_installed: list[object] = []
"""The structure handed to pdfium and its callbacks: they must outlive every document."""


def install() -> None:
    """Offer the stand-in to pdfium, once a process. Fonts of the system keep precedence."""
    if _installed:
        return
    default = pdfium.FPDF_GetDefaultSystemFontInfo()
    if not default:
        return
    system = default.contents
    font = _box_font()
    tables = _tables(font)
    kinds = dict(pdfium.FPDF_SYSFONTINFO._fields_)

    def map_font(_info, weight, italic, charset, pitch, face, exact):
        found = system.MapFont(default, weight, italic, charset, pitch, face, exact) if system.MapFont else None
        return found or (_HANDLE if charset in _CHINESE_CHARSETS else None)

    def get_font_data(_info, handle, table, buffer, size):
        if handle != _HANDLE:
            return system.GetFontData(default, handle, table, buffer, size) if system.GetFontData else 0
        data = font if table == 0 else tables.get(table, b"")
        if buffer and size >= len(data):
            ctypes.memmove(buffer, data, len(data))
        return len(data)

    def get_face_name(_info, handle, buffer, size):
        if handle != _HANDLE:
            return system.GetFaceName(default, handle, buffer, size) if system.GetFaceName else 0
        return 0

    def get_charset(_info, handle):
        if handle != _HANDLE:
            return system.GetFontCharset(default, handle) if system.GetFontCharset else 0
        return 134

    def delete_font(_info, handle):
        if handle != _HANDLE and system.DeleteFont:
            system.DeleteFont(default, handle)

    def enumerate_fonts(_info, mapper):
        if system.EnumFonts:
            system.EnumFonts(default, mapper)

    def get_font(_info, face):
        return system.GetFont(default, face) if system.GetFont else None

    def release(_info):
        return None

    info = pdfium.FPDF_SYSFONTINFO(
        version=1,
        Release=kinds["Release"](release),
        EnumFonts=kinds["EnumFonts"](enumerate_fonts),
        MapFont=kinds["MapFont"](map_font),
        GetFont=kinds["GetFont"](get_font),
        GetFontData=kinds["GetFontData"](get_font_data),
        GetFaceName=kinds["GetFaceName"](get_face_name),
        GetFontCharset=kinds["GetFontCharset"](get_charset),
        DeleteFont=kinds["DeleteFont"](delete_font),
    )
    _installed.extend((info, default))
    pdfium.FPDF_SetSystemFontInfo(ctypes.byref(info))


def _box_font() -> bytes:
    """A TrueType font that prints every character as a small upright box.

    Small, because pdfium widens a character's box to its outline: it must stay inside the narrowest advance width.
    """
    glyph = struct.pack(">hhhhh", 1, 10, 0, 60, 300) + struct.pack(">HH", 3, 0) + bytes((1, 1, 1, 1))
    glyph += struct.pack(">hhhh", 10, 50, 0, -50) + struct.pack(">hhhh", 0, 0, 300, 0)
    glyph += b"\0" * (-len(glyph) % 4)
    tables = {
        b"OS/2": struct.pack(">HhHHHhhhhhhhhhhh10sIIII4sHHHhhhHH", 0, 1000, 400, 5, 0, *(0,) * 11, b"\0" * 10,
                             0, 0, 0, 0, b"NONE", 64, 0, 0xFFFF, 800, -200, 0, 900, 200),
        b"cmap": struct.pack(">HHHHI", 0, 1, 3, 10, 12)
        + struct.pack(">HHIIIIII", 13, 0, 28, 0, 1, 0x20, 0x10FFFF, 1),
        b"glyf": glyph + glyph,
        b"head": struct.pack(">IIIIHHQQhhhhHHhhh", 0x10000, 0x10000, 0, 0x5F0F3CF5, 0, 1000, 0, 0,
                             10, 0, 60, 300, 0, 8, 2, 1, 0),
        b"hhea": struct.pack(">IhhhHhhhhhhhhhhhH", 0x10000, 800, -200, 0, 1000, 10, 10, 60, 1, 0, 0, *(0,) * 5, 2),
        b"hmtx": struct.pack(">HhHh", 1000, 10, 1000, 10),
        b"loca": struct.pack(">III", 0, len(glyph), 2 * len(glyph)),
        b"maxp": struct.pack(">IHHHHHHHHHHHHHH", 0x10000, 2, 4, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0),
        b"name": struct.pack(">HHH", 0, 0, 6),
        b"post": struct.pack(">IIhhIIIII", 0x30000, 0, 0, 0, 0, 0, 0, 0, 0),
    }  # fmt: skip
    directory, body = b"", b""
    offset = 12 + 16 * len(tables)
    for tag, data in sorted(tables.items()):
        padded = data + b"\0" * (-len(data) % 4)
        total = sum(struct.unpack(f">{len(padded) // 4}I", padded)) & 0xFFFFFFFF
        directory += struct.pack(">4sIII", tag, total, offset + len(body), len(data))
        body += padded
    return struct.pack(">IHHHH", 0x10000, len(tables), 128, 3, len(tables) * 16 - 128) + directory + body


def _tables(font: bytes) -> dict[int, bytes]:
    """Tables of the font by tag, as pdfium asks for them."""
    (count,) = struct.unpack_from(">H", font, 4)
    tables = {}
    for number in range(count):
        tag, _, offset, length = struct.unpack_from(">IIII", font, 12 + 16 * number)
        tables[tag] = font[offset : offset + length]
    return tables
