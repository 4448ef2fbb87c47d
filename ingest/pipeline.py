"""One document from bytes to landing rows: a pure function (单个文档：字节 → 落地行).

parsed = parse_bytes(data, "any-name.pdf")
parsed.rows["cell_numbers"]   # dicts with the columns of ingest.landing.schemas.CELL_NUMBERS
"""

from __future__ import annotations

import gc
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from ingest import prose
from ingest.claims import SelfDescription, describe, unit_claims
from ingest.dictionaries import digest, statements
from ingest.document import Document, Paragraph, Table
from ingest.members import members
from ingest.readers import read_document
from ingest.readers.limits import DEFAULT, ReaderLimits
from ingest.tables import ocr_check, ocr_words
from ingest.tables.assemble import WholeTable, whole_tables
from ingest.tables.blank import with_blank_tables
from ingest.tables.captions import scope_above
from ingest.tables.classify import Recognition, recognise
from ingest.tables.layout import segments_of
from ingest.tables.lines import rebuild
from ingest.tables.performance import read_performance
from ingest.tables.reading import TableReading
from ingest.tables.stacked import unstack
from ingest.tables.statement import read_statement
from ingest.text import fold_width, label_key, squeeze

READING_VERSION = f"3-{digest()}"
"""Version of reading as a whole, with the state of the dictionaries: a change makes every document be read again."""

_DISCLOSURE_WORDS = re.compile(
    r"决算|部门预算|单位预算|绩效自评|绩效目标|绩效(?:单位|部门|评价)自评|三公|收支预算|预算公开"
)
_GOVERNMENT_TITLE = re.compile(
    r"(?:政府|财政|全[省市县区]|本级)(?:总)?(?:预算|决算)的?(?:执行|草案|报告|公开)|预算执行情况和.{0,12}预算草案|一般债务|税收返还"
    r"|全[省市县区州乡镇](?:地方)?一般公共预算收入"
)

_RULES_TITLE = re.compile(
    r"(?:办法|细则|规定|规程|条例|制度|指引)(?:\((?:试行|暂行|修订)\))?(?:的通知|》)*(?:的通知)?$|关于印发"
)
"""Titles of rules on budgets and performance: they print numbers, and none of them is a body's."""
_REGION_SUMMARY = re.compile(r"经[一-龥]{0,12}财政(?:局|厅|部门|局国库[股科])汇总")
"""How a finance bureau opens the sum of a whole county's 三公经费."""
_REGION_TITLE = re.compile(
    r"(?:(?:19|20)\d{2}年度?)?[一-龥]{1,12}[省市县区州旗盟](?:本级|[省市县区州]级)?(?:(?:19|20)\d{2}年度?)?"
    r"(?:一般公共预算|公共财政|财政拨款|使用|安排|开支|的)*[“\"]?三公"
)


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure as landed, in short: for tests and for looking at one document without a warehouse."""

    statement_code: str | None
    row_code: str | None
    row_label: str
    side: str | None
    column_label: str
    value_text: str
    unit_of_measure: str | None
    source_line: int | None
    page: int | None
    table_ordinal: int


@dataclass(slots=True)
class ParsedDocument:
    """Everything one document lands, by landing table."""

    document: Document
    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def figures(self) -> list[Figure]:
        """The figures of recognised statements, in reading order."""
        codes = {table["table_ordinal"]: table["statement_code"] for table in self.rows["tables"]}
        return [
            Figure(
                codes[number["table_ordinal"]],
                number.get("row_code"),
                number.get("row_label") or "",
                number.get("side"),
                number.get("column_label") or "",
                number["value_text"],
                number.get("unit_of_measure"),
                number.get("source_line"),
                number.get("page"),
                number["table_ordinal"],
            )
            for number in self.rows["cell_numbers"]
            if number["role"] == "figure"
        ]


def parse_bytes(data: bytes, file_name: str, *, limits: ReaderLimits | None = None) -> ParsedDocument:
    """Read one file and recognise what it prints.

    ``file_name`` is kept for people and never looked at for meaning. Raises :class:`ingest.errors.IngestError` where
    the file as a whole cannot be read; parts that cannot be read become rows of ``rejects``.
    """
    # One document makes some ten thousand small objects that all live until it is done: looking for garbage among them
    # in between finds none and costs a tenth of the time.
    collects = gc.isenabled()
    gc.disable()
    try:
        document = read_document(data, file_name=file_name, limits=limits or DEFAULT)
        return parse_document(document, file_name)
    finally:
        if collects:
            gc.enable()


def parse_document(document: Document, file_name: str) -> ParsedDocument:
    """Recognise tables and text of a document that a reader handed over."""
    blocks, standing = with_blank_tables(_rebuilt(document.blocks), document.problems)
    tables = whole_tables(blocks)
    paragraphs = [block for block in blocks if isinstance(block, Paragraph)]
    described = describe([*paragraphs], tables, document.title, standing)
    unit = _document_unit(tables, paragraphs)
    readings: list[TableReading] = []
    government = 0
    for table in tables:
        recognition, reading = _read_table(table, described, unit)
        government += recognition.is_government
        ocr_check.check(reading.numbers)
        readings.append(reading)
    unit_claims(described, readings)
    _tell_apart(readings)
    _parts(tables, readings)
    parsed = ParsedDocument(document)
    _land(parsed, document, file_name, paragraphs, readings, described, government)
    _land_prose(parsed, blocks, tables, readings, described)
    for rows in parsed.rows.values():
        for row in rows:
            row["document_id"] = document.document_id
    return parsed


def _rebuilt(blocks: tuple[Paragraph | Table, ...]) -> list[Paragraph | Table]:
    """Blocks with tables that came as one cell per line put together again."""
    return rebuild(unstack(ocr_words.settle(blocks)))


def _read_table(table: WholeTable, described: SelfDescription, unit: str | None) -> tuple[Recognition, TableReading]:
    segments = segments_of(table.grid)
    recognition = recognise(table, table.grid, segments, described.kind)
    code = recognition.statement_code
    if code is not None and statements()[code].family.startswith("perf_") and not recognition.is_list:
        reading = read_performance(table, recognition, unit)
    else:
        reading = read_statement(table, segments, recognition, unit)
    _set_aside(reading, recognition, is_hidden=table.is_hidden)
    return recognition, reading


def _set_aside(reading: TableReading, recognition: Recognition, *, is_hidden: bool) -> None:
    """Figures nobody can place, measure or see become unmapped, with the reason.

    A hidden sheet is not what was published: often it is last year's statement or where the visible ones take their
    figures from, and would count twice.
    """
    unknown = "隐藏的工作表，打开文件看不见" if is_hidden else None
    if unknown is None and recognition.statement_code is None:
        unknown = recognition.reason if recognition.is_government else f"未识别的表：{recognition.reason}"
    for number in reading.numbers:
        if number["role"] != "figure":
            continue
        if unknown is not None:
            number["role"], number["reason"] = "unmapped", unknown
        elif number.get("unit_of_measure") is None:
            number["role"], number["reason"] = "unmapped", "计量单位未印在单元格、栏目、表头或全文，数值无法换算"
    reading.table["figure_count"] = sum(number["role"] == "figure" for number in reading.numbers)


def _document_unit(tables: list[WholeTable], paragraphs: list[Paragraph]) -> str | None:
    """The unit of money most tables print; where none does, the one the prose uses most."""
    printed = Counter(table.caption.unit for table in tables if table.caption.unit)
    if printed:
        return printed.most_common(1)[0][0]
    said: Counter[str] = Counter()
    for paragraph in paragraphs:
        said.update(re.findall(r"\d\s*(亿元|万元|元)", fold_width(paragraph.text)))
    return said.most_common(1)[0][0] if said else None


_OF_GENERAL = {
    "final_general_expenditure": "final_other",
    "final_general_basic_economic": "final_other",
    "budget_general_expenditure": "budget_other",
    "budget_general_basic_economic": "budget_other",
}
"""Statements of the general budget that 财政拨款… stands for, unless the general budget has one of its own."""


def _tell_apart(readings: list[TableReading]) -> None:
    """财政拨款支出决算表 beside 一般公共预算财政拨款支出决算表 tells all three budgets together: another table."""
    found: dict[str, list[tuple[dict[str, Any], bool]]] = {}
    for reading in readings:
        table = reading.table
        if (code := table["statement_code"]) in _OF_GENERAL:
            title = label_key(table["title_printed"] or "")
            found.setdefault(code, []).append((table, "公共预算" in title))
    for code, printed in found.items():
        if not any(is_general for _, is_general in printed):
            continue
        for table, is_general in printed:
            if not is_general and "财政拨款" in (table["title_printed"] or ""):
                table["statement_code"] = _OF_GENERAL[code]


def _parts(tables: list[WholeTable], readings: list[TableReading]) -> None:
    """Number the part of each table: a second set of statements in one file opens a new one; scope is carried in it."""
    part = 1
    seen: set[str] = set()
    scope: str | None = None
    for table, reading in zip(tables, readings, strict=True):
        code = reading.table["statement_code"]
        said = table.caption.scope or scope_above([paragraph.text for paragraph in table.preceding])
        if code and not code.startswith("perf_"):
            family = statements()[code].family
            repeats = code in seen and family in (
                "summary",
                "income",
                "expenditure",
                "appropriation_summary",
                "general_expenditure",
            )
            if repeats and (family == "summary" or (said and said != scope)):
                part += 1
                seen = set()
                scope = said
            seen.add(code)
        scope = said or scope
        reading.table["part_ordinal"] = part
        reading.table["scope_code"] = scope


def _land(
    parsed: ParsedDocument,
    document: Document,
    file_name: str,
    paragraphs: list[Paragraph],
    readings: list[TableReading],
    described: SelfDescription,
    government: int,
) -> None:
    rows: dict[str, list[dict[str, Any]]] = {
        name: [] for name in ("tables", "table_columns", "cells", "cell_numbers", "indicators")
    }
    for reading in readings:
        rows["tables"].append(reading.table)
        rows["table_columns"] += reading.columns
        rows["cells"] += reading.cells
        rows["cell_numbers"] += reading.numbers
        rows["indicators"] += reading.indicators
    rows["claims"] = described.claims
    rows["announcements"] = described.announcements
    rows["rejects"] = _rejects(document, file_name, readings)
    state, reason = _state(document, readings, described, paragraphs, government)
    if state != "disclosure":
        rows["rejects"].append(
            {"file_name": file_name, "stage": "file", "code": state, "place": "全文", "reason": reason}
        )
    rows["documents"] = [
        {
            "file_name": file_name,
            "file_format": document.file_format,
            "published_on": described.published_on,
            "byte_count": document.byte_count,
            "encoding": document.encoding,
            "page_count": document.page_count,
            "line_count": document.line_count,
            "title_printed": described.title,
            "reader": document.reader,
            "reader_version": f"{document.reader}-{document.reader_version}/{READING_VERSION}",
            "state": state,
            "state_reason": reason,
            "cell_number_count": len(rows["cell_numbers"]),
        }
    ]
    for ordinal, row in enumerate(rows["rejects"], 1):
        row["reject_ordinal"] = ordinal
    parsed.rows = rows


def _row(record: Any) -> dict[str, Any]:
    """The fields of a flat record. ``asdict`` would copy every value deeply, which takes longer than reading it."""
    return {name: getattr(record, name) for name in record.__slots__}


def _land_prose(
    parsed: ParsedDocument,
    blocks: list[Paragraph | Table],
    tables: list[WholeTable],
    readings: list[TableReading],
    described: SelfDescription,
) -> None:
    """Paragraphs, and the units, numbers, indicators and template residue in them and in long table cells."""
    rows = parsed.rows
    paragraphs = prose.build(blocks, kind=described.kind)
    codes = [reading.table["statement_code"] for reading in readings]
    for member in members(paragraphs, tables, codes):
        rows["claims"].append(member.claim(len(rows["claims"]) + 1))
    rows["paragraphs"] = [
        {
            "paragraph_ordinal": paragraph.ordinal,
            "page": paragraph.page,
            "source_line": paragraph.source_line,
            "sheet": paragraph.sheet,
            "last_line": paragraph.last_line,
            "level": paragraph.level,
            "section": paragraph.section,
            "text": paragraph.text,
        }
        for paragraph in paragraphs
    ]
    results = [prose.extract(paragraphs, fiscal_year=described.fiscal_year, document_kind=described.kind)]
    for reading in readings:
        table = reading.table
        before: tuple[int, str] | None = None
        for row, column, text, cell in reading.prose_cells:
            # Conversions to text print a merged cell once for every column it covers: it says its sentence once.
            is_repeated, before = before == (row, text), (row, text)
            if not is_repeated and prose.is_prose_cell(text):
                results.append(
                    prose.extract_cell(
                        text,
                        table_ordinal=table["table_ordinal"],
                        row_ordinal=row,
                        column_ordinal=column,
                        section=_cell_section(table),
                        page=cell.page or table["page"],
                        source_line=cell.line,
                        sheet=table["sheet"],
                        fiscal_year=described.fiscal_year,
                    )
                )
    rows["narrative_amounts"] = [_row(amount) for result in results for amount in result.amounts]
    rows["indicators"] += [_row(indicator) for result in results for indicator in result.indicators]
    rows["prose_residue"] = [_row(residue) for result in results for residue in result.residue]
    rows["prose_skipped"] = [_row(number) for result in results for number in result.skipped]
    for name, key in (
        ("narrative_amounts", "amount_ordinal"),
        ("indicators", "indicator_ordinal"),
        ("prose_residue", "residue_ordinal"),
        ("prose_skipped", "skipped_ordinal"),
    ):
        for ordinal, row in enumerate(rows[name], 1):
            row[key] = ordinal


def _cell_section(table: dict[str, Any]) -> str:
    """Title of a table, and the project it is of: what the sentences in its cells speak of."""
    title, project = table["title_printed"] or "", table.get("project_name")
    return f"{title}/项目名称：{project}" if project else title


def _rejects(document: Document, file_name: str, readings: list[TableReading]) -> list[dict[str, Any]]:
    found = [
        {
            "file_name": file_name,
            "stage": "page" if problem.page else "file",
            "code": problem.code,
            "place": problem.place,
            "page": problem.page,
            "source_line": problem.line,
            "reason": problem.reason,
        }
        for problem in document.problems
    ]
    for link in document.links:
        found.append(
            {
                "file_name": file_name,
                "stage": "link",
                "code": "attachment_not_fetched",
                "place": link.text,
                "source_line": link.line,
                "reason": f"附件链接未下载：{link.url}",
            }
        )
    for reading in readings:
        table = reading.table
        lost = sum(number["role"] == "unmapped" for number in reading.numbers)
        if table["statement_code"] is None and lost:
            found.append(
                {
                    "file_name": file_name,
                    "stage": "table",
                    "code": "table_not_recognised",
                    "place": f"第{table['table_ordinal']}张表 {table['title_printed'] or '（无标题）'}",
                    "page": table["page"],
                    "source_line": table["source_line"],
                    "sheet": table["sheet"],
                    "reason": f"{table['recognition_reason']}；{lost}个数字未入库，见 mart_unmapped_cell。"
                    "可在 seeds/statements.csv 中补充报表标题",
                }
            )
    return found


def _state(
    document: Document,
    readings: list[TableReading],
    described: SelfDescription,
    paragraphs: list[Paragraph],
    government: int,
) -> tuple[str, str | None]:
    recognised = sum(reading.table["statement_code"] is not None for reading in readings)
    text = " ".join(paragraph.text for paragraph in paragraphs[:60])
    if recognised <= 1 and _is_region_summary(described, text, readings):
        return "government_level", "全地区“三公”经费汇总，不是部门或单位的公开文件；未入库"
    if recognised:
        return "disclosure", None
    if _RULES_TITLE.search(squeeze(fold_width(described.title or ""))) and not described.announcements:
        return "not_disclosure", "制度、办法或通知，不是部门或单位的公开文件；未入库"
    # A body may speak of 财政决算 that are published elsewhere: then its title decides.
    head = (described.title or "") + ("" if _names_a_body(described) else text[:400])
    if government or _GOVERNMENT_TITLE.search(squeeze(fold_width(head))):
        return "government_level", "政府预决算（含税收、转移性收支），不是部门或单位的公开文件；未入库"
    if not paragraphs and not readings:
        return "empty", "文件中没有可读的文字和表格"
    if described.announcements or _DISCLOSURE_WORDS.search(text):
        return "disclosure", None
    return "not_disclosure", "没有部门预算、决算、绩效或“三公”经费的标题、表格或文字，不像公开文件；请核对来源"


def _names_a_body(described: SelfDescription) -> bool:
    return any(claim["claim_kind"] == "unit_name" for claim in described.claims)


def _is_region_summary(described: SelfDescription, text: str, readings: list[TableReading]) -> bool:
    """Whether a page sums up the 三公经费 of a whole county or city: no body is named, but the region or its bureau."""
    printed = described.title or next((str(reading.table["title_printed"] or "") for reading in readings), "")
    title = squeeze(fold_width(printed))
    if "三公" not in text + title or _names_a_body(described):
        return False
    return bool(_REGION_SUMMARY.search(squeeze(text[:1500])) or _REGION_TITLE.match(title))
