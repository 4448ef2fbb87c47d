-- Grain: one row per label of a row or a column that says of itself which stage its figures are of (标题自带的阶段):
-- the stage alone (决算数, 2022年预算数, 上年) or at its end (公务接待费决算数). label is the text as the landing has it:
-- of columns as printed, of rows folded. 一般公共预算数 names a fund, not a stage.
with

words as (

    select stage_code, label as word
    from {{ ref('header_terms') }}
    where kind = 'amount' and stage_code <> ''
    union all
    select stage_code, {{ split_rows('variants') }} as word
    from {{ ref('header_terms') }}
    where kind = 'amount' and stage_code <> ''

),

keyed as (

    select
        {{ label_key('word') }} as word_key,
        min(stage_code) as stage_code
    from words
    group by {{ label_key('word') }}
    having count(distinct stage_code) = 1

),

labels as (

    select row_label_key as label
    from {{ ref('stg_landing__cell_numbers') }}
    where role = 'figure' and row_code is null and length(row_label_key) <= 30
    union
    select label_printed as label
    from {{ ref('stg_landing__table_columns') }}
    where length(label_printed) <= 30

),

folded as (

    select
        label,
        {{ label_key('label') }} as label_key,
        {{ regex_remove(label_key('label'), '(19|20)[0-9][0-9]年度?|(万元|元)$') }} as lean_key,
        cast({{ regex_part('label', '(20[0-9][0-9])年') }} as integer) as year_stated
    from labels

),

-- of the words a label ends in, the longest: 公务接待费全年预算数 is of the whole year's budget
ends as (

    select
        folded.label,
        folded.label_key,
        folded.lean_key,
        folded.year_stated,
        keyed.stage_code,
        row_number() over (partition by folded.label order by length(keyed.word_key) desc, keyed.stage_code asc) as length_rank
    from folded
    inner join keyed
        on folded.lean_key = keyed.word_key
        or folded.label_key = keyed.word_key
        or (
            right(keyed.word_key, 1) = '数'
            and length(keyed.word_key) >= 3
            and right(folded.lean_key, length(keyed.word_key)) = keyed.word_key
        )
    where not {{ regex_matches('folded.lean_key', '(公共|基金|经营|资本)预算数?$') }}

)

select
    label,
    year_stated,
    case
        when {{ is_prior_stage('stage_code') }} then stage_code
        when {{ regex_matches('label_key', '^(上|前|去)一?年') }} and stage_code = 'final' then 'prior_final'
        when {{ regex_matches('label_key', '^(上|前|去)一?年') }} then 'prior_budget'
        else stage_code
    end as stage_code
from ends
where length_rank = 1
