{#
  Half of the last digit printed in a text (11.89% → 0.005, 3.0 → 0.05, 12% → 0.5), for indicators whose decimals are
  not kept beside the value. expression: the printed text; a null gives 0.5.
#}
{% macro half_unit_of_text(expression) -%}
case
    when {{ regex_matches("coalesce(" ~ expression ~ ", '')", '[.][0-9]{2}') }} then 0.005
    when {{ regex_matches("coalesce(" ~ expression ~ ", '')", '[.][0-9]') }} then 0.05
    else 0.5
end
{%- endmacro %}
