"""What kind of file the bytes are. Decided by content alone: names and extensions are often wrong."""

from __future__ import annotations

import io
import re
import struct
import zipfile

from ingest.readers.ole import OLE_MARK, top_names

ZIP_MARKS = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")

_IMAGES = (
    b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"II*\x00", b"MM\x00*", b"GIF87a", b"GIF89a",
)
_OTHER_MARKS = (
    (b"Rar!\x1a\x07", "rar"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"\x1f\x8b", "gzip"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ\x00", "xz"),
    (b"{\\rtf", "rtf"),
    (b"SQLite format 3\x00", "sqlite"),
    (b"PAR1", "parquet"),
    (b"MZ", "program"),
    (b"\x7fELF", "program"),
)
_MARKUP = re.compile(
    rb"<!doctype\s+html|<html[\s>]|<(?:head|body|table|div|meta|title|center|frameset|section|article)[\s>/]"
)
_FRAGMENT = re.compile(rb"<(?:p|span|br|h[1-6]|ul|ol|font|strong|b|a|td|tr|tbody|style)[\s>/]")
_MARKDOWN_HEADING = re.compile(rb"(?:^|\n)#{1,6}[ \t]+\S")
_MHTML = re.compile(rb"(?:^|\n)(?:mime-version|content-type):[^\n]*", re.IGNORECASE)
_OLE_STREAMS = (
    ("EncryptedPackage", "encrypted_office"),
    ("WordDocument", "doc"),
    ("Workbook", "xls"),
    ("Book", "xls"),
    ("PowerPoint Document", "ppt"),
)
"""Stream names that tell what an OLE file is; an encrypted package first, for it holds nothing else."""
_HEAD_BYTES = 65_536


def detect(data: bytes) -> str:
    """Format of the bytes.

    One of: pdf, docx, xlsx, xlsb, ods, xls, doc, zip, image, html, mhtml, text, or the name of a kind no reader
    exists for: encrypted_office, damaged_office, pptx, ppt, odt, ofd, ole, rtf, rar, 7z, gzip, bzip2, xz, word_xml,
    excel_xml, sqlite, parquet, program. Never raises; a damaged package is called by the kind it began as.
    """
    if data.startswith(ZIP_MARKS):
        return _zip_kind(data)
    if data.startswith(OLE_MARK):
        return _ole_kind(data)
    if b"%PDF-" in data[:1024]:
        return "pdf"
    if data.startswith(_IMAGES) or (data.startswith(b"BM") and len(data) > 26 and data[6:10] == b"\0\0\0\0"):
        return "image"
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "image"
    for mark, kind in _OTHER_MARKS:
        if data.startswith(mark) and (kind != "program" or b"\x00" in data[:64]):
            return kind
    if data[:2] in (b"\x09\x08", b"\x09\x04", b"\x09\x02", b"\x09\x00") and b"\x00" in data[2:4]:
        return "xls"
    return _text_kind(data)


def _text_kind(data: bytes) -> str:
    """html, mhtml, word_xml, excel_xml or text."""
    head = data[:_HEAD_BYTES]
    if b"\x00" in head:
        # UTF-16 markup: without its zero bytes the ASCII part reads as ASCII.
        head = head.replace(b"\x00", b"")
    head = head.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n\f\v").lower()
    if head.startswith((b"<?xml", b"<?mso")):
        if b"word.document" in head[:4096] or b"schemas.microsoft.com/office/word/2003/wordml" in head[:4096]:
            return "word_xml"
        if b"excel.sheet" in head[:4096] or b"urn:schemas-microsoft-com:office:spreadsheet" in head[:4096]:
            return "excel_xml"
    if _MHTML.match(head) and b"mime-version:" in head[:4096] and b"text/html" in head:
        return "mhtml"
    if b"<!doctype html" in head[:4096] or b"<html" in head[:4096]:
        return "html"
    if head.startswith(b"<") and _MARKUP.search(head[:8192]) and not _MARKDOWN_HEADING.search(head):
        return "html"
    if _FRAGMENT.match(head) and head.count(b"</") > 2 and not _MARKDOWN_HEADING.search(head):
        return "html"
    return "text"


def _zip_kind(data: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            names = {name.replace("\\", "/").lower() for name in package.namelist()}
            kind = _package_kind(names)
            if kind == "odf":
                mime = package.read("mimetype")[:80] if package.getinfo("mimetype").file_size < 200 else b""
                return "ods" if b"spreadsheet" in mime else "odt"
            return kind
    except (zipfile.BadZipFile, OSError, ValueError, KeyError, RuntimeError, NotImplementedError, EOFError,
            struct.error):
        pass
    except Exception as error:  # zlib.error has no public home shared by all interpreters
        if type(error).__name__ != "error":
            raise
    # The directory at the end is gone: the local headers still tell what the package was.
    local = {
        match[1].decode("latin-1").lower()
        for match in re.finditer(rb"PK\x03\x04.{26}([\w\[\]./-]{4,80})", data[: 1 << 20], re.DOTALL)
    }
    kind = _package_kind(local)
    is_office = any(name.startswith(("[content_types].xml", "_rels/", "docprops/")) for name in local)
    return "damaged_office" if kind == "zip" and is_office else kind


def _package_kind(names: set[str]) -> str:
    """Kind of a package by its member names (lower case)."""
    def has(prefix: str) -> bool:
        return any(name.startswith(prefix) for name in names)

    if has("[content_types].xml") or has("word/document") or has("xl/workbook"):
        if has("word/document"):
            return "docx"
        if has("xl/workbook.bin"):
            return "xlsb"
        if has("xl/"):
            return "xlsx"
        if has("ppt/"):
            return "pptx"
        if has("word/"):
            return "docx"
    if "ofd.xml" in names:
        return "ofd"
    if "mimetype" in names and "content.xml" in names:
        return "odf"
    return "zip"


def _ole_kind(data: bytes) -> str:
    names = top_names(data)
    for name, kind in _OLE_STREAMS:
        if name.lower() in names:
            return kind
    if not names:
        # A damaged directory: the stream names may still stand somewhere in the bytes.
        for name, kind in _OLE_STREAMS:
            if f"{name}\0".encode("utf-16-le") in data:
                return kind
        return "damaged_office"
    return "ole"
