"""The landing schemas, in one place: what ingestion writes and the models read.

Amounts are never converted here: ``value_text`` is the printed number without separators, as text.
Every row carries ``document_id`` (SHA-256 of the source bytes) and a locator.
"""

from __future__ import annotations

import pyarrow as pa

LANDING_VERSION = "2"

_TEXT = pa.string()
_INT = pa.int32()
_BOOL = pa.bool_()


def _field(name: str, kind: pa.DataType, description: str, nullable: bool = True) -> pa.Field:
    return pa.field(name, kind, nullable, metadata={"description": description})


def _schema(description: str, *fields: pa.Field) -> pa.Schema:
    return pa.schema(fields, metadata={"description": description, "landing_version": LANDING_VERSION})


def _id() -> pa.Field:
    return _field("document_id", _TEXT, "SHA-256 of the source bytes (源文件哈希)", nullable=False)


def _place() -> tuple[pa.Field, ...]:
    return (
        _field("page", _INT, "page, from 1 (页码); null where the format has no pages"),
        _field("source_line", _INT, "line of the source text, from 1 (行号); null where there are no lines"),
        _field("sheet", _TEXT, "sheet name of a spreadsheet (工作表)"),
    )


def _in_paragraph() -> tuple[pa.Field, ...]:
    return (
        _field("paragraph_ordinal", _INT, "paragraph"),
        _field("page", _INT, "page, from 1"),
        _field("source_line", _INT, "line of the source text, from 1"),
        _field("char_start", _INT, "offset in the paragraph, from 0"),
        _field("char_end", _INT, "offset after the last character"),
    )


def _box() -> tuple[pa.Field, ...]:
    return (
        _field("address", _TEXT, "cell address on the sheet, e.g. C12 (单元格地址)"),
        _field("box_x0", pa.float32(), "left edge, points from the page's top left"),
        _field("box_top", pa.float32(), "top edge, points from the page's top left"),
        _field("box_x1", pa.float32(), "right edge, points from the page's top left"),
        _field("box_bottom", pa.float32(), "bottom edge, points from the page's top left"),
        _field("is_ocr", _BOOL, "read by optical recognition (来自OCR)"),
        _field("confidence", _INT, "OCR confidence in percent; null where not OCR"),
    )


DOCUMENTS = _schema(
    "one row per document read (文档)",
    _id(),
    _field("file_name", _TEXT, "name of the file as delivered; never a source of meaning"),
    _field("file_format", _TEXT, "text, markdown, html, pdf, xlsx, xls, docx, doc; decided by content"),
    _field("archive_name", _TEXT, "name of the archive the file came in, null otherwise"),
    _field("source_url", _TEXT, "address the file was fetched from, null otherwise"),
    _field("published_on", _TEXT, "date of publication as ISO date where it is printed or known"),
    _field("byte_count", pa.int64(), "size of the source in bytes"),
    _field("encoding", _TEXT, "text encoding decided for the file"),
    _field("page_count", _INT, "number of pages, null where the format has none"),
    _field("line_count", _INT, "number of source lines, null where the format has none"),
    _field("title_printed", _TEXT, "title of the document as printed"),
    _field("reader", _TEXT, "reader module"),
    _field("reader_version", _TEXT, "version of reader and recogniser: a change means the file is read again"),
    _field("state", _TEXT, "disclosure / not_disclosure / government_level / empty: what the file turned out to be"),
    _field("state_reason", _TEXT, "why, in Chinese"),
    _field("ingested_at", pa.timestamp("us", tz="UTC"), "when these bytes were first read, by whatever version"),
    _field("cell_number_count", _INT, "numeric tokens printed in tables (表内数字个数)"),
)

TABLES = _schema(
    "one row per table found; the parts of a table cut by a page break are one table (表)",
    _id(),
    _field("table_ordinal", _INT, "order in the document, from 1", nullable=False),
    *_place(),
    _field("part_ordinal", _INT, "part of the document it belongs to, from 1 (汇总/本级/自评报告 are parts)"),
    _field("title_printed", _TEXT, "title as printed; null where the table has none"),
    _field("code_printed", _TEXT, "table code as printed, e.g. 公开01表"),
    _field("statement_code", _TEXT, "recognised statement (seeds/statements.csv); null where not recognised"),
    _field("recognition_confidence", _INT, "percent"),
    _field("recognition_reason", _TEXT, "what decided: title, columns, rows"),
    _field("unit_printed", _TEXT, "unit of money printed for the table, e.g. 万元; null where none is printed"),
    _field("year_printed", _INT, "year printed at the table, even where wrong"),
    _field("unit_name_printed", _TEXT, "name printed after 编制单位/部门名称, even where wrong"),
    _field("scope_code", _TEXT, "consolidated / own / unit where the page says so, null otherwise"),
    _field("state", _TEXT, "present (holds figures) / empty / declared_empty"),
    _field("project_name", _TEXT, "project of a performance sheet (项目名称)"),
    _field(
        "alignment_method",
        _TEXT,
        "how header and columns were brought together: spans / position / sequence / template",
    ),
    _field("alignment_confidence", _INT, "percent"),
    _field("alignment_reason", _TEXT, "witnesses: column numbers, arithmetic rows agreeing, types"),
    _field("row_count", _INT, "rows of the grid"),
    _field("column_count", _INT, "columns of the grid"),
    _field("figure_count", _INT, "figures taken from the table"),
)

TABLE_COLUMNS = _schema(
    "one row per part of the header path of each figure column (栏目路径)",
    _id(),
    _field("table_ordinal", _INT, "table", nullable=False),
    _field("section_ordinal", _INT, "stacked section or side-by-side group within the table, from 1", nullable=False),
    _field("column_ordinal", _INT, "grid column, from 1", nullable=False),
    _field("part_ordinal", _INT, "part of the path, from 1 (top)", nullable=False),
    _field("label_printed", _TEXT, "printed label of the part, wrapped lines joined"),
    _field("term_code", _TEXT, "entry of seeds/header_terms.csv; null where unknown"),
    _field("origin", _TEXT, "printed / carried (from a merged neighbour) / filled (lost cell, from the dictionary)"),
)

CELLS = _schema(
    "one row per non-empty cell of every table (单元格)",
    _id(),
    _field("table_ordinal", _INT, "table", nullable=False),
    _field("row_ordinal", _INT, "grid row, from 1", nullable=False),
    _field("column_ordinal", _INT, "grid column, from 1", nullable=False),
    *_place(),
    *_box(),
    _field("row_span", _INT, "rows covered"),
    _field("column_span", _INT, "columns covered"),
    _field("text_printed", _TEXT, "text as printed"),
    _field("cell_role", _TEXT, "title / header / label / code / figure / row_number / column_number / text / note"),
)

CELL_NUMBERS = _schema(
    "one row per numeric token inside a table: a figure, or accounted for otherwise (表内数字)",
    _id(),
    _field("table_ordinal", _INT, "table", nullable=False),
    _field("row_ordinal", _INT, "grid row, from 1", nullable=False),
    _field("column_ordinal", _INT, "grid column, from 1", nullable=False),
    _field("number_ordinal", _INT, "order within the cell, from 1", nullable=False),
    *_place(),
    *_box(),
    _field("char_start", _INT, "offset of the first character in the cell's text, from 0"),
    _field("char_end", _INT, "offset after the last character"),
    _field("value_printed", _TEXT, "the number as printed, separators kept"),
    _field("value_text", _TEXT, "the number without separators and blanks, sign only where printed"),
    _field("decimals", _INT, "printed decimals"),
    _field(
        "role",
        _TEXT,
        "figure / code / row_number / column_number / ordinal / year / page / label / indicator / prose / unmapped",
        nullable=False,
    ),
    _field("reason", _TEXT, "why it is not a figure (for unmapped: what was tried), in Chinese"),
    _field("section_ordinal", _INT, "section of the table (see table_columns)"),
    _field(
        "header_column_ordinal",
        _INT,
        "grid column whose header the figure stands under, from 1; not column_ordinal where the row slipped sideways",
    ),
    _field("side", _TEXT, "income / expenditure in two-sided tables"),
    _field("row_label", _TEXT, "label of the row as printed, blanks removed"),
    _field("row_label_key", _TEXT, "label folded for look-up: width folded, ordinals, 其中 and punctuation removed"),
    _field("row_code", _TEXT, "subject code of the row, 类款项 joined"),
    _field("row_path", _TEXT, "labels of the rows it hangs under, joined by / (其中 rows, sections)"),
    _field("is_of_which", _BOOL, "the row label is introduced by 其中"),
    _field("line_item_code", _TEXT, "entry of seeds/line_items.csv the row label names; null where unknown"),
    _field("column_label", _TEXT, "header path, parts joined by /"),
    _field("column_term_code", _TEXT, "entry of seeds/header_terms.csv the last part of the path names"),
    _field("unit_of_measure", _TEXT, "unit of this number: from cell, row, column, table, or inferred"),
    _field("unit_origin", _TEXT, "cell / row / column / section / table / document / inferred"),
    _field("project_name", _TEXT, "project the row is of"),
    _field("row_kind", _TEXT, "line / code / total / project / fund / indicator / score"),
)

INDICATORS = _schema(
    "one row per indicator row of a performance sheet, or indicator stated in prose (绩效指标)",
    _id(),
    _field("indicator_ordinal", _INT, "order in the document, from 1", nullable=False),
    _field("origin", _TEXT, "table / prose", nullable=False),
    _field("table_ordinal", _INT, "table; null for prose"),
    _field("row_ordinal", _INT, "grid row; null for prose"),
    *_place(),
    _field("statement_code", _TEXT, "perf_project_target / perf_project_self / perf_unit_self; null for prose"),
    _field("project_name", _TEXT, "project of the sheet"),
    _field("level1", _TEXT, "一级指标, carried down where merged"),
    _field("level2", _TEXT, "二级指标, carried down where merged"),
    _field("level3", _TEXT, "三级指标"),
    _field("target_printed", _TEXT, "target as printed (年度指标值; the adjusted one where both are printed)"),
    _field("target_initial_printed", _TEXT, "initial target where an adjusted one is printed beside it"),
    _field("actual_printed", _TEXT, "actual as printed (实际完成值)"),
    _field("prior_actual_printed", _TEXT, "actual of the year before (上年完成值)"),
    _field("weight_printed", _TEXT, "weight (分值) as printed"),
    _field("score_printed", _TEXT, "score (得分) as printed"),
    _field("completion_printed", _TEXT, "completion rate as printed, prose only"),
    _field("deviation_reason", _TEXT, "偏差原因分析及改进措施"),
    _field("note", _TEXT, "what was undecided about the row's alignment, in Chinese"),
)

CLAIMS = _schema(
    "one row per place where the document says who, when or what it is (自述)",
    _id(),
    _field("claim_ordinal", _INT, "order in the document, from 1", nullable=False),
    _field(
        "claim_kind",
        _TEXT,
        "fiscal_year / unit_name / parent_unit / member_unit (part of the department) / document_kind / scope / "
        "published_on / unit_code / parent_unit_code",
        nullable=False,
    ),
    _field("value", _TEXT, "normalised value (2022; 某市某局; final_account; consolidated)"),
    _field("text_printed", _TEXT, "the words it was read from"),
    _field("place", _TEXT, "title / cover / table_head / table_row / heading / contents / prose / metadata"),
    _field("table_ordinal", _INT, "table, for table_head and table_row"),
    _field("part_ordinal", _INT, "part of the document"),
    *_place(),
)

ANNOUNCEMENTS = _schema(
    "one row per statement announced by a contents list, declared empty or standing without a table (报表目录与空表)",
    _id(),
    _field("announcement_ordinal", _INT, "order in the document, from 1", nullable=False),
    _field(
        "announcement_kind",
        _TEXT,
        "announced / declared_empty / blank (title and caption over nothing) / unread (over what no table was made of)",
        nullable=False,
    ),
    _field("statement_code", _TEXT, "statement; null where the title is not known"),
    _field("title_printed", _TEXT, "title or sentence as printed"),
    _field("scope_code", _TEXT, "scope of the part it stands in"),
    _field("part_ordinal", _INT, "part of the document"),
    *_place(),
)

PARAGRAPHS = _schema(
    "one row per paragraph; sentences torn over lines are joined (段落)",
    _id(),
    _field("paragraph_ordinal", _INT, "order in the document, from 1", nullable=False),
    *_place(),
    _field("last_line", _INT, "last source line it covers"),
    _field("level", _INT, "heading level, 0 for running text"),
    _field("section", _TEXT, "headings it stands under, joined by /"),
    _field("part_ordinal", _INT, "part of the document"),
    _field("text", _TEXT, "text"),
)

NARRATIVE_AMOUNTS = _schema(
    "one row per number stated in prose, or fact stated without digits (文字数据)",
    _id(),
    _field("amount_ordinal", _INT, "order in the document, from 1", nullable=False),
    *_place(),
    _field("paragraph_ordinal", _INT, "paragraph; null inside a table cell"),
    _field("table_ordinal", _INT, "table, for a sentence inside a cell"),
    _field("row_ordinal", _INT, "row, for a sentence inside a cell"),
    _field("column_ordinal", _INT, "column, for a sentence inside a cell"),
    _field("char_start", _INT, "offset in the paragraph, from 0"),
    _field("char_end", _INT, "offset after the last character"),
    _field("section", _TEXT, "heading it stands under, as printed"),
    _field("sentence", _TEXT, "sentence it stands in"),
    _field("subject_printed", _TEXT, "what it is of, as printed or inherited"),
    _field("subject_key", _TEXT, "subject folded for look-up"),
    _field("parent_printed", _TEXT, "the whole it is a part of (其中, 包括)"),
    _field("class_name", _TEXT, "functional class named (类)"),
    _field("group_name", _TEXT, "functional group named (款)"),
    _field("item_name", _TEXT, "functional item named (项)"),
    _field("code_printed", _TEXT, "subject code printed in the sentence, 类款项 joined"),
    _field(
        "role",
        _TEXT,
        "amount / change / change_rate / share / completion_rate / difference_rate / count / area / score / other",
    ),
    _field("direction", _INT, "1 growth, -1 decrease, 0 unchanged; null where none is said"),
    _field(
        "base_code",
        _TEXT,
        "prior_final / prior_budget / prior_execution / initial_budget / full_year_budget / opening / target",
    ),
    _field("stage_code", _TEXT, "stage of the figure itself (dim_stage)"),
    _field("year_stated", _INT, "fiscal year stated for the figure, null where inherited from the document"),
    _field("value_printed", _TEXT, "as printed"),
    _field("value_text", _TEXT, "without separators; null for implied rows without a value"),
    _field("decimals", _INT, "printed decimals"),
    _field("unit_of_measure", _TEXT, "万元, 元, %, 人, 辆, 平方米 …"),
    _field("is_implied", _BOOL, "a fact without its own digits (持平, 无, second subject of 各/均)"),
    _field("pattern", _TEXT, "name of the pattern that read it"),
)

PROSE_RESIDUE = _schema(
    "one row per piece of template text left in the page: 增加（减少）, 占 %, XX部门 (模板残留)",
    _id(),
    _field("residue_ordinal", _INT, "order in the document, from 1", nullable=False),
    *_in_paragraph(),
    _field("residue_code", _TEXT, "both_directions / blank_value / placeholder_name / instruction"),
    _field("text_printed", _TEXT, "the words"),
)

PROSE_SKIPPED = _schema(
    "one row per number in prose that is no figure, with the reason (文字中不作数据的数字)",
    _id(),
    _field("skipped_ordinal", _INT, "order in the document, from 1", nullable=False),
    *_in_paragraph(),
    _field("value_printed", _TEXT, "the number as printed"),
    _field("reason_code", _TEXT, "date / ordinal / document_number / code / threshold / duration / name / phone / …"),
)

REJECTS = _schema(
    "one row per file, table or number that could not be read (未读入)",
    _id(),
    _field("reject_ordinal", _INT, "order in the document, from 1", nullable=False),
    _field("file_name", _TEXT, "name of the file"),
    _field("stage", _TEXT, "file / page / table / number / link", nullable=False),
    _field("code", _TEXT, "stable code, see docs/messages.md", nullable=False),
    _field("place", _TEXT, "where in the file"),
    *_place(),
    _field("reason", _TEXT, "what was found and what to do, in Chinese"),
)

SCHEMAS: dict[str, pa.Schema] = {
    "documents": DOCUMENTS,
    "tables": TABLES,
    "table_columns": TABLE_COLUMNS,
    "cells": CELLS,
    "cell_numbers": CELL_NUMBERS,
    "indicators": INDICATORS,
    "claims": CLAIMS,
    "announcements": ANNOUNCEMENTS,
    "paragraphs": PARAGRAPHS,
    "narrative_amounts": NARRATIVE_AMOUNTS,
    "prose_residue": PROSE_RESIDUE,
    "prose_skipped": PROSE_SKIPPED,
    "rejects": REJECTS,
}

FETCHES = _schema(
    "one row per document and address it was fetched from (下载记录)",
    _id(),
    _field("url", _TEXT, "address as listed or linked", nullable=False),
    _field("final_url", _TEXT, "address that answered, after redirects"),
    _field("page_url", _TEXT, "page that points to it, null for an address of the list"),
    _field("link_text", _TEXT, "text of the link"),
    _field("source_name", _TEXT, "entry of sources.yml"),
    _field("fetched_at", pa.timestamp("us", tz="UTC"), "when these bytes first came from this address"),
)

EXPECTED_DISCLOSURES = _schema(
    "one row per disclosure the list of sources expects (应公开清单)",
    _field("source_name", _TEXT, "entry of sources.yml", nullable=False),
    _field("unit_name", _TEXT, "full name of the budget unit", nullable=False),
    _field("region", _TEXT, "code or name of its division, null where the name tells"),
    _field("fiscal_year", _INT, "year", nullable=False),
    _field("document_kind", _TEXT, "budget / final_account / performance", nullable=False),
    _field("due_on", _TEXT, "last day the law allows as ISO date, null where the day of approval is not known"),
    _field("looked_on", _TEXT, "day the source was last looked at with success as ISO date, null where it never was"),
)

SIDE_TABLES: dict[str, pa.Schema] = {"fetches": FETCHES, "expected_disclosures": EXPECTED_DISCLOSURES}
"""Not read from documents: replaced as a whole by each run, and no reason to read a document again."""
