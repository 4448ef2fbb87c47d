-- Additive facts rest on figures that sum up no others, of current documents and the document's own year. A derived row
-- names the figure it was taken from, which is a leaf too.
{% set facts = [
    'fct_expenditure', 'fct_income', 'fct_economic_expenditure', 'fct_three_public', 'fct_project_funding',
    'fct_balance'
] %}
{% for fact in facts -%}
select '{{ fact }}' as fact, facts.amount_key
from {{ ref(fact) }} as facts
left join {{ ref('fct_statement_amount') }} as amounts on facts.amount_key = amounts.amount_key
where facts.origin = 'table'
    and (
        amounts.amount_key is null
        or amounts.is_total
        or not amounts.is_current
        or {{ is_prior_stage('amounts.stage_code') }}
    )
{% if not loop.last %}union all{% endif %}
{% endfor %}
