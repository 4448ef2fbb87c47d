"""The statements of a budget (预算) in a dialect's form."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ingest.dictionaries import read_seed
from synth import catalogue
from synth.books import FISCAL_FUNDS, WAN
from synth.final import Blocks, by_class, class_rows, economic_list, padded, three_paths, three_values
from synth.grid import ABOVE, LEFT, Amount, Entry, Grid, Text, head_rows
from synth.page import Page, by_item, coded_table

FUND_INCOME = {
    "general": "一般公共预算拨款收入",
    "gov_fund": "政府性基金预算拨款收入",
    "state_capital": "国有资本经营预算拨款收入",
}
FUND_COLUMN = {"general": "一般公共预算", "gov_fund": "政府性基金预算", "state_capital": "国有资本经营预算"}
OTHER = (("fiscal_account", "财政专户管理资金收入"), ("undertaking", "事业收入"), ("superior", "上级补助收入"),
         ("affiliated", "附属单位上缴收入"), ("operating", "事业单位经营收入"), ("other", "其他收入"))  # fmt: skip


def tables(page: Page) -> Blocks:
    """All tables in the form's order."""
    form = page.form
    own: list[Callable[[Page], Blocks]] = [summary, income, expenditure]
    fiscal: list[Callable[[Page], Blocks]] = [appropriation, general, basic_economic]
    three, fund, capital = three_public, gov_fund, state_capital
    if form.order == "appropriation_first" and page.year <= 2020:
        makers = [*fiscal, three, fund, *own]
    elif form.order == "old":
        makers = [*own, *fiscal, fund, capital, three]
    else:
        makers = [*own, *fiscal, three, fund, capital]
    if page.year < 2021:
        makers = [make for make in makers if make is not capital]
    from synth import budget_more as more  # it builds on this module

    extras = {
        "projects": projects, "procurement": procurement, "economic_gov": economic_gov,
        "economic_department": more.economic_department, "economic_both": more.economic_both,
        "project_list": more.project_list, "project_matrix": more.project_matrix,
        "basic_projects": more.basic_projects, "debt": more.debt, "services": more.services,
        "new_assets": more.new_assets,
    }  # fmt: skip
    since_2018 = ("economic_gov", "economic_both")  # the government's classification is of that year
    makers += [extras[name] for name in form.extras if name in extras and (page.year >= 2018 or name not in since_2018)]
    return [block for make in makers for block in make(page)]


def _is_integrated(page: Page) -> bool:
    """Forms of the integrated system (一体化), from 2021 on: 财政专户管理资金 is an income row of its own."""
    return page.year >= 2021


def income_rows(page: Page) -> list[tuple[str, int]]:
    """Numbered income rows of the summary."""
    book = page.books
    # a body with income of state capital prints its line, whatever the form: the sources make up the total
    funds = FISCAL_FUNDS if _is_integrated(page) or book.planned_income_of("state_capital") else FISCAL_FUNDS[:2]
    rows = [(FUND_INCOME[fund], book.planned_income_of(fund)) for fund in funds]
    for source, label in OTHER:
        amount = book.planned_income_of(source)
        if source == "undertaking" and not _is_integrated(page):
            amount += book.planned_income_of("fiscal_account")
        if source == "fiscal_account" and not _is_integrated(page):
            continue
        rows.append((label, amount))
    return [(f"{catalogue.ordinal(at)}、{label}", amount) for at, (label, amount) in enumerate(rows, 1)]  # fmt: skip


def summary(page: Page) -> Blocks:
    """收支总表."""
    if page.form.summary == "four":
        from synth import budget_more as more  # it builds on this module

        return more.four_sided(page)
    book, code = page.books, "budget_summary"
    money, amount = page.money(code), page.form.amount
    left: list[tuple[str, int] | None] = list(income_rows(page))
    right: list[tuple[str, int] | None] = [
        (label, values[0]) for label, values in class_rows(page, by_class(book.spending(planned=True)), 1)
    ]
    height = max(len(left), len(right))
    left, right = padded(left, height), padded(right, height)
    incoming, carried = sum(book.planned_income.values()), sum(book.carried_in_plan.values())
    spent = sum(item.total for item in book.planned.values())
    left += [("本年收入合计", incoming), ("上年结转", carried), ("收入总计", incoming + carried)]
    right += [("本年支出合计", spent), ("结转下年", 0), ("支出总计", spent)]
    grid = Grid([["收入", LEFT, "支出", LEFT], ["项目", amount, "项目", amount]])
    for one, other in zip(left, right, strict=True):
        row: list[Entry] = []
        for side, item in (("income", one), ("expenditure", other)):
            row += [item[0], Amount(money.text(item[1]), item[0], side=side)] if item else ["", ""]
        grid.add(*row)
    return page.place(grid, code)


def income(page: Page) -> Blocks:
    """收入总表 by functional item: sources side by side, carry-over at the end."""
    book, code = page.books, "budget_income"
    funds = FISCAL_FUNDS[: 3 if _is_integrated(page) else 2]
    sources = [source for source, _ in OTHER if _is_integrated(page) or source != "fiscal_account"]
    short = {"general": "一般公共预算拨款", "gov_fund": "政府性基金预算拨款", "state_capital": "国有资本经营预算拨款"}
    heads = ["合计", *(short[fund] for fund in funds), *(dict(OTHER)[source] for source in sources), "上年结转"]
    heads = [head.replace("财政专户管理资金收入", "财政专户管理资金") for head in heads]
    order = [*funds, *sources]
    items: dict[str, list[int]] = {}
    for (item, source), amount in book.planned_income.items():
        known = source if source in order else "undertaking"
        row = items.setdefault(item, [0] * len(heads))
        row[1 + order.index(known)] += amount
        row[0] += amount
    for (_, item), amount in book.carried_in_plan.items():
        row = items.setdefault(item, [0] * len(heads))
        row[-1] += amount
        row[0] += amount
    grid = coded_table(page, code, [(head,) for head in heads], items, catalogue.functional(page.year))
    return page.place(grid, code)


def expenditure(page: Page) -> Blocks:
    """支出总表."""
    labels = ("合计", "基本支出", "项目支出", "事业单位经营支出", "上缴上级支出", "对附属单位补助支出")
    items = by_item(
        page.books.spending(planned=True),
        lambda item: (item.total, item.basic, item.project, item.operating, item.upward, item.subsidy),
    )
    wide = labels if page.form.three_public != "operating" else labels[:3]
    shown = {key: tuple(amounts)[: len(wide)] for key, amounts in items.items()}
    grid = coded_table(page, "budget_expenditure", [(label,) for label in wide], shown, catalogue.functional(page.year))
    return page.place(grid, "budget_expenditure")


def appropriation(page: Page) -> Blocks:
    """财政拨款收支总表: funds in columns; classes with ordinals, in brackets, or with the code glued to the name."""
    book, code = page.books, "budget_appropriation_summary"
    money, amount = page.money(code), page.form.amount
    funds = FISCAL_FUNDS[: 3 if _is_integrated(page) else 2]
    shares = {fund: by_class(book.spending([fund], planned=True)) for fund in funds}
    used = sorted({key for share in shares.values() for key in share})
    classes = {key: tuple(shares[fund].get(key, (0,))[0] for fund in funds) for key in used}
    fiscal_income = {fund: book.planned_income_of(fund) for fund in funds}
    carried = {fund: book.balance(book.carried_in_plan, fund) for fund in funds}
    totals = [sum(values[at] for values in classes.values()) for at in range(len(funds))]
    names = catalogue.functional(page.year)
    left: list[tuple[str, int] | None]
    right: list[tuple[str, str, Sequence[int]] | None]
    if page.form.codes == "glued":
        right = [("", f"{key}{names[key]}", classes.get(key, (0,) * len(funds)))
                 for key in catalogue.budget_classes(page.year)]  # fmt: skip
        right = [(label[:3], label, values) for _, label, values in right]
        left = [("一、本年收入", sum(fiscal_income.values()))]
    elif page.form.classes == "nonzero":
        right = [("", f"{catalogue.ordinal(at)}、{names[key]}", classes[key]) for at, key in enumerate(used, 1)]
        left = []
    else:
        right = [("", "一、本年支出", totals)]
        right += [("", f"（{catalogue.ordinal(at)}）{names[key]}", classes[key]) for at, key in enumerate(used, 1)]
        left = [("一、本年收入", sum(fiscal_income.values()))]
    if left:
        left += [(f"（{catalogue.ordinal(at)}）{FUND_INCOME[fund][:-2]}", fiscal_income[fund])
                 for at, fund in enumerate(funds, 1)]  # fmt: skip
        left += [("二、上年结转", sum(carried.values()))]
        left += [(f"（{catalogue.ordinal(at)}）{FUND_INCOME[fund][:-2]}", carried[fund])
                 for at, fund in enumerate(funds, 1)]  # fmt: skip
    else:
        left = [(f"{catalogue.ordinal(at)}、{FUND_INCOME[fund][:-4]}资金", fiscal_income[fund])
                for at, fund in enumerate(funds, 1)]  # fmt: skip
        left.append((f"{catalogue.ordinal(len(funds) + 1)}、上年结转", sum(carried.values())))
    height = max(len(left), len(right))
    left, right = padded(left, height), padded(right, height)
    grand = sum(fiscal_income.values()) + sum(carried.values())
    left.append(("收入总计", grand))
    right.append(("", "支出总计", totals))
    heads = ["合计", *(FUND_COLUMN[fund] for fund in funds)]
    grid = Grid([["收入", LEFT, "支出", LEFT, *[LEFT] * len(funds)], ["项目", amount, "项目", *heads]])
    for one, other in zip(left, right, strict=True):
        row: list[Entry] = [one[0], Amount(money.text(one[1]), one[0], side="income")] if one else ["", ""]
        if other is None:
            row += [""] * (1 + len(heads))
        else:
            subject, label, values = other
            bare = label.removeprefix(subject)
            row += [
                label,
                *(Amount(money.text(value), bare, subject, "expenditure") for value in (sum(values), *values)),
            ]
        grid.add(*row)
    return page.place(grid, code)


def general(page: Page) -> Blocks:
    """一般公共预算支出表."""
    code = "budget_general_expenditure"
    over = "本年一般公共预算支出" if page.form.codes == "one" else ""
    labels = ("合计", "基本支出", "项目支出")
    columns = [(over, label) if over else (label,) for label in labels]
    items = by_item(page.books.spending(["general"], planned=True), lambda item: (item.total, item.basic, item.project))
    return page.place(coded_table(page, code, columns, items, catalogue.functional(page.year)), code)


def basic_economic(page: Page) -> Blocks:
    """一般公共预算基本支出表: by economic item."""
    code = "budget_general_basic_economic"
    return page.place(economic_list(page, code, page.books.planned_economic, page.form.basic), code)


def three_public(page: Page) -> Blocks:
    """“三公”经费预算表 in the form's shape."""
    book, code, shape = page.books, "budget_three_public", page.form.three_public
    money = page.money(code)
    now = three_values(book, 0)
    rows = (("total", "合计"), ("overseas", "因公出国（境）费"), ("hospitality", "公务接待费"),
            ("vehicle", "公务用车购置及运行费"), ("vehicle_purchase", "其中：公务用车购置费"),
            ("vehicle_operation", "公务用车运行费"))  # fmt: skip
    if shape == "funds":
        heads = ["合计", *(FUND_COLUMN[fund] for fund in FISCAL_FUNDS)]
        grid = Grid([["项目", *heads]])
        for key, label in rows:
            grid.add(label, *(Amount(money.text(value), label) for value in (now[key], now[key], 0, 0)))
    elif shape == "vertical":
        grid = Grid([["项目", page.form.amount if page.form.amount != "金额" else "预算数"]])
        for key, label in rows:
            grid.add(label, Amount(money.text(now[key]), label))
    elif shape == "year_over_year":
        grid = Grid([["项目", f"{page.year - 1}年预算数", f"{page.year}年预算数", "增减额", "增减幅度"]])
        for key, label in rows:
            before = _before(page, key)
            change = now[key] - before
            rate = _rate(change, before)
            grid.add(label, Amount(money.text(before), label), Amount(money.text(now[key]), label),
                     Amount(money.text(change), label), Amount(rate, label, unit="%"))  # fmt: skip
    elif shape in ("meeting", "two_years"):
        from synth import budget_more as more  # it builds on this module

        return (more.three_meeting if shape == "meeting" else more.three_two_years)(page)
    elif shape == "operating":
        over, running = "“三公”经费预算数", "机关运行经费预算数"
        grid = Grid(head_rows([*three_paths(over), (running,)]))
        cost = (
            0
            if book.is_institution
            else sum(amount for key, amount in book.planned_economic.items() if key[:3] not in ("301", "303"))
        )
        keys = ("total", "overseas", "vehicle", "vehicle_purchase", "vehicle_operation", "hospitality")
        grid.add(*(Amount(money.text(now[key])) for key in keys), Amount(money.text(cost)))
    else:
        grid = Grid(head_rows(three_paths()))
        keys = ("total", "overseas", "vehicle", "vehicle_purchase", "vehicle_operation", "hospitality")
        grid.add(*(Amount(money.text(now[key])) for key in keys))
    return page.place(grid, code)


def _before(page: Page, key: str) -> int:
    """Last year's budget of a 三公 item: what the body published then; before its first year somewhat more than now."""
    if page.prior is not None:
        return three_values(page.prior, 0)[key]
    now = three_values(page.books, 0)
    items = {item: now[item] * 11 // 10 // 10_000 * 10_000
             for item in ("overseas", "vehicle_purchase", "vehicle_operation", "hospitality")}  # fmt: skip
    items["vehicle"] = items["vehicle_purchase"] + items["vehicle_operation"]
    items["total"] = items["overseas"] + items["vehicle"] + items["hospitality"]
    return items[key]


def _rate(change: int, base: int) -> str:
    """A rate with two decimals, rounded half up; "" where there is no base."""
    if not base:
        return ""
    hundredths = (abs(change) * 20_000 + base) // (2 * base)
    sign = "-" if change < 0 and hundredths else ""
    return f"{sign}{hundredths // 100}.{hundredths % 100:02d}%"


def _empty_or(page: Page, code: str, fund: str, name: str) -> Blocks:
    items = by_item(page.books.spending([fund], planned=True), lambda item: (item.total, item.basic, item.project))
    columns = [(label,) for label in ("合计", "基本支出", "项目支出")]
    names = catalogue.functional(page.year)
    if items:
        return page.place(coded_table(page, code, columns, items, names), code)
    grid = coded_table(page, code, columns, {}, names, has_total=False)
    lead = grid.width - len(columns)
    grid.add(page.form.total_label, *[LEFT] * (lead - 1), *[""] * len(columns))
    return page.place(grid, code, empty=f"注：{page.year}年未安排{name}支出，本表为空表。")


def gov_fund(page: Page) -> Blocks:
    """政府性基金预算支出表."""
    return _empty_or(page, "budget_fund", "gov_fund", "政府性基金预算")


def state_capital(page: Page) -> Blocks:
    """国有资本经营预算支出表."""
    return _empty_or(page, "budget_state_capital", "state_capital", "国有资本经营预算")


def projects(page: Page) -> Blocks:
    """项目支出表: a row a project, funds in columns."""
    code, money = "budget_other", page.money()
    heads = [("项目名称",), ("合计",), ("本年拨款", "一般公共预算"), ("本年拨款", "政府性基金预算"),
             ("本年拨款", "国有资本经营预算"), ("财政拨款结转结余",)]  # fmt: skip
    grid = Grid(head_rows(heads))
    rows: list[tuple[str, list[int]]] = []
    for project in page.books.projects:
        carried = page.books.carried_in_plan.get((project.fund, project.code), 0)
        carried = carried if carried <= project.initial and not page.who.children else 0
        values = [project.initial, 0, 0, 0, carried]
        values[1 + FISCAL_FUNDS.index(project.fund)] = project.initial - carried
        rows.append((project.name, values))
    total = [sum(values[at] for _, values in rows) for at in range(5)]
    for label, values in [("合计", total), *rows] if rows else []:
        grid.add(label, *(Amount(money.text(value, zero=""), label) for value in values))
    if not rows:
        grid.add("合计", *[""] * 5)
    return page.place(grid, code, empty="" if rows else f"注：{page.year}年未安排项目支出，本表为空表。")


def procurement(page: Page) -> Blocks:
    """政府采购预算表 by kind of purchase."""
    money, bought = page.money(), page.books.procurement
    values = [bought["planned_goods"], bought["planned_works"], bought["planned_services"]]
    grid = Grid([["采购项目名称", "合计", "货物类", "工程类", "服务类"]])
    grid.add("合计", *(Amount(money.text(value), "合计") for value in (sum(values), *values)))
    for at, (label, value) in enumerate(
        zip(("办公设备及物资采购", "工程项目采购", "运维及物业服务采购"), values, strict=True)
    ):
        shares = [0, 0, 0]
        shares[at] = value
        if value >= WAN // 100:
            grid.add(label, *(Amount(money.text(share, zero=""), label) for share in (value, *shares)))
    return page.place(grid, "budget_procurement")


def government_codes(is_institution: bool, year: int) -> dict[str, str]:
    kind = "institution" if is_institution else "administrative"
    found: dict[str, str] = {}
    for row in read_seed("economic_map"):
        valid = int(row["valid_from_year"] or 0) <= year <= int(row["valid_to_year"] or 9999)
        if valid and row["body_kind"] in (kind, "", "any", "all"):
            found.setdefault(row["department_code"], row["government_code"])
    return found


def economic_gov(page: Page) -> Blocks:
    """一般公共预算支出经济分类情况表（政府预算）: basic and project expenditure by government class."""
    book, code = page.books, "budget_general_economic_gov"
    into = government_codes(book.is_institution, page.year)
    names = catalogue.economic(page.year, "government")
    spare = "50299" if not book.is_institution else "50599"
    items: dict[str, list[int]] = {}
    for key, amount in book.planned_economic.items():
        target = into.get(key, spare)
        row = items.setdefault(target if target in names else spare, [0, 0, 0])
        row[0] += amount
        row[1] += amount
    for (_, group), amount in book.planned_project_economic.items():
        target = (
            {"302": "50205", "310": "50306"}[group]
            if not book.is_institution
            else {"302": "50502", "310": "50601"}[group]
        )
        row = items.setdefault(target, [0, 0, 0])
        row[0] += amount
        row[2] += amount
    money = page.money(code)
    head = [
        ["政府预算支出经济分类", LEFT, "合计", "基本支出", "项目支出"],
        ["科目编码", "科目名称", ABOVE, ABOVE, ABOVE],
    ]
    grid = Grid(head)
    sums: dict[str, list[int]] = {}
    for key, values in items.items():
        for part in (key[:3], key):
            sums[part] = [old + new for old, new in zip(sums.get(part, [0, 0, 0]), values, strict=True)]
    for key in sorted(sums):
        grid.add(Text(key, "code"), names[key], *(Amount(money.text(value), names[key], key) for value in sums[key]))
    total = [sum(values[at] for values in items.values()) for at in range(3)]
    grid.add("合计", LEFT, *(Amount(money.text(value), "合计") for value in total))
    return page.place(grid, code)
