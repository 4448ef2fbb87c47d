-- Grain: one row per number in prose that is no figure (不作数据的数字).
select
    document_id,
    {{ document_key('document_id') }} as document_key,
    skipped_ordinal,
    paragraph_ordinal,
    page,
    source_line,
    char_start,
    char_end,
    value_printed,
    reason_code
from {{ source('landing', 'prose_skipped') }}
