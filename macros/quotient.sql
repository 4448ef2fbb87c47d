{#
  One number by another as a decimal of `scale` digits behind the point (商): DuckDB divides into floats, and a `case`
  with one such branch makes floats of the money in the others. Both numbers are narrowed first: Spark keeps fewer digits
  behind the point the wider they are.
#}
{% macro quotient(above, below, scale=6) -%}
cast(cast({{ above }} as decimal({{ 18 + scale }}, {{ scale }})) / cast({{ below }} as decimal(24, 6)) as decimal(30, {{ scale }}))
{%- endmacro %}
