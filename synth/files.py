"""A document as a file: disclosure, format, damage and style from one seed."""

from __future__ import annotations

import dataclasses
import io
import random
import re
import zipfile
from dataclasses import dataclass

from synth import errors
from synth.choices import FORMATS, LEVELS, LOSSY_FORMATS
from synth.damage import Spoiler
from synth.dialects import PROVINCES
from synth.disclose import disclose
from synth.model import Disclosure, Statement
from synth.render import plain, web

SUFFIX = {"text": "txt", "markdown": "md", "html": "html", "xlsx": "xlsx", "docx": "docx", "pdf": "pdf",
          "lines": "html", "image": "pdf"}  # fmt: skip
_ERRORS = {"none": 0, "light": 30, "heavy": 60}
"""Percent of the documents with a published error."""
_FONT_SIZES = (8.0, 7.0, 6.0, 5.0, 4.0)


@dataclass(frozen=True, slots=True)
class Made:
    """A file with its truth."""

    file_name: str
    file_format: str
    damage: str
    applied: tuple[str, ...]
    """Damages done, ``table number:kind``."""
    data: bytes
    disclosure: Disclosure


def make(
    seed: int,
    number: int,
    year: int,
    kind: str,
    file_format: str,
    damage: str = "none",
    provinces: tuple[str, ...] = PROVINCES,
    *,
    errors_percent: int | None = None,
    is_mixed: bool = False,
) -> Made:
    """One file. Raises ValueError for a kind, format or damage that is not known.

    ``errors_percent`` of the documents have a published error; None: as many as the damage brings;
    ``is_mixed``: forms of all places crossed (:mod:`synth.mixed`).
    """  # fmt: skip
    if file_format not in (*FORMATS, *LOSSY_FORMATS):
        raise ValueError(f"{file_format} is none of {', '.join((*FORMATS, *LOSSY_FORMATS))}")
    if damage not in LEVELS:
        raise ValueError(f"{damage} is none of {', '.join(LEVELS)}")
    rng = random.Random(f"{seed}/file/{number}/{year}/{kind}/{file_format}/{damage}")
    disclosure = disclose(seed, number, year, kind, provinces, is_mixed=is_mixed)
    if rng.randrange(100) < (_ERRORS[damage] if errors_percent is None else errors_percent):
        disclosure = errors.plant(disclosure, rng, errors.KINDS)
    spoiler = Spoiler(rng, damage)
    data = _rendered(disclosure, file_format, rng, spoiler)
    name = f"{disclosure.title}_{number}.{SUFFIX[file_format]}"
    return Made(name, file_format, damage, tuple(spoiler.applied), data, disclosure)


def _rendered(disclosure: Disclosure, file_format: str, rng: random.Random, spoiler: Spoiler) -> bytes:
    if file_format == "text":
        encoding = rng.choice(("utf-8", "utf-8", "gb18030"))
        return plain.text(disclosure, encoding=encoding, trimmed=rng.random() < 0.3, pieces=spoiler.pieces)
    if file_format == "markdown":
        return plain.markdown(disclosure, pieces=spoiler.pieces)
    spoiled = dataclasses.replace(
        disclosure,
        contents=tuple(spoiler.grid(block) if isinstance(block, Statement) else block for block in disclosure.contents),
    )
    if file_format == "lines":
        style = web.PageStyle(has_site=rng.random() < 0.7, cells_as_lines=True)
        return web.page(disclosure, style)
    if file_format == "html":
        style = web.PageStyle(
            *rng.choice((("utf-8", "utf-8"), ("gb18030", "gb2312"))), has_site=rng.random() < 0.7,
            nested=rng.choice((0, 0, 1)), caption_in_grid=rng.random() < 0.3, broken_labels=rng.random() < 0.3,
        )  # fmt: skip
        return web.page(spoiled, style)
    if file_format == "pdf":
        return _pdf(spoiled, rng, spoiler.level)
    if file_format == "image":
        from synth.render import picture

        return picture.scanned(_pdf(spoiled, rng, "none"), rng)
    # Heavy libraries, and none of them needed for text.
    from synth.render import office

    if file_format == "xlsx":
        return _timeless(office.xlsx(
            spoiled,
            office.SheetStyle(one_sheet=rng.random() < 0.2, amounts_as_text=rng.random() < 0.3,
                              codes_as_numbers=rng.random() < 0.3, offset=rng.choice((0, 0, 1))),
        ))  # fmt: skip
    return _timeless(office.docx(spoiled, office.WordStyle(caption_in_grid=rng.random() < 0.3)))


_MODIFIED = re.compile(rb"(<dcterms:(?:modified|created)[^>]*>)[^<]*")


def _timeless(data: bytes) -> bytes:
    """An office file without the moment it was made, so that the same seed gives the same bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as made, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as into:
        for name in made.namelist():
            content = made.read(name)
            if name == "docProps/core.xml":
                content = _MODIFIED.sub(rb"\g<1>2020-01-01T00:00:00Z", content)
            into.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def _pdf(disclosure: Disclosure, rng: random.Random, level: str) -> bytes:
    """A PDF with a text layer; the type is made smaller until every table fits its page."""
    from synth.render import pdf

    style = pdf.PdfStyle(
        ruling=rng.choice(("lines", "lines", "rects")), share_pages=rng.random() < 0.4,
        caption_in_grid=rng.random() < 0.2, letter_spaced=rng.random() < 0.2,
    )  # fmt: skip
    if level != "none":
        height = 330.0 if level == "heavy" else 560.0
        style = dataclasses.replace(style, page_height=height, repeat_header=rng.random() < 0.5,
                                    by_character=rng.random() < 0.2, scrambled=rng.random() < 0.2)  # fmt: skip
    for size in _FONT_SIZES:
        try:
            return pdf.render(disclosure, dataclasses.replace(style, size=size))
        except ValueError as error:
            failure = error
    raise failure
