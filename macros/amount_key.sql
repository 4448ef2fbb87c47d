{#
  Key of a printed figure (数据键): document, table, grid row, grid column, number within the cell; for prose the
  order in the document. It says where the figure stands, so it stays as long as the same bytes are read alike.
#}
{% macro amount_key(document_key, table_ordinal, row_ordinal, column_ordinal, number_ordinal) -%}
{%- set text = dbt.type_string() -%}
{{ document_key }} || '-t' || cast({{ table_ordinal }} as {{ text }}) || 'r' || cast({{ row_ordinal }} as {{ text }})
    || 'c' || cast({{ column_ordinal }} as {{ text }}) || 'n' || cast({{ number_ordinal }} as {{ text }})
{%- endmacro %}

{% macro narrative_amount_key(document_key, amount_ordinal) -%}
{{ document_key }} || '-p' || cast({{ amount_ordinal }} as {{ dbt.type_string() }})
{%- endmacro %}
