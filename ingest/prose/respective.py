"""分别: several names, then as many numbers, dealt out in order.

A、B和C分别为1万元、2万元和3万元; A 1万元、B 2万元，分别占60%、40%; 收入、支出分别增加2万元和1万元，增长5%和3%.
"""

from __future__ import annotations

import re
from dataclasses import replace

from ingest.prose import labels, subjects
from ingest.prose.lexer import Number, Token
from ingest.prose.state import State
from ingest.prose.subjects import Subject

JOINED = "、，,和及与以约达到为是的共计 "
"""What stands between the numbers of one list and says nothing."""
_AND = re.compile(r"以及|(?<=..)[和及与](?=..)")
_STOPS = frozenset("。；！？：")
_BETWEEN = frozenset(("direction", "exceeds", "share", "completion", "compare", "both"))
"""Words that may stand between two numbers of one list: 增加1万元和减少2万元."""
_TWO = frozenset((",", "，", "、", "和", "及", "与"))
_MAX_BETWEEN = 8
_MAX_GROUP = 12


def group(tokens: list[Token], index: int, text: str) -> list[Token]:
    """The numbers that are listed from ``tokens[index]`` on, of one kind and kept apart by 、，和 alone."""
    first = tokens[index]
    assert first.number is not None
    found, words = [first], ""
    kind = first.number.unit_kind
    for token in tokens[index + 1 :]:
        gap = text[found[-1].end : token.start]
        if len(gap) > _MAX_BETWEEN or len(found) == _MAX_GROUP:
            break
        if token.kind == "number" and token.number is not None:
            own = token.number.unit_kind
            rest = gap
            for word in filter(None, words.split("\n")):
                rest = rest.replace(word, "", 1)
            if rest.strip(JOINED) or not gap or (kind and own and own != kind):
                break
            kind = kind or own
            found.append(token)
            words = ""
        elif token.kind == "compare_with" and token.end - token.start == 1:
            continue  # 和, 与 between two numbers joins them
        elif token.kind in _BETWEEN:
            words += text[token.start : token.end] + "\n"
        elif token.kind != "mark" or token.code in _STOPS:
            break
    return found


def is_pair(tokens: list[Token], index: int, text: str) -> bool:
    """收、支总计各是12.5，13.4万元: two numbers behind 各, with nothing but a mark between, are one for each side."""
    found = group(tokens, index, text)
    return len(found) == 2 and text[found[0].end : found[1].start] in _TWO


def names(own: Subject | None, state: State, count: int, kind: str) -> list[Subject]:
    """The ``count`` subjects that the numbers are of; none where the words before do not name so many.

    ``own`` is the label before 分别. Without one, the names are those of the list of amounts before it.
    """
    if own is not None:
        found = split(own.text, count)
        return [labels.as_subject(name, None, state.functional) for name in found] if len(found) == count else []
    listed = state.series or state.former
    if kind in ("money", "rate") and len(listed) >= count:
        return listed[-count:]
    return [Subject(name) for name in state.pair] if len(state.pair) == count else []


def split(text: str, count: int) -> list[str]:
    """The labels of a list of ``count``: 、 and ， first, then 和 inside what is left. [text] where it is none."""
    pair = subjects.sides(text)
    if pair is not None and count == len(pair):
        return list(pair)
    parts = [part for part in re.split("[、，]", text) if part]
    if len(parts) < count:
        parts = [name for part in parts for name in _AND.split(part, maxsplit=1 if "以及" not in part else 0)]
    return [part.strip() for part in parts] if len(parts) == count else [text]


def with_unit_of(number: Number, other: Number | None) -> Number:
    """A number without a unit has that of its list: 1、2和3万元."""
    if other is None or number.unit:
        return number
    return replace(number, unit=other.unit, unit_kind=other.unit_kind)
