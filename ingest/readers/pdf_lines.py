"""Lines of text from runs: what stands on one baseline, from left to right, with modest blanks."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

from ingest.readers.pdf_characters import Glyph, Run

_SAME_LINE = 0.5
"""Baselines closer than this share of an em are one line: digits often sit a little off the Chinese baseline."""
_WIDE_GAP = 2.5
"""Gap, in em, from which running text shows two blanks: two separate statements on one line."""
_OPENING = "（《“‘【(["
_CLOSING = "，。、；：？！）》”’】％,.;:?!)%"


@dataclass(slots=True)
class Line:
    """One line of text with its place, points in reading space."""

    text: str
    runs: list[Run]
    x0: float
    x1: float
    top: float
    bottom: float
    base: float
    em: float
    doubled: int = 0
    """Characters left out because they were printed twice."""


def build_lines(runs: list[Run], wide: bool = False) -> list[Line]:
    """Group runs into lines from top to bottom.

    ``wide`` shows gaps of several em as two blanks (running text); in a cell they are letter-spacing: one blank.
    """
    lines: list[Line] = []
    group: list[Run] = []
    for run in sorted(runs, key=lambda run: run.base):
        if run.turn:
            lines.append(_line([run], wide))
        elif group and run.base - group[0].base > _SAME_LINE * min(run.em, group[0].em):
            lines.append(_line(group, wide))
            group = [run]
        else:
            group.append(run)
    if group:
        lines.append(_line(group, wide))
    if len(lines) > 1:
        lines.sort(key=lambda line: (line.base, line.x0))
    return lines


def _line(runs: list[Run], wide: bool) -> Line:
    doubled = 0
    if len(runs) > 1:
        runs.sort(key=lambda run: run.x0)
        runs, doubled = _once(runs)
    text = run_text(runs[0]) if len(runs) == 1 else _joined(runs, wide)
    return Line(
        text,
        runs,
        min([run.x0 for run in runs]),
        max([run.x1 for run in runs]),
        min([run.top for run in runs]),
        max([run.bottom for run in runs]),
        runs[0].base,
        runs[0].em if len(runs) == 1 else max(runs, key=lambda run: len(run.glyphs)).em,
        doubled,
    )


def _once(runs: list[Run]) -> tuple[list[Run], int]:
    """Drop characters printed a second time over the same character (bold made by printing twice)."""
    kept: list[Run] = []
    doubled = 0
    for run in runs:
        over = [other for other in kept if other.x1 > run.x0 + 0.3 * run.em and other.x0 < run.x1]
        if over and not run.turn:
            printed = [glyph for other in over for glyph in other.glyphs]
            fresh = [glyph for glyph in run.glyphs if not any(_same_place(glyph, old) for old in printed)]
            if len(fresh) < len(run.glyphs):
                doubled += len(run.glyphs) - len(fresh)
                if not fresh:
                    continue
                run = Run(fresh, fresh[0].x0, fresh[-1].x1, run.top, run.bottom, run.base, run.em, run.turn)
        kept.append(run)
    kept.sort(key=lambda run: run.x0)
    return kept, doubled


def _same_place(one: Glyph, other: Glyph) -> bool:
    width = max(other.x1 - other.x0, 0.1)
    return one.ch == other.ch and abs(one.x0 - other.x0) < 0.3 * width and abs(one.base - other.base) < 0.3 * other.em


def run_text(run: Run) -> str:
    """Text of a run, with blanks that were printed inside it."""
    glyphs = run.glyphs
    if not any(glyph.spaced for glyph in glyphs[1:]):
        return "".join([glyph.ch for glyph in glyphs])
    parts = [glyphs[0].ch]
    for last, glyph in itertools.pairwise(glyphs):
        if glyph.spaced:
            parts.append(_blank(last, glyph, glyph.x0 - last.x1, min(last.em, glyph.em), False))
        parts.append(glyph.ch)
    return "".join(parts)


def _joined(runs: list[Run], wide: bool) -> str:
    spread = len(runs) >= 3 and _is_letter_spaced(runs)
    parts = [run_text(runs[0])]
    for last, run in itertools.pairwise(runs):
        if not spread:
            end, start = last.glyphs[-1], run.glyphs[0]
            parts.append(_blank(end, start, run.x0 - last.x1, min(end.em, start.em), wide))
        parts.append(run_text(run))
    return "".join(parts)


def _is_letter_spaced(runs: list[Run]) -> bool:
    """True for a word of three or more Chinese characters set apart evenly (分散对齐)."""
    if any(len(run.glyphs) > 1 or not is_ideographic(run.glyphs[0].ch) for run in runs):
        return False
    gaps = [run.x0 - last.x1 for last, run in itertools.pairwise(runs)]
    em = runs[0].em
    mean = sum(gaps) / len(gaps)
    return mean < 3 * em and max(gaps) - min(gaps) <= 0.3 * mean + 0.12 * em


def _blank(last: Glyph, glyph: Glyph, gap: float, em: float, wide: bool) -> str:
    """The blank to show between two characters: decided by the gap, a printed blank only lowers the bar."""
    share = gap / em
    if wide and share > _WIDE_GAP:
        return "  "
    chinese = is_ideographic(last.ch) + is_ideographic(glyph.ch)
    if chinese == 2:
        bar = 0.2 if glyph.spaced else 0.5
    elif chinese == 1:
        bar = 0.35 if glyph.spaced else 0.6
    elif last.ch.isdigit() and glyph.ch.isdigit():
        bar = 0.12 if glyph.spaced else 0.35
    else:
        bar = 0.08 if glyph.spaced else 0.3
    return " " if share > bar else ""


def is_ideographic(ch: str) -> bool:
    """True for Chinese characters and full-width signs, which fill a square."""
    return ch >= "\u2e80" or ch in "“”‘’…—·"


def first_token_width(line: Line) -> float:
    """Width of what could not be broken off the line's beginning.

    That is a character with its brackets and comma, a word, or a number with the character of its unit.
    """
    glyphs = [glyph for run in line.runs for glyph in run.glyphs]
    end = 0
    while end < len(glyphs) - 1 and glyphs[end].ch in _OPENING:
        end += 1
    while end < len(glyphs) - 1 and not is_ideographic(glyphs[end].ch):
        end += 1
    end += 1
    while end < len(glyphs) and glyphs[end].ch in _CLOSING:
        end += 1
    return glyphs[end - 1].x1 - glyphs[0].x0
