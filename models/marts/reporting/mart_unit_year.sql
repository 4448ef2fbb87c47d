-- Grain: one row per unit, year and scope (单位年度概况). Yuan throughout.
-- _budget_yuan takes 预算数 (the budget document), else 年初预算数, else 全年预算数; _final_yuan the final account. A figure
-- is the total as printed, else the sum of its items; _items_yuan holds that sum beside it. A budget that covers less
-- money than the final account beside it (the general budget alone against all funds) is not set against it: it stands
-- in general_expenditure, and comparable_ holds the pair that covers the same money.
{% set cell = ['unit_key', 'fiscal_year', 'scope_code'] %}
{% set items = [
    'income', 'expenditure', 'basic', 'project', 'appropriation', 'personnel', 'public', 'three_public',
    'opening_carry_over', 'closing_carry_over', 'procurement', 'operating_cost', 'total_income', 'total_expenditure',
    'general_expenditure', 'general_basic'
] %}
{% set itemised = ['income', 'expenditure', 'three_public'] %}
{% set covered = {'income': 'income', 'expenditure': 'expenditure', 'basic': 'expenditure', 'project': 'expenditure'} %}
with

amounts as (

    select {{ cell | join(', ') }}, stage_code, 'income' as item, amount_yuan, false as is_aside, false as is_printed
    from {{ ref('fct_income') }}
    where measure_code <> 'carry_over'
    union all
    select {{ cell | join(', ') }}, stage_code, 'appropriation' as item, amount_yuan, false as is_aside, false as is_printed
    from {{ ref('fct_income') }}
    where measure_code = 'appropriation'
    union all
    select {{ cell | join(', ') }}, stage_code, 'expenditure' as item, amount_yuan, false as is_aside, false as is_printed
    from {{ ref('fct_expenditure') }}
    union all
    select {{ cell | join(', ') }}, stage_code, measure_group_code as item, amount_yuan, false as is_aside, false as is_printed
    from {{ ref('fct_expenditure') }}
    where measure_group_code in ('basic', 'project')
    union all
    select
        {{ cell | join(', ') }},
        stage_code,
        'general_expenditure' as item,
        amount_yuan,
        false as is_aside,
        false as is_printed
    from {{ ref('fct_expenditure') }}
    where fund_code = 'general'
    union all
    select
        {{ cell | join(', ') }},
        stage_code,
        'general_basic' as item,
        amount_yuan,
        false as is_aside,
        false as is_printed
    from {{ ref('fct_expenditure') }}
    where fund_code = 'general' and measure_group_code = 'basic'
    union all
    select {{ cell | join(', ') }}, stage_code, item, amount_yuan, false as is_aside, true as is_printed
    from {{ ref('int_unit_year__printed') }}
    union all
    select
        {% for column in cell -%}
        facts.{{ column }},
        {% endfor -%}
        facts.stage_code,
        case when subjects.is_personnel then 'personnel' else 'public' end as item,
        facts.amount_yuan,
        false as is_aside,
        false as is_printed
    from {{ ref('fct_economic_expenditure') }} as facts
    inner join {{ ref('dim_economic_subject') }} as subjects on facts.economic_key = subjects.economic_key
    where facts.scheme = 'department' and facts.measure_group_code = 'basic'
    union all
    select {{ cell | join(', ') }}, stage_code, 'three_public' as item, amount_yuan, false as is_aside, false as is_printed
    from {{ ref('fct_three_public') }}
    union all
    select {{ cell | join(', ') }}, stage_code, balance_code || '_carry_over' as item, amount_yuan, false as is_aside, false as is_printed
    from {{ ref('fct_balance') }}
    where balance_code in ('opening', 'closing') and coverage = 'all'
    union all
    select
        {{ cell | join(', ') }},
        stage_code,
        case statistic_code when 'procurement_total' then 'procurement' else statistic_code end as item,
        amount_yuan,
        false as is_aside,
        false as is_printed
    from {{ ref('fct_unit_statistic') }}
    where statistic_code in ('procurement_total', 'operating_cost') and amount_yuan is not null
    union all
    -- what a document without statements tells of the kinds of its expenditure and of its balances
    select
        {{ cell | join(', ') }},
        stage_code,
        case line_item_code
            when 'expenditure_basic' then case when fund_code = 'general' then 'general_basic' else 'basic' end
            when 'income_grand_total' then 'total_income'
            when 'expenditure_grand_total' then 'total_expenditure'
            when 'expenditure_project' then 'project'
            when 'expenditure_personnel' then 'personnel'
            when 'expenditure_public' then 'public'
            when 'opening_balance' then 'opening_carry_over'
            else 'closing_carry_over'
        end as item,
        amount_yuan,
        true as is_aside,
        false as is_printed
    from {{ ref('int_prose__total') }}
    where document_rank = 1
        and case
            when line_item_code = 'expenditure_basic' then fund_code in ('all', 'general')
            when line_item_code in (
                'expenditure_project', 'opening_balance', 'closing_balance', 'income_grand_total',
                'expenditure_grand_total'
            ) then fund_code = 'all'
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
        case when not is_printed then amount_yuan end as item_yuan,
        case when is_printed then amount_yuan end as printed_yuan
    from amounts

),

summed as (

    select
        {{ cell | join(', ') }},
        item,
        side,
        preference,
        sum(item_yuan) as items_yuan,
        coalesce(max(printed_yuan), sum(item_yuan)) as amount_yuan
    from staged
    group by {{ cell | join(', ') }}, item, side, preference

),

best as (

    select {{ cell | join(', ') }}, item, side, min(preference) as preference
    from summed
    group by {{ cell | join(', ') }}, item, side

),

-- which money income and expenditure of a side are of: all, the general budget, or appropriations
coverage_told as (

    select
        {{ cell | join(', ') }},
        'expenditure' as item,
        stage_code,
        case
            when bool_or(
                fund_code = 'non_fiscal'
                or (
                    fund_code = 'unsplit'
                    and source_statement_code not in (
                        'final_appropriation_summary', 'budget_appropriation_summary', 'final_general_expenditure'
                    )
                )
            ) then 3
            when bool_and(fund_code = 'general') then 1
            else 2
        end as breadth
    from {{ ref('fct_expenditure') }}
    group by {{ cell | join(', ') }}, stage_code
    union all
    select
        {{ cell | join(', ') }},
        'income' as item,
        stage_code,
        case when bool_or(measure_code <> 'appropriation') then 3 else 2 end as breadth
    from {{ ref('fct_income') }}
    group by {{ cell | join(', ') }}, stage_code
    union all
    select {{ cell | join(', ') }}, item, stage_code, 3 as breadth
    from {{ ref('int_unit_year__printed') }}
    where item in ('income', 'expenditure')

),

coverage as (

    select
        {% for column in cell -%}
        told.{{ column }},
        {% endfor -%}
        {% for item in ['income', 'expenditure'] -%}
        {% for side in ['budget', 'final'] -%}
        max(case when told.item = '{{ item }}' and best.side = '{{ side }}' then told.breadth end)
            as {{ item }}_{{ side }}{% if not loop.last %},{% endif %}
        {% endfor -%}
        {% if not loop.last %},{% endif %}
        {% endfor %}
    from coverage_told as told
    inner join best
        on {% for column in cell %}told.{{ column }} = best.{{ column }} and {% endfor %}
        told.item = best.item
        and case told.stage_code when 'final' then 'final' else 'budget' end = best.side
        and case told.stage_code
            when 'final' then 1 when 'budget_unspecified' then 1 when 'initial_budget' then 2 else 3
        end = best.preference
    group by {% for column in cell %}told.{{ column }}{% if not loop.last %}, {% endif %}{% endfor %}

),

summed_best as (

    select
        {% for column in cell -%}
        summed.{{ column }},
        {% endfor -%}
        {% for item in items -%}
        {% for side in ['budget', 'final'] -%}
        cast(
            max(case when summed.item = '{{ item }}' and summed.side = '{{ side }}' then summed.amount_yuan end)
            as decimal(20, 2)
        ) as {{ item }}_{{ side }}_yuan,
        {% endfor -%}
        {% endfor -%}
        {% for item in itemised -%}
        {% for side in ['budget', 'final'] -%}
        cast(
            max(case when summed.item = '{{ item }}' and summed.side = '{{ side }}' then summed.items_yuan end)
            as decimal(20, 2)
        ) as {{ item }}_{{ side }}_items_yuan{% if not loop.last %},{% endif %}
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

chosen as (

    select
        {% for column in cell -%}
        summed_best.{{ column }},
        {% endfor -%}
        {% for item in items -%}
        {% if item in covered -%}
        -- less money than the final account is of: not to be set against it
        case
            when summed_best.{{ item }}_final_yuan is null
                or coalesce(coverage.{{ covered[item] }}_budget, 3) = coalesce(coverage.{{ covered[item] }}_final, 3)
                then summed_best.{{ item }}_budget_yuan
        end as {{ item }}_budget_yuan,
        {% else -%}
        summed_best.{{ item }}_budget_yuan,
        {% endif -%}
        summed_best.{{ item }}_final_yuan,
        {% endfor -%}
        {% for item in itemised -%}
        summed_best.{{ item }}_budget_items_yuan,
        summed_best.{{ item }}_final_items_yuan,
        {% endfor -%}
        case coverage.expenditure_budget when 3 then 'all' when 2 then 'appropriation' when 1 then 'general' end
            as expenditure_budget_fund_code,
        case coverage.expenditure_final when 3 then 'all' when 2 then 'appropriation' when 1 then 'general' end
            as expenditure_final_fund_code
    from summed_best
    left join coverage
        on {% for column in cell %}summed_best.{{ column }} = coverage.{{ column }}{% if not loop.last %} and {% endif %}{% endfor %}

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

),

uncounted as (

    select
        {{ cell | join(', ') }},
        bool_or(stage_code = 'budget') as leaves_budget,
        bool_or(stage_code = 'final') as leaves_final
    from {{ ref('int_unit__uncounted') }}
    where fact = 'unit_year'
    group by {{ cell | join(', ') }}

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
    rollups.unit_key is not null as is_rollup,
    {% for item in ['total_income', 'total_expenditure', 'general_expenditure', 'general_basic'] -%}
    chosen.{{ item }}_budget_yuan,
    chosen.{{ item }}_final_yuan,
    {% endfor -%}
    {% for item in itemised -%}
    chosen.{{ item }}_budget_items_yuan,
    chosen.{{ item }}_final_items_yuan,
    {% endfor -%}
    chosen.expenditure_budget_fund_code,
    chosen.expenditure_final_fund_code,
    -- what a rate of execution is of: all money where both sides are of it, else the general budget on both
    case
        when chosen.expenditure_budget_yuan is not null and chosen.expenditure_final_yuan is not null
            then coalesce(chosen.expenditure_final_fund_code, 'all')
        when chosen.general_expenditure_budget_yuan is not null and chosen.general_expenditure_final_yuan is not null
            then 'general'
    end as comparable_fund_code,
    case
        when chosen.expenditure_budget_yuan is not null and chosen.expenditure_final_yuan is not null
            then chosen.expenditure_budget_yuan
        when chosen.general_expenditure_final_yuan is not null then chosen.general_expenditure_budget_yuan
    end as comparable_budget_yuan,
    case
        when chosen.expenditure_budget_yuan is not null and chosen.expenditure_final_yuan is not null
            then chosen.expenditure_final_yuan
        when chosen.general_expenditure_budget_yuan is not null then chosen.general_expenditure_final_yuan
    end as comparable_final_yuan,
    not coalesce(uncounted.leaves_budget, false) as is_counted_budget,
    not coalesce(uncounted.leaves_final, false) as is_counted_final
from documents
inner join {{ ref('dim_unit') }} as units on documents.unit_key = units.unit_key
left join {{ ref('dim_region') }} as regions on units.region_key = regions.region_key
left join chosen
    on {% for column in cell %}documents.{{ column }} = chosen.{{ column }}{% if not loop.last %} and {% endif %}{% endfor %}
left join statistics
    on {% for column in cell %}documents.{{ column }} = statistics.{{ column }}{% if not loop.last %} and {% endif %}{% endfor %}
left join rollups
    on {% for column in cell %}documents.{{ column }} = rollups.{{ column }}{% if not loop.last %} and {% endif %}{% endfor %}
left join uncounted
    on {% for column in cell %}documents.{{ column }} = uncounted.{{ column }}{% if not loop.last %} and {% endif %}{% endfor %}
