"""How exactly are synthetic documents read? Figures, columns and subjects by dialect, format and damage.

    python benchmarks/fidelity.py [--documents 120] [--seed 1] [--jobs 2] [--worst 5] [--json]

Every document is made by :mod:`synth`, read by :func:`ingest.pipeline.parse_bytes` and compared with the truth, as the
hand-read documents are: a figure is *found* where the reading has one of the same statement, row (subject code where
both have one, else label), printed value and unit; of the found ones the last part of the header path (*columns*) and
the row's code, label and side (*subjects*) are compared. *Spurious* are read figures no truth claims. Of what was
missed or misread, *reported* is what the reading itself says so of (an unmapped number, a column without a name),
*silent* the rest. Where a header cell was lost, the dictionary's word for the same column is right.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, field
from decimal import Decimal, InvalidOperation

from ingest.dictionaries import find_terms
from ingest.pipeline import ParsedDocument, parse_bytes
from ingest.text import fold_width
from synth.choices import FORMATS, KINDS, LEVELS
from synth.dialects import DIALECTS
from synth.files import Made, make
from synth.model import Figure, Said

_MARKS = re.compile(r"[\s\-—_、，,。.:：;；“”\"'‘’()（）\[\]【】<>《》]")
_ORDINAL = re.compile(
    r"^(?:其中[:：]?)?(?:[(（]?[一二三四五六七八九十]{1,3}[)）]?[、.．)）]|[(（]?\d{1,2}[)）]?[、.．)）])"
)


@dataclass(slots=True)
class Score:
    """Counts over some documents."""

    documents: int = 0
    figures: int = 0
    found: int = 0
    columns: int = 0
    subjects: int = 0
    spurious: int = 0
    reported: int = 0
    """Figures missed, or without the name of their column, that the reading itself says so of."""
    silent: int = 0
    """Those of which it does not."""
    said: int = 0
    heard: int = 0
    """Numbers stated in prose, and those of them that were read in their role and with their base."""

    def add(self, other: Score) -> None:
        for name in self.__slots__:
            setattr(self, name, getattr(self, name) + getattr(other, name))


@dataclass(frozen=True, slots=True)
class Result:
    """One document's score with what went wrong."""

    number: int
    year: int
    kind: str
    dialect: str
    file_format: str
    damage: str
    applied: tuple[str, ...]
    score: Score
    seconds: float
    misses: tuple[str, ...]
    by_damage: dict[str, tuple[int, int]] = field(default_factory=dict)
    """Damage of a table → (figures of such tables, found with column and subject)."""
    by_role: dict[str, list[int]] = field(default_factory=dict)
    """Role of numbers in prose → stated, read, read in that role, with their base of comparison."""


def _key(text: str) -> str:
    return _MARKS.sub("", fold_width(text or ""))


def _row_key(text: str) -> str:
    bare = re.sub(r"\s+", "", fold_width(text or ""))
    return _key(re.sub(r"^其中[:：]?", "", _ORDINAL.sub("", bare)))


def _number(text: str | None) -> Decimal | None:
    try:
        return Decimal(re.sub(r"[,\s%]", "", fold_width(str(text or "")))).normalize()
    except InvalidOperation:
        return None


def _same_column(truth: Figure, read, *, is_lost: bool) -> bool:
    """The last part of the header path; where a head was lost, the dictionary's word for the same column is right."""
    printed, found = truth.column_label.split("/")[-1], (read.column_label or "").split("/")[-1]
    if _key(printed) == _key(found):
        return True
    if not is_lost:
        return False
    terms, known = find_terms(printed), {term.code for term in find_terms(found)}
    if "amount" in known and any(term.stage for term in terms):
        return True  # 金额 for 决算数: the one amount column of a side
    return bool(known & {term.code for term in terms}) and found not in _COVERING


DOUBTFUL = 60
"""Below this confidence a table's header and columns are in doubt, and its sums are ``incomplete``."""
NAMELESS = "column without a name"
"""Such a figure lands with the reason 栏目名缺失."""
_COVERING = ("收入", "支出", "项目", "")
"""Words over several columns: they name none."""


def compare(
    truth: list[tuple[int, Figure]], parsed: ParsedDocument, lost_heads: frozenset[int] = frozenset()
) -> tuple[Score, list[tuple[int, Figure, str]], list[str]]:
    """Counts; truths missed or read wrongly, with the table's number and what is wrong; spurious ones.

    ``lost_heads`` are the numbers of the tables that lost a header cell.
    """
    read = defaultdict(list)
    for figure in parsed.figures():
        read[(figure.statement_code, _number(figure.value_text))].append(figure)
    used: set[int] = set()
    wrong: list[tuple[int, Figure, str]] = []
    score = Score(figures=len(truth))
    unsettled = []
    for is_strict in (True, False):
        for table, figure in truth if is_strict else unsettled:
            candidates = [
                other
                for other in read[(figure.statement_code, _number(figure.value))]
                if id(other) not in used
                and _same_row(figure, other)
                and _key(other.unit_of_measure or "") == _key(figure.unit)
            ]
            is_lost = table in lost_heads
            agreeing = [other for other in candidates if _same_column(figure, other, is_lost=is_lost)]
            if is_strict and not agreeing:
                unsettled.append((table, figure))
                continue
            if not candidates:
                wrong.append((table, figure, "missing"))
                continue
            chosen = max(agreeing or candidates, key=lambda other: _same_subject(figure, other))
            used.add(id(chosen))
            score.found += 1
            score.columns += bool(agreeing)
            is_right = _same_subject(figure, chosen)
            score.subjects += is_right
            if not agreeing:
                said = f"column read as {chosen.column_label}" if chosen.column_label else NAMELESS
                wrong.append((table, figure, said))
            if not is_right:
                wrong.append((table, figure, f"subject read as {chosen.row_code} {chosen.row_label} {chosen.side}"))
    spurious = [
        f"{other.statement_code} · {other.row_code or ''} {other.row_label} · {other.column_label} = {other.value_text}"
        for others in read.values() for other in others if id(other) not in used
    ]  # fmt: skip
    score.spurious = len(spurious)
    return score, wrong, spurious


def _same_row(truth: Figure, read) -> bool:
    code = re.sub(r"\D", "", read.row_code or "")
    if truth.row_code and code:
        return truth.row_code == code
    return _row_key(truth.row_label) == _row_key(read.row_label)


def _same_subject(truth: Figure, read) -> bool:
    """Code, side and label; where no code is printed the reader may know it by the name, but must know it rightly."""
    code = re.sub(r"\D", "", read.row_code or "")
    return (
        (code == truth.row_code or (not truth.row_code and code == truth.subject_code))
        and (truth.side or "") == (read.side or "")
        and _row_key(truth.row_label) == _row_key(read.row_label)
    )


def _heard(said: Iterable[Said], parsed: ParsedDocument) -> tuple[dict[str, list[int]], list[str]]:
    """Role → [numbers stated, read with their unit, read in that role, with the base of comparison]; what was not."""
    pool: dict[tuple, list] = defaultdict(list)
    for row in parsed.rows["narrative_amounts"]:
        if row["value_text"] is not None:
            pool[(_number(row["value_text"]), row["unit_of_measure"])].append((row["role"], row.get("base_code")))
    found: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    misses = []
    for one in said:
        counts = found[one.role]
        counts[0] += 1
        read = pool[(_number(one.value), one.unit)]
        if not read:
            misses.append(f"prose {one.role} {one.subject} {one.value} {one.unit}: not read")
            continue
        wanted = (one.role, one.base_code or None)
        best = max(read, key=lambda other: (other[0] == wanted[0], other[1] == wanted[1]))
        read.remove(best)
        counts[1] += 1
        counts[2] += best[0] == one.role
        counts[3] += best[0] == one.role and (not one.base_code or best[1] == one.base_code)
        if best[0] != one.role or (one.base_code and best[1] != one.base_code):
            misses.append(f"prose {one.role} {one.base_code} {one.subject} {one.value} {one.unit}: read as {best}")
    return dict(found), misses


def judge(made: Made, number: int, kind: str) -> Result:
    """Read one document and compare it with its truth."""
    started = time.process_time()
    parsed = parse_bytes(made.data, made.file_name)
    seconds = time.process_time() - started
    truth = [
        (at, figure) for at, statement in enumerate(made.disclosure.statements, 1) for _, _, figure in statement.figures
    ]
    done = [item.partition(":")[::2] for item in made.applied]
    lost_heads = frozenset(int(at) for at, damage in done if damage == "head_cell_lost")
    score, wrong, spurious = compare(truth, parsed, lost_heads)
    score.documents = 1
    said = made.disclosure.said()
    by_role, unheard = _heard(said, parsed)
    score.said, score.heard = len(said), sum(counts[3] for counts in by_role.values())
    unmapped = Counter(_number(row["value_text"] or row["value_printed"]) for row in parsed.rows["cell_numbers"]
                       if row["role"] == "unmapped")  # fmt: skip
    # A table that was not recognised in running text leaves its numbers as lines without a unit: reported as such.
    unmapped.update(_number(row["value_printed"]) for row in parsed.rows["prose_skipped"])
    doubted = {
        row["statement_code"] for row in parsed.rows["tables"] if (row["alignment_confidence"] or DOUBTFUL) < DOUBTFUL
    }
    for _, figure, what in wrong:
        key = _number(figure.value)
        if what == "missing" and unmapped[key]:
            unmapped[key] -= 1
            score.reported += 1
        elif what == NAMELESS or figure.statement_code in doubted:
            score.reported += 1
        else:
            score.silent += 1
    bad_tables = Counter(table for table, _, _ in wrong)
    by_damage: dict[str, tuple[int, int]] = {}
    sizes = Counter(table for table, _ in truth)
    for table, damage in done:
        size = sizes[int(table)]
        was = by_damage.get(damage, (0, 0))
        by_damage[damage] = (was[0] + size, was[1] + size - min(size, bad_tables[int(table)]))
    misses = [
        f"[table {table} {'/'.join(damage for at, damage in done if int(at) == table)}] "
        f"{figure.statement_code} · {figure.row_code} {figure.row_label} · {figure.column_label} = {figure.value} "
        f"{figure.unit}: {what}"
        for table, figure, what in wrong
    ]
    disclosure = made.disclosure
    return Result(
        number, disclosure.fiscal_year, kind, disclosure.dialect, made.file_format, made.damage, made.applied, score,
        seconds, (*misses, *unheard, *(f"spurious {text}" for text in spurious)), by_damage, by_role,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Task:
    """Which document to make."""

    seed: int
    number: int
    year: int
    kind: str
    file_format: str
    damage: str
    is_mixed: bool = False
    """Forms of all places crossed."""


def tasks(
    count: int, seed: int, formats: tuple[str, ...], damages: tuple[str, ...], mixed: int = 0
) -> list[Task]:
    """Documents spread over dialects, formats, damages, years and kinds; every combination is met in its turn.

    ``mixed`` percent of them cross the forms of all places.
    """
    found = []
    dialects = len(DIALECTS)
    for at in range(count):
        # For one dialect the formats go round with the turn, the damages with the rounds of formats.
        dialect = at % dialects
        turn = at // dialects
        file_format = formats[(dialect + turn) % len(formats)]
        damage = damages[(dialect + turn + turn // len(formats)) % len(damages)]
        kind = "performance" if at % 11 == 10 else KINDS[(at // 3 + turn) % 2]
        number = (dialect + dialects * (turn % 7)) * 10 + (at * 7 + turn) % 10
        is_mixed = (at + 1) * mixed // 100 > at * mixed // 100
        found.append(Task(seed, number, 2015 + (at * 5 + turn) % 11, kind, file_format, damage, is_mixed))
    return found


def run(task: Task) -> Result:
    """Make, read, compare."""
    made = make(
        task.seed, task.number, task.year, task.kind, task.file_format, task.damage, is_mixed=task.is_mixed
    )
    return judge(made, task.number, task.kind)


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.2f}" if whole else "–"


def _line(name: str, score: Score) -> str:
    return (
        f"{name:<22}{score.documents:>5}{score.figures:>9}{_percent(score.found, score.figures):>10}"
        f"{_percent(score.columns, score.found):>10}{_percent(score.subjects, score.found):>10}"
        f"{score.spurious:>10}{score.figures - score.found:>8}{score.reported:>10}{score.silent:>8}"
        f"{_percent(score.heard, score.said):>9}"
    )


def table(results: list[Result], worst: int) -> str:
    """The tables printed at the end."""
    groups: dict[str, dict[str, Score]] = {name: {} for name in ("damage", "format", "dialect", "kind")}
    grid: dict[str, Score] = {}
    total = Score()
    for result in results:
        total.add(result.score)
        keys = {"damage": result.damage, "format": result.file_format, "dialect": result.dialect, "kind": result.kind}
        for name, key in keys.items():
            groups[name].setdefault(key, Score()).add(result.score)
        grid.setdefault(f"{result.damage} {result.file_format}", Score()).add(result.score)
    head = (
        f"{'':<22}{'docs':>5}{'figures':>9}{'found %':>10}{'column %':>10}{'subject %':>10}{'spurious':>10}"
            f"{'missed':>8}{'reported':>10}{'silent':>8}{'prose %':>9}")  # fmt: skip
    lines = [head, _line("all", total)]
    for name, scores in groups.items():
        lines += ["", f"by {name}"] + [_line(key, score) for key, score in sorted(scores.items())]
    lines += ["", "damage × format"] + [_line(key, score) for key, score in sorted(grid.items())]
    damages: dict[str, list[int]] = {}
    for result in results:
        for damage, (size, good) in result.by_damage.items():
            into = damages.setdefault(damage, [0, 0])
            into[0] += size
            into[1] += good
    if damages:
        lines += ["", "figures right in tables with damage"]
        lines += [f"{name:<28}{size:>8}{_percent(good, size):>9}" for name, (size, good) in sorted(damages.items())]
    roles: dict[str, list[int]] = {}
    for result in results:
        for role, counts in result.by_role.items():
            roles[role] = [old + new for old, new in zip(roles.get(role, [0, 0, 0, 0]), counts, strict=True)]
    if roles:
        lines += ["", f"{'numbers in prose':<28}{'stated':>8}{'read %':>9}{'role %':>9}{'base %':>9}"]
        for role, (stated, *right) in sorted(roles.items()):
            lines.append(f"{role:<28}{stated:>8}" + "".join(f"{_percent(part, stated):>9}" for part in right))
    bad = sorted((result for result in results if result.misses), key=lambda result: -len(result.misses))
    if bad and worst:
        lines += ["", "worst documents"]
        for result in bad[:worst]:
            lines.append(
                f"  {result.number} {result.year} {result.kind} {result.dialect} {result.file_format} {result.damage}: "
                f"{len(result.misses)} wrong of {result.score.figures}"
            )
            lines += [f"      {miss}" for miss in result.misses[:4]]
    seconds = sum(result.seconds for result in results)
    lines += [
        "",
        f"{len(results)} documents read in {seconds:.1f} s of one core: {len(results) / seconds:.1f} a second",
    ]
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, default=120)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--formats", default=",".join(FORMATS))
    parser.add_argument("--damage", default=",".join(LEVELS))
    parser.add_argument("--mixed", type=int, default=30, help="percent of them with forms of all places crossed")
    parser.add_argument("--worst", type=int, default=5, help="how many of the worst documents to show")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    formats, damages = tuple(options.formats.split(",")), tuple(options.damage.split(","))
    wanted = tasks(options.documents, options.seed, formats, damages, options.mixed)
    with ProcessPoolExecutor(options.jobs) as pool:
        results = list(pool.map(run, wanted, chunksize=4))
    if options.json:
        json.dump([asdict(result) for result in results], sys.stdout, ensure_ascii=False, indent=1)
    else:
        print(table(results, options.worst))


if __name__ == "__main__":
    main()
