"""The units a department says its budget or final account is made of (单位构成, 纳入预算编制范围的单位).

A department names them in a sentence (包括：某局本级、某中心), in a list under such a sentence or under the heading
单位构成, or in a column of a table (单位名称, 预算单位). Sections of one body (内设机构: 人事科) are no units and
are not taken. Names are handed on as printed; whose they are is decided by the models.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from ingest.dictionaries import economic_names, find_terms, functional_names
from ingest.document import Cell
from ingest.prose.model import ProseParagraph
from ingest.tables.assemble import WholeTable
from ingest.text import fold_width, label_key, squeeze

MAX_LEAD = 400
"""Longest sentence that is looked at as the lead of a list."""
MAX_ITEM = 60
"""Longest line of a list, its note included."""
MAX_HEADING = 30
"""Longest heading (部门决算单位构成) a list may stand under."""
HEAD_ROWS = 4
"""How far down a table the head 单位名称 may stand."""

_BODY_END = re.compile(
    r"(?:局|委|委员会|办|办公室|中心|厅|部|院|校|学校|大学|中学|小学|幼儿园|园|政府|法院|检察院|馆|站|所|队|社|会|联合会|协会|处|室|镇|乡|"
    r"街道|医院|卫生院|公司|团|联|署|库|场|集团|监狱|银行|台|组|工会|机关|基地|水库|段|厂|行|中专|高中|初中|职高|宫|城|苑|学部)$"
)
_NAME = re.compile(r"[一-龥()A-Za-z·\d、〇○]{3,40}\Z")
_NOT_A_BODY = re.compile(
    r"单位$|(?:行政|事业|参公|公益|财政|预算|核算|全额|差额|自收自支|内设|下属|所属|直属|下设)(?:机关|单位|类|中心|机构)?$|"
    r"^(?:主要|负责|承担|贯彻|组织|指导|其中|以及|包括|分别|共有?|合计|总计|无|没有)|万元|经费|支出|收入|拨款|编制|人员|情况|规定"
)
_SECTION = re.compile(r".{0,2}(?:办公室|室|科|股|处|部|组)\Z")
"""A section of a body; a unit's name that ends so says more."""
_OWN = re.compile(r"^(?:[本我该]?(?:局|委|厅|办|院|署|部|会|校|中心|部门|单位|镇|乡)?(?:机关)?(?:本级|本部|机关)?)$")
"""局机关, 本级, 本部门: the body itself, without a name."""
_COUNT = r"(?:\d{1,3}|[一二三四五六七八九十]{1,4})"
_ORDINAL = re.compile(rf"^(?:\({_COUNT}\)|{_COUNT}[、.．)]|[①-⑳]|[-•·●▪◆★*]+)")
_NOTE = re.compile(r"\((?!本级|本部|机关|汇总|部门|单位)[^()]*\)$")
_ACCOUNT = re.compile(r"(?:单位|部门)?的?(?:预算|决算)(?:组成|构成|在内)?$")
_MEMBER_WORDS = (
    # 纳入…预算编制范围的二级预算单位包括
    re.compile(r"(?:纳入|列入|属于)[^。；;:]{0,60}(?:预算|决算)[^。；;:]{0,40}(?:单位|机构|部门)(?P<rest>.*)$"),
    # 下属单位包括, 所属预算单位共3个，分别为
    re.compile(r"(?:所属|下属|直属|下设|下辖|局属|委属|二级|基层)[^。；;:，,]{0,14}单位(?P<rest>.*)$"),
    # 部门决算包括, 汇总预算由…组成
    re.compile(
        r"(?:部门|单位|汇总)的?(?:收支)?(?:预算|决算)(?:编制|编报|汇总)?(?:范围|单位)?(?:主要)?"
        r"(?P<rest>(?:包括|包含|由|有).*)$"
    ),
)
_OPENS = re.compile(
    r"(?:包括|包含|分别(?:是|为)|具体(?:是|为|有)|如下|名单|即|[是为有由]|\d{1,3}[个家所])[^:、，,；;]{0,14}?[:：]"
    r"|(?:包括|包含|分别是|分别为|具体是|具体为|由)"
)
"""What stands between the word for the units and their names."""
_GOES_ON = re.compile(
    r"^(?:其中|具体|分别|主要|名单|包括|包含|如下|有)(?:预算|决算|单位|名单|情况){0,3}(?P<rest>(?:包括|包含|是|为|有|如下|:).*)$"
    r"|^(?P<whole>(?:包括|包含|如下).*)$"
)
"""A sentence that goes on from one that only counted the units: 具体是：…"""
_LIST_BELOW = re.compile(r"(?:[:：]|如下表?|见下表|包括|包含|分别是|分别为|具体是|具体为)$")
_DENIED = re.compile(
    r"(?:无|没有|未设|不含|不存在|未有)[^，。；;]{0,8}(?:单位|机构)"
    r"|(?:下属|所属|直属|二级|预算)单位(?:为|共计?|有)?0[个家]"
)
_SECTIONS = re.compile(r"内设|科室|处室|股室|职能机构|派驻|绩效|采购|资产|三公")
"""What tells of sections of one body, or of anything but the make-up of its accounts."""
_HEADING = re.compile(r"(?:^|预算|决算|部门|机构|编报|编制)的?单位的?(?:构成|组成|范围)(?:情况)?$")
_MIXED_ACCOUNTS = re.compile(r"供应商|出租|承租|受助|补助对象|收款|债务|承接|中标|捐赠|施工|合作|帮扶|租用|借用|受益")
"""Heads of tables whose units are others than the department's own."""
_SUPERIOR = re.compile(r"主管|上级")


@dataclass(frozen=True, slots=True)
class Member:
    """A unit named as a part of the document's department."""

    name: str
    """As printed, its number and note taken off; 本级 stays."""
    printed: str
    """The line or sentence it was read from."""
    place: str
    """``prose`` or ``table_row``."""
    table_ordinal: int | None = None
    page: int | None = None
    line: int | None = None
    sheet: str | None = None

    def claim(self, ordinal: int) -> dict[str, Any]:
        """The row of ``claims``."""
        return {
            "claim_ordinal": ordinal,
            "claim_kind": "member_unit",
            "value": self.name,
            "text_printed": self.printed[:200],
            "place": self.place,
            "table_ordinal": self.table_ordinal,
            "page": self.page,
            "source_line": self.line,
            "sheet": self.sheet,
        }


def members(
    paragraphs: Sequence[ProseParagraph], tables: Sequence[WholeTable], codes: Sequence[str | None]
) -> list[Member]:
    """Units named as parts of the department, in sentences and lists first, each name once a place.

    ``codes`` are the statements of ``tables``, None for one that is none.
    """
    found: dict[tuple[str, int | None], Member] = {}
    for member in (*_in_prose(paragraphs), *_in_tables(tables, codes)):
        found.setdefault((member.name, member.table_ordinal), member)
    return list(found.values())


# Sentences and lists ---------------------------------------------------------------------------------------------


def _in_prose(paragraphs: Sequence[ProseParagraph]) -> Iterator[Member]:
    index = 0
    told = False  # the units were counted, and are yet to be named
    while index < len(paragraphs):
        paragraph = paragraphs[index]
        index += 1
        compact = squeeze(fold_width(paragraph.text))
        if len(compact) > 4 * MAX_LEAD or not (told or "单位" in compact or "算" in compact):
            told = False
            continue
        is_open = len(compact) <= MAX_HEADING and bool(_HEADING.search(_ORDINAL.sub("", compact).rstrip(":。")))
        for sentence in filter(None, re.split(r"[。!！?？]", compact)):
            found = _sentence(sentence, told=told)
            for name in found.names:
                yield _member(name, sentence, paragraph)
            told = found.is_told
            is_open = found.is_open or (is_open and not found.names and not _DENIED.search(sentence))
        if not is_open:
            continue
        told = False
        index = yield from _list(paragraphs, index)


def _list(paragraphs: Sequence[ProseParagraph], index: int) -> Generator[Member, None, int]:
    """The items from paragraph ``index`` on; returns the index of the first that is none."""
    torn = ""
    for at in range(index, len(paragraphs)):
        line = torn + squeeze(fold_width(paragraphs[at].text))
        names = _item(line)
        for name in names:
            if not _OWN.match(name):
                yield _member(name, line, paragraphs[at])
        if names:
            torn, index = "", at + 1
        elif torn or not _may_be_torn(line):
            break
        else:  # a name may be torn over two lines
            torn = line
    return index


def _member(name: str, printed: str, at: ProseParagraph) -> Member:
    return Member(name, printed, "prose", None, at.page, at.source_line, at.sheet)


@dataclass(frozen=True, slots=True)
class _Found:
    """What a sentence says of the department's units."""

    names: list[str] = field(default_factory=list)
    is_told: bool = False
    """It speaks of them without naming any; the next one may."""
    is_open: bool = False
    """A list goes on below it."""


def _sentence(sentence: str, *, told: bool) -> _Found:
    """What a sentence says of the units the accounts are made of; ``told``: the one before it only counted them."""
    if len(sentence) > 2 * MAX_LEAD:
        return _Found()
    match = next(filter(None, (pattern.search(sentence) for pattern in _MEMBER_WORDS)), None)
    if match is not None:
        lead, rest = sentence[: match.start("rest")], match.group("rest")
        if _DENIED.search(sentence) or _SECTIONS.search(_last_clause(lead)):
            return _Found()
    elif told and (match := _GOES_ON.search(sentence)):
        rest = match.group("rest") or match.group("whole")
    else:
        return _Found()
    opening = _OPENS.search(rest)
    names = _names(rest[opening.end() :]) if opening is not None else []
    return _Found(names, not names, not names and bool(_LIST_BELOW.search(rest)))


def _last_clause(text: str) -> str:
    return re.split(r"[；;，,]", text)[-1]


def _names(text: str) -> list[str]:
    """Names of bodies in a row: 某局本级、某中心和某站; 行政单位1个：某局；事业单位2个：某站、某所."""
    found: list[str] = []
    for piece in re.split(r"[;；,，]", text):
        for part in re.split(r"、(?![^()]*\))", piece.rpartition(":")[2]):
            found += _apart(part)
    return found


def _apart(part: str) -> list[str]:
    """One name, or two with 和 between them: 文化和旅游局 is one, 图书馆和文化馆 are two."""
    for match in re.finditer(r"以及|及其|和|及|与", part):
        left, right = _name(part[: match.start()]), _name(part[match.end() :])
        if (left or _is_own(part[: match.start()])) and (right or _is_own(part[match.end() :])):
            return [*([left] if left else []), *_apart(part[match.end() :])]
    name = _name(part)
    return [name] if name else []


def _is_own(text: str) -> bool:
    return bool(_OWN.match(_ACCOUNT.sub("", text)))


def _name(text: str) -> str | None:
    """The name of a body that ``text`` is, or None: number, note and 预算 behind it taken off."""
    bare = text.strip('.:、 "“”《》')
    while (shorter := _ORDINAL.sub("", bare, count=1)) != bare:
        bare = shorter
    bare = re.sub(r"等\d*[个家所]?(?:预算|事业|行政)?单位?$", "", bare)
    bare = _ACCOUNT.sub("", bare)
    while (shorter := _NOTE.sub("", bare)) != bare:
        bare = shorter
    core = re.sub(r"\((?:本级|本部|机关|汇总|部门|单位|机关本级)\)$|(?:机关)?(?:本级|本部)$", "", bare)
    if not _NAME.match(bare) or len(core) < 3 or _SECTION.match(core) or _OWN.match(bare) or _NOT_A_BODY.search(core):
        return None
    return bare if _BODY_END.search(core) else None


def _item(line: str) -> list[str]:
    """Names in a line of a list: the line's own, or those of a row of names; none where the line is no item."""
    bare = line.rstrip("。;；、,，.")
    if len(bare) > MAX_LEAD or (len(bare) > MAX_ITEM and bare.count("、") < 2):
        return []
    own = _ORDINAL.sub("", bare, count=1)
    if _OWN.match(own):
        return [own]
    names = _names(bare)
    if names:
        first = re.split(r"[、;；,，:（(]", own)[0]
        return names if _starts_with(first, names[0]) or ":" in own else []
    return []


def _starts_with(first: str, name: str) -> bool:
    return name.startswith(first) or first.startswith(name)


def _may_be_torn(line: str) -> bool:
    return 4 <= len(line) <= MAX_ITEM and bool(_NAME.match(_ORDINAL.sub("", line, count=1)))


# Tables ----------------------------------------------------------------------------------------------------------


def _in_tables(tables: Sequence[WholeTable], codes: Sequence[str | None]) -> Iterator[Member]:
    for table, code in zip(tables, codes, strict=True):
        if table.is_hidden or (code or "").startswith("perf_"):
            continue
        heads = _unit_heads(table)
        if not heads:
            continue
        grid = table.grid
        top = max(row for row, _ in heads) + 1
        columns = {column for _, column in heads}
        subjects = functional_names().keys() | economic_names().keys()
        for row in range(top, len(grid)):
            for cell in grid.cells(row):
                if cell.column not in columns:
                    continue
                text = re.sub(r"^\d{3,12}[-—_]?", "", squeeze(fold_width(cell.text)))
                name = _name(text) if len(text) <= MAX_ITEM else None
                if name and label_key(name) not in subjects:
                    yield _row_member(name, cell, table)


def _row_member(name: str, cell: Cell, table: WholeTable) -> Member:
    page = cell.page or table.grid.page
    return Member(name, squeeze(cell.text), "table_row", table.ordinal, page, cell.line, table.grid.sheet)


def _unit_heads(table: WholeTable) -> list[tuple[int, int]]:
    """Where a column of the table is headed 单位名称: (row, column); none where its units are others than its own."""
    grid = table.grid
    heads = []
    for row in range(min(HEAD_ROWS + len(grid.skipped), len(grid))):
        if row in grid.skipped:
            continue
        for cell in grid.cells(row):
            if len(cell.text) > 20:
                continue
            if _MIXED_ACCOUNTS.search(cell.text):
                return []
            if _names_units(cell.text):
                heads.append((row, cell.column))
    return heads


def _names_units(head: str) -> bool:
    """Whether a column under this head names units: 单位名称, 单位名称（科目）, 预算单位; not 主管部门."""
    compact = squeeze(head)
    if "单位" not in compact or _SUPERIOR.search(compact):
        return False
    return any(term.code in ("unit_name", "subject_name") for term in find_terms(head))
