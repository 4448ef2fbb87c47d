"""The statements of a final account (决算) in a dialect's form."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from synth import catalogue
from synth.books import FISCAL_FUNDS, THREE, Books, Spending
from synth.grid import LEFT, Amount, Entry, Grid, Text, head_rows
from synth.model import Prose, Statement
from synth.page import Page, by_item, coded_table

Blocks = list[Prose | Statement]
FUND_NAMES = {
    "general": "一般公共预算财政拨款",
    "gov_fund": "政府性基金预算财政拨款",
    "state_capital": "国有资本经营预算财政拨款",
}
THREE_NAMES = {
    "overseas": "因公出国（境）费", "vehicle": "公务用车购置及运行维护费", "vehicle_purchase": "公务用车购置费",
    "vehicle_operation": "公务用车运行维护费", "hospitality": "公务接待费",
}  # fmt: skip
OTHER_INCOME = (("superior", "上级补助收入"), ("undertaking", "事业收入"), ("operating", "经营收入"),
                ("affiliated", "附属单位上缴收入"), ("other", "其他收入"))  # fmt: skip


def tables(page: Page) -> Blocks:
    """All tables in the form's order."""
    by_form = "new" if page.year >= 2022 else "old"
    order = page.form.order if page.form.order != "by_year" else by_form
    three, fund, capital = three_public, gov_fund, state_capital
    tail: list[Callable[[Page], Blocks]] = [three, fund, capital] if order == "old" else [fund, capital, three]
    if page.year < 2020:
        tail.remove(capital)
    makers = [summary, income, expenditure, appropriation, general, basic_economic, *tail]
    from synth import final_more as more  # it builds on this module

    extras = {
        "statistics": statistics, "assets": assets, "procurement": procurement, "projects": projects,
        "income_by_body": more.income_by_body, "expenditure_by_body": more.expenditure_by_body, "matrix": more.matrix,
        "fund_three_public": more.fund_three_public, "fiscal_account": more.fiscal_account,
        "project_flow": more.project_flow, "services": more.services, "balance_sheet": more.balance_sheet,
    }  # fmt: skip
    makers += [extras[name] for name in page.form.extras if name in extras]
    return [block for make in makers for block in make(page)]


def is_old(page: Page) -> bool:
    """Forms up to 2019: one row 财政拨款收入, 其中 the fund."""
    return page.year <= 2019


def _two_sides(
    page: Page,
    code: str,
    left: Sequence[tuple[str, int] | None],
    right: Sequence[tuple[str, int] | None],
    head: list[list[str]],
) -> Grid:
    """项目 行次 金额 | 项目 行次 金额."""  # fmt: skip
    grid = Grid(head)
    money, numbered = page.money(code), page.form.row_numbers != "none"
    count = len(left)
    start = _expenditure_start(page.year, count)
    numbers, right_numbers = page.numbers(count), page.numbers(count, start)
    for at, (one, other) in enumerate(zip(left, right, strict=True)):
        row: list[Entry] = []
        for side, item, number in (("income", one, numbers[at]), ("expenditure", other, right_numbers[at])):
            row.append(item[0] if item else "")
            if numbered:
                row.append(Text(number, "row_number"))
            row.append(Amount(money.text(item[1]), item[0], side=side) if item else "")
        grid.add(*row)
    return grid


def _expenditure_start(year: int, count: int) -> int:
    """First 行次 of the expenditure side: it differed by year."""
    usual = 35 if year <= 2016 else 28 if year <= 2018 else 31
    return max(usual, count + 1)


def class_rows(page: Page, by_class: dict[str, Sequence[int]], width: int) -> list[tuple[str, Sequence[int]]]:
    """Numbered classes of the expenditure side: all of the year's form, or those used."""
    names = catalogue.functional(page.year)
    codes = catalogue.final_classes(page.year) if page.kind == "final" else catalogue.budget_classes(page.year)
    if page.form.classes == "nonzero":
        codes = tuple(code for code in codes if code in by_class)
    zero = (0,) * width
    return [(f"{catalogue.ordinal(at)}、{names[code]}", by_class.get(code, zero)) for at, code in enumerate(codes, 1)]


def by_class(spending: dict[str, Spending]) -> dict[str, tuple[int]]:
    """Class code → total."""
    found: dict[str, int] = {}
    for code, item in spending.items():
        found[code[:3]] = found.get(code[:3], 0) + item.total
    return {code: (amount,) for code, amount in found.items()}


def _summary_head(page: Page) -> list[list[str]]:
    amount = page.form.amount
    if page.form.row_numbers == "none":
        return [["收入", LEFT, "支出", LEFT], ["项目", amount, "项目", amount]]
    one, two = page.numbers(2)
    return [
        ["收入", LEFT, LEFT, "支出", LEFT, LEFT],
        ["项目", "行次", amount, "项目", "行次", amount],
        ["栏次", "", one, "栏次", "", two],
    ]


def padded(rows: list, height: int) -> list:
    """Rows with empty places up to a height."""
    return [*rows, *[None] * (height - len(rows))]


def summary(page: Page) -> Blocks:
    """收入支出决算总表."""
    book = page.books
    right = [(label, amounts[0]) for label, amounts in class_rows(page, by_class(book.spending()), 1)]
    if is_old(page):
        left = [("财政拨款收入", book.income_of(*FISCAL_FUNDS))]
    else:
        left = [(f"{FUND_NAMES[fund]}收入", book.income_of(fund)) for fund in FISCAL_FUNDS]
    left += [(label, book.income_of(source)) for source, label in OTHER_INCOME]
    left = [(f"{catalogue.ordinal(at)}、{label}", amount) for at, (label, amount) in enumerate(left, 1)]
    if is_old(page):
        left.insert(1, ("其中：政府性基金预算财政拨款", book.income_of("gov_fund")))
    height = max(len(left), len(right))
    left, right = padded(left, height), padded(right, height)
    incoming, spent = sum(book.income.values()), sum(item.total for item in book.spent.values())
    opening, closing = sum(book.opening.values()), sum(book.closing.values())
    used = "用事业基金弥补收支差额" if page.year <= 2018 else "使用非财政拨款结余"
    used += "（含专用结余）" if page.year >= 2023 else ""
    left += [("本年收入合计", incoming), (used, book.surplus_used), ("年初结转和结余", opening), None]
    right += [("本年支出合计", spent), ("结余分配", book.allocated), ("年末结转和结余", closing), None]
    left.append((page.total("总计"), incoming + book.surplus_used + opening))
    right.append((page.total("总计"), spent + book.allocated + closing))
    grid = _two_sides(page, "final_summary", left, right, _summary_head(page))
    return page.place(grid, "final_summary", note=f"本表反映{page.level}本年度的总收支和年末结转结余情况。")


def income(page: Page) -> Blocks:
    """收入决算表: by item and source; education fees stand inside 事业收入 from 2019 on."""
    book = page.books
    items: dict[str, list[int]] = {}
    fee = page.year >= 2019
    for (code, source), amount in book.income.items():
        row = items.setdefault(code, [0] * 7)
        at = 1 if source in FISCAL_FUNDS else 2 + [name for name, _ in OTHER_INCOME].index(source)
        row[at] += amount
        row[0] += amount
    labels = ["本年收入合计", "财政拨款收入", *(label for _, label in OTHER_INCOME)]
    columns: list[tuple[str, ...]] = [(label,) for label in labels]
    if fee:
        columns[3:4] = [("事业收入", "小计"), ("事业收入", "其中：教育收费")]
        for code, row in items.items():
            row.insert(4, book.education_fee.get(code, 0))
    grid = coded_table(page, "final_income", columns, items, catalogue.functional(page.year))
    return page.place(grid, "final_income", note=f"本表反映{page.level}本年度取得的各项收入情况。")


def expenditure(page: Page) -> Blocks:
    """支出决算表."""
    labels = ("本年支出合计", "基本支出", "项目支出", "上缴上级支出", "经营支出", "对附属单位补助支出")
    items = by_item(
        page.books.spending(),
        lambda item: (item.total, item.basic, item.project, item.upward, item.operating, item.subsidy),
    )
    grid = coded_table(
        page, "final_expenditure", [(label,) for label in labels], items, catalogue.functional(page.year)
    )
    return page.place(grid, "final_expenditure", note=f"本表反映{page.level}本年度各项支出情况。")


def _funds(page: Page) -> tuple[str, ...]:
    return FISCAL_FUNDS[:2] if is_old(page) else FISCAL_FUNDS


def appropriation(page: Page) -> Blocks:
    """财政拨款收入支出决算总表: funds side by side on the expenditure side."""
    book, code = page.books, "final_appropriation_summary"
    funds, money = _funds(page), page.money(code)
    # Where the form has no column of state capital, bodies with such money are printed without it.
    shares = {fund: by_class(book.spending([fund])) for fund in funds}
    classes = {
        key: tuple(shares[fund].get(key, (0,))[0] for fund in funds) for share in shares.values() for key in share
    }
    right: list[tuple[str, Sequence[int]] | None] = list(class_rows(page, classes, len(funds)))
    names = [(f"{catalogue.ordinal(at)}、{FUND_NAMES[fund]}", fund) for at, fund in enumerate(funds, 1)]
    left: list[tuple[str, int] | None] = [(label, book.income_of(fund)) for label, fund in names]
    height = max(len(left), len(right))
    left, right = padded(left, height), padded(right, height)
    opening = [(label, book.balance(book.opening, fund)) for label, fund in names]
    spent = [book.spent_by_fund(fund) for fund in funds]
    closing = [book.balance(book.closing, fund) for fund in funds]
    incoming = book.income_of(*funds)
    left += [("本年收入合计", incoming), ("年初财政拨款结转和结余", sum(amount for _, amount in opening)), *opening]
    left.append(("总计", incoming + sum(amount for _, amount in opening)))
    right += [("本年支出合计", spent), ("年末财政拨款结转和结余", closing), *[None] * len(funds)]
    right.append(("总计", [one + other for one, other in zip(spent, closing, strict=True)]))
    numbered = page.form.row_numbers != "none"
    amount = page.form.amount
    heads = ["合计" if page.year >= 2019 else "小计", *(FUND_NAMES[fund] for fund in funds)]
    wide = len(heads)
    if numbered:
        head = [["收入", LEFT, LEFT, "支出", LEFT, LEFT, *[LEFT] * (wide - 1)],
                ["项目", "行次", "金额" if amount == "金额" else amount, "项目", "行次", *heads],
                ["栏次", "", page.numbers(1)[0], "栏次", "", *page.numbers(wide, 2)]]  # fmt: skip
    else:
        head = [["收入", LEFT, "支出", LEFT, *[LEFT] * (wide - 1)], ["项目", amount, "项目", *heads]]
    grid = Grid(head)
    start = _expenditure_start(page.year, len(left))
    for at, (one, other) in enumerate(zip(left, right, strict=True)):
        row: list[Entry] = [one[0] if one else ""]
        if numbered:
            row.append(Text(page.numbers(1, at + 1)[0], "row_number"))
        row.append(Amount(money.text(one[1]), one[0], side="income") if one else "")
        row.append(other[0] if other else "")
        if numbered:
            row.append(Text(page.numbers(1, start + at)[0], "row_number"))
        if other is None:
            row += [""] * wide
        else:
            amounts = (sum(other[1]), *other[1])
            row += [Amount(money.text(value), other[0], side="expenditure") for value in amounts]
        grid.add(*row)
    return page.place(grid, code, note=f"本表反映{page.level}本年度财政拨款的总收支和年末结转结余情况。")


def general(page: Page) -> Blocks:
    """一般公共预算财政拨款支出决算表, or with its flow (年初结转 本年收入 本年支出 年末结转)."""
    book, code = page.books, "final_general_expenditure"
    names = catalogue.functional(page.year)
    if "general_flow" not in page.form.extras:
        items = by_item(book.spending(["general"]), lambda item: (item.total, item.basic, item.project))
        columns = [("本年支出", "小计"), ("本年支出", "基本支出"), ("本年支出", "项目支出")]
        grid = coded_table(page, code, columns, items, names)
        return page.place(grid, code, note=f"本表反映{page.level}本年度一般公共预算财政拨款支出情况。")
    flows = _flow(book, "general")
    columns = [(group, leaf) for group in ("年初结转和结余", "本年收入", "本年支出", "年末结转和结余")
               for leaf in ("合计", "基本支出结转" if "结转" in group else "基本支出",
                            "项目支出结转和结余" if "结转" in group else "项目支出")]  # fmt: skip
    items = {}
    for subject, (opening, incoming, basic, project, closing) in flows.items():
        items[subject] = (opening, 0, opening, incoming, basic, incoming - basic, basic + project, basic, project,
                          closing, 0, closing)  # fmt: skip
    grid = coded_table(page, code, columns, items, names)
    return page.place(grid, code, note=f"本表反映{page.level}本年度一般公共预算财政拨款的收支和结转结余情况。")


def _flow(book: Books, fund: str) -> dict[str, tuple[int, int, int, int, int]]:
    """Item → opening, income, basic, project, closing of one fund."""
    spent = book.spending([fund])
    codes = {code for (source, code) in (*book.opening, *book.closing) if source == fund}
    codes |= {code for (code, source) in book.income if source == fund} | set(spent)
    empty = Spending()
    return {
        code: (
            book.opening.get((fund, code), 0), book.income.get((code, fund), 0), spent.get(code, empty).basic,
            spent.get(code, empty).project, book.closing.get((fund, code), 0),
        )
        for code in sorted(codes)
    }  # fmt: skip


PERSONNEL_CLASSES, PUBLIC_CLASSES = ("301", "303"), ("302", "307", "310")


def basic_economic(page: Page) -> Blocks:
    """06: general basic expenditure by economic item, in groups side by side or in one list."""
    code, shape = "final_general_basic_economic", page.form.basic
    if shape in ("columns", "single"):
        grid = economic_list(page, code, page.books.economic, shape)
    else:
        grid = _economic_groups(page, code, shape)
    return page.place(grid, code, note=f"本表反映{page.level}本年度一般公共预算财政拨款基本支出明细情况。")


def economic_list(page: Page, code: str, economic: dict[str, int], shape: str) -> Grid:
    """One list with 合计 人员经费 公用经费, or with a single amount."""
    names = catalogue.economic(page.year)
    if shape == "single":
        return coded_table(page, code, [("金额",)], {key: (amount,) for key, amount in economic.items()}, names)
    items = {}
    for key, amount in economic.items():
        is_personnel = key[:3] in PERSONNEL_CLASSES
        items[key] = (amount, amount if is_personnel else 0, 0 if is_personnel else amount)
    over = "本年支出" if page.kind == "final" else "基本支出"
    columns = [(over, "合计"), (over, "人员经费"), (over, "公用经费")]
    return coded_table(page, code, columns, items, names)


def _economic_groups(page: Page, code: str, shape: str) -> Grid:
    """Groups of code, name, amount side by side as in the national form; every item of the form is printed."""
    names, money, book = catalogue.economic(page.year), page.money(code), page.books

    def items(*classes: str) -> list[str]:
        found = []
        for group in classes:
            found += [key for key in sorted(names) if key.startswith(group) and (len(key) == 3 or len(key) == 5)]
        return found

    def trimmed(*classes: str) -> list[str]:
        used = {key for key in book.economic if key[:3] in classes} | {key[:3] for key in book.economic}
        return [key for key in items(*classes) if key in used or (len(key) == 5 and key.endswith(("1", "2", "99")))]

    if shape == "groups2":
        groups = [trimmed("301", "303"), trimmed("302", "310")]
        personnel = 1
    elif shape == "groups4":
        groups = [items("301"), items("303"), items("302"), items("310")]
        personnel = 2
    else:
        groups = [items("301", "303"), items("302"), items("307", "310", "399")]
        personnel = 1
    sums: dict[str, int] = {}
    for key, amount in book.economic.items():
        for part in (key[:3], key):
            sums[part] = sums.get(part, 0) + amount
    count = len(groups)
    top = ["人员经费", *[LEFT] * (3 * personnel - 1), "公用经费", *[LEFT] * (3 * (count - personnel) - 1)]
    grid = Grid(
        [top, ["经济分类科目编码" if page.form.code_head != "科目编码" else "科目编码", "科目名称", "金额"] * count]
    )
    for at in range(max(map(len, groups))):
        row: list[Entry] = []
        for group in groups:
            if at < len(group):
                key = group[at]
                row += [Text(key, "code"), names[key], Amount(money.text(sums.get(key, 0)), names[key], key)]
            else:
                row += ["", "", ""]
        grid.add(*row)
    people = sum(amount for key, amount in book.economic.items() if key[:3] in PERSONNEL_CLASSES)
    running = sum(book.economic.values()) - people
    row = [
        "人员经费合计",
        *[LEFT] * (3 * personnel - 2),
        Amount(money.text(people), "人员经费合计"),
        "公用经费合计",
        *[LEFT] * (3 * (count - personnel) - 2),
        Amount(money.text(running), "公用经费合计"),
    ]
    grid.add(*row)
    return grid


def three_values(book: Books, at: int) -> dict[str, int]:
    """三公 amounts of a stage (0 initial, 1 full-year, 2 final), with the vehicle subtotal and the total."""
    found = {item: book.three.get(item, (0, 0, 0))[at] for item in THREE}
    found["vehicle"] = found["vehicle_purchase"] + found["vehicle_operation"]
    found["total"] = found["overseas"] + found["vehicle"] + found["hospitality"]
    return found


_WIDE = (("total", "合计"), ("overseas", ""), ("vehicle", "小计"), ("vehicle_purchase", ""), ("vehicle_operation", ""),
         ("hospitality", ""))  # fmt: skip


def three_paths(*over: str) -> list[tuple[str, ...]]:
    """Header paths of the six 三公 columns below ``over``."""
    vehicle = THREE_NAMES["vehicle"]
    return [
        (*over, "合计"), (*over, THREE_NAMES["overseas"]), (*over, vehicle, "小计"),
        (*over, vehicle, THREE_NAMES["vehicle_purchase"]), (*over, vehicle, THREE_NAMES["vehicle_operation"]),
        (*over, THREE_NAMES["hospitality"]),
    ]  # fmt: skip


def three_public(page: Page) -> Blocks:
    """三公 table in the form's shape."""
    book, code, shape = page.books, "final_three_public", page.form.three_public
    money = page.money(code)
    stages = (three_values(book, 1), three_values(book, 2))
    heads = ("预算数", "决算数")
    if shape == "vertical":
        grid = Grid([["项目", *heads]])
        for key, label in (("total", "合计"), ("overseas", "1.因公出国（境）费"), ("hospitality", "2.公务接待费"),
                           ("vehicle", "3.公务用车购置及运行费"), ("vehicle_purchase", "其中：公务用车购置费"),
                           ("vehicle_operation", "公务用车运行费")):  # fmt: skip
            grid.add(label, *(Amount(money.text(stage[key]), label) for stage in stages))
    elif shape == "pairs":
        paths = [(*path, head) for path in three_paths() for head in heads]
        # The subtotal stands beside its parts, so that 预算数 and 决算数 come below each.
        grid = Grid(head_rows(paths))
        grid.add(*(Amount(money.text(stage[key])) for key, _ in _WIDE for stage in stages))
    elif shape in ("operating", "change", "counts"):
        from synth import final_more as more  # it builds on this module

        shapes = {"operating": more.three_operating, "change": more.three_change, "counts": more.three_counts}
        return shapes[shape](page)
    elif shape in ("meeting", "stages"):
        meeting, training = book.economic.get("30215", 0), book.economic.get("30216", 0)
        extra = [("会议费",), ("培训费",)] if shape == "meeting" else []
        paths = [("项目",), *(("“三公”经费", *path) for path in three_paths()), *extra]
        grid = Grid(head_rows(paths))
        for label, stage, share in (("预算数", stages[0], 110), ("决算数", stages[1], 100)):
            more = [Amount(money.text(amount * share // 100), label) for amount in (meeting, training)]
            grid.add(label, *(Amount(money.text(stage[key]), label) for key, _ in _WIDE), *(more if extra else []))
    else:
        grid = Grid(head_rows([path for head in heads for path in three_paths(head)]))
        if page.form.row_numbers != "none":
            grid.head.append(page.numbers(12))
        grid.add(*(Amount(money.text(stage[key])) for stage in stages for key, _ in _WIDE))
    note = "本表反映本年度财政拨款“三公”经费支出预决算情况。其中，预算数为全年预算数，决算数包括以前年度结转资金。"
    return page.place(grid, code, note=note)


def _empty(page: Page, name: str) -> str:
    return f"说明：本{page.level}{page.year}年度没有{name}财政拨款收入、支出及结转和结余，本表为空表。"


def gov_fund(page: Page) -> Blocks:
    """政府性基金: opening, income, expenditure, closing."""
    flows = _flow(page.books, "gov_fund")
    items = {
        code: (opening, incoming, basic + project, basic, project, closing)
        for code, (opening, incoming, basic, project, closing) in flows.items()
    }
    columns = [
        ("年初结转和结余",),
        ("本年收入",),
        ("本年支出", "小计"),
        ("本年支出", "基本支出"),
        ("本年支出", "项目支出"),
        ("年末结转和结余",),
    ]
    grid = _possibly_empty(page, "final_fund", columns, items)
    return page.place(grid, "final_fund", empty="" if items else _empty(page, "政府性基金预算"),
                      note=f"本表反映{page.level}本年度政府性基金预算财政拨款收入、支出及结转和结余情况。")  # fmt: skip


def _possibly_empty(page: Page, code: str, columns: list[tuple[str, ...]], items: dict[str, tuple[int, ...]]) -> Grid:
    """The table; without items its total row is printed blank."""
    names = catalogue.functional(page.year)
    if items:
        return coded_table(page, code, columns, items, names)
    grid = coded_table(page, code, columns, items, names, has_total=False)
    lead = grid.width - len(columns)
    grid.add(page.form.total_label, *[LEFT] * (lead - 1), *[""] * len(columns))
    return grid


def state_capital(page: Page) -> Blocks:
    """国有资本经营预算: expenditure only."""
    if "capital_flow" in page.form.extras:
        return _capital_flow(page)
    spent = page.books.spending(["state_capital"])
    items = by_item(spent, lambda item: (item.total, item.basic, item.project))
    columns = [("本年支出", "合计"), ("本年支出", "基本支出"), ("本年支出", "项目支出")]
    grid = _possibly_empty(page, "final_state_capital", columns, dict(items))
    return page.place(grid, "final_state_capital", empty="" if items else _empty(page, "国有资本经营预算"),
                      note=f"本表反映{page.level}本年度国有资本经营预算财政拨款支出情况。")  # fmt: skip


def _capital_flow(page: Page) -> Blocks:
    """国有资本经营预算 with opening, income and closing (收入支出决算表)."""
    flows = _flow(page.books, "state_capital")
    items = {code: (opening, incoming, basic + project, closing, 0, closing)
             for code, (opening, incoming, basic, project, closing) in flows.items()}  # fmt: skip
    columns = [("年初结转和结余",), ("本年收入",), ("本年支出",),
               *(("年末结转和结余", leaf) for leaf in ("合计", "结转", "结余"))]  # fmt: skip
    grid = _possibly_empty(page, "final_state_capital", columns, items)
    return page.place(grid, "final_state_capital", empty="" if items else _empty(page, "国有资本经营预算"),
                      title="国有资本经营预算财政拨款收入支出决算表")  # fmt: skip


VEHICLES = (("confidential", "机要通信用车"), ("emergency", "应急保障用车"), ("enforcement", "执法执勤用车"),
            ("special", "特种专业技术用车"), ("other", "其他用车"))  # fmt: skip


def statistics(page: Page) -> Blocks:
    """相关信息统计表: sections below each other, units by row."""
    book, code = page.books, "final_statistics"
    money = page.money(code)
    running = (
        0
        if book.is_institution
        else sum(amount for key, amount in book.economic.items() if key[:3] not in PERSONNEL_CLASSES)
    )
    procured = book.procurement
    bought = procured["goods"] + procured["works"] + procured["services"]
    numbered = page.form.row_numbers != "none"
    grid = Grid([["项目", "行次", "统计数"] if numbered else ["项目", "统计数"]])
    rows: list[tuple[str, str, str]] = [
        ("一、机关运行经费", "—", ""),
        ("（一）行政单位", money.text(running), ""),
        ("（二）参照公务员法管理事业单位", money.text(0), ""),
        ("二、国有资产占用情况", "—", ""),
        ("（一）车辆数合计（辆）", str(book.counts["vehicles"]), "辆"),
        *(
            (f"{at}.{label}（辆）", str(book.counts[f"vehicles_{key}"]), "辆")
            for at, (key, label) in enumerate(VEHICLES, 1)
        ),
        ("（二）单价100万元（含）以上设备（不含车辆）（台，套）", str(book.counts["equipment"]), "台，套"),
        ("三、政府采购支出信息", "—", ""),
        ("（一）政府采购支出合计", money.text(bought), ""),
        ("1.政府采购货物支出", money.text(procured["goods"]), ""),
        ("2.政府采购工程支出", money.text(procured["works"]), ""),
        ("3.政府采购服务支出", money.text(procured["services"]), ""),
        ("（二）政府采购授予中小企业合同金额", money.text(procured["sme"]), ""),
        ("其中：授予小微企业合同金额", money.text(procured["small"]), ""),
    ]
    for at, (label, text, unit) in enumerate(rows, 1):
        number = [Text(str(at), "row_number")] if numbered else []
        grid.add(label, *number, Amount(text, label, unit=unit))
    return page.place(grid, code)


def assets(page: Page) -> Blocks:
    """国有资产占用情况表: one row of counts."""
    counts = page.books.counts
    paths = [("项目",), ("车辆（辆）", "合计"), *(("车辆（辆）", label) for _, label in VEHICLES),
             ("单价100万元（含）以上设备（不含车辆）（台）",)]  # fmt: skip
    grid = Grid(head_rows(paths))
    values = [counts["vehicles"], *(counts[f"vehicles_{key}"] for key, _ in VEHICLES)]
    grid.add("合计", *(Amount(str(value), "合计", unit="辆") for value in values),
             Amount(str(counts["equipment"]), "合计", unit="台"))  # fmt: skip
    return page.place(grid, "final_statistics", title="国有资产占用情况表")


def procurement(page: Page) -> Blocks:
    """政府采购支出表: goods, works, services."""
    money, procured = page.money(), page.books.procurement
    values = [procured["goods"], procured["works"], procured["services"]]
    grid = Grid([["采购项目", "金额"] if page.form.row_numbers == "none" else ["项目", "行次", "金额"]])
    for at, (label, value) in enumerate(
        (
            ("合计", sum(values)),
            ("一、政府采购货物支出", values[0]),
            ("二、政府采购工程支出", values[1]),
            ("三、政府采购服务支出", values[2]),
        ),
        1,
    ):
        number = [] if grid.width == 2 else [Text(str(at), "row_number")]
        grid.add(label, *number, Amount(money.text(value), label))
    return page.place(grid, "final_statistics", title="政府采购支出表")


def projects(page: Page) -> Blocks:
    """项目支出决算表: item rows with the economic classes of their projects summed."""
    spent = {code: (item.project,) for code, item in page.books.spending(["general"]).items() if item.project}
    names = catalogue.functional(page.year)
    grid = coded_table(page, "final_other", [("本年项目支出",)], spent, names)
    return page.place(grid, "final_other", title="一般公共预算财政拨款项目支出决算表")
