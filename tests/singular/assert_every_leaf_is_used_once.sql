-- Where a statement is the source of expenditure of a fund, each of its leaves is in the fact, once, and nothing else.
-- Of tables that print the same money in one document the leaves of one are.
with

sources as (

    select
        document_key,
        source_statement_code as statement_code,
        unit_key,
        fiscal_year,
        scope_code,
        stage_code,
        fund_code,
        sum(figure_count) as figures_used,
        sum(amount_yuan) as yuan_used
    from {{ ref('fct_expenditure') }}
    where not is_derived and origin = 'table'
    group by document_key, source_statement_code, unit_key, fiscal_year, scope_code, stage_code, fund_code

),

leaves as (

    select
        amounts.document_key,
        amounts.statement_code,
        amounts.unit_key,
        amounts.fiscal_year,
        amounts.scope_code,
        amounts.stage_code,
        case
            when amounts.fund_code in ('all', 'appropriation') then 'unsplit'
            when amounts.fund_code in ('fiscal_account', 'unit_funds') then 'non_fiscal'
            else amounts.fund_code
        end as fund_code,
        count(*) as figures_printed,
        sum(amounts.amount_yuan) as yuan_printed
    from {{ ref('fct_statement_amount') }} as amounts
    inner join {{ ref('dim_measure') }} as measures
        on amounts.measure_code = measures.measure_code and measures.measure_kind = 'expenditure'
    {{ left_join_repeated('amounts') }}
    where amounts.is_leaf
        and repeated.document_key is null
        and amounts.is_current
        and amounts.flow = 'expenditure'
        and amounts.economic_code is null
        and (amounts.functional_code is not null or amounts.line_item_code is null)
    group by
        amounts.document_key,
        amounts.statement_code,
        amounts.unit_key,
        amounts.fiscal_year,
        amounts.scope_code,
        amounts.stage_code,
        case
            when amounts.fund_code in ('all', 'appropriation') then 'unsplit'
            when amounts.fund_code in ('fiscal_account', 'unit_funds') then 'non_fiscal'
            else amounts.fund_code
        end

)

select
    sources.document_key,
    sources.statement_code,
    sources.fund_code,
    sources.figures_used,
    leaves.figures_printed,
    sources.yuan_used,
    leaves.yuan_printed
from sources
left join leaves
    on sources.document_key = leaves.document_key
    and sources.statement_code = leaves.statement_code
    and sources.unit_key = leaves.unit_key
    and sources.fiscal_year = leaves.fiscal_year
    and sources.scope_code = leaves.scope_code
    and sources.stage_code = leaves.stage_code
    and sources.fund_code = leaves.fund_code
where sources.figures_used is distinct from leaves.figures_printed
    or sources.yuan_used is distinct from leaves.yuan_printed
