{#
  Rows of a fact beside the cells of it that do not count in sums over bodies (不计入合计): a row without a partner
  counts. `facts` is the relation's name in the query.
#}
{% macro left_join_uncounted(fact, facts='united') -%}
left join {{ ref('int_unit__uncounted') }} as uncounted
    on uncounted.fact = '{{ fact }}'
    and {{ facts }}.unit_key = uncounted.unit_key
    and {{ facts }}.fiscal_year = uncounted.fiscal_year
    and {{ facts }}.scope_code = uncounted.scope_code
    and {{ facts }}.stage_code = uncounted.stage_code
{%- endmacro %}
