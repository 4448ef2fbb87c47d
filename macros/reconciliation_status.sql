{#
  Verdict on an identity (勾稽结论). difference and tolerance in the same unit; is_complete: every term needed is
  printed and read without doubt. exact: nothing differs; rounding: within the printed digits' intervals.
#}
{% macro reconciliation_status(difference, tolerance, is_complete) -%}
case
        when not coalesce({{ is_complete }}, false) or {{ difference }} is null then 'incomplete'
        when {{ difference }} = 0 then 'exact'
        when abs({{ difference }}) <= {{ tolerance }} then 'rounding'
        else 'discrepant'
    end
{%- endmacro %}
