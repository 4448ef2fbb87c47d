"""The truth model: what a body planned, received, spent and carried over, year after year, in whole 分 (cents).

A final account follows its budget, a carry-over (结转) left at the end of a year is the next year's opening one, and
every identity (勾稽关系) between the statements holds exactly. A year's books depend on the seed, the body and the
years before it, on nothing else.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

from synth import catalogue
from synth.choices import FIRST_YEAR, LAST_YEAR
from synth.country import Archetype, Body, body

FISCAL_FUNDS = ("general", "gov_fund", "state_capital")
SOURCES = ("appropriation", "superior", "undertaking", "operating", "affiliated", "other")
"""Income sources of a final account; education fees are a part of undertaking and kept apart."""
THREE = ("overseas", "vehicle_purchase", "vehicle_operation", "hospitality")
YUAN, WAN = 100, 1_000_000
"""分 in one 元 and in one 万元."""

Amounts = dict[tuple[str, str], int]


@dataclass(slots=True)
class Spending:
    """Expenditure on one functional item out of one fund (general, gov_fund, state_capital, non_fiscal)."""

    personnel: int = 0
    public: int = 0
    project: int = 0
    upward: int = 0
    operating: int = 0
    subsidy: int = 0

    @property
    def basic(self) -> int:
        return self.personnel + self.public

    @property
    def total(self) -> int:
        return self.basic + self.project + self.upward + self.operating + self.subsidy

    def add(self, other: Spending) -> None:
        """Add another's amounts to these."""
        for name in self.__slots__:
            setattr(self, name, getattr(self, name) + getattr(other, name))


@dataclass(frozen=True, slots=True)
class Project:
    """A project (项目) with its money and its performance indicators."""

    name: str
    code: str
    fund: str
    initial: int
    full: int
    final: int
    carried: int
    """Part of ``full`` that came from the year before."""
    indicators: tuple[tuple[str, str, str, str, str, int, int, str], ...]
    """一级, 二级, 三级, target, actual, weight and score in hundredths of 分, reason."""


@dataclass(slots=True)
class Books:
    """One body's accounts of one year."""

    year: int
    planned: dict[tuple[str, str], Spending] = field(default_factory=dict)
    """Initial budget (年初预算): (item, fund) → plan."""
    spent: dict[tuple[str, str], Spending] = field(default_factory=dict)
    income: dict[tuple[str, str], int] = field(default_factory=dict)
    """(item, source) of the year; source general, gov_fund, state_capital or one of SOURCES but the first."""
    education_fee: dict[str, int] = field(default_factory=dict)
    """Item → part of 事业收入 that is 教育收费."""
    planned_income: dict[tuple[str, str], int] = field(default_factory=dict)
    """The same for the budget; fiscal_account (财政专户) is a source of its own there."""
    opening: Amounts = field(default_factory=dict)
    """(fund, item) → carry-over at the start."""
    closing: Amounts = field(default_factory=dict)
    carried_in_plan: Amounts = field(default_factory=dict)
    """What of the opening carry-over the initial budget already counts on."""
    surplus_used: int = 0
    allocated: int = 0
    economic: dict[str, int] = field(default_factory=dict)
    """General basic expenditure by economic item, final."""
    matrix: dict[tuple[str, str], int] = field(default_factory=dict)
    """(functional item, economic item) → general expenditure, basic and project, final."""
    planned_economic: dict[str, int] = field(default_factory=dict)
    planned_project_economic: dict[tuple[str, str], int] = field(default_factory=dict)
    """(project item, economic class) of the general projects in the budget."""
    three: dict[str, tuple[int, int, int]] = field(default_factory=dict)
    """三公 item → initial budget, full-year budget, final."""
    counts: dict[str, int] = field(default_factory=dict)
    """Persons, vehicles, batches …"""
    procurement: dict[str, int] = field(default_factory=dict)
    """goods, works, services, sme, small, in the year; planned_goods … in the budget."""
    projects: list[Project] = field(default_factory=list)
    is_institution: bool = False

    def spending(self, funds: Iterable[str] | None = None, *, planned: bool = False) -> dict[str, Spending]:
        """Item → expenditure out of the funds (all without an argument)."""
        wanted = None if funds is None else set(funds)
        found: dict[str, Spending] = {}
        for (code, fund), amounts in (self.planned if planned else self.spent).items():
            if (wanted is None or fund in wanted) and amounts.total:
                found.setdefault(code, Spending()).add(amounts)
        return found

    def spent_by_fund(self, fund: str, *, planned: bool = False) -> int:
        return sum(item.total for item in self.spending([fund], planned=planned).values())

    def income_of(self, *sources: str) -> int:
        return sum(amount for (_, source), amount in self.income.items() if source in sources)

    def planned_income_of(self, *sources: str) -> int:
        return sum(amount for (_, source), amount in self.planned_income.items() if source in sources)

    def balance(self, which: Amounts, *funds: str) -> int:
        return sum(amount for (fund, _), amount in which.items() if fund in funds)


_SHORT_FIELDS = ("opening", "closing", "carried_in_plan", "income", "planned_income", "education_fee", "economic",
                 "planned_economic", "planned_project_economic", "counts", "procurement", "matrix")  # fmt: skip


def consolidated(parts: Iterable[Books]) -> Books:
    """Accounts of a department: the sum of its own office's and its units' (汇总)."""
    found: Books | None = None
    for part in parts:
        if found is None:
            found = Books(part.year)
        for name in _SHORT_FIELDS:
            into = getattr(found, name)
            for key, amount in getattr(part, name).items():
                into[key] = into.get(key, 0) + amount
        for name in ("planned", "spent"):
            into = getattr(found, name)
            for key, amounts in getattr(part, name).items():
                into.setdefault(key, Spending()).add(amounts)
        for item, (initial, full, final) in part.three.items():
            was = found.three.get(item, (0, 0, 0))
            found.three[item] = (was[0] + initial, was[1] + full, was[2] + final)
        found.surplus_used += part.surplus_used
        found.allocated += part.allocated
        found.projects += part.projects
    if found is None:
        raise ValueError("no parts to consolidate")
    return found


def books(seed: int, number: int, year: int, provinces: tuple[str, ...]) -> Books:
    """Accounts of body ``number`` in a year from FIRST_YEAR to LAST_YEAR; raises ValueError outside them."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValueError(f"{year} is not between {FIRST_YEAR} and {LAST_YEAR}")
    who = body(seed, number, provinces)
    if who.children:
        return consolidated(books(seed, child, year, provinces) for child in who.children)
    return _history(seed, number, provinces)[year]


@lru_cache(maxsize=512)
def _history(seed: int, number: int, provinces: tuple[str, ...]) -> dict[int, Books]:
    """All years of one body: each starts from what the one before left."""
    who = body(seed, number, provinces)
    rng = random.Random(f"{seed}/body/{number}")
    state = _State(staff=rng.randint(14, 90), pay=rng.randint(7_000_000, 12_500_000), retired=rng.randint(2, 40))
    found: dict[int, Books] = {}
    for year in range(FIRST_YEAR, LAST_YEAR + 1):
        found[year] = _Year(who, year, state, random.Random(f"{seed}/body/{number}/{year}")).books
    return found


@dataclass(slots=True)
class _State:
    """What goes over from year to year."""

    staff: int
    pay: int
    """Basic pay and allowances of one person in a year, 分."""
    retired: int
    vehicles: int = 0
    carry: Amounts = field(default_factory=dict)
    three_final: dict[str, int] = field(default_factory=dict)


def _round(amount: float | int, step: int) -> int:
    return int(amount) // step * step


class _Year:
    """One year in the making."""

    def __init__(self, who: Body, year: int, state: _State, rng: random.Random) -> None:
        self.kind: Archetype = who.archetype
        self.year, self.state, self.rng = year, state, rng
        self.codes = catalogue.functional(year)
        self.books = Books(year, is_institution=self.kind.is_institution)
        self.main = self._item(self.kind.basic)
        self._staff()
        self._basic()
        self._projects()
        self._three_public()
        self._non_fiscal()
        self._settle()
        self._counts()

    def _item(self, code: str) -> str:
        """The item, or the catch-all of its class where the year's list does not know it."""
        if code in self.codes:
            return code
        spare = f"{code[:3]}9999"
        return spare if spare in self.codes else min(c for c in self.codes if len(c) == 7 and c.startswith(code[:3]))

    def _or_main(self, *codes: str) -> str:
        return next((code for code in codes if code in self.codes), self.main)

    def _staff(self) -> None:
        rng, state = self.rng, self.state
        state.staff = max(8, state.staff + rng.randint(-3, 4))
        state.retired = max(0, state.retired + rng.randint(-1, 3))
        state.pay = state.pay * rng.randint(100, 106) // 100
        if not state.vehicles:
            state.vehicles = rng.randint(0, 6)

    def _plan(self, code: str, fund: str, **amounts: int) -> None:
        self.books.planned.setdefault((code, fund), Spending()).add(Spending(**amounts))

    def _spend(self, code: str, fund: str, **amounts: int) -> None:
        self.books.spent.setdefault((code, fund), Spending()).add(Spending(**amounts))

    def _basic(self) -> None:
        """Pay and running costs by economic item; each belongs to a functional item of its own."""
        rng, year, state = self.rng, self.year, self.state
        names = catalogue.economic(year)
        pay = state.staff * state.pay
        is_unit = self.kind.is_institution
        retired_item = self._or_main("2080502" if is_unit else "2080501")
        medical = self._or_main("2101102" if is_unit else "2101101", "2100502" if is_unit else "2100501")
        extra_medical = self._or_main("2101103", "2100503")
        pension, annuity = self._or_main("2080505"), self._or_main("2080506")
        housing = self._or_main("2210201")
        housing_code = "30113" if "30113" in names else "30311"
        wages: list[tuple[str, str, int]] = [
            ("30101", self.main, pay * 45 // 100), ("30102", self.main, pay * rng.randint(8, 34) // 100),
            ("30103", self.main, pay * rng.randint(6, 20) // 100),
            ("30106", self.main, pay * rng.choice((0, 0, 2)) // 100),
            ("30107", self.main, pay * (35 if is_unit else 0) // 100),
            ("30104", self.main, pay * 12 // 100 if "30110" not in names else 0),
            ("30108", pension, pay * 16 // 100), ("30109", annuity, pay * 8 // 100 if rng.random() < 0.9 else 0),
            ("30110", medical, pay * 8 // 100), ("30111", extra_medical, 0 if is_unit else pay * 3 // 100),
            ("30112", self.main, pay // 100), (housing_code, housing, pay * 12 // 100),
            ("30199", self.main, pay * rng.choice((0, 4, 9)) // 100),
            ("30302", retired_item, state.retired * rng.randint(200_000, 900_000)),
            ("30304", self.main, rng.choice((0, 0, 6_428_310))),
            ("30305", self.main, rng.choice((0, 960_000, 2_150_400))),
            ("30309", self.main, rng.choice((0, 0, 36_000))),
        ]  # fmt: skip
        head = state.staff * rng.randint(400_000, 1_300_000)
        self.vehicle_cost = state.vehicles * rng.randint(2_000_000, 3_600_000)
        self.hospitality = 0 if is_unit and rng.random() < 0.6 else rng.randint(30_000, 3_800_000)
        running: list[tuple[str, str, int]] = [
            ("30201", self.main, head * 22 // 100), ("30202", self.main, head * rng.randint(0, 5) // 100),
            ("30205", self.main, head * 2 // 100), ("30206", self.main, head * 7 // 100),
            ("30207", self.main, head * 5 // 100), ("30208", self.main, head * rng.choice((0, 6)) // 100),
            ("30209", self.main, head * rng.choice((0, 12)) // 100), ("30211", self.main, head * 11 // 100),
            ("30213", self.main, head * 6 // 100), ("30215", self.main, head * rng.choice((0, 1)) // 100),
            ("30216", self._or_main("2050803") if rng.random() < 0.7 else self.main, head * 3 // 100),
            ("30217", self.main, self.hospitality), ("30226", self.main, head * rng.choice((0, 8)) // 100),
            ("30227", self.main, head * rng.choice((0, 9)) // 100), ("30228", self.main, pay * 2 // 100),
            ("30229", self.main, pay // 100), ("30231", self.main, self.vehicle_cost),
            ("30239", self.main, 0 if is_unit else state.staff * 780_000), ("30299", self.main, head * 4 // 100),
            ("31002", self.main, rng.choice((0, 0, 1_860_000, 4_235_900))),
        ]  # fmt: skip
        book = self.books
        for group, measure in ((wages, "personnel"), (running, "public")):
            for code, item, amount in group:
                if code not in names or amount <= 0:
                    continue
                final = amount + rng.randint(-4999, 4999) if amount > 500_000 else amount
                plan = final if code in ("30217", "30231") else _round(final * rng.randint(88, 104) // 100, 10_000)
                if code in ("30217", "30231"):
                    plan = _round(final * rng.randint(100, 140) // 100, 10_000) + 10_000
                book.economic[code] = book.economic.get(code, 0) + final
                book.matrix[(item, code)] = book.matrix.get((item, code), 0) + final
                self._spend(item, "general", **{measure: final})
                if plan:
                    book.planned_economic[code] = book.planned_economic.get(code, 0) + plan
                    self._plan(item, "general", **{measure: plan})

    def _projects(self) -> None:
        rng, year = self.rng, self.year
        wanted = [(self._item(code), "general") for code in self.kind.projects]
        wanted += [(self._item(code), "gov_fund") for code in self.kind.funds if rng.random() < 0.6]
        if year >= 2020 and rng.random() < 0.06 and "2230105" in self.codes:
            wanted.append(("2230105", "state_capital"))
        self._reclassify()
        carried = [(code, fund) for (fund, code) in self.state.carry if fund in FISCAL_FUNDS]
        topics = list(self.kind.topics or ("专项业务",))
        seen: set[tuple[str, str]] = set()
        for at, (code, fund) in enumerate([*wanted, *carried]):
            if (code, fund) in seen or ((code, fund) not in carried and rng.random() < 0.15):
                continue
            seen.add((code, fund))
            opening = self.state.carry.get((fund, code), 0)
            in_plan = opening if rng.random() < 0.6 else 0
            plan = _round(rng.randint(4_000_000, 400_000_000), rng.choice((100_000, 1_000_000, 12_300)))
            if (code, fund) in carried and (code, fund) not in wanted:
                plan = 0
            final = opening + plan * rng.randint(60, 118) // 100 + (rng.randint(0, 99_999) if plan else 0)
            closing = rng.choice((0, 0, 0, final * rng.randint(1, 18) // 100 + 7))
            if plan + in_plan:
                self._plan(code, fund, project=plan + in_plan)
            if in_plan:
                self.books.carried_in_plan[(fund, code)] = in_plan
            if final:
                self._spend(code, fund, project=final)
            if final and fund == "general":
                for economic, amount in (("30227", final - final // 3), ("31003", final // 3)):
                    self.books.matrix[(code, economic)] = self.books.matrix.get((code, economic), 0) + amount
            if opening:
                self.books.opening[(fund, code)] = opening
            if closing:
                self.books.closing[(fund, code)] = closing
            full = max(final + closing, plan)
            name = topics[at % len(topics)] + ("" if at < len(topics) else f"（{catalogue.ordinal(at)}期）")
            if plan:
                self.books.projects.append(
                    Project(name, code, fund, plan + in_plan, full, final, opening, _indicators(rng, name))
                )
            if fund == "general" and plan + in_plan:
                self._split_project(code, plan + in_plan)
        unsettled = {key: amount for key, amount in self.state.carry.items() if key[0] not in FISCAL_FUNDS}
        self.state.carry = {**unsettled, **self.books.closing}

    def _reclassify(self) -> None:
        """Carry-overs on items this year's list no longer knows move to the catch-all of their class."""
        moved: Amounts = {}
        for (fund, code), amount in self.state.carry.items():
            key = (fund, self._item(code))
            moved[key] = moved.get(key, 0) + amount
        self.state.carry = moved

    def _split_project(self, code: str, plan: int) -> None:
        into = self.books.planned_project_economic
        goods = plan * self.rng.randint(30, 90) // 100 // 10_000 * 10_000
        capital = plan - goods
        for economic, amount in (("302", goods), ("310", capital)):
            if amount:
                into[(code, economic)] = into.get((code, economic), 0) + amount

    def _three_public(self) -> None:
        rng, economic, plan = self.rng, self.books.economic, self.books.planned_economic
        overseas = rng.choice((0, 0, 0, 0, 3_860_000)) if not self.kind.is_institution else 0
        purchase = rng.choice((0, 0, 0, 0, 0, 17_980_000)) if self.state.vehicles else 0
        for item, final, initial in (
            ("overseas", overseas, overseas),
            ("vehicle_purchase", purchase, purchase and 18_000_000),
            ("vehicle_operation", economic.get("30231", 0), plan.get("30231", 0)),
            ("hospitality", economic.get("30217", 0), plan.get("30217", 0)),
        ):
            full = max(final, initial - rng.choice((0, 0, 10_000)))
            self.books.three[item] = (initial, full, final)

    def _non_fiscal(self) -> None:
        """Income an institution earns, and what it spends of it."""
        rng, book, main = self.rng, self.books, self.main
        kept = [key for key in self.state.carry if key[0] == "non_fiscal"]
        opening = sum(self.state.carry.pop(key) for key in kept)
        earned = 0
        if self.kind.is_institution:
            undertaking = rng.randint(2_000_000, 90_000_000)
            planned = _round(undertaking * rng.randint(85, 110) // 100, 10_000)
            book.income[(main, "undertaking")] = undertaking
            if self.kind.charges_fees:
                book.education_fee[main] = undertaking * rng.randint(40, 100) // 100
                book.planned_income[(main, "fiscal_account")] = planned
            else:
                book.planned_income[(main, "undertaking")] = planned
            earned += undertaking
            if rng.random() < 0.15:
                book.income[(main, "operating")] = rng.randint(500_000, 9_000_000)
                self._spend(main, "non_fiscal", operating=book.income[(main, "operating")])
            if rng.random() < 0.2:
                book.income[(main, "superior")] = rng.randint(300_000, 20_000_000)
                earned += book.income[(main, "superior")]
            self._plan(main, "non_fiscal", personnel=planned * 40 // 100, public=planned - planned * 40 // 100)
        if rng.random() < 0.5:
            book.income[(main, "other")] = rng.randint(800, 6_000_000)
            earned += book.income[(main, "other")]
        if rng.random() < 0.05:
            book.income[(main, "affiliated")] = rng.randint(100_000, 3_000_000)
            earned += book.income[(main, "affiliated")]
        if not earned and not opening:
            return
        use = (opening + earned) * rng.randint(70, 100) // 100
        if rng.random() < 0.12:
            book.surplus_used = rng.randint(100_000, 2_000_000)
            use += book.surplus_used
        if self.kind.is_institution:
            staff = use * rng.randint(20, 60) // 100
            upward = use // 50 if rng.random() < 0.06 else 0
            subsidy = use // 40 if rng.random() < 0.06 else 0
            self._spend(main, "non_fiscal", personnel=staff, public=use - staff - upward - subsidy, upward=upward,
                        subsidy=subsidy)  # fmt: skip
        elif use:
            self._spend(main, "non_fiscal", public=use)
        left = opening + earned + book.surplus_used - use
        if left and self.kind.is_institution and rng.random() < 0.2:
            book.allocated = left * rng.randint(10, 60) // 100
        if opening:
            book.opening[("non_fiscal", main)] = opening
        if left - book.allocated:
            book.closing[("non_fiscal", main)] = left - book.allocated
            self.state.carry[("non_fiscal", main)] = left - book.allocated

    def _settle(self) -> None:
        """Appropriations cover what was spent and left, less what was there: opening + income = spent + closing."""
        book = self.books
        need: dict[tuple[str, str], int] = defaultdict(int)
        for (code, fund), amounts in book.spent.items():
            need[(code, fund)] += amounts.total
        for (fund, code), amount in book.closing.items():
            need[(code, fund)] += amount
        for (fund, code), amount in book.opening.items():
            need[(code, fund)] -= amount
        for (code, fund), amount in need.items():
            if fund in FISCAL_FUNDS and amount:
                if amount < 0:
                    raise ValueError(f"{fund} {code} {book.year}: the opening balance outlasts the year")
                book.income[(code, fund)] = book.income.get((code, fund), 0) + amount
        for (code, fund), amounts in book.planned.items():
            if fund in FISCAL_FUNDS:
                amount = amounts.total - book.carried_in_plan.get((fund, code), 0)
                if amount:
                    book.planned_income[(code, fund)] = book.planned_income.get((code, fund), 0) + amount

    def _counts(self) -> None:
        rng, state, book = self.rng, self.state, self.books
        hospitality = book.three["hospitality"][2]
        batches = hospitality // 120_000 + (1 if hospitality else 0)
        kinds = dict.fromkeys(("confidential", "emergency", "enforcement", "special", "other"), 0)
        for _ in range(state.vehicles):
            kinds[rng.choice(tuple(kinds))] += 1
        purchased = 1 if book.three["vehicle_purchase"][2] else 0
        groups = 1 if book.three["overseas"][2] else 0
        book.counts = {
            "staff": state.staff, "retired": state.retired, "establishment": state.staff + rng.randint(0, 6),
            "vehicles": state.vehicles, **{f"vehicles_{kind}": number for kind, number in kinds.items()},
            "vehicles_purchased": purchased, "overseas_groups": groups, "overseas_persons": groups * rng.randint(1, 5),
            "batches": batches, "guests": batches * rng.randint(4, 12), "equipment": rng.choice((0, 0, 1, 2)),
        }  # fmt: skip
        goods, services = rng.randint(100_000, 20_000_000), rng.randint(0, 60_000_000)
        works = rng.choice((0, rng.randint(5_000_000, 90_000_000)))
        total = goods + works + services
        sme = total * rng.randint(30, 100) // 100
        book.procurement = {
            "goods": goods, "works": works, "services": services,
            "sme": sme, "small": sme * rng.randint(40, 100) // 100,
            "planned_goods": _round(goods, 10_000), "planned_works": _round(works, 10_000),
            "planned_services": _round(services, 10_000),
        }  # fmt: skip


def _indicators(rng: random.Random, name: str) -> tuple[tuple[str, str, str, str, str, int, int, str], ...]:
    """Indicator rows whose weights make 90 分; the money's execution makes the other 10."""
    done = rng.randint(40, 1500)
    late = rng.choice((100, 100, 96, 92))
    satisfied = rng.randint(900, 990)
    effect = rng.choice((2000, 1850, 1900))
    cost = f"{done * 3 - rng.randint(0, 30)}元"
    sound = f"{rng.randint(980, 1000) / 10:g}%"
    reason = "" if late == 100 else "受天气影响部分任务延期，已调整进度安排。"
    return (
        ("产出指标", "数量指标", f"{name}完成数量", f"≥{done - rng.randint(0, 30)}个", f"{done}个", 2000, 2000, ""),
        ("产出指标", "质量指标", f"{name}验收合格率", "≥98%", sound, 1000, 1000, ""),
        ("产出指标", "时效指标", f"{name}按期完成率", "=100%", f"{late}%", 1000, 1000 - (100 - late) * 10, reason),
        ("成本指标", "经济成本指标", "单位成本控制数", f"≤{done * 3}元", cost, 1000, 1000, ""),
        ("效益指标", "社会效益指标", f"{name}受益群众覆盖面", "有效扩大", "达成预期指标", 2000, effect, ""),
        ("效益指标", "可持续影响指标", "长效管理机制", "基本健全", "基本健全", 1000, 1000, ""),
        ("满意度指标", "服务对象满意度指标", "服务对象满意度", "≥90%", f"{satisfied / 10:g}%", 1000, 1000, ""),
    )  # fmt: skip
