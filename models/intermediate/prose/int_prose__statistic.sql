-- Grain: one row per unit, year, scope, stage and statistic told in prose (文字统计数据). 实有人数 has three meanings:
-- staff on post, with the retired, or with others beside the establishment; the figures beside it tell which.
{% set cell = ['unit_key', 'fiscal_year', 'scope_code', 'stage_code'] %}
with

amounts as (

    select
        {{ cell | join(', ') }},
        document_key,
        statistic_code,
        value,
        unit_of_measure,
        amount_yuan,
        amount_key,
        is_rollup,
        row_number() over (
            partition by {{ cell | join(', ') }}, statistic_code
            order by document_rank asc, paragraph_ordinal asc nulls last, char_start asc nulls last, amount_key asc
        ) as told_rank
    from {{ ref('int_prose__amount') }}
    where statistic_code is not null
        -- 安排购置车辆…其中: what is to be bought is not what is there
        and (
            statistic_code in ('vehicles_purchased', 'procurement_total')
            or (
                instr(coalesce(parent_printed, ''), '购置') = 0
                and instr(coalesce(parent_printed, ''), '新增') = 0
                and instr(coalesce(parent_printed, ''), '机关运行经费') = 0
            )
        )

),

once as (

    select
        {{ cell | join(', ') }},
        document_key,
        statistic_code,
        value,
        unit_of_measure,
        amount_yuan,
        amount_key,
        is_rollup
    from amounts
    where told_rank = 1

),

staff as (

    select
        {{ cell | join(', ') }},
        max(case when statistic_code = 'staff_actual' then value end) as actual,
        max(case when statistic_code = 'staff_on_post' then value end) as on_post,
        coalesce(
            max(case when statistic_code = 'staff_retired_all' then value end),
            coalesce(max(case when statistic_code = 'staff_retired' then value end), 0)
            + coalesce(max(case when statistic_code = 'staff_veteran' then value end), 0)
        ) as retired
    from once
    group by {{ cell | join(', ') }}

)

select
    {% for column in cell -%}
    once.{{ column }},
    {% endfor -%}
    once.document_key,
    case
        when once.statistic_code <> 'staff_actual' or staff.on_post is null then once.statistic_code
        when staff.actual = staff.on_post then 'staff_actual_on_post'
        when staff.actual = staff.on_post + staff.retired then 'staff_actual_with_retired'
        when staff.actual > staff.on_post + staff.retired then 'staff_actual_with_others'
        else 'staff_actual'
    end as statistic_code,
    once.value,
    once.unit_of_measure,
    once.amount_yuan,
    once.amount_key,
    once.is_rollup
from once
inner join staff
    on {% for column in cell %}once.{{ column }} = staff.{{ column }}{% if not loop.last %} and {% endif %}{% endfor %}
