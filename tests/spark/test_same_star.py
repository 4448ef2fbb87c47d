"""The same models over the same landing, on DuckDB and on Spark: every table equal, to the last row and type."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import duckdb
import pytest

from .compare import differences, parquet

pytestmark = pytest.mark.spark


@pytest.fixture(scope="module")
def star(
    samples_home: Path, repo_root: Path, spark_environment: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """Folder of tables, each a folder of Parquet files, that ``dbt build --target spark`` made of the samples."""
    folder = tmp_path_factory.mktemp("spark")
    arguments = ["--log-level", "warn", "--no-use-colors", "--log-path", str(folder), "build", "--target", "spark"]
    arguments += ["--project-dir", str(repo_root), "--profiles-dir", str(repo_root), "--target-path", str(folder)]
    # What dbt's tests would say follows from equality: the same build passes them on DuckDB.
    arguments += ["--exclude-resource-type", "test", "unit_test"]
    environment = spark_environment | {
        "GONGKAI_LANDING": str(samples_home / "landing"),
        "GONGKAI_SPARK_WAREHOUSE": str(folder / "warehouse"),
        "GONGKAI_SPARK_MEMORY": "2g",
        "GONGKAI_SPARK_PARTITIONS": "1",
    }
    command = [sys.executable, "-m", "gongkai.dbt_child", json.dumps(arguments)]
    run = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=folder, check=False)
    if run.returncode:
        pytest.fail(f"dbt build ended with {run.returncode}:\n{run.stdout[-8000:]}{run.stderr[-4000:]}", pytrace=False)
    return folder / "warehouse" / "gongkai.db"


def test_every_published_table_is_equal(star: Path, samples_home: Path) -> None:
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute(f"attach '{(samples_home / 'gongkai.duckdb').resolve()}' as published (read_only)")
        tables = [row[0] for row in connection.execute(
            "select table_name from information_schema.tables where table_catalog = 'published'"
            " and table_schema = 'main' and (table_name = 'meta_contract' or not starts_with(table_name, 'meta_'))"
            " order by 1"
        ).fetchall()]
        assert len([table for table in tables if table.startswith(("dim_", "fct_", "mart_", "bridge_"))]) > 25
        found = []
        for table in tables:
            left = f'published.main."{table}"'
            if (star / table).is_dir() and not any((star / table).glob("*.parquet")):
                # Spark writes no file for a table that never had a row.
                rows = connection.execute(f"select count(*) from {left}").fetchone()[0]
                found += [f"{table}: {rows} rows only on the left"] if rows else []
            else:
                found += differences(connection, table, left, parquet(star / table))
    assert not found, "DuckDB is left, Spark is right\n" + "\n".join(found)


ROWS = "(values ('a', 1.50), ('b', 2.25), ('b', 2.25)) as t(k, v)"


@pytest.mark.parametrize(("other", "word"), [
    ("(values ('a', 1.50), ('b', 2.25)) as t(k, v)", "only on the left"),
    ("(values ('a', 1.50), ('b', 2.25), ('b', 2.26)) as t(k, v)", "only on the right"),
    ("(values ('a', 1.50), ('b', 2.25), ('b', null)) as t(k, v)", "only on the right"),
    ("(values ('a', 1.500), ('b', 2.250), ('b', 2.250)) as t(k, v)", "DECIMAL(4,3)"),
    ("(values ('a', 1.50, 1), ('b', 2.25, 1), ('b', 2.25, 1)) as t(k, v, w)", "columns"),
])
def test_comparison_sees_what_differs(other: str, word: str) -> None:
    with duckdb.connect() as connection:
        assert differences(connection, "t", ROWS, "(values ('b', 2.25), ('a', 1.50), ('b', 2.25)) as t(k, v)") == []
        assert word in "\n".join(differences(connection, "t", ROWS, other))
