"""Heads of tables without upright rulings: which words name columns, which stand over several of them.

Lines of a wrapped head are joined first. Then every word with no word below it names a column; where such words stand
in the middle of adjoining cells, the edges of the cells follow (see :mod:`pdf_edges`), and a word above is over the
columns it is the middle of. Where no edges fit, a head goes to the column it stands over.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ingest.readers.pdf_characters import Run
from ingest.readers.pdf_edges import Extent, agreed_edges, fitting_edges
from ingest.readers.pdf_lines import build_lines
from ingest.readers.pdf_parts import Chunk, Row, base_of, overlap, parted
from ingest.readers.pdf_tables import DraftCell

Reach = tuple[int, int]
"""First and last column under a word."""

_MOST_READINGS = 64
_HEAD_PITCH = 1.55
"""Largest distance in em of the lines of one head."""
_OF_ROWS = 0.8
_WIDEST_PITCH = 1.9
"""Lines further apart are one head's too where rows stand further apart still: up to this share of the distance of
rows, and this many em."""
_BLANK = 0.35
"""Words of a head this far apart, in em, are two."""
_LOWER = 0.3
"""A word stands lower than another from this distance of their baselines, in em."""
_MIDDLE = 0.4
"""A word stands in the middle of columns whose middle is no further off, in em."""


@dataclass(slots=True)
class Head:
    """The head of a table: the edges of its columns, its cells, and the rows that are left for the body."""

    edges: list[float]
    cells: list[DraftCell]
    row_count: int
    rest: list[Row]
    """Lines of column numbers, without the words that name columns."""


@dataclass(slots=True)
class _Word:
    chunk: Chunk
    base: float


def place_heads(above: Sequence[Row], texts: Sequence[Extent], em: float) -> Head | None:
    """The head made of the lines ``above``, whose wrapped lines are joined; None where its geometry does not show.

    ``texts`` are the parts of the rows below.
    """
    words = [_Word(chunk, base_of(chunk)) for row in above if not row.is_marker for chunk in row.chunks]
    levels = [
        _Word(chunk, base_of(chunk))
        for row in above
        if row.is_marker
        for chunk in row.chunks
        if len(chunk.text) == 1 and chunk.text in "类款项"
    ]
    for extra in ([levels] if len(levels) > 1 else []) + [[]]:
        found = _fitting([*words, *extra], texts, em)
        if found is None:
            continue
        cells, row_count, edges = found
        taken = [word.chunk for word in extra]
        rest = []
        for row in above:
            chunks = [chunk for chunk in row.chunks if not any(chunk is other for other in taken)]
            if row.is_marker and chunks:
                rest.append(Row(row.line, chunks))
        return Head(edges, cells, row_count, rest)
    return None


def _fitting(words: list[_Word], texts: Sequence[Extent], em: float) -> tuple[list[DraftCell], int, list[float]] | None:
    """The cells of the head, its number of rows, and the edges of the columns."""
    leaves = sorted(
        (word for word in words if not any(_is_below(other, word, em) for other in words)),
        key=lambda word: word.chunk.x0 + word.chunk.x1,
    )
    # A word over two columns may stand over neither of their heads, in the gap between them.
    lower = [
        0 < place < len(leaves) - 1
        and all(leaves[beside].base > word.base + _LOWER * em for beside in (place - 1, place + 1))
        for place, word in enumerate(leaves)
    ]
    over = [place for place, is_over in enumerate(lower) if is_over]
    # Of words in such gaps, those over several columns stand higher than the heads as high as the rest of the head.
    bases = [leaves[place].base for place in over]
    parts = [[place for place in over if leaves[place].base < base - _LOWER * em] for base in bases]
    for left_out in itertools.chain([[]], [over] if over else [], (part for part in parts if part)):
        chosen = [word for place, word in enumerate(leaves) if place not in left_out]
        extents = [(word.chunk.x0, word.chunk.x1) for word in chosen]
        if len(chosen) < 3 or any(after[0] < before[1] for before, after in itertools.pairwise(extents)):
            continue
        # Words over several columns must be in the middle of theirs: that tells which of the readings it is.
        fits = [fit for fit in fitting_edges(extents, texts, em) if _cells(words, chosen, fit[0], em) is not None]
        edges = agreed_edges(fits)
        cells = _cells(words, chosen, edges, em) if edges is not None else None
        if cells is not None and edges is not None:
            return *cells, edges
    return None


def _is_below(lower: _Word, upper: _Word, em: float) -> bool:
    return lower.base > upper.base + _LOWER * em and overlap(lower.chunk, upper.chunk.x0, upper.chunk.x1) > 0


def _cells(
    words: list[_Word], leaves: list[_Word], edges: list[float], em: float
) -> tuple[list[DraftCell], int] | None:
    """Cells of the head with their columns, and its number of rows; None where a word is over none."""
    groups = sorted(
        (word for word in words if not any(word is leaf for leaf in leaves)),
        key=lambda word: (word.base, word.chunk.x0),
    )
    rows: list[list[_Word]] = []
    for word in groups:
        if not rows or word.base > rows[-1][0].base + _LOWER * em:
            rows.append([])
        rows[-1].append(word)
    placed: list[list[tuple[_Word, Reach]]] = []
    for line in rows:
        reaches = _together([_reaches(word, leaves, edges, em) for word in line], len(leaves))
        if reaches is None:
            return None
        placed.append(list(zip(line, reaches, strict=True)))
    cells = [_cell(word.chunk, row, reach) for row, line in enumerate(placed) for word, reach in line]
    for place, leaf in enumerate(leaves):
        # A head reaches up to the word over it, or to the top: none of its neighbours' words is over it.
        over = [row for row, line in enumerate(placed) for _, (first, last) in line if first <= place <= last]
        top = max(over, default=-1) + 1
        cell = _cell(leaf.chunk, top, (place, place))
        cell.row_span = len(placed) + 1 - top
        cells.append(cell)
    return cells, len(placed) + 1


def _together(choices: list[list[Reach]], count: int) -> tuple[Reach, ...] | None:
    """One reach for each word of a line, none over another's columns; None where not just one reading fits.

    Of several, the one that leaves no column without a word is right.
    """
    readings: list[tuple[Reach, ...]] = [()]
    for reaches in choices:
        readings = [
            (*before, reach) for before in readings for reach in reaches if not before or before[-1][1] < reach[0]
        ]
        if not 0 < len(readings) <= _MOST_READINGS:
            return None
    if len(readings) > 1:
        readings = [reading for reading in readings if sum(last - first + 1 for first, last in reading) == count]
    return readings[0] if len(readings) == 1 else None


def _reaches(word: _Word, leaves: list[_Word], edges: list[float], em: float) -> list[Reach]:
    """First and last of the columns a word may be in the middle of, all with heads below it.

    A head printed over the height of several rows stands higher than those of the columns that share a word.
    """
    middle = (word.chunk.x0 + word.chunk.x1) / 2
    under = [place for place, leaf in enumerate(leaves) if overlap(leaf.chunk, word.chunk.x0, word.chunk.x1) > 0.3 * em]
    reaches = [
        (first, last)
        for first in range(len(leaves))
        for last in range(first, len(leaves))
        if abs((edges[first] + edges[last + 1]) / 2 - middle) <= _MIDDLE * em
        and all(first <= place <= last for place in under)
        and all(leaf.base > word.base + _LOWER * em for leaf in leaves[first : last + 1])
        and edges[first] - _LOWER * em <= word.chunk.x0
        and word.chunk.x1 <= edges[last + 1] + _LOWER * em
    ]
    if len(reaches) > 1:
        level = [
            (first, last, min(leaf.base for leaf in leaves[first : last + 1]))
            for first, last in reaches
            if first < last and _are_level(leaves[first : last + 1], em)
        ]
        lowest = max((base for _, _, base in level), default=0.0)
        reaches = [(first, last) for first, last, base in level if base > lowest - _LOWER * em]
    return reaches


def _are_level(words: Sequence[_Word], em: float) -> bool:
    bases = [word.base for word in words]
    return max(bases) - min(bases) < _LOWER * em


def _cell(chunk: Chunk, row: int, reach: Reach) -> DraftCell:
    lines = build_lines(list(chunk.runs))
    box = (
        min([line.x0 for line in lines]),
        min([line.top for line in lines]),
        max([line.x1 for line in lines]),
        max([line.bottom for line in lines]),
    )
    return DraftCell(row, reach[0], 1, reach[1] - reach[0] + 1, lines, box)


def with_whole_heads(rows: list[Row], columns: list[tuple[float, float]]) -> list[Row]:
    """The rows with the lines of a wrapped head joined: a lower line goes to the part right above it.

    Lines of neighbouring heads stand at different heights, so the part above need not stand on the line before.
    A part with several others below it heads a group of columns and is left alone.
    """
    first = next((index for index, row in enumerate(rows) if row.is_tabular), len(rows))
    whole: list[Row] = []
    lowest: dict[int, float] = {}
    pitch = _row_pitch(rows[first:])
    for row in rows[:first]:
        limit = max(_HEAD_PITCH * row.line.em, min(_OF_ROWS * pitch, _WIDEST_PITCH * row.line.em))
        row.chunks = [piece for chunk in row.chunks for part in parted(chunk, columns) for piece in _apart(part)]
        parts = [part for upper in whole for part in upper.chunks]
        above = [
            [part for part in parts if _stands_over(part, chunk) and base_of(chunk) - lowest[id(part)] <= limit]
            for chunk in row.chunks
        ]
        fresh: list[Chunk] = []
        for place, (chunk, over) in enumerate(zip(row.chunks, above, strict=True)):
            is_only = len(over) == 1 and sum(_stands_over(over[0], other) for other in row.chunks) == 1
            is_amid = 0 < place < len(above) - 1 and not above[place - 1] and not above[place + 1]
            if is_amid and over:
                # Heads higher than this line and lower than the one above are the middle of both: these are two rows.
                bases = [base_of(part) for part in parts]
                slack = _LOWER * row.line.em
                is_only &= not any(base_of(over[0]) + slack < base < base_of(chunk) - slack for base in bases)
            if is_only and not row.is_marker and _are_set_alike(over[0], chunk) and _goes_on(over[0], chunk, is_amid):
                part = over[0]
                part.runs = [*part.runs, *chunk.runs]
                part.x0, part.x1 = min(part.x0, chunk.x0), max(part.x1, chunk.x1)
                lowest[id(part)] = base_of(chunk)
            else:
                fresh.append(chunk)
                lowest[id(chunk)] = base_of(chunk)
        if fresh:
            whole.append(Row(row.line, fresh))
    return [*whole, *rows[first:]]


def _apart(chunk: Chunk) -> Iterator[Chunk]:
    """The words of a part that have a blank between them: heads of narrow columns nearly touch."""
    runs: list[Run] = []
    for run in chunk.runs:
        is_word = runs and len(run.glyphs) > 1 and len(runs[-1].glyphs) > 1
        if is_word and not chunk.is_number and run.x0 - runs[-1].x1 > _BLANK * run.em:
            yield Chunk(runs, runs[0].x0, runs[-1].x1, build_lines(list(runs))[0].text, False)
            runs = []
        runs.append(run)
    yield (
        chunk
        if len(runs) == len(chunk.runs)
        else Chunk(runs, runs[0].x0, runs[-1].x1, build_lines(list(runs))[0].text, False)
    )


def _row_pitch(rows: list[Row]) -> float:
    """Distance of the rows of the body that stand closest, 0 where there are not two."""
    distances = sorted(below.line.base - above.line.base for above, below in itertools.pairwise(rows))
    return distances[len(distances) // 10] if distances else 0.0


def _stands_over(upper: Chunk, lower: Chunk) -> bool:
    """True where most of the narrower one stands over or under the other."""
    return overlap(lower, upper.x0, upper.x1) > 0.5 * min(upper.x1 - upper.x0, lower.x1 - lower.x0)


def _are_set_alike(upper: Chunk, lower: Chunk) -> bool:
    """True where both lines begin, end or have their middle at one place: lines of one cell.

    The word over two columns stands in the middle of both, and so off the middle of each.
    """
    slack = 0.5 * lower.runs[0].em
    offs = (upper.x0 - lower.x0, upper.x1 - lower.x1, (upper.x0 + upper.x1 - lower.x0 - lower.x1) / 2)
    return any(abs(off) <= slack for off in offs)


def _goes_on(upper: Chunk, lower: Chunk, is_amid: bool) -> bool:
    """True where the lower line may be the rest of the upper one: a wrapped line is full, the rest no longer.

    Words as long as the one above and ``is_amid``, between two that have nothing above them, share that one as their
    group: 本年支出 over 人员支出, 基本支出 and 项目支出.
    """
    em = lower.runs[0].em
    room = (upper.x1 - upper.x0) - (lower.x1 - lower.x0)
    may_be_equal = len(lower.text) == 1 or not is_amid
    return not lower.is_number and room >= (-0.2 * em if may_be_equal else 0.5 * em)


def with_head(rows: list[Row], columns: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """The columns and those that only have a head: parts of head lines that stand over no column."""
    empty: list[tuple[float, float]] = []
    # A line of few parts heads groups of columns; column numbers stand in the middle of their columns.
    own = [row for row in rows if not (row.is_tabular or row.is_marker) and 2 * len(row.chunks) >= len(columns)]
    heads = [chunk for row in own for chunk in row.chunks]
    for chunk in heads:
        if all(overlap(chunk, x0, x1) <= 0 for x0, x1 in columns):
            over = [index for index, (x0, x1) in enumerate(empty) if overlap(chunk, x0, x1) > 0]
            x0 = min([chunk.x0, *(empty[index][0] for index in over)])
            x1 = max([chunk.x1, *(empty[index][1] for index in over)])
            empty = [place for index, place in enumerate(empty) if index not in over] + [(x0, x1)]
    bare = [place for place in columns if all(overlap(chunk, *place) <= 0 for chunk in heads)]
    kept = [
        place
        for place in empty
        if all(min(place[1], x1) <= max(place[0], x0) for x0, x1 in columns)
        and not any(_are_neighbours(place, other, [*columns, *empty]) for other in bare)
    ]
    return sorted([*columns, *kept])


def _are_neighbours(one: tuple[float, float], other: tuple[float, float], places: list[tuple[float, float]]) -> bool:
    """True where no place lies between two: a centred head need not stand over the right-aligned figures it heads."""
    first, second = sorted((one, other))
    return not any(first[0] < place[0] < second[0] for place in places)
