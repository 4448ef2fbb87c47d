{#
  What the facts of a body (单位事实) are written with. Their cell is one unit, year, scope and stage (单位、年度、口径、
  预决算阶段); further columns tell the rows of a cell apart.
#}
{% macro cell_columns() -%}
{{ return(['unit_key', 'fiscal_year', 'scope_code', 'stage_code']) }}
{%- endmacro %}

{# Columns of a relation, a line each: united.unit_key, united.fiscal_year … #}
{% macro columns_of(relation, names) -%}
{% for name in names -%}
{{ relation }}.{{ name }}{% if not loop.last %},
    {% endif %}
{%- endfor %}
{%- endmacro %}

{# Condition of a join: the same values in columns of both relations, those of the cell unless others are named. #}
{% macro same_columns(one, other, names=none) -%}
{% for name in names or cell_columns() -%}
{{ one }}.{{ name }} = {{ other }}.{{ name }}{% if not loop.last %}
        and {% endif %}
{%- endfor %}
{%- endmacro %}

{#
  The last query of a fact: `names` of the relation `united`, with is_counted (计入合计: the row counts in sums over
  bodies) before its origin.
#}
{% macro counted_rows(fact, names) -%}
select
    {{ columns_of('united', names) }},
    uncounted.unit_key is null as is_counted,
    united.origin
from united
{{ left_join_uncounted(fact) }}
{%- endmacro %}

{#
  The figures of the best statement, added up by `keys`: of what `amounts` holds, the rows whose choice_rank is least
  among those of the same `chosen_within`. `carried`: columns of which the greatest value is kept.
#}
{% macro summed_of_best(keys, chosen_within, carried=()) -%}
select
        {{ keys | join(',\n        ') }},
        {% for name in carried -%}
        max({{ name }}) as {{ name }},
        {% endfor -%}
        cast(sum(amount_yuan) as decimal(20, 2)) as amount_yuan,
        cast({{ sum_of_half_units('amount_yuan', 'half_unit_yuan') }} as decimal(20, 6)) as half_unit_yuan,
        min(amount_key) as amount_key,
        cast(count(*) as integer) as figure_count,
        min(document_key) as document_key,
        min(statement_code) as source_statement_code,
        bool_or(is_rollup) as is_rollup,
        min(origin) as origin
    from (
        select amounts.*, min(choice_rank) over (partition by {{ chosen_within | join(', ') }}) as best_rank
        from amounts
    ) as ranked
    where choice_rank = best_rank
    group by {{ keys | join(', ') }}
{%- endmacro %}
