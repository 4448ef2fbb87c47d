"""Synthetic documents: the same seed gives the same bytes, the truth is what is printed, damage leaves it alone."""

from __future__ import annotations

import random
import re
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from gongkai import cli
from ingest.pipeline import parse_bytes
from synth import errors
from synth.choices import FORMATS, KINDS, LEVELS
from synth.damage import Spoiler
from synth.dialects import DIALECTS, Money
from synth.disclose import disclose
from synth.files import make
from synth.grid import Amount, Grid, head_rows
from synth.model import Disclosure, Statement
from synth.render import plain


@pytest.mark.parametrize("file_format", FORMATS)
def test_the_same_seed_gives_the_same_bytes(file_format: str) -> None:
    first = make(7, 21, 2022, "final_account", file_format, "heavy")
    again = make(7, 21, 2022, "final_account", file_format, "heavy")
    assert first.data == again.data
    assert first.applied == again.applied
    assert make(8, 21, 2022, "final_account", file_format, "heavy").data != first.data


@pytest.mark.parametrize(
    ("cents", "money", "printed"),
    [
        (123_456_789, Money(), "123.46"),
        (5_000, Money(), "0.01"),
        (4_999, Money(), "0.00"),
        (-5_000, Money(), "-0.01"),
        (123_456_789, Money(decimals=6), "123.456789"),
        (123_456_789, Money(decimals=0), "123"),
        (123_456_789_012, Money(separators=True), "123,456.79"),
        (123_456_789, Money("元", separators=True), "1,234,567.89"),
        (0, Money(), "0.00"),
        (0, Money(zero=""), ""),
        (0, Money(decimals=6), "0.000000"),
    ],
)
def test_money_is_rounded_half_up_at_its_last_digit(cents: int, money: Money, printed: str) -> None:
    assert money.text(cents) == printed


def test_header_paths_skip_the_numbers_of_columns() -> None:
    grid = Grid([["项目", *row] for row in head_rows([("本年支出", "小计"), ("本年支出", "基本支出"), ("年末结转",)])])
    grid.head[1][0] = "^"
    grid.head.append(["栏次", "1", "2", "3"])
    assert grid.paths() == ["项目", "本年支出/小计", "本年支出/基本支出", "年末结转"]
    grid.add("合计", Amount("1.00", "合计"), Amount("1.00", "合计"), Amount("", "合计"))
    statement = grid.statement("final_fund", "表", unit="万元")
    assert [figure.column_label for _, _, figure in statement.figures] == ["本年支出/小计", "本年支出/基本支出"]
    with pytest.raises(ValueError, match="row of 2 cells"):
        grid.add("合计", "1")


def _shown(disclosure: Disclosure) -> set[str]:
    return set(re.split(r"[\t\n]", plain.text(disclosure).decode()))


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.code)
def test_every_dialect_prints_its_truth_and_is_read_exactly(dialect) -> None:
    """One body of the dialect, its own office and a school or clinic among them, in years before and after reforms."""
    for number, year in ((0, 2017), (1, 2020), (5, 2024)):
        for kind in KINDS:
            told = disclose(11, number, year, kind, (dialect.province,))
            figures = told.figures()
            assert told.dialect == dialect.code
            assert {figure.value for figure in figures} <= _shown(told)
            parsed = parse_bytes(plain.text(told), "文.txt")
            read = sorted(
                (item.statement_code, item.row_label, item.column_label, item.value_text, item.unit_of_measure)
                for item in parsed.figures()
            )
            wanted = sorted(
                (item.statement_code, re.sub(r"\s", "", item.row_label), item.column_label,
                 item.value.replace(",", "").rstrip("%"), item.unit)
                for item in figures
            )  # fmt: skip
            assert [row[3] for row in sorted(read, key=lambda row: row[3])] == [
                row[3] for row in sorted(wanted, key=lambda row: row[3])
            ]
            assert {row[0] for row in read} == {row[0] for row in wanted}


def test_damage_changes_the_paper_and_not_the_truth() -> None:
    sound = make(3, 14, 2021, "final_account", "text")
    spoiled = [make(3, 14, 2021, "final_account", file_format, "heavy") for file_format in FORMATS]
    assert not sound.applied
    for made in spoiled:
        assert made.applied
        known = {error.printed for error in made.disclosure.errors}
        assert [figure.value for figure in made.disclosure.figures() if figure.value not in known] == [
            figure.value
            for figure, other in zip(sound.disclosure.figures(), made.disclosure.figures(), strict=True)
            if other.value not in known
        ]


def test_every_kind_of_damage_is_met() -> None:
    done: set[str] = set()
    for number in range(24):
        statements = disclose(5, number * 10, 2022, "final_account").statements
        spoiler = Spoiler(random.Random(number), "heavy")
        for statement in statements:
            spoiler.pieces(statement)
            spoiler.grid(statement)
        done |= {item.partition(":")[2] for item in spoiler.applied}
    assert done == {
        "characters_changed", "merged_heads_lost", "head_cell_lost", "row_slipped", "label_wrapped", "page_break",
        "page_break_with_head", "spans_lost", "labels_broken",
    }  # fmt: skip


def test_light_damage_spares_most_tables() -> None:
    tables = damaged = 0
    for number in range(12):
        made = make(9, number * 10, 2020, "budget", "text", "light")
        tables += len(made.disclosure.statements)
        damaged += len({item.partition(":")[0] for item in made.applied})
    assert 0 < damaged < tables / 2


def test_a_planted_error_breaks_the_sum_of_its_row() -> None:
    planted = 0
    for number in range(30):
        told = errors.plant(disclose(2, number, 2022, "final_account"), random.Random(number))
        for error in told.errors:
            planted += 1
            row = {
                figure.column_label.split("/")[-1]: Decimal(figure.value.replace(",", ""))
                for figure in told.figures()
                if (figure.statement_code, figure.row_code) == (error.statement_code, error.row_code)
            }
            total = row.get("本年支出合计", row.get("小计", row.get("合计")))
            parts = sum(value for name, value in row.items() if name in (
                "基本支出", "项目支出", "上缴上级支出", "经营支出", "对附属单位补助支出"))  # fmt: skip
            assert total is not None
            assert abs(total - parts) > Decimal("0.05"), error
            assert error.printed != error.true_value
            assert any(figure.value == error.printed for figure in told.figures())
    assert planted > 15


@pytest.mark.parametrize("kind", errors.KINDS)
def test_every_kind_of_error_changes_one_number_and_says_so(kind: str) -> None:
    planted = 0
    for number in (1, 4, 14, 25):
        sound = disclose(2, number, 2022, "final_account")
        told = errors.plant(sound, random.Random(number), (kind,))
        for error in told.errors:
            planted += 1
            assert error.kind == kind and error.identities and error.printed != error.true_value
            before = Counter([*(figure.value for figure in sound.figures()), *(said.value for said in sound.said())])
            after = Counter([*(figure.value for figure in told.figures()), *(said.value for said in told.said())])
            assert after - before == Counter([error.printed]) and before - after == Counter([error.true_value])
            shown = [block for block, other in zip(told.blocks, sound.blocks, strict=True) if block != other]
            [changed] = shown
            text = changed if isinstance(changed, str) else " ".join(cell for row in changed.rows() for cell in row)
            assert error.printed in text
    assert planted >= 2


@pytest.mark.parametrize(("field", "wrong"), [("kind", "report"), ("file_format", "rtf"), ("damage", "total")])
def test_what_is_not_known_is_refused(field: str, wrong: str) -> None:
    asked = {"kind": "budget", "file_format": "text", "damage": "none", field: wrong}
    with pytest.raises(ValueError, match=wrong):
        make(1, 1, 2022, **asked)


def test_the_command_writes_documents_and_their_truth(tmp_path: Path) -> None:
    out = tmp_path / "country"
    arguments = ["synth", "--units", "4", "--years", "2021-2022", "--seed", "6", "--formats", "text,html,pdf",
                 "--damage", "heavy", "--jobs", "1", "--out", str(out)]  # fmt: skip
    run = CliRunner().invoke(cli.cli, arguments)
    assert run.exit_code == 0, run.output
    documents = pq.read_table(out / "truth" / "documents.parquet").to_pylist()
    assert len(documents) == 4 * 2 * 2
    assert {row["file_format"] for row in documents} == {"text", "html", "pdf"}
    figures = pq.read_table(out / "truth" / "figures.parquet").to_pylist()
    by_document = {row["document_id"] for row in figures}
    assert by_document == {row["document_id"] for row in documents}
    for row in documents:
        data = (out / "documents" / row["path"]).read_bytes()
        assert parse_bytes(data, "x").document.document_id == row["document_id"]
    schema = pq.read_schema(out / "truth" / "figures.parquet")
    assert all(field.metadata[b"description"] for field in schema)
    again = CliRunner().invoke(cli.cli, arguments)
    assert again.exit_code != 0, "a folder that is not empty must be refused"


@pytest.mark.parametrize(
    ("option", "value"), [("--years", "2014"), ("--years", "2024-2022"), ("--formats", "rtf"), ("--kinds", "")]
)
def test_an_order_that_makes_no_sense_is_a_usage_error(tmp_path: Path, option: str, value: str) -> None:
    run = CliRunner().invoke(cli.cli, ["synth", "--out", str(tmp_path / "x"), option, value])
    assert run.exit_code == 2
    assert option in run.output


def test_levels_are_those_of_the_command() -> None:
    option = next(option for option in cli.cli.commands["synth"].params if option.name == "damage")
    assert tuple(option.type.choices) == LEVELS


@pytest.mark.parametrize("number", range(4))
def test_a_budget_states_the_budget_of_the_year_before_as_it_was_published(number: int) -> None:
    """Yunnan prints 三公 budgets of two years side by side; number 0 is a department, the sum of its units."""

    def stated(published: int, of: int) -> list[tuple[str, str]]:
        contents = disclose(5, number, published, "budget", ("云南省",)).contents
        return [(figure.row_label, figure.value)
                for block in contents if isinstance(block, Statement) and block.code == "budget_three_public"
                for _, _, figure in block.figures if figure.column_label == f"{of}年预算数"]  # fmt: skip

    assert stated(2022, 2022)
    assert stated(2023, 2022) == stated(2022, 2022)
