{#
  Aggregate: the value that stands at the greatest order, blanks left out (取最末非空值).
  value, ordering: SQL expressions. can_tie: whether two rows of a group can have the same order; then the greater value
  stands, so that every build picks the same one. Null where every value is null.
#}
{% macro at_greatest(value, ordering, can_tie=false) -%}
{{ return(adapter.dispatch('at_greatest', 'gongkai')(value, ordering, can_tie)) }}
{%- endmacro %}

{% macro default__at_greatest(value, ordering, can_tie) -%}
max_by({{ value }}, {% if can_tie %}struct({{ ordering }}, {{ value }}){% else %}{{ ordering }}{% endif %})
    filter (where {{ value }} is not null)
{%- endmacro %}

{% macro duckdb__at_greatest(value, ordering, can_tie) -%}
arg_max({{ value }}, {% if can_tie %}row({{ ordering }}, {{ value }}){% else %}{{ ordering }}{% endif %})
    filter (where {{ value }} is not null)
{%- endmacro %}
