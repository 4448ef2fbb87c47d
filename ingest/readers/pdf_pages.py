"""One page: text and rulings → tables and paragraphs in reading order."""

from __future__ import annotations

from dataclasses import dataclass, field

from ingest.readers.limits import ReaderLimits
from ingest.readers.pdf_cells import OVERPRINT, place_runs
from ingest.readers.pdf_characters import PageText, Run, read_text
from ingest.readers.pdf_columns import find_column_tables
from ingest.readers.pdf_grid import find_grids, join_lines
from ingest.readers.pdf_library import Frame, Page
from ingest.readers.pdf_lines import Line, build_lines
from ingest.readers.pdf_paragraphs import DraftParagraph, build_paragraphs, set_aside_page_numbers
from ingest.readers.pdf_rulings import Rectangle, Rulings, read_rulings
from ingest.readers.pdf_tables import DraftTable, build_table

_THIN = 0.3
_THIN_POINTS = 2.6
_THIN_MOST = 0.8
"""A rectangle is a ruling up to 0.3 em of thickness; up to 2.6 points (a border of 2¼ points) round small type, but
never up to the height of a line of type."""
_SCAN_AREA = 0.5
"""A page covered by pictures to this share, with hardly any text, is a scan."""
_SLANTED = 9
"""The turn of a run that is neither level nor upright (see ``Run.turn``)."""
_LAPS = 0.3
"""Type lies over other type where they share so much of their width, in em."""
_SCAN_CHARACTERS = 30
_BARE_CHARACTERS = 10
_OUTLINE_CURVES = 300
"""A page with this many curves and no text was converted to outlines."""
_UNMAPPED_SHARE = 0.25
_UNMAPPED_WORDS = 6
"""Unknown characters inside words and numbers from which a page is not read from its text: its figures are unknown."""


@dataclass(slots=True)
class PageDraft:
    """What one page holds, before pages are brought together."""

    number: int
    frame: Frame
    blocks: list[DraftTable | DraftParagraph] = field(default_factory=list)
    fingerprint: int = 0
    """Equal for pages that print the same characters at the same places; 0 for a page without text."""
    is_picture: bool = False
    """The page's text, or nearly all of it, is a picture or an outline."""
    has_picture: bool = False
    """A large picture with hardly any text over it stands on a page that has text beside it."""
    is_recognised: bool = False
    """The text is an invisible layer over a scan: what somebody's recogniser made of it."""
    is_unmapped: bool = False
    """The fonts do not say which characters they print."""
    is_cut: bool = False
    """Too much is drawn on the page; its rulings were not all looked at."""
    page_numbers: int = 0
    doubled: int = 0
    off_page: int = 0
    glyphs: int = 0


def read_page(page: Page, limits: ReaderLimits) -> PageDraft | None:
    """Read one page; None where it holds more characters than the limit allows."""
    text = read_text(page, limits.max_page_characters)
    if text is None:
        return None
    rulings = read_rulings(page, text.frame, _thin(text.em), limits.max_page_objects)
    draft = PageDraft(page.number, text.frame, doubled=text.doubled, off_page=text.off_page, glyphs=text.glyph_count)
    draft.is_picture = _is_picture(text, rulings)
    draft.is_unmapped = text.unmapped_words >= _UNMAPPED_WORDS or (
        text.unmapped > _UNMAPPED_SHARE * max(text.glyph_count, 1) and text.unmapped >= 10
    )
    draft.has_picture = not draft.is_picture and any(_is_bare(box, text.runs) for box in rulings.pictures)
    draft.is_recognised = text.invisible * 2 > text.glyph_count and rulings.image_area >= _SCAN_AREA
    draft.is_cut = rulings.is_cut
    # Where most text is without ink, it stands for what is drawn there as a picture or as outlines.
    if 0 < text.invisible * 2 <= text.glyph_count:
        seen = [run for run in text.runs if not run.is_inkless or _is_over(run, rulings.pictures)]
        draft.off_page += sum(len(run.glyphs) for run in text.runs) - sum(len(run.glyphs) for run in seen)
        text.runs = seen
    if not text.runs:
        return draft
    draft.fingerprint = _fingerprint(text.runs)
    lines = join_lines(rulings, text.em, text.runs)
    draft.is_cut |= lines.is_cut
    grids = find_grids(lines, text.em)
    placed, free, hidden = place_runs(text.runs, grids, text.em)
    draft.off_page += sum(len(run.glyphs) for run in hidden)
    tables: list[DraftTable] = []
    for index, grid in enumerate(grids):
        table, left_over = build_table(index, grid, placed)
        free.extend(left_over)
        if table is not None:
            tables.append(table)
    # A watermark or the words of a seal across a table would cut it in two, or become part of its labels.
    over = [run for run in free if run.turn == _SLANTED or (run.em > OVERPRINT * text.em and _is_over_text(run, free))]
    apart = {id(run) for run in over}
    level = build_lines([run for run in free if id(run) not in apart], wide=True)
    free_lines, draft.page_numbers = set_aside_page_numbers(level, text.frame.height)
    found, free_lines = find_column_tables(free_lines, lines.horizontals, text.em)
    free_lines = sorted([*free_lines, *build_lines(over)], key=lambda line: (line.base, line.x0))
    tables.extend(found)
    table_right = max([table.box[2] for table in tables], default=0.0)
    paragraphs = build_paragraphs(free_lines, [table.box[1] for table in tables], table_right)
    draft.doubled += sum(line.doubled for line in _all_lines(tables, paragraphs))
    draft.blocks = sorted([*tables, *paragraphs], key=lambda block: (block.box[1], block.box[0]))
    return draft


def _thin(em: float) -> float:
    """Thickness in points up to which a rectangle is a ruling."""
    return min(max(_THIN * em, min(_THIN_POINTS, _THIN_MOST * em)), 4.0)


def _all_lines(tables: list[DraftTable], paragraphs: list[DraftParagraph]) -> list[Line]:
    lines = [line for table in tables for cell in table.cells for line in cell.lines]
    return lines + [line for paragraph in paragraphs for line in paragraph.lines]


def _is_picture(text: PageText, rulings: Rulings) -> bool:
    if text.glyph_count < _SCAN_CHARACTERS and rulings.image_area >= _SCAN_AREA:
        return True
    return text.glyph_count == 0 and (rulings.image_area > 0.02 or rulings.curve_count >= _OUTLINE_CURVES)


def _is_bare(box: Rectangle, runs: list[Run]) -> bool:
    """True for a picture without text printed over it (a background has text over it)."""
    x0, top, x1, bottom = box
    over = sum(len(run.glyphs) for run in runs if x0 < (run.x0 + run.x1) / 2 < x1 and top < run.center < bottom)
    return over < _BARE_CHARACTERS


def _is_over_text(run: Run, others: list[Run]) -> bool:
    """True for large type printed over smaller type: no line of its own."""
    return any(
        other.em * OVERPRINT < run.em
        and run.top < other.center < run.bottom
        and min(other.x1, run.x1) - max(other.x0, run.x0) > _LAPS * other.em
        for other in others
    )


def _is_over(run: Run, pictures: list[Rectangle]) -> bool:
    middle = (run.x0 + run.x1) / 2
    return any(x0 < middle < x1 and top < run.center < bottom for x0, top, x1, bottom in pictures)


def _fingerprint(runs: list[Run]) -> int:
    return hash(tuple([(run.text, round(run.x0, 1), round(run.base, 1)) for run in runs])) or 1
