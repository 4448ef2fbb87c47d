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
-- sums over a sheet rest on all its weights, or all its scores
sheet_parts as (

    select
        results.reconciliation_key,
        figures.amount_key,
        cast(case when figures.amount_key = results.left_amount_key then 1 else -1 end as decimal(9, 4)) as coefficient
    from {{ ref('int_recon__result') }} as results
    inner join {{ ref('rules') }} as rules
        on results.rule_id = rules.rule_id and rules.method in ('weights', 'weights_agree', 'total_score')
    inner join {{ ref('int_recon__performance') }} as sheets
        on results.reconciliation_key = sheets.rule_id || ':' || sheets.document_key || ':' || sheets.item_key
    inner join {{ ref('int_recon__figure') }} as figures
        on sheets.document_key = figures.document_key
        and sheets.item_key = cast(figures.table_ordinal as {{ dbt.type_string() }})
        and figures.role = case rules.method when 'total_score' then 'score' else 'weight' end
        and (figures.line_code = 'perf_fund_total' or figures.line_code is null)
    where figures.amount_key <> coalesce(results.left_amount_key, '')
        and figures.amount_key <> coalesce(results.right_amount_key, '')

),

-- a list of shares rests on all of them
share_parts as (

    select results.reconciliation_key, told.amount_key, cast(1 as decimal(9, 4)) as coefficient
    from {{ ref('int_recon__result') }} as results
    inner join {{ ref('rules') }} as rules on results.rule_id = rules.rule_id and rules.method = 'share_sum'
    inner join {{ ref('int_recon__told') }} as firsts on results.left_amount_key = firsts.amount_key
    inner join {{ ref('int_recon__told') }} as told
        on firsts.document_key = told.document_key
        and told.role = 'share'
        and coalesce(firsts.parent_key, '') = coalesce(told.parent_key, '')
        and (
            (firsts.functional_code is null and firsts.paragraph_number = told.paragraph_number)
            or (
                firsts.section = told.section and length(firsts.functional_code) = length(told.functional_code)
            )
        )
    where told.amount_key <> results.left_amount_key and told.amount_key <> coalesce(results.right_amount_key, '')

),

gathered as (

    {% for part in ['matched', 'left_sides', 'right_sides', 'other_sides', 'sheet_parts', 'share_parts'] -%}
    select reconciliation_key, amount_key, coefficient
    from {{ part }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
)

select reconciliation_key, amount_key, sum(coefficient) as coefficient
from gathered
group by reconciliation_key, amount_key
