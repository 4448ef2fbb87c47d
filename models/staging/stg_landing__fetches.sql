-- Grain: one row per document and address it was fetched from (下载记录).
select
    document_id,
    {{ document_key('document_id') }} as document_key,
    url,
    final_url,
    page_url,
    link_text,
    source_name,
    fetched_at
from {{ source('landing', 'fetches') }}
