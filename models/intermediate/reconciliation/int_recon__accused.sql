-- Grain: one row per result that accuses its document (不符的勾稽结果). Leaves that miss a printed total are none: they
-- repeat what an identity of the table says already, or are no finding at all.
select results.reconciliation_key, results.rule_id, results.document_key, results.place, results.left_value,
    results.right_value, results.difference, results.tolerance, results.unit_of_measure, results.left_amount_key,
    results.is_truncation, rules.rule_kind, rules.method, rules.comparison, rules.severity, results.message_zh,
    results.message_en
from {{ ref('fct_reconciliation') }} as results
inner join {{ ref('rules') }} as rules on results.rule_id = rules.rule_id
where results.status = 'discrepant' and rules.method <> 'leaf_sum'
