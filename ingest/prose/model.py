"""What the prose extractor takes and gives: paragraphs in, rows out. All of it is printed text, nothing is resolved."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ProseParagraph:
    """A paragraph of running text (段落), lines torn by wrapping or a page break already joined.

    ``kind`` says what the part of the document is: budget (预算), final_account (决算) or performance (绩效); None
    where nobody knows. The three table positions are set only for the text of a long table cell.
    """

    ordinal: int
    text: str
    section: str = ""
    """Headings it stands under, as printed, joined by ``/``."""
    page: int | None = None
    source_line: int | None = None
    last_line: int | None = None
    sheet: str | None = None
    part_ordinal: int | None = None
    kind: str | None = None
    level: int = 0
    """Depth of the heading this paragraph is (1 is the highest), 0 for running text."""
    table_ordinal: int | None = None
    row_ordinal: int | None = None
    column_ordinal: int | None = None


@dataclass(frozen=True, slots=True)
class NarrativeAmount:
    """One number stated in prose, or a fact stated without digits. Columns of ``narrative_amounts`` in the landing.

    ``base_code`` names what a change or a rate is compared with, ``prior_year_count`` (上年人数、数量) included for
    changes of a count. ``value_text`` is None where a fact has no value of its own (持平).
    """

    amount_ordinal: int
    page: int | None
    source_line: int | None
    sheet: str | None
    paragraph_ordinal: int | None
    table_ordinal: int | None
    row_ordinal: int | None
    column_ordinal: int | None
    char_start: int
    char_end: int
    section: str
    sentence: str
    subject_printed: str
    subject_key: str
    parent_printed: str | None
    class_name: str | None
    group_name: str | None
    item_name: str | None
    code_printed: str | None
    role: str
    direction: int | None
    base_code: str | None
    stage_code: str | None
    year_stated: int | None
    value_printed: str
    value_text: str | None
    decimals: int | None
    unit_of_measure: str | None
    is_implied: bool
    pattern: str


@dataclass(frozen=True, slots=True)
class ProseIndicator:
    """A performance indicator stated in a sentence. Columns of ``indicators``; ``origin`` is always prose."""

    indicator_ordinal: int
    origin: str
    table_ordinal: int | None
    row_ordinal: int | None
    page: int | None
    source_line: int | None
    sheet: str | None
    statement_code: str | None
    project_name: str | None
    level1: str | None
    level2: str | None
    level3: str
    target_printed: str | None
    target_initial_printed: str | None
    actual_printed: str | None
    prior_actual_printed: str | None
    weight_printed: str | None
    score_printed: str | None
    completion_printed: str | None
    deviation_reason: str | None
    note: str | None


@dataclass(frozen=True, slots=True)
class Residue:
    """Template text left in the page: 增加（减少）, ``占 %``, XX部门. Not a figure, but worth showing."""

    paragraph_ordinal: int | None
    page: int | None
    source_line: int | None
    char_start: int
    char_end: int
    residue_code: str
    """both_directions / blank_value / placeholder_name / instruction."""
    text_printed: str


@dataclass(frozen=True, slots=True)
class SkippedNumber:
    """A number of the text that is not a figure, with the reason: nothing is dropped silently."""

    paragraph_ordinal: int | None
    page: int | None
    source_line: int | None
    char_start: int
    char_end: int
    value_printed: str
    reason_code: str
    """date / ordinal / document_number / code / threshold / duration / name / phone / indicator / no_unit …"""


@dataclass(frozen=True, slots=True)
class ProseResult:
    """Everything read from the prose of one document, in reading order."""

    amounts: tuple[NarrativeAmount, ...] = ()
    indicators: tuple[ProseIndicator, ...] = ()
    residue: tuple[Residue, ...] = ()
    skipped: tuple[SkippedNumber, ...] = ()
