-- Grain: one row per non-empty cell of a table (单元格).
select
    document_id,
    {{ document_key('document_id') }} as document_key,
    table_ordinal,
    row_ordinal,
    column_ordinal,
    page,
    source_line,
    sheet,
    address,
    box_x0,
    box_top,
    box_x1,
    box_bottom,
    is_ocr,
    confidence,
    row_span,
    column_span,
    text_printed,
    cell_role
from {{ source('landing', 'cells') }}
