"""The published file in clients older than the library that wrote it: Python, Node, command line; all read-only."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from .__main__ import PYTHON, command_line, node_folder, python_folder

ASKED = """
    select count(*) as figures, cast(sum(amount_yuan) as varchar) as yuan, min(row_label) as label,
        (select cast(count(*) as varchar) || max(unit_name) from dim_unit) as units
    from fct_statement_amount
"""
SET_UP = "run `make clients` first, where the registries can be reached"


@pytest.fixture(scope="module")
def published(samples_home: Path) -> Path:
    """The link that people open."""
    return samples_home / "gongkai.duckdb"


@pytest.fixture(scope="module")
def answer(published: Path) -> dict[str, object]:
    with duckdb.connect(str(published.resolve()), read_only=True) as connection:
        cursor = connection.execute(ASKED)
        return dict(zip([column[0] for column in cursor.description], cursor.fetchone(), strict=True))


def _said(command: list[str], cwd: Path) -> str:
    run = subprocess.run(command, capture_output=True, text=True, check=False, cwd=cwd, timeout=120)
    assert run.returncode == 0, run.stderr + run.stdout
    return run.stdout


@pytest.mark.parametrize("version", PYTHON)
def test_an_old_python_client(published: Path, answer: dict, tmp_path: Path, version: str) -> None:
    folder = python_folder(version)
    if not folder.exists():
        pytest.skip(f"the Python client {version} is not there: {SET_UP}")
    script = (
        f"import json, sys; sys.path.insert(0, {str(folder)!r}); import duckdb;"
        f"assert duckdb.__version__ == {version!r};"
        f"c = duckdb.connect({str(published)!r}, read_only=True).execute({ASKED!r});"
        "print(json.dumps(dict(zip([d[0] for d in c.description], c.fetchone()))))"
    )
    # -I keeps the newer library of this environment out of the way.
    assert json.loads(_said([sys.executable, "-I", "-c", script], tmp_path)) == answer


def test_the_node_client(published: Path, answer: dict, tmp_path: Path) -> None:
    node, folder = shutil.which("node"), node_folder()
    if node is None:
        pytest.skip("there is no node on this machine")
    if not folder.exists():
        pytest.skip(f"the Node client is not there: {SET_UP}")
    script = f"""
        const {{ DuckDBInstance }} = require({json.dumps(str(folder / "node_modules/@duckdb/node-api"))});
        (async () => {{
            const instance = await DuckDBInstance.create({json.dumps(str(published))}, {{ access_mode: "READ_ONLY" }});
            const connection = await instance.connect();
            const result = await connection.runAndReadAll({json.dumps(ASKED)});
            const [row] = result.getRows();
            const held = Object.fromEntries(result.columnNames().map((name, index) => [name, row[index]]));
            console.log(JSON.stringify(held, (_, value) => typeof value === "bigint" ? Number(value) : value));
        }})();
    """
    assert json.loads(_said([node, "-e", script], tmp_path)) == answer


def test_the_command_line(published: Path, answer: dict, tmp_path: Path) -> None:
    program = command_line()
    if program is None:
        pytest.skip(f"the command line is not there: {SET_UP}")
    said = _said([str(program), "-readonly", "-json", str(published), ASKED], tmp_path)
    assert json.loads(said) == [answer]
    refused = subprocess.run(
        [str(program), "-readonly", str(published), "create table x (y int)"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert refused.returncode != 0 and "read-only" in refused.stderr
