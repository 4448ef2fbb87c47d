-- Grain: one row per unit, year, scope, stage, fund and item of the three public expenses (三公经费事实). Additive.
-- Items: overseas, vehicle_purchase, vehicle_operation, hospitality; vehicle where purchase and running are not told
-- apart. Where a budget and a final account both print a budget figure, the budget document's own stands.
-- Prose comes in where no table says anything of the unit, year, scope and stage.
with

amounts as (

    select
        additive.unit_key,
        additive.fiscal_year,
        additive.scope_code,
        additive.stage_code,
        case
            when additive.fund_code in ('all', 'appropriation') then 'unsplit'
            when additive.fund_code in ('fiscal_account', 'unit_funds') then 'non_fiscal'
            else additive.fund_code
        end as fund_code,
        additive.three_public_code,
        additive.amount_key,
        additive.amount_yuan,
        additive.half_unit_yuan,
        additive.document_key,
        additive.statement_code,
        additive.is_rollup,
        additive.origin,
        precedence.precedence * 1000000 + additive.recency_rank as choice_rank
    from {{ ref('int_amount__additive') }} as additive
    inner join {{ ref('statement_precedence') }} as precedence
        on precedence.fact = 'three_public' and additive.statement_code = precedence.statement_code
    where additive.three_public_code in (
        'overseas', 'vehicle', 'vehicle_purchase', 'vehicle_operation', 'hospitality', 'total'
    )

),

ranked as (

    select
        unit_key,
        fiscal_year,
        scope_code,
        stage_code,
        fund_code,
        three_public_code,
        amount_key,
        amount_yuan,
        half_unit_yuan,
        document_key,
        statement_code,
        is_rollup,
        origin,
        choice_rank,
        min(choice_rank) over (partition by unit_key, fiscal_year, scope_code, stage_code) as best_rank
    from amounts

),

tables as (

    select
        unit_key,
        fiscal_year,
        scope_code,
        stage_code,
        fund_code,
        case when three_public_code = 'total' then 'unsplit' else three_public_code end as three_public_code,
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
    group by unit_key, fiscal_year, scope_code, stage_code, fund_code, three_public_code

),

told as (

    select distinct unit_key, fiscal_year, scope_code, stage_code
    from tables

),

united as (

    select
        unit_key,
        fiscal_year,
        scope_code,
        stage_code,
        fund_code,
        three_public_code,
        amount_yuan,
        half_unit_yuan,
        amount_key,
        figure_count,
        document_key,
        source_statement_code,
        is_rollup,
        origin
    from tables
    union all
    select
        stated.unit_key,
        stated.fiscal_year,
        stated.scope_code,
        stated.stage_code,
        stated.fund_code,
        stated.three_public_code,
        cast(stated.amount_yuan as decimal(20, 2)) as amount_yuan,
        cast(stated.half_unit_yuan as decimal(20, 6)) as half_unit_yuan,
        stated.amount_key,
        1 as figure_count,
        stated.document_key,
        'prose' as source_statement_code,
        stated.is_rollup,
        'prose' as origin
    from {{ ref('int_prose__three_public') }} as stated
    left join told
        on stated.unit_key = told.unit_key
        and stated.fiscal_year = told.fiscal_year
        and stated.scope_code = told.scope_code
        and stated.stage_code = told.stage_code
    where told.unit_key is null

)

select
    united.unit_key,
    united.fiscal_year,
    united.scope_code,
    united.stage_code,
    united.fund_code,
    united.three_public_code,
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
{{ left_join_uncounted('three_public') }}
