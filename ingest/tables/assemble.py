"""From blocks to whole tables: captions gathered, tables cut by page breaks joined (还原跨页表)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from ingest.dictionaries import economic_names, functional_names, is_line_label
from ingest.document import Cell, Paragraph, Table
from ingest.tables.captions import (
    Caption,
    is_contents_line,
    looks_like_title,
    match_statements,
    read_line,
    scope_of_line,
    strip_caption_parts,
    title_key,
)
from ingest.tables.grid import (
    Grid,
    header_signature,
    header_terms_of,
    is_header_like,
    is_marker_row,
    is_note,
    is_subject_code,
    split_glued_code,
)
from ingest.tables.torn import is_torn_head, join_head, join_row
from ingest.text import fold_width, has_ordinal, is_nothing, label_key, plain_key, squeeze, whole_number

_PAGE_NUMBER = re.compile(r"^(?:第\s*)?[-—–\s]*\d{1,4}[-—–\s]*(?:页)?(?:共\s*\d+\s*页)?$")
_IN_YEAR = re.compile(r"\((?:19|20)\d{2}年?度?\)$")
"""The year behind a title: …绩效自评表（2023年度）."""
_CONTINUED = re.compile(r"\(?(?:接上表|续上表|续表?)\s*[一二三四五六\d]{0,2}\)?$")
_PERFORMANCE_WORDS = re.compile(r"一级指标|三级指标|绩效目标|年度资金总额|全年执行数|实际完成值")
_FORM_HEADS = {"项目名称", "主管部门", "预算单位", "实施单位", "部门名称", "单位名称", "部门单位名称", "主管部门及代码"}
LOOK_BACK = 10
"""How many paragraphs before a table may belong to its caption."""
_CAPTION_LINES = 6
"""How many of them are printed again on the next page at most."""


@dataclass(slots=True)
class WholeTable:
    """One table of the document with everything printed around it."""

    grid: Grid
    caption: Caption
    ordinal: int
    preceding: list[Paragraph] = field(default_factory=list)
    following: list[Paragraph] = field(default_factory=list)
    is_hidden: bool = False
    repeated: list[Paragraph] = field(default_factory=list)
    """Lines printed again before a continuation: title, unit, page numbers."""
    block_index: int = 0
    """Index of the table's first block in the document."""


def whole_tables(blocks: Sequence[Paragraph | Table]) -> list[WholeTable]:
    """All tables in reading order, continuations joined, captions read."""
    found: list[WholeTable] = []
    between: list[Paragraph] = []
    waiting: list[tuple[list[Cell | None], list[Cell | None]]] = []
    heads = _running_heads(blocks)
    for index, block in _apart(blocks):
        if isinstance(block, Paragraph):
            if not (heads and squeeze(block.text) in heads):
                between.append(block)
            continue
        if not block.cells:
            continue
        grid = Grid.of(block)
        lead = _swallowed_caption(grid)
        grid.lead[:0] = waiting
        waiting = []
        if not len(grid):
            between += lead
            waiting = grid.lead
            continue
        _split_shared_row(grid)
        previous = found[-1] if found else None
        if previous is not None and previous.is_hidden == block.is_hidden and previous.grid.sheet == block.sheet:
            first_row = _continuation_row(previous, grid, between, lead)
            if first_row is not None:
                if len(between) == 1 and _ends_label(previous.grid, between[0]):
                    previous.grid.append(Grid.of(_line_as_row(between.pop())), 0)
                if first_row == 0 and is_torn_head(previous.grid, grid):
                    previous.grid = _on_columns_of(grid, previous.grid, 0)
                    join_head(previous.grid, grid)
                elif _parts_columns(previous.grid, grid):
                    previous.grid = _on_columns_of(grid, previous.grid, 0)
                rest = join_row(previous.grid, _on_columns_of(previous.grid, grid, first_row), first_row)
                previous.grid.append(rest, first_row)
                previous.repeated += between
                between = []
                continue
        if previous is not None:
            _take_end(previous.grid, between)
            previous.following = _notes_of(between)
        caption = _caption(_near(between, grid.page), lead)
        found.append(WholeTable(grid, caption, len(found) + 1, between, is_hidden=block.is_hidden, block_index=index))
        between = []
    if found:
        _take_end(found[-1].grid, between)
        found[-1].following = _notes_of(between)
    if waiting and not found:
        grid = Grid([], [], 0, False, None, None, None)
        found.append(WholeTable(grid, _caption(between, []), 1, between))
    if waiting:
        width = max(len(row) for row, _ in waiting)
        found[-1].grid.append(Grid([], [], width, False, None, None, None, lead=waiting), 0)
    for table in found:
        table.grid.restore_lead()
    return found


def _apart(blocks: Sequence[Paragraph | Table]) -> Iterator[tuple[int, Paragraph | Table]]:
    """The blocks with their places; a grid in which another statement's title stands as a row is several tables.

    Word processors print tables that follow each other without a line between as one.
    """
    for index, block in enumerate(blocks):
        if isinstance(block, Paragraph) or block.row_count < 8:
            yield index, block
            continue
        if block.has_spans:
            starts = [
                cell.row
                for cell in block.cells
                if cell.row > 2 and cell.column_span == block.column_count and _is_title(cell)
            ]
        else:
            starts = _lone_titles(block)
        edges = [0, *sorted(starts), block.row_count]
        for top, end in pairwise(edges):
            yield index, block if not starts else _rows_of(block, top, end)


def _lone_titles(block: Table) -> list[int]:
    """Rows of a table without spans that are a title alone, above a row of several cells: the spans were lost."""
    titles = [cell for cell in block.cells if cell.row > 2 and cell.column == 0 and _is_title(cell)]
    if not titles or block.column_count < 3:
        return []
    filled = Counter(cell.row for cell in block.cells)
    return [cell.row for cell in titles if filled[cell.row] == 1 and filled[cell.row + 1] > 1]


def _is_title(cell: Cell) -> bool:
    text = cell.text.replace("\n", "")
    plain = _IN_YEAR.sub("", squeeze(fold_width(text)))
    return looks_like_title(text) and plain.endswith("表") and bool(match_statements(text))


def _rows_of(table: Table, top: int, end: int) -> Table:
    """The rows from ``top`` to before ``end`` as a table of their own."""
    cells = tuple(cell._replace(row=cell.row - top) for cell in table.cells if top <= cell.row < end)
    return replace(table, cells=cells, row_count=end - top)


def _notes_of(paragraphs: list[Paragraph]) -> list[Paragraph]:
    """The lines directly below a table that comment on it."""
    notes = []
    for paragraph in paragraphs[:6]:
        text = paragraph.text
        continues = notes and len(text) < 40 and not looks_like_title(text) and not match_statements(text)
        if not (is_note(text) or continues):
            break
        notes.append(paragraph)
    return notes


def _swallowed_caption(grid: Grid) -> list[Paragraph]:
    """Leading rows of a grid that are title or unit lines; they are taken out of the grid's rows."""
    lead: list[Paragraph] = []
    while len(grid):
        cells = grid.cells(0)
        if not cells:
            grid.take_first_row()
            continue
        joined = " ".join(cell.text.replace("\n", "") for cell in cells)
        probe = Caption()
        wide = len(cells) == 1 and (cells[0].column_span > 1 or not grid.has_spans or grid.column_count <= 2)
        title = (
            len(cells) == 1
            and looks_like_title(joined)
            and bool(re.search(r"表(?:[(（].{0,24}[)）])?$", squeeze(joined)))
            and bool(match_statements(joined))
        )
        taken = (
            len(cells) <= 4
            and read_line(probe, joined, cells[0].line)
            and not is_header_like(grid, 0)
            and _only_caption(cells)
        )
        if not ((wide and title) or taken):
            break
        for cell in cells:
            lead.append(
                Paragraph(cell.text.replace("\n", " "), cell.line, cell.page or grid.page, grid.sheet, box=cell.box)
            )
        grid.take_first_row()
    return lead


def _only_caption(cells: list[Cell]) -> bool:
    """Whether every cell is a caption word of its own (unit line, name of the body, year, table code)."""
    for cell in cells:
        text = squeeze(fold_width(cell.text))
        if not text or re.fullmatch(r"[(（]?(?:19|20)\d{2}年?度?[)）]?", text):
            continue
        if not read_line(Caption(), text, None) and not looks_like_title(text):
            return False
        if len(text) > 60:
            return False
        if re.match(r"^(?:项目|预算单位|主管部门|实施单位|单位名称|部门名称|填报单位)$", text):
            return False
    return True


def _continuation_row(previous: WholeTable, grid: Grid, between: list[Paragraph], lead: list[Paragraph]) -> int | None:
    """The row from which ``grid`` continues ``previous`` (a repeated header is left out), or None for a new table."""
    real = [paragraph for paragraph in between if not _is_page_number(paragraph)]
    if _are_bare_rows(previous.grid, grid, real):
        return 0
    captions = real + lead
    if captions and not _same_caption(previous, captions):
        return None
    header = 0
    while (
        header < min(len(grid), 8)
        and is_header_like(grid, header)
        and not _is_bare_label(grid, header)
        and not _are_bare_labels(previous.grid, grid, header)
    ):
        header += 1
    if header:
        own = header_signature(grid, range(header))
        for start in range(min(4, len(previous.grid))):
            if header_signature(previous.grid, range(start, min(start + header, len(previous.grid)))) == own:
                return _repeated_to(previous.grid, start, grid, header)
        first = set(header_signature(grid, range(1)))
        if (
            first
            and first <= set(header_signature(previous.grid, range(min(6, len(previous.grid)))))
            and len(first) >= 2
        ):
            return header
        if captions:
            return None
        return 0 if is_torn_head(previous.grid, grid) or _both_performance(previous.grid, grid) else None
    if captions:
        alike = grid.column_count == previous.grid.column_count or _same_extent(previous.grid, grid)
        return 0 if alike and not _opens_form(grid) else None
    same_page_gap = grid.has_spans and grid.page is not None and grid.page == _last_page(previous.grid)
    if same_page_gap and grid.column_count != previous.grid.column_count:
        return None
    return 0


def _repeated_to(previous: Grid, start: int, grid: Grid, header: int) -> int:
    """End of a repeated header: rows of words the dictionaries do not know are of it too, where they are the same."""
    while header < min(len(grid) - 1, 8) and start + header < len(previous):
        own = header_signature(grid, range(header, header + 1))
        if len(own) < 3 or own != header_signature(previous, range(start + header, start + header + 1)):
            break
        header += 1
    return header


def _is_bare_label(grid: Grid, row: int) -> bool:
    """Whether a row is the label of a line without amounts (四、其他收入), though the word heads columns elsewhere."""
    cells = grid.cells(row)
    return len(cells) == 1 and (has_ordinal(cells[0].text) or (grid.has_spans and cells[0].column_span == 1))


def _are_bare_labels(previous: Grid, grid: Grid, row: int) -> bool:
    """Whether a row labels blank amounts on both sides (上年结转 … 结转下年), though its words head columns elsewhere.

    Every word stands where the piece above has labels and never a number; a header names the amounts too, or spans
    them.
    """
    cells = grid.cells(row)
    if not (grid.has_spans and previous.has_spans and grid.column_count == previous.column_count and len(cells) > 1):
        return False
    numeric = {cell.column for line in previous.rows for cell in line if cell and whole_number(cell.text) is not None}
    labelled = {cell.column for cell in cells}
    own = {cell.column for line in grid.rows for cell in line if cell and whole_number(cell.text) is not None}
    return bool(numeric & own) and not labelled & numeric and all(cell.column_span == 1 for cell in cells)


def _same_extent(previous: Grid, grid: Grid) -> bool:
    """Whether both pieces reach from the same left to the same right edge of their pages.

    Columns that are merged in every row of a page count as one there, so that the number of columns differs.
    """
    edges = []
    for part in (previous, grid):
        boxes = [cell.box for row in part.rows for cell in row if cell is not None and cell.box is not None]
        if not boxes:
            return False
        edges.append((min(box.x0 for box in boxes), max(box.x1 for box in boxes)))
    return all(abs(one - other) <= 3 for one, other in zip(*edges, strict=True))


def _parts_columns(previous: Grid, grid: Grid) -> bool:
    """Whether columns that were merged in every row of the first page part on the next."""
    has_more = grid.has_spans and previous.has_spans and grid.column_count > previous.column_count
    return has_more and _same_extent(previous, grid)


def _are_bare_rows(previous: Grid, grid: Grid, between: list[Paragraph]) -> bool:
    """Whether lines between two pieces of text table are rows whose empty cells at the line's end were trimmed.

    They follow the table and are followed by its rest without a blank line, and are no caption or note.
    """
    if not 1 <= len(between) <= 6 or grid.has_spans or grid.line is None or is_header_like(grid, 0):
        return False
    above = _last_line(previous)
    lines = [above, *(paragraph.line or 0 for paragraph in between), grid.line]
    if not above or any(after - before != 1 for before, after in pairwise(lines)):
        return False
    return not any(
        len(squeeze(paragraph.text)) > 40
        or is_note(paragraph.text)
        or match_statements(paragraph.text)
        or read_line(Caption(), paragraph.text, None)
        for paragraph in between
    )


def _ends_label(previous: Grid, paragraph: Paragraph) -> bool:
    """Whether a line below a piece of table is the end of its last label: both together are a subject's or line's."""
    if previous.has_spans or len(previous) == 0:
        return False
    last = next(iter(previous.cells(len(previous) - 1)), None)
    if last is None or not 2 <= len(squeeze(paragraph.text)) <= 20:
        return False
    glued = split_glued_code(last.text + paragraph.text)
    name = glued[1] if glued else last.text + paragraph.text
    if (key := label_key(name)) in functional_names() or key in economic_names():
        is_whole = label_key(paragraph.text) in functional_names()
        return not is_whole or (glued is not None and glued[0] in functional_names().get(key, ()))
    # 二、政府性基金预算 over 财政拨款: a line of the statement, which a total below it would not end
    return has_ordinal(name) and is_line_label(name) and not has_ordinal(paragraph.text)


def _take_end(grid: Grid, below: list[Paragraph]) -> None:
    """Take the line directly below a table into it where it is the end of its last label."""
    if below and below[0].line is not None and below[0].line == _last_line(grid) + 1 and _ends_label(grid, below[0]):
        grid.append(Grid.of(_line_as_row(below.pop(0))), 0)


def _last_line(grid: Grid) -> int:
    return max((cell.line or 0 for row in grid.rows for cell in row if cell is not None), default=0)


def _line_as_row(paragraph: Paragraph) -> Table:
    return Table((Cell(paragraph.text, 0, 0, line=paragraph.line, page=paragraph.page),), 1, 1, paragraph.line)


def _last_page(grid: Grid) -> int | None:
    for row in reversed(grid.rows):
        for cell in row:
            if cell is not None and cell.page is not None:
                return cell.page
    return grid.page


def _same_caption(previous: WholeTable, captions: list[Paragraph]) -> bool:
    """Whether lines between two tables only repeat the caption of the first (print titles on every page).

    A list of contents above the first table names the titles of the next ones too: it is no caption.
    """
    near = _near(previous.preceding, previous.grid.page)[-_CAPTION_LINES:]
    known = {title_key(paragraph.text) for paragraph in near} | {title_key(previous.caption.title or "")}
    known |= {title_key(cell.text) for row, _ in previous.grid.lead for cell in row if cell is not None}
    known.add("")
    return all(title_key(_CONTINUED.sub("", fold_width(paragraph.text))) in known for paragraph in captions)


def _running_heads(blocks: Sequence[Paragraph | Table]) -> frozenset[str]:
    """Short lines printed at the top of most pages of a paged document; they belong to no table.

    The name of a statement never is one: performance sheets bear the same title page after page.
    """
    tops: dict[str, set[int]] = {}
    pages: set[int] = set()
    for block in blocks:
        if block.page is None or block.page in pages:
            continue
        pages.add(block.page)
        if isinstance(block, Paragraph) and len(block.text) <= 60 and not match_statements(block.text):
            tops.setdefault(squeeze(block.text), set()).add(block.page)
    return frozenset(text for text, on in tops.items() if len(on) >= 3 and len(on) >= 0.6 * len(pages))


def _opens_form(grid: Grid) -> bool:
    """Whether the first rows are the head of a form (项目名称 …): a new sheet, however alike its title is."""
    words = {label_key(cell.text) for row in range(min(2, len(grid))) for cell in grid.cells(row)[:1]}
    return bool(words & _FORM_HEADS)


def _both_performance(first: Grid, second: Grid) -> bool:
    def speaks(grid: Grid) -> bool:
        return any(
            _PERFORMANCE_WORDS.search(squeeze(cell.text))
            for row in range(min(12, len(grid)))
            for cell in grid.cells(row)
        )

    return speaks(first) and speaks(second)


def _split_shared_row(grid: Grid) -> None:
    """Take apart a row that ends the header on one side and holds the total on the other.

    Some forms print 类 款 项 beside the 合计 row, or 合计 基本支出 项目支出 under 本年支出 beside it. The words stay in
    a header row of their own; the total with its numbers becomes the first row of the body.
    """
    for row in range(1, min(len(grid), 6)):
        cells = grid.cells(row)
        if any(is_subject_code(cell.text) for cell in cells):
            return
        numbers = {cell.column for cell in cells if whole_number(cell.text) is not None}
        label = next((cell for cell in cells if _labels_total(grid, row, cell, cells)), None)
        if label is None:
            if numbers and not is_marker_row(grid, row):
                return
            continue
        words = [
            cell for cell in cells if cell.column not in numbers and cell is not label and not is_nothing(cell.text)
        ]
        kinds = {term.kind for cell in words for term in header_terms_of(cell.text)[:1]}
        levels = {plain_key(cell.text) for cell in words} & {"类", "款", "项"}
        if len(words) < 2 or not all(header_terms_of(cell.text) for cell in words):
            return
        if not levels and not (numbers and "amount" in kinds):
            return
        grid.split(row, {cell.column for cell in words})
        return


def _labels_total(grid: Grid, row: int, cell: Cell, cells: list[Cell]) -> bool:
    """Whether a 合计 stands where labels stand: first or behind 类 款 项, and under no word of amounts."""
    if plain_key(cell.text) not in ("合计", "总计"):
        return False
    if any(plain_key(other.text) not in ("类", "款", "项") for other in cells if other.column < cell.column):
        return False
    above = {term.kind for upper in range(row) for term in header_terms_of(grid.owner_text(upper, cell.column))[:1]}
    return "amount" not in above


def _on_columns_of(previous: Grid, grid: Grid, first_row: int) -> Grid:
    """``grid`` with its cells put on the columns of ``previous`` by their place on the page, where both are known.

    A cell takes the columns whose outer edges it shares: a code printed in one wide cell on a later page spans the
    类 款 项 columns of the first.
    """
    if grid.column_count == previous.column_count:
        return grid
    left: dict[int, float] = {}
    right: dict[int, float] = {}
    for row in previous.rows:
        for cell in row:
            if cell is not None and cell.box is not None:
                last = cell.column + cell.column_span - 1
                if previous.has_spans:
                    left.setdefault(cell.column, cell.box.x0)
                    right.setdefault(last, cell.box.x1)
                elif cell.column_span == 1:
                    left[last] = min(left.get(last, cell.box.x0), cell.box.x0)
                    right[last] = max(right.get(last, cell.box.x1), cell.box.x1)
    if len(left) < 2 or len(right) < 2:
        return grid
    width = previous.column_count
    rows: list[list[Cell | None]] = []
    for row in grid.rows:
        target: list[Cell | None] = [None] * width
        for cell in row:
            if cell is None:
                continue
            if cell.box is None:
                return grid
            if previous.has_spans:
                start = min(left, key=lambda column, x=cell.box.x0: abs(left[column] - x))
                end = min(right, key=lambda column, x=cell.box.x1: abs(right[column] - x))
            else:
                # Without rulings a box is that of the text: the column is the one it stands over.
                x0, x1 = cell.box.x0, cell.box.x1
                start = end = max(left, key=lambda column, x0=x0, x1=x1: min(right[column], x1) - max(left[column], x0))
            if target[start] is not None:
                return grid
            target[start] = cell._replace(column=start, column_span=max(1, end - start + 1))
        rows.append(target)
    covered = [list(row) for row in rows]
    moved = {
        id(old): new
        for row, target in zip(grid.rows, rows, strict=True)
        for old, new in zip(filter(None, row), filter(None, target), strict=True)
    }
    for line, reached in zip(covered, grid.covered, strict=True):
        for cell in [moved[key] for key in dict.fromkeys(map(id, filter(None, reached))) if key in moved]:
            for column in range(cell.column, min(cell.column + cell.column_span, width)):
                line[column] = line[column] or cell
    return replace(grid, rows=rows, covered=covered, column_count=width)


def _near(between: list[Paragraph], page: int | None) -> list[Paragraph]:
    """The lines that can head a table: those of its own page where there are any, contents lists never.

    A title that is the last line of the page before, alone there, heads the lines at the top of the table's page.
    """
    own = [paragraph for paragraph in between if paragraph.page == page]
    if page is None or not own:
        return between
    above = [paragraph for paragraph in between if paragraph.page == page - 1 and not _is_page_number(paragraph)]
    if above and _names_statement(above[-1]) and not any(map(_names_statement, (*above[-2:-1], *own))):
        return [above[-1], *own]
    return own


def _is_page_number(paragraph: Paragraph) -> bool:
    return bool(_PAGE_NUMBER.match(fold_width(paragraph.text).strip()))


def _names_statement(paragraph: Paragraph) -> bool:
    return looks_like_title(paragraph.text) and bool(match_statements(paragraph.text))


def _caption(between: list[Paragraph], lead: list[Paragraph]) -> Caption:
    """The caption of a table from the lines before it, nearest first, and from rows its grid had swallowed."""
    caption = Caption()
    lines = between[-LOOK_BACK:] + lead
    pending_unit: str | None = None
    other_title: tuple[str, Paragraph] | None = None
    for paragraph in reversed(lines):
        text = paragraph.text.strip()
        compact = squeeze(fold_width(text))
        if not compact:
            continue
        if caption.unit is None and compact in ("万元", "元", "亿元", "千元"):
            pending_unit = compact
            continue
        if is_note(text) and not re.search(r"单位[:：]", compact):
            break
        if pending_unit and caption.unit is None and re.search(r"单位[:：]$", compact):
            caption.unit = pending_unit
        bare = strip_caption_parts(text)
        titled = (
            len(compact) <= 90
            and not is_contents_line(text)
            and (looks_like_title(bare) or looks_like_title(_first_words(bare)))
        )
        matches = match_statements(bare) if titled else ()
        if matches and caption.title is not None:
            break
        taken = read_line(caption, text, paragraph.line)
        if matches:
            caption.title, caption.title_paragraph, caption.statement_matches = bare, paragraph, matches
        elif titled and not taken and other_title is None:
            other_title = (bare, paragraph)
        elif not taken and (len(compact) > 60 or caption.title is not None or "。" in compact):
            break
        caption.scope = caption.scope or scope_of_line(text)
    if caption.title is None and other_title is not None:
        caption.title, caption.title_paragraph = other_title
    caption.unit = caption.unit or pending_unit
    return caption


def _first_words(text: str) -> str:
    """What stands before the first wide gap of a line: the title, where unit and body share its line."""
    return re.split(r"\s{2,}|　", text)[0]
