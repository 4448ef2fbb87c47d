"""Names that stand behind their number: 0个项目自评等级为“优”, 30万元用于项目审计."""

from __future__ import annotations

from dataclasses import dataclass

from ingest.prose import subjects
from ingest.prose.lexer import Token
from ingest.prose.subjects import Subject
from ingest.prose.words import unit_of_label, word_set, words

_MAX_TAIL = 24


@dataclass(frozen=True, slots=True)
class Named:
    """The subject of a number, and where the words behind it end that named it; 0 where they did not."""

    subject: Subject | None
    end: int = 0


def counted(own: Subject | None, tokens: list[Token], index: int, text: str) -> Named:
    """0个项目自评等级为“优”, 新增7名工作人员: what is counted stands behind the number ``tokens[index]``."""
    token = tokens[index]
    if own is not None and (unit_of_label(own.text) is not None or own.text.endswith(words("counted"))):
        return Named(own)
    end = token.end + _MAX_TAIL
    for following in tokens[index + 1 : index + 8]:
        if following.kind == "number":
            return Named(own)
        if following.kind in ("mark", "open", "close", "compare_with", "reason") and following.code not in "（）":
            end = min(end, following.start)
            break
    tail = subjects.clean(text[token.end : end].partition("的")[0])
    if own is not None and own.text.endswith(words("belonging")):
        own = None
    if len(tail) < 2 or len(tail) > 16 or text[token.end] == "（":
        return Named(own)
    if own is None or subjects.is_organisation(own.text):
        return Named(Subject(tail), end)
    return Named(Subject(own.text + tail) if len(own.text) <= 12 and len(tail) <= 10 else own)


def filled(lead: str, spoken_of: str, unit: str) -> Subject | None:
    """行政编制15名，实有14名: what is filled of the posts spoken of is no number of posts."""
    if lead.strip("，、；：为共 ") not in word_set("filled") or "编制" not in spoken_of:
        return None
    posts = spoken_of.replace("人员编制", "编制").partition("编制")[0]
    if unit in ("辆", "台"):
        return Subject("实有车辆")
    return Subject(("" if posts in ("", "核定", "单位") else posts) + ("实有人数" if unit in ("人", "名") else "实有"))


def used_for(tokens: list[Token], index: int, text: str) -> Subject | None:
    """30万元用于项目审计: what the money is for stands behind the number ``tokens[index]``."""
    token = tokens[index]
    following = tokens[index + 1] if index + 1 < len(tokens) else None
    if following is None or following.kind != "use" or following.start > token.end + 1:
        return None
    after = tokens[index + 2 : index + 8]
    end = next((part.start for part in after if part.kind in ("mark", "number", "open", "close")), len(text))
    name = subjects.clean(text[following.end : min(end, following.end + _MAX_TAIL)])
    return Subject(name) if len(name) >= 2 else None
