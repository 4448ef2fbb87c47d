-- Grain: one row per project, and per body (汇总 and 本级 apart) as a whole, and year whose self-assessment sheet is
-- printed (绩效自评结果): total score, money and execution rate as printed. Two documents that print one sheet make one
-- row: the current and newest one's.
with

figures as (

    select
        coalesce(
            amounts.project_key,
            amounts.unit_key || '@' || cast(amounts.fiscal_year as {{ dbt.type_string() }}) || '@' || amounts.scope_code
        ) as result_key,
        amounts.scope_code,
        amounts.project_key,
        amounts.unit_key,
        amounts.fiscal_year,
        amounts.document_key,
        amounts.table_ordinal,
        amounts.statement_code,
        amounts.row_ordinal,
        amounts.page,
        versions.recency_rank,
        case
            when amounts.role = 'amount' and amounts.line_item_code = 'perf_fund_total' then amounts.stage_code
            when amounts.role = 'completion_rate' and amounts.line_item_code = 'perf_fund_total' then 'rate'
            when amounts.role = 'score'
                and {{ regex_matches("amounts.row_label", '^(自评|评价)?(总分|合计|总计|总得分|得分合计)(值|数)?$') }}
                then case when {{ regex_matches("amounts.column_label", '得分|评分|自评分') }} then 'score' else 'weight' end
        end as said,
        coalesce(amounts.amount_yuan, amounts.value) as value,
        amounts.amount_key
    from {{ ref('fct_statement_amount') }} as amounts
    inner join {{ ref('int_document__version') }} as versions on amounts.document_key = versions.document_key
    where amounts.statement_code in ('perf_project_self', 'perf_unit_self')
        and amounts.is_current
        and amounts.unit_key is not null
        and amounts.fiscal_year is not null
        and amounts.value is not null

),

sheets as (

    select
        result_key,
        document_key,
        table_ordinal,
        max(project_key) as project_key,
        max(unit_key) as unit_key,
        max(fiscal_year) as fiscal_year,
        max(scope_code) as scope_code,
        max(statement_code) as statement_code,
        min(page) as page,
        min(recency_rank) as recency_rank,
        -- the last such row is the sheet's own
        {{ at_greatest("case when said = 'score' then value end", 'row_ordinal', can_tie=true) }} as total_score,
        {{ at_greatest("case when said = 'weight' then value end", 'row_ordinal', can_tie=true) }} as total_weight,
        max(case when said = 'initial_budget' then value end) as initial_budget_yuan,
        max(case when said = 'full_year_budget' then value end) as full_year_budget_yuan,
        max(case when said = 'final' then value end) as executed_yuan,
        max(case when said = 'rate' then value end) as execution_percent,
        min(case when said = 'score' then amount_key end) as amount_key
    from figures
    where said is not null
    group by result_key, document_key, table_ordinal

),

ranked as (

    select
        result_key,
        document_key,
        table_ordinal,
        project_key,
        unit_key,
        fiscal_year,
        scope_code,
        statement_code,
        page,
        total_score,
        total_weight,
        initial_budget_yuan,
        full_year_budget_yuan,
        executed_yuan,
        execution_percent,
        amount_key,
        count(*) over (partition by result_key) as sheets,
        row_number() over (
            partition by result_key
            order by
                case when total_score is null then 1 else 0 end asc,
                recency_rank asc,
                document_key asc,
                table_ordinal asc
        ) as choice_rank
    from sheets

)

select
    result_key,
    project_key,
    unit_key,
    fiscal_year,
    scope_code,
    statement_code,
    cast(total_score as decimal(24, 6)) as total_score,
    cast(total_weight as decimal(24, 6)) as total_weight,
    cast(initial_budget_yuan as decimal(20, 2)) as initial_budget_yuan,
    cast(full_year_budget_yuan as decimal(20, 2)) as full_year_budget_yuan,
    cast(executed_yuan as decimal(20, 2)) as executed_yuan,
    cast(execution_percent as decimal(24, 6)) as execution_percent,
    cast(sheets as integer) as sheets,
    document_key,
    table_ordinal,
    page,
    amount_key
from ranked
where choice_rank = 1
