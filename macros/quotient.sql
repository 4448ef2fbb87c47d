{#
  One number by another as a decimal of `scale` digits behind the point (商): DuckDB divides into floats, and a `case`
  with one such branch makes floats of the money in the others.
#}
{% macro quotient(above, below, scale=6) -%}
cast(cast({{ above }} as decimal(30, {{ scale }})) / {{ below }} as decimal(30, {{ scale }}))
{%- endmacro %}
