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
        and instr(wholes.subject_printed, '项目') > 0
        and instr(wholes.subject_printed, '自评') > 0
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

)

{% for part in ['enumerated', 'graded', 'depreciated', 'classes'] -%}
select method, document_key, list_key, side, amount_key, value, half_unit, unit_code
from {{ part }}
{% if not loop.last %}union all{% endif %}
{% endfor %}
