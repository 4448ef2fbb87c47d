-- Grain: one row per stripped name and region its head may mean (名称与所在区划), no row where no region stands there.
-- The longest spelling wins: 北京市海淀区财政局 is of 海淀区, not of 北京市.
with

names as (

    select distinct name
    from {{ ref('int_unit_name__stripped') }}

),

lengths as (

    {% for length in range(2, 25) -%}
    select {{ length }} as head_length
    {%- if not loop.last %} union all {% endif %}
    {% endfor %}

),

heads as (

    select names.name, lengths.head_length, substr(names.name, 1, lengths.head_length) as head
    from names
    inner join lengths on lengths.head_length + 1 < length(names.name)

),

matched as (

    select heads.name, heads.head_length, spellings.region_code, spellings.region_count
    from heads
    inner join {{ ref('int_region__spelling') }} as spellings on heads.head = spellings.spelling

),

longest as (

    select name, max(head_length) as head_length
    from matched
    group by name

)

select
    matched.name,
    matched.region_code,
    matched.region_count,
    substr(matched.name, matched.head_length + 1) as body_name
from matched
inner join longest on matched.name = longest.name and matched.head_length = longest.head_length
