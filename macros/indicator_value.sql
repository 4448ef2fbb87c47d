{#
  Targets and actuals of performance indicators (绩效指标值): ≥95%, =8人, <=24小时, ≤ 16700元/次, 有效提升.
  target_operator gives >=, <=, >, <, = or text (定性); first_number the number it speaks of, null where it is text.
#}
{% macro target_operator(expression) -%}
case
        when {{ expression }} is null then null
        when {{ regex_matches(expression, '^(≥|>=|＞=|>＝|大于等于|不低于|不少于|不小于)') }} then '>='
        when {{ regex_matches(expression, '^(≤|<=|＜=|<＝|小于等于|不高于|不超过|不大于|控制在)') }} then '<='
        when {{ regex_matches(expression, '^(>|＞|大于|超过|高于)') }} then '>'
        when {{ regex_matches(expression, '^(<|＜|小于|低于|少于)') }} then '<'
        when {{ regex_matches(expression, '^(=|＝|等于)') }} then '='
        when {{ regex_matches(expression, '^[-+]?[0-9]') }} then '='
        else 'text'
    end
{%- endmacro %}

{% macro first_number(expression) -%}
{{ to_value(regex_part(regex_remove(expression, ','), '(-?[0-9]+([.][0-9]+)?)')) }}
{%- endmacro %}
