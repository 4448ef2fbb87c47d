"""Subjects (科目) as they stood in a given year, from the same seeds the warehouse reads."""

from __future__ import annotations

from functools import lru_cache

from ingest.dictionaries import read_seed

_NOT_IN_FINAL_ACCOUNTS = frozenset({"209", "227", "230", "233"})
"""Classes (类) that the final accounts of bodies do not list."""
_FROM_2019 = frozenset({"223", "231", "232"})
"""Listed by the forms of 2019 and later only; before, the list ends with 二十一、其他支出."""
_ORDINALS = "一二三四五六七八九十"


def _valid(row: dict[str, str], year: int) -> bool:
    return int(row["valid_from_year"]) <= year <= int(row["valid_to_year"] or 9999)


@lru_cache(maxsize=32)
def functional(year: int) -> dict[str, str]:
    """Functional subjects (功能分类科目) of a year: code → name."""
    return {
        row["functional_code"]: row["functional_name"] for row in read_seed("functional_subjects") if _valid(row, year)
    }


@lru_cache(maxsize=64)
def economic(year: int, scheme: str = "department") -> dict[str, str]:
    """Economic subjects (经济分类科目) of a year; ``scheme`` is department or government."""
    return {
        row["economic_code"]: row["economic_name"]
        for row in read_seed("economic_subjects")
        if row["scheme"] == scheme and _valid(row, year)
    }


@lru_cache(maxsize=32)
def final_classes(year: int) -> tuple[str, ...]:
    """Codes of the classes in the order in which a final account (决算) of that year lists them."""
    left_out = _NOT_IN_FINAL_ACCOUNTS | (_FROM_2019 if year <= 2018 else frozenset())
    return tuple(sorted(code for code in functional(year) if len(code) == 3 and code not in left_out))


@lru_cache(maxsize=32)
def budget_classes(year: int) -> tuple[str, ...]:
    """Codes of the classes a budget (预算) lists."""
    return tuple(sorted(code for code in functional(year) if len(code) == 3))


def ordinal(number: int) -> str:
    """1 → 一, 12 → 十二, 26 → 二十六; for numbers from 1 to 99."""
    tens, ones = divmod(number, 10)
    first = "" if not tens else "十" if tens == 1 else _ORDINALS[tens - 1] + "十"
    return first + (_ORDINALS[ones - 1] if ones else "")
