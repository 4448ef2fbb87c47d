{#
  Amounts (金额). value: DECIMAL(24,6), the printed figure in its printed unit; factor: yuan in one unit, null for
  what is not money; decimals: printed digits behind the point, null counts as 0.
#}
{% macro to_yuan(value, factor) -%}
{%- set yuan = '(' ~ value ~ ' * ' ~ factor ~ ')' -%}
case
        -- few digits: engines drop decimals of numbers of over 18 digits slowly
        when abs({{ yuan }}) < 100000000000
            then cast(cast(cast({{ yuan }} as decimal(18, 6)) as decimal(18, 2)) as decimal(20, 2))
        else cast({{ yuan }} as decimal(20, 2))
    end
{%- endmacro %}

{# Half of the last printed digit in yuan: 185.62 万元 → 50. The interval a printed figure stands for. #}
{% macro half_unit_yuan(decimals, factor) -%}
cast({{ half_unit(decimals) }} * {{ factor }} as decimal(20, 6))
{%- endmacro %}

{# Half of the last printed digit in the printed unit: two decimals → 0.005. #}
{% macro half_unit(decimals) -%}
case coalesce({{ decimals }}, 0)
        when 0 then cast(0.5 as decimal(8, 7))
        when 1 then cast(0.05 as decimal(8, 7))
        when 2 then cast(0.005 as decimal(8, 7))
        when 3 then cast(0.0005 as decimal(8, 7))
        when 4 then cast(0.00005 as decimal(8, 7))
        when 5 then cast(0.000005 as decimal(8, 7))
        else cast(0.0000005 as decimal(8, 7))
    end
{%- endmacro %}

{# A printed number without separators as a decimal; null where it is none. #}
{% macro to_value(value_text) -%}
try_cast({{ value_text }} as decimal(24, 6))
{%- endmacro %}

{#
  Aggregate: the interval of a sum, half units of its non-zero terms added up (容差). A printed zero is taken as nothing.
#}
{% macro sum_of_half_units(amount_yuan, half_unit_yuan) -%}
sum(case when {{ amount_yuan }} <> 0 then {{ half_unit_yuan }} else 0 end)
{%- endmacro %}
