-- Grain: one row per closed list told in prose and figure of it (文字所列清单的成员): the whole, or one of its parts. A
-- list is closed where its words say so: it prints a sum of its own (合计), an item of nothing (工程支出0万元) or a rest
-- (其他资金), it splits one project's money, or it counts kinds that are all there are (行政、参公、事业单位; 优、良、中、差).
with

told as (

    select amount_key, document_key, paragraph_number, char_start, subject_printed, subject_key, role,
        unit_code, value, half_unit, is_own_amount
    from {{ ref('int_recon__told') }}
    where has_digits

),

-- 自评项目26个 … “优”的22个、“良”的4个: grades of one scale count every project once
grades as (

    select
        document_key,
        paragraph_number,
        char_start,
        amount_key,
        value,
        unit_code,
        subject_printed,
        {{ regex_part('subject_printed', '[“"‘《为是到](优秀|优|良好|良|中等|中|合格|差|不合格)([”"’》]|的?项目$|$)') }} as grade
    from told
    where role = 'count'
        and value >= 0
        and {{ regex_matches(
            'subject_printed',
            '((等级|评级|评价|自评|结果).*[“"‘《](优秀|优|良好|良|中等|中|合格|差|不合格)[”"’》]|(等级|评级|结果|评价)(为|是|达到)(优秀|优|良好|良|中等|中|合格|差|不合格)(的?项目)?$|^[“"‘《](优秀|优|良好|良|中等|中|合格|差|不合格)[”"’》]的?(项目|等级)?$)'
        ) }}

),

graded_paragraphs as (

    select
        document_key,
        paragraph_number,
        min(char_start) as char_start,
        max(case when grade in ('优', '优秀') then 1 else 0 end)
        + max(case when grade in ('良', '良好') then 1 else 0 end) as scale
    from grades
    group by document_key, paragraph_number
    having count(*) = count(distinct grade) and count(*) > 1

),

graded_wholes as (

    select
        paragraphs.document_key,
        paragraphs.paragraph_number,
        wholes.amount_key,
        wholes.value,
        row_number() over (
            partition by paragraphs.document_key, paragraphs.paragraph_number order by wholes.char_start desc
        ) as nearness
    from graded_paragraphs as paragraphs
    inner join told as wholes
        on paragraphs.document_key = wholes.document_key
        and paragraphs.paragraph_number = wholes.paragraph_number
        and wholes.role = 'count'
        and wholes.char_start < paragraphs.char_start
        and {{ regex_matches('wholes.subject_printed', '(项目.*(自评|评价)|(自评|评价).*项目)') }}
        and not {{ regex_matches('wholes.subject_printed', '[“"‘《](优|良)') }}
    where paragraphs.scale = 2

),

graded as (

    select
        'graded' as method,
        wholes.document_key,
        wholes.amount_key as list_key,
        'whole' as side,
        wholes.amount_key,
        wholes.value,
        cast(0 as decimal(24, 6)) as half_unit,
        '个' as unit_code
    from graded_wholes as wholes
    where wholes.nearness = 1
    union all
    select
        'graded' as method,
        grades.document_key,
        wholes.amount_key as list_key,
        'part' as side,
        grades.amount_key,
        grades.value,
        cast(0 as decimal(24, 6)) as half_unit,
        '个' as unit_code
    from graded_wholes as wholes
    inner join grades
        on wholes.document_key = grades.document_key and wholes.paragraph_number = grades.paragraph_number
    where wholes.nearness = 1

),

-- 固定资产原值A,累计折旧B,净值C in one paragraph: A = B + C
worn as (

    select
        document_key,
        paragraph_number,
        max(case when side = 'original' then amount_key end) as original_key,
        max(case when side = 'depreciation' then amount_key end) as depreciation_key,
        max(case when side = 'net' then amount_key end) as net_key
    from (
        select
            document_key,
            paragraph_number,
            amount_key,
            case
                when {{ regex_matches('subject_key', '^固定资产(账面)?原值$') }} then 'original'
                when {{ regex_matches('subject_key', '^(固定资产)?累计折旧$') }} then 'depreciation'
                when {{ regex_matches('subject_key', '^固定资产(账面)?净值(总额)?$') }} then 'net'
            end as side
        from told
        where is_own_amount and unit_code = '元'
    ) as sides
    where side is not null
    group by document_key, paragraph_number
    having count(*) = 3 and count(distinct side) = 3

),

depreciated as (

    select
        'depreciated' as method,
        figures.document_key,
        worn.original_key as list_key,
        case when figures.amount_key = worn.original_key then 'whole' else 'part' end as side,
        figures.amount_key,
        figures.value,
        figures.half_unit,
        figures.unit_code
    from worn
    inner join told as figures
        on worn.document_key = figures.document_key
        and figures.amount_key in (worn.original_key, worn.depreciation_key, worn.net_key)

)

{% for part in [
    'graded', 'depreciated', ref('int_recon__share_list'), ref('int_recon__enumerated'), ref('int_recon__subject_list')
] -%}
select method, document_key, list_key, side, amount_key, value, half_unit, unit_code
from {{ part }}
{% if not loop.last %}union all{% endif %}
{% endfor %}
