"""Fiscal Data Package (财政数据包): the additive facts as CSV with a descriptor other tools read.

A Tabular Data Package (Frictionless) whose columns carry a ``columnType`` of the Budget Standard Taxonomy: what is
administrative, functional (with COFOG), economic, phase, value. Phases are told apart by ``phase:id``; within one of
them the values add up, as rollups are left out.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from gongkai import __version__
from gongkai.export import read, write_csv

_TAXONOMY = "https://specs.frictionlessdata.io/taxonomies/fiscal/budgets.json"
_PROFILE = "fiscal-data-package"


@dataclass(frozen=True, slots=True)
class Field:
    """One column of a resource."""

    name: str
    sql: str
    kind: str
    """Type of Table Schema: string, integer, number."""
    title: str
    column_type: str = ""
    """Name in the Budget Standard Taxonomy; empty where it has none."""
    required: bool = False


_SHARED = (
    Field("fiscal_year", "facts.fiscal_year", "integer", "年度", "date:fiscal-year", True),
    Field("region_code", "regions.region_code", "string", "区划代码", "geo:source:code"),
    Field("region_name", "regions.region_name", "string", "区划名称", "geo:source:title"),
    Field("unit_key", "facts.unit_key", "string", "预算单位键", "administrative-classification:generic:code", True),
    Field("unit_name", "units.unit_name", "string", "单位名称", "administrative-classification:generic:label"),
    Field("scope_code", "facts.scope_code", "string", "口径", "", True),
    Field("stage_code", "facts.stage_code", "string", "预决算阶段", "phase:id", True),
    Field("stage_name", "stages.name_zh", "string", "阶段名称", "phase:label"),
    Field("fund_code", "facts.fund_code", "string", "资金性质", "fin-source:generic:code", True),
    Field("fund_name", "funds.name_zh", "string", "资金性质名称", "fin-source:generic:label"),
)
_FUNCTIONAL = (
    Field("functional_code", "facts.functional_code", "string", "功能科目", "functional-classification:generic:code"),
    Field(
        "functional_name",
        "functional.functional_name",
        "string",
        "功能科目名称",
        "functional-classification:generic:label",
    ),
    Field(
        "cofog_division",
        "functional.cofog_division",
        "string",
        "联合国政府职能分类大类",
        "functional-classification:cofog:division:code",
    ),
)
_VALUE = (
    Field("amount_yuan", "facts.amount_yuan", "number", "金额（元）", "value", True),
    Field("currency", "'CNY'", "string", "币种", "value-currency:code", True),
    Field("amount_key", "facts.amount_key", "string", "数据键", "", False),
    Field("document_key", "facts.document_key", "string", "文档键", "", True),
)
_EXPENDITURE_TYPE = Field("measure_code", "facts.measure_code", "string", "支出类型", "expenditure-type:code", True)

_JOINS = """
    left join main.dim_unit as units on facts.unit_key = units.unit_key
    left join main.dim_region as regions on units.region_key = regions.region_key
    left join main.dim_stage as stages on facts.stage_code = stages.stage_code
    left join main.dim_fund as funds on facts.fund_code = funds.fund_code
"""
_FUNCTIONAL_JOIN = (
    "left join main.dim_functional_subject as functional on facts.functional_key = functional.functional_key"
)
_ECONOMIC_JOIN = "left join main.dim_economic_subject as economic on facts.economic_key = economic.economic_key"


@dataclass(frozen=True, slots=True)
class Resource:
    """One CSV of the package."""

    name: str
    title: str
    table: str
    direction: str
    fields: tuple[Field, ...]
    joins: str


RESOURCES = (
    Resource(
        "expenditure",
        "功能科目支出 Expenditure by functional subject",
        "fct_expenditure",
        "expenditure",
        (*_SHARED, *_FUNCTIONAL, _EXPENDITURE_TYPE, *_VALUE),
        _JOINS + _FUNCTIONAL_JOIN,
    ),
    Resource(
        "economic",
        "部门预算经济分类支出 Expenditure by economic subject",
        "fct_economic_expenditure",
        "expenditure",
        (
            *_SHARED,
            Field("scheme", "facts.scheme", "string", "经济分类体系", "", True),
            Field("economic_code", "facts.economic_code", "string", "经济科目", "economic-classification:generic:code"),
            Field(
                "economic_name",
                "economic.economic_name",
                "string",
                "经济科目名称",
                "economic-classification:generic:label",
            ),
            _EXPENDITURE_TYPE,
            *_VALUE,
        ),
        _JOINS + _ECONOMIC_JOIN,
    ),
    Resource(
        "income",
        "收入 Income by source",
        "fct_income",
        "revenue",
        (*_SHARED, *_FUNCTIONAL, Field("measure_code", "facts.measure_code", "string", "收入来源", "", True), *_VALUE),
        _JOINS + _FUNCTIONAL_JOIN,
    ),
)


def write_package(connection: duckdb.DuckDBPyConnection, out: Path) -> list[Path]:
    """Write datapackage.json and one CSV a resource into the folder ``out``; returns the files."""
    written = []
    described = []
    for resource in RESOURCES:
        columns = ", ".join(f"{field.sql} as {field.name}" for field in resource.fields)
        query = (
            f"(select {columns}, '{resource.direction}' as direction from main.{resource.table} as facts"
            f" {resource.joins} where facts.is_counted)"
        )
        path = out / f"{resource.name}.csv"
        count = write_csv(path, *read(connection, query), mark=False)
        described.append(_descriptor(resource, path, count))
        written.append(path)
    package = out / "datapackage.json"
    package.write_text(json.dumps(_package(connection, described), ensure_ascii=False, indent=1), encoding="utf-8")
    return [package, *written]


def _package(connection: duckdb.DuckDBPyConnection, resources: list[dict[str, Any]]) -> dict[str, Any]:
    years = connection.execute("select min(fiscal_year), max(fiscal_year) from main.fct_expenditure").fetchone()
    built = connection.execute("select run_id, started_at from main.meta_run order by generation desc").fetchone()
    return {
        "profile": _PROFILE,
        "columnTypes": _TAXONOMY,
        "name": "gongkai",
        "title": "部门预算与决算公开数据 Budgets and final accounts of Chinese public bodies",
        "description": (
            "读自各单位公开的预算、决算文件，只含可相加的末级数字，汇总口径的重复已除去；同一 phase 内可以求和。"
            " Read from disclosures; leaf figures only, rollups left out: add up within one phase."
        ),
        "version": __version__,
        "countryCode": "CN",
        "created": built[1].isoformat() if built else None,
        "fiscalPeriod": {"start": f"{years[0]}-01-01", "end": f"{years[1]}-12-31"} if years[0] else None,
        "resources": resources,
    }


def _descriptor(resource: Resource, path: Path, count: int) -> dict[str, Any]:
    direction = Field("direction", "", "string", "收支", "direction", True)
    return {
        "profile": "tabular-data-resource",
        "name": resource.name,
        "title": resource.title,
        "path": path.name,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "dialect": {"delimiter": ",", "lineTerminator": "\n", "doubleQuote": True},
        "rowCount": count,
        "schema": {
            "fields": [_field(field) for field in (*resource.fields, direction)],
            "missingValues": [""],
        },
    }


def _field(field: Field) -> dict[str, Any]:
    held: dict[str, Any] = {"name": field.name, "type": field.kind, "title": field.title}
    if field.column_type:
        held["columnType"] = field.column_type
    if field.kind == "number":
        held |= {"decimalChar": ".", "bareNumber": True}
    if field.required:
        held["constraints"] = {"required": True}
    return held
