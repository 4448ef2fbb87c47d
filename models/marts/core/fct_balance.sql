-- Grain: one row per unit, year, scope, stage, fund and kind of balance (结转结余事实): opening, closing, balances used,
-- distribution. Balances are states, not flows: never add opening to closing, nor over years.
with

amounts as (

    select
        additive.unit_key,
        additive.fiscal_year,
        additive.scope_code,
        additive.stage_code,
        case
            when additive.fund_code = 'appropriation' then 'appropriation'
            when additive.fund_code in ('fiscal_account', 'unit_funds') then 'non_fiscal'
            else additive.fund_code
        end as fund_code,
        balances.balance_code,
        additive.amount_key,
        additive.amount_yuan,
        additive.half_unit_yuan,
        additive.document_key,
        additive.statement_code,
        additive.is_rollup,
        additive.origin,
        case when statements.family = 'summary' then 'all' else 'appropriation' end as coverage,
        precedence.precedence * 1000000 + additive.recency_rank as choice_rank
    from {{ ref('int_amount__additive') }} as additive
    inner join {{ ref('balances') }} as balances on additive.line_item_code = balances.line_item_code
    inner join {{ ref('statements') }} as statements on additive.statement_code = statements.statement_code
    inner join {{ ref('statement_precedence') }} as precedence
        on precedence.fact = 'balance' and additive.statement_code = precedence.statement_code
    where balances.balance_code in ('opening', 'closing', 'balance_used', 'distribution')

),

united as (

    {{ summed_of_best(
        cell_columns() + ['coverage', 'fund_code', 'balance_code'], chosen_within=cell_columns() + ['coverage']
    ) }}

)

{{ counted_rows('balance', [
    'unit_key', 'fiscal_year', 'scope_code', 'stage_code', 'coverage',
    'fund_code', 'balance_code', 'amount_yuan', 'half_unit_yuan', 'amount_key',
    'figure_count', 'document_key', 'source_statement_code', 'is_rollup'
]) }}
