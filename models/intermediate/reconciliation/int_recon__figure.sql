-- Grain: one row per figure of a current document that identities may use (参与勾稽的数字), printed in a table or told in
-- prose, with the address identities know it by. compared_value and compared_half_unit are in yuan for money, in the
-- printed unit otherwise; a printed zero of money has no interval, a rate of zero has.
{% set shared = [
    'amount_key', 'document_key', 'scope_code', 'origin', 'statement_code', 'table_ordinal', 'row_ordinal',
    'column_ordinal', 'column_label', 'paragraph_ordinal', 'char_start', 'section', 'label', 'place', 'project_key', 'fiscal_year',
    'line_code', 'row_kind', 'functional_code', 'parent_functional_code', 'economic_code', 'parent_economic_code',
    'measure_code', 'fund_code', 'stage_code', 'three_public_code', 'flow', 'column_role', 'role',
    'sum_flag', 'value_printed', 'unit_printed', 'unit_code', 'compared_value', 'compared_half_unit', 'doubt'
] %}
with

documents as (

    select document_key, document_kind, fiscal_year
    from {{ ref('dim_document') }}
    where is_current

),

statements as (

    select statement_code, family, document_kind as statement_kind
    from {{ ref('statements') }}

),

-- what a label says is read once for every label, not for every figure under it
column_labels as (

    select
        column_label,
        instr(leaf_label, '人员') > 0 as names_personnel,
        instr(leaf_label, '公用') > 0 as names_public,
        {{ regex_matches('leaf_label', '(合计|小计|总计)$') }} as names_total,
        {{ regex_matches('leaf_label', '(分值|权重)') }} as names_weight,
        instr(leaf_label, '得分') > 0 as names_score,
        instr(leaf_label, '执行率') > 0 as names_rate,
        {{ regex_matches('column_label', '(接待.*/.*(运行|购置)|(运行|购置).*/.*接待)') }} as names_two_items,
        {{ regex_matches('column_label', '(年初|上年)(基本|项目)?.{0,4}结') }} as names_opening,
        {{ regex_matches('column_label', '(年末|结转下年|下年|结余|结[(（]转[)）]余)') }} as names_closing,
        {{ regex_matches('column_label', '其中.{0,3}基本支出') }} as names_part
    from (
        -- the bar of 执行率(B/A) parts no path
        select
            column_label,
            {{ regex_remove(regex_remove('column_label', '[（(][A-Z0-9]+/[A-Z0-9]+[）)]'), '^.*/') }} as leaf_label
        from (
            select distinct column_label
            from {{ ref('fct_statement_amount') }}
            where column_label is not null
        ) as printed_labels
    ) as labels

),

row_labels as (

    select
        row_label,
        {{ regex_matches('row_key', '^(合计|总计|总合计)$') }} as names_total,
        {{ regex_matches('row_key', '^(合计|总计|本年支出合计|本年收入合计|支出合计|收入合计|支出总计|收入总计|合计数|总合计)$') }}
            as names_sum
    from (
        select row_label, {{ label_key('row_label') }} as row_key
        from (
            select distinct row_label
            from {{ ref('fct_statement_amount') }}
            where row_label is not null
        ) as labels
    ) as keyed

),

-- a number the reader gave up on in a table casts doubt on sums over that table
unread_tables as (

    select distinct document_key, table_ordinal
    from {{ ref('stg_landing__cell_numbers') }}
    where role = 'unmapped'
    union
    -- a head that names hospitality and vehicles at once was read across two columns
    select distinct amounts.document_key, amounts.table_ordinal
    from {{ ref('fct_statement_amount') }} as amounts
    inner join column_labels on amounts.column_label = column_labels.column_label
    where column_labels.names_two_items

),

opening_rows as (

    select document_key, table_ordinal, side, min(row_ordinal) as row_ordinal
    from {{ ref('fct_statement_amount') }}
    where line_item_code = 'opening_balance'
    group by document_key, table_ordinal, side

),

code_rows as (

    select distinct document_key, table_ordinal, functional_code, economic_code
    from {{ ref('fct_statement_amount') }}
    where line_item_code is null and (functional_code is not null or economic_code is not null)

),

-- 2010301 hangs under 20103 where that row is printed, else under 201, else under the row of sums
parents as (

    select
        children.document_key,
        children.table_ordinal,
        coalesce(children.functional_code, '') as functional_code,
        coalesce(children.economic_code, '') as economic_code,
        coalesce(max(functional_parents.functional_code), '') as parent_functional_code,
        coalesce(max(economic_parents.economic_code), '') as parent_economic_code
    from code_rows as children
    left join code_rows as functional_parents
        on children.document_key = functional_parents.document_key
        and children.table_ordinal = functional_parents.table_ordinal
        and length(functional_parents.functional_code) < length(children.functional_code)
        and left(children.functional_code, length(functional_parents.functional_code))
        = functional_parents.functional_code
    left join code_rows as economic_parents
        on children.document_key = economic_parents.document_key
        and children.table_ordinal = economic_parents.table_ordinal
        and length(economic_parents.economic_code) < length(children.economic_code)
        and left(children.economic_code, length(economic_parents.economic_code)) = economic_parents.economic_code
    group by children.document_key, children.table_ordinal, children.functional_code, children.economic_code

),

printed as (

    select
        amounts.amount_key,
        amounts.document_key,
        amounts.scope_code,
        amounts.origin,
        amounts.statement_code,
        amounts.table_ordinal,
        amounts.row_ordinal,
        -- what is summed stands under one header, though a row may have slipped sideways
        amounts.header_column_ordinal as column_ordinal,
        amounts.row_label,
        amounts.column_label,
        amounts.page,
        amounts.source_line,
        amounts.sheet,
        amounts.address,
        amounts.project_key,
        amounts.fiscal_year,
        statements.family,
        case
            when statements.family in ('summary', 'appropriation_summary')
                and amounts.line_item_code in ('income_general', 'income_gov_fund', 'income_state_capital')
                and amounts.row_ordinal > opening_rows.row_ordinal
                then 'opening_' || substr(amounts.line_item_code, 8)
            else amounts.line_item_code
        end as line_code,
        amounts.functional_code,
        amounts.economic_code,
        amounts.measure_code,
        amounts.fund_code,
        amounts.stage_code,
        amounts.three_public_code,
        amounts.statistic_code,
        amounts.flow,
        amounts.role,
        amounts.value,
        amounts.value_printed,
        amounts.decimals,
        amounts.unit_of_measure,
        amounts.amount_yuan,
        amounts.half_unit_yuan,
        amounts.is_ocr,
        amounts.alignment_confidence,
        case
            when amounts.is_of_which or amounts.is_detail then 'detail'
            when amounts.is_total then 'sum'
            else 'leaf'
        end as sum_flag,
        unread_tables.table_ordinal is not null as is_unread,
        coalesce(parents.parent_functional_code, '') as parent_functional_code,
        coalesce(parents.parent_economic_code, '') as parent_economic_code,
        coalesce(row_labels.names_total, false) as row_names_total,
        coalesce(row_labels.names_sum, false) as row_names_sum,
        coalesce(column_labels.names_personnel, false) as names_personnel,
        coalesce(column_labels.names_public, false) as names_public,
        coalesce(column_labels.names_total, false) as names_total,
        coalesce(column_labels.names_weight, false) as names_weight,
        coalesce(column_labels.names_score, false) as names_score,
        coalesce(column_labels.names_rate, false) as names_rate,
        coalesce(column_labels.names_opening, false) as names_opening,
        coalesce(column_labels.names_closing, false) as names_closing,
        coalesce(column_labels.names_part, false) as names_part
    from {{ ref('fct_statement_amount') }} as amounts
    inner join documents on amounts.document_key = documents.document_key
    left join statements on amounts.statement_code = statements.statement_code
    left join column_labels on amounts.column_label = column_labels.column_label
    left join row_labels on amounts.row_label = row_labels.row_label
    left join opening_rows
        on amounts.document_key = opening_rows.document_key
        and amounts.table_ordinal = opening_rows.table_ordinal
        and coalesce(amounts.side, '') = coalesce(opening_rows.side, '')
    left join unread_tables
        on amounts.document_key = unread_tables.document_key and amounts.table_ordinal = unread_tables.table_ordinal
    left join parents
        on amounts.document_key = parents.document_key
        and amounts.table_ordinal = parents.table_ordinal
        and coalesce(amounts.functional_code, '') = parents.functional_code
        and coalesce(amounts.economic_code, '') = parents.economic_code

),

in_tables as (

    select
        amount_key,
        document_key,
        scope_code,
        origin,
        statement_code,
        table_ordinal,
        row_ordinal,
        column_ordinal,
        column_label,
        cast(null as integer) as paragraph_ordinal,
        cast(null as integer) as char_start,
        cast(null as {{ dbt.type_string() }}) as section,
        {{ table_figure_label('row_label', 'column_label') }} as label,
        coalesce(
            nullif({{ figure_place('page', 'source_line', 'sheet', 'address') }}, ''),
            -- a Word file has neither pages nor lines
            {{ table_place('table_ordinal', 'row_ordinal') }}
        ) as place,
        project_key,
        fiscal_year,
        line_code,
        case
            when line_code is not null and economic_code is null then 'line'
            when line_code is not null and family <> 'basic_economic' then 'line'
            when functional_code is not null and project_key is null then 'func'
            when economic_code is not null and project_key is null and row_names_total then 'total'
            when economic_code is not null and family in ('basic_economic', 'economic_gov') then 'econ'
            when project_key is not null then 'project'
            when row_names_sum then 'total'
            else 'other'
        end as row_kind,
        functional_code,
        parent_functional_code,
        economic_code,
        parent_economic_code,
        measure_code,
        fund_code,
        stage_code,
        coalesce(
            case
                when three_public_code in (
                    'total', 'overseas', 'vehicle', 'vehicle_purchase', 'vehicle_operation', 'hospitality'
                ) then three_public_code
            end,
            case
                when family = 'three_public' and three_public_code is null and statistic_code is null
                    and (line_code is null or line_code = 'tp_total') and role = 'amount' then 'total'
            end
        ) as three_public_code,
        flow,
        case
            when names_opening then 'opening'
            when names_closing then 'closing'
            when names_part then 'of_which'
            when family in ('basic_economic', 'economic_gov') and names_personnel then 'personnel'
            when family in ('basic_economic', 'economic_gov') and names_public then 'public'
            when names_total then 'total'
            else 'plain'
        end as column_role,
        case
            when statement_code like 'perf%' and names_weight then 'weight'
            when statement_code like 'perf%' and names_score then 'score'
            when statement_code like 'perf%' and names_rate then 'completion_rate'
            else role
        end as role,
        sum_flag,
        value_printed,
        unit_of_measure as unit_printed,
        case when amount_yuan is not null then '元' else unit_of_measure end as unit_code,
        cast(coalesce(amount_yuan, value) as decimal(24, 6)) as compared_value,
        case
            when unit_of_measure = '%' then cast({{ half_unit('decimals') }} as decimal(24, 6))
            when value = 0 then cast(0 as decimal(24, 6))
            when amount_yuan is not null then cast(half_unit_yuan as decimal(24, 6))
            when unit_of_measure = '分' or coalesce(decimals, 0) > 0
                then cast({{ half_unit('decimals') }} as decimal(24, 6))
            else cast(0 as decimal(24, 6))
        end as compared_half_unit,
        case
            when is_ocr then '数字由光学识别读出'
            when alignment_confidence < 60 then '表头与数字的对应把握不足'
            when is_unread then '表内有未能识别的数字或表头'
        end as doubt
    from printed

),

told as (

    select
        amounts.amount_key,
        amounts.document_key,
        amounts.scope_code,
        amounts.origin,
        amounts.table_ordinal,
        amounts.row_ordinal,
        amounts.column_ordinal,
        amounts.paragraph_ordinal,
        amounts.char_start,
        amounts.section,
        amounts.subject_printed,
        amounts.page,
        amounts.source_line,
        amounts.fiscal_year,
        -- money that performance work covers (涉及资金 … 其中:一般公共预算支出) is not the body's expenditure
        case
            when instr(coalesce(amounts.parent_printed, ''), '涉及') > 0
                or instr({{ regex_remove("coalesce(amounts.section, '')", '^.*/') }}, '绩效') > 0
                then null
            -- “三公”经费支出…（其中：一般公共预算支出…）: what pays for a part of the expenditure is not the expenditure
            when {{ is_paid_for('amounts.parent_printed', 'coalesce(subjects.line_item_code, amounts.line_item_code)') }}
                then null
            when documents.document_kind = 'performance' and amounts.subject_printed in ('上级安排', '上级资金')
                then 'perf_fund_superior'
            when documents.document_kind = 'performance' and amounts.subject_printed in ('本级安排', '本级资金')
                then 'perf_fund_own'
            when documents.document_kind = 'performance' and amounts.subject_printed = '其他资金'
                then 'perf_fund_other'
            -- 政府网站运行维护费 is no vehicle's
            when coalesce(subjects.line_item_code, amounts.line_item_code) like 'tp%'
                and not {{ regex_matches(
                    "(coalesce(amounts.parent_printed, '') || coalesce(amounts.subject_printed, ''))", '(车|接待|出国|三公)'
                ) }}
                then null
            else coalesce(subjects.line_item_code, amounts.line_item_code)
        end as line_code,
        amounts.functional_code,
        amounts.economic_code,
        amounts.measure_code,
        coalesce(
            case
                -- 财政拨款收入总计…万元（含年初结转）、支出总计…万元: the heading says whose total the second is
                when subjects.fund_code = 'all'
                    and subjects.line_item_code in ('income_grand_total', 'expenditure_grand_total')
                    and {{ regex_matches(
                        "coalesce(" ~ regex_remove('amounts.section', '^.*/') ~ ", '')", '^[^公基国]*财政拨款(收|支)'
                    ) }}
                    then 'appropriation'
            end,
            subjects.fund_code,
            case
                when instr(amounts.subject_printed, '一般公共预算') > 0 then 'general'
                when instr(amounts.subject_printed, '政府性基金') > 0 then 'gov_fund'
                when instr(amounts.subject_printed, '国有资本') > 0 then 'state_capital'
                when {{ regex_matches("coalesce(" ~ regex_remove('amounts.section', '^.*/') ~ ", '')", '政府性基金') }}
                    then 'gov_fund'
                when {{ regex_matches("coalesce(" ~ regex_remove('amounts.section', '^.*/') ~ ", '')", '国有资本') }}
                    then 'state_capital'
                when instr(coalesce(amounts.section, ''), '一般公共预算') > 0 then 'general'
                when instr(coalesce(amounts.section, ''), '财政拨款') > 0
                    and {{ regex_matches("coalesce(amounts.section, '')", '三公') }} = false then 'appropriation'
                else 'all'
            end
        ) as fund_code,
        amounts.stage_code,
        amounts.role,
        amounts.direction,
        amounts.value,
        amounts.value_printed,
        amounts.decimals,
        amounts.unit_of_measure,
        amounts.amount_yuan,
        amounts.half_unit_yuan,
        instr(coalesce(amounts.section, ''), '三公') > 0
        or instr(coalesce(amounts.parent_printed, ''), '三公') > 0 as is_three_public_section,
        {{ regex_matches("coalesce(amounts.section, '')", '经济(科目)?分类') }}
        and instr(coalesce(amounts.section, ''), '基本支出') = 0 as is_all_spending,
        documents.fiscal_year as document_fiscal_year,
        documents.document_kind
    from {{ ref('fct_narrative_amount') }} as amounts
    inner join documents on amounts.document_key = documents.document_key
    left join {{ ref('int_recon__subject') }} as subjects on amounts.subject_printed = subjects.subject_printed
    where amounts.value is not null

),

in_prose as (

    select
        amount_key,
        document_key,
        scope_code,
        origin,
        'prose' as statement_code,
        table_ordinal,
        row_ordinal,
        column_ordinal,
        cast(null as {{ dbt.type_string() }}) as column_label,
        paragraph_ordinal,
        char_start,
        section,
        subject_printed as label,
        coalesce(
            nullif({{ figure_place('page', 'source_line', 'null', 'null') }}, ''),
            '第' || cast(paragraph_ordinal as {{ dbt.type_string() }}) || '段',
            ''
        ) as place,
        cast(null as {{ dbt.type_string() }}) as project_key,
        fiscal_year,
        line_code,
        case
            when functional_code is not null then 'func'
            -- 支出按经济科目分类的情况 without 基本支出 tells of projects too: no table of basic spending answers it
            when economic_code is not null and is_all_spending then 'other'
            when economic_code is not null and (line_code is null or not is_three_public_section) then 'econ'
            when line_code is not null then 'line'
            else 'other'
        end as row_kind,
        functional_code,
        '' as parent_functional_code,
        economic_code,
        '' as parent_economic_code,
        measure_code,
        fund_code,
        case
            when role in ('count', 'area') then stage_code
            when fiscal_year <> document_fiscal_year then 'prior'
            when document_kind = 'budget' and stage_code in ('initial_budget', 'budget_unspecified') then 'own'
            when document_kind <> 'budget' and stage_code = 'final' then 'own'
            else stage_code
        end as stage_code,
        cast(null as {{ dbt.type_string() }}) as three_public_code,
        cast(null as {{ dbt.type_string() }}) as flow,
        'plain' as column_role,
        -- 无, 未安排: what is not there may be said of a whole paragraph; it is compared by rules of its own
        case
            when role = 'amount' and not {{ regex_matches('value_printed', '[0-9]') }} then 'none_stated'
            else role
        end as role,
        'leaf' as sum_flag,
        value_printed,
        unit_of_measure as unit_printed,
        case when amount_yuan is not null then '元' else unit_of_measure end as unit_code,
        cast(
            case
                when role = 'change' and direction = -1 then -abs(coalesce(amount_yuan, value))
                else coalesce(amount_yuan, value)
            end as decimal(24, 6)
        ) as compared_value,
        cast(
            case
                when unit_of_measure = '%' then {{ half_unit('decimals') }}
                when value = 0 then 0
                when amount_yuan is not null then half_unit_yuan
                when coalesce(decimals, 0) > 0 then {{ half_unit('decimals') }}
                else 0
            end as decimal(24, 6)
        ) as compared_half_unit,
        cast(null as {{ dbt.type_string() }}) as doubt
    from told

),

figures as (

    {% for part in ['in_tables', 'in_prose'] -%}
    select {{ shared | join(', ') }}
    from {{ part }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
)

select
    {% for column in shared -%}
    {{ column }},
    {% endfor -%}
    concat(
        statement_code, '|', coalesce(line_code, ''), '|', row_kind, '|', coalesce(functional_code, ''), '|',
        parent_functional_code, '|', coalesce(economic_code, ''), '|', parent_economic_code, '|',
        coalesce(measure_code, ''), '|', coalesce(fund_code, ''), '|', coalesce(stage_code, ''), '|',
        coalesce(three_public_code, ''), '|', coalesce(flow, ''), '|', column_role, '|', coalesce(role, ''), '|', sum_flag
    ) as address
from figures
