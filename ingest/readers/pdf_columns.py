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

from ingest.readers.pdf_characters import Glyph, Run, make_run
from ingest.readers.pdf_dashes import is_dash, set_apart, with_dashes
from ingest.readers.pdf_groups import span_groups
from ingest.readers.pdf_heads import place_heads, with_head, with_whole_heads
from ingest.readers.pdf_lines import Line, build_lines, is_ideographic
from ingest.readers.pdf_parts import AMOUNT, Chunk, Row, base_of, overlap, parted
from ingest.readers.pdf_rulings import Segment
from ingest.readers.pdf_tables import DraftCell, DraftTable

_GAP = 0.9
"""Gap in em that parts two columns."""
_MIN_LINES = 3
_MANY_NUMBERS = 5
"""Two lines of so many numbers are a table already: column numbers and the one row below them."""
_AMOUNT_SIGNS = frozenset("0123456789.,-+%—")
_ROW_START = re.compile(r"\d{3,7}(?![\d.,])|[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十]{1,3}[)）]")
_SMALL_INTEGER = re.compile(r"\d{1,4}")
_NAMING = re.compile(r"(?<!其中)[:：]")
"""A line that names something (部门：…) stands over a table; 其中：教育收费 is a head of it."""
_LEADERS = re.compile(r"[.…·．]{4}|…{2}")
_MAX_HEAD_LINES = 9
_ALIGNED = 0.7
"""Share of a column's numbers that must line up at their right, middle or left."""
_WRAPPED = 0.75
"""Lines closer than this share of the row distance are wrapped parts of one cell."""
_NARROW = 0.25
"""Gap in em that parts an amount from its neighbour."""
_FLUSH = 0.12
"""Ends of amounts closer than this, in em, stand below each other; digits further apart are no one number."""
_CLOSE = 1.9
"""Distance in em up to which a word alone on its line may stand over heads."""
_TITLE = 1.15
"""Type this much larger than the table's is a title."""


def find_column_tables(lines: list[Line], horizontals: list[Segment], em: float) -> tuple[list[DraftTable], list[Line]]:
    """Return tables found by alignment among lines outside ruled grids, and the lines left over."""
    rows = [Row(line, _chunks(line)) for line in lines]
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
            is_headed = sum(len(row.chunks) for row in rows[head:start]) >= len(columns)
            if end - start == 1 and not (is_headed or (start <= 1 and len(columns) > _MANY_NUMBERS)):
                start = end  # one line of numbers without words over them, but at a page's top, is no table
                continue
            taken = list(range(head, end))
            members = with_whole_heads([rows[index] for index in taken], columns)
            tables.append(_headed_table(members, [[row] for row in members], columns, em, True))
            used.update(taken)
        start = end
    return tables, [row.line for index, row in enumerate(rows) if index not in used]


def _chunks(line: Line) -> list[Chunk]:
    """Parts of a line set apart by wide gaps; a letter-spaced word stays one part."""
    groups: list[list[Run]] = [[line.runs[0]]]
    limit = _GAP * line.em
    for run in line.runs[1:]:
        last = groups[-1][-1]
        gap = run.x0 - last.x1
        single = len(run.glyphs) == 1 == len(last.glyphs)
        spread = single and is_ideographic(run.glyphs[0].ch) and is_ideographic(last.glyphs[0].ch) and gap < 3 * line.em
        is_pair = gap > _NARROW * line.em and all("." in text or is_dash(text) for text in (run.text, last.text))
        if (gap > limit and not spread) or (is_pair and AMOUNT.fullmatch(last.text) and AMOUNT.fullmatch(run.text)):
            groups.append([run])
        else:
            groups[-1].append(run)
    if len(groups) > 1:
        return [_chunk(runs) for runs in groups]
    x1 = max([run.x1 for run in line.runs])
    return [Chunk(line.runs, line.runs[0].x0, x1, line.text, bool(AMOUNT.fullmatch(line.text)))]


def _part_neighbours(rows: list[Row], em: float, least: int = 2) -> list[float]:
    """Part amounts from what stands close beside them, where the seam between them runs down the whole block.

    At least ``least`` lines must show the seam. Returns where they were parted.
    """
    tabular = [row for row in rows if row.is_tabular]
    seams = [[seam for chunk in row.chunks for seam in _seams(chunk, em)] for row in tabular]
    ends = [run.x1 for row in tabular for run in row.line.runs if AMOUNT.fullmatch(run.text)]
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


def _seams(chunk: Chunk, em: float) -> Iterator[tuple[float, float]]:
    """Where a whole amount meets something else inside a chunk: end of the one, beginning of the other.

    An amount at the right of its cell and the label or code of the next one may all but touch: 789.24302.
    """
    for last, run in itertools.pairwise(chunk.runs):
        if run.x0 - last.x1 > _NARROW * em and (AMOUNT.fullmatch(last.text) or AMOUNT.fullmatch(run.text)):
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
            if is_apart and AMOUNT.fullmatch("".join([other.ch for other in run.glyphs[:at]])):
                yield last.x1, glyph.x0
                break


def _cut(chunk: Chunk, cuts: list[float]) -> list[Chunk]:
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


def _chunk(runs: list[Run]) -> Chunk:
    text = build_lines(list(runs))[0].text
    return Chunk(runs, runs[0].x0, max([run.x1 for run in runs]), text, bool(AMOUNT.fullmatch(text)))


def _block_end(rows: list[Row], used: set[int], start: int, em: float) -> int:
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


def _is_bare(rows: list[Row], start: int, end: int, index: int) -> bool:
    """True for a line that goes on a list of labels without amounts: begun and set like those of the block above."""
    row = rows[index]
    if any(chunk.is_number for chunk in row.chunks) or re.search("[：:。；]", row.line.text):
        return False
    usual = min([below.line.base - above.line.base for above, below in itertools.pairwise(rows[start:index])])
    begun = [chunk.x0 for other in rows[start:end] for chunk in other.chunks]
    is_begun = all(any(abs(x0 - chunk.x0) <= _FLUSH * row.line.em for x0 in begun) for chunk in row.chunks)
    return is_begun and row.line.base - rows[index - 1].line.base <= 1.3 * usual


def _first_amount(row: Row) -> float:
    """Where the amounts of a line begin; a number at its left is a code."""
    numbers = [chunk.x0 for chunk in row.chunks[1:] if chunk.is_number]
    return min(numbers, default=row.chunks[0].x0)


def _columns(rows: list[Row], em: float, cuts: list[float]) -> list[tuple[float, float]] | None:
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
    columns = with_dashes(columns, tabular)
    return columns if len(columns) >= 2 else None


def _is_table(rows: list[Row], columns: list[tuple[float, float]], em: float) -> bool:
    """Several lines in columns, numbers that line up, and no table of contents."""
    tabular = [row for row in rows if row.is_tabular]
    least = _MIN_LINES
    if all(sum(chunk.is_number for chunk in row.chunks) >= _MANY_NUMBERS for row in tabular):
        least = 1
    if len(tabular) < least or any(_LEADERS.search(row.line.text) for row in tabular):
        return False
    number_columns: list[list[Chunk]] = []
    for x0, x1 in columns:
        inside = [chunk for row in tabular for chunk in row.chunks if overlap(chunk, x0, x1) > 0]
        numbers = [chunk for chunk in inside if chunk.is_number]
        if len(numbers) >= least and len(numbers) >= 0.6 * len(inside) and _line_up(numbers, em):
            number_columns.append(numbers)
    if not number_columns:
        return False
    if len(number_columns) == 1 and all(_SMALL_INTEGER.fullmatch(chunk.text) for chunk in number_columns[0]):
        values = [int(chunk.text) for chunk in number_columns[0]]
        return len(columns) > 2 and values != sorted(values)
    return True


def _line_up(chunks: list[Chunk], em: float) -> bool:
    for edge in (
        [chunk.x1 for chunk in chunks],
        [(chunk.x0 + chunk.x1) / 2 for chunk in chunks],
        [chunk.x0 for chunk in chunks],
    ):
        middle = sorted(edge)[len(edge) // 2]
        if sum(abs(x - middle) <= 0.5 * em for x in edge) >= _ALIGNED * len(edge):
            return True
    return False


def _head_start(rows: list[Row], used: set[int], start: int, columns: list[tuple[float, float]], em: float) -> int:
    """First line of the header over a block: lines set in parts that stand over its columns."""
    first = start
    index = start - 1
    left, right = columns[0][0] - 2 * em, columns[-1][1] + 2 * em
    while index >= 0 and start - index <= _MAX_HEAD_LINES and index not in used:
        row = rows[index]
        if rows[index + 1].line.base - row.line.base > 3.2 * em or _NAMING.search(row.line.text):
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
        elif first == index + 1 and _heads_some(row.chunks[0], rows[first], columns, em):
            first = index
        elif row.line.x1 - row.line.x0 > 0.5 * (right - left):
            break
        index -= 1
    return first


def _heads_some(chunk: Chunk, below: Row, columns: list[tuple[float, float]], em: float) -> bool:
    """True for a word alone on its line that heads some columns: off the table's middle and sides, close above heads.

    What stands over the whole table stands in its middle (title, year) or flush with a side (name, unit of money).
    """
    left, right = columns[0][0], columns[-1][1]
    if below.chunks[0].is_number or base_of(below.chunks[0]) - base_of(chunk) > _CLOSE * em or chunk.is_number:
        return False
    is_flush = chunk.x0 < left + em or chunk.x1 > right - em
    return not is_flush and abs(chunk.x0 + chunk.x1 - left - right) > 4 * em


def _headed_table(
    members: list[Row], groups: list[list[Row]], columns: list[tuple[float, float]], em: float, wrap: bool
) -> DraftTable:
    """The table with its columns as the heads say: where one of them is over blanks only, by the edges of its cells."""
    first = next((index for index, row in enumerate(members) if row.is_tabular), len(members))
    above = members[:first]
    body = [chunk for row in members[first:] if row.is_tabular for chunk in row.chunks]
    texts = [(chunk.x0, chunk.x1) for chunk in body if not is_dash(chunk.text)] or [(it.x0, it.x1) for it in body]
    head = place_heads(above, texts, em) if sum(len(row.chunks) for row in above) >= max(3, len(columns)) else None
    if head is None:
        return _table(groups, with_head(members, columns), wrap)
    lines = [[row] for row in head.rest]
    for group in groups:
        left = [row for row in group if not any(row is other for other in above)]
        if left:
            lines.append(left)
    table = _table(lines, list(itertools.pairwise(head.edges)), wrap)
    for cell in table.cells:
        cell.row += head.row_count
    table.cells = [*head.cells, *table.cells]
    table.row_count += head.row_count
    x0, top, x1, bottom = table.box
    table.box = (
        min(x0, *(cell.box[0] for cell in head.cells)),
        min(top, *(cell.box[1] for cell in head.cells)),
        max(x1, *(cell.box[2] for cell in head.cells)),
        max(bottom, *(cell.box[3] for cell in head.cells)),
    )
    return table


def _table(groups: list[list[Row]], columns: list[tuple[float, float]], wrap: bool) -> DraftTable:
    """Make cells: one row for each group of lines."""
    if wrap:
        groups = _unwrapped(groups)
    cells: list[DraftCell] = []
    for number, group in enumerate(groups):
        by_span: dict[tuple[int, int], list[Run]] = {}
        for row in group:
            parts = [part for chunk in row.chunks for part in parted(chunk, columns)]
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


def _spans(parts: list[Chunk], columns: list[tuple[float, float]], is_head: bool) -> list[tuple[int, int]]:
    """The columns of each part of a line.

    A head in the middle of its cell may stand nearer to its neighbour's figures than to its own. Where two of them
    fall on one column, the heads take the columns that fit them best together, in order and one each.
    """
    spans = [_span(part, columns) for part in parts]
    if not is_head:
        return set_apart(parts, spans, len(columns))
    if len(set(spans)) == len(spans) or any(first != last for first, last in spans):
        return spans
    best: list[tuple[float, list[int]]] = [(0.0, [])] * (len(columns) + 1)
    for place, part in enumerate(parts):
        following: list[tuple[float, list[int]]] = [(-math.inf, [])] * (place + 1)
        for column in range(place, len(columns)):
            score, taken = best[column]
            here = (score + overlap(part, *columns[column]), [*taken, column])
            following.append(max(following[-1], here, key=lambda entry: entry[0]))
        best = following
    return [(column, column) for column in best[-1][1]] if math.isfinite(best[-1][0]) else spans


def _span(chunk: Chunk, columns: list[tuple[float, float]]) -> tuple[int, int]:
    """Columns a part of a line belongs to: one for a number, all it stands over for a label."""
    overlaps = [overlap(chunk, x0, x1) for x0, x1 in columns]
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


def _unwrapped(groups: list[list[Row]]) -> list[list[Row]]:
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
    joined: list[list[Row]] = []
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


def _are_numbered(above: Row, below: Row) -> bool:
    """True for two lines without amounts that begin with a code or number at one left edge: two rows."""
    if above.is_tabular or below.is_tabular or abs(above.chunks[0].x0 - below.chunks[0].x0) > _FLUSH * below.line.em:
        return False
    return all(_ROW_START.match(row.chunks[0].text) and not row.chunks[0].is_number for row in (above, below))


def _begins_row(chunk: Chunk, above: list[Row]) -> bool:
    """True for a code or numbered label below something in its own column: a row, though it may have no amounts."""
    others = [other for row in above for other in row.chunks] if _ROW_START.match(chunk.text) else []
    return any(overlap(chunk, other.x0, other.x1) > 0 for other in others)


def _head_groups(lines: list[Chunk], others: list[Chunk]) -> bool:
    """True where a part of the upper line stands over several of the lower one: 科目编码 over 类 款 项 are two rows."""
    return any(sum(overlap(other, chunk.x0, chunk.x1) > 0 for other in others) > 1 for chunk in lines)


def _meet(lines: list[Chunk], others: list[Chunk]) -> bool:
    """True where two lines set in parts have parts below each other: they are rows of their own."""
    if len(lines) == 1 or len(others) == 1:
        return False
    return any(overlap(chunk, other.x0, other.x1) > 0 for chunk in lines for other in others)


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


def _parted_stack(rows: list[Row], stack: list[Segment]) -> list[list[Segment]]:
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
    before: list[Row] = []
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


def _is_note(band: list[Row]) -> bool:
    """True for the lines below a table, above the rule of the next one's title."""
    return bool(band) and all(len(row.chunks) == 1 for row in band) and "：" in band[0].line.text


def _ruled_table(
    rows: list[Row], used: set[int], stack: list[Segment], em: float
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
    if members[0].is_tabular or members[0].is_marker:
        # The uppermost ruling may be the one under the head.
        start = _head_start(rows, used, inside[0], columns, em)
        inside = [*(index for index in range(start, inside[0]) if index not in used), *inside]
        members = [rows[index] for index in inside]
    members = with_whole_heads(members, columns)
    bands: dict[int, list[Row]] = {}
    for row in members:
        middle = row.line.base - 0.3 * row.line.em
        bands.setdefault(sum(line[0] < middle for line in stack), []).append(row)
    groups: list[list[Row]] = []
    for _, band in sorted(bands.items()):
        if sum(row.is_tabular for row in band) == 1:
            groups.append(band)
        else:
            groups.extend(_unwrapped([[row] for row in band]))
    return _headed_table(members, groups, columns, em, False), inside
