{#
  Joins the tables whose money another table of the same document tells too (重复的表), beside figures named `figures`.
  A figure without a row in `repeated` is to be added; figures must have the columns of fct_statement_amount.
#}
{% macro left_join_repeated(figures) -%}
left join {{ ref('int_table__repeated') }} as repeated
    on {{ figures }}.document_key = repeated.document_key
    and {{ figures }}.table_ordinal = repeated.table_ordinal
    and {{ figures }}.fiscal_year = repeated.fiscal_year
    and coalesce({{ figures }}.side, {{ figures }}.flow, '') = repeated.side
    and coalesce({{ figures }}.stage_code, '') = repeated.stage_code
    and case when {{ figures }}.statement_code like 'perf%' then {{ figures }}.project_key else '' end
    = repeated.project_key
{%- endmacro %}
