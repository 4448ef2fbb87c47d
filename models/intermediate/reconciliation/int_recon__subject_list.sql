-- Grain: one row per whole list of functional subjects told one after the other and figure of it (文字所列功能科目的清单): their
-- total, or one of the subjects; and 类 told in one place of a chapter with their 项 told in another.
{% set text = dbt.type_string() %}
with

told as (

    select amount_key, document_key, section, functional_code, role, line_code, fund_code, unit_code, value,
        half_unit,
        case when is_own_amount then 'own' else coalesce(stage_stated, '') end as stage
    from {{ ref('int_recon__told') }}
    where has_digits

),

-- functional subjects told one after the other
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

-- 类 told in one place of a chapter, their 项 in another: where the items make up the total, every item is told, and a
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

select method, document_key, list_key, side, amount_key, value, half_unit, unit_code
from classes
union all
select method, document_key, list_key, side, amount_key, value, half_unit, unit_code
from items_of_classes
