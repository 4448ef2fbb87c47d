"""Legacy Word files (.doc) and their kin (.rtf, .odt, Word and Excel 2003 XML), through LibreOffice.

LibreOffice is an extra: where it is not installed, the file is refused with a message that says exactly that. It
runs with a profile of its own, so that several workers can convert at the same time.
"""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

from ingest.document import Document
from ingest.errors import LimitExceeded, UnreadableFile, UnsupportedFormat
from ingest.readers.detect import detect
from ingest.readers.limits import DEFAULT, ReaderLimits
from ingest.readers.processes import run

READER = "legacy_doc"
READER_VERSION = "1"

_NAMES = {
    "doc": "旧版 Word 文件（.doc）",
    "rtf": "RTF 文件",
    "odt": "OpenDocument 文本（.odt）",
    "word_xml": "Word 2003 XML 文件",
    "excel_xml": "Excel 2003 XML 文件",
}
_ENDINGS = {"doc": "doc", "rtf": "rtf", "odt": "odt", "word_xml": "xml", "excel_xml": "xml"}


def converter() -> str | None:
    """Path of LibreOffice, None where it is not installed."""
    return shutil.which("soffice") or shutil.which("libreoffice")


def read(data: bytes, *, limits: ReaderLimits = DEFAULT) -> Document:
    """Bytes of a legacy text document as a document; its positions are those of the converted file.

    Raises ``UnsupportedFormat`` (``converter_missing``) without LibreOffice, ``UnreadableFile`` (``damaged_file``)
    where LibreOffice cannot read the file, ``LimitExceeded`` (``too_slow``) where it takes too long.
    """
    if len(data) > limits.max_bytes:
        raise LimitExceeded(f"文件有{len(data)}字节，超过上限{limits.max_bytes}字节。")
    kind = detect(data)
    kind = kind if kind in _NAMES else "doc"
    program = converter()
    if program is None:
        raise UnsupportedFormat(
            f"{_NAMES[kind]}需要 LibreOffice 才能读取，本机没有安装。请安装 libreoffice-writer-nogui 和 "
            "libreoffice-calc-nogui，或用 Word、WPS 另存为 .docx（.xlsx）后再导入。",
            code="converter_missing",
        )
    target = "xlsx" if kind == "excel_xml" else "docx"
    converted = _convert(program, data, kind, target, limits)
    if target == "xlsx":
        from ingest.readers import spreadsheet as inner
    else:
        from ingest.readers import word as inner
    document = inner.read(converted, limits=limits)
    return replace(
        document,
        document_id=sha256(data).hexdigest(),
        file_format="xls" if kind == "excel_xml" else "doc",
        reader=READER,
        reader_version=f"{READER_VERSION}+{inner.READER}{inner.READER_VERSION}",
        byte_count=len(data),
    )


def _convert(program: str, data: bytes, kind: str, target: str, limits: ReaderLimits) -> bytes:
    with tempfile.TemporaryDirectory(prefix="gongkai-") as folder:
        source = Path(folder) / f"source.{_ENDINGS[kind]}"
        source.write_bytes(data)
        profile = (Path(folder) / "profile").as_uri()
        command = [
            program, "--headless", "--norestore", "--nolockcheck", "--nodefault", f"-env:UserInstallation={profile}",
            "--convert-to", target, "--outdir", folder, str(source),
        ]
        code, _, _ = run(command, seconds=limits.convert_seconds, what="LibreOffice 转换",
                         environment={"HOME": folder, "TMPDIR": folder}, folder=folder)
        result = Path(folder) / f"source.{target}"
        if not result.exists():
            raise UnreadableFile(
                f"{_NAMES[kind]}无法由 LibreOffice 打开（退出码{code}），可能已损坏或加密。"
                "请用 Word、WPS 另存为 .docx 后再导入。",
                code="damaged_file",
            )
        if result.stat().st_size > limits.max_bytes:
            raise LimitExceeded(f"{_NAMES[kind]}转换后超过上限{limits.max_bytes}字节。")
        return result.read_bytes()
