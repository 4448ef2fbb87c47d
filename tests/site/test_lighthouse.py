"""Lighthouse over the pages people use most: accessible, and soon to be used. ``make site-check`` brings it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

# The benchmarks are no part of the installed package.
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmarks import site_lighthouse as lighthouse


@pytest.mark.parametrize(("page", "form"), [("unit", "phone"), ("document", "desktop")])
def test_pages_are_accessible_and_soon_to_be_used(page: str, form: str, site: Path) -> None:
    if reason := lighthouse.missing():
        pytest.skip(reason)
    address = lighthouse.main_pages(site)[page]
    with lighthouse.served(site) as server:
        score = lighthouse.judge(f"{server}/{address}", page, form, ("accessibility", "performance"))
    assert score.accessibility >= lighthouse.ENOUGH, score.faults
    # The time is this machine's, which may be doing other things; the command judges it against two seconds.
    assert 0 < score.interactive_ms < 5 * lighthouse.SOON_MS
    assert score.kilobytes > 10


def test_shortfalls_are_told() -> None:
    good = lighthouse.Score("unit", "phone", 95, 100, 100, 2000, 500, 0, 100, ())
    bad = lighthouse.Score("unit", "desktop", 94, 100, 100, 2001, 500, 0, 100, ("color-contrast",))
    late = lighthouse.Score("document", "desktop", 99, 100, 100, 9000, 500, 0, 100, ("td-has-header",))
    never = lighthouse.Score("unit", "phone", 99, 100, 100, 0, 0, 0, 0, ())
    assert lighthouse.shortfalls([good, late]) == []
    assert len(lighthouse.shortfalls([good, bad, late])) == 2
    assert lighthouse.shortfalls([never]) == ["unit phone: interactive after 0 ms"]
