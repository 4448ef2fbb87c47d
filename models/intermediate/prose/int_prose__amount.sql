-- Grain: one row per figure in prose that an additive fact or a statistic may use (文字可用数据): of the current version,
-- the document's own year and no prior stage, outside tables and outside what a report on performance says of projects.
-- document_rank: the document whose kind fits the stage comes first, then the most recent.
with

kinds as (

    select
        amounts.document_key,
        amounts.amount_key,
        amounts.unit_key,
        amounts.fiscal_year,
        amounts.scope_code,
        identity.document_kind,
        -- a budget's own figures stand in its tables as 预算数: prose of a budget speaks of the same stage
        case
            when identity.document_kind = 'budget' and coalesce(amounts.stage_code, 'initial_budget') = 'initial_budget'
                then 'budget_unspecified'
            else coalesce(amounts.stage_code, 'final')
        end as stage_code,
        amounts.fund_code,
        amounts.functional_code,
        amounts.functional_key,
        amounts.line_item_code,
        amounts.three_public_code,
        amounts.statistic_code,
        amounts.subject_printed,
        amounts.parent_printed,
        amounts.class_name,
        amounts.group_name,
        amounts.item_name,
        amounts.role,
        amounts.value,
        amounts.unit_of_measure,
        amounts.amount_yuan,
        amounts.half_unit_yuan,
        amounts.paragraph_ordinal,
        amounts.char_start,
        rollups.unit_key is not null as is_rollup,
        versions.recency_rank,
        instr(coalesce(amounts.section, ''), '绩效') > 0 as is_performance
    from {{ ref('fct_narrative_amount') }} as amounts
    inner join {{ ref('int_document__identity') }} as identity on amounts.document_key = identity.document_key
    inner join {{ ref('int_document__version') }} as versions on amounts.document_key = versions.document_key
    left join {{ ref('int_unit__rollup') }} as rollups
        on amounts.unit_key = rollups.unit_key
        and amounts.fiscal_year = rollups.fiscal_year
        and amounts.scope_code = rollups.scope_code
        and identity.document_kind = rollups.statement_kind
    where amounts.is_current
        and amounts.role in ('amount', 'count', 'area')
        and not amounts.is_implied
        and amounts.value is not null
        and amounts.table_ordinal is null
        and amounts.unit_key is not null
        and amounts.fiscal_year = identity.fiscal_year
        and (amounts.stage_code is null or not {{ is_prior_stage('amounts.stage_code') }})

)

select
    document_key,
    amount_key,
    unit_key,
    fiscal_year,
    scope_code,
    document_kind,
    stage_code,
    fund_code,
    functional_code,
    functional_key,
    line_item_code,
    three_public_code,
    statistic_code,
    subject_printed,
    parent_printed,
    class_name,
    group_name,
    item_name,
    role,
    value,
    unit_of_measure,
    amount_yuan,
    half_unit_yuan,
    is_rollup,
    is_performance,
    paragraph_ordinal,
    char_start,
    dense_rank() over (
        partition by unit_key, fiscal_year, scope_code, stage_code
        order by
            case
                when stage_code = 'final' and document_kind = 'final_account' then 0
                when stage_code = 'budget_unspecified' and document_kind = 'budget' then 0
                when document_kind = 'performance' then 2
                else 1
            end asc,
            recency_rank asc,
            document_key asc
    ) as document_rank
from kinds
