-- Grain: one row per unit, year, scope, stage, fund and functional subject told in prose (文字支出数据), at the level that
-- adds up to the total told: items, else groups, else classes, else the total alone. Subjects no list knows are kept
-- without a code, so that nothing is lost from the sum.
{% set cell = ['unit_key', 'fiscal_year', 'scope_code', 'stage_code', 'document_key', 'fund_code'] %}
with

amounts as (

    select
        unit_key,
        fiscal_year,
        scope_code,
        stage_code,
        document_key,
        coalesce(fund_code, 'all') as fund_code,
        case
            when functional_code is not null then length(functional_code)
            when item_name is not null then 7
            when group_name is not null then 5
            else 3
        end as code_length,
        functional_code,
        functional_key,
        coalesce(functional_code, {{ label_key('subject_printed') }}) as subject_key,
        document_rank,
        amount_key,
        amount_yuan,
        half_unit_yuan,
        is_rollup,
        paragraph_ordinal,
        char_start
    from {{ ref('int_prose__amount') }}
    where role = 'amount'
        and amount_yuan is not null
        and not is_performance
        and document_kind <> 'performance'
        and (functional_code is not null or class_name is not null or group_name is not null or item_name is not null)

),

-- the same subject is told again as text goes into detail: the first figure stands
first_told as (

    select
        {{ cell | join(', ') }},
        code_length,
        functional_code,
        functional_key,
        document_rank,
        amount_key,
        amount_yuan,
        half_unit_yuan,
        is_rollup,
        row_number() over (
            partition by {{ cell | join(', ') }}, code_length, subject_key
            order by paragraph_ordinal asc nulls last, char_start asc nulls last, amount_key asc
        ) as told_rank
    from amounts

),

levels as (

    select
        {{ cell | join(', ') }},
        code_length,
        sum(amount_yuan) as amount_yuan,
        {{ sum_of_half_units('amount_yuan', 'half_unit_yuan') }} as half_unit_yuan
    from first_told
    where told_rank = 1
    group by {{ cell | join(', ') }}, code_length

),

totals as (

    select
        {{ cell | join(', ') }},
        document_rank,
        amount_key,
        amount_yuan,
        half_unit_yuan,
        is_rollup,
        row_number() over (
            partition by {{ cell | join(', ') }}
            order by case line_item_code when 'expenditure_this_year' then 0 else 1 end asc
        ) as total_rank
    from {{ ref('int_prose__total') }}
    where line_item_code in ('expenditure_this_year', 'expenditure_grand_total')

),

judged as (

    select
        {% for column in cell -%}
        levels.{{ column }},
        {% endfor -%}
        levels.code_length,
        totals.amount_yuan is null
        or abs(levels.amount_yuan - totals.amount_yuan) <= levels.half_unit_yuan + totals.half_unit_yuan as adds_up,
        row_number() over (
            partition by {% for column in cell %}levels.{{ column }}{% if not loop.last %}, {% endif %}{% endfor %}
            order by
                case
                    when totals.amount_yuan is null then 0
                    when abs(levels.amount_yuan - totals.amount_yuan) <= levels.half_unit_yuan + totals.half_unit_yuan
                        then 0
                    else 1
                end asc,
                levels.code_length desc
        ) as level_rank
    from levels
    left join totals
        on {% for column in cell %}levels.{{ column }} = totals.{{ column }} and {% endfor %}
        totals.total_rank = 1

),

chosen as (

    select {{ cell | join(', ') }}, code_length
    from judged
    where level_rank = 1 and adds_up

)

select
    {% for column in cell -%}
    first_told.{{ column }},
    {% endfor -%}
    first_told.functional_code,
    max(first_told.functional_key) as functional_key,
    'unsplit' as measure_code,
    min(first_told.document_rank) as document_rank,
    min(first_told.amount_key) as amount_key,
    count(*) as figure_count,
    sum(first_told.amount_yuan) as amount_yuan,
    {{ sum_of_half_units('first_told.amount_yuan', 'first_told.half_unit_yuan') }} as half_unit_yuan,
    bool_or(first_told.is_rollup) as is_rollup
from first_told
inner join chosen
    on {% for column in cell %}first_told.{{ column }} = chosen.{{ column }} and {% endfor %}
    first_told.code_length = chosen.code_length
where first_told.told_rank = 1
group by {% for column in cell %}first_told.{{ column }}, {% endfor %}first_told.functional_code
union all
select
    {% for column in cell -%}
    totals.{{ column }},
    {% endfor -%}
    cast(null as {{ dbt.type_string() }}) as functional_code,
    cast(null as {{ dbt.type_string() }}) as functional_key,
    'unsplit' as measure_code,
    totals.document_rank,
    totals.amount_key,
    1 as figure_count,
    totals.amount_yuan,
    totals.half_unit_yuan,
    totals.is_rollup
from totals
left join chosen
    on {% for column in cell %}totals.{{ column }} = chosen.{{ column }}{% if not loop.last %} and {% endif %}{% endfor %}
where totals.total_rank = 1 and chosen.unit_key is null
