"""Charts drawn once as SVG, without script: bars by year, side by side or stacked (图表).

A chart is a picture for those who see it; its figures stand in a table below it, for everybody and for downloads.
Fractions are binary here and nowhere else: they only say where a bar is drawn.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from markupsafe import Markup, escape

from gongkai.site_text import wan

_WIDTH, _HEIGHT = 480, 250
_LEFT, _RIGHT, _TOP, _BOTTOM = 58, 8, 30, 26
_LARGE = 1_000_000_000
"""Yuan from which an axis counts in 亿元."""
_MOST_SERIES = 7
"""Colours that can be told apart; the rest are shown together."""


@dataclass(frozen=True, slots=True)
class Series:
    """One colour of a chart."""

    name_zh: str
    name_en: str
    values: tuple[Decimal | None, ...]
    """Yuan, one per label; None is not printed."""
    colour: int
    """Class ``s<colour>`` of the style sheet."""


@dataclass(frozen=True, slots=True)
class Chart:
    """Everything a template needs to show a chart."""

    key: str
    title_zh: str
    title_en: str
    picture: Markup
    legend: tuple[Series, ...]
    labels: tuple[str, ...]
    series: tuple[Series, ...]
    """All series, for the table; the picture may join the small ones."""
    note_zh: str = ""
    note_en: str = ""


def chart(
    key: str, title: tuple[str, str], labels: Sequence[str], series: Sequence[Series], *, stacked: bool = False,
    note: tuple[str, str] = ("", ""),
) -> Chart | None:  # fmt: skip
    """A chart of yuan by label, or None where there is nothing to show."""
    held = [one for one in series if any(value is not None for value in one.values)]
    if not held or not labels:
        return None
    shown = _joined(held) if stacked else tuple(held)
    name = f"{title[0]} / {title[1]}"
    picture = _drawn(name, labels, shown, stacked=stacked)
    return Chart(key, title[0], title[1], picture, shown, tuple(labels), tuple(held), note[0], note[1])


def _joined(series: Sequence[Series]) -> tuple[Series, ...]:
    """The largest series in order, and all others as one."""
    ranked = sorted(series, key=lambda one: -sum(abs(value) for value in one.values if value is not None))
    ranked = [one for one in ranked if any(one.values)] or ranked[:1]
    if len(ranked) <= _MOST_SERIES:
        kept, rest = ranked, []
    else:
        kept, rest = ranked[: _MOST_SERIES - 1], ranked[_MOST_SERIES - 1 :]
    made = [Series(one.name_zh, one.name_en, one.values, number) for number, one in enumerate(kept)]
    if rest:
        columns = zip(*(one.values for one in rest), strict=True)
        sums = tuple(sum((value for value in column if value is not None), Decimal(0)) for column in columns)
        made.append(Series(f"其他{len(rest)}类", f"{len(rest)} others", sums, _MOST_SERIES))
    return tuple(made)


def _drawn(name: str, labels: Sequence[str], series: Sequence[Series], *, stacked: bool) -> Markup:
    columns = [[one.values[index] for one in series] for index in range(len(labels))]
    if stacked:
        highest = max(sum((float(v) for v in column if v is not None and v > 0), 0.0) for column in columns)
        lowest = min(sum((float(v) for v in column if v is not None and v < 0), 0.0) for column in columns)
    else:
        numbers = [float(v) for column in columns for v in column if v is not None]
        highest, lowest = max([0.0, *numbers]), min([0.0, *numbers])
    # 万元, or 亿元 where there is no room for that many digits
    is_large = max(highest, -lowest) >= _LARGE
    unit = 100_000_000 if is_large else 10_000
    ticks = _ticks(lowest / unit, highest / unit)
    low, high = min(ticks) * unit, max(ticks) * unit

    def level(yuan: float) -> float:
        return _TOP + (high - yuan) / (high - low) * (_HEIGHT - _TOP - _BOTTOM)

    parts = [f'<svg class="chart" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{escape(name)}">']
    for tick in ticks:
        y = level(tick * unit)
        parts.append(f'<line class="{"axis" if tick == 0 else "rule"}" x1="{_LEFT}" x2="{_WIDTH - _RIGHT}"'
                     f' y1="{y:.1f}" y2="{y:.1f}"/>')  # fmt: skip
        parts.append(f'<text class="tick" x="{_LEFT - 6}" y="{y + 4:.1f}">{_tick_text(tick, ticks)}</text>')
    words = ("亿元", "100 million yuan") if is_large else ("万元", "10,000 yuan")
    for language, text in zip(("zh", "en"), words, strict=True):
        parts.append(f'<text class="unit {language}" x="0" y="11">{text}</text>')
    slot = (_WIDTH - _LEFT - _RIGHT) / len(labels)
    wide = min(slot * 0.62, 76.0)
    # Too many years to write them all: every second, third …
    every = max(1, math.ceil(34 / slot))
    for index, label in enumerate(labels):
        left = _LEFT + slot * index + (slot - wide) / 2
        parts += _bars(left, wide, label, series, columns[index], level, stacked=stacked)
        if index % every == 0:
            parts.append(f'<text class="label" x="{left + wide / 2:.1f}" y="{_HEIGHT - 8}">{escape(label)}</text>')
    parts.append("</svg>")
    return Markup("".join(parts))


def _bars(
    left: float, wide: float, label: str, series: Sequence[Series], values: Sequence[Decimal | None],
    level: Callable[[float], float], *, stacked: bool,
) -> list[str]:  # fmt: skip
    """Rectangles of one label, with their figures as tool tips."""
    each = wide if stacked else wide / len(series)
    up = down = 0.0
    made = []
    for position, (one, value) in enumerate(zip(series, values, strict=True)):
        if value is None:
            continue
        amount = float(value)
        if stacked:
            start = up if amount >= 0 else down
            end = start + amount
            up, down = (end, down) if amount >= 0 else (up, end)
            x = left
        else:
            start, end, x = 0.0, amount, left + each * position
        top, bottom = level(max(start, end)), level(min(start, end))
        words = f"{label} {one.name_zh} {wan(value)} 万元"
        gap = 0.0 if stacked else 1.0
        made.append(
            f'<rect class="s{one.colour}" x="{x + gap:.1f}" y="{top:.1f}" width="{each - 2 * gap:.1f}"'
            f' height="{max(bottom - top, 0.6 if amount else 0):.1f}" data-v="{format(value, "f")}">'
            f"<title>{escape(words)}</title></rect>"
        )
    return made


def _ticks(low: float, high: float) -> list[float]:
    """Round numbers that cover low to high, zero among them."""
    span = (high - low) or 1.0
    step = 10 ** math.floor(math.log10(span / 4))
    step *= next(factor for factor in (1, 2, 5, 10) if span / (step * factor) <= 5)
    first, last = math.floor(low / step), math.ceil(high / step)
    return [number * step for number in range(first, max(last, first + 1) + 1)]


def _tick_text(tick: float, ticks: list[float]) -> str:
    step = ticks[1] - ticks[0]
    decimals = max(0, -math.floor(math.log10(step))) if step < 1 else 0
    return f"{tick:,.{decimals}f}"


def bar(value: Decimal | None, most: Decimal, colour: int) -> Markup:
    """A bar within a table row; ``most`` is the longest of the column."""
    if value is None or not most:
        return Markup("")
    length = max(0.0, float(abs(value) / most) * 100)
    sign = " neg" if value < 0 else ""
    return Markup(
        f'<svg class="bar{sign}" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true" focusable="false">'
        f'<rect class="s{colour}" width="{length:.1f}" height="8"/></svg>'
    )
