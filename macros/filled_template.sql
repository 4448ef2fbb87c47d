{#
  Templates of messages (消息模板): {place} {left_label} {right_label} {left} {right} {difference} {tolerance} in any order.
  Templates are few and rows many, so a template is cut into its parts once, and rows put theirs between.

  template_parts: nested select over a relation of templates. relation: name of the CTE; keys: its other columns wanted;
  templates: columns holding templates. Per template c and i from 1 to max_slots the columns c_text_i (text before the
  i-th brace) and c_slot_i (the word in it, null after the last), and c_rest (all text after).
  filled_template: the message. values: slot → SQL expression of text.
#}
{% macro max_slots() -%}{{ return(8) }}{%- endmacro %}

{% macro template_parts(relation, keys, templates) -%}
select
    {{ keys | join(', ') }},
    {% for template in templates -%}
    {% for i in range(1, max_slots() + 1) -%}
    {{ template }}_text_{{ i }}, {{ template }}_slot_{{ i }},
    {% endfor -%}
    {{ template }}_rest_{{ max_slots() }} as {{ template }}_rest{% if not loop.last %},{% endif %}
    {% endfor %}
from
{%- for i in range(max_slots(), 0, -1) %} (
    select
        {{ keys | join(', ') }},
        {% for template in templates -%}
        {% for j in range(1, i) -%}
        {{ template }}_text_{{ j }}, {{ template }}_slot_{{ j }},
        {% endfor -%}
        {% set rest = template ~ '_rest_' ~ (i - 1) -%}
        case when instr({{ rest }}, '{') > 0 then left({{ rest }}, instr({{ rest }}, '{') - 1) else {{ rest }} end
            as {{ template }}_text_{{ i }},
        case
            when instr({{ rest }}, '{') > 0
                then substr({{ rest }}, instr({{ rest }}, '{') + 1, instr({{ rest }}, '}') - instr({{ rest }}, '{') - 1)
        end as {{ template }}_slot_{{ i }},
        case when instr({{ rest }}, '{') > 0 then substr({{ rest }}, instr({{ rest }}, '}') + 1) else '' end
            as {{ template }}_rest_{{ i }}{% if not loop.last %},{% endif %}
        {% endfor %}
    from
{%- endfor %} (
    select
        {{ keys | join(', ') }},
        {% for template in templates -%}
        coalesce({{ template }}, '') as {{ template }}_rest_0{% if not loop.last %},{% endif %}
        {% endfor %}
    from {{ relation }}
) as level_0
{%- for i in range(1, max_slots() + 1) %}
) as level_{{ i }}
{%- endfor %}
{%- endmacro %}

{% macro filled_template(template, values) -%}
concat(
    {% for i in range(1, max_slots() + 1) -%}
    {{ template }}_text_{{ i }},
    case
        when {{ template }}_slot_{{ i }} is null then ''
        {% for slot, value in values.items() -%}
        when {{ template }}_slot_{{ i }} = '{{ slot }}' then {{ value }}
        {% endfor -%}
        else concat('{', {{ template }}_slot_{{ i }}, '}')
    end,
    {% endfor -%}
    {{ template }}_rest
)
{%- endmacro %}
