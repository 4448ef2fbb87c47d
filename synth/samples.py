"""The part of ``samples/`` that the generator writes: bodies of two invented counties over several years.

    python -m synth.samples samples

A department with its units, its own office beside it in one file (汇总 and 本级), and two bodies that stand alone;
final accounts of three years, budgets, a report on performance; text, Markdown, HTML, xlsx, docx and PDF. No damage and
no published error. Needs the extra ``synth`` for the last three formats.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from synth.files import make

SEED = 37
PROVINCES = ("湖北省", "江苏省")
FOLDER = "合成"
"""Below ``samples/``."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One document: body of the country of SEED and PROVINCES, year, kind, file format."""

    number: int
    year: int
    kind: str
    file_format: str


SAMPLES = (
    Sample(0, 2021, "final_account", "text"),
    Sample(0, 2022, "final_account", "html"),
    Sample(0, 2023, "final_account", "docx"),
    Sample(0, 2023, "budget", "xlsx"),
    Sample(1, 2021, "final_account", "markdown"),
    Sample(1, 2022, "final_account", "text"),
    Sample(1, 2023, "final_account", "html"),
    Sample(1, 2023, "performance", "text"),
    Sample(4, 2021, "final_account", "html"),
    Sample(4, 2022, "final_account", "xlsx"),
    Sample(4, 2023, "final_account", "pdf"),
    Sample(4, 2022, "budget", "text"),
    Sample(4, 2023, "budget", "html"),
    Sample(14, 2021, "final_account", "text"),
    Sample(14, 2022, "final_account", "markdown"),
    Sample(14, 2023, "final_account", "xlsx"),
    Sample(14, 2023, "budget", "pdf"),
)


def files() -> Iterator[tuple[Path, bytes]]:
    """(path below ``samples/``, bytes) of every document."""
    for sample in SAMPLES:
        made = make(SEED, sample.number, sample.year, sample.kind, sample.file_format, provinces=PROVINCES)
        name = re.sub(r"[/\\:*?\"<>|]", "", made.file_name)
        yield Path(FOLDER, made.disclosure.region_name, name), made.data


def main(folder: str) -> None:
    """Write the documents below ``folder``."""
    for path, data in files():
        into = Path(folder) / path
        into.parent.mkdir(parents=True, exist_ok=True)
        into.write_bytes(data)
        print(into)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "samples")
