-- Grain: one row per place where a document says who, when or what it is (自述).
select
    document_id,
    {{ document_key('document_id') }} as document_key,
    claim_ordinal,
    claim_kind,
    value,
    text_printed,
    place,
    table_ordinal,
    part_ordinal,
    page,
    source_line,
    sheet
from {{ source('landing', 'claims') }}
