"""What a row of a statement is of: its label, its subject code, the line it names (行名与科目)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from ingest.dictionaries import LineItem, economic_names, find_line_item, functional_names, line_of_fund
from ingest.tables.grid import REPEATED_ROW, Grid, code_text, is_subject_code, split_glued_code
from ingest.tables.layout import Section
from ingest.tables.reading import is_total_label
from ingest.text import is_nothing, join_lines, label_key, squeeze, whole_number


@dataclass(frozen=True, slots=True)
class RowName:
    """What names one row in one section; "" where nothing is printed."""

    label: str
    code: str
    outer: str
    """Label of the row this one details (科目 of a project)."""
    item: LineItem | None
    """The line of the statement the label names; None for coded rows and unknown labels."""


@dataclass(slots=True)
class RowNames:
    """Names the rows of one segment in order; codes and balances are carried down from row to row."""

    grid: Grid
    family: str
    carried: dict[int, list[str]] = field(default_factory=dict)
    """Section → 类 款 项 of the last coded row."""
    balances: dict[int, str] = field(default_factory=dict)
    """Section → the balance (年初结转和结余) whose parts the next rows may be."""

    def name(self, row: int, section: Section, shift: int) -> RowName:
        """The name of a row; ``shift`` is by how many columns its cells slipped to the left."""
        grid = self.grid
        named = _naming(grid, row, section, self.family)
        code = _row_code(grid, row, _before_label(grid, row, section) if shift else named, self.carried)
        label, glued, outer = _labels(grid, row, named, shift)
        code = code or glued or _code_among_bodies(grid, row, section, label)
        label, rest_code = self._with_rest(row, named, section.side, label)
        code = code or rest_code
        if not code and label:
            code = _class_code(label, section, self.family)
        if not label and not code and section.ordinal > 1:
            places = [column - shift for column in section.figures + section.empties if column >= shift]
            if any(grid.text(row, place).strip() for place in places):
                label = _label_to_the_left(grid, row, section)
        return RowName(label, code, outer if outer != label else "", self._item(label, code, section))

    def _with_rest(self, row: int, section: Section, side: str | None, label: str) -> tuple[str, str]:
        """The label with its end, where that stands alone below and both together are a known name, and the code
        glued to it where the whole name stands below (2012901- over 行政运行).

        Only sources without spans tear a label so; a name that only looks like the end of another is left alone.
        """
        grid = self.grid
        if not label or grid.has_spans:
            return label, ""
        lower = row + 1
        while grid.skipped.get(lower) == REPEATED_ROW:  # the page ended within the label
            lower += 1
        if lower >= len(grid) or lower in grid.skipped:
            return label, ""
        below = grid.cells(lower)
        if not 1 <= len(below) <= 2 or any(whole_number(cell.text) is not None for cell in below):
            return label, ""
        for column in section.codes + section.labels:
            rest = squeeze(grid.text(lower, column))
            if not rest or not squeeze(grid.text(row, column)).endswith(label):
                continue
            code, name = split_glued_code(label + rest) or ("", label + rest)
            if _is_name(name, self.family, side):
                return name, code
        return label, ""

    def _item(self, label: str, code: str, section: Section) -> LineItem | None:
        if not label or code:
            return None
        item = find_line_item(label, self.family, section.side)
        if item is None and section.side is None and self.family in TWO_SIDED:
            item = find_line_item(label, self.family, "income") or find_line_item(label, self.family, "expenditure")
        return _under_balance(item, section.ordinal, self.balances)


TWO_SIDED = ("summary", "appropriation_summary")
"""Families of statements with an income and an expenditure side."""


def _code_among_bodies(grid: Grid, row: int, section: Section, label: str) -> str:
    """The subject code in a column of codes of bodies (单位代码), told from a body's by the name beside it."""
    names = functional_names().get(label_key(label), frozenset()) if section.entity_codes and label else frozenset()
    return next((code for column in section.entity_codes if (code := code_text(grid.text(row, column))) in names), "")


def _naming(grid: Grid, row: int, section: Section, family: str) -> Section:
    """The columns that name a row, where two classifications stand side by side (部门经济分类 | 政府经济分类).

    The department's own class names the row; the other code is kept as a code.
    """
    if len(section.codes) < 2 or max(section.codes) - min(section.codes) == len(section.codes) - 1:
        return section
    groups: list[tuple[list[int], list[int]]] = []
    before = None
    for column in sorted(section.codes + section.labels):
        is_code = column in section.codes
        if is_code and before != "code":
            groups.append(([], []))
        if groups:
            groups[-1][not is_code].append(column)
        before = "code" if is_code else "label"
    groups = [group for group in groups if group[1]]
    if len(groups) < 2:
        return section
    coded = [group for group in groups if any(is_subject_code(grid.text(row, column)) for column in group[0])]
    if family in ("basic_economic", "economic_gov"):
        coded.sort(key=lambda group: not any(code_text(grid.text(row, column)).startswith("3") for column in group[0]))
    codes, own = (coded or groups)[0]
    # Beside the names of the other classifications, which stand first behind their codes, all labels stay, in the
    # order of their rank: a project's name comes last and names the row.
    others = {labels[0] for _, labels in groups} - set(own)
    return replace(section, codes=codes, labels=[column for column in section.labels if column not in others])


def _is_name(label: str, family: str, side: str | None) -> bool:
    """Whether a label is a subject's or a line's name."""
    key = label_key(label)
    return (
        key in functional_names() or key in economic_names() or find_line_item(label, family, side) is not None
    )


def _before_label(grid: Grid, row: int, section: Section) -> Section:
    """The section with those code columns only that stand before the name in a row slipped to the left."""
    columns = section.codes + section.labels
    label = next((column for column in columns if not code_text(grid.text(row, column)).isdigit()
                  and grid.text(row, column).strip()), None)  # fmt: skip
    codes = section.codes if label is None else [column for column in section.codes if column < label]
    return replace(section, codes=codes)


def _row_code(grid: Grid, row: int, section: Section, carried: dict[int, list[str]]) -> str:
    """Subject code of a row: one cell, 类 款 项 cells joined and padded, or the parts above carried down."""
    if not section.codes:
        return ""
    texts = [code_text(grid.text(row, column)) for column in section.codes]
    digits = [text if text.isdigit() else "" for text in texts]
    if not any(digits):
        return ""
    whole = [text for text in digits if len(text) >= 5 and is_subject_code(text)]
    if whole:
        code = max(whole, key=len)
        carried[section.ordinal] = [code[:3], code[3:5], code[5:7]]
        return code
    if len(section.codes) == 1:
        return digits[0] if is_subject_code(digits[0]) else ""
    parts = digits[:3] + [""] * (3 - len(digits[:3]))
    if not any(parts):
        return ""
    above = carried.get(section.ordinal, ["", "", ""])
    depth = max(index for index, part in enumerate(parts) if part)
    full: list[str] = []
    for index in range(depth + 1):
        part = parts[index] or above[index]
        if not part:
            return ""
        full.append(part if index == 0 else part.zfill(2))
    if len(full[0]) != 3:
        return ""
    carried[section.ordinal] = full + [""] * (3 - len(full))
    return "".join(full)


def _labels(grid: Grid, row: int, section: Section, shift: int) -> tuple[str, str, str]:
    """(label, code glued to it, label of the row it details) of one row in one section."""
    texts: list[str] = []
    glued = ""
    for column in section.codes + section.labels:
        text = grid.text(row, column) or (
            grid.owner_text(row, column) if grid.has_spans and column in section.labels else ""
        )
        if column in section.labels:
            text = _beside_long_code(text or (grid.text(row, column - 1) if column else "")) or text
        if not text.strip() or is_nothing(text) or (shift and whole_number(text) is not None):
            continue
        if column in section.codes and code_text(text).isdigit():
            continue
        split = split_glued_code(text)
        if split is not None:
            glued, text = split
        texts.append(squeeze(join_lines(text)))
    if not texts and shift < 0:
        # a row that slipped to the right has its name in the first column of amounts
        slipped = [grid.text(row, column - shift) for column in section.labels if column - shift < grid.column_count]
        texts = [squeeze(join_lines(text)) for text in slipped if is_total_label(text)]
    if not texts:
        # a total printed in a column of remarks or kinds left of the amounts still names its row
        first = min(section.figures, default=0)
        loose = [
            grid.text(row, column)
            for column in sorted(section.texts + section.row_numbers + section.entity_codes)
            if column < first and is_total_label(grid.text(row, column))
        ]
        return (squeeze(join_lines(loose[0])) if loose else ""), glued, ""
    return texts[-1], glued, texts[0] if len(texts) > 1 else ""


_LONG_CODE = re.compile(r"\s*\d{12,}\s*([^\d\s].*)", re.DOTALL)


def _beside_long_code(text: str) -> str:
    """The name behind a project's code (530100210000000001100基本工资类经费) that runs over the edge of its column."""
    match = _LONG_CODE.fullmatch(text)
    return match.group(1) if match else ""


_BALANCES = ("opening_balance", "closing_balance")


def _under_balance(item: LineItem | None, section: int, balances: dict[int, str]) -> LineItem | None:
    """The line a row names, given the balance it stands under.

    一般公共预算财政拨款 is income at the top of the table and a part of 年初财政拨款结转和结余 below that row.
    """
    if item is None:
        return None
    if item.code in _BALANCES:
        balances[section] = item.code
        return item
    above = balances.get(section)
    part = line_of_fund(above, item.fund) if above and item.fund and not item.is_total else None
    if part is not None:
        return part
    if item.parent != above:
        balances.pop(section, None)
    return item


def _class_code(label: str, section: Section, family: str) -> str:
    """Nothing is guessed from a name here except in lists of economic subjects that print no codes at all."""
    if family != "basic_economic" or section.codes:
        return ""
    codes = economic_names().get(label_key(label), frozenset())
    return next(iter(codes)) if len(codes) == 1 and len(next(iter(codes))) == 5 else ""


def _label_to_the_left(grid: Grid, row: int, section: Section) -> str:
    """The label of an amount that stands far to the right of it (公用经费合计 over three groups)."""
    for column in range(section.first - 1, -1, -1):
        text = grid.text(row, column)
        if text.strip():
            return squeeze(join_lines(text)) if whole_number(text) is None else ""
    return ""
