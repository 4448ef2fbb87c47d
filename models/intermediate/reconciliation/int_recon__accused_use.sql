-- Grain: one row per result of an accused document, figure it rests on and coefficient (不符文件各勾稽结果所用数字): what
-- agrees speaks for a figure, what is discrepant against it. move: by how much the figure would have to move to mend a
-- discrepant result, null where that is no sum of money.
with

used as (

    select
        bridge.reconciliation_key,
        bridge.amount_key,
        -- last year's figure is this year's less the change
        case
            when rules.method in ('prior_implied', 'prior_budget_implied') and bridge.amount_key = results.left_amount_key
                then -bridge.coefficient
            else bridge.coefficient
        end as coefficient,
        results.document_key,
        results.status,
        results.difference,
        results.tolerance,
        results.unit_of_measure,
        rules.comparison
    from {{ ref('bridge_reconciliation_amount') }} as bridge
    inner join {{ ref('fct_reconciliation') }} as results on bridge.reconciliation_key = results.reconciliation_key
    inner join {{ ref('rules') }} as rules on results.rule_id = rules.rule_id and rules.method <> 'leaf_sum'
    where results.status <> 'incomplete'
        and results.document_key in (select distinct accused.document_key from {{ ref('int_recon__accused') }} as accused)

)

select
    reconciliation_key,
    amount_key,
    coefficient,
    document_key,
    status,
    comparison,
    tolerance,
    case
        when status = 'discrepant' and unit_of_measure = '元' and coefficient <> 0
            then cast(-difference / coefficient as decimal(24, 2))
    end as move
from used
