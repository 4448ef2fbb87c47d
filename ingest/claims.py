"""What a document says of itself: year, body, kind, scope, announced statements (文档自述与报表目录).

Claims are kept as printed, wrong ones too; the models decide by majority.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ingest.dictionaries import Statement, statements
from ingest.document import Cell, Paragraph
from ingest.tables.assemble import WholeTable
from ingest.tables.captions import is_contents_line, match_statements, strip_caption_parts, years_in
from ingest.text import fold_width, plain_key, squeeze

TITLE_LINES = 14
"""How many paragraphs from the top may hold the document's title."""
_KIND_WORDS = (
    ("final_account", re.compile(r"决算")),
    ("budget", re.compile(r"(?:部门|单位|本级|年度?|汇总)预算|预算(?:公开|说明|编制|信息)|收支预算")),
    ("performance", re.compile(r"绩效(?:自评|评价|自我评价|目标)|绩效.{0,6}报告")),
)
_NO_TITLE = re.compile(r"[。；;]|^(?:目录|第[一二三四五六]部分|一、|注[:：]|监督索引号|索引号|文号|发布|来源|当前位置|[\d\W]+$)|[:：]\S*\d{6}")
"""Lines of a page head and of the contents: no part of a document's title."""
_TITLE_TAIL = re.compile(
    r"(?:的)?(?:(?:19|20)\d{2}年?度?)?(?:部门|单位|本级|汇总|本部门|区级|市级|县级|省级)*(?:\(?(?:本级|汇总|部门|单位)\)?)?(?:整体支出|部门整体支出|单位整体支出|部门|单位)?"
    r"(?:收支)?(?:决算|预算|绩效自评|绩效评价|绩效自我评价|绩效|“?三公”?经费)(?:信息|情况|及.{0,20})?(?:公开)?(?:情况)?(?:说明|报告|报表|文本|表|书|公告)?(?:说明)?.{0,6}$"
)
_NAME = re.compile(r"[一-龥（）()A-Za-z、·\d—-]{4,40}$")
_BODY_END = re.compile(
    r"(?:局|委|委员会|办|办公室|中心|厅|部|院|校|学校|大学|中学|小学|幼儿园|政府|法院|检察院|馆|站|所|队|社|会|联合会|协会|处|室|镇|乡|街道|党校|医院|总队|支队|大队|公司|团|联|署|库|园|场|集团|监狱|银行|学院|台|组|党委|工会|农场|林场|机关|基地|所属单位)(?:\((?:本级|汇总|部门|单位|机关|参公)\))?$"
)
_SENTENCE_YEAR = re.compile(r"((?:19|20)\d{2})\s*年度?\s*(?:部门|单位|本部门|本单位|我|本年|收入|支出|财政|一般公共|决算|预算|收、支|收支)")
_DATE_LINE = re.compile(r"^((?:19|20)\d{2})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日$")
_PUBLISHED = re.compile(r"(?:发布|公开|发文|公布)(?:日期|时间)\s*[:：]\s*((?:19|20)\d{2})[-./年]\s*(\d{1,2})[-./月]\s*(\d{1,2})")
_CODED_UNIT = re.compile(r"^(\d{3,12})[-—_ ]*([一-龥].*)$")
_EMPTY_SENTENCE = re.compile(r"([^，,。；;：:]{2,60}?表)[》”\"]?\s*(?:\([^()]*\))?(?:均)?(?:为空(?:表)?|无数据|没有数据|是空表|\(空表\))")
_THIS_TABLE = re.compile(r"(?:此|本|该)表(?:为空|无数据|没有数据)|空表说明")


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
            score = 3 * kinds + 3 * bool(years_in(compact)) + 2 * bool(_body_name(compact)) + top[end].level - 2 * start - (end - start)
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
    return name if 4 <= len(name) <= 40 and _NAME.match(name) and _BODY_END.search(name) else None


def scope_in(text: str) -> str | None:
    """consolidated, own or unit where a title or caption says so."""
    compact = squeeze(fold_width(text))
    if re.search(r"本级", compact):
        return "own"
    if re.search(r"汇总|部门汇总|合并", compact):
        return "consolidated"
    if re.search(r"单位(?:收支)?(?:预算|决算)", compact):
        return "unit"
    if re.search(r"部门(?:收支)?(?:预算|决算)", compact) or re.search(r"\(部门\)", compact):
        return "consolidated"
    return None


def describe(paragraphs: Sequence[Paragraph], tables: Sequence[WholeTable], metadata: str | None) -> SelfDescription:
    """Claims of year, body, kind and scope, and the statements announced or declared empty in prose."""
    claims: list[dict[str, Any]] = []

    def claim(kind: str, value: str, printed: str, place: str, at: Any = None, table: int | None = None) -> None:
        claims.append(
            {
                "claim_ordinal": len(claims) + 1,
                "claim_kind": kind,
                "value": value,
                "text_printed": printed[:200],
                "place": place,
                "table_ordinal": table,
                "page": getattr(at, "page", None),
                "source_line": getattr(at, "line", None),
                "sheet": getattr(at, "sheet", None),
            }
        )

    title, where = title_of(paragraphs, metadata)
    votes: Counter[int] = Counter()
    kinds: Counter[str] = Counter()
    published: str | None = None
    if title:
        at = where[0] if where else None
        compact = squeeze(fold_width(title))
        nearby = compact if years_in(compact) else compact + "".join(squeeze(p.text) for p in paragraphs[:TITLE_LINES] if re.fullmatch(r"[(（]?\s*(?:19|20)\d{2}\s*年度?\s*[)）]?", fold_width(p.text).strip()))
        for year in years_in(nearby)[:1]:
            claim("fiscal_year", str(year), title, "title", at)
            votes[year] += 4
        name = _body_name(compact)
        if name:
            claim("unit_name", name, title, "title", at)
        for kind, pattern in _KIND_WORDS:
            if pattern.search(compact):
                claim("document_kind", kind, title, "title", at)
                kinds[kind] += 6
                break
        scope = scope_in(compact)
        if scope:
            claim("scope", scope, title, "title", at)
    for table in tables:
        caption = table.caption
        if caption.year:
            _table_claim(claim, "fiscal_year", str(caption.year), table)
            votes[caption.year] += 2
        if caption.organisation:
            _table_claim(claim, "unit_name", caption.organisation, table)
        found = {statement.document_kind for statement, _ in caption.statement_matches}
        if len(found) == 1:
            kinds[found.pop()] += 1
    for paragraph in paragraphs:
        text = paragraph.text
        compact = squeeze(fold_width(text))
        date = _DATE_LINE.match(fold_width(text).strip())
        release = _PUBLISHED.search(fold_width(text)) if len(compact) < 200 else None
        if date or release:
            parts = (date or release).groups()  # type: ignore[union-attr]
            value = f"{int(parts[0]):04d}-{int(parts[1]):02d}-{int(parts[2]):02d}"
            claim("published_on", value, text.strip(), "prose", paragraph)
            published = published or value
        if 4 < len(compact):
            for match in _SENTENCE_YEAR.finditer(compact):
                year = int(match.group(1))
                if votes[year] < 40:
                    votes[year] += 1
                    claim("fiscal_year", str(year), compact[max(0, match.start() - 6) : match.end() + 10], "heading" if len(compact) < 40 else "prose", paragraph)
        if len(compact) < 40:
            for kind, pattern in _KIND_WORDS[:2]:
                if pattern.search(compact) and re.search(r"(?:情况|说明|表)", compact):
                    kinds[kind] += 1
    announcements = _announcements(paragraphs, tables, kinds.most_common(1)[0][0] if kinds else None)
    for announcement in announcements:
        code = announcement["statement_code"]
        if code in statements():
            kinds[statements()[code].document_kind] += 1
    if kinds.get("performance") and (kinds.get("final_account") or kinds.get("budget")) and not (title and "绩效" in title):
        kinds.pop("performance")
    kind = kinds.most_common(1)[0][0] if kinds else None
    year = votes.most_common(1)[0][0] if votes else None
    return SelfDescription(claims, announcements, kind, year, title, published)


def _table_claim(claim, kind: str, value: str, table: WholeTable) -> None:
    at = table.caption.title_paragraph or Paragraph(value, table.grid.line, table.grid.page, table.grid.sheet)
    claim(kind, value, value, "table_head", at, table.ordinal)


def unit_claims(description: SelfDescription, readings: Sequence[Any]) -> None:
    """Add what performance sheets say of the body and its department (实施单位, 主管部门, 032002-某市某中心)."""
    for reading in readings:
        table = reading.table
        for kind, text in (("unit_name", table.get("unit_name_printed")), ("parent_unit", table.pop("parent_unit", None))):
            if not text or (kind == "unit_name" and not str(table.get("statement_code") or "").startswith("perf_")):
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
    paragraphs: Sequence[Paragraph], tables: Sequence[WholeTable], kind: str | None
) -> list[dict[str, Any]]:
    """Statements announced by contents lines, and statements said to be empty in sentences or lists."""
    used = {id(table.caption.title_paragraph) for table in tables if table.caption.title_paragraph is not None}
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

    for paragraph in paragraphs:
        text = re.sub(r"(?:[.．…·]{2,}|\t)\s*[-—]?\d{0,3}[-—]?\s*$", "", paragraph.text.strip())
        compact = squeeze(fold_width(text))
        if not compact:
            continue
        bare = re.sub(r"\((?:空表|本表为空|无数据)\)$", "", compact).rstrip("》”\"")
        titled = len(compact) <= 70 and re.search(r"表(?:\([^()]{0,12}\))?$", bare) and not re.search(r"[。；;，,]", bare)
        if titled:
            matches = match_statements(strip_caption_parts(bare))
            if matches:
                statement = _likeliest(matches, bare, kind)
                if id(paragraph) not in used or is_contents_line(paragraph.text):
                    announce("announced", statement.code, text, paragraph)
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


def _likeliest(matches: list[tuple[Statement, int]], title: str, kind: str | None) -> Statement:
    """The statement a title in a contents list names: of the kind the title or the document is of, longest match first."""
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
