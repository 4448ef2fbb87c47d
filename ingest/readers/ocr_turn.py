"""Which way up a page picture lies, and where its boxes stand on the picture as it was given (扫描页的方向).

Angles are degrees counterclockwise by which a picture is turned to stand upright.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from PIL import Image

from ingest.document import Box, Paragraph, Table
from ingest.readers.ocr_picture import Ink, closed

_GAPS = (0.05, 0.07)
"""Inches across which characters of one line are joined; lines of text stand further apart."""
SURE_LEAN = 1.4
"""How much longer runs of ink must be in one direction to say that lines of text run that way."""


@dataclass(frozen=True, slots=True)
class Turn:
    """What was done to a picture before it was read; sizes in points, before the turn."""

    width: float
    height: float
    angle: int = 0
    """0, 90, 180 or 270: the picture changes its sides with its place."""
    skew: float = 0.0
    """A few degrees about the middle of the turned picture, whose size stays."""

    def back(self, box: Box) -> Box:
        """Where a box of the upright picture stands on the picture given; of a skewed one its middle is exact."""
        if self.skew:
            wide, high = (self.height, self.width) if self.angle % 180 else (self.width, self.height)
            cosine, sine = math.cos(math.radians(self.skew)), math.sin(math.radians(self.skew))
            x, y = (box.x0 + box.x1 - wide) / 2, (box.top + box.bottom - high) / 2
            across, down = cosine * x - sine * y - x, sine * x + cosine * y - y
            box = Box(box.x0 + across, box.top + down, box.x1 + across, box.bottom + down)
        if self.angle == 90:
            return Box(self.width - box.bottom, box.x0, self.width - box.top, box.x1)
        if self.angle == 180:
            return Box(self.width - box.x1, self.height - box.bottom, self.width - box.x0, self.height - box.top)
        if self.angle == 270:
            return Box(box.top, self.height - box.x1, box.bottom, self.height - box.x0)
        return box

    def placed(self, block: Paragraph | Table) -> Paragraph | Table:
        """The block with its boxes on the picture given."""
        if not self.angle and not self.skew:
            return block
        if isinstance(block, Table):
            cells = tuple(
                cell._replace(box=self.back(cell.box)) if cell.box is not None else cell for cell in block.cells
            )
            return replace(block, cells=cells)
        return replace(block, box=self.back(block.box)) if block.box is not None else block


def turned(image: Image.Image, angle: int) -> Image.Image:
    """The picture turned by a multiple of 90 degrees, nothing lost."""
    turns = {
        90: Image.Transpose.ROTATE_90, 180: Image.Transpose.ROTATE_180, 270: Image.Transpose.ROTATE_270,
    }  # fmt: skip
    return image.transpose(turns[angle]) if angle else image


def lean(ink: Ink, dpi: float) -> float:
    """How lines of text run: well above 1 across the page, well below 1 down the page, about 1 where it is not clear.

    ``ink`` has its ruling lines taken out. Runs of ink, small gaps filled, are long along a line and short across it.
    """
    ratio = 1.0
    for inches in _GAPS:
        gap = max(round(dpi * inches), 4)
        ratio *= _usual_run(closed(ink, gap)) / max(_usual_run(closed(ink.T, gap)), 1e-9)
    return math.sqrt(ratio) if ratio > 0 else 1.0


def _usual_run(mask: Ink) -> float:
    """Length of the run along the rows that a pixel of ink is part of, on average."""
    edges = np.diff(np.pad(mask, ((0, 0), (1, 1))).astype(np.int8), axis=1)
    lengths = (np.argwhere(edges == -1)[:, 1] - np.argwhere(edges == 1)[:, 1]).astype(np.float64)
    return float((lengths**2).sum() / lengths.sum()) if len(lengths) else 1.0
