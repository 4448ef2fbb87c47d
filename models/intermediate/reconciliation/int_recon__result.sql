-- Grain: one row per rule and place it applies (勾稽结果), from every kind of identity, with the verdict its figures allow
-- before they are read back from the source.
{% set columns = [
    'reconciliation_key', 'rule_id', 'document_key', 'place_key', 'left_amount_key', 'right_amount_key',
    'other_amount_key', 'left_value', 'right_value', 'difference', 'tolerance', 'unit_code', 'place', 'label', 'missing',
    'doubt', 'part_count'
] %}
{% set text = dbt.type_string() %}
with

linear as (

    select
        rule_id || ':' || document_key || ':' || place_key as reconciliation_key,
        rule_id,
        document_key,
        place_key,
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
        cast(null as {{ text }}) as place_key,
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
        cast(null as {{ text }}) as place_key,
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
        cast(null as {{ text }}) as place_key,
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
        1 as part_count
    from {{ ref('int_recon__across') }}

),

results as (

    {% for part in ['linear', 'compared', 'shares', 'listed', 'performance', 'across'] -%}
    select {{ columns | join(', ') }}
    from {{ part }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

-- a rule may come to one place by two ways (a list told twice); the wider difference speaks
ranked as (

    select
        {% for column in columns -%}
        {{ column }},
        {% endfor -%}
        row_number() over (
            partition by reconciliation_key
            order by case when missing is null then 0 else 1 end, abs(difference) desc, right_amount_key
        ) as preference
    from results

)

select
    {% for column in columns -%}
    ranked.{{ column }},
    {% endfor -%}
    rules.rule_kind,
    -- rates cut off instead of rounded: within one full last digit of what they should be, below it
    coalesce(
        rules.rule_kind = 'rate'
        and abs(ranked.difference) > ranked.tolerance
        and ranked.left_value < ranked.right_value
        and abs(ranked.difference) <= ranked.tolerance + lefts.compared_half_unit,
        false
    ) as is_truncation,
    {{ reconciliation_status('ranked.difference', 'ranked.tolerance', 'ranked.missing is null') }} as status_as_read
from ranked
inner join {{ ref('rules') }} as rules on ranked.rule_id = rules.rule_id
inner join {{ ref('dim_document') }} as documents on ranked.document_key = documents.document_key
left join {{ ref('int_recon__figure') }} as lefts on ranked.left_amount_key = lefts.amount_key
where ranked.preference = 1
    -- an identity holds from one year's forms to another's
    and (
        documents.fiscal_year is null
        or documents.fiscal_year between coalesce(cast(rules.valid_from_year as integer), 0)
        and coalesce(cast(rules.valid_to_year as integer), 9999)
    )
