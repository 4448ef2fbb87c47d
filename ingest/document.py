"""The document model: what a reader hands over, whatever the file format was.

A document is a sequence of blocks in reading order: paragraphs and tables. Nothing here knows a file
format or a budget word. Positions are kept on every block and cell so that a figure can be shown at its place:
``line`` counts source lines from 1 (text formats), ``page`` counts pages from 1 (PDF), ``sheet`` and ``address``
name a spreadsheet cell, ``box`` is in points from the page's top left.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on a page, in points from the page's top left corner (after rotation)."""

    x0: float
    top: float
    x1: float
    bottom: float


class Cell(NamedTuple):
    """One non-empty cell of a table.

    A named tuple and no dataclass: a document has a thousand of them, and a frozen dataclass takes six times as long
    to make.

    ``text`` is as printed, lines of one cell joined by a line feed. ``row`` and ``column`` are grid positions
    counted from 0; ``row_span``/``column_span`` are 1 unless the source says the cell is merged.
    """

    text: str
    row: int
    column: int
    row_span: int = 1
    column_span: int = 1
    line: int | None = None
    page: int | None = None
    box: Box | None = None
    address: str | None = None
    is_ocr: bool = False
    confidence: int | None = None
    """OCR confidence in percent; None where the text was not recognised from a picture."""


@dataclass(frozen=True, slots=True)
class Table:
    """A grid of cells. Empty places have no cell.

    ``has_spans`` says whether the source knows merged cells (HTML, spreadsheets, Word, ruled PDF). Where it does
    not (tabs, pipes), an empty place may be the rest of a merged neighbour, and header cells may stand shifted.
    """

    cells: tuple[Cell, ...]
    row_count: int
    column_count: int
    line: int | None = None
    page: int | None = None
    sheet: str | None = None
    has_spans: bool = False
    is_hidden: bool = False
    """True for a table on a hidden sheet; hidden rows and columns of a visible sheet are read like the others."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A run of text outside tables. One source line where lines are all that is known (plain text)."""

    text: str
    line: int | None = None
    page: int | None = None
    sheet: str | None = None
    level: int = 0
    """Heading level where the source marks headings (1 is the highest), 0 otherwise."""
    box: Box | None = None
    is_ocr: bool = False
    confidence: int | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """An attachment or page the document points to; recorded, never fetched by a reader."""

    url: str
    text: str
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """Something a reader could not read, with its place. It becomes a row of ``rejects``.

    ``code`` is stable and listed in docs/messages.md; ``reason`` is a Chinese sentence for the user that says what
    was found and what to do.
    """

    code: str
    reason: str
    place: str = ""
    page: int | None = None
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """What one file prints, in reading order."""

    document_id: str
    """SHA-256 of the source bytes, hex."""
    file_format: str
    """text, markdown, html, pdf, xlsx, xls, docx, doc."""
    reader: str
    reader_version: str
    blocks: tuple[Paragraph | Table, ...]
    byte_count: int = 0
    encoding: str | None = None
    page_count: int | None = None
    line_count: int | None = None
    title: str | None = None
    """Title from the file's own metadata (HTML <title>, PDF info); None where there is none."""
    links: tuple[Link, ...] = field(default=())
    problems: tuple[Problem, ...] = field(default=())
