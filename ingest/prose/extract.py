"""Paragraphs of a document → rows: amounts, indicators, residue, and the numbers that are none of these."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ingest.prose import indicators, residue, subjects
from ingest.prose.compact import Compact
from ingest.prose.grammar import Reader
from ingest.prose.model import ProseIndicator, ProseParagraph, ProseResult, Residue
from ingest.prose.roles import Setting
from ingest.prose.subjects import Subject

# A paragraph without any of these says nothing that could be a row.
_TELLS = re.compile(r"\d|持平|无|未安排|没有|未发生|一致|相同|不变|（[类款项]）|[Xx×]{2}|占|%|：\Z")
_PROJECT = re.compile(r"项目名称[：:]\s*(.+)")
_HEADING_NOISE = re.compile(
    r"\A(?:第[一二三四五六七八九十\d]+部分|[一二三四五六七八九十]{1,3}[、.．]|（[一二三四五六七八九十\d]{1,3}）|\d{1,2}[、.．）]|[①-⑳])?\s*(?:关于)?"
)
_HEADING_TAIL = re.compile(
    r"(?:的)?(?:总体|具体|结构|变化|规模变化|增减变动|收支|使用|占用|占有使用|占用使用)*(?:情况)?(?:的)?(?:总体|具体|详细)?(?:情况)?(?:说明|分析)?[。：:]?\Z"
)
_HEADING_STAGE = re.compile(r"(?<![公共基金经营总门位])(?:收支|收入支出)?(?:决算|预算)\Z")
_GLOSSARY = re.compile(r"名词解释|专业名词|术语解释")
_DEFINES = re.compile(r"指(?!标|数|导)|反映")
_CONTINUES = ("：", ":")
# Digits together with the marks of a sentence, in a cell long enough to say something.
_CELL_NUMBER = re.compile(r"\d")
_CELL_WORDS = re.compile(r"[一-鿿]")
# A numbered line that ends so is a row of a table printed as text, no heading: its number is read or listed as skipped.
_AMOUNT_AT_END = re.compile(
    r"(?:[^\d.,，]\s*[\d,，]*\d\.\d+|[(（][人批次辆个台套户件家]{1,3}[)）]\s*[\d,，]*\d)\s*\Z"
)
_VALUE_ONLY = re.compile(r"[\s≥≤=><\d.,%]*[一-鿿（）/]{0,6}\s*")


def extract(
    paragraphs: Sequence[ProseParagraph], *, fiscal_year: int | None, document_kind: str | None
) -> ProseResult:
    """Read the prose of one document.

    ``fiscal_year`` is the year the figures are of, ``document_kind`` budget / final_account / performance; a
    paragraph's own ``kind`` wins over it. Both may be None: then 上年 is taken at its word and stages stay open where
    the sentence names none.
    """
    reader = Reader(Setting(document_kind, fiscal_year))
    found: list[ProseIndicator] = []
    left: list[Residue] = []
    section: str | None = None
    open_end = False
    for paragraph in paragraphs:
        if paragraph.section != section or paragraph.table_ordinal is not None:
            section = paragraph.section
            reader.enter(_heading_subject(section))
            open_end = False
        goes_on, open_end = open_end, paragraph.text.rstrip().endswith(_CONTINUES)
        if paragraph.level and not _says_a_figure(paragraph.text) and not _AMOUNT_AT_END.search(paragraph.text):
            continue
        if _GLOSSARY.search(section) and (not _says_a_figure(paragraph.text) or _DEFINES.search(paragraph.text)):
            continue
        compact = Compact(paragraph.text)
        left.extend(residue.read(compact, paragraph))
        if not _TELLS.search(compact.text):
            reader.note_unit(compact.text)
            continue
        reader.setting = Setting(paragraph.kind or document_kind, fiscal_year, _tells_final(section))
        items, stretches = indicators.read(compact.text, paragraph, _project(section), len(found) + 1)
        found.extend(items)
        reader.read(paragraph, compact, stretches, goes_on)
    return ProseResult(tuple(reader.rows), tuple(found), tuple(left), tuple(reader.skipped))


def extract_cell(
    text: str,
    *,
    table_ordinal: int,
    row_ordinal: int,
    column_ordinal: int,
    section: str = "",
    page: int | None = None,
    source_line: int | None = None,
    sheet: str | None = None,
    kind: str | None = "performance",
    fiscal_year: int | None = None,
) -> ProseResult:
    """Read the sentences inside one table cell (年度总体目标, 实际完成情况, 偏差原因)."""
    paragraph = ProseParagraph(
        ordinal=0, text=text, section=section, page=page, source_line=source_line, sheet=sheet, kind=kind,
        table_ordinal=table_ordinal, row_ordinal=row_ordinal, column_ordinal=column_ordinal,
    )
    return extract((paragraph,), fiscal_year=fiscal_year, document_kind=kind)


def is_prose_cell(text: str) -> bool:
    """Whether a cell holds a sentence with a number in it, not a figure, a label or an indicator's value."""
    if len(text) < 8 or not _CELL_NUMBER.search(text) or _VALUE_ONLY.fullmatch(text):
        return False
    return len(_CELL_WORDS.findall(text)) >= 6 and any(mark in text for mark in "，。；：,;、")


def _says_a_figure(text: str) -> bool:
    return bool(re.search(r"\d\s*(?:万元|元|亿元|%|％|人|个|辆|万)", text))


def _tells_final(section: str) -> bool:
    """Whether the deepest heading names the final account: figures of an earlier year are final figures then."""
    heading = section.rpartition("/")[2]
    return "决算" in heading and "预算" not in heading.replace("一般公共预算", "").replace("基金预算", "")


def _project(section: str) -> str | None:
    hit = _PROJECT.search(section)
    return hit[1].split("/")[0].strip() if hit else None


def _heading_subject(section: str) -> Subject | None:
    """What the deepest heading names, without its ordinal and 情况说明."""
    for heading in reversed(section.split("/")):
        text = Compact(heading).text
        project = _PROJECT.search(text)
        if project:
            return Subject(project[1])
        named = subjects.functional(text, None, None)
        if named is not None:
            return named
        text = _HEADING_NOISE.sub("", text)
        text = subjects.clean(_HEADING_TAIL.sub("", text))
        year = re.search(r"\d{4}年(?:度)?", text)
        if year and text[year.end() :]:
            text = text[year.end() :]
        text = _HEADING_STAGE.sub("", text)
        if len(text) >= 2:
            return Subject(text)
    return None
