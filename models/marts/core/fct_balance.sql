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

ranked as (

    select
        unit_key,
        fiscal_year,
        scope_code,
        stage_code,
        fund_code,
        balance_code,
        coverage,
        amount_key,
        amount_yuan,
        half_unit_yuan,
        document_key,
        statement_code,
        is_rollup,
        origin,
        choice_rank,
        min(choice_rank) over (partition by unit_key, fiscal_year, scope_code, stage_code, coverage) as best_rank
    from amounts

),

united as (

    select
        unit_key,
        fiscal_year,
        scope_code,
        stage_code,
        coverage,
        fund_code,
        balance_code,
        cast(sum(amount_yuan) as decimal(20, 2)) as amount_yuan,
        cast({{ sum_of_half_units('amount_yuan', 'half_unit_yuan') }} as decimal(20, 6)) as half_unit_yuan,
        min(amount_key) as amount_key,
        cast(count(*) as integer) as figure_count,
        min(document_key) as document_key,
        min(statement_code) as source_statement_code,
        bool_or(is_rollup) as is_rollup,
        min(origin) as origin
    from ranked
    where choice_rank = best_rank
    group by unit_key, fiscal_year, scope_code, stage_code, coverage, fund_code, balance_code

)

select
    united.unit_key,
    united.fiscal_year,
    united.scope_code,
    united.stage_code,
    united.coverage,
    united.fund_code,
    united.balance_code,
    united.amount_yuan,
    united.half_unit_yuan,
    united.amount_key,
    united.figure_count,
    united.document_key,
    united.source_statement_code,
    united.is_rollup,
    uncounted.unit_key is null as is_counted,
    united.origin
from united
{{ left_join_uncounted('balance') }}
