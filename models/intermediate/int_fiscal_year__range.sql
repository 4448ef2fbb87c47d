-- Grain: one row per year a disclosure may be of (年度范围): public budgets use today's classification from 2007 on.
{% for year in range(2007, 2041) -%}
select {{ year }} as fiscal_year
{%- if not loop.last %} union all {% endif %}
{% endfor %}
