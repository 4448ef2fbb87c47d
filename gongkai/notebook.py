"""What every notebook begins with: the published warehouse, and how it is asked (笔记本共用的开头)."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from gongkai.home import Home
from gongkai.query import run_query

_CHECKOUT = Path(__file__).resolve().parent.parent

home = Home(Path(os.environ.get("GONGKAI_HOME") or _CHECKOUT / "warehouse").resolve())
"""``GONGKAI_HOME``, or the checkout's own home."""


def ask(question: str) -> list[dict[str, Any]]:
    """Rows of a query as dictionaries; years as text, which no table groups by thousands."""
    answer = run_query(home, question)
    rows = [dict(zip(answer.columns, row, strict=True)) for row in answer.rows]
    return [row | {year: str(row[year]) for year in ("年度", "fiscal_year") if row.get(year)} for row in rows]
