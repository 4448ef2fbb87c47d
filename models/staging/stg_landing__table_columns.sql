-- Grain: one row per part of the header path of a figure column (栏目路径的一段).
select
    document_id,
    {{ document_key('document_id') }} as document_key,
    table_ordinal,
    section_ordinal,
    column_ordinal,
    part_ordinal,
    label_printed,
    term_code,
    origin
from {{ source('landing', 'table_columns') }}
