-- Grain: one row per paragraph (段落).
select
    document_id,
    {{ document_key('document_id') }} as document_key,
    paragraph_ordinal,
    page,
    source_line,
    sheet,
    last_line,
    level,
    section,
    part_ordinal,
    text
from {{ source('landing', 'paragraphs') }}
