"""Units that are not printed: 编制数45 counts people, 公务接待费12 is money (seeds/prose_unit_hints.csv)."""

from __future__ import annotations

from functools import cache

from ingest.dictionaries import read_seed


@cache
def _hints() -> dict[str, str]:
    rows = read_seed("prose_unit_hints", ("label_ending", "unit_of_measure"))
    return {row["label_ending"]: row["unit_of_measure"] for row in rows}


@cache
def _longest() -> int:
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
    for length in range(min(_longest(), len(text)), 0, -1):
        unit = hints.get(text[-length:])
        if unit is not None:
            return unit
    return None
