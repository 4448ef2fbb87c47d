"""How an expectation fared (检查结果)."""

from __future__ import annotations

from dataclasses import dataclass

MOST_ROWS = 1000
"""Rows fetched of those that break a claim; more are not counted."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one expectation fared."""

    suite: str
    name: str
    success: bool
    unexpected: int
    """Rows that break it, at most 1000; 0 where it holds or could not be evaluated."""
    reason: str
    """What it protects, or why it could not be evaluated."""
    sample: tuple[str, ...] = ()
    """A few of the rows that break it: keys and codes."""
