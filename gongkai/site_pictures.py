"""Pages of PDF documents as compact pictures (页面图像).

Grey WebP at 110 dots per inch: small print stays legible, a page takes some tens of kilobytes. A picture is named for
the document's hash, so a page drawn for an earlier site is linked, not drawn again.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import pypdfium2

_DPI = 110
_QUALITY = 55
_MOST_PIXELS = 2_600
"""Longest edge: a drawing of a metre is not drawn at 110 dots per inch."""
FORM = "1"
"""Part of the file name; raise it when pictures are drawn in another way."""


@dataclass(frozen=True, slots=True)
class Picture:
    """One page that has a picture."""

    page: int
    file: str
    """Path below the site."""
    width: int
    height: int
    """Points, as the boxes of the landing."""


def draw_pages(source: Path, name: str, pages: set[int] | None, out: Path, earlier: Path | None) -> list[Picture]:
    """Draw pages (None: all) of a PDF to ``<out>/p``; those that cannot be drawn are left out."""
    try:
        document = pypdfium2.PdfDocument(source)
    except (pypdfium2.PdfiumError, OSError):
        return []
    drawn = []
    try:
        for number in range(1, len(document) + 1):
            if pages is None or number in pages:
                made = _draw(document, number, f"p/{name}-{number}-{FORM}.webp", out, earlier)
                if made is not None:
                    drawn.append(made)
    finally:
        document.close()
    return drawn


def _draw(document: pypdfium2.PdfDocument, number: int, file: str, out: Path, earlier: Path | None) -> Picture | None:
    try:
        page = document[number - 1]
    except pypdfium2.PdfiumError:
        return None
    try:
        width, height = page.get_size()
        target = out / file
        if earlier is not None and (earlier / file).exists():
            try:
                os.link(earlier / file, target)
            except OSError:
                target.write_bytes((earlier / file).read_bytes())
        elif not target.exists():
            scale = min(_DPI / 72, _MOST_PIXELS / max(width, height, 1))
            bitmap = page.render(scale=scale, grayscale=True)
            # Two processes may draw the same bytes, held under two names.
            partial = target.with_suffix(f".{os.getpid()}")
            bitmap.to_pil().save(partial, "WEBP", quality=_QUALITY, method=4)
            bitmap.close()
            partial.replace(target)
        return Picture(number, file, round(width), round(height))
    except (pypdfium2.PdfiumError, ValueError, MemoryError):
        return None
    finally:
        page.close()
