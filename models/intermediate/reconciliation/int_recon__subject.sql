-- Grain: one row per subject as printed in prose that names a line of the identities (文字主题与勾稽行次).
-- First the subject itself, then without year and filler words, last by its ending (某局机关运行经费支出).
with

named as (

    select {{ label_key('subject') }} as name_key, line_item_code, fund_code
    from {{ ref('rule_subjects') }}

),

printed as (

    select distinct subject_printed
    from {{ ref('fct_narrative_amount') }}
    where subject_printed is not null and functional_code is null

),

keyed as (

    select
        subject_printed,
        {{ label_key('subject_printed') }} as name_key,
        {{ regex_remove(
            label_key('subject_printed'),
            '(20[0-9][0-9]年度|20[0-9][0-9]年|本年度|年度|本部门|本单位|我部门|我单位|全年|以合同签订为准|决算数|预算数|执行数|决算$|预算$|情况$|规模$)'
        ) }} as short_key
    from printed

),

matched as (

    select
        keyed.subject_printed,
        coalesce(whole.line_item_code, short.line_item_code) as line_item_code,
        coalesce(whole.fund_code, short.fund_code) as fund_code,
        keyed.name_key
    from keyed
    left join named as whole on keyed.name_key = whole.name_key
    left join named as short on keyed.short_key = short.name_key

),

endings as (

    select
        matched.subject_printed,
        {{ at_greatest('named.line_item_code', 'length(named.name_key)') }} as line_item_code,
        {{ at_greatest('named.fund_code', 'length(named.name_key)') }} as fund_code
    from matched
    inner join named
        on length(named.name_key) > 5
        and length(matched.name_key) > length(named.name_key)
        and right(matched.name_key, length(named.name_key)) = named.name_key
        -- 国有资本经营预算财政拨款年初结转和结余 is not all the appropriations'
        and not {{ regex_matches(
            'left(matched.name_key, length(matched.name_key) - length(named.name_key))',
            '(一般公共|基金|国有资本|非财政|专户)'
        ) }}
    where matched.line_item_code is null
    group by matched.subject_printed

)

select subject_printed, line_item_code, fund_code
from matched
where line_item_code is not null
union all
select subject_printed, line_item_code, fund_code
from endings
