"""What a number is of: the label cut out of a clause, and functional subjects named by 类, 款 and 项."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from ingest.prose.words import pattern, words

_LEADING = re.compile(
    r"(?:[、，：:；。！？,\s—\-·•▪●*'》]|" + pattern("leading") + r"|为(?=基本支出|项目支出|财政|本年|一般公共|政府性)"
    r"|含(?=[一-鿿]{3})|安排的?(?=[一-鿿“]{3})|支出(?=[“公会培接])|开支(?=[“公会培三])|(?:部门|单位)?决算(?:公开)?(?=[“总收支]|公务|因公)|其(?=“三公|三公|[收支公]{1}[入出务])|共(?=[车涉接安组开召举])|[一二三四五六七八九十]{1,3}(?:、|是|：)|是(?=[一-鿿]{2})|累计(?!折旧|[结盈])(?=[一-鿿]{2})"
    r"|（[一二三四五六七八九十]{1,3}）|[①-⑳]|\d{1,2}[.、）])+"
)
_PARTY = re.compile(
    r".{0,60}?[我本该](?:" + pattern("party") + r")(?:（[^（）]{1,12}）)?(?:的|共有|共|现有|现|实有|财政拨款安排的)?"
)
_TIME = re.compile(
    r"(?:截至|截止|至|到|于)?(?:本年度|当年度|年度|本年末|年末|年底|全年|期末|月末|目前|当前|上半年|今年)[，,]?"
    r"(?=.)(?!(?:财政拨款)?(?:结转|结余|绩效|总收|总支|实有|预算))"
)
_TRAILING = re.compile(
    r"(?:" + pattern("trailing") + r"|(?<![合总小累审会统设估预])计|(?<![保国占所拥])有|(?<=[关委局院校会心])设"
    r"|(?<![人车户年日月批次平])均"
    r"|[，、：:；\s—-])+\Z"
)
_AMONG = re.compile(r".{2,80}(?:中含|(?:预算|决算)中(?=公务|因公|国内|购置|运行))")
"""…“三公”经费预算中公务用车运行维护费: the part is spoken of."""
_MARKER = re.compile(r"（(\d{0,3})(类|款|项)）")
_CODED = re.compile(r"（[23]\d{2}）[^（）]{2,30}（(?:0[1-9]|99)）")
_PART = re.compile(r"（(\d{2,3})）")
_JOINED_PARTS = re.compile(r"（(\d{2})款[，、]?(\d{2})项）")
_ORGANISATION = re.compile(r"(?:" + "|".join(words("organisation")) + r")(?:（[^（）]{1,14}）)?(?:的|共)?\Z")
_LABEL_START = re.compile(pattern("label_start"))
_COMPOUND = re.compile(
    r"(.*?)(收入?)(总计|合计|预算|决算)?[、和及与]?(支出?)"
    r"((?:决算|预算)?(?:总计|合计|总预算|预算|决算|总体|总额|总数|规模)?.*)\Z"
)
OF_BUDGET = re.compile(r"(?<=..)预算(?:金额|数|总额|数额)\Z")
OF_A_REVIEW = re.compile(r"(?:项目)?(?:支出)?绩效(?:自评|评价)(?:综述|情况综述|情况|结果)?\Z")
BALANCES = re.compile(r"(?:以?及|和|、)?(?:年初|年末|上年)?结[转余](?:和|及|、)?(?:结[转余])?(?:资金)?\Z")
ORDINALS = frozenset("一二三四五六七八九十")
_AND = re.compile("[及和与、]")
_NOT_COMPOUND = re.compile(r"收支(?:差额|结余|两条线|平衡|管理|余超)|收入支出差|收入支出(?:决算)?表")


@dataclass(frozen=True, slots=True)
class Subject:
    """A label as printed, with the functional names and the code printed in it."""

    text: str = ""
    class_name: str | None = None
    group_name: str | None = None
    item_name: str | None = None
    code: str | None = None

    @property
    def is_functional(self) -> bool:
        """Whether 类, 款 or 项 is named."""
        return bool(self.class_name or self.group_name or self.item_name)


def is_organisation(text: str) -> bool:
    """A body's name alone: it is who speaks, not what is spoken of."""
    return len(text) > 3 and _ORGANISATION.search(text) is not None and _LABEL_START.search(text) is None


def strip_leading(text: str) -> str:
    """Without ordinals, connectives and punctuation at the start."""
    hit = _LEADING.match(text)
    return text[hit.end() :] if hit else text


def strip_trailing(text: str) -> str:
    """Without copulas (为, 是, 共) and punctuation at the end."""
    tail = text[-24:]
    hit = _TRAILING.search(tail)
    if hit is None:
        return text
    return text[: len(text) - len(tail) + hit.start()]


@lru_cache(maxsize=8192)
def clean(text: str) -> str:
    """The label in a stretch of text: without time, party, connectives and copulas. "" where there is none."""
    text = _AMONG.sub("", text[-160:])
    text = strip_leading(text)
    text = strip_trailing(text)
    party = _PARTY.match(text)
    if party:
        text = text[party.end() :]
    time = _TIME.match(text)
    if time:
        text = text[time.end() :]
    for start in _LABEL_START.finditer(text):
        before = text[: start.start()]
        # 全额事业单位编制45名: the word for bodies of a kind belongs to the label.
        of_a_kind = start[0] == "编制" and before.endswith("单位") and not _AND.search(before[-8:])
        if before and not of_a_kind and _ORGANISATION.search(before) and not before.endswith(words("place_noun")):
            text = text[start.start() :]
            break
    text = _balance(strip_leading(text))
    if len(text) > 4 and text.endswith("安排") and text[-3] in "费出金":
        text = text[:-2]
    if len(text) > 2 and text[0] == "“" and text[-1] == "”" and "“" not in text[1:]:
        text = text[1:-1]
    return text


def _balance(text: str) -> str:
    """Without a bracket or quotation mark that has lost its partner at either end."""
    for opening, closing in (("（", "）"), ("“", "”")):
        if text.count(opening) < text.count(closing) and text.startswith(closing):
            text = text[1:]
        if text.count(opening) > text.count(closing) and text.endswith(opening):
            text = text[:-1]
    if text.endswith("）") and text.count("（") < text.count("）"):
        text = text[:-1]
    if text.count("“") != text.count("”"):
        text = "“" + text.lstrip("“") if text.lstrip("“").startswith("三公”") else text.strip("“”")
    return text


def last_of_list(text: str) -> str:
    """The last label of a list: 办公费、差旅费 → 差旅费. Lists that name one thing (收、支总计) stay."""
    if "、" not in text or sides(text) is not None:
        return text
    depth = 0
    for index in range(len(text) - 1, -1, -1):
        char = text[index]
        if char in "）”":
            depth += 1
        elif char in "（“":
            depth -= 1
        elif char == "、" and depth <= 0:
            rest = text[index + 1 :]
            # 办公费、印刷费等公用经费: the word behind 等 names the whole list.
            _, among, whole = rest.partition("等")
            return whole if among and len(whole) >= 2 else rest
    return text


def sides(text: str) -> tuple[str, str] | None:
    """The two labels of 收、支总计, 收入支出总计, 收支总预算; None where the text names one thing."""
    if "收" not in text or "支" not in text or _NOT_COMPOUND.search(text):
        return None
    hit = _COMPOUND.match(text)
    if hit is None:
        return None
    before, income, income_tail, expenditure, after = hit.groups()
    if len(after) > 12 or (income_tail and not after):
        return None
    between = text[hit.end(2) : hit.start(4)]
    if len(income) == 2 and len(expenditure) == 1:
        return None
    if between.strip("、和及与") not in ("", income_tail or ""):
        return None
    return before + "收入" + (income_tail or after), before + "支出" + after


def listed(text: str) -> list[str]:
    """The labels of a list: A、B和C. One label where it is none."""
    pair = sides(text)
    if pair is not None:
        return list(pair)
    parts = [part for part in re.split(r"[、，]|(?<=[费入出数量额])(?:和|及|与|以及)(?=..)", text) if part]
    return parts or [text]


def functional(text: str, code: str | None, above: Subject | None) -> Subject | None:
    """The functional subject a label names by （类）（款）（项）; None where it names none.

    Marks stand behind the names or, in some forms, before them; digits inside the marks are the code's parts.
    What the label leaves out (the class of a bare item) comes from ``above``.
    """
    text = _levelled(text)
    marks = list(_MARKER.finditer(text))
    if not marks:
        return None
    names: dict[str, str] = {}
    digits: dict[str, str] = {}
    behind = bool(clean(text[: marks[0].start()]))
    for index, mark in enumerate(marks):
        if behind:
            begin = marks[index - 1].end() if index else 0
            name = text[begin : mark.start()]
        else:
            end = marks[index + 1].start() if index + 1 < len(marks) else len(text)
            name = text[mark.end() : end]
        name = last_of_name(name)
        name = clean(name) if not index and behind else name.strip("“”、 —-")
        if name:
            names[mark[2]] = re.sub(r"\A\d{3,7}[-—]?", "", name)
        if mark[1]:
            digits[mark[2]] = mark[1]
    if not names and not digits:
        return None
    class_name, group_name, item_name = names.get("类"), names.get("款"), names.get("项")
    if digits:
        code = "".join(digits.get(level, "") for level in "类款项")
    if above is not None:
        if class_name is None and (group_name or item_name):
            class_name = above.class_name
        if group_name is None and item_name:
            group_name = above.group_name
    begin = 0 if behind else marks[0].start()
    label = clean(text[begin : marks[-1].end()] if behind else text[begin:])
    return Subject(label, class_name, group_name, item_name, code)


def _levelled(text: str) -> str:
    """Codes in brackets behind the names as marks: …支出（208）…（05）…（05） → （208类）（05款）（05项）."""
    if "款" in text:
        text = _JOINED_PARTS.sub(r"（\1款）（\2项）", text)
    if not _CODED.search(text):
        return text
    levels = iter("类款项")
    return _PART.sub(lambda part: f"（{part[1]}{next(levels, '')}）", text)


def last_of_name(text: str) -> str:
    """What follows the last mark that cannot stand in a subject's name."""
    for mark in "：；。，":
        text = text.rpartition(mark)[2]
    return text
