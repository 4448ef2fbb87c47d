"""Numbers as a spreadsheet shows them: 45.8 under the format ``0.00`` reads 45.80, and a blank stays blank.

Only what changes the reading of a figure is kept: decimals, thousands separators, percent, scaling, literals,
sections for negative numbers and zero, and conditions. Colours, widths and currencies' locales are not. Negative
numbers always show a minus, also where the format shows them by colour or in brackets alone. Dates become ISO.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache

BUILTIN = {
    0: "General", 1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 11: "0.00E+00",
    12: "# ?/?", 13: "# ??/??", 14: "yyyy-mm-dd", 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy", 18: "h:mm",
    19: "h:mm:ss", 20: "h:mm", 21: "h:mm:ss", 22: "yyyy-mm-dd h:mm", 37: "#,##0;-#,##0", 38: "#,##0;-#,##0",
    39: "#,##0.00;-#,##0.00", 40: "#,##0.00;-#,##0.00", 41: '#,##0;-#,##0;"-"', 42: '#,##0;-#,##0;"-"',
    43: '#,##0.00;-#,##0.00;"-"', 44: '#,##0.00;-#,##0.00;"-"', 45: "mm:ss", 46: "[h]:mm:ss", 47: "mm:ss",
    48: "##0.0E+0", 49: "@", **dict.fromkeys((*range(27, 37), *range(50, 59)), "yyyy-mm-dd"),
}
"""The formats Excel knows by number; 27–36 and 50–58 are dates in Chinese versions."""

_CONDITION = re.compile(r"\[(<=|>=|<>|<|>|=)\s*(-?\d+(?:\.\d+)?)\]")
_BRACKET = re.compile(r"\[[^\]]{0,40}\]")
_ELAPSED = re.compile(r"\[(?:h+|m+|s+)\]", re.IGNORECASE)
_LITERAL = re.compile(r'"([^"]*)"|[\\!](.)|_.|\*.')
_SIGNS = re.compile("[-+()（）−]")
_DIGITS = re.compile(r"[0#?][0#?,.]*|\.[0#?]+")


@dataclass(frozen=True, slots=True)
class _Section:
    """One section of a format code, taken apart."""

    condition: tuple[str, Decimal] | None
    kind: str
    """number, general, date, blank (shows nothing or only literals) or text."""
    prefix: str = ""
    suffix: str = ""
    decimals: int = 0
    least_decimals: int = 0
    least_digits: int = 1
    is_grouped: bool = False
    thousands: int = 0
    is_percent: bool = False
    has_time: bool = False
    has_date: bool = False


def shown(value: str | float, code: str = "General", *, is_1904: bool = False) -> str:
    """The number as a cell with this format shows it; an empty string where the format shows nothing.

    ``value`` is the stored number (text of the file, or float); binary noise beyond 15 significant digits is
    rounded away first, as Excel does. What is no number comes back as it is.
    """
    if code == "General" and isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 16:
        return value.lstrip("0") or "0"
    try:
        number = _decimal(value)
    except (InvalidOperation, ValueError, OverflowError):
        return str(value)
    sections = _sections(code)
    section = _choose(sections, number)
    if section.kind == "blank":
        return section.prefix.strip()
    if section.kind == "date":
        return _date(number, section, is_1904)
    if section.kind == "number":
        return _number(number, section)
    text = plain_number(number)
    return f"{section.prefix}{text}{section.suffix}".strip() if section.kind == "general" else text


def plain_number(number: Decimal) -> str:
    """Shortest reading without exponent: 2010101.0 is 2010101, 185.620 is 185.62."""
    text = format(number, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def _decimal(value: str | float) -> Decimal:
    number = Decimal(f"{float(value):.15g}")
    if not number.is_finite() or abs(number.adjusted()) > 300:
        raise InvalidOperation(str(value))
    return number


def _number(number: Decimal, section: _Section) -> str:
    if section.is_percent:
        number *= 100
    if section.thousands:
        number = number.scaleb(-3 * section.thousands)
    if number.adjusted() > 60 or section.decimals > 30:
        return plain_number(number)
    rounded = abs(number).quantize(Decimal(1).scaleb(-section.decimals), rounding=ROUND_HALF_UP)
    whole, _, fraction = format(rounded, "f").partition(".")
    while len(fraction) > section.least_decimals and fraction.endswith("0"):
        fraction = fraction[:-1]
    whole = whole.lstrip("0").rjust(section.least_digits, "0") if section.least_digits else whole.lstrip("0")
    if section.is_grouped and len(whole) > 3:
        whole = f"{int(whole):,}".rjust(len(whole), "0")
    text = whole + ("." + fraction if fraction else "") + ("%" if section.is_percent else "")
    prefix, suffix = section.prefix, section.suffix
    if number < 0:
        # The format may show the sign as a minus, as brackets or by colour alone: here it is always a minus.
        prefix, suffix = _SIGNS.sub("", prefix), _SIGNS.sub("", suffix)
        text = "-" + text if rounded else text
    return f"{prefix}{text}{suffix}".strip()


def _date(number: Decimal, section: _Section, is_1904: bool) -> str:
    days = float(number)
    if not 0 <= days < 2_958_466:
        return plain_number(number)
    # Excel counts a 29 February 1900 that never was; days after it start one day earlier.
    start_1900 = datetime(1899, 12, 30) if days >= 60 else datetime(1899, 12, 31)
    try:
        moment = (datetime(1904, 1, 1) if is_1904 else start_1900) + timedelta(seconds=round(days * 86_400))
    except OverflowError:
        return plain_number(number)
    if section.has_time and not section.has_date and days < 1:
        return moment.strftime("%H:%M:%S")
    if moment.hour or moment.minute or moment.second:
        return moment.isoformat(sep=" ")
    return moment.date().isoformat()


def _choose(sections: tuple[_Section, ...], number: Decimal) -> _Section:
    """The section of the format that this number is shown with."""
    if len(sections) == 1 and sections[0].condition is None:
        return sections[0]
    if any(section.condition for section in sections):
        for section in sections:
            if section.condition is None or _holds(section.condition, number):
                return section
        return _Section(None, "text")
    numeric = [section for section in sections if section.kind != "text"] or list(sections)
    if number < 0 and len(numeric) > 1:
        return numeric[1]
    if number == 0 and len(numeric) > 2:
        return numeric[2]
    return numeric[0]


def _holds(condition: tuple[str, Decimal], number: Decimal) -> bool:
    sign, bound = condition
    return {
        "<": number < bound, ">": number > bound, "=": number == bound,
        "<=": number <= bound, ">=": number >= bound, "<>": number != bound,
    }[sign]


@lru_cache(maxsize=1024)
def _sections(code: str) -> tuple[_Section, ...]:
    if len(code) > 500:
        return (_Section(None, "general"),)
    return tuple(_section(part) for part in _split(code)[:4]) or (_Section(None, "general"),)


def _split(code: str) -> list[str]:
    """Sections of a format code; semicolons inside quotes or after an escape do not part it."""
    parts, current, quoted, index = [], "", False, 0
    while index < len(code):
        character = code[index]
        if character == '"':
            quoted = not quoted
        elif not quoted and character in "\\!_*" and index + 1 < len(code):
            current += character + code[index + 1]
            index += 2
            continue
        elif not quoted and character == ";":
            parts.append(current)
            current, index = "", index + 1
            continue
        current += character
        index += 1
    parts.append(current)
    return parts


def _section(code: str) -> _Section:
    match = _CONDITION.search(code)
    condition = (match[1], Decimal(match[2])) if match else None
    is_elapsed = bool(_ELAPSED.search(code))
    code = _BRACKET.sub("", code)
    literals: list[str] = []

    def keep(found: re.Match[str]) -> str:
        literals.append(found[1] if found[1] is not None else found[2] or "")
        return chr(0xE000 + len(literals) - 1)

    bare = _LITERAL.sub(keep, code)

    def full(text: str) -> str:
        return "".join(
            literals[ord(character) - 0xE000] if 0 <= ord(character) - 0xE000 < len(literals) else character
            for character in text
        ).replace("%", "")

    lower = bare.lower()
    if "@" in bare:
        return _Section(condition, "text")
    if "general" in lower or "g/通用格式" in lower:
        place = lower.find("general")
        ends = (bare[:place], bare[place + 7 :]) if place >= 0 else ("", "")
        return _Section(condition, "general", full(ends[0]), full(ends[1]))
    digits = _DIGITS.search(bare)
    has_date, has_time = any(c in lower for c in "yd"), any(c in lower for c in "hs")
    if is_elapsed or has_date or has_time or ("m" in lower and not digits):
        return _Section(condition, "date", has_date=has_date or ("m" in lower and not has_time), has_time=has_time)
    if "e+" in lower or "e-" in lower or "/" in bare:
        return _Section(condition, "general")
    if not digits:
        text = "".join(literals[ord(c) - 0xE000] if 0 <= ord(c) - 0xE000 < len(literals) else c for c in bare)
        return _Section(condition, "blank", text)
    pattern = digits[0]
    tail = bare[digits.end() :]
    if re.search("[0#?]", tail):
        # Literals between digits (0!.0,"万") move the decimal point for show: the stored number is the safer reading.
        return _Section(condition, "general")
    whole, _, fraction = pattern.partition(".")
    scaled = len(pattern) - len(pattern.rstrip(","))
    return _Section(
        condition,
        "number",
        full(bare[: digits.start()]),
        full(tail),
        decimals=sum(1 for character in fraction if character in "0#?"),
        least_decimals=fraction.count("0") + fraction.count("?"),
        least_digits=whole.count("0"),
        is_grouped="," in whole.rstrip(","),
        thousands=scaled,
        is_percent="%" in bare,
    )
