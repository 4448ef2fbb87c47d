-- Grain: one row per figure column of a table (栏目): what its header path says of the figures under it.
-- Each attribute comes from the last part of the path that has one; a fund's own measure (一般公共预算 is an
-- appropriation) yields to a measure named elsewhere in the path (上年结转/一般公共预算 is carried over).
with

parts as (

    select
        columns.document_key,
        columns.table_ordinal,
        columns.section_ordinal,
        columns.column_ordinal,
        columns.part_ordinal,
        columns.label_printed,
        columns.term_code,
        terms.kind,
        -- 机关运行经费决算数 names a line and the stage it is at
        coalesce(terms.stage_code, case when terms.fund_code is null then worded.stage_code end) as stage_code,
        terms.fund_code,
        case when terms.fund_code is null then nullif(terms.measure_code, 'total') end as named_measure_code,
        case when terms.fund_code is null and terms.measure_code = 'total' then 'total' end as total_measure_code,
        case when terms.fund_code is not null then terms.measure_code end as fund_measure_code,
        terms.three_public_code,
        terms.line_item_code,
        terms.economic_code,
        coalesce(terms.role, case when terms.kind = 'score' then 'score' end) as role,
        flows.flow,
        coalesce(terms.is_total, 'N') = 'Y' as is_total,
        coalesce(terms.is_of_which, 'N') = 'Y'
        or left({{ without_blanks('columns.label_printed') }}, 2) = '其中' as is_of_which,
        {{ regex_part('columns.label_printed', '(20[0-9][0-9])年') }} as year_stated
    from {{ ref('stg_landing__table_columns') }} as columns
    left join {{ ref('header_terms') }} as terms on columns.term_code = terms.term_code
    left join {{ ref('header_term_flows') }} as flows on columns.term_code = flows.term_code
    left join {{ ref('int_label__stage') }} as worded on columns.label_printed = worded.label

),

gathered as (

    select
        document_key,
        table_ordinal,
        section_ordinal,
        column_ordinal,
        {{ at_greatest('stage_code', 'part_ordinal') }} as stage_code,
        {{ at_greatest('fund_code', 'part_ordinal') }} as fund_code,
        -- 小计 under 基本支出 is of basic expenditure: total says less than any other measure in the path
        coalesce({{ at_greatest('named_measure_code', 'part_ordinal') }}, max(total_measure_code)) as named_measure_code,
        {{ at_greatest('fund_measure_code', 'part_ordinal') }} as fund_measure_code,
        {{ at_greatest('three_public_code', 'part_ordinal') }} as three_public_code,
        {{ at_greatest('line_item_code', 'part_ordinal') }} as line_item_code,
        {{ at_greatest('economic_code', 'part_ordinal') }} as economic_code,
        {{ at_greatest('role', 'part_ordinal') }} as role,
        {{ at_greatest('flow', 'part_ordinal') }} as flow,
        cast({{ at_greatest('year_stated', 'part_ordinal') }} as integer) as year_stated,
        {{ joined_text('label_printed', '/', 'part_ordinal') }} as column_label,
        max(part_ordinal) as part_count,
        max(case when named_measure_code is not null then part_ordinal else 0 end) as measure_part,
        {{ at_greatest("term_code", 'part_ordinal') }} as last_term_code,
        max(case when term_code is null then part_ordinal else 0 end) as last_unknown_part,
        bool_or(is_of_which) as is_of_which,
        bool_or(is_total) as has_total_word
    from parts
    group by document_key, table_ordinal, section_ordinal, column_ordinal

),

in_table as (

    select
        tables.table_number,
        tables.family,
        gathered.document_key,
        gathered.table_ordinal,
        gathered.section_ordinal,
        gathered.column_ordinal,
        gathered.column_label,
        coalesce(gathered.role, 'amount') as role,
        gathered.is_of_which,
        gathered.has_total_word,
        gathered.last_unknown_part = gathered.part_count as is_unknown,
        gathered.three_public_code,
        gathered.line_item_code,
        gathered.economic_code,
        gathered.last_term_code,
        coalesce(
            gathered.flow,
            case
                when gathered.role = 'balance' then 'balance'
                when tables.family = 'income' then 'income'
                when tables.family in (
                    'expenditure', 'general_expenditure', 'basic_economic', 'project', 'fund', 'state_capital',
                    'economic_gov', 'other'
                ) then 'expenditure'
            end
        ) as flow,
        -- 合计 | 一般公共预算 | 政府性基金预算 under a title of the general budget: the first is of them all
        coalesce(
            gathered.fund_code,
            case
                when tables.fund_code = 'general'
                    and max(case when gathered.fund_code = 'general' then 1 else 0 end) over (
                        partition by gathered.document_key, gathered.table_ordinal
                    ) = 1
                    and max(case when gathered.fund_code in ('gov_fund', 'state_capital') then 1 else 0 end) over (
                        partition by gathered.document_key, gathered.table_ordinal
                    ) = 1
                    then 'appropriation'
            end,
            tables.fund_code
        ) as fund_code,
        gathered.fund_code is not null as has_fund,
        gathered.stage_code is not null as has_stage,
        gathered.named_measure_code,
        gathered.fund_measure_code,
        gathered.measure_part = gathered.part_count as has_own_measure,
        -- 2023年执行数 beside 2024年预算数: a head that names the year before speaks of the year before.
        -- In a budget 本年数 is a budget figure, whatever the word means in a final account.
        case
            when gathered.role in ('change', 'change_rate', 'completion_rate', 'share', 'score') then null
            when gathered.year_stated = tables.fiscal_year - 1
                and gathered.stage_code in ('initial_budget', 'full_year_budget', 'budget_unspecified')
                then 'prior_budget'
            when gathered.year_stated = tables.fiscal_year - 1 and gathered.stage_code = 'final'
                then case tables.statement_kind when 'budget' then 'prior_execution' else 'prior_final' end
            when gathered.stage_code = 'final' and tables.statement_kind = 'budget' then tables.stage_code
            else coalesce(gathered.stage_code, tables.stage_code)
        end as stage_code
    from gathered
    inner join {{ ref('int_table__identity') }} as tables
        on gathered.document_key = tables.document_key and gathered.table_ordinal = tables.table_ordinal

),

-- Where a table prints basic expenditure as 其中 of a column of sums, that column is of all expenditure, whatever
-- group head (人员经费, 公用经费) stands over both.
with_basic_part as (

    select distinct table_number
    from in_table
    where family = 'basic_economic' and is_of_which and named_measure_code = 'basic'

),

measured as (

    select
        in_table.table_number,
        in_table.family,
        in_table.document_key,
        in_table.table_ordinal,
        in_table.section_ordinal,
        in_table.column_ordinal,
        in_table.column_label,
        in_table.role,
        in_table.is_of_which,
        in_table.has_total_word,
        in_table.is_unknown,
        in_table.three_public_code,
        in_table.line_item_code,
        in_table.economic_code,
        in_table.last_term_code,
        in_table.flow,
        in_table.fund_code,
        in_table.has_fund,
        in_table.has_stage,
        in_table.fund_measure_code,
        in_table.has_own_measure,
        in_table.stage_code,
        case
            when in_table.role in ('change', 'change_rate', 'completion_rate', 'share', 'score') then null
            when with_basic_part.table_number is not null and not in_table.is_of_which then 'total'
            when in_table.named_measure_code <> 'total' then in_table.named_measure_code
            when in_table.flow = 'income' and in_table.fund_measure_code is not null then in_table.fund_measure_code
            -- 合计 in a table of projects is of projects, in a table of basic expenditure of that
            when in_table.family = 'project' then 'project'
            when in_table.family = 'basic_economic' then 'basic'
            else in_table.named_measure_code
        end as measure_code
    from in_table
    left join with_basic_part on in_table.table_number = with_basic_part.table_number

),

-- Columns that mean the same in one section: the first known one that is not 其中 stands for all, the others detail it.
compared as (

    select
        table_number,
        family,
        document_key,
        table_ordinal,
        section_ordinal,
        column_ordinal,
        column_label,
        role,
        is_of_which,
        has_total_word,
        is_unknown,
        three_public_code,
        line_item_code,
        economic_code,
        last_term_code,
        flow,
        fund_code,
        has_fund,
        has_stage,
        fund_measure_code,
        has_own_measure,
        stage_code,
        measure_code,
        coalesce(role, '')
        || '|' || coalesce(flow, '')
        || '|' || coalesce(stage_code, '')
        || '|' || coalesce(fund_code, '')
        || '|' || coalesce(measure_code, '')
        || '|' || coalesce(three_public_code, '')
        || '|' || coalesce(economic_code, '')
        || '|' || coalesce(line_item_code, '') as meaning
    from measured

)

select
    table_number,
    family,
    document_key,
    table_ordinal,
    section_ordinal,
    column_ordinal,
    column_label,
    role,
    flow,
    stage_code,
    fund_code,
    has_fund,
    has_stage,
    measure_code,
    fund_measure_code,
    has_own_measure,
    three_public_code,
    economic_code,
    line_item_code,
    last_term_code,
    is_of_which,
    has_total_word,
    min(column_ordinal) over (partition by table_number, meaning) as context_ordinal,
    row_number() over (
        partition by table_number, section_ordinal, meaning
        order by is_unknown asc, is_of_which asc, has_total_word desc, column_ordinal asc
    ) > 1 as is_detail
from compared
