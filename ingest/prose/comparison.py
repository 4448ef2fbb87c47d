"""比…, 较…, 与…相比: what a clause compares with, and whether a number prints that base itself."""

from __future__ import annotations

from ingest.prose import subjects
from ingest.prose.lexer import Token
from ingest.prose.model import NarrativeAmount
from ingest.prose.roles import Basis, Setting, basis

NAMES_A_BASE = ("base", "period", "year", "opening")
CLOSING = ("相比", "对比", "比较", "相比较")
_STOPS = ("direction", "same", "share", "completion", "difference", "compare", "exceeds")
BASE_STAGES = ("initial_budget", "full_year_budget", "prior_final", "prior_budget", "prior_execution")
"""Stages that a figure can be compared with."""
SIDES = ("收入", "支出", "总收入", "总支出")
_WHOLES = frozenset(
    side + word for side in ("收入", "支出", "总收入", "总支出", "本年收入", "本年支出")
    for word in ("", "总计", "合计", "预算", "决算", "总预算", "总额")
)
_SIBLINGS = (
    frozenset(("基本支出", "项目支出", "经营支出", "事业单位经营支出", "上缴上级支出", "对附属单位补助支出")),
    frozenset(("人员经费", "公用经费", "日常公用经费", "人员经费支出", "公用经费支出", "日常公用经费支出")),
    frozenset(("财政拨款收入", "上级补助收入", "事业收入", "经营收入", "附属单位上缴收入", "其他收入")),
)
"""Lines of one level: none of them is part of another."""
_SPENT = (*SIDES, "实际支出", "开支", "实际开支", "实际收入")
"""What may stand between a base and its figure: 比上年支出7.1万元减少…"""
_BEFORE_BASE = 3
"""Characters between 与 and the base it compares with, at most."""
_SHARE_ENDINGS = (
    "的比率为", "的比重为", "的比例为", "比重为", "比例为", "的比率", "的比重", "的比例", "比重", "比例", "的", "为",
    "：", "约",
)


def find(text: str, clause: list[Token], setting: Setting) -> tuple[Basis, int] | None:
    """The comparison in a clause and the index of its first token.

    与, 同 and 和 compare only where a base follows them at once and 相比, 持平 or a word of change comes after it.
    """
    for index, token in enumerate(clause):
        if token.kind in ("compare", "exceeds"):
            found = basis(_until_change(clause[index + 1 :]), setting)
            if found is not None:
                return found, index
            printed = text[token.start : token.end]
            if index and printed in CLOSING:
                first = index
                while first > 0 and clause[first - 1].kind in NAMES_A_BASE:
                    first -= 1
                found = basis(clause[first:index], setting)
                if first and clause[first - 1].kind == "compare_with":
                    first -= 1
                if found is not None:
                    return found, first
            if printed == "同比":
                return Basis(setting.default_base), index
        elif token.kind == "compare_with":
            rest = clause[index + 1 :]
            if not rest or rest[0].kind not in NAMES_A_BASE or rest[0].start - token.end > _BEFORE_BASE:
                continue
            if any(part.kind in ("compare", "same", "direction") for part in rest):
                found = basis(_until_change(rest), setting)
                if found is not None:
                    return found, index
    return None


def stated_base(
    text: str, clause: list[Token], compared: tuple[Basis, int] | None, start: int, ends_label: frozenset[str]
) -> Basis | None:
    """The base that the number at ``start`` prints: 比上年决算数55.45万元减少…; None where it prints none."""
    if compared is None or clause[compared[1]].kind == "exceeds":
        return None
    after = clause[compared[1] + 1 :]
    if not after or any(part.kind in ends_label and part.kind != "compare" for part in after):
        return None
    between = text[after[-1].end : start].strip("的数为是 ，（")
    return compared[0] if not between or between in _SPENT else None


def behind_figure(
    text: str, begin: int, behind: int, clause: list[Token], row: NarrativeAmount | None
) -> tuple[Basis, int] | None:
    """与2021年预算数25万元相比，减少…: the base stands before the comparing word, with its figure."""
    if not clause or row is None or begin != behind or clause[0].kind != "compare" or clause[0].start != begin:
        return None
    if row.role != "amount" or text[begin : clause[0].end] not in CLOSING:
        return None
    if row.stage_code == "budget_unspecified":
        return Basis("budget"), 0
    return (Basis(row.stage_code), 0) if row.stage_code in BASE_STAGES else None


def named_between(text: str, begin: int, clause: list[Token], first: int, change: Token) -> str:
    """比上年收入增加50%: the side that stands between the base and the word of change, "" for none."""
    behind = [part for part in clause[first:] if part.end <= change.start]
    if not behind or text[begin : clause[first].start].strip("，、"):
        return ""
    label = subjects.clean(text[behind[-1].end : change.start])
    return label if label in SIDES else ""


def repeats_side(label: str, subject: str) -> bool:
    """三公经费支出136万元，比上年减少支出61万元: 支出 says again what is spoken of."""
    return label in SIDES and label in subject


def is_other_side(label: str, parents: list[str]) -> bool:
    """Whether a label is of the whole expenditure and what is taken apart is the whole income, or the other way."""
    if not parents or label not in _WHOLES:
        return False
    whole = parents[-1]
    return ("收入" in whole and "支出" not in whole) if "支出" in label else ("支出" in whole and "收入" not in whole)


def is_sibling(label: str, parents: list[str]) -> bool:
    """Whether a label stands beside what is taken apart: 基本支出50万元，其中人员经费40万元；项目支出30万元."""
    if not parents:
        return False
    return any(label in names and parents[-1].removeprefix("一般公共预算").removeprefix("财政拨款") in names
               for names in _SIBLINGS)


def denominator(text: str, cues: list[Token], start: int) -> str:
    """What 占 is a share of: 占本年支出合计的 → 本年支出合计. "" where it is not said."""
    share = next((part for part in cues if part.kind == "share"), None)
    if share is None:
        return ""
    whole = text[share.end : start]
    for ending in _SHARE_ENDINGS:
        whole = whole.removesuffix(ending)
    return subjects.strip_trailing(whole) if len(whole) <= 60 else ""


def _until_change(tokens: list[Token]) -> list[Token]:
    for index, token in enumerate(tokens):
        if token.kind in _STOPS:
            return tokens[:index]
    return tokens
