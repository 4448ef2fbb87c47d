"""Is every published error found, and none invented? Planted errors against the warehouse, by kind.

    python benchmarks/findings.py [--units 20] [--years 2021-2024] [--errors 60] [--seed 11] [--keep FOLDER]

Undamaged documents are made, ``--errors`` percent of them with one wrong number each (:mod:`synth.errors`), and a
warehouse is built from them. An error is *found* where a discrepant result uses the wrong figure, *named* where a
finding says its printed value. A result is *invented* where it is discrepant, uses no wrong figure at all and does not
differ by just what a number of its document is wrong.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from synth.choices import KINDS
from synth.write import Order, write

_USED = """
create or replace temp table used as
select r.reconciliation_key, r.rule_id, d.document_id, r.message_zh, r.difference, r.tolerance, r.unit_of_measure,
    b.amount_key
from fct_reconciliation as r
inner join dim_document as d on r.document_key = d.document_key
left join bridge_reconciliation_amount as b on r.reconciliation_key = b.reconciliation_key
where r.status = 'discrepant'
"""
_FIGURES = """
create or replace temp table wrong as
select p.document_id, p.kind, p.statement_code, p.row_label, p.column_label, p.printed, p.true_value, p.unit,
    a.amount_key
from errors as p
inner join dim_document as d on p.document_id = d.document_id
left join (
    select amount_key, document_key, value, statement_code, coalesce(row_code, '') as row_code, unit_of_measure
    from fct_statement_amount
    union all
    select amount_key, document_key, value, '', '', unit_of_measure from fct_narrative_amount
) as a
    on d.document_key = a.document_key and a.value = p.wrong_value and a.unit_of_measure = p.unit
    and a.statement_code = p.statement_code and (p.row_code = '' or a.row_code = '' or a.row_code = p.row_code)
"""

_BY_SO_MUCH = """
select used.reconciliation_key
from used
inner join (
    select document_id, abs(
        cast(replace(replace(printed, ',', ''), '%', '') as decimal(24, 6))
        - cast(replace(replace(true_value, ',', ''), '%', '') as decimal(24, 6))
    ) * case unit when '万元' then 10000 else 1 end as error
    from wrong
) as planted on used.document_id = planted.document_id
where abs(abs(used.difference) - planted.error) <= used.tolerance
"""
"""Sums of leaves name no figures: their difference tells, but for what rounding adds to it."""


@dataclass(slots=True)
class Outcome:
    """Kind → [planted, read, found, named]; what was missed, what was invented."""

    kinds: dict[str, list[int]] = field(default_factory=dict)
    missed: list[str] = field(default_factory=list)
    invented: Counter[str] = field(default_factory=Counter)
    examples: dict[str, str] = field(default_factory=dict)
    documents: int = 0


def score(warehouse: Path, truth: Path) -> Outcome:
    """Compare the planted errors of ``truth`` with what the warehouse accuses."""
    outcome = Outcome()
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        connection.execute(
            "create temp table errors as select *, "
            "cast(replace(replace(printed, ',', ''), '%', '') as decimal(24, 6)) as wrong_value "
            f"from read_parquet('{truth / 'planted_errors.parquet'}')"
        )
        connection.execute(_FIGURES)
        connection.execute(_USED)
        [(outcome.documents,)] = connection.execute("select count(*) from dim_document where is_current").fetchall()
        rows = connection.execute(
            "select w.document_id, w.kind, w.statement_code, w.row_label, w.column_label, w.printed, w.true_value,"
            " count(w.amount_key) > 0, count(u.amount_key) > 0,"
            " (select count(*) from fct_finding as f inner join dim_document as d on f.document_key = d.document_key"
            "  where d.document_id = w.document_id and f.printed like '%' || w.printed || '%') > 0"
            " from wrong as w left join used as u on w.amount_key = u.amount_key group by 1, 2, 3, 4, 5, 6, 7"
        ).fetchall()
        for document_id, kind, statement, label, column, printed, true_value, is_read, is_found, is_named in rows:
            counts = outcome.kinds.setdefault(kind, [0, 0, 0, 0])
            for at, holds in enumerate((True, is_read, is_found, is_named)):
                counts[at] += holds
            if not is_found:
                told = f"{document_id[:12]} {kind} {statement} {label} {column} {printed} for {true_value}"
                outcome.missed.append(told)
        for rule_id, document_id, message in connection.execute(
            "select rule_id, min(document_id), min(message_zh) from used group by reconciliation_key, rule_id"
            " having count(*) filter (where amount_key in (select amount_key from wrong)) = 0"
            f" and reconciliation_key not in ({_BY_SO_MUCH})"
        ).fetchall():
            outcome.invented[rule_id] += 1
            outcome.examples.setdefault(rule_id, f"{document_id[:12]} {message}")
    return outcome


def table(outcome: Outcome) -> str:
    """The table printed at the end."""
    lines = [f"{outcome.documents} documents", f"{'kind':<16}{'planted':>8}{'read':>8}{'found':>8}{'named':>8}"]
    total = [sum(counts[at] for counts in outcome.kinds.values()) for at in range(4)]
    for kind, counts in [*sorted(outcome.kinds.items()), ("all", total)]:
        lines.append(f"{kind:<16}" + "".join(f"{count:>8}" for count in counts))
    lines += ["", f"not found: {len(outcome.missed)}", *(f"  {missed}" for missed in outcome.missed[:20])]
    lines += ["", f"invented: {sum(outcome.invented.values())}"]
    lines += [f"  {rule} × {count}: {outcome.examples[rule]}" for rule, count in outcome.invented.most_common(20)]
    return "\n".join(lines)


def build(order: Order, folder: Path, jobs: int) -> tuple[Path, Path]:
    """Make the documents and their warehouse below ``folder``; (warehouse file, folder of the truth)."""
    write(order, folder / "country", jobs)
    home = folder / "home"
    command = [sys.executable, "-m", "gongkai", "refresh", str(folder / "country" / "documents"), "--home", str(home)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return home / "gongkai.duckdb", folder / "country" / "truth"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--units", type=int, default=20)
    parser.add_argument("--years", default="2021-2024")
    parser.add_argument("--errors", type=int, default=60, help="percent of the documents with a wrong number")
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--jobs", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--keep", type=Path, help="keep documents and warehouse in this folder")
    options = parser.parse_args()
    first, _, last = options.years.partition("-")
    years = tuple(range(int(first), int(last or first) + 1))
    order = Order(options.units, years, options.seed, ("text", "html", "markdown"), "none", KINDS, options.errors)
    with contextlib.ExitStack() as stack:
        folder = options.keep or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        if options.keep and folder.exists():
            shutil.rmtree(folder)
        print(table(score(*build(order, folder, options.jobs))))


if __name__ == "__main__":
    main()
