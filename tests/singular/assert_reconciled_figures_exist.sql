-- Every figure a reconciliation rests on is a row of one of the facts of figures (勾稽所用数据都在明细事实表中).
select bridge.reconciliation_key, bridge.amount_key
from {{ ref('bridge_reconciliation_amount') }} as bridge
left join {{ ref('fct_statement_amount') }} as printed on bridge.amount_key = printed.amount_key
left join {{ ref('fct_narrative_amount') }} as told on bridge.amount_key = told.amount_key
where printed.amount_key is null and told.amount_key is null
