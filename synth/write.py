"""A synthetic country on disk: documents in folders by place and body, the truth as Parquet beside them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from synth.files import make

_TEXT, _VALUE = pa.string(), pa.decimal128(24, 6)


def _field(name: str, kind: pa.DataType, description: str) -> pa.Field:
    return pa.field(name, kind, metadata={"description": description})


_OWNER = (_field("document_id", _TEXT, "SHA-256 of the file, hex"), _field("path", _TEXT, "below documents/"))
SCHEMAS: dict[str, pa.Schema] = {
    "documents": pa.schema([
        *_OWNER,
        _field("title", _TEXT, "title printed"), _field("unit_name", _TEXT, "body (部门或单位)"),
        _field("region_name", _TEXT, "county"), _field("province_name", _TEXT, "province, whose forms are used"),
        _field("unit_ordinal", pa.int64(), "number of the body in the country of this seed"),
        _field("document_kind", _TEXT, "final_account, budget, performance"), _field("fiscal_year", pa.int32(), "year"),
        _field("dialect", _TEXT, "forms used"), _field("file_format", _TEXT, "text, markdown, html, xlsx, docx, pdf"),
        _field("damage", _TEXT, "none, light, heavy"),
        _field("damages", pa.list_(_TEXT), "table number:damage, in order"),
    ]),
    "members": pa.schema([
        *_OWNER, _field("unit_name", _TEXT, "department that lists its units (部门)"),
        _field("member_name", _TEXT, "unit listed, its own office apart (所属单位), by its full name"),
    ]),
    "figures": pa.schema([
        *_OWNER, _field("table_ordinal", pa.int32(), "number of the table in the document, from 1"),
        _field("statement_code", _TEXT, "statement"), _field("row_code", _TEXT, "subject code printed; empty for none"),
        _field("row_label", _TEXT, "label of the row"), _field("side", _TEXT, "income, expenditure or empty"),
        _field("column_label", _TEXT, "header path"), _field("value", _VALUE, "printed figure in its printed unit"),
        _field("value_printed", _TEXT, "as printed"), _field("unit", _TEXT, "unit of measure"),
        _field("subject_code", _TEXT, "code of the row's subject, also where only its name is printed"),
    ]),
    "narrative": pa.schema([
        *_OWNER, _field("value", _VALUE, "number stated"), _field("unit", _TEXT, "unit of measure"),
        _field("role", _TEXT, "amount, change, change_rate, share, completion_rate, count"),
        _field("base_code", _TEXT, "what a change or rate is compared with"), _field("subject", _TEXT, "what it is of"),
        _field("functional_code", _TEXT, "functional subject; empty for none"),
    ]),
    "planted_errors": pa.schema([
        *_OWNER, _field("statement_code", _TEXT, "statement"), _field("row_code", _TEXT, "subject code"),
        _field("row_label", _TEXT, "label of the row"), _field("column_label", _TEXT, "header path"),
        _field("printed", _TEXT, "figure as printed, wrong"), _field("true_value", _TEXT, "figure of the books"),
        _field("unit", _TEXT, "unit of measure"), _field("rule_ids", pa.list_(_TEXT), "rules the figure breaks"),
        _field("kind", _TEXT, "where the error stands: item_part, total_row, side_line, side_total, three_public, "
                              "economic_item, share, change_rate, sentence"),
    ]),
}  # fmt: skip
"""Schemas of ``truth/*.parquet``."""


@dataclass(frozen=True, slots=True)
class Order:
    """What to make."""

    units: int
    years: tuple[int, ...]
    seed: int
    formats: tuple[str, ...]
    damage: str
    kinds: tuple[str, ...] = ("final_account", "budget")
    errors: int | None = None
    """Percent of the documents with a published error; None: as many as the damage brings."""


def write(order: Order, out: Path, jobs: int = 1, progress: Callable[[int, int], None] | None = None) -> int:
    """Write ``documents/`` and ``truth/`` below ``out``; returns how many documents were written.

    Documents go round the formats. Body after body is made, so memory does not grow with their number. Raises
    OSError where a file cannot be written, ValueError for an order that cannot be filled.
    """
    truth = out / "truth"
    truth.mkdir(parents=True, exist_ok=True)
    writers = {name: pq.ParquetWriter(truth / f"{name}.parquet", schema) for name, schema in SCHEMAS.items()}
    done = 0
    try:
        for rows in _bodies(order, out, jobs):
            for name, writer in writers.items():
                if rows[name]:
                    writer.write_table(pa.Table.from_pylist(rows[name], schema=SCHEMAS[name]))
            done += len(rows["documents"])
            if progress is not None:
                progress(done, order.units * len(order.years) * len(order.kinds))
    finally:
        for writer in writers.values():
            writer.close()
    return done


def _bodies(order: Order, out: Path, jobs: int) -> Iterator[dict[str, list[dict[str, Any]]]]:
    if jobs == 1:
        yield from (_write_body(order, out, number) for number in range(order.units))
        return
    with ProcessPoolExecutor(jobs) as pool:
        yield from pool.map(
            _write_body, *zip(*((order, out, number) for number in range(order.units)), strict=True), chunksize=4
        )


def _write_body(order: Order, out: Path, number: int) -> dict[str, list[dict[str, Any]]]:
    """All documents of one body; returns their truth by table."""
    rows: dict[str, list[dict[str, Any]]] = {name: [] for name in SCHEMAS}
    for turn, (year, kind) in enumerate((year, kind) for year in order.years for kind in order.kinds):
        made = make(order.seed, number, year, kind, order.formats[(number + turn) % len(order.formats)], order.damage,
                    errors_percent=order.errors)
        told = made.disclosure
        folder = Path(told.province, told.region_name, told.unit_name)
        path = folder / re.sub(r"[/\\:*?\"<>|]", "", made.file_name)
        (out / "documents" / folder).mkdir(parents=True, exist_ok=True)
        (out / "documents" / path).write_bytes(made.data)
        owner = {"document_id": hashlib.sha256(made.data).hexdigest(), "path": path.as_posix()}
        rows["documents"].append({
            **owner, "title": told.title, "unit_name": told.unit_name, "region_name": told.region_name,
            "province_name": told.province, "unit_ordinal": number, "document_kind": kind, "fiscal_year": year,
            "dialect": told.dialect, "file_format": made.file_format, "damage": made.damage,
            "damages": list(made.applied),
        })  # fmt: skip
        rows["members"] += [
            {**owner, "unit_name": told.unit_name, "member_name": member} for member in told.members
        ]
        for at, statement in enumerate(told.statements, 1):
            for _, _, figure in statement.figures:
                rows["figures"].append({
                    **owner, "table_ordinal": at, "statement_code": figure.statement_code, "row_code": figure.row_code,
                    "row_label": figure.row_label, "side": figure.side, "column_label": figure.column_label,
                    "value": _decimal(figure.value), "value_printed": figure.value, "unit": figure.unit,
                    "subject_code": figure.subject_code,
                })  # fmt: skip
        rows["narrative"] += [
            {**owner, "value": _decimal(said.value), "unit": said.unit, "role": said.role, "base_code": said.base_code,
             "subject": said.subject, "functional_code": said.functional_code}
            for said in told.said()
        ]  # fmt: skip
        rows["planted_errors"] += [
            {**owner, "statement_code": error.statement_code, "row_code": error.row_code, "row_label": error.row_label,
             "column_label": error.column_label, "printed": error.printed, "true_value": error.true_value,
             "unit": error.unit, "rule_ids": list(error.identities), "kind": error.kind}
            for error in told.errors
        ]  # fmt: skip
    return rows


def _decimal(printed: str) -> Decimal:
    return Decimal(printed.replace(",", "").rstrip("%")).quantize(Decimal("0.000001"))
