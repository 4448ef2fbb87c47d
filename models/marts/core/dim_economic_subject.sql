-- Grain: one row per economic code, scheme and validity (经济分类科目), and one per code only seen in documents.
with

official as (

    select
        economic_code || '@' || {{ year_text('cast(valid_from_year as integer)') }} as economic_key,
        economic_code,
        economic_name,
        level,
        scheme,
        is_personnel = 'true' as is_personnel,
        cast(valid_from_year as integer) as valid_from_year,
        cast(valid_to_year as integer) as valid_to_year,
        true as is_official,
        vouched = 'yes' as is_vouched,
        basis
    from {{ ref('economic_subjects') }}

),

seen_names as (

    select economic_code, {{ label_key('row_label') }} as economic_name, count(*) as uses
    from {{ ref('fct_statement_amount') }}
    where economic_key = economic_code || '@seen' and row_code = economic_code
    group by economic_code, {{ label_key('row_label') }}

),

listed_names as (

    select economic_code, {{ at_greatest('economic_name', 'coalesce(valid_from_year, 0)', can_tie=true) }} as economic_name
    from official
    group by economic_code

),

told_codes as (

    select economic_code, fiscal_year
    from {{ ref('fct_statement_amount') }}
    where economic_key = economic_code || '@seen'
    union
    select economic_code, fiscal_year
    from {{ ref('fct_narrative_amount') }}
    where economic_key = economic_code || '@seen'

),

seen as (

    select
        told_codes.economic_code || '@seen' as economic_key,
        told_codes.economic_code,
        coalesce(max(names.economic_name), max(listed_names.economic_name)) as economic_name,
        case length(told_codes.economic_code) when 3 then 'class' else 'item' end as level,
        case left(told_codes.economic_code, 1) when '5' then 'government' else 'department' end as scheme,
        left(told_codes.economic_code, 3) in ('301', '303') as is_personnel,
        min(told_codes.fiscal_year) as valid_from_year,
        max(told_codes.fiscal_year) as valid_to_year,
        false as is_official,
        false as is_vouched,
        '仅见于披露文件' as basis
    from told_codes
    left join (
        select economic_code, {{ at_greatest('economic_name', 'uses', can_tie=true) }} as economic_name
        from seen_names
        group by economic_code
    ) as names on told_codes.economic_code = names.economic_code
    left join listed_names on told_codes.economic_code = listed_names.economic_code
    group by told_codes.economic_code

),

subjects as (

    {% for part in ['official', 'seen'] -%}
    select economic_key, economic_code, economic_name, level, scheme, is_personnel, valid_from_year, valid_to_year,
        is_official, is_vouched, basis
    from {{ part }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

above as (

    select
        subjects.economic_key,
        {{ at_greatest('classes.economic_name', 'coalesce(classes.valid_from_year, 0)', can_tie=true) }} as class_name
    from subjects
    inner join subjects as classes
        on classes.economic_code = left(subjects.economic_code, 3)
        and classes.scheme = subjects.scheme
        and coalesce(classes.valid_from_year, 0) <= coalesce(subjects.valid_to_year, 9999)
    group by subjects.economic_key

)

select
    subjects.economic_key,
    subjects.economic_code,
    subjects.economic_name,
    subjects.level,
    subjects.scheme,
    left(subjects.economic_code, 3) as class_code,
    above.class_name,
    subjects.is_personnel,
    subjects.valid_from_year,
    subjects.valid_to_year,
    subjects.is_official,
    subjects.is_vouched,
    subjects.basis
from subjects
left join above on subjects.economic_key = above.economic_key
