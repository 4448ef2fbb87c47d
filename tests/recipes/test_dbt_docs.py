"""``dbt docs generate`` (数据字典): lineage to every consumer, descriptions in English with the Chinese term."""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from gongkai.chinese_views import chinese_name

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture(scope="module")
def generated(
    samples_home: Path, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> dict[str, Any]:
    """manifest.json and catalog.json of ``dbt docs generate --static`` over the samples, and the page's text.

    Made once for all workers of a run, as it takes a while: the first to come makes it, the others wait.
    """
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if hasattr(request.config, "workerinput") else base) / "dbt-docs"
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "verdict.json").exists():
            run = _generate(samples_home, folder)
            verdict = {"code": run.returncode, "output": run.stdout[-4000:] + run.stderr[-2000:]}
            (folder / "verdict.json").write_text(json.dumps(verdict), encoding="utf-8")
    verdict = json.loads((folder / "verdict.json").read_text(encoding="utf-8"))
    assert verdict["code"] == 0, verdict["output"]
    names = ("manifest", "catalog")
    loaded = {name: json.loads((folder / f"{name}.json").read_text(encoding="utf-8")) for name in names}
    return loaded | {"page": (folder / "static_index.html").read_text(encoding="utf-8")}


def _generate(samples_home: Path, folder: Path) -> subprocess.CompletedProcess[str]:
    # The catalog is read from a database of the name dbt builds; the published file serves, copied.
    database = folder / "gongkai.duckdb"
    shutil.copyfile(samples_home / "gongkai.duckdb", database)
    database.chmod(0o644)
    arguments = ["--no-use-colors", "--log-level", "none", "--log-path", str(folder), "docs", "generate", "--static"]
    arguments += ["--project-dir", str(ROOT), "--profiles-dir", str(ROOT), "--target-path", str(folder)]
    environment = os.environ | {"GONGKAI_LANDING": str(samples_home / "landing"), "GONGKAI_DATABASE": str(database)}
    command = [sys.executable, "-m", "gongkai.dbt_child", json.dumps(arguments)]
    return subprocess.run(command, capture_output=True, text=True, env=environment, cwd=folder, check=False)


def _marts(manifest: dict[str, Any]) -> dict[str, dict[str, Any]]:
    nodes = manifest["nodes"].values()
    return {node["name"]: node for node in nodes if node["resource_type"] == "model" and "marts" in node["fqn"]}


def test_every_column_of_every_mart_is_described_in_both_languages(generated: dict[str, Any]) -> None:
    marts = _marts(generated["manifest"])
    assert len(marts) > 30
    wanting = []
    for name, node in marts.items():
        held = generated["catalog"]["nodes"][node["unique_id"]]["columns"]
        described = {column.lower(): text["description"] for column, text in node["columns"].items()}
        for column in held:
            text = described.get(column.lower(), "")
            if not chinese_name(text) or not re.search(r"[A-Za-z]{3}", text):
                wanting.append(f"{name}.{column}")
        if not chinese_name(node["description"]):
            wanting.append(name)
    assert wanting == []


def test_lineage_runs_from_the_landing_to_every_consumer(generated: dict[str, Any]) -> None:
    manifest = generated["manifest"]
    parents = manifest["parent_map"]
    exposures = {held["name"]: key for key, held in manifest["exposures"].items()}
    assert {"explorer_site", "notebooks", "superset_dashboard", "fiscal_data_package"} <= exposures.keys()

    def upstream(node: str, seen: set[str]) -> set[str]:
        for parent in parents.get(node, []):
            if parent not in seen:
                seen.add(parent)
                upstream(parent, seen)
        return seen

    for name, key in exposures.items():
        assert any(node.startswith("source.") for node in upstream(key, set())), name


def test_exposures_name_what_the_notebooks_and_the_dashboard_read(generated: dict[str, Any]) -> None:
    manifest = generated["manifest"]
    marts = _marts(manifest)
    views = {chinese_name(node["description"]): name for name, node in marts.items()}
    used = {
        "notebooks": "".join(path.read_text(encoding="utf-8") for path in (ROOT / "notebooks").glob("*.py")),
        "superset_dashboard": "".join(
            f"zh.{line.split(':', 1)[1].strip()}\n"
            for path in (ROOT / "dashboards" / "superset" / "datasets").rglob("*.yaml")
            for line in path.read_text(encoding="utf-8").splitlines()
            if line.startswith("table_name:")
        ),
    }
    for name, text in used.items():
        [exposure] = [held for held in manifest["exposures"].values() if held["name"] == name]
        named = {node.rsplit(".", 1)[-1] for node in exposure["depends_on"]["nodes"]}
        read = {views[view] for view in re.findall(r"zh\.([一-鿿]+)", text)}
        read |= {mart for mart in marts if re.search(rf"\b(from|join) {mart}\b", text)}
        assert read <= named, name


def test_metrics_are_in_the_dictionary(generated: dict[str, Any]) -> None:
    metrics = generated["manifest"]["metrics"].values()
    assert len(metrics) > 20
    for metric in metrics:
        assert re.search(r"[一-鿿]{2}", metric["description"]) and re.search(r"[a-z]{3}", metric["description"])
        assert re.search(r"[一-鿿]{2}", metric["label"]), metric["name"]


def test_the_page_stands_alone(generated: dict[str, Any]) -> None:
    page = generated["page"]
    assert "mart_unit_year" in page
    escaped = json.dumps("单位年度概况").strip('"')
    assert "单位年度概况" in page or escaped in page
