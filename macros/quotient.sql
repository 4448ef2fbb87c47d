{#
  A decimal(24, 6) so many times (倍数). Nearly every term counts once or is taken off once: then its figure is taken as it
  is, as engines reckon slowly in numbers of over 18 digits, and slowest where they have to drop decimals.
#}
{% macro counted_times(coefficient, value) -%}
case
        when {{ coefficient }} = 1 then {{ value }}
        when {{ coefficient }} = -1 then -{{ value }}
        else cast({{ coefficient }} * {{ value }} as decimal(24, 6))
    end
{%- endmacro %}

{#
  One number by another as a decimal of `scale` digits behind the point (商): DuckDB divides into floats, and a `case`
  with one such branch makes floats of the money in the others. Both numbers are narrowed first: Spark keeps fewer digits
  behind the point the wider they are.
#}
{% macro quotient(above, below, scale=6) -%}
cast(cast({{ above }} as decimal({{ 18 + scale }}, {{ scale }})) / cast({{ below }} as decimal(24, 6)) as decimal(30, {{ scale }}))
{%- endmacro %}
