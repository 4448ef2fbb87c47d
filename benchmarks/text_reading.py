"""CPU time of reading text documents, one core (读取文本文档的处理器时间).

    python benchmarks/text_reading.py [FOLDER] [--rounds N]

FOLDER defaults to real/text below GONGKAI_SHARED (or ../shared), else to samples/. For each document: milliseconds of
processor time to parse it into landing rows without and with its prose, to turn those rows into Arrow, and, as a floor,
merely to decode the same bytes and split them into lines and fields. Each is the mean over the rounds after one to warm
up; the last line is the mean over documents.
"""

from __future__ import annotations

import argparse
import os
import re
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ingest import pipeline
from ingest.errors import IngestError
from ingest.reading import ReadTask, to_frames

ROOT = Path(__file__).resolve().parent.parent
_FIELD = re.compile(r"[\t|]")


@dataclass(slots=True)
class Prose:
    """Times the part of parsing that reads prose."""

    seconds: float = 0.0

    def watch(self, function: Callable[..., None]) -> Callable[..., None]:
        """The function, with the processor time it takes added up here."""

        def timed(*arguments: object, **named: object) -> None:
            start = time.process_time()
            function(*arguments, **named)
            self.seconds += time.process_time() - start

        return timed


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", nargs="?", type=Path, default=_default_folder())
    parser.add_argument("--rounds", type=int, default=20)
    options = parser.parse_args()
    prose = Prose()
    pipeline._land_prose = prose.watch(pipeline._land_prose)
    print(f"{'split':>8}{'tables':>8}{'+prose':>8}{'+arrow':>8}  ms CPU, mean of {options.rounds} rounds")
    rows = []
    for path in sorted(options.folder.iterdir()):
        data = path.read_bytes()
        try:
            rows.append(_measure(path.name, data, prose, options.rounds))
        except IngestError as error:
            print(f"{'':32}  {path.name}: {error.reason}")
            continue
        print("".join(f"{value:8.2f}" for value in rows[-1]), "", path.name)
    print(
        "".join(f"{statistics.mean(column):8.2f}" for column in zip(*rows, strict=True)),
        f" mean of {len(rows)} documents",
    )


def _measure(name: str, data: bytes, prose: Prose, rounds: int) -> tuple[float, float, float, float]:
    """(split, tables, tables and prose, tables, prose and Arrow) in milliseconds of processor time."""
    task = ReadTask("", name, len(data), "")
    rows = pipeline.parse_bytes(data, name).rows
    task = ReadTask(rows["documents"][0]["document_id"], name, len(data), "")
    encoding = rows["documents"][0]["encoding"] or "utf-8"
    prose.seconds = 0.0
    parse = _mean(lambda: pipeline.parse_bytes(data, name), rounds)
    in_prose = prose.seconds / rounds * 1000
    arrow = _mean(lambda: to_frames(task, rows), rounds)
    split = _mean(lambda: [_FIELD.split(line) for line in data.decode(encoding, "replace").splitlines()], rounds)
    return split, parse - in_prose, parse, parse + arrow


def _mean(work: Callable[[], object], rounds: int) -> float:
    start = time.process_time()
    for _ in range(rounds):
        work()
    return (time.process_time() - start) / rounds * 1000


def _default_folder() -> Path:
    real = Path(os.environ.get("GONGKAI_SHARED") or ROOT.parent / "shared") / "real" / "text"
    return real if real.is_dir() else ROOT / "samples"


if __name__ == "__main__":
    main()
