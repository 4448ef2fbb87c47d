"""Metrics (指标): the measures declared once in ``models/semantics``, asked of a published file.

MetricFlow turns names of metrics and dimensions into SQL; the SQL runs on the read-only connection everything else
uses. Metrics and dimensions go by their code or by their Chinese label. A ratio divides two sums over the same units;
it comes as a decimal of six digits, so that no binary fraction leaves the warehouse.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gongkai.home import PROJECT, Home
from gongkai.messages import GongkaiError
from gongkai.query import Answer, run_query

_YEAR_WORDS = ("年度", "fiscal_year", "year", "metric_time")
_YEAR = "metric_time__year"


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric as declared."""

    name: str
    label: str
    description: str


class Semantics:
    """The declarations of one build, and MetricFlow's engine over them."""

    def __init__(self, manifest: str) -> None:
        """``manifest``: dbt's semantic_manifest.json. Raises ``GongkaiError`` metrics_library_missing."""
        try:
            from metricflow.engine.metricflow_engine import MetricFlowEngine
            from metricflow.protocols.sql_client import SqlEngine
            from metricflow.sql.render.duckdb_renderer import DuckDbSqlPlanRenderer
            from metricflow_semantics.model.dbt_manifest_parser import parse_manifest_from_dbt_generated_manifest
            from metricflow_semantics.model.semantic_manifest_lookup import SemanticManifestLookup
        except ImportError as error:
            raise GongkaiError("metrics_library_missing", name=error.name or "metricflow") from error

        class Renderer:
            """All of a SQL client that making SQL needs; running it is ``run_query``'s business."""

            sql_engine_type = SqlEngine.DUCKDB
            sql_plan_renderer = DuckDbSqlPlanRenderer()

            def render_bind_parameter_key(self, bind_parameter_key: str) -> str:
                return f"${bind_parameter_key}"

        declared = json.loads(manifest)
        for model in declared["semantic_models"]:
            relation = model["node_relation"]
            # The name of a database is that of its file, which no two homes share.
            relation["relation_name"] = f'"{relation["schema_name"]}"."{relation["alias"]}"'
        parsed = parse_manifest_from_dbt_generated_manifest(manifest_json_string=json.dumps(declared))
        self._engine = MetricFlowEngine(SemanticManifestLookup(parsed), Renderer())
        self.metrics = tuple(
            Metric(metric.name, metric.label or metric.name, metric.description or "") for metric in parsed.metrics
        )
        self._ratios = {metric.name for metric in parsed.metrics if metric.type.value == "ratio"}

    def metric(self, word: str) -> Metric:
        """The metric of a name or label. Raises ``GongkaiError`` unknown_metric."""
        for metric in self.metrics:
            if word in (metric.name, metric.label):
                return metric
        raise GongkaiError("unknown_metric", word=word, known="、".join(metric.label for metric in self.metrics))

    def dimensions(self, metrics: Sequence[Metric]) -> dict[str, str]:
        """Name MetricFlow takes → label, of what all these metrics can be taken apart by; the year first."""
        found = {_YEAR: "年度"}
        for dimension in self._engine.simple_dimensions_for_metrics([metric.name for metric in metrics]):
            name = dimension.granularity_free_dunder_name
            if name != "metric_time" and not name.endswith("__fiscal_year"):
                found[name] = dimension.label or name
        return found

    def compile(self, metrics: Sequence[Metric], by: Sequence[str] = (), only: Mapping[str, str] | None = None) -> str:
        """SQL for metrics by dimensions, ordered by these, its columns under their labels.

        ``by`` and the keys of ``only`` are names or labels of dimensions; ``only`` keeps rows of that value.
        Raises ``GongkaiError`` unknown_dimension.
        """
        from metricflow.engine.metricflow_engine import MetricFlowQueryRequest

        labels = self.dimensions(metrics)
        grouped = [self._dimension(word, labels) for word in by]
        request = MetricFlowQueryRequest.create(
            metric_names=[metric.name for metric in metrics],
            group_by_names=grouped or None,
            where_constraints=[self._condition(word, value, labels) for word, value in (only or {}).items()] or None,
            order_by_names=grouped or None,
        )
        made = self._engine.explain(request).sql_statement.sql
        shown = [f'year({name}) as "年度"' if name == _YEAR else f'{name} as "{labels[name]}"' for name in grouped] + [
            f'cast({metric.name} as decimal(24, 6)) as "{metric.label}"'
            if metric.name in self._ratios
            else f'{metric.name} as "{metric.label}"'
            for metric in metrics
        ]
        order = f" order by {', '.join(str(place + 1) for place in range(len(grouped)))}" if grouped else ""
        return f"select {', '.join(shown)} from ({made}) as answered{order}"

    def by_unit(self, metrics: Sequence[Metric]) -> str:
        """SQL for metrics by unit and year: ``unit_key``, ``fiscal_year``, then each metric under its code."""
        from metricflow.engine.metricflow_engine import MetricFlowQueryRequest

        request = MetricFlowQueryRequest.create(
            metric_names=[metric.name for metric in metrics], group_by_names=["unit", _YEAR]
        )
        made = self._engine.explain(request).sql_statement.sql
        shown = ", ".join(f"cast({metric.name} as decimal(24, 6)) as {metric.name}" for metric in metrics)
        return f"select unit as unit_key, year({_YEAR}) as fiscal_year, {shown} from ({made}) as answered"

    @staticmethod
    def _dimension(word: str, labels: Mapping[str, str]) -> str:
        if word in _YEAR_WORDS:
            return _YEAR
        for name, label in labels.items():
            if word in (name, label, name.rsplit("__", 1)[-1]):
                return name
        raise GongkaiError("unknown_dimension", word=word, known="、".join(labels.values()))

    def _condition(self, word: str, value: str, labels: Mapping[str, str]) -> str:
        name = self._dimension(word, labels)
        if name == _YEAR:
            if not value.isdigit():
                raise GongkaiError("unknown_dimension", word=f"{word}={value}", known="年度=2023")
            return f"{{{{ TimeDimension('metric_time', 'year') }}}} = '{int(value):04d}-01-01'"
        quoted = value.replace("'", "''").replace("{", "").replace("}", "")
        return f"{{{{ Dimension('{name}') }}}} = '{quoted}'"


def semantics_of(home: Home) -> Semantics:
    """The semantics a home was built with; declared anew where its cache was cleared or the declarations are newer.

    Raises ``GongkaiError`` metrics_library_missing, or build_crashed where dbt cannot read the declarations.
    """
    declared = sorted((PROJECT / "models").rglob("*.yml"))
    built = home.cache / "dbt" / "semantic_manifest.json"
    if built.exists() and all(path.stat().st_mtime <= built.stat().st_mtime for path in declared):
        return Semantics(built.read_text(encoding="utf-8"))
    digest = hashlib.sha256(b"\0".join(path.read_bytes() for path in declared)).hexdigest()[:16]
    kept = home.cache / "semantics" / f"{digest}.json"
    if kept.exists():
        return Semantics(kept.read_text(encoding="utf-8"))
    manifest = _parsed()
    # Only time is lost where the home may not be written by whoever asks.
    with contextlib.suppress(OSError):
        kept.parent.mkdir(parents=True, exist_ok=True)
        partial = kept.with_suffix(f".{os.getpid()}.tmp")
        partial.write_text(manifest, encoding="utf-8")
        partial.replace(kept)
    return Semantics(manifest)


def _parsed() -> str:
    with tempfile.TemporaryDirectory() as scratch:
        arguments = ["--no-use-colors", "--log-level", "none", "--log-path", scratch, "parse", "--target-path", scratch]
        arguments += ["--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT)]
        command = [sys.executable, "-m", "gongkai.dbt_child", json.dumps(arguments)]
        environment = os.environ | {"GONGKAI_LANDING": scratch, "GONGKAI_DATABASE": str(Path(scratch) / "none.duckdb")}
        run = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=scratch, check=False)
        manifest = Path(scratch) / "semantic_manifest.json"
        if run.returncode or not manifest.exists():
            raise GongkaiError("build_crashed", status=run.returncode, log=run.stdout[-400:] + run.stderr[-400:])
        return manifest.read_text(encoding="utf-8")


def ask(
    home: Home,
    metrics: Sequence[str],
    by: Sequence[str] = (),
    only: Mapping[str, str] | None = None,
    semantics: Semantics | None = None,
) -> Answer:
    """Metrics by dimensions from the published file; all go by name or label. Raises as the parts do."""
    held = semantics or semantics_of(home)
    return run_query(home, held.compile([held.metric(word) for word in metrics], by, only))


def catalogue(semantics: Semantics) -> list[dict[str, Any]]:
    """Every metric with what it can be taken apart by, for people and tools to choose from."""
    return [
        {
            "name": metric.name,
            "label": metric.label,
            "description": metric.description,
            "dimensions": list(semantics.dimensions([metric]).values()),
        }
        for metric in semantics.metrics
    ]
