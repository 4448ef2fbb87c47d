-- Grain: one row per document, subject code and name it bears there that is not its own (科目名称有误): the name of a
-- neighbour or of other years, or a second name of one code.
{% set text = dbt.type_string() %}
with

documents as (

    select document_key, fiscal_year, file_format
    from {{ ref('dim_document') }}
    where is_current and document_kind is not null

),

official as (

    select
        functional_code as code,
        {{ label_key('functional_name') }} as name_key,
        functional_name as name,
        coalesce(cast(valid_from_year as integer), 0) as valid_from_year,
        coalesce(cast(valid_to_year as integer), 9999) as valid_to_year
    from {{ ref('dim_functional_subject') }}
    where is_official
    union all
    select
        economic_code as code,
        {{ label_key('economic_name') }} as name_key,
        economic_name as name,
        coalesce(cast(valid_from_year as integer), 0) as valid_from_year,
        coalesce(cast(valid_to_year as integer), 9999) as valid_to_year
    from {{ ref('dim_economic_subject') }}
    where is_official

),

-- the code's own cell and the next cell that says anything: rows without figures carry names too. Codes printed in three
-- cells (201 | 03 | 99) are followed by another code and left to the rows with figures.
named_cells as (

    select
        document_key,
        cell_role,
        is_ocr,
        text_printed,
        lead(cell_role) over (
            partition by document_key, table_ordinal, row_ordinal order by column_ordinal
        ) as next_role,
        lead(text_printed) over (
            partition by document_key, table_ordinal, row_ordinal order by column_ordinal
        ) as next_text,
        page,
        source_line,
        sheet,
        address
    from {{ ref('stg_landing__cells') }}
    where cell_role in ('code', 'label') and text_printed <> ''

),

named_rows as (

    select
        document_key,
        {{ folded_name('text_printed') }} as code,
        next_text as row_label,
        {{ figure_place('page', 'source_line', 'sheet', 'address') }} as place,
        is_ocr
    from named_cells
    where cell_role = 'code' and next_role = 'label'
    union all
    -- on a page of PDF a wrapped label may stand a line above or below its code
    select
        amounts.document_key,
        amounts.row_code as code,
        amounts.row_label,
        {{ figure_place('amounts.page', 'amounts.source_line', 'amounts.sheet', 'amounts.address') }} as place,
        amounts.is_ocr
    from {{ ref('fct_statement_amount') }} as amounts
    inner join documents on amounts.document_key = documents.document_key and documents.file_format <> 'pdf'
    where amounts.is_current and amounts.row_code is not null

),

labelled_codes as (

    select document_key, code, row_label, min(place) as place, max(case when is_ocr then 1 else 0 end) as is_ocr
    from named_rows
    where {{ regex_matches('code', '^[235][0-9]{2}([0-9]{2}){0,2}$') }}
    group by document_key, code, row_label

),

-- what a label says is read once for every label, not for every row that bears it
row_labels as (

    select row_label, {{ folded_name('row_label') }} as folded_label, {{ label_key('row_label') }} as name_key
    from (select distinct row_label from labelled_codes) as labels

),

printed_names as (

    select
        labelled.document_key,
        labelled.code,
        row_labels.name_key,
        documents.fiscal_year,
        min(row_labels.folded_label) as row_label,
        min(labelled.place) as place
    from labelled_codes as labelled
    inner join documents on labelled.document_key = documents.document_key
    inner join row_labels on labelled.row_label = row_labels.row_label
    group by labelled.document_key, labelled.code, row_labels.name_key, documents.fiscal_year
    having max(labelled.is_ocr) = 0 and length(row_labels.name_key) > 1

),

-- documents print the same few thousand names; each is held against the catalogue once
distinct_names as (

    select distinct code, name_key, fiscal_year
    from printed_names

),

-- a name may lag its catalogue by a year, or be ahead where the account is written in the next
catalogued_names as (

    select
        printed.code,
        printed.name_key,
        printed.fiscal_year,
        official.name as official_name,
        case when official.name_key = printed.name_key then 1 else 0 end as is_right,
        0 as is_of_another
    from distinct_names as printed
    inner join official
        on printed.code = official.code
        and printed.fiscal_year between official.valid_from_year - 1 and official.valid_to_year + 1
    union all
    select
        printed.code,
        printed.name_key,
        printed.fiscal_year,
        cast(null as {{ text }}) as official_name,
        0 as is_right,
        case when left(official.code, 3) = left(printed.code, 3) then 1 else 0 end as is_of_another
    from distinct_names as printed
    inner join official
        on printed.name_key = official.name_key
        and left(printed.code, 1) = left(official.code, 1)
        and printed.code <> official.code
        and printed.fiscal_year between official.valid_from_year - 1 and official.valid_to_year + 1

),

catalogued as (

    select
        code,
        name_key,
        fiscal_year,
        min(official_name) as official_name,
        max(is_right) as is_right,
        max(is_of_another) as is_of_another
    from catalogued_names
    group by code, name_key, fiscal_year

),

judged_names as (

    select
        printed.document_key,
        printed.code,
        printed.name_key,
        printed.row_label,
        printed.place,
        catalogued.official_name,
        catalogued.is_right,
        catalogued.is_of_another
    from printed_names as printed
    inner join catalogued
        on printed.code = catalogued.code
        and printed.name_key = catalogued.name_key
        and printed.fiscal_year = catalogued.fiscal_year

),

other_years as (

    select distinct code, name_key
    from official

),

rightly_named as (

    select distinct document_key, code
    from judged_names
    where is_right = 1

),

named_elsewhere as (

    select judged.document_key, judged.code, count(*) as spellings
    from judged_names as judged
    group by judged.document_key, judged.code

)

select
    'subject_name' as method,
    judged.document_key,
    judged.code || ':' || judged.name_key as item_key,
    judged.place,
    judged.code || ' ' || judged.row_label as printed,
    judged.official_name as expected
from judged_names as judged
inner join named_elsewhere
    on judged.document_key = named_elsewhere.document_key and judged.code = named_elsewhere.code
left join other_years on judged.code = other_years.code and judged.name_key = other_years.name_key
left join rightly_named on judged.document_key = rightly_named.document_key and judged.code = rightly_named.code
where judged.is_right = 0
    and judged.official_name is not null
    -- the name of a neighbour, a name of other years, or two names for one code in one document; a spelling that
    -- merely differs (括号, 简称, a torn label) accuses nobody
    and (
        judged.is_of_another = 1
        or other_years.code is not null
        or (
            rightly_named.code is not null
            and length(judged.code) = 3
            and named_elsewhere.spellings > 1
            and instr({{ label_key('judged.official_name') }}, judged.name_key) = 0
            and instr(judged.name_key, {{ label_key('judged.official_name') }}) = 0
        )
    )
