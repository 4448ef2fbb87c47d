"""A reader that has changed reads its own documents again, and what could not be read; no others."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from ingest import readers
from ingest.run import IngestOptions, IngestReport, ingest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.fuzz.seeds import seeds  # noqa: E402


def _ingest(home: Path) -> tuple[IngestReport, set[str]]:
    report = ingest((home / "inbox",), home / "landing", home / "sources", IngestOptions(jobs=1))
    again = {outcome.document_id for outcome in report.documents}
    return report, {Path(file.name).suffix for file in report.files if file.document_id in again}


def test_a_reader_upgrade_reads_exactly_what_it_may_read_otherwise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "inbox").mkdir()
    held = {Path(name).suffix: data for name, data in seeds().items()}
    for suffix in (".txt", ".html", ".xlsx"):
        (tmp_path / "inbox" / f"决算{suffix}").write_bytes(held[suffix])
    (tmp_path / "inbox" / "坏.bin").write_bytes(bytes(range(256)) * 4)
    assert _ingest(tmp_path)[1] == {".txt", ".html", ".xlsx", ".bin"}
    report, again = _ingest(tmp_path)
    assert again == set() and not report.is_changed
    monkeypatch.setattr("ingest.readers.html.READER_VERSION", "2")
    assert _ingest(tmp_path)[1] == {".html", ".bin"}


def test_a_document_is_current_by_all_readers_that_had_a_part_in_it(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("pdf", "ocr", "legacy_doc", "word", "spreadsheet"):
        monkeypatch.setattr(f"ingest.readers.{name}.READER_VERSION", "1")
    assert readers.is_current("pdf", "1") and readers.is_current("pdf", "1+ocr1")
    assert readers.is_current("legacy_doc", "1+word1") and readers.is_current("legacy_doc", "1+spreadsheet1")
    monkeypatch.setattr("ingest.readers.ocr.READER_VERSION", "2")
    assert readers.is_current("pdf", "1") and not readers.is_current("pdf", "1+ocr1")
    monkeypatch.setattr("ingest.readers.word.READER_VERSION", "2")
    assert not readers.is_current("legacy_doc", "1+word1") and readers.is_current("legacy_doc", "1+spreadsheet1")
    assert not readers.is_current("no such reader", "1") and not readers.is_current("", "")
    before = readers.versions()
    monkeypatch.setattr("ingest.readers.archive.READER_VERSION", "9")
    assert readers.versions() != before
