"""What a dialect can say: how money is printed, and how one kind of document looks in a place."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Money:
    """How amounts are printed."""

    unit: str = "万元"
    decimals: int = 2
    """Decimals of 万元; 元 always has two."""
    separators: bool = False
    zero: str = "0.00"
    """What stands for nothing: 0.00, "" or a dash."""

    def text(self, cents: int, *, zero: str | None = None) -> str:
        """The amount as printed, rounded half up to the last printed digit."""
        if not cents:
            blank = self.zero if zero is None else zero
            return (
                blank if blank != "0.00" or self.unit == "元" else f"0.{'0' * self.decimals}" if self.decimals else "0"
            )
        decimals = 2 if self.unit == "元" else self.decimals
        scale = 100 if self.unit == "元" else 1_000_000
        units = (abs(cents) * 10**decimals * 2 + scale) // (2 * scale)
        whole, part = divmod(units, 10**decimals)
        digits = f"{whole:,}" if self.separators else str(whole)
        sign = "-" if cents < 0 and units else ""
        return f"{sign}{digits}.{part:0{decimals}d}" if decimals else f"{sign}{digits}"


@dataclass(frozen=True, slots=True)
class Form:
    """One kind of document, budget or final account, in a dialect."""

    money: Money = field(default_factory=Money)
    three_public_money: Money | None = None
    """Where the 三公 table has a unit of its own."""
    number: str = "公开{n:02d}表"
    """Form number; {n} the ordinal, {cn} in Chinese numerals; "" for none."""
    titles: dict[str, str] = field(default_factory=dict)
    """Statement code → title; {year} and {body} are filled in."""
    codes: str = "one"
    """one · four (code over three columns) · three (类 款 项) · glued · dash · indent · indent_code · units (类 款 项,
    code of the body, then a name that is the body's or the subject's)."""
    code_head: str = "功能分类科目编码"
    name_head: str = "科目名称"
    has_item_row: bool = True
    """A row 项目 above code and name."""
    total: str = "first"
    """Place of the total row: first, last, both."""
    total_label: str = "合计"
    total_at_name: bool = False
    """The label of the total row stands in the name column."""
    row_numbers: str = "int"
    """行次 and 栏次: int, float (32.00), none."""
    amount: str = "决算数"
    """Head of the amount columns of two-sided tables."""
    classes: str = "all"
    """Expenditure side of totals: all, or nonzero (used classes only, renumbered)."""
    three_public: str = "twelve"
    """Final: twelve, pairs, vertical, meeting, stages, operating, change, counts. Budget: six, funds, vertical,
    operating, year_over_year, meeting, two_years."""
    basic: str = "groups3"
    """06 table: groups3, groups2, groups4, columns (合计 人员 公用), single."""
    order: str = "by_year"
    """Order of 三公, fund and capital tables: by_year, old (三公 first), new; budget also appropriation_first."""
    caption: str = "stacked"
    """Lines above a table: stacked, one_line, code_first, unit_in_parentheses."""
    body_word: str = "部门"
    unit_word: str = "金额单位"
    extras: tuple[str, ...] = ()
    """Further tables by name; :mod:`synth.final`, :mod:`synth.budget` and their ``_more`` know them. Some change a
    table instead: general_flow, capital_flow."""
    notes: bool = True
    tables_first: bool = False
    contents: str = "numbered"
    """List of tables: numbered, bulleted, dotted, none."""
    summary: str = "two"
    """Budget summary: two sides, or four (income, functional, department and government economic classes)."""
    title_prefix: str = ""
    """Stands before every table's title; {year} and {body} are filled in."""
    spaced: bool = False
    """Total labels set with blanks: 合　　计, 总　　计."""
    empty: str = "note"
    """Tables without figures: note (printed blank), listed (left out, and a last page says which)."""
    both_scopes: bool = False
    """A department prints its consolidated tables (汇总), then those of its own office (本级)."""
    performance: str = "national"
    """Project self-evaluation: national, nature (指标性质 and 度量单位), adjusted (年初 and 调整后指标值), grouped
    (一级指标 with its maximum)."""
    targets: str = "single"
    """Targets: single (a sheet a project) or list (all projects in one table)."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """A province's ways."""

    code: str
    province: str
    final: Form
    budget: Form
    prose: str = "national"
    """Wording of sentences: national, shanghai, chongqing, zhejiang, short, hierarchy."""
    title_final: str = "{body}{year}年度{level}决算"
    title_budget: str = "{body}{year}年{level}预算"
