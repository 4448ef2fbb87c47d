"""The sentences of a disclosure and the numbers they state, in the wordings of several places."""

from __future__ import annotations

from dataclasses import dataclass

from synth import catalogue
from synth.books import FISCAL_FUNDS, Books
from synth.final import FUND_NAMES, OTHER_INCOME, PERSONNEL_CLASSES, by_class, three_values
from synth.forms import Money
from synth.model import Prose, Said
from synth.page import Page

_MONEY = Money()


@dataclass(frozen=True, slots=True)
class _Said:
    text: str
    said: Said


def _amount(cents: int, subject: str, code: str = "") -> _Said:
    text = _MONEY.text(cents)
    return _Said(f"{text}万元", Said(text, "万元", "amount", "", subject, code))


def _count(number: int, unit: str, subject: str) -> _Said:
    return _Said(f"{number}{unit}", Said(str(number), unit, "count", "", subject))


def _rate(part: int, whole: int, role: str, subject: str, base: str = "") -> _Said:
    """A rate with two decimals; ``whole`` must not be 0."""
    hundredths = (abs(part) * 20_000 + abs(whole)) // (2 * abs(whole))
    text = f"{hundredths // 100}.{hundredths % 100:02d}"
    return _Said(f"{text}%", Said(text, "%", role, base, subject))


def _prose(*parts: str | _Said) -> Prose:
    return Prose(
        "".join(part if isinstance(part, str) else part.text for part in parts),
        tuple(part.said for part in parts if isinstance(part, _Said)),
    )


@dataclass(frozen=True, slots=True)
class Wording:
    """How a place says the same: the two totals, a change, a share, a completion."""

    totals: tuple[str, str] = ("收入总计", "，支出总计")
    compared: str = "，比{base}"
    both: str = ""
    """各 where a change is of both sides at once."""
    rate: tuple[str, str] = ("，", "")
    """What stands before the word and after the rate of change."""
    share: str = "，占"
    completed: str = "，完成{base}的"
    item: str = "支出决算为"


WORDINGS = {
    "national": Wording(),
    "shanghai": Wording(("收入支出总计", ""), "，较{base}", completed="，完成{base}"),
    "chongqing": Wording(compared="，较{base}", share="，占比"),
    "zhejiang": Wording(("收、支总计各", ""), "，与{base}相比，", "各", share="，占本年合计的"),
    "short": Wording(("收入总计", "，支出总计"), "。与{base}相比，", "收、支总计各", completed="，预算执行率为"),
    "hierarchy": Wording(("收、支总计均为", ""), "，比{base}", rate=("（", "）"), completed="，为{base}的",
                         item="决算支出"),
}  # fmt: skip


def _change(
    words: Wording, now: int, before: int, subject: str, named: str, base: str, *, both: bool = False
) -> list[str | _Said]:
    """比上年…增加…，增长…: nothing to compare with, or no change, is said in words."""
    if now == before:
        return [f"，与{named}持平"]
    word, rate = ("增加", "增长") if now > before else ("减少", "下降")
    text = _MONEY.text(abs(now - before))
    each = words.both if both else ""
    parts: list[str | _Said] = [f"{words.compared.format(base=named)}{each}{word}",
                                _Said(f"{text}万元", Said(text, "万元", "change", base, subject))]  # fmt: skip
    if before:
        parts += [f"{words.rate[0]}{rate}", _rate(now - before, before, "change_rate", subject, base), words.rate[1]]
    return parts


def final_sections(page: Page, prior: Books | None) -> list[tuple[str, list[Prose]]]:
    """(title, paragraphs) of the explanation of a final account; ``prior`` are last year's books."""
    book, year = page.books, page.year
    incoming, spent = sum(book.income.values()), sum(item.total for item in book.spent.values())
    grand = incoming + book.surplus_used + sum(book.opening.values())
    sections: list[tuple[str, list[Prose]]] = []
    words = WORDINGS[page.dialect.prose]
    first: list[str | _Said] = [f"{year}年度", words.totals[0], _amount(grand, "收入总计")]
    if words.totals[1]:
        first += [words.totals[1], _amount(grand, "支出总计")]
    if prior is not None:
        before = sum(prior.income.values()) + prior.surplus_used + sum(prior.opening.values())
        first += _change(words, grand, before, "收入总计", "上年决算数", "prior_final", both=True)
    sections.append(("收入支出决算总体情况说明", [_prose(*first, "。")]))
    sources = [("财政拨款收入", book.income_of(*FISCAL_FUNDS))]
    sources += [(label, book.income_of(source)) for source, label in OTHER_INCOME]
    parts: list[str | _Said] = [f"{year}年度本年收入合计", _amount(incoming, "本年收入合计"), "，其中："]
    for at, (label, value) in enumerate(source for source in sources if source[1]):
        parts += ["；" if at else "", label, _amount(value, label), words.share, _rate(value, incoming, "share", label)]
    sections.append(("收入决算情况说明", [_prose(*parts, "。")]))
    items = book.spending().values()
    parts = [f"{year}年度本年支出合计", _amount(spent, "本年支出合计"), "，其中："]
    measures = [
        (label, sum(getattr(item, name) for item in items))
        for label, name in (
            ("基本支出", "basic"),
            ("项目支出", "project"),
            ("上缴上级支出", "upward"),
            ("经营支出", "operating"),
            ("对附属单位补助支出", "subsidy"),
        )
    ]
    for at, (label, value) in enumerate(measure for measure in measures if measure[1]):
        parts += ["；" if at else "", label, _amount(value, label), words.share, _rate(value, spent, "share", label)]
    sections.append(("支出决算情况说明", [_prose(*parts, "。")]))
    sections.append(("财政拨款收入支出决算总体情况说明", _appropriation(page, prior)))
    sections.append(("一般公共预算财政拨款支出决算情况说明", _general(page, prior)))
    people = sum(amount for key, amount in book.economic.items() if key[:3] in PERSONNEL_CLASSES)
    basic = sum(book.economic.values())
    sections.append(
        (
            "一般公共预算财政拨款基本支出决算情况说明",
            [
                _prose(
                    f"{year}年度一般公共预算财政拨款基本支出",
                    _amount(basic, "基本支出"),
                    "，其中：人员经费",
                    _amount(people, "人员经费"),
                    "，主要包括基本工资、津贴补贴、社会保障缴费等；公用经费",
                    _amount(basic - people, "公用经费"),
                    "，主要包括办公费、水费、电费、差旅费等。",
                )
            ],
        )
    )
    for fund in ("gov_fund", "state_capital")[: 2 if year >= 2020 else 1]:
        sections.append((f"{FUND_NAMES[fund]}收入支出决算情况说明", [_fund(page, fund)]))
    sections.append(("财政拨款“三公”经费支出决算情况说明", _three(page)))
    sections.append(("其他重要事项的情况说明", _other(page)))
    return sections


def _appropriation(page: Page, prior: Books | None) -> list[Prose]:
    book = page.books
    incoming = book.income_of(*FISCAL_FUNDS)
    grand = incoming + book.balance(book.opening, *FISCAL_FUNDS)
    parts: list[str | _Said] = [f"{page.year}年度财政拨款收、支总计", _amount(grand, "财政拨款收支总计")]
    if prior is not None:
        before = prior.income_of(*FISCAL_FUNDS) + prior.balance(prior.opening, *FISCAL_FUNDS)
        words = WORDINGS[page.dialect.prose]
        parts += _change(words, grand, before, "财政拨款收支总计", "上年", "prior_final", both=True)
    return [_prose(*parts, "。")]


def _general(page: Page, prior: Books | None) -> list[Prose]:
    book, names = page.books, catalogue.functional(page.year)
    spending = book.spending(["general"])
    total = sum(item.total for item in spending.values())
    plan = sum(item.total for item in book.spending(["general"], planned=True).values())
    parts: list[str | _Said] = [
        f"{page.year}年度一般公共预算财政拨款支出",
        _amount(total, "一般公共预算财政拨款支出"),
        "，占本年支出合计的",
        _rate(total, sum(item.total for item in book.spent.values()), "share", "一般公共预算财政拨款支出"),
    ]
    if prior is not None:
        before = sum(item.total for item in prior.spending(["general"]).values())
        words = WORDINGS[page.dialect.prose]
        parts += _change(words, total, before, "一般公共预算财政拨款支出", "上年", "prior_final")
    found = [_prose(*parts, "。")]
    parts = ["主要用于以下方面："]
    for at, (code, (value,)) in enumerate(sorted(by_class(spending).items())):
        parts += [
            "；" if at else "",
            f"{names[code]}（类）支出",
            _amount(value, names[code], code),
            "，占",
            _rate(value, total, "share", names[code]),
        ]
    found.append(_prose(*parts, "。"))
    if plan:
        found.append(
            _prose(
                "年初预算为",
                _amount(plan, "年初预算"),
                "，支出决算为",
                _amount(total, "支出决算"),
                WORDINGS[page.dialect.prose].completed.format(base="年初预算"),
                _rate(total, plan, "completion_rate", "支出决算", "initial_budget"),
                "。",
            )
        )
    for at, (code, item) in enumerate(sorted(spending.items())[:6], 1):
        label = f"{names[code[:3]]}（类）{names[code[:5]]}（款）{names[code]}（项）"
        found.append(
            _prose(f"{at}．{label}。{WORDINGS[page.dialect.prose].item}", _amount(item.total, label, code), "。")
        )
    return found


def _fund(page: Page, fund: str) -> Prose:
    book, name = page.books, FUND_NAMES[fund]
    spent = book.spent_by_fund(fund)
    opening, incoming = book.balance(book.opening, fund), book.income_of(fund)
    if not (spent or opening or incoming):
        return _prose(f"{page.year}年度没有{name}收入、支出及结转和结余。")
    return _prose(
        f"{page.year}年度{name}年初结转和结余",
        _amount(opening, name),
        "，本年收入",
        _amount(incoming, name),
        "，本年支出",
        _amount(spent, name),
        "，年末结转和结余",
        _amount(book.balance(book.closing, fund), name),
        "。",
    )


def _three(page: Page) -> list[Prose]:
    book = page.books
    plan, final = three_values(book, 1), three_values(book, 2)
    parts: list[str | _Said] = [
        f"{page.year}年度财政拨款“三公”经费支出全年预算数为",
        _amount(plan["total"], "“三公”经费"),
        "，支出决算数为",
        _amount(final["total"], "“三公”经费"),
    ]
    if plan["total"]:
        parts += [
            WORDINGS[page.dialect.prose].completed.format(base="全年预算"),
            _rate(final["total"], plan["total"], "completion_rate", "“三公”经费", "full_year_budget"),
        ]
    found = [_prose(*parts, "。")]
    counts = book.counts
    found.append(
        _prose(
            "公务用车运行维护费",
            _amount(final["vehicle_operation"], "公务用车运行维护费"),
            f"。{page.year}年末公务用车保有量",
            _count(counts["vehicles"], "辆", "公务用车保有量"),
            "。",
        )
    )
    if final["hospitality"]:
        found.append(
            _prose(
                "公务接待费",
                _amount(final["hospitality"], "公务接待费"),
                "。国内公务接待",
                _count(counts["batches"], "批次", "国内公务接待"),
                "，",
                _count(counts["guests"], "人次", "国内公务接待"),
                "。",
            )
        )
    return found


def _other(page: Page) -> list[Prose]:
    book = page.books
    bought = book.procurement
    total = bought["goods"] + bought["works"] + bought["services"]
    return [
        _prose(
            f"{page.year}年度政府采购支出总额",
            _amount(total, "政府采购支出总额"),
            "，其中：政府采购货物支出",
            _amount(bought["goods"], "货物"),
            "、政府采购工程支出",
            _amount(bought["works"], "工程"),
            "、政府采购服务支出",
            _amount(bought["services"], "服务"),
            "。",
        ),
        _prose(
            "授予中小企业合同金额",
            _amount(bought["sme"], "授予中小企业合同金额"),
            "，占政府采购支出总额的",
            _rate(bought["sme"], total, "share", "授予中小企业合同金额"),
            "。",
        ),
    ]


def budget_sections(page: Page) -> list[tuple[str, list[Prose]]]:
    """(title, paragraphs) of the explanation of a budget."""
    book, year = page.books, page.year
    total = sum(item.total for item in book.planned.values())
    incoming, carried = sum(book.planned_income.values()), sum(book.carried_in_plan.values())
    spending = book.spending(planned=True).values()
    basic, project = sum(item.basic for item in spending), sum(item.project for item in spending)
    general = sum(item.total for item in book.spending(["general"], planned=True).values())
    three = three_values(book, 0)
    sections = [
        (
            f"关于{year}年{page.level}收支预算情况的总体说明",
            [_prose(f"{year}年收支总预算", _amount(total, "收支总预算"), "。")],
        ),
        (
            f"关于{year}年收入预算情况说明",
            [
                _prose(
                    f"{year}年收入预算",
                    _amount(total, "收入预算"),
                    "，其中：本年收入",
                    _amount(incoming, "本年收入"),
                    "，上年结转",
                    _amount(carried, "上年结转"),
                    "。",
                )
            ],
        ),
        (
            f"关于{year}年支出预算情况说明",
            [
                _prose(
                    f"{year}年支出预算",
                    _amount(total, "支出预算"),
                    "，其中：基本支出",
                    _amount(basic, "基本支出"),
                    "，占",
                    _rate(basic, total, "share", "基本支出"),
                    "；项目支出",
                    _amount(project, "项目支出"),
                    "，占",
                    _rate(project, total, "share", "项目支出"),
                    "。",
                )
            ],
        ),
        (
            f"关于{year}年一般公共预算支出情况说明",
            [_prose(f"{year}年一般公共预算支出", _amount(general, "一般公共预算支出"), "。")],
        ),
        (
            f"关于{year}年“三公”经费预算情况说明",
            [
                _prose(
                    f"{year}年“三公”经费预算数为",
                    _amount(three["total"], "“三公”经费"),
                    "，其中：因公出国（境）费",
                    _amount(three["overseas"], "因公出国（境）费"),
                    "，公务用车购置及运行费",
                    _amount(three["vehicle"], "公务用车购置及运行费"),
                    "，公务接待费",
                    _amount(three["hospitality"], "公务接待费"),
                    "。",
                )
            ],
        ),
    ]
    return sections
