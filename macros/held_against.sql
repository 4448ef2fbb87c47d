{#
  Columns of a figure of one document beside a figure of another that it has to equal (两份文件的数字相对照). left, right: names
  of relations with amount_key, value, half_unit, doubt, the left one with document_key, place and label as well. method,
  item_key, label, doubt: SQL expressions; what is not given is the left relation's own.
#}
{% macro held_against(method, left, right, item_key=none, label=none, doubt=none) -%}
{{ method }} as method, {{ left }}.document_key, {{ item_key or left ~ '.amount_key' }} as item_key,
        {{ left }}.amount_key as left_amount_key, {{ left }}.value as left_value, {{ left }}.half_unit as left_half_unit,
        {{ left }}.place, {{ label or left ~ '.label' }} as label, {{ doubt or left ~ '.doubt' }} as left_doubt,
        {{ right }}.amount_key as right_amount_key, {{ right }}.value as right_value,
        {{ right }}.half_unit as right_half_unit, {{ right }}.doubt as right_doubt
{%- endmacro %}
