"""The landing folder: batches, manifest, recovery, compaction."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

import polars as pl
import pytest

from ingest.landing import writer
from ingest.landing.schemas import SCHEMAS
from ingest.landing.writer import MANIFEST, Landing, polars_schema
from ingest.names import Name, first_names, names_after


def _id(number: int) -> str:
    return hashlib.sha256(str(number).encode()).hexdigest()


def _batch(numbers: list[int], version: str = "v1", text: str = "名称") -> tuple[dict[str, pl.DataFrame], pl.DataFrame]:
    """A document per number, each with as many cells as its number says, in the wrong order."""
    documents = [{"document_id": _id(number), "file_name": f"{text}{number}"} for number in numbers]
    cells = [
        {"document_id": _id(number), "table_ordinal": 1, "row_ordinal": row, "column_ordinal": 1, "text_printed": text}
        for number in numbers
        for row in range(number, 0, -1)
    ]
    landed = [(_id(number), version, "read", None, number, None) for number in numbers]
    return (
        {
            "documents": pl.DataFrame(documents, schema=polars_schema("documents")),
            "cells": pl.DataFrame(cells, schema=polars_schema("cells")),
        },
        pl.DataFrame(landed, schema=polars_schema("landed"), orient="row"),
    )


@pytest.fixture
def landing(tmp_path: Path) -> Landing:
    opened = Landing(tmp_path / "landing")
    opened.recover()
    return opened


def _ids_on_disk(landing: Landing) -> list[str]:
    return sorted(pl.read_parquet(landing.folder / "documents" / "*.parquet")["document_id"])


def test_every_table_can_be_read_before_anything_is_in_it(landing: Landing) -> None:
    for name, schema in SCHEMAS.items():
        held = pl.read_parquet(landing.folder / name / "*.parquet")
        assert held.is_empty() and held.columns == schema.names


def test_rows_are_ordered_and_described(landing: Landing) -> None:
    [batch] = landing.commit(*_batch([3, 1, 2]))
    cells = landing.read_table("cells")
    assert cells.rows() == cells.sort("document_id", "row_ordinal").rows() and cells.height == 6
    schema = writer.pq.read_schema(landing.path("cells", batch))
    assert schema.field("text_printed").metadata == {b"description": b"text as printed"}


def test_the_name_of_a_batch_follows_from_its_content(tmp_path: Path) -> None:
    names = []
    for folder, order, text in (("a", [1, 2], "名"), ("b", [2, 1], "名"), ("c", [1, 2], "称")):
        landing = Landing(tmp_path / folder)
        landing.recover()
        names.append(landing.commit(*_batch(order, text=text)))
    assert names[0] == names[1] != names[2]


def test_committing_a_document_again_replaces_it(landing: Landing) -> None:
    landing.commit(*_batch([1, 2, 3]))
    landing.commit(*_batch([2, 4], version="v2", text="新"))
    assert landing.landed()[_id(2)].reading_version == "v2"
    assert sorted(landing.read_table("documents")["file_name"]) == ["名称1", "名称3", "新2", "新4"]
    landing.settle(batch_documents=2)
    assert _ids_on_disk(landing) == sorted(map(_id, [1, 2, 3, 4]))
    assert landing.read_table("cells").height == 1 + 3 + 2 + 4


def test_removal_takes_all_rows_of_a_document(landing: Landing) -> None:
    landing.commit(*_batch([1, 2, 3]))
    assert landing.remove([_id(2), _id(9)]) == 1
    landing.settle(batch_documents=200)
    assert _ids_on_disk(landing) == sorted([_id(1), _id(3)])
    assert landing.read_table("cells").height == 4
    assert Landing(landing.folder).landed().keys() == {_id(1), _id(3)}


def test_removing_everything_leaves_readable_empty_tables(landing: Landing) -> None:
    landing.commit(*_batch([1]))
    landing.remove([_id(1)])
    landing.settle(batch_documents=200)
    assert landing.batches() == [] and _ids_on_disk(landing) == []


def test_many_small_batches_become_few_and_keep_every_row(landing: Landing) -> None:
    for number in range(1, 31):
        landing.commit(*_batch([number]))
        landing.settle(batch_documents=8, small_batches=5)
        assert len(landing.batches()) <= 5 + 30 // 8 + 1
    assert _ids_on_disk(landing) == sorted(map(_id, range(1, 31)))
    assert landing.read_table("cells").height == sum(range(1, 31))
    assert len(list((landing.folder / "cells").glob("*.parquet"))) == len(landing.batches()) + 1


def test_settling_twice_changes_nothing(landing: Landing) -> None:
    for number in range(1, 9):
        landing.commit(*_batch([number]))
    landing.settle(batch_documents=3, small_batches=2)
    before = (landing.folder / MANIFEST).read_bytes()
    landing.settle(batch_documents=3, small_batches=2)
    assert (landing.folder / MANIFEST).read_bytes() == before


def test_debris_of_an_interrupted_run_is_removed(landing: Landing) -> None:
    [batch] = landing.commit(*_batch([1]))
    stray = landing.path("cells", "0" * 24)
    stray.write_bytes(landing.path("cells", batch).read_bytes())
    (landing.folder / "cells" / "new.tmp").write_bytes(b"half")
    opened = Landing(landing.folder)
    assert opened.recover().removed_files == (f"cells/{stray.name}", "cells/new.tmp")
    assert _ids_on_disk(opened) == [_id(1)]


@pytest.mark.parametrize("damage", ["truncated", "missing"])
def test_a_damaged_batch_is_dropped_whole(landing: Landing, damage: str) -> None:
    [first] = landing.commit(*_batch([1, 2]))
    landing.commit(*_batch([3]))
    path = landing.path("cells", first)
    path.unlink() if damage == "missing" else os.truncate(path, 40)
    opened = Landing(landing.folder)
    assert opened.recover().damaged_batches == (first,)
    assert opened.landed().keys() == {_id(3)} and _ids_on_disk(opened) == [_id(3)]


@pytest.mark.parametrize("text", ["", '{"schema": "x"', "[]", '{"batches": {}}'])
def test_a_lost_manifest_is_made_again_from_the_files(landing: Landing, text: str) -> None:
    landing.commit(*_batch([1, 2]))
    [second] = landing.commit(*_batch([2, 3], version="v2"))
    landing.set_names([Name("/s", "a", "", _id(1), None, False)])
    os.truncate(landing.path("cells", landing.commit(*_batch([5]))[0]), 40)
    (landing.folder / MANIFEST).write_text(text)
    opened = Landing(landing.folder)
    assert opened.recover().rebuilt_manifest
    assert {key: held.reading_version for key, held in opened.landed().items()} == {
        _id(1): "v1",
        _id(2): "v2",
        _id(3): "v2",
    }
    assert opened.landed()[_id(2)].batch == second
    assert [name.file for name in opened.names()] == ["a"]


def test_a_kill_before_the_swap_leaves_the_old_state(landing: Landing, monkeypatch: pytest.MonkeyPatch) -> None:
    landing.commit(*_batch([1, 2]))

    def killed(self: Landing) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Landing, "_swap", killed)
    with pytest.raises(KeyboardInterrupt):
        landing.commit(*_batch([2, 3], version="v2"))
    monkeypatch.undo()
    opened = Landing(landing.folder)
    opened.recover()
    assert _ids_on_disk(opened) == sorted([_id(1), _id(2)])
    assert opened.landed()[_id(2)].reading_version == "v1"


def test_a_kill_between_swap_and_settle_is_completed_by_the_next_settle(landing: Landing) -> None:
    landing.commit(*_batch([1, 2]))
    landing.commit(*_batch([2], version="v2"))
    opened = Landing(landing.folder)
    opened.recover()
    opened.settle(batch_documents=200)
    assert _ids_on_disk(opened) == sorted([_id(1), _id(2)])
    assert json.loads((opened.folder / MANIFEST).read_text())["struck"] == {}


def test_batches_written_before_a_column_came_hold_null_in_it(
    landing: Landing, monkeypatch: pytest.MonkeyPatch
) -> None:
    landing.commit(*_batch([1]))
    wider = writer._ALL["cells"].append(writer.pa.field("colour", writer.pa.string()))
    monkeypatch.setitem(writer._ALL, "cells", wider)
    opened = Landing(landing.folder)
    assert opened.read_table("cells")["colour"].to_list() == [None]


def test_names_are_kept_sorted_and_once(landing: Landing) -> None:
    names = [Name("/s", file, "", _id(1), None, False) for file in ("b", "a", "b")]
    assert landing.set_names(names) and not landing.set_names(reversed(names))
    assert [name.file for name in Landing(landing.folder).names()] == ["a", "b"]


def test_names_survive_a_file_that_cannot_be_read_today() -> None:
    held = [Name("/s", "a", "", "doc", None, False)]
    after = names_after(
        held, [Name("/s", "a", "", "none", None, False)], unreadable={"none"}, listed={"/s"}, prune=True
    )
    assert {(name.document_id, name.is_replaced) for name in after} == {("doc", False), ("none", False)}
    again = names_after(after, held, unreadable={"none"}, listed={"/s"}, prune=False)
    assert again == set(held)


def test_a_document_is_read_under_a_name_it_still_has() -> None:
    names = [
        Name("/s", "a.txt", "", "doc", None, True),
        Name("/s", "b.zip", "in/c.txt", "doc", "zip", False),
        Name("/s", "z.txt", "", "doc", None, False),
    ]
    assert first_names(names)["doc"].file_name == "c.txt"
    assert first_names(names)["doc"].archive_name == "b.zip"


def test_an_empty_table_that_lost_its_end_is_written_anew(landing: Landing) -> None:
    for table in ("cells", "fetches"):
        target = landing.path(table, "empty")
        whole = target.read_bytes()
        target.write_bytes(whole[:-9])
        Landing(landing.folder).recover()
        assert target.read_bytes() == whole


def _expected(landing: Landing, looked_on: str | None, due_on: str | None = "2024-03-01") -> str:
    row = {"source_name": "s", "unit_name": "某局", "fiscal_year": 2024, "document_kind": "budget"}
    landing.set_side("expected_disclosures", [row | {"due_on": due_on, "looked_on": looked_on}])
    return Landing(landing.folder).state()


def test_looking_again_is_nothing_new_until_the_last_day_is_past(landing: Landing) -> None:
    never = _expected(landing, None)
    first = _expected(landing, "2024-02-27")
    assert first != never
    assert first == _expected(landing, "2024-02-28") == _expected(landing, "2024-03-01")
    late = _expected(landing, "2024-03-02")
    assert late != first and late == _expected(landing, "2024-05-01")
    assert _expected(landing, "2024-05-01", due_on="2024-06-01") != late
    assert _expected(landing, "2024-05-01", due_on=None) == _expected(landing, "2024-05-02", due_on=None)
