"""Damage as real documents have it, from a seed: what a scan, a web editor or a page break does to a table.

The truth stays what the table printed before. Each damage has a name, so that a benchmark can say which one is read
worst. Published errors are another matter: there the paper itself is wrong (see :mod:`synth.errors`).
"""

from __future__ import annotations

import dataclasses
import random
from dataclasses import dataclass, field

from synth.model import Cell, Statement
from synth.render.plain import filled

_SHARE = {"none": 0, "light": 35, "heavy": 100}
"""Percent of the tables that are damaged."""
_WIDE_DIGITS = str.maketrans("0123456789", "０１２３４５６７８９")


@dataclass(slots=True)
class Spoiler:
    """Damages the tables of one document and notes how."""

    rng: random.Random
    level: str
    applied: list[str] = field(default_factory=list)
    """``table number:damage`` in the order of the tables."""
    tables: int = 0

    def _chosen(self, kinds: tuple[str, ...]) -> list[str]:
        self.tables += 1
        if self.rng.randrange(100) >= _SHARE[self.level]:
            return []
        count = 1 if self.level == "light" else self.rng.randint(1, 2)
        chosen = self.rng.sample(kinds, count)
        # In the order of the list: heads before rows, rows before cuts.
        return [kind for kind in kinds if kind in chosen]

    def _note(self, kind: str) -> None:
        self.applied.append(f"{self.tables}:{kind}")

    def pieces(self, statement: Statement) -> list[list[list[str]]]:
        """Rows of a table for text formats (:data:`synth.render.plain.Pieces`)."""
        rows = filled(statement)
        head = statement.head
        pieces = [rows]
        for kind in self._chosen(TEXT_DAMAGES):
            if kind == "merged_heads_lost":
                done = _lose_merged_heads(statement, rows)
            elif kind == "head_cell_lost":
                done = _lose_head_cell(statement, rows, self.rng)
            elif kind == "row_slipped":
                done = _slip_rows(statement, rows, self.rng)
            elif kind == "label_wrapped":
                done, head = _wrap_labels(statement, rows, self.rng), head
            elif kind == "characters_changed":
                done = _change_characters(statement, rows, self.rng)
            else:
                pieces = _cut(rows, head, self.rng, repeats=kind == "page_break_with_head")
                done = len(pieces) > 1
            if done:
                self._note(kind)
        return pieces

    def grid(self, statement: Statement) -> Statement:
        """A table for formats that know merged cells."""
        for kind in self._chosen(GRID_DAMAGES):
            spoiled = _GRID[kind](statement, self.rng)
            if spoiled is not None:
                self._note(kind)
                statement = spoiled
        return statement


TEXT_DAMAGES = ("characters_changed", "merged_heads_lost", "head_cell_lost", "row_slipped", "label_wrapped",
                "page_break_with_head", "page_break")  # fmt: skip
GRID_DAMAGES = ("characters_changed", "spans_lost", "head_cell_lost", "labels_broken")


def _lose_merged_heads(statement: Statement, rows: list[list[str]]) -> bool:
    """Header rows close up: what a merged cell covered is gone, so the head is narrower than the rows."""
    covered = {
        (row, column)
        for cell in statement.grid if cell.row < statement.head and cell.columns > 1
        for row in range(cell.row, cell.row + cell.rows)
        for column in range(cell.column, cell.column + cell.columns) if (row, column) != (cell.row, cell.column)
    }  # fmt: skip
    for number in range(statement.head):
        rows[number] = [text for column, text in enumerate(rows[number]) if (number, column) not in covered]
    return bool(covered)


def _lose_head_cell(statement: Statement, rows: list[list[str]], rng: random.Random) -> bool:
    """One column loses its name; its place stays, empty."""
    place = _head_cell(statement, rng)
    if place is None or len(rows[place[0]]) <= place[1]:
        return False
    text = statement.rows()[place[0]][place[1]]
    if text not in rows[place[0]]:
        return False
    rows[place[0]][rows[place[0]].index(text)] = ""
    return True


def _head_cell(statement: Statement, rng: random.Random) -> tuple[int, int] | None:
    """A header cell above figures whose text stands once in its row."""
    columns = {column for _, column, _ in statement.figures}
    texts = statement.rows()
    places = [
        (cell.row, cell.column)
        for cell in statement.grid
        if cell.row < statement.head and cell.column in columns and cell.columns == 1 and len(cell.text) > 2
        and texts[cell.row].count(cell.text) == 1
    ]  # fmt: skip
    # A table of one amount column without its name is no longer a table of that statement.
    return rng.choice(places) if len(places) > 2 else None


def _slip_rows(statement: Statement, rows: list[list[str]], rng: random.Random) -> bool:
    """Some rows lose an empty cell left of their label: code, name and amounts slip to the left."""
    done = False
    for number in range(statement.head, len(rows)):
        row = rows[number]
        label = next((at for at, text in enumerate(row) if text and not text.isdigit()), None)
        empty = [at for at in range(1, label or 0) if not row[at]]
        if empty and rng.randrange(100) < 30:
            del row[empty[0]]
            done = True
    return done


def _wrap_labels(statement: Statement, rows: list[list[str]], rng: random.Random) -> bool:
    """Long labels break: their second half stands alone in the row below.

    Only names from a list: the end of a free name (a project's) cannot be told from a row of its own.
    """
    if statement.code.startswith("perf_") or statement.code in ("budget_other", "budget_procurement"):
        return False
    done = False
    label_cells = {(cell.row, cell.column): cell for cell in statement.grid if cell.kind == "label"}
    for number in range(len(rows) - 1, statement.head - 1, -1):
        for at, text in enumerate(rows[number]):
            # a row that slipped may have an amount where its label was
            is_label = (number, at) in label_cells and len(text) >= 12 and not text[0].isdigit() | text[-1].isdigit()
            if is_label and rng.randrange(100) < 40:
                rest = [""] * len(rows[number])
                rows[number][at], rest[at] = text[:-4], text[-4:]
                rows.insert(number + 1, rest)
                done = True
                break
    return done


def _change_characters(statement: Statement, rows: list[list[str]], rng: random.Random) -> bool:
    """Blanks after separators, full-width digits and brackets, the mark after an ordinal lost."""
    done = False
    amounts = {(row, column) for row, column, _ in statement.figures}
    for number in range(statement.head, len(rows)):
        for at, text in enumerate(rows[number]):
            changed = _spoiled_text(text, (number, at) in amounts, rng)
            done |= changed != text
            rows[number][at] = changed
    return done


def _spoiled_text(text: str, is_amount: bool, rng: random.Random) -> str:
    if not text or rng.randrange(100) >= 15:
        return text
    if is_amount:
        if "," in text:
            return text.replace(",", ", ", 1)
        return text.translate(_WIDE_DIGITS) if "." in text else text
    if len(text) == 2:
        return f"{text[0]} {text[1]}"
    return text.replace("（", "(").replace("）", ")")


def _cut(rows: list[list[str]], head: int, rng: random.Random, *, repeats: bool) -> list[list[list[str]]]:
    """The table over two pages, the second with or without its head."""
    if len(rows) < head + 6:
        return [rows]
    at = rng.randint(head + 3, len(rows) - 2)
    return [rows[:at], [*([list(row) for row in rows[:head]] if repeats else []), *rows[at:]]]


def _without_spans(statement: Statement, _rng: random.Random) -> Statement | None:
    """Every merged cell keeps its text in its first place; the rest becomes empty cells."""
    cells: list[Cell] = []
    for cell in statement.grid:
        for row in range(cell.row, cell.row + cell.rows):
            for column in range(cell.column, cell.column + cell.columns):
                text = cell.text if (row, column) == (cell.row, cell.column) else ""
                cells.append(Cell(text, row, column, kind=cell.kind))
    if len(cells) == len(statement.grid):
        return None
    return dataclasses.replace(statement, grid=tuple(sorted(cells, key=lambda cell: (cell.row, cell.column))))


def _changed(statement: Statement, texts: dict[tuple[int, int], str]) -> Statement | None:
    if not texts:
        return None
    cells = tuple(
        dataclasses.replace(cell, text=texts.get((cell.row, cell.column), cell.text)) for cell in statement.grid
    )
    return dataclasses.replace(statement, grid=cells)


def _grid_head_cell(statement: Statement, rng: random.Random) -> Statement | None:
    place = _head_cell(statement, rng)
    return _changed(statement, {place: ""} if place else {})


def _grid_labels(statement: Statement, rng: random.Random) -> Statement | None:
    """Long labels broken over two lines of their cell, never inside a code."""
    texts = {}
    for cell in statement.grid:
        code = len(cell.text) - len(cell.text.lstrip("0123456789"))
        if cell.kind in ("label", "head") and len(cell.text) - code >= 8 and rng.randrange(100) < 50:
            at = code + (len(cell.text) - code) // 2
            texts[(cell.row, cell.column)] = f"{cell.text[:at]}\n{cell.text[at:]}"
    return _changed(statement, texts)


def _grid_characters(statement: Statement, rng: random.Random) -> Statement | None:
    texts = {}
    for cell in statement.grid:
        # Amounts stay numbers: a workbook stores them as such.
        changed = _spoiled_text(cell.text, False, rng) if cell.kind == "label" else cell.text
        if changed != cell.text:
            texts[(cell.row, cell.column)] = changed
    return _changed(statement, texts)


_GRID = {
    "characters_changed": _grid_characters, "spans_lost": _without_spans, "head_cell_lost": _grid_head_cell,
    "labels_broken": _grid_labels,
}  # fmt: skip
