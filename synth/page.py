"""What all statements of one document share: body, year, form, captions, and the layout of coded rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from synth import catalogue
from synth.books import Books, Spending
from synth.country import Body
from synth.forms import Dialect, Form, Money
from synth.grid import ABOVE, LEFT, Amount, Entry, Grid, Text, head_rows
from synth.model import Prose, Statement

FINAL_TITLES = {
    "final_summary": "收入支出决算总表", "final_income": "收入决算表", "final_expenditure": "支出决算表",
    "final_appropriation_summary": "财政拨款收入支出决算总表",
    "final_general_expenditure": "一般公共预算财政拨款支出决算表",
    "final_general_basic_economic": "一般公共预算财政拨款基本支出决算表",
    "final_fund": "政府性基金预算财政拨款收入支出决算表",
    "final_state_capital": "国有资本经营预算财政拨款支出决算表", "final_statistics": "{level}决算相关信息统计表",
}  # fmt: skip
BUDGET_TITLES = {
    "budget_summary": "{level}收支总表", "budget_income": "{level}收入总表", "budget_expenditure": "{level}支出总表",
    "budget_appropriation_summary": "财政拨款收支总表", "budget_general_expenditure": "一般公共预算支出表",
    "budget_general_basic_economic": "一般公共预算基本支出表",
    "budget_three_public": "一般公共预算“三公”经费支出表", "budget_fund": "政府性基金预算支出表",
    "budget_state_capital": "国有资本经营预算支出表", "budget_other": "项目支出表",
    "budget_procurement": "政府采购预算表", "budget_general_economic_gov": "一般公共预算支出经济分类情况表（政府预算）",
}  # fmt: skip


@dataclass(slots=True)
class Page:
    """A document in the making: ``kind`` is final or budget."""

    who: Body
    year: int
    books: Books
    dialect: Dialect
    kind: str
    tables: int = 0
    """How many tables have been numbered."""
    prior: Books | None = None
    """Last year's books; None in the first year."""
    members: tuple[tuple[str, Books], ...] = ()
    """Name and books of the bodies a department's accounts are made of."""
    left_out: list[str] = field(default_factory=list)
    """Titles of the empty tables that are told in words only."""

    @property
    def form(self) -> Form:
        return self.dialect.final if self.kind == "final" else self.dialect.budget

    @property
    def level(self) -> str:
        """部门 or 单位."""
        return "部门" if self.who.is_department else "单位"

    @property
    def what(self) -> str:
        """预算 or 决算."""
        return "预算" if self.kind == "budget" else "决算"

    @property
    def body_name(self) -> str:
        return self.who.name(self.year)

    def money(self, code: str = "") -> Money:
        own = self.form.three_public_money
        return own if own is not None and code.endswith("three_public") else self.form.money

    def title(self, code: str) -> str:
        """The table's title in this dialect and year."""
        title = self.form.titles.get(code)
        if title is None and code == "final_three_public":
            title = "一般公共预算财政拨款“三公”经费支出决算表" if self.year <= 2021 else "财政拨款“三公”经费支出决算表"
        if title is None:
            title = (FINAL_TITLES if self.kind == "final" else BUDGET_TITLES)[code]
        return title.format(year=self.year, body=self.body_name, level=self.level)

    def heading(self, title: str) -> str:
        """A title with what this form sets before every one of them."""
        return self.form.title_prefix.format(year=self.year, body=self.body_name, level=self.level) + title

    def total(self, label: str) -> str:
        """A total's label as this form sets it."""
        return "　　".join(label) if self.form.spaced and len(label) == 2 else label

    def place(
        self, grid: Grid, code: str, *, note: str = "", empty: str = "", title: str = ""
    ) -> list[Prose | Statement]:
        """The table with its caption in this form's manner; a form number above the title is a paragraph."""
        if empty and self.form.empty == "listed":
            self.left_out.append(title or self.title(code))
            return []
        self.tables += 1
        form, money = self.form, self.money(code)
        number = form.number.format(n=self.tables, cn=catalogue.ordinal(self.tables)) if form.number else ""
        body = f"{form.body_word}：{self.body_name}"
        period = f"{self.year}年度" if self.kind == "final" else f"{self.year}年"
        unit_line = f"{form.unit_word}：{money.unit}"
        blocks: list[Prose | Statement] = []
        if form.caption == "one_line":
            body, period, unit_line = f"{body}　　　　{period}　　　　{unit_line}", "", ""
        elif form.caption == "unit_in_parentheses":
            unit_line = f"（{unit_line}）"
        elif form.caption == "code_first" and number:
            blocks.append(Prose(number))
            number = ""
        notes = ()
        if empty:
            notes = (empty,)
        elif note and form.notes:
            notes = (f"注：{note}",)
        blocks.append(
            grid.statement(code, self.heading(title or self.title(code)), unit=money.unit, number=number, body=body,
                           period=period, unit_line=unit_line, notes=notes)
        )  # fmt: skip
        return blocks

    def numbers(self, count: int, start: int = 1) -> list[str]:
        """栏次 or 行次 as this form prints them."""
        if self.form.row_numbers == "float":
            return [f"{number}.00" for number in range(start, start + count)]
        return [str(number) for number in range(start, start + count)]


Row = tuple[str, str, Sequence[int]]
"""Subject code, name, amounts."""


def rolled_up(items: dict[str, Sequence[int]], names: dict[str, str]) -> list[Row]:
    """Items with their groups (款) and classes (类) before them, in the order of the codes."""
    sums: dict[str, list[int]] = {}
    for code, amounts in items.items():
        for part in (code[:3], code[:5], code):
            into = sums.setdefault(part, [0] * len(amounts))
            sums[part] = [old + new for old, new in zip(into, amounts, strict=True)]
    return [(code, names[code], sums[code]) for code in sorted(sums)]


def column_sums(items: dict[str, Sequence[int]], width: int) -> list[int]:
    """Sums of each column over the items."""
    total = [0] * width
    for amounts in items.values():
        total = [old + new for old, new in zip(total, amounts, strict=True)]
    return total


def by_item(spending: dict[str, Spending], amounts: Callable[[Spending], Sequence[int]]) -> dict[str, Sequence[int]]:
    """Item → the amounts a table shows of its expenditure."""
    return {code: tuple(amounts(item)) for code, item in spending.items()}


def coded_table(
    page: Page,
    code: str,
    columns: Sequence[tuple[str, ...]],
    items: dict[str, Sequence[int]],
    names: dict[str, str],
    *,
    has_total: bool = True,
    classes: int = 3,
) -> Grid:
    """A table of subject rows in the form's code layout; ``columns`` are header paths of the amounts."""  # fmt: skip
    form, layout = page.form, page.form.codes
    money = page.money(code)
    is_economic = "economic" in code
    code_head = (
        form.code_head.replace("支出功能", "支出经济").replace("功能", "经济") if is_economic else form.code_head
    )
    lead_width = {"one": 2, "indent_code": 2, "four": 4, "three": 4, "glued": 1, "dash": 1, "indent": 1, "units": 5}[
        layout
    ]
    levels = 2 if is_economic else 3
    if layout == "units" and is_economic:
        layout = "three"
    if layout in ("three", "four") and is_economic:
        lead_width = 3
    grid = Grid(_coded_head(page, columns, lead_width, layout, code_head, levels))
    rows = rolled_up(items, names) if not is_economic else _economic_rows(items, names)
    total = column_sums(items, len(columns))

    def total_row() -> None:
        label = page.total(form.total_label)
        lead: list[Entry] = [label, *[LEFT] * (lead_width - 1)]
        if form.total_at_name and lead_width > 1:
            lead = [*[""] * (lead_width - 1), label]
        grid.add(*lead, *(Amount(money.text(amount), label) for amount in total))

    if has_total and form.total in ("first", "both"):
        total_row()
    if layout == "units":
        rows = [(subject, name, amounts) for subject, name, amounts in rows if len(subject) == 7]
        if has_total:
            own = page.body_name
            grid.add("", "", "", Text(_BODY_CODE, "code"), own, *(Amount(money.text(amount), own) for amount in total))
    for subject, name, amounts in rows:
        printed_code = "" if layout == "indent" else subject
        grid.add(
            *_lead(layout, subject, name, lead_width),
            *(Amount(money.text(amount), name, printed_code, subject=subject) for amount in amounts),
        )
    if has_total and form.total in ("last", "both"):
        total_row()
    return grid


def _economic_rows(items: dict[str, Sequence[int]], names: dict[str, str]) -> list[Row]:
    """Economic items (30101) with their classes (301) before them."""
    sums: dict[str, list[int]] = {}
    for code, amounts in items.items():
        for part in {code[:3], code}:
            into = sums.setdefault(part, [0] * len(amounts))
            sums[part] = [old + new for old, new in zip(into, amounts, strict=True)]
    return [(code, names[code], sums[code]) for code in sorted(sums)]


def _coded_head(
    page: Page, columns: Sequence[tuple[str, ...]], lead_width: int, layout: str, code_head: str, levels: int
) -> list[list[str]]:
    form = page.form
    amount_rows = head_rows(columns)
    if lead_width == 1:
        label = {"glued": "功能分类科目", "dash": "功能分类科目", "indent": "项目"}[layout]
        lead = [[label]] + [[ABOVE]] * (len(amount_rows) - 1)
    else:
        names = [code_head, *[LEFT] * (lead_width - 2), form.name_head]
        lead = [names] + [[ABOVE] * lead_width] * (len(amount_rows) - 1)
        if form.has_item_row:
            item_row = ["项目", *[LEFT] * (lead_width - 1)]
            if len(amount_rows) > 1:
                lead = [item_row, names] + [[ABOVE] * lead_width] * (len(amount_rows) - 2)
            else:
                lead = [item_row, names]
                amount_rows = [*amount_rows, [ABOVE] * len(columns)]
    if layout == "units":
        return _units_head(head_rows(columns))
    head = [left + right for left, right in zip(lead, amount_rows, strict=True)]
    numbered = form.row_numbers != "none"
    if layout in ("three", "four") and lead_width > 1:
        marks = ["类", "款", "项"][:levels]
        marker = ["栏次", *page.numbers(len(columns))] if numbered else [ABOVE] + [ABOVE] * len(columns)
        head.append([*marks, *marker])
    elif numbered and lead_width > 1:
        head.append(["栏次", *[LEFT] * (lead_width - 1), *page.numbers(len(columns))])
    return head


_BODY_CODE = "316301"
"""Code of the body (单位代码): a number that is neither a subject nor an amount."""


def _units_head(amount_rows: list[list[str]]) -> list[list[str]]:
    """项目 above 科目编码 (类 款 项), 单位代码 and 单位名称（科目）."""
    width = len(amount_rows[0])
    lead = [
        ["项目", *[LEFT] * 4],
        ["科目编码", LEFT, LEFT, "单位代码", "单位名称（科目）"],
        ["类", "款", "项", ABOVE, ABOVE],
    ]
    rows = [*amount_rows, *[[ABOVE] * width for _ in range(3 - len(amount_rows))]]
    return [left + right for left, right in zip(lead, rows, strict=True)]


def _lead(layout: str, code: str, name: str, width: int) -> list[Entry]:
    """Cells of code and name before the amounts."""
    depth = (len(code) - 3) // 2
    if layout == "glued":
        return [f"{code}{name}"]
    if layout == "dash":
        return [f"{code}-{name}"]
    if layout == "indent":
        return ["　" * depth + name]
    if layout == "indent_code":
        return [Text("　" * depth + code, "code"), "　" * depth + name]
    if layout == "four":
        return [Text(code, "code"), *[LEFT] * (width - 2), name]
    if layout == "units":
        return [*(Text(part, "code") for part in (code[:3], code[3:5], code[5:7])), Text(_BODY_CODE, "code"), name]
    if layout == "three":
        parts = [code[:3], code[3:5], code[5:7]][: width - 1]
        return [*(Text(part, "code") for part in parts), name]
    return [Text(code, "code"), name]
