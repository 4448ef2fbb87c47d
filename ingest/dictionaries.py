"""The one door to the dictionaries in ``seeds/`` for Python. SQL reads the same files as dbt seeds."""

from __future__ import annotations

import csv
import hashlib
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from ingest.errors import DictionaryError
from ingest.text import label_key, plain_key

SEEDS = Path(__file__).resolve().parent.parent / "seeds"


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement kind (报表): how its title reads and what its rows are."""

    code: str
    document_kind: str
    family: str
    ordinal: int
    name: str
    row_vocabulary: str
    title: re.Pattern[str]
    exclude: re.Pattern[str] | None


@dataclass(frozen=True, slots=True)
class Term:
    """A header word (栏目): what kind of column it heads, and the attributes it gives the column."""

    code: str
    kind: str
    """group, amount, rate, score, change, label, code, row_number, marker, text."""
    label: str
    stage: str
    fund: str
    measure: str
    three_public: str
    side: str
    is_total: bool
    is_of_which: bool
    economic: str
    unit: str
    role: str


@dataclass(frozen=True, slots=True)
class LineItem:
    """A labelled line of a statement (报表项目)."""

    code: str
    families: tuple[str, ...]
    side: str
    name: str
    parent: str
    is_total: bool
    fund: str
    functional: str
    three_public: str
    statistic: str
    unit: str


@dataclass(frozen=True, slots=True)
class ColumnSum:
    """A total column and the parts it is the sum of, by term codes (栏目勾稽)."""

    total: tuple[str, ...]
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Template:
    """The known columns of a statement in one of its forms, left to right, by term codes (标准栏目)."""

    statement_codes: tuple[str, ...]
    columns: tuple[tuple[str, ...], ...]
    """One path of term codes per column."""


def read_seed(name: str, required: tuple[str, ...] = ()) -> list[dict[str, str]]:
    """Rows of ``seeds/<name>.csv`` as printed; raises DictionaryError where a required column is missing."""
    path = SEEDS / f"{name}.csv"
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            rows = list(csv.DictReader(lines))
    except OSError as error:
        raise DictionaryError(f"字典文件 {path.name} 无法读取：{error.strerror}") from error
    for column in required:
        if rows and column not in rows[0]:
            raise DictionaryError(f"字典文件 {path.name} 缺少列 {column}")
    return rows


READ_HERE = (
    "statements", "header_terms", "line_items", "column_sums", "column_templates", "indicator_levels",
    "functional_subjects", "functional_aliases", "economic_subjects",
)
"""Seeds that reading depends on, beside ``prose_*``: a changed row means that documents must be read again."""


@lru_cache(maxsize=1)
def digest() -> str:
    """Twelve hex digits that change whenever a dictionary used in reading changes."""
    found = hashlib.sha256()
    for path in sorted([*(SEEDS / f"{name}.csv" for name in READ_HERE), *SEEDS.glob("prose_*.csv")]):
        found.update(path.name.encode())
        found.update(path.read_bytes() if path.exists() else b"")
    return found.hexdigest()[:12]


@lru_cache(maxsize=1)
def statements() -> dict[str, Statement]:
    """Statements by code."""
    return {
        row["statement_code"]: Statement(
            row["statement_code"],
            row["document_kind"],
            row["family"],
            int(row["ordinal"]),
            row["name_zh"],
            row["row_vocabulary"],
            re.compile(row["title_pattern"]),
            re.compile(row["exclude_pattern"]) if row["exclude_pattern"] else None,
        )
        for row in read_seed("statements", ("statement_code", "family", "title_pattern"))
    }


@lru_cache(maxsize=1)
def terms() -> dict[str, Term]:
    """Header terms by code."""
    return {
        row["term_code"]: Term(
            row["term_code"],
            row["kind"],
            row["label"],
            row["stage_code"],
            row["fund_code"],
            row["measure_code"],
            row["three_public_code"],
            row["side"],
            row["is_total"] == "Y",
            row["is_of_which"] == "Y",
            row["economic_code"],
            row["unit_of_measure"],
            row["role"],
        )
        for row in read_seed("header_terms", ("term_code", "kind", "label", "variants"))
    }


@lru_cache(maxsize=1)
def _terms_by_key() -> dict[str, tuple[Term, ...]]:
    found: dict[str, list[Term]] = {}
    for row in read_seed("header_terms"):
        term = terms()[row["term_code"]]
        for label in (row["label"], *row["variants"].split("|")):
            if label and term not in found.setdefault(plain_key(label), []):
                found[plain_key(label)].append(term)
    return {key: tuple(value) for key, value in found.items()}


_COLUMN_LETTER = re.compile(r"[(（]\s*[A-Za-zＡ-Ｚ][\sA-ZＡ-Ｚ/÷×*=+\-%％100]{0,12}[)）]$")
"""A letter or formula behind a header word: 全年执行数（B）, 执行率（B/A）."""


@lru_cache(maxsize=65536)
def find_terms(label: str) -> tuple[Term, ...]:
    """Terms a header label may mean, first the likeliest. Years, units in brackets and ordinals are looked through."""
    key = plain_key(label)
    by_key = _terms_by_key()
    if key in by_key:
        return by_key[key]
    lean = _COLUMN_LETTER.sub("", re.sub(r"(?:19|20)\d{2}年度?", "", label))
    lean = re.sub(r"[(（](?:单位[:：])?(?:万元|元|亿元|千元|%|％|辆|人|台|个|平方米|套)[)）]", "", lean)
    for candidate in (plain_key(lean), label_key(label), label_key(lean), re.sub(r"\d+$", "", label_key(lean))):
        if candidate and candidate in by_key:
            return by_key[candidate]
    return ()


@lru_cache(maxsize=1)
def line_items() -> dict[str, LineItem]:
    """Line items by code."""
    return {
        row["line_item_code"]: LineItem(
            row["line_item_code"],
            tuple(row["families"].split(",")),
            row["side"],
            row["name_zh"],
            row["parent_line_item_code"],
            row["is_total"] == "Y",
            row["fund_code"],
            row["functional_code"],
            row["three_public_code"],
            row["statistic_code"],
            row["unit_of_measure"],
        )
        for row in read_seed("line_items", ("line_item_code", "families", "name_zh", "variants"))
    }


@lru_cache(maxsize=1)
def _lines_by_key() -> dict[tuple[str, str, str], LineItem]:
    found: dict[tuple[str, str, str], LineItem] = {}
    for row in read_seed("line_items"):
        item = line_items()[row["line_item_code"]]
        for label in (row["name_zh"], *row["variants"].split("|")):
            if not label:
                continue
            for family in item.families:
                found.setdefault((family, item.side, label_key(label)), item)
    return found


_STAGE_BEHIND = re.compile(r"(?:年初|全年|调整|上年|本年)?(?:预算|决算|执行)数$")


@lru_cache(maxsize=65536)
def find_line_item(label: str, family: str, side: str | None) -> LineItem | None:
    """The line a row label names in a family of statements, on one side of a two-sided table.

    The stage behind an item (公务接待费决算数) is looked through; the models read it from the label.
    """
    by_key = _lines_by_key()
    key = label_key(label)
    lean = label_key(
        re.sub(
            r"[(（](?:[一-龥]{0,3}[:：])?(?:万元|元|辆|台|套|台、?套|台（套）|台\(套\)|人|个|平方米|小计|合计|人次|批次?)[)）]",
            "",
            label,
        )
    )
    for candidate in (key, lean, _STAGE_BEHIND.sub("", lean)):
        item = by_key.get((family, side or "", candidate))
        if item is not None:
            return item
    return None


@lru_cache(maxsize=1)
def _lines_by_parent() -> dict[tuple[str, str], LineItem]:
    """(parent line, fund) → the line that details the parent for the fund."""
    return {(item.parent, item.fund): item for item in line_items().values() if item.parent and item.fund}


def line_of_fund(parent: str, fund: str) -> LineItem | None:
    """The line that details ``parent`` for one fund (年初结转和结余 → 一般公共预算财政拨款), or None."""
    return _lines_by_parent().get((parent, fund))


@lru_cache(maxsize=1)
def _all_line_keys() -> frozenset[str]:
    return frozenset(key for _, _, key in _lines_by_key())


@lru_cache(maxsize=65536)
def is_line_label(label: str) -> bool:
    """Whether any statement has a line of this name."""
    return label_key(label) in _all_line_keys()


@lru_cache(maxsize=1)
def column_sums() -> tuple[ColumnSum, ...]:
    """Sums that hold along a row, by column terms."""
    return tuple(
        ColumnSum(tuple(row["total_terms"].split()), tuple(row["part_terms"].split()))
        for row in read_seed("column_sums", ("total_terms", "part_terms"))
    )


@lru_cache(maxsize=1)
def templates() -> tuple[Template, ...]:
    """Known column sequences of statements."""
    return tuple(
        Template(
            tuple(row["statement_codes"].split()),
            tuple(tuple(path.split("/")) for path in row["columns"].split()),
        )
        for row in read_seed("column_templates", ("statement_codes", "columns"))
    )


@lru_cache(maxsize=1)
def functional_names() -> dict[str, frozenset[str]]:
    """Keys of functional subject names → the codes that bear or bore the name."""
    found: dict[str, set[str]] = {}
    for seed in ("functional_subjects", "functional_aliases"):
        if not (SEEDS / f"{seed}.csv").exists():
            continue
        for row in read_seed(seed):
            name = row.get("functional_name") or row.get("alias") or ""
            if name:
                found.setdefault(label_key(name), set()).add(row["functional_code"])
    return {key: frozenset(codes) for key, codes in found.items()}


@lru_cache(maxsize=1)
def economic_names() -> dict[str, frozenset[str]]:
    """Keys of economic subject names → the codes that bear or bore the name."""
    found: dict[str, set[str]] = {}
    if (SEEDS / "economic_subjects.csv").exists():
        for row in read_seed("economic_subjects"):
            found.setdefault(label_key(row["economic_name"]), set()).add(row["economic_code"])
    return {key: frozenset(codes) for key, codes in found.items()}
