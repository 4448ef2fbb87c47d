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


def find_words(source: Path, wanted: list[tuple[int, str, str]]) -> list[tuple[float, float, float, float] | None]:
    """Boxes (points from the page's top left) of words on pages: (page, words before, the words themselves) each.

    Blanks and line ends do not matter. None where the words do not stand on the page, or more than once and the words
    before do not tell which.
    """
    try:
        document = pypdfium2.PdfDocument(source)
    except (pypdfium2.PdfiumError, OSError):
        return [None] * len(wanted)
    try:
        texts: dict[int, _PageText] = {}
        boxes = []
        for number, before, words in wanted:
            if number not in texts:
                texts[number] = _PageText(document, number)
            boxes.append(texts[number].box(before, words))
        return boxes
    finally:
        document.close()


class _PageText:
    """The characters of a page without blanks, each with its box."""

    def __init__(self, document: pypdfium2.PdfDocument, number: int) -> None:
        self._text = ""
        self._boxes: list[tuple[float, float, float, float]] = []
        self._height = 0.0
        if not 0 < number <= len(document):
            return
        try:
            page = document[number - 1]
            self._height = page.get_height()
            held = page.get_textpage()
            characters = held.get_text_range()
            # Positions count only where every character is one of the page's own.
            if page.get_rotation() == 0 and len(characters) == held.count_chars():
                kept = [(place, one) for place, one in enumerate(characters) if not one.isspace()]
                self._text = "".join(one for _, one in kept)
                self._boxes = [held.get_charbox(place) for place, _ in kept]
            held.close()
            page.close()
        except pypdfium2.PdfiumError:
            self._text, self._boxes = "", []

    def box(self, before: str, words: str) -> tuple[float, float, float, float] | None:
        """Left, top, right, bottom of the words, or of their first line."""
        before, words = "".join(before.split()), "".join(words.split())
        for lead in (before[-12:], before[-4:], ""):
            if words and self._text.count(lead + words) == 1:
                start = self._text.index(lead + words) + len(lead)
                held = self._boxes[start : start + len(words)]
                line = held[0][3] - held[0][1] or 1
                held = [one for one in held if abs(one[1] - held[0][1]) < line]
                left, right = min(one[0] for one in held), max(one[2] for one in held)
                bottom, top = min(one[1] for one in held), max(one[3] for one in held)
                return left, self._height - top, right, self._height - bottom
        return None


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
