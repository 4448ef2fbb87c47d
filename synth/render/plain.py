"""A disclosure as plain text with tabs, and as Markdown with pipes. Neither knows merged cells."""

from __future__ import annotations

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


def text(disclosure: PrintedDisclosure, *, encoding: str = "utf-8", trimmed: bool = False) -> bytes:
    """Text with cells parted by tabs, a blank line between blocks; ``trimmed`` drops empty cells at line ends."""
    parts = [disclosure.title]
    for block in disclosure.blocks:
        if isinstance(block, str):
            parts.append(block)
            continue
        parts += caption(block)
        lines = ["\t".join(row) for row in filled(block)]
        parts.append("\n".join(line.rstrip("\t") if trimmed else line for line in lines))
        parts += block.notes
    return ("\n\n".join(parts) + "\n").encode(encoding)


def markdown(disclosure: PrintedDisclosure) -> bytes:
    """UTF-8 Markdown: pipe tables with a ruler below the first row, headings for titles."""
    parts = [f"# {disclosure.title}"]
    for block in disclosure.blocks:
        if isinstance(block, str):
            parts.append(block)
            continue
        first, *rest = caption(block)
        parts += [f"### {first}", "　　".join(rest)]
        rows = filled(block)
        lines = ["| " + " | ".join(row) + " |" for row in rows]
        lines.insert(1, "|" + "---|" * len(rows[0]))
        parts.append("\n".join(lines))
        parts += block.notes
    return ("\n\n".join(part for part in parts if part) + "\n").encode()
