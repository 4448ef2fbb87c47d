-- Grain: one row per table, side, stage and project of it whose money another table of the same statement in the same
-- document prints too (同一文件内重复的表): printed a second time, or by body beside the plain one. A sum takes the other.
-- Two tables tell the same money where their totals agree; without totals, where as many figures make the same sum.
-- The one that tells most kinds of money stays, then the one with fewer figures, then the first.
{% set slot = [
    'document_key', 'statement_code', 'unit_key', 'fiscal_year', 'scope_code', 'side', 'stage_code', 'project_key'
] %}
with

figures as (

    select
        document_key,
        statement_code,
        unit_key,
        fiscal_year,
        scope_code,
        coalesce(side, flow, '') as side,
        coalesce(stage_code, '') as stage_code,
        case when statement_code like 'perf%' then project_key else '' end as project_key,
        table_ordinal,
        fund_code,
        coalesce(functional_code, '')
        || '/' || coalesce(economic_code, '')
        || '/' || coalesce(line_item_code, '')
        || '/' || coalesce(three_public_code, '')
        || '/' || coalesce(measure_code, '') as meaning,
        amount_yuan,
        is_total or row_kind = 'total' as is_total
    from {{ ref('fct_statement_amount') }}
    where is_current
        and role = 'amount'
        and amount_yuan is not null
        and unit_key is not null
        and fiscal_year is not null

),

told as (

    select
        {{ slot | join(', ') }},
        table_ordinal,
        count(*) as figure_count,
        count(distinct meaning) as meaning_count,
        sum(amount_yuan) as sum_yuan,
        max(case when is_total then amount_yuan end) as total_yuan,
        -- the one fund it is of
        case
            when min(fund_code) = max(fund_code) and min(fund_code) not in ('all', 'appropriation', 'unsplit')
                then min(fund_code)
        end as only_fund_code
    from figures
    -- a sheet that names no project may be of another
    where project_key is not null
    group by {{ slot | join(', ') }}, table_ordinal

)

select distinct
    {% for column in slot -%}
    told.{{ column }},
    {% endfor -%}
    told.table_ordinal
from told
inner join told as others
    on {% for column in slot %}told.{{ column }} = others.{{ column }} and {% endfor %}
    told.table_ordinal <> others.table_ordinal
    and (
        (told.total_yuan = others.total_yuan and told.total_yuan <> 0)
        or (
            told.figure_count = others.figure_count
            and (told.figure_count >= 3 or told.project_key <> '')
            and told.sum_yuan = others.sum_yuan
            and told.sum_yuan <> 0
        )
    )
    and coalesce(told.only_fund_code, others.only_fund_code, '')
    = coalesce(others.only_fund_code, told.only_fund_code, '')
where others.meaning_count > told.meaning_count
    or (
        others.meaning_count = told.meaning_count
        and (
            others.figure_count < told.figure_count
            or (others.figure_count = told.figure_count and others.table_ordinal < told.table_ordinal)
        )
    )
