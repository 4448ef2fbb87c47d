"""dbt on the samples: all models, data tests and unit tests, and the same tables from the same landing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from gongkai.build import STORAGE_VERSION


@pytest.fixture(scope="module")
def built(samples_home: Path, repo_root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of a whole ``dbt build`` from the samples' landing: dbt.duckdb, run_results.json."""
    folder = tmp_path_factory.mktemp("dbt")
    arguments = ["--log-level", "warn", "--no-use-colors", "--log-path", str(folder), "build"]
    arguments += ["--project-dir", str(repo_root), "--profiles-dir", str(repo_root), "--target-path", str(folder)]
    environment = os.environ | {
        "GONGKAI_LANDING": str(samples_home / "landing"),
        "GONGKAI_DATABASE": str(folder / "dbt.duckdb"),
    }
    command = [sys.executable, "-m", "gongkai.dbt_child", json.dumps(arguments)]
    run = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=folder, check=False)
    if run.returncode:
        pytest.fail(f"dbt build ended with {run.returncode}:\n{run.stdout[-8000:]}{run.stderr[-2000:]}", pytrace=False)
    return folder


def test_every_model_seed_and_test_succeeds(built: Path) -> None:
    results = json.loads((built / "run_results.json").read_text(encoding="utf-8"))["results"]
    kinds = {result["unique_id"].split(".")[0] for result in results}
    assert {"model", "seed", "test", "unit_test"} <= kinds
    run = [result for result in results if not result["unique_id"].startswith("exposure.")]  # nothing is run for those
    assert {result["status"] for result in run} <= {"success", "pass"}


def test_no_test_is_switched_off_or_only_warns(built: Path) -> None:
    nodes = json.loads((built / "manifest.json").read_text(encoding="utf-8"))
    assert nodes["disabled"] == {}
    severities = {
        node["config"]["severity"].lower() for node in nodes["nodes"].values() if node["resource_type"] == "test"
    }
    assert severities == {"error"}


def test_the_same_landing_makes_the_same_tables(built: Path, samples_home: Path) -> None:
    with duckdb.connect() as connection:
        connection.execute(f"attach '{built / 'dbt.duckdb'}' as again (read_only)")
        connection.execute(f"attach '{(samples_home / 'gongkai.duckdb').resolve()}' as published (read_only)")
        tables = connection.execute(
            "select table_name from information_schema.tables where table_catalog = 'published'"
            " and table_schema = 'main' and (table_name = 'meta_contract' or not starts_with(table_name, 'meta_'))"
            " order by 1"
        ).fetchall()
        assert len(tables) > 20
        for (table,) in tables:
            sides = [f'select * from {side}.main."{table}"' for side in ("again", "published")]
            difference = f"({sides[0]} except all {sides[1]}) union all ({sides[1]} except all {sides[0]})"
            assert connection.execute(f"select count(*) from ({difference})").fetchall() == [(0,)], table


def test_the_published_file_opens_in_old_clients(samples_home: Path) -> None:
    with duckdb.connect(str((samples_home / "gongkai.duckdb").resolve()), read_only=True) as connection:
        tags = connection.execute("select tags from duckdb_databases() where not internal").fetchall()[0][0]
    assert tags["storage_version"].startswith(STORAGE_VERSION)
