-- Grain: one row per rule and place it applies (勾稽结果), from every kind of identity, with the verdict its figures allow
-- before they are read back from the source. result_number stands for the reconciliation_key; for sums (is_sum) it
-- is the place_number of int_recon__matched.
{% set columns = [
    'reconciliation_key', 'rule_id', 'document_key', 'left_amount_key', 'right_amount_key',
    'other_amount_key', 'left_value', 'right_value', 'difference', 'tolerance', 'unit_code', 'place', 'label', 'missing',
    'doubt', 'part_count'
] %}
{% set text = dbt.type_string() %}
with

linear as (

    select
        concat(rule_id, ':', document_key, ':', place_key) as reconciliation_key,
        is_pair,
        place_number,
        rule_id,
        document_key,
        left_amount_key,
        right_amount_key,
        cast(null as {{ text }}) as other_amount_key,
        left_value,
        right_value,
        case
            when comparison = '<=' and left_value <= right_value then cast(0 as decimal(24, 6))
            else cast(left_value - right_value as decimal(24, 6))
        end as difference,
        tolerance,
        unit_code,
        cast(null as {{ text }}) as place,
        cast(null as {{ text }}) as label,
        missing,
        doubt,
        right_count as part_count
    from {{ ref('int_recon__linear') }}

),

{% for name, model in {
    'compared': 'int_recon__compared_in_prose', 'shares': 'int_recon__share', 'listed': 'int_recon__listed'
}.items() -%}
{{ name }} as (

    select
        rule_id || ':' || left_amount_key as reconciliation_key,
        rule_id,
        document_key,
        left_amount_key,
        right_amount_key,
        other_amount_key,
        left_value,
        right_value,
        difference,
        tolerance,
        unit_code,
        cast(null as {{ text }}) as place,
        cast(null as {{ text }}) as label,
        missing,
        cast(null as {{ text }}) as doubt,
        1 as part_count
    from {{ ref(model) }}

),

{% endfor -%}
performance as (

    select
        rule_id || ':' || document_key || ':' || item_key as reconciliation_key,
        rule_id,
        document_key,
        left_amount_key,
        right_amount_key,
        other_amount_key,
        left_value,
        right_value,
        difference,
        tolerance,
        unit_code,
        place,
        label,
        missing,
        doubt,
        1 as part_count
    from {{ ref('int_recon__performance') }}

),

across as (

    select
        reconciliation_key,
        rule_id,
        document_key,
        left_amount_key,
        right_amount_key,
        cast(null as {{ text }}) as other_amount_key,
        left_value,
        right_value,
        difference,
        tolerance,
        unit_code,
        place,
        label,
        missing,
        doubt,
        part_count
    from {{ ref('int_recon__across') }}

),

-- a sum stands at its place once; the other kinds may come to one place by two ways (a list told twice)
told as (

    select {{ columns | join(', ') }}
    from linear
    where is_pair
    {% for part in ['compared', 'shares', 'listed', 'performance', 'across'] -%}
    union all
    select {{ columns | join(', ') }}
    from {{ part }}
    {% endfor %}
),

-- the wider difference speaks
ranked as (

    select
        {% for column in columns -%}
        {{ column }},
        {% endfor -%}
        row_number() over (
            partition by {{ text_number('reconciliation_key') }}
            order by case when missing is null then 0 else 1 end, abs(difference) desc, right_amount_key
        ) as preference
    from told

),

results as (

    select true as is_sum, place_number as result_number, {{ columns | join(', ') }}
    from linear
    where not is_pair
    union all
    select false as is_sum, {{ text_number('reconciliation_key') }} as result_number, {{ columns | join(', ') }}
    from ranked
    where preference = 1

)

select
    {% for column in columns -%}
    results.{{ column }},
    {% endfor -%}
    results.is_sum,
    results.result_number,
    rules.rule_kind,
    {{ reconciliation_status('results.difference', 'results.tolerance', 'results.missing is null') }} as status_as_read
from results
inner join {{ ref('rules') }} as rules on results.rule_id = rules.rule_id
inner join {{ ref('dim_document') }} as documents on results.document_key = documents.document_key
-- an identity holds from one year's forms to another's
where documents.fiscal_year is null
    or documents.fiscal_year between coalesce(cast(rules.valid_from_year as integer), 0)
    and coalesce(cast(rules.valid_to_year as integer), 9999)
