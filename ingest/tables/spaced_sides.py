"""Tables of two sides (收入 | 支出) on lines whose columns only blanks keep apart (左右两栏)."""

from __future__ import annotations

import re

from ingest.dictionaries import LineItem, find_line_item, find_terms, functional_names, statements
from ingest.document import Paragraph
from ingest.tables.grid import code_text
from ingest.tables.spaced_fill import fill
from ingest.tables.spaced_head import Head, Words, heads_amounts, unspaced
from ingest.tables.spaced_list import made_row
from ingest.tables.spaced_words import MARKERS, Cells, Line, Token, is_known, is_marker, is_page, raw_words, text_of
from ingest.text import has_ordinal, label_key, plain_key, squeeze, whole_number

MIN_SIDED = 3
"""Fewest rows of a table of two sides."""


def two_sides(lines: list[Line], top: int, start: int) -> tuple[Cells, int] | None:
    """Rows of 项目 行次 金额 | 项目 行次 金额: the counting of both sides tells where each begins."""
    marker = next((line for line in lines[top:start] if is_marker(line)), None)
    head = [line for line in lines[top:start] if not is_marker(line)]
    names = _right_heads(head) if _counts_both_sides(head) else None
    if names is None or (marker is not None and _marked(marker) not in ((), (1, len(names)))):
        return None
    rows: list[tuple[Line, _Parts]] = []
    gaps: list[list[Line]] = [[]]
    distance: int | None = None
    last = 0
    used = start
    for at in range(start, len(lines)):
        line = lines[at]
        if is_page(line):
            continue
        parsed = _parse_sides(line, last, distance)
        if parsed is None:
            if line.numbers:
                if rows and is_marker(line):
                    continue
                return None if len(rows) < MIN_SIDED else _sides_made(rows, gaps, names, head, used)
            gaps[-1].append(line)
            continue
        distance, row = parsed
        last = _row_number(row[1][0]) or last
        rows.append((line, row))
        gaps.append([])
        used = at + 1
    if len(rows) < MIN_SIDED:
        return None
    return _sides_made(rows, gaps, names, head, used)


def _counts_both_sides(lines: list[Line]) -> bool:
    """Whether 行次 stands over both sides."""
    words = squeeze("".join(text_of(line.tokens) for line in lines))
    return words.count("行次") > 1 or (words.count("行") > 1 and words.count("次") > 1 and "项目" in words)


def _marked(marker: Line) -> tuple[int, ...]:
    """How many amounts each side has by 栏次 1 栏次 2 3 4 5; () where the line does not say it of two sides."""
    counts: list[int] = []
    for token in marker.tokens:
        if plain_key(token.text) in MARKERS:
            counts.append(0)
        elif token.is_number and counts:
            counts[-1] += 1
    return tuple(counts) if len(counts) == len(SIDES) and all(counts) else ()


SIDES = ("income", "expenditure")


def _right_heads(head: list[Line]) -> list[str] | None:
    """The words over the amounts of the right side, left to right; None where they cannot be told."""
    lines = [unspaced(raw_words(line)) for line in head]
    whole = Words(lines)
    for words in lines:
        kinds = [next((term.kind for term in find_terms(word)), "") for word in words]
        labels = [at for at, kind in enumerate(kinds) if kind in ("label", "code")]
        if len(labels) == len(SIDES):
            right = [word for word, kind in zip(words, kinds, strict=True)][labels[1] + 1 :]
            right = [word for word in right if not _counts_rows(word)]
            is_torn = "一般公共预算" in whole.text and "一般公共预算" not in "".join(right)
            if right and not is_torn and all(map(heads_amounts, right)):
                return right
    if _OTHER_FUNDS.search(whole.text):
        return None
    for codes in (_FUNDS, _FUNDS[:-1]):
        spelled = whole.spell(codes)
        if spelled is not None and spelled[1] > len(codes):
            return [path[0] for path in spelled[0]]
    if "一般公共预算" in whole.text:
        return None
    return [whole.best(_AMOUNTS, "金额")]


_FUNDS = (("total",), ("general",), ("gov_fund",), ("state_capital",))
_AMOUNTS = ("final_amount", "budget_amount", "initial_budget", "full_year_budget", "amount")
_OTHER_FUNDS = re.compile("专户|单位资金|其他资金|自有|结转|事业收入")
"""Columns that the statutory form of the right side does not have."""


def _counts_rows(word: str) -> bool:
    return any(term.kind == "row_number" for term in find_terms(word)[:1])


_Parts = tuple[list[Token], list[Token], list[Token], list[Token], list[Token], list[Token]]
"""Label, row number and amounts of the left side, then of the right one."""


def _parse_sides(line: Line, last: int, distance: int | None) -> tuple[int, _Parts] | None:
    """(distance of the countings, parts) of one line, None where it is no row; ``last`` is the row number above."""
    tokens = line.tokens
    at = next((at for at, token in enumerate(tokens) if token.is_number), len(tokens))
    own = _row_number(tokens[at]) if at < len(tokens) else None
    if own is None or own <= last or own > last + MAX_LEFT_OUT:
        return None
    rest = tokens[at + 1 :]
    counted = [place for place, token in enumerate(rest) if _row_number(token) is not None]
    if distance is None:
        named = next((place for place, token in enumerate(rest) if not token.is_number), None)
        place = next((place for place in counted if named is not None and place > named), None)
        if place is None or (distance := (_row_number(rest[place]) or 0) - own) <= 0:
            return None
    else:
        place = next((place for place in counted if _row_number(rest[place]) == own + distance), None)
        if place is None:
            return None
    named = next((start for start, token in enumerate(rest[:place]) if not token.is_number), place)
    return distance, (tokens[:at], tokens[at : at + 1], rest[:named], rest[named:place], rest[place : place + 1],
                      rest[place + 1 :])  # fmt: skip


MAX_LEFT_OUT = 20
"""Most rows of zeros left out between two rows."""


def _row_number(token: Token) -> int | None:
    text = code_text(token.text)
    if text.endswith(".00"):
        text = text[:-3]
    return int(text) if text.isdigit() and len(text) <= 3 else None


def _sides_made(
    rows: list[tuple[Line, _Parts]], gaps: list[list[Line]], heads: list[str], head: list[Line], used: int
) -> tuple[Cells, int] | None:
    """Cells and lines used; None where amounts are left without a name."""
    labels = [[text_of(parts[0]), text_of(parts[3])] for _, parts in rows]
    for at, gap in enumerate(gaps):
        for line in gap:
            _give_piece(labels, at, line)
    widths, first = (1, len(heads)), (0, 3)
    nameless = sum(
        (bool(parts[2]) and not names[0]) + (bool(parts[5]) and not names[1])
        for (_, parts), names in zip(rows, labels, strict=True)
    )
    if nameless > 0.1 * len(rows):
        return None
    grid: Cells = _side_header(head, heads)
    placed = _right_columns(
        [(line, names, [parts[2], parts[5]]) for (line, parts), names in zip(rows, labels, strict=True)], heads
    )
    for at, ((row, parts), names) in enumerate(zip(rows, labels, strict=True)):
        line = row.paragraph
        cells: list[tuple[int, str, Paragraph]] = []
        for side, (number, amounts) in enumerate((parts[1:3], parts[4:6])):
            if names[side]:
                cells.append((first[side], names[side], line))
            cells.append((first[side] + 1, number[0].text, line))
            columns = placed.get(at) if side else None
            if columns is None and len(amounts) == widths[side]:
                columns = list(range(widths[side]))
            if columns is not None:
                cells += [(first[side] + 2 + place, token.text, line)
                          for place, token in zip(columns, amounts, strict=True)]  # fmt: skip
            elif amounts:
                cells.append((first[side] + 2, " ".join(token.text for token in amounts), line))
        grid.append(cells)
    return grid, used


def _right_columns(rows: list[tuple[Line, list[str], list[list[Token]]]], heads: list[str]) -> dict[int, list[int]]:
    """Row → columns of its amounts on the right side, where sums and the funds that the left side has leave one way."""
    terms_of = [next(iter(find_terms(name)), None) for name in heads]
    if len(heads) == 1 or terms_of[0] is None or not terms_of[0].is_total:
        return {}
    found = [made_row("", labels[1], amounts[1], line.paragraph) for line, labels, amounts in rows]
    received = {
        item.fund
        for _, labels, amounts in rows
        if any(number.value_text.strip("0.") for token in amounts[0] if (number := whole_number(token.text)))
        and (item := _left_item(labels[0])) is not None
    }
    allowed = {at for at, term in enumerate(terms_of) if term is None or term.fund not in STATUTORY - received}
    fill(found, Head([(name,) for name in heads], [], [(0, tuple(range(1, len(heads))))]), allowed)
    return {at: row.columns for at, row in enumerate(found) if row.columns is not None}


STATUTORY = {"general", "gov_fund", "state_capital"}
"""Funds whose income line says whether they have any amount."""


def _left_item(label: str) -> LineItem | None:
    return find_line_item(label, "appropriation_summary", "income")


def _give_piece(labels: list[list[str]], at: int, line: Line) -> None:
    """Give the words of a line without numbers to the labels of the row above or below, side by side.

    A piece ends the label above where both make a known name, else begins the one below.
    """
    pieces = [token.text for token in line.tokens]
    sides = (0, 1) if len(pieces) == 2 else None
    for order, piece in enumerate(pieces[:2]):
        choices = [sides[order]] if sides else [0, 1]
        closes = [side for side in choices if at and labels[at - 1][side] and not has_ordinal(piece)
                  and is_known(labels[at - 1][side] + piece)]  # fmt: skip
        above = [side for side in choices if at and labels[at - 1][side] and not _is_whole(labels[at - 1][side])]
        below = [side for side in choices if at < len(labels)]
        opens = [side for side in below if not labels[at][side] or (
            not _is_whole(labels[at][side]) and not has_ordinal(labels[at][side]))]  # fmt: skip
        if closes:
            labels[at - 1][closes[0]] += piece
        elif opens and (has_ordinal(piece) or is_known(piece) or not above):
            side = next((side for side in opens if _side_fits(piece, side)), opens[0])
            labels[at][side] = piece + labels[at][side]
        elif above:
            labels[at - 1][above[0]] += piece


def _side_fits(piece: str, side: int) -> bool:
    return ("支出" in piece or ("、" in piece and "拨款" not in piece and "收入" not in piece)) == bool(side)


def _is_whole(label: str) -> bool:
    return bool(label) and is_known(label)


def _side_header(head: list[Line], heads: list[str]) -> Cells:
    """收入 | 支出, 项目 行次 决算数 | 项目 行次 and the ``heads`` of the right side, in the words that the page has."""
    place = head[0].paragraph
    amount = Words([unspaced(raw_words(line)) for line in head]).best(_AMOUNTS, "金额")
    upper = [(0, "收入", place), (3, "支出", place)]
    lower = [(0, "项目", place), (1, "行次", place), (2, amount, place), (3, "项目", place), (4, "行次", place)]
    return [upper, [*lower, *((5 + at, name, place) for at, name in enumerate(heads))]]


def two_lists(lines: list[Line], top: int, start: int, codes: tuple[str, ...]) -> tuple[Cells, int] | None:
    """Rows of 项目 金额 | 项目 金额: the labels tell their sides."""
    families = {statements()[code].family for code in codes}
    head = [line for line in lines[top:start] if not is_marker(line)]
    text = squeeze("".join(line.paragraph.text for line in head))
    if not families & set(_SIDED) or "收入" not in text or "支出" not in text or text.count("项目") < 2:
        return None
    heads = _right_heads(head)
    if heads is None:
        return None
    widths = (1, len(heads))
    rows: list[tuple[Line, list[str], list[list[Token]]]] = []
    gaps: list[list[Line]] = [[]]
    used = start
    for at in range(start, len(lines)):
        line = lines[at]
        if is_page(line) or is_marker(line):
            continue
        parsed = _sides_of(line, widths)
        if parsed is None:
            if line.numbers:
                break
            gaps[-1].append(line)
            continue
        rows.append((line, *parsed))
        gaps.append([])
        used = at + 1
    if sum(any(amounts) for _, _, amounts in rows) < 3:
        return None
    labels = [names for _, names, _ in rows]
    for at, gap in enumerate(gaps[:-1]):
        for line in gap:
            _give_piece(labels, at, line)
    second = 2
    grid = [[(column - (column > 0) - (column > second + 1), text, place) for column, text, place in cells
             if text != "行次"] for cells in _side_header(head, heads)]  # fmt: skip
    placed = _right_columns(rows, heads)
    for at, (line, names, amounts) in enumerate(rows):
        cells: list[tuple[int, str, Paragraph]] = []
        for side, first in enumerate((0, second)):
            if names[side]:
                cells.append((first, names[side], line.paragraph))
            columns = placed.get(at) if side else None
            if columns is None and len(amounts[side]) == widths[side]:
                columns = list(range(widths[side]))
            if columns is not None:
                cells += [(first + 1 + place, token.text, line.paragraph)
                          for place, token in zip(columns, amounts[side], strict=True)]  # fmt: skip
            elif amounts[side]:
                cells.append((first + 1, " ".join(token.text for token in amounts[side]), line.paragraph))
        grid.append(cells)
    return grid, used


_SIDED = ("summary", "appropriation_summary")


def _sides_of(line: Line, widths: tuple[int, int]) -> tuple[list[str], list[list[Token]]] | None:
    """(labels, amounts) of the two sides of a line; None where its labels do not tell them."""
    parts: list[tuple[str, list[Token]]] = []
    for token in line.tokens:
        if token.is_number:
            if not parts:
                return None
            parts[-1][1].append(token)
        else:
            parts.append((token.text, []))
    if len(parts) == 2:
        sides = [0, 1]
    elif len(parts) == 1:
        side = _side_of(parts[0][0])
        if side is None or not (parts[0][1] or has_ordinal(parts[0][0])):
            return None
        sides = [side]
    else:
        return None
    labels, amounts = ["", ""], [[], []]
    for side, (label, numbers) in zip(sides, parts, strict=True):
        if len(numbers) > widths[side]:
            return None
        labels[side], amounts[side] = label, numbers
    return labels, amounts


def _side_of(label: str) -> int | None:
    """0 for a label of income, 1 for one of expenditure; None where it may be of either or is of none."""
    if label_key(label) in functional_names():
        return 1
    found = {at for at, name in enumerate(("income", "expenditure"))
             if any(find_line_item(label, family, name) is not None for family in _SIDED)}  # fmt: skip
    return found.pop() if len(found) == 1 else None
