"""Tables of two sides (收入 | 支出) on lines whose columns only blanks keep apart (左右两栏)."""

from __future__ import annotations

from ingest.dictionaries import LineItem, find_line_item, functional_names, statements, terms
from ingest.document import Paragraph
from ingest.tables.grid import code_text
from ingest.tables.spaced_fill import fill
from ingest.tables.spaced_head import Head, Words, unspaced
from ingest.tables.spaced_list import made_row
from ingest.tables.spaced_words import MARKERS, Cells, Line, Token, is_known, is_marker, is_page, raw_words, text_of
from ingest.text import has_ordinal, label_key, plain_key, squeeze, whole_number

MIN_SIDED = 3
"""Fewest rows of a table of two sides."""


def two_sides(lines: list[Line], top: int, start: int) -> tuple[Cells, int] | None:
    """Rows of 项目 行次 金额 | 项目 行次 金额: the counting of both sides tells where each begins."""
    marker = next((line for line in lines[top:start] if is_marker(line)), None)
    head = _side_heads(lines[top:start])
    if head is None:
        return None
    widths = _side_widths(marker, head)
    if widths is None:
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
                return None if len(rows) < MIN_SIDED else _sides_made(rows, gaps, widths, lines[top:start], used)
            gaps[-1].append(line)
            continue
        distance, row = parsed
        last = _row_number(row[1][0]) or last
        rows.append((line, row))
        gaps.append([])
        used = at + 1
    if len(rows) < MIN_SIDED:
        return None
    return _sides_made(rows, gaps, widths, lines[top:start], used)


def _side_heads(lines: list[Line]) -> list[str] | None:
    """行次 stands over both sides."""
    words = squeeze("".join(token.text for line in lines for token in line.tokens))
    if words.count("行次") >= 2 or (words.count("行") >= 2 and words.count("次") >= 2 and "项目" in words):
        return [words]
    return None


def _side_widths(marker: Line | None, head: list[str]) -> tuple[int, int] | None:
    """How many amounts each side has: by 栏次 1 栏次 2 3 4 5, else by the heads of funds."""
    if marker is not None:
        counts: list[int] = []
        for token in marker.tokens:
            if plain_key(token.text) in MARKERS:
                counts.append(0)
            elif token.is_number and counts:
                counts[-1] += 1
        if len(counts) == 2 and all(counts):
            return counts[0], counts[1]
    text = head[0]
    if "一般公共预算" in text and "政府性基金" in text:
        return 1, 4 if "国有资本" in text else 3
    return 1, 1


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
    rows: list[tuple[Line, _Parts]], gaps: list[list[Line]], widths: tuple[int, int], head: list[Line], used: int
) -> tuple[Cells, int] | None:
    """Cells and lines used; None where amounts are left without a name."""
    labels = [[text_of(parts[0]), text_of(parts[3])] for _, parts in rows]
    for at, gap in enumerate(gaps):
        for line in gap:
            _give_piece(labels, at, line)
    first = (0, 2 + widths[0])
    nameless = sum(
        (bool(parts[2]) and not names[0]) + (bool(parts[5]) and not names[1])
        for (_, parts), names in zip(rows, labels, strict=True)
    )
    if nameless > 0.1 * len(rows):
        return None
    grid: Cells = _side_header(head, widths)
    placed = _right_columns(
        [(line, names, [parts[2], parts[5]]) for (line, parts), names in zip(rows, labels, strict=True)], widths, head
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


def _right_columns(
    rows: list[tuple[Line, list[str], list[list[Token]]]], widths: tuple[int, int], head: list[Line]
) -> dict[int, list[int]]:
    """Row → columns of its amounts on the right side, where sums and the funds that the left side has leave one way."""
    if widths[1] == 1:
        return {}
    names = _fund_heads(head, widths[1])
    found = [made_row("", labels[1], amounts[1], line.paragraph) for line, labels, amounts in rows]
    received = {
        item.fund
        for _, labels, amounts in rows
        if any(number.value_text.strip("0.") for token in amounts[0] if (number := whole_number(token.text)))
        and (item := _left_item(labels[0])) is not None
    }
    funds = ("all", "general", "gov_fund", "state_capital")
    allowed = {at for at, fund in enumerate(funds[: widths[1]]) if not at or fund in received}
    fill(found, Head([(name,) for name in names], [], [(0, tuple(range(1, widths[1])))]), allowed)
    return {at: row.columns for at, row in enumerate(found) if row.columns is not None}


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


def _side_header(head: list[Line], widths: tuple[int, int]) -> Cells:
    """收入 | 支出, 项目 行次 决算数 | 项目 行次 and the funds, in the words that the page has."""
    place = head[0].paragraph
    words = Words([unspaced(raw_words(line)) for line in head])
    label = "项目"
    amount = words.best(("final_amount", "budget_amount", "initial_budget", "full_year_budget", "amount"), "金额")
    second = 2 + widths[0]
    upper = [(0, "收入", place), (second, "支出", place)]
    lower = [(0, label, place), (1, "行次", place), (2, amount, place), (second, label, place),
             (second + 1, "行次", place)]  # fmt: skip
    if widths[1] == 1:
        lower.append((second + 2, amount, place))
    else:
        lower += [(second + 2 + at, name, place) for at, name in enumerate(_fund_heads(head, widths[1]))]
    return [upper, lower]


def _fund_heads(head: list[Line], count: int) -> list[str]:
    words = Words([unspaced(raw_words(line)) for line in head])
    codes = (("total",), ("general",), ("gov_fund",), ("state_capital",))[:count]
    spelled = words.spell(codes)
    return [path[0] for path in spelled[0]] if spelled is not None else [terms()[code].label for (code,) in codes]


def two_lists(lines: list[Line], top: int, start: int, codes: tuple[str, ...]) -> tuple[Cells, int] | None:
    """Rows of 项目 金额 | 项目 金额: the labels tell their sides."""
    families = {statements()[code].family for code in codes}
    head = lines[top:start]
    text = squeeze("".join(line.paragraph.text for line in head))
    if not families & set(_SIDED) or "收入" not in text or "支出" not in text or text.count("项目") < 2:
        return None
    widths = (1, 1)
    if "一般公共预算" in text and "政府性基金" in text:
        widths = (1, 4 if "国有资本" in text else 3)
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
    second = 1 + widths[0]
    grid = [[(column - (column > 0) - (column > 2 + widths[0]), text, place) for column, text, place in cells
             if text != "行次"] for cells in _side_header(head, widths)]  # fmt: skip
    placed = _right_columns(rows, widths, head)
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
