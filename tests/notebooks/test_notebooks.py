"""Notebooks (笔记本): each runs from top to bottom on the samples, without a warning, and has something to show."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
import warnings
from pathlib import Path
from typing import Any

import altair
import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.py"))

SHOWN: dict[str, tuple[str, ...]] = {
    "budget_outturn": ("pairs", "one_sided", "points", "by_subject", "reasons"),
    "compare": ("units", "per_staff", "regions", "cofog"),
    "figure_to_page": ("candidates", "excerpt", "same_row"),
    "findings": ("overview", "by_rule", "unchecked"),
    "first_steps": ("documents", "spending", "budget_and_final", "checks", "largest"),
    "one_unit": ("units", "years", "flows", "subjects", "sources"),
    "performance": ("projects", "points", "met"),
    "three_public": ("items", "trend", "over", "behind", "per_vehicle"),
}
"""Names a notebook defines that the samples must fill."""


def _run(path: Path) -> tuple[list[Any], dict[str, Any]]:
    spec = importlib.util.spec_from_file_location(f"notebook_{path.stem}", path)
    notebook = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(notebook)
    outputs, defined = notebook.app.run()
    return list(outputs), dict(defined)


def test_every_notebook_is_looked_at() -> None:
    assert {path.stem for path in NOTEBOOKS} == SHOWN.keys()


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_without_a_warning(samples_home: Path, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GONGKAI_HOME", str(samples_home))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        outputs, defined = _run(path)
    empty = [name for name in SHOWN[path.stem] if not defined[name]]
    assert empty == []
    assert sum(output is not None for output in outputs) >= len(SHOWN[path.stem])
    for chart in (value for value in [*defined.values(), *outputs] if isinstance(value, altair.TopLevelMixin)):
        assert chart.to_dict()["encoding"]


def test_notebooks_are_sound_marimo() -> None:
    command = [sys.executable, "-m", "marimo", "check", "--strict", *map(str, NOTEBOOKS)]
    run = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    assert run.returncode == 0, run.stdout + run.stderr


def test_figures_of_notebooks_are_those_of_the_warehouse(samples_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GONGKAI_HOME", str(samples_home))
    _, defined = _run(ROOT / "notebooks" / "figure_to_page.py")
    found = defined["found"]
    marked = [line for line in defined["excerpt"].splitlines() if line.startswith("▶")]
    assert len(marked) == 1 and found.amount["value_printed"].replace(",", "") in marked[0].replace(",", "")
    assert any(row["打印文本"] == found.amount["value_printed"] for row in defined["same_row"])
