-- Grain: one row per row of a table that sums up other rows, or only details one (合计行与其中行), by what the row is.
-- context_ordinal: the column in question for subject codes (a class may be printed with 合计 alone while its items
-- fill 基本支出), 0 for lines and the row of sums, where any column counts. row_identity '?' stands for labelled rows
-- that name neither a line nor a subject: units in a table by unit, of-which rows no dictionary knows.
with

rows_printed as (

    select
        table_number,
        context_ordinal,
        coalesce(row_identity, '?') as row_identity,
        row_line_item_code,
        bool_or(is_of_which) as is_of_which
    from {{ ref('int_amount__resolved') }}
    where row_identity is not null or row_label is not null
    group by table_number, context_ordinal, coalesce(row_identity, '?'), row_line_item_code

),

code_rows as (

    select distinct table_number, context_ordinal, row_identity
    from rows_printed
    where row_line_item_code is null and row_identity not in ('', '?')

),

line_rows as (

    select table_number, row_identity, bool_or(is_of_which) as is_of_which
    from rows_printed
    where row_line_item_code is not null and row_identity <> ''
    group by table_number, row_identity

),

-- where one table of a statement is by subject, another by body (收入决算表（按单位列示）) holds the same money again
by_subject as (

    select distinct others.table_number
    from code_rows
    inner join {{ ref('int_table__identity') }} as own on code_rows.table_number = own.table_number
    inner join {{ ref('int_table__identity') }} as others
        on own.document_key = others.document_key
        and own.statement_code = others.statement_code
        and own.unit_key = others.unit_key
        and own.fiscal_year = others.fiscal_year
        and own.scope_code = others.scope_code
    where own.row_vocabulary = 'functional'

),

-- 20103 over 2010301; and an item over its projects
code_wholes as (

    select table_number, context_ordinal, left(row_identity, 3) as row_identity
    from code_rows
    where length(row_identity) > 4
    union
    select table_number, context_ordinal, left(row_identity, 5) as row_identity
    from code_rows
    where length(row_identity) > 6
    union
    select table_number, context_ordinal, left(row_identity, length(row_identity) - 1) as row_identity
    from code_rows
    where right(row_identity, 1) = '/' and length(row_identity) > 1

),

line_pairs as (

    select
        whole.table_number,
        whole.row_identity,
        part.row_identity as part_row_identity,
        part.is_of_which,
        parts.is_detail
    from line_rows as whole
    inner join {{ ref('int_line_item__part') }} as parts on whole.row_identity = parts.line_item_code
    inner join line_rows as part
        on whole.table_number = part.table_number and parts.part_line_item_code = part.row_identity

),

-- one 其中 row alone does not make the row above it a sum
line_wholes as (

    select table_number, row_identity
    from line_pairs
    where not is_detail
    group by table_number, row_identity
    having bool_or(not is_of_which) or count(*) > 1

),

line_details as (

    select distinct pairs.table_number, pairs.part_row_identity as row_identity
    from line_pairs as pairs
    left join line_wholes
        on pairs.table_number = line_wholes.table_number and pairs.row_identity = line_wholes.row_identity
    where pairs.is_detail or line_wholes.row_identity is null

)

select table_number, context_ordinal, row_identity, true as is_total, false as is_detail
from code_wholes
union all
select table_number, 0 as context_ordinal, row_identity, max(is_total) as is_total, max(is_detail) as is_detail
from (
    select table_number, row_identity, true as is_total, false as is_detail from line_wholes
    union all
    select table_number, row_identity, false as is_total, true as is_detail from line_details
) as line_flags
group by table_number, row_identity
union all
-- The row of sums sums identified rows. Where a table has none (one row per unit), it is itself the finest figure, and
-- the unidentified rows are its details; they stand alone only where there is nothing else.
select table_number, 0 as context_ordinal, '' as row_identity, true as is_total, false as is_detail
from (
    select table_number from rows_printed where row_identity not in ('', '?')
    union
    select table_number from by_subject
) as itemised
union all
select table_number, 0 as context_ordinal, '?' as row_identity, false as is_total, true as is_detail
from (
    select table_number from rows_printed where row_identity <> '?'
    union
    select table_number from by_subject
) as named
