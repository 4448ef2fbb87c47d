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

united as (

    {{ summed_of_best(
        ['project_key', 'stage_code', 'fund_source_code'],
        chosen_within=['project_key', 'stage_code'],
        carried=['unit_key', 'fiscal_year', 'scope_code', 'fund_code']
    ) }}

)

{{ counted_rows('project_funding', [
    'project_key', 'unit_key', 'fiscal_year', 'scope_code', 'stage_code',
    'fund_source_code', 'fund_code', 'amount_yuan', 'half_unit_yuan', 'amount_key',
    'figure_count', 'document_key', 'source_statement_code', 'is_rollup'
]) }}
