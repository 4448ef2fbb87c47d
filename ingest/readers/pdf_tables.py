"""Tables from ruled grids: cells with their text, head lines let out, unruled rows inside tall cells parted."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, field

from ingest.readers.pdf_cells import Place
from ingest.readers.pdf_characters import Run, make_run
from ingest.readers.pdf_grid import Grid
from ingest.readers.pdf_lines import Line, build_lines
from ingest.readers.pdf_rulings import Rectangle

_LARGER = 1.15
"""Type this much larger than the table's is a title."""
_APART = 4.0
"""Gap in em between the two parts of a line that holds a name at the left and a unit at the right."""
_COVERED = 0.6
"""A header row has text over at least this share of the columns; a head line printed in cells has less."""
_AMOUNT = re.compile(r"[-+]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?%?")
_DIGITS = frozenset("0123456789.,-")
_SIDES = 11.0
_DIGIT = 0.85
"""A line takes no further digit where it leaves no more room in its cell than the blank at both sides (Word's is 10.8
points) and the width of a digit, in em, with some slack."""
_WITHIN = 0.95
_CUT = 0.2
"""Blank in em that parts two texts where a column of the head ends between them; ``_WITHIN`` is the share of lines
whose texts keep within their columns where most have no amounts."""
_LEVEL = 0.6
"""Lines of neighbouring cells closer than this, in em, stand on one row."""


@dataclass(slots=True)
class DraftCell:
    """A cell before the document's own classes are made."""

    row: int
    column: int
    row_span: int
    column_span: int
    lines: list[Line]
    box: Rectangle

    @property
    def text(self) -> str:
        texts = [line.text for line in self.lines]
        return "".join(texts) if len(texts) > 1 and self.is_broken_number(texts) else "\n".join(texts)

    def is_broken_number(self, texts: list[str]) -> bool:
        """True for one number broken into lines by a cell too narrow for it: 2715.91 as 27, 15. and 91.

        The lines make one amount, or a code of 3, 5 or 7 digits, and those before the last leave no room for a digit or
        end with the point.
        """
        whole = "".join(texts)
        if not all(set(text) <= _DIGITS for text in texts) or not _AMOUNT.fullmatch(whole):
            return False
        is_code = whole.isdigit() and len(whole) in (3, 5, 7) and len(texts[-1]) <= len(texts[0])
        is_amount = "." in whole and not _are_alike(texts)
        room = self.box[2] - self.box[0] - max(line.x1 - line.x0 for line in self.lines[:-1])
        return (is_code or is_amount) and (texts[0][-1] in ".," or room < _SIDES + _DIGIT * self.lines[0].em)


@dataclass(slots=True)
class DraftTable:
    """A table of one page, in reading space. Only cells with text are held."""

    cells: list[DraftCell]
    row_count: int
    column_count: int
    box: Rectangle
    has_spans: bool = True
    lines: list[Line] = field(default_factory=list)


def build_table(index: int, grid: Grid, placed: dict[Place, list[Run]]) -> tuple[DraftTable | None, list[Run]]:
    """Return the table of a grid, and the runs that stand in the grid but not in a table.

    A grid of one column is a frame round text, and all its text comes back. So does text in rows above the header
    that the frame has swallowed (title, unit line).
    """
    texts = {place[1]: runs for place, runs in placed.items() if place[0] == index}
    if grid.column_count < 2:
        return None, [run for runs in texts.values() for run in runs]
    lines = {region: build_lines(runs) for region, runs in texts.items()}
    first_row = _rows_swallowed(grid, lines)
    out: list[Run] = []
    cells: list[DraftCell] = []
    for number, region in enumerate(grid.regions):
        if number not in lines:
            continue
        if region.row < first_row:
            out.extend(texts[number])
        else:
            cells.append(
                DraftCell(
                    region.row - first_row,
                    region.column,
                    region.row_span,
                    region.column_span,
                    lines[number],
                    grid.region_box(number),
                )
            )
    if not cells:
        return None, out
    box = (grid.xs[0], grid.ys[first_row], grid.xs[-1], grid.ys[-1])
    table = DraftTable(cells, grid.row_count - first_row, grid.column_count, box)
    _part_columns(table, grid.xs)
    _part_rows(table)
    return table, out


def _rows_swallowed(grid: Grid, lines: dict[int, list[Line]]) -> int:
    """Number of rows at the top that are no rows of the table: title and head lines inside the frame."""
    leading: list[int] = []
    row = 0
    while row < grid.row_count:
        number = grid.owner[row][0]
        region = grid.regions[number]
        if region.column_span < grid.column_count:
            break
        leading.append(number)
        row += region.row_span
    if row >= grid.row_count or not leading:
        return 0
    body = sorted(line.em for number, group in lines.items() if number not in leading for line in group)
    if not body:
        return 0
    em = body[len(body) // 2]
    end = 0
    for number in leading:
        region = grid.regions[number]
        if _is_head(lines.get(number, []), grid.region_box(number), em):
            end = region.row + region.row_span
    if end == row:
        while end < grid.row_count - 1 and _is_head_row(grid, lines, end):
            end += 1
    return end


def _is_head(lines: list[Line], box: Rectangle, em: float) -> bool:
    """True for a title or unit line; a header label is centred and of the table's own size, on however many lines."""
    return any(_is_head_line(line, box, em) for line in lines)


def _is_head_line(line: Line, box: Rectangle, em: float) -> bool:
    if line.em >= _LARGER * em:
        return True
    if any(right.x0 - left.x1 > _APART * em for left, right in itertools.pairwise(line.runs)):
        return len(line.text) > 4
    width = max(box[2] - box[0], 1.0)
    left_gap, right_gap = (line.x0 - box[0]) / width, (box[2] - line.x1) / width
    if left_gap > 0.5 and right_gap < 0.15:
        return True
    return left_gap < 0.1 and right_gap > 0.3 and ("：" in line.text or ":" in line.text)


def _is_head_row(grid: Grid, lines: dict[int, list[Line]], row: int) -> bool:
    """True for a row in which only one or two cells speak, naming something: '…：' at the left, unit at the right."""
    numbers = set(grid.owner[row])
    if any(grid.regions[number].row_span > 1 for number in numbers):
        return False
    spoken = [number for number in numbers if number in lines]
    covered = sum(grid.regions[number].column_span for number in spoken)
    text = "".join(line.text for number in spoken for line in lines[number])
    return 0 < len(spoken) <= 3 and covered < _COVERED * grid.column_count and ("：" in text or ":" in text)


def _part_columns(table: DraftTable, xs: list[float]) -> None:
    """Part a body without upright rulings under a ruled header: its lines go to the header's columns."""
    parted: list[DraftCell] = []
    for cell in table.cells:
        pieces = _column_pieces(cell, xs) if cell.column_span > 1 and len(cell.lines) > 1 else None
        parted.extend(pieces or [cell])
    table.cells = parted


def _column_pieces(cell: DraftCell, xs: list[float]) -> list[DraftCell] | None:
    """The cell's text by column, None unless most lines are set in columns and hold numbers."""
    in_columns = within = 0
    split: list[list[tuple[int, int, list[Run]]]] = []
    edges = xs[cell.column + 1 : cell.column + cell.column_span]
    for line in cell.lines:
        chunks = _chunks(line, edges)
        in_columns += len(chunks) > 1 and any(_AMOUNT.fullmatch(_chunk_text(chunk)) for chunk in chunks)
        places = []
        taken = -1
        for chunk in chunks:
            first = _column_at(xs, chunk[0].x0 + 0.3 * line.em, cell)
            last = _column_at(xs, chunk[-1].x1 - 0.3 * line.em, cell)
            if len(chunks) > 1 and _AMOUNT.fullmatch(_chunk_text(chunk)):
                first = last = _column_at(xs, (chunk[0].x0 + chunk[-1].x1) / 2, cell)
            if first <= taken:
                return None
            places.append((first, last, chunk))
            taken = last
        within += all(first == last for first, last, _ in places)
        split.append(places)
    # Labels without amounts keep within their columns, which prose does not.
    is_set = in_columns >= 0.6 * len(cell.lines) or within >= _WITHIN * len(cell.lines)
    if in_columns < 2 or not is_set:
        return None
    columns: dict[tuple[int, int], list[Run]] = {}
    for places in split:
        for first, last, chunk in places:
            columns.setdefault((first, last), []).extend(chunk)
    # Overlapping spans would leave a column twice: such text is no table body.
    taken_columns: set[int] = set()
    for first, last in sorted(columns):
        if any(column in taken_columns for column in range(first, last + 1)):
            return None
        taken_columns.update(range(first, last + 1))
    return [
        DraftCell(
            cell.row,
            first,
            cell.row_span,
            last - first + 1,
            build_lines(runs),
            (xs[first], cell.box[1], xs[last + 1], cell.box[3]),
        )
        for (first, last), runs in sorted(columns.items())
    ]


def _chunks(line: Line, edges: list[float]) -> list[list[Run]]:
    """Runs of a line grouped where the gap is wider than one em, or a column of the head ends in it."""
    runs = [piece for run in line.runs for piece in _cut_at(run, edges)]
    chunks = [[runs[0]]]
    for run in runs[1:]:
        before = chunks[-1][-1]
        is_cut = run.x0 - before.x1 > _CUT * line.em and any(before.x1 <= x <= run.x0 for x in edges)
        if is_cut or run.x0 - before.x1 > line.em:
            chunks.append([run])
        else:
            chunks[-1].append(run)
    return chunks


def _cut_at(run: Run, edges: list[float]) -> list[Run]:
    """The run, parted where a column of the head ends in a blank too narrow to end a run."""
    if not any(run.x0 < x < run.x1 for x in edges):
        return [run]
    starts = [
        at
        for at, (last, glyph) in enumerate(itertools.pairwise(run.glyphs), 1)
        if glyph.x0 - last.x1 > _CUT * run.em and any(last.x1 <= x <= glyph.x0 for x in edges)
    ]
    bounds = [0, *starts, len(run.glyphs)]
    return [make_run(run.glyphs[start:end]) for start, end in itertools.pairwise(bounds)] if starts else [run]


def _chunk_text(chunk: list[Run]) -> str:
    return "".join([run.text for run in chunk])


def _column_at(xs: list[float], x: float, cell: DraftCell) -> int:
    column = cell.column
    while column < cell.column + cell.column_span - 1 and xs[column + 1] <= x:
        column += 1
    return column


def _part_rows(table: DraftTable) -> None:
    """Part rows that have no rulings between them: cells in which complete amounts stand one over the other."""
    row = table.row_count - 1
    while row >= 0:
        levels = _levels(table, row)
        if levels is not None:
            _insert_rows(table, row, levels)
        row -= 1


def _levels(table: DraftTable, row: int) -> list[float] | None:
    """Baselines of the rows that share the ruled row ``row``, None where it is one row."""
    stacks = []
    for cell in table.cells:
        if cell.row == row and cell.row_span == 1 and len(cell.lines) > 1 and _is_stack(cell):
            stacks.append([line.base for line in cell.lines])
    if not stacks or (len(stacks) == 1 and len(stacks[0]) < 3):
        return None
    em = min(line.em for cell in table.cells if cell.row == row for line in cell.lines)
    levels = max(stacks, key=len)
    for stack in stacks:
        for base in stack:
            if min(abs(base - level) for level in levels) > _LEVEL * em:
                levels = sorted([*levels, base])
    labels = [cell for cell in table.cells if cell.row == row and cell.row_span == 1 and not _is_stack(cell)]
    for cell in labels:
        # A label on a line of its own, with no amount beside it, is a row too, if its cell follows the same levels.
        near = [line for line in cell.lines if min(abs(line.base - level) for level in levels) <= _LEVEL * em]
        if len(cell.lines) > 1 and len(near) >= len(levels):
            levels = sorted([*levels, *(line.base for line in cell.lines if line not in near)])
    return levels


def _is_stack(cell: DraftCell) -> bool:
    """True for a cell whose every line is a whole number, printed alike: several figures, not one wrapped."""
    texts = [line.text for line in cell.lines]
    return _are_alike(texts) and not cell.is_broken_number(texts)


def _are_alike(texts: list[str]) -> bool:
    if not all(_AMOUNT.fullmatch(text) for text in texts):
        return False
    return len({len(text.partition(".")[2]) for text in texts}) == 1


def _insert_rows(table: DraftTable, row: int, levels: list[float]) -> None:
    extra = len(levels) - 1
    cells: list[DraftCell] = []
    for cell in table.cells:
        if cell.row > row:
            cell.row += extra
            cells.append(cell)
        elif cell.row + cell.row_span - 1 < row:
            cells.append(cell)
        elif cell.row_span > 1 or cell.row < row:
            cell.row_span += extra
            cells.append(cell)
        else:
            cells.extend(_by_level(cell, levels))
    table.cells = cells
    table.row_count += extra


def _by_level(cell: DraftCell, levels: list[float]) -> list[DraftCell]:
    nearest: dict[int, list[Line]] = {}
    for line in cell.lines:
        level = min(range(len(levels)), key=lambda index: abs(levels[index] - line.base))
        nearest.setdefault(level, []).append(line)
    em = cell.lines[0].em
    if len(cell.lines) == 1 and abs(levels[next(iter(nearest))] - cell.lines[0].base) > _LEVEL * em:
        cell.row_span = len(levels)
        return [cell]
    x0, _, x1, _ = cell.box
    return [
        DraftCell(
            cell.row + level,
            cell.column,
            1,
            cell.column_span,
            lines,
            (x0, min(line.top for line in lines), x1, max(line.bottom for line in lines)),
        )
        for level, lines in sorted(nearest.items())
    ]
