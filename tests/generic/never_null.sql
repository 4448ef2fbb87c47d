{#
  Fails on every row where one of the columns is null (非空). One test a model instead of one a column: a column's own
  not_null costs as much as reading the table again.
#}
{% test never_null(model, columns) %}
select
    {% for column in columns -%}
    {{ column }}{% if not loop.last %}, {% endif %}
    {%- endfor %}
from {{ model }}
where {% for column in columns %}{{ column }} is null{% if not loop.last %} or {% endif %}{% endfor %}
{% endtest %}
