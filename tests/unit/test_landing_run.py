"""An ingestion run: what is read, what is left alone, what is left in rejects."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from ingest.landing.schemas import SCHEMAS
from ingest.landing.writer import Landing
from ingest.run import IngestOptions, IngestReport, ingest
from ingest.sources import SourceError
from ingest.workers import WorkerLimits

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
OPTIONS = IngestOptions(jobs=1, batch_documents=4, parser="fake_parser:parse_bytes", expander="fake_parser:expand")


class Home:
    """A source folder and a home beside it."""

    def __init__(self, folder: Path) -> None:
        self.inbox, self.home = folder / "inbox", folder / "home"
        self.inbox.mkdir()

    def put(self, name: str, text: str | bytes) -> str:
        """Write a source file; returns its document_id."""
        path = self.inbox / name
        path.parent.mkdir(parents=True, exist_ok=True)
        data = text if isinstance(text, bytes) else text.encode()
        path.write_bytes(data)
        return hashlib.sha256(data).hexdigest()

    def ingest(self, *sources: Path, options: IngestOptions = OPTIONS, **changes: object) -> IngestReport:
        settings = replace(options, **changes)
        return ingest(sources or (self.inbox,), self.home / "landing", self.home / "sources", settings, now=NOW)

    def table(self, name: str) -> pl.DataFrame:
        """A landing table as dbt sees it: all files of the folder, whatever the manifest says."""
        return pl.read_parquet(self.home / "landing" / name / "*.parquet")

    def bytes(self) -> dict[str, bytes]:
        landing = self.home / "landing"
        return {
            path.relative_to(landing).as_posix(): path.read_bytes() for path in landing.rglob("*") if path.is_file()
        }


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


def _actions(report: IngestReport) -> dict[str, str]:
    return {file.name: file.action for file in report.files}


def test_reads_every_file_once_and_fills_all_tables(home: Home) -> None:
    ids = [home.put(f"部门/{name}.txt", f"table {name} 7") for name in range(9)]
    report = home.ingest()
    assert sorted(home.table("documents")["document_id"]) == sorted(ids)
    assert home.table("cell_numbers").height == 18
    assert {outcome.figures for outcome in report.documents} == {2}
    assert home.table("documents")["ingested_at"].unique().to_list() == [NOW]
    for name, schema in SCHEMAS.items():
        assert home.table(name).columns == schema.names, name


def test_a_second_run_changes_no_byte(home: Home) -> None:
    for name in range(9):
        home.put(f"{name}.txt", f"table {name}")
    home.ingest()
    before = home.bytes()
    report = ingest((home.inbox,), home.home / "landing", home.home / "sources", OPTIONS)
    assert home.bytes() == before
    assert not report.is_changed and report.documents == () and report.unchanged == 9


def test_two_homes_of_the_same_files_are_equal_whatever_the_number_of_workers(tmp_path: Path) -> None:
    homes = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        homes.append(Home(tmp_path / name))
    for number in range(11):
        for home in homes:
            home.put(f"{number}.txt", f"table {number}")
    homes[0].ingest(jobs=1)
    homes[1].ingest(jobs=3)
    first, second = (
        {name: data for name, data in home.bytes().items() if not name.startswith(("names", "manifest"))}
        for home in homes
    )
    assert first == second


def test_only_new_and_changed_documents_are_read(home: Home) -> None:
    kept = home.put("kept.txt", "table 1")
    old = home.put("changed.txt", "table 2")
    home.ingest()
    new, added = home.put("changed.txt", "table 3"), home.put("added.txt", "table 4")
    report = home.ingest()
    assert {outcome.document_id for outcome in report.documents} == {new, added}
    assert _actions(report) == {"kept.txt": "unchanged", "changed.txt": "read", "added.txt": "read"}
    # An earlier version of a document stays: that it was replaced is a fact worth keeping.
    assert set(home.table("documents")["document_id"]) == {kept, old, new, added}


def test_a_new_reading_version_replaces_every_reading(home: Home) -> None:
    for number in range(6):
        home.put(f"{number}.txt", f"table {number}")
    home.ingest()
    report = home.ingest(version="fake-2")
    assert len(report.documents) == 6
    assert home.table("documents").height == 6 and home.table("cell_numbers").height == 6
    assert home.table("landed")["reading_version"].str.starts_with("fake-2+").all()


def test_the_same_bytes_under_two_names_are_one_document(home: Home) -> None:
    home.put("b.txt", "table 1")
    home.put("a/z.txt", "table 1")
    report = home.ingest()
    assert home.table("documents")["file_name"].to_list() == ["z.txt"]
    assert _actions(report) == {"a/z.txt": "read", "b.txt": "duplicate"}
    assert [name.file for name in Landing(home.home / "landing").names()] == ["a/z.txt", "b.txt"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("unreadable", "unreadable_file"),
        ("bug", "internal_error"),
        ("stranger", "internal_error"),
        ("mistyped", "internal_error"),
        ("extra", "internal_error"),
        ("die now", "worker_died"),
        ("hang now", "time_limit"),
        ("greedy now", "memory_limit"),
    ],
)
def test_one_bad_file_leaves_a_reject_and_never_stops_the_rest(home: Home, text: str, code: str) -> None:
    bad = home.put("bad.txt", text)
    good = [home.put(f"{number}.txt", f"table {number}") for number in range(6)]
    report = home.ingest(jobs=2, limits=WorkerLimits(seconds=3, memory_bytes=4 * 2**30))
    rejects = home.table("rejects").rows(named=True)
    assert [(row["document_id"], row["file_name"], row["code"]) for row in rejects] == [(bad, "bad.txt", code)]
    assert rejects[0]["reason"] and rejects[0]["stage"] == "file"
    assert sorted(home.table("documents")["document_id"]) == sorted(good)
    assert [file.code for file in report.rejected] == [code]
    again = home.ingest()
    assert again.documents == () and _actions(again)["bad.txt"] == "rejected"


def test_a_worker_that_dies_once_costs_nothing(home: Home, tmp_path: Path) -> None:
    home.put("once.txt", f"die-once {tmp_path / 'mark'}")
    for number in range(5):
        home.put(f"{number}.txt", f"table {number}")
    home.ingest()
    assert home.table("rejects").is_empty() and home.table("documents").height == 6


def test_rejected_documents_are_read_again_only_when_asked(home: Home) -> None:
    home.put("bad.txt", "bug")
    home.ingest()
    assert home.ingest().documents == ()
    assert len(home.ingest(retry=True).documents) == 1
    assert home.table("rejects").height == 1


def test_a_file_over_the_limit_is_rejected_under_its_hash(home: Home) -> None:
    large = home.put("large.txt", "table " + "1" * 100)
    home.ingest(max_bytes=50)
    assert home.table("rejects").select("document_id", "code").rows() == [(large, "limit_exceeded")]
    home.ingest(max_bytes=500, retry=True)
    assert home.table("rejects").is_empty() and home.table("documents").height == 1


def test_a_file_nobody_can_read_is_a_reject_until_it_can(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    home.put("locked.txt", "table 1")
    home.put("open.txt", "table 2")
    locked = home.inbox / "locked.txt"
    original = Path.open

    def guarded(path: Path, *args: object, **kwargs: object) -> object:
        if path == locked.resolve():
            raise PermissionError(13, "Permission denied")
        return original(path, *args, **kwargs)

    monkeypatch.setattr(Path, "open", guarded)
    report = home.ingest()
    assert _actions(report) == {"locked.txt": "unreadable", "open.txt": "read"}
    assert home.table("rejects").select("file_name", "code").rows() == [("locked.txt", "unreadable_source")]
    before = home.bytes()
    home.ingest()
    assert home.bytes() == before
    monkeypatch.undo()
    assert _actions(home.ingest())["locked.txt"] == "read"
    assert home.table("rejects").is_empty() and home.table("documents").height == 2


def test_prune_takes_out_what_a_source_no_longer_has(home: Home, tmp_path: Path) -> None:
    home.put("a.txt", "table 1")
    home.put("b.txt", "table 2")
    other = tmp_path / "other.txt"
    other.write_text("table 3")
    home.ingest(home.inbox, other)
    (home.inbox / "a.txt").unlink()
    assert home.ingest().removed == 0 and home.table("documents").height == 3
    report = home.ingest(prune=True)
    assert report.removed == 1 and _actions(report)["a.txt"] == "removed"
    assert sorted(home.table("documents")["file_name"]) == ["b.txt", "other.txt"]


def test_a_source_that_is_suddenly_empty_counts_as_a_disk_not_mounted(home: Home) -> None:
    home.put("a.txt", "table 1")
    home.ingest()
    before = home.bytes()
    (home.inbox / "a.txt").unlink()
    for prune in (False, True):
        with pytest.raises(SourceError) as caught:
            home.ingest(prune=prune)
        assert caught.value.code == "source_emptied" and home.bytes() == before
    assert home.ingest(prune=True, allow_shrink=True).removed == 1
    assert home.table("documents").is_empty()
    assert home.ingest(prune=True).removed == 0


def test_a_document_read_again_keeps_the_time_it_was_first_read(home: Home) -> None:
    home.put("a.txt", "table 1")
    home.ingest()
    home.put("b.txt", "table 2")
    arguments = (home.home / "landing", home.home / "sources")
    later = NOW + timedelta(days=1)
    ingest((home.inbox,), *arguments, replace(OPTIONS, version="fake-2"), later)
    assert dict(home.table("documents").select("file_name", "ingested_at").rows()) == {"a.txt": NOW, "b.txt": later}


def test_without_sources_the_known_ones_are_looked_at_again(home: Home) -> None:
    home.put("a.txt", "table 1")
    home.ingest()
    home.put("b.txt", "table 2")
    arguments = (home.home / "landing", home.home / "sources", OPTIONS)
    assert _actions(ingest((), *arguments)) == {"a.txt": "unchanged", "b.txt": "read"}
    home.inbox.rename(home.inbox.with_name("moved"))
    report = ingest((), *arguments)
    assert [(file.action, file.code) for file in report.files] == [("missing", "source_missing")]
    assert home.table("documents").height == 2


def test_a_source_that_is_not_there_is_an_error(home: Home) -> None:
    with pytest.raises(SourceError) as caught:
        home.ingest(home.inbox / "nowhere")
    assert caught.value.code == "source_missing"


def test_members_of_a_container_are_documents(home: Home) -> None:
    inside = home.put("x.txt", "table 1")
    (home.inbox / "x.txt").unlink()
    home.put("bundle.zip", b"PK\x03\x04x.txt:table 1|\xe9\x83\xa8/y.txt:table 2")
    home.put("sheet.xlsx", b"PK\x03\x04 table 5")
    report = home.ingest()
    documents = home.table("documents").sort("file_name")
    assert documents.select("file_name", "archive_name").rows() == [
        ("sheet.xlsx", None),
        ("x.txt", "bundle.zip"),
        ("y.txt", "bundle.zip"),
    ]
    assert documents.row(1)[0] == inside
    assert _actions(report) == {
        "bundle.zip": "opened",
        "bundle.zip!x.txt": "read",
        "bundle.zip!部/y.txt": "read",
        "sheet.xlsx": "read",
    }
    before = home.bytes()
    assert home.ingest().documents == () and home.bytes() == before
    (home.inbox / "bundle.zip").unlink()
    home.ingest(prune=True)
    assert home.table("documents")["file_name"].to_list() == ["sheet.xlsx"]


def test_a_member_that_cannot_be_unpacked_is_a_reject_beside_the_others(home: Home) -> None:
    container = home.put("bundle.zip", b"PK\x03\x04a.txt:table 1|in.zip>b.txt:table 2|c.txt:locked|in.zip>d.txt:locked")
    report = home.ingest()
    assert _actions(report) == {"bundle.zip": "opened", "bundle.zip!a.txt": "read", "bundle.zip!in.zip/b.txt": "read"}
    rejects = home.table("rejects").select("document_id", "reject_ordinal", "file_name", "code").rows()
    assert rejects == [(container, 1, "c.txt", "encrypted_file"), (container, 2, "in.zip/d.txt", "encrypted_file")]


def test_a_broken_container_is_a_reject(home: Home) -> None:
    home.put("bundle.zip", b"PK\x03\x04broken")
    report = home.ingest()
    assert [(file.name, file.action, file.code) for file in report.files] == [
        ("bundle.zip", "rejected", "unreadable_file")
    ]
    assert home.table("rejects")["file_name"].to_list() == ["bundle.zip"]


def test_damaged_bytes_in_the_store_are_taken_from_the_source_again(home: Home) -> None:
    document_id = home.put("a.txt", "table 1")
    home.ingest()
    stored = home.home / "sources" / document_id[:2] / document_id
    stored.write_bytes(b"table 9")
    report = home.ingest(version="fake-2")
    assert [outcome.code for outcome in report.documents] == [None]
    assert home.table("documents").height == 1 and home.table("rejects").is_empty()
    assert stored.read_bytes() == b"table 1"


def test_damaged_bytes_whose_source_is_gone_are_a_reject(home: Home) -> None:
    document_id = home.put("a.txt", "table 1")
    home.put("b.txt", "table 2")
    home.ingest()
    stored = home.home / "sources" / document_id[:2] / document_id
    stored.write_bytes(b"table 9")
    (home.inbox / "a.txt").unlink()
    report = home.ingest(version="fake-2")
    assert sorted(outcome.code or "" for outcome in report.documents) == ["", "store_damaged"]
    assert not stored.exists() and home.table("rejects")["code"].to_list() == ["store_damaged"]


def test_a_run_reads_what_a_damaged_batch_has_lost(home: Home) -> None:
    for number in range(10):
        home.put(f"{number}.txt", f"table {number}")
    home.ingest()
    before = home.bytes()
    landing = Landing(home.home / "landing")
    landing.path("cell_numbers", landing.batches()[1]).write_bytes(b"PAR1")
    report = home.ingest()
    assert report.recovery.damaged_batches == (landing.batches()[1],)
    assert home.bytes() == before


def test_progress_tells_where_the_run_stands(home: Home) -> None:
    for number in range(5):
        home.put(f"{number}.txt", f"table {number}")
    told = []
    home.ingest(progress=told.append)
    assert (told[4].step, told[4].done, told[4].total) == ("hash", 5, 5)
    assert (told[-1].step, told[-1].done, told[-1].total) == ("read", 5, 5)


def test_a_document_that_goes_by_another_name_is_read_under_it(home: Home) -> None:
    home.put("a.txt", "table 1")
    home.ingest()
    (home.inbox / "a.txt").rename(home.inbox / "b.txt")
    assert _actions(home.ingest(prune=True)) == {"b.txt": "read", "a.txt": "removed"}
    assert home.table("documents")["file_name"].to_list() == ["b.txt"]
    assert _actions(home.ingest(prune=True)) == {"b.txt": "unchanged"}


def test_members_of_an_archive_survive_a_death_before_the_names_were_written(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.put("a.zip", "PK\x03\x04x.txt:table 1|y.txt:table 2")
    with monkeypatch.context() as dying:
        dying.setattr(Landing, "set_names", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            home.ingest()
    home.ingest()
    assert sorted(home.table("documents")["file_name"]) == ["x.txt", "y.txt"]


def test_damaged_bytes_of_an_archive_are_taken_from_its_source_again(home: Home) -> None:
    archive_id = home.put("a.zip", "PK\x03\x04x.txt:table 1|y.txt:table 2")
    home.ingest()
    (home.home / "sources" / archive_id[:2] / archive_id).write_bytes(b"PK\x03\x04x.txt:table 1|y.txt:table 9")
    home.ingest(version="fake-2")
    assert sorted(home.table("documents")["file_name"]) == ["x.txt", "y.txt"] and home.table("rejects").is_empty()


def test_damaged_bytes_of_a_member_are_taken_from_its_archive_again(home: Home) -> None:
    home.put("a.zip", "PK\x03\x04x.txt:table 1|y.txt:table 2")
    home.ingest()
    document_id = hashlib.sha256(b"table 1").hexdigest()
    stored = home.home / "sources" / document_id[:2] / document_id
    stored.write_bytes(b"table 9")
    home.ingest(version="fake-2")
    assert stored.read_bytes() == b"table 1" and home.table("rejects").is_empty()
    assert sorted(home.table("documents")["file_name"]) == ["x.txt", "y.txt"]


def test_where_there_is_nothing_to_do_no_worker_is_started(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    home.put("a.txt", "table 1")
    home.ingest()
    monkeypatch.setattr("ingest.workers._Pool._start", lambda *_: pytest.fail("a worker was started"))
    assert home.ingest().unchanged == 1
