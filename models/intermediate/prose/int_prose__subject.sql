-- Grain: one row per subject of prose and kind of unit (文字主体): the line or statistic it names and the fund in its
-- words. 一般公共预算财政拨款安排的公务接待费支出 is 公务接待费 with the fund taken off: the shortest peel that names
-- something wins (seeds/prose_subject_affixes.csv).
with

spoken as (

    select distinct
        amounts.subject_key,
        coalesce(units.kind, '') as measured_kind,
        case amounts.unit_of_measure
            when '名' then '人'
            when '台' then '台（套）'
            when '套' then '台（套）'
            when '台(套)' then '台（套）'
            when '位' then '人'
            else coalesce(amounts.unit_of_measure, '')
        end as unit_of_measure
    from {{ ref('stg_landing__narrative_amounts') }} as amounts
    left join {{ ref('units_of_measure') }} as units on amounts.unit_of_measure = units.unit_of_measure
    where amounts.subject_key <> ''

),

affixes as (

    select place, {{ label_key('affix') }} as affix_key, nullif(fund_code, '') as fund_code
    from {{ ref('prose_subject_affixes') }}

),

headless as (

    select distinct subject_key, subject_key as rest, cast(null as {{ dbt.type_string() }}) as fund_code, 0 as peeled
    from spoken
    union all
    select
        subjects.subject_key,
        substr(subjects.subject_key, length(affixes.affix_key) + 1) as rest,
        affixes.fund_code,
        length(affixes.affix_key) as peeled
    from (select distinct subject_key from spoken) as subjects
    inner join affixes
        on affixes.place = 'before'
        and left(subjects.subject_key, length(affixes.affix_key)) = affixes.affix_key
        and length(subjects.subject_key) > length(affixes.affix_key)

),

peeled as (

    select subject_key, rest as core, fund_code, peeled * 2 as peeled, false as loses_total
    from headless
    union all
    select
        headless.subject_key,
        left(headless.rest, length(headless.rest) - length(affixes.affix_key)) as core,
        coalesce(headless.fund_code, affixes.fund_code) as fund_code,
        -- what stands before says more (the fund) than what stands behind
        headless.peeled * 2 + length(affixes.affix_key) * 2 - 1 as peeled,
        left(affixes.affix_key, 1) in ('总', '合', '规') as loses_total
    from headless
    inner join affixes
        on affixes.place = 'after'
        and right(headless.rest, length(affixes.affix_key)) = affixes.affix_key
        and length(headless.rest) > length(affixes.affix_key)

),

-- 某某局机关运行经费支出: whose it is stands before a name long enough to be no part of another word
ending as (

    select
        peeled.subject_key,
        names.name_key as core,
        peeled.fund_code,
        1000 + length(peeled.core) - length(names.name_key) as peeled,
        false as loses_total
    from peeled
    inner join (select distinct name_key from {{ ref('int_prose__name') }} where length(name_key) >= 5) as names
        on right(peeled.core, length(names.name_key)) = names.name_key
        and length(peeled.core) > length(names.name_key)
    where not {{ regex_matches('peeled.subject_key', '[购新增减均其占调]|价值|预留|压缩|节约|比') }}

),

cores as (

    select subject_key, core, fund_code, peeled, loses_total from peeled
    union all
    select subject_key, core, fund_code, peeled, loses_total from ending

),

named as (

    select
        spoken.subject_key,
        spoken.unit_of_measure,
        spoken.measured_kind,
        cores.fund_code,
        names.line_item_code,
        names.statistic_code,
        row_number() over (
            partition by spoken.subject_key, spoken.unit_of_measure, spoken.measured_kind
            order by
                cores.peeled asc,
                case when names.unit_of_measure = spoken.unit_of_measure then 0 else 1 end asc,
                case when names.unit_kind = 'money' then 0 else 1 end asc,
                coalesce(names.line_item_code, names.statistic_code) asc
        ) as name_rank
    from spoken
    inner join cores on spoken.subject_key = cores.subject_key
    inner join {{ ref('int_prose__name') }} as names
        on cores.core = names.name_key
        and case
            when spoken.measured_kind = 'money' then names.unit_kind = 'money'
            -- a rate or a fact without digits may be of money or of a count
            when spoken.measured_kind in ('rate', '') then true
            else names.unit_kind = 'count' and names.unit_of_measure = spoken.unit_of_measure
        end
        -- 一般公共预算财政拨款支出 is no income, 财政拨款收入总计 more than 财政拨款收入
        and not (instr(spoken.subject_key, '支出') > 0 and names.line_item_code like 'income%')
        and not (instr(spoken.subject_key, '收入') > 0 and names.line_item_code like 'expenditure%')
        and not (
            cores.loses_total
            and (names.line_item_code like 'income%' or names.line_item_code like 'expenditure%')
        )

)

select
    subject_key,
    unit_of_measure,
    measured_kind,
    fund_code,
    line_item_code,
    statistic_code
from named
where name_rank = 1
