-- Grain: one row per folded name and kind of unit (文字主体用名) that names one line or statistic in prose.
-- The names of seeds/prose_subject_names.csv come before those of the statements' lines.
with

written as (

    select
        {{ label_key('name') }} as name_key,
        case when unit_of_measure is null or unit_of_measure = '' then 'money' else 'count' end as unit_kind,
        coalesce(unit_of_measure, '') as unit_of_measure,
        nullif(line_item_code, '') as line_item_code,
        nullif(statistic_code, '') as statistic_code,
        1 as preference
    from {{ ref('prose_subject_names') }}
    union all
    select
        {{ label_key('name_zh') }} as name_key,
        case when unit_of_measure is null or unit_of_measure = '' then 'money' else 'count' end as unit_kind,
        coalesce(unit_of_measure, '') as unit_of_measure,
        line_item_code,
        nullif(statistic_code, '') as statistic_code,
        2 as preference
    from {{ ref('line_items') }}
    where line_item_code not like 'perf%' and line_item_code not like 'class!_%' escape '!'
    union all
    select
        {{ label_key('variant') }} as name_key,
        case when unit_of_measure is null or unit_of_measure = '' then 'money' else 'count' end as unit_kind,
        coalesce(unit_of_measure, '') as unit_of_measure,
        line_item_code,
        nullif(statistic_code, '') as statistic_code,
        3 as preference
    from (
        select line_item_code, unit_of_measure, statistic_code, {{ split_rows('variants') }} as variant
        from {{ ref('line_items') }}
        where line_item_code not like 'perf%' and line_item_code not like 'class!_%' escape '!'
    ) as variants

),

best as (

    select name_key, unit_kind, unit_of_measure, min(preference) as preference
    from written
    where name_key <> ''
    group by name_key, unit_kind, unit_of_measure

)

select
    written.name_key,
    written.unit_kind,
    written.unit_of_measure,
    min(written.line_item_code) as line_item_code,
    min(written.statistic_code) as statistic_code
from written
inner join best
    on written.name_key = best.name_key
    and written.unit_kind = best.unit_kind
    and written.unit_of_measure = best.unit_of_measure
    and written.preference = best.preference
group by written.name_key, written.unit_kind, written.unit_of_measure
having count(distinct coalesce(written.line_item_code, '') || coalesce(written.statistic_code, '')) = 1
