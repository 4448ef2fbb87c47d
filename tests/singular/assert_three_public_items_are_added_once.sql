-- Two figures of one table and one item of the three public expenses may be added only where they are of different
-- rows (one per body), and their sum may not break the total that the table prints. What one document prints wrongly is
-- no fault of ours: figures that nobody added may break it.
with

figures as (

    select
        amounts.document_key,
        amounts.table_ordinal,
        amounts.unit_key,
        amounts.fiscal_year,
        amounts.scope_code,
        amounts.stage_code,
        amounts.fund_code,
        -- 合计 in such a table is of all items
        coalesce(amounts.three_public_code, 'total') as three_public_code,
        amounts.row_label,
        amounts.row_kind = 'total' as is_row_of_sums,
        amounts.amount_yuan,
        case when amounts.amount_yuan <> 0 then amounts.half_unit_yuan else 0 end as half_unit_yuan,
        amounts.is_leaf,
        amounts.is_total
    from {{ ref('fct_statement_amount') }} as amounts
    inner join {{ ref('statements') }} as statements
        on amounts.statement_code = statements.statement_code and statements.family = 'three_public'
    where amounts.is_current
        and amounts.role = 'amount'
        and amounts.amount_yuan is not null
        and (
            amounts.three_public_code in (
                'overseas', 'vehicle', 'vehicle_purchase', 'vehicle_operation', 'hospitality', 'total'
            )
            or (amounts.three_public_code is null and amounts.measure_code = 'total' and amounts.is_total)
        )

),

added as (

    select
        document_key,
        table_ordinal,
        unit_key,
        fiscal_year,
        scope_code,
        stage_code,
        fund_code,
        sum(figure_count) as figure_count,
        max(figure_count) as most_of_one_item,
        max(figure_count - row_count) as of_one_row,
        sum(items_yuan) as items_yuan,
        sum(half_unit_yuan) as half_unit_yuan
    from (
        select
            document_key,
            table_ordinal,
            unit_key,
            fiscal_year,
            scope_code,
            stage_code,
            fund_code,
            three_public_code,
            count(*) as figure_count,
            count(distinct coalesce(row_label, '')) as row_count,
            sum(amount_yuan) as items_yuan,
            sum(half_unit_yuan) as half_unit_yuan
        from figures
        where is_leaf
        group by
            document_key, table_ordinal, unit_key, fiscal_year, scope_code, stage_code, fund_code, three_public_code
    ) as items
    group by document_key, table_ordinal, unit_key, fiscal_year, scope_code, stage_code, fund_code

),

printed as (

    select
        document_key,
        table_ordinal,
        unit_key,
        fiscal_year,
        scope_code,
        stage_code,
        fund_code,
        -- one total a row, of labelled rows none of which is a row of sums: the table's is all of them
        case
            when count(distinct row_label) = count(*) and count(*) > 1 and not bool_or(is_row_of_sums)
                then sum(amount_yuan)
            else max(amount_yuan)
        end as total_yuan,
        sum(half_unit_yuan) as half_unit_yuan
    from figures
    where is_total and three_public_code = 'total'
    group by document_key, table_ordinal, unit_key, fiscal_year, scope_code, stage_code, fund_code

)

select
    added.document_key,
    added.table_ordinal,
    added.fiscal_year,
    added.stage_code,
    added.items_yuan,
    printed.total_yuan
from added
left join printed
    on added.document_key = printed.document_key
    and added.table_ordinal = printed.table_ordinal
    and added.unit_key = printed.unit_key
    and added.fiscal_year = printed.fiscal_year
    and added.scope_code = printed.scope_code
    and added.stage_code = printed.stage_code
    and coalesce(added.fund_code, '') = coalesce(printed.fund_code, '')
where added.most_of_one_item > 1
    and (
        added.of_one_row > 0
        or abs(added.items_yuan - printed.total_yuan) > added.half_unit_yuan + printed.half_unit_yuan
    )
