-- Where a unit prints all its expenditure and its appropriations, the funds of the fact (with the derived remainder) add
-- up to all of it, within what printed digits explain.
{% set cell = ['unit_key', 'fiscal_year', 'scope_code', 'stage_code'] %}
with

all_funds as (

    select {{ cell | join(', ') }}, sum(amount_yuan) as amount_yuan, sum(half_unit_yuan) as half_unit_yuan
    from {{ ref('int_expenditure__candidate') }}
    where is_chosen and fund_code = 'all'
    group by {{ cell | join(', ') }}

),

facts as (

    select {{ cell | join(', ') }}, sum(amount_yuan) as amount_yuan, sum(half_unit_yuan) as half_unit_yuan
    from {{ ref('fct_expenditure') }}
    group by {{ cell | join(', ') }}

)

select
    {% for column in cell -%}
    all_funds.{{ column }},
    {% endfor -%}
    all_funds.amount_yuan as all_yuan,
    facts.amount_yuan as facts_yuan
from all_funds
left join facts
    on {% for column in cell %}all_funds.{{ column }} = facts.{{ column }}{% if not loop.last %} and {% endif %}{% endfor %}
where facts.amount_yuan is null
    or abs(all_funds.amount_yuan - facts.amount_yuan) > all_funds.half_unit_yuan + facts.half_unit_yuan
