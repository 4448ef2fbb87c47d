-- Grain: one row per level, code above, folded subject name and year (科目名称与年度) that names one functional code.
-- above_code '' looks among all subjects, a class or group among those under it: 行政运行 names dozens of items, but
-- one in each group. level 'any' holds names that are one subject whatever the level. Names in force that year come
-- before aliases, aliases before names of other years: documents lag behind the list.
with

names as (

    select
        years.fiscal_year,
        subjects.functional_code,
        subjects.level,
        {{ label_key('subjects.functional_name') }} as name_key,
        case
            when years.fiscal_year >= coalesce(cast(subjects.valid_from_year as integer), 0)
                and years.fiscal_year <= coalesce(cast(subjects.valid_to_year as integer), 9999)
                then 1
            else 3
        end as preference
    from {{ ref('functional_subjects') }} as subjects
    cross join {{ ref('int_fiscal_year__range') }} as years
    union all
    select
        years.fiscal_year,
        aliases.functional_code,
        aliases.level,
        {{ label_key('aliases.alias') }} as name_key,
        2 as preference
    from {{ ref('functional_aliases') }} as aliases
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
