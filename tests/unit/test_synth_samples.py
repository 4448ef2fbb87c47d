"""The generated part of samples/ is what the generator writes, and its counties are nobody's."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

from ingest.dictionaries import read_seed
from ingest.pipeline import parse_bytes
from synth.samples import FOLDER, SAMPLES, files

_SAMPLES = Path(__file__).resolve().parents[2] / "samples"


def _content(path: Path, data: bytes) -> object:
    """What a file says, whatever packed it: members of an office file, figures of a PDF, else the bytes."""
    if path.suffix in (".xlsx", ".docx"):
        with zipfile.ZipFile(io.BytesIO(data)) as held:
            return {name: held.read(name) for name in held.namelist()}
    if path.suffix == ".pdf":
        parsed = parse_bytes(data, path.name)
        return [row for row in parsed.rows["cell_numbers"] if row.pop("document_id")], [
            row["text"] for row in parsed.rows["paragraphs"]
        ]
    return data


def test_the_samples_are_what_the_generator_writes() -> None:
    written = dict(files())
    assert len(written) == len(SAMPLES)
    assert {path.relative_to(_SAMPLES) for path in (_SAMPLES / FOLDER).rglob("*") if path.is_file()} == set(written)
    for path, data in written.items():
        assert _content(path, (_SAMPLES / path).read_bytes()) == _content(path, data), path


def test_the_counties_are_invented() -> None:
    real = {row["region_name"] for row in read_seed("regions")} | {row["short_name"] for row in read_seed("regions")}
    for path in (_SAMPLES / FOLDER).iterdir():
        assert path.name not in real and path.name[:-1] not in real
