"""``gongkai query``: one statement on the published file, as a table, CSV or JSON (查询)."""

from __future__ import annotations

import csv
import io
import json
import sys
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import duckdb

from gongkai.home import Home
from gongkai.messages import GongkaiError
from gongkai.reader import open_published

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
"""A spreadsheet takes a cell that begins so for a formula."""

_WIDEST_COLUMN = 60
"""Columns of text to which columns are aligned; what is longer is not waited for by the other rows."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Rows of a statement."""

    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]


def run_query(home: Home, sql: str) -> Answer:
    """Run one statement. Raises ``GongkaiError`` query_failed with DuckDB's own words, or as ``open_published``."""
    with open_published(home) as connection:
        try:
            count = len(connection.extract_statements(sql))
            if count != 1:
                raise GongkaiError("query_failed", reason=f"要一条语句，这里有 {count} 条。")
            cursor = connection.execute(sql)
            columns = tuple(column[0] for column in cursor.description or ())
            return Answer(columns, cursor.fetchall())
        except duckdb.Error as error:
            raise GongkaiError("query_failed", reason=str(error)) from error


def as_csv(answer: Answer) -> str:
    """CSV with a header line. Text that a spreadsheet would run as a formula is led by an apostrophe."""
    sink = io.StringIO()
    writer = csv.writer(sink, lineterminator="\n")
    writer.writerow([_csv_cell(name) for name in answer.columns])
    for row in answer.rows:
        writer.writerow([_csv_cell(value) for value in row])
    return sink.getvalue()


def _csv_cell(value: Any) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        return plain(value)
    led = "'" if value.startswith(_FORMULA_STARTS) else ""
    # Readers of CSV take a bare carriage return for the end of a row.
    return led + value.replace("\r\n", "\n").replace("\r", "\n")


def as_json(answer: Answer) -> str:
    """A JSON array of objects. Decimals are strings, so that no reader turns money into a binary fraction."""
    rows = [dict(zip(answer.columns, row, strict=True)) for row in answer.rows]
    return json.dumps(rows, ensure_ascii=False, indent=1, default=plain)


def as_table(
    answer: Answer, most_rows: int | None = 200, widest: int | None = _WIDEST_COLUMN, *,
    whole: str = "用 --wide、--csv 或 --json 取全部",
) -> str:  # fmt: skip
    """Aligned columns, Chinese characters counted as two; long cells and many rows are cut, and it says so.

    ``whole`` says how to get the rest. ``None`` cuts nothing: a cell longer than the widest column stands in full and
    pushes its own row to the right.
    """
    held = [[_one_line(plain(value)) for value in row] for row in answer.rows[:most_rows]]
    shown = held if widest is None else [[_cut(value, widest) for value in row] for row in held]
    table = [[_cut(_one_line(name), widest or _WIDEST_COLUMN) for name in answer.columns], *shown]
    widths = [min(max(map(_width, column)), widest or _WIDEST_COLUMN) for column in zip(*table, strict=True)]
    is_number = [
        any(isinstance(row[index], (int, float, Decimal)) and not isinstance(row[index], bool) for row in answer.rows)
        for index in range(len(widths))
    ]
    lines = ["  ".join(map(_pad, row, widths, is_number)).rstrip() for row in table]
    lines.insert(1, "  ".join("-" * width for width in widths))
    rest = len(answer.rows) - len(shown)
    cut = sum(full != seen for row, seen_row in zip(held, shown, strict=True)
              for full, seen in zip(row, seen_row, strict=True))  # fmt: skip
    told = [f"{len(answer.rows)} 行"]
    told += [f"其余 {rest} 行未显示，{whole}"] if rest > 0 else []
    told += [f"{cut} 格过长已截短，{whole}"] if cut else []
    lines.append(f"（{'，'.join(told)}）")
    return "\n".join(lines)


def for_stdout(answer: Answer, wide: bool) -> str:
    """A table as people look at it: cut to fit a terminal, whole where ``wide`` or where a program or file reads it."""
    return as_table(answer, None, None) if wide or not sys.stdout.isatty() else as_table(answer)


def plain(value: Any) -> str:
    """A value as text: decimals in full, dates as ISO, nothing for NULL."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    return str(value)


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def _one_line(text: str) -> str:
    # A terminal acts on control characters; printed labels hold line feeds at most.
    return "".join(" " if unicodedata.category(character)[0] == "C" else character for character in text)


def _cut(text: str, widest: int) -> str:
    if _width(text) <= widest:
        return text
    held = 0
    for place, character in enumerate(text):
        held += _width(character)
        if held > widest - 1:
            return text[:place] + "…"
    return text


def _pad(text: str, width: int, to_the_right: bool) -> str:
    blanks = " " * (width - _width(text))
    return blanks + text if to_the_right else text + blanks
