"""Dashes for no amount, where they stand apart from the amounts of their column.

Spreadsheets and word processors set a dash at the left or in the middle of a cell whose amounts stand at the right, so
that by alignment the dashes of one column make a column of their own beside it. Such a one is told by its rows: it has
a dash exactly where the column beside it is blank.
"""

from __future__ import annotations

from collections.abc import Sequence

from ingest.readers.pdf_parts import Chunk, Row, overlap

DASHES = frozenset("-—–")
_COVERED = 0.5
"""Least share of the lines that two halves of a column fill together."""

Place = tuple[float, float]
"""Left and right end of a column."""
Span = tuple[int, int]
"""First and last column of a part."""


def is_dash(text: str) -> bool:
    """True for a dash or several, which say that there is no amount."""
    return bool(text) and set(text) <= DASHES


def with_dashes(columns: Sequence[Place], rows: Sequence[Row]) -> list[Place]:
    """The columns, those of dashes only joined with the column of amounts they fill the blanks of."""
    filled = [_filled(rows, place) for place in columns]
    kinds = [set(texts.values()) for texts in filled]
    merged: list[Place] = []
    partner: dict[int, int] = {}
    for index, kind in enumerate(kinds):
        if kind != {"dash"}:
            continue
        beside = [
            (len(filled[index]) + len(filled[other]), other > index, other)
            for other in (index - 1, index + 1)
            if 0 <= other < len(columns)
            and other not in partner.values()
            and "amount" in kinds[other]
            and "label" not in kinds[other]
            and not filled[index].keys() & filled[other].keys()
        ]
        fitting = [entry for entry in beside if entry[0] >= _COVERED * len(rows)]
        if fitting:
            partner[index] = max(fitting)[2]
    joined = {other: index for index, other in partner.items()}
    for index, place in enumerate(columns):
        if index in partner:
            continue
        other = columns[joined[index]] if index in joined else place
        merged.append((min(place[0], other[0]), max(place[1], other[1])))
    return merged


def set_apart(parts: Sequence[Chunk], spans: list[Span], count: int) -> list[Span]:
    """The columns of the parts of a line: a dash beside the amount of its column is the next free column's.

    A dash at the left of its cell may stand nearer to the amounts at the right of the cell before.
    """
    for place, part in enumerate(parts):
        if not is_dash(part.text) or spans.count(spans[place]) < 2:
            continue
        is_after = place > 0 and spans[place - 1] == spans[place]
        column = spans[place][1] + 1 if is_after else spans[place][0] - 1
        if 0 <= column < count and not any(first <= column <= last for first, last in spans):
            spans[place] = (column, column)
    return spans


def _filled(rows: Sequence[Row], place: Place) -> dict[int, str]:
    """What the lines have in a column: dash, amount or label, by the line's number."""
    found: dict[int, str] = {}
    for number, row in enumerate(rows):
        for chunk in row.chunks:
            if overlap(chunk, *place) > 0:
                kind = "dash" if is_dash(chunk.text) else "amount" if chunk.is_number else "label"
                found[number] = kind if found.get(number, kind) == kind else "label"
    return found
