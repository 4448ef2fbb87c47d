"""What a document says of itself: year, body, kind, scope, announced statements (文档自述与报表目录).

Claims are kept as printed, wrong ones too; the models decide by majority.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ingest.dictionaries import Statement, statements
from ingest.document import Cell, Paragraph
from ingest.tables.assemble import WholeTable
from ingest.tables.captions import is_contents_line, match_statements, strip_caption_parts, years_in
from ingest.text import fold_width, plain_key, squeeze

MAX_TITLE_LINE = 160
"""Longest line of a contents list, its dotted leader included."""
TITLE_LINES = 14
"""How many paragraphs from the top may hold the document's title."""
MAX_YEAR_VOTES = 40
"""Sentences that may vote on the year; more of them say nothing new."""
_KIND_WORDS = (
    ("final_account", re.compile(r"决算")),
    ("budget", re.compile(r"(?:部门|单位|本级|年度?|汇总|经费[”\"]?)预算|预算(?:公开|说明|编制|信息)|收支预算")),
    ("performance", re.compile(r"绩效(?:自评|评价|自我评价|目标)|绩效.{0,6}报告")),
)
_HEADING_WORDS = re.compile(r"情况|说明|表")
_NO_TITLE = re.compile(
    r"[。；;]|^(?:目录|附件\d{0,2}[:：]?$|附表|第[一二三四五六]部分|一、|注[:：]|监督索引号|索引号|文号|发布|来源|当前位置|[\d\W]+$)|[:：]\S*\d{6}"
)
"""Lines of a page head and of the contents: no part of a document's title."""
_TITLE_TAIL = re.compile(
    r"(?:的)?(?:(?:19|20)\d{2}年?度?)?(?:部门|单位|本级|汇总|本部门|区级|市级|县级|省级)*(?:\(?(?:本级|汇总|部门|单位)\)?)?"
    r"(?:整体支出|部门整体支出|单位整体支出|部门|单位)?"
    r"(?:收支)?(?:决算|预算|绩效自评|绩效评价|绩效自我评价|绩效|“?三公”?经费)(?:信息|情况|及.{0,20})?(?:公开)?(?:情况)?"
    r"(?:说明|报告|报表|文本|表|书|公告)?(?:说明)?.{0,6}$"
)
_NAME = re.compile(r"[一-龥（）()A-Za-z、·\d—-]{3,40}$")
_BODY_END = re.compile(
    r"(?:局|委|委员会|办|办公室|中心|厅|部|院|校|学校|大学|中学|小学|幼儿园|政府|法院|检察院|馆|站|所|队|社|会|联合会|协会|处|室|镇|乡|"
    r"街道|党校|医院|总队|支队|大队|公司|团|联|署|库|园|场|集团|监狱|银行|学院|台|组|党委|工会|农场|林场|机关|基地|所属单位)"
    r"(?:\([一-龥]{2,8}\))?$"
)
_COVER_NAME = re.compile(
    r"^(?:预算主管部门|预算部门|预算单位|编制单位|编制部门|部门名称|单位名称|公开单位|公开部门)(?:\([^()]{0,6}\))?[:：]"
    r"([^:：，,。]{4,40})$"
)
_PART_NAME = re.compile(r"^第一部分[:：]?([^:：，,。]{4,40}?)(?:基本)?(?:概况|情况)$")
_YEAR_LINE = re.compile(r"^[(（]?(?:19|20)\d{2}年?度?[)）]?$")
_TITLE_SUBJECT = re.compile(r"(?:部门|单位)?(?:一般公共预算|公共财政预算|财政拨款|三公经费|三公)|关于")
"""What a title speaks of, behind the name of the body."""
_TITLE_YEAR = re.compile(r"(?:19|20)\d{2}年")
_SPENT_OR_PLANNED = re.compile(r"决算|(?<!公共|基金|经营|保险|综合)预算(?!财政拨款|法|外)")
_SENTENCE_YEAR = re.compile(
    # 较2020年度决算数减少: the year compared with is not the one spoken of.
    r"(?<![较比与同])((?:19|20)\d{2})年度?(?:部门|单位|本部门|本单位|我|本年|收入|支出|财政|一般公共|决算|预算|收、支|收支)"
)
_DATE_LINE = re.compile(r"^((?:19|20)\d{2})年(\d{1,2})月(\d{1,2})日$")
_PUBLISHED = re.compile(r"(?:发布|公开|发文|公布)(?:日期|时间)[:：]((?:19|20)\d{2})[-./年](\d{1,2})[-./月](\d{1,2})")
_CODED_UNIT = re.compile(r"^(\d{3,12})[-—_ ]*([一-龥].*)$")
_LEADER = re.compile(r"(?:[.．…·]{2,}|\t)\s*[-—]?\d{0,3}[-—]?\s*$")
_LISTED_EMPTY = re.compile(r"\((?:空表|本表为空|无数据)\)$")
_ANNOUNCED = re.compile(r"^[^。；;，,]+表(?:\([^()。；;，,]{0,12}\))?$")
_EMPTY_SENTENCE = re.compile(
    r"([^，,。；;：:]{2,60}?表)[》”\"]?\s*(?:\([^()]*\))?(?:均)?(?:为空(?:表)?|无数据|没有数据|是空表|\(空表\))"
)


@dataclass(slots=True)
class SelfDescription:
    """Claims and announcements of one document, and what they amount to for reading it."""

    claims: list[dict[str, Any]]
    announcements: list[dict[str, Any]]
    kind: str | None
    fiscal_year: int | None
    title: str | None
    published_on: str | None


def title_of(paragraphs: Sequence[Paragraph], metadata: str | None) -> tuple[str | None, list[Paragraph]]:
    """The document's title as printed (lines of a broken title joined) and the paragraphs it stands in."""
    top = [paragraph for paragraph in paragraphs[:TITLE_LINES] if paragraph.text.strip()]
    best: tuple[int, str, list[Paragraph]] | None = None
    for start in range(len(top)):
        joined = ""
        for end in range(start, min(start + 3, len(top))):
            line = top[end].text.strip()
            compact = squeeze(fold_width(line))
            if len(compact) > 60 or _NO_TITLE.search(compact) or is_contents_line(line):
                break
            joined += line
            compact = squeeze(fold_width(joined))
            if len(compact) > 70:
                break
            kinds = sum(bool(pattern.search(compact)) for _, pattern in _KIND_WORDS) + ("三公" in compact)
            if not kinds:
                continue
            score = 3 * kinds + 3 * bool(years_in(compact)) + 2 * bool(_body_name(compact))
            score += top[end].level - 2 * start - (end - start)
            score -= 4 * bool(match_statements(joined) and compact.rstrip("》)").endswith("表"))
            if best is None or score > best[0]:
                best = (score, joined, top[start : end + 1])
    if best is not None:
        return re.sub(r"\s+", " ", best[1]).strip(), best[2]
    if metadata and any(pattern.search(metadata) for _, pattern in _KIND_WORDS):
        return metadata, []
    return None, []


def _body_name(compact: str) -> str | None:
    """The name of the body in a title, years and the kind of document taken off."""
    text = re.sub(r"^(?:关于|附件\d*[:：]?|公开|\(\d+\))", "", compact)
    text = re.sub(r"(?:19|20)\d{2}年?度?|二[〇○零0][〇○零一二三四五六七八九]{2}年度?", "", text)
    text = re.sub(r"[“”\"《》【】\[\]]", "", text)
    tail = _TITLE_TAIL.search(text)
    name = text[: tail.start()] if tail else text
    name = re.sub(r"(?:部门|单位)$", "", name) if not name.endswith(("所属单位", "各部门")) else name
    name = re.sub(r"(?:部门整体支出|整体支出|部门整体|单位整体)$", "", name)
    name = name.strip("的年度-—、:： ")
    said = re.search(r".*(?:说明|报告|情况的?公开)(.{4,}$)", name)
    if said:  # the body signs below a title that does not name it
        name = said.group(1)
    if is_body(name):
        return name
    # 某局2021年度一般公共预算财政拨款“三公”经费支出决算情况说明: the body stands before the year or the subject.
    before = _TITLE_YEAR.split(re.sub(r"^关于", "", compact), maxsplit=1)[0], _TITLE_SUBJECT.split(text, maxsplit=1)[0]
    return next((name for name in (text.strip("的年度-—、:： ") for text in before) if is_body(name)), None)


def is_body(name: str) -> bool:
    """Whether a text is the name of a body: a town may have three characters, the others four."""
    is_long = len(name) >= 4 or (len(name) == 3 and name.endswith(("镇", "乡")))
    return is_long and bool(_NAME.match(name) and _BODY_END.search(name))


def _spoken_of(paragraphs: Sequence[Paragraph]) -> str | None:
    """Kind of a page on 三公经费 whose title says none: what its sentences name more often, 决算 or 预算."""
    said = Counter(word for paragraph in paragraphs for word in _SPENT_OR_PLANNED.findall(paragraph.text))
    if said["决算"] == said["预算"]:
        return None
    return "final_account" if said["决算"] > said["预算"] else "budget"


def scope_in(text: str) -> str | None:
    """consolidated, own or unit where a title or caption says so."""
    compact = squeeze(fold_width(text))
    if re.search(r"(?<![含括及和])本级", compact):
        return "own"
    if re.search(r"汇总|合并|[含括及和]本级", compact):
        return "consolidated"
    if re.search(r"单位(?:收支)?(?:预算|决算)", compact):
        return "unit"
    if re.search(r"部门(?:收支)?(?:预算|决算)", compact) or re.search(r"\(部门\)", compact):
        return "consolidated"
    return None


def describe(
    paragraphs: Sequence[Paragraph],
    tables: Sequence[WholeTable],
    metadata: str | None,
    standing: Mapping[int, str] | None = None,
) -> SelfDescription:
    """Claims of year, body, kind and scope, and the statements announced or declared empty in prose.

    ``standing`` says of titles (``id`` of the paragraph) that a statement stands there without a table: blank, unread.
    """
    evidence = _Evidence()
    title, where = title_of(paragraphs, metadata)
    if title:
        evidence.read_title(title, where, paragraphs)
    for paragraph in paragraphs[:TITLE_LINES]:
        evidence.read_cover_line(paragraph)
    for table in tables:
        evidence.read_caption(table)
    for paragraph in paragraphs:
        evidence.read_paragraph(paragraph)
    kinds = evidence.kinds
    announcements = _announcements(paragraphs, tables, kinds.most_common(1)[0][0] if kinds else None, standing or {})
    for announcement in announcements:
        code = announcement["statement_code"]
        if code in statements():
            kinds[statements()[code].document_kind] += 1
    if kinds["performance"] and (kinds["final_account"] or kinds["budget"]) and "绩效" not in (title or ""):
        del kinds["performance"]
    kind = kinds.most_common(1)[0][0] if +kinds else None
    year = evidence.years.most_common(1)[0][0] if evidence.years else None
    return SelfDescription(evidence.claims, announcements, kind, year, title, evidence.published)


class _Evidence:
    """Claims as they are met, and the votes on the year and kind of the document that they amount to."""

    def __init__(self) -> None:
        self.claims: list[dict[str, Any]] = []
        self.years: Counter[int] = Counter()
        self.kinds: Counter[str] = Counter()
        self.published: str | None = None

    def claim(
        self, kind: str, value: str, printed: str, place: str, at: Paragraph | None, table: int | None = None
    ) -> None:
        """Add one claim with the words it was read from and their place."""
        self.claims.append(
            {
                "claim_ordinal": len(self.claims) + 1,
                "claim_kind": kind,
                "value": value,
                "text_printed": printed[:200],
                "place": place,
                "table_ordinal": table,
                "page": at.page if at is not None else None,
                "source_line": at.line if at is not None else None,
                "sheet": at.sheet if at is not None else None,
            }
        )

    def read_title(self, title: str, where: list[Paragraph], paragraphs: Sequence[Paragraph]) -> None:
        """Year, body, kind and scope in the document's title; the year may stand on a line of its own beside it."""
        at = where[0] if where else None
        compact = squeeze(fold_width(title))
        years = years_in(compact)
        if not years:
            years = [
                year
                for paragraph in paragraphs[:TITLE_LINES]
                if _YEAR_LINE.match(squeeze(fold_width(paragraph.text)))
                for year in years_in(paragraph.text)
            ]
        if years:
            self.claim("fiscal_year", str(years[0]), title, "title", at)
            self.years[years[0]] += 4
        name = _body_name(compact)
        if name:
            self.claim("unit_name", name, title, "title", at)
        kind = next((kind for kind, pattern in _KIND_WORDS if pattern.search(compact)), None)
        if kind is None and "三公" in compact:
            kind = _spoken_of(paragraphs)
        if kind is not None:
            self.claim("document_kind", kind, title, "title", at)
            self.kinds[kind] += 6
        scope = scope_in(compact)
        if scope:
            self.claim("scope", scope, title, "title", at)

    def read_cover_line(self, paragraph: Paragraph) -> None:
        """预算单位：某局（本级） on a cover."""
        match = _COVER_NAME.match(squeeze(fold_width(paragraph.text)))
        if match is None:
            return
        self.claim("unit_name", match.group(1), paragraph.text.strip(), "cover", paragraph)
        if "本级" in match.group(1):
            self.claim("scope", "own", paragraph.text.strip(), "cover", paragraph)

    def read_caption(self, table: WholeTable) -> None:
        """Year, body and statement named at the head of a table."""
        caption, grid = table.caption, table.grid
        at = caption.title_paragraph or Paragraph("", grid.line, grid.page, grid.sheet)
        if caption.year:
            self.claim("fiscal_year", str(caption.year), str(caption.year), "table_head", at, table.ordinal)
            self.years[caption.year] += 2
        if caption.organisation:
            self.claim("unit_name", caption.organisation, caption.organisation, "table_head", at, table.ordinal)
        kinds = {statement.document_kind for statement, _ in caption.statement_matches}
        if len(kinds) == 1:
            self.kinds[kinds.pop()] += 1

    def read_paragraph(self, paragraph: Paragraph) -> None:
        """Date of publication, the year a sentence speaks of, the body a part is of, the kind a heading names."""
        compact = squeeze(fold_width(paragraph.text))
        has_year = "20" in compact or "19" in compact
        if has_year and len(compact) < 200:
            date = _DATE_LINE.match(compact) or _PUBLISHED.search(compact)
            if date is not None:
                year, month, day = (int(part) for part in date.groups())
                value = f"{year:04d}-{month:02d}-{day:02d}"
                self.claim("published_on", value, paragraph.text.strip(), "prose", paragraph)
                self.published = self.published or value
        place = "heading" if len(compact) < 40 else "prose"
        for match in _SENTENCE_YEAR.finditer(compact) if has_year else ():
            year = int(match.group(1))
            if self.years[year] < MAX_YEAR_VOTES:
                self.years[year] += 1
                words = compact[max(0, match.start() - 6) : match.end() + 10]
                self.claim("fiscal_year", str(year), words, place, paragraph)
        if len(compact) >= 60:
            return
        part = _PART_NAME.match(compact) if compact.startswith("第一部分") else None
        if part is not None and _BODY_END.search(part.group(1)) and not is_contents_line(paragraph.text):
            self.claim("unit_name", part.group(1), paragraph.text.strip(), "heading", paragraph)
        if len(compact) < 40 and _HEADING_WORDS.search(compact):
            for kind, pattern in _KIND_WORDS[:2]:
                self.kinds[kind] += bool(pattern.search(compact))


def unit_claims(description: SelfDescription, readings: Sequence[Any]) -> None:
    """Add what performance sheets say of the body and its department (实施单位, 主管部门, 032002-某市某中心)."""
    for reading in readings:
        table = reading.table
        is_form = str(table.get("statement_code") or "").startswith("perf_")
        parent = table.pop("parent_unit", None)
        for kind, text in (("unit_name", table.get("unit_name_printed")), ("parent_unit", parent)):
            if not text or (kind == "unit_name" and not is_form):
                continue
            coded = _CODED_UNIT.match(squeeze(fold_width(text)))
            entries = [(kind, coded.group(2) if coded else squeeze(fold_width(text)))]
            if coded:
                entries.append(("unit_code" if kind == "unit_name" else "parent_unit_code", coded.group(1)))
            for entry_kind, value in entries:
                description.claims.append(
                    {
                        "claim_ordinal": len(description.claims) + 1,
                        "claim_kind": entry_kind,
                        "value": value,
                        "text_printed": text,
                        "place": "table_head",
                        "table_ordinal": table["table_ordinal"],
                        "page": table["page"],
                        "source_line": table["source_line"],
                        "sheet": table["sheet"],
                    }
                )


def _announcements(
    paragraphs: Sequence[Paragraph], tables: Sequence[WholeTable], kind: str | None, standing: Mapping[int, str]
) -> list[dict[str, Any]]:
    """Statements announced by contents lines, and statements said to be empty in sentences or lists.

    A title over a statement that no table was made of is of the kind ``standing`` gives it.
    """
    used = {id(table.caption.title_paragraph) for table in tables}
    used.update(id(paragraph) for table in tables for paragraph in table.repeated)
    found: list[dict[str, Any]] = []

    def announce(kind: str, code: str | None, text: str, paragraph: Paragraph) -> None:
        found.append(
            {
                "announcement_ordinal": len(found) + 1,
                "announcement_kind": kind,
                "statement_code": code,
                "title_printed": text.strip()[:200],
                "scope_code": None,
                "page": paragraph.page,
                "source_line": paragraph.line,
                "sheet": paragraph.sheet,
            }
        )

    for paragraph in [*paragraphs, *_lines_in_tables(tables)]:
        text = paragraph.text
        if "表" not in text:
            continue
        text = text.strip()
        if len(text) <= MAX_TITLE_LINE:
            text = _LEADER.sub("", text)
        compact = squeeze(fold_width(text))
        bare = _LISTED_EMPTY.sub("", compact).rstrip('》”"')
        if len(compact) <= 70 and _ANNOUNCED.search(bare):
            matches = match_statements(strip_caption_parts(bare))
            if matches:
                statement = _likeliest(matches, bare, kind)
                if id(paragraph) not in used or is_contents_line(paragraph.text):
                    announce(standing.get(id(paragraph), "announced"), statement.code, text, paragraph)
                if bare != compact and "空" in compact:
                    announce("declared_empty", statement.code, text, paragraph)
                continue
        if "空" in compact or "无数据" in compact:
            for match in _EMPTY_SENTENCE.finditer(compact):
                matches = match_statements(match.group(1))
                if matches:
                    announce("declared_empty", _likeliest(matches, match.group(1), kind).code, compact, paragraph)
    for table in tables:
        for text, cell in _listed_as_empty(table):
            matches = match_statements(text)
            if matches:
                place = Paragraph(text, cell.line, cell.page or table.grid.page, table.grid.sheet)
                announce("declared_empty", _likeliest(matches, text, kind).code, text, place)
    return found


def _lines_in_tables(tables: Sequence[WholeTable]) -> list[Paragraph]:
    """The lines of tables of one column: a contents list drawn in a frame."""
    return [
        Paragraph(cell.text, cell.line, cell.page or table.grid.page, table.grid.sheet)
        for table in tables
        if all(len(table.grid.cells(row)) <= 1 for row in range(len(table.grid)))
        for row in range(len(table.grid))
        for cell in table.grid.cells(row)
    ]


def _likeliest(matches: Sequence[tuple[Statement, int]], title: str, kind: str | None) -> Statement:
    """The statement a title in a list names: of the kind the title or the document is of, longest match first."""
    own = "final_account" if "决算" in title else kind
    for statement, _ in matches:
        if own is None or statement.document_kind in (own, "performance"):
            return statement
    return matches[0][0]


def _listed_as_empty(table: WholeTable) -> list[tuple[str, Cell]]:
    """Titles in a table that lists the empty statements of a document (关于空表的说明)."""
    grid = table.grid
    words = {plain_key(cell.text) for row in range(min(2, len(grid))) for cell in grid.cells(row)}
    if not any("空表" in word for word in words) and "空表" not in (table.caption.title or ""):
        return []
    found = []
    for row in range(len(grid)):
        cells = grid.cells(row)
        if sum(bool(re.search(r"无|没有|未|空", cell.text)) for cell in cells):
            found += [(squeeze(cell.text), cell) for cell in cells if re.search(r"表$", squeeze(cell.text))][:1]
    return found
