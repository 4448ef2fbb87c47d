{# First year of a validity as part of a key; 0 where it is not known. #}
{% macro year_text(year) -%}
cast(coalesce({{ year }}, 0) as {{ dbt.type_string() }})
{%- endmacro %}
