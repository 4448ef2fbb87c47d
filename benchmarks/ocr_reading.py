"""Reading scans end to end: pages with tables, rendered to pictures, beside the text layer of the same pages.

    python benchmarks/ocr_reading.py [folder or files …] [--looks clean,copied,…] [--pages 3,7] [--show 20]

Every page of the PDFs that holds figures is rendered, put into a PDF of pictures and read by the OCR route: reader,
recogniser, arithmetic. ``--looks`` says what happens to the pictures on the way (``LOOKS``: resolution, skew, blur,
noise, a red seal, strong compression, pages turned by 90, 180 and 270 degrees); all of them are tried without it.

A figure is *right* where the number read at its place on the page is the printed one and *placed* where statement, row
and column are right as well. A figure read otherwise is *wrong*, unless it is marked unsure (confidence below the
threshold). One that is not read at all is *missed* where a reject of its page says that something there was not read,
and *silent* where nothing says so. Without arguments the PDFs of ../shared/real are read, or, where there are none,
disclosures of tests/rendering, if the machine has a Chinese font to draw them with.
"""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageChops, ImageColor, ImageDraw, ImageFilter

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from ingest.errors import IngestError  # noqa: E402
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
    missed: int = 0
    """Not read, and a reject names the page."""
    silent: int = 0
    """Not read, and nothing says so."""
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


@dataclass(frozen=True, slots=True)
class Look:
    """What a scanner did to a page."""

    dpi: float = 200.0
    turn: int = 0
    """Degrees counterclockwise by which the sheet lay on the glass: 90, 180, 270."""
    skew: float = 0.0
    """Degrees; every second page is turned the other way."""
    blur: float = 0.0
    """Radius in pixels."""
    noise: float = 0.0
    """Standard deviation in grey levels."""
    quality: int = 92
    """Of the JPEG compression."""
    has_seal: bool = False
    """A round red seal over the lower middle of the page."""
    is_grey: bool = True
    """Scanned without colours; a seal is grey ink then."""
    is_dim: bool = False
    """Grey paper that darkens to one side, pale print."""


LOOKS = {
    "clean": Look(),
    "copied": Look(skew=0.4, blur=0.7, noise=9),
    "coarse": Look(dpi=150, skew=-0.6, blur=0.4, noise=5, quality=75),
    "fine": Look(dpi=300, skew=0.9, blur=0.8, noise=8),
    "pressed": Look(quality=25, skew=0.2),
    "sealed": Look(has_seal=True, is_grey=False, skew=-0.5, blur=0.5, noise=5),
    "grey-sealed": Look(has_seal=True, skew=-0.5, blur=0.5, noise=5),
    "dim": Look(is_dim=True, skew=0.3, blur=0.6, noise=7),
    "askew": Look(skew=2.6, blur=0.5, noise=5),
    "left": Look(turn=90, skew=0.4, blur=0.6, noise=6),
    "right": Look(turn=270, skew=-0.4, blur=0.6, noise=6),
    "overhead": Look(turn=180, skew=0.4, blur=0.6, noise=6),
}


def scanned(image: Image.Image, look: Look, at: int, seed: np.random.Generator) -> Image.Image:
    """A page as the scanner gives it; ``at`` counts pages."""
    if look.has_seal:
        seal = Image.new("RGB", image.size, "white")
        draw = ImageDraw.Draw(seal)
        size = look.dpi * 1.6
        x, y = image.width * 0.55, image.height * 0.45
        draw.ellipse((x, y, x + size, y + size), outline=(225, 60, 60), width=round(look.dpi / 30))
        draw.line((x + size * 0.3, y + size / 2, x + size * 0.7, y + size / 2), fill=(225, 60, 60), width=12)
        image = ImageChops.multiply(image.convert("RGB"), seal)  # ink over print: the print stays dark
        if look.is_grey:
            image = image.convert("L")
    if look.is_dim:
        shade = np.linspace(0.62, 0.86, image.width)
        image = Image.fromarray(((np.asarray(image) * 0.72 + 70) * shade).clip(0, 255).astype(np.uint8))
    fill = ImageColor.getcolor("white" if not look.is_dim else "#b4b4b4", image.mode)
    if look.skew:
        image = image.rotate(look.skew * (-1) ** at, fillcolor=fill, resample=Image.Resampling.BICUBIC)
    if look.blur:
        image = image.filter(ImageFilter.GaussianBlur(look.blur))
    if look.noise:
        spots = seed.normal(0, look.noise, np.asarray(image).shape)
        image = Image.fromarray(np.clip(np.asarray(image) + spots, 0, 255).astype(np.uint8))
    return image.rotate(look.turn, expand=True) if look.turn else image


def pictures(data: bytes, pages: list[int], look: Look) -> tuple[bytes, dict[int, tuple[float, float]]]:
    """A PDF of nothing but pictures of the given pages, and the upright size of each in points."""
    images, sizes = [], {}
    seed = np.random.default_rng(7)
    with opened(data) as document:
        for at, number in enumerate(pages, 1):
            with loaded_page(document, number) as page:
                picture = render_page(page, look.dpi)
            grey = np.frombuffer(picture.pixels, dtype=np.uint8).reshape(picture.pixel_height, picture.pixel_width)
            sizes[at] = (picture.width, picture.height)
            images.append(scanned(Image.fromarray(grey), look, at, seed))
    buffer = io.BytesIO()
    images[0].save(
        buffer, "PDF", resolution=look.dpi, save_all=True, append_images=images[1:], quality=look.quality
    )
    return buffer.getvalue(), sizes


def upright(number: dict, look: Look, sizes: dict[int, tuple[float, float]]) -> dict:
    """A number read from a turned page, with its box where it stands on the upright one."""
    if not look.turn or number["box_x0"] is None:
        return number
    width, height = sizes[number["page"]]
    x0, y0, x1, y1 = (float(number[side]) for side in ("box_x0", "box_top", "box_x1", "box_bottom"))
    box = {
        90: (width - y1, x0, width - y0, x1),
        180: (width - x1, height - y1, width - x0, height - y0),
        270: (y0, height - x1, y1, height - x0),
    }[look.turn]
    return {**number, **dict(zip(("box_x0", "box_top", "box_x1", "box_bottom"), box, strict=True))}


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


def measure(printed: list[dict], parsed: ParsedDocument, left: list[dict], show: int) -> Tally:
    """Compare figure by figure; ``left`` are the numbers read, with upright boxes."""
    tally = Tally()
    codes = {table["table_ordinal"]: table["statement_code"] for table in parsed.rows["tables"]}
    for number in left:
        number["statement"] = codes[number["table_ordinal"]]
    told = {reject["page"] for reject in parsed.rows["rejects"]}
    by_page: dict[int, list[dict]] = {}
    for number in left:
        by_page.setdefault(number["page"], []).append(number)
    used: set[int] = set()
    for want in printed:
        tally.printed += 1
        near = [read for read in by_page.get(want["page"], []) if id(read) not in used and _near(read, want)]
        found = next((read for read in near if read["value_text"] == want["value_text"]), near[0] if near else None)
        if found is None:
            tally.missed += want["page"] in told
            tally.silent += want["page"] not in told
            if show > tally.missed + tally.silent:
                print("   missed" if want["page"] in told else "   silent", want["page"], want["value_text"],
                      _place(want))  # fmt: skip
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
    shares = (tally.right, tally.placed, tally.wrong + tally.invented, tally.wrong_unsure, tally.missed, tally.silent,
              tally.right_unsure, tally.proven)  # fmt: skip
    print(
        f"{name:34.34} {pages:5d} {tally.printed:7d} " + " ".join(f"{share / total:8.2%}" for share in shares)
        + f" {tally.wrong + tally.invented:5d} {tally.proven_wrong:5d} {seconds / pages:7.2f}",
        flush=True,
    )  # fmt: skip


def spent() -> float:
    """Processor seconds of this process and its children."""
    return sum(os.times()[:4])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("paths", nargs="*")
    parser.add_argument("--looks", default=",".join(LOOKS), help=f"some of {', '.join(LOOKS)}")
    parser.add_argument("--pages", help="only these pages")
    parser.add_argument("--most", type=int, default=0, metavar="N", help="at most N pages of a document")
    parser.add_argument("--show", type=int, default=0, help="print so many differences")
    given = parser.parse_args()
    found = documents(given.paths)
    if not found:
        print("no PDF found, and no Chinese font to draw one with", file=sys.stderr)
        return 2
    heads = ("right", "placed", "wrong", "w unsure", "missed", "silent", "r unsure", "proven")
    print(f"{'document':34} {'pages':>5} {'figures':>7} " + " ".join(f"{head:>8}" for head in heads)
          + f" {'n wr':>5} {'p bad':>5} {'s/page':>7}")  # fmt: skip
    for look in given.looks.split(","):
        read_all(look, found, given)
    return 0


def read_all(name_of_look: str, found: dict[str, bytes], given: argparse.Namespace) -> None:
    """Every document in one look, a line each and one for all."""
    look = LOOKS[name_of_look]
    whole, all_pages, all_seconds = Tally(), 0, 0.0
    limits = ReaderLimits(max_seconds=7200.0)
    for name, data in found.items():
        printed = numbers(parse_bytes(data, name))
        only = {int(page) for page in given.pages.split(",")} if given.pages else None
        pages = sorted(page for page in Counter(n["page"] for n in printed) if only is None or page in only)
        pages = pages[: given.most] if given.most else pages
        if not pages:
            continue
        scan, sizes = pictures(data, pages, look)
        start = spent()
        try:
            read = parse_bytes(scan, name, limits=limits)
        except IngestError as error:
            print("  ", name, error.code, error.reason)
            continue
        seconds = spent() - start
        position = {page: at for at, page in enumerate(pages, 1)}
        moved = [{**number, "page": position[number["page"]]} for number in printed if number["page"] in position]
        left = [
            upright(number, look, sizes) for number in read.rows["cell_numbers"]
            if number["role"] in ("figure", "unmapped")
        ]  # fmt: skip
        tally = measure(moved, read, left, given.show)
        if len(found) > 1:
            report(f"{name_of_look} {name}", tally, seconds, len(pages))
        whole.add(tally)
        all_pages, all_seconds = all_pages + len(pages), all_seconds + seconds
    if all_pages:
        report(f"{name_of_look} all", whole, all_seconds, all_pages)


if __name__ == "__main__":
    sys.exit(main())
