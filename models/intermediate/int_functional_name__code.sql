-- Grain: one row per folded subject name and year (科目名称与年度) that names exactly one functional code then.
-- Tables and sentences that print names without codes are read through it; 行政运行, the name of dozens of items,
-- is not in it: there the group named above decides (int_functional_name__in_group).
with

names as (

    select fiscal_year, functional_code, {{ label_key('functional_name') }} as name_key
    from {{ ref('int_functional_subject__year') }}
    union
    select years.fiscal_year, aliases.functional_code, {{ label_key('aliases.alias') }} as name_key
    from {{ ref('functional_aliases') }} as aliases
    cross join {{ ref('int_fiscal_year__range') }} as years

),

-- 教育 and 教育支出 are one class
spelled as (

    select fiscal_year, functional_code, name_key
    from names
    union
    select fiscal_year, functional_code, left(name_key, length(name_key) - 2) as name_key
    from names
    where right(name_key, 2) = '支出' and length(functional_code) = 3

)

select
    name_key,
    fiscal_year,
    min(functional_code) as functional_code
from spelled
group by name_key, fiscal_year
having count(distinct functional_code) = 1
