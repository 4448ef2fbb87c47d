"""Cuts a paragraph into tokens: numbers with their unit, cue words, years, punctuation.

Digits that are never amounts (dates, document numbers, ordinals, thresholds, phone numbers, codes, names such as
12345热线) become ``skip`` tokens with a reason, so that every digit of the text is accounted for.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ingest.prose.terms import Terms, load


@dataclass(slots=True)
class Token:
    """A piece of a paragraph. ``start`` and ``end`` are offsets in the compact text.

    ``kind``: number, year, skip, code, mark (punctuation), open and close (brackets that hold numbers), or a kind of
    seeds/prose_terms.csv. ``code`` is the term's code, the reason of a skip, the digits of a code, the mark itself.
    """

    kind: str
    code: str
    start: int
    end: int
    number: Number | None = None


@dataclass(frozen=True, slots=True)
class Number:
    """A printed number. ``text`` has no separators; ``unit`` is "" where none is printed."""

    printed: str
    text: str
    sign: str
    decimals: int
    unit: str
    unit_kind: str
    end: int


# What digits at a place are, when they are not a figure. The first that matches wins. {unit} is any unit.
_MASKS = (
    ("document_number", r"(?<=[〔【\[（])(?:19|20)\d{2}[〕】\]）](?:第?\d+)?号?"),
    ("date", r"(?:19|20)\d{2}[-—~至](?:19|20)\d{2}(?=年)年?度?"),
    ("date", r"(?:19|20)\d{2}[./-]\d{1,2}[./-]\d{1,2}(?!\d)"),
    ("date", r"(?:19|20)\d{2}年\d{1,2}(?:[-—~至]\d{1,2})?月(?:\d{1,2}日|份|底|末|初)?"),
    ("year", r"(?:19|20)\d{2}(?=年)(?:年度|年(?![初末底]))?"),
    ("year", r"(?<=[比较与同])(?:19|20)\d{2}(?![\d.,万元人])"),
    ("date", r"\d{1,2}月(?:\d{1,2}日|份|底|末|初)?"),
    ("date", r"\d{1,2}(?:[-—~至]\d{1,2})月"),
    ("date", r"\d{1,2}日"),
    ("date", r"\d{1,2}[：:]\d{2}(?![\d.])"),
    ("ordinal", r"(?:\A|(?<=[。；：，、？！”》 ]))\d{1,2}(?:[、）]|\.(?=(?:19|20)\d{2}年)|\.(?!\d))"),
    ("ordinal", r"\d{1,2}\.(?=[一-鿿《“])"),
    ("ordinal", r"(?:(?<=附件)|(?<=附表)|(?<=表))\d{1,2}(?:-\d{1,2})?(?!\d|{unit})"),
    ("ordinal", r"\d{1,2}(?:-\d{1,2})?(?=表(?![现示彰决面明达]))"),
    ("ordinal", r"(?<=[目项任指])\d{1,2}(?=[：、])"),
    ("code", r"(?<=（)(?:\d{2,3}|[23]\d{4}|[23]\d{6})[类款项]）"),
    ("code", r"(?<=（)\d{2}款[，、]?\d{2}项）"),
    ("code", r"\d{3}类(?:\d{2}款)?(?:\d{2}项)?"),
    ("code", r"(?<=[一-鿿]（)(?:0[1-9]|99)(?=）)"),
    ("code", r"(?<=（)[235]\d{2}(?:\d{2}){0,2}(?=）)"),
    ("code", r"[23]\d{6}(?=（[一-鿿])"),
    ("code", r"[23]\d{4}(?:\d{2})?(?![\d.,])[-—]?(?=[一-鿿“])(?!{unit}|[余多左以至到]|号)"),
    (
        "code",
        r"[235]\d{2}(?![\d.,])[-—]?(?=一般公共服务|外交支出|国防支出|公共安全|教育支出|科学技术|文化旅游|文化体育"
        r"|社会保障|社会保险基金"
        r"|卫生健康|医疗卫生|节能环保|城乡社区|农林水|交通运输|资源勘探|商业服务|金融支出|援助其他|自然资源|国土海洋"
        r"|住房保障|粮油物资|国有资本|灾害防治|其他支出|债务|抗疫|工资福利|商品和服务|对个人和家庭|资本性支出|对企业"
        r"|机关工资|机关商品|对事业单位|机关资本性)",
    ),
    ("ordinal", r"(?<=（)\d{1,2}）(?=[^，。；、）])"),
    ("code", r"\d{9,}(?![\d.,]|元|万)[0-9A-Z]*"),
    ("phone", r"0\d{2,3}-\d{7,8}(?:-\d+)?"),
    ("name", r"(?<=[“\"‘'])\d+(?=[”\"’'])"),
    ("name", r"(?<=[A-Za-z])\d+(?:\.\d+)?"),
    ("name", r"(?<=[A-Za-z]-)\d+"),
    ("name", r"\d+(?!m[2²])[A-Za-z]+"),
    ("name", r"\d{3,6}(?=”?(?:热线|专线|便民平台|举报电话|工作法|工程|机制|政务|平台|一号通))"),
    ("name", r"\d+[*×]\d+(?=小时)"),
    ("formula", r"(?<=[×*xX])100%"),
    ("name", r"(?<=\*)24(?=小时)"),
    (
        "threshold",
        r"\d{1,15}(?:,\d{3}){0,5}(?:\.\d{1,8})?(?:{unit})?(?:（含）|（不含）|含)?(?:及其?)?以[上下内外](?!年)",
    ),
    (
        "threshold",
        r"\d{1,6}(?:\.\d)?(?:{unit})?(?:（含）|（不含）|含)?[至到—~-]\d{1,6}(?:\.\d)?(?:{unit})(?:（含）|（不含）|含)?"
        r"(?=的?(?:项目|设备|以[上下内]|之间))",
    ),
    ("target", r"(?<=[≥≤><])=?\d{1,15}(?:,\d{3}){0,5}(?:\.\d{1,8})?(?:{unit})?"),
    ("target", r"(?<=[≥≤><]=)\d{1,15}(?:,\d{3}){0,5}(?:\.\d{1,8})?(?:{unit})?"),
    (
        "duration",
        r"\d{1,6}(?:\.\d+)?(?:年(?![初末底度])|个月|周年|周岁|岁|个季度|季度|个年度|个星期|周|世纪|届|级|号|楼|层"
        r"|点(?!位)|年代)",
    ),
    ("instruction", r"\d+字(?=以内|左右|之内)"),
    ("fraction", r"\d(?:\.\d)?成(?=[，。；、多以左]|\Z)"),
)
_LEADS = re.compile(
    r"(?P<phone>(?:电话|联系方式|传真|手机|邮编|邮政编码)[^\d。；\n]{0,10}[\d（][\d（）\-—、转 ]{4,})"
    r"|(?P<code>(?:信用代码|索引号|单位代码|预算代码|编码|项目编号|账号|文号)[：:为]{0,2}[0-9A-Za-z\-/]{4,})"
    r"|(?P<placeholder>[Xx×]{2,6}(?:万元|元|%))"
    r"|(?P<url>https?[：:][/A-Za-z0-9.\-_%?=&#]+|www\.[/A-Za-z0-9.\-_%?=&#]+)"
)
_LEAD_WORDS = (
    "电话", "联系方式", "传真", "手机", "邮编", "邮政编码", "信用代码", "索引号", "代码", "编码", "编号", "账号",
    "文号", "http", "www.", "XX", "xx", "××",
)
_QUIET = frozenset(
    ("part", "reason", "use", "nothing", "same", "compare", "share", "completion", "respectively", "besides")
)
"""Cues that say nothing of the sentence when they stand in a remark: （不包括陪同人员）, （含专用结余）."""
_SIGN_BARRED = set("0123456789%年月日）”.")


class Lexer:
    """Compiled once; ``tokens`` is linear in the length of the text."""

    def __init__(self, terms: Terms) -> None:
        self.terms = terms
        unit = terms.unit_pattern
        self._mask = re.compile(
            "|".join(f"(?P<m{index}>{pattern.replace('{unit}', unit)})" for index, (_, pattern) in enumerate(_MASKS))
        )
        self._number = re.compile(
            r"(?P<digits>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d{1,3}(?:，\d{3})+\.\d+|\d+(?:\.\d+)?)"
            rf"(?:(?:余|多|来)?(?P<unit>{unit}))?"
            rf"(?P<per>(?:/(?:{unit}|年|月|日|天|季度|季|学年|学期|人)){{1,2}})?"
        )
        self._scan = re.compile(
            rf"(?P<digit>[+-]?\d)|(?P<mark>[，。；：、！？,（）])|(?P<term>{terms.term_pattern})"
        )

    def tokens(self, text: str) -> list[Token]:
        """All tokens in order. Text between tokens is plain text."""
        found: list[Token] = []
        masked = self._leads(text)
        scan, terms = self._scan, self.terms.terms
        position = 0
        while (hit := scan.search(text, position)) is not None:
            start, end = hit.span()
            if masked and start >= masked[0].start:
                found.append(masked.pop(0))
                position = found[-1].end
                continue
            group = hit.lastgroup
            if group == "term":
                term = terms[hit.group()]
                if term.kind != "label":
                    found.append(Token(term.kind, term.code, start, end))
                position = end
            elif group == "mark":
                found.append(Token("mark", "，" if hit.group() == "," else hit.group(), start, end))
                position = end
            else:
                token = self._digits(text, start, end)
                found.append(token)
                position = token.end
        found.extend(masked)
        _brackets(found)
        return found

    def _leads(self, text: str) -> list[Token]:
        if not any(word in text for word in _LEAD_WORDS):
            return []
        return [Token("skip", hit.lastgroup or "", hit.start(), hit.end()) for hit in _LEADS.finditer(text)]

    def _digits(self, text: str, start: int, end: int) -> Token:
        digit = end - 1
        before = text[digit - 1] if digit else ""
        if before == "第":
            stop = digit
            while stop < len(text) and text[stop].isdigit():
                stop += 1
            return Token("skip", "ordinal", digit, stop)
        mask = self._mask.match(text, digit)
        if mask is not None and mask.end() > digit:
            reason = _MASKS[int(mask.lastgroup[1:])][0]
            if reason == "year":
                return Token("year", mask.group()[:4], digit, mask.end())
            return Token("code" if reason == "code" else "skip", mask.group() if reason == "code" else reason,
                         digit, mask.end())
        hit = self._number.match(text, digit)
        sign = ""
        if start < digit and (start == 0 or text[start - 1] not in _SIGN_BARRED):
            sign = text[start]
        digits = hit["digits"]
        printed = sign + digits
        plain = digits.replace(",", "").replace("，", "")
        unit, unit_kind = "", ""
        if hit["unit"]:
            known = self.terms.units[hit["unit"]]
            unit, unit_kind = known.unit_of_measure, known.kind
        stop = hit.end("digits") if not hit["unit"] else hit.end()
        if hit["unit"] and hit["per"]:
            unit, unit_kind = hit["unit"] + hit["per"], "per"
        number = Number(
            printed=printed,
            text=(sign if sign == "-" else "") + plain,
            sign=sign,
            decimals=len(plain.partition(".")[2]),
            unit=unit,
            unit_kind=unit_kind,
            end=hit.end("digits"),
        )
        return Token("number", "", digit - len(sign), stop, number)


def _brackets(tokens: list[Token]) -> None:
    """Brackets that hold a number open a group of facts; the others belong to a name: 因公出国（境）费."""
    opened: list[list] = []
    for token in tokens:
        if token.kind == "number":
            for bracket in reversed(opened):
                if bracket[1]:
                    break
                bracket[1] = True
        elif token.kind == "mark" and token.code == "（":
            opened.append([token, False])
        elif token.kind == "mark" and token.code == "）" and opened:
            bracket, holds_number = opened.pop()
            if holds_number:
                bracket.kind, token.kind = "open", "close"
            else:
                bracket.kind = token.kind = "text_bracket"
    depth = 0
    for token in tokens:
        if token.kind == "text_bracket":
            depth += 1 if token.code == "（" else -1
        elif depth > 0 and token.kind in _QUIET:
            token.kind = "text"


_LEXER: list[Lexer] = []


def lexer() -> Lexer:
    """The lexer over the dictionaries of seeds/, built once."""
    if not _LEXER:
        _LEXER.append(Lexer(load()))
    return _LEXER[0]
