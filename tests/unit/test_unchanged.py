"""The digest of a spliced file is that of all its rows, although only part of them is read."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from expectations import unchanged
from expectations.unchanged import digest_after, digest_of

_COLUMNS = ("key", "number", "word")
_ROWS = 400_000


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with a table of several groups of rows: of each body ten rows side by side."""
    path = tmp_path_factory.mktemp("published") / "published.duckdb"
    with duckdb.connect() as connection:
        connection.execute(f"attach '{path}' as fresh (storage_version 'v1.0.0')")
        connection.execute(
            f"create table fresh.held as select (i // 10)::varchar as key, i as number, 'word ' || i % 7 as word"
            f" from range({_ROWS}) t(i)"
        )
    return path


@pytest.fixture
def copied(published: Path, tmp_path: Path) -> Path:
    """A copy to splice into."""
    return Path(shutil.copyfile(published, tmp_path / "copied.duckdb"))


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """How many rows each digest has read."""
    counts = []

    def counting(*given: object) -> tuple[int, str]:
        found = digest_of(*given)
        counts.append(found[0])
        return found

    monkeypatch.setattr(unchanged, "digest_of", counting)
    return counts


def _digests(published: Path, copied: Path, owned: str) -> tuple[tuple[int, str], tuple[int, str]]:
    """(told from what was known, read in full)."""
    with duckdb.connect() as connection:
        connection.execute(f"attach '{published}' as before (read_only)")
        connection.execute(f"attach '{copied}' as now (read_only)")
        for side in ("before", "now"):
            connection.execute(f"create table {side}_places as select rowid as place from {side}.held where {owned}")
        known = digest_of(connection, "before.held", _COLUMNS)
        places = ("before_places", "now_places")
        told = digest_after(connection, _COLUMNS, known, ("before.held", "now.held"), places)
        return told, digest_of(connection, "now.held", _COLUMNS)


def _change(path: Path, *sql: str) -> None:
    with duckdb.connect(str(path)) as connection:
        for statement in sql:
            connection.execute(statement)


_PUT_IN = "insert into held select 'new', i, 'fresh' from range(500) t(i)"
_TAKE_OUT = "delete from held where key in ('7', '20000')"
_OWNED = "key in ('new', '7', '20000')"


@pytest.mark.parametrize("sql", [(), (_PUT_IN,), (_TAKE_OUT,), (_TAKE_OUT, _PUT_IN)])
def test_a_splice_is_told_without_reading_what_did_not_move(
    sql: tuple[str, ...], published: Path, copied: Path, read: list[int]
) -> None:
    _change(copied, *sql)
    told, whole = _digests(published, copied, _OWNED)
    assert told == whole
    assert sum(read) < _ROWS / 2, "less than half of the rows were read"


@pytest.mark.parametrize(
    "sql",
    [
        "delete from held where number = 123456",
        "update held set word = 'other' where number = 123456",
        "insert into held values ('stranger', 1, 'x')",
        # One for one: the number of rows comes out, but a group has moved.
        "delete from held where number = 123456; insert into held values ('stranger', 1, 'x')",
        "delete from held where key = '12345'; insert into held select '12345', i, 'x' from range(10) t(i)",
    ],
)
def test_what_was_changed_beside_a_splice_is_in_the_digest(sql: str, published: Path, copied: Path) -> None:
    _change(copied, _TAKE_OUT, _PUT_IN, sql)
    told, whole = _digests(published, copied, _OWNED)
    assert told == whole


def test_a_table_made_anew_is_read(published: Path, copied: Path) -> None:
    _change(copied, "create table fresh as from held order by number desc", "drop table held",
            "alter table fresh rename to held")  # fmt: skip
    told, whole = _digests(published, copied, "false")
    assert told == whole
