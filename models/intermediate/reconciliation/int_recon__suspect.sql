-- Grain: one row per figure that a discrepant result rests on (可疑数字): how many results it breaks and how many hold with
-- it, and the figure itself (null where it has no address).
with

used as (

    select reconciliation_key, amount_key, document_key, status, comparison
    from {{ ref('int_recon__accused_use') }}

),

broken as (

    select distinct amount_key
    from used
    where status = 'discrepant'

),

figures as (

    select amount_key, document_key, origin, statement_code, table_ordinal, row_ordinal, column_label, paragraph_ordinal,
        char_start, label, place, role, value_printed, unit_printed, unit_code, compared_value, compared_half_unit
    from {{ ref('int_recon__figure') }}

),

told_in as (

    select distinct figures.document_key
    from figures
    inner join broken on figures.amount_key = broken.amount_key
    where figures.origin = 'prose'

),

-- 收、支总计各减少3.51万元 is one number told of two subjects: that both agree says nothing
told_twice as (

    select used.reconciliation_key
    from used
    inner join told_in on used.document_key = told_in.document_key
    inner join figures as told on used.amount_key = told.amount_key and told.origin = 'prose'
    where used.status <> 'discrepant'
    group by used.reconciliation_key
    having count(*) = 2
        and min(told.paragraph_ordinal) = max(told.paragraph_ordinal)
        and min(told.char_start) = max(told.char_start)

),

suspicions as (

    select
        used.amount_key,
        sum(case when used.status = 'discrepant' then 1 else 0 end) as broken,
        sum(case when used.status = 'discrepant' then 0 else 1 end) as kept,
        sum(case when used.status = 'discrepant' or used.comparison = '<=' then 0 else 1 end) as kept_equal,
        -- of identities of its own document, where another document's figure is compared
        sum(
            case when used.status = 'discrepant' and left(used.amount_key, length(used.document_key)) = used.document_key then 1
            else 0 end
        ) as broken_at_home
    from used
    inner join broken on used.amount_key = broken.amount_key
    left join told_twice on used.reconciliation_key = told_twice.reconciliation_key
    where told_twice.reconciliation_key is null
    group by used.amount_key

)

select
    suspicions.amount_key,
    suspicions.broken,
    suspicions.kept,
    suspicions.kept_equal,
    suspicions.broken_at_home,
    figures.amount_key is not null as is_addressed,
    figures.document_key,
    figures.origin,
    figures.statement_code,
    figures.table_ordinal,
    figures.row_ordinal,
    figures.column_label,
    figures.paragraph_ordinal,
    figures.char_start,
    figures.label,
    figures.place,
    figures.role,
    figures.value_printed,
    figures.unit_printed,
    figures.unit_code,
    figures.compared_value,
    figures.compared_half_unit
from suspicions
left join figures on suspicions.amount_key = figures.amount_key
