-- Grain: one row per way to write a region at the head of a unit's name (区划写法) and region it may mean.
-- 新疆巴州库尔勒市 and 库尔勒市 are one region; 普陀区 alone may be two, and then the document has to decide.
with

regions as (

    select region_code, region_name, region_level, province_name, prefecture_name, short_name, is_current
    from {{ ref('regions') }}

),

-- a county is named in full; provinces and prefectures also by their short names
own as (

    select region_code, region_level, province_name, prefecture_name, region_name, region_name as spelling, is_current
    from regions
    union
    select region_code, region_level, province_name, prefecture_name, region_name, short_name as spelling, is_current
    from regions
    where region_level in ('province', 'prefecture') and length(short_name) > 1
    union
    select
        regions.region_code,
        regions.region_level,
        regions.province_name,
        regions.prefecture_name,
        regions.region_name,
        aliases.alias as spelling,
        regions.is_current
    from regions
    inner join {{ ref('region_aliases') }} as aliases on regions.region_code = aliases.region_code

),

uppers as (

    select region_name, region_level, province_name, spelling
    from own
    where region_level in ('province', 'prefecture')

),

with_prefecture as (

    select region_code, region_level, province_name, spelling, is_current
    from own
    union
    select own.region_code, own.region_level, own.province_name, uppers.spelling || own.spelling as spelling,
        own.is_current
    from own
    inner join uppers
        on own.prefecture_name = uppers.region_name
        and own.province_name = uppers.province_name
        and uppers.region_level = 'prefecture'
    where own.region_level = 'county'

),

with_province as (

    select region_code, spelling, is_current
    from with_prefecture
    union
    select with_prefecture.region_code, uppers.spelling || with_prefecture.spelling as spelling,
        with_prefecture.is_current
    from with_prefecture
    inner join uppers on with_prefecture.province_name = uppers.region_name and uppers.region_level = 'province'
    where with_prefecture.region_level in ('prefecture', 'county')

),

-- a code of today before one that was given up
counted as (

    select
        spelling,
        max(is_current) as best_currency,
        count(distinct case when is_current = 'true' then region_code end) as current_count,
        count(distinct region_code) as region_count
    from with_province
    group by spelling

)

select distinct
    with_province.spelling,
    with_province.region_code,
    case when counted.current_count > 0 then counted.current_count else counted.region_count end as region_count
from with_province
inner join counted
    on with_province.spelling = counted.spelling and with_province.is_current = counted.best_currency
