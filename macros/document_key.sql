{#
  Key of a document version: the first 16 digits of its SHA-256 (文档键). Half the digits of the hash keep keys of
  figures short; the test unique on dim_document.document_key notices two documents sharing them.
#}
{% macro document_key(document_id) -%}
substr({{ document_id }}, 1, 16)
{%- endmacro %}
