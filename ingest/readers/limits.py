"""Bounds every reader keeps, so that no file, however made, can take the batch down with it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ReaderLimits:
    """What one file may cost. Reaching a limit raises ``LimitExceeded``; nothing is cut off silently."""

    max_bytes: int = 200_000_000
    """Size of the source file. The largest disclosure met (127 courts in one file) has 30 MB."""
    max_pages: int = 1_500
    """Pages of a PDF. Departments publish 20 to 300 pages; government-wide volumes about 1,000."""
    max_cells: int = 2_000_000
    """Non-empty table cells of one document. A real document has about 1,500."""
    max_page_characters: int = 100_000
    """Characters on one PDF page. A full page of small print has about 5,000."""
    max_page_objects: int = 200_000
    """Drawn objects on one PDF page. Beyond this the page is a drawing, not a table."""
    max_seconds: float = 120.0
    """Wall-clock time for one file, checked between pages (sheets, members)."""

    max_rows: int = 200_000
    """Rows of one sheet or table that hold anything; blank rows cost nothing and are not counted."""
    max_columns: int = 512
    """Columns of one sheet or table. The widest statement met has 30."""
    max_blocks: int = 500_000
    """Paragraphs and tables of one document."""
    max_members: int = 2_000
    """Members of one archive, those of nested archives included."""
    max_member_bytes: int = 200_000_000
    """Size of one member of an archive or office package once unpacked."""
    max_unpacked_bytes: int = 1_000_000_000
    """All members of one archive, or of one office package, together once unpacked."""
    max_ratio: int = 400
    """Unpacked to packed size of one member. Real sheets of repeated cells reach about 100."""
    ratio_floor_bytes: int = 8_000_000
    """Members that unpack to less than this are never called a bomb, whatever their ratio."""
    max_tree_bytes: int = 80_000_000
    """XML of one part that is held as a tree (a Word text); a long report has 5 MB."""
    max_nesting: int = 1
    """Levels of archives inside an archive that are opened; 1 opens an archive in an archive."""
    convert_seconds: float = 120.0
    """Time of an outside converter (LibreOffice) for one file."""
    ocr_page_seconds: float = 60.0
    """Time of the recogniser (tesseract) for one page."""
    max_ocr_pages: int = 300
    """Pages of one document that go through recognition."""
    max_image_pixels: int = 60_000_000
    """Size of a picture that goes through recognition; A3 at 400 dpi has 31 million pixels."""

    def __post_init__(self) -> None:
        for name in self.__slots__:
            if getattr(self, name) <= 0:
                raise ValueError(f"{name} must be positive, got {getattr(self, name)}")


DEFAULT = ReaderLimits()
"""The limits used where nobody asks for others."""
