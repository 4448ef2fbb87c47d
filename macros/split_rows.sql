{#
  One row per part of a text that a bar divides (拆分): for the select list; 'a|b' → two rows. A null gives no row.
#}
{% macro split_rows(expression) -%}
{{ return(adapter.dispatch('split_rows', 'gongkai')(expression)) }}
{%- endmacro %}

{% macro default__split_rows(expression) -%}
explode(split({{ expression }}, '[|]'))
{%- endmacro %}

{% macro duckdb__split_rows(expression) -%}
unnest(string_split({{ expression }}, '|'))
{%- endmacro %}
