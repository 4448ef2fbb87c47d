{#
  Aggregate: distinct or ordered values joined to one text (连接文本).
  value: SQL expression of text; separator: a literal without quotes; ordering: SQL expression.
#}
{% macro joined_text(value, separator, ordering) -%}
{{ return(adapter.dispatch('joined_text', 'gongkai')(value, separator, ordering)) }}
{%- endmacro %}

{% macro default__joined_text(value, separator, ordering) -%}
listagg({{ value }}, '{{ separator }}') within group (order by {{ ordering }})
{%- endmacro %}

{% macro duckdb__joined_text(value, separator, ordering) -%}
string_agg({{ value }}, '{{ separator }}' order by {{ ordering }})
{%- endmacro %}
