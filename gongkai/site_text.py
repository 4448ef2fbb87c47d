"""Words, money and links of the site: everything printed by documents passes through here escaped (网站文字)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from gongkai.chinese_views import FINDING_KINDS, UNREAD_KINDS
from gongkai.home import PROJECT

TEMPLATES = PROJECT / "site" / "templates"
ASSETS = PROJECT / "site" / "assets"

SEVERITIES = {
    "critical": ("严重", "Critical"),
    "major": ("重要", "Major"),
    "minor": ("一般", "Minor"),
    "style": ("提示", "Style"),
}
KINDS = {
    "budget": ("部门预算", "Budget"),
    "final_account": ("部门决算", "Final account"),
    "performance": ("绩效", "Performance"),
}
LEVELS = {"department": ("部门", "Department"), "unit": ("单位", "Unit")}
SCOPES = {"consolidated": ("汇总", "Consolidated"), "own": ("本级", "Own level"), "unit": ("单位", "Unit")}
SCOPE_ORDER = ("consolidated", "unit", "own")
"""Which scope speaks for a unit in charts, best first: a department with all it holds, else itself."""
STATES = {
    "present": ("有数据", "Present"),
    "empty": ("空表，未作说明", "Empty, unexplained"),
    "declared_empty": ("空表，已作说明", "Declared empty"),
    "missing": ("目录列出，文中未见", "Announced, missing"),
}
UNREAD = {
    code: (words, english)
    for (code, words), english in zip(
        UNREAD_KINDS.items(),
        ("figures in tables", "numbers in prose", "statements without a table", "template text left in", "pages",
         "tables", "numbers", "attachments not fetched", "documents that are no disclosure of a department",
         "files not read", "files in quarantine"),
        strict=True,
    )
}  # fmt: skip

_TEN_THOUSAND = Decimal(10_000)
_CENT = Decimal("0.01")


@lru_cache(maxsize=20_000)
def both(zh: object, en: object = None) -> Markup:
    """The same words in both languages; the style sheet shows one. ``en`` left out: the words stand in Chinese."""
    if en is None or zh == en:
        return escape(zh)
    return Markup(f"<span class=zh>{escape(zh)}</span><span class=en lang=en>{escape(en)}</span>")


def pair(names: tuple[str, str] | None, other: object = "") -> Markup:
    """Words of a code list, or the code itself where it is not listed."""
    return both(*names) if names else escape(other or "")


def wan(yuan: Decimal | None) -> str:
    """Yuan in 万元 with two decimals and separators; a dash where nothing is printed."""
    if yuan is None:
        return "–"
    return f"{(yuan / _TEN_THOUSAND).quantize(_CENT, ROUND_HALF_UP):,}"


def cents(yuan: Decimal | None) -> Decimal | None:
    """Yuan to the cent: what a division leaves behind it is no money."""
    return None if yuan is None else yuan.quantize(_CENT, ROUND_HALF_UP)


def plain_number(value: Decimal | None) -> str:
    """A decimal without the zeros that only its type adds."""
    if value is None:
        return ""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def rate(part: Decimal | None, whole: Decimal | int | None) -> str:
    """part / whole in percent with one decimal; a dash where it cannot be said."""
    if part is None or not whole:
        return "–"
    return f"{(part / whole * 100).quantize(Decimal('0.1'), ROUND_HALF_UP)}%"


def money_cell(yuan: Decimal | None) -> Markup:
    """A table cell: 万元 for people, exact yuan for downloads."""
    if yuan is None:
        return Markup("<td class=n>–")
    return Markup(f"<td class=n data-v={yuan:f}>{wan(yuan)}")


def web_address(url: str | None) -> str | None:
    """An address that may be linked: http and https only, so that no document can plant a script."""
    return url if url and re.match(r"https?://[^\s\"'<>]+$", url) else None


def amount_link(amount_key: str, prefix: str = "../") -> str:
    """Page and anchor of a figure: amount keys are ``<document>-<place>``; several numbers of a cell share one."""
    document, _, place = amount_key.partition("-")
    place = _NUMBER_IN_CELL.sub(r"\1", place)
    return f"{prefix}d/{document}.html#{place}"


_NUMBER_IN_CELL = re.compile(r"\A(t\d+r\d+c\d+)n\d+\Z")
_FILE_SAFE = re.compile(r"[0-9A-Za-z_-]+\Z")


@lru_cache(maxsize=100_000)
def page_name(key: str) -> str:
    """A key as a file name. Keys are hexadecimal; anything else is spelled in code points."""
    if _FILE_SAFE.match(key):
        return key
    return "".join(character if _FILE_SAFE.match(character) else f"~{ord(character):x}" for character in key)


def place_words(row: Any) -> Markup:
    """Where a figure stands, for people."""
    parts_zh, parts_en = [], []
    for name, zh, en in (("page", "第{}页", "page {}"), ("source_line", "第{}行", "line {}")):
        if row[name] is not None:
            parts_zh.append(zh.format(row[name]))
            parts_en.append(en.format(row[name]))
    if row["sheet"]:
        parts_zh.append(f"工作表{row['sheet']}")
        parts_en.append(f"sheet {row['sheet']}")
    if row["table_ordinal"] is not None:
        parts_zh.append(f"第{row['table_ordinal']}张表")
        parts_en.append(f"table {row['table_ordinal']}")
    return both("，".join(parts_zh), ", ".join(parts_en))


class _Templates(Environment):
    """Rows are dicts: their columns are looked up first, not after an attribute was sought and not found."""

    def getattr(self, obj: Any, attribute: str) -> Any:
        if type(obj) is dict and attribute in obj:
            return obj[attribute]
        return super().getattr(obj, attribute)


@cache
def environment() -> Environment:
    """The templates with everything they may call, once per process. Undefined names are errors, never blanks."""
    made = _Templates(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals.update(
        t=both, pair=pair, KINDS=KINDS, LEVELS=LEVELS, SCOPES=SCOPES, STATES=STATES, SEVERITIES=SEVERITIES,
        UNREAD=UNREAD, FINDING_KINDS=FINDING_KINDS,
        page_name=page_name, amount_link=amount_link, place_words=place_words, rate=rate, money_cell=money_cell,
        web_address=web_address,
    )  # fmt: skip
    made.filters.update(wan=wan, number=plain_number, cents=cents)
    return made


def data_part(name: str, value: Any) -> str:
    """Data as a script, because pages opened from a folder may not fetch files but may load scripts."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str)
    return f"gongkai.part({json.dumps(name)},{text});\n"


def write_page(out: Path, name: str, text: str) -> None:
    """One file of the site; its folder is there."""
    (out / name).write_text(text, encoding="utf-8", newline="\n")


def chosen_scope(scopes: Iterable[str]) -> str:
    """The scope that speaks for a unit in one year."""
    held = set(scopes)
    return next((scope for scope in SCOPE_ORDER if scope in held), "")
