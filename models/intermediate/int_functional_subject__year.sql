-- Grain: one row per functional code and year it was in force (功能科目与年度): the dated join made an equality.
with

years as (

    select fiscal_year from {{ ref('int_fiscal_year__range') }}

),

subjects as (

    select
        functional_code,
        functional_name,
        level,
        cast(valid_from_year as integer) as valid_from_year,
        cast(valid_to_year as integer) as valid_to_year
    from {{ ref('functional_subjects') }}

),

in_force as (

    select
        subjects.functional_code,
        subjects.functional_name,
        subjects.level,
        subjects.valid_from_year,
        years.fiscal_year,
        row_number() over (
            partition by subjects.functional_code, years.fiscal_year order by subjects.valid_from_year desc nulls last
        ) as validity_rank
    from subjects
    inner join years
        on years.fiscal_year >= coalesce(subjects.valid_from_year, 0)
        and years.fiscal_year <= coalesce(subjects.valid_to_year, 9999)

)

select
    functional_code,
    fiscal_year,
    functional_name,
    level,
    functional_code || '@' || {{ year_text('valid_from_year') }} as functional_key
from in_force
where validity_rank = 1
