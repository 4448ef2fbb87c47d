{#
  Fails on every combination of the columns that stands more than once (组合唯一). A null counts as a value: two rows
  that lack the same subject are the same row.
#}
{% test unique_over(model, columns) %}
select
    {% for column in columns -%}
    {{ column }},
    {% endfor -%}
    count(*) as copies
from {{ model }}
group by {{ columns | join(', ') }}
having count(*) > 1
{% endtest %}
