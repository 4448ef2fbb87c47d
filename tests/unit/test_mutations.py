"""One printed figure changed at a time in copies of the samples: the engine finds the change and names the figure.

Every copy is a document of its own, of a body of its own, with one figure that differs from what the samples print;
all copies are built together. What changes is the landing: the number, the cell or paragraph it stands in.
"""

from __future__ import annotations

import hashlib
import os
import random
import shutil
import subprocess
import sys
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
COPIES = 520
SEED = 20240501

# Figures that stand in an identity which was evaluated: equalities and rates. An inequality alone cannot tell a small
# change, so figures that only stand in inequalities are not counted as taking part.
_TAKING_PART = """
    with used as (
        select bridge.amount_key, max(results.tolerance) as tolerance, count(*) as identities
        from bridge_reconciliation_amount as bridge
        inner join fct_reconciliation as results using (reconciliation_key)
        inner join dim_rule as rules on results.rule_id = rules.rule_id
        where results.status in ('exact', 'rounding') and rules.comparison <> '<=' and rules.method <> 'leaf_sum'
        group by bridge.amount_key
    )
    select 'table' as origin, facts.amount_key, documents.document_id, facts.table_ordinal, facts.row_ordinal,
        facts.column_ordinal, facts.number_ordinal, null as amount_ordinal, facts.value_printed, facts.value,
        facts.amount_yuan, facts.role, used.identities, used.tolerance, used.amount_key is not null as takes_part
    from fct_statement_amount as facts
    inner join dim_document as documents using (document_key)
    left join used on facts.amount_key = used.amount_key
    where facts.is_current
    union all
    select 'prose', facts.amount_key, documents.document_id, null, null, null, null,
        cast(regexp_extract(facts.amount_key, 'p([0-9]+)$', 1) as integer), facts.value_printed, facts.value,
        facts.amount_yuan, facts.role, used.identities, used.tolerance, used.amount_key is not null
    from fct_narrative_amount as facts
    inner join dim_document as documents using (document_key)
    left join used on facts.amount_key = used.amount_key
    where facts.is_current and facts.value is not null and not facts.is_implied and facts.paragraph_ordinal is not null
    order by amount_key
"""


@dataclass(frozen=True, slots=True)
class Mutation:
    """One figure of one copy: where it stands, and the digits it is given."""

    figure: dict[str, Any]
    printed: str
    new_id: str

    @property
    def amount_key(self) -> str:
        """Key of the changed figure in the build of the copies."""
        return self.new_id[:16] + self.figure["amount_key"][16:]


def changed(figure: dict[str, Any], chance: random.Random) -> str | None:
    """The printed number with one digit changed by more than twice the widest tolerance it stands in; None if none can.

    The number keeps its length, so that every position in the source stays true.
    """
    printed, value = figure["value_printed"], figure["value"]
    if value is None:
        return None
    factor = Decimal(1)
    if figure["amount_yuan"] is not None and value:
        factor = figure["amount_yuan"] / value
    elif figure["amount_yuan"] is not None:
        factor = Decimal(10000)
    places = [index for index, letter in enumerate(printed) if letter.isdigit()]
    chance.shuffle(places)
    for index in places:
        digits = [digit for digit in "123456789" if digit != printed[index]]
        chance.shuffle(digits)
        for digit in digits:
            candidate = printed[:index] + digit + printed[index + 1 :]
            try:
                move = abs(Decimal(candidate.replace(",", "").rstrip("%")) - value) * factor
            except ArithmeticError:
                return None
            if move > 2 * figure["tolerance"]:
                return candidate
    return None


def _text_number(printed: str) -> str:
    return printed.replace(",", "").replace("，", "")


def mutate(landing: Path, folder: Path, mutations: list[Mutation]) -> None:
    """Write a landing of copies, one per mutation, each of an invented body."""
    names = {mutation.new_id: f"样{_letters(number)}" for number, mutation in enumerate(mutations)}
    sources = sorted({mutation.figure["document_id"] for mutation in mutations})
    for table in sorted(path.name for path in landing.iterdir() if path.is_dir()):
        files = sorted((landing / table).glob("*.parquet"))
        held = pl.concat([pl.read_parquet(file) for file in files], how="diagonal_relaxed") if files else None
        (folder / table).mkdir(parents=True)
        if held is None or "document_id" not in held.columns:
            for file in files:
                shutil.copyfile(file, folder / table / file.name)
            continue
        by_document = {source: held.filter(pl.col("document_id") == source) for source in sources}
        parts = []
        for mutation in mutations:
            part = by_document[mutation.figure["document_id"]]
            part = part.with_columns(pl.lit(mutation.new_id).alias("document_id"))
            prefix = names[mutation.new_id]
            if table == "claims":
                named = pl.col("claim_kind").is_in(["unit_name", "parent_unit"])
                part = part.with_columns(
                    pl.when(named).then(pl.lit(prefix) + pl.col("value")).otherwise(pl.col("value")).alias("value")
                )
            if table == "tables":
                part = part.with_columns((pl.lit(prefix) + pl.col("unit_name_printed")).alias("unit_name_printed"))
            parts.append(_with_change(table, part, mutation))
        written = pl.concat(parts, how="vertical_relaxed")
        written.cast(dict(held.schema)).write_parquet(folder / table / "copies.parquet")


def _letters(number: int) -> str:
    heads = "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥"
    size = len(heads)
    return heads[number // size**2 % size] + heads[number // size % size] + heads[number % size]


def _with_change(table: str, part: pl.DataFrame, mutation: Mutation) -> pl.DataFrame:
    figure, printed = mutation.figure, mutation.printed
    if figure["origin"] == "table":
        here = (
            (pl.col("table_ordinal") == figure["table_ordinal"])
            & (pl.col("row_ordinal") == figure["row_ordinal"])
            & (pl.col("column_ordinal") == figure["column_ordinal"])
            if table in ("cells", "cell_numbers")
            else None
        )
        if table == "cell_numbers":
            here = here & (pl.col("number_ordinal") == figure["number_ordinal"])
            return part.with_columns(
                pl.when(here).then(pl.lit(printed)).otherwise(pl.col("value_printed")).alias("value_printed"),
                pl.when(here).then(pl.lit(_text_number(printed))).otherwise(pl.col("value_text")).alias("value_text"),
            )
        if table == "cells":
            return _replaced(part, here, "text_printed", figure["value_printed"], printed)
        if table == "indicators" and figure["role"] in ("score", "completion_rate"):
            here = (pl.col("table_ordinal") == figure["table_ordinal"]) & (
                pl.col("row_ordinal") == figure["row_ordinal"]
            )
            column = "weight_printed" if figure["is_weight"] else "score_printed"
            return _replaced(part, here, column, figure["value_printed"], printed)
        return part
    if table == "narrative_amounts":
        here = pl.col("amount_ordinal") == figure["amount_ordinal"]
        return part.with_columns(
            pl.when(here).then(pl.lit(printed)).otherwise(pl.col("value_printed")).alias("value_printed"),
            pl.when(here).then(pl.lit(_text_number(printed))).otherwise(pl.col("value_text")).alias("value_text"),
        )
    if table == "paragraphs":
        start, length = figure["char_start"], len(figure["value_printed"])
        here = pl.col("paragraph_ordinal") == figure["paragraph_ordinal"]
        return part.with_columns(
            pl.when(here)
            .then(pl.col("text").str.slice(0, start) + pl.lit(printed) + pl.col("text").str.slice(start + length))
            .otherwise(pl.col("text"))
            .alias("text")
        )
    return part


def _replaced(part: pl.DataFrame, here: pl.Expr, column: str, old: str, new: str) -> pl.DataFrame:
    value = pl.col(column).str.replace(old, new, literal=True)
    return part.with_columns(pl.when(here).then(value).otherwise(pl.col(column)).alias(column))


def _rows(connection: duckdb.DuckDBPyConnection, sql: str) -> list[dict[str, Any]]:
    cursor = connection.execute(sql)
    columns = [column[0] for column in cursor.description]
    return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]


@pytest.fixture(scope="module")
def figures(samples_home: Path) -> list[dict[str, Any]]:
    """All figures of the samples, with the identities they stand in."""
    with duckdb.connect(str(samples_home / "gongkai.duckdb"), read_only=True) as connection:
        found = _rows(connection, _TAKING_PART)
        places = {
            row["amount_key"]: row
            for row in _rows(connection, "select amount_key, paragraph_ordinal, char_start from fct_narrative_amount")
        }
        weights = {
            row["amount_key"]
            for row in _rows(
                connection,
                "select amount_key from fct_statement_amount"
                " where column_label like '%分值%' or column_label like '%权重%'",
            )
        }
    for figure in found:
        figure["is_weight"] = figure["amount_key"] in weights
        figure.update(places.get(figure["amount_key"], {}))
    return found


@pytest.fixture(scope="module")
def mutations(figures: list[dict[str, Any]]) -> list[Mutation]:
    chance = random.Random(SEED)
    candidates = [figure for figure in figures if figure["takes_part"]]
    chance.shuffle(candidates)
    chosen: list[Mutation] = []
    for figure in candidates:
        printed = changed(figure, chance)
        if printed is None:
            continue
        new_id = hashlib.sha256(f"{figure['amount_key']} {printed}".encode()).hexdigest()
        chosen.append(Mutation(figure, printed, new_id))
        if len(chosen) == COPIES:
            break
    # the width of a change has no bounds above, so hardly any figure is out of reach
    assert len(chosen) == min(COPIES, len(candidates))
    return chosen


@pytest.fixture(scope="module")
def judged(
    samples_home: Path, mutations: list[Mutation], tmp_path_factory: pytest.TempPathFactory
) -> list[dict[str, Any]]:
    """Per mutation: whether an identity broke on the changed figure, and whether it is the figure named."""
    folder = tmp_path_factory.mktemp("mutations")
    mutate(samples_home / "landing", folder / "landing", mutations)
    database = folder / "copies.duckdb"
    arguments = ["--log-level", "warn", "--no-use-colors", "--log-path", str(folder), "build"]
    arguments += ["--project-dir", str(ROOT), "--profiles-dir", str(ROOT), "--target-path", str(folder / "target")]
    arguments += ["--exclude-resource-type", "unit_test", "--exclude-resource-type", "test"]
    environment = os.environ | {"GONGKAI_LANDING": str(folder / "landing"), "GONGKAI_DATABASE": str(database)}
    run = subprocess.run(
        [sys.executable, "-m", "dbt.cli.main", *arguments],
        capture_output=True, text=True, env=environment, cwd=folder, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stdout[-4000:]
    with duckdb.connect(str(database), read_only=True) as connection:
        broken = {
            row["document_key"]: row
            for row in _rows(
                connection,
                "select document_key, count(*) as broken, string_agg(distinct rule_id, ',') as rules"
                " from fct_reconciliation where status = 'discrepant' and rule_id not like 'leaf_sum%' group by all",
            )
        }
        touching = {
            row["amount_key"]: row["broken"]
            for row in _rows(
                connection,
                "select amount_key, count(*) as broken from bridge_reconciliation_amount"
                " inner join fct_reconciliation using (reconciliation_key) where status = 'discrepant'"
                " and rule_id not like 'leaf_sum%' group by all",
            )
        }
        named = {
            (row["document_key"], row["amount_key"])
            for row in _rows(connection, "select document_key, amount_key from fct_finding")
        }
        present = {row["amount_key"] for row in _rows(connection, "select amount_key from fct_statement_amount")}
        present |= {row["amount_key"] for row in _rows(connection, "select amount_key from fct_narrative_amount")}
    verdicts = []
    for mutation in mutations:
        key = mutation.amount_key
        assert key in present, key
        verdicts.append(
            {
                "mutation": mutation,
                "found": mutation.new_id[:16] in broken,
                "meeting": touching.get(key, 0),
                "named": (mutation.new_id[:16], key) in named,
                "rules": broken.get(mutation.new_id[:16], {}).get("rules"),
            }
        )
    return verdicts


def test_most_figures_take_part_in_an_identity(figures: list[dict[str, Any]]) -> None:
    share = sum(figure["takes_part"] for figure in figures) / len(figures)
    print(f"figures that take part in an evaluable identity: {share:.1%} of {len(figures)}")
    assert share >= 0.80


def test_unchanged_samples_accuse_nobody(samples_home: Path) -> None:
    with duckdb.connect(str(samples_home / "gongkai.duckdb"), read_only=True) as connection:
        found = connection.execute("select message_zh from fct_reconciliation where status = 'discrepant'").fetchall()
    assert found == []


def test_changed_figures_are_found(judged: list[dict[str, Any]]) -> None:
    missed = [verdict["mutation"] for verdict in judged if not verdict["found"]]
    share = 1 - len(missed) / len(judged)
    print(f"changes found: {share:.1%} of {len(judged)}")
    shown = [f"{m.figure['amount_key']} {m.figure['value_printed']} → {m.printed}" for m in missed[:20]]
    assert share >= 0.95, shown


def test_the_changed_figure_is_named(judged: list[dict[str, Any]]) -> None:
    crossed = [verdict for verdict in judged if verdict["meeting"] >= 2]
    named = sum(verdict["named"] for verdict in crossed)
    print(f"changed figure named where identities meet: {named / len(crossed):.1%} of {len(crossed)}")
    shown = [v["mutation"].amount_key + " " + str(v["rules"]) for v in crossed if not v["named"]][:20]
    assert named / len(crossed) >= 0.80, shown
