"""Reading PDFs end to end, beside pdfplumber on the same pages in the same run.

    python benchmarks/pdf_reading.py [folder or files …] [--rounds 3] [--batch-pages 1000]

Prints milliseconds per page from bytes to landing rows (reading, recognition, prose), one core, and what pdfplumber's
bare ``extract_tables`` takes for the same pages; then the memory of one process over a long batch. Without arguments
the PDFs of ../shared/real are read, or, where there are none, disclosures of tests/rendering printed as PDF.
"""

from __future__ import annotations

import argparse
import gc
import io
import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]


def documents(paths: list[str]) -> dict[str, bytes]:
    """Name → bytes of the PDFs to read."""
    shared = Path(os.environ.get("GONGKAI_SHARED") or ROOT.parent / "shared") / "real" / "pdf"
    sources = [Path(path) for path in paths] or [shared]
    files = [file for source in sources for file in (sorted(source.rglob("*.pdf")) if source.is_dir() else [source])]
    found = {file.name: file.read_bytes() for file in files if file.is_file()}
    if found or paths:
        return found
    from rendering import budget, final_account, performance

    from synth.render import pdf

    makers = {"final account": final_account, "budget": budget, "performance": performance}
    return {f"{name} (rendered)": pdf.render(maker.disclosure()) for name, maker in makers.items()}


def on_one_core() -> None:
    """Keep this process on one core, so that no library reads ahead on another."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})


def best(rounds: int, work) -> float:
    """Shortest of some runs, in seconds of CPU time."""
    times = []
    for _ in range(rounds):
        gc.collect()
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return min(times)


def compare(found: dict[str, bytes], rounds: int) -> float:
    """Print both times for every document; returns the ratio over all."""
    import pdfplumber

    from ingest.pipeline import parse_bytes

    pages = own = bare = 0.0
    print(f"{'document':44} {'pages':>5} {'figures':>8} {'gongkai ms':>11} {'pdfplumber ms':>14} {'ratio':>6}")
    for name, data in found.items():
        parsed = parse_bytes(data, name)
        count = parsed.document.page_count or 0

        def grids(data: bytes = data) -> None:
            with pdfplumber.open(io.BytesIO(data)) as document:
                for page in document.pages:
                    page.extract_tables()
                    page.close()

        mine = best(rounds, lambda data=data, name=name: parse_bytes(data, name))
        theirs = best(max(rounds - 1, 1), grids)
        pages, own, bare = pages + count, own + mine, bare + theirs
        print(f"{name:44.44} {count:5d} {len(parsed.figures()):8d} {1000 * mine / count:11.2f} "
              f"{1000 * theirs / count:14.2f} {mine / theirs:6.3f}")  # fmt: skip
    ratio = own / bare
    print(f"{'all':44} {pages:5.0f} {'':8} {1000 * own / pages:11.2f} {1000 * bare / pages:14.2f} {ratio:6.3f}")
    return ratio


def resident() -> tuple[float, float]:
    """Memory of this process now and at its peak, in MB."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    lines = dict(line.split(":", 1) for line in status.splitlines() if ":" in line)
    return tuple(int(lines[name].split()[0]) / 1024 for name in ("VmRSS", "VmHWM"))


def batch(found: dict[str, bytes], wanted: int) -> None:
    """Read the documents over and over and print memory after every tenth of the pages."""
    from ingest.pipeline import parse_bytes

    pages = figures = 0
    step = wanted / 10
    print(f"{'pages':>6} {'figures':>8} {'resident MB':>12} {'peak MB':>8}")
    while pages < wanted:
        for name, data in found.items():
            parsed = parse_bytes(data, name)
            before, pages = pages, pages + (parsed.document.page_count or 0)
            figures += len(parsed.figures())
            if before // step != pages // step:
                now, peak = resident()
                print(f"{pages:6d} {figures:8d} {now:12.1f} {peak:8.1f}", flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("paths", nargs="*")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--batch-pages", type=int, default=1000)
    parser.add_argument("--only-batch", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    found = documents(given.paths)
    if not found:
        print("no PDF found", file=sys.stderr)
        return 2
    on_one_core()
    if given.only_batch:
        batch(found, given.batch_pages)
        return 0
    compare(found, given.rounds)
    if given.batch_pages:
        # In a process of its own: pdfplumber's memory is not ours.
        print(flush=True)
        command = [sys.executable, __file__, *given.paths, "--only-batch", "--batch-pages", str(given.batch_pages)]
        return subprocess.run(command, check=False).returncode
    return 0


if __name__ == "__main__":
    sys.exit(main())
