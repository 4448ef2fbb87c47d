-- Grain: one row per level, code above, folded subject name and year (科目名称与年度) that names one functional code.
-- above_code '' looks among all subjects, a class or group among those under it: 行政运行 names dozens of items, but
-- one in each group. level 'any' holds names that are one subject whatever the level. Names in force that year come
-- before aliases, aliases before names of other years: documents lag behind the list.
with

-- folded once, not once a year
folded as (

    select
        functional_code,
        level,
        {{ label_key('functional_name') }} as name_key,
        coalesce(cast(valid_from_year as integer), 0) as first_year,
        coalesce(cast(valid_to_year as integer), 9999) as last_year,
        false as is_alias
    from {{ ref('functional_subjects') }}
    union all
    select
        functional_code,
        level,
        {{ label_key('alias') }} as name_key,
        0 as first_year,
        9999 as last_year,
        true as is_alias
    from {{ ref('functional_aliases') }}

),

names as (

    select
        years.fiscal_year,
        folded.functional_code,
        folded.level,
        folded.name_key,
        case
            when folded.is_alias then 2
            when years.fiscal_year >= folded.first_year and years.fiscal_year <= folded.last_year then 1
            else 3
        end as preference
    from folded
    cross join {{ ref('int_fiscal_year__range') }} as years

),

-- 教育 and 教育支出 are one class
spelled as (

    select fiscal_year, functional_code, level, name_key, preference
    from names
    union all
    select
        fiscal_year,
        functional_code,
        level,
        left(name_key, length(name_key) - 2) as name_key,
        preference + 3 as preference
    from names
    where right(name_key, 2) = '支出' and level = 'class' and length(name_key) > 4

),

placed as (

    select level, '' as above_code, name_key, fiscal_year, functional_code, preference from spelled
    union all
    select 'any' as level, '' as above_code, name_key, fiscal_year, functional_code, preference from spelled
    union all
    select level, left(functional_code, 3) as above_code, name_key, fiscal_year, functional_code, preference
    from spelled
    where level in ('group', 'item')
    union all
    select level, left(functional_code, 5) as above_code, name_key, fiscal_year, functional_code, preference
    from spelled
    where level = 'item'

),

best as (

    select level, above_code, name_key, fiscal_year, min(preference) as preference
    from placed
    group by level, above_code, name_key, fiscal_year

)

select
    placed.level,
    placed.above_code,
    placed.name_key,
    placed.fiscal_year,
    min(placed.functional_code) as functional_code
from placed
inner join best
    on placed.level = best.level
    and placed.above_code = best.above_code
    and placed.name_key = best.name_key
    and placed.fiscal_year = best.fiscal_year
    and placed.preference = best.preference
group by placed.level, placed.above_code, placed.name_key, placed.fiscal_year
having count(distinct placed.functional_code) = 1
