-- Grain: one row per finding (发现的问题): what does not reconcile beyond rounding, per document and printed total.
select
    'f:' || reconciliation.reconciliation_key as finding_key,
    reconciliation.document_key,
    'sum' as kind,
    rules.severity,
    reconciliation.rule_id as rule_ids,
    reconciliation.place,
    cast(reconciliation.right_value as {{ dbt.type_string() }}) as printed,
    cast(reconciliation.left_value as {{ dbt.type_string() }}) as expected,
    reconciliation.message_zh,
    reconciliation.message_en
from {{ ref('fct_reconciliation') }} as reconciliation
inner join {{ ref('dim_rule') }} as rules on reconciliation.rule_id = rules.rule_id
where reconciliation.status = 'discrepant'
