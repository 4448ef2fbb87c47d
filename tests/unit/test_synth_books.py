"""The books of the synthetic country balance, roll over, add up, and can be made alone."""

from __future__ import annotations

import pytest

from synth.books import FIRST_YEAR, FISCAL_FUNDS, LAST_YEAR, Books, books
from synth.country import BODIES_PER_REGION, body

PLACES = ("四川省", "上海市")
YEARS = range(FIRST_YEAR, LAST_YEAR + 1)
BODIES = range(3 * BODIES_PER_REGION)


def _of(number: int, year: int, seed: int = 3) -> Books:
    return books(seed, number, year, PLACES)


@pytest.mark.parametrize("year", YEARS)
def test_what_came_in_is_what_went_out_and_what_is_left(year: int) -> None:
    for number in BODIES:
        book = _of(number, year)
        received = sum(book.income.values()) + book.surplus_used + sum(book.opening.values())
        used = sum(item.total for item in book.spent.values()) + book.allocated + sum(book.closing.values())
        assert received == used
        for fund in FISCAL_FUNDS:
            assert book.balance(book.opening, fund) + book.income_of(fund) == book.spent_by_fund(fund) + book.balance(
                book.closing, fund
            )


@pytest.mark.parametrize("year", YEARS)
def test_budgets_balance_and_basic_expenditure_is_its_economic_items(year: int) -> None:
    for number in BODIES:
        book = _of(number, year)
        planned = sum(item.total for item in book.planned.values())
        assert sum(book.planned_income.values()) + sum(book.carried_in_plan.values()) == planned
        final = book.spending(["general"])
        assert sum(item.basic for item in final.values()) == sum(book.economic.values())
        plan = book.spending(["general"], planned=True)
        assert sum(item.basic for item in plan.values()) == sum(book.planned_economic.values())


@pytest.mark.parametrize("year", [year for year in YEARS if year > FIRST_YEAR])
def test_a_year_opens_with_what_the_one_before_left(year: int) -> None:
    for number in BODIES:
        before, now = _of(number, year - 1), _of(number, year)
        for fund in (*FISCAL_FUNDS, "non_fiscal"):
            assert now.balance(now.opening, fund) == before.balance(before.closing, fund)


def test_a_department_is_the_sum_of_its_own_office_and_its_units() -> None:
    children = body(3, 0, PLACES).children
    assert len(children) == 3
    whole = _of(0, 2022)
    parts = [_of(child, 2022) for child in children]
    assert sum(whole.income.values()) == sum(sum(part.income.values()) for part in parts)
    assert whole.three["hospitality"][2] == sum(part.three["hospitality"][2] for part in parts)


def test_a_body_made_alone_is_the_same_and_another_seed_is_another_country() -> None:
    from synth import books as module

    first = _of(14, 2023)
    module._history.cache_clear()
    assert _of(14, 2023) == first
    assert _of(14, 2023, seed=4).income != first.income


def test_a_year_outside_the_range_is_refused() -> None:
    with pytest.raises(ValueError, match="2030"):
        _of(1, 2030)
