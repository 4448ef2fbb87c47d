-- Grain: one row per printed total that an additive fact adds up to (打印合计与末级之和), with the sum of the leaves.
-- Totals and facts meet on unit, year, scope, stage and a slice: the fund, or fund, scheme and measure.
{% set cell = ['unit_key', 'fiscal_year', 'scope_code', 'stage_code'] %}
{% set text = dbt.type_string() %}
with

totals as (

    select
        amounts.amount_key,
        amounts.document_key,
        {% for column in cell -%}
        amounts.{{ column }},
        {% endfor -%}
        amounts.statement_code,
        amounts.fund_code,
        amounts.measure_code,
        amounts.functional_code,
        amounts.economic_code,
        amounts.line_item_code,
        amounts.flow,
        amounts.amount_yuan,
        case when amounts.amount_yuan <> 0 then amounts.half_unit_yuan else 0 end as half_unit_yuan,
        not amounts.is_ocr and coalesce(amounts.alignment_confidence, 100) >= 50 as is_certain,
        statements.name_zh || ' ' || coalesce(amounts.row_code || ' ', '') || coalesce(amounts.row_label, '')
        || ' · ' || coalesce(amounts.column_label, '')
        || coalesce(' 第' || cast(amounts.page as {{ text }}) || '页', '')
        || coalesce(' 第' || cast(amounts.source_line as {{ text }}) || '行', '') as place
    from {{ ref('fct_statement_amount') }} as amounts
    inner join {{ ref('statements') }} as statements on amounts.statement_code = statements.statement_code
    where amounts.is_current
        and amounts.is_total
        and amounts.role = 'amount'
        and amounts.amount_yuan is not null
        and amounts.project_key is null
        and coalesce(length(amounts.functional_code), 3) = 3
        and coalesce(length(amounts.economic_code), 3) = 3
        -- a class, or the row of sums
        and (amounts.row_kind in ('total', 'subject') or amounts.line_item_code is not null)
        and (amounts.row_kind <> 'subject' or length(coalesce(amounts.functional_code, amounts.economic_code)) = 3)

),

expenditure_chosen as (

    select
        {% for column in cell -%}
        {{ column }},
        {% endfor -%}
        fund_code,
        document_key,
        statement_code,
        left(functional_code, 3) as class_code,
        half_unit_yuan
    from {{ ref('int_expenditure__candidate') }}
    where is_chosen

),

expenditure_sources as (

    select distinct {{ cell | join(', ') }}, fund_code, document_key, statement_code
    from expenditure_chosen

),

derived_cells as (

    select distinct {{ cell | join(', ') }}
    from {{ ref('fct_expenditure') }}
    where fund_code in ('general', 'gov_fund', 'state_capital')

),

income_sources as (

    select distinct {{ cell | join(', ') }}, document_key, statement_code
    from {{ ref('int_income__chosen') }}
    where statement_code in ('final_income', 'budget_income')

),

-- a total that holds carried-over money and one that does not stand side by side in budgets: left to the rules on them
carrying_cells as (

    select distinct {{ cell | join(', ') }}
    from {{ ref('fct_income') }}
    where measure_code = 'carry_over' and amount_yuan <> 0

),

economic_sources as (

    select distinct {{ cell | join(', ') }}, document_key, statement_code
    from {{ ref('int_economic_expenditure__chosen') }}

),

facts as (

    select
        'leaf_sum_expenditure' as rule_id,
        {% for column in cell -%}
        {{ column }},
        {% endfor -%}
        fund_code as slice,
        left(functional_code, 3) as class_code,
        amount_yuan,
        half_unit_yuan
    from {{ ref('fct_expenditure') }}
    union all
    select
        'leaf_sum_expenditure' as rule_id,
        {% for column in cell -%}
        {{ column }},
        {% endfor -%}
        'all' as slice,
        left(functional_code, 3) as class_code,
        amount_yuan,
        half_unit_yuan
    from {{ ref('fct_expenditure') }}
    union all
    -- what the derived remainder was taken from is rounded too
    select
        'leaf_sum_expenditure' as rule_id,
        {% for column in cell -%}
        chosen.{{ column }},
        {% endfor -%}
        'all' as slice,
        chosen.class_code,
        0 as amount_yuan,
        chosen.half_unit_yuan
    from expenditure_chosen as chosen
    inner join derived_cells
        on {% for column in cell %}chosen.{{ column }} = derived_cells.{{ column }}{% if not loop.last %} and {% endif %}{% endfor %}
    where chosen.fund_code = 'all'
    union all
    select
        'leaf_sum_income' as rule_id,
        {% for column in cell -%}
        {{ column }},
        {% endfor -%}
        'all' as slice,
        left(functional_code, 3) as class_code,
        amount_yuan,
        half_unit_yuan
    from {{ ref('fct_income') }}
    {% for measure in ["measure_code", "measure_group_code", "'total'"] -%}
    union all
    select
        'leaf_sum_economic' as rule_id,
        {% for column in cell -%}
        {{ column }},
        {% endfor -%}
        fund_code || '|' || scheme || '|' || {{ measure }} as slice,
        left(economic_code, 3) as class_code,
        amount_yuan,
        half_unit_yuan
    from {{ ref('fct_economic_expenditure') }}
    {% if measure == "measure_group_code" %}where measure_group_code <> measure_code{% endif %}
    {% endfor %}
),

sliced_totals as (

    select
        'leaf_sum_expenditure' as rule_id,
        totals.amount_key,
        case when totals.fund_code = 'appropriation' then 'unsplit' else totals.fund_code end as slice,
        totals.functional_code as class_code
    from totals
    inner join expenditure_sources as sources
        on totals.document_key = sources.document_key
        and totals.statement_code = sources.statement_code
        and {% for column in cell %}totals.{{ column }} = sources.{{ column }} and {% endfor %}
        totals.fund_code = sources.fund_code
    where totals.flow = 'expenditure'
        and totals.measure_code = 'total'
        and totals.economic_code is null
        and coalesce(totals.line_item_code, 'expenditure_this_year') = 'expenditure_this_year'
    union all
    select
        'leaf_sum_income' as rule_id,
        totals.amount_key,
        'all' as slice,
        totals.functional_code as class_code
    from totals
    inner join income_sources as sources
        on totals.document_key = sources.document_key
        and totals.statement_code = sources.statement_code
        {% for column in cell %}and totals.{{ column }} = sources.{{ column }} {% endfor %}
    left join carrying_cells
        on {% for column in cell %}totals.{{ column }} = carrying_cells.{{ column }}{% if not loop.last %} and {% endif %}{% endfor %}
    where totals.flow = 'income'
        and totals.measure_code = 'total'
        and totals.fund_code = 'all'
        and totals.line_item_code is null
        and carrying_cells.unit_key is null
    union all
    select
        'leaf_sum_economic' as rule_id,
        totals.amount_key,
        totals.fund_code
        || '|' || case when left(totals.economic_code, 1) = '5' then 'government' else 'department' end
        || '|' || totals.measure_code as slice,
        totals.economic_code as class_code
    from totals
    inner join economic_sources as sources
        on totals.document_key = sources.document_key
        and totals.statement_code = sources.statement_code
        {% for column in cell %}and totals.{{ column }} = sources.{{ column }} {% endfor %}
    where totals.functional_code is null

)

select
    sliced_totals.rule_id,
    totals.amount_key,
    totals.document_key,
    {% for column in cell -%}
    totals.{{ column }},
    {% endfor -%}
    totals.fund_code,
    sliced_totals.slice,
    sliced_totals.class_code as subject_code,
    totals.place,
    totals.is_certain,
    totals.amount_yuan as right_value,
    sum(facts.amount_yuan) as left_value,
    sum(facts.half_unit_yuan) + max(totals.half_unit_yuan) as tolerance
from sliced_totals
inner join totals on sliced_totals.amount_key = totals.amount_key
inner join facts
    on sliced_totals.rule_id = facts.rule_id
    and {% for column in cell %}totals.{{ column }} = facts.{{ column }} and {% endfor %}
    sliced_totals.slice = facts.slice
    and (sliced_totals.class_code is null or sliced_totals.class_code = facts.class_code)
group by
    sliced_totals.rule_id,
    totals.amount_key,
    totals.document_key,
    {% for column in cell -%}
    totals.{{ column }},
    {% endfor -%}
    totals.fund_code,
    sliced_totals.slice,
    sliced_totals.class_code,
    totals.place,
    totals.is_certain,
    totals.amount_yuan
