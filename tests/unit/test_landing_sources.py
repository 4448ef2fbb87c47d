"""Finding files, and keeping their bytes by hash."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from ingest.sources import DamagedSource, SourceError, SourceStore, StatCache, discover, hash_files, is_archive


def _names(source: Path) -> list[str]:
    return [file.name for file in discover(source)]


def test_files_come_in_the_order_of_their_names(tmp_path: Path) -> None:
    for name in ("b.txt", "a/二.txt", "a/一.txt", "c"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    assert _names(tmp_path) == ["a/一.txt", "a/二.txt", "b.txt", "c"]
    assert _names(tmp_path / "b.txt") == ["b.txt"]
    assert discover(tmp_path)[0].file_name == "一.txt"


def test_hidden_files_and_links_out_of_the_source_are_left_out(tmp_path: Path) -> None:
    source, outside = tmp_path / "source", tmp_path / "outside"
    (source / ".git").mkdir(parents=True)
    outside.mkdir()
    for path in (source / ".git/config", source / ".hidden", source / "real.txt", outside / "secret.txt"):
        path.write_text("x")
    (source / "link-out.txt").symlink_to(outside / "secret.txt")
    (source / "folder-out").symlink_to(outside)
    (source / "to-hidden.txt").symlink_to(source / ".hidden")
    (source / "dangling.txt").symlink_to(source / "nothing")
    (source / "inside.txt").symlink_to(source / "real.txt")
    (source / "loop").symlink_to(source)
    assert _names(source) == ["inside.txt", "real.txt"]


def test_special_files_are_left_out(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "a.txt").write_text("x")
    assert _names(tmp_path) == ["a.txt"]


def test_a_missing_source_has_a_code(tmp_path: Path) -> None:
    with pytest.raises(SourceError) as caught:
        discover(tmp_path / "nowhere")
    assert caught.value.code == "source_missing"


def test_the_store_keeps_bytes_by_their_hash(tmp_path: Path) -> None:
    store = SourceStore(tmp_path / "store")
    data = "预算".encode() * 1000
    document_id = store.keep_bytes(data)
    assert document_id == hashlib.sha256(data).hexdigest()
    assert store.path(document_id) == tmp_path / "store" / document_id[:2] / document_id
    assert store.read(document_id) == data
    (tmp_path / "file").write_bytes(data)
    assert store.keep_file(tmp_path / "file", 10**6) == (document_id, len(data), data[:512])
    assert [path.name for path in (tmp_path / "store").rglob("*") if path.is_file()] == [document_id]
    store.path(document_id).write_bytes(b"damaged")
    with pytest.raises(DamagedSource, match=document_id):
        store.read(document_id)
    store.keep_file(tmp_path / "file", 10**6)
    assert store.read(document_id) == data


def test_an_unchanged_file_is_not_read_again(tmp_path: Path) -> None:
    path, store = tmp_path / "in" / "a.txt", SourceStore(tmp_path / "store")
    path.parent.mkdir()
    path.write_text("one")
    os.utime(path, ns=(10**18, 10**18))

    def hashes(now_ns: int) -> list[str]:
        cache = StatCache(tmp_path / "cache.json")
        found = [held.document_id for held in hash_files(discover(path.parent), store, cache, 10**6, now_ns)]
        cache.save()
        return found

    [first] = hashes(10**18 + 10**9)
    # A second after the change the file may still change under the same time stamp: it is not remembered.
    path.write_text("two")
    os.utime(path, ns=(10**18, 10**18))
    [second] = hashes(2 * 10**18)
    assert first != second == hashlib.sha256(b"two").hexdigest()
    path.write_text("six")
    os.utime(path, ns=(10**18, 10**18))
    assert hashes(2 * 10**18) == [second]
    store.remove(second)
    assert hashes(2 * 10**18) == [hashlib.sha256(b"six").hexdigest()]


@pytest.mark.parametrize("text", ["", "[1, 2]", '{"x": 3}', "junk"])
def test_an_unreadable_cache_only_costs_time(tmp_path: Path, text: str) -> None:
    (tmp_path / "cache.json").write_text(text)
    (tmp_path / "x").write_text("x")
    assert StatCache(tmp_path / "cache.json").get(tmp_path / "x", (tmp_path / "x").stat()) is None


def test_containers_are_known_by_their_first_bytes() -> None:
    assert is_archive(b"PK\x03\x04rest") and is_archive(b"\x1f\x8b\x08") and is_archive(bytes(257) + b"ustar\x00")
    assert not is_archive(b"%PDF-1.7") and not is_archive("部门预算".encode()) and not is_archive(b"")
