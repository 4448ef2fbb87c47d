-- Grain: one row per unit, year, scope, stage and item of the three public expenses told in prose (文字三公经费数据).
-- vehicle stands only where purchase and running are not both told; the total only where no item is.
{% set cell = ['unit_key', 'fiscal_year', 'scope_code', 'stage_code'] %}
with

amounts as (

    select
        {{ cell | join(', ') }},
        document_key,
        three_public_code,
        fund_code,
        document_rank,
        amount_key,
        amount_yuan,
        half_unit_yuan,
        is_rollup,
        paragraph_ordinal,
        char_start,
        min(document_rank) over (partition by {{ cell | join(', ') }}) as best_rank
    from {{ ref('int_prose__amount') }}
    where role = 'amount'
        and amount_yuan is not null
        and not is_performance
        and three_public_code in (
            'overseas', 'vehicle', 'vehicle_purchase', 'vehicle_operation', 'hospitality', 'total'
        )
        -- 机关运行经费 is taken apart by economic subject too: 其中公务用车运行维护费 is no new figure, but a part
        and (
            instr(coalesce(parent_printed, ''), '机关运行经费') = 0 and instr(coalesce(parent_printed, ''), '公用') = 0
        )

),

once as (

    select
        {{ cell | join(', ') }},
        document_key,
        three_public_code,
        amount_key,
        amount_yuan,
        half_unit_yuan,
        is_rollup,
        bool_or(fund_code = 'general') over (partition by {{ cell | join(', ') }}) as is_general,
        row_number() over (
            partition by {{ cell | join(', ') }}, three_public_code
            order by paragraph_ordinal asc nulls last, char_start asc nulls last, amount_key asc
        ) as told_rank
    from amounts
    where document_rank = best_rank

),

codes as (

    select
        {{ cell | join(', ') }},
        bool_or(three_public_code = 'vehicle_purchase') as has_purchase,
        bool_or(three_public_code = 'vehicle_operation') as has_operation,
        bool_or(three_public_code = 'vehicle') as has_vehicle,
        bool_or(three_public_code <> 'total') as has_items,
        max(case when three_public_code = 'vehicle' then amount_yuan end) as vehicle_yuan,
        sum(case when three_public_code in ('vehicle_purchase', 'vehicle_operation') then amount_yuan else 0 end)
            as parts_yuan
    from once
    where told_rank = 1
    group by {{ cell | join(', ') }}

),

judged as (

    select
        {{ cell | join(', ') }},
        has_items,
        (has_purchase and has_operation) or not has_vehicle or vehicle_yuan = parts_yuan as tells_vehicles_apart
    from codes

)

select
    {% for column in cell -%}
    once.{{ column }},
    {% endfor -%}
    once.document_key,
    case when once.is_general then 'general' else 'unsplit' end as fund_code,
    case when once.three_public_code = 'total' then 'unsplit' else once.three_public_code end as three_public_code,
    once.amount_key,
    once.amount_yuan,
    once.half_unit_yuan,
    once.is_rollup
from once
inner join judged
    on {% for column in cell %}once.{{ column }} = judged.{{ column }}{% if not loop.last %} and {% endif %}{% endfor %}
where once.told_rank = 1
    and case once.three_public_code
        when 'total' then not judged.has_items
        when 'vehicle' then not judged.tells_vehicles_apart
        when 'vehicle_purchase' then judged.tells_vehicles_apart
        when 'vehicle_operation' then judged.tells_vehicles_apart
        else true
    end
