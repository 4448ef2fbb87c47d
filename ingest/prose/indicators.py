"""Performance indicators stated in sentences: 指标值…完成值…完成率."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ingest.prose import subjects
from ingest.prose.compact import Compact
from ingest.prose.model import ProseIndicator, ProseParagraph

_CUES = re.compile(
    r"(?P<prior>上年(?:实际)?完成(?:指标)?值(?:为|是)?[：:]?)"
    r"|(?P<monitor>(?:年中)?监控完成值(?:为|是)?[：:]?)"
    r"|(?P<actual>(?:自评|实际|全年|年终|年度)?(?:实际)?(?:完成|实现)(?:指标)?值(?:为|是)?[：:]?"
    r"|实际完成(?:情况)?(?:为|是|：))"
    r"|(?P<target>(?:预期|年度|年初|绩效|设定|计划)?(?:绩效)?(?:指标值|目标值|预期值)(?:为|是|：|(?=[≥≤=><\d])){1,2})"
    r"|(?P<rate>(?:指标)?完成(?:率|比例)(?:为|是)?[：:]?)"
    r"|(?P<deviation>偏差率(?:为|是)?[：:]?)"
    r"|(?P<reason>(?:偏差|未完成)原因(?:分析)?(?:及改进措施|和改进措施)?(?:为|是)?[：:])"
    r"|(?P<weight>(?:分值|权重)(?:为|是)?[：:]?(?=\d))"
    r"|(?P<score>(?:自评)?得分(?:为|是)?[：:]?(?=\d))"
    r"|(?P<end>[。；])"
)
_NAME_END = re.compile(r"[”\"]?的?[，：:、]?\Z")
_NAME_START = re.compile(
    r"(?:三级)?指标(?:[①-⑳]|\d{1,2}|[一二三四五六七八九十]{1,2})?[：:.、]?|[①-⑳]|\d{1,2}[.、）]|（\d{1,2}）"
    r"|[一二三四五六七八九十]+是"
)
_LEVEL_NOISE = re.compile(
    r"\A(?:[一二三四五六七八九十]{1,3}、|（[一二三四五六七八九十\d]{1,3}）|\d{1,2}[.、．）]|[①-⑳])?\s*"
    r"(?:一级|二级)?(?:指标[一二三四五六七八九十\d]{1,2}[：:])?"
)
_LEVEL_TAIL = re.compile(r"(?:的?(?:完成|实现)情况)?(?:分析|说明)?[：:。]?\Z")
_LEVEL1 = frozenset(
    ("产出指标", "效益指标", "满意度指标", "成本指标", "运行成本", "管理效率", "履职效能", "可持续发展能力",
     "服务对象满意度", "投入指标", "过程指标", "效果指标",
     "产出", "效益", "满意度", "投入", "过程", "效果", "决策", "社会效应")
)
_LEVEL2 = re.compile(
    r"(?:数量|质量|时效|成本|经济成本|社会成本|生态环境成本|经济效益|社会效益|生态效益|可持续影响|可持续发展"
    r"|服务对象满意度|受益对象满意度|满意度)(?:指标)?"
)


@dataclass(slots=True)
class _Draft:
    """An indicator being read: cue kind → text as printed."""

    name: str
    start: int
    values: dict[str, str]


def read(
    text: str, paragraph: ProseParagraph, project: str | None, first_ordinal: int
) -> tuple[list[ProseIndicator], list[tuple[int, int, str, str]]]:
    """Indicators of a paragraph, and the stretches of ``text`` they cover.

    A stretch is (start, end, kind, name): kind ``indicator`` where the numbers are the target or the actual itself,
    ``context`` where numbers (completion rate, deviation) are facts about the indicator.
    """
    if not any(word in text for word in ("指标值", "目标值", "预期值", "完成值")):
        return [], []
    cues = list(_CUES.finditer(text))
    if not any(cue.lastgroup == "target" for cue in cues):
        return [], []
    drafts: list[_Draft] = []
    stretches: list[tuple[int, int, str, str]] = []
    draft: _Draft | None = None
    boundary = 0
    for index, cue in enumerate(cues):
        kind = cue.lastgroup or ""
        begin = cue.end()
        end = cues[index + 1].start() if index + 1 < len(cues) else len(text)
        if kind == "end":
            boundary = begin
            continue
        if kind == "target":
            name = _name(text[max(boundary, cue.start() - 120) : cue.start()])
            if not name:
                draft = None
                continue
            draft = _Draft(name, boundary, {})
            drafts.append(draft)
            stretches.append((boundary, cue.start(), "indicator", name))
        if draft is None:
            continue
        value_end = end if kind in ("target", "reason") else _comma(text, begin, end)
        value = text[begin:value_end].strip("，,、：: （）")
        if value and kind not in draft.values:
            draft.values[kind] = value
        if kind in ("target", "actual", "prior", "weight"):
            stretches.append((begin, value_end, "indicator", draft.name))
            stretches.append((value_end, end, "context", draft.name))
        else:
            stretches.append((cue.start(), end, "context", draft.name))
        boundary = max(boundary, value_end)
    stretches.sort()
    level1, level2 = _levels(paragraph.section)
    found = [
        ProseIndicator(
            indicator_ordinal=first_ordinal + position,
            origin="prose",
            table_ordinal=None,
            row_ordinal=None,
            page=paragraph.page,
            source_line=paragraph.source_line,
            sheet=paragraph.sheet,
            statement_code=None,
            project_name=project,
            level1=level1,
            level2=level2,
            level3=item.name,
            target_printed=item.values.get("target"),
            target_initial_printed=None,
            actual_printed=item.values.get("actual"),
            prior_actual_printed=item.values.get("prior"),
            weight_printed=item.values.get("weight"),
            score_printed=item.values.get("score"),
            completion_printed=item.values.get("rate"),
            deviation_reason=item.values.get("reason"),
            note=None,
        )
        for position, item in enumerate(drafts)
    ]
    return found, stretches


def _comma(text: str, begin: int, end: int) -> int:
    """End of a value: a comma, but not one between thousands."""
    position = begin
    while position < end:
        char = text[position]
        if char in "，；。" or (char == "," and not text[position + 1 : position + 2].isdigit()):
            return position
        position += 1
    return end


def _name(before: str) -> str:
    """The indicator's name in the text before its target."""
    text = before.rstrip("，,：:、 ")
    if text.endswith("指标") and text[:-2].endswith(("”", '"')):
        text = text[:-2]
    closing = text[-1:] in "”\""
    if closing and "“" in text:
        return text[text.rindex("“") + 1 : -1]
    text = text.rpartition("。")[2].rpartition("；")[2]
    lead = _NAME_START.match(text)
    if lead:
        text = text[lead.end() :]
    else:
        text = text.rpartition("：")[2] if "：" in text and len(text.rpartition("：")[2]) > 1 else text
    text = _NAME_END.sub("", text).strip("“”，：: ")
    return text if len(text) >= 2 else ""


def _levels(section: str) -> tuple[str | None, str | None]:
    """First and second level from the headings an indicator stands under."""
    level1 = level2 = None
    for heading in section.split("/")[-3:]:
        name = _LEVEL_TAIL.sub("", _LEVEL_NOISE.sub("", subjects.strip_leading(Compact(heading).text)))
        if name in _LEVEL1 and level1 is None:
            level1 = name
        elif _LEVEL2.fullmatch(name):
            level2 = name
        elif name in _LEVEL1:
            level1, level2 = name, None
    return level1, level2
