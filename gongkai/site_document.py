"""A document's page: its statements as printed beside the source, each figure tied to its place (文档页)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

import duckdb
from jinja2 import Environment
from markupsafe import Markup, escape

from gongkai import site_grid as grids
from gongkai.site_grid import Cell, Laid, Place, Places
from gongkai.site_pictures import Picture, draw_pages, find_words
from gongkai.site_text import data_part, page_name, write_page
from ingest.errors import UnreadableFile
from ingest.readers.encoding import decode
from ingest.sources import DamagedSource, SourceStore

_CELLS = """
    select document_key, table_ordinal, row_ordinal, column_ordinal, page, source_line, sheet, address, box_x0,
        box_top, box_x1, box_bottom, greatest(coalesce(row_span, 1), 1), greatest(coalesce(column_span, 1), 1),
        coalesce(text_printed, ''), coalesce(cell_role, '')
    from site_cell where chunk = ? order by document_key, table_ordinal, row_ordinal, column_ordinal
"""
_MOST_LINES = 20_000
"""Source lines shown; a longer text is cut and says so."""
_LONGEST_LINE = 4_000


@dataclass(frozen=True, slots=True)
class DocumentOptions:
    """How source pages are shown."""

    pictures: str
    """``tables`` pages of PDFs that hold tables or findings, ``all`` pages, or ``none``."""
    sources: Path
    out: Path
    earlier: Path | None


def rows(connection: duckdb.DuckDBPyConnection, sql: str, values: list[Any]) -> list[dict[str, Any]]:
    """Rows as dicts."""
    cursor = connection.execute(sql, values)
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def grouped(found: Iterable[dict[str, Any]], *names: str) -> dict[Any, list[dict[str, Any]]]:
    """Rows by one key, or by several as a tuple."""
    held: dict[Any, list[dict[str, Any]]] = {}
    for row in found:
        key = row[names[0]] if len(names) == 1 else tuple(row[name] for name in names)
        held.setdefault(key, []).append(row)
    return held


@dataclass(slots=True)
class DocumentParts:
    """Everything of a chunk's documents, by document_key."""

    documents: list[dict[str, Any]]
    tables: dict[str, list[dict[str, Any]]]
    paragraphs: dict[str, list[dict[str, Any]]]
    unread: dict[str, list[dict[str, Any]]]
    flags: dict[str, list[dict[str, Any]]]
    presence: dict[str, list[dict[str, Any]]]


def load_documents(connection: duckdb.DuckDBPyConnection, chunk: int) -> DocumentParts:
    """Read what the documents of a chunk need, but for the cells, which are streamed."""

    def of(table: str, order: str) -> dict[str, list[dict[str, Any]]]:
        found = rows(connection, f"select * from {table} where chunk = ? order by document_key, {order}", [chunk])
        return grouped(found, "document_key")

    documents = rows(connection, "select * from site_document where chunk = ? order by document_key", [chunk])
    return DocumentParts(
        documents,
        of("site_table", "table_ordinal"),
        of("site_paragraph", "paragraph_ordinal"),
        of("site_unread", "page nulls first, source_line nulls first, table_ordinal nulls first, unread_key"),
        of("site_flag", "amount_key"),
        of("site_presence", "statement_code, scope_code, title_printed, state"),
    )


def cells_by_document(connection: duckdb.DuckDBPyConnection, chunk: int) -> Iterator[tuple[str, list[Cell]]]:
    """The chunk's cells, one document at a time, in the order of ``document_key``."""
    cursor = connection.cursor().execute(_CELLS, [chunk])

    def stream() -> Iterator[tuple[Any, ...]]:
        while batch := cursor.fetchmany(20_000):
            yield from batch

    for key, held in groupby(stream(), key=lambda row: row[0]):
        yield key, [Cell._make(row[1:]) for row in held]


class DocumentWriter:
    """Writes the pages of documents, one after the other."""

    def __init__(self, environment: Environment, options: DocumentOptions, shared: dict[str, Any]) -> None:
        self._template = environment.get_template("document.html")
        self._options = options
        self._store = SourceStore(options.sources)
        self._shared = shared

    def write(
        self, document: dict[str, Any], cells: list[Cell], parts: DocumentParts, findings: list[dict[str, Any]]
    ) -> int:
        """Write one page; returns how many page pictures it shows."""
        key = document["document_key"]
        flags = parts.flags.get(key, [])
        laid = {table: grids.lay(list(held)) for table, held in groupby(cells, key=lambda cell: cell.table)}
        source = self._source(document, cells, laid, flags, parts.paragraphs.get(key, []))
        flagged = {
            (flag["table_ordinal"], flag["row_ordinal"], flag["column_ordinal"]): (flag["number"], flag["side"] == 0)
            for flag in flags
            if flag["table_ordinal"] is not None and flag["side"] <= 1
        }
        statements, parts_of = [], []
        for table in parts.tables.get(key, []):
            ordinal = table["table_ordinal"]
            statement = self._shared["statements"].get(table["statement_code"])
            grid = laid.get(ordinal) or grids.lay([])
            marks = {place[1:]: flag for place, flag in flagged.items() if place[0] == ordinal}
            title = grids.without_persons(table["title_printed"] or "")
            statements.append(
                {
                    "ordinal": ordinal,
                    "title": title,
                    "statement": statement,
                    "statement_code": table["statement_code"],
                    "unit": table["unit_printed"],
                    "scope": table["scope_code"],
                    "state": table["state"],
                    "grid": grids.laid_out(grid, source.places.get(ordinal, {}), marks),
                    "flags": sum(1 for flag in marks.values() if flag[1]),
                }
            )
            parts_of.append(
                {
                    "table": ordinal,
                    "code": table["statement_code"],
                    "scope": table["scope_code"],
                    "title": title,
                    "unit": table["unit_printed"],
                    "head": grid.head,
                    "first": grid.first,
                    "rows": grids.as_part(grid, marks),
                }
            )
        name = page_name(key)
        write_page(self._options.out, f"t/{name}.js", data_part(f"t/{name}", parts_of))
        text = self._template.render(
            root="../",
            page="document",
            document=document,
            statements=statements,
            source=source,
            findings=findings,
            prose=grouped(source.prose, "sentence"),
            unread=[_unread(row) for row in parts.unread.get(key, [])],
            missing=[row for row in parts.presence.get(key, []) if row["state"] != "present"],
            shared=self._shared,
        )
        write_page(self._options.out, f"d/{name}.html", text)
        return len(source.pictures)

    def _source(
        self, document: dict[str, Any], cells: list[Cell], laid: dict[int, Laid], flags: list[dict[str, Any]],
        paragraphs: list[dict[str, Any]],
    ) -> _Source:  # fmt: skip
        named = {(flag["table_ordinal"], flag["row_ordinal"], flag["column_ordinal"]) for flag in flags}
        prose = [flag for flag in flags if flag["sentence"] is not None]
        path = self._store.path(document["document_id"])
        if document["file_format"] in ("text", "markdown") and (lines := self._lines(document)):
            places = grids.spans_in_lines(cells, lines, named)
            return _Source(grids.TEXT, places, _in_lines(prose, lines), lines=_numbered(lines), cut=len(lines))
        if document["file_format"] == "pdf" and self._options.pictures != "none" and path.exists():
            wanted = {cell.page for cell in cells if cell.page} | {flag["page"] for flag in flags if flag["page"]}
            pages = None if self._options.pictures == "all" else wanted
            name = page_name(document["document_id"][:24])
            pictures = draw_pages(path, name, pages, self._options.out, self._options.earlier)
            drawn = {picture.page for picture in pictures}
            # A table on a page that could not be drawn is shown as a grid.
            if pictures and wanted <= drawn:
                places = grids.boxes_on_pages(cells, drawn)
                return _Source(grids.PAGES, places, _on_pages(prose, path), pictures=pictures)
        sheets: dict[int, str | None] = {}
        for cell in cells:
            sheets.setdefault(cell.table, cell.sheet)
        shown = [(table, sheets[table], grids.source_grid(grid, named)) for table, grid in laid.items()]
        return _Source(
            grids.GRID, grids.places_in_grid(cells, named), _in_paragraphs(prose), tables=shown, paragraphs=paragraphs
        )

    def _lines(self, document: dict[str, Any]) -> list[str]:
        """Lines of a text as the reader counted them; empty where the bytes are gone."""
        try:
            text = decode(self._store.read(document["document_id"])).text
        except (OSError, DamagedSource, UnreadableFile):
            return []
        return (text[:-1] if text.endswith("\n") else text).split("\n")


class _Source:
    """What stands beside the statements, and where each cell is in it."""

    def __init__(
        self, kind: str, places: Places, prose: list[dict[str, Any]], *,
        lines: Markup | None = None, cut: int = 0, pictures: list[Picture] | None = None,
        tables: list[tuple[int, str | None, Markup]] | None = None, paragraphs: list[dict[str, Any]] | None = None,
    ) -> None:  # fmt: skip
        self.kind = kind
        self.places = places
        self.prose = prose
        self.lines = lines or Markup()
        self.line_count = cut
        self.is_cut = cut > _MOST_LINES
        self.pictures = pictures or []
        self.tables = tables or []
        self.paragraphs = paragraphs or []


def _unread(row: dict[str, Any]) -> dict[str, Any]:
    """A row of mart_unread as a page may show it: nobody's name or telephone."""
    if grids.PERSON.search(row["stands_in"] or ""):
        return row | {"text_printed": None, "stands_in": None}
    return row


def _numbered(lines: list[str]) -> Markup:
    """Source lines, each with its number as id."""
    return Markup("\n").join(
        Markup(f"<li id=L{number}>{escape(line[:_LONGEST_LINE])}") for number, line in enumerate(lines[:_MOST_LINES], 1)
    )


def _told(flag: dict[str, Any], place: Place | None) -> dict[str, Any]:
    return {
        "anchor": flag["amount_key"].partition("-")[2],
        "sentence": grids.without_persons(flag["sentence"]),
        "place": Markup(place.attributes()) if place else None,
        "number": flag["number"],
        "value": flag["value_printed"],
    }


def _in_lines(prose: list[dict[str, Any]], lines: list[str]) -> list[dict[str, Any]]:
    told = []
    for flag in prose:
        number = flag["source_line"]
        place = None
        if number is not None and 0 < number <= len(lines):
            detail = grids.span_of_words(lines[number - 1], flag["value_printed"] or "", flag["char_start"])
            place = Place(f"L{number}", detail)
        told.append(_told(flag, place))
    return told


def _on_pages(prose: list[dict[str, Any]], path: Path) -> list[dict[str, Any]]:
    wanted = []
    for flag in prose:
        before, _, _ = flag["sentence"].partition(flag["value_printed"] or "")
        wanted.append((flag["page"] or 0, before, flag["value_printed"] or ""))
    told = []
    for flag, box in zip(prose, find_words(path, wanted), strict=True):
        detail = " ".join(f"{edge:.1f}" for edge in box) if box else ""
        told.append(_told(flag, Place(f"P{flag['page']}", detail, is_box=True) if flag["page"] else None))
    return told


def _in_paragraphs(prose: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        _told(flag, Place(f"q{flag['paragraph_ordinal']}") if flag["paragraph_ordinal"] is not None else None)
        for flag in prose
    ]
