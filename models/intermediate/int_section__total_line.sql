-- Grain: one row per section of a statistics table whose lines all are parts of one line (分段合计): its 合计 is that line.
-- 货物, 工程, 服务 under 政府采购情况: the 合计 above them is all procurement, though the row does not say so.
with

lines as (

    select distinct tables.table_number, numbers.section_ordinal, items.parent_line_item_code
    from {{ ref('stg_landing__cell_numbers') }} as numbers
    inner join {{ ref('int_table__identity') }} as tables
        on numbers.document_key = tables.document_key and numbers.table_ordinal = tables.table_ordinal
    inner join {{ ref('line_items') }} as items on numbers.line_item_code = items.line_item_code
    where numbers.role = 'figure'
        and tables.row_vocabulary = 'statistics'
        and items.parent_line_item_code is not null

)

select
    table_number,
    section_ordinal,
    min(parent_line_item_code) as line_item_code
from lines
group by table_number, section_ordinal
having count(*) = 1
