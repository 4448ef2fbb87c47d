"""Template text that was never filled in: recognised as such, never taken for a figure."""

from __future__ import annotations

import re

from ingest.prose.compact import Compact
from ingest.prose.model import ProseParagraph, Residue

_UP = "增加|增长|上升|提高|增幅|盈余"
_DOWN = "减少|下降|降低|降幅|亏损"
_PATTERNS = re.compile(
    rf"(?P<both_directions>(?:{_UP})(?:（(?:或)?(?:{_DOWN})）|/(?:{_DOWN})|或(?:{_DOWN}))"
    rf"|(?:{_DOWN})(?:（(?:或)?(?:{_UP})）|/(?:{_UP})|或(?:{_UP}))"
    r"|(?:大于|小于|等于)(?:（(?:小于|等于|大于)(?:或等于)?）|/(?:小于|等于|大于)))"
    r"|(?P<blank_value>(?:占|占比|比重为|(?:增加|增长|减少|下降|降低|上升)|完成(?:年初)?预算的|支出决算为|年初预算为|预算为|为|共|计)"
    r"[ 　_]*(?:[%]|万元|亿元|(?<![\d.])元)(?=[，。；、）]|\Z))"
    r"|(?P<placeholder_name>(?:[Xx×＊*○]{2,6}|[Xx×])(?:部门|单位|局|委|委员会|年度?|万元|%|项目|中心|市|县|区|学校|人|辆|个|类|款|项))"
    r"|(?P<instruction>（(?:请|注：请|具体|此处|可根据|根据实际|说明|逐项|按|若|如无|如有|没有)[^（）]{2,60}(?:填写|说明|列示|删除|描述|填列|情况)[^（）]{0,20}）"
    r"|\d{2,4}字(?:以内|左右))"
)
_SIGNS = re.compile(r"（|/|或|X{2}|x{2}|[×○]|%|元|字")


def read(compact: Compact, paragraph: ProseParagraph) -> list[Residue]:
    """Template residue of one paragraph."""
    text = compact.text
    if not _SIGNS.search(text):
        return []
    rows: list[Residue] = []
    for hit in _PATTERNS.finditer(text):
        start, end = compact.span(*hit.span())
        rows.append(
            Residue(paragraph.ordinal, paragraph.page, paragraph.source_line, start, end, hit.lastgroup or "",
                    compact.original[start:end])
        )
    return rows
