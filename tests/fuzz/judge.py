"""Reading one spoiled document, and what must hold of whatever was read."""

from __future__ import annotations

import hashlib
import random
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from expectations.suites import _LANDING_KEYS as LANDING_KEYS
from ingest.errors import IngestError
from ingest.pipeline import parse_bytes
from ingest.readers import expand
from ingest.readers.limits import ReaderLimits
from ingest.reading import ReadTask, to_frames

from .mutate import mutate
from .seeds import seeds

LIMITS = ReaderLimits(max_seconds=10, convert_seconds=5, ocr_page_seconds=5, max_ocr_pages=1)


class Broken(AssertionError):
    """A promise about what was read does not hold."""


def spoiled(number: int, seed: int = 0) -> tuple[str, bytes]:
    """Input ``number`` of a series: (name, bytes). The same numbers give the same bytes."""
    chance = random.Random(seed * 1_000_003 + number)
    held = seeds()
    name = sorted(held)[number % len(held)]
    return name, mutate(held[name], list(held.values()), chance)


def judge(name: str, data: bytes) -> str:
    """``read``, or the code it was rejected with. Raises ``Broken``, or whatever reading let out."""
    try:
        members = expand(data, name)
    except IngestError as error:
        _check_error(error)
        return error.code
    verdicts = []
    for member in members:
        if member.error is not None:
            _check_error(member.error)
            verdicts.append(member.error.code)
            continue
        try:
            parsed = parse_bytes(member.data, member.name, limits=LIMITS)
        except IngestError as error:
            _check_error(error)
            verdicts.append(error.code)
            continue
        hold(member.data, member.name, parsed.rows)
        verdicts.append("read")
    return verdicts[0] if len(verdicts) == 1 else "+".join(sorted(set(verdicts))) or "nothing"


def _check_error(error: IngestError) -> None:
    _demand(bool(error.code) and bool(error.reason), "an error has a code and a reason")


def _demand(holds: bool, promise: str) -> None:
    if not holds:
        raise Broken(promise)


def hold(data: bytes, name: str, rows: dict[str, list[dict[str, Any]]]) -> None:
    """What must hold of the rows of one document, whatever it was. Raises ``Broken`` with the promise that does not."""
    document_id = hashlib.sha256(data).hexdigest()
    # Columns, types, ids: the very checks of a run.
    to_frames(ReadTask(document_id, name, len(data), ""), rows)
    for table, columns in LANDING_KEYS.items():
        keys = Counter(tuple(row.get(column) for column in columns) for row in rows.get(table, ()))
        _demand(not columns or all(count == 1 for count in keys.values()), f"{table}: keys are unique")
        _demand(all(None not in key for key in keys) or table == "rejects", f"{table}: keys are filled")
    [document] = rows["documents"]
    numbers = rows["cell_numbers"]
    _demand(document["cell_number_count"] == len(numbers), "the document counts its numbers")
    cells = {_place(cell): cell for cell in rows["cells"]}
    _demand(all(_place(number) in cells for number in numbers), "every number stands in a cell")
    tables = {table["table_ordinal"]: table for table in rows["tables"]}
    _demand(all(cell["table_ordinal"] in tables for cell in rows["cells"]), "every cell stands in a table")
    figures = Counter(number["table_ordinal"] for number in numbers if number["role"] == "figure")
    for ordinal, table in tables.items():
        _demand((table["figure_count"] or 0) == figures[ordinal], "every table counts its figures")
    for number in numbers:
        _demand(number["role"] != "unmapped" or bool(number["reason"]), "an unmapped number says why")
        if number["role"] == "figure":
            _demand(Decimal(number["value_text"]).is_finite(), "a figure is a number")
            _demand(tables[number["table_ordinal"]]["statement_code"] is not None, "a figure is of a statement")
    accounted = {_place(number) for number in numbers}
    for place, cell in cells.items():
        has_digit = any(character in "0123456789" for character in cell["text_printed"] or "")
        _demand(not has_digit or place in accounted, "every cell with a digit is in the ledger")
    for row in rows.get("rejects", ()):
        _demand(bool(row["code"]) and bool(row["reason"]), "every reject has a code and a reason")
    for amount in rows["narrative_amounts"]:
        text = amount["value_text"]
        _demand(text is None or Decimal(text).is_finite(), "an amount in prose is a number")
        _demand(text is not None or amount["is_implied"], "an amount without digits is implied")


def _place(row: dict[str, Any]) -> tuple[int, int, int]:
    return row["table_ordinal"], row["row_ordinal"], row["column_ordinal"]


def try_chunk(tasks: tuple[tuple[int, int], ...], started: Callable[[int], None]) -> list[tuple[int, str, str]]:
    """What a worker does in the long form: (number, verdict or ``BROKEN``, what was wrong) per input."""
    found = []
    for index, (number, seed) in enumerate(tasks):
        started(index)
        name, data = spoiled(number, seed)
        try:
            found.append((number, judge(name, data), ""))
        except Exception as error:  # Whatever it is: it is a finding.
            trace = error.__traceback__
            while trace.tb_next is not None:
                trace = trace.tb_next
            place = f"{trace.tb_frame.f_globals.get('__name__')}:{trace.tb_lineno}"
            found.append((number, "BROKEN", f"{name} {type(error).__name__}: {str(error)[:160]} @ {place}"))
    return found
