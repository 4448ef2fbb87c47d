"""The measurement of all rules: which models count as theirs, and what is held against what."""

from __future__ import annotations

import sys
from pathlib import Path

# The benchmarks are no part of the installed package.
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from benchmarks import reconciliation


def _node(name: str, *reads: str, folder: str = "reconciliation", kind: str = "table") -> dict:
    return {
        "name": name,
        "resource_type": "model",
        "fqn": ["gongkai", "intermediate", folder, name],
        "depends_on": {"nodes": [f"model.gongkai.{read}" for read in reads]},
        "config": {"materialized": kind},
        "relation_name": f'"passing"."main"."{name}"',
        "compiled_code": f"select '{name}'",
    }


def test_every_model_between_the_facts_and_the_results_counts_after_what_it_reads() -> None:
    nodes = (
        _node("int_recon__result", "int_recon__linear", "int_recon__new"),
        _node("int_recon__observation", "int_recon__new", "dim_document"),
        _node("int_reconciliation__leaf_sum", "fct_expenditure", folder="int_reconciliation__leaf_sum"),
        _node("int_recon__linear", "int_recon__figure", kind="view"),
        _node("int_recon__new", "int_recon__figure"),
        _node("int_recon__figure", "fct_statement_amount"),
        _node("int_recon__verdict", "int_recon__result"),
        _node("fct_statement_amount", folder="core"),
        _node("fct_expenditure", "fct_statement_amount", folder="core"),
        _node("dim_document", folder="core"),
    )
    found = reconciliation.models({"nodes": {f"model.gongkai.{node['name']}": node for node in nodes}})
    assert [model.name for model in found] == [
        "int_recon__figure", "int_recon__linear", "int_recon__new", "int_recon__result", "int_recon__observation",
        "int_reconciliation__leaf_sum",
    ]  # fmt: skip
    assert [model.name for model in found if model.is_view] == ["int_recon__linear"]


def test_seconds_are_told_in_scans_a_family_with_and_without_preparation() -> None:
    taken = {"int_recon__figure": 4.0, "int_recon__linear": 5.0, "int_recon__result": 1.0}
    alone, whole = reconciliation.report(taken, 3, {"least": 0.5, "checksum": 1.0})
    assert alone == (
        "all rules 6.00 s: 4.00 scans a family (least, 2 allowed: 3.00 s);"
        " 2.00 scans a family (checksum, 2 allowed: 6.00 s)"
    )
    assert whole.startswith("figures made ready and all rules 10.00 s: 6.67 scans a family (least,")
