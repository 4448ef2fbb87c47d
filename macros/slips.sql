{#
  Slips of the pen (笔误): what a figure may have been, from the digits it is printed with. value: SQL expression of a
  decimal; half_unit: half of its last printed digit, in the same unit; place: of a digit, counted from 0 at the last.
#}
{% macro digit_of(value, half_unit, place) -%}
mod(cast(floor(abs({{ value }}) / nullif(2 * {{ half_unit }} * {{ 10 ** place }}, 0) + 0.0001) as bigint), 10)
{%- endmacro %}

{# By how much the value moves where the digits at place and place + 1 are exchanged (相邻两位颠倒). #}
{% macro exchanged(value, half_unit, place) -%}
(case when {{ value }} < 0 then -1 else 1 end
        * ({{ digit_of(value, half_unit, place) }} - {{ digit_of(value, half_unit, place + 1) }})
        * {{ 9 * 10 ** place }} * 2 * {{ half_unit }})
{%- endmacro %}

{# Whether a move of the value is one of two exchanged digits, of the decimal point or between 元 and 万元. #}
{% macro is_slip(value, half_unit, move) -%}
coalesce(
                        {{ half_unit }} > 0 and {{ value }} <> 0 and {{ move }} <> 0 and (
                            {% for factor in [10, 100, 10000] -%}
                            abs({{ value }} * {{ factor }} - ({{ value }} + {{ move }})) <= {{ factor }} * {{ half_unit }}
                            or abs({{ value }} - ({{ value }} + {{ move }}) * {{ factor }}) <= {{ factor }} * {{ half_unit }}
                            or {% endfor -%}
                            {% for place in range(8) -%}
                            abs({{ exchanged(value, half_unit, place) }} - {{ move }}) <= {{ half_unit }}
                            {%- if not loop.last %} or {% endif %}
                            {% endfor %}
                        ),
                        false
                    )
{%- endmacro %}

{# A rate of two amounts in percent, in one of the ways rates are taken: x/y, y/x, x/(y-x), y/(x-y), (x-y)/y, (x-y)/x. #}
{% macro rate_of(way, x, y) -%}
{%- set sides = {
    'xy': (x, y), 'yx': (y, x), 'x_yx': (x, '(' ~ y ~ ' - ' ~ x ~ ')'), 'y_xy': (y, '(' ~ x ~ ' - ' ~ y ~ ')'),
    'xy_y': ('(' ~ x ~ ' - ' ~ y ~ ')', y), 'xy_x': ('(' ~ x ~ ' - ' ~ y ~ ')', x)
}[way] -%}
(100 * cast(abs({{ sides[0] }}) as decimal(24, 6)) / nullif(abs({{ sides[1] }}), 0))
{%- endmacro %}

{% macro direction_word(value) -%}
case when {{ value }} < 0 then '减少' else '增加' end
{%- endmacro %}
