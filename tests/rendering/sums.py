"""Figures of the truths: given for leaves only, everything above is added up here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Leaf:
    """An item of the functional or economic list with its figures, one a column."""

    code: str
    name: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """A printed row: a leaf or what is above it."""

    code: str
    name: str
    values: tuple[Decimal, ...]


def added(leaves: Iterable[Sequence[str]]) -> tuple[Decimal, ...]:
    """Column sums."""
    columns = zip(*leaves, strict=True)
    return tuple(sum((Decimal(value or 0) for value in column), ZERO) for column in columns)


def rolled_up(leaves: Sequence[Leaf], names: dict[str, str], lengths: Sequence[int]) -> list[Row]:
    """The leaves with their groups and classes before them, in the order of the codes; ``lengths`` of the codes."""
    codes = sorted({leaf.code[:length] for leaf in leaves for length in lengths})
    rows: list[Row] = []
    for code in codes:
        under = [leaf for leaf in leaves if leaf.code.startswith(code)]
        name = next((leaf.name for leaf in leaves if leaf.code == code), None) or names[code]
        rows.append(Row(code, name, added(leaf.values for leaf in under)))
    return rows


def printed(value: Decimal, *, blank: bool = False, separators: bool = False) -> str:
    """An amount with two decimals; nothing for zero where the form leaves it blank."""
    if blank and not value:
        return ""
    return f"{value:,.2f}" if separators else f"{value:.2f}"
