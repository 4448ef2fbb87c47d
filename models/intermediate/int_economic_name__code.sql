-- Grain: one row per folded economic subject name and year (经济科目名称与年度) that names one code of the department
-- scheme then; names in force before names of other years.
with

official as (

    select
        years.fiscal_year,
        subjects.economic_code,
        {{ label_key('subjects.economic_name') }} as name_key,
        case
            when years.fiscal_year >= coalesce(cast(subjects.valid_from_year as integer), 0)
                and years.fiscal_year <= coalesce(cast(subjects.valid_to_year as integer), 9999)
                then 1
            else 2
        end as preference
    from {{ ref('economic_subjects') }} as subjects
    cross join {{ ref('int_fiscal_year__range') }} as years
    where subjects.scheme = 'department'

),

-- 对个人和家庭补助 for 对个人和家庭的补助
names as (

    select fiscal_year, economic_code, name_key, preference
    from official
    union all
    select fiscal_year, economic_code, replace(name_key, '的', '') as name_key, preference + 2 as preference
    from official
    where name_key like '%的%'

),

best as (

    select name_key, fiscal_year, min(preference) as preference
    from names
    group by name_key, fiscal_year

)

select names.name_key, names.fiscal_year, min(names.economic_code) as economic_code
from names
inner join best
    on names.name_key = best.name_key
    and names.fiscal_year = best.fiscal_year
    and names.preference = best.preference
group by names.name_key, names.fiscal_year
having count(distinct names.economic_code) = 1
