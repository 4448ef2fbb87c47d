"""Reading the synthetic mix: documents per second and core, by format, alone and over processes (解析速度).

    python benchmarks/parsing.py [--documents 240] [--damage light] [--seed 11] [--folder FOLDER]

Documents of every format, dialect and kind are made by ``synth``; each is read from bytes to Arrow tables, prose
included, as a refresh reads it. The floor beside it decodes the same bytes and splits them into lines and fields.
Processor time of one process on one core; then the same documents over as many processes as there are cores, beside
merely reading and splitting the files over the same processes.
"""

from __future__ import annotations

import argparse
import gc
import os
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from benchmarks.measure import table  # noqa: E402
from ingest.pipeline import parse_bytes  # noqa: E402
from ingest.reading import ReadTask, to_frames  # noqa: E402

TEXT_FORMATS = ("text", "markdown", "html")


def documents(folder: Path, count: int, damage: str, seed: int) -> dict[str, list[Path]]:
    """Format → files, as many of each format; made where they are not there yet."""
    import polars as pl

    from synth.choices import FORMATS, KINDS
    from synth.write import Order, write

    made = folder / f"parsing-{count}-{damage}-{seed}"
    if not (made / "truth" / "documents.parquet").exists():
        years = (2020, 2021, 2022, 2023)
        write(Order(max(1, -(-count // (len(years) * len(KINDS)))), years, seed, FORMATS, damage, KINDS), made,
              len(os.sched_getaffinity(0)))  # fmt: skip
    found = defaultdict(list)
    rows = pl.read_parquet(made / "truth" / "documents.parquet").select("file_format", "path").sort("path")
    for name, path in rows.iter_rows():
        found[name].append(made / "documents" / path)
    return dict(sorted(found.items(), key=lambda item: FORMATS.index(item[0])))


def read(path: Path) -> int:
    """Read one document as a refresh does; returns how many figures it prints."""
    data = path.read_bytes()
    parsed = parse_bytes(data, path.name)
    to_frames(ReadTask(parsed.rows["documents"][0]["document_id"], path.name, len(data), ""), parsed.rows)
    return len(parsed.figures())


def split(path: Path) -> int:
    """Merely read the bytes, decode them as what they may be, and split them into lines and fields."""
    text = path.read_bytes().decode("utf-8", "replace")
    return sum(len(line.replace("|", "\t").split("\t")) for line in text.splitlines())


def timed(work: Callable[[Path], int], paths: Sequence[Path]) -> tuple[float, int]:
    """(seconds of processor time, sum of what the work returned) in this process; warmed up by the first document."""
    work(paths[0])
    gc.collect()
    began = time.process_time()
    count = sum(map(work, paths))
    return time.process_time() - began, count


def _share(name: str, paths: list[Path]) -> tuple[float, float]:
    """(processor, wall) seconds of one process for its share."""
    work = {"read": read, "split": split}[name]
    work(paths[0])
    processor, wall = time.process_time(), time.perf_counter()
    for path in paths:
        work(path)
    return time.process_time() - processor, time.perf_counter() - wall


def parallel(name: str, paths: list[Path], jobs: int) -> tuple[float, float]:
    """(processor seconds of all, wall seconds of the slowest) over ``jobs`` processes."""
    shares = [paths[number::jobs] for number in range(jobs)]
    with ProcessPoolExecutor(jobs) as pool:
        results = list(pool.map(_share, [name] * jobs, shares))
    return sum(processor for processor, _ in results), max(wall for _, wall in results)


def report(folder: Path, count: int, damage: str, seed: int) -> str:
    """The tables in Markdown."""
    found = documents(folder, count, damage, seed)
    rows, seconds, floors, number = [], 0.0, 0.0, 0
    text_seconds, text_number = 0.0, 0
    for name, paths in found.items():
        spent, figures = timed(read, paths)
        floor, _ = timed(split, paths) if name in TEXT_FORMATS else (0.0, 0)
        size = sum(path.stat().st_size for path in paths)
        rows.append([name, str(len(paths)), f"{size / len(paths) / 1024:.0f}", f"{figures / len(paths):.0f}",
                     f"{1000 * spent / len(paths):.1f}", f"{len(paths) / spent:.1f}",
                     f"{1000 * floor / len(paths):.2f}" if floor else "–"])  # fmt: skip
        seconds, number, floors = seconds + spent, number + len(paths), floors + floor
        if name in TEXT_FORMATS:
            text_seconds, text_number = text_seconds + spent, text_number + len(paths)
    rows.append(["text formats", str(text_number), "", "", f"{1000 * text_seconds / text_number:.1f}",
                 f"{text_number / text_seconds:.1f}", f"{1000 * floors / text_number:.2f}"])  # fmt: skip
    rows.append(["all", str(number), "", "", f"{1000 * seconds / number:.1f}", f"{number / seconds:.1f}", ""])
    head = ("format", "documents", "KiB each", "figures each", "ms CPU each", "documents / s / core", "split only ms")
    lines = [table(head, rows)]
    everything = [path for paths in found.values() for path in paths]
    told = []
    for jobs in sorted({1, len(os.sched_getaffinity(0))}):
        work = {name: parallel(name, everything, jobs) for name in ("read", "split")}
        told.append([str(jobs), *(f"{number / work[name][1]:.1f} / {number / work[name][0]:.1f}" for name in work)])
    lines.append("All formats over processes, documents per second of the clock / of processor time:")
    lines.append(table(("processes", "read into Arrow", "read bytes and split only"), told))
    return "\n\n".join(lines)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, default=240)
    parser.add_argument("--damage", choices=("none", "light", "heavy"), default="light")
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--folder", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="gongkai-parsing-") as temporary:
        print(report(given.folder or Path(temporary), given.documents, given.damage, given.seed))


if __name__ == "__main__":
    main()
