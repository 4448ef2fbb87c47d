"""Prose is data: the numbers stated in sentences, what each is of, and the indicators and residue among them.

``extract`` reads the paragraphs of one document in order (sections hand their subject down), ``paragraphs.build``
makes paragraphs out of the document model's blocks, ``extract_cell`` reads a sentence inside a table cell. What is
printed is kept as text; codes, yuan and dimensions are the business of ``models/``.
"""

from __future__ import annotations

from ingest.prose.extract import extract, extract_cell, is_prose_cell
from ingest.prose.model import (
    NarrativeAmount,
    ProseIndicator,
    ProseParagraph,
    ProseResult,
    Residue,
    SkippedNumber,
)
from ingest.prose.paragraphs import build

__all__ = [
    "NarrativeAmount",
    "ProseIndicator",
    "ProseParagraph",
    "ProseResult",
    "Residue",
    "SkippedNumber",
    "build",
    "extract",
    "extract_cell",
    "is_prose_cell",
]
