-- Grain: one row per reconciliation and figure used (勾稽结果与所用数据): left side positive, right side negative; for sums
-- of leaves the printed total with coefficient -1 and the figure behind each row of the expenditure fact with 1.
select
    results.reconciliation_key,
    used.amount_key,
    cast(used.coefficient as decimal(9, 4)) as coefficient
from {{ ref('int_recon__used') }} as used
inner join {{ ref('int_recon__result') }} as results on used.result_number = results.result_number
union all
select distinct
    reconciliation.reconciliation_key,
    sums.amount_key,
    cast(-1 as decimal(9, 4)) as coefficient
from {{ ref('int_reconciliation__leaf_sum') }} as sums
inner join {{ ref('fct_reconciliation') }} as reconciliation
    on sums.rule_id || ':' || sums.amount_key = reconciliation.reconciliation_key
union all
select
    reconciliation.reconciliation_key,
    facts.amount_key,
    cast(1 as decimal(9, 4)) as coefficient
from {{ ref('fct_reconciliation') }} as reconciliation
inner join (
    select distinct unit_key, fiscal_year, scope_code, stage_code, fund_code, functional_code, amount_key
    from {{ ref('fct_expenditure') }}
) as facts
    on reconciliation.unit_key = facts.unit_key
    and reconciliation.fiscal_year = facts.fiscal_year
    and reconciliation.scope_code = facts.scope_code
    and reconciliation.stage_code = facts.stage_code
    and reconciliation.fund_code = facts.fund_code
    and (reconciliation.subject_code is null or reconciliation.subject_code = left(facts.functional_code, 3))
where reconciliation.rule_id = 'leaf_sum_expenditure'
