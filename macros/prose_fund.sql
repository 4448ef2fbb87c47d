{#
  Fund that the headings above a sentence speak of (章节所述资金): the deepest heading first.
#}
{% macro prose_fund(section) -%}
{% set deepest = "regexp_extract(coalesce(" ~ section ~ ", ''), '[^/]*$', 0)" -%}
case
        when instr({{ deepest }}, '政府性基金') > 0 and instr({{ deepest }}, '一般公共预算') = 0 then 'gov_fund'
        when instr({{ deepest }}, '国有资本') > 0 then 'state_capital'
        when instr({{ deepest }}, '一般公共预算') > 0 and instr({{ deepest }}, '政府性基金') = 0 then 'general'
        when instr({{ deepest }}, '财政拨款') > 0 then 'appropriation'
        when instr(coalesce({{ section }}, ''), '政府性基金') > 0 and instr({{ section }}, '一般公共预算') = 0 then 'gov_fund'
        when instr(coalesce({{ section }}, ''), '国有资本') > 0 then 'state_capital'
        when instr(coalesce({{ section }}, ''), '一般公共预算') > 0 then 'general'
        when instr(coalesce({{ section }}, ''), '财政拨款') > 0 then 'appropriation'
    end
{%- endmacro %}
