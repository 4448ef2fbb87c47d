"""What a disclosure prints: prose and statements, the latter as grids with merged cells, and the facts they hold."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from synth.model import Cell, squeeze

_AMOUNT = re.compile(r"-?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?%?")


@dataclass(frozen=True, slots=True)
class Fact:
    """A printed figure as every format must give it; blanks and separators do not count."""

    statement: str
    row_code: str
    row_label: str
    side: str
    leaf: str
    """Last part of the header path."""
    value: Decimal
    unit: str

    @classmethod
    def of(cls, statement: str, code: str, label: str, side: str, path: str, value: str, unit: str) -> Fact:
        """A fact with blanks taken out of its labels; ``path`` may be the whole header path."""
        leaf = path.split("/")[-1]
        number = Decimal(value.replace(",", "").rstrip("%")).normalize()
        return cls(statement, code, squeeze(label), side, squeeze(leaf), number, squeeze(unit))


@dataclass(frozen=True, slots=True)
class Indicator:
    """An indicator row as every format must give it."""

    level1: str
    level2: str
    level3: str
    target: str
    actual: str
    weight: str
    score: str


@dataclass(frozen=True, slots=True)
class Region:
    """Rows of a grid whose figures share labels, codes and unit: one side of a table, or one block of a form."""

    rows: tuple[int, int]
    """First and last row."""
    columns: tuple[tuple[int, str], ...]
    """(column, leaf of its header path)."""
    labels: tuple[int, ...]
    """Columns of the row label; the first that is not empty names the row."""
    codes: tuple[int, ...] = ()
    """Columns of the subject code: one, or 类 款 项."""
    side: str = ""
    unit: str | None = None
    """Unit of the figures where it is not the statement's."""
    units: tuple[tuple[int, str], ...] = ()
    """Unit of single columns."""
    row_numbers: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Statement:
    """A table with everything printed around it."""

    code: str
    title: str
    grid: str
    """One line a row, cells parted by ``|``; ``<`` belongs to the cell on its left, ``^`` to the one above."""
    head: int
    """Rows of the header."""
    regions: tuple[Region, ...]
    number: str = ""
    """Number of the form as printed (公开01表)."""
    body: str = ""
    """The line that names the body (编制单位：…)."""
    period: str = ""
    unit: str = ""
    notes: tuple[str, ...] = ()
    indicators: tuple[Indicator, ...] = ()
    is_wide: bool = False
    """Needs a page lying on its side."""

    @property
    def unit_line(self) -> str:
        return f"金额单位：{self.unit}" if self.unit else ""

    def rows(self) -> list[list[str]]:
        """The grid's texts with its marks for merged places."""
        rows = [[text.strip() for text in line.split("|")] for line in self.grid.strip().splitlines()]
        width = len(rows[0])
        for number, row in enumerate(rows):
            if len(row) != width:
                raise ValueError(f"{self.title}: row {number} has {len(row)} cells, the first row {width}: {row}")
        return rows

    def cells(self) -> list[Cell]:
        """Every cell, empty ones too, with its spans and kind."""
        rows = self.rows()
        found: list[Cell] = []
        for row, texts in enumerate(rows):
            for column, text in enumerate(texts):
                if text in ("<", "^"):
                    continue
                columns = 1
                while column + columns < len(texts) and texts[column + columns] == "<":
                    columns += 1
                height = 1
                while row + height < len(rows) and rows[row + height][column] == "^":
                    height += 1
                found.append(Cell(text, row, column, height, columns, self._kind(row, column, text)))
        return found

    def _kind(self, row: int, column: int, text: str) -> str:
        if row < self.head:
            return "head"
        for region in self._regions_at(row):
            if column in region.codes and text.isdigit():
                return "code"
            if column in region.row_numbers:
                return "row_number"
            if column in dict(region.columns) and _AMOUNT.fullmatch(text):
                return "amount"
            if column in region.labels:
                return "label"
        return "text"

    def _regions_at(self, row: int) -> Iterator[Region]:
        return (region for region in self.regions if region.rows[0] <= row <= region.rows[1])

    def facts(self) -> list[Fact]:
        """The figures of the regions."""
        rows = self.rows()
        found: list[Fact] = []
        for region in self.regions:
            for row in range(region.rows[0], region.rows[1] + 1):
                texts = rows[row]
                label = next((texts[column] for column in region.labels if texts[column] not in ("", "<", "^")), "")
                parts = [texts[column] for column in region.codes if texts[column].isdigit()]
                code = "".join(parts)
                units = dict(region.units)
                for column, leaf in region.columns:
                    if _AMOUNT.fullmatch(texts[column]):
                        unit = units.get(column) or region.unit or self.unit
                        found.append(Fact.of(self.code, code, label, region.side, leaf, texts[column], unit))
        return found


@dataclass(frozen=True, slots=True)
class Disclosure:
    """A document: paragraphs and statements in reading order."""

    title: str
    blocks: tuple[str | Statement, ...]

    @property
    def statements(self) -> list[Statement]:
        return [block for block in self.blocks if isinstance(block, Statement)]

    def facts(self) -> Counter[Fact]:
        """Every figure of every statement."""
        return Counter(fact for statement in self.statements for fact in statement.facts())

    def indicators(self) -> Counter[Indicator]:
        return Counter(indicator for statement in self.statements for indicator in statement.indicators)
