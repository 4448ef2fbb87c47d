-- Grain: one row per paragraph whose words on final account and budget contradict its figures (决算数大于、小于、等于预算数的
-- 说法与数字不符): it tells one final figure beside its budget, or one completion rate and no budget. Where the figures
-- contradict one another, that is another finding.
{% set text = dbt.type_string() %}
with

told as (

    select amount_key, document_key, paragraph_number, subject_key, run_ordinal, role, stage_stated, unit_code, value,
        half_unit, has_digits, is_own_amount, place, value_printed, budget_word
    from {{ ref('int_recon__told') }}
    where budget_word is not null

),

pairs as (

    select
        own.document_key,
        own.paragraph_number,
        min(own.place) as place,
        min(own.budget_word) as budget_word,
        min(own.value) as value,
        min(budgets.value) as held_against,
        max(own.half_unit + budgets.half_unit) as tolerance,
        '预算' || min(budgets.value_printed) || '、决算' || min(own.value_printed) as figures_told
    from told as own
    inner join told as budgets
        on own.document_key = budgets.document_key
        and own.paragraph_number = budgets.paragraph_number
        and own.subject_key = budgets.subject_key
        and own.run_ordinal = budgets.run_ordinal
        and budgets.role = 'amount'
        and budgets.unit_code = '元'
        and budgets.has_digits
        and budgets.stage_stated in ('initial_budget', 'full_year_budget', 'budget_unspecified')
    where own.is_own_amount and own.unit_code = '元'
    group by own.document_key, own.paragraph_number
    having count(*) = 1

),

rates as (

    select
        told.document_key,
        told.paragraph_number,
        min(told.place) as place,
        min(told.budget_word) as budget_word,
        min(told.value) as value,
        cast(100 as decimal(24, 6)) as held_against,
        max(told.half_unit) as tolerance,
        '完成预算的' || min(told.value_printed) || '%' as figures_told
    from told
    left join pairs on told.document_key = pairs.document_key and told.paragraph_number = pairs.paragraph_number
    where told.role = 'completion_rate' and told.has_digits and pairs.document_key is null
    group by told.document_key, told.paragraph_number
    having count(*) = 1

),

judged as (

    select document_key, paragraph_number, place, budget_word, value, held_against, tolerance, figures_told
    from pairs
    union all
    select document_key, paragraph_number, place, budget_word, value, held_against, tolerance, figures_told
    from rates

),

-- paragraphs whose figures disagree with one another
doubted as (

    select distinct told.document_key, told.paragraph_number
    from {{ ref('int_recon__compared_in_prose') }} as compared
    inner join told on compared.left_amount_key = told.amount_key
    where abs(compared.difference) > compared.tolerance

)

select
    'exceeds' as method,
    judged.document_key,
    cast(judged.paragraph_number as {{ text }}) as item_key,
    judged.place,
    '决算数' || case judged.budget_word when 'more' then '大于' when 'less' then '小于' else '等于' end || '预算数' as printed,
    '决算数' || case when judged.value > judged.held_against then '大于' else '小于' end || '预算数（'
    || judged.figures_told || '）' as expected
from judged
left join doubted
    on judged.document_key = doubted.document_key and judged.paragraph_number = doubted.paragraph_number
where doubted.document_key is null
    and abs(judged.value - judged.held_against) > judged.tolerance
    and not (judged.budget_word = 'more' and judged.value > judged.held_against)
    and not (judged.budget_word = 'less' and judged.value < judged.held_against)
