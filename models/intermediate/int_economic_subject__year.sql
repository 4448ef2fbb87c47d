-- Grain: one row per economic code and year it was in force (经济科目与年度).
with

years as (

    select fiscal_year from {{ ref('int_fiscal_year__range') }}

),

subjects as (

    select
        economic_code,
        economic_name,
        level,
        scheme,
        cast(valid_from_year as integer) as valid_from_year,
        cast(valid_to_year as integer) as valid_to_year
    from {{ ref('economic_subjects') }}

),

in_force as (

    select
        subjects.economic_code,
        subjects.economic_name,
        subjects.level,
        subjects.scheme,
        subjects.valid_from_year,
        years.fiscal_year,
        row_number() over (
            partition by subjects.economic_code, years.fiscal_year order by subjects.valid_from_year desc nulls last
        ) as validity_rank
    from subjects
    inner join years
        on years.fiscal_year >= coalesce(subjects.valid_from_year, 0)
        and years.fiscal_year <= coalesce(subjects.valid_to_year, 9999)

)

select
    economic_code,
    fiscal_year,
    economic_name,
    level,
    scheme,
    economic_code || '@' || {{ year_text('valid_from_year') }} as economic_key
from in_force
where validity_rank = 1
