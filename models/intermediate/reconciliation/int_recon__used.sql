-- Grain: one row per result and figure it rests on (勾稽所用数字).
with

matched as (

    select
        results.reconciliation_key,
        matched.amount_key,
        cast(
            case when matched.side in ('right', 'or') then -matched.coefficient else matched.coefficient end
            as decimal(9, 4)
        ) as coefficient
    from {{ ref('int_recon__result') }} as results
    inner join {{ ref('int_recon__matched') }} as matched
        on results.rule_id = matched.rule_id
        and results.document_key = matched.document_key
        and results.place_key = matched.place_key
        and matched.method <> 'pair'
        and matched.side not in ('guard', 'unless')

),

{% for side, coefficient in {'left': '1', 'right': '-1', 'other': '-1'}.items() -%}
{{ side }}_sides as (

    select
        results.reconciliation_key,
        results.{{ side }}_amount_key as amount_key,
        cast({{ coefficient }} as decimal(9, 4)) as coefficient
    from {{ ref('int_recon__result') }} as results
    left join matched on results.reconciliation_key = matched.reconciliation_key
    where matched.reconciliation_key is null and results.{{ side }}_amount_key is not null

),

{% endfor -%}
gathered as (

    {% for part in ['matched', 'left_sides', 'right_sides', 'other_sides'] -%}
    select reconciliation_key, amount_key, coefficient
    from {{ part }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
)

select reconciliation_key, amount_key, sum(coefficient) as coefficient
from gathered
group by reconciliation_key, amount_key
