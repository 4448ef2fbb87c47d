"""The extractor alone against the hand-read gold of the real text documents (values and units, roles and bases)."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections import defaultdict
from decimal import Decimal
from pathlib import Path

import pytest

from ingest.document import Table
from ingest.prose import build, extract, extract_cell, is_prose_cell
from ingest.readers import text as text_reader

pytestmark = pytest.mark.real


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


def key(unit: str | None) -> str:
    return re.sub(r"[\s（）()]", "", unicodedata.normalize("NFKC", unit or ""))


def amounts_of(path: Path) -> list:
    """All rows of a document, cells included; kind and year are read off the file's name."""
    name = path.name
    kind = "performance" if "绩效" in name else "budget" if "预算" in name else "final_account"
    year = int(re.search(r"(20\d\d)年", name)[1])
    blocks = text_reader.read(path.read_bytes()).blocks
    rows = list(extract(build(blocks), fiscal_year=year, document_kind=kind).amounts)
    for ordinal, block in enumerate((block for block in blocks if isinstance(block, Table)), 1):
        for cell in block.cells:
            if is_prose_cell(cell.text):
                rows += extract_cell(
                    cell.text, table_ordinal=ordinal, row_ordinal=cell.row, column_ordinal=cell.column, fiscal_year=year
                ).amounts
    return [row for row in rows if not row.is_implied]


def agrees(gold: dict[str, str], row) -> bool:
    compared = gold["role"] in ("change", "change_rate", "completion_rate", "difference_rate")
    role = gold["role"] in ("", "other", row.role)
    return role and (not compared or gold["base_code"] in ("", "none", row.base_code))


def test_recall_precision_and_meaning(shared: Path) -> None:
    files = {row["doc"]: row["file_name"] for row in rows_of(shared / "gold" / "files.csv")}
    stated = defaultdict(list)
    for row in rows_of(shared / "gold" / "narrative.csv"):
        stated[row["doc"]].append(row)
    wanted = found = right = spurious = 0
    for doc, file_name in files.items():
        path = shared / "real" / "text" / file_name
        if not path.exists():
            continue
        pool = defaultdict(list)
        for row in amounts_of(path):
            pool[(Decimal(row.value_text).normalize(), key(row.unit_of_measure))].append(row)
        for gold in stated[doc]:
            candidates = pool[(Decimal(gold["value"]).normalize(), key(gold["unit"]))]
            wanted += 1
            if candidates:
                best = max(candidates, key=lambda row: agrees(gold, row))
                candidates.remove(best)
                found += 1
                right += agrees(gold, best)
        spurious += sum(map(len, pool.values()))
    assert wanted > 800
    assert found / wanted >= 0.98
    assert spurious / (found + spurious) <= 0.02
    assert right / found >= 0.95
