"""Publishing: immutable generations, an atomically swapped link, readers undisturbed."""

from __future__ import annotations

import json
import os
import stat
import threading
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from gongkai.build import STORAGE_VERSION, BuildRecord, _empty_database, file_identity, wal_of, write_record
from gongkai.home import Home, open_home
from gongkai.messages import GongkaiError
from gongkai.publish import current_number, generations, is_whole, publish, read_generation, rollback


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return open_home(tmp_path / "home")


def _build(home: Home, number: int, figures: int = 10, checked: bool = True) -> BuildRecord:
    """A built file whose one table says which it is, as a build and its checks would leave it."""
    _empty_database(home.build_file)
    with duckdb.connect(str(home.build_file)) as connection:
        connection.execute(f"create table fct_statement_amount as select {number} as generation from range({figures})")
        connection.execute("checkpoint")
    record = BuildRecord(f"{number:06d}-x", number, f"print-{number}", file_identity(home.build_file), figures, 1)
    write_record(home.build_record, record)
    if checked:
        write_record(home.check_record, record)
    return record


def _publish(home: Home, number: int, figures: int = 10) -> None:
    _build(home, number, figures)
    publish(home)


def _seen(path: Path) -> int:
    with duckdb.connect(str(path), read_only=True) as connection:
        return connection.execute("select distinct generation from fct_statement_amount").fetchall()[0][0]


def test_a_published_file_is_read_only_and_reached_by_a_relative_link(home: Home) -> None:
    _publish(home, 1)
    target = home.generations / "gongkai-000001.duckdb"
    assert home.database.is_symlink() and os.readlink(home.database) == "generations/gongkai-000001.duckdb"
    assert stat.S_IMODE(target.stat().st_mode) == 0o444
    assert _seen(home.database) == 1
    assert not home.build_file.exists() and not home.build_record.exists()
    record = read_generation(home, 1)
    assert (record.number, record.figures, record.byte_count) == (1, 10, target.stat().st_size)


def test_a_home_can_be_moved(home: Home) -> None:
    _publish(home, 1)
    moved = home.root.rename(home.root.with_name("elsewhere"))
    assert _seen(moved / "gongkai.duckdb") == 1


def test_a_held_connection_keeps_its_generation_and_a_new_one_sees_the_next(home: Home) -> None:
    _publish(home, 1)
    with duckdb.connect(str(home.database), read_only=True) as held:
        for number in (2, 3, 4, 5):
            _publish(home, number)
            assert held.execute("select max(generation) from fct_statement_amount").fetchall() == [(1,)]
            assert _seen(home.database.resolve()) == number
    assert generations(home) == [3, 4, 5]
    assert sorted(path.name for path in home.generations.iterdir()) == [
        f"gongkai-00000{number}.{suffix}" for number in (3, 4, 5) for suffix in ("duckdb", "json")
    ]


def test_readers_that_open_at_any_moment_see_one_whole_generation(home: Home) -> None:
    _publish(home, 1)
    stop, answers, failures = threading.Event(), set(), []

    def read() -> None:
        while not stop.is_set():
            try:
                path = str(home.database.resolve())
                with duckdb.connect(path, read_only=True) as connection:
                    counted = "select count(*), min(generation), max(generation) from fct_statement_amount"
                    answers.add(connection.execute(counted).fetchall()[0])
            except duckdb.Error as error:
                # Between resolving the link and opening the file three newer generations may have come.
                if not Path(path).exists():
                    continue
                failures.append(error)

    reader = threading.Thread(target=read)
    reader.start()
    for number in range(2, 22):
        _publish(home, number)
    stop.set()
    reader.join()
    assert failures == []
    assert all(count == 10 and low == high for count, low, high in answers)


@pytest.mark.parametrize("reason", ["unchecked", "changed since", "another build"])
def test_only_the_very_file_that_passed_is_published(home: Home, reason: str) -> None:
    _publish(home, 1)
    record = _build(home, 2, checked=reason != "unchecked")
    if reason == "changed since":
        os.utime(home.build_file, ns=(1, 1))
    if reason == "another build":
        write_record(home.check_record, BuildRecord("other", 9, "x", record.file, 10, 1))
    with pytest.raises(GongkaiError) as caught:
        publish(home)
    assert caught.value.code == "not_checked" and _seen(home.database) == 1


def test_nothing_built_is_nothing_to_publish(home: Home) -> None:
    with pytest.raises(GongkaiError) as caught:
        publish(home)
    assert caught.value.code == "build_missing"


def test_a_file_with_its_log_beside_is_not_published(home: Home) -> None:
    _build(home, 1)
    wal_of(home.build_file).write_bytes(b"rows that would be lost")
    with pytest.raises(GongkaiError) as caught:
        publish(home)
    assert caught.value.code == "wal_left" and current_number(home) is None


def test_losing_most_figures_needs_consent(home: Home) -> None:
    _publish(home, 1, figures=100)
    _build(home, 2, figures=49)
    with pytest.raises(GongkaiError) as caught:
        publish(home)
    assert caught.value.code == "volume_drop" and _seen(home.database) == 1
    publish(home, allow_shrink=True)
    assert _seen(home.database) == 2
    _publish(home, 3, figures=25)
    assert _seen(home.database) == 3


def test_rollback_goes_back_one_or_to_the_one_named(home: Home) -> None:
    for number in (1, 2, 5):
        _publish(home, number)
    assert rollback(home).number == 2 and _seen(home.database) == 2
    assert rollback(home).number == 1
    assert rollback(home, 5).number == 5 and _seen(home.database) == 5
    with pytest.raises(GongkaiError) as caught:
        rollback(home, 4)
    assert caught.value.code == "no_generation" and _seen(home.database) == 5


def test_nobody_is_led_back_to_a_file_that_does_not_open(home: Home) -> None:
    for number in (1, 2):
        _publish(home, number)
    first = home.generations / "gongkai-000001.duckdb"
    first.chmod(0o644)
    os.truncate(first, 5000)
    with pytest.raises(GongkaiError) as caught:
        rollback(home)
    assert caught.value.code == "warehouse_damaged" and _seen(home.database) == 2


def test_a_published_file_cut_short_is_not_whole(home: Home) -> None:
    _publish(home, 1)
    record = read_generation(home, 1)
    assert is_whole(home, record)
    home.database.resolve().chmod(0o644)
    os.truncate(home.database, record.byte_count - 1)
    assert not is_whole(home, record)
    home.database.resolve().unlink()
    assert not is_whole(home, record)


def test_what_the_gate_took_of_a_file_stays_with_its_generation(home: Home) -> None:
    record = _build(home, 1)
    digests = {"fct_statement_amount": (10, "123")}
    write_record(home.check_record, replace(record, scoped=3, digests=digests))
    publish(home)
    held = read_generation(home, 1)
    assert held.scoped == 3 and {table: tuple(digest) for table, digest in held.digests.items()} == digests


def test_the_generation_in_use_is_never_deleted(home: Home) -> None:
    _publish(home, 1)
    for number in (2, 3, 4):
        _build(home, number)
        rollback_target = current_number(home)
        publish(home, kept=1)
        assert generations(home) == [number] and rollback_target != number
    _publish(home, 5)
    rollback(home, 4)
    assert _seen(home.database) == 4
    _publish(home, 6)
    assert generations(home) == [4, 5, 6]


def test_files_keep_the_storage_version_that_old_clients_open(home: Home) -> None:
    _build(home, 1)
    with duckdb.connect(str(home.build_file), read_only=True) as connection:
        tags = connection.execute("select tags from duckdb_databases() where database_name = 'gongkai'").fetchall()[0][
            0
        ]
    assert tags["storage_version"].startswith(STORAGE_VERSION)


def test_a_damaged_record_is_no_record(home: Home) -> None:
    _build(home, 1)
    for text in ("", "[]", '{"run_id": 1}', json.dumps({"file": [1, 2, 3]})):
        home.build_record.write_text(text)
        assert BuildRecord.read(home.build_record) is None
