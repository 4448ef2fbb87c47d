"""What stands around a table: title, table code, unit of money, year, name of the body (表头信息)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from ingest.dictionaries import Statement, statements
from ingest.document import Paragraph
from ingest.text import fold_width, squeeze

_UNIT_OF_MONEY = r"亿元|万元|千元|百元|元"
_UNIT_LINE = re.compile(rf"(?:金额)?单位[:：]?\s*(?:人民币)?\(?({_UNIT_OF_MONEY})\)?")
_UNIT_BARE = re.compile(rf"^\(?(?:金额)?(?:单位)?[:：]?({_UNIT_OF_MONEY})\)?$")
_UNIT_OPEN = re.compile(r"(?:金额)?单位[:：]$")
_UNIT_IN_TITLE = re.compile(rf"[(（](?:金额)?(?:单位[:：])?({_UNIT_OF_MONEY})[)）]")
_TABLE_CODE = re.compile(
    r"(?:财决补|财决附|财决|批复|公开|预算公开|预算|决算公开|部门公开|财预|决算)\s?\d{1,2}(?:-\d{1,2})?\s?表|"
    r"(?:部门|单位)?(?:预算|决算)?公开表\s?\d{1,2}(?:-\d{1,2})?(?!\d)|"
    r"^附?表\s?(?:\d{1,2}(?:-\d{1,2})?|[一二三四五六七八九十]{1,3})(?=[:：\s、.]|$)|^附[表件]\s?\d{0,2}(?=[:：\s,，、.]|$)|报表编号[:：]\S+"
)
_ORGANISATION = re.compile(
    r"(?:编制单位|编制部门|部门名称|单位名称|预算单位|填报单位|填报部门|公开部门|公开单位|部门\(单位\)名称|部门\(单位\)|"
    r"预算部门|单位\(部门\)|编报单位|部门/单位|部门单位|部门|单位)(?:\((?:公章|盖章)\))?[:：]\s*([^\s:：,，;；]{2,40})"
)
_YEAR = re.compile(r"((?:19|20)\d{2})\s*年(?:度)?")
_CHINESE_DIGITS = str.maketrans("〇○零一二三四五六七八九", "000123456789")
_CHINESE_YEAR = re.compile(r"(?:二[〇○零0][〇○零一二三四五六七八九]{2})年")
_SENTENCE_END = re.compile(r"[。；;!！?？]")
_LEADER = re.compile(r"(?:[.．…·]{2,}\s*[-—]?\d{0,3}|\t\s*[-—]?\d{1,3})[-—]?\s*$")
_TITLE_NOISE = re.compile(r"[《》“”\"'‘’「」\s　\[\]【】]+")
_LEADING_ORDINAL = re.compile(
    r"^(?:附?表\s?(?:\d{1,2}(?:-\d{1,2})?|[一二三四五六七八九十]{1,3})[:：、.．]?|\(?[一二三四五六七八九十]{1,3}\)?[、.．]|[一二三四五六七八九十]{1,3}、|\d{1,2}[、.．]|"
    r"附件\s?\d{0,2}(?:-\d{1,2})?[:：]?|附表\d{0,2}[:：、.]?|\d{1,2}(?=[^\d年]))"
)
_TITLE_END = re.compile(
    r"(?:表|情况|总计|明细|台账|绩效(?:目标)?自评)\)?(?:[-—]{1,2}[一-龥]{2,12})?(?:\([^()]{0,30}\)){0,3}(?:[-—之]?[一二三四五\d]*)?[》”\"]?$"
)
MAX_TITLE = 70
"""Titles are short; anything longer is a sentence."""


@dataclass(slots=True)
class Caption:
    """What is printed around one table."""

    title: str | None = None
    title_paragraph: Paragraph | None = None
    """The paragraph the title was read from; None where it stood inside the table."""
    code: str | None = None
    unit: str | None = None
    year: int | None = None
    organisation: str | None = None
    scope: str | None = None
    notes: list[str] = field(default_factory=list)
    statement_matches: tuple[tuple[Statement, int], ...] = ()
    """Statements whose title pattern the title fits, with the length of the match."""


@lru_cache(maxsize=65536)
def title_key(text: str) -> str:
    """A title without quotes, blanks, ordinals and bracketed units, for pattern matching."""
    folded = _TITLE_NOISE.sub("", fold_width(text))
    folded = _LEADING_ORDINAL.sub("", folded, count=1)
    return _LEADING_ORDINAL.sub("", folded, count=1)


@lru_cache(maxsize=65536)
def match_statements(text: str) -> tuple[tuple[Statement, int], ...]:
    """Statements a title may name, longest match first."""
    key = title_key(text)
    found = []
    # 六、一般公共预算支出情况 over a table is its title: the word 表 is left out.
    named = key if "表" in key or not key.endswith("情况") else key + "表"
    for statement in statements().values():
        match = statement.title.search(named)
        if match is None:
            continue
        if statement.exclude is not None and statement.exclude.search(key):
            continue
        found.append((statement, match.end() - match.start()))
    return tuple(sorted(found, key=lambda pair: -pair[1]))


def years_in(text: str) -> list[int]:
    """Years printed in a text, in digits or Chinese digits, in order."""
    folded = fold_width(text)
    found = [int(year) for year in _YEAR.findall(folded)]
    found += [int(match.group()[:-1].translate(_CHINESE_DIGITS)) for match in _CHINESE_YEAR.finditer(folded)]
    return [year for year in found if 1990 <= year <= 2100]


@lru_cache(maxsize=65536)
def is_contents_line(text: str) -> bool:
    """Whether a line is an entry of a contents list: dotted leader or tab and a page number at its end."""
    return bool(_LEADER.search(text.strip()))


@lru_cache(maxsize=65536)
def looks_like_title(text: str) -> bool:
    """Whether a line may be a table's title: short, no sentence, ends like a title, names a statement."""
    folded = squeeze(fold_width(text))
    if not folded or len(folded) > MAX_TITLE or _SENTENCE_END.search(folded) or is_contents_line(text):
        return False
    if folded.startswith(("注:", "备注:", "说明:")):
        return False
    return bool(_TITLE_END.search(folded))


def read_line(caption: Caption, text: str, line: int | None) -> bool:
    """Take from one line what belongs to a caption; False where the line has nothing of the kind."""
    folded = fold_width(text).strip()
    compact = squeeze(folded)
    if not compact:
        return True
    taken = False
    if caption.unit is None:
        unit = _UNIT_LINE.search(compact) or _UNIT_BARE.match(compact)
        if unit is None and len(compact) <= MAX_TITLE:
            unit = _UNIT_IN_TITLE.search(folded)
        if unit is not None and len(compact) < 120:
            caption.unit = unit.group(1)
            taken = True
    if _UNIT_OPEN.search(compact):
        taken = True
    code = _TABLE_CODE.search(compact) if len(compact) <= MAX_TITLE + 30 else None
    if code is not None:
        caption.code = caption.code or code.group().strip(" :：、.")
        taken = True
    organisation = _ORGANISATION.search(folded) if len(compact) <= 120 else None
    if organisation is not None and not re.fullmatch(_UNIT_OF_MONEY, organisation.group(1).strip("()")):
        name = re.split(r"(?:金额)?单位[:：]|\d{4}\s*年", organisation.group(1))[0].strip()
        if caption.organisation is None and len(name) >= 2:
            caption.organisation = name
        taken = True
    years = years_in(compact) if len(compact) <= MAX_TITLE + 30 else []
    if years and re.fullmatch(r"[(（]?\d{4}年度?[)）]?", compact):
        caption.year = caption.year or years[0]
        return True
    if years and (taken or looks_like_title(text)):
        caption.year = caption.year or years[0]
    return taken


@lru_cache(maxsize=65536)
def strip_caption_parts(text: str) -> str:
    """A title line without table code and unit words that share its line."""
    folded = fold_width(text)
    folded = re.sub(r"\s*(?:金额)?单位\s*[:：]\s*(?:人民币)?(?:亿元|万元|千元|百元|元)\s*$", "", folded)
    return folded.strip()


_SCOPE_LINE = re.compile(
    r"[(（](?P<word>本级|汇总|机关本级|部门汇总)[)）]|(?P<own>本级)(?:\d{4}年?度?)?(?:部门|单位)?(?:决算|预算)|(?P<all>汇总)(?:\d{4}年?度?)?(?:部门|单位)?(?:决算|预算)|"
    r"(?:决算|预算)(?:公开)?(?:报?表)?[(（]?(?P<tail>汇总|本级)[)）]?$"
)


def scope_of_line(text: str) -> str | None:
    """consolidated or own where a title or heading says 汇总 or 本级 of the statements; None for any other line."""
    compact = squeeze(fold_width(text))
    if len(compact) > 60 or _SENTENCE_END.search(compact):
        return None
    match = _SCOPE_LINE.search(compact)
    if match is None:
        return None
    return "own" if "本级" in match.group() else "consolidated"


_OF_ACCOUNTS = re.compile(r"决算|预算|报表|收支")
_BETWEEN_HEADING_AND_TABLE = re.compile(r"表|单位[:：]|部门[:：]|公开|目录|\d{4}年|元")
_PART = re.compile(r"第[一二三四五六七八九十\d]{1,3}部分")
LOOK_FOR_SCOPE = 12
"""Paragraphs above a table among which a heading may say whose accounts follow."""


def scope_above(texts: Sequence[str]) -> str | None:
    """Scope that a heading above a table says, the nearest first; ``texts`` are the paragraphs before the table.

    A department lists the units its accounts are made of (1.某局（本级） 2.某中心), and its tables may follow soon.
    A line that names a body but no accounts is a heading only where nothing but captions stands between it and the
    table. Where headings of both sets stand together, away from the tables (a workbook's sheet of text), none is said.
    """
    is_apart, said = False, None
    for text in reversed(texts[-LOOK_FOR_SCOPE:]):
        compact = squeeze(fold_width(text))
        found = scope_of_line(text) if len(text) < 60 else None
        if found is not None and not is_apart:
            return found
        if found is not None and _OF_ACCOUNTS.search(compact):
            if said not in (None, found):
                return None
            said = found
        if compact and (_PART.search(compact) or not _BETWEEN_HEADING_AND_TABLE.search(compact)):
            is_apart = True
    return said
