"""Published errors (公开差错): one figure of a document changed, with the identities that no longer hold.

The rules named are those of ``seeds/rules.csv`` that compare figures of the changed statement with each other.
"""

from __future__ import annotations

import dataclasses
import random
import re

from synth.model import Disclosure, Figure, PlantedError, Statement

_ROW_SUM = {
    "final_expenditure": "R010", "final_general_expenditure": "R025", "budget_expenditure": "R104",
    "budget_general_expenditure": "R106A",
}  # fmt: skip
_ITEMS_IN_GROUP = "R013"
"""款 = Σ 项."""
_PARTS = ("基本支出", "项目支出")


def plant(disclosure: Disclosure, rng: random.Random) -> Disclosure:
    """The document with one figure of an item row changed; unchanged where it has none that could be."""
    places = [
        (at, number, figure)
        for at, statement in enumerate(disclosure.contents) if isinstance(statement, Statement)
        and statement.code in _ROW_SUM
        for number, (_, _, figure) in enumerate(statement.figures)
        if len(figure.row_code) == 7 and figure.column_label.split("/")[-1] in _PARTS and _is_large(figure.value)
    ]  # fmt: skip
    if not places:
        return disclosure
    at, number, figure = rng.choice(places)
    statement = disclosure.contents[at]
    assert isinstance(statement, Statement)
    wrong = _wrong(figure.value, rng)
    row, column, _ = statement.figures[number]
    figures = list(statement.figures)
    figures[number] = (row, column, dataclasses.replace(figure, value=wrong))
    cells = tuple(
        dataclasses.replace(cell, text=wrong) if (cell.row, cell.column) == (row, column) else cell
        for cell in statement.grid
    )
    contents = list(disclosure.contents)
    contents[at] = dataclasses.replace(statement, grid=cells, figures=tuple(figures))
    error = PlantedError(
        figure.statement_code, figure.row_code, figure.row_label, figure.column_label, wrong, figure.value, figure.unit,
        (_ROW_SUM[figure.statement_code], _ITEMS_IN_GROUP),
    )  # fmt: skip
    return dataclasses.replace(disclosure, contents=tuple(contents), errors=(*disclosure.errors, error))


def _is_large(value: str) -> bool:
    return sum(char in "123456789" for char in value) >= 3


def _wrong(value: str, rng: random.Random) -> str:
    """Two different neighbouring digits before the point exchanged, or else one digit changed."""
    figure: Figure | str = value
    assert isinstance(figure, str)
    pairs = [match.start() for match in re.finditer(r"(?=\d\d)", value.partition(".")[0])
             if value[match.start()] != value[match.start() + 1]
             and not (match.start() == 0 and value[1] == "0")]  # fmt: skip
    if pairs:
        at = rng.choice(pairs)
        return value[:at] + value[at + 1] + value[at] + value[at + 2 :]
    at = next(place for place, char in enumerate(value) if char.isdigit())
    return value[:at] + str(int(value[at]) % 9 + 1) + value[at + 1 :]
