{#
  Regular expressions, the subset both engines share: no backslashes, [0-9] for digits (正则).
  regex_part gives null where nothing matches; regex_remove takes out every match.
#}
{% macro regex_part(expression, pattern, group=1) -%}
nullif(regexp_extract({{ expression }}, '{{ pattern }}', {{ group }}), '')
{%- endmacro %}

{% macro regex_remove(expression, pattern) -%}
{{ return(adapter.dispatch('regex_remove', 'gongkai')(expression, pattern)) }}
{%- endmacro %}

{% macro default__regex_remove(expression, pattern) -%}
regexp_replace({{ expression }}, '{{ pattern }}', '')
{%- endmacro %}

{% macro duckdb__regex_remove(expression, pattern) -%}
regexp_replace({{ expression }}, '{{ pattern }}', '', 'g')
{%- endmacro %}

{% macro regex_matches(expression, pattern) -%}
{{ return(adapter.dispatch('regex_matches', 'gongkai')(expression, pattern)) }}
{%- endmacro %}

{% macro default__regex_matches(expression, pattern) -%}
({{ expression }} rlike '{{ pattern }}')
{%- endmacro %}

{% macro duckdb__regex_matches(expression, pattern) -%}
regexp_matches({{ expression }}, '{{ pattern }}')
{%- endmacro %}
