"""Lines of a page without upright rulings, cut into parts: what tables are found from."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ingest.readers.pdf_characters import Run
from ingest.readers.pdf_lines import Line

AMOUNT = re.compile(r"[-+]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?%?|—{1,3}|-{1,3}")
LEVELS = frozenset("类款项栏行次 ")
"""Words of the line that numbers the columns: 类 款 项 stand on it beside 栏次."""


@dataclass(slots=True)
class Chunk:
    runs: list[Run]
    x0: float
    x1: float
    text: str
    is_number: bool


@dataclass(slots=True)
class Row:
    line: Line
    chunks: list[Chunk]

    @property
    def is_tabular(self) -> bool:
        return len(self.chunks) > 1 and any(chunk.is_number for chunk in self.chunks) and not self.is_marker

    @property
    def is_marker(self) -> bool:
        """A row of column numbers (栏次 1 2 3): part of the head, and centred where amounts are not."""
        numbers = [chunk.text for chunk in self.chunks if chunk.is_number]
        words = sum(not chunk.is_number and not set(chunk.text) <= LEVELS for chunk in self.chunks)
        if words > 2 or len(numbers) < 2 or not numbers[0].isdigit():
            return False
        return numbers == [str(int(numbers[0]) + place) for place in range(len(numbers))] and int(numbers[0]) <= 2


def base_of(chunk: Chunk) -> float:
    """Baseline of a part's first line; words of one line may stand a little off each other's."""
    return min([run.base for run in chunk.runs])


def overlap(chunk: Chunk, x0: float, x1: float) -> float:
    return min(chunk.x1, x1) - max(chunk.x0, x0)


def parted(chunk: Chunk, columns: list[tuple[float, float]]) -> list[Chunk]:
    """Words set apart that stand over a column each (类 款 项) are parts of their own."""
    if len(chunk.runs) < 2 or chunk.is_number:
        return [chunk]
    singles = [Chunk([run], run.x0, run.x1, run.text, False) for run in chunk.runs]
    places = [[index for index, (x0, x1) in enumerate(columns) if overlap(single, x0, x1) > 0] for single in singles]
    if any(len(place) != 1 for place in places) or len({place[0] for place in places}) < len(places):
        return [chunk]
    return singles
