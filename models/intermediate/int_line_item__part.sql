-- Grain: one row per line and line that stands under it (行与其下级行), through all levels.
-- is_detail: a line that says nothing new at the grain of the facts (其中:一般财力 under 一般公共预算), or is never
-- added (教育收费): it does not make the line above it a sum.
with

items as (

    select
        line_item_code,
        parent_line_item_code,
        coalesce(measure_code, '')
        || '|' || coalesce(fund_code, '')
        || '|' || coalesce(functional_code, '')
        || '|' || coalesce(three_public_code, '')
        || '|' || coalesce(statistic_code, '') as meaning,
        measure_code,
        three_public_code
    from {{ ref('line_items') }}

),

direct as (

    select parent_line_item_code as line_item_code, line_item_code as part_line_item_code
    from items
    where parent_line_item_code is not null
    union
    select line_item_code, part_line_item_code
    from {{ ref('line_item_parts') }}

),

{% for depth in range(2, 5) %}
depth_{{ depth }} as (

    select distinct above.line_item_code, direct.part_line_item_code
    from {{ 'direct' if depth == 2 else 'depth_' ~ (depth - 1) }} as above
    inner join direct on above.part_line_item_code = direct.line_item_code

),
{% endfor %}

all_parts as (

    select line_item_code, part_line_item_code from direct
    {% for depth in range(2, 5) %}
    union
    select line_item_code, part_line_item_code from depth_{{ depth }}
    {% endfor %}

),

never_covering as (

    select distinct code_list, part_code
    from {{ ref('code_parts') }}
    where coalesce(covers, 'N') <> 'Y'

)

select
    all_parts.line_item_code,
    all_parts.part_line_item_code,
    whole.meaning = part.meaning
    -- performance funds and balances carry their meaning in the line itself
    and all_parts.part_line_item_code not like 'perf%'
    or measures.part_code is not null
    or three_public.part_code is not null as is_detail
from all_parts
inner join items as whole on all_parts.line_item_code = whole.line_item_code
inner join items as part on all_parts.part_line_item_code = part.line_item_code
left join never_covering as measures on measures.code_list = 'measure' and part.measure_code = measures.part_code
left join never_covering as three_public
    on three_public.code_list = 'three_public' and part.three_public_code = three_public.part_code
