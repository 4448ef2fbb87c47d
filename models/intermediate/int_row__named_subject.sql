-- Grain: one row per row and side-by-side section of a table of subjects that prints a name without a code
-- (只印名称的科目行), with the subject the name means: a class, else a group of the class above, else an item of the group
-- above. 行政运行 is an item of most groups: only the rows above it say which. An economic name means one subject of the
-- department's scheme, unless the table prints codes of the government's.
with

rows_named as (

    select distinct
        tables.table_number,
        numbers.section_ordinal,
        numbers.row_ordinal,
        numbers.row_label_key as name_key,
        tables.fiscal_year
    from {{ ref('stg_landing__cell_numbers') }} as numbers
    inner join {{ ref('int_table__identity') }} as tables
        on numbers.document_key = tables.document_key and numbers.table_ordinal = tables.table_ordinal
    where numbers.role = 'figure'
        and numbers.row_code is null
        and numbers.line_item_code is null
        and numbers.row_label_key is not null
        and coalesce(numbers.row_kind, 'line') <> 'total'
        and tables.row_vocabulary in ('functional', 'project')

),

government_tables as (

    select distinct document_key, table_ordinal
    from {{ ref('stg_landing__cell_numbers') }}
    where role = 'figure' and left(row_code, 1) = '5' and length(row_code) in (3, 5)

),

economic_rows as (

    select
        tables.table_number,
        numbers.section_ordinal,
        numbers.row_ordinal,
        min(names.economic_code) as economic_code
    from {{ ref('stg_landing__cell_numbers') }} as numbers
    inner join {{ ref('int_table__identity') }} as tables
        on numbers.document_key = tables.document_key and numbers.table_ordinal = tables.table_ordinal
    inner join {{ ref('int_economic_name__code') }} as names
        on numbers.row_label_key = names.name_key and tables.fiscal_year = names.fiscal_year
    left join government_tables
        on numbers.document_key = government_tables.document_key
        and numbers.table_ordinal = government_tables.table_ordinal
    where numbers.role = 'figure'
        and numbers.row_code is null
        and numbers.line_item_code is null
        and not coalesce(numbers.is_of_which, false)
        and coalesce(numbers.row_kind, 'line') <> 'total'
        and tables.row_vocabulary = 'economic'
        and government_tables.document_key is null
    group by tables.table_number, numbers.section_ordinal, numbers.row_ordinal
    having count(distinct names.economic_code) = 1

),

with_class as (

    select
        rows_named.table_number,
        rows_named.section_ordinal,
        rows_named.row_ordinal,
        rows_named.name_key,
        rows_named.fiscal_year,
        classes.functional_code as class_code,
        -- the last class at or above the row, packed behind its row so that the greatest is the nearest
        max(rows_named.row_ordinal * 1000 + cast(classes.functional_code as integer)) over (
            partition by rows_named.table_number, rows_named.section_ordinal
            order by rows_named.row_ordinal
            rows between unbounded preceding and current row
        ) as packed_class
    from rows_named
    left join {{ ref('int_functional_name__code') }} as classes
        on classes.level = 'class'
        and classes.above_code = ''
        and rows_named.name_key = classes.name_key
        and rows_named.fiscal_year = classes.fiscal_year

),

under_class as (

    select
        table_number,
        section_ordinal,
        row_ordinal,
        name_key,
        fiscal_year,
        class_code,
        right(cast(packed_class as {{ dbt.type_string() }}), 3) as class_above
    from with_class

),

with_group as (

    select
        under_class.table_number,
        under_class.section_ordinal,
        under_class.row_ordinal,
        under_class.name_key,
        under_class.fiscal_year,
        under_class.class_code,
        under_class.class_above,
        coalesce(subject_groups.functional_code, lone_groups.functional_code) as group_code,
        max(
            under_class.row_ordinal * 100000
            + cast(coalesce(subject_groups.functional_code, lone_groups.functional_code) as integer)
        ) over (
            partition by under_class.table_number, under_class.section_ordinal, under_class.class_above
            order by under_class.row_ordinal
            rows between unbounded preceding and 1 preceding
        ) as packed_group
    from under_class
    left join {{ ref('int_functional_name__code') }} as subject_groups
        on subject_groups.level = 'group'
        and under_class.class_code is null
        and under_class.class_above = subject_groups.above_code
        and under_class.name_key = subject_groups.name_key
        and under_class.fiscal_year = subject_groups.fiscal_year
    -- a table without class rows
    left join {{ ref('int_functional_name__code') }} as lone_groups
        on lone_groups.level = 'group'
        and under_class.class_above is null
        and lone_groups.above_code = ''
        and under_class.name_key = lone_groups.name_key
        and under_class.fiscal_year = lone_groups.fiscal_year

),

under_group as (

    select
        table_number,
        section_ordinal,
        row_ordinal,
        name_key,
        fiscal_year,
        class_code,
        class_above,
        group_code,
        right(cast(packed_group as {{ dbt.type_string() }}), 5) as group_above
    from with_group

)

select
    under_group.table_number,
    under_group.section_ordinal,
    under_group.row_ordinal,
    coalesce(
        under_group.class_code,
        -- a name that is both the group above and an item of it (其他支出) is the item when the group has been named
        case when under_group.group_code <> coalesce(under_group.group_above, '') then under_group.group_code end,
        items.functional_code,
        class_items.functional_code,
        under_group.group_code,
        lone.functional_code
    ) as functional_code,
    cast(null as {{ dbt.type_string() }}) as economic_code
from under_group
left join {{ ref('int_functional_name__code') }} as items
    on items.level = 'item'
    and under_group.group_above = items.above_code
    and under_group.name_key = items.name_key
    and under_group.fiscal_year = items.fiscal_year
left join {{ ref('int_functional_name__code') }} as class_items
    on class_items.level = 'item'
    and under_group.class_above = class_items.above_code
    and under_group.name_key = class_items.name_key
    and under_group.fiscal_year = class_items.fiscal_year
left join {{ ref('int_functional_name__code') }} as lone
    on lone.level = 'any'
    and lone.above_code = ''
    and under_group.class_above is null
    and under_group.name_key = lone.name_key
    and under_group.fiscal_year = lone.fiscal_year
union all
select
    table_number,
    section_ordinal,
    row_ordinal,
    cast(null as {{ dbt.type_string() }}) as functional_code,
    economic_code
from economic_rows
