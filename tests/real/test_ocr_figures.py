"""Recognition measured on real pages: every table page of the real PDFs as a picture at 200 dpi."""

from __future__ import annotations

import re
from pathlib import Path

import pypdfium2
import pytest

from ingest.document import Table
from ingest.readers import ocr
from ingest.readers.ocr_reading import UNSURE_BELOW

_FIGURE = re.compile(r"-?\d[\d,]*(?:\.\d+)?%?$")
DPI = 200


@pytest.mark.real
def test_figures_of_all_table_pages(shared: Path) -> None:
    """At least 93 % right, at most 0.5 % wrong without being marked unsure; the text layer is the truth."""
    recognise = ocr.recogniser()
    if recognise is None:
        assert "tesseract" in (ocr.missing_reason() or "")
        return
    total = right = wrong_and_sure = 0
    for file in sorted((shared / "real" / "pdf").glob("*.pdf")):
        document = pypdfium2.PdfDocument(file)
        for page in document:
            text = page.get_textpage()
            words = text.get_text_range().split()
            printed = sum(1 for word in words if _FIGURE.match(word))
            if printed < 5 or printed * 4 < len(words):
                continue
            blocks = ocr.ocr_page(page.render(scale=DPI / 72).to_pil(), DPI)
            height = page.get_height()
            total += printed
            for cell in (cell for block in blocks if isinstance(block, Table) for cell in block.cells):
                assert cell.box is not None
                box = cell.box
                truth = "".join(text.get_text_bounded(box.x0, height - box.bottom, box.x1, height - box.top).split())
                read = "".join(cell.text.split())
                if _FIGURE.match(truth) and read == truth:
                    right += 1
                elif (_FIGURE.match(truth) or _FIGURE.match(read)) and (cell.confidence or 0) >= UNSURE_BELOW:
                    wrong_and_sure += 1
    print(f"\n{total} figures, {right} right, {wrong_and_sure} wrong and sure")
    assert total > 800
    assert right >= total * 0.93
    assert wrong_and_sure <= total * 0.005
