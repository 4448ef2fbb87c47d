"""Reading scans end to end: pages with tables, rendered to pictures, beside the text layer of the same pages.

    python benchmarks/ocr_reading.py [folder or files …] [--dpi 200] [--noise 7] [--pages 3,7] [--show 20]

Every page of the PDFs that holds figures is rendered, put into a PDF of pictures and read by the OCR route: reader,
recogniser, arithmetic. A figure is *right* where the number read at its place on the page is the printed one and
*placed* where statement, row and column are right as well. A figure read otherwise is *wrong*, unless it is marked
unsure (confidence below the threshold) or not read at all. Without arguments the PDFs of ../shared/real are read, or,
where there are none, disclosures of tests/rendering, if the machine has a Chinese font to draw them with.
"""

from __future__ import annotations

import argparse
import io
import os
import sys
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageFilter

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from ingest.pipeline import ParsedDocument, parse_bytes  # noqa: E402
from ingest.readers.limits import ReaderLimits  # noqa: E402
from ingest.readers.ocr_reading import UNSURE_BELOW  # noqa: E402
from ingest.readers.pdf_image import render_page  # noqa: E402
from ingest.readers.pdf_library import loaded_page, opened  # noqa: E402
from ingest.text import plain_key  # noqa: E402


@dataclass(slots=True)
class Tally:
    """Figures of the text layer and what became of them."""

    printed: int = 0
    right: int = 0
    right_unsure: int = 0
    placed: int = 0
    unread: int = 0
    wrong_unsure: int = 0
    wrong: int = 0
    invented: int = 0
    """Figures read where the text layer has none, not marked unsure."""
    proven: int = 0
    """Figures the arithmetic confirmed."""
    proven_wrong: int = 0

    def add(self, other: Tally) -> None:
        for name in self.__slots__:
            setattr(self, name, getattr(self, name) + getattr(other, name))


def documents(paths: list[str]) -> dict[str, bytes]:
    """Name → bytes of the PDFs whose pages are rendered."""
    shared = Path(os.environ.get("GONGKAI_SHARED") or ROOT.parent / "shared") / "real" / "pdf"
    sources = [Path(path) for path in paths] or [shared]
    files = [file for source in sources for file in (sorted(source.rglob("*.pdf")) if source.is_dir() else [source])]
    found = {file.name: file.read_bytes() for file in files if file.is_file()}
    if found or paths:
        return found
    from rendering import budget, final_account, performance

    from synth.render import pdf

    font = pdf.truetype_font(*filter(None, [os.environ.get("GONGKAI_FONTS")]))
    if font is None:
        return {}
    makers = {"final account": final_account, "budget": budget, "performance": performance}
    style = pdf.PdfStyle(font_file=font)
    return {f"{name} (rendered)": pdf.render(maker.disclosure(), style) for name, maker in makers.items()}


def pictures(data: bytes, pages: list[int], dpi: float, noise: int | None) -> bytes:
    """A PDF of nothing but pictures of the given pages; ``noise`` (a seed) makes them look scanned."""
    images = []
    seed = np.random.default_rng(noise)
    with opened(data) as document:
        for number in pages:
            with loaded_page(document, number) as page:
                picture = render_page(page, dpi)
            grey = np.frombuffer(picture.pixels, dtype=np.uint8).reshape(picture.pixel_height, picture.pixel_width)
            image = Image.fromarray(grey)
            if noise is not None:
                image = image.rotate(0.4, fillcolor=255, resample=Image.Resampling.BICUBIC)
                image = image.filter(ImageFilter.GaussianBlur(0.7))
                spots = seed.normal(0, 9, (image.height, image.width))
                image = Image.fromarray(np.clip(np.asarray(image) + spots, 0, 255).astype(np.uint8))
            images.append(image)
    buffer = io.BytesIO()
    images[0].save(buffer, "PDF", resolution=dpi, save_all=True, append_images=images[1:], quality=92)
    return buffer.getvalue()


def numbers(parsed: ParsedDocument) -> list[dict]:
    """Figures of recognised statements with the statement's code."""
    codes = {table["table_ordinal"]: table["statement_code"] for table in parsed.rows["tables"]}
    return [
        {**number, "statement": codes[number["table_ordinal"]]}
        for number in parsed.rows["cell_numbers"]
        if number["role"] == "figure"
    ]


def _near(read: dict, printed: dict) -> bool:
    """Whether a number read stands where a number is printed: the middle of its box lies in the cell's box."""
    if read["page"] != printed["page"] or read["box_x0"] is None:
        return False
    x, y = (read["box_x0"] + read["box_x1"]) / 2, (read["box_top"] + read["box_bottom"]) / 2
    return (
        printed["box_x0"] - 2 <= x <= printed["box_x1"] + 2 and printed["box_top"] - 2 <= y <= printed["box_bottom"] + 2
    )


def _place(number: dict) -> tuple:
    label = number.get("row_code") or number.get("row_label_key") or ""
    leaf = plain_key((number.get("column_label") or "").split("/")[-1])
    return number["statement"], label, number.get("side"), leaf


def measure(printed: list[dict], parsed: ParsedDocument, show: int) -> Tally:
    """Compare figure by figure."""
    tally = Tally()
    left = [number for number in parsed.rows["cell_numbers"] if number["role"] in ("figure", "unmapped")]
    codes = {table["table_ordinal"]: table["statement_code"] for table in parsed.rows["tables"]}
    for number in left:
        number["statement"] = codes[number["table_ordinal"]]
    by_page: dict[int, list[dict]] = {}
    for number in left:
        by_page.setdefault(number["page"], []).append(number)
    used: set[int] = set()
    for want in printed:
        tally.printed += 1
        found = next(
            (read for read in by_page.get(want["page"], []) if id(read) not in used and _near(read, want)), None
        )
        if found is None:
            tally.unread += 1
            if show > tally.unread:
                print("   unread", want["page"], want["value_text"], _place(want))
            continue
        used.add(id(found))
        is_unsure = (found["confidence"] or 0) < UNSURE_BELOW
        is_right = found["value_text"] == want["value_text"]
        tally.proven += found["confidence"] == 100
        tally.proven_wrong += found["confidence"] == 100 and not is_right
        if is_right:
            tally.right += 1
            tally.right_unsure += is_unsure
            tally.placed += _place(found) == _place(want)
            if show and _place(found) != _place(want):
                show -= 1
                print("   place ", want["page"], want["value_text"], _place(want), "read", _place(found))
        elif is_unsure:
            tally.wrong_unsure += 1
        else:
            tally.wrong += 1
        if not is_right and show:
            print("   value ", want["page"], want["value_text"], "read", found["value_text"], found["confidence"])
    for read in left:
        if id(read) not in used and read["role"] == "figure" and (read["confidence"] or 0) >= UNSURE_BELOW:
            tally.invented += 1
            if show:
                print("   extra ", read["page"], read["value_text"], _place(read), read["confidence"])
    return tally


def report(name: str, tally: Tally, seconds: float, pages: int) -> None:
    total = max(tally.printed, 1)
    bad = tally.wrong + tally.invented
    print(
        f"{name:34.34} {pages:5d} {tally.printed:7d} {tally.right / total:8.2%} {tally.placed / total:8.2%} "
        f"{bad / total:8.2%} {tally.wrong_unsure / total:8.2%} {tally.unread / total:8.2%} "
        f"{tally.right_unsure / total:8.2%} {tally.proven / total:8.2%} {tally.proven_wrong:5d} {seconds / pages:7.2f}"
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("paths", nargs="*")
    parser.add_argument("--dpi", type=float, default=200.0)
    parser.add_argument("--noise", type=int, metavar="SEED", help="blurred, slightly turned, speckled pictures")
    parser.add_argument("--pages", help="only these pages")
    parser.add_argument("--show", type=int, default=0, help="print so many differences")
    given = parser.parse_args()
    found = documents(given.paths)
    if not found:
        print("no PDF found, and no Chinese font to draw one with", file=sys.stderr)
        return 2
    print(f"{'document':34} {'pages':>5} {'figures':>7} {'right':>8} {'placed':>8} {'wrong':>8} {'w unsure':>8} "
          f"{'unread':>8} {'r unsure':>8} {'proven':>8} {'p bad':>5} {'s/page':>7}")  # fmt: skip
    whole, all_pages, all_seconds = Tally(), 0, 0.0
    limits = ReaderLimits(max_seconds=7200.0)
    for name, data in found.items():
        printed = numbers(parse_bytes(data, name))
        only = {int(page) for page in given.pages.split(",")} if given.pages else None
        pages = sorted(page for page in Counter(n["page"] for n in printed) if only is None or page in only)
        if not pages:
            continue
        scan = pictures(data, pages, given.dpi, given.noise)
        start = time.perf_counter()
        read = parse_bytes(scan, name, limits=limits)
        seconds = time.perf_counter() - start
        position = {page: at for at, page in enumerate(pages, 1)}
        moved = [{**number, "page": position[number["page"]]} for number in printed if number["page"] in position]
        tally = measure(moved, read, given.show)
        report(name, tally, seconds, len(pages))
        whole.add(tally)
        all_pages, all_seconds = all_pages + len(pages), all_seconds + seconds
    if all_pages:
        report("all", whole, all_seconds, all_pages)
    return 0


if __name__ == "__main__":
    sys.exit(main())
