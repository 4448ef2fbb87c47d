-- Grain: one row per cell whose figure stands beside its column (错位单元格), with the column it is of. In statements
-- ingestion says which column that is; in performance sheets the label does. Ingestion decides by content and arithmetic which head a slipped figure belongs to; the label says which. 0
-- where no column has that label: the head word alone tells what the figure is.
with

labelled as (

    select
        table_number,
        section_ordinal,
        column_ordinal,
        column_label,
        row_number() over (
            partition by table_number, column_label order by section_ordinal asc, column_ordinal asc
        ) as label_rank
    from {{ ref('int_column__attributes') }}
    where family like 'perf%'

),

cells as (

    select distinct
        tables.table_number,
        numbers.section_ordinal,
        numbers.row_ordinal,
        numbers.column_ordinal,
        numbers.column_label
    from {{ ref('stg_landing__cell_numbers') }} as numbers
    inner join {{ ref('int_table__identity') }} as tables
        on numbers.document_key = tables.document_key and numbers.table_ordinal = tables.table_ordinal
    where numbers.role = 'figure' and tables.family like 'perf%' and numbers.column_label is not null

)

select
    cells.table_number,
    cells.row_ordinal,
    cells.column_ordinal,
    coalesce(min(meant.section_ordinal), 0) as meant_section_ordinal,
    coalesce(min(meant.column_ordinal), 0) as meant_column_ordinal
from cells
left join labelled as standing
    on cells.table_number = standing.table_number
    and cells.section_ordinal = standing.section_ordinal
    and cells.column_ordinal = standing.column_ordinal
left join labelled as meant
    on cells.table_number = meant.table_number
    and cells.column_label = meant.column_label
    and meant.label_rank = 1
where coalesce(standing.column_label, '') <> cells.column_label
group by cells.table_number, cells.row_ordinal, cells.column_ordinal
union all
select distinct
    tables.table_number,
    numbers.row_ordinal,
    numbers.column_ordinal,
    numbers.section_ordinal as meant_section_ordinal,
    numbers.header_column_ordinal as meant_column_ordinal
from {{ ref('stg_landing__cell_numbers') }} as numbers
inner join {{ ref('int_table__identity') }} as tables
    on numbers.document_key = tables.document_key and numbers.table_ordinal = tables.table_ordinal
where numbers.role = 'figure'
    and tables.family not like 'perf%'
    and numbers.header_column_ordinal <> numbers.column_ordinal
