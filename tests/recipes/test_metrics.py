"""Metrics (指标): declared once, asked by name or label, equal to the sums they stand for."""

from __future__ import annotations

import csv
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from gongkai.home import Home
from gongkai.messages import GongkaiError
from gongkai.metrics import Semantics, ask, catalogue, semantics_of
from gongkai.reader import open_published

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture(scope="module")
def semantics(samples_home: Path) -> Semantics:
    return semantics_of(Home(samples_home))


@pytest.fixture(scope="module")
def published(samples_home: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with open_published(Home(samples_home)) as connection:
        yield connection


def test_every_metric_has_a_chinese_label_and_answers(samples_home: Path, semantics: Semantics) -> None:
    listed = catalogue(semantics)
    labels = [held["label"] for held in listed]
    assert len(labels) == len(set(labels)) >= 20
    assert all(any("一" <= letter <= "鿿" for letter in label) for label in labels)
    for held in listed:
        answer = ask(Home(samples_home), [held["name"]], ["年度"], semantics=semantics)
        assert answer.columns == ("年度", held["label"]) and answer.rows
        assert "年度" in held["dimensions"] and "单位名称" in held["dimensions"]


def test_expenditure_is_the_sum_of_the_fact(
    samples_home: Path, semantics: Semantics, published: duckdb.DuckDBPyConnection
) -> None:
    answer = ask(Home(samples_home), ["决算支出"], ["年度", "功能类"], semantics=semantics)
    expected = published.execute("""
        select facts.fiscal_year, subjects.class_name, sum(facts.amount_yuan) from fct_expenditure as facts
        left join dim_functional_subject as subjects using (functional_key)
        where facts.stage_code = 'final' and facts.is_counted group by 1, 2
    """).fetchall()
    assert set(answer.rows) == set(expected) and len(expected) > 10


def test_per_staff_leaves_out_units_without_staff_on_both_sides(
    samples_home: Path, semantics: Semantics, published: duckdb.DuckDBPyConnection
) -> None:
    [(total, people)] = published.execute("""
        select sum(expenditure_final_yuan), sum(staff_on_post) from mart_unit_year
        where is_counted_final and staff_on_post > 0 and expenditure_final_yuan is not null
    """).fetchall()
    [(answered,)] = ask(Home(samples_home), ["人均支出"], semantics=semantics).rows
    assert isinstance(answered, Decimal)
    assert abs(answered - total / people) < Decimal("0.001")
    [(all_spending,)] = published.execute(
        "select sum(expenditure_final_yuan) from mart_unit_year where is_counted_final"
    ).fetchall()
    assert all_spending > total, "some sample states no staff, or this test shows nothing"


def test_the_share_of_personnel_is_of_basic_expenditure_alone(
    samples_home: Path, semantics: Semantics, published: duckdb.DuckDBPyConnection
) -> None:
    """Of 人员经费 and 公用经费 together, which one form prints: of a hospital far above its share of all money."""
    only = {"单位名称": "苇塘坪镇中心卫生院", "年度": "2023"}
    [(answered,)] = ask(Home(samples_home), ["人员经费占比"], only=only, semantics=semantics).rows
    [(of_basic, of_all)] = published.execute("""
        select
            personnel_final_yuan / (personnel_final_yuan + public_final_yuan), personnel_final_yuan / basic_final_yuan
        from mart_unit_year
        where unit_name = '苇塘坪镇中心卫生院' and fiscal_year = 2023
    """).fetchall()
    assert abs(float(answered) - of_basic) < 1e-5 and of_basic > 2 * of_all


def test_a_condition_keeps_one_value(samples_home: Path, semantics: Semantics) -> None:
    home = Home(samples_home)
    by_year = dict(ask(home, ["决算支出"], ["年度"], semantics=semantics).rows)
    [(only,)] = ask(home, ["决算支出"], only={"年度": "2023"}, semantics=semantics).rows
    assert only == by_year[2023]
    nothing = ask(home, ["决算支出"], only={"单位名称": "没有'这样的{{单位}}"}, semantics=semantics).rows
    assert nothing in ([], [(None,)])


@pytest.mark.parametrize(
    ("metrics", "by", "only", "code"),
    [
        (["没有的指标"], [], {}, "unknown_metric"),
        (["人均支出"], ["功能类"], {}, "unknown_dimension"),
        (["决算支出"], [], {"年度": "去年"}, "unknown_dimension"),
    ],
)
def test_what_is_not_declared_is_said(
    samples_home: Path, semantics: Semantics, metrics: list[str], by: list[str], only: dict[str, str], code: str
) -> None:
    with pytest.raises(GongkaiError) as raised:
        ask(Home(samples_home), metrics, by, only, semantics)
    assert raised.value.code == code


def test_the_command_answers_and_shows_its_sql(samples_home: Path, published: duckdb.DuckDBPyConnection) -> None:
    command = [sys.executable, "-m", "gongkai", "metric", "三公经费决算", "--by", "年度", "--home", str(samples_home)]
    said = subprocess.run([*command, "--json"], capture_output=True, text=True, check=True).stdout
    rows = [(row["年度"], Decimal(row["三公经费决算"])) for row in json.loads(said)]
    sql = subprocess.run([*command, "--sql"], capture_output=True, text=True, check=True).stdout
    assert rows == published.execute(sql).fetchall() and rows


def test_metricflows_own_command_gives_the_same(samples_home: Path, semantics: Semantics, tmp_path: Path) -> None:
    """The guide's block, as printed, against ``gongkai metric``; ``mf`` gives binary fractions, so to the yuan."""
    guide = (ROOT / "docs" / "guides" / "connect-tools.md").read_text(encoding="utf-8")
    [block] = [text for text in re.findall(r"^```sh\n(.*?)^```$", guide, re.M | re.S) if "mf query" in text]
    (tmp_path / "warehouse").symlink_to(samples_home)
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = os.environ | {"PATH": path, "GONGKAI_CHECKOUT": str(ROOT)}
    command = ["bash", "-euo", "pipefail", "-c", block]
    run = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, env=environment, check=False)
    assert run.returncode == 0, run.stdout[-2000:] + run.stderr[-2000:]
    with (tmp_path / "mf试用" / "指标.csv").open(encoding="utf-8", newline="") as held:
        told = {
            int(row["metric_time__year"][:4]): [row[name] and round(Decimal(row[name])) for name in list(row)[1:]]
            for row in csv.DictReader(held)
        }
    answer = ask(Home(samples_home), ["final_expenditure", "expenditure_per_staff"], ["年度"], semantics=semantics)
    assert told == {row[0]: ["" if value is None else round(value) for value in row[1:]] for row in answer.rows}
    assert len(told) > 3


def test_metrics_by_unit_add_up_to_those_by_year(samples_home: Path, semantics: Semantics) -> None:
    from gongkai.query import run_query

    held = [semantics.metric("可比决算支出"), semantics.metric("人均支出")]
    answer = run_query(Home(samples_home), semantics.by_unit(held))
    assert answer.columns == ("unit_key", "fiscal_year", "final_with_budget", "expenditure_per_staff")
    by_year: dict[int, Decimal] = {}
    for _, year, yuan, _ in answer.rows:
        by_year[year] = by_year.get(year, Decimal(0)) + (yuan or 0)
    told = ask(Home(samples_home), ["可比决算支出"], ["年度"], semantics=semantics).rows
    whole = {year: yuan or 0 for year, yuan in told}
    assert by_year == whole and any(whole.values())
    assert any(value is not None for *_, value in answer.rows)
