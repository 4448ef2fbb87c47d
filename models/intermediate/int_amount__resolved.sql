-- Grain: one row per figure printed in a recognised statement table (表内数字): row, column and table brought together.
-- The row's own line item speaks before the column. The stage is the column's; where its head says none, the row's
-- (a row 预算数 above a row 决算数), and a row of the year before makes the column's that of the year before. A view: its
-- readers each take only the columns they need.
{% set printed = [
    'document_key', 'table_ordinal', 'row_ordinal', 'column_ordinal', 'header_column_ordinal', 'number_ordinal', 'page', 'source_line', 'sheet',
    'address', 'box_x0', 'box_top', 'box_x1', 'box_bottom', 'is_ocr', 'confidence', 'value_printed', 'value_text',
    'decimals', 'section_ordinal', 'side', 'row_label', 'row_code', 'row_path', 'column_label', 'unit_of_measure',
    'row_kind'
] %}
{% set from_table = [
    'table_number', 'unit_key', 'scope_code', 'statement_code', 'statement_kind', 'family', 'alignment_confidence',
    'is_current'
] %}
{% set without_stage = "('change', 'change_rate', 'completion_rate', 'share', 'score')" %}
with

figures as (

    select
        {% for column in printed -%}
        numbers.{{ column }},
        {% endfor -%}
        numbers.is_of_which,
        numbers.row_label_key,
        numbers.line_item_code,
        numbers.column_term_code,
        numbers.project_name
    from {{ ref('stg_landing__cell_numbers') }} as numbers
    where numbers.role = 'figure'

),

balance_lines as (

    select line_item_code, 'balance' as flow
    from {{ ref('balances') }}

),

-- a figure whose column is not in the landing still has the word over it
head_words as (

    select term_code, coalesce(role, case when kind = 'score' then 'score' end) as role, stage_code
    from {{ ref('header_terms') }}

),

finer_measures as (

    select code, part_code
    from {{ ref('code_parts') }}
    where code_list = 'measure'

),

-- 2024年预算数 beside a column whose head is lost: what the table is of stands there, and the nameless column is something
-- else (the year before), which nobody may add to it
headed as (

    select distinct table_number, stage_code
    from {{ ref('int_column__attributes') }}
    where family = 'three_public'
        and has_stage
        and role = 'amount'
        and three_public_code is null
        and line_item_code is null

),

-- The one join over text keys; what follows joins over table_number. Figures of tables that are no statement stay in,
-- without a value, and drop out where values are needed: a filter here makes the planner think that few figures are
-- left, and build its hash tables on the many.
located as (

    select
        {% for column in printed if column != 'value_text' -%}
        figures.{{ column }},
        {% endfor -%}
        case when tables.statement_code is not null and tables.is_disclosure then figures.value_text end as value_text,
        {% for column in from_table -%}
        tables.{{ column }},
        {% endfor -%}
        figures.is_of_which,
        coalesce(
            figures.line_item_code, case when figures.row_kind = 'total' then section_totals.line_item_code end
        ) as line_item_code,
        figures.column_term_code,
        figures.project_name,
        tables.project_name as table_project_name,
        tables.fiscal_year as table_fiscal_year,
        tables.stage_code as table_stage_code,
        tables.fund_code as table_fund_code,
        tables.row_vocabulary,
        case
            when worded.year_stated = tables.fiscal_year - 1 and worded.stage_code = 'final'
                then case tables.statement_kind when 'budget' then 'prior_execution' else 'prior_final' end
            when worded.year_stated = tables.fiscal_year - 1 and not {{ is_prior_stage('worded.stage_code') }}
                then 'prior_budget'
            when worded.stage_code = 'final' and tables.statement_kind = 'budget' then tables.stage_code
            else worded.stage_code
        end as row_stage_code
    from figures
    left join {{ ref('int_table__identity') }} as tables
        on figures.document_key = tables.document_key and figures.table_ordinal = tables.table_ordinal
    left join {{ ref('int_section__total_line') }} as section_totals
        on tables.table_number = section_totals.table_number
        and figures.section_ordinal = section_totals.section_ordinal
    left join {{ ref('int_label__stage') }} as worded
        on figures.row_label_key = worded.label and figures.row_code is null

),

joined as (

    select
        {% for column in printed -%}
        figures.{{ column }},
        {% endfor -%}
        {% for column in from_table -%}
        figures.{{ column }},
        {% endfor -%}
        coalesce(figures.is_of_which, false) as is_of_which,
        figures.line_item_code as row_line_item_code,
        coalesce(figures.line_item_code, columns.line_item_code) as line_item_code,
        coalesce(figures.project_name, figures.table_project_name) as project_name,
        figures.project_name is not null as is_project_row,
        figures.table_fiscal_year as document_fiscal_year,
        coalesce(columns.role, head_words.role, 'amount') as role,
        case
            when coalesce(columns.role, head_words.role) in {{ without_stage }} then null
            when figures.row_stage_code is null
                then coalesce(columns.stage_code, head_words.stage_code, figures.table_stage_code)
            when coalesce(columns.has_stage, head_words.stage_code is not null)
                and (not {{ is_prior_stage('figures.row_stage_code') }} or {{ is_prior_stage('columns.stage_code') }})
                then coalesce(columns.stage_code, head_words.stage_code)
            when coalesce(columns.has_stage, head_words.stage_code is not null)
                then case
                    when coalesce(columns.stage_code, head_words.stage_code) <> 'final' then 'prior_budget'
                    when figures.statement_kind = 'budget' then 'prior_execution'
                    else 'prior_final'
                end
            else figures.row_stage_code
        end as stage_code,
        case
            when coalesce(columns.role, head_words.role) in ('change_rate', 'completion_rate', 'share', 'score')
                then null
            else coalesce(lines.fund_code, columns.fund_code, figures.table_fund_code)
        end as fund_code,
        coalesce(
            balance_lines.flow,
            case when columns.flow = 'balance' then 'balance' end,
            figures.side,
            lines.side,
            columns.flow
        ) as flow,
        -- the row of all basic expenditure under a column 人员经费 is of personnel: the finer one of the two stands
        case
            when columns.has_own_measure and finer.part_code is not null then columns.measure_code
            else coalesce(nullif(lines.measure_code, 'total'), columns.measure_code)
        end as named_measure_code,
        coalesce(lines.three_public_code, columns.three_public_code) as three_public_code,
        coalesce(lines.statistic_code, column_lines.statistic_code) as statistic_code,
        lines.functional_code as line_functional_code,
        coalesce(lines.economic_code, columns.economic_code) as attributed_economic_code,
        coalesce(columns.context_ordinal, figures.column_ordinal) as context_ordinal,
        figures.row_vocabulary in ('functional', 'economic', 'economic_gov', 'project') as is_code_table,
        coalesce(figures.row_kind = 'total', false) as is_total_row,
        coalesce(lines.is_total = 'Y', false) as is_total_line,
        coalesce(columns.is_total, false) as is_total_column,
        coalesce(columns.is_detail, headed.table_number is not null, false) as is_detail_column,
        named.functional_code as named_functional_code,
        named.economic_code as named_economic_code
    from located as figures
    left join {{ ref('int_cell__slipped') }} as slipped
        on figures.table_number = slipped.table_number
        and figures.row_ordinal = slipped.row_ordinal
        and figures.column_ordinal = slipped.column_ordinal
    left join {{ ref('int_column__total') }} as columns
        on figures.table_number = columns.table_number
        and coalesce(slipped.meant_section_ordinal, figures.section_ordinal) = columns.section_ordinal
        and coalesce(slipped.meant_column_ordinal, figures.column_ordinal) = columns.column_ordinal
    left join head_words
        on figures.column_term_code = head_words.term_code and columns.table_number is null
    left join headed
        on figures.table_number = headed.table_number
        and figures.table_stage_code = headed.stage_code
        and columns.table_number is null
        and figures.column_term_code is null
    left join {{ ref('int_row__named_subject') }} as named
        on figures.table_number = named.table_number
        and figures.section_ordinal = named.section_ordinal
        and figures.row_ordinal = named.row_ordinal
    left join {{ ref('line_items') }} as lines on figures.line_item_code = lines.line_item_code
    left join {{ ref('line_items') }} as column_lines on columns.line_item_code = column_lines.line_item_code
    left join finer_measures as finer
        on lines.measure_code = finer.code and columns.measure_code = finer.part_code
    left join balance_lines
        on coalesce(figures.line_item_code, columns.line_item_code) = balance_lines.line_item_code

),

-- subjects by printed code; where only a name is printed, by what the name means under the names above it
subjected as (

    select
        {% for column in printed -%}
        joined.{{ column }},
        {% endfor -%}
        {% for column in from_table -%}
        joined.{{ column }},
        {% endfor -%}
        joined.is_of_which,
        joined.row_line_item_code,
        joined.line_item_code,
        joined.project_name,
        joined.is_project_row,
        joined.document_fiscal_year,
        case
            when {{ is_prior_stage('joined.stage_code') }} then joined.document_fiscal_year - 1
            else joined.document_fiscal_year
        end as fiscal_year,
        joined.role,
        joined.stage_code,
        joined.fund_code,
        joined.flow,
        case
            when joined.role in {{ without_stage }} then null
            when joined.flow = 'balance' then joined.named_measure_code
            else coalesce(joined.named_measure_code, 'total')
        end as measure_code,
        joined.three_public_code,
        joined.statistic_code,
        joined.line_functional_code,
        joined.attributed_economic_code,
        joined.context_ordinal,
        joined.is_code_table,
        joined.is_total_row,
        joined.is_total_line,
        joined.is_total_column,
        joined.is_detail_column,
        case
            when left(joined.row_code, 1) = '2' and length(joined.row_code) in (3, 5, 7) then joined.row_code
            else joined.named_functional_code
        end as row_functional_code,
        case
            when left(joined.row_code, 1) in ('3', '5') and length(joined.row_code) in (3, 5) then joined.row_code
            else joined.named_economic_code
        end as row_economic_code
    from joined

)

select
    {% for column in printed -%}
    {{ column }},
    {% endfor -%}
    {% for column in from_table -%}
    {{ column }},
    {% endfor -%}
    is_of_which,
    row_line_item_code,
    line_item_code,
    project_name,
    document_fiscal_year,
    fiscal_year,
    role,
    stage_code,
    fund_code,
    flow,
    measure_code,
    three_public_code,
    statistic_code,
    coalesce(row_functional_code, line_functional_code) as functional_code,
    coalesce(row_economic_code, attributed_economic_code) as economic_code,
    context_ordinal,
    is_total_column,
    is_detail_column,
    -- what the row is in its table: '' for the row of sums, a line item, or a subject code (with / where the row is of
    -- one project under it); null for a label that is neither
    case
        when is_code_table and (is_total_row or is_total_line) then ''
        when row_line_item_code is not null then row_line_item_code
        when is_total_row then ''
        when is_project_row then coalesce(row_functional_code, '') || '/'
        else coalesce(row_functional_code, row_economic_code)
    end as row_identity
from subjected
