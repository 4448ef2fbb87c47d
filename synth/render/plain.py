"""A disclosure as plain text with tabs, and as Markdown with pipes. Neither knows merged cells."""

from __future__ import annotations

from collections.abc import Callable

from synth.model import Printed, PrintedDisclosure


def caption(statement: Printed) -> list[str]:
    """The lines above a table."""
    lines = [statement.title, statement.number, statement.body, statement.period, statement.unit_line]
    return [line for line in lines if line]


def filled(statement: Printed) -> list[list[str]]:
    """Texts by place; what a merged cell covers beside its first place is empty."""
    rows = [["" for _ in row] for row in statement.rows()]
    for cell in statement.cells():
        rows[cell.row][cell.column] = cell.text
    return rows


Pieces = Callable[[Printed], list[list[list[str]]]]
"""The rows of a table in pieces, as pages cut it; rows need not be equally long."""


def whole(statement: Printed) -> list[list[list[str]]]:
    """The table in one piece, every row as wide as the table."""
    return [filled(statement)]


def text(
    disclosure: PrintedDisclosure, *, encoding: str = "utf-8", trimmed: bool = False, pieces: Pieces = whole
) -> bytes:
    """Text with cells parted by tabs, a blank line between blocks; ``trimmed`` drops empty cells at line ends."""
    parts = [disclosure.title]
    page = 0
    for block in disclosure.blocks:
        if isinstance(block, str):
            parts.append(block)
            continue
        parts += caption(block)
        for at, piece in enumerate(pieces(block)):
            if at:
                page += 1
                parts.append(f"— {page} —")
            lines = ["\t".join(row) for row in piece]
            parts.append("\n".join(line.rstrip("\t") if trimmed else line for line in lines))
        parts += block.notes
    return ("\n\n".join(parts) + "\n").encode(encoding)


def markdown(disclosure: PrintedDisclosure, *, pieces: Pieces = whole) -> bytes:
    """UTF-8 Markdown: pipe tables with a ruler below the first row, headings for titles."""
    parts = [f"# {disclosure.title}"]
    for block in disclosure.blocks:
        if isinstance(block, str):
            parts.append(block)
            continue
        first, *rest = caption(block)
        parts += [f"### {first}", "　　".join(rest)]
        for piece in pieces(block):
            lines = ["| " + " | ".join(row) + " |" for row in piece]
            lines.insert(1, "|" + "---|" * len(piece[0]))
            parts.append("\n".join(lines))
        parts += block.notes
    return ("\n\n".join(part for part in parts if part) + "\n").encode()
