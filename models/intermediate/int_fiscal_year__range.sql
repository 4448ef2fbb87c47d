-- Grain: one row per year a disclosure may be of (年度范围): public budgets use today's classification from 2007 on.
{% for year in range(2000, 2051) -%}
select {{ year }} as fiscal_year
{%- if not loop.last %} union all {% endif %}
{% endfor %}
