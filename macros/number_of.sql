{#
  One whole number of 64 bits that stands for several (散列数): grouping and joining by it costs a fraction of what text
  keys do. Made and used within one build, never published; engines number differently. Two different lists meet in one
  number about once in 2^64 pairs: among the 40 million places of 100,000 documents once in 20,000 builds.

  number_of: parts are SQL expressions of whole numbers; a null is a value of its own. Not for text: what DuckDB makes
  of long texts meets far more often. text_number is for text; it takes md5, so it is for thousands of rows, not millions.
#}
{% macro number_of(parts) -%}
{{ return(adapter.dispatch('number_of', 'gongkai')(parts)) }}
{%- endmacro %}

{# xxhash64 passes over nulls, so that (a, null) and (null, a) would be one: whether a part is null is a part as well. #}
{% macro default__number_of(parts) -%}
xxhash64({% for part in parts %}{{ part }}, {{ part }} is null{% if not loop.last %}, {% endif %}{% endfor %})
{%- endmacro %}

{% macro duckdb__number_of(parts) -%}
hash({{ parts | join(', ') }})
{%- endmacro %}

{% macro text_number(text) -%}
{{ return(adapter.dispatch('text_number', 'gongkai')(text)) }}
{%- endmacro %}

{% macro default__text_number(text) -%}
xxhash64({{ text }})
{%- endmacro %}

{% macro duckdb__text_number(text) -%}
md5_number_lower({{ text }})
{%- endmacro %}

{#
  Numbering of the texts of a column (编号): a relation of the distinct texts with text_ordinal 1, 2, … in their order,
  the same wherever it is asked for in one build. A null has no number.
#}
{% macro numbered_texts(column, relation) -%}
select {{ column }}, row_number() over (order by {{ column }}) as text_ordinal
from (select distinct {{ column }} from {{ relation }} where {{ column }} is not null) as texts
{%- endmacro %}
