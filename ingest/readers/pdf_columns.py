"""Tables without upright rulings: columns found by alignment.

Careful by design: prose must stay prose. A block counts as a table only where several lines are set in columns with
wide gaps, at least one column holds numbers that line up, and it is not a table of contents. Level rulings, where
there are some, say where the table begins and ends and which lines share a row.
"""

from __future__ import annotations

import itertools
import math
import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from ingest.readers.pdf_characters import Glyph, Run, make_run
from ingest.readers.pdf_edges import cell_edges, groups_columns, span_by_middle
from ingest.readers.pdf_groups import span_groups
from ingest.readers.pdf_lines import Line, build_lines, is_ideographic
from ingest.readers.pdf_rulings import Segment
from ingest.readers.pdf_tables import DraftCell, DraftTable

_GAP = 0.9
"""Gap in em that parts two columns."""
_MIN_LINES = 3
_MANY_NUMBERS = 5
"""Two lines of so many numbers are a table already: column numbers and the one row below them."""
_AMOUNT = re.compile(r"[-+]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?%?|—{1,3}|-{1,3}")
_AMOUNT_SIGNS = frozenset("0123456789.,-+%—")
_ROW_START = re.compile(r"\d{3,7}(?![\d.,])|[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十]{1,3}[)）]")
_SMALL_INTEGER = re.compile(r"\d{1,4}")
_LEADERS = re.compile(r"[.…·．]{4}|…{2}")
_LEVELS = frozenset("类款项栏行次 ")
"""Words of the line that numbers the columns: 类 款 项 stand on it beside 栏次."""
_MAX_HEAD_LINES = 9
_ALIGNED = 0.7
"""Share of a column's numbers that must line up at their right, middle or left."""
_WRAPPED = 0.75
"""Lines closer than this share of the row distance are wrapped parts of one cell."""
_NARROW = 0.25
"""Gap in em that parts an amount from its neighbour."""
_FLUSH = 0.12
"""Ends of amounts closer than this, in em, stand below each other; digits further apart are no one number."""
_TITLE = 1.15
"""Type this much larger than the table's is a title."""
_HEAD_PITCH = 1.45
"""Largest distance in em of the lines of one head."""


@dataclass(slots=True)
class _Chunk:
    runs: list[Run]
    x0: float
    x1: float
    text: str
    is_number: bool


@dataclass(slots=True)
class _Row:
    line: Line
    chunks: list[_Chunk]

    @property
    def is_tabular(self) -> bool:
        return len(self.chunks) > 1 and any(chunk.is_number for chunk in self.chunks) and not self.is_marker

    @property
    def is_marker(self) -> bool:
        """A row of column numbers (栏次 1 2 3): part of the head, and centred where amounts are not."""
        numbers = [chunk.text for chunk in self.chunks if chunk.is_number]
        words = sum(not chunk.is_number and not set(chunk.text) <= _LEVELS for chunk in self.chunks)
        if words > 2 or len(numbers) < 2 or not numbers[0].isdigit():
            return False
        return numbers == [str(int(numbers[0]) + place) for place in range(len(numbers))] and int(numbers[0]) <= 2


def find_column_tables(lines: list[Line], horizontals: list[Segment], em: float) -> tuple[list[DraftTable], list[Line]]:
    """Return tables found by alignment among lines outside ruled grids, and the lines left over."""
    rows = [_Row(line, _chunks(line)) for line in lines]
    if not any(row.is_tabular for row in rows):
        return [], lines
    tables: list[DraftTable] = []
    used: set[int] = set()
    for stack in _ruled_stacks(horizontals, em):
        for part in _parted_stack(rows, stack):
            table, taken = _ruled_table(rows, used, part, em)
            if table is not None:
                tables.append(table)
                used.update(taken)
    start = 0
    while start < len(rows):
        if start in used or not rows[start].is_tabular:
            start += 1
            continue
        end = _block_end(rows, used, start, em)
        block = list(range(start, end))
        cuts = _part_neighbours([rows[index] for index in block], em)
        columns = _columns([rows[index] for index in block], em, cuts)
        if columns is not None and _is_table([rows[index] for index in block], columns, em):
            head = _head_start(rows, used, start, columns, em)
            if end - start == 1 and sum(len(row.chunks) for row in rows[head:start]) < len(columns):
                start = end  # one line of numbers without words over them is no table
                continue
            taken = list(range(head, end))
            members = _with_whole_heads([rows[index] for index in taken], columns)
            tables.append(_headed_table(members, [[row] for row in members], columns, em, True))
            used.update(taken)
        start = end
    return tables, [row.line for index, row in enumerate(rows) if index not in used]


def _chunks(line: Line) -> list[_Chunk]:
    """Parts of a line set apart by wide gaps; a letter-spaced word stays one part."""
    groups: list[list[Run]] = [[line.runs[0]]]
    limit = _GAP * line.em
    for run in line.runs[1:]:
        last = groups[-1][-1]
        gap = run.x0 - last.x1
        single = len(run.glyphs) == 1 == len(last.glyphs)
        spread = single and is_ideographic(run.glyphs[0].ch) and is_ideographic(last.glyphs[0].ch) and gap < 3 * line.em
        is_pair = gap > _NARROW * line.em and "." in run.text and "." in last.text
        if (gap > limit and not spread) or (is_pair and _AMOUNT.fullmatch(last.text) and _AMOUNT.fullmatch(run.text)):
            groups.append([run])
        else:
            groups[-1].append(run)
    if len(groups) > 1:
        return [_chunk(runs) for runs in groups]
    x1 = max([run.x1 for run in line.runs])
    return [_Chunk(line.runs, line.runs[0].x0, x1, line.text, bool(_AMOUNT.fullmatch(line.text)))]


def _part_neighbours(rows: list[_Row], em: float, least: int = 2) -> list[float]:
    """Part amounts from what stands close beside them, where the seam between them runs down the whole block.

    At least ``least`` lines must show the seam. Returns where they were parted.
    """
    tabular = [row for row in rows if row.is_tabular]
    seams = [[seam for chunk in row.chunks for seam in _seams(chunk, em)] for row in tabular]
    ends = [run.x1 for row in tabular for run in row.line.runs if _AMOUNT.fullmatch(run.text)]
    places = sorted(seam for row in seams for seam in row)
    cuts: list[float] = []
    tried = -em
    for left, right in places:
        middle = (left + right) / 2
        if middle - tried < _FLUSH * em or (cuts and middle - cuts[-1] < em):
            continue
        tried = middle
        beside = sum(_holds(other, middle, em) for other in places)
        beside += sum(abs(end - left) < _FLUSH * em for end in ends)
        crossed = any(
            run.x0 + _FLUSH * em < middle < run.x1 - _FLUSH * em and not any(_holds(other, middle, em) for other in own)
            for row, own in zip(tabular, seams, strict=True)
            for run in row.line.runs
        )
        if beside >= least and not crossed:
            cuts.append(middle)
    if cuts:
        for row in tabular:
            row.chunks = [part for chunk in row.chunks for part in _cut(chunk, cuts)]
    return cuts


def _holds(seam: tuple[float, float], x: float, em: float) -> bool:
    return seam[0] - _FLUSH * em <= x <= seam[1] + _FLUSH * em


def _seams(chunk: _Chunk, em: float) -> Iterator[tuple[float, float]]:
    """Where a whole amount meets something else inside a chunk: end of the one, beginning of the other.

    An amount at the right of its cell and the label or code of the next one may all but touch: 789.24302.
    """
    for last, run in itertools.pairwise(chunk.runs):
        if run.x0 - last.x1 > _NARROW * em and (_AMOUNT.fullmatch(last.text) or _AMOUNT.fullmatch(run.text)):
            yield last.x1, run.x0
    for run in chunk.runs:
        for at in range(1, len(run.glyphs)):
            last, glyph = run.glyphs[at - 1], run.glyphs[at]
            if last.ch not in _AMOUNT_SIGNS:
                break
            if glyph.ch.isdigit():
                is_apart = glyph.x0 - last.x1 > _FLUSH * em
            else:
                is_apart = glyph.ch not in _AMOUNT_SIGNS or (glyph.ch == "—" and last.ch != "—")
            if is_apart and _AMOUNT.fullmatch("".join([other.ch for other in run.glyphs[:at]])):
                yield last.x1, glyph.x0
                break


def _cut(chunk: _Chunk, cuts: list[float]) -> list[_Chunk]:
    """The parts of a chunk between the cuts."""
    if not any(chunk.x0 < cut < chunk.x1 for cut in cuts):
        return [chunk]
    groups: dict[int, list[Run]] = {}
    for run in chunk.runs:
        pieces: dict[int, list[Glyph]] = {}
        for glyph in run.glyphs:
            pieces.setdefault(bisect_right(cuts, (glyph.x0 + glyph.x1) / 2), []).append(glyph)
        for place, glyphs in pieces.items():
            groups.setdefault(place, []).append(run if len(pieces) == 1 else make_run(glyphs))
    return [_chunk(runs) for _, runs in sorted(groups.items())]


def _chunk(runs: list[Run]) -> _Chunk:
    text = build_lines(list(runs))[0].text
    return _Chunk(runs, runs[0].x0, max([run.x1 for run in runs]), text, bool(_AMOUNT.fullmatch(text)))


def _with_whole_heads(rows: list[_Row], columns: list[tuple[float, float]]) -> list[_Row]:
    """The rows with the lines of a wrapped head joined: a lower line goes to the part right above it.

    Lines of neighbouring heads stand at different heights, so the part above need not stand on the line before.
    A part with several others below it heads a group of columns and is left alone.
    """
    first = next((index for index, row in enumerate(rows) if row.is_tabular), len(rows))
    whole: list[_Row] = []
    for row in rows[:first]:
        near = [upper for upper in whole if row.line.base - upper.line.base <= _HEAD_PITCH * row.line.em]
        fresh: list[_Chunk] = []
        row.chunks = [part for chunk in row.chunks for part in _parted(chunk, columns)]
        above = [[part for upper in near for part in upper.chunks if _stands_over(part, chunk)] for chunk in row.chunks]
        for chunk, over in zip(row.chunks, above, strict=True):
            is_only = len(over) == 1 and sum(_stands_over(over[0], other) for other in row.chunks) == 1
            if is_only and _goes_on(over[0], chunk, all(above)):
                part = over[0]
                part.runs = [*part.runs, *chunk.runs]
                part.x0, part.x1 = min(part.x0, chunk.x0), max(part.x1, chunk.x1)
            else:
                fresh.append(chunk)
        if fresh:
            whole.append(_Row(row.line, fresh))
    return [*whole, *rows[first:]]


def _stands_over(upper: _Chunk, lower: _Chunk) -> bool:
    """True where most of the narrower one stands over or under the other."""
    return _overlap(lower, upper.x0, upper.x1) > 0.5 * min(upper.x1 - upper.x0, lower.x1 - lower.x0)


def _goes_on(upper: _Chunk, lower: _Chunk, all_covered: bool) -> bool:
    """True where the lower line may be the rest of the upper one: a wrapped line is full, the rest no longer.

    支出 over 合计 is a group over its first column; 行 over 次 is one word. As long as the upper one may be only a line
    on which every part has another right above it (``all_covered``): 一般公共 over 预算财政 over 拨款.
    """
    em = lower.runs[0].em
    room = (upper.x1 - upper.x0) - (lower.x1 - lower.x0)
    may_be_equal = len(lower.text) == 1 or (all_covered and len(lower.text) > 2)
    return not lower.is_number and room >= (-0.2 * em if may_be_equal else 0.5 * em)


def _block_end(rows: list[_Row], used: set[int], start: int, em: float) -> int:
    """End of the block of lines that begins at a tabular line: label-only lines between are part of it."""
    end = start + 1
    index = end
    label_end = _first_amount(rows[start])
    while index < len(rows) and index not in used:
        row, above = rows[index], rows[index - 1]
        if index - end >= 3 and not (row.is_tabular or _is_bare(rows, start, end, index)):
            break
        if row.line.base - above.line.base > 3.2 * max(em, row.line.em):
            break
        if row.is_tabular:
            end = index + 1
            label_end = min(label_end, _first_amount(row))
        elif (
            len(row.chunks) == 1
            and row.chunks[0].x0 < label_end < row.chunks[0].x1 - em
            and not row.chunks[0].is_number
        ):
            break
        index += 1
    return end


def _is_bare(rows: list[_Row], start: int, end: int, index: int) -> bool:
    """True for a line that goes on a list of labels without amounts: begun and set like those of the block above."""
    row = rows[index]
    if any(chunk.is_number for chunk in row.chunks) or re.search("[：:。；]", row.line.text):
        return False
    usual = min([below.line.base - above.line.base for above, below in itertools.pairwise(rows[start:index])])
    begun = [chunk.x0 for other in rows[start:end] for chunk in other.chunks]
    is_begun = all(any(abs(x0 - chunk.x0) <= _FLUSH * row.line.em for x0 in begun) for chunk in row.chunks)
    return is_begun and row.line.base - rows[index - 1].line.base <= 1.3 * usual


def _first_amount(row: _Row) -> float:
    """Where the amounts of a line begin; a number at its left is a code."""
    numbers = [chunk.x0 for chunk in row.chunks[1:] if chunk.is_number]
    return min(numbers, default=row.chunks[0].x0)


def _columns(rows: list[_Row], em: float, cuts: list[float]) -> list[tuple[float, float]] | None:
    """Columns as x-ranges: where the parts of tabular lines lie, cut at gutters nearly no line crosses.

    Two that all but touch are one, unless a cut between them says otherwise.
    """
    tabular = [row for row in rows if row.is_tabular]
    if not tabular:
        return None
    events: list[tuple[float, int]] = []
    for row in tabular:
        for chunk in row.chunks:
            events.append((chunk.x0, 1))
            events.append((chunk.x1, -1))
    events.sort()
    allowed = len(tabular) // 12
    columns: list[tuple[float, float]] = []
    depth = 0
    start: float | None = None
    for x, change in events:
        depth += change
        if depth > allowed and start is None:
            start = x
        elif depth <= allowed and start is not None:
            close = columns and start - columns[-1][1] < 0.3 * em
            if close and not any(columns[-1][1] <= cut <= start for cut in cuts):
                columns[-1] = (columns[-1][0], x)
            else:
                columns.append((start, x))
            start = None
    return columns if len(columns) >= 2 else None


def _with_head(rows: list[_Row], columns: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """The columns and those that only have a head: parts of head lines that stand over no column."""
    empty: list[tuple[float, float]] = []
    # A line of few parts heads groups of columns; column numbers stand in the middle of their columns.
    own = [row for row in rows if not (row.is_tabular or row.is_marker) and 2 * len(row.chunks) >= len(columns)]
    heads = [chunk for row in own for chunk in row.chunks]
    for chunk in heads:
        if all(_overlap(chunk, x0, x1) <= 0 for x0, x1 in columns):
            over = [index for index, (x0, x1) in enumerate(empty) if _overlap(chunk, x0, x1) > 0]
            x0 = min([chunk.x0, *(empty[index][0] for index in over)])
            x1 = max([chunk.x1, *(empty[index][1] for index in over)])
            empty = [place for index, place in enumerate(empty) if index not in over] + [(x0, x1)]
    bare = [place for place in columns if all(_overlap(chunk, *place) <= 0 for chunk in heads)]
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


def _is_table(rows: list[_Row], columns: list[tuple[float, float]], em: float) -> bool:
    """Several lines in columns, numbers that line up, and no table of contents."""
    tabular = [row for row in rows if row.is_tabular]
    least = _MIN_LINES
    if all(sum(chunk.is_number for chunk in row.chunks) >= _MANY_NUMBERS for row in tabular):
        least = 1
    if len(tabular) < least or any(_LEADERS.search(row.line.text) for row in tabular):
        return False
    number_columns: list[list[_Chunk]] = []
    for x0, x1 in columns:
        inside = [chunk for row in tabular for chunk in row.chunks if _overlap(chunk, x0, x1) > 0]
        numbers = [chunk for chunk in inside if chunk.is_number]
        if len(numbers) >= least and len(numbers) >= 0.6 * len(inside) and _line_up(numbers, em):
            number_columns.append(numbers)
    if not number_columns:
        return False
    if len(number_columns) == 1 and all(_SMALL_INTEGER.fullmatch(chunk.text) for chunk in number_columns[0]):
        values = [int(chunk.text) for chunk in number_columns[0]]
        return len(columns) > 2 and values != sorted(values)
    return True


def _line_up(chunks: list[_Chunk], em: float) -> bool:
    for edge in (
        [chunk.x1 for chunk in chunks],
        [(chunk.x0 + chunk.x1) / 2 for chunk in chunks],
        [chunk.x0 for chunk in chunks],
    ):
        middle = sorted(edge)[len(edge) // 2]
        if sum(abs(x - middle) <= 0.5 * em for x in edge) >= _ALIGNED * len(edge):
            return True
    return False


def _overlap(chunk: _Chunk, x0: float, x1: float) -> float:
    return min(chunk.x1, x1) - max(chunk.x0, x0)


def _head_start(rows: list[_Row], used: set[int], start: int, columns: list[tuple[float, float]], em: float) -> int:
    """First line of the header over a block: lines set in parts that stand over its columns."""
    first = start
    index = start - 1
    left, right = columns[0][0] - 2 * em, columns[-1][1] + 2 * em
    while index >= 0 and start - index <= _MAX_HEAD_LINES and index not in used:
        row = rows[index]
        if rows[index + 1].line.base - row.line.base > 3.2 * em or "：" in row.line.text or ":" in row.line.text:
            break
        is_beside = row.chunks[0].x0 < left or row.chunks[-1].x1 > right
        # The second lines of few heads: the others stand on the line right above, in the middle of theirs.
        upper = rows[index - 1] if index else row
        is_rest = len(upper.chunks) > 2 and row.line.base - upper.line.base < row.line.em
        if row.line.em > 1.3 * em or (is_beside and len(row.chunks) < 3 and not is_rest):
            break
        if len(row.chunks) > 1:
            first = index
            # A column without a figure has nothing but its head to show how far the table reaches.
            left, right = min(left, row.chunks[0].x0 - 2 * em), max(right, row.chunks[-1].x1 + 2 * em)
        elif row.line.x1 - row.line.x0 > 0.5 * (right - left):
            break
        index -= 1
    return first


def _headed_table(
    members: list[_Row], groups: list[list[_Row]], columns: list[tuple[float, float]], em: float, wrap: bool
) -> DraftTable:
    """The table with its columns as the heads say: where one of them is over blanks only, by the edges of its cells."""
    first = next((index for index, row in enumerate(members) if row.is_tabular), len(members))
    above = [row for row in members[:first] if not row.is_marker]
    leaf = max(reversed(above), key=lambda row: len(row.chunks), default=None)
    heads, groups_above = _leaf_heads(leaf, above) if leaf is not None else ([], [])
    if leaf is not None and len(heads) >= max(3, len(columns)):
        texts = [(chunk.x0, chunk.x1) for row in members[first:] if row.is_tabular for chunk in row.chunks]
        edges = cell_edges(heads, texts, em)
        if edges is not None and all(groups_columns(group, edges, em) for group in groups_above):
            table = _table(groups, list(itertools.pairwise(edges)), wrap)
            base = leaf.line.base
            rows = {cell.row for cell in table.cells if any(abs(line.base - base) < 0.1 * em for line in cell.lines)}
            if len(rows) == 1:
                span_by_middle(table, edges, rows.pop(), em)
            return table
    return _table(groups, _with_head(members, columns), wrap)


def _leaf_heads(leaf: _Row, above: list[_Row]) -> tuple[list[tuple[float, float]], list[tuple[float, float]]]:
    """Extents of the heads on the fullest line and beside its wrapped parts, and of other words over no head of it."""
    free = [
        (row, (chunk.x0, chunk.x1))
        for row in above
        if row is not leaf
        for chunk in row.chunks
        if all(_overlap(chunk, head.x0, head.x1) <= 0 for head in leaf.chunks)
    ]
    near = [extent for row, extent in free if abs(row.line.base - leaf.line.base) <= _HEAD_PITCH * leaf.line.em]
    heads = sorted([*((chunk.x0, chunk.x1) for chunk in leaf.chunks), *near])
    if any(after[0] < before[1] for before, after in itertools.pairwise(heads)):
        return [], []
    return heads, [extent for _, extent in free if extent not in near]


def _table(groups: list[list[_Row]], columns: list[tuple[float, float]], wrap: bool) -> DraftTable:
    """Make cells: one row for each group of lines."""
    if wrap:
        groups = _unwrapped(groups)
    cells: list[DraftCell] = []
    for number, group in enumerate(groups):
        by_span: dict[tuple[int, int], list[Run]] = {}
        for row in group:
            parts = [part for chunk in row.chunks for part in _parted(chunk, columns)]
            for part, span in zip(parts, _spans(parts, columns, not row.is_tabular), strict=True):
                by_span.setdefault(span, []).extend(part.runs)
        for (first, last), runs in sorted(_disjoint(by_span).items()):
            lines = build_lines(runs)
            box = (
                min([line.x0 for line in lines]),
                min([line.top for line in lines]),
                max([line.x1 for line in lines]),
                max([line.bottom for line in lines]),
            )
            cells.append(DraftCell(number, first, 1, last - first + 1, lines, box))
    box = (
        min(cell.box[0] for cell in cells),
        min(cell.box[1] for cell in cells),
        max(cell.box[2] for cell in cells),
        max(cell.box[3] for cell in cells),
    )
    table = DraftTable(cells, len(groups), len(columns), box, has_spans=False)
    span_groups(table)
    return table


def _parted(chunk: _Chunk, columns: list[tuple[float, float]]) -> list[_Chunk]:
    """Words set apart that stand over a column each (类 款 项) are parts of their own."""
    if len(chunk.runs) < 2 or chunk.is_number:
        return [chunk]
    singles = [_Chunk([run], run.x0, run.x1, run.text, False) for run in chunk.runs]
    places = [[index for index, (x0, x1) in enumerate(columns) if _overlap(single, x0, x1) > 0] for single in singles]
    if any(len(place) != 1 for place in places) or len({place[0] for place in places}) < len(places):
        return [chunk]
    return singles


def _spans(parts: list[_Chunk], columns: list[tuple[float, float]], is_head: bool) -> list[tuple[int, int]]:
    """The columns of each part of a line.

    A head in the middle of its cell may stand nearer to its neighbour's figures than to its own. Where two of them
    fall on one column, the heads take the columns that fit them best together, in order and one each.
    """
    spans = [_span(part, columns) for part in parts]
    if not is_head or len(set(spans)) == len(spans) or any(first != last for first, last in spans):
        return spans
    best: list[tuple[float, list[int]]] = [(0.0, [])] * (len(columns) + 1)
    for place, part in enumerate(parts):
        following: list[tuple[float, list[int]]] = [(-math.inf, [])] * (place + 1)
        for column in range(place, len(columns)):
            score, taken = best[column]
            here = (score + _overlap(part, *columns[column]), [*taken, column])
            following.append(max(following[-1], here, key=lambda entry: entry[0]))
        best = following
    return [(column, column) for column in best[-1][1]] if math.isfinite(best[-1][0]) else spans


def _span(chunk: _Chunk, columns: list[tuple[float, float]]) -> tuple[int, int]:
    """Columns a part of a line belongs to: one for a number, all it stands over for a label."""
    overlaps = [_overlap(chunk, x0, x1) for x0, x1 in columns]
    best = max(range(len(columns)), key=lambda index: overlaps[index])
    if chunk.is_number or overlaps[best] <= 0:
        return best, best
    over = [
        index
        for index, overlap in enumerate(overlaps)
        if overlap > 0.4 * min(columns[index][1] - columns[index][0], chunk.x1 - chunk.x0)
    ]
    return (min(over), max(over)) if over else (best, best)


def _disjoint(by_span: dict[tuple[int, int], list[Run]]) -> dict[tuple[int, int], list[Run]]:
    """Join spans that overlap, so that no place of the grid is filled twice."""
    merged: list[tuple[int, int, list[Run]]] = []
    for (first, last), runs in sorted(by_span.items()):
        if merged and first <= merged[-1][1]:
            start, end, before = merged[-1]
            merged[-1] = (start, max(end, last), before + runs)
        else:
            merged.append((first, last, runs))
    return {(first, last): runs for first, last, runs in merged}


def _unwrapped(groups: list[list[_Row]]) -> list[list[_Row]]:
    """Join lines closer than the distance of rows to the line that holds the numbers."""
    bases = [group[0].line.base for group in groups if group[0].is_tabular]
    distances = [below - above for above, below in itertools.pairwise(bases)]
    # Where amounts are sparse, two numbered labels without any that follow each other tell the distance of rows.
    bare = [[group[0], below[0]] for group, below in itertools.pairwise(groups)]
    distances += [below.line.base - above.line.base for above, below in bare if _are_numbered(above, below)]
    distances.sort()
    if not distances:
        return groups
    close = _WRAPPED * distances[len(distances) // 10]
    joined: list[list[_Row]] = []
    for group in groups:
        above = joined[-1] if joined else None
        if (
            above is not None
            and group[0].line.base - above[-1].line.base < close
            and (not group[0].is_tabular or not any(row.is_tabular for row in above))
            and not (group[0].is_marker or above[-1].is_marker)
            and not _meet(group[0].chunks, above[-1].chunks)
            and not any(_head_groups(row.chunks, group[0].chunks) for row in above)
            and not _begins_row(group[0].chunks[0], above)
        ):
            above.extend(group)
        else:
            joined.append(list(group))
    return joined


def _are_numbered(above: _Row, below: _Row) -> bool:
    """True for two lines without amounts that begin with a code or number at one left edge: two rows."""
    if above.is_tabular or below.is_tabular or abs(above.chunks[0].x0 - below.chunks[0].x0) > _FLUSH * below.line.em:
        return False
    return all(_ROW_START.match(row.chunks[0].text) and not row.chunks[0].is_number for row in (above, below))


def _begins_row(chunk: _Chunk, above: list[_Row]) -> bool:
    """True for a code or numbered label below something in its own column: a row, though it may have no amounts."""
    others = [other for row in above for other in row.chunks] if _ROW_START.match(chunk.text) else []
    return any(_overlap(chunk, other.x0, other.x1) > 0 for other in others)


def _head_groups(lines: list[_Chunk], others: list[_Chunk]) -> bool:
    """True where a part of the upper line stands over several of the lower one: 科目编码 over 类 款 项 are two rows."""
    return any(sum(_overlap(other, chunk.x0, chunk.x1) > 0 for other in others) > 1 for chunk in lines)


def _meet(lines: list[_Chunk], others: list[_Chunk]) -> bool:
    """True where two lines set in parts have parts below each other: they are rows of their own."""
    if len(lines) == 1 or len(others) == 1:
        return False
    return any(_overlap(chunk, other.x0, other.x1) > 0 for chunk in lines for other in others)


def _ruled_stacks(horizontals: list[Segment], em: float) -> list[list[Segment]]:
    """Level rulings of equal extent below each other: tables ruled between rows only."""
    stacks: list[list[Segment]] = []
    for line in sorted(horizontals):
        if line[2] - line[1] < 8 * em:
            continue
        for stack in stacks:
            if abs(stack[0][1] - line[1]) <= em and abs(stack[0][2] - line[2]) <= em:
                stack.append(line)
                break
        else:
            stacks.append([line])
    return [stack for stack in stacks if len(stack) >= 3]


def _parted_stack(rows: list[_Row], stack: list[Segment]) -> list[list[Segment]]:
    """The stack cut where a title or several lines of text stand between two rulings: tables of one width.

    Titles and head lines that are ruled like rows are left out, so that they stand above the table as text.
    """
    bands = list(itertools.pairwise(stack))
    held = [[row for row in rows if top[0] < row.line.base - 0.3 * row.line.em < low[0]] for top, low in bands]
    sizes = sorted(row.line.em for band in held for row in band)
    if not sizes:
        return [stack]
    em = sizes[len(sizes) // 2]
    height = sorted(low[0] - top[0] for top, low in bands)[len(bands) // 2]
    parts: list[list[Segment]] = [[stack[0]]]
    before: list[_Row] = []
    for (top, low), band in zip(bands, held, strict=True):
        is_text = (
            not any(row.is_tabular for row in band)
            and band
            and (
                any(row.line.em > _TITLE * em for row in band)
                or (len(parts[-1]) == 1 and len(parts) > 1 and any("：" in row.line.text for row in band))
                or (low[0] - top[0] > 2.5 * height and len(band) > 1 and all(len(row.chunks) == 1 for row in band[:2]))
            )
        )
        if is_text:
            if len(parts[-1]) > 1 and _is_note(before):
                parts[-1].pop()
            parts.append([low])
        else:
            parts[-1].append(low)
        before = band
    return [part for part in parts if len(part) >= 3]


def _is_note(band: list[_Row]) -> bool:
    """True for the lines below a table, above the rule of the next one's title."""
    return bool(band) and all(len(row.chunks) == 1 for row in band) and "：" in band[0].line.text


def _ruled_table(
    rows: list[_Row], used: set[int], stack: list[Segment], em: float
) -> tuple[DraftTable | None, list[int]]:
    """The table between level rulings: one row for each band that holds one line of numbers."""
    left, right = stack[0][1] - em, stack[0][2] + em
    inside = [
        index
        for index, row in enumerate(rows)
        if index not in used
        and stack[0][0] < row.line.base - 0.3 * row.line.em < stack[-1][0]
        and row.line.x0 >= left
        and row.line.x1 <= right
    ]
    members = [rows[index] for index in inside]
    columns = _columns(members, em, _part_neighbours(members, em, 1))
    tabular = sum(row.is_tabular for row in members)
    if columns is None or (tabular < 2 and 2 * sum(len(row.chunks) > 1 for row in members) < len(members)):
        return None, []
    members = _with_whole_heads(members, columns)
    bands: dict[int, list[_Row]] = {}
    for row in members:
        middle = row.line.base - 0.3 * row.line.em
        bands.setdefault(sum(line[0] < middle for line in stack), []).append(row)
    groups: list[list[_Row]] = []
    for _, band in sorted(bands.items()):
        if sum(row.is_tabular for row in band) == 1:
            groups.append(band)
        else:
            groups.extend(_unwrapped([[row] for row in band]))
    return _headed_table(members, groups, columns, em, False), inside
