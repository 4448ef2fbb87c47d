"""Pictures of pages (scans) to the document model, by tesseract with Debian's simplified-Chinese data.

Ruling lines are found in the picture first and taken out of it; their grid gives the cells, the recogniser only what
is written in them. Everything comes back marked ``is_ocr`` with a confidence; figures below
``ocr_reading.UNSURE_BELOW`` percent are unsure. Tesseract is an extra: where it is missing the message says so.
"""

from __future__ import annotations

import io
import struct
import warnings
from collections.abc import Callable, Iterable
from dataclasses import replace
from hashlib import sha256
from typing import Protocol

import numpy as np
from PIL import Image, ImageOps

from ingest.document import Document, Paragraph, Problem, Table
from ingest.errors import IngestError, LimitExceeded, UnreadableFile, UnsupportedFormat
from ingest.readers.limits import DEFAULT, ReaderLimits
from ingest.readers.ocr_page import Found, ocr_page
from ingest.readers.ocr_picture import without_seals
from ingest.readers.ocr_tesseract import missing

READER = "ocr"
READER_VERSION = "2"

Block = Paragraph | Table
_A4_INCHES = (8.27, 11.69)
_PICTURE_WIDTH, _PICTURE_HEIGHT = 400, 120
"""Pixels; pictures inside office files smaller than this are logos and seals."""
_PICTURE_DAMAGE = (
    OSError, ValueError, SyntaxError, TypeError, LookupError, EOFError, Image.DecompressionBombError, ArithmeticError,
    NotImplementedError, AttributeError, struct.error,
)
"""What Pillow raises on damaged pictures."""


class Picture(Protocol):
    """A rendered page as the PDF reader hands it over."""

    page: int
    width: float
    height: float
    dpi: float
    pixel_width: int
    pixel_height: int
    pixels: bytes


Recogniser = Callable[[Picture], tuple[Found, ...] | None]
"""Reads page pictures of one document, with problems for what it could not read; None for a page it cannot read."""


def missing_reason() -> str | None:
    """A Chinese sentence on what must be installed before scans can be read; None when all is there."""
    lacking = missing()
    return None if lacking is None else f"识别图片和扫描件需要 tesseract，本机缺少 {lacking}。请安装后重新导入。"


def recogniser(limits: ReaderLimits = DEFAULT) -> Recogniser | None:
    """A function that reads page pictures of one document; None where tesseract is missing.

    The function gives None for pages beyond ``max_ocr_pages``, too slow ones and ones without any text.
    """
    if missing() is not None:
        return None
    left = [limits.max_ocr_pages]

    def recognise(picture: Picture) -> tuple[Found, ...] | None:
        if left[0] <= 0:
            return None
        left[0] -= 1
        grey = np.frombuffer(picture.pixels, dtype=np.uint8).reshape(picture.pixel_height, picture.pixel_width)
        try:
            return tuple(ocr_page(Image.fromarray(grey), picture.dpi, page=picture.page, limits=limits)) or None
        except LimitExceeded:
            return None

    return recognise


def read(data: bytes, *, limits: ReaderLimits = DEFAULT) -> Document:
    """Bytes of a picture file (PNG, JPEG, TIFF of several pages, BMP, GIF, WebP) as a document.

    Raises ``UnsupportedFormat`` (``ocr_missing``), ``UnreadableFile`` (``damaged_file``, ``no_content``) and
    ``LimitExceeded``.
    """
    if len(data) > limits.max_bytes:
        raise LimitExceeded(f"图片有{len(data)}字节，超过上限{limits.max_bytes}字节。")
    reason = missing_reason()
    if reason is not None:
        raise UnsupportedFormat(reason, code="ocr_missing")
    blocks: list[Block] = []
    problems: list[Problem] = []
    frames = 0
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            image = Image.open(io.BytesIO(data))
            frames = getattr(image, "n_frames", 1)
    except _PICTURE_DAMAGE as error:
        raise _damaged(error) from error
    if frames > limits.max_ocr_pages:
        raise LimitExceeded(f"图片有{frames}页，超过上限{limits.max_ocr_pages}页。请拆分后再试。")
    for number in range(1, frames + 1):
        try:
            frame, dpi = _frame(image, number - 1, limits)
            found = ocr_page(frame, dpi, page=number, limits=limits)
        except LimitExceeded as error:
            if frames == 1:
                raise
            problems.append(Problem(error.code, error.reason, f"第{number}页", number))
            continue
        except UnreadableFile as error:
            if frames == 1:
                raise
            problems.append(Problem(error.code, f"第{number}页：{error.reason}", f"第{number}页", number))
            continue
        problems += [item for item in found if isinstance(item, Problem)]
        blocks += [item for item in found if not isinstance(item, Problem)]
        if not found and frames > 1:
            problems.append(Problem("page_without_text", f"第{number}页没有可识别的文字。", f"第{number}页", number))
    if not blocks:
        raise UnreadableFile("图片中没有可识别的文字。请确认图片是否清晰、完整。", code="no_content")
    return Document(
        document_id=sha256(data).hexdigest(),
        file_format="image",
        reader=READER,
        reader_version=READER_VERSION,
        blocks=tuple(blocks),
        byte_count=len(data),
        page_count=frames,
        problems=tuple(problems),
    )


def embedded_blocks(
    data: bytes, limits: ReaderLimits, problems: list[Problem] | None = None
) -> list[Block] | None:
    """Blocks of a picture inside an office file; None for decoration, unreadable kinds, and without tesseract.

    Only pictures of some size are read, and only figures or a fair amount of text make them more than decoration. What
    could not be read in them is added to ``problems``.
    """
    if missing() is not None:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            size = Image.open(io.BytesIO(data)).size
        if size[0] < _PICTURE_WIDTH or size[1] < _PICTURE_HEIGHT:
            return None
        document = read(data, limits=limits)
    except (IngestError, *_PICTURE_DAMAGE):
        return None
    blocks = [replace(block, page=None) for block in _without_pages(document.blocks)]
    size_of_text = sum(
        len(block.text) if isinstance(block, Paragraph) else sum(len(cell.text) for cell in block.cells)
        for block in blocks
    )
    if size_of_text < 20:
        return None
    if problems is not None:
        problems += [replace(problem, page=None, place=f"图片，{problem.place}") for problem in document.problems]
    return blocks


def _without_pages(blocks: Iterable[Block]) -> list[Block]:
    """The blocks without boxes and pages: inside an office file a picture's own positions mean nothing."""
    return [
        replace(block, cells=tuple(cell._replace(page=None) for cell in block.cells))
        if isinstance(block, Table) else block
        for block in map(_without_boxes, blocks)
    ]


def _without_boxes(block: Block) -> Block:
    if isinstance(block, Table):
        return replace(block, cells=tuple(cell._replace(box=None) for cell in block.cells))
    return replace(block, box=None)


def _frame(image: Image.Image, index: int, limits: ReaderLimits) -> tuple[Image.Image, float]:
    """One page of a picture file in grey, and its resolution, stated or guessed from the size of A4."""
    try:
        image.seek(index)
        width, height = image.size
        if width * height > limits.max_image_pixels:
            raise LimitExceeded(f"图片有{width}×{height}像素，超过上限{limits.max_image_pixels}像素。请缩小后再试。")
        frame = ImageOps.exif_transpose(image) or image
        if frame.mode in ("RGBA", "LA", "PA") or "transparency" in frame.info:
            frame = frame.convert("RGBA")
            white = Image.new("RGBA", frame.size, "white")
            frame = Image.alpha_composite(white, frame)
        grey = frame.convert("L")
        grey.load()
        colours = frame.convert("RGB") if frame.mode not in ("1", "L", "I;16") else None
    except LimitExceeded:
        raise
    except _PICTURE_DAMAGE as error:
        raise _damaged(error) from error
    if min(grey.size) < 16:
        raise UnreadableFile("图片太小，没有可识别的文字。", code="no_content")
    stated = image.info.get("dpi", (0, 0))
    try:
        dpi = float(stated[0])
    except (TypeError, ValueError, IndexError, ZeroDivisionError):
        dpi = 0.0
    short, long = sorted(grey.size)
    guessed = max(short / _A4_INCHES[0], long / _A4_INCHES[1])
    if not 100 <= dpi <= 1200 or not 0.4 <= guessed / dpi <= 2.5:
        dpi = min(max(guessed, 72.0), 600.0)
    return (grey if colours is None else Image.fromarray(without_seals(np.asarray(colours), dpi))), dpi


def _damaged(error: BaseException) -> UnreadableFile:
    return UnreadableFile(f"图片已损坏或不完整，无法打开（{type(error).__name__}）。", code="damaged_file")
