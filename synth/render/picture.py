"""A disclosure as pictures of its pages in a PDF (扫描件): nothing but pixels, a little turned, blurred and speckled.

Needs pypdfium2, numpy and pillow, and a Chinese font on the machine to draw the pages with; imported only where such a
file is made.
"""

from __future__ import annotations

import io
import random

import numpy as np
import pypdfium2.raw as pdfium_c
from PIL import Image, ImageFilter

from ingest.readers.pdf_image import render_page
from ingest.readers.pdf_library import loaded_page, opened

DPI = 200.0


def scanned(pdf: bytes, rng: random.Random, *, noise: float = 6.0, turn: float = 0.3) -> bytes:
    """The pages of a PDF as a scanner gives them; ``noise`` in grey levels, ``turn`` in degrees at most."""
    speckle = np.random.default_rng(rng.randrange(2**32))
    images = []
    with opened(pdf) as document:
        for number in range(1, pdfium_c.FPDF_GetPageCount(document) + 1):
            with loaded_page(document, number) as page:
                picture = render_page(page, DPI)
            grey = np.frombuffer(picture.pixels, dtype=np.uint8).reshape(picture.pixel_height, picture.pixel_width)
            image = Image.fromarray(grey).rotate(
                rng.uniform(-turn, turn), fillcolor=255, resample=Image.Resampling.BICUBIC
            )
            image = image.filter(ImageFilter.GaussianBlur(0.6))
            spots = speckle.normal(0, noise, (image.height, image.width))
            images.append(Image.fromarray(np.clip(np.asarray(image) + spots, 0, 255).astype(np.uint8)))
    buffer = io.BytesIO()
    images[0].save(buffer, "PDF", resolution=DPI, save_all=True, append_images=images[1:], quality=85)
    return buffer.getvalue()
