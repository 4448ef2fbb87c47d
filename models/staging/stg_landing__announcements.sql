-- Grain: one row per statement announced or declared empty (报表目录与空表说明).
select
    document_id,
    {{ document_key('document_id') }} as document_key,
    announcement_ordinal,
    announcement_kind,
    statement_code,
    title_printed,
    scope_code,
    part_ordinal,
    page,
    source_line,
    sheet
from {{ source('landing', 'announcements') }}
