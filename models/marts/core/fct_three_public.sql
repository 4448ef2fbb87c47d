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

summed as (

    {{ summed_of_best(cell_columns() + ['fund_code', 'three_public_code'], chosen_within=cell_columns()) }}

),

tables as (

    select
        {{ columns_of('summed', cell_columns()) }},
        fund_code,
        case when three_public_code = 'total' then 'unsplit' else three_public_code end as three_public_code,
        amount_yuan,
        half_unit_yuan,
        amount_key,
        figure_count,
        document_key,
        source_statement_code,
        is_rollup,
        origin
    from summed

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
        {{ columns_of('stated', cell_columns()) }},
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
    left join told on {{ same_columns('stated', 'told') }}
    where told.unit_key is null

)

{{ counted_rows('three_public', [
    'unit_key', 'fiscal_year', 'scope_code', 'stage_code', 'fund_code',
    'three_public_code', 'amount_yuan', 'half_unit_yuan', 'amount_key', 'figure_count',
    'document_key', 'source_statement_code', 'is_rollup'
]) }}
