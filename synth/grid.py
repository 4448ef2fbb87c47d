"""Building a statement row by row: header with merged cells, entries that know what figure they print."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from synth.model import Cell, Figure, Statement

LEFT, ABOVE = "<", "^"
"""Marks of places that belong to the cell on the left, or above."""


@dataclass(frozen=True, slots=True)
class Amount:
    """A place for a number; "" prints nothing and is no figure."""

    text: str
    label: str = ""
    code: str = ""
    side: str = ""
    unit: str = ""
    """Where it differs from the statement's."""
    column: str = ""
    """Header path where the header itself does not say it (forms without one)."""
    subject: str = ""
    """Code of the row's subject where it is not printed."""


@dataclass(frozen=True, slots=True)
class Text:
    """A place with text that is no figure."""

    text: str
    kind: str = "text"


Entry = Amount | Text | str


def head_rows(paths: Sequence[tuple[str, ...]]) -> list[list[str]]:
    """Header rows for columns given by their paths, merged across and down."""
    depth = max(len(path) for path in paths)
    rows: list[list[str]] = []
    for level in range(depth):
        row: list[str] = []
        for at, path in enumerate(paths):
            if level >= len(path):
                row.append(ABOVE)
            elif at and len(paths[at - 1]) > level and paths[at - 1][: level + 1] == path[: level + 1]:
                row.append(LEFT)
            else:
                row.append(path[level])
        rows.append(row)
    return rows


class Grid:
    """Rows of one table. ``head`` are texts with marks; rows added later are entries."""

    def __init__(self, head: Sequence[Sequence[str]]) -> None:
        self.head = [list(row) for row in head]
        self.width = len(self.head[0]) if self.head else 0
        self.body: list[list[Entry]] = []

    def add(self, *entries: Entry) -> None:
        """A row; raises ValueError where it is not as wide as the table."""
        if not self.width:
            self.width = len(entries)
        if len(entries) != self.width:
            raise ValueError(f"row of {len(entries)} cells in a table of {self.width}: {entries}")
        self.body.append(list(entries))

    def paths(self) -> list[str]:
        """Header path of every column; numbers of columns (栏次) are no part of it."""
        filled = [list(row) for row in self.head]
        for at, row in enumerate(filled):
            for column, text in enumerate(row):
                if text == LEFT:
                    row[column] = row[column - 1]
                elif text == ABOVE:
                    row[column] = filled[at - 1][column]
        found = []
        for column in range(self.width):
            parts: list[str] = []
            for row in filled:
                text = row[column]
                if text and text != "栏次" and not text.replace(".", "").isdigit() and (not parts or parts[-1] != text):
                    parts.append(text)
            found.append("/".join(parts))
        return found

    def statement(
        self, code: str, title: str, *, unit: str, is_wide: bool | None = None, **printed: object
    ) -> Statement:
        """The table as a statement; ``printed`` are further fields of :class:`synth.model.Statement`."""
        paths = self.paths() if self.head else [""] * self.width
        texts = [[self._mark(entry) for entry in row] for row in [*self.head, *self.body]]
        cells: list[Cell] = []
        figures: list[tuple[int, int, Figure]] = []
        for row, line in enumerate(texts):
            for column, text in enumerate(line):
                if text in (LEFT, ABOVE):
                    continue
                wide, high = _span(texts, row, column)
                entry = None if row < len(self.head) else self.body[row - len(self.head)][column]
                cells.append(Cell(text, row, column, high, wide, self._kind(entry, text)))
                if isinstance(entry, Amount) and any(char.isdigit() for char in entry.text):
                    path = entry.column or paths[column]
                    figures.append(
                        (row, column, Figure(code, entry.code, entry.label, entry.side, path, entry.text,
                                             entry.unit or unit, entry.code or entry.subject))
                    )  # fmt: skip
        wide_page = self.width > 9 if is_wide is None else is_wide
        return Statement(
            code, title, tuple(cells), len(texts), self.width, len(self.head), tuple(figures), unit=unit,
            is_wide=wide_page, **printed,
        )  # fmt: skip

    @staticmethod
    def _mark(entry: Entry) -> str:
        return entry if isinstance(entry, str) else entry.text

    @staticmethod
    def _kind(entry: Entry | None, text: str) -> str:
        if entry is None:
            return "head"
        if isinstance(entry, Amount):
            return "amount" if any(char.isdigit() for char in text) else "text"
        return entry.kind if isinstance(entry, Text) else "label"


def _span(texts: list[list[str]], row: int, column: int) -> tuple[int, int]:
    wide = 1
    while column + wide < len(texts[row]) and texts[row][column + wide] == LEFT:
        wide += 1
    high = 1
    while row + high < len(texts) and texts[row + high][column] == ABOVE:
        high += 1
    return wide, high
