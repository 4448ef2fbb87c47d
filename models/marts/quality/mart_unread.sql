-- Grain: one row per thing a document prints that could not be read or placed (未读内容), whatever it is: numbers in
-- tables and in prose, statements whose table was not made out, template text left in, pages, whole documents. Files
-- that are not in the star at all (unreadable, or in quarantine) stand in meta_reject; the view zh.未读内容 holds both.
-- Numbers understood to be no figures (dates, ordinals, thresholds) are none of it.
with

documents as (

    select document_key, file_name, state, state_reason
    from {{ ref('stg_landing__documents') }}

),

told_as_a_whole as (

    select distinct document_key
    from {{ ref('stg_landing__rejects') }}
    where stage = 'file'

),

-- left out as a whole; where a row of the rejects says so, that row says more
not_disclosures as (

    select
        documents.document_key || '-d' as unread_key,
        documents.document_key,
        'document' as unread_kind,
        cast(null as integer) as page,
        cast(null as integer) as source_line,
        cast(null as {{ dbt.type_string() }}) as sheet,
        cast(null as integer) as table_ordinal,
        cast(null as {{ dbt.type_string() }}) as place_named,
        cast(null as {{ dbt.type_string() }}) as text_printed,
        cast(null as {{ dbt.type_string() }}) as stands_in,
        '整份文件不作部门公开读入：' || coalesce(documents.state_reason, documents.state) as reason,
        documents.state as reason_code
    from documents
    left join told_as_a_whole on documents.document_key = told_as_a_whole.document_key
    where documents.state <> 'disclosure' and told_as_a_whole.document_key is null

),

-- pages, tables, numbers and links of documents that were read otherwise
rejected as (

    select
        documents.document_key || '-r' || cast(rejects.reject_ordinal as {{ dbt.type_string() }}) as unread_key,
        documents.document_key,
        case rejects.stage when 'file' then 'document' else rejects.stage end as unread_kind,
        rejects.page,
        rejects.source_line,
        rejects.sheet,
        cast(null as integer) as table_ordinal,
        rejects.place as place_named,
        cast(null as {{ dbt.type_string() }}) as text_printed,
        cast(null as {{ dbt.type_string() }}) as stands_in,
        rejects.reason,
        rejects.code as reason_code
    from {{ ref('stg_landing__rejects') }} as rejects
    inner join documents on rejects.document_key = documents.document_key

),

statements as (

    select
        document_key || '-a' || cast(announcement_ordinal as {{ dbt.type_string() }}) as unread_key,
        document_key,
        'statement' as unread_kind,
        page,
        source_line,
        sheet,
        cast(null as integer) as table_ordinal,
        cast(null as {{ dbt.type_string() }}) as place_named,
        title_printed as text_printed,
        cast(null as {{ dbt.type_string() }}) as stands_in,
        '印有这张报表的标题，下面的内容没有读成表格；请看原件' as reason,
        'unread' as reason_code
    from {{ ref('stg_landing__announcements') }}
    where announcement_kind = 'unread'

),

table_numbers as (

    select
        cell_key as unread_key,
        document_key,
        'table_number' as unread_kind,
        page,
        source_line,
        sheet,
        table_ordinal,
        case
            when address is not null then '单元格 ' || address
            else '表内第 ' || cast(row_ordinal as {{ dbt.type_string() }}) || ' 行第 '
                || cast(column_ordinal as {{ dbt.type_string() }}) || ' 列'
        end as place_named,
        value_printed as text_printed,
        coalesce(title_printed || '：', '') || coalesce(row_label, '') || ' · ' || coalesce(column_label, '')
            as stands_in,
        reason,
        role as reason_code
    from {{ ref('mart_unmapped_cell') }}

),

paragraphs as (

    select document_key, paragraph_ordinal, text
    from {{ ref('stg_landing__paragraphs') }}

),

prose_numbers as (

    select
        skipped.document_key || '-s' || cast(skipped.skipped_ordinal as {{ dbt.type_string() }}) as unread_key,
        skipped.document_key,
        'prose_number' as unread_kind,
        skipped.page,
        skipped.source_line,
        cast(null as {{ dbt.type_string() }}) as sheet,
        cast(null as integer) as table_ordinal,
        cast(null as {{ dbt.type_string() }}) as place_named,
        skipped.value_printed as text_printed,
        substring(paragraphs.text, greatest(1, skipped.char_start - 29), 80) as stands_in,
        '文字里的数字，没有单位，看不出是什么' as reason,
        skipped.reason_code
    from {{ ref('stg_landing__prose_skipped') }} as skipped
    left join paragraphs
        on skipped.document_key = paragraphs.document_key
        and skipped.paragraph_ordinal = paragraphs.paragraph_ordinal
    where skipped.reason_code = 'no_unit'

),

templates as (

    select
        residue.document_key || '-m' || cast(residue.residue_ordinal as {{ dbt.type_string() }}) as unread_key,
        residue.document_key,
        'template' as unread_kind,
        residue.page,
        residue.source_line,
        cast(null as {{ dbt.type_string() }}) as sheet,
        cast(null as integer) as table_ordinal,
        cast(null as {{ dbt.type_string() }}) as place_named,
        residue.text_printed,
        substring(paragraphs.text, greatest(1, residue.char_start - 29), 80) as stands_in,
        case residue.residue_code
            when 'both_directions' then '模板没有填完：两个方向都留着，看不出增减'
            when 'blank_value' then '模板没有填完：该有数字的地方空着'
            when 'placeholder_name' then '模板没有填完：名称或数字仍是占位符'
            else '模板没有填完：填写说明留在文中'
        end as reason,
        residue.residue_code as reason_code
    from {{ ref('stg_landing__prose_residue') }} as residue
    left join paragraphs
        on residue.document_key = paragraphs.document_key
        and residue.paragraph_ordinal = paragraphs.paragraph_ordinal

),

united as (

    {% for part in [
        'not_disclosures', 'rejected', 'statements', 'table_numbers', 'prose_numbers', 'templates'
    ] -%}
    select
        unread_key,
        document_key,
        unread_kind,
        page,
        source_line,
        sheet,
        table_ordinal,
        place_named,
        text_printed,
        stands_in,
        reason,
        reason_code
    from {{ part }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
)

select
    united.unread_key,
    united.document_key,
    documents.file_name,
    united.unread_kind,
    united.page,
    united.source_line,
    united.sheet,
    united.table_ordinal,
    united.place_named,
    united.text_printed,
    united.stands_in,
    united.reason,
    united.reason_code
from united
inner join documents on united.document_key = documents.document_key
