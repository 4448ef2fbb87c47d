"""A page as a picture, for pages whose text is only a picture."""

from __future__ import annotations

import ctypes
from dataclasses import dataclass

import numpy as np
import pypdfium2.raw as pdfium

from ingest.readers.pdf_library import Page

_MAX_PIXELS = 40_000_000
"""An A2 page at 200 dpi has 15 million."""


@dataclass(frozen=True, slots=True)
class PageImage:
    """A rendered page: 8-bit grey, rows without padding, from the top."""

    page: int
    """Page number, from 1."""
    width: float
    """Width of the page in points; ``height`` likewise."""
    height: float
    dpi: float
    pixel_width: int
    pixel_height: int
    pixels: bytes


def render_page(page: Page, dpi: float = 200.0) -> PageImage:
    """Render a page on white, red seals taken off, at a lower resolution where it would exceed 40 million pixels."""
    width, height = page.frame.width, page.frame.height
    pixels = (width * dpi / 72) * (height * dpi / 72)
    if pixels > _MAX_PIXELS:
        dpi *= (_MAX_PIXELS / pixels) ** 0.5
    columns, rows = max(1, round(width * dpi / 72)), max(1, round(height * dpi / 72))
    from ingest.readers.ocr_picture import without_seals

    bitmap = pdfium.FPDFBitmap_CreateEx(columns, rows, pdfium.FPDFBitmap_BGRx, None, 0)
    try:
        pdfium.FPDFBitmap_FillRect(bitmap, 0, 0, columns, rows, 0xFFFFFFFF)
        pdfium.FPDF_RenderPageBitmap(bitmap, page.handle, 0, 0, columns, rows, 0, pdfium.FPDF_ANNOT)
        stride = pdfium.FPDFBitmap_GetStride(bitmap)
        raw = ctypes.string_at(pdfium.FPDFBitmap_GetBuffer(bitmap), stride * rows)
    finally:
        pdfium.FPDFBitmap_Destroy(bitmap)
    colours = np.frombuffer(raw, dtype=np.uint8).reshape(rows, stride)[:, : columns * 4].reshape(rows, columns, 4)
    grey = without_seals(colours[:, :, 2::-1], dpi)
    return PageImage(page.number, width, height, dpi, columns, rows, grey.tobytes())
