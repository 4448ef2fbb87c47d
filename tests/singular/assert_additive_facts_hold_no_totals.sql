-- Additive facts rest on figures that sum up no others, of current documents and the document's own year. A derived row
-- names the figure it was taken from, which is a leaf too.
{% set facts = [
    'fct_expenditure', 'fct_income', 'fct_economic_expenditure', 'fct_three_public', 'fct_project_funding',
    'fct_balance'
] %}
with

-- brought together first, so that the many figures are looked through once
used as (

    {% for fact in facts -%}
    select '{{ fact }}' as fact, amount_key
    from {{ ref(fact) }}
    where origin = 'table'
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
)

select used.fact, used.amount_key
from used
left join {{ ref('fct_statement_amount') }} as amounts on used.amount_key = amounts.amount_key
where amounts.amount_key is null
    or amounts.is_total
    or not amounts.is_current
    or {{ is_prior_stage('amounts.stage_code') }}
