-- Grain: one row per functional code and validity (功能分类科目), and one per code only seen in documents
-- (is_official false): local items, and codes used outside the years the list knows them for.
with

official as (

    select
        functional_code || '@' || {{ year_text('cast(valid_from_year as integer)') }} as functional_key,
        functional_code,
        functional_name,
        level,
        cast(valid_from_year as integer) as valid_from_year,
        cast(valid_to_year as integer) as valid_to_year,
        vouched = 'yes' as is_vouched,
        basis
    from {{ ref('functional_subjects') }}

),

seen_names as (

    select
        functional_code,
        {{ label_key('row_label') }} as functional_name,
        count(*) as uses,
        min(fiscal_year) as first_year,
        max(fiscal_year) as last_year
    from {{ ref('fct_statement_amount') }}
    where functional_key = functional_code || '@seen' and row_code is not null
    group by functional_code, {{ label_key('row_label') }}

),

told_codes as (

    select functional_code, fiscal_year
    from {{ ref('fct_statement_amount') }}
    where functional_key = functional_code || '@seen'
    union
    select functional_code, fiscal_year
    from {{ ref('fct_narrative_amount') }}
    where functional_key = functional_code || '@seen'
    union
    select functional_code, fiscal_year
    from {{ ref('fct_expenditure') }}
    where functional_key = functional_code || '@seen'

),

-- a code used outside its listed years keeps its listed name where no row prints one
listed_names as (

    select functional_code, {{ at_greatest('functional_name', 'coalesce(valid_from_year, 0)', can_tie=true) }} as functional_name
    from official
    group by functional_code

),

seen as (

    select
        told_codes.functional_code || '@seen' as functional_key,
        told_codes.functional_code,
        coalesce(max(names.functional_name), max(listed_names.functional_name)) as functional_name,
        case length(told_codes.functional_code) when 3 then 'class' when 5 then 'group' else 'item' end as level,
        min(told_codes.fiscal_year) as valid_from_year,
        max(told_codes.fiscal_year) as valid_to_year
    from told_codes
    left join (
        select functional_code, {{ at_greatest('functional_name', 'uses', can_tie=true) }} as functional_name
        from seen_names
        group by functional_code
    ) as names on told_codes.functional_code = names.functional_code
    left join listed_names on told_codes.functional_code = listed_names.functional_code
    group by told_codes.functional_code

),

subjects as (

    select functional_key, functional_code, functional_name, level, valid_from_year, valid_to_year, is_vouched, basis,
        true as is_official
    from official
    union all
    select functional_key, functional_code, functional_name, level, valid_from_year, valid_to_year, false as is_vouched,
        '仅见于披露文件' as basis, false as is_official
    from seen

),

-- a class or group is named as it was in the last year of the subject
above as (

    select
        subjects.functional_key,
        {{ at_greatest(
            "case when upper_subjects.level = 'class' then upper_subjects.functional_name end",
            'coalesce(upper_subjects.valid_from_year, 0)', can_tie=true
        ) }} as class_name,
        {{ at_greatest(
            "case when upper_subjects.level = 'group' then upper_subjects.functional_name end",
            'coalesce(upper_subjects.valid_from_year, 0)', can_tie=true
        ) }} as group_name
    from subjects
    inner join subjects as upper_subjects
        on upper_subjects.functional_code in (left(subjects.functional_code, 3), left(subjects.functional_code, 5))
        and coalesce(upper_subjects.valid_from_year, 0) <= coalesce(subjects.valid_to_year, 9999)
    group by subjects.functional_key

),

-- the division of the longest code listed: 20104 before 201
cofog as (

    select subjects.functional_key, {{ at_greatest('cofog.cofog_division', 'length(cofog.functional_code)') }}
        as cofog_division
    from subjects
    inner join {{ ref('cofog') }} as cofog
        on cofog.functional_code in (
            left(subjects.functional_code, 3), left(subjects.functional_code, 5), subjects.functional_code
        )
    group by subjects.functional_key

)

select
    subjects.functional_key,
    subjects.functional_code,
    subjects.functional_name,
    subjects.level,
    left(subjects.functional_code, 3) as class_code,
    coalesce(above.class_name, case when subjects.level = 'class' then subjects.functional_name end) as class_name,
    case when length(subjects.functional_code) >= 5 then left(subjects.functional_code, 5) end as group_code,
    case when length(subjects.functional_code) >= 5 then above.group_name end as group_name,
    subjects.valid_from_year,
    subjects.valid_to_year,
    subjects.is_official,
    subjects.is_vouched,
    cofog.cofog_division,
    subjects.basis
from subjects
left join above on subjects.functional_key = above.functional_key
left join cofog on subjects.functional_key = cofog.functional_key
