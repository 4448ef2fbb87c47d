-- Grain: one row per unit, year, scope, stage and main figure of a year that is printed as a total (打印合计): 本年收入合计,
-- 收入总计, 基本支出 of all money; the general budget's own; 三公 in all. Of several printings the best statement's: a
-- budget's own before the budget figures a final account repeats, 总表's 本年收入 before the 合计 of 收入表, which holds
-- carried-over money where that is a column of it; of 三公 all money's before one fund's.
{% set cell = ['unit_key', 'fiscal_year', 'scope_code', 'stage_code'] %}
with

other_funds as (

    select distinct document_key, fiscal_year, scope_code
    from {{ ref('fct_statement_amount') }}
    where three_public_code is not null
        and fund_code not in ('all', 'appropriation', 'unsplit', 'general')
        and amount_yuan <> 0

),

carrying as (

    select distinct document_key, table_ordinal
    from {{ ref('fct_statement_amount') }}
    where flow = 'income' and measure_code = 'carry_over' and amount_yuan <> 0

),

printed as (

    select
        {% for column in cell -%}
        amounts.{{ column }},
        {% endfor -%}
        case
            when statements.family = 'three_public' then 'three_public'
            when statements.family = 'summary' and amounts.line_item_code = 'income_this_year' then 'income'
            when statements.family = 'summary' and amounts.line_item_code = 'expenditure_this_year' then 'expenditure'
            when statements.family = 'summary' and amounts.line_item_code = 'income_grand_total' then 'total_income'
            when statements.family = 'summary' and amounts.line_item_code = 'expenditure_grand_total'
                then 'total_expenditure'
            when statements.family = 'summary' then null
            when amounts.row_kind <> 'total' or amounts.functional_code is not null then null
            when statements.family = 'income' and amounts.flow = 'income' and amounts.measure_code = 'total'
                and amounts.fund_code = 'all' then 'income'
            when amounts.flow <> 'expenditure' then null
            when statements.family = 'expenditure' and amounts.fund_code = 'all'
                then case amounts.measure_code
                    when 'total' then 'expenditure' when 'basic' then 'basic' when 'project' then 'project'
                end
            when statements.family = 'general_expenditure' and amounts.fund_code = 'general'
                then case amounts.measure_code
                    when 'total' then 'general_expenditure' when 'basic' then 'general_basic'
                end
        end as item,
        amounts.amount_yuan,
        amounts.amount_key,
        amounts.document_key,
        amounts.table_ordinal,
        amounts.row_ordinal,
        amounts.row_kind,
        case
            when (amounts.stage_code = 'final') = (statements.document_kind = 'final_account') then 0 else 10
        end
        + case when statements.family = 'summary' then 1 else 2 end
        + case when statements.family = 'three_public' and amounts.fund_code = 'general' then 1 else 0 end
            as statement_rank,
        versions.recency_rank
    from {{ ref('fct_statement_amount') }} as amounts
    inner join {{ ref('statements') }} as statements on amounts.statement_code = statements.statement_code
    inner join {{ ref('int_document__version') }} as versions on amounts.document_key = versions.document_key
    left join other_funds
        on amounts.document_key = other_funds.document_key
        and amounts.fiscal_year = other_funds.fiscal_year
        and amounts.scope_code = other_funds.scope_code
    left join carrying
        on amounts.document_key = carrying.document_key and amounts.table_ordinal = carrying.table_ordinal
    where statements.family in ('summary', 'income', 'expenditure', 'general_expenditure', 'three_public')
        and amounts.is_current
        and amounts.role = 'amount'
        and amounts.amount_yuan is not null
        and amounts.economic_code is null
        and amounts.project_key is null
        and not amounts.is_of_which
        and (statements.family <> 'summary' or (amounts.fund_code = 'all' and amounts.measure_code = 'total'))
        and amounts.unit_key is not null
        and amounts.fiscal_year is not null
        and amounts.stage_code is not null
        and not {{ is_prior_stage('amounts.stage_code') }}
        and (amounts.is_total or statements.family <> 'three_public')
        and (
            statements.family <> 'three_public'
            or amounts.three_public_code = 'total'
            or (amounts.three_public_code is null and amounts.measure_code = 'total')
        )
        -- one of several funds is not all of 三公
        and (
            statements.family <> 'three_public'
            or coalesce(amounts.fund_code, 'all') in ('all', 'appropriation', 'unsplit')
            or (amounts.fund_code = 'general' and other_funds.document_key is null)
        )
        and (carrying.document_key is null or statements.family <> 'income')

),

-- 合计 of one body's row is not the total of a table that has several
counted as (

    select
        {{ cell | join(', ') }},
        item,
        amount_yuan,
        amount_key,
        statement_rank,
        recency_rank,
        row_kind,
        min(row_ordinal) over (partition by document_key, table_ordinal, stage_code, item)
        = max(row_ordinal) over (partition by document_key, table_ordinal, stage_code, item) as is_of_one_row
    from printed
    where item is not null

),

ranked as (

    select
        {{ cell | join(', ') }},
        item,
        amount_yuan,
        amount_key,
        row_number() over (
            partition by {{ cell | join(', ') }}, item
            order by statement_rank asc, recency_rank asc, amount_key asc
        ) as choice_rank
    from counted
    where item <> 'three_public' or row_kind = 'total' or is_of_one_row

)

select {{ cell | join(', ') }}, item, amount_yuan, amount_key
from ranked
where choice_rank = 1
