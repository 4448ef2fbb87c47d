"""Draws facts of prose from a built warehouse for a reader to judge (文字数据抽样核对).

    python benchmarks/prose_draw.py HOME/gongkai.duckdb --seed 20261120 --count 100

Each fact is printed with what the warehouse takes it for and the sentence it stands in. The draw depends on the seed
and the keys of the facts alone, so that the same warehouse gives the same list.
"""

from __future__ import annotations

import argparse
import random
from pathlib import Path

import duckdb

_FACTS = """
    select
        amounts.amount_key, documents.fiscal_year, documents.document_kind, amounts.subject_printed,
        amounts.parent_printed, amounts.role, amounts.direction, amounts.base_code, amounts.stage_code,
        amounts.fiscal_year, amounts.value_printed, amounts.unit_of_measure, amounts.is_implied,
        amounts.functional_code, amounts.economic_code, amounts.line_item_code, amounts.statistic_code,
        amounts.fund_code, amounts.section, amounts.sentence
    from fct_narrative_amount as amounts
    inner join dim_document as documents on amounts.document_key = documents.document_key
    where amounts.is_current
    order by amounts.amount_key
"""


def draw(file: Path, seed: int, count: int) -> list[tuple]:
    """``count`` facts of the warehouse, the same for the same seed; all of them where there are fewer."""
    with duckdb.connect(str(file), read_only=True) as connection:
        facts = connection.execute(_FACTS).fetchall()
    return random.Random(seed).sample(facts, min(count, len(facts)))


def shown(position: int, fact: tuple) -> str:
    """One fact as three lines: what it is taken for, its codes, where it stands."""
    (key, year, kind, subject, parent, role, direction, base, stage, of_year, value, unit, is_implied, functional,
     economic, line, statistic, fund, section, sentence) = fact
    way = {1: "+", -1: "-", 0: "=", None: ""}[direction]
    meant = f"{subject or '（无主体）'} {f'∈{parent} ' if parent else ''}| {role}{way} {value} {unit or ''}"
    codes = ", ".join(
        f"{name}={code}"
        for name, code in (
            ("base", base), ("stage", stage), ("fiscal_year", of_year), ("functional", functional),
            ("economic", economic), ("line", line), ("statistic", statistic), ("fund", fund),
        )
        if code is not None
    )
    return (
        f"{position:3}. {meant}{' （隐含）' if is_implied else ''}\n     {codes}\n"
        f"     [{year} {kind}] {(section or '').rpartition('/')[2]} ｜ {sentence}  ({key})"
    )


def main() -> None:
    """Print the drawn facts."""
    parser = argparse.ArgumentParser(description="从仓库中抽取文字数据供人工核对")
    parser.add_argument("warehouse", type=Path, help="DuckDB 文件")
    parser.add_argument("--seed", type=int, default=1, help="随机种子")
    parser.add_argument("--count", type=int, default=100, help="抽取条数")
    options = parser.parse_args()
    for position, fact in enumerate(draw(options.warehouse, options.seed, options.count), 1):
        print(shown(position, fact))


if __name__ == "__main__":
    main()
