-- Grain: one row per folded name of a line (项目名称) that names one line whatever the statement: for prose.
with

written as (

    select line_item_code, name_zh as name, 1 as preference
    from {{ ref('line_items') }}
    union all
    select line_item_code, {{ split_rows('variants') }} as name, 2 as preference
    from {{ ref('line_items') }}

),

keyed as (

    select line_item_code, {{ label_key('name') }} as name_key, preference
    from written
    where name is not null and line_item_code not like 'perf%' and line_item_code not like 'class!_%' escape '!'

),

best as (

    select name_key, min(preference) as preference
    from keyed
    group by name_key

)

select keyed.name_key, min(keyed.line_item_code) as line_item_code
from keyed
inner join best on keyed.name_key = best.name_key and keyed.preference = best.preference
where keyed.name_key <> ''
group by keyed.name_key
having count(distinct keyed.line_item_code) = 1
