"""Blocks of the document model → paragraphs: lines torn by wrapping or a page break joined, headings kept as path."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ingest.document import Paragraph, Table
from ingest.prose.model import ProseParagraph

_ONES = "一二三四五六七八九十百"
_NUMBERING: tuple[tuple[int, re.Pattern[str]], ...] = (
    (1, re.compile(rf"第[{_ONES}\d]{{1,3}}(?:部分|章)")),
    (2, re.compile(rf"[{_ONES}]{{1,4}}[、.．]")),
    (3, re.compile(rf"[（(][{_ONES}]{{1,4}}[)）]")),
    (4, re.compile(r"\d{1,2}[.．、](?!\d)")),
    (5, re.compile(r"[（(]\d{1,2}[)）]|\d{1,2}[)）]")),
    (6, re.compile(r"[①-⑳]")),
)
_NUMBERS_BEGIN = frozenset(_ONES + "第（(0123456789①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳")
_MARKUP = re.compile(r"\A[\s　]*(?:#{1,6}\s*|[-•▪●]\s+)?")
_TERMINAL = "。；;！!？?：:"
_SENTENCE = re.compile(r"[。；;！!？?，,]|\d\s*(?:万元|元|亿元|%|％|人|辆|万)")
_LABELLED = re.compile(r"\A[一-鿿（）()“”、]{2,14}[：:]")
_DATED = re.compile(r"(?:19|20)\d{2}年(?:度|[^初末底\d]).{0,40}?\d\s*(?:万元|元|亿元|%|人|辆)")
"""A line that begins with a year and states a figure is its own paragraph, unless the line before leads on to it."""
_UNFINISHED = re.compile(r"(?:主要用于|用于|主要是|主要原因是|决算为|预算为|决算数为|预算数为|完成|相比|[与较比占])\Z")
"""No paragraph ends like this."""
_BARE_NUMBER = re.compile(r"[-\d,，.]+")
"""A cell of a table that came as one cell a line: it is not what 决算对比 goes on to say."""
_LEADS_ON = "与较比同和、，,于至从在及的（("
_TABLE_HEAD = re.compile(
    r"\A(?:公开|财决|表|附表|附件)\s*\d|(?:金额)?单位[：:]|\A[（(]\s*\d{4}\s*年度?\s*[)）]\Z|编制(?:单位|部门)[：:]"
    r"|\A\d{4}\s*年度?\Z"
)
_LEADER = re.compile(
    r"(?:(?:\.{3,}|…+|·{3,}|．{3,}|-{4,}|_{4,})[\s—-]{0,6}(?:\d{1,3})?[\s—-]{0,6}|PAGEREF.{0,40}|\s\d{1,3}\s{0,3})\Z"
)
_CONTENTS = re.compile(r"\A[（(]?目\s*[录次][)）]?[：:]?\Z")
_SPACE = re.compile(r"[\s　\u00a0]+")
_EMPHASIS = re.compile(r"\*\*|__")
_TITLE_ENDINGS = (
    "自评报告", "评价报告", "自评表", "目标表", "情况说明", "编制说明", "决算说明", "预算说明", "名词解释", "主要职能",
    "机构设置", "总表", "决算表", "预算表", "情况表", "明细表",
)
_REPORT = re.compile(r"绩效[^，。]{0,12}报告[：:]?\Z|绩效自评表\Z|绩效目标(?:申报)?表\Z")
"""A title that opens a report or sheet on performance."""
_ACCOUNT = re.compile(r"(?:决算|预算)(?:公开|编制|情况)*说明|(?:决算|预算)(?:总|明细|情况)?表\Z|名词解释")
_MAX_HEADING = 46
_MIN_WRAPPED = 12
"""Fewest lines by which a text wrapped at a fixed width is known."""
_MAX_WRAPPED = 64
"""Characters a wrapped line has at most; one longer line says that lines are whole paragraphs."""
_PAGE_MARK = re.compile(r"[-—－–~ ]{0,6}\d{1,3}[-—－–~ ]{0,6}")
_RAGGED = 6
"""Columns that a full line may lack: no punctuation at its start, no number cut."""
_PDF_FULL_LINE = 0.86
"""A PDF line this full, measured against the page's common line, goes on in the next one."""


def build(blocks: Sequence[Paragraph | Table], *, part_ordinal: int | None = None, kind: str | None = None,
          first_ordinal: int = 1) -> list[ProseParagraph]:
    """Paragraphs of a document or of one of its parts, in reading order; tables end a paragraph and are left out.

    Headings are paragraphs of their own with a ``level``. Contents lists (目录) are left out: what they announce
    stands in the text again.
    """
    lines = _lines(blocks)
    lines = _without_contents(lines)
    joined = _join(lines)
    found: list[ProseParagraph] = []
    path: list[tuple[int, str]] = []
    kinds = _Kinds(kind)
    for text, block, last in joined:
        level = _level(text, block)
        if level:
            path = [entry for entry in path if entry[0] < level]
            path.append((level, _heading_text(text)))
        found.append(
            ProseParagraph(
                ordinal=first_ordinal + len(found),
                text=text,
                section="/".join(entry[1] for entry in path),
                page=block.page,
                source_line=block.line,
                last_line=last,
                sheet=block.sheet,
                part_ordinal=part_ordinal,
                kind=kinds.of(text, level),
                level=level,
            )
        )
    return found


class _Kinds:
    """Kind of the part a paragraph stands in: a report on performance may follow the final account in one file."""

    def __init__(self, kind: str | None) -> None:
        self.whole = self.now = kind

    def of(self, text: str, level: int) -> str | None:
        """Kind of this paragraph; headings change it for what follows."""
        if level:
            plain = _SPACE.sub("", text)
            if len(plain) <= _MAX_HEADING and _REPORT.search(plain):
                self.now = "performance"
            elif numbering(text) == 1 or (_is_title(plain) and _ACCOUNT.search(plain)):
                self.now = self.whole
        return self.now


_Line = tuple[str, Paragraph]


def _lines(blocks: Sequence[Paragraph | Table]) -> list[_Line | None]:
    """Text lines with their block; None where a table stands between."""
    lines: list[_Line | None] = []
    for block in blocks:
        if isinstance(block, Table):
            lines.append(None)
            continue
        for part in block.text.split("\n"):
            text = _EMPHASIS.sub("", _MARKUP.sub("", part)).strip()
            if text:
                lines.append((text, block))
    return lines


def _folded(text: str) -> str:
    return _SPACE.sub("", _LEADER.sub("", text))


def _without_contents(lines: list[_Line | None]) -> list[_Line | None]:
    """Without the list under 目录: it ends where its first entry is met again, or where running text begins."""
    kept: list[_Line | None] = []
    index = 0
    while index < len(lines):
        line = lines[index]
        if line is None or not _CONTENTS.match(_SPACE.sub("", line[0])):
            kept.append(line)
            index += 1
            continue
        seen: set[str] = set()
        first = ""
        end = index + 1
        while end < len(lines):
            entry = lines[end]
            if entry is None:
                break
            text = _folded(entry[0])
            if text == first or (text in seen and numbering(entry[0]) in (1, 2)):
                break
            if len(text) > 60 or "。" in text[:-1]:
                break
            first = first or text
            seen.add(text)
            end += 1
        index = max(end, index + 1)
    return kept


def numbering(text: str) -> int:
    """Level of the ordinal a line begins with (第一部分 1, 一、 2, （一） 3, 1. 4, （1） 5, ① 6), 0 for none."""
    stripped = text.lstrip()
    if stripped[:1] not in _NUMBERS_BEGIN:
        return 0
    for level, pattern in _NUMBERING:
        if pattern.match(stripped):
            return level
    return 0


def _level(text: str, block: Paragraph) -> int:
    """Heading level of a joined line, 0 for running text."""
    level = numbering(text)
    plain = _SPACE.sub("", text)
    if level and len(plain) <= _MAX_HEADING:
        body = plain.rstrip("。：:")
        if not _SENTENCE.search(body) or ("（项）" in body[-4:] and not re.search(r"\d\s*万?元", body)):
            return level
        if "项目名称" in body[:10]:
            return level
    if block.level and len(plain) <= _MAX_HEADING and not _SENTENCE.search(plain.rstrip("。：:")):
        return level or min(block.level, 6)
    if not level and _is_title(plain):
        return 1
    return 0


def _is_title(plain: str) -> bool:
    """An unnumbered title that opens a part: …绩效自评报告, …项目支出绩效自评表, …经费情况说明."""
    return len(plain) <= 40 and not _SENTENCE.search(plain) and plain.endswith(_TITLE_ENDINGS)


def _heading_text(text: str) -> str:
    return text.strip().rstrip("。：:").replace("/", "／")


def _join(lines: list[_Line | None]) -> list[tuple[str, Paragraph, int | None]]:
    """Joined lines: (text, first block, last source line)."""
    joined: list[tuple[str, Paragraph, int | None]] = []
    wide = _common_width(lines)
    wrapped = 0 if wide else _wrap_width(lines)
    parts: list[str] = []
    first: Paragraph | None = None
    previous: _Line | None = None

    def flush() -> None:
        nonlocal parts, first
        if first is not None and previous is not None:
            joined.append((_glue(parts), first, previous[1].line))
        parts, first = [], None

    for line in lines:
        if line is None:
            flush()
            previous = None
            continue
        text, block = line
        if wrapped and _PAGE_MARK.fullmatch(text):
            # A page number between the lines of a sentence: it stands for itself, and the sentence goes on.
            joined.append((text, block, block.line))
            continue
        if first is not None and previous is not None and not _goes_on(parts, previous, line, wide, wrapped):
            flush()
        if first is None:
            first = block
        parts.append(text)
        previous = line
    flush()
    return joined


def _glue(parts: list[str]) -> str:
    """Lines as one text; a blank only where two letters or digits would run together."""
    text = parts[0]
    pieces = [text]
    for part in parts[1:]:
        before, after = pieces[-1][-1], part[0]
        if before.isascii() and after.isascii() and before.isalnum() and after.isalnum() and before.isalpha():
            pieces.append(" ")
        pieces.append(part)
    return "".join(pieces)


def _common_width(lines: list[_Line | None]) -> dict[int | None, int]:
    """Length of a full line per page kind: only where pages are known are lines physical lines."""
    lengths: list[int] = sorted(len(line[0]) for line in lines if line is not None and line[1].page is not None)
    if len(lengths) < 8:
        return {}
    return {0: lengths[int(len(lengths) * 0.9)]}


def _wrap_width(lines: list[_Line | None]) -> int:
    """Width of a full line of a text that was wrapped at a fixed width (a PDF made text); 0 where it was not."""
    texts = [line[0] for line in lines if line is not None]
    if len(texts) < _MIN_WRAPPED or max(map(len, texts)) > _MAX_WRAPPED:
        return 0
    widths = sorted(map(_width, texts))
    full = widths[int(len(widths) * 0.9)]
    near = sum(full - _RAGGED <= width for width in widths)
    return full if full >= _MIN_WRAPPED * 2 and near * 5 >= len(widths) * 2 else 0


def _width(text: str) -> int:
    """Columns a text takes: two for a Chinese character, which has three bytes, one for a digit or letter."""
    return (len(text) + len(text.encode())) // 2


def _goes_on(
    parts: list[str], previous: _Line, line: _Line, wide: dict[int | None, int], wrapped: int
) -> bool:
    """Whether ``line`` is the rest of the paragraph that ``previous`` began."""
    before, after = previous[0], line[0]
    open_list = before[-1] in "；;：:" and _is_full(before, previous, wide) and not _begins(after)
    if before[-1] in _TERMINAL and not open_list:
        return False
    if _begins(after) or _TABLE_HEAD.search(after) or _TABLE_HEAD.search(before):
        return False
    if previous[1].level or line[1].level:
        return False
    if _CONTENTS.match(_SPACE.sub("", before)):
        return False
    if after.startswith(("（项", "（款", "(项", "(款", "项）", "款）", "）")):
        return True
    if _UNFINISHED.search(before) and (len(before) > 6 or not _BARE_NUMBER.fullmatch(after)):
        return True
    whole = parts[0]
    # The first lines and the last tell; a long paragraph is not gone through again for each of its lines.
    seen = "".join(parts[:2]) + before
    heading = numbering(whole) and not _SENTENCE.search(_SPACE.sub("", seen))
    if wide and previous[1].page is not None:
        if heading:
            return _is_full(before, previous, wide) and (
                numbering(whole) >= 4 or (len(after) <= 20 and "。" not in after)
            )
        if before[-1] in "，,、（(" or "，" in before or "。" in before:
            return True
        return _is_full(before, previous, wide)
    if heading and len(_SPACE.sub("", whole)) <= _MAX_HEADING:
        return False
    if before[-1] in "，,、（(“":
        return True
    if _DATED.match(after) and before[-1] not in _LEADS_ON:
        return False
    if _LABELLED.match(after) and not _SENTENCE.search(before[-6:]):
        return False
    if wrapped and _width(before) >= wrapped - _RAGGED:
        return True
    # A text line is a whole paragraph unless a page break tore it: then it is long and stops without a mark.
    return len(before) >= 18 and bool(re.search(r"[，。；、,;]", seen))


def _is_full(text: str, line: _Line, wide: dict[int | None, int]) -> bool:
    return bool(wide) and line[1].page is not None and len(text) >= wide[0] * _PDF_FULL_LINE


def _begins(text: str) -> bool:
    """Whether a line begins something of its own: a number, a label with a colon."""
    level = numbering(text)
    if level:
        return True
    return bool(re.match(r"\A(?:注|备注|说明|附件|附表|其中)[：:]", text)) or bool(
        re.match(r"\A(?:一|二|三|四|五|六|七|八|九|十)是", text)
    )
