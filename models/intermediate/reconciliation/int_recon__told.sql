-- Grain: one row per number told in prose (文字数字), with the run of statements about one subject it belongs to:
-- 决算数7.65万元,比上年5.19万元增加2.46万元,增长47.39%. A run begins with each figure of the document's own stage.
with

-- 决算数大于(小于、等于)预算数: what a paragraph says of the final account against the budget; null where it says two things
budget_words as (

    select
        document_key,
        paragraph_ordinal,
        case
            when says_more and not says_less and not says_equal then 'more'
            when says_less and not says_more and not says_equal then 'less'
            when says_equal and not says_more and not says_less then 'equal'
        end as budget_word
    from (
        select
            document_key,
            paragraph_ordinal,
            {% for sense, words in {
                'more': '(大于|高于|超过|超出)(了)?', 'less': '(小于|低于)(了)?', 'equal': '(等于)'
            }.items() -%}
            {{ regex_matches(
                'folded', '决算(支出)?(数|金额)?' ~ words ~ '(当年|本年|部门)?(年初|全年|调整)?(部门)?预算'
            ) }} as says_{{ sense }}{% if not loop.last %},{% endif %}
            {% endfor %}
        from (
            select document_key, paragraph_ordinal, {{ without_blanks('text') }} as folded
            from {{ ref('stg_landing__paragraphs') }}
        ) as folds
    ) as words
    where (says_more or says_less or says_equal)

),

told as (

    select
        amounts.amount_key,
        amounts.document_key,
        amounts.scope_code,
        coalesce(
            amounts.paragraph_ordinal, 1000000 + amounts.table_ordinal * 1000 + amounts.row_ordinal
        ) as paragraph_number,
        amounts.char_start,
        amounts.section,
        amounts.sentence,
        amounts.subject_printed,
        amounts.parent_printed,
        -- 年初项目预算金额 and 年初项目 are one subject told at two stages
        {{ regex_remove(
            label_key("coalesce(amounts.subject_printed, '')"),
            '(预算金额|实际支出|支出金额|预算数|决算数|执行数|金额)$'
        ) }} as subject_key,
        {{ regex_remove(
            label_key('amounts.parent_printed'), '(预算金额|实际支出|支出金额|预算数|决算数|执行数|金额)$'
        ) }} as parent_key,
        amounts.functional_code,
        amounts.role,
        amounts.direction,
        coalesce(amounts.base_code, '') as base_code,
        amounts.stage_code as stage_stated,
        figures.line_code,
        figures.fund_code,
        figures.stage_code,
        figures.label,
        figures.place,
        figures.unit_code,
        figures.value_printed,
        -- 减少3万元 is told without a sign, also where one is printed; an amount below nothing is below nothing
        case
            when amounts.role in ('amount', 'share') then figures.compared_value else abs(figures.compared_value)
        end as value,
        figures.compared_value as signed_value,
        figures.compared_half_unit as half_unit,
        {{ regex_matches('figures.value_printed', '[0-9]') }} as has_digits,
        amounts.role = 'amount' and figures.stage_code = 'own'
        and {{ regex_matches('figures.value_printed', '[0-9]') }} as is_own_amount,
        budget_words.budget_word
    from {{ ref('fct_narrative_amount') }} as amounts
    inner join {{ ref('int_recon__figure') }} as figures on amounts.amount_key = figures.amount_key
    left join budget_words
        on amounts.document_key = budget_words.document_key
        and amounts.paragraph_ordinal = budget_words.paragraph_ordinal
        and amounts.table_ordinal is null

),

counted as (

    select
        amount_key,
        sum(case when is_own_amount then 1 else 0 end) over (
            partition by document_key, paragraph_number, subject_key
            order by char_start nulls last, amount_key
            rows between unbounded preceding and current row
        ) as own_before,
        sum(case when is_own_amount then 1 else 0 end) over (
            partition by document_key, paragraph_number, subject_key, sentence
            order by char_start nulls last, amount_key
            rows between unbounded preceding and current row
        ) as own_before_in_sentence,
        sum(case when is_own_amount then 1 else 0 end) over (
            partition by document_key, paragraph_number, subject_key, sentence
        ) as own_in_sentence
    from told

)

select
    told.amount_key,
    told.document_key,
    told.scope_code,
    told.paragraph_number,
    told.char_start,
    told.section,
    told.sentence,
    told.subject_printed,
    told.parent_printed,
    told.subject_key,
    told.parent_key,
    told.functional_code,
    told.role,
    told.direction,
    told.base_code,
    told.stage_stated,
    told.line_code,
    told.fund_code,
    told.stage_code,
    told.label,
    told.place,
    told.unit_code,
    told.value_printed,
    told.value,
    told.signed_value,
    told.half_unit,
    told.has_digits,
    told.is_own_amount,
    told.budget_word,
    -- 年初预算X,决算Y: the budget before the first figure of the sentence belongs to it
    case
        when counted.own_before = 0 then 1
        when not told.is_own_amount and told.role = 'amount' and counted.own_before_in_sentence = 0
            and counted.own_in_sentence > 0
            then counted.own_before + 1
        else counted.own_before
    end as run_ordinal
from told
inner join counted on told.amount_key = counted.amount_key
