"""The Superset dashboard (看板): everything it names is in the published file, and its sums are the metrics'.

``superset_trial.py`` imports it into a real Superset; this runs with every test run, without one.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from gongkai.home import Home
from gongkai.metrics import ask, semantics_of
from gongkai.reader import open_published

DASHBOARD = Path(__file__).resolve().parent.parent.parent / "dashboards" / "superset"


def _load(folder: str) -> dict[str, dict[str, Any]]:
    files = sorted((DASHBOARD / folder).rglob("*.yaml"))
    return {path.stem: yaml.safe_load(path.read_text(encoding="utf-8")) for path in files}


@pytest.fixture(scope="module")
def published(samples_home: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with open_published(Home(samples_home)) as connection:
        yield connection


def test_datasets_are_views_with_these_columns(published: duckdb.DuckDBPyConnection) -> None:
    for dataset in _load("datasets").values():
        held = published.execute(
            "select column_name from duckdb_columns() where schema_name = ? and table_name = ?",
            [dataset["schema"], dataset["table_name"]],
        ).fetchall()
        assert {column["column_name"] for column in dataset["columns"]} <= {name for (name,) in held}
        assert len(dataset["columns"]) > 5


def test_charts_name_columns_and_metrics_of_their_dataset() -> None:
    datasets = {dataset["uuid"]: dataset for dataset in _load("datasets").values()}
    charts = _load("charts")
    for chart in charts.values():
        dataset = datasets[chart["dataset_uuid"]]
        columns = {column["column_name"] for column in dataset["columns"]}
        metrics = {metric["metric_name"] for metric in dataset["metrics"]}
        params = chart["params"]
        named = {*params.get("groupby", []), *params.get("all_columns", [])} | ({params.get("x_axis")} - {None})
        named |= {condition["subject"] for condition in params["adhoc_filters"]}
        assert named <= columns, chart["slice_name"]
        assert {*params.get("metrics", []), params.get("metric")} - {None} <= metrics, chart["slice_name"]
    [dashboard] = _load("dashboards").values()
    tiles = [held for held in dashboard["position"].values() if isinstance(held, dict) and held["type"] == "CHART"]
    placed = {tile["meta"]["uuid"] for tile in tiles}
    assert placed == {chart["uuid"] for chart in charts.values()}


def test_its_metrics_are_those_declared_once(samples_home: Path, published: duckdb.DuckDBPyConnection) -> None:
    home = Home(samples_home)
    semantics = semantics_of(home)
    compared = 0
    for dataset in _load("datasets").values():
        for metric in dataset["metrics"]:
            relation = f'"{dataset["schema"]}"."{dataset["table_name"]}"'
            [(value,)] = published.execute(f"select {metric['expression']} from {relation}").fetchall()
            if metric["metric_name"] in {held.name for held in semantics.metrics}:
                [(declared,)] = ask(home, [metric["metric_name"]], semantics=semantics).rows
                assert abs(Decimal(str(value)) - declared) < Decimal("0.001"), metric["metric_name"]
                assert metric["verbose_name"] == semantics.metric(metric["metric_name"]).label
                compared += 1
    assert compared >= 7


def test_it_holds_no_address_but_the_placeholder() -> None:
    [database] = _load("databases").values()
    assert database["sqlalchemy_uri"] == "duckdb:////srv/warehouse/gongkai.duckdb"
    assert database["extra"]["engine_params"]["connect_args"] == {"read_only": True}
    assert database["allow_dml"] is False
