"""Recipes (连接工具): every block of code in docs/guides/connect-tools.md runs on the samples, as it is printed.

Shell blocks of docs/guides/how-to.md run too; its ``text`` blocks are a developer's, and what other tests do.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
GUIDE = ROOT / "docs" / "guides" / "connect-tools.md"
NODE_API = "@duckdb/node-api@1.5.6-r.1"
_BLOCK = re.compile(r"^```([a-z]*)\n(.*?)^```$", re.M | re.S)

HOW_TO = GUIDE.parent / "how-to.md"
BLOCKS = [(match.group(1), match.group(2)) for match in _BLOCK.finditer(GUIDE.read_text(encoding="utf-8"))]
SHELL = [
    match.group(2)
    for page in (GUIDE, HOW_TO)
    for match in _BLOCK.finditer(page.read_text(encoding="utf-8"))
    # The block of MetricFlow's own command is run, and its answer compared, in test_metrics.py.
    if match.group(1) == "sh" and "mf query" not in match.group(2)
]


@pytest.fixture
def folder(samples_home: Path, tmp_path: Path) -> Path:
    """A working folder with the samples' home under the name the guide uses."""
    (tmp_path / "warehouse").symlink_to(samples_home)
    return tmp_path


def _run(command: list[str], folder: Path, **environment: str) -> str:
    environment = (
        os.environ
        | {
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "GONGKAI_CHECKOUT": str(ROOT),
            "PYTHONWARNINGS": "error",
        }
        | environment
    )
    run = subprocess.run(command, capture_output=True, text=True, cwd=folder, env=environment, check=False)
    assert run.returncode == 0, run.stdout[-2000:] + run.stderr[-2000:]
    return run.stdout


def test_every_block_is_of_a_kind_that_is_run_or_said_not_to_be() -> None:
    assert {kind for kind, _ in BLOCKS} == {"sh", "python", "js", "text"}
    [unrun] = [text for kind, text in BLOCKS if kind == "text"]
    before = GUIDE.read_text(encoding="utf-8").split(unrun)[0]
    assert "此处未运行" in before.rsplit("\n## ", 1)[1]


@pytest.mark.parametrize("text", [text for kind, text in BLOCKS if kind == "python"])
def test_a_python_block_runs(folder: Path, text: str) -> None:
    _run([sys.executable, "-c", text], folder)


@pytest.mark.parametrize("text", SHELL)
def test_a_shell_block_runs(folder: Path, text: str) -> None:
    # Only our own code is held to no warnings: metricflow's dependencies warn of each other.
    said = _run(["bash", "-euo", "pipefail", "-c", text], folder, PYTHONWARNINGS="default")
    made = [path for path in folder.rglob("*") if path.is_file() and path.stat().st_size > 0]
    assert said.strip() or made


@pytest.mark.slow
def test_the_node_block_runs(folder: Path) -> None:
    if not shutil.which("npm"):
        pytest.skip("npm is not installed here")
    install = ["npm", "install", "--no-audit", "--no-fund", "--prefix", str(folder), NODE_API]
    installed = subprocess.run(install, capture_output=True, text=True, check=False)
    if installed.returncode:
        pytest.skip(f"{NODE_API} cannot be installed here: {installed.stderr.strip()[-200:]}")
    [text] = [text for kind, text in BLOCKS if kind == "js"]
    (folder / "query.mjs").write_text(text, encoding="utf-8")
    assert "单位名称" in _run(["node", "query.mjs"], folder)


def test_the_dashboard_of_the_guide_can_be_packed(folder: Path) -> None:
    [text] = [text for kind, text in BLOCKS if kind == "sh" and "dashboards/superset" in text]
    _run(["bash", "-euo", "pipefail", "-c", text], folder)
    packed = _run([sys.executable, "-m", "zipfile", "-l", "看板/gongkai.zip"], folder)
    assert "gongkai/metadata.yaml" in packed and "gongkai/dashboards/gongkai.yaml" in packed
    database = (folder / "看板" / "gongkai" / "databases" / "gongkai.yaml").read_text(encoding="utf-8")
    assert f"duckdb:///{folder}/warehouse/gongkai.duckdb" in database
