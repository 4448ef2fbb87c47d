-- Grain: one row per piece of template text left in a page (模板残留).
select
    document_id,
    {{ document_key('document_id') }} as document_key,
    residue_ordinal,
    paragraph_ordinal,
    page,
    source_line,
    char_start,
    char_end,
    residue_code,
    text_printed
from {{ source('landing', 'prose_residue') }}
