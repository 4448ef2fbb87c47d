"""Calls of tesseract: a picture in, words with their boxes and confidence out."""

from __future__ import annotations

import io
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from PIL import Image

from ingest.readers.ocr_picture import Area, Grey
from ingest.readers.processes import run

_MARGIN = 24
"""White pixels around every strip of a sheet of strips."""
_SHEET_HEIGHT = 12_000
"""Tallest sheet of strips; tesseract refuses pictures beyond 32,767 pixels."""


@dataclass(frozen=True, slots=True)
class Word:
    """A recognised word with its box in the picture given and its confidence in percent."""

    text: str
    area: Area
    confidence: float


@lru_cache(maxsize=1)
def missing() -> str | None:
    """What must be installed before pictures can be read, None when all is there."""
    program = shutil.which("tesseract")
    if program is None:
        return "tesseract-ocr 和 tesseract-ocr-chi-sim"
    code, output, _ = run([program, "--list-langs"], seconds=20, what="查询 tesseract 语言数据")
    languages = set(output.decode("utf-8", "replace").split())
    if code or "chi_sim" not in languages:
        return "tesseract-ocr-chi-sim"
    return None if "eng" in languages else "tesseract-ocr-eng"


def words(
    grey: Grey, *, language: str, mode: int, dpi: float, seconds: float, options: Sequence[str] = ()
) -> list[Word]:
    """Words of a picture. ``mode`` is tesseract's page segmentation mode. Raises ``LimitExceeded`` when too slow."""
    buffer = io.BytesIO()
    Image.fromarray(grey).save(buffer, "BMP")
    command = [
        shutil.which("tesseract") or "tesseract", "stdin", "stdout", "-l", language, "--psm", str(mode),
        "--dpi", str(round(dpi)), "-c", "tessedit_create_tsv=1", "-c", "tessedit_create_txt=0",
        *(part for option in options for part in ("-c", option)),
    ]
    _, output, _ = run(command, seconds=seconds, what="识别图片", stdin=buffer.getvalue(),
                       environment={"OMP_THREAD_LIMIT": "1"})
    found: list[Word] = []
    for line in output.decode("utf-8", "replace").splitlines():
        fields = line.split("\t")
        if len(fields) < 12 or fields[0] != "5" or not fields[11].strip():
            continue
        left, top, width, height = (int(field) for field in fields[6:10])
        found.append(Word(fields[11].strip(), Area(left, top, left + width, top + height), float(fields[10])))
    return found


def read_strips(
    grey: Grey, areas: Sequence[Area], *, language: str, seconds: float, height: float | None = 36.0,
    options: Sequence[str] = (),
) -> list[list[Word]]:
    """Words of each area, left to right, with boxes in ``grey``.

    The areas are set one below the other on white sheets and read as blocks of lines. This way a table's wrapped
    labels and centred amounts never share a line, and one call reads hundreds of cells. Strips are brought to
    about ``height`` pixels: the models were trained on lines of that size, and titles twice as high read badly.
    None leaves them as they are.
    """
    readings: list[list[Word]] = [[] for _ in areas]
    scales = [min(max(height / max(area.y1 - area.y0, 1), 0.5), 2.0) if height else 1.0 for area in areas]
    for sheet, places in _sheets(grey, areas, scales):
        found = words(sheet, language=language, mode=6, dpi=300, seconds=seconds, options=options)
        middles = np.array([(top + bottom) / 2 for _, top, bottom in places])
        for word in found:
            middle = (word.area.y0 + word.area.y1) / 2
            index, top, bottom = places[int(np.abs(middles - middle).argmin())]
            if top - _MARGIN / 2 <= middle <= bottom + _MARGIN / 2:
                place, scale = areas[index], scales[index]
                x0 = place.x0 + round((word.area.x0 - _MARGIN) / scale)
                x1 = place.x0 + round((word.area.x1 - _MARGIN) / scale)
                area = Area(max(x0, place.x0), place.y0, min(x1, place.x1), place.y1)
                readings[index].append(Word(word.text, area, word.confidence))
    for reading in readings:
        reading.sort(key=lambda word: word.area.x0)
    return readings


def _sheets(
    grey: Grey, areas: Sequence[Area], scales: Sequence[float]
) -> list[tuple[Grey, list[tuple[int, int, int]]]]:
    """(sheet, [(index of the area, top, bottom)]) with the strips one below the other."""
    strips: list[Grey] = []
    for area, scale in zip(areas, scales, strict=True):
        strip = grey[area.y0 : area.y1, area.x0 : area.x1]
        if scale != 1.0:
            size = (max(round(strip.shape[1] * scale), 1), max(round(strip.shape[0] * scale), 1))
            strip = np.asarray(Image.fromarray(strip).resize(size, Image.Resampling.LANCZOS))
        strips.append(strip)
    sheets: list[tuple[Grey, list[tuple[int, int, int]]]] = []
    start = 0
    while start < len(strips):
        end, height = start, _MARGIN
        while end < len(strips) and (end == start or height + strips[end].shape[0] + _MARGIN <= _SHEET_HEIGHT):
            height += strips[end].shape[0] + _MARGIN
            end += 1
        width = max(strip.shape[1] for strip in strips[start:end]) + 2 * _MARGIN
        sheet = np.full((height, width), 255, dtype=np.uint8)
        places: list[tuple[int, int, int]] = []
        top = _MARGIN
        for index in range(start, end):
            strip = strips[index]
            sheet[top : top + strip.shape[0], _MARGIN : _MARGIN + strip.shape[1]] = strip
            places.append((index, top, top + strip.shape[0]))
            top += strip.shape[0] + _MARGIN
        sheets.append((sheet, places))
        start = end
    return sheets
