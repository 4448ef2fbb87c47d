"""CPU time of prose extraction: python benchmarks/prose_extraction.py [FOLDER …] [--runs N]

Reads every .txt and .md file of the folders (samples/ by default), builds paragraphs and extracts; prints milliseconds
of CPU a document, the mean, and rows a second. Reading the file is not counted; the dictionaries are loaded before.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from ingest.prose import build, extract
from ingest.prose.lexer import lexer
from ingest.readers import text as text_reader


def measure(path: Path, runs: int) -> tuple[float, float, int, int]:
    """Milliseconds to build and to extract (best of ``runs``), characters of prose, rows."""
    blocks = text_reader.read(path.read_bytes()).blocks
    building = extracting = float("inf")
    characters = rows = 0
    for _ in range(runs):
        start = time.process_time()
        paragraphs = build(blocks)
        middle = time.process_time()
        result = extract(paragraphs, fiscal_year=None, document_kind=None)
        end = time.process_time()
        building, extracting = min(building, middle - start), min(extracting, end - middle)
        characters, rows = sum(len(paragraph.text) for paragraph in paragraphs), len(result.amounts)
    return building * 1000, extracting * 1000, characters, rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="*", type=Path, default=[Path(__file__).resolve().parent.parent / "samples"])
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    lexer()
    files = [path for folder in options.folders for path in sorted(folder.rglob("*")) if path.suffix in (".txt", ".md")]
    if not files:
        raise SystemExit("没有找到 .txt 或 .md 文件")
    total = 0.0
    print(f"{'build ms':>9}{'extract ms':>12}{'chars':>8}{'rows':>6}  file")
    for path in files:
        building, extracting, characters, rows = measure(path, options.runs)
        total += building + extracting
        print(f"{building:>9.1f}{extracting:>12.1f}{characters:>8}{rows:>6}  {path.name}")
    print(f"mean {total / len(files):.1f} ms of CPU a document, paragraphs and extraction together")


if __name__ == "__main__":
    main()
