"""The PDF reader's grids against pdfplumber's: the same numbers in the same rows, page by page.

pdfplumber finds cells its own way, character by character in Python, and serves as the second witness. Compared are
the rows of every page, each as the sequence of its whole-number cells; words are not compared, for the two differ in
how they join the lines of a cell.
"""

from __future__ import annotations

import io
import re
from collections import Counter
from pathlib import Path

import pdfplumber
import pytest
from rendering import budget, final_account, performance

from ingest.document import Table
from ingest.readers import read_document
from synth.render import pdf

_NUMBER = re.compile(r"-?\d[\d,]*(?:\.\d+)?%?")

Rows = dict[int, Counter[tuple[str, ...]]]
"""Page → rows of numbers, with how often each stands there."""


def _number(text: str | None) -> str | None:
    bare = re.sub(r"\s+", "", text or "")
    return bare.replace(",", "") if _NUMBER.fullmatch(bare) else None


def own_rows(data: bytes) -> Rows:
    """Rows of numbers as the reader gives them."""
    found: Rows = {}
    for block in read_document(data).blocks:
        if not isinstance(block, Table):
            continue
        rows: dict[tuple[int, int], list[tuple[int, str]]] = {}
        for cell in block.cells:
            number = _number(cell.text)
            if number is not None:
                rows.setdefault((cell.page or block.page or 0, cell.row), []).append((cell.column, number))
        for (page, _), cells in rows.items():
            found.setdefault(page, Counter())[tuple(number for _, number in sorted(cells))] += 1
    return found


def oracle_rows(data: bytes) -> Rows:
    """Rows of numbers as pdfplumber gives them."""
    found: Rows = {}
    with pdfplumber.open(io.BytesIO(data)) as document:
        for page in document.pages:
            for table in page.extract_tables():
                for row in table:
                    numbers = tuple(number for text in row if (number := _number(text)) is not None)
                    if numbers:
                        found.setdefault(page.page_number, Counter())[numbers] += 1
    return found


def differences(own: Rows, oracle: Rows) -> list[str]:
    """Pages whose rows differ, in words."""
    problems = []
    for page in sorted(own.keys() | oracle.keys()):
        mine, theirs = own.get(page, Counter()), oracle.get(page, Counter())
        if mine != theirs:
            problems.append(
                f"page {page}: only pdfplumber {list((theirs - mine).elements())[:4]}, "
                f"only the reader {list((mine - theirs).elements())[:4]}"
            )
    return problems


@pytest.mark.parametrize(
    "style",
    [{}, {"lying": True}, {"page_height": 300}, {"page_height": 330, "repeat_header": True}, {"share_pages": True},
     {"caption_in_grid": True}, {"ruling": "rects", "size": 7.0}, {"scale": 0.62}],
    ids=lambda style: "-".join(style) or "plain",
)  # fmt: skip
def test_rendered_pages_have_the_oracles_rows(style: dict) -> None:
    """Disclosures of this project, in the layouts PDFs are met in."""
    for disclosure in (final_account.disclosure(), budget.disclosure(), performance.disclosure()):
        data = pdf.render(disclosure, pdf.PdfStyle(**style))
        oracle = oracle_rows(data)
        assert sum(rows.total() for rows in oracle.values()) >= 12
        assert differences(own_rows(data), oracle) == [], disclosure.title


@pytest.mark.real
@pytest.mark.slow
def test_real_pages_have_the_oracles_rows(shared: Path) -> None:
    """Published PDFs, every page."""
    files = sorted((shared / "real" / "pdf").glob("*.pdf"))
    assert files
    for file in files:
        data = file.read_bytes()
        oracle = oracle_rows(data)
        assert sum(rows.total() for rows in oracle.values()) > 50
        assert differences(own_rows(data), oracle) == [], file.name


def test_a_moved_number_is_a_difference() -> None:
    """The comparison itself."""
    rows = {1: Counter({("1", "2.50"): 1})}
    assert differences(rows, {1: Counter({("1", "2.50"): 1})}) == []
    assert differences(rows, {1: Counter({("2.50", "1"): 1})})
    assert differences(rows, {2: Counter({("1", "2.50"): 1})})
