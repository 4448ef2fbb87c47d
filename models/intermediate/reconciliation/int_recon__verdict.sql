-- Grain: one row per result that accuses as it was read, with its last word (勾稽结论): read back, doubts lower it to
-- incomplete. Results that accuse nobody are not here; their last word is the first one.
with

accused as (

    select result_number, rule_kind, left_amount_key, left_value, right_value, difference, tolerance, doubt
    from {{ ref('int_recon__result') }}
    where status_as_read = 'discrepant'

),

used as (

    select used.result_number, used.amount_key
    from {{ ref('int_recon__used') }} as used
    inner join accused on used.result_number = accused.result_number

),

misread as (

    select used.result_number, count(*) as figures
    from used
    inner join {{ ref('int_recon__reread') }} as reread on used.amount_key = reread.amount_key
    group by used.result_number

),

figure_doubts as (

    select used.result_number, min(figures.doubt) as doubt
    from used
    inner join {{ ref('int_recon__figure') }} as figures on used.amount_key = figures.amount_key
    where figures.doubt is not null
    group by used.result_number

),

lefts as (

    select accused.result_number, figures.document_key, figures.table_ordinal, figures.compared_half_unit
    from accused
    inner join {{ ref('int_recon__figure') }} as figures on accused.left_amount_key = figures.amount_key

),

-- a table with rows nobody could name may hold the part a subject lacks
unnamed_tables as (

    select distinct document_key, table_ordinal
    from {{ ref('int_recon__figure') }}
    where origin = 'table' and row_kind = 'other' and role = 'amount' and unit_code = '元' and compared_value <> 0

),

reasoned as (

    select
        accused.result_number,
        case
            when misread.result_number is not null then '按位置回读原文，数字与读入的不同'
            when coalesce(accused.doubt, figure_doubts.doubt) is not null then coalesce(accused.doubt, figure_doubts.doubt)
            when accused.rule_kind = 'hierarchy' and unnamed_tables.document_key is not null
                then '表内有未能识别的行，各部分可能不全'
        end as reason,
        -- rates cut off instead of rounded: within one full last digit of what they should be, below it
        coalesce(
            accused.rule_kind = 'rate'
            and accused.left_value < accused.right_value
            and abs(accused.difference) <= accused.tolerance + lefts.compared_half_unit,
            false
        ) as is_truncation
    from accused
    left join misread on accused.result_number = misread.result_number
    left join figure_doubts on accused.result_number = figure_doubts.result_number
    left join lefts on accused.result_number = lefts.result_number
    left join unnamed_tables
        on lefts.document_key = unnamed_tables.document_key and lefts.table_ordinal = unnamed_tables.table_ordinal

)

select
    result_number,
    case when reason is null then 'discrepant' else 'incomplete' end as status,
    reason,
    is_truncation
from reasoned
