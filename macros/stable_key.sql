{#
  A key that stays the same from build to build (稳定键): md5 over the parts, joined by a bar.
  parts: SQL expressions of text; a missing part counts as empty. Used for units and projects only: on big tables
  natural composite keys are smaller.
#}
{% macro stable_key(parts) -%}
md5({% for part in parts %}coalesce({{ part }}, ''){% if not loop.last %} || '|' || {% endif %}{% endfor %})
{%- endmacro %}
