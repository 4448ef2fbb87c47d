"""The short form of ``python -m tests.fuzz``, in this process: 1,500 spoiled documents, and the judge seen judging."""

from __future__ import annotations

import copy
import signal
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from ingest.pipeline import parse_bytes
from tests.fuzz.judge import Broken, hold, judge, spoiled
from tests.fuzz.seeds import seeds

COUNT, PARTS, SECONDS = 1500, 15, 20


class TooSlow(Exception):
    """An input took longer than it may."""


@contextmanager
def _within(seconds: int) -> Iterator[None]:
    def ring(*_: object) -> None:
        raise TooSlow

    before = signal.signal(signal.SIGALRM, ring)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


@pytest.mark.parametrize("name", sorted(seeds()))
def test_whole_documents_are_read(name: str) -> None:
    assert judge(name, seeds()[name]) == "read"


@pytest.mark.parametrize("part", range(PARTS))
def test_spoiled_documents_are_read_or_rejected(part: int) -> None:
    verdicts: Counter[str] = Counter()
    for number in range(part * COUNT // PARTS, (part + 1) * COUNT // PARTS):
        name, data = spoiled(number)
        try:
            with _within(SECONDS):
                verdicts[judge(name, data)] += 1
        except Exception as error:
            raise AssertionError(f"input {number} ({name}): {type(error).__name__}: {error}") from error
    assert verdicts["read"] > 20 and len(verdicts) > 2


def test_the_same_numbers_give_the_same_bytes() -> None:
    assert spoiled(7) == spoiled(7) != spoiled(7, seed=1)
    assert len({spoiled(number)[1] for number in range(200)}) > 190


_NO_REASON = {"reject_ordinal": 9, "stage": "file", "code": "x", "reason": ""}


def _first_figure(rows: list[dict]) -> dict:
    return next(row for row in rows if row["role"] == "figure")


@pytest.mark.parametrize(
    ("table", "change", "promise"),
    [
        ("cell_numbers", lambda rows: rows.pop(), "counts its numbers"),
        ("cell_numbers", lambda rows: rows.append(rows[0]), "unique"),
        ("cells", lambda rows: rows.clear(), "stands in a cell"),
        ("tables", lambda rows: rows[0].update(figure_count=0), "counts its figures"),
        ("cell_numbers", lambda rows: _first_figure(rows).update(value_text="nan"), "number"),
        ("tables", lambda rows: rows.pop(0), "stands in a table"),
        ("rejects", lambda rows: rows.append(_NO_REASON), "reject has a code"),
    ],
)
def test_the_judge_sees_a_broken_promise(table: str, change, promise: str) -> None:
    data = seeds()["tabs.txt"]
    rows = copy.deepcopy(parse_bytes(data, "tabs.txt").rows)
    hold(data, "tabs.txt", rows)
    change(rows[table])
    for row in rows[table]:
        row["document_id"] = rows["documents"][0]["document_id"]
    with pytest.raises(Broken, match=promise):
        hold(data, "tabs.txt", rows)
