-- Grain: one row per closed list told in prose and figure of it (文字所列清单的成员): the whole, or one of its parts. A
-- list is closed where its words say so: it prints a sum of its own (合计), an item of nothing (工程支出0万元) or a rest
-- (其他资金), it splits one project's money, or it counts kinds that are all there are (行政、参公、事业单位; 优、良、中、差).
{% set text = dbt.type_string() %}
{% set sum_words = "('合计', '共计', '总计', '小计', '合计金额')" %}
with

told as (

    select
        amount_key,
        document_key,
        paragraph_number,
        char_start,
        section,
        sentence,
        subject_printed,
        subject_key,
        parent_key,
        functional_code,
        role,
        line_code,
        fund_code,
        unit_code,
        value,
        half_unit,
        stage_stated,
        is_own_amount,
        run_ordinal,
        case when is_own_amount then 'own' else coalesce(stage_stated, '') end as stage
    from {{ ref('int_recon__told') }}
    where has_digits

),

-- ---- shares of one whole: a list is whole where its parts add up to the whole the shares were taken of
shares as (

    select
        told.document_key,
        told.amount_key,
        case
            when told.functional_code is not null
                then told.section || ':' || cast(length(told.functional_code) as {{ text }})
                    || ':' || coalesce(told.parent_key, '')
            else cast(told.paragraph_number as {{ text }}) || ':' || coalesce(told.parent_key, '')
        end as list_key,
        told.value,
        told.half_unit,
        parts.amount_key as part_amount_key,
        parts.value as part_value,
        parts.half_unit as part_half_unit,
        checked.other_amount_key as whole_amount_key,
        wholes.compared_value as whole_value,
        wholes.compared_half_unit as whole_half_unit
    from told
    inner join {{ ref('int_recon__share') }} as checked on told.amount_key = checked.left_amount_key
    inner join told as parts on checked.right_amount_key = parts.amount_key
    inner join {{ ref('int_recon__figure') }} as wholes on checked.other_amount_key = wholes.amount_key
    where told.role = 'share' and (told.parent_key is not null or told.functional_code is not null)

),

share_lists as (

    select
        document_key,
        list_key,
        max(whole_amount_key) as whole_amount_key,
        max(whole_value) as whole_value,
        max(whole_half_unit) as whole_half_unit,
        abs(sum(part_value) - max(whole_value)) <= sum(part_half_unit) + max(whole_half_unit) as makes_whole,
        -- shares of 100 % prove the list whole; then its parts must make up the whole
        abs(sum(value) - 100) <= sum(half_unit) and count(distinct whole_value) = 1 as makes_hundred
    from shares
    group by document_key, list_key
    having count(*) > 1 and count(distinct part_amount_key) = count(*) and sum(value) > 0

),

shared as (

    select 'share_sum' as method, shares.document_key, shares.list_key, 'part' as side, shares.amount_key, shares.value,
        shares.half_unit, '%' as unit_code
    from share_lists as lists
    inner join shares on lists.document_key = shares.document_key and lists.list_key = shares.list_key
    where lists.makes_whole
    union all
    select 'parts' as method, shares.document_key, shares.list_key, 'part' as side, shares.part_amount_key as amount_key,
        shares.part_value as value, shares.part_half_unit as half_unit, '元' as unit_code
    from share_lists as lists
    inner join shares on lists.document_key = shares.document_key and lists.list_key = shares.list_key
    where lists.makes_hundred
    union all
    select 'parts' as method, document_key, list_key, 'whole' as side, whole_amount_key as amount_key,
        whole_value as value, whole_half_unit as half_unit, '元' as unit_code
    from share_lists
    where makes_hundred

),

-- ---- 甲X万元,其中:乙…,丙…: parts stand under the whole nearest before them, told of the same stage
placed as (

    select
        parts.document_key,
        parts.amount_key,
        parts.paragraph_number,
        parts.char_start,
        parts.section,
        parts.sentence,
        parts.subject_key,
        parts.line_code,
        parts.role,
        parts.unit_code,
        parts.value,
        parts.half_unit,
        parts.subject_key in {{ sum_words }} as is_sum,
        wholes.amount_key as whole_amount_key,
        wholes.subject_key as whole_subject_key,
        wholes.line_code as whole_line_code,
        wholes.value as whole_value,
        wholes.half_unit as whole_half_unit,
        row_number() over (partition by parts.amount_key order by wholes.char_start desc) as nearness
    from told as parts
    inner join told as wholes
        on parts.document_key = wholes.document_key
        and parts.paragraph_number = wholes.paragraph_number
        and parts.parent_key = wholes.subject_key
        and parts.stage = wholes.stage
        and parts.role = wholes.role
        and (
            parts.unit_code = wholes.unit_code
            or (parts.unit_code in ('家', '个') and wholes.unit_code in ('家', '个'))
        )
        and parts.char_start > wholes.char_start
    where (parts.role = 'amount' and parts.unit_code = '元') or (parts.role = 'count' and parts.stage = '')

),

parts as (

    select
        document_key,
        amount_key,
        paragraph_number,
        section,
        sentence,
        subject_key,
        line_code,
        role,
        unit_code,
        value,
        half_unit,
        is_sum,
        whole_amount_key,
        whole_subject_key,
        whole_line_code,
        whole_value,
        whole_half_unit
    from placed
    where nearness = 1

),

lists as (

    select
        document_key,
        whole_amount_key,
        min(whole_subject_key) as whole_subject_key,
        min(role) as role,
        sum(case when is_sum then 0 else 1 end) as members,
        count(distinct case when not is_sum then subject_key end) as subjects,
        max(case when is_sum then amount_key end) as sum_amount_key,
        sum(case when is_sum then 1 else 0 end) as sums,
        max(case when not is_sum and value = 0 then 1 else 0 end) as has_nothing,
        max(case when not is_sum and value > 0 then 1 else 0 end) as has_something,
        max(case when {{ regex_matches('subject_key', '^其他(资金|收入|支出|来源|用车|经费)') }} then 1 else 0 end) as has_rest,
        -- the three public expenses hang under one another; they, grand totals, procurement and the kinds of spending
        -- have rules of their own; what was added explains, it does not split; small firms are among the middling ones
        max(case
            when line_code like 'tp%' or whole_line_code like 'tp%' or subject_key like '追加%'
                or instr(subject_key, '小微') > 0 or instr(whole_subject_key, '中小') > 0
                or whole_line_code in ('income_grand_total', 'expenditure_grand_total', 'procurement_total')
                or line_code = 'expenditure_basic'
                then 1
            else 0
        end) as is_other_kind,
        max(case when {{ regex_matches('sentence', '(等[。；;，,方几]|等$|主要|左右|以上|包含但)') }} then 1 else 0 end)
            as is_open,
        max(case
            when {{ regex_matches("coalesce(section, '')", '(项目名称|专项|项目支出|年度预算安排|资金安排)') }} then 1 else 0
        end) as is_of_project,
        max(case when subject_key like '%行政单位%' then 1 else 0 end)
        + max(case when subject_key like '%事业单位%' then 1 else 0 end) as kinds_of_unit
    from parts
    group by document_key, whole_amount_key

),

-- 财政拨款收入900万元(含政府性基金50万元),事业收入…: a part told too much is part of another part
nested_lists as (

    select distinct sums.document_key, sums.whole_amount_key
    from (
        select document_key, whole_amount_key, sum(value) as value, sum(half_unit) as half_unit
        from parts
        where not is_sum
        group by document_key, whole_amount_key
    ) as sums
    inner join parts
        on sums.document_key = parts.document_key
        and sums.whole_amount_key = parts.whole_amount_key
        and not parts.is_sum
        and parts.value > 0
        and abs(sums.value - parts.whole_value - parts.value) <= sums.half_unit + parts.whole_half_unit

),

closed_lists as (

    select document_key, whole_amount_key, role, sum_amount_key
    from lists
    where role = 'amount'
        and members > 1
        and members = subjects
        and sums < 2
        and is_other_kind = 0
        and has_something = 1
        and (
            sums = 1
            or (is_open = 0 and (has_nothing = 1 or has_rest = 1 or is_of_project = 1))
        )
        and (sums = 1 or whole_amount_key not in (select nested_lists.whole_amount_key from nested_lists))
    union all
    -- 预算单位3家,其中:行政单位1家,事业单位2家
    select document_key, whole_amount_key, role, cast(null as {{ text }}) as sum_amount_key
    from lists
    where role = 'count'
        and members > 1
        and members = subjects
        and sums = 0
        and is_open = 0
        and kinds_of_unit = 2
        and instr(whole_subject_key, '单位') > 0

),

enumerated as (

    -- the parts make up the sum the list prints, or else its whole
    select
        case when lists.role = 'count' then 'units_counted' else 'enumerated' end as method,
        parts.document_key,
        coalesce(lists.sum_amount_key, lists.whole_amount_key) as list_key,
        'part' as side,
        parts.amount_key,
        parts.value,
        parts.half_unit,
        parts.unit_code
    from closed_lists as lists
    inner join parts
        on lists.document_key = parts.document_key and lists.whole_amount_key = parts.whole_amount_key
    where not parts.is_sum
    union all
    select
        case when lists.role = 'count' then 'units_counted' else 'enumerated' end as method,
        wholes.document_key,
        coalesce(lists.sum_amount_key, lists.whole_amount_key) as list_key,
        'whole' as side,
        wholes.amount_key,
        wholes.value,
        wholes.half_unit,
        wholes.unit_code
    from closed_lists as lists
    inner join told as wholes on coalesce(lists.sum_amount_key, lists.whole_amount_key) = wholes.amount_key
    union all
    -- and that sum is the whole
    select
        'enumerated' as method,
        figures.document_key,
        lists.whole_amount_key as list_key,
        case when figures.amount_key = lists.whole_amount_key then 'whole' else 'part' end as side,
        figures.amount_key,
        figures.value,
        figures.half_unit,
        figures.unit_code
    from closed_lists as lists
    inner join told as figures
        on lists.document_key = figures.document_key
        and figures.amount_key in (lists.whole_amount_key, lists.sum_amount_key)
    where lists.sum_amount_key is not null

),

-- ---- 自评项目26个 … “优”的22个、“良”的4个: grades of one scale count every project once
grades as (

    select
        document_key,
        paragraph_number,
        char_start,
        amount_key,
        value,
        unit_code,
        subject_printed,
        {{ regex_part('subject_printed', '[“"‘《]?(优秀|优|良好|良|中等|中|合格|差|不合格)[”"’》]') }} as grade
    from told
    where role = 'count'
        and value >= 0
        and {{ regex_matches('subject_printed', '(等级|评级|评价|自评|结果).*[“"‘《](优秀|优|良好|良|中等|中|合格|差|不合格)[”"’》]') }}

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
    having count(*) = count(distinct grade) and count(*) > 2

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

-- ---- 固定资产原值A,累计折旧B,净值C in one paragraph: A = B + C
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

),

-- ---- functional subjects told one after the other
subject_lists as (

    select
        document_key,
        section,
        {{ regex_remove("coalesce(section, '')", '/[^/]*$') }} as chapter,
        length(functional_code) as level,
        stage,
        sum(value) as value,
        sum(half_unit) as half_unit,
        count(*) as subjects,
        count(distinct functional_code) as codes
    from told
    where role = 'amount'
        and unit_code = '元'
        and functional_code is not null
        and stage in ('own', 'initial_budget', 'full_year_budget')
    group by document_key, section, length(functional_code), stage

),

-- a subject told with one amount in a chapter, however often
chapter_subjects as (

    select
        document_key,
        {{ regex_remove("coalesce(section, '')", '/[^/]*$') }} as chapter,
        functional_code,
        min(amount_key) as amount_key,
        min(value) as value,
        max(half_unit) as half_unit
    from told
    where role = 'amount' and unit_code = '元' and functional_code is not null and stage = 'own'
    group by document_key, {{ regex_remove("coalesce(section, '')", '/[^/]*$') }}, functional_code
    having min(value) = max(value)

),

stated_totals as (

    select
        document_key,
        section,
        {{ regex_remove("coalesce(section, '')", '/[^/]*$') }} as chapter,
        stage,
        min(amount_key) as amount_key,
        min(value) as value,
        max(half_unit) as half_unit
    from told
    where role = 'amount'
        and unit_code = '元'
        and line_code in ('expenditure_this_year', 'expenditure_grand_total')
        and fund_code in ('general', 'appropriation')
        and stage in ('own', 'initial_budget', 'full_year_budget')
    group by document_key, section, stage
    having min(value) = max(value)

),

-- a list is whole where its figures of the own stage make up the stated total, told beside it or in the same chapter
whole_lists as (

    select
        lists.document_key,
        lists.section,
        lists.level,
        lists.subjects,
        coalesce(max(case when totals.section = lists.section then totals.section end), min(totals.section))
            as total_section
    from subject_lists as lists
    inner join stated_totals as totals
        on lists.document_key = totals.document_key
        and lists.chapter = totals.chapter
        and totals.stage = 'own'
    where lists.stage = 'own'
        and lists.codes = lists.subjects
        and lists.subjects > 1
        and abs(lists.value - totals.value) <= lists.half_unit + totals.half_unit
    group by lists.document_key, lists.section, lists.level, lists.subjects

),

class_lists as (

    select whole_lists.document_key, whole_lists.section, whole_lists.level, lists.stage, totals.amount_key
    from whole_lists
    inner join subject_lists as lists
        on whole_lists.document_key = lists.document_key
        and whole_lists.section = lists.section
        and whole_lists.level = lists.level
        and whole_lists.subjects = lists.subjects
        and lists.codes = lists.subjects
    inner join stated_totals as totals
        on lists.document_key = totals.document_key
        and whole_lists.total_section = totals.section
        and lists.stage = totals.stage

),

classes as (

    select
        'classes' as method,
        lists.document_key,
        lists.amount_key || ':' || lists.section || ':' || cast(lists.level as {{ text }}) as list_key,
        'part' as side,
        told.amount_key,
        told.value,
        told.half_unit,
        told.unit_code
    from class_lists as lists
    inner join told
        on lists.document_key = told.document_key
        and lists.section = told.section
        and lists.level = length(told.functional_code)
        and lists.stage = told.stage
        and told.role = 'amount'
        and told.unit_code = '元'
    union all
    select
        'classes' as method,
        lists.document_key,
        lists.amount_key || ':' || lists.section || ':' || cast(lists.level as {{ text }}) as list_key,
        'whole' as side,
        told.amount_key,
        told.value,
        told.half_unit,
        told.unit_code
    from class_lists as lists
    inner join told on lists.amount_key = told.amount_key

),

-- ---- 类 told in one place of a chapter, their 项 in another: where the items make up the total, every item is told, and a
-- class has no others
class_items as (

    select
        classes.document_key,
        classes.chapter,
        classes.functional_code,
        classes.amount_key,
        classes.value,
        classes.half_unit
    from chapter_subjects as classes
    inner join whole_lists
        on classes.document_key = whole_lists.document_key
        and classes.chapter = {{ regex_remove("coalesce(whole_lists.section, '')", '/[^/]*$') }}
        and whole_lists.level = 7
    inner join chapter_subjects as items
        on classes.document_key = items.document_key
        and classes.chapter = items.chapter
        and length(items.functional_code) = 7
        and left(items.functional_code, 3) = classes.functional_code
    where length(classes.functional_code) = 3
    group by
        classes.document_key, classes.chapter, classes.functional_code, classes.amount_key, classes.value,
        classes.half_unit

),

items_of_classes as (

    select
        'class_items' as method,
        classes.document_key,
        classes.amount_key as list_key,
        'whole' as side,
        classes.amount_key,
        classes.value,
        classes.half_unit,
        '元' as unit_code
    from class_items as classes
    union all
    select
        'class_items' as method,
        items.document_key,
        classes.amount_key as list_key,
        'part' as side,
        items.amount_key,
        items.value,
        items.half_unit,
        '元' as unit_code
    from class_items as classes
    inner join chapter_subjects as items
        on classes.document_key = items.document_key
        and classes.chapter = items.chapter
        and length(items.functional_code) = 7
        and left(items.functional_code, 3) = classes.functional_code

)

{% for part in ['shared', 'enumerated', 'graded', 'depreciated', 'classes', 'items_of_classes'] -%}
select method, document_key, list_key, side, amount_key, value, half_unit, unit_code
from {{ part }}
{% if not loop.last %}union all{% endif %}
{% endfor %}
