-- Grain: one row per document read (文档).
select
    document_id,
    {{ document_key('document_id') }} as document_key,
    file_name,
    file_format,
    archive_name,
    source_url,
    published_on,
    byte_count,
    encoding,
    page_count,
    line_count,
    title_printed,
    reader,
    reader_version,
    state,
    state_reason,
    ingested_at,
    cell_number_count
from {{ source('landing', 'documents') }}
