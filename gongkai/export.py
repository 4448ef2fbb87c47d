"""Taking tables out of a published file (导出): workbook, CSV, Parquet, Fiscal Data Package.

Everything is read through the read-only connection and written row by row, so a table may be larger than memory.
Text that a spreadsheet would run as a formula is led by an apostrophe in CSV; in workbooks it is stored as text, which
no program runs. Parquet keeps types (decimals, booleans); CSV is UTF-8 with a byte order mark, as Excel wants it.
"""

from __future__ import annotations

import csv
import json
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import duckdb

from gongkai.chinese_views import SCHEMA
from gongkai.home import Home
from gongkai.messages import GongkaiError
from gongkai.query import plain
from gongkai.reader import open_published

FORMATS = ("xlsx", "csv", "parquet", "fiscal")
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_MOST_ROWS = 1_048_575
"""Rows a worksheet takes below its head."""
_MOST_TEXT = 32_767
_CHUNK = 10_000
_EXACT_DIGITS = 15
"""Decimal digits every binary double keeps; longer figures go into a workbook as text."""


@dataclass(frozen=True, slots=True)
class Source:
    """One table or view to take out."""

    schema: str
    name: str

    @property
    def relation(self) -> str:
        return f'"{self.schema}"."{self.name}"'


def sources(connection: duckdb.DuckDBPyConnection, chosen: Sequence[str]) -> list[Source]:
    """The tables and Chinese views named, or the Chinese views of marts and facts where none is.

    Raises ``GongkaiError`` unknown_table.
    """
    held = {
        name: Source(schema, name)
        for schema, name in connection.execute(
            "select table_schema, table_name from information_schema.tables where table_schema in ('main', 'zh')"
        ).fetchall()
    }
    if not chosen:
        views = connection.execute(
            f"select view_name from duckdb_views() where schema_name = '{SCHEMA}'"
            " and regexp_matches(comment, '\\[main\\.(mart|fct)_[a-z_]+\\]$') order by view_name"
        ).fetchall()
        return [held[name] for (name,) in views]
    for name in chosen:
        if name.removeprefix("zh.").removeprefix("main.") not in held:
            raise GongkaiError("unknown_table", name=name)
    return [held[name.removeprefix("zh.").removeprefix("main.")] for name in chosen]


def export(home: Home, out: Path, kind: str, chosen: Sequence[str] = ()) -> list[Path]:
    """Write tables or views into the folder ``out``; returns the files written.

    Raises ``GongkaiError`` unknown_table, or as ``open_published``.
    """
    out.mkdir(parents=True, exist_ok=True)
    with open_published(home) as connection:
        if kind == "fiscal":
            from gongkai.fiscal_package import write_package

            return write_package(connection, out)
        picked = sources(connection, chosen)
        if kind == "xlsx":
            path = out / "gongkai.xlsx"
            write_workbook(path, ((source.name, *read(connection, source.relation)) for source in picked))
            return [path]
        write = {"csv": _write_csv, "parquet": _write_parquet}[kind]
        return [write(connection, source, out / f"{source.name}.{kind}") for source in picked]


def read(connection: duckdb.DuckDBPyConnection, relation: str) -> tuple[list[str], Iterator[tuple[Any, ...]]]:
    """(column names, rows) of a relation or parenthesised query, fetched piece by piece in a fixed order."""
    cursor = connection.cursor().execute(f"select * from {relation} order by all")
    return [column[0] for column in cursor.description], _rows(cursor)


def _rows(cursor: duckdb.DuckDBPyConnection) -> Iterator[tuple[Any, ...]]:
    while piece := cursor.fetchmany(_CHUNK):
        yield from piece


def write_csv(path: Path, names: Sequence[str], rows: Iterable[Sequence[Any]], mark: bool = True) -> int:
    """Write CSV, with a byte order mark for Excel unless told otherwise; returns the number of rows."""
    count = 0
    with path.open("w", encoding="utf-8-sig" if mark else "utf-8", newline="") as sink:
        writer = csv.writer(sink, lineterminator="\n")
        writer.writerow([neutral(name) for name in names])
        for row in rows:
            writer.writerow([neutral(value) if isinstance(value, str) else plain(value) for value in row])
            count += 1
    return count


def neutral(text: str) -> str:
    """Text no spreadsheet takes for a formula, with line feeds only."""
    led = "'" if text.startswith(_FORMULA_STARTS) else ""
    return led + text.replace("\r\n", "\n").replace("\r", "\n")


def _write_csv(connection: duckdb.DuckDBPyConnection, source: Source, path: Path) -> Path:
    write_csv(path, *read(connection, source.relation))
    return path


def _write_parquet(connection: duckdb.DuckDBPyConnection, source: Source, path: Path) -> Path:
    from pyarrow import parquet

    reader = connection.cursor().sql(f"select * from {source.relation} order by all").to_arrow_reader(_CHUNK)
    with parquet.ParquetWriter(path, reader.schema, compression="zstd") as writer:
        for batch in reader:
            writer.write_batch(batch)
    return path


# ---- workbook

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_STYLES = (
    f'{_HEAD}<styleSheet xmlns="{_MAIN}"><numFmts count="1"><numFmt numFmtId="164" formatCode="#,##0.00"/></numFmts>'
    '<fonts count="2"><font><sz val="11"/></font><font><b/><sz val="11"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
    '</fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
    '<cellXfs count="3"><xf/><xf fontId="1" applyFont="1"/><xf numFmtId="164" applyNumberFormat="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)


def write_workbook(path: Path, tables: Iterable[tuple[str, Sequence[str], Iterable[Sequence[Any]]]]) -> dict[str, int]:
    """Write (name, column names, rows) as worksheets with a fixed head row; returns rows by worksheet.

    A table of more rows than a worksheet takes goes on in another: 名称 (2). Figures are numbers, shown with two
    decimals where they are money; those of more than 15 digits are text, as a workbook would round them.
    """
    counts: dict[str, int] = {}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
        for name, columns, rows in tables:
            waiting = iter(rows)
            first = next(waiting, None)
            part = 0
            while part == 0 or first is not None:
                part += 1
                title = _sheet_title(name, part, counts)
                number = len(counts) + 1
                with book.open(f"xl/worksheets/sheet{number}.xml", "w", force_zip64=True) as sheet:
                    counts[title], first = _write_sheet(sheet, columns, first, waiting)
        for inner, text in _frame(list(counts)):
            book.writestr(inner, text)
    return counts


def _sheet_title(name: str, part: int, taken: dict[str, int]) -> str:
    cleaned = "".join("_" if letter in "[]:*?/\\'" else letter for letter in name)
    mark = f" ({part})" if part > 1 else ""
    title = cleaned[: 31 - len(mark)] + mark
    while title in taken:
        title = title[:29] + "_" + str(len(taken) % 10)
    return title


def _write_sheet(
    sheet: Any, columns: Sequence[str], first: Sequence[Any] | None, waiting: Iterator[Sequence[Any]]
) -> tuple[int, Sequence[Any] | None]:
    """One worksheet's XML; returns (rows written, the first row that found no place)."""

    def put(text: str) -> None:
        sheet.write(text.encode("utf-8"))

    put(
        f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
        '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
        f'<sheetFormatPr defaultRowHeight="15"/><cols><col min="1" max="{max(len(columns), 1)}" width="18"/></cols>'
        "<sheetData>"
    )
    put(f"<row>{''.join(_text_cell(name, 1) for name in columns)}</row>")
    written = 0
    row = first
    while row is not None and written < _MOST_ROWS:
        put(f"<row>{''.join(_cell(value) for value in row)}</row>")
        written += 1
        row = next(waiting, None)
    put("</sheetData></worksheet>")
    return written, row


def _cell(value: Any) -> str:
    if value is None:
        return "<c/>"
    if isinstance(value, bool):
        return f'<c t="b"><v>{int(value)}</v></c>'
    if isinstance(value, int) and len(str(abs(value))) <= _EXACT_DIGITS:
        return f"<c><v>{value}</v></c>"
    if isinstance(value, Decimal) and value.is_finite():
        digits = value.normalize() if value else Decimal(0)
        if len(digits.as_tuple().digits) + max(digits.as_tuple().exponent, 0) <= _EXACT_DIGITS:
            return f'<c s="2"><v>{value:f}</v></c>'
    if isinstance(value, (date, datetime)):
        return _text_cell(value.isoformat())
    return _text_cell(value if isinstance(value, str) else plain(value))


def _text_cell(text: str, style: int = 0) -> str:
    kept = "".join(letter for letter in text if letter in "\t\n" or letter >= " ")
    kept = "".join(letter for letter in kept if not "\ud800" <= letter <= "\udfff" and letter not in "\ufffe\uffff")
    # A cell of type inlineStr is text whatever it begins with.
    marked = f' s="{style}"' if style else ""
    return f'<c t="inlineStr"{marked}><is><t xml:space="preserve">{escape(kept[:_MOST_TEXT])}</t></is></c>'


def _frame(titles: list[str]) -> Iterator[tuple[str, str]]:
    """Everything of a workbook but its worksheets: (name inside, text)."""
    numbered = list(enumerate(titles, 1))
    overrides = "".join(
        f'<Override PartName="/xl/worksheets/sheet{number}.xml" ContentType="{_SHEET_TYPE}.worksheet+xml"/>'
        for number, _ in numbered
    )
    yield (
        "[Content_Types].xml",
        f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels"'
        ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_SHEET_TYPE}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_SHEET_TYPE}.styles+xml"/>{overrides}</Types>',
    )
    yield (
        "_rels/.rels",
        f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1"'
        f' Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    )
    named = "".join(
        f'<sheet name="{escape(title, {chr(34): "&quot;"})}" sheetId="{number}" r:id="rId{number}"/>'
        for number, title in numbered
    )
    yield (
        "xl/workbook.xml",
        f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{named}</sheets></workbook>',
    )
    links = "".join(
        f'<Relationship Id="rId{number}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{number}.xml"/>'
        for number, _ in numbered
    )
    yield (
        "xl/_rels/workbook.xml.rels",
        f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{links}<Relationship Id="rId{len(titles) + 1}"'
        f' Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>',
    )
    yield "xl/styles.xml", _STYLES


def as_json_line(paths: Sequence[Path]) -> str:
    """The files written, for jobs."""
    return json.dumps([str(path) for path in paths], ensure_ascii=False)
