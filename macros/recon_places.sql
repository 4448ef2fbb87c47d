{#
  Words for a reader of findings (勾稽位置): where a figure stands, and what it is called there.
  page, source_line, sheet, address: SQL expressions, null where the format has none.
#}
{% macro figure_place(page, source_line, sheet, address) -%}
case
        when {{ page }} is not null then '第' || cast({{ page }} as {{ dbt.type_string() }}) || '页'
        when {{ sheet }} is not null
            then '工作表' || cast({{ sheet }} as {{ dbt.type_string() }})
                || coalesce(' ' || cast({{ address }} as {{ dbt.type_string() }}), '')
        when {{ source_line }} is not null then '第' || cast({{ source_line }} as {{ dbt.type_string() }}) || '行'
        else ''
    end
{%- endmacro %}

{% macro table_place(table_ordinal, row_ordinal) -%}
'第' || cast({{ table_ordinal }} as {{ dbt.type_string() }}) || '张表'
            || coalesce('第' || cast({{ row_ordinal }} as {{ dbt.type_string() }}) || '行', '')
{%- endmacro %}

{# A title with its place in brackets, or without any where the place is not known. #}
{% macro titled_place(title, place) -%}
coalesce({{ title }}, '') || coalesce('（' || nullif({{ place }}, '') || '）', '')
{%- endmacro %}

{% macro table_figure_label(row_label, column_label) -%}
coalesce(nullif({{ row_label }}, '') || '·', '') || coalesce({{ column_label }}, '')
{%- endmacro %}

{# A decimal as people print it: no zeros behind the last digit. value: SQL expression of a decimal(24, 6). #}
{% macro shown_number(value) -%}
trim(trailing '.' from trim(trailing '0' from cast(cast({{ value }} as decimal(24, 6)) as {{ dbt.type_string() }})))
{%- endmacro %}
