{#
  Key of a printed figure (数据键): document, table, grid row, grid column, number within the cell; for prose the
  order in the document. It says where the figure stands, so it stays as long as the same bytes are read alike.
#}
{% macro amount_key(document_key, table_ordinal, row_ordinal, column_ordinal, number_ordinal) -%}
concat({{ document_key }}, '-t', {{ table_ordinal }}, 'r', {{ row_ordinal }}, 'c', {{ column_ordinal }}, 'n', {{ number_ordinal }})
{%- endmacro %}

{% macro narrative_amount_key(document_key, amount_ordinal) -%}
{{ document_key }} || '-p' || cast({{ amount_ordinal }} as {{ dbt.type_string() }})
{%- endmacro %}
