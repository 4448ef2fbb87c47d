-- Grain: one row per project, fund source and stage (项目资金事实). Additive: totals of a sheet are in only where it
-- prints no parts (fund_source_code unsplit).
with

amounts as (

    select
        additive.project_key,
        additive.unit_key,
        additive.fiscal_year,
        additive.scope_code,
        additive.stage_code,
        coalesce(
            sources.fund_source_code,
            case
                when additive.fund_code in ('all', 'appropriation') or additive.fund_code is null then 'unsplit'
                else additive.fund_code
            end
        ) as fund_source_code,
        coalesce(
            sources.fund_code,
            case
                when additive.fund_code in ('all', 'appropriation') or additive.fund_code is null then 'unsplit'
                when additive.fund_code in ('fiscal_account', 'unit_funds') then 'non_fiscal'
                else additive.fund_code
            end
        ) as fund_code,
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
        on precedence.fact = 'project_funding' and additive.statement_code = precedence.statement_code
    left join {{ ref('project_fund_sources') }} as sources on additive.line_item_code = sources.line_item_code
    where additive.project_key is not null
        and additive.stage_code is not null
        -- on a performance sheet the fund rows alone; weights and scores are no money
        and (sources.line_item_code is not null or additive.statement_code not like 'perf%')

),

ranked as (

    select
        project_key,
        unit_key,
        fiscal_year,
        scope_code,
        stage_code,
        fund_source_code,
        fund_code,
        amount_key,
        amount_yuan,
        half_unit_yuan,
        document_key,
        statement_code,
        is_rollup,
        origin,
        choice_rank,
        min(choice_rank) over (partition by project_key, stage_code) as best_rank
    from amounts

),

united as (

    select
        project_key,
        max(unit_key) as unit_key,
        max(fiscal_year) as fiscal_year,
        max(scope_code) as scope_code,
        stage_code,
        fund_source_code,
        max(fund_code) as fund_code,
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
    group by project_key, stage_code, fund_source_code

)

select
    united.project_key,
    united.unit_key,
    united.fiscal_year,
    united.scope_code,
    united.stage_code,
    united.fund_source_code,
    united.fund_code,
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
{{ left_join_uncounted('project_funding') }}
