"""Statements of a final account that only some places print: by body, function by economic class, further funds."""

from __future__ import annotations

from synth import catalogue
from synth.books import FISCAL_FUNDS, Books
from synth.final import OTHER_INCOME, Blocks, three_paths, three_values
from synth.grid import LEFT, Amount, Entry, Grid, Text, head_rows
from synth.page import Page, coded_table


def _bodies(page: Page) -> list[tuple[str, Books]]:
    return list(page.members) or [(page.body_name, page.books)]


def _by_body(page: Page, code: str, title: str, heads: list[str], values) -> Blocks:
    """A row a body; ``values`` makes the amounts of one body's books."""
    money = page.money(code)
    grid = Grid([["单位名称", *heads]])
    if page.form.row_numbers != "none":
        grid.head.append(["栏次", *page.numbers(len(heads))])
    rows = [(name, values(book)) for name, book in _bodies(page)]
    total = [sum(amounts[at] for _, amounts in rows) for at in range(len(heads))]
    for label, amounts in [("合计", total), *rows]:
        grid.add(label, *(Amount(money.text(amount), label) for amount in amounts))
    return page.place(grid, code, title=title)


def income_by_body(page: Page) -> Blocks:
    """收入决算表（按单位列示）."""

    def values(book: Books) -> list[int]:
        parts = [book.income_of(*FISCAL_FUNDS), *(book.income_of(source) for source, _ in OTHER_INCOME)]
        return [sum(parts), *parts]

    heads = ["本年收入合计", "财政拨款收入", *(label for _, label in OTHER_INCOME)]
    return _by_body(page, "final_income", "收入决算表（按单位列示）", heads, values)


def expenditure_by_body(page: Page) -> Blocks:
    """支出决算表（按单位列示）."""

    def values(book: Books) -> list[int]:
        items = book.spending().values()
        names = ("total", "basic", "project", "upward", "operating", "subsidy")
        return [sum(getattr(item, name) for item in items) for name in names]

    heads = ["本年支出合计", "基本支出", "项目支出", "上缴上级支出", "经营支出", "对附属单位补助支出"]
    return _by_body(page, "final_expenditure", "支出决算表（按单位列示）", heads, values)


def matrix(page: Page) -> Blocks:
    """一般公共预算财政拨款支出决算明细表: functional items by economic items."""
    names = catalogue.economic(page.year)
    used = sorted({economic for _, economic in page.books.matrix})
    columns: list[tuple[str, ...]] = [("合计",)]
    keys: list[str] = [""]
    for group in sorted({key[:3] for key in used}):
        columns.append((names[group], "小计"))
        keys.append(group)
        for key in (key for key in used if key.startswith(group)):
            columns.append((names[group], names[key]))
            keys.append(key)
    items: dict[str, list[int]] = {}
    for (item, economic), amount in page.books.matrix.items():
        row = items.setdefault(item, [0] * len(keys))
        for at, key in enumerate(keys):
            row[at] += amount if economic.startswith(key) else 0
    grid = coded_table(page, "final_other", columns, items, catalogue.functional(page.year))
    return page.place(grid, "final_other", title="一般公共预算财政拨款支出决算明细表")


def fund_three_public(page: Page) -> Blocks:
    """政府性基金预算财政拨款“三公”经费支出决算表: nothing was spent."""
    code = "final_three_public"
    money = page.money(code)
    grid = Grid(head_rows([path for head in ("预算数", "决算数") for path in three_paths(head)]))
    grid.add(*(Amount(money.text(0)) for _ in range(12)))
    return page.place(grid, code, title="政府性基金预算财政拨款“三公”经费支出决算表")


def fiscal_account(page: Page) -> Blocks:
    """财政专户管理资金收入支出决算表: the school fees."""
    items = {code: (0, amount, amount, amount, 0, 0) for code, amount in page.books.education_fee.items() if amount}
    columns: list[tuple[str, ...]] = [("年初结转和结余",), ("本年收入",)]
    columns += [("本年支出", leaf) for leaf in ("合计", "基本支出", "项目支出")] + [("年末结转和结余",)]
    grid = coded_table(page, "final_other", columns, items, catalogue.functional(page.year), has_total=bool(items))
    if not items:
        grid.add(page.form.total_label, *[LEFT] * (grid.width - 7), *[""] * 6)
    none = f"说明：本{page.level}{page.year}年度没有财政专户管理资金收入、支出及结转和结余，本表为空表。"
    return page.place(grid, "final_other", title="财政专户管理资金收入支出决算表", empty="" if items else none)


def project_flow(page: Page) -> Blocks:
    """项目收入支出决算表: a row a project."""
    money = page.money()
    heads = [("资金来源", "小计"), ("资金来源", "上年结转"), ("资金来源", "财政拨款"), ("本年支出",),
             ("年末结转和结余",)]  # fmt: skip
    grid = Grid(head_rows([("项目名称",), *heads]))
    rows = []
    for project in page.books.projects:
        carried = min(project.carried, project.full)
        rows.append((project.name, (project.full, carried, project.full - carried, project.final,
                                    project.full - project.final)))  # fmt: skip
    total = tuple(sum(values[at] for _, values in rows) for at in range(5))
    for label, values in [("合计", total), *rows]:
        grid.add(label, *(Amount(money.text(value), label) for value in values))
    return page.place(grid, "final_other", title="项目收入支出决算表")


def services(page: Page) -> Blocks:
    """政府购买服务支出情况表."""
    money = page.money()
    bought = page.books.procurement["services"]
    support = bought * 4 // 10
    grid = Grid([["项目", "金额"]])
    for label, value in (("合计", bought), ("公共服务", bought - support), ("政府履职所需辅助性服务", support)):
        grid.add(label, Amount(money.text(value), label))
    return page.place(grid, "final_statistics", title="政府购买服务支出情况表")


def balance_sheet(page: Page) -> Blocks:
    """资产负债公开简表: assets beside debts, opening and closing."""
    money, book = page.money(), page.books
    opening, closing = sum(book.opening.values()), sum(book.closing.values())
    fixed = book.counts["staff"] * 4_321_700
    spent = book.procurement["goods"]
    left = [("一、资产合计", fixed + opening, fixed + spent + closing), ("（一）流动资产", opening, closing),
            ("（二）固定资产", fixed, fixed + spent)]  # fmt: skip
    right = [("二、负债合计", 0, 0), ("三、净资产合计", fixed + opening, fixed + spent + closing),
             ("负债和净资产总计", fixed + opening, fixed + spent + closing)]  # fmt: skip
    numbered = page.form.row_numbers != "none"
    one = ["项目", "行次", "年初数", "年末数"] if numbered else ["项目", "年初数", "年末数"]
    grid = Grid([[*one, *one]])
    for at, (first, second) in enumerate(zip(left, right, strict=True), 1):
        row: list[Entry] = []
        for (label, start, end), number in ((first, at), (second, at + len(left))):
            row += [label, *([Text(str(number), "row_number")] if numbered else [])]
            row += [Amount(money.text(start), label), Amount(money.text(end), label)]
        grid.add(*row)
    return page.place(grid, "final_other", title="资产负债简表")


def three_operating(page: Page) -> Blocks:
    """三公 with the running costs of the office beside (机关运行经费)."""
    code, book = "final_three_public", page.books
    money = page.money(code)
    grid = Grid(head_rows([("项目",), *(("“三公”经费", *path) for path in three_paths()), ("机关运行经费",)]))
    cost = _running_cost(book)
    for label, stage, share in (("预算数", 1, 104), ("决算数", 2, 100)):
        now = three_values(book, stage)
        keys = ("total", "overseas", "vehicle", "vehicle_purchase", "vehicle_operation", "hospitality")
        values = [*(now[key] for key in keys), cost * share // 100]
        grid.add(label, *(Amount(money.text(value), label) for value in values))
    return page.place(grid, code)


def _running_cost(book: Books) -> int:
    if book.is_institution:
        return 0
    return sum(amount for key, amount in book.economic.items() if key[:3] not in ("301", "303"))


def three_change(page: Page) -> Blocks:
    """三公: last year's final account, this year's, change and rate."""
    code = "final_three_public"
    money = page.money(code)
    now = three_values(page.books, 2)
    before = three_values(page.prior, 2) if page.prior is not None else dict.fromkeys(now, 0)
    grid = Grid([["项目", "上年决算数", "本年决算数", "增减额", "增减率"]])
    for key, label in (("total", "合计"), ("overseas", "1.因公出国（境）费"), ("vehicle", "2.公务用车购置及运行维护费"),
                       ("vehicle_purchase", "（1）公务用车购置费"), ("vehicle_operation", "（2）公务用车运行维护费"),
                       ("hospitality", "3.公务接待费")):  # fmt: skip
        change = now[key] - before[key]
        rate = ""
        if before[key]:
            hundredths = (abs(change) * 20_000 + before[key]) // (2 * before[key])
            rate = f"{'-' if change < 0 and hundredths else ''}{hundredths // 100}.{hundredths % 100:02d}%"
        grid.add(label, *(Amount(money.text(value), label) for value in (before[key], now[key], change)),
                 Amount(rate, label, unit="%"))  # fmt: skip
    return page.place(grid, code)


def three_counts(page: Page) -> Blocks:
    """三公 with counts below the amounts (相关统计数): sums of money and numbers of groups, cars, guests."""
    code, counts = "final_three_public", page.books.counts
    money = page.money(code)
    plan, final = three_values(page.books, 1), three_values(page.books, 2)
    numbered = page.form.row_numbers != "none"
    grid = Grid([["项目", *(["行次"] if numbered else []), "预算数", "决算数"]])
    rows: list[tuple[str, str, str, str]] = [("一、“三公”经费支出", "—", "—", "")]
    for key, label in (("total", "（一）支出合计"), ("overseas", "1.因公出国（境）费"),
                       ("vehicle", "2.公务用车购置及运行维护费"), ("vehicle_purchase", "（1）公务用车购置费"),
                       ("vehicle_operation", "（2）公务用车运行维护费"), ("hospitality", "3.公务接待费")):  # fmt: skip
        rows.append((label, money.text(plan[key]), money.text(final[key]), ""))
    rows.append(("（二）相关统计数", "—", "—", ""))
    for label, key, unit in (("1.因公出国（境）团组数（个）", "overseas_groups", "个"),
                             ("2.因公出国（境）人次数（人）", "overseas_persons", "人"),
                             ("3.公务用车购置数（辆）", "vehicles_purchased", "辆"),
                             ("4.公务用车保有量（辆）", "vehicles", "辆"),
                             ("5.国内公务接待批次（个）", "batches", "个"),
                             ("6.国内公务接待人次（人）", "guests", "人")):  # fmt: skip
        rows.append((label, "—", str(counts[key]), unit))
    for at, (label, first, second, unit) in enumerate(rows, 1):
        number = [Text(str(at), "row_number")] if numbered else []
        grid.add(label, *number, *(Amount(text, label, unit=unit) for text in (first, second)))
    return page.place(grid, code)
