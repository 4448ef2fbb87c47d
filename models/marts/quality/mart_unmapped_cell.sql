-- Grain: one row per number printed in a table that has no place in the star (未入库数字): why, and where it stands.
with

numbers as (

    select
        numbers.document_key,
        numbers.table_ordinal,
        numbers.row_ordinal,
        numbers.column_ordinal,
        numbers.number_ordinal,
        numbers.page,
        numbers.source_line,
        numbers.sheet,
        numbers.address,
        numbers.value_printed,
        numbers.value_text,
        numbers.role,
        numbers.reason,
        numbers.row_label,
        numbers.row_code,
        numbers.column_label,
        numbers.unit_of_measure,
        tables.title_printed,
        tables.statement_code,
        tables.recognition_reason,
        coalesce(documents.state, 'disclosure') as document_state,
        documents.state_reason
    from {{ ref('stg_landing__cell_numbers') }} as numbers
    inner join {{ ref('stg_landing__documents') }} as documents on numbers.document_key = documents.document_key
    left join {{ ref('stg_landing__tables') }} as tables
        on numbers.document_key = tables.document_key and numbers.table_ordinal = tables.table_ordinal
    where numbers.role in ('figure', 'unmapped', 'prose', 'indicator')

),

told_in_prose as (

    select distinct document_key, table_ordinal, row_ordinal, column_ordinal
    from {{ ref('stg_landing__narrative_amounts') }}
    where table_ordinal is not null

),

told_as_indicator as (

    select distinct document_key, table_ordinal, row_ordinal
    from {{ ref('stg_landing__indicators') }}
    where table_ordinal is not null

),

judged as (

    select
        numbers.document_key,
        numbers.table_ordinal,
        numbers.row_ordinal,
        numbers.column_ordinal,
        numbers.number_ordinal,
        numbers.page,
        numbers.source_line,
        numbers.sheet,
        numbers.address,
        numbers.value_printed,
        numbers.role,
        numbers.row_label,
        numbers.row_code,
        numbers.column_label,
        numbers.unit_of_measure,
        numbers.title_printed,
        numbers.statement_code,
        case
            when numbers.role = 'unmapped' then coalesce(numbers.reason, '未能识别')
            when numbers.role = 'figure' and numbers.document_state <> 'disclosure'
                then '文件不是部门预决算公开：' || coalesce(numbers.state_reason, numbers.document_state)
            when numbers.role = 'figure' and numbers.statement_code is null
                then '表未识别' || coalesce('：' || numbers.recognition_reason, '')
            when numbers.role = 'figure' and {{ to_value('numbers.value_text') }} is null then '数字无法转换为数值'
            when numbers.role = 'prose' and told_in_prose.document_key is null then '单元格文字中的数字，未作为数据抽取'
            when numbers.role = 'indicator' and told_as_indicator.document_key is null then '指标文字中的数字，未归入指标行'
        end as reason
    from numbers
    left join told_in_prose
        on numbers.document_key = told_in_prose.document_key
        and numbers.table_ordinal = told_in_prose.table_ordinal
        and numbers.row_ordinal = told_in_prose.row_ordinal
        and numbers.column_ordinal = told_in_prose.column_ordinal
    left join told_as_indicator
        on numbers.document_key = told_as_indicator.document_key
        and numbers.table_ordinal = told_as_indicator.table_ordinal
        and numbers.row_ordinal = told_as_indicator.row_ordinal

)

select
    {{ amount_key('document_key', 'table_ordinal', 'row_ordinal', 'column_ordinal', 'number_ordinal') }} as cell_key,
    document_key,
    statement_code,
    title_printed,
    table_ordinal,
    row_ordinal,
    column_ordinal,
    number_ordinal,
    page,
    source_line,
    sheet,
    address,
    row_label,
    row_code,
    column_label,
    value_printed,
    unit_of_measure,
    role,
    reason
from judged
where reason is not null
