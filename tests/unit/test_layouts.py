"""Small re-typed tables (tests/layouts/cases) against the figures a careful human would record.

One case is two files of one name: the input (``.txt`` with tabs, ``.md`` with pipes, or ``.html``) and the expected
figures (``.csv``: statement, row_code, row_label, side, column_label, value, unit). Units, places and amounts are
invented; the layouts are those met in disclosures of many provinces and years. A figure counts as right when statement,
printed value, unit, row (code where both sides have one, else label), side and the last part of the header path agree,
each figure read standing for one expected figure and none left over.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path

import pytest

from ingest.pipeline import parse_bytes

CASES = Path(__file__).resolve().parents[1] / "layouts" / "cases"
COLUMNS = ("statement", "row_code", "row_label", "side", "column_label", "value", "unit")
INPUTS = sorted(path for path in CASES.iterdir() if path.suffix != ".csv")


@dataclass(frozen=True, slots=True)
class Figure:
    """One printed number with its place in the statement, as compared here."""

    statement: str
    row_code: str
    row_label: str
    side: str
    column_label: str
    value: str
    unit: str

    @property
    def number(self) -> Decimal | None:
        """The value as a number; None where it is none, so that it can agree with nothing."""
        try:
            return Decimal(self.value.replace(",", "").strip()).normalize()
        except InvalidOperation:
            return None

    def __str__(self) -> str:
        row = f"{self.row_code} {self.row_label}".strip() or "(无行名)"
        side = f" [{self.side}]" if self.side else ""
        return f"{self.statement}{side} · {row} · {self.column_label} = {self.value} {self.unit}"


def fold(text: str) -> str:
    """A label reduced to what identifies it: width folded, blanks and punctuation gone."""
    folded = unicodedata.normalize("NFKC", text)
    return re.sub(r"[\s\-—_、，,。.:：;；“”\"'‘’()（）\[\]【】<>《》]", "", folded)


def fold_row(text: str) -> str:
    """A row label without its ordinal (一、 1. （一）) and without 其中."""
    folded = unicodedata.normalize("NFKC", text)
    folded = re.sub(r"^\s*(其中\s*:)?\s*(\(?[一二三四五六七八九十]+\)?[、.)]|\(?\d{1,2}\)?[、.)])\s*", "", folded)
    return fold(re.sub(r"^其中:?", "", folded))


def leaf(path: str) -> str:
    """The last part of a header path, folded."""
    return fold(path.split("/")[-1])


def same_row(wanted: Figure, read: Figure) -> bool:
    """By code where both have one, else by label."""
    if wanted.row_code and read.row_code:
        return wanted.row_code == read.row_code
    return fold_row(wanted.row_label) == fold_row(read.row_label)


def read_expected(path: Path) -> list[Figure]:
    """The expected figures of a case."""
    with path.open(encoding="utf-8", newline="") as lines:
        rows = csv.DictReader(lines)
        assert tuple(rows.fieldnames or ()) == COLUMNS, path.name
        return [Figure(*(row[name] for name in COLUMNS)) for row in rows]


def read_actual(path: Path) -> list[Figure]:
    """What the ingest reads in the same case; the file name says nothing about the content."""
    parsed = parse_bytes(path.read_bytes(), f"input{path.suffix}")
    return [
        Figure(
            figure.statement_code or "",
            figure.row_code or "",
            figure.row_label or "",
            figure.side or "",
            figure.column_label or "",
            figure.value_text or "",
            figure.unit_of_measure or "",
        )
        for figure in parsed.figures()
    ]


def compare(expected: list[Figure], actual: list[Figure]) -> list[str]:
    """Differences in words, empty where the two agree as multisets."""
    remaining = list(actual)
    pending: list[Figure] = []
    problems: list[str] = []

    def candidates(wanted: Figure) -> list[Figure]:
        return [
            read
            for read in remaining
            if read.statement == wanted.statement
            and read.number is not None
            and read.number == wanted.number
            and fold(read.unit) == fold(wanted.unit)
            and same_row(wanted, read)
        ]

    for wanted in expected:
        exact = [
            read
            for read in candidates(wanted)
            if leaf(read.column_label) == leaf(wanted.column_label) and read.side == wanted.side
        ]
        if exact:
            remaining.remove(exact[0])
        else:
            pending.append(wanted)
    for wanted in pending:
        close = candidates(wanted)
        if close:
            remaining.remove(close[0])
            problems.append(f"column or side: wanted {wanted}\n                 read   {close[0]}")
        else:
            problems.append(f"missing:        {wanted}")
    problems.extend(f"spurious:       {read}" for read in remaining)
    return problems


@pytest.mark.parametrize("path", INPUTS, ids=lambda path: path.stem)
def test_layout_is_read(path: Path) -> None:
    """Every expected figure is read once, in its statement, row, column, side and unit, and nothing else is."""
    expected = read_expected(path.with_suffix(".csv"))
    problems = compare(expected, read_actual(path))
    assert not problems, f"{path.name}: {len(problems)} of {len(expected)} figures differ\n" + "\n".join(problems)


def test_every_expectation_has_its_input() -> None:
    """No case is half there, and there are as many as the layouts we promise to read."""
    inputs = [path.stem for path in INPUTS]
    assert sorted(inputs) == sorted(path.stem for path in CASES.glob("*.csv"))
    assert len(inputs) == len(set(inputs)) >= 40


def test_compare_sees_each_kind_of_difference() -> None:
    """The comparison itself: agreement passes, and a lost, invented, misplaced or doubled figure does not."""
    wanted = Figure("final_income", "201", "一般公共服务支出", "", "财政拨款收入", "10.50", "万元")
    variant = Figure("final_income", "201", "一般公共服务", "", "收入/财政拨款收入", "10.5", "万元")
    assert compare([wanted], [variant]) == []
    assert compare([wanted], [])[0].startswith("missing")
    assert compare([], [wanted])[0].startswith("spurious")
    moved = Figure("final_income", "201", "一般公共服务支出", "", "其他收入", "10.50", "万元")
    assert compare([wanted], [moved])[0].startswith("column")
    assert len(compare([wanted], [wanted, wanted])) == 1
    other_unit = Figure("final_income", "201", "一般公共服务支出", "", "财政拨款收入", "10.50", "元")
    assert len(compare([wanted], [other_unit])) == 2
    other_side = Figure("final_income", "201", "一般公共服务支出", "income", "财政拨款收入", "10.50", "万元")
    assert compare([wanted], [other_side])[0].startswith("column")
