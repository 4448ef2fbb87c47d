"""Which characters the bytes of a text mean: UTF-8, GB18030 or UTF-16, with or without a mark, declared or not.

UTF-8 is tried strictly first. What is not UTF-8 is read as each candidate and the reading with the most everyday
Chinese characters wins: a wrong reading of Chinese bytes is also made of Chinese characters, but of rare ones.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from ingest.document import Problem
from ingest.errors import UnreadableFile

_SAMPLE = 4_000
"""Characters looked at when a reading is judged."""

_EVERYDAY = frozenset(
    "的一是不了在人有这中大来上国个到为子和地出时年就要下以生会自之过家学对可里后小多能好都然日于起发成事只作"
    "当想看文无开手十用主行方如前所本见经面公同三已从动两长知民现分将外但与高进把法此实回二理点月明其种全工者向"
    "部正名定力机给等业最间新位因重四第门相次东政海口使教西再平世信北少关并内加化由代产入先山五水万市体别处总才"
    "场师书比住员九性通目华报立命活难数件安表原车应路期常提感金更反合放做系计或司利受界及今京务制解各任至清物台"
    "记共风接特望直服林题建南度统字请交认算论百义科元社术结六功指非流每管资条院变联权展该领传近治决保达办运半七"
    "必城强步完革区即求品转量众技程基满式息写识极令收钱党未持取设始双历史商千容研站广改议形委房音火际则首单据导"
    "失网似专校志观组造落视济离兴布确说况责八乡镇县款项额预省局厅拨卫村农环境境社"
    "，。、；：？！“”‘’（）《》—…·％〔〕【】０１２３４５６７８９　"
)

_WIDE = re.compile("[^\x00-\x7f]+")
_CONTROL = re.compile("[\x01-\x08\x0e-\x1a\x1c-\x1f]")
_LINE_END = re.compile("\r\n?|[\x85\u2028\u2029]")


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text with line feeds only, how it was decoded, and what could not be."""

    text: str
    encoding: str
    problems: tuple[Problem, ...] = ()


def decode(data: bytes, declared: str | None = None) -> Decoded:
    """Bytes to text. ``declared`` is a hint (an HTML charset); it loses against what the bytes say.

    Raises ``UnreadableFile`` (``empty_file``, ``binary_content``, ``unknown_encoding``).
    """
    if not data or not data.strip(b"\xef\xbb\xbf \t\r\n\f\v"):
        raise UnreadableFile("文件为空或只有空白，没有可读取的内容。请重新获取原文件。", code="empty_file")
    text, encoding, problems = _decode(data, declared)
    if not text.strip():
        raise UnreadableFile("文件为空或只有空白，没有可读取的内容。请重新获取原文件。", code="empty_file")
    if "\r" in text or "\x85" in text or "\u2028" in text or "\u2029" in text:
        text = _LINE_END.sub("\n", text)
    controls = len(_CONTROL.findall(text)) + text.count("\x00")
    if "\x00" in text or controls > max(3, len(text) // 200):
        raise _binary()
    return Decoded(text, encoding, problems)


def _decode(data: bytes, declared: str | None) -> tuple[str, str, tuple[Problem, ...]]:
    if data.startswith(codecs.BOM_UTF8):
        return _marked(data[3:], "utf-8", "utf-8-sig")
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        wide = "utf-16-le" if data.startswith(codecs.BOM_UTF16_LE) else "utf-16-be"
        return _marked(data[2:], wide, wide)
    if b"\x00" not in data:
        try:
            return data.decode("utf-8"), "utf-8", ()
        except UnicodeDecodeError:
            pass
    readings = [reading for name in _candidates(data, declared) if (reading := _read_as(data, name))]
    if not readings:
        raise _binary() if b"\x00" in data else _unknown()
    best = max(readings, key=lambda reading: reading[0])
    score, text, encoding, broken = best
    if score < 0.25:
        raise _binary() if b"\x00" in data else _unknown()
    return text, encoding, _broken(text) if broken else ()


def _marked(data: bytes, codec: str, name: str) -> tuple[str, str, tuple[Problem, ...]]:
    """Bytes after a byte order mark: the mark is believed, single damaged characters are reported."""
    try:
        return data.decode(codec), name, ()
    except UnicodeDecodeError:
        text = data.decode(codec, "replace")
    if text.count("\ufffd") * 50 > len(text) + 50:
        raise _unknown()
    return text, name, _broken(text)


def _candidates(data: bytes, declared: str | None) -> tuple[str, ...]:
    """Codecs worth trying, the likelier first (the first of equal scores wins)."""
    wide = ("utf-16-le", "utf-16-be")
    if b"\x00" in data:
        return wide
    hint = (declared or "").strip().lower()
    narrow = ("utf-8", "gb18030", "big5") if hint.startswith("utf") else ("gb18030", "utf-8", "big5")
    return narrow + wide


def _read_as(data: bytes, codec: str) -> tuple[float, str, str, bool] | None:
    """(share of everyday characters among the non-ASCII ones, text, codec, has damaged characters)."""
    broken = False
    try:
        text = data.decode(codec)
    except UnicodeDecodeError:
        text = data.decode(codec, "replace")
        broken = True
        if text.count("\ufffd") * 50 > len(text) + 50:
            return None
    wide = "".join(_WIDE.findall(text))[:_SAMPLE]
    if codec.startswith("utf-16"):
        # ASCII bytes read two by two make rare characters; a true UTF-16 text has everyday ones and ASCII.
        share = sum(1 for c in text[:_SAMPLE] if c in _EVERYDAY or "\t" <= c <= "~") / max(len(text[:_SAMPLE]), 1)
        return (share - 0.05, text, codec, broken) if share >= 0.4 else None
    if not wide:
        return 1.0, text, codec, broken
    if len(wide) < 12 and not broken and codec == "gb18030":
        # Too few characters to judge by frequency, and GB18030 is what such files are.
        return max(0.3, _share(wide)), text, codec, broken
    return _share(wide) - (0.02 if broken else 0.0), text, codec, broken


def _share(characters: str) -> float:
    return sum(1 for character in characters if character in _EVERYDAY) / len(characters)


def _broken(text: str) -> tuple[Problem, ...]:
    count = text.count("\ufffd")
    if not count:
        return ()
    line = text.count("\n", 0, text.index("\ufffd")) + 1
    reason = f"有{count}处字符损坏，无法还原（首处在第{line}行），已用“\ufffd”占位。请核对原文件。"
    return (Problem(code="broken_characters", reason=reason, line=line, place=f"第{line}行"),)


def _binary() -> UnreadableFile:
    return UnreadableFile("文件内容不是文字，也不是已知的文件格式。请确认文件是否完整。", code="binary_content")


def _unknown() -> UnreadableFile:
    return UnreadableFile(
        "无法判断文字编码：按 UTF-8、GB18030、UTF-16 都读不通。请另存为 UTF-8 后再试。", code="unknown_encoding"
    )
