"""Paragraphs from lines, page numbers set aside, running heads known by their repetition."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass

from ingest.readers.pdf_lines import Line, first_token_width

# The same dashes on both sides: one before a number and none behind it is a sign, an amount and no page number.
_PAGE_NUMBER = re.compile(
    r"([-—–―·~]{0,3})\s{0,3}(?:第\s{0,3})?\d{1,3}(?:\s{0,3}页)?\s{0,3}\1"
    r"|(?:第\s{0,3})?\d{1,4}\s{0,3}页?\s{0,3}[,，/／、]\s{0,3}(?:共\s{0,3})?\d{1,4}(?:\s{0,3}页)?"
    r"|第\s{0,3}\d{1,4}\s{0,3}页\s{0,3}共\s{0,3}\d{1,4}\s{0,3}页"
    r"|[-—–―]{0,3}\s{0,2}[IVXivx]{1,5}\s{0,2}[-—–―]{0,3}"
)
_LIST_HEAD = re.compile(
    r"[（(]?[一二三四五六七八九十百]{1,4}[)）、.．]|[（(]\d{1,3}[)）]|\d{1,3}[、)）．]|\d{1,3}[.](?!\d)|[①-⑳]|第[一二三四五六七八九十]{1,3}[部章节条]"
)
_INDENT = 0.9
"""A line that begins further right than this, in em, begins a paragraph."""
_EDGE = 0.12
"""Share of the page's height at top and bottom where page numbers and running heads stand."""
_TEXT_WIDTH = 0.75
"""Running text is at least this share as wide as the tables of its page."""
_MAX_PITCH = 2.7
"""Largest distance of lines in one paragraph, in em."""
_SAME_PITCH = 1.3
"""Lines of one paragraph are no further apart than this times the usual distance."""
_LOOSE_ROOM = 5.0
"""Room in em a line may leave at the right and still go on, when it does not end like a sentence."""
_CENTERED = 0.6
_SENTENCE_ENDS = "。；：！？.;:!?"
_SAME_SIZE = 0.15


@dataclass(slots=True)
class DraftParagraph:
    """Lines that make one paragraph, in reading space of one page (or of the page it began on)."""

    lines: list[Line]
    page_right: float
    page_left: float
    is_running_head: bool = False

    @property
    def text(self) -> str:
        parts = [self.lines[0].text]
        for last, line in zip(self.lines, self.lines[1:], strict=False):
            # Words of Latin letters lose their blank at the end of a line; Chinese has none to lose.
            latin = (
                last.text[-1].isascii()
                and last.text[-1].isalpha()
                and line.text[0].isascii()
                and line.text[0].isalpha()
            )
            parts.append(" " + line.text if latin else line.text)
        return "".join(parts)

    @property
    def box(self) -> tuple[float, float, float, float]:
        return (
            min([line.x0 for line in self.lines]),
            min([line.top for line in self.lines]),
            max([line.x1 for line in self.lines]),
            max([line.bottom for line in self.lines]),
        )


def set_aside_page_numbers(lines: list[Line], height: float) -> tuple[list[Line], int]:
    """Drop lines at the page's edge that are nothing but a page number; return the rest and how many went."""
    kept = [
        line
        for line in lines
        if _EDGE * height < line.base < (1 - _EDGE) * height or not _PAGE_NUMBER.fullmatch(line.text.strip())
    ]
    return kept, len(lines) - len(kept)


def build_paragraphs(lines: list[Line], barriers: list[float], table_right: float = 0.0) -> list[DraftParagraph]:
    """Join lines into paragraphs. ``barriers`` are tops of tables: no paragraph runs across one.

    ``table_right`` is the right edge of the page's tables: where hardly any line is full, it shows the margin.
    """
    if not lines:
        return []
    left, right = _margins(lines, table_right)
    usual = _usual_pitch(lines, right)
    paragraphs: list[DraftParagraph] = []
    for line in lines:
        if paragraphs:
            last = paragraphs[-1]
            above = last.lines[-1]
            if (
                not any(above.base < barrier < line.base for barrier in barriers)
                and _is_next_line(last, line, usual)
                and continues(last, line)
            ):
                last.lines.append(line)
                continue
        paragraphs.append(DraftParagraph([line], right, left))
    return paragraphs


def _margins(lines: list[Line], table_right: float) -> tuple[float, float]:
    """Left and right edge of the text: the right edge that several long lines reach, else the furthest."""
    left = min(line.x0 for line in lines)
    ends = sorted((line.x1 for line in lines), reverse=True)
    em = lines[0].em
    for index, end in enumerate(ends):
        if 2 * (end - left) < ends[0] - left or end - left < _TEXT_WIDTH * (table_right - left):
            break  # captions under a note: that two of them end alike says nothing
        if sum(other >= end - 1.2 * em for other in ends[index:]) >= 2:
            return left, end
    return left, max(ends[0], table_right)


def _usual_pitch(lines: list[Line], right: float) -> float | None:
    """Distance from a full line to the next, as most of the page's lines have it; None where none is full."""
    pitches = sorted(
        line.base - above.base
        for above, line in itertools.pairwise(lines)
        if right - above.x1 < 3 * above.em and line.base - above.base > 0.6 * line.em
    )
    return pitches[len(pitches) // 3] if pitches else None


def _is_next_line(paragraph: DraftParagraph, line: Line, usual: float | None) -> bool:
    """True where the line stands below the paragraph's last one at the distance its lines have."""
    above = paragraph.lines[-1]
    pitch = line.base - above.base
    if pitch > _MAX_PITCH * max(line.em, above.em) or pitch < 0.6 * min(line.em, above.em):
        return False
    if len(paragraph.lines) > 1:
        return pitch <= _SAME_PITCH * (above.base - paragraph.lines[-2].base)
    return usual is None or pitch <= _SAME_PITCH * usual


def continues(paragraph: DraftParagraph, line: Line, right: float | None = None, left: float | None = None) -> bool:
    """True where ``line`` goes on with the paragraph: its last line is full and the new one is not indented.

    ``right`` and ``left`` are the margins where the line stands on the next page.
    """
    above = paragraph.lines[-1]
    right_edge = paragraph.page_right
    left_edge = paragraph.page_left if left is None else left
    em = max(above.em, 1.0)
    if abs(line.em - above.em) > _SAME_SIZE * above.em or line.runs[0].turn or above.runs[0].turn:
        return False
    if "  " in above.text or "  " in line.text:  # statements set apart on one line are no running text
        return False
    room = right_edge - above.x1
    width = above.x1 - above.x0
    is_whole = above.text[-1] in _SENTENCE_ENDS
    loose = _LOOSE_ROOM * em if not is_whole and width > 0.6 * (right_edge - paragraph.page_left) else 0.0
    if room > max(1.7 * em, first_token_width(line) + 0.4 * em, loose):
        return False
    if (width < 12 * em and len(paragraph.lines) == 1) or _LIST_HEAD.match(line.text):
        return False
    first_x0 = paragraph.lines[0].x0
    if len(paragraph.lines) > 1 and right is None:
        return line.x0 <= above.x0 + _INDENT * em
    is_centered = abs(line.x0 + line.x1 - above.x0 - above.x1) < _CENTERED * em
    if room > em and is_centered and line.x0 > left_edge + 0.5 * em and abs(line.x0 - above.x0) > 0.5 * em:
        return False
    if first_x0 > left_edge + _INDENT * em:
        return line.x0 <= first_x0 - _INDENT * em or line.x0 <= left_edge + _INDENT * em
    return line.x0 <= left_edge + _INDENT * em and not (above.text[-1] in "。：" and room > 0.6 * em)


def mark_running_heads(pages: list[list[DraftParagraph]], heights: list[float]) -> None:
    """Mark one-line paragraphs that stand at the same edge of three pages or more with the same words."""
    seen: dict[tuple[str, bool], list[DraftParagraph]] = {}
    for paragraphs, height in zip(pages, heights, strict=True):
        for paragraph in paragraphs:
            line = paragraph.lines[0]
            at_top, at_bottom = line.base < _EDGE * height, line.base > (1 - _EDGE) * height
            if len(paragraph.lines) == 1 and (at_top or at_bottom):
                key = re.sub(r"\d+", "0", line.text.replace(" ", ""))
                seen.setdefault((key, at_top), []).append(paragraph)
    for group in seen.values():
        if len(group) >= 3:
            for paragraph in group:
                paragraph.is_running_head = True
