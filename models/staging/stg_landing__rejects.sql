-- Grain: one row per file, table or number that could not be read (未读入).
select
    document_id,
    {{ document_key('document_id') }} as document_key,
    reject_ordinal,
    file_name,
    stage,
    code,
    place,
    page,
    source_line,
    sheet,
    reason
from {{ source('landing', 'rejects') }}
