"""Rows of indicators: the header's columns, and which cell of a row is which (绩效指标行).

Cells are merged freely on such sheets, and in sources without spans a row slips left or right. A cell is placed by what
it says: level names, signs and units of targets, numbers of weights and scores.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache

from ingest.dictionaries import Term, find_terms, read_seed
from ingest.document import Cell
from ingest.tables.grid import Grid
from ingest.tables.headers import clean_label
from ingest.text import fold_width, is_nothing, label_key, squeeze, whole_number

LEVELS = ("perf_level1", "perf_level2", "perf_level3")


@dataclass(slots=True)
class Frame:
    """The indicator header of a sheet: grid column of each kind of cell."""

    row: int
    columns: list[tuple[int, str]] = field(default_factory=list)
    """(column, term code), left to right."""

    def column_of(self, code: str) -> int | None:
        return next((column for column, term in self.columns if term == code), None)


def _term(text: str, wanted: tuple[str, ...]) -> Term | None:
    found = find_terms(clean_label(text))
    return next((term for term in found if term.code.startswith(wanted)), None)


_FRAME_WORDS = (
    ("perf_reason", re.compile(r"原因|偏差|改进措施")),
    ("perf_basis", re.compile(r"依据|标准|规则|佐证|说明|公式|解释")),
    ("perf_prior", re.compile(r"上年.*(?:完成|实际)")),
    ("perf_target_adjusted", re.compile(r"调整后?.*(?:指标|目标)")),
    ("perf_actual", re.compile(r"完成(?:值|情况|指标|结果)|实际值|实现值")),
    ("perf_target", re.compile(r"指标值|目标值|预期值|计划值|标准值")),
    ("perf_score", re.compile(r"得分|评分|自评分")),
    ("perf_weight", re.compile(r"分值|权重|满分")),
    ("perf_level3", re.compile(r"三级指标|具体指标|指标名称")),
    ("perf_level2", re.compile(r"二级指标")),
    ("perf_level1", re.compile(r"一级指标")),
)
"""What a word in an indicator header says where the dictionary does not list it as a whole, the more telling first."""


@lru_cache(maxsize=65536)
def frame_code(text: str) -> str | None:
    """The kind of column an indicator header's cell heads."""
    term = _term(text, ("perf_", "note", "completion_rate"))
    if term is not None:
        return term.code
    label = clean_label(text)
    if len(label) > 20 or whole_number(text) is not None:
        return None
    return next((code for code, words in _FRAME_WORDS if words.search(label)), None)


def _level_words(level: int) -> frozenset[str]:
    return frozenset(label_key(row["label"]) for row in read_seed("indicator_levels") if row["level"] == str(level))


_LEVEL1 = _level_words(1)
_LEVEL2 = _level_words(2)


@lru_cache(maxsize=65536)
def level_of(text: str) -> int | None:
    """1 or 2 where a cell is the name of a first- or second-level indicator group (brackets with weights ignored)."""
    key = label_key(re.sub(r"[(（][^()（）]*[)）]$", "", squeeze(fold_width(text))))
    if key in _LEVEL1 and key in _LEVEL2:
        return 0
    if key in _LEVEL1:
        return 1
    if key in _LEVEL2:
        return 2
    return None


_OFTEN_BLANK = {"perf_reason", "note", "perf_basis"}
"""Columns that stay empty where there is nothing to explain."""


def place_cells(grid: Grid, frame: Frame, texts: list[Cell]) -> dict[str, Cell]:
    """Which cell is which: the reading that fits best of by place, slipped by some columns, and by order."""
    best: tuple[int, dict[str, Cell]] | None = None
    shifts = (0,) if grid.has_spans else (0, 1, -1, 2, -2)
    at = dict(frame.columns)
    whole = {at[cell.column]: cell for cell in texts if cell.column in at}
    if len(whole) == len(texts) and set(at.values()) - set(whole) <= _OFTEN_BLANK and _holds_numbers(whole):
        return whole  # a cell under every head that wants one: nothing has slipped, whatever the names look like
    names = set(at.values())
    most = _most(names, texts)
    for shift in (*shifts, None):
        placed = _in_order(frame, texts) if shift is None else _by_place(grid, at, texts, shift)
        if placed is None:
            continue
        score = _fit(placed, names)
        if best is None or score > best[0]:
            best = (score, placed)
        if score >= most:
            break
    assert best is not None
    return best[1]


def _most(names: set[str], texts: list[Cell]) -> int:
    """The best fit that any reading of a row can have: two for each level named and each number that is wanted."""
    levels = sum(level_of(cell.text) is not None for cell in texts)
    numbers = sum(score_text(cell.text) is not None for cell in texts)
    return 2 * min(levels, 2) + 2 * min(numbers, len(names & {"perf_weight", "perf_score"}))


def _holds_numbers(placed: dict[str, Cell]) -> bool:
    """Whether weights and scores are numbers and the indicator's name is none: what a slipped row does not show."""
    name = placed.get("perf_level3")
    if name is None or whole_number(name.text) is not None or is_target(name.text):
        return False
    return all(score_text(placed[code].text) is not None for code in ("perf_weight", "perf_score") if code in placed)


def _by_place(grid: Grid, at: dict[int, str], texts: list[Cell], shift: int) -> dict[str, Cell] | None:
    placed: dict[str, Cell] = {}
    first = min(at)
    for cell in texts:
        code = at.get(cell.column + shift)
        if code is None:
            if (cell.column < first and is_stub(cell.text)) or is_nothing(cell.text):
                continue
            left = [column for column in at if column <= cell.column]
            if grid.has_spans and left:
                code = at[max(left)]
            elif cell.column < first and level_of(cell.text) is None:
                continue
            else:
                return None
        if code in placed:
            if code in ("perf_basis", "note", "perf_reason"):
                continue
            return None
        placed[code] = cell
    return placed


def _fit(placed: dict[str, Cell], names: set[str]) -> int:
    """How well the cells say what their columns want: levels are names of levels, scores numbers, targets targets."""
    score = 0
    level3 = placed.get("perf_level3")
    if level3 is None:
        score -= 6
    else:
        if level_of(level3.text) is not None:
            score -= 4
        if whole_number(level3.text) is not None or is_target(level3.text):
            score -= 4
    for code, wrong in (("perf_level1", 2), ("perf_level2", 1)):
        cell = placed.get(code)
        if cell is not None:
            level = level_of(cell.text)
            score += 2 if level is not None and level != wrong else -3
    for code in ("perf_weight", "perf_score"):
        cell = placed.get(code)
        if cell is not None:
            score += 2 if score_text(cell.text) is not None else 0 if is_nothing(cell.text) else -4
        elif code in names:
            score -= 1
    for code in ("perf_target", "perf_target_adjusted", "perf_actual"):
        cell = placed.get(code)
        if cell is not None:
            score -= 3 if level_of(cell.text) in (1, 2) else 0
    reason = placed.get("perf_reason")
    if reason is not None and whole_number(reason.text) is not None:
        score -= 3
    basis = placed.get("perf_basis")
    if basis is not None and whole_number(basis.text) is not None:
        score -= 2
    if "perf_target" in names and "perf_target" not in placed and level3 is not None:
        score -= 1
    return score


def _in_order(frame: Frame, texts: list[Cell]) -> dict[str, Cell]:
    """Levels by name from the left, then the remaining cells in the order of the header's remaining columns."""
    placed: dict[str, Cell] = {}
    first = min(column for column, _ in frame.columns)
    rest = [cell for cell in texts if not (cell.column < first and is_stub(cell.text))]
    names = {code for _, code in frame.columns}
    while rest:
        level = level_of(rest[0].text)
        if level is None or len(rest) < 3:
            break
        following = level_of(rest[1].text) if len(rest) > 1 else None
        if level == 0:
            level = 1 if following is not None and "perf_level2" in names and "perf_level1" not in placed else 2
        code = "perf_level1" if level == 1 else "perf_level2"
        if code in placed:
            break
        placed[code] = rest.pop(0)
    if not rest:
        return placed
    placed["perf_level3"] = rest.pop(0)
    order = [code for _, code in frame.columns if code not in LEVELS]
    numbers = [code for code in order if code in ("perf_weight", "perf_score")]
    filled = [cell for cell in rest if not is_nothing(cell.text)]
    queue = list(filled)
    waiting = list(order)
    while queue and waiting:
        cell, code = queue[0], waiting[0]
        is_number = score_text(cell.text) is not None
        if code in numbers and not is_number:
            waiting.pop(0)
            continue
        if (
            code not in numbers
            and is_number
            and not is_unitful(cell.text)
            and code in ("perf_basis", "perf_reason", "note")
            and any(other in numbers for other in waiting)
        ):
            waiting.pop(0)
            continue
        placed.setdefault(code, cell)
        queue.pop(0)
        waiting.pop(0)
    return placed


@lru_cache(maxsize=65536)
def is_stub(text: str) -> bool:
    key = label_key(text)
    return "绩效指标" in key or key in ("年度绩效指标完成情况", "绩效指标", "年度绩效指标")


@lru_cache(maxsize=65536)
def score_text(text: str):
    """The number of a weight or score cell (10, 9.56, 10.00 分, 10分); None where it is anything else."""
    number = whole_number(re.sub(r"\s*分\s*$", "", text))
    return number if number is not None and (number.unit in (None, "分", "%")) else None


@lru_cache(maxsize=65536)
def is_target(text: str) -> bool:
    """Whether a cell reads as a target or actual value: a sign, or a number with a unit and nothing else."""
    folded = squeeze(fold_width(text))
    return bool(re.match(r"^(?:[≥≤><=＝]|>=|<=)", folded)) or bool(re.match(r"^\d+(?:\.\d+)?\D{0,4}$", folded))


@lru_cache(maxsize=65536)
def is_unitful(text: str) -> bool:
    return bool(re.search(r"[%％≥≤<>=]|\d\s*[^\d\s.]", fold_width(text)))
