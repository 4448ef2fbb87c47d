"""The benchmark of fidelity sees what goes wrong, and undamaged synthetic documents are read without a fault."""

from __future__ import annotations

import dataclasses
import importlib.util
import sys
from collections import Counter
from pathlib import Path

import pytest

from ingest.pipeline import parse_bytes
from synth.choices import FORMATS, KINDS, LEVELS
from synth.dialects import DIALECTS
from synth.files import make
from synth.model import Statement

_PATH = Path(__file__).resolve().parents[2] / "benchmarks" / "fidelity.py"
_SPEC = importlib.util.spec_from_file_location("benchmark_of_fidelity", _PATH)
assert _SPEC is not None and _SPEC.loader is not None
fidelity = importlib.util.module_from_spec(_SPEC)
sys.modules[_SPEC.name] = fidelity
_SPEC.loader.exec_module(fidelity)


@pytest.mark.parametrize("file_format", FORMATS)
def test_undamaged_documents_are_read_without_a_fault(file_format: str) -> None:
    for number, year, kind in ((1, 2016, "final_account"), (24, 2021, "budget"), (113, 2024, "final_account")):
        result = fidelity.judge(make(21, number, year, kind, file_format), number, kind)
        score = result.score
        assert result.misses == ()
        assert score.figures == score.found == score.columns == score.subjects > 100
        assert score.said == score.heard > 5


def test_undamaged_documents_of_mixed_forms_are_read_without_a_fault() -> None:
    """Seeds whose documents print amounts of three digits beside dashes, in many layouts, with one decimal or none."""
    for seed, number, year, kind, file_format in (
        (401, 93, 2016, "budget", "html"), (401, 857, 2024, "final_account", "html"),
        (402, 179, 2023, "budget", "text"), (403, 840, 2019, "final_account", "markdown"),
    ):  # fmt: skip
        made = make(seed, number, year, kind, file_format, is_mixed=True)
        assert made.disclosure.dialect == "mixed"
        assert fidelity.judge(made, number, kind).misses == ()


def _changed(made, **figure):
    """The same file with another truth for the third figure of its second table."""
    contents = list(made.disclosure.contents)
    at = [place for place, block in enumerate(contents) if isinstance(block, Statement)][1]
    statement = contents[at]
    figures = list(statement.figures)
    row, column, truth = figures[2]
    figures[2] = (row, column, dataclasses.replace(truth, **figure))
    contents[at] = dataclasses.replace(statement, figures=tuple(figures))
    return dataclasses.replace(made, disclosure=dataclasses.replace(made.disclosure, contents=tuple(contents)))


@pytest.mark.parametrize(
    ("truth", "found", "columns", "subjects", "spurious"),
    [
        ({"value": "987654.32"}, -1, -1, -1, 1),
        ({"unit": "辆"}, -1, -1, -1, 1),
        ({"row_label": "别的行"}, -1, -1, -1, 1),
        ({"column_label": "别的栏"}, 0, -1, 0, 0),
        ({"side": "income"}, 0, 0, -1, 0),
    ],
)
def test_what_differs_is_seen(
    truth: dict[str, str], found: int, columns: int, subjects: int, spurious: int
) -> None:  # fmt: skip
    made = make(21, 1, 2016, "final_account", "text")
    sound = fidelity.judge(made, 1, "final_account").score
    score = fidelity.judge(_changed(made, **truth), 1, "final_account").score
    assert score.found - sound.found == found
    assert score.columns - sound.columns == columns
    assert score.subjects - sound.subjects == subjects
    assert score.spurious == spurious
    assert score.silent == 1


def test_a_lost_head_may_be_named_from_the_dictionary_and_only_there() -> None:
    made = make(21, 1, 2016, "final_account", "text")
    parsed = parse_bytes(made.data, made.file_name)
    told = _changed(made, column_label="财政拨款").disclosure
    truth = [(at, figure) for at, statement in enumerate(told.statements, 1) for _, _, figure in statement.figures]
    strict, _, _ = fidelity.compare(truth, parsed)
    lenient, _, _ = fidelity.compare(truth, parsed, frozenset({2}))
    assert lenient.columns >= strict.columns


def test_the_tasks_go_round_everything() -> None:
    wanted = fidelity.tasks(36 * len(DIALECTS), 1, FORMATS, LEVELS)
    dialects = Counter((task.number // 10 % len(DIALECTS), task.file_format) for task in wanted)
    assert len(dialects) == len(DIALECTS) * len(FORMATS)
    every = {(task.number // 10 % len(DIALECTS), task.file_format, task.damage) for task in wanted}
    assert len(every) == len(DIALECTS) * len(FORMATS) * len(LEVELS)
    assert {(task.file_format, task.damage) for task in wanted} == {(f, d) for f in FORMATS for d in LEVELS}
    assert {task.kind for task in wanted} == set(KINDS)
    assert len({task.year for task in wanted}) == 11
