-- Grain: one row per source document version (文档版本).
select
    documents.document_key,
    documents.document_id,
    documents.file_name,
    documents.file_format,
    identity.document_kind,
    documents.title_printed as title,
    identity.unit_key,
    identity.fiscal_year,
    identity.scope_code,
    coalesce(origins.source_url, documents.source_url) as source_url,
    origins.fetched_at,
    coalesce(identity.published_on, documents.published_on) as published_on,
    documents.page_count,
    documents.line_count,
    documents.byte_count,
    documents.encoding,
    documents.archive_name,
    documents.reader,
    documents.reader_version,
    documents.state,
    documents.state_reason,
    documents.ingested_at,
    versions.is_current
from {{ ref('stg_landing__documents') }} as documents
inner join {{ ref('int_document__identity') }} as identity on documents.document_key = identity.document_key
inner join {{ ref('int_document__version') }} as versions on documents.document_key = versions.document_key
left join {{ ref('int_document__origin') }} as origins on documents.document_key = origins.document_key
