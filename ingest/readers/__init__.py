"""Readers: bytes of any format in, the document model out. The format is decided by content, never by name.

``read_document`` reads one file; ``expand`` takes archives apart first. Every reader module has ``READER``,
``READER_VERSION`` and ``read(data, *, limits) -> Document`` and raises nothing but ``IngestError``.
"""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module
from typing import TYPE_CHECKING

from ingest.document import Document, Paragraph, Table
from ingest.errors import IngestError, LimitExceeded, UnreadableFile, UnsupportedFormat
from ingest.readers.archive import Member, expand
from ingest.readers.detect import detect
from ingest.readers.limits import DEFAULT, ReaderLimits

if TYPE_CHECKING:
    from ingest.readers.ocr import Recogniser
    from ingest.readers.pdf_image import PageImage

__all__ = ["DEFAULT", "Member", "ReaderLimits", "detect", "expand", "is_current", "read_document", "versions"]

_READERS = {
    "text": "text",
    "html": "html",
    "mhtml": "html",
    "pdf": "pdf",
    "xlsx": "spreadsheet",
    "xlsb": "spreadsheet",
    "xls": "spreadsheet",
    "ods": "spreadsheet",
    "docx": "word",
    "doc": "legacy_doc",
    "rtf": "legacy_doc",
    "odt": "legacy_doc",
    "word_xml": "legacy_doc",
    "excel_xml": "legacy_doc",
    "image": "ocr",
}
"""Format to module below this package; imported on first use, for most runs need few of them."""

_UNSUPPORTED = {
    "pptx": "PowerPoint 演示文稿（.pptx）没有读取器。请另存为 PDF 后再导入。",
    "ppt": "PowerPoint 演示文稿（.ppt）没有读取器。请另存为 PDF 后再导入。",
    "ofd": "OFD 版式文件没有读取器。请转换为 PDF 后再导入。",
    "ole": "这是 OLE 复合文件，但不是 Word 或 Excel 文件。请另存为 .docx、.xlsx 或 PDF 后再导入。",
    "rar": "RAR 压缩包没有读取器。请解压后导入，或改用 .zip。",
    "7z": "7z 压缩包没有读取器。请解压后导入，或改用 .zip。",
    "gzip": "gzip 压缩文件没有读取器。请解压后再导入。",
    "bzip2": "bzip2 压缩文件没有读取器。请解压后再导入。",
    "xz": "xz 压缩文件没有读取器。请解压后再导入。",
    "sqlite": "这是 SQLite 数据库，不是公开文档。",
    "parquet": "这是 Parquet 数据文件，不是公开文档。",
    "program": "这是可执行程序，不是公开文档。",
}


_NEED_OCR = frozenset(("page_without_text", "document_without_text", "page_text_unmapped"))
"""Problems of the PDF reader that recognition would solve."""


def versions() -> str:
    """Versions of all readers, that of archives too: what none of them could read is tried again when one changes."""
    modules = sorted({"archive", *_READERS.values()})
    return " ".join(f"{name}-{_version(name)}" for name in modules)


def is_current(reader: str, reader_version: str) -> bool:
    """Whether a document of this ``Document.reader`` and ``reader_version`` would be read by the same readers today."""
    own, *helpers = reader_version.split("+")
    if reader not in _READERS.values() or own != _version(reader):
        return False
    return all(helper in (f"{name}{_version(name)}" for name in _HELPERS) for helper in helpers)


_HELPERS = ("word", "spreadsheet", "ocr")
"""Readers that others hand parts to; their versions stand behind the reader's own: ``1+word1``."""


def _version(name: str) -> str:
    return import_module(f"ingest.readers.{name}").READER_VERSION


def read_document(data: bytes, *, file_name: str = "", limits: ReaderLimits = DEFAULT) -> Document:
    """One file as a document. ``file_name`` is a label for messages; the bytes decide the format.

    Raises ``UnreadableFile``, ``UnsupportedFormat`` or ``LimitExceeded``; the error's ``place`` is ``file_name``
    where the reader knew nothing better. A ``.zip`` is refused: give it to ``expand`` first.
    """
    try:
        return _read(data, limits)
    except IngestError as error:
        if not error.place:
            error.place = file_name
        raise


def _read(data: bytes, limits: ReaderLimits) -> Document:
    if not data:
        raise UnreadableFile("文件为空，没有可读取的内容。请重新获取原文件。", code="empty_file")
    if len(data) > limits.max_bytes:
        raise LimitExceeded(f"文件有{len(data)}字节，超过上限{limits.max_bytes}字节。请拆分后再试。")
    kind = detect(data)
    if kind == "zip":
        raise UnsupportedFormat("这是压缩包，须先展开再逐个读取其中的文件。", code="archive_not_expanded")
    if kind == "encrypted_office":
        raise UnreadableFile("Office 文件已加密，没有密码无法读取。请取消密码后再导入。", code="encrypted_file")
    if kind == "damaged_office":
        raise UnreadableFile("Office 文件已损坏或不完整，无法读取。请重新获取原文件。", code="damaged_file")
    if kind in _UNSUPPORTED:
        raise UnsupportedFormat(_UNSUPPORTED[kind])
    if kind == "pdf":
        return _read_pdf(data, limits)
    return import_module(f"ingest.readers.{_READERS[kind]}").read(data, limits=limits)


def _read_pdf(data: bytes, limits: ReaderLimits) -> Document:
    """A PDF whose pages without text go through recognition; where that is not installed, the problem says so.

    Recognition is imported when the first such page comes: most PDFs have none.
    """
    from ingest.readers import pdf

    built: list[Recogniser | None] = []

    def recognise(picture: PageImage) -> tuple[Paragraph | Table, ...] | None:
        from ingest.readers import ocr

        if not built:
            built.append(ocr.recogniser(limits))
        return built[0](picture) if built[0] is not None else None

    document = pdf.read(data, limits=limits, ocr_page=recognise)
    if built and built[0] is not None:
        document = replace(document, reader_version=f"{document.reader_version}+ocr{_version('ocr')}")
    if not any(problem.code in _NEED_OCR for problem in document.problems):
        return document
    from ingest.readers import ocr

    reason = ocr.missing_reason()
    if reason is None:
        return document
    problems = tuple(
        replace(problem, reason=f"{problem.reason}{reason}") if problem.code in _NEED_OCR else problem
        for problem in document.problems
    )
    return replace(document, problems=problems)
