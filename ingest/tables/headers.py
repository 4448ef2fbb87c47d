"""Header paths and their alignment with the columns of figures (栏目路径与对齐).

Merged header cells are lost in many sources, torn or shifted by a column in others. Several readings of a header are
tried: by position, in sequence, from the statement's known columns. Types (a name over amounts is a contradiction)
and arithmetic (合计 = 基本 + 项目 in the rows) decide between them, and the decision is kept with its reason.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from itertools import combinations, islice

from ingest.dictionaries import Term, column_sums, find_terms, templates, terms
from ingest.document import Cell
from ingest.tables.closed_heads import unfolded
from ingest.tables.grid import Grid, header_terms_of
from ingest.tables.layout import Section, Segment
from ingest.text import is_nothing, join_lines, plain_key, squeeze, whole_number

AMOUNT_KINDS = ("amount", "rate", "score", "change")
MAX_SUBSETS = 400
"""Bound on the order-preserving subsets of labels that are tried when there are more labels than columns."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a header path: printed label, its dictionary term, and where the label came from."""

    label: str
    term: str | None
    origin: str = "printed"
    """printed, carried (from a merged neighbour), filled (lost cell, from the dictionary)."""


Path = tuple[Part, ...]


@dataclass(slots=True)
class Alignment:
    """Header path of every figure column, and how sure the alignment is."""

    paths: dict[int, Path]
    method: str
    confidence: int
    """Percent: 95+ spans or position with arithmetic, below 60 undecided."""
    reason: str


@lru_cache(maxsize=65536)
def clean_label(text: str) -> str:
    """A header cell's printed text with its wrapped parts joined."""
    return squeeze(join_lines(text))


def _pick(label: str, leaf: bool, role: str = "") -> Term | None:
    """The term a label means at its place: an amount word at the leaf, a 结转 below 年末结转和结余 a balance."""
    found = header_terms_of(label) or find_terms(label)
    if not found:
        return None
    if role and any(term.role == role for term in found):
        return next(term for term in found if term.role == role)
    wanted = AMOUNT_KINDS if leaf else (*AMOUNT_KINDS, "group")
    for term in found:
        if term.kind in wanted:
            return term
    return found[0]


def make_path(labels: Iterable[tuple[str, str]]) -> Path:
    """A path from (label, origin) pairs, top to bottom, repeats once; a 小计 under a named kind is its subtotal."""
    kept: list[tuple[str, str]] = []
    for label, origin in labels:
        cleaned = clean_label(label)
        if cleaned and (not kept or kept[-1][0] != cleaned):
            kept.append((cleaned, origin))
    parts: list[Part] = []
    for position, (label, origin) in enumerate(kept):
        leaf = position == len(kept) - 1
        under_balance = any(
            (above := terms().get(part.term or "")) is not None and above.role == "balance" for part in parts
        )
        term = _pick(label, leaf, "balance" if under_balance else "")
        code = term.code if term is not None else None
        if leaf and code == "total" and any(_names_kind(part) for part in parts):
            code = "subtotal"
        parts.append(Part(label, code, origin))
    return tuple(parts)


def _names_kind(part: Part) -> bool:
    term = terms().get(part.term or "")
    return (
        term is not None
        and term.kind == "amount"
        and not _is_plain_total(term)
        and bool(term.measure or term.three_public or term.economic or term.fund or term.role)
    )


def _is_plain_total(term: Term) -> bool:
    return term.is_total and term.measure == "total" and not term.three_public


def concept(path: Path) -> str | None:
    """What a column is of: the leaf-most term that names a kind, fund or item; else its total; None if unknown."""
    total: str | None = None
    for part in reversed(path):
        term = terms().get(part.term or "")
        if term is None or term.kind == "group":
            continue
        if term.code in ("total", "subtotal"):
            total = total or "total"
            continue
        if (
            term.measure
            or term.three_public
            or term.economic
            or term.fund
            or term.role
            or term.code == "operating_cost"
        ):
            if total and _is_plain_total(term):
                return term.code
            return term.code
    return total


def stage_key(path: Path) -> tuple[str, str]:
    """What must agree between columns that are summed: stage, and the fund above a kind."""
    stage = fund = ""
    for part in path[:-1] if len(path) > 1 else path:
        term = terms().get(part.term or "")
        if term is None:
            continue
        stage = term.stage or (
            re.sub(r"\D", "", part.label)[:4] if term.code in ("budget_amount", "final_amount") else stage
        )
        fund = term.fund or fund
    leaf = terms().get(path[-1].term or "") if path else None
    if leaf is not None and leaf.stage:
        stage = leaf.stage + re.sub(r"\D", "", path[-1].label)[:4]
    if leaf is not None and (leaf.fund or leaf.code in ("total", "subtotal")):
        fund = ""
    return stage, fund


def witness(grid: Grid, rows: list[int], paths: dict[int, Path]) -> tuple[int, int]:
    """Rows in which a known sum over the columns could be tried, and in how many it holds within printed rounding."""
    by_key: dict[tuple[str, str], dict[str, int]] = {}
    for column, path in paths.items():
        name = concept(path)
        if name is not None:
            by_key.setdefault(stage_key(path), {}).setdefault(name, column)
    tried = held = 0
    for columns in by_key.values():
        best: dict[int, tuple[int, int, int]] = {}
        for rule in column_sums():
            total = next((columns[name] for name in rule.total if name in columns and name not in rule.parts), None)
            parts = [columns[name] for name in rule.parts if name in columns]
            if total is None or len(parts) < 2:
                continue
            outcomes = [outcome for row in rows if (outcome := _sum_holds(grid, row, total, parts)) is not None]
            entry = (len(parts), sum(outcomes), len(outcomes))
            if outcomes and entry > best.get(total, (0, 0, 0)):
                best[total] = entry
        tried += sum(count for _, _, count in best.values())
        held += sum(good for _, good, _ in best.values())
    return tried, held


def _sum_holds(grid: Grid, row: int, total: int, parts: list[int]) -> bool | None:
    whole = whole_number(grid.text(row, total))
    if whole is None:
        return None
    values = [whole_number(grid.text(row, part)) for part in parts]
    present = [value for value in values if value is not None]
    if not present:
        return None
    wanted = _amount(whole.value_text)
    amounts = [_amount(value.value_text) for value in present]
    if not wanted and not any(amounts):
        return None
    places = min(whole.decimals, *[value.decimals for value in present])
    tolerance = Decimal(len(present) + 1).scaleb(-places) / 2
    return abs(wanted - sum(amounts)) <= tolerance


_amount = lru_cache(maxsize=65536)(Decimal)


def positional_path(grid: Grid, segment: Segment, column: int) -> Path:
    """The header path over a column as it stands; an empty place under a wider word takes that word."""
    labels: list[tuple[str, str]] = []
    for index, row in enumerate(segment.header):
        group = _group_over(grid, segment, index, column)
        if group is not None:
            opens = plain_key(grid.text(segment.header[index + 1], column)) in ("合计", "小计")
            labels.append((group.text, "printed" if opens or group.column == column else "carried"))
            continue
        text = grid.owner_text(row, column)
        if text and not is_nothing(text):
            labels.append((text, "printed" if grid.rows[row][column] is not None else "carried"))
            continue
        if not any(grid.owner_text(lower, column) for lower in segment.header[index + 1 :]):
            continue
        # A word printed above begins a group of its own: what stands left of it here is of the group before.
        upper = segment.header[:index]
        begun = max(
            (place for over in upper for place in range(column + 1) if grid.text(over, place).strip()), default=0
        )
        for left in range(column - 1, begun - 1, -1):
            text = grid.owner_text(row, left)
            if text:
                found = header_terms_of(text)
                if not found or found[0].kind in ("group", *AMOUNT_KINDS):
                    labels.append((text, "carried"))
                break
    return make_path(labels)


def _group_over(grid: Grid, segment: Segment, index: int, column: int) -> Cell | None:
    """The group word over a column, told by the totals below it, where lost merged cells have drawn the groups aside.

    年初结转和结余 | 本年收入 | 本年支出 over 合计 … | 合计 … | 合计 …: each group begins where its 合计 stands.
    """
    if grid.has_spans or index + 1 >= len(segment.header):
        return None
    upper, lower = segment.header[index], segment.header[index + 1]
    starts = [cell.column for cell in grid.cells(lower) if plain_key(cell.text) in ("合计", "小计")]
    groups = [
        cell
        for cell in grid.cells(upper)
        if (found := header_terms_of(cell.text)) and found[0].kind in ("group", "amount") and found[0].code != "total"
    ]
    if len(starts) < 2 or len(starts) != len(groups) or starts == [cell.column for cell in groups]:
        return None
    if column < starts[0]:
        # A group's word that was drawn over the column of the total left of the groups: the total's own word is there.
        totals = [cell for cell in grid.cells(upper) if cell.column < groups[0].column and _is_amount_word(cell.text)]
        is_drawn = any(cell.column == column for cell in groups) and column == starts[0] - 1
        return totals[-1] if totals and is_drawn else None
    return groups[max(place for place, start in enumerate(starts) if start <= column)]


def _is_torn(grid: Grid, segment: Segment, columns: list[int]) -> bool:
    """Whether header words are torn over several rows (基本 over 支出): joined they are known, apart they are not."""
    if grid.has_spans or len(segment.header) < 2:
        return False
    torn = whole = 0
    for column in columns:
        parts = [clean_label(grid.text(row, column)) for row in segment.header if grid.text(row, column).strip()]
        if not parts:
            return False
        known = bool(find_terms("".join(parts)))
        whole += known
        torn += known and len(parts) > 1 and not all(find_terms(part) for part in parts)
    return torn >= 1 and whole >= 0.7 * len(columns)


def leaves(grid: Grid, segment: Segment) -> list[tuple[int, Path]]:
    """Header cells that head no other amount word, left to right, with the words above them: (column, path)."""
    found: list[tuple[int, Path]] = []
    for index, row in enumerate(segment.header):
        cells = grid.cells(row)
        for position, cell in enumerate(cells):
            kinds = {term.kind for term in header_terms_of(cell.text)}
            before = {term.kind for term in header_terms_of(cells[position - 1].text)} if position else set()
            if "label" in kinds and not before & set(AMOUNT_KINDS):
                continue
            if kinds and not kinds & {"group", *AMOUNT_KINDS}:
                continue
            if kinds == {"group"}:
                continue
            end = cells[position + 1].column if position + 1 < len(cells) else grid.column_count
            end = max(end, cell.column + cell.column_span)
            below = [
                other
                for lower in segment.header[index + 1 :]
                for other in grid.cells(lower)
                if cell.column <= other.column < end
                and {term.kind for term in header_terms_of(other.text)} & {"group", *AMOUNT_KINDS}
            ]
            if below:
                continue
            if not kinds and position == 0 and cell.column == 0:
                continue
            path = positional_path(grid, segment, cell.column)
            cut = [part for part in path if part.label != clean_label(cell.text)]
            above = []
            for part in cut:
                term = terms().get(part.term or "")
                if term is None or term.kind in ("group", "amount"):
                    above.append((part.label, part.origin))
            lower_words = {clean_label(grid.owner_text(lower, cell.column)) for lower in segment.header[index + 1 :]}
            labels = [(label, origin) for label, origin in above if label not in lower_words]
            found.append((cell.column, make_path([*labels, (cell.text, "printed")])))
    found.sort(key=lambda pair: pair[0])
    return found


def _leaf_kind(path: Path) -> str | None:
    term = terms().get(path[-1].term or "") if path else None
    return term.kind if term is not None else None


_EXPENSES = {
    "tp_overseas": "overseas",
    "tp_hospitality": "hospitality",
    "tp_vehicle": "vehicle",
    "tp_vehicle_purchase": "vehicle",
    "tp_vehicle_operation": "vehicle",
}
"""Which of the three public expenses a column's word names."""


def names_two_expenses(path: Path) -> bool:
    """Whether a column is headed by two expenses that are no part of each other: 因公出国费/公务用车购置费."""
    return len({_EXPENSES[part.term] for part in path if part.term in _EXPENSES}) > 1


def _contradicts(path: Path) -> bool:
    return not path or _leaf_kind(path) in ("label", "code", "entity_code", "row_number", "marker")


def align(
    grid: Grid, segment: Segment, section: Section, statement_code: str | None, section_count: int = 1
) -> Alignment:
    """The header path of each figure column of one section, with the method, confidence and witnesses."""
    alignment = _align(grid, segment, section, statement_code)
    side = _side_word(grid, segment, section, section_count)
    if side is not None:
        for column, path in alignment.paths.items():
            top = terms().get(path[0].term or "") if path else None
            kept = path[1:] if len(path) > 1 and top is not None and top.side else path
            alignment.paths[column] = make_path([(side.text, "carried"), *((part.label, part.origin) for part in kept)])
    return alignment


def _side_word(grid: Grid, segment: Segment, section: Section, section_count: int) -> Cell | None:
    """收入 or 支出 over a section, where a source without spans has drawn the words of a row together to the left."""
    if grid.has_spans or section_count < 2:
        return None
    for row in segment.header:
        cells = grid.cells(row)
        sided = [
            cell for cell in cells if any(term.kind == "group" and term.side for term in header_terms_of(cell.text))
        ]
        if len(cells) == len(sided) == section_count and [cell.column for cell in cells] == list(range(section_count)):
            return cells[section.ordinal - 1]
    return None


def _align(grid: Grid, segment: Segment, section: Section, statement_code: str | None) -> Alignment:
    figures = section.figures
    columns = sorted(figures + section.empties)
    rows = [row for row in segment.body if any(grid.text(row, column).strip() for column in figures)]
    if _is_torn(grid, segment, columns):
        positional = {
            column: make_path([("".join(clean_label(grid.text(row, column)) for row in segment.header), "printed")])
            for column in columns
        }
    else:
        positional = {column: positional_path(grid, segment, column) for column in columns}
        _blank_lost(positional, figures)
    if (whole := _closed_up(grid, segment, columns, rows)) is not None:
        return whole
    wrong = [column for column in figures if _contradicts(positional[column])]
    is_doubled = any(map(names_two_expenses, positional.values()))
    if is_doubled or (not wrong and _is_displaced(grid, segment, section)):
        wrong = figures
    if not segment.header:
        return _without_header(grid, rows, section, statement_code)
    completed = _with_lost_names(positional, columns, statement_code)
    if completed is not None:
        tried, held = witness(grid, rows, completed)
        if tried == 0 or held >= 0.6 * tried:
            reason = _reason(tried, held, "位置") + "；缺失的栏目名取自标准栏目"
            return Alignment(completed, "template", _confidence(tried, held, 78), reason)
    tried, held = witness(grid, rows, positional) if not wrong else (0, 0)
    method = "spans" if grid.has_spans else "position"
    if not wrong and (tried == 0 or held >= 0.6 * tried or grid.has_spans):
        return Alignment(
            positional, method, _confidence(tried, held, 90 if grid.has_spans else 82), _reason(tried, held, "位置")
        )
    if wrong and (kept := _around_lost(grid, segment, columns, positional, wrong)) is not None:
        reason = f"按位置对齐；第{'、'.join(str(column + 1) for column in wrong)}列的栏目名缺失"
        return Alignment(kept, method, 70, reason)
    best: tuple[tuple[float, float], Alignment] | None = None
    for prior, name, paths in _alternatives(grid, segment, section, columns, statement_code, bool(wrong)):
        alternative_tried, alternative_held = witness(grid, rows, paths)
        agreement = alternative_held / alternative_tried if alternative_tried else 0.5
        score = (round(agreement, 2), prior)
        if best is None or score > best[0]:
            best = (
                score,
                Alignment(
                    paths,
                    name,
                    _guessed(alternative_tried, alternative_held),
                    _reason(alternative_tried, alternative_held, name),
                ),
            )
    if is_doubled and (best is None or best[1].method == "position"):
        return Alignment(positional, method, 40, "表头与数据列不能对齐")
    if best is not None and (wrong or best[0][0] > (held / tried if tried else 0.5)):
        return best[1]
    if wrong:
        reason = f"表头与数据列不能对齐：第{'、'.join(str(column + 1) for column in wrong)}列没有栏目名"
        return Alignment(
            {column: path if not _contradicts(path) else () for column, path in positional.items()}, method, 40, reason
        )
    return Alignment(positional, method, _confidence(tried, held, 70), _reason(tried, held, "位置"))


def _closed_up(grid: Grid, segment: Segment, columns: list[int], rows: list[int]) -> Alignment | None:
    """The header with the words of its upper rows put back over their columns, where they closed up and all fit."""
    words = unfolded(grid, segment.header)
    if words is None:
        return None
    paths = {column: make_path((cell.text, "printed") for cell in words[column]) for column in columns}
    tried, held = witness(grid, rows, paths)
    if any(_contradicts(path) for path in paths.values()) or held < 0.6 * tried:
        return None
    return Alignment(paths, "sequence", _confidence(tried, held, 82), _reason(tried, held, "sequence"))


def _around_lost(
    grid: Grid, segment: Segment, columns: list[int], positional: dict[int, Path], wrong: list[int]
) -> dict[int, Path] | None:
    """The paths as they stand, without names where a word is lost between words that stand over their own columns.

    The header must reach the last column of amounts and no further, a blank place in it stand over each nameless
    column: nothing then has moved. A reading that only the sums chose would give the lost column its neighbour's name:
    they hold whichever of the parts bears which name. Where cells keep their places (``has_spans``), the last word may
    be the lost one, and a wider word may stand over it.
    """
    if len(segment.header) == 0 or len(wrong) > MAX_LOST:
        return None
    last = max((cell.column for row in segment.header for cell in grid.cells(row)), default=0)
    named = [column for column in columns if any(_is_amount_word(grid.text(row, column)) for row in segment.header)]
    if len(named) < len(columns) - len(wrong) or (not grid.has_spans and (last != max(columns) or last not in named)):
        return None
    over = grid.text if grid.has_spans else grid.owner_text
    if any(over(row, column).strip() for column in wrong for row in segment.header):
        return None
    return {column: () if column in wrong else path for column, path in positional.items()}


def _blank_lost(paths: dict[int, Path], figures: list[int]) -> None:
    """Take the name from a column that only its group heads while the group's sum (小计) stands beside it.

    Its own name was lost; with the group's it would pass for the sum. A word is a group's only where it is printed over
    another column of figures: one that stands over blanks belongs to the amounts beside it.
    """
    summed = {
        tuple(part.label for part in path[:-1])
        for path in paths.values()
        if len(path) > 1 and path[-1].term in ("total", "subtotal")
    }
    placed = {
        tuple(part.label for part in paths[column][: depth + 1])
        for column in figures
        for depth, part in enumerate(paths[column])
        if part.origin == "printed"
    }
    for column, path in paths.items():
        labels = tuple(part.label for part in path)
        if path and path[-1].origin == "carried" and labels in summed and labels in placed:
            paths[column] = ()


def _is_displaced(grid: Grid, segment: Segment, section: Section) -> bool:
    """Whether names of amounts stand over codes and labels: the header closed up to the left as a whole."""
    if grid.has_spans:
        return False
    fixed = set(section.codes) | set(section.labels)
    for row in segment.header:
        cells = grid.cells(row)
        amounts = [cell.column for cell in cells if _is_amount_word(cell.text)]
        is_close = [cell.column for cell in cells] == list(range(len(cells)))
        # One word for each column of amounts, the first of them over a name: the row lost a blank before them.
        is_row = (
            amounts == list(range(amounts[0], amounts[0] + len(amounts)))
            and len(amounts) == grid.column_count - section.amounts_from
            if amounts
            else False
        )
        if (is_close or is_row) and len(amounts) >= 3 and fixed & set(amounts):
            return True
    return False


def _is_amount_word(text: str) -> bool:
    kinds = {term.kind for term in header_terms_of(text)}
    return bool(kinds) and kinds <= set(AMOUNT_KINDS)


def _confidence(tried: int, held: int, base: int) -> int:
    if tried == 0:
        return base - 5
    return max(30, min(99, round(base + 10 * (held / tried) - 25 * (1 - held / tried))))


def _guessed(tried: int, held: int) -> int:
    """How sure a header is that only the sums chose: where rows break them, the reading is in doubt (below 60)."""
    found = _confidence(tried, held, 70)
    return found if held >= 0.9 * tried else min(found, 59)


def _reason(tried: int, held: int, name: str) -> str:
    words = {"sequence": "按顺序", "template": "按标准栏目", "subset": "按合计关系取舍栏目", "位置": "按位置"}
    said = words.get(name, name)
    return f"{said}对齐；{tried}行中{held}行满足合计关系" if tried else f"{said}对齐；无合计关系可验证"


def _alternatives(
    grid: Grid, segment: Segment, section: Section, columns: list[int], statement_code: str | None, wrong: bool
) -> Iterable[tuple[float, str, dict[int, Path]]]:
    """Other readings of the header: (prior, method, paths)."""
    last = max(columns, default=0)
    # Columns of nothing but blanks, which a head that closed up no longer covers, count too.
    first = min(columns, default=0)
    reaches = [list(range(first, last + 1)), list(range(first, grid.column_count))]
    for targets in (columns, *(reach for reach in reaches if set(columns) < set(reach) and section.ordinal == 1)):
        if (paths := _by_words(grid, segment, targets, statement_code)) is not None:
            yield 3.2, "template", {column: paths[column] for column in columns}
    heads = [path for column, path in leaves(grid, segment) if section.ordinal == 1 or column >= section.first - 1]
    heads = [path for path in heads if path]
    seen_side = [path for column, path in leaves(grid, segment) if section.first - 1 <= column <= last + 1 and path]
    for labels in (heads, seen_side):
        for targets, prior in ((columns, 3.0), (section.figures, 2.5)):
            if labels and len(labels) == len(targets):
                yield prior, "sequence", dict(zip(targets, labels, strict=True))
    for reach in reaches:
        if heads and len(heads) == len(reach) > len(columns) and section.ordinal == 1:
            yield 2.8, "sequence", {column: heads[column - first] for column in columns}
    for targets, prior in ((columns, 2.0), (section.figures, 1.8)):
        for template in templates():
            if statement_code in template.statement_codes and len(template.columns) == len(targets):
                filled = _fill(template.columns, heads)
                if filled is not None:
                    yield prior, "template", dict(zip(targets, filled, strict=True))
    if wrong and len(heads) > len(section.figures) > 0:
        for rank, chosen in enumerate(islice(combinations(heads, len(section.figures)), MAX_SUBSETS)):
            yield 1.0 - rank / 1000, "subset", dict(zip(section.figures, chosen, strict=True))


MAX_LOST = 2
"""Most header cells of one statement whose loss is made good from its known columns."""


def _with_lost_names(
    positional: dict[int, Path], columns: list[int], statement_code: str | None
) -> dict[int, Path] | None:
    """The paths as they stand with lost leaves filled in, where all others are those of a known sequence of columns."""
    lost = [column for column in columns if _is_lost(positional[column])]
    if not 0 < len(lost) <= MAX_LOST or (len(columns) < len(lost) + 2 and len(columns) > 1):
        return None
    for template in templates():
        if statement_code not in template.statement_codes or len(template.columns) != len(columns):
            continue
        pairs = list(zip(columns, template.columns, strict=True))
        if not all(column in lost or _same_term(positional[column], codes[-1], codes) for column, codes in pairs):
            continue
        filled = dict(positional)
        found = [path for column, path in positional.items() if column not in lost and len(path) > 1]
        tops = {path[0].label for path in found} if len(found) == len(columns) - len(lost) else set()
        for column, codes in pairs:
            if column not in lost:
                continue
            kept = [(part.label, part.origin) for part in positional[column]
                    if (term := terms().get(part.term or "")) is not None and term.kind == "group"]  # fmt: skip
            if not kept and len(tops) == 1:
                kept = [(next(iter(tops)), "carried")]
            names = [terms()[code].label if code != "subtotal" else "小计" for code in codes]
            filled[column] = make_path([*kept, *((name, "filled") for name in names)])
        return filled
    return None


def _is_lost(path: Path) -> bool:
    """Whether nothing but the words over several columns heads this one."""
    term = terms().get(path[-1].term or "") if path else None
    return not path or path[-1].origin == "carried" or (term is not None and term.kind == "group")


def _by_words(grid: Grid, segment: Segment, columns: list[int], statement_code: str | None) -> dict[int, Path] | None:
    """A known sequence of columns all of whose words stand in the header in their order, wherever they were drawn."""
    if grid.has_spans:
        return None
    printed = [
        [
            cell.text
            for cell in grid.cells(row)
            if (kinds := {term.kind for term in header_terms_of(cell.text)}) & _HEADING and "label" not in kinds
        ]
        for row in segment.header
    ]
    printed = [row for row in printed if row]
    for template in templates():
        if statement_code not in template.statement_codes or len(template.columns) != len(columns):
            continue
        depth = max(len(codes) for codes in template.columns)
        if depth < 2 or depth != len(printed):
            continue
        paths: list[list[str]] = [[] for _ in columns]
        for level, texts in enumerate(printed):
            waiting = list(texts)
            before: tuple[str, ...] = ()
            for place, codes in enumerate(template.columns):
                if len(codes) <= level:
                    before = ()
                    continue
                if codes[: level + 1] != before:
                    if not waiting or not _means(waiting[0], codes[level]):
                        break
                    word = waiting.pop(0)
                    before = codes[: level + 1]
                paths[place].append(word)
            else:
                if not waiting:
                    continue
            break
        else:
            return {column: make_path((text, "printed") for text in path)
                    for column, path in zip(columns, paths, strict=True)}  # fmt: skip
    return None


_HEADING = {"group", *AMOUNT_KINDS}


def _means(text: str, code: str) -> bool:
    found = {term.code for term in header_terms_of(text)}
    is_sum = code in ("total", "subtotal", "expenditure_total", "income_total")
    return code in found or (is_sum and not found.isdisjoint(("total", "tp_total")))


def _fill(columns: tuple[tuple[str, ...], ...], heads: list[Path]) -> list[Path] | None:
    """The template's columns with printed labels where the header still has them; None where the header disagrees."""
    common: list[tuple[str, str]] = []
    if heads and all(len(path) > 1 and path[0].label == heads[0][0].label for path in heads):
        common = [(heads[0][0].label, "carried")]
    result: list[Path] = []
    waiting = list(heads)
    for column in columns:
        wanted = column[-1]
        if waiting and _same_term(waiting[0], wanted, column):
            result.append(waiting.pop(0))
            continue
        labels = [*common, *((terms()[code].label if code != "subtotal" else "小计", "filled") for code in column)]
        result.append(make_path(labels))
    return result if not waiting else None


def _same_term(path: Path, wanted: str, column: tuple[str, ...]) -> bool:
    name = concept(path)
    if name == wanted or path[-1].term == wanted:
        return True
    if wanted in ("total", "subtotal", "expenditure_total", "income_total"):
        return name in ("total", "expenditure_total", "income_total") and (
            wanted != "subtotal" or len(column) == 1 or name == column[0]
        )
    return False


def _without_header(grid: Grid, rows: list[int], section: Section, statement_code: str | None) -> Alignment:
    """Columns of a table that has lost its whole header: known column sequences of its statement, judged by sums."""
    best: tuple[float, Alignment] | None = None
    for template in templates():
        if statement_code in template.statement_codes and len(template.columns) == len(section.figures):
            paths = {
                column: make_path((terms()[code].label if code != "subtotal" else "小计", "filled") for code in codes)
                for column, codes in zip(section.figures, template.columns, strict=True)
            }
            tried, held = witness(grid, rows, paths)
            agreement = held / tried if tried else 0.4
            if best is None or agreement > best[0]:
                best = (
                    agreement,
                    Alignment(paths, "template", _confidence(tried, held, 60), _reason(tried, held, "template")),
                )
    if best is not None and best[0] >= 0.4:
        return best[1]
    return Alignment(dict.fromkeys(section.figures, ()), "none", 30, "表头缺失，且不符合任何已知栏目")
