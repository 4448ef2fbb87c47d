"""The one door to pdfium: open a document, load a page, know how its coordinates lie.

pdfium is called through ctypes without the convenience layer of pypdfium2: a page costs hundreds of calls, and the
layer's objects would cost more than the calls. Everything opened here is closed here, so memory stays flat over a
long batch. pdfium is not thread-safe: use processes.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pypdfium2.raw as pdfium

from ingest.document import Box
from ingest.errors import UnreadableFile
from ingest.readers import pdf_fallback_font

_PASSWORD = 4
_SECURITY = 5
_DEVICE_SCALE = 1000
"""Device units a point when asking pdfium for the page's geometry; its answers are integers."""

_FLATTENED_ANNOTATIONS = frozenset((pdfium.FPDF_ANNOT_FREETEXT, pdfium.FPDF_ANNOT_WIDGET))
"""Annotations that print text: typed-in boxes and form fields."""


@dataclass(frozen=True, slots=True)
class Frame:
    """How PDF user space becomes reading space, where text runs rightwards and lines downwards.

    ``x = a·px + c·py + e`` and ``y = b·px + d·py + f`` give points from the top left of the page as a reader would
    hold it. ``turn`` is the direction in which text runs on the page as displayed: 0 rightwards, 1 upwards,
    2 leftwards, 3 downwards; ``width`` and ``height`` are those of the reading space.
    """

    a: float
    b: float
    c: float
    d: float
    e: float
    f: float
    width: float
    height: float
    turn: int = 0

    def turned(self, turn: int) -> Frame:
        """Return the frame in which text running in direction ``turn`` of this one runs rightwards."""
        a, b, c, d, e, f, w, h = self.a, self.b, self.c, self.d, self.e, self.f, self.width, self.height
        if turn == 1:
            return Frame(-b, a, -d, c, h - f, e, h, w, 1)
        if turn == 2:
            return Frame(-a, -b, -c, -d, w - e, h - f, w, h, 2)
        if turn == 3:
            return Frame(b, -a, d, -c, f, w - e, h, w, 3)
        return self

    def on_page(self, x0: float, top: float, x1: float, bottom: float) -> Box:
        """Bring a box of the reading space back to the page as displayed."""
        if self.turn == 1:
            x0, top, x1, bottom = top, self.width - x1, bottom, self.width - x0
        elif self.turn == 2:
            x0, top, x1, bottom = self.width - x1, self.height - bottom, self.width - x0, self.height - top
        elif self.turn == 3:
            x0, top, x1, bottom = self.height - bottom, x0, self.height - top, x1
        return Box(round(x0, 2), round(top, 2), round(x1, 2), round(bottom, 2))


@dataclass(slots=True)
class Page:
    """An open page: pdfium's handles and the frame of the page as displayed (rotation and crop box applied)."""

    number: int
    handle: object
    text: object
    frame: Frame


@contextmanager
def opened(data: bytes) -> Iterator[object]:
    """Open a PDF, trying the empty password; close it in any case.

    Raises ``UnreadableFile`` with code ``encrypted_file`` or ``unreadable_file``.
    """
    pdf_fallback_font.install()
    document = pdfium.FPDF_LoadMemDocument64(data, len(data), None)
    if not document:
        error = pdfium.FPDF_GetLastError()
        if error in (_PASSWORD, _SECURITY):
            raise UnreadableFile("PDF已加密，空密码打不开：请向发布单位索取未加密的文件。", code="encrypted_file")
        raise UnreadableFile("PDF已损坏，找不到目录结构（文件可能下载不完整）：请重新下载。")
    try:
        yield document
    finally:
        pdfium.FPDF_CloseDocument(document)


@contextmanager
def loaded_page(document: object, number: int) -> Iterator[Page | None]:
    """Load page ``number`` (from 1) with its text; None where pdfium cannot load it."""
    handle = pdfium.FPDF_LoadPage(document, number - 1)
    if handle and _has_printed_annotations(handle):
        # Text typed into form fields is no page content until it is flattened; the page must then be loaded again.
        pdfium.FPDFPage_Flatten(handle, pdfium.FLAT_NORMALDISPLAY)
        pdfium.FPDF_ClosePage(handle)
        handle = pdfium.FPDF_LoadPage(document, number - 1)
    text = pdfium.FPDFText_LoadPage(handle) if handle else None
    try:
        yield Page(number, handle, text, _frame(handle)) if handle and text else None
    finally:
        if text:
            pdfium.FPDFText_ClosePage(text)
        if handle:
            pdfium.FPDF_ClosePage(handle)


def metadata(document: object, key: str) -> str | None:
    """Return a text entry of the document information (``Title`` …), None where absent or blank."""
    size = pdfium.FPDF_GetMetaText(document, key.encode("ascii"), None, 0)
    if size <= 2:
        return None
    buffer = ctypes.create_string_buffer(size)
    pdfium.FPDF_GetMetaText(document, key.encode("ascii"), buffer, size)
    return buffer.raw[: size - 2].decode("utf-16-le", "replace").strip() or None


def attachment_names(document: object) -> list[str]:
    """Names of files embedded in the PDF."""
    names = []
    for index in range(min(pdfium.FPDFDoc_GetAttachmentCount(document), 1000)):
        attachment = pdfium.FPDFDoc_GetAttachment(document, index)
        size = pdfium.FPDFAttachment_GetName(attachment, None, 0) if attachment else 0
        if size > 2:
            buffer = (ctypes.c_ushort * (size // 2))()
            pdfium.FPDFAttachment_GetName(attachment, buffer, size)
            names.append(bytes(buffer)[: size - 2].decode("utf-16-le", "replace"))
    return names


def _has_printed_annotations(handle: object) -> bool:
    for index in range(min(pdfium.FPDFPage_GetAnnotCount(handle), 2000)):
        annotation = pdfium.FPDFPage_GetAnnot(handle, index)
        if not annotation:
            continue
        kind = pdfium.FPDFAnnot_GetSubtype(annotation)
        pdfium.FPDFPage_CloseAnnot(annotation)
        if kind in _FLATTENED_ANNOTATIONS:
            return True
    return False


def _frame(handle: object) -> Frame:
    """Ask pdfium where three points of user space land: rotation, crop box and offset come out together."""
    width = pdfium.FPDF_GetPageWidthF(handle)
    height = pdfium.FPDF_GetPageHeightF(handle)
    size_x, size_y = max(1, round(width * _DEVICE_SCALE)), max(1, round(height * _DEVICE_SCALE))
    x, y = ctypes.c_int(), ctypes.c_int()

    def device(px: float, py: float) -> tuple[float, float]:
        pdfium.FPDF_PageToDevice(handle, 0, 0, size_x, size_y, 0, px, py, x, y)
        return x.value / _DEVICE_SCALE, y.value / _DEVICE_SCALE

    e, f = device(0, 0)
    ax, ay = device(1000, 0)
    cx, cy = device(0, 1000)
    return Frame((ax - e) / 1000, (ay - f) / 1000, (cx - e) / 1000, (cy - f) / 1000, e, f, float(width), float(height))
