"""Small landings for tests of the models: tables typed as rows of text, written as the recogniser would land them.

All bodies and figures are invented. Labels find their line items and terms through the same dictionaries as ingestion.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from ingest.dictionaries import find_line_item, find_terms, statements
from ingest.landing.schemas import SCHEMAS, SIDE_TABLES
from ingest.text import is_of_which, label_key

TOTAL_LABELS = ("合计", "总计", "小计")


@dataclass(frozen=True)
class Row:
    """One row: its label, its subject code ('' where none is printed) and one cell per column ('' where blank)."""

    label: str
    code: str
    cells: tuple[str, ...]
    project: str | None = None


@dataclass(frozen=True)
class Page:
    """One statement table. ``columns`` are header paths, parts joined by ``/``; ``side``: of a two-sided table."""

    statement: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    unit: str = "万元"
    side: str | None = None
    scope: str | None = None
    unit_name: str | None = None
    project: str | None = None
    title: str | None = None


@dataclass(frozen=True)
class Paper:
    """One document."""

    name: str
    unit: str
    year: int
    kind: str
    pages: tuple[Page, ...]
    scope: str | None = None
    parent: str | None = None
    members: tuple[str, ...] = ()
    """Names it lists as parts of its accounts, in this order."""
    members_table: int | None = None
    """The table they stand in; None for a list in its text."""
    announced: tuple[str, ...] = ()
    declared_empty: tuple[str, ...] = ()
    indicators: tuple[dict[str, Any], ...] = ()
    narrative: tuple[dict[str, Any], ...] = ()
    unmapped: tuple[str, ...] = ()
    ingested: datetime = datetime(2026, 1, 1, tzinfo=UTC)
    cell_numbers_claimed: int | None = None
    """Numbers the reader says the tables hold; None for the true count."""
    title: str | None = None

    @property
    def document_id(self) -> str:
        return hashlib.sha256(self.name.encode()).hexdigest()

    @property
    def document_key(self) -> str:
        return self.document_id[:16]


@dataclass
class _Landing:
    rows: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: {name: [] for name in SCHEMAS})

    def put(self, table: str, **values: Any) -> None:
        unknown = set(values) - set(SCHEMAS[table].names)
        assert not unknown, f"{table} has no {unknown}"
        self.rows[table].append({name: values.get(name) for name in SCHEMAS[table].names})


def write_landing(folder: Path, papers: tuple[Paper, ...]) -> Path:
    """Write ``papers`` as a landing under ``folder``; returns the folder."""
    landing = _Landing()
    for paper in papers:
        _put_paper(landing, paper)
    for table, schema in {**SCHEMAS, **SIDE_TABLES}.items():
        (folder / table).mkdir(parents=True, exist_ok=True)
        rows = landing.rows.get(table, [])
        pq.write_table(pa.Table.from_pylist(rows, schema=schema), folder / table / "pages.parquet")
    return folder


def _put_paper(landing: _Landing, paper: Paper) -> None:
    claims = _Claims(landing, paper.document_id)
    claims.put("unit_name", paper.unit, "title")
    claims.put("fiscal_year", str(paper.year), "title")
    claims.put("document_kind", paper.kind, "title")
    if paper.scope:
        claims.put("scope", paper.scope, "title")
    for member in paper.members:
        place = "table_row" if paper.members_table else "prose"
        claims.put("member_unit", member, place, paper.members_table)
    numbers = 0
    for ordinal, page in enumerate(paper.pages, start=1):
        numbers += _put_page(landing, claims, paper, page, ordinal)
    for ordinal, value in enumerate(paper.unmapped, start=1):
        numbers += 1
        landing.put(
            "cell_numbers", document_id=paper.document_id, table_ordinal=1, row_ordinal=900, column_ordinal=ordinal,
            number_ordinal=1, value_printed=value, value_text=value, decimals=0, role="unmapped", reason="无法归列",
        )
    for kind, codes in (("announced", paper.announced), ("declared_empty", paper.declared_empty)):
        for code in codes:
            landing.put(
                "announcements", document_id=paper.document_id, announcement_ordinal=len(landing.rows["announcements"]),
                announcement_kind=kind, statement_code=code, title_printed=statements()[code].name, part_ordinal=1,
            )
    for ordinal, indicator in enumerate(paper.indicators, start=1):
        landing.put("indicators", document_id=paper.document_id, indicator_ordinal=ordinal, **indicator)
    for ordinal, amount in enumerate(paper.narrative, start=1):
        landing.put("narrative_amounts", document_id=paper.document_id, amount_ordinal=ordinal, **amount)
    landing.put(
        "documents", document_id=paper.document_id, file_name=paper.name, file_format="text", byte_count=1,
        title_printed=paper.title or f"{paper.unit}{paper.year}年度公开", reader="text", reader_version="1",
        state="disclosure", ingested_at=paper.ingested,
        cell_number_count=numbers if paper.cell_numbers_claimed is None else paper.cell_numbers_claimed,
    )


@dataclass
class _Claims:
    landing: _Landing
    document_id: str
    ordinal: int = 0

    def put(self, kind: str, value: str, place: str, table: int | None = None) -> None:
        self.ordinal += 1
        self.landing.put(
            "claims", document_id=self.document_id, claim_ordinal=self.ordinal, claim_kind=kind, value=value,
            text_printed=value, place=place, table_ordinal=table, part_ordinal=1,
        )


def _put_page(landing: _Landing, claims: _Claims, paper: Paper, page: Page, ordinal: int) -> int:
    statement = statements()[page.statement]
    identity = {"document_id": paper.document_id, "table_ordinal": ordinal}
    unit_name = page.unit_name or paper.unit
    landing.put(
        "tables", **identity, part_ordinal=1, title_printed=page.title or statement.name, statement_code=page.statement,
        recognition_confidence=95, unit_printed=page.unit, unit_name_printed=unit_name, scope_code=page.scope,
        state="present" if any(any(row.cells) for row in page.rows) else "empty", project_name=page.project,
        alignment_method="spans", alignment_confidence=95,
        figure_count=sum(bool(cell) for row in page.rows for cell in row.cells),
    )
    claims.put("unit_name", unit_name, "table_head", ordinal)
    if paper.parent:
        claims.put("parent_unit", paper.parent, "table_head", ordinal)
    for column, path in enumerate(page.columns, start=2):
        for part, label in enumerate(path.split("/"), start=1):
            terms = find_terms(label)
            landing.put(
                "table_columns", **identity, section_ordinal=1, column_ordinal=column, part_ordinal=part,
                label_printed=label, term_code=terms[0].code if terms else None, origin="printed",
            )
    family = "performance" if statement.document_kind == "performance" else statement.family
    count = 0
    for row_ordinal, row in enumerate(page.rows, start=4):
        line = line_of_row = None if row.code else find_line_item(row.label, family, page.side)
        for column, (path, cell) in enumerate(zip(page.columns, row.cells, strict=True), start=2):
            if not cell:
                continue
            count += 1
            terms = find_terms(path.split("/")[-1])
            if family == "three_public" and (row.label in TOTAL_LABELS or line_of_row is None):
                # the items are the columns
                line = find_line_item(path.split("/")[-1], family, page.side)
            value, _, unit = cell.partition(" ")
            text = value.replace(",", "")
            landing.put(
                "cell_numbers", **identity, row_ordinal=row_ordinal, column_ordinal=column, number_ordinal=1,
                source_line=row_ordinal, value_printed=value, value_text=text, decimals=len(text.partition(".")[2]),
                role="figure", section_ordinal=1, side=page.side, row_label=row.label or None,
                row_label_key=label_key(row.label) if row.label else None, row_code=row.code or None,
                is_of_which=is_of_which(row.label), line_item_code=line.code if line else None, column_label=path,
                column_term_code=terms[0].code if terms else None,
                unit_of_measure=unit or (terms[0].unit if terms and terms[0].unit else page.unit), unit_origin="table",
                project_name=row.project or page.project,
                row_kind="total" if row.label in TOTAL_LABELS else "code" if row.code else "line",
            )
    return count
