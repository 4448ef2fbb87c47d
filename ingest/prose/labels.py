"""The label inside a clause: what stands between separators, without time, stage, comparison and copula."""

from __future__ import annotations

import re

from ingest.prose import subjects
from ingest.prose.lexer import Token
from ingest.prose.subjects import Subject
from ingest.prose.words import ends_with, word_set, words

ENDS_LABEL = frozenset(
    ("compare", "direction", "exceeds", "share", "completion", "completion_of_target", "difference", "deviation",
     "adjust", "adjust_rate", "same", "nothing", "reason", "use", "part", "respectively", "score")
)
"""Kinds of cue words that a label does not reach beyond."""
_TRIMMED = frozenset(("base", "year", "period", "both", "opening", "besides", "skip"))
_BETWEEN = "的数为是：，“” 共计安排资金"
_WORD = re.compile(r"[一-鿿A-Za-z]")
_YEAR = re.compile(r"\d{4}年度?")
_BRACKETED = re.compile(r"（([^（）]{2,30})）(?:支出)?")
_SHORT_NAME = re.compile(r"（(?:以下)?(?:简称)?[：:]?(“?三公”?经费)）")
_NEAR = 8
"""A word of time this close to the start of the clause stands before the label."""


def own_subject(
    text: str, begin: int, end: int, clause: list[Token], above: Subject | None, both: bool = False
) -> Subject | None:
    """The label between two offsets of ``text``, or None where only cue words stand there.

    ``clause`` are the tokens between them, ``above`` the functional subject that lends class and group. ``both``
    keeps lists whole (A、B均为).
    """
    names_stage = any(token.kind == "base" for token in clause)
    begin = _after_stage(text, begin, end, clause, names_stage)
    code = digits_of(next((token.code for token in reversed(clause) if token.kind == "code"), None))
    whole_end = end
    end, clause = _trim(text, begin, end, clause)
    start = begin
    for token in clause:
        if not _is_time(text, token, begin):
            continue
        if token.start > start + 2 and text[token.start - 1] == "的":
            # 编报绩效目标的2024年度项目: the year stands inside the label.
            before, after = subjects.clean(text[start : token.start]), subjects.clean(text[token.end : end])
            return Subject(before.removesuffix("的") + "的" + after) if before and after else None
        if subjects.strip_trailing(text[token.end : end]).strip("度，、的初末底"):
            before = subjects.clean(text[start : token.start]) if token.kind == "year" and token.start > start else ""
            if len(before) > 2 and ends_with("money_noun").search(before):
                # 因公出国（境）费2014年财政拨款支出: the label goes on behind the year.
                after = subjects.clean(text[token.end : end].removeprefix("度"))
                return as_subject(before + after, code, above)
            start = token.end
        elif token.kind == "year" and token.start > start:
            end = token.start
    if end <= start:
        return None
    stretch = text[start:end]
    if start != begin:
        stretch = stretch.removeprefix("度").removeprefix("末").removeprefix("底")
    named = subjects.functional(stretch, code, above)
    if named is not None:
        return named
    label = subjects.clean(stretch)
    if any(token.kind == "base" and text[token.start : token.end] == label for token in clause):
        return None
    if text[end:whole_end].startswith("决算支出") and label and label[-1] not in "费出）入":
        # 财政拨款决算支出: the stage stands inside the label.
        label += "支出"
    if (short := _SHORT_NAME.search(label)) is not None:
        # 出国经费、车辆购置及运行费、公务接待费（简称“三公”经费）支出合计: the list has a name.
        label = short[1] + label[short.end() :]
    if not both:
        label = subjects.clean(subjects.last_of_list(label))
    label = label.strip("的")
    if label in word_set("verb") and end != whole_end:
        # 涉及预算金额: without the stage word no label is left.
        return as_subject(subjects.clean(text[start:whole_end]), None, above)
    if label in word_set("grade"):
        return Subject(label)  # “优”10个、“良”1个
    if len(label) < 2 or label in word_set("no_label") or not _WORD.search(label) or _YEAR.fullmatch(label):
        return None
    return as_subject(label, code, above)


def as_subject(label: str, code: str | None, above: Subject | None) -> Subject:
    """A label as subject: functional names and the printed code taken out."""
    named = subjects.functional(label, code, above)
    if named is not None:
        return named
    if code:
        for part in (code + "-", code + "—", code):
            label = label.removeprefix(part)
        label = label.replace("（" + code + "）", "").removesuffix(code)
        bracketed = _BRACKETED.fullmatch(label)
        if bracketed:
            label = bracketed[1]
    return Subject(label, code=code)


def digits_of(code: str | None) -> str | None:
    """The digits of a printed code: 2010301- → 2010301."""
    return "".join(char for char in code if char.isdigit()) or None if code else None


def is_sentence(label: str) -> bool:
    """Plain prose, not a label: 为加强…管理."""
    return label.startswith(words("sentence_start")) or any(sign in label for sign in words("sentence"))


def _after_stage(text: str, begin: int, end: int, clause: list[Token], names_stage: bool) -> int:
    """Where the label begins when the stage stands before it: 年初政府采购预算数, 年初预算安排基本支出."""
    if not clause:
        return begin
    first = clause[0]
    if first.kind == "opening" and names_stage and first.start <= begin + 6:
        return first.end
    if first.kind == "base" and first.start <= begin + 1:
        rest = subjects.clean(text[first.end : end])
        if len(rest) >= 2 and rest[0] not in "总合":
            return first.end
    return begin


def _trim(text: str, begin: int, end: int, clause: list[Token]) -> tuple[int, list[Token]]:
    """Without stage, time and 均 at the end: 公务接待费支出决算数为 → 公务接待费."""
    while clause and clause[-1].kind in _TRIMMED:
        last = clause[-1]
        if text[last.start - 1 : last.start] == "总" or text[last.end : end].strip(_BETWEEN):
            break
        end, clause = last.start, clause[:-1]
        if last.kind == "base" and text[last.start : last.start + 2] in ("支出", "收入"):
            before = text[begin:end].strip("，、")
            if before and before[-1] not in "费出）入":
                # 教育支出决算: the noun belongs to the label; 公务接待费支出决算 says it twice.
                return last.start + 2, clause
    return end, clause


def _is_time(text: str, token: Token, begin: int) -> bool:
    """A year, a date or 上年度 that stands before the label and is no part of it."""
    if token.kind == "skip":
        return token.code not in ("threshold", "name")
    if token.kind == "period":
        ending = text[token.end - 1]
        return ending == "度" or (token.code == "prior" and ending in "年期" and token.end <= begin + _NEAR)
    return token.kind in ("year", "besides")
