"""What a disclosure prints: paragraphs and statements, these as grids with merged cells and the figures in them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a grid. ``text`` is "" for an empty one; positions are counted from 0."""

    text: str
    row: int
    column: int
    rows: int = 1
    columns: int = 1
    kind: str = "text"
    """head, label, code, row_number, amount, text."""


class Printed(Protocol):
    """A table with everything printed around it, as renderers need it."""

    title: str
    number: str
    """Number of the form as printed (公开01表)."""
    body: str
    """The line that names the body (编制单位：…)."""
    period: str
    unit_line: str
    notes: tuple[str, ...]
    head: int
    """Rows of the header."""
    is_wide: bool
    """Needs a page lying on its side."""

    def rows(self) -> list[list[str]]:
        """One list a row, all as long as the table is wide."""

    def cells(self) -> list[Cell]:
        """Every cell, empty ones too, with its spans."""


class PrintedDisclosure(Protocol):
    """A document: paragraphs and tables in reading order."""

    title: str

    @property
    def blocks(self) -> Sequence[str | Printed]: ...

    @property
    def statements(self) -> Sequence[Printed]: ...


@dataclass(frozen=True, slots=True)
class Figure:
    """The truth about one printed number of a statement."""

    statement_code: str
    row_code: str
    """Subject code; "" where the row has none."""
    row_label: str
    side: str
    """income, expenditure or ""."""
    column_label: str
    """Header path, parts joined by a slash."""
    value: str
    """As printed, separators included."""
    unit: str
    subject_code: str = ""
    """Code of the subject the row is about, also where the form prints names only; "" where it is about none."""


@dataclass(frozen=True, slots=True)
class Statement:
    """One table of a disclosure, complete with caption, notes and the truth about its figures."""

    code: str
    title: str
    grid: tuple[Cell, ...]
    row_count: int
    width: int
    head: int
    figures: tuple[tuple[int, int, Figure], ...] = ()
    """(row, column, truth) of every printed number that is a figure."""
    number: str = ""
    body: str = ""
    period: str = ""
    unit: str = ""
    """Unit of money of the figures; those with another one say so themselves."""
    unit_line: str = ""
    """The line that says the unit; "" where the form prints none."""
    notes: tuple[str, ...] = ()
    is_wide: bool = False

    def rows(self) -> list[list[str]]:
        """Texts by place; what a merged cell covers beside its first place is empty."""
        found = [[""] * self.width for _ in range(self.row_count)]
        for cell in self.grid:
            found[cell.row][cell.column] = cell.text
        return found

    def cells(self) -> list[Cell]:
        """Every cell in reading order."""
        return list(self.grid)


@dataclass(frozen=True, slots=True)
class Said:
    """The truth about one number in prose."""

    value: str
    unit: str
    role: str
    base_code: str = ""
    subject: str = ""
    functional_code: str = ""


@dataclass(frozen=True, slots=True)
class Prose:
    """A paragraph and the numbers it states."""

    text: str
    said: tuple[Said, ...] = ()


@dataclass(frozen=True, slots=True)
class PlantedError:
    """A published error (差错): one printed figure that the books contradict."""

    statement_code: str
    row_code: str
    row_label: str
    column_label: str
    printed: str
    true_value: str
    unit: str
    identities: tuple[str, ...]
    """Which identities (勾稽关系) the printed figure breaks; names of :mod:`synth.errors`."""
    kind: str = "item_part"
    """Where it stands, of :data:`synth.errors.KINDS`; statement and codes are empty for an error in prose."""


@dataclass(frozen=True, slots=True)
class Disclosure:
    """One document to publish."""

    title: str
    unit_name: str
    region_name: str
    province: str
    document_kind: str
    fiscal_year: int
    dialect: str
    contents: tuple[Prose | Statement, ...]
    errors: tuple[PlantedError, ...] = field(default=())
    members: tuple[str, ...] = ()
    """Full names of the units it lists as parts of its accounts, the own office apart."""

    @property
    def blocks(self) -> list[str | Statement]:
        """Paragraphs as text, and statements, in reading order."""
        return [block.text if isinstance(block, Prose) else block for block in self.contents]

    @property
    def statements(self) -> list[Statement]:
        """The tables in reading order."""
        return [block for block in self.contents if isinstance(block, Statement)]

    def figures(self) -> list[Figure]:
        """Every figure of every statement, in reading order."""
        return [figure for statement in self.statements for _, _, figure in statement.figures]

    def said(self) -> list[Said]:
        """Every number stated in prose."""
        return [said for block in self.contents if isinstance(block, Prose) for said in block.said]


def squeeze(text: str) -> str:
    """Text without any blank."""
    return re.sub(r"[\s\u00a0\u3000]+", "", text)
