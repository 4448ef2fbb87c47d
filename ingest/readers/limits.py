"""Limits every reader keeps, so that one file can never take the machine with it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ReaderLimits:
    """Upper bounds for one file. Reaching one raises ``LimitExceeded`` or leaves a ``Problem`` with its place."""

    max_bytes: int = 256 * 1024 * 1024
    """Largest file handed to a reader, in bytes."""
    max_pages: int = 1500
    """Most pages read of one paged document."""
    max_cells: int = 2_000_000
    """Most non-empty cells read of one document."""
    max_rows: int = 200_000
    """Most rows of one sheet or table that are read."""
    max_columns: int = 512
    """Most columns of one sheet or table that are read."""
    max_blocks: int = 500_000
    """Most paragraphs and tables of one document."""
    max_members: int = 2_000
    """Most members of one archive, those of nested archives included."""
    max_member_bytes: int = 256 * 1024 * 1024
    """Largest single member of an archive or office package once unpacked, in bytes."""
    max_unpacked_bytes: int = 1024 * 1024 * 1024
    """All members of one archive or office package together once unpacked, in bytes."""
    max_ratio: int = 400
    """Largest ratio unpacked / packed bytes of a member of more than ``ratio_floor_bytes``."""
    ratio_floor_bytes: int = 8 * 1024 * 1024
    """Members that unpack to less than this are never called a bomb, whatever their ratio."""
    max_nesting: int = 1
    """Archives inside an archive that are opened: 1 opens an archive in an archive, not a third level."""
    convert_seconds: float = 120.0
    """Longest run of an outside converter (LibreOffice) for one file, in seconds."""
    ocr_page_seconds: float = 60.0
    """Longest run of the recogniser (tesseract) for one page, in seconds."""
    max_ocr_pages: int = 300
    """Most pages of one document that go through recognition."""
    max_image_pixels: int = 60_000_000
    """Largest picture that goes through recognition, in pixels."""


DEFAULT = ReaderLimits()
