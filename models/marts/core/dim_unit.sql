-- Grain: one row per budget unit (预算单位). A unit is a body in a region: 新疆巴州库尔勒市某中心 and 库尔勒市某中心 are one.
with

names as (

    select unit_key, unit_name, name_printed, region_code, has_region_head, sum(weight) as weight
    from {{ ref('int_document__unit_name') }}
    group by unit_key, unit_name, name_printed, region_code, has_region_head

),

-- units that disclose, run a project, or stood above one that does in some year
used as (

    select unit_key from {{ ref('int_document__identity') }} where unit_key is not null
    union
    select unit_key from {{ ref('int_table__identity') }} where unit_key is not null
    union
    select parent_unit_key as unit_key from {{ ref('int_unit__parent_vote') }}

),

spoken as (

    select
        unit_key,
        unit_name,
        max(region_code) as region_code,
        bool_or(has_region_head) as has_region_head,
        sum(weight) as weight
    from names
    group by unit_key, unit_name

),

-- names of one unit differ in how much of the region they say: the shortest that says it stands for the unit
ranked as (

    select
        unit_key,
        unit_name,
        region_code,
        row_number() over (
            partition by unit_key
            order by has_region_head desc, length(unit_name) asc, weight desc, unit_name asc
        ) as name_rank
    from spoken

),

printed as (

    select unit_key, {{ joined_text('name_printed', '; ', 'name_printed') }} as unit_names_printed
    from (select distinct unit_key, name_printed from names) as distinct_names
    group by unit_key

),

-- a department has units under it; a body that says 部门 of itself and hangs under nobody is one too
departments as (

    select parent_unit_key as unit_key from {{ ref('int_unit__parent') }}
    union
    select identity.unit_key
    from {{ ref('int_document__identity') }} as identity
    left join {{ ref('int_unit__parent') }} as parents on identity.unit_key = parents.unit_key
    where identity.scope_code in ('consolidated', 'own') and parents.unit_key is null

)

select
    used.unit_key,
    ranked.unit_name,
    printed.unit_names_printed,
    ranked.region_code as region_key,
    parents.parent_unit_key,
    case when departments.unit_key is not null then 'department' else 'unit' end as unit_level
from used
inner join ranked on used.unit_key = ranked.unit_key and ranked.name_rank = 1
inner join printed on used.unit_key = printed.unit_key
left join {{ ref('int_unit__parent') }} as parents on used.unit_key = parents.unit_key
left join departments on used.unit_key = departments.unit_key
