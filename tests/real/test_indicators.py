"""Every performance indicator of the hand-read documents is in the warehouse: levels, target, result, score."""

from __future__ import annotations

import csv
import re
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import duckdb
import pytest

pytestmark = pytest.mark.real

FIELDS = ("level1", "level2", "level3", "target", "actual", "prior_actual", "weight", "score")
_WIDTHS = str.maketrans("（）０１２３４５６７８９％：，；＝≥≤“”‘’", "()0123456789%:,;=≥≤\"\"''")


def text(value: Any) -> str:
    """Printed text without blanks, widths folded, in the spellings a reader would call the same."""
    folded = re.sub(r"\s+", "", str(value or "")).translate(_WIDTHS)
    return folded.replace(">=", "≥").replace("<=", "≤").rstrip("。;；")


def same(field: str, wanted: str, found: Any) -> bool:
    """Whether a field agrees; weights and scores by their value, all else by their text."""
    if field in ("weight", "score"):
        try:
            number = Decimal(re.sub(r"[^\d.]", "", wanted)) if wanted else None
        except InvalidOperation:
            return False
        return (None if found is None else Decimal(str(found))) == number
    return text(wanted) == text(found)


def gold_rows(shared: Path) -> list[dict[str, str]]:
    with (shared / "gold" / "indicators.csv").open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def warehouse_rows(file: Path) -> dict[tuple[str, str], list[dict[str, Any]]]:
    """Indicators by file name and kind of place (a statement code, or perf_prose)."""
    found: dict[tuple[str, str], list[dict[str, Any]]] = {}
    with duckdb.connect(str(file), read_only=True) as connection:
        rows = connection.execute(
            """
            select documents.file_name, case when origin = 'prose' then 'perf_prose' else statement_code end,
                level1, level2, level3, target_printed, actual_printed, prior_actual_printed, weight, score
            from fct_performance_indicator inner join dim_document as documents using (document_key)
            order by indicator_key
            """
        ).fetchall()
    for file_name, place, *values in rows:
        found.setdefault((file_name, place or ""), []).append(dict(zip(FIELDS, values, strict=True)))
    return found


def score(shared: Path, file: Path) -> tuple[int, int, list[str]]:
    """How many indicators agree in every field, how many there are, and what is wrong with the others."""
    with (shared / "gold" / "files.csv").open(encoding="utf-8", newline="") as handle:
        files = {row["doc"]: row["file_name"] for row in csv.DictReader(handle)}
    pool = warehouse_rows(file)
    right, wrong = 0, []
    rows = gold_rows(shared)
    for row in rows:
        candidates = pool.get((files[row["doc"]], row["table"]), [])
        if not candidates:
            wrong.append(f"{row['doc']} {row['table']} {row['level3']}: no indicator left")
            continue
        best = max(candidates, key=lambda item: sum(same(name, row[name], item[name]) for name in FIELDS))
        bad = [f"{name} {row[name]!r} ≠ {best[name]!r}" for name in FIELDS if not same(name, row[name], best[name])]
        if same("level3", row["level3"], best["level3"]):
            candidates.remove(best)
        if bad:
            wrong.append(f"{row['doc']} {row['table']} line {row['line']}: " + "; ".join(bad))
        else:
            right += 1
    return right, len(rows), wrong


def test_indicators(shared: Path, real_home: Path) -> None:
    right, total, wrong = score(shared, real_home / "gongkai.duckdb")
    assert total >= 100
    assert right / total >= 0.97, f"{right} of {total}\n" + "\n".join(wrong)
