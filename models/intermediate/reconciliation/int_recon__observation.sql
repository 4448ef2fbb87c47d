-- Grain: one row per thing wrong that is no arithmetic (非数值问题): statements announced and absent, years that differ,
-- template text, names of subjects, sentences cut off. They become findings, not results of an identity.
with

documents as (

    select document_key, fiscal_year
    from {{ ref('dim_document') }}
    where is_current and document_kind is not null

),

-- subjects told in prose that no table prints
item_rows as (

    select document_key, functional_code, max(compared_value) as value
    from {{ ref('int_recon__figure') }}
    where origin = 'table'
        and row_kind = 'func'
        and length(functional_code) = 7
        and statement_code in (
            'final_expenditure', 'final_general_expenditure', 'budget_expenditure', 'budget_general_expenditure'
        )
    group by document_key, functional_code

),

table_values as (

    select distinct document_key, compared_value as value
    from {{ ref('int_recon__figure') }}
    where origin = 'table'

),

told_items as (

    select
        'set_equality' as method,
        told.document_key,
        told.functional_code as item_key,
        min(told.place) as place,
        min(told.label) as printed,
        '支出表未列此项' as expected
    from {{ ref('int_recon__told') }} as told
    inner join (select distinct document_key from item_rows) as tabled on told.document_key = tabled.document_key
    left join item_rows
        on told.document_key = item_rows.document_key and told.functional_code = item_rows.functional_code
    left join table_values
        on told.document_key = table_values.document_key and told.value = table_values.value
    where told.is_own_amount
        and told.unit_code = '元'
        and length(told.functional_code) = 7
        and told.value > 0
        and item_rows.functional_code is null
        and table_values.value is null
    group by told.document_key, told.functional_code

),

zero_bases as (

    select
        case rules.method when 'completion' then 'zero_budget' else 'zero_base' end as method,
        told.document_key,
        told.amount_key as item_key,
        told.place,
        told.label || told.value_printed || '%' as printed,
        case rules.method when 'completion' then '预算为零，不计算完成率' else '基数为零，不计算增减率' end as expected
    from {{ ref('int_recon__compared_in_prose') }} as compared
    inner join {{ ref('rules') }} as rules
        on compared.rule_id = rules.rule_id and rules.method in ('growth', 'completion')
    inner join {{ ref('int_recon__told') }} as told on compared.left_amount_key = told.amount_key
    left join {{ ref('int_recon__told') }} as above on compared.other_amount_key = above.amount_key
    where compared.missing = '基数为零'
        and compared.left_value <> 0
        -- nothing planned, nothing spent, 完成预算的100%: forms print it so
        and (rules.method = 'growth' or above.value <> 0)

),

observed as (

    {% for seen in [
        'told_items', 'zero_bases', ref('int_recon__statement_gap'), ref('int_recon__other_year'),
        ref('int_recon__unfinished'), ref('int_recon__subject_name'), ref('int_recon__naming'), ref('int_recon__exceeding')
    ] -%}
    select method, document_key, item_key, place, printed, expected
    from {{ seen }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

judged as (

    select
        rules.rule_id,
        observed.document_key,
        observed.item_key,
        observed.place,
        observed.printed,
        observed.expected,
        -- one observation per thing observed, whatever it was seen by
        row_number() over (
            partition by rules.rule_id, observed.document_key, observed.item_key
            order by observed.place asc nulls last, observed.printed asc nulls last, observed.expected asc nulls last
        ) as sighting
    from observed
    inner join {{ ref('rules') }} as rules on observed.method = rules.method and rules.is_default = 'Y'
    inner join documents on observed.document_key = documents.document_key
    where documents.fiscal_year is null
        or documents.fiscal_year between coalesce(cast(rules.valid_from_year as integer), 0)
        and coalesce(cast(rules.valid_to_year as integer), 9999)

)

select
    rule_id || ':' || document_key || ':' || item_key as observation_key,
    rule_id,
    document_key,
    place,
    printed,
    expected
from judged
where sighting = 1
