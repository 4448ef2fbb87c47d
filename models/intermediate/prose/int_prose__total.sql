-- Grain: one row per unit, year, scope, stage, document, fund and line told in prose (文字所述合计): its first figure.
{% set cell = ['unit_key', 'fiscal_year', 'scope_code', 'stage_code', 'document_key', 'fund_code', 'line_item_code'] %}
with

told as (

    select
        unit_key,
        fiscal_year,
        scope_code,
        stage_code,
        document_key,
        case
            when line_item_code in ('income_superior_subsidy', 'income_undertaking', 'income_operating',
                'income_affiliated', 'income_other', 'income_education_fee') then 'non_fiscal'
            else coalesce(fund_code, 'all')
        end as fund_code,
        line_item_code,
        document_rank,
        amount_key,
        amount_yuan,
        half_unit_yuan,
        is_rollup,
        row_number() over (
            partition by
                unit_key, fiscal_year, scope_code, stage_code, document_key,
                case
                    when line_item_code in ('income_superior_subsidy', 'income_undertaking', 'income_operating',
                        'income_affiliated', 'income_other', 'income_education_fee') then 'non_fiscal'
                    else coalesce(fund_code, 'all')
                end,
                line_item_code
            order by paragraph_ordinal asc nulls last, char_start asc nulls last, amount_key asc
        ) as told_rank
    from {{ ref('int_prose__amount') }}
    where role = 'amount'
        and amount_yuan is not null
        and not is_performance
        and document_kind <> 'performance'
        and functional_code is null
        and line_item_code is not null

)

select
    {{ cell | join(', ') }},
    document_rank,
    amount_key,
    amount_yuan,
    half_unit_yuan,
    is_rollup
from told
where told_rank = 1
