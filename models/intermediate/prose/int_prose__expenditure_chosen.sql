-- Grain: one row per unit, year, scope, stage, fund and functional subject (文字支出采用数): funds told apart come before
-- the whole; what the whole holds beyond them is non-fiscal, derived.
{% set cell = ['unit_key', 'fiscal_year', 'scope_code', 'stage_code', 'document_key'] %}
with

best as (

    select unit_key, fiscal_year, scope_code, stage_code, min(document_rank) as document_rank
    from {{ ref('int_prose__expenditure') }}
    group by unit_key, fiscal_year, scope_code, stage_code

),

told as (

    select
        {% for column in cell -%}
        amounts.{{ column }},
        {% endfor -%}
        amounts.fund_code,
        amounts.functional_code,
        amounts.functional_key,
        amounts.measure_code,
        amounts.amount_key,
        amounts.figure_count,
        amounts.amount_yuan,
        amounts.half_unit_yuan,
        amounts.is_rollup
    from {{ ref('int_prose__expenditure') }} as amounts
    inner join best
        on amounts.unit_key = best.unit_key
        and amounts.fiscal_year = best.fiscal_year
        and amounts.scope_code = best.scope_code
        and amounts.stage_code = best.stage_code
        and amounts.document_rank = best.document_rank

),

funds as (

    select
        {{ cell | join(', ') }},
        bool_or(fund_code in ('general', 'gov_fund', 'state_capital') and amount_yuan <> 0) as has_split,
        bool_or(fund_code = 'all') as has_all,
        sum(case when fund_code in ('general', 'gov_fund', 'state_capital') then amount_yuan else 0 end) as split_yuan,
        {{ sum_of_half_units(
            "case when fund_code in ('general', 'gov_fund', 'state_capital') then amount_yuan else 0 end", 'half_unit_yuan'
        ) }} as split_half_yuan,
        sum(case when fund_code = 'all' then amount_yuan else 0 end) as all_yuan,
        sum(case when fund_code = 'all' then half_unit_yuan else 0 end) as all_half_yuan,
        min(case when fund_code = 'all' then amount_key end) as all_amount_key,
        bool_or(is_rollup) as is_rollup
    from told
    group by {{ cell | join(', ') }}

)

select
    {% for column in cell -%}
    told.{{ column }},
    {% endfor -%}
    case when told.fund_code in ('all', 'appropriation') then 'unsplit' else told.fund_code end as fund_code,
    told.functional_code,
    told.functional_key,
    told.measure_code,
    told.amount_key,
    told.figure_count,
    told.amount_yuan,
    told.half_unit_yuan,
    false as is_derived,
    told.is_rollup
from told
inner join funds
    on {% for column in cell %}told.{{ column }} = funds.{{ column }}{% if not loop.last %} and {% endif %}{% endfor %}
where case
    when told.fund_code in ('general', 'gov_fund', 'state_capital') then funds.has_split or not funds.has_all
    when told.fund_code = 'all' then not funds.has_split
    when told.fund_code = 'appropriation' then not funds.has_split and not funds.has_all
    else false
end
union all
select
    {{ cell | join(', ') }},
    'non_fiscal' as fund_code,
    cast(null as {{ dbt.type_string() }}) as functional_code,
    cast(null as {{ dbt.type_string() }}) as functional_key,
    'unsplit' as measure_code,
    all_amount_key as amount_key,
    1 as figure_count,
    all_yuan - split_yuan as amount_yuan,
    split_half_yuan + all_half_yuan as half_unit_yuan,
    true as is_derived,
    is_rollup
from funds
where has_split and has_all and all_yuan - split_yuan > split_half_yuan + all_half_yuan
