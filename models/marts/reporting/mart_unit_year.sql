-- Grain: one row per unit, year and scope (单位年度概况). Yuan throughout.
-- _budget_yuan takes 预算数 (the budget document), else 年初预算数, else 全年预算数; _final_yuan the final account.
{% set cell = ['unit_key', 'fiscal_year', 'scope_code'] %}
with

amounts as (

    select {{ cell | join(', ') }}, stage_code, 'income' as item, amount_yuan, false as is_aside
    from {{ ref('fct_income') }}
    where measure_code <> 'carry_over'
    union all
    select {{ cell | join(', ') }}, stage_code, 'appropriation' as item, amount_yuan, false as is_aside
    from {{ ref('fct_income') }}
    where measure_code = 'appropriation'
    union all
    select {{ cell | join(', ') }}, stage_code, 'expenditure' as item, amount_yuan, false as is_aside
    from {{ ref('fct_expenditure') }}
    union all
    select {{ cell | join(', ') }}, stage_code, measure_group_code as item, amount_yuan, false as is_aside
    from {{ ref('fct_expenditure') }}
    where measure_group_code in ('basic', 'project')
    union all
    select
        {% for column in cell -%}
        facts.{{ column }},
        {% endfor -%}
        facts.stage_code,
        case when subjects.is_personnel then 'personnel' else 'public' end as item,
        facts.amount_yuan,
        false as is_aside
    from {{ ref('fct_economic_expenditure') }} as facts
    inner join {{ ref('dim_economic_subject') }} as subjects on facts.economic_key = subjects.economic_key
    where facts.scheme = 'department' and facts.measure_group_code = 'basic'
    union all
    select {{ cell | join(', ') }}, stage_code, 'three_public' as item, amount_yuan, false as is_aside
    from {{ ref('fct_three_public') }}
    union all
    select {{ cell | join(', ') }}, stage_code, balance_code || '_carry_over' as item, amount_yuan, false as is_aside
    from {{ ref('fct_balance') }}
    where balance_code in ('opening', 'closing') and coverage = 'all'
    union all
    select
        {{ cell | join(', ') }},
        stage_code,
        case statistic_code when 'procurement_total' then 'procurement' else statistic_code end as item,
        amount_yuan,
        false as is_aside
    from {{ ref('fct_unit_statistic') }}
    where statistic_code in ('procurement_total', 'operating_cost') and amount_yuan is not null
    union all
    -- what a document without statements tells of the kinds of its expenditure and of its balances
    select
        {{ cell | join(', ') }},
        stage_code,
        case line_item_code
            when 'expenditure_basic' then 'basic'
            when 'expenditure_project' then 'project'
            when 'expenditure_personnel' then 'personnel'
            when 'expenditure_public' then 'public'
            when 'opening_balance' then 'opening_carry_over'
            else 'closing_carry_over'
        end as item,
        amount_yuan,
        true as is_aside
    from {{ ref('int_prose__total') }}
    where document_rank = 1
        and case
            when line_item_code in ('expenditure_basic', 'expenditure_project', 'opening_balance', 'closing_balance')
                then fund_code = 'all'
            else line_item_code in ('expenditure_personnel', 'expenditure_public') and fund_code = 'general'
        end

),

staged as (

    select
        {{ cell | join(', ') }},
        stage_code,
        item,
        case stage_code
            when 'final' then 'final'
            else 'budget'
        end as side,
        case stage_code
            when 'final' then 1
            when 'budget_unspecified' then 1
            when 'initial_budget' then 2
            else 3
        end + case when is_aside then 10 else 0 end as preference,
        amount_yuan
    from amounts

),

summed as (

    select {{ cell | join(', ') }}, item, side, preference, sum(amount_yuan) as amount_yuan
    from staged
    group by {{ cell | join(', ') }}, item, side, preference

),

best as (

    select {{ cell | join(', ') }}, item, side, min(preference) as preference
    from summed
    group by {{ cell | join(', ') }}, item, side

),

chosen as (

    select
        {% for column in cell -%}
        summed.{{ column }},
        {% endfor -%}
        {% for item in [
            'income', 'expenditure', 'basic', 'project', 'appropriation', 'personnel', 'public', 'three_public',
            'opening_carry_over', 'closing_carry_over', 'procurement', 'operating_cost'
        ] -%}
        {% for side in ['budget', 'final'] -%}
        cast(
            max(case when summed.item = '{{ item }}' and summed.side = '{{ side }}' then summed.amount_yuan end)
            as decimal(20, 2)
        ) as {{ item }}_{{ side }}_yuan{% if not loop.last %},{% endif %}
        {% endfor -%}
        {% if not loop.last %},{% endif %}
        {% endfor %}
    from summed
    inner join best
        on {% for column in cell %}summed.{{ column }} = best.{{ column }} and {% endfor %}
        summed.item = best.item
        and summed.side = best.side
        and summed.preference = best.preference
    group by {% for column in cell %}summed.{{ column }}{% if not loop.last %}, {% endif %}{% endfor %}

),

statistics as (

    select
        {{ cell | join(', ') }},
        -- what was at the end of the year, as the final account states it, before what a budget expected
        coalesce(
            max(case when statistic_code = 'staff_on_post' and stage_code = 'final' then value end),
            max(case when statistic_code = 'staff_on_post' then value end)
        ) as staff_on_post,
        coalesce(
            max(case when statistic_code = 'vehicles_total' and stage_code = 'final' then value end),
            max(case when statistic_code = 'vehicles_total' then value end)
        ) as vehicles
    from {{ ref('fct_unit_statistic') }}
    group by {{ cell | join(', ') }}

),

disclosed as (

    select {{ cell | join(', ') }}, document_key
    from {{ ref('dim_document') }}
    where is_current and state = 'disclosure' and unit_key is not null and fiscal_year is not null
    union
    select tables.unit_key, tables.fiscal_year, tables.scope_code, tables.document_key
    from {{ ref('int_table__identity') }} as tables
    where tables.is_current
        and tables.is_disclosure
        and tables.statement_code is not null
        and tables.unit_key is not null
        and tables.fiscal_year is not null

),

findings as (

    select document_key, count(*) as findings
    from {{ ref('fct_finding') }}
    group by document_key

),

documents as (

    select
        {% for column in cell -%}
        disclosed.{{ column }},
        {% endfor -%}
        count(*) as documents,
        coalesce(sum(findings.findings), 0) as findings
    from disclosed
    left join findings on disclosed.document_key = findings.document_key
    group by {% for column in cell %}disclosed.{{ column }}{% if not loop.last %}, {% endif %}{% endfor %}

),

rollups as (

    select distinct {{ cell | join(', ') }}
    from {{ ref('int_unit__rollup') }}

)

select
    documents.unit_key,
    documents.fiscal_year,
    documents.scope_code,
    units.unit_name,
    units.unit_level,
    units.region_key,
    regions.region_name,
    {% for item in [
        'income', 'expenditure', 'basic', 'project', 'appropriation', 'personnel', 'public', 'three_public',
        'opening_carry_over', 'closing_carry_over'
    ] -%}
    chosen.{{ item }}_budget_yuan,
    chosen.{{ item }}_final_yuan,
    {% endfor -%}
    cast(round(statistics.staff_on_post, 0) as integer) as staff_on_post,
    cast(round(statistics.vehicles, 0) as integer) as vehicles,
    chosen.procurement_budget_yuan,
    chosen.procurement_final_yuan,
    chosen.operating_cost_budget_yuan,
    chosen.operating_cost_final_yuan,
    cast(documents.findings as integer) as findings,
    cast(documents.documents as integer) as documents,
    rollups.unit_key is not null as is_rollup
from documents
inner join {{ ref('dim_unit') }} as units on documents.unit_key = units.unit_key
left join {{ ref('dim_region') }} as regions on units.region_key = regions.region_key
left join chosen
    on {% for column in cell %}documents.{{ column }} = chosen.{{ column }}{% if not loop.last %} and {% endif %}{% endfor %}
left join statistics
    on {% for column in cell %}documents.{{ column }} = statistics.{{ column }}{% if not loop.last %} and {% endif %}{% endfor %}
left join rollups
    on {% for column in cell %}documents.{{ column }} = rollups.{{ column }}{% if not loop.last %} and {% endif %}{% endfor %}
