"""Small word lists of seeds/: how labels begin and end, and what a number without a printed unit counts."""

from __future__ import annotations

import re
from functools import cache

from ingest.dictionaries import read_seed
from ingest.prose.terms import trie


@cache
def words(use: str) -> tuple[str, ...]:
    """Words of one use in ``seeds/prose_label_words.csv``, longest first."""
    rows = read_seed("prose_label_words", ("use", "word"))
    return tuple(sorted((row["word"] for row in rows if row["use"] == use), key=len, reverse=True))


@cache
def word_set(use: str) -> frozenset[str]:
    """The same as a set."""
    return frozenset(words(use))


@cache
def pattern(use: str) -> str:
    """A pattern for any of the words of one use, the longest first."""
    return trie(dict.fromkeys(words(use), ""))


@cache
def ends_with(use: str) -> re.Pattern[str]:
    """Matches a text that ends with one of the words."""
    return re.compile(f"(?:{'|'.join(map(re.escape, words(use)))})\\Z")


def is_asset(label: str) -> bool:
    """A value of what a body owns: 房屋价值, 固定资产原值."""
    return ends_with("asset").search(label) is not None


@cache
def _hints() -> dict[str, str]:
    rows = read_seed("prose_unit_hints", ("label_ending", "unit_of_measure"))
    return {row["label_ending"]: row["unit_of_measure"] for row in rows}


@cache
def _longest_hint() -> int:
    return max(len(ending) for ending in _hints())


def unit_of_label(label: str) -> str | None:
    """Unit the label's ending implies, ``money`` for the document's money unit; None where it implies none.

    Bracketed remarks at the end do not count: 单价100万元以上设备（不含车辆） is counted like 设备.
    """
    hints = _hints()
    text = label
    while text.endswith("）") and "（" in text:
        text = text[: text.rindex("（")]
    text = text.rstrip("”“项类款 ")
    for length in range(min(_longest_hint(), len(text)), 0, -1):
        unit = hints.get(text[-length:])
        if unit is not None:
            return unit
    return None
