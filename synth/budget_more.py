"""Statements of a budget that only some places print: four-sided totals, projects in several layouts, further lists."""

from __future__ import annotations

from synth import catalogue
from synth.books import FISCAL_FUNDS
from synth.budget import FUND_COLUMN, by_class, government_codes, income_rows
from synth.final import Blocks, class_rows, padded, three_paths, three_values
from synth.grid import ABOVE, LEFT, Amount, Entry, Grid, Text, head_rows
from synth.page import Page

_GOODS, _CAPITAL = "30227", "31003"
"""Economic items on which the projects of a budget are spent: commissioned work, equipment."""


def economic_plan(page: Page) -> dict[str, list[int]]:
    """Department economic item → general expenditure planned: total, basic, project."""
    found: dict[str, list[int]] = {}
    for key, amount in page.books.planned_economic.items():
        found[key] = [amount, amount, 0]
    for (_, group), amount in page.books.planned_project_economic.items():
        row = found.setdefault(_GOODS if group == "302" else _CAPITAL, [0, 0, 0])
        row[0] += amount
        row[2] += amount
    return found


def four_sided(page: Page) -> Blocks:
    """收支总表: income beside expenditure by function, by department and by government economic class."""
    book, code = page.books, "budget_summary"
    money, amount = page.money(code), page.form.amount
    incoming, carried = sum(book.planned_income.values()), sum(book.carried_in_plan.values())
    spent = sum(item.total for item in book.planned.values())
    left: list[tuple[str, int] | None] = list(income_rows(page))
    right: list[tuple[str, int] | None] = [
        (label, values[0]) for label, values in class_rows(page, by_class(book.spending(planned=True)), 1)
    ]
    basic = sum(item.basic for item in book.spending(planned=True).values())
    people = sum(item.personnel for item in book.spending(planned=True).values())
    kinds: list[tuple[str, int] | None] = [
        ("一、基本支出", basic), ("人员经费", people), ("公用经费", basic - people),
        ("二、项目支出", sum(item.project for item in book.spending(planned=True).values())),
    ]  # fmt: skip
    height = max(len(left), len(right), len(kinds))
    left, right, kinds = padded(left, height), padded(right, height), padded(kinds, height)
    left += [("本年收入合计", incoming), ("上年结转", carried), ("收入总计", incoming + carried)]
    right += [("本年支出合计", spent), ("结转下年", 0), ("支出总计", spent)]
    kinds += [("本年支出合计", spent), None, ("支出总计", spent)]
    grid = Grid([["收入", LEFT, "支出", LEFT, LEFT, LEFT],
                 ["项目", amount, "项目（按功能分类）", amount, "项目（按支出性质）", amount]])  # fmt: skip
    for sides in zip(left, right, kinds, strict=True):
        row: list[Entry] = []
        for side, item in zip(("income", "expenditure", "expenditure"), sides, strict=True):
            row += [item[0], Amount(money.text(item[1]), item[0], side=side)] if item else ["", ""]
        grid.add(*row)
    return page.place(grid, code)


def economic_department(page: Page) -> Blocks:
    """支出经济分类预算表（部门预算）: basic and project expenditure by department economic item."""
    code, names, money = "budget_other", catalogue.economic(page.year), page.money()
    sums: dict[str, list[int]] = {}
    plan = economic_plan(page)
    for key, values in plan.items():
        for part in (key[:3], key):
            sums[part] = [old + new for old, new in zip(sums.get(part, [0, 0, 0]), values, strict=True)]
    grid = Grid([["部门预算支出经济分类科目编码", "部门预算支出经济分类科目名称", "合计", "基本支出", "项目支出"]])
    total = [sum(values[at] for values in plan.values()) for at in range(3)]
    grid.add(page.total("合计"), LEFT, *(Amount(money.text(value), page.total("合计")) for value in total))
    for key in sorted(sums):
        grid.add(Text(key, "code"), names[key], *(Amount(money.text(value), names[key], key) for value in sums[key]))
    return page.place(grid, code, title="一般公共预算支出经济分类预算表（部门预算）")


def economic_both(page: Page) -> Blocks:
    """支出经济分类对照: the government's class beside the department's on every row."""
    code, money = "budget_general_economic_gov", page.money()
    names, governments = catalogue.economic(page.year), catalogue.economic(page.year, "government")
    into = government_codes(page.books.is_institution, page.year)
    spare = "50299" if not page.books.is_institution else "50599"
    grid = Grid([
        ["部门预算经济分类", LEFT, "政府预算经济分类", LEFT, "合计", "基本支出", "项目支出"],
        ["科目编码", "科目名称", "科目编码", "科目名称", ABOVE, ABOVE, ABOVE],
    ])  # fmt: skip
    plan = economic_plan(page)
    for key in sorted(plan):
        target = into.get(key, spare)
        target = target if target in governments else spare
        grid.add(Text(key, "code"), names[key], Text(target, "code"), governments[target],
                 *(Amount(money.text(value), names[key], key) for value in plan[key]))  # fmt: skip
    total = [sum(values[at] for values in plan.values()) for at in range(3)]
    label = page.total("合计")
    grid.add(label, *[LEFT] * 3, *(Amount(money.text(value), label) for value in total))
    return page.place(grid, code, title="一般公共预算支出经济分类预算明细表")


def project_list(page: Page) -> Blocks:
    """项目支出表: kind, name, body, then this year's appropriation and the carry-over by fund."""
    code, money = "budget_other", page.money()
    heads: list[tuple[str, ...]] = [("类型",), ("项目名称",), ("项目单位",), ("合计",)]
    for group in ("本年拨款", "财政拨款结转结余"):
        heads += [(group, FUND_COLUMN[fund]) for fund in FISCAL_FUNDS]
    heads += [("财政专户管理资金",), ("单位资金",)]
    grid = Grid(head_rows(heads))
    rows: list[tuple[str, list[int]]] = []
    for project in page.books.projects:
        carried = page.books.carried_in_plan.get((project.fund, project.code), 0)
        carried = carried if carried <= project.initial and not page.who.children else 0
        values = [project.initial, *[0] * 8]
        values[1 + FISCAL_FUNDS.index(project.fund)] = project.initial - carried
        values[4 + FISCAL_FUNDS.index(project.fund)] = carried
        rows.append((project.name, values))
    for name, values in rows:
        grid.add("特定目标类", name, page.body_name, *(Amount(money.text(value, zero=""), name) for value in values))
    total = [sum(values[at] for _, values in rows) for at in range(9)]
    label = page.total("合计")
    grid.add("", label, "", *(Amount(money.text(value, zero=""), label) for value in total))
    return page.place(grid, code, title="项目支出表")


def project_matrix(page: Page) -> Blocks:
    """一般公共预算项目支出情况表: a row a project, economic classes in columns."""
    code, money = "budget_general_project", page.money()
    names, economic = catalogue.functional(page.year), catalogue.economic(page.year)
    groups = ("301", "302", "303", "310")
    grid = Grid([
        ["科目编码", LEFT, LEFT, "科目名称", "项目名称", "项目支出合计", *(economic[group] for group in groups)],
        ["类", "款", "项", *[ABOVE] * 7],
    ])  # fmt: skip
    done: list[list[int]] = []
    for project in page.books.projects:
        if project.fund != "general":
            continue
        goods = project.initial * 7 // 10
        values = [project.initial, 0, goods, 0, project.initial - goods]
        done.append(values)
        item = project.code
        grid.add(Text(item[:3], "code"), Text(item[3:5], "code"), Text(item[5:], "code"), names[item], project.name,
                 *(Amount(money.text(value, zero=""), project.name, item) for value in values))  # fmt: skip
    label = page.total("合计")
    sums = [sum(values[at] for values in done) for at in range(5)]
    grid.add(label, *[LEFT] * 4, *(Amount(money.text(value, zero=""), label) for value in sums))
    return page.place(grid, code, title="一般公共预算项目支出情况表")


def basic_projects(page: Page) -> Blocks:
    """基本支出预算表（人员类、运转类公用经费项目）: body, project, functional and economic item on one row."""
    code, money = "budget_other", page.money()
    names, economic = catalogue.functional(page.year), catalogue.economic(page.year)
    item = page.who.archetype.basic
    item = item if item in names else f"{item[:3]}9999" if f"{item[:3]}9999" in names else min(
        key for key in names if len(key) == 7 and key.startswith(item[:3]))  # fmt: skip
    grid = Grid([["单位名称", "项目代码", "项目名称", "功能科目编码", "功能科目名称", "经济科目编码", "经济科目名称",
                  "合计", "一般公共预算"]])  # fmt: skip
    rows = sorted(page.books.planned_economic.items())[:14]
    total = sum(amount for _, amount in rows)
    label = page.total("合计")
    grid.add(label, *[LEFT] * 6, *(Amount(money.text(value), label) for value in (total, total)))
    for at, (key, amount) in enumerate(rows):
        name = f"{economic[key]}类经费"
        grid.add(page.body_name, Text(f"53010021000000000{at + 1100}", "text"), name, Text(item, "code"), names[item],
                 Text(key, "code"), economic[key],
                 *(Amount(money.text(amount), name, item) for _ in range(2)))  # fmt: skip
    return page.place(grid, code, title="基本支出预算表（人员类、运转类公用经费项目）")


def debt(page: Page) -> Blocks:
    """债务支出预算表: printed blank."""
    grid = Grid([["债务项目名称", "债务还本支出", "债务付息支出", "债务发行费用"]])
    grid.add(page.total("合计"), "", "", "")
    return page.place(grid, "budget_other", title="债务支出预算表", empty="注：本表无数据。")


def services(page: Page) -> Blocks:
    """政府购买服务预算表: a row a service, funds in columns."""
    money, amount = page.money(), page.books.procurement["planned_services"]
    grid = Grid(head_rows([("购买服务项目名称",), ("购买服务内容",), ("合计",), ("资金来源", "一般公共预算"),
                           ("资金来源", "单位资金")]))  # fmt: skip
    label = page.total("合计")
    half = amount // 20_000 * 10_000
    rows = [("物业管理服务", "办公区物业管理", half), ("信息系统运维服务", "系统日常运行维护", amount - half)]
    grid.add(label, "", Amount(money.text(amount), label), Amount(money.text(amount), label), "")
    for name, what, value in rows:
        grid.add(name, what, Amount(money.text(value), name), Amount(money.text(value), name), "")
    return page.place(grid, "budget_other", title="政府购买服务预算表")


def new_assets(page: Page) -> Blocks:
    """新增资产配置预算表: number, price and sum of what will be bought."""
    money = page.money()
    grid = Grid([["资产类别", "资产名称", "计量单位", "数量", "单价", "金额"]])
    for kind, name, unit, count, price in (("设备", "台式计算机", "台", 6, 500_000),
                                           ("设备", "打印机", "台", 2, 240_000),
                                           ("家具和用具", "文件柜", "个", 4, 90_000)):  # fmt: skip
        grid.add(kind, name, unit, Amount(str(count), name, unit=unit, column="数量"), Amount(money.text(price), name),
                 Amount(money.text(price * count), name))  # fmt: skip
    return page.place(grid, "budget_other", title="新增资产配置预算表")


def three_meeting(page: Page) -> Blocks:
    """三公、会议费、培训费 in one row, below last year's."""
    code, book = "budget_three_public", page.books
    money = page.money(code)
    grid = Grid(head_rows([("项目",), *(("“三公”经费", *path) for path in three_paths()), ("会议费",), ("培训费",)]))
    meeting = [book.planned_economic.get(key, 0) for key in ("30215", "30216")]
    values = three_values(book, 0)
    keys = ("total", "overseas", "vehicle", "vehicle_purchase", "vehicle_operation", "hospitality")
    label = f"{page.year}年预算数"
    grid.add(label, *(Amount(money.text(value), label) for value in (*(values[key] for key in keys), *meeting)))
    return page.place(grid, code, title="“三公”经费、会议费、培训费预算表")


def three_two_years(page: Page) -> Blocks:
    """三公 of last year and of this side by side, six columns each."""
    code = "budget_three_public"
    money = page.money(code)
    before, now = three_values(page.prior, 0) if page.prior else None, three_values(page.books, 0)
    heads = (f"{page.year - 1}年预算数", f"{page.year}年预算数")
    grid = Grid(head_rows([path for head in heads for path in three_paths(head)]))
    keys = ("total", "overseas", "vehicle", "vehicle_purchase", "vehicle_operation", "hospitality")
    grid.add(*(Amount(money.text(values[key]) if values else "") for values in (before, now) for key in keys))
    return page.place(grid, code)
