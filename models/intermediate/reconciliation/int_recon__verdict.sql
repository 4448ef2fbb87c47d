-- Grain: one row per result with its last word (勾稽结论): read back where it accuses, doubts lower it to incomplete.
{% set columns = [
    'reconciliation_key', 'rule_id', 'document_key', 'left_amount_key', 'right_amount_key', 'left_value', 'right_value',
    'difference', 'tolerance', 'unit_code', 'place', 'label', 'is_truncation', 'part_count'
] %}
with

misread as (

    select used.reconciliation_key, count(*) as figures
    from {{ ref('int_recon__used') }} as used
    inner join {{ ref('int_recon__reread') }} as reread on used.amount_key = reread.amount_key
    group by used.reconciliation_key

),

-- a table with rows nobody could name may hold the part a subject lacks
unnamed_tables as (

    select distinct document_key, table_ordinal
    from {{ ref('int_recon__figure') }}
    where origin = 'table' and row_kind = 'other' and role = 'amount' and unit_code = '元' and compared_value <> 0

),

figure_doubts as (

    select used.reconciliation_key, min(figures.doubt) as doubt
    from {{ ref('int_recon__used') }} as used
    inner join {{ ref('int_recon__result') }} as results
        on used.reconciliation_key = results.reconciliation_key and results.status_as_read = 'discrepant'
    inner join {{ ref('int_recon__figure') }} as figures on used.amount_key = figures.amount_key
    where figures.doubt is not null
    group by used.reconciliation_key

)

select
    {% for column in columns -%}
    results.{{ column }},
    {% endfor -%}
    case
        when results.status_as_read <> 'discrepant' then results.missing
        when misread.reconciliation_key is not null then '按位置回读原文，数字与读入的不同'
        when coalesce(results.doubt, figure_doubts.doubt) is not null then coalesce(results.doubt, figure_doubts.doubt)
        when results.rule_kind = 'hierarchy' and unnamed_tables.document_key is not null
            then '表内有未能识别的行，各部分可能不全'
    end as reason,
    case
        when results.status_as_read = 'discrepant'
            and (
                misread.reconciliation_key is not null
                or results.doubt is not null
                or figure_doubts.doubt is not null
                or (results.rule_kind = 'hierarchy' and unnamed_tables.document_key is not null)
            )
            then 'incomplete'
        else results.status_as_read
    end as status
from {{ ref('int_recon__result') }} as results
left join misread on results.reconciliation_key = misread.reconciliation_key
left join figure_doubts on results.reconciliation_key = figure_doubts.reconciliation_key
left join {{ ref('int_recon__figure') }} as lefts on results.left_amount_key = lefts.amount_key
left join unnamed_tables
    on lefts.document_key = unnamed_tables.document_key and lefts.table_ordinal = unnamed_tables.table_ordinal
