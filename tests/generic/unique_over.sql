{#
  Fails on every combination of the columns that stands more than once (组合唯一). A null counts as a value: two rows
  that lack the same subject are the same row. Rows are counted by one number first, which costs a part of counting by
  texts; only those that share theirs with others are compared.
#}
{% test unique_over(model, columns) %}
with

numbered as (

    select
        {% for column in columns -%}
        {{ column }},
        {% endfor -%}
        {{ number_of(columns) }} as all_columns
    from {{ model }}

),

repeated as (

    select all_columns
    from numbered
    group by all_columns
    having count(*) > 1

)

select
    {% for column in columns -%}
    {{ column }},
    {% endfor -%}
    count(*) as copies
from numbered
where all_columns in (select repeated.all_columns from repeated)
group by {{ columns | join(', ') }}
having count(*) > 1
{% endtest %}
