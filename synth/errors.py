"""Published errors (公开差错): one number of a document changed, so that it contradicts others that are printed.

Kinds name where the error stands. Every one breaks at least one rule of ``seeds/rules.csv`` between figures of the same
document; ``identities`` names the surest of them.
"""

from __future__ import annotations

import dataclasses
import random
import re
from collections.abc import Iterator

from synth.model import Disclosure, Figure, PlantedError, Prose, Statement

_ROW_SUM = {
    "final_expenditure": "R010", "final_general_expenditure": "R025", "budget_expenditure": "R104",
    "budget_general_expenditure": "R106A",
}  # fmt: skip
_ITEMS_IN_GROUP = "R013"
"""款 = Σ 项."""
_PARTS = ("基本支出", "项目支出")
KINDS = ("item_part", "total_row", "side_line", "side_total", "three_public", "economic_item", "share", "change_rate",
         "sentence")  # fmt: skip
"""item_part: basic or project expenditure of an item; total_row: an amount of the 合计 row; side_line: a class of the
expenditure side of the summary; side_total: its 总计; three_public: the total of 三公; economic_item: an item of basic
expenditure; share, change_rate: a rate in prose; sentence: an amount in prose that a table prints too."""
_SPOKEN = {"收入总计", "支出总计", "本年收入合计", "本年支出合计", "收支总预算"}
_SPOKEN_RULES = {"收入总计": "R075", "支出总计": "R075", "本年收入合计": "R076", "本年支出合计": "R076",
                 "收支总预算": "R075"}  # fmt: skip


def plant(disclosure: Disclosure, rng: random.Random, kinds: tuple[str, ...] = ("item_part",)) -> Disclosure:
    """The document with one number changed, of the first of the kinds, in random order, that it has; else unchanged."""
    for kind in rng.sample(kinds, len(kinds)):
        if kind in ("share", "change_rate", "sentence"):
            places = list(_spoken(disclosure, kind))
            if places:
                return _say_wrong(disclosure, *rng.choice(places), kind, rng)
            continue
        found = list(_printed(disclosure, kind))
        if found:
            return _print_wrong(disclosure, *rng.choice(found), kind, rng)
    return disclosure


def _printed(disclosure: Disclosure, kind: str) -> Iterator[tuple[int, int, tuple[str, ...]]]:
    """(block, number of the figure, rules broken) of the figures that may be wrong in that way."""
    for at, statement in enumerate(disclosure.contents):
        if not isinstance(statement, Statement):
            continue
        for number, (_, _, figure) in enumerate(statement.figures):
            rules = _rules(statement.code, figure, kind)
            if rules and _is_large(figure.value):
                yield at, number, rules


def _rules(code: str, figure: Figure, kind: str) -> tuple[str, ...]:
    leaf = figure.column_label.split("/")[-1]
    label = re.sub(r"\s", "", figure.row_label)
    if kind == "item_part" and code in _ROW_SUM and len(figure.row_code) == 7 and leaf in _PARTS:
        return _ROW_SUM[code], _ITEMS_IN_GROUP
    if kind == "total_row" and code in _ROW_SUM and not figure.row_code and label == "合计" and leaf in _PARTS:
        return _ROW_SUM[code], "R011"
    if kind == "side_line" and code == "final_summary" and figure.side == "expenditure" and "、" in label:
        return ("R002",)
    if kind == "side_total" and code == "final_summary" and label == "总计":
        return ("R005",)
    if kind == "three_public" and code == "final_three_public" and (leaf == "合计" or label == "合计"):
        return ("R037",)
    if kind == "economic_item" and code == "final_general_basic_economic" and len(figure.row_code) == 5:
        return ("R033",)
    return ()


def _spoken(disclosure: Disclosure, kind: str) -> Iterator[tuple[int, int]]:
    """(block, number in it) of what is said and may be wrong in that way."""
    for at, block in enumerate(disclosure.contents):
        if isinstance(block, Prose):
            for number, said in enumerate(block.said):
                fits = said.role == kind or (kind == "sentence" and said.role == "amount" and said.subject in _SPOKEN)
                # A number that stands twice in its paragraph could not be told apart there.
                once = len(re.findall(rf"(?<![\d.]){re.escape(said.value)}(?![\d.])", block.text)) == 1
                if fits and once and _is_large(said.value):
                    yield at, number


def _print_wrong(
    disclosure: Disclosure, at: int, number: int, rules: tuple[str, ...], kind: str, rng: random.Random
) -> Disclosure:
    statement = disclosure.contents[at]
    assert isinstance(statement, Statement)
    row, column, figure = statement.figures[number]
    wrong = _wrong(figure.value, rng)
    figures = list(statement.figures)
    figures[number] = (row, column, dataclasses.replace(figure, value=wrong))
    cells = tuple(
        dataclasses.replace(cell, text=wrong) if (cell.row, cell.column) == (row, column) else cell
        for cell in statement.grid
    )
    error = PlantedError(
        figure.statement_code, figure.row_code, figure.row_label, figure.column_label, wrong, figure.value, figure.unit,
        rules, kind,
    )  # fmt: skip
    return _with(disclosure, at, dataclasses.replace(statement, grid=cells, figures=tuple(figures)), error)


def _say_wrong(disclosure: Disclosure, at: int, number: int, kind: str, rng: random.Random) -> Disclosure:
    block = disclosure.contents[at]
    assert isinstance(block, Prose)
    said = block.said[number]
    wrong = _wrong(said.value, rng)
    text = re.sub(rf"(?<![\d.]){re.escape(said.value)}(?![\d.])", wrong, block.text)
    told = (*block.said[:number], dataclasses.replace(said, value=wrong), *block.said[number + 1 :])
    rule = {"share": "R086", "change_rate": "R087"}.get(kind) or _SPOKEN_RULES[said.subject]
    error = PlantedError("", "", said.subject, said.role, wrong, said.value, said.unit, (rule,), kind)
    return _with(disclosure, at, dataclasses.replace(block, text=text, said=told), error)


def _with(disclosure: Disclosure, at: int, block: Prose | Statement, error: PlantedError) -> Disclosure:
    contents = list(disclosure.contents)
    contents[at] = block
    return dataclasses.replace(disclosure, contents=tuple(contents), errors=(*disclosure.errors, error))


def _is_large(value: str) -> bool:
    return sum(char in "123456789" for char in value) >= 3


def _wrong(value: str, rng: random.Random) -> str:
    """Two different neighbouring digits before the point exchanged, or else one digit changed."""
    pairs = [match.start() for match in re.finditer(r"(?=\d\d)", value.partition(".")[0])
             if value[match.start()] != value[match.start() + 1]
             and not (match.start() == 0 and value[1] == "0")]  # fmt: skip
    if pairs:
        at = rng.choice(pairs)
        return value[:at] + value[at + 1] + value[at] + value[at + 2 :]
    at = next(place for place, char in enumerate(value) if char.isdigit())
    return value[:at] + str(int(value[at]) % 9 + 1) + value[at + 1 :]
