"""What the published file must hold: tables and columns of the data contract, version 1 (数据契约).

Names are fixed: queries, dashboards and checks are written against them. More columns may stand beside these.
"""

from __future__ import annotations

_AMOUNT = "value value_printed unit_of_measure amount_yuan half_unit_yuan"
_FUNDED = "unit_key fiscal_year scope_code stage_code fund_code amount_yuan origin is_rollup"

CONTRACT: dict[str, tuple[str, ...]] = {
    table: tuple(columns.split())
    for table, columns in {
        "dim_document": "document_key document_id file_name file_format document_kind title unit_key fiscal_year"
        " source_url published_on page_count reader reader_version ingested_at is_current",
        "dim_unit": "unit_key unit_name unit_names_printed region_key parent_unit_key unit_level",
        "dim_region": "region_key region_code region_name region_level province_name prefecture_name",
        "dim_fiscal_year": "fiscal_year",
        "dim_functional_subject": "functional_key functional_code functional_name level class_code class_name"
        " group_code group_name valid_from_year valid_to_year is_official cofog_division",
        "dim_economic_subject": "economic_key economic_code economic_name level scheme class_code class_name"
        " is_personnel valid_from_year valid_to_year",
        "dim_scope": "scope_code",
        "dim_fund": "fund_code",
        "dim_stage": "stage_code",
        "dim_measure": "measure_code",
        "dim_statement": "statement_code",
        "dim_line_item": "line_item_code",
        "dim_project": "project_key project_name unit_key fiscal_year",
        "dim_rule": "rule_id formula basis basis_verified severity scope",
        "meta_contract": "",
        "meta_run": "run_id generation started_at reading_version",
        "meta_run_document": "run_id document_id file_name action code",
        "fct_statement_amount": "amount_key document_key unit_key fiscal_year scope_code statement_code stage_code"
        " fund_code measure_code functional_code functional_key economic_code economic_key line_item_code project_key"
        f" side row_label row_code column_label {_AMOUNT} page table_ordinal row_ordinal column_ordinal source_line"
        " is_total is_rollup origin",
        "fct_expenditure": f"{_FUNDED} functional_code functional_key measure_code amount_key",
        "fct_income": f"{_FUNDED} functional_code",
        "fct_economic_expenditure": f"{_FUNDED} economic_code economic_key measure_code",
        "fct_three_public": _FUNDED,
        "fct_unit_statistic": "unit_key fiscal_year scope_code stage_code statistic_code value unit_of_measure origin"
        " is_rollup",
        "fct_project_funding": "project_key stage_code amount_yuan origin is_rollup",
        "fct_performance_indicator": "level1 level2 level3 target_printed target_operator target_value"
        " actual_printed actual_value prior_actual_printed weight score deviation_reason origin is_rollup",
        "fct_narrative_amount": "amount_key document_key section sentence subject_printed role direction base_code"
        " stage_code value unit_of_measure amount_yuan is_implied page source_line origin is_rollup",
        "fct_reconciliation": "reconciliation_key rule_id document_key place left_value right_value difference"
        " tolerance unit_of_measure status message_zh message_en",
        "bridge_reconciliation_amount": "reconciliation_key amount_key coefficient",
        "fct_rule_coverage": "document_key rule_id state reason",
        "fct_finding": "finding_key document_key kind severity rule_ids place printed expected message_zh message_en",
        "mart_statement_presence": "document_key scope_code statement_code title_printed state",
        "mart_unit_year": "unit_key fiscal_year scope_code unit_name region_name income_budget_yuan income_final_yuan"
        " expenditure_budget_yuan expenditure_final_yuan findings documents",
        "mart_unmapped_cell": "document_key",
    }.items()
}

REFERENCES: dict[str, tuple[str, str]] = {
    "document_key": ("dim_document", "document_key"),
    "unit_key": ("dim_unit", "unit_key"),
    "parent_unit_key": ("dim_unit", "unit_key"),
    "region_key": ("dim_region", "region_key"),
    "fiscal_year": ("dim_fiscal_year", "fiscal_year"),
    "functional_key": ("dim_functional_subject", "functional_key"),
    "economic_key": ("dim_economic_subject", "economic_key"),
    "project_key": ("dim_project", "project_key"),
    "scope_code": ("dim_scope", "scope_code"),
    "fund_code": ("dim_fund", "fund_code"),
    "stage_code": ("dim_stage", "stage_code"),
    "measure_code": ("dim_measure", "measure_code"),
    "statement_code": ("dim_statement", "statement_code"),
    "line_item_code": ("dim_line_item", "line_item_code"),
    "rule_id": ("dim_rule", "rule_id"),
    "reconciliation_key": ("fct_reconciliation", "reconciliation_key"),
}
"""Column → (table, column) that every value of it, in any table but that one, must stand in."""
