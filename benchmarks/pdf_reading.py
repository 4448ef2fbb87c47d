"""Milliseconds a page: our PDF reader beside pdfplumber's bare ``extract_tables``, on the same pages, in one run.

    python benchmarks/pdf_reading.py [--rounds N] [--batch PAGES] [PDF …]

Without paths the PDFs of the shared folder are read (``GONGKAI_SHARED``, else ``../shared`` beside the checkout);
where there are none, samples are drawn into a temporary folder. One process, one core, CPU time; the best of N
rounds counts for each tool. Peak memory is that of a fresh process per tool. ``--batch`` reads the documents over and
over until that many pages are done and prints how far memory grew after the first hundred pages.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))


def main() -> int:
    """Parse arguments, measure, print; exit code 1 where the ratio exceeds 0.3."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", nargs="*", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--batch", type=int, default=1000, help="pages for the memory test; 0 leaves it out")
    parser.add_argument("--measure", choices=("ours", "pdfplumber", "batch"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        print(json.dumps(_measure(options)))
        return 0
    with tempfile.TemporaryDirectory() as folder:
        paths = options.paths or _shared_pdfs() or _drawn_samples(Path(folder))
        ours = _in_fresh_process("ours", paths, options)
        theirs = _in_fresh_process("pdfplumber", paths, options)
        batch = _in_fresh_process("batch", paths, options) if options.batch else None
    print(f"{'document':<44}{'pages':>6}{'ours ms':>10}{'plumber ms':>12}{'ratio':>8}{'tables':>8}{'cells':>8}")
    for mine, other in zip(ours["documents"], theirs["documents"], strict=True):
        print(
            f"{mine['name'][:30]:<44}{mine['pages']:>6}{mine['ms']:>10.2f}{other['ms']:>12.2f}"
            f"{mine['ms'] / other['ms']:>8.3f}{mine['tables']:>8}{mine['cells']:>8}"
        )
    pages = sum(entry["pages"] for entry in ours["documents"])
    my_ms, other_ms = (
        sum(entry["ms"] * entry["pages"] for entry in result["documents"]) / pages for result in (ours, theirs)
    )
    print(f"{'all, per page':<44}{pages:>6}{my_ms:>10.2f}{other_ms:>12.2f}{my_ms / other_ms:>8.3f}")
    print(f"peak memory: ours {ours['peak_mb']:.0f} MB, pdfplumber {theirs['peak_mb']:.0f} MB")
    if batch:
        print(
            f"{batch['pages']} pages in one process: memory grew by {batch['growth_mb']:.1f} MB after the first hundred"
        )
    return 0 if my_ms <= 0.3 * other_ms else 1


def _in_fresh_process(tool: str, paths: list[Path], options: argparse.Namespace) -> dict:
    command = [sys.executable, __file__, "--measure", tool, "--rounds", str(options.rounds)]
    command += ["--batch", str(options.batch), *map(str, paths)]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    if run.returncode != 0:
        raise SystemExit(f"measuring {tool} failed:\n{run.stderr}")
    return json.loads(run.stdout)


def _measure(options: argparse.Namespace) -> dict:
    if options.measure == "batch":
        return _batch(options.paths, options.batch)
    once = _read_ours if options.measure == "ours" else _read_pdfplumber
    documents = []
    for path in options.paths:
        best, facts = float("inf"), {}
        for _ in range(options.rounds):
            began = time.process_time()
            facts = once(path)
            best = min(best, time.process_time() - began)
        documents.append({"name": path.name, "ms": 1000 * best / facts["pages"], **facts})
    return {"documents": documents, "peak_mb": _memory("VmHWM") / 1024}


def _read_ours(path: Path) -> dict:
    from ingest.document import Table
    from ingest.readers import pdf
    from ingest.readers.limits import ReaderLimits

    document = pdf.read(path.read_bytes(), limits=ReaderLimits())
    tables = [block for block in document.blocks if isinstance(block, Table)]
    return {
        "pages": document.page_count,
        "tables": len(tables),
        "cells": sum(len(table.cells) for table in tables),
    }


def _read_pdfplumber(path: Path) -> dict:
    import pdfplumber

    with pdfplumber.open(path) as document:
        tables = 0
        for page in document.pages:
            tables += len(page.extract_tables())
            page.close()
        return {"pages": len(document.pages), "tables": tables}


def _batch(paths: list[Path], wanted: int) -> dict:
    pages = 0
    first = None
    while pages < wanted:
        for path in paths:
            pages += _read_ours(path)["pages"]
            if first is None and pages >= 100:
                first = _memory("VmRSS")
    return {"pages": pages, "growth_mb": (_memory("VmRSS") - (first or 0)) / 1024}


def _memory(field: str) -> int:
    """Memory of this process in kilobytes: ``VmRSS`` now, ``VmHWM`` at most."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(field):
            return int(line.split()[1])
    return 0


def _shared_pdfs() -> list[Path]:
    folder = Path(os.environ.get("GONGKAI_SHARED") or ROOT.parent / "shared") / "real" / "pdf"
    return sorted(folder.glob("*.pdf"))


def _drawn_samples(folder: Path) -> list[Path]:
    """Two documents of twenty pages each: ruled tables drawn two ways, and text."""
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.pdfgen.canvas import Canvas

    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    paths = []
    for style in ("lines", "rectangles"):
        path = folder / f"{style}.pdf"
        canvas = Canvas(str(path), pagesize=(595, 842))
        for page in range(20):
            canvas.setFont("STSong-Light", 9)
            if page % 4 == 3:
                for line in range(40):
                    canvas.drawString(
                        70, 770 - 18 * line, f"第{page}页第{line}行：本年支出合计{1000 + line}.50万元，比上年增加。"
                    )
            else:
                _draw_table(canvas, style, page)
            canvas.showPage()
        canvas.save()
        paths.append(path)
    return paths


def _draw_table(canvas, style: str, page: int) -> None:
    xs = [40, 70, 100, 130, 260, 330, 400, 470, 550]
    for row in range(31):
        y = 780 - 20 * row
        for x0, x1 in itertools.pairwise(xs):
            if style == "lines":
                canvas.line(x0, y, x1, y)
            else:
                canvas.rect(x0, y, x1 - x0, 0.5, stroke=0, fill=1)
        if row == 30:
            continue
        for x in xs:
            if style == "lines":
                canvas.line(x, y, x, y - 20)
            else:
                canvas.rect(x, y - 20, 0.5, 20, stroke=0, fill=1)
        record = (
            "201",
            f"{row:02d}",
            "01",
            f"第{row}项支出",
            *(f"{page * row * factor:,}.00" for factor in (3, 40, 500, 6000)),
        )
        for column, text in enumerate(record):
            canvas.drawString(xs[column] + 3, y - 14, text)


if __name__ == "__main__":
    sys.exit(main())
