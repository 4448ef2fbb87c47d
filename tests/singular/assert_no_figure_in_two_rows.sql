-- A printed figure stands behind one row of an additive fact; a derived row may name the figure a printed row uses.
{% set facts = [
    'fct_expenditure', 'fct_income', 'fct_economic_expenditure', 'fct_three_public', 'fct_project_funding',
    'fct_balance'
] %}
{% for fact in facts -%}
select '{{ fact }}' as fact, amount_key, count(*) as copies
from {{ ref(fact) }}
{% if fact in ('fct_expenditure', 'fct_income', 'fct_economic_expenditure') -%}
where not is_derived
{% endif -%}
group by amount_key
having count(*) > 1
{% if not loop.last %}union all{% endif %}
{% endfor %}
