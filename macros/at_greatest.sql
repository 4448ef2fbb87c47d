{#
  Aggregate: the value that stands at the greatest order, blanks left out (取最末非空值).
  value, ordering: SQL expressions. Null where every value is null.
#}
{% macro at_greatest(value, ordering) -%}
{{ return(adapter.dispatch('at_greatest', 'gongkai')(value, ordering)) }}
{%- endmacro %}

{% macro default__at_greatest(value, ordering) -%}
max_by({{ value }}, {{ ordering }}) filter (where {{ value }} is not null)
{%- endmacro %}

{% macro duckdb__at_greatest(value, ordering) -%}
arg_max({{ value }}, {{ ordering }}) filter (where {{ value }} is not null)
{%- endmacro %}
