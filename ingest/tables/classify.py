"""Which statement a table is: title, columns and rows decide together, a printed number never does (报表识别)."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache

from ingest.dictionaries import Statement, economic_names, find_line_item, functional_names, statements
from ingest.tables.assemble import WholeTable
from ingest.tables.grid import Grid, code_text, header_terms_of, is_subject_code, split_glued_code
from ingest.tables.layout import Segment
from ingest.text import fold_width, is_nothing, label_key, plain_key

_GOVERNMENT_ROWS = (
    "税收收入",
    "增值税",
    "企业所得税",
    "转移性收入",
    "一般债务收入",
    "土地增值税",
    "非税收入合计",
    "返还性收入",
)

_TOTALS = ("合计", "收入总计", "支出总计", "“三公”经费合计")


@dataclass(frozen=True, slots=True)
class Recognition:
    """The statement decided for a table, how sure, and what decided."""

    statement_code: str | None
    confidence: int
    reason: str
    is_list: bool = False
    """True for a list of evaluated projects (绩效自评结果汇总表): read by rows, not as a form."""
    is_government: bool = False
    """True for tables of a whole government (税收收入 rows): not a department's statement."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the grid itself shows."""

    terms: frozenset[str]
    functional: int
    economic: int
    economic_heads: int
    """Columns headed by items of the economic classification: 基本工资 | 津贴补贴 | 奖金."""
    government: int
    income_lines: int
    expenditure_lines: int
    three_public_rows: int
    statistics_rows: int
    government_rows: int
    lists_projects: bool


_FAMILIES = (
    ("income", "summary", "income"),
    ("expenditure", "summary", "expenditure"),
    ("three_public", "three_public", None),
    ("statistics", "statistics", None),
)


@lru_cache(maxsize=65536)
def _vocabulary(text: str) -> tuple[str, ...]:
    """The row vocabularies a cell's text belongs to; totals, which every statement has, tell nothing."""
    found = []
    for name, family, side in _FAMILIES:
        item = find_line_item(text, family, side)
        own = {"statistics": "statistic", "three_public": "three_public"}.get(family)
        if item is not None and item.name not in _TOTALS and (own is None or getattr(item, own)):
            found.append(name)
    if plain_key(text).lstrip("一二三四五六七八九十") in _GOVERNMENT_ROWS:
        found.append("government_rows")
    if not found and (codes := economic_names().get(key := label_key(text))) and key not in functional_names():
        found += ["economic_items"] if all(len(code) == 5 and code[0] == "3" for code in codes) else []
    return tuple(found)


_CLASSIFICATIONS = {"2": "functional", "3": "economic", "5": "government"}


@lru_cache(maxsize=65536)
def _said_by(text: str) -> tuple[str | None, bool, tuple[str, ...]]:
    """(the classification a cell's code is of, whether a name is glued to that code, vocabularies its words are of)."""
    if is_subject_code(text):
        return _CLASSIFICATIONS.get(code_text(text)[0]), False, ()
    glued = split_glued_code(text)
    if glued is not None:
        return _CLASSIFICATIONS.get(glued[0][0]), True, ()
    return None, False, _vocabulary(text)


def evidence_of(grid: Grid, segments: list[Segment]) -> Evidence:
    """Count header terms, codes and known row labels."""
    found: set[str] = set()
    counts: Counter[str] = Counter()
    for row in range(len(grid)):
        named = [cell.text for cell in grid.cells(row) if "级" in cell.text]
        if len(named) >= 2 and len({plain_key(text) for text in named} & _LEVEL_WORDS) >= 2:
            found.update(_PERFORMANCE)
            break
    for segment in segments:
        for row in segment.header:
            for cell in grid.cells(row):
                found.update(term.code for term in header_terms_of(cell.text))
                item = find_line_item(cell.text, "statistics", None)
                counts["statistics"] += item is not None and bool(item.statistic)
                counts["economic_heads"] += "economic_items" in _vocabulary(cell.text)
        for row in segment.body:
            for cell in grid.cells(row):
                kind, is_glued, names = _said_by(cell.text)
                if kind is not None and (is_glued or _is_code_place(grid, row, cell.column)):
                    counts[kind] += 1
                for name in names:
                    counts[name] += 1
    if not found & {"perf_level1", "perf_level2", *_INDICATOR_WORDS}:
        # 指标名称 heads the lines of statistics as well: nothing else here is said of an indicator.
        found.discard("perf_level3")
    return Evidence(
        frozenset(found),
        counts["functional"],
        # Where no codes are printed, names of items that only the economic classification has.
        counts["economic"] or counts["economic_items"],
        counts["economic_heads"],
        counts["government"],
        counts["income"],
        counts["expenditure"],
        counts["three_public"],
        counts["statistics"],
        counts["government_rows"],
        _lists_projects(grid, segments),
    )


def _is_code_place(grid: Grid, row: int, column: int) -> bool:
    """Whether a digit cell stands left of a name: a code, not an amount of 201 yuan."""
    for right in range(column + 1, min(column + 6, grid.column_count)):
        text = grid.text(row, right).strip()
        if text and not (len(text) == 2 and text.isdigit()) and not is_subject_code(text):
            return not text[0].isdigit() and not is_nothing(text)
    return False


_INCOME = {
    "income_total",
    "appropriation",
    "superior_subsidy",
    "undertaking",
    "operating_income",
    "affiliated",
    "other_income",
    "fiscal_account",
}
_FUNDS = {"general", "gov_fund", "state_capital"}
_ECONOMIC_COLUMNS = {f"econ_{code}" for code in (301, 302, 303, 307, 309, 310, 311, 312, 313, 399)}
_THREE_PUBLIC = {"tp_overseas", "tp_vehicle", "tp_vehicle_purchase", "tp_vehicle_operation", "tp_hospitality"}
_LEVEL_WORDS = {"一级指标", "二级指标", "三级指标"}
_PERFORMANCE = {"perf_level1", "perf_level2", "perf_level3"}
_INDICATOR_WORDS = {"perf_target", "perf_target_adjusted", "perf_nature", "perf_actual", "perf_weight", "perf_score"}


def _structure_score(family: str, seen: Evidence) -> int:
    """How well the grid fits a family of statements: positive fits, strongly negative contradicts."""
    terms = seen.terms
    lines = min(seen.income_lines, 4) + min(seen.expenditure_lines, 4)
    functional_rows = seen.functional >= 2
    if family == "summary":
        score = 6 * lines if seen.income_lines >= 2 and seen.expenditure_lines >= 2 else -10
        score += 12 if {"income_side", "expenditure_side"} <= terms else 0
        return score - (15 if _FUNDS & terms else 0) - (30 if seen.economic >= 4 else 0)
    if family == "appropriation_summary":
        score = 6 * lines if seen.income_lines >= 1 and seen.expenditure_lines >= 2 else -10
        return score + (25 if _FUNDS & terms else 0)
    if family == "income":
        strong = len(_INCOME & terms - {"income_total", "appropriation"})
        return (
            (10 if functional_rows or "unit_name" in terms else 0)
            + min(10 * strong, 35)
            + (10 if "appropriation" in terms else 0)
            - (30 if {"basic", "project"} <= terms else 0)
        )
    if family == "expenditure":
        return (
            (10 if functional_rows or "unit_name" in terms else 0)
            + (12 if {"basic", "project"} <= terms else 0)
            + (20 if {"upward", "operating", "subsidy"} & terms else 0)
            - (25 if {"opening_balance", "closing_balance"} & terms else 0)
            - (40 if _is_economic(seen) else 0)
        )
    if family == "general_expenditure":
        return (
            (10 if functional_rows else 0)
            + (12 if {"basic", "project"} <= terms else 0)
            + (8 if {"basic", "project", "budget_amount", "change_amount"} <= terms else 0)
            - (12 if {"upward", "operating", "subsidy"} & terms else 0)
            - (60 if _is_economic(seen) else 0)
        )
    if family == "basic_economic":
        with_projects = "project" in terms and not {"personnel", "public"} & terms
        return (
            (35 if _is_economic(seen) or (seen.economic_heads >= 3 and not seen.functional) else -20)
            + (10 if {"personnel", "public"} & terms else 0)
            - (30 if with_projects else 0)
        )
    if family == "economic_gov":
        return 35 if seen.government >= 2 else -25
    if family in ("fund", "state_capital"):
        return (
            (15 if {"opening_balance", "closing_balance"} & terms else 0)
            + (5 if {"basic", "project"} & terms else 0)
            - (40 if _is_economic(seen) else 0)
        )
    if family == "three_public":
        return (30 if len(_THREE_PUBLIC & terms) >= 2 or seen.three_public_rows >= 2 else -30) - (
            30 if seen.functional >= 4 else 0
        )
    if family == "project":
        return (15 if "project_name" in terms and functional_rows else 0) + (10 if _ECONOMIC_COLUMNS & terms else 0)
    if family == "statistics":
        return min(6 * seen.statistics_rows, 30) - (30 if seen.functional >= 4 else 0)
    if family == "procurement":
        return 5 + min(6 * seen.statistics_rows, 20)
    if family.startswith("perf_"):
        # A page break can cut a sheet between its money and its indicators.
        has_money = len({"initial_budget", "full_year_budget", "final_amount"} & terms) >= 2
        # What was reached is told of a year that is over: no target, where no title says which.
        is_over = family == "perf_project_target" and {"perf_score", "perf_actual"} <= terms
        return (40 if _PERFORMANCE & terms else 10 if seen.lists_projects or has_money else -30) - 5 * is_over
    return 0


def _lists_projects(grid: Grid, segments: list[Segment]) -> bool:
    """Whether one header row heads names, amounts and a score or rate: a list of evaluated projects, not a form."""
    for row in (row for segment in segments for row in segment.header):
        codes = {term.code for cell in grid.cells(row) for term in header_terms_of(cell.text)[:1]}
        rated = codes & {"perf_score", "perf_execution_rate", "completion_rate"}
        if rated and codes & {"project_name", "item_label", "unit_name"} and codes & _EXECUTED:
            return True
    return False


def _is_base_data(table: WholeTable, seen: Evidence) -> bool:
    """Whether a table is the sheet of base data of an evaluation (绩效评价基础数据表): figures and no indicators."""
    title = plain_key(table.caption.title or "")
    return ("基础数据" in title or "基本数据" in title) and not _PERFORMANCE & seen.terms


_EXECUTED = {"budget_amount", "initial_budget", "full_year_budget", "final_amount", "amount"}


def _is_economic(seen: Evidence) -> bool:
    return seen.economic > seen.functional and (seen.economic >= 3 or not seen.functional + seen.government)


def kind_of(table: WholeTable, seen: Evidence, document_kind: str | None) -> str | None:
    """final_account or budget: the title's or code's own word, the columns, the document; a bare 预算 title last.

    Final accounts say 决算 in every title in most places; where a place gives them budget titles, the document decides.
    """
    title = plain_key(table.caption.title or "")
    code = plain_key(table.caption.code or "")
    if "决算" in title or "决" in code:
        return "final_account"
    own = title
    for name in ("一般公共预算", "政府性基金预算", "国有资本经营预算", "公共预算"):
        own = own.replace(name, "")
    if "预算" in own or "预算" in code:
        return "budget"
    if "final_amount" in seen.terms and "budget_amount" not in seen.terms:
        return "final_account"
    if document_kind in ("final_account", "budget"):
        return document_kind
    if re.fullmatch(r"公开\d{1,2}表", code):
        return "final_account"
    if seen.terms & {"budget_amount", "initial_budget"} and "final_amount" not in seen.terms:
        return "budget"
    return "budget" if title and table.caption.statement_matches else None


_OTHER = {"final_account": "final_other", "budget": "budget_other"}
FITS_WITHOUT_TITLE = 60
"""Structure score from which columns and rows outweigh a title that names another statement and is not contradicted."""


def _may_be(statement: Statement, seen: Evidence, kind: str | None, is_named: bool) -> bool:
    """Whether a statement is worth weighing for a table: of its kind, and named where its columns are not its own."""
    is_form = bool(_PERFORMANCE & seen.terms)
    if statement.document_kind == "performance":
        return is_form or is_named
    if is_form or (kind is not None and statement.document_kind != kind):
        return False
    if statement.family == "other":
        return is_named
    if statement.family in ("fund", "state_capital", "procurement", "statistics") and not is_named:
        return _structure_score(statement.family, seen) >= 24
    return True


def recognise(table: WholeTable, grid: Grid, segments: list[Segment], document_kind: str | None) -> Recognition:
    """Decide the statement of a table; ``document_kind`` settles budget or final account where it does not say."""
    seen = evidence_of(grid, segments)
    if seen.government_rows >= 3:
        return Recognition(None, 90, "含税收收入、转移性收入等政府预决算行，不是部门报表", is_government=True)
    matches = {statement.code: length for statement, length in table.caption.statement_matches}
    kind = kind_of(table, seen, document_kind)
    scores = {
        statement.code: _structure_score(statement.family, seen)
        for statement in statements().values()
        if _may_be(statement, seen, kind, statement.code in matches)
    }
    named = max((code for code in scores if code in matches), key=lambda code: matches[code], default=None)
    is_named = named is not None and scores[named] >= 0
    if _is_base_data(table, seen) and "perf_unit_self" in matches:
        return Recognition("perf_unit_self", 80, "标题为绩效基础数据表，逐行读取", is_list=True)
    best: tuple[int, str, str] | None = None
    for code, structure in scores.items():
        length = matches.get(code, 0)
        if not length and is_named and structure < FITS_WITHOUT_TITLE:
            continue
        score = structure + (30 + min(length, 15) if length else 0)
        if best is None or score > best[0]:
            said = "标题" if length else "栏目与行次"
            best = (score, code, f"{said}；结构分{structure}")
    if best is None or best[0] < 25:
        other = _OTHER.get(kind or "")
        if other and matches and seen.functional + seen.economic + seen.government:
            return Recognition(other, 50, "标题所指报表的栏目与行不同，列为其他报表")
        return Recognition(None, 20, "标题、栏目与行均不符合任何已知报表")
    code = best[1]
    family = statements()[code].family
    if (
        family in ("general_expenditure", "expenditure", "project", "other", "basic_economic")
        and seen.functional >= 2
        and len(_ECONOMIC_COLUMNS & seen.terms) >= (2 if "明细" in (table.caption.title or "") else 3)
        and family != "project"
    ):
        code = _OTHER[statements()[code].document_kind]
        return Recognition(code, 80, "功能科目与经济分类交叉的明细表")
    return Recognition(
        code,
        max(30, min(99, 40 + best[0])),
        best[2] + (f"；标题“{fold_width(table.caption.title or '')}”" if table.caption.title else ""),
        is_list=family.startswith("perf_") and seen.lists_projects and not _PERFORMANCE & seen.terms,
    )
