"""Strips of a picture to text, every figure read at least twice.

The Chinese model takes 5 for 3 and 6 for 0 in some typefaces and drops a comma here and there; the English model held
to digits makes almost no such errors. A figure is sure when the digits' reading has as many characters as there are
shapes in the picture and another reading agrees. All others are emitted as read, with a confidence below
``UNSURE_BELOW``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ingest.readers.ocr_picture import Area, Grey, Ink, comparison, glyph_count, is_dash
from ingest.readers.ocr_tesseract import Word, read_strips

UNSURE_BELOW = 60
"""Confidence in percent below which a recognised figure counts as unsure."""

_DOUBTFUL_WORD = 40
"""A word below this confidence may be a figure that the Chinese model took for characters."""
_FIGURE = re.compile(r"[-−—–]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?%?$")
_LIKE_FIGURE = re.compile(r"[\d.,，。:：;%％\-—–−'’`OoIlSsBZzg|!\]\[()（）〇·~\"“”‘]+$")
_CHINESE = re.compile("[\u3400-\u9fff]")
_NOISE = "|[]'’`‘“”\"~!_ "
_ALIKE = str.maketrans({"，": ",", "。": ".", "：": ":", "；": ";", "％": "%", "O": "0", "o": "0", "〇": "0", "I": "1",
                        "l": "1", "|": "1", "S": "5", "s": "5", "B": "8", "Z": "2", "z": "2"})
_DASH_CONFIDENCE = 90
"""Of a flat stroke that stands alone, told by its shape."""
_SAMPLE = 24
"""Lines looked at to see whether a page stands upright."""
_OTHER_HEIGHTS = (None, 28.0, 36.0, 22.0)
"""Heights in pixels at which lost lines are tried; None as they are."""
_DIGITS_ONLY = ("tessedit_char_whitelist=0123456789.,-%",)


@dataclass(frozen=True, slots=True)
class Reading:
    """What one strip reads."""

    text: str
    confidence: int
    """Percent; the lowest of its words, figures by the rule of this module; 0 where nothing was read."""


@dataclass(slots=True)
class _Token:
    """A run of words of one strip that looks like one figure."""

    strip: int
    first: int
    last: int
    area: Area
    text: str
    is_whole: bool
    """True where the strip holds nothing else: then the picture's shapes are the figure's."""
    is_guess: bool = False
    """True where it was read as a word, badly, and only its shapes look like a figure's (52.15 read as 52.业5)."""
    reading: str = ""
    confidence: int = 0


def read_areas(
    grey: Grey, ink: Ink, areas: Sequence[Area], heights: Sequence[float] | None = None, *, seconds: float
) -> list[Reading]:
    """One reading per area, each a single line of text. ``grey`` and ``ink`` have their ruling lines taken out.

    ``heights`` are the usual heights of a character around each area, in pixels; by default those of the areas.
    """
    usual = heights if heights is not None else [float(area.y1 - area.y0) for area in areas]
    readings = [Reading("", 0)] * len(areas)
    written: list[int] = []
    signs: list[str] = []
    trimmed: list[Area] = []
    for index, (area, height) in enumerate(zip(areas, usual, strict=True)):
        if is_dash(ink, area, height):
            readings[index] = Reading("—" * max(round((area.x1 - area.x0) / max(height, 1.0)), 1), _DASH_CONFIDENCE)
            continue
        sign, start = comparison(ink, area)
        written.append(index)
        signs.append(sign)
        trimmed.append(Area(start, area.y0, area.x1, area.y1))
    for index, sign, reading in zip(written, signs, _read_written(grey, ink, trimmed, seconds), strict=True):
        most = UNSURE_BELOW - 5 if sign else 100
        readings[index] = Reading(sign + reading.text, min(reading.confidence, most)) if reading.text else reading
    return readings


def legibility(grey: Grey, ink: Ink, areas: Sequence[Area], height: float, *, seconds: float) -> float:
    """Mean confidence in percent of a sample of lines: low where the page lies upside down or on its side."""
    lines = [
        area for area in areas
        if 0.6 * height <= area.y1 - area.y0 <= 1.8 * height and 2 * height <= area.x1 - area.x0 <= 20 * height
    ]
    sample = lines[:: max(len(lines) // _SAMPLE, 1)][:_SAMPLE]
    if not sample:
        return 0.0
    found = read_strips(grey, [_padded(area, ink, 2) for area in sample], language="chi_sim", seconds=seconds)
    scores = [min((word.confidence for word in words), default=0.0) for words in found]
    return sum(scores) / len(scores)


def _read_written(grey: Grey, ink: Ink, areas: Sequence[Area], seconds: float) -> list[Reading]:
    if not areas:
        return []
    padded = [_padded(area, ink, 2) for area in areas]
    lines = read_strips(grey, padded, language="chi_sim", seconds=seconds)
    _read_lost(grey, ink, areas, lines, seconds)
    tokens = [token for index, words in enumerate(lines) for token in _tokens(index, words, areas[index], ink)]
    _read_figures(grey, ink, tokens, seconds)
    by_strip: dict[int, list[_Token]] = {}
    for token in tokens:
        by_strip.setdefault(token.strip, []).append(token)
    return [_reading(words, by_strip.get(index, []), areas[index]) for index, words in enumerate(lines)]


def _read_lost(grey: Grey, ink: Ink, areas: Sequence[Area], lines: list[list[Word]], seconds: float) -> None:
    """Read again, in other sizes, what was read as nothing: tesseract takes a short line of one size for noise and
    reads it well in another. What still holds nothing may be figures, which the digits' model is asked for."""
    for height in _OTHER_HEIGHTS:
        lost = [index for index, words in enumerate(lines) if not words and _may_be_text(areas[index], ink)]
        if not lost:
            return
        again = read_strips(
            grey, [_padded(areas[index], ink, 2) for index in lost], language="chi_sim", seconds=seconds, height=height
        )
        for index, words in zip(lost, again, strict=True):
            lines[index] = words


def _may_be_text(area: Area, ink: Ink) -> bool:
    """False for specks and rests of lines: nothing is gained by reading them again."""
    return min(area.x1 - area.x0, area.y1 - area.y0) >= 6 and bool(
        ink[area.y0 : area.y1, area.x0 : area.x1].mean() < 0.7
    )


def _is_wide(area: Area) -> bool:
    """True for more than one character."""
    return area.x1 - area.x0 > (area.y1 - area.y0) * 1.5


def _is_slender(area: Area, ink: Ink) -> bool:
    """True where the shapes are narrower than high, as digits are and Chinese characters are not."""
    return (area.x1 - area.x0) < 0.75 * (area.y1 - area.y0) * max(glyph_count(ink, area), 1)


def _padded(area: Area, ink: Ink, by: int) -> Area:
    rows, columns = ink.shape
    return Area(max(area.x0 - by, 0), max(area.y0 - by, 0), min(area.x1 + by, columns), min(area.y1 + by, rows))


def _tokens(index: int, words: list[Word], area: Area, ink: Ink) -> list[_Token]:
    """Runs of words that look like figures; a strip of nothing else, or one read as nothing, is one token."""
    text = "".join(word.text for word in words)
    if not words or (_LIKE_FIGURE.match(text) and any(character.isdigit() for character in text.translate(_ALIKE))):
        return [_Token(index, 0, len(words), area, text, True)]
    if min(word.confidence for word in words) < _DOUBTFUL_WORD and _is_slender(area, ink):
        return [_Token(index, 0, len(words), area, text, True, is_guess=True)]
    tokens: list[_Token] = []
    start = 0
    while start < len(words):
        end = start
        while end < len(words) and _LIKE_FIGURE.match(words[end].text) and (
            end == start or words[end].area.x0 - words[end - 1].area.x1 < (area.y1 - area.y0) * 0.5
        ):
            end += 1
        run = "".join(word.text for word in words[start:end])
        if any(character.isdigit() for character in run):
            place = Area(words[start].area.x0, area.y0, words[end - 1].area.x1, area.y1)
            tokens.append(_Token(index, start, end, _snapped(place, area, ink), run, False))
        start = max(end, start + 1)
    return tokens


def _snapped(place: Area, line: Area, ink: Ink) -> Area:
    """The place with its sides moved to the nearest gap in the ink, so that no shape is cut through."""
    columns = ink[line.y0 : line.y1, line.x0 : line.x1].any(axis=0)
    reach = round((line.y1 - line.y0) * 0.45)

    def nearest(at: int) -> int:
        for step in range(reach + 1):
            for column in (at - step, at + step):
                if not 0 <= column < len(columns) or not columns[column]:
                    return column
        return at

    left, right = nearest(place.x0 - line.x0) + line.x0, nearest(place.x1 - line.x0) + line.x0
    return Area(max(left, line.x0), line.y0, min(max(right, left + 1), line.x1), line.y1)


def _read_figures(grey: Grey, ink: Ink, tokens: list[_Token], seconds: float) -> None:
    """Read the tokens with the digits' model, those in doubt twice, and settle text and confidence of each."""
    second = _digits(grey, ink, tokens, seconds, 40.0)
    doubtful: list[int] = []
    for index, (token, reading) in enumerate(zip(tokens, second, strict=True)):
        shapes = glyph_count(ink, token.area)
        first = token.text.translate(_ALIKE).strip(_NOISE)
        token.reading = reading
        if not token.is_whole and len(reading) != len(first):
            # Inside a text the box of a figure may take in a part of its neighbour.
            token.reading, token.confidence = token.text, 50
        elif not _FIGURE.match(reading):
            token.reading, token.confidence = (first if _FIGURE.match(first) else token.text), 30
        elif reading == first:
            token.confidence = 96 if len(reading) == shapes else 80
        elif len(reading) == shapes:
            doubtful.append(index)
            token.confidence = 50 if token.text else 40
        elif token.is_whole:
            token.confidence = 30
        else:
            token.reading, token.confidence = token.text, 50
    third = _digits(grey, ink, [tokens[index] for index in doubtful], seconds, 56.0)
    for index, reading in zip(doubtful, third, strict=True):
        token = tokens[index]
        if reading == token.reading and token.text:
            token.confidence = 85 if _same_length(token) else 70
        elif not token.is_whole:
            token.reading = token.text
    for token in tokens:
        if token.is_guess:
            token.confidence = min(token.confidence, UNSURE_BELOW - 10)


def _same_length(token: _Token) -> bool:
    return len(token.text.strip(_NOISE)) == len(token.reading)


def _digits(grey: Grey, ink: Ink, tokens: list[_Token], seconds: float, height: float) -> list[str]:
    if not tokens:
        return []
    areas = [_padded(token.area, ink, 2) for token in tokens]
    lines = read_strips(grey, areas, language="eng", seconds=seconds, height=height, options=_DIGITS_ONLY)
    return ["".join(word.text for word in words) for words in lines]


def _reading(words: list[Word], tokens: list[_Token], area: Area) -> Reading:
    """Text of a strip with its figures settled; blanks stand where words stand clearly apart."""
    if not words:
        if tokens and _FIGURE.match(tokens[0].reading):
            return Reading(tokens[0].reading, min(tokens[0].confidence, 40))
        return Reading("", 0)
    starts = {token.first: token for token in tokens}
    parts: list[tuple[str, int, int, float]] = []
    index = 0
    while index < len(words):
        token = starts.get(index)
        if token is not None:
            confidence = float(token.confidence)
            if not any(character.isdigit() for character in token.reading):
                confidence = min(word.confidence for word in words[token.first : token.last])
            parts.append((token.reading, words[index].area.x0, words[token.last - 1].area.x1, confidence))
            index = token.last
            continue
        word = words[index]
        parts.append((word.text, word.area.x0, word.area.x1, word.confidence))
        index += 1
    text, right = "", None
    for part, x0, x1, _ in parts:
        is_tight = text and _CHINESE.match(text[-1]) and _CHINESE.match(part[0])
        if right is not None and x0 - right > (area.y1 - area.y0) * (1.6 if is_tight else 0.6):
            text += " "
        text += part
        right = x1
    if _CHINESE.search(text) is None and not any(character.isalnum() for character in text):
        text = _dash(text)
    return Reading(_colon(text.strip()), max(round(min(confidence for *_, confidence in parts)), 0))


def _colon(text: str) -> str:
    """``单位; 元`` is ``单位: 元``: the one mark of a short line, after a short label, is taken for a colon."""
    marks = [index for index, character in enumerate(text) if character in ",;，；、。.:："]
    if len(marks) == 1 and text[marks[0]] in ";，；" and 1 <= marks[0] <= 8 and len(text) <= 40:
        return text[: marks[0]] + ":" + text[marks[0] + 1 :]
    return text


def _dash(text: str) -> str:
    """Marks that stand alone: strokes of any kind are a dash."""
    bare = text.strip(" .,'|`")
    return "—" * len(bare) if bare and not bare.strip("-—–一_~=") else text
